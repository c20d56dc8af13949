//! Classes: `type` objects, their slots, method resolution and attribute lookup through the MRO.
//!
//! A class carries a version that changes whenever something is changed that a lookup through it could
//! see; caches remember versions. Compiled code that relied on a class is told through
//! [`crate::tier`] when the version goes away.

use crate::exceptions::{ExceptionClass, PyResult};
use crate::native::{ClassFlags, ClassItems, NativeClass};
use crate::object::{Header, Ref};
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::shape::{MAX_INLINE, Shape, ShapeKind};
use crate::value::{Raw, Value};
use std::cell::{Cell, UnsafeCell};
use taipan_macros::pyclass;

pub type Unary = fn(&Value) -> PyResult;
pub type Binary = fn(&Value, &Value) -> PyResult;
pub type Ternary = fn(&Value, &Value, &Value) -> PyResult;
/// Arguments: positional ones, then the values of the keywords named in the tuple.
pub type Call = fn(&Value, &[Value], Option<&Tuple>) -> PyResult;

/// The comparison operators, numbered as in `COMPARE_OP`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum CompareOp {
    Lt,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
}

impl CompareOp {
    pub const ALL: [CompareOp; 6] = [
        CompareOp::Lt,
        CompareOp::Le,
        CompareOp::Eq,
        CompareOp::Ne,
        CompareOp::Gt,
        CompareOp::Ge,
    ];
    pub fn swapped(self) -> CompareOp {
        use CompareOp::*;
        match self {
            Lt => Gt,
            Le => Ge,
            Eq => Eq,
            Ne => Ne,
            Gt => Lt,
            Ge => Le,
        }
    }
    pub fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }
    /// What the operator says of this ordering.
    #[inline(always)]
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        use CompareOp::*;
        match self {
            Lt => ordering.is_lt(),
            Le => ordering.is_le(),
            Eq => ordering.is_eq(),
            Ne => ordering.is_ne(),
            Gt => ordering.is_gt(),
            Ge => ordering.is_ge(),
        }
    }
}

