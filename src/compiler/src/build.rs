//! Making tree nodes, with the rewrites that CPython applies to a tree before it compiles it.
//!
//! These are few since 3.14 folds constants in the flow graph: `__debug__`, `"…" % (…)`, numbers in
//! patterns, and docstrings under `-OO`.

use crate::ast::*;
use num_traits::ToPrimitive;
use taipan_bytecode::{Const, Text};

pub struct Builder<'a> {
    pub arena: &'a Arena,
    pub optimize: u8,
    /// Off within annotations that become strings, and for `ast.parse`.
    pub preprocess: bool,
}

impl<'a> Builder<'a> {
    pub fn expr(&self, kind: ExprKind<'a>, loc: Loc) -> Expr<'a> {
        Expr { kind, loc }
    }

    pub fn constant(&self, value: Const, loc: Loc) -> Expr<'a> {
        Expr {
            kind: ExprKind::Constant(self.arena.constant(value), false),
            loc,
        }
    }

    pub fn boxed(&self, expr: Expr<'a>) -> &'a Expr<'a> {
        self.arena.alloc(expr)
    }

    pub fn name(&self, id: &str, ctx: Ctx, loc: Loc) -> Expr<'a> {
        if self.preprocess && ctx == Ctx::Load && id == "__debug__" {
            let value = if self.optimize == 0 {
                Const::True
            } else {
                Const::False
            };
            return self.constant(value, loc);
        }
        Expr {
            kind: ExprKind::Name {
                id: self.arena.str(id),
                ctx,
            },
            loc,
        }
    }

    pub fn binop(&self, left: Expr<'a>, op: Operator, right: Expr<'a>, loc: Loc) -> Expr<'a> {
        if self.preprocess
            && op == Operator::Mod
            && let Some(Const::Str(format)) = left.as_constant()
            && let ExprKind::Tuple { elts, .. } = right.kind
            && !elts.iter().any(Expr::is_starred)
            && let Some(values) = self.percent_format(format, elts)
        {
            return Expr {
                kind: ExprKind::JoinedStr(self.arena.slice(&values)),
                loc,
            };
        }
        Expr {
            kind: ExprKind::BinOp {
                left: self.boxed(left),
                op,
                right: self.boxed(right),
            },
            loc,
        }
    }

    /// The parts of an f-string that does what this `%` formatting does, if there is one.
    fn percent_format(&self, format: &Text, elts: &'a [Expr<'a>]) -> Option<Vec<Expr<'a>>> {
        let points: Vec<u32> = format.code_points().collect();
        let percent = u32::from('%');
        let mut values = Vec::new();
        let mut args = elts.iter();
        let mut at = 0;
        loop {
            let mut literal = Vec::new();
            while let Some(point) = points.get(at) {
                if *point == percent {
                    if points.get(at + 1) != Some(&percent) {
                        break;
                    }
                    at += 1;
                }
                literal.push(*point);
                at += 1;
            }
            if !literal.is_empty() {
                let text = Const::Str(Text::from_code_points(literal));
                values.push(self.constant(text, Loc::NONE));
            }
            if at >= points.len() {
                break;
            }
            let arg = args.next()?;
            values.push(self.percent_item(&points, &mut at, arg)?);
        }
        args.next().is_none().then_some(values)
    }

    fn percent_item(&self, points: &[u32], at: &mut usize, arg: &'a Expr<'a>) -> Option<Expr<'a>> {
        let mut next = || {
            *at += 1;
            points.get(*at).and_then(|point| char::from_u32(*point))
        };
        let mut left = false;
        let mut c = next()?;
        while matches!(c, '-' | '+' | ' ' | '#' | '0') {
            left |= c == '-';
            c = next()?;
        }
        let width = percent_number(&mut c, &mut next)?;
        let mut precision = None;
        if c == '.' {
            c = next()?;
            // The dot alone means a precision of zero.
            precision = Some(percent_number(&mut c, &mut next)?.unwrap_or(0));
        }
        let conversion = match c {
            's' => Conversion::Str,
            'r' => Conversion::Repr,
            'a' => Conversion::Ascii,
            _ => return None,
        };
        *at += 1;
        let mut spec = String::new();
        if !left && width.is_some_and(|width| width > 0) {
            spec.push('>');
        }
        if let Some(width) = width {
            spec.push_str(&width.to_string());
        }
        if let Some(precision) = precision {
            spec.push_str(&format!(".{precision}"));
        }
        let format_spec = (!spec.is_empty())
            .then(|| self.boxed(self.constant(Const::Str(Text::from(spec)), Loc::NONE)));
        Some(Expr {
            kind: ExprKind::FormattedValue {
                value: arg,
                conversion: Some(conversion),
                format_spec,
            },
            loc: arg.loc,
        })
    }

    /// The value of a pattern: negative and complex numbers become constants.
    pub fn pattern_value(&self, expr: Expr<'a>) -> Expr<'a> {
        if !self.preprocess {
            return expr;
        }
        match expr.kind {
            ExprKind::UnaryOp {
                op: UnaryOp::USub,
                operand,
            } => match operand.as_constant().and_then(negated) {
                Some(value) => self.constant(value, expr.loc),
                None => expr,
            },
            ExprKind::BinOp {
                left,
                op: op @ (Operator::Add | Operator::Sub),
                right,
            } => {
                let left = self.pattern_value(*left);
                let (Some(left), Some(right)) = (left.as_constant(), right.as_constant()) else {
                    return expr;
                };
                match complex_sum(left, right, op == Operator::Sub) {
                    Some(value) => self.constant(value, expr.loc),
                    None => expr,
                }
            }
            _ => expr,
        }
    }

    /// A body; under `-OO` its docstring goes, and `pass` stands for one that was alone.
    pub fn body_with_docstring(&self, mut body: Vec<Stmt<'a>>) -> &'a [Stmt<'a>] {
        if self.optimize < 2 || docstring(self.arena.slice(&body)).is_none() {
            return self.arena.slice(&body);
        }
        if body.len() == 1 {
            let Loc { line, col, .. } = body[0].loc;
            body[0] = Stmt {
                kind: StmtKind::Pass,
                loc: Loc::new(line, line, col, col + 4),
            };
            return self.arena.slice(&body);
        }
        body.remove(0);
        // A string that is first now isn't the docstring.
        if docstring(self.arena.slice(&body)).is_some()
            && let StmtKind::Expr(value) = body[0].kind
        {
            let values = self.arena.slice(&[*value]);
            let joined = Expr {
                kind: ExprKind::JoinedStr(values),
                loc: body[0].loc,
            };
            body[0].kind = StmtKind::Expr(self.boxed(joined));
        }
        self.arena.slice(&body)
    }
}

/// Up to two digits; None if there are more, or if the format ends.
fn percent_number(c: &mut char, next: &mut impl FnMut() -> Option<char>) -> Option<Option<u32>> {
    let mut value = None;
    for _ in 0..3 {
        match c.to_digit(10) {
            Some(digit) => value = Some(value.unwrap_or(0) * 10 + digit),
            None => return Some(value),
        }
        *c = next()?;
    }
    None
}

fn negated(value: &Const) -> Option<Const> {
    match value {
        Const::Int(value) => Some(Const::Int(-value)),
        Const::Float(value) => Some(Const::Float(-value)),
        Const::Complex(real, imaginary) => Some(Const::Complex(-real, -imaginary)),
        _ => None,
    }
}

fn complex_sum(left: &Const, right: &Const, subtract: bool) -> Option<Const> {
    let real = match left {
        Const::Int(value) => value.to_f64()?,
        Const::Float(value) => *value,
        _ => return None,
    };
    let Const::Complex(right_real, imaginary) = right else {
        return None;
    };
    // A real operand takes part in the real part only (mixed-mode arithmetic of 3.14).
    Some(if subtract {
        Const::Complex(real - right_real, -imaginary)
    } else {
        Const::Complex(real + right_real, *imaginary)
    })
}
