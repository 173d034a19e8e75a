//! Server failures on demand.

use std::time::Duration;

use milvus_otel::error::Code;
use milvus_otel::tonic;

use super::Reply;
use super::fail::status;

/// What goes wrong with a call to a [`Fake`](super::Fake).
///
/// A Milvus [`Code`] and a gRPC code are faults too:
///
/// ```
/// use milvus_otel::error::Code;
/// use milvus_otel_testkit::Fake;
/// use milvus_otel_testkit::fake::Fault;
///
/// let fake = Fake::new()
///     .fail_once(Code::RATE_LIMIT)
///     .fail("insert", Fault::unavailable().times(2))
///     .fail("search", Fault::never());
/// # let _ = fake;
/// ```
#[derive(Debug, Clone)]
#[must_use = "a fault does nothing until it is given to a fake"]
pub struct Fault {
    kind: Kind,
    times: Option<u32>,
}

#[derive(Debug, Clone)]
enum Kind {
    Milvus(Code, String),
    Grpc(tonic::Code, String),
    Delay(Duration),
    Never,
    AnswerLost(String),
}

impl Fault {
    fn new(kind: Kind) -> Self {
        Self { kind, times: None }
    }

    /// Milvus answers with this code, and does nothing.
    pub fn milvus(code: Code) -> Self {
        let reason = match code {
            Code::RATE_LIMIT => {
                "request is rejected by grpc RateLimiter middleware, please retry later: rate limit exceeded[rate=1]"
            }
            Code::QUOTA_EXCEEDED => {
                "quota exceeded[reason=disk quota exceeded, please allocate more resources]"
            }
            _ => "failed by the fake",
        };
        Self::new(Kind::Milvus(code, reason.to_owned()))
    }

    /// The call fails with this gRPC code, as with an overloaded server or a proxy in between. Nothing is done.
    pub fn grpc(code: tonic::Code) -> Self {
        Self::new(Kind::Grpc(code, "failed by the fake".to_owned()))
    }

    /// The server cannot be reached: gRPC's code `UNAVAILABLE`.
    pub fn unavailable() -> Self {
        Self::grpc(tonic::Code::Unavailable)
    }

    /// The call succeeds, but later.
    pub fn delay(by: Duration) -> Self {
        Self::new(Kind::Delay(by))
    }

    /// The call is never answered, and nothing is done. It ends when its deadline passes or it is dropped.
    pub fn never() -> Self {
        Self::new(Kind::Never)
    }

    /// The call is done, but its answer is lost, as if the connection had ended just before it: gRPC's code
    /// `UNAVAILABLE`. The client cannot know that it was done:
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use milvus_otel_testkit::Fake;
    /// use milvus_otel_testkit::fake::Fault;
    ///
    /// let fake = Fake::new().fail("create_collection", Fault::answer_lost().times(1));
    /// let client = fake.client().await?;
    /// let lost = client.create_collection("books", 4).await.unwrap_err();
    /// assert!(lost.may_have_happened());
    /// assert!(client.has_collection("books").await?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn answer_lost() -> Self {
        Self::new(Kind::AnswerLost(
            "the connection ended before the answer".to_owned(),
        ))
    }

    /// The reason that the server gives, instead of the usual one.
    pub fn reason(mut self, text: impl Into<String>) -> Self {
        match &mut self.kind {
            Kind::Milvus(_, reason) | Kind::Grpc(_, reason) | Kind::AnswerLost(reason) => {
                *reason = text.into();
            }
            Kind::Delay(_) | Kind::Never => {}
        }
        self
    }

    /// How many calls fail; by default, all. Each attempt of a retried call counts.
    pub fn times(mut self, calls: u32) -> Self {
        self.times = Some(calls);
        self
    }
}

impl From<Code> for Fault {
    fn from(code: Code) -> Self {
        Self::milvus(code)
    }
}

impl From<tonic::Code> for Fault {
    fn from(code: tonic::Code) -> Self {
        Self::grpc(code)
    }
}

/// A fault, and the calls it is for.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) fault: Fault,
    /// `None` for all, except those that a client makes on its own.
    pub(super) rpc: Option<&'static str>,
    pub(super) collection: Option<String>,
}

/// What clients send on their own, before the program's call.
const OWN: [&str; 3] = ["Connect", "GetVersion", "DescribeCollection"];

/// What happens to a call.
pub(super) enum Effect {
    Fails(Reply),
    IsDelayed(Duration),
    /// It is done, and then fails.
    LosesAnswer(Reply),
}

impl Planned {
    /// The effect on a call, if the fault is for this call. Uses up the fault.
    pub(super) fn strike(&mut self, rpc: &str, collection: Option<&str>) -> Option<Effect> {
        let is_meant = match self.rpc {
            Some(meant) => meant == rpc,
            None => !OWN.contains(&rpc),
        };
        let is_there = self
            .collection
            .as_deref()
            .is_none_or(|meant| collection == Some(meant));
        if !is_meant || !is_there || self.fault.times == Some(0) {
            return None;
        }
        if let Some(times) = &mut self.fault.times {
            *times -= 1;
        }
        Some(match &self.fault.kind {
            Kind::Milvus(code, reason) => {
                Effect::Fails(Reply::Failure(status(*code, reason.clone())))
            }
            Kind::Grpc(code, reason) => Effect::Fails(Reply::Status(*code, reason.clone())),
            Kind::Delay(by) => Effect::IsDelayed(*by),
            Kind::Never => Effect::Fails(Reply::Never),
            Kind::AnswerLost(reason) => {
                let status = Reply::Status(tonic::Code::Unavailable, reason.clone());
                Effect::LosesAnswer(status)
            }
        })
    }
}
