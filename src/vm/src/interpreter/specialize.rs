//! Specialization in place (PEP 659): the generic form of an instruction looks at its operands when its
//! counter has run down, and replaces itself by the form that fits them.
//!
//! The first unit of an inline cache is the counter. A specialized form that does not fit runs the
//! generic one, which counts down again, so that a site follows its operands without thrashing.

use super::dispatch::State;
use super::polymorphic::{Access, Entry, ShapeTable};
use crate::native::NativeClass;
use crate::objects::builtin_function::{BuiltinFunction, MethodDescriptor};
use crate::objects::class::{Type, TypeFlags};
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use crate::objects::list::List;
use crate::objects::list_iter::ListIterator;
use crate::objects::member::{Member, Place};
use crate::objects::method::Method;
use crate::objects::module::Module;
use crate::objects::property::Property;
use crate::objects::range::RangeIterator;
use crate::objects::set::Set;
use crate::objects::slice::Slice;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::tuple_iter::TupleIterator;
use crate::shape::{self, ShapeKind};
use crate::value::Raw;
use taipan_bytecode::Opcode;

/// A counter: executions left until the site is looked at (12 bits), above the exponent of the next wait (4 bits).
const EXPONENT_BITS: u16 = 4;
const MAX_EXPONENT: u16 = 12;
/// What the counter of a site that specializes holds before it was executed.
pub const WARMUP: u16 = 1 << EXPONENT_BITS | 1;
/// Which way a branch went lately, a bit each: nothing is known yet. Shown only.
const NO_HISTORY: u16 = 0x5555;
/// What a loop waits for the compiling tier, as CPython's loops do. Shown only: ours count elsewhere.
const LOOP_WARMUP: u16 = 4095 << EXPONENT_BITS | MAX_EXPONENT;
/// The longest wait.
const RARELY: u16 = u16::MAX;

/// The first unit of the cache of an instruction that was never executed.
pub fn untouched(op: Opcode) -> u16 {
    match op {
        Opcode::JUMP_BACKWARD => LOOP_WARMUP,
        Opcode::POP_JUMP_IF_TRUE
        | Opcode::POP_JUMP_IF_FALSE
        | Opcode::POP_JUMP_IF_NONE
        | Opcode::POP_JUMP_IF_NOT_NONE => NO_HISTORY,
        _ => WARMUP,
    }
}

/// Prepares a fresh executable copy: counters start at their warm-up.
pub fn quicken(instructions: &mut [u16]) {
    let mut i = 0;
    while i < instructions.len() {
        let Some(op) = Opcode::from_u8(instructions[i] as u8) else {
            break;
        };
        let caches = op.caches();
        if caches > 0 && i + 1 < instructions.len() {
            instructions[i + 1] = untouched(op);
        }
        i += 1 + caches;
    }
}

/// Counts down; true when the site is to be looked at. Waits grow with every look, so that sites without a
/// pattern cost little.
#[inline(always)]
fn due(s: &State) -> bool {
    // SAFETY: the instruction has a cache, and code under execution is ours to write.
    unsafe {
        let counter = s.ip.add(1) as *mut u16;
        let step = 1 << EXPONENT_BITS;
        if *counter >= step {
            *counter -= step;
            return false;
        }
        let exponent = (*counter + 1).min(MAX_EXPONENT);
        *counter = ((1 << exponent) - 1) << EXPONENT_BITS | exponent;
        true
    }
}

/// Counts down a site; false, and nothing is done, when it is to be looked at.
#[inline(always)]
pub fn count_down(s: &State) -> bool {
    // SAFETY: as above.
    unsafe {
        let counter = s.ip.add(1) as *mut u16;
        let step = 1 << EXPONENT_BITS;
        if *counter < step {
            return false;
        }
        *counter -= step;
        true
    }
}

fn become_op(s: &State, op: Opcode) {
    // SAFETY: as above; the operand stays.
    unsafe {
        let word = s.ip as *mut u16;
        *word = (*word & 0xFF00) | op as u16;
    }
}

