//! Compiles the programs in `programs/` and compares with the disassemblies beside them.
//!
//! The expected texts are what CPython 3.14 produces: `cargo xtask compare-bytecode` on that folder
//! proves it. `TAIPAN_BLESS=1` writes them anew.

use std::path::{Path, PathBuf};
use std::process::Command;
use taipan_bytecode::{dis, marshal, verify};
use taipan_compiler::{CompileOptions, Mode, compile, compile_str};

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/programs"))
}

fn programs() -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(folder()).expect("tests/programs");
    let paths = entries.map(|entry| entry.expect("entry").path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "py"))
}

#[test]
fn disassemblies() {
    for path in programs() {
        let source = std::fs::read(&path).expect("readable");
        let name = path
            .file_name()
            .expect("name")
            .to_string_lossy()
            .into_owned();
        let compiled = compile(&source, &name, Mode::Exec, &CompileOptions::default())
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let text = dis::disassemble_all(&compiled.code, true);
        let expected = path.with_extension("dis");
        if std::env::var_os("TAIPAN_BLESS").is_some() {
            std::fs::write(&expected, &text).expect("writable");
        }
        let expected = std::fs::read_to_string(&expected).unwrap_or_default();
        assert!(
            text == expected,
            "{name} compiles to other code than before"
        );
        verify::verify(&compiled.code).unwrap_or_else(|error| panic!("{name}: {error}"));
        let data = marshal::dumps_code(&compiled.code);
        assert_eq!(
            marshal::loads_code(&data).as_ref(),
            Ok(&compiled.code),
            "{name}"
        );
    }
}

/// The bytes of marshalled code are those of CPython; where it is at hand, the kept ones are compared with what it
/// writes in a fresh process. `TAIPAN_BLESS=1` keeps CPython's.
#[test]
fn marshalled() {
    let home = std::env::var("HOME").unwrap_or_default();
    let cpython = PathBuf::from(home).join(".cache/taipan-peers/bin/cpython");
    let script = "import sys, marshal; name = sys.argv[1]; source = open(name, 'rb').read()\n\
                  code = compile(source, name, 'exec', dont_inherit=True)\n\
                  sys.stdout.buffer.write(marshal.dumps(code))";
    let mut count = 0;
    for path in programs() {
        let name = path.file_name().expect("name").to_string_lossy();
        let kept_path = path.with_extension("marshal");
        if cpython.exists() {
            let output = Command::new(&cpython)
                .args(["-I", "-W", "ignore", "-c", script, &name])
                .current_dir(folder())
                .output()
                .expect("CPython runs");
            assert!(output.status.success(), "{name}: CPython refuses");
            if std::env::var_os("TAIPAN_BLESS").is_some() {
                std::fs::write(&kept_path, &output.stdout).expect("writable");
            }
            let kept = std::fs::read(&kept_path).unwrap_or_default();
            assert!(
                kept == output.stdout,
                "{name}: CPython writes other bytes than are kept"
            );
        }
        let source = std::fs::read(&path).expect("readable");
        let compiled = compile(&source, &name, Mode::Exec, &CompileOptions::default())
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let kept = std::fs::read(&kept_path).expect("kept bytes");
        assert!(
            marshal::dumps_code(&compiled.code) == kept,
            "{name}: other bytes than CPython's; see cargo xtask compare-marshal"
        );
        count += 1;
    }
    assert!(count > 0);
}

