//! What is tried, and what it is tried on.

use super::current_input;
use super::mutate::{self, Random};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use taipan_bytecode::{CodeObject, Const, marshal, pyc, verify};
use taipan_compiler::{CompileOptions, Mode, compile};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Compile,
    Marshal,
    Verify,
    Loads,
    Run,
}

pub struct Target {
    kind: Kind,
    name: &'static str,
    taipan: PathBuf,
}

/// Programs of ours, which every target starts from.
const SOURCES: &[&str] = &[
    "src/compiler/tests/programs",
    "tests/programs",
    "tests/deopt",
    "tests/builtins",
    "tests/stdlib",
];

fn files(folder: &str, extension: Option<&str>) -> Vec<Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.retain(|path| match extension {
        Some(wanted) => path
            .extension()
            .is_some_and(|extension| extension == wanted),
        None => path.is_file(),
    });
    paths.iter().flat_map(std::fs::read).collect()
}

fn sources() -> Vec<Vec<u8>> {
    let mut sources: Vec<Vec<u8>> = SOURCES
        .iter()
        .flat_map(|folder| files(folder, Some("py")))
        .collect();
    for list in ["errors.txt", "warnings.txt"] {
        let text = std::fs::read_to_string(Path::new("src/compiler/tests").join(list));
        sources.extend(
            text.unwrap_or_default()
                .split("----\n")
                .map(|case| case.as_bytes().to_vec()),
        );
    }
    sources
}

/// The code object and all within it.
fn all_codes(code: &Arc<CodeObject>, found: &mut Vec<Arc<CodeObject>>) {
    found.push(code.clone());
    for constant in &code.consts {
        if let Const::Code(inner) = constant {
            all_codes(inner, found);
        }
    }
}

fn compiled() -> Vec<Arc<CodeObject>> {
    let mut codes = Vec::new();
    for source in sources() {
        if let Ok(compiled) = compile(&source, "<fuzz>", Mode::Exec, &CompileOptions::default()) {
            all_codes(&compiled.code, &mut codes);
        }
    }
    codes
}

impl Target {
    pub fn by_name(name: &str, taipan: PathBuf) -> Option<Target> {
        let (kind, name) = match name {
            "compile" => (Kind::Compile, "compile"),
            "marshal" => (Kind::Marshal, "marshal"),
            "verify" => (Kind::Verify, "verify"),
            "loads" => (Kind::Loads, "loads"),
            "run" => (Kind::Run, "run"),
            _ => return None,
        };
        Some(Target { kind, name, taipan })
    }

    /// What the inputs are made from.
    pub fn corpus(&self) -> Vec<Vec<u8>> {
        let mut corpus = self.kept();
        match self.kind {
            Kind::Compile => corpus.extend(sources()),
            _ => corpus.extend(compiled().iter().map(marshal::dumps_code)),
        }
        corpus
    }

    /// Findings of old, which are tried as they are.
    pub fn kept(&self) -> Vec<Vec<u8>> {
        files(&format!("tests/fuzz/{}", self.name), None)
    }

    /// How many inputs are tried at a time.
    pub fn batch(&self) -> usize {
        match self.kind {
            Kind::Loads => 2000,
            _ => 1,
        }
    }

    pub fn input(&self, corpus: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
        let (data, other) = (random.pick(corpus), random.pick(corpus));
        match self.kind {
            Kind::Compile => mutate::text(data, other, random),
            Kind::Marshal | Kind::Loads => mutate::bytes(data, other, random),
            Kind::Verify | Kind::Run => loop {
                // Damage in the marshal data itself is another target's.
                let (data, other): (&Vec<u8>, &Vec<u8>) =
                    (random.pick(corpus), random.pick(corpus));
                let data = mutate::bytes(data, other, random);
                if marshal::loads_code(&data).is_ok() {
                    break data;
                }
            },
        }
    }

