//! Writing the frame: exits, returns, and calls that need it.

use super::{Lower, flags, slot_offset};
use crate::deopt::{Exit, Reason};
use crate::frame_state::{FrameState, Own};
use crate::helpers::{Helper, status};
use crate::hir::{Rep, StateId, Value};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, types};
use std::mem::offset_of;
use taipan_vm::interpreter::frame::Frame;
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
        let unit = self.f.states[state.0 as usize].unit;
        let index = self.exits.len() as u32;
        self.exits.push(Exit {
            unit,
            line: 0,
            reason,
        });
        self.exit_blocks.insert((state, reason), block);
        self.todo.push((block, state, reason, index));
        block
    }

    pub(super) fn write_exit(
        &mut self,
        block: ir::Block,
        state: StateId,
        reason: Reason,
        index: u32,
    ) {
        self.fb.switch_to_block(block);
        let f = self.f;
        let state = &f.states[state.0 as usize];
        // At the entry nothing has been taken over yet.
        for (local, value) in &state.dirty {
            let word = self.plain_word(*value);
            self.fb
                .ins()
                .store(flags(), word, self.frame, slot_offset(*local as usize));
        }
        self.write_stack(state, true);
        self.write_registers(state.unit, state.stack.len());
        for value in &state.pending {
            let word = self.value(*value);
            self.call(Helper::Release, &[word]);
        }
        let address = self.constant(crate::tier::last_exit_address());
        let index = self.fb.ins().iconst(types::I32, index as i64);
        self.fb.ins().store(flags(), index, address, 0);
        let _ = reason;
        let status = self.constant(status::LEFT);
        let leave = self.leave;
        self.fb.ins().jump(leave, &[BlockArg::Value(status)]);
    }

    /// Writes ip and sp as of the start of an instruction.
    pub(super) fn write_registers(&mut self, unit: u32, depth: usize) {
        let ip = self.context.code.start + 2 * unit as u64;
        let ip = self.constant(ip);
        self.store(ip, self.frame, offset_of!(Frame, ip));
        let top = slot_offset(self.context.code.local_count + depth);
        let sp = self.add(self.frame, top as i64);
        self.store(sp, self.frame, offset_of!(Frame, sp));
    }

    /// The word of a value in any representation; rare floats are allocated by a helper.
    fn plain_word(&mut self, value: Value) -> ir::Value {
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

    /// Writes the stack as the interpreter wants it. `count`: references that nobody counted yet are
    /// counted now.
    pub(super) fn write_stack(&mut self, state: &FrameState, count: bool) {
        let base = self.context.code.local_count;
        for (depth, (value, own)) in state.stack.iter().enumerate() {
            let word = self.plain_word(*value);
            let counted = self.f.rep(*value) == Rep::Word && self.f.ty(*value).counted();
            let word = match own {
                Own::Lazy(_) if counted && count => {
                    self.call(Helper::Incref, &[word]);
                    word
                }
                Own::Borrowed(_) if counted => {
                    // Pointers get the mark of borrowing.
                    let pointer = self.is_pointer(word);
                    let mark = self.constant(BORROWED);
                    let marked = self.fb.ins().bor(word, mark);
                    self.fb.ins().select(pointer, marked, word)
                }
                _ => word,
            };
            self.fb
                .ins()
                .store(flags(), word, self.frame, slot_offset(base + depth));
        }
    }

    /// Writes the variables before a call; a rare float leaves, so that the frame never owns one that
    /// this code does not know of.
    pub(super) fn write_locals(&mut self, state: StateId) {
        let f = self.f;
        for (local, value) in &f.states[state.0 as usize].dirty {
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
            self.fb
                .ins()
                .store(flags(), word, self.frame, slot_offset(*local as usize));
        }
    }

    /// Writes the variables where code that inspects frames may run, in a cold block: a rare float keeps
    /// its old value there.
    pub(super) fn show_locals(&mut self, state: StateId) {
        let f = self.f;
        for (local, value) in &f.states[state.0 as usize].dirty {
            if self.f.rep(*value) == Rep::F64 {
                let float = self.value(*value);
                let slot = self.add(self.frame, slot_offset(*local as usize) as i64);
                self.call(Helper::ShowFloat, &[slot, float]);
            } else {
                let word = self.plain_word(*value);
                self.fb
                    .ins()
                    .store(flags(), word, self.frame, slot_offset(*local as usize));
            }
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
        for (local, value) in &plan.dirty {
            let word = self.plain_word(*value);
            self.fb
                .ins()
                .store(flags(), word, self.frame, slot_offset(*local as usize));
        }
        self.write_registers(plan.unit, 0);
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
        let remaining = offset_of!(Thread, recursion_remaining);
        let left = self.load32(self.thread, remaining);
        let one = self.fb.ins().iconst(types::I32, 1);
        let left = self.fb.ins().iadd(left, one);
        self.fb
            .ins()
            .store(flags(), left, self.thread, remaining as i32);
        self.store(self.frame, self.thread, offset_of!(Thread, stack_top));
        self.fb.ins().jump(done, &[]);

        self.fb.switch_to_block(done);
        let status = self.constant(status::RETURNED);
        self.fb.ins().return_(&[word, status]);
    }

    pub(super) fn box_truth(&mut self, truth: ir::Value) -> ir::Value {
        let yes = self.constant(taipan_vm::value::Value::true_().raw().0);
        let no = self.constant(taipan_vm::value::Value::false_().raw().0);
        self.fb.ins().select(truth, yes, no)
    }
}
