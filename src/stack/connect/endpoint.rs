//! The address of a server, from a URI.

use std::fmt;
use std::net::IpAddr;

use http::Uri;
use zeroize::Zeroizing;

/// Milvus' default port.
const DEFAULT_PORT: u16 = 19530;

/// A server's address, as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Tcp { host: String, port: u16, tls: bool },
    Unix { path: String },
}

/// The credentials and the database of a URI. There is no `Debug`, because they include a password.
#[derive(Default)]
pub(crate) struct UriExtras {
    /// `user:password`, from before the host.
    pub(crate) token: Option<Zeroizing<String>>,
    /// The path.
    pub(crate) database: Option<String>,
}

impl Endpoint {
    /// Parses a URI with the scheme `http`, `https`, `tcp` or `unix`, or `host:port`. The error is the reason it is invalid.
    pub(crate) fn parse(uri: &str) -> Result<(Self, UriExtras), String> {
        if let Some(path) = uri
            .strip_prefix("unix://")
            .or_else(|| uri.strip_prefix("unix:"))
        {
            return Ok((Self::unix(path)?, UriExtras::default()));
        }
        if uri.is_empty() || uri.ends_with("://") {
            return Err("it has no host: write http://host:19530".to_owned());
        }
        let (scheme, rest) = match uri.split_once("://") {
            Some((scheme, rest)) if is_scheme(scheme) => (scheme, rest),
            _ if uri.starts_with(['.', '/']) || uri.ends_with(".db") => {
                return Err(
                    "it looks like a file of Milvus Lite, which only pymilvus can open: start a server and write \
                     http://host:19530"
                        .to_owned(),
                );
            }
            _ => ("http", uri),
        };
        // Cut the credentials off first, so that no parser copies them or quotes them in an error.
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        if has_at(path) {
            return Err(
                "there is an @ after the host: set user and password with ClientBuilder::user, or the token with \
                 ClientBuilder::token"
                    .to_owned(),
            );
        }
        let (token, address) = match authority.rsplit_once('@') {
            Some((token, address)) => (Some(token).filter(|token| !token.is_empty()), address),
            None => (None, authority),
        };
        if has_at(authority) && !is_known(scheme) {
            // Not quoted: it may be the beginning of a password.
            return Err("its scheme is unknown: use http, https or unix".to_owned());
        }
        let (endpoint, database) = Self::tcp(scheme, address, path)?;
        let extras = UriExtras {
            token: token.map(|token| Zeroizing::new(token.to_owned())),
            database,
        };
        Ok((endpoint, extras))
    }

    fn unix(path: &str) -> Result<Self, String> {
        if path.is_empty() {
            return Err("it has no socket path: write unix:/path/to/milvus.sock".to_owned());
        }
        let is_path = ["/", "./", "../"]
            .iter()
            .any(|start| path.starts_with(start));
        if has_at(path) && !is_path {
            return Err(
                "a Unix socket path cannot contain user and password: set them with ClientBuilder::user, and write a \
                 relative path with an @ as unix:./path"
                    .to_owned(),
            );
        }
        Ok(Self::Unix {
            path: path.to_owned(),
        })
    }

    /// The endpoint and the database of a URI without credentials.
    fn tcp(scheme: &str, address: &str, path: &str) -> Result<(Self, Option<String>), String> {
        let parsed: Uri = format!("{scheme}://{address}{path}")
            .parse()
            .map_err(|error| format!("{error}"))?;
        let tls = match parsed.scheme_str() {
            Some("http" | "tcp") => false,
            Some("https") => true,
            other => {
                return Err(format!(
                    "its scheme is {:?}: use http, https or unix",
                    other.unwrap_or_default()
                ));
            }
        };
        let authority = parsed.authority().ok_or("it has no host")?;
        let host = authority
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        if host.is_empty() {
            return Err("it has no host".to_owned());
        }
        let port = match authority.as_str().strip_prefix(authority.host()) {
            Some("") if tls => 443,
            Some("") => DEFAULT_PORT,
            _ => authority
                .port_u16()
                .ok_or_else(|| format!("its port must be a number up to {}", u16::MAX))?,
        };
        let database = parsed.path().trim_matches('/');
        let database = (!database.is_empty()).then(|| database.to_owned());
        Ok((Self::Tcp { host, port, tls }, database))
    }

    /// Whether others can read what is sent: it leaves this machine unencrypted.
    pub(crate) fn is_exposed(&self) -> bool {
        match self {
            Self::Tcp { host, tls, .. } => !tls && !is_loopback(host),
            Self::Unix { .. } => false,
        }
    }

    /// The attributes `server.address` and `server.port`.
    pub(crate) fn server(&self) -> (String, Option<u16>) {
        match self {
            Self::Tcp { host, port, .. } => (host.clone(), Some(*port)),
            Self::Unix { path } => (path.clone(), None),
        }
    }

    pub(crate) fn is_tls(&self) -> bool {
        matches!(self, Self::Tcp { tls: true, .. })
    }
}

/// Whether there is an `@`, possibly percent-encoded.
fn has_at(text: &str) -> bool {
    text.contains('@') || text.contains("%40")
}

/// The URI without its credentials, for display.
pub(crate) fn without_password(uri: &str) -> String {
    // If the whole URI is percent-encoded, so is its `@`.
    let at = uri.rfind('@').max(uri.rfind("%40"));
    let Some((before, after)) = at.map(|at| uri.split_at(at)) else {
        return uri.to_owned();
    };
    match before.split_once("://") {
        Some((scheme, _)) if is_known(scheme) => format!("{scheme}://<redacted>{after}"),
        _ => format!("<redacted>{after}"),
    }
}

