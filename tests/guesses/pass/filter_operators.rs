use milvus_otel::Filter;

fn main() {
    let filter = Filter::new("year > {y}").bind("y", 1990);
    let _ = filter.clone().and("lang == 'en'").or(None::<Filter>);
    let _ = !(filter.clone() & Filter::eq("lang", "en") | Filter::is_in("id", vec![1_i64, 2]));
}
