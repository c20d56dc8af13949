//! Calls of functions, methods and classes written in Rust.
//!
//! The callee is guarded by its declaration, which is static: its address names the function for good. What
//! a declaration says of an unboxed entry is used where the arguments are floats; a few functions have
//! instructions of their own.

use super::{Builder, Entry};
use crate::activation::ActivationId;
use crate::bailout::Bailout;
use crate::frame_state::Own;
use crate::helpers::Helper;
use crate::hir::{Op, Rep, Value};
use crate::types::{Kinds, Range, Type};
use taipan_bytecode::Opcode;
use taipan_vm::native::{MethodDef, MethodKind, NativeClass, Unbox, Unboxed};
use taipan_vm::objects::builtin_function::{BuiltinFunction, MethodDescriptor};
use taipan_vm::objects::class::Type as Class;
use taipan_vm::objects::enumerate::Enumerate;
use taipan_vm::objects::float::Float;
use taipan_vm::objects::int::Int;
use taipan_vm::objects::list::List;
use taipan_vm::objects::module::Module;
use taipan_vm::objects::range::Range as PyRange;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::shape::{existing_dict, shape_by_id};
use taipan_vm::value::{Raw, Value as PyValue};

/// Lengths fit.
const LENGTH: Range = Range {
    low: 0,
    high: 1 << 60,
};

/// Functions of floats that have an instruction.
const INTRINSICS: &[(&str, &str, Op, u64)] = &[
    ("math", "sqrt", Op::FloatSqrt, 0),
    ("math", "fabs", Op::FloatAbs, 0),
    ("math", "floor", Op::FloatToInt, 1),
    ("math", "ceil", Op::FloatToInt, 2),
    ("math", "trunc", Op::FloatToInt, 0),
    ("builtins", "abs", Op::FloatAbs, 0),
];

