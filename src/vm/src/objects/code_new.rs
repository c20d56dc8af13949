//! Code objects from their parts: `types.CodeType(…)` and `code.replace(…)`.

use crate::abstract_ops;
use crate::exceptions::{
    self, OVERFLOW_ERROR, PyResult, Raised, raise_new, system_error, type_error, value_error,
};
use crate::native::KwArgs;
use crate::object::Ref;
use crate::objects::bytes::Bytes;
use crate::objects::code::Code;
use crate::objects::complex::Complex;
use crate::objects::set::core_of;
use crate::objects::slice::Slice;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use std::sync::Arc;
use taipan_bytecode::{CodeFlags, CodeObject, Const, LocalKind, Text, verify};

/// Constants are not nested deeper; a tuple from outside may even be in itself.
const MAX_NESTING: usize = 1000;

/// A constant as plain data; only what a compiler makes can be one.
pub fn plain_constant(value: &Value) -> PyResult<Const> {
    plain_at(value, 0)
}

/// What no compiler makes is known to the code object alone, and unlike any other constant.
fn plain_constants(consts: &[Value]) -> Box<[Const]> {
    let plain = |value: &Value| match plain_constant(value) {
        Ok(plain) => plain,
        Err(_) => {
            exceptions::take_raised();
            Const::Float(f64::NAN)
        }
    };
    consts.iter().map(plain).collect()
}

impl Code {
    /// As the compiler gave it.
    pub fn plain(&self) -> CodeObject {
        let texts = |names: &[Ref<Str>]| names.iter().map(|name| name.to_text()).collect();
        CodeObject {
            argcount: self.argcount,
            posonlyargcount: self.posonlyargcount,
            kwonlyargcount: self.kwonlyargcount,
            stacksize: self.stack_size,
            flags: self.flags,
            code: self.bytes(),
            consts: plain_constants(&self.consts),
            names: texts(&self.names),
            localsplusnames: texts(&self.locals),
            localspluskinds: self.localspluskinds.clone(),
            filename: self.filename.to_text(),
            name: self.name.to_text(),
            qualname: self.qualname.to_text(),
            firstlineno: self.firstlineno,
            linetable: self.linetable.clone(),
            exceptiontable: self.exceptiontable.clone(),
        }
    }
}

fn plain_at(value: &Value, depth: usize) -> PyResult<Const> {
    if depth > MAX_NESTING {
        return Err(value_error("code: constants are nested too deeply"));
    }
    let inner = |value: &Value| plain_at(value, depth + 1);
    if value.is_none() {
        return Ok(Const::None);
    }
    if value.is_true() {
        return Ok(Const::True);
    }
    if value.is_false() {
        return Ok(Const::False);
    }
    if value.is_ellipsis() {
        return Ok(Const::Ellipsis);
    }
    if let Some(float) = value.as_exact_float() {
        return Ok(Const::Float(float));
    }
    if let Some(int) = value.as_int() {
        return Ok(Const::Int(int.to_big()));
    }
    if let Some(text) = value.downcast::<Str>() {
        return Ok(Const::Str(text.to_text()));
    }
    if let Some(bytes) = value.downcast::<Bytes>() {
        return Ok(Const::Bytes(bytes.as_slice().into()));
    }
    if let Some(complex) = value.downcast::<Complex>() {
        return Ok(Const::Complex(complex.real, complex.imaginary));
    }
    if let Some(code) = value.downcast::<Code>() {
        return Ok(Const::Code(Arc::new(code.plain())));
    }
    if let Some(tuple) = value.downcast::<Tuple>() {
        let items: PyResult<Vec<Const>> = tuple.as_slice().iter().map(inner).collect();
        return Ok(Const::Tuple(items?.into()));
    }
    if let Some(slice) = value.downcast::<Slice>() {
        let parts = [
            inner(&slice.start)?,
            inner(&slice.stop)?,
            inner(&slice.step)?,
        ];
        return Ok(Const::Slice(Box::new(parts)));
    }
    if let Some(core) = core_of(value) {
        let items: PyResult<Vec<Const>> = core.keys().iter().map(inner).collect();
        return Ok(Const::FrozenSet(items?.into()));
    }
    Err(value_error(
        "bad marshal data (a constant of code is of no constant type)",
    ))
}

/// What a code object is made of, as Python gives it.
pub struct Parts {
    pub argcount: i64,
    pub posonlyargcount: i64,
    pub kwonlyargcount: i64,
    pub nlocals: i64,
    pub stacksize: i64,
    pub flags: i64,
    pub code: Value,
    pub consts: Value,
    pub names: Value,
    pub varnames: Value,
    pub freevars: Value,
    pub cellvars: Value,
    pub filename: Value,
    pub name: Value,
    pub qualname: Value,
    pub firstlineno: i64,
    pub linetable: Value,
    pub exceptiontable: Value,
}

fn bytes(value: &Value) -> Box<[u8]> {
    let bytes = value.downcast::<Bytes>();
    bytes.map_or_else(Box::default, |bytes| bytes.as_slice().into())
}

fn text(value: &Value) -> Text {
    let text = value.downcast::<Str>();
    text.map_or_else(|| Text::from(""), Str::to_text)
}

fn items(value: &Value) -> &[Value] {
    value.downcast::<Tuple>().map_or(&[], Tuple::as_slice)
}

fn texts(value: &Value) -> PyResult<Vec<Text>> {
    let text = |item: &Value| match item.downcast::<Str>() {
        Some(text) => Ok(text.to_text()),
        None => Err(system_error("non-string found in code slot")),
    };
    items(value).iter().map(text).collect()
}

