//! A tokenizer for sources that don't parse: finds what CPython's tokenizer complains of.
//!
//! Its errors win over the parser's, wherever they are: CPython, too, reads to the end of the file
//! before it reports a syntax error.

use crate::ast::Loc;
use crate::error::{ErrorKind, Failure};
use crate::source::Source;

use super::replacement::Literal;

pub(super) const MAX_LEVEL: usize = 200;
const MAX_INDENT: usize = 100;
const TOO_MANY_LEVELS: &str = "too many levels of indentation";
const MAX_FSTRINGS: usize = 150;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Name,
    Number,
    String,
    Op,
    Newline,
    Indent,
    Dedent,
    End,
}

#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

/// A bracket that is still open.
#[derive(Clone, Copy, Debug)]
pub struct Open {
    pub bracket: u8,
    pub at: usize,
}

pub struct Tokens {
    pub tokens: Vec<Token>,
    /// Brackets open at the end.
    pub open: Vec<Open>,
    pub error: Option<Box<Failure>>,
    /// The error is the grammar's, in a replacement field of the string that starts there.
    pub in_field: Option<usize>,
}

pub fn tokenize(source: &Source) -> Tokens {
    let mut tokenizer = Tokenizer {
        source,
        text: &source.text,
        bytes: source.text.as_bytes(),
        at: 0,
        tokens: Vec::new(),
        open: Vec::new(),
        literals: Vec::new(),
        in_field: None,
    };
    let error = tokenizer.run().err();
    Tokens {
        tokens: tokenizer.tokens,
        open: tokenizer.open,
        error,
        in_field: tokenizer.in_field,
    }
}

/// The tokens of a replacement field, as far as they are in order.
pub fn tokenize_field(source: &Source, start: usize, end: usize) -> Vec<Token> {
    let text = &source.text[..end];
    let mut tokenizer = Tokenizer {
        source,
        text,
        bytes: text.as_bytes(),
        at: start,
        tokens: Vec::new(),
        // Within the field's brace, lines don't count.
        open: vec![Open {
            bracket: b'{',
            at: start,
        }],
        literals: Vec::new(),
        in_field: None,
    };
    // It stops at the quote that ends the string, which opens a new one for it.
    let _ = tokenizer.run();
    tokenizer.tokens
}

pub(super) type Step<T = ()> = Result<T, Box<Failure>>;

pub(super) struct Tokenizer<'s> {
    pub(super) source: &'s Source,
    pub(super) text: &'s str,
    pub(super) bytes: &'s [u8],
    pub(super) at: usize,
    pub(super) tokens: Vec<Token>,
    pub(super) open: Vec<Open>,
    /// F-strings and templates within each other.
    pub(super) literals: Vec<Literal>,
    /// The error is the grammar's, in a replacement field of the string that starts there.
    pub(super) in_field: Option<usize>,
}

fn is_name_start(c: char) -> bool {
    c == '_' || c.is_alphabetic() || !c.is_ascii() && c.is_alphanumeric()
}

fn is_name_part(c: char) -> bool {
    c == '_' || c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
}

