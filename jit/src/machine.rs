//! The machines that native code can be made for.

use cranelift_codegen::isa::{self, OwnedTargetIsa, TargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use std::fmt;
use std::sync::OnceLock;

/// A processor with its calling convention, and a backend that makes code for it.
pub struct Machine {
    isa: OwnedTargetIsa,
    /// Gives registers in a single pass. Values that live from one block to another lie in memory then: the code is a
    /// quarter to two thirds slower, but takes half of the time to make, and a third of the memory.
    frugal: OwnedTargetIsa,
}

/// Instructions of CLIF from which on giving registers well would take more memory than a whole program does otherwise
/// (0.8 KB each).
const LARGE: usize = 6000;

/// There is no native code for the machine that Taipan runs on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnsupportedMachine;

impl fmt::Display for UnsupportedMachine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the JIT knows x86-64 and AArch64, not this machine ({})",
            std::env::consts::ARCH
        )
    }
}

impl std::error::Error for UnsupportedMachine {}

impl Machine {
    /// The one that this process runs on, if it is one of those that the lowering was written for: words of 64
    /// bits, the low byte first.
    pub fn this() -> Option<&'static Machine> {
        static THIS: OnceLock<Option<Machine>> = OnceLock::new();
        THIS.get_or_init(|| {
            if !cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
                return None;
            }
            Machine::with(|| cranelift_native::builder().ok())
        })
        .as_ref()
    }

    /// By its target triple. The program has a backend for its own machine only, the crate's tests for both.
    pub fn named(triple: &str) -> Option<Machine> {
        Machine::with(|| isa::lookup_by_name(triple).ok())
    }

    fn with(builder: impl Fn() -> Option<isa::Builder>) -> Option<Machine> {
        let isa = |allocator| Machine::backend(builder()?, allocator);
        Some(Machine {
            isa: isa("backtracking")?,
            frugal: isa("single_pass")?,
        })
    }

    fn backend(builder: isa::Builder, allocator: &str) -> Option<OwnedTargetIsa> {
        let verifies = cfg!(debug_assertions) || std::env::var_os("TAIPAN_JIT_VERIFY").is_some();
        let mut flags = settings::builder();
        flags.set("opt_level", "speed").ok()?;
        flags
            .set("enable_verifier", if verifies { "true" } else { "false" })
            .ok()?;
        flags.set("use_colocated_libcalls", "false").ok()?;
        flags.set("is_pic", "false").ok()?;
        flags.set("regalloc_algorithm", allocator).ok()?;
        builder.finish(settings::Flags::new(flags)).ok()
    }

    pub(crate) fn isa(&self) -> &OwnedTargetIsa {
        &self.isa
    }

    /// What makes the code of a function of so many instructions of CLIF.
    pub(crate) fn isa_for(&self, instructions: usize) -> &dyn TargetIsa {
        match instructions {
            ..LARGE => &*self.isa,
            _ => &*self.frugal,
        }
    }
}

/// Has the processor an instruction that multiplies and adds with one rounding? (Without, it would be a call.)
pub(crate) fn fuses(isa: &dyn TargetIsa) -> bool {
    let has = |name| {
        let flags = isa.isa_flags();
        let flag = flags.iter().find(|flag| flag.name == name);
        flag.and_then(|flag| flag.as_bool()) == Some(true)
    };
    match isa.name() {
        "aarch64" => true,
        _ => has("has_avx") && has("has_fma"),
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.isa.triple())
    }
}
