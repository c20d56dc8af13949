//! The signature of a type comment, `(int, *str) -> bool`: what `compile(…, "func_type", …)` reads.

use crate::ast::Loc;
use crate::error::{Failure, Result};
use crate::source::Source;
use ruff_python_ast as ruff;
use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_parser as parser;
use ruff_text_size::{Ranged, TextRange, TextSize};

pub struct FunctionType {
    pub arguments: Vec<ruff::Expr>,
    pub returns: ruff::Expr,
}

fn invalid(source: &Source, range: TextRange) -> Box<Failure> {
    let (start, end) = (range.start().to_usize(), range.end().to_usize());
    if start == source.text.len() {
        // Behind the end, which is behind the last line's newline.
        let line = source.position(start.saturating_sub(1)).0;
        let line = if source.text.is_empty() { 0 } else { line };
        return Failure::syntax("invalid syntax", Loc::new(line, line, -1, -1));
    }
    Failure::syntax("invalid syntax", source.loc(start, end))
}

pub fn parse(source: &Source) -> Result<FunctionType> {
    // The whole is no expression, but its tokens are what counts. It ends at the last line that has any.
    let options = parser::ParseOptions::from(parser::Mode::Expression);
    let parsed = parser::parse_unchecked(&source.text, options);
    let blank = |token: &&Token| {
        matches!(
            token.kind(),
            TokenKind::NonLogicalNewline | TokenKind::Comment
        )
    };
    let mut tokens: Vec<Token> = parsed
        .tokens()
        .iter()
        .filter(|token| !blank(token))
        .copied()
        .collect();
    while tokens
        .last()
        .is_some_and(|token| token.kind() == TokenKind::Newline)
    {
        tokens.pop();
    }
    let whole = TextSize::of(source.text.as_str());
    let at = |index: usize| {
        tokens
            .get(index)
            .map_or(TextRange::empty(whole), Ranged::range)
    };
    let kind = |index: usize| tokens.get(index).map(Token::kind);
    if kind(0) != Some(TokenKind::Lpar) {
        return Err(invalid(source, at(0)));
    }
    let mut depth = 0usize;
    let mut arguments = Vec::new();
    let mut first = 1;
    let mut index = 0;
    loop {
        match kind(index) {
            Some(TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace) => depth += 1,
            Some(TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace) => depth -= 1,
            Some(TokenKind::Rarrow) if depth == 1 => return Err(invalid(source, at(index))),
            None => return Err(invalid(source, at(index))),
            _ => {}
        }
        let end = depth == 0;
        if end || depth == 1 && kind(index) == Some(TokenKind::Comma) {
            if !(end && arguments.is_empty() && first == index) {
                arguments.push((first, index));
            }
            first = index + 1;
        }
        if end {
            break;
        }
        index += 1;
    }
    if kind(index + 1) != Some(TokenKind::Rarrow) {
        return Err(invalid(source, at(index + 1)));
    }
    // Stars are dropped; they come last, the single one first.
    let mut stars = 0;
    let mut types = Vec::with_capacity(arguments.len());
    for (first, end) in arguments {
        let star = match kind(first) {
            Some(TokenKind::Star) => 1,
            Some(TokenKind::DoubleStar) => 2,
            _ => 0,
        };
        if stars > 0 && star <= stars {
            let unexpected = if stars == 2 { first - 1 } else { first };
            return Err(invalid(source, at(unexpected)));
        }
        stars = star;
        let start = first + usize::from(star > 0);
        types.push(expression(
            source,
            at(start).start(),
            at(end).start(),
            at(end),
        )?);
    }
    let start = at(index + 2).start();
    Ok(FunctionType {
        arguments: types,
        returns: expression(source, start, whole, TextRange::empty(whole))?,
    })
}

/// One expression that is no list, and no assignment or yield either; `next` is the token behind it.
fn expression(
    source: &Source,
    start: TextSize,
    end: TextSize,
    next: TextRange,
) -> Result<ruff::Expr> {
    if source.text[TextRange::new(start, end)].trim().is_empty() {
        return Err(invalid(source, next));
    }
    let parsed = parser::parse_expression_range(&source.text, TextRange::new(start, end))
        .map_err(|error| invalid(source, error.location))?;
    let expr = parsed.into_expr();
    let refused = match &expr {
        ruff::Expr::Tuple(tuple) if !tuple.parenthesized => {
            let first = tuple.elts.first().map_or(expr.end(), Ranged::end);
            let rest = &source.text[TextRange::new(first, expr.end())];
            let comma = first + TextSize::of(rest.split(',').next().unwrap_or(rest));
            return Err(invalid(source, TextRange::at(comma, TextSize::new(1))));
        }
        ruff::Expr::Starred(_) => true,
        // In parentheses they are fine, which their range does not count.
        ruff::Expr::Yield(_) | ruff::Expr::YieldFrom(_) | ruff::Expr::Named(_) => {
            expr.start() == start
        }
        _ => false,
    };
    if refused {
        return Err(invalid(source, expr.range()));
    }
    Ok(expr)
}
