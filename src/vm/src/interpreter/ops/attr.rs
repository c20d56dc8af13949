//! Attributes.

use crate::abstract_ops::{self, LoadedMethod};
use crate::exceptions::{PyResult, type_error};
use crate::interpreter::dispatch::{Flow, State};
use crate::interpreter::polymorphic::{Access, ShapeTable};
use crate::interpreter::specialize;
use crate::native::NativeClass;
use crate::objects::class::Type;
use crate::objects::module::Module;
use crate::objects::str::Str;
use crate::objects::super_::{Super, super_lookup, super_method};
use crate::shape;
use crate::value::{Raw, Value};
use taipan_bytecode::SpecialMethod;

#[inline(always)]
fn name(s: &State, index: u32) -> &'static Str {
    // SAFETY: the code outlives its execution; operands are in range.
    unsafe {
        let code = &*s.frame().code;
        &*code.names.get_unchecked(index as usize).as_ptr()
    }
}

pub fn load_attr(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let owner = s.top(0);
    specialize::load_attr(s, oparg, owner);
    let name = name(s, oparg >> 1);
    if oparg & 1 == 0 {
        let result = abstract_ops::getattr(&owner.peek(), name);
        return s.replace(1, result);
    }
    match abstract_ops::load_method(&owner.peek(), name) {
        Ok(LoadedMethod::Unbound(method)) => {
            let object = owner.owned();
            s.set_top(0, method.into_raw());
            s.push(object);
            Flow::Next
        }
        Ok(LoadedMethod::Plain(callable)) => {
            let flow = s.replace(1, Ok(callable));
            s.push(Raw::NULL);
            flow
        }
        Err(_) => Flow::Raise,
    }
}

/// The owner is an object of the cached shape.
#[inline(always)]
fn has_shape(s: &State, owner: Raw) -> bool {
    owner.is_pointer() && owner.header().shape_id() == s.cache32(1)
}

/// Replaces the owner by an owned attribute (and null below a call's arguments).
#[inline(always)]
fn put(s: &mut State, oparg: u32, owner: Raw, value: Raw) -> Flow {
    s.set_top(0, value);
    if oparg & 1 != 0 {
        s.push(Raw::NULL);
    }
    if owner.is_owned_pointer() {
        return Flow::Release(owner);
    }
    Flow::Next
}

/// Cache: shape (units 1–2), byte offset of the slot (3).
#[inline(always)]
pub fn load_attr_instance_value(s: &mut State, oparg: u32) -> Flow {
    let owner = s.top(0);
    if !has_shape(s, owner) {
        return Flow::Generic;
    }
    // SAFETY: the shape says that the slot exists and is initialized.
    let value =
        unsafe { *((owner.address() as *const u8).add(s.cache16(3) as usize) as *const Raw) };
    put(s, oparg, owner, value.dup())
}

/// Cache: shape (1–2), byte offset of the member slot (3).
#[inline(always)]
pub fn load_attr_slot(s: &mut State, oparg: u32) -> Flow {
    let owner = s.top(0);
    if !has_shape(s, owner) {
        return Flow::Generic;
    }
    // SAFETY: as above.
    let value =
        unsafe { *((owner.address() as *const u8).add(s.cache16(3) as usize) as *const Raw) };
    if value.is_unbound() {
        return Flow::Generic;
    }
    put(s, oparg, owner, value.dup())
}

/// An attribute in the object's dict. Cache: shape (1–2), place among the entries (3).
#[inline(always)]
pub fn load_attr_with_hint(s: &mut State, oparg: u32) -> Flow {
    let owner = s.top(0);
    if !has_shape(s, owner) {
        return Flow::Generic;
    }
    let Some(dict) = shape::existing_dict(owner.header()) else {
        return Flow::Generic;
    };
    match dict.value_at(s.cache16(3) as usize, name(s, oparg >> 1)) {
        Some(value) => put(s, oparg, owner, value.dup()),
        None => Flow::Generic,
    }
}

