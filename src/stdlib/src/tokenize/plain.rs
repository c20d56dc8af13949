//! The tokens as the parser takes them: without comments and blank lines, operators by their own numbers.

use super::lexer::{Token, kind};

/// Operators by their numbers, from 7 on.
const OPERATORS: [&str; 48] = [
    "(", ")", "[", "]", ":", ",", ";", "+", "-", "*", "/", "|", "&", "<", ">", "=", ".", "%", "{",
    "}", "==", "!=", "<=", ">=", "~", "^", "<<", ">>", "**", "+=", "-=", "*=", "/=", "%=", "&=",
    "|=", "^=", "<<=", ">>=", "**=", "//", "//=", "@", "@=", "->", "...", ":=", "!",
];

/// A token's places; -1 stands for a column that it has not.
pub struct PlainToken {
    pub kind: i64,
    pub text: Vec<u32>,
    pub start: (i64, i64),
    pub end: (i64, i64),
    pub line: Vec<u32>,
}

/// What has been seen and may matter for the next token.
#[derive(Default)]
pub struct Plain {
    comment: Option<Token>,
    row: usize,
    line: Vec<u32>,
}

fn place((row, column): (usize, usize)) -> (i64, i64) {
    (row as i64, column as i64)
}

impl Token {
    pub fn unchanged(self) -> PlainToken {
        PlainToken {
            kind: self.kind,
            text: self.text,
            start: place(self.start),
            end: place(self.end),
            line: self.line,
        }
    }
}

impl Plain {
    /// The token in its plain form, if it has one.
    pub fn token(&mut self, token: Token) -> Option<PlainToken> {
        let comment = self.comment.take();
        let outside = (token.start.0.min(self.row.max(1)) as i64, -1);
        let at_end = token.start.0 > self.row && token.line.is_empty();
        let plain = match token.kind {
            kind::COMMENT | kind::NL => {
                self.row = token.end.0;
                self.line.clear();
                if token.kind == kind::COMMENT {
                    self.comment = Some(token);
                }
                return None;
            }
            kind::NEWLINE => {
                // A comment before it gives it text and place.
                let (text, start, end) = match comment {
                    Some(comment) => (comment.text, comment.start, comment.end),
                    None => (Vec::new(), token.start, token.start),
                };
                PlainToken {
                    kind: token.kind,
                    text,
                    start: place(start),
                    end: place(end),
                    line: token.line,
                }
            }
            kind::ENDMARKER if self.row == 0 => return None,
            kind::ENDMARKER | kind::DEDENT if at_end => PlainToken {
                kind: token.kind,
                text: Vec::new(),
                start: outside,
                end: outside,
                line: self.line.clone(),
            },
            kind::INDENT | kind::DEDENT => PlainToken {
                kind: token.kind,
                text: Vec::new(),
                start: (token.start.0 as i64, -1),
                end: (token.start.0 as i64, -1),
                line: token.line,
            },
            _ => {
                let text: String = token
                    .text
                    .iter()
                    .filter_map(|c| char::from_u32(*c))
                    .collect();
                let operator = OPERATORS.iter().position(|operator| *operator == text);
                let kind = match operator {
                    Some(at) if token.kind == kind::OP => at as i64 + 7,
                    _ => token.kind,
                };
                PlainToken {
                    kind,
                    text: token.text,
                    start: place(token.start),
                    end: place(token.end),
                    line: token.line,
                }
            }
        };
        if !at_end {
            self.row = token.end.0;
            self.line.clone_from(&plain.line);
        }
        Some(plain)
    }
}
