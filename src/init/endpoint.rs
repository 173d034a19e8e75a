//! The collector endpoint of a signal.

#[cfg(unix)]
use std::path::PathBuf;

use http::Uri;
use http::uri::PathAndQuery;

use super::delivery::Signal;
use super::env::Env;
use super::error::Error;
use super::settings::Protocol;
use super::variables;

/// The variable that applies to all signals.
const GENERAL: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// A validated URL of a collector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CollectorEndpoint {
    pub(super) protocol: Protocol,
    /// For HTTP, this includes the signal's path.
    url: String,
    /// Whether the address has no scheme and was assumed to be `https`.
    pub(super) assumed_tls: bool,
}

impl CollectorEndpoint {
    fn new(protocol: Protocol, url: String) -> Self {
        Self {
            protocol,
            url,
            assumed_tls: false,
        }
    }

    /// Resolves the endpoint from code, else the signal's variable, else the general variable, else the default. An
    /// invalid URL in code is an error; an invalid variable causes a warning.
    pub(super) fn resolve(
        env: &mut Env,
        signal: Signal,
        protocol: Protocol,
        from_code: Option<&str>,
    ) -> Result<Self, Error> {
        if let Some(url) = from_code {
            return Self::base(env, "endpoint", signal, protocol, url)
                .map_err(|reason| Error::setting("endpoint", reason));
        }
        for (name, value) in env.all_for(&variables::ENDPOINT, signal) {
            let endpoint = if name == GENERAL {
                Self::base(env, &name, signal, protocol, &value)
            } else {
                Self::check(env, &name, signal, protocol, value)
            };
            match endpoint {
                Ok(endpoint) => return Ok(endpoint),
                Err(reason) => env.warn(&name, format!("ignored: {reason}")),
            }
        }
        Self::base(
            env,
            "endpoint",
            signal,
            protocol,
            protocol.default_endpoint(),
        )
        .map_err(|reason| Error::setting("endpoint", reason))
    }

    /// Derives the endpoint of a signal from a URL that applies to all signals.
    fn base(
        env: &mut Env,
        name: &str,
        signal: Signal,
        protocol: Protocol,
        url: &str,
    ) -> Result<Self, String> {
        if protocol != Protocol::Grpc && !url.contains("://") {
            let shown = Self::new(protocol, url.to_owned()).redacted();
            return Err(format!(
                "{shown:?} has no scheme: write http:// or https:// in front of it"
            ));
        }
        let trimmed = url.trim_end_matches('/');
        let base = Signal::ALL.into_iter().find_map(|signal| {
            let path = signal.http_path();
            Some((trimmed.strip_suffix(path)?, path))
        });
        let (url, warning) = match (protocol, base) {
            (Protocol::Grpc, None) => (url.to_owned(), None),
            (Protocol::Grpc, Some((base, path))) => (
                base.to_owned(),
                Some(format!(
                    "ends in {path}, which gRPC does not use and `init` removes; for OTLP over HTTP, set \
                     OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"
                )),
            ),
            (_, None) => (format!("{trimmed}{}", signal.http_path()), None),
            (_, Some((base, path))) => (
                format!("{base}{}", signal.http_path()),
                Some(format!(
                    "ends in {path}, which `init` adds for each signal: remove it"
                )),
            ),
        };
        let endpoint = Self::check(env, name, signal, protocol, url)?;
        if let Some(warning) = warning {
            env.warn(name, warning);
        }
        Ok(endpoint)
    }

    /// Whether an address without a scheme means `http`; `None` if the environment does not set this.
    fn insecure(env: &mut Env, signal: Signal) -> Option<bool> {
        let set = env.named_for(&variables::INSECURE, signal);
        set.map(|(_, insecure)| insecure)
    }

