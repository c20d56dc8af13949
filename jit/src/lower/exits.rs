//! Writing the frame: exits, returns, and calls that need it.

use super::exit_stores::Store;
use super::{Lower, flags, slot_offset};
use crate::activation::ActivationId;
use crate::deopt::{Exit, Reason};
use crate::exit_plan::{Keep, Role, Source, Step};
use crate::frame_state::{FrameState, Own};
use crate::helpers::{Helper, status};
use crate::hir::{Op, Rep, StateId, Value};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, types};
use std::mem::offset_of;
use taipan_bytecode::Opcode;
use taipan_vm::interpreter::frame::{Frame, FrameOwner};
use taipan_vm::object::Header;
use taipan_vm::objects::function::Function;
use taipan_vm::shape::Shape;
use taipan_vm::thread::Thread;
use taipan_vm::value::{BORROWED, Raw};

impl Lower<'_, '_> {
    pub(super) fn exit_block(&mut self, state: StateId, reason: Reason) -> ir::Block {
        // The first state is that of the unit's entry.
        let reason = if state.0 == 0 { Reason::Entry } else { reason };
        if let Some(block) = self.exit_blocks.get(&(state, reason)) {
            return *block;
        }
        let block = self.cold();
        let index = self.exit(state, reason);
        self.exit_blocks.insert((state, reason), block);
        self.todo.push((block, state, index));
        block
    }

    /// What all exits end in.
    pub(super) fn write_leave(&mut self) {
        self.fb.switch_to_block(self.leave_by_plan);
        let exit = self.fb.block_params(self.leave_by_plan)[0];
        let (buffer, plans) = (self.buffer_address(), self.plans_address());
        let args = [self.frame, self.thread, buffer, plans, exit];
        self.call(Helper::Leave, &args);
        let status = self.constant(status::LEFT);
        let leave = self.leave;
        self.fb.ins().jump(leave, &[BlockArg::Value(status)]);
    }

    fn plans_address(&mut self) -> ir::Value {
        self.constant(&raw const *self.plans as u64)
    }
    fn buffer_address(&mut self) -> ir::Value {
        let buffer = self.buffer;
        self.fb.ins().stack_addr(types::I64, buffer, 0)
    }

    /// Plans where an exit writes the values of its state; gives what is to be stored to the buffer for it.
    pub(super) fn plan(&mut self, state: StateId, index: u32) -> Vec<Store> {
        let f = self.f;
        let state = &f.states[state.0 as usize];
        let constant = |value: Value| {
            let inst = f.inst(value);
            match inst.op {
                Op::Const => Some(Source::Word(inst.immediate)),
                Op::ConstFloat => Some(Source::Float(f64::from_bits(inst.immediate))),
                _ => None,
            }
        };
        let is_made = |value: &Value| matches!(f.inst(*value).op, Op::Tuple | Op::Instance);
        let mut made: Vec<Value> = state.values().filter(is_made).collect();
        made.sort_unstable();
        made.dedup();
        let items = made.iter().flat_map(|object| &f.inst(*object).args);
        let values = state
            .values()
            .filter(|value| !is_made(value))
            .chain(items.copied());
        let values = values.filter(|value| constant(*value).is_none());
        let stores = self.words.assign(values.collect());
        let source = |value: Value| {
            if let Ok(number) = made.binary_search(&value) {
                return Source::Made(number as u32);
            }
            constant(value).unwrap_or_else(|| {
                let at = stores.partition_point(|(stored, _)| *stored < value);
                Source::Buffer(stores[at].1, f.rep(value))
            })
        };
        let step = |role, value: Value, keep| Step {
            role,
            source: source(value),
            keep,
        };
        let keep = |value: Value, own: Own| {
            let counted = f.rep(value) == Rep::Word && f.ty(value).counted();
            match own {
                Own::Lazy(_) if counted => Keep::Counted,
                Own::Borrowed(_) if counted => Keep::Borrowed,
                _ => Keep::Moved,
            }
        };
        let dirty = state
            .dirty
            .iter()
            .map(|(local, value, own)| step(Role::Local(*local), *value, keep(*value, *own)));
        let stack = state.stack.iter().enumerate().map(|(index, (value, own))| {
            step(Role::Stack(index as u32), *value, keep(*value, *own))
        });
        let dropped = state.pending.iter();
        let dropped = dropped.map(|value| step(Role::Dropped, *value, Keep::Moved));
        let word = |role, word| Step {
            role,
            source: Source::Word(word),
            keep: Keep::Moved,
        };
        let items = made.iter().flat_map(|object| {
            let (step, inst) = (&step, f.inst(*object));
            let role = |last| match inst.op {
                Op::Instance => Role::Attribute { last },
                _ => Role::Item { last },
            };
            let count = inst.args.len();
            let head = (inst.op == Op::Instance).then(|| {
                let class = word(role(false), inst.immediate);
                [class, word(role(count == 0), inst.second)]
            });
            let items = inst.args.iter().enumerate();
            let items =
                items.map(move |(index, item)| step(role(index + 1 == count), *item, Keep::Moved));
            head.into_iter().flatten().chain(items)
        });
        let steps = items.chain(dirty).chain(stack).chain(dropped);
        self.plans.describe(index, steps);
        stores
    }

