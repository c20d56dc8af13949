//! The bridge between special methods and slots, both ways, from one table.
//!
//! A class in Rust has slots; for each the table says which special methods show it to Python
//! (`slot wrapper` objects in the class's dict). A class in Python has special methods; for each slot
//! the table has a function that looks the method up and calls it. When a class inherits a slot
//! wrapper that belongs to the very slot, the function behind it is taken over directly.

mod from_python;
pub use from_python::{is_python_iterator, next_or_raise};
mod to_python;

use crate::exceptions::{PyResult, type_error};
use crate::gc::Field;
use crate::names;
use crate::object::{Header, Ref};
use crate::objects::class::{SlotId, Type, TypeSlots};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use std::cell::UnsafeCell;
use std::collections::HashMap;
use taipan_macros::{pyclass, pymethods};

/// Calls a slot as Python sees it: arguments without `self`.
pub type WrapperCall = fn(&TypeSlots, &Value, &[Value], Option<&Tuple>) -> PyResult;

pub struct SlotDef {
    pub name: &'static str,
    pub slot: SlotId,
    pub call: WrapperCall,
    pub doc: &'static str,
    /// Puts the function that calls Python's method into the slot.
    pub install: fn(&mut TypeSlots),
    pub signature: &'static str,
}

pub use to_python::SLOT_DEFS;

/// A slot of a class in Rust, seen from Python: `int.__add__`.
#[pyclass(
    name = "wrapper_descriptor",
    module = "builtins",
    gc,
    final,
    method_descriptor
)]
#[repr(C)]
pub struct SlotWrapper {
    header: Header,
    pub owner: Ref<Type>,
    #[no_gc]
    pub def: &'static SlotDef,
}

#[pymethods]
impl SlotWrapper {
    #[pyslot]
    fn descr_get(this: &Value, object: Option<&Value>, _owner: Option<&Type>) -> PyResult {
        match object {
            None => Ok(this.clone()),
            Some(object) => Ok(Ref::new(MethodWrapper {
                header: Header::fresh(),
                // SAFETY: the receiver's class was checked by the slot's caller.
                wrapper: Ref::from_ref(unsafe { this.downcast_unchecked::<SlotWrapper>() }),
                object: Field::new(object.clone()),
            })
            .into_value()),
        }
    }
    #[pyslot]
    fn call(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        // SAFETY: as above.
        let this = unsafe { this.downcast_unchecked::<SlotWrapper>() };
        let positional = args.len() - kwnames.map_or(0, Tuple::len);
        let owner = this.owner.name();
        if positional == 0 {
            return Err(type_error(format!(
                "descriptor '{}' of '{owner}' object needs an argument",
                this.def.name
            )));
        }
        if !args[0].is_instance(&this.owner) {
            return Err(type_error(format!(
                "descriptor '{}' requires a '{owner}' object but received a '{}'",
                this.def.name,
                args[0].class().name()
            )));
        }
        (this.def.call)(this.owner.slots(), &args[0], &args[1..], kwnames)
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        Ok(format!(
            "<slot wrapper '{}' of '{}' objects>",
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
    fn __text_signature__(&self) -> &'static str {
        self.def.signature
    }
}

/// A slot wrapper bound to an object: `(1).__add__`.
#[pyclass(name = "method-wrapper", module = "builtins", gc, final)]
#[repr(C)]
pub struct MethodWrapper {
    header: Header,
    pub wrapper: Ref<SlotWrapper>,
    pub object: Field<Value>,
}

#[pymethods]
impl MethodWrapper {
    #[pyslot]
    fn call(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        // SAFETY: the receiver's class was checked by the slot's caller.
        let this = unsafe { this.downcast_unchecked::<MethodWrapper>() };
        (this.wrapper.def.call)(
            this.wrapper.owner.slots(),
            &this.object.get(),
            args,
            kwnames,
        )
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        let object = self.object.get();
        Ok(format!(
            "<method-wrapper '{}' of {} object at {:#x}>",
            self.wrapper.def.name,
            object.class().name(),
            object.raw().0
        ))
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: crate::objects::class::CompareOp) -> PyResult {
        use crate::objects::class::CompareOp;
        let (Some(a), Some(b)) = (
            this.downcast::<MethodWrapper>(),
            other.downcast::<MethodWrapper>(),
        ) else {
            return Ok(Value::not_implemented());
        };
        let same = std::ptr::eq(a.wrapper.def, b.wrapper.def) && a.object.get().is(&b.object.get());
        Ok(match op {
            CompareOp::Eq => Value::bool(same),
            CompareOp::Ne => Value::bool(!same),
            _ => Value::not_implemented(),
        })
    }
    #[pyslot]
    fn hash(this: &Value) -> PyResult<i64> {
        // SAFETY: as above.
        let this = unsafe { this.downcast_unchecked::<MethodWrapper>() };
        Ok((this.object.get().raw().0 >> 4) as i64 ^ this.wrapper.def as *const SlotDef as i64)
    }
    #[pygetset]
    fn __self__(&self) -> Value {
        self.object.get()
    }
    #[pygetset]
    fn __name__(&self) -> &'static str {
        self.wrapper.def.name
    }
    #[pygetset]
    fn __qualname__(&self) -> String {
        self.wrapper.__qualname__()
    }
    #[pygetset]
    fn __objclass__(&self) -> Value {
        self.wrapper.owner.to_value()
    }
    #[pygetset]
    fn __doc__(&self) -> &'static str {
        self.wrapper.def.doc
    }
    #[pygetset]
    fn __text_signature__(&self) -> &'static str {
        self.wrapper.def.signature
    }
}

