//! Expressions back to source, as annotations under `from __future__ import annotations` are kept.

use crate::ast::*;
use crate::convert::with_stack;
use taipan_bytecode::{Const, Text};

/// How tightly an expression must bind to go without parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Tuple,
    Test,
    Or,
    And,
    Not,
    Cmp,
    Expr,
    BXor,
    BAnd,
    Shift,
    Arith,
    Term,
    Factor,
    Power,
    Await,
    Atom,
}

impl Level {
    fn next(self) -> Level {
        use Level::*;
        const ALL: [Level; 16] = [
            Tuple, Test, Or, And, Not, Cmp, Expr, BXor, BAnd, Shift, Arith, Term, Factor, Power,
            Await, Atom,
        ];
        ALL[(self as usize + 1).min(ALL.len() - 1)]
    }
}

pub fn expression(expr: &Expr<'_>) -> Text {
    let mut out = Writer { points: Vec::new() };
    out.expr(expr, Level::Test);
    Text::from_code_points(out.points)
}

struct Writer {
    points: Vec<u32>,
}

impl Writer {
    fn str(&mut self, text: &str) {
        self.points.extend(text.chars().map(u32::from));
    }

    fn text(&mut self, text: &Text) {
        self.points.extend(text.code_points());
    }

    /// Writes something, in parentheses if the context binds more tightly than `own`.
    fn level(&mut self, context: Level, own: Level, write: impl FnOnce(&mut Self)) {
        let parens = context > own;
        if parens {
            self.str("(");
        }
        write(self);
        if parens {
            self.str(")");
        }
    }

