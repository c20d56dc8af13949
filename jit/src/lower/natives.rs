//! Calls of helpers and native functions with their operands in registers or in memory.

use super::{Lower, flags};
use crate::builder::unpack_helper;
use crate::deopt::Reason;
use crate::helpers::{Helper, status};
use crate::hir::{Op, StateId, Value};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    self, AbiParam, BlockArg, InstBuilder, Signature, StackSlotData, StackSlotKind, types,
};
use std::mem::offset_of;
use taipan_vm::exceptions::PyResult;
use taipan_vm::object::Header;
use taipan_vm::shape::Shape;
use taipan_vm::thread::Thread;
use taipan_vm::value::Value as PyValue;

// Results of native functions are looked at as words: zero for raised.
const _: () = assert!(size_of::<PyResult>() == 8);
const _: () = assert!(size_of::<Option<PyValue>>() == 8);

impl Lower<'_, '_> {
    pub(super) fn native(&mut self, value: Value) {
        let f = self.f;
        let inst = f.inst(value);
        let words: Vec<ir::Value> = inst.args.iter().map(|a| self.value(*a)).collect();
        let (helper, extra) = match inst.op {
            Op::Helped | Op::HelpedMany | Op::Build | Op::Quick => unpack_helper(inst.immediate),
            _ => (Helper::CallValue, 0),
        };
        match inst.op {
            Op::Build => {
                let args = self.in_memory(&words);
                let object = self.call(helper, &args);
                self.set(value, object.unwrap_or(self.frame));
            }
            Op::Quick if helper == Helper::QuickIsInstance => {
                let answer = self.is_instance(value, words[0], words[1]);
                self.set(value, answer);
            }
            Op::Quick if helper == Helper::MakeGenerator => {
                let args = self.in_memory(&words);
                let generator = self.call(helper, &args).unwrap_or(self.frame);
                let made = self.compare(IntCC::NotEqual, generator, 0);
                self.check_inst(value, made, Reason::Recursion);
                self.set(value, generator);
            }
            Op::Quick => {
                let word = self.call_helper(helper, words, extra);
                let answered = self.compare(IntCC::NotEqual, word, 0);
                self.check_inst(value, answered, Reason::Guard);
                self.set(value, word);
            }
            Op::UnboxedFloat | Op::UnboxedTruth => self.unboxed(value, &words),
            _ => {
                let Some(state) = inst.state else { return };
                let plan = &f.states[state.0 as usize];
                if inst.op == Op::CallNative {
                    self.check_native_stack(state);
                }
                self.write_locals(state);
                self.write_stack(plan);
                self.write_registers(plan, inst.second as u32, plan.stack.len());
                let word = match inst.op {
                    Op::Helped => self.call_helper(helper, words, extra),
                    Op::HelpedMany => {
                        let args = self.in_memory(&words);
                        self.call(helper, &args).unwrap_or(self.frame)
                    }
                    _ => self.call_native(inst.immediate, &words),
                };
                self.unless_raised(word);
                self.retract(plan.activation);
                self.set(value, word);
            }
        }
    }

    /// `isinstance`: the object's own class is asked for most of all.
    fn is_instance(&mut self, value: Value, object: ir::Value, class: ir::Value) -> ir::Value {
        let (look, slow, done) = (self.new_block(), self.new_block(), self.new_block());
        self.fb.append_block_param(done, types::I64);
        let pointer = self.is_pointer(object);
        self.fb.ins().brif(pointer, look, &[], slow, &[]);
        self.fb.switch_to_block(look);
        let shape = self.load(object, Header::SHAPE_OFFSET);
        let own = self.load(shape, Shape::CLASS_OFFSET);
        let same = self.fb.ins().icmp(IntCC::Equal, own, class);
        let yes = self.constant(PyValue::true_().raw().0);
        self.fb
            .ins()
            .brif(same, done, &[BlockArg::Value(yes)], slow, &[]);
        self.fb.switch_to_block(slow);
        let answer = self.call_helper(Helper::QuickIsInstance, vec![object, class], 0);
        let answered = self.compare(IntCC::NotEqual, answer, 0);
        self.check_inst(value, answered, Reason::Guard);
        self.fb.ins().jump(done, &[BlockArg::Value(answer)]);
        self.fb.switch_to_block(done);
        self.fb.block_params(done)[0]
    }

