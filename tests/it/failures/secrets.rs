//! Credentials, vectors, entities and filters are never printed.

use std::error::Error as _;
use std::io::Write;
use std::sync::{Arc, Mutex};

use milvus_otel::proto::Request as _;
use milvus_otel::proto::common::{
    ConnectionParam, Highlighter, KeyValuePair, MilvusCluster, ReplicateConfiguration,
};
use milvus_otel::proto::milvus::{
    CreateCollectionRequest, CreateCredentialRequest, HybridSearchRequest, InsertRequest,
    QueryRequest, RowPolicy, SearchRequest, UpdateCredentialRequest,
};
use milvus_otel::proto::schema::{
    AggHit, CollectionSchema, FieldData, FunctionSchema, ScalarField, StringArray, TemplateValue,
    VectorField, agg_hit, field_data, scalar_field, template_value, vector_field,
};
use milvus_otel::{
    Client, Filter,
    data::Columns,
    schema::Function,
    search::{FunctionChain, FunctionChainExpr, FunctionChainStage, LexicalHighlighter},
};
use opentelemetry::trace::Status;
use serde_json::json;
use testkit::{Fake, Reply};
use tracing::instrument::WithSubscriber as _;

use super::assert_ended;
use super::spans::Recorder;

#[tokio::test]
async fn a_filter_stays_out_of_the_span() {
    for (filter, reason, shown) in [
        (
            "title == \"dune\"",
            "cannot parse expression: title == \"dune\", error: at column 6",
            "cannot parse expression: title == ?, error: at column 6",
        ),
        (
            "title = 'dune'",
            "mismatched input at 'dune', twice: dune",
            "mismatched input at '?', twice: ?",
        ),
        (
            "title = 'unbalanced",
            "unexpected: unbalanced",
            "unexpected: ?",
        ),
        ("phone > 5551234", "at '5551234'", "at '?'"),
        ("a == \"a\"", "a banana", "a banana"),
        ("", "no filter at all", "no filter at all"),
    ] {
        for reply in [
            Reply::failure(1100, 5, reason),
            Reply::Status(tonic::Code::InvalidArgument, reason.into()),
        ] {
            let (fake, recorder) = (Fake::scripted(), Recorder::new());
            fake.script("Query", [reply.clone()]);
            let request = QueryRequest {
                collection_name: "books".into(),
                expr: filter.into(),
                ..Default::default()
            };
            let _answer = recorder.client(&fake).raw().query(request).await;
            let (code, kind) = match reply {
                Reply::Status(..) => ("INVALID_ARGUMENT", "INVALID_ARGUMENT"),
                _ => ("OK", "1100"),
            };
            assert_ended(&recorder.span(), "query", code, Some((kind, shown)));
        }
    }
}

/// What the span of a query says that Milvus answered so.
async fn shown(request: QueryRequest, reason: &str) -> Status {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.script("Query", [Reply::failure(1100, 5, reason)]);
    recorder.client(&fake).raw().query(request).await.unwrap();
    recorder.span().status
}

#[tokio::test]
async fn a_value_that_is_bound_to_a_filter_stays_out_of_the_span() {
    let value = TemplateValue {
        val: Some(template_value::Val::StringVal("dune".into())),
    };
    let request = QueryRequest {
        expr: "year > {year}".into(),
        expr_template_values: [("year".to_owned(), value)].into(),
        ..Default::default()
    };
    let reason = "cannot cast value to Int64, value: string_val:\"dune\"";
    assert_eq!(
        shown(request, reason).await,
        Status::error("cannot cast value to Int64, value: string_val:?")
    );
}

#[tokio::test]
async fn a_filter_too_long_to_be_read_in_full_stays_out_of_the_span() {
    let ids = (10_000..12_000).map(|id| id.to_string());
    let titles = (10_000..12_000).map(|id| format!("'Dünen {id}'"));
    for list in [ids.collect::<Vec<_>>(), titles.collect()] {
        let filter = format!("id in [{}", list.join(", "));
        let request = QueryRequest {
            expr: filter.clone(),
            ..Default::default()
        };
        let reason = format!("cannot parse expression: {filter}, error: mismatched input");
        // Nobody knows what of it the server quotes: the code alone is said.
        assert_eq!(shown(request, &reason).await, Status::error(""));
    }
}

