//! Calls.

use super::{Builder, Entry};
use crate::activation::ActivationId;
use crate::bailout::Bailout;
use crate::compile::CodeFacts;
use crate::frame_state::{Own, Owner};
use crate::helpers::Helper;
use crate::hir::{CallShape, Callee, KnownCode, Op, Rep, Value};
use crate::types::{Range, Type};
use taipan_bytecode::{CodeFlags, Opcode};
use taipan_vm::interpreter::polymorphic::ShapeTable;
use taipan_vm::native::NativeClass;
use taipan_vm::objects::builtin_function::{BuiltinFunction, MethodDescriptor};
use taipan_vm::objects::class::Type as Class;
use taipan_vm::objects::code::Code;
use taipan_vm::objects::function::Function;
use taipan_vm::objects::generator::Generator;
use taipan_vm::objects::list::List;
use taipan_vm::objects::method::Method;
use taipan_vm::objects::object::Object;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::shape::ShapeKind;
use taipan_vm::value::{Raw, Value as PyValue};

impl Builder<'_> {
    pub(super) fn is_null(&self, value: Value) -> bool {
        let inst = self.f.inst(value);
        inst.op == Op::Const && inst.immediate == Raw::NULL.0
    }
    /// The word, if the value is a constant.
    pub(super) fn known(&self, value: Value) -> Option<Raw> {
        let inst = self.f.inst(value);
        (inst.op == Op::Const).then_some(Raw(inst.immediate))
    }

    pub(super) fn call(&mut self) -> Result<(), Bailout> {
        let count = self.at.oparg as usize;
        if self.call_native(count)? {
            return Ok(());
        }
        let (callable, receiver) = (self.top(count + 1)?, self.top(count)?);
        if count == 0
            && self.is_object_init(callable.value)
            && self.has_self(receiver.value) == Some(1)
        {
            // It does nothing without arguments.
            self.take_operands(2)?;
            let none = self.constant(PyValue::none().raw());
            self.push(none, Own::Owned);
            return Ok(());
        }
        let words = self.rep(callable.value) == Rep::Word && self.rep(receiver.value) == Rep::Word;
        // A call that meets several functions: native code looks at each one's code when it gets there.
        let by_shape = self.f.inst(callable.value).op == Op::LoadByShape;
        let several = self.failed() || by_shape;
        let python = match self.at.op {
            Opcode::CALL_PY_EXACT_ARGS => several,
            Opcode::CALL => by_shape,
            _ => false,
        };
        if self.failed() && !python || !words {
            return self.generic();
        }
        match self.at.op {
            Opcode::CALL_BOUND_METHOD_EXACT_ARGS if self.is_null(receiver.value) => {
                if callable.own == Own::Owned {
                    return self.generic();
                }
                let version = self.cache32(1);
                let Some(code) = self.callee(None) else {
                    return self.generic();
                };
                self.guard_shape(callable.value, Method::cell().shape().id());
                let offset = std::mem::offset_of!(Method, function) as u64;
                let function = self.emit(Op::LoadField, &[callable.value], Type::OBJECT, offset);
                let offset = std::mem::offset_of!(Method, object) as u64;
                let object = self.emit(Op::LoadField, &[callable.value], Type::VALUE, offset);
                self.guard_function(function, version);
                if code.argcount as usize != count + 1 {
                    return self.generic();
                }
                // As if the method had been loaded unbound.
                let base = self.below(count + 2)?;
                let own = Own::Lazy(Owner::Heap);
                for (i, value) in [function, object].into_iter().enumerate() {
                    self.s.stack[base + i] = Entry { value, own };
                }
                self.call_direct(Some(code), count, 1)
            }
            // Native code has loaded a class's method and the class.
            Opcode::CALL_BOUND_METHOD_EXACT_ARGS => {
                let has_self = self.has_self(receiver.value) == Some(1);
                let function = self.known_function(callable.value);
                let fits =
                    |(code, _): &(&Code, u32)| has_self && code.argcount as usize == count + 1;
                let Some((code, version)) = function.filter(fits) else {
                    return self.generic();
                };
                self.guard_function(callable.value, version);
                self.call_direct(Some(code), count, 1)
            }
            Opcode::CALL_PY_EXACT_ARGS
                if self.failures() <= 1
                    && let Some((code, version)) = self.known_function(callable.value)
                    && let Some(has_self) = self.has_self(receiver.value)
                    && code.argcount as usize == count + has_self =>
            {
                self.guard_function(callable.value, version);
                self.call_direct(Some(code), count, has_self)
            }
            Opcode::CALL_PY_EXACT_ARGS | Opcode::CALL if python || self.at.op != Opcode::CALL => {
                if !several {
                    let version = self.cache32(1);
                    self.guard_function(callable.value, version);
                }
                let Some(has_self) = self.has_self(receiver.value) else {
                    return self.generic();
                };
                let code = match several {
                    true => None,
                    false => self.callee(Some(callable.value)),
                };
                self.call_direct(code, count, has_self)
            }
            Opcode::CALL_PY_GENERAL => {
                let Some(has_self) = self.has_self(receiver.value) else {
                    return self.generic();
                };
                let Some((code, version, defaults)) =
                    self.defaults_of(callable.value, count + has_self)
                else {
                    return self.generic();
                };
                self.guard_function(callable.value, version);
                let count = count + defaults.len();
                for word in defaults {
                    let value = self.constant(word);
                    self.push(value, Own::Lazy(Owner::Heap));
                }
                self.call_direct(Some(code), count, has_self)
            }
            Opcode::CALL_ALLOC_AND_ENTER_INIT if self.is_null(receiver.value) => {
                if self.init_direct(count)? {
                    return Ok(());
                }
                self.generic()
            }
            Opcode::CALL_LEN if count == 1 && self.is_null(receiver.value) => {
                let argument = self.top(0)?;
                let (list, tuple) = (List::cell().shape().id(), Tuple::cell().shape().id());
                let ty = self.ty(argument.value);
                let op = if ty.is_object_of(list) {
                    Op::ListLength
                } else if ty.is_object_of(tuple) {
                    Op::TupleLength
                } else {
                    return self.generic();
                };
                if !self.guard_builtin(callable.value, "len") {
                    return self.generic();
                }
                let range = Range {
                    low: 0,
                    high: 1 << 60,
                };
                let length = self.emit(op, &[argument.value], Type::int(range), 1);
                self.s.stack.truncate(self.s.stack.len() - 3);
                self.drop_entry(argument);
                self.drop_entry(callable);
                self.push(length, Own::Owned);
                Ok(())
            }
            Opcode::CALL_LIST_APPEND if count == 1 => {
                let list = List::cell().shape().id();
                let Some(method) = self.known(callable.value) else {
                    return self.generic();
                };
                let is_append = method.is_pointer()
                    && method
                        .peek()
                        .downcast_exact::<MethodDescriptor>()
                        .is_some_and(|d| d.def.name == "append" && d.owner.is_native::<List>());
                if !is_append || !self.ty(receiver.value).is_object_of(list) {
                    return self.generic();
                }
                let item = self.top(0)?;
                let word = self.owned_word(item);
                self.emit(Op::ListAppend, &[receiver.value, word], Type::NEVER, 0);
                self.s.memory.forget_lengths();
                self.s.stack.truncate(self.s.stack.len() - 3);
                self.drop_entry(receiver);
                self.drop_entry(callable);
                let none = self.constant(taipan_vm::value::Value::none().raw());
                self.push(none, Own::Owned);
                Ok(())
            }
            _ => self.generic(),
        }
    }

    /// Is this the `__init__` of object, to which `super()` leads in the end?
    fn is_object_init(&self, callable: Value) -> bool {
        let init = Object::class().lookup_raw(&taipan_vm::names::INIT);
        init.is_some() && self.known(callable) == init
    }

    /// The code and version of the function that the value is known to be: what the site's cache has may be another's, met
    /// on another way to the call. Native code that loads it by the object's shape, or is inlined, knows better.
    fn known_function(&self, callable: Value) -> Option<(&'static Code, u32)> {
        let word = self.known(callable).filter(|raw| raw.is_pointer())?;
        let value = word.peek();
        let function = value.downcast_exact::<Function>()?;
        let code = function.code();
        // SAFETY: a constant function's version is guarded: it has this code, which lives whenever the call is reached.
        let code: &'static Code = unsafe { &*(code as *const Code) };
        code.simple.then(|| (code, function.version()))
    }

    /// Whether there is a self has to be known for the number of arguments: 1 if so.
    pub(super) fn has_self(&self, receiver: Value) -> Option<usize> {
        if self.is_null(receiver) {
            return Some(0);
        }
        let null = self.ty(receiver).kinds.meets(crate::types::Kinds::NULL);
        (!null).then_some(1)
    }

    /// The code and version of a function that takes more than so many arguments, and its defaults for the
    /// others: the version stands for both.
    fn defaults_of(
        &self,
        callable: Value,
        arguments: usize,
    ) -> Option<(&'static Code, u32, Vec<Raw>)> {
        let word = self.known_or_global(callable)?;
        if !word.is_pointer() {
            return None;
        }
        let value = word.peek();
        let function = value.downcast_exact::<Function>()?;
        let code = function.code();
        let missing = (code.argcount as usize).checked_sub(arguments)?;
        if !code.simple || code.is_generator_like() || missing == 0 {
            return None;
        }
        let defaults = function.defaults()?;
        let items = defaults.as_slice();
        let words = items.get(items.len().checked_sub(missing)?..)?;
        let words = words.iter().map(|v| v.raw()).collect();
        // SAFETY: the version is guarded, and a function with this version has this code.
        Some((
            unsafe { &*(code as *const Code) },
            function.version(),
            words,
        ))
    }

    /// The constant, or what the global that was loaded holds now.
    pub(super) fn known_or_global(&self, value: Value) -> Option<Raw> {
        let inst = self.f.inst(value);
        match inst.op {
            Op::Const => Some(Raw(inst.immediate)),
            Op::LoadGlobal => {
                // SAFETY: the name is the code's own, and the globals are those of the frame at hand.
                unsafe {
                    let name = &*(inst.second as *const taipan_vm::objects::str::Str);
                    let globals = match inst.args.first() {
                        None => self.unit_source.globals,
                        Some(function) => {
                            let value = self.known(*function)?.peek();
                            &raw const *value.downcast_exact::<Function>()?.globals
                        }
                    };
                    (*globals).value_at(inst.immediate as usize, name)
                }
            }
            _ => None,
        }
    }

    /// The code of the function that the site was seen to call, if it can be found: by the version, if that is the
    /// code's own, or through the constant or global that the callable was loaded from.
    fn callee(&self, callable: Option<Value>) -> Option<&'static Code> {
        let version = self.cache32(1);
        if let Some(code) = Code::by_version(version) {
            return code.simple.then_some(code);
        }
        let word = self.known_or_global(callable?)?;
        if !word.is_pointer() {
            return None;
        }
        let value = word.peek();
        let function = value.downcast_exact::<Function>()?;
        let code = function.code();
        if function.current_version() != version || !code.simple {
            return None;
        }
        // SAFETY: the version is guarded, and a function with this version has this code: it lives
        // whenever the call is reached.
        Some(unsafe { &*(code as *const Code) })
    }

    /// Builds the callee in place, or calls its native code without a way through the runtime, if it has any by
    /// then.
    pub(super) fn call_direct(
        &mut self,
        code: Option<&'static Code>,
        count: usize,
        has_self: usize,
    ) -> Result<(), Bailout> {
        if let Some(code) = code
            && code.is_generator_like()
            && code.argcount as usize == count + has_self
        {
            return self.make_generator(code, count, has_self == 1);
        }
        if let Some(code) = code
            && let Some(body) = self.inlinable(code, count + has_self)
        {
            return self.inline_call(&body, count, has_self == 1);
        }
        let base = self.prepare_direct(count + 2)?;
        let operands = self.s.stack.split_off(base);
        let mut args = Vec::new();
        for (i, entry) in operands.into_iter().enumerate() {
            if i != 1 || has_self == 1 {
                args.push(self.owned_word(entry));
            }
        }
        let shape = CallShape::Call {
            count,
            has_self: has_self == 1,
        };
        let value = self.emit_direct(code, shape, &args);
        self.push(value, Own::Owned);
        Ok(())
    }

    /// A call of a generator's function does nothing but make the object.
    fn make_generator(&mut self, code: &Code, count: usize, has_self: bool) -> Result<(), Bailout> {
        let base = self.below(count + 2)?;
        let mut args = Vec::new();
        for i in base..self.s.stack.len() {
            if i != base + 1 || has_self {
                args.push(self.word(self.s.stack[i].value));
            }
        }
        let ty = match code.flags.contains(CodeFlags::GENERATOR) {
            true => Type::exact(Generator::cell().shape().id()),
            false => Type::OBJECT,
        };
        self.quickly_from(Helper::MakeGenerator, args, count + 2, ty)
    }

    /// Everything that may leave, before a direct call counts its operands; gives the stack's depth below them.
    pub(super) fn prepare_direct(&mut self, operands: usize) -> Result<usize, Bailout> {
        let base = self.below(operands)?;
        for i in base..self.s.stack.len() {
            self.word(self.s.stack[i].value);
        }
        for i in 0..self.s.locals.len() {
            let slot = self.s.locals[i];
            if slot.dirty && self.rep(slot.value) == Rep::F64 {
                let word = self.word(slot.value);
                self.emit(Op::StoreLocal, &[word], Type::NEVER, i as u64);
                self.s.locals[i].dirty = false;
            }
        }
        self.box_floats();
        self.settle_all();
        Ok(base)
    }

    /// The call itself; `args` are the function and its arguments, owned.
    pub(super) fn emit_direct(
        &mut self,
        code: Option<&Code>,
        shape: CallShape,
        args: &[Value],
    ) -> Value {
        self.write_heads();
        let state = self.frame_state(self.at.start);
        let state = self.f.state(state);
        let callee = self.f.callees.len() as u64;
        self.f.callees.push(Callee {
            shape,
            code: code.map(|code| KnownCode {
                address: code as *const Code as u64,
                facts: CodeFacts::of(code),
                frame_words: code.frame_words(),
            }),
        });
        let unit = self.at.at as u64;
        let ty = match shape {
            CallShape::Init { .. } => Type::NONE,
            _ => Type::VALUE,
        };
        let value = self.emit2(Op::CallDirect, args, ty, callee, unit);
        self.f.insts[value.0 as usize].state = Some(state);
        self.python_ran();
        value
    }

    /// A constant function whose code and defaults are those of now; a class's version keeps it alive.
    pub(super) fn constant_function(&mut self, function: &Function) -> Value {
        let address = function as *const Function as u64 + Function::VERSION_OFFSET as u64;
        let version = function.version() as u64;
        self.guard_version(address, version);
        self.constant(Raw(function as *const Function as u64))
    }

    /// A subscript of an instance whose class has a `__getitem__` in Python: false where it is no such.
    pub(super) fn subscript_direct(&mut self) -> Result<bool, Bailout> {
        // SAFETY: the code owns its tables, and nothing else looks at them now.
        let table = unsafe { &*(self.cache64(1) as *const ShapeTable) };
        let [entry] = table.entries() else {
            return Ok(false);
        };
        let Some(shape) = self.living_shape(entry.shape) else {
            return Ok(false);
        };
        let class = shape.class();
        let word = Raw(entry.operand);
        if class.current_version() != entry.version
            || class.lookup_raw(&taipan_vm::names::GETITEM) != Some(word)
        {
            return Ok(false);
        }
        let value = word.peek();
        let Some(function) = value.downcast_exact::<Function>() else {
            return Ok(false);
        };
        let code = function.code();
        if !code.simple || code.argcount != 2 {
            return Ok(false);
        }
        let container = self.top(1)?;
        self.guard_shape(container.value, entry.shape);
        self.guard_class(class, entry.version);
        let callable = self.constant_function(function);
        // SAFETY: the function's version is guarded: it has this code, which lives whenever the call is reached.
        let code: &'static Code = unsafe { &*(code as *const Code) };
        if let Some(body) = self.inlinable(code, 2) {
            self.inline_method(&body, callable, 2)?;
            return Ok(true);
        }
        let base = self.prepare_direct(2)?;
        self.incref(callable);
        let mut args = vec![callable];
        for entry in self.s.stack.split_off(base) {
            args.push(self.owned_word(entry));
        }
        let value = self.emit_direct(Some(code), CallShape::Subscript, &args);
        self.push(value, Own::Owned);
        Ok(true)
    }

    /// A store into an instance whose class has a small `__setitem__` in Python: false where it is no such.
    pub(super) fn call_setter(&mut self) -> Result<bool, Bailout> {
        let container = self.top(1)?;
        if self.failed() || self.rep(container.value) != Rep::Word {
            return Ok(false);
        }
        let Some(shape) = self.source.code.shapes_at(self.at.at).last().copied() else {
            return Ok(false);
        };
        let Some(layout) = self.living_shape(shape) else {
            return Ok(false);
        };
        let class = layout.class();
        let version = class.version();
        let Some(word) = class.lookup_raw(&taipan_vm::names::SETITEM) else {
            return Ok(false);
        };
        let value = word.peek();
        let Some(function) = value.downcast_exact::<Function>() else {
            return Ok(false);
        };
        // SAFETY: the function's version is guarded: it has this code, which lives whenever the call is reached.
        let code: &'static Code = unsafe { &*(function.code() as *const Code) };
        if version == 0 || !class.is_heap() || layout.kind() != ShapeKind::Slots {
            return Ok(false);
        }
        let Some(body) = self.inlinable(code, 3) else {
            return Ok(false);
        };
        self.guard_shape(container.value, shape);
        self.guard_class(class, version);
        let callable = self.constant_function(function);
        self.inline_setter(&body, callable)?;
        Ok(true)
    }

    /// A call of a class with a Python `__init__`: false where it can't be told which.
    fn init_direct(&mut self, count: usize) -> Result<bool, Bailout> {
        let callable = self.top(count + 1)?;
        let version = self.cache32(1);
        let Some(word) = self.known_or_global(callable.value) else {
            return Ok(false);
        };
        if !word.is_pointer() {
            return Ok(false);
        }
        let value = word.peek();
        let Some(class) = value.downcast_exact::<Class>() else {
            return Ok(false);
        };
        let Some(init) = class.cached_init(version) else {
            return Ok(false);
        };
        let code = init.code();
        if version == 0 || !code.simple || code.argcount as usize != count + 1 {
            return Ok(false);
        }
        self.guard_shape(callable.value, Class::cell().shape().id());
        let offset = Class::VERSION_OFFSET as u64;
        self.guard2(
            Op::GuardField32,
            &[callable.value],
            Type::NEVER,
            offset,
            version as u64,
        );
        let function = self.constant_function(init);
        let operand = self.top(count + 1)?;
        let released = operand.own == Own::Owned && self.counted(operand.value);
        // SAFETY: the function's version is guarded: it has this code, which lives whenever the call is reached.
        let code: &'static Code = unsafe { &*(code as *const Code) };
        if !released && let Some(body) = self.inlinable(code, count + 1) {
            self.inline_init(&body, class, function, count)?;
            return Ok(true);
        }
        if released && self.activation != ActivationId::UNIT {
            return Ok(false);
        }
        let shape = self.guard_instance_shape(class);
        let base = self.prepare_direct(count + 2)?;
        let operands = self.s.stack.split_off(base);
        let object = self.new_instance(class, shape);
        self.incref(function);
        self.incref(object);
        let mut args = vec![function, object];
        for entry in &operands[2..] {
            args.push(self.owned_word(*entry));
        }
        self.push(object, Own::Owned);
        // The stack has no place for the class any more; the global that was loaded keeps it alive.
        if operands[0].own == Own::Owned {
            let class = operands[0].value;
            self.emit(Op::Release, &[class], Type::NEVER, 1);
        }
        self.emit_direct(Some(code), CallShape::Init { count }, &args);
        Ok(true)
    }

    /// Leaves unless the word is a function of this version.
    pub(super) fn guard_function(&mut self, callable: Value, version: u32) {
        let shape = Function::cell().shape().id();
        // A function stays one, whatever happens to its shape.
        let is_function = self.known(callable).is_some_and(|raw| {
            raw.is_pointer() && raw.peek().downcast_exact::<Function>().is_some()
        });
        if !is_function {
            self.guard_shape(callable, shape);
        }
        let offset = Function::VERSION_OFFSET as u64;
        self.guard2(
            Op::GuardField32,
            &[callable],
            Type::NEVER,
            offset,
            version as u64,
        );
    }

    /// Leaves unless the word is this builtin; false if it can't be told.
    fn guard_builtin(&mut self, callable: Value, name: &str) -> bool {
        let Ok(function) = taipan_vm::builtins::lookup(name) else {
            return false;
        };
        let Some(native) = function.downcast_exact::<BuiltinFunction>() else {
            return false;
        };
        let Some(def) = native.declaration() else {
            return false;
        };
        if !native.is_builtin(name) {
            return false;
        }
        self.guard_declaration(callable, def);
        true
    }
}
