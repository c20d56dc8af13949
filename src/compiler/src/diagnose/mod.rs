//! Syntax errors in CPython's words and at its places.
//!
//! Ruff says where a source stops being Python, but in words of its own. What CPython would say is
//! found here from the tokens around that place, and from Ruff's kind of error.

mod messages;
mod replacement;
mod rules;
mod statement;
mod tokenizer;

use crate::error::{ErrorKind, Failure, Shown};
use crate::source::Source;
use ruff_python_parser::ParseError;
pub use statement::last_compound;
use tokenizer::{Kind, Token};

/// The error to report for a source that Ruff refuses.
pub fn diagnose(source: &Source, error: &ParseError) -> Box<Failure> {
    let tokens = tokenizer::tokenize(source);
    // Errors of the tokenizer win; an open bracket does so only if the parser went beyond its line.
    let reached = error.location.start().to_usize().min(source.text.len());
    if let Some(failure) = tokens
        .error
        .filter(|_| tokens.in_field.is_none_or(|start| start <= reached))
    {
        let whole_line = failure.kind != ErrorKind::SyntaxError
            || tokens.in_field.is_some()
            || failure.message.starts_with("unexpected ")
            || failure.message.ends_with("was never closed");
        return match whole_line {
            true => failure,
            false => failure.showing(Shown::Text),
        };
    }
    let parser = messages::translate(source, &tokens.tokens, error);
    if let Some(open) = tokens.open.last() {
        let (line, _) = source.position(open.at);
        let at_end = source.text[reached..].trim().is_empty();
        if at_end || source.position(reached).0 > line {
            let message = format!("'{}' was never closed", open.bracket as char);
            let mut loc = source.loc(open.at, open.at);
            loc.end_col = -1;
            let last = source.position(source.text.len().saturating_sub(1)).0;
            let shown = if line < last {
                Shown::Text
            } else {
                Shown::Line
            };
            return Failure::syntax(message, loc).showing(shown);
        }
    }
    parser
}

/// What the tokenizer complains of, anywhere: that wins over an error of the grammar that has no words of its own.
pub fn in_tokens(source: &Source) -> Option<Box<Failure>> {
    let tokens = tokenizer::tokenize(source);
    tokens.error.filter(|failure| {
        tokens.in_field.is_none() && failure.message != "unexpected EOF while parsing"
    })
}

/// The string literals that end before an offset.
pub fn strings_before(source: &Source, offset: usize) -> Vec<(usize, usize)> {
    tokenizer::tokenize(source)
        .tokens
        .iter()
        .filter(|token| token.kind == Kind::String && token.end <= offset)
        .map(|token| (token.start, token.end))
        .collect()
}

/// What only the tokenizer refuses, in a source that Ruff takes: brackets and indentation too deep,
/// tabs mixed with spaces.
pub fn check_accepted(source: &Source) -> Option<Box<Failure>> {
    let failure = tokenizer::tokenize(source).error?;
    let own =
        failure.kind != ErrorKind::SyntaxError || failure.message.starts_with("too many nested ");
    own.then_some(failure)
}

/// The token at or after an offset.
fn token_at(tokens: &[Token], offset: usize) -> Option<usize> {
    let index = tokens.partition_point(|token| token.end <= offset && token.kind != Kind::End);
    (index < tokens.len()).then_some(index)
}
