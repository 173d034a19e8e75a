//! What arguments add to the results, and how streams handle the differences between servers.

use milvus_otel::proto::common::{HighlightData, HighlightResult};
use milvus_otel::proto::milvus::{SearchRequest, SearchResults};
use milvus_otel::proto::schema::{
    AggBucket, AggHit, AggHitField, BucketKeyEntry, DataType, FieldData, IDs, LongArray,
    MetricValue, ScalarField, SearchIteratorV2Results, SearchResultData, StringArray, agg_hit::Pk,
    agg_hit_field, bucket_key_entry, field_data, i_ds::IdField, metric_value, scalar_field,
};
use milvus_otel::{
    Client, Id,
    data::Value,
    schema::Function,
    search::{FunctionChain, FunctionChainStage, SearchAggregation},
};
use prost::Message;
use testkit::{Fake, Reply};
use tokio_stream::StreamExt;

use super::{connect, value};

fn column(name: &str, data: scalar_field::Data, data_type: DataType) -> FieldData {
    FieldData {
        r#type: data_type as i32,
        field_name: name.into(),
        field: Some(field_data::Field::Scalars(ScalarField { data: Some(data) })),
        ..FieldData::default()
    }
}

fn found(ids: &[i64]) -> SearchResultData {
    SearchResultData {
        num_queries: 1,
        scores: ids.iter().map(|_| 0.5).collect(),
        topks: vec![ids.len() as i64],
        ids: Some(IDs {
            id_field: Some(IdField::IntId(LongArray { data: ids.to_vec() })),
        }),
        primary_field_name: "id".into(),
        ..SearchResultData::default()
    }
}

fn answer(results: SearchResultData) -> SearchResults {
    SearchResults {
        results: Some(results),
        session_ts: 99,
        ..SearchResults::default()
    }
}

#[tokio::test]
async fn hits_have_their_groups_and_highlights() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let texts = |data: [&str; 2]| {
        let data = data.map(Into::into).to_vec();
        scalar_field::Data::StringData(StringArray { data })
    };
    let years = scalar_field::Data::LongData(LongArray {
        data: vec![1965, 1969],
    });
    let marked = |text: &str, score: f32| HighlightData {
        fragments: vec![text.into()],
        scores: vec![score],
    };
    let results = SearchResultData {
        group_by_field_values: vec![
            column("author", texts(["Herbert", "Dick"]), DataType::VarChar),
            column("year", years, DataType::Int64),
        ],
        highlight_results: vec![HighlightResult {
            field_name: "text".into(),
            datas: vec![marked("<b>sand</b>", 0.75), marked("<b>sheep</b>", 0.25)],
        }],
        element_indices: Some(LongArray { data: vec![3, -1] }),
        ..found(&[1, 2])
    };
    fake.answer("Search", &answer(results));
    let search = || {
        let search = client.search("books", [0.5, 0.25]);
        search.group_by_fields(["author", "year"])
    };
    let hits = search().await.unwrap();
    let text = |text: &str| Value::Text(text.into());
    assert_eq!(hits[0].group(), Some(&text("Herbert")));
    assert_eq!(
        hits[1].groups,
        [
            ("author".to_owned(), text("Dick")),
            ("year".to_owned(), Value::Int(1969))
        ]
    );
    let highlight = &hits[1].highlights[0];
    assert_eq!(
        (
            highlight.field.as_str(),
            &highlight.fragments[0],
            &highlight.scores[0]
        ),
        ("text", &"<b>sheep</b>".to_owned(), &0.25)
    );
    assert_eq!((hits[0].element, hits[1].element), (Some(3), None));

    let hits = search().columns().await.unwrap();
    let names: Vec<_> = hits.group_columns().map(|column| column.name()).collect();
    assert_eq!(names, ["author", "year"]);
    assert_eq!(hits.groups().unwrap().value(1), text("Dick"));
}

