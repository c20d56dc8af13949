//! Native modules of the standard library, and its Python part embedded.

mod collections;
mod embedded;
mod functools;
mod itertools;
mod time;
mod weakref;

use taipan_vm::import::Library;
use taipan_vm::native::ModuleDef;

/// Every native module; `import` looks here.
static NATIVES: &[&ModuleDef] = &[
    &collections::MODULE,
    &functools::MODULE,
    &itertools::MODULE,
    &time::MODULE,
    &weakref::MODULE,
];

/// What the virtual machine gets plugged in.
pub fn library() -> Library {
    Library {
        natives: NATIVES,
        embedded: embedded::find,
    }
}
