//! `from __future__ import barry_as_FLUFL`: `<>` in place of `!=`.

use crate::error::{Failure, Result};
use crate::source::Source;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser as parser;
use ruff_text_size::{Ranged, TextSize};
use taipan_bytecode::CodeFlags;

const NAME: &str = "barry_as_FLUFL";

/// The source for the parser, if `<>` is spelled like that in it.
pub fn replaced(source: &Source, flags: CodeFlags) -> Result<Option<String>> {
    let everywhere = flags.contains(CodeFlags::FUTURE_BARRY_AS_BDFL);
    if !everywhere && !source.text.contains(NAME) {
        return Ok(None);
    }
    let options = parser::ParseOptions::from(parser::Mode::Module);
    let parsed = parser::parse_unchecked(&source.text, options);
    let mut text = source.text.clone();
    let mut on = everywhere;
    let mut less: Option<TextSize> = None;
    let mut in_future = false;
    let mut previous = TokenKind::Newline;
    for token in parsed.tokens().iter() {
        let range = token.range();
        match token.kind() {
            TokenKind::Newline => in_future = false,
            TokenKind::Name => {
                let name = &source.text[range];
                in_future |= name == "__future__" && previous == TokenKind::From;
                on |= in_future && name == NAME;
            }
            TokenKind::NotEqual if on => {
                let loc = source.loc(range.start().to_usize(), range.end().to_usize());
                let message = "with Barry as BDFL, use '<>' instead of '!='";
                return Err(Failure::syntax(message, loc));
            }
            TokenKind::Greater if on && less == Some(range.start()) => {
                let end = range.end().to_usize();
                text.replace_range(end - 2..end, "!=");
            }
            _ => {}
        }
        previous = token.kind();
        less = (token.kind() == TokenKind::Less).then_some(range.end());
    }
    Ok(on.then_some(text))
}
