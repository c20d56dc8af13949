//! `code`: the executable copy of a code object.
//!
//! Made from what the compiler or a cache file gives. It holds constants as values, names interned, and the instructions
//! as the interpreter specializes them in place; the compiler's form is not kept, but made again where it is asked for
//! ([`Code::plain`]): rarely, and it takes as much memory as all the rest.

use crate::exceptions::PyResult;
use crate::interpreter::polymorphic::ShapeTable;
use crate::monitoring::code::Monitor;
use crate::object::{Header, Ref};
use crate::objects::packed::Packed;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::tier::CodeState;
use crate::value::{Raw, Value};
use std::cell::{Cell, OnceCell, UnsafeCell};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use taipan_bytecode::{CodeFlags, CodeObject, Const, LocalKind, Opcode};
use taipan_macros::pyclass;

#[pyclass(name = "code", module = "builtins", gc, final, weakref)]
#[repr(C)]
pub struct Code {
    header: Header,
    /// First code unit of the executable copy.
    #[no_gc]
    pub start: *mut u16,
    pub consts: Box<[Value]>,
    pub names: Box<[Ref<Str>]>,
    /// Names of locals, cells and free variables.
    pub locals: Box<[Ref<Str>]>,
    #[no_gc]
    pub argcount: u32,
    #[no_gc]
    pub posonlyargcount: u32,
    #[no_gc]
    pub kwonlyargcount: u32,
    /// Locals, cells and free variables.
    #[no_gc]
    pub local_count: u32,
    #[no_gc]
    pub stack_size: u32,
    #[no_gc]
    pub flags: CodeFlags,
    /// Positional arguments only, nothing variable: the fast call applies.
    #[no_gc]
    pub simple: bool,
    /// As long as `locals`.
    #[no_gc]
    pub localspluskinds: Box<[LocalKind]>,
    #[no_gc]
    pub firstlineno: i32,
    #[no_gc]
    pub linetable: Box<[u8]>,
    #[no_gc]
    pub exceptiontable: Box<[u8]>,
    #[no_gc]
    instructions: UnsafeCell<Box<[u16]>>,
    pub name: Ref<Str>,
    pub qualname: Ref<Str>,
    pub filename: Ref<Str>,
    /// Tables of sites that meet several shapes; caches hold their addresses, which is why each has a box.
    #[no_gc]
    #[allow(clippy::vec_box)]
    shape_tables: UnsafeCell<Vec<Box<ShapeTable>>>,
    /// Subscripts that met containers of packed items, by their offsets.
    #[no_gc]
    packed_sites: UnsafeCell<Vec<(u32, Packed)>>,
    /// Shapes that sites without a table of their own have met, by the offsets of the instructions, the latest last.
    #[no_gc]
    shape_sites: UnsafeCell<Vec<(u32, Vec<u32>)>>,
    /// See [`Code::version`]; 0 until asked for.
    #[no_gc]
    version: Cell<u32>,
    /// Code units in front of `RESUME`, which make the cells of a frame.
    #[no_gc]
    pub prologue: u32,
    /// What the compiling tier keeps here.
    #[no_gc]
    pub tier: CodeState,
    /// What tools want of this code; see [`crate::monitoring`].
    #[no_gc]
    pub monitoring: OnceCell<Box<Monitor>>,
}

/// Shapes remembered for one site.
const SITE_SHAPES: usize = 8;

static NEXT_VERSION: AtomicU32 = AtomicU32::new(1);

/// A number that names a function's code, or code and defaults.
pub fn next_version() -> u32 {
    NEXT_VERSION.fetch_add(1, Ordering::Relaxed)
}

/// Living code by its version.
struct Versions(UnsafeCell<BTreeMap<u32, *const Code>>);
// SAFETY: guarded by the GIL.
unsafe impl Sync for Versions {}
static VERSIONS: Versions = Versions(UnsafeCell::new(BTreeMap::new()));

fn versions() -> &'static mut BTreeMap<u32, *const Code> {
    // SAFETY: under the GIL, and no caller holds the reference while it calls out.
    unsafe { &mut *VERSIONS.0.get() }
}

impl Drop for Code {
    fn drop(&mut self) {
        versions().remove(&self.version.get());
        crate::tier::code_dropped(self);
    }
}

impl Code {
    /// Of the native code for the function's start.
    pub const ENTRY_OFFSET: usize =
        std::mem::offset_of!(Code, tier) + std::mem::offset_of!(CodeState, entry);

