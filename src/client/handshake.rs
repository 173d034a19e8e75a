//! The RPC `Connect`, in which client and server exchange their versions.

use std::sync::Arc;

use prost::Message;
use tonic::Code;
use tonic::body::Body;

use super::known_server::KnownServer;
use super::{Call, Client, Server, is_error};
use crate::error::{Result, Stage};
use crate::filter::TemplateSupport;
use crate::proto::Request;
use crate::proto::common::ClientInfo;
use crate::proto::milvus::{ConnectRequest, ConnectResponse};
use crate::stack::Greeting;
use crate::wire::Outgoing;

/// The name and version that the client reports to the server.
pub(crate) fn client_info() -> ClientInfo {
    ClientInfo {
        sdk_type: "Rust".to_owned(),
        sdk_version: env!("CARGO_PKG_VERSION").to_owned(),
        ..ClientInfo::default()
    }
}

impl Client {
    /// Registers the client with the server, unless the server lacks the RPC (Milvus before 2.2.9).
    ///
    /// Milvus shows name and version of the client in its list of connections. No user and no host name are sent: Milvus gets
    /// the user from the credentials, and does not need the host.
    pub(super) async fn introduce(&self) -> Result<()> {
        let request = request();
        let call = Call {
            retries: false,
            ..Call::new("connect").timeout(Some(self.inner.settings.connect_timeout))
        };
        let settings = &self.inner.settings;
        settings.introduction.begin();
        let answered = self.call(call, request).await;
        let identifier = answered.as_ref().ok().map(|answer| answer.identifier);
        if answered.is_ok() {
            self.greet_from_now_on();
        }
        settings.connections.introduced(identifier);
        match answered {
            Ok(answer) => {
                if !settings.connections.is_ours() {
                    settings.metadata.identified(answer.identifier);
                }
                learn(&settings.server, &answer);
                Ok(())
            }
            Err(error) if error.grpc_code() == Some(Code::Unimplemented) => Ok(()),
            Err(error) if error.is_timeout() => {
                let destination = self.inner.settings.connections.destination();
                let unsent = error.stage().is_some_and(Stage::is_before_sending);
                let waits_for = unsent.then(|| error.message().to_owned());
                // It is unknown whether the user's service has a connection.
                let unsent = unsent || !self.inner.settings.connections.is_ours();
                let message = destination.connect_timed_out(waits_for);
                Err(error.unconnected(message, unsent))
            }
            Err(error) => Err(error),
        }
    }

    /// New connections make this call first, so that each server knows the client, and the client each server.
    pub(super) fn greet_from_now_on(&self) {
        let settings = &self.inner.settings;
        let (metadata, server) = (Arc::clone(&settings.metadata), Arc::clone(&settings.server));
        let greeting = Greeting {
            request: Box::new(move || {
                let body =
                    Outgoing::of(&request()).map_or_else(|_| Body::empty(), Outgoing::into_body);
                let mut request = http::Request::new(body);
                *request.method_mut() = http::Method::POST;
                *request.uri_mut() = http::Uri::from_static(ConnectRequest::PATH);
                metadata.write(request.headers_mut());
                request
            }),
            answered: Box::new(move |message| {
                let answer = ConnectResponse::decode(message).ok()?;
                if answer.status.as_ref().is_some_and(is_error) {
                    return None;
                }
                learn(&server, &answer);
                Some(answer.identifier)
            }),
        };
        settings.introduction.greet(greeting);
    }

    /// How the server receives the values of filters, if its version is known.
    pub(crate) fn template_support(&self) -> TemplateSupport {
        self.inner.settings.server.templates()
    }
}

fn request() -> ConnectRequest {
    ConnectRequest {
        client_info: Some(client_info()),
        ..ConnectRequest::default()
    }
}

/// Remembers what the server tells about itself.
fn learn(known: &KnownServer, answer: &ConnectResponse) {
    // An answer without tags may come from Milvus Lite 2.5.
    let tags = answer
        .server_info
        .as_ref()
        .map(|server| &*server.build_tags);
    let server = tags.map_or(Server::Unknown, Server::of_tags);
    if server != Server::Unknown {
        known.set_server(server);
    }
    known.set_templates(tags.map(template_support).unwrap_or_default());
}

/// How a server with these build tags receives the values of filters. Tags are for example `v2.5.4`,
/// `2.6-20251020-ab12cd3` and `Compatible with Milvus 2.5`. No lite version accepts bound values.
fn template_support(tags: &str) -> TemplateSupport {
    let tags = tags.to_ascii_lowercase();
    if tags.contains("milvus_lite") {
        return TemplateSupport::InlineLiterals;
    }
    // The Python package of Milvus 2.3 has the tag `v2.3.5-lite`.
    if tags.contains("lite") {
        return TemplateSupport::Inline;
    }
    let number = |text: &str| text.parse::<u32>().ok();
    let words = tags.split(|letter: char| !letter.is_ascii_digit() && letter != '.');
    let mut versions = words.filter_map(|word| {
        let mut numbers = word.split('.').map(number);
        Some((numbers.next()??, numbers.next()??))
    });
    match versions.next() {
        Some(version) if version >= (2, 5) => TemplateSupport::Native,
        _ => TemplateSupport::Inline,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_milvus_since_2_5_binds_values() {
        for tags in [
            "v2.5.0",
            "2.6-20251020-ab12cd3",
            "v3.0.1-gpu",
            "Compatible with Milvus 2.5",
        ] {
            assert_eq!(template_support(tags), TemplateSupport::Native, "{tags}");
        }
        for tags in [
            "",
            "v2.4.23",
            "v2.3.5-lite",
            "master-20240522-ab12cd3",
            "v2",
            "2.99999999999999999999",
            "..",
        ] {
            assert_eq!(template_support(tags), TemplateSupport::Inline, "{tags}");
        }
        for tags in ["milvus_lite-3.2.2", "milvus_lite"] {
            assert_eq!(
                template_support(tags),
                TemplateSupport::InlineLiterals,
                "{tags}"
            );
        }
    }
}
