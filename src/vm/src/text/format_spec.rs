//! The format specification mini-language: `[[fill]align][sign][z][#][0][width][grouping]
//! [.precision][grouping][type]`, and the formatting of strings by it.

use super::unicode;
use super::{TextBuf, Units};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
    Center,
    /// Padding goes between the sign and the digits.
    AfterSign,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    None,
    Comma,
    Underscore,
}

impl Grouping {
    pub fn separator(self) -> Option<char> {
        match self {
            Grouping::None => None,
            Grouping::Comma => Some(','),
            Grouping::Underscore => Some('_'),
        }
    }
}

/// What goes wrong, as the Python exception that tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormatError {
    Value(String),
    Overflow(String),
    /// The width asks for more memory than there can be.
    Memory,
}

/// A parsed specification.
#[derive(Clone, Debug)]
pub struct FormatSpec {
    pub fill: u32,
    pub align: Align,
    /// Whether fill and align were written, or come from the type and from `0`.
    pub fill_given: bool,
    pub sign: Option<char>,
    /// `z`: negative zero becomes positive.
    pub coerce_zero: bool,
    pub alternate: bool,
    pub width: usize,
    pub grouping: Grouping,
    pub precision: Option<usize>,
    pub fraction_grouping: Grouping,
    /// The presentation type, `None` if there is none.
    pub kind: Option<u32>,
}

fn value_error<T>(message: impl Into<String>) -> Result<T, FormatError> {
    Err(FormatError::Value(message.into()))
}

/// A character as messages about specifications show it.
fn shown(point: u32) -> String {
    match char::from_u32(point) {
        Some(char) if (33..128).contains(&point) => char.to_string(),
        _ => format!("\\x{point:x}"),
    }
}

/// "Unknown format code 'q' for object of type 'int'"
pub fn unknown_code<T>(kind: u32, type_name: &str) -> Result<T, FormatError> {
    value_error(format!(
        "Unknown format code '{}' for object of type '{type_name}'",
        shown(kind)
    ))
}

fn align_of(point: u32) -> Option<Align> {
    match char::from_u32(point)? {
        '<' => Some(Align::Left),
        '>' => Some(Align::Right),
        '^' => Some(Align::Center),
        '=' => Some(Align::AfterSign),
        _ => None,
    }
}

/// Widths beyond this cannot be allocated.
pub const MAX_WIDTH: usize = 1 << 40;

/// A decimal number at `at` (digits of any script); moves `at` behind it.
fn number(spec: &Units, at: &mut usize) -> Result<Option<usize>, FormatError> {
    let start = *at;
    let mut value = 0usize;
    while let Some(digit) = spec.try_get(*at).and_then(unicode::decimal) {
        value = value
            .checked_mul(10)
            .and_then(|value| value.checked_add(digit as usize))
            .filter(|&value| value <= isize::MAX as usize)
            .ok_or_else(|| {
                FormatError::Value("Too many decimal digits in format string".to_owned())
            })?;
        *at += 1;
    }
    Ok((*at > start).then_some(value))
}

/// `,` or `_`, not both.
fn grouping(spec: &Units, at: &mut usize) -> Result<Grouping, FormatError> {
    let is = |at: usize, char: char| spec.try_get(at) == Some(char as u32);
    let mut found = Grouping::None;
    if is(*at, ',') {
        found = Grouping::Comma;
        *at += 1;
    }
    let both = "Cannot specify both ',' and '_'.";
    if is(*at, '_') {
        if found != Grouping::None {
            return value_error(both);
        }
        found = Grouping::Underscore;
        *at += 1;
    }
    if is(*at, ',') && found == Grouping::Underscore {
        return value_error(both);
    }
    Ok(found)
}

impl FormatSpec {
    /// Parses `spec` for a value of the named type: strings go to the left by default, numbers to the
    /// right.
    pub fn parse(
        spec: Units,
        default_kind: Option<char>,
        default_align: Align,
        type_name: &str,
    ) -> Result<FormatSpec, FormatError> {
        let mut result = FormatSpec {
            fill: ' '.into(),
            align: default_align,
            fill_given: false,
            sign: None,
            coerce_zero: false,
            alternate: false,
            width: 0,
            grouping: Grouping::None,
            precision: None,
            fraction_grouping: Grouping::None,
            kind: default_kind.map(u32::from),
        };
        let mut at = 0;
        let mut align_given = true;
        let is = |at: usize, char: char| spec.try_get(at) == Some(char as u32);
        if let Some(align) = spec.try_get(1).and_then(align_of) {
            result.fill = spec.get(0);
            result.fill_given = true;
            result.align = align;
            at = 2;
        } else if let Some(align) = spec.try_get(0).and_then(align_of) {
            result.align = align;
            at = 1;
        } else {
            align_given = false;
        }
        if let Some(sign) = ['+', '-', ' '].into_iter().find(|&sign| is(at, sign)) {
            result.sign = Some(sign);
            at += 1;
        }
        if is(at, 'z') {
            result.coerce_zero = true;
            at += 1;
        }
        if is(at, '#') {
            result.alternate = true;
            at += 1;
        }
        if !result.fill_given && is(at, '0') {
            result.fill = '0'.into();
            if !align_given && default_align == Align::Right {
                result.align = Align::AfterSign;
            }
            at += 1;
        }
        result.width = number(&spec, &mut at)?.unwrap_or(0);
        result.grouping = grouping(&spec, &mut at)?;
        if is(at, '.') {
            at += 1;
            result.precision = number(&spec, &mut at)?;
            result.fraction_grouping = grouping(&spec, &mut at)?;
            if result.precision.is_none() && result.fraction_grouping == Grouping::None {
                return value_error("Format specifier missing precision");
            }
        }
        match spec.len() - at {
            0 => {}
            1 => result.kind = Some(spec.get(at)),
            _ => {
                let text = spec.to_rust();
                return value_error(format!(
                    "Invalid format specifier '{text}' for object of type '{type_name}'"
                ));
            }
        }
        result.check_grouping()?;
        Ok(result)
    }

