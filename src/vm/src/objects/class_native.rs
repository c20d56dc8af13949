//! Makes the classes that are written in Rust.

use crate::exceptions::{self, BaseException};
use crate::memory::heap;
use crate::native::{ClassItems, MethodKind, NativeClass};
use crate::object::{Header, Ref};
use crate::objects::builtin_function::{BuiltinFunction, MethodDescriptor, native_classmethod};
use crate::objects::class::{SlotId, Type, TypeCell, TypeFlags, TypeSlots};
use crate::objects::dict::Dict;
use crate::objects::getset::GetSet;
use crate::objects::slot_wrapper;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;

unsafe fn drop_native<T: NativeClass>(object: *mut Header) {
    // SAFETY: the deallocator calls this once for an instance of `T`'s class.
    unsafe { std::ptr::drop_in_place(object as *mut T) }
}
unsafe fn traverse_native<T: NativeClass>(object: *mut Header, visit: &mut dyn FnMut(&Value)) {
    // SAFETY: the collector calls this for live instances of `T`'s class.
    unsafe { (*(object as *const T)).traverse(visit) }
}
unsafe fn clear_native<T: NativeClass>(object: *mut Header) {
    // SAFETY: as above.
    unsafe { (*(object as *const T)).clear() }
}

/// Makes the type object of a native class; methods come with [`populate`].
///
/// Called in an order in which bases come first; `type`, `object`, `str`, `tuple` and `dict` need each
/// other and are patched by [`crate::init`].
pub fn create<T: NativeClass>() -> &'static Type {
    if T::cell().is_set() {
        return T::class();
    }
    let base = T::base();
    let class = create_raw(T::NAME, base, size_of::<T>(), T::cell(), T::DOC, |slots| {
        slots.drop = Some(drop_native::<T>);
        slots.traverse = Some(traverse_native::<T>);
        slots.clear = Some(clear_native::<T>);
    });
    class.set_class_flags(T::FLAGS);
    class.set_flags(extra_flags(T::FLAGS), true);
    class.items.set(Some(T::ITEMS));
    if T::MODULE == "builtins" {
        class.set_flags(kind_flag(T::NAME), true);
    }
    if class.has(TypeFlags::HAS_DICT) {
        class.set_up_shapes(0);
        T::cell().set(class, class.instance_shape());
    }
    if T::MODULE != "builtins" {
        class
            .dict()
            .set_str(&crate::names::MODULE, Str::intern(T::MODULE).into_value());
    }
    class
}

/// The class of a native module: made and filled in when the module is first imported.
pub fn ensure<T: NativeClass>() -> &'static Type {
    if !T::cell().is_set() {
        populate(create::<T>());
    }
    T::class()
}

/// The flag that says of a class, and of what derives from it, which builtin it is.
fn kind_flag(name: &str) -> TypeFlags {
    match name {
        "int" => TypeFlags::IS_INT,
        "list" => TypeFlags::IS_LIST,
        "tuple" => TypeFlags::IS_TUPLE,
        "str" => TypeFlags::IS_STR,
        "bytes" => TypeFlags::IS_BYTES,
        "dict" => TypeFlags::IS_DICT,
        "type" => TypeFlags::IS_TYPE,
        _ => TypeFlags::empty(),
    }
}

/// Flags a declaration can set beside `BASETYPE`.
fn extra_flags(flags: crate::native::ClassFlags) -> TypeFlags {
    use crate::native::ClassFlags;
    let mut out = TypeFlags::empty();
    out.set(TypeFlags::HAS_DICT, flags.contains(ClassFlags::DICT));
    out.set(TypeFlags::HAS_WEAKREF, flags.contains(ClassFlags::WEAKREF));
    out.set(TypeFlags::SEQUENCE, flags.contains(ClassFlags::SEQUENCE));
    out.set(TypeFlags::MAPPING, flags.contains(ClassFlags::MAPPING));
    out.set(
        TypeFlags::MATCH_SELF,
        flags.contains(ClassFlags::MATCH_SELF),
    );
    out.set(
        TypeFlags::METHOD_DESCRIPTOR,
        flags.contains(ClassFlags::METHOD_DESCRIPTOR),
    );
    out
}

