//! Containers, strings and functions.

use crate::abstract_ops;
use crate::exceptions::{self, PyResult, type_error, value_error};
use crate::interpreter::dispatch::{Flow, State};
use crate::interpreter::specialize;
use crate::native::NativeClass;
use crate::object::Ref;
use crate::objects::code::Code;
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use crate::objects::list::List;
use crate::objects::set::Set;
use crate::objects::slice::Slice;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::{Raw, Value};
use smallvec::SmallVec;
use taipan_bytecode::Conversion;

/// Takes the top words as owned values, in order.
fn take(s: &mut State, count: usize) -> Vec<Value> {
    s.drop_slots(count);
    // SAFETY: the words were the stack's; they move.
    (0..count)
        .map(|i| unsafe { (*s.sp.add(i)).owned().into_value() })
        .collect()
}

#[inline(always)]
pub fn build_tuple(s: &mut State, oparg: u32) -> Flow {
    let count = oparg as usize;
    if count == 0 {
        s.push_value(Tuple::empty().into_value());
        return Flow::Next;
    }
    // SAFETY: the words are the stack's; they move into the tuple.
    let tuple = unsafe {
        let first = s.sp.sub(count);
        Tuple::new((0..count).map(|i| (*first.add(i)).owned().into_value()))
    };
    s.drop_slots(count);
    s.push_value(tuple.into_value());
    Flow::Next
}

pub fn build_list(s: &mut State, oparg: u32) -> Flow {
    let items = take(s, oparg as usize);
    s.push_value(List::make(items).into_value());
    Flow::Next
}

pub fn build_set(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let set = Set::make();
    for i in (0..oparg as usize).rev() {
        if set.add(s.top(i).to_value()).is_err() {
            return Flow::Raise;
        }
    }
    let flow = s.consume(oparg as usize, Ok(()));
    s.push_value(set.into_value());
    flow
}

pub fn build_map(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let count = oparg as usize;
    let dict = Dict::with_capacity(count);
    for i in (0..count).rev() {
        let mut take = |depth| {
            let word = s.top(depth);
            s.set_top(depth, Raw::NULL);
            // SAFETY: the word moves out of the stack.
            unsafe { word.owned().into_value() }
        };
        let (key, value) = (2 * i + 1, 2 * i);
        let (key, value) = (take(key), take(value));
        if dict.insert(key, value).is_err() {
            return Flow::Raise;
        }
    }
    s.drop_slots(2 * count);
    s.push_value(dict.into_value());
    Flow::Next
}

pub fn build_slice(s: &mut State, oparg: u32) -> Flow {
    // SAFETY: the words are the stack's; they move.
    let mut take = || unsafe { s.pop().owned().into_value() };
    let step = if oparg == 3 { take() } else { Value::none() };
    let (stop, start) = (take(), take());
    s.push_value(Slice::make(start, stop, step).into_value());
    Flow::Next
}

pub fn build_string(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let count = oparg as usize;
    // SAFETY: formatting made strings, which the stack keeps alive.
    let string = |i| unsafe { &*(s.top(i).address() as *const Str) };
    let strings: SmallVec<[&Str; 8]> = (0..count).rev().map(string).collect();
    let joined = Str::concat_all(&strings).into_value();
    let flow = s.consume(count, Ok(()));
    s.push_value(joined);
    flow
}

pub fn build_template(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    let result = crate::objects::template::new_template(s.top(1).to_value(), s.top(0).to_value());
    s.replace(2, result)
}

/// Stack: value, expression text, and the format where bit 0 says; the conversion is in the upper bits.
pub fn build_interpolation(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let has_format = oparg & 1;
    let format = if has_format != 0 {
        s.top(0).to_value()
    } else {
        Str::empty().into_value()
    };
    let (expression, value) = (
        s.top(has_format as usize).to_value(),
        s.top(has_format as usize + 1).to_value(),
    );
    let conversion = match Conversion::from_u32(oparg >> 2) {
        None => Value::none(),
        Some(Conversion::Str) => Str::new("s").into_value(),
        Some(Conversion::Repr) => Str::new("r").into_value(),
        Some(Conversion::Ascii) => Str::new("a").into_value(),
    };
    let result = crate::objects::template::new_interpolation(value, expression, conversion, format);
    s.replace(2 + has_format as usize, result)
}

