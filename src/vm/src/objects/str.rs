//! `str`: one, two or four bytes a character, always the narrowest that fits (PEP 393).
//!
//! The characters lie behind the head in the same object; those of a long text that is being built up lie in
//! [`Growing`], which the object behind the head names. Two strings are equal exactly if width and
//! bytes are. Interned strings are immortal, and equal ones are the same object.

use crate::memory::heap;
use crate::native::NativeClass;
use crate::object::{Header, Ref, flags};
use crate::objects::class::Type;
use crate::text::copy::copy;
use crate::text::growing::Growing;
use crate::value::{Raw, Value};
use std::borrow::Cow;
use std::cell::{Cell, UnsafeCell};
use std::fmt;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicPtr, Ordering::Relaxed};
use taipan_bytecode::Text;
use taipan_macros::pyclass;

/// Bits of the header's flags.
const WIDTH_SHIFT: u32 = flags::KIND_SHIFT;
const WIDTH_MASK: u32 = 3 << WIDTH_SHIFT;
pub const ASCII: u32 = 1 << (flags::KIND_SHIFT + 2);
pub const INTERNED: u32 = 1 << (flags::KIND_SHIFT + 3);
/// The characters are shared.
const SHARED: u32 = 1 << (flags::KIND_SHIFT + 4);
/// Concatenations that are longer, in bytes, share their characters.
const LONG: usize = 512;

#[pyclass(name = "str", module = "builtins", match_self)]
#[repr(C)]
pub struct Str {
    header: Header,
    /// 0: not computed yet.
    hash: Cell<i64>,
    length: usize,
    data: [u8; 0],
}

pub use crate::text::Units;

/// Strings that exist once.
struct Pool {
    interned: hashbrown::HashTable<Ref<Str>>,
    empty: Option<Ref<Str>>,
}
struct Global(UnsafeCell<Pool>);
// SAFETY: guarded by the GIL.
unsafe impl Sync for Global {}
static POOL: Global = Global(UnsafeCell::new(Pool {
    interned: hashbrown::HashTable::new(),
    empty: None,
}));

/// The strings of single Latin-1 characters, as far as they were asked for.
static LATIN1: [AtomicPtr<Str>; 256] = [const { AtomicPtr::new(std::ptr::null_mut()) }; 256];

#[allow(clippy::mut_from_ref)]
fn pool() -> &'static mut Pool {
    // SAFETY: the GIL is held; no two of these references live at once.
    unsafe { &mut *POOL.0.get() }
}

/// Mixes bytes eight at a time; keyed so that collisions can't be planned from outside.
pub(crate) fn hash_bytes(bytes: &[u8]) -> i64 {
    const K: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut h = crate::runtime_seed() ^ (bytes.len() as u64).wrapping_mul(K);
    let mut fold = |word: u64| {
        let wide = ((h ^ word) as u128).wrapping_mul((K ^ 0xA076_1D64_78BD_642F) as u128);
        h = (wide as u64) ^ (wide >> 64) as u64;
        h = h.wrapping_add(word).rotate_left(23);
    };
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        fold(u64::from_le_bytes(chunk.try_into().expect("eight bytes")));
    }
    let mut last = [0; 8];
    last[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
    fold(u64::from_le_bytes(last));
    let h = (h ^ h >> 29).wrapping_mul(K);
    match (h ^ h >> 32) as i64 {
        0 | -1 => -2,
        h => h,
    }
}

/// The bytes of a slice of plain units.
fn unit_bytes<T: Copy>(units: &[T]) -> &[u8] {
    // SAFETY: u8, u16 and u32 have no padding.
    unsafe { std::slice::from_raw_parts(units.as_ptr() as *const u8, size_of_val(units)) }
}

impl Str {
    pub const LENGTH_OFFSET: usize = std::mem::offset_of!(Str, length);
    pub const DATA_OFFSET: usize = std::mem::offset_of!(Str, data);

    pub(crate) unsafe fn variable_size(string: *const Header) -> usize {
        // SAFETY: the caller has a string.
        let string = unsafe { &*(string as *const Str) };
        Str::DATA_OFFSET + string.bytes().len()
    }

