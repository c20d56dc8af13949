//! Calls.

use crate::abstract_ops;
use crate::exceptions::{PyResult, type_error};
use crate::interpreter::call::{bind, enter};
use crate::interpreter::dispatch::{Flow, State};
use crate::interpreter::frame::{self, Frame};
use crate::interpreter::specialize;
use crate::native::NativeClass;
use crate::object::Ref;
use crate::objects::builtin_function::{BuiltinFunction, MethodDescriptor};
use crate::objects::class::Type;
use crate::objects::code::Code;
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use crate::objects::list::List;
use crate::objects::method::Method;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::{Raw, Value};
use taipan_bytecode::Opcode;

const CALL_UNITS: usize = 1 + Opcode::CALL.caches();

/// The `count` words below the top as arguments; marks of borrowing are taken away by counting.
#[inline(always)]
fn arguments<'a>(s: &State, first: *mut Raw, count: usize) -> &'a [Value] {
    let _ = s;
    // SAFETY: the stack holds that many values; owned words have the layout of values.
    unsafe {
        for i in 0..count {
            *first.add(i) = (*first.add(i)).owned();
        }
        std::slice::from_raw_parts(first as *const Value, count)
    }
}

/// Goes on in the called function's frame; `units` lead behind the calling instruction.
#[inline(always)]
fn push_frame(s: &mut State, frame: *mut Frame, units: usize) -> Flow {
    s.save();
    // SAFETY: both frames are live.
    unsafe {
        (*s.frame).return_offset = units as u16;
        (*frame).previous = s.frame;
        s.thread().frame.set(frame);
        s.ip = (*frame).ip;
        s.sp = (*frame).sp;
        s.frame = frame;
    }
    Flow::Jump
}

/// Calls a Python function whose parameters are exactly these words (self in front, if not null); the
/// words and the function move into the frame. `base` is where the caller's stack ends then. `None`: too
/// deep; nothing has happened then.
#[inline(always)]
pub fn enter_exact(
    s: &mut State,
    base: *mut Raw,
    function: Raw,
    first: *mut Raw,
    count: usize,
    units: usize,
) -> Option<Flow> {
    // SAFETY: words of the stack; the frame has as many locals as parameters.
    let frame = unsafe { frame::push_exact(s.thread(), function, first, count)? };
    s.sp = base;
    Some(push_frame(s, frame, units))
}

/// Do so many positional arguments, and defaults for the rest, fill the parameters?
#[inline(always)]
fn takes_positional(function: &Function, count: usize) -> bool {
    let code = function.code();
    let argcount = code.argcount as usize;
    code.simple
        && (count == argcount || count < argcount && function.default_count() >= argcount - count)
}

/// As [`enter_exact`], for a function that takes so many arguments; see [`takes_positional`].
#[inline(always)]
fn enter_positional(
    s: &mut State,
    base: *mut Raw,
    function: Raw,
    first: *mut Raw,
    count: usize,
    units: usize,
) -> Option<Flow> {
    // SAFETY: words of the stack; the frame has at least as many locals.
    unsafe {
        let callee = &*(function.address() as *const Function);
        let argcount = callee.code().argcount as usize;
        let frame = frame::push_exact(s.thread(), function, first, count)?;
        if count < argcount
            && let Some(defaults) = &*callee.defaults.as_ptr()
        {
            let defaults = defaults.as_slice();
            let from = defaults.len() - (argcount - count);
            let slots = Frame::slots(frame);
            for (i, value) in defaults[from..].iter().enumerate() {
                *slots.add(count + i) = value.raw().dup();
            }
        }
        s.sp = base;
        Some(push_frame(s, frame, units))
    }
}