    pub fn make(plain: Arc<CodeObject>) -> Ref<Code> {
        let mut plain = Arc::unwrap_or_clone(plain);
        let consts = std::mem::take(&mut plain.consts);
        let consts = consts.into_iter().map(constant).collect();
        Code::make_with(plain, consts)
    }
    /// With constants that are there already.
    pub fn make_with(mut plain: CodeObject, consts: Box<[Value]>) -> Ref<Code> {
        if !crate::sys::debug_ranges() {
            plain.linetable =
                taipan_bytecode::linetable::without_columns(&plain.linetable, plain.firstlineno);
        }
        let mut instructions: Box<[u16]> = plain
            .code
            .chunks_exact(2)
            .map(|c| u16::from_le_bytes([c[0], c[1]]))
            .collect();
        crate::interpreter::quicken(&mut instructions);
        let text = |t: &taipan_bytecode::Text| Str::from_text(t).interned();
        let names: Box<[Ref<Str>]> = plain.names.iter().map(text).collect();
        let locals: Box<[Ref<Str>]> = plain.localsplusnames.iter().map(text).collect();
        let prologue = prologue(&instructions);
        let simple = plain.kwonlyargcount == 0
            && !plain
                .flags
                .intersects(CodeFlags::VARARGS | CodeFlags::VARKEYWORDS);
        Ref::new(Code {
            header: Header::fresh(),
            start: instructions.as_mut_ptr(),
            consts,
            names,
            argcount: plain.argcount,
            posonlyargcount: plain.posonlyargcount,
            kwonlyargcount: plain.kwonlyargcount,
            local_count: locals.len() as u32,
            locals,
            stack_size: plain.stacksize,
            flags: plain.flags,
            simple,
            instructions: UnsafeCell::new(instructions),
            name: text(&plain.name),
            qualname: text(&plain.qualname),
            filename: Str::from_text(&plain.filename).interned(),
            localspluskinds: plain.localspluskinds,
            firstlineno: plain.firstlineno,
            linetable: plain.linetable,
            exceptiontable: plain.exceptiontable,
            shape_tables: UnsafeCell::new(Vec::new()),
            packed_sites: UnsafeCell::new(Vec::new()),
            shape_sites: UnsafeCell::new(Vec::new()),
            version: Cell::new(0),
            prologue,
            tier: CodeState::new(),
            monitoring: OnceCell::new(),
        })
    }
    /// Names this code for good; never 0.
    pub fn version(&self) -> u32 {
        if self.version.get() == 0 {
            self.version.set(next_version());
            versions().insert(self.version.get(), self);
        }
        self.version.get()
    }
    /// The version, or 0 if nobody has asked for it.
    pub fn current_version(&self) -> u32 {
        self.version.get()
    }
    /// The code of a function without defaults that has this version, if it lives.
    pub fn by_version(version: u32) -> Option<&'static Code> {
        // SAFETY: what dies is taken off; the caller keeps to what a guard of the version allows.
        versions().get(&version).map(|code| unsafe { &**code })
    }
    /// A new table for a site of this code.
    pub fn add_shape_table(&self) -> *mut ShapeTable {
        // SAFETY: under the GIL; the boxes do not move when the vector grows.
        let tables = unsafe { &mut *self.shape_tables.get() };
        tables.push(Box::default());
        &mut **tables.last_mut().expect("just pushed")
    }
    /// Remembers what a subscript at this offset met last, if its items are packed.
    pub fn note_packed(&self, unit: u32, container: Raw) {
        // SAFETY: under the GIL, and nothing else looks meanwhile.
        let sites = unsafe { &mut *self.packed_sites.get() };
        sites.retain(|(at, _)| *at != unit);
        sites.extend(Packed::of(container).map(|packed| (unit, packed)));
    }
    pub fn packed_at(&self, unit: u32) -> Option<Packed> {
        // SAFETY: as above.
        let sites = unsafe { &*self.packed_sites.get() };
        let found = sites.iter().find(|(at, _)| *at == unit);
        found.map(|(_, packed)| *packed)
    }
    /// Remembers the shape of an instance that the instruction at this offset met: the last [`SITE_SHAPES`] of them.
    pub fn note_shape(&self, unit: u32, shape: u32) {
        // SAFETY: under the GIL, and nothing else looks meanwhile.
        let sites = unsafe { &mut *self.shape_sites.get() };
        let Some((_, shapes)) = sites.iter_mut().find(|(at, _)| *at == unit) else {
            return sites.push((unit, vec![shape]));
        };
        shapes.retain(|known| *known != shape);
        if shapes.len() == SITE_SHAPES {
            shapes.remove(0);
        }
        shapes.push(shape);
    }
    /// Those shapes, the latest last.
    pub fn shapes_at(&self, unit: u32) -> &[u32] {
        // SAFETY: as above; the caller is done with them before Python code runs.
        let sites = unsafe { &*self.shape_sites.get() };
        let site = sites.iter().find(|(at, _)| *at == unit);
        site.map_or(&[], |(_, shapes)| shapes)
    }
    /// Number of code units.
    pub fn len(&self) -> usize {
        // SAFETY: the slice itself never changes, only what is in it.
        unsafe { (&*self.instructions.get()).len() }
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// `co_code`: the instructions as the compiler made them, caches zero.
    pub fn bytes(&self) -> Box<[u8]> {
        if let Some(monitor) = self.monitoring.get() {
            return monitor.code.clone();
        }
        // SAFETY: under the GIL; nothing runs meanwhile.
        let units = unsafe { &*self.instructions.get() };
        let mut bytes = Vec::with_capacity(2 * units.len());
        while let Some(unit) = units.get(bytes.len() / 2) {
            let [op, oparg] = unit.to_le_bytes();
            let op = Opcode::from_u8(op).expect("verified code").deopt();
            bytes.extend([op as u8, oparg]);
            bytes.resize(bytes.len() + 2 * op.caches(), 0);
        }
        bytes.into()
    }
    /// The executable copy as it is now, or would be without traps.
    pub fn snapshot(&self) -> Vec<u16> {
        // SAFETY: copied under the GIL.
        let mut units = unsafe { (*self.instructions.get()).to_vec() };
        self.without_traps(&mut units);
        units
    }
    /// Offset in code units of an instruction pointer.
    #[inline(always)]
    pub fn offset_of(&self, ip: *const u16) -> usize {
        (ip as usize - self.start as usize) / 2
    }
    /// Line of the instruction at this offset in code units.
    pub fn line_at(&self, unit: usize) -> Option<i32> {
        let position =
            taipan_bytecode::linetable::position_at(&self.linetable, self.firstlineno, unit);
        position.line
    }
    pub fn is_generator_like(&self) -> bool {
        self.flags
            .intersects(CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR)
    }
    pub fn free_count(&self) -> usize {
        self.localspluskinds
            .iter()
            .filter(|k| k.contains(LocalKind::FREE))
            .count()
    }
    /// Words that a frame of this code takes, behind the frame's head.
    #[inline(always)]
    pub fn frame_words(&self) -> usize {
        self.local_count as usize + self.stack_size as usize + 1
    }
}

