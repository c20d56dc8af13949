//! `cell`: a variable shared between scopes.

use crate::exceptions::{PyResult, value_error};
use crate::gc::Field;
use crate::object::{Header, Ref};
use crate::objects::class::Type;
use crate::value::Value;
use taipan_macros::{pyclass, pymethods};

#[pyclass(name = "cell", module = "builtins", gc, final)]
#[repr(C)]
pub struct CellObject {
    header: Header,
    contents: Field<Option<Value>>,
}

impl CellObject {
    /// A word that is 0 while the cell is empty.
    pub const CONTENTS_OFFSET: usize = std::mem::offset_of!(CellObject, contents);

    pub fn make(contents: Option<Value>) -> Ref<CellObject> {
        Ref::new(CellObject {
            header: Header::fresh(),
            contents: Field::new(contents),
        })
    }
    #[inline(always)]
    pub fn get(&self) -> Option<Value> {
        self.contents.get()
    }
    #[inline(always)]
    pub fn set(&self, contents: Option<Value>) {
        self.contents.set(contents);
    }
    #[inline(always)]
    pub fn replace(&self, contents: Option<Value>) -> Option<Value> {
        self.contents.replace(contents)
    }
}

#[pymethods]
impl CellObject {
    #[pyslot]
    fn new(
        class: &Type,
        args: &[Value],
        kwnames: Option<&crate::objects::tuple::Tuple>,
    ) -> PyResult {
        let _ = class;
        if kwnames.is_some_and(|k| !k.is_empty()) || args.len() > 1 {
            return Err(crate::exceptions::type_error(format!(
                "cell expected at most 1 argument, got {}",
                args.len()
            )));
        }
        Ok(CellObject::make(args.first().cloned()).into_value())
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        // SAFETY: the slot's caller checked the class.
        let cell = unsafe { this.downcast_unchecked::<CellObject>() };
        let address = this.raw().0;
        Ok(match cell.get() {
            None => format!("<cell at {address:#x}: empty>"),
            Some(v) => {
                format!(
                    "<cell at {address:#x}: {} object at {:#x}>",
                    v.class().name(),
                    v.raw().0
                )
            }
        })
    }
    #[pygetset]
    fn cell_contents(&self) -> PyResult {
        self.get().ok_or_else(|| value_error("cell is empty"))
    }
    #[pysetter(cell_contents)]
    fn set_cell_contents(&self, value: Option<&Value>) -> PyResult<()> {
        self.set(value.cloned());
        Ok(())
    }
}
