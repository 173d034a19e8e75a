use std::fmt;

use super::common::KeyValuePair;

/// Whether the data of a field or an index are mapped into memory from a file.
pub(crate) const MMAP_ENABLED: &str = "mmap.enabled";

/// Parameters of a request, as pairs of texts. Each key occurs once.
#[derive(Clone, Eq, Default)]
pub(crate) struct Parameters {
    pairs: Vec<KeyValuePair>,
    /// The keys of parameters that are not valid numbers, and why not.
    faults: Vec<(String, String)>,
}

impl Parameters {
    pub(crate) fn set(&mut self, key: impl Into<String>, value: impl ToString) {
        let key = key.into();
        self.faults.retain(|(faulty, _)| *faulty != key);
        set_pair(&mut self.pairs, key, value);
    }

    /// Like [`set`](Self::set), for values of the user: [`check`](Self::check) will refuse NaN and infinity.
    #[expect(clippy::needless_pass_by_value, reason = "accepts numbers and texts")]
    pub(crate) fn set_checked(&mut self, key: impl Into<String>, value: impl ToString) {
        let (key, value) = (key.into(), value.to_string());
        let fault = invalid_number(&key, &value).map(|fault| (key.clone(), fault));
        self.set(key, value);
        self.faults.extend(fault);
    }

    /// Sets a list of numbers, in JSON.
    pub(crate) fn set_numbers(&mut self, key: &str, numbers: &[f64]) {
        self.set(key, serde_json::Value::from(numbers));
        let fault = finite(&format!("one of {key}"), numbers).err();
        self.faults
            .extend(fault.map(|fault| (key.to_owned(), fault)));
    }

    /// Refuses NaN and infinity. The error names the parameter.
    pub(crate) fn check(&self) -> Result<(), String> {
        let fault = self.faults.first();
        fault.map_or(Ok(()), |(_, fault)| Err(fault.clone()))
    }

    pub(crate) fn remove(&mut self, key: &str) {
        self.pairs.retain(|known| known.key != key);
        self.faults.retain(|(faulty, _)| faulty != key);
    }

    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let mut all = self.iter();
        all.find_map(|(known, value)| (known == key).then_some(value))
    }

    pub(crate) fn contains(&self, key: &str) -> bool {
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

    /// These parameters, and those of `others` with other keys.
    pub(crate) fn over(self, mut others: Vec<KeyValuePair>) -> Vec<KeyValuePair> {
        if !self.pairs.is_empty() {
            others.retain(|other| !self.contains(&other.key));
            others.extend(self.pairs);
        }
        others
    }
}

impl PartialEq for Parameters {
    /// Ignores the order, which servers may change.
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

/// The pairs of an answer.
pub(crate) fn into_pairs(pairs: Vec<KeyValuePair>) -> Vec<(String, String)> {
    let pairs = pairs.into_iter();
    pairs.map(|pair| (pair.key, pair.value)).collect()
}

/// Refuses parameters of a request that are NaN or infinity.
pub(crate) fn check_pairs(pairs: &[KeyValuePair]) -> Result<(), String> {
    let mut faults = (pairs.iter()).filter_map(|pair| invalid_number(&pair.key, &pair.value));
    faults.next().map_or(Ok(()), Err)
}

fn invalid_number(key: &str, value: &str) -> Option<String> {
    // The texts of `f64`.
    matches!(value, "NaN" | "inf" | "-inf").then(|| not_a_number(key, value))
}

/// Refuses NaN and infinity, which neither JSON nor Milvus can represent.
pub(crate) fn finite(name: &str, numbers: &[f64]) -> Result<(), String> {
    match numbers.iter().find(|number| !number.is_finite()) {
        Some(number) => Err(not_a_number(name, number)),
        None => Ok(()),
    }
}

fn not_a_number(name: &str, value: impl fmt::Display) -> String {
    format!("{name} is {value}: it must be a number")
}

/// A bool as pymilvus writes it: Milvus Lite, which is written in Python, reads no other spelling.
pub(crate) fn flag(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}