    /// Destroys an object in cold code, where its finalizer may look at frames; leaves if Python code has run.
    pub(super) fn destroy(&mut self, object: ir::Value, state: StateId, done: ir::Block) {
        let index = self.exit(state, Reason::Finalizer);
        for store in self.plan(state, index) {
            self.store_to_buffer(store);
        }
        let exit = self.constant(index as u64);
        let (buffer, plans) = (self.buffer_address(), self.plans_address());
        let args = [self.frame, self.thread, buffer, plans, exit, object];
        let ran = self.call(Helper::Destroy, &args).unwrap_or(object);
        let left = self.constant(status::LEFT);
        let leave = self.leave;
        self.fb
            .ins()
            .brif(ran, leave, &[BlockArg::Value(left)], done, &[]);
    }

    /// A new exit; gives its index.
    fn exit(&mut self, state: StateId, reason: Reason) -> u32 {
        let state = &self.f.states[state.0 as usize];
        self.plans.add(Exit {
            unit: state.unit,
            frame: state.activation.0,
            steps: 0,
            line: 0,
            op: state.op,
            failures: state.failures,
            reason,
        })
    }

    // Where frames lie.

    /// The address of a frame's head, as base and offset.
    fn frame_place(&self, id: ActivationId) -> (ir::Value, usize) {
        match id {
            ActivationId::UNIT => (self.frame, 0),
            _ => (self.top, self.f.activation(id).frame_offset),
        }
    }
    pub(super) fn frame_address(&mut self, id: ActivationId) -> ir::Value {
        match self.frame_place(id) {
            (base, 0) => base,
            (base, offset) => self.add(base, offset as i64),
        }
    }
    fn local_place(&self, mut id: ActivationId, local: usize) -> (ir::Value, i32) {
        let mut activation = self.f.activation(id);
        while local < activation.local_base
            && let Some(parent) = activation.parent
        {
            id = parent;
            activation = self.f.activation(id);
        }
        let (base, offset) = self.frame_place(id);
        (
            base,
            offset as i32 + slot_offset(local - activation.local_base),
        )
    }
    /// The place of a stack slot; for the slot before an inlined frame's first, its function's in the head.
    fn stack_place(&self, mut id: ActivationId, index: usize) -> (ir::Value, i32) {
        loop {
            let activation = self.f.activation(id);
            let (base, offset) = self.frame_place(id);
            match activation.parent {
                Some(_) if index + 1 == activation.stack_base => {
                    return (base, (offset + offset_of!(Frame, function)) as i32);
                }
                Some(parent) if index < activation.stack_base => id = parent,
                _ => {
                    let slot = activation.code.local_count + index - activation.stack_base;
                    return (base, offset as i32 + slot_offset(slot));
                }
            }
        }
    }
    pub(super) fn load_local(&mut self, id: ActivationId, local: usize) -> ir::Value {
        let (base, offset) = self.local_place(id, local);
        self.load(base, offset as usize)
    }
    pub(super) fn store_local(&mut self, id: ActivationId, local: usize, word: ir::Value) {
        let (base, offset) = self.local_place(id, local);
        self.store(word, base, offset as usize);
    }
    pub(super) fn load_stack(&mut self, id: ActivationId, index: usize) -> ir::Value {
        let (base, offset) = self.stack_place(id, index);
        self.load(base, offset as usize)
    }
    pub(super) fn store_stack(&mut self, id: ActivationId, index: usize, word: ir::Value) {
        let (base, offset) = self.stack_place(id, index);
        self.store(word, base, offset as usize);
    }

