//! Plugs the compiling tier in.

use super::options::JitOptions;
use taipan_jit::{Dump, Mode, Options};

/// Installs the tier as the options say.
pub fn install(options: &JitOptions) {
    let mut mode = match options.mode.as_str() {
        "off" => Mode::Off,
        "sync" => Mode::Sync,
        "stress" => Mode::Stress,
        _ => Mode::On,
    };
    if options.chaos.is_some() && mode == Mode::On {
        mode = Mode::Sync;
    }
    let mut dump = Dump::default();
    if let Some(what) = &options.dump {
        let (kinds, function) = what
            .split_once(':')
            .map_or((what.as_str(), None), |(k, f)| (k, Some(f)));
        for kind in kinds.split(',') {
            match kind {
                "hir" => dump.hir = true,
                "clif" => dump.clif = true,
                "asm" => dump.asm = true,
                _ => {}
            }
        }
        dump.function = function.map(str::to_owned);
    }
    taipan_jit::install(Options {
        mode,
        chaos: options.chaos,
        stats: options.stats,
        dump,
    });
}

/// At exit: statistics, where asked for.
pub fn finish(options: &JitOptions) {
    if options.stats {
        taipan_jit::print_stats();
    }
}
