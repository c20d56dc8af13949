//! The intermediate form: SSA with block parameters, one table of instructions.
//!
//! Every operation is a row of [`instructions!`]: name, result, effects. Builder, printer, passes and
//! lowering share it. Integers stay tagged words; floats and truth values are unboxed and boxed by
//! instructions of their own.

use crate::activation::{Activation, ActivationId};
use crate::compile::CodeFacts;
use crate::frame_state::FrameState;
use crate::types::Type;
use std::fmt;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Value(pub u32);
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct BlockId(pub u32);
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct StateId(pub u32);

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}
impl fmt::Display for BlockId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b{}", self.0)
    }
}

/// How a value is carried in registers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rep {
    /// The word of a Python value.
    Word,
    F64,
    /// 0 or 1 in eight bits.
    Truth,
    /// An instruction without result.
    Nothing,
}

/// What an instruction does besides computing its result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// May be dropped when unused.
    Pure,
    /// Reads memory that others write; may be dropped when unused.
    Read,
    /// May leave: stays.
    Guard,
    /// Writes memory: stays.
    Write,
    /// May run Python code.
    Call,
}

impl Op {
    /// Does the result, or whether it leaves, depend on nothing but operands and immediate, so that it need not be
    /// computed twice?
    pub const fn is_computed(self) -> bool {
        use Op::*;
        matches!(
            self,
            Const
                | ConstFloat
                | IntAdd
                | IntSub
                | IntMul
                | IntAnd
                | IntOr
                | IntXor
                | IntShl
                | IntShr
                | IntFloorDiv
                | IntMod
                | IntNeg
                | IntCompare
                | IntTruth
                | IntToFloat
                | FloatAdd
                | FloatSub
                | FloatMul
                | FloatDiv
                | FloatPow
                | FloatNeg
                | FloatAbs
                | FloatSqrt
                | FloatCompare
                | FloatTruth
                | NumberToFloat
                | NumberCompare
                | WordTruth
                | WordEqual
                | Not
                | GuardWord
                | GuardNotWord
                | GuardLayout
                | FixedField
        )
    }
}

