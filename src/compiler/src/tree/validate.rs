//! What the parser guarantees of a tree and one made by hand may lack.
//!
//! Checks go from the outside in and from the front to the back, so that of several faults the same
//! one is reported as in CPython.

use super::make::{Checked, Invalid};
use crate::ast::*;
use crate::convert::with_stack;
use taipan_bytecode::Const;

pub(crate) fn module(module: &Mod<'_>) -> Checked<()> {
    match module {
        Mod::Module { body } | Mod::Interactive { body } => stmts(body),
        Mod::Expression { body } => expr(body, Ctx::Load),
    }
}

fn ensure(holds: bool, message: &str) -> Checked<()> {
    if holds {
        Ok(())
    } else {
        Err(Invalid::value(message))
    }
}

fn place(loc: Loc) -> Checked<()> {
    let Loc {
        line,
        end_line,
        col,
        end_col,
    } = loc;
    if line > end_line {
        return Err(Invalid::value(format!(
            "AST node line range ({line}, {end_line}) is not valid"
        )));
    }
    if line < 0 && end_line != line || col < 0 && col != end_col {
        return Err(Invalid::value(format!(
            "AST node column range ({col}, {end_col}) for line range ({line}, {end_line}) is not \
             valid"
        )));
    }
    if line == end_line && col > end_col {
        return Err(Invalid::value(format!(
            "line {line}, column {col}-{end_col} is not a valid range"
        )));
    }
    Ok(())
}

fn nonempty<T>(items: &[T], what: &str, owner: &str) -> Checked<()> {
    if items.is_empty() {
        return Err(Invalid::value(format!("empty {what} on {owner}")));
    }
    Ok(())
}

fn name(name: Ident<'_>) -> Checked<()> {
    if matches!(name, "None" | "True" | "False") {
        return Err(Invalid::value(format!(
            "identifier field can't represent '{name}' constant"
        )));
    }
    Ok(())
}

