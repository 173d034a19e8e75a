//! Both clients, connected to one scripted server, and the rows that they write.

use milvus_otel::proto::milvus::{CreateCollectionRequest, DescribeCollectionResponse};
use milvus_otel::proto::schema::{
    CollectionSchema, DataType, FieldData, ScalarField, field_data::Field as Data,
    scalar_field::Data as Scalar,
};
use milvus_otel::{Client, Field, Schema, data::Columns};
use prost::Message;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use testkit::Fake;

use super::other::Other;

pub(crate) struct Sides {
    pub(crate) fake: Fake,
    pub(crate) client: Client,
    other: Other,
}

impl Sides {
    pub(crate) async fn new() -> Option<Self> {
        let fake = Fake::scripted();
        let uri = format!("http://{}", fake.serve().await.unwrap());
        let other = {
            let uri = uri.clone();
            let connect = move || Other::connect(include_str!("client.py"), &uri);
            tokio::task::spawn_blocking(connect).await.unwrap()?
        };
        let client = Client::connect(uri).await.unwrap();
        Some(Self {
            fake,
            client,
            other,
        })
    }

    /// Creates the collection by pymilvus. The server then describes it.
    pub(crate) fn create(&mut self, inside: bool) -> CollectionSchema {
        self.ask(&json!({ "do": "create", "collection": "articles", "arrays": arrays() }));
        let calls = self.fake.calls_of("CreateCollection");
        let request: CreateCollectionRequest = sent(&calls.last().unwrap().message);
        let schema = CollectionSchema::decode(request.schema).unwrap();
        describe(&self.fake, &schema, inside);
        schema
    }

    /// Runs code in pymilvus.
    pub(crate) fn ask(&mut self, request: &Json) -> Json {
        tokio::task::block_in_place(|| self.other.ask(request))
    }
}

pub(crate) fn sent<T: Message + Default>(message: &[u8]) -> T {
    T::decode(message).unwrap()
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Article {
    #[serde(default)]
    pub(crate) id: i64,
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) notes: Option<Vec<Note>>,
}

/// All types that structs can have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Chunk {
    flag: bool,
    tiny: i8,
    small: i16,
    medium: i32,
    large: i64,
    single: f32,
    double: f64,
    text: String,
    dense: Vec<f32>,
    half: Vec<f32>,
    brain: Vec<f32>,
    bytes: Vec<i8>,
    bits: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Note {
    text: String,
}

/// The schema, for pymilvus.
pub(crate) fn arrays() -> Json {
    let field = |name: &str, datatype: &str| json!({ "name": name, "datatype": datatype });
    let vector = |name: &str, datatype: &str, dim: u32| json!({ "name": name, "datatype": datatype, "dim": dim });
    let text =
        json!({ "name": "text", "datatype": "VARCHAR", "max_length": 64, "description": "words" });
    json!([
        {
            "name": "chunks",
            "max_capacity": 9,
            "params": { "mmap_enabled": true },
            "description": "in order",
            "fields": [
                field("flag", "BOOL"),
                field("tiny", "INT8"),
                field("small", "INT16"),
                field("medium", "INT32"),
                field("large", "INT64"),
                field("single", "FLOAT"),
                field("double", "DOUBLE"),
                text,
                vector("dense", "FLOAT_VECTOR", 2),
                vector("half", "FLOAT16_VECTOR", 2),
                vector("brain", "BFLOAT16_VECTOR", 2),
                vector("bytes", "INT8_VECTOR", 4),
                vector("bits", "BINARY_VECTOR", 16),
            ],
        },
        {
            "name": "notes",
            "max_capacity": 3,
            "nullable": true,
            "fields": [{ "name": "text", "datatype": "VARCHAR", "max_length": 9 }],
        },
    ])
}

/// The same schema, for this client.
pub(crate) fn schema() -> Schema {
    let chunk = [
        Field::bool("flag"),
        Field::int8("tiny"),
        Field::int16("small"),
        Field::int32("medium"),
        Field::int64("large"),
        Field::float("single"),
        Field::double("double"),
        Field::varchar("text", 64).description("words"),
        Field::float_vector("dense", 2),
        Field::float16_vector("half", 2),
        Field::bfloat16_vector("brain", 2),
        Field::int8_vector("bytes", 4),
        Field::binary_vector("bits", 16),
    ];
    let chunks = Field::struct_array("chunks", chunk, 9);
    let notes = Field::struct_array("notes", [Field::varchar("text", 9)], 3);
    Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(chunks.mmap(true).description("in order"))
        .field(notes.nullable())
        .build()
        .unwrap()
}

