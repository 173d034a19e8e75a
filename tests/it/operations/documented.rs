//! The table of RPCs in src/ops.rs and docs/pymilvus.md are made from the rows of
//! rows.rs:
//! `UPDATE_DOCS=1 cargo test --test it documented` writes them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use testkit::Fake;

use super::rows::{Row, rows, server};
use super::spans::Recorder;

/// The RPCs that an operation makes, in the order in which each is made first.
async fn rpcs(row: usize) -> (Row, Vec<String>) {
    let (fake, recorder) = (server(), Recorder::new());
    let row = rows(&recorder.client(&fake)).swap_remove(row);
    let name = row.name;
    let Row {
        run, note, takes, ..
    } = row;
    // Some answers make no sense, after all RPCs are made.
    let ended = tokio::time::timeout(Duration::from_secs(60), run).await;
    assert!(ended.is_ok(), "{name} does not end with these answers");
    let mut rpcs = Vec::new();
    for span in recorder.spans() {
        if let Some(rpc) = super::spans::attributes(&span).get("rpc.method") {
            let rpc = rpc.rsplit('/').next().unwrap().to_owned();
            if rpc != "GetVersion" && !rpcs.contains(&rpc) || name == "get_server_version" {
                rpcs.push(rpc);
            }
        }
    }
    let run = Box::pin(async { Ok(()) });
    (
        Row {
            name,
            run,
            note,
            takes,
        },
        rpcs,
    )
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The file has this text, or gets it.
pub(crate) fn written(path: &str, wanted: &str) {
    let path = repository(path);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, wanted).unwrap();
        return;
    }
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    for (line, (written, wanted)) in text.lines().zip(wanted.lines()).enumerate() {
        let line = line + 1;
        assert_eq!(
            written,
            wanted,
            "{}, line {line}: see UPDATE_DOCS above",
            path.display()
        );
    }
    assert!(
        text == wanted,
        "{} has lines too many or too few: see UPDATE_DOCS above",
        path.display()
    );
}

#[tokio::test(start_paused = true)]
async fn the_table_of_rpcs_is_what_the_operations_send() {
    let (fake, recorder) = (server(), Recorder::new());
    let mut table = "//! | operation | RPCs |\n//! |---|---|\n".to_owned();
    for number in 0..rows(&recorder.client(&fake)).len() {
        let (row, rpcs) = rpcs(number).await;
        assert!(!rpcs.is_empty(), "{} makes no RPC", row.name);
        let rpcs: Vec<String> = rpcs.iter().map(|rpc| format!("`{rpc}`")).collect();
        let end = if row.note.is_empty() { "" } else { ". " };
        let (name, rpcs, note) = (row.name, rpcs.join(", "), row.note);
        table += &format!("//! | [`{name}`](crate::Client::{name}) | {rpcs}{end}{note} |\n");
    }
    let ops = std::fs::read_to_string(repository("src/ops.rs")).unwrap();
    let (begin, end) = (
        "//! <!-- operations, from the code -->\n",
        "//! <!-- end -->",
    );
    let (before, rest) = ops.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    written(
        "src/ops.rs",
        &format!("{before}{begin}//!\n{table}//!\n{end}{after}"),
    );
}

/// The public methods of `impl Client` blocks below a folder.
fn methods_of_client(folder: &Path) -> BTreeSet<String> {
    let mut methods = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            methods.extend(methods_of_client(&path));
            continue;
        }
        let source = std::fs::read_to_string(path).unwrap();
        for block in source.split("\nimpl Client {").skip(1) {
            let block = block.split("\n}\n").next().unwrap();
            let functions = block.split("\n    pub fn ").skip(1);
            let name = |rest: &str| rest.split(['(', '<']).next().unwrap().to_owned();
            methods.extend(functions.map(name));
        }
    }
    methods
}

#[tokio::test]
async fn every_operation_has_a_row() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let rows = rows(&recorder.client(&fake));
    let rows: BTreeSet<String> = rows.iter().map(|row| row.name.to_owned()).collect();
    assert_eq!(names(), rows);
    let guide = std::fs::read_to_string(repository("src/ops.rs")).unwrap();
    for name in names() {
        let link = format!("//! [`{name}`]: crate::Client::{name}\n");
        assert!(
            guide.contains(&link),
            "{name} is missing in the guide by resource"
        );
        // The fake panics at a name that it does not know.
        assert_eq!(fake.count_of(&name), 0);
    }
}