#[test]
fn errors() {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/errors");
    let cases = std::fs::read_to_string(format!("{base}.txt")).expect("errors.txt");
    let mut text = String::new();
    for case in cases.split("----\n") {
        let line = match compile(
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
        text.push_str(&line);
        text.push('\n');
    }
    if std::env::var_os("TAIPAN_BLESS").is_some() {
        std::fs::write(format!("{base}.expected"), &text).expect("writable");
    }
    let expected = std::fs::read_to_string(format!("{base}.expected")).unwrap_or_default();
    for ((case, ours), expected) in cases
        .split("----\n")
        .zip(text.lines())
        .zip(expected.lines())
    {
        assert_eq!(ours, expected, "for\n{case}");
    }
    assert_eq!(text.lines().count(), expected.lines().count());
}

#[test]
fn modes() {
    let options = CompileOptions::default();
    let eval = compile_str("1 + x\n", "<eval>", Mode::Eval, &options).expect("an expression");
    assert!(dis::disassemble(&eval.code, false).contains("LOAD_NAME"));
    let single = compile_str("x\n", "<stdin>", Mode::Single, &options).expect("a statement");
    assert!(dis::disassemble(&single.code, false).contains("INTRINSIC_PRINT"));
    assert!(compile_str("x = 1", "<eval>", Mode::Eval, &options).is_err());
    let two = compile_str("x\ny\n", "<stdin>", Mode::Single, &options).expect_err("two lines");
    assert_eq!(
        two.message,
        "multiple statements found while compiling a single statement"
    );
    assert!(compile_str("x; y\n", "<stdin>", Mode::Single, &options).is_ok());
    assert!(compile_str("x\0", "<null>", Mode::Exec, &options).is_err());
}

#[test]
fn warnings() {
    let source = include_str!("warnings.txt");
    let options = CompileOptions::default();
    let compiled = compile_str(source, "<warn>", Mode::Exec, &options).expect("compiles");
    let lines: Vec<String> = compiled
        .warnings
        .iter()
        .map(|w| format!("{}: {}", w.lineno, w.message))
        .collect();
    // As CPython 3.14 gives them, in its order.
    let expected = include_str!("warnings.expected");
    assert_eq!(lines.join("\n"), expected.trim_end());
}

#[test]
fn encodings() {
    let options = CompileOptions::default();
    let constant = |source: &[u8]| {
        let code = compile(source, "<bytes>", Mode::Exec, &options)
            .expect("compiles")
            .code;
        dis::const_repr(&code.consts[0])
    };
    assert_eq!(constant(b"# coding: latin-1\nx = '\xe9'\n"), "\"\u{e9}\"");
    assert_eq!(constant(b"\xef\xbb\xbfx = '\xc3\xa9'\r\n"), "\"\u{e9}\"");
    assert_eq!(constant(b"x = '''a\r\nb\rc'''"), "\"a\\nb\\nc\"");
    assert!(compile(b"x = '\xe9'\n", "<bytes>", Mode::Exec, &options).is_err());
    assert!(compile(b"# coding: nope\n", "<bytes>", Mode::Exec, &options).is_err());
}

/// Hostile nesting gives an answer, not a crash.
#[test]
fn nesting() {
    let options = CompileOptions::default();
    let run = |source: String| compile_str(&source, "<deep>", Mode::Exec, &options);
    for (open, close) in [("(", ")"), ("[", "]"), ("{1:", "}"), ("f(", ")")] {
        assert!(run(format!("{}1{}", open.repeat(150), close.repeat(150))).is_ok());
        let error = run(format!("{}1{}", open.repeat(300), close.repeat(300)));
        assert_eq!(
            error.expect_err("too deep").message,
            "too many nested parentheses"
        );
    }
    let _ = run(format!("x = {}1", "-".repeat(5_000)));
    let _ = run(format!("x = {}1", "not ".repeat(5_000)));
    let _ = run(format!("x = {}1", "lambda: ".repeat(1_000)));
    let _ = run(format!("x = 1{}", " + 1".repeat(20_000)));
    let _ = run(format!("x = a{}", ".b".repeat(20_000)));
    let _ = run(format!("x = {}1", "1 if 1 else ".repeat(3_000)));
    let elifs = "elif x:\n  pass\n".repeat(3_000);
    let _ = run(format!("if x:\n  pass\n{elifs}"));
    let deep: String = (0..120)
        .map(|level| format!("{}if x:\n", " ".repeat(level)))
        .collect();
    assert!(run(format!("{deep}{}pass\n", " ".repeat(120))).is_err());
}

/// Programs cut off or with a character changed: any answer but a panic. `TAIPAN_FUZZ_DIR` names
/// other programs, `TAIPAN_FUZZ_ROUNDS` tries more of each.
#[test]
fn damaged_sources() {
    let options = CompileOptions::default();
    let mut seed = 1u64;
    let mut random = |below: usize| {
        seed = seed
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (seed >> 33) as usize % below.max(1)
    };
    let characters = b"()[]{}:=,.'\"\\\n \t#@*fbdx0+-%!;";
    let programs = std::env::var_os("TAIPAN_FUZZ_DIR").map_or(folder().into(), PathBuf::from);
    let rounds = std::env::var("TAIPAN_FUZZ_ROUNDS")
        .ok()
        .and_then(|n| n.parse().ok());
    for entry in std::fs::read_dir(programs).expect("programs") {
        let path = entry.expect("entry").path();
        if path.extension().is_none_or(|extension| extension != "py") {
            continue;
        }
        let source = std::fs::read(&path).expect("readable");
        for _ in 0..rounds.unwrap_or(300) {
            let mut damaged = source.clone();
            for _ in 0..=random(3) {
                if damaged.is_empty() {
                    break;
                }
                let at = random(damaged.len());
                match random(3) {
                    0 => damaged[at] = characters[random(characters.len())],
                    1 => {
                        damaged.remove(at);
                    }
                    _ => damaged.insert(at, characters[random(characters.len())]),
                }
            }
            if random(4) == 0 {
                let at = random(damaged.len() + 1);
                damaged.truncate(at);
            }
            if let Ok(compiled) = compile(&damaged, "<damaged>", Mode::Exec, &options) {
                verify::verify(&compiled.code).expect("code that verifies");
            }
        }
    }
}
