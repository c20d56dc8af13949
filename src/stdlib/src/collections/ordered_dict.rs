//! `collections.OrderedDict`: a dict keeps its order anyway; here it can be changed, and counts.

use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{
    PyResult, key_error, raise_args, runtime_error, type_error, value_error,
};
use taipan_vm::gc::Field;
use taipan_vm::memory::allocate_instance;
use taipan_vm::names;
use taipan_vm::native::NativeClass;
use taipan_vm::object::{Header, Ref, flags, object_value};
use taipan_vm::objects::class::{CompareOp, Type};
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::list::List;
use taipan_vm::objects::str::{Name, Str};
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// Dictionary that remembers insertion order
#[pyclass(
    name = "OrderedDict",
    module = "collections",
    gc,
    dict,
    weakref,
    mapping
)]
#[repr(C)]
pub struct OrderedDict {
    base: Dict,
    /// Counts changes of the order.
    moves: Cell<u32>,
}

fn of(value: &Value) -> &OrderedDict {
    // SAFETY: the slots' and methods' callers checked the class.
    unsafe { value.downcast_unchecked::<OrderedDict>() }
}

/// Is this slot of the class the one of `dict`?
fn is_plain(this: &Value) -> bool {
    let slots = this.class().slots();
    let dict = Dict::class().slots();
    match (slots.setitem, dict.setitem) {
        (Some(own), Some(plain)) => std::ptr::fn_addr_eq(own, plain),
        _ => false,
    }
}

impl OrderedDict {
    fn moved(&self) {
        self.moves.set(self.moves.get().wrapping_add(1));
    }
}

/// What `__init__` and `update` do with their arguments: derived classes see each item come.
fn update(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
    let names = kwnames.map_or(&[][..], Tuple::as_slice);
    let (plain, values) = args.split_at(args.len() - names.len());
    if plain.len() > 1 {
        return Err(type_error(format!(
            "expected at most 1 argument, got {}",
            plain.len()
        )));
    }
    let plain_store = is_plain(this);
    let store = |key: &Value, value: &Value| match plain_store {
        true => of(this).base.insert(key.clone(), value.clone()),
        false => abstract_ops::setitem(this, key, value),
    };
    match plain.first() {
        Some(other) if abstract_ops::getattr_opt(other, &names::KEYS)?.is_some() => {
            let items = Dict::make();
            items.update_from(other)?;
            for (key, value) in items.items() {
                store(&key, &value)?;
            }
        }
        Some(other) => abstract_ops::for_each(other, |item| {
            let parts = abstract_ops::to_vec(&item)?;
            match &parts[..] {
                [key, value] => store(key, value),
                [] => Err(value_error("need more than 0 values to unpack")),
                [_] => Err(value_error("need more than 1 value to unpack")),
                _ => Err(value_error("too many values to unpack (expected 2)")),
            }
        })?,
        None => {}
    }
    for (key, value) in names.iter().zip(values) {
        store(key, value)?;
    }
    Ok(())
}

