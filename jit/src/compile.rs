//! From a source to native code.

use crate::bailout::Bailout;
use crate::builder::{Source, build};
use crate::code_cache::{self, Memory};
use crate::exit_plan::ExitPlans;
use crate::footprint;
use crate::hir::Function;
use crate::lower;
use crate::machine::{self, Machine};
use cranelift_codegen::flowgraph::ControlFlowGraph;
use cranelift_codegen::ir::{AbiParam, Signature, types};
use cranelift_codegen::isa::{TargetFrontendConfig, TargetIsa};
use cranelift_codegen::loop_analysis::LoopAnalysis;
use cranelift_codegen::{CodegenResult, CompiledCode, Context};
use cranelift_frontend::FunctionBuilderContext;
use cranelift_module::Module;
use std::sync::atomic::{AtomicU32, Ordering};
use taipan_bytecode::CodeFlags;
use taipan_vm::objects::code::Code;

/// What a finished compile gives.
pub struct Compiled {
    /// By which its exits name it.
    pub number: u32,
    pub memory: Memory,
    /// Native code has the address.
    pub plans: Box<ExitPlans>,
}

/// What to print on the way.
#[derive(Clone, Default)]
pub struct Dump {
    pub hir: bool,
    pub clif: bool,
    pub asm: bool,
    pub function: Option<String>,
}

/// What of a code object native code has built in.
#[derive(Clone, Copy, Debug)]
pub struct CodeFacts {
    /// Of the first code unit.
    pub start: u64,
    pub local_count: usize,
    /// Frames own a mapping of names: bodies of modules and classes.
    pub has_mapping: bool,
    pub prologue: Prologue,
}

/// What there is to do in front of a function's `RESUME`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Prologue {
    Nothing,
    /// The closure's cells, so many, become the last variables.
    Closure(usize),
    /// Cells are made too.
    Cells,
}

impl Prologue {
    fn of(code: &Code) -> Prologue {
        match code.prologue {
            0 => Prologue::Nothing,
            1 if code.free_count() > 0 => Prologue::Closure(code.free_count()),
            _ => Prologue::Cells,
        }
    }
}

impl CodeFacts {
    pub fn of(code: &Code) -> CodeFacts {
        CodeFacts {
            start: code.start as u64,
            local_count: code.local_count as usize,
            has_mapping: !code.flags.contains(CodeFlags::OPTIMIZED),
            prologue: Prologue::of(code),
        }
    }
}

/// A compile as plain data: HIR that was built under the GIL, and what lowering it takes.
pub struct Job {
    function: Function,
    code: CodeFacts,
    name: String,
    entry: u32,
    chaos: bool,
    dump: Dump,
}

fn verifies() -> bool {
    cfg!(debug_assertions) || std::env::var_os("TAIPAN_JIT_VERIFY").is_some()
}

/// The part of a compile that looks at Python objects: under the GIL.
pub fn prepare(source: Source, chaos: bool, dump: &Dump) -> Result<Box<Job>, Bailout> {
    let (code, entry) = (source.code, source.entry);
    let function = build(source)?;
    footprint::built(function.insts.len());
    let name = code.qualname.to_string();
    if verifies() {
        let checked = crate::verify::verify(&function);
        if let Err(text) = &checked {
            eprintln!("jit: {name} @{entry}: {text}\n{function}");
        }
        assert!(checked.is_ok(), "references are owned wrongly in {name}");
    }
    Ok(Box::new(Job {
        function,
        code: CodeFacts::of(code),
        name,
        entry,
        chaos,
        dump: dump.clone(),
    }))
}

/// Code that a machine's backend made, to be looked at and not to be run.
pub struct Assembly {
    /// Of the machine code, in bytes.
    pub size: usize,
    /// Ways back to the interpreter.
    pub exits: usize,
    /// The instructions, if they were asked for.
    pub text: Option<String>,
}

/// HIR as CLIF, and what has to outlive the code.
struct Lowered {
    number: u32,
    plans: Box<ExitPlans>,
}