/// A Python function called with positional arguments that leave parameters to their defaults.
#[inline(always)]
pub fn call_py_general(s: &mut State, oparg: u32) -> Flow {
    let count = oparg as usize;
    // SAFETY: the stack holds what the instruction says.
    unsafe {
        let base = s.sp.sub(count + 2);
        let callable = *base;
        if !callable.is_pointer() || callable.header().shape_id() != Function::cell().shape().id() {
            return Flow::Generic;
        }
        let has_self = !(*base.add(1)).is_null();
        let total = count + has_self as usize;
        if !takes_positional(&*(callable.address() as *const Function), total) {
            return Flow::Generic;
        }
        let first = if has_self { base.add(1) } else { base.add(2) };
        enter_positional(s, base, callable, first, total, CALL_UNITS).unwrap_or(Flow::Generic)
    }
}

pub fn call(s: &mut State, oparg: u32) -> Flow {
    s.save();
    specialize::call(s, oparg);
    call_any(s, oparg as usize, None, CALL_UNITS)
}

pub fn call_kw(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let names = s.pop();
    // SAFETY: the compiler puts a constant tuple there.
    let names = unsafe { names.owned().into_value() };

    call_any(s, oparg as usize, Some(names), 1 + Opcode::CALL_KW.caches())
}

/// Stack: callable, self or null, `count` arguments.
fn call_any(s: &mut State, count: usize, kwnames: Option<Value>, units: usize) -> Flow {
    // SAFETY: the stack holds what the instruction says.
    unsafe {
        let base = s.sp.sub(count + 2);
        // Bound methods are taken apart.
        if (*base).is_pointer() && (*base.add(1)).is_null() {
            let callable = (*base).peek();
            if let Some(method) = callable.downcast_exact::<Method>() {
                let (function, object) = (method.function.clone(), method.object.clone());
                let old = *base;
                *base = function.into_raw();
                *base.add(1) = object.into_raw();
                old.release();
            }
        }
        let has_self = !(*base.add(1)).is_null();
        let first = if has_self { base.add(1) } else { base.add(2) };
        let total = count + has_self as usize;
        let callable = *base;
        let kw = kwnames.as_ref().map(|k| k.downcast_unchecked::<Tuple>());
        if callable.is_pointer() && callable.header().shape_id() == Function::cell().shape().id() {
            let function = &*(callable.address() as *const Function);
            if kw.is_none() && takes_positional(function, total) {
                return match enter_positional(s, base, callable, first, total, units) {
                    Some(flow) => flow,
                    None => {
                        let _ = crate::interpreter::call::too_deep();
                        Flow::Raise
                    }
                };
            }
            let args = arguments(s, first, total);
            return enter_bound(s, base, count + 2, function, args, kw, units);
        }
        let args = arguments(s, first, total);
        let result = abstract_ops::call_kw(&callable.peek(), args, kw);
        drop(kwnames);
        finish_native(s, base, count + 2, result)
    }
}

/// Drops callable and arguments and pushes the result.
#[inline(always)]
unsafe fn finish_native(s: &mut State, base: *mut Raw, words: usize, result: PyResult) -> Flow {
    match result {
        Ok(value) => {
            // SAFETY: the words are the stack's own.
            unsafe {
                for i in (0..words).rev() {
                    let raw = *base.add(i);
                    *base.add(i) = Raw::NULL;
                    raw.release();
                }
            }
            s.sp = base;
            s.push_value(value);
            Flow::Next
        }
        Err(_) => Flow::Raise,
    }
}

#[inline(always)]
fn cached_function(callable: Raw, version: u32) -> Option<&'static Function> {
    if !callable.is_pointer() || callable.header().shape_id() != Function::cell().shape().id() {
        return None;
    }
    // SAFETY: the class was checked; the stack keeps the function alive.
    let function = unsafe { &*(callable.address() as *const Function) };
    (function.current_version() == version).then_some(function)
}

#[inline(always)]
pub fn call_py_exact_args(s: &mut State, oparg: u32) -> Flow {
    let count = oparg as usize;
    // SAFETY: the stack holds what the instruction says.
    unsafe {
        let base = s.sp.sub(count + 2);
        let callable = *base;
        if cached_function(callable, s.cache32(1)).is_none() {
            return Flow::Generic;
        }
        // The cache was filled for this number of arguments and this presence of a self.
        let code: &Code = (*(callable.address() as *const Function)).code();
        let has_self = !(*base.add(1)).is_null();
        let total = count + has_self as usize;
        if code.argcount as usize != total {
            return Flow::Generic;
        }
        let first = if has_self { base.add(1) } else { base.add(2) };
        enter_exact(s, base, callable, first, total, CALL_UNITS).unwrap_or(Flow::Generic)
    }
}

