//! `cargo xtask check`: holds the code to the rules that no compiler knows.
//!
//! * formatted, and free of warnings of clippy;
//! * crates depend only on those that `ARROWS` allows;
//! * no Rust file is longer than `LINES`, but for those that `LONG_FILES` excuses;
//! * every path that a document names exists.
//!
//! Every rule runs even if an earlier one found something, so that one run shows all there is to do.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Each crate's folder, and the crates of ours that it may depend on. `None`: on all.
///
/// `macros` may be used by whoever declares native classes and functions: it runs at compile time only.
const ARROWS: &[(&str, Option<&[&str]>)] = &[
    ("src/bytecode", Some(&[])),
    ("src/compiler", Some(&["taipan-bytecode"])),
    ("src/macros", Some(&[])),
    (
        "src/vm",
        Some(&["taipan-bytecode", "taipan-compiler", "taipan-macros"]),
    ),
    // The bytecode and the compiler for its build script only.
    (
        "src/stdlib",
        Some(&[
            "taipan-bytecode",
            "taipan-compiler",
            "taipan-vm",
            "taipan-macros",
        ]),
    ),
    ("jit", Some(&["taipan-bytecode", "taipan-vm"])),
    (".", None),
    ("xtask", None),
];

/// How long a Rust file may be.
const LINES: usize = 1000;

/// Files that may be longer, each with the reason.
const LONG_FILES: &[(&str, &str)] = &[(
    "src/stdlib/src/unicodedata/tables.rs",
    "data, written by generate.py",
)];

/// Documents whose paths must exist; `docs/` with all below it comes in addition.
const DOCUMENTS: &[&str] = &["README.md", "ARCHITECTURE.md"];

/// Folders that are no sources.
const SKIPPED: &[&str] = &["target", ".git", "node_modules", "__pycache__"];

pub fn run(arguments: &[String]) -> ExitCode {
    if !arguments.is_empty() {
        eprintln!("usage: cargo xtask check");
        return ExitCode::from(2);
    }
    let root = root();
    let mut faults = Vec::new();
    tool(&root, &["fmt", "--all", "--", "--check"], &mut faults);
    tool(
        &root,
        &[
            "clippy",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
        &mut faults,
    );
    arrows(&root, &mut faults);
    sizes(&root, &mut faults);
    documents(&root, &mut faults);
    for fault in &faults {
        eprintln!("check: {fault}");
    }
    if faults.is_empty() {
        println!("check: all well");
        ExitCode::SUCCESS
    } else {
        eprintln!("check: {} faults", faults.len());
        ExitCode::FAILURE
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies below the root")
        .to_owned()
}

/// Runs a subcommand of cargo, whose own output tells what is wrong.
fn tool(root: &Path, arguments: &[&str], faults: &mut Vec<String>) {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let fine = Command::new(cargo)
        .current_dir(root)
        .args(arguments)
        .status()
        .is_ok_and(|status| status.success());
    if !fine {
        faults.push(format!("cargo {} fails", arguments.join(" ")));
    }
}

fn arrows(root: &Path, faults: &mut Vec<String>) {
    let manifest = |folder: &str| -> Result<toml::Table, String> {
        let path = root.join(folder).join("Cargo.toml");
        let text =
            fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        text.parse()
            .map_err(|error| format!("{}: {error}", path.display()))
    };
    let members = manifest(".").map(|table| {
        table["workspace"]["members"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|member| member.as_str().map(str::to_owned))
            .collect::<Vec<_>>()
    });
    match members {
        Ok(members) => {
            for member in members {
                if !ARROWS.iter().any(|(folder, _)| *folder == member) {
                    faults.push(format!("crate {member} has no line in the table of arrows"));
                }
            }
        }
        Err(error) => faults.push(error),
    }
    for (folder, allowed) in ARROWS {
        let table = match manifest(folder) {
            Ok(table) => table,
            Err(error) => {
                faults.push(error);
                continue;
            }
        };
        let Some(allowed) = allowed else { continue };
        for name in dependencies(&table) {
            if is_ours(&name) && !allowed.contains(&name.as_str()) {
                faults.push(format!("{folder} must not depend on {name}"));
            }
        }
    }
}

fn is_ours(name: &str) -> bool {
    name == "taipan" || name.starts_with("taipan-")
}

/// The packages that a manifest depends on, except for tests only.
fn dependencies(manifest: &toml::Table) -> Vec<String> {
    const KINDS: [&str; 2] = ["dependencies", "build-dependencies"];
    let per_target = manifest
        .get("target")
        .and_then(toml::Value::as_table)
        .into_iter()
        .flat_map(|targets| targets.values().filter_map(toml::Value::as_table));
    std::iter::once(manifest)
        .chain(per_target)
        .flat_map(|table| KINDS.iter().filter_map(|kind| table.get(*kind)?.as_table()))
        .flat_map(|listed| {
            listed.iter().map(|(name, details)| {
                details
                    .get("package")
                    .and_then(toml::Value::as_str)
                    .unwrap_or(name)
                    .to_owned()
            })
        })
        .collect()
}

fn sizes(root: &Path, faults: &mut Vec<String>) {
    for path in files(root, "rs") {
        let name = relative(root, &path);
        let excused = LONG_FILES.iter().any(|(long, _)| *long == name);
        let count = fs::read_to_string(&path).map_or(0, |text| text.lines().count());
        if count > LINES && !excused {
            faults.push(format!("{name} has {count} lines, more than {LINES}"));
        }
        if count <= LINES && excused {
            faults.push(format!(
                "{name} has {count} lines and needs no excuse any more"
            ));
        }
    }
    for (long, _) in LONG_FILES {
        if !root.join(long).exists() {
            faults.push(format!("the excused file {long} doesn't exist"));
        }
    }
}

fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .display()
        .to_string()
}

/// All files below `folder` with this extension, sorted.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name();
            if path.is_dir() {
                if !SKIPPED
                    .iter()
                    .any(|skipped| name.to_string_lossy().starts_with(skipped))
                {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn documents(root: &Path, faults: &mut Vec<String>) {
    let named = DOCUMENTS
        .iter()
        .map(|name| root.join(name))
        .filter(|path| path.exists());
    for document in named.chain(files(&root.join("docs"), "md")) {
        let text = fs::read_to_string(&document).unwrap_or_default();
        let shown = relative(root, &document);
        for (number, line) in text.lines().enumerate() {
            for path in code_spans(line).filter(|span| is_path(root, span)) {
                if !exists(root, path) {
                    faults.push(format!("{shown}:{}: {path} doesn't exist", number + 1));
                }
            }
            for target in links(line) {
                let beside = document.parent().unwrap_or(root).join(target);
                if !beside.exists() {
                    faults.push(format!(
                        "{shown}:{}: the link to {target} leads nowhere",
                        number + 1
                    ));
                }
            }
        }
    }
}

/// The texts between backticks of a line.
fn code_spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// The targets of links within the repository.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| {
        let target = rest.split(')').next()?;
        let target = target.split('#').next()?;
        (!target.is_empty() && !target.contains("://")).then_some(target)
    })
}

