use std::time::Duration;

use super::operation;
use crate::client::{Call, Client};
use crate::error::{Error, Result};
use crate::proto::milvus::RenameCollectionRequest;

/// A collection to be renamed; `.await` sends it.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct RenameCollection {
    client: Client,
    from: String,
    to: String,
    to_database: Option<String>,
    timeout: Option<Duration>,
}

impl Client {
    /// Gives a collection another name. Aliases keep pointing to it.
    ///
    /// # Errors
    ///
    /// Milvus refuses a name that is taken, and one that is no collection's
    /// ([`is_not_found`](crate::Error::is_not_found)). Milvus Lite 2.5 cannot rename.
    pub fn rename_collection(
        &self,
        from: impl Into<String>,
        to: impl Into<String>,
    ) -> RenameCollection {
        RenameCollection {
            client: self.clone(),
            from: from.into(),
            to: to.into(),
            to_database: None,
            timeout: None,
        }
    }
}

operation!(RenameCollection => ());

impl RenameCollection {
    /// Also moves the collection to this database. Default: it stays where it is.
    pub fn to_database(mut self, database: impl Into<String>) -> Self {
        self.to_database = Some(database.into());
        self
    }

    async fn send(self) -> Result<()> {
        let call = Call::new("rename_collection")
            .on(&self.from)
            .timeout(self.timeout);
        if self.to.is_empty() {
            return Err(
                Error::invalid_argument(call.operation, "the new name is empty")
                    .on(call.collection),
            );
        }
        let database = self.client.database().unwrap_or_default().to_owned();
        let request = RenameCollectionRequest {
            new_db_name: self.to_database.unwrap_or_else(|| database.clone()),
            db_name: database,
            old_name: self.from.clone(),
            new_name: self.to,
            ..RenameCollectionRequest::default()
        };
        self.client.call(call, request).await?;
        Ok(())
    }
}
