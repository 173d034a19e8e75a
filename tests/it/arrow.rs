//! Arrow's batches on real servers, compared with typed rows.

mod pages;

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float16Type, Float32Type, Int8Type, UInt8Type, UInt16Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, FixedSizeListArray, Float32Array, Float64Array,
    Int8Array, Int16Array, Int32Array, Int64Array, ListArray, PrimitiveArray, RecordBatch,
    RecordBatchIterator, StringArray, StringViewArray, StructArray, UInt32Array,
};
use arrow_buffer::OffsetBuffer;
use arrow_schema::Field as ArrowField;
use milvus_otel::{Client, Consistency, Field, Index, Metric, Schema, schema::DataType};
use serde::{Deserialize, Serialize};
use testkit::{Milvus, Unavailable, require};

/// What typed rows read and write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Book {
    id: i64,
    flag: bool,
    tiny: i8,
    small: i16,
    medium: i32,
    single: f32,
    double: f64,
    title: String,
    json: serde_json::Value,
    flags: Vec<bool>,
    numbers: Vec<i16>,
    words: Vec<String>,
}

fn fields() -> Vec<Field> {
    vec![
        Field::int64("id").primary_key(),
        Field::bool("flag"),
        Field::int8("tiny"),
        Field::int16("small"),
        Field::int32("medium"),
        Field::float("single"),
        Field::double("double"),
        Field::varchar("title", 64),
        Field::json("json"),
        Field::array("flags", DataType::Bool, 8),
        Field::array("numbers", DataType::Int16, 8),
        Field::array("words", DataType::VarChar { max_length: 40 }, 8),
    ]
}

const ROWS: usize = 6;

fn book(id: i64) -> Book {
    let number = id as i16 - 3;
    Book {
        id,
        flag: id % 2 == 0,
        tiny: number as i8,
        small: number * 1000,
        medium: i32::MIN + id as i32,
        single: 0.1 * id as f32,
        double: 0.1 * id as f64,
        title: ["Dune", "Ubik", "\"Solaris\" ü"][id as usize % 3].to_owned(),
        json: serde_json::json!({ "pages": id, "of": [null, "text"] }),
        flags: vec![true; id as usize % 3],
        numbers: (0..number.unsigned_abs() as i16)
            .map(|index| -index)
            .collect(),
        words: vec!["wörd".to_owned(); (id as usize + 1) % 3],
    }
}

/// The same books, as Arrow has them.
fn batch(books: &[Book], vectors: ArrayRef) -> RecordBatch {
    fn column<T: Array + 'static>(array: T) -> ArrayRef {
        Arc::new(array)
    }
    fn each<T>(books: &[Book], value: impl Fn(&Book) -> T) -> Vec<T> {
        books.iter().map(value).collect()
    }
    let titles: DictionaryArray<Int8Type> = books.iter().map(|book| book.title.as_str()).collect();
    let lists = |lengths: Vec<usize>, values: ArrayRef| {
        let item = Arc::new(ArrowField::new_list_field(values.data_type().clone(), true));
        column(ListArray::new(
            item,
            OffsetBuffer::from_lengths(lengths),
            values,
            None,
        ))
    };
    let flags = books
        .iter()
        .flat_map(|book| book.flags.clone())
        .collect::<Vec<_>>();
    let numbers = books
        .iter()
        .flat_map(|book| book.numbers.clone())
        .collect::<Vec<_>>();
    let words = books
        .iter()
        .flat_map(|book| book.words.clone())
        .collect::<Vec<_>>();
    RecordBatch::try_from_iter([
        ("id", column(Int64Array::from(each(books, |book| book.id)))),
        (
            "flag",
            column(BooleanArray::from(each(books, |book| book.flag))),
        ),
        (
            "tiny",
            column(Int8Array::from(each(books, |book| book.tiny))),
        ),
        (
            "small",
            column(Int16Array::from(each(books, |book| book.small))),
        ),
        (
            "medium",
            column(Int32Array::from(each(books, |book| book.medium))),
        ),
        (
            "single",
            column(Float32Array::from(each(books, |book| book.single))),
        ),
        (
            "double",
            column(Float64Array::from(each(books, |book| book.double))),
        ),
        ("title", column(titles)),
        (
            "json",
            column(StringViewArray::from(each(books, |book| {
                Some(book.json.to_string())
            }))),
        ),
        (
            "flags",
            lists(
                each(books, |book| book.flags.len()),
                column(BooleanArray::from(flags)),
            ),
        ),
        (
            "numbers",
            lists(
                each(books, |book| book.numbers.len()),
                column(Int16Array::from(numbers)),
            ),
        ),
        (
            "words",
            lists(
                each(books, |book| book.words.len()),
                column(StringArray::from(words)),
            ),
        ),
        ("vector", vectors),
    ])
    .unwrap()
}

