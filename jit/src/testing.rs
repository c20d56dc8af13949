//! HIR and bytecode written by hand, for unit tests.

use crate::activation::{Activation, ActivationId};
use crate::compile::{CodeFacts, Prologue};
use crate::deopt::Reason;
use crate::frame_state::{FrameState, Own};
use crate::hir::{BlockId, Function, Inst, Op, StateId, Terminator, Value};
use crate::types::Type;
use taipan_bytecode::Opcode;

/// A code unit, and the empty caches behind it.
pub fn unit(op: Opcode, oparg: u8) -> Vec<u16> {
    let mut units = vec![op as u16 | (oparg as u16) << 8];
    units.resize(1 + op.caches(), 0);
    units
}

/// Bytecode of these instructions.
pub fn bytecode(instructions: &[(Opcode, u8)]) -> Vec<u16> {
    let units = instructions.iter().map(|(op, oparg)| unit(*op, *oparg));
    units.flatten().collect()
}

/// A function under construction, whose instructions go into one block after the other.
pub struct Hand {
    pub f: Function,
    block: BlockId,
}

impl Hand {
    /// Of a code object with so many variables. Its first block is at hand.
    pub fn new(locals: usize) -> Hand {
        let mut f = Function::default();
        let code = CodeFacts {
            start: 0,
            local_count: locals,
            has_mapping: false,
            prologue: Prologue::Nothing,
        };
        f.activations.push(Activation::unit(code, 0, 0, "f"));
        let block = f.block();
        Hand { f, block }
    }

    pub fn new_block(&mut self) -> BlockId {
        self.f.block()
    }
    /// What comes next goes into this block.
    pub fn go_to(&mut self, block: BlockId) {
        self.block = block;
    }

    fn inst(
        &mut self,
        op: Op,
        args: &[Value],
        ty: Type,
        immediate: u64,
        state: Option<StateId>,
    ) -> Value {
        self.f.push(
            self.block,
            Inst {
                op,
                args: args.to_vec(),
                rep: op.rep(),
                ty,
                immediate,
                second: 0,
                state,
            },
        )
    }
    pub fn op(&mut self, op: Op, args: &[Value], ty: Type) -> Value {
        self.inst(op, args, ty, 0, None)
    }
    /// The immediate: a slot, an offset.
    pub fn op_at(&mut self, op: Op, immediate: u64, args: &[Value], ty: Type) -> Value {
        self.inst(op, args, ty, immediate, None)
    }
    /// One that may leave, in this state.
    pub fn guard(&mut self, op: Op, args: &[Value], ty: Type, state: FrameState) -> Value {
        let state = self.f.state(state);
        self.inst(op, args, ty, 0, Some(state))
    }
    pub fn constant(&mut self, word: u64, ty: Type) -> Value {
        self.op_at(Op::Const, word, &[], ty)
    }
    /// An object whose reference the code owns from here on.
    pub fn owned_object(&mut self) -> Value {
        self.op(Op::LoadStack, &[], Type::OBJECT)
    }

    pub fn jump(&mut self, to: BlockId, args: &[Value]) {
        self.end(Terminator::Jump(to, args.to_vec()));
    }
    pub fn branch(&mut self, condition: Value, then: BlockId, other: BlockId) {
        self.end(Terminator::Branch(condition, then, other));
    }
    pub fn exit(&mut self, state: FrameState) {
        let state = self.f.state(state);
        self.end(Terminator::Exit(state, Reason::Guard));
    }
    pub fn return_value(&mut self, value: Value, state: FrameState) {
        let state = self.f.state(state);
        self.end(Terminator::Return(value, state));
    }
    fn end(&mut self, end: Terminator) {
        self.f.blocks[self.block.0 as usize].end = end;
    }
}

/// The unit's own frame with this stack.
pub fn state(stack: &[(Value, Own)]) -> FrameState {
    FrameState {
        activation: ActivationId::UNIT,
        unit: 1,
        op: Opcode::NOP,
        failures: 0,
        dirty: Vec::new(),
        stack: stack.to_vec(),
        pending: Vec::new(),
    }
}