#[inline(always)]
pub fn call_bound_method_exact_args(s: &mut State, oparg: u32) -> Flow {
    let count = oparg as usize;
    // SAFETY: the stack holds what the instruction says.
    unsafe {
        let base = s.sp.sub(count + 2);
        let callable = *base;
        if !(*base.add(1)).is_null()
            || !callable.is_pointer()
            || callable.header().shape_id() != Method::cell().shape().id()
        {
            return Flow::Generic;
        }
        let method = &*(callable.address() as *const Method);
        let function = method.function.raw();
        match cached_function(function, s.cache32(1)) {
            Some(f) if f.code().argcount as usize == count + 1 => {}
            _ => return Flow::Generic,
        }
        // The stack holds function and object from here on, as the generic instruction would.
        if callable.is_last_reference() {
            return Flow::Generic;
        }
        *base = function.dup();
        *base.add(1) = method.object.raw().dup();
        callable.release_if_shared();
        enter_exact(s, base, *base, base.add(1), count + 1, CALL_UNITS).unwrap_or(Flow::Generic)
    }
}

/// A function in Rust called with positional arguments.
#[inline(always)]
pub fn call_builtin_fast(s: &mut State, oparg: u32) -> Flow {
    let count = oparg as usize;
    // SAFETY: the stack holds what the instruction says.
    unsafe {
        let base = s.sp.sub(count + 2);
        let callable = *base;
        if !callable.is_pointer()
            || callable.header().shape_id() != BuiltinFunction::cell().shape().id()
        {
            return Flow::Generic;
        }
        let function = &*(callable.address() as *const BuiltinFunction);
        let Some(def) = function.declaration() else {
            return Flow::Generic;
        };
        if !(*base.add(1)).is_null() || crate::thread::native_stack_is_low() {
            return Flow::Generic;
        }
        // The object of a bound method goes in front, where the stack has a place for it.
        let front = match &*function.bound.as_ptr() {
            Some(object) if function.is_method => {
                *base.add(1) = object.raw().dup();
                1
            }
            _ => 0,
        };
        s.save();
        let args = arguments(s, base.add(2 - front), count + front);
        let result = (def.call)(args.as_ptr(), count + front, None);
        finish_native(s, base, count + 2, result)
    }
}

/// A method in Rust called with positional arguments.
#[inline(always)]
pub fn call_method_descriptor_fast(s: &mut State, oparg: u32) -> Flow {
    let count = oparg as usize;
    // SAFETY: the stack holds what the instruction says.
    unsafe {
        let base = s.sp.sub(count + 2);
        let callable = *base;
        if !callable.is_pointer()
            || callable.header().shape_id() != MethodDescriptor::cell().shape().id()
        {
            return Flow::Generic;
        }
        let descriptor = &*(callable.address() as *const MethodDescriptor);
        let receiver = *base.add(1);
        if receiver.is_null()
            || !receiver.is_pointer()
            || !descriptor.takes(receiver.header().class())
            || crate::thread::native_stack_is_low()
        {
            return Flow::Generic;
        }
        s.save();
        let args = arguments(s, base.add(1), count + 1);
        let result = (descriptor.def.call)(args.as_ptr(), count + 1, None);
        finish_native(s, base, count + 2, result)
    }
}

#[inline(always)]
unsafe fn is_builtin(callable: Raw, name: &str) -> bool {
    if !callable.is_pointer()
        || callable.header().shape_id() != BuiltinFunction::cell().shape().id()
    {
        return false;
    }
    // SAFETY: the class was checked.
    let function = unsafe { &*(callable.address() as *const BuiltinFunction) };
    function.is_builtin(name)
}

