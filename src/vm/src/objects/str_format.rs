//! `str.format`, `str.format_map`, `str.__format__` and the `%` operator.

use crate::abstract_ops as ops;
use crate::exceptions::{
    PyResult, Raised, index_error, key_error, memory_error, overflow_error, type_error, value_error,
};
use crate::native::KwArgs;
use crate::object::Ref;
use crate::objects::str::Str;
use crate::objects::text_support::{self, from_buffer, raise_format};
use crate::objects::tuple::Tuple;
use crate::objects::{int_arith, int_text};
use crate::text::fields::{Access, Field, FieldName, Fields, First};
use crate::text::format_spec::{self, MAX_WIDTH};
use crate::text::percent::{self, Amount, Conversion, Parser, Piece};
use crate::text::{TextBuf, Units};
use crate::value::Value;
use std::ops::Range;
use taipan_macros::pymethods;

/// Where the fields of a format string take their values.
enum Arguments<'a> {
    Call(&'a [Value], &'a KwArgs<'a>),
    Mapping(&'a Value),
}

/// Whether fields are numbered by hand or not; the two cannot be mixed.
#[derive(Clone, Copy, PartialEq)]
enum Numbering {
    Unknown,
    Auto(usize),
    Manual,
}

struct Formatter<'a> {
    arguments: Arguments<'a>,
    numbering: Numbering,
}

fn substring(text: Units, range: Range<usize>) -> Value {
    Str::from_units(text.slice(range)).into_value()
}

impl Formatter<'_> {
    fn format(&mut self, format: Units, range: Range<usize>, depth: usize) -> PyResult<TextBuf> {
        if depth == 0 {
            return Err(value_error("Max string recursion exceeded"));
        }
        let mut out = TextBuf::with_capacity(range.len());
        let mut fields = Fields::new(format, range);
        while let Some(chunk) = fields.next_chunk().map_err(value_error)? {
            out.push_units(format.slice(chunk.literal));
            if let Some(field) = chunk.field {
                self.field(format, field, depth, &mut out)?;
            }
        }
        Ok(out)
    }

    fn field(
        &mut self,
        format: Units,
        field: Field,
        depth: usize,
        out: &mut TextBuf,
    ) -> PyResult<()> {
        let mut value = self.value(format, field.name)?;
        if let Some(conversion) = field.conversion {
            value = convert(&value, conversion)?;
        }
        let spec = if field.spec_has_fields {
            from_buffer(&self.format(format, field.spec, depth - 1)?)
        } else {
            Str::from_units(format.slice(field.spec))
        };
        if let Some(text) = value.downcast_exact::<Str>()
            && spec.is_empty()
        {
            out.push_units(text.units());
            return Ok(());
        }
        let text = ops::format(&value, &spec)?;
        if let Some(text) = text.downcast::<Str>() {
            out.push_units(text.units());
        }
        Ok(())
    }

    fn value(&mut self, format: Units, name: Range<usize>) -> PyResult {
        let (first, mut accesses) = FieldName::new(format, name).map_err(value_error)?;
        let mut value = match first {
            First::Name(range) => self.by_name(substring(format, range))?,
            First::Auto => self.by_index(None)?,
            First::Index(index) => self.by_index(Some(index))?,
        };
        while let Some(access) = accesses.next_access().map_err(value_error)? {
            value = match access {
                Access::Attribute(range) => {
                    ops::getattr(&value, &Str::from_units(format.slice(range)))?
                }
                Access::Index(index) => ops::getitem(&value, &Value::int(index as i64))?,
                Access::Key(range) => ops::getitem(&value, &substring(format, range))?,
            };
        }
        Ok(value)
    }

    fn by_name(&self, name: Value) -> PyResult {
        match &self.arguments {
            Arguments::Mapping(mapping) => ops::getitem(mapping, &name),
            Arguments::Call(_, keywords) => {
                let wanted = name.downcast::<Str>();
                let found =
                    keywords
                        .iter()
                        .find(|(given, _)| match (given.downcast::<Str>(), wanted) {
                            (Some(given), Some(wanted)) => given.same_text(wanted),
                            _ => false,
                        });
                found
                    .map(|(_, value)| value.clone())
                    .ok_or_else(|| key_error(&name))
            }
        }
    }

    fn by_index(&mut self, index: Option<usize>) -> PyResult {
        let index = match (index, self.numbering) {
            (Some(_), Numbering::Auto(_)) => {
                return Err(value_error(
                    "cannot switch from automatic field numbering to manual field specification",
                ));
            }
            (None, Numbering::Manual) => {
                return Err(value_error(
                    "cannot switch from manual field specification to automatic field numbering",
                ));
            }
            (Some(index), _) => {
                self.numbering = Numbering::Manual;
                index
            }
            (None, Numbering::Unknown) => {
                self.numbering = Numbering::Auto(1);
                0
            }
            (None, Numbering::Auto(next)) => {
                self.numbering = Numbering::Auto(next + 1);
                next
            }
        };
        match &self.arguments {
            Arguments::Mapping(_) => Err(value_error("Format string contains positional fields")),
            Arguments::Call(positional, _) => positional.get(index).cloned().ok_or_else(|| {
                index_error(format!(
                    "Replacement index {index} out of range for positional args tuple"
                ))
            }),
        }
    }
}

