//! HIR to CLIF.
//!
//! One native function per unit: `extern "C" fn(frame, thread) -> status`. Exits are cold blocks, one for
//! each frame state and reason, that write the frame and return.

mod allocation;
mod calls;
mod exit_stores;
mod exits;
mod mixed;
mod natives;
mod numbers;
mod objects;
mod packed;
mod power;

use crate::activation::ActivationId;
use crate::compile::CodeFacts;
use crate::deopt::Reason;
use crate::exit_plan::ExitPlans;
use crate::hir::{BlockId, Function, Op, Rep, StateId, Terminator, Value};
use crate::types::Kinds;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, MemFlagsData, SigRef, types};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use rustc_hash::FxHashMap as HashMap;
use taipan_vm::interpreter::frame::Frame;
use taipan_vm::thread::Thread;

/// What lowering needs to know besides the HIR.
pub struct Context {
    pub code: CodeFacts,
    /// Of the unit: exits name it.
    pub number: u32,
    pub chaos: bool,
    pub call_conv: CallConv,
    /// Does the machine multiply and add with one rounding?
    pub fuses: bool,
}

pub struct Lower<'a, 'b> {
    f: &'a Function,
    context: &'a Context,
    fb: FunctionBuilder<'b>,
    frame: ir::Value,
    thread: ir::Value,
    /// The top of the thread's data stack at the entry, where inlined frames lie.
    top: ir::Value,
    values: Vec<Option<ir::Value>>,
    /// Of values that are half of what a call gave: the other half.
    seconds: HashMap<Value, ir::Value>,
    blocks: Vec<ir::Block>,
    /// What exits write; native code has the address.
    plans: Box<ExitPlans>,
    /// Where exits put what is in registers.
    buffer: ir::StackSlot,
    words: exit_stores::Words,
    /// Gets the index of an exit and leaves by its plan.
    leave_by_plan: ir::Block,
    exit_blocks: HashMap<(StateId, Reason), ir::Block>,
    todo: Vec<(ir::Block, StateId, u32)>,
    signatures: HashMap<(Vec<ir::Type>, Option<ir::Type>), SigRef>,
    /// Gets a status and returns it.
    leave: ir::Block,
    /// Where operands lie that a callee takes in memory.
    operands: Option<ir::StackSlot>,
}

fn flags() -> MemFlagsData {
    MemFlagsData::trusted()
}

/// Byte offset of a slot in the frame.
pub fn slot_offset(index: usize) -> i32 {
    (size_of::<Frame>() + 8 * index) as i32
}

/// Writes the unit as CLIF into `function`; gives its exits, which have to live as long as the code.
pub fn lower(
    f: &Function,
    context: &Context,
    function: &mut ir::Function,
    buffers: &mut FunctionBuilderContext,
    config: cranelift_codegen::isa::TargetFrontendConfig,
) -> Box<ExitPlans> {
    let mut fb = FunctionBuilder::new(function, buffers);
    let entry = fb.create_block();
    fb.append_block_params_for_function_params(entry);
    fb.switch_to_block(entry);
    let (frame, thread) = (fb.block_params(entry)[0], fb.block_params(entry)[1]);
    let top = fb.ins().load(
        types::I64,
        flags(),
        thread,
        std::mem::offset_of!(Thread, stack_top) as i32,
    );
    let leave = fb.create_block();
    fb.append_block_param(leave, types::I64);
    fb.set_cold_block(leave);
    let leave_by_plan = fb.create_block();
    fb.append_block_param(leave_by_plan, types::I64);
    fb.set_cold_block(leave_by_plan);
    let data = ir::StackSlotData::new(ir::StackSlotKind::ExplicitSlot, 8, 3);
    let buffer = fb.create_sized_stack_slot(data);
    let blocks: Vec<ir::Block> = f.blocks.iter().map(|_| fb.create_block()).collect();
    let mut lower = Lower {
        f,
        context,
        fb,
        frame,
        thread,
        top,
        values: vec![None; f.insts.len()],
        seconds: HashMap::default(),
        blocks,
        plans: Box::new(ExitPlans::new(context.number, f)),
        buffer,
        words: Default::default(),
        leave_by_plan,
        exit_blocks: HashMap::default(),
        todo: Vec::new(),
        signatures: HashMap::default(),
        leave,
        operands: None,
    };
    lower.run();
    let Lower {
        mut plans, mut fb, ..
    } = lower;
    fb.seal_all_blocks();
    fb.finalize(config);
    plans.finish();
    plans
}

