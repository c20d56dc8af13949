//! Compiles files with our compiler and with CPython, and shows where the code objects differ.
//!
//! CPython is the command in `CPYTHON`, else the one that `../shared/tools/peers.sh` installs, else
//! `python3.14`. `--max N` shows N examples of each kind of difference. It runs once and marshals the code objects of all files.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use taipan_bytecode::{CodeObject, Const, dis, linetable, marshal};
use taipan_compiler::{CompileOptions, Mode, compile};

/// Reads file names, writes for each a length and marshalled code, or 0xFFFFFFFF and an error.
const ORACLE: &str = r"
import sys, marshal, warnings
warnings.simplefilter('ignore')
sys.setrecursionlimit(20000)
out = sys.stdout.buffer
for line in sys.stdin.buffer.read().split(b'\0'):
    name = line.decode()
    try:
        with open(name, 'rb') as file:
            code = compile(file.read(), name, 'exec', dont_inherit=True, optimize=OPTIMIZE)
        data = marshal.dumps(code)
        out.write(len(data).to_bytes(4, 'little') + data)
    except Exception as error:
        text = f'{type(error).__name__}: {error}'.encode(errors='replace')
        out.write(b'\xff\xff\xff\xff' + len(text).to_bytes(4, 'little') + text)
";

pub fn run(args: &[String]) -> ExitCode {
    let mut max_shown = 1;
    let mut optimize = 0;
    let mut paths = Vec::new();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--max" => max_shown = args.next().and_then(|n| n.parse().ok()).unwrap_or(1),
            "-O" => optimize = 1,
            "-OO" => optimize = 2,
            path => collect(Path::new(path), &mut paths),
        }
    }
    paths.sort();
    let expected = match oracle(&paths, optimize) {
        Ok(expected) => expected,
        Err(error) => {
            eprintln!("CPython: {error}");
            return ExitCode::from(2);
        }
    };
    let mut equal = 0;
    let mut both_refuse = 0;
    let mut kinds: BTreeMap<String, (usize, PathBuf)> = BTreeMap::new();
    let options = CompileOptions {
        optimize,
        ..CompileOptions::default()
    };
    for (path, expected) in paths.iter().zip(&expected) {
        let ours = std::fs::read(path)
            .map_err(|error| error.to_string())
            .and_then(|source| {
                compile(&source, &path.to_string_lossy(), Mode::Exec, &options)
                    .map_err(|e| format!("{}:{}: {}", e.lineno, e.offset, e.message))
            });
        let difference = match (&ours, expected) {
            (Ok(ours), Ok(expected)) => {
                first_difference(&ours.code, expected).or_else(|| refused_by_verifier(&ours.code))
            }
            (Err(_), Err(_)) => {
                both_refuse += 1;
                continue;
            }
            (Err(error), Ok(_)) => Some(Difference {
                kind: "refused by us only".into(),
                text: error.clone(),
            }),
            (Ok(_), Err(error)) => Some(Difference {
                kind: "refused by CPython only".into(),
                text: error.clone(),
            }),
        };
        let Some(difference) = difference else {
            equal += 1;
            continue;
        };
        let entry = kinds
            .entry(difference.kind.clone())
            .or_insert((0, path.clone()));
        entry.0 += 1;
        if entry.0 <= max_shown {
            println!(
                "{}: {}\n{}\n",
                path.display(),
                difference.kind,
                difference.text
            );
        }
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    for (kind, (count, example)) in kinds.iter().take(25) {
        println!("{count:6}  {kind}  ({})", example.display());
    }
    println!(
        "{equal} of {} files equal, {both_refuse} refused by both",
        paths.len() - both_refuse
    );
    if equal + both_refuse == paths.len() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The Python files at and below a path.
pub fn collect(path: &Path, paths: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
            collect(&entry.path(), paths);
        }
    } else if path.extension().is_some_and(|extension| extension == "py") {
        paths.push(path.to_path_buf());
    }
}

/// The CPython to compare with.
pub fn cpython() -> String {
    if let Ok(command) = std::env::var("CPYTHON") {
        return command;
    }
    let home = std::env::var("HOME").unwrap_or_default();
    let peer = format!("{home}/.cache/taipan-peers/bin/cpython");
    if Path::new(&peer).exists() {
        peer
    } else {
        "python3.14".into()
    }
}

type Expected = Result<Arc<CodeObject>, String>;

