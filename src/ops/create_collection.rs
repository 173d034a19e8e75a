use std::time::Duration;

use prost::Message;

use super::features::Used;
use super::operation;
use super::wait::Wait;
use crate::client::{Call, Client, Server};
use crate::error::{Error, Result};
use crate::index::{Index, Metric};
use crate::proto::Parameters;
use crate::proto::milvus::CreateCollectionRequest;
use crate::schema::{Field, Schema};
use crate::search::Consistency;

/// A collection to be created; `.await` sends it.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct CreateCollection {
    client: Client,
    collection: String,
    shape: CollectionShape,
    indexes: Vec<(String, Index)>,
    metric: Metric,
    consistency: Consistency,
    shards: u32,
    partitions: Option<u32>,
    properties: Parameters,
    timeout: Option<Duration>,
}

/// What a new collection looks like: the dimension of its vectors says it all, or a [`Schema`] does.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum CollectionShape {
    /// An int64 primary key `id`, float vectors of this dimension in `vector`, and dynamic fields; indexed and loaded.
    Quick(i64),
    /// These fields.
    Schema(Schema),
}

impl From<Schema> for CollectionShape {
    fn from(schema: Schema) -> Self {
        Self::Schema(schema)
    }
}

impl From<&Schema> for CollectionShape {
    fn from(schema: &Schema) -> Self {
        schema.clone().into()
    }
}

macro_rules! from_dimension {
    ($($number:ty),*) => {
        $(impl From<$number> for CollectionShape {
            fn from(dimension: $number) -> Self {
                Self::Quick(i64::try_from(dimension).unwrap_or(i64::MAX))
            }
        })*
    };
}
from_dimension!(i32, u32, i64, u64, usize);

impl Client {
    /// Creates a collection.
    ///
    /// With a dimension it does what pymilvus' `create_collection(name, dimension)` does: primary key `id` (int64, not
    /// made up by Milvus), float vectors in `vector`, dynamic fields, an index Milvus chooses (`AUTOINDEX`) by cosine,
    /// and the collection is loaded when it returns, ready to be searched.
    ///
    /// With a [`Schema`] it creates that; each [`index`](CreateCollection::index) is built, and if there are any, the
    /// collection is loaded.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::{Field, Index, Metric, Schema};
    ///
    /// client.create_collection("notes", 5).await?;
    ///
    /// let schema = Schema::builder()
    ///     .field(Field::int64("id").primary_key())
    ///     .field(Field::float_vector("embedding", 768))
    ///     .build()?;
    /// client.create_collection("books", schema).index("embedding", Index::hnsw(Metric::Cosine, 16, 200)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Creating one that exists with the same schema succeeds.
    ///
    /// # Errors
    ///
    /// Milvus refuses a name that is taken by another schema
    /// ([`is_already_exists`](crate::Error::is_already_exists)). When a later step fails, the collection stays.
    ///
    /// What the server is too old for is refused before anything is created
    /// ([`is_unsupported`](crate::Error::is_unsupported)), naming the field, the feature, and the version it needs:
    /// servers would leave it out without a word. A client that connected [lazily](crate::ClientBuilder::connect_lazy)
    /// asks for the version first. A server that has none is looked at afterwards.
    pub fn create_collection(
        &self,
        collection: impl Into<String>,
        shape: impl Into<CollectionShape>,
    ) -> CreateCollection {
        CreateCollection {
            client: self.clone(),
            collection: collection.into(),
            shape: shape.into(),
            indexes: Vec::new(),
            metric: Metric::Cosine,
            consistency: Consistency::Bounded,
            shards: 1,
            partitions: None,
            properties: Parameters::default(),
            timeout: None,
        }
    }
}

operation!(CreateCollection => ());

impl CreateCollection {
    /// Builds this index on a field, and loads the collection afterwards. May be called for several fields.
    pub fn index(mut self, field: impl Into<String>, index: Index) -> Self {
        self.indexes.push((field.into(), index));
        self
    }

    /// By what the quick form's vectors are compared. Default cosine; a schema's indexes say it themselves.
    pub fn metric(mut self, metric: Metric) -> Self {
        self.metric = metric;
        self
    }

    /// Which writes searches see that do not say otherwise. Default bounded, like pymilvus.
    pub fn consistency(mut self, consistency: Consistency) -> Self {
        self.consistency = consistency;
        self
    }

