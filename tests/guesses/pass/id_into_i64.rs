use milvus_otel::Id;

fn main() {
    let id: i64 = Id::from(7).try_into().unwrap();
    let text: String = Id::from("a").try_into().unwrap();
    assert!(id == 7 && text == "a");
    assert_eq!(Id::from(7), 7);
}
