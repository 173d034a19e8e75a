//! Composed filters select what the composition of their conditions selects, on real servers.

mod evaluator;
mod text_match;

use std::collections::BTreeSet;

use milvus_otel::ops::SubSearch;
use milvus_otel::proto::common::ServerInfo;
use milvus_otel::proto::milvus::{ConnectResponse, DeleteRequest};
use milvus_otel::{Client, Consistency, Field, Filter, Hit, Index, Metric, Schema};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use prost::Message;
use serde::Serialize;
use testkit::{Fake, Milvus, Unavailable, require};

const TEXTS: [&str; 7] = ["", "a", "ab", "a%c", "a_c", "\"a\" and '", "b\\"];

#[derive(Debug, Clone, Serialize)]
struct Item {
    id: i64,
    n: i64,
    t: String,
    vector: [f32; 2],
}

fn items() -> Vec<Item> {
    let item = |id: i64| Item {
        id,
        n: id % 5,
        t: TEXTS[usize::try_from(id).unwrap() % TEXTS.len()].to_owned(),
        vector: [0.5, 0.5],
    };
    (0..35).map(item).collect()
}

/// A composition of conditions, of which each is known twice: as a filter, and as a function of a row.
#[derive(Debug, Clone)]
enum Tree {
    Eq(i64),
    Ne(i64),
    Lt(i64),
    Le(i64),
    Gt(i64),
    Ge(i64),
    Text(usize),
    In(Vec<i64>),
    NotIn(Vec<i64>),
    Prefix(usize),
    Like,
    /// Text without bound values.
    Literals(i64, i64),
    /// Text with bound values, whose names occur in other parts, too.
    Bound(i64, usize),
    Everything,
    Not(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    All(Vec<Option<Self>>),
    Any(Vec<Option<Self>>),
}

impl Tree {
    fn filter(&self) -> Filter {
        let all = |trees: &[Option<Self>]| -> Vec<Option<Filter>> {
            trees
                .iter()
                .map(|tree| tree.as_ref().map(Self::filter))
                .collect()
        };
        match self {
            Self::Eq(n) => Filter::eq("n", *n),
            Self::Ne(n) => Filter::ne("n", *n),
            Self::Lt(n) => Filter::lt("n", *n),
            Self::Le(n) => Filter::le("n", *n),
            Self::Gt(n) => Filter::gt("n", *n),
            Self::Ge(n) => Filter::ge("n", *n),
            Self::Text(text) => Filter::eq("t", TEXTS[*text]),
            Self::In(list) => Filter::is_in("n", list),
            Self::NotIn(list) => Filter::not_in("n", list),
            Self::Prefix(text) => Filter::starts_with("t", TEXTS[*text]),
            Self::Like => Filter::like("t", "a%"),
            Self::Literals(a, b) => Filter::new(format!("n == {a} or n == {b}")),
            Self::Bound(n, text) => Filter::new("n > {n} or t == {t}")
                .bind("n", *n)
                .bind("t", TEXTS[*text]),
            Self::Everything => Filter::default(),
            Self::Not(tree) => !tree.filter(),
            Self::And(a, b) => a.filter().and(b.filter()),
            Self::Or(a, b) => a.filter().or(b.filter()),
            Self::All(trees) => Filter::all(all(trees)),
            Self::Any(trees) => Filter::any(all(trees)),
        }
    }

    fn selects(&self, item: &Item) -> bool {
        let n = item.n;
        match self {
            Self::Eq(other) => n == *other,
            Self::Ne(other) => n != *other,
            Self::Lt(other) => n < *other,
            Self::Le(other) => n <= *other,
            Self::Gt(other) => n > *other,
            Self::Ge(other) => n >= *other,
            Self::Text(text) => item.t == TEXTS[*text],
            Self::In(list) => list.contains(&n),
            Self::NotIn(list) => !list.contains(&n),
            Self::Prefix(text) => item.t.starts_with(TEXTS[*text]),
            Self::Like => item.t.starts_with('a'),
            Self::Literals(a, b) => n == *a || n == *b,
            Self::Bound(other, text) => n > *other || item.t == TEXTS[*text],
            Self::Everything => true,
            Self::Not(tree) => !tree.selects(item),
            Self::And(a, b) => a.selects(item) && b.selects(item),
            Self::Or(a, b) => a.selects(item) || b.selects(item),
            Self::All(trees) => trees.iter().flatten().all(|tree| tree.selects(item)),
            Self::Any(trees) => trees.iter().flatten().any(|tree| tree.selects(item)),
        }
    }
}

fn trees() -> impl Strategy<Value = Tree> {
    let number = || -1..6_i64;
    let text = || 0..TEXTS.len();
    let list = || prop::collection::vec(number(), 0..4);
    let leaf = prop_oneof![
        number().prop_map(Tree::Eq),
        number().prop_map(Tree::Ne),
        number().prop_map(Tree::Lt),
        number().prop_map(Tree::Le),
        number().prop_map(Tree::Gt),
        number().prop_map(Tree::Ge),
        text().prop_map(Tree::Text),
        list().prop_map(Tree::In),
        list().prop_map(Tree::NotIn),
        text().prop_map(Tree::Prefix),
        Just(Tree::Like),
        (number(), number()).prop_map(|(a, b)| Tree::Literals(a, b)),
        (number(), text()).prop_map(|(n, text)| Tree::Bound(n, text)),
        Just(Tree::Everything),
    ];
    leaf.prop_recursive(4, 12, 3, |inner| {
        let several = || prop::collection::vec(prop::option::of(inner.clone()), 0..3);
        prop_oneof![
            inner.clone().prop_map(|tree| Tree::Not(tree.into())),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Tree::And(a.into(), b.into())),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Tree::Or(a.into(), b.into())),
            several().prop_map(Tree::All),
            several().prop_map(Tree::Any),
        ]
    })
}

