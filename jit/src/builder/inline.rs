//! Calls of small functions, built in place.
//!
//! The callee's variables and stack slots follow the caller's; the function itself lies between the stacks, as
//! long as the callee runs. Functions with loops are not inlined: they are worth a call.

use super::edges::Edge;
use super::{Builder, Entry, Slot, Source};
use crate::activation::{Activation, ActivationId};
use crate::bailout::Bailout;
use crate::compile::CodeFacts;
use crate::decode::{Decoded, decode};
use crate::frame_state::{Own, Owner};
use crate::hir::{Op, Rep, Value};
use crate::types::{Kinds, Type};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::rc::Rc;
use taipan_bytecode::Opcode;
use taipan_vm::interpreter::frame::Returns;
use taipan_vm::native::NativeClass;
use taipan_vm::objects::cell::CellObject;
use taipan_vm::objects::class::Type as Class;
use taipan_vm::objects::code::Code;
use taipan_vm::objects::function::Function as PyFunction;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::{Raw, Value as PyValue};

/// Code units of a function, caches included, and instructions, up to which it is small.
const MAX_UNITS: usize = 250;
const MAX_INSTRUCTIONS: usize = 60;
/// Instructions of all functions inlined into one unit.
const MAX_TOTAL: usize = 150;
/// Frames on top of each other.
const MAX_DEPTH: u32 = 5;

/// Does the owner keep what it owns beyond an inlined frame with variables from this one on?
fn outlives(owner: Owner, local_base: usize) -> bool {
    match owner {
        Owner::Local(local) => (local as usize) < local_base,
        Owner::Heap | Owner::Code => true,
        Owner::Below => false,
    }
}

/// Does the code call `sys.getrefcount`? It would miss the counts of inlined parameters, which nobody has made.
fn asks_for_counts(code: &Code) -> bool {
    code.names.iter().any(|name| name.is_text("getrefcount"))
}

/// A function that is to be inlined.
pub(super) struct Body<'a> {
    source: Rc<Source<'a>>,
    decoded: Rc<Decoded>,
}

/// What the builds of one unit know of functions.
#[derive(Default)]
pub struct Inlining<'a> {
    /// `None`: not to be inlined anywhere.
    bodies: HashMap<*const Code, Option<Rc<Body<'a>>>>,
    /// Calls, by code and offset, at which building the callee failed.
    refused: HashSet<(*const Code, u32)>,
    /// Instructions inlined by the build at hand.
    pub(super) total: usize,
}

impl Inlining<'_> {
    pub fn begin(&mut self) {
        self.total = 0;
    }
}

