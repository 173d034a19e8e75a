//! What is made of answers.

use std::time::Duration;

use milvus_otel::ops::{Health, LoadState};
use milvus_otel::proto::Request;
use milvus_otel::proto::common::{ConsistencyLevel, KeyValuePair};
use milvus_otel::proto::milvus::{
    AlterAliasRequest, BoolResponse, CheckHealthResponse, CreateAliasRequest,
    CreateCollectionRequest, CreateIndexRequest, CreatePartitionRequest, DescribeAliasResponse,
    DescribeCollectionResponse, DropAliasRequest, DropDatabaseRequest, DropIndexRequest,
    DropPartitionRequest, GetLoadStateResponse, GetVersionResponse, ListAliasesResponse,
    QuotaState, RenameCollectionRequest, ShowCollectionsResponse, ShowPartitionsResponse,
};
use milvus_otel::proto::schema::CollectionSchema;
use milvus_otel::{Consistency, Field, Schema, schema::DataType};
use prost::Message;
use testkit::{Fake, Reply};

use super::spans::Recorder;
use super::{loaded, ready};

fn pair(key: &str, value: &str) -> KeyValuePair {
    KeyValuePair {
        key: key.into(),
        value: value.into(),
    }
}

#[tokio::test]
async fn answers_of_reads_are_returned() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    for value in [true, false] {
        let answer = BoolResponse {
            value,
            ..Default::default()
        };
        fake.answer("HasCollection", &answer);
        assert_eq!(client.has_collection("books").await.unwrap(), value);
    }
    fake.answer(
        "ShowCollections",
        &ShowCollectionsResponse {
            collection_names: vec!["books".into(), "notes".into()],
            ..Default::default()
        },
    );
    assert_eq!(client.list_collections().await.unwrap(), ["books", "notes"]);
    fake.answer(
        "GetVersion",
        &GetVersionResponse {
            version: "v2.5.26".into(),
            ..Default::default()
        },
    );
    assert_eq!(client.get_server_version().await.unwrap(), "v2.5.26");
    fake.answer(
        "CheckHealth",
        &CheckHealthResponse {
            is_healthy: false,
            reasons: vec!["querynode 3 is gone".into()],
            quota_states: vec![QuotaState::DenyToWrite.into(), 99],
            ..Default::default()
        },
    );
    let health: Health = client.check_health().await.unwrap();
    assert!(!health.is_healthy);
    assert_eq!(health.reasons, ["querynode 3 is gone"]);
    assert_eq!(health.quota_states, ["DenyToWrite", "99"]);
}

#[tokio::test]
async fn the_load_state_comes_with_its_progress() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    for (state, progress, wanted) in [
        (0, 0, LoadState::NotExist),
        (1, 0, LoadState::NotLoaded),
        (2, 42, LoadState::Loading { percent: 42 }),
        (2, 100, LoadState::Loading { percent: 99 }),
        (2, -1, LoadState::Loading { percent: 0 }),
        (3, 0, LoadState::Loaded),
        (4, 0, LoadState::Unknown(4)),
        (-1, 0, LoadState::Unknown(-1)),
        (999, 0, LoadState::Unknown(999)),
    ] {
        let answer = GetLoadStateResponse {
            state,
            ..Default::default()
        };
        fake.answer("GetLoadState", &answer);
        fake.script("GetLoadingProgress", [loaded(progress)]);
        assert_eq!(client.get_load_state("books").await.unwrap(), wanted);
    }
    let asked = fake.calls_of("GetLoadingProgress").len();
    assert_eq!(asked, 3, "only while it is loading");
}

