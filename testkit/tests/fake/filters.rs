//! Filters.

use milvus_otel::Filter;

use super::books;

#[tokio::test]
async fn filters_select_the_rows_that_milvus_selects() {
    let (_, client) = books().await;
    for (filter, expected) in [
        ("id == 1", vec![1]),
        ("1 <= id < 3", vec![1, 2]),
        ("id in [1, 3, 9]", vec![1, 3]),
        ("id not in [1]", vec![2, 3]),
        ("not (id == 1)", vec![2, 3]),
        ("title like 'D%'", vec![1]),
        ("title like '_mm_'", vec![2]),
        ("title like \"%\\\"%\"", vec![]),
        // Null is neither equal nor unequal.
        ("title != 'Dune'", vec![2]),
        ("not (title == 'Dune')", vec![2]),
        ("title is null", vec![3]),
        ("title IS NOT NULL AND year > 1900", vec![1]),
        ("year == 2000 or id == 1", vec![1, 3]),
        ("id == 3 || id == 1 && year == 1815", vec![3]),
        ("year % 2 == 0", vec![3]),
        ("(year + 35) / 2 == 1000", vec![1]),
        ("-id < -2", vec![3]),
        ("more['pages'] > 400", vec![1]),
        // What is not there is not null, and is not equal to anything.
        ("more['pages'] != 412", vec![2, 3]),
        ("not (more['pages'] == 412)", vec![2, 3]),
        ("lent != false", vec![1, 2, 3]),
        ("more[\"tags\"][1] == 'worm'", vec![1]),
        ("exists more['tags']", vec![1]),
        ("json_contains(more['tags'], 'sand')", vec![1]),
        ("json_contains_any(more['tags'], ['dust', 'worm'])", vec![1]),
        ("array_length(more['tags']) == 2", vec![1]),
        ("lent == true", vec![1]),
        ("$meta['lent'] == true", vec![1]),
    ] {
        let rows = client.query("books").filter(filter).output(["id"]).await;
        let rows = rows.unwrap_or_else(|error| panic!("{filter}: {error}"));
        let ids: Vec<i64> = rows
            .iter()
            .map(|row| row.get("id").unwrap().as_int().unwrap())
            .collect();
        assert_eq!(ids, expected, "{filter}");
    }
}

#[tokio::test]
async fn values_can_be_bound() {
    let (_, client) = books().await;
    let filter = Filter::new("id in {ids} and title == {title}");
    let filter = filter.bind("ids", vec![1, 2]).bind("title", "Emma");
    assert_eq!(client.count("books").filter(filter).await.unwrap(), 1);
    let unbound = client
        .count("books")
        .filter("id == {id}")
        .await
        .unwrap_err();
    assert!(unbound.is_invalid_argument(), "{unbound}");
}

#[tokio::test]
async fn filters_that_milvus_cannot_read_are_refused() {
    let (_, client) = books().await;
    for filter in [
        "id = 1",
        "id == ",
        "id in 1",
        "id == 'x'",
        "title > 1",
        "year",
        "(id == 1",
        "id == 1 id == 2",
        "vector == 1",
        "title == 'x",
        "year[0] == 1",
        "unknown_function(id)",
        "id == 99999999999999999999",
    ] {
        let refused = client.count("books").filter(filter).await;
        let refused = refused.expect_err(filter);
        assert!(refused.is_invalid_argument(), "{filter}: {refused}");
    }
    let missing = client
        .count("books")
        .filter("text_match(title, 'x')")
        .await
        .unwrap_err();
    assert!(missing.is_unsupported(), "{missing}");
}