#[tokio::test]
async fn no_filter_of_a_hybrid_search_is_in_the_span() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let reason = "neither title == 1 nor year == 2";
    fake.script("HybridSearch", [Reply::failure(1100, 5, reason)]);
    let search = |dsl: &str| SearchRequest {
        dsl: dsl.into(),
        ..Default::default()
    };
    let request = HybridSearchRequest {
        collection_name: "books".into(),
        requests: vec![search("title == 1"), search("year == 2")],
        ..Default::default()
    };
    let mut raw = recorder.client(&fake).raw();
    raw.hybrid_search(request).await.unwrap();
    assert_eq!(
        recorder.span().status,
        Status::error("neither title == ? nor year == ?")
    );
}

/// What the subscriber writes.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_output_contains_a_secret() {
    // User and password, and what is sent of them; a new user's password; a vector; an entity.
    const SECRETS: [&str; 6] = [
        "hunter2",
        "cm9vdDpodW50ZXIy",
        "swordfish",
        "0.1234567",
        "4237.125",
        "deep thought",
    ];
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    for rpc in ["CreateCredential", "Insert", "Query", "HasCollection"] {
        fake.script(rpc, [Reply::failure(1100, 5, "no")]);
    }
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let vector = VectorField {
        dim: 2,
        data: Some(vector_field::Data::FloatVector(
            vec![0.123_456_7, 4237.125].into(),
        )),
    };
    let texts = ScalarField {
        data: Some(scalar_field::Data::StringData(StringArray {
            data: vec!["deep thought".into()],
        })),
    };
    let insert = InsertRequest {
        collection_name: "books".into(),
        fields_data: vec![
            FieldData {
                field: Some(field_data::Field::Vectors(vector)),
                ..Default::default()
            },
            FieldData {
                field: Some(field_data::Field::Scalars(texts)),
                ..Default::default()
            },
        ],
        num_rows: 1,
        ..Default::default()
    };
    let credential = CreateCredentialRequest {
        username: "ada".into(),
        password: "swordfish".into(),
        ..Default::default()
    };
    let query = QueryRequest {
        collection_name: "books".into(),
        expr: "title == \"deep thought\"".into(),
        ..Default::default()
    };
    let mut shown = format!("{credential:?} {insert:?} {query:?}");
    async {
        let builder = recorder.builder(&fake).user("root", "hunter2");
        shown += &format!("{builder:?}");
        let client = builder.connect_lazy().unwrap();
        shown += &format!("{client:?} {:?}", client.has_collection("books"));
        let error = client.has_collection("books").await.unwrap_err();
        shown += &format!("{error} {error:?} {:?}", error.source());
        let mut raw = client.raw();
        shown += &format!("{raw:?}");
        raw.create_credential(credential).await.unwrap();
        raw.insert(insert).await.unwrap();
        raw.query(query).await.unwrap();
    }
    .with_subscriber(subscriber)
    .await;
    let uri = "http://root:hunter2@127.0.0.1:1";
    let refused = Client::builder(uri).otel(recorder.layer()).connect().await;
    let error = refused.unwrap_err();
    shown += &format!("{error} {error:?} {:?}", error.source());
    shown += &format!("{:?}", recorder.spans());
    shown += &String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert_eq!(recorder.spans().len(), 5);
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{secret} shows in {shown}");
    }
    // The secrets were sent, so they could have been shown.
    let sent = fake.calls();
    let authorization = sent[0].metadata.get("authorization").unwrap();
    assert_eq!(authorization, "cm9vdDpodW50ZXIy");
    let received = |rpc: &str, bytes: &[u8]| {
        let call = &fake.calls_of(rpc)[0];
        call.message.windows(bytes.len()).any(|part| part == bytes)
    };
    assert!(received("CreateCredential", b"swordfish"));
    assert!(received("Insert", &0.123_456_7_f32.to_le_bytes()));
    assert!(received("Insert", b"deep thought"));
}

