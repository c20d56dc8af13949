//! `try` and `with`.

use super::Compiler;
use super::fblocks::FBlockKind;
use crate::ast::*;
use crate::error::Result;
use crate::instructions::Label;
use taipan_bytecode::{CfgOp, Intrinsic2, SpecialMethod};

impl<'a> Compiler<'a> {
    pub(super) fn try_stmt(&mut self, node: &'a Try<'a>, loc: Loc) -> Result<()> {
        if node.finalbody.is_empty() {
            return self.try_handlers(node, loc);
        }
        let body = self.label();
        let end = self.label();
        let exit = self.label();
        let cleanup = self.label();
        self.jump(CfgOp::SETUP_FINALLY, end, loc);
        self.use_label(body);
        self.push_fblock(loc, FBlockKind::FinallyTry(node.finalbody), body, end)?;
        if node.handlers.is_empty() {
            self.stmts(node.body)?;
        } else {
            self.try_handlers(node, loc)?;
        }
        self.op(CfgOp::POP_BLOCK, Loc::NONE);
        self.pop_fblock();
        self.stmts(node.finalbody)?;
        self.jump(CfgOp::JUMP_NO_INTERRUPT, exit, Loc::NONE);

        self.use_label(end);
        self.jump(CfgOp::SETUP_CLEANUP, cleanup, Loc::NONE);
        self.op(CfgOp::PUSH_EXC_INFO, Loc::NONE);
        self.push_fblock(Loc::NONE, FBlockKind::FinallyEnd, end, Label::NONE)?;
        self.stmts(node.finalbody)?;
        self.pop_fblock();
        self.op_i(CfgOp::RERAISE, 0, Loc::NONE);
        self.use_label(cleanup);
        self.pop_except_and_reraise(Loc::NONE);
        self.use_label(exit);
        Ok(())
    }

    fn try_handlers(&mut self, node: &'a Try<'a>, loc: Loc) -> Result<()> {
        if node.is_star {
            self.try_star_except(node, loc)
        } else {
            self.try_except(node, loc)
        }
    }

    fn try_except(&mut self, node: &'a Try<'a>, loc: Loc) -> Result<()> {
        let body = self.label();
        let except = self.label();
        let end = self.label();
        let cleanup = self.label();
        self.jump(CfgOp::SETUP_FINALLY, except, loc);
        self.use_label(body);
        self.push_fblock(loc, FBlockKind::TryExcept, body, Label::NONE)?;
        self.stmts(node.body)?;
        self.pop_fblock();
        self.op(CfgOp::POP_BLOCK, Loc::NONE);
        self.stmts(node.orelse)?;
        self.jump(CfgOp::JUMP_NO_INTERRUPT, end, Loc::NONE);

        self.use_label(except);
        self.jump(CfgOp::SETUP_CLEANUP, cleanup, Loc::NONE);
        self.op(CfgOp::PUSH_EXC_INFO, Loc::NONE);
        self.push_fblock(loc, FBlockKind::ExceptionHandler, Label::NONE, Label::NONE)?;
        for (index, handler) in node.handlers.iter().enumerate() {
            let loc = handler.loc;
            if handler.typ.is_none() && index + 1 < node.handlers.len() {
                return self.error("default 'except:' must be last", loc);
            }
            let next_except = self.label();
            if let Some(typ) = handler.typ {
                self.expr(typ)?;
                self.op(CfgOp::CHECK_EXC_MATCH, loc);
                self.jump(CfgOp::POP_JUMP_IF_FALSE, next_except, loc);
            }
            if let Some(name) = handler.name {
                let cleanup_end = self.label();
                let cleanup_body = self.label();
                self.name_op(loc, name, Ctx::Store)?;
                // The name is unbound at the end, whatever happens.
                self.jump(CfgOp::SETUP_CLEANUP, cleanup_end, loc);
                self.use_label(cleanup_body);
                let kind = FBlockKind::HandlerCleanup(Some(name));
                self.push_fblock(loc, kind, cleanup_body, Label::NONE)?;
                self.stmts(handler.body)?;
                self.pop_fblock();
                self.op(CfgOp::POP_BLOCK, Loc::NONE);
                self.op(CfgOp::POP_BLOCK, Loc::NONE);
                self.op(CfgOp::POP_EXCEPT, Loc::NONE);
                self.unbind(name)?;
                self.jump(CfgOp::JUMP_NO_INTERRUPT, end, Loc::NONE);
                self.use_label(cleanup_end);
                self.unbind(name)?;
                self.op_i(CfgOp::RERAISE, 1, Loc::NONE);
            } else {
                let cleanup_body = self.label();
                self.op(CfgOp::POP_TOP, loc);
                self.use_label(cleanup_body);
                let kind = FBlockKind::HandlerCleanup(None);
                self.push_fblock(loc, kind, cleanup_body, Label::NONE)?;
                self.stmts(handler.body)?;
                self.pop_fblock();
                self.op(CfgOp::POP_BLOCK, Loc::NONE);
                self.op(CfgOp::POP_EXCEPT, Loc::NONE);
                self.jump(CfgOp::JUMP_NO_INTERRUPT, end, Loc::NONE);
            }
            self.use_label(next_except);
        }
        self.pop_fblock();
        self.op_i(CfgOp::RERAISE, 0, Loc::NONE);
        self.use_label(cleanup);
        self.pop_except_and_reraise(Loc::NONE);
        self.use_label(end);
        Ok(())
    }

