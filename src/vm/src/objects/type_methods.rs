//! Methods and slots of `type`.
//!
//! Invariant: whatever changes a class's dict calls [`Type::modified`] before the old value is dropped,
//! because the method cache holds values without counting them.

use crate::abstract_ops;
use crate::exceptions::{PyResult, attribute_error, type_error, value_error};
use crate::names;
use crate::native::{ClassItems, NativeClass};
use crate::object::{Ref, object_value};
use crate::objects::class::{SlotId, Type, TypeFlags};
use crate::objects::class_native::split_signature;
use crate::objects::class_new;
use crate::objects::dict::Dict;
use crate::objects::function::annotations_from;
use crate::objects::list::List;
use crate::objects::mapping_proxy::MappingProxy;
use crate::objects::object::{full_name, missing_special};
use crate::objects::slot_wrapper;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use taipan_macros::pymethods;

impl Type {
    /// `__module__`, if it is a string.
    pub fn module_name(&self) -> Option<Ref<Str>> {
        match self.dict().get_str(&names::MODULE) {
            Some(module) => Ref::from_value(module).ok(),
            None if self.is_heap() => None,
            None => Some(Str::intern("builtins")),
        }
    }
    /// Puts an attribute into the class's own dict, or takes it out; false if it was not there.
    pub fn set_own(&self, name: &Str, value: Option<Value>) -> bool {
        let old = self.dict().get_str(name);
        let existed = old.is_some();
        let descriptor = value
            .as_ref()
            .is_some_and(|v| v.class().slots().descr_set.is_some());
        match value {
            Some(value) => self.dict().set_str(name, value),
            None => drop(self.dict().remove_str(name)),
        }
        self.modified();
        if descriptor {
            self.retire_shapes();
        }
        slot_wrapper::update_slots_for(self, name);
        drop(old);
        existed
    }
    /// The error for an assignment to an attribute of a class in Rust, or for a deletion that
    /// is not allowed.
    fn check_assignment(&self, name: &str, value: Option<&Value>) -> PyResult<()> {
        if self.has(TypeFlags::IMMUTABLE) {
            return Err(type_error(format!(
                "cannot set '{name}' attribute of immutable type '{}'",
                self.name()
            )));
        }
        if value.is_none() {
            return Err(type_error(format!(
                "cannot delete '{name}' attribute of immutable type '{}'",
                self.name()
            )));
        }
        Ok(())
    }
    /// Classes derived directly from this one.
    pub fn live_subclasses(&self) -> Vec<Value> {
        // SAFETY: subclasses remove themselves when they die; nothing runs while the list is copied.
        unsafe {
            (*self.subclasses.get())
                .iter()
                .map(|class| object_value(&**class))
                .collect()
        }
    }
}

fn type_attribute_error(class: &Type, name: &Str) -> crate::exceptions::Raised {
    let message = format!("type object '{}' has no attribute '{name}'", class.name());
    attribute_error(&object_value(class), name, message)
}

fn getattro(this: &Value, name: &Str) -> PyResult {
    // SAFETY: the slot's caller checked the class.
    let class = unsafe { this.downcast_unchecked::<Type>() };
    let meta = this.class();
    let from_meta = meta.lookup(name);
    if let Some(found) = &from_meta {
        let slots = found.class().slots();
        if let (Some(get), true) = (slots.descr_get, slots.descr_set.is_some()) {
            return get(found, Some(this), Some(meta));
        }
    }
    if let Some(found) = class.lookup(name) {
        return match found.class().slots().descr_get {
            Some(get) => get(&found, None, Some(class)),
            None => Ok(found),
        };
    }
    match from_meta {
        Some(found) => abstract_ops::bind(found, this, meta),
        None => Err(type_attribute_error(class, name)),
    }
}

fn setattro(this: &Value, name: &Str, value: Option<&Value>) -> PyResult<()> {
    // SAFETY: as above.
    let class = unsafe { this.downcast_unchecked::<Type>() };
    if class.has(TypeFlags::IMMUTABLE) {
        return Err(type_error(format!(
            "cannot set '{name}' attribute of immutable type '{}'",
            class.name()
        )));
    }
    if let Some(found) = this.class().lookup(name)
        && let Some(set) = found.class().slots().descr_set
    {
        return set(&found, this, value);
    }
    if !class.set_own(name, value.cloned()) && value.is_none() {
        return Err(type_attribute_error(class, name));
    }
    Ok(())
}

