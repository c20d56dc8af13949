//! Native modules of the standard library, and its Python part embedded.

mod atexit;
mod codecs;
mod collections;
mod embedded;
mod errno;
mod functools;
mod gc;
mod itertools;
mod opcode;
mod posix;
mod signal;
mod sre;
mod string;
mod thread;
mod time;
mod tokenize;
mod warnings;
mod weakref;

use taipan_vm::import::Library;
use taipan_vm::native::ModuleDef;

/// Every native module; `import` looks here.
static NATIVES: &[&ModuleDef] = &[
    &codecs::MODULE,
    &collections::MODULE,
    &functools::MODULE,
    &itertools::MODULE,
    &atexit::MODULE,
    &errno::MODULE,
    &gc::MODULE,
    &opcode::MODULE,
    &posix::MODULE,
    &signal::MODULE,
    &sre::MODULE,
    &string::MODULE,
    &thread::MODULE,
    &time::MODULE,
    &tokenize::MODULE,
    &warnings::MODULE,
    &weakref::MODULE,
];

/// What the virtual machine gets plugged in.
pub fn library() -> Library {
    Library {
        natives: NATIVES,
        embedded: embedded::find,
    }
}
