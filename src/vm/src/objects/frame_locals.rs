//! `frame.f_locals` of a function's frame: a mapping that reads and writes the variables themselves
//! (PEP 667).

use crate::abstract_ops;
use crate::exceptions::{self, PyResult, key_error, raise_new, type_error, value_error};
use crate::interpreter::frame::{self, Frame};
use crate::object::{Header, Ref, flags};
use crate::objects::cell::CellObject;
use crate::objects::class::{CompareOp, Type};
use crate::objects::dict::Dict;
use crate::objects::frame::FrameObject;
use crate::objects::list::List;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::{Raw, Value};
use taipan_bytecode::LocalKind;
use taipan_macros::{pyclass, pymethods};

#[pyclass(name = "FrameLocalsProxy", module = "builtins", gc, final, mapping)]
#[repr(C)]
pub struct FrameLocalsProxy {
    header: Header,
    frame: Ref<FrameObject>,
}

impl FrameLocalsProxy {
    pub fn make(frame: Ref<FrameObject>) -> Value {
        Ref::new(FrameLocalsProxy {
            header: Header::fresh(),
            frame,
        })
        .into_value()
    }
    /// The variable that a key names: whatever is equal to its name and has its hash. Reading sees those that
    /// have a value; what is written to is no variable of an inlined comprehension.
    fn index_of(&self, key: &Value, reading: bool) -> PyResult<Option<usize>> {
        let hash = abstract_ops::hash(key)?;
        let code = self.frame.code();
        for (index, name) in code.locals.iter().enumerate() {
            let same = name.as_value().is(key)
                || abstract_ops::hash(name.as_value())? == hash
                    && abstract_ops::equals(name.as_value(), key)?;
            let fits = same
                && match reading {
                    true => frame::variable(self.frame.frame(), index).is_some(),
                    false => !code.localspluskinds[index].contains(LocalKind::HIDDEN),
                };
            if fits {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }
    fn get(&self, key: &Value) -> PyResult<Option<Value>> {
        if let Some(index) = self.index_of(key, true)?
            && let Some(value) = frame::variable(self.frame.frame(), index)
        {
            return Ok(Some(value));
        }
        self.frame.extra_locals().get(key)
    }
    /// Only what the code does not have can go.
    fn remove(&self, key: &Value) -> PyResult<Option<Value>> {
        if self.index_of(key, false)?.is_some() {
            return Err(value_error(
                "cannot remove local variables from FrameLocalsProxy",
            ));
        }
        self.frame.extra_locals().remove(key)
    }
    fn set(&self, key: &Value, value: &Value) -> PyResult<()> {
        let Some(index) = self.index_of(key, false)? else {
            return self.frame.extra_locals().insert(key.clone(), value.clone());
        };
        // Native code that runs this frame must see the new value.
        crate::tier::locals_written(self.frame.frame());
        // SAFETY: the index is below the number of locals. The old value lives until the frame ends:
        // borrowed words on the frame's stack may rely on it.
        unsafe {
            let slot = Frame::slots(self.frame.frame()).add(index);
            let kinds = &self.frame.code().localspluskinds;
            if kinds[index].intersects(LocalKind::CELL | LocalKind::FREE)
                && !(*slot).is_unbound()
                && let Some(cell) = (*slot).peek().downcast_exact::<CellObject>()
            {
                cell.set(Some(value.clone()));
                return Ok(());
            }
            let old = slot.replace(value.clone().into_raw());
            if old != Raw::UNBOUND {
                self.frame.keep(old.into_value());
            }
        }
        Ok(())
    }
    fn as_dict(&self) -> PyResult<Ref<Dict>> {
        self.frame.locals_dict()
    }
}

#[pymethods]
impl FrameLocalsProxy {
    #[pyslot]
    fn getitem(&self, key: &Value) -> PyResult {
        match self.get(key)? {
            Some(value) => Ok(value),
            None => Err(raise_new(
                exceptions::KEY_ERROR.get(),
                format!(
                    "local variable '{}' is not defined",
                    abstract_ops::repr(key)?
                ),
            )),
        }
    }
    #[pyslot]
    fn setitem(&self, key: &Value, value: Option<&Value>) -> PyResult<()> {
        match value {
            Some(value) => self.set(key, value),
            None => match self.remove(key)? {
                Some(_) => Ok(()),
                None => Err(key_error(key)),
            },
        }
    }
    #[pyslot]
    fn contains(&self, key: &Value) -> PyResult<bool> {
        Ok(self.get(key)?.is_some())
    }
    #[pyslot]
    fn length(&self) -> PyResult<usize> {
        Ok(self.as_dict()?.len())
    }
    #[pyslot]
    fn iter(&self) -> PyResult {
        abstract_ops::iter(&self.keys()?)
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult {
        // The proxy may be the value of a variable: each time it makes another dict.
        let header = this.header().expect("a proxy is an object");
        if header.has(flags::IN_REPR) {
            return Ok(Str::new("{...}").into_value());
        }
        // SAFETY: the slot's caller checked the class.
        let proxy = unsafe { this.downcast_unchecked::<FrameLocalsProxy>() };
        header.set(flags::IN_REPR);
        let text = proxy
            .as_dict()
            .and_then(|dict| abstract_ops::repr(dict.as_value()));
        header.unset(flags::IN_REPR);
        text.map(Ref::into_value)
    }
    #[pyslot]
    fn richcompare(&self, other: &Value, op: CompareOp) -> PyResult {
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(Value::not_implemented());
        }
        if let Some(proxy) = other.downcast::<FrameLocalsProxy>() {
            let same = std::ptr::eq(&*self.frame, &*proxy.frame);
            return Ok(Value::bool(same == (op == CompareOp::Eq)));
        }
        match other.downcast::<Dict>() {
            Some(_) => abstract_ops::rich_compare(self.as_dict()?.as_value(), other, op),
            None => Ok(Value::not_implemented()),
        }
    }
    #[pymethod("keys($self, /)")]
    fn keys(&self) -> PyResult {
        Ok(List::make(
            self.as_dict()?
                .items()
                .into_iter()
                .map(|(k, _)| k)
                .collect(),
        )
        .into_value())
    }
    #[pymethod("values($self, /)")]
    fn values(&self) -> PyResult {
        Ok(List::make(
            self.as_dict()?
                .items()
                .into_iter()
                .map(|(_, v)| v)
                .collect(),
        )
        .into_value())
    }
    #[pymethod("items($self, /)")]
    fn items(&self) -> PyResult {
        abstract_ops::call_method(self.as_dict()?.as_value(), &crate::names::ITEMS, &[])
            .and_then(|items| Ok(List::make(abstract_ops::to_vec(&items)?).into_value()))
    }
    #[pymethod("copy($self, /)")]
    fn copy(&self) -> PyResult {
        Ok(self.as_dict()?.into_value())
    }
    #[pymethod("get($self, key, default=None, /)")]
    fn get_method(&self, key: &Value, default: Option<&Value>) -> PyResult {
        Ok(self
            .get(key)?
            .or_else(|| default.cloned())
            .unwrap_or_else(Value::none))
    }
    #[pymethod("setdefault($self, key, default=None, /)")]
    fn setdefault(&self, key: &Value, default: Option<&Value>) -> PyResult {
        if let Some(value) = self.get(key)? {
            return Ok(value);
        }
        let value = default.cloned().unwrap_or_else(Value::none);
        self.set(key, &value)?;
        Ok(value)
    }
    #[pymethod("update($self, other, /)")]
    fn update(&self, other: &Value) -> PyResult<()> {
        if !is_mapping(other) {
            return Err(type_error(
                "update() argument must be dict or another FrameLocalsProxy",
            ));
        }
        let keys = abstract_ops::call_method(other, &crate::names::KEYS, &[])?;
        abstract_ops::for_each(&keys, |key| {
            self.set(&key, &abstract_ops::getitem(other, &key)?)
        })
    }
    #[pymethod("__reversed__($self, /)")]
    fn reversed(&self) -> PyResult {
        let mut keys: Vec<Value> = self
            .as_dict()?
            .items()
            .into_iter()
            .map(|(k, _)| k)
            .collect();
        keys.reverse();
        Ok(List::make(keys).into_value())
    }
    #[pymethod("pop($self, key, default=<unrepresentable>, /)")]
    fn pop(&self, key: &Value, default: Option<&Value>) -> PyResult {
        match self.remove(key)? {
            Some(value) => Ok(value),
            None => default.cloned().ok_or_else(|| key_error(key)),
        }
    }
    #[pyslot]
    fn or(left: &Value, right: &Value) -> PyResult {
        let result = Dict::make();
        for side in [left, right] {
            match side.downcast::<FrameLocalsProxy>() {
                Some(proxy) => result.update(&*proxy.as_dict()?)?,
                None if is_mapping(side) => result.update_from(side)?,
                None => return Ok(Value::not_implemented()),
            }
        }
        Ok(result.into_value())
    }
    #[pyslot]
    fn inplace_or(this: &Value, other: &Value) -> PyResult {
        if !is_mapping(other) {
            return Ok(Value::not_implemented());
        }
        // SAFETY: the slot's caller checked the class.
        unsafe { this.downcast_unchecked::<FrameLocalsProxy>() }.update(other)?;
        Ok(this.clone())
    }
    #[pyslot]
    fn new(_class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let positional = args.len() - kwnames.map_or(0, Tuple::len);
        if positional != 1 {
            return Err(type_error(format!(
                "FrameLocalsProxy expected 1 argument, got {positional}"
            )));
        }
        if args.len() > positional {
            return Err(type_error("FrameLocalsProxy takes no keyword arguments"));
        }
        match args[0].downcast::<FrameObject>() {
            Some(frame) => Ok(FrameLocalsProxy::make(Ref::from_ref(frame))),
            None => Err(type_error(format!(
                "expect frame, not {}",
                args[0].class().name()
            ))),
        }
    }
}

fn is_mapping(value: &Value) -> bool {
    value.downcast::<Dict>().is_some() || value.downcast::<FrameLocalsProxy>().is_some()
}