    fn call_helper(&mut self, helper: Helper, mut words: Vec<ir::Value>, extra: u64) -> ir::Value {
        if helper.parameters().len() > words.len() {
            words.push(self.constant(extra));
        }
        self.call(helper, &words).unwrap_or(self.frame)
    }

    /// Goes on unless the word says that an exception is set.
    fn unless_raised(&mut self, word: ir::Value) {
        let next = self.new_block();
        let raised = self.constant(status::RAISED);
        let leave = self.leave;
        self.fb
            .ins()
            .brif(word, next, &[], leave, &[BlockArg::Value(raised)]);
        self.fb.switch_to_block(next);
    }

    /// Writes the words where their number tells; gives address and count.
    pub(super) fn in_memory(&mut self, words: &[ir::Value]) -> [ir::Value; 2] {
        let size = 8 * words.len().max(1) as u32;
        let slot = match self.operands {
            Some(slot) => slot,
            None => {
                let data = StackSlotData::new(StackSlotKind::ExplicitSlot, size, 3);
                let slot = self.fb.create_sized_stack_slot(data);
                self.operands = Some(slot);
                slot
            }
        };
        // One place for all calls: it is in use only until the callee has begun.
        let data = &mut self.fb.func.sized_stack_slots[slot];
        data.size = data.size.max(size);
        let address = self.fb.ins().stack_addr(types::I64, slot, 0);
        for (i, word) in words.iter().enumerate() {
            self.fb.ins().store(flags(), *word, address, 8 * i as i32);
        }
        [address, self.constant(words.len() as u64)]
    }

    /// Leaves when the native stack is low.
    fn check_native_stack(&mut self, state: StateId) {
        let stack = self.fb.ins().get_stack_pointer(types::I64);
        let limit = self.load(self.thread, offset_of!(Thread, native_limit));
        let room = self.fb.ins().icmp(IntCC::UnsignedGreaterThan, stack, limit);
        self.check(room, state, Reason::Poll);
    }

    /// A native function by its address.
    fn call_native(&mut self, entry: u64, words: &[ir::Value]) -> ir::Value {
        let [address, count] = self.in_memory(words);
        let nothing = self.constant(0);
        let entry = self.constant(entry);
        let signature = self.signature(&[types::I64; 3], Some(types::I64));
        let call = self
            .fb
            .ins()
            .call_indirect(signature, entry, &[address, count, nothing]);
        self.fb.inst_results(call)[0]
    }

    /// The second entry of a native function: plain floats, and a last place for the result where it may raise.
    fn unboxed(&mut self, value: Value, words: &[ir::Value]) {
        let inst = self.f.inst(value);
        let float = inst.op == Op::UnboxedFloat;
        let own = if float { types::F64 } else { types::I8 };
        let entry = self.constant(inst.immediate);
        let mut parameters = vec![types::F64; words.len()];
        let mut args = words.to_vec();
        if inst.second == 0 {
            let signature = self.signature(&parameters, Some(own));
            let call = self.fb.ins().call_indirect(signature, entry, &args);
            let result = self.fb.inst_results(call)[0];
            return self.set(value, result);
        }
        let zero = self.constant(0);
        let [place, _] = self.in_memory(&[zero]);
        parameters.push(types::I64);
        args.push(place);
        let signature = self.signature(&parameters, Some(types::I8));
        let call = self.fb.ins().call_indirect(signature, entry, &args);
        let made = self.fb.inst_results(call)[0];
        let (fine, raised) = (self.new_block(), self.cold());
        self.fb.ins().brif(made, fine, &[], raised, &[]);
        // The interpreter raises it again, with everything in place.
        self.fb.switch_to_block(raised);
        self.call(Helper::DropRaised, &[]);
        if let Some(state) = inst.state {
            let exit = self.exit_block(state, Reason::Range);
            self.fb.ins().jump(exit, &[]);
        }
        self.fb.switch_to_block(fine);
        let result = self.fb.ins().load(own, flags(), place, 0);
        self.set(value, result);
    }

    fn signature(&mut self, parameters: &[ir::Type], result: Option<ir::Type>) -> ir::SigRef {
        let key = (parameters.to_vec(), result);
        if let Some(known) = self.signatures.get(&key) {
            return *known;
        }
        let mut signature = Signature::new(self.context.call_conv);
        signature.params = parameters.iter().map(|t| AbiParam::new(*t)).collect();
        signature.returns = result.iter().map(|t| AbiParam::new(*t)).collect();
        let made = self.fb.import_signature(signature);
        self.signatures.insert(key, made);
        made
    }
}