    fn check(
        env: &mut Env,
        name: &str,
        signal: Signal,
        protocol: Protocol,
        mut url: String,
    ) -> Result<Self, String> {
        if url.starts_with(['"', '\'']) {
            let unquoted = url.trim_matches(['"', '\'']).to_owned();
            let shown = Self::new(protocol, unquoted).redacted();
            return Err(format!("{shown:?} is in quotes: remove them"));
        }
        let is_socket = url.starts_with("unix:");
        if is_socket && cfg!(unix) && protocol == Protocol::Grpc {
            return Ok(Self::new(protocol, url));
        }
        let mut assumed_tls = false;
        if protocol == Protocol::Grpc && !url.contains("://") && !is_socket {
            let insecure = Self::insecure(env, signal);
            assumed_tls = insecure.is_none();
            let scheme = if insecure == Some(true) {
                "http"
            } else {
                "https"
            };
            url = format!("{scheme}://{url}");
        }
        let endpoint = Self {
            assumed_tls,
            ..Self::new(protocol, url)
        };
        let shown = endpoint.redacted();
        let uri: Uri = endpoint
            .url
            .parse()
            .map_err(|error| format!("{shown:?} is not an address: {error}"))?;
        if uri
            .path_and_query()
            .is_some_and(|path| path.as_str().contains('@'))
        {
            return Err(
                "it has an @ after the host: write / ? and # in a password as %2F, %3F and %23"
                    .to_owned(),
            );
        }
        if has_invalid_port(&uri) {
            return Err(format!("{shown:?} has no valid port"));
        }
        let no_tls = || {
            let hint = if assumed_tls {
                ", which has no scheme,"
            } else {
                ""
            };
            format!(
                "{shown:?}{hint} needs the feature `tls`; for a receiver without TLS, write http://"
            )
        };
        match uri.scheme_str() {
            _ if uri.host().is_none_or(str::is_empty) => Err(format!("{shown:?} has no host")),
            Some("http") => Ok(endpoint),
            Some("https") if cfg!(feature = "tls") => {
                if assumed_tls {
                    env.warn(
                        name,
                        format!("has no scheme and is read as {shown}: write https://, or http:// for a receiver without TLS"),
                    );
                }
                Ok(endpoint)
            }
            Some("https") => Err(no_tls()),
            _ => Err(format!("{shown:?} does not begin with http:// or https://")),
        }
    }

    /// The URI of requests. For gRPC, `path` replaces the path of the endpoint.
    pub(super) fn uri(&self, path: Option<&'static str>) -> Result<Uri, Error> {
        let url = match self.url.starts_with("unix:") {
            true => "http://localhost",
            false => &self.url,
        };
        url.parse::<Uri>()
            .map_err(http::Error::from)
            .and_then(|uri| {
                let mut parts = uri.into_parts();
                if let Some(path) = path {
                    parts.path_and_query = Some(PathAndQuery::from_static(path));
                }
                Ok(Uri::from_parts(parts)?)
            })
            .map_err(|error| {
                let reason = format!("{:?} is not an address", self.redacted());
                Error::setting_from("endpoint", reason, error)
            })
    }

    /// The path of the Unix socket, if the endpoint is one.
    #[cfg(unix)]
    pub(super) fn socket(&self) -> Option<PathBuf> {
        let path = self.url.strip_prefix("unix:")?;
        Some(path.strip_prefix("//").unwrap_or(path).into())
    }

    pub(super) fn is_tls(&self) -> bool {
        self.url.starts_with("https://")
    }

    /// The URL for messages, without `user:password@` and query.
    pub(super) fn redacted(&self) -> String {
        if self.url.starts_with("unix:") {
            return self.url.clone();
        }
        let (scheme, rest) = match self.url.split_once("://") {
            Some((scheme, rest)) if scheme.bytes().all(|each| each.is_ascii_alphanumeric()) => {
                (format!("{scheme}://"), rest)
            }
            _ => (String::new(), self.url.as_str()),
        };
        // After the last `@` of all: a password that is not percent-encoded may contain `/` and `?`.
        let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
        let shown = rest.split(['?', '#']).next().unwrap_or_default();
        format!("{scheme}{shown}")
    }
}