pub fn convert_value(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let result = convert(&s.top(0).to_value(), oparg);
    s.replace(1, result)
}

/// `!s`, `!r` or `!a`.
pub fn convert(value: &Value, conversion: u32) -> PyResult {
    let text = match Conversion::from_u32(conversion) {
        Some(Conversion::Str) => abstract_ops::str(value),
        Some(Conversion::Repr) => abstract_ops::repr(value),
        Some(Conversion::Ascii) | None => abstract_ops::ascii(value),
    };
    text.map(Ref::into_value)
}

pub fn format_simple(s: &mut State, _oparg: u32) -> Flow {
    let raw = s.top(0);
    if raw.is_pointer() && raw.header().shape_id() == Str::cell().shape().id() {
        return Flow::Next;
    }
    s.save();
    let result = abstract_ops::format(&raw.peek(), &Str::empty());
    s.replace(1, result)
}

pub fn format_with_spec(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    let result = format_by(&s.top(1).to_value(), &s.top(0).to_value());
    s.replace(2, result)
}

pub fn format_by(value: &Value, spec: &Value) -> PyResult {
    match spec.downcast::<Str>() {
        Some(spec) => abstract_ops::format(value, spec),
        None => Err(type_error("format spec must be a string")),
    }
}

fn container<'a, T: NativeClass>(s: &State, depth: u32) -> &'a T {
    // SAFETY: the compiler put the container there, and the stack keeps it alive.
    unsafe { &*(s.top(depth as usize).address() as *const T) }
}

#[inline(always)]
pub fn list_append(s: &mut State, oparg: u32) -> Flow {
    let item = s.top(0);
    if !container::<List>(s, oparg).push_in_place(item) {
        return Flow::Generic;
    }
    s.drop_slots(1);
    Flow::Next
}

/// The list has to grow.
pub fn list_append_slow(s: &mut State, oparg: u32) -> Flow {
    // SAFETY: the word moves from the stack into the list.
    let item = unsafe { s.pop().owned().into_value() };
    container::<List>(s, oparg - 1).push(item);
    Flow::Next
}

pub fn set_add(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let item = s.top(0).to_value();
    let result = add_to_set(s.top(oparg as usize), item);
    s.consume(1, result)
}

/// The set is a display's, or what the program made of `__conditional_annotations__`.
pub fn add_to_set(set: Raw, item: Value) -> PyResult<()> {
    let set = set.peek();
    match set.downcast::<Set>() {
        Some(set) => set.add(item).map(drop),
        None => Err(type_error(format!(
            "'{}' object is not a set",
            set.class().name()
        ))),
    }
}

pub fn map_add(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let (key, value) = (s.top(1).to_value(), s.top(0).to_value());
    let result = container::<Dict>(s, oparg + 1).insert(key, value);
    s.consume(2, result)
}

pub fn list_extend(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let result = extend(container::<List>(s, oparg), &s.top(0).to_value());
    s.consume(1, result)
}

/// `*iterable` in a list display.
pub fn extend(list: &List, iterable: &Value) -> PyResult<()> {
    let class = iterable.class();
    if class.slots().iter.is_none() && class.slots().getitem.is_none() {
        return Err(type_error(format!(
            "Value after * must be an iterable, not {}",
            class.name()
        )));
    }
    abstract_ops::for_each(iterable, |item| {
        list.push(item);
        Ok(())
    })
}

pub fn set_update(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let iterable = s.top(0).to_value();
    let set = container::<Set>(s, oparg);
    let result = abstract_ops::for_each(&iterable, |item| set.add(item).map(drop));
    s.consume(1, result)
}

pub fn dict_update(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let mapping = s.top(0).to_value();
    let dict = container::<Dict>(s, oparg);
    let result = update_from_mapping(dict, &mapping).map_err(|raised| {
        if exceptions::catch(exceptions::ATTRIBUTE_ERROR.get()).is_some() {
            return type_error(format!(
                "'{}' object is not a mapping",
                mapping.class().name()
            ));
        }
        raised
    });
    s.consume(1, result)
}

/// A dict, or an instance of a subclass that iterates like one: then its contents are what counts, whatever
/// else it overrides.
fn plain_dict(mapping: &Value) -> Option<&Dict> {
    let dict = mapping.downcast::<Dict>()?;
    let iter = |class: &crate::objects::class::Type| class.slots().iter.map(|iter| iter as usize);
    (iter(mapping.class()) == iter(Dict::class())).then_some(dict)
}