#[tokio::test]
async fn an_aggregation_returns_buckets() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let key = |value: bucket_key_entry::Value| BucketKeyEntry {
        field_id: 101,
        field_name: "brand".into(),
        value: Some(value),
    };
    let hit = AggHit {
        score: 0.5,
        fields: vec![AggHitField {
            field_id: 102,
            value: Some(agg_hit_field::Value::FloatVal(2.5)),
            ..AggHitField::default()
        }],
        pk: Some(Pk::StrPk("a".into())),
    };
    let average = MetricValue {
        value: Some(metric_value::Value::DoubleVal(4.5)),
    };
    let bucket = AggBucket {
        key: vec![key(bucket_key_entry::Value::StringVal("Ace".into()))],
        count: 7,
        metrics: [("stars".to_owned(), average)].into(),
        hits: vec![hit],
        sub_groups: vec![AggBucket {
            key: vec![key(bucket_key_entry::Value::BoolVal(true))],
            ..AggBucket::default()
        }],
    };
    let results = SearchResultData {
        agg_buckets: vec![bucket],
        agg_topks: vec![1],
        topks: vec![1],
        ids: None,
        scores: Vec::new(),
        ..found(&[])
    };
    fake.answer("Search", &answer(results));
    let brands = SearchAggregation::new(["brand"], 3);
    let search = client.search("books", [0.5, 0.25]);
    let hits = search.search_aggregation(&brands).await.unwrap();
    assert!(hits.ids().is_empty());
    let bucket = &hits.buckets()[0][0];
    assert_eq!(
        bucket.key,
        [("brand".to_owned(), Value::Text("Ace".into()))]
    );
    assert_eq!(bucket.count, 7);
    assert_eq!(bucket.metric("stars"), Some(&Value::Double(4.5)));
    assert_eq!(bucket.metric("none"), None);
    let hit = &bucket.hits[0];
    assert_eq!((&hit.id, hit.score), (&Some(Id::from("a")), 0.5));
    assert_eq!(hit.fields, [("102".to_owned(), Value::Float(2.5))]);
    assert_eq!(bucket.sub_groups[0].key[0].1, Value::Bool(true));
}

fn sent(fake: &Fake) -> Vec<SearchRequest> {
    let calls = fake.calls_of("Search");
    let decode = |call: &testkit::fake::Received| SearchRequest::decode(call.message.as_slice());
    calls.iter().map(|call| decode(call).unwrap()).collect()
}

async fn ids(client: &Client) -> Vec<Result<Id, milvus_otel::Error>> {
    let search = client.search("books", [0.5, 0.25]).filter("id > 0");
    let hits = search.stream().batch_size(2).collect::<Vec<_>>().await;
    hits.into_iter().map(|hit| hit.map(|hit| hit.id)).collect()
}

#[tokio::test]
async fn a_stream_without_a_server_iterator_excludes_earlier_hits() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let pages = [found(&[1, 2]), found(&[3]), found(&[])];
    fake.script("Search", pages.map(|page| Reply::message(&answer(page))));
    let ids: Vec<Id> = ids(&client).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(ids, [1, 2, 3].map(Id::from));
    let sent = sent(&fake);
    let filters: Vec<_> = sent.iter().map(|sent| sent.dsl.as_str()).collect();
    assert_eq!(
        filters,
        [
            "id > 0",
            "id not in [1, 2] and (id > 0)",
            "id not in [1, 2, 3] and (id > 0)"
        ]
    );
    assert_eq!(value(&sent[0].search_params, "search_iter_v2"), "True");
    for page in &sent {
        assert_eq!(value(&page.search_params, "iterator"), "True");
    }
    for page in &sent[1..] {
        let v2 =
            |pair: &&milvus_otel::proto::common::KeyValuePair| pair.key.starts_with("search_iter_");
        assert_eq!(page.search_params.iter().find(v2), None);
    }
}