fn write16(s: &State, unit: usize, value: u16) {
    // SAFETY: the unit is part of the instruction's cache.
    unsafe { *(s.ip.add(1 + unit) as *mut u16) = value }
}
fn write32(s: &State, unit: usize, value: u32) {
    // SAFETY: as above.
    unsafe { (s.ip.add(1 + unit) as *mut u32).write_unaligned(value) }
}
fn write64(s: &State, unit: usize, value: u64) {
    // SAFETY: as above.
    unsafe { (s.ip.add(1 + unit) as *mut u64).write_unaligned(value) }
}

fn is_exact<T: NativeClass>(raw: Raw) -> bool {
    raw.is_pointer() && raw.header().shape_id() == T::cell().shape().id()
}

fn is_float(raw: Raw) -> bool {
    raw.as_float().is_some()
}

#[inline(always)]
pub fn binary_op(s: &State, oparg: u32, left: Raw, right: Raw) {
    if due(s) {
        binary_op_slow(s, oparg, left, right);
    }
}

#[cold]
#[inline(never)]
fn binary_op_slow(s: &State, oparg: u32, left: Raw, right: Raw) {
    use Opcode::*;
    let ints = left.is_int() && right.is_int();
    let floats = is_float(left) && is_float(right);
    let numbers = (left.is_int() || is_float(left)) && (right.is_int() || is_float(right));
    let op = match oparg {
        0 | 13 if ints => BINARY_OP_ADD_INT,
        10 | 23 if ints => BINARY_OP_SUBTRACT_INT,
        5 | 18 if ints => BINARY_OP_MULTIPLY_INT,
        0 | 13 if floats => BINARY_OP_ADD_FLOAT,
        10 | 23 if floats => BINARY_OP_SUBTRACT_FLOAT,
        5 | 18 if floats => BINARY_OP_MULTIPLY_FLOAT,
        0 | 13 if is_exact::<Str>(left) && is_exact::<Str>(right) => BINARY_OP_ADD_UNICODE,
        26 if right.is_int() && is_exact::<List>(left) => BINARY_OP_SUBSCR_LIST_INT,
        26 if right.is_int() && is_exact::<Tuple>(left) => BINARY_OP_SUBSCR_TUPLE_INT,
        26 if right.is_int() && is_exact::<Str>(left) => BINARY_OP_SUBSCR_STR_INT,
        26 if is_exact::<List>(left) && is_exact::<Slice>(right) => BINARY_OP_SUBSCR_LIST_SLICE,
        26 if is_exact::<Dict>(left) => BINARY_OP_SUBSCR_DICT,
        26 => {
            if right.is_int() {
                note_packed(s, left);
            }
            return getitem(s, left);
        }
        _ if ints => BINARY_OP_EXTEND,
        0 | 13 | 10 | 23 | 5 | 18 | 11 | 24 if numbers => BINARY_OP_EXTEND,
        _ => return note_operands(s, left, right),
    };
    become_op(s, op);
}

/// Leaves the shapes of operands that no form is made for (0 for words) in the cache: the compiling tier looks
/// there.
fn note_operands(s: &State, left: Raw, right: Raw) {
    // SAFETY: the instruction pointer names an instruction.
    if unsafe { *s.ip } as u8 != Opcode::BINARY_OP as u8 {
        return;
    }
    let shape = |raw: Raw| match raw.is_pointer() {
        true => raw.header().shape_id(),
        false => 0,
    };
    write32(s, 1, shape(left));
    write32(s, 3, shape(right));
}