    fn list(&mut self, exprs: &[Expr<'_>]) {
        for (index, expr) in exprs.iter().enumerate() {
            if index > 0 {
                self.str(", ");
            }
            self.expr(expr, Level::Test);
        }
    }

    fn expr(&mut self, expr: &Expr<'_>, level: Level) {
        with_stack(|| self.expr_inner(expr, level));
    }

    fn expr_inner(&mut self, expr: &Expr<'_>, level: Level) {
        match expr.kind {
            ExprKind::BoolOp { op, values } => {
                let (text, own) = match op {
                    BoolOp::And => (" and ", Level::And),
                    BoolOp::Or => (" or ", Level::Or),
                };
                self.level(level, own, |out| {
                    for (index, value) in values.iter().enumerate() {
                        if index > 0 {
                            out.str(text);
                        }
                        out.expr(value, own.next());
                    }
                });
            }
            ExprKind::NamedExpr { target, value } => {
                self.level(level, Level::Tuple, |out| {
                    out.expr(target, Level::Atom);
                    out.str(" := ");
                    out.expr(value, Level::Atom);
                });
            }
            ExprKind::BinOp { left, op, right } => {
                let (text, own) = binary(op);
                self.level(level, own, |out| {
                    let right_assoc = op == Operator::Pow;
                    out.expr(left, if right_assoc { own.next() } else { own });
                    out.str(text);
                    out.expr(right, if right_assoc { own } else { own.next() });
                });
            }
            ExprKind::UnaryOp { op, operand } => {
                let (text, own) = match op {
                    UnaryOp::Invert => ("~", Level::Factor),
                    UnaryOp::Not => ("not ", Level::Not),
                    UnaryOp::UAdd => ("+", Level::Factor),
                    UnaryOp::USub => ("-", Level::Factor),
                };
                self.level(level, own, |out| {
                    out.str(text);
                    out.expr(operand, own);
                });
            }
            ExprKind::Lambda { args, body } => {
                self.level(level, Level::Test, |out| {
                    let empty = args.args.is_empty()
                        && args.posonlyargs.is_empty()
                        && args.vararg.is_none()
                        && args.kwonlyargs.is_empty()
                        && args.kwarg.is_none();
                    out.str(if empty { "lambda" } else { "lambda " });
                    out.arguments(args);
                    out.str(": ");
                    out.expr(body, Level::Test);
                });
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.level(level, Level::Test, |out| {
                    out.expr(body, Level::Test.next());
                    out.str(" if ");
                    out.expr(test, Level::Test.next());
                    out.str(" else ");
                    out.expr(orelse, Level::Test);
                });
            }
            ExprKind::Dict { keys, values } => {
                self.str("{");
                for (index, (key, value)) in keys.iter().zip(values).enumerate() {
                    if index > 0 {
                        self.str(", ");
                    }
                    match key {
                        Some(key) => {
                            self.expr(key, Level::Test);
                            self.str(": ");
                            self.expr(value, Level::Test);
                        }
                        None => {
                            self.str("**");
                            self.expr(value, Level::Expr);
                        }
                    }
                }
                self.str("}");
            }
            ExprKind::Set(elts) => {
                self.str("{");
                self.list(elts);
                self.str("}");
            }
            ExprKind::ListComp { elt, generators } => {
                self.comprehension("[", elt, None, generators, "]");
            }
            ExprKind::SetComp { elt, generators } => {
                self.comprehension("{", elt, None, generators, "}");
            }
            ExprKind::GeneratorExp { elt, generators } => {
                self.comprehension("(", elt, None, generators, ")");
            }
            ExprKind::DictComp {
                key,
                value,
                generators,
            } => {
                self.comprehension("{", key, Some(value), generators, "}");
            }
            ExprKind::Await(value) => self.level(level, Level::Await, |out| {
                out.str("await ");
                out.expr(value, Level::Atom);
            }),
            ExprKind::Yield(None) => self.str("(yield)"),
            ExprKind::Yield(Some(value)) => {
                self.str("(yield ");
                self.expr(value, Level::Test);
                self.str(")");
            }
            ExprKind::YieldFrom(value) => {
                self.str("(yield from ");
                self.expr(value, Level::Test);
                self.str(")");
            }
            ExprKind::Compare {
                left,
                ops,
                comparators,
            } => {
                self.level(level, Level::Cmp, |out| {
                    out.expr(left, Level::Cmp.next());
                    for (op, comparator) in ops.iter().zip(comparators) {
                        out.str(compare(*op));
                        out.expr(comparator, Level::Cmp.next());
                    }
                });
            }
            ExprKind::Call(call) => {
                self.expr(call.func, Level::Atom);
                if let (
                    [
                        generator @ Expr {
                            kind: ExprKind::GeneratorExp { .. },
                            ..
                        },
                    ],
                    [],
                ) = (call.args, call.keywords)
                {
                    // Its own parentheses are enough.
                    self.expr(generator, Level::Atom);
                    return;
                }
                self.str("(");
                self.list(call.args);
                for (index, keyword) in call.keywords.iter().enumerate() {
                    if index > 0 || !call.args.is_empty() {
                        self.str(", ");
                    }
                    match keyword.arg {
                        Some(name) => {
                            self.str(name);
                            self.str("=");
                        }
                        None => self.str("**"),
                    }
                    self.expr(&keyword.value, Level::Test);
                }
                self.str(")");
            }
            ExprKind::FormattedValue { .. } | ExprKind::JoinedStr(_) => {
                let mut body = Writer { points: Vec::new() };
                body.fstring_part(expr);
                self.str("f");
                self.str_repr(&body.points);
            }
            ExprKind::Interpolation(_) | ExprKind::TemplateStr(_) => {
                let mut body = Writer { points: Vec::new() };
                body.fstring_part(expr);
                self.str("t");
                self.str_repr(&body.points);
            }
            ExprKind::Constant(value, unicode) => {
                if unicode {
                    self.str("u");
                }
                self.constant(value);
            }
            ExprKind::Attribute { value, attr, .. } => {
                self.expr(value, Level::Atom);
                // `1.real` would be a float.
                let int = matches!(value.kind, ExprKind::Constant(Const::Int(_), _));
                self.str(if int { " ." } else { "." });
                self.str(attr);
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value, Level::Atom);
                self.str("[");
                self.expr(slice, Level::Tuple);
                self.str("]");
            }
            ExprKind::Starred { value, .. } => {
                self.str("*");
                self.expr(value, Level::Expr);
            }
            ExprKind::Name { id, .. } => self.str(id),
            ExprKind::List { elts, .. } => {
                self.str("[");
                self.list(elts);
                self.str("]");
            }
            ExprKind::Tuple { elts: [], .. } => self.str("()"),
            ExprKind::Tuple { elts, .. } => self.level(level, Level::Tuple, |out| {
                out.list(elts);
                if elts.len() == 1 {
                    out.str(",");
                }
            }),
            ExprKind::Slice { lower, upper, step } => {
                if let Some(lower) = lower {
                    self.expr(lower, Level::Test);
                }
                self.str(":");
                if let Some(upper) = upper {
                    self.expr(upper, Level::Test);
                }
                if let Some(step) = step {
                    self.str(":");
                    self.expr(step, Level::Test);
                }
            }
        }
    }

