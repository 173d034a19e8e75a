//! Rows are written to and read from real servers, in all ways.

mod bound_values;
mod large;

use milvus_otel::{
    Client, Consistency, Field, Filter, Hit, Id, Index, Metric, Schema, data::Columns,
};
use serde::{Deserialize, Serialize};
use testkit::{Milvus, Unavailable, require};
use tokio_stream::StreamExt;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Book {
    id: i64,
    title: String,
    year: i32,
    embedding: Vec<f32>,
}

fn book(id: i64) -> Book {
    let angle = id as f32 / 10.0;
    Book {
        id,
        title: format!("book \"{id}\""),
        year: 1950 + id as i32,
        embedding: vec![angle.cos(), angle.sin(), 0.0, 0.5],
    }
}

fn schema() -> Schema {
    Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::varchar("title", 64))
        .field(Field::int32("year"))
        .field(Field::float_vector("embedding", 4))
        .dynamic_fields(true)
        .build()
        .unwrap()
}

async fn connect(server: Result<Milvus, Unavailable>) -> Option<(Milvus, Client)> {
    let milvus = require(server)?;
    let client = Client::connect(milvus.uri()).await.unwrap();
    Some((milvus, client))
}

/// The operations that all three servers support.
async fn basics(client: &Client) {
    let index = Index::flat(Metric::L2);
    client
        .create_collection("books", schema())
        .index("embedding", index)
        .await
        .unwrap();

    let books: Vec<Book> = (0..10).map(book).collect();
    let written = client.insert("books", &books).await.unwrap();
    assert_eq!(written.count, 10);
    assert_eq!(written.ids, (0..10).map(Id::Int).collect::<Vec<_>>());
    assert!(
        client
            .insert("books", &[] as &[Book])
            .await
            .unwrap()
            .ids
            .is_empty()
    );

    // Columns, one of which is not in the schema.
    let more: Vec<Book> = (10..20).map(book).collect();
    let columns = Columns::new()
        .int64("id", more.iter().map(|book| book.id).collect::<Vec<_>>())
        .varchar(
            "title",
            more.iter()
                .map(|book| book.title.clone())
                .collect::<Vec<_>>(),
        )
        .int32(
            "year",
            more.iter().map(|book| book.year).collect::<Vec<_>>(),
        )
        .float_vector(
            "embedding",
            4,
            more.iter()
                .flat_map(|book| book.embedding.clone())
                .collect::<Vec<_>>(),
        )
        .varchar("color", vec!["red"; 10]);
    assert_eq!(client.insert("books", columns).await.unwrap().count, 10);

    // JSON, with a dynamic field.
    let json = serde_json::json!([
        { "id": 20, "title": "twenty", "year": 1970, "embedding": [9, 9.5, 9, 9], "color": "blue", "pages": 300 },
    ]);
    client.insert("books", json).await.unwrap();

    let strong = Consistency::Strong;
    assert_eq!(client.count("books").consistency(strong).await.unwrap(), 21);
    let count = client
        .count("books")
        .filter("year >= 1965")
        .consistency(strong)
        .await
        .unwrap();
    assert_eq!(count, 6);

    // Typed rows request exactly their fields.
    let mut found: Vec<Book> = client
        .query("books")
        .filter("id < 20")
        .rows()
        .await
        .unwrap();
    found.sort_by_key(|book| book.id);
    assert_eq!(found, (0..20).map(book).collect::<Vec<_>>());

    let table = client
        .query("books")
        .filter("id in [3, 4]")
        .output(["embedding", "year"])
        .columns()
        .await
        .unwrap();
    assert_eq!(table.len(), 2);
    let vectors = table.column("embedding").unwrap();
    assert_eq!(
        (vectors.dimension(), vectors.floats().unwrap().len()),
        (Some(4), 8)
    );
    let ids = table.column("id").unwrap().int64s().unwrap();
    let at = ids.iter().position(|id| *id == 4).unwrap();
    assert_eq!(vectors.vector(at).unwrap(), book(4).embedding);
    assert_eq!(table.column("year").unwrap().int32s().unwrap()[at], 1954);

    let rows = client
        .query("books")
        .filter("color == \"blue\"")
        .output(["color", "pages"])
        .await
        .unwrap();
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(rows[0].get("color").unwrap().as_text(), Some("blue"));
    assert_eq!(rows[0].get("pages").unwrap().as_int(), Some(300));

    let got: Vec<Book> = client.get("books", [5, 7, 4711]).rows().await.unwrap();
    assert_eq!(got.len(), 2);
    assert!(
        client
            .get("books", [] as [i64; 0])
            .await
            .unwrap()
            .is_empty()
    );

    search(client).await;

    let bound = Filter::new("title == {title}").bind("title", "book \"3\"");
    assert_eq!(client.query("books").filter(bound).await.unwrap().len(), 1);

    let mut changed = book(3);
    changed.title = "changed".to_owned();
    client.upsert("books", [changed.clone()]).await.unwrap();
    let got: Vec<Book> = client
        .get("books", [3])
        .consistency(strong)
        .rows()
        .await
        .unwrap();
    assert_eq!(got, [changed]);

    client.delete("books", [1, 2]).await.unwrap();
    let session = client.count("books").consistency(Consistency::Session);
    assert_eq!(session.await.unwrap(), 19, "it sees what this client did");
    // Milvus Lite 2.5 would read a value that is equal to the name of a field as the field, and delete all rows.
    let late = Filter::new("year >= {year}").bind("year", 1969);
    client.delete("books", late).await.unwrap();
    assert_eq!(client.count("books").consistency(strong).await.unwrap(), 17);
}

