//! A row of the matrix: a fault, and what must come of it.

use std::fmt;
use std::future::Future;
use std::ops::RangeInclusive;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use milvus_otel::error::Stage;

use crate::case::Case;

type Run = Box<dyn Fn(Arc<Case>) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// A fault, what is done on it, and what must come of it.
pub(crate) struct Row {
    pub(crate) want: Want,
    run: Run,
}

/// What must come of a fault. What is not set is not compared, except where a default is given.
#[derive(Debug, Clone)]
pub(crate) struct Want {
    pub(crate) name: &'static str,
    /// What the calls return: see [`Seen::result`](crate::seen::Seen::result). `*` stands for any text.
    pub(crate) result: &'static str,
    /// The predicates of the errors, without `is_`, in the order of the alphabet; `*` stands for any. Default: none.
    pub(crate) is: &'static str,
    /// How far the last attempt of the failed calls got.
    pub(crate) stage: Option<Stage>,
    /// How many errors say that the call may have happened. Default: 0.
    pub(crate) in_doubt: Count,
    /// The attempts of the call that had most. Default: 1.
    pub(crate) attempts: Count,
    /// The requests that arrived at the server completely.
    pub(crate) requests: Option<Count>,
    /// Connections that the server accepted.
    pub(crate) connections: Option<Count>,
    /// Attempts that a rate limit rejected, as the metric counts them. Default: 0.
    pub(crate) rate_limited: Count,
    /// The time of the calls, in seconds, with a reserve for busy machines. Default: up to 60.
    pub(crate) seconds: RangeInclusive<f64>,
    /// The upper limit of the time on a machine that does nothing else: see [`Want::bar`].
    pub(crate) bar: Option<f64>,
    /// Whether rows are written, of which none may be lost or there twice.
    pub(crate) writes: bool,
    /// Whether it takes minutes.
    pub(crate) long: bool,
}

/// A number, or a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Count(RangeInclusive<usize>);

impl Count {
    pub(crate) fn contains(&self, number: usize) -> bool {
        self.0.contains(&number)
    }
}

impl From<usize> for Count {
    fn from(number: usize) -> Self {
        Self(number..=number)
    }
}

impl From<RangeInclusive<usize>> for Count {
    fn from(range: RangeInclusive<usize>) -> Self {
        Self(range)
    }
}

impl From<std::ops::RangeFrom<usize>> for Count {
    fn from(range: std::ops::RangeFrom<usize>) -> Self {
        Self(range.start..=usize::MAX)
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (*self.0.start(), *self.0.end()) {
            (first, last) if first == last => write!(f, "{first}"),
            (first, usize::MAX) => write!(f, "at least {first}"),
            (0, last) => write!(f, "at most {last}"),
            (first, last) => write!(f, "{first} to {last}"),
        }
    }
}

/// A row whose calls succeed at the first attempt, unless it says otherwise.
pub(crate) fn row(name: &'static str) -> Want {
    Want {
        name,
        result: "ok",
        is: "",
        stage: None,
        in_doubt: 0.into(),
        attempts: 1.into(),
        requests: None,
        connections: None,
        rate_limited: 0.into(),
        seconds: 0.0..=60.0,
        bar: None,
        writes: false,
        long: false,
    }
}

impl Want {
    pub(crate) fn result(mut self, result: &'static str) -> Self {
        self.result = result;
        self
    }

    pub(crate) fn is(mut self, predicates: &'static str) -> Self {
        self.is = predicates;
        self
    }

    pub(crate) fn stage(mut self, stage: Stage) -> Self {
        self.stage = Some(stage);
        self
    }

    pub(crate) fn in_doubt(mut self, errors: impl Into<Count>) -> Self {
        self.in_doubt = errors.into();
        self
    }

    pub(crate) fn attempts(mut self, attempts: impl Into<Count>) -> Self {
        self.attempts = attempts.into();
        self
    }

    pub(crate) fn requests(mut self, requests: impl Into<Count>) -> Self {
        self.requests = Some(requests.into());
        self
    }

    pub(crate) fn connections(mut self, connections: impl Into<Count>) -> Self {
        self.connections = Some(connections.into());
        self
    }

    pub(crate) fn rate_limited(mut self, attempts: impl Into<Count>) -> Self {
        self.rate_limited = attempts.into();
        self
    }

    pub(crate) fn seconds(mut self, seconds: RangeInclusive<f64>) -> Self {
        self.seconds = seconds;
        self
    }

    /// How long it may take on a machine that does nothing else, in seconds. Compared only with `FAULTS_BARS=1`.
    pub(crate) fn bar(mut self, seconds: f64) -> Self {
        self.bar = Some(seconds);
        self
    }

    pub(crate) fn writes(mut self) -> Self {
        self.writes = true;
        self
    }

    pub(crate) fn long(mut self) -> Self {
        self.long = true;
        self
    }

    /// What is done.
    pub(crate) fn run<F>(self, run: impl Fn(Arc<Case>) -> F + Send + Sync + 'static) -> Row
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Row {
            want: self,
            run: Box::new(move |case| Box::pin(run(case))),
        }
    }

    /// How long it may take before it is given up.
    pub(crate) fn patience(&self) -> Duration {
        Duration::from_secs_f64(self.seconds.end() + 60.0)
    }
}

impl Row {
    pub(crate) fn name(&self) -> &'static str {
        self.want.name
    }

    /// Compares the time with the bar, if the row has one.
    pub(crate) fn set_bar(&mut self) {
        if let Some(bar) = self.want.bar {
            self.want.seconds = *self.want.seconds.start()..=bar;
        }
    }

    pub(crate) fn is_long(&self) -> bool {
        self.want.long
    }

    pub(crate) fn start(&self, case: Arc<Case>) -> impl Future<Output = ()> + Send + 'static {
        (self.run)(case)
    }
}
