//! The approximate size of a row in a request.

use serde::Serialize;

use super::serialize::{SinkResult, SinkSerializer, ValueSink};

/// The number of bytes that a row takes in a request, approximately: its schema is not known yet.
pub(super) fn row_size<T: Serialize + ?Sized>(row: &T) -> usize {
    let mut size = Size(0);
    // A row that cannot be serialized is refused when it is written.
    let _counted = row.serialize(SinkSerializer(&mut size));
    size.0
}

struct Size(usize);

impl Size {
    fn add(&mut self, bytes: usize) -> SinkResult {
        self.0 += bytes;
        Ok(())
    }
}

impl ValueSink for Size {
    fn expected(&self) -> String {
        "a row".to_owned()
    }

    fn bool(&mut self, _: bool) -> SinkResult {
        self.add(1)
    }

    fn int(&mut self, _: i64) -> SinkResult {
        self.add(4)
    }

    fn float(&mut self, _: f64) -> SinkResult {
        self.add(8)
    }

    fn float32(&mut self, _: f32) -> SinkResult {
        self.add(4)
    }

    fn text(&mut self, value: &str) -> SinkResult {
        self.add(2 + value.len())
    }

    fn bytes(&mut self, value: &[u8]) -> SinkResult {
        self.add(2 + value.len())
    }

    fn null(&mut self) -> SinkResult {
        self.add(1)
    }

    fn begin_seq(&mut self) -> SinkResult {
        self.add(4)
    }

    #[inline]
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> SinkResult {
        value.serialize(SinkSerializer(self))
    }

    fn begin_map(&mut self) -> SinkResult {
        self.add(4)
    }

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> SinkResult {
        key.serialize(SinkSerializer(self))
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> SinkResult {
        value.serialize(SinkSerializer(self))
    }

    fn entry<T: Serialize + ?Sized>(&mut self, _: &'static str, value: &T) -> SinkResult {
        value.serialize(SinkSerializer(self))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::row_size;

    #[test]
    fn vectors_and_texts_make_the_size() {
        #[derive(serde::Serialize)]
        struct Row {
            id: i64,
            title: String,
            embedding: Vec<f32>,
        }
        let row = Row {
            id: 1,
            title: "x".repeat(1000),
            embedding: vec![0.5; 768],
        };
        let exact = 8 + 1000 + 768 * 4;
        assert!(
            (exact - 8..exact + 32).contains(&row_size(&row)),
            "{}",
            row_size(&row)
        );
        assert!(row_size(&json!({ "id": 1, "tags": ["a", null, true] })) > 10);
    }
}
