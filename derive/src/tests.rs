//! What the macro refuses, and where it shows the error; and how it reads serde's attributes. The schemas themselves
//! are tested with the library: see tests/it/derive.

use syn::DeriveInput;

use crate::expand::expand;
use crate::serde_names::Case;

const ID: &str = "#[milvus(primary_key)] id: i64,";
const VECTOR: &str = "#[milvus(dim = 4)] v: Vec<f32>,";

/// The errors of a struct: for each, the code that it points at and its text.
fn errors(source: &str) -> Vec<(String, String)> {
    let input: DeriveInput = syn::parse_str(source).unwrap();
    let error = expand(&input).expect_err(source);
    error
        .into_iter()
        .map(|error| {
            let code = error.span().source_text().unwrap_or_default();
            (code, error.to_string())
        })
        .collect()
}

fn of_struct(attributes: &str, fields: &str) -> String {
    format!("#[milvus(name = \"books\", {attributes})] struct Book {{ {fields} }}")
}

/// The only error of a struct with a key, a vector and this field.
fn of_field(field: &str) -> (String, String) {
    let found = errors(&of_struct("", &format!("{ID} {VECTOR} {field}")));
    assert_eq!(found.len(), 1, "{field}: {found:?}");
    found[0].clone()
}

fn expanded(source: &str) -> String {
    let input: DeriveInput = syn::parse_str(source).unwrap();
    expand(&input).unwrap().to_string().replace(' ', "")
}

#[test]
fn an_error_is_shown_at_the_field_and_says_what_to_write() {
    for (field, code, text) in [
        (
            "title: String,",
            "String",
            "add `max_length = ..`, the largest number of bytes of a text: 1 to 65535",
        ),
        (
            "pages: u32,",
            "u32",
            "Milvus has no unsigned integers: use `i64`, or add `int64`",
        ),
        (
            "pages: Pages,",
            "Pages",
            "no type of Milvus is known for this Rust type: add the one that serde writes",
        ),
        (
            "pages: (i64, i64),",
            "(i64, i64)",
            "no type of Milvus is known for this Rust type",
        ),
        (
            "w: Vec<f32>,",
            "Vec<f32>",
            "add `dim = ..` for a vector, or `max_capacity = ..` for an array",
        ),
        (
            "w: Vec<u8>,",
            "Vec<u8>",
            "add `dim = ..` for a binary vector",
        ),
        (
            "tags: Vec<i64>,",
            "Vec<i64>",
            "add `max_capacity = ..`, the largest number of elements: 1 to 4096",
        ),
        (
            "#[milvus(max_capacity = 4)] tags: Vec<String>,",
            "Vec<String>",
            "add `max_length = ..`",
        ),
        (
            "#[milvus(max_capacity = 4)] tags: Vec<Chunk>,",
            "Vec<Chunk>",
            "or the fields of structs, as in `structs = [",
        ),
        (
            "#[milvus(max_capacity = 4)] tags: Vec<u16>,",
            "Vec<u16>",
            "Milvus has no unsigned integers: use `i32`",
        ),
        (
            "#[milvus(dim = 4)] w: Vec<f64>,",
            "Vec<f64>",
            "elements of vectors are `f32`",
        ),
        (
            "#[milvus(dim = 4)] w: Vec<half::f16>,",
            "Vec<half::f16>",
            "write `Vec<f32>` and add `float16_vector`",
        ),
        (
            "#[milvus(dim = 0)] w: Vec<f32>,",
            "0",
            "`dim` is 0: it must be 1 to 32768",
        ),
        (
            "#[milvus(dim = 12)] w: Vec<u8>,",
            "12",
            "it must be a multiple of 8",
        ),
        (
            "#[milvus(dim = 12)] w: i64,",
            "12",
            "`dim` is for dense vectors",
        ),
        (
            "#[milvus(max_length = 70000)] t: String,",
            "70000",
            "`max_length` is 70000: it must be 1 to 65535",
        ),
        (
            "#[milvus(max_length = 9)] t: i64,",
            "9",
            "`max_length` is for varchar fields and arrays of them",
        ),
        (
            "#[milvus(max_capacity = 5000)] t: Vec<i64>,",
            "5000",
            "it must be 1 to 4096",
        ),
        (
            "#[milvus(max_capacity = 9)] t: i64,",
            "9",
            "`max_capacity` is for arrays",
        ),
        (
            "#[milvus(max_lenght = 9)] t: String,",
            "max_lenght",
            "unknown attribute of a field: expected `primary_key`",
        ),
        (
            "#[milvus(max_length = 9, max_length = 8)] t: String,",
            "max_length = 8",
            "given twice",
        ),
        (
            "#[milvus(max_length = )] t: String,",
            "",
            "expected a value",
        ),
        ("#[milvus(int64, int32)] t: i64,", "int32", "given twice"),
        (
            "#[milvus(array(json))] t: Vec<Value>,",
            "json",
            "an array has elements of one scalar type",
        ),
        (
            "#[milvus(primary_key)] key: i64,",
            "primary_key",
            "this is the second",
        ),
        (
            "#[milvus(auto_id)] n: i64,",
            "auto_id",
            "`auto_id` is for the primary key",
        ),
        (
            "#[milvus(partition_key)] n: f32,",
            "partition_key",
            "a partition key is an `i64` or a `String`",
        ),
        (
            "#[milvus(text_match, max_length = 9)] t: String,",
            "text_match",
            "needs an `analyzer = ..`",
        ),
        (
            "#[milvus(analyzer = json!({}))] t: i64,",
            "json!({})",
            "`analyzer` is for varchar fields",
        ),
        (
            "#[serde(rename = \"a-b\")] t: i64,",
            "\"a-b\"",
            "Milvus refuses the field name \"a-b\"",
        ),
        (
            "#[serde(rename = \"v\")] t: i64,",
            "\"v\"",
            "two fields are named \"v\"",
        ),
        (
            "#[serde(rename(serialize = \"a\", deserialize = \"b\"))] t: i64,",
            "rename(serialize = \"a\", deserialize = \"b\")",
            "written and read with different names",
        ),
        (
            "#[serde(with = \"time\")] t: Moment,",
            "with",
            "a function writes the value: add its type",
        ),
        (
            "#[serde(flatten)] more: Map<String, Value>,",
            "flatten",
            "add `dynamic` to the `#[milvus(..)]` of the struct",
        ),
        (
            "#[serde(skip)] #[milvus(json)] more: i64,",
            "milvus",
            "serde skips this field, so rows do not have it",
        ),
    ] {
        let (shown_at, found) = of_field(field);
        assert!(
            found.contains(text),
            "{field}: {found:?} does not say {text:?}"
        );
        // A span over several tokens is joined only by some compilers.
        assert!(
            code.starts_with(&shown_at) || shown_at.starts_with(code),
            "{field}: at {shown_at:?}"
        );
        assert!(!found.contains('\n'), "{found}");
    }
}