    fn unbind(&mut self, name: Ident<'a>) -> Result<()> {
        self.load_none(Loc::NONE);
        self.name_op(Loc::NONE, name, Ctx::Store)?;
        self.name_op(Loc::NONE, name, Ctx::Del)
    }

    fn try_star_except(&mut self, node: &'a Try<'a>, loc: Loc) -> Result<()> {
        let body = self.label();
        let mut except = self.label();
        let orelse = self.label();
        let end = self.label();
        let cleanup = self.label();
        let reraise_star = self.label();
        self.jump(CfgOp::SETUP_FINALLY, except, loc);
        self.use_label(body);
        self.push_fblock(loc, FBlockKind::TryExcept, body, Label::NONE)?;
        self.stmts(node.body)?;
        self.pop_fblock();
        self.op(CfgOp::POP_BLOCK, Loc::NONE);
        self.jump(CfgOp::JUMP_NO_INTERRUPT, orelse, Loc::NONE);

        self.use_label(except);
        self.jump(CfgOp::SETUP_CLEANUP, cleanup, Loc::NONE);
        self.op(CfgOp::PUSH_EXC_INFO, Loc::NONE);
        self.push_fblock(
            loc,
            FBlockKind::ExceptionGroupHandler,
            Label::NONE,
            Label::NONE,
        )?;
        for (index, handler) in node.handlers.iter().enumerate() {
            let loc = handler.loc;
            except = self.label();
            let except_with_error = self.label();
            let no_match = self.label();
            if index == 0 {
                // The list of what the handlers raise, and a copy of the group.
                self.op_i(CfgOp::BUILD_LIST, 0, loc);
                self.op_i(CfgOp::COPY, 2, loc);
            }
            if let Some(typ) = handler.typ {
                self.expr(typ)?;
                self.op(CfgOp::CHECK_EG_MATCH, loc);
                self.op_i(CfgOp::COPY, 1, loc);
                self.jump(CfgOp::POP_JUMP_IF_NONE, no_match, loc);
            }
            let cleanup_end = self.label();
            let cleanup_body = self.label();
            match handler.name {
                Some(name) => self.name_op(loc, name, Ctx::Store)?,
                None => self.op(CfgOp::POP_TOP, loc),
            }
            self.jump(CfgOp::SETUP_CLEANUP, cleanup_end, loc);
            self.use_label(cleanup_body);
            let kind = FBlockKind::HandlerCleanup(handler.name);
            self.push_fblock(loc, kind, cleanup_body, Label::NONE)?;
            self.stmts(handler.body)?;
            self.pop_fblock();
            self.op(CfgOp::POP_BLOCK, Loc::NONE);
            if let Some(name) = handler.name {
                self.unbind(name)?;
            }
            self.jump(CfgOp::JUMP_NO_INTERRUPT, except, Loc::NONE);

            self.use_label(cleanup_end);
            if let Some(name) = handler.name {
                self.unbind(name)?;
            }
            self.op_i(CfgOp::LIST_APPEND, 3, Loc::NONE);
            self.op(CfgOp::POP_TOP, Loc::NONE);
            self.jump(CfgOp::JUMP_NO_INTERRUPT, except_with_error, Loc::NONE);

            self.use_label(except);
            // Holds the line that is propagated to it.
            self.op(CfgOp::NOP, Loc::NONE);
            self.jump(CfgOp::JUMP_NO_INTERRUPT, except_with_error, Loc::NONE);
            self.use_label(no_match);
            self.op(CfgOp::POP_TOP, loc);
            self.use_label(except_with_error);
            if index + 1 == node.handlers.len() {
                // What no handler took.
                self.op_i(CfgOp::LIST_APPEND, 1, Loc::NONE);
                self.jump(CfgOp::JUMP_NO_INTERRUPT, reraise_star, Loc::NONE);
            }
        }
        self.pop_fblock();
        let reraise = self.label();
        self.use_label(reraise_star);
        let prepare = Intrinsic2::PrepReraiseStar as usize;
        self.op_i(CfgOp::CALL_INTRINSIC_2, prepare, Loc::NONE);
        self.op_i(CfgOp::COPY, 1, Loc::NONE);
        self.jump(CfgOp::POP_JUMP_IF_NOT_NONE, reraise, Loc::NONE);
        self.op(CfgOp::POP_TOP, Loc::NONE);
        self.op(CfgOp::POP_BLOCK, Loc::NONE);
        self.op(CfgOp::POP_EXCEPT, Loc::NONE);
        self.jump(CfgOp::JUMP_NO_INTERRUPT, end, Loc::NONE);
        self.use_label(reraise);
        self.op(CfgOp::POP_BLOCK, Loc::NONE);
        self.op_i(CfgOp::SWAP, 2, Loc::NONE);
        self.op(CfgOp::POP_EXCEPT, Loc::NONE);
        self.op_i(CfgOp::RERAISE, 0, Loc::NONE);
        self.use_label(cleanup);
        self.pop_except_and_reraise(Loc::NONE);
        self.use_label(orelse);
        self.stmts(node.orelse)?;
        self.use_label(end);
        Ok(())
    }

