//! Databases, users, resources, snapshots and clusters.

use milvus_otel::ops::{LogPosition, Privilege, ReplicationConfig, ResourceGroupConfig};

use super::Tour;

impl Tour {
    pub(super) async fn databases(&mut self) {
        let client = self.client.clone();
        let create = client.create_database("library");
        self.run("create_database", create).await;
        let create = client.create_database("shelves").max_collections(7);
        match create.await {
            Ok(()) => client.drop_database("shelves").await.unwrap(),
            // Milvus 2.3 would ignore the property.
            Err(error) => assert!(error.is_unsupported(), "{error}"),
        }
        if let Some(databases) = self.run("list_databases", client.list_databases()).await {
            assert!(databases.contains(&"default".to_owned()), "{databases:?}");
        }
        // Milvus Lite has properties, but no limits.
        const OWNER: (&str, &str) = ("library.owner", "ann");
        let alter = client
            .alter_database_properties("library")
            .property(OWNER.0, OWNER.1);
        let altered = self.run("alter_database_properties", alter).await;
        if let Some(library) = self
            .run("describe_database", client.describe_database("library"))
            .await
        {
            assert_eq!(library.name, "library");
            if altered.is_some() {
                let owner = (OWNER.0.to_owned(), OWNER.1.to_owned());
                assert!(library.properties.contains(&owner), "{library:?}");
            }
        }
        let drop = client.drop_database_properties("library", [OWNER.0]);
        self.run("drop_database_properties", drop).await;
        self.run("drop_database", client.drop_database("library"))
            .await;
    }

    pub(super) async fn users(&mut self) {
        let client = self.client.clone();
        let created = self
            .run("create_user", client.create_user("ann", "secret7"))
            .await;
        let update = client.update_password("ann", "secret7", "hidden7");
        self.run("update_password", update).await;
        self.run("update_user", client.update_user("ann", "reads"))
            .await;
        if let Some(users) = self.run("list_users", client.list_users()).await
            && created.is_some()
        {
            assert!(users.contains(&"ann".to_owned()), "{users:?}");
        }
        self.run("create_role", client.create_role("readers")).await;
        self.run("alter_role", client.alter_role("readers", "who read"))
            .await;
        self.run("list_roles", client.list_roles()).await;
        let granted = self
            .run("grant_role", client.grant_role("ann", "readers"))
            .await;
        if let Some(ann) = self.run("describe_user", client.describe_user("ann")).await
            && granted.is_some()
        {
            assert_eq!(
                (ann.name.as_str(), ann.roles),
                ("ann", vec!["readers".to_owned()])
            );
        }
        let grant = client.grant_privilege("readers", Privilege::SEARCH, "tour");
        let granted = self.run("grant_privilege", grant).await;
        let grant = client.grant_privilege_v2("readers", Privilege::QUERY, "tour");
        self.run("grant_privilege_v2", grant).await;
        if let Some(readers) = self
            .run("describe_role", client.describe_role("readers"))
            .await
            && granted.is_some()
        {
            let grants = readers.privileges.iter();
            assert!(
                grants.into_iter().any(
                    |grant| grant.privilege == Privilege::SEARCH && grant.object_name == "tour"
                ),
                "{readers:?}"
            );
        }
        let revoke = client.revoke_privilege_v2("readers", Privilege::QUERY, "tour");
        self.run("revoke_privilege_v2", revoke).await;
        let revoke = client.revoke_privilege("readers", Privilege::SEARCH, "tour");
        self.run("revoke_privilege", revoke).await;
        self.run(
            "create_privilege_group",
            client.create_privilege_group("reading"),
        )
        .await;
        let add = client.add_privileges_to_group("reading", [Privilege::SEARCH, Privilege::QUERY]);
        self.run("add_privileges_to_group", add).await;
        self.run("list_privilege_groups", client.list_privilege_groups())
            .await;
        let remove = client.remove_privileges_from_group("reading", [Privilege::QUERY]);
        self.run("remove_privileges_from_group", remove).await;
        self.run(
            "drop_privilege_group",
            client.drop_privilege_group("reading"),
        )
        .await;
        self.run("revoke_role", client.revoke_role("ann", "readers"))
            .await;
        self.run("drop_role", client.drop_role("readers")).await;
        self.run("drop_user", client.drop_user("ann")).await;
    }

