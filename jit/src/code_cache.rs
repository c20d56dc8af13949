//! Native code of one unit: its memory, freed with it.

use crate::machine::Machine;
use cranelift_codegen::{CompiledCode, ir};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{FuncId, Module, ModuleReloc, default_libcall_names};
use taipan_vm::interpreter::frame::Frame;
use taipan_vm::thread::Thread;

/// How native code ended: in two registers.
#[repr(C)]
pub struct Outcome {
    /// What it returned, owned, if it did.
    pub value: u64,
    pub status: u64,
}

/// Native code of a unit.
pub type Entry = unsafe extern "C" fn(*mut Frame, *const Thread) -> Outcome;

/// An empty module for this machine.
pub fn new_module(machine: &Machine) -> JITModule {
    let isa = machine.isa().clone();
    let builder = JITBuilder::with_isa(isa, default_libcall_names());
    JITModule::new(builder)
}

/// Memory that holds one unit's code.
pub struct Memory {
    module: Option<JITModule>,
    pub entry: Entry,
    pub size: usize,
}

// SAFETY: a unit's code is made on one thread and handed over whole; modules share nothing with each other.
unsafe impl Send for Memory {}

impl Memory {
    pub fn finish(
        mut module: JITModule,
        function: FuncId,
        code: &CompiledCode,
        source: &ir::Function,
    ) -> Option<Memory> {
        let relocations = code.buffer.relocs().iter();
        let relocations: Vec<ModuleReloc> = relocations
            .map(|relocation| ModuleReloc::from_mach_reloc(relocation, source, function))
            .collect();
        let (alignment, bytes) = (code.buffer.alignment as u64, code.code_buffer());
        module
            .define_function_bytes(function, alignment, bytes, &relocations)
            .ok()?;
        if module.finalize_definitions().is_err() {
            return None;
        }
        let address = module.get_finalized_function(function);
        // SAFETY: the function was declared with this signature.
        let entry = unsafe { std::mem::transmute::<*const u8, Entry>(address) };
        Some(Memory {
            module: Some(module),
            entry,
            size: bytes.len(),
        })
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        if let Some(module) = self.module.take() {
            // SAFETY: the tier drops units only when no activation of theirs is left.
            unsafe { module.free_memory() };
        }
    }
}

/// Keeps the trait in use where only its methods are called.
pub fn declare(
    module: &mut JITModule,
    signature: &cranelift_codegen::ir::Signature,
) -> Option<FuncId> {
    module.declare_anonymous_function(signature).ok()
}