const ACCESS: ClassItems = ClassItems {
    methods: &[],
    getsets: &[],
    slots: |slots| {
        slots.getattro = Some(getattro);
        slots.setattro = Some(setattro);
    },
    more: &[],
};

/// The class of `value`'s instances as an int, as CPython's `tp_flags` would be.
fn cpython_flags(class: &Type) -> i64 {
    let mut bits: i64 = 1 << 12 | 1 << 18;
    let table: &[(TypeFlags, u32)] = &[
        (TypeFlags::SEQUENCE, 5),
        (TypeFlags::MAPPING, 6),
        (TypeFlags::IMMUTABLE, 8),
        (TypeFlags::HEAP, 9),
        (TypeFlags::BASETYPE, 10),
        (TypeFlags::METHOD_DESCRIPTOR, 17),
        (TypeFlags::ABSTRACT, 20),
        (TypeFlags::MATCH_SELF, 22),
        (TypeFlags::IS_INT, 24),
        (TypeFlags::IS_LIST, 25),
        (TypeFlags::IS_TUPLE, 26),
        (TypeFlags::IS_BYTES, 27),
        (TypeFlags::IS_STR, 28),
        (TypeFlags::IS_DICT, 29),
        (TypeFlags::IS_EXCEPTION, 30),
        (TypeFlags::IS_TYPE, 31),
    ];
    for (flag, bit) in table {
        if class.has(*flag) {
            bits |= 1 << bit;
        }
    }
    if class.slots().new.is_none() {
        bits |= 1 << 7;
    }
    bits
}

fn items_of(dict: &Dict) -> Vec<Value> {
    dict.items().into_iter().map(|(key, _)| key).collect()
}

impl Type {
    /// What a call of the class does with what `__new__` made.
    pub(crate) fn initialize(
        &self,
        object: &Value,
        args: &[Value],
        kwnames: Option<&Tuple>,
    ) -> PyResult<()> {
        match object.class().slots().init {
            Some(init) if object.is_instance(self) => init(object, args, kwnames),
            _ => Ok(()),
        }
    }
}

