//! Makes classes at run time: `type(name, bases, namespace)`.

use crate::abstract_ops;
use crate::exceptions::{self, PyResult, type_error, value_error};
use crate::memory;
use crate::names;
use crate::native::NativeClass;
use crate::object::{Ref, object_value};
use crate::objects::class::{Type, TypeFlags, TypeSlots};
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use crate::objects::member::Member;
use crate::objects::object::Object;
use crate::objects::slot_wrapper;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;

/// C3 linearization of a class with these bases.
pub fn compute_mro(class: &Type, bases: &[Value]) -> PyResult<Vec<Value>> {
    let mut lists: Vec<Vec<Value>> = Vec::new();
    for base in bases {
        let base = base
            .downcast::<Type>()
            .ok_or_else(|| type_error("bases must be types"))?;
        lists.push(base.mro().as_slice().to_vec());
    }
    lists.push(bases.to_vec());
    for (i, base) in bases.iter().enumerate() {
        if bases[..i].iter().any(|b| b.is(base)) {
            let name = base
                .downcast::<Type>()
                .map(|t| t.name())
                .unwrap_or_default();
            return Err(type_error(format!("duplicate base class {name}")));
        }
    }
    let mut mro = vec![object_value(class)];
    let mut heads = vec![0; lists.len()];
    loop {
        let mut pending = false;
        let mut chosen = None;
        for (list, &head) in lists.iter().zip(&heads) {
            let Some(candidate) = list.get(head) else {
                continue;
            };
            pending = true;
            let in_tail = lists
                .iter()
                .zip(&heads)
                .any(|(other, &h)| other.iter().skip(h + 1).any(|c| c.is(candidate)));
            if !in_tail {
                chosen = Some(candidate.clone());
                break;
            }
        }
        match chosen {
            Some(next) => {
                for (list, head) in lists.iter().zip(heads.iter_mut()) {
                    if list.get(*head).is_some_and(|c| c.is(&next)) {
                        *head += 1;
                    }
                }
                mro.push(next);
            }
            None if pending => {
                let mut open = Vec::new();
                for (list, &head) in lists.iter().zip(&heads) {
                    if let Some(c) = list.get(head)
                        && !open.iter().any(|o: &Value| o.is(c))
                    {
                        open.push(c.clone());
                    }
                }
                let names: Vec<String> = open
                    .iter()
                    .map(|c| c.downcast::<Type>().map(|t| t.name()).unwrap_or_default())
                    .collect();
                return Err(type_error(format!(
                    "Cannot create a consistent method resolution order (MRO) for bases {}",
                    names.join(", ")
                )));
            }
            None => return Ok(mro),
        }
    }
}

/// The metaclass that wins among `metaclass` and those of the bases.
pub fn calculate_metaclass(metaclass: &Type, bases: &[Value]) -> PyResult<Ref<Type>> {
    let mut winner = Ref::from_ref(metaclass);
    for base in bases {
        let other = base.class();
        if winner.is_subclass(other) {
            continue;
        }
        if other.is_subclass(&winner) {
            winner = Ref::from_ref(other);
            continue;
        }
        return Err(type_error(
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
        ));
    }
    Ok(winner)
}

/// The class whose layout decides: where in the base chain fields were last added.
fn solid_base(class: &Type) -> &Type {
    let Some(base) = class.base() else {
        return class;
    };
    let own_fields = if class.is_heap() {
        class.basic_size() != base.basic_size()
    } else {
        class.basic_size() != base.basic_size() || class.is_variable() != base.is_variable()
    };
    if own_fields { class } else { solid_base(base) }
}

/// The base whose layout instances get.
fn best_base(bases: &[Value]) -> PyResult<Ref<Type>> {
    let mut winner: Option<&Type> = None;
    let mut best: Option<&Type> = None;
    for base in bases {
        let Some(base) = base.downcast::<Type>() else {
            return Err(type_error("bases must be types"));
        };
        if !base.is_basetype() {
            return Err(type_error(format!(
                "type '{}' is not an acceptable base type",
                base.name()
            )));
        }
        let candidate = solid_base(base);
        match winner {
            None => {
                winner = Some(candidate);
                best = Some(base);
            }
            Some(w) if w.is_subclass(candidate) => {}
            Some(w) if candidate.is_subclass(w) => {
                winner = Some(candidate);
                best = Some(base);
            }
            Some(_) => return Err(type_error("multiple bases have instance lay-out conflict")),
        }
    }
    Ok(Ref::from_ref(best.expect("there is at least one base")))
}

