//! What native code has the runtime do, operand by operand.
//!
//! Operands are words that the caller keeps alive; a result is an owned word, or zero when an exception is
//! set. These may run Python code, so the frame is written when they are called.

use taipan_vm::abstract_ops::{self, operator_method};
use taipan_vm::exceptions::{PyResult, key_error};
use taipan_vm::interpreter::frame::Frame;
use taipan_vm::interpreter::ops::{arith, build, call, subscr};
use taipan_vm::native::NativeClass;
use taipan_vm::object::{Ref, object_value};
use taipan_vm::objects::builtin_function::BuiltinFunction;
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::cell::CellObject;
use taipan_vm::objects::class::{CompareOp, Type, TypeFlags};
use taipan_vm::objects::code::Code;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::enumerate::Enumerate;
use taipan_vm::objects::function::Function;
use taipan_vm::objects::list::List;
use taipan_vm::objects::object::Object;
use taipan_vm::objects::range::RangeIterator;
use taipan_vm::objects::set::{FrozenSet, Set};
use taipan_vm::objects::slice::Slice;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::thread::Thread;
use taipan_vm::value::{Raw, Value};

/// What says that something was done.
fn done(result: PyResult<()>) -> PyResult {
    result.map(|()| Value::none())
}

fn truth(result: PyResult<bool>) -> PyResult {
    result.map(Value::bool)
}

pub extern "C" fn binary(left: u64, right: u64, oparg: u64) -> PyResult {
    arith::binary(oparg as u32, &Raw(left).peek(), &Raw(right).peek())
}

pub extern "C" fn after_not_implemented(left: u64, right: u64, oparg: u64) -> PyResult {
    operator_method::after_not_implemented(oparg as u32, &Raw(left).peek(), &Raw(right).peek())
}

pub extern "C" fn compare(left: u64, right: u64, oparg: u64) -> PyResult {
    let op = CompareOp::ALL[(oparg >> 5) as usize];
    let answer = abstract_ops::rich_compare(&Raw(left).peek(), &Raw(right).peek(), op)?;
    if oparg & 16 != 0 {
        return truth(abstract_ops::is_true(&answer));
    }
    Ok(answer)
}

pub extern "C" fn contains(item: u64, container: u64, negated: u64) -> PyResult {
    let found = abstract_ops::contains(&Raw(container).peek(), &Raw(item).peek());
    truth(found.map(|found| found != (negated != 0)))
}

pub extern "C" fn to_bool(value: u64) -> PyResult {
    truth(abstract_ops::is_true(&Raw(value).peek()))
}

pub extern "C" fn not(value: u64) -> PyResult {
    truth(abstract_ops::is_true(&Raw(value).peek()).map(|truth| !truth))
}

pub extern "C" fn negative(value: u64) -> PyResult {
    abstract_ops::negative(&Raw(value).peek())
}

pub extern "C" fn invert(value: u64) -> PyResult {
    abstract_ops::invert(&Raw(value).peek())
}

pub extern "C" fn get_iter(value: u64) -> PyResult {
    abstract_ops::iter(&Raw(value).peek())
}

pub extern "C" fn len(value: u64) -> PyResult {
    abstract_ops::len(&Raw(value).peek()).map(|length| Value::int(length as i64))
}

pub extern "C" fn is_instance(object: u64, class: u64) -> PyResult {
    truth(abstract_ops::isinstance(
        &Raw(object).peek(),
        &Raw(class).peek(),
    ))
}

/// A subscript of what was a dict before.
pub extern "C" fn dict_item(container: u64, key: u64) -> PyResult {
    let (container, key) = (Raw(container).peek(), Raw(key).peek());
    match container.downcast_exact::<Dict>() {
        Some(dict) => match dict.get(&key)? {
            Some(value) => Ok(value),
            None => Err(key_error(&key)),
        },
        None => abstract_ops::getitem(&container, &key),
    }
}

