//! Attributes and methods of code objects.

use crate::abstract_ops;
use crate::exceptions::{PyResult, type_error};
use crate::object::{Ref, object_value};
use crate::objects::bytes::Bytes;
use crate::objects::class::CompareOp;
use crate::objects::code::Code;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use taipan_bytecode::{LocalKind, linetable};
use taipan_macros::pymethods;

fn names(code: &Code, kind: impl Fn(LocalKind) -> bool) -> Ref<Tuple> {
    let chosen: Vec<Value> = code
        .locals
        .iter()
        .zip(code.plain.localspluskinds.iter())
        .filter(|(_, k)| kind(**k))
        .map(|(name, _)| name.to_value())
        .collect();
    Tuple::new(chosen)
}

fn optional(number: Option<i32>) -> Value {
    number.map_or_else(Value::none, |n| Value::int(n as i64))
}

#[pymethods]
impl Code {
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        // SAFETY: the slot's caller checked the class.
        let code = unsafe { this.downcast_unchecked::<Code>() };
        Ok(format!(
            "<code object {} at {:#x}, file \"{}\", line {}>",
            code.name,
            this.raw().0,
            code.filename,
            code.plain.firstlineno
        ))
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        let (Some(a), Some(b)) = (this.downcast::<Code>(), other.downcast::<Code>()) else {
            return Ok(Value::not_implemented());
        };
        // Two copies of one piece of text are equal; file names don't count.
        let same = std::ptr::eq(a, b) || {
            let (x, y) = (&a.plain, &b.plain);
            x.name == y.name
                && x.argcount == y.argcount
                && x.posonlyargcount == y.posonlyargcount
                && x.kwonlyargcount == y.kwonlyargcount
                && x.flags == y.flags
                && x.firstlineno == y.firstlineno
                && x.code == y.code
                && x.consts == y.consts
                && x.names == y.names
                && x.localsplusnames == y.localsplusnames
                && x.linetable == y.linetable
                && x.exceptiontable == y.exceptiontable
        };
        Ok(match op {
            CompareOp::Eq => Value::bool(same),
            CompareOp::Ne => Value::bool(!same),
            _ => Value::not_implemented(),
        })
    }
    #[pyslot]
    fn hash(this: &Value) -> PyResult<i64> {
        // SAFETY: as above.
        let code = unsafe { this.downcast_unchecked::<Code>() };
        let mut hash = code.name.hash();
        for byte in code.plain.code.iter() {
            hash = hash.wrapping_mul(1_000_003) ^ *byte as i64;
        }
        hash = hash.wrapping_add(code.plain.firstlineno as i64);
        Ok(if hash == -1 { -2 } else { hash })
    }
    #[pygetset]
    fn co_argcount(&self) -> i64 {
        self.plain.argcount as i64
    }
    #[pygetset]
    fn co_posonlyargcount(&self) -> i64 {
        self.plain.posonlyargcount as i64
    }
    #[pygetset]
    fn co_kwonlyargcount(&self) -> i64 {
        self.plain.kwonlyargcount as i64
    }
    #[pygetset]
    fn co_nlocals(&self) -> i64 {
        self.plain
            .localspluskinds
            .iter()
            .filter(|k| k.contains(LocalKind::LOCAL))
            .count() as i64
    }
    #[pygetset]
    fn co_stacksize(&self) -> i64 {
        self.plain.stacksize as i64
    }
    #[pygetset]
    fn co_flags(&self) -> i64 {
        self.plain.flags.bits() as i64
    }
    #[pygetset]
    fn co_code(&self) -> Value {
        Bytes::from_slice(&self.plain.code).into_value()
    }
    #[pygetset]
    fn _co_code_adaptive(&self) -> Value {
        let bytes: Vec<u8> = self
            .snapshot()
            .iter()
            .flat_map(|u| u.to_le_bytes())
            .collect();
        Bytes::from_slice(&bytes).into_value()
    }
    #[pygetset]
    fn co_consts(&self) -> Value {
        Tuple::from_slice(&self.consts).into_value()
    }
    #[pygetset]
    fn co_names(&self) -> Value {
        Tuple::new(self.names.iter().map(|n| n.to_value()).collect::<Vec<_>>()).into_value()
    }
    #[pygetset]
    fn co_varnames(&self) -> Value {
        names(self, |k| k.contains(LocalKind::LOCAL)).into_value()
    }
    #[pygetset]
    fn co_cellvars(&self) -> Value {
        names(self, |k| k.contains(LocalKind::CELL)).into_value()
    }
    #[pygetset]
    fn co_freevars(&self) -> Value {
        names(self, |k| k.contains(LocalKind::FREE)).into_value()
    }
    #[pygetset]
    fn co_filename(&self) -> Value {
        self.filename.to_value()
    }
    #[pygetset]
    fn co_name(&self) -> Value {
        self.name.to_value()
    }
    #[pygetset]
    fn co_qualname(&self) -> Value {
        self.qualname.to_value()
    }
    #[pygetset]
    fn co_firstlineno(&self) -> i64 {
        self.plain.firstlineno as i64
    }
    #[pygetset]
    fn co_linetable(&self) -> Value {
        Bytes::from_slice(&self.plain.linetable).into_value()
    }
    #[pygetset]
    fn co_exceptiontable(&self) -> Value {
        Bytes::from_slice(&self.plain.exceptiontable).into_value()
    }
    /// Iterator over (start, end, line) triples of byte offsets.
    #[pymethod("co_lines($self, /)")]
    fn co_lines(&self) -> PyResult {
        let lines: Vec<Value> = linetable::lines(&self.plain.linetable, self.plain.firstlineno)
            .into_iter()
            .map(|(start, end, line)| {
                Tuple::new([
                    Value::int(start as i64),
                    Value::int(end as i64),
                    optional(line),
                ])
                .into_value()
            })
            .collect();
        abstract_ops::iter(Tuple::new(lines).as_value())
    }
    /// Iterator over (line, end line, column, end column) of every code unit.
    #[pymethod("co_positions($self, /)")]
    fn co_positions(&self) -> PyResult {
        let positions: Vec<Value> =
            linetable::positions(&self.plain.linetable, self.plain.firstlineno)
                .map(|p| {
                    Tuple::new([
                        optional(p.line),
                        optional(p.end_line),
                        optional(p.column),
                        optional(p.end_column),
                    ])
                    .into_value()
                })
                .collect();
        abstract_ops::iter(Tuple::new(positions).as_value())
    }
    /// A name by its index among locals, cells and free variables.
    #[pymethod("_varname_from_oparg($self, /, oparg)")]
    fn varname_from_oparg(&self, oparg: i64) -> PyResult {
        match self.locals.get(oparg as usize) {
            Some(name) => Ok(name.to_value()),
            None => Err(crate::exceptions::index_error("tuple index out of range")),
        }
    }
    /// A copy of the code object with new values for the given fields.
    #[pymethod("replace($self, /, **changes)")]
    fn replace(this: &Value, changes: crate::native::KwArgs) -> PyResult {
        // SAFETY: the method's caller checked the class.
        let code = unsafe { this.downcast_unchecked::<Code>() };
        let mut plain = (*code.plain).clone();
        for (key, value) in changes.iter() {
            let key = key
                .downcast::<Str>()
                .map(|k| k.to_string())
                .unwrap_or_default();
            let text = || match value.downcast::<Str>() {
                Some(s) => Ok(s.to_text()),
                None => Err(type_error(format!(
                    "replace() argument '{key}' must be str, not {}",
                    value.class().name()
                ))),
            };
            match key.as_str() {
                "co_name" => plain.name = text()?,
                "co_qualname" => plain.qualname = text()?,
                "co_filename" => plain.filename = text()?,
                "co_firstlineno" => plain.firstlineno = abstract_ops::to_i64(value)? as i32,
                "co_flags" => {
                    plain.flags = taipan_bytecode::CodeFlags::from_bits_retain(
                        abstract_ops::to_i64(value)? as u32,
                    );
                }
                _ => {
                    return Err(crate::exceptions::not_implemented_error(format!(
                        "code.replace(): Taipan does not replace {key} yet"
                    )));
                }
            }
        }
        Ok(object_value(&*Code::make(std::sync::Arc::new(plain))))
    }
}