/// A vector of two numbers for each row.
fn vectors<T: arrow_array::ArrowPrimitiveType>(number: impl Fn(usize) -> T::Native) -> ArrayRef {
    let numbers = PrimitiveArray::<T>::from_iter_values((0..2 * ROWS).map(number));
    let item = Arc::new(ArrowField::new_list_field(T::DATA_TYPE, true));
    Arc::new(FixedSizeListArray::new(item, 2, Arc::new(numbers), None))
}

fn float() -> (Field, ArrayRef, Index) {
    let vectors = vectors::<Float32Type>(|index| index as f32 / 8.0);
    (
        Field::float_vector("vector", 2),
        vectors,
        Index::flat(Metric::L2),
    )
}

fn float16() -> (Field, ArrayRef, Index) {
    type Half = <Float16Type as arrow_array::ArrowPrimitiveType>::Native;
    let vectors = vectors::<Float16Type>(|index| Half::from_f32(index as f32 / 8.0));
    (
        Field::float16_vector("vector", 2),
        vectors,
        Index::flat(Metric::L2),
    )
}

fn bfloat16() -> (Field, ArrayRef, Index) {
    // Bits of numbers from 1 to 4.
    let vectors = vectors::<UInt16Type>(|index| 0x3f80 + 16 * index as u16);
    (
        Field::bfloat16_vector("vector", 2),
        vectors,
        Index::flat(Metric::L2),
    )
}

fn binary() -> (Field, ArrayRef, Index) {
    let vectors = vectors::<UInt8Type>(|index| (index as u8).wrapping_mul(37));
    let index = Index::new("BIN_FLAT").metric(Metric::Hamming);
    (Field::binary_vector("vector", 16), vectors, index)
}

fn sparse() -> (Field, ArrayRef, Index) {
    let lists = |values: ArrayRef| -> ArrayRef {
        let item = Arc::new(ArrowField::new_list_field(values.data_type().clone(), true));
        Arc::new(ListArray::new(
            item,
            OffsetBuffer::from_lengths([2; ROWS]),
            values,
            None,
        ))
    };
    let field = |name: &str, array: &ArrayRef| {
        Arc::new(ArrowField::new(name, array.data_type().clone(), true))
    };
    let indices = lists(Arc::new(UInt32Array::from_iter_values(
        (0..2 * ROWS as u32).map(|index| 100 * index),
    )));
    let values = lists(Arc::new(Float32Array::from_iter_values(
        (1..=2 * ROWS).map(|index| index as f32 / 4.0),
    )));
    let vectors = StructArray::from(vec![
        (field("indices", &indices), indices),
        (field("values", &values), values),
    ]);
    let index = Index::new("SPARSE_INVERTED_INDEX").metric(Metric::InnerProduct);
    (Field::sparse_vector("vector"), Arc::new(vectors), index)
}

async fn create(client: &Client, field: Field, index: Index) -> Schema {
    let fields = fields().into_iter().chain([field]);
    let schema = fields.fold(Schema::builder(), |builder, field| builder.field(field));
    let schema = schema.dynamic_fields(true).build().unwrap();
    let _ = client.drop_collection("arrow").await;
    let created = client.create_collection("arrow", schema.clone());
    created.index("vector", index).await.unwrap();
    schema
}

/// The rows of the batch in the order of their keys, one batch each.
fn by_key(batch: &RecordBatch) -> Vec<RecordBatch> {
    let keys = batch.column_by_name("id").unwrap();
    let keys = keys.as_primitive::<arrow_array::types::Int64Type>();
    let mut rows: Vec<usize> = (0..batch.num_rows()).collect();
    rows.sort_by_key(|row| keys.value(*row));
    rows.into_iter().map(|row| batch.slice(row, 1)).collect()
}