/// What the quick form makes: it is created so, and described so.
fn quick() -> Schema {
    Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::float_vector("vector", 5))
        .dynamic_fields(true)
        .build()
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_collection_is_described_as_it_was_created() {
    let (fake, recorder) = (ready(), Recorder::new());
    let client = recorder.client(&fake);
    let create = client.create_collection("books", 5).shards(2);
    create
        .property("collection.ttl.seconds", 3600)
        .await
        .unwrap();

    let sent = &fake.calls_of("CreateCollection")[0].message;
    let sent = CreateCollectionRequest::decode(sent.as_slice()).unwrap();
    assert_eq!(sent.collection_name, "books");
    assert_eq!(sent.shards_num, 2);
    assert_eq!(sent.consistency_level, ConsistencyLevel::Bounded as i32);
    assert_eq!(sent.properties, [pair("collection.ttl.seconds", "3600")]);
    let index = &fake.calls_of("CreateIndex")[0].message;
    let index = CreateIndexRequest::decode(index.as_slice()).unwrap();
    assert_eq!(index.field_name, "vector");
    assert_eq!(
        index.extra_params,
        [
            pair("index_type", "AUTOINDEX"),
            pair("metric_type", "COSINE")
        ]
    );

    let schema = CollectionSchema::decode(sent.schema.as_ref()).unwrap();
    assert_eq!(schema.name, "books");
    fake.answer(
        "DescribeCollection",
        &DescribeCollectionResponse {
            schema: Some(schema),
            collection_name: "novels".into(),
            collection_id: 4711,
            shards_num: 2,
            aliases: vec!["novels".into()],
            consistency_level: ConsistencyLevel::Session.into(),
            properties: sent.properties,
            num_partitions: 1,
            ..Default::default()
        },
    );
    let info = client.describe_collection("novels").await.unwrap();
    assert_eq!(info.name, "books", "older servers say the alias elsewhere");
    assert_eq!(info.id, 4711);
    assert_eq!(info.schema, quick());
    assert_eq!(
        info.schema.field("vector").map(Field::data_type),
        Some(&DataType::FloatVector { dimension: 5 })
    );
    assert_eq!(info.aliases, ["novels"]);
    assert_eq!(info.consistency, Some(Consistency::Session));
    assert_eq!((info.shards, info.partitions), (2, 1));
    assert_eq!(
        info.properties,
        [("collection.ttl.seconds".to_owned(), "3600".to_owned())]
    );
}

#[tokio::test]
async fn an_answer_without_a_schema_is_an_error() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    let error = client.describe_collection("books").await.unwrap_err();
    assert_eq!(error.kind(), milvus_otel::ErrorKind::InvalidResponse);
    assert_eq!(
        error.to_string(),
        "describe_collection \"books\": the server's answer has no schema"
    );
}

#[tokio::test]
async fn changes_send_the_names_of_their_objects() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    let rename = client.rename_collection("books", "tomes");
    rename.to_database("archive").await.unwrap();
    let sent = &fake.calls_of("RenameCollection")[0].message;
    let sent = RenameCollectionRequest::decode(sent.as_slice()).unwrap();
    assert_eq!(
        (sent.old_name.as_str(), sent.new_name.as_str()),
        ("books", "tomes")
    );
    assert_eq!(sent.new_db_name, "archive");
    assert_eq!(
        recorder.tree(),
        "CLIENT get_version milvus.test:19530\nCLIENT rename_collection books\n"
    );

    // Milvus drops what is not there.
    client.drop_collection("gone").await.unwrap();
    client.release_collection("gone").await.unwrap();
    fake.script(
        "DropCollection",
        [Reply::failure(65535, 1, "an alias points to it")],
    );
    let error = client.drop_collection("books").await.unwrap_err();
    assert!(!error.is_not_found() && !error.is_retryable());
}

/// What a newer Milvus may be asked.
#[derive(Clone, PartialEq, Message)]
struct Newer {
    #[prost(string, tag = "1")]
    name: String,
}

impl Request for Newer {
    type Answer = BoolResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/Newer";
}

#[tokio::test]
async fn any_request_is_sent_and_its_failure_is_an_error() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    let request = CreatePartitionRequest {
        collection_name: "books".into(),
        partition_name: "classics".into(),
        ..Default::default()
    };
    let send = client.send(request.clone()).timeout(Duration::from_secs(3));
    send.await.unwrap();
    fake.script(
        "CreatePartition",
        [Reply::failure(100, 4, "no such collection")],
    );
    let error = client.send(request.clone()).await.unwrap_err();
    assert!(error.is_not_found());
    let begins = "send create_partition \"books\": no such collection";
    assert!(error.to_string().starts_with(begins), "{error}");
    let name = "classics".to_owned();
    let error = client.send(Newer { name }).await.unwrap_err();
    assert!(error.is_unsupported(), "{error}");

    let sent = &fake.calls_of("CreatePartition")[0];
    assert_eq!(
        CreatePartitionRequest::decode(&sent.message[..]).unwrap(),
        request
    );
    let timeout = sent.metadata.get("grpc-timeout").unwrap().to_str().unwrap();
    assert!(timeout.ends_with('u') && timeout.len() == 8, "{timeout}");
    assert_eq!(
        recorder.tree(),
        "\
CLIENT create_partition books
CLIENT create_partition books error: no such collection
CLIENT grpc error: \n"
    );
}