/// Subscripts of instances whose class has a Python `__getitem__` of two parameters.
fn getitem(s: &State, container: Raw) {
    if !container.is_pointer() {
        return;
    }
    let class = container.header().class();
    let version = class.version();
    let Some(found) = class.lookup_raw(&crate::names::GETITEM) else {
        return;
    };
    let f = found.peek();
    let Some(function) = f.downcast_exact::<Function>() else {
        return;
    };
    let code = function.code();
    if version == 0 || !code.simple || code.argcount != 2 {
        return;
    }
    let entry = Entry {
        shape: container.header().shape_id(),
        version,
        operand: found.0,
        access: Access::Method,
    };
    // SAFETY: the instruction pointer names an instruction; this form's cache holds a table of this code.
    let table = unsafe {
        if *s.ip as u8 == Opcode::BINARY_OP_SUBSCR_GETITEM as u8 {
            &mut *(s.cache64(1) as *mut ShapeTable)
        } else {
            let table = s.frame().code_ref().add_shape_table();
            write64(s, 1, table as u64);
            &mut *table
        }
    };
    if table.add(entry) {
        become_op(s, Opcode::BINARY_OP_SUBSCR_GETITEM);
    } else {
        become_op(s, Opcode::BINARY_OP);
        write16(s, 0, RARELY);
    }
}

#[inline(always)]
pub fn compare_op(s: &State, left: Raw, right: Raw) {
    if !due(s) {
        return;
    }
    let op = if left.is_int() && right.is_int() {
        Opcode::COMPARE_OP_INT
    } else if is_float(left) && is_float(right) {
        Opcode::COMPARE_OP_FLOAT
    } else if is_exact::<Str>(left) && is_exact::<Str>(right) {
        Opcode::COMPARE_OP_STR
    } else {
        return;
    };
    become_op(s, op);
}

pub fn contains_op(s: &State, container: Raw) {
    if !due(s) {
        return;
    }
    if is_exact::<Dict>(container) {
        become_op(s, Opcode::CONTAINS_OP_DICT);
    } else if is_exact::<Set>(container) {
        become_op(s, Opcode::CONTAINS_OP_SET);
    }
}

pub fn to_bool(s: &State, raw: Raw) {
    if !due(s) {
        return;
    }
    let plain = raw.unborrowed();
    let op = if plain == Raw::true_() || plain == Raw::false_() {
        Opcode::TO_BOOL_BOOL
    } else if raw.is_int() {
        Opcode::TO_BOOL_INT
    } else if plain == Raw::none() {
        Opcode::TO_BOOL_NONE
    } else if is_exact::<List>(raw) {
        Opcode::TO_BOOL_LIST
    } else if is_exact::<Str>(raw) {
        Opcode::TO_BOOL_STR
    } else if raw.is_pointer()
        && raw.header().class().slots().bool.is_none()
        && raw.header().class().slots().length.is_none()
    {
        Opcode::TO_BOOL_ALWAYS_TRUE
    } else {
        return;
    };
    become_op(s, op);
}

pub fn store_subscr(s: &State, container: Raw, key: Raw) {
    if !due(s) {
        return;
    }
    if is_exact::<List>(container) && key.is_int() {
        become_op(s, Opcode::STORE_SUBSCR_LIST_INT);
    } else if is_exact::<Dict>(container) {
        become_op(s, Opcode::STORE_SUBSCR_DICT);
    } else if container.is_pointer() && container.header().class().is_heap() {
        note_shape(s, container.header().shape_id());
    } else if key.is_int() {
        note_packed(s, container);
    }
}

/// Compiled code has a form for what the instruction at hand does with objects of several shapes.
fn note_shape(s: &State, shape: u32) {
    let code = s.frame().code_ref();
    code.note_shape(code.offset_of(s.ip) as u32, shape);
}

/// `super().method` stays generic here.
#[inline(always)]
pub fn load_super_attr(s: &State, object: Raw) {
    if due(s) && object.is_pointer() && object.header().class().is_heap() {
        note_shape(s, object.header().shape_id());
    }
}

/// Subscripts of packed items stay generic here; compiled code has a form for them.
fn note_packed(s: &State, container: Raw) {
    let code = s.frame().code_ref();
    code.note_packed(code.offset_of(s.ip) as u32, container);
}

