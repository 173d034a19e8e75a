//! One row for each operation. The table of RPCs in src/ops.rs and docs/pymilvus.md are made from the rows:
//! `UPDATE_DOCS=1 cargo test --test it documented` writes them.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;

use milvus_otel::proto::milvus::{
    DescribeCollectionResponse, GetLoadStateResponse, GetVersionResponse, QueryResults,
};
use milvus_otel::proto::schema::{CollectionSchema, DataType, FieldSchema};
use milvus_otel::{Client, Field, Index, Metric, Result};
use testkit::Fake;

use super::ready;
use super::spans::Recorder;

/// An operation as the documentation lists it.
struct Row {
    name: &'static str,
    run: Pin<Box<dyn Future<Output = Result<()>> + Send>>,
    /// What the table says in addition to the RPCs.
    note: &'static str,
    /// Arguments of pymilvus' method of the same name that are arguments here, in addition to `collection_name`.
    takes: &'static str,
}

fn row<T>(name: &'static str, operation: impl Future<Output = Result<T>> + Send + 'static) -> Row {
    Row {
        name,
        run: Box::pin(async { operation.await.map(drop) }),
        note: "",
        takes: "",
    }
}

impl Row {
    fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }

    fn takes(self, takes: &'static str) -> Self {
        Self { takes, ..self }
    }
}

fn rows(client: &Client) -> Vec<Row> {
    let json = serde_json::json!({ "id": 1 });
    let chunk = [Field::varchar("text", 9)];
    let chunks = Field::struct_array("chunks", chunk, 9);
    let index = || Index::auto(Metric::L2);
    let search = client.search("books", [0.5, 0.5]);
    vec![
        row("add_collection_struct_field", client.add_collection_struct_field("books", chunks)),
        row("alter_index_properties", client.alter_index_properties("books", "v").mmap(true))
            .takes("index_name"),
        row("alter_alias", client.alter_alias("books", "novels")).takes("alias"),
        row("check_health", client.check_health()),
        row("count", client.count("books")),
        row("create_alias", client.create_alias("books", "novels")).takes("alias"),
        row("create_collection", client.create_collection("books", 2)).note(
            "The last four only if there is an index to build. Before them `GetVersion`, once per connection, if the \
             schema uses what not every server has and the version is not known.",
        ),
        row("create_index", client.create_index("books", "vector", index()))
            .note("`DescribeIndex` until the index is built."),
        row("create_partition", client.create_partition("books", "p")).takes("partition_name"),
        row("delete", client.delete("books", [1]))
            .note("`DescribeCollection` only if rows are given by primary keys."),
        row("describe_alias", client.describe_alias("novels")).takes("alias"),
        row("describe_collection", client.describe_collection("books")),
        row("describe_index", client.describe_index("books", "vector")).takes("index_name"),
        row("drop_alias", client.drop_alias("novels")).takes("alias"),
        row("drop_collection", client.drop_collection("books")),
        row("drop_index", client.drop_index("books", "v")).takes("index_name"),
        row("drop_index_properties", client.drop_index_properties("books", "v", ["a"]))
            .takes("index_name, property_keys"),
        row("drop_partition", client.drop_partition("books", "p")).takes("partition_name"),
        row("get", client.get("books", [1]))
            .note("Before Milvus 2.5 `DescribeCollection` again after `Query`."),
        row("get_load_state", client.get_load_state("books"))
            .note("`GetLoadingProgress` only while the collection is being loaded."),
        row("get_server_version", client.get_server_version()),
        row("has_collection", client.has_collection("books")),
        row("has_partition", client.has_partition("books", "p")).takes("partition_name"),
        row("hybrid_search", client.hybrid_search("books").vector("v", [0.5, 0.5])),
        row("insert", client.insert("books", vec![json.clone()]))
            .note("Several `Insert` if the rows do not fit into one."),
        row("list_aliases", client.list_aliases("books")),
        row("list_collections", client.list_collections()),
        row("list_indexes", client.list_indexes("books")),
        row("list_partitions", client.list_partitions("books")),
        row("load_collection", client.load_collection("books"))
            .note("`GetLoadingProgress` until the collection is loaded."),
        row("query", client.query("books").limit(1)).note(
            "As a [stream](crate::ops::Query::stream) `DescribeCollection`, then one `Query` per page.",
        ),
        row("release_collection", client.release_collection("books")),
        row("rename_collection", client.rename_collection("books", "novels"))
            .takes("old_name, new_name"),
        row("search", search).note(
            "As a [stream](crate::ops::Search::stream) `DescribeCollection`, then one `Search` per page.",
        ),
        row("search_by_ids", client.search_by_ids("books", [1])),
        row("search_many", client.search_many("books", [[0.5, 0.5]])),
        row("upsert", client.upsert("books", vec![json]))
            .note("Several `Upsert` if the rows do not fit into one."),
    ]
}

/// A server that has a collection of keys, which is being loaded.
fn server() -> Fake {
    let fake = ready();
    let key = FieldSchema {
        name: "id".into(),
        is_primary_key: true,
        data_type: DataType::Int64.into(),
        ..Default::default()
    };
    let description = DescribeCollectionResponse {
        schema: Some(CollectionSchema {
            name: "books".into(),
            fields: vec![key],
            ..Default::default()
        }),
        collection_id: 7,
        update_timestamp: 1,
        ..Default::default()
    };
    fake.answer("DescribeCollection", &description);
    let version = "v3.0.0".to_owned();
    fake.answer(
        "GetVersion",
        &GetVersionResponse {
            version,
            ..Default::default()
        },
    );
    fake.answer(
        "GetLoadState",
        &GetLoadStateResponse {
            state: 2,
            ..Default::default()
        },
    );
    let primary_field_name = "id".to_owned();
    fake.answer(
        "Query",
        &QueryResults {
            primary_field_name,
            ..Default::default()
        },
    );
    fake.script(
        "DescribeIndex",
        [super::indexed("vector", 3.try_into().unwrap(), 100)],
    );
    fake
}

/// The RPCs that an operation makes, in the order in which each is made first.
async fn rpcs(row: usize) -> (Row, Vec<String>) {
    let (fake, recorder) = (server(), Recorder::new());
    let row = rows(&recorder.client(&fake)).swap_remove(row);
    let name = row.name;
    let Row {
        run, note, takes, ..
    } = row;
    // Some answers make no sense, after all RPCs are made.
    let _outcome = run.await;
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
fn written(path: &str, wanted: &str) {
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
    let (fake, recorder) = (Fake::new(), Recorder::new());
    let rows = rows(&recorder.client(&fake));
    let mut rows: BTreeSet<String> = rows.iter().map(|row| row.name.to_owned()).collect();
    // Sends any RPC.
    rows.insert("send".to_owned());
    assert_eq!(methods_of_client(&repository("src/ops")), rows);
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

    fn page(&self, rows: &BTreeMap<&str, &str>) -> String {
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
    let (fake, recorder) = (Fake::new(), Recorder::new());
    let rows = takes(&rows(&recorder.client(&fake)));
    let faults = methods.faults(&rows);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    written("docs/pymilvus.md", &methods.page(&rows));
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
    let page = methods.page(&rows);
    assert!(
        page.contains("| `flush` | not yet |\n") && page.contains("| `get` | [`Client::get`] |\n")
    );
    assert!(
        page.ends_with("| `rows` | [`Query::rows`] |\n| `columns` | none: no |\n"),
        "{page}"
    );
}