/// How many code units there are in front of `RESUME`, as far as they only make cells.
fn prologue(instructions: &[u16]) -> u32 {
    let makes_cells = |unit: &&u16| {
        let op = Opcode::from_u8(**unit as u8);
        matches!(
            op,
            Some(Opcode::MAKE_CELL | Opcode::COPY_FREE_VARS | Opcode::EXTENDED_ARG)
        )
    };
    instructions.iter().take_while(makes_cells).count() as u32
}

/// A constant as a value; strings that look like names are interned, as everywhere.
pub fn constant(constant: Const) -> Value {
    match constant {
        Const::None => Value::none(),
        Const::True => Value::true_(),
        Const::False => Value::false_(),
        Const::Ellipsis => Value::ellipsis(),
        Const::Int(i) => Value::from_big(i),
        Const::Float(f) => Value::float(f),
        Const::Complex(re, im) => crate::objects::complex::Complex::new_value(re, im),
        Const::Str(text) => {
            let string = Str::from_text(&text);
            if string.is_ascii() && string.len() <= 4096 {
                string.interned()
            } else {
                string
            }
            .into_value()
        }
        Const::Bytes(bytes) => crate::objects::bytes::Bytes::from_slice(&bytes).into_value(),
        Const::Tuple(items) => {
            Tuple::new(items.into_iter().map(self::constant).collect::<Vec<_>>()).into_value()
        }
        Const::FrozenSet(items) => {
            crate::objects::set::Set::frozen_from(items.into_iter().map(self::constant).collect())
                .expect("constants are hashable")
        }
        Const::Slice(parts) => {
            let [start, stop, step] = parts.map(self::constant);
            crate::objects::slice::Slice::make(start, stop, step).into_value()
        }
        Const::Code(code) => Code::make(code).into_value(),
    }
}

/// Compiles source text; errors are raised as `SyntaxError`.
pub fn compile(source: &str, filename: &str, mode: taipan_compiler::Mode) -> PyResult<Ref<Code>> {
    crate::builtins::compile::compile_source(source.as_bytes(), filename, mode, &Default::default())
}
