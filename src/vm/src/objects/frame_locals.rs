//! `frame.f_locals` of a function's frame: a mapping that reads and writes the variables themselves
//! (PEP 667).

use crate::abstract_ops;
use crate::exceptions::{PyResult, key_error, value_error};
use crate::interpreter::frame::{self, Frame};
use crate::object::{Header, Ref};
use crate::objects::cell::CellObject;
use crate::objects::dict::Dict;
use crate::objects::frame::FrameObject;
use crate::objects::list::List;
use crate::objects::str::Str;
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
    fn index_of(&self, key: &Value) -> Option<usize> {
        let name = key.downcast::<Str>()?;
        self.frame
            .code()
            .locals
            .iter()
            .position(|l| l.same_text(name))
    }
    fn get(&self, key: &Value) -> PyResult<Option<Value>> {
        if let Some(index) = self.index_of(key)
            && let Some(value) = frame::variable(self.frame.frame(), index)
        {
            return Ok(Some(value));
        }
        self.frame.extra_locals().get(key)
    }
    fn set(&self, key: &Value, value: &Value) -> PyResult<()> {
        let Some(index) = self.index_of(key) else {
            return self.frame.extra_locals().insert(key.clone(), value.clone());
        };
        // Native code that runs this frame must see the new value.
        crate::tier::locals_written(self.frame.frame());
        // SAFETY: the index is below the number of locals. The old value lives until the frame ends:
        // borrowed words on the frame's stack may rely on it.
        unsafe {
            let slot = Frame::slots(self.frame.frame()).add(index);
            let kinds = &self.frame.code().plain.localspluskinds;
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
            None => Err(key_error(key)),
        }
    }
    #[pyslot]
    fn setitem(&self, key: &Value, value: Option<&Value>) -> PyResult<()> {
        match value {
            Some(value) => self.set(key, value),
            None => {
                if self.index_of(key).is_some() {
                    return Err(value_error(
                        "cannot remove local variables from FrameLocalsProxy",
                    ));
                }
                match self.frame.extra_locals().remove(key)? {
                    Some(_) => Ok(()),
                    None => Err(key_error(key)),
                }
            }
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
    fn repr(&self) -> PyResult {
        abstract_ops::repr(self.as_dict()?.as_value()).map(Ref::into_value)
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: crate::objects::class::CompareOp) -> PyResult {
        // SAFETY: the slot's caller checked the class.
        let this = unsafe { this.downcast_unchecked::<FrameLocalsProxy>() };
        let other = match other.downcast::<FrameLocalsProxy>() {
            Some(proxy) => proxy.as_dict()?.into_value(),
            None => other.clone(),
        };
        abstract_ops::rich_compare(this.as_dict()?.as_value(), &other, op)
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
        abstract_ops::iter(List::make(keys).as_value())
    }
}
