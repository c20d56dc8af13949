//! Methods and slots of `dict`.

use crate::abstract_ops;
use crate::exceptions::{PyResult, key_error, raise_new, type_error, value_error};
use crate::memory::allocate_instance;
use crate::names;
use crate::native::NativeClass;
use crate::object::{Ref, flags};
use crate::objects::class::{CompareOp, Type};
use crate::objects::dict::Dict;
use crate::objects::dict_views::{
    DictItems, DictKeyIterator, DictKeys, DictReverseKeyIterator, DictValues,
};
use crate::objects::set::core_of;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::tuple_methods::join_texts;
use crate::value::Value;
use taipan_macros::pymethods;

/// The dict behind a receiver, whose class the caller checked.
fn own(this: &Value) -> &Dict {
    // SAFETY: slots and methods are called with instances of their class.
    unsafe { this.downcast_unchecked::<Dict>() }
}

/// `dict[key]`: what is there, or what `__missing__` of a derived class says.
pub fn getitem(this: &Value, key: &Value) -> PyResult {
    let hash = super::dict::key_hash(key)?;
    if let Some(found) = own(this).get_hashed(key, hash)? {
        return Ok(found);
    }
    if !this.is_exact(Dict::class())
        && let Some(missing) = abstract_ops::lookup_special(this, &names::MISSING)?
    {
        return abstract_ops::call(&missing, std::slice::from_ref(key));
    }
    Err(key_error(key))
}

