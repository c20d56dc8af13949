//! Native modules of the standard library, and its Python part embedded.

mod abc;
mod accounts;
mod array;
mod atexit;
mod binascii;
mod bisect;
mod bz2;
mod cmath;
mod codecs;
mod collections;
mod contextvars;
mod csv;
mod embedded;
mod errno;
mod exception;
mod expat;
mod fcntl;
mod functools;
mod gc;
mod hashes;
mod heapq;
mod imp;
mod itertools;
mod json;
mod marshal;
mod math;
mod multiprocessing;
mod opcode;
mod opcode_metadata;
mod operator;
mod pickle;
mod posix;
mod posixshmem;
mod posixsubprocess;
mod random;
mod resource;
mod select;
mod signal;
mod socket;
mod sre;
mod statistics;
mod streams;
mod string;
mod struct_class;
mod structs;
mod suggestions;
mod thread;
mod time;
mod tokenize;
mod unicodedata;
mod warnings;
mod weakref;
mod zlib;

use taipan_vm::import::Library;
use taipan_vm::native::ModuleDef;

/// Every native module; `import` looks here.
static NATIVES: &[&ModuleDef] = &[
    &codecs::MODULE,
    &collections::MODULE,
    &contextvars::MODULE,
    &functools::MODULE,
    &itertools::MODULE,
    &json::MODULE,
    &multiprocessing::MODULE,
    &posixshmem::MODULE,
    &bisect::MODULE,
    &heapq::MODULE,
    &taipan_vm::ast::MODULE,
    &taipan_vm::symtable::MODULE,
    &abc::MODULE,
    &accounts::GRP,
    &accounts::PWD,
    &array::MODULE,
    &binascii::MODULE,
    &bz2::MODULE,
    &cmath::MODULE,
    &statistics::MODULE,
    &csv::MODULE,
    &streams::MODULE,
    &structs::MODULE,
    &suggestions::MODULE,
    &marshal::MODULE,
    &imp::MODULE,
    &hashes::BLAKE2,
    &hashes::MD5,
    &hashes::SHA1,
    &hashes::SHA2,
    &hashes::SHA3,
    &math::MODULE,
    &opcode::MODULE,
    &opcode_metadata::MODULE,
    &operator::MODULE,
    &random::MODULE,
    &atexit::MODULE,
    &errno::MODULE,
    &expat::MODULE,
    &fcntl::MODULE,
    &gc::MODULE,
    &opcode::MODULE,
    &pickle::MODULE,
    &posix::MODULE,
    &posixsubprocess::MODULE,
    &resource::MODULE,
    &select::MODULE,
    &signal::MODULE,
    &socket::MODULE,
    &sre::MODULE,
    &string::MODULE,
    &thread::MODULE,
    &time::MODULE,
    &tokenize::MODULE,
    &unicodedata::MODULE,
    &warnings::MODULE,
    &weakref::MODULE,
    &zlib::MODULE,
];

/// What the virtual machine gets plugged in.
pub fn library() -> Library {
    Library {
        natives: NATIVES,
        embedded: embedded::find,
    }
}