macro_rules! slots {
    ($($(#[$doc:meta])* $field:ident: $ty:ty,)*) => {
        /// What a class can do, as functions. Every field is one optional function pointer; classes
        /// written in Python get functions that look up and call the special method.
        #[repr(C)]
        #[derive(Clone, Copy)]
        pub struct TypeSlots { $($(#[$doc])* pub $field: Option<$ty>,)* }
        impl TypeSlots {
            pub const EMPTY: TypeSlots = TypeSlots { $($field: None,)* };
        }
        /// Names a field of [`TypeSlots`].
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[allow(non_camel_case_types)]
        #[repr(u8)]
        pub enum SlotId { $($field,)* }
        impl SlotId {
            pub const ALL: &'static [SlotId] = &[$(SlotId::$field,)*];
        }
        const _: () = assert!(size_of::<TypeSlots>() == 8 * SlotId::ALL.len());
    };
}

slots! {
    /// Drops the native part in place.
    drop: unsafe fn(*mut Header),
    traverse: unsafe fn(*mut Header, &mut dyn FnMut(&Value)),
    clear: unsafe fn(*mut Header),
    /// Bytes of the native part, for classes whose instances vary in size.
    variable_size: unsafe fn(*const Header) -> usize,
    /// `__del__`; errors go to `sys.unraisablehook`.
    finalize: unsafe fn(*mut Header),
    repr: Unary,
    str: Unary,
    hash: fn(&Value) -> PyResult<i64>,
    call: Call,
    getattro: fn(&Value, &Str) -> PyResult,
    setattro: fn(&Value, &Str, Option<&Value>) -> PyResult<()>,
    richcompare: fn(&Value, &Value, CompareOp) -> PyResult,
    iter: Unary,
    /// `Ok(None)` when exhausted.
    iternext: fn(&Value) -> PyResult<Option<Value>>,
    /// Descriptor, instance (none for access through the class), owner.
    descr_get: fn(&Value, Option<&Value>, Option<&Type>) -> PyResult,
    descr_set: fn(&Value, &Value, Option<&Value>) -> PyResult<()>,
    init: fn(&Value, &[Value], Option<&Tuple>) -> PyResult<()>,
    new: fn(&Type, &[Value], Option<&Tuple>) -> PyResult,
    length: fn(&Value) -> PyResult<usize>,
    /// `self[key]`.
    getitem: Binary,
    /// `self[key] = value`, or `del self[key]` without a value.
    setitem: fn(&Value, &Value, Option<&Value>) -> PyResult<()>,
    contains: fn(&Value, &Value) -> PyResult<bool>,
    concat: Binary,
    repeat: fn(&Value, isize) -> PyResult,
    inplace_concat: Binary,
    inplace_repeat: fn(&Value, isize) -> PyResult,
    bool: fn(&Value) -> PyResult<bool>,
    negative: Unary,
    positive: Unary,
    absolute: Unary,
    invert: Unary,
    int: Unary,
    float: Unary,
    index: Unary,
    add: Binary,
    subtract: Binary,
    multiply: Binary,
    remainder: Binary,
    divmod: Binary,
    power: Ternary,
    lshift: Binary,
    rshift: Binary,
    and: Binary,
    xor: Binary,
    or: Binary,
    floor_divide: Binary,
    true_divide: Binary,
    matrix_multiply: Binary,
    inplace_add: Binary,
    inplace_subtract: Binary,
    inplace_multiply: Binary,
    inplace_remainder: Binary,
    inplace_power: Ternary,
    inplace_lshift: Binary,
    inplace_rshift: Binary,
    inplace_and: Binary,
    inplace_xor: Binary,
    inplace_or: Binary,
    inplace_floor_divide: Binary,
    inplace_true_divide: Binary,
    inplace_matrix_multiply: Binary,
    /// Exports the object's memory; asks for write access if true.
    buffer: fn(&Value, bool) -> PyResult<crate::objects::buffer::Buffer>,
    await_: Unary,
    aiter: Unary,
    anext: Unary,
}

impl TypeSlots {
    fn words(&self) -> &[usize; SlotId::ALL.len()] {
        // SAFETY: every field is one nullable function pointer.
        unsafe { &*(self as *const TypeSlots as *const _) }
    }
    fn words_mut(&mut self) -> &mut [usize; SlotId::ALL.len()] {
        // SAFETY: as above; values come from slots of the same field.
        unsafe { &mut *(self as *mut TypeSlots as *mut _) }
    }
    /// Copies one slot from another class's slots.
    pub fn copy(&mut self, id: SlotId, from: &TypeSlots) {
        self.words_mut()[id as usize] = from.words()[id as usize];
    }
    pub fn is_set(&self, id: SlotId) -> bool {
        self.words()[id as usize] != 0
    }
    pub fn same(&self, id: SlotId, other: &TypeSlots) -> bool {
        self.words()[id as usize] == other.words()[id as usize]
    }
    pub fn unset(&mut self, id: SlotId) {
        self.words_mut()[id as usize] = 0;
    }
}

bitflags::bitflags! {
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct TypeFlags: u32 {
        /// Made at run time by a class statement or `type()`; references to it are counted by instances.
        const HEAP = 1;
        const BASETYPE = 1 << 1;
        /// Attributes of the class can't be changed.
        const IMMUTABLE = 1 << 2;
        const ABSTRACT = 1 << 3;
        /// Instances have a `__dict__`.
        const HAS_DICT = 1 << 4;
        const HAS_WEAKREF = 1 << 5;
        /// Matches sequence patterns.
        const SEQUENCE = 1 << 6;
        /// Matches mapping patterns.
        const MAPPING = 1 << 7;
        /// A positional class pattern matches the subject itself.
        const MATCH_SELF = 1 << 8;
        const IS_INT = 1 << 16;
        const IS_LIST = 1 << 17;
        const IS_TUPLE = 1 << 18;
        const IS_STR = 1 << 19;
        const IS_BYTES = 1 << 20;
        const IS_DICT = 1 << 21;
        const IS_EXCEPTION = 1 << 22;
        const IS_TYPE = 1 << 23;
        /// `getattro` is the generic one: attributes may be read through shapes.
        const GENERIC_GETATTR = 1 << 24;
        const GENERIC_SETATTR = 1 << 25;
        /// A method descriptor: `LOAD_ATTR` may leave it unbound below `self`.
        const METHOD_DESCRIPTOR = 1 << 26;
    }
}

/// type(object) -> the object's type
/// type(name, bases, dict, **kwds) -> a new type
#[pyclass(name = "type", module = "builtins", traverse = custom, gc, weakref)]
#[repr(C)]
pub struct Type {
    pub(crate) header: Header,
    version: Cell<u32>,
    flags: Cell<TypeFlags>,
    instance_shape: Cell<Option<&'static Shape>>,
    dictionary_shape: Cell<Option<&'static Shape>>,
    basic_size: Cell<usize>,
    slots: UnsafeCell<TypeSlots>,
    capacity: Cell<u16>,
    shape_count: Cell<u32>,
    roots: UnsafeCell<Vec<(u16, &'static Shape)>>,
    /// The nearest class in Rust: says the layout of the native part. Native classes are immortal.
    native: Cell<*const Type>,
    member_slots: UnsafeCell<Vec<u32>>,
    pub(crate) name: UnsafeCell<Ref<Str>>,
    pub(crate) qualname: UnsafeCell<Ref<Str>>,
    pub(crate) base: UnsafeCell<Option<Ref<Type>>>,
    pub(crate) bases: UnsafeCell<Ref<Tuple>>,
    pub(crate) mro: UnsafeCell<Ref<Tuple>>,
    pub(crate) dict: Ref<Dict>,
    pub(crate) subclasses: UnsafeCell<Vec<*const Type>>,
    pub(crate) items: Cell<Option<&'static ClassItems>>,
    /// The entry of a built-in exception class.
    pub(crate) exception: Cell<Option<&'static ExceptionClass>>,
    pub(crate) doc: Cell<&'static str>,
    /// `__init__`, when it is a Python function that fits the fast call, with the version it holds for.
    init: Cell<(u32, *const Function)>,
}

/// Where a native class's type object is found: filled once at start-up.
pub struct TypeCell(UnsafeCell<(*const Type, *const Shape)>);
// SAFETY: written at start-up, before other threads exist.
unsafe impl Sync for TypeCell {}

impl TypeCell {
    #[allow(clippy::new_without_default)]
    pub const fn new() -> TypeCell {
        TypeCell(UnsafeCell::new((std::ptr::null(), std::ptr::null())))
    }
    #[inline(always)]
    pub fn get(&self) -> &'static Type {
        // SAFETY: native classes are immortal; before they are set up nobody asks (checked in debug).
        unsafe {
            debug_assert!(
                !(*self.0.get()).0.is_null(),
                "native class used before start-up"
            );
            &*(*self.0.get()).0
        }
    }
    #[inline(always)]
    pub fn shape(&self) -> &'static Shape {
        // SAFETY: as above.
        unsafe { &*(*self.0.get()).1 }
    }
    /// The shape's address, null before start-up gets to the class.
    #[inline(always)]
    pub fn shape_pointer(&self) -> *const Shape {
        // SAFETY: as above.
        unsafe { (*self.0.get()).1 }
    }
    pub fn is_set(&self) -> bool {
        // SAFETY: as above.
        unsafe { !(*self.0.get()).0.is_null() }
    }
    /// Address of the word that holds the shape's address, for native code.
    pub fn shape_address(&self) -> *const *const Shape {
        // SAFETY: a field of the static.
        unsafe { &raw const (*self.0.get()).1 }
    }
    pub(crate) fn set(&self, class: &'static Type, shape: &'static Shape) {
        // SAFETY: start-up is single-threaded.
        unsafe { *self.0.get() = (class, shape) }
    }
}

const CACHE_SIZE: usize = 4096;

struct CacheEntry {
    version: u32,
    name: *const Str,
    /// Borrowed: the class's version says that its holder's dict still has it.
    value: Option<crate::value::Raw>,
}

struct MethodCache {
    entries: UnsafeCell<Vec<CacheEntry>>,
    next_version: Cell<u32>,
}
// SAFETY: guarded by the GIL.
unsafe impl Sync for MethodCache {}
static CACHE: MethodCache = MethodCache {
    entries: UnsafeCell::new(Vec::new()),
    next_version: Cell::new(1),
};

impl Type {
    pub const SLOTS_OFFSET: usize = std::mem::offset_of!(Type, slots);
    /// The shape of new instances: a pointer.
    pub const INSTANCE_SHAPE_OFFSET: usize = std::mem::offset_of!(Type, instance_shape);
    pub const VERSION_OFFSET: usize = std::mem::offset_of!(Type, version);

    /// A class without slots, shapes or MRO: the builders in [`crate::objects::class_new`] and
    /// [`crate::objects::class_native`] fill in the rest before anybody sees it.
    pub(crate) fn blank(
        name: Ref<Str>,
        basic_size: usize,
        flags: TypeFlags,
        dict: Ref<Dict>,
    ) -> Type {
        Type {
            header: Header::fresh(),
            version: Cell::new(0),
            flags: Cell::new(flags),
            instance_shape: Cell::new(None),
            dictionary_shape: Cell::new(None),
            basic_size: Cell::new(basic_size),
            slots: UnsafeCell::new(TypeSlots::EMPTY),
            capacity: Cell::new(0),
            shape_count: Cell::new(0),
            roots: UnsafeCell::new(Vec::new()),
            native: Cell::new(std::ptr::null()),
            member_slots: UnsafeCell::new(Vec::new()),
            qualname: UnsafeCell::new(name.clone()),
            name: UnsafeCell::new(name),
            base: UnsafeCell::new(None),
            bases: UnsafeCell::new(Tuple::empty()),
            mro: UnsafeCell::new(Tuple::empty()),
            dict,
            subclasses: UnsafeCell::new(Vec::new()),
            items: Cell::new(None),
            exception: Cell::new(None),
            doc: Cell::new(""),
            init: Cell::new((0, std::ptr::null())),
        }
    }
    #[inline(always)]
    pub fn slots(&self) -> &TypeSlots {
        // SAFETY: changed only under the GIL by `slots_mut`, whose reference is short-lived.
        unsafe { &*self.slots.get() }
    }
    /// The slot that makes instances, if a call of the class comes to that alone: a class in Rust, other than
    /// `type`, that leaves nothing to `__init__`.
    #[inline]
    pub fn only_new(&self) -> Option<fn(&Type, &[Value], Option<&Tuple>) -> PyResult> {
        let object = crate::objects::object::Object::class().slots();
        let slots = self.slots();
        if self.is_heap() || !slots.same(SlotId::init, object) || slots.same(SlotId::new, object) {
            return None;
        }
        slots.new
    }
    /// Have instances anything written in Rust beyond the head of every object?
    #[inline]
    pub fn has_native_part(&self) -> bool {
        let object = crate::objects::object::Object::class().slots();
        self.slots().drop.map(|f| f as usize) != object.drop.map(|f| f as usize)
    }
    #[allow(clippy::mut_from_ref)]
    pub(crate) fn slots_mut(&self) -> &mut TypeSlots {
        // SAFETY: as above.
        unsafe { &mut *self.slots.get() }
    }
    pub fn name_object(&self) -> Ref<Str> {
        // SAFETY: the reference is cloned at once.
        unsafe { (*self.name.get()).clone() }
    }
    /// `__name__`, for messages.
    pub fn name(&self) -> String {
        self.name_object().to_string()
    }
    /// The name as messages about builtin classes have it: with the module, unless that is `builtins`.
    pub fn dotted_name(&self) -> String {
        let module = self.dict().get_str(&crate::names::MODULE);
        match module.as_ref().and_then(|module| module.downcast::<Str>()) {
            Some(module) if !self.is_heap() && !module.is_text("builtins") => {
                format!("{module}.{}", self.name())
            }
            _ => self.name(),
        }
    }
    pub fn qualname_object(&self) -> Ref<Str> {
        // SAFETY: as above.
        unsafe { (*self.qualname.get()).clone() }
    }
    pub fn base(&self) -> Option<&Type> {
        // SAFETY: replaced only by `__bases__` assignment; the class keeps its base alive.
        unsafe { (*self.base.get()).as_deref() }
    }
    pub fn bases(&self) -> Ref<Tuple> {
        // SAFETY: cloned at once.
        unsafe { (*self.bases.get()).clone() }
    }
    pub fn mro(&self) -> Ref<Tuple> {
        // SAFETY: cloned at once.
        unsafe { (*self.mro.get()).clone() }
    }
    fn mro_slice(&self) -> &[Value] {
        // SAFETY: callers do not run Python while they look.
        unsafe { (*self.mro.get()).as_slice() }
    }
    /// The class's own attributes.
    pub fn dict(&self) -> &Ref<Dict> {
        &self.dict
    }
    pub fn flags(&self) -> TypeFlags {
        self.flags.get()
    }
    #[inline(always)]
    pub fn has(&self, flag: TypeFlags) -> bool {
        self.flags.get().bits() & flag.bits() != 0
    }
    pub fn set_flags(&self, flags: TypeFlags, on: bool) {
        let mut all = self.flags.get();
        all.set(flags, on);
        self.flags.set(all);
    }
    pub fn is_heap(&self) -> bool {
        self.has(TypeFlags::HEAP)
    }
    pub fn basic_size(&self) -> usize {
        self.basic_size.get()
    }
    /// The name that messages show: with the module where the class is native and no builtin one.
    pub fn shown_name(&self) -> String {
        let module = self.dict().get_str(&crate::names::MODULE);
        match module.as_ref().and_then(|module| module.downcast::<Str>()) {
            Some(module) if !self.is_heap() && !module.is_text("builtins") => {
                format!("{module}.{}", self.name())
            }
            _ => self.name(),
        }
    }
    /// Patches what was made for this class before `str`, `tuple` and `dict` existed.
    pub(crate) fn adopt_parts(&self) {
        for string in [self.name_object(), self.qualname_object()] {
            string.adopt();
        }
        for tuple in [self.bases(), self.mro()] {
            tuple.adopt();
        }
    }
    /// Offset of instances' extension word; 0 without one or where it varies.
    pub fn ext_offset(&self) -> u16 {
        if self.has(TypeFlags::HAS_DICT) && !self.is_variable() {
            self.basic_size.get() as u16
        } else {
            0
        }
    }
    pub fn is_variable(&self) -> bool {
        self.slots().variable_size.is_some()
    }
    /// # Safety
    /// The object is an instance of this class, which is variable.
    pub unsafe fn variable_size(&self, object: *const Header) -> usize {
        // SAFETY: the caller's promise.
        unsafe { (self.slots().variable_size.expect("a variable class"))(object) }
    }
    pub(crate) fn set_native(&self, native: &Type) {
        self.native.set(native);
    }
    /// The nearest class in Rust.
    pub fn native(&self) -> &'static Type {
        // SAFETY: native classes are immortal.
        unsafe { &*self.native.get() }
    }
    /// Do instances start with the native part of `native`'s instances?
    #[inline(always)]
    pub fn has_layout_of(&self, native: &Type) -> bool {
        let mut class = Some(self.native());
        while let Some(c) = class {
            if std::ptr::eq(c, native) {
                return true;
            }
            class = c.base();
        }
        false
    }
    /// Is this class `other` or derived from it?
    pub fn is_subclass(&self, other: &Type) -> bool {
        std::ptr::eq(self, other)
            || self
                .mro_slice()
                .iter()
                .any(|c| std::ptr::eq(c.raw().address() as *const Type, other))
    }
    pub fn has_member_slots(&self) -> bool {
        // SAFETY: written once at creation.
        unsafe { !(*self.member_slots.get()).is_empty() }
    }
    /// Where the slots lie: counted from [`Type::member_start`].
    pub(crate) fn member_offsets(&self) -> &[u32] {
        // SAFETY: written once at creation.
        unsafe { &*self.member_slots.get() }
    }
    /// What the offsets of an instance's slots are counted from: the instance itself or, where the native
    /// part varies in size, the word behind the one that follows it (which is the extension word).
    ///
    /// # Safety
    /// The object is an instance of this class.
    pub(crate) unsafe fn member_start(&self, object: *const Header) -> *mut u8 {
        let object_start = object as *mut u8;
        if !self.is_variable() {
            return object_start;
        }
        // SAFETY: the caller's promise; instances of variable classes with slots are made that large.
        unsafe { object_start.add(self.variable_size(object).next_multiple_of(8) + 8) }
    }
    /// Visits the slots' words.
    ///
    /// # Safety
    /// The object is an instance of this class.
    pub unsafe fn each_member_slot(&self, object: *const Header, visit: &mut dyn FnMut(*mut Raw)) {
        if self.has_member_slots() {
            // SAFETY: the caller's promise.
            let start = unsafe { self.member_start(object) };
            for offset in self.member_offsets() {
                // SAFETY: the instance has room for each of its slots.
                visit(unsafe { start.add(*offset as usize) } as *mut Raw);
            }
        }
    }
    pub(crate) fn set_member_slots(&self, offsets: Vec<u32>) {
        // SAFETY: at creation.
        unsafe { *self.member_slots.get() = offsets }
    }

    // Shapes.

    pub(crate) fn set_up_shapes(&self, capacity: u16) {
        self.capacity.set(capacity.min(MAX_INLINE));
        let shape = if self.has(TypeFlags::HAS_DICT) {
            self.root_with_capacity(self.capacity.get())
        } else {
            Shape::root(self, ShapeKind::Fixed, 0)
        };
        self.instance_shape.set(Some(shape));
    }
    /// The shape new instances get.
    #[inline(always)]
    pub fn instance_shape(&self) -> &'static Shape {
        self.instance_shape
            .get()
            .expect("shapes are set up at creation")
    }
    pub fn dictionary_shape(&self) -> &'static Shape {
        if let Some(shape) = self.dictionary_shape.get() {
            return shape;
        }
        let shape = Shape::root(self, ShapeKind::Dictionary, 0);
        self.dictionary_shape.set(Some(shape));
        shape
    }
    pub fn root_with_capacity(&self, capacity: u16) -> &'static Shape {
        // SAFETY: the borrow ends here; under the GIL.
        let roots = unsafe { &mut *self.roots.get() };
        if let Some((_, shape)) = roots.iter().find(|(c, _)| *c == capacity) {
            return shape;
        }
        let shape = Shape::root(self, ShapeKind::Slots, capacity);
        roots.push((capacity, shape));
        shape
    }
    /// An instance came to have `count` attributes: later ones get inline room for them.
    pub fn learn_capacity(&self, count: u16) {
        let room = ((crate::memory::heap::MAX_CELL - self.basic_size.get() - 8) / 8) as u16;
        let capacity = count.next_multiple_of(2).min(MAX_INLINE).min(room);
        if capacity > self.capacity.get() && !self.is_variable() {
            self.capacity.set(capacity);
            self.instance_shape
                .set(Some(self.root_with_capacity(capacity)));
        }
    }
    pub fn capacity(&self) -> u16 {
        self.capacity.get()
    }
    pub(crate) fn count_shape(&self) -> u32 {
        self.shape_count.set(self.shape_count.get() + 1);
        self.shape_count.get()
    }

    // Lookup.

    /// The class's version, assigned now if it has none; 0 when versions have run out.
    pub fn version(&self) -> u32 {
        if self.version.get() == 0 {
            let next = CACHE.next_version.get();
            if next == u32::MAX {
                return 0;
            }
            // A change to a base must reach the bases' subclasses' versions, so bases have one too.
            if let Some(base) = self.base() {
                base.version();
            }
            for base in self.mro_slice().iter().skip(1) {
                // SAFETY: an MRO holds classes.
                unsafe { base.downcast_unchecked::<Type>() }.version();
            }
            let mut next = CACHE.next_version.get().max(next);
            // Inline caches compare the low half: it must not look like that of no version.
            if next as u16 == 0 {
                next += 1;
            }
            CACHE.next_version.set(next.saturating_add(1));
            self.version.set(next);
        }
        self.version.get()
    }
    /// The version if it has one; caches compare it.
    #[inline(always)]
    pub fn current_version(&self) -> u32 {
        self.version.get()
    }
    /// Prepares the fast call of this class with `count` arguments: the version under which its
    /// `__init__` is a Python function of exactly so many, and its `__new__` is `object`'s.
    pub fn cache_init(&self, count: usize) -> Option<u32> {
        let object = crate::objects::object::Object::class();
        if !self.is_heap()
            || !self.header.class().is_native::<Type>()
            || !self.slots().same(SlotId::new, object.slots())
            || self.has(TypeFlags::ABSTRACT)
            || !std::ptr::eq(self.native(), object)
        {
            return None;
        }
        let found = self.lookup_raw(&crate::names::INIT)?;
        let found = found.peek();
        let function = found.downcast_exact::<Function>()?;
        let code = function.code();
        if !code.simple || code.argcount as usize != count + 1 || code.is_generator_like() {
            return None;
        }
        let version = self.version();
        if version == 0 {
            return None;
        }
        self.init.set((version, function));
        Some(version)
    }
    /// The `__init__` cached for this version.
    #[inline(always)]
    pub fn cached_init(&self, version: u32) -> Option<&Function> {
        let (cached, function) = self.init.get();
        // SAFETY: while the class has this version its dict, or a base's, holds the function.
        (cached == version && self.version.get() == version).then(|| unsafe { &*function })
    }
    /// A data descriptor came to the class: caches that go by the shapes of its instances (and of its
    /// subclasses') would not see it. All of them get new shapes; rare, so it may walk the heap.
    pub fn retire_shapes(&self) {
        let mut classes: Vec<*const Type> = vec![self];
        let mut next = 0;
        while next < classes.len() {
            // SAFETY: subclasses are alive while their bases list them.
            let class = unsafe { &*classes[next] };
            next += 1;
            // SAFETY: under the GIL.
            unsafe {
                classes.extend((*class.subclasses.get()).iter().copied());
                (*class.roots.get()).clear();
            }
            class.dictionary_shape.set(None);
            if class.has(TypeFlags::HAS_DICT) {
                class
                    .instance_shape
                    .set(Some(class.root_with_capacity(class.capacity.get())));
            }
        }
        let mut instances = Vec::new();
        crate::memory::heap::walk_containers(false, |object| {
            // SAFETY: walked objects are live.
            let header = unsafe { &*object };
            if header.has(crate::object::flags::TRACKED)
                && header.shape().kind() != ShapeKind::Fixed
                && classes.contains(&(header.class() as *const Type))
            {
                instances.push(object);
            }
        });
        for object in instances {
            // SAFETY: as above; converting frees nothing but overflow arrays.
            let header = unsafe { &*object };
            crate::shape::dict_of(header);
            header.set_shape(header.class().dictionary_shape());
        }
    }
    /// All living classes: inline caches may name others.
    pub fn living() -> std::collections::HashSet<*const Type> {
        let root: *const Type = crate::objects::object::Object::class();
        let mut found = std::collections::HashSet::from([root]);
        let mut work = vec![root];
        while let Some(class) = work.pop() {
            // SAFETY: subclasses are alive while their bases list them, no Python runs here.
            for &subclass in unsafe { &*(*class).subclasses.get() } {
                if found.insert(subclass) {
                    work.push(subclass);
                }
            }
        }
        found
    }
    /// Says that lookups through this class may have new answers.
    pub fn modified(&self) {
        if self.version.get() != 0 {
            self.version.set(0);
            crate::tier::class_changed(self);
        }
        // SAFETY: subclasses remove themselves when they die; no Python runs here.
        for &subclass in unsafe { &*self.subclasses.get() } {
            // SAFETY: as above.
            let subclass = unsafe { &*subclass };
            if subclass.version.get() != 0 {
                subclass.modified();
            }
        }
    }
    /// An attribute found through the MRO, without descriptors. `name` is interned.
    #[inline]
    pub fn lookup(&self, name: &Str) -> Option<Value> {
        self.lookup_raw(name).map(|raw| raw.to_value())
    }
    /// Like [`Type::lookup`]; valid until the class or a base changes.
    pub fn lookup_raw(&self, name: &Str) -> Option<crate::value::Raw> {
        debug_assert!(name.is_interned());
        let version = self.version();
        // SAFETY: under the GIL; no Python runs while the entry is borrowed.
        let entries = unsafe { &mut *CACHE.entries.get() };
        if entries.is_empty() {
            entries.resize_with(CACHE_SIZE, || CacheEntry {
                version: 0,
                name: std::ptr::null(),
                value: None,
            });
        }
        let place = ((name as *const Str as usize >> 4) ^ (version as usize).wrapping_mul(0x9E37))
            % CACHE_SIZE;
        let entry = &mut entries[place];
        if entry.version == version && std::ptr::eq(entry.name, name) && version != 0 {
            return entry.value;
        }
        let mut found = None;
        for class in self.mro_slice() {
            // SAFETY: an MRO holds classes.
            let class = unsafe { class.downcast_unchecked::<Type>() };
            if let Some(raw) = class.dict.peek_str(name) {
                found = Some(raw);
                break;
            }
        }
        if version != 0 {
            // The cache outlives no name: interned names of classes are immortal.
            Ref::from_ref(name).header().make_immortal();
            *entry = CacheEntry {
                version,
                name,
                value: found,
            };
        }
        found
    }
    /// Where in the MRO the attribute is found.
    pub fn lookup_where(&self, name: &Str) -> Option<(Ref<Type>, Value)> {
        for class in self.mro_slice() {
            // SAFETY: an MRO holds classes.
            let class = unsafe { class.downcast_unchecked::<Type>() };
            if let Some(value) = class.dict.get_str(name) {
                return Some((Ref::from_ref(class), value));
            }
        }
        None
    }
    pub fn is_basetype(&self) -> bool {
        self.has(TypeFlags::BASETYPE)
    }
    pub(crate) fn set_class_flags(&self, flags: ClassFlags) {
        self.set_flags(TypeFlags::BASETYPE, flags.contains(ClassFlags::BASETYPE));
    }
    pub fn is_native<T: NativeClass>(&self) -> bool {
        std::ptr::eq(self, T::class())
    }
}

impl crate::gc::TraverseCustom for Type {
    fn traverse_custom(&self, visit: &mut dyn FnMut(&Value)) {
        // SAFETY: no Python code runs while the collector visits.
        unsafe {
            if let Some(base) = &*self.base.get() {
                visit(base.as_value());
            }
            visit((*self.bases.get()).as_value());
            visit((*self.mro.get()).as_value());
        }
        visit(self.dict.as_value());
    }
    /// A class is in its own MRO and its functions know it: both links go.
    fn clear_custom(&self) {
        self.modified();
        // SAFETY: the old tuple is dropped after the new one is in place.
        drop(unsafe { std::ptr::replace(self.mro.get(), Tuple::empty()) });
        self.dict.clear();
    }
}

impl Drop for Type {
    fn drop(&mut self) {
        let this: *const Type = self;
        self.modified();
        for base in self.bases.get_mut().as_slice() {
            if let Some(base) = base.downcast::<Type>() {
                // SAFETY: no iteration over subclasses is under way while Python code can run.
                unsafe { (*base.subclasses.get()).retain(|c| *c != this) };
            }
        }
    }
}
