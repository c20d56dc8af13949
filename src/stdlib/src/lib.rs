//! Native modules of the standard library, and its Python part embedded.

mod embedded;
mod itertools;
mod time;

use taipan_vm::import::Library;
use taipan_vm::native::ModuleDef;

/// Every native module; `import` looks here.
static NATIVES: &[&ModuleDef] = &[&itertools::MODULE, &time::MODULE];

/// What the virtual machine gets plugged in.
pub fn library() -> Library {
    Library { natives: NATIVES, embedded: embedded::find }
}