/// Whether a code span means a path of the repository: it has a slash after the name of one of the folders at the
/// top, or is a document in capitals, and holds no placeholder.
fn is_path(root: &Path, span: &str) -> bool {
    let plain = span
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    if !plain || span.starts_with('/') || span.contains("NAME") {
        return false;
    }
    match span.split_once('/') {
        Some((top, _)) => root.join(top).is_dir() && !SKIPPED.contains(&top),
        None => span
            .strip_suffix(".md")
            .is_some_and(|stem| stem.chars().all(|c| c.is_ascii_uppercase())),
    }
}

fn exists(root: &Path, path: &str) -> bool {
    root.join(path).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_come_from_every_table_but_that_for_tests() {
        let manifest: toml::Table = r#"
            [dependencies]
            a = "1"
            renamed = { package = "b", version = "1" }
            [build-dependencies]
            c.workspace = true
            [dev-dependencies]
            d = "1"
            [target.'cfg(unix)'.dependencies]
            e = "1"
        "#
        .parse()
        .expect("a manifest");
        let mut names = dependencies(&manifest);
        names.sort();
        assert_eq!(names, ["a", "b", "c", "e"]);
    }

    #[test]
    fn spans_and_links_are_found() {
        let line =
            "see `src/vm` and [that](docs/x.md#part), not [this](https://example.org) or `-X jit`";
        assert_eq!(code_spans(line).collect::<Vec<_>>(), ["src/vm", "-X jit"]);
        assert_eq!(links(line).collect::<Vec<_>>(), ["docs/x.md"]);
    }

    #[test]
    fn placeholders_are_no_paths() {
        let root = root();
        assert!(is_path(&root, "jit/no/such/file.rs"));
        assert!(is_path(&root, "README.md"));
        assert!(!is_path(&root, "tests/NAME.py"));
        assert!(!is_path(&root, "int/float"));
        assert!(!is_path(&root, "-X jit=off"));
        assert!(!is_path(&root, "docs/*.md"));
    }
}