fn create_raw(
    name: &str,
    base: Option<&'static Type>,
    size: usize,
    cell: &TypeCell,
    doc: &'static str,
    set_up: impl FnOnce(&mut TypeSlots),
) -> &'static Type {
    let dict = Dict::make();
    dict.header().make_immortal();
    let class = Type::blank(Str::intern(name), size, TypeFlags::IMMUTABLE, dict);
    // SAFETY: the type object is written whole; `type`'s own shape is patched in once it exists.
    let class: &'static Type = unsafe {
        let place = heap::allocate(size_of::<Type>(), true) as *mut Type;
        place.write(class);
        let shape = if Type::cell().is_set() {
            Type::cell().shape() as *const _
        } else {
            std::ptr::null()
        };
        (place as *mut Header).write(Header::new(shape));
        (*place).header.make_immortal();
        if size_of::<Type>() > heap::MAX_CELL {
            (*place).header.set(crate::object::flags::LARGE);
        }
        &*place
    };
    if let Some(base) = base {
        class.set_flags(
            base.flags()
                & !(TypeFlags::BASETYPE | TypeFlags::METHOD_DESCRIPTOR | TypeFlags::ABSTRACT),
            true,
        );
        // SAFETY: start-up; nobody else looks at the class yet.
        unsafe {
            *class.base.get() = Some(Ref::from_ref(base));
            (*base.subclasses.get()).push(class);
        }
    }
    set_up(class.slots_mut());
    class.set_native(class);
    class.doc.set(doc);
    class.set_up_shapes(0);
    cell.set(class, class.instance_shape());
    class
}

/// Fills in MRO, slots and dict of a native class.
pub fn populate(class: &'static Type) {
    let mut mro = vec![crate::object::object_value(class)];
    let mut base = class.base();
    while let Some(b) = base {
        mro.push(crate::object::object_value(b));
        base = b.base();
    }
    let bases: Vec<Value> = class
        .base()
        .map(crate::object::object_value)
        .into_iter()
        .collect();
    // SAFETY: start-up.
    unsafe {
        *class.mro.get() = Tuple::new(mro);
        *class.bases.get() = Tuple::new(bases);
        (*class.mro.get()).header().make_immortal();
    }
    if let Some(items) = class.items.get() {
        add_items(class, items);
    }
    let base_slots = class.base().map(|b| *b.slots());
    if let Some(base) = &base_slots {
        let own = *class.slots();
        for &slot in SlotId::ALL {
            let inherited = match slot {
                // A class that compares its own way is not hashable by inheritance.
                SlotId::hash => own.richcompare.is_none(),
                // What `object` makes has no native part: classes in Rust make their own instances.
                SlotId::new => class.base().is_none_or(|b| b.base().is_some()),
                _ => true,
            };
            if inherited && !own.is_set(slot) {
                class.slots_mut().copy(slot, base);
            }
        }
    }
    slot_wrapper::add_wrappers(class);
    let doc = class.doc.get();
    if class.dict().get_str(&crate::names::DOC).is_none() {
        let (_, text) = split_signature(doc);
        let doc = if text.is_empty() {
            Value::none()
        } else {
            Str::new(text).into_value()
        };
        class.dict().set_str(&crate::names::DOC, doc);
    }
    // A class that makes instances has `__new__` of its own.
    if class.slots().new.is_some()
        && !base_slots.is_some_and(|b| class.slots().same(crate::objects::class::SlotId::new, &b))
    {
        let new = BuiltinFunction::constructor(class);
        class.dict().set_str(&crate::names::NEW, new);
    }
    crate::objects::getset::add_dict_getsets(class);
    crate::objects::class_new::update_attribute_flags(class);
    class.instance_shape().class_is_complete();
}

/// `"($self)\n--\n\ntext"` → signature and text.
pub fn split_signature(doc: &'static str) -> (Option<&'static str>, &'static str) {
    match doc.split_once("\n--\n\n") {
        Some((signature, text)) => (Some(signature), text),
        None => (None, doc),
    }
}

fn add_items(class: &'static Type, items: &'static ClassItems) {
    (items.slots)(class.slots_mut());
    for def in items.methods {
        let name = Str::intern(def.name);
        let value = match def.kind {
            MethodKind::Method | MethodKind::Function => MethodDescriptor::new(class, def),
            MethodKind::Class => native_classmethod(class, def),
            MethodKind::Static => crate::objects::staticmethod::StaticMethod::wrap(
                BuiltinFunction::new(def, None, None).into_value(),
            ),
        };
        class.dict().set_str(&name, value);
    }
    for def in items.getsets {
        class
            .dict()
            .set_str(&Str::intern(def.name), GetSet::new(class, def));
    }
    for more in items.more {
        add_items(class, more);
    }
}

/// The exception classes: all have `BaseException`'s layout.
pub fn create_exceptions() {
    for exception in exceptions::ALL {
        let class = match exception.base {
            None => {
                let class = create::<BaseException>();
                exception.cell().set(class, class.instance_shape());
                class
            }
            Some(base) => create_raw(
                exception.name,
                Some(base.get()),
                size_of::<BaseException>(),
                exception.cell(),
                exception.doc,
                |_| (),
            ),
        };
        class.exception.set(Some(exception));
        class.set_flags(
            TypeFlags::BASETYPE | TypeFlags::HAS_DICT | TypeFlags::IS_EXCEPTION,
            true,
        );
        class.set_up_shapes(0);
        exception.cell().set(class, class.instance_shape());
        if exception.base.is_none() {
            BaseException::cell().set(class, class.instance_shape());
        }
    }
}