/// `len` of what keeps its length in a field. Cache: the low half of the function's definition (1–2).
#[inline(always)]
pub fn call_len(s: &mut State, oparg: u32) -> Flow {
    let (argument, null, callable) = (s.top(0), s.top(1), s.top(2));
    if oparg != 1
        || !null.is_null()
        || !callable.is_pointer()
        || callable.header().shape_id() != BuiltinFunction::cell().shape().id()
        || !argument.is_pointer()
    {
        return Flow::Generic;
    }
    // SAFETY: the classes are checked before the fields are read.
    let length = unsafe {
        let function = &*(callable.address() as *const BuiltinFunction);
        if function.definition_id() != s.cache32(1) {
            return Flow::Generic;
        }
        let shape = argument.header().shape_id();
        if shape == List::cell().shape().id() {
            (*(argument.address() as *const List)).len()
        } else if shape == Tuple::cell().shape().id() {
            (*(argument.address() as *const Tuple)).as_slice().len()
        } else if shape == Str::cell().shape().id() {
            (*(argument.address() as *const Str)).len()
        } else if shape == Dict::cell().shape().id() {
            (*(argument.address() as *const Dict)).len()
        } else {
            return Flow::Generic;
        }
    };
    s.drop_slots(3);
    s.push(Raw::small_int(length as i64));
    Flow::ReleaseBoth(argument, callable)
}

/// `len` of anything.
pub fn call_len_slow(s: &mut State, oparg: u32) -> Flow {
    if oparg != 1 {
        return Flow::Generic;
    }
    let (argument, null, callable) = (s.top(0), s.top(1), s.top(2));
    // SAFETY: any word may be asked.
    if !null.is_null() || unsafe { !is_builtin(callable, "len") } {
        return Flow::Generic;
    }
    s.save();
    let result = abstract_ops::len(&argument.peek()).map(|n| Value::int(n as i64));
    // SAFETY: three words of the stack.
    unsafe { finish_native(s, s.sp.sub(3), 3, result) }
}

pub fn call_isinstance(s: &mut State, oparg: u32) -> Flow {
    if oparg != 2 {
        return Flow::Generic;
    }
    let (class, object, null, callable) = (s.top(0), s.top(1), s.top(2), s.top(3));
    // SAFETY: any word may be asked.
    if !null.is_null() || unsafe { !is_builtin(callable, "isinstance") } {
        return Flow::Generic;
    }
    s.save();
    let result = abstract_ops::isinstance(&object.peek(), &class.peek()).map(Value::bool);
    // SAFETY: four words of the stack.
    unsafe { finish_native(s, s.sp.sub(4), 4, result) }
}

#[inline(always)]
pub fn call_list_append(s: &mut State, oparg: u32) -> Flow {
    if oparg != 1 {
        return Flow::Generic;
    }
    let (item, receiver, callable) = (s.top(0), s.top(1), s.top(2));
    if receiver.is_null()
        || !receiver.is_pointer()
        || receiver.header().shape_id() != List::cell().shape().id()
        || !callable.is_pointer()
        || callable.header().shape_id() != MethodDescriptor::cell().shape().id()
    {
        return Flow::Generic;
    }
    // SAFETY: the classes were checked.
    let (list, descriptor) = unsafe {
        (
            &*(receiver.address() as *const List),
            &*(callable.address() as *const MethodDescriptor),
        )
    };
    if descriptor.def as *const _ as usize as u32 != s.cache32(1) {
        return Flow::Generic;
    }
    // A list that has to grow is the generic form's.
    if !list.push_in_place(item) {
        return Flow::Generic;
    }
    s.drop_slots(3);
    s.push(Raw::none());
    Flow::ReleaseBoth(callable, receiver)
}

/// `type(x)`.
pub fn call_type_1(s: &mut State, oparg: u32) -> Flow {
    let (argument, null, callable) = (s.top(0), s.top(1), s.top(2));
    if oparg != 1
        || !null.is_null()
        || callable.unborrowed() != crate::object::object_value(Type::class()).raw()
    {
        return Flow::Generic;
    }
    let class = crate::object::object_value(argument.peek().class());
    s.save();
    s.replace(3, Ok(class))
}

