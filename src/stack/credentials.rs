//! The credentials of a client, which may be replaced while it is in use.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::{LazyLock, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderValue;
use zeroize::Zeroizing;

/// The credentials that a client and its clones send.
#[derive(Default)]
pub(super) struct Credentials(RwLock<Current>);

#[derive(Default)]
struct Current {
    authorization: Option<HeaderValue>,
    version: Version,
}

/// Which credentials a client has at the moment: whose they are, and how often they have been replaced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) holder: Holder,
    replaced: u64,
}

/// Stands for credentials without containing them: equal credentials have equal hashes, whose keys only this process knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Holder {
    hash: [u64; 2],
}

/// The keys of the hashes of all clients.
static KEYS: LazyLock<[RandomState; 2]> =
    LazyLock::new(|| [RandomState::new(), RandomState::new()]);

impl Holder {
    fn of(authorization: &[u8]) -> Self {
        Self {
            hash: KEYS.each_ref().map(|key| key.hash_one(authorization)),
        }
    }
}

impl Current {
    /// `token` is an API key or `user:password`. Milvus expects it in base64, without a scheme.
    fn of(token: &str, replaced: u64) -> Self {
        let encoded = Zeroizing::new(STANDARD.encode(token).into_bytes());
        let holder = Holder::of(&encoded);
        Self {
            authorization: header(encoded),
            version: Version { holder, replaced },
        }
    }
}

/// A secret header that shares the memory of its owner: dropping the last copy drops the owner, which overwrites it.
fn header(owner: impl AsRef<[u8]> + Send + 'static) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(owner)).ok()?;
    value.set_sensitive(true);
    Some(value)
}

impl Credentials {
    pub(super) fn new(token: Option<&str>) -> Self {
        let current = token.map(|token| Current::of(token, 0));
        Self(RwLock::new(current.unwrap_or_default()))
    }

    /// Replaces them. A request that is being sent keeps the old ones until it has been sent.
    pub(super) fn replace(&self, token: &str) {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *current = Current::of(token, current.version.replaced + 1);
    }

    /// The header `authorization`; `None` without credentials.
    pub(super) fn authorization(&self) -> Option<HeaderValue> {
        self.read(|current| current.authorization.clone())
    }

    pub(super) fn version(&self) -> Version {
        self.read(|current| current.version)
    }

    pub(super) fn are_set(&self) -> bool {
        self.read(|current| current.authorization.is_some())
    }

    fn read<T>(&self, read: impl FnOnce(&Current) -> T) -> T {
        read(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.are_set() { "<redacted>" } else { "none" })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use http::HeaderMap;
    use http::header::AUTHORIZATION;
    use zeroize::Zeroize;

    use super::*;

    /// Bytes that record when they are overwritten.
    struct Secret(Vec<u8>, Arc<AtomicBool>);

    impl Zeroize for Secret {
        fn zeroize(&mut self) {
            self.0.zeroize();
            self.1.store(true, Ordering::SeqCst);
        }
    }

    impl AsRef<[u8]> for Secret {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }

    #[test]
    fn a_token_is_overwritten_with_its_last_copy() {
        let overwritten = Arc::<AtomicBool>::default();
        let secret = Secret(b"cm9vdA==".to_vec(), Arc::clone(&overwritten));
        let memory = secret.0.as_ptr();
        let value = header(Zeroizing::new(secret)).unwrap();
        assert!(value.is_sensitive() && value == "cm9vdA==");
        let headers = HeaderMap::from_iter([(AUTHORIZATION, value.clone())]);
        assert_eq!(headers[AUTHORIZATION].as_bytes().as_ptr(), memory);
        drop(value);
        let copy = headers.clone();
        drop(headers);
        assert!(!overwritten.load(Ordering::SeqCst));
        drop(copy);
        assert!(overwritten.load(Ordering::SeqCst));
    }

    #[test]
    fn holders_are_equal_if_credentials_are() {
        let of = |token| Credentials::new(token).version().holder;
        assert_eq!(of(Some("ada:secret")), of(Some("ada:secret")));
        assert_ne!(of(Some("ada:secret")), of(Some("ada:secret ")));
        assert_ne!(of(Some("")), of(None));
        assert_eq!(of(None), Holder::default());
        let replaced = Credentials::new(None);
        replaced.replace("key");
        let first = replaced.version();
        assert_eq!(first.holder, of(Some("key")));
        replaced.replace("other");
        replaced.replace("key");
        assert_eq!(replaced.version().holder, first.holder);
        assert_ne!(replaced.version(), first, "replaced in between");
        assert_eq!(replaced.authorization().unwrap(), "a2V5");
        assert_eq!(format!("{replaced:?}"), "<redacted>");
    }
}
