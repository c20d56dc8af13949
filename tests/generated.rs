//! Random small programs (made by `tests/generate/generate.py` from a seed) must print the same in every mode, and the
//! same as CPython 3.14 where one is found.
//!
//! `TAIPAN_SEEDS=1000` runs so many seeds, `TAIPAN_SEEDS=500..600` those. Without a CPython the
//! interpreter without its JIT is the reference. A failing seed leaves its program in the folder for temporary files.

mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use std::fs;
use std::ops::Range;
use std::path::Path;
use support::{DEADLINE, Input, MODES, Outcome};

const DEFAULT_SEEDS: Range<u64> = 1..61;

fn main() {
    let arguments = Arguments::from_args();
    let oracle = support::oracle();
    if oracle.is_none() {
        support::warn_no_oracle("comparing generated programs with CPython");
    }
    let trials = seeds()
        .map(|seed| {
            let oracle = oracle.clone();
            Trial::test(format!("seed {seed}"), move || {
                compare(seed, oracle.as_deref())
            })
            .with_ignored_flag(support::is_open("generated", &format!("seed {seed}")))
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit();
}

fn seeds() -> Range<u64> {
    let Ok(text) = std::env::var("TAIPAN_SEEDS") else {
        return DEFAULT_SEEDS;
    };
    let number = |text: &str| -> u64 {
        text.parse()
            .unwrap_or_else(|_| panic!("TAIPAN_SEEDS: {text:?} is not a number"))
    };
    match text.split_once("..") {
        Some((first, end)) => number(first)..number(end),
        None => 1..number(&text) + 1,
    }
}

fn compare(seed: u64, oracle: Option<&Path>) -> Result<(), Failed> {
    let reference = oracle.unwrap_or(support::taipan());
    let plain: &[&str] = if oracle.is_some() {
        &[]
    } else {
        &["-X", "jit=off"]
    };
    let mut generator = support::command(reference, plain);
    generator.args(["tests/generate/generate.py", &seed.to_string()]);
    let program = support::run(generator, Input::Nothing, DEADLINE);
    if program.code != 0 {
        return Err(format!("the generator failed:\n{}", program.stderr).into());
    }
    let path =
        std::env::temp_dir().join(format!("taipan-generated-{seed}-{}.py", std::process::id()));
    fs::write(&path, &program.stdout)?;
    let run = |interpreter: &Path, options: &[&str]| -> Outcome {
        let mut command = support::command(interpreter, options);
        command.arg(&path);
        support::run(command, Input::Nothing, DEADLINE)
    };
    let expected = run(reference, plain);
    let mut complaint = String::new();
    if expected.timed_out || expected.code != 0 {
        complaint += &format!(
            "the reference ends with {}:\n{}\n",
            expected.code,
            support::tail(&expected.stderr, 5)
        );
    }
    for mode in MODES {
        let found = run(support::taipan(), mode.options);
        if found == expected {
            continue;
        }
        complaint += &format!(
            "mode {}: exit code {} (expected {}){}\n",
            mode.name,
            found.code,
            expected.code,
            if found.timed_out { ", timed out" } else { "" }
        );
        complaint +=
            &support::difference("stdout", &expected.stdout, &found.stdout).unwrap_or_default();
        complaint +=
            &support::difference("stderr", &expected.stderr, &found.stderr).unwrap_or_default();
    }
    if complaint.is_empty() {
        fs::remove_file(&path)?;
        Ok(())
    } else {
        Err(format!("{complaint}program: {}", path.display()).into())
    }
}
