//! Syntax errors in CPython's words and at its places.
//!
//! Ruff says where a source stops being Python, but in words of its own. What CPython would say is
//! found here from the tokens around that place, and from Ruff's kind of error.

mod messages;
mod tokenizer;

use crate::error::{ErrorKind, Failure};
use crate::source::Source;
use ruff_python_parser::ParseError;
use tokenizer::{Kind, Token};

/// The error to report for a source that Ruff refuses.
pub fn diagnose(source: &Source, error: &ParseError) -> Box<Failure> {
    let tokens = tokenizer::tokenize(source);
    let parser = messages::translate(source, &tokens.tokens, error);
    // Errors of the tokenizer win; an open bracket does so only if the parser went beyond its line.
    if let Some(failure) = tokens.error {
        return failure;
    }
    if let Some(open) = tokens.open.last() {
        let (line, _) = source.position(open.at);
        let last = source.position(source.text.len().saturating_sub(1)).0;
        let reached = error.location.start().to_usize();
        let at_end = source.text[reached.min(source.text.len())..].trim().is_empty();
        if parser.loc.line > line || at_end || parser.loc.line >= last && parser.loc.line > line {
            let message = format!("'{}' was never closed", open.bracket as char);
            // CPython gives no end here.
            let mut loc = source.loc(open.at, open.at + 1);
            loc.end_line = loc.line;
            loc.end_col = loc.col;
            return Failure::syntax(message, loc);
        }
    }
    parser
}

/// What only the tokenizer refuses, in a source that Ruff takes: brackets and indentation too deep,
/// tabs mixed with spaces.
pub fn check_accepted(source: &Source) -> Option<Box<Failure>> {
    let failure = tokenizer::tokenize(source).error?;
    let own = failure.kind != ErrorKind::SyntaxError
        || failure.message == "too many nested parentheses";
    own.then_some(failure)
}

/// The token at or after an offset.
fn token_at(tokens: &[Token], offset: usize) -> Option<usize> {
    let index = tokens.partition_point(|token| token.end <= offset && token.kind != Kind::End);
    (index < tokens.len()).then_some(index)
}