/// Private names in `__slots__` are mangled like those in methods.
fn mangle(class: &Str, name: &Str) -> Ref<Str> {
    let (class, text) = (class.to_rust(), name.to_rust());
    let class = class.trim_start_matches('_');
    if text.starts_with("__") && !text.ends_with("__") && !class.is_empty() && !text.contains('.') {
        return Str::intern(&format!("_{class}{text}"));
    }
    name.interned()
}

/// `type.__new__(metaclass, name, bases, namespace, **kwargs)`.
pub fn new_class(
    metaclass: &Type,
    name: &Str,
    bases: &Tuple,
    namespace: &Dict,
    keywords: &[(Ref<Str>, Value)],
) -> PyResult {
    let mut bases: Vec<Value> = bases.as_slice().to_vec();
    for base in &bases {
        if base.downcast::<Type>().is_none() {
            if base.class().lookup(&names::MRO_ENTRIES).is_some() {
                return Err(type_error(
                    "type() doesn't support MRO entry resolution; use types.new_class()",
                ));
            }
            return Err(type_error("bases must be types"));
        }
    }
    if name.code_points().any(|c| c == 0) {
        return Err(value_error("type name must not contain null characters"));
    }
    if bases.is_empty() {
        bases.push(object_value(Object::class()));
    }
    let base = best_base(&bases)?;
    let dict = namespace.copy();

    // Layout.
    let slots = dict.get_str(&names::SLOTS);
    let base_has_dict = bases.iter().any(|b| {
        b.downcast::<Type>()
            .is_some_and(|t| t.has(TypeFlags::HAS_DICT))
    });
    let base_has_weakref = bases.iter().any(|b| {
        b.downcast::<Type>()
            .is_some_and(|t| t.has(TypeFlags::HAS_WEAKREF))
    });
    let mut may_have_dict = base_has_dict;
    let mut may_have_weakref = base_has_weakref;
    let mut members: Vec<Ref<Str>> = Vec::new();
    let mut slot_docs: Option<Value> = None;
    match &slots {
        None => {
            may_have_dict = true;
            may_have_weakref = true;
        }
        Some(slots) => {
            let listed = match slots.downcast::<Str>() {
                Some(_) => vec![slots.clone()],
                None => abstract_ops::to_vec(slots)?,
            };
            if slots.downcast::<Dict>().is_some() {
                slot_docs = Some(slots.clone());
            }
            // CPython's instances of these vary in size, those of str do not.
            let varies =
                TypeFlags::IS_INT | TypeFlags::IS_BYTES | TypeFlags::IS_TUPLE | TypeFlags::IS_TYPE;
            let takes_slots = !base.flags().intersects(varies);
            if !listed.is_empty() && !takes_slots {
                return Err(type_error(format!(
                    "nonempty __slots__ not supported for subtype of '{}'",
                    base.name()
                )));
            }
            for slot in listed {
                let Some(slot_name) = slot.downcast::<Str>() else {
                    return Err(type_error(format!(
                        "__slots__ items must be strings, not '{}'",
                        slot.class().name()
                    )));
                };
                if !crate::text::unicode::is_identifier(slot_name.units()) {
                    return Err(type_error("__slots__ must be identifiers"));
                }
                if slot_name.is_text("__dict__") {
                    if may_have_dict {
                        return Err(type_error("__dict__ slot disallowed: we already got one"));
                    }
                    may_have_dict = true;
                } else if slot_name.is_text("__weakref__") {
                    if may_have_weakref {
                        return Err(type_error(
                            "__weakref__ slot disallowed: we already got one",
                        ));
                    }
                    may_have_weakref = true;
                } else {
                    let mangled = mangle(name, slot_name);
                    if namespace.get_str(&mangled).is_some()
                        && !mangled.is_text("__qualname__")
                        && !mangled.is_text("__classcell__")
                        && !mangled.is_text("__classdictcell__")
                    {
                        return Err(value_error(format!(
                            "'{mangled}' in __slots__ conflicts with class variable"
                        )));
                    }
                    members.push(mangled);
                }
            }
            members.sort_by(|a, b| a.compare(b));
        }
    }
    if base.native().is_native::<Type>() {
        // A class keeps its attributes in its own dict.
        may_have_dict = false;
    }
    // The extension word follows the members; where a base with a dictionary has it already, ours lies
    // behind new members, and the base's stays unused.
    let start = base.basic_size().next_multiple_of(8);
    let basic_size = start + 8 * members.len();
    // Where the native part varies in size, slots are counted from its end.
    let start = match base.is_variable() {
        true => start - base.native().basic_size().next_multiple_of(8),
        false => start,
    };

    let mut flags = TypeFlags::HEAP | TypeFlags::BASETYPE;
    let inherited = base.flags()
        & (TypeFlags::MATCH_SELF
            | TypeFlags::IS_INT
            | TypeFlags::IS_LIST
            | TypeFlags::IS_TUPLE
            | TypeFlags::IS_STR
            | TypeFlags::IS_BYTES
            | TypeFlags::IS_DICT
            | TypeFlags::IS_EXCEPTION
            | TypeFlags::IS_TYPE);
    flags |= inherited;
    flags.set(TypeFlags::HAS_DICT, may_have_dict);
    flags.set(TypeFlags::HAS_WEAKREF, may_have_weakref);

    let class = memory::allocate_instance(
        metaclass,
        Type::blank(Ref::from_ref(name), basic_size, flags, dict.clone()),
    );
    *class.slots_mut() = TypeSlots {
        drop: base.slots().drop,
        ..TypeSlots::EMPTY
    };
    class.slots_mut().variable_size = base.slots().variable_size;
    class.set_native(base.native());

    // Member slots: the base's, then ours.
    let mut offsets = base.member_offsets().to_vec();
    for i in 0..members.len() {
        offsets.push((start + 8 * i) as u32);
    }
    class.set_member_slots(offsets);

    // Attributes.
    if let Some(qualname) = dict.get_str(&names::QUALNAME) {
        let Ok(qualname) = Ref::<Str>::from_value(qualname.clone()) else {
            return Err(type_error(format!(
                "type __qualname__ must be a str, not {}",
                qualname.class().name()
            )));
        };
        // SAFETY: nobody else has the class yet.
        unsafe { *class.qualname.get() = qualname };
        dict.remove_str(&names::QUALNAME);
    }
    if dict.get_str(&names::MODULE).is_none()
        && let Some(module) =
            crate::interpreter::current_globals().and_then(|g| g.get_str(&names::NAME))
    {
        dict.set_str(&names::MODULE, module);
    }
    if dict.get_str(&names::DOC).is_none() {
        dict.set_str(&names::DOC, Value::none());
    }
    // A class that compares its own way is not hashable by inheritance.
    if dict.get_str(&names::EQ).is_some() && dict.get_str(&names::HASH).is_none() {
        dict.set_str(&names::HASH, Value::none());
    }
    {
        let special = &names::NEW;
        wrap_function(&dict, special, |f| {
            crate::objects::staticmethod::StaticMethod::wrap(f)
        });
    }
    for special in [&names::INIT_SUBCLASS, &names::CLASS_GETITEM] {
        wrap_function(&dict, special, |f| {
            crate::objects::classmethod::ClassMethod::wrap(f)
        });
    }
    let cell = dict.remove_str(&names::CLASSCELL);
    let dict_cell = dict.remove_str(&names::CLASSDICTCELL);
    for (i, member) in members.iter().enumerate() {
        let doc = match &slot_docs {
            Some(docs) => docs.downcast::<Dict>().and_then(|d| d.get_str(member)),
            None => None,
        };
        dict.set_str(member, Member::new(&class, member, start + 8 * i, doc));
    }
    if may_have_dict && !base_has_dict {
        dict.set_default(
            Ref::from_ref(names::DICT.get()).into_value(),
            crate::objects::getset::dict_getset(&class),
        )?;
    }
    if may_have_weakref && !base_has_weakref {
        dict.set_default(
            Ref::from_ref(names::WEAKREF.get()).into_value(),
            crate::objects::getset::weakref_getset(&class),
        )?;
    }

    // SAFETY: nobody else has the class yet.
    unsafe {
        *class.base.get() = Some(base.clone());
        *class.bases.get() = Tuple::from_slice(&bases);
    }
    let mro = class_mro(&class, metaclass, &bases)?;
    // SAFETY: as above.
    unsafe { *class.mro.get() = mro };
    inherit_collection(&class);
    for b in &bases {
        let b = b.downcast::<Type>().expect("checked above");
        // SAFETY: no iteration is under way.
        unsafe { (*b.subclasses.get()).push(&*class as *const Type) };
    }
    slot_wrapper::set_up_slots(&class);
    let capacity = static_attribute_count(&dict) + base.capacity() as usize;
    class.set_up_shapes(capacity.min(40) as u16);

    if let Some(cell) = cell {
        let Some(cell) = cell.downcast::<crate::objects::cell::CellObject>() else {
            return Err(type_error(format!(
                "type.__new__() argument '__classcell__' must be a nonlocal cell, not '{}'",
                cell.class().name()
            )));
        };
        cell.set(Some(class.to_value()));
    }
    if let Some(cell) = dict_cell
        && let Some(cell) = cell.downcast::<crate::objects::cell::CellObject>()
    {
        cell.set(Some(dict.to_value()));
    }
    let class_value = class.to_value();
    set_names(&class_value, &dict)?;
    init_subclass(&class, keywords)?;
    Ok(class_value)
}

