//! Value numbering: what is computed from the same operands again is the same value.

use super::Builder;
use super::memory::keep_common;
use crate::hir::{Op, Value};
use crate::types::Type;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

/// An operation on at most two operands, and its immediate.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Expression {
    op: Op,
    operands: [Option<Value>; 2],
    immediate: u64,
}

/// Values of expressions, where they have been computed already.
#[derive(Clone, Default)]
pub(super) struct Numbering(HashMap<Expression, Value>);

impl Numbering {
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// What is known whichever way control came.
    pub fn meet(&mut self, other: &Numbering) {
        keep_common(&mut self.0, &other.0);
    }
    /// Adds what is computed of these values alone.
    pub fn reach(&self, held: &mut HashSet<Value>) {
        for (e, value) in &self.0 {
            if e.operands.iter().flatten().all(|v| held.contains(v)) {
                held.insert(*value);
            }
        }
    }
    /// Drops what is computed of others.
    pub fn retain(&mut self, held: &HashSet<Value>) {
        let known = |e: &Expression| e.operands.iter().flatten().all(|v| held.contains(v));
        self.0.retain(|e, _| known(e));
    }
}

impl Builder<'_> {
    /// The value of an instruction that depends on nothing but its operands, if it is known here.
    pub(super) fn numbered(
        &mut self,
        op: Op,
        args: &[Value],
        ty: Type,
        immediate: u64,
    ) -> Option<Value> {
        let expression = expression(op, args, immediate)?;
        let value = *self.s.numbering.0.get(&expression)?;
        if self.ty(value) != ty && self.ty(value).includes(ty) {
            self.narrow(value, ty);
        }
        if op == Op::Const && self.counted(value) {
            // Whatever has it looked up again has made sure that it lives.
            self.emit(Op::Holds, &[value], Type::NEVER, 0);
        }
        Some(value)
    }

    pub(super) fn number(&mut self, op: Op, args: &[Value], immediate: u64, value: Value) {
        if let Some(expression) = expression(op, args, immediate) {
            self.s.numbering.0.insert(expression, value);
        }
    }
}

fn expression(op: Op, args: &[Value], immediate: u64) -> Option<Expression> {
    if !op.is_computed() || args.len() > 2 {
        return None;
    }
    Some(Expression {
        op,
        operands: [args.first().copied(), args.get(1).copied()],
        immediate,
    })
}
