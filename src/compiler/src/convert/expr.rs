//! Expressions.

use super::{Converter, with_stack};
use crate::ast::*;
use crate::error::{Failure, Result};
use crate::literals;
use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange};
use taipan_bytecode::Const;

impl<'a> Converter<'a, '_> {
    pub(crate) fn boxed(&mut self, expr: &ruff::Expr) -> Result<&'a Expr<'a>> {
        let expr = self.expr(expr)?;
        Ok(self.b.boxed(expr))
    }

    pub(crate) fn optional(&mut self, expr: Option<&ruff::Expr>) -> Result<Option<&'a Expr<'a>>> {
        expr.map(|expr| self.boxed(expr)).transpose()
    }

    pub(crate) fn exprs(&mut self, exprs: &[ruff::Expr]) -> Result<&'a [Expr<'a>]> {
        let exprs = exprs
            .iter()
            .map(|expr| self.expr(expr))
            .collect::<Result<Vec<_>>>()?;
        Ok(self.b.arena.slice(&exprs))
    }

    /// An annotation: kept as written if it will be a string.
    pub(crate) fn annotation(&mut self, expr: &ruff::Expr) -> Result<&'a Expr<'a>> {
        let before = self.b.preprocess;
        self.b.preprocess &= !self.future_annotations;
        let result = self.boxed(expr);
        self.b.preprocess = before;
        result
    }

    pub(crate) fn optional_annotation(
        &mut self,
        expr: Option<&ruff::Expr>,
    ) -> Result<Option<&'a Expr<'a>>> {
        expr.map(|expr| self.annotation(expr)).transpose()
    }

    pub(crate) fn expr(&mut self, expr: &ruff::Expr) -> Result<Expr<'a>> {
        let outer = self.depth.enter(expr)?;
        let result = with_stack(|| self.expr_inner(expr));
        self.depth = outer;
        result
    }

    fn expr_inner(&mut self, expr: &ruff::Expr) -> Result<Expr<'a>> {
        use ruff::Expr as R;
        let loc = self.loc_of(expr);
        let kind = match expr {
            R::BoolOp(e) => ExprKind::BoolOp {
                op: match e.op {
                    ruff::BoolOp::And => BoolOp::And,
                    ruff::BoolOp::Or => BoolOp::Or,
                },
                values: self.exprs(&e.values)?,
            },
            R::Named(e) => ExprKind::NamedExpr {
                target: self.boxed(&e.target)?,
                value: self.boxed(&e.value)?,
            },
            R::BinOp(e) => {
                let left = self.expr(&e.left)?;
                let right = self.expr(&e.right)?;
                return Ok(self.b.binop(left, operator(e.op), right, loc));
            }
            R::UnaryOp(e) => ExprKind::UnaryOp {
                op: match e.op {
                    ruff::UnaryOp::Invert => UnaryOp::Invert,
                    ruff::UnaryOp::Not => UnaryOp::Not,
                    ruff::UnaryOp::UAdd => UnaryOp::UAdd,
                    ruff::UnaryOp::USub => UnaryOp::USub,
                },
                operand: self.boxed(&e.operand)?,
            },
            R::Lambda(e) => ExprKind::Lambda {
                args: self.arguments(e.parameters.as_deref())?,
                body: self.boxed(&e.body)?,
            },
            R::If(e) => ExprKind::IfExp {
                test: self.boxed(&e.test)?,
                body: self.boxed(&e.body)?,
                orelse: self.boxed(&e.orelse)?,
            },
            R::Dict(e) => {
                let mut keys = Vec::with_capacity(e.items.len());
                let mut values = Vec::with_capacity(e.items.len());
                for item in &e.items {
                    keys.push(item.key.as_ref().map(|key| self.expr(key)).transpose()?);
                    values.push(self.expr(&item.value)?);
                }
                ExprKind::Dict {
                    keys: self.b.arena.slice(&keys),
                    values: self.b.arena.slice(&values),
                }
            }
            R::Set(e) => ExprKind::Set(self.exprs(&e.elts)?),
            R::ListComp(ruff::ExprListComp { elt, .. })
            | R::SetComp(ruff::ExprSetComp { elt, .. })
            | R::Generator(ruff::ExprGenerator { elt, .. })
                if elt.is_starred_expr() =>
            {
                return Err(Failure::syntax(
                    "iterable unpacking cannot be used in comprehension",
                    self.loc(elt.range()),
                ));
            }
            R::ListComp(e) => ExprKind::ListComp {
                elt: self.boxed(&e.elt)?,
                generators: self.comprehensions(&e.generators)?,
            },
            R::SetComp(e) => ExprKind::SetComp {
                elt: self.boxed(&e.elt)?,
                generators: self.comprehensions(&e.generators)?,
            },
            R::DictComp(e) => {
                let Some(key) = &e.key else {
                    let start = e.range().start().to_usize();
                    let stars = start + self.source.text[start..].find("**").unwrap_or(0);
                    return Err(Failure::syntax(
                        "dict unpacking cannot be used in dict comprehension",
                        self.source.loc(stars, stars + 2),
                    ));
                };
                ExprKind::DictComp {
                    key: self.boxed(key)?,
                    value: self.boxed(&e.value)?,
                    generators: self.comprehensions(&e.generators)?,
                }
            }
            R::Generator(e) => ExprKind::GeneratorExp {
                elt: self.boxed(&e.elt)?,
                generators: self.comprehensions(&e.generators)?,
            },
            R::Await(e) => ExprKind::Await(self.boxed(&e.value)?),
            R::Yield(e) => ExprKind::Yield(self.optional(e.value.as_deref())?),
            R::YieldFrom(e) => ExprKind::YieldFrom(self.boxed(&e.value)?),
            R::Compare(e) => {
                let ops: Vec<CmpOp> = e.ops.iter().map(|op| cmp_op(*op)).collect();
                ExprKind::Compare {
                    left: self.boxed(&e.left)?,
                    ops: self.b.arena.slice(&ops),
                    comparators: self.exprs(&e.comparators)?,
                }
            }
            R::Call(e) => {
                let func = self.boxed(&e.func)?;
                let (args, keywords) = self.call_arguments(&e.arguments)?;
                ExprKind::Call(self.b.arena.alloc(Call {
                    func,
                    args,
                    keywords,
                }))
            }
            R::FString(e) => return self.fstring(e, loc),
            R::TString(e) => return self.tstring(e, loc),
            R::StringLiteral(e) => return self.string(e, loc),
            R::BytesLiteral(e) => return self.bytes(e, loc),
            R::NumberLiteral(e) => {
                let text = self.text(e.range());
                let Some(value) = literals::number(text, self.max_digits) else {
                    return Err(Failure::syntax(
                        format!(
                            "Exceeds the limit ({} digits) for integer string conversion: value \
                             has {} digits; use sys.set_int_max_str_digits() to increase the limit \
                             - Consider hexadecimal for huge integer literals to avoid decimal \
                             conversion limits.",
                            self.max_digits,
                            text.bytes().filter(u8::is_ascii_digit).count()
                        ),
                        loc,
                    ));
                };
                self.warn_number_end(e.range());
                return Ok(self.b.constant(value, loc));
            }
            R::BooleanLiteral(e) => {
                return Ok(self
                    .b
                    .constant(if e.value { Const::True } else { Const::False }, loc));
            }
            R::NoneLiteral(_) => return Ok(self.b.constant(Const::None, loc)),
            R::EllipsisLiteral(_) => return Ok(self.b.constant(Const::Ellipsis, loc)),
            R::Attribute(e) => ExprKind::Attribute {
                value: self.boxed(&e.value)?,
                attr: self.ident(&e.attr),
                ctx: ctx(e.ctx),
            },
            R::Subscript(e) => ExprKind::Subscript {
                value: self.boxed(&e.value)?,
                slice: self.boxed(&e.slice)?,
                ctx: ctx(e.ctx),
            },
            R::Starred(e) => ExprKind::Starred {
                value: self.boxed(&e.value)?,
                ctx: ctx(e.ctx),
            },
            R::Name(e) => return Ok(self.b.name(e.id.as_str(), ctx(e.ctx), loc)),
            R::List(e) => ExprKind::List {
                elts: self.exprs(&e.elts)?,
                ctx: ctx(e.ctx),
            },
            R::Tuple(e) => ExprKind::Tuple {
                elts: self.exprs(&e.elts)?,
                ctx: ctx(e.ctx),
            },
            R::Slice(e) => ExprKind::Slice {
                lower: self.optional(e.lower.as_deref())?,
                upper: self.optional(e.upper.as_deref())?,
                step: self.optional(e.step.as_deref())?,
            },
            R::IpyEscapeCommand(_) => return Err(Failure::syntax("invalid syntax", loc)),
        };
        Ok(self.b.expr(kind, loc))
    }

    /// `f((a)=1)`: the name of an argument has no parentheses.
    fn check_name_of(&self, keyword: &ruff::Keyword) -> Result<()> {
        let Some(name) = &keyword.arg else {
            return Ok(());
        };
        let text = &self.source.text;
        let (end, value) = (
            name.range().end().to_usize(),
            keyword.value.range().start().to_usize(),
        );
        if !text[end..value].trim_start().starts_with(')') {
            return Ok(());
        }
        let equals = end + text[end..value].find('=').unwrap_or(0);
        Err(Failure::syntax(
            "expression cannot contain assignment, perhaps you meant \"==\"?",
            self.source.loc(name.range().start().to_usize(), equals + 1),
        ))
    }

    /// Positional and keyword arguments. A sole generator has the call's parentheses for its own.
    pub(crate) fn call_arguments(
        &mut self,
        arguments: &ruff::Arguments,
    ) -> Result<(&'a [Expr<'a>], &'a [Keyword<'a>])> {
        let mut args = Vec::with_capacity(arguments.args.len());
        for arg in &arguments.args {
            let mut expr = self.expr(arg)?;
            if let ruff::Expr::Generator(generator) = arg
                && !generator.parenthesized
            {
                expr.loc = self.loc(arguments.range());
            }
            args.push(expr);
        }
        let mut keywords = Vec::with_capacity(arguments.keywords.len());
        for keyword in &arguments.keywords {
            self.check_name_of(keyword)?;
            keywords.push(Keyword {
                arg: keyword.arg.as_ref().map(|arg| self.ident(arg)),
                value: self.expr(&keyword.value)?,
                loc: self.loc_of(keyword),
            });
        }
        Ok((self.b.arena.slice(&args), self.b.arena.slice(&keywords)))
    }

    fn comprehensions(
        &mut self,
        generators: &[ruff::Comprehension],
    ) -> Result<&'a [Comprehension<'a>]> {
        let mut result = Vec::with_capacity(generators.len());
        for generator in generators {
            result.push(Comprehension {
                target: self.boxed(&generator.target)?,
                iter: self.boxed(&generator.iter)?,
                ifs: self.exprs(&generator.ifs)?,
                is_async: generator.is_async,
            });
        }
        Ok(self.b.arena.slice(&result))
    }

    pub(crate) fn arguments(
        &mut self,
        parameters: Option<&ruff::Parameters>,
    ) -> Result<&'a Arguments<'a>> {
        let Some(parameters) = parameters else {
            return Ok(self.b.arena.alloc(Arguments {
                posonlyargs: &[],
                args: &[],
                vararg: None,
                kwonlyargs: &[],
                kw_defaults: &[],
                kwarg: None,
                defaults: &[],
            }));
        };
        let posonlyargs = self.parameters(&parameters.posonlyargs)?;
        let args = self.parameters(&parameters.args)?;
        let vararg = parameters
            .vararg
            .as_deref()
            .map(|arg| self.parameter(arg))
            .transpose()?;
        let kwonlyargs = self.parameters(&parameters.kwonlyargs)?;
        let kwarg = parameters
            .kwarg
            .as_deref()
            .map(|arg| self.parameter(arg))
            .transpose()?;
        let mut defaults = Vec::new();
        for arg in parameters.posonlyargs.iter().chain(&parameters.args) {
            if let Some(default) = &arg.default {
                defaults.push(self.expr(default)?);
            }
        }
        let mut kw_defaults = Vec::new();
        for arg in &parameters.kwonlyargs {
            kw_defaults.push(
                arg.default
                    .as_deref()
                    .map(|expr| self.expr(expr))
                    .transpose()?,
            );
        }
        let arena = self.b.arena;
        Ok(arena.alloc(Arguments {
            posonlyargs,
            args,
            vararg: vararg.map(|arg| arena.alloc(arg)),
            kwonlyargs,
            kw_defaults: arena.slice(&kw_defaults),
            kwarg: kwarg.map(|arg| arena.alloc(arg)),
            defaults: arena.slice(&defaults),
        }))
    }

    fn parameters(&mut self, parameters: &[ruff::ParameterWithDefault]) -> Result<&'a [Arg<'a>]> {
        let mut args = Vec::with_capacity(parameters.len());
        for parameter in parameters {
            args.push(self.parameter(&parameter.parameter)?);
        }
        Ok(self.b.arena.slice(&args))
    }

    fn parameter(&mut self, parameter: &ruff::Parameter) -> Result<Arg<'a>> {
        let start = parameter.name.range().start();
        Ok(Arg {
            arg: self.ident(&parameter.name),
            annotation: self.optional_annotation(parameter.annotation.as_deref())?,
            loc: self.loc(ruff_text_size::TextRange::new(
                start,
                parameter.range().end(),
            )),
        })
    }
}

