//! What was asked for: of searches, creations and lists of keys.

use std::collections::HashMap;

use milvus_otel::proto::common::PlaceholderType;
use milvus_otel::proto::milvus::search_request::SearchInput;
use milvus_otel::proto::milvus::{
    CreateCollectionRequest, CreateIndexRequest, MutationResult, QueryRequest, QueryResults,
    SearchRequest,
};
use milvus_otel::proto::schema::{
    CollectionSchema, DataType, FieldSchema, FunctionSchema, FunctionScore, IDs, LongArray,
    StringArray, TemplateArrayValue, TemplateValue, i_ds, template_array_value, template_value,
};
use prost::Message;

use super::{about, called, found, parameters, vectors};

/// One attribute of a search.
async fn of_search(request: &SearchRequest, key: &str) -> Option<String> {
    let span = called("Search", request, &found(vec![1]), |layer| layer).await;
    about(&span).remove(key)
}

#[tokio::test]
async fn every_vector_type_has_its_dimension() {
    for (kind, bytes, dimension) in [
        (PlaceholderType::FloatVector, 3072, Some("768")),
        (PlaceholderType::BinaryVector, 16, Some("128")),
        (PlaceholderType::Float16Vector, 256, Some("128")),
        (PlaceholderType::BFloat16Vector, 256, Some("128")),
        (PlaceholderType::Int8Vector, 128, Some("128")),
        (PlaceholderType::SparseFloatVector, 80, None),
        (PlaceholderType::VarChar, 12, None),
        (PlaceholderType::EmbListFloatVector, 3072, None),
    ] {
        let request = SearchRequest {
            search_input: Some(vectors(kind, &[bytes; 3])),
            ..Default::default()
        };
        let said = of_search(&request, "milvus.search.dimension").await;
        assert_eq!(said.as_deref(), dimension, "{kind:?}");
    }
    // What makes no sense does not keep the rest from being read.
    let request = SearchRequest {
        search_input: Some(SearchInput::PlaceholderGroup(vec![7; 64].into())),
        nq: 5,
        ..Default::default()
    };
    let said = of_search(&request, "milvus.search.nq").await;
    assert_eq!(said.as_deref(), Some("5"));
}

#[tokio::test]
async fn index_parameters_are_read_in_every_form() {
    let within = [("params", r#"{"nprobe": 16, "radius": -0.5, "unknown": 1}"#)];
    let beside = [("nprobe", "16"), ("radius", "-0.5"), ("unknown", "1")];
    for sent in [parameters(within), parameters(beside)] {
        let request = SearchRequest {
            search_params: sent,
            ..Default::default()
        };
        let span = called("Search", &request, &found(vec![]), |layer| layer).await;
        let mut said = about(&span);
        said.retain(|key, _| key.starts_with("milvus.search.params."));
        let wanted = [("nprobe", "16"), ("radius", "-0.5")];
        let wanted =
            wanted.map(|(name, value)| (format!("milvus.search.params.{name}"), value.to_owned()));
        assert_eq!(said, wanted.into());
    }
}

#[tokio::test]
async fn function_rankers_are_attributes() {
    let boost = FunctionSchema {
        params: parameters([("weight", "1.5"), ("reranker", "boost")]),
        ..Default::default()
    };
    let request = SearchRequest {
        function_score: Some(FunctionScore {
            functions: vec![boost],
            ..Default::default()
        }),
        ..Default::default()
    };
    let said = of_search(&request, "milvus.search.ranker").await;
    assert_eq!(said.as_deref(), Some("boost"));
}

#[tokio::test]
async fn the_number_of_keys_is_an_attribute() {
    let ints = i_ds::IdField::IntId(LongArray {
        data: vec![1, 2, 300],
    });
    let texts = i_ds::IdField::StrId(StringArray {
        data: vec!["a".into(), "b".into()],
    });
    for (ids, count) in [(ints, "3"), (texts, "2")] {
        let ids = IDs {
            id_field: Some(ids),
        };
        let request = SearchRequest {
            search_input: Some(SearchInput::Ids(ids)),
            ..Default::default()
        };
        let said = of_search(&request, "milvus.ids.count").await;
        assert_eq!(said.as_deref(), Some(count));
    }
    let bound = |data| TemplateValue {
        val: Some(template_value::Val::ArrayVal(TemplateArrayValue {
            data: Some(data),
        })),
    };
    let ints = template_array_value::Data::LongData(LongArray {
        data: vec![1, 2, 300],
    });
    let texts = template_array_value::Data::StringData(StringArray {
        data: vec!["a".into(), "b".into()],
    });
    for (filter, values, count) in [
        ("id in {ids}", Some(ints.clone()), Some("3")),
        ("id in {ids}", Some(texts), Some("2")),
        ("id in {ids} and year > 5", Some(ints), None),
        ("id in [1, 2]", None, Some("2")),
        ("id == 1", None, None),
    ] {
        let request = QueryRequest {
            expr: filter.into(),
            expr_template_values: HashMap::from_iter(
                values.map(|values| ("ids".to_owned(), bound(values))),
            ),
            ..Default::default()
        };
        let span = called("Query", &request, &QueryResults::default(), |layer| layer).await;
        let said = about(&span).remove("milvus.ids.count");
        assert_eq!(said.as_deref(), count, "{filter}");
    }
}

#[tokio::test]
async fn created_objects_are_attributes() {
    let field = |name: &str, kind: DataType, dimension: &str| FieldSchema {
        name: name.into(),
        is_primary_key: name == "id",
        data_type: kind.into(),
        type_params: match dimension {
            "" => parameters([("max_length", "64")]),
            _ => parameters([("mmap.enabled", "true"), ("dim", dimension)]),
        },
        ..Default::default()
    };
    let schema = CollectionSchema {
        fields: vec![
            field("title", DataType::Int64, ""),
            field("id", DataType::VarChar, ""),
            field("embedding", DataType::FloatVector, "768"),
            field("cover", DataType::BinaryVector, "128"),
        ],
        ..Default::default()
    };
    let request = CreateCollectionRequest {
        collection_name: "books".into(),
        schema: schema.encode_to_vec().into(),
        ..Default::default()
    };
    let span = called(
        "CreateCollection",
        &request,
        &MutationResult::default(),
        |layer| layer,
    )
    .await;
    let said = about(&span);
    assert_eq!(said["milvus.collection.key_type"], "VarChar");
    assert_eq!(said["milvus.collection.dimension"], "768");

    let request = CreateIndexRequest {
        collection_name: "books".into(),
        field_name: "embedding".into(),
        extra_params: parameters([
            ("index_type", "HNSW"),
            ("metric_type", "COSINE"),
            ("params", r#"{"M": 16, "efConstruction": 200}"#),
        ]),
        ..Default::default()
    };
    let span = called(
        "CreateIndex",
        &request,
        &MutationResult::default(),
        |layer| layer,
    )
    .await;
    let said = about(&span);
    assert_eq!(said["milvus.index.type"], "HNSW");
    assert_eq!(said["milvus.index.metric_type"], "COSINE");
}
