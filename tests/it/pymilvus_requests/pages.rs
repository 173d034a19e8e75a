//! Streams request the same pages as the iterators of pymilvus.

use milvus_otel::data::Value;
use milvus_otel::proto::milvus::{
    ElementIndices, QueryRequest, QueryResults, SearchRequest, SearchResults,
};
use milvus_otel::proto::schema::{
    DataType, FieldData, IDs, LongArray, ScalarField, SearchIteratorV2Results, SearchResultData,
    field_data, i_ds::IdField, scalar_field,
};
use prost::Message;
use testkit::Reply;
use tokio_stream::StreamExt;

use super::both::{Both, Comparable, query, search};

/// A page of hits from a server that continues the search by `token`.
fn hits(ids: &[i64], token: &str, last_bound: f32) -> Reply {
    let results = SearchResultData {
        num_queries: 1,
        scores: ids.iter().map(|_| last_bound).collect(),
        topks: vec![ids.len() as i64],
        ids: Some(IDs {
            id_field: Some(IdField::IntId(LongArray { data: ids.to_vec() })),
        }),
        primary_field_name: "id".into(),
        search_iterator_v2_results: Some(SearchIteratorV2Results {
            token: token.into(),
            last_bound,
        }),
        ..SearchResultData::default()
    };
    Reply::message(&SearchResults {
        results: Some(results),
        session_ts: 99,
        ..SearchResults::default()
    })
}