macro_rules! instructions {
    ($($name:ident $rep:ident $effect:ident $doc:literal;)*) => {
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        pub enum Op { $(#[doc = $doc] $name,)* }
        impl Op {
            pub const ALL: &'static [Op] = &[$(Op::$name,)*];
            pub const fn name(self) -> &'static str { match self { $(Op::$name => stringify!($name),)* } }
            pub const fn rep(self) -> Rep { match self { $(Op::$name => Rep::$rep,)* } }
            pub const fn effect(self) -> Effect { match self { $(Op::$name => Effect::$effect,)* } }
            pub const fn doc(self) -> &'static str { match self { $(Op::$name => $doc,)* } }
        }
    };
}

instructions! {
    Param Word Pure "Parameter of a block; its representation is the instruction's own.";
    Const Word Pure "The word in the immediate.";
    ConstFloat F64 Pure "The float whose bits are in the immediate.";
    LoadLocal Word Read "A variable's slot in its frame; second: the activation, as for all that name slots.";
    LoadStack Word Read "A stack slot of the frame.";
    GuardInt Nothing Guard "Leaves unless the word is a small int.";
    GuardFloat F64 Guard "Leaves unless the word is a float; immediate 1: heap floats too.";
    GuardShape Nothing Guard "Leaves unless the word is an object of the shape in the immediate.";
    GuardWord Nothing Guard "Leaves unless the word is the one in the immediate.";
    GuardNotWord Nothing Guard "Leaves if the word is the one in the immediate.";
    GuardBool Nothing Guard "Leaves unless the word is True or False.";
    GuardPlain Nothing Guard "Leaves if the word is a pointer.";
    GuardTrue Nothing Guard "Leaves unless the truth value is 1.";
    GuardVersion Nothing Guard "Leaves unless the u32 at the address in the immediate is the second one.";
    GuardField32 Nothing Guard "Leaves unless the object's u32 at the offset in the immediate is the second one.";
    IntAdd Word Guard "Sum of small ints; leaves on overflow unless the immediate says it can't.";
    IntSub Word Guard "Difference of small ints; likewise.";
    IntMul Word Guard "Product of small ints; likewise.";
    IntAnd Word Pure "Bitwise and.";
    IntOr Word Pure "Bitwise or.";
    IntXor Word Pure "Bitwise exclusive or.";
    IntShl Word Guard "Left shift; leaves on overflow or a count out of range.";
    IntShr Word Guard "Right shift; leaves on a negative count.";
    IntFloorDiv Word Guard "Floor division; leaves on a zero divisor or overflow.";
    IntMod Word Guard "Remainder with the divisor's sign; leaves on a zero divisor.";
    IntNeg Word Guard "Negation; leaves on overflow.";
    IntCompare Truth Pure "Comparison; the immediate is the mask of COMPARE_OP.";
    IntTruth Truth Pure "Is the int not zero?";
    IntToFloat F64 Guard "Exact conversion; leaves beyond 53 bits.";
    FloatAdd F64 Pure "Sum.";
    FloatSub F64 Pure "Difference.";
    FloatMul F64 Pure "Product.";
    FloatDiv F64 Guard "Quotient; leaves on a zero divisor.";
    FloatPow F64 Guard "Power; leaves where Python raises or the result is complex.";
    FloatNeg F64 Pure "Negation.";
    FloatAbs F64 Pure "Absolute value.";
    FloatSqrt F64 Guard "Square root; leaves below zero.";
    FloatCompare Truth Pure "Comparison; the immediate is the mask of COMPARE_OP.";
    FloatTruth Truth Pure "Is the float not zero?";
    NumberToFloat F64 Guard "The float that a float or small int is; leaves for others.";
    NumberBinary Word Guard "Result of the operator in the immediate on two ints or floats; leaves for others, where it raises, and where the result is an object.";
    NumberCompare Truth Guard "Comparison of two ints or floats by the mask in the immediate; leaves for others.";
    BoxFloat Word Read "The word of a float; a rare one is a new object, owned.";
    BoxTruth Word Pure "True or False.";
    WordTruth Truth Pure "Is the bool True?";
    WordEqual Truth Pure "Are the two words the same?";
    NonZero Truth Pure "Is the word not zero?";
    Not Truth Pure "Negated truth.";
    ListItem Word Guard "Element of a list by small int, not counted; leaves when out of range.";
    TupleItem Word Guard "Element of a tuple by small int, not counted; leaves when out of range.";
    ListField Word Read "Element of a list long enough at the byte offset in the immediate, not counted.";
    TupleField Word Read "Element of a tuple by the index in the immediate, not counted.";
    GuardTupleLength Nothing Guard "Leaves unless the tuple has as many items as the immediate.";
    SequenceItems Word Guard "Address of the items of a list or tuple of as many as the immediate; leaves for others.";
    ListStore Word Guard "Stores an owned word into a list; gives the old one, owned.";
    ReverseHead Nothing Guard "Reverses the items of a list up to and with the one at a small int; leaves when that is out of range.";
    ListAppend Nothing Write "Appends an owned word to a list.";
    ListLength Word Read "Length of a list.";
    TupleLength Word Read "Length of a tuple.";
    FieldOffset Word Guard "Byte offset of a field, or the next shape, by the object's shape, from the table in the immediate; leaves for others.";
    LoadField Word Read "Word at the offset in the immediate, or in the second argument.";
    LoadByShape Word Guard "What the table in the immediate says of the object's shape, not counted; leaves for others.";
    StoreField Nothing Write "Writes a word at the offset in the immediate, or in the third argument.";
    AddField Nothing Guard "Writes a word at the offset (immediate) and sets the shape (second, or the third operand).";
    LoadGlobal Word Guard "Entry of the globals (of the function, if one is given) by place (immediate) and name (second), not counted; leaves when it moved.";
    LoadBuiltin Word Guard "Entry of the builtins by place and name, not counted; leaves when it moved or globals hide it.";
    RangeMore Truth Read "Has the range iterator a next number?";
    RangeNext Word Guard "Steps the range iterator; leaves before a number that is no small int.";
    ListPeek Word Read "Next element of a list iterator, not counted, or 0.";
    TuplePeek Word Read "Next element of a tuple iterator, not counted, or 0.";
    IterAdvance Nothing Write "Adds one to the iterator's index, at the offset in the immediate.";
    IterNext Word Call "Next value of any iterator, owned, or 0; raises; immediate 1: it is at its end, hence 0.";
    IterNextPair Word Call "First half of the next value of any iterator, owned, or 0 at its end; raises.";
    Send Word Call "What the generator yields that the second operand is sent to, owned, or 0 when it returned; raises.";
    Second Word Read "The other half, owned, or 0 if the value is no pair; what was returned, owned.";
    Deliver Word Call "Gives an owned item to the sink that wants this generator's: 0 then; the item, owned, if there is none.";
    Holds Nothing Guard "The word, the last operand, is still where it was read or written, which owns it: no code.";
    Incref Nothing Write "Counts a reference up.";
    Release Nothing Call "Counts an owned reference down; leaves when Python code has run.";
    StoreLocal Nothing Write "Writes a variable's slot in the frame.";
    Helped Word Call "Result, owned, of the helper in the immediate (upper bits: its last operand) for these operands; raises.";
    HelpedMany Word Call "Likewise, of a helper that takes its operands in memory.";
    CallNative Word Call "Result, owned, of the native function at the address in the immediate; raises.";
    Build Word Write "A new object, owned, that the helper in the immediate makes of these owned words; second: 1 if none of them is counted.";
    Tuple Nothing Pure "A tuple of these uncounted words that exists in frame states only: exits make it.";
    Instance Nothing Pure "An object of the class in the immediate with these uncounted words as attributes, by the shape at the address in the second; likewise.";
    Quick Word Guard "Likewise of a helper that runs no Python code, for borrowed words; leaves where it has no answer.";
    UnboxedFloat F64 Guard "Result of the unboxed entry in the immediate; leaves where it raises, if the second says it may.";
    UnboxedTruth Truth Guard "Likewise.";
    DictItem Word Guard "Entry of a dict by place (immediate) and name (second), not counted; leaves when it moved.";
    FloatToInt Word Guard "The int towards zero (immediate 0), below (1) or above (2); leaves for others than small ints.";
    GuardField8 Nothing Guard "Leaves unless the object's byte at the offset in the immediate is the second one.";
    GuardLayout Nothing Guard "Leaves unless the object's byte at the offset in the immediate's upper half, which never changes, is the lower one.";
    FixedField Word Pure "Word at the offset in the immediate, which is no reference and never changes.";
    PackedInt Word Guard "Item of the packed layout in the immediate by small int; leaves when out of range.";
    PackedFloat F64 Guard "Likewise.";
    PackedStore Nothing Guard "Stores into such an item; leaves when index or value is out of range.";
    Generic Nothing Call "Writes the frame and has the interpreter perform the instruction.";
    NewInstance Word Read "A new object, owned, of the class in the immediate, whose attributes are to be set; second: the address of its shape, or 0 where there is more to it when it dies.";
    CallDirect Word Call "Result, owned, of a Python function whose code is known; owned arguments: function and parameters.";
    StackResult Word Read "What the last instruction left at the stack depth in the immediate, owned.";
    GuardRoom Nothing Guard "Leaves at the entry when the data stack or the recursion limit has no room for the inlined frames.";
    EnterInlined Nothing Write "Begins the inlined frame in the immediate.";
    WriteHead Nothing Write "Writes the head of the inlined frame in the immediate, of the given function, as far as it is constant.";
    LeaveInlined Nothing Write "Ends an inlined frame: what its variables from the immediate on hold is this code's.";
    GuardLocals Nothing Guard "Leaves when the call before wrote variables of this frame, or something looks at an inlined one.";
    Poll Nothing Guard "Leaves when the eval breaker is set.";
}

#[derive(Clone, Debug)]
pub struct Inst {
    pub op: Op,
    pub args: Vec<Value>,
    pub rep: Rep,
    pub ty: Type,
    pub immediate: u64,
    pub second: u64,
    pub state: Option<StateId>,
}

#[derive(Clone, Debug)]
pub enum Terminator {
    None,
    Jump(BlockId, Vec<Value>),
    /// Condition, then, else; the targets have no parameters.
    Branch(Value, BlockId, BlockId),
    /// Gives the owned word to the caller. What the state lists as pending are the variables that the frame
    /// lets go of.
    Return(Value, StateId),
    Exit(StateId, crate::deopt::Reason),
    /// A generator's `YIELD_VALUE` or `RETURN_VALUE`.
    Suspend(StateId),
}

/// What a block's parameter stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    Local(u32),
    Stack(u32),
}

#[derive(Clone, Debug)]
pub struct Block {
    pub params: Vec<Value>,
    pub places: Vec<Place>,
    pub insts: Vec<Value>,
    pub end: Terminator,
}

/// One row of the table of a [`Op::LoadByShape`].
#[derive(Clone, Copy, Debug)]
pub enum ShapeCase {
    /// The word in the object at this offset.
    Slot { shape: u32, offset: u64 },
    /// This word, while the version at the address is the one expected.
    Found {
        shape: u32,
        version_address: u64,
        version: u32,
        word: u64,
    },
}

impl ShapeCase {
    pub fn shape(&self) -> u32 {
        match self {
            ShapeCase::Slot { shape, .. } | ShapeCase::Found { shape, .. } => *shape,
        }
    }
}

/// Which instruction a [`Op::CallDirect`] stands for: where the interpreter has its operands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallShape {
    /// `CALL`: callable, self or null, so many arguments.
    Call { count: usize, has_self: bool },
    /// `BINARY_OP []`: container and key.
    Subscript,
    /// `BINARY_OP` with this operand: the operands stay on the stack.
    Operator { operator: u32 },
    /// `CALL` of a class: the new object is on the stack, `__init__` gets so many arguments.
    Init { count: usize },
}

