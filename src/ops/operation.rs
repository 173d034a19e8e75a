//! What all operations have in common: a builder that becomes a future with its first poll.

use std::fmt;
use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use sync_wrapper::SyncWrapper;

use super::features::{self, Feature};
use crate::client::{Call, Client, Server};
use crate::error::{Code, Error, Result};
use crate::proto::common::Status;
use crate::proto::{self, Request};

/// What an operation does when it is awaited.
pub(super) trait Run<T> {
    fn run(self) -> impl Future<Output = Result<T>> + Send;
}

/// A builder `B` until the first poll, then the future of what it does, which results in `T`.
///
/// The builder and the future are one type, so that an operation can be passed to everything that takes a future. The
/// future is boxed, because it borrows from itself and operations are `Unpin`.
pub(super) enum Lazy<'a, B, T> {
    Builder(B),
    // Nothing but `poll` touches the future, so operations are `Sync` like their builders.
    Started(SyncWrapper<Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>>),
    Completed,
}

const STARTED: &str = "the operation has already started: clone or change it before its first poll";

impl<'a, B, T> Lazy<'a, B, T> {
    /// # Panics
    ///
    /// The operation was started.
    pub(super) fn builder_mut(&mut self) -> &mut B {
        match self {
            Self::Builder(builder) => builder,
            Self::Started(_) | Self::Completed => panic!("{STARTED}"),
        }
    }

    /// # Panics
    ///
    /// The operation was started.
    pub(super) fn into_builder(self) -> B {
        match self {
            Self::Builder(builder) => builder,
            Self::Started(_) | Self::Completed => panic!("{STARTED}"),
        }
    }

    /// Starts the operation with the first poll.
    ///
    /// # Panics
    ///
    /// The operation has completed.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<T>>
    where
        B: Run<T> + Send + 'a,
        T: 'a,
    {
        if let Self::Builder(_) = self
            && let Self::Builder(builder) = std::mem::replace(self, Self::Completed)
        {
            *self = Self::Started(SyncWrapper::new(Box::pin(builder.run())));
        }
        let Self::Started(future) = self else {
            panic!("the operation was polled after it had completed");
        };
        let output = ready!(future.get_mut().as_mut().poll(context));
        *self = Self::Completed;
        Poll::Ready(output)
    }
}

impl<B: Clone, T> Clone for Lazy<'_, B, T> {
    fn clone(&self) -> Self {
        match self {
            Self::Builder(builder) => Self::Builder(builder.clone()),
            Self::Started(_) | Self::Completed => panic!("{STARTED}"),
        }
    }
}

impl<B: fmt::Debug, T> fmt::Debug for Lazy<'_, B, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Builder(builder) => builder.fmt(f),
            Self::Started(_) => f.write_str("Started"),
            Self::Completed => f.write_str("Completed"),
        }
    }
}

/// The setter of the retry policy, which replaces the field `$client` of the builder.
macro_rules! retrying {
    ([$($generics:tt)*] $name:ty, $($client:tt).+) => {
        impl<$($generics)*> $name {
            /// Sets which failed calls are sent again, and when. Default: the policy of the
            /// [client](crate::ClientBuilder::retry).
            pub fn retry(mut self, policy: crate::client::RetryPolicy) -> Self {
                let client = &mut self.0.builder_mut().$($client).+;
                *client = client.with_retry(policy);
                self
            }
        }
    };
}
pub(super) use retrying;

