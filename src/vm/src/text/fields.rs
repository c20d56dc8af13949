//! The replacement fields of `str.format`: `{name.attribute[key]!conversion:spec}`.

use super::{Units, unicode};
use std::ops::Range;

/// One step through a format string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Literal text before the field (a doubled brace ends it, with one brace).
    pub literal: Range<usize>,
    pub field: Option<Field>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: Range<usize>,
    pub conversion: Option<u32>,
    pub spec: Range<usize>,
    /// The specification holds fields itself.
    pub spec_has_fields: bool,
}

/// Messages of `ValueError`s.
pub type Message = &'static str;

const OPEN: u32 = '{' as u32;
const CLOSE: u32 = '}' as u32;
const OPEN_BRACKET: u32 = '[' as u32;
const CLOSE_BRACKET: u32 = ']' as u32;

/// Walks through `format`; the ranges in the chunks are positions in it.
pub struct Fields<'a> {
    format: Units<'a>,
    at: usize,
    end: usize,
}

impl<'a> Fields<'a> {
    pub fn new(format: Units<'a>, range: Range<usize>) -> Fields<'a> {
        Fields {
            format,
            at: range.start,
            end: range.end,
        }
    }

    fn next_point(&mut self) -> Option<u32> {
        let point = (self.at < self.end).then(|| self.format.get(self.at))?;
        self.at += 1;
        Some(point)
    }

    pub fn next_chunk(&mut self) -> Result<Option<Chunk>, Message> {
        if self.at >= self.end {
            return Ok(None);
        }
        let start = self.at;
        let brace = loop {
            match self.next_point() {
                None => {
                    return Ok(Some(Chunk {
                        literal: start..self.end,
                        field: None,
                    }));
                }
                Some(brace @ (OPEN | CLOSE)) => break brace,
                Some(_) => {}
            }
        };
        let following = (self.at < self.end).then(|| self.format.get(self.at));
        if following == Some(brace) {
            self.at += 1;
            return Ok(Some(Chunk {
                literal: start..self.at - 1,
                field: None,
            }));
        }
        if brace == CLOSE {
            return Err("Single '}' encountered in format string");
        }
        if following.is_none() {
            return Err("Single '{' encountered in format string");
        }
        let literal = start..self.at - 1;
        let field = self.field()?;
        Ok(Some(Chunk {
            literal,
            field: Some(field),
        }))
    }

    fn field(&mut self) -> Result<Field, Message> {
        let start = self.at;
        let end = loop {
            match self.next_point() {
                None => return Err("expected '}' before end of string"),
                Some(OPEN) => return Err("unexpected '{' in field name"),
                Some(OPEN_BRACKET) => {
                    // A key may hold any of the other signs.
                    while self.at < self.end && self.format.get(self.at) != CLOSE_BRACKET {
                        self.at += 1;
                    }
                }
                Some(end @ (CLOSE | 0x3A | 0x21)) => break end,
                Some(_) => {}
            }
        };
        let name = start..self.at - 1;
        let mut field = Field {
            name,
            conversion: None,
            spec: 0..0,
            spec_has_fields: false,
        };
        if end == CLOSE {
            return Ok(field);
        }
        if end == u32::from('!') {
            let conversion = self
                .next_point()
                .ok_or("end of string while looking for conversion specifier")?;
            field.conversion = Some(conversion);
            match self.next_point() {
                Some(CLOSE) => return Ok(field),
                Some(0x3A) => {}
                Some(_) => return Err("expected ':' after conversion specifier"),
                None => return Err("unmatched '{' in format spec"),
            }
        }
        let start = self.at;
        let mut depth = 1;
        loop {
            match self.next_point() {
                None => return Err("unmatched '{' in format spec"),
                Some(OPEN) => {
                    field.spec_has_fields = true;
                    depth += 1;
                }
                Some(CLOSE) => {
                    depth -= 1;
                    if depth == 0 {
                        field.spec = start..self.at - 1;
                        return Ok(field);
                    }
                }
                Some(_) => {}
            }
        }
    }
}

/// How a field name starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum First {
    /// Nothing: the next argument.
    Auto,
    Index(usize),
    Name(Range<usize>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    Attribute(Range<usize>),
    Index(usize),
    Key(Range<usize>),
}

const TOO_MANY_DIGITS: Message = "Too many decimal digits in format string";

/// A number, if the text is nothing but decimal digits (of any script).
fn index(text: Units, range: Range<usize>) -> Result<Option<usize>, Message> {
    let mut value = 0usize;
    if range.is_empty() {
        return Ok(None);
    }
    for at in range {
        let Some(digit) = unicode::decimal(text.get(at)) else {
            return Ok(None);
        };
        value = value
            .checked_mul(10)
            .and_then(|value| value.checked_add(digit as usize))
            .filter(|&value| value <= isize::MAX as usize)
            .ok_or(TOO_MANY_DIGITS)?;
    }
    Ok(Some(value))
}

/// Takes a field name apart: the first part, and the accesses after it.
pub struct FieldName<'a> {
    text: Units<'a>,
    at: usize,
    end: usize,
}

impl<'a> FieldName<'a> {
    pub fn new(text: Units<'a>, range: Range<usize>) -> Result<(First, FieldName<'a>), Message> {
        let mut at = range.start;
        while at < range.end && !matches!(text.get(at), 0x2E | OPEN_BRACKET) {
            at += 1;
        }
        let name = range.start..at;
        let first = match index(text, name.clone())? {
            Some(index) => First::Index(index),
            None if name.is_empty() => First::Auto,
            None => First::Name(name),
        };
        Ok((
            first,
            FieldName {
                text,
                at,
                end: range.end,
            },
        ))
    }

    pub fn next_access(&mut self) -> Result<Option<Access>, Message> {
        if self.at >= self.end {
            return Ok(None);
        }
        let empty = "Empty attribute in format string";
        let opening = self.text.get(self.at);
        self.at += 1;
        let start = self.at;
        match opening {
            0x2E => {
                while self.at < self.end && !matches!(self.text.get(self.at), 0x2E | OPEN_BRACKET) {
                    self.at += 1;
                }
                if self.at == start {
                    Err(empty)
                } else {
                    Ok(Some(Access::Attribute(start..self.at)))
                }
            }
            OPEN_BRACKET => {
                while self.at < self.end && self.text.get(self.at) != CLOSE_BRACKET {
                    self.at += 1;
                }
                if self.at >= self.end {
                    return Err("Missing ']' in format string");
                }
                let key = start..self.at;
                self.at += 1;
                if key.is_empty() {
                    return Err(empty);
                }
                Ok(Some(match index(self.text, key.clone())? {
                    Some(index) => Access::Index(index),
                    None => Access::Key(key),
                }))
            }
            _ => Err("Only '.' or '[' may follow ']' in format field specifier"),
        }
    }
}