/// The code that a [`Op::CallDirect`] calls.
#[derive(Clone, Copy, Debug)]
pub struct Callee {
    pub shape: CallShape,
    /// `None`: whatever function it is, if it takes these arguments.
    pub code: Option<KnownCode>,
}

#[derive(Clone, Copy, Debug)]
pub struct KnownCode {
    /// Of the code object: it lives while the function's guarded version is the function's.
    pub address: u64,
    pub facts: CodeFacts,
    /// Words behind the frame's head.
    pub frame_words: usize,
}

#[derive(Clone, Default)]
pub struct Function {
    /// The first is the unit's own frame.
    pub activations: Vec<Activation>,
    pub callees: Vec<Callee>,
    pub shape_tables: Vec<Vec<ShapeCase>>,
    /// Shapes and byte offsets.
    pub field_tables: Vec<Vec<(u32, u64)>>,
    pub insts: Vec<Inst>,
    pub blocks: Vec<Block>,
    pub states: Vec<FrameState>,
}

impl Function {
    pub fn block(&mut self) -> BlockId {
        self.blocks.push(Block {
            params: Vec::new(),
            places: Vec::new(),
            insts: Vec::new(),
            end: Terminator::None,
        });
        BlockId(self.blocks.len() as u32 - 1)
    }
    pub fn inst(&self, value: Value) -> &Inst {
        &self.insts[value.0 as usize]
    }
    pub fn ty(&self, value: Value) -> Type {
        self.inst(value).ty
    }
    pub fn rep(&self, value: Value) -> Rep {
        self.inst(value).rep
    }
    pub fn push(&mut self, block: BlockId, inst: Inst) -> Value {
        let value = Value(self.insts.len() as u32);
        self.insts.push(inst);
        self.blocks[block.0 as usize].insts.push(value);
        value
    }
    pub fn param(&mut self, block: BlockId, place: Place, rep: Rep, ty: Type) -> Value {
        let value = Value(self.insts.len() as u32);
        self.insts.push(Inst {
            op: Op::Param,
            args: Vec::new(),
            rep,
            ty,
            immediate: 0,
            second: 0,
            state: None,
        });
        self.blocks[block.0 as usize].params.push(value);
        self.blocks[block.0 as usize].places.push(place);
        value
    }
    /// Reachable blocks, each after the blocks that dominate it.
    pub fn order(&self) -> Vec<usize> {
        let mut seen = vec![false; self.blocks.len()];
        let mut finished = Vec::new();
        let successors = |b: usize| match &self.blocks[b].end {
            Terminator::Jump(t, _) => vec![t.0 as usize],
            Terminator::Branch(_, t, e) => vec![e.0 as usize, t.0 as usize],
            _ => vec![],
        };
        let mut stack = vec![(0, successors(0))];
        seen[0] = true;
        while let Some((block, next)) = stack.last_mut() {
            match next.pop() {
                Some(b) if !seen[b] => {
                    seen[b] = true;
                    stack.push((b, successors(b)));
                }
                Some(_) => {}
                None => {
                    finished.push(*block);
                    stack.pop();
                }
            }
        }
        finished.reverse();
        finished
    }

