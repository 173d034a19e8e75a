//! Writes streams of rows, batch by batch.

use std::fmt;
use std::future::{Future, poll_fn};
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use serde::Serialize;
use sync_wrapper::SyncWrapper;

use super::operation::Run;
use super::write::{Options, Written, write};
use super::{insert, upsert};
use crate::client::{Call, Client};
use crate::data::{BatchLimits, Id, InputRows, RowStream, StreamError};
use crate::error::{Error, PartialWrite, Result};
use crate::otel::WrittenCounts;
use crate::proto::schema::FieldPartialUpdateOp;

/// The result of [`insert_stream`](Client::insert_stream) and [`upsert_stream`](Client::upsert_stream).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct StreamWritten {
    /// The number of rows that were written.
    pub count: u64,
    /// The number of batches that they were written in.
    pub batches: u64,
    /// The server's timestamp of the last write, for [`guarantee_timestamp`](crate::ops::Query::guarantee_timestamp). 0
    /// if there was none, or the server does not return one, like Milvus Lite.
    pub timestamp: u64,
}

/// A batch of a stream that was written. Passed to the `progress` callbacks of
/// [`insert_stream`](Client::insert_stream) and [`upsert_stream`](Client::upsert_stream).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StreamProgress<'a> {
    /// The number of rows that were written so far, by all batches.
    pub count: u64,
    /// The positions of the batch's rows in the stream.
    pub rows: Range<u64>,
    /// The primary keys of the batch's rows, in their order.
    pub ids: &'a [Id],
    /// The time since the operation was started.
    pub elapsed: Duration,
}

/// What is sent for a batch.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Insert,
    Upsert,
}

/// A `progress` callback.
type Report<'a> = Box<dyn FnMut(&StreamProgress<'_>) + Send + 'a>;

pub(super) struct Builder<'a> {
    pub(super) client: Client,
    pub(super) collection: String,
    pub(super) rows: SyncWrapper<RowStream<'a>>,
    pub(super) options: Options,
    pub(super) kind: Kind,
    /// Of upserts only.
    pub(super) array_ops: Vec<FieldPartialUpdateOp>,
    pub(super) limits: BatchLimits,
    pub(super) in_flight: usize,
    pub(super) progress: Option<SyncWrapper<Report<'a>>>,
}

/// The default limits of a batch.
const BATCH: BatchLimits = BatchLimits {
    rows: 1000,
    bytes: 8 << 20,
};

impl<'a> Builder<'a> {
    pub(super) fn new(
        client: &Client,
        collection: String,
        rows: RowStream<'a>,
        kind: Kind,
    ) -> Self {
        let options = match kind {
            Kind::Insert => Options::default(),
            Kind::Upsert => Options::upsert(),
        };
        Self {
            client: client.clone(),
            collection,
            rows: SyncWrapper::new(rows),
            options,
            kind,
            array_ops: Vec::new(),
            limits: BATCH,
            in_flight: 1,
            progress: None,
        }
    }

    fn check(&self) -> std::result::Result<(), String> {
        for (name, number) in [
            ("batch_size", self.limits.rows),
            ("batch_bytes", self.limits.bytes),
            ("in_flight", self.in_flight),
        ] {
            if number == 0 {
                return Err(format!("{name} is 0: it must be at least 1"));
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Builder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(self.kind.operation())
            .field("client", &self.client)
            .field("collection", &self.collection)
            .field("limits", &self.limits)
            .field("in_flight", &self.in_flight)
            .finish_non_exhaustive()
    }
}

impl Run<StreamWritten> for Builder<'_> {
    async fn run(self) -> Result<StreamWritten> {
        let (client, collection) = (self.client.clone(), self.collection.clone());
        let call = Call::new(self.kind.operation()).on(&collection);
        call.check()?;
        self.check().map_err(|why| call.refuse(why))?;
        // Owned by the span, so that a stream that is dropped can still record its counts.
        let writing = Box::pin(self.write_all(call));
        client.composite(call, writing)?.await
    }
}

/// A batch that is being written.
struct Flight<'a> {
    rows: Range<usize>,
    writing: Pin<Box<dyn Future<Output = Result<Written>> + Send + 'a>>,
}

