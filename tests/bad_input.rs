//! Bad input: whatever a user feeds to Taipan, it gives CPython's exit code and CPython's last line on stderr (or,
//! where that line tells of CPython's own stack, an error of the same kinds), and never crashes.
//!
//! Expectations are kept here; where a CPython 3.14 is found, every case also runs under it, so that
//! they can't drift. Hostile depth runs in a release build and in a debug build alike: nothing here may
//! depend on the size of native frames.

mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::fd::FromRawFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStderr, ChildStdout, Stdio};
use std::sync::Arc;
use support::{DEADLINE, Input, Outcome};

/// What the last line on stderr must be. `DIR` stands for the folder of the sources, `PYTHON` for the interpreter.
enum Line {
    Nothing,
    Exactly(&'static str),
    /// One of CPython's errors for a source or a value that is too deep; the rest of the line tells of its stack.
    TooDeep,
}

struct Case {
    name: &'static str,
    /// Makes the source in a folder and says with which arguments to run.
    arguments: fn(&Path) -> Vec<String>,
    stdin: &'static [u8],
    code: i32,
    line: Line,
    stdout: &'static str,
}

fn main() {
    let arguments = Arguments::from_args();
    let folder = Arc::new(Folder::new());
    let oracle = support::oracle();
    let mut interpreters: Vec<(&'static str, PathBuf, Vec<&'static str>)> = vec![
        ("default", support::taipan().into(), vec![]),
        ("off", support::taipan().into(), vec!["-X", "jit=off"]),
    ];
    match oracle {
        Some(path) => interpreters.push(("cpython", path, vec![])),
        None => support::warn_no_oracle("verifying the expectations for bad input"),
    }
    let mut trials = Vec::new();
    for (kind, interpreter, options) in interpreters {
        for case in cases() {
            let (folder, interpreter, options) =
                (folder.clone(), interpreter.clone(), options.clone());
            let case_name = case.name;
            trials.push(
                Trial::test(case.name, move || {
                    check(&case, folder.path(), &interpreter, &options)
                })
                .with_kind(kind)
                .with_ignored_flag(support::is_open(kind, case_name)),
            );
        }
        for (name, source, code, line) in CLOSED_PIPE {
            let (interpreter, options) = (interpreter.clone(), options.clone());
            trials.push(
                Trial::test(*name, move || {
                    closed_pipe(&interpreter, &options, source, *code, line)
                })
                .with_kind(kind)
                .with_ignored_flag(support::is_open(kind, name)),
            );
        }
        for (name, source) in BUSY {
            let (interpreter, options) = (interpreter.clone(), options.clone());
            trials.push(
                Trial::test(*name, move || interrupt(&interpreter, &options, source))
                    .with_kind(kind)
                    .with_ignored_flag(support::is_open(kind, name)),
            );
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// A folder of its own for the sources, removed at the end if nobody needs it any more.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("taipan-bad-input-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder for sources");
        Folder(path)
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Writes a source, once for each test that wants it, and gives its path.
fn source(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> Vec<String> {
    let path = folder.join(name);
    let partial = folder.join(format!("{name}.{:?}.partial", std::thread::current().id()));
    fs::write(&partial, content).expect("writing a source");
    fs::rename(&partial, &path).expect("placing a source");
    vec![path.display().to_string()]
}

fn inline(source: &str) -> Vec<String> {
    vec!["-c".into(), source.into()]
}

const DEPTH: usize = 100_000;
const LONG: usize = 50 << 20;

/// `start` + `part` × 100,000 + `end`.
fn deep(start: &str, part: &str, end: &str) -> String {
    format!("{start}{}{end}", part.repeat(DEPTH))
}

fn cases() -> Vec<Case> {
    fn failing(
        name: &'static str,
        code: i32,
        line: Line,
        arguments: fn(&Path) -> Vec<String>,
    ) -> Case {
        Case {
            name,
            arguments,
            stdin: b"",
            code,
            line,
            stdout: "",
        }
    }
    fn working(
        name: &'static str,
        stdout: &'static str,
        arguments: fn(&Path) -> Vec<String>,
    ) -> Case {
        Case {
            name,
            arguments,
            stdin: b"",
            code: 0,
            line: Line::Nothing,
            stdout,
        }
    }
    fn reading(name: &'static str, stdin: &'static [u8], code: i32, line: Line) -> Case {
        Case {
            name,
            arguments: |_| vec!["-".into()],
            stdin,
            code,
            line,
            stdout: "",
        }
    }
    use Line::{Exactly, TooDeep};
    let nul = || Exactly("SyntaxError: source code cannot contain null bytes");
    let nested = || Exactly("SyntaxError: too many nested parentheses");
    let mut cases = vec![
        failing(
            "missing file",
            2,
            Exactly("PYTHON: can't open file 'DIR/nope.py': [Errno 2] No such file or directory"),
            |d| vec![d.join("nope.py").display().to_string()],
        ),
        failing(
            "file below a file",
            2,
            Exactly("PYTHON: can't open file 'DIR/plain.py/x.py': [Errno 20] Not a directory"),
            |d| vec![format!("{}/x.py", source(d, "plain.py", "pass\n")[0])],
        ),
        failing(
            "symbolic link to itself",
            2,
            Exactly(
                "PYTHON: can't open file 'DIR/loop.py': [Errno 40] Too many levels of symbolic links",
            ),
            |d| {
                let path = d.join("loop.py");
                let _ = std::os::unix::fs::symlink("loop.py", &path);
                vec![path.display().to_string()]
            },
        ),
        failing(
            "directory without __main__",
            1,
            Exactly("PYTHON: can't find '__main__' module in 'DIR/folder'"),
            |d| {
                let _ = fs::create_dir(d.join("folder"));
                vec![d.join("folder").display().to_string()]
            },
        ),
        working("directory with __main__", "main\n", |d| {
            let _ = fs::create_dir(d.join("package"));
            source(d, "package/__main__.py", "print('main')\n");
            vec![d.join("package").display().to_string()]
        }),
        failing(
            "missing module",
            1,
            Exactly("PYTHON: No module named no_such_module"),
            |_| vec!["-m".into(), "no_such_module".into()],
        ),
        failing(
            "unknown option",
            2,
            Exactly("Try `python -h' for more information."),
            |_| vec!["--nope".into()],
        ),
        failing(
            "-c without a command",
            2,
            Exactly("Try `python -h' for more information."),
            |_| vec!["-c".into()],
        ),
        working("empty file", "", |d| source(d, "empty.py", "")),
        working("only a comment without newline", "", |d| {
            source(d, "comment.py", "# nothing")
        }),
        failing("binary file", 1, nul(), |d| {
            source(d, "binary.py", b"\x7fELF\x02\x01\x01\x00\x00\x00abc")
        }),
        failing("null byte in the middle", 1, nul(), |d| {
            source(d, "nul.py", b"print(1)\n\x00print(2)\n")
        }),
        failing(
            "not UTF-8",
            1,
            Exactly(
                "SyntaxError: Non-UTF-8 code starting with '\\xe9' in file DIR/latin.py on line 1, but no encoding declared; see https://peps.python.org/pep-0263/ for details",
            ),
            |d| source(d, "latin.py", b"x = 1\nprint(\"caf\xe9\")\n"),
        ),
        working("declared latin-1", "'caf\\xe9'\n", |d| {
            source(
                d,
                "coded.py",
                b"# -*- coding: latin-1 -*-\nprint(ascii(\"caf\xe9\"))\n",
            )
        }),
        failing(
            "unknown encoding",
            1,
            Exactly("SyntaxError: unknown encoding: nonsense"),
            |d| source(d, "unknown.py", "# coding: nonsense\nprint(1)\n"),
        ),
        working("byte order mark", "bom\n", |d| {
            source(d, "bom.py", "\u{feff}print(\"bom\")\n")
        }),
        failing(
            "byte order mark with another encoding",
            1,
            Exactly("SyntaxError: encoding problem: iso-8859-1 with BOM"),
            |d| source(d, "clash.py", "\u{feff}# coding: latin-1\nprint(1)\n"),
        ),
        working("declared cp437", "'\\xfc'\n", |d| {
            source(d, "cp437.py", b"# coding: cp437\nprint(ascii('\x81'))\n")
        }),
        failing(
            "not what it declares",
            1,
            Exactly(
                "SyntaxError: (unicode error) 'utf-8' codec can't decode byte 0xe9 in position 7: invalid continuation byte",
            ),
            |d| source(d, "declared.py", b"# coding: utf-8\nprint('\xe9')\n"),
        ),
        failing(
            "byte outside of the declared encoding",
            1,
            Exactly(
                "SyntaxError: 'charmap' codec can't decode byte 0x81 in position 8: character maps to <undefined>",
            ),
            |d| source(d, "cp1252.py", b"# coding: cp1252\nprint('\x81')\n"),
        ),
        working("-x skips the first line", "1\n", |d| {
            let mut arguments = vec!["-x".to_owned()];
            arguments.extend(source(d, "first.py", "#!nonsense ((\nprint(1)\n"));
            arguments
        }),
        working("-c with a margin", "1\n2\n", |_| {
            inline("  if 1:\n    print(1)\n  print(2)")
        }),
        failing("an option's limit", 1, Line::Nothing, |_| {
            vec!["-Xint_max_str_digits=7".into(), "-c".into(), "pass".into()]
        }),
        Case {
            name: "prompt: errors do not end it",
            arguments: |_| vec!["-iq".into()],
            stdin: b"1/0\n_ = 3\n_ + 1\ndef f():\n  return 5\n\nf()\nimport sys\nsys.exit(_)\n",
            code: 3,
            line: Exactly(">>> >>> >>> ... ... >>> >>> >>> "),
            stdout: "4\n5\n",
        },
        Case {
            name: "prompt after a script that fails",
            arguments: |_| vec!["-i".into(), "-c".into(), "x = 1; y".into()],
            stdin: b"x\n",
            code: 0,
            line: Exactly(">>> >>> "),
            stdout: "1\n",
        },
        failing("deep calls of objects", 1, TooDeep, |_| {
            inline("class A: pass\nA.__call__ = A()\nA()()")
        }),
        failing("comparing dicts 100,000 deep", 1, TooDeep, |_| {
            inline("a = {}\nb = {}\nfor i in range(100000): a = {1: a}; b = {1: b}\na == b")
        }),
        working("carriage returns", "1\n2\n", |d| {
            source(d, "cr.py", "print(1)\r\nprint(2)\r")
        }),
        failing("parentheses 100,000 deep", 1, nested(), |d| {
            source(
                d,
                "paren.py",
                deep("x = ", "(", &(")".repeat(DEPTH) + "\n")),
            )
        }),
        failing("lists 100,000 deep", 1, nested(), |d| {
            source(
                d,
                "lists.py",
                deep("x = ", "[", &("]".repeat(DEPTH) + "\n")),
            )
        }),
        failing("100,000 parentheses left open", 1, nested(), |d| {
            source(d, "open.py", deep("x = ", "(", "\n"))
        }),
        failing("patterns 100,000 deep", 1, nested(), |d| {
            source(
                d,
                "patterns.py",
                deep("match 1:\n case ", "[", &("]".repeat(DEPTH) + ": pass\n")),
            )
        }),
        failing(
            "f-strings 100,000 deep",
            1,
            Exactly("SyntaxError: too many nested f-strings or t-strings"),
            |d| source(d, "fstrings.py", deep("x = ", "f\"{", "\n")),
        ),
        failing(
            "150 levels of indentation",
            1,
            Exactly("IndentationError: too many levels of indentation"),
            |d| {
                let mut text = String::new();
                for level in 0..150 {
                    text += &format!("{}if 1:\n", " ".repeat(level));
                }
                source(d, "indent.py", text + &" ".repeat(150) + "pass\n")
            },
        ),
        failing(
            "25 nested loops",
            1,
            Exactly("SyntaxError: too many statically nested blocks"),
            |d| {
                let mut text = String::new();
                for level in 0..25 {
                    text += &format!("{}while 1:\n", "\t".repeat(level));
                }
                source(d, "blocks.py", text + &"\t".repeat(25) + "pass\n")
            },
        ),
        failing("100,000 signs", 1, TooDeep, |d| {
            source(d, "signs.py", deep("x = ", "-", "1\n"))
        }),
        failing("100,000 times not", 1, TooDeep, |d| {
            source(d, "nots.py", deep("x = ", "not ", "1\n"))
        }),
        failing("100,000 attributes", 1, TooDeep, |d| {
            source(d, "attributes.py", deep("x = a", ".b", "\n"))
        }),
        failing("100,000 calls", 1, TooDeep, |d| {
            source(d, "calls.py", deep("x = f", "()", "\n"))
        }),
        failing("100,000 subscripts", 1, TooDeep, |d| {
            source(d, "subscripts.py", deep("x = a", "[0]", "\n"))
        }),
        failing("100,000 additions", 1, TooDeep, |d| {
            source(d, "additions.py", deep("x = ", "1+", "1\n"))
        }),
        failing("100,000 powers", 1, TooDeep, |d| {
            source(d, "powers.py", deep("x = ", "2**", "1\n"))
        }),
        failing("100,000 lambdas", 1, TooDeep, |d| {
            source(d, "lambdas.py", deep("x = ", "lambda: ", "1\n"))
        }),
        failing("100,000 conditional expressions", 1, TooDeep, |d| {
            source(d, "conditions.py", deep("x = ", "1 if 0 else ", "2\n"))
        }),
        failing("100,000 for clauses", 1, TooDeep, |d| {
            source(d, "clauses.py", deep("x = [a ", "for a in b ", "]\n"))
        }),
        failing(
            "f-strings and their formats 100,000 deep",
            1,
            nested(),
            |d| source(d, "formats.py", deep("x = ", "f\"{x:{", "\n")),
        ),
        failing("100,000 elifs", 1, TooDeep, |d| {
            source(d, "elifs.py", deep("if 0: pass\n", "elif 0: pass\n", ""))
        }),
        working("100,000 comparisons in a chain", "False\n", |d| {
            source(d, "comparisons.py", deep("x = ", "1<", "2\nprint(x)\n"))
        }),
        working("100,000 strings side by side", "100000\n", |d| {
            source(d, "strings.py", deep("x = ", "\"a\" ", "\nprint(len(x))\n"))
        }),
        working("line of 50 MB, one string", "52428800\n", |d| {
            source(
                d,
                "long_string.py",
                format!("x = \"{}\"\nprint(len(x))\n", "a".repeat(LONG)),
            )
        }),
        working("line of 50 MB, a comment", "1\n", |d| {
            source(
                d,
                "long_comment.py",
                format!("#{}\nprint(1)\n", "a".repeat(LONG)),
            )
        }),
        working("a tuple of two million items", "2097152\n", |d| {
            source(
                d,
                "long_tuple.py",
                format!("x = ({})\nprint(len(x))\n", "1, ".repeat(2 << 20)),
            )
        }),
        failing(
            "endless recursion",
            1,
            Exactly("RecursionError: maximum recursion depth exceeded"),
            |_| inline("def f(): f()\nf()"),
        ),
        failing(
            "endless recursion in hot code",
            1,
            Exactly("RecursionError: maximum recursion depth exceeded"),
            |_| {
                inline(
                    "def f(n): return 1 + f(n - 1) if n else 0\nfor i in range(500): f(50)\nf(-1)",
                )
            },
        ),
        failing(
            "endless recursion in __repr__",
            1,
            Exactly("RecursionError: maximum recursion depth exceeded"),
            |_| inline("class A:\n  def __repr__(s): return repr(s)\nrepr(A())"),
        ),
        failing("repr of a list 100,000 deep", 1, TooDeep, |_| {
            inline("a = []\nfor i in range(100000): a = [a]\nrepr(a)")
        }),
        working("dropping a list 1,000,000 deep", "done\n", |_| {
            inline("a = []\nfor i in range(1000000): a = [a]\ndel a\nprint('done')")
        }),
        working(
            "sources too deep for eval",
            "SyntaxError SyntaxError deep SyntaxError\n",
            |_| {
                inline(
                    "def kind(s):\n  try: eval(s)\n  except SyntaxError: return 'SyntaxError'\n  except (MemoryError, RecursionError): return 'deep'\nprint(kind('(' * 10**5), kind('(' * 10**5 + ')' * 10**5), kind('-' * 10**5 + '1'), kind('[' * 300 + ']' * 300))",
                )
            },
        ),
        reading(
            "syntax error on stdin",
            b"print(1",
            1,
            Exactly("SyntaxError: '(' was never closed"),
        ),
        reading("null byte on stdin", b"x=\x00", 1, nul()),
        reading(
            "not UTF-8 on stdin",
            b"caf\xe9",
            1,
            Exactly(
                "SyntaxError: Non-UTF-8 code starting with '\\xe9' in file <stdin> on line 1, but no encoding declared; see https://peps.python.org/pep-0263/ for details",
            ),
        ),
        reading(
            "exit with a text",
            b"raise SystemExit('bye')",
            1,
            Exactly("bye"),
        ),
        reading(
            "exit with a number",
            b"raise SystemExit(300)",
            44,
            Line::Nothing,
        ),
    ];
    // Permissions mean nothing to root. SAFETY: `geteuid` has no preconditions.
    if unsafe { libc::geteuid() } != 0 {
        cases.push(failing(
            "unreadable file",
            2,
            Exactly("PYTHON: can't open file 'DIR/secret.py': [Errno 13] Permission denied"),
            |d| {
                let path = d.join("secret.py");
                if !path.exists() {
                    source(d, "secret.py", "print(1)\n");
                }
                fs::set_permissions(&path, fs::Permissions::from_mode(0o000))
                    .expect("taking the permissions away");
                vec![path.display().to_string()]
            },
        ));
    }
    cases
}

fn check(case: &Case, folder: &Path, interpreter: &Path, options: &[&str]) -> Result<(), Failed> {
    let mut command = support::command(interpreter, options);
    command.args((case.arguments)(folder));
    let input = match case.stdin {
        b"" => Input::Nothing,
        bytes => Input::Bytes(bytes),
    };
    let found = support::run(command, input, DEADLINE);
    let last = found
        .last_stderr_line()
        .replace(&folder.display().to_string(), "DIR")
        .replace(&interpreter.display().to_string(), "PYTHON")
        // The path of a binary below the root of the repository has been cut by the harness.
        .replace(
            &interpreter
                .strip_prefix(support::root())
                .unwrap_or(interpreter)
                .display()
                .to_string(),
            "PYTHON",
        );
    let as_expected = match case.line {
        Line::Nothing => last.is_empty(),
        Line::Exactly(line) => last == line,
        Line::TooDeep => ["RecursionError: ", "MemoryError: ", "SyntaxError: "]
            .iter()
            .any(|kind| last.starts_with(kind)),
    };
    verdict(
        &found,
        case.code,
        as_expected && found.stdout == case.stdout,
        &last,
    )
}

fn verdict(found: &Outcome, code: i32, fine: bool, last: &str) -> Result<(), Failed> {
    if fine && found.code == code && !found.timed_out {
        return Ok(());
    }
    Err(format!(
        "exit code {} (expected {code}){}\nlast line: {last}\nstdout: {:?}\nstderr ends with:\n{}",
        found.code,
        if found.timed_out { ", timed out" } else { "" },
        found.stdout.chars().take(200).collect::<String>(),
        support::tail(&found.stderr, 12)
    )
    .into())
}

/// Programs whose stdout is a pipe that nobody reads: name, source, exit code, last line on stderr.
const CLOSED_PIPE: &[(&str, &str, i32, &str)] = &[
    (
        "closed pipe, found at exit",
        "print('x')",
        120,
        "BrokenPipeError: [Errno 32] Broken pipe",
    ),
    (
        "closed pipe, in a loop",
        "for i in range(10**6): print(i)",
        120,
        "BrokenPipeError: [Errno 32] Broken pipe",
    ),
    (
        "closed pipe, exit code kept back",
        "import sys\nprint('x')\nsys.exit(5)",
        120,
        "BrokenPipeError: [Errno 32] Broken pipe",
    ),
    ("closed pipe, nothing printed", "pass", 0, ""),
    (
        "closed pipe, caught",
        "import os, sys\ntry:\n  print('x', flush=True)\nexcept BrokenPipeError:\n  os.dup2(os.open(os.devnull, os.O_WRONLY), 1)\n  sys.exit(7)",
        7,
        "",
    ),
];

fn closed_pipe(
    interpreter: &Path,
    options: &[&str],
    source: &str,
    code: i32,
    line: &str,
) -> Result<(), Failed> {
    let mut ends = [0; 2];
    // SAFETY: `ends` has room for two descriptors; both are owned here alone after the call.
    let writer = unsafe {
        assert_eq!(libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC), 0);
        libc::close(ends[0]);
        Stdio::from_raw_fd(ends[1])
    };
    let mut command = support::command(interpreter, options);
    command.args(["-c", source]);
    command
        .stdin(Stdio::null())
        .stdout(writer)
        .stderr(Stdio::piped());
    let mut child = command.spawn()?;
    // The command holds the writing end; the child must be the only one left with it.
    drop(command);
    let stderr = support::drain(child.stderr.take());
    let (status, timed_out) = support::wait(&mut child, DEADLINE);
    let found = Outcome {
        code: support::exit_code(status),
        stdout: String::new(),
        stderr: stderr.join().expect("reader of stderr"),
        timed_out,
    };
    let last = found.last_stderr_line().to_owned();
    verdict(&found, code, last == line, &last)
}

/// Loops that are interrupted by SIGINT while they run.
const BUSY: &[(&str, &str)] = &[
    (
        "interrupt: while loop",
        "print('ready', flush=True)\nwhile True: pass",
    ),
    (
        "interrupt: hot loop in a function",
        "def f():\n  n = 0\n  while True: n = (n * 31 + 7) & 0xFFFF\nprint('ready', flush=True)\nf()",
    ),
    (
        "interrupt: calls",
        "def g(x): return x + 1\ndef f():\n  n = 0\n  while True: n = g(n)\nprint('ready', flush=True)\nf()",
    ),
    (
        "interrupt: iteration",
        "def f():\n  while True:\n    for i in range(1000000): pass\nprint('ready', flush=True)\nf()",
    ),
    (
        "interrupt: except Exception does not catch it",
        "print('ready', flush=True)\nwhile True:\n  try:\n    while True: len('x')\n  except Exception: pass",
    ),
    (
        "interrupt: sleep",
        "import time\nprint('ready', flush=True)\ntime.sleep(600)",
    ),
];

fn interrupt(interpreter: &Path, options: &[&str], source: &str) -> Result<(), Failed> {
    let mut command = support::command(interpreter, options);
    command.args(["-c", source]);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let stdout: ChildStdout = child.stdout.take().expect("a piped stdout");
    let stderr: Option<ChildStderr> = child.stderr.take();
    let stderr = support::drain(stderr);
    let mut first = String::new();
    BufReader::new(stdout).read_line(&mut first)?;
    // Long enough for the loop to get hot and, with a compiler in the background, compiled.
    std::thread::sleep(std::time::Duration::from_millis(150));
    // SAFETY: the child has not been waited for, so its id can't have gone to another process.
    unsafe { libc::kill(child.id() as libc::pid_t, libc::SIGINT) };
    let (status, timed_out) = support::wait(&mut child, std::time::Duration::from_secs(20));
    let found = Outcome {
        code: support::exit_code(status),
        stdout: first.clone(),
        stderr: stderr.join().expect("reader of stderr"),
        timed_out,
    };
    let last = found.last_stderr_line().to_owned();
    let fine = first == "ready\n" && last == "KeyboardInterrupt";
    verdict(&found, -libc::SIGINT, fine, &last)
}