fn ctx(ctx: ruff::ExprContext) -> Ctx {
    match ctx {
        ruff::ExprContext::Load | ruff::ExprContext::Invalid => Ctx::Load,
        ruff::ExprContext::Store => Ctx::Store,
        ruff::ExprContext::Del => Ctx::Del,
    }
}

pub(crate) fn operator(op: ruff::Operator) -> Operator {
    match op {
        ruff::Operator::Add => Operator::Add,
        ruff::Operator::Sub => Operator::Sub,
        ruff::Operator::Mult => Operator::Mult,
        ruff::Operator::MatMult => Operator::MatMult,
        ruff::Operator::Div => Operator::Div,
        ruff::Operator::Mod => Operator::Mod,
        ruff::Operator::Pow => Operator::Pow,
        ruff::Operator::LShift => Operator::LShift,
        ruff::Operator::RShift => Operator::RShift,
        ruff::Operator::BitOr => Operator::BitOr,
        ruff::Operator::BitXor => Operator::BitXor,
        ruff::Operator::BitAnd => Operator::BitAnd,
        ruff::Operator::FloorDiv => Operator::FloorDiv,
    }
}

fn cmp_op(op: ruff::CmpOp) -> CmpOp {
    match op {
        ruff::CmpOp::Eq => CmpOp::Eq,
        ruff::CmpOp::NotEq => CmpOp::NotEq,
        ruff::CmpOp::Lt => CmpOp::Lt,
        ruff::CmpOp::LtE => CmpOp::LtE,
        ruff::CmpOp::Gt => CmpOp::Gt,
        ruff::CmpOp::GtE => CmpOp::GtE,
        ruff::CmpOp::Is => CmpOp::Is,
        ruff::CmpOp::IsNot => CmpOp::IsNot,
        ruff::CmpOp::In => CmpOp::In,
        ruff::CmpOp::NotIn => CmpOp::NotIn,
    }
}

impl Converter<'_, '_> {
    /// `1if x else y`: a keyword right behind a number.
    fn warn_number_end(&mut self, range: TextRange) {
        const KEYWORDS: &[&str] = &["and", "else", "for", "if", "in", "is", "not", "or"];
        let end = range.end().to_usize();
        let rest = &self.source.text[end..];
        if !KEYWORDS.iter().any(|keyword| rest.starts_with(keyword)) {
            return;
        }
        let text = self.text(range);
        let kind = match text.as_bytes() {
            [.., b'j' | b'J'] => "imaginary",
            [b'0', b'x' | b'X', ..] => "hexadecimal",
            [b'0', b'o' | b'O', ..] => "octal",
            [b'0', b'b' | b'B', ..] => "binary",
            _ => "decimal",
        };
        let message = format!("invalid {kind} literal");
        let start = range.start().to_usize();
        let last = start + text.char_indices().last().map_or(0, |(at, _)| at);
        let mut loc = self.source.loc(last, end);
        (loc.end_line, loc.end_col) = (loc.line, loc.col);
        self.warnings
            .push((message.clone(), Failure::syntax(message, loc)));
    }
}
