//! Pages of a list.

/// The most rows, skipped ones included, that one query can reach.
pub(super) const WINDOW: u64 = 16384;

/// The offset of page `number` of `size` rows. The error says that there is no such page.
pub(super) fn page_offset(number: usize, size: usize) -> Result<usize, String> {
    if number == 0 {
        return Err("page is 0: pages are counted from 1".to_owned());
    }
    if size == 0 {
        return Err("the size of a page is 0: it must be at least 1".to_owned());
    }
    let last = number.saturating_mul(size);
    if last as u64 > WINDOW {
        return Err(format!(
            "page {number} of {size} rows ends with row {last}: Milvus returns the first {WINDOW} only: use .stream() to read more"
        ));
    }
    Ok(last - size)
}

#[cfg(test)]
mod tests {
    use super::page_offset;

    #[test]
    fn pages_are_counted_from_one_and_end_with_the_window_of_milvus() {
        for (number, size, offset) in [(1, 20, 0), (2, 20, 20), (1, 16384, 0), (16384, 1, 16383)] {
            assert_eq!(page_offset(number, size), Ok(offset));
        }
        for (number, size, why) in [
            (0, 20, "page is 0"),
            (1, 0, "size of a page is 0"),
            (820, 20, "ends with row 16400"),
            (usize::MAX, 2, "ends with row"),
        ] {
            let refused = page_offset(number, size).unwrap_err();
            assert!(refused.contains(why), "{refused}");
        }
    }
}
