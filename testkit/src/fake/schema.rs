//! The schema of a new collection.

use milvus_otel::proto::schema::{CollectionSchema, DataType, FieldSchema};

use super::cell::{data_type, dimension, is_vector, parameter};
use super::databases::check_name;
use super::fail::{Fail, Outcome};
use super::store::{Collection, DYNAMIC_FIELD};

/// The first id that is not of a system field.
const FIRST_FIELD: i64 = 100;

/// Checks the schema, and adds what Milvus adds: ids, and the field of the dynamic fields.
pub(super) fn complete(mut schema: CollectionSchema) -> Outcome<CollectionSchema> {
    for (is_used, what) in [
        (!schema.functions.is_empty(), "functions in a schema"),
        (!schema.struct_array_fields.is_empty(), "arrays of structs"),
        (!schema.external_source.is_empty(), "external collections"),
        (schema.enable_namespace, "namespaces"),
    ] {
        if is_used {
            return Err(Fail::missing(what));
        }
    }
    schema.fields.retain(|field| !field.is_dynamic);
    check_fields(&schema.fields)?;
    if schema.enable_dynamic_field {
        schema.fields.push(FieldSchema {
            name: DYNAMIC_FIELD.to_owned(),
            description: "dynamic schema".to_owned(),
            data_type: DataType::Json as i32,
            is_dynamic: true,
            ..FieldSchema::default()
        });
    }
    for (id, field) in (FIRST_FIELD..).zip(&mut schema.fields) {
        field.field_id = id;
    }
    Ok(schema)
}

fn check_fields(fields: &[FieldSchema]) -> Outcome<()> {
    let mut keys = fields.iter().filter(|field| field.is_primary_key);
    let key = keys
        .next()
        .ok_or_else(|| Fail::invalid("primary key is not specified"))?;
    if keys.next().is_some() {
        return Err(Fail::invalid("there are more than one primary key"));
    }
    if key.data_type != DataType::Int64 as i32 && key.data_type != DataType::VarChar as i32 {
        return Err(Fail::invalid(
            "the data type of primary key should be Int64 or VarChar",
        ));
    }
    if !fields.iter().any(|field| is_vector(field.data_type)) {
        return Err(Fail::invalid("schema does not contain vector field"));
    }
    for (place, field) in fields.iter().enumerate() {
        let name = &field.name;
        check_name(name).map_err(Fail::invalid)?;
        let mut before = fields.iter().take(place);
        if before.any(|other| other.name == *name) {
            return Err(Fail::invalid(format_args!("duplicated field name {name}")));
        }
        check_type(field)?;
    }
    Ok(())
}

fn check_type(field: &FieldSchema) -> Outcome<()> {
    let name = &field.name;
    match data_type(field.data_type)? {
        DataType::VarChar if parameter(field, "max_length").is_none() => Err(Fail::invalid(
            format_args!("type param(max_length) should be specified for the field({name})"),
        )),
        DataType::Array => {
            data_type(field.element_type)?;
            Ok(())
        }
        DataType::SparseFloatVector => Ok(()),
        known if is_vector(known as i32) => match dimension(field) {
            dimension @ 1..=32_768 => {
                if known == DataType::BinaryVector && !dimension.is_multiple_of(8) {
                    return Err(Fail::invalid(format_args!(
                        "invalid dimension: {dimension} of field {name}. binary vector dimension should be multiple of 8"
                    )));
                }
                Ok(())
            }
            dimension => Err(Fail::invalid(format_args!(
                "invalid dimension: {dimension} of field {name}. it should be in range 1 to 32768"
            ))),
        },
        _ => Ok(()),
    }
}

impl Collection {
    pub(super) fn has_partition_key(&self) -> bool {
        self.schema
            .fields
            .iter()
            .any(|field| field.is_partition_key)
    }

    /// The schema as it is described: without what Milvus added.
    pub(super) fn described_schema(&self) -> CollectionSchema {
        let mut schema = self.schema.clone();
        schema.fields.retain(|field| !field.is_dynamic);
        schema
    }
}
