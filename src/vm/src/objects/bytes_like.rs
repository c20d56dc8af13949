//! What `bytes` and `bytearray` have in common: operations on their bytes, and the methods, which
//! [`shared_methods`] declares for both.

use crate::abstract_ops as ops;
use crate::exceptions::{
    PyResult, index_error, memory_error, overflow_error, type_error, value_error,
};
use crate::native::NativeClass;
use crate::objects::buffer::{self, Buffer};
use crate::objects::bytes_new::{self, BYTE_RANGE};
use crate::objects::class::CompareOp;
use crate::objects::list::List;
use crate::objects::slice_support::{self, SliceBounds};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::text::format_spec::MAX_WIDTH;
use crate::text::{TextBuf, Units, search};
use crate::value::Value;
use std::ops::Range;

/// A class whose instances are bytes. While a slice of them is held no Python code may run, unless
/// the object's memory is lent (see [`buffer`]).
pub trait BytesLike: NativeClass {
    const COMPARES_WITH_BUFFERS: bool;
    fn bytes(&self) -> &[u8];
    /// An object of the exact class.
    fn make(data: Vec<u8>) -> Value;
    /// The same, of a copy.
    fn copy(data: &[u8]) -> Value {
        Self::make(data.to_vec())
    }
    /// The object itself, where an unchanged result may be the receiver.
    fn same(this: &Value) -> Option<Value>;
}

pub fn hash(bytes: &[u8]) -> i64 {
    crate::objects::str::hash_bytes(bytes)
}

/// `bytes` compares with `bytes` only, `bytearray` with everything that has contiguous memory; the
/// other object is asked where this says `NotImplemented`.
pub fn compare<T: BytesLike>(this: &Value, other: &Value, op: CompareOp) -> PyResult {
    if let (Some(a), Some(b)) = (this.downcast::<T>(), other.downcast::<T>()) {
        return Ok(Value::bool(op.holds(a.bytes().cmp(b.bytes()))));
    }
    if !T::COMPARES_WITH_BUFFERS || this.downcast::<T>().is_none() {
        return Ok(Value::not_implemented());
    }
    let buffer_error = crate::exceptions::BUFFER_ERROR.get();
    match crate::exceptions::suppress(buffer::try_bytes(other), buffer_error)?.flatten() {
        Some(other) => Ok(Value::bool(op.holds(buffer::bytes_like(this)?.cmp(&other)))),
        None => Ok(Value::not_implemented()),
    }
}

/// A byte given as int, or a bytes-like object.
enum Needle {
    Byte(u8),
    Bytes(Buffer),
}

impl Needle {
    fn new(value: &Value) -> PyResult<Option<Needle>> {
        if value.as_int().is_some()
            || (value.class().slots().index.is_some() && value.class().slots().buffer.is_none())
        {
            return bytes_new::byte(value, BYTE_RANGE).map(|byte| Some(Needle::Byte(byte)));
        }
        Ok(buffer::try_bytes(value)?.map(Needle::Bytes))
    }

    fn as_slice(&self) -> &[u8] {
        match self {
            Needle::Byte(byte) => std::slice::from_ref(byte),
            Needle::Bytes(bytes) => bytes,
        }
    }
}

pub fn contains(bytes: &[u8], item: &Value) -> PyResult<bool> {
    let needle = Needle::new(item)?.ok_or_else(|| buffer::not_bytes_like(item))?;
    Ok(search::find(
        Units::One(bytes),
        Units::One(needle.as_slice()),
        0..bytes.len(),
    )
    .is_some())
}

pub fn concat<T: BytesLike>(this: &Value, other: &Value) -> PyResult {
    match (buffer::try_bytes(this)?, buffer::try_bytes(other)?) {
        (Some(a), Some(b)) => Ok(T::make([&a[..], &b[..]].concat())),
        _ => Err(cannot_concat(other, T::NAME)),
    }
}

/// The text of bytes that are ASCII.
pub fn plain_text<T: BytesLike>(this: &Value) -> Option<Value> {
    let bytes = this.downcast::<T>()?.bytes();
    bytes
        .is_ascii()
        .then(|| Str::from_latin1(bytes).into_value())
}

pub fn cannot_concat(other: &Value, name: &str) -> crate::exceptions::Raised {
    type_error(format!("can't concat {} to {name}", other.class().name()))
}

pub fn repeat(bytes: &[u8], count: isize) -> PyResult<Vec<u8>> {
    let count = usize::try_from(count).unwrap_or(0);
    if bytes
        .len()
        .checked_mul(count)
        .is_none_or(|length| length > MAX_WIDTH / 8)
    {
        return Err(memory_error(""));
    }
    Ok(bytes.repeat(count))
}

