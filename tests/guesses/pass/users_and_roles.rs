use milvus_otel::{Client, ops::Privilege};

pub async fn reader(client: &Client) -> milvus_otel::Result<()> {
    client.create_user("ada", "a password").await?;
    client.create_role("reader").await?;
    client.grant_role("ada", "reader").await?;
    client
        .grant_privilege_v2("reader", Privilege::SEARCH, "books")
        .await?;
    client.update_password("ada", "a password", "another").await
}

fn main() {}
