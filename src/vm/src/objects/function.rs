//! `function`: code with its globals, defaults and closure.

use crate::exceptions::{PyResult, type_error, value_error};
use crate::gc::Field;
use crate::names;
use crate::object::{Header, Ref};
use crate::objects::class::Type;
use crate::objects::code::Code;
use crate::objects::dict::Dict;
use crate::objects::method::Method;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};

#[pyclass(
    name = "function",
    module = "builtins",
    gc,
    final,
    method_descriptor,
    dict,
    weakref
)]
#[repr(C)]
pub struct Function {
    header: Header,
    /// Names the code of a function without defaults; otherwise code and defaults of this one. 0 until a cache
    /// asks, unless one has asked for the code's. Any change gives it up.
    #[no_gc]
    version: Cell<u32>,
    code: Field<Ref<Code>>,
    pub globals: Ref<Dict>,
    pub builtins: Ref<Dict>,
    pub(crate) defaults: Field<Option<Ref<Tuple>>>,
    pub(crate) kwdefaults: Field<Option<Ref<Dict>>>,
    pub(crate) closure: Field<Option<Ref<Tuple>>>,
    pub(crate) name: Field<Ref<Str>>,
    pub(crate) qualname: Field<Ref<Str>>,
    pub(crate) doc: Field<Value>,
    pub(crate) module: Field<Value>,
    pub(crate) annotations: Field<Option<Value>>,
    pub(crate) annotate: Field<Option<Value>>,
    pub(crate) type_params: Field<Option<Value>>,
}

impl Function {
    pub const VERSION_OFFSET: usize = std::mem::offset_of!(Function, version);
    pub const CODE_OFFSET: usize = std::mem::offset_of!(Function, code);
    pub const GLOBALS_OFFSET: usize = std::mem::offset_of!(Function, globals);
    pub const BUILTINS_OFFSET: usize = std::mem::offset_of!(Function, builtins);
    /// A word that is 0 without a closure.
    pub const CLOSURE_OFFSET: usize = std::mem::offset_of!(Function, closure);

    pub fn make(code: Ref<Code>, globals: Ref<Dict>, closure: Option<Ref<Tuple>>) -> Ref<Function> {
        let builtins = crate::builtins::builtins_of(&globals);
        let doc = match code.consts.first() {
            Some(doc)
                if code
                    .flags
                    .contains(taipan_bytecode::CodeFlags::HAS_DOCSTRING)
                    && doc.downcast::<Str>().is_some() =>
            {
                doc.clone()
            }
            _ => Value::none(),
        };
        let module = globals.get_str(&names::NAME).unwrap_or_else(Value::none);
        Ref::new(Function {
            header: Header::fresh(),
            version: Cell::new(code.current_version()),
            name: Field::new(code.name.clone()),
            qualname: Field::new(code.qualname.clone()),
            code: Field::new(code),
            globals,
            builtins,
            defaults: Field::new(None),
            kwdefaults: Field::new(None),
            closure: Field::new(closure),
            doc: Field::new(doc),
            module: Field::new(module),
            annotations: Field::new(None),
            annotate: Field::new(None),
            type_params: Field::new(None),
        })
    }
    /// The code, not counted: valid until `__code__` is assigned.
    #[inline(always)]
    pub fn code(&self) -> &Code {
        // SAFETY: the reference is used before Python code can run.
        unsafe { &*self.code.as_ptr() }
    }
    pub fn code_ref(&self) -> Ref<Code> {
        self.code.get()
    }
    /// Names the function's code and defaults; never 0. Functions without defaults that have the same code share
    /// it: nested functions are made anew at every call of what they are in.
    pub fn version(&self) -> u32 {
        if self.version.get() == 0 {
            let has_defaults =
                self.defaults.with(|d| d.is_some()) || self.kwdefaults.with(|d| d.is_some());
            self.version.set(match has_defaults {
                true => crate::objects::code::next_version(),
                false => self.code().version(),
            });
        }
        self.version.get()
    }
    #[inline(always)]
    pub fn current_version(&self) -> u32 {
        self.version.get()
    }
    fn changed(&self) {
        if self.version.get() != 0 {
            self.version.set(0);
            crate::tier::function_changed(self);
        }
    }
    /// The cells of the free variables, not counted; the attribute is for life.
    pub fn closure_cells(&self) -> &[Value] {
        // SAFETY: set while the function is made, and never again.
        let closure = unsafe { &*self.closure.as_ptr() };
        closure.as_ref().map_or(&[], |cells| cells.as_slice())
    }
    pub fn defaults(&self) -> Option<Ref<Tuple>> {
        self.defaults.get()
    }
    pub fn set_defaults(&self, defaults: Option<Ref<Tuple>>) {
        self.changed();
        self.defaults.set(defaults);
    }
    pub fn set_kwdefaults(&self, defaults: Option<Ref<Dict>>) {
        self.changed();
        self.kwdefaults.set(defaults);
    }
    /// `SET_FUNCTION_ATTRIBUTE`, on a function just made.
    pub fn set_compiled_attribute(&self, which: u32, value: Value) {
        use taipan_bytecode::FunctionAttribute;
        match FunctionAttribute::from_u32(which) {
            Some(FunctionAttribute::Defaults) => self.set_defaults(Ref::from_value(value).ok()),
            Some(FunctionAttribute::KwDefaults) => self.set_kwdefaults(Ref::from_value(value).ok()),
            Some(FunctionAttribute::Annotations) => self.annotations.set(Some(value)),
            Some(FunctionAttribute::Closure) => self.closure.set(Ref::from_value(value).ok()),
            Some(FunctionAttribute::Annotate) => {
                if let Some(annotate) = value.downcast::<Function>() {
                    let owner = self.qualname.get();
                    let text = format!("{}.{}", owner.to_rust(), annotate.name.get().to_rust());
                    annotate.qualname.set(Str::new(&text));
                }
                self.annotate.set(Some(value));
            }
            None => {}
        }
    }
    pub fn default_count(&self) -> usize {
        self.defaults.with(|d| d.as_ref().map_or(0, |d| d.len()))
    }
}

