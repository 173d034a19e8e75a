//! The fields that a read returns.

use milvus_otel::error::Code;
use milvus_otel::proto::schema::{DataType, FieldData};
use serde_json::Value as Json;

use super::cell::{Cell, is_vector, write};
use super::fail::{Fail, Outcome};
use super::store::{Collection, StoredRow};

/// What a read returns for each row.
pub(super) struct Output {
    /// The positions of fields of the schema.
    places: Vec<usize>,
    /// The dynamic fields to return; empty for all.
    dynamic: Vec<String>,
    /// The names as Milvus repeats them in its answer.
    pub(super) names: Vec<String>,
}

impl Output {
    /// Fields, dynamic fields, and `*` for all.
    pub(super) fn new(collection: &Collection, requested: &[String]) -> Outcome<Self> {
        let mut output = Self {
            places: Vec::new(),
            dynamic: Vec::new(),
            names: Vec::new(),
        };
        let dynamic = collection.dynamic_field();
        let mut all_dynamic = false;
        for name in requested.iter().map(|name| name.trim()) {
            if name == "*" {
                for (place, field) in collection.schema.fields.iter().enumerate() {
                    output.add(place, &field.name);
                }
                all_dynamic = true;
            } else if let Some((place, field)) = collection.field(name) {
                all_dynamic |= field.is_dynamic;
                output.add(place, name);
            } else if let Some(place) = dynamic {
                // A path into the dynamic fields: its first name.
                let key = name.strip_prefix("$meta").unwrap_or(name);
                let key = key.trim_matches(['[', ']', '"', '\'']);
                output.dynamic.push(key.to_owned());
                output.add(place, name);
            } else {
                let why = format!("field {name} not exist");
                return Err(Fail::new(Code::FIELD_NOT_FOUND, why));
            }
        }
        if all_dynamic {
            output.dynamic.clear();
        }
        Ok(output)
    }

    /// Adds a field, unless it is already there.
    fn add(&mut self, place: usize, name: &str) {
        if !self.places.contains(&place) {
            self.places.push(place);
        }
        if !self.names.iter().any(|known| known == name) {
            self.names.push(name.to_owned());
        }
    }

    /// The same with the primary key, which a query always returns.
    pub(super) fn with_key(mut self, place: usize, name: &str) -> Self {
        self.add(place, name);
        self
    }

    /// The columns of these rows.
    pub(super) fn columns(
        &self,
        collection: &Collection,
        rows: &[&StoredRow],
    ) -> Outcome<Vec<FieldData>> {
        let column = |place: &usize| {
            let field = collection.schema.fields.get(*place);
            let field = field.ok_or_else(|| Fail::unexpected("a field is gone"))?;
            let cells: Vec<Cell> = rows
                .iter()
                .map(|row| {
                    let cell = row.cells.get(*place).cloned().unwrap_or(Cell::Null);
                    if field.is_dynamic {
                        self.chosen(cell)
                    } else {
                        cell
                    }
                })
                .collect();
            write(field, cells.iter())
        };
        self.places.iter().map(column).collect()
    }

    /// The requested dynamic fields.
    fn chosen(&self, cell: Cell) -> Cell {
        let Cell::Json(text) = &cell else {
            return cell;
        };
        if self.dynamic.is_empty() {
            return cell;
        }
        let Ok(Json::Object(mut fields)) = serde_json::from_slice(text) else {
            return cell;
        };
        fields.retain(|name, _| self.dynamic.contains(name));
        Cell::Json(Json::Object(fields).to_string().into_bytes().into())
    }
}

/// Whether a collection's keys are strings.
pub(super) fn has_text_keys(collection: &Collection) -> Outcome<bool> {
    let (_, field) = collection.key_field()?;
    Ok(field.data_type != DataType::Int64 as i32)
}

/// The only vector field, or the one with this name.
pub(super) fn vector_field(collection: &Collection, name: Option<&str>) -> Outcome<usize> {
    if let Some(name) = name.filter(|name| !name.is_empty()) {
        let Some((place, field)) = collection.field(name) else {
            return Err(Fail::invalid(format_args!(
                "failed to get field schema by name: fieldName({name}) not found"
            )));
        };
        if !is_vector(field.data_type) {
            return Err(Fail::invalid(format_args!(
                "field ({name}) to search is not of vector type"
            )));
        }
        return Ok(place);
    }
    let fields = collection.schema.fields.iter().enumerate();
    let mut vectors = fields.filter(|(_, field)| is_vector(field.data_type));
    match (vectors.next(), vectors.next()) {
        (Some((place, _)), None) => Ok(place),
        _ => Err(Fail::invalid(
            "multiple anns_fields exist, please specify a anns_field in search_params",
        )),
    }
}
