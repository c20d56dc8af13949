//! Augmented and annotated assignment, unpacking.

use super::expr::{attribute_location, is_two_element_slice};
use super::{Compiler, ScopeType};
use crate::ast::*;
use crate::error::Result;
use taipan_bytecode::{BinaryOp, CfgOp};

impl<'a> Compiler<'a> {
    pub(super) fn unpack_targets(&mut self, elts: &'a [Expr<'a>], loc: Loc) -> Result<()> {
        let mut seen_star = false;
        for (index, elt) in elts.iter().enumerate() {
            if !elt.is_starred() {
                continue;
            }
            if seen_star {
                return self.error("multiple starred expressions in assignment", loc);
            }
            let after = elts.len() - index - 1;
            if index >= 1 << 8 || after >= (i32::MAX >> 8) as usize {
                return self.error("too many expressions in star-unpacking assignment", loc);
            }
            self.op_i(CfgOp::UNPACK_EX, index + (after << 8), loc);
            seen_star = true;
        }
        if !seen_star {
            self.op_i(CfgOp::UNPACK_SEQUENCE, elts.len(), loc);
        }
        for elt in elts {
            match elt.kind {
                ExprKind::Starred { value, .. } => self.expr(value)?,
                _ => self.expr(elt)?,
            }
        }
        Ok(())
    }

    pub(super) fn aug_assign(
        &mut self,
        target: &'a Expr<'a>,
        op: Operator,
        value: &'a Expr<'a>,
        stmt: Loc,
    ) -> Result<()> {
        let loc = target.loc;
        match target.kind {
            ExprKind::Attribute { value, attr, .. } => {
                self.expr(value)?;
                self.op_i(CfgOp::COPY, 1, loc);
                self.op_name(CfgOp::LOAD_ATTR, attr, attribute_location(loc, loc, attr));
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value)?;
                if is_two_element_slice(slice) {
                    self.slice_two_parts(slice)?;
                    self.op_i(CfgOp::COPY, 3, loc);
                    self.op_i(CfgOp::COPY, 3, loc);
                    self.op_i(CfgOp::COPY, 3, loc);
                    self.op(CfgOp::BINARY_SLICE, loc);
                } else {
                    self.expr(slice)?;
                    self.op_i(CfgOp::COPY, 2, loc);
                    self.op_i(CfgOp::COPY, 2, loc);
                    self.op_i(CfgOp::BINARY_OP, BinaryOp::Subscr as usize, loc);
                }
            }
            ExprKind::Name { id, .. } => self.name_op(loc, id, Ctx::Load)?,
            _ => return self.error("illegal target for augmented assignment", loc),
        }
        self.expr(value)?;
        self.binary_op(op, true, stmt);
        match target.kind {
            ExprKind::Attribute { attr, .. } => {
                let at = attribute_location(loc, loc, attr);
                self.op_i(CfgOp::SWAP, 2, at);
                self.op_name(CfgOp::STORE_ATTR, attr, at);
            }
            ExprKind::Subscript { slice, .. } if is_two_element_slice(slice) => {
                self.op_i(CfgOp::SWAP, 4, loc);
                self.op_i(CfgOp::SWAP, 3, loc);
                self.op_i(CfgOp::SWAP, 2, loc);
                self.op(CfgOp::STORE_SLICE, loc);
            }
            ExprKind::Subscript { .. } => {
                self.op_i(CfgOp::SWAP, 3, loc);
                self.op_i(CfgOp::SWAP, 2, loc);
                self.op(CfgOp::STORE_SUBSCR, loc);
            }
            ExprKind::Name { id, .. } => self.name_op(loc, id, Ctx::Store)?,
            _ => {}
        }
        Ok(())
    }

    pub(super) fn ann_assign(&mut self, assign: &'a AnnAssign<'a>, loc: Loc) -> Result<()> {
        let target = assign.target;
        let future = self.future_annotations();
        if let Some(value) = assign.value {
            self.expr(value)?;
            self.expr(target)?;
        }
        let scope_type = self.unit_ref().scope_type;
        let in_namespace = matches!(scope_type, ScopeType::Module | ScopeType::Class);
        match target.kind {
            ExprKind::Name { id, .. } if assign.simple && in_namespace => {
                if future {
                    self.annotation_string(assign.annotation);
                    self.op_name(CfgOp::LOAD_NAME, "__annotations__", loc);
                    let name = self.maybe_mangle(id);
                    self.load_str(name, loc);
                    self.op(CfgOp::STORE_SUBSCR, loc);
                } else {
                    self.defer_annotation(assign, loc);
                }
            }
            ExprKind::Attribute { value, .. } if assign.value.is_none() => {
                self.check_ann_expr(value)?;
            }
            ExprKind::Subscript { value, slice, .. } if assign.value.is_none() => {
                self.check_ann_expr(value)?;
                self.check_ann_subscript(slice)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Notes an annotation for `__annotate__`; a conditional one is marked as reached at run time.
    fn defer_annotation(&mut self, assign: &'a AnnAssign<'a>, loc: Loc) {
        let unit = self.unit();
        let conditional = unit.scope_type == ScopeType::Module || unit.in_conditional_block > 0;
        let index = conditional.then(|| {
            unit.next_conditional_annotation += 1;
            unit.next_conditional_annotation - 1
        });
        unit.deferred_annotations.push((assign, index));
        let Some(index) = index else { return };
        let cell = unit.cellvars.insert_full("__conditional_annotations__").0;
        if unit.scope_type == ScopeType::Class {
            self.op_i(CfgOp::LOAD_DEREF, cell, loc);
        } else {
            let name = self.name_index("__conditional_annotations__");
            self.op_i(CfgOp::LOAD_NAME, name, loc);
        }
        self.load_int(index as usize, loc);
        self.op_i(CfgOp::SET_ADD, 1, loc);
        self.op(CfgOp::POP_TOP, loc);
    }

    fn check_ann_expr(&mut self, expr: &'a Expr<'a>) -> Result<()> {
        self.expr(expr)?;
        self.op(CfgOp::POP_TOP, expr.loc);
        Ok(())
    }

    fn check_ann_subscript(&mut self, expr: &'a Expr<'a>) -> Result<()> {
        match expr.kind {
            ExprKind::Slice { lower, upper, step } => [lower, upper, step]
                .into_iter()
                .flatten()
                .try_for_each(|e| self.check_ann_expr(e)),
            ExprKind::Tuple { elts, .. } => elts
                .iter()
                .try_for_each(|elt| self.check_ann_subscript(elt)),
            _ => self.check_ann_expr(expr),
        }
    }
}
