//! The values of an Arrow array, whether they are stored directly, in a dictionary or in lists.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, OffsetSizeTrait};
use arrow_schema::DataType as ArrowType;

/// Returns the value at an index of an array.
pub(super) type Read<'a, T> = Box<dyn Fn(usize) -> T + 'a>;

/// The values of a column: an array, and the index of each row's value in it.
#[derive(Clone)]
pub(super) struct Values {
    /// Never a dictionary.
    array: ArrayRef,
    /// The index of each row's value, or `None` for null. Without it, each row has the value at its own index.
    keys: Option<Vec<Option<usize>>>,
}

impl Values {
    pub(super) fn new(array: &ArrayRef) -> Self {
        Self {
            array: Arc::clone(array),
            keys: None,
        }
        .decoded()
    }

    /// Replaces a dictionary with its values.
    fn decoded(self) -> Self {
        let Some(dictionary) = self.array.as_any_dictionary_opt() else {
            return self;
        };
        let indexes = match dictionary.values().len() {
            0 => Vec::new(),
            _ => dictionary.normalized_keys(),
        };
        let keys = (0..self.len()).map(|row| indexes.get(self.at(row)?).copied());
        let values = Self {
            keys: Some(keys.collect()),
            array: Arc::clone(dictionary.values()),
        };
        values.decoded()
    }

    pub(super) fn array(&self) -> &ArrayRef {
        &self.array
    }

    pub(super) fn data_type(&self) -> &ArrowType {
        self.array.data_type()
    }

    /// The number of rows.
    pub(super) fn len(&self) -> usize {
        self.keys
            .as_ref()
            .map_or_else(|| self.array.len(), Vec::len)
    }

    /// Whether each row has the value at its own index, and none is null.
    pub(super) fn is_whole(&self) -> bool {
        self.keys.is_none() && !self.may_be_null()
    }

    fn may_be_null(&self) -> bool {
        *self.data_type() == ArrowType::Null || self.array.null_count() > 0
    }

    /// The index of the value of a row; `None` for null.
    pub(super) fn at(&self, row: usize) -> Option<usize> {
        let index = match &self.keys {
            Some(keys) => (*keys.get(row)?)?,
            None => row,
        };
        let is_null = *self.data_type() == ArrowType::Null || self.array.is_null(index);
        (!is_null).then_some(index)
    }

    /// Whether each row has a value; empty if all have one.
    pub(super) fn valid(&self) -> Vec<bool> {
        if self.is_whole() {
            return Vec::new();
        }
        let valid: Vec<bool> = (0..self.len()).map(|row| self.at(row).is_some()).collect();
        if valid.contains(&false) {
            valid
        } else {
            Vec::new()
        }
    }

    /// The first row that is null.
    pub(super) fn first_null(&self) -> Option<usize> {
        if self.is_whole() {
            return None;
        }
        (0..self.len()).find(|row| self.at(*row).is_none())
    }

    /// The values of a field of the structs in this array.
    pub(super) fn of_field(&self, field: &ArrayRef) -> Self {
        let keys = || (0..self.len()).map(|row| self.at(row)).collect();
        Self {
            array: Arc::clone(field),
            keys: (!self.is_whole()).then(keys),
        }
        .decoded()
    }
}

/// The items of the lists in an array, and where those of each row are.
pub(super) struct Lists {
    pub(super) items: ArrayRef,
    /// The indexes of each row's items; `None` for null.
    pub(super) ranges: Vec<Option<Range<usize>>>,
}

impl Lists {
    /// The lists in an array; `None` if it is an array of another type.
    pub(super) fn new(values: &Values) -> Option<Self> {
        let array = values.array();
        let rows = |range: &dyn Fn(usize) -> Range<usize>| {
            (0..values.len())
                .map(|row| values.at(row).map(range))
                .collect()
        };
        Some(match array.data_type() {
            ArrowType::List(_) => {
                let lists = array.as_list::<i32>();
                let offsets = lists.value_offsets();
                Self {
                    items: Arc::clone(lists.values()),
                    ranges: rows(&|index| between(offsets, index)),
                }
            }
            ArrowType::LargeList(_) => {
                let lists = array.as_list::<i64>();
                let offsets = lists.value_offsets();
                Self {
                    items: Arc::clone(lists.values()),
                    ranges: rows(&|index| between(offsets, index)),
                }
            }
            ArrowType::ListView(_) => {
                let lists = array.as_list_view::<i32>();
                let (offsets, sizes) = (lists.value_offsets(), lists.value_sizes());
                Self {
                    items: Arc::clone(lists.values()),
                    ranges: rows(&|index| from(offsets, sizes, index)),
                }
            }
            ArrowType::LargeListView(_) => {
                let lists = array.as_list_view::<i64>();
                let (offsets, sizes) = (lists.value_offsets(), lists.value_sizes());
                Self {
                    items: Arc::clone(lists.values()),
                    ranges: rows(&|index| from(offsets, sizes, index)),
                }
            }
            ArrowType::Map(..) => {
                let maps = array.as_map();
                let offsets = maps.value_offsets();
                Self {
                    items: Arc::new(maps.entries().clone()),
                    ranges: rows(&|index| between(offsets, index)),
                }
            }
            ArrowType::FixedSizeList(_, width) => {
                let width = usize::try_from(*width).unwrap_or_default();
                Self {
                    items: Arc::clone(array.as_fixed_size_list().values()),
                    ranges: rows(&|index| index * width..(index + 1) * width),
                }
            }
            _ => return None,
        })
    }

    /// The number of items of each row that is not null.
    pub(super) fn counts(&self) -> Vec<usize> {
        self.present().map(Range::len).collect()
    }

    /// The items of all rows, one after the other.
    pub(super) fn all(&self) -> Values {
        if let Some(range) = self.contiguous() {
            return Values::new(&self.items.slice(range.start, range.len()));
        }
        let indexes = self.present().cloned().flatten();
        let values = Values {
            array: Arc::clone(&self.items),
            keys: Some(
                indexes
                    .map(|index| self.items.is_valid(index).then_some(index))
                    .collect(),
            ),
        };
        values.decoded()
    }

    /// The range of the items of all rows, if they follow each other without gaps.
    pub(super) fn contiguous(&self) -> Option<Range<usize>> {
        let mut ranges = self.present();
        let Some(first) = ranges.next() else {
            return Some(0..0);
        };
        let end = ranges.try_fold(first.end, |end, range| {
            (range.start == end).then_some(range.end)
        })?;
        Some(first.start..end)
    }

    /// The row that an item of [`all`](Self::all) belongs to.
    pub(super) fn row_of(&self, item: usize) -> usize {
        let mut left = item;
        for (row, range) in self.ranges.iter().enumerate() {
            let length = range.as_ref().map_or(0, Range::len);
            if left < length {
                return row;
            }
            left -= length;
        }
        self.ranges.len()
    }

    fn present(&self) -> impl Iterator<Item = &Range<usize>> {
        self.ranges.iter().flatten()
    }
}

/// The items of a list, by the offsets of all lists.
fn between<O: OffsetSizeTrait>(offsets: &[O], index: usize) -> Range<usize> {
    let offset = |index: usize| offsets.get(index).map_or(0, |offset| offset.as_usize());
    offset(index)..offset(index + 1)
}

/// The items of a list, by the offset and the size of each list.
fn from<O: OffsetSizeTrait>(offsets: &[O], sizes: &[O], index: usize) -> Range<usize> {
    let number = |of: &[O]| of.get(index).map_or(0, |number| number.as_usize());
    number(offsets)..number(offsets) + number(sizes)
}