/// What patterns take instances for is the answer of the first class in the order that has one.
fn inherit_collection(class: &Type) {
    const COLLECTION: TypeFlags = TypeFlags::SEQUENCE.union(TypeFlags::MAPPING);
    let mro = class.mro();
    let mut flags = mro.as_slice().iter().filter_map(|base| {
        let flags = base.downcast::<Type>()?.flags() & COLLECTION;
        (!flags.is_empty()).then_some(flags)
    });
    if let Some(flags) = flags.next() {
        class.set_flags(flags, true);
    }
}

/// Names that the class's methods assign on `self`: how much room instances will want.
fn static_attribute_count(dict: &Dict) -> usize {
    dict.get_str(&names::STATIC_ATTRIBUTES)
        .and_then(|v| v.downcast::<Tuple>().map(Tuple::len))
        .unwrap_or(0)
}

fn wrap_function(dict: &Dict, name: &Str, wrap: impl FnOnce(Value) -> Value) {
    if let Some(found) = dict.get_str(name)
        && found.downcast_exact::<Function>().is_some()
    {
        dict.set_str(name, wrap(found));
    }
}

/// The MRO, by the metaclass's `mro()` if it has its own.
pub fn class_mro(class: &Type, metaclass: &Type, bases: &[Value]) -> PyResult<Ref<Tuple>> {
    let own = metaclass
        .lookup_where(&names::MRO)
        .is_some_and(|(owner, _)| !owner.is_native::<Type>());
    if !own {
        return Ok(Tuple::new(compute_mro(class, bases)?));
    }
    let value = object_value(class);
    let answer = abstract_ops::call_special(&value, &names::MRO, &[])?.expect("type has mro");
    let items = abstract_ops::to_vec(&answer)?;
    for item in &items {
        let Some(c) = item.downcast::<Type>() else {
            return Err(type_error(format!(
                "mro() returned a non-class ('{}')",
                item.class().name()
            )));
        };
        if !class.native().is_subclass(solid_base(c).native()) {
            return Err(type_error(format!(
                "mro() returned base with unsuitable layout ('{}')",
                c.name()
            )));
        }
    }
    Ok(Tuple::new(items))
}

