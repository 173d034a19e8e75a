//! Operations whose request starts work in the background of the server, and that can wait for its end.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use super::features::{self, Feature};
use super::operation::{Lazy, Refusal, Run, debug, operation, request_setters};
use super::wait::{Polled, Progress, Report, Wait};
use crate::client::{Call, Client};
use crate::error::Result;
use crate::proto::Request;

/// Starts work in the background of the server and waits until it is done, unless [`wait(false)`](Self::wait) is set.
///
/// An operation that waits has an INTERNAL span over its calls, with the number of polls; only the first and the last
/// poll have spans of their own. By default, the wait is not limited: set a [`timeout`](Self::timeout). If it expires,
/// or the operation is dropped, the server continues the work.
#[must_use = "operations do nothing unless awaited"]
pub struct Background<Q: Request, T = ()>(Lazy<'static, Builder<Q, T>, T>);

/// How the server is asked about the work: with the request that started it, and the answer to that.
pub(super) type Poll<Q> = for<'a> fn(&'a Client, Call<'a>, &'a Q, &'a Answer<Q>) -> Polling<'a>;
pub(super) type Polling<'a> = Pin<Box<dyn Future<Output = Result<Polled>> + Send + 'a>>;
type Answer<Q> = <Q as Request>::Answer;

/// Sends the request, for those that may need several calls.
pub(super) type SendWith<Q> = for<'a> fn(&'a Client, Call<'a>, &'a mut Q) -> Sending<'a, Answer<Q>>;
type Sending<'a, A> = Pin<Box<dyn Future<Output = Result<A>> + Send + 'a>>;

struct Builder<Q: Request, T> {
    client: Client,
    name: &'static str,
    stage: &'static str,
    request: Q,
    refusal: Option<Refusal>,
    features: Vec<&'static Feature>,
    send: Option<SendWith<Q>>,
    target: fn(&Q) -> Option<&str>,
    poll: Poll<Q>,
    output: fn(Q::Answer) -> T,
    wait: bool,
    report: Option<Report>,
    timeout: Option<Duration>,
}

impl<Q: Request, T> Background<Q, T> {
    /// Operation `name` of `client`: sends `request`, polls until the work is done, and returns what `output` makes of
    /// the first answer.
    pub(super) fn new(
        client: &Client,
        (name, stage): (&'static str, &'static str),
        request: Q,
        poll: Poll<Q>,
        output: fn(Q::Answer) -> T,
    ) -> Self {
        Self(Lazy::Builder(Builder {
            client: client.clone(),
            name,
            stage,
            request,
            refusal: None,
            features: Vec::new(),
            send: None,
            target: Request::collection,
            poll,
            output,
            wait: true,
            report: None,
            timeout: None,
        }))
    }

    /// The collection of the request, for spans and errors.
    pub(super) fn on(mut self, target: fn(&Q) -> Option<&str>) -> Self {
        self.0.builder_mut().target = target;
        self
    }

    /// Sends the request with this function.
    pub(super) fn sent_by(mut self, send: SendWith<Q>) -> Self {
        self.0.builder_mut().send = Some(send);
        self
    }

    /// Whether to wait until the work is done. `false` returns as soon as the server has accepted the request. The
    /// default is stated at the method that starts the work.
    pub fn wait(mut self, wait: bool) -> Self {
        self.0.builder_mut().wait = wait;
        self
    }

    /// Calls `report` with the progress after each poll of the server: the first after 20 ms, later every 500 ms.
    pub fn progress(mut self, report: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.0.builder_mut().report = Some(Report::new(report));
        self
    }
}

request_setters!(Background);

operation!(
    [Q: Request + Clone + 'static, T: Send + 'static] Background<Q, T> => T, timeout
);

impl<Q: Request + Clone, T: Send> Run<T> for Builder<Q, T> {
    async fn run(self) -> Result<T> {
        let (client, mut request) = (self.client, self.request);
        let collection = (self.target)(&request).map(str::to_owned);
        let mut call = Call::new(self.name);
        call.collection = collection.as_deref();
        if let Some(why) = self.refusal {
            return Err(call.refuse(why));
        }
        let wait = Wait::new(self.timeout).reporting(self.report);
        let has_several_calls = self.wait || self.send.is_some();
        let features = self.features;
        let steps = async {
            features::check(&client, wait.step(call), features).await?;
            let answer = match self.send {
                Some(send) => send(&client, wait.step(call), &mut request).await?,
                None => client.call(wait.step(call), request.clone()).await?,
            };
            if self.wait {
                let poll = |call| (self.poll)(&client, call, &request, &answer);
                wait.until(call, self.stage, poll).await?;
            }
            Ok((self.output)(answer))
        };
        client
            .composite_if(has_several_calls, call, Box::pin(steps))?
            .await
    }
}

// Derived, these would demand the same of `T`.
impl<Q: Request + Clone, T> Clone for Background<Q, T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<Q: Request + Clone, T> Clone for Builder<Q, T> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            request: self.request.clone(),
            refusal: self.refusal.clone(),
            features: self.features.clone(),
            report: self.report.clone(),
            ..*self
        }
    }
}

impl<Q: Request, T> fmt::Debug for Background<Q, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Background").field(&self.0).finish()
    }
}

impl<Q: Request, T> fmt::Debug for Builder<Q, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, self.name, &self.client, &self.request)
    }
}