impl Builder<'_> {
    /// What a value is now, if it can be told where it comes from: the code that uses this guards it.
    pub(super) fn seen(&self, value: Value) -> Option<Raw> {
        let inst = self.f.inst(value);
        match inst.op {
            Op::LoadBuiltin => {
                // SAFETY: the name is the code's own.
                let name = unsafe { &*(inst.second as *const Str) };
                let found = taipan_vm::builtins::lookup(&name.to_string()).ok()?;
                // The builtins hold it.
                Some(found.raw())
            }
            Op::DictItem => {
                let module = self.seen(*self.f.inst(inst.args[0]).args.first()?)?;
                if !module.is_pointer() {
                    return None;
                }
                module.peek().downcast_exact::<Module>()?;
                // SAFETY: the name is the code's own.
                let name = unsafe { &*(inst.second as *const Str) };
                existing_dict(module.header())?.value_at(inst.immediate as usize, name)
            }
            Op::LoadLocal if inst.second == ActivationId::UNIT.0 as u64 => {
                self.unit_source.held.get(inst.immediate as usize).copied()
            }
            _ => self.known_or_global(value),
        }
    }

    /// An attribute of a module, by its place in the module's dict. False where it can't be told.
    pub(super) fn module_attribute(&mut self, owner: Entry) -> Result<Option<Value>, Bailout> {
        let shape = Module::class().dictionary_shape();
        let name = self.source.code.names.get((self.at.oparg >> 1) as usize);
        let name = name.ok_or(Bailout::Malformed)?.as_ptr() as u64;
        self.guard_shape(owner.value, shape.id());
        let offset = shape.ext_offset() as u64;
        let dict = self.emit(Op::LoadField, &[owner.value], Type::ANY, offset);
        self.guard(Op::GuardNotWord, &[dict], Type::NEVER, 0);
        let place = self.cache16(3) as u64;
        Ok(Some(self.guard2(
            Op::DictItem,
            &[dict],
            Type::VALUE,
            place,
            name,
        )))
    }

    /// Performs a `CALL` whose callee is written in Rust; false if it is no such, or can't be told.
    pub(super) fn call_native(&mut self, count: usize) -> Result<bool, Bailout> {
        use Opcode::*;
        let (callable, receiver) = (self.top(count + 1)?, self.top(count)?);
        if !self.is_word(callable.value) || !self.is_word(receiver.value) {
            return Ok(false);
        }
        if !self.is_null(receiver.value) {
            let method = matches!(self.at.op, CALL_METHOD_DESCRIPTOR_FAST | CALL_LIST_APPEND);
            return match method {
                true if self.failures() <= 1 && self.call_method_descriptor(count)? => Ok(true),
                true => self.call_any_method(count),
                false => Ok(false),
            };
        }
        if self.failures() > 1 {
            return match self.at.op {
                CALL_BUILTIN_FAST | CALL_LEN | CALL_ISINSTANCE | CALL_TYPE_1 => {
                    self.call_value(count)
                }
                _ => Ok(false),
            };
        }
        let Some(seen) = self.seen(callable.value).filter(|raw| raw.is_pointer()) else {
            return self.call_some_function(callable, count);
        };
        if let Some(function) = seen.peek().downcast_exact::<BuiltinFunction>() {
            let Some(def) = function.declaration() else {
                return Ok(false);
            };
            return self.call_function(callable, function, def, count);
        }
        if let Some(class) = seen.peek().downcast_exact::<Class>()
            && matches!(self.at.op, CALL | CALL_TYPE_1)
        {
            if !class.is_heap() {
                return self.call_class(callable, seen, class, count);
            }
            self.guard_shape(callable.value, Class::cell().shape().id());
            return self.call_value(count);
        }
        Ok(false)
    }

    /// A call without a self, whatever the callable is.
    fn call_value(&mut self, count: usize) -> Result<bool, Bailout> {
        let mut args = self.operand_words(count)?;
        args.insert(0, self.top(count + 1)?.value);
        let value = self.call_with_frame(Op::HelpedMany, &args, Helper::CallValue as u64);
        self.finish_call(count + 2, Some(value))?;
        Ok(true)
    }

    /// A call with a self; false if there may be none.
    fn call_any_method(&mut self, count: usize) -> Result<bool, Bailout> {
        let receiver = self.top(count)?.value;
        if self.ty(receiver).kinds.meets(Kinds::NULL) {
            return Ok(false);
        }
        let args = self.operand_words(count + 2)?;
        let value = self.call_with_frame(Op::HelpedMany, &args, Helper::CallValue as u64);
        self.finish_call(count + 2, Some(value))?;
        Ok(true)
    }

    fn is_word(&self, value: Value) -> bool {
        self.rep(value) == Rep::Word
    }

    fn call_function(
        &mut self,
        callable: Entry,
        function: &BuiltinFunction,
        def: &'static MethodDef,
        count: usize,
    ) -> Result<bool, Bailout> {
        let plain = matches!(def.kind, MethodKind::Function | MethodKind::Static);
        // `getrefcount` is to see its argument counted, as the interpreter does.
        if plain == function.is_bound() || function.is_function("sys", "getrefcount") {
            return Ok(false);
        }
        let intrinsic = INTRINSICS
            .iter()
            .find(|(module, name, ..)| *name == def.name && function.is_function(module, name));
        let is = |name: &str| function.is_builtin(name);
        let (length, instance) = (is("len") && count == 1, is("isinstance") && count == 2);
        self.guard_declaration(callable.value, def);
        if !self.failed() {
            if let Some((_, _, op, immediate)) = intrinsic
                && count == 1
                && self.is_float_argument(def, self.top(0)?.value)
            {
                let float = self.float(self.top(0)?.value);
                let ty = match op {
                    Op::FloatToInt => Type::INT,
                    _ => Type::FLOAT,
                };
                let result = self.guard(*op, &[float], ty, *immediate);
                return self.finish_native(count, result);
            }
            if let Some(unboxed) = &def.unboxed
                && let Some(result) = self.call_unboxed(unboxed, count)?
            {
                return self.finish_native(count, result);
            }
            if length {
                let result = self.length()?;
                return self.finish_native(count, result);
            }
            if instance {
                let result = match self.known_instance()? {
                    Some(known) => Some(known),
                    // The metaclass may answer in Python.
                    None if !self.is_plain_class(self.top(0)?.value) => None,
                    None => Some(self.quick(Helper::QuickIsInstance, 2, None, Type::BOOL)?),
                };
                if let Some(result) = result {
                    return self.finish_native(count, result);
                }
            }
        }
        let mut args = self.operand_words(count)?;
        let value = if length {
            let value = self.call_with_frame(Op::Helped, &args, Helper::Len as u64);
            self.f.insts[value.0 as usize].ty = Type::int(LENGTH);
            value
        } else if instance {
            let value = self.call_with_frame(Op::Helped, &args, Helper::IsInstance as u64);
            self.f.insts[value.0 as usize].ty = Type::BOOL;
            value
        } else {
            if !plain {
                let offset = BuiltinFunction::BOUND_OFFSET as u64;
                let bound = self.emit(Op::LoadField, &[callable.value], Type::VALUE, offset);
                args.insert(0, bound);
            }
            self.call_with_frame(Op::CallNative, &args, def.call as usize as u64)
        };
        self.finish_call(count + 2, Some(value))?;
        Ok(true)
    }

    /// Is this, as far as can be told, an instance of `type` itself?
    fn is_plain_class(&self, value: Value) -> bool {
        let seen = self.seen(value).filter(|raw| raw.is_pointer());
        seen.is_none_or(|raw| raw.peek().downcast_exact::<Class>().is_some())
    }

    /// A native function of which only the class is known, bound to an object or not.
    fn call_some_function(&mut self, callable: Entry, count: usize) -> Result<bool, Bailout> {
        let shape = BuiltinFunction::cell().shape().id();
        let native = matches!(
            self.at.op,
            Opcode::CALL_BUILTIN_FAST | Opcode::CALL_LEN | Opcode::CALL_ISINSTANCE
        );
        if !self.ty(callable.value).is_object_of(shape) && !native {
            return Ok(false);
        }
        self.guard_shape(callable.value, shape);
        let mut args = self.operand_words(count)?;
        args.insert(0, callable.value);
        let value = self.call_with_frame(Op::HelpedMany, &args, Helper::CallFunction as u64);
        self.finish_call(count + 2, Some(value))?;
        Ok(true)
    }

    /// Is the argument a float, or to become one because the function takes nothing else?
    fn is_float_argument(&self, def: &MethodDef, argument: Value) -> bool {
        let floats = |unboxed: &Unboxed| unboxed.parameters.iter().all(|p| *p == Unbox::Float);
        let converts = def.unboxed.as_ref().is_some_and(floats);
        self.is_float(argument) || converts && self.is_number_or_unknown(argument)
    }
    fn is_number_or_unknown(&self, value: Value) -> bool {
        self.is_int(value) || self.is_float(value) || self.is_word(value)
    }

    /// Leaves unless the callable is a native function with this declaration.
    pub(super) fn guard_declaration(&mut self, callable: Value, def: &'static MethodDef) {
        self.guard_shape(callable, BuiltinFunction::cell().shape().id());
        let offset = BuiltinFunction::DEF_OFFSET as u64;
        let found = self.emit(Op::FixedField, &[callable], Type::INT, offset);
        let def = def as *const MethodDef as u64;
        self.guard(Op::GuardWord, &[found], Type::NEVER, def);
    }

    /// The result of the function's second entry, if it takes floats only and may be called again.
    fn call_unboxed(
        &mut self,
        unboxed: &'static Unboxed,
        count: usize,
    ) -> Result<Option<Value>, Bailout> {
        let fits = unboxed.effects.pure
            && !unboxed.effects.runs_python
            && unboxed.parameters.len() == count
            && unboxed.parameters.iter().all(|p| *p == Unbox::Float);
        let (op, ty) = match unboxed.result {
            Unbox::Float => (Op::UnboxedFloat, Type::FLOAT),
            Unbox::Bool => (Op::UnboxedTruth, Type::BOOL),
            _ => return Ok(None),
        };
        if !fits {
            return Ok(None);
        }
        let mut args = Vec::new();
        for depth in (0..count).rev() {
            let argument = self.top(depth)?;
            if !self.is_number_or_unknown(argument.value) {
                return Ok(None);
            }
            args.push(argument.value);
        }
        for arg in &mut args {
            *arg = self.float(*arg);
        }
        let raises = unboxed.effects.may_raise as u64;
        Ok(Some(self.guard2(
            op,
            &args,
            ty,
            unboxed.entry as u64,
            raises,
        )))
    }

    /// `len` of the operand on top.
    fn length(&mut self) -> Result<Value, Bailout> {
        let argument = self.top(0)?;
        let ty = self.ty(argument.value);
        let ty_is = |shape| ty.is_object_of(shape);
        let range = Type::int(LENGTH);
        if ty_is(List::cell().shape().id()) {
            return Ok(self.emit(Op::ListLength, &[argument.value], range, 1));
        }
        if ty_is(Tuple::cell().shape().id()) {
            return Ok(self.emit(Op::TupleLength, &[argument.value], range, 1));
        }
        self.quick(Helper::QuickLen, 1, None, range)
    }

    /// The answer of `isinstance` where object and class are written in Rust: it never changes.
    fn known_instance(&mut self) -> Result<Option<Value>, Bailout> {
        let (class, object) = (self.top(0)?.value, self.top(1)?.value);
        let ty = self.ty(object);
        let own = match ty.shape {
            // SAFETY: types name shapes.
            Some(shape) if ty.is_object_of(shape) => unsafe { shape_by_id(shape) }.class(),
            _ if self.is_int(object) => Int::class(),
            _ => return Ok(None),
        };
        let Some(seen) = self.seen(class).filter(|raw| raw.is_pointer()) else {
            return Ok(None);
        };
        let peeked = seen.peek();
        let Some(wanted) = peeked.downcast_exact::<Class>() else {
            return Ok(None);
        };
        if wanted.is_heap() || own.is_heap() {
            return Ok(None);
        }
        let answer = own.is_subclass(wanted);
        self.guard(Op::GuardWord, &[class], Type::NEVER, seen.unborrowed().0);
        Ok(Some(self.constant(PyValue::bool(answer).raw())))
    }

    /// A call that ran no Python code is over.
    pub(super) fn finish_native(&mut self, count: usize, result: Value) -> Result<bool, Bailout> {
        let base = self.below(count + 2)?;
        for entry in self.s.stack.split_off(base) {
            self.drop_entry(entry);
        }
        self.push(result, Own::Owned);
        Ok(true)
    }

    fn call_method_descriptor(&mut self, count: usize) -> Result<bool, Bailout> {
        let (callable, receiver) = (self.top(count + 1)?, self.top(count)?);
        let Some(method) = self.known(callable.value).filter(|raw| raw.is_pointer()) else {
            return Ok(false);
        };
        let peeked = method.peek();
        let Some(descriptor) = peeked.downcast_exact::<MethodDescriptor>() else {
            return Ok(false);
        };
        let ty = self.ty(receiver.value);
        let shape = match ty.shape {
            Some(shape) if ty.is_object_of(shape) => Some(shape),
            _ => self.s.shapes.get(&receiver.value).copied(),
        };
        let class = match shape {
            // SAFETY: ids of known shapes; the receiver keeps the class alive.
            Some(shape) => unsafe { shape_by_id(shape) }.class(),
            None if self.is_int(receiver.value) => Int::class(),
            None if ty.is(Kinds::FLOAT) => Float::class(),
            None => return Ok(false),
        };
        if !descriptor.takes(class) {
            return Ok(false);
        }
        let entry = descriptor.def.call as usize as u64;
        let args = self.operand_words(count + 1)?;
        let value = self.call_with_frame(Op::CallNative, &args, entry);
        self.finish_call(count + 2, Some(value))?;
        Ok(true)
    }

    /// A class written in Rust: such are never freed.
    fn call_class(
        &mut self,
        callable: Entry,
        word: Raw,
        class: &Class,
        count: usize,
    ) -> Result<bool, Bailout> {
        self.guard(
            Op::GuardWord,
            &[callable.value],
            Type::NEVER,
            word.unborrowed().0,
        );
        if count == 1 && !self.failed() {
            let argument = self.top(0)?.value;
            let (int, float) = (class.is_native::<Int>(), class.is_native::<Float>());
            // A float object on the heap is its own `float`, not a copy: those go the other way.
            let immediate = self.rep(argument) == Rep::F64 || self.ty(argument).is(Kinds::FLOAT);
            let result = if int && self.is_int(argument) || float && immediate {
                Some(argument)
            } else if int && self.is_float(argument) {
                let value = self.float(argument);
                Some(self.guard(Op::FloatToInt, &[value], Type::INT, 0))
            } else if float && self.is_int(argument) {
                Some(self.float(argument))
            } else {
                None
            };
            if let Some(result) = result {
                return self.finish_native(count, result);
            }
        }
        if count == 1 && !self.failed() && class.is_native::<Class>() {
            let result = self.quick(Helper::TypeOf, 1, None, Type::OBJECT)?;
            return self.finish_native(count, result);
        }
        if class.is_native::<PyRange>() && self.iterate_range(count)? {
            return Ok(true);
        }
        self.call_value(count)?;
        if class.is_native::<Enumerate>() {
            let made = self.top(0)?.value;
            self.narrow(made, Type::exact(Enumerate::cell().shape().id()));
        }
        Ok(true)
    }
}
