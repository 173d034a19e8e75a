//! The derive macro of [milvus-otel](https://docs.rs/milvus-otel), which exports it as `milvus_otel::Collection` with
//! the feature `derive`.

mod attributes;
mod check;
mod container;
mod expand;
mod field;
mod serde_names;
#[cfg(test)]
mod tests;
mod types;
mod values;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Implements the trait `Collection` for a struct: the schema of a collection whose rows are values of the struct, its
/// indexes, and how it is created.
///
/// Derive `Serialize` and `Deserialize` too. The fields of the schema have the names that serde writes: `rename` and
/// `rename_all` count. A field with `skip` is not in the schema. A field with `flatten` holds dynamic fields, so the
/// struct needs `dynamic`.
///
/// Values after `=` are Rust expressions: numbers, constants, or calls such as `Index::flat(Metric::Cosine)`, using the
/// names in scope at the struct.
///
/// # Attributes of the struct
///
/// | `#[milvus(..)]` | |
/// |---|---|
/// | `name = "books"` | The name of the collection. Required. |
/// | `dynamic` | Rows may have fields that the schema does not have. |
/// | `description = ".."` | The description of the collection. |
/// | `namespaces` | Divides rows into namespaces (Milvus 3.0). |
/// | `consistency = Consistency::Session` | The consistency of reads that do not set one. |
/// | `shards = 2` | The number of channels that writes are spread over. |
/// | `partitions = 64` | The number of partitions of a collection with a partition key. |
/// | `property("collection.ttl.seconds" = 3600)` | A property of the collection. Can be repeated. |
/// | `field = Field::sparse_vector("words")` | A field that rows do not have, such as one that a function computes. Can be repeated. |
/// | `function = Function::bm25("bm25", "text", "words")` | A function that computes a field. Can be repeated. |
/// | `index("chunks[embedding]" = Index::auto(Metric::MaxSimCosine))` | An index of a `field`, or of a path in one. Can be repeated. |
/// | `crate = path` | Where the library is, if not at `::milvus_otel`. |
///
/// # Attributes of fields
///
/// | `#[milvus(..)]` | |
/// |---|---|
/// | `primary_key` | The primary key: an `i64` or a `String`. Required on one field. |
/// | `auto_id` | Milvus generates the primary key. The field is an `Option`, which is `None` in rows to insert, or has `#[serde(skip_serializing)]`. |
/// | `partition_key`, `clustering_key` | The keys by which Milvus distributes and sorts rows. |
/// | `dim = 768` | The number of dimensions of a dense vector. Not needed for arrays such as `[f32; 4]`. |
/// | `max_length = 512` | The maximum length in bytes of a text, or of each text in an array. |
/// | `max_capacity = 16` | The maximum number of elements of an array. |
/// | `structs = [Field::varchar("text", 1024), ..]` | The field is an array of structs with these fields (Milvus 2.6.4). |
/// | `nullable` | The field can be null. An `Option` is nullable without this attribute. |
/// | `default = "en"` | The value for rows without one. |
/// | `index = Index::hnsw(Metric::Cosine, 16, 200)` | The index of the field. A vector field without one gets an index that Milvus chooses, with the cosine metric (sparse vectors: inner product; binary vectors: Hamming distance). |
/// | `analyzer = json!({ "type": "english" })` | How a text is split into words, for functions and text match. |
/// | `text_match` | Allows `TEXT_MATCH` in filters. |
/// | `mmap = true` | Maps the data of the field into memory from files. |
/// | `description = ".."` | The description of the field. |
/// | `parameter("mmap.enabled" = "true")` | Any parameter, by its name in Milvus. Can be repeated. |
/// | a type | How the field is stored, if that is not in the next table: the name of a constructor of `Field`, such as `varchar`, `timestamptz`, `float16_vector`, or `array(int64)`. |
///
/// # Types
///
/// | Rust | Milvus |
/// |---|---|
/// | `bool`, `i8`, `i16`, `i32`, `i64`, `f32`, `f64` | bool, int8, int16, int32, int64, float, double |
/// | `String`, `&str` | varchar; with `text`, `geometry`, `timestamptz`, `date`, `time` or `mol`, that type |
/// | `Vec<f32>`, `[f32; N]` with `dim` | float vector; with `float16_vector` or `bfloat16_vector`, that type |
/// | `Vec<i8>`, `[i8; N]` with `dim` | int8 vector |
/// | `Vec<u8>`, `[u8; N]` with `dim` | binary vector, with 8 dimensions in each byte |
/// | `SparseVector` | sparse vector; for `BTreeMap<u32, f32>` and `Vec<(u32, f32)>`, add `sparse_vector` |
/// | `Vec<T>`, `[T; N]` with `max_capacity` | array of a type from the first two rows |
/// | `serde_json::Value`, `Map`, `HashMap`, `BTreeMap` | JSON; with `json`, anything that serde can write |
/// | `Option<T>` | the type of `T`, nullable |
///
/// Other types, such as unsigned integers, newtypes and type aliases, need the attribute for their type. References,
/// `Box`, `Rc`, `Arc` and `Cow` are seen through.
///
/// # Errors
///
/// What cannot work is a compile error at the field, which says what to write instead. Constants and expressions are
/// checked by `schema`.
#[proc_macro_derive(Collection, attributes(milvus))]
pub fn derive_collection(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::expand(&input)
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}
