//! Arrow arrays as sparse vectors.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType as ArrowType;

use super::super::sparse::SparseVector;
use super::refusal::Refusal;
use super::simple::{collect, integers, narrow, numbers};
use super::values::{Lists, Values};
use crate::proto::schema::{SparseFloatArray, vector_field::Data as Vector};

/// The sparse vectors that are not null. Each is a struct of two lists, the dimensions and their values, or a list of
/// pairs, or a map.
pub(super) fn sparse(values: &Values) -> Result<Vector, Refusal> {
    let refuse = || Refusal::of_type(values.data_type());
    let (dimensions, floats) = match values.data_type() {
        ArrowType::Null => return Ok(wrap(&[])),
        ArrowType::Struct(_) => {
            let fields = values.array().as_struct();
            let list = |name: &str| {
                let field = fields.column_by_name(name).ok_or_else(refuse)?;
                let lists = Lists::new(&values.of_field(field)).ok_or_else(refuse)?;
                let row = lists.ranges.iter().enumerate();
                let mut without =
                    row.filter(|(row, range)| range.is_none() && values.at(*row).is_some());
                match without.next() {
                    Some((row, _)) => Err(Refusal::at(row, format_args!("no {name}"))),
                    None => Ok(lists),
                }
            };
            (list("indices")?, list("values")?)
        }
        _ => {
            let lists = Lists::new(values).ok_or_else(refuse)?;
            let pairs = lists.items.as_struct_opt().ok_or_else(refuse)?;
            let [dimensions, floats] = pairs.columns() else {
                return Err(refuse());
            };
            let part = |items: &ArrayRef| Lists {
                items: Arc::clone(items),
                ranges: lists.ranges.clone(),
            };
            (part(dimensions), part(floats))
        }
    };
    let mut vectors = Vec::new();
    for row in (0..values.len()).filter(|row| values.at(*row).is_some()) {
        vectors.push(one(&dimensions, &floats, row).map_err(|found| match found {
            Some(found) => Refusal::at(row, found),
            None => refuse(),
        })?);
    }
    Ok(wrap(&vectors))
}

/// The vector of one row. The error is what was found, or `None` if the array has another type.
fn one(dimensions: &Lists, floats: &Lists, row: usize) -> Result<SparseVector, Option<String>> {
    let part = |lists: &Lists| {
        let range = lists.ranges.get(row).cloned().flatten().unwrap_or_default();
        let items = Values::new(&lists.items.slice(range.start, range.len()));
        match items.first_null() {
            Some(_) => Err(Some("a null in its vector".to_owned())),
            None => Ok(items),
        }
    };
    let (dimensions, floats) = (part(dimensions)?, part(floats)?);
    if dimensions.len() != floats.len() {
        return Err(Some(format!(
            "{} indices and {} values",
            dimensions.len(),
            floats.len()
        )));
    }
    let found = |refusal: Refusal| refusal.at.map(|_| refusal.found);
    let number = numbers(floats.array()).ok_or(None)?;
    let numbers = collect(&floats, |index| narrow(number(index))).map_err(found)?;
    let dimensions = integers::<u32>(&dimensions).map_err(|refusal| {
        (refusal.at).map(|_| "a dimension that is not between 0 and 4294967294".to_owned())
    })?;
    Ok(dimensions.into_iter().zip(numbers).collect())
}

fn wrap(vectors: &[SparseVector]) -> Vector {
    let last = |vector: &SparseVector| vector.iter().last().map(|(last, _)| i64::from(last) + 1);
    Vector::SparseFloatVector(SparseFloatArray {
        dim: vectors.iter().filter_map(last).max().unwrap_or_default(),
        contents: (vectors.iter())
            .map(|vector| vector.as_bytes().clone())
            .collect(),
    })
}
