//! Runs test modules of CPython's own with Taipan.
//!
//! Each module runs in a process of its own (`tests/cpython/run.py`) that notes what becomes of each test; a
//! test that takes the process with it is noted here, and the rest run in another one. Three files say what
//! to expect: `modules.txt` what runs, `not_applicable.txt` what can't, with the reason, and
//! `known_failures.txt` what does not pass yet.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

const USAGE: &str =
    "usage: cargo xtask cpython-tests [--taipan PATH] [--limit SECONDS] [--update] [MODULE ...]";
const KEPT: &str = "tests/cpython";

struct Options {
    taipan: PathBuf,
    limit: Duration,
    /// Writes `known_failures.txt` anew for the modules that ran.
    update: bool,
    modules: Vec<String>,
}

fn options(arguments: &[String]) -> Option<Options> {
    let mut options = Options {
        taipan: PathBuf::from("target/release/taipan"),
        limit: Duration::from_secs(600),
        update: false,
        modules: Vec::new(),
    };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--taipan" => options.taipan = arguments.next()?.into(),
            "--limit" => options.limit = Duration::from_secs(arguments.next()?.parse().ok()?),
            "--update" => options.update = true,
            name if name.starts_with('-') => return None,
            name => options.modules.push(name.to_owned()),
        }
    }
    Some(options)
}

/// The lines of a kept file without comments: first word and rest.
fn kept(name: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(Path::new(KEPT).join(name)).unwrap_or_default();
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
            (first.to_owned(), rest.trim().to_owned())
        })
        .collect()
}

/// Where CPython's `test` package lies.
fn test_package() -> Option<PathBuf> {
    const ASK: &str = "import os, test; print(os.path.dirname(test.__file__))";
    let mut command = Command::new(crate::compare_bytecode::cpython());
    let output = command.args(["-I", "-c", ASK]).output().ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    path.is_dir().then_some(path)
}

/// A folder with nothing but the package in it: the rest of the library stays Taipan's own.
fn folder_with(package: &Path) -> std::io::Result<PathBuf> {
    let folder = std::path::absolute("target/cpython-tests/path")?;
    fs::create_dir_all(&folder)?;
    let link = folder.join("test");
    if link.is_symlink() {
        fs::remove_file(&link)?;
    }
    std::os::unix::fs::symlink(package, &link)?;
    Ok(folder)
}

#[derive(Default)]
struct Outcome {
    passed: BTreeSet<String>,
    skipped: BTreeMap<String, String>,
    failed: BTreeMap<String, String>,
    /// Why there is no more of it, if the module did not come to its end.
    broken: Option<String>,
    time: Duration,
}

/// What a report says: the outcome, the test under way, and whether the module came to its end.
fn read_report(text: &str, outcome: &mut Outcome) -> (Option<String>, bool) {
    let mut running = None;
    let mut ended = false;
    for line in text.lines() {
        let (event, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (test, reason) = rest.split_once(": ").unwrap_or((rest, ""));
        let (test, reason) = (test.to_owned(), reason.to_owned());
        match event {
            "start" => running = Some(test),
            "pass" => {
                outcome.passed.insert(test);
            }
            "skip" => {
                outcome.skipped.insert(test, reason);
            }
            "fail" => {
                outcome.failed.insert(test, reason);
            }
            "end" => ended = true,
            _ => {}
        }
    }
    let settled = |test: &String| {
        outcome.passed.contains(test)
            || outcome.skipped.contains_key(test)
            || outcome.failed.contains_key(test)
    };
    (running.filter(|test| !settled(test)), ended)
}

struct Runner<'o> {
    options: &'o Options,
    path: String,
    left_out: BTreeSet<String>,
}

