//! Classes that keep numbers unboxed in a vector of bytes, and say so: compiled code reads and writes the
//! items in place.

use crate::native::NativeClass;
use crate::value::Raw;
use std::sync::Mutex;

/// One item.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PackedItem {
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    F64,
}

/// Where instances have what.
pub struct PackedLayout {
    /// Byte offset of a `Vec<u8>` with the items.
    pub vector: usize,
    /// Byte offset of the byte that names the kind of the items.
    pub kind: usize,
    /// What the bytes mean; others are left to the class's own methods.
    pub kinds: &'static [(u8, PackedItem)],
}

/// Layouts by the ids of the shapes of exact instances.
static LAYOUTS: Mutex<Vec<(u32, &'static PackedLayout)>> = Mutex::new(Vec::new());

/// Declares a class's layout.
pub fn declare<T: NativeClass>(layout: &'static PackedLayout) {
    let shape = T::cell().get().instance_shape().id();
    if let Ok(mut layouts) = LAYOUTS.lock()
        && layouts.iter().all(|(known, _)| *known != shape)
    {
        layouts.push((shape, layout));
    }
}

pub fn layout(shape: u32) -> Option<&'static PackedLayout> {
    let layouts = LAYOUTS.lock().ok()?;
    let found = layouts.iter().find(|(known, _)| *known == shape);
    found.map(|(_, layout)| *layout)
}

/// What a subscript's container was seen to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Packed {
    pub shape: u32,
    pub kind: u8,
}

impl Packed {
    /// What the word is, if its items are packed.
    pub fn of(container: Raw) -> Option<Packed> {
        if !container.is_pointer() {
            return None;
        }
        let shape = container.header().shape_id();
        let layout = layout(shape)?;
        // SAFETY: instances of the shape have the byte there.
        let kind = unsafe { *(container.address() as *const u8).add(layout.kind) };
        Some(Packed { shape, kind })
    }
    pub fn item(self) -> Option<PackedItem> {
        let kinds = layout(self.shape)?.kinds;
        let found = kinds.iter().find(|(kind, _)| *kind == self.kind);
        found.map(|(_, item)| *item)
    }
}
