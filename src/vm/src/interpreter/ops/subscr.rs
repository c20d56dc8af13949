//! Subscripts and slices.

use crate::abstract_ops;
use crate::exceptions::PyResult;
use crate::interpreter::dispatch::{Flow, State};
use crate::interpreter::polymorphic::ShapeTable;
use crate::interpreter::specialize;
use crate::native::NativeClass;
use crate::object::Ref;
use crate::objects::dict::Dict;
use crate::objects::list::List;
use crate::objects::slice::{Slice, plain_bound};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::{Raw, Value};
use taipan_bytecode::Opcode;

/// The bounds of a slice, where they are known without calling anything.
#[inline(always)]
fn plain_bounds(start: Raw, stop: Raw) -> Option<(isize, isize)> {
    Some((plain_bound(start, 0)?, plain_bound(stop, isize::MAX)?))
}

fn slice(start: Raw, stop: Raw) -> Value {
    Slice::make(start.to_value(), stop.to_value(), Value::none()).into_value()
}

/// `container[start:stop]`.
pub fn get_slice(container: Raw, start: Raw, stop: Raw) -> PyResult {
    if let Some(list) = exact_list(container)
        && let Some((start, stop)) = plain_bounds(start, stop)
    {
        return Ok(list.plain_slice(start, stop).into_value());
    }
    abstract_ops::getitem(&container.peek(), &slice(start, stop))
}

/// `container[start:stop:step]`.
pub fn get_slice_by_steps(container: Raw, start: Raw, stop: Raw, step: Raw) -> PyResult {
    if let Some(list) = exact_list(container)
        && let Some(step) = plain_bound(step, 1)
        && step != 0
    {
        let (first, last) = match step < 0 {
            true => (isize::MAX, isize::MIN),
            false => (0, isize::MAX),
        };
        if let (Some(start), Some(stop)) = (plain_bound(start, first), plain_bound(stop, last)) {
            return Ok(list.slice_by_steps(start, stop, step).into_value());
        }
    }
    let slice = Slice::make(start.to_value(), stop.to_value(), step.to_value());
    abstract_ops::getitem(&container.peek(), &slice.into_value())
}

/// `container[start:stop] = value`; the items of a list that nobody else has move.
pub fn set_slice(container: Raw, start: Raw, stop: Raw, value: Raw) -> PyResult<()> {
    if let Some(list) = exact_list(container)
        && let Some((start, stop)) = plain_bounds(start, stop)
    {
        return list.assign_plain_slice(start, stop, value);
    }
    abstract_ops::setitem(&container.peek(), &slice(start, stop), &value.peek())
}

#[inline(always)]
fn exact_list<'a>(raw: Raw) -> Option<&'a List> {
    // SAFETY: the class is checked; the stack keeps the list alive.
    is_exact::<List>(raw).then(|| unsafe { &*(raw.address() as *const List) })
}

pub fn binary_slice(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    let result = get_slice(s.top(2), s.top(1), s.top(0));
    s.replace(3, result)
}

pub fn store_slice(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    let result = set_slice(s.top(2), s.top(1), s.top(0), s.top(3));
    s.consume(4, result)
}

pub fn store_subscr(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    let (key, container, value) = (s.top(0), s.top(1), s.top(2));
    specialize::store_subscr(s, container, key);
    let result = abstract_ops::setitem(&container.peek(), &key.peek(), &value.peek());
    s.consume(3, result)
}

pub fn delete_subscr(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    let result = abstract_ops::delitem(&s.top(1).peek(), &s.top(0).peek());
    s.consume(2, result)
}

#[inline(always)]
fn is_exact<T: NativeClass>(raw: Raw) -> bool {
    raw.is_pointer() && raw.header().shape_id() == T::cell().shape().id()
}

/// Replaces container and index by an owned item.
#[inline(always)]
fn put_item(s: &mut State, item: Raw) -> Flow {
    let container = s.top(1);
    s.drop_slots(1);
    s.set_top(0, item);
    if container.is_owned_pointer() {
        return Flow::Release(container);
    }
    Flow::Next
}

#[inline(always)]
pub fn subscr_list_int(s: &mut State, _oparg: u32) -> Flow {
    let (key, container) = (s.top(0), s.top(1));
    if !key.is_int() || !is_exact::<List>(container) {
        return Flow::Generic;
    }
    // SAFETY: the class was checked.
    let list = unsafe { &*(container.address() as *const List) };
    let mut index = key.as_int();
    if index < 0 {
        index += list.len() as i64;
    }
    match list.peek(index as usize) {
        Some(item) if index >= 0 => put_item(s, item.dup()),
        _ => Flow::Generic,
    }
}

