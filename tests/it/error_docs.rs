//! docs/errors.md lists the texts in the source. `UPDATE_DOCS=1 cargo test --test it error_docs` writes it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The sections of the page and the files of `src` that they are about.
const SECTIONS: [(&str, &[&str]); 7] = [
    (
        "Connecting and calling",
        &["client", "stack", "wire", "error"],
    ),
    ("Schemas", &["schema"]),
    ("Operations", &["ops", "proto/parameters.rs"]),
    ("Rows and columns", &["data"]),
    ("Filters", &["filter"]),
    ("Indexes and searches", &["index", "search"]),
    ("Telemetry: errors and warnings of `init`", &["init"]),
];

/// Files whose texts are not errors: messages of others to compare with, output of the console exporter, tables for docs.
const OTHER_FILES: [&str; 4] = [
    "error/reason.rs",
    "init/console.rs",
    "init/variables.rs",
    "stack/connect/error_texts.rs",
];

/// Texts that are not errors: parts of the line shown above, of filters, and of messages of others, which the source looks
/// for; the names of states.
const OTHER_TEXTS: [&str; 19] = [
    " (milvus code <…>",
    "; <…> attempts in <…>",
    "<field> is not null",
    "<field> is null",
    "<field> not in <list>",
    "Connection refused",
    "No such file",
    "can't find data for primary field",
    "invalid parameter",
    "is not supported now",
    "larger than max",
    "not found",
    "not loaded",
    "output field",
    "rate limit",
    "should divide the dim",
    "the call returned it as an error",
    "too large",
    "too many requests",
];

const INTRODUCTION: &str = "\
# Error messages

Generated from the source: every text that an error of this crate may contain, in addition to what the server and the
operating system report. `<…>` stands for a value. Short texts, such as `a float vector of <…>`, are parts of others.

An [`Error`](https://docs.rs/milvus-otel/latest/milvus_otel/struct.Error.html) is one line:

```text
operation \"collection\": message (milvus code 101 CollectionNotLoaded); what to do; 3 attempts in 1.2s [trace_id=… span_id=…]
```

`operation` is the method of `Client`. The code and what follows it appear only if they are known. To decide what to do, use
the predicates, such as `is_not_found`, and `code`, rather than the text: texts change without notice.
";

#[test]
fn the_page_of_errors_is_up_to_date() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let page = page(&root.join("src"));
    let path = root.join("docs/errors.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "run UPDATE_DOCS=1 cargo test --test it error_docs"
    );
}

#[test]
fn texts_are_found_wherever_they_are_written() {
    let source = r##"
        //! a module's "own text"
        #![expect(unused, reason = "an [attribute]")]
        /// let x = "a comment";
        fn f<'a>(x: &'a str) -> char {
            let quote = '"';
            refuse(format!("{name:?} is {}: it must be \"{{}}\"", 1));
            refuse("a text of \
                    two lines");
            refuse(r#"a "raw" text"#);
            debug_struct("Name");
            write!(f, "Name({} rows of {})")
        }
        #[cfg(test)]
        mod tests {
            const TEXT: &str = "a text of {a test}";
        }
        const AFTER: &str = "after the tests";
    "##;
    let texts: Vec<String> = texts(source).into_iter().collect();
    assert_eq!(
        texts,
        [
            "<name> is <…>: it must be \"{}\"",
            "a \"raw\" text",
            "a text of two lines",
            "after the tests",
        ]
    );
}

fn page(src: &Path) -> String {
    let mut page = INTRODUCTION.to_owned();
    let mut others = BTreeSet::from(OTHER_TEXTS);
    for (title, parts) in SECTIONS {
        let texts: BTreeSet<String> = parts
            .iter()
            .flat_map(|part| files(src, part))
            .flat_map(|file| texts(&fs::read_to_string(file).unwrap()))
            .collect();
        assert!(!texts.is_empty(), "{title} has no texts");
        write!(page, "\n## {title}\n\n").unwrap();
        for text in texts {
            if others.remove(text.as_str()) {
                continue;
            }
            let (open, close) = match text.contains('`') {
                true => ("`` ", " ``"),
                false => ("`", "`"),
            };
            writeln!(page, "- {open}{text}{close}").unwrap();
        }
    }
    assert!(others.is_empty(), "not in the source: {others:?}");
    page
}

/// The source files of a room, or one file, without tests and files with other texts.
fn files(src: &Path, part: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut paths = vec![src.join(part), src.join(part).with_extension("rs")];
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(path).unwrap();
            paths.extend(entries.map(|entry| entry.unwrap().path()));
        } else if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    files.dedup();
    files.retain(|file| {
        let name = file.strip_prefix(src).unwrap().to_str().unwrap();
        let is_test = name.ends_with("tests.rs") || name.contains("/tests/");
        !is_test && !OTHER_FILES.contains(&name)
    });
    files
}

