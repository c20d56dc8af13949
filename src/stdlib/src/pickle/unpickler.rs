//! `Unpickler` objects.

use super::global;
use super::input::Input;
use super::load::{Loader, no_persistent_load};
use super::unpickling_error;
use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, type_error, value_error};
use taipan_vm::gc::Field;
use taipan_vm::memory::allocate_instance;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::class::Type;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::str::{Str, expect_str};
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// What the arguments of `load()` and its like say.
#[derive(Clone)]
pub struct Settings {
    pub fix_imports: bool,
    pub encoding: String,
    pub errors: String,
    /// An iterator of buffers that are not in the pickle.
    pub buffers: Option<Value>,
}

impl Settings {
    pub fn new(
        fix_imports: bool,
        encoding: Option<&Str>,
        errors: Option<&Str>,
        buffers: Option<&Value>,
    ) -> PyResult<Settings> {
        Ok(Settings {
            fix_imports,
            encoding: encoding.map_or("ASCII".to_owned(), Str::to_string),
            errors: errors.map_or("strict".to_owned(), Str::to_string),
            buffers: match buffers.filter(|buffers| !buffers.is_none()) {
                Some(buffers) => Some(abstract_ops::iter(buffers)?),
                None => None,
            },
        })
    }
}

/// This takes a binary file for reading a pickle data stream.
///
/// The protocol version of the pickle is detected automatically, so no
/// protocol argument is needed.
#[pyclass(
    name = "Unpickler",
    module = "_pickle",
    signature = "Unpickler(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
    gc
)]
#[repr(C)]
pub struct Unpickler {
    header: Header,
    /// None before `__init__`.
    file: Field<Option<Value>>,
    buffers: Field<Option<Value>>,
    fix_imports: Cell<bool>,
    /// That of the pickle being read.
    protocol: Cell<u8>,
    encoding: Field<String>,
    errors: Field<String>,
    memo: Field<Vec<Option<Value>>>,
    persistent_load: Field<Option<Value>>,
}

pub fn of(value: &Value) -> &Unpickler {
    // SAFETY: the slots' callers checked the class.
    unsafe { value.downcast_unchecked::<Unpickler>() }
}

impl Unpickler {
    pub fn set_protocol(&self, protocol: u8) {
        self.protocol.set(protocol);
    }
}

#[pymethods]
impl Unpickler {
    #[pyslot]
    fn new(cls: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        let unpickler = Unpickler {
            header: Header::fresh(),
            file: Field::new(None),
            buffers: Field::new(None),
            fix_imports: Cell::new(true),
            protocol: Cell::new(0),
            encoding: Field::new(String::new()),
            errors: Field::new(String::new()),
            memo: Field::new(Vec::new()),
            persistent_load: Field::new(None),
        };
        Ok(allocate_instance(cls, unpickler).into_value())
    }
    #[pyslot("Unpickler(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())")]
    fn init(
        this: &Value,
        file: &Value,
        fix_imports: bool,
        encoding: Option<&Str>,
        errors: Option<&Str>,
        buffers: Option<&Value>,
    ) -> PyResult<()> {
        let settings = Settings::new(fix_imports, encoding, errors, buffers)?;
        Input::of_file(file)?;
        let unpickler = of(this);
        unpickler.file.set(Some(file.clone()));
        unpickler.buffers.set(settings.buffers);
        unpickler.fix_imports.set(fix_imports);
        unpickler.encoding.set(settings.encoding);
        unpickler.errors.set(settings.errors);
        unpickler.memo.set(Vec::new());
        unpickler.protocol.set(0);
        Ok(())
    }
    #[pymethod("persistent_load($self, pid, /)")]
    fn persistent_load_method(&self, pid: &Value) -> PyResult<()> {
        let _ = pid;
        Err(no_persistent_load())
    }
    /// Load a pickle.
    ///
    /// Read a pickled object representation from the open file object given
    /// in the constructor, and return the reconstituted object hierarchy
    /// specified therein.
    #[pymethod("load($self, /)")]
    fn load(this: &Value) -> PyResult {
        let unpickler = of(this);
        let Some(file) = unpickler.file.get() else {
            let class = taipan_vm::objects::object::full_name(this.class());
            return Err(unpickling_error(format!(
                "Unpickler.__init__() was not called by {class}.__init__()"
            )));
        };
        let input = Input::of_file(&file)?;
        let settings = Settings {
            fix_imports: unpickler.fix_imports.get(),
            encoding: unpickler.encoding.get(),
            errors: unpickler.errors.get(),
            buffers: unpickler.buffers.get(),
        };
        let mut loader = Loader::new(&input, settings);
        loader.owner = Some(this.clone());
        loader.memo = unpickler.memo.take();
        let result = loader.load();
        unpickler.memo.set(std::mem::take(&mut loader.memo));
        result
    }
    /// Return an object from a specified module.
    ///
    /// If necessary, the module will be imported. Subclasses may override
    /// this method (e.g. to restrict unpickling of arbitrary classes and
    /// functions).
    ///
    /// This method is called whenever a class or a function object is
    /// needed.  Both arguments passed are str objects.
    #[pymethod("find_class($self, module_name, global_name, /)")]
    fn find_class(&self, module_name: &Value, global_name: &Value) -> PyResult {
        let module = expect_str(module_name, "find_class() argument 1")?;
        let name = expect_str(global_name, "find_class() argument 2")?;
        let (module, name) = (module.to_rust(), name.to_rust());
        global::find(&module, &name, self.protocol.get(), self.fix_imports.get())
    }
    #[pygetset]
    fn memo(&self) -> PyResult<Ref<Dict>> {
        let memo = Dict::make();
        for (index, value) in self.memo.get().into_iter().enumerate() {
            if let Some(value) = value {
                memo.insert(Value::int(index as i64), value)?;
            }
        }
        Ok(memo)
    }
    #[pysetter(memo)]
    fn set_memo(&self, value: Option<&Value>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(type_error("attribute deletion is not supported"));
        };
        let Some(dict) = value.downcast::<Dict>() else {
            return Err(type_error(format!(
                "'memo' attribute must be an UnpicklerMemoProxy object or dict, not {}",
                value.class().name()
            )));
        };
        let mut memo = Vec::new();
        for (index, value) in dict.items() {
            if index.as_int().is_none() {
                return Err(type_error("memo key must be integers"));
            }
            let index = usize::try_from(abstract_ops::to_i64(&index)?)
                .map_err(|_| value_error("memo key must be positive integers."))?;
            if memo.len() <= index {
                memo.resize(index + 1, None);
            }
            memo[index] = Some(value);
        }
        self.memo.set(memo);
        Ok(())
    }
    #[pyslot]
    fn getattro(this: &Value, name: &Str) -> PyResult {
        if name.is_text("persistent_load")
            && let Some(set) = of(this).persistent_load.get()
        {
            return Ok(set);
        }
        abstract_ops::generic_getattr(this, name)
    }
    #[pyslot]
    fn setattro(this: &Value, name: &Str, value: Option<&Value>) -> PyResult<()> {
        if name.is_text("persistent_load") {
            of(this).persistent_load.set(value.cloned());
            return Ok(());
        }
        abstract_ops::generic_setattr(this, name, value)
    }
}
