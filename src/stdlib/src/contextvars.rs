//! `_contextvars`: context variables, and contexts that hold their values.

use std::cell::Cell;
use taipan_macros::{pyclass, pymethods, pymodule};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{
    self, PyResult, Raised, key_error, raise_args, runtime_error, type_error, value_error,
};
use taipan_vm::gc::Field;
use taipan_vm::gil::Guarded;
use taipan_vm::memory::allocate_instance;
use taipan_vm::native::NativeClass;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::class::{CompareOp, Type};
use taipan_vm::objects::class_native::ensure;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::generic_alias::new_alias;
use taipan_vm::objects::list::List;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::thread::thread;
use taipan_vm::value::Value;

pub use contextvars::MODULE;

/// Context Variables
#[pymodule(
    name = "_contextvars",
    classes(super::Context, super::ContextVar, super::Token)
)]
mod contextvars {
    use super::*;

    #[pyfunction("copy_context($module, /)")]
    fn copy_context() -> Ref<Context> {
        Context::current().copy()
    }

    #[pyexec]
    fn exec(_module: &taipan_vm::objects::module::Module) -> PyResult<()> {
        Token::class()
            .dict()
            .set_str(&Str::intern("MISSING"), missing());
        Ok(())
    }
}

/// The type of `Token.MISSING`.
#[pyclass(name = "Token.MISSING", module = "_contextvars", final)]
#[repr(C)]
pub struct Missing {
    header: Header,
}

#[pymethods]
impl Missing {
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        Ok("<Token.MISSING>".to_owned())
    }
}

/// The one instance.
fn missing() -> Value {
    static MISSING: Guarded<Field<Option<Value>>> = Guarded(Field::new(None));
    ensure::<Missing>();
    MISSING.0.get().unwrap_or_else(|| {
        let missing = Ref::new(Missing {
            header: Header::fresh(),
        });
        MISSING.0.set(Some(missing.to_value()));
        missing.into_value()
    })
}

/// Values of context variables. Copies share the dictionary until one of them changes.
#[pyclass(
    name = "Context",
    module = "_contextvars",
    signature = "Context()",
    final,
    gc,
    weakref
)]
#[repr(C)]
pub struct Context {
    header: Header,
    data: Field<Ref<Dict>>,
    entered: Cell<bool>,
}

fn expect_variable(key: &Value) -> PyResult<&Value> {
    match key.downcast::<ContextVar>() {
        Some(_) => Ok(key),
        None => Err(type_error(format!(
            "a ContextVar key was expected, got {}",
            abstract_ops::repr(key)?
        ))),
    }
}

impl Context {
    fn fresh(data: Ref<Dict>) -> Context {
        Context {
            header: Header::fresh(),
            data: Field::new(data),
            entered: Cell::new(false),
        }
    }
    /// The one that was entered last; a thread has one from the start.
    fn current() -> Ref<Context> {
        if let Some(context) = thread().context.get() {
            return Ref::from_value(context).expect("only contexts are put there");
        }
        let context = Ref::new(Context::fresh(Dict::make()));
        thread().context.set(Some(context.to_value()));
        context
    }
    fn copy(&self) -> Ref<Context> {
        Ref::new(Context::fresh(self.data.get()))
    }
    fn get(&self, key: &Value) -> PyResult<Option<Value>> {
        self.data.get().get(expect_variable(key)?)
    }
    fn change(&self, change: impl FnOnce(&Dict) -> PyResult<()>) -> PyResult<()> {
        let data = self.data.get();
        // One is this field's, one the local variable's.
        if data
            .as_value()
            .header()
            .is_some_and(|header| header.count() > 2)
        {
            let own = data.copy();
            change(&own)?;
            self.data.set(own);
            return Ok(());
        }
        change(&data)
    }
    fn list(&self, item: impl Fn((Value, Value)) -> Value) -> PyResult {
        let items = self.data.get().items().into_iter().map(item).collect();
        abstract_ops::iter(&List::make(items).into_value())
    }
}

