//! The wire contract as its text says it: read from proto/ here, apart from the crate's generated table.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// Messages and RPCs of `proto/*.proto`, joined with `proto/rpcs.toml`.
pub(crate) struct Contract {
    messages: HashMap<String, Vec<Field>>,
    enums: Vec<String>,
    pub(crate) rpcs: Vec<Rpc>,
}

pub(crate) struct Field {
    pub(crate) name: String,
    number: u32,
    /// As written; a map is two types.
    types: Vec<String>,
    repeated: bool,
    oneof: Option<String>,
}

pub(crate) struct Rpc {
    pub(crate) service: String,
    pub(crate) name: String,
    pub(crate) request: String,
    pub(crate) response: String,
    pub(crate) client_streams: bool,
    pub(crate) server_streams: bool,
    /// Its row of rpcs.toml.
    pub(crate) row: BTreeMap<String, String>,
}

impl Rpc {
    pub(crate) fn method(&self) -> String {
        format!("{}/{}", self.service, self.name)
    }
}

/// How deep messages are filled: deeper than any fact lies.
const DEPTH: usize = 4;

impl Contract {
    pub(crate) fn read() -> Self {
        let proto = Path::new(env!("CARGO_MANIFEST_DIR")).join("proto");
        let mut contract = Self {
            messages: HashMap::new(),
            enums: Vec::new(),
            rpcs: Vec::new(),
        };
        for name in ["common", "feder", "milvus", "msg", "rg", "schema"] {
            let text = std::fs::read_to_string(proto.join(format!("{name}.proto"))).unwrap();
            contract.parse(&text);
        }
        let mut rows = rows(&std::fs::read_to_string(proto.join("rpcs.toml")).unwrap());
        for rpc in &mut contract.rpcs {
            let method = rpc.method();
            rpc.row = rows
                .remove(&method)
                .unwrap_or_else(|| panic!("rpcs.toml has no row for {method}"));
        }
        assert!(rows.is_empty(), "rpcs.toml has rows for no RPC: {rows:?}");
        contract
    }

    fn parse(&mut self, text: &str) {
        // Names of the packages, messages and services around a line; a oneof stands apart.
        let (mut scope, mut oneof, mut inside_enum) = (Vec::<String>::new(), None, false);
        for line in text.lines() {
            let line = line.split("//").next().unwrap_or_default();
            // What an RPC's braces hold does not matter.
            let line = line.split("{ option").next().unwrap_or_default().trim();
            let words: Vec<&str> = line
                .split(|c: char| c.is_whitespace() || "(){};,<>".contains(c))
                .filter(|word| !word.is_empty())
                .collect();
            match words[..] {
                ["package", name] => scope = vec![name.to_owned()],
                [kind @ ("message" | "enum" | "service"), name] => {
                    scope.push(name.to_owned());
                    match kind {
                        "message" => drop(self.messages.insert(scope.join("."), Vec::new())),
                        "enum" => self.enums.push(scope.join(".")),
                        _ => {}
                    }
                    inside_enum = kind == "enum";
                    if line.ends_with('}') {
                        scope.pop();
                    }
                }
                ["oneof", name] => oneof = Some(name.to_owned()),
                [] if line == "}" && oneof.is_some() => oneof = None,
                [] if line == "}" => {
                    scope.pop();
                    inside_enum = false;
                }
                ["rpc", name, ref types @ ..] => {
                    let parts: Vec<&[&str]> = types.split(|word| *word == "returns").collect();
                    let package = &scope[..1];
                    let typed = |part: &[&str]| self.resolve(package, part.last().unwrap());
                    let (request, response) = (typed(parts[0]), typed(parts[1]));
                    self.rpcs.push(Rpc {
                        service: scope.join("."),
                        name: name.to_owned(),
                        request,
                        response,
                        client_streams: parts[0].len() == 2,
                        server_streams: parts[1].len() == 2,
                        row: BTreeMap::new(),
                    });
                }
                _ if inside_enum => {}
                ["syntax" | "import" | "option" | "reserved", ..] | [] => {}
                ref field => {
                    let equals = field.iter().position(|word| *word == "=").unwrap();
                    let repeated = field[0] == "repeated";
                    let labelled = matches!(field[0], "repeated" | "optional" | "map");
                    self.messages
                        .get_mut(&scope.join("."))
                        .unwrap_or_else(|| panic!("a field outside of a message: {line}"))
                        .push(Field {
                            name: field[equals - 1].to_owned(),
                            number: field[equals + 1]
                                .parse()
                                .unwrap_or_else(|_| panic!("{line}")),
                            types: field[usize::from(labelled)..equals - 1]
                                .iter()
                                .map(|word| (*word).to_owned())
                                .collect(),
                            repeated,
                            oneof: oneof.clone(),
                        });
                }
            }
        }
    }

