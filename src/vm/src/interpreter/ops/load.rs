//! Locals, constants, cells, names, and moves on the stack.

use crate::abstract_ops;
use crate::exceptions::{self, name_error, raise_new};
use crate::interpreter::dispatch::{Flow, State};
use crate::interpreter::specialize;
use crate::names;
use crate::object::Ref;
use crate::objects::cell::CellObject;
use crate::objects::dict::Dict;
use crate::objects::str::Str;
use crate::value::{Raw, Value};

#[inline(always)]
fn name(s: &State, index: u32) -> &'static Str {
    // SAFETY: the code outlives its execution; operands are in range.
    unsafe {
        let code = &*s.frame().code;
        &*code.names.get_unchecked(index as usize).as_ptr()
    }
}

#[inline(always)]
pub fn pop_top(s: &mut State, _oparg: u32) -> Flow {
    Flow::Release(s.pop())
}

#[inline(always)]
pub fn push_null(s: &mut State, _oparg: u32) -> Flow {
    s.push(Raw::NULL);
    Flow::Next
}

#[inline(always)]
pub fn copy(s: &mut State, oparg: u32) -> Flow {
    let raw = s.top(oparg as usize - 1);
    s.push(raw.dup());
    Flow::Next
}

#[inline(always)]
pub fn swap(s: &mut State, oparg: u32) -> Flow {
    let depth = oparg as usize - 1;
    let (top, other) = (s.top(0), s.top(depth));
    s.set_top(0, other);
    s.set_top(depth, top);
    Flow::Next
}

#[inline(always)]
pub fn load_fast(s: &mut State, oparg: u32) -> Flow {
    // SAFETY: operands are in range.
    let raw = unsafe { *s.local(oparg) };
    s.push(raw.dup());
    Flow::Next
}

#[inline(always)]
pub fn load_fast_borrow(s: &mut State, oparg: u32) -> Flow {
    // SAFETY: operands are in range.
    let raw = unsafe { *s.local(oparg) };
    s.push(raw.borrowed());
    Flow::Next
}

#[inline(always)]
pub fn load_fast_load_fast(s: &mut State, oparg: u32) -> Flow {
    load_fast(s, oparg >> 4);
    load_fast(s, oparg & 15)
}

#[inline(always)]
pub fn load_fast_borrow_load_fast_borrow(s: &mut State, oparg: u32) -> Flow {
    load_fast_borrow(s, oparg >> 4);
    load_fast_borrow(s, oparg & 15)
}

#[inline(always)]
pub fn load_fast_and_clear(s: &mut State, oparg: u32) -> Flow {
    // SAFETY: operands are in range. An unbound local stays unbound on the stack.
    unsafe {
        let raw = *s.local(oparg);
        *s.local(oparg) = Raw::UNBOUND;
        s.push(raw);
    }
    Flow::Next
}

#[inline(always)]
pub fn load_fast_check(s: &mut State, oparg: u32) -> Flow {
    // SAFETY: operands are in range.
    let raw = unsafe { *s.local(oparg) };
    if raw.is_unbound() {
        return Flow::Generic;
    }
    s.push(raw.dup());
    Flow::Next
}

pub fn load_fast_check_slow(s: &mut State, oparg: u32) -> Flow {
    s.save();
    unbound_local(s, oparg);
    Flow::Raise
}

#[cold]
#[inline(never)]
fn unbound_local(s: &State, index: u32) {
    let name = &s.frame().code_ref().locals[index as usize];
    let _ = raise_new(
        exceptions::UNBOUND_LOCAL_ERROR.get(),
        format!("cannot access local variable '{name}' where it is not associated with a value"),
    );
}

#[inline(always)]
fn store(s: &mut State, index: u32, raw: Raw) -> Raw {
    // SAFETY: operands are in range.
    unsafe { std::ptr::replace(s.local(index), raw) }
}

#[inline(always)]
pub fn store_fast(s: &mut State, oparg: u32) -> Flow {
    let raw = s.pop().owned();
    let old = store(s, oparg, raw);
    if old.is_owned_pointer() {
        return Flow::Release(old);
    }
    Flow::Next
}

