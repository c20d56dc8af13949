//! Slots of `str`, and the methods that make, join, find and split.
//!
//! `str_case.rs` has case and classification, `str_format.rs` has `%`, `format` and `__format__`.

use crate::abstract_ops as ops;
use crate::exceptions::{
    PyResult, index_error, memory_error, overflow_error, type_error, value_error,
};
use crate::native::NativeClass;
use crate::object::Ref;
use crate::objects::class::{CompareOp, Type};
use crate::objects::dict::Dict;
use crate::objects::list::List;
use crate::objects::slice_support::{self, SliceBounds};
use crate::objects::str::Str;
use crate::objects::text_support::from_buffer;
use crate::objects::tuple::Tuple;
use crate::objects::{buffer, codec, int_methods, str_format};
use crate::text::format_spec::MAX_WIDTH;
use crate::text::{TextBuf, Units, escape, search, split, unicode};
use crate::value::Value;
use smallvec::SmallVec;
use std::ops::Range;
use taipan_macros::pymethods;

/// The string itself, without the subclass it may belong to.
pub fn exact(text: &Str) -> Ref<Str> {
    let value = Ref::from_ref(text);
    if value.as_value().is_exact(Str::class()) {
        value
    } else {
        Str::from_units(text.units())
    }
}

fn part(text: &Str, range: Range<usize>) -> Value {
    if range.start == 0 && range.end == text.len() {
        return exact(text).into_value();
    }
    text.substring(range).into_value()
}

fn parts(text: &Str, ranges: &[Range<usize>]) -> PyResult {
    let mut items = Vec::with_capacity(ranges.len());
    for range in ranges {
        items.push(part(text, range.clone()));
    }
    Ok(List::make(items).into_value())
}