/// A class whose `__init__` is a Python function: makes the instance and goes on in `__init__`.
#[inline(always)]
pub fn call_alloc_and_enter_init(s: &mut State, oparg: u32) -> Flow {
    let count = oparg as usize;
    // SAFETY: the stack holds what the instruction says.
    unsafe {
        let base = s.sp.sub(count + 2);
        let callable = *base;
        if !callable.is_pointer() || !(*base.add(1)).is_null() {
            return Flow::Generic;
        }
        let header = callable.header();
        if header.shape_id() != Type::cell().shape().id() {
            return Flow::Generic;
        }
        let class = &*(callable.address() as *const Type);
        let Some(init) = class.cached_init(s.cache32(1)) else {
            return Flow::Generic;
        };
        if init.code().argcount as usize != count + 1 {
            return Flow::Generic;
        }
        let object = crate::objects::object::Object::allocate(class)
            .into_value()
            .into_raw();
        // The shim frame returns the object when `__init__` returns None.
        s.save();
        let Ok(shim) = enter_shim(s, object) else {
            object.release();
            return Flow::Raise;
        };
        let function = crate::object::object_value(init).into_raw();
        match enter(s.thread(), function, Raw::NULL) {
            Ok(frame) => {
                let slots = Frame::slots(frame);
                *slots = object.dup();
                for i in 0..count {
                    *slots.add(1 + i) = (*base.add(2 + i)).owned();
                }
                s.sp = base;
                s.save();
                (*s.frame).return_offset = CALL_UNITS as u16;
                (*shim).previous = s.frame;
                (*frame).previous = shim;
                s.thread().frame.set(frame);
                callable.release();
                s.ip = (*frame).ip;
                s.sp = (*frame).sp;
                s.frame = frame;
                Flow::Jump
            }
            Err(_) => {
                s.thread()
                    .recursion_remaining
                    .set(s.thread().recursion_remaining.get() + 1);
                crate::interpreter::frame::clear(shim);
                crate::interpreter::frame::pop(s.thread(), shim);
                Flow::Raise
            }
        }
    }
}

/// A frame of two instructions between caller and `__init__`: checks for None, returns the object.
fn enter_shim(s: &State, object: Raw) -> PyResult<*mut Frame> {
    let function = crate::interpreter::init_shim();
    // SAFETY: an owned function word; the shim's stack has room for the object.
    unsafe {
        let shim = enter(s.thread(), function.into_value().into_raw(), Raw::NULL)?;
        *(*shim).sp = object;
        (*shim).sp = (*shim).sp.add(1);
        (*shim).return_offset = 1;
        Ok(shim)
    }
}

pub fn exit_init_check(s: &mut State, _oparg: u32) -> Flow {
    let result = s.top(0);
    if result.unborrowed() != Raw::none() {
        s.save();
        let _ = type_error(format!(
            "__init__() should return None, not '{}'",
            result.peek().class().name()
        ));
        return Flow::Raise;
    }
    s.drop_slots(1);
    Flow::Next
}

pub fn call_function_ex(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    let (kwargs, args, callable) = (s.top(0), s.top(1), s.top(3));
    let words = 4;
    // SAFETY: four words of the stack; the classes are checked before they are looked at as such.
    unsafe {
        let base = s.sp.sub(words);
        if kwargs.is_null()
            && callable.is_pointer()
            && callable.header().shape_id() == Function::cell().shape().id()
            && let Some(tuple) = args.peek().downcast_exact::<Tuple>()
        {
            let function = &*(callable.address() as *const Function);
            return enter_bound(s, base, words, function, tuple.as_slice(), None, 1);
        }
        let kwargs = (!kwargs.is_null()).then_some(kwargs);
        let result = call_ex(&callable.peek(), &args.peek(), kwargs);
        finish_native(s, base, words, result)
    }
}