/// `dict.update(mapping)` for anything with `keys()`.
fn update_from_mapping(dict: &Dict, mapping: &Value) -> PyResult<()> {
    if let Some(other) = plain_dict(mapping) {
        return dict.update(other);
    }
    let keys = abstract_ops::call_method(mapping, &crate::names::KEYS, &[])?;
    abstract_ops::for_each(&keys, |key| {
        let value = abstract_ops::getitem(mapping, &key)?;
        dict.insert(key, value)
    })
}

/// `**mapping` in a call. Stack: callable, self or null, args, dict, …, mapping.
pub fn dict_merge(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let mapping = s.top(0).to_value();
    let dict = container::<Dict>(s, oparg);
    let callable = s.top(oparg as usize + 3).to_value();
    let result = merge(dict, &mapping, &callable);
    s.consume(1, result)
}

fn merge(dict: &Dict, mapping: &Value, callable: &Value) -> PyResult<()> {
    let text = || crate::interpreter::ops::call::function_text(callable);
    let pairs = match plain_dict(mapping) {
        Some(other) => other.items(),
        None => {
            let Some(keys) = abstract_ops::getattr_opt(mapping, &crate::names::KEYS)? else {
                return Err(type_error(format!(
                    "{} argument after ** must be a mapping, not {}",
                    text()?,
                    mapping.class().name()
                )));
            };
            let keys = abstract_ops::call(&keys, &[])?;
            let mut pairs = Vec::new();
            abstract_ops::for_each(&keys, |key| {
                let value = abstract_ops::getitem(mapping, &key)?;
                pairs.push((key, value));
                Ok(())
            })?;
            pairs
        }
    };
    for (key, value) in pairs {
        if dict.contains(&key)? {
            if key.downcast::<Str>().is_none() {
                return Err(type_error(format!("{} keywords must be strings", text()?)));
            }
            return Err(type_error(format!(
                "{} got multiple values for keyword argument '{}'",
                text()?,
                abstract_ops::str(&key)?
            )));
        }
        dict.insert(key, value)?;
    }
    Ok(())
}

pub fn make_function(s: &mut State, _oparg: u32) -> Flow {
    let code = s.top(0).to_value();
    let Ok(code) = Ref::<Code>::from_value(code) else {
        unreachable!("the compiler pushes code")
    };
    // SAFETY: the frame's function owns the globals.
    let globals = Ref::from_ref(unsafe { &*s.frame().globals });
    let function = Function::make(code, globals, None);
    s.replace(1, Ok(function.into_value()))
}

/// Stack: attribute, function.
pub fn set_function_attribute(s: &mut State, oparg: u32) -> Flow {
    let function = s.pop();
    // SAFETY: the compiler put the words there; the attribute moves.
    let attribute = unsafe { s.pop().owned().into_value() };
    // SAFETY: as above.
    let target = unsafe { &*(function.address() as *const Function) };
    target.set_compiled_attribute(oparg, attribute);
    s.push(function);
    Flow::Next
}

// Unpacking.

