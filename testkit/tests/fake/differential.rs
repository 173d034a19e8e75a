//! The fake and real servers do the same: random operations, compared one by one.
//!
//! `MILVUS_FAKE_SEED` repeats a run with a seed that a failure printed.

#[path = "differential/kinds.rs"]
mod kinds;
#[path = "differential/outcome.rs"]
mod outcome;
#[path = "differential/steps.rs"]
mod steps;

use std::fmt::Write as _;

use milvus_otel::{Client, Consistency, Error, Field, Index, Metric, Schema};
use milvus_otel_testkit::{Fake, Milvus, require};
use serde_json::{Value as Json, json};

use kinds::{KINDS, found};
use outcome::run;
use steps::{Ability, Random, step};

/// The steps of a run.
const STEPS: usize = 150;

async fn create(client: &Client, ability: Ability) {
    let title = Field::varchar("title", 20);
    let title = if ability.is_lite {
        title.nullable()
    } else {
        title
    };
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(title)
        .field(Field::int32("year"))
        .field(Field::double("price"))
        .field(Field::bool("sold"))
        .field(Field::json("more"))
        .field(Field::array(
            "tags",
            milvus_otel::schema::DataType::Int64,
            8,
        ))
        .field(Field::float_vector("vector", 3))
        .dynamic_fields(true)
        .build()
        .unwrap();
    let index = Index::new("FLAT").metric(ability.metric);
    let create = client.create_collection("books", schema);
    create
        .consistency(Consistency::Strong)
        .index("vector", index)
        .await
        .unwrap();
}

/// What callers decide by.
fn predicates(error: &Error) -> [bool; 3] {
    [
        error.is_not_found(),
        error.is_invalid_argument(),
        error.is_already_exists(),
    ]
}

async fn compare(name: &str, real: Client, ability: Ability, seed: u64) {
    let seed = std::env::var("MILVUS_FAKE_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(seed);
    let fake = Fake::new().client().await.unwrap();
    create(&real, ability).await;
    create(&fake, ability).await;
    if ability.is_lite {
        // It counts nothing in a partition that does not exist.
        for partition in ["old", "new"] {
            real.create_partition("books", partition).await.unwrap();
            fake.create_partition("books", partition).await.unwrap();
        }
    }
    let mut random = Random(seed);
    let mut differences = String::new();
    let mut compared = 0;
    for number in 0..STEPS {
        let step = step(&mut random, ability);
        let (theirs, ours) = (run(&real, &step).await, run(&fake, &step).await);
        let same = match (&theirs, &ours) {
            (Ok(theirs), Ok(ours)) => theirs == ours,
            (Err(theirs), Err(ours)) => predicates(theirs) == predicates(ours),
            _ => false,
        };
        compared += 1;
        if !same {
            let shown = |outcome: &Result<Json, Error>| match outcome {
                Ok(json) => json.to_string(),
                Err(error) => format!("{error} {:?}", predicates(error)),
            };
            writeln!(
                differences,
                "step {number}: {step:?}\n  {name}: {}\n  fake: {}",
                shown(&theirs),
                shown(&ours)
            )
            .unwrap();
        }
    }
    assert_eq!(compared, STEPS);
    assert!(differences.is_empty(), "seed {seed}:\n{differences}");
    // Otherwise the steps would have compared nothing.
    let left = real
        .count("books")
        .consistency(Consistency::Strong)
        .await
        .unwrap();
    assert!(left > 0);
}

/// How the usual mistakes are answered, by what callers decide by.
async fn mistakes(client: &Client) -> Vec<(&'static str, Option<[bool; 3]>)> {
    let judged = |outcome: Result<(), Error>| outcome.err().as_ref().map(predicates);
    let books = || client.query("books").limit(1);
    vec![
        (
            "describe",
            judged(client.describe_collection("missing").await.map(drop)),
        ),
        (
            "search",
            judged(client.search("missing", [0.5; 3]).await.map(drop)),
        ),
        (
            "query",
            judged(client.query("missing").limit(1).await.map(drop)),
        ),
        (
            "insert",
            judged(
                client
                    .insert("missing", &[json!({ "id": 1 })])
                    .await
                    .map(drop),
            ),
        ),
        ("load", judged(client.load_collection("missing").await)),
        ("drop", judged(client.drop_collection("missing").await)),
        (
            "partition",
            judged(books().partitions(["missing"]).await.map(drop)),
        ),
        ("create", judged(client.create_collection("books", 9).await)),
        ("syntax", judged(books().filter("id ==").await.map(drop))),
        (
            "quote",
            judged(books().filter("title == \"x").await.map(drop)),
        ),
        (
            "rename",
            judged(client.rename_collection("missing", "other").await),
        ),
        (
            "index",
            judged(client.describe_index("books", "missing").await.map(drop)),
        ),
        (
            "alias",
            judged(client.describe_alias("missing").await.map(drop)),
        ),
        (
            "database",
            judged(
                client
                    .in_database("missing")
                    .list_collections()
                    .await
                    .map(drop),
            ),
        ),
    ]
}

async fn compare_mistakes(real: &Client, ability: Ability, different: &[&str]) {
    let fake = Fake::new().client().await.unwrap();
    create(real, ability).await;
    create(&fake, ability).await;
    let (theirs, ours) = (mistakes(real).await, mistakes(&fake).await);
    real.drop_collection("books").await.unwrap();
    let differ: Vec<_> = theirs
        .iter()
        .zip(&ours)
        .filter(|(theirs, ours)| theirs != ours)
        .collect();
    let names: Vec<&str> = differ.iter().map(|((name, _), _)| *name).collect();
    assert_eq!(names, different, "{differ:?}");
}

#[tokio::test]
async fn it_does_what_milvus_lite_does() {
    let Some(milvus) = require(Milvus::lite_python().start().await) else {
        return;
    };
    let client = Client::connect(milvus.uri()).await.unwrap();
    for (seed, metric) in [
        (7, Metric::L2),
        (11, Metric::Cosine),
        (13, Metric::InnerProduct),
    ] {
        let ability = Ability {
            is_lite: true,
            metric,
        };
        compare(milvus.description(), client.clone(), ability, seed).await;
        client.drop_collection("books").await.unwrap();
    }
}

#[tokio::test]
async fn it_does_what_milvus_does() {
    let Some(milvus) = require(Milvus::shared_standalone().await) else {
        return;
    };
    let client = Client::connect(milvus.uri()).await.unwrap();
    let ability = Ability {
        is_lite: false,
        metric: Metric::L2,
    };
    compare_mistakes(&client, ability, &[]).await;
    for seed in [17, 19] {
        compare(milvus.description(), client.clone(), ability, seed).await;
        client.drop_collection("books").await.unwrap();
    }
}

#[tokio::test]
async fn it_finds_vectors_of_all_types_like_milvus_lite() {
    let Some(milvus) = require(Milvus::lite().start().await) else {
        return;
    };
    let client = Client::connect(milvus.uri()).await.unwrap();
    let fake = Fake::new().client().await.unwrap();
    for kinds in &KINDS {
        let (theirs, ours) = (found(&client, kinds).await, found(&fake, kinds).await);
        assert_eq!(theirs.len(), ours.len());
        for (theirs, ours) in theirs.iter().zip(&ours) {
            assert_eq!(theirs, ours);
        }
    }
}
