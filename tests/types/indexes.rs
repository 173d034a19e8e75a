//! Index families.

use milvus_otel::{Client, Field, Index, Metric, Schema};
use testkit::Milvus;

use super::connect;

/// The constructors give what the servers expect.
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
        }
    }
}

#[tokio::test]
async fn indexes_of_the_whole_of_milvus() {
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
