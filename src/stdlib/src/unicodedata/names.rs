//! Names of characters.

pub fn name(point: u32) -> Option<String> {
    let name = unicode_names2::name(char::from_u32(point)?)?;
    Some(name.to_string())
}

pub fn lookup(name: &str) -> Option<u32> {
    unicode_names2::character(name).map(u32::from)
}