pub extern "C" fn store_item(value: u64, container: u64, key: u64) -> PyResult {
    let (container, key, value) = (Raw(container).peek(), Raw(key).peek(), Raw(value).peek());
    done(match container.downcast_exact::<Dict>() {
        Some(dict) => dict.insert(key.clone(), value.clone()),
        None => abstract_ops::setitem(&container, &key, &value),
    })
}

pub extern "C" fn delete_item(container: u64, key: u64) -> PyResult {
    done(abstract_ops::delitem(
        &Raw(container).peek(),
        &Raw(key).peek(),
    ))
}

pub extern "C" fn slice(container: u64, start: u64, stop: u64) -> PyResult {
    subscr::get_slice(Raw(container), Raw(start), Raw(stop))
}

pub extern "C" fn slice_by_steps(container: u64, start: u64, stop: u64, step: u64) -> PyResult {
    subscr::get_slice_by_steps(Raw(container), Raw(start), Raw(stop), Raw(step))
}

/// `ours`: the reference to the value is the stack's, not a variable's.
pub extern "C" fn store_slice(
    value: u64,
    container: u64,
    start: u64,
    stop: u64,
    ours: u64,
) -> PyResult {
    let value = match ours {
        0 => Raw(value).borrowed(),
        _ => Raw(value),
    };
    done(subscr::set_slice(
        Raw(container),
        Raw(start),
        Raw(stop),
        value,
    ))
}

/// Of an `enumerate`: True if there is no tuple now that it has handed out, else 0.
pub extern "C" fn forget_result(enumerate: u64) -> u64 {
    // SAFETY: native code has checked the class.
    let enumerate = unsafe { &*(Raw(enumerate).address() as *const Enumerate) };
    match enumerate.forget_result() {
        true => Value::true_().raw().0,
        false => 0,
    }
}

/// A container that a display or comprehension is filling: of this class, by the compiler's doing.
fn display<'a, T>(word: u64) -> &'a T {
    // SAFETY: the compiler put it there, and the stack keeps it alive.
    unsafe { &*(Raw(word).address() as *const T) }
}

pub extern "C" fn set_add(set: u64, item: u64) -> PyResult {
    done(build::add_to_set(Raw(set), Raw(item).to_value()))
}

pub extern "C" fn map_add(dict: u64, key: u64, value: u64) -> PyResult {
    done(display::<Dict>(dict).insert(Raw(key).to_value(), Raw(value).to_value()))
}

pub extern "C" fn list_extend(list: u64, iterable: u64) -> PyResult {
    done(build::extend(
        display::<List>(list),
        &Raw(iterable).to_value(),
    ))
}

pub extern "C" fn format_simple(value: u64) -> PyResult {
    let value = Raw(value).peek();
    if value.downcast_exact::<Str>().is_some() {
        return Ok(value.clone());
    }
    abstract_ops::format(&value, &Str::empty())
}

pub extern "C" fn format_with_spec(value: u64, spec: u64) -> PyResult {
    build::format_by(&Raw(value).peek(), &Raw(spec).peek())
}

pub extern "C" fn convert_value(value: u64, conversion: u64) -> PyResult {
    build::convert(&Raw(value).peek(), conversion as u32)
}

/// The globals are those of the frame at hand, which native code has shown.
pub extern "C" fn make_function(code: u64) -> PyResult {
    let Ok(code) = Ref::<Code>::from_value(Raw(code).to_value()) else {
        unreachable!("the compiler pushes code")
    };
    let Some(globals) = taipan_vm::interpreter::current_globals() else {
        unreachable!("native code has a frame")
    };
    Ok(Function::make(code, globals, None).into_value())
}

pub extern "C" fn set_function_attribute(attribute: u64, function: u64, which: u64) -> PyResult {
    let attribute = Raw(attribute).to_value();
    display::<Function>(function).set_compiled_attribute(which as u32, attribute);
    Ok(Raw(function).to_value())
}

pub extern "C" fn store_cell(cell: u64, value: u64) -> PyResult {
    display::<CellObject>(cell).set(Some(Raw(value).to_value()));
    done(Ok(()))
}

