//! Arguments that cannot work are refused before anything is sent, by the name of the argument.

use std::fmt::Debug;
use std::future::Future;

use milvus_otel::ops::{LogPosition, ObjectType, Privilege, ResourceGroupConfig};
use milvus_otel::{Client, Field, Result};
use testkit::Fake;

use super::spans::Recorder;

struct Refusals {
    fake: Fake,
    client: Client,
    faults: Vec<String>,
}

impl Refusals {
    async fn check<T: Debug>(&mut self, why: &str, operation: impl Future<Output = Result<T>>) {
        let before = self.fake.calls().len();
        match operation.await {
            Err(error) if error.is_invalid_argument() && error.to_string().contains(why) => {}
            other => self.faults.push(format!("{why}: {other:?}")),
        }
        if self.fake.calls().len() > before {
            self.faults.push(format!("{why}: was sent"));
        }
    }
}

#[tokio::test]
async fn arguments_that_cannot_work_are_refused_by_name() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    let c = client.clone();
    let mut all = Refusals {
        fake,
        client,
        faults: Vec::new(),
    };
    let none: [&str; 0] = [];
    assert_eq!(all.client.endpoint(), c.endpoint());

    all.check("the user name is empty", c.create_user("", "secret"))
        .await;
    all.check("the password is empty", c.create_user("ann", ""))
        .await;
    all.check(
        "the new password is empty",
        c.update_password("ann", "secret", ""),
    )
    .await;
    all.check("the user name is empty", c.drop_user("")).await;
    all.check("the user name is empty", c.describe_user(""))
        .await;
    all.check("the role name is empty", c.create_role("")).await;
    all.check("the role name is empty", c.grant_role("ann", ""))
        .await;
    all.check("the user name is empty", c.revoke_role("", "readers"))
        .await;
    all.check("the role name is empty", c.drop_role("")).await;
    all.check("the role name is empty", c.describe_role(""))
        .await;

    let group = Privilege::group("reading");
    all.check(
        "reading is a group of privileges: grant it with grant_privilege_v2",
        c.grant_privilege("readers", group, "books"),
    )
    .await;
    all.check(
        "CreateCollection is a global privilege: its object must be \"*\", not \"books\"",
        c.grant_privilege("readers", Privilege::CREATE_COLLECTION, "books"),
    )
    .await;
    all.check(
        "DatabaseAdmin is granted on all collections: the collection must be \"*\", not \"books\"",
        c.grant_privilege_v2("readers", Privilege::DATABASE_ADMIN, "books"),
    )
    .await;
    let nameless = Privilege::new(ObjectType::Collection, "");
    all.check(
        "the privilege name is empty",
        c.revoke_privilege("readers", nameless, "*"),
    )
    .await;
    all.check(
        "the object name is empty",
        c.grant_privilege("readers", Privilege::SEARCH, ""),
    )
    .await;
    all.check(
        "the privilege group name is empty",
        c.create_privilege_group(""),
    )
    .await;
    let no_privileges: [Privilege; 0] = [];
    all.check(
        "privileges is empty",
        c.add_privileges_to_group("reading", no_privileges),
    )
    .await;

    all.check("the database name is empty", c.create_database(""))
        .await;
    all.check("the database name is empty", c.drop_database(""))
        .await;
    all.check("the database name is empty", c.describe_database(""))
        .await;
    let odd = c
        .create_database("library")
        .property("database.diskQuota.mb", f64::NAN);
    all.check("database.diskQuota.mb is NaN", odd).await;
    all.check("property", c.drop_database_properties("library", none))
        .await;

    all.check("the collection name is empty", c.flush("")).await;
    all.check("the collection name is empty", c.flush("books").and(""))
        .await;
    all.check("the collection name is empty", c.compact(""))
        .await;
    all.check(
        "target_size_mb is 0: it must be at least 1",
        c.compact("books").target_size_mb(0),
    )
    .await;
    all.check(
        "target_size_mb is 0: it must be at least 1",
        c.optimize("books").target_size_mb(0),
    )
    .await;
    all.check("the collection name is empty", c.optimize(""))
        .await;
    all.check("the collection name is empty", c.truncate_collection(""))
        .await;
    all.check("the collection name is empty", c.get_collection_stats(""))
        .await;
    all.check(
        "the partition name is empty",
        c.get_partition_stats("books", ""),
    )
    .await;
    all.check("the collection name is empty", c.describe_replica(""))
        .await;
    all.check("partitions is empty", c.load_partitions("books", none))
        .await;
    all.check("partitions is empty", c.release_partitions("books", none))
        .await;
    all.check(
        "replicas is 4294967295",
        c.load_collection("books").replicas(u32::MAX),
    )
    .await;
    all.check("property", c.drop_collection_properties("books", none))
        .await;
    all.check(
        "the field name is empty",
        c.alter_collection_field("books", "").mmap(true),
    )
    .await;
    all.check(
        "the field name is empty",
        c.drop_collection_field("books", ""),
    )
    .await;
    all.check("the field ID is 0", c.drop_collection_field("books", 0))
        .await;
    let chunks = Field::struct_array("chunks", [Field::varchar("text", 9)], 9);
    all.check(
        "add_collection_struct_field",
        c.add_collection_field("books", chunks),
    )
    .await;
    all.check(
        "the function name is empty",
        c.drop_function_field("books", ""),
    )
    .await;

    all.check(
        "the resource group name is empty",
        c.create_resource_group(""),
    )
    .await;
    let no_groups: [(&str, ResourceGroupConfig); 0] = [];
    all.check("configs is empty", c.update_resource_groups(no_groups))
        .await;
    let huge = ResourceGroupConfig::nodes(1, u32::MAX);
    all.check(
        "limits is 4294967295: it is too large",
        c.create_resource_group("fast").config(huge),
    )
    .await;
    all.check("replicas is 0", c.transfer_replica("a", "b", "books", 0))
        .await;

    all.check("the snapshot name is empty", c.create_snapshot("books", ""))
        .await;
    all.check(
        "the target collection name is empty",
        c.restore_snapshot("books", "nightly", ""),
    )
    .await;
    all.check(
        "the file resource name is empty",
        c.add_file_resource("", "a.txt"),
    )
    .await;
    all.check("the path is empty", c.add_file_resource("words", ""))
        .await;
    all.check("texts is empty", c.run_analyzer(none)).await;
    all.check(
        "the collection name is empty",
        c.run_analyzer(["a"]).field("", "text"),
    )
    .await;
    all.check(
        "the source cluster name is empty",
        c.get_replicate_info("", "c"),
    )
    .await;
    all.check(
        "start has no message id",
        c.dump_messages("c", LogPosition::default()),
    )
    .await;
    let odd = LogPosition::new("1", "Paper");
    all.check("start names the log \"Paper\"", c.dump_messages("c", odd))
        .await;
    all.check("the client's identifier is empty", c.client_heartbeat(""))
        .await;
    all.check(
        "the kind of command is empty",
        c.push_client_command("", "{}"),
    )
    .await;
    assert!(all.faults.is_empty(), "{}", all.faults.join("\n"));
}