/// Puts slot wrappers for a native class's own slots into its dict (those that differ from the base's).
pub fn add_wrappers(class: &'static Type) {
    let base = class.base().map(|b| *b.slots()).unwrap_or(TypeSlots::EMPTY);
    for def in SLOT_DEFS {
        let slots = class.slots();
        // Only classes in Python take attributes in two steps.
        if def.name == "__getattr__" {
            continue;
        }
        if !slots.is_set(def.slot) || slots.same(def.slot, &base) {
            continue;
        }
        let name = Str::intern(def.name);
        if class.dict().get_str(&name).is_some() {
            continue;
        }
        let wrapper = Ref::new(SlotWrapper {
            header: Header::fresh(),
            owner: Ref::from_ref(class),
            def,
        });
        class.dict().set_str(&name, wrapper.into_value());
    }
    // Where `__hash__` has no function, the class says that its instances have none.
    if class.slots().hash.is_none() && class.slots().richcompare.is_some() {
        class.dict().set_str(&names::HASH, Value::none());
    }
}

/// The special methods by slot and by name.
struct Table {
    by_slot: Vec<Vec<(&'static SlotDef, Ref<Str>)>>,
    /// Interned names live for ever: their addresses tell them apart.
    by_name: HashMap<usize, Vec<SlotId>>,
}
struct Global(UnsafeCell<Option<Table>>);
// SAFETY: guarded by the GIL.
unsafe impl Sync for Global {}
static TABLE: Global = Global(UnsafeCell::new(None));

fn table() -> &'static Table {
    // SAFETY: made once, under the GIL, by what runs no Python code.
    unsafe {
        (*TABLE.0.get()).get_or_insert_with(|| {
            let named = |def: &'static SlotDef| (def, Str::intern(def.name));
            let of_slot = |&slot: &SlotId| {
                let defs = SLOT_DEFS.iter().filter(|def| def.slot == slot);
                defs.map(named).collect()
            };
            let mut by_name = HashMap::new();
            for (def, name) in SLOT_DEFS.iter().map(named) {
                let slots: &mut Vec<SlotId> = by_name.entry(name.as_ptr() as usize).or_default();
                slots.push(def.slot);
            }
            Table {
                by_slot: SlotId::ALL.iter().map(of_slot).collect(),
                by_name,
            }
        })
    }
}

/// The slots behind a special method.
fn slots_named(name: &Str) -> &'static [SlotId] {
    if name.len() < 5 || name.char_at(0) != u32::from('_') {
        return &[];
    }
    let name = name.interned().as_ptr() as usize;
    table().by_name.get(&name).map_or(&[], Vec::as_slice)
}