pub(crate) fn articles() -> Vec<Article> {
    let usual = Chunk {
        flag: true,
        tiny: -3,
        small: 300,
        medium: -70_000,
        large: i64::MAX,
        single: 0.5,
        double: 0.1,
        text: "zwölf".into(),
        dense: vec![0.5, -1.0],
        half: vec![1.0, -0.5],
        brain: vec![2.0, 0.25],
        bytes: vec![1, -1, 127, -128],
        bits: vec![0, 255],
    };
    let empty = Chunk {
        flag: false,
        text: String::new(),
        dense: vec![0.0, 0.0],
        ..usual.clone()
    };
    let last = Chunk {
        large: i64::MIN,
        dense: vec![3.0e10, 1.0],
        ..usual.clone()
    };
    let article = |id, chunks, notes| Article { id, chunks, notes };
    let note = Note {
        text: "margin".into(),
    };
    vec![
        article(1, vec![usual, empty], Some(vec![note])),
        article(2, vec![], None),
        article(3, vec![last], Some(vec![])),
    ]
}

/// The structs of [`articles`], as columns.
pub(crate) fn structs() -> (Columns, Columns) {
    let chunks = Columns::new()
        .bool("flag", [true, false, true])
        .int8("tiny", [-3; 3])
        .int16("small", [300; 3])
        .int32("medium", [-70_000; 3])
        .int64("large", [i64::MAX, i64::MAX, i64::MIN])
        .float("single", [0.5; 3])
        .double("double", [0.1; 3])
        .varchar("text", ["zwölf", "", "zwölf"])
        .float_vector("dense", 2, vec![0.5, -1.0, 0.0, 0.0, 3.0e10, 1.0])
        .float16_vector("half", 2, [0_u8, 0x3c, 0, 0xb8].repeat(3))
        .bfloat16_vector("brain", 2, [0_u8, 0x40, 0x80, 0x3e].repeat(3))
        .int8_vector("bytes", 4, [1_i8, -1, 127, -128].repeat(3))
        .binary_vector("bits", 16, [0_u8, 255].repeat(3));
    (chunks, Columns::new().varchar("text", ["margin"]))
}

/// Lets the server describe the collection by this schema, with field ids. The fields of structs have their internal
/// names if `inside` is set, and otherwise the declared ones.
pub(crate) fn describe(fake: &Fake, schema: &CollectionSchema, inside: bool) {
    let mut schema = schema.clone();
    let mut next = 100;
    let mut number = || {
        next += 1;
        next
    };
    for field in &mut schema.fields {
        field.field_id = number();
    }
    for array in &mut schema.struct_array_fields {
        array.field_id = number();
        for field in &mut array.fields {
            field.field_id = number();
            if inside {
                field.name = format!("{}[{}]", array.name, field.name);
            }
        }
    }
    fake.answer(
        "DescribeCollection",
        &DescribeCollectionResponse {
            schema: Some(schema),
            collection_name: "articles".into(),
            ..Default::default()
        },
    );
}

/// Adds the types that pymilvus leaves out, which Milvus takes from the schema.
pub(crate) fn forget_element_types(field: &mut FieldData) {
    match &mut field.field {
        Some(Data::StructArrays(structs)) => {
            structs.fields.iter_mut().for_each(forget_element_types)
        }
        Some(Data::Scalars(ScalarField {
            data: Some(Scalar::ArrayData(rows)),
        })) => rows.element_type = DataType::None as i32,
        _ => {}
    }
}

/// The written fields, as servers return them: null rows have a meaningless value, too.
pub(crate) fn answered(mut fields: Vec<FieldData>) -> Vec<FieldData> {
    fn fill(field: &mut FieldData) {
        match &mut field.field {
            Some(Data::StructArrays(structs)) => structs.fields.iter_mut().for_each(fill),
            Some(Data::Scalars(ScalarField {
                data: Some(Scalar::ArrayData(rows)),
            })) => {
                let nulls = field.valid_data.iter().enumerate();
                for (row, _) in nulls.filter(|(_, valid)| !**valid) {
                    rows.data.insert(row, ScalarField::default());
                }
            }
            _ => {}
        }
    }
    fields.iter_mut().for_each(fill);
    fields
}
