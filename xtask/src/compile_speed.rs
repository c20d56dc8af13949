//! How long Taipan and CPython take to compile the standard library, source to code object, and their peak memory.
//!
//! Both compile the same files in one process each, by turns; `speed.py` is what they run. Time is that of the best
//! round, memory that of the worst.

use crate::compare_bytecode::{collect, cpython};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

pub const USAGE: &str =
    "usage: cargo xtask compile-speed [--rounds N] [--taipan PATH] [FILES|FOLDERS]";
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/speed.py");

struct Options {
    rounds: usize,
    taipan: PathBuf,
    paths: Vec<PathBuf>,
}

fn options(arguments: &[String]) -> Option<Options> {
    let mut options = Options {
        rounds: 5,
        taipan: "target/release/taipan".into(),
        paths: Vec::new(),
    };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--rounds" => options.rounds = arguments.next()?.parse().ok()?,
            "--taipan" => options.taipan = arguments.next()?.into(),
            flag if flag.starts_with('-') => return None,
            path => collect(Path::new(path), &mut options.paths),
        }
    }
    if options.paths.is_empty() {
        collect(&library()?, &mut options.paths);
        let tests = |path: &PathBuf| path.components().any(|part| part.as_os_str() == "test");
        options.paths.retain(|path| !tests(path));
    }
    options.paths.retain(|path| path.exists());
    options.paths.sort();
    (options.rounds > 0).then_some(options)
}

/// Where CPython's library lies.
fn library() -> Option<PathBuf> {
    const ASK: &str = "import os; print(os.path.dirname(os.__file__))";
    let output = Command::new(cpython())
        .args(["-I", "-c", ASK])
        .output()
        .ok()?;
    Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim()))
}

#[derive(Clone, Copy)]
struct Measured {
    compiled: usize,
    bytes: usize,
    seconds: f64,
    kilobytes: u64,
}

fn measure(interpreter: &Path, names: &str) -> Result<Measured, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", interpreter.display());
    let mut child = Command::new(interpreter)
        .args(["-I", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(&error))?;
    let mut stdin = child.stdin.take().ok_or("no pipe")?;
    stdin
        .write_all(names.as_bytes())
        .map_err(|error| failed(&error))?;
    drop(stdin);
    let output = child.wait_with_output().map_err(|error| failed(&error))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut words = text.split_whitespace();
    let mut read = || -> Option<Measured> {
        Some(Measured {
            compiled: words.next()?.parse().ok()?,
            bytes: words.next()?.parse().ok()?,
            seconds: words.next()?.parse().ok()?,
            kilobytes: words.next()?.parse().ok()?,
        })
    };
    read().ok_or_else(|| failed(&output.status))
}

/// The best time and the most memory of both.
fn worse_memory(best: Option<Measured>, new: Measured) -> Measured {
    let Some(best) = best else { return new };
    Measured {
        seconds: best.seconds.min(new.seconds),
        kilobytes: best.kilobytes.max(new.kilobytes),
        ..new
    }
}

pub fn run(arguments: &[String]) -> ExitCode {
    let Some(options) = options(arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let names: Vec<String> = options
        .paths
        .iter()
        .map(|path| path.to_string_lossy().into_owned())
        .collect();
    let names = names.join("\0");
    let interpreters = [
        ("CPython", PathBuf::from(cpython())),
        ("Taipan", options.taipan),
    ];
    let mut results = [None, None];
    for _ in 0..options.rounds {
        for ((_, interpreter), result) in interpreters.iter().zip(&mut results) {
            match measure(interpreter, &names) {
                Ok(new) => *result = Some(worse_memory(*result, new)),
                Err(error) => {
                    eprintln!("{error}");
                    return ExitCode::from(2);
                }
            }
        }
    }
    for ((name, _), result) in interpreters.iter().zip(&results) {
        if let Some(result) = result {
            println!(
                "{name:8} {} of {} files, {:.1} MB: {:.3} s, peak {:.1} MB",
                result.compiled,
                options.paths.len(),
                result.bytes as f64 / 1e6,
                result.seconds,
                result.kilobytes as f64 / 1024.0,
            );
        }
    }
    let [Some(theirs), Some(ours)] = results else {
        return ExitCode::from(2);
    };
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!(
        "time {:.2}, memory {:.2} of CPython's; load {}",
        ours.seconds / theirs.seconds,
        ours.kilobytes as f64 / theirs.kilobytes as f64,
        load.split(' ').next().unwrap_or("?"),
    );
    let good = ours.seconds <= theirs.seconds && ours.kilobytes <= theirs.kilobytes;
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
