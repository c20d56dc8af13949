//! Functions written in Rust, as functions of modules, methods of classes, and `__new__`.

use crate::exceptions::{PyResult, type_error};
use crate::gc::Field;
use crate::native::MethodDef;
use crate::object::{Header, Ref, object_value};
use crate::objects::class::{CompareOp, Type};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::{Raw, Value};
use taipan_macros::{pyclass, pymethods};

/// A function of a module, or a native method bound to its object.
#[pyclass(name = "builtin_function_or_method", module = "builtins", gc, final)]
#[repr(C)]
pub struct BuiltinFunction {
    header: Header,
    /// `None` for `__new__`.
    #[no_gc]
    pub(crate) def: Option<&'static MethodDef>,
    /// The object in front of the arguments, or the module (which is not passed on).
    pub(crate) bound: Field<Option<Value>>,
    /// Passes `bound` on.
    #[no_gc]
    pub(crate) is_method: bool,
    pub(crate) module: Field<Option<Value>>,
    /// `__new__` of this class.
    #[no_gc]
    new_of: Option<&'static Type>,
}

impl BuiltinFunction {
    pub const DEF_OFFSET: usize = std::mem::offset_of!(BuiltinFunction, def);
    pub const BOUND_OFFSET: usize = std::mem::offset_of!(BuiltinFunction, bound);

    /// The declaration; `None` for `__new__`.
    /// Tells this function's definition from others': the low half of the address of a static.
    #[inline(always)]
    pub fn definition_id(&self) -> u32 {
        self.def.map_or(0, |def| def as *const _ as usize as u32)
    }
    pub fn declaration(&self) -> Option<&'static MethodDef> {
        self.def
    }
    pub fn new(
        def: &'static MethodDef,
        bound: Option<Value>,
        module: Option<Value>,
    ) -> Ref<BuiltinFunction> {
        Ref::new(BuiltinFunction {
            header: Header::fresh(),
            def: Some(def),
            bound: Field::new(bound),
            is_method: false,
            module: Field::new(module),
            new_of: None,
        })
    }
    pub fn bound_method(def: &'static MethodDef, object: Value) -> Value {
        Ref::new(BuiltinFunction {
            header: Header::fresh(),
            def: Some(def),
            bound: Field::new(Some(object)),
            is_method: true,
            module: Field::new(None),
            new_of: None,
        })
        .into_value()
    }
    /// `class.__new__`.
    pub fn constructor(class: &'static Type) -> Value {
        Ref::new(BuiltinFunction {
            header: Header::fresh(),
            def: None,
            bound: Field::new(Some(object_value(class))),
            is_method: false,
            module: Field::new(None),
            new_of: Some(class),
        })
        .into_value()
    }
    pub fn constructor_of(&self) -> Option<&'static Type> {
        self.new_of
    }
    /// Is this the builtin of this name?
    pub fn is_builtin(&self, name: &str) -> bool {
        self.is_function("builtins", name)
    }
    /// Is this the native function of this module and name?
    pub fn is_function(&self, module: &str, name: &str) -> bool {
        !self.is_method
            && self.def.is_some_and(|d| d.name == name)
            && self.module.with(|m| {
                m.as_ref()
                    .is_some_and(|m| m.downcast::<Str>().is_some_and(|m| m.is_text(module)))
            })
    }
    /// What goes in front of the arguments; the function keeps it alive.
    pub fn bound_object(&self) -> Option<Raw> {
        let bound = self.bound.with(|b| b.as_ref().map(Value::raw));
        bound.filter(|_| self.is_method)
    }
    /// Does an object go in front of the arguments?
    pub fn is_bound(&self) -> bool {
        self.is_method
    }
    pub fn name(&self) -> &'static str {
        self.def.map_or("__new__", |d| d.name)
    }
    fn call_constructor(class: &'static Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let own = class.name();
        let Some(first) = args.first() else {
            return Err(type_error(format!("{own}.__new__(): not enough arguments")));
        };
        let Some(derived) = first.downcast::<Type>() else {
            return Err(type_error(format!(
                "{own}.__new__(X): X is not a type object ({})",
                first.class().name()
            )));
        };
        let name = derived.name();
        if !derived.is_subclass(class) {
            return Err(type_error(format!(
                "{own}.__new__({name}): {name} is not a subtype of {own}"
            )));
        }
        // The nearest class in Rust must be the one whose `__new__` this is, or its layout is not made.
        let native = derived.native();
        let same = native
            .slots()
            .same(crate::objects::class::SlotId::new, class.slots());
        if !same {
            return Err(type_error(format!(
                "{own}.__new__({name}) is not safe, use {}.__new__()",
                native.name()
            )));
        }
        (class.slots().new.expect("a constructor's class has new"))(derived, &args[1..], kwnames)
    }
}

