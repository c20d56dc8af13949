//! Calls out of native code, reference counts, the poll.

use super::{Lower, flags, slot_offset};
use crate::activation::ActivationId;
use crate::compile::Prologue;
use crate::deopt::Reason;
use crate::frame_state::FrameState;
use crate::helpers::{Helper, status};
use crate::hir::{CallShape, Op, Value};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, AbiParam, BlockArg, InstBuilder, Signature, types};
use std::mem::offset_of;
use taipan_bytecode::Opcode;
use taipan_vm::interpreter::frame::{Frame, FrameOwner, Returns};
use taipan_vm::native::NativeClass;
use taipan_vm::object::Header;
use taipan_vm::objects::code::Code;
use taipan_vm::objects::function::Function;
use taipan_vm::objects::generator::Sink;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::thread::Thread;
use taipan_vm::value::Raw;

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
                let exit = self.exit_block(state, Reason::Poll);
                let activation = self.f.states[state.0 as usize].activation;
                if activation == ActivationId::UNIT {
                    let written = self.call(Helper::LocalsWritten, &[self.frame]);
                    let written = written.unwrap_or(count);
                    self.fb.ins().brif(written, exit, &[], done, &[]);
                } else {
                    // Some frame's: whoever it concerns asks again.
                    self.fb.ins().jump(exit, &[]);
                }
                self.fb.switch_to_block(done);
                self.unseen(activation, exit);
            }
            Op::Incref => {
                let word = self.value(inst.args[0]);
                let done = self.new_block();
                if inst.immediate == 0 {
                    let tag = self.and(word, 7);
                    let counted = self.new_block();
                    self.fb.ins().brif(tag, done, &[], counted, &[]);
                    self.fb.switch_to_block(counted);
                }
                self.recount(word, true);
                self.fb.ins().jump(done, &[]);
                self.fb.switch_to_block(done);
            }
            Op::Release => self.release(value),
            Op::CallDirect => self.call_direct(value),
            Op::NewInstance => {
                let object = self.new_instance(inst.immediate, inst.second);
                self.set(value, object);
            }
            Op::Deliver => self.deliver(value),
            Op::Second => {
                let second = self.seconds.get(&inst.args[0]).copied();
                self.set(value, second.unwrap_or(self.frame));
            }
            Op::Generic | Op::IterNext | Op::IterNextPair | Op::Send => {
                let Some(state) = inst.state else { return };
                let f = self.f;
                let plan = &f.states[state.0 as usize];
                self.write_locals(state);
                self.write_stack(plan);
                self.write_registers(plan, inst.second as u32, plan.stack.len());
                let frame = self.frame_address(plan.activation);
                if inst.op != Op::Generic {
                    let operands: Vec<ir::Value> =
                        inst.args.iter().map(|a| self.value(*a)).collect();
                    let item = match inst.op {
                        Op::IterNext => {
                            self.call(Helper::IterNext, &[frame, self.thread, operands[0]])
                        }
                        Op::IterNextPair => {
                            self.call_for_two(value, Helper::IterNextPair, operands)
                        }
                        _ => self.call_for_two(value, Helper::Send, operands),
                    };
                    let item = item.unwrap_or(frame);
                    let next = self.new_block();
                    let raised = self.compare(IntCC::Equal, item, taipan_vm::value::Raw::NULL.0);
                    let status = self.constant(status::RAISED);
                    let leave = self.leave;
                    self.fb
                        .ins()
                        .brif(raised, leave, &[BlockArg::Value(status)], next, &[]);
                    self.fb.switch_to_block(next);
                    self.retract(plan.activation);
                    self.set(value, item);
                    return;
                }
                let packed = self.constant(inst.immediate);
                let Some(result) = self.call(Helper::Generic, &[frame, self.thread, packed]) else {
                    return;
                };
                let next = self.new_block();
                let leave = self.leave;
                self.fb
                    .ins()
                    .brif(result, leave, &[BlockArg::Value(result)], next, &[]);
                self.fb.switch_to_block(next);
                self.retract(plan.activation);
            }
            _ => debug_assert!(false, "{} is no call", inst.op.name()),
        }
    }

    /// Calls a helper that gives two words, the second one in memory.
    fn call_for_two(
        &mut self,
        value: Value,
        helper: Helper,
        mut operands: Vec<ir::Value>,
    ) -> Option<ir::Value> {
        let nothing = self.constant(0);
        let [place, _] = self.in_memory(&[nothing]);
        operands.push(place);
        let first = self.call(helper, &operands);
        let second = self.load(place, 0);
        self.seconds.insert(value, second);
        first
    }

    /// A generator's item goes to the sink that wants it, if one does.
    fn deliver(&mut self, value: Value) {
        let f = self.f;
        let inst = f.inst(value);
        let Some(state) = inst.state else { return };
        let plan = &f.states[state.0 as usize];
        let item = self.value(inst.args[0]);
        let (wanted, mine, done) = (self.cold(), self.cold(), self.new_block());
        self.fb.append_block_param(done, types::I64);
        let kept = [BlockArg::Value(item)];
        let sink = self.load(self.thread, offset_of!(Thread, sink));
        self.fb.ins().brif(sink, wanted, &[], done, &kept);
        self.fb.switch_to_block(wanted);
        let frame = self.load(sink, offset_of!(Sink, frame));
        let same = self.fb.ins().icmp(IntCC::Equal, frame, self.frame);
        self.fb.ins().brif(same, mine, &[], done, &kept);
        self.fb.switch_to_block(mine);
        self.write_locals(state);
        self.write_stack(plan);
        self.write_registers(plan, plan.unit + 1, plan.stack.len() - 1);
        let args = [self.frame, self.thread, item];
        let status = self.call(Helper::Deliver, &args).unwrap_or(item);
        let (leave, zero) = (self.leave, self.constant(0));
        let taken = [BlockArg::Value(zero)];
        self.fb
            .ins()
            .brif(status, leave, &[BlockArg::Value(status)], done, &taken);
        self.fb.switch_to_block(done);
        let left = self.fb.block_params(done)[0];
        self.set(value, left);
    }

    /// Leaves when a frame object shows an inlined frame: it has to become real.
    fn unseen(&mut self, mut id: ActivationId, exit: ir::Block) {
        while let Some(parent) = self.f.activation(id).parent {
            let frame = self.frame_address(id);
            let object = self.load(frame, offset_of!(Frame, frame_object));
            let none = self.compare(IntCC::Equal, object, Raw::NULL.0);
            self.unless(none, exit);
            id = parent;
        }
    }

    /// Counts a reference to an object up or down; gives the new count. Immortal objects have bit 31 set: theirs stays.
    pub(super) fn recount(&mut self, word: ir::Value, up: bool) -> ir::Value {
        let count = self.load32(word, Header::COUNT_OFFSET);
        let top = self.fb.ins().iconst(types::I32, 31);
        let immortal = self.fb.ins().ushr(count, top);
        let one = self.fb.ins().iconst(types::I32, 1);
        // In this order: counts of the same object follow each other closely.
        let count = match up {
            true => {
                let more = self.fb.ins().iadd(count, one);
                self.fb.ins().isub(more, immortal)
            }
            false => {
                let fewer = self.fb.ins().isub(count, one);
                self.fb.ins().iadd(fewer, immortal)
            }
        };
        self.store(count, word, Header::COUNT_OFFSET);
        count
    }

    /// Counts an owned word down where nobody has to leave for it.
    pub(super) fn release_word(&mut self, word: ir::Value, known: bool) {
        let done = self.new_block();
        let dead = self.count_down(word, known, done);
        self.fb.switch_to_block(dead);
        self.call(Helper::Dealloc, &[word]);
        self.fb.ins().jump(done, &[]);
        self.fb.switch_to_block(done);
    }

    /// Counts down and goes to `done`, or to the cold block that it gives when that was the last reference.
    fn count_down(&mut self, word: ir::Value, known: bool, done: ir::Block) -> ir::Block {
        if !known {
            let tag = self.and(word, 7);
            let counted = self.new_block();
            self.fb.ins().brif(tag, done, &[], counted, &[]);
            self.fb.switch_to_block(counted);
        }
        let dead = self.cold();
        let fewer = self.recount(word, false);
        self.fb.ins().brif(fewer, done, &[], dead, &[]);
        dead
    }

    fn release(&mut self, value: Value) {
        let inst = self.f.inst(value);
        let word = self.value(inst.args[0]);
        let Some(state) = inst.state else {
            return self.release_word(word, inst.immediate != 0);
        };
        let done = self.new_block();
        let dead = self.count_down(word, inst.immediate != 0, done);
        self.fb.switch_to_block(dead);
        let quietly = self.call(Helper::DeallocQuietly, &[word]);
        let loudly = self.cold();
        let quietly = quietly.unwrap_or(word);
        self.fb.ins().brif(quietly, done, &[], loudly, &[]);
        self.fb.switch_to_block(loudly);
        self.destroy(word, state, done);
        self.fb.switch_to_block(done);
    }

    /// A call from native code to native code: pushes the frame that the interpreter would push. Whatever is
    /// unusual (no code, no room, something waits at the poll) goes through the runtime.
    fn call_direct(&mut self, value: Value) {
        let f = self.f;
        let inst = f.inst(value);
        let Some(state) = inst.state else { return };
        let plan = &f.states[state.0 as usize];
        let call = &f.callees[inst.immediate as usize];
        let unit = inst.second as u32;
        let is_init = matches!(call.shape, CallShape::Init { .. });
        let words: Vec<ir::Value> = inst.args.iter().map(|a| self.value(*a)).collect();
        let depth = plan.stack.len();

        self.write_locals(state);
        self.write_stack(plan);
        self.write_registers(plan, unit, depth);
        let frame = self.frame_address(plan.activation);
        let (slow, done, strange) = (self.cold(), self.new_block(), self.cold());
        self.fb.append_block_param(done, types::I64);
        self.fb.append_block_param(strange, types::I64);

        let function = words[0];
        let arguments = words.len() - 1;
        let address = match &call.code {
            Some(code) => self.constant(code.address),
            None => self.code_for(function, arguments, slow),
        };
        let entry = self.load(address, Code::ENTRY_OFFSET);
        self.unless(entry, slow);
        let breaker = self.constant(&raw const taipan_vm::thread::EVAL_BREAKER as u64);
        let waiting = self.fb.ins().atomic_load(types::I32, flags(), breaker);
        let calm = self.new_block();
        self.fb.ins().brif(waiting, slow, &[], calm, &[]);
        self.fb.switch_to_block(calm);
        let callee = self.load(self.thread, offset_of!(Thread, stack_top));
        let head = size_of::<Frame>() as i64;
        let (top, end) = match &call.code {
            Some(code) => (
                self.add(callee, head + 8 * code.facts.local_count as i64),
                self.add(callee, head + 8 * code.frame_words as i64),
            ),
            None => {
                let locals = self.load32(address, offset_of!(Code, local_count));
                let locals = self.fb.ins().uextend(types::I64, locals);
                let stack = self.load32(address, offset_of!(Code, stack_size));
                let stack = self.fb.ins().uextend(types::I64, stack);
                let three = self.constant(3);
                let (locals, stack) = (
                    self.fb.ins().ishl(locals, three),
                    self.fb.ins().ishl(stack, three),
                );
                let slots = self.add(callee, head);
                let top = self.fb.ins().iadd(slots, locals);
                let end = self.fb.ins().iadd(top, stack);
                (top, self.add(end, 8))
            }
        };
        let limit = self.load(self.thread, offset_of!(Thread, stack_limit));
        let fits = self
            .fb
            .ins()
            .icmp(IntCC::UnsignedLessThanOrEqual, end, limit);
        self.unless(fits, slow);
        let remaining = offset_of!(Thread, recursion_remaining);
        let left = self.load32(self.thread, remaining);
        let one = self.fb.ins().iconst(types::I32, 1);
        let left = self.fb.ins().isub(left, one);
        let zero = self.fb.ins().iconst(types::I32, 0);
        let shallow = self
            .fb
            .ins()
            .icmp(IntCC::SignedGreaterThanOrEqual, left, zero);
        self.unless(shallow, slow);
        let stack = self.fb.ins().get_stack_pointer(types::I64);
        let native = self.load(self.thread, offset_of!(Thread, native_limit));
        let room = self
            .fb
            .ins()
            .icmp(IntCC::UnsignedGreaterThan, stack, native);
        self.unless(room, slow);

        self.store(end, self.thread, offset_of!(Thread, stack_top));
        self.fb
            .ins()
            .store(flags(), left, self.thread, remaining as i32);
        let null = self.constant(Raw::NULL.0);
        let globals = self.load(function, Function::GLOBALS_OFFSET);
        let builtins = self.load(function, Function::BUILTINS_OFFSET);
        let start = match &call.code {
            Some(code) => self.constant(code.facts.start),
            None => self.load(address, offset_of!(Code, start)),
        };
        self.store(address, callee, offset_of!(Frame, code));
        self.store(frame, callee, offset_of!(Frame, previous));
        self.store(function, callee, offset_of!(Frame, function));
        self.store(globals, callee, offset_of!(Frame, globals));
        self.store(builtins, callee, offset_of!(Frame, builtins));
        self.store(null, callee, offset_of!(Frame, locals));
        self.store(null, callee, offset_of!(Frame, frame_object));
        self.store(start, callee, offset_of!(Frame, ip));
        self.store(top, callee, offset_of!(Frame, sp));
        // The frame ends the loop that runs it, should it come to that.
        for (offset, byte) in [
            (offset_of!(Frame, return_offset), 0),
            (offset_of!(Frame, return_offset) + 1, 0),
            (offset_of!(Frame, owner), FrameOwner::Thread as i64),
            (offset_of!(Frame, returns), Returns::OutOfLoop as i64),
        ] {
            let byte = self.fb.ins().iconst(types::I8, byte);
            self.fb.ins().store(flags(), byte, callee, offset as i32);
        }
        let unbound = self.constant(Raw::UNBOUND.0);
        let prologue = call.code.map_or(Prologue::Nothing, |c| c.facts.prologue);
        for (i, word) in words[1..].iter().enumerate() {
            self.store(*word, callee, slot_offset(i) as usize);
        }
        match &call.code {
            Some(code) => {
                for i in arguments..code.facts.local_count {
                    self.store(unbound, callee, slot_offset(i) as usize);
                }
            }
            None => {
                let first = self.add(callee, slot_offset(arguments) as i64);
                self.fill(first, top, unbound);
            }
        }
        match prologue {
            Prologue::Nothing => {}
            Prologue::Closure(count) => self.take_closure(function, top, count),
            Prologue::Cells => {
                self.call(Helper::Prologue, &[callee, self.thread]);
            }
        }
        self.store(callee, self.thread, offset_of!(Thread, frame));
        let signature = self.entry_signature();
        let native = self
            .fb
            .ins()
            .call_indirect(signature, entry, &[callee, self.thread]);
        let (result, status) = {
            let results = self.fb.inst_results(native);
            (results[0], results[1])
        };
        let returned = self.compare(IntCC::Equal, status, status::RETURNED);
        self.fb.ins().brif(
            returned,
            done,
            &[BlockArg::Value(result)],
            strange,
            &[BlockArg::Value(status)],
        );

        // The interpreter finishes the callee's frame.
        self.fb.switch_to_block(strange);
        let status = self.fb.block_params(strange)[0];
        let init = self.constant(is_init as u64);
        let finished = self.call(Helper::FinishCall, &[frame, self.thread, status, init]);
        self.take_result(finished, plan, done, is_init);

        // The operands go where the interpreter has them.
        self.fb.switch_to_block(slow);
        let mut operands = words.clone();
        let (helper, packed) = match call.shape {
            CallShape::Call { count, has_self } => {
                if !has_self {
                    operands.insert(1, self.constant(Raw::NULL.0));
                }
                let total = count + has_self as usize;
                let packed = total as u64 | (has_self as u64) << 16 | (count as u64) << 32;
                (Helper::CallPython, packed)
            }
            CallShape::Init { count } => {
                let packed = (count + 1) as u64 | 1 << 16 | 1 << 17 | (count as u64) << 32;
                (Helper::CallPython, packed)
            }
            CallShape::Operator { operator } => {
                self.operate(Helper::Binary, operator, &words, done);
                self.operator_result(value, operator, plan, done);
                return;
            }
            CallShape::Subscript => {
                let function = operands.remove(0);
                self.release_word(function, true);
                (
                    Helper::Generic,
                    crate::builder::pack(Opcode::BINARY_OP, 26, 1),
                )
            }
        };
        for (i, word) in operands.iter().enumerate() {
            self.store_stack(plan.activation, depth + i, *word);
        }
        let innermost = f.activation(plan.activation);
        let filled = depth + operands.len() - innermost.stack_base;
        let sp = slot_offset(innermost.code.local_count + filled);
        let sp = self.add(frame, sp as i64);
        self.store(sp, frame, offset_of!(Frame, sp));
        let packed = self.constant(packed);
        let finished = self.call(helper, &[frame, self.thread, packed]);
        self.take_result(finished, plan, done, is_init);

        self.fb.switch_to_block(done);
        let result = self.fb.block_params(done)[0];
        self.retract(plan.activation);
        if is_init {
            // `__init__` returns None, or raises here.
            let none = self.compare(IntCC::Equal, result, Raw::none().0);
            let (fine, wrong) = (self.new_block(), self.cold());
            self.fb.ins().brif(none, fine, &[], wrong, &[]);
            self.fb.switch_to_block(wrong);
            self.call(Helper::WrongInit, &[result]);
            let status = self.constant(status::RAISED);
            let leave = self.leave;
            self.fb.ins().jump(leave, &[BlockArg::Value(status)]);
            self.fb.switch_to_block(fine);
        }
        self.set(value, result);
    }

    /// An operator by way of the runtime; lets go of the callable and the callee's references.
    fn operate(&mut self, helper: Helper, operator: u32, words: &[ir::Value], done: ir::Block) {
        let number = self.constant(operator as u64);
        let Some(result) = self.call(helper, &[words[1], words[2], number]) else {
            return;
        };
        // The stack has the operands too, the class its method.
        for word in words.iter().rev() {
            self.release_word(*word, false);
        }
        let raised = self.constant(status::RAISED);
        let leave = self.leave;
        let (word, status) = ([BlockArg::Value(result)], [BlockArg::Value(raised)]);
        self.fb.ins().brif(result, done, &word, leave, &status);
    }

    /// NotImplemented makes way for what the right operand says.
    fn operator_result(&mut self, value: Value, operator: u32, plan: &FrameState, done: ir::Block) {
        self.fb.switch_to_block(done);
        let result = self.fb.block_params(done)[0];
        let none = taipan_vm::value::Value::not_implemented().raw().0;
        let other = self.compare(IntCC::NotEqual, result, none);
        let (fine, rest) = (self.new_block(), self.cold());
        self.fb.append_block_param(fine, types::I64);
        let word = [BlockArg::Value(result)];
        self.fb.ins().brif(other, fine, &word, rest, &[]);
        self.fb.switch_to_block(rest);
        let depth = plan.stack.len();
        let left = self.value(plan.stack[depth - 2].0);
        let right = self.value(plan.stack[depth - 1].0);
        let number = self.constant(operator as u64);
        let after = self
            .call(Helper::AfterNotImplemented, &[left, right, number])
            .unwrap_or(result);
        let raised = self.constant(status::RAISED);
        let leave = self.leave;
        let (word, status) = ([BlockArg::Value(after)], [BlockArg::Value(raised)]);
        self.fb.ins().brif(after, fine, &word, leave, &status);
        self.fb.switch_to_block(fine);
        let result = self.fb.block_params(fine)[0];
        self.retract(plan.activation);
        self.set(value, result);
    }

    /// The code of any function that takes exactly so many arguments, by position; else goes to `slow`.
    fn code_for(&mut self, function: ir::Value, arguments: usize, slow: ir::Block) -> ir::Value {
        let pointer = self.is_pointer(function);
        self.unless(pointer, slow);
        let shape = self.load(function, Header::SHAPE_OFFSET);
        let wanted = Function::cell().shape() as *const _ as u64;
        let same = self.compare(IntCC::Equal, shape, wanted);
        self.unless(same, slow);
        let code = self.load(function, Function::CODE_OFFSET);
        let simple =
            self.fb
                .ins()
                .uload8(types::I64, flags(), code, offset_of!(Code, simple) as i32);
        self.unless(simple, slow);
        // The cells of nested functions are made by their own instructions.
        let prologue = self.load32(code, offset_of!(Code, prologue));
        let cells = self.new_block();
        self.fb.ins().brif(prologue, slow, &[], cells, &[]);
        self.fb.switch_to_block(cells);
        let takes = self.load32(code, offset_of!(Code, argcount));
        let wanted = self.fb.ins().iconst(types::I32, arguments as i64);
        let same = self.fb.ins().icmp(IntCC::Equal, takes, wanted);
        self.unless(same, slow);
        code
    }

    /// Copies the closure's cells to the slots in front of `end`.
    fn take_closure(&mut self, function: ir::Value, end: ir::Value, count: usize) {
        let closure = self.load(function, Function::CLOSURE_OFFSET);
        let first = self.add(end, -8 * count as i64);
        for i in 0..count {
            let cell = self.load(closure, Tuple::ITEMS_OFFSET + 8 * i);
            // Made at run time: never immortal.
            let counter = self.load32(cell, Header::COUNT_OFFSET);
            let more = self.fb.ins().iadd_imm_s(counter, 1);
            self.fb
                .ins()
                .store(flags(), more, cell, Header::COUNT_OFFSET as i32);
            self.store(cell, first, 8 * i);
        }
    }

    /// Writes a word to every slot from `first` up to `end`.
    fn fill(&mut self, first: ir::Value, end: ir::Value, word: ir::Value) {
        let (head, body, done) = (self.new_block(), self.new_block(), self.new_block());
        self.fb.append_block_param(head, types::I64);
        self.fb.ins().jump(head, &[BlockArg::Value(first)]);
        self.fb.switch_to_block(head);
        let slot = self.fb.block_params(head)[0];
        let more = self.fb.ins().icmp(IntCC::UnsignedLessThan, slot, end);
        self.fb.ins().brif(more, body, &[], done, &[]);
        self.fb.switch_to_block(body);
        self.store(word, slot, 0);
        let next = self.add(slot, 8);
        self.fb.ins().jump(head, &[BlockArg::Value(next)]);
        self.fb.switch_to_block(done);
    }

    /// After a helper that leaves its result on the frame's stack: goes to `done` with it, or leaves.
    fn take_result(
        &mut self,
        status: Option<ir::Value>,
        plan: &FrameState,
        done: ir::Block,
        is_init: bool,
    ) {
        let Some(status) = status else { return };
        let (fine, leave) = (self.cold(), self.leave);
        self.fb
            .ins()
            .brif(status, leave, &[BlockArg::Value(status)], fine, &[]);
        self.fb.switch_to_block(fine);
        let word = if is_init {
            // The helper has looked at it and dropped it.
            self.constant(Raw::none().0)
        } else {
            self.load_stack(plan.activation, plan.stack.len())
        };
        self.fb.ins().jump(done, &[BlockArg::Value(word)]);
    }

    /// Goes on if the value is not zero.
    pub(super) fn unless(&mut self, holds: ir::Value, otherwise: ir::Block) {
        let next = self.new_block();
        self.fb.ins().brif(holds, next, &[], otherwise, &[]);
        self.fb.switch_to_block(next);
    }

    fn entry_signature(&mut self) -> ir::SigRef {
        let mut signature = Signature::new(self.context.call_conv);
        signature.params = vec![AbiParam::new(types::I64); 2];
        signature.returns = vec![AbiParam::new(types::I64); 2];
        self.fb.import_signature(signature)
    }
}
