//! Source to CPython 3.14 bytecode
