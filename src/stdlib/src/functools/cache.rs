//! The wrapper behind `functools.lru_cache`.
//!
//! Entries lie in a dict in the order of their last use: a hit is taken out and put in again at the end.

use super::split;
use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, type_error};
use taipan_vm::memory::allocate_instance;
use taipan_vm::names;
use taipan_vm::native::NativeClass;
use taipan_vm::object::{Header, Ref, object_value};
use taipan_vm::objects::class::Type;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::int::Int;
use taipan_vm::objects::method::Method;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// Create a cached callable that wraps another function.
///
/// user_function:      the function being cached
///
/// maxsize:  0         for no caching
///           None      for unlimited cache size
///           n         for a bounded cache
///
/// typed:    False     cache f(3) and f(3.0) as identical calls
///           True      cache f(3) and f(3.0) as distinct calls
///
/// cache_info_type:    namedtuple class with the fields:
///                         hits misses currsize maxsize
#[pyclass(
    name = "_lru_cache_wrapper",
    module = "functools",
    gc,
    dict,
    weakref,
    method_descriptor
)]
#[repr(C)]
pub struct LruCache {
    header: Header,
    function: Value,
    info_type: Value,
    entries: Ref<Dict>,
    #[no_gc]
    limit: Option<usize>,
    #[no_gc]
    typed: bool,
    #[no_gc]
    hits: Cell<i64>,
    #[no_gc]
    misses: Cell<i64>,
}

/// What a call's arguments are remembered under.
fn key_of(args: &[Value], kwnames: Option<&Tuple>, typed: bool) -> Value {
    let (plain, names, values) = split(args, kwnames);
    if !typed
        && names.is_empty()
        && let [only] = plain
        && (only.is_exact(Int::class()) || only.is_exact(Str::class()))
    {
        return only.clone();
    }
    let mut parts = plain.to_vec();
    if !names.is_empty() {
        // The module's own type stands between: no argument is it.
        parts.push(object_value(LruCache::class()));
        for (name, value) in names.iter().zip(values) {
            parts.extend([name.clone(), value.clone()]);
        }
    }
    if typed {
        parts.extend(
            plain
                .iter()
                .chain(values)
                .map(|value| object_value(value.class())),
        );
    }
    Tuple::new(parts).into_value()
}

#[pymethods]
impl LruCache {
    #[pyslot("_lru_cache_wrapper(user_function, maxsize, typed, cache_info_type)")]
    fn new(
        cls: &Type,
        user_function: &Value,
        maxsize: &Value,
        typed: bool,
        cache_info_type: &Value,
    ) -> PyResult {
        if !abstract_ops::is_callable(user_function) {
            return Err(type_error("the first argument must be callable"));
        }
        let limit = match maxsize.is_none() {
            true => None,
            false if maxsize.class().slots().index.is_some() => {
                Some(abstract_ops::to_i64(maxsize)?.max(0) as usize)
            }
            false => return Err(type_error("maxsize should be integer or None")),
        };
        let native = LruCache {
            header: Header::fresh(),
            function: user_function.clone(),
            info_type: cache_info_type.clone(),
            entries: Dict::make(),
            limit,
            typed,
            hits: Cell::new(0),
            misses: Cell::new(0),
        };
        Ok(allocate_instance(cls, native).into_value())
    }
    #[pyslot]
    fn call(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        // SAFETY: the slot's caller checked the class.
        let cache = unsafe { this.downcast_unchecked::<LruCache>() };
        if cache.limit == Some(0) {
            cache.misses.set(cache.misses.get() + 1);
            return abstract_ops::call_kw(&cache.function, args, kwnames);
        }
        let key = key_of(args, kwnames, cache.typed);
        let hash = abstract_ops::hash(&key)?;
        let found = match cache.limit {
            None => cache.entries.get_hashed(&key, hash)?,
            Some(_) => cache
                .entries
                .remove_hashed(&key, hash)?
                .map(|(_, value)| value),
        };
        if let Some(value) = found {
            cache.hits.set(cache.hits.get() + 1);
            if cache.limit.is_some() {
                cache.entries.insert_hashed(key, hash, value.clone())?;
            }
            return Ok(value);
        }
        cache.misses.set(cache.misses.get() + 1);
        let value = abstract_ops::call_kw(&cache.function, args, kwnames)?;
        cache.entries.insert_hashed(key, hash, value.clone())?;
        if let Some(limit) = cache.limit {
            while cache.entries.len() > limit {
                let mut position = 0;
                let Some((oldest, hash, _)) = cache.entries.next_hashed(&mut position) else {
                    break;
                };
                cache.entries.remove_hashed(&oldest, hash)?;
            }
        }
        Ok(value)
    }
    #[pyslot]
    fn descr_get(this: &Value, object: Option<&Value>, _owner: Option<&Type>) -> PyResult {
        Ok(match object.filter(|object| !object.is_none()) {
            Some(object) => Method::bind(this.clone(), object.clone()),
            None => this.clone(),
        })
    }
    /// Report cache statistics
    #[pymethod("cache_info($self, /)")]
    fn cache_info(&self) -> PyResult {
        let limit = self
            .limit
            .map_or_else(Value::none, |limit| Value::int(limit as i64));
        let used = Value::int(self.entries.len() as i64);
        let numbers = [
            Value::int(self.hits.get()),
            Value::int(self.misses.get()),
            limit,
            used,
        ];
        abstract_ops::call(&self.info_type, &numbers)
    }
    /// Clear the cache and cache statistics
    #[pymethod("cache_clear($self, /)")]
    fn cache_clear(&self) {
        self.hits.set(0);
        self.misses.set(0);
        self.entries.clear();
    }
    #[pymethod("__copy__($self, /)")]
    fn __copy__(this: &Value) -> Value {
        this.clone()
    }
    #[pymethod("__deepcopy__($self, memo, /)")]
    fn __deepcopy__(this: &Value, _memo: &Value) -> Value {
        this.clone()
    }
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(this: &Value) -> PyResult {
        abstract_ops::getattr(this, &names::QUALNAME)
    }
}
