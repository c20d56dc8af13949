//! The blocks that a `break`, `continue` or `return` has to leave.

use super::Compiler;
use crate::ast::*;
use crate::error::Result;
use crate::instructions::Label;
use taipan_bytecode::CfgOp;

/// Greatest number of nested blocks in a function.
const MAX_BLOCKS: usize = 21;

#[derive(Clone, Copy, Debug)]
pub(super) struct FBlock<'a> {
    pub kind: FBlockKind<'a>,
    pub block: Label,
    pub exit: Label,
    pub loc: Loc,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum FBlockKind<'a> {
    WhileLoop,
    ForLoop,
    TryExcept,
    FinallyTry(&'a [Stmt<'a>]),
    FinallyEnd,
    With,
    AsyncWith,
    /// With the name that the handler binds.
    HandlerCleanup(Option<Ident<'a>>),
    PopValue,
    ExceptionHandler,
    ExceptionGroupHandler,
    AsyncComprehensionGenerator,
    /// Around a comprehension that is inlined: it restores the locals that are hidden meanwhile.
    InlinedComprehension,
    StopIteration,
}

impl<'a> Compiler<'a> {
    pub(super) fn push_fblock(
        &mut self,
        loc: Loc,
        kind: FBlockKind<'a>,
        block: Label,
        exit: Label,
    ) -> Result<()> {
        if self.unit_ref().fblocks.len() >= MAX_BLOCKS {
            return self.error("too many statically nested blocks", loc);
        }
        if matches!(kind, FBlockKind::FinallyEnd) {
            self.disable_warnings += 1;
        }
        self.unit().fblocks.push(FBlock {
            kind,
            block,
            exit,
            loc,
        });
        Ok(())
    }

    pub(super) fn pop_fblock(&mut self) {
        if let Some(FBlock {
            kind: FBlockKind::FinallyEnd,
            ..
        }) = self.unit().fblocks.pop()
        {
            self.disable_warnings -= 1;
        }
    }

    /// Emits what leaving one block takes. `preserve_tos`: there is a value on top to keep.
    pub(super) fn unwind_fblock(
        &mut self,
        loc: &mut Loc,
        info: &FBlock<'a>,
        preserve_tos: bool,
    ) -> Result<()> {
        match info.kind {
            FBlockKind::WhileLoop
            | FBlockKind::ExceptionHandler
            | FBlockKind::ExceptionGroupHandler
            | FBlockKind::AsyncComprehensionGenerator
            | FBlockKind::InlinedComprehension
            | FBlockKind::StopIteration => {}
            FBlockKind::ForLoop | FBlockKind::PopValue => {
                if preserve_tos {
                    self.op_i(CfgOp::SWAP, 2, *loc);
                }
                self.op(CfgOp::POP_TOP, *loc);
            }
            FBlockKind::TryExcept => self.op(CfgOp::POP_BLOCK, *loc),
            FBlockKind::FinallyTry(finalbody) => {
                self.op(CfgOp::POP_BLOCK, *loc);
                if preserve_tos {
                    self.push_fblock(*loc, FBlockKind::PopValue, Label::NONE, Label::NONE)?;
                }
                self.stmts(finalbody)?;
                if preserve_tos {
                    self.pop_fblock();
                }
                // The `finally` appears to run after the statement that leaves.
                *loc = Loc::NONE;
            }
            FBlockKind::FinallyEnd => {
                if preserve_tos {
                    self.op_i(CfgOp::SWAP, 2, *loc);
                }
                self.op(CfgOp::POP_TOP, *loc);
                if preserve_tos {
                    self.op_i(CfgOp::SWAP, 2, *loc);
                }
                self.op(CfgOp::POP_BLOCK, *loc);
                self.op(CfgOp::POP_EXCEPT, *loc);
            }
            FBlockKind::With | FBlockKind::AsyncWith => {
                *loc = info.loc;
                self.op(CfgOp::POP_BLOCK, *loc);
                if preserve_tos {
                    self.op_i(CfgOp::SWAP, 3, *loc);
                    self.op_i(CfgOp::SWAP, 2, *loc);
                }
                self.call_exit_with_nones(*loc);
                if matches!(info.kind, FBlockKind::AsyncWith) {
                    self.op_i(CfgOp::GET_AWAITABLE, 2, *loc);
                    self.load_none(*loc);
                    self.add_yield_from(*loc, true);
                }
                self.op(CfgOp::POP_TOP, *loc);
                *loc = Loc::NONE;
            }
            FBlockKind::HandlerCleanup(name) => {
                if name.is_some() {
                    self.op(CfgOp::POP_BLOCK, *loc);
                }
                if preserve_tos {
                    self.op_i(CfgOp::SWAP, 2, *loc);
                }
                self.op(CfgOp::POP_BLOCK, *loc);
                self.op(CfgOp::POP_EXCEPT, *loc);
                if let Some(name) = name {
                    self.load_none(*loc);
                    self.name_op(*loc, name, Ctx::Store)?;
                    self.name_op(*loc, name, Ctx::Del)?;
                }
            }
        }
        Ok(())
    }

    /// Leaves all blocks, innermost first; with `to_loop`, only those within the innermost loop,
    /// which is given back.
    pub(super) fn unwind_fblock_stack(
        &mut self,
        loc: &mut Loc,
        preserve_tos: bool,
        to_loop: bool,
    ) -> Result<Option<FBlock<'a>>> {
        let Some(top) = self.unit_ref().fblocks.last().copied() else {
            return Ok(None);
        };
        if matches!(top.kind, FBlockKind::ExceptionGroupHandler) {
            return self.error(
                "'break', 'continue' and 'return' cannot appear in an except* block",
                *loc,
            );
        }
        if to_loop && matches!(top.kind, FBlockKind::WhileLoop | FBlockKind::ForLoop) {
            return Ok(Some(top));
        }
        // While a block is left, the code that leaves it is outside of it.
        self.pop_fblock();
        self.unwind_fblock(loc, &top, preserve_tos)?;
        let found = self.unwind_fblock_stack(loc, preserve_tos, to_loop)?;
        self.push_fblock(top.loc, top.kind, top.block, top.exit)?;
        Ok(found)
    }

    pub(super) fn call_exit_with_nones(&mut self, loc: Loc) {
        self.load_none(loc);
        self.load_none(loc);
        self.load_none(loc);
        self.op_i(CfgOp::CALL, 3, loc);
    }

    pub(super) fn pop_except_and_reraise(&mut self, loc: Loc) {
        self.op_i(CfgOp::COPY, 3, loc);
        self.op(CfgOp::POP_EXCEPT, loc);
        self.op_i(CfgOp::RERAISE, 1, loc);
    }
}