pub fn for_iter(s: &State, iterator: Raw) {
    if !due(s) {
        return;
    }
    let op = if is_exact::<RangeIterator>(iterator) {
        Opcode::FOR_ITER_RANGE
    } else if is_exact::<ListIterator>(iterator) {
        Opcode::FOR_ITER_LIST
    } else if is_exact::<TupleIterator>(iterator) {
        Opcode::FOR_ITER_TUPLE
    } else if is_exact::<crate::objects::generator::Generator>(iterator) {
        Opcode::FOR_ITER_GEN
    } else {
        return;
    };
    become_op(s, op);
}

pub fn send(s: &State, receiver: Raw) {
    if due(s) && crate::objects::generator::is_generator_or_coroutine(receiver) {
        become_op(s, Opcode::SEND_GEN);
    }
}

pub fn unpack_sequence(s: &State, oparg: u32, sequence: Raw) {
    if !due(s) {
        return;
    }
    if is_exact::<Tuple>(sequence) {
        become_op(
            s,
            if oparg == 2 {
                Opcode::UNPACK_SEQUENCE_TWO_TUPLE
            } else {
                Opcode::UNPACK_SEQUENCE_TUPLE
            },
        );
    } else if is_exact::<List>(sequence) {
        become_op(s, Opcode::UNPACK_SEQUENCE_LIST);
    }
}

pub fn load_global(s: &State, oparg: u32) {
    if !due(s) {
        return;
    }
    let name = &s.frame().code_ref().names[(oparg >> 1) as usize];
    // SAFETY: the frame's function owns both.
    let (globals, builtins) = unsafe { (&*s.frame().globals, &*s.frame().builtins) };
    // A subclass may look names up in its own way.
    if !globals.is_exact() {
        return;
    }
    if let Some(place) = globals.place_of_str(name) {
        if place <= u16::MAX as usize && globals.value_at(place, name).is_some() {
            write16(s, 1, place as u16);
            become_op(s, Opcode::LOAD_GLOBAL_MODULE);
        }
    } else if let Some(place) = builtins.place_of_str(name)
        && place <= u16::MAX as usize
        && builtins.value_at(place, name).is_some()
    {
        write16(s, 1, place as u16);
        write32(s, 2, globals.keys_version());
        become_op(s, Opcode::LOAD_GLOBAL_BUILTIN);
    }
}

#[inline(always)]
pub fn load_attr(s: &State, oparg: u32, owner: Raw) {
    if due(s) {
        load_attr_slow(s, oparg, owner);
    }
}