#[inline(always)]
fn put_items(s: &mut State, items: &[Value], sequence: Raw) -> Flow {
    s.drop_slots(1);
    for item in items.iter().rev() {
        s.push(item.raw().dup());
    }
    if sequence.is_owned_pointer() {
        return Flow::Release(sequence);
    }
    Flow::Next
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
pub fn unpack_sequence_two_tuple(s: &mut State, _oparg: u32) -> Flow {
    let sequence = s.top(0);
    match exact::<Tuple>(sequence).map(Tuple::as_slice) {
        Some(items) if items.len() == 2 => put_items(s, items, sequence),
        _ => Flow::Generic,
    }
}

#[inline(always)]
pub fn unpack_sequence_tuple(s: &mut State, oparg: u32) -> Flow {
    let sequence = s.top(0);
    match exact::<Tuple>(sequence).map(Tuple::as_slice) {
        Some(items) if items.len() == oparg as usize => put_items(s, items, sequence),
        _ => Flow::Generic,
    }
}

#[inline(always)]
pub fn unpack_sequence_list(s: &mut State, oparg: u32) -> Flow {
    let sequence = s.top(0);
    match exact::<List>(sequence).map(List::as_slice) {
        Some(items) if items.len() == oparg as usize => put_items(s, items, sequence),
        _ => Flow::Generic,
    }
}

pub fn unpack_sequence(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let sequence = s.top(0);
    specialize::unpack_sequence(s, oparg, sequence);
    let items = match exact::<Tuple>(sequence) {
        Some(tuple) => Some(tuple.as_slice()),
        None => exact::<List>(sequence).map(List::as_slice),
    };
    if let Some(items) = items
        && items.len() == oparg as usize
    {
        return put_items(s, items, sequence);
    }
    match unpack(&sequence.peek(), oparg as usize, None) {
        Ok(items) => {
            s.drop_slots(1);
            for item in items.into_iter().rev() {
                s.push_value(item);
            }
            if sequence.is_owned_pointer() {
                Flow::Release(sequence)
            } else {
                Flow::Next
            }
        }
        Err(_) => Flow::Raise,
    }
}

pub fn unpack_ex(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let sequence = s.top(0);
    let (before, after) = (oparg as usize & 0xFF, oparg as usize >> 8);
    let items = match exact::<List>(sequence) {
        Some(list) => Some(list.as_slice()),
        None => exact::<Tuple>(sequence).map(Tuple::as_slice),
    };
    if let Some(items) = items
        && let Some(end) = items.len().checked_sub(after)
        && before <= end
    {
        s.drop_slots(1);
        items[end..]
            .iter()
            .rev()
            .for_each(|item| s.push(item.raw().dup()));
        s.push_value(List::make(items[before..end].to_vec()).into_value());
        items[..before]
            .iter()
            .rev()
            .for_each(|item| s.push(item.raw().dup()));
        return if sequence.is_owned_pointer() {
            Flow::Release(sequence)
        } else {
            Flow::Next
        };
    }
    match unpack(&sequence.peek(), before, Some(after)) {
        Ok(items) => {
            s.drop_slots(1);
            for item in items.into_iter().rev() {
                s.push_value(item);
            }
            if sequence.is_owned_pointer() {
                Flow::Release(sequence)
            } else {
                Flow::Next
            }
        }
        Err(_) => Flow::Raise,
    }
}

/// `before` items, and with `after` a list of the middle and that many more.
fn unpack(sequence: &Value, before: usize, after: Option<usize>) -> PyResult<Vec<Value>> {
    let class = sequence.class();
    if class.slots().iter.is_none() && class.slots().getitem.is_none() {
        return Err(type_error(format!(
            "cannot unpack non-iterable {} object",
            class.name()
        )));
    }
    if after.is_none() {
        let items = match (
            sequence.downcast_exact::<Tuple>(),
            sequence.downcast_exact::<List>(),
        ) {
            (Some(tuple), _) => tuple.as_slice(),
            (_, Some(list)) => list.as_slice(),
            _ => &[],
        };
        if items.len() == before && before > 0 {
            return Ok(items.to_vec());
        }
    }
    let iterator = abstract_ops::iter(sequence)?;
    let mut items = Vec::with_capacity(before);
    while items.len() < before {
        match abstract_ops::next(&iterator)? {
            Some(item) => items.push(item),
            None => {
                return Err(value_error(match after {
                    None => format!(
                        "not enough values to unpack (expected {before}, got {})",
                        items.len()
                    ),
                    Some(after) => format!(
                        "not enough values to unpack (expected at least {}, got {})",
                        before + after,
                        items.len()
                    ),
                }));
            }
        }
    }
    let Some(after) = after else {
        return match abstract_ops::next(&iterator)? {
            None => Ok(items),
            Some(_) => {
                let sized = sequence.is_exact(Tuple::class())
                    || sequence.is_exact(List::class())
                    || sequence.is_exact(Dict::class());
                let got = if sized {
                    format!(", got {}", abstract_ops::len(sequence)?)
                } else {
                    String::new()
                };
                Err(value_error(format!(
                    "too many values to unpack (expected {before}{got})"
                )))
            }
        };
    };
    let mut rest = abstract_ops::to_vec(&iterator)?;
    if rest.len() < after {
        return Err(value_error(format!(
            "not enough values to unpack (expected at least {}, got {})",
            before + after,
            before + rest.len()
        )));
    }
    let tail = rest.split_off(rest.len() - after);
    items.push(List::make(rest).into_value());
    items.extend(tail);
    Ok(items)
}
