//! Packs the pure-Python part of the standard library into the crate: one file of sources, and a sorted
//! table of where each module lies in it. Our own files in `lib/` are laid over the library's.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Folders that need what Taipan does not have, or are no library.
const LEFT_OUT: &[&str] = &[
    "idlelib",
    "tkinter",
    "turtledemo",
    "ensurepip",
    "test",
    "__pycache__",
    "pydoc_data",
];

fn collect(folder: &Path, prefix: &str, found: &mut BTreeMap<String, (PathBuf, bool)>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if LEFT_OUT.contains(&name.as_str()) {
                continue;
            }
            let package = format!("{prefix}{name}");
            if path.join("__init__.py").is_file() {
                found.insert(package.clone(), (path.join("__init__.py"), true));
                collect(&path, &format!("{package}."), found);
            }
        } else if let Some(stem) = name.strip_suffix(".py")
            && stem != "__init__"
        {
            found.insert(format!("{prefix}{stem}"), (path, false));
        }
    }
}

fn main() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("lib");
    println!("cargo::rerun-if-changed={}", own.display());
    println!("cargo::rerun-if-changed=build.rs");
    let mut modules = BTreeMap::new();
    collect(Path::new(rustpython_pylib::LIB_PATH), "", &mut modules);
    collect(&own, "", &mut modules);
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    let mut blob = Vec::new();
    let mut table = String::from("&[\n");
    for (name, (path, is_package)) in &modules {
        let source = std::fs::read(path).expect("listed just now");
        let file = format!(
            "{}{}",
            name.replace('.', "/"),
            if *is_package { "/__init__.py" } else { ".py" }
        );
        writeln!(
            table,
            "    ({name:?}, {is_package}, {}, {}, {file:?}),",
            blob.len(),
            source.len()
        )
        .expect("writing to a string");
        blob.extend_from_slice(&source);
    }
    table.push_str("]\n");
    std::fs::write(out.join("library.bin"), blob).expect("OUT_DIR is writable");
    std::fs::write(out.join("library.rs"), table).expect("OUT_DIR is writable");
}
