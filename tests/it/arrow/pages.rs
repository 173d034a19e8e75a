//! Streams of pages, each as columns.

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use milvus_otel::{Client, Consistency, Id};
use tokio_stream::StreamExt;

/// Reads the collection of the round trip page by page.
pub(super) async fn pages(client: &Client) {
    let query = || {
        let query = client.query("arrow").output(["title", "vector"]);
        query.consistency(Consistency::Strong).columns()
    };
    let mut stream = query().stream().batch_size(4);
    let (mut ids, mut batches) = (Vec::new(), Vec::new());
    while let Some(page) = stream.next().await {
        let batch = RecordBatch::try_from(page.unwrap()).unwrap();
        let keys = batch
            .column_by_name("id")
            .unwrap()
            .as_primitive::<Int64Type>();
        ids.extend(keys.values().iter().copied());
        assert_eq!(stream.cursor(), ids.last().map(|id| Id::Int(*id)).as_ref());
        batches.push(batch);
    }
    assert_eq!(ids, [0, 1, 2, 3, 4, 5]);
    let sizes: Vec<usize> = batches.iter().map(RecordBatch::num_rows).collect();
    assert_eq!(sizes, [4, 2]);
    assert_eq!(batches[0].schema(), batches[1].schema());

    let rest = query().stream().resume_after(3).next().await.unwrap();
    assert_eq!(
        rest.unwrap().column("id").unwrap().int64s(),
        Some(&[4, 5][..])
    );
    let mut none = client.query("arrow").filter("id < 0").columns().stream();
    assert!(none.next().await.is_none());
    let refused = client
        .query("arrow")
        .offset(1)
        .columns()
        .stream()
        .next()
        .await;
    assert!(refused.unwrap().unwrap_err().is_invalid_argument());
}
