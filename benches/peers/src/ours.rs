//! milvus-otel, with and without telemetry.

use std::hint::black_box;
use std::rc::Rc;

use arrow_array::RecordBatch;
use milvus_otel::{Client, OtelLayer, data::Columns};
use opentelemetry::metrics::noop::NoopMeterProvider;
use opentelemetry::trace::noop::NoopTracerProvider;

use crate::data::{Book, Data};
use crate::measure::{Operation, Prepare};
use crate::{COLLECTION, DIMENSION, HITS, ROWS};

pub struct Ours {
    client: Client,
    data: Rc<Data>,
}

impl Ours {
    pub async fn connect(uri: &str, data: &Rc<Data>) -> Self {
        Self {
            client: Client::connect(uri).await.unwrap(),
            data: Rc::clone(data),
        }
    }

    pub async fn connect_over(connections: usize, uri: &str, data: &Rc<Data>) -> Self {
        let builder = Client::builder(uri).connections(connections);
        Self {
            client: builder.connect().await.unwrap(),
            data: Rc::clone(data),
        }
    }

    pub async fn connect_without_telemetry(uri: &str, data: &Rc<Data>) -> Self {
        let layer = OtelLayer::new()
            .tracer_provider(&NoopTracerProvider::new())
            .meter_provider(&NoopMeterProvider::new());
        Self {
            client: Client::builder(uri).otel(layer).connect().await.unwrap(),
            data: Rc::clone(data),
        }
    }

    /// An operation of this client. Its inputs are copied in advance.
    fn operation<I: 'static, F: Future<Output = ()> + 'static>(
        &self,
        input: impl Fn(&Data) -> I + 'static,
        operation: impl Fn(Client, I) -> F + 'static,
    ) -> Prepare {
        let (client, data) = (self.client.clone(), Rc::clone(&self.data));
        Box::new(move || -> Operation { Box::pin(operation(client.clone(), input(&data))) })
    }

    pub fn insert_columns(&self) -> Prepare {
        self.operation(
            |data| (data.ids.clone(), data.flat.clone()),
            async |client: Client, (ids, embeddings)| {
                let columns = Columns::new().int64("id", ids).float_vector(
                    "embedding",
                    DIMENSION as u32,
                    embeddings,
                );
                let written = client.insert(COLLECTION, columns).await.unwrap();
                assert_eq!(written.count, ROWS as u64);
            },
        )
    }

    pub fn insert_batch(&self) -> Prepare {
        self.operation(
            |data| data.batch.clone(),
            async |client: Client, batch: RecordBatch| {
                let written = client.insert(COLLECTION, batch).await.unwrap();
                assert_eq!(written.count, ROWS as u64);
            },
        )
    }

    pub fn insert_rows(&self) -> Prepare {
        self.operation(
            |data| Rc::clone(&data.books),
            async |client: Client, books: Rc<Vec<Book>>| {
                let written = client.insert(COLLECTION, &*books).await.unwrap();
                assert_eq!(written.count, ROWS as u64);
            },
        )
    }

    pub fn query_columns(&self) -> Prepare {
        self.operation(
            |_| (),
            async |client: Client, ()| {
                let query = client.query(COLLECTION).filter("id >= 0");
                let table = query.output(["id", "embedding"]).columns().await.unwrap();
                assert_eq!(table.len(), ROWS);
                black_box(table.column("embedding").unwrap().bytes().unwrap());
            },
        )
    }

    pub fn query_batch(&self) -> Prepare {
        self.operation(
            |_| (),
            async |client: Client, ()| {
                let query = client.query(COLLECTION).filter("id >= 0");
                let table = query.output(["id", "embedding"]).columns().await.unwrap();
                let batch = RecordBatch::try_from(table).unwrap();
                assert_eq!(batch.num_rows(), ROWS);
                black_box(batch);
            },
        )
    }

    pub fn query_rows(&self) -> Prepare {
        self.operation(
            |_| (),
            async |client: Client, ()| {
                let query = client.query(COLLECTION).filter("id >= 0");
                let books: Vec<Book> = query.rows().await.unwrap();
                assert_eq!(books.len(), ROWS);
                black_box(books);
            },
        )
    }

    pub fn search(&self) -> Prepare {
        self.operation(
            |data| data.nested[0].clone(),
            async |client: Client, vector: Vec<f32>| {
                let hits = client.search(COLLECTION, vector).field("embedding");
                let hits = hits.limit(HITS).await.unwrap();
                assert_eq!(hits.len(), HITS);
                black_box(hits);
            },
        )
    }

    pub fn search_many(&self) -> Prepare {
        self.operation(
            |data| data.nested.clone(),
            async |client: Client, vectors: Vec<Vec<f32>>| {
                let hits = client.search_many(COLLECTION, vectors).field("embedding");
                let hits = hits.limit(HITS).await.unwrap();
                assert_eq!(hits.len(), ROWS);
                black_box(hits);
            },
        )
    }
}