#[pymethods]
impl OrderedDict {
    #[pyslot]
    fn new(class: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        let native = OrderedDict {
            base: Dict::empty(),
            moves: Cell::new(0),
        };
        Ok(allocate_instance(class, native).into_value())
    }
    #[pyslot]
    fn init(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
        update(this, args, kwnames)
    }
    #[pymethod("update", raw)]
    fn update(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
        update(this, args, kwnames)
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        let name = this.class().name();
        if of(this).base.is_empty() {
            return Ok(format!("{name}()"));
        }
        let header = this.header().expect("a dict is an object");
        if header.has(flags::IN_REPR) {
            return Ok("...".to_owned());
        }
        header.set(flags::IN_REPR);
        let shown = || -> PyResult<String> {
            // Derived classes may have items of their own.
            let items = Dict::make();
            items.update_from(this)?;
            Ok(format!("{name}({})", abstract_ops::repr(items.as_value())?))
        };
        let shown = shown();
        header.unset(flags::IN_REPR);
        shown
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        let plain = Dict::class().slots().richcompare.expect("dict compares");
        let answer = plain(this, other, op)?;
        let Some(second) = other.downcast::<OrderedDict>() else {
            return Ok(answer);
        };
        let equal = match op {
            CompareOp::Eq => answer.is_true(),
            CompareOp::Ne => answer.is_false(),
            _ => return Ok(answer),
        };
        if !equal {
            return Ok(answer);
        }
        // The same items: is their order the same?
        let (first, second) = (of(this).base.items(), second.base.items());
        for ((a, _), (b, _)) in first.iter().zip(&second) {
            if !abstract_ops::equals(a, b)? {
                return Ok(Value::bool(op == CompareOp::Ne));
            }
        }
        Ok(answer)
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(OdictIterator::over(this, Shown::Keys, false))
    }
    #[pymethod("__reversed__($self, /)")]
    fn __reversed__(this: &Value) -> Value {
        OdictIterator::over(this, Shown::Keys, true)
    }
    #[pymethod("keys($self, /)")]
    fn keys(this: &Value) -> Value {
        OdictKeys::over(this)
    }
    #[pymethod("values($self, /)")]
    fn values(this: &Value) -> Value {
        OdictValues::over(this)
    }
    #[pymethod("items($self, /)")]
    fn items(this: &Value) -> Value {
        OdictItems::over(this)
    }
    /// Move an existing element to the end (or beginning if last is false).
    ///
    /// Raise KeyError if the element does not exist.
    #[pymethod("move_to_end($self, /, key, last=True)")]
    fn move_to_end(&self, key: &Value, last: bool) -> PyResult<()> {
        self.moved();
        match self.base.move_to_end(key, last)? {
            true => Ok(()),
            false => Err(key_error(key)),
        }
    }
    /// Remove and return a (key, value) pair from the dictionary.
    ///
    /// Pairs are returned in LIFO order if last is true or FIFO order if false.
    #[pymethod("popitem($self, /, last=True)")]
    fn popitem(this: &Value, last: bool) -> PyResult<Ref<Tuple>> {
        let dict = &of(this).base;
        if last {
            let (key, value) = dict.pop_last().ok_or_else(empty)?;
            return Ok(Tuple::new([key, value]));
        }
        let found = dict.peek_next(&mut 0);
        let key = found.map(|(key, _)| key.clone()).ok_or_else(empty)?;
        let value = dict.remove(&key)?.ok_or_else(|| key_error(&key))?;
        Ok(Tuple::new([key, value]))
    }
    /// od.pop(key[,default]) -> v, remove specified key and return the corresponding value.
    ///
    /// If the key is not found, return the default if given; otherwise,
    /// raise a KeyError.
    #[pymethod("pop($self, /, key, default=<unrepresentable>)")]
    fn pop(&self, key: &Value, default: Option<&Value>) -> PyResult {
        let found = self.base.remove(key)?;
        found
            .or_else(|| default.cloned())
            .ok_or_else(|| key_error(key))
    }
    /// Insert key with a value of default if key is not in the dictionary.
    ///
    /// Return the value for key if key is in the dictionary, else default.
    #[pymethod("setdefault($self, /, key, default=None)")]
    fn setdefault(this: &Value, key: &Value, default: Option<&Value>) -> PyResult {
        let default = default.cloned().unwrap_or_else(Value::none);
        let dict = &of(this).base;
        if this.is_exact(OrderedDict::class()) {
            return dict.set_default(key.clone(), default);
        }
        if dict.contains(key)? {
            return abstract_ops::getitem(this, key);
        }
        abstract_ops::setitem(this, key, &default)?;
        Ok(default)
    }
    /// od.copy() -> a shallow copy of od
    #[pymethod("copy($self, /)")]
    fn copy(this: &Value) -> PyResult {
        let copy = abstract_ops::call(&object_value(this.class()), &[])?;
        for (key, value) in of(this).base.items() {
            if this.is_exact(OrderedDict::class()) {
                of(&copy).base.insert(key, value)?;
            } else {
                let value = abstract_ops::getitem(this, &key)?;
                abstract_ops::setitem(&copy, &key, &value)?;
            }
        }
        Ok(copy)
    }
    #[pymethod("__copy__($self, /)")]
    fn __copy__(this: &Value) -> PyResult {
        OrderedDict::copy(this)
    }
    #[pyslot]
    fn or(left: &Value, right: &Value) -> PyResult {
        let (Some(_), Some(_)) = (left.downcast::<Dict>(), right.downcast::<Dict>()) else {
            return Ok(Value::not_implemented());
        };
        let own = match left.downcast::<OrderedDict>() {
            Some(_) => left,
            None => right,
        };
        let new = abstract_ops::call(&object_value(own.class()), std::slice::from_ref(left))?;
        update(&new, std::slice::from_ref(right), None)?;
        Ok(new)
    }
    #[pyslot]
    fn inplace_or(left: &Value, right: &Value) -> PyResult {
        update(left, std::slice::from_ref(right), None)?;
        Ok(left.clone())
    }
    /// Return state information for pickling
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(this: &Value) -> PyResult<Ref<Tuple>> {
        static GETSTATE: Name = Name::new("__getstate__");
        let state = abstract_ops::call_method(this, GETSTATE.get(), &[])?;
        let items = abstract_ops::call_method(this, &names::ITEMS, &[])?;
        Ok(Tuple::new([
            object_value(this.class()),
            Tuple::empty().into_value(),
            state,
            Value::none(),
            abstract_ops::iter(&items)?,
        ]))
    }
}

