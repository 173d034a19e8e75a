//! The one way a typed operation is sent.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use http::request::Parts;
use opentelemetry::Context;

use super::{Client, unary};
use crate::error::{CallRecord, Error, Reach, Result};
use crate::otel::{Composite, StreamSpan};
use crate::proto::{self, Answer, Request};
use crate::stack::{IDEMPOTENCY_KEY, is_lasting, reach, set_timeout};
use crate::wire::{Class, Outgoing};

/// The future of an operation.
pub type Pending<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

/// The future of an operation that borrows what it sends.
pub type Borrowing<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// What an error says of the operation, and how long it may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) operation: &'static str,
    pub(crate) collection: Option<&'a str>,
    pub(crate) timeout: Option<Duration>,
    /// Lets the server know a write that it has done already.
    pub(crate) idempotency_key: Option<&'a str>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(operation: &'static str) -> Self {
        Self {
            operation,
            collection: None,
            timeout: None,
            idempotency_key: None,
        }
    }

    pub(crate) fn on(mut self, collection: &'a str) -> Self {
        self.collection = Some(collection);
        self
    }

    pub(crate) fn timeout(mut self, timeout: Option<Duration>) -> Self {
        self.timeout = timeout;
        self
    }

    /// Refuses what cannot work, before anything is sent or traced.
    fn check(&self) -> Result<()> {
        if self.collection == Some("") {
            return Err(Error::invalid_argument(
                self.operation,
                "the collection's name is empty",
            ));
        }
        Ok(())
    }

    /// The request, with what is told to the server besides the message.
    fn request<Q: Request>(&self, message: &Q) -> Result<(Parts, Outgoing)> {
        self.check()?;
        let key = self.idempotency_key.map(|key| {
            HeaderValue::try_from(key).map_err(|_| {
                let why = "the idempotency key cannot be sent: use printable ASCII";
                Error::invalid_argument(self.operation, why).on(self.collection)
            })
        });
        let key = key.transpose()?;
        let body = Outgoing::of(message).map_err(|status| {
            Error::rpc(self.operation, status, Reach::NotSent).on(self.collection)
        })?;
        let mut head = unary::head::<Q>();
        let headers = &mut head.headers;
        if let Some(timeout) = self.timeout {
            set_timeout(headers, timeout);
        }
        headers.extend(key.map(|key| (IDEMPOTENCY_KEY, key)));
        Ok((head, body))
    }
}

impl Client {
    /// Puts one span over the calls that `steps` makes.
    pub(crate) fn composite<F>(&self, call: Call<'_>, steps: F) -> Result<Composite<F>> {
        self.composite_if(true, call, steps)
    }

    /// The same, if `steps` makes several calls.
    pub(crate) fn composite_if<F>(
        &self,
        several: bool,
        call: Call<'_>,
        steps: F,
    ) -> Result<Composite<F>> {
        call.check()?;
        let otel = &self.inner.settings.otel;
        Ok(otel.composite(call.operation, call.collection, several, steps))
    }

    /// The span of a stream that is polled for the first time, and was made in this context.
    pub(crate) fn stream_span(&self, call: Call<'_>, made_in: &Context) -> StreamSpan {
        let otel = &self.inner.settings.otel;
        otel.stream(call.operation, call.collection.unwrap_or_default(), made_in)
    }

    /// Sends a request, and turns every failure into an [`Error`], also one that Milvus hides in its answer.
    pub(crate) fn call<Q: Request>(
        &self,
        call: Call<'_>,
        message: Q,
    ) -> impl Future<Output = Result<Q::Answer>> + Send {
        self.call_into(call, message, Q::Answer::default())
    }

    /// The same, where it is known how much comes back: `answer` is empty, but has room for that.
    pub(crate) fn call_into<Q: Request>(
        &self,
        call: Call<'_>,
        message: Q,
        answer: Q::Answer,
    ) -> impl Future<Output = Result<Q::Answer>> + Send {
        // Encoded here, so that what waits for the answer does not have to keep the message.
        let record = Arc::new(CallRecord::default());
        let request = call.request(&message);
        drop(message);
        self.answered::<Q>(call, request, answer, record)
    }

    /// The same of a message that is kept, to be sent again in another form.
    pub(crate) fn call_kept<Q: Request>(
        &self,
        call: Call<'_>,
        message: &Q,
        answer: Q::Answer,
    ) -> impl Future<Output = Result<Q::Answer>> + Send {
        let record = Arc::new(CallRecord::default());
        let request = call.request(message);
        self.answered::<Q>(call, request, answer, record)
    }

    async fn answered<Q: Request>(
        &self,
        call: Call<'_>,
        request: Result<(Parts, Outgoing)>,
        answer: Q::Answer,
        record: Arc<CallRecord>,
    ) -> Result<Q::Answer> {
        let (head, body) = request?;
        let sent = pin!(self.inner.stack.send(head, body, &record));
        let answer = unary::answered(sent, answer).await;
        let error = match answer {
            Ok(answer) => match answer.status().filter(|status| is_error(status)) {
                None => return Ok(answer),
                Some(status) => {
                    let class = proto::rpc(Q::PATH).map(|rpc| rpc.class);
                    let error = Error::milvus(call.operation, status);
                    error.piecewise(class == Some(Class::Piecewise))
                }
            },
            Err(status) => {
                let (reach, lasting) = (reach(&status), is_lasting(&status));
                Error::rpc(call.operation, status, reach).lasting(lasting)
            }
        };
        Err(error
            .on(call.collection)
            .with_record(&record, record.began().elapsed()))
    }
}

#[expect(deprecated, reason = "servers before 2.3 set nothing but error_code")]
fn is_error(status: &crate::proto::common::Status) -> bool {
    status.code != 0 || status.error_code != 0
}
