//! Instructions that a helper performs with its operands in registers.

use super::Builder;
use crate::bailout::Bailout;
use crate::decode::Instruction;
use crate::frame_state::{Own, Owner};
use crate::helpers::Helper;
use crate::hir::{Op, Rep, Value};
use crate::types::{Kinds, Type};
use taipan_bytecode::{BinaryOp, Opcode};
use taipan_vm::native::NativeClass;
use taipan_vm::objects::builtin_function::{BuiltinFunction, MethodDescriptor};
use taipan_vm::objects::cell::CellObject;
use taipan_vm::objects::class::Type as Class;
use taipan_vm::objects::list::List;
use taipan_vm::objects::slice::Slice;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::{Raw, Value as PyValue};

/// How a helper stands in for an instruction.
pub(super) struct Routine {
    helper: Helper,
    /// Taken from the stack.
    operands: usize,
    /// A container deeper in the stack, which stays, in front of the operands.
    below: Option<usize>,
    /// A last operand that is no word.
    extra: Option<u64>,
    /// `None`: it leaves nothing.
    result: Option<Type>,
    /// The helper takes the operands in memory.
    many: bool,
}

impl Routine {
    fn new(helper: Helper, operands: usize, result: Option<Type>) -> Routine {
        Routine {
            helper,
            operands,
            below: None,
            extra: None,
            result,
            many: false,
        }
    }
    fn with(self, extra: u32) -> Routine {
        Routine {
            extra: Some(extra as u64),
            ..self
        }
    }
    fn onto(self, below: usize) -> Routine {
        Routine {
            below: Some(below),
            ..self
        }
    }
    pub(super) fn many(helper: Helper, operands: usize, result: Type) -> Routine {
        Routine {
            many: true,
            ..Routine::new(helper, operands, Some(result))
        }
    }

    /// What performs the instruction, if any helper does.
    fn of(at: &Instruction) -> Option<Routine> {
        use Opcode::*;
        let oparg = at.oparg;
        let (value, truth, nothing) = (Some(Type::VALUE), Some(Type::BOOL), None);
        Some(match at.op.deopt() {
            // The interpreter goes on in the method's frame.
            BINARY_OP if at.op == BINARY_OP_SUBSCR_GETITEM => return None,
            BINARY_OP if at.op == BINARY_OP_SUBSCR_DICT => Routine::new(Helper::DictGet, 2, value),
            BINARY_OP => Routine::new(Helper::Binary, 2, value).with(oparg),
            COMPARE_OP if oparg & 16 != 0 => Routine::new(Helper::Compare, 2, truth).with(oparg),
            COMPARE_OP => Routine::new(Helper::Compare, 2, value).with(oparg),
            CONTAINS_OP => Routine::new(Helper::Contains, 2, truth).with(oparg),
            TO_BOOL => Routine::new(Helper::ToBool, 1, truth),
            UNARY_NOT => Routine::new(Helper::Not, 1, truth),
            UNARY_NEGATIVE => Routine::new(Helper::Negative, 1, value),
            UNARY_INVERT => Routine::new(Helper::Invert, 1, value),
            GET_ITER => Routine::new(Helper::GetIter, 1, value),
            STORE_SUBSCR => Routine::new(Helper::StoreItem, 3, nothing),
            DELETE_SUBSCR => Routine::new(Helper::DeleteItem, 2, nothing),
            BINARY_SLICE => Routine::new(Helper::Slice, 3, value),
            SET_ADD => Routine::new(Helper::SetAdd, 1, nothing).onto(oparg as usize),
            MAP_ADD => Routine::new(Helper::MapAdd, 2, nothing).onto(oparg as usize + 1),
            LIST_EXTEND => Routine::new(Helper::ListExtend, 1, nothing).onto(oparg as usize),
            FORMAT_SIMPLE => Routine::new(Helper::FormatSimple, 1, value),
            FORMAT_WITH_SPEC => Routine::new(Helper::FormatWithSpec, 2, value),
            CONVERT_VALUE => Routine::new(Helper::ConvertValue, 1, value).with(oparg),
            BUILD_STRING => Routine::many(Helper::BuildString, oparg as usize, Type::VALUE),
            BUILD_MAP => Routine::many(Helper::BuildMap, 2 * oparg as usize, Type::VALUE),
            MAKE_FUNCTION => Routine::new(Helper::MakeFunction, 1, value),
            SET_FUNCTION_ATTRIBUTE => {
                Routine::new(Helper::SetFunctionAttribute, 2, value).with(oparg)
            }
            CALL_INTRINSIC_1 => Routine::new(Helper::CallIntrinsic, 1, value).with(oparg),
            CALL_FUNCTION_EX => Routine::many(Helper::CallEx, 4, Type::VALUE),
            BUILD_SET => Routine::many(Helper::BuildSet, oparg as usize, Type::VALUE),
            _ => return None,
        })
    }
}

