//! Where a signal goes, and by which protocol.

use http::Uri;

use super::delivery::Signal;
use super::env::Env;
use super::error::Error;

/// How OTLP is spoken to the collector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Protocol {
    /// gRPC over HTTP/2, `grpc` in the environment; the default, to `http://localhost:4317`.
    #[default]
    Grpc,
    /// Protobuf over HTTP/1.1, `http/protobuf` in the environment, to `http://localhost:4318`.
    HttpProtobuf,
}

impl Protocol {
    const fn default_endpoint(self) -> &'static str {
        match self {
            Self::Grpc => "http://localhost:4317",
            Self::HttpProtobuf => "http://localhost:4318",
        }
    }

    pub(super) fn resolve(env: &mut Env, signal: Signal, coded: Option<Self>) -> Self {
        if let Some(protocol) = coded {
            return protocol;
        }
        for name in variables(signal, "PROTOCOL") {
            let Some(value) = env.get(&name) else {
                continue;
            };
            match value.to_ascii_lowercase().as_str() {
                "grpc" => return Self::Grpc,
                "http/protobuf" => return Self::HttpProtobuf,
                _ => env.warn(
                    &name,
                    format!("{value:?} is not supported (grpc and http/protobuf are), ignored"),
                ),
            }
        }
        Self::default()
    }
}

/// The names under which a setting of the OTLP exporter may stand, the signal's own before the general one.
pub(super) fn variables(signal: Signal, setting: &str) -> [String; 2] {
    [
        format!("OTEL_EXPORTER_OTLP_{}_{setting}", signal.variable()),
        format!("OTEL_EXPORTER_OTLP_{setting}"),
    ]
}

/// A checked address of a collector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub(super) protocol: Protocol,
    /// With the signal's path, for HTTP.
    url: String,
}

impl Endpoint {
    /// Code beats the signal's variable beats the general one beats the default. What code says must be right; a wrong
    /// variable is warned about.
    pub(super) fn resolve(
        env: &mut Env,
        signal: Signal,
        protocol: Protocol,
        coded: Option<&str>,
    ) -> Result<Self, Error> {
        let base = |url: &str| match protocol {
            Protocol::Grpc => url.to_owned(),
            Protocol::HttpProtobuf => {
                let path = signal.variable().to_ascii_lowercase();
                format!("{}/v1/{path}", url.trim_end_matches('/'))
            }
        };
        let insecure = Self::insecure(env, signal);
        let check = |url: String| Self::check(protocol, url, insecure);
        if let Some(url) = coded {
            return check(base(url)).map_err(|reason| Error::setting("endpoint", reason));
        }
        let [specific, general] = variables(signal, "ENDPOINT");
        for (name, is_base) in [(specific, false), (general, true)] {
            let Some(value) = env.get(&name) else {
                continue;
            };
            match check(if is_base { base(&value) } else { value }) {
                Ok(endpoint) => return Ok(endpoint),
                Err(reason) => env.warn(&name, format!("{reason}, ignored")),
            }
        }
        Ok(Self {
            protocol,
            url: base(protocol.default_endpoint()),
        })
    }

    /// Whether an address without a scheme is taken as `http`.
    fn insecure(env: &mut Env, signal: Signal) -> bool {
        variables(signal, "INSECURE")
            .iter()
            .find_map(|name| env.flag(name))
            .unwrap_or(false)
    }

