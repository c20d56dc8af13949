//! Annotations: `__annotate__` functions (PEP 649), or strings (PEP 563).

use super::{Compiler, Counts, ScopeType};
use crate::ast::*;
use crate::error::Result;
use crate::symtable::{BlockType, Key};
use crate::unparse;
use std::sync::Arc;
use taipan_bytecode::{
    CfgOp, CodeObject, CommonConstant, CompareOp, Const, FunctionAttribute, Text,
};

/// The format that `__annotate__` functions made by the compiler support besides values.
const VALUE_WITH_FAKE_GLOBALS: usize = 2;

impl<'a> Compiler<'a> {
    /// Opens an annotation scope: a function of one parameter, the format.
    pub(super) fn enter_annotations_scope(
        &mut self,
        loc: Loc,
        key: Key,
        name: Ident<'a>,
    ) -> Result<()> {
        let counts = Counts {
            posonly: 1,
            ..Counts::default()
        };
        self.enter_scope(name, ScopeType::Annotations, key, loc.line, None, counts)?;
        self.op_i(CfgOp::LOAD_FAST, 0, loc);
        self.load_int(VALUE_WITH_FAKE_GLOBALS, loc);
        self.op_i(CfgOp::COMPARE_OP, CompareOp::Gt.oparg() as usize, loc);
        let body = self.label();
        self.jump(CfgOp::POP_JUMP_IF_FALSE, body, loc);
        let error = CommonConstant::NotImplementedError as usize;
        self.op_i(CfgOp::LOAD_COMMON_CONSTANT, error, loc);
        self.op_i(CfgOp::RAISE_VARARGS, 1, loc);
        self.use_label(body);
        Ok(())
    }

    /// Closes an annotation scope and makes the function. Its parameter shows as `format`, while
    /// the scope knows it by a name that no program can have.
    fn leave_annotations_scope(&mut self, loc: Loc) -> Result<()> {
        self.op(CfgOp::RETURN_VALUE, loc);
        let code = self.leave_scope(true)?;
        let mut code: CodeObject = Arc::unwrap_or_clone(code);
        if let Some(first) = code.localsplusnames.first_mut() {
            *first = Text::from("format");
        }
        self.make_closure(loc, Arc::new(code), 0)
    }

    /// The `__annotate__` function of a module or class.
    pub(super) fn process_deferred_annotations(&mut self, loc: Loc) -> Result<()> {
        let deferred = std::mem::take(&mut self.unit().deferred_annotations);
        if deferred.is_empty() {
            return Ok(());
        }
        let scope_type = self.unit_ref().scope_type;
        let in_module = scope_type == ScopeType::Module;
        if in_module {
            // The module's function is made first of all, before annotations may be asked for.
            let unit = self.unit();
            unit.stashed = Some(std::mem::take(&mut unit.seq));
        }
        let key = Key::Annotations(self.unit_ref().scope);
        self.enter_annotations_scope(loc, key, "__annotate__")?;
        self.deferred_annotations_body(loc, &deferred, scope_type)?;
        self.leave_annotations_scope(loc)?;
        let is_class = self.block().kind == BlockType::Class;
        let name = if is_class {
            "__annotate_func__"
        } else {
            "__annotate__"
        };
        self.name_op(loc, name, Ctx::Store)?;
        if in_module {
            let unit = self.unit();
            if let Some(stashed) = unit.stashed.take() {
                let annotations = std::mem::replace(&mut unit.seq, stashed);
                unit.seq.annotations = Some(Box::new(annotations));
            }
        }
        Ok(())
    }

    fn deferred_annotations_body(
        &mut self,
        loc: Loc,
        deferred: &[(&'a AnnAssign<'a>, Option<u32>)],
        scope_type: ScopeType,
    ) -> Result<()> {
        self.op_i(CfgOp::BUILD_MAP, 0, loc);
        for (assign, index) in deferred {
            let at = assign.loc;
            let ExprKind::Name { id, .. } = assign.target.kind else {
                continue;
            };
            let name = self.mangle(id);
            let not_set = self.label();
            if let Some(index) = index {
                self.load_int(*index as usize, at);
                if scope_type == ScopeType::Class {
                    let free = self.free_index("__conditional_annotations__");
                    self.op_i(CfgOp::LOAD_DEREF, free, at);
                } else {
                    let name = self.name_index("__conditional_annotations__");
                    self.op_i(CfgOp::LOAD_GLOBAL, name << 1, at);
                }
                self.op_i(CfgOp::CONTAINS_OP, 0, at);
                self.jump(CfgOp::POP_JUMP_IF_FALSE, not_set, at);
            }
            self.expr(assign.annotation)?;
            self.op_i(CfgOp::COPY, 2, at);
            self.load_str(name, at);
            self.op(CfgOp::STORE_SUBSCR, loc);
            self.use_label(not_set);
        }
        Ok(())
    }

    /// Pushes what `MAKE_FUNCTION` needs for a function's annotations. Gives the attribute's flag.
    pub(super) fn function_annotations(
        &mut self,
        def: &'a FunctionDef<'a>,
        loc: Loc,
    ) -> Result<u32> {
        let key = Key::function_annotations(def.args);
        let used = self
            .symbols
            .lookup(key)
            .is_some_and(|id| self.symbols.block(id).annotations_used);
        if !used {
            return Ok(0);
        }
        self.enter_annotations_scope(loc, key, "__annotate__")?;
        let args = def.args;
        let all = args
            .args
            .iter()
            .chain(args.posonlyargs)
            .chain(args.vararg)
            .chain(args.kwonlyargs)
            .chain(args.kwarg)
            .map(|arg| (arg.arg, arg.annotation))
            .chain([("return", def.returns)]);
        let mut count = 0;
        for (name, annotation) in all {
            let Some(annotation) = annotation else {
                continue;
            };
            let name = self.maybe_mangle(name);
            self.load_str(name, loc);
            if self.future_annotations() {
                self.annotation_string(annotation);
            } else if let ExprKind::Starred { value, .. } = annotation.kind {
                // `*args: *Ts`.
                self.expr(value)?;
                self.op_i(CfgOp::UNPACK_SEQUENCE, 1, loc);
            } else {
                self.expr(annotation)?;
            }
            count += 1;
        }
        self.op_i(CfgOp::BUILD_MAP, count, loc);
        self.leave_annotations_scope(loc)?;
        Ok(FunctionAttribute::Annotate as u32)
    }

    pub(super) fn annotation_string(&mut self, annotation: &'a Expr<'a>) {
        let text = unparse::expression(annotation);
        self.load_const(Const::Str(text), annotation.loc);
    }
}
