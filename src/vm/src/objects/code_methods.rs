//! Attributes and methods of code objects.

use crate::abstract_ops;
use crate::exceptions::{PyResult, value_error};
use crate::object::{Ref, object_value};
use crate::objects::bytes::Bytes;
use crate::objects::class::{CompareOp, Type};
use crate::objects::code::Code;
use crate::objects::code_new;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use taipan_bytecode::{CodeObject, Const, LocalKind, Opcode, linetable};
use taipan_macros::pymethods;

fn names(code: &Code, kind: impl Fn(LocalKind) -> bool) -> Ref<Tuple> {
    let chosen: Vec<Value> = code
        .locals
        .iter()
        .zip(code.localspluskinds.iter())
        .filter(|(_, k)| kind(**k))
        .map(|(name, _)| name.to_value())
        .collect();
    Tuple::new(chosen)
}

fn optional(number: Option<i32>) -> Value {
    number.map_or_else(Value::none, |n| Value::int(n as i64))
}

/// Two copies of one piece of text are equal; file names don't count.
fn same_code(a: &CodeObject, b: &CodeObject) -> bool {
    a.name == b.name
        && a.argcount == b.argcount
        && a.posonlyargcount == b.posonlyargcount
        && a.kwonlyargcount == b.kwonlyargcount
        && a.flags == b.flags
        && a.firstlineno == b.firstlineno
        && a.code == b.code
        && a.consts.len() == b.consts.len()
        && a.consts.iter().zip(&b.consts).all(|pair| match pair {
            (Const::Code(a), Const::Code(b)) => same_code(a, b),
            (a, b) => a == b,
        })
        && a.names == b.names
        && a.localsplusnames == b.localsplusnames
        && a.linetable == b.linetable
        && a.exceptiontable == b.exceptiontable
}