/// Whether there is something after the host that is not a port: connecting would use the default port.
fn has_invalid_port(uri: &Uri) -> bool {
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let port = host
        .rsplit(']')
        .next()
        .and_then(|rest| rest.split_once(':'));
    port.is_some_and(|(_, port)| !port.is_empty() && uri.port_u16().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve<const N: usize>(
        variables: [(&str, &str); N],
        protocol: Protocol,
        from_code: Option<&str>,
    ) -> (Result<String, String>, Vec<String>) {
        let mut env = Env::fixed(variables);
        let endpoint = CollectorEndpoint::resolve(&mut env, Signal::Traces, protocol, from_code);
        let warnings = env.into_warnings();
        (
            endpoint.map(|e| e.url).map_err(|e| e.to_string()),
            warnings.iter().map(|w| w.variable().to_owned()).collect(),
        )
    }

    #[test]
    fn code_precedes_the_signals_variable_which_precedes_the_general_one() {
        const BOTH: [(&str, &str); 2] = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://general:1/"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://own:2/in"),
        ];
        let url = |variables: &[(&str, &str)], protocol, from_code| match variables {
            [] => resolve([], protocol, from_code).0.unwrap(),
            [one] => resolve([*one], protocol, from_code).0.unwrap(),
            _ => resolve(BOTH, protocol, from_code).0.unwrap(),
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
    fn an_address_without_scheme_is_secure_unless_the_environment_says_insecure() {
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
    fn an_address_without_scheme_causes_a_warning_unless_the_environment_decides() {
        let general = ("OTEL_EXPORTER_OTLP_ENDPOINT", "c:4317");
        let warned = if cfg!(feature = "tls") { 1 } else { 2 };
        assert_eq!(resolve([general], Protocol::Grpc, None).1.len(), warned);
        let decided = ("OTEL_EXPORTER_OTLP_INSECURE", "true");
        let (url, warnings) = resolve([general, decided], Protocol::Grpc, None);
        assert_eq!(
            (url.unwrap().as_str(), warnings.len()),
            ("http://c:4317", 0)
        );
    }

    #[test]
    fn a_signal_path_in_the_general_endpoint_is_not_added_twice() {
        for address in ["http://c:4318/v1/traces", "http://c:4318/v1/metrics/"] {
            for (protocol, expected) in [
                (Protocol::HttpProtobuf, "http://c:4318/v1/traces"),
                (Protocol::HttpJson, "http://c:4318/v1/traces"),
                (Protocol::Grpc, "http://c:4318"),
            ] {
                let variable = [("OTEL_EXPORTER_OTLP_ENDPOINT", address)];
                let (url, warned) = resolve(variable, protocol, None);
                assert_eq!(url.unwrap(), expected);
                assert_eq!(warned, ["OTEL_EXPORTER_OTLP_ENDPOINT"]);
                let (url, warned) = resolve([], protocol, Some(address));
                assert_eq!((url.unwrap().as_str(), warned.len()), (expected, 1));
            }
        }
        let own = [(
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            "http://c:4318/v1/traces",
        )];
        let (url, warned) = resolve(own, Protocol::HttpProtobuf, None);
        assert_eq!(url.unwrap(), "http://c:4318/v1/traces");
        assert_eq!(warned, [""; 0]);
    }

    #[test]
    fn requests_use_the_grpc_method_or_the_http_path() {
        let uri = |protocol, address| {
            let mut env = Env::fixed([]);
            let endpoint =
                CollectorEndpoint::resolve(&mut env, Signal::Logs, protocol, Some(address));
            let path = (protocol == Protocol::Grpc).then(|| Signal::Logs.grpc_path());
            endpoint.unwrap().uri(path).unwrap().to_string()
        };
        let service = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
        assert_eq!(
            uri(Protocol::Grpc, "http://c:1/x"),
            format!("http://c:1{service}")
        );
        assert_eq!(
            uri(Protocol::HttpJson, "http://c:1/x"),
            "http://c:1/x/v1/logs"
        );
        if cfg!(unix) {
            let socket = uri(Protocol::Grpc, "unix:///run/otel.sock");
            assert_eq!(socket, format!("http://localhost{service}"));
        }
    }

    #[test]
    fn an_invalid_variable_causes_a_warning_and_the_default_is_used() {
        for bad in [
            "http://",
            "http://a b",
            "ftp://host",
            "host:4318",
            "http://host:port",
            "http://[::1]:70000",
            "\"http://host\"",
        ] {
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
    fn an_invalid_address_in_code_is_an_error_without_its_password() {
        for (address, protocol, shown) in [
            ("ftp://root:secret@host:1", Protocol::Grpc, "ftp://host:1"),
            (
                "root:secret@host:1",
                Protocol::HttpJson,
                "\"host:1\" has no scheme",
            ),
            (
                "'http://root:secret@host:1'",
                Protocol::Grpc,
                "http://host:1",
            ),
            (
                "http://root:1/secret@host:1",
                Protocol::Grpc,
                "it has an @ after the host",
            ),
            (
                "http://root:1?secret@host:1",
                Protocol::HttpJson,
                "an @ after the host",
            ),
            (
                "http://root:secret@host:a",
                Protocol::Grpc,
                "\"http://host:a\" has no valid port",
            ),
            (
                "root:a://secret@host:1",
                Protocol::HttpJson,
                "\"host:1/v1/traces\"",
            ),
            (
                "ftp://root:a?secret@host:1",
                Protocol::Grpc,
                "an @ after the host",
            ),
        ] {
            let error = resolve([], protocol, Some(address)).0.unwrap_err();
            assert!(error.starts_with("cannot use endpoint: "), "{error}");
            assert!(error.contains(shown), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