enum Event<'a> {
    Read(Option<std::result::Result<InputRows<'a>, StreamError>>),
    Answered(Range<usize>, Result<Written>),
    Ended,
}

impl Builder<'_> {
    /// Reads a batch ahead while others are being written. After a failure nothing more is read or sent, but what is in
    /// flight is waited for, so that its result is known.
    async fn write_all(self, call: Call<'_>) -> Result<StreamWritten> {
        let Self {
            client,
            rows,
            options,
            kind,
            array_ops,
            limits,
            in_flight,
            progress,
            ..
        } = self;
        let began = Instant::now();
        let mut rows = rows.into_inner();
        let mut progress = progress.map(SyncWrapper::into_inner);
        let mut counts = WrittenCounts::of_current_operation();
        let mut total = StreamWritten::default();
        let (mut reading, mut next) = (true, None);
        let (mut sent, mut batches, mut failed) = (0, 0, None);
        let mut flights: Vec<Flight<'_>> = Vec::with_capacity(in_flight.min(64));
        loop {
            let event = poll_fn(|context| {
                if let Poll::Ready((rows, outcome)) = poll_any(&mut flights, context) {
                    return Poll::Ready(Event::Answered(rows, outcome));
                }
                if !reading && next.is_none() && flights.is_empty() {
                    return Poll::Ready(Event::Ended);
                }
                if !reading || next.is_some() {
                    return Poll::Pending;
                }
                rows.poll_batch(context, limits).map(Event::Read)
            });
            match event.await {
                Event::Read(Some(Ok(batch))) => {
                    next = Some(batch);
                    // Looks the schema up once, and not with each of the first batches.
                    if in_flight > 1
                        && sent == 0
                        && let Err(error) = client.recent(call.timeout(options.timeout)).await
                    {
                        fail(&mut failed, 0..0, error);
                    }
                }
                Event::Read(None) => reading = false,
                Event::Read(Some(Err(error))) => {
                    let error = Error::of_stream(call.operation, call.collection, error);
                    fail(&mut failed, sent..sent, error);
                }
                Event::Answered(rows, Ok(written)) => {
                    total.count += rows.len() as u64;
                    total.batches += 1;
                    total.timestamp = total.timestamp.max(written.timestamp);
                    counts.add(rows.len() as u64);
                    if let Some(report) = &mut progress {
                        report(&StreamProgress {
                            count: total.count,
                            rows: rows.start as u64..rows.end as u64,
                            ids: &written.ids,
                            elapsed: began.elapsed(),
                        });
                    }
                }
                Event::Answered(rows, Err(error)) => fail(&mut failed, rows, error),
                Event::Ended => break,
            }
            if failed.is_some() {
                (reading, next) = (false, None);
            }
            if flights.len() < in_flight
                && let Some(batch) = next.take()
            {
                let rows = sent..sent + batch.len();
                sent = rows.end;
                batches += 1;
                let options = options.of_batch(batches);
                let writing = Box::pin(kind.write(&client, call, batch, options, &array_ops));
                flights.push(Flight { rows, writing });
            }
        }
        match failed {
            None => Ok(total),
            Some((batch, error)) => Err(with_partial(error, &batch, sent, rows.received())),
        }
    }
}

/// Keeps the failure of the first batch that failed.
fn fail(failed: &mut Option<(Range<usize>, Error)>, rows: Range<usize>, error: Error) {
    if failed
        .as_ref()
        .is_none_or(|(first, _)| rows.start < first.start)
    {
        *failed = Some((rows, error));
    }
}

