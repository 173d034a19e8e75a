//! The traits of requests and answers.

use super::common;

/// An answer of Milvus, which may report a failure.
pub trait Answer {
    /// Returns the status; `None` if the message has no such field or the server did not set it.
    fn status(&self) -> Option<&common::Status>;
}

/// A request of a unary RPC, for [`Client::send`](crate::Client::send).
///
/// All requests of the contract implement it. You can implement it for your own message, for an RPC of a newer Milvus.
pub trait Request: prost::Message {
    /// The answer.
    type Answer: prost::Message + Answer + Default + Send + 'static;
    /// The HTTP/2 path of the RPC: `/milvus.proto.milvus.MilvusService/HasCollection`.
    const PATH: &'static str;

    /// Returns the name of the database of the request; `None` if the request has no such field.
    fn database(&self) -> Option<&str> {
        None
    }

    /// Returns the name of the database of the request, to change it.
    ///
    /// If the name is empty, [`Client`](crate::Client) sets its own database.
    fn database_mut(&mut self) -> Option<&mut String> {
        None
    }

    /// Returns the name of the collection of the request; `None` if the request has no such field.
    fn collection(&self) -> Option<&str> {
        None
    }

    /// Returns the name of the collection of the request, to change it.
    fn collection_mut(&mut self) -> Option<&mut String> {
        None
    }

    /// Returns a request for this collection. All other fields have their default values.
    fn on(collection: impl Into<String>) -> Self
    where
        Self: Default + Sized,
    {
        let mut request = Self::default();
        if let Some(name) = request.collection_mut() {
            *name = collection.into();
        }
        request
    }
}