async fn search(client: &Client) {
    let query = book(6).embedding;
    let hits = client
        .search("books", &query)
        .limit(3)
        .output(["title"])
        .await
        .unwrap();
    assert_eq!(hits.len(), 3);
    assert_eq!(hits[0].id, 6);
    assert!(hits[0].score.abs() < 1e-6, "{hits:?}");
    assert_eq!(
        hits[0].entity.get("title").unwrap().as_text(),
        Some("book \"6\"")
    );

    // The primary key is included, although no server sends it as a field.
    let hits: Vec<Hit<Book>> = client
        .search("books", &query)
        .limit(2)
        .filter("id != 6")
        .rows()
        .await
        .unwrap();
    assert_eq!(hits.len(), 2);
    for hit in &hits {
        assert_eq!(hit.entity, book(hit.entity.id));
        assert_eq!(hit.id, hit.entity.id);
    }

    let queries = [book(2).embedding, book(15).embedding, book(8).embedding];
    let hits = client
        .search_many("books", &queries)
        .limit(1)
        .await
        .unwrap();
    let nearest: Vec<_> = hits
        .iter()
        .map(|hits| hits[0].id.as_int().unwrap())
        .collect();
    assert_eq!(nearest, [2, 15, 8]);

    let hits = client
        .search_many("books", &queries)
        .limit(4)
        .output(["embedding"])
        .columns()
        .await
        .unwrap();
    assert_eq!(
        (hits.counts(), hits.ids().len(), hits.scores().len()),
        (&[4, 4, 4][..], 12, 12)
    );
    assert_eq!(
        hits.table()
            .column("embedding")
            .unwrap()
            .floats()
            .unwrap()
            .len(),
        48
    );

    let hits = client
        .search("books", &query)
        .limit(20)
        .radius(0.05)
        .range_filter(0.0)
        .await
        .unwrap();
    assert!(
        !hits.is_empty() && hits.iter().all(|hit| hit.score < 0.05),
        "{hits:?}"
    );

    let all = client.search("books", &query).limit(6).await.unwrap();
    let rest = client
        .search("books", &query)
        .limit(4)
        .offset(2)
        .await
        .unwrap();
    assert_eq!(
        all[2..].iter().map(|hit| &hit.id).collect::<Vec<_>>(),
        rest.iter().map(|hit| &hit.id).collect::<Vec<_>>()
    );

    let hits = client
        .search("books", &query)
        .filter("id > 4711")
        .await
        .unwrap();
    assert!(hits.is_empty());
}

