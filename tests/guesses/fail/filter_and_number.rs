// expected a `Filter`, an expression as text, or an `Option` of these
fn main() {
    let _ = milvus_otel::Filter::eq("year", 1990).and(7);
}