/// The error with the rows that were written, as positions in the stream.
fn with_partial(error: Error, batch: &Range<usize>, sent: usize, total: usize) -> Error {
    let in_batch = error.partial_write();
    let written = batch.start + in_batch.map_or(0, |rows| rows.written().len());
    let failed = match in_batch {
        Some(rows) if batch.end == sent => batch.start + rows.failed().end,
        _ => sent,
    };
    error.with_partial(PartialWrite {
        written,
        failed,
        total,
        ids: None,
    })
}

/// The first batch that is answered.
fn poll_any(
    flights: &mut Vec<Flight<'_>>,
    context: &mut Context<'_>,
) -> Poll<(Range<usize>, Result<Written>)> {
    let ended = flights.iter_mut().enumerate().find_map(|(index, flight)| {
        match flight.writing.as_mut().poll(context) {
            Poll::Ready(outcome) => Some((index, outcome)),
            Poll::Pending => None,
        }
    });
    match ended {
        Some((index, outcome)) => Poll::Ready((flights.swap_remove(index).rows, outcome)),
        None => Poll::Pending,
    }
}

impl Kind {
    fn operation(self) -> &'static str {
        match self {
            Self::Insert => "insert_stream",
            Self::Upsert => "upsert_stream",
        }
    }

    async fn write(
        self,
        client: &Client,
        call: Call<'_>,
        rows: InputRows<'_>,
        options: Options,
        array_ops: &[FieldPartialUpdateOp],
    ) -> Result<Written> {
        let collection = call.collection.unwrap_or_default();
        match self {
            Self::Insert => {
                let request = |batch| insert::request(collection, &options, batch);
                Box::pin(write(client, call, rows, &options, request)).await
            }
            Self::Upsert => {
                let request = |batch| upsert::request(collection, &options, array_ops, batch);
                Box::pin(write(client, call, rows, &options, request)).await
            }
        }
    }
}

impl Options {
    /// The settings of a batch of a stream.
    fn of_batch(&self, number: u64) -> Self {
        let key = self.idempotency_key.as_ref();
        Self {
            idempotency_key: key.map(|key| format!("{key}-{number}")),
            ..self.clone()
        }
    }
}

/// The setters that all writes of streams have.
macro_rules! streaming {
    ($name:ident) => {
        impl<'a> $name<'a> {
            /// The number of rows of a batch, at least 1. Default 1000.
            pub fn batch_size(mut self, rows: usize) -> Self {
                self.0.builder_mut().limits.rows = rows;
                self
            }

            /// The size from which a batch is sent although it has fewer rows than the
            /// [`batch_size`](Self::batch_size), in bytes, approximately. Default 8 MiB.
            pub fn batch_bytes(mut self, bytes: usize) -> Self {
                self.0.builder_mut().limits.bytes = bytes;
                self
            }

            /// The number of batches that are written at the same time, at least 1. Default 1: a batch is sent after the
            /// one before it was written, so that rows are written in the order of the stream. More are faster, but
            /// batches may be written in any order, and after an error, some of the rows that
            /// [`PartialWrite::failed`](crate::error::PartialWrite::failed) returns may have been written.
            ///
            /// In addition, one batch is read from the stream in advance.
            #[doc(alias = "concurrency")]
            pub fn in_flight(mut self, batches: usize) -> Self {
                self.0.builder_mut().in_flight = batches;
                self
            }

            /// Calls this after each batch that was written.
            pub fn progress(
                mut self,
                report: impl FnMut(&crate::ops::StreamProgress<'_>) + Send + 'a,
            ) -> Self {
                let report = sync_wrapper::SyncWrapper::new(Box::new(report) as _);
                self.0.builder_mut().progress = Some(report);
                self
            }

            /// Limits how long writing one batch may take, including retries and all calls that it makes. Default: no
            /// limit for the operation as a whole; each call has the [client's timeout](crate::ClientBuilder::timeout).
            pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
                self.options().timeout = Some(timeout);
                self
            }

            fn options(&mut self) -> &mut crate::ops::write::Options {
                &mut self.0.builder_mut().options
            }
        }

        crate::ops::operation::retrying!(['a] $name<'a>, client);
    };
}
pub(super) use streaming;
