//! Columns of types, or in kinds of arrays, that this version of the protocol does not have.

use serde::de::IgnoredAny;
use serde_json::json;

use super::*;
use crate::proto::schema::{
    ArrayArray, DataType as Number, LongArray, ScalarField, StringArray, StructArrayField,
    VectorArray, VectorField, field_data::Field as Data, scalar_field::Data as Scalar,
    vector_field::Data as Vector,
};

const ODD: i32 = 999;

/// A field `odd` whose values are in a part of the message that the protocol does not have.
fn odd(part: &[u8], valid_data: &[bool]) -> FieldData {
    let known = FieldData {
        r#type: ODD,
        field_name: "odd".into(),
        valid_data: valid_data.to_vec(),
        ..FieldData::default()
    };
    let bytes = [&known.encode_to_vec()[..], part].concat();
    FieldData::decode(bytes.as_slice()).unwrap()
}

/// Values in field 99 of the scalars, in field 99 of the vectors, in field 77 of the column itself, and no values.
const PARTS: [&[u8]; 4] = [
    &[0x1a, 6, 0x9a, 0x06, 3, b'a', b'b', b'c'],
    &[0x22, 6, 0x9a, 0x06, 3, b'a', b'b', b'c'],
    &[0xea, 0x04, 3, b'a', b'b', b'c'],
    &[],
];

fn scalars(name: &str, number: Number, data: Scalar) -> FieldData {
    FieldData {
        r#type: number as i32,
        field_name: name.into(),
        field: Some(Data::Scalars(ScalarField { data: Some(data) })),
        ..FieldData::default()
    }
}

fn ids() -> FieldData {
    scalars(
        "id",
        Number::Int64,
        Scalar::LongData(LongArray { data: vec![1, 2] }),
    )
}

fn titles() -> FieldData {
    let data = vec!["a".to_owned(), "b".to_owned()];
    scalars(
        "title",
        Number::VarChar,
        Scalar::StringData(StringArray { data }),
    )
}

#[derive(Debug, PartialEq, Deserialize)]
struct Book {
    id: i64,
    title: String,
}

#[derive(Debug, Deserialize)]
struct Odd<T> {
    odd: T,
}

#[test]
fn the_other_fields_of_the_row_are_read() {
    for part in PARTS {
        for place in 0..3 {
            let mut fields = vec![ids(), titles()];
            fields.insert(place, odd(part, &[]));
            assert_eq!(fields.iter().map(rows_of).max().unwrap(), Ok(2));
            let table = Arc::new(Table::new(fields, 2).unwrap());
            let book = |id, title: &str| Book {
                id,
                title: title.into(),
            };
            let books: Vec<Book> = table.rows().unwrap();
            assert_eq!(books, [book(1, "a"), book(2, "b")]);
            assert_eq!(table.value(1, "odd"), Some(Value::Unknown(ODD)));
            assert_eq!(table.column("odd").unwrap().value(0), Value::Unknown(ODD));
            assert_eq!(table.value(1, "title"), Some(Value::Text("b".into())));
            assert_eq!(
                Row::of_table(&table, 0).get("odd"),
                Some(Value::Unknown(ODD))
            );
            table.row::<Odd<IgnoredAny>>(0).unwrap();
        }
    }
}

#[test]
fn the_error_names_field_and_type() {
    let table = Arc::new(Table::new(vec![ids(), odd(PARTS[0], &[])], 2).unwrap());
    fn message<T: for<'de> Deserialize<'de>>(table: &Table) -> String {
        let error = table.row::<T>(1).err().unwrap();
        error.message().to_owned()
    }
    for message in [
        message::<Odd<i64>>(&table),
        message::<Odd<String>>(&table),
        message::<Odd<Vec<f32>>>(&table),
        message::<Odd<Option<bool>>>(&table),
        message::<Odd<()>>(&table),
        message::<Odd<serde_json::Value>>(&table),
        message::<BTreeMap<String, serde_json::Value>>(&table),
    ] {
        assert_eq!(
            message,
            "row 1: it is of type 999, which this version cannot read in field \"odd\""
        );
    }
    let whole = serde_json::to_value(Row::of_table(&table, 0)).unwrap_err();
    assert_eq!(
        whole.to_string(),
        "it is of type 999, which this version cannot read in field \"odd\""
    );
}

#[test]
fn nulls_of_an_unknown_type_are_read() {
    for part in PARTS {
        let table = Table::new(vec![ids(), odd(part, &[true, false])], 2).unwrap();
        assert_eq!(table.value(0, "odd"), Some(Value::Unknown(ODD)));
        assert_eq!(table.value(1, "odd"), Some(Value::Null));
        assert!(table.row::<Odd<Option<i64>>>(1).unwrap().odd.is_none());
        let all_null = Table::new(vec![ids(), odd(part, &[false, false])], 2).unwrap();
        assert_eq!(all_null.value(0, "odd"), Some(Value::Null));
        let marks = Table::new(vec![ids(), odd(part, &[true])], 2).unwrap_err();
        assert_eq!(
            marks,
            "field \"odd\": 0 values and 1 validity marks for 2 rows"
        );
    }
}

