//! Errors at the start of a replacement field of an f-string or template.

use super::messages::{Context, Message};
use crate::error::Failure;
use ruff_python_parser::ParseErrorType;

impl Context<'_> {
    /// What the string that the field is in is called by: `f` or `t`.
    fn letter(&self) -> char {
        let brace = self.tokens[0].start;
        let string = self.text[..brace].rfind(['"', '\'']).unwrap_or(brace);
        let prefix = self.text[..string]
            .trim_end_matches(['"', '\''])
            .chars()
            .rev();
        let template = prefix
            .take_while(char::is_ascii_alphabetic)
            .any(|c| matches!(c, 't' | 'T'));
        if template { 't' } else { 'f' }
    }

    /// `{}`, and `{!r}` and the like.
    pub(super) fn empty_field(&self, kind: &ParseErrorType) -> Option<Box<Failure>> {
        let empty = matches!(
            kind,
            ParseErrorType::ExpectedExpression
                | ParseErrorType::FStringError(_)
                | ParseErrorType::TStringError(_)
        );
        let next = self.text[self.start..].chars().next()?;
        if !empty || self.index != 1 || !matches!(next, '}' | '!' | ':' | '=') {
            return None;
        }
        let message = format!(
            "{}-string: valid expression required before '{next}'",
            self.letter()
        );
        Some(Failure::syntax(
            message,
            self.source.loc(self.start, self.start + 1),
        ))
    }

    /// What no expression starts with, and a lambda whose colon ends it.
    pub(super) fn field_start(&self) -> Option<Message> {
        let letter = self.letter();
        let first = self.tokens.get(1)?;
        if self.token_text(1) == "lambda" {
            let colon = (1..self.tokens.len()).find(|at| self.token_text(*at) == ":")?;
            let colon = self.tokens[colon];
            let message =
                format!("{letter}-string: lambda expressions are not allowed without parentheses");
            return (self.start >= colon.end).then_some((message, first.start, colon.end));
        }
        // A doubled brace is none, nor is that of `\N{…}`; and a bracket or a sign can start an expression.
        let brace = &self.text[..self.tokens[0].start];
        let may_start = matches!(self.token_text(1), "(" | "[" | "{" | "+" | "-" | "~");
        if brace.ends_with(['{', 'N']) || may_start {
            return None;
        }
        (self.index == 1).then(|| {
            let message = format!("{letter}-string: expecting a valid expression after '{{'");
            (message, first.start, first.end)
        })
    }
}
