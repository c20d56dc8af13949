//! Conditions, loops, and leaving them.

use super::Compiler;
use super::fblocks::FBlockKind;
use crate::ast::*;
use crate::convert::with_stack;
use crate::error::Result;
use crate::instructions::Label;
use taipan_bytecode::{CfgOp, CommonConstant, ResumeKind};

impl<'a> Compiler<'a> {
    /// Jumps to `next` if the truth of `expr` is `cond`; else falls through.
    pub(super) fn jump_if(
        &mut self,
        loc: Loc,
        expr: &'a Expr<'a>,
        next: Label,
        cond: bool,
    ) -> Result<()> {
        with_stack(|| self.jump_if_inner(loc, expr, next, cond))
    }

    fn jump_if_inner(
        &mut self,
        loc: Loc,
        expr: &'a Expr<'a>,
        next: Label,
        cond: bool,
    ) -> Result<()> {
        let at = expr.loc;
        match expr.kind {
            ExprKind::UnaryOp {
                op: UnaryOp::Not,
                operand,
            } => {
                return self.jump_if(loc, operand, next, !cond);
            }
            ExprKind::BoolOp { op, values } => {
                let Some((last, rest)) = values.split_last() else {
                    return Ok(());
                };
                let cond2 = op == BoolOp::Or;
                let next2 = if cond2 != cond { self.label() } else { next };
                for value in rest {
                    self.jump_if(loc, value, next2, cond2)?;
                }
                self.jump_if(loc, last, next, cond)?;
                if next2 != next {
                    self.use_label(next2);
                }
                return Ok(());
            }
            ExprKind::IfExp { test, body, orelse } => {
                let end = self.label();
                let next2 = self.label();
                self.jump_if(loc, test, next2, false)?;
                self.jump_if(loc, body, next, cond)?;
                self.jump(CfgOp::JUMP_NO_INTERRUPT, end, Loc::NONE);
                self.use_label(next2);
                self.jump_if(loc, orelse, next, cond)?;
                self.use_label(end);
                return Ok(());
            }
            ExprKind::Compare {
                left,
                ops,
                comparators,
            } if ops.len() > 1 => {
                self.check_compare(expr);
                let cleanup = self.label();
                self.expr(left)?;
                let last = ops.len() - 1;
                for index in 0..last {
                    self.expr(&comparators[index])?;
                    self.op_i(CfgOp::SWAP, 2, at);
                    self.op_i(CfgOp::COPY, 2, at);
                    self.compare_op(ops[index], at);
                    self.op(CfgOp::TO_BOOL, at);
                    self.jump(CfgOp::POP_JUMP_IF_FALSE, cleanup, at);
                }
                self.expr(&comparators[last])?;
                self.compare_op(ops[last], at);
                self.op(CfgOp::TO_BOOL, at);
                self.pop_jump_if(cond, next, at);
                let end = self.label();
                self.jump(CfgOp::JUMP_NO_INTERRUPT, end, Loc::NONE);
                self.use_label(cleanup);
                self.op(CfgOp::POP_TOP, at);
                if !cond {
                    self.jump(CfgOp::JUMP_NO_INTERRUPT, next, Loc::NONE);
                }
                self.use_label(end);
                return Ok(());
            }
            _ => {}
        }
        self.expr(expr)?;
        self.op(CfgOp::TO_BOOL, at);
        self.pop_jump_if(cond, next, at);
        Ok(())
    }

    fn pop_jump_if(&mut self, cond: bool, label: Label, loc: Loc) {
        let op = if cond {
            CfgOp::POP_JUMP_IF_TRUE
        } else {
            CfgOp::POP_JUMP_IF_FALSE
        };
        self.jump(op, label, loc);
    }