/// Writes batches, and compares what typed rows and batches read with what was written.
async fn round_trip(client: &Client, (field, vectors, index): (Field, ArrayRef, Index)) {
    let data_type = field.data_type().to_string();
    let schema = create(client, field, index).await;
    let books: Vec<Book> = (0..ROWS as i64).map(book).collect();
    let whole = batch(&books, Arc::clone(&vectors));
    // The second batch begins in the middle of its memory.
    for part in [whole.slice(0, 2), whole.slice(2, ROWS - 2)] {
        let written = client.insert("arrow", &part).await.unwrap();
        assert_eq!(written.count, part.num_rows() as u64, "{data_type}");
    }

    let strong = Consistency::Strong;
    let query = || client.query("arrow").filter("id >= 0").consistency(strong);
    let mut read: Vec<Book> = query().rows().await.unwrap();
    read.sort_by_key(|book| book.id);
    assert_eq!(read, books, "{data_type}");

    let names = schema.fields().iter().map(Field::name);
    let table = query().output(names).columns().await.unwrap();
    let read = RecordBatch::try_from(&table).unwrap();
    let arrow = arrow_schema::Schema::try_from(&schema).unwrap();
    for (row, (read, written)) in by_key(&read).iter().zip(by_key(&whole)).enumerate() {
        for field in arrow.fields() {
            let name = field.name();
            let column = |batch: &RecordBatch| Arc::clone(batch.column_by_name(name).unwrap());
            let (found, sent) = (column(read), column(&written));
            assert_eq!(found.data_type(), field.data_type(), "{data_type}: {name}");
            match name.as_str() {
                "title" => assert_eq!(found.as_string::<i32>().value(0), books[row].title),
                "json" => {
                    let text = found.as_string::<i32>().value(0);
                    let json: serde_json::Value = serde_json::from_str(text).unwrap();
                    assert_eq!(json, books[row].json);
                }
                _ => assert_eq!(&found, &sent, "{data_type}: {name} in row {row}"),
            }
        }
    }

    // What was read can be written again.
    client.delete("arrow", [0, 1, 2, 3, 4, 5]).await.unwrap();
    client.insert("arrow", read).await.unwrap();
    let mut again: Vec<Book> = query().rows().await.unwrap();
    again.sort_by_key(|book| book.id);
    assert_eq!(again, books, "{data_type}");
}

/// What the reader of a file returns.
async fn streamed(client: &Client) {
    let (field, vectors, index) = float();
    create(client, field, index).await;
    let books: Vec<Book> = (0..ROWS as i64).map(book).collect();
    let whole = batch(&books, vectors);
    let parts = [whole.slice(0, 2), whole.slice(2, ROWS - 2)];
    let file = RecordBatchIterator::new(parts.map(Ok), whole.schema());
    let mut counts = Vec::new();
    let writing = client.insert_stream("arrow", file).in_flight(2);
    let written = writing.progress(|batch| counts.push(batch.count)).await;
    assert_eq!(written.unwrap().count, ROWS as u64);
    assert_eq!(counts.len(), 2);
    let query = client.query("arrow").filter("id >= 0");
    let mut read: Vec<Book> = query.consistency(Consistency::Strong).rows().await.unwrap();
    read.sort_by_key(|book| book.id);
    assert_eq!(read, books);
}

/// Columns that the schema does not have.
async fn dynamic_fields(client: &Client) {
    let (field, vectors, index) = float();
    create(client, field, index).await;
    let books: Vec<Book> = (0..ROWS as i64).map(book).collect();
    let batch = batch(&books, vectors);
    let colors: ArrayRef = Arc::new(StringArray::from(vec!["red"; ROWS]));
    let (mut fields, mut columns) = (batch.schema().fields().to_vec(), batch.columns().to_vec());
    fields.push(Arc::new(ArrowField::new(
        "color",
        colors.data_type().clone(),
        true,
    )));
    columns.push(colors);
    let schema = Arc::new(arrow_schema::Schema::new(fields));
    let batch = RecordBatch::try_new(schema, columns).unwrap();
    client.upsert("arrow", &batch).await.unwrap();

    let strong = Consistency::Strong;
    let query = client
        .query("arrow")
        .filter("color == \"red\"")
        .consistency(strong);
    let read = query.clone().output(["color"]).columns().await.unwrap();
    let read = RecordBatch::try_from(read).unwrap();
    assert_eq!(read.num_rows(), ROWS);
    assert_eq!(
        read.column_by_name("color")
            .unwrap()
            .as_string::<i32>()
            .value(0),
        "\"red\""
    );
    let read = RecordBatch::try_from(query.columns().await.unwrap()).unwrap();
    let meta = read.column_by_name("$meta").unwrap().as_string::<i32>();
    let meta: serde_json::Value = serde_json::from_str(meta.value(0)).unwrap();
    assert_eq!(meta, serde_json::json!({ "color": "red" }));
}