/// `!r`, `!s`, `!a`.
fn convert(value: &Value, conversion: u32) -> PyResult {
    match char::from_u32(conversion) {
        Some('r') => ops::repr(value).map(Ref::into_value),
        Some('s') => ops::str(value).map(Ref::into_value),
        Some('a') => ops::ascii(value).map(Ref::into_value),
        other => {
            let shown = match other {
                Some(char) if (33..127).contains(&conversion) => char.to_string(),
                _ => format!("\\x{conversion:x}"),
            };
            Err(value_error(format!("Unknown conversion specifier {shown}")))
        }
    }
}

/// Nesting that fields in specifications may have.
const DEPTH: usize = 2;

#[pymethods(items = FORMAT_ITEMS)]
impl Str {
    /// A copy in which the fields in braces are replaced by the arguments.
    #[pymethod("format($self, /, *args, **kwargs)")]
    fn format(&self, args: &[Value], kwargs: KwArgs) -> PyResult {
        let mut formatter = Formatter {
            arguments: Arguments::Call(args, &kwargs),
            numbering: Numbering::Unknown,
        };
        let text = formatter.format(self.units(), 0..self.len(), DEPTH)?;
        Ok(from_buffer(&text).into_value())
    }
    /// As `format`, with the names looked up in the mapping.
    #[pymethod("format_map($self, mapping, /)")]
    fn format_map(&self, mapping: &Value) -> PyResult {
        let mut formatter = Formatter {
            arguments: Arguments::Mapping(mapping),
            numbering: Numbering::Unknown,
        };
        let text = formatter.format(self.units(), 0..self.len(), DEPTH)?;
        Ok(from_buffer(&text).into_value())
    }
    /// The string laid out by the format specification.
    #[pymethod("__format__($self, format_spec, /)")]
    fn format_dunder(this: &Value, format_spec: &Value) -> PyResult {
        let spec = text_support::format_spec(format_spec)?;
        if spec.is_empty() {
            return ops::str(this).map(Ref::into_value);
        }
        let Some(text) = this.downcast::<Str>() else {
            return Ok(this.clone());
        };
        let padded = format_spec::format_str(text.units(), spec.units(), &this.class().name())
            .map_err(raise_format)?;
        let text = padded.to_text().map_err(raise_format)?;
        Ok(from_buffer(&text).into_value())
    }
}

/// The right operand of `%`: a tuple's items one by one, or one value, which may be a mapping too.
struct PercentArguments<'a> {
    all: &'a Value,
    next: usize,
    /// A key was used: that counts as having used the mapping.
    mapping_used: bool,
}

impl<'a> PercentArguments<'a> {
    fn take(&mut self) -> PyResult<&'a Value> {
        // Once a key was used there are no arguments in order any more.
        if self.mapping_used {
            return Err(type_error("not enough arguments for format string"));
        }
        let index = self.next;
        self.next += 1;
        let found = match self.all.downcast::<Tuple>() {
            Some(tuple) => tuple.as_slice().get(index),
            None => (index == 0).then_some(self.all),
        };
        found.ok_or_else(|| type_error("not enough arguments for format string"))
    }

    fn is_mapping(&self) -> bool {
        self.all.class().slots().getitem.is_some()
            && self.all.downcast::<Tuple>().is_none()
            && self.all.downcast::<Str>().is_none()
    }

    fn check_all_used(&self, what: &str) -> PyResult<()> {
        let left = match self.all.downcast::<Tuple>() {
            Some(tuple) => self.next < tuple.len(),
            None => self.next == 0 && !self.is_mapping(),
        };
        if left && !self.mapping_used {
            return Err(type_error(format!(
                "not all arguments converted during {what} formatting"
            )));
        }
        Ok(())
    }
}

