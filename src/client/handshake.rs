//! The RPC `Connect`, in which client and server exchange their versions.

use tonic::Code;

use super::{Call, Client, Server};
use crate::error::Result;
use crate::filter::TemplateSupport;
use crate::proto::common::ClientInfo;
use crate::proto::milvus::ConnectRequest;

/// The name and version that the client reports to the server.
pub(crate) fn client_info() -> ClientInfo {
    ClientInfo {
        sdk_type: "Rust".to_owned(),
        sdk_version: env!("CARGO_PKG_VERSION").to_owned(),
        ..ClientInfo::default()
    }
}

impl Client {
    /// Registers the client with the server, unless that does not have the RPC (Milvus before 2.2.9).
    ///
    /// Milvus shows name and version of the client in its list of connections. No user and no host name are sent: Milvus gets
    /// the user from the credentials, and does not need the host.
    pub(super) async fn introduce(&self) -> Result<()> {
        let request = ConnectRequest {
            client_info: Some(client_info()),
            ..ConnectRequest::default()
        };
        let call = Call {
            retries: false,
            ..Call::new("connect").timeout(Some(self.inner.settings.connect_timeout))
        };
        match self.call(call, request).await {
            Ok(answer) => {
                self.inner.settings.metadata.identified(answer.identifier);
                // An answer without tags may come from Milvus Lite 2.5.
                let tags = answer.server_info.map(|server| server.build_tags);
                let server = tags.as_deref().map_or(Server::Unknown, Server::of_tags);
                if server != Server::Unknown {
                    let _already_known = self.inner.settings.server.set(server);
                }
                let template_support = tags.map(|tags| template_support(&tags));
                let _already_known = self
                    .inner
                    .settings
                    .template_support
                    .set(template_support.unwrap_or_default());
                Ok(())
            }
            Err(error) if error.grpc_code() == Some(Code::Unimplemented) => Ok(()),
            Err(error) if error.is_timeout() => {
                let destination = self.inner.settings.connections.destination();
                let (responsive, message) = destination.connect_timed_out();
                Err(error.unconnected(message, responsive))
            }
            Err(error) => Err(error),
        }
    }

    /// How the server receives the values of filters, if its version is known.
    pub(crate) fn template_support(&self) -> TemplateSupport {
        let template_support = self.inner.settings.template_support.get();
        template_support.copied().unwrap_or_default()
    }
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