impl Runner<'_> {
    fn run(&self, module: &str) -> std::io::Result<Outcome> {
        let work = std::path::absolute(format!("target/cpython-tests/{module}"))?;
        let _ = fs::remove_dir_all(&work);
        fs::create_dir_all(work.join("cwd"))?;
        let (report, excluded) = (work.join("report"), work.join("excluded"));
        let start = Instant::now();
        let mut outcome = Outcome::default();
        let mut done = self.left_out.clone();
        loop {
            fs::write(&report, "")?;
            let mut lines: Vec<&str> = done.iter().map(String::as_str).collect();
            lines.push("");
            fs::write(&excluded, lines.join("\n"))?;
            let log = fs::File::create(work.join("log"))?;
            let mut child = Command::new(std::path::absolute(&self.options.taipan)?)
                .arg(std::path::absolute(Path::new(KEPT).join("run.py"))?)
                .arg(module)
                .args([&report, &excluded])
                .current_dir(work.join("cwd"))
                .env("PYTHONPATH", &self.path)
                .env("PYTHONDONTWRITEBYTECODE", "1")
                .stdin(Stdio::null())
                .stdout(log.try_clone()?)
                .stderr(log)
                .spawn()?;
            let status = loop {
                if let Some(status) = child.try_wait()? {
                    break status.to_string();
                }
                if start.elapsed() > self.options.limit {
                    child.kill()?;
                    child.wait()?;
                    break "time is up".to_owned();
                }
                std::thread::sleep(Duration::from_millis(20));
            };
            let (culprit, ended) = read_report(&fs::read_to_string(&report)?, &mut outcome);
            outcome.time = start.elapsed();
            if ended {
                return Ok(outcome);
            }
            let Some(culprit) = culprit.filter(|_| status != "time is up") else {
                outcome.broken = Some(status);
                return Ok(outcome);
            };
            outcome.failed.insert(culprit, format!("died: {status}"));
            done.extend(outcome.passed.iter().cloned());
            done.extend(outcome.skipped.keys().chain(outcome.failed.keys()).cloned());
        }
    }
}

fn known_failures(kept: &[(String, String)], found: &BTreeMap<String, String>) -> String {
    let mut lines: BTreeMap<&str, &str> = BTreeMap::new();
    lines.extend(kept.iter().map(|(test, why)| (test.as_str(), why.as_str())));
    lines.extend(
        found
            .iter()
            .map(|(test, why)| (test.as_str(), why.as_str())),
    );
    let mut text = String::from(
        "# Tests of CPython's that do not pass yet, each with what it complained of when last run.\n\
         # Written by: cargo xtask cpython-tests --update\n",
    );
    for (test, why) in lines {
        text.push_str(format!("{test} {why}").trim_end());
        text.push('\n');
    }
    text
}

pub fn run(arguments: &[String]) -> ExitCode {
    let Some(mut options) = options(arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    if options.modules.is_empty() {
        options.modules = kept("modules.txt").into_iter().map(|line| line.0).collect();
    }
    let Some(folder) = test_package().and_then(|package| folder_with(&package).ok()) else {
        eprintln!("CPython 3.14's `test` package is not there");
        return ExitCode::from(2);
    };
    // Some tests look into the library's files.
    let path = format!("{}:{}", folder.display(), rustpython_pylib::LIB_PATH);
    let left_out = kept("not_applicable.txt");
    let known = kept("known_failures.txt");
    let runner = Runner {
        options: &options,
        path,
        left_out: left_out.iter().map(|line| line.0.clone()).collect(),
    };
    let is_known: BTreeSet<&str> = known.iter().map(|line| line.0.as_str()).collect();
    let (mut bad, mut failures, mut settled) = (0, BTreeMap::new(), BTreeSet::new());
    let mut total = [0; 3];
    for module in &options.modules {
        let outcome = match runner.run(module) {
            Ok(outcome) => outcome,
            Err(error) => {
                println!("{module}: {error}");
                bad += 1;
                continue;
            }
        };
        let counts = [
            &outcome.passed.len(),
            &outcome.failed.len(),
            &outcome.skipped.len(),
        ];
        println!(
            "{module:26} {:4} passed {:4} failed {:4} skipped  {:6.1} s{}",
            counts[0],
            counts[1],
            counts[2],
            outcome.time.as_secs_f64(),
            outcome
                .broken
                .as_ref()
                .map_or_else(String::new, |why| format!("  stopped: {why}")),
        );
        for (sum, count) in total.iter_mut().zip(counts) {
            *sum += count;
        }
        bad += usize::from(outcome.broken.is_some());
        for (test, reason) in &outcome.failed {
            if !is_known.contains(test.as_str()) {
                println!("    fails: {test}: {reason}");
                bad += usize::from(!options.update);
            }
        }
        for test in outcome
            .passed
            .iter()
            .filter(|test| is_known.contains(test.as_str()))
        {
            println!("    passes now: {test}");
        }
        settled.extend(outcome.passed);
        failures.extend(outcome.failed);
    }
    println!(
        "{} passed, {} failed, {} skipped",
        total[0], total[1], total[2]
    );
    if options.update {
        let rest: Vec<_> = known
            .into_iter()
            .filter(|line| !settled.contains(&line.0))
            .collect();
        let text = known_failures(&rest, &failures);
        if let Err(error) = fs::write(Path::new(KEPT).join("known_failures.txt"), text) {
            eprintln!("{error}");
            bad += 1;
        }
    }
    if bad == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