    /// Over how many channels writes are spread. Default 1; Milvus allows 16.
    pub fn shards(mut self, shards: u32) -> Self {
        self.shards = shards;
        self
    }

    /// Over how many partitions the rows of a schema with a [partition key](crate::Field::partition_key) are spread, at
    /// least 1. Default: what the server is set up for, mostly 16; it allows 1024.
    pub fn partitions(mut self, partitions: u32) -> Self {
        self.partitions = Some(partitions);
        self
    }

    /// A property in Milvus' own words: `("collection.ttl.seconds", 3600)`. The last one of a name counts.
    pub fn property(mut self, key: impl Into<String>, value: impl ToString) -> Self {
        self.properties.say(key, value);
        self
    }

    async fn send(mut self) -> Result<()> {
        let collection = std::mem::take(&mut self.collection);
        let call = Call::new("create_collection").on(&collection);
        let refuse = |why: String| Error::invalid_argument(call.operation, why).on(call.collection);
        let wait = Wait::new(self.timeout);
        let named = |why| refuse(format!("property {why}"));
        self.properties.check().map_err(named)?;
        for (_, index) in &self.indexes {
            index.check().map_err(refuse)?;
        }
        let schema = match self.shape {
            CollectionShape::Schema(schema) => schema,
            CollectionShape::Quick(dimension) => {
                let dimension = u32::try_from(dimension)
                    .ok()
                    .filter(|dimension| *dimension > 0)
                    .ok_or_else(|| {
                        refuse(format!(
                            "dimension is {dimension}: Milvus allows 1 to 32768"
                        ))
                    })?;
                if self.indexes.is_empty() {
                    self.indexes
                        .push(("vector".to_owned(), Index::auto(self.metric)));
                }
                Schema::quick(dimension)
            }
        };
        let too_many = || format!("shards is {}: it must be at most {}", self.shards, i32::MAX);
        let shards_num = i32::try_from(self.shards).map_err(|_| refuse(too_many()))?;
        if self.partitions == Some(0) {
            return Err(refuse("partitions is 0: it must be at least 1".to_owned()));
        }
        // Dynamic fields are indexed by names that the schema does not have.
        let mut names = self.indexes.iter().map(|(name, _)| name);
        if !schema.has_dynamic_fields()
            && let Some(unknown) = names.find(|name| !schema.has_path(name))
        {
            let fields: Vec<&str> = schema.fields().iter().map(Field::name).collect();
            return Err(refuse(format!(
                "index: the schema has no field {unknown:?}: its fields are {}",
                fields.join(", ")
            )));
        }
        let request = CreateCollectionRequest {
            db_name: self.client.database().unwrap_or_default().to_owned(),
            collection_name: collection.clone(),
            schema: schema.to_proto(&collection).encode_to_vec().into(),
            shards_num,
            consistency_level: self.consistency.to_proto(),
            num_partitions: self.partitions.unwrap_or_default().into(),
            properties: self.properties.to_proto(),
            ..CreateCollectionRequest::default()
        };
        let (client, indexes) = (&self.client, self.indexes);
        let used = Used::by(&schema);
        let server = if used.is_empty() {
            Server::Unknown
        } else {
            client.server(call.timeout(wait.remaining())).await
        };
        used.check(call, server)?;
        let is_to_be_seen = server == Server::Unknown && !used.is_empty();
        if indexes.is_empty() && !is_to_be_seen {
            client.call(call.timeout(wait.remaining()), request).await?;
            return Ok(());
        }
        let steps = async {
            client.call(call.timeout(wait.remaining()), request).await?;
            if is_to_be_seen {
                // Where it cannot be looked at, nothing is known to be lost.
                let step = call.timeout(wait.remaining());
                if let Ok(created) = client.look_up(step).await {
                    used.check_created(call, &schema, &created.schema)?;
                }
            }
            if indexes.is_empty() {
                return Ok(());
            }
            for (field, index) in indexes {
                let mut step = client.create_index(collection.as_str(), field.as_str(), index);
                if let Some(remaining) = wait.remaining() {
                    step = step.timeout(remaining);
                }
                step.await
                    .map_err(|error| error.about(format_args!("index on {field:?}")))?;
            }
            let mut step = client.load_collection(collection.as_str());
            if let Some(remaining) = wait.remaining() {
                step = step.timeout(remaining);
            }
            step.await
        };
        client.composite(call, steps)?.await
    }
}
