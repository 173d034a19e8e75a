use crate::error::named_enum;

named_enum! {
    /// The type to which the values at a path in a JSON field are converted, to group hits by them.
    pub enum JsonType {
        /// True or false.
        Bool = "Bool",
        /// A signed integer of 8 bits.
        Int8 = "Int8",
        /// A signed integer of 16 bits.
        Int16 = "Int16",
        /// A signed integer of 32 bits.
        Int32 = "Int32",
        /// A signed integer of 64 bits.
        Int64 = "Int64",
        /// Text.
        VarChar = "VarChar",
    }
}
