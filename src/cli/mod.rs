//! The command line: options, what to run, and how the process ends.

#[cfg(feature = "jit")]
mod jit;
mod options;
mod repl;
mod run;

pub use options::{Command, Options};

/// Bytes of native stack for Python's main thread: address space, only touched pages count.
const STACK: usize = 256 * 1024 * 1024;

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
    let worker = std::thread::Builder::new()
        .name("main".into())
        .stack_size(STACK)
        .spawn(move || {
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