#[cold]
#[inline(never)]
fn load_attr_slow(s: &State, oparg: u32, owner: Raw) {
    let name: &Str = &s.frame().code_ref().names[(oparg >> 1) as usize];
    let is_call = oparg & 1 != 0;
    let value = owner.peek();
    if !owner.is_pointer() {
        if is_call
            && let Some(found) = value.class().lookup_raw(name)
            && found.peek().class().has(TypeFlags::METHOD_DESCRIPTOR)
            && (owner.is_int() || owner.is_tagged_float())
        {
            // Methods of int and float never change.
            write32(s, 1, if owner.is_int() { 0 } else { 1 });
            write64(s, 4, found.0);
            become_op(s, Opcode::LOAD_ATTR_METHOD_NO_DICT);
        }
        return;
    }
    if let Some(module) = value.downcast_exact::<Module>() {
        if let Some(place) = module.dict().place_of_str(name)
            && place <= u16::MAX as usize
            && module.dict().value_at(place, name).is_some()
        {
            write16(s, 3, place as u16);
            become_op(s, Opcode::LOAD_ATTR_MODULE);
        }
        return;
    }
    if let Some(class) = value.downcast::<Type>() {
        load_class_attr(s, class, name);
        return;
    }
    let class = value.class();
    if !class.has(TypeFlags::GENERIC_GETATTR) {
        return;
    }
    let header = owner.header();
    let shape = header.shape();
    let found = class.lookup_raw(name);
    let version = class.version();
    if let Some(found) = found {
        let f = found.peek();
        if let Some(member) = f.downcast_exact::<Member>() {
            if let Place::Slot(offset) = member.place
                && class.is_subclass(&member.owner)
                && !class.is_variable()
                && offset <= u16::MAX as usize
            {
                // Unbound members raise: such sites stay with one shape.
                write32(s, 1, header.shape_id());
                write16(s, 3, offset as u16);
                become_op(s, Opcode::LOAD_ATTR_SLOT);
            }
            return;
        }
        if let Some(property) = f.downcast_exact::<Property>() {
            if is_call {
                return;
            }
            if let Some(getter) = property.getter_of()
                && let Some(function) = getter.downcast_exact::<Function>()
                && function.code().simple
                && function.code().argcount == 1
                && !function.code().is_generator_like()
                && version != 0
            {
                write32(s, 1, header.shape_id());
                write16(s, 3, version as u16);
                write16(s, 8, (version >> 16) as u16);
                // The property keeps the getter alive, and the class's version the property.
                write64(s, 4, getter.raw().0);
                become_op(s, Opcode::LOAD_ATTR_PROPERTY);
            }
            return;
        }
        if f.class().slots().descr_set.is_some() {
            return;
        }
    }
    match shape.kind() {
        ShapeKind::Slots => {
            if let Some(index) = shape.lookup(name) {
                let offset = shape.slots_offset() + 8 * index as usize;
                if index < shape.capacity() && offset <= u16::MAX as usize {
                    load_by_shape(
                        s,
                        Entry {
                            shape: header.shape_id(),
                            version: 0,
                            operand: offset as u64,
                            access: Access::Slot,
                        },
                    );
                }
                return;
            }
        }
        ShapeKind::Dictionary => {
            if let Some(dict) = shape::existing_dict(header)
                && let Some(place) = dict.place_of_str(name)
            {
                if place <= u16::MAX as usize && dict.value_at(place, name).is_some() {
                    write32(s, 1, header.shape_id());
                    write16(s, 3, place as u16);
                    become_op(s, Opcode::LOAD_ATTR_WITH_HINT);
                }
                return;
            }
            // The dict could get the name without the shape's changing.
            return;
        }
        ShapeKind::Fixed => {}
    }
    let Some(found) = found else { return };
    if version == 0 {
        return;
    }
    let f = found.peek();
    let method = f.class().has(TypeFlags::METHOD_DESCRIPTOR);
    let access = if method && is_call {
        Access::Method
    } else if f.class().slots().descr_get.is_none() {
        Access::ClassValue
    } else {
        return;
    };
    load_by_shape(
        s,
        Entry {
            shape: header.shape_id(),
            version,
            operand: found.0,
            access,
        },
    );
}

/// Fills the inline cache, or the table of a site that already knows another shape.
fn load_by_shape(s: &State, entry: Entry) {
    // SAFETY: the instruction pointer names an instruction.
    let op = Opcode::from_u8(unsafe { *s.ip } as u8);
    let known = match op {
        Some(Opcode::LOAD_ATTR_POLYMORPHIC) => {
            // SAFETY: the cache of this form holds the address of a table of this code.
            let table = unsafe { &mut *(s.cache64(4) as *mut ShapeTable) };
            if !table.add(entry) {
                // Megamorphic: the generic form is as good as any, and is not left again soon.
                become_op(s, Opcode::LOAD_ATTR);
                write16(s, 0, RARELY);
            }
            return;
        }
        Some(Opcode::LOAD_ATTR_INSTANCE_VALUE) => (Access::Slot, 0, s.cache16(3) as u64),
        Some(Opcode::LOAD_ATTR_METHOD_WITH_VALUES) => {
            (Access::Method, cached_version(s), s.cache64(4))
        }
        Some(Opcode::LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES) => {
            (Access::ClassValue, cached_version(s), s.cache64(4))
        }
        _ => return load_one_shape(s, entry),
    };
    let shape = s.cache32(1);
    if shape == entry.shape {
        return load_one_shape(s, entry);
    }
    let table = s.frame().code_ref().add_shape_table();
    let (access, version, operand) = known;
    // SAFETY: just made, and nobody else looks.
    unsafe {
        (*table).add(Entry {
            shape,
            version,
            operand,
            access,
        });
        (*table).add(entry);
    }
    write64(s, 4, table as u64);
    become_op(s, Opcode::LOAD_ATTR_POLYMORPHIC);
}

