//! Marshals the code objects of files with our compiler and with CPython, and shows where the bytes differ.
//!
//! Each file gets a CPython of its own, which compiles it and dumps it at once: what is written as a reference depends on
//! what else the process holds. Files spread over the given folders are taken, unless `--all` is given.

use crate::compare_bytecode::{collect, cpython};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_bytecode::marshal;
use taipan_compiler::{CompileOptions, Mode, compile};

pub const USAGE: &str =
    "usage: cargo xtask compare-marshal [-O|-OO] [--all] [--max N] FILES|FOLDERS";

/// Files that are taken without `--all`.
const SAMPLE: usize = 300;

const ORACLE: &str = r"
import sys, marshal
name, optimize = sys.argv[1], int(sys.argv[2])
with open(name, 'rb') as file:
    source = file.read()
code = compile(source, name, 'exec', dont_inherit=True, optimize=optimize)
sys.stdout.buffer.write(marshal.dumps(code))
";

struct Options {
    optimize: u8,
    max_shown: usize,
    paths: Vec<PathBuf>,
}

fn options(arguments: &[String]) -> Option<Options> {
    let mut options = Options {
        optimize: 0,
        max_shown: 3,
        paths: Vec::new(),
    };
    let mut all = false;
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "-O" => options.optimize = 1,
            "-OO" => options.optimize = 2,
            "--all" => all = true,
            "--max" => options.max_shown = arguments.next()?.parse().ok()?,
            flag if flag.starts_with('-') => return None,
            path => collect(Path::new(path), &mut options.paths),
        }
    }
    options.paths.sort();
    if !all {
        let step = options.paths.len().div_ceil(SAMPLE).max(1);
        options.paths = options.paths.into_iter().step_by(step).collect();
    }
    (!options.paths.is_empty()).then_some(options)
}

/// What CPython dumps; None if it refuses the file.
fn expected(path: &Path, optimize: u8) -> Result<Option<Vec<u8>>, String> {
    let output = Command::new(cpython())
        .args(["-I", "-W", "ignore", "-c", ORACLE])
        .arg(path)
        .arg(optimize.to_string())
        .output()
        .map_err(|error| format!("CPython: {error}"))?;
    Ok(output.status.success().then_some(output.stdout))
}

fn found(path: &Path, optimize: u8) -> Option<Vec<u8>> {
    let options = CompileOptions {
        optimize,
        ..CompileOptions::default()
    };
    let source = std::fs::read(path).ok()?;
    let compiled = compile(&source, &path.to_string_lossy(), Mode::Exec, &options).ok()?;
    Some(marshal::dumps_code(&compiled.code))
}

/// The objects of marshalled data, one a line, those that later ones may refer to with their numbers.
struct Listing<'a> {
    rest: &'a [u8],
    lines: Vec<String>,
    numbered: usize,
}

impl<'a> Listing<'a> {
    /// As far as the data can be read.
    fn of(data: &'a [u8]) -> Vec<String> {
        let mut listing = Listing {
            rest: data,
            lines: Vec::new(),
            numbered: 0,
        };
        if listing.object("", 0).is_none() {
            listing.lines.push("(cannot be read further)".into());
        }
        listing.lines
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn long(&mut self) -> Option<i32> {
        Some(i32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn size(&mut self, short: bool) -> Option<usize> {
        if short {
            Some(usize::from(self.take(1)?[0]))
        } else {
            usize::try_from(self.long()?).ok()
        }
    }

    fn object(&mut self, label: &str, depth: usize) -> Option<()> {
        let byte = self.take(1)?[0];
        let (kind, is_numbered) = (byte & 0x7F, byte & 0x80 != 0);
        let mut line = format!("{:1$}{label}{2}", "", depth * 2, char::from(kind));
        if is_numbered {
            let _ = write!(line, " #{}", self.numbered);
            self.numbered += 1;
        }
        let mut parts = 0;
        match kind {
            b'i' | b'r' => {
                let _ = write!(line, " {}", self.long()?);
            }
            b'l' => {
                let digits = self.long()?;
                let bytes = self.take(digits.unsigned_abs() as usize * 2)?;
                let _ = write!(line, " {digits} {bytes:02x?}");
            }
            b'g' | b'y' => {
                let bytes = self.take(if kind == b'g' { 8 } else { 16 })?;
                let _ = write!(line, " {bytes:02x?}");
            }
            b's' | b't' | b'u' | b'a' | b'A' | b'z' | b'Z' => {
                let size = self.size(matches!(kind, b'z' | b'Z'))?;
                let _ = write!(line, " \"{}\"", self.take(size)?.escape_ascii());
            }
            b')' | b'(' | b'>' => {
                parts = self.size(kind == b')')?;
                let _ = write!(line, " of {parts}");
            }
            b':' => parts = 3,
            b'c' => {
                for _ in 0..5 {
                    let _ = write!(line, " {}", self.long()?);
                }
            }
            _ => {}
        }
        self.lines.push(line);
        for _ in 0..parts {
            self.object("", depth + 1)?;
        }
        if kind == b'c' {
            for label in [
                "code ",
                "consts ",
                "names ",
                "localsplusnames ",
                "localspluskinds ",
                "filename ",
                "name ",
                "qualname ",
            ] {
                self.object(label, depth + 1)?;
            }
            let line = self.long()?;
            self.lines
                .push(format!("{:1$}firstlineno {line}", "", depth * 2 + 2));
            self.object("linetable ", depth + 1)?;
            self.object("exceptiontable ", depth + 1)?;
        }
        Some(())
    }
}

fn first_difference(expected: &[u8], found: &[u8]) -> String {
    let (expected, found) = (Listing::of(expected), Listing::of(found));
    let same = expected.iter().zip(&found).take_while(|(a, b)| a == b);
    let at = same.count();
    let mut text = String::new();
    for (who, lines) in [("CPython", &expected), ("Taipan", &found)] {
        for line in lines.iter().skip(at.saturating_sub(2)).take(5) {
            let shown: String = line.chars().take(110).collect();
            let _ = writeln!(text, "  {who:8}{shown}");
        }
    }
    text
}

pub fn run(arguments: &[String]) -> ExitCode {
    let Some(options) = options(arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let next = AtomicUsize::new(0);
    // How many are equal, refused by both, and what differs.
    let results = Mutex::new((0, 0, Vec::new()));
    let work = || -> Result<(), String> {
        while let Some(path) = options.paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            let expected = expected(path, options.optimize)?;
            let found = found(path, options.optimize);
            let mut results = results.lock().map_err(|error| error.to_string())?;
            match (expected, found) {
                (None, None) => results.1 += 1,
                (Some(expected), Some(found)) if expected == found => results.0 += 1,
                (Some(expected), Some(found)) => {
                    let text = first_difference(&expected, &found);
                    results.2.push((path, text));
                }
                (expected, _) => {
                    let who = if expected.is_none() { "CPython" } else { "us" };
                    results.2.push((path, format!("  refused by {who} only\n")));
                }
            }
        }
        Ok(())
    };
    let outcome = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().unwrap_or_else(|_| Err("panicked".into())))
    });
    let (equal, refused, mut different) = match (outcome, results.into_inner()) {
        (Ok(()), Ok(results)) => results,
        (Err(error), _) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
        (_, Err(error)) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    different.sort();
    for (index, (path, text)) in different.iter().enumerate() {
        println!("{}", path.display());
        if index < options.max_shown {
            print!("{text}");
        }
    }
    let all = options.paths.len() - refused;
    println!("{equal} of {all} files marshalled equally, {refused} refused by both");
    if equal == all {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