    pub(super) fn if_stmt(
        &mut self,
        test: &'a Expr<'a>,
        body: &'a [Stmt<'a>],
        orelse: &'a [Stmt<'a>],
        loc: Loc,
    ) -> Result<()> {
        let end = self.label();
        let next = if orelse.is_empty() { end } else { self.label() };
        self.jump_if(loc, test, next, false)?;
        self.stmts(body)?;
        if !orelse.is_empty() {
            self.jump(CfgOp::JUMP_NO_INTERRUPT, end, Loc::NONE);
            self.use_label(next);
            self.stmts(orelse)?;
        }
        self.use_label(end);
        Ok(())
    }

    pub(super) fn for_stmt(&mut self, node: &'a For<'a>, loc: Loc) -> Result<()> {
        let start = self.label();
        let body = self.label();
        let cleanup = self.label();
        let end = self.label();
        self.push_fblock(loc, FBlockKind::ForLoop, start, end)?;
        self.expr(node.iter)?;
        let loc = node.iter.loc;
        self.op(CfgOp::GET_ITER, loc);
        self.use_label(start);
        self.jump(CfgOp::FOR_ITER, cleanup, loc);
        // For line events of loops that span several lines.
        self.op(CfgOp::NOP, node.target.loc);
        self.use_label(body);
        self.expr(node.target)?;
        self.stmts(node.body)?;
        self.jump(CfgOp::JUMP, start, Loc::NONE);
        self.use_label(cleanup);
        self.op(CfgOp::END_FOR, Loc::NONE);
        self.op(CfgOp::POP_ITER, Loc::NONE);
        self.pop_fblock();
        self.stmts(node.orelse)?;
        self.use_label(end);
        Ok(())
    }

    pub(super) fn async_for(&mut self, node: &'a For<'a>, loc: Loc) -> Result<()> {
        let start = self.label();
        let send = self.label();
        let except = self.label();
        let end = self.label();
        self.expr(node.iter)?;
        self.op(CfgOp::GET_AITER, node.iter.loc);
        self.use_label(start);
        self.push_fblock(loc, FBlockKind::ForLoop, start, end)?;
        self.jump(CfgOp::SETUP_FINALLY, except, loc);
        self.op(CfgOp::GET_ANEXT, loc);
        self.load_none(loc);
        self.use_label(send);
        self.add_yield_from(loc, true);
        self.op(CfgOp::POP_BLOCK, loc);
        self.op(CfgOp::NOT_TAKEN, loc);
        self.expr(node.target)?;
        self.stmts(node.body)?;
        self.jump(CfgOp::JUMP, start, Loc::NONE);
        self.pop_fblock();
        self.use_label(except);
        self.jump(CfgOp::END_ASYNC_FOR, send, node.iter.loc);
        self.stmts(node.orelse)?;
        self.use_label(end);
        Ok(())
    }

    pub(super) fn while_stmt(
        &mut self,
        test: &'a Expr<'a>,
        body: &'a [Stmt<'a>],
        orelse: &'a [Stmt<'a>],
        loc: Loc,
    ) -> Result<()> {
        let start = self.label();
        let end = self.label();
        let anchor = self.label();
        self.use_label(start);
        self.push_fblock(loc, FBlockKind::WhileLoop, start, end)?;
        self.jump_if(loc, test, anchor, false)?;
        self.stmts(body)?;
        self.jump(CfgOp::JUMP, start, Loc::NONE);
        self.pop_fblock();
        self.use_label(anchor);
        self.stmts(orelse)?;
        self.use_label(end);
        Ok(())
    }

    pub(super) fn return_stmt(&mut self, value: Option<&'a Expr<'a>>, stmt: Loc) -> Result<()> {
        let mut loc = stmt;
        let constant = value.and_then(Expr::as_constant);
        let preserve_tos = value.is_some() && constant.is_none();
        let block = self.block();
        if !block.kind.is_function_like() {
            return self.error("'return' outside function", loc);
        }
        if value.is_some() && block.coroutine && block.generator {
            return self.error("'return' with value in async generator", loc);
        }
        if let Some(value) = value {
            if preserve_tos {
                self.expr(value)?;
            } else {
                loc = value.loc;
                self.op(CfgOp::NOP, loc);
            }
        }
        if value.is_none_or(|value| value.loc.line != stmt.line) {
            loc = stmt;
            self.op(CfgOp::NOP, loc);
        }
        self.unwind_fblock_stack(&mut loc, preserve_tos, false)?;
        match constant {
            Some(value) => self.load_const(value.clone(), loc),
            None if value.is_none() => self.load_none(loc),
            None => {}
        }
        self.op(CfgOp::RETURN_VALUE, loc);
        Ok(())
    }

    pub(super) fn break_stmt(&mut self, origin: Loc) -> Result<()> {
        let mut loc = origin;
        self.op(CfgOp::NOP, loc);
        let Some(block) = self.unwind_fblock_stack(&mut loc, false, true)? else {
            return self.error("'break' outside loop", origin);
        };
        self.unwind_fblock(&mut loc, &block, false)?;
        self.jump(CfgOp::JUMP, block.exit, loc);
        Ok(())
    }

    pub(super) fn continue_stmt(&mut self, origin: Loc) -> Result<()> {
        let mut loc = origin;
        self.op(CfgOp::NOP, loc);
        let Some(block) = self.unwind_fblock_stack(&mut loc, false, true)? else {
            return self.error("'continue' not properly in loop", origin);
        };
        self.jump(CfgOp::JUMP, block.block, loc);
        Ok(())
    }

    pub(super) fn assert_stmt(
        &mut self,
        test: &'a Expr<'a>,
        msg: Option<&'a Expr<'a>>,
        loc: Loc,
    ) -> Result<()> {
        if matches!(test.kind, ExprKind::Tuple { elts, .. } if !elts.is_empty()) {
            self.warn(
                "assertion is always true, perhaps remove parentheses?".into(),
                loc,
            );
        }
        if self.options.optimize > 0 {
            return Ok(());
        }
        let end = self.label();
        self.jump_if(loc, test, end, true)?;
        let error = CommonConstant::AssertionError as usize;
        self.op_i(CfgOp::LOAD_COMMON_CONSTANT, error, loc);
        if let Some(msg) = msg {
            self.expr(msg)?;
            self.op_i(CfgOp::CALL, 0, loc);
        }
        self.op_i(CfgOp::RAISE_VARARGS, 1, test.loc);
        self.use_label(end);
        Ok(())
    }

    /// The loop of `yield from` and `await`, with the receiver and None on the stack.
    pub(super) fn add_yield_from(&mut self, loc: Loc, is_await: bool) {
        let send = self.label();
        let fail = self.label();
        let exit = self.label();
        self.use_label(send);
        self.jump(CfgOp::SEND, exit, loc);
        // `throw()` and `close()` raise at the yield.
        self.jump(CfgOp::SETUP_FINALLY, fail, loc);
        self.op_i(CfgOp::YIELD_VALUE, 1, loc);
        self.op(CfgOp::POP_BLOCK, Loc::NONE);
        let kind = if is_await {
            ResumeKind::AfterAwait
        } else {
            ResumeKind::AfterYieldFrom
        };
        self.op_i(CfgOp::RESUME, kind as usize, loc);
        self.jump(CfgOp::JUMP_NO_INTERRUPT, send, loc);
        self.use_label(fail);
        self.op(CfgOp::CLEANUP_THROW, loc);
        self.use_label(exit);
        self.op(CfgOp::END_SEND, loc);
    }
}