/// Sets the slots of a new class. One that has its base's method resolution order behind it differs from the base
/// only by its own special methods.
pub fn set_up_slots(class: &Type) {
    let Some(base) = class.base() else {
        return update_slots(class);
    };
    let (mro, of_base) = (class.mro(), base.mro());
    let same = |(a, b): (&Value, &Value)| a.is(b);
    let behind = &mro.as_slice()[1..];
    if behind.len() != of_base.len() || !behind.iter().zip(of_base.as_slice()).all(same) {
        return update_slots(class);
    }
    *class.slots_mut() = *base.slots();
    let mut own = Vec::new();
    let mut position = 0;
    while let Some((key, _)) = class.dict().peek_next(&mut position) {
        if let Some(name) = key.downcast::<Str>() {
            own.extend_from_slice(slots_named(name));
        }
    }
    for slot in own {
        update_slot(class, slot);
    }
    crate::objects::class_new::update_attribute_flags(class);
}

/// Sets the slots of a class in Python from its attributes and its bases'.
pub fn update_slots(class: &Type) {
    for &slot in SlotId::ALL {
        update_slot(class, slot);
    }
    crate::objects::class_new::update_attribute_flags(class);
}

/// After `class.name = …`: sets the slots behind this special method, here and in subclasses.
pub fn update_slots_for(class: &Type, name: &Str) {
    let slots = slots_named(name);
    if slots.is_empty() {
        return;
    }
    fn visit(class: &Type, slots: &[SlotId]) {
        for &slot in slots {
            update_slot(class, slot);
        }
        crate::objects::class_new::update_attribute_flags(class);
        // SAFETY: no Python code runs while the subclasses are visited.
        for &subclass in unsafe { &*class.subclasses.get() } {
            // SAFETY: subclasses remove themselves when they die.
            visit(unsafe { &*subclass }, slots);
        }
    }
    visit(class, slots);
}

fn update_slot(class: &Type, slot: SlotId) {
    let defs = &table().by_slot[slot as usize];
    if defs.is_empty() {
        // Slots without a special method come from the base.
        if let Some(base) = class.base() {
            let from = *base.slots();
            class.slots_mut().copy(slot, &from);
        }
        return;
    }
    if slot == SlotId::new {
        return update_new(class);
    }
    class.slots_mut().unset(slot);
    let mut native: Option<Ref<Type>> = None;
    let mut generic = None;
    for &(def, ref name) in defs {
        let Some(found) = class.lookup(name) else {
            continue;
        };
        match found.downcast_exact::<SlotWrapper>() {
            Some(wrapper) if wrapper.def.slot == slot && generic.is_none() => match &native {
                Some(other) if !other.slots().same(slot, wrapper.owner.slots()) => {
                    generic = Some(def)
                }
                _ => native = Some(wrapper.owner.clone()),
            },
            // `list.__add__` fills the slot for concatenation, not the one for addition.
            Some(wrapper) if wrapper.def.slot != slot && wrapper.def.name == def.name => {}
            _ if slot == SlotId::hash && found.is_none() => {
                class.slots_mut().hash = None;
                return;
            }
            _ => generic = Some(def),
        }
    }
    if let Some(def) = generic {
        (def.install)(class.slots_mut());
    } else if let Some(owner) = native {
        class.slots_mut().copy(slot, owner.slots());
    }
}

/// The slot of `__new__`. What a native class has there is a function that calls the slot of *its* class: where
/// that is found the slot stays as it is, even if it was made for a `__new__` in Python that is gone.
fn update_new(class: &Type) {
    let Some(def) = SLOT_DEFS.iter().find(|def| def.slot == SlotId::new) else {
        return;
    };
    let Some(found) = class.lookup(&names::NEW) else {
        return;
    };
    let of_native_class = found
        .downcast_exact::<crate::objects::builtin_function::BuiltinFunction>()
        .is_some_and(|function| function.constructor_of().is_some());
    if !of_native_class {
        (def.install)(class.slots_mut());
    } else if !class.slots().is_set(SlotId::new)
        && let Some(base) = class.base()
    {
        let from = *base.slots();
        class.slots_mut().copy(SlotId::new, &from);
    }
}
