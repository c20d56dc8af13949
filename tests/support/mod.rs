//! What the test binaries share: the modes, the way to run a program with a deadline, and the oracle.
//!
//! Every program runs from the root of the repository with a relative script path and a scrubbed
//! environment, so that two runs differ by nothing but the implementation and its mode. Interpreters print
//! absolute paths for scripts that were given by relative ones; `Outcome` has the root cut off again, and
//! addresses of objects replaced.
//!
//! Rejected: one process that runs many programs. A crash, a leak or a rebound builtin of one program
//! would then spoil the verdict on the next.

#![allow(
    dead_code,
    reason = "each test binary is a crate of its own and uses a part of this"
)]

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A way to run Taipan: the name shown beside each test, and the options that select it.
pub struct Mode {
    pub name: &'static str,
    pub options: &'static [&'static str],
}

/// Programs run in each of these.
pub const MODES: &[Mode] = &[
    Mode {
        name: "default",
        options: &[],
    },
    Mode {
        name: "off",
        options: &["-X", "jit=off"],
    },
    Mode {
        name: "stress",
        options: &["-X", "jit=stress"],
    },
    Mode {
        name: "chaos",
        options: &["-X", "jit=stress", "-X", "jit-chaos=1"],
    },
];

/// How long one program may take before it is killed: stress compiles everything it meets.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Is this test known not to pass yet? `tests/open.txt` lists those, one `MODE NAME` a line; they are
/// reported as ignored. `TAIPAN_OPEN=1` runs them all the same.
pub fn is_open(mode: &str, name: &str) -> bool {
    static OPEN: std::sync::OnceLock<std::collections::HashSet<String>> =
        std::sync::OnceLock::new();
    if std::env::var_os("TAIPAN_OPEN").is_some() {
        return false;
    }
    OPEN.get_or_init(|| {
        let text = std::fs::read_to_string(root().join("tests/open.txt")).unwrap_or_default();
        text.lines()
            .filter(|l| !l.starts_with('#'))
            .map(str::to_owned)
            .collect()
    })
    .contains(&format!("{mode} {name}"))
}

/// The binary under test.
pub fn taipan() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_taipan"))
}

/// The root of the repository, in which every program is started.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// CPython 3.14, if there is one: `TAIPAN_CPYTHON`, or the place where the peers are installed.
/// A `TAIPAN_CPYTHON` that is set but is not 3.14 is an error, not a reason to skip.
pub fn oracle() -> Option<PathBuf> {
    let is_3_14 = |path: &Path| {
        Command::new(path)
            .arg("-V")
            .output()
            .is_ok_and(|out| out.stdout.starts_with(b"Python 3.14."))
    };
    if let Some(path) = std::env::var_os("TAIPAN_CPYTHON").filter(|path| !path.is_empty()) {
        let path = PathBuf::from(path);
        assert!(
            is_3_14(&path),
            "TAIPAN_CPYTHON={} is not CPython 3.14",
            path.display()
        );
        return Some(path);
    }
    let home = PathBuf::from(std::env::var_os("HOME")?);
    let path = home.join(".cache/taipan-peers/bin/cpython");
    is_3_14(&path).then_some(path)
}

/// Says on stderr, past any capturing, that something was not verified.
pub fn warn_no_oracle(what: &str) {
    eprintln!("\n*** SKIPPED: {what}: no CPython 3.14 found (set TAIPAN_CPYTHON to one) ***\n");
}

/// What a finished program left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The exit code; the negated signal number if a signal ended the program.
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    /// It was killed because its time was over.
    pub timed_out: bool,
}

impl Outcome {
    pub fn last_stderr_line(&self) -> &str {
        self.stderr.lines().last().unwrap_or("")
    }
}

/// What a program is given on standard input.
pub enum Input<'a> {
    Nothing,
    Bytes(&'a [u8]),
}

