//! Plugs the compiling tier in.

use super::options::JitOptions;
use taipan_jit::{Dump, Mode, Options, UnsupportedMachine};

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
    let installed = taipan_jit::install(Options {
        mode,
        chaos: options.chaos,
        stats: options.stats,
        dump,
        watch: None,
        give_back: Some(give_back),
    });
    if let Some(text) = notice(options, installed) {
        eprintln!("{text}");
    }
}

/// Has the allocator return what the calling thread has freed.
fn give_back() {
    // SAFETY: any thread may call it at any time.
    unsafe { libmimalloc_sys::mi_collect(true) };
}

/// What to say where the tier can't be had: only to who asked for something of it.
fn notice(options: &JitOptions, installed: Result<(), UnsupportedMachine>) -> Option<String> {
    let asks = options.asked || options.chaos.is_some() || options.stats || options.dump.is_some();
    let reason = installed.err().filter(|_| asks)?;
    Some(format!("taipan: {reason}: running interpreted"))
}

/// At exit: statistics, where asked for.
pub fn finish(options: &JitOptions) {
    if options.stats {
        taipan_jit::print_stats();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unsupported_machine_is_named_to_who_asks_for_the_jit() {
        let silent = JitOptions {
            mode: "on".into(),
            ..JitOptions::default()
        };
        let asking = JitOptions {
            asked: true,
            ..silent.clone()
        };
        let counting = JitOptions {
            stats: true,
            ..silent.clone()
        };
        assert_eq!(notice(&silent, Err(UnsupportedMachine)), None);
        for options in [&asking, &counting] {
            let text = notice(options, Err(UnsupportedMachine)).expect("there is something to say");
            assert!(text.starts_with("taipan: the JIT knows x86-64 and AArch64"));
            assert!(text.ends_with(": running interpreted"));
            assert_eq!(text.lines().count(), 1);
            assert_eq!(notice(options, Ok(())), None);
        }
    }
}
