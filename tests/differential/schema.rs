//! Random schemas in the terms of both clients, and random rows for them.

use fastrand::Rng;
use milvus_otel::{Field, Index, Metric, Schema, schema::DataType};
use serde_json::{Map, Value as Json, json};

use crate::server::Kind;
use crate::values::{self, Row, double_of, float_of};

#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: DataType,
    pub(crate) nullable: bool,
    /// In the form of [`values`].
    pub(crate) default: Option<Json>,
    pub(crate) partition_key: bool,
    /// Of vectors: the kind of index, and the metric.
    pub(crate) index: Option<(&'static str, Metric)>,
}

#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// The name of the primary key.
    pub(crate) key: String,
    pub(crate) key_kind: DataType,
    pub(crate) auto_id: bool,
    pub(crate) columns: Vec<Column>,
    pub(crate) dynamic: bool,
}

/// The dynamic fields that rows may have.
pub(crate) const DYNAMIC: [&str; 4] = ["d_one", "d_two", "\u{989c}\u{8272}", "with space"];

fn scalars(server: Kind) -> Vec<DataType> {
    let varchar = DataType::VarChar { max_length: 40 };
    let mut kinds = vec![
        DataType::Bool,
        DataType::Int8,
        DataType::Int16,
        DataType::Int32,
        DataType::Int64,
        DataType::Float,
        DataType::Double,
        varchar.clone(),
    ];
    for element in kinds.clone() {
        let element = Box::new(element);
        kinds.push(DataType::Array {
            element,
            max_capacity: 4,
        });
    }
    kinds.extend([DataType::Json, DataType::Json, varchar]);
    if server.has_geometry_and_time() {
        kinds.extend([DataType::Geometry, DataType::Timestamptz]);
    }
    kinds
}

fn vectors(server: Kind, rng: &mut Rng) -> Vec<DataType> {
    let mut kinds = vec![DataType::FloatVector {
        dimension: rng.u32(2..9),
    }];
    if server.has_binary() {
        kinds.push(DataType::BinaryVector {
            dimension: 8 * rng.u32(1..4),
        });
    }
    if server.has_float16() {
        kinds.push(DataType::Float16Vector {
            dimension: rng.u32(2..9),
        });
    }
    if server.has_sparse() {
        kinds.push(DataType::SparseFloatVector);
    }
    rng.shuffle(&mut kinds);
    let most = if server.has_hybrid() { 3 } else { 1 };
    kinds.truncate(rng.usize(1..=most));
    kinds
}

fn index(server: Kind, rng: &mut Rng, kind: &DataType) -> (&'static str, Metric) {
    let dense = [Metric::L2, Metric::InnerProduct, Metric::Cosine];
    match kind {
        DataType::BinaryVector { .. } => (
            "BIN_FLAT",
            [Metric::Hamming, Metric::Jaccard][rng.usize(..2)],
        ),
        DataType::SparseFloatVector => ("SPARSE_INVERTED_INDEX", Metric::InnerProduct),
        _ => {
            let kinds = match server {
                Kind::Lite25 => ["FLAT", "IVF_FLAT", "AUTOINDEX"],
                Kind::Full | Kind::Lite32 => ["FLAT", "HNSW", "IVF_FLAT"],
            };
            (kinds[rng.usize(..3)], dense[rng.usize(..3)])
        }
    }
}