fn oracle(paths: &[PathBuf], optimize: u8) -> Result<Vec<Expected>, String> {
    let mut child = Command::new(cpython())
        .args([
            "-I",
            "-c",
            &ORACLE.replace("OPTIMIZE", &optimize.to_string()),
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let names: Vec<String> = paths
        .iter()
        .map(|p| p.to_string_lossy().into_owned())
        .collect();
    let mut stdin = child.stdin.take().ok_or("no pipe")?;
    let writer = std::thread::spawn(move || stdin.write_all(names.join("\0").as_bytes()));
    let mut data = Vec::new();
    let mut stdout = child.stdout.take().ok_or("no pipe")?;
    stdout
        .read_to_end(&mut data)
        .map_err(|error| error.to_string())?;
    child.wait().map_err(|error| error.to_string())?;
    let _ = writer.join();
    let mut rest = &data[..];
    let word = |rest: &mut &[u8]| -> Result<usize, String> {
        let (word, tail) = rest.split_first_chunk::<4>().ok_or("output ends early")?;
        *rest = tail;
        Ok(u32::from_le_bytes(*word) as usize)
    };
    let mut results = Vec::with_capacity(paths.len());
    for _ in paths {
        let length = word(&mut rest)?;
        let failed = length == u32::MAX as usize;
        let length = if failed { word(&mut rest)? } else { length };
        let (item, tail) = rest.split_at_checked(length).ok_or("output ends early")?;
        rest = tail;
        results.push(if failed {
            Err(String::from_utf8_lossy(item).into_owned())
        } else {
            marshal::loads_code(item).map_err(|error| error.to_string())
        });
    }
    Ok(results)
}

fn refused_by_verifier(code: &Arc<CodeObject>) -> Option<Difference> {
    if let Err(error) = taipan_bytecode::verify::verify(code) {
        let text = format!(
            "in {}: {error}\n{}",
            code.qualname,
            dis::disassemble(code, false)
        );
        return Some(Difference {
            kind: "refused by the verifier".into(),
            text,
        });
    }
    code.consts.iter().find_map(|value| match value {
        Const::Code(code) => refused_by_verifier(code),
        _ => None,
    })
}

struct Difference {
    /// Short, to count by.
    kind: String,
    text: String,
}

/// The first code object that differs, inner ones first: an outer one differs because of them.
fn first_difference(ours: &CodeObject, expected: &CodeObject) -> Option<Difference> {
    if ours == expected {
        return None;
    }
    let inner = |code: &CodeObject| -> Vec<Arc<CodeObject>> {
        code.consts
            .iter()
            .filter_map(|value| match value {
                Const::Code(code) => Some(code.clone()),
                _ => None,
            })
            .collect()
    };
    for (ours, expected) in inner(ours).iter().zip(&inner(expected)) {
        if let Some(difference) = first_difference(ours, expected) {
            return Some(difference);
        }
    }
    let what = differing_field(ours, expected);
    let positions = what == "linetable";
    let a = dis::disassemble(ours, positions);
    let b = dis::disassemble(expected, positions);
    let mut kind = what.to_string();
    let mut text = format!(
        "in {} (line {}):\n",
        expected.qualname, expected.firstlineno
    );
    let (a_lines, b_lines): (Vec<_>, Vec<_>) = (a.lines().collect(), b.lines().collect());
    let at = a_lines
        .iter()
        .zip(&b_lines)
        .take_while(|(a, b)| a == b)
        .count();
    if what == "code" || what == "exceptiontable" {
        let name = |lines: &[&str]| {
            lines.get(at).map_or("end".to_string(), |line| {
                line.split_whitespace()
                    .find(|word| {
                        word.len() > 2
                            && word
                                .chars()
                                .all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit())
                            && word.chars().any(|c| c.is_ascii_uppercase())
                    })
                    .unwrap_or("?")
                    .to_string()
            })
        };
        kind = format!("{what}: {} for {}", name(&a_lines), name(&b_lines));
    }
    match what {
        "code" | "linetable" | "exceptiontable" => {
            let from = at.saturating_sub(6);
            for (title, lines) in [("ours", &a_lines), ("CPython", &b_lines)] {
                text.push_str(&format!("--- {title}\n"));
                for line in lines.iter().skip(from).take(14) {
                    text.push_str(line);
                    text.push('\n');
                }
            }
            if at == a_lines.len().max(b_lines.len()) {
                let spans = |code: &CodeObject| {
                    linetable::Entries::new(&code.linetable, code.firstlineno)
                        .map(|entry| format!("{entry:?}"))
                        .collect::<Vec<_>>()
                };
                text.push_str(&format!("{:?}\n{:?}\n", spans(ours), spans(expected)));
            }
        }
        _ => text.push_str(&format!(
            "ours:    {}\nCPython: {}\n",
            field(ours, what),
            field(expected, what)
        )),
    }
    Some(Difference { kind, text })
}

fn differing_field(a: &CodeObject, b: &CodeObject) -> &'static str {
    [
        "code",
        "names",
        "locals",
        "consts",
        "flags",
        "stacksize",
        "exceptiontable",
        "linetable",
    ]
    .into_iter()
    .find(|name| match *name {
        "code" => a.code != b.code,
        "exceptiontable" => a.exceptiontable != b.exceptiontable,
        "linetable" => a.linetable != b.linetable,
        name => field(a, name) != field(b, name),
    })
    .unwrap_or("other")
}

fn field(code: &CodeObject, name: &str) -> String {
    match name {
        "names" => format!("{:?}", code.names),
        "locals" => format!("{:?} {:?}", code.localsplusnames, code.localspluskinds),
        "consts" => dis::const_repr(&Const::Tuple(code.consts.clone())),
        "flags" => format!("{:?}", code.flags),
        "stacksize" => code.stacksize.to_string(),
        _ => format!(
            "{:?} {:?} {} {} {} {}",
            code.name,
            code.qualname,
            code.firstlineno,
            code.argcount,
            code.posonlyargcount,
            code.kwonlyargcount
        ),
    }
}
