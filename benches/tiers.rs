//! Interpreter against JIT on eight kernels, in the steady state, and the time to start.
//!
//! Kernels are Python files in `benches/kernels`. One process runs a kernel as often as criterion asks for and
//! reports the time that it measured itself, so that neither start-up nor warm-up is counted; `start-up` is the
//! time of whole processes. `TAIPAN_CPYTHON` adds CPython to each group.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const KERNELS: &[&str] = &[
    "nbody",
    "fannkuch",
    "spectral_norm",
    "matmul",
    "richards",
    "strings",
    "dicts",
    "generators",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The interpreters to compare: name, program, options.
fn contestants() -> Vec<(&'static str, PathBuf, &'static [&'static str])> {
    let taipan = PathBuf::from(env!("CARGO_BIN_EXE_taipan"));
    let mut all: Vec<(_, _, &[&str])> = vec![
        ("interpreter", taipan.clone(), &["-X", "jit=off"]),
        ("jit", taipan, &[]),
    ];
    if let Some(cpython) = std::env::var_os("TAIPAN_CPYTHON") {
        all.push(("cpython", cpython.into(), &[]));
    }
    all
}

/// Runs a kernel `iterations` times in one process, after a warm-up, and gives the time that it took.
fn run_kernel(program: &Path, options: &[&str], kernel: &str, iterations: u64) -> Duration {
    let output = Command::new(program)
        .current_dir(root())
        .args(options)
        .arg(format!("benches/kernels/{kernel}.py"))
        .arg(iterations.to_string())
        .stdin(Stdio::null())
        .output()
        .expect("starting an interpreter");
    let text = String::from_utf8_lossy(&output.stdout);
    let seconds = text.trim().parse::<f64>().unwrap_or_else(|_| {
        panic!(
            "{kernel} under {}: {text}{}",
            program.display(),
            String::from_utf8_lossy(&output.stderr)
        )
    });
    Duration::from_secs_f64(seconds)
}

fn kernels(criterion: &mut Criterion) {
    for kernel in KERNELS {
        let mut group = criterion.benchmark_group(*kernel);
        group.sample_size(10);
        group.warm_up_time(Duration::from_millis(500));
        group.measurement_time(Duration::from_secs(3));
        for (name, program, options) in contestants() {
            group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
                bencher.iter_custom(|iterations| run_kernel(&program, options, kernel, iterations));
            });
        }
        group.finish();
    }
}

fn start_up(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("start-up");
    group.sample_size(20);
    for (name, program, options) in contestants() {
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter_custom(|iterations| {
                let start = Instant::now();
                for _ in 0..iterations {
                    let status = Command::new(&program)
                        .args(options)
                        .args(["-I", "-c", "pass"])
                        .status()
                        .expect("starting an interpreter");
                    assert!(status.success(), "{name} fails on an empty program");
                }
                start.elapsed()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, kernels, start_up);
criterion_main!(benches);
