//! The `%` operator of strings and bytes: its conversion specifications and the numbers in them.
//!
//! [`Parser`] yields literal text and conversions one by one, because taking the arguments is
//! interleaved with parsing: a mistake at the end of the format shows only if the arguments before
//! it were good.

use super::Units;
use super::format_spec::{Align, Padded};
use crate::numeric::float_digits::{self, FloatStyle, Layout};
use std::ops::Range;

/// A width or precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    None,
    /// `*`: the next argument.
    Star,
    Number(usize),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    pub left: bool,
    pub plus: bool,
    pub blank: bool,
    pub alternate: bool,
    pub zero: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversion {
    /// Where the mapping key lies in the format.
    pub key: Option<Range<usize>>,
    pub flags: Flags,
    pub width: Amount,
    pub precision: Amount,
    /// `None`: the format ends before it.
    pub kind: Option<u32>,
    /// Where `kind` stands.
    pub index: usize,
}

impl Conversion {
    /// Neither flags nor width nor precision.
    pub fn is_plain(&self) -> bool {
        self.flags == Flags::default()
            && (self.width, self.precision) == (Amount::None, Amount::None)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Literal(Range<usize>),
    Conversion(Conversion),
}

pub const INCOMPLETE_KEY: &str = "incomplete format key";
pub const INCOMPLETE: &str = "incomplete format";
pub const WIDTH_TOO_BIG: &str = "width too big";
pub const PRECISION_TOO_BIG: &str = "precision too big";

pub struct Parser<'a> {
    format: Units<'a>,
    at: usize,
}

impl<'a> Parser<'a> {
    pub fn new(format: Units<'a>) -> Parser<'a> {
        Parser { format, at: 0 }
    }

    fn peek(&self) -> Option<char> {
        // Surrogates are no part of any specification.
        self.format.try_get(self.at).and_then(char::from_u32)
    }

    /// The next piece; the error is the message of a `ValueError`.
    pub fn next_piece(&mut self) -> Result<Option<Piece>, &'static str> {
        let length = self.format.len();
        if self.at >= length {
            return Ok(None);
        }
        let percent = u32::from('%');
        let start = self.at;
        if self.format.get(start) != percent {
            let end =
                super::search::find_point(self.format, percent, start..length).unwrap_or(length);
            self.at = end;
            return Ok(Some(Piece::Literal(start..end)));
        }
        self.at += 1;
        if self.peek() == Some('%') {
            self.at += 1;
            return Ok(Some(Piece::Literal(start..start + 1)));
        }
        let key = self.key()?;
        let mut flags = Flags::default();
        while let Some(char) = self.peek() {
            match char {
                '-' => flags.left = true,
                '+' => flags.plus = true,
                ' ' => flags.blank = true,
                '#' => flags.alternate = true,
                '0' => flags.zero = true,
                _ => break,
            }
            self.at += 1;
        }
        let width = self.amount(isize::MAX as usize, WIDTH_TOO_BIG)?;
        let mut precision = Amount::None;
        if self.peek() == Some('.') {
            self.at += 1;
            precision = match self.amount(i32::MAX as usize, PRECISION_TOO_BIG)? {
                Amount::None => Amount::Number(0),
                amount => amount,
            };
        }
        // The length modifiers of C mean nothing.
        if matches!(self.peek(), Some('h' | 'l' | 'L')) {
            self.at += 1;
        }
        let index = self.at;
        let kind = self.format.try_get(index);
        self.at += 1;
        Ok(Some(Piece::Conversion(Conversion {
            key,
            flags,
            width,
            precision,
            kind,
            index,
        })))
    }