/// Cache: place among the entries (3).
#[inline(always)]
pub fn load_attr_module(s: &mut State, oparg: u32) -> Flow {
    let owner = s.top(0);
    let value = owner.peek();
    let Some(module) = value.downcast_exact::<Module>() else {
        return Flow::Generic;
    };
    match module
        .dict()
        .value_at(s.cache16(3) as usize, name(s, oparg >> 1))
    {
        Some(value) => put(s, oparg, owner, value.dup()),
        None => Flow::Generic,
    }
}

/// The cached attribute of a class, if it has the cached version.
///
/// # Safety
/// The owner is a class.
#[inline(always)]
unsafe fn class_attribute(s: &mut State, oparg: u32, owner: Raw) -> Flow {
    // SAFETY: the caller's promise.
    let class = unsafe { &*(owner.address() as *const Type) };
    if class.current_version() != s.cache32(1) {
        return Flow::Generic;
    }
    put(s, oparg, owner, Raw(s.cache64(4)).dup())
}

/// An attribute of a class. Cache: version (1–2), the value (4–7).
#[inline(always)]
pub fn load_attr_class(s: &mut State, oparg: u32) -> Flow {
    let owner = s.top(0);
    if !owner.is_pointer() || owner.header().shape_id() != Type::cell().shape().id() {
        return Flow::Generic;
    }
    // SAFETY: just checked.
    unsafe { class_attribute(s, oparg, owner) }
}

/// The same for a class of a metaclass in Python. Cache: also the metaclass's version (3 and 8).
#[inline(always)]
pub fn load_attr_class_with_metaclass_check(s: &mut State, oparg: u32) -> Flow {
    let owner = s.top(0);
    if !owner.is_pointer()
        || owner.header().class().current_version() != specialize::cached_version(s)
    {
        return Flow::Generic;
    }
    // SAFETY: versions name classes, and this one is a metaclass.
    unsafe { class_attribute(s, oparg, owner) }
}

/// Is the class of the cached shape still the one that the method was found in?
///
/// Cache: shape (1–2), the class's version (3 and 8), method (4–7).
#[inline(always)]
fn method(s: &State, owner: Raw) -> Option<Raw> {
    if !has_shape(s, owner) {
        return None;
    }
    if owner.header().class().current_version() != specialize::cached_version(s) {
        return None;
    }
    Some(Raw(s.cache64(4)))
}

#[inline(always)]
pub fn load_attr_method_with_values(s: &mut State, _oparg: u32) -> Flow {
    let owner = s.top(0);
    let Some(method) = method(s, owner) else {
        return Flow::Generic;
    };
    s.set_top(0, method.dup());
    s.push(owner.owned());
    Flow::Next
}

/// One of several shapes. Cache: the table's address (4–7).
#[inline(always)]
pub fn load_attr_polymorphic(s: &mut State, oparg: u32) -> Flow {
    let owner = s.top(0);
    if !owner.is_pointer() {
        return Flow::Generic;
    }
    // SAFETY: the code owns its tables.
    let table = unsafe { &*(s.cache64(4) as *const ShapeTable) };
    let Some(entry) = table.find(owner.header().shape_id()) else {
        return Flow::Generic;
    };
    if entry.access == Access::Slot {
        // SAFETY: the shape says that the slot exists and is initialized.
        let value =
            unsafe { *((owner.address() as *const u8).add(entry.operand as usize) as *const Raw) };
        return put(s, oparg, owner, value.dup());
    }
    if owner.header().class().current_version() != entry.version {
        return Flow::Generic;
    }
    let value = Raw(entry.operand).dup();
    if entry.access == Access::Method {
        s.set_top(0, value);
        s.push(owner.owned());
        return Flow::Next;
    }
    put(s, oparg, owner, value)
}