/// More rows than fit into one response.
async fn streams(client: &Client) {
    client
        .create_collection("many", schema())
        .index("embedding", Index::flat(Metric::L2))
        .await
        .unwrap();
    let books: Vec<Book> = (0..250).rev().map(book).collect();
    client.insert("many", &books).await.unwrap();

    let query = || {
        client
            .query("many")
            .consistency(Consistency::Strong)
            .filter("year != 1960")
    };
    let ids: Vec<i64> = (0..250).filter(|id| *id != 10).collect();
    let mut stream = query().rows::<Book>().stream().batch_size(40);
    let mut found = Vec::new();
    while let Some(row) = stream.next().await {
        found.push(row.unwrap());
        assert_eq!(*stream.cursor().unwrap(), found[found.len() - 1].id);
    }
    assert_eq!(found, ids.iter().map(|id| book(*id)).collect::<Vec<_>>());

    let rest: Vec<_> = query()
        .output(["title"])
        .limit(7)
        .stream()
        .batch_size(3)
        .resume_after(100)
        .collect()
        .await;
    let rest: Vec<_> = rest
        .into_iter()
        .map(|row| row.unwrap().get("id").unwrap().as_int().unwrap())
        .collect();
    assert_eq!(rest, (101..108).collect::<Vec<_>>());

    let search = || {
        client
            .search("many", &book(6).embedding)
            .consistency(Consistency::Strong)
    };
    let hits: Vec<_> = search()
        .filter("id < 200")
        .stream()
        .batch_size(60)
        .collect()
        .await;
    let hits: Vec<_> = hits.into_iter().map(|hit| hit.unwrap()).collect();
    let mut ids: Vec<_> = hits.iter().map(|hit| hit.id.as_int().unwrap()).collect();
    assert_eq!(ids[0], 6);
    assert!(
        hits.is_sorted_by(|a, b| a.score <= b.score + 1e-5),
        "{hits:?}"
    );
    ids.sort();
    assert_eq!(ids, (0..200).collect::<Vec<_>>());
    assert_eq!(
        search()
            .limit(70)
            .stream()
            .batch_size(60)
            .collect::<Vec<_>>()
            .await
            .len(),
        70
    );
}

/// The error of a row that does not fit its type does not contain its values.
async fn unfit(client: &Client) {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "it is never made")]
    struct Untitled {
        title: i64,
    }
    let strong = Consistency::Strong;
    let query = client.query("books").filter("id >= 0").limit(1);
    let query = query.consistency(strong).rows::<Untitled>();
    let search = client.search("books", book(1).embedding).limit(1);
    let search = search.consistency(strong).rows::<Untitled>();
    let errors = [
        ("query", query.clone().await.err()),
        ("query", query.stream().next().await.and_then(Result::err)),
        ("search", search.clone().await.err()),
        ("search", search.stream().next().await.and_then(Result::err)),
    ];
    let why = "row 0: invalid type: string, expected i64 in field \"title\"";
    for (operation, error) in errors {
        assert_eq!(
            error.unwrap().to_string(),
            format!("{operation} \"books\": {why}")
        );
    }
}

/// Rows that do not fit the schema are not sent, and the error names row and field.
async fn refusals(client: &Client) {
    let mut wrong = vec![book(30), book(31)];
    wrong[1].embedding.pop();
    let error = client.insert("books", &wrong).await.unwrap_err();
    assert!(error.is_invalid_argument());
    assert_eq!(
        error.message(),
        "row 1: expected float vector of 4, found 3 floats in field \"embedding\""
    );
    assert_eq!(error.attempts(), 0);

    wrong[1] = book(31);
    wrong[1].title = "x".repeat(65);
    let error = client.insert("books", &wrong).await.unwrap_err();
    assert_eq!(
        error.message(),
        "row 1: expected varchar of at most 64 bytes, found a string of 65 bytes in field \"title\""
    );

    let missing = serde_json::json!({ "id": 1, "title": "t", "embedding": [0, 0, 0, 0] });
    let error = client.insert("books", missing).await.unwrap_err();
    assert_eq!(
        error.message(),
        "row 0: field \"year\" is missing: expected int32"
    );

    let error = client
        .insert("no_such_collection", &wrong)
        .await
        .unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

#[tokio::test]
async fn rows_on_milvus() {
    let Some((milvus, client)) = connect(Milvus::standalone().start().await).await else {
        return;
    };
    basics(&client).await;
    large::vectors(&client).await;
    unfit(&client).await;
    refusals(&client).await;
    bound_values::bound(&client, true).await;
    streams(&client).await;
    milvus.stop().await;
}

#[tokio::test]
async fn rows_on_milvus_lite() {
    let Some((_milvus, client)) = connect(Milvus::lite().start().await).await else {
        return;
    };
    basics(&client).await;
    large::vectors(&client).await;
    unfit(&client).await;
    refusals(&client).await;
    bound_values::bound(&client, false).await;
    streams(&client).await;
}

#[tokio::test]
async fn rows_on_milvus_lite_in_python() {
    let Some((_milvus, client)) = connect(Milvus::lite_python().start().await).await else {
        return;
    };
    basics(&client).await;
    large::vectors(&client).await;
    unfit(&client).await;
    refusals(&client).await;
    bound_values::bound(&client, true).await;
    streams(&client).await;
}
