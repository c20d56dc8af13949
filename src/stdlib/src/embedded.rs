//! The pure-Python part of the standard library, embedded in the binary.

use taipan_vm::import::EmbeddedModule;

static SOURCES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/library.bin"));

/// Name, is a package, offset, length, path; sorted by name.
type Row = (&'static str, bool, usize, usize, &'static str);
static MODULES: &[Row] = include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// A module by its dotted name.
pub fn find(name: &str) -> Option<EmbeddedModule> {
    let at = MODULES.binary_search_by(|row| row.0.cmp(name)).ok()?;
    let (name, is_package, offset, length, path) = MODULES[at];
    Some(EmbeddedModule {
        name,
        is_package,
        source: &SOURCES[offset..offset + length],
        path,
    })
}