/// The same for immediates, whose class has no shape to look at: the cached word says which.
#[inline(always)]
pub fn load_attr_method_no_dict(s: &mut State, _oparg: u32) -> Flow {
    let owner = s.top(0);
    let kind = s.cache32(1);
    let fits = match kind {
        0 => owner.is_int(),
        _ => owner.is_tagged_float(),
    };
    if !fits {
        return Flow::Generic;
    }
    let method = Raw(s.cache64(4));
    s.set_top(0, method.dup());
    s.push(owner);
    Flow::Next
}

/// A class attribute that is no descriptor, or a method that is not called.
#[inline(always)]
pub fn load_attr_nondescriptor_with_values(s: &mut State, oparg: u32) -> Flow {
    let owner = s.top(0);
    let Some(value) = method(s, owner) else {
        return Flow::Generic;
    };
    put(s, oparg, owner, value.dup())
}

/// A property whose getter is a Python function: goes on in it.
#[inline(always)]
pub fn load_attr_property(s: &mut State, _oparg: u32) -> Flow {
    let owner = s.top(0);
    let Some(getter) = method(s, owner) else {
        return Flow::Generic;
    };
    crate::interpreter::ops::call::enter_getter(s, getter, owner)
}

pub fn store_attr(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let (owner, value) = (s.top(0), s.top(1));
    let name = name(s, oparg);
    let before = if owner.is_pointer() {
        owner.header().shape_id()
    } else {
        0
    };
    let result = abstract_ops::setattr(&owner.peek(), name, Some(&value.peek()));
    if result.is_ok() {
        specialize::store_attr(s, oparg, owner, before);
    }
    s.consume(2, result)
}

/// Cache: shape (1–2), byte offset of the slot (3); bit 0 of the offset: the store adds the attribute.
#[inline(always)]
pub fn store_attr_instance_value(s: &mut State, oparg: u32) -> Flow {
    let (owner, value) = (s.top(0), s.top(1));
    if !has_shape(s, owner) {
        return Flow::Generic;
    }
    let place = s.cache16(3) as usize;
    // SAFETY: the shape says that the slot exists; for an addition, that there is room for it.
    unsafe {
        let slot = (owner.address() as *mut u8).add(place & !1) as *mut Raw;
        let old = if place & 1 == 0 {
            std::ptr::replace(slot, value.owned())
        } else {
            let next = owner.header().shape().last_transition();
            if next.is_null() || !std::ptr::eq((*next).added_name(), name(s, oparg)) {
                return Flow::Generic;
            }
            *slot = value.owned();
            owner.header().set_shape(&*next);
            Raw::UNBOUND
        };
        s.drop_slots(2);
        Flow::ReleaseBoth(old, owner)
    }
}

#[inline(always)]
pub fn store_attr_slot(s: &mut State, _oparg: u32) -> Flow {
    let (owner, value) = (s.top(0), s.top(1));
    if !has_shape(s, owner) {
        return Flow::Generic;
    }
    // SAFETY: the shape says that the member slot exists.
    let old = unsafe {
        let slot = (owner.address() as *mut u8).add(s.cache16(3) as usize) as *mut Raw;
        std::ptr::replace(slot, value.owned())
    };
    s.drop_slots(2);
    Flow::ReleaseBoth(old, owner)
}

#[inline(always)]
pub fn store_attr_with_hint(s: &mut State, oparg: u32) -> Flow {
    let (owner, value) = (s.top(0), s.top(1));
    if !has_shape(s, owner) {
        return Flow::Generic;
    }
    let Some(dict) = shape::existing_dict(owner.header()) else {
        return Flow::Generic;
    };
    let place = s.cache16(3) as usize;
    if dict.value_at(place, name(s, oparg)).is_none() || dict.is_watched() {
        return Flow::Generic;
    }
    let old = dict
        .replace_at(place, name(s, oparg), value.owned())
        .expect("just checked");
    s.drop_slots(2);
    Flow::ReleaseBoth(old, owner)
}

pub fn delete_attr(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let result = abstract_ops::setattr(&s.top(0).peek(), name(s, oparg), None);
    s.consume(1, result)
}