#[test]
fn keys_are_checked() {
    for (field, code, text) in [
        (
            "#[milvus(primary_key)] id: f64,",
            "primary_key",
            "a primary key is an `i64` or a `String`",
        ),
        (
            "#[milvus(primary_key)] id: Option<i64>,",
            "id",
            "the primary key cannot be null, unless Milvus generates it",
        ),
        (
            "#[milvus(primary_key, default = 3)] id: i64,",
            "3",
            "the primary key cannot have a default value",
        ),
        (
            "#[milvus(primary_key, auto_id)] id: i64,",
            "i64",
            "so rows are inserted without it: use an `Option`",
        ),
        (
            "#[milvus(primary_key, partition_key)] id: i64,",
            "partition_key",
            "cannot be the partition key",
        ),
        ("id: i64,", "Book", "the collection has no primary key"),
    ] {
        let found = errors(&of_struct("", &format!("{field} {VECTOR}")));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, code);
        assert!(found[0].1.contains(text), "{found:?} does not say {text:?}");
    }
    for field in [
        "#[milvus(primary_key, auto_id)] id: Option<i64>,",
        "#[serde(skip_serializing)] #[milvus(primary_key, auto_id)] id: i64,",
        "#[milvus(primary_key, max_length = 9)] id: String,",
        "#[milvus(primary_key, varchar, max_length = 9)] id: Isbn,",
    ] {
        let implementation = expanded(&of_struct("", &format!("{field} {VECTOR}")));
        assert!(implementation.contains(".primary_key()"));
        assert!(!implementation.contains(".nullable()"));
    }
}

