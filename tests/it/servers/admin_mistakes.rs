//! Mistakes of an administrator on Milvus 2.3.5 with users.

use std::time::Duration;

use milvus_otel::ops::{ObjectType, Privilege};
use milvus_otel::{Client, Error, Result};
use testkit::{Milvus, require};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Is {
    Missing,
    Taken,
    Invalid,
    Unauthenticated,
    Denied,
}

struct Mistakes(Vec<String>);

impl Mistakes {
    /// Checks that the server refuses an operation for this reason, and that nothing has happened.
    #[track_caller]
    fn refused<T: std::fmt::Debug>(&mut self, is: Is, answer: Result<T>) {
        let line = std::panic::Location::caller().line();
        let error = match answer {
            Err(error) => error,
            Ok(answer) => return self.0.push(format!("line {line}: succeeds: {answer:?}")),
        };
        let expected = match is {
            Is::Missing => error.is_not_found() && !error.is_already_exists(),
            Is::Taken => error.is_already_exists() && error.is_invalid_argument(),
            Is::Unauthenticated => error.is_unauthenticated(),
            Is::Denied => error.is_permission_denied(),
            Is::Invalid => error.is_invalid_argument() && !error.is_already_exists(),
        };
        if !expected || error.is_retryable() || error.may_have_happened() {
            self.0.push(format!(
                "line {line}: not {is:?}: {error} {}",
                flags(&error)
            ));
        }
    }
}

fn flags(error: &Error) -> String {
    format!(
        "[missing {} taken {} invalid {} retryable {} happened {}]",
        error.is_not_found(),
        error.is_already_exists(),
        error.is_invalid_argument(),
        error.is_retryable(),
        error.may_have_happened()
    )
}

#[tokio::test]
async fn mistakes_of_an_administrator_are_told_from_failures() {
    let standalone = Milvus::standalone().authorization(true).start();
    let Some(milvus) = require(standalone.await) else {
        return;
    };
    let client = Client::builder(milvus.uri()).token("root:Milvus");
    let client = client
        .timeout(Duration::from_secs(20))
        .connect()
        .await
        .unwrap();
    let mut all = Mistakes(Vec::new());

    client.create_user("ann", "secret7").await.unwrap();
    all.refused(Is::Taken, client.create_user("ann", "secret7").await);
    all.refused(Is::Invalid, client.create_user("a b", "secret7").await);
    all.refused(Is::Invalid, client.create_user("bob", "short").await);
    all.refused(Is::Missing, client.describe_user("bob").await);
    all.refused(
        Is::Unauthenticated,
        client.update_password("ann", "wrong77", "hidden7").await,
    );
    all.refused(
        Is::Unauthenticated,
        client.update_password("bob", "secret7", "hidden7").await,
    );
    all.refused(Is::Denied, client.drop_user("root").await);

    client.create_role("readers").await.unwrap();
    all.refused(Is::Taken, client.create_role("readers").await);
    all.refused(Is::Missing, client.drop_role("writers").await);
    all.refused(Is::Missing, client.describe_role("writers").await);
    all.refused(Is::Missing, client.grant_role("ann", "writers").await);
    all.refused(Is::Missing, client.grant_role("bob", "readers").await);
    let grant = client.grant_privilege("writers", Privilege::SEARCH, "*");
    all.refused(Is::Missing, grant.await);
    let odd = Privilege::new(ObjectType::Collection, "Read");
    all.refused(
        Is::Invalid,
        client.grant_privilege("readers", odd, "*").await,
    );
    client
        .grant_privilege("readers", Privilege::SEARCH, "*")
        .await
        .unwrap();
    all.refused(Is::Invalid, client.drop_role("readers").await);

    client.create_database("library").await.unwrap();
    all.refused(Is::Taken, client.create_database("library").await);
    all.refused(Is::Invalid, client.create_database("a b").await);
    // These succeed.
    client.drop_database("archive").await.unwrap();
    client.drop_user("bob").await.unwrap();
    let library = client.in_database("library");
    library.create_collection("books", 4).await.unwrap();
    all.refused(Is::Invalid, client.drop_database("library").await);

    all.refused(Is::Missing, library.flush("films").await);
    all.refused(Is::Missing, library.compact("films").await);
    all.refused(Is::Missing, library.get_collection_stats("films").await);
    all.refused(
        Is::Missing,
        library.get_partition_stats("books", "old").await,
    );
    all.refused(
        Is::Missing,
        library
            .alter_collection_properties("films")
            .mmap(true)
            .await,
    );
    all.refused(Is::Missing, library.load_partitions("books", ["old"]).await);
    all.refused(
        Is::Missing,
        library.release_partitions("books", ["old"]).await,
    );
    all.refused(Is::Missing, library.refresh_load("films").await);
    all.refused(Is::Missing, library.list_loaded_segments("films").await);
    all.refused(Is::Missing, library.list_segments("films").await);
    all.refused(Is::Missing, library.describe_replica("films").await);

    client.create_resource_group("fast").await.unwrap();
    all.refused(Is::Missing, client.describe_resource_group("slow").await);
    all.refused(Is::Invalid, client.create_resource_group("a b").await);
    let transfer = library.transfer_replica("slow", "fast", "books", 1);
    all.refused(Is::Missing, transfer.await);
    milvus.stop().await;
    assert!(all.0.is_empty(), "{}", all.0.join("\n"));
}