proptest! {
    /// Also of the text without values: its parentheses and names are right.
    #[test]
    fn a_composed_filter_is_evaluated_like_its_composition(tree in trees()) {
        let filter = tree.filter();
        let everything = filter.is_empty();
        let text = filter.inlined().to_string();
        for item in items() {
            let selected = match text.is_empty() {
                true => everything,
                false => evaluator::selects(&text, &item),
            };
            prop_assert_eq!(selected, tree.selects(&item), "{} for {:?}", text, item);
        }
    }
}

/// `negates` is whether the server can evaluate `not`.
async fn selects_like_the_composition(server: Result<Milvus, Unavailable>, negates: bool) {
    let Some(milvus) = require(server) else {
        return;
    };
    let client = Client::connect(milvus.uri()).await.unwrap();
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::int64("n"))
        .field(Field::varchar("t", 16))
        .field(Field::float_vector("vector", 2));
    client
        .create_collection("items", schema.build().unwrap())
        .index("vector", Index::flat(Metric::L2))
        .await
        .unwrap();
    let items = items();
    client.insert("items", &items).await.unwrap();
    let strong = Consistency::Strong;
    let mut runner = TestRunner::deterministic();
    let mut selected = 0;
    for _ in 0..150 {
        let tree = trees().new_tree(&mut runner).unwrap().current();
        let filter = tree.filter();
        let query = client
            .query("items")
            .filter(&filter)
            .output(["id"])
            .limit(100);
        let rows = match query.consistency(strong).await {
            Ok(rows) => rows,
            Err(error) if !negates && filter.to_string().contains("not (") => {
                let why = error.message();
                assert!(why.contains("unsupported expr"), "{error}");
                continue;
            }
            Err(error) => panic!("{error}\n{}\n{tree:?}", filter.inlined()),
        };
        let found: BTreeSet<i64> = rows.iter().map(|row| row.field("id").unwrap()).collect();
        let expected = items.iter().filter(|item| tree.selects(item));
        let expected: BTreeSet<i64> = expected.map(|item| item.id).collect();
        assert_eq!(found, expected, "{}\n{tree:?}", filter.inlined());
        let count = client
            .count("items")
            .filter(&filter)
            .consistency(strong)
            .await;
        assert_eq!(count.unwrap(), expected.len() as u64, "{tree:?}");
        selected += 1;
    }
    assert!(selected > 100, "{selected}");
    let search = client.search("items", [0.5, 0.5]).consistency(strong);
    let hits = search
        .filter(Filter::is_in("n", [3, 4]) & Filter::ne("t", "a"))
        .limit(100);
    assert_eq!(hits.await.unwrap().len(), 12);
    client
        .delete("items", Filter::any(None::<Filter>))
        .await
        .unwrap();
    let left = client.count("items").consistency(strong).await.unwrap();
    assert_eq!(left, 35);
    let deleted = client.delete("items", Filter::ge("n", 1).and(Filter::le("n", 3)));
    deleted.await.unwrap();
    let left = client.count("items").consistency(strong).await.unwrap();
    assert_eq!(left, 14);
    // A key where a filter is expected.
    let error = client.delete("items", "herbert").await.unwrap_err();
    let hint = "to delete by primary keys, pass a list, such as [\"key\"]";
    assert!(error.to_string().contains(hint), "{error}");
}

#[tokio::test]
async fn on_milvus_lite() {
    selects_like_the_composition(Milvus::lite().start().await, false).await;
}

#[tokio::test]
async fn on_milvus_lite_in_python() {
    selects_like_the_composition(Milvus::lite_python().start().await, true).await;
}

