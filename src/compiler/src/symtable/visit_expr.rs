//! First pass, continued: expressions, comprehensions, type parameters and patterns.

use super::visit::Visitor;
use super::*;
use crate::ast;
use crate::convert::with_stack;

impl<'a> Visitor<'a> {
    pub(super) fn optional(&mut self, expr: Option<&'a Expr<'a>>) -> Result<()> {
        expr.map_or(Ok(()), |expr| self.expr(expr))
    }

    pub(super) fn optionals(&mut self, exprs: &'a [Option<Expr<'a>>]) -> Result<()> {
        exprs.iter().flatten().try_for_each(|expr| self.expr(expr))
    }

    pub(super) fn exprs(&mut self, exprs: &'a [Expr<'a>]) -> Result<()> {
        exprs.iter().try_for_each(|expr| self.expr(expr))
    }

    pub(super) fn keywords(&mut self, keywords: &'a [Keyword<'a>]) -> Result<()> {
        for keyword in keywords {
            if let Some(name) = keyword.arg {
                self.check_name(name, keyword.loc, Ctx::Store)?;
            }
        }
        keywords
            .iter()
            .try_for_each(|keyword| self.expr(&keyword.value))
    }

    pub(super) fn expr(&mut self, expr: &'a Expr<'a>) -> Result<()> {
        with_stack(|| self.expr_inner(expr))
    }

    pub(super) fn expr_inner(&mut self, expr: &'a Expr<'a>) -> Result<()> {
        let loc = expr.loc;
        match expr.kind {
            ExprKind::NamedExpr { target, value } => {
                self.raise_if_annotation_block("named expression", loc)?;
                if self.cur_ref().comp_iter_expr > 0 {
                    return error(
                        "assignment expression cannot be used in a comprehension iterable expression",
                        loc,
                    );
                }
                if self.cur_ref().comprehension != super::Comprehension::No {
                    self.extend_namedexpr_scope(target)?;
                }
                self.expr(value)?;
                self.expr(target)?;
            }
            ExprKind::BoolOp { values, .. } => self.exprs(values)?,
            ExprKind::BinOp { left, right, .. } => {
                self.expr(left)?;
                self.expr(right)?;
            }
            ExprKind::UnaryOp { operand, .. } => self.expr(operand)?,
            ExprKind::Lambda { args, body } => {
                self.exprs(args.defaults)?;
                self.optionals(args.kw_defaults)?;
                self.enter_block(BlockType::Function, Key::lambda(args), "lambda", loc)?;
                self.arguments(args)?;
                self.expr(body)?;
                self.exit_block();
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.expr(test)?;
                self.expr(body)?;
                self.expr(orelse)?;
            }
            ExprKind::Dict { keys, values } => {
                self.optionals(keys)?;
                self.exprs(values)?;
            }
            ExprKind::Set(elts) => self.exprs(elts)?,
            ExprKind::GeneratorExp { elt, generators } => {
                self.comprehension(loc, super::Comprehension::Generator, generators, elt, None)?
            }
            ExprKind::ListComp { elt, generators } => {
                self.comprehension(loc, super::Comprehension::List, generators, elt, None)?
            }
            ExprKind::SetComp { elt, generators } => {
                self.comprehension(loc, super::Comprehension::Set, generators, elt, None)?
            }
            ExprKind::DictComp {
                key,
                value,
                generators,
            } => self.comprehension(
                loc,
                super::Comprehension::Dict,
                generators,
                key,
                Some(value),
            )?,
            ExprKind::Yield(value) => {
                self.raise_if_annotation_block("yield expression", loc)?;
                self.optional(value)?;
                self.cur().generator = true;
                self.raise_if_comprehension_block(loc)?;
            }
            ExprKind::YieldFrom(value) => {
                self.raise_if_annotation_block("yield expression", loc)?;
                self.expr(value)?;
                self.cur().generator = true;
                self.raise_if_comprehension_block(loc)?;
            }
            ExprKind::Await(value) => {
                self.raise_if_annotation_block("await expression", loc)?;
                if !self.allows_top_level_await() {
                    if !self.cur_ref().kind.is_function_like() {
                        return error("'await' outside function", loc);
                    }
                    if !self.in_async_def()
                        && self.cur_ref().comprehension == super::Comprehension::No
                    {
                        return error("'await' outside async function", loc);
                    }
                }
                self.expr(value)?;
                self.cur().coroutine = true;
            }
            ExprKind::Compare {
                left, comparators, ..
            } => {
                self.expr(left)?;
                self.exprs(comparators)?;
            }
            ExprKind::Call(call) => {
                self.expr(call.func)?;
                self.exprs(call.args)?;
                self.keywords(call.keywords)?;
            }
            ExprKind::FormattedValue {
                value, format_spec, ..
            } => {
                self.expr(value)?;
                self.optional(format_spec)?;
            }
            ExprKind::Interpolation(node) => {
                self.expr(node.value)?;
                self.optional(node.format_spec)?;
            }
            ExprKind::JoinedStr(values) | ExprKind::TemplateStr(values) => self.exprs(values)?,
            ExprKind::Constant(..) => {}
            ExprKind::Attribute { value, attr, ctx } => {
                self.check_name(attr, loc, ctx)?;
                self.expr(value)?;
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value)?;
                self.expr(slice)?;
            }
            ExprKind::Starred { value, .. } => self.expr(value)?,
            ExprKind::Slice { lower, upper, step } => {
                self.optional(lower)?;
                self.optional(upper)?;
                self.optional(step)?;
            }
            ExprKind::Name { id, ctx } => {
                if !self.cur_ref().in_unevaluated_annotation {
                    let def = if ctx == Ctx::Load {
                        Def::USE
                    } else {
                        Def::LOCAL
                    };
                    self.add_def_ctx(id, def, loc, ctx)?;
                    // `super` uses `__class__`.
                    if ctx == Ctx::Load && id == "super" && self.cur_ref().kind.is_function_like() {
                        self.add_def("__class__", Def::USE, loc)?;
                    }
                }
            }
            ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => self.exprs(elts)?,
        }
        Ok(())
    }

    /// An assignment expression in a comprehension binds in the nearest scope that is none.
    pub(super) fn extend_namedexpr_scope(&mut self, target: &'a Expr<'a>) -> Result<()> {
        let ExprKind::Name { id, .. } = target.kind else {
            return Ok(());
        };
        let loc = target.loc;
        for scope in self.stack.clone().into_iter().rev() {
            let block = self.table.block(scope);
            let mangled = maybe_mangle(self.arena, self.class, block, id);
            let seen = block.symbol(mangled).def;
            if block.comprehension != super::Comprehension::No {
                if seen.contains(Def::COMP_ITER | Def::LOCAL) {
                    return error(
                        format!(
                            "assignment expression cannot rebind comprehension iteration variable '{id}'"
                        ),
                        loc,
                    );
                }
                continue;
            }
            match block.kind {
                BlockType::Function => {
                    let def = if seen.contains(Def::GLOBAL) {
                        Def::GLOBAL
                    } else {
                        Def::NONLOCAL
                    };
                    self.add_def(id, def, loc)?;
                    self.directive(id, loc);
                    return self.add_def_to(scope, id, Def::LOCAL, loc);
                }
                BlockType::Module => {
                    self.add_def(id, Def::GLOBAL, loc)?;
                    self.directive(id, loc);
                    return self.add_def_to(scope, id, Def::GLOBAL, loc);
                }
                BlockType::Class => {
                    return error(
                        "assignment expression within a comprehension cannot be used in a class body",
                        loc,
                    );
                }
                BlockType::TypeParameters => {
                    return error(
                        "assignment expression within a comprehension cannot be used within the definition of a generic",
                        loc,
                    );
                }
                BlockType::TypeAlias => {
                    return error(
                        "assignment expression within a comprehension cannot be used in a type alias",
                        loc,
                    );
                }
                BlockType::TypeVariable => {
                    return error(
                        "assignment expression within a comprehension cannot be used in a TypeVar bound",
                        loc,
                    );
                }
                BlockType::Annotation => {}
            }
        }
        Ok(())
    }

    pub(super) fn comprehension(
        &mut self,
        loc: Loc,
        kind: super::Comprehension,
        generators: &'a [ast::Comprehension<'a>],
        elt: &'a Expr<'a>,
        value: Option<&'a Expr<'a>>,
    ) -> Result<()> {
        let Some((outermost, rest)) = generators.split_first() else {
            return Ok(());
        };
        let is_generator = kind == super::Comprehension::Generator;
        // The outermost iterable belongs to the scope around.
        self.cur().comp_iter_expr += 1;
        self.expr(outermost.iter)?;
        self.cur().comp_iter_expr -= 1;
        let name = match kind {
            super::Comprehension::List => "listcomp",
            super::Comprehension::Set => "setcomp",
            super::Comprehension::Dict => "dictcomp",
            super::Comprehension::Generator | super::Comprehension::No => "genexpr",
        };
        let key = Key::comprehension(generators);
        self.enter_block(BlockType::Function, key, name, loc)?;
        self.cur().comprehension = kind;
        if outermost.is_async {
            self.cur().coroutine = true;
        }
        self.add_def(".0", Def::PARAM, loc)?;
        self.cur().comp_iter_target = true;
        self.expr(outermost.target)?;
        self.cur().comp_iter_target = false;
        self.exprs(outermost.ifs)?;
        for generator in rest {
            self.cur().comp_iter_target = true;
            self.expr(generator.target)?;
            self.cur().comp_iter_target = false;
            self.cur().comp_iter_expr += 1;
            self.expr(generator.iter)?;
            self.cur().comp_iter_expr -= 1;
            self.exprs(generator.ifs)?;
            if generator.is_async {
                self.cur().coroutine = true;
            }
        }
        self.optional(value)?;
        self.expr(elt)?;
        self.cur().generator = is_generator;
        let is_async = self.cur_ref().coroutine && !is_generator;
        self.exit_block();
        if is_async {
            if !self.in_async_def()
                && self.cur_ref().comprehension == super::Comprehension::No
                && !self.allows_top_level_await()
            {
                return error(
                    "asynchronous comprehension outside of an asynchronous function",
                    loc,
                );
            }
            self.cur().coroutine = true;
        }
        Ok(())
    }

    pub(super) fn type_params(&mut self, params: &'a [TypeParam<'a>]) -> Result<()> {
        for param in params {
            self.add_def(param.name, Def::TYPE_PARAM | Def::LOCAL, param.loc)?;
            let (bound_info, default_info) = match param.kind {
                TypeParamKind::TypeVar => (
                    match param.bound {
                        Some(bound) if bound.is_tuple() => "a TypeVar constraint",
                        _ => "a TypeVar bound",
                    },
                    "a TypeVar default",
                ),
                TypeParamKind::TypeVarTuple => ("", "a TypeVarTuple default"),
                TypeParamKind::ParamSpec => ("", "a ParamSpec default"),
            };
            self.bound_or_default(param.bound, param, Key::bound(param), bound_info)?;
            self.bound_or_default(param.default, param, Key::default(param), default_info)?;
        }
        Ok(())
    }

    pub(super) fn bound_or_default(
        &mut self,
        expr: Option<&'a Expr<'a>>,
        param: &'a TypeParam<'a>,
        key: Key,
        info: &'static str,
    ) -> Result<()> {
        if param.name == "__classdict__" {
            return error(
                format!(
                    "reserved name '{}' cannot be used for type parameter",
                    param.name
                ),
                param.loc,
            );
        }
        let Some(expr) = expr else { return Ok(()) };
        let in_class = self.cur_ref().can_see_class_scope;
        self.enter_block(BlockType::TypeVariable, key, param.name, expr.loc)?;
        self.cur().can_see_class_scope = in_class;
        if in_class {
            self.add_def("__classdict__", Def::USE, expr.loc)?;
        }
        self.cur().scope_info = info;
        self.expr(expr)?;
        self.exit_block();
        Ok(())
    }

    pub(super) fn pattern(&mut self, pattern: &'a Pattern<'a>) -> Result<()> {
        with_stack(|| self.pattern_inner(pattern))
    }

    pub(super) fn pattern_inner(&mut self, pattern: &'a Pattern<'a>) -> Result<()> {
        let loc = pattern.loc;
        match pattern.kind {
            PatternKind::MatchValue(value) => self.expr(value),
            PatternKind::MatchSingleton(_) => Ok(()),
            PatternKind::MatchSequence(patterns) | PatternKind::MatchOr(patterns) => patterns
                .iter()
                .try_for_each(|pattern| self.pattern(pattern)),
            PatternKind::MatchStar(name) => {
                name.map_or(Ok(()), |name| self.add_def(name, Def::LOCAL, loc))
            }
            PatternKind::MatchMapping {
                keys,
                patterns,
                rest,
            } => {
                self.exprs(keys)?;
                patterns
                    .iter()
                    .try_for_each(|pattern| self.pattern(pattern))?;
                rest.map_or(Ok(()), |name| self.add_def(name, Def::LOCAL, loc))
            }
            PatternKind::MatchClass(class) => {
                self.expr(class.cls)?;
                class
                    .patterns
                    .iter()
                    .try_for_each(|pattern| self.pattern(pattern))?;
                for (name, pattern) in class.kwd_attrs.iter().zip(class.kwd_patterns) {
                    self.check_name(name, pattern.loc, Ctx::Store)?;
                }
                class
                    .kwd_patterns
                    .iter()
                    .try_for_each(|pattern| self.pattern(pattern))
            }
            PatternKind::MatchAs { pattern, name } => {
                if let Some(pattern) = pattern {
                    self.pattern(pattern)?;
                }
                name.map_or(Ok(()), |name| self.add_def(name, Def::LOCAL, loc))
            }
        }
    }

    pub(super) fn raise_if_annotation_block(&self, what: &str, loc: Loc) -> Result<()> {
        let block = self.cur_ref();
        match block.kind {
            BlockType::Annotation => {
                error(format!("{what} cannot be used within an annotation"), loc)
            }
            BlockType::TypeVariable => error(
                format!("{what} cannot be used within {}", block.scope_info),
                loc,
            ),
            BlockType::TypeAlias => {
                error(format!("{what} cannot be used within a type alias"), loc)
            }
            BlockType::TypeParameters => error(
                format!("{what} cannot be used within the definition of a generic"),
                loc,
            ),
            BlockType::Function | BlockType::Class | BlockType::Module => Ok(()),
        }
    }

    pub(super) fn raise_if_comprehension_block(&self, loc: Loc) -> Result<()> {
        let what = match self.cur_ref().comprehension {
            super::Comprehension::No => return Ok(()),
            super::Comprehension::List => "list comprehension",
            super::Comprehension::Set => "set comprehension",
            super::Comprehension::Dict => "dict comprehension",
            super::Comprehension::Generator => "generator expression",
        };
        error(format!("'yield' inside {what}"), loc)
    }
}
