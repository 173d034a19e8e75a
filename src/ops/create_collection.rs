use std::time::Duration;

use prost::Message;

use super::features::Used;
use super::operation::{Lazy, Run, operation};
use super::wait::Wait;
use crate::client::{Call, Client, Server};
use crate::error::{Error, Result};
use crate::index::{Index, Metric};
use crate::proto::Parameters;
use crate::proto::milvus::CreateCollectionRequest;
use crate::schema::{Field, Schema};
use crate::search::Consistency;

/// Creates a collection. Returned by [`Client::create_collection`].
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct CreateCollection(Lazy<'static, Builder, ()>);

#[derive(Debug, Clone)]
struct Builder {
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

/// The fields of a new collection: made by `into()` from the dimension of its vectors, or from a [`Schema`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum CollectionShape {
    /// An int64 primary key `id`, float vectors of this dimension in `vector`, and dynamic fields. The collection is
    /// indexed and loaded.
    Quick(i64),
    /// The fields of this schema.
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

/// # Collections
impl Client {
    /// [Creates](https://milvus.io/docs/create-collection.md) a collection from a dimension or from a [`Schema`].
    ///
    /// With a dimension it does what pymilvus' `create_collection(name, dimension)` does: an int64 primary key `id`, which
    /// Milvus does not generate, float vectors in `vector`, dynamic fields, and an index that Milvus chooses
    /// (`AUTOINDEX`) with the cosine metric. The collection is loaded and can be searched when the operation completes.
    ///
    /// With a schema, each [`index`](CreateCollection::index) is built, and the collection is loaded if there is one.
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
    /// Creating a collection that exists with the same schema succeeds.
    ///
    /// # Errors
    ///
    /// Milvus refuses a name that is taken by a collection with another schema
    /// ([`is_already_exists`](crate::Error::is_already_exists)). If indexing or loading fails, the collection remains.
    ///
    /// A schema that the server is too old for is refused before anything is created
    /// ([`is_unsupported`](crate::Error::is_unsupported)); the error names the field, the feature and the version it
    /// needs. The server itself would silently omit the feature. If the server did not report its version when the
    /// client connected, the client requests it. If the server does not report a version at all, the client creates the
    /// collection and then compares it with the schema.
    pub fn create_collection(
        &self,
        collection: impl Into<String>,
        shape: impl Into<CollectionShape>,
    ) -> CreateCollection {
        CreateCollection(Lazy::Builder(Builder {
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
        }))
    }
}

operation!([] CreateCollection => (), timeout);

impl CreateCollection {
    /// Builds this index on a field, and loads the collection afterwards. May be called for several fields.
    pub fn index(mut self, field: impl Into<String>, index: Index) -> Self {
        self.0.builder_mut().indexes.push((field.into(), index));
        self
    }

    /// The metric of the index that is built if only a dimension is given. Default cosine.
    pub fn metric(mut self, metric: Metric) -> Self {
        self.0.builder_mut().metric = metric;
        self
    }

    /// The consistency of reads that do not set one. Default bounded, like pymilvus.
    pub fn consistency(mut self, consistency: Consistency) -> Self {
        self.0.builder_mut().consistency = consistency;
        self
    }

    /// The number of channels that writes are spread over. Default 1; Milvus allows 16.
    pub fn shards(mut self, shards: u32) -> Self {
        self.0.builder_mut().shards = shards;
        self
    }

    /// The number of partitions that the rows are spread over if the schema has a
    /// [partition key](crate::Field::partition_key), at least 1. Default: the server's setting, usually 16; Milvus allows
    /// 1024.
    pub fn partitions(mut self, partitions: u32) -> Self {
        self.0.builder_mut().partitions = Some(partitions);
        self
    }

    /// A property by its Milvus name: `("collection.ttl.seconds", 3600)`. The last value of a name counts.
    pub fn property(mut self, key: impl Into<String>, value: impl ToString) -> Self {
        self.0.builder_mut().properties.set_checked(key, value);
        self
    }
}

impl Run<()> for Builder {
    async fn run(mut self) -> Result<()> {
        let collection = std::mem::take(&mut self.collection);
        let call = Call::new("create_collection").on(&collection);
        let wait = Wait::new(self.timeout);
        let (schema, indexes) = self.schema_and_indexes(call)?;
        let request = self.request(call, &collection, &schema)?;
        let client = &self.client;
        let used = Used::by(&schema);
        let server = if used.is_empty() {
            Server::Unknown
        } else {
            client.server(wait.step(call)).await
        };
        used.check(call, server)?;
        let is_to_be_compared = server == Server::Unknown && !used.is_empty();
        if indexes.is_empty() && !is_to_be_compared {
            client.call(wait.step(call), request).await?;
            return Ok(());
        }
        let steps = async {
            client.call(wait.step(call), request).await?;
            if is_to_be_compared {
                // If it cannot be described, nothing is known to be lost.
                let step = wait.step(call);
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
                step.await.map_err(|error| {
                    let error = error.during(call.operation, &collection);
                    error.about(format_args!("index on {field:?}"))
                })?;
            }
            let mut step = client.load_collection(collection.as_str());
            if let Some(remaining) = wait.remaining() {
                step = step.timeout(remaining);
            }
            let error = |error: Error| error.during(call.operation, &collection).about("load");
            step.await.map_err(error)
        };
        client.composite(call, steps)?.await
    }
}

impl Builder {
    /// The fields and indexes of the collection, unless they cannot work.
    fn schema_and_indexes(&mut self, call: Call<'_>) -> Result<(Schema, Vec<(String, Index)>)> {
        let mut indexes = std::mem::take(&mut self.indexes);
        for (_, index) in &indexes {
            index.check().map_err(|why| call.refuse(why))?;
        }
        let schema = match &self.shape {
            CollectionShape::Schema(schema) => schema.clone(),
            CollectionShape::Quick(dimension) => {
                let refuse = || {
                    call.refuse(format!(
                        "dimension is {dimension}: Milvus allows 1 to 32768"
                    ))
                };
                let dimension = u32::try_from(*dimension)
                    .ok()
                    .filter(|dimension| *dimension > 0);
                if indexes.is_empty() {
                    indexes.push(("vector".to_owned(), Index::auto(self.metric)));
                }
                Schema::quick(dimension.ok_or_else(refuse)?)
            }
        };
        // Dynamic fields are indexed by names that the schema does not have.
        let mut names = indexes.iter().map(|(name, _)| name);
        if !schema.has_dynamic_fields()
            && let Some(unknown) = names.find(|name| !schema.has_path(name))
        {
            let fields: Vec<&str> = schema.fields().iter().map(Field::name).collect();
            return Err(call.refuse(format!(
                "index: the schema has no field {unknown:?}: its fields are {}",
                fields.join(", ")
            )));
        }
        Ok((schema, indexes))
    }

    fn request(
        &self,
        call: Call<'_>,
        collection: &str,
        schema: &Schema,
    ) -> Result<CreateCollectionRequest> {
        let check = self.properties.check();
        check.map_err(|why| call.refuse(format!("property {why}")))?;
        let too_many = || format!("shards is {}: it must be at most {}", self.shards, i32::MAX);
        if self.partitions == Some(0) {
            return Err(call.refuse("partitions is 0: it must be at least 1"));
        }
        Ok(CreateCollectionRequest {
            collection_name: collection.to_owned(),
            schema: schema.to_proto(collection).encode_to_vec().into(),
            shards_num: i32::try_from(self.shards).map_err(|_| call.refuse(too_many()))?,
            consistency_level: self.consistency.to_proto(),
            num_partitions: self.partitions.unwrap_or_default().into(),
            properties: self.properties.to_proto(),
            ..Default::default()
        })
    }
}
