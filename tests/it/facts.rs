//! What spans say about Milvus, read off the wire.

use crate::support::answers;
mod attempts;
mod requested;
mod split_messages;
use crate::support::raw;
use crate::support::spans;

use std::collections::{BTreeMap, HashMap};

use milvus_otel::OtelLayer;
use milvus_otel::otel::Links;
use milvus_otel::proto::common::{self, ConsistencyLevel, KeyValuePair, PlaceholderType};
use milvus_otel::proto::milvus::search_request::SearchInput;
use milvus_otel::proto::milvus::{
    DeleteRequest, FlushRequest, HasCollectionRequest, HybridSearchRequest, InsertRequest,
    MutationResult, QueryRequest, QueryResults, SearchRequest, SearchResults, UpsertRequest,
};
use milvus_otel::proto::schema::{
    DataType, FieldData, LongArray, ScalarField, SearchResultData, TemplateValue, field_data,
    scalar_field, template_value,
};
use opentelemetry::trace::{SpanContext, SpanId, Status, TraceFlags, TraceId, TraceState};
use opentelemetry_sdk::trace::SpanData;
use prost::Message;
use raw::RawCodec;
use spans::{Recorder, attributes, expected};
use testkit::{Fake, Reply};
use tower::Layer;

/// What a call's span says besides what every span says.
fn about(span: &SpanData) -> BTreeMap<String, String> {
    let mut all = attributes(span);
    all.retain(|key, _| {
        key.starts_with("milvus.")
            || key.starts_with("db.collection")
            || key.starts_with("db.namespace")
            || key.starts_with("db.query")
            || key.starts_with("db.response.returned")
    });
    all
}

/// The span of one call with this request and this answer, through a layer configured so.
async fn called(
    rpc: &str,
    request: &impl Message,
    answer: &impl Message,
    configure: impl Fn(OtelLayer) -> OtelLayer,
) -> SpanData {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.script(rpc, [Reply::message(answer)]);
    let mut grpc = tonic::client::Grpc::new(configure(recorder.layer()).layer(fake.service()));
    grpc.ready().await.unwrap();
    let path = format!("/milvus.proto.milvus.MilvusService/{rpc}");
    let request = tonic::Request::new(request.encode_to_vec());
    grpc.unary(request, path.parse().unwrap(), RawCodec)
        .await
        .unwrap();
    recorder.span()
}

async fn says(
    rpc: &str,
    request: &impl Message,
    answer: &impl Message,
    wanted: &[(&str, &str)],
) -> SpanData {
    let span = called(rpc, request, answer, |layer| layer).await;
    assert_eq!(about(&span), expected(wanted.iter().copied()), "{rpc}");
    span
}

fn parameters<const N: usize>(pairs: [(&str, &str); N]) -> Vec<KeyValuePair> {
    let pair = |(key, value): (&str, &str)| KeyValuePair {
        key: key.into(),
        value: value.into(),
    };
    pairs.map(pair).into()
}

fn search() -> SearchRequest {
    SearchRequest {
        db_name: "library".into(),
        collection_name: "books".into(),
        partition_names: vec!["new".into(), "old".into(), "new".into()],
        dsl: "year > 1950 and title != 'Dune'".into(),
        nq: 3,
        search_params: parameters([
            ("metric_type", "COSINE"),
            ("anns_field", "embedding"),
            ("topk", "10"),
            ("params", "{\"ef\": 64}"),
            ("group_by_field", "year"),
        ]),
        output_fields: vec!["title".into(), "year".into()],
        search_input: Some(vectors(PlaceholderType::FloatVector, &[16, 16])),
        consistency_level: ConsistencyLevel::Bounded.into(),
        ..Default::default()
    }
}

