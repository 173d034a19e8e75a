//! The address of a server, from a URI.

use std::fmt;

use http::Uri;

/// The default port of Milvus.
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
    pub(crate) token: Option<String>,
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
            return match path {
                "" => Err("it has no socket path: write unix:/path/to/milvus.sock".to_owned()),
                path => Ok((
                    Self::Unix {
                        path: path.to_owned(),
                    },
                    UriExtras::default(),
                )),
            };
        }
        if uri.is_empty() || uri.ends_with("://") {
            return Err("it has no host: write http://host:19530".to_owned());
        }
        let with_scheme = if uri.contains("://") {
            uri.to_owned()
        } else if uri.starts_with(['.', '/']) || uri.ends_with(".db") {
            return Err(
                "it looks like a file of Milvus Lite, which only pymilvus can open: start a server and write \
                 http://host:19530"
                    .to_owned(),
            );
        } else {
            format!("http://{uri}")
        };
        let parsed: Uri = with_scheme.parse().map_err(|error| format!("{error}"))?;
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
        let address = authority
            .as_str()
            .rsplit_once('@')
            .map_or(authority.as_str(), |(_, address)| address);
        let port = match address.strip_prefix(authority.host()) {
            Some("") => {
                if tls {
                    443
                } else {
                    DEFAULT_PORT
                }
            }
            _ => authority
                .port_u16()
                .ok_or_else(|| format!("its port must be a number up to {}", u16::MAX))?,
        };
        let extras = UriExtras {
            token: authority
                .as_str()
                .rsplit_once('@')
                .map(|(token, _)| token.to_owned()),
            database: Some(parsed.path().trim_matches('/').to_owned())
                .filter(|path| !path.is_empty()),
        };
        Ok((Self::Tcp { host, port, tls }, extras))
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
        assert_eq!(extras.token.as_deref(), Some("root:Mil@vus"));
        assert_eq!(extras.database.as_deref(), Some("library"));
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
        ] {
            let error = Endpoint::parse(uri).err().unwrap();
            assert!(error.contains(why), "{uri}: {error}");
        }
    }
}
