//! `Connect`: the client says what it is, the server what it calls the client.

use tonic::Code;

use super::server::Server;
use super::{Call, Client};
use crate::error::Result;
use crate::filter::Placing;
use crate::proto::common::ClientInfo;
use crate::proto::milvus::ConnectRequest;

impl Client {
    /// Introduces the client. Who does not know the RPC (Milvus before 2.2.9) does not miss it.
    ///
    /// Milvus shows name and version in its connection list. No user or host name is sent: Milvus knows the user from
    /// the credentials, and the host is nobody's business unless told.
    pub(super) async fn introduce(&self) -> Result<()> {
        let info = ClientInfo {
            sdk_type: "Rust".to_owned(),
            sdk_version: env!("CARGO_PKG_VERSION").to_owned(),
            ..ClientInfo::default()
        };
        let request = ConnectRequest {
            client_info: Some(info),
            ..ConnectRequest::default()
        };
        let call = Call::new("connect").timeout(Some(self.inner.settings.connect_timeout));
        match self.call(call, request).await {
            Ok(answer) => {
                self.inner.settings.metadata.identified(answer.identifier);
                // Who says nothing of itself is Milvus Lite 2.5, or may be.
                let tags = answer.server_info.map(|server| server.build_tags);
                let server = tags.as_deref().map_or(Server::Unknown, Server::of_tags);
                if server != Server::Unknown {
                    let _already_known = self.inner.settings.server.set(server);
                }
                let placing = tags.map(|tags| placing(&tags));
                let _already_known = self.inner.settings.placing.set(placing.unwrap_or_default());
                Ok(())
            }
            Err(error) if error.grpc_code() == Some(Code::Unimplemented) => Ok(()),
            Err(error) if error.is_timeout() => {
                let (heard, message) = self.inner.settings.connections.destination().silence();
                Err(error.unconnected(message, heard))
            }
            Err(error) => Err(error),
        }
    }

    /// Where the server wants the values of filters, as far as it has said what it is.
    pub(crate) fn placing(&self) -> Placing {
        let placing = self.inner.settings.placing.get();
        placing.copied().unwrap_or_default()
    }
}

/// By what a server says of its build: `v2.5.4`, `2.6-20251020-ab12cd3`, `Compatible with Milvus 2.5`. None of what
/// calls itself lite binds values, whatever its number.
fn placing(tags: &str) -> Placing {
    let tags = tags.to_ascii_lowercase();
    if tags.contains("milvus_lite") {
        return Placing::WithinLiterals;
    }
    // Milvus 2.3 as a Python package is `v2.3.5-lite`.
    if tags.contains("lite") {
        return Placing::Within;
    }
    let number = |text: &str| text.parse::<u32>().ok();
    let words = tags.split(|letter: char| !letter.is_ascii_digit() && letter != '.');
    let mut versions = words.filter_map(|word| {
        let mut numbers = word.split('.').map(number);
        Some((numbers.next()??, numbers.next()??))
    });
    match versions.next() {
        Some(version) if version >= (2, 5) => Placing::Apart,
        _ => Placing::Within,
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
            assert_eq!(placing(tags), Placing::Apart, "{tags}");
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
            assert_eq!(placing(tags), Placing::Within, "{tags}");
        }
        for tags in ["milvus_lite-3.2.2", "milvus_lite"] {
            assert_eq!(placing(tags), Placing::WithinLiterals, "{tags}");
        }
    }
}
