//! Code objects and their constants, between values and plain data.

use std::sync::Arc;
use taipan_vm::bytecode::{CodeFlags, CodeObject, Const, LocalKind, Text, verify};
use taipan_vm::exceptions::{PyResult, Raised, type_error, value_error};
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::code::Code;
use taipan_vm::objects::code_new::plain_constant;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// The parts of a code object as they are read, in their order.
pub struct Parts {
    /// `argcount`, `posonlyargcount`, `kwonlyargcount`, `stacksize`, `flags`
    pub counts: [i32; 5],
    /// `code`, `consts`, `names`, `localsplusnames`, `localspluskinds`, `filename`, `name`, `qualname`
    pub values: Vec<Value>,
    pub firstlineno: i32,
    pub linetable: Value,
    pub exceptiontable: Value,
}

#[cold]
fn bad(what: &str) -> Raised {
    value_error(format!("bad marshal data ({what})"))
}

fn bytes(value: &Value) -> PyResult<Box<[u8]>> {
    match value.downcast::<Bytes>() {
        Some(bytes) => Ok(bytes.as_slice().into()),
        None => Err(type_error("code: bytes expected")),
    }
}

fn text(value: &Value) -> PyResult<Text> {
    match value.downcast::<Str>() {
        Some(text) => Ok(text.to_text()),
        None => Err(type_error("code: a string expected")),
    }
}

fn tuple(value: &Value) -> PyResult<&[Value]> {
    match value.downcast::<Tuple>() {
        Some(tuple) => Ok(tuple.as_slice()),
        None => Err(type_error("code: a tuple expected")),
    }
}

fn names(value: &Value) -> PyResult<Box<[Text]>> {
    match value.downcast::<Tuple>() {
        Some(tuple) => tuple.as_slice().iter().map(text).collect(),
        None => Err(type_error("name tuples must contain only strings")),
    }
}

/// Puts the parts together. Bytecode that could leave the rails of the interpreter is refused.
pub fn build(parts: &Parts) -> PyResult {
    let [
        code,
        consts,
        name_list,
        locals,
        kinds,
        filename,
        name,
        qualname,
    ] = &parts.values[..]
    else {
        return Err(bad("incomplete code"));
    };
    let count = |at: usize| {
        u32::try_from(parts.counts[at])
            .map_err(|_| value_error("code: argcount must not be negative"))
    };
    let consts: PyResult<Vec<Const>> = tuple(consts)?.iter().map(plain_constant).collect();
    let plain = CodeObject {
        argcount: count(0)?,
        posonlyargcount: count(1)?,
        kwonlyargcount: count(2)?,
        stacksize: count(3)?,
        flags: CodeFlags::from_bits_retain(parts.counts[4] as u32),
        code: bytes(code)?,
        consts: consts?.into(),
        names: names(name_list)?,
        localsplusnames: names(locals)?,
        localspluskinds: bytes(kinds)?
            .iter()
            .map(|kind| LocalKind::from_bits_retain(*kind))
            .collect(),
        filename: text(filename)?,
        name: text(name)?,
        qualname: text(qualname)?,
        firstlineno: parts.firstlineno,
        linetable: bytes(&parts.linetable)?,
        exceptiontable: bytes(&parts.exceptiontable)?,
    };
    if plain.localsplusnames.len() != plain.localspluskinds.len() {
        return Err(bad("locals don't match"));
    }
    verify::verify(&plain).map_err(|error| value_error(error.to_string()))?;
    Ok(Code::make(Arc::new(plain)).into_value())
}