#[pymethods]
impl Context {
    #[pyslot]
    fn new(cls: &Type, args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        if !args.is_empty() {
            return Err(type_error("Context() does not accept any arguments"));
        }
        Ok(allocate_instance(cls, Context::fresh(Dict::make())).into_value())
    }
    #[pymethod("run", raw)]
    fn run(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        // SAFETY: the method's caller checked the class.
        let context = unsafe { this.downcast_unchecked::<Context>() };
        let Some((function, args)) = args
            .split_first()
            .filter(|_| args.len() > kwnames.map_or(0, Tuple::len))
        else {
            return Err(type_error("run() missing 1 required positional argument"));
        };
        if context.entered.replace(true) {
            return Err(runtime_error(format!(
                "cannot enter context: {} is already entered",
                abstract_ops::repr(this)?
            )));
        }
        let before = thread().context.replace(Some(this.clone()));
        let result = abstract_ops::call_kw(function, args, kwnames);
        thread().context.set(before);
        context.entered.set(false);
        result
    }
    /// Return a shallow copy of the context object.
    #[pymethod("copy($self, /)")]
    fn copy_method(&self) -> Ref<Context> {
        self.copy()
    }
    /// Return the value for `key` if `key` has the value in the context object.
    ///
    /// If `key` does not exist, return `default`. If `default` is not given,
    /// return None.
    #[pymethod("get($self, key, default=None, /)")]
    fn get_method(&self, key: &Value, default: Option<&Value>) -> PyResult {
        Ok(self
            .get(key)?
            .unwrap_or_else(|| default.cloned().unwrap_or_else(Value::none)))
    }
    /// Return all variables and their values in the context object.
    ///
    /// The result is returned as a list of 2-tuples (variable, value).
    #[pymethod("items($self, /)")]
    fn items(&self) -> PyResult {
        self.list(|(key, value)| Tuple::new([key, value]).into_value())
    }
    /// Return a list of all variables in the context object.
    #[pymethod("keys($self, /)")]
    fn keys(&self) -> PyResult {
        self.list(|(key, _)| key)
    }
    /// Return a list of all variables' values in the context object.
    #[pymethod("values($self, /)")]
    fn values(&self) -> PyResult {
        self.list(|(_, value)| value)
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        // SAFETY: the slot's caller checked the class.
        unsafe { this.downcast_unchecked::<Context>() }.keys()
    }
    #[pyslot]
    fn length(this: &Value) -> PyResult<usize> {
        // SAFETY: as above.
        Ok(unsafe { this.downcast_unchecked::<Context>() }
            .data
            .get()
            .len())
    }
    #[pyslot]
    fn contains(this: &Value, key: &Value) -> PyResult<bool> {
        // SAFETY: as above.
        Ok(unsafe { this.downcast_unchecked::<Context>() }
            .get(key)?
            .is_some())
    }
    #[pyslot]
    fn getitem(this: &Value, key: &Value) -> PyResult {
        // SAFETY: as above.
        unsafe { this.downcast_unchecked::<Context>() }
            .get(key)?
            .ok_or_else(|| key_error(key))
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        // SAFETY: as above.
        let context = unsafe { this.downcast_unchecked::<Context>() };
        let Some(other) = other.downcast::<Context>() else {
            return Ok(Value::not_implemented());
        };
        let (a, b) = (
            context.data.get().into_value(),
            other.data.get().into_value(),
        );
        match op {
            CompareOp::Eq | CompareOp::Ne => abstract_ops::rich_compare(&a, &b, op),
            _ => Ok(Value::not_implemented()),
        }
    }
}

#[pyclass(
    name = "ContextVar",
    module = "_contextvars",
    signature = "ContextVar(name, /, *, default=<unrepresentable>)",
    final,
    gc,
    weakref
)]
#[repr(C)]
pub struct ContextVar {
    header: Header,
    name: Field<Ref<Str>>,
    default: Field<Option<Value>>,
}