    /// Makes a string of `length` characters whose bytes `fill` writes, all of them.
    #[inline]
    fn build(
        class: Option<&Type>,
        width: usize,
        length: usize,
        ascii: bool,
        fill: impl FnOnce(&mut [MaybeUninit<u8>]),
    ) -> Ref<Str> {
        let bytes = length
            .checked_mul(width)
            .expect("an object of this length exists");
        let native_size = Str::DATA_OFFSET + bytes;
        // SAFETY: head, characters and tail are written before the object can be seen.
        unsafe {
            let mut size = native_size;
            let mut shape = if Str::cell().is_set() {
                Str::cell().shape() as *const _
            } else {
                std::ptr::null()
            };
            if let Some(class) = class {
                shape = class.instance_shape();
                let has_slots = class.has_member_slots();
                if has_slots || class.instance_shape().kind() != crate::shape::ShapeKind::Fixed {
                    // The extension word, and the slots.
                    size = native_size.next_multiple_of(8) + 8 + 8 * class.member_offsets().len();
                }
            }
            let cell = heap::allocate(size, class.is_some()) as *mut Str;
            let start = (cell as *mut u8).add(Str::DATA_OFFSET);
            // What is behind the characters, if anything: the tail of an instance.
            std::ptr::write_bytes(start.add(bytes), 0, size - native_size);
            fill(std::slice::from_raw_parts_mut(
                start as *mut MaybeUninit<u8>,
                bytes,
            ));
            (&raw mut (*cell).hash).write(Cell::new(0));
            (&raw mut (*cell).length).write(length);
            let header = Header::new(shape);
            header.set((width as u32 / 2) << WIDTH_SHIFT | if ascii { ASCII } else { 0 });
            if size > heap::MAX_CELL {
                header.set(flags::LARGE);
            }
            if let Some(class) = class {
                header.set(flags::TRACKED);
                crate::object::object_value(class).into_raw();
            }
            (cell as *mut Header).write(header);
            if let Some(class) = class {
                // Where the slots lie depends on what was just written.
                class.each_member_slot(cell as *const Header, &mut |slot| {
                    slot.write(Raw::UNBOUND);
                });
            }
            Ref::from_owned(cell)
        }
    }
    pub(crate) fn adopt(&self) {
        self.header.set_shape(Str::cell().shape());
    }
    pub fn empty() -> Ref<Str> {
        pool()
            .empty
            .get_or_insert_with(|| Str::intern_new(Str::build(None, 1, 0, true, |_| ())))
            .clone()
    }
    fn intern_new(string: Ref<Str>) -> Ref<Str> {
        string.header().make_immortal();
        string.header().set(INTERNED);
        let hash = string.hash() as u64;
        pool()
            .interned
            .insert_unique(hash, string.clone(), |s| s.hash() as u64);
        string
    }
    /// The one-character string of a code point.
    #[inline]
    pub fn from_char(point: u32) -> Ref<Str> {
        if let Some(known) = LATIN1.get(point as usize) {
            let known = known.load(Relaxed);
            if !known.is_null() {
                // SAFETY: these strings are immortal: nobody counts.
                return unsafe { Ref::from_owned(known) };
            }
        }
        Str::make_char(point)
    }
    #[cold]
    #[inline(never)]
    fn make_char(point: u32) -> Ref<Str> {
        let Some(place) = LATIN1.get(point as usize) else {
            return Str::from_code_points(&[point]);
        };
        let string = Str::build(None, 1, 1, point < 128, |b| {
            b[0].write(point as u8);
        });
        let string = string.interned();
        place.store(string.as_ptr(), Relaxed);
        string
    }
    #[allow(clippy::should_implement_trait)]
    pub fn new(text: &str) -> Ref<Str> {
        if text.is_ascii() {
            return Str::from_latin1(text.as_bytes());
        }
        Str::from_code_points(&text.chars().map(|c| c as u32).collect::<Vec<_>>())
    }
    /// Each byte is a character.
    pub fn from_latin1(bytes: &[u8]) -> Ref<Str> {
        match bytes {
            [] => Str::empty(),
            [one] => Str::from_char(*one as u32),
            _ => Str::build(None, 1, bytes.len(), bytes.is_ascii(), |b| copy(bytes, b)),
        }
    }
    /// Code points, surrogates allowed; each below 0x110000.
    pub fn from_code_points(points: &[u32]) -> Ref<Str> {
        Str::from_units(Units::Four(points))
    }
    pub fn from_text(text: &Text) -> Ref<Str> {
        match text.as_str() {
            Some(text) => Str::new(text),
            None => Str::from_code_points(&text.code_points().collect::<Vec<_>>()),
        }
    }
    /// A copy of these characters, in the narrowest width.
    pub fn from_units(units: Units) -> Ref<Str> {
        match units {
            Units::One(u) => Str::from_latin1(u),
            Units::Two(u) => {
                if u.iter().all(|&c| c < 256) {
                    return Str::from_latin1(&u.iter().map(|&c| c as u8).collect::<Vec<_>>());
                }
                Str::build(None, 2, u.len(), false, |b| {
                    copy(unit_bytes(u), b);
                })
            }
            Units::Four(u) => {
                let widest = u.iter().copied().max().unwrap_or(0);
                if widest < 256 {
                    Str::from_latin1(&u.iter().map(|&c| c as u8).collect::<Vec<_>>())
                } else if widest < 0x10000 {
                    let narrow: Vec<u16> = u.iter().map(|&c| c as u16).collect();
                    Str::build(None, 2, u.len(), false, |b| {
                        copy(unit_bytes(&narrow), b);
                    })
                } else {
                    Str::build(None, 4, u.len(), false, |b| {
                        copy(unit_bytes(u), b);
                    })
                }
            }
        }
    }
    /// A copy as an instance of a subclass.
    pub fn new_instance(class: &Type, text: &Str) -> Ref<Str> {
        if std::ptr::eq(class, Str::class()) {
            return Ref::from_ref(text);
        }
        Str::build(
            Some(class),
            text.width(),
            text.length,
            text.is_ascii(),
            |b| {
                copy(text.bytes(), b);
            },
        )
    }
    /// The interned string with this text.
    pub fn intern(text: &str) -> Ref<Str> {
        Str::new(text).interned()
    }
    /// The interned string equal to this one (this one itself, if it is the first).
    pub fn interned(&self) -> Ref<Str> {
        if self.is_interned() {
            return Ref::from_ref(self);
        }
        let hash = self.hash() as u64;
        if let Some(found) = pool().interned.find(hash, |s| s.same_text(self)) {
            return found.clone();
        }
        let exact = !Str::cell().is_set()
            || self.header.shape_id() == 0
            || std::ptr::eq(self.header.class(), Str::class());
        let string = if exact {
            Ref::from_ref(self)
        } else {
            Str::from_units(self.units())
        };
        if string.is_interned() {
            return string;
        }
        Str::intern_new(string)
    }
    pub(crate) fn each_interned(visit: &mut dyn FnMut(&Str)) {
        for string in pool().interned.iter() {
            visit(string);
        }
    }
    #[inline(always)]
    pub fn is_interned(&self) -> bool {
        self.header.has(INTERNED)
    }
    /// Number of characters.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.length
    }
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }
    /// Bytes a character.
    #[inline(always)]
    pub fn width(&self) -> usize {
        1 << ((self.header.flags() & WIDTH_MASK) >> WIDTH_SHIFT)
    }
    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.header.has(ASCII)
    }
    /// The place behind the head.
    #[inline(always)]
    fn data(&self) -> *const u8 {
        // SAFETY: inside the object, or at its end.
        unsafe { (self as *const Str as *const u8).add(Str::DATA_OFFSET) }
    }
    /// The characters, if they are shared.
    #[inline(always)]
    fn growing(&self) -> Option<&Growing> {
        // SAFETY: the flag says what lies there.
        self.header
            .has(SHARED)
            .then(|| unsafe { &*(self.data() as *const Growing) })
    }
    #[inline(always)]
    fn start(&self) -> *const u8 {
        match self.growing() {
            None => self.data(),
            Some(growing) => growing.start(),
        }
    }
    #[inline(always)]
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: there are `length * width` bytes.
        unsafe { std::slice::from_raw_parts(self.start(), self.length * self.width()) }
    }
    #[inline(always)]
    pub fn units(&self) -> Units<'_> {
        // SAFETY: as above; the characters are aligned to 8.
        unsafe {
            match self.width() {
                1 => Units::One(std::slice::from_raw_parts(self.start(), self.length)),
                2 => Units::Two(std::slice::from_raw_parts(
                    self.start() as *const u16,
                    self.length,
                )),
                _ => Units::Four(std::slice::from_raw_parts(
                    self.start() as *const u32,
                    self.length,
                )),
            }
        }
    }
    #[inline(always)]
    pub fn char_at(&self, index: usize) -> u32 {
        self.units().get(index)
    }
    pub fn code_points(&self) -> impl ExactSizeIterator<Item = u32> + DoubleEndedIterator + '_ {
        let units = self.units();
        (0..self.length).map(move |i| units.get(i))
    }
    /// The text if it is ASCII.
    #[inline]
    pub fn as_ascii(&self) -> Option<&str> {
        // SAFETY: ASCII is UTF-8.
        self.is_ascii()
            .then(|| unsafe { std::str::from_utf8_unchecked(self.bytes()) })
    }
    /// The text for Rust; lone surrogates become U+FFFD.
    pub fn to_rust(&self) -> Cow<'_, str> {
        match self.as_ascii() {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(
                self.code_points()
                    .map(|c| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER))
                    .collect(),
            ),
        }
    }
    pub fn to_text(&self) -> Text {
        Text::from_code_points(self.code_points())
    }
    /// The text in UTF-8, or the index of the first lone surrogate.
    pub fn to_utf8(&self) -> Result<Cow<'_, [u8]>, usize> {
        if self.is_ascii() {
            return Ok(Cow::Borrowed(self.bytes()));
        }
        let mut out = String::with_capacity(self.length * 2);
        for (i, c) in self.code_points().enumerate() {
            out.push(char::from_u32(c).ok_or(i)?);
        }
        Ok(Cow::Owned(out.into_bytes()))
    }
    #[inline]
    pub fn hash(&self) -> i64 {
        let hash = self.hash.get();
        if hash != 0 {
            return hash;
        }
        let hash = if self.length == 0 {
            -2
        } else {
            hash_bytes(self.bytes())
        };
        self.hash.set(hash);
        hash
    }
    /// Text equality.
    #[inline]
    pub fn same_text(&self, other: &Str) -> bool {
        std::ptr::eq(self, other)
            || (self.length == other.length
                && self.width() == other.width()
                && self.bytes() == other.bytes())
    }
    pub fn is_text(&self, text: &str) -> bool {
        match self.as_ascii() {
            Some(own) => own == text,
            None => self.code_points().eq(text.chars().map(|c| c as u32)),
        }
    }
    pub fn compare(&self, other: &Str) -> std::cmp::Ordering {
        match (self.units(), other.units()) {
            (Units::One(a), Units::One(b)) => a.cmp(b),
            _ => self.code_points().cmp(other.code_points()),
        }
    }
    /// `self + other`.
    pub fn concat(&self, other: &Str) -> Ref<Str> {
        if other.is_empty() {
            return Ref::from_ref(self);
        }
        if self.is_empty() {
            return Ref::from_ref(other);
        }
        if (self.length + other.length) * self.width() > LONG && other.width() <= self.width() {
            return self.grown(other);
        }
        Str::concat_all(&[self, other])
    }
    /// `self + other` with shared characters; the other's are not wider.
    fn grown(&self, other: &Str) -> Ref<Str> {
        let (width, own) = (self.width(), self.bytes());
        let more = other.length * width;
        let write = |target: *mut u8| {
            // SAFETY: there is room for the other's characters.
            let target = unsafe { std::slice::from_raw_parts_mut(target as *mut _, more) };
            other.write_wide(width, target);
        };
        let growing = match self.growing() {
            None => None,
            Some(growing) => growing.extend(own.len(), more, write),
        };
        let growing = growing.unwrap_or_else(|| {
            // Nobody may ever append again: there is room for more from the second time on.
            let length = own.len() + more;
            let spare = if self.header.has(SHARED) {
                length / 2
            } else {
                0
            };
            let growing = Growing::new(own, length + spare);
            growing
                .extend(own.len(), more, write)
                .expect("room was made")
        });
        let ascii = self.is_ascii() && other.is_ascii();
        let string = Str::build(None, 1, size_of::<Growing>(), ascii, |place| {
            // SAFETY: the place has the size of what is put there, and the alignment of the head.
            unsafe { (place.as_mut_ptr() as *mut Growing).write(growing) };
        });
        // SAFETY: the object is new; nobody else looks at it.
        unsafe { (*string.as_ptr()).length = self.length + other.length };
        let header = string.header();
        header.set((width as u32 / 2) << WIDTH_SHIFT | SHARED);
        string
    }
    /// Writes the characters with so many bytes each, not fewer than they have.
    #[inline]
    fn write_wide(&self, width: usize, target: &mut [MaybeUninit<u8>]) {
        if self.width() == width {
            copy(self.bytes(), target);
            return;
        }
        for (unit, c) in target.chunks_exact_mut(width).zip(self.code_points()) {
            copy(&c.to_le_bytes()[..width], unit);
        }
    }
    /// The strings in a row.
    pub fn concat_all(parts: &[&Str]) -> Ref<Str> {
        let (mut width, mut length, mut ascii) = (1, 0, true);
        for part in parts {
            width = width.max(part.width());
            length += part.length;
            ascii &= part.is_ascii();
        }
        if length == 0 {
            return Str::empty();
        }
        if length == 1 {
            let part = parts
                .iter()
                .find(|p| p.length == 1)
                .expect("one has the character");
            return Str::from_char(part.char_at(0));
        }
        Str::build(None, width, length, ascii, |out| {
            let mut at = 0;
            for part in parts {
                let bytes = part.length * width;
                part.write_wide(width, &mut out[at..at + bytes]);
                at += bytes;
            }
        })
    }
    /// Characters `range`.
    pub fn substring(&self, range: std::ops::Range<usize>) -> Ref<Str> {
        if range.start == 0
            && range.end == self.length
            && std::ptr::eq(self.header.class(), Str::class())
        {
            return Ref::from_ref(self);
        }
        if range.is_empty() {
            return Str::empty();
        }
        if self.is_ascii() {
            return Str::from_latin1(&self.bytes()[range]);
        }
        Str::from_units(self.units().slice(range))
    }
    pub fn object_size(&self) -> usize {
        Str::DATA_OFFSET + self.bytes().len()
    }
}

