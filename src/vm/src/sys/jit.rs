//! `sys._jit`: what CPython tells of its own compiler, which is not the one here.

use taipan_macros::pymodule;

pub use jit::MODULE;

/// Utilities for observing just-in-time compilation.
#[pymodule(name = "sys._jit")]
mod jit {
    /// Return True if the current Python executable supports JIT compilation, and False otherwise.
    #[pyfunction("is_available($module, /)")]
    fn is_available() -> bool {
        false
    }

    /// Return True if JIT compilation is enabled for the current Python process (implies sys._jit.is_available()), and False otherwise.
    #[pyfunction("is_enabled($module, /)")]
    fn is_enabled() -> bool {
        false
    }

    /// Return True if the topmost Python frame is currently executing JIT code (implies sys._jit.is_enabled()), and False otherwise.
    #[pyfunction("is_active($module, /)")]
    fn is_active() -> bool {
        false
    }
}
