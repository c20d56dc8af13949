//! Compiles wrong programs with our compiler and with CPython, and compares the SyntaxErrors.
//!
//! The programs come from a file, separated by lines of `----`, or are those that CPython's own tests have it
//! refuse (`tests/cpython/record_errors.py`).

use std::process::{Command, ExitCode};
use taipan_bytecode::CodeFlags;
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

/// The tests whose wrong programs are compared.
const MODULES: &[&str] = &[
    "test_compile",
    "test_decorators",
    "test_eof",
    "test_except_star",
    "test_exceptions",
    "test_fstring",
    "test_future_stmt",
    "test_generators",
    "test_global",
    "test_grammar",
    "test_keywordonlyarg",
    "test_named_expressions",
    "test_patma",
    "test_positional_only_arg",
    "test_scope",
    "test_string_literals",
    "test_syntax",
    "test_tstring",
    "test_type_params",
    "test_unpack_ex",
];

/// A program and what CPython says of it.
struct Case {
    source: Vec<u8>,
    mode: Mode,
    flags: CodeFlags,
    expected: String,
}

impl Case {
    fn ours(&self) -> String {
        let options = CompileOptions {
            flags: self.flags,
            ..CompileOptions::default()
        };
        match compile(&self.source, "<case>", self.mode, &options) {
            Ok(_) => "no error".to_string(),
            Err(e) => {
                let end = match e.has_range() {
                    true => format!("{}:{}", e.end_lineno, e.end_offset),
                    false => "None:None".to_owned(),
                };
                format!("{:?} {}:{}-{end} {}", e.kind, e.lineno, e.offset, e.message)
            }
        }
    }
}

/// The cases of a file.
fn of_file(path: &str) -> Option<Vec<Case>> {
    let output = Command::new(crate::compare_bytecode::cpython())
        .args(["-I", "-X", "utf8", "-c", ORACLE, path])
        .output()
        .ok()?;
    let text = std::fs::read_to_string(path).ok()?;
    let expected = String::from_utf8_lossy(&output.stdout).into_owned();
    let cases = text.split("----\n").zip(expected.lines());
    let case = |(source, expected): (&str, &str)| Case {
        source: source.into(),
        mode: Mode::Exec,
        flags: CodeFlags::empty(),
        expected: expected.to_owned(),
    };
    Some(cases.map(case).collect())
}

/// The cases of CPython's tests.
fn of_tests() -> Option<Vec<Case>> {
    let script = std::path::absolute("tests/cpython/record_errors.py").ok()?;
    // Tests leave files where they run.
    let folder = std::path::absolute("target/record-errors").ok()?;
    std::fs::create_dir_all(&folder).ok()?;
    let output = Command::new(crate::compare_bytecode::cpython())
        .arg(script)
        .args(MODULES)
        .current_dir(folder)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().map(recorded).collect()
}

fn recorded(line: &str) -> Option<Case> {
    let mut words = line.split(' ');
    let mode = match words.next()? {
        "exec" => Mode::Exec,
        "eval" => Mode::Eval,
        _ => Mode::Single,
    };
    Some(Case {
        mode,
        flags: CodeFlags::from_bits_truncate(words.next()?.parse().ok()?),
        source: from_hex(words.next()?)?,
        expected: String::from_utf8(from_hex(words.next()?)?).ok()?,
    })
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if text == "-" {
        return Some(Vec::new());
    }
    let pairs = (0..text.len()).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}

/// Class, line and message of an answer.
fn parts(answer: &str) -> (&str, &str, &str) {
    let (class, rest) = answer.split_once(' ').unwrap_or((answer, ""));
    let (place, message) = rest.split_once(' ').unwrap_or((rest, ""));
    (class, place.split(':').next().unwrap_or(""), message)
}

pub fn run(args: &[String]) -> ExitCode {
    let Some(first) = args.first() else {
        return ExitCode::from(2);
    };
    let tests = first == "--cpython-tests";
    let Some(cases) = (if tests { of_tests() } else { of_file(first) }) else {
        eprintln!("can't run CPython or read {first}");
        return ExitCode::from(2);
    };
    let (mut equal, mut messages, mut lines) = (0, 0, 0);
    for case in &cases {
        let (ours, expected) = (case.ours(), &case.expected);
        let (mine, theirs) = (parts(&ours), parts(expected));
        equal += usize::from(ours == *expected);
        lines += usize::from((mine.0, mine.1) == (theirs.0, theirs.1));
        messages += usize::from((mine.0, mine.2) == (theirs.0, theirs.2));
        if ours != *expected {
            let source = String::from_utf8_lossy(&case.source);
            println!(
                "{:?}: {source}\n  ours:    {ours}\n  CPython: {expected}\n",
                case.mode
            );
        }
    }
    let total = cases.len().max(1);
    let percent = |count: usize| format!("{count} ({:.1}%)", 100.0 * count as f64 / total as f64);
    println!(
        "{} cases: {} equal in all, {} in class and line, {} in class and message",
        cases.len(),
        percent(equal),
        percent(lines),
        percent(messages),
    );
    // What is asked for of all that CPython's tests have refused; a file of ours must be equal in all.
    let enough = match tests {
        true => lines * 100 >= total * 95 && messages * 100 >= total * 50,
        false => equal == cases.len(),
    };
    if enough {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