#[inline(always)]
pub fn store_fast_load_fast(s: &mut State, oparg: u32) -> Flow {
    let raw = s.pop().owned();
    let old = store(s, oparg >> 4, raw);
    // SAFETY: operands are in range.
    let loaded = unsafe { *s.local(oparg & 15) };
    s.push(loaded.dup());
    if old.is_owned_pointer() {
        return Flow::Release(old);
    }
    Flow::Next
}

#[inline(always)]
pub fn store_fast_store_fast(s: &mut State, oparg: u32) -> Flow {
    let first = s.pop().owned();
    let old_first = store(s, oparg >> 4, first);
    let second = s.pop().owned();
    let old_second = store(s, oparg & 15, second);
    Flow::ReleaseBoth(old_first, old_second)
}

pub fn delete_fast(s: &mut State, oparg: u32) -> Flow {
    let old = store(s, oparg, Raw::UNBOUND);
    if old.is_unbound() {
        s.save();
        unbound_local(s, oparg);
        return Flow::Raise;
    }
    Flow::Release(old)
}

#[inline(always)]
pub fn load_const(s: &mut State, oparg: u32) -> Flow {
    // SAFETY: operands are in range, and the code owns its constants.
    let raw = unsafe {
        s.frame()
            .code_ref()
            .consts
            .get_unchecked(oparg as usize)
            .raw()
    };
    // The code outlives this frame's stack, so the reference can be borrowed.
    s.push(raw.borrowed());
    Flow::Next
}

#[inline(always)]
pub fn load_small_int(s: &mut State, oparg: u32) -> Flow {
    s.push(Raw::small_int(oparg as i64));
    Flow::Next
}

pub fn load_common_constant(s: &mut State, oparg: u32) -> Flow {
    s.push_value(crate::builtins::common_constant(oparg).clone());
    Flow::Next
}

pub fn load_build_class(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    // SAFETY: the frame owns its builtins through the function.
    let builtins = unsafe { &*s.frame().builtins };
    match builtins.get_str(&names::BUILD_CLASS) {
        Some(value) => {
            s.push_value(value);
            Flow::Next
        }
        None => {
            let _ = raise_new(exceptions::NAME_ERROR.get(), "__build_class__ not found");
            Flow::Raise
        }
    }
}

// Cells.

pub fn make_cell(s: &mut State, oparg: u32) -> Flow {
    // SAFETY: operands are in range; the initial value moves into the cell.
    unsafe {
        let slot = s.local(oparg);
        let initial = *slot;
        let contents = if initial.is_unbound() {
            None
        } else {
            Some(initial.into_value())
        };
        *slot = CellObject::make(contents).into_value().into_raw();
    }
    Flow::Next
}

#[inline(always)]
pub fn copy_free_vars(s: &mut State, oparg: u32) -> Flow {
    // SAFETY: code with free variables has a closure of as many cells; free variables are the last slots.
    unsafe {
        let Some(closure) = &*s.frame().function().closure.as_ptr() else {
            return Flow::Generic;
        };
        if closure.len() != oparg as usize {
            return Flow::Generic;
        }
        let first = s.frame().code_ref().local_count - oparg;
        let mut slot = s.local(first);
        for cell in closure.as_slice() {
            let cell = cell.raw();
            cell.header().incref();
            *slot = cell;
            slot = slot.add(1);
        }
    }
    Flow::Next
}

/// Only code from elsewhere gets here: what is compiled is never run without its closure.
pub fn copy_free_vars_slow(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    let _ = crate::exceptions::system_error("code with free variables is run without a closure");
    Flow::Raise
}

#[inline(always)]
fn cell<'a>(s: &State, index: u32) -> &'a CellObject {
    // SAFETY: the compiler puts cells there; the frame keeps them alive.
    unsafe { &*((*s.local(index)).address() as *const CellObject) }
}

#[inline(always)]
pub fn load_deref(s: &mut State, oparg: u32) -> Flow {
    match cell(s, oparg).get() {
        Some(value) => {
            s.push_value(value);
            Flow::Next
        }
        None => Flow::Generic,
    }
}

pub fn load_deref_slow(s: &mut State, oparg: u32) -> Flow {
    s.save();
    unbound_deref(s, oparg);
    Flow::Raise
}