fn set_names(class: &Value, dict: &Dict) -> PyResult<()> {
    for (key, value) in dict.items() {
        let Some(method) = abstract_ops::lookup_special(&value, &names::SET_NAME)? else {
            continue;
        };
        if let Err(raised) = abstract_ops::call(&method, &[class.clone(), key.clone()]) {
            let name = class
                .downcast::<Type>()
                .map(|t| t.name())
                .unwrap_or_default();
            let key = abstract_ops::repr(&key)
                .map(|k| k.to_string())
                .unwrap_or_default();
            exceptions::add_note(&format!(
                "Error calling __set_name__ on '{}' instance {key} in '{name}'",
                value.class().name()
            ));
            return Err(raised);
        }
    }
    Ok(())
}

fn init_subclass(class: &Ref<Type>, keywords: &[(Ref<Str>, Value)]) -> PyResult<()> {
    let parent = crate::objects::super_::Super::make(class.clone(), class.to_value());
    let method = abstract_ops::getattr(&parent, &names::INIT_SUBCLASS)?;
    let kwnames = Tuple::new(
        keywords
            .iter()
            .map(|(k, _)| k.to_value())
            .collect::<Vec<_>>(),
    );
    let values: Vec<Value> = keywords.iter().map(|(_, v)| v.clone()).collect();
    abstract_ops::call_kw(
        &method,
        &values,
        if keywords.is_empty() {
            None
        } else {
            Some(&kwnames)
        },
    )?;
    Ok(())
}

