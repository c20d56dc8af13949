//! Slices of lists: read, assigned, deleted.
//!
//! Bounds can be any objects with `__index__`, which may change the list: its length is asked for when all of
//! them are known. What is taken out is dropped when the list is consistent, the last item first.

use crate::abstract_ops;
use crate::exceptions::{PyResult, type_error, value_error};
use crate::object::Ref;
use crate::objects::list::{List, copy_of, drop_backwards};
use crate::objects::slice::{Slice, adjust};
use crate::value::{Raw, Value};

impl List {
    /// The items `start..stop` (bounds as they stand in code) in a new list.
    pub fn plain_slice(&self, start: isize, stop: isize) -> Ref<List> {
        let (start, _, count) = adjust(self.len(), start, stop, 1);
        let start = start as usize;
        List::make(copy_of(&self.as_slice()[start..start + count]))
    }
    /// A new list of the items that a slice selects.
    pub fn sliced(&self, slice: &Slice) -> PyResult<Ref<List>> {
        let (start, stop, step) = slice.unpack()?;
        Ok(self.slice_by_steps(start, stop, step))
    }
    /// The items that these bounds, as they stand in code, and the step, which is not 0, select.
    pub fn slice_by_steps(&self, start: isize, stop: isize, step: isize) -> Ref<List> {
        if step == 1 {
            return self.plain_slice(start, stop);
        }
        let (start, _, count) = adjust(self.len(), start, stop, step);
        let mut picked = Vec::with_capacity(count);
        let target: *mut Value = picked.as_mut_ptr();
        let items = self.as_slice();
        let mut at = start;
        // SAFETY: there is room for that many, all of them items of the list; counting calls nothing.
        unsafe {
            for i in 0..count {
                target
                    .add(i)
                    .write(items.get_unchecked(at as usize).clone());
                at = at.wrapping_add(step);
            }
            picked.set_len(count);
        }
        List::make(picked)
    }
    /// Puts `new` in place of items `start..stop`, cut to what is there.
    fn splice(&self, start: usize, stop: usize, mut new: Vec<Value>) {
        let start = start.min(self.len());
        let stop = stop.clamp(start, self.len());
        if stop - start == new.len() {
            self.swap_items(start, &mut new);
            return drop_backwards(new);
        }
        drop_backwards(self.change(|values| values.splice(start..stop, new).collect()));
    }
    /// Assigns to the items `start..stop` (bounds as they stand in code). The word of the value is the
    /// stack's: a list that nobody else refers to gives its items away.
    pub fn assign_plain_slice(&self, start: isize, stop: isize, value: Raw) -> PyResult<()> {
        let new = if value.is_last_reference()
            && let Some(list) = value.peek().downcast_exact::<List>()
            && !std::ptr::eq(list, self)
        {
            list.take_items()
        } else {
            items_to_assign(&value.peek())?
        };
        let (start, stop, _) = adjust(self.len(), start, stop, 1);
        self.splice(start as usize, stop.max(start) as usize, new);
        Ok(())
    }
    pub(super) fn assign_slice(&self, slice: &Slice, value: &Value) -> PyResult<()> {
        let (start, stop, step) = slice.unpack()?;
        let new = items_to_assign(value)?;
        let (start, stop, count) = adjust(self.len(), start, stop, step);
        if step == 1 {
            self.splice(start as usize, stop.max(start) as usize, new);
            return Ok(());
        }
        if new.len() != count {
            return Err(value_error(format!(
                "attempt to assign sequence of size {} to extended slice of size {count}",
                new.len()
            )));
        }
        let old = self.change(|values| {
            let mut old = Vec::with_capacity(count);
            for (i, item) in new.into_iter().enumerate() {
                let at = (start + i as isize * step) as usize;
                old.push(std::mem::replace(&mut values[at], item));
            }
            old
        });
        drop(old);
        Ok(())
    }
    pub(super) fn delete_slice(&self, slice: &Slice) -> PyResult<()> {
        let (start, stop, step) = slice.unpack()?;
        let (start, _, count) = adjust(self.len(), start, stop, step);
        if count == 0 {
            return Ok(());
        }
        // The same items, in ascending order.
        let (first, step) = match step < 0 {
            true => (
                (start + (count as isize - 1) * step) as usize,
                -step as usize,
            ),
            false => (start as usize, step as usize),
        };
        let removed = self.change(|values| {
            if step == 1 {
                return values.drain(first..first + count).collect::<Vec<_>>();
            }
            let (mut at, mut next, mut left) = (0, first, count);
            values
                .extract_if(first.., |_| {
                    let here = first + at;
                    at += 1;
                    let gone = left > 0 && here == next;
                    if gone {
                        left -= 1;
                        next = next.saturating_add(step);
                    }
                    gone
                })
                .collect()
        });
        drop_backwards(removed);
        Ok(())
    }
}

/// The items of what is assigned to a slice.
fn items_to_assign(value: &Value) -> PyResult<Vec<Value>> {
    let slots = value.class().slots();
    if slots.iter.is_none() && slots.getitem.is_none() {
        return Err(type_error("must assign iterable to extended slice"));
    }
    abstract_ops::to_vec(value)
}
