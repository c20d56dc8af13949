//! Calls out of native code, reference counts, the poll.

use super::{Lower, flags};
use crate::deopt::Reason;
use crate::helpers::{Helper, status};
use crate::hir::{Op, Value};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, AbiParam, BlockArg, InstBuilder, Signature, types};
use taipan_vm::object::Header;

impl Lower<'_, '_> {
    /// Calls a runtime helper by its address.
    pub(super) fn call(&mut self, helper: Helper, args: &[ir::Value]) -> Option<ir::Value> {
        let parameters: Vec<ir::Type> = args
            .iter()
            .map(|a| self.fb.func.dfg.value_type(*a))
            .collect();
        debug_assert_eq!(parameters, helper.parameters(), "{}", helper.name());
        let result = helper.result();
        let key = (parameters, result);
        let signature = match self.signatures.get(&key) {
            Some(s) => *s,
            None => {
                let mut signature = Signature::new(self.context.call_conv);
                signature.params = key.0.iter().map(|t| AbiParam::new(*t)).collect();
                signature.returns = result.iter().map(|t| AbiParam::new(*t)).collect();
                let s = self.fb.import_signature(signature);
                self.signatures.insert(key, s);
                s
            }
        };
        let address = self.constant(helper.address() as u64);
        let call = self.fb.ins().call_indirect(signature, address, args);
        self.fb.inst_results(call).first().copied()
    }

    pub(super) fn lower_call(&mut self, value: Value) {
        let inst = self.f.inst(value);
        match inst.op {
            Op::Poll => {
                let address = self.constant(&raw const taipan_vm::thread::EVAL_BREAKER as u64);
                let word = self.fb.ins().atomic_load(types::I32, flags(), address);
                let zero = self.fb.ins().iconst(types::I32, 0);
                let calm = self.fb.ins().icmp(IntCC::Equal, word, zero);
                self.check_inst(value, calm, Reason::Poll);
            }
            Op::GuardLocals => {
                let Some(state) = inst.state else { return };
                let address = self.constant(crate::tier::written_count_address());
                let count = self.load(address, 0);
                let (odd, done) = (self.cold(), self.new_block());
                self.fb.ins().brif(count, odd, &[], done, &[]);
                self.fb.switch_to_block(odd);
                let written = self.call(Helper::LocalsWritten, &[self.frame]);
                let written = written.unwrap_or(count);
                let exit = self.exit_block(state, Reason::Poll);
                self.fb.ins().brif(written, exit, &[], done, &[]);
                self.fb.switch_to_block(done);
            }
            Op::Incref => {
                let word = self.value(inst.args[0]);
                let done = self.new_block();
                if inst.immediate == 0 {
                    let pointer = self.is_pointer(word);
                    let counted = self.new_block();
                    self.fb.ins().brif(pointer, counted, &[], done, &[]);
                    self.fb.switch_to_block(counted);
                }
                // Immortal objects have bit 31 set: they get nothing added.
                let count =
                    self.fb
                        .ins()
                        .load(types::I32, flags(), word, Header::COUNT_OFFSET as i32);
                let top = self.fb.ins().iconst(types::I32, 31);
                let immortal = self.fb.ins().ushr(count, top);
                let one = self.fb.ins().iconst(types::I32, 1);
                let more = self.fb.ins().iadd(count, one);
                let more = self.fb.ins().isub(more, immortal);
                self.fb
                    .ins()
                    .store(flags(), more, word, Header::COUNT_OFFSET as i32);
                self.fb.ins().jump(done, &[]);
                self.fb.switch_to_block(done);
            }
            Op::Release => self.release(value),
            Op::Generic | Op::CallPython | Op::IterNext => {
                let Some(state) = inst.state else { return };
                let f = self.f;
                let plan = &f.states[state.0 as usize];
                self.write_locals(state);
                self.write_stack(plan, false);
                self.write_registers(inst.second as u32, plan.stack.len());
                if inst.op == Op::IterNext {
                    let iterator = self.value(inst.args[0]);
                    let item = self.call(Helper::IterNext, &[self.frame, self.thread, iterator]);
                    let item = item.unwrap_or(iterator);
                    let next = self.new_block();
                    let raised = self.compare(IntCC::Equal, item, taipan_vm::value::Raw::NULL.0);
                    let status = self.constant(status::RAISED);
                    let leave = self.leave;
                    self.fb
                        .ins()
                        .brif(raised, leave, &[BlockArg::Value(status)], next, &[]);
                    self.fb.switch_to_block(next);
                    self.set(value, item);
                    return;
                }
                let helper = if inst.op == Op::Generic {
                    Helper::Generic
                } else {
                    Helper::CallPython
                };
                let packed = self.constant(inst.immediate);
                let Some(result) = self.call(helper, &[self.frame, self.thread, packed]) else {
                    return;
                };
                let next = self.new_block();
                let leave = self.leave;
                self.fb
                    .ins()
                    .brif(result, leave, &[BlockArg::Value(result)], next, &[]);
                self.fb.switch_to_block(next);
            }
            _ => debug_assert!(false, "{} is no call", inst.op.name()),
        }
    }

    fn release(&mut self, value: Value) {
        let inst = self.f.inst(value);
        let word = self.value(inst.args[0]);
        let done = self.new_block();
        if inst.immediate == 0 {
            let pointer = self.is_pointer(word);
            let counted = self.new_block();
            self.fb.ins().brif(pointer, counted, &[], done, &[]);
            self.fb.switch_to_block(counted);
        }
        let count = self
            .fb
            .ins()
            .load(types::I32, flags(), word, Header::COUNT_OFFSET as i32);
        let zero = self.fb.ins().iconst(types::I32, 0);
        let immortal = self.fb.ins().icmp(IntCC::SignedLessThan, count, zero);
        let (mortal, dead) = (self.new_block(), self.cold());
        self.fb.ins().brif(immortal, done, &[], mortal, &[]);
        self.fb.switch_to_block(mortal);
        let one = self.fb.ins().iconst(types::I32, 1);
        let fewer = self.fb.ins().isub(count, one);
        self.fb
            .ins()
            .store(flags(), fewer, word, Header::COUNT_OFFSET as i32);
        self.fb.ins().brif(fewer, done, &[], dead, &[]);
        self.fb.switch_to_block(dead);
        if let Some(state) = inst.state {
            self.show_locals(state);
            let unit = self.f.states[state.0 as usize].unit;
            self.write_registers(unit, 0);
            let ran = self.call(Helper::Dealloc, &[word]).unwrap_or(word);
            let exit = self.exit_block(state, Reason::Finalizer);
            self.fb.ins().brif(ran, exit, &[], done, &[]);
        } else {
            self.call(Helper::Dealloc, &[word]);
            self.fb.ins().jump(done, &[]);
        }
        self.fb.switch_to_block(done);
    }
}