/// The hits of two query vectors.
async fn hits(client: &Client) {
    let search = client
        .search_many("arrow", [[0.0, 0.125], [2.5, 2.625]])
        .field("vector")
        .limit(2);
    let search = search
        .output(["title", "color"])
        .consistency(Consistency::Strong);
    let hits = search.columns().await.unwrap();
    let batch = RecordBatch::try_from(&hits).unwrap();
    let queries = batch.column_by_name("_query").unwrap();
    let queries = queries.as_primitive::<arrow_array::types::UInt32Type>();
    assert_eq!(queries.values()[..], [0, 0, 1, 1]);
    let scores = batch
        .column_by_name("_score")
        .unwrap()
        .as_primitive::<Float32Type>();
    assert_eq!(scores.values()[..], *hits.scores());
    let ids = batch.column_by_name("id").unwrap();
    let ids = ids.as_primitive::<arrow_array::types::Int64Type>();
    assert_eq!((ids.value(0), ids.value(2)), (0, 5));
    let titles = batch.column_by_name("title").unwrap().as_string::<i32>();
    assert_eq!(titles.value(2), book(5).title);
    let colors = batch.column_by_name("color").unwrap().as_string::<i32>();
    assert_eq!(colors.value(0), "\"red\"");

    let none = client
        .search("arrow", [0.0, 0.5])
        .field("vector")
        .filter("id < 0")
        .limit(2);
    let none = RecordBatch::try_from(none.columns().await.unwrap()).unwrap();
    assert_eq!(
        (none.num_rows(), none.schema().field(1).name().as_str()),
        (0, "_score")
    );
}

/// Nullable fields, among them vectors if the server has them.
async fn nulls(client: &Client) {
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::varchar("title", 64).nullable())
        .field(Field::int16("year").nullable())
        .field(Field::float_vector("vector", 2));
    let schema = schema.build().unwrap();
    let created = client.create_collection("arrow_nulls", schema.clone());
    created
        .index("vector", Index::flat(Metric::L2))
        .await
        .unwrap();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter_values(0..ROWS as i64)),
        Arc::new(StringArray::from_iter(
            (0..ROWS).map(|row| (row % 2 == 0).then_some("even")),
        )),
        Arc::new(Int16Array::from_iter(
            (0..ROWS).map(|row| (row % 3 == 0).then_some(row as i16)),
        )),
        float().1,
    ];
    let arrow = Arc::new(arrow_schema::Schema::try_from(&schema).unwrap());
    let batch = RecordBatch::try_new(arrow, columns).unwrap();
    client.insert("arrow_nulls", &batch).await.unwrap();
    let read = client
        .query("arrow_nulls")
        .filter("id >= 0")
        .consistency(Consistency::Strong);
    let read = read
        .output(["id", "title", "year", "vector"])
        .columns()
        .await
        .unwrap();
    let read = RecordBatch::try_from(read).unwrap();
    for (read, written) in by_key(&read).iter().zip(by_key(&batch)) {
        for name in ["id", "title", "year", "vector"] {
            assert_eq!(
                read.column_by_name(name),
                written.column_by_name(name),
                "{name}"
            );
        }
    }
}

async fn connect(server: Result<Milvus, Unavailable>) -> Option<(Milvus, Client)> {
    let milvus = require(server)?;
    let client = Client::connect(milvus.uri()).await.unwrap();
    Some((milvus, client))
}

#[tokio::test]
async fn batches_of_milvus() {
    let Some((milvus, client)) = connect(Milvus::standalone().start().await).await else {
        return;
    };
    for vectors in [binary(), float()] {
        round_trip(&client, vectors).await;
    }
    pages::pages(&client).await;
    streamed(&client).await;
    dynamic_fields(&client).await;
    hits(&client).await;
    milvus.stop().await;
}

#[tokio::test]
async fn batches_of_milvus_lite() {
    let Some((_milvus, client)) = connect(Milvus::lite().start().await).await else {
        return;
    };
    for vectors in [float16(), bfloat16(), binary(), sparse(), float()] {
        round_trip(&client, vectors).await;
    }
    pages::pages(&client).await;
    streamed(&client).await;
    dynamic_fields(&client).await;
    hits(&client).await;
}

#[tokio::test]
async fn batches_of_milvus_lite_in_python() {
    let Some((_milvus, client)) = connect(Milvus::lite_python().start().await).await else {
        return;
    };
    for vectors in [sparse(), float()] {
        round_trip(&client, vectors).await;
    }
    pages::pages(&client).await;
    streamed(&client).await;
    dynamic_fields(&client).await;
    hits(&client).await;
    nulls(&client).await;
}