#[pymethods]
impl BuiltinFunction {
    #[pyslot]
    fn call(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        // SAFETY: the slot's caller checked the class.
        let this = unsafe { this.downcast_unchecked::<BuiltinFunction>() };
        let positional = args.len() - kwnames.map_or(0, Tuple::len);
        if let Some(class) = this.new_of {
            return BuiltinFunction::call_constructor(class, args, kwnames);
        }
        let call = this.def.expect("not a constructor").call;
        if this.is_method {
            let bound = this.bound.get().expect("a bound method has an object");
            return crate::abstract_ops::with_first(&bound, args, |all| {
                call(all.as_ptr(), positional + 1, kwnames)
            });
        }
        call(args.as_ptr(), positional, kwnames)
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        Ok(match self.bound.get() {
            Some(object) if self.is_method || self.new_of.is_some() => {
                format!(
                    "<built-in method {} of {} object at {:#x}>",
                    self.name(),
                    object.class().name(),
                    object.raw().0
                )
            }
            _ => format!("<built-in function {}>", self.name()),
        })
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        let (Some(a), Some(b)) = (
            this.downcast::<BuiltinFunction>(),
            other.downcast::<BuiltinFunction>(),
        ) else {
            return Ok(Value::not_implemented());
        };
        let same_bound = match (a.bound.get(), b.bound.get()) {
            (Some(x), Some(y)) => x.is(&y),
            (None, None) => true,
            _ => false,
        };
        let same_def = match (a.def, b.def) {
            (Some(x), Some(y)) => std::ptr::eq(x, y),
            (None, None) => true,
            _ => false,
        };
        Ok(match op {
            CompareOp::Eq => Value::bool(same_bound && same_def),
            CompareOp::Ne => Value::bool(!(same_bound && same_def)),
            _ => Value::not_implemented(),
        })
    }
    #[pyslot]
    fn hash(this: &Value) -> PyResult<i64> {
        // SAFETY: as above.
        let this = unsafe { this.downcast_unchecked::<BuiltinFunction>() };
        let bound = this.bound.get().map_or(0, |b| b.raw().0 >> 4);
        Ok(bound as i64 ^ this.def.map_or(0, |d| d as *const MethodDef as i64 >> 4))
    }
    #[pygetset]
    fn __name__(&self) -> &'static str {
        self.name()
    }
    #[pygetset]
    fn __qualname__(&self) -> String {
        match self.bound.get() {
            Some(object) if self.is_method || self.new_of.is_some() => {
                let class = match object.downcast::<Type>() {
                    Some(class) => class.qualname_object(),
                    None => object.class().qualname_object(),
                };
                format!("{class}.{}", self.name())
            }
            _ => self.name().to_owned(),
        }
    }
    #[pygetset]
    fn __module__(&self) -> Value {
        self.module.get().unwrap_or_else(Value::none)
    }
    #[pygetset]
    fn __self__(&self) -> Value {
        self.bound.get().unwrap_or_else(Value::none)
    }
    #[pygetset]
    fn __doc__(&self) -> Value {
        match self.def {
            Some(def) if !def.doc.is_empty() => Str::new(def.doc).into_value(),
            None => {
                Str::new("Create and return a new object.  See help(type) for accurate signature.")
                    .into_value()
            }
            _ => Value::none(),
        }
    }
    #[pygetset]
    fn __text_signature__(&self) -> Value {
        text_signature(self.def)
    }
    #[pymethod("__reduce__($self, /)")]
    fn reduce(&self) -> PyResult {
        let name = Str::new(self.name()).into_value();
        match self.bound.get() {
            Some(object) if self.is_method || self.new_of.is_some() => {
                let getattr = crate::builtins::lookup("getattr")?;
                Ok(Tuple::new([getattr, Tuple::new([object, name]).into_value()]).into_value())
            }
            _ => Ok(name),
        }
    }
}

fn text_signature(def: Option<&'static MethodDef>) -> Value {
    match def {
        None => Str::new("($type, *args, **kwargs)").into_value(),
        Some(def) if def.signature.is_empty() => Value::none(),
        Some(def) => Str::new(def.signature).into_value(),
    }
}

/// A native method in its class's dict: `list.append`.
#[pyclass(
    name = "method_descriptor",
    module = "builtins",
    gc,
    final,
    method_descriptor
)]
#[repr(C)]
pub struct MethodDescriptor {
    header: Header,
    pub owner: Ref<Type>,
    #[no_gc]
    pub def: &'static MethodDef,
}

impl MethodDescriptor {
    pub fn new(owner: &'static Type, def: &'static MethodDef) -> Value {
        Ref::new(MethodDescriptor {
            header: Header::fresh(),
            owner: Ref::from_ref(owner),
            def,
        })
        .into_value()
    }
    /// Is an instance of this class surely a fit receiver?
    #[inline(always)]
    pub fn takes(&self, class: &Type) -> bool {
        std::ptr::eq(class, &*self.owner) || std::ptr::eq(class.native(), &*self.owner)
    }
    /// Is this a fit receiver?
    #[inline(always)]
    pub fn accepts(&self, object: &Value) -> bool {
        object.is_instance(&self.owner)
    }
}