    pub fn activation(&self, id: ActivationId) -> &Activation {
        &self.activations[id.0 as usize]
    }
    /// Is this place on the stack that of an inlined frame's function?
    pub fn is_function_slot(&self, id: ActivationId, index: usize) -> bool {
        let activation = self.activation(id);
        match activation.parent {
            Some(parent) => {
                index + 1 == activation.stack_base || self.is_function_slot(parent, index)
            }
            None => false,
        }
    }
    pub fn state(&mut self, state: FrameState) -> StateId {
        self.states.push(state);
        StateId(self.states.len() as u32 - 1)
    }
    /// How many instructions of a kind there are.
    pub fn count(&self, op: Op) -> usize {
        self.blocks
            .iter()
            .flat_map(|b| &b.insts)
            .filter(|v| self.inst(**v).op == op)
            .count()
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, block) in self.blocks.iter().enumerate() {
            write!(f, "b{number}(")?;
            for (i, p) in block.params.iter().enumerate() {
                let inst = self.inst(*p);
                write!(
                    f,
                    "{}{p}: {:?} {}",
                    if i > 0 { ", " } else { "" },
                    inst.rep,
                    inst.ty
                )?;
            }
            writeln!(f, "):")?;
            for v in &block.insts {
                let inst = self.inst(*v);
                f.write_str("    ")?;
                if inst.rep != Rep::Nothing {
                    write!(f, "{v}: {} = ", inst.ty)?;
                }
                f.write_str(inst.op.name())?;
                for arg in &inst.args {
                    write!(f, " {arg}")?;
                }
                if inst.immediate != 0 {
                    write!(f, " #{:#x}", inst.immediate)?;
                }
                if inst.second != 0 {
                    write!(f, " #{:#x}", inst.second)?;
                }
                if let Some(state) = inst.state {
                    write!(f, "  {}", self.states[state.0 as usize])?;
                }
                writeln!(f)?;
            }
            match &block.end {
                Terminator::None => writeln!(f, "    ???")?,
                Terminator::Jump(target, args) => {
                    write!(f, "    jump {target}(")?;
                    for (i, a) in args.iter().enumerate() {
                        write!(f, "{}{a}", if i > 0 { ", " } else { "" })?;
                    }
                    writeln!(f, ")")?;
                }
                Terminator::Branch(c, t, e) => writeln!(f, "    branch {c} {t} {e}")?,
                Terminator::Return(v, _) => writeln!(f, "    return {v}")?,
                Terminator::Suspend(state) => {
                    writeln!(f, "    suspend {}", self.states[state.0 as usize])?
                }
                Terminator::Exit(state, reason) => {
                    writeln!(f, "    exit {reason}  {}", self.states[state.0 as usize])?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
