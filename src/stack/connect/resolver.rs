//! Looks up the addresses of a host, and distinguishes a name that does not exist from a failed lookup.

use std::fmt;
use std::io;
use std::net::SocketAddr;

use tokio::net::lookup_host;

use super::error_texts::is_unknown_name;

/// How names are looked up: by the system, except in tests.
#[derive(Debug, Clone, Default)]
pub(crate) struct Resolver {
    #[cfg(test)]
    pub(super) fixed: Option<std::sync::Arc<std::sync::Mutex<Vec<SocketAddr>>>>,
}

impl Resolver {
    pub(super) async fn look_up(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        #[cfg(test)]
        if let Some(fixed) = &self.fixed {
            let found = fixed.lock().unwrap().clone();
            return match found.is_empty() {
                true => Err(UnknownHost::error(host, &"it has no address")),
                false => Ok(found),
            };
        }
        look_up(host, port).await
    }
}

/// Looks up the addresses of a host as the system does (hosts file, DNS), alternating between IPv4 and IPv6 so that a family
/// that does not work costs one delay only: <https://www.rfc-editor.org/rfc/rfc8305#section-4>.
async fn look_up(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    let found = lookup_host((host, port)).await;
    let addresses: Vec<SocketAddr> = found.map_err(|error| unresolved(host, &error))?.collect();
    if addresses.is_empty() {
        return Err(UnknownHost::error(host, &"it has no address"));
    }
    Ok(interleaved(addresses))
}

fn interleaved(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first = addresses.first().is_some_and(SocketAddr::is_ipv4);
    let (one, other): (Vec<_>, Vec<_>) = addresses
        .into_iter()
        .partition(|address| address.is_ipv4() == first);
    let mut all = Vec::with_capacity(one.len() + other.len());
    let (mut one, mut other) = (one.into_iter(), other.into_iter());
    loop {
        match (one.next(), other.next()) {
            (None, None) => return all,
            (a, b) => all.extend(
                a.into_iter()
                    .chain(b)
                    .filter(|each| !all.contains(each))
                    .collect::<Vec<_>>(),
            ),
        }
    }
}

/// A host name without an address, and why.
#[derive(Debug)]
pub(super) struct UnknownHost(String);

impl UnknownHost {
    fn error(host: &str, why: &dyn fmt::Display) -> io::Error {
        let what = format!("could not resolve host {host:?} ({why})");
        io::Error::new(io::ErrorKind::NotFound, Self(what))
    }
}

impl fmt::Display for UnknownHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnknownHost {}

/// The error of a failed lookup. Only [`UnknownHost`] is permanent.
fn unresolved(host: &str, error: &io::Error) -> io::Error {
    if is_unknown_name(error) {
        return UnknownHost::error(host, error);
    }
    let what = format!("could not look up host {host:?} ({error})");
    io::Error::new(error.kind(), what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_is_a_permanent_error_of_its_own() {
        for (text, unknown, error) in [
            (
                "Name or service not known",
                true,
                "could not resolve host \"milvus.test\" (Name or service not known)",
            ),
            (
                "Try again",
                false,
                "could not look up host \"milvus.test\" (Try again)",
            ),
        ] {
            let found = unresolved("milvus.test", &io::Error::other(text));
            assert_eq!(found.get_ref().unwrap().is::<UnknownHost>(), unknown);
            assert_eq!(found.to_string(), error);
        }
    }

    /// No label of a name may exceed 63 characters, so the system answers without a name server.
    #[tokio::test]
    async fn an_impossible_name_is_unknown() {
        let name = format!("{}.invalid", "x".repeat(64));
        let error = look_up(&name, 1).await.unwrap_err();
        assert!(error.get_ref().unwrap().is::<UnknownHost>(), "{error}");
    }

    #[test]
    fn families_alternate_and_no_address_is_tried_twice() {
        let address = |text: &str| -> SocketAddr { text.parse().unwrap() };
        let found = [
            "[::1]:1",
            "[::2]:1",
            "[::2]:1",
            "10.0.0.1:1",
            "10.0.0.2:1",
            "10.0.0.3:1",
        ];
        let order = [
            "[::1]:1",
            "10.0.0.1:1",
            "[::2]:1",
            "10.0.0.2:1",
            "10.0.0.3:1",
        ];
        assert_eq!(interleaved(found.map(address).to_vec()), order.map(address));
    }
}
