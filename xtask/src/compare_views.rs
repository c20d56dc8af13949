//! Compares what Python's own tools show of source files under Taipan and under CPython: tokens, trees, scopes,
//! disassemblies. `views.py` is what both run.

use crate::compare_bytecode::{collect, cpython};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

pub const USAGE: &str =
    "usage: cargo xtask compare-views [--view NAME,…] [--taipan PATH] [--max N] FILES|FOLDERS";
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/views.py");
/// Files that one process looks at: what a crash takes along.
const BATCH: usize = 100;

struct Options {
    views: String,
    taipan: PathBuf,
    max_shown: usize,
    paths: Vec<PathBuf>,
}

fn options(arguments: &[String]) -> Option<Options> {
    let mut options = Options {
        views: "all".into(),
        taipan: "target/release/taipan".into(),
        max_shown: 3,
        paths: Vec::new(),
    };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--view" => options.views.clone_from(arguments.next()?),
            "--taipan" => options.taipan = arguments.next()?.into(),
            "--max" => options.max_shown = arguments.next()?.parse().ok()?,
            flag if flag.starts_with('-') => return None,
            path => collect(Path::new(path), &mut options.paths),
        }
    }
    options.paths.retain(|path| path.exists());
    options.paths.sort();
    (!options.paths.is_empty()).then_some(options)
}

fn run_script(interpreter: &Path, arguments: &[&str], files: &[PathBuf]) -> Result<String, String> {
    let output = Command::new(interpreter)
        .env("PYTHONHASHSEED", "0")
        .args(["-I", SCRIPT])
        .args(arguments)
        .args(files)
        .output()
        .map_err(|error| format!("{}: {error}", interpreter.display()))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(text);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last: Vec<&str> = said.lines().rev().take(3).collect();
    eprintln!(
        "{}: {}: {}",
        interpreter.display(),
        output.status,
        last.join(" | ")
    );
    Ok(text)
}

/// View and file with the digest, of all files.
fn digests(
    interpreter: &Path,
    options: &Options,
) -> Result<BTreeMap<(String, String), String>, String> {
    let mut found = BTreeMap::new();
    for files in options.paths.chunks(BATCH) {
        for line in run_script(interpreter, &[&options.views], files)?.lines() {
            let mut parts = line.splitn(3, '\t').map(str::to_owned);
            if let (Some(view), Some(digest), Some(file)) =
                (parts.next(), parts.next(), parts.next())
            {
                found.insert((view, file), digest);
            }
        }
    }
    Ok(found)
}

/// The first lines that differ.
fn show(options: &Options, cpython: &Path, view: &str, file: &str) -> Result<(), String> {
    let files = [PathBuf::from(file)];
    let expected = run_script(cpython, &[view, "--text"], &files)?;
    let found = run_script(&options.taipan, &[view, "--text"], &files)?;
    let (expected, found): (Vec<&str>, Vec<&str>) =
        (expected.lines().collect(), found.lines().collect());
    let same = expected.iter().zip(&found).take_while(|(a, b)| a == b);
    let at = same.count();
    println!("{view} of {file}, line {}:", at + 1);
    for (who, lines) in [("CPython", &expected), ("Taipan", &found)] {
        for line in lines.iter().skip(at.saturating_sub(1)).take(4) {
            println!("  {who:8}{line}");
        }
    }
    Ok(())
}

fn compare(options: &Options) -> Result<bool, String> {
    let cpython = PathBuf::from(cpython());
    let (expected, found) = std::thread::scope(|scope| {
        let expected = scope.spawn(|| digests(&cpython, options));
        let found = digests(&options.taipan, options);
        (expected.join(), found)
    });
    let (expected, found) = (expected.map_err(|_| "the thread panicked")??, found?);
    // By view: how many are equal, of how many.
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, digest) in &expected {
        let (view, file) = (place.0.as_str(), place.1.as_str());
        let count = counts.entry(view).or_default();
        count.1 += 1;
        if found.get(place) == Some(digest) {
            count.0 += 1;
            continue;
        }
        let shown = shown.entry(view).or_default();
        *shown += 1;
        if *shown <= options.max_shown {
            show(options, &cpython, view, file)?;
        } else {
            println!("{view} of {file}");
        }
    }
    for (view, (equal, all)) in &counts {
        println!("{view:14} {equal} of {all} equal");
    }
    Ok(counts.values().all(|(equal, all)| equal == all) && !counts.is_empty())
}

pub fn run(arguments: &[String]) -> ExitCode {
    let Some(options) = options(arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match compare(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
