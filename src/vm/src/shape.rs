//! Shapes name the class *and* the layout of an object.
//!
//! Instances of one class that got the same attributes in the same order share a shape, which maps an
//! attribute's name to its slot. Shapes form a tree per class and inline capacity; an attribute's
//! addition is a transition. Slots below the capacity lie in the object, the others in an overflow
//! array hung on the object's extension word. Once somebody asks for `__dict__`, or attributes are used
//! in ways slots can't follow, the object's attributes move to a real dict on the extension word and
//! its shape becomes the class's dictionary shape.
//!
//! Shapes lie in one 4 GiB window of addresses and are never freed, so the low half of an address
//! identifies one: inline caches store and compare 32 bits.

use crate::object::{Header, Ref, object_value};
use crate::objects::class::Type;
use crate::objects::dict::Dict;
use crate::objects::str::Str;
use crate::value::{Raw, Value};
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::{Cell, UnsafeCell};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum ShapeKind {
    /// No attribute dictionary at all.
    Fixed,
    /// Attributes in slots.
    Slots,
    /// Attributes in a dict on the extension word.
    Dictionary,
}

#[repr(C)]
pub struct Shape {
    class: *const Type,
    parent: *const Shape,
    /// The attribute that this shape adds to its parent's.
    name: *const Str,
    count: u16,
    capacity: u16,
    slots_offset: u16,
    ext_offset: u16,
    kind: ShapeKind,
    /// Objects have data behind the native part: `__slots__`, an extension word, inline slots.
    has_tail: bool,
    /// The native part has variable size, so the extension word's offset depends on the object.
    variable: bool,
    /// All there is to the end of an object besides its memory: set for classes in Rust without finalizer or tail.
    plain_drop: Cell<Option<unsafe fn(*mut Header)>>,
    last_transition: Cell<*const Shape>,
    transitions: UnsafeCell<Vec<(*const Str, *const Shape)>>,
}

/// Shapes a class may have before its instances go over to dictionaries.
const MAX_SHAPES: u32 = 512;
/// Attributes an instance may have in slots.
const MAX_SLOTS: u16 = 120;
/// Attributes a new instance gets inline room for, at most.
pub const MAX_INLINE: u16 = 40;
/// What [`Shape::lookup`] found lately, negative answers included.
#[derive(Clone, Copy)]
struct CacheEntry {
    shape: u32,
    slot: Option<u16>,
    name: *const Str,
}
const CACHE_SIZE: usize = 2048;
struct Cache(UnsafeCell<[CacheEntry; CACHE_SIZE]>);
// SAFETY: guarded by the GIL.
unsafe impl Sync for Cache {}
static CACHE: Cache = Cache(UnsafeCell::new(
    [CacheEntry {
        shape: 0,
        slot: None,
        name: std::ptr::null(),
    }; CACHE_SIZE],
));

const WINDOW: usize = 1 << 32;
const RESERVE: usize = 1 << 30;

struct Arena(UnsafeCell<(usize, usize)>);
// SAFETY: guarded by the GIL.
unsafe impl Sync for Arena {}
static ARENA: Arena = Arena(UnsafeCell::new((0, 0)));

fn place(shape: Shape) -> &'static Shape {
    // SAFETY: the arena is only touched here, under the GIL.
    unsafe {
        let (next, end) = &mut *ARENA.0.get();
        if *next == 0 {
            let start = libc::mmap(
                std::ptr::null_mut(),
                2 * RESERVE,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            );
            if start == libc::MAP_FAILED {
                handle_alloc_error(Layout::new::<Shape>());
            }
            // Of the two halves at least one does not cross a window's border.
            let mut first = start as usize;
            if first / WINDOW != (first + RESERVE - 1) / WINDOW {
                first += RESERVE;
            }
            (*next, *end) = (first + 64, first + RESERVE);
        }
        let size = size_of::<Shape>().next_multiple_of(16);
        if *next + size > *end {
            handle_alloc_error(Layout::new::<Shape>());
        }
        let pointer = *next as *mut Shape;
        *next += size;
        pointer.write(shape);
        &*pointer
    }
}

