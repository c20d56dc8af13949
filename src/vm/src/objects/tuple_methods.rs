//! Methods and slots of `tuple`.

use crate::abstract_ops;
use crate::exceptions::{PyResult, memory_error, type_error, value_error};
use crate::native::{ClassItems, NativeClass};
use crate::object::{Ref, flags};
use crate::objects::class::{CompareOp, SlotId, Type};
use crate::objects::slice::Slice;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::tuple_iter::TupleIterator;
use crate::value::Value;
use smallvec::SmallVec;
use taipan_macros::pymethods;

/// The hash of a sequence of values that are compared in order (xxHash's rounds, as in CPython, so that
/// hashes of tuples of ints are the same).
pub(crate) fn hash_items(items: &[Value], with_length: bool) -> PyResult<i64> {
    const P1: u64 = 11_400_714_785_074_694_791;
    const P2: u64 = 14_029_467_366_897_019_727;
    const P5: u64 = 2_870_177_450_012_600_261;
    let _guard = abstract_ops::enter_native(" while hashing a tuple")?;
    let mut hash = P5;
    for item in items {
        let lane = abstract_ops::hash(item)? as u64;
        hash = hash.wrapping_add(lane.wrapping_mul(P2));
        hash = hash.rotate_left(31).wrapping_mul(P1);
    }
    if with_length {
        hash = hash.wrapping_add(items.len() as u64 ^ (P5 ^ 3_527_539));
    }
    Ok(if hash == u64::MAX {
        1_546_275_796
    } else {
        hash as i64
    })
}

/// Concatenates texts of any width, with commas between.
pub(crate) fn join_texts(open: &str, texts: &[Ref<Str>], close: &str) -> Value {
    let (open, comma, close) = (Str::new(open), Str::new(", "), Str::new(close));
    let mut parts = SmallVec::<[&Str; 16]>::with_capacity(2 * texts.len() + 2);
    parts.push(&open);
    for (i, text) in texts.iter().enumerate() {
        if i > 0 {
            parts.push(&comma);
        }
        parts.push(text);
    }
    parts.push(&close);
    Str::concat_all(&parts).into_value()
}

/// Compares two sequences of values item by item. The callers own the values.
pub(crate) fn compare_items(a: &[Value], b: &[Value], op: CompareOp) -> PyResult {
    let _guard = abstract_ops::enter_native(" in comparison")?;
    for (x, y) in a.iter().zip(b) {
        if !abstract_ops::equals(x, y)? {
            return match op {
                CompareOp::Eq => Ok(Value::false_()),
                CompareOp::Ne => Ok(Value::true_()),
                _ => abstract_ops::rich_compare(x, y, op),
            };
        }
    }
    Ok(Value::bool(op.holds(a.len().cmp(&b.len()))))
}

/// The bytes of `count` copies of `length` values, if they can exist.
pub(crate) fn repeated_length(length: usize, count: isize) -> PyResult<usize> {
    let count = count.max(0) as usize;
    match length.checked_mul(count) {
        Some(all) if all <= isize::MAX as usize / 8 => Ok(all),
        _ => Err(memory_error("")),
    }
}

/// Reserves room, or raises `MemoryError`.
pub(crate) fn vector(capacity: usize) -> PyResult<Vec<Value>> {
    let mut items = Vec::new();
    match items.try_reserve_exact(capacity) {
        Ok(()) => Ok(items),
        Err(_) => Err(memory_error("")),
    }
}

/// Where a search from `start` to `stop` looks, as `index` methods take them.
pub(crate) fn search_range(
    length: usize,
    start: Option<&Value>,
    stop: Option<&Value>,
) -> PyResult<(usize, usize)> {
    let bound = |value: Option<&Value>, default: usize| -> PyResult<usize> {
        let Some(value) = value else {
            return Ok(default);
        };
        if value.class().slots().index.is_none() {
            return Err(type_error(
                "slice indices must be integers or have an __index__ method",
            ));
        }
        let at = abstract_ops::index_clamped(value)?;
        Ok(if at < 0 {
            at.saturating_add(length as isize).max(0) as usize
        } else {
            at as usize
        })
    };
    Ok((bound(start, 0)?, bound(stop, usize::MAX)?))
}

const VARIABLE: ClassItems = ClassItems {
    methods: &[],
    getsets: &[],
    slots: |slots| slots.variable_size = Some(Tuple::variable_size),
    more: &[crate::objects::tuple_methods::constructor::ITEMS],
};

/// `tuple.__new__`; beside the struct's own `new`.
mod constructor {
    use super::*;

    pub const ITEMS: &ClassItems = &ClassItems {
        methods: &[],
        getsets: &[],
        slots: |slots| slots.new = Some(new),
        more: &[],
    };

    fn new(class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let plain = args.len() - kwnames.map_or(0, Tuple::len);
        let exact = class.is_native::<Tuple>();
        // A class with `__init__` of its own may mean something by keywords.
        let plain_init = class.slots().same(SlotId::init, Tuple::class().slots());
        if plain != args.len() && plain_init {
            return Err(type_error("tuple() takes no keyword arguments"));
        }
        if plain > 1 {
            return Err(type_error(format!(
                "tuple expected at most 1 argument, got {plain}"
            )));
        }
        let Some(iterable) = args[..plain].first() else {
            return Ok(Tuple::new_instance(class, Vec::new()).into_value());
        };
        if exact && iterable.is_exact(Tuple::class()) {
            return Ok(iterable.clone());
        }
        let items = abstract_ops::to_vec(iterable)?;
        Ok(Tuple::new_instance(class, items).into_value())
    }
}