#[cold]
#[inline(never)]
fn unbound_deref(s: &State, index: u32) {
    let code = s.frame().code_ref();
    let name = &code.locals[index as usize];
    if code.localspluskinds[index as usize].contains(taipan_bytecode::LocalKind::FREE) {
        let _ = name_error(
            name,
            format!(
                "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
            ),
        );
    } else {
        unbound_local(s, index);
    }
}

#[inline(always)]
pub fn store_deref(s: &mut State, oparg: u32) -> Flow {
    let raw = s.pop().owned();
    // SAFETY: an owned word from the stack.
    let old = cell(s, oparg).replace(Some(unsafe { raw.into_value() }));
    match old.map(Value::into_raw) {
        Some(old) if old.is_owned_pointer() => Flow::Release(old),
        _ => Flow::Next,
    }
}

pub fn delete_deref(s: &mut State, oparg: u32) -> Flow {
    match cell(s, oparg).replace(None) {
        Some(old) => Flow::Release(old.into_raw()),
        None => {
            s.save();
            unbound_deref(s, oparg);
            Flow::Raise
        }
    }
}

pub fn load_from_dict_or_deref(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let mapping = s.top(0);
    let name = s.frame().code_ref().locals[oparg as usize].clone();
    let found = match lookup_mapping(&mapping.peek(), &name) {
        Ok(found) => found,
        Err(_) => return Flow::Raise,
    };
    let value = match found.or_else(|| cell(s, oparg).get()) {
        Some(value) => value,
        None => {
            unbound_deref(s, oparg);
            return Flow::Raise;
        }
    };
    s.replace(1, Ok(value))
}

/// A name in a mapping, `None` if it is not there.
fn lookup_mapping(mapping: &Value, name: &Ref<Str>) -> crate::exceptions::PyResult<Option<Value>> {
    if let Some(dict) = mapping.downcast_exact::<Dict>() {
        return Ok(dict.get_str(name));
    }
    exceptions::suppress(
        abstract_ops::getitem(mapping, name.as_value()),
        exceptions::KEY_ERROR.get(),
    )
}

// Names.

#[cold]
#[inline(never)]
fn undefined(name: &Str) {
    let _ = name_error(name, format!("name '{name}' is not defined"));
}

/// A name in globals, then builtins.
fn global(s: &State, name: &'static Str) -> crate::exceptions::PyResult<Option<Value>> {
    // SAFETY: the frame's function owns both.
    let (globals, builtins) = unsafe { (&*s.frame().globals, &*s.frame().builtins) };
    if globals.is_exact() {
        if let Some(value) = globals.get_str(name) {
            return Ok(Some(value));
        }
    } else if let Some(value) =
        lookup_mapping(&crate::object::object_value(globals), &Ref::from_ref(name))?
    {
        return Ok(Some(value));
    }
    Ok(builtins.get_str(name))
}

pub fn load_global(s: &mut State, oparg: u32) -> Flow {
    s.save();
    specialize::load_global(s, oparg);
    let name = name(s, oparg >> 1);
    match global(s, name) {
        Ok(Some(value)) => {
            s.push_value(value);
            if oparg & 1 != 0 {
                s.push(Raw::NULL);
            }
            Flow::Next
        }
        Ok(None) => {
            undefined(name);
            Flow::Raise
        }
        Err(_) => Flow::Raise,
    }
}

#[inline(always)]
pub fn load_global_module(s: &mut State, oparg: u32) -> Flow {
    // SAFETY: the frame's function owns the globals.
    let globals = unsafe { &*s.frame().globals };
    match globals.value_at(s.cache16(1) as usize, name(s, oparg >> 1)) {
        Some(raw) => {
            s.push(raw.dup());
            if oparg & 1 != 0 {
                s.push(Raw::NULL);
            }
            Flow::Next
        }
        None => Flow::Generic,
    }
}

#[inline(always)]
pub fn load_global_builtin(s: &mut State, oparg: u32) -> Flow {
    // SAFETY: the frame's function owns both.
    let (globals, builtins) = unsafe { (&*s.frame().globals, &*s.frame().builtins) };
    // While the module's set of keys is the same, the name is not among them.
    if globals.current_keys_version() != s.cache32(2) {
        return Flow::Generic;
    }
    match builtins.value_at(s.cache16(1) as usize, name(s, oparg >> 1)) {
        Some(raw) => {
            s.push(raw.dup());
            if oparg & 1 != 0 {
                s.push(Raw::NULL);
            }
            Flow::Next
        }
        None => Flow::Generic,
    }
}

