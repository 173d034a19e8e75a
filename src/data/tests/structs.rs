//! Arrays of structs as typed rows, columns, values and messages.

use super::*;
use crate::proto::schema::{StructArrayField, field_data::Field as Data};

/// A struct with a field of every type that structs can have.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Chunk {
    flag: bool,
    tiny: i8,
    small: i16,
    medium: i32,
    long: i64,
    single: f32,
    double: f64,
    text: String,
    dense: Vec<f32>,
    half: Vec<f32>,
    brain: Vec<f32>,
    bytes: Vec<i8>,
    bits: Vec<u8>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Article {
    id: i64,
    chunks: Vec<Chunk>,
    notes: Option<Vec<Note>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Note {
    text: String,
    page: i64,
}

fn schema() -> Schema {
    let chunk = [
        Field::bool("flag"),
        Field::int8("tiny"),
        Field::int16("small"),
        Field::int32("medium"),
        Field::int64("long"),
        Field::float("single"),
        Field::double("double"),
        Field::varchar("text", 99),
        Field::float_vector("dense", 3),
        Field::float16_vector("half", 2),
        Field::bfloat16_vector("brain", 2),
        Field::int8_vector("bytes", 4),
        Field::binary_vector("bits", 16),
    ];
    let note = [Field::varchar("text", 9), Field::int64("page")];
    Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::struct_array("chunks", chunk, 5))
        .field(Field::struct_array("notes", note, 3).nullable())
        .build()
        .unwrap()
}

fn chunk() -> impl Strategy<Value = Chunk> {
    let scalars = (
        any::<bool>(),
        any::<i8>(),
        any::<i16>(),
        any::<i32>(),
        any::<i64>(),
        any::<u32>().prop_map(f32::from_bits),
        any::<u64>().prop_map(f64::from_bits),
        ".{0,20}",
    );
    let vectors = (
        floats(3),
        halves(),
        brains(),
        vec(any::<i8>(), 4),
        vec(any::<u8>(), 2),
    );
    (scalars, vectors).prop_map(|(s, v)| Chunk {
        flag: s.0,
        tiny: s.1,
        small: s.2,
        medium: s.3,
        long: s.4,
        single: s.5,
        double: s.6,
        text: s.7,
        dense: v.0,
        half: v.1,
        brain: v.2,
        bytes: v.3,
        bits: v.4,
    })
}

fn article() -> impl Strategy<Value = Article> {
    let note = ("[a-z]{0,9}", any::<i64>());
    let note = note.prop_map(|(text, page)| Note { text, page });
    (
        any::<i64>(),
        vec(chunk(), 0..5),
        option::of(vec(note, 0..3)),
    )
        .prop_map(|(id, chunks, notes)| Article { id, chunks, notes })
}

/// A text that is equal only for equal bits, even for NaN and zero.
fn bits(article: &Article) -> String {
    let of = |floats: &[f32]| -> Vec<u32> { floats.iter().map(|float| float.to_bits()).collect() };
    let chunk = |chunk: &Chunk| {
        let rest = Chunk {
            single: 0.0,
            double: 0.0,
            dense: Vec::new(),
            half: Vec::new(),
            brain: Vec::new(),
            ..chunk.clone()
        };
        let scalars = (chunk.single.to_bits(), chunk.double.to_bits());
        let vectors = (of(&chunk.dense), of(&chunk.half), of(&chunk.brain));
        format!("{rest:?} {scalars:?} {vectors:?}")
    };
    let chunks: Vec<String> = article.chunks.iter().map(chunk).collect();
    format!("{} {chunks:?} {:?}", article.id, article.notes)
}

fn encode<'a, K>(rows: impl IntoRows<'a, K>) -> Result<Vec<FieldData>, String> {
    rows.into_rows()
        .encode(&schema(), WriteRules::default(), false)
}

fn table(fields: Vec<FieldData>, rows: usize) -> Table {
    Table::new(over_the_wire(fields), rows).unwrap()
}

/// The same rows, as columns.
fn columns(articles: &[Article]) -> Columns {
    let chunks: Vec<&Chunk> = articles.iter().flat_map(|row| &row.chunks).collect();
    fn each<T>(chunks: &[&Chunk], one: impl Fn(&Chunk) -> T) -> Vec<T> {
        chunks.iter().map(|chunk| one(chunk)).collect()
    }
    let half = |numbers: &[f32], narrow: fn(f32) -> u16| -> Vec<u8> {
        let numbers = numbers.iter().map(|number| narrow(*number));
        numbers.flat_map(u16::to_le_bytes).collect()
    };
    let structs = Columns::new()
        .bool("flag", each(&chunks, |chunk| chunk.flag))
        .int8("tiny", each(&chunks, |chunk| chunk.tiny))
        .int16("small", each(&chunks, |chunk| chunk.small))
        .int32("medium", each(&chunks, |chunk| chunk.medium))
        .int64("long", each(&chunks, |chunk| chunk.long))
        .float("single", each(&chunks, |chunk| chunk.single))
        .double("double", each(&chunks, |chunk| chunk.double))
        .varchar("text", each(&chunks, |chunk| chunk.text.clone()))
        .float_vector("dense", 3, each(&chunks, |chunk| chunk.dense.clone()))
        .float16_vector(
            "half",
            2,
            each(&chunks, |chunk| half(&chunk.half, float16::f16_from_f32)),
        )
        .bfloat16_vector(
            "brain",
            2,
            each(&chunks, |chunk| half(&chunk.brain, float16::bf16_from_f32)),
        )
        .int8_vector("bytes", 4, each(&chunks, |chunk| chunk.bytes.clone()))
        .binary_vector("bits", 16, each(&chunks, |chunk| chunk.bits.clone()));
    let notes = || {
        articles
            .iter()
            .filter_map(|row| row.notes.as_ref())
            .flatten()
    };
    let notes = Columns::new()
        .varchar(
            "text",
            notes().map(|note| note.text.clone()).collect::<Vec<_>>(),
        )
        .int64("page", notes().map(|note| note.page).collect::<Vec<_>>());
    let counts: Vec<usize> = articles.iter().map(|row| row.chunks.len()).collect();
    let count = |row: &Article| row.notes.as_ref().map(Vec::len);
    Columns::new()
        .int64("id", articles.iter().map(|row| row.id).collect::<Vec<_>>())
        .struct_array("chunks", counts, structs)
        .struct_array(
            "notes",
            articles.iter().map(count).collect::<Vec<_>>(),
            notes,
        )
}