impl Lower<'_, '_> {
    fn run(&mut self) {
        for (number, block) in self.f.blocks.iter().enumerate() {
            for param in &block.params {
                let ty = self.register_type(*param);
                let value = self.fb.append_block_param(self.blocks[number], ty);
                self.values[param.0 as usize] = Some(value);
            }
        }
        if let Some(first) = self.blocks.first() {
            self.fb.ins().jump(*first, &[]);
        }
        for number in self.f.order() {
            self.fb.switch_to_block(self.blocks[number]);
            let block = &self.f.blocks[number];
            for value in &block.insts {
                self.instruction(*value);
            }
            self.terminator(&block.end);
        }
        self.write_exits();
        self.write_leave();
        self.fb.func.sized_stack_slots[self.buffer].size = 8 * self.words.count.max(1) as u32;
        self.fb.switch_to_block(self.leave);
        let status = self.fb.block_params(self.leave)[0];
        let nothing = self.constant(0);
        self.fb.ins().return_(&[nothing, status]);
    }

    fn terminator(&mut self, end: &Terminator) {
        match end {
            Terminator::Jump(target, args) => {
                let args: Vec<BlockArg> = args
                    .iter()
                    .map(|a| BlockArg::Value(self.value(*a)))
                    .collect();
                let target = self.block(*target);
                self.fb.ins().jump(target, &args);
            }
            Terminator::Branch(condition, then, other) => {
                let condition = self.value(*condition);
                let (then, other) = (self.block(*then), self.block(*other));
                self.fb.ins().brif(condition, then, &[], other, &[]);
            }
            Terminator::Return(value, state) => self.lower_return(*value, *state),
            Terminator::Suspend(state) => self.lower_suspend(*state),
            Terminator::Exit(state, reason) => {
                let exit = self.exit_block(*state, *reason);
                self.fb.ins().jump(exit, &[]);
            }
            Terminator::None => {
                debug_assert!(false, "a block without an end");
                let status = self.constant(crate::helpers::status::LEFT);
                let leave = self.leave;
                self.fb.ins().jump(leave, &[BlockArg::Value(status)]);
            }
        }
    }

    fn block(&self, block: BlockId) -> ir::Block {
        self.blocks[block.0 as usize]
    }
    fn value(&mut self, value: Value) -> ir::Value {
        match self.values[value.0 as usize] {
            Some(v) => v,
            None => {
                debug_assert!(false, "{value} is used before it is made");
                self.constant(0)
            }
        }
    }
    fn register_type(&self, value: Value) -> ir::Type {
        match self.f.rep(value) {
            Rep::F64 => types::F64,
            _ => types::I64,
        }
    }
    fn set(&mut self, value: Value, to: ir::Value) {
        self.values[value.0 as usize] = Some(to);
    }

    // Small words.

    fn constant(&mut self, word: u64) -> ir::Value {
        self.fb.ins().iconst(types::I64, word as i64)
    }
    fn load(&mut self, base: ir::Value, offset: usize) -> ir::Value {
        self.fb.ins().load(types::I64, flags(), base, offset as i32)
    }
    fn store(&mut self, value: ir::Value, base: ir::Value, offset: usize) {
        self.fb.ins().store(flags(), value, base, offset as i32);
    }
    fn compare(&mut self, cc: IntCC, a: ir::Value, b: u64) -> ir::Value {
        let b = self.constant(b);
        self.fb.ins().icmp(cc, a, b)
    }
    fn and(&mut self, a: ir::Value, b: u64) -> ir::Value {
        let b = self.constant(b);
        self.fb.ins().band(a, b)
    }
    fn add(&mut self, a: ir::Value, b: i64) -> ir::Value {
        let b = self.constant(b as u64);
        self.fb.ins().iadd(a, b)
    }
    fn shift_right(&mut self, a: ir::Value, by: u64) -> ir::Value {
        let by = self.constant(by);
        self.fb.ins().sshr(a, by)
    }
    fn retag(&mut self, int: ir::Value) -> ir::Value {
        let one = self.constant(1);
        let doubled = self.fb.ins().ishl(int, one);
        self.fb.ins().bor(doubled, one)
    }
    fn cold(&mut self) -> ir::Block {
        let block = self.fb.create_block();
        self.fb.set_cold_block(block);
        block
    }
    fn new_block(&mut self) -> ir::Block {
        self.fb.create_block()
    }
    fn is_pointer(&mut self, word: ir::Value) -> ir::Value {
        let bits = self.and(word, 7);
        self.compare(IntCC::Equal, bits, 0)
    }

    /// Goes on if the condition holds, else leaves.
    fn check(&mut self, holds: ir::Value, state: StateId, reason: Reason) {
        let exit = self.exit_block(state, reason);
        let mut holds = holds;
        if self.context.chaos && reason.is_failure() && reason != Reason::Entry {
            let fails = self.call(crate::helpers::Helper::Chaos, &[]);
            let fails = fails.unwrap_or(holds);
            let fine = self.compare(IntCC::Equal, fails, 0);
            holds = self.fb.ins().band(holds, fine);
        }
        self.unless(holds, exit);
    }
    fn check_inst(&mut self, value: Value, holds: ir::Value, reason: Reason) {
        match self.f.inst(value).state {
            Some(state) => self.check(holds, state, reason),
            None => debug_assert!(false, "a guard without a state"),
        }
    }