#[test]
fn the_attributes_of_the_struct_are_checked() {
    let fields = format!("{ID} {VECTOR}");
    for (source, code, text) in [
        (
            format!("struct Book {{ {fields} }}"),
            "Book",
            "name the collection: add `#[milvus(name = \"..\")]`",
        ),
        (
            of_struct("dynamics", &fields),
            "dynamics",
            "unknown attribute of a collection: expected `name`",
        ),
        (
            of_struct("dynamic, dynamic", &fields),
            "dynamic",
            "given twice",
        ),
        (of_struct("", ID), "Book", "the collection has no vectors"),
        (
            of_struct("property(\"a\" = 1, \"b\" = 2)", &fields),
            ",",
            "expected one `\"key\" = value`",
        ),
        (
            "#[milvus(name = \"a\")] enum Book { A }".to_owned(),
            "Book",
            "a collection is a struct",
        ),
        (
            "#[milvus(name = \"a\")] struct Book(i64);".to_owned(),
            "Book",
            "the fields of the struct need names",
        ),
        (
            format!("#[serde(tag = \"t\")] {}", of_struct("", &fields)),
            "tag",
            "with serde's `tag`, rows do not have the fields of the struct",
        ),
        (
            format!(
                "#[serde(rename_all = \"Title Case\")] {}",
                of_struct("", &fields)
            ),
            "\"Title Case\"",
            "serde has no such rule for names",
        ),
    ] {
        let found = errors(&source);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, code, "{source}");
        assert!(found[0].1.contains(text), "{found:?} does not say {text:?}");
    }
}

#[test]
fn all_errors_are_shown_at_once() {
    let found = errors("struct Book { a: u8, #[milvus(nonsense)] b: i64, c: String }");
    let places: Vec<&str> = found.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(places, ["Book", "u8", "nonsense", "String"]);
}

#[test]
fn serde_decides_which_fields_there_are() {
    let implementation = expanded(&of_struct(
        "dynamic",
        &format!(
            "{ID} {VECTOR}
            #[serde(skip)] cache: Anything,
            #[serde(skip_serializing, skip_deserializing)] both: Anything,
            #[serde(flatten)] more: Map<String, Value>,
            #[serde(default = \"f\", alias = \"y\", rename = \"pages\")] n: i32,
            #[serde(skip_serializing_if = \"Option::is_none\", bound(serialize = \"T: A\"))] r#type: Option<i16>,"
        ),
    ));
    let names: Vec<&str> = implementation
        .split("Field::")
        .skip(1)
        .map(|rest| rest.split(['"']).nth(1).unwrap())
        .collect();
    assert_eq!(names, ["id", "v", "pages", "type"]);
    assert!(implementation.contains("int16(\"type\").nullable()"));
}

#[test]
fn names_are_changed_as_serde_does() {
    for (case, name) in [
        (Case::Lower, "page_count"),
        (Case::Upper, "PAGE_COUNT"),
        (Case::Pascal, "PageCount"),
        (Case::Camel, "pageCount"),
        (Case::Snake, "page_count"),
        (Case::ScreamingSnake, "PAGE_COUNT"),
        (Case::Kebab, "page-count"),
        (Case::ScreamingKebab, "PAGE-COUNT"),
    ] {
        assert_eq!(case.apply("page_count"), name);
    }
}

#[test]
fn generics_and_another_path_of_the_library_are_kept() {
    let implementation = expanded(
        "#[milvus(name = NAME, crate = my::own)]
        struct Book<'a, T: Copy> where T: Send {
            #[milvus(primary_key, max_length = MOST)] id: &'a str,
            #[milvus(dim = 4)] v: std::borrow::Cow<'a, [f32]>,
            #[milvus(json)] more: T,
        }",
    );
    let begin =
        "impl<'a,T:Copy>my::own::CollectionforBook<'a,T>whereT:Send{constNAME:&'staticstr=NAME;";
    assert!(implementation.contains(begin), "{implementation}");
    assert!(implementation.contains("my::own::Field::varchar(\"id\",MOST).primary_key()"));
    assert!(!implementation.contains("milvus_otel"));
}