#[tokio::test]
async fn on_milvus_standalone() {
    selects_like_the_composition(Milvus::standalone().start().await, true).await;
}

#[tokio::test]
async fn a_filter_that_matches_nothing_sends_nothing() {
    let fake = Fake::scripted();
    let builder = Client::builder("http://fake:19530").service(fake.service());
    let client = builder.connect().await.unwrap();
    let sent = fake.calls().len();
    let nothing = || Filter::any(Vec::<Filter>::new());
    assert!(
        client
            .query("c")
            .filter(nothing())
            .await
            .unwrap()
            .is_empty()
    );
    let search = client.search("c", [0.5]).filter(nothing());
    assert!(search.await.unwrap().is_empty());
    let many = client.search_many("c", [[0.5], [0.6]]).filter(nothing());
    let many: Vec<Vec<Hit>> = many.await.unwrap();
    assert_eq!(many.iter().map(Vec::len).collect::<Vec<_>>(), [0, 0]);
    let hybrid = SubSearch::new("v", [0.5]).filter(Filter::is_in("n", Vec::<i64>::new()));
    let hybrid = client.hybrid_search("c").search(hybrid).await.unwrap();
    assert!(hybrid.is_empty());
    assert_eq!(client.count("c").filter(nothing()).await.unwrap(), 0);
    assert_eq!(client.delete("c", nothing()).await.unwrap().count, 0);
    assert_eq!(fake.calls().len(), sent);
    // Together with another search, Milvus would need an expression.
    let other = SubSearch::new("v", [0.5]);
    let nothing = SubSearch::new("v", [0.5]).filter(nothing());
    let both = client
        .hybrid_search("c")
        .search(other)
        .search(nothing)
        .await;
    let error = both.unwrap_err();
    assert!(
        error.is_invalid_argument() && error.message().contains("matches nothing"),
        "{error}"
    );
}

/// The texts and values that Milvus 2.5 and newer would receive.
#[tokio::test]
async fn composed_filters_are_bound_or_have_no_literals_in_telemetry() {
    let fake = Fake::scripted();
    let version = ConnectResponse {
        server_info: Some(ServerInfo {
            build_tags: "v2.6.0".into(),
            ..Default::default()
        }),
        ..Default::default()
    };
    fake.answer("Connect", &version);
    let builder = Client::builder("http://fake:19530").service(fake.service());
    let client = builder.connect().await.unwrap();
    let since = Filter::new("year > {y} and note != '{y}'").bind("y", 1990);
    let until = Filter::new("year < {y} or lang == {y_2}")
        .bind("y", 2000)
        .bind("y_2", "en");
    let same = Filter::eq("pages", 3).and(Filter::ge("pages", 3));
    let filter = since.and(until).and(None::<Filter>).and(!same);
    client.delete("c", &filter).await.unwrap();
    let sent = |fake: &Fake| {
        let calls = fake.calls_of("Delete");
        DeleteRequest::decode(calls.last().unwrap().message.as_slice()).unwrap()
    };
    let request = sent(&fake);
    assert_eq!(
        request.expr,
        "(year > {y} and note != '{y}') and (year < {y_3} or lang == {y_2}) and not (pages == {pages} and pages >= {pages})"
    );
    let mut names: Vec<&str> = request
        .expr_template_values
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["pages", "y", "y_2", "y_3"]);

    // A part with literals makes the filter one text, whose literals spans do not show.
    let literals = filter.and("name == 'Ann'").or(Filter::like("name", "B%"));
    client.delete("c", &literals).await.unwrap();
    let request = sent(&fake);
    assert!(request.expr_template_values.is_empty());
    assert!(
        request
            .expr
            .ends_with(r#" and (name == 'Ann')) or name like "B%""#),
        "{}",
        request.expr
    );
    for shown in [
        format!("{literals:?}"),
        format!("{:?}", client.delete("c", &literals)),
    ] {
        assert!(!shown.contains("Ann") && !shown.contains("1990"), "{shown}");
    }
    // What refers to a value stays unbound in the other filter.
    let unbound = Filter::new("a == {x}").and(Filter::new("b == {x}").bind("x", 1));
    assert_eq!(unbound.to_string(), "(a == {x}) and (b == {x_2})");
    client.delete("c", &unbound).await.unwrap();
    assert_eq!(sent(&fake).expr, "(a == {x}) and (b == 1)");
    for wrong in [
        Filter::eq("a == 1 or a", 2),
        Filter::eq("b", 1).or(Filter::is_null("1a")),
    ] {
        let error = client.delete("c", wrong).await.unwrap_err();
        assert!(error.is_invalid_argument(), "{error}");
        assert!(
            error.message().contains("is not a field: expected a name"),
            "{error}"
        );
    }
}