/// A width or precision given by an argument or in the format; negative widths mean `-`.
fn amount(
    amount: Amount,
    arguments: &mut PercentArguments,
    too_big: &str,
) -> PyResult<Option<i64>> {
    match amount {
        Amount::None => Ok(None),
        Amount::Number(number) => Ok(Some(number as i64)),
        Amount::Star => {
            let value = arguments.take()?;
            let Some(int) = value.as_int() else {
                return Err(type_error("* wants int"));
            };
            int.to_i64()
                .map(Some)
                .ok_or_else(|| overflow_error(too_big))
        }
    }
}

/// Where `%` formatting differs between `str` and `bytes`.
pub trait Target {
    const WHAT: &'static str;
    /// The conversions that are neither numbers nor `%`: pushes the text.
    fn convert(
        &mut self,
        kind: char,
        conversion: &Conversion,
        value: &Value,
        width: usize,
        precision: Option<usize>,
    ) -> PyResult<bool>;
    fn push_literal(&mut self, range: Range<usize>);
    fn push_text(&mut self, text: Units);
    /// The mapping's key.
    fn key(&self, range: Range<usize>) -> Value;
}

/// Runs a `%` format over its arguments.
pub fn run<T: Target>(format: Units, all: &Value, target: &mut T) -> PyResult<()> {
    let what = T::WHAT;
    let mut arguments = PercentArguments {
        all,
        next: 0,
        mapping_used: false,
    };
    let mut parser = Parser::new(format);
    while let Some(piece) = parser.next_piece().map_err(value_error)? {
        let conversion = match piece {
            Piece::Literal(range) => {
                target.push_literal(range);
                continue;
            }
            Piece::Conversion(conversion) => conversion,
        };
        let mut from_mapping = None;
        if let Some(key) = &conversion.key {
            if !arguments.is_mapping() {
                return Err(type_error("format requires a mapping"));
            }
            from_mapping = Some(ops::getitem(all, &target.key(key.clone()))?);
            arguments.mapping_used = true;
        }
        let mut conversion = conversion;
        // With a key all of `*` and the value come from what the key named.
        let width = match (&from_mapping, conversion.width) {
            (Some(_), Amount::Star) => {
                return Err(type_error("not enough arguments for format string"));
            }
            (_, width) => amount(width, &mut arguments, percent::WIDTH_TOO_BIG)?,
        };
        conversion.flags.left |= width.is_some_and(|width| width < 0);
        let width = width.map_or(0, i64::unsigned_abs) as usize;
        let precision = match (&from_mapping, conversion.precision) {
            (Some(_), Amount::Star) => {
                return Err(type_error("not enough arguments for format string"));
            }
            (_, precision) => amount(precision, &mut arguments, percent::PRECISION_TOO_BIG)?,
        };
        let precision = precision.map(|precision| usize::try_from(precision).unwrap_or(0));
        let Some(kind) = conversion.kind else {
            return Err(value_error(percent::INCOMPLETE));
        };
        let value = match &from_mapping {
            Some(value) => value,
            None => arguments.take()?,
        };
        if width.max(precision.unwrap_or(0)) > MAX_WIDTH / 4 {
            return Err(memory_error(""));
        }
        let letter = char::from_u32(kind).unwrap_or('\0');
        if conversion.is_plain()
            && matches!(letter, 'd' | 'i' | 'u')
            && let Some(number) = value.as_small_int()
        {
            let digits = int_text::SmallDigits::new(number, 10, "");
            target.push_text(Units::One(digits.as_bytes()));
            continue;
        }
        let padded = match letter {
            'd' | 'i' | 'u' | 'o' | 'x' | 'X' => {
                let (negative, digits) = int_digits(value, letter)?;
                percent::pad_int(
                    negative,
                    &digits,
                    letter,
                    conversion.flags,
                    width,
                    precision,
                )
            }
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                let number = float_argument(value, what)?;
                percent::pad_float(number, letter, conversion.flags, width, precision)
            }
            _ => {
                if target.convert(letter, &conversion, value, width, precision)? {
                    continue;
                }
                return Err(value_error(percent::unsupported(kind, conversion.index)));
            }
        };
        target.push_text(padded.to_text().map_err(raise_format)?.units());
    }
    arguments.check_all_used(what)
}

