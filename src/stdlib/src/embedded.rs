//! The pure-Python part of the standard library, embedded in the binary: sources and bytecode.

use taipan_vm::import::EmbeddedModule;

static LIBRARY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/library.bin"));

struct Row {
    name: &'static str,
    is_package: bool,
    path: &'static str,
    /// Offset and length.
    source: (usize, usize),
    code: (usize, usize),
}
/// Sorted by name.
static MODULES: &[Row] = include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// A module by its dotted name.
pub fn find(name: &str) -> Option<EmbeddedModule> {
    let at = MODULES.binary_search_by(|row| row.name.cmp(name)).ok()?;
    let row = &MODULES[at];
    let part = |(offset, length): (usize, usize)| &LIBRARY[offset..offset + length];
    Some(EmbeddedModule {
        name: row.name,
        is_package: row.is_package,
        source: part(row.source),
        code: Some(part(row.code)).filter(|code| !code.is_empty()),
        path: row.path,
    })
}