#[pymethods]
impl MethodDescriptor {
    #[pyslot]
    fn call(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        // SAFETY: the slot's caller checked the class.
        let this = unsafe { this.downcast_unchecked::<MethodDescriptor>() };
        let positional = args.len() - kwnames.map_or(0, Tuple::len);
        let owner = &this.owner;
        if positional == 0 {
            return Err(type_error(format!(
                "unbound method {}.{}() needs an argument",
                owner.name(),
                this.def.name
            )));
        }
        if !this.accepts(&args[0]) {
            return Err(type_error(format!(
                "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
                this.def.name,
                owner.name(),
                args[0].class().name()
            )));
        }
        (this.def.call)(args.as_ptr(), positional, kwnames)
    }
    #[pyslot]
    fn descr_get(this: &Value, object: Option<&Value>, _owner: Option<&Type>) -> PyResult {
        // SAFETY: as above.
        let descriptor = unsafe { this.downcast_unchecked::<MethodDescriptor>() };
        match object {
            None => Ok(this.clone()),
            Some(object) if descriptor.accepts(object) => Ok(BuiltinFunction::bound_method(
                descriptor.def,
                object.clone(),
            )),
            Some(object) => Err(type_error(format!(
                "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
                descriptor.def.name,
                descriptor.owner.name(),
                object.class().name()
            ))),
        }
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        Ok(format!(
            "<method '{}' of '{}' objects>",
            self.def.name,
            self.owner.name()
        ))
    }
    #[pygetset]
    fn __name__(&self) -> &'static str {
        self.def.name
    }
    #[pygetset]
    fn __qualname__(&self) -> String {
        format!("{}.{}", self.owner.qualname_object(), self.def.name)
    }
    #[pygetset]
    fn __objclass__(&self) -> Value {
        self.owner.to_value()
    }
    #[pymethod("__reduce__($self, /)")]
    fn reduce(&self) -> PyResult<Ref<Tuple>> {
        let getattr = crate::builtins::lookup("getattr")?;
        let name = Str::new(self.def.name).into_value();
        let arguments = Tuple::new([self.owner.to_value(), name]);
        Ok(Tuple::new([getattr, arguments.into_value()]))
    }
    #[pygetset]
    fn __doc__(&self) -> &'static str {
        self.def.doc
    }
    #[pygetset]
    fn __text_signature__(&self) -> Value {
        text_signature(Some(self.def))
    }
}

/// A native class method in its class's dict: `dict.fromkeys`.
#[pyclass(name = "classmethod_descriptor", module = "builtins", gc, final)]
#[repr(C)]
pub struct ClassMethodDescriptor {
    header: Header,
    owner: Ref<Type>,
    #[no_gc]
    def: &'static MethodDef,
}

pub fn native_classmethod(owner: &'static Type, def: &'static MethodDef) -> Value {
    Ref::new(ClassMethodDescriptor {
        header: Header::fresh(),
        owner: Ref::from_ref(owner),
        def,
    })
    .into_value()
}

#[pymethods]
impl ClassMethodDescriptor {
    #[pyslot]
    fn descr_get(this: &Value, object: Option<&Value>, owner: Option<&Type>) -> PyResult {
        // SAFETY: the slot's caller checked the class.
        let this = unsafe { this.downcast_unchecked::<ClassMethodDescriptor>() };
        let class = match (owner, object) {
            (Some(owner), _) => object_value(owner),
            (None, Some(object)) => object_value(object.class()),
            (None, None) => return Err(type_error("descriptor needs an object or a type")),
        };
        Ok(BuiltinFunction::bound_method(this.def, class))
    }
    #[pyslot]
    fn call(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        // SAFETY: as above.
        let this = unsafe { this.downcast_unchecked::<ClassMethodDescriptor>() };
        let positional = args.len() - kwnames.map_or(0, Tuple::len);
        let Some(class) = args
            .first()
            .filter(|_| positional > 0)
            .and_then(|c| c.downcast::<Type>())
        else {
            return Err(type_error(format!(
                "descriptor '{}' for type '{}' needs a type as argument",
                this.def.name,
                this.owner.name()
            )));
        };
        if !class.is_subclass(&this.owner) {
            return Err(type_error(format!(
                "descriptor '{}' requires a subtype of '{}' but received '{}'",
                this.def.name,
                this.owner.name(),
                class.name()
            )));
        }
        (this.def.call)(args.as_ptr(), positional, kwnames)
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        Ok(format!(
            "<method '{}' of '{}' objects>",
            self.def.name,
            self.owner.name()
        ))
    }
    #[pygetset]
    fn __name__(&self) -> &'static str {
        self.def.name
    }
    #[pygetset]
    fn __qualname__(&self) -> String {
        format!("{}.{}", self.owner.qualname_object(), self.def.name)
    }
    #[pygetset]
    fn __objclass__(&self) -> Value {
        self.owner.to_value()
    }
    #[pygetset]
    fn __doc__(&self) -> &'static str {
        self.def.doc
    }
    #[pygetset]
    fn __text_signature__(&self) -> Value {
        text_signature(Some(self.def))
    }
}