/// The names of all operations.
pub(crate) fn names() -> BTreeSet<String> {
    let mut names = methods_of_client(&repository("src/ops"));
    // Sends any RPC.
    names.remove("send");
    // Returns a handle, and sends nothing.
    names.remove("collection");
    names
}

/// pymilvus' methods with their arguments, and what these are here.
struct Methods<'a> {
    arguments: Vec<(&'a str, Vec<&'a str>)>,
    /// By method, and by argument or nothing.
    counterparts: BTreeMap<(&'a str, &'a str), &'a str>,
}

impl<'a> Methods<'a> {
    fn new(methods: &'a str, counterparts: &'a str) -> Self {
        let lines = |text: &'a str| text.lines().filter(|line| !line.starts_with('#'));
        let mut arguments: Vec<(&str, Vec<&str>)> = Vec::new();
        for line in lines(methods) {
            let (name, names) = line.split_once('(').unwrap();
            let name = name.trim_end_matches("**").trim_end();
            let names = names.trim_end_matches(')').split(", ");
            let names = names.filter(|name| !matches!(*name, "" | "cls" | "**kwargs"));
            match arguments.last_mut().filter(|(last, _)| *last == name) {
                Some((_, all)) => all.extend(names),
                None => arguments.push((name, names.collect())),
            }
        }
        let counterparts = lines(counterparts).map(|line| {
            let mut words = line.splitn(3, ' ');
            let mut next = || words.next().unwrap();
            let (method, argument) = (next(), next());
            ((method, argument.trim_matches('=')), next())
        });
        Self {
            arguments,
            counterparts: counterparts.collect(),
        }
    }

    /// What is here in place of a method; nothing if it is still missing.
    fn counterpart(&self, method: &str, rows: &BTreeMap<&str, &str>) -> Option<String> {
        let here = self
            .counterparts
            .get(&(method, ""))
            .map(|here| (*here).to_owned());
        here.or_else(|| {
            rows.contains_key(method)
                .then(|| format!("Client::{method}"))
        })
    }

    fn faults(&self, rows: &BTreeMap<&str, &str>) -> Vec<String> {
        let mut faults = Vec::new();
        let mut known = BTreeSet::new();
        for (method, arguments) in &self.arguments {
            known.insert((*method, ""));
            let here = self.counterpart(method, rows);
            let is_here = here.is_some_and(|here| !here.starts_with("- "));
            let takes: Vec<&str> = rows
                .get(method)
                .map_or("", |takes| takes)
                .split(", ")
                .collect();
            for argument in arguments {
                known.insert((*method, *argument));
                let is_obvious =
                    matches!(*argument, "timeout" | "collection_name") || takes.contains(argument);
                if is_here && !is_obvious && !self.counterparts.contains_key(&(*method, *argument))
                {
                    faults.push(format!("{method}: {argument} has no counterpart"));
                }
            }
            for name in takes
                .iter()
                .filter(|name| !name.is_empty() && !arguments.contains(name))
            {
                faults.push(format!("{method}: {name}: pymilvus has no such argument"));
            }
        }
        for (at @ (method, argument), here) in &self.counterparts {
            if !known.contains(at) {
                faults.push(format!(
                    "{method}: {argument}: pymilvus has no such argument"
                ));
            } else if here.strip_prefix("- ").is_some_and(|why| why.len() < 20) {
                faults.push(format!("{method}: {argument}: say why there is none"));
            }
        }
        faults
    }