impl Job {
    /// Of the function, as `__qualname__` has it.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// Of HIR.
    pub fn instructions(&self) -> usize {
        self.function.insts.len()
    }
    /// Where the code is entered, in code units.
    pub fn entry(&self) -> u32 {
        self.entry
    }

    /// Compiles for any machine that there is a backend for. The job stays as it is.
    pub fn assemble(&self, machine: &Machine, with_text: bool) -> Result<Assembly, Bailout> {
        let isa = machine.isa();
        let mut function = self.function.clone();
        crate::passes::run(&mut function, false, &self.name);
        let mut context = Context::new();
        context.set_disasm(with_text);
        let lowered = self.lower(&function, &mut context, &**isa);
        let code = generate(machine, &mut context).map_err(|error| {
            if verifies() {
                eprintln!("jit: {} for {machine}: {error:?}", self.name);
            }
            Bailout::Backend
        })?;
        Ok(Assembly {
            size: code.code_buffer().len(),
            exits: lowered.plans.exits.len(),
            text: code.vcode.clone(),
        })
    }

    fn lower(&self, function: &Function, context: &mut Context, isa: &dyn TargetIsa) -> Lowered {
        let config = isa.frontend_config();
        static NUMBERS: AtomicU32 = AtomicU32::new(0);
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        context.func.signature = signature(config);
        let lowering = lower::Context {
            code: self.code,
            number,
            chaos: self.chaos,
            call_conv: config.default_call_conv,
            fuses: machine::fuses(isa),
        };
        let mut buffers = FunctionBuilderContext::new();
        let plans = lower::lower(function, &lowering, &mut context.func, &mut buffers, config);
        Lowered { number, plans }
    }

    /// The rest, on any thread.
    pub fn run(mut self) -> Result<Compiled, Bailout> {
        let mut function = std::mem::take(&mut self.function);
        let Job {
            ref name,
            entry,
            ref dump,
            ..
        } = self;
        let wanted = dump.function.as_ref().is_none_or(|f| f == name);
        crate::passes::run(&mut function, dump.hir && wanted, name);
        let machine = Machine::this().ok_or(Bailout::Backend)?;
        let mut module = code_cache::new_module(machine);
        let config = module.target_config();
        let id = code_cache::declare(&mut module, &signature(config)).ok_or(Bailout::Backend)?;
        let mut context = module.make_context();
        context.set_disasm(dump.asm && wanted);
        let Lowered { number, plans } = self.lower(&function, &mut context, module.isa());
        if dump.clif && wanted {
            eprintln!("; {name} @{entry}\n{}", context.func.display());
        }
        drop(function);
        let code = generate(machine, &mut context).map_err(|error| {
            if verifies() || dump.clif {
                eprintln!("jit: {name}: {error:?}\n{}", context.func.display());
            }
            Bailout::Backend
        })?;
        if dump.asm
            && wanted
            && let Some(text) = &code.vcode
        {
            eprintln!("; {name} @{entry}\n{text}");
        }
        let memory = Memory::finish(module, id, &code, &context.func).ok_or(Bailout::Backend)?;
        Ok(Compiled {
            number,
            memory,
            plans,
        })
    }
}

/// Machine code from CLIF, in two steps: registers are given by the second, which works with most memory and has no use
/// for what the first one needed.
fn generate(machine: &Machine, context: &mut Context) -> CodegenResult<CompiledCode> {
    let instructions = context.func.dfg.num_insts();
    footprint::begin(instructions);
    let isa = machine.isa_for(instructions);
    context.optimize(isa, &mut Default::default())?;
    context.cfg = ControlFlowGraph::new();
    context.loop_analysis = LoopAnalysis::new();
    let stencil = isa.compile_function(
        &context.func,
        &context.domtree,
        &mut Default::default(),
        context.want_disasm,
        &mut Default::default(),
    )?;
    Ok(stencil.apply_params(&context.func.params))
}

/// Of every unit: frame and thread in, value and status out.
fn signature(config: TargetFrontendConfig) -> Signature {
    let mut signature = Signature::new(config.default_call_conv);
    signature.params = vec![AbiParam::new(types::I64); 2];
    signature.returns = vec![AbiParam::new(types::I64); 2];
    signature
}