#[tokio::test]
async fn an_operation_shows_its_rpc_database_and_collection_only() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.builder(&fake).database("library").connect_lazy();
    let client = client.unwrap();
    let credential = CreateCredentialRequest {
        username: "ada".into(),
        password: "swordfish".into(),
        ..Default::default()
    };
    let query = QueryRequest {
        expr: "title == \"deep thought\"".into(),
        ..QueryRequest::on("books")
    };
    let shown = [
        format!("{:?}", client.has_partition("books", "novels")),
        format!("{:?}", client.send(credential)),
        format!("{:?}", client.send(query)),
    ];
    assert_eq!(
        shown,
        [
            r#"Operation(has_partition { rpc: "has_partition", database: "library", collection: "books", .. })"#,
            r#"Operation(send { rpc: "create_credential", .. })"#,
            r#"Operation(send { rpc: "query", database: "library", collection: "books", .. })"#,
        ]
    );
}

#[tokio::test]
async fn operations_with_data_show_no_user_data() {
    const SECRET: &str = "swordfish";
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.builder(&fake).connect_lazy().unwrap();
    let secret = || Filter::new("name == {name}").bind("name", SECRET);
    let literal = format!("name == \"{SECRET}\"");
    let ranker = Function::boost("boost", 2.0).parameter("filter", &literal);
    let highlighter = LexicalHighlighter::new().query("name", SECRET, "TextMatch");
    let chain = FunctionChain::new(FunctionChainStage::L2Rerank)
        .map("score", FunctionChainExpr::rerank_model("name", [SECRET]));
    let row = json!({ "name": SECRET });
    let operations = [
        format!("{:?}", client.delete("books", [SECRET])),
        format!("{:?}", client.delete("books", literal.as_str())),
        format!("{:?}", client.get("books", [SECRET])),
        format!("{:?}", client.get("books", [SECRET]).columns()),
        format!("{:?}", client.count("books").filter(secret())),
        format!("{:?}", client.query("books").filter(secret())),
        format!("{:?}", client.query("books").stream().resume_after(SECRET)),
        format!("{:?}", client.search("books", SECRET).filter(secret())),
        format!("{:?}", client.search("books", SECRET).stream()),
        format!("{:?}", client.search_by_ids("books", [SECRET])),
        format!("{:?}", client.search("books", [0.5]).ranker(ranker)),
        format!(
            "{:?}",
            client.search("books", [0.5]).highlighter(highlighter)
        ),
        format!(
            "{:?}",
            client.search("books", [0.5]).function_chains([chain])
        ),
        format!("{:?}", client.hybrid_search("books").vector("name", SECRET)),
        format!("{:?}", client.insert("books", std::slice::from_ref(&row))),
        format!(
            "{:?}",
            client.upsert("books", Columns::new().varchar("name", [SECRET]))
        ),
    ];
    for shown in operations {
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

#[test]
fn messages_show_neither_credentials_nor_user_data() {
    const SECRET: &str = "swordfish";
    let secret = || SECRET.to_owned();
    let pair = KeyValuePair {
        key: "api_key".into(),
        value: secret(),
    };
    let messages: [&dyn std::fmt::Debug; 7] = [
        &UpdateCredentialRequest {
            old_password: secret(),
            new_password: secret(),
            ..Default::default()
        },
        &ReplicateConfiguration {
            clusters: vec![MilvusCluster {
                connection_param: Some(ConnectionParam {
                    token: secret(),
                    ..Default::default()
                }),
                ..Default::default()
            }],
            ..Default::default()
        },
        &CollectionSchema {
            external_spec: secret(),
            functions: vec![FunctionSchema {
                params: vec![pair.clone()],
                ..Default::default()
            }],
            ..Default::default()
        },
        &CreateCollectionRequest {
            schema: SECRET.into(),
            ..Default::default()
        },
        &RowPolicy {
            using_expr: secret(),
            check_expr: secret(),
            ..Default::default()
        },
        &Highlighter {
            params: vec![pair],
            ..Default::default()
        },
        &AggHit {
            pk: Some(agg_hit::Pk::StrPk(secret())),
            ..Default::default()
        },
    ];
    for message in messages {
        let shown = format!("{message:?}");
        assert!(!shown.contains(SECRET), "{shown}");
        assert!(shown.contains("<redacted>"), "{shown}");
    }
}