pub extern "C" fn store_global(value: u64, name: u64) -> PyResult {
    let Some(globals) = taipan_vm::interpreter::current_globals() else {
        unreachable!("native code has a frame")
    };
    // SAFETY: a name of the code under execution.
    let name = unsafe { &*(name as *const Str) };
    globals.set_str(name, Raw(value).to_value());
    done(Ok(()))
}

pub extern "C" fn get_attribute(owner: u64, name: u64) -> PyResult {
    // SAFETY: a name of the code under execution.
    let name = unsafe { &*(name as *const Str) };
    abstract_ops::getattr(&Raw(owner).peek(), name)
}

pub extern "C" fn call_intrinsic(value: u64, number: u64) -> PyResult {
    taipan_vm::interpreter::intrinsics::call_1(number as u32, &Raw(value).peek())
}

// Operands in memory.

/// # Safety
/// `words` are so many plain words that somebody keeps alive.
unsafe fn values<'a>(words: *const u64, count: u64) -> &'a [Value] {
    // SAFETY: the caller's promise; plain words have the layout of values.
    unsafe { std::slice::from_raw_parts(words as *const Value, count as usize) }
}

/// # Safety
/// As for [`values`].
pub unsafe extern "C" fn build_string(words: *const u64, count: u64) -> PyResult {
    // SAFETY: the caller's promise.
    let parts = unsafe { values(words, count) };
    let strings: Vec<&Str> = parts
        .iter()
        .map(|part| part.downcast::<Str>().expect("formatted strings"))
        .collect();
    Ok(Str::concat_all(&strings).into_value())
}

/// Keys and values in turn.
///
/// # Safety
/// As for [`values`].
pub unsafe extern "C" fn build_map(words: *const u64, count: u64) -> PyResult {
    // SAFETY: the caller's promise.
    let items = unsafe { values(words, count) };
    let dict = Dict::with_capacity(items.len() / 2);
    for pair in items.chunks_exact(2) {
        dict.insert(pair[0].clone(), pair[1].clone())?;
    }
    Ok(dict.into_value())
}

/// # Safety
/// As for [`values`].
pub unsafe extern "C" fn build_set(words: *const u64, count: u64) -> PyResult {
    let set = Set::make();
    // SAFETY: the caller's promise.
    for item in unsafe { values(words, count) } {
        set.add(item.clone())?;
    }
    Ok(set.into_value())
}

/// The first word is called with the others.
///
/// # Safety
/// As for [`values`].
pub unsafe extern "C" fn call_value(words: *const u64, count: u64) -> PyResult {
    // SAFETY: the caller's promise.
    match unsafe { values(words, count) } {
        [callable, arguments @ ..] => abstract_ops::call(callable, arguments),
        [] => unreachable!("a call has a callable"),
    }
}

/// The first word, a native function, is called with the others. The words are the callee's to change.
///
/// # Safety
/// As for [`values`].
pub unsafe extern "C" fn call_function(words: *mut u64, count: u64) -> PyResult {
    // SAFETY: the caller's promise, and native code checked the class.
    unsafe {
        let function = &*(Raw(*words).address() as *const BuiltinFunction);
        let call = match function.declaration() {
            Some(def) if !taipan_vm::thread::native_stack_is_low() => def.call,
            _ => return call_value(words, count),
        };
        match function.bound_object() {
            // It takes the place of the function in front of the arguments.
            Some(object) => {
                *words = object.0;
                call(words as *const Value, count as usize, None)
            }
            None => call(words.add(1) as *const Value, count as usize - 1, None),
        }
    }
}

/// Callable, null, arguments, keywords or null.
///
/// # Safety
/// So many words.
pub unsafe extern "C" fn call_ex(words: *const u64, count: u64) -> PyResult {
    debug_assert_eq!(count, 4);
    // SAFETY: the caller's promise.
    let (callable, args, kwargs) = unsafe { (Raw(*words), Raw(*words.add(2)), Raw(*words.add(3))) };
    let kwargs = (!kwargs.is_null()).then_some(kwargs);
    call::call_ex(&callable.peek(), &args.peek(), kwargs)
}