    fn comprehension(
        &mut self,
        open: &str,
        elt: &Expr<'_>,
        value: Option<&Expr<'_>>,
        generators: &[Comprehension<'_>],
        close: &str,
    ) {
        self.str(open);
        self.expr(elt, Level::Test);
        if let Some(value) = value {
            self.str(": ");
            self.expr(value, Level::Test);
        }
        for generator in generators {
            self.str(if generator.is_async {
                " async for "
            } else {
                " for "
            });
            self.expr(generator.target, Level::Tuple);
            self.str(" in ");
            self.expr(generator.iter, Level::Test.next());
            for test in generator.ifs {
                self.str(" if ");
                self.expr(test, Level::Test.next());
            }
        }
        self.str(close);
    }

    fn arguments(&mut self, args: &Arguments<'_>) {
        let mut first = true;
        let separate = |out: &mut Self, first: &mut bool| {
            if !std::mem::take(first) {
                out.str(", ");
            }
        };
        let positional = args.posonlyargs.len() + args.args.len();
        let no_default = positional - args.defaults.len().min(positional);
        for (index, arg) in args.posonlyargs.iter().chain(args.args).enumerate() {
            separate(self, &mut first);
            self.arg(arg);
            if let Some(default) = index.checked_sub(no_default).map(|at| &args.defaults[at]) {
                self.str("=");
                self.expr(default, Level::Test);
            }
            if index + 1 == args.posonlyargs.len() {
                self.str(", /");
            }
        }
        if args.vararg.is_some() || !args.kwonlyargs.is_empty() {
            separate(self, &mut first);
            self.str("*");
            if let Some(arg) = args.vararg {
                self.arg(arg);
            }
        }
        for (arg, default) in args.kwonlyargs.iter().zip(args.kw_defaults) {
            separate(self, &mut first);
            self.arg(arg);
            if let Some(default) = default {
                self.str("=");
                self.expr(default, Level::Test);
            }
        }
        if let Some(arg) = args.kwarg {
            separate(self, &mut first);
            self.str("**");
            self.arg(arg);
        }
    }

    fn arg(&mut self, arg: &Arg<'_>) {
        self.str(arg.arg);
        if let Some(annotation) = arg.annotation {
            self.str(": ");
            self.expr(annotation, Level::Test);
        }
    }

    /// The inside of an f-string, braces doubled.
    fn fstring_part(&mut self, expr: &Expr<'_>) {
        match expr.kind {
            ExprKind::Constant(Const::Str(text), _) => {
                for point in text.code_points() {
                    self.points.push(point);
                    if point == u32::from('{') || point == u32::from('}') {
                        self.points.push(point);
                    }
                }
            }
            ExprKind::JoinedStr(values) | ExprKind::TemplateStr(values) => {
                for value in values {
                    self.fstring_part(value);
                }
            }
            ExprKind::FormattedValue {
                value,
                conversion,
                format_spec,
            } => {
                let mut inner = Writer { points: Vec::new() };
                inner.expr(value, Level::Test.next());
                self.replacement(&inner.points, conversion, format_spec);
            }
            ExprKind::Interpolation(node) => {
                let text = match node.text {
                    Const::Str(text) => text.code_points().collect(),
                    _ => Vec::new(),
                };
                self.replacement(&text, node.conversion, node.format_spec);
            }
            _ => self.expr(expr, Level::Test),
        }
    }

    fn replacement(
        &mut self,
        inner: &[u32],
        conversion: Option<Conversion>,
        format_spec: Option<&Expr<'_>>,
    ) {
        // A space keeps a brace of the expression apart.
        self.str(if inner.first() == Some(&u32::from('{')) {
            "{ "
        } else {
            "{"
        });
        self.points.extend_from_slice(inner);
        match conversion {
            Some(Conversion::Str) => self.str("!s"),
            Some(Conversion::Repr) => self.str("!r"),
            Some(Conversion::Ascii) => self.str("!a"),
            None => {}
        }
        if let Some(spec) = format_spec {
            self.str(":");
            self.fstring_part(spec);
        }
        self.str("}");
    }

    fn constant(&mut self, value: &Const) {
        match value {
            Const::None => self.str("None"),
            Const::True => self.str("True"),
            Const::False => self.str("False"),
            Const::Ellipsis => self.str("..."),
            Const::Int(value) => self.str(&value.to_string()),
            Const::Float(value) => self.str(&float_repr(*value)),
            Const::Complex(real, imaginary) => {
                if *real == 0.0 && !real.is_sign_negative() {
                    self.str(&format!("{}j", complex_part(*imaginary)));
                } else {
                    let sign = if imaginary.is_sign_negative() {
                        ""
                    } else {
                        "+"
                    };
                    let text = format!(
                        "({}{sign}{}j)",
                        complex_part(*real),
                        complex_part(*imaginary)
                    );
                    self.str(&text);
                }
            }
            Const::Str(text) => {
                let points: Vec<u32> = text.code_points().collect();
                self.str_repr(&points);
            }
            Const::Bytes(bytes) => self.bytes_repr(bytes),
            Const::Tuple(items) => {
                self.str("(");
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.str(", ");
                    }
                    self.constant(item);
                }
                self.str(if items.len() == 1 { ",)" } else { ")" });
            }
            Const::FrozenSet(_) | Const::Slice(_) | Const::Code(_) => {
                self.text(&Text::from(taipan_bytecode::dis::const_repr(value)));
            }
        }
    }

    /// `repr()` of a string.
    fn str_repr(&mut self, points: &[u32]) {
        let has = |c: char| points.contains(&u32::from(c));
        let quote = if has('\'') && !has('"') { '"' } else { '\'' };
        self.points.push(quote.into());
        for point in points {
            let Some(c) = char::from_u32(*point) else {
                self.str(&format!("\\u{point:04x}"));
                continue;
            };
            match c {
                '\\' => self.str("\\\\"),
                '\n' => self.str("\\n"),
                '\r' => self.str("\\r"),
                '\t' => self.str("\\t"),
                c if c == quote => {
                    self.str("\\");
                    self.points.push(*point);
                }
                ' '..='~' => self.points.push(*point),
                c if c.is_ascii() || !is_printable(c) => match *point {
                    point @ 0..=0xFF => self.str(&format!("\\x{point:02x}")),
                    point @ 0x100..=0xFFFF => self.str(&format!("\\u{point:04x}")),
                    point => self.str(&format!("\\U{point:08x}")),
                },
                _ => self.points.push(*point),
            }
        }
        self.points.push(quote.into());
    }

    fn bytes_repr(&mut self, bytes: &[u8]) {
        let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') {
            '"'
        } else {
            '\''
        };
        self.str("b");
        self.points.push(quote.into());
        for byte in bytes {
            match *byte {
                b'\\' => self.str("\\\\"),
                b'\n' => self.str("\\n"),
                b'\r' => self.str("\\r"),
                b'\t' => self.str("\\t"),
                byte if char::from(byte) == quote => {
                    self.str("\\");
                    self.points.push(byte.into());
                }
                byte @ b' '..=b'~' => self.points.push(byte.into()),
                byte => self.str(&format!("\\x{byte:02x}")),
            }
        }
        self.points.push(quote.into());
    }
}