#[test]
fn values_of_an_unknown_type_in_a_known_array_are_read() {
    let texts = Scalar::StringData(StringArray {
        data: vec!["1.50".into(), "2.25".into()],
    });
    for number in [Number::Decimal as i32, ODD] {
        let mut field = scalars("odd", Number::Decimal, texts.clone());
        field.r#type = number;
        let table = Table::new(vec![ids(), field], 2).unwrap();
        assert_eq!(table.value(0, "odd"), Some(Value::Text("1.50".into())));
    }
}

#[test]
fn arrays_of_an_unknown_type_are_unknown_and_not_empty() {
    let array = |element_type| {
        let data = vec![ScalarField::default(); 2];
        scalars(
            "odd",
            Number::Array,
            Scalar::ArrayData(ArrayArray { data, element_type }),
        )
    };
    let vectors = |element_type| FieldData {
        r#type: Number::ArrayOfVector as i32,
        field_name: "odd".into(),
        field: Some(Data::Vectors(VectorField {
            dim: 2,
            data: Some(Vector::VectorArray(VectorArray {
                dim: 2,
                data: vec![VectorField::default(); 2],
                element_type,
            })),
        })),
        ..FieldData::default()
    };
    for (field, wanted) in [
        (array(ODD), Value::Unknown(ODD)),
        (array(Number::Int64 as i32), Value::Array(vec![])),
        (array(0), Value::Array(vec![])),
        (vectors(ODD), Value::Unknown(ODD)),
        (vectors(Number::FloatVector as i32), Value::Array(vec![])),
    ] {
        let table = Table::new(vec![ids(), field], 2).unwrap();
        assert_eq!(table.value(1, "odd"), Some(wanted));
    }
}

#[test]
fn an_unknown_field_of_structs_does_not_hide_the_others() {
    let longs = |data| ScalarField {
        data: Some(Scalar::LongData(LongArray { data })),
    };
    let known = scalars(
        "number",
        Number::Array,
        Scalar::ArrayData(ArrayArray {
            data: vec![longs(vec![1, 2]), longs(vec![])],
            element_type: Number::Int64 as i32,
        }),
    );
    let unknown = scalars(
        "odd",
        Number::Array,
        Scalar::ArrayData(ArrayArray {
            data: vec![ScalarField::default(); 2],
            element_type: ODD,
        }),
    );
    for fields in [
        vec![known.clone(), unknown.clone()],
        vec![unknown.clone(), known.clone()],
    ] {
        let structs = FieldData {
            r#type: Number::ArrayOfStruct as i32,
            field_name: "structs".into(),
            field: Some(Data::StructArrays(StructArrayField { fields })),
            ..FieldData::default()
        };
        let table = Table::new(vec![ids(), structs], 2).unwrap();
        let column = table.column("structs").unwrap();
        assert_eq!([column.elements(0), column.elements(1)], [2, 0]);
        let Value::Array(structs) = column.value(0) else {
            panic!("no array");
        };
        for (structure, number) in structs.into_iter().zip([1, 2]) {
            let Value::Struct(fields) = structure else {
                panic!("no struct");
            };
            let fields: BTreeMap<String, Value> = fields.into_iter().collect();
            assert_eq!(fields["number"], Value::Int(number));
            assert_eq!(fields["odd"], Value::Unknown(ODD));
        }
        #[derive(Debug, PartialEq, Deserialize)]
        struct Inner {
            number: i64,
        }
        #[derive(Deserialize)]
        struct Outer {
            structs: Vec<Inner>,
        }
        let outer: Outer = table.row(0).unwrap();
        let numbers = [1, 2].map(|number| Inner { number });
        assert_eq!(outer.structs, numbers);
    }
}

#[test]
fn a_field_of_an_unknown_type_is_not_written() {
    let schema = |field: Field| {
        Schema::builder()
            .field(Field::int64("id").primary_key())
            .field(Field::float_vector("v", 1))
            .field(field)
            .build()
            .unwrap()
    };
    let write = |field: Field, value: Option<serde_json::Value>| {
        let mut row = json!({ "id": 1, "v": [0.5] });
        if let Some(value) = value {
            row["odd"] = value;
        }
        let encoded = row
            .into_rows()
            .encode(&schema(field), WriteRules::default(), false);
        encoded.map(|fields| {
            fields
                .iter()
                .map(|field| field.field_name.clone())
                .collect::<Vec<_>>()
        })
    };
    let field = || Field::new("odd", DataType::Unknown(ODD));
    // Milvus fills it.
    for nothing in [None, Some(json!(null))] {
        assert_eq!(write(field().nullable(), nothing).unwrap(), ["id", "v"]);
    }
    assert_eq!(
        write(field(), None).unwrap_err(),
        "row 0: field \"odd\" is missing: expected type 999"
    );
    for value in [
        json!(1),
        json!(0.5),
        json!("a"),
        json!(true),
        json!([1]),
        json!({ "a": 1 }),
    ] {
        let why = write(field().nullable(), Some(value)).unwrap_err();
        let start = "row 0: expected nothing, since this version cannot write type 999, found ";
        assert!(why.starts_with(start), "{why}");
    }
    let columns = Columns::new()
        .int64("id", [1])
        .float_vector("v", 1, vec![0.5])
        .varchar("odd", ["a"]);
    let why = InputRows::from(columns).encode(&schema(field()), WriteRules::default(), false);
    assert_eq!(
        why.unwrap_err(),
        "expected type 999, found a column of varchar in field \"odd\""
    );
}
