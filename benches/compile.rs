//! How long the JIT takes to compile a small, a middle and a large function.
//!
//! Apart: building HIR, which happens while the program waits, and machine code from it, which another thread makes.
//! The functions are those of `compiled.py`, whose inline caches calls have filled before.

#[path = "../jit/tests/support/mod.rs"]
mod support;

use criterion::{BenchmarkId, Criterion, Throughput};
use std::time::Duration;
use support::Vm;
use taipan_jit::{Machine, inspect};
use taipan_vm::abstract_ops;
use taipan_vm::objects::function::Function;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;

/// Calls that fill the caches.
const CALLS: usize = 50;

fn compile(criterion: &mut Criterion) {
    let vm = Vm::start();
    vm.run(include_str!("compiled.py"))
        .unwrap_or_else(|error| panic!("{error}"));
    let machine = Machine::this().expect("there is no JIT for this machine");
    let all_arguments = vm.get("ARGUMENTS");
    let mut group = criterion.benchmark_group("compile");
    group.sample_size(30);
    group.warm_up_time(Duration::from_secs(1));
    group.measurement_time(Duration::from_secs(3));
    for name in ["small", "middle", "large"] {
        let function = vm.get(name);
        let arguments = abstract_ops::getitem(&all_arguments, &Str::intern(name).into_value());
        let arguments = arguments.unwrap_or_else(|_| panic!("no arguments for {name}"));
        let arguments = arguments
            .downcast::<Tuple>()
            .expect("a tuple")
            .as_slice()
            .to_vec();
        for _ in 0..CALLS {
            let result = abstract_ops::call(&function, &arguments);
            assert!(result.is_ok(), "{name}: {}", support::raised());
        }
        let function = function.downcast::<Function>().expect("a function");
        let build = || {
            inspect::build(function, &arguments)
                .unwrap_or_else(|bailout| panic!("{name} is not compiled: {bailout}"))
        };
        let job = build();
        let assemble = || {
            job.assemble(machine, false)
                .unwrap_or_else(|bailout| panic!("{name} is not compiled: {bailout}"))
        };
        eprintln!(
            "{name}: {} code units, {} bytes of machine code",
            function.code().len(),
            assemble().size
        );
        group.throughput(Throughput::Elements(function.code().len() as u64));
        group.bench_function(BenchmarkId::new("HIR", name), |b| b.iter(build));
        group.bench_function(BenchmarkId::new("machine code", name), |b| {
            b.iter(assemble);
        });
    }
    group.finish();
}

fn main() {
    support::on_big_stack(|| {
        let mut criterion = Criterion::default().configure_from_args();
        compile(&mut criterion);
        criterion.final_summary();
    });
}