    fn check_grouping(&self) -> Result<(), FormatError> {
        let kind = self.kind.and_then(char::from_u32);
        if let Some(separator) = self.grouping.separator() {
            let allowed = match kind {
                None => self.kind.is_none(),
                Some('d' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F') => true,
                Some('b' | 'o' | 'x' | 'X') => self.grouping == Grouping::Underscore,
                Some(_) => false,
            };
            if !allowed {
                let kind = shown(self.kind.unwrap_or(0));
                return value_error(format!("Cannot specify '{separator}' with '{kind}'."));
            }
        }
        if let Some(separator) = self.fraction_grouping.separator()
            && kind == Some('n')
        {
            return value_error(format!("Cannot specify '{separator}' with 'n'."));
        }
        Ok(())
    }
}

/// A formatted value: `left` fill characters, `prefix` (sign and base), `inner` fill characters,
/// `body`, `right` fill characters.
#[derive(Clone, Debug)]
pub struct Padded<T> {
    pub fill: u32,
    pub left: usize,
    pub prefix: String,
    pub inner: usize,
    pub body: T,
    pub right: usize,
}

impl<T> Padded<T> {
    /// Pads to `width`; `length` is that of prefix and body.
    pub fn new(
        prefix: String,
        body: T,
        length: usize,
        fill: u32,
        align: Align,
        width: usize,
    ) -> Padded<T> {
        let space = width.saturating_sub(length);
        let (left, inner, right) = match align {
            Align::Left => (0, 0, space),
            Align::Right => (space, 0, 0),
            Align::Center => (space / 2, 0, space - space / 2),
            Align::AfterSign => (0, space, 0),
        };
        Padded {
            fill,
            left,
            prefix,
            inner,
            body,
            right,
        }
    }

    fn write(&self, push_body: impl FnOnce(&mut TextBuf)) -> Result<TextBuf, FormatError> {
        if self.left.max(self.inner).max(self.right) > MAX_WIDTH / 4 {
            return Err(FormatError::Memory);
        }
        let mut out = TextBuf::new();
        out.push_repeat(self.fill, self.left);
        out.push_str(&self.prefix);
        out.push_repeat(self.fill, self.inner);
        push_body(&mut out);
        out.push_repeat(self.fill, self.right);
        Ok(out)
    }
}

impl Padded<String> {
    pub fn to_text(&self) -> Result<TextBuf, FormatError> {
        self.write(|out| out.push_str(&self.body))
    }
}

impl Padded<Units<'_>> {
    pub fn to_text(&self) -> Result<TextBuf, FormatError> {
        self.write(|out| out.push_units(self.body))
    }
}

/// `str.__format__` for a non-empty specification.
pub fn format_str<'a>(
    text: Units<'a>,
    spec: Units,
    type_name: &str,
) -> Result<Padded<Units<'a>>, FormatError> {
    let spec = FormatSpec::parse(spec, Some('s'), Align::Left, type_name)?;
    if spec.kind != Some('s'.into()) {
        return unknown_code(spec.kind.unwrap_or(0), type_name);
    }
    if let Some(sign) = spec.sign {
        let what = if sign == ' ' { "Space" } else { "Sign" };
        return value_error(format!("{what} not allowed in string format specifier"));
    }
    if spec.coerce_zero {
        return value_error("Negative zero coercion (z) not allowed in string format specifier");
    }
    if spec.alternate {
        return value_error("Alternate form (#) not allowed in string format specifier");
    }
    if spec.align == Align::AfterSign {
        return value_error("'=' alignment not allowed in string format specifier");
    }
    let length = spec.precision.unwrap_or(usize::MAX).min(text.len());
    Ok(Padded::new(
        String::new(),
        text.slice(0..length),
        length,
        spec.fill,
        spec.align,
        spec.width,
    ))
}
