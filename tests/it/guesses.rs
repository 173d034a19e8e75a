//! What newcomers guess compiles, or the compiler names what they should write.

#[expect(
    dead_code,
    unreachable_pub,
    reason = "programs, which are only compiled"
)]
#[path = "../guesses/pass/mod.rs"]
mod pass;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn programs(directory: &str) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/guesses")
        .join(directory);
    let files = fs::read_dir(directory).unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn every_program_that_compiles_is_compiled() {
    let list = include_str!("../guesses/pass/mod.rs");
    for program in programs("pass") {
        let name = program.file_stem().unwrap().to_str().unwrap();
        let module = format!("mod {name};");
        assert!(
            name == "mod" || list.lines().any(|line| line == module),
            "{name}.rs is missing in mod.rs"
        );
    }
}

#[cfg(feature = "derive")]
#[tokio::test]
async fn a_collection_of_a_struct_without_indexes_can_be_read() {
    let client = testkit::Fake::new().client().await.unwrap();
    let book = serde_json::json!({ "id": 1, "title": "Dune", "embedding": vec![0.5; 768] });
    let books = serde_json::from_value::<pass::Book>(book).unwrap();
    let found = pass::start(&client, &[books]).await.unwrap();
    assert_eq!(found.len(), 1);
}

/// The library that this test was built with. Cargo has just built it, so it is the newest.
fn library() -> (PathBuf, PathBuf) {
    let test = std::env::current_exe().unwrap();
    let directory = test.parent().unwrap();
    let files = fs::read_dir(directory).unwrap();
    let libraries = files.map(|file| file.unwrap().path()).filter(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with("libmilvus_otel-") && name.ends_with(".rlib")
    });
    let built = |path: &PathBuf| fs::metadata(path).unwrap().modified().unwrap();
    (directory.to_owned(), libraries.max_by_key(built).unwrap())
}

#[test]
fn the_compiler_names_what_to_write_instead_of_a_wrong_guess() {
    let (dependencies, library) = library();
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let directory =
        std::env::temp_dir().join(format!("milvus-otel-guesses-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let programs = programs("fail");
    assert!(!programs.is_empty());
    for program in programs {
        let source = fs::read_to_string(&program).unwrap();
        let wanted = source
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("// "))
            .unwrap();
        let output = Command::new(&compiler)
            .args(["--edition", "2024", "--emit", "metadata", "--out-dir"])
            .arg(&directory)
            .arg("-L")
            .arg(format!("dependency={}", dependencies.display()))
            .arg("--extern")
            .arg(format!("milvus_otel={}", library.display()))
            .arg(&program)
            .output()
            .unwrap();
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{} compiles", program.display());
        assert!(message.contains(wanted), "{}: {message}", program.display());
    }
    fs::remove_dir_all(directory).unwrap();
}