/// Whether `LOAD_ATTR` and `STORE_ATTR` may go by shapes.
pub fn update_attribute_flags(class: &Type) {
    let generic_get = class.slots().getattro.is_some_and(|f| {
        std::ptr::fn_addr_eq(
            f,
            abstract_ops::generic_getattr as fn(&Value, &Str) -> PyResult,
        )
    });
    let generic_set = class.slots().setattro.is_some_and(|f| {
        std::ptr::fn_addr_eq(
            f,
            abstract_ops::generic_setattr as fn(&Value, &Str, Option<&Value>) -> PyResult<()>,
        )
    });
    class.set_flags(TypeFlags::GENERIC_GETATTR, generic_get);
    class.set_flags(TypeFlags::GENERIC_SETATTR, generic_set);
}

/// `class.__bases__ = …`.
pub fn set_bases(class: &Type, bases: &Value) -> PyResult<()> {
    let Some(new) = bases.downcast::<Tuple>() else {
        return Err(type_error(format!(
            "can only assign tuple to {}.__bases__, not {}",
            class.name(),
            bases.class().name()
        )));
    };
    if new.is_empty() {
        return Err(type_error(format!(
            "can only assign non-empty tuple to {}.__bases__, not ()",
            class.name()
        )));
    }
    for base in new.as_slice() {
        let Some(base) = base.downcast::<Type>() else {
            return Err(type_error(format!(
                "{}.__bases__ must be tuple of classes, not '{}'",
                class.name(),
                base.class().name()
            )));
        };
        if base.is_subclass(class) {
            return Err(type_error("a __bases__ item causes an inheritance cycle"));
        }
    }
    let base = best_base(new.as_slice())?;
    let old = class.base().expect("heap classes have a base");
    if !std::ptr::eq(solid_base(&base), solid_base(old))
        || base.has(TypeFlags::HAS_DICT) != old.has(TypeFlags::HAS_DICT)
            && !class.has(TypeFlags::HAS_DICT)
    {
        return Err(type_error(format!(
            "__bases__ assignment: '{}' object layout differs from '{}'",
            base.name(),
            old.name()
        )));
    }
    let mro = class_mro(class, class.header.class(), new.as_slice())?;
    let this = class as *const Type;
    // SAFETY: under the GIL; what is replaced is dropped after the class is consistent again.
    unsafe {
        for old in class.bases().as_slice() {
            if let Some(old) = old.downcast::<Type>() {
                (*old.subclasses.get()).retain(|c| *c != this);
            }
        }
        for new in new.as_slice() {
            (*new.downcast::<Type>().expect("checked").subclasses.get()).push(this);
        }
        let old_bases = std::ptr::replace(class.bases.get(), Ref::from_ref(new));
        let old_mro = std::ptr::replace(class.mro.get(), mro);
        let old_base = std::ptr::replace(class.base.get(), Some(base));
        class.modified();
        update_below(class)?;
        drop((old_bases, old_mro, old_base));
    }
    Ok(())
}

/// Recomputes MROs and slots below a class whose bases changed.
fn update_below(class: &Type) -> PyResult<()> {
    class.modified();
    slot_wrapper::update_slots(class);
    // SAFETY: copied at once.
    let subclasses: Vec<*const Type> = unsafe { (*class.subclasses.get()).clone() };
    for subclass in subclasses {
        // SAFETY: subclasses are alive while their base lists them.
        let subclass = unsafe { &*subclass };
        let mro = class_mro(
            subclass,
            subclass.header.class(),
            subclass.bases().as_slice(),
        )?;
        // SAFETY: under the GIL.
        drop(unsafe { std::ptr::replace(subclass.mro.get(), mro) });
        update_below(subclass)?;
    }
    Ok(())
}
