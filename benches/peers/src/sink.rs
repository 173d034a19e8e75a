//! A server on its own thread that always sends the same answer at once.

use std::convert::Infallible;
use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper_util::rt::{TokioExecutor, TokioIo};
use milvus_otel::proto::common::KeyValuePair;
use milvus_otel::proto::milvus::{ConnectResponse, DescribeCollectionResponse};
use milvus_otel::proto::schema::{CollectionSchema, DataType, FieldSchema};
use prost::Message;

use crate::messages::{
    FieldData, Ids, LongArray, MutationResult, QueryResults, SearchResultData, SearchResults,
    Status,
};
use crate::{COLLECTION, DIMENSION, HITS, ROWS};

/// Requests larger than this are searches for many vectors, not for one.
const ONE_VECTOR: usize = 16 * 1024;

/// Starts the server. It ends with the process.
pub fn start() -> SocketAddr {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            tell.send(listener.local_addr().unwrap()).unwrap();
            let answers: &'static Answers = Box::leak(Box::new(Answers::new()));
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                socket.set_nodelay(true).unwrap();
                let service = hyper::service::service_fn(move |request| answer(request, answers));
                let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(socket), service);
                tokio::spawn(connection);
            }
        });
    });
    told.recv().unwrap()
}

async fn answer(
    request: Request<Incoming>,
    answers: &'static Answers,
) -> Result<Response<impl Body<Data = Bytes, Error = Infallible>>, hyper::Error> {
    let (head, mut body) = request.into_parts();
    let mut received = 0;
    while let Some(frame) = body.frame().await {
        received += frame?.data_ref().map_or(0, Bytes::len);
    }
    let method = head.uri.path().rsplit('/').next().unwrap_or_default();
    let found = match method {
        "Connect" => Some(&answers.connect),
        "DescribeCollection" => Some(&answers.describe),
        "Insert" => Some(&answers.insert),
        "Query" => Some(&answers.query),
        "Search" if received > ONE_VECTOR => Some(&answers.search_many),
        "Search" => Some(&answers.search),
        _ => None,
    };
    let mut trailers = HeaderMap::new();
    let status = if found.is_some() { "0" } else { "12" };
    trailers.insert("grpc-status", HeaderValue::from_static(status));
    let message = found.cloned().unwrap_or_default();
    let body = Full::new(message).with_trailers(std::future::ready(Some(Ok(trailers))));
    let mut response = Response::new(body);
    let grpc = HeaderValue::from_static("application/grpc");
    response.headers_mut().insert("content-type", grpc);
    Ok(response)
}

struct Answers {
    connect: Bytes,
    describe: Bytes,
    insert: Bytes,
    query: Bytes,
    search: Bytes,
    search_many: Bytes,
}

impl Answers {
    fn new() -> Self {
        let status = Some(Status::default());
        let ids = |count: usize| {
            Some(Ids {
                int_id: Some(LongArray {
                    data: (0..count as i64).collect(),
                }),
            })
        };
        let found = |queries: usize| SearchResults {
            status: status.clone(),
            results: Some(SearchResultData {
                num_queries: queries as i64,
                top_k: HITS as i64,
                scores: (0..queries * HITS).map(|hit| hit as f32).collect(),
                ids: ids(queries * HITS),
                topks: vec![HITS as i64; queries],
                primary_field_name: "id".into(),
            }),
            collection_name: COLLECTION.into(),
        };
        Self {
            connect: framed(&ConnectResponse {
                status: Some(Default::default()),
                identifier: 7,
                ..Default::default()
            }),
            describe: framed(&description()),
            insert: framed(&MutationResult {
                status: status.clone(),
                ids: ids(ROWS),
                succ_index: (0..ROWS as u32).collect(),
                insert_cnt: ROWS as i64,
                timestamp: 7,
            }),
            query: framed(&QueryResults {
                status: status.clone(),
                fields_data: vec![
                    FieldData::int64("id", (0..ROWS as i64).collect()),
                    FieldData::float_vector("embedding", DIMENSION, crate::data::flat()),
                ],
                collection_name: COLLECTION.into(),
                output_fields: vec!["id".into(), "embedding".into()],
                primary_field_name: "id".into(),
            }),
            search: framed(&found(1)),
            search_many: framed(&found(ROWS)),
        }
    }
}

/// Adds gRPC's prefix with the length of the message.
fn framed(message: &impl Message) -> Bytes {
    let mut frame = vec![0];
    frame.extend((message.encoded_len() as u32).to_be_bytes());
    message.encode(&mut frame).unwrap();
    frame.into()
}

fn description() -> DescribeCollectionResponse {
    let id = FieldSchema {
        field_id: 100,
        name: "id".into(),
        is_primary_key: true,
        data_type: DataType::Int64 as i32,
        ..Default::default()
    };
    let embedding = FieldSchema {
        field_id: 101,
        name: "embedding".into(),
        data_type: DataType::FloatVector as i32,
        type_params: vec![KeyValuePair {
            key: "dim".into(),
            value: DIMENSION.to_string(),
        }],
        ..Default::default()
    };
    DescribeCollectionResponse {
        status: Some(Default::default()),
        schema: Some(CollectionSchema {
            name: COLLECTION.into(),
            fields: vec![id, embedding],
            ..Default::default()
        }),
        collection_id: 7,
        collection_name: COLLECTION.into(),
        shards_num: 1,
        update_timestamp: 7,
        ..Default::default()
    }
}
