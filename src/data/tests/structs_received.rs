//! All layouts in which servers send arrays of structs.

use super::super::cell::Cell;
use super::*;
use crate::proto::schema::{field_data::Field as Data, vector_field::Data as Vector};

#[derive(Debug, PartialEq, Deserialize)]
struct Note {
    text: String,
}

fn table(fields: Vec<FieldData>, rows: usize) -> Table {
    Table::new(over_the_wire(fields), rows).unwrap()
}

/// Two rows: the first has two structs, the second none.
fn small() -> Vec<FieldData> {
    let structs = Columns::new().varchar("text", ["one", "two"]).float_vector(
        "dense",
        2,
        vec![0.5, 1.0, 1.5, 2.0],
    );
    let columns = Columns::new()
        .int64("id", [1, 2])
        .struct_array("chunks", [2, 0], structs);
    let chunk = [Field::varchar("text", 9), Field::float_vector("dense", 2)];
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::struct_array("chunks", chunk, 3))
        .build();
    InputRows::from(columns)
        .encode(&schema.unwrap(), WriteRules::default(), false)
        .unwrap()
}

fn inner(field: &mut FieldData) -> &mut Vec<FieldData> {
    match &mut field.field {
        Some(Data::StructArrays(structs)) => &mut structs.fields,
        _ => panic!("{} is no array of structs", field.field_name),
    }
}

#[test]
fn columns_of_structs_are_read_by_path() {
    let table = table(small(), 2);
    let chunks = table.column("chunks").unwrap();
    assert_eq!((chunks.elements(0), chunks.elements(1)), (2, 0));
    let names: Vec<&str> = chunks.fields().map(|field| field.name()).collect();
    assert_eq!(names, ["text", "dense"]);
    let dense = table.column("chunks[dense]").unwrap();
    assert_eq!(dense.dimension(), Some(2));
    assert_eq!(dense.vector(0), Some(vec![0.5, 1.0, 1.5, 2.0]));
    assert_eq!(dense.vector(1), Some(vec![]));
    let texts = Value::Array(vec![Value::Text("one".into()), Value::Text("two".into())]);
    assert_eq!(table.value(0, "chunks[text]"), Some(texts));
    let second = Value::Struct(vec![
        ("text".into(), Value::Text("two".into())),
        ("dense".into(), Value::FloatVector(vec![1.5, 2.0])),
    ]);
    let Some(Value::Array(structs)) = table.value(0, "chunks") else {
        panic!("no array");
    };
    assert_eq!(structs[1], second);
    assert_eq!(table.value(1, "chunks"), Some(Value::Array(vec![])));
    assert_eq!(table.value(0, "chunks[other]"), None);
}

#[test]
fn all_layouts_of_structs_are_read() {
    let expected = table(small(), 2).value(0, "chunks");
    let read = |fields| table(fields, 2).value(0, "chunks");

    // With the names that servers use internally.
    let mut named = small();
    for field in inner(&mut named[1]) {
        field.field_name = format!("chunks[{}]", field.field_name);
    }
    assert_eq!(read(named.clone()), expected);

    // As separate fields.
    let parts = std::mem::take(inner(&mut named[1]));
    named.truncate(1);
    named.extend(parts);
    assert_eq!(read(named), expected);

    // In two fields with the same name.
    let mut pieces = small();
    let mut second = pieces[1].clone();
    inner(&mut pieces[1]).truncate(1);
    inner(&mut second).remove(0);
    pieces.push(second);
    assert_eq!(read(pieces), expected);

    // With the dimension only once.
    let mut shared = small();
    if let Some(Data::Vectors(vectors)) = &mut inner(&mut shared[1])[1].field
        && let Some(Vector::VectorArray(rows)) = &mut vectors.data
    {
        rows.data.iter_mut().for_each(|row| row.dim = 0);
    }
    assert_eq!(read(shared), expected);

    // Without the fields that were not requested, or with only their names.
    for clear in [true, false] {
        let mut partly = small();
        let fields = inner(&mut partly[1]);
        if clear {
            fields[1].field = None;
        } else {
            fields.truncate(1);
        }
        #[derive(Debug, PartialEq, Deserialize)]
        struct Row {
            chunks: Vec<Note>,
        }
        let rows: Vec<Row> = table(partly, 2).rows().unwrap();
        let note = |text: &str| Note { text: text.into() };
        assert_eq!(rows[0].chunks, [note("one"), note("two")]);
        assert_eq!(rows[1].chunks, []);
    }

    // With values for null rows, too.
    let mut null = small();
    for field in inner(&mut null[1]) {
        field.valid_data = vec![true, false];
    }
    assert_eq!(read(null.clone()), expected);
    assert!(table(null, 2).column("chunks").unwrap().is_null(1));
}

#[test]
fn malformed_structs_are_refused() {
    let refused = |fields| Table::new(fields, 2).unwrap_err();
    let mut uneven = small();
    let other = Columns::new()
        .struct_array("chunks", [1, 1], Columns::new().int64("page", [1, 2]))
        .columns
        .remove(0);
    inner(&mut uneven[1]).append(inner(&mut other.into_proto()));
    assert_eq!(
        refused(uneven),
        "field \"chunks\": row 0: the structs have 2 values in \"text\" and 1 in \"page\""
    );
    let mut short = small();
    if let Some(Data::Vectors(vectors)) = &mut inner(&mut short[1])[1].field
        && let Some(Vector::VectorArray(rows)) = &mut vectors.data
    {
        rows.data[0].dim = 3;
    }
    assert_eq!(
        refused(short),
        "field \"chunks\": field \"dense\": row 0: 16 bytes are not a multiple of the 12 bytes of a vector"
    );
    let mut nested = small();
    let within = nested[1].clone();
    inner(&mut nested[1]).push(within);
    assert_eq!(
        refused(nested),
        "field \"chunks\": field \"chunks\": it is an array of structs inside structs"
    );
}

#[test]
fn vectors_of_structs_are_not_copied() {
    let vectors = vec![0.25_f32; 4 * 1000];
    let address = vectors.as_ptr() as usize;
    let structs = Columns::new().float_vector("dense", 4, vectors);
    let columns = Columns::new().struct_array("chunks", vec![2; 500], structs);
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key().auto_id())
        .field(Field::struct_array(
            "chunks",
            [Field::float_vector("dense", 4)],
            2,
        ))
        .build()
        .unwrap();
    let fields = InputRows::from(columns)
        .encode(&schema, WriteRules::default(), false)
        .unwrap();
    for part in split(fields, 500, 5000).unwrap() {
        let start = part.rows.start;
        let table = Table::new(part.fields, part.rows.len()).unwrap();
        let Cell::Vectors(vectors) = table.column("chunks[dense]").unwrap().cell(0) else {
            panic!("no vectors");
        };
        let Some(Vector::FloatVector(numbers)) = &vectors.data else {
            panic!("no floats");
        };
        assert_eq!(
            numbers.as_le_bytes().as_ptr() as usize,
            address + start * 32
        );
    }
}