#[pymethods(more(crate::objects::tuple_methods::VARIABLE))]
impl Tuple {
    #[pyslot]
    fn repr(this: &Value) -> PyResult {
        // SAFETY: the slot's caller checked the class.
        let tuple = unsafe { this.downcast_unchecked::<Tuple>() };
        if tuple.is_empty() {
            return Ok(Str::new("()").into_value());
        }
        let header = this.header().expect("a tuple is an object");
        if header.has(flags::IN_REPR) {
            return Ok(Str::new("(...)").into_value());
        }
        header.set(flags::IN_REPR);
        let texts: PyResult<Vec<_>> = tuple.as_slice().iter().map(abstract_ops::repr).collect();
        header.unset(flags::IN_REPR);
        Ok(join_texts(
            "(",
            &texts?,
            if tuple.len() == 1 { ",)" } else { ")" },
        ))
    }
    #[pyslot]
    fn hash(&self) -> PyResult<i64> {
        if let Some(hash) = self.known_hash() {
            return Ok(hash);
        }
        let hash = hash_items(self.as_slice(), true)?;
        self.remember_hash(hash);
        Ok(hash)
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        let (Some(a), Some(b)) = (this.downcast::<Tuple>(), other.downcast::<Tuple>()) else {
            return Ok(Value::not_implemented());
        };
        compare_items(a.as_slice(), b.as_slice(), op)
    }
    #[pyslot]
    fn iter(&self) -> PyResult {
        Ok(TupleIterator::new(Ref::from_ref(self)))
    }
    #[pyslot]
    fn length(&self) -> PyResult<usize> {
        Ok(self.len())
    }
    #[pyslot]
    fn getitem(this: &Value, key: &Value) -> PyResult {
        // SAFETY: as above.
        let tuple = unsafe { this.downcast_unchecked::<Tuple>() };
        if let Some(slice) = key.downcast::<Slice>() {
            let (start, _, step, count) = slice.indices(tuple.len())?;
            if count == tuple.len() && step == 1 && this.is_exact(Tuple::class()) {
                return Ok(this.clone());
            }
            let items = tuple.as_slice();
            let picked: Vec<Value> = (0..count)
                .map(|i| items[(start + i as isize * step) as usize].clone())
                .collect();
            return Ok(Tuple::new(picked).into_value());
        }
        let index = abstract_ops::subscript_index(key, "tuple")?;
        let index = abstract_ops::wrap_index(index, tuple.len(), "tuple")?;
        Ok(tuple.as_slice()[index].clone())
    }
    #[pyslot]
    fn contains(&self, item: &Value) -> PyResult<bool> {
        for other in self.as_slice() {
            if abstract_ops::equals(other, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
    #[pyslot]
    fn concat(this: &Value, other: &Value) -> PyResult {
        // SAFETY: as above.
        let tuple = unsafe { this.downcast_unchecked::<Tuple>() };
        let Some(second) = other.downcast::<Tuple>() else {
            return Err(type_error(format!(
                "can only concatenate tuple (not \"{}\") to tuple",
                other.class().name()
            )));
        };
        if tuple.is_empty() && other.is_exact(Tuple::class()) {
            return Ok(other.clone());
        }
        if second.is_empty() && this.is_exact(Tuple::class()) {
            return Ok(this.clone());
        }
        let mut items = vector(tuple.len() + second.len())?;
        items.extend(tuple.as_slice().iter().cloned());
        items.extend(second.as_slice().iter().cloned());
        Ok(Tuple::new(items).into_value())
    }
    #[pyslot]
    fn repeat(this: &Value, count: isize) -> PyResult {
        // SAFETY: as above.
        let tuple = unsafe { this.downcast_unchecked::<Tuple>() };
        if (count == 1 || tuple.is_empty()) && this.is_exact(Tuple::class()) {
            return Ok(this.clone());
        }
        let length = repeated_length(tuple.len(), count)?;
        let mut items = vector(length)?;
        for _ in 0..count.max(0) {
            items.extend(tuple.as_slice().iter().cloned());
        }
        Ok(Tuple::new(items).into_value())
    }
    /// Return number of occurrences of value.
    #[pymethod("count($self, value, /)")]
    fn count(&self, value: &Value) -> PyResult<usize> {
        let mut found = 0;
        for item in self.as_slice() {
            found += abstract_ops::equals(item, value)? as usize;
        }
        Ok(found)
    }
    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[pymethod("index($self, value, start=0, stop=sys.maxsize, /)")]
    fn index(&self, value: &Value, start: Option<&Value>, stop: Option<&Value>) -> PyResult<usize> {
        let (start, stop) = search_range(self.len(), start, stop)?;
        for (at, item) in self.as_slice().iter().enumerate().take(stop).skip(start) {
            if abstract_ops::equals(item, value)? {
                return Ok(at);
            }
        }
        Err(value_error("tuple.index(x): x not in tuple"))
    }
    #[pymethod("__getnewargs__($self, /)")]
    fn __getnewargs__(&self) -> Value {
        Tuple::new([Tuple::from_slice(self.as_slice()).into_value()]).into_value()
    }
    #[pyclassmethod("__class_getitem__($type, object, /)")]
    fn __class_getitem__(cls: &Value, object: &Value) -> PyResult {
        crate::objects::generic_alias::new_alias(cls, object)
    }
}