    fn key(&mut self) -> Result<Option<Range<usize>>, &'static str> {
        if self.peek() != Some('(') {
            return Ok(None);
        }
        self.at += 1;
        let start = self.at;
        let mut depth = 1;
        loop {
            match self.format.try_get(self.at).ok_or(INCOMPLETE_KEY)? {
                0x28 => depth += 1,
                0x29 => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Ok(Some(start..self.at - 1));
            }
        }
    }

    fn amount(&mut self, limit: usize, too_big: &'static str) -> Result<Amount, &'static str> {
        if self.peek() == Some('*') {
            self.at += 1;
            return Ok(Amount::Star);
        }
        let mut amount = Amount::None;
        while let Some(digit) = self.peek().and_then(|char| char.to_digit(10)) {
            let before = if let Amount::Number(value) = amount {
                value
            } else {
                0
            };
            let value = before
                .checked_mul(10)
                .and_then(|value| value.checked_add(digit as usize));
            amount = Amount::Number(value.filter(|&value| value <= limit).ok_or(too_big)?);
            self.at += 1;
        }
        Ok(amount)
    }
}

/// "unsupported format character 'y' (0x79) at index 1"
pub fn unsupported(kind: u32, index: usize) -> String {
    let shown = char::from_u32(kind)
        .filter(|_| (32..127).contains(&kind))
        .unwrap_or('?');
    format!("unsupported format character '{shown}' (0x{kind:x}) at index {index}")
}

/// An int in `d i u o x X`: `digits` is its magnitude in the base of `kind`.
pub fn pad_int(
    negative: bool,
    digits: &str,
    kind: char,
    flags: Flags,
    width: usize,
    precision: Option<usize>,
) -> Padded<String> {
    let mut prefix = sign(negative, flags).to_owned();
    if flags.alternate && matches!(kind, 'o' | 'x' | 'X') {
        prefix.push('0');
        prefix.push(kind);
    }
    let mut body = String::new();
    // Longer precisions than can be allocated are refused by the caller.
    body.extend(std::iter::repeat_n(
        '0',
        precision.unwrap_or(0).saturating_sub(digits.len()),
    ));
    body.push_str(digits);
    if kind == 'X' {
        body.make_ascii_uppercase();
    }
    pad_number(prefix, body, flags, width)
}

/// A float in `e E f F g G`.
pub fn pad_float(
    value: f64,
    kind: char,
    flags: Flags,
    width: usize,
    precision: Option<usize>,
) -> Padded<String> {
    let layout = match kind.to_ascii_lowercase() {
        'e' => Layout::Exponent,
        'f' => Layout::Fixed,
        _ => Layout::General,
    };
    let style = FloatStyle {
        layout,
        precision: precision.unwrap_or(6),
        alternate: flags.alternate,
        point_zero: false,
        uppercase: kind.is_ascii_uppercase(),
    };
    let text = float_digits::format(value, &style);
    let (negative, body) = match text.strip_prefix('-') {
        Some(unsigned) => (true, unsigned.to_owned()),
        None => (false, text),
    };
    pad_number(sign(negative, flags).to_owned(), body, flags, width)
}

fn sign(negative: bool, flags: Flags) -> &'static str {
    match () {
        _ if negative => "-",
        _ if flags.plus => "+",
        _ if flags.blank => " ",
        _ => "",
    }
}

fn pad_number(prefix: String, body: String, flags: Flags, width: usize) -> Padded<String> {
    let (fill, align) = match () {
        _ if flags.left => (' ', Align::Left),
        _ if flags.zero => ('0', Align::AfterSign),
        _ => (' ', Align::Right),
    };
    let length = prefix.len() + body.len();
    Padded::new(prefix, body, length, fill.into(), align, width)
}

/// Text in `s r a c`.
pub fn pad_text(
    text: Units<'_>,
    flags: Flags,
    width: usize,
    precision: Option<usize>,
) -> Padded<Units<'_>> {
    let length = precision.unwrap_or(usize::MAX).min(text.len());
    let align = if flags.left {
        Align::Left
    } else {
        Align::Right
    };
    Padded::new(
        String::new(),
        text.slice(0..length),
        length,
        ' '.into(),
        align,
        width,
    )
}