fn load_one_shape(s: &State, entry: Entry) {
    write32(s, 1, entry.shape);
    let op = match entry.access {
        Access::Slot => {
            write16(s, 3, entry.operand as u16);
            Opcode::LOAD_ATTR_INSTANCE_VALUE
        }
        Access::Method | Access::ClassValue => {
            write16(s, 3, entry.version as u16);
            write16(s, 8, (entry.version >> 16) as u16);
            write64(s, 4, entry.operand);
            if entry.access == Access::Method {
                Opcode::LOAD_ATTR_METHOD_WITH_VALUES
            } else {
                Opcode::LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES
            }
        }
    };
    become_op(s, op);
}

/// The class's version in the cache of a load from a class: units 3 and 8.
#[inline(always)]
pub fn cached_version(s: &State) -> u32 {
    s.cache16(3) as u32 | (s.cache16(8) as u32) << 16
}

fn load_class_attr(s: &State, class: &Type, name: &Str) {
    let meta = class.header.class();
    if !meta.slots().getattro.is_some_and(|f| {
        Type::class()
            .slots()
            .getattro
            .is_some_and(|t| std::ptr::fn_addr_eq(f, t))
    }) || meta.lookup_raw(name).is_some()
    {
        return;
    }
    let Some(found) = class.lookup_raw(name) else {
        return;
    };
    let f = found.peek();
    let plain = f.class().slots().descr_get.is_none()
        || f.downcast_exact::<Function>().is_some()
        || f.downcast_exact::<MethodDescriptor>().is_some();
    let version = class.version();
    if !plain || version == 0 {
        return;
    }
    if meta.is_heap() {
        // A metaclass in Python may get the attribute later without the class's version changing.
        let meta_version = meta.version();
        if meta_version == 0 {
            return;
        }
        write16(s, 3, meta_version as u16);
        write16(s, 8, (meta_version >> 16) as u16);
    }
    write32(s, 1, version);
    write64(s, 4, found.0);
    become_op(
        s,
        match meta.is_heap() {
            true => Opcode::LOAD_ATTR_CLASS_WITH_METACLASS_CHECK,
            false => Opcode::LOAD_ATTR_CLASS,
        },
    );
}

/// `before`: the owner's shape before the store.
#[inline(always)]
pub fn store_attr(s: &State, oparg: u32, owner: Raw, before: u32) {
    if due(s) {
        store_attr_slow(s, oparg, owner, before);
    }
}