#[pymethods]
impl ContextVar {
    #[pyslot]
    fn new(cls: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let names = kwnames.map_or(&[][..], Tuple::as_slice);
        let (plain, values) = args.split_at(args.len() - names.len());
        let mut name = plain.first();
        let mut default = None;
        for (keyword, value) in names.iter().zip(values) {
            match keyword.downcast::<Str>() {
                Some(keyword) if keyword.is_text("default") => default = Some(value.clone()),
                Some(keyword) if keyword.is_text("name") && name.is_none() => name = Some(value),
                _ => {
                    return Err(type_error(format!(
                        "ContextVar() got an unexpected keyword argument {}",
                        abstract_ops::repr(keyword)?
                    )));
                }
            }
        }
        if plain.len() > 1 {
            return Err(type_error(format!(
                "ContextVar() takes exactly 1 positional argument ({} given)",
                plain.len()
            )));
        }
        let Some(name) = name else {
            return Err(type_error(
                "ContextVar() missing required argument 'name' (pos 1)",
            ));
        };
        let name = Ref::<Str>::from_value(name.clone())
            .map_err(|_| type_error("context variable name must be a str"))?;
        let variable = ContextVar {
            header: Header::fresh(),
            name: Field::new(name),
            default: Field::new(default),
        };
        Ok(allocate_instance(cls, variable).into_value())
    }
    #[pygetset]
    fn name(&self) -> Ref<Str> {
        self.name.get()
    }
    /// Return a value for the context variable for the current context.
    #[pymethod("get($self, default=<unrepresentable>, /)")]
    fn get(this: &Value, default: Option<&Value>) -> PyResult {
        // SAFETY: the method's caller checked the class.
        let variable = unsafe { this.downcast_unchecked::<ContextVar>() };
        if let Some(context) = thread().context.get()
            && let Some(context) = context.downcast::<Context>()
            && let Some(value) = context.data.get().get(this)?
        {
            return Ok(value);
        }
        default
            .cloned()
            .or_else(|| variable.default.get())
            .ok_or_else(|| raise_args(exceptions::LOOKUP_ERROR.get(), vec![this.clone()]))
    }
    /// Call to set a new value for the context variable in the current context.
    #[pymethod("set($self, value, /)")]
    fn set(this: &Value, value: &Value) -> PyResult<Ref<Token>> {
        let context = Context::current();
        let old = context.data.get().get(this)?;
        context.change(|data| data.insert(this.clone(), value.clone()))?;
        Ok(Ref::new(Token {
            header: Header::fresh(),
            context: Field::new(context),
            variable: Field::new(this.clone()),
            old: Field::new(old),
            used: Cell::new(false),
        }))
    }
    /// Reset the context variable.
    ///
    /// The variable is reset to the value it had before the `ContextVar.set()` that
    /// created the token was used.
    #[pymethod("reset($self, token, /)")]
    fn reset(this: &Value, token: &Value) -> PyResult<()> {
        let Some(held) = token.downcast::<Token>() else {
            return Err(type_error(format!(
                "expected an instance of Token, got {}",
                abstract_ops::repr(token)?
            )));
        };
        let shown = || -> Result<String, Raised> { Ok(abstract_ops::repr(token)?.to_string()) };
        if held.used.get() {
            return Err(runtime_error(format!(
                "{} has already been used once",
                shown()?
            )));
        }
        if !held.variable.get().is(this) {
            return Err(value_error(format!(
                "{} was created by a different ContextVar",
                shown()?
            )));
        }
        let context = Context::current();
        if held.context.get().as_ptr() != context.as_ptr() {
            return Err(value_error(format!(
                "{} was created in a different Context",
                shown()?
            )));
        }
        held.used.set(true);
        context.change(|data| match held.old.get() {
            Some(old) => data.insert(this.clone(), old),
            None => data.remove(this).map(drop),
        })
    }
    /// See PEP 585
    #[pyclassmethod("__class_getitem__($type, object, /)")]
    fn __class_getitem__(cls: &Value, object: &Value) -> PyResult {
        new_alias(cls, object)
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        // SAFETY: the slot's caller checked the class.
        let variable = unsafe { this.downcast_unchecked::<ContextVar>() };
        let name = abstract_ops::repr(variable.name.get().as_value())?;
        let default = match variable.default.get() {
            Some(default) => format!(" default={}", abstract_ops::repr(&default)?),
            None => String::new(),
        };
        Ok(format!(
            "<ContextVar name={name}{default} at {:#x}>",
            this.raw().0
        ))
    }
}

/// What sets a variable back.
#[pyclass(name = "Token", module = "_contextvars", final, gc)]
#[repr(C)]
pub struct Token {
    header: Header,
    context: Field<Ref<Context>>,
    variable: Field<Value>,
    old: Field<Option<Value>>,
    used: Cell<bool>,
}

#[pymethods]
impl Token {
    #[pyslot]
    fn new(_cls: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        Err(runtime_error("Tokens can only be created by ContextVars"))
    }
    #[pygetset]
    fn var(&self) -> Value {
        self.variable.get()
    }
    #[pygetset]
    fn old_value(&self) -> Value {
        self.old.get().unwrap_or_else(missing)
    }
    /// Enter into Token context manager.
    #[pymethod("__enter__($self, /)")]
    fn __enter__(this: &Value) -> Value {
        this.clone()
    }
    /// Exit from Token context manager, restore the linked ContextVar.
    #[pymethod("__exit__($self, type, val, tb, /)")]
    fn __exit__(this: &Value, r#type: &Value, val: &Value, tb: &Value) -> PyResult<()> {
        let _ = (r#type, val, tb);
        // SAFETY: the method's caller checked the class.
        let token = unsafe { this.downcast_unchecked::<Token>() };
        ContextVar::reset(&token.variable.get(), this)
    }
    /// See PEP 585
    #[pyclassmethod("__class_getitem__($type, object, /)")]
    fn __class_getitem__(cls: &Value, object: &Value) -> PyResult {
        new_alias(cls, object)
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        // SAFETY: the slot's caller checked the class.
        let token = unsafe { this.downcast_unchecked::<Token>() };
        let used = if token.used.get() { " used" } else { "" };
        let variable = abstract_ops::repr(&token.variable.get())?;
        Ok(format!(
            "<Token{used} var={variable} at {:#x}>",
            this.raw().0
        ))
    }
}