impl Table {
    pub(crate) fn random(rng: &mut Rng, server: Kind) -> Self {
        let mut columns = Vec::new();
        let kinds = scalars(server);
        for at in 0..rng.usize(1..8) {
            let kind = kinds[rng.usize(..kinds.len())].clone();
            let nullable = server.has_nullable() && rng.u8(0..3) == 0;
            let may_default = !matches!(
                kind,
                DataType::Json
                    | DataType::Array { .. }
                    | DataType::Geometry
                    | DataType::Timestamptz
            );
            let with_default = server.has_nullable() && may_default && rng.u8(0..4) == 0;
            let default = with_default.then(|| values::random(rng, &kind));
            columns.push(Column {
                name: format!("f{at}"),
                kind,
                nullable,
                default,
                partition_key: false,
                index: None,
            });
        }
        if server.has_partition_key() && rng.u8(0..4) == 0 {
            let may = |column: &&mut Column| {
                let kind = &column.kind;
                matches!(kind, DataType::Int64 | DataType::VarChar { .. })
                    && !column.nullable
                    && column.default.is_none()
            };
            if let Some(column) = columns.iter_mut().find(may) {
                column.partition_key = true;
            }
        }
        for (at, kind) in vectors(server, rng).into_iter().enumerate() {
            columns.push(Column {
                name: format!("v{at}"),
                index: Some(index(server, rng, &kind)),
                kind,
                nullable: false,
                default: None,
                partition_key: false,
            });
        }
        let text_key = rng.bool();
        Self {
            key: ["id", "key", "pk"][rng.usize(..3)].to_owned(),
            key_kind: if text_key {
                DataType::VarChar { max_length: 64 }
            } else {
                DataType::Int64
            },
            auto_id: rng.u8(0..6) == 0,
            columns,
            dynamic: rng.u8(0..3) > 0,
        }
    }

    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The type of a field; none of a dynamic one.
    pub(crate) fn kind(&self, name: &str) -> Option<&DataType> {
        if name == self.key {
            return Some(&self.key_kind);
        }
        self.column(name).map(|column| &column.kind)
    }

    pub(crate) fn vectors(&self) -> Vec<&Column> {
        let columns = self.columns.iter();
        columns.filter(|column| column.index.is_some()).collect()
    }

    pub(crate) fn scalars(&self) -> Vec<&Column> {
        let columns = self.columns.iter();
        columns.filter(|column| column.index.is_none()).collect()
    }

    /// Names that may be asked for: the fields, and dynamic ones that are identifiers.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect();
        names.push(self.key.clone());
        if self.dynamic {
            names.extend(DYNAMIC[..2].iter().map(|&name| name.to_owned()));
        }
        names
    }

    /// For this client.
    pub(crate) fn ours(&self) -> (Schema, Vec<(String, Index)>) {
        let key = Field::new(self.key.as_str(), self.key_kind.clone()).primary_key();
        let key = if self.auto_id { key.auto_id() } else { key };
        let mut builder = Schema::builder().dynamic_fields(self.dynamic).field(key);
        for column in &self.columns {
            let mut field = Field::new(column.name.as_str(), column.kind.clone());
            if column.nullable {
                field = field.nullable();
            }
            if column.partition_key {
                field = field.partition_key();
            }
            if let Some(default) = &column.default {
                field = match column.kind {
                    DataType::Bool => field.default_value(default.as_bool().unwrap()),
                    DataType::Float => field.default_value(float_of(default)),
                    DataType::Double => field.default_value(double_of(default)),
                    DataType::VarChar { .. } => field.default_value(default.as_str().unwrap()),
                    _ => field.default_value(default.as_i64().unwrap()),
                };
            }
            builder = builder.field(field);
        }
        let indexes = self.vectors().into_iter().map(|column| {
            let (kind, metric) = column.index.unwrap();
            let mut index = Index::new(kind).metric(metric);
            for (name, value) in index_parameters(kind) {
                index = index.parameter(*name, value);
            }
            (column.name.clone(), index)
        });
        (builder.build().unwrap(), indexes.collect())
    }

    /// For pymilvus: the arguments of `create` in `client.py`, except the collection.
    pub(crate) fn theirs(&self) -> Map<String, Json> {
        let mut key = described(&self.key_kind);
        key.insert("name".to_owned(), self.key.clone().into());
        key.insert("is_primary".to_owned(), true.into());
        if self.auto_id {
            key.insert("auto_id".to_owned(), true.into());
        }
        let mut fields = vec![Json::Object(key)];
        for column in &self.columns {
            let mut field = described(&column.kind);
            field.insert("name".to_owned(), column.name.clone().into());
            if column.nullable {
                field.insert("nullable".to_owned(), true.into());
            }
            if column.partition_key {
                field.insert("is_partition_key".to_owned(), true.into());
            }
            if let Some(default) = &column.default {
                field.insert("default_value".to_owned(), default.clone());
            }
            fields.push(field.into());
        }
        let indexes: Vec<Json> = self
            .vectors()
            .into_iter()
            .map(|column| {
                let (kind, metric) = column.index.unwrap();
                let params: Map<String, Json> = index_parameters(kind)
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).into()))
                    .collect();
                json!([column.name, { "index_type": kind, "metric_type": metric.name(), "params": params }])
            })
            .collect();
        let mut request = Map::new();
        request.insert("fields".to_owned(), fields.into());
        request.insert("dynamic".to_owned(), self.dynamic.into());
        request.insert("indexes".to_owned(), indexes.into());
        request
    }

    /// The types of the fields by name, part of each request to `client.py`.
    pub(crate) fn types(&self) -> Json {
        let columns = self.columns.iter();
        let mut types: Map<String, Json> = columns
            .map(|column| {
                let names = if column.nullable && column.kind == DataType::Json {
                    json!(["NULLABLE_JSON"])
                } else {
                    type_names(&column.kind)
                };
                (column.name.clone(), names)
            })
            .collect();
        types.insert(self.key.clone(), type_names(&self.key_kind));
        types.into()
    }

    /// A row without its key.
    pub(crate) fn row(&self, rng: &mut Rng) -> Row {
        let mut row = Row::new();
        for column in &self.columns {
            let optional = column.nullable || column.default.is_some();
            let value = match rng.u8(0..6) {
                0 if optional => continue,
                1 if optional => Json::Null,
                _ => values::random(rng, &column.kind),
            };
            row.insert(column.name.clone(), value);
        }
        if self.dynamic {
            for name in DYNAMIC {
                if rng.bool() {
                    row.insert(name.to_owned(), values::random_json(rng, 2));
                }
            }
        }
        row
    }

    /// What a server has of a row that was written: nulls and defaults filled in.
    pub(crate) fn stored(&self, row: &Row) -> Row {
        let mut row = row.clone();
        for column in &self.columns {
            let value = row.entry(&column.name).or_insert(Json::Null);
            if value.is_null() && column.kind != DataType::Json {
                *value = column.default.clone().unwrap_or(Json::Null);
            }
        }
        row
    }
}

