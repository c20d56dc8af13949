//! `for`.

use crate::abstract_ops;
use crate::interpreter::dispatch::{Flow, State};
use crate::interpreter::specialize;
use crate::native::NativeClass;
use crate::object::Ref;
use crate::objects::list::List;
use crate::objects::list_iter::ListIterator;
use crate::objects::range::RangeIterator;
use crate::objects::tuple_iter::TupleIterator;
use crate::value::{Raw, Value};
use taipan_bytecode::Opcode;

pub fn get_iter(s: &mut State, _oparg: u32) -> Flow {
    let iterable = s.top(0);
    if exact::<List>(iterable).is_some() {
        // SAFETY: the stack's reference moves into the iterator; a borrowed one is counted.
        let list = unsafe { Ref::from_owned(iterable.owned().address() as *mut List) };
        s.set_top(0, ListIterator::new(list).into_raw());
        return Flow::Next;
    }
    s.save();
    let result = abstract_ops::iter(&iterable.peek());
    s.replace(1, result)
}

/// Behind the loop: past `END_FOR`, at `POP_ITER`.
#[inline(always)]
fn exhausted(s: &mut State, oparg: u32) -> Flow {
    // SAFETY: the compiler puts `END_FOR` at the target.
    s.ip = unsafe { s.ip.add(1 + Opcode::FOR_ITER.caches() + oparg as usize + 1) };
    Flow::Jump
}

/// Asks the iterator where it lies; sites that are to be looked at are the slow body's.
#[inline(always)]
pub fn for_iter(s: &mut State, oparg: u32) -> Flow {
    let iterator = s.top(0);
    if !iterator.is_owned_pointer() || !specialize::count_down(s) {
        return Flow::Generic;
    }
    let Some(next) = iterator.header().class().slots().iternext else {
        return Flow::Generic;
    };
    s.save();
    // SAFETY: an owned word of the stack has the layout of a value.
    let item = match next(unsafe { &*(s.sp.sub(1) as *const Value) }) {
        Err(_) => abstract_ops::stopped(),
        item => item,
    };
    match item {
        Ok(Some(item)) => {
            s.push_value(item);
            Flow::Next
        }
        Ok(None) => exhausted(s, oparg),
        Err(_) => Flow::Raise,
    }
}

pub fn for_iter_slow(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let iterator = s.top(0);
    specialize::for_iter(s, iterator);
    match abstract_ops::next(&iterator.peek()) {
        Ok(Some(item)) => {
            s.push_value(item);
            Flow::Next
        }
        Ok(None) => exhausted(s, oparg),
        Err(_) => Flow::Raise,
    }
}

#[inline(always)]
pub fn end_for(s: &mut State, oparg: u32) -> Flow {
    crate::interpreter::ops::load::pop_top(s, oparg)
}

#[inline(always)]
fn exact<'a, T: NativeClass>(raw: Raw) -> Option<&'a T> {
    if !raw.is_pointer() || raw.header().shape_id() != T::cell().shape().id() {
        return None;
    }
    // SAFETY: the class was checked; the stack keeps it alive.
    Some(unsafe { &*(raw.address() as *const T) })
}

#[inline(always)]
pub fn for_iter_range(s: &mut State, oparg: u32) -> Flow {
    let Some(iterator) = exact::<RangeIterator>(s.top(0)) else {
        return Flow::Generic;
    };
    let remaining = iterator.remaining.get();
    if remaining <= 0 {
        return exhausted(s, oparg);
    }
    let next = iterator.next.get();
    if !(crate::value::MIN_SMALL..=crate::value::MAX_SMALL).contains(&next) {
        return Flow::Generic;
    }
    iterator.remaining.set(remaining - 1);
    iterator.next.set(next.wrapping_add(iterator.step));
    s.push(Raw::small_int(next));
    Flow::Next
}

#[inline(always)]
pub fn for_iter_list(s: &mut State, oparg: u32) -> Flow {
    let Some(iterator) = exact::<ListIterator>(s.top(0)) else {
        return Flow::Generic;
    };
    // SAFETY: no Python code runs while the list is looked at.
    let Some(list) = (unsafe { &*iterator.list.as_ptr() }) else {
        return exhausted(s, oparg);
    };
    let index = iterator.index.get();
    match list.peek(index) {
        Some(item) => {
            iterator.index.set(index + 1);
            s.push(item.dup());
            Flow::Next
        }
        // At the end the iterator lets go of the list; of its last reference in the generic form.
        None if list.header().decref_if_shared() => {
            // SAFETY: the reference was just counted away.
            unsafe { iterator.list.as_ptr().write(None) };
            exhausted(s, oparg)
        }
        None => Flow::Generic,
    }
}

#[inline(always)]
pub fn for_iter_tuple(s: &mut State, oparg: u32) -> Flow {
    let Some(iterator) = exact::<TupleIterator>(s.top(0)) else {
        return Flow::Generic;
    };
    // SAFETY: as above.
    let Some(tuple) = (unsafe { &*iterator.tuple.as_ptr() }) else {
        return exhausted(s, oparg);
    };
    let index = iterator.index.get();
    match tuple.as_slice().get(index) {
        Some(item) => {
            iterator.index.set(index + 1);
            s.push(item.raw().dup());
            Flow::Next
        }
        None => Flow::Generic,
    }
}

/// Goes on in the generator's frame; its `YIELD_VALUE` comes back behind this instruction, its end
/// behind the loop.
#[inline(always)]
pub fn for_iter_gen(s: &mut State, _oparg: u32) -> Flow {
    let raw = s.top(0);
    if !raw.is_pointer()
        || raw.header().shape_id() != crate::objects::generator::Generator::cell().shape().id()
    {
        return Flow::Generic;
    }
    super::generator::resume_inline(s, raw, Raw::none(), 1 + Opcode::FOR_ITER.caches())
}
