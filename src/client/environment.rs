//! The environment variables of [`Client::from_env`](super::Client::from_env).

use std::env::{self, VarError};

use zeroize::Zeroizing;

use super::settings::database_header;
use crate::error::{Error, Result};
use crate::stack::{Endpoint, without_password};

const URI: &str = "MILVUS_URI";
const TOKEN: &str = "MILVUS_TOKEN";
const DATABASE: &str = "MILVUS_DATABASE";
const PLAINTEXT: &str = "MILVUS_ALLOW_PLAINTEXT_CREDENTIALS";
const DEFAULT_URI: &str = "http://localhost:19530";

/// The values of the variables. There is no `Debug`, because they include a password.
pub(super) struct Environment {
    pub(super) uri: Zeroizing<String>,
    pub(super) token: Option<Zeroizing<String>>,
    pub(super) database: Option<String>,
    pub(super) plaintext_credentials: bool,
}

/// Reads the variables with `variable`, which is [`variable`] except in tests.
pub(super) fn read(
    variable: impl Fn(&'static str) -> Result<String, VarError>,
) -> Result<Environment> {
    let value_of = |name| match variable(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => {
            let value = Zeroizing::new(value);
            match mistake(&value) {
                Some(mistake) => Err(refuse(name, mistake)),
                None => Ok(Some(value)),
            }
        }
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(refuse(name, "it is not valid Unicode")),
    };
    let uri = value_of(URI)?.unwrap_or_else(|| Zeroizing::new(DEFAULT_URI.to_owned()));
    if let Err(why) = Endpoint::parse(&uri) {
        let shown = without_password(&uri);
        return Err(refuse(
            URI,
            &format!("the uri {shown:?} cannot be used: {why}"),
        ));
    }
    let token = value_of(TOKEN)?;
    let database = value_of(DATABASE)?.map(|database| database.as_str().to_owned());
    if let Some(database) = &database {
        database_header(database).map_err(|why| refuse(DATABASE, &why))?;
    }
    let plaintext_credentials = match value_of(PLAINTEXT)?.as_ref().map(|value| value.as_str()) {
        None | Some("false") => false,
        Some("true") => true,
        Some(other) => {
            let why = format!("{other:?} is neither true nor false");
            return Err(refuse(PLAINTEXT, &why));
        }
    };
    Ok(Environment {
        uri,
        token,
        database,
        plaintext_credentials,
    })
}

pub(super) fn variable(name: &'static str) -> Result<String, VarError> {
    env::var(name)
}

/// A mistake in the file or shell that the value comes from. If it were used, the only symptom would be a failed login.
fn mistake(value: &str) -> Option<&'static str> {
    if value.chars().any(char::is_control) {
        return Some("it contains a control character: look for a line break at its end");
    }
    let quoted = |mark| value.starts_with(mark) && value.ends_with(mark);
    (quoted('"') || quoted('\''))
        .then_some("the quotation marks around it are part of the value: remove them")
}

fn refuse(name: &str, why: &str) -> Error {
    Error::invalid_argument("from_env", format!("{name}: {why}"))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    fn from<const N: usize>(variables: [(&'static str, &str); N]) -> Result<Environment> {
        read(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found
                .map(|(_, value)| (*value).to_owned())
                .ok_or(VarError::NotPresent)
        })
    }

    fn error<const N: usize>(variables: [(&'static str, &str); N]) -> String {
        let error = from(variables).err().unwrap();
        assert!(error.is_invalid_argument(), "{error:?}");
        error.to_string()
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let environment = from([(URI, ""), (TOKEN, ""), (DATABASE, "")]).unwrap();
        assert_eq!(environment.uri.as_str(), "http://localhost:19530");
        assert_eq!(environment.token, None);
        assert_eq!(environment.database, None);
        assert!(!environment.plaintext_credentials);
    }

    #[test]
    fn plaintext_credentials_are_true_or_false() {
        for (value, allowed) in [("true", true), ("false", false), ("", false)] {
            let environment = from([(PLAINTEXT, value)]).unwrap();
            assert_eq!(environment.plaintext_credentials, allowed, "{value}");
        }
        assert_eq!(
            error([(PLAINTEXT, "yes")]),
            "from_env: MILVUS_ALLOW_PLAINTEXT_CREDENTIALS: \"yes\" is neither true nor false"
        );
    }

    #[test]
    fn errors_name_the_variable_and_the_mistake() {
        assert_eq!(
            error([(URI, "milvus.db")]),
            "from_env: MILVUS_URI: the uri \"milvus.db\" cannot be used: it looks like a file of Milvus Lite, \
             which only pymilvus can open: start a server and write http://host:19530"
        );
        assert_eq!(
            error([(DATABASE, "library\n")]),
            "from_env: MILVUS_DATABASE: it contains a control character: look for a line break at its end"
        );
        assert_eq!(
            error([(TOKEN, "'root:Milvus'")]),
            "from_env: MILVUS_TOKEN: the quotation marks around it are part of the value: remove them"
        );
        let not_unicode = |name| match name {
            TOKEN => Err(VarError::NotUnicode(OsString::from("hunter2"))),
            _ => Err(VarError::NotPresent),
        };
        let text = read(not_unicode).err().unwrap().to_string();
        assert_eq!(text, "from_env: MILVUS_TOKEN: it is not valid Unicode");
    }

    #[test]
    fn no_error_contains_a_secret() {
        for text in [
            error([(TOKEN, "root:hunter2\n")]),
            error([(TOKEN, "\"root:hunter2\"")]),
            error([(URI, "ftp://root:hunter2@milvus")]),
            error([(URI, "http://root:hunter2@milvus\n")]),
        ] {
            assert!(!text.contains("hunter2"), "{text}");
        }
    }
}
