//! Reads with a filter on the primary key. The server does not check that the field of the filter is the primary key.

use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use super::wait::Wait;
use crate::client::{Call, Client, Confirmed, Known};
use crate::data::Table;
use crate::error::{Error, ErrorKind, Result};

/// The number of times that a read is sent if the collection was replaced each time.
const ATTEMPTS: usize = 5;

/// The answer to a query.
pub(super) struct Received {
    pub(super) table: Table,
    /// The server's timestamp; 0 if it returned none.
    pub(super) timestamp: u64,
    /// The name of the primary key; empty if the server did not return it.
    pub(super) key: String,
}

/// Sends the read that `fetch` builds from a description of the collection. If the answer came from another collection, it
/// is built and sent again from a new description.
pub(super) async fn by_key<F>(
    client: &Client,
    call: Call<'_>,
    wait: &Wait,
    fetch: impl Fn(Arc<Known>) -> F + Send,
) -> Result<(Arc<Known>, Received)>
where
    F: Future<Output = Result<Received>> + Send,
{
    let step = || wait.step(call);
    let began = Instant::now();
    let mut known = client.known(step()).await?;
    for _ in 0..ATTEMPTS {
        let answer = fetch(Arc::clone(&known)).await;
        let stated = match &answer {
            Ok(answer) => answer.key.as_str(),
            // Perhaps the field that was the key is gone.
            Err(error) if is_rejected(error) && known.is_from_before(began) => "",
            Err(_) => return answer.map(|answer| (known, answer)),
        };
        match client.confirm(step(), &known, stated, Some(began)).await {
            Ok(Confirmed::Yes) => return answer.map(|answer| (known, answer)),
            Ok(Confirmed::No(now)) => known = now,
            Err(error) => return Err(answer.err().unwrap_or(error)),
        }
    }
    let why = "the collection was replaced during each attempt to read rows by their primary keys: try again";
    Err(call.invalid_response(why))
}

fn is_rejected(error: &Error) -> bool {
    error.kind() == ErrorKind::Server && !error.is_retryable()
}

/// Fails unless a page came from the same collection as the pages before it.
pub(super) async fn same_collection(
    client: &Client,
    call: Call<'_>,
    known: &Known,
    stated: &str,
) -> Result<()> {
    match client.confirm(call, known, stated, None).await? {
        Confirmed::Yes => Ok(()),
        Confirmed::No(_) => {
            let why = "the collection was replaced while its rows were read: start again";
            Err(call.invalid_response(why))
        }
    }
}
