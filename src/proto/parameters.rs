use super::common::KeyValuePair;

/// Parameters as requests list them: each once, as it was said last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Parameters(Vec<KeyValuePair>);

impl Parameters {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "numbers and texts go in as they are"
    )]
    pub(crate) fn set(&mut self, key: impl Into<String>, value: impl ToString) {
        let key = key.into();
        let value = value.to_string();
        match self.0.iter_mut().find(|known| known.key == key) {
            Some(known) => known.value = value,
            None => self.0.push(KeyValuePair { key, value }),
        }
    }

    /// For what is said in another way from now on.
    pub(crate) fn unset(&mut self, key: &str) {
        self.0.retain(|known| known.key != key);
    }

    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let mut all = self.iter();
        all.find_map(|(known, value)| (known == key).then_some(value))
    }

    pub(crate) fn says(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|pair| (pair.key.as_str(), pair.value.as_str()))
    }

    pub(crate) fn to_proto(&self) -> Vec<KeyValuePair> {
        self.0.clone()
    }

    /// All of them, and what `others` say that they do not.
    pub(crate) fn over(self, mut others: Vec<KeyValuePair>) -> Vec<KeyValuePair> {
        if !self.0.is_empty() {
            others.retain(|other| !self.says(&other.key));
            others.extend(self.0);
        }
        others
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
