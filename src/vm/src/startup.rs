//! Bringing the virtual machine up: classes, builtins, `sys`.

use crate::exceptions::PyResult;
use crate::native::NativeClass;
use crate::objects::class::Type;
use crate::objects::class_native::{create, create_exceptions, populate};
use crate::objects::*;
use std::sync::atomic::{AtomicU64, Ordering};

static HASH_SEED: AtomicU64 = AtomicU64::new(0x243F_6A88_85A3_08D3);

pub(crate) fn hash_seed() -> u64 {
    HASH_SEED.load(Ordering::Relaxed)
}

/// Fixes the key of string hashes; before the first string is made.
pub fn set_hash_seed(seed: u64) {
    HASH_SEED.store(seed, Ordering::Relaxed);
}

macro_rules! classes {
    ($($class:ty,)*) => {
        /// Makes every class in Rust; bases stand before what derives from them.
        fn create_classes() -> Vec<&'static Type> {
            vec![$(create::<$class>()),*]
        }
    };
}

classes! {
    object::Object,
    class::Type,
    tuple::Tuple,
    str::Str,
    dict::Dict,
    int::Int,
    int::Bool,
    float::Float,
    complex::Complex,
    list::List,
    bytes::Bytes,
    bytearray::Bytearray,
    none::NoneType,
    none::NotImplementedType,
    none::EllipsisType,
    set::Set,
    set::FrozenSet,
    slice::Slice,
    range::Range,
    range::RangeIterator,
    list_iter::ListIterator,
    tuple_iter::TupleIterator,
    function::Function,
    method::Method,
    code::Code,
    cell::CellObject,
    module::Module,
    builtin_function::BuiltinFunction,
    builtin_function::MethodDescriptor,
    builtin_function::ClassMethodDescriptor,
    getset::GetSet,
    member::Member,
    slot_wrapper::SlotWrapper,
    slot_wrapper::MethodWrapper,
    staticmethod::StaticMethod,
    classmethod::ClassMethod,
    property::Property,
    super_::Super,
    frame::FrameObject,
    frame_locals::FrameLocalsProxy,
    buffer_wrapper::BufferWrapper,
    traceback::Traceback,
    generator::Generator,
    generator::Coroutine,
    generator::AsyncGenerator,
    generator::CoroutineWrapper,
    generator::WrappedValue,
    generator::ASend,
    generator::AThrow,
    memoryview::Memoryview,
    template::Template,
    template::Interpolation,
    template::TemplateIterator,
    tuple_getter::TupleGetter,
    tuple_getter::StructRepr,
    tuple_getter::StructNew,
    std_buffer::StdBuffer,
    std_stream::StdStream,
}

/// Makes classes, `builtins` and `sys`. The thread is attached.
pub fn initialize(config: crate::sys::Config) -> PyResult<()> {
    let mut classes = create_classes();
    // What was made before its class existed gets its shape now.
    str::Str::each_interned(&mut |s| s.adopt());
    tuple::Tuple::empty().adopt();
    for class in &classes {
        class.header.set_shape(Type::cell().shape());
        class.dict().header().set_shape(dict::Dict::cell().shape());
        class.adopt_parts();
    }
    singletons::NONE.set_class(none::NoneType::cell());
    singletons::NOT_IMPLEMENTED.set_class(none::NotImplementedType::cell());
    singletons::ELLIPSIS.set_class(none::EllipsisType::cell());
    singletons::TRUE.set_class(int::Bool::cell());
    singletons::FALSE.set_class(int::Bool::cell());
    classes.extend(crate::objects::more_classes());
    // The classes whose instances hold their contents inline.
    str::Str::class().slots_mut().variable_size = Some(str::Str::variable_size);
    tuple::Tuple::class().slots_mut().variable_size = Some(tuple::Tuple::variable_size);
    use class::TypeFlags;
    let basic: [(&Type, TypeFlags); 13] = [
        (int::Int::class(), TypeFlags::IS_INT | TypeFlags::MATCH_SELF),
        (
            int::Bool::class(),
            TypeFlags::IS_INT | TypeFlags::MATCH_SELF,
        ),
        (float::Float::class(), TypeFlags::MATCH_SELF),
        (str::Str::class(), TypeFlags::IS_STR | TypeFlags::MATCH_SELF),
        (
            bytes::Bytes::class(),
            TypeFlags::IS_BYTES | TypeFlags::MATCH_SELF,
        ),
        (bytearray::Bytearray::class(), TypeFlags::MATCH_SELF),
        (
            list::List::class(),
            TypeFlags::IS_LIST | TypeFlags::MATCH_SELF | TypeFlags::SEQUENCE,
        ),
        (
            tuple::Tuple::class(),
            TypeFlags::IS_TUPLE | TypeFlags::MATCH_SELF | TypeFlags::SEQUENCE,
        ),
        (
            dict::Dict::class(),
            TypeFlags::IS_DICT | TypeFlags::MATCH_SELF | TypeFlags::MAPPING,
        ),
        (set::Set::class(), TypeFlags::MATCH_SELF),
        (set::FrozenSet::class(), TypeFlags::MATCH_SELF),
        (range::Range::class(), TypeFlags::SEQUENCE),
        (class::Type::class(), TypeFlags::IS_TYPE),
    ];
    for (class, flags) in basic {
        class.set_flags(flags, true);
    }
    for class in &classes {
        populate(class);
        getset::add_dict_getsets(class);
    }
    template::complete();
    create_exceptions();
    crate::exceptions::populate_exceptions();
    crate::builtins::set_up()?;
    crate::sys::set_up(config)
}

/// The classes that `builtins` shows by name.
pub(crate) fn builtin_classes() -> Vec<&'static Type> {
    vec![
        object::Object::class(),
        Type::class(),
        tuple::Tuple::class(),
        str::Str::class(),
        dict::Dict::class(),
        int::Int::class(),
        int::Bool::class(),
        float::Float::class(),
        complex::Complex::class(),
        list::List::class(),
        bytes::Bytes::class(),
        bytearray::Bytearray::class(),
        set::Set::class(),
        set::FrozenSet::class(),
        slice::Slice::class(),
        range::Range::class(),
        staticmethod::StaticMethod::class(),
        classmethod::ClassMethod::class(),
        property::Property::class(),
        super_::Super::class(),
        enumerate::Enumerate::class(),
        filter::Filter::class(),
        map::Map::class(),
        memoryview::Memoryview::class(),
        reversed::Reversed::class(),
        zip::Zip::class(),
    ]
}

/// Sets `sys.stdin`, `sys.stdout` and `sys.stderr`.
pub fn set_up_streams() -> PyResult<()> {
    // SAFETY: any number may be asked.
    let tty = unsafe { libc::isatty(1) == 1 };
    let unbuffered = crate::sys::config().unbuffered;
    let line_buffered = tty || unbuffered;
    for (name, fd, shown, lines) in [
        ("stdin", 0, "<stdin>", false),
        ("stdout", 1, "<stdout>", line_buffered),
        ("stderr", 2, "<stderr>", true),
    ] {
        let stream = std_stream::StdStream::make(fd, shown, lines, unbuffered && fd != 0);
        crate::sys::set_attribute(name, stream.clone());
        crate::sys::set_attribute(&format!("__{name}__"), stream);
    }
    Ok(())
}