/// The messages in string literals, except for those in attributes, comments and tests.
fn texts(source: &str) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    let mut rest = source;
    let mut item = Item::Normal;
    while let Some(first) = rest.chars().next() {
        let (literal, after) = token(rest);
        if rest.starts_with("#[") || rest.starts_with("#![") {
            if rest.starts_with("#[cfg(test)]") || rest.starts_with("#[cfg(all(test,") {
                item = Item::Test(0);
            }
            rest = after_brackets(rest);
            continue;
        }
        item = item.after(first);
        if let (Item::Normal, Some(literal)) = (item, literal) {
            let text = shown(&literal);
            if is_message(&text) {
                texts.insert(text);
            }
        }
        rest = after;
    }
    texts
}

/// Whether the text has at least two words besides values, and is not output of `Debug`, such as `Columns(<…> rows)`.
fn is_message(text: &str) -> bool {
    let words = text.split_whitespace().filter(|word| {
        let letters = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '<');
        letters.len() > 1 && !letters.contains('<') && letters.contains(char::is_lowercase)
    });
    let is_debug = text.starts_with(char::is_uppercase)
        && text
            .split(' ')
            .next()
            .is_some_and(|first| first.contains('('));
    words.count() >= 2 && !is_debug
}

/// What follows the first pair of brackets.
fn after_brackets(mut source: &str) -> &str {
    let mut depth = 0;
    loop {
        let first = source.chars().next().unwrap();
        source = token(source).1;
        match first {
            '[' => depth += 1,
            ']' if depth == 1 => return source,
            ']' => depth -= 1,
            _ => {}
        }
    }
}

/// What the tokens of the source belong to.
#[derive(Clone, Copy)]
enum Item {
    Normal,
    /// An item of tests, inside this many brackets.
    Test(usize),
}

impl Item {
    fn after(self, token: char) -> Self {
        match (self, token) {
            (Self::Test(depth), '{' | '(' | '[') => Self::Test(depth + 1),
            (Self::Test(0), ';' | ',' | '}') | (Self::Test(1), '}') => Self::Normal,
            (Self::Test(depth), '}' | ')' | ']') => Self::Test(depth - 1),
            (item, _) => item,
        }
    }
}

/// Splits the first token off. The content of a string literal is returned as well.
fn token(source: &str) -> (Option<String>, &str) {
    let skip = |length: usize| (None, &source[length..]);
    if source.starts_with("//") {
        return skip(source.find('\n').unwrap_or(source.len()));
    }
    if let Some(literal) = source.strip_prefix('"') {
        return string(literal);
    }
    for (open, close) in [("r\"", "\""), ("r#\"", "\"#"), ("r##\"", "\"##")] {
        if let Some(literal) = source.strip_prefix(open) {
            let (text, rest) = literal.split_once(close).unwrap();
            return (Some(text.to_owned()), rest);
        }
    }
    // A character, unless it is the name of a lifetime.
    if let Some(character) = source.strip_prefix('\'') {
        let length = match character.strip_prefix('\\') {
            Some(escape) => 1 + escape[1..].find('\'').unwrap() + 1,
            None => character.chars().next().map_or(0, char::len_utf8),
        };
        if character[length..].starts_with('\'') {
            return skip(1 + length + 1);
        }
    }
    // A word at once, so that the `r` at the end of one does not begin a raw string.
    let word = source
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(source.len());
    skip(word.max(source.chars().next().map_or(0, char::len_utf8)))
}

/// The content of a string literal whose first quotation mark has been read.
fn string(literal: &str) -> (Option<String>, &str) {
    let mut text = String::new();
    let mut chars = literal.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (Some(text), &literal[at + 1..]),
            '\\' => match chars.next() {
                Some((at, '\n')) => {
                    let line = literal[at..].trim_start();
                    chars = literal.char_indices();
                    let begin = literal.len() - line.len();
                    while chars.clone().next().is_some_and(|(at, _)| at < begin) {
                        chars.next();
                    }
                }
                Some((_, 'n')) => text.push_str("\\n"),
                Some((_, escaped)) => text.push(escaped),
                None => break,
            },
            c => text.push(c),
        }
    }
    panic!("a string literal without an end: {text:?}");
}

/// The text with `<name>` for what `format!` replaces.
fn shown(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' if chars.peek() == Some(&c) => {
                chars.next();
                out.push(c);
            }
            '{' => {
                let argument: String = chars.by_ref().take_while(|c| *c != '}').collect();
                let name = argument.split(':').next().unwrap_or_default();
                match name {
                    "" => out.push_str("<…>"),
                    "NO_FIELD" => out.push_str("the collection has no field"),
                    name => write!(out, "<{}>", name.to_lowercase()).unwrap(),
                }
            }
            c => out.push(c),
        }
    }
    out
}