/// Stack: `super`, class, self.
pub fn load_super_attr(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let (object, class, global) = (s.top(0), s.top(1), s.top(2));
    let name = name(s, oparg >> 2);
    if oparg & 1 != 0
        && global.is_pointer()
        && std::ptr::eq(global.address() as *const Type, Super::class())
        && let Some(class) = class.peek().downcast::<Type>()
    {
        specialize::load_super_attr(s, object);
        match super_method(class, &object.peek(), name) {
            Ok(Some(method)) => {
                // The object stays, as the method's first argument.
                let object = object.owned();
                s.drop_slots(1);
                let flow = s.replace(2, Ok(method));
                s.push(object);
                return flow;
            }
            Ok(None) => {}
            Err(_) => return Flow::Raise,
        }
    }
    let result = super_attribute(
        &global.peek(),
        &class.peek(),
        &object.peek(),
        name,
        oparg & 2 != 0,
    );
    if oparg & 1 == 0 {
        return s.replace(3, result);
    }
    let flow = s.replace(3, result);
    if let Flow::Next = flow {
        s.push(Raw::NULL);
    }
    flow
}

fn super_attribute(
    global: &Value,
    class: &Value,
    object: &Value,
    name: &Str,
    two_arguments: bool,
) -> PyResult {
    if global.is(&crate::object::object_value(Super::class()))
        && let Some(class) = class.downcast::<Type>()
    {
        return super_lookup(class, object, name);
    }
    let arguments: &[Value] = &[class.clone(), object.clone()];
    let made = abstract_ops::call(global, if two_arguments { arguments } else { &[] })?;
    abstract_ops::getattr(&made, name)
}

pub fn load_special(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let owner = s.top(0);
    let special = SpecialMethod::from_u32(oparg).expect("verified operand");
    let name: &Str = match special {
        SpecialMethod::Enter => &crate::names::ENTER,
        SpecialMethod::Exit => &crate::names::EXIT,
        SpecialMethod::AEnter => &crate::names::AENTER,
        SpecialMethod::AExit => &crate::names::AEXIT,
    };
    let value = owner.peek();
    let Some(found) = value.class().lookup(name) else {
        let what = match special {
            SpecialMethod::Enter | SpecialMethod::Exit => {
                let missing = if special == SpecialMethod::Enter {
                    "__enter__"
                } else {
                    "__exit__"
                };
                let hint = if value.class().lookup(&Str::intern("__aenter__")).is_some()
                    && value.class().lookup(&Str::intern("__aexit__")).is_some()
                {
                    " but it supports the asynchronous context manager protocol. Did you mean to use 'async with'?"
                } else {
                    ""
                };
                format!(
                    "'{}' object does not support the context manager protocol (missed {missing} method){hint}",
                    value.class().name()
                )
            }
            SpecialMethod::AEnter | SpecialMethod::AExit => {
                let missing = if special == SpecialMethod::AEnter {
                    "__aenter__"
                } else {
                    "__aexit__"
                };
                let hint = if value.class().lookup(&Str::intern("__enter__")).is_some()
                    && value.class().lookup(&Str::intern("__exit__")).is_some()
                {
                    " but it supports the context manager protocol. Did you mean to use 'with'?"
                } else {
                    ""
                };
                format!(
                    "'{}' object does not support the asynchronous context manager protocol (missed {missing} method){hint}",
                    value.class().name()
                )
            }
        };
        let _ = type_error(what);
        return Flow::Raise;
    };
    if found
        .class()
        .has(crate::objects::class::TypeFlags::METHOD_DESCRIPTOR)
    {
        let object = owner.owned();
        s.set_top(0, found.into_raw());
        s.push(object);
        return Flow::Next;
    }
    match abstract_ops::bind(found, &value, value.class()) {
        Ok(bound) => {
            let flow = s.replace(1, Ok(bound));
            s.push(Raw::NULL);
            flow
        }
        Err(_) => Flow::Raise,
    }
}