    /// The page of the documentation. `unreached` are the RPCs that no operation makes, and why.
    fn page(&self, rows: &BTreeMap<&str, &str>, unreached: &[(&str, &str)]) -> String {
        let shown = |here: &str| match here.strip_prefix("- ") {
            Some(why) => format!("none: {why}"),
            None => format!("[`{here}`]"),
        };
        let mut page = "\
The methods of pymilvus 3.0.2 and their counterparts in this crate.

Every setter `timeout` is the counterpart of the argument `timeout`, which is not listed. RPCs without a method of their
own can be sent with [`Client::send`].

| pymilvus | here |
|---|---|
"
        .to_owned();
        for (method, _) in &self.arguments {
            let here = self.counterpart(method, rows);
            let here = here.map_or_else(|| "not yet".to_owned(), |here| shown(&here));
            page += &format!("| `{method}` | {here} |\n");
        }
        for (method, arguments) in &self.arguments {
            let listed: Vec<String> = arguments
                .iter()
                .filter_map(|argument| {
                    let here = shown(self.counterparts.get(&(*method, *argument))?);
                    Some(format!("| `{argument}` | {here} |\n"))
                })
                .collect();
            if !listed.is_empty() {
                page += &format!("\n# Arguments of `{method}`\n\n| argument | here |\n|---|---|\n");
                page.extend(listed);
            }
        }
        page += "\n# RPCs without a method\n\n[`Client::send`] sends them, [`Client::raw`] those with streams.\n\n\
                 | RPC | why it has no method |\n|---|---|\n";
        page.extend(
            unreached
                .iter()
                .map(|(rpc, why)| format!("| `{rpc}` | {why} |\n")),
        );
        page
    }
}

fn takes(rows: &[Row]) -> BTreeMap<&'static str, &'static str> {
    rows.iter().map(|row| (row.name, row.takes)).collect()
}

#[tokio::test]
async fn every_method_and_argument_of_pymilvus_has_a_counterpart_or_a_reason() {
    let methods = Methods::new(
        include_str!("../../data/pymilvus_methods.txt"),
        include_str!("../../data/pymilvus_counterparts.txt"),
    );
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let rows = takes(&rows(&recorder.client(&fake)));
    let faults = methods.faults(&rows);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    written("docs/pymilvus.md", &methods.page(&rows, &unreached()));
}

/// The RPCs that no operation makes, and why.
fn unreached() -> Vec<(&'static str, &'static str)> {
    let lines = include_str!("../../data/unreached_rpcs.txt").lines();
    let lines = lines.filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split_once(' ').unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn every_rpc_of_the_contract_is_made_by_an_operation_or_has_a_reason_not_to() {
    let contract = include_str!("../../../proto/milvus.proto");
    let rpcs_of = contract
        .lines()
        .filter_map(|line| line.trim().strip_prefix("rpc "));
    let contract: BTreeSet<&str> = rpcs_of
        .map(|rpc| rpc.split(['(', ' ']).next().unwrap())
        .collect();
    assert!(contract.len() > 140, "{contract:?}");
    // Made with every new connection.
    let mut made = BTreeSet::from(["Connect".to_owned()]);
    let (fake, recorder) = (server(), Recorder::new());
    for number in 0..rows(&recorder.client(&fake)).len() {
        made.extend(rpcs(number).await.1);
    }
    let made: BTreeSet<&str> = made.iter().map(String::as_str).collect();
    let excused: BTreeSet<&str> = unreached().into_iter().map(|(rpc, _)| rpc).collect();
    let both: Vec<_> = made.intersection(&excused).collect();
    assert!(
        both.is_empty(),
        "made by an operation, but listed as not: {both:?}"
    );
    let reached: BTreeSet<&str> = made.union(&excused).copied().collect();
    let missing: Vec<_> = contract.difference(&reached).collect();
    assert!(
        missing.is_empty(),
        "no operation and no reason: {missing:?}"
    );
    let gone: Vec<_> = excused.difference(&contract).collect();
    assert!(gone.is_empty(), "not in the contract: {gone:?}");
}

#[test]
fn missing_and_outdated_counterparts_are_noticed() {
    let methods =
        "get(collection_name, ids, **kwargs)\nget **(rows, columns)\nflush(names)\nlist()\n";
    let counterparts =
        "get rows Query::rows\nget columns - no\nget gone Query::rows\nlast = Client::get\n";
    let rows = BTreeMap::from([("get", "idss")]);
    let methods = Methods::new(methods, counterparts);
    assert_eq!(
        methods.faults(&rows),
        [
            "get: ids has no counterpart",
            "get: idss: pymilvus has no such argument",
            "get: columns: say why there is none",
            "get: gone: pymilvus has no such argument",
            "last: : pymilvus has no such argument",
        ]
    );
    let page = methods.page(&rows, &[("Dummy", "a test")]);
    assert!(
        page.contains("| `flush` | not yet |\n") && page.contains("| `get` | [`Client::get`] |\n")
    );
    assert!(
        page.contains("| `rows` | [`Query::rows`] |\n| `columns` | none: no |\n")
            && page.ends_with("| `Dummy` | a test |\n"),
        "{page}"
    );
}