    /// Begins an inlined frame: nobody looks at it so far.
    pub(super) fn enter_inlined(&mut self, value: Value) {
        let inst = self.f.inst(value);
        let id = ActivationId(inst.immediate as u32);
        let null = self.constant(Raw::NULL.0);
        let (base, offset) = self.frame_place(id);
        self.store(null, base, offset + offset_of!(Frame, frame_object));
    }

    /// Writes ip and sp as of the start of an instruction. An inlined frame is published: it is the thread's
    /// then, until it is retracted; its head has been written.
    pub(super) fn write_registers(&mut self, state: &FrameState, unit: u32, depth: usize) {
        let f = self.f;
        let innermost = f.activation(state.activation);
        let (base, offset) = self.frame_place(state.activation);
        let ip = self.constant(innermost.code.start + 2 * unit as u64);
        self.store(ip, base, offset + offset_of!(Frame, ip));
        let filled = depth - innermost.stack_base;
        let sp = slot_offset(innermost.code.local_count + filled);
        let sp = self.add(base, (offset as i32 + sp) as i64);
        self.store(sp, base, offset + offset_of!(Frame, sp));
        if state.activation != ActivationId::UNIT {
            let frame = self.frame_address(state.activation);
            self.store(frame, self.thread, offset_of!(Thread, frame));
            let end = self.add(self.top, innermost.end_offset() as i64);
            self.store(end, self.thread, offset_of!(Thread, stack_top));
            self.add_recursion(-(innermost.depth as i64));
        }
    }

    /// Writes what does not change in an inlined frame's head while it runs, and the caller's registers.
    pub(super) fn write_head(&mut self, value: Value) {
        let inst = self.f.inst(value);
        let id = ActivationId(inst.immediate as u32);
        let function = self.value(inst.args[0]);
        let f = self.f;
        let activation = f.activation(id);
        let Some(parent) = activation.parent else {
            return;
        };
        let (base, offset) = self.frame_place(id);
        let previous = self.frame_address(parent);
        let code = self.constant(activation.code_address);
        let null = self.constant(Raw::NULL.0);
        let globals = self.load(function, Function::GLOBALS_OFFSET);
        let builtins = self.load(function, Function::BUILTINS_OFFSET);
        for (word, field) in [
            (code, offset_of!(Frame, code)),
            (previous, offset_of!(Frame, previous)),
            (globals, offset_of!(Frame, globals)),
            (builtins, offset_of!(Frame, builtins)),
            (null, offset_of!(Frame, locals)),
        ] {
            self.store(word, base, offset + field);
        }
        for (field, byte) in [
            (offset_of!(Frame, owner), FrameOwner::Thread as i64),
            (offset_of!(Frame, returns), activation.returns as i64),
        ] {
            let byte = self.fb.ins().iconst(types::I8, byte);
            self.fb
                .ins()
                .store(flags(), byte, base, (offset + field) as i32);
        }
        let caller = f.activation(parent);
        let (base, offset) = self.frame_place(parent);
        let ip = self.constant(caller.code.start + 2 * activation.call_unit as u64);
        self.store(ip, base, offset + offset_of!(Frame, ip));
        let filled = activation.stack_base - 1 - caller.stack_base;
        let sp = slot_offset(caller.code.local_count + filled);
        let sp = self.add(base, (offset as i32 + sp) as i64);
        self.store(sp, base, offset + offset_of!(Frame, sp));
        let behind = self
            .fb
            .ins()
            .iconst(types::I16, activation.return_offset as i64);
        let field = offset + offset_of!(Frame, return_offset);
        self.fb.ins().store(flags(), behind, base, field as i32);
    }

