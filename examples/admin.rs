//! Administration: a tenant from nothing, a new version of its collection without an interruption, and the end of it all.
//!
//! `cargo run --example admin` starts Milvus 2.3.5 with users if no Milvus is running. For one that is, set `MILVUS_URI`
//! and the credentials of an administrator in `MILVUS_TOKEN` (`root:Milvus`).

#[path = "shared/traced.rs"]
mod traced;

use std::error::Error;
use std::sync::atomic::{AtomicU8, Ordering};

use futures::TryStreamExt as _;
use milvus_otel::ops::{Privilege, Progress};
use milvus_otel::{Client, Consistency, Field, Index, Metric, Result, Schema};
use serde::{Deserialize, Serialize};
use testkit::demo::Demo;

#[derive(Serialize, Deserialize)]
struct Product {
    id: i64,
    seller: String,
    vector: Vec<f32>,
}

/// The database, the role and the user of the tenant, and the alias under which its programs know the collection.
const DATABASE: &str = "shop";
const ROLE: &str = "shop_role";
const USER: &str = "shop_user";
const PASSWORD: &str = "correct horse";
const PRODUCTS: &str = "products";

#[tokio::main]
async fn main() -> std::result::Result<(), Box<dyn Error>> {
    let demo = Demo::find_or_start_with_users().await?;
    traced::run(demo, "admin", admin).await
}

async fn admin(root: &Client) -> Result<()> {
    root.create_database(DATABASE).await?;
    let shop = root.in_database(DATABASE);
    let outcome = tenant(root, &shop).await;
    // Whatever happened, nothing is left behind.
    let cleaned = clean_up(root, &shop).await;
    outcome.and(cleaned)
}

async fn tenant(root: &Client, shop: &Client) -> Result<()> {
    // A collection whose rows are spread over partitions by seller, behind an alias.
    create_products(shop, "products_1", Index::flat(Metric::L2)).await?;
    shop.create_alias("products_1", PRODUCTS).await?;

    // A user who may read and write in this database, and nothing else.
    root.create_role(ROLE).await?;
    for privilege in [Privilege::SEARCH, Privilege::QUERY, Privilege::INSERT] {
        root.grant_privilege(ROLE, privilege, "*")
            .database(DATABASE)
            .await?;
    }
    root.create_user(USER, PASSWORD).await?;
    root.grant_role(USER, ROLE).await?;
    let user = root.describe_user(USER).await?;
    println!("user {} has the roles {}", user.name, user.roles.join(", "));
    let role = root.describe_role(ROLE).database(DATABASE).await?;
    for grant in &role.privileges {
        println!(
            "role {} may {} {}",
            role.name, grant.privilege, grant.object_name
        );
    }

    // What the tenant's program does.
    let program = Client::builder(root.endpoint())
        .user(USER, PASSWORD)
        .database(DATABASE);
    let program = program.connect().await?;
    let product = |id: i64| Product {
        id,
        seller: format!("seller {}", id % 7),
        vector: vec![id as f32, 1.0],
    };
    let products: Vec<Product> = (0..1000).map(product).collect();
    program.insert(PRODUCTS, &products).await?;
    println!("nearest in products_1: {:?}", nearest(&program).await?);
    match program.drop_collection("products_1").await {
        Err(error) if error.is_permission_denied() => println!("the program may not drop: {error}"),
        Err(error) => return Err(error),
        Ok(()) => println!("this server does not check privileges"),
    }

    reindex(shop).await?;
    println!("nearest in products_2: {:?}", nearest(&program).await?);
    compact(shop).await
}

async fn create_products(shop: &Client, name: &str, index: Index) -> Result<()> {
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::varchar("seller", 64).partition_key())
        .field(Field::float_vector("vector", 2))
        .build()?;
    shop.create_collection(name, schema)
        .index("vector", index)
        .await
}

async fn nearest(program: &Client) -> Result<Vec<i64>> {
    let search = program
        .search(PRODUCTS, [41.6, 1.0])
        .filter("seller == 'seller 0'")
        .limit(3);
    let hits = search.consistency(Consistency::Strong).await?;
    Ok(hits.into_iter().filter_map(|hit| hit.id.as_int()).collect())
}

/// Fills a new collection with another index, and lets the alias point to it. Programs notice nothing.
async fn reindex(shop: &Client) -> Result<()> {
    create_products(shop, "products_2", Index::hnsw(Metric::L2, 16, 200)).await?;
    let old = shop.query("products_1").output(["id", "seller", "vector"]);
    let rows = old
        .consistency(Consistency::Strong)
        .rows::<Product>()
        .stream();
    let mut chunks = rows.try_chunks(500);
    while let Some(chunk) = chunks.try_next().await.map_err(|error| error.1)? {
        shop.insert("products_2", &chunk).await?;
    }
    shop.flush("products_2").await?;
    let copied = shop.get_collection_stats("products_2").await?.rows;
    shop.alter_alias("products_2", PRODUCTS).await?;
    println!(
        "{copied} rows copied, {PRODUCTS} is {}",
        shop.describe_alias(PRODUCTS).await?.collection
    );
    shop.drop_collection("products_1").await
}

async fn compact(shop: &Client) -> Result<()> {
    let shown = AtomicU8::new(100);
    let report = move |progress: Progress| {
        let percent = progress.percent();
        if shown.swap(percent, Ordering::Relaxed) != percent {
            println!("compaction {percent} %");
        }
    };
    shop.compact("products_2")
        .wait(true)
        .progress(report)
        .await?;
    let segments = shop.list_segments("products_2").await?;
    let rows: u64 = segments.iter().map(|segment| segment.rows).sum();
    println!("{rows} rows in {} segments", segments.len());
    Ok(())
}

async fn clean_up(root: &Client, shop: &Client) -> Result<()> {
    shop.drop_alias(PRODUCTS).await?;
    for collection in shop.list_collections().await? {
        shop.drop_collection(collection).await?;
    }
    root.drop_user(USER).await?;
    for grant in root
        .describe_role(ROLE)
        .database(DATABASE)
        .await?
        .privileges
    {
        root.revoke_privilege(ROLE, grant.privilege, grant.object_name)
            .database(DATABASE)
            .await?;
    }
    root.drop_role(ROLE).await?;
    root.drop_database(DATABASE).await
}
