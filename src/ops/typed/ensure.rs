//! The operation that makes a collection ready.

use std::future::Future;
use std::time::Duration;

use tokio::time::sleep;

use super::check::{describe, find};
use super::compare::Found;
use super::declaration::{Declaration, Declared};
use super::differences::{Difference, judge};
use crate::client::{Call, Client};
use crate::error::{Error, Result};
use crate::ops::CollectionInfo;
use crate::ops::operation::{Lazy, Run, operation};
use crate::ops::wait::Wait;

/// Makes a collection ready. Returned by [`TypedCollection::ensure`](super::TypedCollection::ensure).
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct Ensure(Lazy<'static, Builder, Ensured>);

/// What [`ensure`](super::TypedCollection::ensure) found.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
#[non_exhaustive]
pub struct Ensured {
    /// Whether the collection did not exist before. If several processes create it at once, this can be true in each.
    pub created: bool,
    /// The fields and paths of an existing collection whose indexes were missing and have been built.
    pub indexed: Vec<String>,
    /// The allowed differences from the declaration that remain.
    pub differences: Vec<Difference>,
}

#[derive(Debug, Clone)]
struct Builder {
    declaration: Declaration,
    timeout: Option<Duration>,
}

impl Ensure {
    pub(super) fn new(declaration: Declaration) -> Self {
        Self(Lazy::Builder(Builder {
            declaration,
            timeout: None,
        }))
    }
}

operation!([] Ensure => Ensured, timeout, declaration.client);

impl Run<Ensured> for Builder {
    async fn run(self) -> Result<Ensured> {
        let client = &self.declaration.client;
        let call = Call::new("ensure").on(&self.declaration.collection);
        let declared = self.declaration.read(call)?;
        let wait = Wait::new(self.timeout);
        let steps = async {
            let found = match look(client, call, &wait).await {
                Err(error) if error.is_not_found() => {
                    match self.create(call, &wait, &declared).await {
                        Ok(()) => {
                            return Ok(Ensured {
                                created: true,
                                ..Ensured::default()
                            });
                        }
                        // Another process is creating it, perhaps from another declaration.
                        Err(error) if error.is_already_exists() => {
                            let info = appear(call, &wait, client, error).await?;
                            find(client, call, &wait, info).await?
                        }
                        Err(error) => return Err(error),
                    }
                }
                found => found?,
            };
            self.complete(call, &wait, &declared, found).await
        };
        client.composite(call, Box::pin(steps))?.await
    }
}

impl Builder {
    async fn create(&self, call: Call<'_>, wait: &Wait, declared: &Declared) -> Result<()> {
        let Declaration {
            client, collection, ..
        } = &self.declaration;
        let mut create = client.create_collection(collection.as_str(), &declared.schema);
        for (path, index) in declared.all_indexes() {
            create = create.index(path.as_str(), index.clone());
        }
        let options = &declared.options;
        if let Some(consistency) = options.consistency {
            create = create.consistency(consistency);
        }
        if let Some(shards) = options.shards {
            create = create.shards(shards);
        }
        if let Some(partitions) = options.partitions {
            create = create.partitions(partitions);
        }
        for (key, value) in &options.properties {
            create = create.property(key.as_str(), value);
        }
        if let Some(remaining) = wait.remaining() {
            create = create.timeout(remaining);
        }
        create
            .await
            .map_err(|error| error.during(call.operation, collection))
    }

    /// Checks an existing collection, and does what creating it would have done next.
    async fn complete(
        &self,
        call: Call<'_>,
        wait: &Wait,
        declared: &Declared,
        found: Found,
    ) -> Result<Ensured> {
        let Declaration {
            client, collection, ..
        } = &self.declaration;
        let missing: Vec<_> = found.missing(declared).collect();
        // Without those that will be built.
        let differences = found.differences(&declared.without(&missing));
        let mut differences = judge(differences).map_err(|why| call.refuse(why))?;
        let mut indexed = Vec::new();
        let mut is_outrun = false;
        for (path, index) in missing {
            let mut step = client.create_index(collection.as_str(), path.as_str(), index.clone());
            if let Some(remaining) = wait.remaining() {
                step = step.timeout(remaining);
            }
            match step.await {
                Ok(()) => indexed.push(path.clone()),
                // Another process has just built one.
                Err(error) if error.is_already_exists() => is_outrun = true,
                Err(error) => {
                    let error = error.during(call.operation, collection);
                    return Err(error.about(format_args!("index on {path:?}")));
                }
            }
        }
        if is_outrun {
            let found = find(client, call, wait, found.info).await?;
            let all = found.differences(declared);
            differences = judge(all).map_err(|why| call.refuse(why))?;
        }
        let mut step = client.load_collection(collection.as_str());
        if let Some(remaining) = wait.remaining() {
            step = step.timeout(remaining);
        }
        step.await
            .map_err(|error| error.during(call.operation, collection).about("load"))?;
        Ok(Ensured {
            created: false,
            indexed,
            differences,
        })
    }
}

/// What the server says about the collection. It is not found if another process drops it meanwhile.
async fn look(client: &Client, call: Call<'_>, wait: &Wait) -> Result<Found> {
    let info = describe(client, call, wait).await?;
    find(client, call, wait, info).await
}

/// The pauses between descriptions of a collection that is being created. Only Milvus Lite 3 needs any.
const PAUSES: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(200),
    Duration::from_millis(400),
];

/// Describes a collection that another process is creating. `taken` is the error if it does not appear.
async fn appear(
    call: Call<'_>,
    wait: &Wait,
    client: &Client,
    taken: Error,
) -> Result<CollectionInfo> {
    for pause in PAUSES {
        sleep(pause).await;
        match describe(client, call, wait).await {
            Err(error) if error.is_not_found() => {}
            described => return described,
        }
    }
    Err(taken)
}
