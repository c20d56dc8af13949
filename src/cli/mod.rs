//! The command line: options, what to run, and how the process ends.

#[cfg(feature = "jit")]
mod jit;
mod options;
mod repl;
mod run;

pub use options::{Command, Options};

/// Bytes of native stack for Python's main thread: address space, only touched pages count.
const STACK: usize = 256 * 1024 * 1024;

/// Blocks every signal in this thread; gives what was blocked before.
fn block_signals() -> libc::sigset_t {
    // SAFETY: both sets are this function's own.
    unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        let mut old: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut old);
        old
    }
}

fn set_mask(mask: &libc::sigset_t) {
    // SAFETY: a set made by the library.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, mask, std::ptr::null_mut()) };
}

/// Runs the command line; returns the exit code.
pub fn main() -> i32 {
    let options = match options::parse(std::env::args_os()) {
        Ok(options) => options,
        Err(stop) => {
            if stop.code == 0 {
                println!("{}", stop.text);
            } else {
                eprintln!("{}", stop.text);
            }
            return stop.code;
        }
    };
    // Signals are for the thread that runs Python: its calls to the system are what they have to end, and one
    // that it sends to its own process has arrived when `kill` returns.
    let mask = block_signals();
    let worker = std::thread::Builder::new()
        .name("main".into())
        .stack_size(STACK)
        .spawn(move || {
            set_mask(&mask);
            taipan_vm::thread::attach(STACK);
            run::run(options)
        });
    match worker.map(|w| w.join()) {
        Ok(Ok(code)) => code,
        Ok(Err(_)) => 70,
        Err(error) => {
            eprintln!("taipan: can't start the main thread: {error}");
            71
        }
    }
}
