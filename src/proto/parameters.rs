use std::fmt;

use super::common::KeyValuePair;

/// Whether a field's data or an index are mapped into memory from a file.
pub(crate) const MMAP_ENABLED: &str = "mmap.enabled";

/// Parameters as requests list them: each once, as it was said last.
#[derive(Clone, Eq, Default)]
pub(crate) struct Parameters {
    pairs: Vec<KeyValuePair>,
    /// What is wrong with those that are to be numbers and are none, by their names.
    faults: Vec<(String, String)>,
}

impl Parameters {
    pub(crate) fn set(&mut self, key: impl Into<String>, value: impl ToString) {
        let key = key.into();
        self.faults.retain(|(faulty, _)| *faulty != key);
        set_pair(&mut self.pairs, key, value);
    }

    /// As [`set`](Self::set), what may be any number: NaN and infinity are refused when it is sent.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "numbers and texts go in as they are"
    )]
    pub(crate) fn say(&mut self, key: impl Into<String>, value: impl ToString) {
        let (key, value) = (key.into(), value.to_string());
        let fault = no_number_of_rust(&key, &value).map(|fault| (key.clone(), fault));
        self.set(key, value);
        self.faults.extend(fault);
    }

    /// A list of numbers, in JSON.
    pub(crate) fn say_numbers(&mut self, key: &str, numbers: &[f64]) {
        self.set(key, serde_json::Value::from(numbers));
        let fault = finite(&format!("one of {key}"), numbers).err();
        self.faults
            .extend(fault.map(|fault| (key.to_owned(), fault)));
    }

    /// The error says which one is no number, though it was one of Rust's.
    pub(crate) fn check(&self) -> Result<(), String> {
        let fault = self.faults.first();
        fault.map_or(Ok(()), |(_, fault)| Err(fault.clone()))
    }

    /// For what is said in another way from now on.
    pub(crate) fn unset(&mut self, key: &str) {
        self.pairs.retain(|known| known.key != key);
        self.faults.retain(|(faulty, _)| faulty != key);
    }

    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let mut all = self.iter();
        all.find_map(|(known, value)| (known == key).then_some(value))
    }

    pub(crate) fn says(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs
            .iter()
            .map(|pair| (pair.key.as_str(), pair.value.as_str()))
    }

    pub(crate) fn to_proto(&self) -> Vec<KeyValuePair> {
        self.pairs.clone()
    }

    pub(crate) fn into_proto(self) -> Vec<KeyValuePair> {
        self.pairs
    }

    /// All of them, and what `others` say that they do not.
    pub(crate) fn over(self, mut others: Vec<KeyValuePair>) -> Vec<KeyValuePair> {
        if !self.pairs.is_empty() {
            others.retain(|other| !self.says(&other.key));
            others.extend(self.pairs);
        }
        others
    }
}

impl PartialEq for Parameters {
    /// Whatever their order: a server may describe them in another one than they were sent in.
    fn eq(&self, other: &Self) -> bool {
        self.pairs.len() == other.pairs.len()
            && self.faults == other.faults
            && self
                .pairs
                .iter()
                .all(|pair| other.get(&pair.key) == Some(&pair.value))
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl From<&[KeyValuePair]> for Parameters {
    fn from(pairs: &[KeyValuePair]) -> Self {
        let mut parameters = Self::default();
        for pair in pairs {
            parameters.set(pair.key.as_str(), &pair.value);
        }
        parameters
    }
}

/// Sets a parameter of a request, replacing an earlier value.
#[expect(
    clippy::needless_pass_by_value,
    reason = "numbers and texts go in as they are"
)]
pub(crate) fn set_pair(pairs: &mut Vec<KeyValuePair>, key: String, value: impl ToString) {
    let value = value.to_string();
    match pairs.iter_mut().find(|known| known.key == key) {
        Some(known) => known.value = value,
        None => pairs.push(KeyValuePair { key, value }),
    }
}

/// Refuses parameters of a request that are NaN or infinity.
pub(crate) fn check_pairs(pairs: &[KeyValuePair]) -> Result<(), String> {
    let mut faults = (pairs.iter()).filter_map(|pair| no_number_of_rust(&pair.key, &pair.value));
    faults.next().map_or(Ok(()), Err)
}

fn no_number_of_rust(key: &str, value: &str) -> Option<String> {
    // As `f64` writes them.
    matches!(value, "NaN" | "inf" | "-inf").then(|| no_number(key, value))
}

/// Refuses NaN and infinity, for which neither JSON nor Milvus has a word.
pub(crate) fn finite(name: &str, numbers: &[f64]) -> Result<(), String> {
    match numbers.iter().find(|number| !number.is_finite()) {
        Some(number) => Err(no_number(name, number)),
        None => Ok(()),
    }
}

fn no_number(name: &str, value: impl fmt::Display) -> String {
    format!("{name} is {value}: it must be a number")
}
