//! The proving ground: every program below `tests/programs`, `tests/programs/uncaught`, `tests/deopt`,
//! `tests/builtins` and `tests/stdlib`, in every mode, against
//! the output that CPython 3.14 gave (`NAME.out`, `NAME.err`, `NAME.code`; the latter two only where
//! there is something to keep). `tests/bless.py` writes the kept files; where a CPython 3.14 is found,
//! one more test for each program verifies that they are still what it prints.
//!
//! Each pair of file and mode is a test of its own: `cargo test --test programs deopt/ -- stress` selects some.

mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use std::fs;
use std::path::{Path, PathBuf};
use support::{DEADLINE, Input, MODES};

/// Folders with programs, relative to the root.
const FOLDERS: &[&str] = &[
    "tests/programs",
    "tests/programs/uncaught",
    "tests/deopt",
    "tests/builtins",
    "tests/stdlib",
];

/// What CPython printed when the program was blessed.
struct Expected {
    code: i32,
    stdout: String,
    stderr: String,
}

fn main() {
    let arguments = Arguments::from_args();
    let oracle = support::oracle();
    let mut trials = Vec::new();
    for script in scripts() {
        let name = script
            .strip_prefix("tests/")
            .expect("programs live below tests")
            .display()
            .to_string();
        for mode in MODES {
            let script = script.clone();
            let open = support::is_open(mode.name, &name);
            trials.push(
                Trial::test(name.clone(), move || {
                    check(&script, support::taipan(), mode.options)
                })
                .with_kind(mode.name)
                .with_ignored_flag(open),
            );
        }
        if let Some(oracle) = &oracle {
            let oracle = oracle.clone();
            trials
                .push(Trial::test(name, move || check(&script, &oracle, &[])).with_kind("cpython"));
        }
    }
    if oracle.is_none() {
        support::warn_no_oracle("verifying the kept outputs of tests/programs and tests/deopt");
        trials.push(
            Trial::test("kept outputs are CPython's", || Ok(()))
                .with_kind("cpython")
                .with_ignored_flag(true),
        );
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// All programs, sorted. Names that begin with an underscore are modules that programs import.
fn scripts() -> Vec<PathBuf> {
    let mut scripts = Vec::new();
    for folder in FOLDERS {
        let absolute = support::root().join(folder);
        let entries = fs::read_dir(&absolute)
            .unwrap_or_else(|error| panic!("cannot list {}: {error}", absolute.display()));
        for entry in entries {
            let file = PathBuf::from(entry.expect("an entry of a folder").file_name());
            if file.extension().is_some_and(|extension| extension == "py")
                && !file.to_string_lossy().starts_with('_')
            {
                scripts.push(Path::new(folder).join(file));
            }
        }
    }
    scripts.sort();
    assert!(!scripts.is_empty(), "no programs found");
    scripts
}

fn expected(script: &Path) -> Result<Expected, Failed> {
    let base = support::root().join(script);
    let optional = |extension: &str| fs::read_to_string(base.with_extension(extension)).ok();
    let stdout = fs::read_to_string(base.with_extension("out")).map_err(|error| {
        format!(
            "{}: {error}; `python3 tests/bless.py` writes it",
            script.with_extension("out").display()
        )
    })?;
    let code = match optional("code") {
        Some(text) => text
            .trim()
            .parse()
            .map_err(|error| format!("{}: {error}", script.with_extension("code").display()))?,
        None => 0,
    };
    Ok(Expected {
        code,
        stdout,
        stderr: optional("err").unwrap_or_default(),
    })
}

fn check(script: &Path, interpreter: &Path, options: &[&str]) -> Result<(), Failed> {
    let expected = expected(script)?;
    let mut command = support::command(interpreter, options);
    command.arg(script);
    let shown = format!("{command:?}");
    let found = support::run(command, Input::Nothing, DEADLINE);
    let mut complaint = String::new();
    if found.timed_out {
        complaint += &format!("killed after {} s\n", DEADLINE.as_secs());
    }
    if expected.code != found.code {
        complaint += &format!("exit code {}, expected {}\n", found.code, expected.code);
    }
    for difference in [
        support::difference("stdout", &expected.stdout, &found.stdout),
        support::difference("stderr", &expected.stderr, &found.stderr),
    ]
    .into_iter()
    .flatten()
    {
        complaint += &difference;
    }
    if complaint.is_empty() {
        return Ok(());
    }
    if !found.stderr.is_empty() {
        complaint += &format!("stderr ends with:\n{}\n", support::tail(&found.stderr, 12));
    }
    Err(format!("{shown}\n{complaint}").into())
}