#[inline(always)]
pub fn subscr_tuple_int(s: &mut State, _oparg: u32) -> Flow {
    let (key, container) = (s.top(0), s.top(1));
    if !key.is_int() || !is_exact::<Tuple>(container) {
        return Flow::Generic;
    }
    // SAFETY: the class was checked.
    let tuple = unsafe { &*(container.address() as *const Tuple) };
    let index = key.as_int();
    if index < 0 {
        return Flow::Generic;
    }
    match tuple.as_slice().get(index as usize) {
        Some(item) => put_item(s, item.raw().dup()),
        None => Flow::Generic,
    }
}

pub fn subscr_str_int(s: &mut State, _oparg: u32) -> Flow {
    let (key, container) = (s.top(0), s.top(1));
    if !key.is_int() || !is_exact::<Str>(container) {
        return Flow::Generic;
    }
    // SAFETY: the class was checked.
    let string = unsafe { &*(container.address() as *const Str) };
    let index = key.as_int();
    if index < 0 || index as usize >= string.len() {
        return Flow::Generic;
    }
    let item = Str::from_char(string.char_at(index as usize))
        .into_value()
        .into_raw();
    put_item(s, item)
}

pub fn subscr_list_slice(s: &mut State, _oparg: u32) -> Flow {
    let (key, container) = (s.top(0), s.top(1));
    let Some(list) = exact_list(container) else {
        return Flow::Generic;
    };
    if !is_exact::<Slice>(key) {
        return Flow::Generic;
    }
    s.save();
    // SAFETY: the class was checked; the stack keeps the slice alive.
    let slice = unsafe { &*(key.address() as *const Slice) };
    let result = list.sliced(slice).map(Ref::into_value);
    s.replace(2, result)
}

pub fn subscr_dict(s: &mut State, _oparg: u32) -> Flow {
    let (key, container) = (s.top(0), s.top(1));
    if !is_exact::<Dict>(container) {
        return Flow::Generic;
    }
    s.save();
    // SAFETY: the class was checked.
    let dict = unsafe { &*(container.address() as *const Dict) };
    let found = dict.get(&key.peek()).and_then(|found| match found {
        Some(value) => Ok(value),
        None => Err(crate::exceptions::key_error(&key.peek())),
    });
    s.replace(2, found)
}

/// A container whose class has a Python `__getitem__`: goes on in it. Cache: address of the shape table (1–4).
#[inline(always)]
pub fn subscr_getitem(s: &mut State, _oparg: u32) -> Flow {
    let container = s.top(1);
    if !container.is_pointer() {
        return Flow::Generic;
    }
    // SAFETY: the code owns its tables.
    let table = unsafe { &*(s.cache64(1) as *const ShapeTable) };
    let Some(entry) = table.find(container.header().shape_id()) else {
        return Flow::Generic;
    };
    if container.header().class().current_version() != entry.version {
        return Flow::Generic;
    }
    // SAFETY: two words of the stack are the arguments; the class holds the function while it has this version.
    unsafe {
        let base = s.sp.sub(2);
        super::call::enter_exact(
            s,
            base,
            Raw(entry.operand).borrowed(),
            base,
            2,
            1 + Opcode::BINARY_OP.caches(),
        )
        .unwrap_or(Flow::Generic)
    }
}

#[inline(always)]
pub fn store_subscr_list_int(s: &mut State, _oparg: u32) -> Flow {
    let (key, container, value) = (s.top(0), s.top(1), s.top(2));
    if !key.is_int() || !is_exact::<List>(container) {
        return Flow::Generic;
    }
    // SAFETY: the class was checked.
    let list = unsafe { &*(container.address() as *const List) };
    let mut index = key.as_int();
    if index < 0 {
        index += list.len() as i64;
    }
    if index < 0 || index as usize >= list.len() {
        return Flow::Generic;
    }
    let old = list.replace_raw(index as usize, value.owned());
    s.drop_slots(3);
    Flow::ReleaseBoth(old, container)
}

pub fn store_subscr_dict(s: &mut State, _oparg: u32) -> Flow {
    let (key, container, value) = (s.top(0), s.top(1), s.top(2));
    if !is_exact::<Dict>(container) {
        return Flow::Generic;
    }
    s.save();
    // SAFETY: the class was checked.
    let dict = unsafe { &*(container.address() as *const Dict) };
    let result = dict.insert(key.to_value(), value.to_value());
    s.consume(3, result)
}