    pub(super) async fn resources(&mut self) {
        let client = self.client.clone();
        let created = self
            .run(
                "create_resource_group",
                client.create_resource_group("fast"),
            )
            .await;
        let groups = self
            .run("list_resource_groups", client.list_resource_groups())
            .await;
        if let Some(groups) = groups
            && created.is_some()
        {
            assert!(groups.contains(&"fast".to_owned()), "{groups:?}");
        }
        let describe = client.describe_resource_group("fast");
        if let Some(group) = self.run("describe_resource_group", describe).await {
            assert_eq!(group.name, "fast");
        }
        let update = client.update_resource_groups([("fast", ResourceGroupConfig::nodes(0, 1))]);
        self.run("update_resource_groups", update).await;
        let transfer = client.transfer_replica("__default_resource_group", "fast", "tour", 1);
        // The group has no nodes, and Milvus 2.3.5 does not move one there for the purpose.
        self.refused("transfer_replica", transfer, "nodes not enough")
            .await;
        self.run("drop_resource_group", client.drop_resource_group("fast"))
            .await;
        self.run(
            "add_file_resource",
            client.add_file_resource("words", "a.txt"),
        )
        .await;
        self.run("list_file_resources", client.list_file_resources())
            .await;
        self.run("remove_file_resource", client.remove_file_resource("words"))
            .await;
        let analyzer = client
            .run_analyzer(["Good Omens"])
            .analyzer(r#"{"type":"english"}"#);
        if let Some(tokens) = self.run("run_analyzer", analyzer).await {
            assert_eq!(tokens[0].len(), 2, "{tokens:?}");
        }
    }

    pub(super) async fn snapshots(&mut self) {
        let client = self.client.clone();
        self.run("create_snapshot", client.create_snapshot("tour", "nightly"))
            .await;
        self.run("list_snapshots", client.list_snapshots("tour"))
            .await;
        self.run(
            "describe_snapshot",
            client.describe_snapshot("tour", "nightly"),
        )
        .await;
        let restore = client.restore_snapshot("tour", "nightly", "restored");
        let job = self.run("restore_snapshot", restore).await.unwrap_or(1);
        self.run(
            "get_restore_snapshot_state",
            client.get_restore_snapshot_state(job),
        )
        .await;
        self.run(
            "list_restore_snapshot_jobs",
            client.list_restore_snapshot_jobs("tour"),
        )
        .await;
        let pin = self
            .run(
                "pin_snapshot_data",
                client.pin_snapshot_data("tour", "nightly"),
            )
            .await;
        let unpin = client.unpin_snapshot_data(pin.unwrap_or(1));
        self.run("unpin_snapshot_data", unpin).await;
        self.run("drop_snapshot", client.drop_snapshot("tour", "nightly"))
            .await;
        let refresh = client.refresh_external_collection("tour");
        self.run("refresh_external_collection", refresh).await;
        let progress = client.get_refresh_external_collection_progress(1);
        self.run("get_refresh_external_collection_progress", progress)
            .await;
        let jobs = client.list_refresh_external_collection_jobs("tour");
        self.run("list_refresh_external_collection_jobs", jobs)
            .await;
    }

    pub(super) async fn clusters(&mut self) {
        let client = self.client.clone();
        let update = client.update_replicate_configuration(ReplicationConfig::default());
        self.run("update_replicate_configuration", update).await;
        let get = client.get_replicate_configuration();
        self.run("get_replicate_configuration", get).await;
        self.run(
            "get_replicate_info",
            client.get_replicate_info("a", "channel"),
        )
        .await;
        let dump = client.dump_messages("channel", LogPosition::new("1", "WoodPecker"));
        self.run("dump_messages", dump).await;
        self.run("client_heartbeat", client.client_heartbeat("tour"))
            .await;
        self.run("get_client_telemetry", client.get_client_telemetry())
            .await;
        let push = client.push_client_command("push_config", "{}");
        let command = self
            .run("push_client_command", push)
            .await
            .unwrap_or_default();
        self.run(
            "delete_client_command",
            client.delete_client_command(command),
        )
        .await;
    }
}
