//! Values that a newer Milvus adds to an enum stay what they are: nothing in this crate takes them for the first value.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

fn is_generated(file: &Path) -> bool {
    let name = file.file_name().unwrap().to_str().unwrap();
    name.starts_with("milvus.proto.")
}

/// The enums that the generated code defines.
fn enums(generated: &str) -> BTreeSet<String> {
    let definitions = generated.split("::prost::Enumeration").skip(1);
    let name = |rest: &str| {
        let (_, name) = rest.split_once("pub enum ").unwrap();
        name.split_whitespace().next().unwrap().to_owned()
    };
    definitions.map(name).collect()
}

/// What of a source turns the number of such an enum into a value of it, whatever the number is.
fn faults(source: &str, enums: &BTreeSet<String>) -> Vec<String> {
    let words: Vec<&str> = source
        .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .filter(|word| !word.is_empty())
        .collect();
    // `use .. DataType as Number`.
    let renamed = words.windows(3).filter(|words| {
        words.get(1) == Some(&"as") && words.first().is_some_and(|name| enums.contains(*name))
    });
    let mut names: BTreeSet<&str> = renamed.filter_map(|words| words.get(2).copied()).collect();
    names.extend(enums.iter().map(String::as_str));

    let mut faults = Vec::new();
    for (at, _) in source.match_indices("::try_from(") {
        let (before, after) = source.split_at(at);
        let name = before.rsplit(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let statement = after.split([';', '{']).next().unwrap_or_default();
        if let Some(name) = name.into_iter().next()
            && names.contains(name)
            && statement.contains("unwrap_or")
        {
            faults.push(format!("{name}{statement}"));
        }
    }
    faults
}

#[test]
fn generated_messages_have_no_getters_that_fall_back_to_the_first_value() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/proto");
    let mut all = BTreeSet::new();
    for file in sources(&folder).iter().filter(|file| is_generated(file)) {
        let generated = fs::read_to_string(file).unwrap();
        all.extend(enums(&generated));
        assert!(!generated.contains("enumeration"), "{}", file.display());
    }
    for name in ["DataType", "LoadState", "ConsistencyLevel", "OpType"] {
        assert!(all.contains(name), "{all:?}");
    }
}

#[test]
fn unknown_enum_values_are_never_replaced() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = sources(&folder);
    let read = |file: &PathBuf| fs::read_to_string(file).unwrap();
    let generated = files.iter().filter(|file| is_generated(file));
    let enums: BTreeSet<String> = generated.flat_map(|file| enums(&read(file))).collect();
    for file in files.iter().filter(|file| !is_generated(file)) {
        if file.ends_with("open_enums.rs") {
            continue;
        }
        let faults = faults(&read(file), &enums);
        assert_eq!(faults, [] as [String; 0], "in {}", file.display());
    }
}

#[test]
fn faults_are_found() {
    let enums = BTreeSet::from(["DataType".to_owned()]);
    for fault in [
        "let a = DataType::try_from(number).unwrap_or_default();",
        "use x::{DataType as Number, Other};\nlet a = Number::try_from(a)\n    .unwrap_or(Number::Bool)",
        "schema::DataType::try_from(number).ok().unwrap_or_else(|| other)",
    ] {
        assert_eq!(faults(fault, &enums).len(), 1, "{fault}");
    }
    for none in [
        "let a = u32::try_from(number).unwrap_or_default();",
        "match DataType::try_from(number) { Ok(a) => a, Err(_) => b.unwrap_or_default() }",
        "let a = DataType::try_from(number).ok()?; b.unwrap_or_default()",
    ] {
        assert_eq!(faults(none, &enums), [] as [String; 0], "{none}");
    }
}