#[cold]
#[inline(never)]
fn store_attr_slow(s: &State, oparg: u32, owner: Raw, before: u32) {
    if !owner.is_pointer() {
        return;
    }
    let name: &Str = &s.frame().code_ref().names[oparg as usize];
    let value = owner.peek();
    let class = value.class();
    if !class.has(TypeFlags::GENERIC_SETATTR) {
        return;
    }
    let header = owner.header();
    let shape = header.shape();
    if let Some(found) = class.lookup_raw(name) {
        let f = found.peek();
        if let Some(member) = f.downcast_exact::<Member>() {
            if let Place::Slot(offset) = member.place
                && class.is_subclass(&member.owner)
                && !class.is_variable()
                && offset <= u16::MAX as usize
            {
                write32(s, 1, header.shape_id());
                write16(s, 3, offset as u16);
                become_op(s, Opcode::STORE_ATTR_SLOT);
            }
            return;
        }
        if f.class().slots().descr_set.is_some() {
            return;
        }
    }
    if class.version() == 0 {
        return;
    }
    match shape.kind() {
        ShapeKind::Slots => {
            let Some(index) = shape.lookup(name) else {
                return;
            };
            let offset = shape.slots_offset() + 8 * index as usize;
            if index >= shape.capacity() || offset > u16::MAX as usize {
                return;
            }
            let added = before != header.shape_id();
            if added && shape.parent().is_none_or(|p| p.id() != before) {
                return;
            }
            note_shape(s, before);
            write32(s, 1, before);
            write16(s, 3, offset as u16 | added as u16);
            become_op(s, Opcode::STORE_ATTR_INSTANCE_VALUE);
        }
        ShapeKind::Dictionary => {
            if before == header.shape_id()
                && let Some(dict) = shape::existing_dict(header)
                && let Some(place) = dict.place_of_str(name)
                && place <= u16::MAX as usize
                && dict.value_at(place, name).is_some()
            {
                write32(s, 1, before);
                write16(s, 3, place as u16);
                become_op(s, Opcode::STORE_ATTR_WITH_HINT);
            }
        }
        ShapeKind::Fixed => {}
    }
}

#[inline(always)]
pub fn call(s: &State, oparg: u32) {
    if due(s) {
        call_slow(s, oparg as usize);
    }
}

#[cold]
#[inline(never)]
fn call_slow(s: &State, count: usize) {
    let callable = s.top(count + 1);
    let has_self = !s.top(count).is_null();
    let value = callable.peek();
    if let Some(function) = value.downcast_exact::<Function>() {
        let code = function.code();
        let total = count + has_self as usize;
        if code.simple && code.argcount as usize == total {
            write32(s, 1, function.version());
            become_op(s, Opcode::CALL_PY_EXACT_ARGS);
        } else if code.simple && code.argcount as usize > total {
            become_op(s, Opcode::CALL_PY_GENERAL);
        }
        return;
    }
    if let Some(method) = value.downcast_exact::<Method>() {
        if let Some(function) = method.function.downcast_exact::<Function>()
            && !has_self
            && function.code().simple
            && function.code().argcount as usize == count + 1
        {
            write32(s, 1, function.version());
            become_op(s, Opcode::CALL_BOUND_METHOD_EXACT_ARGS);
        }
        return;
    }
    if let Some(function) = value.downcast_exact::<BuiltinFunction>() {
        if has_self {
            return;
        }
        write32(s, 1, function.definition_id());
        let op = if function.is_builtin("len") && count == 1 {
            Opcode::CALL_LEN
        } else if function.is_builtin("isinstance") && count == 2 {
            Opcode::CALL_ISINSTANCE
        } else if function.declaration().is_some() {
            Opcode::CALL_BUILTIN_FAST
        } else {
            return;
        };
        become_op(s, op);
        return;
    }
    if let Some(descriptor) = value.downcast_exact::<MethodDescriptor>() {
        if !has_self {
            return;
        }
        let append =
            descriptor.def.name == "append" && descriptor.owner.is_native::<List>() && count == 1;
        // Definitions are statics: the low half of the address tells them apart.
        write32(s, 1, descriptor.def as *const _ as usize as u32);
        become_op(
            s,
            if append {
                Opcode::CALL_LIST_APPEND
            } else {
                Opcode::CALL_METHOD_DESCRIPTOR_FAST
            },
        );
        return;
    }
    if let Some(class) = value.downcast_exact::<Type>() {
        if has_self {
            return;
        }
        if class.is_native::<Type>() && count == 1 {
            become_op(s, Opcode::CALL_TYPE_1);
            return;
        }
        if let Some(version) = class.cache_init(count) {
            write32(s, 1, version);
            become_op(s, Opcode::CALL_ALLOC_AND_ENTER_INIT);
        }
    }
}