/// The parts that every operation has: it is a future, and has a timeout and a retry policy, by the fields `$timeout` and
/// `$client` of its builder. With `map $map`, the type has its own setters, and what its builder results in is converted by
/// `$map`.
macro_rules! operation {
    ([$($generics:tt)*] $name:ty => $output:ty, $($timeout:tt).+) => {
        operation!([$($generics)*] $name => $output, $($timeout).+, client);
    };
    ([$($generics:tt)*] $name:ty => $output:ty, $($timeout:tt).+, $($client:tt).+) => {
        operation!([$($generics)*] $name => $output, map |output| output);
        crate::ops::operation::retrying!([$($generics)*] $name, $($client).+);

        impl<$($generics)*> $name {
            /// Limits how long the operation may take, including retries, all calls that it makes, and waiting for the
            /// server to finish. Default: no limit for the operation as a whole; each call has the [client's
            /// timeout](crate::ClientBuilder::timeout).
            pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
                self.0.builder_mut().$($timeout).+ = Some(timeout);
                self
            }
        }
    };
    ([$($generics:tt)*] $name:ty => $output:ty, map $map:expr) => {
        impl<$($generics)*> Future for $name {
            type Output = crate::Result<$output>;

            fn poll(
                self: std::pin::Pin<&mut Self>,
                context: &mut std::task::Context<'_>,
            ) -> std::task::Poll<Self::Output> {
                self.get_mut().0.poll(context).map($map)
            }
        }

        // Nothing in an operation is pinned but its future, which is boxed.
        impl<$($generics)*> Unpin for $name {}
    };
}
pub(super) use operation;