/// Binds the arguments, which the caller's stack keeps alive, and goes on in the function's frame; the `words` from
/// `base` on are dropped.
///
/// # Safety
/// The words are the stack's own.
unsafe fn enter_bound(
    s: &mut State,
    base: *mut Raw,
    words: usize,
    function: &Function,
    args: &[Value],
    kwnames: Option<&Tuple>,
    units: usize,
) -> Flow {
    let callable = crate::object::object_value(function).into_raw();
    // SAFETY: an owned function word; the frame has the locals that binding fills.
    unsafe {
        let Ok(frame) = enter(s.thread(), callable, Raw::NULL) else {
            return Flow::Raise;
        };
        if bind(function, frame, args, kwnames).is_err() {
            let _ = crate::interpreter::unwind_abandon(s.thread(), frame);
            return Flow::Raise;
        }
        for i in (0..words).rev() {
            let raw = *base.add(i);
            *base.add(i) = Raw::NULL;
            raw.release();
        }
        s.sp = base;
        push_frame(s, frame, units)
    }
}

/// `callable(*args, **kwargs)`.
pub fn call_ex(callable: &Value, args: &Value, kwargs: Option<Raw>) -> PyResult {
    let args = match args.downcast_exact::<Tuple>() {
        Some(tuple) => Ref::from_ref(tuple),
        None => {
            if args.class().slots().iter.is_none() && args.class().slots().getitem.is_none() {
                return Err(type_error(format!(
                    "{} argument after * must be an iterable, not {}",
                    function_text(callable)?,
                    args.class().name()
                )));
            }
            Tuple::new(abstract_ops::to_vec(args)?)
        }
    };
    let Some(kwargs) = kwargs else {
        return abstract_ops::call(callable, args.as_slice());
    };
    let kwargs = kwargs.peek();
    let dict = kwargs
        .downcast::<Dict>()
        .ok_or_else(|| type_error("keywords must be a dict"))?;
    if dict.is_empty() {
        return abstract_ops::call(callable, args.as_slice());
    }
    let mut all = args.as_slice().to_vec();
    let mut names = Vec::with_capacity(dict.len());
    for (name, value) in dict.items() {
        if name.downcast::<Str>().is_none() {
            return Err(type_error("keywords must be strings"));
        }
        names.push(name);
        all.push(value);
    }
    abstract_ops::call_kw(callable, &all, Some(&Tuple::new(names)))
}

/// `module.qualname()` of a callable, for messages.
pub fn function_text(callable: &Value) -> PyResult<String> {
    let Some(qualname) = abstract_ops::getattr_opt(callable, &crate::names::QUALNAME)? else {
        return Ok(abstract_ops::str(callable)?.to_string());
    };
    let qualname = abstract_ops::str(&qualname)?;
    let module = abstract_ops::getattr_opt(callable, &crate::names::MODULE)?;
    if let Some(module) = module
        && !module.is_none()
        && !module
            .downcast::<Str>()
            .is_some_and(|m| m.is_text("builtins"))
    {
        return Ok(format!("{}.{qualname}()", abstract_ops::str(&module)?));
    }
    Ok(format!("{qualname}()"))
}

pub fn call_intrinsic_1(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let result = crate::interpreter::intrinsics::call_1(oparg, &s.top(0).peek());
    s.replace(1, result)
}

pub fn call_intrinsic_2(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let result = crate::interpreter::intrinsics::call_2(oparg, &s.top(1).peek(), &s.top(0).peek());
    s.replace(2, result)
}

/// Calls a property's getter in place of an attribute load; the owner becomes its argument.
#[inline(always)]
pub fn enter_getter(s: &mut State, getter: Raw, owner: Raw) -> Flow {
    // SAFETY: the cache names a live Python function of one parameter.
    unsafe {
        match enter(s.thread(), getter.dup(), Raw::NULL) {
            Ok(frame) => {
                *Frame::slots(frame) = owner.owned();
                s.drop_slots(1);
                push_frame(s, frame, 1 + Opcode::LOAD_ATTR.caches())
            }
            Err(_) => Flow::Raise,
        }
    }
}