    fn check(protocol: Protocol, url: String, insecure: bool) -> Result<Self, String> {
        let url = if protocol == Protocol::Grpc && !url.contains("://") {
            let scheme = if insecure { "http" } else { "https" };
            format!("{scheme}://{url}")
        } else {
            url
        };
        if protocol == Protocol::Grpc && url.starts_with("unix:") {
            return Ok(Self { protocol, url });
        }
        let endpoint = Self { protocol, url };
        let shown = endpoint.shown();
        let uri: Uri = endpoint
            .url
            .parse()
            .map_err(|error| format!("{shown:?} is not an address: {error}"))?;
        if uri.host().is_none_or(str::is_empty) {
            return Err(format!("{shown:?} names no host"));
        }
        match uri.scheme_str() {
            Some("http") => Ok(endpoint),
            Some("https") if cfg!(feature = "tls") => Ok(endpoint),
            Some("https") => Err(format!("{shown:?} needs the feature `tls`")),
            _ => Err(format!("{shown:?} does not begin with http:// or https://")),
        }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    #[cfg(feature = "tls")]
    pub(super) fn is_tls(&self) -> bool {
        self.url.starts_with("https://")
    }

    /// For messages: without `user:password@`.
    pub(super) fn shown(&self) -> String {
        let Some((scheme, rest)) = self.url.split_once("://") else {
            return self.url.clone();
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        let path = path.split(['?', '#']).next().unwrap_or_default();
        format!("{scheme}://{host}{path}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve<const N: usize>(
        variables: [(&str, &str); N],
        protocol: Protocol,
        coded: Option<&str>,
    ) -> (Result<String, String>, Vec<String>) {
        let mut env = Env::fixed(variables);
        let endpoint = Endpoint::resolve(&mut env, Signal::Traces, protocol, coded);
        let warnings = env.into_warnings();
        (
            endpoint.map(|e| e.url).map_err(|e| e.to_string()),
            warnings.iter().map(|w| w.variable().to_owned()).collect(),
        )
    }

    #[test]
    fn code_beats_the_signals_variable_beats_the_general_one() {
        const BOTH: [(&str, &str); 2] = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://general:1/"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://own:2/in"),
        ];
        let url = |variables: &[(&str, &str)], protocol, coded| match variables {
            [] => resolve([], protocol, coded).0.unwrap(),
            [one] => resolve([*one], protocol, coded).0.unwrap(),
            _ => resolve(BOTH, protocol, coded).0.unwrap(),
        };
        let (grpc, http) = (Protocol::Grpc, Protocol::HttpProtobuf);
        assert_eq!(url(&[], grpc, None), "http://localhost:4317");
        assert_eq!(url(&[], http, None), "http://localhost:4318/v1/traces");
        assert_eq!(url(&BOTH[..1], grpc, None), "http://general:1/");
        assert_eq!(url(&BOTH[..1], http, None), "http://general:1/v1/traces");
        assert_eq!(url(&BOTH, http, None), "http://own:2/in");
        assert_eq!(url(&BOTH, grpc, Some("http://code:3")), "http://code:3");
        assert_eq!(
            url(&BOTH, http, Some("http://code:3/base/")),
            "http://code:3/base/v1/traces"
        );
    }

    #[test]
    fn an_address_without_scheme_is_secure_unless_told_otherwise() {
        let insecure = [("OTEL_EXPORTER_OTLP_INSECURE", "True")];
        assert_eq!(
            resolve(insecure, Protocol::Grpc, Some("c:4317")).0.unwrap(),
            "http://c:4317"
        );
        let secure = resolve([], Protocol::Grpc, Some("c:4317")).0;
        if cfg!(feature = "tls") {
            assert_eq!(secure.unwrap(), "https://c:4317");
        } else {
            assert!(secure.unwrap_err().contains("needs the feature `tls`"));
        }
    }

    #[test]
    fn a_wrong_variable_is_named_and_the_default_used() {
        for bad in ["http://", "http://a b", "ftp://host"] {
            let (url, warned) = resolve(
                [("OTEL_EXPORTER_OTLP_ENDPOINT", bad)],
                Protocol::HttpProtobuf,
                None,
            );
            assert_eq!(url.unwrap(), "http://localhost:4318/v1/traces");
            assert_eq!(warned, ["OTEL_EXPORTER_OTLP_ENDPOINT"], "{bad}");
        }
    }

    #[test]
    fn a_wrong_address_in_code_is_an_error_without_its_password() {
        let (url, _) = resolve([], Protocol::Grpc, Some("ftp://root:secret@host:1"));
        let error = url.unwrap_err();
        assert!(error.starts_with("cannot use endpoint: "), "{error}");
        assert!(error.contains("ftp://host:1"), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }

    #[test]
    fn an_unknown_protocol_is_warned_about() {
        let mut env = Env::fixed([
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "HTTP/protobuf"),
        ]);
        let protocol = Protocol::resolve(&mut env, Signal::Traces, None);
        assert_eq!(protocol, Protocol::HttpProtobuf);
        let warnings = env.into_warnings();
        assert_eq!(warnings[0].variable(), "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL");
    }
}
