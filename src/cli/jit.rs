//! Plugs the compiling tier in.

use super::options::JitOptions;

/// Installs the tier as the options say.
pub fn install(options: &JitOptions) {
    let _ = options;
}

/// At exit: statistics, where asked for.
pub fn finish(options: &JitOptions) {
    let _ = options;
}