fn index_parameters(kind: &str) -> &'static [(&'static str, u32)] {
    match kind {
        "HNSW" => &[("M", 8), ("efConstruction", 64)],
        "IVF_FLAT" => &[("nlist", 4)],
        _ => &[],
    }
}

fn name(kind: &DataType) -> &'static str {
    match kind {
        DataType::Bool => "BOOL",
        DataType::Int8 => "INT8",
        DataType::Int16 => "INT16",
        DataType::Int32 => "INT32",
        DataType::Int64 => "INT64",
        DataType::Float => "FLOAT",
        DataType::Double => "DOUBLE",
        DataType::VarChar { .. } => "VARCHAR",
        DataType::Json => "JSON",
        DataType::Array { .. } => "ARRAY",
        DataType::Geometry => "GEOMETRY",
        DataType::Timestamptz => "TIMESTAMPTZ",
        DataType::FloatVector { .. } => "FLOAT_VECTOR",
        DataType::Float16Vector { .. } => "FLOAT16_VECTOR",
        DataType::BinaryVector { .. } => "BINARY_VECTOR",
        DataType::SparseFloatVector => "SPARSE_FLOAT_VECTOR",
        other => panic!("no fields of {other} are made here"),
    }
}

fn type_names(kind: &DataType) -> Json {
    match kind {
        DataType::Array { element, .. } => json!([name(kind), name(element)]),
        _ => json!([name(kind)]),
    }
}

fn described(kind: &DataType) -> Map<String, Json> {
    let mut spec = Map::new();
    spec.insert("datatype".to_owned(), name(kind).into());
    if let Some(dimension) = kind.dimension() {
        spec.insert("dim".to_owned(), dimension.into());
    }
    let mut text = kind;
    if let DataType::Array {
        element,
        max_capacity,
    } = kind
    {
        spec.insert("element_type".to_owned(), name(element).into());
        spec.insert("max_capacity".to_owned(), (*max_capacity).into());
        text = element;
    }
    if let DataType::VarChar { max_length } = text {
        spec.insert("max_length".to_owned(), (*max_length).into());
    }
    spec
}
