//! tonic and prost only.

mod encoded;

use std::hint::black_box;
use std::rc::Rc;

use http::uri::PathAndQuery;
use prost::Message;
use tonic::client::Grpc;
use tonic::codec::Codec;
use tonic::transport::{Channel, Endpoint};
use tonic_prost::ProstCodec;

use crate::data::{Book, Data};
use crate::measure::{Operation, Prepare};
use crate::messages::{
    FieldData, InsertRequest, KeyValuePair, MutationResult, PlaceholderGroup, PlaceholderValue,
    QueryRequest, QueryResults, SearchRequest, SearchResults,
};
use crate::{COLLECTION, DIMENSION, HITS, ROWS};

#[derive(Clone)]
struct Client(Grpc<Channel>);

impl Client {
    async fn call<Q, A>(mut self, method: &'static str, request: Q) -> A
    where
        Q: Message + 'static,
        A: Message + Default + 'static,
    {
        self.call_with(ProstCodec::<Q, A>::default(), method, request)
            .await
    }

    async fn call_with<C>(
        &mut self,
        codec: C,
        method: &'static str,
        request: C::Encode,
    ) -> C::Decode
    where
        C: Codec<Encode: Sync + 'static, Decode: Sync + 'static>,
    {
        self.0.ready().await.unwrap();
        let path = PathAndQuery::from_static(method);
        let answer = self.0.unary(tonic::Request::new(request), path, codec);
        answer.await.unwrap().into_inner()
    }
}

const INSERT: &str = "/milvus.proto.milvus.MilvusService/Insert";
const QUERY: &str = "/milvus.proto.milvus.MilvusService/Query";
const SEARCH: &str = "/milvus.proto.milvus.MilvusService/Search";

pub struct Raw {
    client: Client,
    channel: Channel,
    data: Rc<Data>,
}

impl Raw {
    pub async fn connect(uri: &str, data: &Rc<Data>) -> Self {
        let endpoint = Endpoint::from_shared(uri.to_owned()).unwrap();
        let channel = endpoint.connect().await.unwrap();
        Self {
            client: Client(Grpc::new(channel.clone())),
            channel,
            data: Rc::clone(data),
        }
    }

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
            async |client: Client, (ids, flat)| insert(client, ids, flat).await,
        )
    }

    pub fn insert_rows(&self) -> Prepare {
        self.operation(
            |data| Rc::clone(&data.books),
            async |client: Client, books: Rc<Vec<Book>>| {
                let ids = books.iter().map(|book| book.id).collect();
                let mut flat = Vec::with_capacity(books.len() * DIMENSION);
                for book in books.iter() {
                    flat.extend_from_slice(&book.embedding);
                }
                insert(client, ids, flat).await;
            },
        )
    }

    fn request(&self) -> InsertRequest {
        request(self.data.ids.clone(), self.data.flat.clone())
    }

    pub fn query_columns(&self) -> Prepare {
        self.operation(
            |_| (),
            async |client: Client, ()| {
                let answer: QueryResults = client.call(QUERY, query()).await;
                assert_eq!(answer.fields_data.len(), 2);
                black_box(answer);
            },
        )
    }

    pub fn query_rows(&self) -> Prepare {
        self.operation(
            |_| (),
            async |client: Client, ()| {
                let answer: QueryResults = client.call(QUERY, query()).await;
                let [ids, embeddings] = &answer.fields_data[..] else {
                    panic!("other fields than those asked for")
                };
                let ids = &ids
                    .scalars
                    .as_ref()
                    .unwrap()
                    .long_data
                    .as_ref()
                    .unwrap()
                    .data;
                let vectors = embeddings.vectors.as_ref().unwrap();
                let vectors = &vectors.float_vector.as_ref().unwrap().data;
                let books = ids.iter().zip(vectors.chunks(DIMENSION));
                let book = |(id, vector): (&i64, &[f32])| Book {
                    id: *id,
                    embedding: vector.to_vec(),
                };
                let books: Vec<Book> = books.map(book).collect();
                assert_eq!(books.len(), ROWS);
                black_box(books);
            },
        )
    }

    pub fn search(&self) -> Prepare {
        self.operation(
            |data| vec![data.nested[0].clone()],
            async |client: Client, vectors| search(client, vectors).await,
        )
    }

    pub fn search_many(&self) -> Prepare {
        self.operation(
            |data| data.nested.clone(),
            async |client: Client, vectors| search(client, vectors).await,
        )
    }
}

async fn insert(client: Client, ids: Vec<i64>, flat: Vec<f32>) {
    written(client.call(INSERT, request(ids, flat)).await);
}

fn written(answer: MutationResult) {
    assert_eq!(answer.insert_cnt, ROWS as i64);
}

fn request(ids: Vec<i64>, flat: Vec<f32>) -> InsertRequest {
    InsertRequest {
        db_name: String::new(),
        collection_name: COLLECTION.to_owned(),
        num_rows: ids.len() as u32,
        fields_data: vec![
            FieldData::int64("id", ids),
            FieldData::float_vector("embedding", DIMENSION, flat),
        ],
    }
}

fn query() -> QueryRequest {
    QueryRequest {
        collection_name: COLLECTION.to_owned(),
        expr: "id >= 0".to_owned(),
        output_fields: vec!["id".to_owned(), "embedding".to_owned()],
        use_default_consistency: true,
    }
}

async fn search(client: Client, vectors: Vec<Vec<f32>>) {
    let nq = vectors.len();
    let bytes = |vector: &Vec<f32>| {
        let mut bytes = Vec::with_capacity(vector.len() * 4);
        for number in vector {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes
    };
    let placeholders = PlaceholderGroup {
        placeholders: vec![PlaceholderValue {
            tag: "$0".to_owned(),
            r#type: 101,
            values: vectors.iter().map(bytes).collect(),
        }],
    };
    let pair = |key: &str, value: String| KeyValuePair {
        key: key.to_owned(),
        value,
    };
    let request = SearchRequest {
        collection_name: COLLECTION.to_owned(),
        placeholder_group: placeholders.encode_to_vec(),
        dsl_type: 1,
        search_params: vec![
            pair("anns_field", "embedding".to_owned()),
            pair("topk", HITS.to_string()),
            pair("params", "{}".to_owned()),
        ],
        nq: nq as i64,
        use_default_consistency: true,
    };
    let answer: SearchResults = client.call(SEARCH, request).await;
    assert_eq!(answer.results.as_ref().unwrap().topks.len(), nq);
    black_box(answer);
}
