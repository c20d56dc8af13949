//! What code generation produces: a flat sequence of instructions and labels.

use crate::ast::Loc;
use taipan_bytecode::CfgOp;

#[derive(Clone, Copy, Debug)]
pub struct Instr {
    pub op: CfgOp,
    /// For instructions with a target: the number of a label.
    pub arg: u32,
    pub loc: Loc,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label(pub u32);

impl Label {
    /// Stands where no label is needed.
    pub const NONE: Label = Label(u32::MAX);
}

#[derive(Default)]
pub struct InstructionSequence {
    pub instrs: Vec<Instr>,
    /// Index of the instruction that each label stands before.
    labels: Vec<usize>,
    /// Code to put in the place of `ANNOTATIONS_PLACEHOLDER`; has no jumps.
    pub annotations: Option<Box<InstructionSequence>>,
}

impl InstructionSequence {
    pub fn new_label(&mut self) -> Label {
        self.labels.push(usize::MAX);
        Label(self.labels.len() as u32 - 1)
    }

    pub fn use_label(&mut self, label: Label) {
        if let Some(position) = self.labels.get_mut(label.0 as usize) {
            *position = self.instrs.len();
        }
    }

    pub fn add(&mut self, op: CfgOp, arg: u32, loc: Loc) {
        self.instrs.push(Instr { op, arg, loc });
    }

    pub fn insert_first(&mut self, op: CfgOp, arg: u32, loc: Loc) {
        self.instrs.insert(0, Instr { op, arg, loc });
        for position in self
            .labels
            .iter_mut()
            .filter(|position| **position != usize::MAX)
        {
            *position += 1;
        }
    }

    /// Where a jump to this label leads.
    pub fn position(&self, label: u32) -> usize {
        self.labels
            .get(label as usize)
            .copied()
            .unwrap_or(usize::MAX)
    }
}
