//! Iteration.

use crate::exceptions::{PyResult, Raised, type_error};
use crate::objects::class::TypeFlags;
use crate::objects::generator::{self, Generator};
use crate::objects::list::List;
use crate::objects::list_iter::ListIterator;
use crate::objects::tuple::Tuple;
use crate::value::Value;

/// `iter(iterable)`.
pub fn iter(iterable: &Value) -> PyResult {
    let class = iterable.class();
    if let Some(iter) = class.slots().iter {
        let iterator = iter(iterable)?;
        if iterator.class().slots().iternext.is_none() {
            return Err(type_error(format!(
                "iter() returned non-iterator of type '{}'",
                iterator.class().name()
            )));
        }
        return Ok(iterator);
    }
    if class.slots().getitem.is_some()
        && !class.has(TypeFlags::IS_DICT)
        && is_sequence_like(iterable)
    {
        return Ok(crate::objects::seq_iter::SequenceIterator::new(
            iterable.clone(),
        ));
    }
    Err(type_error(format!(
        "'{}' object is not iterable",
        class.name()
    )))
}

fn is_sequence_like(value: &Value) -> bool {
    // Classes, `mappingproxy` and other mappings in Rust define `__getitem__` without being sequences.
    value.class().is_heap() || value.class().has(TypeFlags::SEQUENCE)
}

/// The next item, `None` when exhausted.
#[inline(always)]
pub fn next(iterator: &Value) -> PyResult<Option<Value>> {
    match iterator.class().slots().iternext {
        Some(next) => match next(iterator) {
            Err(_) => stopped(),
            item => item,
        },
        None => no_iterator(iterator),
    }
}

/// The same, where the iterator is a list's more often than not.
#[inline(always)]
pub fn next_often_of_list(iterator: &Value) -> PyResult<Option<Value>> {
    match iterator.downcast_exact::<ListIterator>() {
        Some(list) => Ok(list.advance()),
        None => next(iterator),
    }
}

/// Raising `StopIteration` says that there is no next item.
#[cold]
#[inline(never)]
pub fn stopped() -> PyResult<Option<Value>> {
    let Some(stop) = crate::exceptions::catch(crate::exceptions::STOP_ITERATION.get()) else {
        return Err(Raised);
    };
    crate::thread::thread()
        .stop_value
        .set(stop.field_at(0).filter(|v| !v.is_none()));
    Ok(None)
}

#[cold]
#[inline(never)]
fn no_iterator(iterator: &Value) -> PyResult<Option<Value>> {
    Err(type_error(format!(
        "'{}' object is not an iterator",
        iterator.class().name()
    )))
}

/// Calls `each` with every item, until it says stop with `Ok(false)`.
pub fn for_each_while(
    iterable: &Value,
    mut each: impl FnMut(Value) -> PyResult<bool>,
) -> PyResult<()> {
    if let Some(tuple) = iterable.downcast_exact::<Tuple>() {
        for item in tuple.as_slice() {
            if !each(item.clone())? {
                return Ok(());
            }
        }
        return Ok(());
    }
    if let Some(list) = iterable.downcast_exact::<List>() {
        let mut i = 0;
        while let Some(item) = list.get(i) {
            if !each(item)? {
                return Ok(());
            }
            i += 1;
        }
        return Ok(());
    }
    let iterator = iter(iterable)?;
    rest_while(&iterator, &mut each)
}

/// Calls `each` with every item that an iterator has left, until it says stop with `Ok(false)`.
pub fn rest_while(iterator: &Value, each: &mut dyn FnMut(Value) -> PyResult<bool>) -> PyResult<()> {
    if let Some(generator) = iterator.downcast_exact::<Generator>() {
        return generator::drain(generator, each);
    }
    while let Some(item) = next(iterator)? {
        if !each(item)? {
            return Ok(());
        }
    }
    Ok(())
}

pub fn for_each(iterable: &Value, mut each: impl FnMut(Value) -> PyResult<()>) -> PyResult<()> {
    for_each_while(iterable, |item| each(item).map(|()| true))
}

/// All items.
pub fn to_vec(iterable: &Value) -> PyResult<Vec<Value>> {
    if let Some(tuple) = iterable.downcast_exact::<Tuple>() {
        return Ok(tuple.as_slice().to_vec());
    }
    if let Some(list) = iterable.downcast_exact::<List>() {
        return Ok(list.to_vec());
    }
    // `iter` comes before the length is asked for, as users can see.
    let iterator = iter(iterable)?;
    let mut items = Vec::with_capacity(length_hint(iterable, 0)?.min(1 << 20));
    rest_while(&iterator, &mut |item| {
        items.push(item);
        Ok(true)
    })?;
    Ok(items)
}

/// `operator.length_hint(value, default)`.
pub fn length_hint(value: &Value, default: usize) -> PyResult<usize> {
    if let Some(length) = value.class().slots().length {
        return match crate::exceptions::suppress(
            length(value),
            crate::exceptions::TYPE_ERROR.get(),
        )? {
            Some(length) => Ok(length),
            None => Ok(default),
        };
    }
    if value
        .class()
        .lookup_raw(&crate::names::LENGTH_HINT)
        .is_none()
    {
        return Ok(default);
    }
    let answer = crate::exceptions::suppress(
        super::call_special(value, &crate::names::LENGTH_HINT, &[]),
        crate::exceptions::TYPE_ERROR.get(),
    )?
    .flatten();
    match answer {
        None => Ok(default),
        Some(v) if v.is_not_implemented() => Ok(default),
        Some(v) => match v.as_int() {
            Some(i) if i.is_negative() => Err(crate::exceptions::value_error(
                "__length_hint__() should return >= 0",
            )),
            Some(i) => Ok(i.to_i64().unwrap_or(0) as usize),
            None => Err(type_error(format!(
                "__length_hint__ must be an integer, not {}",
                v.class().name()
            ))),
        },
    }
}