/// Nearly Python's `isprintable`: what Rust's debug output leaves as it is, and combining marks.
fn is_printable(c: char) -> bool {
    if c.is_whitespace() || c.is_control() {
        return false;
    }
    let mut escaped = c.escape_debug();
    escaped.len() == 1 && escaped.next() == Some(c)
        || unicode_normalization::char::is_combining_mark(c)
}

fn binary(op: Operator) -> (&'static str, Level) {
    match op {
        Operator::Add => (" + ", Level::Arith),
        Operator::Sub => (" - ", Level::Arith),
        Operator::Mult => (" * ", Level::Term),
        Operator::MatMult => (" @ ", Level::Term),
        Operator::Div => (" / ", Level::Term),
        Operator::Mod => (" % ", Level::Term),
        Operator::LShift => (" << ", Level::Shift),
        Operator::RShift => (" >> ", Level::Shift),
        Operator::BitOr => (" | ", Level::Expr),
        Operator::BitXor => (" ^ ", Level::BXor),
        Operator::BitAnd => (" & ", Level::BAnd),
        Operator::FloorDiv => (" // ", Level::Term),
        Operator::Pow => (" ** ", Level::Power),
    }
}

fn compare(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => " == ",
        CmpOp::NotEq => " != ",
        CmpOp::Lt => " < ",
        CmpOp::LtE => " <= ",
        CmpOp::Gt => " > ",
        CmpOp::GtE => " >= ",
        CmpOp::Is => " is ",
        CmpOp::IsNot => " is not ",
        CmpOp::In => " in ",
        CmpOp::NotIn => " not in ",
    }
}

/// `repr()` of a float; infinity as a literal that overflows.
fn float_repr(value: f64) -> String {
    let text = complex_part(value);
    if text.contains(['.', 'e', 'n']) {
        text
    } else {
        format!("{text}.0")
    }
}

/// Like `repr()` of a float, without `.0`.
fn complex_part(value: f64) -> String {
    if value.is_infinite() {
        return if value < 0.0 {
            "-1e309".into()
        } else {
            "1e309".into()
        };
    }
    if value.is_nan() {
        return "nan".into();
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        return format!("{value}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}
