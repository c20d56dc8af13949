//! Every function that the tier compiles is compiled for both machines, whichever this is.
//!
//! Runs `functions.py` in this process until it is hot, for real: the HIR is what profiles of running code give. One
//! test for each function and machine, and one that the machines' code differs.

mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeMap;
use std::sync::Mutex;
use support::Vm;
use taipan_jit::{Bailout, Job, Machine, Mode, Options, inspect};

const TRIPLES: [&str; 2] = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"];

/// What the tier leaves to the interpreter on purpose: function, why.
const INTERPRETED: &[(&str, Bailout)] = &[];

/// Code for one machine.
#[derive(Clone)]
struct Made {
    function: String,
    entry: u32,
    triple: &'static str,
    /// Of the code, in bytes.
    size: Result<usize, Bailout>,
}

static MADE: Mutex<Vec<Made>> = Mutex::new(Vec::new());

fn compile_for_all(job: &Job) {
    for triple in TRIPLES {
        let machine = Machine::named(triple).expect("tests have a backend for it");
        let size = job.assemble(&machine, false).map(|assembly| assembly.size);
        MADE.lock().expect("one thread runs").push(Made {
            function: job.name().to_owned(),
            entry: job.entry(),
            triple,
            size,
        });
    }
}

/// Runs the functions; gives for each what went wrong with its results, if it is one that is called from here, and what the tier says of all code.
fn run() -> (BTreeMap<String, Option<String>>, Vec<inspect::Record>) {
    let vm = Vm::start();
    taipan_jit::install(Options {
        // Not in the background: what is compiled has to be known when the functions end.
        mode: Mode::Sync,
        stats: true,
        watch: Some(compile_for_all),
        ..Options::default()
    })
    .expect("tests run on a machine with a JIT");
    vm.run(include_str!("functions.py"));
    let outcomes = vm
        .functions()
        .map(|name| {
            let called = name.starts_with("check_");
            let error = if called { vm.call(&name).err() } else { None };
            (name, error)
        })
        .collect();
    (outcomes, inspect::records())
}

/// The functions at the top of the file that a name belongs to: `f` of `f.<locals>.<genexpr>`.
fn top(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

fn check_bailouts(records: &[inspect::Record]) -> Result<(), Failed> {
    let mut unexpected = String::new();
    for record in records {
        for (entry, why) in &record.bailouts {
            if !INTERPRETED.contains(&(&record.name, *why)) {
                unexpected += &format!("{} @{entry}: {why}\n", record.name);
            }
        }
    }
    for (name, why) in INTERPRETED {
        let same = |r: &&inspect::Record| r.name == *name;
        let bails = |r: &inspect::Record| r.bailouts.iter().any(|(_, reason)| reason == why);
        if !records.iter().filter(same).any(bails) {
            unexpected += &format!("{name}: no longer interpreted, take it off the list\n");
        }
    }
    if unexpected.is_empty() {
        return Ok(());
    }
    Err(unexpected.into())
}

fn check_made(made: &[Made], function: &str, triple: &str) -> Result<(), Failed> {
    let of_function: Vec<&Made> = made
        .iter()
        .filter(|m| m.triple == triple && top(&m.function) == function)
        .collect();
    if of_function.is_empty() {
        return Err("was not compiled".into());
    }
    for Made {
        function,
        entry,
        size,
        ..
    } in of_function
    {
        match size {
            Ok(size) if *size >= 32 => {}
            Ok(size) => return Err(format!("{function} @{entry}: only {size} bytes").into()),
            Err(why) => return Err(format!("{function} @{entry}: {why}").into()),
        }
    }
    Ok(())
}

fn main() {
    let arguments = Arguments::from_args();
    // SAFETY: no other thread runs yet. The verifiers are on: the tier's own, and Cranelift's.
    unsafe { std::env::set_var("TAIPAN_JIT_VERIFY", "1") };
    let (outcomes, records) = support::on_big_stack(run);
    let made = std::mem::take(&mut *MADE.lock().expect("nobody holds it"));
    let mut functions: Vec<String> = made.iter().map(|m| top(&m.function).to_owned()).collect();
    functions.extend(outcomes.keys().cloned());
    functions.sort();
    functions.dedup();
    let mut trials = Vec::new();
    for function in functions {
        for triple in TRIPLES {
            let (made, function) = (made.clone(), function.clone());
            let outcome = outcomes.get(&function).cloned().flatten();
            let machine = triple.split('-').next().unwrap_or(triple);
            trials.push(Trial::test(format!("{function} {machine}"), move || {
                if let Some(error) = outcome {
                    return Err(error.into());
                }
                check_made(&made, &function, triple)
            }));
        }
    }
    trials.push(Trial::test("nothing bails out", move || {
        check_bailouts(&records)
    }));
    libtest_mimic::run(&arguments, trials).exit();
}
