//! Calls.

use super::Compiler;
use super::expr::{TUPLE, attribute_location};
use crate::ast::*;
use crate::error::Result;
use crate::flowgraph::STACK_USE_GUIDELINE;
use crate::instructions::Label;
use crate::symtable::{Def, Key, Scope, TOP};
use taipan_bytecode::{CfgOp, CommonConstant, Const, Intrinsic1};

impl<'a> Compiler<'a> {
    pub(super) fn call(&mut self, call: &'a Call<'a>, loc: Loc) -> Result<()> {
        self.validate_keywords(call.keywords)?;
        if self.method_call(call, loc)? {
            return Ok(());
        }
        let skip_normal_call = self.label();
        self.check_caller(call.func);
        self.expr(call.func)?;
        self.builtin_of_generator(call, skip_normal_call)?;
        self.op(CfgOp::PUSH_NULL, call.func.loc);
        self.call_helper(loc, 0, call.args, None, call.keywords)?;
        self.use_label(skip_normal_call);
        Ok(())
    }

    fn validate_keywords(&self, keywords: &'a [Keyword<'a>]) -> Result<()> {
        for (index, keyword) in keywords.iter().enumerate() {
            let Some(name) = keyword.arg else { continue };
            if let Some(other) = keywords[index + 1..].iter().find(|k| k.arg == Some(name)) {
                return self.error(format!("keyword argument repeated: {name}"), other.loc);
            }
        }
        Ok(())
    }

    /// A call of an attribute with plain arguments loads it as a method. Whether it was one.
    fn method_call(&mut self, call: &'a Call<'a>, loc: Loc) -> Result<bool> {
        let meth = call.func;
        let ExprKind::Attribute {
            value,
            attr,
            ctx: Ctx::Load,
        } = meth.kind
        else {
            return Ok(false);
        };
        // Attributes of imported modules aren't methods.
        if let ExprKind::Name { id, .. } = value.kind
            && self.symbols.block(TOP).symbol(id).def.contains(Def::IMPORT)
        {
            return Ok(false);
        }
        let nkeywords = call.keywords.len();
        let total = call.args.len() + nkeywords + usize::from(nkeywords > 0);
        if total >= STACK_USE_GUIDELINE
            || call.args.iter().any(Expr::is_starred)
            || call.keywords.iter().any(|keyword| keyword.arg.is_none())
        {
            return Ok(false);
        }
        let mut at = meth.loc;
        if let Some(super_call) = self.optimizable_super(value, attr) {
            self.load_args_for_super(super_call, value.loc)?;
            self.load_super(attr, true, !super_call.args.is_empty(), at);
            at = attribute_location(at, meth.loc, attr);
            self.op(CfgOp::NOP, at);
        } else {
            self.expr(value)?;
            at = attribute_location(at, meth.loc, attr);
            self.load_method(attr, at);
        }
        self.exprs(call.args)?;
        let call_loc = attribute_location(loc, meth.loc, attr);
        if nkeywords > 0 {
            call.keywords
                .iter()
                .try_for_each(|keyword| self.expr(&keyword.value))?;
            self.load_names(call.keywords.iter().filter_map(|keyword| keyword.arg), at);
            self.op_i(CfgOp::CALL_KW, call.args.len() + nkeywords, call_loc);
        } else {
            self.op_i(CfgOp::CALL, call.args.len(), call_loc);
        }
        Ok(true)
    }

    /// The call of `super` in `super().attr`, if it is certain enough to be the builtin.
    pub(super) fn optimizable_super(
        &self,
        value: &'a Expr<'a>,
        attr: Ident<'a>,
    ) -> Option<&'a Call<'a>> {
        let ExprKind::Call(call) = value.kind else {
            return None;
        };
        if !matches!(call.func.kind, ExprKind::Name { id: "super", .. })
            || attr == "__class__"
            || !call.keywords.is_empty()
            || self.block().scope_of("super") != Scope::GlobalImplicit
            || self.symbols.block(TOP).scope_of("super") != Scope::Unknown
        {
            return None;
        }
        match call.args.len() {
            2 => (!call.args.iter().any(Expr::is_starred)).then_some(call),
            0 => {
                let counts = self.unit_ref().counts;
                let has_self = counts.args + counts.posonly > 0;
                (has_self && self.ref_type("__class__") == Scope::Free).then_some(call)
            }
            _ => None,
        }
    }

    pub(super) fn load_args_for_super(&mut self, call: &'a Call<'a>, loc: Loc) -> Result<()> {
        self.name_op(call.func.loc, "super", Ctx::Load)?;
        if call.args.len() == 2 {
            return self.exprs(call.args);
        }
        self.name_op(loc, "__class__", Ctx::Load)?;
        match self.unit_ref().varnames.first().copied() {
            Some(first) => self.name_op(loc, first, Ctx::Load),
            None => Ok(()),
        }
    }

    /// `all`, `any` and `tuple` of a generator expression are loops if the name means the builtin.
    fn builtin_of_generator(&mut self, call: &'a Call<'a>, end: Label) -> Result<()> {
        let ExprKind::Name { id, .. } = call.func.kind else {
            return Ok(());
        };
        let [
            generator @ Expr {
                kind: ExprKind::GeneratorExp { .. },
                ..
            },
        ] = call.args
        else {
            return Ok(());
        };
        let ExprKind::GeneratorExp { generators, .. } = generator.kind else {
            return Ok(());
        };
        let is_async = self
            .symbols
            .lookup(Key::comprehension(generators))
            .is_some_and(|id| self.symbols.block(id).coroutine);
        if !call.keywords.is_empty() || is_async {
            return Ok(());
        }
        // The builtin, the result at the end, and the jump that goes on.
        let (constant, result, go_on) = match id {
            "all" => (CommonConstant::All, Some(true), CfgOp::POP_JUMP_IF_TRUE),
            "any" => (CommonConstant::Any, Some(false), CfgOp::POP_JUMP_IF_FALSE),
            "tuple" => (CommonConstant::Tuple, None, CfgOp::JUMP),
            _ => return Ok(()),
        };
        let boolean = |value| if value { Const::True } else { Const::False };
        let loc = call.func.loc;
        let skip_optimization = self.label();
        self.op_i(CfgOp::COPY, 1, loc);
        self.op_i(CfgOp::LOAD_COMMON_CONSTANT, constant as usize, loc);
        self.compare_op(CmpOp::Is, loc);
        self.jump(CfgOp::POP_JUMP_IF_FALSE, skip_optimization, loc);
        self.op(CfgOp::POP_TOP, loc);
        if result.is_none() {
            self.op_i(CfgOp::BUILD_LIST, 0, loc);
        }
        self.expr(generator)?;
        let start = self.label();
        let cleanup = self.label();
        self.use_label(start);
        self.jump(CfgOp::FOR_ITER, cleanup, loc);
        if result.is_none() {
            self.op_i(CfgOp::LIST_APPEND, 2, loc);
        } else {
            self.op(CfgOp::TO_BOOL, loc);
        }
        self.jump(go_on, start, loc);
        self.op(CfgOp::POP_ITER, Loc::NONE);
        if let Some(result) = result {
            self.load_const(boolean(!result), loc);
        }
        self.jump(CfgOp::JUMP, end, loc);
        self.use_label(cleanup);
        self.op(CfgOp::END_FOR, Loc::NONE);
        self.op(CfgOp::POP_ITER, Loc::NONE);
        match result {
            Some(result) => self.load_const(boolean(result), loc),
            None => {
                self.op_i(
                    CfgOp::CALL_INTRINSIC_1,
                    Intrinsic1::ListToTuple as usize,
                    loc,
                );
            }
        }
        self.jump(CfgOp::JUMP, end, loc);
        self.use_label(skip_optimization);
        Ok(())
    }

    /// Arguments and the call itself; `pushed` arguments are on the stack already, `injected` is a
    /// name that comes behind the positional ones.
    pub(super) fn call_helper(
        &mut self,
        loc: Loc,
        pushed: usize,
        args: &'a [Expr<'a>],
        injected: Option<Ident<'a>>,
        keywords: &'a [Keyword<'a>],
    ) -> Result<()> {
        self.validate_keywords(keywords)?;
        let extended = args.len() + keywords.len() * 2 > STACK_USE_GUIDELINE
            || args.iter().any(Expr::is_starred)
            || keywords.iter().any(|keyword| keyword.arg.is_none());
        if !extended {
            self.exprs(args)?;
            let mut count = pushed + args.len();
            if let Some(name) = injected {
                self.name_op(loc, name, Ctx::Load)?;
                count += 1;
            }
            if keywords.is_empty() {
                self.op_i(CfgOp::CALL, count, loc);
            } else {
                keywords
                    .iter()
                    .try_for_each(|keyword| self.expr(&keyword.value))?;
                self.load_names(keywords.iter().filter_map(|keyword| keyword.arg), loc);
                self.op_i(CfgOp::CALL_KW, count + keywords.len(), loc);
            }
            return Ok(());
        }
        match args {
            [
                Expr {
                    kind: ExprKind::Starred { value, .. },
                    ..
                },
            ] if pushed == 0 && injected.is_none() => {
                self.expr(value)?;
            }
            _ => self.display(loc, args, injected, pushed, TUPLE)?,
        }
        self.keyword_mapping(loc, keywords)?;
        self.op(CfgOp::CALL_FUNCTION_EX, loc);
        Ok(())
    }

    /// Keyword arguments as one dict, or NULL if there are none.
    fn keyword_mapping(&mut self, loc: Loc, keywords: &'a [Keyword<'a>]) -> Result<()> {
        if keywords.is_empty() {
            self.op(CfgOp::PUSH_NULL, loc);
            return Ok(());
        }
        let mut have_dict = false;
        let mut seen = 0;
        for (index, keyword) in keywords.iter().enumerate() {
            if keyword.arg.is_some() {
                seen += 1;
                continue;
            }
            if seen > 0 {
                self.sub_keywords(loc, &keywords[index - seen..index])?;
                if have_dict {
                    self.op_i(CfgOp::DICT_MERGE, 1, loc);
                }
                have_dict = true;
                seen = 0;
            }
            if !have_dict {
                self.op_i(CfgOp::BUILD_MAP, 0, loc);
                have_dict = true;
            }
            self.expr(&keyword.value)?;
            self.op_i(CfgOp::DICT_MERGE, 1, loc);
        }
        if seen > 0 {
            self.sub_keywords(loc, &keywords[keywords.len() - seen..])?;
            if have_dict {
                self.op_i(CfgOp::DICT_MERGE, 1, loc);
            }
        }
        Ok(())
    }

    fn sub_keywords(&mut self, loc: Loc, keywords: &'a [Keyword<'a>]) -> Result<()> {
        let big = keywords.len() * 2 > STACK_USE_GUIDELINE;
        if big {
            self.op_i(CfgOp::BUILD_MAP, 0, Loc::NONE);
        }
        for keyword in keywords {
            if let Some(name) = keyword.arg {
                self.load_str(name, loc);
            }
            self.expr(&keyword.value)?;
            if big {
                self.op_i(CfgOp::MAP_ADD, 1, Loc::NONE);
            }
        }
        if !big {
            self.op_i(CfgOp::BUILD_MAP, keywords.len(), loc);
        }
        Ok(())
    }
}