/// Callable, arguments, and the names of the last of them.
///
/// # Safety
/// As for [`values`].
pub unsafe extern "C" fn call_keywords(words: *const u64, count: u64) -> PyResult {
    // SAFETY: the caller's promise.
    match unsafe { values(words, count) } {
        [callable, arguments @ .., names] => {
            abstract_ops::call_kw(callable, arguments, names.downcast_exact::<Tuple>())
        }
        _ => unreachable!("a call has a callable and names"),
    }
}

// What can't fail and runs no Python code: the words are owned and move.

/// # Safety
/// So many owned words, which nobody uses any more.
unsafe fn taken(words: *const u64, count: u64) -> impl ExactSizeIterator<Item = Value> {
    // SAFETY: the caller's promise.
    (0..count as usize).map(move |i| unsafe { Raw(*words.add(i)).into_value() })
}

/// # Safety
/// As for [`taken`].
pub unsafe extern "C" fn build_tuple(words: *const u64, count: u64) -> u64 {
    // SAFETY: the caller's promise.
    let tuple = match count {
        0 => Tuple::empty(),
        _ => Tuple::new(unsafe { taken(words, count) }),
    };
    tuple.into_value().into_raw().0
}

/// # Safety
/// As for [`taken`].
pub unsafe extern "C" fn make_cell(words: *const u64, _count: u64) -> u64 {
    // SAFETY: the caller's promise.
    let contents = unsafe {
        let word = Raw(*words);
        match word.is_unbound() {
            true => None,
            false => Some(word.into_value()),
        }
    };
    CellObject::make(contents).into_value().into_raw().0
}

/// A generator for a call of its function, the first word, with the others; 0 where there is no room.
///
/// # Safety
/// So many live words, which stay the caller's.
pub unsafe extern "C" fn make_generator(words: *const u64, count: u64) -> u64 {
    let thread = taipan_vm::thread::thread();
    // SAFETY: the caller's promise; `Raw` is a word.
    let words = unsafe { std::slice::from_raw_parts(words as *const Raw, count as usize) };
    // SAFETY: likewise.
    let generator = unsafe { taipan_vm::objects::generator::from_call(thread, words) };
    generator.map_or(0, |generator| generator.into_raw().0)
}

/// # Safety
/// The callee's frame, whose head and variables are written.
pub unsafe extern "C" fn prologue(frame: *mut Frame, thread: *const Thread) {
    // SAFETY: the caller's promise.
    unsafe { taipan_vm::interpreter::prologue::run(&*thread, frame) };
}

/// # Safety
/// As for [`taken`].
pub unsafe extern "C" fn build_list(words: *const u64, count: u64) -> u64 {
    // SAFETY: the caller's promise.
    let items = unsafe { taken(words, count) }.collect();
    Ref::into_value(List::make(items)).into_raw().0
}

/// # Safety
/// As for [`taken`]: two words, or three.
pub unsafe extern "C" fn build_slice(words: *const u64, count: u64) -> u64 {
    // SAFETY: the caller's promise.
    let mut parts = unsafe { taken(words, count) };
    let mut next = || parts.next().unwrap_or_else(Value::none);
    let (start, stop, step) = (next(), next(), next());
    Slice::make(start, stop, step).into_value().into_raw().0
}

// Quick answers, which run no Python code: zero where there is none.

fn answer(truth: bool) -> u64 {
    Value::bool(truth).raw().0
}

