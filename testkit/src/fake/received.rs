//! What arrived at a fake.

use milvus_otel::proto::Request;
use milvus_otel::tonic::metadata::MetadataMap;

/// A call that arrived.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use milvus_otel::proto::milvus::HasCollectionRequest;
/// use milvus_otel_testkit::Fake;
///
/// let fake = Fake::new();
/// fake.client().await?.has_collection("books").await?;
/// let call = &fake.calls_of("has_collection")[0];
/// assert_eq!(call.collection.as_deref(), Some("books"));
/// // Or all of it, with the messages of the protocol.
/// let request: HasCollectionRequest = call.request()?;
/// assert_eq!(request.collection_name, "books");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Received {
    /// The RPC's name, `HasCollection`.
    pub rpc: String,
    /// The database that the request names; `None` for the default one.
    pub database: Option<String>,
    /// The collection that the request names.
    pub collection: Option<String>,
    /// Its metadata, including the trace context.
    pub metadata: MetadataMap,
    /// The encoded request; of a stream, the first message.
    pub message: Vec<u8>,
}

impl Received {
    /// What the request names.
    pub(super) fn new<Q: Request>(rpc: &str, metadata: MetadataMap, request: &Q) -> Self {
        let named = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
        let in_header = || named(metadata.get("dbname")?.to_str().ok()?);
        Self {
            rpc: rpc.to_owned(),
            database: request.database().and_then(named).or_else(in_header),
            collection: request.collection().and_then(named),
            message: request.encode_to_vec(),
            metadata,
        }
    }

    /// A call whose request names nothing.
    pub(super) fn unnamed(rpc: &str, metadata: MetadataMap, message: Vec<u8>) -> Self {
        Self {
            rpc: rpc.to_owned(),
            database: None,
            collection: None,
            metadata,
            message,
        }
    }

    /// The call's W3C trace context, `00-<trace id>-<span id>-01`, if it has one.
    pub fn traceparent(&self) -> Option<&str> {
        self.header("traceparent")
    }

    /// A header of the call, such as `authorization`, if it is present and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.metadata.get(name)?.to_str().ok()
    }

    /// The request, decoded.
    ///
    /// # Errors
    ///
    /// The message is not of this type.
    pub fn request<Q: milvus_otel::prost::Message + Default>(
        &self,
    ) -> Result<Q, milvus_otel::prost::DecodeError> {
        Q::decode(&*self.message)
    }
}