#[cold]
fn empty() -> taipan_vm::exceptions::Raised {
    let text = Str::new("dictionary is empty").into_value();
    raise_args(taipan_vm::exceptions::KEY_ERROR.get(), vec![text])
}

/// What an iteration brings.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Keys,
    Values,
    Items,
}

#[pyclass(name = "odict_iterator", module = "builtins", gc, final)]
#[repr(C)]
pub struct OdictIterator {
    header: Header,
    /// Nothing at the end.
    dict: Field<Option<Value>>,
    place: Cell<usize>,
    left: Cell<usize>,
    length: usize,
    moves: u32,
    #[no_gc]
    shown: Shown,
    backward: bool,
}

impl OdictIterator {
    fn over(dict: &Value, shown: Shown, backward: bool) -> Value {
        let own = of(dict);
        Ref::new(OdictIterator {
            header: Header::fresh(),
            place: Cell::new(if backward { own.base.end() } else { 0 }),
            left: Cell::new(own.base.len()),
            length: own.base.len(),
            moves: own.moves.get(),
            dict: Field::new(Some(dict.clone())),
            shown,
            backward,
        })
        .into_value()
    }
}

#[pymethods]
impl OdictIterator {
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        let Some(dict) = self.dict.get() else {
            return Ok(None);
        };
        let own = of(&dict);
        let mutated = || runtime_error("OrderedDict mutated during iteration");
        if own.moves.get() != self.moves || own.base.len() != self.length {
            return Err(mutated());
        }
        let mut place = self.place.get();
        let next = match self.backward {
            true => own.base.peek_previous(&mut place),
            false => own.base.peek_next(&mut place),
        };
        let Some((key, value)) = next else {
            self.dict.set(None);
            return Ok(None);
        };
        let item = match self.shown {
            Shown::Keys => key.clone(),
            Shown::Values => value.clone(),
            Shown::Items => Tuple::new([key.clone(), value.clone()]).into_value(),
        };
        if self.left.get() == 0 {
            return Err(mutated());
        }
        self.place.set(place);
        self.left.set(self.left.get() - 1);
        Ok(Some(item))
    }
    /// Return state information for pickling
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(&self) -> PyResult<Ref<Tuple>> {
        let mut rest = Vec::new();
        if let Some(dict) = self.dict.get() {
            let copy = OdictIterator::over(&dict, self.shown, self.backward);
            if let Some(copy) = copy.downcast::<OdictIterator>() {
                copy.place.set(self.place.get());
                copy.left.set(self.left.get());
            }
            rest = abstract_ops::to_vec(&copy)?;
        }
        let iter = taipan_vm::builtins::lookup("iter")?;
        let arguments = Tuple::new([List::make(rest).into_value()]);
        Ok(Tuple::new([iter, arguments.into_value()]))
    }
}

macro_rules! view {
    ($class:ident $name:literal $base:ident $shown:ident) => {
        #[pyclass(name = $name, module = "builtins", gc, final)]
        #[repr(C)]
        pub struct $class {
            base: taipan_vm::objects::dict_views::$base,
        }

        impl $class {
            fn over(dict: &Value) -> Value {
                let dict = Ref::<Dict>::from_value(dict.clone()).expect("derived from dict");
                Ref::new($class {
                    base: taipan_vm::objects::dict_views::$base::native(dict),
                })
                .into_value()
            }
        }

        #[pymethods]
        impl $class {
            #[pyslot]
            fn iter(&self) -> PyResult {
                let dict = self.base.dict().as_value();
                Ok(OdictIterator::over(dict, Shown::$shown, false))
            }
            /// Return a reverse iterator over the view.
            #[pymethod("__reversed__($self, /)")]
            fn __reversed__(&self) -> Value {
                OdictIterator::over(self.base.dict().as_value(), Shown::$shown, true)
            }
        }
    };
}

view!(OdictKeys "odict_keys" DictKeys Keys);
view!(OdictValues "odict_values" DictValues Values);
view!(OdictItems "odict_items" DictItems Items);

/// Makes the classes that no module has.
pub fn ensure_classes() {
    use taipan_vm::objects::class_native::ensure;
    ensure::<OdictIterator>();
    ensure::<OdictKeys>();
    ensure::<OdictValues>();
    ensure::<OdictItems>();
}