/// The immediate of [`Op::Helped`] and its like.
pub(super) fn pack(helper: Helper, extra: Option<u64>) -> u64 {
    helper as u64 | extra.unwrap_or(0) << 8
}

pub fn unpack(immediate: u64) -> (Helper, u64) {
    (Helper::ALL[immediate as usize & 0xFF], immediate >> 8)
}

/// The operand of `BINARY_OP` for `[]`.
const SUBSCRIPT: u32 = BinaryOp::Subscr as u32;

impl Builder<'_> {
    /// Performs the instruction at hand by its helper; false if it has none.
    pub(super) fn by_helper(&mut self) -> Result<bool, Bailout> {
        use Opcode::*;
        match self.at.op.deopt() {
            BUILD_TUPLE => self.build(Helper::BuildTuple, Tuple::cell().shape().id())?,
            BUILD_LIST => self.build(Helper::BuildList, List::cell().shape().id())?,
            LOAD_COMMON_CONSTANT => {
                let value = taipan_vm::builtins::common_constant(self.at.oparg);
                let value = self.constant(value.raw());
                self.push(value, Own::Borrowed(Owner::Code));
            }
            STORE_SLICE => {
                // A list that is the stack's alone gives its items away.
                let ours = self.top(3)?.own == Own::Owned;
                self.helped(&Routine::new(Helper::StoreSlice, 4, None).with(ours as u32))?
            }
            STORE_DEREF => self.store_cell()?,
            STORE_GLOBAL => self.store_global()?,
            LOAD_ATTR if self.at.op == LOAD_ATTR && self.at.oparg & 1 == 0 => {
                self.get_attribute()?
            }
            CALL_KW => return self.call_keywords(),
            BUILD_SLICE => {
                match self.follows(|next| next.op.deopt() == BINARY_OP && next.oparg == SUBSCRIPT) {
                    // The slice is not made. Bounds that have to be asked for are asked for behind it, as by a slice.
                    Some(subscript) if self.at.oparg == 3 => {
                        if self.reverse_head(subscript)? {
                            return Ok(true);
                        }
                        self.operand_words(4)?;
                        self.at = subscript;
                        self.helped(&Routine::new(Helper::SliceBySteps, 4, Some(Type::VALUE)))?;
                    }
                    _ => self.build(Helper::BuildSlice, Slice::cell().shape().id())?,
                }
            }
            BINARY_OP if self.subscript_by_constant_slice()? => {}
            _ => match Routine::of(&self.at) {
                Some(routine) => self.helped(&routine)?,
                None => return Ok(false),
            },
        }
        Ok(true)
    }

    /// The next instruction, if it is such a one and control comes to it from here alone.
    pub(super) fn follows(&self, is_one: impl Fn(&Instruction) -> bool) -> Option<Instruction> {
        self.followed_alone(self.at.next).filter(is_one)
    }
    /// The instruction at this offset, if control comes to it from the one before alone.
    pub(super) fn followed_alone(&self, offset: u32) -> Option<Instruction> {
        let decoded = &self.decoded;
        let next = decoded.instructions.get(&offset)?;
        (!decoded.leaders.contains(&offset)).then_some(*next)
    }

    /// The words of the operands on top, after everything that may leave for them.
    pub(super) fn operand_words(&mut self, count: usize) -> Result<Vec<Value>, Bailout> {
        self.box_floats();
        self.settle_all();
        let operands = (0..count).rev().map(|depth| self.top(depth));
        let operands: Result<Vec<_>, _> = operands.collect();
        Ok(operands?.iter().map(|e| self.word(e.value)).collect())
    }

    pub(super) fn helped(&mut self, routine: &Routine) -> Result<(), Bailout> {
        let mut args = self.operand_words(routine.operands)?;
        if let Some(depth) = routine.below {
            args.insert(0, self.top(depth)?.value);
        }
        let op = match routine.many {
            true => Op::HelpedMany,
            false => Op::Helped,
        };
        let immediate = pack(routine.helper, routine.extra);
        let value = self.call_with_frame(op, &args, immediate);
        if routine.result.is_some_and(|ty| ty != Type::VALUE) || routine.result.is_none() {
            let ty = routine.result.unwrap_or(Type::NONE);
            self.f.insts[value.0 as usize].ty = ty;
        }
        self.finish_call(routine.operands, routine.result.map(|_| value))
    }

    /// `items[:]` and its like, whose slice is a constant of numbers and `None`: by its bounds, as if it were not made.
    fn subscript_by_constant_slice(&mut self) -> Result<bool, Bailout> {
        let key = self.top(0)?.value;
        let inst = self.f.inst(key);
        let word = Raw(inst.immediate);
        if self.at.oparg != SUBSCRIPT || inst.op != Op::Const || !word.is_pointer() {
            return Ok(false);
        }
        // The code object holds its constants.
        let object = word.peek();
        let Some(slice) = object.downcast_exact::<Slice>() else {
            return Ok(false);
        };
        let bounds = [&slice.start, &slice.stop, &slice.step].map(|bound| bound.raw());
        let none = PyValue::none().raw();
        if !bounds.iter().all(|bound| bound.is_int() || *bound == none) {
            return Ok(false);
        }
        let container = self.operand_words(2)?[0];
        let bounds = bounds.map(|bound| self.constant(bound));
        let args = [container, bounds[0], bounds[1], bounds[2]];
        let immediate = pack(Helper::SliceBySteps, None);
        let value = self.call_with_frame(Op::Helped, &args, immediate);
        self.finish_call(2, Some(value))?;
        Ok(true)
    }

    fn store_cell(&mut self) -> Result<(), Bailout> {
        let mut args = self.operand_words(1)?;
        let cell = self.local_base() + self.at.oparg;
        args.insert(0, self.s.locals[cell as usize].value);
        let done = self.call_with_frame(Op::Helped, &args, pack(Helper::StoreCell, None));
        self.f.insts[done.0 as usize].ty = Type::NONE;
        self.finish_call(1, None)
    }

    fn store_global(&mut self) -> Result<(), Bailout> {
        let name = self.source.code.names.get(self.at.oparg as usize);
        let name = name.ok_or(Bailout::Malformed)?.as_ptr() as u64;
        let args = self.operand_words(1)?;
        let immediate = pack(Helper::StoreGlobal, Some(name));
        let done = self.call_with_frame(Op::Helped, &args, immediate);
        self.f.insts[done.0 as usize].ty = Type::NONE;
        self.finish_call(1, None)
    }

    /// An attribute that no cache knows.
    fn get_attribute(&mut self) -> Result<(), Bailout> {
        let name = self.source.code.names.get((self.at.oparg >> 1) as usize);
        let name = name.ok_or(Bailout::Malformed)?.as_ptr() as u64;
        let args = self.operand_words(1)?;
        let immediate = pack(Helper::GetAttribute, Some(name));
        let value = self.call_with_frame(Op::Helped, &args, immediate);
        self.finish_call(1, Some(value))
    }

    /// A call with keywords of what is written in Rust, or of a class; false for others.
    fn call_keywords(&mut self) -> Result<bool, Bailout> {
        let count = self.at.oparg as usize;
        if self.call_keywords_directly(count)? {
            return Ok(true);
        }
        let (callable, receiver) = (self.top(count + 2)?.value, self.top(count + 1)?.value);
        let has_self = !self.ty(receiver).kinds.meets(Kinds::NULL);
        let seen = match self.rep(callable) {
            Rep::Word => self.seen(callable).filter(|raw| raw.is_pointer()),
            _ => None,
        };
        let native = seen.is_some_and(|raw| {
            let value = raw.peek();
            value.downcast_exact::<BuiltinFunction>().is_some()
                || value.downcast_exact::<MethodDescriptor>().is_some()
                || value.downcast_exact::<Class>().is_some()
        });
        if !native || !has_self && !self.is_null(receiver) {
            return Ok(false);
        }
        let mut args = self.operand_words(count + 3)?;
        if !has_self {
            args.remove(1);
        }
        let immediate = pack(Helper::CallKeywords, None);
        let value = self.call_with_frame(Op::HelpedMany, &args, immediate);
        self.finish_call(count + 3, Some(value))?;
        Ok(true)
    }

    /// After a call that may have run Python code: takes its operands off the stack.
    pub(super) fn finish_call(
        &mut self,
        operands: usize,
        result: Option<Value>,
    ) -> Result<(), Bailout> {
        self.take_operands(operands)?;
        if let Some(value) = result {
            self.push(value, Own::Owned);
        }
        self.guard_locals(self.at.next);
        Ok(())
    }

    pub(super) fn take_operands(&mut self, count: usize) -> Result<(), Bailout> {
        let base = self.below(count)?;
        for entry in self.s.stack.split_off(base) {
            self.drop_entry(entry);
        }
        Ok(())
    }

    /// A new object of the operands, which move into it.
    fn build(&mut self, helper: Helper, shape: u32) -> Result<(), Bailout> {
        let count = self.at.oparg as usize;
        if self.failed() {
            self.box_floats();
        }
        let base = self.below(count)?;
        for i in base..self.s.stack.len() {
            self.word(self.s.stack[i].value);
        }
        let mut args = Vec::new();
        for entry in self.s.stack.split_off(base) {
            args.push(self.owned_word(entry));
        }
        let plain = args.iter().all(|word| !self.counted(*word));
        let (immediate, ty) = (pack(helper, None), Type::exact(shape));
        let value = self.emit2(Op::Build, &args, ty, immediate, plain as u64);
        self.push(value, Own::Owned);
        Ok(())
    }

    /// Has a helper that runs no Python code perform the instruction; where it has no answer, the code leaves.
    pub(super) fn quick(
        &mut self,
        helper: Helper,
        operands: usize,
        extra: Option<u64>,
        ty: Type,
    ) -> Result<Value, Bailout> {
        let operands = (0..operands).rev().map(|depth| self.top(depth));
        let operands: Result<Vec<_>, _> = operands.collect();
        let args: Vec<Value> = operands?.iter().map(|e| self.word(e.value)).collect();
        self.s.memory.forget_lists();
        Ok(self.guard(Op::Quick, &args, ty, pack(helper, extra)))
    }

    /// Likewise for the whole instruction.
    pub(super) fn quickly(
        &mut self,
        helper: Helper,
        operands: usize,
        extra: Option<u64>,
        ty: Type,
    ) -> Result<(), Bailout> {
        let value = self.quick(helper, operands, extra, ty)?;
        self.take_operands(operands)?;
        self.push(value, Own::Owned);
        Ok(())
    }

    /// Likewise, of a helper that takes these words of the operands.
    pub(super) fn quickly_from(
        &mut self,
        helper: Helper,
        words: Vec<Value>,
        operands: usize,
        ty: Type,
    ) -> Result<(), Bailout> {
        self.s.memory.forget_lists();
        let value = self.guard(Op::Quick, &words, ty, pack(helper, None));
        self.take_operands(operands)?;
        self.push(value, Own::Owned);
        Ok(())
    }

    /// A cell of its own for the owned word.
    pub(super) fn make_cell(&mut self, contents: Value) -> Value {
        let ty = Type::exact(CellObject::cell().shape().id());
        self.emit(Op::Build, &[contents], ty, pack(Helper::MakeCell, None))
    }
}