/// The shape with this id.
///
/// # Safety
/// `id` is a shape's.
#[inline(always)]
pub unsafe fn shape_by_id(id: u32) -> &'static Shape {
    // SAFETY: all shapes lie in one window of addresses.
    unsafe {
        // The arena may end exactly where its window does.
        let window = ((*ARENA.0.get()).1 - 1) & !(WINDOW - 1);
        &*((window | id as usize) as *const Shape)
    }
}

impl Shape {
    pub const CLASS_OFFSET: usize = std::mem::offset_of!(Shape, class);
    pub const LAST_TRANSITION_OFFSET: usize = std::mem::offset_of!(Shape, last_transition);

    /// The shape of a class's new instances.
    pub fn root(class: &Type, kind: ShapeKind, capacity: u16) -> &'static Shape {
        let ext_offset = class.ext_offset();
        let variable = class.is_variable();
        place(Shape {
            class,
            parent: std::ptr::null(),
            name: std::ptr::null(),
            count: 0,
            capacity: if variable || kind == ShapeKind::Fixed {
                0
            } else {
                capacity
            },
            slots_offset: ext_offset + 8,
            ext_offset,
            kind,
            has_tail: kind != ShapeKind::Fixed || class.has_member_slots(),
            variable,
            plain_drop: Cell::new(None),
            last_transition: Cell::new(std::ptr::null()),
            transitions: UnsafeCell::new(Vec::new()),
        })
    }
    #[inline(always)]
    pub fn class(&self) -> &Type {
        // SAFETY: an object keeps its class alive; a shape without objects is only compared.
        unsafe { &*self.class }
    }
    /// The class's address, which may be that of a dead one.
    pub fn class_address(&self) -> *const Type {
        self.class
    }
    pub fn id(&self) -> u32 {
        self as *const Shape as usize as u32
    }
    pub fn kind(&self) -> ShapeKind {
        self.kind
    }
    /// Attributes in slots.
    pub fn count(&self) -> u16 {
        self.count
    }
    pub fn capacity(&self) -> u16 {
        self.capacity
    }
    pub fn slots_offset(&self) -> usize {
        self.slots_offset as usize
    }
    /// Byte offset of the extension word; 0 if there is none at a fixed place.
    pub fn ext_offset(&self) -> usize {
        self.ext_offset as usize
    }
    #[inline(always)]
    pub fn plain_drop(&self) -> Option<unsafe fn(*mut Header)> {
        self.plain_drop.get()
    }
    /// The class, which is in Rust, has all its slots now.
    pub(crate) fn class_is_complete(&self) {
        let slots = self.class().slots();
        if slots.finalize.is_none() && !self.has_tail && self.kind == ShapeKind::Fixed {
            self.plain_drop.set(slots.drop);
        }
    }
    /// Have instances nothing but attributes and member slots, and their class no finalizer?
    #[inline]
    pub fn is_quiet(&self) -> bool {
        if self.kind == ShapeKind::Dictionary || !self.has_tail || self.variable {
            return false;
        }
        self.class().slots().finalize.is_none() && !self.class().has_native_part()
    }
    pub fn has_tail(&self) -> bool {
        self.has_tail
    }
    /// Bytes of an instance whose native part has a fixed size.
    pub fn instance_size(&self) -> usize {
        match self.kind {
            ShapeKind::Fixed => self.class().basic_size(),
            _ => self.slots_offset as usize + 8 * self.capacity as usize,
        }
    }
    /// The attribute this shape adds, for shapes made by a transition.
    pub fn added_name(&self) -> *const Str {
        self.name
    }
    pub fn parent(&self) -> Option<&'static Shape> {
        // SAFETY: shapes are never freed.
        unsafe { self.parent.as_ref() }
    }

    /// The slot of an attribute; `name` is interned.
    pub fn lookup(&self, name: &Str) -> Option<u16> {
        debug_assert!(name.is_interned());
        if self.count == 0 {
            return None;
        }
        let place = ((name as *const Str as usize >> 4) ^ (self.id() as usize >> 4)) % CACHE_SIZE;
        // SAFETY: under the GIL, and the borrow ends here.
        let entry = unsafe { &mut (*CACHE.0.get())[place] };
        if entry.shape == self.id() && std::ptr::eq(entry.name, name) {
            return entry.slot;
        }
        let mut slot = None;
        let mut shape = self;
        while shape.count > 0 {
            if std::ptr::eq(shape.name, name) {
                slot = Some(shape.count - 1);
                break;
            }
            shape = shape.parent()?;
        }
        // Names that could die leave no trace: another string may get their address.
        if slot.is_some() || Ref::from_ref(name).header().is_immortal() {
            *entry = CacheEntry {
                shape: self.id(),
                slot,
                name,
            };
        }
        slot
    }
    /// Names of the attributes in slot order.
    pub fn names(&self) -> Vec<*const Str> {
        let mut names = vec![std::ptr::null(); self.count as usize];
        let mut shape = self;
        while shape.count > 0 {
            names[shape.count as usize - 1] = shape.name;
            shape = shape
                .parent()
                .expect("a shape with attributes has a parent");
        }
        names
    }
    /// The latest shape made from this one, null if none: what a store cache follows.
    #[inline(always)]
    pub fn last_transition(&self) -> *const Shape {
        self.last_transition.get()
    }
    /// The shape with `name` added, if there is one already.
    pub fn existing_transition(&self, name: &Str) -> Option<&'static Shape> {
        // SAFETY: under the GIL; shapes are never freed.
        unsafe {
            let mut transitions = (*self.transitions.get()).iter();
            transitions
                .find(|(n, _)| std::ptr::eq(*n, name))
                .map(|(_, next)| &**next)
        }
    }
    /// The shape with `name` added; `None` when the object should go over to a dictionary.
    pub fn with(&'static self, name: &Str) -> Option<&'static Shape> {
        debug_assert!(name.is_interned());
        // SAFETY: under the GIL, and the borrow ends here.
        let transitions = unsafe { &mut *self.transitions.get() };
        if let Some(&(_, next)) = transitions.iter().find(|(n, _)| std::ptr::eq(*n, name)) {
            self.last_transition.set(next);
            // SAFETY: never freed.
            return Some(unsafe { &*next });
        }
        if self.count >= MAX_SLOTS || self.class().count_shape() > MAX_SHAPES {
            return None;
        }
        // The tree names it for ever.
        Ref::from_ref(name).header().make_immortal();
        let next = place(Shape {
            class: self.class,
            parent: self,
            name,
            count: self.count + 1,
            capacity: self.capacity,
            slots_offset: self.slots_offset,
            ext_offset: self.ext_offset,
            kind: self.kind,
            has_tail: self.has_tail,
            variable: self.variable,
            plain_drop: Cell::new(None),
            last_transition: Cell::new(std::ptr::null()),
            transitions: UnsafeCell::new(Vec::new()),
        });
        transitions.push((name, next));
        self.last_transition.set(next);
        Some(next)
    }
    fn root_of(&'static self) -> &'static Shape {
        let mut shape = self;
        while let Some(parent) = shape.parent() {
            shape = parent;
        }
        shape
    }
}

/// The overflow array: a capacity, then slots. Its address is tagged with bit 0 in the extension word.
#[repr(C)]
struct Overflow {
    capacity: usize,
}

fn overflow_layout(capacity: usize) -> Layout {
    Layout::array::<u64>(capacity + 1).expect("at most MAX_SLOTS")
}

fn ext_word(object: &Header) -> *mut u64 {
    let shape = object.shape();
    let base = object as *const Header as *mut u8;
    let offset = if shape.variable {
        // SAFETY: variable classes say the size of their native part.
        unsafe { shape.class().variable_size(object) }.next_multiple_of(8)
    } else {
        shape.ext_offset as usize
    };
    debug_assert!(offset != 0);
    // SAFETY: the shape says there is an extension word.
    unsafe { base.add(offset) as *mut u64 }
}

fn slot_address(object: &Header, index: u16) -> *mut Raw {
    let shape = object.shape();
    // SAFETY: `index` is below the shape's count, so the slot exists.
    unsafe {
        if index < shape.capacity {
            let base = object as *const Header as *mut u8;
            (base.add(shape.slots_offset as usize) as *mut Raw).add(index as usize)
        } else {
            let array = (*ext_word(object) & !1) as *mut u64;
            array.add(1 + (index - shape.capacity) as usize) as *mut Raw
        }
    }
}

/// The object's attribute dict, if it has gone over to one.
pub fn existing_dict(object: &Header) -> Option<&Dict> {
    if object.shape().kind != ShapeKind::Dictionary {
        return None;
    }
    // SAFETY: dictionary shapes have a dict or nothing on the extension word.
    unsafe { (*ext_word(object) as *const Dict).as_ref() }
}

/// An attribute of the object itself. `name` is interned.
pub fn get_attribute(object: &Header, name: &Str) -> Option<Value> {
    let shape = object.shape();
    match shape.kind {
        ShapeKind::Fixed => None,
        ShapeKind::Slots => {
            let index = shape.lookup(name)?;
            // SAFETY: slots below the count are initialized.
            Some(unsafe { *slot_address(object, index) }.to_value())
        }
        ShapeKind::Dictionary => existing_dict(object)?.get_str(name),
    }
}

/// Stores an attribute of the object itself; the class has a dictionary. `name` is interned.
pub fn set_attribute(object: &Header, name: &Str, value: Value) {
    let shape = object.shape();
    match shape.kind {
        ShapeKind::Fixed => unreachable!("the caller checked for a dictionary"),
        ShapeKind::Dictionary => dict_of(object).set_str(name, value),
        ShapeKind::Slots => {
            if let Some(index) = shape.lookup(name) {
                // SAFETY: an initialized slot; the old value is dropped after the new one is in place.
                unsafe {
                    let slot = slot_address(object, index);
                    let old = *slot;
                    *slot = value.into_raw();
                    drop(old.into_value());
                }
            } else if let Some(next) = shape.with(name) {
                push_slot(object, next, value);
            } else {
                dict_of(object).set_str(name, value);
            }
        }
    }
}

/// Appends a slot: `next` is the object's shape with one more attribute.
pub fn push_slot(object: &Header, next: &'static Shape, value: Value) {
    let index = next.count - 1;
    if index >= next.capacity {
        reserve_overflow(object, (index - next.capacity) as usize);
        next.class().learn_capacity(next.count);
    }
    object.set_shape(next);
    // SAFETY: the room was just made sure of; the slot holds nothing.
    unsafe { *slot_address(object, index) = value.into_raw() };
}

fn reserve_overflow(object: &Header, index: usize) {
    let word = ext_word(object);
    // SAFETY: the extension word is 0 or a tagged overflow array.
    unsafe {
        let old = (*word & !1) as *mut Overflow;
        let old_capacity = if old.is_null() { 0 } else { (*old).capacity };
        if index < old_capacity {
            return;
        }
        let capacity = (old_capacity * 2).max(4);
        let layout = overflow_layout(capacity);
        let new = alloc(layout) as *mut Overflow;
        if new.is_null() {
            handle_alloc_error(layout);
        }
        (*new).capacity = capacity;
        if !old.is_null() {
            std::ptr::copy_nonoverlapping(
                (old as *mut u64).add(1),
                (new as *mut u64).add(1),
                old_capacity,
            );
            dealloc(old as *mut u8, overflow_layout(old_capacity));
        }
        *word = new as u64 | 1;
    }
}

/// Deletes an attribute of the object itself; false if it has none of that name.
pub fn delete_attribute(object: &Header, name: &Str) -> bool {
    let shape = object.shape();
    match shape.kind {
        ShapeKind::Fixed => false,
        ShapeKind::Dictionary => {
            existing_dict(object).is_some_and(|dict| dict.remove_str(name).is_some())
        }
        ShapeKind::Slots => {
            let Some(index) = shape.lookup(name) else {
                return false;
            };
            let names = shape.names();
            let mut next = Some(shape.root_of());
            for &n in names
                .iter()
                .enumerate()
                .filter(|(i, _)| *i != index as usize)
                .map(|(_, n)| n)
            {
                // SAFETY: names of shapes live for ever.
                next = next.and_then(|s| s.with(unsafe { &*n }));
            }
            let Some(next) = next else {
                return dict_of(object).remove_str(name).is_some();
            };
            // SAFETY: all slots below the count are initialized; those behind the deleted move up.
            unsafe {
                let old = *slot_address(object, index);
                for i in index + 1..shape.count {
                    *slot_address(object, i - 1) = *slot_address(object, i);
                }
                *slot_address(object, shape.count - 1) = Raw::UNBOUND;
                object.set_shape(next);
                drop(old.into_value());
            }
            true
        }
    }
}

/// The object's `__dict__`; from here on its attributes live there. The class has a dictionary.
pub fn dict_of(object: &Header) -> &Dict {
    let shape = object.shape();
    if shape.kind == ShapeKind::Slots {
        let dict = Dict::make();
        for (index, name) in shape.names().into_iter().enumerate() {
            // SAFETY: slots below the count are initialized; their references move to the dict.
            unsafe {
                let slot = slot_address(object, index as u16);
                dict.set_str(&*name, (*slot).into_value());
                *slot = Raw::UNBOUND;
            }
        }
        attach_dict(object, dict);
    }
    if existing_dict(object).is_none() {
        attach_dict(object, Dict::make());
    }
    existing_dict(object).expect("just attached")
}

/// Replaces the object's `__dict__`.
pub fn set_dict(object: &Header, dict: Ref<Dict>) {
    dict_of(object);
    attach_dict(object, dict);
}

fn attach_dict(object: &Header, dict: Ref<Dict>) {
    // SAFETY: after the slots are emptied the extension word is replaced as a whole.
    unsafe {
        let word = ext_word(object);
        let old = *word;
        object.set_shape(object.class().dictionary_shape());
        *word = dict.into_value().into_raw().0;
        release_ext(old);
    }
}

unsafe fn release_ext(word: u64) {
    // SAFETY: the word is 0, a tagged array whose slots are empty, or an owned dict.
    unsafe {
        if word & 1 != 0 {
            let array = (word & !1) as *mut Overflow;
            dealloc(array as *mut u8, overflow_layout((*array).capacity));
        } else if word != 0 {
            drop(Raw(word).into_value());
        }
    }
}

/// The attributes of an object that has no dict, or none yet, if they all lie in the object.
#[inline]
pub fn slots(object: &Header) -> Option<&[Raw]> {
    let shape = object.shape();
    if shape.kind == ShapeKind::Fixed {
        return Some(&[]);
    }
    if shape.kind != ShapeKind::Slots || shape.count > shape.capacity {
        return None;
    }
    // SAFETY: slots below the count are initialized; the shape says there is an extension word.
    unsafe {
        let first = (object as *const Header as *const u8).add(shape.slots_offset as usize);
        let words = std::slice::from_raw_parts(first as *const Raw, shape.count as usize);
        (*ext_word(object) == 0).then_some(words)
    }
}

/// A new instance of a class whose attributes, by this shape, these words are.
///
/// # Safety
/// The shape is one of the class's instances, with so many attributes, all of them in the object; the words are owned.
pub unsafe fn instance(class: &Type, shape: &'static Shape, words: &[Raw]) -> Value {
    let object = crate::objects::object::Object::allocate(class).into_value();
    let header = object.raw().header();
    debug_assert!(shape.count as usize == words.len() && shape.count <= shape.capacity);
    header.set_shape(shape);
    for (index, word) in words.iter().enumerate() {
        // SAFETY: the caller's promise; the slot was unbound.
        unsafe { slot_address(header, index as u16).write(*word) };
    }
    object
}

/// Drops everything behind the native part of a dying object. Nobody can look at it any more, so the words
/// are let go of where they lie.
///
/// # Safety
/// The object is dying, not tracked, and has this shape, which has a tail.
pub unsafe fn drop_tail(object: *mut Header, shape: &'static Shape) {
    // SAFETY: the caller's promise; slots below the count are initialized.
    unsafe {
        shape.class().each_member_slot(object, &mut |slot| {
            let word = *slot;
            if !word.is_unbound() {
                word.release();
            }
        });
        if shape.kind == ShapeKind::Fixed {
            return;
        }
        let header = &*object;
        if shape.kind == ShapeKind::Slots {
            for index in 0..shape.count {
                (*slot_address(header, index)).release();
            }
        }
        release_ext(*ext_word(header));
    }
}

/// Drops attributes and member slots of a live object, as the collector does to break a cycle.
pub fn clear_tail(object: &Header, shape: &'static Shape) {
    let class = shape.class();
    // SAFETY: member slots are words of the object, unbound or owned; each word is emptied before what it held
    // is dropped.
    unsafe {
        class.each_member_slot(object, &mut |slot| {
            let old = slot.replace(Raw::UNBOUND);
            if !old.is_unbound() {
                drop(old.into_value());
            }
        });
        match shape.kind {
            ShapeKind::Fixed => {}
            ShapeKind::Slots => {
                let mut values = Vec::with_capacity(shape.count as usize);
                for index in 0..shape.count {
                    values.push(
                        slot_address(object, index)
                            .replace(Raw::UNBOUND)
                            .into_value(),
                    );
                }
                let word = std::ptr::replace(ext_word(object), 0);
                object.set_shape(shape.root_of());
                release_ext(word);
                drop(values);
            }
            ShapeKind::Dictionary => {
                let word = std::ptr::replace(ext_word(object), 0);
                release_ext(word);
            }
        }
    }
}

/// Visits attributes, dict and member slots.
pub fn traverse_tail(object: &Header, visit: &mut dyn FnMut(&Value)) {
    let shape = object.shape();
    let mut see = |raw: Raw| {
        if !raw.is_unbound() {
            visit(&raw.peek());
        }
    };
    // SAFETY: as in `clear_tail`.
    unsafe {
        shape
            .class()
            .each_member_slot(object, &mut |slot| see(*slot))
    };
    match shape.kind {
        ShapeKind::Fixed => {}
        ShapeKind::Slots => {
            for index in 0..shape.count {
                // SAFETY: slots below the count are initialized.
                see(unsafe { *slot_address(object, index) });
            }
        }
        ShapeKind::Dictionary => {
            if let Some(dict) = existing_dict(object) {
                visit(&object_value(dict));
            }
        }
    }
}

/// Is any attribute of the instance, in slots or members, an object? Not asked of those with dictionaries.
pub fn holds_objects(object: &Header) -> bool {
    let shape = object.shape();
    let mut any = false;
    // SAFETY: as in `traverse_tail`.
    unsafe {
        let see = &mut |slot: *mut Raw| any |= (*slot).is_pointer();
        shape.class().each_member_slot(object, see);
        let slots = 0..if shape.kind == ShapeKind::Slots {
            shape.count
        } else {
            0
        };
        any || slots
            .into_iter()
            .any(|i| (*slot_address(object, i)).is_pointer())
    }
}

/// Moves the object to another class with the same layout (`__class__` assignment).
pub fn rebase(object: &Header, class: &Type) {
    let old = object.shape();
    let next = match old.kind {
        ShapeKind::Fixed => Some(class.instance_shape()),
        ShapeKind::Dictionary => Some(class.dictionary_shape()),
        ShapeKind::Slots => {
            let mut next = Some(class.root_with_capacity(old.capacity));
            for name in old.names() {
                // SAFETY: names of shapes live for ever.
                next = next.and_then(|s| s.with(unsafe { &*name }));
            }
            next
        }
    };
    match next {
        Some(next) => object.set_shape(next),
        None => {
            dict_of(object);
            object.set_shape(class.dictionary_shape());
        }
    }
}
