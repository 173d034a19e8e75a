//! milvus-sdk-rust, with default settings.

use std::hint::black_box;
use std::rc::Rc;

use milvus::v2::prelude::*;
use serde_json::Value;

use crate::data::Data;
use crate::measure::{Operation, Prepare};
use crate::{COLLECTION, HITS, ROWS};

pub struct Sdk {
    client: ClientV2,
    data: Rc<Data>,
}

impl Sdk {
    pub async fn connect(uri: &str, data: &Rc<Data>) -> Self {
        let config = ConnectConfig::new().uri(uri);
        Self {
            client: ClientV2::new(&config).await.unwrap(),
            data: Rc::clone(data),
        }
    }

    fn operation<I: 'static, F: Future<Output = ()> + 'static>(
        &self,
        input: impl Fn(&Data) -> I + 'static,
        operation: impl Fn(ClientV2, I) -> F + 'static,
    ) -> Prepare {
        let (client, data) = (self.client.clone(), Rc::clone(&self.data));
        Box::new(move || -> Operation { Box::pin(operation(client.clone(), input(&data))) })
    }

    pub fn insert_columns(&self) -> Prepare {
        self.operation(
            |data| (data.ids.clone(), data.nested.clone()),
            async |client: ClientV2, (ids, embeddings)| {
                let columns = vec![
                    FieldData::int64("id", ids),
                    FieldData::float_vector("embedding", embeddings),
                ];
                let request = InsertRequest::builder().collection_name(COLLECTION);
                let request = request.columns(columns).build().unwrap();
                let written = client.insert(request).await.unwrap();
                assert_eq!(written.insert_count(), ROWS as i64);
            },
        )
    }

    /// From JSON that was created in advance.
    pub fn insert_json(&self) -> Prepare {
        self.operation(
            |data| data.books.iter().map(to_json).collect(),
            async |client: ClientV2, rows: Vec<Value>| insert_json(client, rows).await,
        )
    }

    /// From structs, which are converted to JSON first.
    pub fn insert_rows(&self) -> Prepare {
        self.operation(
            |data| Rc::clone(&data.books),
            async |client: ClientV2, books| {
                insert_json(client, books.iter().map(to_json).collect()).await;
            },
        )
    }

    pub fn query_columns(&self) -> Prepare {
        self.operation(
            |_| (),
            async |client: ClientV2, ()| {
                let response = client.query(query()).await.unwrap();
                let fields = response.results().get_output_fields();
                assert_eq!(fields.len(), 2);
                black_box(fields);
            },
        )
    }

    pub fn query_rows(&self) -> Prepare {
        self.operation(
            |_| (),
            async |client: ClientV2, ()| {
                let response = client.query(query()).await.unwrap();
                let mut rows = 0;
                for row in response.results().rows().unwrap() {
                    black_box(row.get("id").unwrap());
                    black_box(row.get("embedding").unwrap());
                    rows += 1;
                }
                assert_eq!(rows, ROWS);
            },
        )
    }

    pub fn search(&self) -> Prepare {
        self.operation(
            |data| vec![data.nested[0].clone()],
            async |client: ClientV2, vectors| search(client, vectors).await,
        )
    }

    pub fn search_many(&self) -> Prepare {
        self.operation(
            |data| data.nested.clone(),
            async |client: ClientV2, vectors| search(client, vectors).await,
        )
    }
}

fn to_json(book: &crate::data::Book) -> Value {
    serde_json::to_value(book).unwrap()
}

async fn insert_json(client: ClientV2, rows: Vec<Value>) {
    let request = InsertRequest::builder().collection_name(COLLECTION);
    let written = client.insert(request.rows(rows).build().unwrap()).await;
    assert_eq!(written.unwrap().insert_count(), ROWS as i64);
}

fn query() -> QueryRequest {
    let request = QueryRequest::builder().collection_name(COLLECTION);
    let request = request.filter("id >= 0").output_fields(["id", "embedding"]);
    request.build().unwrap()
}

async fn search(client: ClientV2, vectors: Vec<Vec<f32>>) {
    let queries = vectors.len();
    let request = SearchRequest::builder().collection_name(COLLECTION);
    let request = request
        .vector_field("embedding")
        .vectors(SearchVectors::Float(vectors))
        .limit(HITS as i64);
    let response = client.search(request.build().unwrap()).await.unwrap();
    assert_eq!(response.results().len(), queries);
    for result in response.results() {
        black_box((result.get_ids(), result.get_scores()));
    }
}