    pub(super) fn with_stmt(&mut self, node: &'a With<'a>) -> Result<()> {
        self.with_item(node, 0)
    }

    fn with_item(&mut self, node: &'a With<'a>, index: usize) -> Result<()> {
        let item = &node.items[index];
        let is_async = node.is_async;
        let block = self.label();
        let last = self.label();
        let exit = self.label();
        let cleanup = self.label();
        self.expr(item.context_expr)?;
        let loc = item.context_expr.loc;
        let (enter_method, exit_method) = if is_async {
            (SpecialMethod::AEnter, SpecialMethod::AExit)
        } else {
            (SpecialMethod::Enter, SpecialMethod::Exit)
        };
        self.op_i(CfgOp::COPY, 1, loc);
        self.op_i(CfgOp::LOAD_SPECIAL, exit_method as usize, loc);
        self.op_i(CfgOp::SWAP, 2, loc);
        self.op_i(CfgOp::SWAP, 3, loc);
        self.op_i(CfgOp::LOAD_SPECIAL, enter_method as usize, loc);
        self.op_i(CfgOp::CALL, 0, loc);
        if is_async {
            self.await_top(1, loc);
        }
        self.jump(CfgOp::SETUP_WITH, last, loc);
        self.use_label(block);
        let kind = if is_async {
            FBlockKind::AsyncWith
        } else {
            FBlockKind::With
        };
        self.push_fblock(loc, kind, block, last)?;
        match item.optional_vars {
            Some(target) => self.expr(target)?,
            None => self.op(CfgOp::POP_TOP, loc),
        }
        if index + 1 == node.items.len() {
            self.stmts(node.body)?;
        } else {
            self.with_item(node, index + 1)?;
        }
        self.pop_fblock();
        self.op(CfgOp::POP_BLOCK, if is_async { loc } else { Loc::NONE });
        self.call_exit_with_nones(loc);
        if is_async {
            self.await_top(2, loc);
        }
        self.op(CfgOp::POP_TOP, loc);
        self.jump(CfgOp::JUMP, exit, loc);

        self.use_label(last);
        self.jump(CfgOp::SETUP_CLEANUP, cleanup, loc);
        self.op(CfgOp::PUSH_EXC_INFO, loc);
        self.op(CfgOp::WITH_EXCEPT_START, loc);
        if is_async {
            self.await_top(2, loc);
        }
        let suppress = self.label();
        self.op(CfgOp::TO_BOOL, Loc::NONE);
        self.jump(CfgOp::POP_JUMP_IF_TRUE, suppress, Loc::NONE);
        self.op_i(CfgOp::RERAISE, 2, Loc::NONE);
        self.use_label(suppress);
        self.op(CfgOp::POP_TOP, Loc::NONE);
        self.op(CfgOp::POP_BLOCK, Loc::NONE);
        self.op(CfgOp::POP_EXCEPT, Loc::NONE);
        self.op(CfgOp::POP_TOP, Loc::NONE);
        self.op(CfgOp::POP_TOP, Loc::NONE);
        self.op(CfgOp::POP_TOP, Loc::NONE);
        let finished = self.label();
        self.jump(CfgOp::JUMP_NO_INTERRUPT, finished, Loc::NONE);
        self.use_label(cleanup);
        self.pop_except_and_reraise(Loc::NONE);
        self.use_label(finished);
        self.use_label(exit);
        Ok(())
    }

    /// Awaits the top of the stack; `kind` tells where, for error messages.
    fn await_top(&mut self, kind: usize, loc: Loc) {
        self.op_i(CfgOp::GET_AWAITABLE, kind, loc);
        self.load_none(loc);
        self.add_yield_from(loc, true);
    }
}