/// One RPC, and what its answer is read as. `.await` sends it.
///
/// Setters for optional arguments are methods of the operation's own alias, such as
/// [`RenameCollection::to_database`](crate::ops::RenameCollection::to_database). What all operations have in common is
/// described in the [module](crate::ops).
#[must_use = "operations do nothing unless awaited"]
pub struct Operation<Q: Request, T = ()>(Lazy<'static, Unary<Q, T>, T>);

/// An argument was refused: why, beginning with its name.
pub(super) type Refusal = String;

struct Unary<Q: Request, T> {
    client: Client,
    name: &'static str,
    request: Held<Q>,
    subject: Option<Subject<Q>>,
    check: fn(&Q) -> Result<(), Refusal>,
    adapt: Option<fn(&mut Q, Server)>,
    refusal: Option<Refusal>,
    read: Read<Q, T>,
    empty_on: Option<Code>,
    needs_collection: bool,
    features: Vec<&'static Feature>,
    timeout: Option<Duration>,
}

/// What an operation is about, besides the collection, and where the request names it.
type Subject<Q> = (&'static str, fn(&Q) -> &str);

/// A request, whose secrets are overwritten when it is dropped.
#[derive(Clone)]
struct Held<Q> {
    request: Q,
    wipe: Option<fn(&mut Q)>,
}

impl<Q> Deref for Held<Q> {
    type Target = Q;

    fn deref(&self) -> &Q {
        &self.request
    }
}

impl<Q> DerefMut for Held<Q> {
    fn deref_mut(&mut self) -> &mut Q {
        &mut self.request
    }
}

impl<Q> Drop for Held<Q> {
    fn drop(&mut self) {
        if let Some(wipe) = self.wipe {
            wipe(&mut self.request);
        }
    }
}

enum Read<Q: Request, T> {
    Answer(fn(Q::Answer) -> T),
    /// The request is kept until the answer is there.
    Both(fn(&Sent<'_, Q>, Q::Answer) -> Result<T>),
}

/// Refuses an empty name of a `what`.
pub(super) fn named(what: &str, name: &str) -> std::result::Result<(), Refusal> {
    match name {
        "" => Err(format!("the {what} name is empty")),
        _ => Ok(()),
    }
}

/// Refuses an empty list.
pub(super) fn not_empty<T>(list: &[T], why: &str) -> std::result::Result<(), Refusal> {
    if list.is_empty() {
        return Err(why.to_owned());
    }
    Ok(())
}

/// A request that was answered.
pub(super) struct Sent<'a, Q> {
    pub(super) client: &'a Client,
    pub(super) call: Call<'a>,
    pub(super) request: &'a Q,
}

impl<Q> Sent<'_, Q> {
    /// The error for something that the server does not have, but answered the request for.
    pub(super) fn not_found(&self, code: Code, reason: String) -> Error {
        let status = Status {
            code: code.0,
            reason,
            ..Default::default()
        };
        Error::milvus(self.call.operation, &status, None).on(self.call.collection)
    }
}

impl<Q: Request, T> Operation<Q, T> {
    /// Operation `name` of `client`: sends `request` and returns what `read` makes of the answer.
    pub(super) fn new(
        client: &Client,
        name: &'static str,
        request: Q,
        read: fn(Q::Answer) -> T,
    ) -> Self {
        Self::of(client, name, request, Read::Answer(read))
    }

    /// Like [`new`](Self::new), for answers that cannot be read without the request, or may make no sense.
    pub(super) fn with_request(
        client: &Client,
        name: &'static str,
        request: Q,
        read: fn(&Sent<'_, Q>, Q::Answer) -> Result<T>,
    ) -> Self {
        Self::of(client, name, request, Read::Both(read))
    }

    fn of(client: &Client, name: &'static str, request: Q, read: Read<Q, T>) -> Self {
        Self(Lazy::Builder(Unary {
            client: client.clone(),
            name,
            request: Held {
                request,
                wipe: None,
            },
            subject: None,
            check: |_| Ok(()),
            adapt: None,
            refusal: None,
            read,
            empty_on: None,
            needs_collection: true,
            features: Vec::new(),
            timeout: None,
        }))
    }

    /// Changes requests for a server that would do something else.
    pub(super) fn adapt(mut self, adapt: fn(&mut Q, Server)) -> Self {
        self.0.builder_mut().adapt = Some(adapt);
        self
    }

    /// The operation is about the `what` of this name: an empty name is refused, and errors show it.
    pub(super) fn about(mut self, what: &'static str, name: fn(&Q) -> &str) -> Self {
        self.0.builder_mut().subject = Some((what, name));
        self
    }

    /// Refuses requests that cannot work, before they are sent.
    pub(super) fn check(mut self, check: fn(&Q) -> Result<(), Refusal>) -> Self {
        self.0.builder_mut().check = check;
        self
    }

    /// Overwrites the secrets of the request, by `wipe`, when it has been encoded or dropped.
    pub(super) fn secret(mut self, wipe: fn(&mut Q)) -> Self {
        self.0.builder_mut().request.wipe = Some(wipe);
        self
    }

    /// Takes an error with this code for an empty answer.
    pub(super) fn empty_on(mut self, code: Code) -> Self {
        self.0.builder_mut().empty_on = Some(code);
        self
    }

    /// Sends requests with an empty name of the collection as well.
    pub(super) fn without_collection(mut self) -> Self {
        self.0.builder_mut().needs_collection = false;
        self
    }
}

/// The setters that all operations with one request have in common, whose builder has `request`, `refusal` and `features`.
macro_rules! request_setters {
    ($name:ident) => {
        impl<Q: Request, T> $name<Q, T> {
            /// Refuses the operation if the server is known to ignore `feature`, and it `is_used`.
            pub(super) fn uses(mut self, feature: &'static Feature, is_used: bool) -> Self {
                if is_used {
                    self.0.builder_mut().features.push(feature);
                }
                self
            }

            /// Sets a field of the request.
            pub(super) fn set(self, set: impl FnOnce(&mut Q)) -> Self {
                self.try_set(|request| {
                    set(request);
                    Ok(())
                })
            }

            /// Sets a field of the request. A refused value is reported when the operation is awaited.
            pub(super) fn try_set(
                mut self,
                set: impl FnOnce(&mut Q) -> Result<(), Refusal>,
            ) -> Self {
                let builder = self.0.builder_mut();
                if let Err(why) = set(&mut builder.request) {
                    builder.refusal.get_or_insert(why);
                }
                self
            }
        }
    };
}
pub(super) use request_setters;

request_setters!(Operation);

operation!([Q: Request + 'static, T: Send + 'static] Operation<Q, T> => T, timeout);

impl<Q: Request, T: Send> Run<T> for Unary<Q, T> {
    async fn run(self) -> Result<T> {
        let subject = self.subject.map(|(_, name)| name(&self.request).to_owned());
        let answered = self.answered().await;
        answered.map_err(|error| error.of(subject))
    }
}

impl<Q: Request, T: Send> Unary<Q, T> {
    async fn answered(mut self) -> Result<T> {
        let collection = self.request.collection().map(str::to_owned);
        let mut call = Call::new(self.name).timeout(self.timeout);
        call.collection = collection.as_deref();
        if !self.needs_collection {
            call.collection = call.collection.filter(|name| !name.is_empty());
        }
        call.secret = self.request.wipe.is_some();
        call.check()?;
        let refusal = match self.refusal {
            Some(why) => Err(why),
            None => self
                .subject
                .map_or(Ok(()), |(what, name)| named(what, name(&self.request)))
                .and_then(|()| (self.check)(&self.request)),
        };
        refusal.map_err(|why| call.refuse(why))?;
        features::check(&self.client, call, self.features).await?;
        if let Some(adapt) = self.adapt {
            adapt(&mut self.request, self.client.server(call).await);
        }
        let is_empty = |error: &Error| error.code().is_some() && error.code() == self.empty_on;
        let or_empty = |answer| match answer {
            Err(error) if is_empty(&error) => Ok(Q::Answer::default()),
            answer => answer,
        };
        let answer = self
            .client
            .call_kept(call, &mut *self.request, Q::Answer::default());
        match self.read {
            Read::Answer(read) => {
                // It is encoded, and not needed while the future waits.
                drop(self.request);
                or_empty(answer.await).map(read)
            }
            Read::Both(read) => {
                let answer = or_empty(answer.await)?;
                let (client, request) = (&self.client, &*self.request);
                read(
                    &Sent {
                        client,
                        call,
                        request,
                    },
                    answer,
                )
            }
        }
    }
}

// Derived, these would demand the same of `T`.
impl<Q: Request + Clone, T> Clone for Operation<Q, T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<Q: Request, T> fmt::Debug for Operation<Q, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Operation").field(&self.0).finish()
    }
}

impl<Q: Request + Clone, T> Clone for Unary<Q, T> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            name: self.name,
            request: self.request.clone(),
            subject: self.subject,
            check: self.check,
            adapt: self.adapt,
            refusal: self.refusal.clone(),
            read: self.read,
            empty_on: self.empty_on,
            needs_collection: self.needs_collection,
            features: self.features.clone(),
            timeout: self.timeout,
        }
    }
}

