//! Ruff's parser, and its errors in CPython's words.

use crate::Mode;
use crate::diagnose;
use crate::error::{Failure, Result};
use crate::source::Source;
use ruff_python_ast as ruff;
use ruff_python_parser as parser;
use ruff_text_size::Ranged;

pub enum Parsed {
    Module(ruff::Suite),
    Expression(Box<ruff::Expr>),
}

impl Parsed {
    /// Statements; none for an expression.
    pub fn body(&self) -> &[ruff::Stmt] {
        match self {
            Parsed::Module(body) => body,
            Parsed::Expression(_) => &[],
        }
    }
}

/// Parses the source as `mode` asks for.
pub fn parse(source: &Source, mode: Mode) -> Result<Parsed> {
    let text = source.text.as_str();
    let failed = |error: parser::ParseError| diagnose::diagnose(source, &error);
    if deeply_nested(text)
        && let Some(failure) = diagnose::check_accepted(source)
    {
        return Err(failure);
    }
    match mode {
        Mode::Exec => {
            let parsed = parser::parse_module(text).map_err(failed)?;
            Ok(Parsed::Module(parsed.into_suite()))
        }
        Mode::Single => {
            let parsed = parser::parse_module(text).map_err(failed)?;
            let body = parsed.into_suite();
            check_single(source, &body)?;
            Ok(Parsed::Module(body))
        }
        Mode::Eval => {
            let parsed = parser::parse_expression(text).map_err(failed)?;
            Ok(Parsed::Expression(Box::new(parsed.into_expr())))
        }
    }
}

/// Interactive input is one compound statement, or simple ones on one line.
fn check_single(source: &Source, body: &[ruff::Stmt]) -> Result<()> {
    let Some(first) = body.first() else {
        return Err(Failure::syntax("invalid syntax", source.loc(0, 0)));
    };
    let end = first.range().end().to_usize();
    let (line, _) = source.position(end.saturating_sub(1));
    for stmt in &body[1..] {
        let start = stmt.range().start().to_usize();
        if source.position(start).0 > line {
            let message = "multiple statements found while compiling a single statement";
            return Err(Failure::syntax(message, source.loc(end, end)));
        }
    }
    Ok(())
}

/// Whether CPython's limits on nesting, or its rules on tabs, may have been broken.
fn deeply_nested(text: &str) -> bool {
    let mut depth = 0i64;
    let mut deep = false;
    let mut tabs = false;
    let mut line_start = true;
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                deep |= depth > 150;
            }
            b')' | b']' | b'}' => depth = (depth - 1).max(0),
            b'\t' if line_start => tabs = true,
            _ => {}
        }
        line_start = byte == b'\n' || line_start && matches!(byte, b' ' | b'\t');
    }
    // A hundred levels of blocks need at least that many columns.
    deep || tabs || text.lines().any(|line| line.starts_with(&" ".repeat(99)))
}

/// Runs the parser, and what drops its tree, with a stack that suffices for the source's nesting.
pub fn with_parser_stack<R>(source: &Source, run: impl FnOnce() -> R) -> R {
    // Nesting is within one logical line; its length in bytes bounds it.
    let mut longest = 0;
    let mut current = 0;
    let mut depth = 0usize;
    for line in source.text.split_inclusive('\n') {
        current += line.len();
        for byte in line.bytes() {
            match byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        longest = longest.max(current);
        if depth == 0 && !line.ends_with("\\\n") {
            current = 0;
        }
    }
    if longest < 4096 {
        return stacker::maybe_grow(1 << 20, 8 << 20, run);
    }
    let size = (longest * 512).clamp(16 << 20, 1 << 30);
    stacker::grow(size, run)
}