fn body(stmts_: &[Stmt<'_>], owner: &str) -> Checked<()> {
    nonempty(stmts_, "body", owner)?;
    stmts(stmts_)
}

fn stmts(stmts: &[Stmt<'_>]) -> Checked<()> {
    stmts.iter().try_for_each(|node| with_stack(|| stmt(node)))
}

fn exprs(exprs: &[Expr<'_>], ctx: Ctx) -> Checked<()> {
    exprs.iter().try_for_each(|node| expr(node, ctx))
}

fn optional(node: Option<&Expr<'_>>) -> Checked<()> {
    match node {
        Some(node) => expr(node, Ctx::Load),
        None => Ok(()),
    }
}

fn targets(exprs_: &[Expr<'_>], ctx: Ctx, owner: &str) -> Checked<()> {
    nonempty(exprs_, "targets", owner)?;
    exprs(exprs_, ctx)
}

fn keywords(keywords: &[Keyword<'_>]) -> Checked<()> {
    keywords
        .iter()
        .try_for_each(|keyword| expr(&keyword.value, Ctx::Load))
}

fn arg(arg: &Arg<'_>) -> Checked<()> {
    place(arg.loc)?;
    optional(arg.annotation)
}

fn arguments(args: &Arguments<'_>) -> Checked<()> {
    args.posonlyargs.iter().try_for_each(arg)?;
    args.args.iter().try_for_each(arg)?;
    optional(args.vararg.and_then(|arg| arg.annotation))?;
    args.kwonlyargs.iter().try_for_each(arg)?;
    optional(args.kwarg.and_then(|arg| arg.annotation))?;
    ensure(
        args.defaults.len() <= args.posonlyargs.len() + args.args.len(),
        "more positional defaults than args on arguments",
    )?;
    ensure(
        args.kw_defaults.len() == args.kwonlyargs.len(),
        "length of kwonlyargs is not the same as kw_defaults on arguments",
    )?;
    exprs(args.defaults, Ctx::Load)?;
    let defaults = args.kw_defaults.iter();
    defaults.flatten().try_for_each(|e| expr(e, Ctx::Load))
}

fn type_params(params: &[TypeParam<'_>]) -> Checked<()> {
    for param in params {
        place(param.loc)?;
        name(param.name)?;
        optional(param.bound)?;
        optional(param.default)?;
    }
    Ok(())
}

fn stmt(node: &Stmt<'_>) -> Checked<()> {
    place(node.loc)?;
    match node.kind {
        StmtKind::FunctionDef(s) => {
            let owner = if s.is_async {
                "AsyncFunctionDef"
            } else {
                "FunctionDef"
            };
            body(s.body, owner)?;
            name(s.name)?;
            type_params(s.type_params)?;
            arguments(s.args)?;
            exprs(s.decorators, Ctx::Load)?;
            optional(s.returns)
        }
        StmtKind::ClassDef(s) => {
            body(s.body, "ClassDef")?;
            name(s.name)?;
            type_params(s.type_params)?;
            exprs(s.bases, Ctx::Load)?;
            keywords(s.keywords)?;
            exprs(s.decorators, Ctx::Load)
        }
        StmtKind::Return(value) => optional(value),
        StmtKind::Delete(nodes) => targets(nodes, Ctx::Del, "Delete"),
        StmtKind::Assign {
            targets: nodes,
            value,
        } => {
            targets(nodes, Ctx::Store, "Assign")?;
            expr(value, Ctx::Load)
        }
        StmtKind::AugAssign { target, value, .. } => {
            expr(target, Ctx::Store)?;
            expr(value, Ctx::Load)
        }
        StmtKind::AnnAssign(s) => {
            if s.simple && !matches!(s.target.kind, ExprKind::Name { .. }) {
                return Err(Invalid::ty("AnnAssign with simple non-Name target"));
            }
            expr(s.target, Ctx::Store)?;
            optional(s.value)?;
            expr(s.annotation, Ctx::Load)
        }
        StmtKind::TypeAlias(s) => {
            if !matches!(s.name.kind, ExprKind::Name { .. }) {
                return Err(Invalid::ty("TypeAlias with non-Name name"));
            }
            expr(s.name, Ctx::Store)?;
            type_params(s.type_params)?;
            expr(s.value, Ctx::Load)
        }
        StmtKind::For(s) => {
            expr(s.target, Ctx::Store)?;
            expr(s.iter, Ctx::Load)?;
            body(s.body, if s.is_async { "AsyncFor" } else { "For" })?;
            stmts(s.orelse)
        }
        StmtKind::While {
            test,
            body: nodes,
            orelse,
        } => {
            expr(test, Ctx::Load)?;
            body(nodes, "While")?;
            stmts(orelse)
        }
        StmtKind::If {
            test,
            body: nodes,
            orelse,
        } => {
            expr(test, Ctx::Load)?;
            body(nodes, "If")?;
            stmts(orelse)
        }
        StmtKind::With(s) => {
            let owner = if s.is_async { "AsyncWith" } else { "With" };
            nonempty(s.items, "items", owner)?;
            for item in s.items {
                expr(item.context_expr, Ctx::Load)?;
                if let Some(target) = item.optional_vars {
                    expr(target, Ctx::Store)?;
                }
            }
            body(s.body, owner)
        }
        StmtKind::Match { subject, cases } => {
            expr(subject, Ctx::Load)?;
            nonempty(cases, "cases", "Match")?;
            for case in cases {
                pattern(case.pattern, false)?;
                optional(case.guard)?;
                body(case.body, "match_case")?;
            }
            Ok(())
        }
        StmtKind::Raise { exc, cause } => {
            ensure(
                exc.is_some() || cause.is_none(),
                "Raise with cause but no exception",
            )?;
            optional(exc)?;
            optional(cause)
        }
        StmtKind::Try(s) => try_(s),
        StmtKind::Assert { test, msg } => {
            expr(test, Ctx::Load)?;
            optional(msg)
        }
        StmtKind::Import(names) => aliases(names, "Import"),
        StmtKind::ImportFrom { names, .. } => aliases(names, "ImportFrom"),
        StmtKind::Global(names) => nonempty(names, "names", "Global"),
        StmtKind::Nonlocal(names) => nonempty(names, "names", "Nonlocal"),
        StmtKind::Expr(value) => expr(value, Ctx::Load),
        StmtKind::Pass | StmtKind::Break | StmtKind::Continue => Ok(()),
    }
}

fn aliases(aliases: &[Alias<'_>], owner: &str) -> Checked<()> {
    nonempty(aliases, "names", owner)?;
    for alias in aliases {
        name(alias.name)?;
        alias.asname.map_or(Ok(()), name)?;
    }
    Ok(())
}

fn try_(s: &Try<'_>) -> Checked<()> {
    let owner = if s.is_star { "TryStar" } else { "Try" };
    body(s.body, owner)?;
    if s.handlers.is_empty() && s.finalbody.is_empty() {
        return Err(Invalid::value(format!(
            "{owner} has neither except handlers nor finalbody"
        )));
    }
    if s.handlers.is_empty() && !s.orelse.is_empty() {
        return Err(Invalid::value(format!(
            "{owner} has orelse but no except handlers"
        )));
    }
    for handler in s.handlers {
        place(handler.loc)?;
        optional(handler.typ)?;
        handler.name.map_or(Ok(()), name)?;
        body(handler.body, "ExceptHandler")?;
    }
    stmts(s.finalbody)?;
    stmts(s.orelse)
}

fn comprehension(generators: &[Comprehension<'_>]) -> Checked<()> {
    ensure(!generators.is_empty(), "comprehension with no generators")?;
    for generator in generators {
        expr(generator.target, Ctx::Store)?;
        expr(generator.iter, Ctx::Load)?;
        exprs(generator.ifs, Ctx::Load)?;
    }
    Ok(())
}

fn ctx_name(ctx: Ctx) -> &'static str {
    match ctx {
        Ctx::Load => "Load",
        Ctx::Store => "Store",
        Ctx::Del => "Del",
    }
}

fn expr(node: &Expr<'_>, ctx: Ctx) -> Checked<()> {
    with_stack(|| expr_inner(node, ctx))
}

fn expr_inner(node: &Expr<'_>, ctx: Ctx) -> Checked<()> {
    place(node.loc)?;
    match node.kind {
        ExprKind::Attribute { ctx: actual, .. }
        | ExprKind::Subscript { ctx: actual, .. }
        | ExprKind::Starred { ctx: actual, .. }
        | ExprKind::Name { ctx: actual, .. }
        | ExprKind::List { ctx: actual, .. }
        | ExprKind::Tuple { ctx: actual, .. } => {
            if let ExprKind::Name { id, .. } = node.kind {
                name(id)?;
            }
            if actual != ctx {
                return Err(Invalid::value(format!(
                    "expression must have {} context but has {} instead",
                    ctx_name(ctx),
                    ctx_name(actual)
                )));
            }
        }
        _ if ctx != Ctx::Load => {
            return Err(Invalid::value(format!(
                "expression which can't be assigned to in {} context",
                ctx_name(ctx)
            )));
        }
        _ => {}
    }
    match node.kind {
        ExprKind::BoolOp { values, .. } => {
            ensure(values.len() >= 2, "BoolOp with less than 2 values")?;
            exprs(values, Ctx::Load)
        }
        ExprKind::NamedExpr { target, value } => {
            if !matches!(target.kind, ExprKind::Name { .. }) {
                return Err(Invalid::ty("NamedExpr target must be a Name"));
            }
            expr(value, Ctx::Load)
        }
        ExprKind::BinOp { left, right, .. } => {
            expr(left, Ctx::Load)?;
            expr(right, Ctx::Load)
        }
        ExprKind::UnaryOp { operand, .. } => expr(operand, Ctx::Load),
        ExprKind::Lambda { args, body } => {
            arguments(args)?;
            expr(body, Ctx::Load)
        }
        ExprKind::IfExp { test, body, orelse } => {
            expr(test, Ctx::Load)?;
            expr(body, Ctx::Load)?;
            expr(orelse, Ctx::Load)
        }
        ExprKind::Dict { keys, values } => {
            ensure(
                keys.len() == values.len(),
                "Dict doesn't have the same number of keys as values",
            )?;
            let keys = keys.iter().flatten();
            keys.into_iter().try_for_each(|key| expr(key, Ctx::Load))?;
            exprs(values, Ctx::Load)
        }
        ExprKind::Set(elts) => exprs(elts, Ctx::Load),
        ExprKind::ListComp { elt, generators }
        | ExprKind::SetComp { elt, generators }
        | ExprKind::GeneratorExp { elt, generators } => {
            comprehension(generators)?;
            expr(elt, Ctx::Load)
        }
        ExprKind::DictComp {
            key,
            value,
            generators,
        } => {
            comprehension(generators)?;
            expr(key, Ctx::Load)?;
            expr(value, Ctx::Load)
        }
        ExprKind::Yield(value) => optional(value),
        ExprKind::YieldFrom(value) | ExprKind::Await(value) => expr(value, Ctx::Load),
        ExprKind::Compare {
            left,
            ops,
            comparators,
        } => {
            ensure(!comparators.is_empty(), "Compare with no comparators")?;
            ensure(
                comparators.len() == ops.len(),
                "Compare has a different number of comparators and operands",
            )?;
            exprs(comparators, Ctx::Load)?;
            expr(left, Ctx::Load)
        }
        ExprKind::Call(call) => {
            expr(call.func, Ctx::Load)?;
            exprs(call.args, Ctx::Load)?;
            keywords(call.keywords)
        }
        ExprKind::JoinedStr(values) | ExprKind::TemplateStr(values) => exprs(values, Ctx::Load),
        ExprKind::FormattedValue {
            value, format_spec, ..
        } => {
            expr(value, Ctx::Load)?;
            optional(format_spec)
        }
        ExprKind::Interpolation(i) => {
            expr(i.value, Ctx::Load)?;
            optional(i.format_spec)
        }
        ExprKind::Constant(..) | ExprKind::Name { .. } => Ok(()),
        ExprKind::Attribute { value, .. } => expr(value, Ctx::Load),
        ExprKind::Subscript { value, slice, .. } => {
            expr(slice, Ctx::Load)?;
            expr(value, Ctx::Load)
        }
        ExprKind::Starred { value, .. } => expr(value, ctx),
        ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => exprs(elts, ctx),
        ExprKind::Slice { lower, upper, step } => {
            optional(lower)?;
            optional(upper)?;
            optional(step)
        }
    }
}

fn capture(captured: Ident<'_>) -> Checked<()> {
    ensure(captured != "_", "can't capture name '_' in patterns")?;
    name(captured)
}

fn patterns(patterns: &[Pattern<'_>], star_ok: bool) -> Checked<()> {
    patterns.iter().try_for_each(|node| pattern(node, star_ok))
}

fn pattern(node: &Pattern<'_>, star_ok: bool) -> Checked<()> {
    with_stack(|| pattern_inner(node, star_ok))
}

fn pattern_inner(node: &Pattern<'_>, star_ok: bool) -> Checked<()> {
    place(node.loc)?;
    match node.kind {
        PatternKind::MatchValue(value) => match_value(value),
        PatternKind::MatchSingleton(value) => ensure(
            matches!(value, Const::None | Const::True | Const::False),
            "MatchSingleton can only contain True, False and None",
        ),
        PatternKind::MatchSequence(nodes) => patterns(nodes, true),
        PatternKind::MatchMapping {
            keys,
            patterns: nodes,
            rest,
        } => {
            ensure(
                keys.len() == nodes.len(),
                "MatchMapping doesn't have the same number of keys as patterns",
            )?;
            rest.map_or(Ok(()), capture)?;
            for key in keys {
                let literal = key.as_constant();
                if !matches!(literal, Some(Const::None | Const::True | Const::False)) {
                    match_value(key)?;
                }
            }
            patterns(nodes, false)
        }
        PatternKind::MatchClass(class) => {
            ensure(
                class.kwd_attrs.len() == class.kwd_patterns.len(),
                "MatchClass doesn't have the same number of keyword attributes as patterns",
            )?;
            expr(class.cls, Ctx::Load)?;
            let mut cls = class.cls;
            while let ExprKind::Attribute { value, .. } = cls.kind {
                cls = value;
            }
            ensure(
                matches!(cls.kind, ExprKind::Name { .. }),
                "MatchClass cls field can only contain Name or Attribute nodes.",
            )?;
            class.kwd_attrs.iter().try_for_each(|attr| name(attr))?;
            patterns(class.patterns, false)?;
            patterns(class.kwd_patterns, false)
        }
        PatternKind::MatchStar(captured) => {
            ensure(star_ok, "can't use MatchStar here")?;
            captured.map_or(Ok(()), capture)
        }
        PatternKind::MatchAs {
            pattern: node,
            name: captured,
        } => {
            captured.map_or(Ok(()), capture)?;
            let Some(node) = node else { return Ok(()) };
            ensure(
                captured.is_some(),
                "MatchAs must specify a target name if a pattern is given",
            )?;
            pattern(node, false)
        }
        PatternKind::MatchOr(nodes) => {
            ensure(nodes.len() >= 2, "MatchOr requires at least 2 patterns")?;
            patterns(nodes, false)
        }
    }
}

/// A value to compare with: literals, negative and complex numbers, dotted names.
fn match_value(node: &Expr<'_>) -> Checked<()> {
    expr(node, Ctx::Load)?;
    match node.kind {
        ExprKind::Constant(value, _) => ensure(
            matches!(
                value,
                Const::Int(_)
                    | Const::Float(_)
                    | Const::Complex(..)
                    | Const::Bytes(_)
                    | Const::Str(_)
            ),
            "unexpected constant inside of a literal pattern",
        ),
        ExprKind::Attribute { .. } | ExprKind::JoinedStr(_) | ExprKind::TemplateStr(_) => Ok(()),
        ExprKind::UnaryOp { .. } if is_number(node, true, true) => Ok(()),
        ExprKind::BinOp {
            left,
            op: Operator::Add | Operator::Sub,
            right,
        } if is_number(left, true, false)
            && !matches!(right.kind, ExprKind::UnaryOp { .. })
            && is_number(right, false, true) =>
        {
            Ok(())
        }
        _ => Err(Invalid::value(
            "patterns may only match literals and attribute lookups",
        )),
    }
}

/// A number, possibly negative, with or without an imaginary part.
fn is_number(node: &Expr<'_>, real: bool, imaginary: bool) -> bool {
    match node.kind {
        ExprKind::Constant(Const::Int(_) | Const::Float(_), _) => real,
        ExprKind::Constant(Const::Complex(..), _) => imaginary,
        ExprKind::UnaryOp {
            op: UnaryOp::USub,
            operand,
        } => {
            !matches!(operand.kind, ExprKind::UnaryOp { .. }) && is_number(operand, real, imaginary)
        }
        _ => false,
    }
}
