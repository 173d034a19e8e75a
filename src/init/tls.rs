//! Certificates for the connection to the collector.

use super::delivery::Signal;
use super::endpoint::CollectorEndpoint;
use super::env::Env;
use super::error::Error;
#[cfg(feature = "tls")]
use super::variable::Variable;
use super::variables;

#[cfg(feature = "tls")]
pub(super) use enabled::Tls;

#[cfg(feature = "tls")]
mod enabled {
    use std::sync::Arc;

    use hyper_rustls::ConfigBuilderExt;
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use rustls::{ClientConfig, RootCertStore};

    use super::{CollectorEndpoint, Env, Error, Signal, Variable, variables};

    /// The contents of the files that the environment names.
    #[derive(Default)]
    pub(in super::super) struct Tls {
        authority: Option<File>,
        /// The client's certificate chain and its key.
        identity: Option<(File, File)>,
    }

    struct File {
        variable: String,
        content: Vec<u8>,
    }

    impl Tls {
        /// A file that cannot be read is an error instead of a warning: without it, other authorities would be trusted
        /// than the configured ones.
        pub(in super::super) fn resolve(
            env: &mut Env,
            signal: Signal,
            endpoint: &CollectorEndpoint,
        ) -> Result<Self, Error> {
            if !endpoint.is_tls() {
                return Ok(Self::default());
            }
            let authority = file(env, signal, &variables::CERTIFICATE)?;
            let certificate = file(env, signal, &variables::CLIENT_CERTIFICATE)?;
            let identity = match (certificate, file(env, signal, &variables::CLIENT_KEY)?) {
                (Some(certificate), Some(key)) => Some((certificate, key)),
                (None, None) => None,
                (Some(lone), None) | (None, Some(lone)) => {
                    let reason = "a client certificate needs both the certificate and its key";
                    return Err(Error::setting(lone.variable, reason));
                }
            };
            Ok(Self {
                authority,
                identity,
            })
        }

        pub(in super::super) fn config(&self) -> Result<ClientConfig, Error> {
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let builder = ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .map_err(|e| Error::setting_from("endpoint", "no TLS version is enabled", e))?;
            let builder = match &self.authority {
                Some(file) => {
                    let mut roots = RootCertStore::empty();
                    for certificate in file.certificates()? {
                        roots.add(certificate).map_err(|e| file.unusable(e))?;
                    }
                    builder.with_root_certificates(roots)
                }
                None => builder.with_native_roots().map_err(|e| {
                    Error::setting_from("endpoint", "the system has no root certificates", e)
                })?,
            };
            match &self.identity {
                None => Ok(builder.with_no_client_auth()),
                Some((certificate, key)) => {
                    let private =
                        PrivateKeyDer::from_pem_slice(&key.content).map_err(|e| key.unusable(e))?;
                    builder
                        .with_client_auth_cert(certificate.certificates()?, private)
                        .map_err(|e| key.unusable(e))
                }
            }
        }
    }

    impl File {
        fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, Error> {
            CertificateDer::pem_slice_iter(&self.content)
                .collect::<Result<Vec<_>, _>>()
                .map_err(|e| self.unusable(e))
        }

        fn unusable(&self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
            Error::setting_from(&self.variable, "the file is not usable PEM", source)
        }
    }

    fn file(
        env: &mut Env,
        signal: Signal,
        variable: &Variable<String>,
    ) -> Result<Option<File>, Error> {
        let Some((name, path)) = env.named_for(variable, signal) else {
            return Ok(None);
        };
        match std::fs::read(&path) {
            Ok(content) => Ok(Some(File {
                variable: name,
                content,
            })),
            Err(e) => Err(Error::setting_from(
                name,
                format!("cannot read {path:?}"),
                e,
            )),
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::init::settings::Protocol;

        fn resolve<const N: usize>(
            variables: [(&str, &str); N],
            endpoint: &str,
        ) -> Result<Tls, Error> {
            let mut env = Env::fixed(variables);
            let signal = Signal::Metrics;
            let endpoint =
                CollectorEndpoint::resolve(&mut env, signal, Protocol::Grpc, Some(endpoint))
                    .unwrap();
            Tls::resolve(&mut env, signal, &endpoint)
        }

        #[test]
        fn a_missing_file_is_an_error_that_names_its_variable() {
            let variables = [("OTEL_EXPORTER_OTLP_CERTIFICATE", "/nonexistent/ca.pem")];
            let error = resolve(variables, "https://c:4317").err().unwrap();
            assert_eq!(error.setting_name(), Some("OTEL_EXPORTER_OTLP_CERTIFICATE"));
            assert!(std::error::Error::source(&error).is_some());
            assert!(resolve(variables, "http://c:4317").is_ok(), "not used");
        }

        #[test]
        fn a_certificate_without_its_key_is_an_error() {
            let here = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
            let variables = [("OTEL_EXPORTER_OTLP_METRICS_CLIENT_CERTIFICATE", here)];
            let error = resolve(variables, "https://c:4317").err().unwrap();
            let name = "OTEL_EXPORTER_OTLP_METRICS_CLIENT_CERTIFICATE";
            assert_eq!(error.setting_name(), Some(name));
        }

        #[test]
        fn an_invalid_key_is_an_error() {
            let here = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
            let variables = [
                ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", here),
                ("OTEL_EXPORTER_OTLP_CLIENT_KEY", here),
            ];
            let tls = resolve(variables, "https://c:4317").unwrap();
            let error = tls.config().unwrap_err();
            assert_eq!(error.setting_name(), Some("OTEL_EXPORTER_OTLP_CLIENT_KEY"));
        }
    }
}

/// Empty, because `https` endpoints are refused without the feature `tls`.
#[cfg(not(feature = "tls"))]
pub(super) struct Tls {}

#[cfg(not(feature = "tls"))]
impl Tls {
    pub(super) fn resolve(
        env: &mut Env,
        signal: Signal,
        _: &CollectorEndpoint,
    ) -> Result<Self, Error> {
        for variable in [
            &variables::CERTIFICATE,
            &variables::CLIENT_CERTIFICATE,
            &variables::CLIENT_KEY,
        ] {
            for (name, _) in env.all_for(variable, signal) {
                env.warn(&name, "needs the feature `tls`, ignored");
            }
        }
        Ok(Self {})
    }
}
