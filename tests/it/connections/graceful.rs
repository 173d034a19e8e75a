//! Servers that end their connections in order: load balancers, proxies and rolling restarts do.

use milvus_otel::Client;

use super::grpcio::Grpcio;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_ends_connections_of_300_ms_loses_and_doubles_no_change() {
    let options =
        r#"[["grpc.max_connection_age_ms", 300], ["grpc.max_connection_age_grace_ms", 5000]]"#;
    let Some(mut server) = Grpcio::start(options, "0") else {
        return;
    };
    let client = Client::builder(server.uri()).connect_lazy().unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let client = client.clone();
        tasks.spawn(async move {
            for _ in 0..400 {
                client.drop_collection("books").await.unwrap();
            }
        });
    }
    while let Some(task) = tasks.join_next().await {
        task.unwrap();
    }
    assert_eq!(server.handled("DropCollection"), 8 * 400);
    assert!(server.connections() > 1, "it ended none");
}
