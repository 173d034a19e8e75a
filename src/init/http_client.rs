//! The HTTP client of OTLP/HTTP.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Request, Response};
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use opentelemetry_http::hyper::HyperClient;
use opentelemetry_http::{Bytes, HttpClient, HttpError};

use super::delivery::Counts;
use super::error::Error;
use super::tls::Tls;

/// A client for plain and, with the feature `tls`, encrypted HTTP.
pub(super) fn client(
    timeout: Duration,
    headers: HeaderMap,
    tls: &Tls,
    counts: Arc<Counts>,
) -> Result<impl HttpClient + use<>, Error> {
    let mut connector = HttpConnector::new();
    // The connector in front of it decides about the scheme.
    connector.enforce_http(false);
    connector.set_nodelay(true);
    #[cfg(feature = "tls")]
    let connector = hyper_rustls::HttpsConnectorBuilder::new()
        .with_tls_config(tls.http()?)
        .https_or_http()
        .enable_http1()
        .wrap_connector(connector);
    #[cfg(not(feature = "tls"))]
    let Tls {} = tls;
    Ok(Client {
        inner: HyperClient::new(connector, timeout, None),
        headers,
        counts,
    })
}

/// Lets the headers given in code replace those that the SDK reads from the environment, and keeps the cause of a failure,
/// of which the exporter says "network error" only.
struct Client<C>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    inner: HyperClient<C>,
    headers: HeaderMap,
    counts: Arc<Counts>,
}

impl<C> fmt::Debug for Client<C>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

impl<C> HttpClient for Client<C>
where
    C: Connect + Clone + Send + Sync + 'static,
    HyperClient<C>: fmt::Debug,
{
    fn send_bytes<'client, 'send>(
        &'client self,
        mut request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'send>>
    where
        'client: 'send,
        Self: 'send,
    {
        for (name, value) in &self.headers {
            request.headers_mut().insert(name.clone(), value.clone());
        }
        Box::pin(async move {
            let result = self.inner.send_bytes(request).await;
            if let Err(error) = &result {
                self.counts.transport_failed(error.as_ref());
            }
            result
        })
    }
}
