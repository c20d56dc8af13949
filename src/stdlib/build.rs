//! Packs the pure-Python part of the standard library into the crate: one file of sources and their
//! bytecode, and a sorted table of where each module lies in it. Our own files in `lib/` are laid over the
//! library's.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_compiler::{CompileOptions, Mode};

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

/// Where the modules seem to lie; the virtual machine's `import::find` has the same.
const ROOT: &str = "<taipan>/lib/python3.14";

/// The bytecode of each source; `None` where one does not compile (there are files for other versions).
fn compile_all(sources: &[(String, Vec<u8>)]) -> Vec<Option<Vec<u8>>> {
    let next = AtomicUsize::new(0);
    let results: Vec<Mutex<Option<Vec<u8>>>> = sources.iter().map(|_| Mutex::new(None)).collect();
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some((file, source)) = sources.get(at) else {
                return;
            };
            let name = format!("{ROOT}/{file}");
            let compiled =
                taipan_compiler::compile(source, &name, Mode::Exec, &CompileOptions::default());
            if let Ok(compiled) = compiled {
                *results[at].lock().expect("no other panics") =
                    Some(taipan_bytecode::marshal::dumps_code(&compiled.code));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, |count| count.get()) {
            // Deeply nested sources need more than a thread's usual stack.
            std::thread::Builder::new()
                .stack_size(64 << 20)
                .spawn_scoped(scope, work)
                .expect("a thread can be started");
        }
    });
    results
        .into_iter()
        .map(|result| result.into_inner().expect("no other panics"))
        .collect()
}

fn main() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("lib");
    println!("cargo::rerun-if-changed={}", own.display());
    println!("cargo::rerun-if-changed=build.rs");
    let mut modules = BTreeMap::new();
    collect(Path::new(rustpython_pylib::LIB_PATH), "", &mut modules);
    collect(&own, "", &mut modules);
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    let sources: Vec<(String, Vec<u8>)> = modules
        .iter()
        .map(|(name, (path, is_package))| {
            let tail = if *is_package { "/__init__.py" } else { ".py" };
            let source = std::fs::read(path).expect("listed just now");
            (format!("{}{tail}", name.replace('.', "/")), source)
        })
        .collect();
    let codes = compile_all(&sources);
    let mut blob = Vec::new();
    let mut table = String::from("&[\n");
    for (((name, (_, is_package)), (file, source)), code) in
        modules.iter().zip(&sources).zip(&codes)
    {
        let code = code.as_deref().unwrap_or_default();
        writeln!(
            table,
            "    Row {{ name: {name:?}, is_package: {is_package}, path: {file:?}, source: ({}, {}), code: ({}, {}) }},",
            blob.len(),
            source.len(),
            blob.len() + source.len(),
            code.len(),
        )
        .expect("writing to a string");
        blob.extend_from_slice(source);
        blob.extend_from_slice(code);
    }
    table.push_str("]\n");
    std::fs::write(out.join("library.bin"), blob).expect("OUT_DIR is writable");
    std::fs::write(out.join("library.rs"), table).expect("OUT_DIR is writable");
}