fn all<T: Message + Default, C>(
    both: &Both,
    rpc: &str,
    from: usize,
    of: fn(T) -> Comparable<C>,
) -> Vec<Comparable<C>> {
    let calls = both.fake.calls_of(rpc);
    let calls = calls.iter().skip(from);
    calls
        .map(|call| of(T::decode(call.message.as_slice()).unwrap()))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_search_iterator_continues_on_the_server() {
    let Some(mut both) = Both::connect().await else {
        return;
    };
    let pages = || {
        [
            hits(&[1, 2], "t", 0.1),
            hits(&[3, 4], "other", 0.2),
            hits(&[], "t", 0.2),
        ]
    };
    // pymilvus first requests one hit, to find out whether the server supports it.
    both.fake.script(
        "Search",
        [hits(&[1], "probe", 0.1)].into_iter().chain(pages()),
    );
    let python = "pages = client.search_iterator('books', [[0.5, 0.25]], 2, 'id > 0', output_fields=['id'], anns_field='v')\n\
                  while page := pages.next(): pass";
    assert_eq!(both.run(python), None);
    let theirs = all(&both, "Search", 0, search);
    assert_eq!(theirs.len(), 4);

    both.fake.script("Search", pages());
    let stream = both.client.search("books", [0.5, 0.25]).field("v");
    let mut stream = stream
        .filter("id > 0")
        .output(["id"])
        .stream()
        .batch_size(2);
    let mut found = Vec::new();
    while let Some(hit) = stream.next().await {
        found.push(hit.unwrap().id.as_int().unwrap());
    }
    assert_eq!(found, [1, 2, 3, 4]);
    let ours = all::<SearchRequest, _>(&both, "Search", 4, search);
    assert_eq!(ours.len(), 3, "the stream ends with the first empty page");

    // Like the first request of pymilvus, the first page reads the current data, but it is already a page.
    let (mut first, mut parameters) = theirs[0].clone();
    for key in ["topk", "search_iter_batch_size"] {
        assert_eq!(
            parameters[0].insert(key.into(), "2".into()),
            Some("1".into())
        );
    }
    assert_eq!(ours[0], (first.clone(), parameters));
    assert_eq!(
        (first.guarantee_timestamp, first.use_default_consistency),
        (0, true)
    );
    // All others read the data of that time, and continue after the last row.
    assert_eq!(ours[1..], theirs[2..]);
    first.guarantee_timestamp = 99;
    assert_eq!(ours[1].0, first);
    for (page, bound) in ours[1..].iter().zip([0.1_f32, 0.2]) {
        assert_eq!(
            page.1[0]["search_iter_id"], "t",
            "the token stays what it was at first"
        );
        let said: f32 = page.1[0]["search_iter_last_bound"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        assert_eq!(said, bound);
    }
}

/// A page of a query with these rows.
fn rows(ids: &[i64], session_ts: u64) -> Reply {
    matched(ids, &[], session_ts)
}

/// A page of a query with these rows, and the structs of each that matched.
fn matched(ids: &[i64], elements: &[&[i64]], session_ts: u64) -> Reply {
    let indices = |elements: &&[i64]| ElementIndices {
        indices: Some(LongArray {
            data: elements.to_vec(),
        }),
    };
    let data = scalar_field::Data::LongData(LongArray { data: ids.to_vec() });
    let column = FieldData {
        r#type: DataType::Int64 as i32,
        field_name: "id".into(),
        field: Some(field_data::Field::Scalars(ScalarField { data: Some(data) })),
        ..FieldData::default()
    };
    Reply::message(&QueryResults {
        fields_data: vec![column],
        element_indices: elements.iter().map(indices).collect(),
        output_fields: vec!["id".into()],
        primary_field_name: "id".into(),
        session_ts,
        ..QueryResults::default()
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_query_continues_after_the_last_row() {
    let Some(mut both) = Both::connect().await else {
        return;
    };
    let pages = || [rows(&[1, 2], 99), rows(&[3, 4], 0), rows(&[], 0)];
    both.fake
        .script("Query", [rows(&[1], 99)].into_iter().chain(pages()));
    let python = "pages = client.query_iterator('books', 2, filter='id > 0', output_fields=['id'])\n\
                  while page := pages.next(): pass";
    assert_eq!(both.run(python), None);
    let theirs = all(&both, "Query", 0, query);
    assert_eq!(theirs.len(), 4);

    both.fake.script("Query", pages());
    let query_of = || both.client.query("books").filter("id > 0").output(["id"]);
    let found: Vec<_> = query_of().stream().batch_size(2).collect().await;
    assert_eq!(found.len(), 4);
    let ours = all::<QueryRequest, _>(&both, "Query", 4, query);
    assert_eq!(ours.len(), 3);
    assert_eq!(ours[0].0.guarantee_timestamp, 0);
    assert_eq!(ours[0].1, theirs[1].1);
    assert_eq!(ours[1..], theirs[2..]);
    assert_eq!(ours[1].0.expr, "id > 2 and (id > 0)");

    // A stream that continues another starts at its position.
    both.fake.script("Query", [rows(&[3], 98), rows(&[], 0)]);
    let mut rest = query_of().stream().batch_size(2).resume_after(2);
    assert!(rest.next().await.unwrap().is_ok());
    assert_eq!(rest.cursor().unwrap(), &3);
    assert!(rest.next().await.is_none());
    let ours = all::<QueryRequest, _>(&both, "Query", 7, query);
    assert_eq!(ours[0].0.expr, "id > 2 and (id > 0)");
    assert_eq!(
        (ours[0].0.guarantee_timestamp, ours[1].0.guarantee_timestamp),
        (0, 98)
    );
    assert_eq!(ours[1].0.expr, "id > 3 and (id > 0)");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_query_for_structs_continues_within_a_row() {
    const FILTER: &str = "element_filter(chunks, $[n] > 0)";
    let Some(mut both) = Both::connect().await else {
        return;
    };
    let pages = || {
        [
            matched(&[1, 2], &[&[0, 3], &[1]], 99),
            matched(&[2, 3], &[&[4, 5], &[0]], 0),
            rows(&[], 0),
        ]
    };
    let first = [matched(&[1], &[&[0]], 99)];
    both.fake.script("Query", first.into_iter().chain(pages()));
    let python = format!(
        "found, pages = [], client.query_iterator('books', 3, filter='{FILTER}', output_fields=['id'])\n\
         while page := pages.next(): found += [[row['id'], row['offset']] for row in page]\n\
         assert found == [[1, 0], [1, 3], [2, 1], [2, 4], [2, 5], [3, 0]], found"
    );
    assert_eq!(both.run(&python), None);
    let theirs = all(&both, "Query", 0, query);

    both.fake.script("Query", pages());
    let query_of = || both.client.query("books").filter(FILTER).output(["id"]);
    let found: Vec<_> = query_of().stream().batch_size(3).collect().await;
    let found: Vec<_> = found
        .iter()
        .map(|row| {
            let row = row.as_ref().unwrap();
            (row.get("id").unwrap(), row.matched_elements().unwrap())
        })
        .collect();
    let expected: [(i64, &[u64]); 4] = [(1, &[0, 3]), (2, &[1]), (2, &[4, 5]), (3, &[0])];
    assert_eq!(
        found,
        expected.map(|(id, elements)| (Value::Int(id), elements))
    );
    let ours = all::<QueryRequest, _>(&both, "Query", 4, query);
    assert_eq!(ours[1..], theirs[2..]);
    assert_eq!(ours[1].0.expr, format!("id >= 2 and ({FILTER})"));
    assert_eq!(ours[2].1[0]["query_iter_last_element_offset"], "0");

    // The limit counts structs, as on the server.
    both.fake.script("Query", pages());
    let found: Vec<_> = query_of().limit(3).stream().collect().await;
    assert_eq!(found.len(), 2);

    let again = || matched(&[1], &[&[0]], 99);
    both.fake.script("Query", [again(), again()]);
    let found: Vec<_> = query_of().stream().collect().await;
    let error = found[1].as_ref().unwrap_err();
    assert!(
        error.message().contains("where the one before it did"),
        "{error}"
    );

    for (elements, why) in [
        (
            &[&[0][..], &[1]][..],
            "matched structs of 2 rows for 1 rows",
        ),
        (&[&[-1]], "number -1 of a row's structs"),
    ] {
        both.fake.script("Query", [matched(&[1], elements, 99)]);
        let error = query_of().await.unwrap_err();
        assert!(error.message().contains(why), "{error}");
    }
}