pub fn getitem<T: BytesLike>(this: &T, key: &Value, what: &str, out_of_range: &str) -> PyResult {
    if let Some(slice) = slice_support::as_slice(key) {
        let unpacked = slice_support::unpack(slice)?;
        let bytes = this.bytes();
        let SliceBounds {
            start,
            step,
            length,
        } = slice_support::adjust(unpacked, bytes.len());
        if step == 1 {
            return Ok(T::copy(&bytes[start as usize..][..length]));
        }
        return Ok(T::make(
            (0..length as isize)
                .map(|index| bytes[(start + index * step) as usize])
                .collect(),
        ));
    }
    let index = ops::subscript_index(key, what)?;
    match position(index, this.bytes().len()) {
        Some(index) => Ok(Value::int(this.bytes()[index].into())),
        None => Err(index_error(out_of_range)),
    }
}

/// An index counted from the end if negative; `None` outside.
pub fn position(index: isize, length: usize) -> Option<usize> {
    let wrapped = if index < 0 {
        index + length as isize
    } else {
        index
    };
    usize::try_from(wrapped)
        .ok()
        .filter(|&index| index < length)
}

/// A result that may be the receiver itself.
pub fn part<T: BytesLike>(this: &Value, bytes: &[u8], range: Range<usize>) -> Value {
    if range == (0..bytes.len())
        && let Some(same) = T::same(this)
    {
        return same;
    }
    T::make(bytes[range].to_vec())
}

pub fn parts<T: BytesLike>(bytes: &[u8], ranges: crate::text::split::Pieces) -> PyResult {
    Ok(List::make(
        ranges
            .into_iter()
            .map(|range| T::copy(&bytes[range]))
            .collect(),
    )
    .into_value())
}

/// One of `find`, `rfind`, `index`, `rindex`.
pub fn find(
    bytes: &[u8],
    sub: &Value,
    range: Range<usize>,
    from_right: bool,
) -> PyResult<Option<usize>> {
    let needle = needle(sub)?;
    let (hay, needle) = (Units::One(bytes), Units::One(needle.as_slice()));
    Ok(if from_right {
        search::rfind(hay, needle, range)
    } else {
        search::find(hay, needle, range)
    })
}

fn needle(sub: &Value) -> PyResult<Needle> {
    Needle::new(sub)?.ok_or_else(|| {
        type_error(format!(
            "argument should be integer or bytes-like object, not '{}'",
            sub.class().name()
        ))
    })
}

pub fn count(bytes: &[u8], sub: &Value, range: Range<usize>) -> PyResult<usize> {
    let needle = needle(sub)?;
    Ok(search::count(
        Units::One(bytes),
        Units::One(needle.as_slice()),
        range,
    ))
}