    /// Nobody sees the inlined frames any more.
    pub(super) fn retract(&mut self, id: ActivationId) {
        if id == ActivationId::UNIT {
            return;
        }
        self.store(self.frame, self.thread, offset_of!(Thread, frame));
        self.store(self.top, self.thread, offset_of!(Thread, stack_top));
        self.add_recursion(self.f.activation(id).depth as i64);
    }

    fn add_recursion(&mut self, by: i64) {
        let remaining = offset_of!(Thread, recursion_remaining);
        let left = self.load32(self.thread, remaining);
        let by = self.fb.ins().iconst(types::I32, by);
        let left = self.fb.ins().iadd(left, by);
        self.fb
            .ins()
            .store(flags(), left, self.thread, remaining as i32);
    }

    /// The word of a value in any representation; rare floats are allocated by a helper.
    fn plain_word(&mut self, value: Value) -> ir::Value {
        match self.f.inst(value).op {
            Op::Tuple => return self.make_tuple(value),
            Op::Instance => return self.make_instance(value),
            _ => {}
        }
        match self.f.rep(value) {
            Rep::F64 => {
                let float = self.value(value);
                match self.call(Helper::BoxFloat, &[float]) {
                    Some(word) => word,
                    None => self.constant(Raw::NULL.0),
                }
            }
            Rep::Truth => {
                let truth = self.value(value);
                self.box_truth(truth)
            }
            Rep::Word | Rep::Nothing => self.value(value),
        }
    }

    /// A tuple that was in frame states only.
    fn make_tuple(&mut self, value: Value) -> ir::Value {
        let items = self.f.inst(value).args.iter();
        let items: Vec<ir::Value> = items.map(|item| self.plain_word(*item)).collect();
        let args = self.in_memory(&items);
        self.call(Helper::BuildTuple, &args).unwrap_or(self.frame)
    }
    /// An instance that was.
    fn make_instance(&mut self, value: Value) -> ir::Value {
        let f = self.f;
        let inst = f.inst(value);
        let object = self.new_instance(inst.immediate, 0);
        // SAFETY: the shape of instances that this code makes lives as long as their class.
        let shape = unsafe { &*(inst.second as *const Shape) };
        for (index, word) in inst.args.iter().enumerate() {
            let word = self.plain_word(*word);
            self.store(word, object, shape.slots_offset() + 8 * index);
        }
        let shape = self.constant(inst.second);
        self.store(shape, object, Header::SHAPE_OFFSET);
        object
    }

    /// Writes the stack as the interpreter wants it before a call: every reference is counted.
    pub(super) fn write_stack(&mut self, state: &FrameState) {
        for (depth, (value, own)) in state.stack.iter().enumerate() {
            let word = self.plain_word(*value);
            let counted = self.f.rep(*value) == Rep::Word && self.f.ty(*value).counted();
            let word = match own {
                Own::Borrowed(_) if counted => {
                    // Pointers get the mark of borrowing.
                    let pointer = self.is_pointer(word);
                    let mark = self.constant(BORROWED);
                    let marked = self.fb.ins().bor(word, mark);
                    self.fb.ins().select(pointer, marked, word)
                }
                _ => word,
            };
            self.store_stack(state.activation, depth, word);
        }
    }