    /// The full name of a message or enum, searched from the innermost scope outwards. A name that is not known yet
    /// is left to later: files are read in no particular order.
    fn resolve(&self, scope: &[String], name: &str) -> String {
        let scope = scope.join(".");
        let mut around = scope.as_str();
        loop {
            let full = format!("{around}.{name}");
            if self.messages.contains_key(&full) || self.enums.contains(&full) {
                return full;
            }
            match around.rsplit_once('.') {
                Some((outer, _)) => around = outer,
                None => panic!("{name} is not defined around {scope}"),
            }
        }
    }

    pub(crate) fn fields(&self, message: &str) -> &[Field] {
        &self.messages[message]
    }

    /// The message that a field is.
    fn message_of(&self, message: &str, field: &Field) -> String {
        self.resolve(&[message.to_owned()], &field.types[0])
    }

    /// The message with every field set, once; texts are what `text` says for their path of names.
    pub(crate) fn fill(&self, message: &str, text: &dyn Fn(&str) -> String) -> Vec<u8> {
        self.filled(message, "", 0, text)
    }

    fn filled(
        &self,
        name: &str,
        path: &str,
        depth: usize,
        text: &dyn Fn(&str) -> String,
    ) -> Vec<u8> {
        let mut fields: Vec<&Field> = self.fields(name).iter().collect();
        fields.sort_by_key(|field| field.number);
        let (mut out, mut oneofs) = (Vec::new(), Vec::new());
        for field in fields {
            if let Some(oneof) = &field.oneof {
                if oneofs.contains(&oneof) {
                    continue;
                }
                oneofs.push(oneof);
            }
            let path = match path {
                "" => field.name.clone(),
                path => format!("{path}.{}", field.name),
            };
            let values: Vec<Option<(u8, Vec<u8>)>> = field
                .types
                .iter()
                .map(|kind| self.value(name, kind, &path, depth, text))
                .collect();
            match values.as_slice() {
                [Some((wire, value))] if field.repeated && *wire != 2 => {
                    put(&mut out, field.number, 2, &lengthy(value));
                }
                [Some((wire, value))] => put(&mut out, field.number, *wire, value),
                [Some((key_wire, key)), Some((wire, value))] => {
                    let mut entry = Vec::new();
                    put(&mut entry, 1, *key_wire, key);
                    put(&mut entry, 2, *wire, value);
                    put(&mut out, field.number, 2, &lengthy(&entry));
                }
                _ => {}
            }
        }
        out
    }

    /// A value and its wire type; `None` for a message that lies too deep.
    fn value(
        &self,
        within: &str,
        kind: &str,
        path: &str,
        depth: usize,
        text: &dyn Fn(&str) -> String,
    ) -> Option<(u8, Vec<u8>)> {
        Some(match kind {
            "string" => (2, lengthy(text(path).as_bytes())),
            "bytes" => (2, lengthy(b"\x01\x02\x03")),
            "bool" | "int32" | "int64" | "uint32" | "uint64" => (0, vec![1]),
            "float" => (5, 1.5_f32.to_le_bytes().to_vec()),
            "double" => (1, 1.5_f64.to_le_bytes().to_vec()),
            _ => {
                let full = self.resolve(&[within.to_owned()], kind);
                if self.enums.contains(&full) {
                    return Some((0, vec![1]));
                }
                if depth == DEPTH {
                    return None;
                }
                (2, lengthy(&self.filled(&full, path, depth + 1, text)))
            }
        })
    }

    /// `status` where the answer of an RPC has its `common.Status`; `None` when it has none.
    pub(crate) fn with_status(&self, rpc: &Rpc, status: &[u8]) -> Option<Vec<u8>> {
        const STATUS: &str = "milvus.proto.common.Status";
        if rpc.response == STATUS {
            return Some(status.to_vec());
        }
        let named = rpc.row.get("status").map_or("status", String::as_str);
        let field = self.fields(&rpc.response).iter().find(|field| {
            field.name == named
                && field.types[0].ends_with("Status")
                && self.message_of(&rpc.response, field) == STATUS
        })?;
        let mut out = Vec::new();
        put(&mut out, field.number, 2, &lengthy(status));
        Some(out)
    }
}

fn put(out: &mut Vec<u8>, number: u32, wire: u8, value: &[u8]) {
    prost::encoding::encode_varint(u64::from(number) << 3 | u64::from(wire), out);
    out.extend_from_slice(value);
}

fn lengthy(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    prost::encoding::encode_varint(value.len() as u64, &mut out);
    out.extend_from_slice(value);
    out
}

/// The rows of rpcs.toml by method, `service/name`.
fn rows(toml: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let (mut rows, mut section) = (BTreeMap::new(), String::new());
    for line in toml.lines().filter(|line| !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_matches(['"', ']']).to_owned();
        } else if let Some((rpc, row)) = line.split_once(" = ")
            && !["redacted", "printed"].contains(&section.as_str())
        {
            let pairs = row.trim_matches(['{', '}', ' ']).split(", ");
            let pairs = pairs.map(|pair| {
                let (key, value) = pair.split_once(" = ").unwrap();
                (key.to_owned(), value.trim_matches('"').to_owned())
            });
            rows.insert(format!("{section}/{rpc}"), pairs.collect());
        }
    }
    rows
}