impl<Q: Request, T> Clone for Read<Q, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Q: Request, T> Copy for Read<Q, T> {}

impl<Q: Request, T> fmt::Debug for Unary<Q, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, self.name, &self.client, &*self.request)
    }
}

/// `Debug` of an operation. Omits the request, which may contain a password.
pub(super) fn debug<Q: Request>(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    client: &Client,
    request: &Q,
) -> fmt::Result {
    let rpc = proto::rpc(Q::PATH).map_or(Q::PATH, |rpc| rpc.operation);
    let database = match request.database() {
        Some("") => client.database(),
        database => database,
    };
    let mut shown = f.debug_struct(name);
    shown.field("rpc", &rpc);
    for (name, value) in [("database", database), ("collection", request.collection())] {
        if let Some(value) = value {
            shown.field(name, &value);
        }
    }
    shown.finish_non_exhaustive()
}

/// # Any RPC
impl Client {
    /// Sends any request of the contract, for RPCs that have no method of their own, and returns the answer as it is.
    ///
    /// The call is traced, authorized, retried and given a deadline like all others. A failure that Milvus reports inside
    /// its answer is an error, unlike with [`raw`](Self::raw). The request goes to the client's database, unless it names
    /// another.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::proto::Request;
    /// use milvus_otel::proto::milvus::GetIndexStatisticsRequest;
    ///
    /// let request = GetIndexStatisticsRequest::on("books");
    /// for index in client.send(request).await?.index_descriptions {
    ///     println!("{} {}", index.index_name, index.indexed_rows);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn send<Q: Request>(&self, request: Q) -> Operation<Q, Q::Answer> {
        // The server may have a use for a request without the name of a collection.
        Operation::new(self, "send", request, |answer| answer).without_collection()
    }
}