/// The table of lines as it once was: steps of bytes and lines, each below 256 and between -128 and 127.
fn lnotab(code: &Code) -> Vec<u8> {
    let (mut table, mut at, mut line) = (Vec::new(), 0, code.firstlineno);
    for (start, _, next) in linetable::lines(&code.linetable, code.firstlineno) {
        let Some(next) = next.filter(|next| *next != line) else {
            continue;
        };
        let (mut bytes, mut lines) = (start as i32 - at, next - line);
        while bytes > 255 {
            table.extend([255, 0]);
            bytes -= 255;
        }
        while !(-128..=127).contains(&lines) {
            let step = lines.clamp(-128, 127);
            table.extend([bytes as u8, step as i8 as u8]);
            lines -= step;
            bytes = 0;
        }
        table.extend([bytes as u8, lines as i8 as u8]);
        (at, line) = (start as i32, next);
    }
    table
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
            code.firstlineno
        ))
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        let (Some(a), Some(b)) = (this.downcast::<Code>(), other.downcast::<Code>()) else {
            return Ok(Value::not_implemented());
        };
        let alike = || a.firstlineno == b.firstlineno && a.linetable == b.linetable;
        let same = std::ptr::eq(a, b) || alike() && same_code(&a.plain(), &b.plain());
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
        let mut mix = |part: i64| hash = hash.wrapping_mul(1_000_003) ^ part;
        for value in code.consts.iter() {
            mix(abstract_ops::hash(value)?);
        }
        for name in code.names.iter().chain(&code.locals) {
            mix(name.hash());
        }
        for count in [code.argcount, code.posonlyargcount, code.kwonlyargcount] {
            mix(count as i64);
        }
        mix(code.flags.bits() as i64);
        mix(code.firstlineno as i64);
        for part in [&code.bytes(), &code.linetable, &code.exceptiontable] {
            part.iter().for_each(|byte| mix(*byte as i64));
        }
        Ok(if hash == -1 { -2 } else { hash })
    }
    #[pygetset]
    pub(super) fn co_argcount(&self) -> i64 {
        self.argcount as i64
    }
    #[pygetset]
    pub(super) fn co_posonlyargcount(&self) -> i64 {
        self.posonlyargcount as i64
    }
    #[pygetset]
    pub(super) fn co_kwonlyargcount(&self) -> i64 {
        self.kwonlyargcount as i64
    }
    #[pygetset]
    pub(super) fn co_nlocals(&self) -> i64 {
        self.localspluskinds
            .iter()
            .filter(|k| k.contains(LocalKind::LOCAL))
            .count() as i64
    }
    #[pygetset]
    pub(super) fn co_stacksize(&self) -> i64 {
        self.stack_size as i64
    }
    #[pygetset]
    pub(super) fn co_flags(&self) -> i64 {
        self.flags.bits() as i64
    }
    #[pygetset]
    pub(super) fn co_code(&self) -> Value {
        Bytes::from_vec(self.bytes().into_vec()).into_value()
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
    pub(super) fn co_consts(&self) -> Value {
        Tuple::from_slice(&self.consts).into_value()
    }
    #[pygetset]
    pub(super) fn co_names(&self) -> Value {
        Tuple::new(self.names.iter().map(|n| n.to_value()).collect::<Vec<_>>()).into_value()
    }
    #[pygetset]
    pub(super) fn co_varnames(&self) -> Value {
        names(self, |k| k.contains(LocalKind::LOCAL)).into_value()
    }
    #[pygetset]
    pub(super) fn co_cellvars(&self) -> Value {
        names(self, |k| k.contains(LocalKind::CELL)).into_value()
    }
    #[pygetset]
    pub(super) fn co_freevars(&self) -> Value {
        names(self, |k| k.contains(LocalKind::FREE)).into_value()
    }
    #[pygetset]
    pub(super) fn co_filename(&self) -> Value {
        self.filename.to_value()
    }
    #[pygetset]
    pub(super) fn co_name(&self) -> Value {
        self.name.to_value()
    }
    #[pygetset]
    pub(super) fn co_qualname(&self) -> Value {
        self.qualname.to_value()
    }
    #[pygetset]
    pub(super) fn co_firstlineno(&self) -> i64 {
        self.firstlineno as i64
    }
    #[pygetset]
    pub(super) fn co_linetable(&self) -> Value {
        Bytes::from_slice(&self.linetable).into_value()
    }
    #[pygetset]
    fn co_lnotab(&self) -> PyResult {
        crate::warnings::warn(
            crate::exceptions::DEPRECATION_WARNING.get(),
            "co_lnotab is deprecated, use co_lines instead.",
            1,
        )?;
        Ok(Bytes::from_vec(lnotab(self)).into_value())
    }
    #[pygetset]
    pub(super) fn co_exceptiontable(&self) -> Value {
        Bytes::from_slice(&self.exceptiontable).into_value()
    }
    /// Iterator over (start, end, line) triples of byte offsets.
    #[pymethod("co_lines($self, /)")]
    pub(super) fn co_lines(&self) -> PyResult {
        let lines: Vec<Value> = linetable::lines(&self.linetable, self.firstlineno)
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
    pub(super) fn co_positions(&self) -> PyResult {
        let positions: Vec<Value> = linetable::positions(&self.linetable, self.firstlineno)
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
    /// Iterator over (branch, where it goes on, where it goes to) of every branch instruction, in bytes.
    #[pymethod("co_branches($self, /)")]
    fn co_branches(&self) -> PyResult {
        let mut branches = Vec::new();
        let (mut unit, mut oparg) = (0, 0usize);
        while unit < self.len() {
            let (op, byte) = self.plain_instruction(unit);
            oparg = oparg << 8 | usize::from(byte);
            let next = unit + 1 + op.caches();
            let branch = match op {
                // Past the instructions that end the loop.
                Opcode::FOR_ITER => Some((unit, next, next + oparg + 2)),
                Opcode::POP_JUMP_IF_FALSE
                | Opcode::POP_JUMP_IF_TRUE
                | Opcode::POP_JUMP_IF_NONE
                | Opcode::POP_JUMP_IF_NOT_NONE => Some((unit, next + 1, next + oparg)),
                Opcode::END_ASYNC_FOR => Some((next - oparg, next - oparg + 2, next)),
                _ => None,
            };
            branches.extend(branch.map(|(from, on, to)| {
                let bytes = [from, on, to].map(|unit| Value::int(2 * unit as i64));
                Tuple::new(bytes).into_value()
            }));
            if op != Opcode::EXTENDED_ARG {
                oparg = 0;
            }
            unit = next;
        }
        abstract_ops::iter(Tuple::new(branches).as_value())
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
        code_new::replace(code, &changes).map(Ref::into_value)
    }
    /// A copy of the code object with new values for the given fields.
    #[pymethod("__replace__($self, /, **changes)")]
    fn __replace__(this: &Value, changes: crate::native::KwArgs) -> PyResult {
        Code::replace(this, changes)
    }
    #[pyslot(
        "code(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, names, varnames, filename, name, qualname, firstlineno, linetable, exceptiontable, freevars=(), cellvars=(), /)"
    )]
    #[allow(clippy::too_many_arguments)]
    fn new(
        _class: &Type,
        argcount: i64,
        posonlyargcount: i64,
        kwonlyargcount: i64,
        nlocals: i64,
        stacksize: i64,
        flags: i64,
        codestring: &Bytes,
        constants: &Tuple,
        names: &Tuple,
        varnames: &Tuple,
        filename: &Str,
        name: &Str,
        qualname: &Str,
        firstlineno: i64,
        linetable: &Bytes,
        exceptiontable: &Bytes,
        freevars: Option<&Tuple>,
        cellvars: Option<&Tuple>,
    ) -> PyResult {
        let counts = [
            ("argcount", argcount),
            ("posonlyargcount", posonlyargcount),
            ("kwonlyargcount", kwonlyargcount),
            ("nlocals", nlocals),
        ];
        if let Some((name, _)) = counts.iter().find(|(_, count)| *count < 0) {
            return Err(value_error(format!("code: {name} must not be negative")));
        }
        let tuple = |names: Option<&Tuple>| match names {
            Some(names) => object_value(names),
            None => Tuple::empty().into_value(),
        };
        let parts = code_new::Parts {
            argcount,
            posonlyargcount,
            kwonlyargcount,
            nlocals,
            stacksize,
            flags,
            code: object_value(codestring),
            consts: object_value(constants),
            names: object_value(names),
            varnames: object_value(varnames),
            freevars: tuple(freevars),
            cellvars: tuple(cellvars),
            filename: object_value(filename),
            name: object_value(name),
            qualname: object_value(qualname),
            firstlineno,
            linetable: object_value(linetable),
            exceptiontable: object_value(exceptiontable),
        };
        parts.build().map(Ref::into_value)
    }
}
