//! The programs for deoptimization (`tests/deopt`) in stress mode: whatever the tier compiles there, from the first
//! execution on and again after its guards have failed, is compiled for the other machine too.
//!
//! What the programs print is looked at by the tests of the whole program; here they only have to run.

mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use support::{TRIPLES, Vm};
use taipan_jit::{Bailout, Job, Machine, Mode, Options, inspect};

/// They need a process of their own.
const EXCEPT: &[&str] = &["settrace_midway", "signal_raises"];

/// Of one program: how many jobs it has given, and which of them could not be compiled, for which machine.
#[derive(Default)]
struct Jobs {
    count: usize,
    failed: Vec<(&'static str, String)>,
}

/// Of the program that runs.
static JOBS: Mutex<Option<Jobs>> = Mutex::new(None);

/// The machines that this is not.
fn others() -> impl Iterator<Item = &'static str> {
    let is_other = |triple: &&str| support::processor(triple) != std::env::consts::ARCH;
    TRIPLES.into_iter().filter(is_other)
}

fn compile_for_others(job: &Job) {
    let mut jobs = JOBS.lock().expect("one thread runs");
    let jobs = jobs.get_or_insert_default();
    jobs.count += 1;
    for triple in others() {
        let machine = Machine::named(triple).expect("tests have a backend for it");
        if let Err(why) = job.assemble(&machine, false) {
            let text = format!("{} @{}: {why}", job.name(), job.entry());
            jobs.failed.push((triple, text));
        }
    }
}

fn programs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/deopt");
    let entries = std::fs::read_dir(&folder).expect("the folder of programs");
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.retain(|path| {
        path.extension().is_some_and(|e| e == "py") && !EXCEPT.contains(&name(path))
    });
    paths.sort();
    paths
}

fn name(path: &Path) -> &str {
    path.file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default()
}

/// Runs them all; gives what each has made, and what this machine's backend has refused.
fn run() -> (BTreeMap<String, Jobs>, Vec<String>) {
    taipan_vm::import::set_library(taipan_stdlib::library());
    drop(Vm::start());
    for stream in ["stdout", "stderr"] {
        taipan_vm::sys::set_attribute(stream, taipan_vm::value::Value::none());
    }
    taipan_jit::install(Options {
        mode: Mode::Stress,
        stats: true,
        watch: Some(compile_for_others),
        ..Options::default()
    })
    .expect("tests run on a machine with a JIT");
    let run_one = |path: &PathBuf| {
        let source = std::fs::read_to_string(path).expect("a program");
        // Some end by raising.
        drop(Vm::with_new_module().run(&source));
        let jobs = JOBS.lock().expect("one thread runs").take();
        (name(path).to_owned(), jobs.unwrap_or_default())
    };
    let jobs = programs().iter().map(run_one).collect();
    let mut records = inspect::records();
    records.retain(|r| r.bailouts.iter().any(|(_, why)| *why == Bailout::Backend));
    (jobs, records.into_iter().map(|r| r.name).collect())
}

fn check(jobs: &Jobs, triple: &str) -> Result<(), Failed> {
    if jobs.count == 0 {
        return Err("nothing was compiled".into());
    }
    let failed = jobs.failed.iter().filter(|(of, _)| *of == triple);
    let texts: Vec<&str> = failed.map(|(_, text)| text.as_str()).collect();
    if texts.is_empty() {
        return Ok(());
    }
    Err(texts.join("\n").into())
}

fn main() {
    let arguments = Arguments::from_args();
    // SAFETY: no other thread runs yet. The verifiers are on: the tier's own, and Cranelift's.
    unsafe { std::env::set_var("TAIPAN_JIT_VERIFY", "1") };
    let mut trials = Vec::new();
    let (programs, refused) = support::on_big_stack(run);
    for (program, jobs) in programs {
        let jobs = std::sync::Arc::new(jobs);
        for triple in others() {
            let jobs = jobs.clone();
            let name = format!("{program} {}", support::processor(triple));
            trials.push(Trial::test(name, move || check(&jobs, triple)));
        }
    }
    trials.push(Trial::test("nothing is refused here", move || {
        if refused.is_empty() {
            return Ok(());
        }
        Err(refused.join("\n").into())
    }));
    libtest_mimic::run(&arguments, trials).exit();
}