impl Dict {
    /// What `dict.update` does with its positional argument.
    pub fn update_from(&self, other: &Value) -> PyResult<()> {
        if let Some(dict) = other.downcast::<Dict>()
            && (other.is_exact(Dict::class()) || has_plain_iteration(other))
        {
            return self.merge(dict, true);
        }
        if abstract_ops::getattr_opt(other, &names::KEYS)?.is_some() {
            return self.update_from_mapping(other);
        }
        self.update_from_pairs(other)
    }
    /// Puts another dict's entries in, which must not change meanwhile.
    pub fn merge(&self, other: &Dict, replace: bool) -> PyResult<()> {
        if std::ptr::eq(self, other) {
            return Ok(());
        }
        let mut position = 0;
        let length = other.len();
        while let Some((key, hash, value)) = other.next_hashed(&mut position) {
            if replace || self.get_hashed(&key, hash)?.is_none() {
                self.insert_hashed(key, hash, value)?;
            }
            if other.len() != length {
                return Err(crate::exceptions::runtime_error(
                    "dict mutated during update",
                ));
            }
        }
        Ok(())
    }
    fn update_from_mapping(&self, mapping: &Value) -> PyResult<()> {
        let keys = abstract_ops::call_method(mapping, &names::KEYS, &[])?;
        abstract_ops::for_each(&keys, |key| {
            let value = abstract_ops::getitem(mapping, &key)?;
            self.insert(key, value)
        })
    }
    fn update_from_pairs(&self, pairs: &Value) -> PyResult<()> {
        let mut index = 0;
        abstract_ops::for_each(pairs, |pair| {
            let is_iterable =
                pair.class().slots().iter.is_some() || pair.class().slots().getitem.is_some();
            if !is_iterable {
                return Err(type_error("object is not iterable"));
            }
            let items = abstract_ops::to_vec(&pair)?;
            let length = items.len();
            let Ok([key, value]) = <[Value; 2]>::try_from(items) else {
                return Err(value_error(format!(
                    "dictionary update sequence element #{index} has length {length}; 2 is required"
                )));
            };
            index += 1;
            self.insert(key, value)
        })
    }
    /// Keyword arguments as entries.
    pub fn update_keywords(&self, names: &[Value], values: &[Value]) -> PyResult<()> {
        for (name, value) in names.iter().zip(values) {
            self.insert(name.clone(), value.clone())?;
        }
        Ok(())
    }
    /// Equal keys with equal values, in any order.
    fn equals(&self, other: &Dict) -> PyResult<bool> {
        if self.len() != other.len() {
            return Ok(false);
        }
        let mut position = 0;
        while let Some((key, hash, value)) = self.next_hashed(&mut position) {
            match other.get_hashed(&key, hash)? {
                Some(second) if abstract_ops::equals(&value, &second)? => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    }
}

/// Does a subclass leave `__iter__` and `keys` alone, so that its entries are its items?
fn has_plain_iteration(value: &Value) -> bool {
    let class = value.class();
    class
        .slots()
        .same(crate::objects::class::SlotId::iter, Dict::class().slots())
}

/// What `dict()` and `dict.update()` take: at most one positional argument and keywords.
fn update_common(
    this: &Value,
    what: &str,
    args: &[Value],
    kwnames: Option<&Tuple>,
) -> PyResult<()> {
    let names = kwnames.map_or(&[][..], Tuple::as_slice);
    let (plain, values) = args.split_at(args.len() - names.len());
    if plain.len() > 1 {
        return Err(type_error(format!(
            "{what} expected at most 1 argument, got {}",
            plain.len()
        )));
    }
    if let Some(other) = plain.first() {
        own(this).update_from(other)?;
    }
    own(this).update_keywords(names, values)
}

#[pymethods]
impl Dict {
    #[pyslot(slot = new)]
    fn new_slot(class: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        Ok(allocate_instance(class, Dict::empty()).into_value())
    }
    #[pyslot]
    fn init(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
        update_common(this, "dict", args, kwnames)
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult {
        let dict = own(this);
        if dict.is_empty() {
            return Ok(Str::new("{}").into_value());
        }
        let header = this.header().expect("a dict is an object");
        if header.has(flags::IN_REPR) {
            return Ok(Str::new("{...}").into_value());
        }
        header.set(flags::IN_REPR);
        let colon = Str::new(": ");
        let mut texts = Vec::with_capacity(dict.len());
        let mut position = 0;
        let mut entry = || -> PyResult<Option<Ref<Str>>> {
            let Some((key, value)) = dict.next(&mut position) else {
                return Ok(None);
            };
            let (key, value) = (abstract_ops::repr(&key)?, abstract_ops::repr(&value)?);
            Ok(Some(Str::concat_all(&[&key, &colon, &value])))
        };
        let result = loop {
            match entry() {
                Ok(Some(text)) => texts.push(text),
                Ok(None) => break Ok(()),
                Err(raised) => break Err(raised),
            }
        };
        header.unset(flags::IN_REPR);
        result?;
        Ok(join_texts("{", &texts, "}"))
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        let (Some(a), Some(b)) = (this.downcast::<Dict>(), other.downcast::<Dict>()) else {
            return Ok(Value::not_implemented());
        };
        match op {
            CompareOp::Eq => Ok(Value::bool(a.equals(b)?)),
            CompareOp::Ne => Ok(Value::bool(!a.equals(b)?)),
            _ => Ok(Value::not_implemented()),
        }
    }
    #[pyslot]
    fn iter(&self) -> PyResult {
        Ok(DictKeyIterator::over(Ref::from_ref(self)))
    }
    #[pyslot]
    fn length(&self) -> PyResult<usize> {
        Ok(self.len())
    }
    #[pyslot(slot = getitem)]
    fn getitem_slot(this: &Value, key: &Value) -> PyResult {
        getitem(this, key)
    }
    #[pyslot]
    fn setitem(&self, key: &Value, value: Option<&Value>) -> PyResult<()> {
        match value {
            Some(value) => self.insert(key.clone(), value.clone()),
            None => match self.remove(key)? {
                Some(_) => Ok(()),
                None => Err(key_error(key)),
            },
        }
    }
    #[pyslot(slot = contains)]
    fn contains_slot(&self, key: &Value) -> PyResult<bool> {
        self.contains(key)
    }
    #[pyslot]
    fn or(left: &Value, right: &Value) -> PyResult {
        let (Some(a), Some(b)) = (left.downcast::<Dict>(), right.downcast::<Dict>()) else {
            return Ok(Value::not_implemented());
        };
        let result = a.copy();
        result.merge(b, true)?;
        Ok(result.into_value())
    }
    #[pyslot]
    fn inplace_or(this: &Value, other: &Value) -> PyResult {
        own(this).update_from(other)?;
        Ok(this.clone())
    }
    /// Remove all items from the dict.
    #[pymethod("clear($self, /)")]
    fn clear_all(&self) {
        self.clear();
    }
    /// Return a shallow copy of the dict.
    #[pymethod("copy($self, /)")]
    fn copy_all(&self) -> Value {
        self.copy().into_value()
    }
    /// Create a new dictionary with keys from iterable and values set to value.
    #[pyclassmethod("fromkeys($type, iterable, value=None, /)")]
    fn fromkeys(cls: &Value, iterable: &Value, value: Option<&Value>) -> PyResult {
        let value = value.cloned().unwrap_or_else(Value::none);
        let result = abstract_ops::call(cls, &[])?;
        if let Some(dict) = result.downcast_exact::<Dict>()
            && dict.is_empty()
        {
            if let Some(core) = core_of(iterable) {
                for (key, hash) in core.hashed_keys() {
                    dict.insert_hashed(key, hash, value.clone())?;
                }
                return Ok(result);
            }
            abstract_ops::for_each(iterable, |key| dict.insert(key, value.clone()))?;
            return Ok(result);
        }
        abstract_ops::for_each(iterable, |key| abstract_ops::setitem(&result, &key, &value))?;
        Ok(result)
    }
    /// Return the value for key if key is in the dictionary, else default.
    #[pymethod("get($self, key, default=None, /)")]
    fn get_or(&self, key: &Value, default: Option<&Value>) -> PyResult {
        Ok(self
            .get(key)?
            .or_else(|| default.cloned())
            .unwrap_or_else(Value::none))
    }
    /// Return a set-like object providing a view on the dict's keys.
    #[pymethod("keys($self, /)")]
    fn keys(&self) -> Value {
        DictKeys::over(Ref::from_ref(self))
    }
    /// Return an object providing a view on the dict's values.
    #[pymethod("values($self, /)")]
    fn values(&self) -> Value {
        DictValues::over(Ref::from_ref(self))
    }
    /// Return a set-like object providing a view on the dict's items.
    #[pymethod("items($self, /)")]
    fn items_view(&self) -> Value {
        DictItems::over(Ref::from_ref(self))
    }
    /// D.pop(k[,d]) -> v, remove specified key and return the corresponding value.
    ///
    /// If the key is not found, return the default if given; otherwise,
    /// raise a KeyError.
    #[pymethod("pop($self, key, default=<unrepresentable>, /)")]
    fn pop(&self, key: &Value, default: Option<&Value>) -> PyResult {
        match self.remove(key)? {
            Some(value) => Ok(value),
            None => default.cloned().ok_or_else(|| key_error(key)),
        }
    }
    /// Remove and return a (key, value) pair as a 2-tuple.
    ///
    /// Pairs are returned in LIFO (last-in, first-out) order.
    /// Raises KeyError if the dict is empty.
    #[pymethod("popitem($self, /)")]
    fn popitem(&self) -> PyResult {
        match self.pop_last() {
            Some((key, value)) => Ok(Tuple::new([key, value]).into_value()),
            None => Err(raise_new(
                crate::exceptions::KEY_ERROR.get(),
                "popitem(): dictionary is empty",
            )),
        }
    }
    /// Insert key with a value of default if key is not in the dictionary.
    ///
    /// Return the value for key if key is in the dictionary, else default.
    #[pymethod("setdefault($self, key, default=None, /)")]
    fn setdefault(&self, key: &Value, default: Option<&Value>) -> PyResult {
        self.set_default(key.clone(), default.cloned().unwrap_or_else(Value::none))
    }
    /// D.update([E, ]**F) -> None.  Update D from mapping/iterable E and F.
    /// If E is present and has a .keys() method, then does:  for k in E.keys(): D[k] = E[k]
    /// If E is present and lacks a .keys() method, then does:  for k, v in E: D[k] = v
    /// In either case, this is followed by: for k in F:  D[k] = F[k]
    #[pymethod("update", raw)]
    fn update_all(args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        update_common(&args[0], "update", &args[1..], kwnames)?;
        Ok(Value::none())
    }
    /// Return a reverse iterator over the dict keys.
    #[pymethod("__reversed__($self, /)")]
    fn __reversed__(&self) -> Value {
        DictReverseKeyIterator::over(Ref::from_ref(self))
    }
    /// Return the size of the dict in memory.
    #[pymethod("__sizeof__($self, /)")]
    fn __sizeof__(&self) -> usize {
        size_of::<Dict>() + self.extra_size()
    }
    #[pyclassmethod("__class_getitem__($type, object, /)")]
    fn __class_getitem__(cls: &Value, object: &Value) -> PyResult {
        crate::objects::generic_alias::new_alias(cls, object)
    }
}

/// `dict(…)` for Rust callers: a dict of what the value holds.
pub fn dict_of(value: &Value) -> PyResult<Ref<Dict>> {
    let dict = Dict::make();
    dict.update_from(value)?;
    Ok(dict)
}
