//! Compares a collection with its declaration.

mod fields;
mod indexes;

use super::declaration::{CollectionOptions, Declared};
use super::differences::{Difference, Differences};
use crate::index::Index;
use crate::ops::{CollectionInfo, IndexInfo};
use crate::schema::{Field, Schema};

/// What the server says about a collection.
pub(super) struct Found {
    pub(super) info: CollectionInfo,
    pub(super) indexes: Vec<IndexInfo>,
    /// Whether the server stores the parameters of fields.
    pub(super) has_parameters: bool,
}

impl Found {
    pub(super) fn differences(&self, declared: &Declared) -> Vec<Difference> {
        let mut differences = Differences::default();
        self.fields(&declared.schema, &mut differences);
        functions(&self.info.schema, &declared.schema, &mut differences);
        let schema = &self.info.schema;
        if schema.has_dynamic_fields() != declared.schema.has_dynamic_fields() {
            match schema.has_dynamic_fields() {
                true => differences.allow(None, "has dynamic fields"),
                false => differences.refuse(None, "has no dynamic fields"),
            }
        }
        if schema.has_namespaces() != declared.schema.has_namespaces() {
            let has = match schema.has_namespaces() {
                true => "has namespaces",
                false => "has no namespaces",
            };
            differences.refuse(None, has);
        }
        for (path, index) in &declared.indexes {
            indexes::compare(path, index, &self.indexes, schema, &mut differences);
        }
        for (path, _) in &declared.default_indexes {
            indexes::check_any(path, &self.indexes, schema, &mut differences);
        }
        self.options(&declared.options, &mut differences);
        differences.0
    }

    /// The indexes that the collection lacks. Any index of a vector stands for one that is not declared.
    pub(super) fn missing<'a>(
        &self,
        declared: &'a Declared,
    ) -> impl Iterator<Item = &'a (String, Index)> {
        let declared_ones = declared.indexes.iter();
        let defaults = declared.default_indexes.iter();
        declared_ones
            .filter(|(path, index)| indexes::find(path, index, &self.indexes).is_none())
            .chain(defaults.filter(|(path, _)| !indexes::has_any(path, &self.indexes)))
    }

    fn fields(&self, declared: &Schema, differences: &mut Differences) {
        for field in declared.fields() {
            match self.info.schema.field(field.name()) {
                Some(found) => {
                    fields::compare(None, found, field, self.has_parameters, differences);
                }
                None => differences.refuse(Some(field.name()), "is missing"),
            }
        }
        let is_more = |field: &&Field| {
            // Milvus adds fields of its own to the schema, such as `$namespace_id`.
            declared.field(field.name()).is_none() && !field.name().starts_with('$')
        };
        for field in self.info.schema.fields().iter().filter(is_more) {
            let is_needed =
                !(field.is_nullable() || field.has_default() || field.is_function_output());
            let what = match is_needed {
                true => "is not declared, and every row needs it",
                false => "is not declared",
            };
            differences.add(Some(field.name()), what, !is_needed);
        }
    }

    fn options(&self, declared: &CollectionOptions, differences: &mut Differences) {
        let info = &self.info;
        if let (Some(found), Some(wanted)) = (info.consistency, declared.consistency)
            && found != wanted
        {
            differences.allow(None, format!("has the consistency {found}, not {wanted}"));
        }
        if let Some(wanted) = declared.shards
            && info.shards != wanted
            && info.shards != 0
        {
            differences.allow(None, format!("has {} shards, not {wanted}", info.shards));
        }
        if let Some(wanted) = declared.partitions
            && info.partitions != u64::from(wanted)
            && info.partitions != 0
        {
            let what = format!("has {} partitions, not {wanted}", info.partitions);
            differences.allow(None, what);
        }
        for (key, wanted) in &declared.properties {
            let found = info.properties.iter().find(|(name, _)| name == key);
            match found {
                Some((_, found)) if found == wanted => {}
                Some((_, found)) => {
                    let what = format!("has the property {key} = {found}, not {wanted}");
                    differences.allow(None, what);
                }
                None => differences.allow(None, format!("has no property {key}")),
            }
        }
    }
}

/// Functions are the same if they compute the same fields from the same fields.
fn functions(found: &Schema, declared: &Schema, differences: &mut Differences) {
    let is_output = |name: &String| {
        let field = found.field(name);
        field.is_some_and(Field::is_function_output)
    };
    for wanted in declared.functions() {
        // Milvus Lite 2.5 only reports that there is one.
        if found.functions().is_empty() && wanted.outputs().iter().all(is_output) {
            continue;
        }
        let is_there = found.functions().iter().any(|function| {
            function.kind() == wanted.kind()
                && function.inputs() == wanted.inputs()
                && function.outputs() == wanted.outputs()
        });
        if !is_there {
            let what = format!("does not have the function {:?}", wanted.name());
            differences.refuse(None, what);
        }
    }
}

#[cfg(test)]
mod tests;