#[pymethods(more(crate::objects::type_methods::ACCESS))]
impl Type {
    #[pyslot]
    fn call(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        // SAFETY: the slot's caller checked the class.
        let class = unsafe { this.downcast_unchecked::<Type>() };
        if class.is_native::<Type>() {
            let keywords = kwnames.map_or(0, Tuple::len);
            if args.len() == 1 && keywords == 0 {
                return Ok(object_value(args[0].class()));
            }
            if args.len() - keywords != 3 {
                return Err(type_error("type() takes 1 or 3 arguments"));
            }
        }
        let Some(new) = class.slots().new else {
            return Err(type_error(format!(
                "cannot create '{}' instances",
                full_name(class)
            )));
        };
        let object = new(class, args, kwnames)?;
        class.initialize(&object, args, kwnames)?;
        Ok(object)
    }
    #[pyslot]
    fn new(metaclass: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let positional = args.len() - kwnames.map_or(0, Tuple::len);
        if positional != 3 {
            return Err(type_error(format!(
                "type.__new__() takes exactly 3 arguments ({positional} given)"
            )));
        }
        let wrong = |position: usize, expected: &str| {
            type_error(format!(
                "type.__new__() argument {position} must be {expected}, not {}",
                args[position - 1].class().name()
            ))
        };
        let name = args[0].downcast::<Str>().ok_or_else(|| wrong(1, "str"))?;
        let bases = args[1]
            .downcast::<Tuple>()
            .ok_or_else(|| wrong(2, "tuple"))?;
        let namespace = args[2].downcast::<Dict>().ok_or_else(|| wrong(3, "dict"))?;
        for base in bases.as_slice() {
            if base.downcast::<Type>().is_none()
                && base.class().lookup(&names::MRO_ENTRIES).is_some()
            {
                return Err(type_error(
                    "type() doesn't support MRO entry resolution; use types.new_class()",
                ));
            }
        }
        let winner = class_new::calculate_metaclass(metaclass, bases.as_slice())?;
        if !std::ptr::eq(&*winner, metaclass)
            && let Some(new) = winner.slots().new
            && !winner.slots().same(SlotId::new, Type::class().slots())
        {
            return new(&winner, args, kwnames);
        }
        let mut keywords = Vec::new();
        for (keyword, value) in kwnames
            .map_or(&[][..], Tuple::as_slice)
            .iter()
            .zip(&args[positional..])
        {
            if let Some(keyword) = keyword.downcast::<Str>() {
                keywords.push((Ref::from_ref(keyword), value.clone()));
            }
        }
        class_new::new_class(&winner, name, bases, namespace, &keywords)
    }
    #[pyslot]
    fn init(_this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
        let keywords = kwnames.map_or(0, Tuple::len);
        let positional = args.len() - keywords;
        if keywords != 0 && positional == 1 {
            return Err(type_error("type.__init__() takes no keyword arguments"));
        }
        if positional != 1 && positional != 3 {
            return Err(type_error("type.__init__() takes 1 or 3 arguments"));
        }
        Ok(())
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        Ok(format!("<class '{}'>", full_name(self)))
    }
    #[pyslot]
    fn or(left: &Value, right: &Value) -> PyResult {
        crate::objects::union::type_or(left, right)
    }
    #[pygetset]
    fn __name__(&self) -> Value {
        self.name_object().into_value()
    }
    #[pysetter(__name__)]
    fn set_name(&self, value: Option<&Value>) -> PyResult<()> {
        self.check_assignment("__name__", value)?;
        let name = self.string_for("__name__", value)?;
        if name.code_points().any(|c| c == 0) {
            return Err(value_error("type name must not contain null characters"));
        }
        // SAFETY: the old name is dropped after the new one is in place.
        drop(unsafe { std::ptr::replace(self.name.get(), name) });
        Ok(())
    }
    #[pygetset]
    fn __qualname__(&self) -> Value {
        self.qualname_object().into_value()
    }
    #[pysetter(__qualname__)]
    fn set_qualname(&self, value: Option<&Value>) -> PyResult<()> {
        self.check_assignment("__qualname__", value)?;
        let name = self.string_for("__qualname__", value)?;
        // SAFETY: as above.
        drop(unsafe { std::ptr::replace(self.qualname.get(), name) });
        Ok(())
    }
    #[pygetset]
    fn __module__(&self) -> PyResult {
        match self.dict().get_str(&names::MODULE) {
            // What `type` itself has under this name is the property, not its module.
            Some(module) if self.is_heap() || module.downcast::<Str>().is_some() => Ok(module),
            _ if !self.is_heap() => Ok(Str::intern("builtins").into_value()),
            _ => Err(missing_special(&object_value(self), &names::MODULE)),
        }
    }
    #[pysetter(__module__)]
    fn set_module(&self, value: Option<&Value>) -> PyResult<()> {
        self.check_assignment("__module__", value)?;
        self.set_own(&names::MODULE, value.cloned());
        self.set_own(&names::FIRSTLINENO, None);
        Ok(())
    }
    #[pygetset]
    fn __mro__(&self) -> Value {
        self.mro().into_value()
    }
    #[pygetset]
    fn __base__(&self) -> Value {
        self.base().map_or_else(Value::none, object_value)
    }
    #[pygetset]
    fn __bases__(&self) -> Value {
        self.bases().into_value()
    }
    #[pysetter(__bases__)]
    fn assign_bases(&self, value: Option<&Value>) -> PyResult<()> {
        self.check_assignment("__bases__", value)?;
        match value {
            Some(bases) => class_new::set_bases(self, bases),
            None => Ok(()),
        }
    }
    #[pygetset]
    fn __dict__(&self) -> Value {
        MappingProxy::wrap(self.dict().to_value())
    }
    #[pygetset]
    fn __doc__(&self) -> PyResult {
        // A builtin class may have its instances' `__doc__` in its dict.
        let (_, text) = split_signature(self.doc.get());
        if !self.is_heap() && !text.is_empty() {
            return Ok(Str::new(text).into_value());
        }
        let Some(doc) = self.dict().get_str(&names::DOC) else {
            return Ok(Value::none());
        };
        match doc.class().slots().descr_get {
            Some(get) => get(&doc, None, Some(self)),
            None => Ok(doc),
        }
    }
    #[pysetter(__doc__)]
    fn set_doc(&self, value: Option<&Value>) -> PyResult<()> {
        self.check_assignment("__doc__", value)?;
        self.set_own(&names::DOC, value.cloned());
        Ok(())
    }
    #[pygetset]
    fn __text_signature__(&self) -> Value {
        let (signature, _) = split_signature(self.doc.get());
        match signature.and_then(|text| text.find('(').map(|at| &text[at..])) {
            Some(text) if !self.is_heap() => Str::new(text).into_value(),
            _ => Value::none(),
        }
    }
    #[pygetset]
    fn __abstractmethods__(&self) -> PyResult {
        if !self.is_native::<Type>()
            && let Some(methods) = self.dict().get_str(&names::ABSTRACTMETHODS)
        {
            return Ok(methods);
        }
        Err(missing_special(
            &object_value(self),
            &names::ABSTRACTMETHODS,
        ))
    }
    #[pysetter(__abstractmethods__)]
    fn set_abstractmethods(&self, value: Option<&Value>) -> PyResult<()> {
        let is_abstract = match value {
            Some(methods) => abstract_ops::is_true(methods)?,
            None => false,
        };
        if !self.set_own(&names::ABSTRACTMETHODS, value.cloned()) && value.is_none() {
            return Err(missing_special(
                &object_value(self),
                &names::ABSTRACTMETHODS,
            ));
        }
        self.set_flags(TypeFlags::ABSTRACT, is_abstract);
        Ok(())
    }
    #[pygetset]
    fn __annotations__(&self) -> PyResult {
        if !self.is_heap() {
            return Err(type_attribute_error(self, &names::ANNOTATIONS));
        }
        let stored = self.dict().get_str(&names::ANNOTATIONS);
        if let Some(found) = stored.or_else(|| self.dict().get_str(&names::ANNOTATIONS_CACHE)) {
            return match found.class().slots().descr_get {
                Some(get) => get(&found, None, Some(self)),
                None => Ok(found),
            };
        }
        let annotate = self.__annotate__()?;
        let annotations = if abstract_ops::is_callable(&annotate) {
            annotations_from(&annotate)?
        } else {
            Dict::make().into_value()
        };
        self.set_own(&names::ANNOTATIONS_CACHE, Some(annotations.clone()));
        Ok(annotations)
    }
    #[pysetter(__annotations__)]
    fn set_annotations(&self, value: Option<&Value>) -> PyResult<()> {
        if self.has(TypeFlags::IMMUTABLE) {
            return Err(type_error(format!(
                "cannot set '__annotations__' attribute of immutable type '{}'",
                self.name()
            )));
        }
        let stored = self.dict().get_str(&names::ANNOTATIONS).is_some();
        let name: &Str = if stored {
            &names::ANNOTATIONS
        } else {
            &names::ANNOTATIONS_CACHE
        };
        let existed = self.set_own(name, value.cloned());
        if value.is_none() && !existed {
            return Err(missing_special(&object_value(self), &names::ANNOTATIONS));
        }
        self.set_own(&names::ANNOTATE_FUNC, None);
        self.set_own(&names::ANNOTATE, None);
        Ok(())
    }
    #[pygetset]
    fn __annotate__(&self) -> PyResult {
        if !self.is_heap() {
            return Err(type_attribute_error(self, &names::ANNOTATE));
        }
        let stored = self.dict().get_str(&names::ANNOTATE_FUNC);
        match stored.or_else(|| self.dict().get_str(&names::ANNOTATE)) {
            Some(found) => match found.class().slots().descr_get {
                Some(get) => get(&found, None, Some(self)),
                None => Ok(found),
            },
            None => {
                self.set_own(&names::ANNOTATE_FUNC, Some(Value::none()));
                Ok(Value::none())
            }
        }
    }
    #[pysetter(__annotate__)]
    fn set_annotate(&self, value: Option<&Value>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(type_error("cannot delete __annotate__ attribute"));
        };
        if self.has(TypeFlags::IMMUTABLE) {
            return Err(type_error(format!(
                "cannot set '__annotate__' attribute of immutable type '{}'",
                self.name()
            )));
        }
        if !value.is_none() && !abstract_ops::is_callable(value) {
            return Err(type_error("__annotate__ must be callable or None"));
        }
        self.set_own(&names::ANNOTATE_FUNC, Some(value.clone()));
        if !value.is_none() {
            self.set_own(&names::ANNOTATIONS_CACHE, None);
        }
        Ok(())
    }
    #[pygetset]
    fn __type_params__(&self) -> PyResult {
        if self.is_native::<Type>() {
            return Ok(Tuple::empty().into_value());
        }
        Ok(self
            .dict()
            .get_str(&names::TYPE_PARAMS)
            .unwrap_or_else(|| Tuple::empty().into_value()))
    }
    #[pysetter(__type_params__)]
    fn set_type_params(&self, value: Option<&Value>) -> PyResult<()> {
        self.check_assignment("__type_params__", value)?;
        if let Some(value) = value
            && value.downcast::<Tuple>().is_none()
        {
            return Err(type_error("__type_params__ must be set to a tuple"));
        }
        self.set_own(&names::TYPE_PARAMS, value.cloned());
        Ok(())
    }
    #[pygetset]
    fn __basicsize__(&self) -> i64 {
        self.basic_size() as i64
    }
    #[pygetset]
    fn __itemsize__(&self) -> i64 {
        match () {
            _ if self.has(TypeFlags::IS_INT) => 4,
            _ if self.has(TypeFlags::IS_TYPE) => 40,
            _ if self.has(TypeFlags::IS_STR) || !self.is_variable() => 0,
            _ if self.has(TypeFlags::IS_BYTES) => 1,
            _ => 8,
        }
    }
    #[pygetset]
    fn __flags__(&self) -> i64 {
        cpython_flags(self)
    }
    #[pygetset]
    fn __dictoffset__(&self) -> i64 {
        if self.has(TypeFlags::HAS_DICT) { -1 } else { 0 }
    }
    #[pygetset]
    fn __weakrefoffset__(&self) -> i64 {
        if self.has(TypeFlags::HAS_WEAKREF) {
            self.basic_size() as i64
        } else {
            0
        }
    }
    /// Return a type's method resolution order.
    #[pymethod("mro($self, /)")]
    fn compute(&self) -> PyResult {
        Ok(List::make(class_new::compute_mro(self, self.bases().as_slice())?).into_value())
    }
    /// Return a list of immediate subclasses.
    #[pymethod("__subclasses__($self, /)")]
    fn __subclasses__(&self) -> Value {
        List::make(self.live_subclasses()).into_value()
    }
    /// Used to set up the namespace of the class statement.
    #[pyclassmethod("__prepare__", raw)]
    fn __prepare__(_args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        Ok(Dict::make().into_value())
    }
    /// Check if an object is an instance.
    #[pymethod("__instancecheck__($self, instance, /)")]
    fn __instancecheck__(this: &Value, instance: &Value) -> PyResult<bool> {
        abstract_ops::plain_isinstance(instance, this)
    }
    /// Check if a class is a subclass.
    #[pymethod("__subclasscheck__($self, subclass, /)")]
    fn __subclasscheck__(this: &Value, subclass: &Value) -> PyResult<bool> {
        abstract_ops::plain_issubclass(subclass, this)
    }
    /// Specialized __dir__ implementation for types.
    #[pymethod("__dir__($self, /)")]
    fn __dir__(this: &Value) -> PyResult {
        let found = Dict::make();
        crate::objects::object::merge_class_names(this, &found)?;
        Ok(List::make(items_of(&found)).into_value())
    }
    /// Return memory consumption of the type object.
    #[pymethod("__sizeof__($self, /)")]
    fn __sizeof__(&self) -> usize {
        size_of::<Type>()
    }
}

impl Type {
    fn string_for(&self, attribute: &str, value: Option<&Value>) -> PyResult<Ref<Str>> {
        match value.and_then(|value| value.downcast::<Str>()) {
            Some(text) => Ok(Ref::from_ref(text)),
            None => Err(type_error(format!(
                "can only assign string to {}.{attribute}, not '{}'",
                self.name(),
                value.map(|value| value.class().name()).unwrap_or_default()
            ))),
        }
    }
}