fn string_value(value: Option<&Value>, what: &str) -> PyResult<Ref<Str>> {
    match value.and_then(|v| v.downcast::<Str>()) {
        Some(s) => Ok(Ref::from_ref(s)),
        None => Err(type_error(format!("{what} must be set to a string object"))),
    }
}

#[pymethods]
impl Function {
    #[pyslot]
    fn new(class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let _ = class;
        let names = [
            "code",
            "globals",
            "name",
            "argdefs",
            "closure",
            "kwdefaults",
        ];
        let positional = args.len() - kwnames.map_or(0, Tuple::len);
        let mut given: Vec<Option<&Value>> = vec![None; names.len()];
        if positional > names.len() {
            return Err(type_error(format!(
                "function() takes at most 6 arguments ({} given)",
                args.len()
            )));
        }
        for (i, arg) in args[..positional].iter().enumerate() {
            given[i] = Some(arg);
        }
        for (i, key) in kwnames.map_or(&[][..], Tuple::as_slice).iter().enumerate() {
            let key = key.downcast::<Str>().expect("keywords are strings");
            match names.iter().position(|n| key.is_text(n)) {
                Some(at) => given[at] = Some(&args[positional + i]),
                None => {
                    return Err(type_error(format!(
                        "function() got an unexpected keyword argument '{key}'"
                    )));
                }
            }
        }
        if let Some(missing) = given[..2].iter().position(Option::is_none) {
            return Err(type_error(format!(
                "function() missing required argument '{}' (pos {})",
                names[missing],
                missing + 1
            )));
        }
        let code = given[0].and_then(|v| v.downcast::<Code>()).ok_or_else(|| {
            type_error(format!(
                "function() argument 'code' must be code, not {}",
                given[0].map_or(String::new(), |v| v.class().name())
            ))
        })?;
        let globals = given[1].and_then(|v| v.downcast::<Dict>()).ok_or_else(|| {
            type_error(format!(
                "function() argument 'globals' must be dict, not {}",
                given[1].map_or(String::new(), |v| v.class().name())
            ))
        })?;
        let optional = |v: Option<&Value>| v.filter(|v| !v.is_none()).cloned();
        let closure = match optional(given[4]) {
            None => None,
            Some(v) => Some(
                Ref::<Tuple>::from_value(v)
                    .map_err(|_| type_error("arg 5 (closure) must be tuple"))?,
            ),
        };
        let free = code.free_count();
        let have = closure.as_ref().map_or(0, |c| c.len());
        if free != have {
            if free == 0 || closure.is_some() {
                return Err(value_error(format!(
                    "{} requires closure of length {free}, not {have}",
                    code.name
                )));
            }
            return Err(type_error("arg 5 (closure) must be tuple"));
        }
        if let Some(closure) = &closure {
            for cell in closure.as_slice() {
                if cell
                    .downcast::<crate::objects::cell::CellObject>()
                    .is_none()
                {
                    return Err(type_error(format!(
                        "arg 5 (closure) expected cell, found {}",
                        cell.class().name()
                    )));
                }
            }
        }
        let function = Function::make(Ref::from_ref(code), Ref::from_ref(globals), closure);
        if let Some(name) = optional(given[2]) {
            function.name.set(string_value(Some(&name), "__name__")?);
        }
        if let Some(defaults) = optional(given[3]) {
            function
                .defaults
                .set(Some(Ref::<Tuple>::from_value(defaults).map_err(|_| {
                    type_error("arg 4 (defaults) must be None or tuple")
                })?));
        }
        if let Some(defaults) = optional(given[5]) {
            function
                .kwdefaults
                .set(Some(Ref::<Dict>::from_value(defaults).map_err(|_| {
                    type_error("arg 6 (kwdefaults) must be None or dict")
                })?));
        }
        Ok(function.into_value())
    }
    #[pyslot]
    fn call(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        // SAFETY: the slot's caller checked the class.
        let this = unsafe { this.downcast_unchecked::<Function>() };
        crate::interpreter::call_function(this, args, kwnames)
    }
    #[pyslot]
    fn descr_get(this: &Value, object: Option<&Value>, _owner: Option<&Type>) -> PyResult {
        match object {
            None => Ok(this.clone()),
            Some(object) => Ok(Method::bind(this.clone(), object.clone())),
        }
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        // SAFETY: as above.
        let f = unsafe { this.downcast_unchecked::<Function>() };
        Ok(format!(
            "<function {} at {:#x}>",
            f.qualname.get(),
            this.raw().0
        ))
    }
    #[pygetset]
    fn __code__(&self) -> Value {
        self.code.get().into_value()
    }
    #[pysetter(__code__)]
    fn set_code(&self, value: Option<&Value>) -> PyResult<()> {
        let Some(code) = value.and_then(|v| v.downcast::<Code>()) else {
            return Err(type_error("__code__ must be set to a code object"));
        };
        let have = self.closure.get().map_or(0, |c| c.len());
        if code.free_count() != have {
            return Err(value_error(format!(
                "{}() requires a code object with {have} free vars, not {}",
                self.name.get(),
                code.free_count()
            )));
        }
        self.changed();
        self.code.set(Ref::from_ref(code));
        Ok(())
    }
    #[pygetset]
    fn __globals__(&self) -> Value {
        self.globals.to_value()
    }
    #[pygetset]
    fn __builtins__(&self) -> Value {
        self.builtins.to_value()
    }
    #[pygetset]
    fn __closure__(&self) -> Value {
        self.closure.get().map_or_else(Value::none, Ref::into_value)
    }
    #[pygetset]
    fn __name__(&self) -> Value {
        self.name.get().into_value()
    }
    #[pysetter(__name__)]
    fn set_name(&self, value: Option<&Value>) -> PyResult<()> {
        self.name.set(string_value(value, "__name__")?);
        Ok(())
    }
    #[pygetset]
    fn __qualname__(&self) -> Value {
        self.qualname.get().into_value()
    }
    #[pysetter(__qualname__)]
    fn set_qualname(&self, value: Option<&Value>) -> PyResult<()> {
        self.qualname.set(string_value(value, "__qualname__")?);
        Ok(())
    }
    #[pygetset]
    fn __doc__(&self) -> Value {
        self.doc.get()
    }
    #[pysetter(__doc__)]
    fn set_doc(&self, value: Option<&Value>) -> PyResult<()> {
        self.doc.set(value.cloned().unwrap_or_else(Value::none));
        Ok(())
    }
    #[pygetset]
    fn __module__(&self) -> Value {
        self.module.get()
    }
    #[pysetter(__module__)]
    fn set_module(&self, value: Option<&Value>) -> PyResult<()> {
        self.module.set(value.cloned().unwrap_or_else(Value::none));
        Ok(())
    }
    #[pygetset]
    fn __defaults__(&self) -> Value {
        self.defaults
            .get()
            .map_or_else(Value::none, Ref::into_value)
    }
    #[pysetter(__defaults__)]
    fn set_defaults_attribute(&self, value: Option<&Value>) -> PyResult<()> {
        match value.filter(|v| !v.is_none()) {
            None => self.set_defaults(None),
            Some(v) => match v.downcast::<Tuple>() {
                Some(t) => self.set_defaults(Some(Ref::from_ref(t))),
                None => return Err(type_error("__defaults__ must be set to a tuple object")),
            },
        }
        Ok(())
    }
    #[pygetset]
    fn __kwdefaults__(&self) -> Value {
        self.kwdefaults
            .get()
            .map_or_else(Value::none, Ref::into_value)
    }
    #[pysetter(__kwdefaults__)]
    fn set_kwdefaults_attribute(&self, value: Option<&Value>) -> PyResult<()> {
        match value.filter(|v| !v.is_none()) {
            None => self.set_kwdefaults(None),
            Some(v) => match v.downcast::<Dict>() {
                Some(d) => self.set_kwdefaults(Some(Ref::from_ref(d))),
                None => return Err(type_error("__kwdefaults__ must be set to a dict object")),
            },
        }
        Ok(())
    }
    #[pygetset]
    fn __annotations__(&self) -> PyResult {
        if let Some(annotations) = self.annotations.get() {
            return Ok(annotations);
        }
        let annotations = match self.annotate.get().filter(|a| !a.is_none()) {
            Some(annotate) => annotations_from(&annotate)?,
            None => Dict::make().into_value(),
        };
        self.annotations.set(Some(annotations.clone()));
        Ok(annotations)
    }
    #[pysetter(__annotations__)]
    fn set_annotations(&self, value: Option<&Value>) -> PyResult<()> {
        match value.filter(|v| !v.is_none()) {
            None => self.annotations.set(None),
            Some(v) if v.downcast::<Dict>().is_some() => self.annotations.set(Some(v.clone())),
            Some(_) => return Err(type_error("__annotations__ must be set to a dict object")),
        }
        self.annotate.set(None);
        Ok(())
    }
    #[pygetset]
    fn __annotate__(&self) -> Value {
        self.annotate.get().unwrap_or_else(Value::none)
    }
    #[pysetter(__annotate__)]
    fn set_annotate(&self, value: Option<&Value>) -> PyResult<()> {
        match value {
            None => return Err(type_error("__annotate__ cannot be deleted")),
            Some(v) if v.is_none() => self.annotate.set(Some(Value::none())),
            Some(v) if crate::abstract_ops::is_callable(v) => {
                self.annotate.set(Some(v.clone()));
                self.annotations.set(None);
            }
            Some(_) => return Err(type_error("__annotate__ must be callable or None")),
        }
        Ok(())
    }
    #[pygetset]
    fn __type_params__(&self) -> Value {
        self.type_params
            .get()
            .unwrap_or_else(|| Tuple::empty().into_value())
    }
    #[pysetter(__type_params__)]
    fn set_type_params(&self, value: Option<&Value>) -> PyResult<()> {
        match value {
            Some(v) if v.downcast::<Tuple>().is_some() => {
                self.type_params.set(Some(v.clone()));
                Ok(())
            }
            _ => Err(type_error("__type_params__ must be set to a tuple")),
        }
    }
}

/// What a `__annotate__` says the annotations are.
pub fn annotations_from(annotate: &Value) -> PyResult {
    let annotations = crate::abstract_ops::call(annotate, &[Value::int(1)])?;
    if annotations.downcast::<Dict>().is_none() {
        return Err(type_error(format!(
            "__annotate__ returned non-dict of type '{}'",
            annotations.class().name()
        )));
    }
    Ok(annotations)
}