pub fn tail_match(
    bytes: &[u8],
    name: &str,
    affix: &Value,
    range: Range<usize>,
    at_start: bool,
) -> PyResult<bool> {
    let matches = |affix: &[u8]| {
        range.start <= range.end
            && affix.len() <= range.len()
            && if at_start {
                bytes[range.clone()].starts_with(affix)
            } else {
                bytes[range.clone()].ends_with(affix)
            }
    };
    if let Some(affixes) = affix.downcast::<Tuple>() {
        for affix in affixes.as_slice() {
            if matches(&buffer::bytes_like(affix)?) {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    match buffer::try_bytes(affix)? {
        Some(affix) => Ok(matches(&affix)),
        None => Err(type_error(format!(
            "{name} first arg must be bytes or a tuple of bytes, not {}",
            affix.class().name()
        ))),
    }
}

/// The separator of `split` and `partition`.
pub fn separator(value: &Value) -> PyResult<Buffer> {
    let separator = buffer::bytes_like(value)?;
    if separator.is_empty() {
        Err(value_error("empty separator"))
    } else {
        Ok(separator)
    }
}

pub fn limit(value: Option<&Value>) -> PyResult<usize> {
    let count = match value {
        Some(value) => crate::objects::text_support::size_argument(value)?,
        None => -1,
    };
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

pub fn is_blank(point: u32) -> bool {
    matches!(point, 0x09..=0x0D | 0x20)
}

pub fn is_line_end(point: u32) -> bool {
    matches!(point, 0x0A | 0x0D)
}

/// The range left after stripping.
pub fn strip(
    bytes: &[u8],
    chars: Option<&Value>,
    left: bool,
    right: bool,
) -> PyResult<Range<usize>> {
    use crate::text::split;
    Ok(match chars {
        None => split::strip(Units::One(bytes), left, right, is_blank),
        Some(chars) => {
            let chars = buffer::bytes_like(chars)?;
            split::strip(Units::One(bytes), left, right, |point| {
                chars.contains(&(point as u8))
            })
        }
    })
}

/// The fill byte of `center` and the like.
pub fn fill_byte(value: Option<&Value>, name: &str) -> PyResult<u8> {
    let Some(value) = value else { return Ok(b' ') };
    match buffer::bytes_or_bytearray(value) {
        Some(bytes) => match bytes[..] {
            [byte] => Ok(byte),
            _ => Err(type_error(format!(
                "{name}(): argument 2 must be a byte string of length 1, not a {} object of length {}",
                value.class().name(),
                bytes.len()
            ))),
        },
        None => Err(type_error(format!(
            "{name}() argument 2 must be a byte string of length 1, not {}",
            value.class().name()
        ))),
    }
}

pub fn width(value: &Value) -> PyResult<usize> {
    let width = crate::objects::text_support::size_argument(value)?;
    Ok(usize::try_from(width).unwrap_or(0))
}

pub fn pad(bytes: &[u8], left: usize, right: usize, fill: u8) -> PyResult<Vec<u8>> {
    if left.max(right) > MAX_WIDTH / 8 {
        return Err(memory_error(""));
    }
    let mut out = vec![fill; left];
    out.extend_from_slice(bytes);
    out.resize(out.len() + right, fill);
    Ok(out)
}

pub fn zfill(bytes: &[u8], width: usize) -> PyResult<Vec<u8>> {
    let zeros = width.saturating_sub(bytes.len());
    let mut out = pad(bytes, zeros, 0, b'0')?;
    if zeros > 0 && matches!(bytes.first(), Some(b'+' | b'-')) {
        out.swap(0, zeros);
    }
    Ok(out)
}

pub fn join(separator: &[u8], iterable: &Value) -> PyResult<Vec<u8>> {
    if iterable.class().slots().iter.is_none() && iterable.class().slots().getitem.is_none() {
        return Err(type_error("can only join an iterable"));
    }
    let mut out = Vec::new();
    for (index, item) in ops::to_vec(iterable)?.iter().enumerate() {
        if index > 0 {
            out.extend_from_slice(separator);
        }
        match buffer::try_bytes(item)? {
            Some(bytes) => out.extend_from_slice(&bytes),
            None => {
                return Err(type_error(format!(
                    "sequence item {index}: expected a bytes-like object, {} found",
                    item.class().name()
                )));
            }
        }
    }
    Ok(out)
}

fn text_bytes(text: TextBuf) -> Vec<u8> {
    match text {
        TextBuf::One(bytes) => bytes,
        // Only bytes went in.
        other => other.units().points().map(|point| point as u8).collect(),
    }
}

/// `None` if nothing changes.
pub fn replace(bytes: &[u8], old: &Value, new: &Value, limit: usize) -> PyResult<Option<Vec<u8>>> {
    let (old, new) = (buffer::bytes_like(old)?, buffer::bytes_like(new)?);
    Ok(
        search::replace(Units::One(bytes), Units::One(&old), Units::One(&new), limit)
            .map(text_bytes),
    )
}

pub fn expand_tabs(bytes: &[u8], size: i64) -> PyResult<Vec<u8>> {
    let size = usize::try_from(size).unwrap_or(0);
    crate::text::split::expand_tabs(Units::One(bytes), size)
        .map(text_bytes)
        .ok_or_else(|| overflow_error("result too long"))
}

pub fn translate(bytes: &[u8], table: Option<&Value>, delete: Option<&Value>) -> PyResult<Vec<u8>> {
    let table = table.map(buffer::bytes_like).transpose()?;
    if table.as_ref().is_some_and(|table| table.len() != 256) {
        return Err(value_error("translation table must be 256 characters long"));
    }
    let delete = delete.map(buffer::bytes_like).transpose()?;
    let kept = bytes
        .iter()
        .filter(|byte| !delete.as_ref().is_some_and(|delete| delete.contains(byte)));
    Ok(kept
        .map(|&byte| table.as_ref().map_or(byte, |table| table[byte as usize]))
        .collect())
}

pub fn make_table(from: &Value, to: &Value) -> PyResult<Vec<u8>> {
    let (from, to) = (buffer::bytes_like(from)?, buffer::bytes_like(to)?);
    if from.len() != to.len() {
        return Err(value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (&from, &to) in from.iter().zip(to.iter()) {
        table[from as usize] = to;
    }
    Ok(table)
}

/// `bytes.hex`: groups of bytes counted from the right, or from the left if negative.
pub fn hex(bytes: &[u8], separator: Option<&Value>, group: i64) -> PyResult<String> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let separator = match separator {
        None => None,
        Some(value) => {
            let points: Vec<u32> = if let Some(text) = value.downcast::<Str>() {
                text.code_points().collect()
            } else if let Some(bytes) = buffer::bytes_or_bytearray(value) {
                bytes.iter().map(|&byte| byte.into()).collect()
            } else {
                return Err(match ops::len(value)? {
                    1 => type_error("sep must be str or bytes."),
                    _ => value_error("sep must be length 1."),
                });
            };
            match points[..] {
                [point] => Some(
                    char::from_u32(point)
                        .filter(char::is_ascii)
                        .ok_or_else(|| value_error("sep must be ASCII."))?,
                ),
                _ => return Err(value_error("sep must be length 1.")),
            }
        }
    };
    let size = usize::try_from(group.unsigned_abs()).unwrap_or(usize::MAX);
    let first = if size == 0 {
        0
    } else if group > 0 {
        bytes.len() % size
    } else {
        0
    };
    let mut out = String::with_capacity(bytes.len() * 2);
    for (index, &byte) in bytes.iter().enumerate() {
        if let Some(separator) = separator
            && size > 0
            && index > 0
            && index >= first
            && (index - first) % size == 0
        {
            out.push(separator);
        }
        out.push(DIGITS[usize::from(byte >> 4)].into());
        out.push(DIGITS[usize::from(byte & 15)].into());
    }
    Ok(out)
}

/// `bytes.fromhex`: pairs of digits, blanks between them.
pub fn from_hex(value: &Value) -> PyResult<Vec<u8>> {
    let points: Vec<u32> = if let Some(text) = value.downcast::<Str>() {
        text.code_points().collect()
    } else if let Some(bytes) = buffer::try_bytes(value)? {
        bytes.iter().map(|&byte| byte.into()).collect()
    } else {
        return Err(type_error(format!(
            "fromhex() argument must be str or bytes-like, not {}",
            value.class().name()
        )));
    };
    let digit = |index: usize| -> PyResult<u8> {
        let Some(&point) = points.get(index) else {
            return Err(value_error(
                "fromhex() arg must contain an even number of hexadecimal digits",
            ));
        };
        match char::from_u32(point).and_then(|char| char.to_digit(16)) {
            Some(digit) => Ok(digit as u8),
            None => Err(value_error(format!(
                "non-hexadecimal number found in fromhex() arg at position {index}"
            ))),
        }
    };
    let mut out = Vec::with_capacity(points.len() / 2);
    let mut index = 0;
    while index < points.len() {
        if is_blank(points[index]) {
            index += 1;
            continue;
        }
        let high = digit(index)?;
        if points[index + 1..].iter().all(|&point| is_blank(point)) {
            return Err(value_error(
                "fromhex() arg must contain an even number of hexadecimal digits",
            ));
        }
        out.push(high << 4 | digit(index + 1)?);
        index += 2;
    }
    Ok(out)
}

/// Case of ASCII letters; other bytes stay.
pub fn title(bytes: &[u8]) -> Vec<u8> {
    let mut after_letter = false;
    bytes
        .iter()
        .map(|byte| {
            let mapped = if after_letter {
                byte.to_ascii_lowercase()
            } else {
                byte.to_ascii_uppercase()
            };
            after_letter = byte.is_ascii_alphabetic();
            mapped
        })
        .collect()
}

pub fn capitalize(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_ascii_lowercase();
    if let Some(first) = out.first_mut() {
        first.make_ascii_uppercase();
    }
    out
}

pub fn swapcase(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .map(|byte| {
            if byte.is_ascii_alphabetic() {
                byte ^ 0x20
            } else {
                *byte
            }
        })
        .collect()
}

pub fn is_title(bytes: &[u8]) -> bool {
    let (mut found, mut after_letter) = (false, false);
    for byte in bytes {
        if byte.is_ascii_alphabetic() {
            if byte.is_ascii_uppercase() == after_letter {
                return false;
            }
            (found, after_letter) = (true, true);
        } else {
            after_letter = false;
        }
    }
    found
}

/// Whether there is a letter of the one case and none of the other.
pub fn is_case(bytes: &[u8], wanted: fn(&u8) -> bool, other: fn(&u8) -> bool) -> bool {
    bytes.iter().any(wanted) && !bytes.iter().any(other)
}

pub fn is_all(bytes: &[u8], test: impl Fn(&u8) -> bool) -> bool {
    !bytes.is_empty() && bytes.iter().all(test)
}

/// Declares the methods that both classes have. The receiver's memory is lent while a method runs,
/// because converting an argument may run Python code that resizes it.
macro_rules! shared_methods {
    ($class:ident) => {
        const _: () = {
            use crate::abstract_ops as ops;
            use crate::exceptions::value_error;
            use crate::objects::bytes_like as like;
            use crate::objects::{buffer, codec, slice_support};
            use crate::text::{Units, search, split};

            fn lent(this: &Value) -> PyResult<buffer::Buffer> {
                buffer::bytes_like(this)
            }
            fn found(at: Option<usize>) -> PyResult {
                Ok(Value::int(at.map_or(-1, |at| at as i64)))
            }
            fn found_or_error(at: Option<usize>) -> PyResult {
                at.map(|at| Value::int(at as i64))
                    .ok_or_else(|| value_error("subsection not found"))
            }

            #[pymethods(items = METHOD_ITEMS)]
            impl $class {
                /// A copy that starts with a capital and is in lower case else.
                #[pymethod("capitalize($self, /)")]
                fn capitalize(&self) -> Value {
                    Self::make(like::capitalize(self.bytes()))
                }
                /// The bytes in the middle of `width`.
                #[pymethod("center($self, width, fillchar=b' ', /)")]
                fn center(this: &Value, width: &Value, fillchar: Option<&Value>) -> PyResult {
                    let (width, fill) = (like::width(width)?, like::fill_byte(fillchar, "center")?);
                    let bytes = lent(this)?;
                    let space = width.saturating_sub(bytes.len());
                    let left = space / 2 + (space & width & 1);
                    Ok(Self::make(like::pad(&bytes, left, space - left, fill)?))
                }
                /// How often `sub` occurs, without overlap.
                #[pymethod("count($self, sub[, start[, end]], /)")]
                fn count(
                    this: &Value,
                    sub: &Value,
                    start: Option<&Value>,
                    end: Option<&Value>,
                ) -> PyResult {
                    let bytes = lent(this)?;
                    let range = slice_support::search_range(bytes.len(), start, end)?;
                    Ok(Value::int(like::count(&bytes, sub, range)? as i64))
                }
                /// The text that the bytes stand for in that encoding.
                #[pymethod("decode($self, /, encoding='utf-8', errors='strict')")]
                fn decode(this: &Value, encoding: Option<&Str>, errors: Option<&Str>) -> PyResult {
                    if encoding.is_none()
                        && errors.is_none()
                        && let Some(text) = like::plain_text::<Self>(this)
                    {
                        return Ok(text);
                    }
                    codec::decode(&lent(this)?, this, encoding, errors)
                }
                /// Whether the bytes end with the suffix, or with one of a tuple.
                #[pymethod("endswith($self, suffix[, start[, end]], /)")]
                fn endswith(
                    this: &Value,
                    suffix: &Value,
                    start: Option<&Value>,
                    end: Option<&Value>,
                ) -> PyResult<bool> {
                    let bytes = lent(this)?;
                    let range = slice_support::search_range(bytes.len(), start, end)?;
                    like::tail_match(&bytes, "endswith", suffix, range, false)
                }
                /// A copy in which tabs are blanks up to the next column that `tabsize` divides.
                #[pymethod("expandtabs($self, /, tabsize=8)")]
                fn expandtabs(&self, tabsize: i64) -> PyResult {
                    like::expand_tabs(self.bytes(), tabsize).map(Self::make)
                }
                /// Where `sub` occurs first, or -1.
                #[pymethod("find($self, sub[, start[, end]], /)")]
                fn find(
                    this: &Value,
                    sub: &Value,
                    start: Option<&Value>,
                    end: Option<&Value>,
                ) -> PyResult {
                    let bytes = lent(this)?;
                    let range = slice_support::search_range(bytes.len(), start, end)?;
                    found(like::find(&bytes, sub, range, false)?)
                }
                /// Bytes from pairs of hexadecimal digits; blanks are skipped.
                #[pyclassmethod("fromhex($type, string, /)")]
                fn fromhex(cls: &Type, string: &Value) -> PyResult {
                    let made = Self::make(like::from_hex(string)?);
                    if std::ptr::eq(cls, <$class as NativeClass>::class()) {
                        return Ok(made);
                    }
                    ops::call(&crate::object::object_value(cls), &[made])
                }
                /// The bytes as hexadecimal digits, with `sep` between groups.
                #[pymethod("hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)")]
                fn hex(this: &Value, sep: Option<&Value>, bytes_per_sep: i64) -> PyResult {
                    let text = like::hex(&lent(this)?, sep, bytes_per_sep)?;
                    Ok(Str::from_latin1(text.as_bytes()).into_value())
                }
                /// Where `sub` occurs first; ValueError if nowhere.
                #[pymethod("index($self, sub[, start[, end]], /)")]
                fn index(
                    this: &Value,
                    sub: &Value,
                    start: Option<&Value>,
                    end: Option<&Value>,
                ) -> PyResult {
                    let bytes = lent(this)?;
                    let range = slice_support::search_range(bytes.len(), start, end)?;
                    found_or_error(like::find(&bytes, sub, range, false)?)
                }
                /// Whether all bytes are ASCII letters or digits, and there are any.
                #[pymethod("isalnum($self, /)")]
                fn isalnum(&self) -> bool {
                    like::is_all(self.bytes(), u8::is_ascii_alphanumeric)
                }
                /// Whether all bytes are ASCII letters, and there are any.
                #[pymethod("isalpha($self, /)")]
                fn isalpha(&self) -> bool {
                    like::is_all(self.bytes(), u8::is_ascii_alphabetic)
                }
                /// Whether all bytes are below 128.
                #[pymethod("isascii($self, /)")]
                fn isascii(&self) -> bool {
                    self.bytes().is_ascii()
                }
                /// Whether all bytes are ASCII digits, and there are any.
                #[pymethod("isdigit($self, /)")]
                fn isdigit(&self) -> bool {
                    like::is_all(self.bytes(), u8::is_ascii_digit)
                }
                /// Whether there are ASCII letters, all of them lower.
                #[pymethod("islower($self, /)")]
                fn islower(&self) -> bool {
                    like::is_case(self.bytes(), u8::is_ascii_lowercase, u8::is_ascii_uppercase)
                }
                /// Whether all bytes are ASCII blanks, and there are any.
                #[pymethod("isspace($self, /)")]
                fn isspace(&self) -> bool {
                    like::is_all(self.bytes(), |&byte| like::is_blank(byte.into()))
                }
                /// Whether all words start with a capital and go on in lower case.
                #[pymethod("istitle($self, /)")]
                fn istitle(&self) -> bool {
                    like::is_title(self.bytes())
                }
                /// Whether there are ASCII letters, all of them upper.
                #[pymethod("isupper($self, /)")]
                fn isupper(&self) -> bool {
                    like::is_case(self.bytes(), u8::is_ascii_uppercase, u8::is_ascii_lowercase)
                }
                /// The items of the iterable in a row, with these bytes between them.
                #[pymethod("join($self, iterable_of_bytes, /)")]
                fn join(this: &Value, iterable_of_bytes: &Value) -> PyResult {
                    like::join(&lent(this)?, iterable_of_bytes).map(Self::make)
                }
                /// The bytes at the left of `width`.
                #[pymethod("ljust($self, width, fillchar=b' ', /)")]
                fn ljust(this: &Value, width: &Value, fillchar: Option<&Value>) -> PyResult {
                    let (width, fill) = (like::width(width)?, like::fill_byte(fillchar, "ljust")?);
                    let bytes = lent(this)?;
                    like::pad(&bytes, 0, width.saturating_sub(bytes.len()), fill).map(Self::make)
                }
                /// A copy with the ASCII letters in lower case.
                #[pymethod("lower($self, /)")]
                fn lower(&self) -> Value {
                    Self::make(self.bytes().to_ascii_lowercase())
                }
                /// A copy without blanks, or without any of the given bytes, at the start.
                #[pymethod("lstrip($self, bytes=None, /)")]
                fn lstrip(this: &Value, bytes: Option<&Value>) -> PyResult {
                    let own = lent(this)?;
                    let range = like::strip(&own, bytes, true, false)?;
                    Ok(like::part::<Self>(this, &own, range))
                }
                /// A table for `translate` that maps the bytes of the one to those of the other.
                #[pystaticmethod("maketrans(frm, to, /)")]
                fn maketrans(frm: &Value, to: &Value) -> PyResult {
                    Ok(
                        crate::objects::bytes::Bytes::from_vec(like::make_table(frm, to)?)
                            .into_value(),
                    )
                }
                /// What comes before the first separator, the separator, and what follows.
                #[pymethod("partition($self, sep, /)")]
                fn partition(this: &Value, sep: &Value) -> PyResult {
                    let separator = like::separator(sep)?;
                    let bytes = lent(this)?;
                    let (hay, needle) = (Units::One(&bytes), Units::One(&separator));
                    Ok(Tuple::new(match search::find(hay, needle, 0..bytes.len()) {
                        Some(at) => [
                            Self::make(bytes[..at].to_vec()),
                            Self::make(separator.to_vec()),
                            Self::make(bytes[at + separator.len()..].to_vec()),
                        ],
                        None => {
                            let whole = like::part::<Self>(this, &bytes, 0..bytes.len());
                            [whole, Self::make(Vec::new()), Self::make(Vec::new())]
                        }
                    })
                    .into_value())
                }
                /// A copy in which `old` is replaced by `new`, at the first `count` places if given.
                #[pymethod("replace($self, old, new, count=-1, /)")]
                fn replace(
                    this: &Value,
                    old: &Value,
                    new: &Value,
                    count: Option<&Value>,
                ) -> PyResult {
                    let limit = like::limit(count)?;
                    let bytes = lent(this)?;
                    Ok(match like::replace(&bytes, old, new, limit)? {
                        Some(replaced) => Self::make(replaced),
                        None => like::part::<Self>(this, &bytes, 0..bytes.len()),
                    })
                }
                /// The bytes without the prefix, if they start with it.
                #[pymethod("removeprefix($self, prefix, /)")]
                fn removeprefix(this: &Value, prefix: &Value) -> PyResult {
                    let prefix = buffer::bytes_like(prefix)?;
                    let bytes = lent(this)?;
                    let start = if bytes.starts_with(&prefix) {
                        prefix.len()
                    } else {
                        0
                    };
                    Ok(like::part::<Self>(this, &bytes, start..bytes.len()))
                }
                /// The bytes without the suffix, if they end with it.
                #[pymethod("removesuffix($self, suffix, /)")]
                fn removesuffix(this: &Value, suffix: &Value) -> PyResult {
                    let suffix = buffer::bytes_like(suffix)?;
                    let bytes = lent(this)?;
                    let end = if bytes.ends_with(&suffix) {
                        bytes.len() - suffix.len()
                    } else {
                        bytes.len()
                    };
                    Ok(like::part::<Self>(this, &bytes, 0..end))
                }
                /// Where `sub` occurs last, or -1.
                #[pymethod("rfind($self, sub[, start[, end]], /)")]
                fn rfind(
                    this: &Value,
                    sub: &Value,
                    start: Option<&Value>,
                    end: Option<&Value>,
                ) -> PyResult {
                    let bytes = lent(this)?;
                    let range = slice_support::search_range(bytes.len(), start, end)?;
                    found(like::find(&bytes, sub, range, true)?)
                }
                /// Where `sub` occurs last; ValueError if nowhere.
                #[pymethod("rindex($self, sub[, start[, end]], /)")]
                fn rindex(
                    this: &Value,
                    sub: &Value,
                    start: Option<&Value>,
                    end: Option<&Value>,
                ) -> PyResult {
                    let bytes = lent(this)?;
                    let range = slice_support::search_range(bytes.len(), start, end)?;
                    found_or_error(like::find(&bytes, sub, range, true)?)
                }
                /// The bytes at the right of `width`.
                #[pymethod("rjust($self, width, fillchar=b' ', /)")]
                fn rjust(this: &Value, width: &Value, fillchar: Option<&Value>) -> PyResult {
                    let (width, fill) = (like::width(width)?, like::fill_byte(fillchar, "rjust")?);
                    let bytes = lent(this)?;
                    like::pad(&bytes, width.saturating_sub(bytes.len()), 0, fill).map(Self::make)
                }
                /// As `partition`, at the last separator.
                #[pymethod("rpartition($self, sep, /)")]
                fn rpartition(this: &Value, sep: &Value) -> PyResult {
                    let separator = like::separator(sep)?;
                    let bytes = lent(this)?;
                    let (hay, needle) = (Units::One(&bytes), Units::One(&separator));
                    Ok(
                        Tuple::new(match search::rfind(hay, needle, 0..bytes.len()) {
                            Some(at) => [
                                Self::make(bytes[..at].to_vec()),
                                Self::make(separator.to_vec()),
                                Self::make(bytes[at + separator.len()..].to_vec()),
                            ],
                            None => {
                                let whole = like::part::<Self>(this, &bytes, 0..bytes.len());
                                [Self::make(Vec::new()), Self::make(Vec::new()), whole]
                            }
                        })
                        .into_value(),
                    )
                }
                /// As `split`, counting the splits from the right.
                #[pymethod("rsplit($self, /, sep=None, maxsplit=-1)")]
                fn rsplit(this: &Value, sep: Option<&Value>, maxsplit: Option<&Value>) -> PyResult {
                    let limit = like::limit(maxsplit)?;
                    let separator = sep.map(like::separator).transpose()?;
                    let bytes = lent(this)?;
                    like::parts::<Self>(
                        &bytes,
                        match &separator {
                            Some(separator) => {
                                split::rsplit_on(Units::One(&bytes), Units::One(separator), limit)
                            }
                            None => split::rsplit_blank(Units::One(&bytes), limit, like::is_blank),
                        },
                    )
                }
                /// As `strip`, at the end only.
                #[pymethod("rstrip($self, bytes=None, /)")]
                fn rstrip(this: &Value, bytes: Option<&Value>) -> PyResult {
                    let own = lent(this)?;
                    let range = like::strip(&own, bytes, false, true)?;
                    Ok(like::part::<Self>(this, &own, range))
                }
                /// The pieces between separators (runs of blanks without one).
                #[pymethod("split($self, /, sep=None, maxsplit=-1)")]
                fn split(this: &Value, sep: Option<&Value>, maxsplit: Option<&Value>) -> PyResult {
                    let limit = like::limit(maxsplit)?;
                    let separator = sep.map(like::separator).transpose()?;
                    let bytes = lent(this)?;
                    let mut items = Vec::new();
                    let each = |range: std::ops::Range<usize>| {
                        items.push(<Self as BytesLike>::copy(&bytes[range]));
                    };
                    let text = Units::One(&bytes);
                    match &separator {
                        Some(separator) => {
                            split::split_on(text, Units::One(separator), limit, each);
                        }
                        None => split::split_blank(text, limit, like::is_blank, each),
                    }
                    Ok(crate::objects::list::List::make(items).into_value())
                }
                /// The lines; with their ends if `keepends`.
                #[pymethod("splitlines($self, /, keepends=False)")]
                fn splitlines(this: &Value, keepends: Option<&Value>) -> PyResult {
                    let keep = keepends.map_or(Ok(false), ops::is_true)?;
                    let bytes = lent(this)?;
                    like::parts::<Self>(
                        &bytes,
                        split::split_lines(Units::One(&bytes), keep, like::is_line_end),
                    )
                }
                /// Whether the bytes start with the prefix, or with one of a tuple.
                #[pymethod("startswith($self, prefix[, start[, end]], /)")]
                fn startswith(
                    this: &Value,
                    prefix: &Value,
                    start: Option<&Value>,
                    end: Option<&Value>,
                ) -> PyResult<bool> {
                    let bytes = lent(this)?;
                    let range = slice_support::search_range(bytes.len(), start, end)?;
                    like::tail_match(&bytes, "startswith", prefix, range, true)
                }
                /// A copy without blanks, or without any of the given bytes, at both ends.
                #[pymethod("strip($self, bytes=None, /)")]
                fn strip(this: &Value, bytes: Option<&Value>) -> PyResult {
                    let own = lent(this)?;
                    let range = like::strip(&own, bytes, true, true)?;
                    Ok(like::part::<Self>(this, &own, range))
                }
                /// A copy with upper and lower case exchanged.
                #[pymethod("swapcase($self, /)")]
                fn swapcase(&self) -> Value {
                    Self::make(like::swapcase(self.bytes()))
                }
                /// A copy in which each word starts with a capital.
                #[pymethod("title($self, /)")]
                fn title(&self) -> Value {
                    Self::make(like::title(self.bytes()))
                }
                /// A copy without the bytes in `delete`, the others mapped by a table of 256 bytes.
                #[pymethod("translate($self, table, /, delete=b'')")]
                fn translate(
                    this: &Value,
                    table: Option<&Value>,
                    delete: Option<&Value>,
                ) -> PyResult {
                    like::translate(&lent(this)?, table, delete).map(Self::make)
                }
                /// A copy with the ASCII letters in upper case.
                #[pymethod("upper($self, /)")]
                fn upper(&self) -> Value {
                    Self::make(self.bytes().to_ascii_uppercase())
                }
                /// The bytes at the right of `width`, with zeros after the sign.
                #[pymethod("zfill($self, width, /)")]
                fn zfill(this: &Value, width: &Value) -> PyResult {
                    let width = like::width(width)?;
                    like::zfill(&lent(this)?, width).map(Self::make)
                }
            }
        };
    };
}
pub(crate) use shared_methods;