#[tokio::test]
async fn a_stream_fails_if_the_server_loses_its_search() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let kept = SearchResultData {
        search_iterator_v2_results: Some(SearchIteratorV2Results {
            token: "t".into(),
            last_bound: 0.5,
        }),
        ..found(&[1, 2])
    };
    let pages = [kept, found(&[1, 2])];
    fake.script("Search", pages.map(|page| Reply::message(&answer(page))));
    let ids = ids(&client).await;
    assert_eq!(ids.len(), 3);
    let error = ids[2].as_ref().unwrap_err();
    assert!(
        error.message().contains("lost the state of the search"),
        "{error}"
    );
}

#[tokio::test]
async fn a_stream_returns_rows_in_the_order_of_their_primary_keys() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let query = || client.query("books");
    for (query, why) in [
        (query().offset(3), "offset"),
        (query().parameter("offset", 3), "offset"),
        (query().parameter("limit", 3), "limit"),
        (query().order_by([("year", true)]), "order_by"),
        (query().group_by(["year"]), "group_by"),
    ] {
        let error = query.stream().next().await.unwrap().unwrap_err();
        assert!(
            error.is_invalid_argument() && error.message().starts_with(why),
            "{error}"
        );
    }
    for size in [0, 16385] {
        let why = format!("batch_size is {size}: it must be 1 to 16384");
        let mut rows = query().stream().batch_size(size);
        let error = rows.next().await.unwrap().unwrap_err();
        assert_eq!(error.message(), why);
        let mut hits = client.search("books", [0.5]).stream().batch_size(size);
        let error = hits.next().await.unwrap().unwrap_err();
        assert_eq!(error.message(), why);
    }
    assert!(fake.calls_of("Query").is_empty() && fake.calls_of("Search").is_empty());
}

#[tokio::test]
async fn a_stream_returns_the_nearest_hits_first() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let search = || client.search("books", [0.5, 0.25]);
    for (search, why) in [
        (search().offset(3), "offset"),
        (search().parameter("topk", 3), "topk"),
        (search().order_by([("year", true)]), "order_by"),
        (search().ranker(Function::boost("b", 2.0)), "ranker"),
        (
            search().function_chains([FunctionChain::new(FunctionChainStage::L2Rerank)]),
            "function_chains",
        ),
        (search().group_by("year"), "group_by"),
        (search().group_by_fields(["year", "kind"]), "group_by"),
    ] {
        let error = search.stream().next().await.unwrap().unwrap_err();
        assert!(
            error.is_invalid_argument() && error.message().starts_with(why),
            "{error}"
        );
    }
    assert!(fake.calls_of("Search").is_empty());
}

/// A row can have several hits, so the keys of earlier hits do not determine which hits to exclude.
#[tokio::test]
async fn single_structs_without_a_server_iterator_are_one_page() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let page = SearchResultData {
        element_indices: Some(LongArray { data: vec![0, 3] }),
        ..found(&[1, 1])
    };
    let page = Reply::message(&answer(page));
    let stream = |limit: Option<usize>, batch| {
        let search = client.search("books", [0.5, 0.25]).field("chunks[dense]");
        let search = match limit {
            Some(limit) => search.limit(limit),
            None => search,
        };
        search.stream().batch_size(batch).collect::<Vec<_>>()
    };
    for (limit, batch) in [(Some(2), 5), (None, 3)] {
        fake.script("Search", [page.clone()]);
        let hits = stream(limit, batch).await;
        let elements: Vec<_> = hits.into_iter().map(|hit| hit.unwrap().element).collect();
        assert_eq!(elements, [Some(0), Some(3)]);
    }
    fake.script("Search", [page]);
    let hits = stream(None, 2).await;
    let error = hits[0].as_ref().unwrap_err();
    assert!(error.is_invalid_argument(), "{error}");
    assert!(
        error.message().contains("cannot exclude the structs"),
        "{error}"
    );
    assert_eq!(fake.calls_of("Search").len(), 3);
}