impl<'a> Builder<'a> {
    /// The function's body if a call with so many arguments should be built in place.
    pub(super) fn inlinable(
        &mut self,
        code: &'static Code,
        arguments: usize,
    ) -> Option<Rc<Body<'a>>> {
        let here = (self.source.code as *const Code, self.at.start);
        let depth = self.f.activation(self.activation).depth;
        if code.argcount as usize != arguments
            || depth >= MAX_DEPTH
            || self.inlining.refused.contains(&here)
            || self.runs(code)
        {
            return None;
        }
        let stress = self.source.stress;
        let living = self.source.living.clone();
        let body = self
            .inlining
            .bodies
            .entry(code)
            .or_insert_with(|| {
                let small = code.len() <= MAX_UNITS
                    && code.simple
                    && !code.is_generator_like()
                    && !CodeFacts::of(code).has_mapping
                    && !asks_for_counts(code);
                if !small {
                    return None;
                }
                let units = code.snapshot();
                let resume = *units.get(code.prologue as usize)?;
                if Opcode::from_u8(resume as u8)?.deopt() != Opcode::RESUME {
                    return None;
                }
                let entry = crate::tier::Entry::start(code).unit;
                let decoded = decode(&units, entry).ok()?;
                if decoded.instructions.len() > MAX_INSTRUCTIONS || !decoded.headers.is_empty() {
                    return None;
                }
                let source = Source {
                    code,
                    globals: std::ptr::null(),
                    units,
                    entry,
                    osr: false,
                    locals: Vec::new(),
                    stack: Vec::new(),
                    held: Vec::new(),
                    closure: Vec::new(),
                    failed: crate::tier::failures_of(code),
                    stress,
                    living,
                };
                Some(Rc::new(Body {
                    source: Rc::new(source),
                    decoded: Rc::new(decoded),
                }))
            })
            .clone()?;
        let total = self.inlining.total + body.decoded.instructions.len();
        if total > MAX_TOTAL {
            return None;
        }
        self.inlining.total = total;
        Some(body)
    }

    /// Is this the code of one of the frames at hand?
    fn runs(&self, code: &Code) -> bool {
        let mut activation = self.f.activation(self.activation);
        loop {
            if activation.code_address == code as *const Code as u64 {
                return true;
            }
            match activation.parent {
                Some(parent) => activation = self.f.activation(parent),
                None => return false,
            }
        }
    }

    /// The function of the inlined frame at hand, for what the frame's head has otherwise.
    pub(super) fn inlined_function(&self) -> Vec<Value> {
        match self.activation {
            ActivationId::UNIT => Vec::new(),
            id => vec![self.s.stack[self.f.activation(id).stack_base - 1].value],
        }
    }

    /// Before a call: whoever looks finds the inlined frames.
    pub(super) fn write_heads(&mut self) {
        let (mut id, mut missing) = (self.activation, Vec::new());
        while let activation = self.f.activation(id)
            && let Some(parent) = activation.parent
            && activation.depth > self.s.heads
        {
            missing.push((id, activation.stack_base - 1));
            id = parent;
        }
        for (id, function) in missing {
            let function = self.s.stack[function].value;
            self.emit(Op::WriteHead, &[function], Type::NEVER, id.0 as u64);
        }
        self.s.heads = self.f.activation(self.activation).depth;
    }

    /// The stack's depth below so many operands.
    pub(super) fn below(&self, operands: usize) -> Result<usize, Bailout> {
        let depth = self.s.stack.len().checked_sub(operands);
        depth.ok_or(Bailout::Malformed)
    }

    /// A `CALL` whose callable and arguments are on the stack; the callable is guarded.
    pub(super) fn inline_call(
        &mut self,
        body: &Body<'a>,
        count: usize,
        has_self: bool,
    ) -> Result<(), Bailout> {
        let base = self.below(count + 2)?;
        let id = self.activation_of(body.source.code, base);
        self.emit(Op::EnterInlined, &[], Type::NEVER, id.0 as u64);
        let mut operands = self.s.stack.split_off(base);
        let arguments = operands.split_off(if has_self { 1 } else { 2 });
        self.inline(body, id, operands[0], arguments)
    }

    /// A constant function whose arguments are the top of the stack: a getter, an operator's method.
    pub(super) fn inline_method(
        &mut self,
        body: &Body<'a>,
        function: Value,
        count: usize,
    ) -> Result<(), Bailout> {
        self.inline_constant(body, function, count, Returns::ToCaller)
    }

    /// A constant `__setitem__`, whose value, container and key are the top of the stack.
    pub(super) fn inline_setter(
        &mut self,
        body: &Body<'a>,
        function: Value,
    ) -> Result<(), Bailout> {
        self.inline_constant(body, function, 3, Returns::Nowhere)
    }

    /// A function without a result gets its last argument from below the others: that is how stores lie on the stack.
    fn inline_constant(
        &mut self,
        body: &Body<'a>,
        function: Value,
        count: usize,
        returns: Returns,
    ) -> Result<(), Bailout> {
        let base = self.below(count)?;
        let id = self.activation_of(body.source.code, base);
        self.f.activations[id.0 as usize].returns = returns;
        self.emit(Op::EnterInlined, &[], Type::NEVER, id.0 as u64);
        let mut arguments = self.s.stack.split_off(base);
        if returns == Returns::Nowhere {
            arguments.rotate_left(1);
        }
        let function = Entry {
            value: function,
            own: Own::Lazy(Owner::Code),
        };
        self.inline(body, id, function, arguments)
    }

    /// A constant method of the left one of two operands, which stay on the stack as long as it runs.
    pub(super) fn inline_operator(
        &mut self,
        body: &Body<'a>,
        function: Value,
    ) -> Result<(), Bailout> {
        let id = self.activation_of(body.source.code, self.s.stack.len());
        self.f.activations[id.0 as usize].returns = Returns::Operator;
        self.emit(Op::EnterInlined, &[], Type::NEVER, id.0 as u64);
        let operand = |depth| {
            let Entry { value, own } = self.top(depth)?;
            let own = match own {
                Own::Owned => Own::Lazy(Owner::Below),
                own => own,
            };
            Ok(Entry { value, own })
        };
        let arguments = vec![operand(1)?, operand(0)?];
        let function = Entry {
            value: function,
            own: Own::Lazy(Owner::Code),
        };
        self.inline(body, id, function, arguments)
    }

    /// A call of a class: `__init__` runs in a frame on top of the one that returns the object. The class is
    /// guarded.
    pub(super) fn inline_init(
        &mut self,
        body: &Body<'a>,
        class: &Class,
        init: Value,
        count: usize,
    ) -> Result<(), Bailout> {
        let base = self.below(count + 2)?;
        let caller = self.activation;
        let shim_function = taipan_vm::interpreter::init_shim();
        let shim = self.activation_of(shim_function.code(), base);
        self.f.activations[shim.0 as usize].is_shim = true;
        self.activation = shim;
        // Below the function lies the object.
        let id = self.activation_of(body.source.code, base + 2);
        let inlined = &mut self.f.activations[id.0 as usize];
        // The shim's first unit stands for the call.
        (inlined.call_unit, inlined.return_offset) = (0, 1);
        self.activation = caller;
        let shape = self.guard_instance_shape(class);
        self.emit(Op::EnterInlined, &[], Type::NEVER, shim.0 as u64);
        self.emit(Op::EnterInlined, &[], Type::NEVER, id.0 as u64);
        let mut arguments = self.s.stack.split_off(base);
        arguments.drain(..1);
        let object = self.new_instance(class, shape);
        let own = Own::Lazy(Owner::Code);
        // The shim's function lives for good.
        let value = self.constant(Raw(shim_function.as_value().raw().0));
        self.push(value, own);
        self.push(object, Own::Owned);
        arguments[0] = Entry {
            value: object,
            own: Own::Lazy(Owner::Below),
        };
        self.activation = shim;
        let built = self.inline(body, id, Entry { value: init, own }, arguments);
        self.activation = caller;
        built?;
        if self.restart || self.ended {
            return Ok(());
        }
        self.pop()?;
        let object = self.pop()?;
        let function = self.pop()?;
        self.drop_entry(function);
        self.s.heads = self.s.heads.min(self.f.activation(caller).depth);
        self.push(object.value, object.own);
        Ok(())
    }

    /// A frame for the code, whose function will lie at `function_at` on the stack.
    fn activation_of(&mut self, code: &Code, function_at: usize) -> ActivationId {
        let caller = self.f.activation(self.activation);
        let activation = Activation {
            parent: Some(self.activation),
            code: CodeFacts::of(code),
            code_address: code as *const Code as u64,
            frame_words: code.frame_words(),
            name: code.qualname.to_string().into(),
            local_base: self.s.locals.len(),
            stack_base: function_at + 1,
            frame_offset: caller.end_offset(),
            call_unit: self.at.at,
            return_offset: (self.at.next - self.at.at) as u16,
            depth: caller.depth + 1,
            returns: Returns::ToCaller,
            is_shim: false,
        };
        debug_assert!(activation.depth as i32 <= taipan_vm::tier::MAX_INLINED_DEPTH);
        self.f.activations.push(activation);
        ActivationId(self.f.activations.len() as u32 - 1)
    }

    /// Builds the body; its result is on the stack then, unless no way leads out.
    fn inline(
        &mut self,
        body: &Body<'a>,
        id: ActivationId,
        function: Entry,
        arguments: Vec<Entry>,
    ) -> Result<(), Bailout> {
        let own = match function.own {
            Own::Borrowed(owner) => Own::Lazy(owner),
            own => own,
        };
        self.push(function.value, own);
        let base = self.s.locals.len();
        let caller = std::mem::replace(&mut self.activation, id);
        for (i, entry) in arguments.into_iter().enumerate() {
            let value = entry.value;
            let slot = match entry.own {
                _ if !self.counted(value) => Slot::dirty(value),
                Own::Owned => {
                    self.emit(Op::StoreLocal, &[value], Type::NEVER, (base + i) as u64);
                    Slot::clean(value)
                }
                // The caller's variables and stack stay as they are as long as the callee runs.
                Own::Lazy(owner) | Own::Borrowed(owner) => Slot {
                    lazy: Some(owner),
                    ..Slot::dirty(value)
                },
            };
            self.s.locals.push(slot);
        }
        let end = base + self.f.activation(id).code.local_count;
        if self.s.locals.len() < end {
            let value = self.constant(Raw::UNBOUND);
            self.s.locals.resize(end, Slot::dirty(value));
        }
        let source = std::mem::replace(&mut self.source, body.source.clone());
        let decoded = std::mem::replace(&mut self.decoded, body.decoded.clone());
        let edges = std::mem::take(&mut self.edges);
        let returns = std::mem::take(&mut self.returns);
        let at = self.at;
        let built = self.prologue(function.value).and_then(|()| {
            self.edge(body.source.entry);
            self.blocks()
        });
        self.source = source;
        self.decoded = decoded;
        self.edges = edges;
        self.activation = caller;
        self.at = at;
        let ways = std::mem::replace(&mut self.returns, returns);
        if self.restart {
            return Ok(());
        }
        if built.is_err() {
            let here = (self.source.code as *const Code, at.start);
            self.inlining.refused.insert(here);
            self.restart = true;
            return Ok(());
        }
        self.called = false;
        if ways.is_empty() {
            self.ended = true;
            return Ok(());
        }
        let inlined = self.f.activation(id);
        let next = inlined.call_unit + inlined.return_offset as u32;
        self.join(next, ways, false);
        self.ended = false;
        Ok(())
    }

    /// What the function at hand does in front of `RESUME`.
    fn prologue(&mut self, function: Value) -> Result<(), Bailout> {
        let source = self.source.clone();
        let base = self.f.activation(self.activation).local_base;
        let mut oparg = 0;
        for unit in &source.units[..source.code.prologue as usize] {
            oparg = oparg << 8 | (unit >> 8) as usize;
            match Opcode::from_u8(*unit as u8) {
                Some(Opcode::EXTENDED_ARG) => continue,
                Some(Opcode::MAKE_CELL) => {
                    // The variable's reference moves into the cell.
                    let Slot {
                        value: contents,
                        lazy,
                        ..
                    } = self.s.locals[base + oparg];
                    if lazy.is_some() {
                        self.incref(contents);
                    }
                    if self.rep(contents) != Rep::Word {
                        // Boxing it may leave, and there is no place to leave to.
                        return Err(Bailout::Unstable);
                    }
                    let cell = self.make_cell(contents);
                    self.cell_at(base + oparg, cell);
                }
                _ => {
                    let ty = Type::exact(Tuple::cell().shape().id());
                    let offset = PyFunction::CLOSURE_OFFSET as u64;
                    let closure = self.load_field(function, offset, ty);
                    let first = base + source.code.local_count as usize - oparg;
                    for i in 0..oparg {
                        let ty = Type::exact(CellObject::cell().shape().id());
                        let cell = self.tuple_field(closure, i as u64, ty);
                        self.incref(cell);
                        self.cell_at(first + i, cell);
                    }
                }
            }
            oparg = 0;
        }
        Ok(())
    }

    fn cell_at(&mut self, index: usize, cell: Value) {
        self.emit(Op::StoreLocal, &[cell], Type::NEVER, index as u64);
        self.s.locals[index] = Slot::clean(cell);
    }

    /// `RETURN_VALUE` of an inlined function: its frame ends, and the caller has the result.
    pub(super) fn inlined_return(&mut self) -> Result<(), Bailout> {
        let activation = self.f.activation(self.activation).clone();
        let caller = activation.parent.ok_or(Bailout::Malformed)?;
        if self.f.activation(caller).is_shim {
            let result = self.top(0)?.value;
            let none = PyValue::none().raw().0;
            if self.rep(result) != Rep::Word {
                self.exit(crate::deopt::Reason::Unsupported);
                return Ok(());
            }
            if !self.ty(result).is(Kinds::NONE) {
                self.guard(Op::GuardWord, &[result], Type::NEVER, none);
                self.narrow(result, Type::NONE);
            }
        }
        if activation.returns == Returns::Operator {
            self.guard_implemented()?;
        }
        let mut entry = self.pop()?;
        entry.own = match entry.own {
            // What the caller keeps alive it may have as it is.
            Own::Lazy(owner) | Own::Borrowed(owner) if outlives(owner, activation.local_base) => {
                Own::Lazy(owner)
            }
            _ => {
                if entry.own != Own::Owned {
                    self.incref(entry.value);
                }
                Own::Owned
            }
        };
        self.emit(
            Op::LeaveInlined,
            &[],
            Type::NEVER,
            activation.local_base as u64,
        );
        let function = self.pop()?;
        // The last variable goes first, the function last.
        self.drop_entry(function);
        let locals = self.s.locals.split_off(activation.local_base);
        for slot in locals {
            if !slot.dirty && self.counted(slot.value) {
                self.pending.push(slot.value);
            }
        }
        match activation.returns {
            Returns::Nowhere => self.drop_entry(entry),
            Returns::Operator => {
                let (right, left) = (self.pop()?, self.pop()?);
                self.drop_entry(left);
                self.drop_entry(right);
                self.push(entry.value, entry.own);
            }
            _ => self.push(entry.value, entry.own),
        }
        self.s.heads = self.s.heads.min(activation.depth - 1);
        let id = std::mem::replace(&mut self.activation, caller);
        self.flush_releases(activation.call_unit + activation.return_offset as u32);
        self.returns.push(Edge {
            block: self.block,
            state: self.s.clone(),
        });
        self.activation = id;
        self.ended = true;
        Ok(())
    }

    /// Leaves if an operator's method gives NotImplemented: the interpreter asks the right operand.
    fn guard_implemented(&mut self) -> Result<(), Bailout> {
        let result = self.top(0)?.value;
        let made = matches!(self.f.inst(result).op, Op::Build | Op::NewInstance);
        if made || !self.counted(result) || self.ty(result).shape.is_some() {
            return Ok(());
        }
        let word = PyValue::not_implemented().raw().0;
        self.guard(Op::GuardNotWord, &[result], Type::NEVER, word);
        Ok(())
    }
}
