//! Why code was not compiled.

use std::fmt;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Bailout {
    /// Generators and coroutines run in the interpreter.
    Generator,
    TooBig,
    /// Recompiled too often.
    GaveUp,
    /// The code can't be decoded from this entry.
    Malformed,
    /// The types at loop headers did not settle.
    Unstable,
    /// Nothing would run natively.
    Useless,
    /// Cranelift refused.
    Backend,
}

impl fmt::Display for Bailout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Bailout::Generator => "generators run in the interpreter",
            Bailout::TooBig => "too big",
            Bailout::GaveUp => "recompiled too often",
            Bailout::Malformed => "cannot be decoded",
            Bailout::Unstable => "types at loop headers do not settle",
            Bailout::Useless => "leaves at its first instruction",
            Bailout::Backend => "refused by the code generator",
        })
    }
}