proptest! {
    #[test]
    fn rows_with_structs_round_trip(articles in vec(article(), 1..6)) {
        let fields = encode(&articles).unwrap();
        // The columns give the same message.
        prop_assert_eq!(format!("{:?}", bytes(&fields)), format!("{:?}", bytes(&encode(columns(&articles)).unwrap())));
        let table = table(fields, articles.len());
        let back: Vec<Article> = table.rows().unwrap();
        for (sent, back) in articles.iter().zip(&back) {
            prop_assert_eq!(bits(sent), bits(back));
        }
        // Reading untyped values and writing them again gives the same rows.
        let values: Vec<BTreeMap<&str, Value>> = (0..articles.len())
            .map(|row| table.columns().map(|column| (column.name(), column.value(row))).collect())
            .collect();
        let again = self::table(encode(&values).unwrap(), articles.len());
        for row in 0..articles.len() {
            let value = |table: &Table| format!("{:?}", table.value(row, "chunks"));
            prop_assert_eq!(value(&table), value(&again));
            prop_assert_eq!(table.value(row, "notes"), again.value(row, "notes"));
        }
    }

    #[test]
    fn parts_contain_all_structs_in_order(articles in vec(article(), 1..40), limit in 4000_usize..9000) {
        let fields = encode(&articles).unwrap();
        let mut next = 0;
        for part in split(fields, articles.len(), limit).unwrap() {
            prop_assert_eq!(part.rows.start, next);
            next = part.rows.end;
            let message = QueryResults { fields_data: part.fields.clone(), ..QueryResults::default() };
            prop_assert!(message.encoded_len() <= limit, "{} > {}", message.encoded_len(), limit);
            let back: Vec<Article> = table(part.fields, part.rows.len()).rows().unwrap();
            for (sent, back) in articles[part.rows.clone()].iter().zip(&back) {
                prop_assert_eq!(bits(sent), bits(back));
            }
        }
        prop_assert_eq!(next, articles.len());
    }

    #[test]
    fn arbitrary_structs_are_read_or_refused(bytes in vec(any::<u8>(), 0..300), rows in 0_usize..9) {
        if let Ok(structs) = StructArrayField::decode(bytes.as_slice()) {
            let field = FieldData { field: Some(Data::StructArrays(structs)), ..FieldData::default() };
            read_all(vec![field], rows);
        }
    }

    #[test]
    fn damaged_structs_are_read_or_refused(
        articles in vec(article(), 1..4),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let message = QueryResults { fields_data: encode(&articles).unwrap(), ..QueryResults::default() };
        read_damaged(&message, damage, articles.len());
    }
}

fn bytes(fields: &[FieldData]) -> Vec<Vec<u8>> {
    fields.iter().map(Message::encode_to_vec).collect()
}

fn read_all(fields: Vec<FieldData>, rows: usize) {
    super::read_all(fields.clone(), rows);
    let Ok(table) = Table::new(fields, rows) else {
        return;
    };
    let _ = table.rows::<Article>();
    for field in table
        .columns()
        .flat_map(|column| column.fields().collect::<Vec<_>>())
    {
        let _ = (field.dimension(), field.bytes());
        for row in 0..=rows {
            let _ = (field.value(row), field.vector(row), field.elements(row));
        }
    }
}

#[test]
fn arrays_that_were_left_out_are_null() {
    let rows = serde_json::json!([{ "id": 1, "chunks": [] }, { "id": 2, "chunks": [] }]);
    let article = |id| Article {
        id,
        chunks: Vec::new(),
        notes: None,
    };
    let mut without = columns(&[article(1), article(2)]);
    without.columns.retain(|column| column.name != "notes");
    for fields in [encode(rows).unwrap(), encode(without).unwrap()] {
        let table = table(fields, 2);
        for row in 0..2 {
            assert_eq!(table.value(row, "chunks"), Some(Value::Array(vec![])));
            assert_eq!(table.value(row, "notes"), Some(Value::Null));
        }
    }
}
