//! Types of indexes, and the descriptions of indexes by the servers.

use milvus_otel::{Client, Field, Index, Metric, Schema, error::Code, ops::IndexState};
use testkit::Milvus;

use super::connect;

/// The servers accept the parameters of the constructors.
async fn indexes(client: &Client, fields: &[(Field, Vec<Index>)]) {
    for (field, indexes) in fields {
        for (number, index) in indexes.iter().enumerate() {
            let name = format!("{}_{number}", field.name());
            let mut schema = Schema::builder()
                .field(Field::int64("id").primary_key())
                .field(field.clone());
            if !field.data_type().is_vector() {
                schema = schema.field(Field::float_vector("unused", 2));
            }
            client
                .create_collection(name.as_str(), schema.build().unwrap())
                .await
                .unwrap();
            let created = client
                .create_index(name.as_str(), field.name(), index.clone())
                .await;
            assert!(created.is_ok(), "{index:?}: {created:?}");
            told_and_dropped(client, &name, field.name(), index).await;
        }
    }
}

/// An index is described as it was created, until it is dropped.
async fn told_and_dropped(client: &Client, collection: &str, field: &str, index: &Index) {
    let all = client.list_indexes(collection).await.unwrap();
    let [listed] = &all[..] else {
        panic!("one index on {collection}, and not {all:?}")
    };
    let on_field = client.list_indexes(collection).field(field).await.unwrap();
    assert_eq!(on_field, all);
    let on_another = client.list_indexes(collection).field("id").await.unwrap();
    assert_eq!(on_another, []);
    let told = client
        .describe_index(collection, &listed.name)
        .await
        .unwrap();
    assert_eq!(told, *listed);
    assert_eq!(
        (told.field.as_str(), told.kind.as_str()),
        (field, index.kind())
    );
    assert_eq!(told.state, IndexState::Finished, "{told:?}");
    assert_eq!((told.indexed_rows, told.total_rows), (0, 0));
    // The description has the build parameters, including the metric.
    let (sent, again) = (format!("{index:?}"), format!("{:?}", Index::from(&told)));
    assert!(
        told.metric.is_some() || !sent.contains("Some("),
        "{sent} {again}"
    );

    let missing = client.describe_index(collection, "nope").await.unwrap_err();
    assert!(missing.is_not_found(), "{missing}");
    // Milvus Lite 3.2 considers a new collection loaded.
    client.release_collection(collection).await.unwrap();
    client.drop_index(collection, &told.name).await.unwrap();
    assert_eq!(client.list_indexes(collection).await.unwrap(), []);
    let again = client.drop_index(collection, &told.name).await;
    assert!(again.is_ok() || again.is_err_and(|error| error.is_not_found()));
}

#[tokio::test]
async fn milvus_lite_drops_the_named_index_only() {
    let Some((_milvus, client)) = connect(Milvus::lite_python().start().await).await else {
        return;
    };
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::float_vector("v", 2))
        .field(Field::float_vector("w", 2));
    let create = client.create_collection("two", schema.build().unwrap());
    let create = create.index("v", Index::flat(Metric::L2));
    create.index("w", Index::flat(Metric::L2)).await.unwrap();
    client.release_collection("two").await.unwrap();
    let names = async || -> Vec<String> {
        let all = client.list_indexes("two").await.unwrap();
        all.into_iter().map(|index| index.name).collect()
    };
    let [v, w] = &names().await[..] else {
        panic!("two indexes")
    };
    let missing = client.drop_index("two", "nope").await.unwrap_err();
    assert!(missing.is_not_found(), "{missing}");
    assert_eq!(names().await.len(), 2);
    client.drop_index("two", v).await.unwrap();
    assert_eq!(names().await, [&**w]);
}

#[tokio::test]
async fn altering_an_index_fails_on_a_server_that_cannot() {
    if let Some((milvus, client)) = connect(Milvus::standalone().start().await).await {
        let schema = Schema::builder()
            .field(Field::int64("id").primary_key())
            .field(Field::float_vector("dense", 8));
        let schema = schema.build().unwrap();
        client.create_collection("mapped", schema).await.unwrap();
        let index = Index::ivf_flat(Metric::L2, 16);
        let create = client.create_index("mapped", "dense", index);
        create.name("near").await.unwrap();
        let before = client.describe_index("mapped", "near").await.unwrap();
        let nlist = ("nlist".to_owned(), "16".to_owned());
        assert_eq!(before.parameters, [nlist]);
        let alter = client.alter_index_properties("mapped", "near").mmap(true);
        assert_eq!(
            alter.await.unwrap_err().grpc_code(),
            Some(tonic::Code::Internal)
        );
        let after = client.describe_index("mapped", "near").await.unwrap();
        assert_eq!(after, before);
        milvus.stop().await;
    }
    if let Some((_milvus, client)) = connect(Milvus::lite().start().await).await {
        let alter = client.alter_index_properties("mapped", "near").mmap(true);
        assert!(alter.await.unwrap_err().is_unsupported());
    }
}

#[tokio::test]
async fn an_index_of_a_missing_collection_is_not_found() {
    let Some((_milvus, client)) = connect(Milvus::lite().start().await).await else {
        return;
    };
    let error = client.list_indexes("nope").await.unwrap_err();
    assert_eq!(error.code(), Some(Code::COLLECTION_NOT_FOUND), "{error}");
}

#[tokio::test]
async fn indexes_of_milvus() {
    let Some((milvus, client)) = connect(Milvus::standalone().start().await).await else {
        return;
    };
    let (cosine, hamming) = (Metric::Cosine, Metric::Hamming);
    let dense = vec![
        Index::auto(cosine),
        Index::flat(cosine),
        Index::ivf_flat(cosine, 16),
        Index::ivf_sq8(Metric::InnerProduct, 16),
        Index::ivf_pq(Metric::L2, 16, 4),
        Index::hnsw(cosine, 16, 64),
        Index::scann(cosine, 16),
    ];
    let binary = vec![
        Index::bin_flat(hamming),
        Index::bin_ivf_flat(Metric::Jaccard, 16),
    ];
    let fields = [
        (Field::float_vector("dense", 8), dense),
        (Field::binary_vector("binary", 16), binary),
        (Field::varchar("text", 9), vec![Index::trie()]),
        (Field::int64("number"), vec![Index::stl_sort()]),
    ];
    indexes(&client, &fields).await;
    milvus.stop().await;
}

#[tokio::test]
async fn indexes_of_milvus_lite() {
    let Some((_milvus, client)) = connect(Milvus::lite().start().await).await else {
        return;
    };
    let sparse = vec![
        Index::sparse_inverted(Metric::InnerProduct),
        Index::sparse_wand(Metric::InnerProduct),
    ];
    let fields = [
        (
            Field::float_vector("dense", 8),
            vec![Index::ivf_flat(Metric::L2, 16)],
        ),
        (Field::sparse_vector("sparse"), sparse),
        (
            Field::binary_vector("binary", 16),
            vec![Index::bin_flat(Metric::Hamming)],
        ),
        (Field::varchar("text", 9), vec![Index::inverted()]),
    ];
    indexes(&client, &fields).await;
}

#[tokio::test]
async fn indexes_of_milvus_lite_in_python() {
    let Some((_milvus, client)) = connect(Milvus::lite_python().start().await).await else {
        return;
    };
    let dense = vec![
        Index::hnsw(Metric::Cosine, 16, 64),
        Index::ivf_flat(Metric::L2, 16),
    ];
    let fields = [(Field::float_vector("dense", 8), dense)];
    indexes(&client, &fields).await;
}
