//! The operations that compare a collection with its declaration.

use std::future::Future;
use std::time::Duration;

use super::compare::Found;
use super::declaration::Declaration;
use super::differences::{Difference, judge};
use crate::client::{Call, Client};
use crate::error::Result;
use crate::ops::CollectionInfo;
use crate::ops::operation::{Lazy, Run, operation};
use crate::ops::wait::Wait;

/// Checks a collection. Returned by [`TypedCollection::check`](super::TypedCollection::check).
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct Check(Lazy<'static, Builder, Vec<Difference>>);

/// Compares a collection with its declaration. Returned by
/// [`TypedCollection::compare`](super::TypedCollection::compare).
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct Compare(Lazy<'static, Builder, Vec<Difference>>);

#[derive(Debug, Clone)]
struct Builder {
    operation: &'static str,
    declaration: Declaration,
    is_checked: bool,
    timeout: Option<Duration>,
}

impl Check {
    pub(super) fn new(declaration: Declaration) -> Self {
        Self(Lazy::Builder(Builder {
            operation: "check",
            declaration,
            is_checked: true,
            timeout: None,
        }))
    }
}

impl Compare {
    pub(super) fn new(declaration: Declaration) -> Self {
        Self(Lazy::Builder(Builder {
            operation: "compare",
            declaration,
            is_checked: false,
            timeout: None,
        }))
    }
}

operation!([] Check => Vec<Difference>, timeout, declaration.client);
operation!([] Compare => Vec<Difference>, timeout, declaration.client);

impl Run<Vec<Difference>> for Builder {
    async fn run(self) -> Result<Vec<Difference>> {
        let Declaration {
            client, collection, ..
        } = &self.declaration;
        let call = Call::new(self.operation).on(collection);
        let declared = self.declaration.read(call)?;
        let wait = Wait::new(self.timeout);
        let steps = async {
            let info = describe(client, call, &wait).await?;
            let found = find(client, call, &wait, info).await?;
            let differences = found.differences(&declared);
            match self.is_checked {
                true => judge(differences).map_err(|why| call.refuse(why)),
                false => Ok(differences),
            }
        };
        client.composite(call, Box::pin(steps))?.await
    }
}

/// Describes the collection, as a step of an operation.
pub(super) async fn describe(
    client: &Client,
    call: Call<'_>,
    wait: &Wait,
) -> Result<CollectionInfo> {
    let collection = call.collection.unwrap_or_default();
    let mut step = client.describe_collection(collection);
    if let Some(remaining) = wait.remaining() {
        step = step.timeout(remaining);
    }
    step.await
        .map_err(|error| error.during(call.operation, collection))
}

/// What else the server says about the collection.
pub(super) async fn find(
    client: &Client,
    call: Call<'_>,
    wait: &Wait,
    info: CollectionInfo,
) -> Result<Found> {
    let collection = call.collection.unwrap_or_default();
    let mut step = client.list_indexes(collection);
    if let Some(remaining) = wait.remaining() {
        step = step.timeout(remaining);
    }
    let indexes = step
        .await
        .map_err(|error| error.during(call.operation, collection).about("indexes"))?;
    let server = client.server(wait.step(call)).await;
    Ok(Found {
        info,
        indexes,
        has_parameters: !server.is_lite_3(),
    })
}