    fn instruction(&mut self, value: Value) {
        let inst = self.f.inst(value);
        match inst.op {
            Op::Param => {}
            Op::Const => {
                let word = self.constant(inst.immediate);
                self.set(value, word);
            }
            Op::ConstFloat => {
                let float = self.fb.ins().f64const(f64::from_bits(inst.immediate));
                self.set(value, float);
            }
            Op::LoadLocal => {
                let word =
                    self.load_local(ActivationId(inst.second as u32), inst.immediate as usize);
                self.set(value, word);
            }
            Op::LoadStack | Op::StackResult => {
                let word =
                    self.load_stack(ActivationId(inst.second as u32), inst.immediate as usize);
                self.set(value, word);
            }
            Op::StoreLocal => {
                let word = self.value(inst.args[0]);
                let activation = ActivationId(inst.second as u32);
                self.store_local(activation, inst.immediate as usize, word);
            }
            Op::GuardRoom => {
                let end = self.f.activations.iter().map(|a| a.end_offset()).max();
                if let Some(end @ 1..) = end {
                    let end = self.add(self.top, end as i64);
                    let limit = self.load(self.thread, std::mem::offset_of!(Thread, stack_limit));
                    let cc = IntCC::UnsignedLessThanOrEqual;
                    let fits = self.fb.ins().icmp(cc, end, limit);
                    self.check_inst(value, fits, Reason::Recursion);
                }
                let depth = self.f.activations.iter().map(|a| a.depth).max();
                if let Some(depth @ 1..) = depth {
                    let offset = std::mem::offset_of!(Thread, recursion_remaining);
                    let left = self.load32(self.thread, offset);
                    let needed = self.fb.ins().iconst(types::I32, depth as i64);
                    let cc = IntCC::SignedGreaterThanOrEqual;
                    let shallow = self.fb.ins().icmp(cc, left, needed);
                    self.check_inst(value, shallow, Reason::Recursion);
                }
            }
            Op::EnterInlined => self.enter_inlined(value),
            Op::WriteHead => self.write_head(value),
            Op::LeaveInlined | Op::Holds | Op::Tuple | Op::Instance => {}
            Op::GuardInt
            | Op::GuardFloat
            | Op::IntAdd
            | Op::IntSub
            | Op::IntMul
            | Op::IntAnd
            | Op::IntOr
            | Op::IntXor
            | Op::IntShl
            | Op::IntShr
            | Op::IntFloorDiv
            | Op::IntMod
            | Op::IntNeg
            | Op::IntCompare
            | Op::IntTruth
            | Op::IntToFloat
            | Op::FloatAdd
            | Op::FloatSub
            | Op::FloatMul
            | Op::FloatDiv
            | Op::FloatPow
            | Op::FloatNeg
            | Op::FloatAbs
            | Op::FloatSqrt
            | Op::FloatCompare
            | Op::FloatTruth
            | Op::NumberToFloat
            | Op::NumberBinary
            | Op::NumberCompare
            | Op::BoxFloat => self.number(value),
            Op::BoxTruth
            | Op::WordTruth
            | Op::WordEqual
            | Op::NonZero
            | Op::Not
            | Op::GuardShape
            | Op::GuardWord
            | Op::GuardNotWord
            | Op::GuardBool
            | Op::GuardPlain
            | Op::GuardTrue
            | Op::GuardVersion
            | Op::GuardField32
            | Op::ListItem
            | Op::TupleItem
            | Op::TupleField
            | Op::ListField
            | Op::GuardTupleLength
            | Op::ListStore
            | Op::ReverseHead
            | Op::ListAppend
            | Op::ListLength
            | Op::TupleLength
            | Op::FieldOffset
            | Op::SequenceItems
            | Op::LoadField
            | Op::LoadByShape
            | Op::StoreField
            | Op::AddField
            | Op::LoadGlobal
            | Op::LoadBuiltin
            | Op::RangeMore
            | Op::RangeNext
            | Op::ListPeek
            | Op::TuplePeek
            | Op::DictItem
            | Op::IterAdvance => self.object(value),
            Op::Helped
            | Op::HelpedMany
            | Op::CallNative
            | Op::Build
            | Op::Quick
            | Op::UnboxedFloat
            | Op::UnboxedTruth => self.native(value),
            Op::FloatToInt => self.number(value),
            Op::FixedField => {
                let object = self.value(inst.args[0]);
                let word = self.load(object, inst.immediate as usize);
                self.set(value, word);
            }
            Op::GuardField8
            | Op::GuardLayout
            | Op::PackedInt
            | Op::PackedFloat
            | Op::PackedStore => self.packed(value),
            Op::IterNext
            | Op::IterNextPair
            | Op::Send
            | Op::Second
            | Op::Deliver
            | Op::Incref
            | Op::Release
            | Op::Generic
            | Op::CallDirect
            | Op::NewInstance
            | Op::GuardLocals
            | Op::Poll => {
                self.lower_call(value);
            }
        }
    }

    fn immediate_float(&self, value: Value) -> bool {
        self.f.ty(value).is(Kinds::FLOAT)
    }
}