/// What is searched for: vectors of these lengths in bytes.
fn vectors(kind: PlaceholderType, lengths: &[usize]) -> SearchInput {
    let placeholder = common::PlaceholderValue {
        tag: "$0".into(),
        r#type: kind.into(),
        values: lengths
            .iter()
            .map(|length| vec![7; *length].into())
            .collect(),
        ..Default::default()
    };
    let group = common::PlaceholderGroup {
        placeholders: vec![placeholder],
    };
    SearchInput::PlaceholderGroup(group.encode_to_vec().into())
}

fn found(topks: Vec<i64>) -> SearchResults {
    let results = SearchResultData {
        num_queries: 3,
        topks,
        ..Default::default()
    };
    SearchResults {
        results: Some(results),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_search_has_its_attributes() {
    let wanted = [
        ("db.namespace", "library"),
        ("db.collection.name", "books"),
        ("db.query.text", "year > ? and title != ?"),
        ("db.response.returned_rows", "24"),
        ("milvus.partition.names", r#"["new","old"]"#),
        ("milvus.search.nq", "3"),
        ("milvus.search.top_k", "10"),
        ("milvus.search.anns_field", "embedding"),
        ("milvus.search.metric_type", "COSINE"),
        ("milvus.search.params.ef", "64"),
        ("milvus.search.dimension", "4"),
        ("milvus.search.group_by", "year"),
        ("milvus.output_fields.count", "2"),
        ("milvus.consistency_level", "Bounded"),
    ];
    says("Search", &search(), &found(vec![10, 10, 4]), &wanted).await;

    let request = SearchRequest {
        collection_name: "books".into(),
        nq: 1,
        use_default_consistency: true,
        ..Default::default()
    };
    let wanted = [
        ("db.namespace", "default"),
        ("db.collection.name", "books"),
        ("db.response.returned_rows", "0"),
        ("milvus.search.nq", "1"),
    ];
    says("Search", &request, &found(vec![0]), &wanted).await;
}

#[tokio::test]
async fn a_hybrid_search_has_its_attributes() {
    let part = |field: &str, metric: &str, ef: u32, bytes: usize| SearchRequest {
        nq: 2,
        dsl: "year > 1950".into(),
        search_params: parameters([
            ("anns_field", field),
            ("metric_type", metric),
            ("topk", "50"),
            ("params", &format!("{{\"ef\": {ef}}}")),
        ]),
        search_input: Some(vectors(PlaceholderType::Float16Vector, &[bytes; 2])),
        ..Default::default()
    };
    let request = HybridSearchRequest {
        collection_name: "books".into(),
        requests: vec![
            part("title", "COSINE", 64, 128),
            part("body", "IP", 128, 256),
            part("body", "IP", 32, 128),
        ],
        rank_params: parameters([("strategy", "rrf"), ("limit", "5")]),
        output_fields: vec!["title".into()],
        ..Default::default()
    };
    let wanted = [
        ("db.namespace", "default"),
        ("db.collection.name", "books"),
        ("db.query.text", "year > ?"),
        ("db.response.returned_rows", "10"),
        ("milvus.search.nq", "2"),
        ("milvus.search.top_k", "5"),
        ("milvus.search.anns_field", "title, body"),
        ("milvus.search.metric_type", "COSINE, IP"),
        ("milvus.search.params.ef", "128"),
        ("milvus.search.dimension", "128"),
        ("milvus.search.ranker", "rrf"),
        ("milvus.output_fields.count", "1"),
        ("milvus.consistency_level", "Strong"),
    ];
    says("HybridSearch", &request, &found(vec![5, 5]), &wanted).await;
}

#[tokio::test]
async fn a_query_has_its_attributes() {
    let request = QueryRequest {
        collection_name: "books".into(),
        expr: "id in [1, 2, 3]".into(),
        query_params: parameters([("limit", "100"), ("offset", "7")]),
        consistency_level: ConsistencyLevel::Eventually.into(),
        ..Default::default()
    };
    let column = |values: Vec<i64>| FieldData {
        r#type: DataType::Int64.into(),
        field: Some(field_data::Field::Scalars(ScalarField {
            data: Some(scalar_field::Data::LongData(LongArray { data: values })),
        })),
        ..Default::default()
    };
    let answer = QueryResults {
        // The first has nulls.
        fields_data: vec![column(vec![1]), column(vec![1, 2, 300])],
        ..Default::default()
    };
    let wanted = [
        ("db.namespace", "default"),
        ("db.collection.name", "books"),
        ("db.query.text", "id in [?]"),
        ("db.response.returned_rows", "3"),
        ("milvus.ids.count", "3"),
        ("milvus.search.top_k", "100"),
        ("milvus.consistency_level", "Eventually"),
    ];
    says("Query", &request, &answer, &wanted).await;
}

#[tokio::test]
async fn changes_have_their_attributes() {
    let insert = InsertRequest {
        collection_name: "books".into(),
        partition_name: "new".into(),
        num_rows: 1000,
        ..Default::default()
    };
    let upsert = UpsertRequest {
        collection_name: "books".into(),
        num_rows: 7,
        ..Default::default()
    };
    let delete = DeleteRequest {
        collection_name: "books".into(),
        expr: "id in [1, 2]".into(),
        consistency_level: ConsistencyLevel::Session.into(),
        ..Default::default()
    };
    let done = |insert_cnt, upsert_cnt, delete_cnt| MutationResult {
        insert_cnt,
        upsert_cnt,
        delete_cnt,
        ..Default::default()
    };
    let books = [("db.namespace", "default"), ("db.collection.name", "books")];
    let with = |more: &[(&'static str, &'static str)]| [&books, more].concat();
    let wanted = with(&[
        ("milvus.partition.names", r#"["new"]"#),
        ("milvus.rows.sent", "1000"),
        ("milvus.rows.inserted", "999"),
    ]);
    says("Insert", &insert, &done(999, 0, 0), &wanted).await;
    let wanted = with(&[("milvus.rows.sent", "7"), ("milvus.rows.upserted", "6")]);
    says("Upsert", &upsert, &done(0, 6, 0), &wanted).await;
    let wanted = with(&[
        ("db.query.text", "id in [?]"),
        ("milvus.consistency_level", "Session"),
        ("milvus.ids.count", "2"),
        ("milvus.rows.deleted", "2"),
    ]);
    says("Delete", &delete, &done(0, 0, 2), &wanted).await;
    let flush = FlushRequest {
        collection_names: vec!["books".into(), "films".into()],
        ..Default::default()
    };
    let wanted = [
        ("db.namespace", "default"),
        ("milvus.collection.names", r#"["books","films"]"#),
    ];
    let span = says("Flush", &flush, &MutationResult::default(), &wanted).await;
    assert_eq!(span.name, "flush default", "no single collection");
}

#[tokio::test]
async fn spans_have_the_cost_and_whether_the_error_is_retryable() {
    let status = common::Status {
        code: 65535,
        reason: "busy".into(),
        retriable: true,
        extra_info: HashMap::from(
            [
                ("report_value", "21"),
                ("scanned_remote_bytes", "4096"),
                ("scanned_total_bytes", "65536"),
                ("cache_hit_ratio", "0.97"),
                ("traffic_light", "green"),
            ]
            .map(|(key, value)| (key.to_owned(), value.to_owned())),
        ),
        ..Default::default()
    };
    let answer = SearchResults {
        status: Some(status),
        ..Default::default()
    };
    let span = called("Search", &SearchRequest::default(), &answer, |layer| layer).await;
    let mut seen = about(&span);
    seen.retain(|key, _| key.starts_with("milvus.cost") || key == "milvus.retriable");
    let wanted = [
        ("milvus.cost.report_value", "21"),
        ("milvus.cost.scanned_remote_bytes", "4096"),
        ("milvus.cost.scanned_total_bytes", "65536"),
        ("milvus.cost.cache_hit_ratio", "0.97"),
        ("milvus.retriable", "true"),
    ];
    assert_eq!(seen, expected(wanted));
}

/// Whether a span says this anywhere.
fn shows(span: &SpanData, text: &str) -> bool {
    format!("{} {:?} {:?}", span.name, span.attributes, span.status).contains(text)
}

#[tokio::test]
async fn filters_that_are_hard_to_redact_are_redacted() {
    let templated = |dsl: &str, values: bool| SearchRequest {
        dsl: dsl.into(),
        expr_template_values: HashMap::from_iter(
            values.then(|| ("year".to_owned(), TemplateValue::default())),
        ),
        ..Default::default()
    };
    let failed = |reason: &str| SearchResults {
        status: Some(common::Status {
            code: 1100,
            reason: reason.into(),
            ..Default::default()
        }),
        ..Default::default()
    };
    // Only one of two filters has its values apart.
    let request = HybridSearchRequest {
        requests: vec![
            templated("year > {year}", true),
            templated("title == 'Dune'", false),
        ],
        ..Default::default()
    };
    let answer = failed("cannot parse title == 'Dune'");
    let span = called("HybridSearch", &request, &answer, |layer| layer).await;
    let text = &attributes(&span)["db.query.text"];
    assert_eq!(text, "year > {year}; title == ?");
    assert_eq!(span.status, Status::error("cannot parse title == ?"));
    // Texts that are bound are read too, so that they can be left out.
    let text = TemplateValue {
        val: Some(template_value::Val::StringVal("Frank Herbert".into())),
    };
    let request = SearchRequest {
        dsl: "author == {author}".into(),
        expr_template_values: HashMap::from([("author".to_owned(), text)]),
        ..Default::default()
    };
    let answer = failed("cannot compare author with FRANK, near Herb");
    let span = called("Search", &request, &answer, |layer| layer).await;
    assert_eq!(
        span.status,
        Status::error("cannot compare author with ?, near ?")
    );
    // Longer than is read, and cut within a character.
    for filter in [
        format!("{}title == 'Dune'", "year > 1950 and ".repeat(300)),
        format!("title == '{}Dune'", "書".repeat(2000)),
        format!("title == '_{}Dune'", "書".repeat(2000)),
        format!("title == '__{}Dune'", "書".repeat(2000)),
    ] {
        let answer = failed(&format!("cannot parse {filter}"));
        let span = called("Search", &templated(&filter, false), &answer, |layer| layer).await;
        assert!(matches!(span.status, Status::Error { .. }));
        assert!(attributes(&span).contains_key("db.query.text"));
        assert!(!shows(&span, "Dune") && !shows(&span, "書") && !shows(&span, "1950"));
    }
    let off = |layer: OtelLayer| layer.query_text_limit(0);
    let answer = failed("cannot parse year > 1950");
    let span = called("Search", &templated("year > 1950", false), &answer, off).await;
    assert!(!attributes(&span).contains_key("db.query.text") && !shows(&span, "1950"));
}

#[tokio::test]
async fn long_lists_of_names_are_cut() {
    let request = QueryRequest {
        partition_names: (0..1000).map(|number| format!("p{number}")).collect(),
        ..Default::default()
    };
    let span = called("Query", &request, &QueryResults::default(), |layer| layer).await;
    let names = &attributes(&span)["milvus.partition.names"];
    assert_eq!(names.split(',').count(), 32, "{names}");
}

#[tokio::test]
async fn a_call_for_several_callers_links_to_them() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let caller = |id: u64| {
        SpanContext::new(
            TraceId::from(u128::from(id)),
            SpanId::from(id),
            TraceFlags::SAMPLED,
            true,
            TraceState::NONE,
        )
    };
    let mut request = tonic::Request::new(HasCollectionRequest::default());
    let callers = [caller(7), SpanContext::NONE, caller(8)];
    request.extensions_mut().insert(Links::new(callers));
    let mut raw = recorder.client(&fake).raw();
    raw.has_collection(request).await.unwrap();
    let links: Vec<SpanContext> = recorder
        .span()
        .links
        .iter()
        .map(|link| link.span_context.clone())
        .collect();
    assert_eq!(links, [caller(7), caller(8)]);
}
