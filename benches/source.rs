//! How long the compiler takes from source to code object.
//!
//! The whole library, against CPython: `cargo xtask compile-speed`.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use taipan_compiler::{CompileOptions, Mode, compile};

const SOURCES: [(&str, &str); 2] = [
    ("richards.py", include_str!("kernels/richards.py")),
    ("_io.py", include_str!("../src/stdlib/lib/_io.py")),
];

fn source(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("source");
    let options = CompileOptions::default();
    for (name, text) in SOURCES {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| {
                compile(text.as_bytes(), name, Mode::Exec, &options)
                    .unwrap_or_else(|error| panic!("{name}: {error:?}"))
            });
        });
    }
    group.finish();
}

criterion_group!(benches, source);
criterion_main!(benches);
