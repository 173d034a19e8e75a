//! Data types in one word, such as `varchar(512)`.

use std::str::FromStr;

use serde::{Serialize, Serializer, ser};

use super::DataType;
use super::named::is_named;
use crate::error::{Error, by_name};

impl FromStr for DataType {
    type Err = Error;

    /// Reads the name of a type, with its parameters in parentheses: `int64`, `varchar(512)`, `float_vector(768)`,
    /// `array(varchar(64), 16)`. Names are those of the constructors of [`Field`](crate::Field) or Milvus, in any case.
    ///
    /// ```
    /// use milvus_otel::schema::DataType;
    ///
    /// let element = Box::new(DataType::VarChar { max_length: 64 });
    /// let tags: DataType = "array(varchar(64), 16)".parse()?;
    /// assert_eq!(tags, DataType::Array { element, max_capacity: 16 });
    /// # Ok::<_, milvus_otel::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](Error::is_invalid_argument): there is no such type, or its parameters are missing or wrong.
    /// The fields of structs cannot be written in this way: see `Schema`'s `Deserialize`.
    fn from_str(text: &str) -> Result<Self, Error> {
        read(text.trim()).map_err(|why| Error::invalid_argument("parse", why))
    }
}

fn read(text: &str) -> Result<DataType, String> {
    let (name, inner) = match text.split_once('(') {
        None => (text, None),
        Some((name, rest)) => {
            let inner = rest.strip_suffix(')').ok_or_else(|| {
                format!("{text:?} is not a data type: the parenthesis is not closed")
            })?;
            (name.trim(), Some(inner.trim()))
        }
    };
    let number = |what: &str, text: Option<&str>| {
        let text = text.ok_or_else(|| format!("{name} has no {what}: expected {name}({what})"))?;
        text.trim()
            .parse::<u32>()
            .map_err(|_| format!("the {what} of {name} is {text:?}: expected a number"))
    };
    if is_named(name, "array") {
        let (element, capacity) =
            inner
                .and_then(|inner| inner.rsplit_once(','))
                .ok_or_else(|| {
                    format!("{text:?} is not a data type: expected array(type, max_capacity)")
                })?;
        return Ok(DataType::Array {
            element: Box::new(read(element.trim())?),
            max_capacity: number("max_capacity", Some(capacity))?,
        });
    }
    let mut used = false;
    let read = DataType::from_name(name, &mut |what| {
        used = true;
        number(what, inner)
    });
    match read {
        Ok(_) if inner.is_some() && !used => {
            Err(format!("{name} has no parameters: expected {name}"))
        }
        Ok(data_type) => Ok(data_type),
        Err(Some(why)) => Err(why),
        Err(None) => {
            let names = DataType::NAMES.join(", ");
            Err(format!(
                "{name:?} is not a data type: expected one of {names}, array"
            ))
        }
    }
}

/// In the form that `FromStr` reads.
impl Serialize for DataType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::StructArray { .. } => {
                let why =
                    "an array of structs cannot be written without its field: write the field";
                Err(ser::Error::custom(why))
            }
            _ => serializer.serialize_str(&written(self)),
        }
    }
}

fn written(data_type: &DataType) -> String {
    let name = data_type.name();
    match (data_type, data_type.dimension()) {
        (_, Some(dimension)) => format!("{name}({dimension})"),
        (DataType::VarChar { max_length }, _) => format!("{name}({max_length})"),
        (
            DataType::Array {
                element,
                max_capacity,
            },
            _,
        ) => format!("{name}({}, {max_capacity})", written(element)),
        _ => name,
    }
}

by_name!(deserialize DataType);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_as_they_are_written() {
        for text in [
            "bool",
            "sparse_vector",
            "varchar(512)",
            "float_vector(768)",
            "binary_vector(16)",
            "array(int8, 4)",
            "array(varchar(64), 16)",
        ] {
            let read: DataType = text.parse().unwrap();
            assert_eq!(serde_json::to_value(&read).unwrap(), text);
            assert_eq!(
                serde_json::from_value::<DataType>(text.into()).unwrap(),
                read
            );
        }
        let vector: DataType = "FloatVector( 8 )".parse().unwrap();
        assert_eq!(vector, DataType::FloatVector { dimension: 8 });
    }

    #[test]
    fn mistakes_are_named() {
        for (text, why) in [
            (
                "string",
                "\"string\" is not a data type: expected one of bool, int8",
            ),
            (
                "varchar",
                "varchar has no max_length: expected varchar(max_length)",
            ),
            (
                "float_vector(x)",
                "the dimension of float_vector is \"x\": expected a number",
            ),
            ("int8(3)", "int8 has no parameters: expected int8"),
            ("array(int8)", "expected array(type, max_capacity)"),
            ("varchar(3", "the parenthesis is not closed"),
        ] {
            let error = text.parse::<DataType>().unwrap_err();
            assert!(error.is_invalid_argument());
            assert!(error.message().contains(why), "{error}");
        }
    }
}