/// `maxsplit`: negative is no limit.
fn limit(value: Option<&Value>) -> PyResult<usize> {
    let count = match value {
        Some(value) => crate::objects::text_support::size_argument(value)?,
        None => -1,
    };
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

fn is_true_or(value: Option<&Value>, default: bool) -> PyResult<bool> {
    value.map_or(Ok(default), ops::is_true)
}

/// The separator of `partition`.
fn separator(value: &Value) -> PyResult<&Str> {
    let text = value
        .downcast::<Str>()
        .ok_or_else(|| type_error(format!("must be str, not {}", value.class().name())))?;
    if text.is_empty() {
        Err(value_error("empty separator"))
    } else {
        Ok(text)
    }
}

/// The separator of `split`, `None` for blanks.
fn split_separator(value: Option<&Value>) -> PyResult<Option<&Str>> {
    let Some(value) = value else { return Ok(None) };
    let text = value
        .downcast::<Str>()
        .ok_or_else(|| type_error(format!("must be str or None, not {}", value.class().name())))?;
    if text.is_empty() {
        Err(value_error("empty separator"))
    } else {
        Ok(Some(text))
    }
}

/// The range that `start` and `end` name; it may be empty the wrong way round.
fn search_range(text: &Str, start: Option<&Value>, end: Option<&Value>) -> PyResult<Range<usize>> {
    slice_support::search_range(text.len(), start, end)
}

fn tail_match(
    text: &Str,
    name: &str,
    affix: &Value,
    start: Option<&Value>,
    end: Option<&Value>,
    at_start: bool,
) -> PyResult {
    if start.is_none()
        && end.is_none()
        && let Some(affix) = affix.downcast::<Str>()
        && affix.width() == text.width()
    {
        let (text, affix) = (text.bytes(), affix.bytes());
        return Ok(Value::bool(if at_start {
            text.starts_with(affix)
        } else {
            text.ends_with(affix)
        }));
    }
    let range = search_range(text, start, end)?;
    let matches = |affix: &Str| {
        let (length, units) = (affix.len(), text.units());
        if range.start > range.end || length > range.len() {
            return false;
        }
        let from = if at_start {
            range.start
        } else {
            range.end - length
        };
        units.slice(from..from + length).same(&affix.units())
    };
    if let Some(affixes) = affix.downcast::<Tuple>() {
        for affix in affixes.as_slice() {
            let Some(affix) = affix.downcast::<Str>() else {
                return Err(type_error(format!(
                    "tuple for {name} must only contain str, not {}",
                    affix.class().name()
                )));
            };
            if matches(affix) {
                return Ok(Value::bool(true));
            }
        }
        return Ok(Value::bool(false));
    }
    match affix.downcast::<Str>() {
        Some(affix) => Ok(Value::bool(matches(affix))),
        None => Err(type_error(format!(
            "{name} first arg must be str or a tuple of str, not {}",
            affix.class().name()
        ))),
    }
}

fn strip(text: &Str, name: &str, chars: Option<&Value>, left: bool, right: bool) -> PyResult {
    let range = match chars {
        None => split::strip(text.units(), left, right, unicode::is_space),
        Some(chars) => {
            let Some(chars) = chars.downcast::<Str>() else {
                return Err(type_error(format!("{name} arg must be None or str")));
            };
            let chars = chars.units();
            split::strip(text.units(), left, right, |point| {
                search::find_point(chars, point, 0..chars.len()).is_some()
            })
        }
    };
    Ok(part(text, range))
}

/// The fill character of `center`, `ljust` and `rjust`.
fn fill_character(value: Option<&Value>) -> PyResult<u32> {
    let Some(value) = value else {
        return Ok(' '.into());
    };
    let Some(text) = value.downcast::<Str>() else {
        return Err(type_error(format!(
            "The fill character must be a unicode character, not {}",
            value.class().name()
        )));
    };
    if text.len() != 1 {
        return Err(type_error(
            "The fill character must be exactly one character long",
        ));
    }
    Ok(text.char_at(0))
}

fn width_of(value: &Value) -> PyResult<usize> {
    let width = crate::objects::text_support::size_argument(value)?;
    Ok(usize::try_from(width).unwrap_or(0))
}

/// Pads on both sides; the result may be too long to exist.
fn pad(text: &Str, left: usize, right: usize, fill: u32) -> PyResult {
    if left == 0 && right == 0 {
        return Ok(exact(text).into_value());
    }
    if left.max(right) > MAX_WIDTH / 4 {
        return Err(if left.max(right) > isize::MAX as usize - text.len() {
            overflow_error("padded string is too long")
        } else {
            memory_error("")
        });
    }
    let mut out = TextBuf::with_capacity(text.len() + left + right);
    out.push_repeat(fill, left);
    out.push_units(text.units());
    out.push_repeat(fill, right);
    Ok(from_buffer(&out).into_value())
}

/// `separator.join(items)` once the items are at hand.
fn join(separator: &Str, items: &[Value]) -> PyResult {
    if let [only] = items
        && only.is_exact(Str::class())
    {
        return Ok(only.clone());
    }
    let mut all = SmallVec::<[&Str; 16]>::with_capacity(items.len() * 2);
    let mut length = items
        .len()
        .saturating_sub(1)
        .saturating_mul(separator.len());
    for (index, item) in items.iter().enumerate() {
        let Some(text) = item.downcast::<Str>() else {
            return Err(type_error(format!(
                "sequence item {index}: expected str instance, {} found",
                item.class().name()
            )));
        };
        length = length.saturating_add(text.len());
        if index > 0 && !separator.is_empty() {
            all.push(separator);
        }
        all.push(text);
    }
    if length > isize::MAX as usize {
        return Err(overflow_error(
            "join() result is too long for a Python string",
        ));
    }
    Ok(Str::concat_all(&all).into_value())
}

/// What `translate` puts in place of a character.
fn translated(table: &Value, point: u32, out: &mut TextBuf) -> PyResult<()> {
    let key = Value::int(point.into());
    let lookup = crate::exceptions::LOOKUP_ERROR.get();
    let Some(mapped) = crate::exceptions::suppress(ops::getitem(table, &key), lookup)? else {
        out.push(point);
        return Ok(());
    };
    if mapped.is_none() {
        return Ok(());
    }
    if let Some(text) = mapped.downcast::<Str>() {
        out.push_units(text.units());
        return Ok(());
    }
    let Some(number) = mapped.as_int() else {
        return Err(type_error(
            "character mapping must return integer, None or str",
        ));
    };
    match number
        .to_i64()
        .and_then(|number| u32::try_from(number).ok())
        .filter(|&point| point < 0x11_0000)
    {
        Some(point) => {
            out.push(point);
            Ok(())
        }
        None => Err(value_error("character mapping must be in range(0x110000)")),
    }
}

/// A key of `maketrans`'s dict: a character or a number.
fn translation_key(key: &Value) -> PyResult {
    if let Some(text) = key.downcast::<Str>() {
        if text.len() != 1 {
            return Err(value_error(
                "string keys in translatetable must be of length 1",
            ));
        }
        return Ok(Value::int(text.char_at(0).into()));
    }
    match key.as_int() {
        Some(_) => Ok(key.clone()),
        None => Err(type_error(
            "keys in translate table mustbe strings or integers",
        )),
    }
}

/// `str(object)`, `str(bytes, encoding, errors)`.
fn make(object: Option<&Value>, encoding: Option<&Str>, errors: Option<&Str>) -> PyResult {
    let Some(object) = object else {
        return Ok(Str::empty().into_value());
    };
    if encoding.is_none() && errors.is_none() {
        return ops::str(object).map(Ref::into_value);
    }
    if object.downcast::<Str>().is_some() {
        return Err(type_error("decoding str is not supported"));
    }
    match buffer::try_bytes(object)? {
        Some(bytes) => codec::decode(&bytes, object, encoding, errors),
        None => Err(type_error(format!(
            "decoding to str: need a bytes-like object, {} found",
            object.class().name()
        ))),
    }
}

/// `text * count`.
pub fn repeat(text: &Str, count: isize) -> PyResult {
    let count = usize::try_from(count).unwrap_or(0);
    if count == 1 {
        return Ok(exact(text).into_value());
    }
    if count == 0 || text.is_empty() {
        return Ok(Str::empty().into_value());
    }
    if text
        .len()
        .checked_mul(count)
        .is_none_or(|length| length > MAX_WIDTH / 8)
    {
        return Err(memory_error(""));
    }
    let repeated = match text.units() {
        Units::One(units) => TextBuf::One(units.repeat(count)),
        Units::Two(units) => TextBuf::Two(units.repeat(count)),
        Units::Four(units) => TextBuf::Four(units.repeat(count)),
    };
    Ok(from_buffer(&repeated).into_value())
}

#[pymethods(more(CASE_ITEMS, FORMAT_ITEMS))]
impl Str {
    #[pyslot("str(object=<unrepresentable>, encoding=<unrepresentable>, errors=<unrepresentable>)")]
    fn new_slot(
        cls: &Type,
        object: Option<&Value>,
        encoding: Option<&Str>,
        errors: Option<&Str>,
    ) -> PyResult {
        int_methods::check_new(Str::class(), cls)?;
        let made = make(object, encoding, errors)?;
        if std::ptr::eq(cls, Str::class()) {
            return Ok(made);
        }
        match made.downcast::<Str>() {
            Some(text) => Ok(Str::new_instance(cls, text).into_value()),
            None => Ok(made),
        }
    }
    #[pyslot]
    fn repr(&self) -> PyResult {
        if self.is_ascii() && escape::is_plain(self.bytes()) {
            let quote = Str::from_char('\''.into());
            return Ok(Str::concat_all(&[&quote, self, &quote]).into_value());
        }
        Ok(from_buffer(&escape::repr(self.units())).into_value())
    }
    #[pyslot]
    fn str(&self) -> PyResult {
        Ok(exact(self).into_value())
    }
    #[pyslot]
    fn hash_slot(this: &Value) -> PyResult<i64> {
        Ok(this.downcast::<Str>().map_or(0, Str::hash))
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        let (Some(a), Some(b)) = (this.downcast::<Str>(), other.downcast::<Str>()) else {
            return Ok(Value::not_implemented());
        };
        Ok(Value::bool(match op {
            CompareOp::Eq => a.same_text(b),
            CompareOp::Ne => !a.same_text(b),
            _ => op.holds(a.compare(b)),
        }))
    }
    #[pyslot]
    fn length(&self) -> PyResult<usize> {
        Ok(self.len())
    }
    #[pyslot]
    fn contains(&self, item: &Value) -> PyResult<bool> {
        match item.downcast::<Str>() {
            Some(item) => Ok(search::find(self.units(), item.units(), 0..self.len()).is_some()),
            None => Err(type_error(format!(
                "'in <string>' requires string as left operand, not {}",
                item.class().name()
            ))),
        }
    }
    #[pyslot]
    fn concat_slot(this: &Value, other: &Value) -> PyResult {
        match (this.downcast::<Str>(), other.downcast::<Str>()) {
            (Some(a), Some(b)) => Ok(if b.is_empty() {
                exact(a).into_value()
            } else if a.is_empty() {
                exact(b).into_value()
            } else {
                a.concat(b).into_value()
            }),
            _ => Err(type_error(format!(
                "can only concatenate str (not \"{}\") to str",
                other.class().dotted_name()
            ))),
        }
    }
    #[pyslot]
    fn repeat_slot(&self, count: isize) -> PyResult {
        repeat(self, count)
    }
    #[pyslot]
    fn getitem(&self, key: &Value) -> PyResult {
        if let Some(slice) = slice_support::as_slice(key) {
            let SliceBounds {
                start,
                step,
                length,
            } = slice_support::bounds(slice, self.len())?;
            if step == 1 {
                return Ok(part(self, start as usize..start as usize + length));
            }
            let points: TextBuf = (0..length)
                .map(|index| self.char_at((start + index as isize * step) as usize))
                .collect();
            return Ok(from_buffer(&points).into_value());
        }
        if key.class().slots().index.is_none() {
            return Err(type_error(format!(
                "string indices must be integers, not '{}'",
                key.class().name()
            )));
        }
        let index = ops::index_isize(key, crate::exceptions::INDEX_ERROR.get())?;
        let wrapped = if index < 0 {
            index + self.len() as isize
        } else {
            index
        };
        match usize::try_from(wrapped)
            .ok()
            .filter(|&index| index < self.len())
        {
            Some(index) => Ok(Str::from_char(self.char_at(index)).into_value()),
            None => Err(index_error("string index out of range")),
        }
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(super::str_iter::StrIterator::over(this))
    }
    #[pyslot]
    fn remainder(this: &Value, arguments: &Value) -> PyResult {
        match this.downcast::<Str>() {
            Some(format) => str_format::percent(format, arguments),
            None => Ok(Value::not_implemented()),
        }
    }

    /// The text as bytes in that encoding; `errors` says what happens to characters that it lacks.
    #[pymethod("encode($self, /, encoding='utf-8', errors='strict')")]
    fn encode(&self, encoding: Option<&Str>, errors: Option<&Str>) -> PyResult {
        codec::encode(self, encoding, errors)
    }
    /// A copy in which `old` is replaced by `new`, at the first `count` places if `count` is given.
    #[pymethod("replace($self, old, new, /, count=-1)")]
    fn replace(&self, old: &Str, new: &Str, count: Option<&Value>) -> PyResult {
        let limit = limit(count)?;
        Ok(
            match search::replace(self.units(), old.units(), new.units(), limit) {
                Some(text) => from_buffer(&text).into_value(),
                None => exact(self).into_value(),
            },
        )
    }
    /// The pieces between separators (runs of blanks without one), at most `maxsplit` times split.
    #[pymethod("split($self, /, sep=None, maxsplit=-1)")]
    fn split(&self, sep: Option<&Value>, maxsplit: Option<&Value>) -> PyResult {
        let limit = limit(maxsplit)?;
        let separator = split_separator(sep)?;
        let mut items = Vec::new();
        let each = |range| items.push(part(self, range));
        match separator {
            Some(separator) => split::split_on(self.units(), separator.units(), limit, each),
            None => split::split_blank(self.units(), limit, unicode::is_space, each),
        }
        Ok(List::make(items).into_value())
    }
    /// As `split`, counting the splits from the right.
    #[pymethod("rsplit($self, /, sep=None, maxsplit=-1)")]
    fn rsplit(&self, sep: Option<&Value>, maxsplit: Option<&Value>) -> PyResult {
        let limit = limit(maxsplit)?;
        parts(
            self,
            &match split_separator(sep)? {
                Some(separator) => split::rsplit_on(self.units(), separator.units(), limit),
                None => split::rsplit_blank(self.units(), limit, unicode::is_space),
            },
        )
    }
    /// The strings of the iterable in a row, with this one between them.
    #[pymethod("join($self, iterable, /)")]
    fn join(&self, iterable: &Value) -> PyResult {
        if iterable.class().slots().iter.is_none() && iterable.class().slots().getitem.is_none() {
            return Err(type_error("can only join an iterable"));
        }
        if let Some(tuple) = iterable.downcast_exact::<Tuple>() {
            return join(self, tuple.as_slice());
        }
        join(self, &ops::to_vec(iterable)?)
    }
    /// How often `sub` stands in the string, without overlap.
    #[pymethod("count($self, sub[, start[, end]], /)")]
    fn count(&self, sub: &Str, start: Option<&Value>, end: Option<&Value>) -> PyResult {
        let range = search_range(self, start, end)?;
        Ok(Value::int(
            search::count(self.units(), sub.units(), range) as i64
        ))
    }
    /// A copy in which tabs are blanks up to the next column that `tabsize` divides.
    #[pymethod("expandtabs($self, /, tabsize=8)")]
    fn expandtabs(&self, tabsize: i64) -> PyResult {
        let text = split::expand_tabs(self.units(), usize::try_from(tabsize).unwrap_or(0));
        text.map(|text| from_buffer(&text).into_value())
            .ok_or_else(|| overflow_error("new string is too long"))
    }
    /// Where `sub` stands first, or -1.
    #[pymethod("find($self, sub[, start[, end]], /)")]
    fn find(&self, sub: &Str, start: Option<&Value>, end: Option<&Value>) -> PyResult {
        let found = search::find(self.units(), sub.units(), search_range(self, start, end)?);
        Ok(Value::int(found.map_or(-1, |at| at as i64)))
    }
    /// Where `sub` stands last, or -1.
    #[pymethod("rfind($self, sub[, start[, end]], /)")]
    fn rfind(&self, sub: &Str, start: Option<&Value>, end: Option<&Value>) -> PyResult {
        let found = search::rfind(self.units(), sub.units(), search_range(self, start, end)?);
        Ok(Value::int(found.map_or(-1, |at| at as i64)))
    }
    /// Where `sub` stands first; ValueError if nowhere.
    #[pymethod("index($self, sub[, start[, end]], /)")]
    fn index(&self, sub: &Str, start: Option<&Value>, end: Option<&Value>) -> PyResult {
        let found = search::find(self.units(), sub.units(), search_range(self, start, end)?);
        found
            .map(|at| Value::int(at as i64))
            .ok_or_else(|| value_error("substring not found"))
    }
    /// Where `sub` stands last; ValueError if nowhere.
    #[pymethod("rindex($self, sub[, start[, end]], /)")]
    fn rindex(&self, sub: &Str, start: Option<&Value>, end: Option<&Value>) -> PyResult {
        let found = search::rfind(self.units(), sub.units(), search_range(self, start, end)?);
        found
            .map(|at| Value::int(at as i64))
            .ok_or_else(|| value_error("substring not found"))
    }
    /// What stands before the first separator, the separator, and what follows; or the string and two
    /// empty ones.
    #[pymethod("partition($self, sep, /)")]
    fn partition(&self, sep: &Value) -> PyResult {
        let separator = separator(sep)?;
        let empty = || Str::empty().into_value();
        Ok(Tuple::new(
            match search::find(self.units(), separator.units(), 0..self.len()) {
                Some(at) => [
                    part(self, 0..at),
                    sep.clone(),
                    part(self, at + separator.len()..self.len()),
                ],
                None => [exact(self).into_value(), empty(), empty()],
            },
        )
        .into_value())
    }
    /// As `partition`, at the last separator; without one the string comes last.
    #[pymethod("rpartition($self, sep, /)")]
    fn rpartition(&self, sep: &Value) -> PyResult {
        let separator = separator(sep)?;
        let empty = || Str::empty().into_value();
        Ok(Tuple::new(
            match search::rfind(self.units(), separator.units(), 0..self.len()) {
                Some(at) => [
                    part(self, 0..at),
                    sep.clone(),
                    part(self, at + separator.len()..self.len()),
                ],
                None => [empty(), empty(), exact(self).into_value()],
            },
        )
        .into_value())
    }
    /// The string in the middle of `width` characters.
    #[pymethod("center($self, width, fillchar=' ', /)")]
    fn center(&self, width: &Value, fillchar: Option<&Value>) -> PyResult {
        let (width, fill) = (width_of(width)?, fill_character(fillchar)?);
        let space = width.saturating_sub(self.len());
        // Of an odd space the greater half goes to the left if the width is odd too.
        let left = space / 2 + (space & width & 1);
        pad(self, left, space - left, fill)
    }
    /// The string at the left of `width` characters.
    #[pymethod("ljust($self, width, fillchar=' ', /)")]
    fn ljust(&self, width: &Value, fillchar: Option<&Value>) -> PyResult {
        let (width, fill) = (width_of(width)?, fill_character(fillchar)?);
        pad(self, 0, width.saturating_sub(self.len()), fill)
    }
    /// The string at the right of `width` characters.
    #[pymethod("rjust($self, width, fillchar=' ', /)")]
    fn rjust(&self, width: &Value, fillchar: Option<&Value>) -> PyResult {
        let (width, fill) = (width_of(width)?, fill_character(fillchar)?);
        pad(self, width.saturating_sub(self.len()), 0, fill)
    }
    /// The string at the right of `width` characters, with zeros after its sign.
    #[pymethod("zfill($self, width, /)")]
    fn zfill(&self, width: &Value) -> PyResult {
        let zeros = width_of(width)?.saturating_sub(self.len());
        match self.units().try_get(0) {
            Some(sign @ (0x2B | 0x2D)) if zeros > 0 => {
                if zeros > MAX_WIDTH / 4 {
                    return Err(memory_error(""));
                }
                let mut out = TextBuf::new();
                out.push(sign);
                out.push_repeat('0'.into(), zeros);
                out.push_units(self.units().slice(1..self.len()));
                Ok(from_buffer(&out).into_value())
            }
            _ => pad(self, zeros, 0, '0'.into()),
        }
    }
    /// A copy without blanks, or without any of `chars`, at both ends.
    #[pymethod("strip($self, chars=None, /)")]
    fn strip(&self, chars: Option<&Value>) -> PyResult {
        strip(self, "strip", chars, true, true)
    }
    /// As `strip`, at the start only.
    #[pymethod("lstrip($self, chars=None, /)")]
    fn lstrip(&self, chars: Option<&Value>) -> PyResult {
        strip(self, "lstrip", chars, true, false)
    }
    /// As `strip`, at the end only.
    #[pymethod("rstrip($self, chars=None, /)")]
    fn rstrip(&self, chars: Option<&Value>) -> PyResult {
        strip(self, "rstrip", chars, false, true)
    }
    /// The lines; with their ends if `keepends`.
    #[pymethod("splitlines($self, /, keepends=False)")]
    fn splitlines(&self, keepends: Option<&Value>) -> PyResult {
        let keep = is_true_or(keepends, false)?;
        parts(
            self,
            &split::split_lines(self.units(), keep, unicode::is_line_break),
        )
    }
    /// A copy in which each character is what the table has for its number: a number, a string, or
    /// None to drop it; characters that the table lacks stay.
    #[pymethod("translate($self, table, /)")]
    fn translate(&self, table: &Value) -> PyResult {
        let mut out = TextBuf::with_capacity(self.len());
        for point in self.units().points() {
            translated(table, point, &mut out)?;
        }
        Ok(from_buffer(&out).into_value())
    }
    /// A table for `translate`: from a dict, or from two strings of equal length and one of
    /// characters to drop.
    #[pystaticmethod("maketrans(x, y=<unrepresentable>, z=<unrepresentable>, /)")]
    fn maketrans(x: &Value, y: Option<&Str>, z: Option<&Str>) -> PyResult {
        let table = Dict::make();
        let Some(y) = y else {
            let Some(dict) = x.downcast::<Dict>() else {
                return Err(type_error(
                    "if you give only one argument to maketrans it must be a dict",
                ));
            };
            let mut position = 0;
            while let Some((key, value)) = dict.next(&mut position) {
                table.insert(translation_key(&key)?, value)?;
            }
            return Ok(table.into_value());
        };
        let Some(x) = x.downcast::<Str>() else {
            return Err(type_error(
                "first maketrans argument must be a string if there is a second argument",
            ));
        };
        if x.len() != y.len() {
            return Err(value_error(
                "the first two maketrans arguments must have equal length",
            ));
        }
        for (from, to) in x.units().points().zip(y.units().points()) {
            table.insert(Value::int(from.into()), Value::int(to.into()))?;
        }
        for point in z
            .into_iter()
            .flat_map(|text| text.units().points().collect::<Vec<_>>())
        {
            table.insert(Value::int(point.into()), Value::none())?;
        }
        Ok(table.into_value())
    }
    /// Whether the string starts with the prefix, or with one of a tuple of prefixes.
    #[pymethod("startswith($self, prefix[, start[, end]], /)")]
    fn startswith(&self, prefix: &Value, start: Option<&Value>, end: Option<&Value>) -> PyResult {
        tail_match(self, "startswith", prefix, start, end, true)
    }
    /// Whether the string ends with the suffix, or with one of a tuple of suffixes.
    #[pymethod("endswith($self, suffix[, start[, end]], /)")]
    fn endswith(&self, suffix: &Value, start: Option<&Value>, end: Option<&Value>) -> PyResult {
        tail_match(self, "endswith", suffix, start, end, false)
    }
    /// The string without the prefix, if it starts with it.
    #[pymethod("removeprefix($self, prefix, /)")]
    fn removeprefix(&self, prefix: &Str) -> PyResult {
        let length = prefix.len();
        let found = length <= self.len() && self.units().slice(0..length).same(&prefix.units());
        Ok(part(self, if found { length } else { 0 }..self.len()))
    }
    /// The string without the suffix, if it ends with it.
    #[pymethod("removesuffix($self, suffix, /)")]
    fn removesuffix(&self, suffix: &Str) -> PyResult {
        let end = self.len().saturating_sub(suffix.len());
        let found =
            suffix.len() <= self.len() && self.units().slice(end..self.len()).same(&suffix.units());
        Ok(part(self, 0..if found { end } else { self.len() }))
    }
    /// Size in memory, in bytes.
    #[pymethod("__sizeof__($self, /)")]
    fn sizeof(&self) -> PyResult {
        Ok(Value::int(self.object_size() as i64))
    }
    #[pymethod("__getnewargs__($self, /)")]
    fn getnewargs(&self) -> PyResult {
        Ok(Tuple::new([exact(self).into_value()]).into_value())
    }
}