fn is_known(scheme: &str) -> bool {
    let known = ["http", "https", "tcp", "unix"];
    known.iter().any(|each| scheme.eq_ignore_ascii_case(each))
}

/// Whether a URI may begin with this: `http` of `http://host`, but not `root:a` of a password with slashes.
fn is_scheme(text: &str) -> bool {
    let mut letters = text.chars();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|each| each.is_ascii_alphanumeric() || matches!(each, '+' | '-' | '.'))
}

/// Whether a name or address stands for this machine.
fn is_loopback(host: &str) -> bool {
    if let Ok(address) = host.parse::<IpAddr>() {
        return address.to_canonical().is_loopback();
    }
    // Not `milvus.localhost`, which some resolvers look up in DNS.
    let name = host.strip_suffix('.').unwrap_or(host);
    name.eq_ignore_ascii_case("localhost")
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port, tls } => {
                let scheme = if *tls { "https" } else { "http" };
                if host.contains(':') {
                    write!(f, "{scheme}://[{host}]:{port}")
                } else {
                    write!(f, "{scheme}://{host}:{port}")
                }
            }
            Self::Unix { path } => write!(f, "unix:{path}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_may_have_every_form_that_milvus_users_write() {
        let tcp = |host: &str, port, tls| Endpoint::Tcp {
            host: host.into(),
            port,
            tls,
        };
        for (uri, expected) in [
            ("http://localhost:19530", tcp("localhost", 19530, false)),
            ("localhost:19531", tcp("localhost", 19531, false)),
            ("milvus", tcp("milvus", 19530, false)),
            ("http://milvus.db", tcp("milvus.db", 19530, false)),
            ("tcp://10.0.0.1", tcp("10.0.0.1", 19530, false)),
            (
                "https://in01.example.com",
                tcp("in01.example.com", 443, true),
            ),
            ("http://[::1]:19530", tcp("::1", 19530, false)),
            (
                "unix:/run/milvus.sock",
                Endpoint::Unix {
                    path: "/run/milvus.sock".into(),
                },
            ),
            (
                "unix:///run/milvus.sock",
                Endpoint::Unix {
                    path: "/run/milvus.sock".into(),
                },
            ),
            (
                "unix:/run/milvus@1.sock",
                Endpoint::Unix {
                    path: "/run/milvus@1.sock".into(),
                },
            ),
        ] {
            assert_eq!(
                Endpoint::parse(uri).map(|(endpoint, _)| endpoint),
                Ok(expected),
                "{uri}"
            );
        }
    }

    #[test]
    fn a_uri_may_contain_user_and_database() {
        let (endpoint, extras) = Endpoint::parse("https://root:Mil@vus@host:1/library").unwrap();
        assert_eq!(endpoint.to_string(), "https://host:1");
        assert_eq!(extras.token.unwrap().as_str(), "root:Mil@vus");
        assert_eq!(extras.database.as_deref(), Some("library"));
        let (endpoint, extras) = Endpoint::parse("ada:p w%40[@host").unwrap();
        assert_eq!(endpoint.to_string(), "http://host:19530");
        assert_eq!(extras.token.unwrap().as_str(), "ada:p w%40[");
    }

    #[test]
    fn only_plaintext_to_other_machines_is_exposed() {
        for (uri, exposed) in [
            ("http://localhost:19530", false),
            ("http://LocalHost.", false),
            ("http://127.0.0.1", false),
            ("http://127.8.9.10:1", false),
            ("http://[::1]", false),
            ("http://[::ffff:127.0.0.1]", false),
            ("unix:/run/milvus.sock", false),
            ("https://10.9.0.1", false),
            ("http://10.9.0.1", true),
            ("tcp://milvus", true),
            ("milvus:19530", true),
            ("http://0.0.0.0", true),
            ("http://[::]", true),
            ("http://127.0.0.1.example.com", true),
            ("http://localhost.example.com", true),
            ("http://notlocalhost", true),
            ("http://milvus.localhost", true),
        ] {
            let (endpoint, _) = Endpoint::parse(uri).unwrap();
            assert_eq!(endpoint.is_exposed(), exposed, "{uri}");
        }
    }

    #[test]
    fn an_invalid_uri_is_refused_with_a_reason() {
        for (uri, why) in [
            ("unix:", "no socket"),
            ("ftp://host", "ftp"),
            ("http://", "no host"),
            ("", "no host"),
            ("milvus_demo.db", "looks like a file"),
            ("./milvus_demo.db", "looks like a file"),
            ("/var/lib/milvus_demo", "looks like a file"),
            ("http://host:99999", "port"),
            ("http://host:", "port"),
            ("http://u:p@host:x1", ""),
            ("http://a b", "invalid"),
            ("unix://root:secret@milvus.sock", "cannot contain user"),
            ("unix:root:secret@/run/milvus.sock", "cannot contain user"),
            ("unix:.secret@milvus.sock", "cannot contain user"),
            ("http://root:a/b@host", "after the host"),
            ("http://root:1/b@host", "after the host"),
            ("root:a://b@host", "after the host"),
            ("http://root:secret%40host", ""),
            ("secret://@host", "scheme is unknown"),
            ("secret://root%40host", "scheme is unknown"),
        ] {
            let error = Endpoint::parse(uri).err().unwrap();
            assert!(
                error.contains(why) && !error.contains("secret"),
                "{uri}: {error}"
            );
        }
    }
}