impl Drop for Str {
    #[inline]
    fn drop(&mut self) {
        if self.header.has(SHARED) {
            // SAFETY: the flag says what lies there; it is not looked at again.
            unsafe { std::ptr::drop_in_place(self.data() as *mut Growing) }
        }
    }
}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rust())
    }
}

/// Interned names written in the program text: `names::INIT.get()`.
pub struct Name(&'static str, UnsafeCell<Option<Ref<Str>>>);
// SAFETY: guarded by the GIL.
unsafe impl Sync for Name {}

impl Name {
    pub const fn new(text: &'static str) -> Name {
        Name(text, UnsafeCell::new(None))
    }
    #[inline(always)]
    pub fn get(&'static self) -> &'static Str {
        // SAFETY: set once, to an immortal string.
        unsafe {
            let slot = &mut *self.1.get();
            if slot.is_none() {
                *slot = Some(Str::intern(self.0));
            }
            &*slot.as_ref().expect("just set").as_ptr()
        }
    }
}

impl std::ops::Deref for Name {
    type Target = Str;
    #[inline(always)]
    fn deref(&self) -> &Str {
        // SAFETY: names are statics.
        unsafe { (*(self as *const Name)).get() }
    }
}

/// The value of an exact or derived string.
pub fn expect_str<'a>(value: &'a Value, what: &str) -> crate::exceptions::PyResult<&'a Str> {
    value.downcast::<Str>().ok_or_else(|| {
        crate::exceptions::type_error(format!("{what} must be str, not {}", value.class().name()))
    })
}
