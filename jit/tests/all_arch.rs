//! Every function that the tier compiles is compiled for both machines, whichever this is.
//!
//! Runs `functions.py` in this process until it is hot, for real: the HIR is what profiles of running code give. One
//! test for each function and machine.

mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use support::{TRIPLES, Vm};
use taipan_jit::{Bailout, Job, Machine, Mode, Options, inspect};

/// Words that only one machine's instructions have, as Cranelift prints them.
const TELLTALES: [&str; 2] = ["%rbp", "fp, lr"];

/// Code for one machine.
struct Made {
    function: String,
    entry: u32,
    triple: &'static str,
    /// Of the code, in bytes.
    size: Result<usize, Bailout>,
    text: String,
}

static MADE: Mutex<Vec<Made>> = Mutex::new(Vec::new());

fn compile_for_all(job: &Job) {
    for triple in TRIPLES {
        let machine = Machine::named(triple).expect("tests have a backend for it");
        let assembly = job.assemble(&machine, true);
        MADE.lock().expect("one thread runs").push(Made {
            function: job.name().to_owned(),
            entry: job.entry(),
            triple,
            size: assembly.as_ref().map(|a| a.size).map_err(|why| *why),
            text: assembly.ok().and_then(|a| a.text).unwrap_or_default(),
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
    vm.run(include_str!("functions.py"))
        .unwrap_or_else(|error| panic!("{error}"));
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
    let mut all = String::new();
    for record in records {
        for (entry, why) in &record.bailouts {
            all += &format!("{} @{entry}: {why}\n", record.name);
        }
    }
    if all.is_empty() {
        return Ok(());
    }
    Err(all.into())
}

fn check_made(made: &[Made], function: &str, triple: &str) -> Result<(), Failed> {
    let of_function: Vec<&Made> = made
        .iter()
        .filter(|m| m.triple == triple && top(&m.function) == function)
        .collect();
    if of_function.is_empty() {
        return Err("was not compiled".into());
    }
    for m in of_function {
        let wrong = match m.size {
            Ok(size) if size < 32 => format!("only {size} bytes"),
            Ok(_) => continue,
            Err(why) => why.to_string(),
        };
        return Err(format!("{} @{}: {wrong}", m.function, m.entry).into());
    }
    Ok(())
}

/// Each machine's code is in its own language.
fn check_languages(made: &[Made]) -> Result<(), Failed> {
    for m in made {
        for (triple, word) in TRIPLES.into_iter().zip(TELLTALES) {
            if m.text.contains(word) != (m.triple == triple) {
                return Err(format!("{} for {}:\n{}", m.function, m.triple, m.text).into());
            }
        }
    }
    Ok(())
}

fn main() {
    let arguments = Arguments::from_args();
    // SAFETY: no other thread runs yet. The verifiers are on: the tier's own, and Cranelift's.
    unsafe { std::env::set_var("TAIPAN_JIT_VERIFY", "1") };
    let (outcomes, records) = support::on_big_stack(run);
    let made = Arc::new(std::mem::take(&mut *MADE.lock().expect("nobody holds it")));
    let mut functions: Vec<String> = made.iter().map(|m| top(&m.function).to_owned()).collect();
    functions.extend(outcomes.keys().cloned());
    functions.sort();
    functions.dedup();
    let mut trials = Vec::new();
    for function in functions {
        for triple in TRIPLES {
            let (made, function) = (made.clone(), function.clone());
            let outcome = outcomes.get(&function).cloned().flatten();
            let name = format!("{function} {}", support::processor(triple));
            trials.push(Trial::test(name, move || {
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
    trials.push(Trial::test("each machine has its own code", move || {
        check_languages(&made)
    }));
    libtest_mimic::run(&arguments, trials).exit();
}