    /// Writes the variables before a call; a rare float leaves, so that the frame never owns one that
    /// this code does not know of.
    pub(super) fn write_locals(&mut self, state: StateId) {
        let f = self.f;
        let plan = &f.states[state.0 as usize];
        for (local, value, _) in &plan.dirty {
            let word = match self.f.rep(*value) {
                Rep::F64 => {
                    let float = self.value(*value);
                    let (word, fits) = self.encode(float);
                    let fine = self.new_block();
                    let rare = self.cold();
                    self.fb.append_block_param(fine, types::I64);
                    self.fb
                        .ins()
                        .brif(fits, fine, &[BlockArg::Value(word)], rare, &[]);
                    self.fb.switch_to_block(rare);
                    let (zero, is_zero) = self.encode_zero(float);
                    let exit = self.exit_block(state, Reason::RareFloat);
                    self.fb
                        .ins()
                        .brif(is_zero, fine, &[BlockArg::Value(zero)], exit, &[]);
                    self.fb.switch_to_block(fine);
                    self.fb.block_params(fine)[0]
                }
                _ => self.plain_word(*value),
            };
            self.store_local(plan.activation, *local as usize, word);
        }
    }

    /// Ends the frame, as the interpreter's `RETURN_VALUE` does: out of the thread first, then its contents.
    pub(super) fn lower_return(&mut self, value: Value, state: StateId) {
        let f = self.f;
        let plan = &f.states[state.0 as usize];
        let word = self.value(value);
        let object = self.load(self.frame, offset_of!(Frame, frame_object));
        let none = self.compare(IntCC::Equal, object, Raw::NULL.0);
        let (seen, plain, done) = (self.cold(), self.new_block(), self.new_block());
        self.fb.ins().brif(none, plain, &[], seen, &[]);
        // A frame object goes on to show the variables.
        self.fb.switch_to_block(seen);
        for (local, value, _) in &plan.dirty {
            let word = self.plain_word(*value);
            self.fb
                .ins()
                .store(flags(), word, self.frame, slot_offset(*local as usize));
        }
        self.write_registers(plan, plan.unit, 0);
        self.call(Helper::FinishFrame, &[self.frame, self.thread]);
        self.fb.ins().jump(done, &[]);

        self.fb.switch_to_block(plain);
        let previous = self.load(self.frame, offset_of!(Frame, previous));
        self.store(previous, self.thread, offset_of!(Thread, frame));
        // The last variable first.
        for value in plan.pending.iter().rev() {
            let word = self.value(*value);
            let known = f.ty(*value).is_pointer();
            self.release_word(word, known);
        }
        if self.context.code.has_mapping {
            let mapping = self.load(self.frame, offset_of!(Frame, locals));
            self.release_word(mapping, false);
        }
        let function = self.load(self.frame, offset_of!(Frame, function));
        self.release_word(function, true);
        self.add_recursion(1);
        self.store(self.frame, self.thread, offset_of!(Thread, stack_top));
        self.fb.ins().jump(done, &[]);

        self.fb.switch_to_block(done);
        let status = self.constant(status::RETURNED);
        self.fb.ins().return_(&[word, status]);
    }

    /// A generator waits behind its `YIELD_VALUE`, and the value, on top of the stack, goes to who resumed it; or it
    /// ends at `RETURN_VALUE`. What else there is to do is for whoever entered this code.
    pub(super) fn lower_suspend(&mut self, state: StateId) {
        let f = self.f;
        let plan = &f.states[state.0 as usize];
        self.write_locals(state);
        self.write_stack(plan);
        if plan.op.deopt() == Opcode::RETURN_VALUE {
            self.write_registers(plan, plan.unit, plan.stack.len());
            let (leave, status) = (self.leave, self.constant(status::ENDED));
            self.fb.ins().jump(leave, &[BlockArg::Value(status)]);
            return;
        }
        let depth = plan.stack.len() - 1;
        self.write_registers(plan, plan.unit + 1, depth);
        let value = self.plain_word(plan.stack[depth].0);
        let status = self.constant(status::SUSPENDED);
        self.fb.ins().return_(&[value, status]);
    }

    pub(super) fn box_truth(&mut self, truth: ir::Value) -> ir::Value {
        let yes = self.constant(taipan_vm::value::Value::true_().raw().0);
        let no = self.constant(taipan_vm::value::Value::false_().raw().0);
        self.fb.ins().select(truth, yes, no)
    }
}
