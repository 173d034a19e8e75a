//! Scripts: the answers to calls of an RPC, as messages of the protocol.

use std::time::Duration;

use milvus_otel::proto::common;
use milvus_otel::tonic;
use prost::Message;

use super::Fake;
use super::names::rpc as known;

/// The answer to one call, for [`Fake::script`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Reply {
    /// Answers with this encoded message.
    Message(Vec<u8>),
    /// Answers with a Milvus failure: this status is the answer, or its first field.
    Failure(common::Status),
    /// Fails at the gRPC level.
    Status(tonic::Code, String),
    /// Waits, then does this.
    After(Duration, Box<Self>),
    /// Never answers.
    Never,
}

impl Reply {
    /// Answers with this message.
    pub fn message(message: &impl Message) -> Self {
        Self::Message(message.encode_to_vec())
    }

    /// Answers as Milvus does on failure: gRPC OK, with this code and reason in the answer's status. `legacy_code` is
    /// the code of Milvus 2.2, which newer servers send too.
    pub fn failure(code: i32, legacy_code: i32, reason: &str) -> Self {
        #[expect(deprecated, reason = "servers still send both")]
        let status = common::Status {
            code,
            error_code: legacy_code,
            reason: reason.to_owned(),
            ..Default::default()
        };
        Self::Failure(status)
    }
}

/// These return the fake, so that they can be chained. Called alone, they change it in the middle of a test.
impl Fake {
    /// Answers the RPC with this message from now on, before anything else is considered.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use milvus_otel::proto::milvus::GetVersionResponse;
    /// use milvus_otel_testkit::Fake;
    ///
    /// let version = "v2.6.4".to_owned();
    /// let fake = Fake::new().answer("GetVersion", &GetVersionResponse { version, ..Default::default() });
    /// assert_eq!(fake.client().await?.get_server_version().await?, "v2.6.4");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// There is no RPC or operation of this name.
    #[track_caller]
    pub fn answer(&self, rpc: &str, message: &impl Message) -> Self {
        self.script(rpc, [Reply::message(message)])
    }

    /// Sets the RPC's next replies, in order. The last one is repeated.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use milvus_otel::proto::milvus::BoolResponse;
    /// use milvus_otel_testkit::{Fake, Reply};
    ///
    /// let has = |value| Reply::message(&BoolResponse { value, ..Default::default() });
    /// let fake = Fake::new().script("HasCollection", [has(false), has(true)]);
    /// let client = fake.client().await?;
    /// assert!(!client.has_collection("books").await?);
    /// assert!(client.has_collection("books").await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// There is no RPC or operation of this name.
    #[track_caller]
    pub fn script(&self, rpc: &str, replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies = replies.into_iter().collect();
        self.state().scripts.insert(known(rpc).to_owned(), replies);
        self.clone()
    }

    /// The next reply of the script, if there is one.
    pub(super) fn next(&self, rpc: &str) -> Option<Reply> {
        let mut state = self.state();
        let script = state.scripts.get_mut(rpc)?;
        if script.len() > 1 {
            script.pop_front()
        } else {
            None
        }
    }
}
