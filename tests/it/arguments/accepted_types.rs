//! Arguments are accepted in all common types, owned and borrowed.

use milvus_otel::ops::{CollectionShape, DeleteRows, IntoDeleteRows};
use milvus_otel::{Field, Filter, Id, QueryVector, Schema, data::Columns, filter::Bound};

#[test]
fn setters_accept_borrowed_and_owned_values() {
    let (number, text) = (7_i64, "Dune".to_owned());
    assert_eq!(Id::from(&number), Id::from(number));
    assert_eq!(Id::from(&text), Id::from("Dune"));
    assert_eq!(Filter::from(&text), Filter::new("Dune"));
    assert_eq!(QueryVector::from(&text), QueryVector::from("Dune"));
    assert!(Bound::from(&text) == Bound::from("Dune"));

    let numbers = vec![1_i64, 2];
    let texts = vec!["a".to_owned(), "b".to_owned()];
    let ids: Vec<Id> = numbers.iter().map(Id::from).collect();
    assert!(Bound::from(&numbers) == Bound::from([1, 2]));
    assert!(Bound::from(&texts) == Bound::from(["a", "b"]));
    assert!(Bound::from(&ids) == Bound::from([1, 2]));
    assert!(Bound::from(&ids[0]) == Bound::from(1));

    let deleted = |rows: DeleteRows| match rows {
        DeleteRows::Ids(ids) => ids,
        other => panic!("{other:?}"),
    };
    assert_eq!(deleted((&numbers).into_delete_rows()), ids);
    assert_eq!(deleted(numbers.as_slice().into_delete_rows()), ids);
    assert_eq!(deleted(ids.iter().into_delete_rows()), ids);
    assert_eq!(deleted((&texts).into_delete_rows()), ["a", "b"]);
    assert_eq!(deleted((&["a", "b"]).into_delete_rows()), ["a", "b"]);
    assert_eq!(deleted((&number).into_delete_rows()), [7]);
    let filter = |rows: DeleteRows| matches!(rows, DeleteRows::Matching(_));
    assert!(filter("id > 0".into_delete_rows()));
    assert!(filter(text.into_delete_rows()));
    assert!(filter(Filter::eq("id", number).into_delete_rows()));

    let columns = |rows: usize| Columns::new().int64("id", (0..rows as i64).collect::<Vec<_>>());
    let flat = vec![0.5_f32, 1.0, 1.5, 2.0];
    let nested = vec![vec![0.5_f32, 1.0], vec![1.5, 2.0]];
    let one = columns(2).float_vector("v", 2, &flat);
    assert!(one == columns(2).float_vector("v", 2, flat));
    assert!(one == columns(2).float_vector("v", 2, [0.5, 1.0, 1.5, 2.0]));
    assert!(columns(2).float_vector("v", 2, &nested) == columns(2).float_vector("v", 2, nested));

    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::float_vector("v", 2))
        .build()
        .unwrap();
    assert_eq!(
        CollectionShape::from(&schema),
        CollectionShape::from(schema)
    );
}
