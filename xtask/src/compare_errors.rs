//! Compiles wrong programs with our compiler and with CPython, and compares the SyntaxErrors.
//!
//! The file holds programs separated by lines of `----`.

use std::process::{Command, ExitCode};
use taipan_compiler::{CompileOptions, Mode, compile};

const ORACLE: &str = r"
import sys, warnings
warnings.simplefilter('ignore')
for case in open(sys.argv[1], encoding='utf-8').read().split('----\n'):
    try:
        compile(case.encode(), '<case>', 'exec', dont_inherit=True)
        print('no error')
    except SyntaxError as e:
        print(f'{type(e).__name__} {e.lineno}:{e.offset}-{e.end_lineno}:{e.end_offset} {e.msg}')
    except Exception as e:
        print(f'{type(e).__name__} {e}')
";

pub fn run(args: &[String]) -> ExitCode {
    let Some(path) = args.first() else {
        return ExitCode::from(2);
    };
    let output = Command::new(crate::compare_bytecode::cpython())
        .args(["-I", "-X", "utf8", "-c", ORACLE, path])
        .output();
    let (Ok(output), Ok(text)) = (output, std::fs::read_to_string(path)) else {
        eprintln!("can't run CPython or read {path}");
        return ExitCode::from(2);
    };
    let expected = String::from_utf8_lossy(&output.stdout).into_owned();
    let (mut equal, mut message_equal, mut total) = (0, 0, 0);
    for (case, expected) in text.split("----\n").zip(expected.lines()) {
        total += 1;
        let ours = match compile(
            case.as_bytes(),
            "<case>",
            Mode::Exec,
            &CompileOptions::default(),
        ) {
            Ok(_) => "no error".to_string(),
            Err(e) => format!(
                "{:?} {}:{}-{}:{} {}",
                e.kind, e.lineno, e.offset, e.end_lineno, e.end_offset, e.message
            ),
        };
        let message = |text: &str| {
            text.split_once(' ').map(|(kind, rest)| {
                (
                    kind.to_string(),
                    rest.split_once(' ').map(|(_, m)| m.to_string()),
                )
            })
        };
        if ours == expected {
            equal += 1;
            message_equal += 1;
            continue;
        }
        message_equal += usize::from(message(&ours) == message(expected));
        println!("{case}  ours:    {ours}\n  CPython: {expected}\n");
    }
    println!("{equal} of {total} errors equal, {message_equal} messages equal");
    if equal == total {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
