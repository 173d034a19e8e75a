//! Names of types and kinds.

/// Whether the texts are equal without case and underscores: `FloatVector` is `float_vector`.
pub(super) fn is_named(text: &str, name: &str) -> bool {
    let letters = |text: &str| {
        let letters = text.chars().filter(|letter| *letter != '_');
        letters
            .map(|letter| letter.to_ascii_lowercase())
            .collect::<String>()
    };
    letters(text) == letters(name)
}