#[tokio::test]
async fn the_database_of_the_client_is_filled_in_unless_the_request_names_one() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake).in_database("archive");
    let named = CreatePartitionRequest {
        db_name: "library".into(),
        ..CreatePartitionRequest::on("books")
    };
    client.send(named).await.unwrap();
    client
        .send(CreatePartitionRequest::on("books"))
        .await
        .unwrap();
    client.rename_collection("books", "novels").await.unwrap();
    client.drop_index("books", "v").await.unwrap();
    // Here the database is what is dropped: without a name nothing is.
    client.send(DropDatabaseRequest::default()).await.unwrap();

    let partitions = fake.calls_of("CreatePartition").into_iter().map(|call| {
        let sent = CreatePartitionRequest::decode(&call.message[..]).unwrap();
        assert_eq!(sent.collection_name, "books");
        sent.db_name
    });
    assert_eq!(partitions.collect::<Vec<_>>(), ["library", "archive"]);
    let sent = |rpc: &str| fake.calls_of(rpc).remove(0).message;
    let renamed = RenameCollectionRequest::decode(&sent("RenameCollection")[..]).unwrap();
    assert_eq!(
        (renamed.db_name, renamed.new_db_name),
        ("archive".into(), "archive".into())
    );
    let dropped = DropIndexRequest::decode(&sent("DropIndex")[..]).unwrap();
    assert_eq!(dropped.db_name, "archive");
    let database = DropDatabaseRequest::decode(&sent("DropDatabase")[..]).unwrap();
    assert_eq!(database.db_name, "");
}

#[tokio::test]
async fn partitions_and_aliases_are_sent_and_read() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    let partition_names = vec!["_default".to_owned(), "classics".to_owned()];
    let partitions = ShowPartitionsResponse {
        partition_names,
        ..Default::default()
    };
    fake.answer("ShowPartitions", &partitions);
    fake.answer(
        "HasPartition",
        &BoolResponse {
            value: true,
            ..Default::default()
        },
    );
    let aliases = vec!["current".to_owned()];
    fake.answer(
        "ListAliases",
        &ListAliasesResponse {
            aliases,
            ..Default::default()
        },
    );
    let described = DescribeAliasResponse {
        alias: "current".into(),
        collection: "books".into(),
        db_name: "default".into(),
        ..Default::default()
    };
    fake.answer("DescribeAlias", &described);
    assert_eq!(
        client.list_partitions("books").await.unwrap(),
        ["_default", "classics"]
    );
    assert!(client.has_partition("books", "classics").await.unwrap());
    assert_eq!(client.list_aliases("books").await.unwrap(), ["current"]);
    let alias = client.describe_alias("current").await.unwrap();
    assert_eq!(
        (&*alias.name, &*alias.collection, &*alias.database),
        ("current", "books", "default")
    );
    client.create_partition("books", "classics").await.unwrap();
    client.drop_partition("books", "classics").await.unwrap();
    client.create_alias("books", "current").await.unwrap();
    client.alter_alias("novels", "current").await.unwrap();
    client.drop_alias("current").await.unwrap();

    let sent = |rpc: &str| fake.calls_of(rpc).remove(0).message;
    let created = CreatePartitionRequest::decode(&sent("CreatePartition")[..]).unwrap();
    assert_eq!(
        (&*created.collection_name, &*created.partition_name),
        ("books", "classics")
    );
    let dropped = DropPartitionRequest::decode(&sent("DropPartition")[..]).unwrap();
    assert_eq!(
        (&*dropped.collection_name, &*dropped.partition_name),
        ("books", "classics")
    );
    let created = CreateAliasRequest::decode(&sent("CreateAlias")[..]).unwrap();
    assert_eq!(
        (&*created.collection_name, &*created.alias),
        ("books", "current")
    );
    let altered = AlterAliasRequest::decode(&sent("AlterAlias")[..]).unwrap();
    assert_eq!(
        (&*altered.collection_name, &*altered.alias),
        ("novels", "current")
    );
    assert_eq!(
        DropAliasRequest::decode(&sent("DropAlias")[..])
            .unwrap()
            .alias,
        "current"
    );

    let unnamed = [
        client.create_partition("books", "").await.unwrap_err(),
        client.drop_alias("").await.unwrap_err(),
    ];
    assert_eq!(
        unnamed.map(|error| error.to_string()),
        [
            "create_partition \"books\": the partition name is empty",
            "drop_alias: the alias name is empty"
        ]
    );
}
