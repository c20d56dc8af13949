//! Methods and slots of `list`.
//!
//! Python code may change the list at any comparison, conversion or drop, so loops ask for item `i` anew
//! each time, and what is taken out is dropped when the list is consistent.

use crate::abstract_ops;
use crate::exceptions::{PyResult, index_error, type_error, value_error};
use crate::memory::allocate_instance;
use crate::object::{Ref, flags};
use crate::objects::class::{CompareOp, Type};
use crate::objects::list::List;
use crate::objects::list_iter::{ListIterator, ListReverseIterator};
use crate::objects::slice::Slice;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::tuple_methods::{join_texts, repeated_length, search_range, vector};
use crate::value::Value;
use taipan_macros::pymethods;

/// The list behind a receiver, whose class the caller checked.
fn own(this: &Value) -> &List {
    // SAFETY: slots and methods are called with instances of their class.
    unsafe { this.downcast_unchecked::<List>() }
}

impl List {
    /// Appends everything an iterable yields.
    pub fn extend_from(&self, iterable: &Value) -> PyResult<()> {
        if iterable.downcast_exact::<List>().is_some()
            || iterable.downcast_exact::<Tuple>().is_some()
        {
            let items = abstract_ops::to_vec(iterable)?;
            self.change(|values| values.extend(items));
            return Ok(());
        }
        let iterator = abstract_ops::iter(iterable)?;
        // Users can see the question.
        abstract_ops::length_hint(iterable, 8)?;
        while let Some(item) = abstract_ops::next(&iterator)? {
            self.push(item);
        }
        Ok(())
    }
    fn position(&self, value: &Value, start: usize, stop: usize) -> PyResult<Option<usize>> {
        let mut at = start;
        while at < stop
            && let Some(item) = self.peek(at)
        {
            let equal = match abstract_ops::equals_at_once(&item.peek(), value) {
                Some(equal) => equal,
                None => abstract_ops::equals(&item.to_value(), value)?,
            };
            if equal {
                return Ok(Some(at));
            }
            at += 1;
        }
        Ok(None)
    }
}