pub extern "C" fn quick_len(value: u64) -> u64 {
    let value = Raw(value).peek();
    let length = if let Some(list) = value.downcast_exact::<List>() {
        list.len()
    } else if let Some(dict) = value.downcast_exact::<Dict>() {
        dict.len()
    } else if let Some(tuple) = value.downcast_exact::<Tuple>() {
        tuple.len()
    } else if let Some(string) = value.downcast_exact::<Str>() {
        string.len()
    } else if let Some(set) = value.downcast_exact::<Set>() {
        set.len()
    } else if let Some(set) = value.downcast_exact::<FrozenSet>() {
        set.core.len()
    } else if let Some(bytes) = value.downcast_exact::<Bytes>() {
        bytes.as_slice().len()
    } else {
        match inherited_length(&value) {
            Some(length) => length,
            None => return 0,
        }
    };
    Raw::small_int(length as i64).0
}

/// Of an instance of a class that leaves `__len__` as a container written in Rust has it.
fn inherited_length(value: &Value) -> Option<usize> {
    let length = value.class().slots().length?;
    let containers = [List::class(), Dict::class(), Tuple::class(), Set::class()];
    let inherited = |class: &Type| {
        let own = class.slots().length;
        own.is_some_and(|own| std::ptr::fn_addr_eq(own, length))
    };
    containers
        .into_iter()
        .any(inherited)
        .then(|| length(value).ok())?
}

/// The truth of containers, and of instances whose class says nothing of truth.
pub extern "C" fn quick_truth(value: u64) -> u64 {
    let raw = Raw(value);
    if !raw.is_pointer() {
        return match raw.is_int() {
            true => answer(raw != Raw::small_int(0)),
            false => answer(raw.as_float() != Some(0.0)),
        };
    }
    let value = raw.peek();
    if raw == Raw::true_() || raw == Raw::false_() || raw == Raw::none() {
        return answer(raw == Raw::true_());
    }
    let length = quick_len(raw.0);
    if length != 0 {
        return answer(length != Raw::small_int(0).0);
    }
    let slots = value.class().slots();
    if slots.bool.is_none() && slots.length.is_none() {
        return answer(true);
    }
    0
}

/// By the classes alone.
pub extern "C" fn quick_is_instance(object: u64, class: u64) -> u64 {
    let (object, class) = (Raw(object).peek(), Raw(class).peek());
    let Some(class) = class.downcast_exact::<Type>() else {
        return 0;
    };
    let own = object.class();
    if object.is_instance(class) {
        return answer(true);
    }
    // A `__class__` of its own may claim more than the type says.
    let claim = &taipan_vm::names::CLASS;
    if own.has(TypeFlags::GENERIC_GETATTR)
        && own.lookup_raw(claim) == Object::class().lookup_raw(claim)
    {
        return answer(false);
    }
    0
}

/// The iterator of `range` with small ints; 0 if it can't be.
pub extern "C" fn range_iterator(start: u64, stop: u64, step: u64) -> u64 {
    let [start, stop, step] = [start, stop, step].map(|word| Raw(word).as_int());
    match RangeIterator::of_small(start, stop, step) {
        Some(iterator) => iterator.into_raw().0,
        None => 0,
    }
}

pub extern "C" fn type_of(object: u64) -> u64 {
    object_value(Raw(object).peek().class()).into_raw().0
}

pub extern "C" fn str_item(container: u64, key: u64) -> u64 {
    let (container, key) = (Raw(container).peek(), Raw(key));
    match container.downcast_exact::<Str>() {
        Some(string) if key.is_int() => {
            let (mut index, length) = (key.as_int(), string.len() as i64);
            if index < 0 {
                index += length;
            }
            if !(0..length).contains(&index) {
                return 0;
            }
            let item = Str::from_char(string.char_at(index as usize));
            item.into_value().into_raw().0
        }
        _ => 0,
    }
}

pub extern "C" fn str_compare(left: u64, right: u64, oparg: u64) -> u64 {
    let (left, right) = (Raw(left).peek(), Raw(right).peek());
    let (Some(a), Some(b)) = (left.downcast_exact::<Str>(), right.downcast_exact::<Str>()) else {
        return 0;
    };
    answer(match CompareOp::ALL[(oparg >> 5) as usize] {
        CompareOp::Eq => a.same_text(b),
        CompareOp::Ne => !a.same_text(b),
        op => op.holds(a.compare(b)),
    })
}
