//! `cargo xtask fuzz TARGET`: damaged inputs for the compiler, for marshal data and for bytecode.
//!
//! Every input comes from the corpus by changes that a seed decides, so a finding can be had again. What is
//! found (a panic, a hang, a death by signal) is written to `target/fuzz`; once mended it goes to
//! `tests/fuzz/TARGET`, which is part of the corpus and goes through unchanged first.

mod mutate;
mod targets;

use mutate::Random;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use targets::Target;

const USAGE: &str = "usage: cargo xtask fuzz TARGET [--seconds N] [--seed N] [--taipan PATH]

targets:
  compile   the compiler, on text; what it accepts must verify
  marshal   reading marshal data and writing it again
  verify    the verifier, on damaged code objects
  loads     marshal.loads() of the interpreter, on damaged data
  run       the interpreter, on damaged .pyc files that the verifier accepts";

/// Longer than this on one batch is a hang: on a machine that has other work too.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where an input lies while it is tried: still there if the process dies of it.
pub fn current_input(target: &str) -> PathBuf {
    PathBuf::from(format!("target/fuzz/{target}.input"))
}

/// Ends the process if one input takes too long.
fn watch(ticks: &'static AtomicU64) {
    std::thread::spawn(move || {
        let (mut seen, mut since) = (0, Instant::now());
        loop {
            std::thread::sleep(Duration::from_millis(500));
            let now = ticks.load(Ordering::Relaxed);
            if now != seen {
                (seen, since) = (now, Instant::now());
            } else if since.elapsed() > PATIENCE {
                eprintln!("finding: a batch takes longer than {PATIENCE:?}");
                std::process::exit(1);
            }
        }
    });
}

pub fn run(arguments: &[String]) -> ExitCode {
    static TICKS: AtomicU64 = AtomicU64::new(0);
    let mut seconds = 60;
    let mut seed = 1;
    let mut taipan = PathBuf::from("target/release/taipan");
    let mut rest = arguments.iter().skip(1);
    while let Some(argument) = rest.next() {
        let value = rest.next();
        let number = value.and_then(|value| value.parse().ok());
        match (argument.as_str(), number, value) {
            ("--seconds", Some(number), _) => seconds = number,
            ("--seed", Some(number), _) => seed = number,
            ("--taipan", _, Some(path)) => taipan = path.into(),
            _ => {
                eprintln!("{USAGE}");
                return ExitCode::from(2);
            }
        }
    }
    let name = arguments.first().map_or("", String::as_str);
    let Some(target) = Target::by_name(name, taipan) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    if let Err(error) = std::fs::create_dir_all("target/fuzz") {
        eprintln!("target/fuzz: {error}");
        return ExitCode::from(2);
    }
    let corpus = target.corpus();
    watch(&TICKS);
    println!("{name}: {} inputs to start from, seed {seed}", corpus.len());
    let start = Instant::now();
    let end = start + Duration::from_secs(seconds);
    let mut random = Random::new(seed);
    let mut count = 0u64;
    let mut kept = target.kept().into_iter();
    while Instant::now() < end {
        let batch: Vec<Vec<u8>> = (0..target.batch())
            .map(|_| {
                kept.next()
                    .unwrap_or_else(|| target.input(&corpus, &mut random))
            })
            .collect();
        count += batch.len() as u64;
        TICKS.fetch_add(1, Ordering::Relaxed);
        if let Err(complaint) = target.try_inputs(&batch) {
            println!(
                "finding after {count} inputs, see {}: {complaint}",
                current_input(name).display()
            );
            return ExitCode::FAILURE;
        }
    }
    println!(
        "{name}: {count} inputs in {} s, nothing found",
        start.elapsed().as_secs()
    );
    ExitCode::SUCCESS
}