#[pymethods]
impl List {
    #[pyslot]
    fn new(class: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        Ok(allocate_instance(class, List::native(Vec::new())).into_value())
    }
    #[pyslot("list(iterable=(), /)")]
    fn init(this: &Value, iterable: Option<&Value>) -> PyResult<()> {
        let list = own(this);
        drop(list.take_items());
        match iterable {
            Some(iterable) => list.extend_from(iterable),
            None => Ok(()),
        }
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult {
        let list = own(this);
        if list.is_empty() {
            return Ok(Str::new("[]").into_value());
        }
        let header = this.header().expect("a list is an object");
        if header.has(flags::IN_REPR) {
            return Ok(Str::new("[...]").into_value());
        }
        header.set(flags::IN_REPR);
        let mut texts = Vec::with_capacity(list.len());
        let mut result = Ok(());
        let mut at = 0;
        while let Some(item) = list.get(at) {
            match abstract_ops::repr(&item) {
                Ok(text) => texts.push(text),
                Err(raised) => {
                    result = Err(raised);
                    break;
                }
            }
            at += 1;
        }
        header.unset(flags::IN_REPR);
        result?;
        Ok(join_texts("[", &texts, "]"))
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        let (Some(a), Some(b)) = (this.downcast::<List>(), other.downcast::<List>()) else {
            return Ok(Value::not_implemented());
        };
        if a.len() != b.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(Value::bool(op == CompareOp::Ne));
        }
        let mut at = 0;
        while let (Some(x), Some(y)) = (a.get(at), b.get(at)) {
            if !abstract_ops::equals(&x, &y)? {
                // The comparison may have emptied a list.
                if at >= a.len() || at >= b.len() {
                    break;
                }
                return match op {
                    CompareOp::Eq => Ok(Value::false_()),
                    CompareOp::Ne => Ok(Value::true_()),
                    _ => abstract_ops::rich_compare(&x, &y, op),
                };
            }
            at += 1;
        }
        Ok(Value::bool(op.holds(a.len().cmp(&b.len()))))
    }
    #[pyslot]
    fn iter(&self) -> PyResult {
        Ok(ListIterator::new(Ref::from_ref(self)))
    }
    #[pyslot]
    fn length(&self) -> PyResult<usize> {
        Ok(self.len())
    }
    #[pyslot]
    fn getitem(&self, key: &Value) -> PyResult {
        if let Some(index) = key.as_small_int() {
            let wrapped = if index < 0 {
                index + self.len() as i64
            } else {
                index
            };
            if wrapped >= 0
                && let Some(item) = self.get(wrapped as usize)
            {
                return Ok(item);
            }
            return Err(index_error("list index out of range"));
        }
        if let Some(slice) = key.downcast::<Slice>() {
            return Ok(self.sliced(slice)?.into_value());
        }
        let index = abstract_ops::subscript_index(key, "list")?;
        let index = abstract_ops::wrap_index(index, self.len(), "list")?;
        self.get(index)
            .ok_or_else(|| index_error("list index out of range"))
    }
    #[pyslot]
    fn setitem(&self, key: &Value, value: Option<&Value>) -> PyResult<()> {
        if let Some(slice) = key.downcast::<Slice>() {
            return match value {
                Some(value) => self.assign_slice(slice, value),
                None => self.delete_slice(slice),
            };
        }
        let index = abstract_ops::subscript_index(key, "list")?;
        let index = abstract_ops::wrap_index(index, self.len(), "list assignment")?;
        match value {
            Some(value) => {
                self.set(index, value.clone());
            }
            None => drop(self.change(|values| values.remove(index))),
        }
        Ok(())
    }
    #[pyslot]
    fn contains(&self, item: &Value) -> PyResult<bool> {
        Ok(self.position(item, 0, usize::MAX)?.is_some())
    }
    #[pyslot]
    fn concat(&self, other: &Value) -> PyResult {
        let Some(second) = other.downcast::<List>() else {
            return Err(type_error(format!(
                "can only concatenate list (not \"{}\") to list",
                other.class().name()
            )));
        };
        let mut items = vector(self.len() + second.len())?;
        items.extend(self.as_slice().iter().cloned());
        items.extend(second.as_slice().iter().cloned());
        Ok(List::make(items).into_value())
    }
    #[pyslot]
    fn repeat(&self, count: isize) -> PyResult {
        let mut items = vector(repeated_length(self.len(), count)?)?;
        for _ in 0..count.max(0) {
            items.extend_from_slice(self.as_slice());
        }
        Ok(List::make(items).into_value())
    }
    #[pyslot]
    fn inplace_concat(this: &Value, other: &Value) -> PyResult {
        own(this).extend_from(other)?;
        Ok(this.clone())
    }
    #[pyslot]
    fn inplace_repeat(this: &Value, count: isize) -> PyResult {
        let list = own(this);
        if count <= 0 {
            drop(list.take_items());
            return Ok(this.clone());
        }
        let mut items = vector(repeated_length(list.len(), count)?)?;
        for _ in 0..count {
            items.extend_from_slice(list.as_slice());
        }
        drop(list.replace_items(items));
        Ok(this.clone())
    }
    /// Append object to the end of the list.
    #[pymethod("append($self, object, /)")]
    fn append(&self, object: &Value) {
        self.push(object.clone());
    }
    /// Remove all items from list.
    #[pymethod("clear($self, /)")]
    fn clear_items(&self) {
        drop(self.take_items());
    }
    /// Return a shallow copy of the list.
    #[pymethod("copy($self, /)")]
    fn copy(&self) -> Value {
        List::make(self.to_vec()).into_value()
    }
    /// Return number of occurrences of value.
    #[pymethod("count($self, value, /)")]
    fn count(&self, value: &Value) -> PyResult<usize> {
        let (mut at, mut found) = (0, 0);
        while let Some(item) = self.get(at) {
            found += abstract_ops::equals(&item, value)? as usize;
            at += 1;
        }
        Ok(found)
    }
    /// Extend list by appending elements from the iterable.
    #[pymethod("extend($self, iterable, /)")]
    fn extend(&self, iterable: &Value) -> PyResult<()> {
        self.extend_from(iterable)
    }
    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[pymethod("index($self, value, start=0, stop=sys.maxsize, /)")]
    fn index(&self, value: &Value, start: Option<&Value>, stop: Option<&Value>) -> PyResult<usize> {
        let (start, stop) = search_range(self.len(), start, stop)?;
        match self.position(value, start, stop)? {
            Some(at) => Ok(at),
            None => Err(value_error("list.index(x): x not in list")),
        }
    }
    /// Insert object before index.
    #[pymethod("insert($self, index, object, /)")]
    fn insert(&self, index: i64, object: &Value) {
        let index = index as isize;
        let length = self.len() as isize;
        let at = if index < 0 {
            (index + length).max(0)
        } else {
            index.min(length)
        };
        let object = object.clone();
        self.change(|values| values.insert(at as usize, object));
    }
    /// Remove and return item at index (default last).
    ///
    /// Raises IndexError if list is empty or index is out of range.
    #[pymethod("pop($self, index=-1, /)")]
    fn pop(&self, index: i64) -> PyResult {
        let index = index as isize;
        let length = self.len();
        if length == 0 {
            return Err(index_error("pop from empty list"));
        }
        let at = if index < 0 {
            index + length as isize
        } else {
            index
        };
        if at < 0 || at as usize >= length {
            return Err(index_error("pop index out of range"));
        }
        Ok(self.take_at(at as usize))
    }
    /// Remove first occurrence of value.
    ///
    /// Raises ValueError if the value is not present.
    #[pymethod("remove($self, value, /)")]
    fn remove(&self, value: &Value) -> PyResult<()> {
        match self.position(value, 0, usize::MAX)? {
            Some(at) if at < self.len() => {
                drop(self.change(|values| values.remove(at)));
                Ok(())
            }
            Some(_) => Ok(()),
            None => Err(value_error("list.remove(x): x not in list")),
        }
    }
    /// Reverse *IN PLACE*.
    #[pymethod("reverse($self, /)")]
    fn reverse(&self) {
        self.change(|values| values.reverse());
    }
    /// Sort the list in ascending order and return None.
    ///
    /// The sort is in-place (i.e. the list itself is modified) and stable (i.e. the
    /// order of two equal elements is maintained).
    ///
    /// If a key function is given, apply it once to each list item and sort them,
    /// ascending or descending, according to their function values.
    ///
    /// The reverse flag can be set to sort in descending order.
    #[pymethod("sort($self, /, *, key=None, reverse=False)")]
    fn sort(&self, key: Option<&Value>, reverse: bool) -> PyResult<()> {
        super::list_sort::sort(self, key, reverse)
    }
    /// Return a reverse iterator over the list.
    #[pymethod("__reversed__($self, /)")]
    fn __reversed__(&self) -> Value {
        ListReverseIterator::new(Ref::from_ref(self))
    }
    /// Return the size of the list in memory, in bytes.
    #[pymethod("__sizeof__($self, /)")]
    fn __sizeof__(&self) -> usize {
        size_of::<List>() + 8 * self.capacity()
    }
    #[pyclassmethod("__class_getitem__($type, object, /)")]
    fn __class_getitem__(cls: &Value, object: &Value) -> PyResult {
        crate::objects::generic_alias::new_alias(cls, object)
    }
}