impl Tokenizer<'_> {
    /// Tokenizer errors have no extent.
    pub(super) fn error<T>(&self, message: impl Into<String>, start: usize) -> Step<T> {
        Err(Failure::syntax(message, self.source.loc(start, start)))
    }

    fn indentation<T>(&self, kind: ErrorKind, message: &str, at: usize) -> Step<T> {
        let (line, _) = self.source.position(at);
        let len = self
            .source
            .line(line)
            .map_or(0, |text| text.trim_end_matches('\n').len()) as i32;
        let loc = match kind {
            ErrorKind::TabError => Loc::new(line, line, 0, -1),
            _ if message == TOO_MANY_LEVELS => Loc::new(line, line, 0, -1),
            _ => Loc::new(line, line, len, -2),
        };
        Err(Failure::new(kind, message, loc))
    }

    fn push(&mut self, kind: Kind, start: usize) {
        self.tokens.push(Token {
            kind,
            start,
            end: self.at,
        });
    }

    pub(super) fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn run(&mut self) -> Step {
        // Columns of the open blocks: with tabs to eight, and with tabs as one.
        let mut indents: Vec<(usize, usize)> = vec![(0, 0)];
        let mut line_start = true;
        loop {
            if line_start && self.open.is_empty() {
                line_start = false;
                let (mut column, mut alt) = (0, 0);
                let start = self.at;
                loop {
                    match self.peek(0) {
                        b' ' => (column, alt) = (column + 1, alt + 1),
                        b'\t' => (column, alt) = (column / 8 * 8 + 8, alt + 1),
                        b'\x0c' => (column, alt) = (0, 0),
                        _ => break,
                    }
                    self.at += 1;
                }
                let blank = matches!(self.peek(0), b'#' | b'\n') || self.at >= self.bytes.len();
                if !blank {
                    let top = indents[indents.len() - 1];
                    let inconsistent = "inconsistent use of tabs and spaces in indentation";
                    if column == top.0 {
                        if alt != top.1 {
                            return self.indentation(ErrorKind::TabError, inconsistent, self.at);
                        }
                    } else if column > top.0 {
                        if indents.len() >= MAX_INDENT {
                            return self.indentation(
                                ErrorKind::IndentationError,
                                TOO_MANY_LEVELS,
                                self.at,
                            );
                        }
                        if alt <= top.1 {
                            return self.indentation(ErrorKind::TabError, inconsistent, self.at);
                        }
                        indents.push((column, alt));
                        self.push(Kind::Indent, start);
                    } else {
                        while indents.len() > 1 && column < indents[indents.len() - 1].0 {
                            indents.pop();
                            self.push(Kind::Dedent, self.at);
                        }
                        let top = indents[indents.len() - 1];
                        if column != top.0 {
                            return self.indentation(
                                ErrorKind::IndentationError,
                                "unindent does not match any outer indentation level",
                                self.at,
                            );
                        }
                        if alt != top.1 {
                            return self.indentation(ErrorKind::TabError, inconsistent, self.at);
                        }
                    }
                }
            }
            if self.at >= self.bytes.len() {
                for _ in 1..indents.len() {
                    self.push(Kind::Dedent, self.at);
                }
                self.push(Kind::End, self.at);
                return Ok(());
            }
            if self.peek(0) != b'\n' {
                self.token()?;
                continue;
            }
            let start = self.at;
            self.at += 1;
            if self.open.is_empty() {
                let blank = self.tokens.last().is_none_or(|t| t.kind == Kind::Newline);
                if !blank {
                    self.push(Kind::Newline, start);
                }
            }
            // Within brackets, indentation means nothing.
            line_start = self.open.is_empty();
        }
    }

    /// One token, or blanks or a comment.
    pub(super) fn token(&mut self) -> Step {
        let start = self.at;
        match self.peek(0) {
            b' ' | b'\t' | b'\x0c' => self.at += 1,
            b'#' => {
                self.at += self.text[start..]
                    .find('\n')
                    .unwrap_or(self.text.len() - start);
            }
            b'\\' => {
                if self.peek(1) != b'\n' {
                    let mut loc = self.source.loc(start + 1, start + 1);
                    loc.end_col = -1;
                    return Err(Failure::syntax(
                        "unexpected character after line continuation character",
                        loc,
                    ));
                }
                self.at += 2;
                if self.at >= self.bytes.len() {
                    // Behind the backslash; there is no end.
                    let mut loc = self.source.loc(start + 1, start + 1);
                    loc.end_col = -2;
                    return Err(Failure::syntax("unexpected EOF while parsing", loc));
                }
            }
            b'0'..=b'9' => self.number()?,
            b'.' if self.peek(1).is_ascii_digit() => self.number()?,
            b'"' | b'\'' => self.string(start)?,
            b'(' | b'[' | b'{' => {
                self.open_bracket(start)?;
                self.at += 1;
                self.push(Kind::Op, start);
            }
            b')' | b']' | b'}' => self.close()?,
            _ => self.other(start)?,
        }
        Ok(())
    }

    fn close(&mut self) -> Step {
        let start = self.at;
        let close = self.bytes[start] as char;
        let Some(open) = self.open.pop() else {
            return self.error(format!("unmatched '{close}'"), start);
        };
        let fits = matches!(
            (open.bracket, close),
            (b'(', ')') | (b'[', ']') | (b'{', '}')
        );
        if !fits {
            let bracket = open.bracket as char;
            let (line, _) = self.source.position(open.at);
            let (here, _) = self.source.position(start);
            let on_line = if line == here {
                String::new()
            } else {
                format!(" on line {line}")
            };
            return self.error(
                format!(
                    "closing parenthesis '{close}' does not match opening parenthesis \
                     '{bracket}'{on_line}"
                ),
                start,
            );
        }
        self.at += 1;
        self.push(Kind::Op, start);
        Ok(())
    }

    fn other(&mut self, start: usize) -> Step {
        let Some(c) = self.text[start..].chars().next() else {
            return Ok(());
        };
        if is_name_start(c) {
            let name_len: usize = self.text[start..]
                .chars()
                .take_while(|c| is_name_part(*c))
                .map(char::len_utf8)
                .sum();
            let name = &self.text[start..start + name_len];
            let is_prefix = name.len() <= 2
                && matches!(
                    name.to_ascii_lowercase().as_str(),
                    "r" | "u" | "b" | "f" | "t" | "br" | "rb" | "fr" | "rf" | "tr" | "rt"
                );
            self.at += name_len;
            if is_prefix && matches!(self.peek(0), b'"' | b'\'') {
                return self.string(start);
            }
            self.push(Kind::Name, start);
            return Ok(());
        }
        if !c.is_ascii() || matches!(c, '$' | '?' | '`' | '!') && self.peek(1) != b'=' {
            let end = start + c.len_utf8();
            let code = c as u32;
            if c == '!' || c.is_ascii() {
                // Parsed as an error token: plain invalid syntax.
                self.at = end;
                self.push(Kind::Op, start);
                return Ok(());
            }
            let message = if c.is_control() || c.is_whitespace() || is_format(c) {
                format!("invalid non-printable character U+{code:04X}")
            } else {
                format!("invalid character '{c}' (U+{code:04X})")
            };
            return self.error(message, start);
        }
        if c.is_control() {
            let message = format!("invalid non-printable character U+{:04X}", c as u32);
            return self.error(message, start);
        }
        const LONG: [&str; 25] = [
            "**=", "//=", ">>=", "<<=", "...", "->", ":=", "==", "!=", "<=", ">=", "<>", "**",
            "//", ">>", "<<", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=",
        ];
        let rest = &self.text[start..];
        self.at += LONG
            .iter()
            .find(|op| rest.starts_with(**op))
            .map_or(1, |op| op.len());
        self.push(Kind::Op, start);
        Ok(())
    }

    fn digits(&mut self, valid: impl Fn(u8) -> bool) -> bool {
        let mut any = false;
        loop {
            if self.peek(0) == b'_' && valid(self.peek(1)) {
                self.at += 1;
            }
            if !valid(self.peek(0)) {
                return any;
            }
            any = true;
            self.at += 1;
        }
    }

    fn number(&mut self) -> Step {
        let start = self.at;
        let kind = if self.peek(0) == b'0' {
            match self.peek(1).to_ascii_lowercase() {
                b'x' => Some((16, "hexadecimal")),
                b'o' => Some((8, "octal")),
                b'b' => Some((2, "binary")),
                _ => None,
            }
        } else {
            None
        };
        if let Some((radix, name)) = kind {
            self.at += 2;
            let any = self.digits(|byte| (byte as char).is_digit(radix));
            let next = self.peek(0);
            if next.is_ascii_digit() {
                return self.error(
                    format!("invalid digit '{}' in {name} literal", next as char),
                    self.at,
                );
            }
            if next == b'_' {
                let next = self.peek(1);
                if next.is_ascii_digit() {
                    let message = format!("invalid digit '{}' in {name} literal", next as char);
                    return self.error(message, self.at + 1);
                }
                return self.error(format!("invalid {name} literal"), self.at);
            }
            if !any {
                return self.error(format!("invalid {name} literal"), self.at - 1);
            }
            return self.end_number(start, name);
        }
        let mut name = "decimal";
        let mut integer = true;
        self.digits(|byte| byte.is_ascii_digit());
        if self.peek(0) == b'_' {
            return self.error("invalid decimal literal", self.at);
        }
        let integer_end = self.at;
        if self.peek(0) == b'.' {
            integer = false;
            self.at += 1;
            self.digits(|byte| byte.is_ascii_digit());
        }
        if matches!(self.peek(0), b'e' | b'E') {
            let sign = usize::from(matches!(self.peek(1), b'+' | b'-'));
            if sign > 0 && !self.peek(2).is_ascii_digit() {
                return self.error(format!("invalid {name} literal"), self.at + 1);
            }
            if self.peek(1 + sign).is_ascii_digit() {
                integer = false;
                self.at += 1 + sign;
                self.digits(|byte| byte.is_ascii_digit());
            }
        }
        if matches!(self.peek(0), b'j' | b'J') {
            integer = false;
            self.at += 1;
            name = "imaginary";
        }
        let digits = &self.bytes[start..integer_end];
        if integer
            && digits.len() > 1
            && digits[0] == b'0'
            && digits.iter().any(|digit| !matches!(digit, b'0' | b'_'))
        {
            let zeros = digits
                .iter()
                .take_while(|digit| matches!(digit, b'0' | b'_'))
                .count();
            return Err(Failure::syntax(
                "leading zeros in decimal integer literals are not permitted; use an 0o prefix \
                 for octal integers",
                self.source.loc(start, start + zeros),
            ));
        }
        self.end_number(start, name)
    }

    /// A number may be followed by a keyword, but not by another name.
    fn end_number(&mut self, start: usize, name: &str) -> Step {
        let rest = &self.text[self.at..];
        let follows = rest.chars().next().is_some_and(is_name_start);
        let keyword = ["and", "else", "for", "if", "in", "is", "not", "or"]
            .iter()
            .any(|keyword| rest.starts_with(keyword));
        if follows && !keyword {
            return self.error(format!("invalid {name} literal"), self.at - 1);
        }
        self.push(Kind::Number, start);
        Ok(())
    }

    fn string(&mut self, start: usize) -> Step {
        let prefix = &self.text[start..self.at];
        let letter = prefix.chars().find(|c| matches!(c, 'f' | 'F' | 't' | 'T'));
        let quote = self.peek(0);
        let triple = self.peek(1) == quote && self.peek(2) == quote;
        let width = if triple { 3 } else { 1 };
        self.at += width;
        self.string_body(start, quote, triple, letter.map(|c| c.to_ascii_lowercase()))?;
        self.push(Kind::String, start);
        Ok(())
    }

    pub(super) fn unterminated<T>(
        &self,
        start: usize,
        triple: bool,
        letter: Option<char>,
    ) -> Step<T> {
        // The quote was to end the string around.
        if letter.is_none()
            && let Some(outer) = self.literals.last()
            && self.text[start..]
                .trim_start_matches(char::is_alphabetic)
                .as_bytes()
                .first()
                == Some(&outer.quote)
            && outer.triple == triple
        {
            return self.error(format!("{}-string: expecting '}}'", outer.letter), start);
        }
        let what = match letter {
            Some(letter) => format!("{letter}-string"),
            None => "string".into(),
        };
        let quoted = if triple { "triple-quoted " } else { "" };
        let last = if triple {
            self.bytes.len().saturating_sub(1)
        } else {
            self.at
        };
        let (line, _) = self.source.position(last.min(self.bytes.len()));
        let escaped = !triple && letter.is_none() && {
            // Perhaps a quote was escaped by mistake.
            self.text[start..self.at].contains("\\\"") || self.text[start..self.at].contains("\\'")
        };
        let hint = if escaped {
            "; perhaps you escaped the end quote?"
        } else {
            ""
        };
        self.error(
            format!("unterminated {quoted}{what} literal (detected at line {line}){hint}"),
            start,
        )
    }

    fn string_body(&mut self, start: usize, quote: u8, triple: bool, letter: Option<char>) -> Step {
        let Some(letter) = letter else {
            return self.string_text(start, quote, triple, None);
        };
        if self.literals.len() + 1 >= MAX_FSTRINGS {
            // Behind the quote.
            return self.error("too many nested f-strings or t-strings", self.at - 1);
        }
        self.literals.push(Literal {
            start,
            quote,
            triple,
            letter,
        });
        self.string_text(start, quote, triple, Some(letter))?;
        self.literals.pop();
        Ok(())
    }

    fn string_text(&mut self, start: usize, quote: u8, triple: bool, letter: Option<char>) -> Step {
        let raw = self.text[start..]
            .bytes()
            .take(2)
            .any(|byte| matches!(byte, b'r' | b'R'));
        loop {
            let byte = self.peek(0);
            if self.at >= self.bytes.len() || byte == b'\n' && !triple {
                return self.unterminated(start, triple, letter);
            }
            if byte == quote && (!triple || self.peek(1) == quote && self.peek(2) == quote) {
                self.at += if triple { 3 } else { 1 };
                return Ok(());
            }
            match (byte, letter) {
                (b'\\', None) => self.at += 2,
                (b'\\', Some(_)) if self.peek(1) == b'N' && self.peek(2) == b'{' && !raw => {
                    // A character's name, up to the closing brace.
                    self.at += 3;
                    while !matches!(self.peek(0), b'}' | b'\n' | 0) && self.peek(0) != quote {
                        self.at += 1;
                    }
                    self.at += usize::from(self.peek(0) == b'}');
                }
                (b'\\', Some(_)) => {
                    self.at += if matches!(self.peek(1), b'{' | b'}') {
                        1
                    } else {
                        2
                    };
                }
                (b'{', Some(_)) if self.peek(1) == b'{' => self.at += 2,
                (b'{', Some(letter)) => {
                    let open = self.at;
                    self.at += 1;
                    let literal = Literal {
                        start,
                        quote,
                        triple,
                        letter,
                    };
                    self.replacement_field(literal, open, 0)?;
                }
                (b'}', Some(_)) if self.peek(1) == b'}' => self.at += 2,
                (b'}', Some(letter)) => {
                    let message = format!("{letter}-string: single '}}' is not allowed");
                    return self.error(message, self.at);
                }
                _ => self.at += 1,
            }
            self.at = self.at.min(self.bytes.len());
        }
    }
}

fn is_format(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}')
}