pub fn load_locals(s: &mut State, _oparg: u32) -> Flow {
    let locals = s.frame().locals;
    if locals.is_null() {
        s.save();
        let _ = exceptions::system_error("no locals found");
        return Flow::Raise;
    }
    s.push(locals.dup());
    Flow::Next
}

pub fn load_name(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let name = name(s, oparg);
    let locals = s.frame().locals;
    if !locals.is_null() {
        match lookup_mapping(&locals.peek(), &Ref::from_ref(name)) {
            Ok(Some(value)) => {
                s.push_value(value);
                return Flow::Next;
            }
            Ok(None) => {}
            Err(_) => return Flow::Raise,
        }
    }
    match global(s, name) {
        Ok(Some(value)) => {
            s.push_value(value);
            Flow::Next
        }
        Ok(None) => {
            undefined(name);
            Flow::Raise
        }
        Err(_) => Flow::Raise,
    }
}

pub fn load_from_dict_or_globals(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let name = name(s, oparg);
    let mapping = s.top(0);
    let found = match lookup_mapping(&mapping.peek(), &Ref::from_ref(name)) {
        Ok(Some(value)) => Some(value),
        Ok(None) => match global(s, name) {
            Ok(found) => found,
            Err(_) => return Flow::Raise,
        },
        Err(_) => return Flow::Raise,
    };
    match found {
        Some(value) => s.replace(1, Ok(value)),
        None => {
            undefined(name);
            Flow::Raise
        }
    }
}

pub fn store_name(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let name = name(s, oparg);
    let locals = s.frame().locals;
    if locals.is_null() {
        let _ = exceptions::system_error(format!("no locals found when storing '{name}'"));
        return Flow::Raise;
    }
    let value = s.top(0);
    let locals = locals.peek();
    let result = match locals.downcast_exact::<Dict>() {
        Some(dict) => {
            dict.set_str(name, value.to_value());
            Ok(())
        }
        None => abstract_ops::setitem(&locals, Ref::from_ref(name).as_value(), &value.peek()),
    };
    s.consume(1, result)
}

pub fn delete_name(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let name = name(s, oparg);
    let locals = s.frame().locals;
    if locals.is_null() {
        let _ = exceptions::system_error(format!("no locals when deleting '{name}'"));
        return Flow::Raise;
    }
    let locals = locals.peek();
    let result = match locals.downcast_exact::<Dict>() {
        Some(dict) => dict.remove_str(name).map(drop).ok_or(()),
        None => abstract_ops::delitem(&locals, Ref::from_ref(name).as_value()).map_err(|_| {
            exceptions::catch(exceptions::KEY_ERROR.get());
        }),
    };
    if result.is_err() {
        if s.thread().raised.with(|r| r.is_none()) {
            undefined(name);
        }
        return Flow::Raise;
    }
    Flow::Next
}

pub fn store_global(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let name = name(s, oparg);
    // SAFETY: the frame's function owns the globals.
    unsafe { &*s.frame().globals }.set_str(name, s.top(0).to_value());
    s.consume(1, Ok(()))
}

pub fn delete_global(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let name = name(s, oparg);
    // SAFETY: as above.
    match unsafe { &*s.frame().globals }.remove_str(name) {
        Some(old) => Flow::Release(old.into_raw()),
        None => {
            undefined(name);
            Flow::Raise
        }
    }
}

pub fn setup_annotations(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    let locals = s.frame().locals;
    if locals.is_null() {
        let _ = exceptions::system_error("no locals found when setting up annotations");
        return Flow::Raise;
    }
    let locals = locals.peek();
    let name = Ref::from_ref(names::ANNOTATIONS.get());
    match lookup_mapping(&locals, &name) {
        Ok(Some(_)) => Flow::Next,
        Ok(None) => {
            match abstract_ops::setitem(&locals, name.as_value(), Dict::make().as_value()) {
                Ok(()) => Flow::Next,
                Err(_) => Flow::Raise,
            }
        }
        Err(_) => Flow::Raise,
    }
}
