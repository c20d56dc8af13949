//! What the fuzzers (`cargo xtask fuzz`) once found, kept in `tests/fuzz/TARGET`: each input goes through everything
//! that reads inputs of its kind. Nothing crashes or hangs, and what can't be read raises what CPython would raise.
//!
//! The fuzzers themselves try these inputs first, as they are; here that happens without them.

mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use support::{Input, Outcome};
use taipan_bytecode::{CodeObject, Const, marshal, pyc, verify};
use taipan_compiler::{CompileOptions, Mode, compile};

/// Targets whose inputs are marshal data.
const BINARY: &[&str] = &["marshal", "verify", "loads", "run"];
/// Longer is a hang; code that has no end by itself may run for as long.
const TIME: Duration = Duration::from_secs(20);

/// The kept inputs of some targets: at least one, or the folder is not where it was.
fn kept(targets: &[&str]) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for target in targets {
        let folder = support::root().join("tests/fuzz").join(target);
        let Ok(entries) = std::fs::read_dir(folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.expect("a folder's entry").path();
            let data = std::fs::read(&path).expect("a kept input");
            found.push((path, data));
        }
    }
    assert!(!found.is_empty(), "no inputs kept for {targets:?}");
    found
}

fn verify_all(code: &Arc<CodeObject>) -> Result<(), String> {
    verify::verify(code).map_err(|error| format!("{}: {error}", code.qualname))?;
    code.consts.iter().try_for_each(|constant| match constant {
        Const::Code(inner) => verify_all(inner),
        _ => Ok(()),
    })
}

fn assert_alive(path: &Path, outcome: &Outcome) {
    assert!(
        outcome.code >= 0 && outcome.code != 101,
        "{}: {outcome:?}",
        path.display()
    );
}

#[test]
fn accepted_sources_verify() {
    for (path, source) in kept(&["compile"]) {
        for mode in [Mode::Exec, Mode::Eval, Mode::Single] {
            if let Ok(compiled) = compile(&source, "<fuzz>", mode, &CompileOptions::default())
                && let Err(error) = verify_all(&compiled.code)
            {
                panic!("{}: {error}", path.display());
            }
        }
    }
}

#[test]
fn marshal_data_that_reads_writes_and_reads_the_same() {
    for (path, data) in kept(BINARY) {
        if let Ok(value) = marshal::loads(&data) {
            let again = marshal::loads(&marshal::dumps(&value));
            assert!(again == Ok(value), "{}", path.display());
        }
    }
}

#[test]
fn loads_raises_what_cpython_may_raise() {
    const SCRIPT: &str = "
import marshal, sys
with open(sys.argv[1], 'rb') as file:
    data = file.read()
try:
    marshal.loads(data)
except (EOFError, ValueError, TypeError) as error:
    print(type(error).__name__)
else:
    print('read')
";
    for (path, _) in kept(BINARY) {
        let mut command = support::command(support::taipan(), &["-I", "-c", SCRIPT]);
        command.arg(&path);
        let outcome = support::run(command, Input::Nothing, TIME);
        assert_eq!(outcome.code, 0, "{}: {outcome:?}", path.display());
    }
}

#[test]
fn code_that_verifies_runs_without_a_crash() {
    let folder = std::env::temp_dir().join(format!("taipan-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("run.pyc");
    let mut run = 0;
    for (path, data) in kept(BINARY) {
        let Ok(code) = marshal::loads_code(&data) else {
            continue;
        };
        let verifies = verify_all(&code).is_ok();
        let stamp = pyc::Validation::Timestamp { mtime: 0, size: 0 };
        std::fs::write(&file, pyc::write(stamp, &code)).expect("a .pyc file");
        for mode in support::MODES {
            let mut command = support::command(support::taipan(), mode.options);
            command.arg("-I").arg(&file);
            let outcome = support::run(command, Input::Nothing, TIME);
            if outcome.timed_out && verifies {
                continue;
            }
            assert_alive(&path, &outcome);
            run += 1;
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
    assert!(run > 0, "none of the kept inputs is a code object");
}