/// A command for `interpreter` with `options`, in the root, with nothing in its environment that could change
/// what it prints.
pub fn command<S: AsRef<OsStr>>(interpreter: &Path, options: &[S]) -> Command {
    let mut command = Command::new(interpreter);
    command.current_dir(root()).args(options);
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_string_lossy();
        if name_text.starts_with("PYTHON")
            || name_text.starts_with("TAIPAN_JIT")
            || name_text.starts_with("LC_")
            || matches!(
                &*name_text,
                "FORCE_COLOR" | "NO_COLOR" | "LANG" | "LANGUAGE" | "COLUMNS"
            )
        {
            command.env_remove(&name);
        }
    }
    command
        .env("LC_ALL", "C.UTF-8")
        .env("PYTHONDONTWRITEBYTECODE", "1");
    // Whoever runs the tests may ignore SIGINT or SIGPIPE (`nohup`, a shell's background jobs), and children
    // inherit that. SAFETY: between fork and exec only async-signal-safe calls are made.
    unsafe {
        command.pre_exec(|| {
            libc::signal(libc::SIGINT, libc::SIG_DFL);
            libc::signal(libc::SIGPIPE, libc::SIG_DFL);
            Ok(())
        });
    }
    command
}

/// Runs a command to its end or to its deadline.
pub fn run(mut command: Command, input: Input<'_>, deadline: Duration) -> Outcome {
    let program = format!("{command:?}");
    command
        .stdin(match input {
            Input::Nothing => Stdio::null(),
            Input::Bytes(_) => Stdio::piped(),
        })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start {program}: {error}"));
    let stdout = drain(child.stdout.take());
    let stderr = drain(child.stderr.take());
    if let (Input::Bytes(bytes), Some(mut pipe)) = (input, child.stdin.take()) {
        // A program may end without reading all of its input.
        let _ = pipe.write_all(bytes);
    }
    let (status, timed_out) = wait(&mut child, deadline);
    Outcome {
        code: exit_code(status),
        stdout: stdout.join().expect("reader of stdout"),
        stderr: stderr.join().expect("reader of stderr"),
        timed_out,
    }
}

/// Waits for the end of `child`; kills it at the deadline.
pub fn wait(child: &mut Child, deadline: Duration) -> (ExitStatus, bool) {
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait().expect("waiting for a child") {
            return (status, false);
        }
        if start.elapsed() > deadline {
            let _ = child.kill();
            return (child.wait().expect("waiting for a killed child"), true);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// The exit code as Python's `subprocess` counts it: signals are negative.
pub fn exit_code(status: ExitStatus) -> i32 {
    status
        .code()
        .unwrap_or_else(|| -status.signal().unwrap_or(0))
}

/// Collects a pipe on a thread of its own, with the path of the repository cut out of it.
pub fn drain<R: Read + Send + 'static>(pipe: Option<R>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut bytes);
        }
        let prefix = format!("{}/", root().display());
        without_addresses(&String::from_utf8_lossy(&bytes).replace(&prefix, ""))
    })
}

/// Writes `at 0xADDRESS` for every address, as `bless.py` does.
fn without_addresses(text: &str) -> String {
    const MARK: &str = " at 0x";
    let mut pieces = text.split(MARK);
    let mut neutral = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        neutral.push_str(MARK);
        let rest = piece.trim_start_matches(|c: char| matches!(c, '0'..='9' | 'a'..='f'));
        if rest.len() < piece.len() {
            neutral.push_str("ADDRESS");
        }
        neutral.push_str(rest);
    }
    neutral
}

/// `None` if both texts are equal, or else the first difference with the line where it lies.
pub fn difference(what: &str, expected: &str, found: &str) -> Option<String> {
    if expected == found {
        return None;
    }
    let mut expected_lines = expected.split('\n');
    let mut found_lines = found.split('\n');
    let mut number = 1;
    loop {
        match (expected_lines.next(), found_lines.next()) {
            (Some(a), Some(b)) if a == b => number += 1,
            (a, b) => {
                let show = |line: Option<&str>| match line {
                    Some(line) => format!("{:?}", line.chars().take(400).collect::<String>()),
                    None => "(end)".to_owned(),
                };
                return Some(format!(
                    "{what} differs at line {number}\n  expected: {}\n  found:    {}\n",
                    show(a),
                    show(b)
                ));
            }
        }
    }
}

/// The last lines of a text, to show what a failing program said.
pub fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}