fn float_argument(value: &Value, what: &str) -> PyResult<f64> {
    if what == "bytes"
        && value.class().slots().float.is_none()
        && value.class().slots().index.is_none()
    {
        return Err(type_error(format!(
            "float argument required, not {}",
            value.class().name()
        )));
    }
    ops::to_f64(value)
}

/// Sign and digits of an argument of `%d`, `%x` …
fn int_digits(value: &Value, kind: char) -> PyResult<(bool, String)> {
    let wrong = |kind: char, what: &str| -> Raised {
        type_error(format!(
            "%{kind} format: {what} is required, not {}",
            value.class().name()
        ))
    };
    let decimal = matches!(kind, 'd' | 'i' | 'u');
    let number = if value.as_int().is_some() {
        value.clone()
    } else if decimal {
        let slots = value.class().slots();
        if let Some(int) = slots.int {
            int(value)?
        } else if slots.index.is_some() {
            ops::index(value)?
        } else {
            return Err(wrong(kind, "a real number"));
        }
    } else if value.class().slots().index.is_some() {
        ops::index(value)?
    } else {
        return Err(wrong(kind, "an integer"));
    };
    let Some(view) = number.as_int() else {
        return Err(wrong(kind, "a real number"));
    };
    if decimal {
        let text = int_text::decimal(view)?;
        return Ok(match text.strip_prefix('-') {
            Some(digits) => (true, digits.to_owned()),
            None => (false, text),
        });
    }
    let base = if kind == 'o' { 8 } else { 16 };
    Ok((
        view.is_negative(),
        crate::numeric::int_text::magnitude_digits(&view.big(), base),
    ))
}

struct StrTarget<'a> {
    format: Units<'a>,
    out: TextBuf,
}

impl Target for StrTarget<'_> {
    const WHAT: &'static str = "string";

    fn convert(
        &mut self,
        kind: char,
        conversion: &Conversion,
        value: &Value,
        width: usize,
        precision: Option<usize>,
    ) -> PyResult<bool> {
        let text = match kind {
            's' => ops::str(value)?,
            'r' => ops::repr(value)?,
            'a' => ops::ascii(value)?,
            'c' => char_argument(value)?,
            _ => return Ok(false),
        };
        if conversion.is_plain() {
            self.push_text(text.units());
            return Ok(true);
        }
        // The precision does not cut a character.
        let precision = if kind == 'c' { None } else { precision };
        let padded = percent::pad_text(text.units(), conversion.flags, width, precision);
        self.push_text(padded.to_text().map_err(raise_format)?.units());
        Ok(true)
    }

    fn push_literal(&mut self, range: Range<usize>) {
        self.out.push_units(self.format.slice(range));
    }

    fn push_text(&mut self, text: Units) {
        self.out.push_units(text);
    }

    fn key(&self, range: Range<usize>) -> Value {
        substring(self.format, range)
    }
}

fn char_argument(value: &Value) -> PyResult<Ref<Str>> {
    if let Some(text) = value.downcast::<Str>() {
        if text.len() == 1 {
            return Ok(Str::from_char(text.char_at(0)));
        }
        return Err(type_error(format!(
            "%c requires an int or a unicode character, not a string of length {}",
            text.len()
        )));
    }
    if value.as_int().is_none() && value.class().slots().index.is_none() {
        return Err(type_error(format!(
            "%c requires an int or a unicode character, not {}",
            value.class().name()
        )));
    }
    let number = ops::index(value)?;
    let point = number
        .as_int()
        .and_then(int_arith::to_usize)
        .filter(|&point| point < 0x11_0000);
    match point {
        Some(point) => Ok(Str::from_char(point as u32)),
        None => Err(overflow_error("%c arg not in range(0x110000)")),
    }
}

/// `format % arguments`.
pub fn percent(format: &Str, arguments: &Value) -> PyResult {
    let mut target = StrTarget {
        format: format.units(),
        out: TextBuf::with_capacity(format.len()),
    };
    run(format.units(), arguments, &mut target)?;
    Ok(from_buffer(&target.out).into_value())
}
