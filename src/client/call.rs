//! Sends the calls of operations.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use http::request::Parts;
use opentelemetry::Context;

use super::{Client, unary};
use crate::error::{CallRecord, Error, Failure, Result};
use crate::otel::{Composite, StreamSpan};
use crate::proto::{self, Answer, Request};
use crate::stack::{IDEMPOTENCY_KEY, failure_of};
use crate::wire::{Class, Deadline, Outgoing};

/// The operation that a request belongs to, as its errors name it, and the deadline of the request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'a> {
    /// The method of `Client` that the user called.
    pub(crate) operation: &'static str,
    pub(crate) collection: Option<&'a str>,
    pub(crate) deadline: Option<Deadline>,
    /// Whether failed attempts are retried, if the retry policy allows.
    pub(crate) retries: bool,
    /// Whether the message contains passwords, so that its encoded bytes are overwritten.
    pub(crate) secret: bool,
    /// Lets the server recognise a write it has already done.
    pub(crate) idempotency_key: Option<&'a str>,
    /// Whether the call may be repeated, if the operation knows better than the class of the RPC.
    pub(crate) class: Option<Class>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(operation: &'static str) -> Self {
        Self {
            operation,
            collection: None,
            deadline: None,
            retries: true,
            secret: false,
            idempotency_key: None,
            class: None,
        }
    }

    pub(crate) fn on(mut self, collection: &'a str) -> Self {
        self.collection = Some(collection);
        self
    }

    /// Sets the deadline to `timeout` from now. `None` stands for the client's timeout.
    pub(crate) fn timeout(self, timeout: Option<Duration>) -> Self {
        self.deadline(timeout.and_then(Deadline::after))
    }

    pub(crate) fn deadline(mut self, deadline: Option<Deadline>) -> Self {
        self.deadline = deadline;
        self
    }

    /// The error for an argument that cannot work: `why` names the argument and its value.
    pub(crate) fn refuse(&self, why: impl Into<String>) -> Error {
        Error::invalid_argument(self.operation, why).on(self.collection)
    }

    /// The error for an answer that makes no sense.
    pub(crate) fn invalid_response(&self, why: impl Into<String>) -> Error {
        Error::invalid_response(self.operation, why).on(self.collection)
    }

    /// Refuses a call without a collection's name, before anything is sent or traced.
    pub(crate) fn check(&self) -> Result<()> {
        match self.collection {
            Some("") => Err(Error::invalid_argument(
                self.operation,
                "the collection name is empty",
            )),
            _ => Ok(()),
        }
    }

    /// The headers and the encoded message of a request.
    fn request<Q: Request>(&self, message: &Q) -> Result<(Parts, Outgoing)> {
        self.check()?;
        let key = self.idempotency_key.map(|key| {
            HeaderValue::try_from(key).map_err(|_| {
                self.refuse("the idempotency key must consist of printable ASCII characters")
            })
        });
        let key = key.transpose()?;
        let body = if self.secret {
            Outgoing::secret(message)
        } else {
            Outgoing::of(message)
        };
        let body = body.map_err(|status| {
            let failure = Failure::not_sent(&status);
            Error::grpc(self.operation, status, failure).on(self.collection)
        })?;
        let mut head = unary::head::<Q>();
        head.headers.extend(key.map(|key| (IDEMPOTENCY_KEY, key)));
        Ok((head, body))
    }
}

impl Client {
    /// Puts one span over the calls of `steps`.
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
        self.check_credentials(&call)?;
        let otel = &self.inner.settings.otel;
        Ok(otel.composite(call.operation, call.collection, several, steps))
    }

    /// The span of a stream that is being polled for the first time. It was created in the context `made_in`.
    pub(crate) fn stream_span(&self, call: Call<'_>, made_in: &Context) -> StreamSpan {
        let otel = &self.inner.settings.otel;
        otel.stream(call.operation, call.collection.unwrap_or_default(), made_in)
    }

    /// Names the database that this client works in, unless the request names another.
    pub(crate) fn address<Q: Request>(&self, request: &mut Q) {
        if let Some(name) = request.database_mut()
            && name.is_empty()
            && let Some(database) = self.database()
        {
            database.clone_into(name);
        }
    }

    /// Sends a request, and turns every failure into an [`Error`], including one that Milvus reports inside its answer.
    pub(crate) fn call<'a, Q: Request>(
        &'a self,
        call: Call<'a>,
        mut message: Q,
    ) -> impl Future<Output = Result<Q::Answer>> + Send + use<'a, Q> {
        // Encoded and dropped here, so that the future does not hold the message while it waits.
        self.call_kept(call, &mut message, Q::Answer::default())
    }

    /// Like [`call`](Self::call), for a message that the caller needs afterwards. The answer is decoded into `answer`,
    /// which is empty but may have memory allocated for what is expected.
    pub(crate) fn call_kept<'a, Q: Request>(
        &'a self,
        call: Call<'a>,
        message: &mut Q,
        answer: Q::Answer,
    ) -> impl Future<Output = Result<Q::Answer>> + Send + use<'a, Q> {
        let mut record = CallRecord::new(proto::rpc(Q::PATH), call.deadline);
        record.retries = call.retries;
        record.class = call.class.or(record.class);
        self.address(message);
        let request = call.request(message);
        self.answered::<Q>(call, request, answer, Arc::new(record))
    }

    async fn answered<Q: Request>(
        &self,
        call: Call<'_>,
        request: Result<(Parts, Outgoing)>,
        answer: Q::Answer,
        record: Arc<CallRecord>,
    ) -> Result<Q::Answer> {
        let (head, body) = request?;
        self.check_credentials(&call)?;
        let sent = pin!(self.inner.stack.send(head, body, &record));
        let answer = unary::answered(sent, answer).await;
        let error = match answer {
            Ok(answer) => match answer.status().filter(|status| is_error(status)) {
                None => return Ok(answer),
                Some(status) => Error::milvus(call.operation, status, record.class),
            },
            Err(status) => {
                let failure = failure_of(&status);
                Error::grpc(call.operation, status, failure)
            }
        };
        Err(error
            .of_rpc(record.rpc().map(|rpc| rpc.operation))
            .on(call.collection)
            .with_record(&record, record.began().elapsed()))
    }
}

#[expect(deprecated, reason = "servers before 2.3 set nothing but error_code")]
pub(crate) fn is_error(status: &crate::proto::common::Status) -> bool {
    status.code != 0 || status.error_code != 0
}