impl Parts {
    fn of(code: &Code) -> Parts {
        Parts {
            argcount: code.co_argcount(),
            posonlyargcount: code.co_posonlyargcount(),
            kwonlyargcount: code.co_kwonlyargcount(),
            nlocals: code.co_nlocals(),
            stacksize: code.co_stacksize(),
            flags: code.co_flags(),
            code: code.co_code(),
            consts: code.co_consts(),
            names: code.co_names(),
            varnames: code.co_varnames(),
            freevars: code.co_freevars(),
            cellvars: code.co_cellvars(),
            filename: code.co_filename(),
            name: code.co_name(),
            qualname: code.co_qualname(),
            firstlineno: code.co_firstlineno(),
            linetable: code.co_linetable(),
            exceptiontable: code.co_exceptiontable(),
        }
    }

    /// Puts the parts together. Bytecode that could leave the rails of the interpreter is refused.
    pub fn build(&self) -> PyResult<Ref<Code>> {
        let names = texts(&self.names)?;
        let varnames = texts(&self.varnames)?;
        let (cellvars, freevars) = (texts(&self.cellvars)?, texts(&self.freevars)?);
        let code = bytes(&self.code);
        if self.argcount < self.posonlyargcount {
            return Err(system_error("bad argument to internal function"));
        }
        if !code.len().is_multiple_of(2) {
            return Err(value_error("code: co_code is malformed"));
        }
        let flags = CodeFlags::from_bits_retain(self.flags as u32);
        let arguments = self.argcount
            + self.kwonlyargcount
            + flags.contains(CodeFlags::VARARGS) as i64
            + flags.contains(CodeFlags::VARKEYWORDS) as i64;
        if arguments > varnames.len() as i64 {
            return Err(value_error("code: co_varnames is too small"));
        }
        if self.nlocals != varnames.len() as i64 {
            return Err(value_error("code: co_nlocals != len(co_varnames)"));
        }
        let mut locals = varnames;
        let mut kinds = vec![LocalKind::LOCAL; locals.len()];
        for cell in cellvars {
            // An argument may be a cell as well.
            match locals.iter().position(|name| *name == cell) {
                Some(place) => kinds[place] |= LocalKind::CELL,
                None => {
                    locals.push(cell);
                    kinds.push(LocalKind::CELL);
                }
            }
        }
        kinds.resize(kinds.len() + freevars.len(), LocalKind::FREE);
        locals.extend(freevars);
        let consts = items(&self.consts);
        let plain = CodeObject {
            argcount: self.argcount as u32,
            posonlyargcount: self.posonlyargcount as u32,
            kwonlyargcount: self.kwonlyargcount as u32,
            stacksize: self.stacksize as u32,
            flags,
            code,
            consts: plain_constants(consts),
            names: names.into(),
            localsplusnames: locals.into(),
            localspluskinds: kinds.into(),
            filename: text(&self.filename),
            name: text(&self.name),
            qualname: text(&self.qualname),
            firstlineno: self.firstlineno as i32,
            linetable: bytes(&self.linetable),
            exceptiontable: bytes(&self.exceptiontable),
        };
        verify::verify(&plain).map_err(|error| value_error(error.to_string()))?;
        Ok(Code::make_with(plain, consts.to_vec().into()))
    }
}

/// A part must be of its class.
fn expect<T: crate::native::NativeClass>(
    value: &Value,
    name: &str,
    class: &str,
) -> Result<Value, Raised> {
    match value.downcast::<T>() {
        Some(_) => Ok(value.clone()),
        None => Err(type_error(format!(
            "replace() argument '{name}' must be {class}, not {}",
            value.class().name()
        ))),
    }
}

/// A number that fits a C int and is not negative.
fn number(value: &Value, name: &str) -> PyResult<i64> {
    let number = abstract_ops::to_i64(value)?;
    if i32::try_from(number).is_err() {
        return Err(raise_new(
            OVERFLOW_ERROR.get(),
            "Python int too large to convert to C int",
        ));
    }
    if number < 0 {
        return Err(value_error(format!("{name} must be a positive integer")));
    }
    Ok(number)
}

/// A copy with some parts changed.
pub fn replace(code: &Code, changes: &KwArgs) -> PyResult<Ref<Code>> {
    let mut parts = Parts::of(code);
    for (key, value) in changes.iter() {
        let key = key.downcast::<Str>().map(Str::to_string);
        let name = key.as_deref().unwrap_or_default();
        let int = || number(value, name);
        let bytes = || expect::<Bytes>(value, name, "bytes");
        let tuple = || expect::<Tuple>(value, name, "tuple");
        let text = || expect::<Str>(value, name, "str");
        match name {
            "co_argcount" => parts.argcount = int()?,
            "co_posonlyargcount" => parts.posonlyargcount = int()?,
            "co_kwonlyargcount" => parts.kwonlyargcount = int()?,
            "co_nlocals" => parts.nlocals = int()?,
            "co_stacksize" => parts.stacksize = int()?,
            "co_flags" => parts.flags = int()?,
            "co_firstlineno" => parts.firstlineno = int()?,
            "co_code" => parts.code = bytes()?,
            "co_consts" => parts.consts = tuple()?,
            "co_names" => parts.names = tuple()?,
            "co_varnames" => parts.varnames = tuple()?,
            "co_freevars" => parts.freevars = tuple()?,
            "co_cellvars" => parts.cellvars = tuple()?,
            "co_filename" => parts.filename = text()?,
            "co_name" => parts.name = text()?,
            "co_qualname" => parts.qualname = text()?,
            "co_linetable" => parts.linetable = bytes()?,
            "co_exceptiontable" => parts.exceptiontable = bytes()?,
            _ => {
                return Err(type_error(format!(
                    "replace() got an unexpected keyword argument '{name}'"
                )));
            }
        }
    }
    parts.build()
}