    pub fn try_inputs(&self, inputs: &[Vec<u8>]) -> Result<(), String> {
        let input = inputs.first().map_or(&[][..], Vec::as_slice);
        let path = current_input(self.name);
        let keep = |data: &[u8]| std::fs::write(&path, data).map_err(|error| error.to_string());
        if self.kind != Kind::Loads {
            keep(input)?;
        }
        let tried = match self.kind {
            Kind::Compile => catch_unwind(|| try_compile(input)),
            Kind::Marshal => catch_unwind(|| try_marshal(input)),
            Kind::Verify => catch_unwind(|| {
                if let Ok(code) = marshal::loads_code(input) {
                    let _ = verify::verify(&code);
                }
                Ok(())
            }),
            Kind::Run => catch_unwind(AssertUnwindSafe(|| self.try_run(input))),
            Kind::Loads => catch_unwind(AssertUnwindSafe(|| self.try_loads(inputs))),
        };
        tried.unwrap_or_else(|_| Err("it panicked".to_owned()))
    }

    /// Ends by itself, by an exception or with the time: but not by a signal.
    fn spawn(&self, arguments: &[&str], time: Duration) -> Result<(), String> {
        use std::os::unix::process::ExitStatusExt;
        let mut child = Command::new(&self.taipan)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}", self.taipan.display()))?;
        let start = Instant::now();
        loop {
            if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
                // A panic is a failure of the interpreter's own as well.
                return match status.signal() {
                    Some(signal) => Err(format!("died of signal {signal}")),
                    None if status.code() == Some(101) => Err("it panicked".to_owned()),
                    None => Ok(()),
                };
            }
            if start.elapsed() > time {
                let _ = child.kill();
                let _ = child.wait();
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn try_run(&self, input: &[u8]) -> Result<(), String> {
        let Ok(code) = marshal::loads_code(input) else {
            return Ok(());
        };
        let mut codes = Vec::new();
        all_codes(&code, &mut codes);
        if codes.iter().any(|code| verify::verify(code).is_err()) {
            return Ok(());
        }
        let file = "target/fuzz/run.pyc";
        let data = pyc::write(pyc::Validation::Timestamp { mtime: 0, size: 0 }, &code);
        std::fs::write(file, data).map_err(|error| error.to_string())?;
        self.spawn(&["-I", "-X", "jit=off", file], Duration::from_secs(2))
    }

    fn try_loads(&self, inputs: &[Vec<u8>]) -> Result<(), String> {
        const SCRIPT: &str = "
import marshal, sys
path, out = sys.argv[1:]
data = open(path, 'rb').read()
at = 0
while at < len(data):
    size = int.from_bytes(data[at:at + 4], 'little')
    piece = data[at + 4:at + 4 + size]
    at += 4 + size
    open(out, 'wb').write(piece)
    try:
        marshal.loads(piece)
    except (EOFError, ValueError, TypeError, MemoryError):
        pass
";
        let mut all = Vec::new();
        for input in inputs {
            all.extend((input.len() as u32).to_le_bytes());
            all.extend(input);
        }
        let file = "target/fuzz/loads.batch";
        std::fs::write(file, all).map_err(|error| error.to_string())?;
        let path = current_input(self.name);
        let out = path.to_str().unwrap_or_default();
        self.spawn(&["-I", "-c", SCRIPT, file, out], Duration::from_secs(60))
    }
}

fn try_compile(input: &[u8]) -> Result<(), String> {
    for mode in [Mode::Exec, Mode::Eval, Mode::Single] {
        let Ok(compiled) = compile(input, "<fuzz>", mode, &CompileOptions::default()) else {
            continue;
        };
        let mut codes = Vec::new();
        all_codes(&compiled.code, &mut codes);
        for code in codes {
            verify::verify(&code).map_err(|error| format!("{}: {error}", code.qualname))?;
        }
    }
    Ok(())
}

/// What can be read, can be written, and reads as the same again.
fn try_marshal(input: &[u8]) -> Result<(), String> {
    let Ok(value) = marshal::loads(input) else {
        return Ok(());
    };
    let again = marshal::dumps(&value);
    match marshal::loads(&again) {
        Ok(second) if second == value => Ok(()),
        Ok(_) => Err("it reads as something else when written again".to_owned()),
        Err(error) => Err(format!("it can't be read again: {error:?}")),
    }
}
