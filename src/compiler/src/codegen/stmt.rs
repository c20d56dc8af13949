//! Statements, and the bodies of modules.

use super::Compiler;
use crate::ast::*;
use crate::convert::with_stack;
use crate::error::Result;
use taipan_bytecode::{CfgOp, Const, Intrinsic1};

impl<'a> Compiler<'a> {
    pub(super) fn module_body(&mut self, body: &'a [Stmt<'a>], interactive: bool) -> Result<()> {
        let loc = body.first().map_or(Loc::new(1, 1, 0, 0), |stmt| stmt.loc);
        if self.block().has_conditional_annotations {
            self.op_i(CfgOp::BUILD_SET, 0, loc);
            let index = self.name_index("__conditional_annotations__");
            self.op_i(CfgOp::STORE_NAME, index, loc);
        }
        self.body(loc, body, interactive)
    }

    /// The body of a module or class: docstring, statements, annotations.
    pub(super) fn body(&mut self, loc: Loc, body: &'a [Stmt<'a>], interactive: bool) -> Result<()> {
        if self.future_annotations() && self.block().annotations_used {
            self.op(CfgOp::SETUP_ANNOTATIONS, loc);
        }
        if body.is_empty() {
            return Ok(());
        }
        let mut rest = body;
        if !interactive
            && self.block().has_docstring
            && let Some((text, loc)) = docstring(body)
        {
            let text = super::function::clean_doc(text);
            self.load_const(Const::Str(text), loc);
            self.name_op(Loc::NONE, "__doc__", Ctx::Store)?;
            rest = &body[1..];
        }
        self.stmts(rest)?;
        if !self.future_annotations() {
            self.process_deferred_annotations(loc)?;
        }
        Ok(())
    }

    pub(super) fn stmts(&mut self, stmts: &'a [Stmt<'a>]) -> Result<()> {
        stmts.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn stmt(&mut self, stmt: &'a Stmt<'a>) -> Result<()> {
        with_stack(|| self.stmt_inner(stmt))
    }

    fn stmt_inner(&mut self, stmt: &'a Stmt<'a>) -> Result<()> {
        let loc = stmt.loc;
        match stmt.kind {
            StmtKind::FunctionDef(def) => self.function_def(def, loc)?,
            StmtKind::ClassDef(def) => self.class_def(def, loc)?,
            StmtKind::TypeAlias(alias) => self.type_alias(alias, loc)?,
            StmtKind::Return(value) => self.return_stmt(value, loc)?,
            StmtKind::Delete(targets) => self.exprs(targets)?,
            StmtKind::Assign { targets, value } => {
                self.expr(value)?;
                for (index, target) in targets.iter().enumerate() {
                    if index + 1 < targets.len() {
                        self.op_i(CfgOp::COPY, 1, loc);
                    }
                    self.expr(target)?;
                }
            }
            StmtKind::AugAssign { target, op, value } => self.aug_assign(target, op, value, loc)?,
            StmtKind::AnnAssign(assign) => self.ann_assign(assign, loc)?,
            StmtKind::For(node) if node.is_async => {
                self.conditionally(|this| this.async_for(node, loc))?;
            }
            StmtKind::For(node) => self.conditionally(|this| this.for_stmt(node, loc))?,
            StmtKind::While { test, body, orelse } => {
                self.conditionally(|this| this.while_stmt(test, body, orelse, loc))?;
            }
            StmtKind::If { test, body, orelse } => {
                self.conditionally(|this| this.if_stmt(test, body, orelse, loc))?;
            }
            StmtKind::With(node) => self.conditionally(|this| this.with_stmt(node))?,
            StmtKind::Match { subject, cases } => {
                self.conditionally(|this| this.match_stmt(subject, cases))?;
            }
            StmtKind::Raise { exc, cause } => {
                let mut count = 0;
                for value in [exc, cause].into_iter().flatten() {
                    self.expr(value)?;
                    count += 1;
                }
                self.op_i(CfgOp::RAISE_VARARGS, count, loc);
            }
            StmtKind::Try(node) => self.conditionally(|this| this.try_stmt(node, loc))?,
            StmtKind::Assert { test, msg } => self.assert_stmt(test, msg, loc)?,
            StmtKind::Import(names) => self.import(names, loc)?,
            StmtKind::ImportFrom {
                module,
                names,
                level,
            } => {
                self.import_from(module, names, level, loc)?;
            }
            StmtKind::Global(_) | StmtKind::Nonlocal(_) => {}
            StmtKind::Expr(value) => self.expr_stmt(value, loc)?,
            StmtKind::Pass => self.op(CfgOp::NOP, loc),
            StmtKind::Break => self.break_stmt(loc)?,
            StmtKind::Continue => self.continue_stmt(loc)?,
        }
        Ok(())
    }

    /// Within statements that may not run, annotations are conditional.
    fn conditionally(&mut self, step: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.unit().in_conditional_block += 1;
        step(self)?;
        self.unit().in_conditional_block -= 1;
        Ok(())
    }

    fn expr_stmt(&mut self, value: &'a Expr<'a>, loc: Loc) -> Result<()> {
        if self.options.interactive && self.units.len() == 1 {
            self.expr(value)?;
            self.op_i(CfgOp::CALL_INTRINSIC_1, Intrinsic1::Print as usize, loc);
            self.op(CfgOp::POP_TOP, Loc::NONE);
            return Ok(());
        }
        if value.is_constant() {
            self.op(CfgOp::NOP, loc);
            return Ok(());
        }
        self.expr(value)?;
        self.op(CfgOp::POP_TOP, Loc::NONE);
        Ok(())
    }

    fn import(&mut self, names: &'a [Alias<'a>], loc: Loc) -> Result<()> {
        for alias in names {
            self.load_int(0, loc);
            self.load_none(loc);
            self.op_name(CfgOp::IMPORT_NAME, alias.name, loc);
            let mut parts = alias.name.split('.');
            let first = parts.next().unwrap_or(alias.name);
            let Some(asname) = alias.asname else {
                self.name_op(loc, first, Ctx::Store)?;
                continue;
            };
            // `import a.b.c as d` binds the last of the modules.
            let rest: Vec<&'a str> = parts.collect();
            for (index, attr) in rest.iter().enumerate() {
                let name = self.name_index(attr);
                self.op_i(CfgOp::IMPORT_FROM, name, loc);
                if index + 1 < rest.len() {
                    self.op_i(CfgOp::SWAP, 2, loc);
                    self.op(CfgOp::POP_TOP, loc);
                }
            }
            self.name_op(loc, asname, Ctx::Store)?;
            if !rest.is_empty() {
                self.op(CfgOp::POP_TOP, loc);
            }
        }
        Ok(())
    }

    fn import_from(
        &mut self,
        module: Option<Ident<'a>>,
        names: &'a [Alias<'a>],
        level: u32,
        loc: Loc,
    ) -> Result<()> {
        self.load_int(level as usize, loc);
        self.load_names(names.iter().map(|alias| alias.name), loc);
        self.op_name(CfgOp::IMPORT_NAME, module.unwrap_or(""), loc);
        for alias in names {
            if alias.name == "*" {
                self.op_i(
                    CfgOp::CALL_INTRINSIC_1,
                    Intrinsic1::ImportStar as usize,
                    loc,
                );
                self.op(CfgOp::POP_TOP, Loc::NONE);
                return Ok(());
            }
            self.op_name(CfgOp::IMPORT_FROM, alias.name, loc);
            self.name_op(loc, alias.asname.unwrap_or(alias.name), Ctx::Store)?;
        }
        self.op(CfgOp::POP_TOP, loc);
        Ok(())
    }
}
