//! `make_scanner`: JSON as objects.

use super::scan::{self, error};
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops::{self, enter_native};
use taipan_vm::exceptions::{self, PyResult, Raised, value_error};
use taipan_vm::memory::allocate_instance;
use taipan_vm::native::NativeClass;
use taipan_vm::object::{Header, Ref, object_value};
use taipan_vm::objects::class::Type;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::float::Float;
use taipan_vm::objects::int::Int;
use taipan_vm::objects::list::List;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// JSON scanner object
#[pyclass(name = "Scanner", module = "_json", gc)]
#[repr(C)]
pub struct Scanner {
    header: Header,
    object_hook: Value,
    object_pairs_hook: Value,
    parse_float: Value,
    parse_int: Value,
    parse_constant: Value,
    #[no_gc]
    strict: bool,
}

/// One document being read.
struct Reader<'a> {
    scanner: &'a Scanner,
    text: &'a Str,
    /// The text as an object, for errors.
    document: &'a Value,
    /// Keys that were seen: equal ones are one object.
    keys: Ref<Dict>,
}

/// There is no value here: the decoder makes an error of it.
#[cold]
fn no_value(at: usize) -> Raised {
    exceptions::stop_iteration(Some(Value::int(at as i64)))
}

impl Reader<'_> {
    fn point(&self, at: usize) -> Option<u32> {
        (at < self.text.len()).then(|| self.text.char_at(at))
    }

    fn is(&self, at: usize, char: char) -> bool {
        self.point(at) == Some(char.into())
    }

    fn skip_space(&self, mut at: usize) -> usize {
        while matches!(self.point(at), Some(0x20 | 0x09 | 0x0A | 0x0D)) {
            at += 1;
        }
        at
    }

    fn has_word(&self, at: usize, word: &str) -> bool {
        at + word.len() <= self.text.len()
            && word
                .bytes()
                .enumerate()
                .all(|(index, byte)| self.text.char_at(at + index) == byte.into())
    }

    fn error(&self, message: &str, at: usize) -> Raised {
        error(message, self.document, at as isize)
    }

    fn value(&self, at: usize) -> PyResult<(Value, usize)> {
        let Some(first) = self.point(at).and_then(char::from_u32) else {
            return Err(no_value(at));
        };
        let word = match first {
            '"' => return self.string(at),
            '{' | '[' => {
                let _guard = enter_native(match first {
                    '{' => " while decoding a JSON object from a unicode string",
                    _ => " while decoding a JSON array from a unicode string",
                })?;
                return match first {
                    '{' => self.object(at + 1),
                    _ => self.array(at + 1),
                };
            }
            'n' => Some(("null", Value::none())),
            't' => Some(("true", Value::bool(true))),
            'f' => Some(("false", Value::bool(false))),
            'N' if self.has_word(at, "NaN") => return self.constant("NaN", at),
            'I' if self.has_word(at, "Infinity") => return self.constant("Infinity", at),
            '-' if self.has_word(at, "-Infinity") => return self.constant("-Infinity", at),
            _ => None,
        };
        match word {
            Some((word, value)) if self.has_word(at, word) => Ok((value, at + word.len())),
            _ => self.number(at),
        }
    }

    fn constant(&self, word: &str, at: usize) -> PyResult<(Value, usize)> {
        let argument = Str::intern(word).into_value();
        let value = abstract_ops::call(&self.scanner.parse_constant, &[argument])?;
        Ok((value, at + word.len()))
    }

    fn string(&self, at: usize) -> PyResult<(Value, usize)> {
        let start = at as isize + 1;
        let (text, end) = scan::string(self.text, self.document, start, self.scanner.strict)?;
        Ok((text.into_value(), end))
    }

    fn digits(&self, mut at: usize) -> usize {
        while matches!(self.point(at), Some(0x30..=0x39)) {
            at += 1;
        }
        at
    }

    fn number(&self, start: usize) -> PyResult<(Value, usize)> {
        let first = start + usize::from(self.is(start, '-'));
        let mut end = match self.point(first) {
            Some(0x30) => first + 1,
            Some(0x31..=0x39) => self.digits(first),
            _ => return Err(no_value(start)),
        };
        let mut is_float = false;
        if self.is(end, '.') {
            let fraction = self.digits(end + 1);
            if fraction > end + 1 {
                (is_float, end) = (true, fraction);
            }
        }
        if self.is(end, 'e') || self.is(end, 'E') {
            let sign = self.is(end + 1, '+') || self.is(end + 1, '-');
            let from = end + 1 + usize::from(sign);
            let exponent = self.digits(from);
            if exponent > from {
                (is_float, end) = (true, exponent);
            }
        }
        let literal = self.text.substring(start..end);
        let (parse, native) = match is_float {
            true => (&self.scanner.parse_float, Float::class()),
            false => (&self.scanner.parse_int, Int::class()),
        };
        if parse.is(&object_value(native)) {
            let plain = literal.to_rust();
            if is_float && let Ok(float) = plain.parse() {
                return Ok((Value::float(float), end));
            }
            if !is_float && let Ok(int) = plain.parse() {
                return Ok((Value::int(int), end));
            }
        }
        let value = abstract_ops::call(parse, &[literal.into_value()])?;
        Ok((value, end))
    }

    fn array(&self, at: usize) -> PyResult<(Value, usize)> {
        let mut items = Vec::new();
        let mut at = self.skip_space(at);
        if !self.is(at, ']') {
            loop {
                let (item, end) = self.value(at)?;
                items.push(item);
                at = self.skip_space(end);
                if self.is(at, ']') {
                    break;
                }
                if !self.is(at, ',') {
                    return Err(self.error("Expecting ',' delimiter", at));
                }
                let comma = at;
                at = self.skip_space(at + 1);
                if self.is(at, ']') {
                    return Err(self.error("Illegal trailing comma before end of array", comma));
                }
            }
        }
        Ok((List::make(items).into_value(), at + 1))
    }

    /// Calls with each pair of an object; where the text goes on behind it.
    fn pairs(
        &self,
        at: usize,
        mut each: impl FnMut(Value, Value) -> PyResult<()>,
    ) -> PyResult<usize> {
        let mut at = self.skip_space(at);
        if self.is(at, '}') {
            return Ok(at + 1);
        }
        loop {
            if !self.is(at, '"') {
                let message = "Expecting property name enclosed in double quotes";
                return Err(self.error(message, at));
            }
            let (key, end) = self.string(at)?;
            let key = self.keys.set_default(key.clone(), key)?;
            at = self.skip_space(end);
            if !self.is(at, ':') {
                return Err(self.error("Expecting ':' delimiter", at));
            }
            at = self.skip_space(at + 1);
            let (value, end) = self.value(at)?;
            each(key, value)?;
            at = self.skip_space(end);
            if self.is(at, '}') {
                return Ok(at + 1);
            }
            if !self.is(at, ',') {
                return Err(self.error("Expecting ',' delimiter", at));
            }
            let comma = at;
            at = self.skip_space(at + 1);
            if self.is(at, '}') {
                return Err(self.error("Illegal trailing comma before end of object", comma));
            }
        }
    }

    fn object(&self, at: usize) -> PyResult<(Value, usize)> {
        let hook = &self.scanner.object_pairs_hook;
        if !hook.is_none() {
            let mut found = Vec::new();
            let end = self.pairs(at, |key, value| {
                found.push(Tuple::new([key, value]).into_value());
                Ok(())
            })?;
            let pairs = List::make(found).into_value();
            return Ok((abstract_ops::call(hook, &[pairs])?, end));
        }
        let dict = Dict::make();
        let end = self.pairs(at, |key, value| dict.insert(key, value))?;
        let hook = &self.scanner.object_hook;
        match hook.is_none() {
            true => Ok((dict.into_value(), end)),
            false => Ok((abstract_ops::call(hook, &[dict.into_value()])?, end)),
        }
    }
}

#[pymethods]
impl Scanner {
    #[pyslot("make_scanner(context)")]
    fn new(cls: &Type, context: &Value) -> PyResult {
        let get = |name| abstract_ops::getattr(context, &Str::intern(name));
        let made = Scanner {
            header: Header::fresh(),
            strict: abstract_ops::is_true(&get("strict")?)?,
            object_hook: get("object_hook")?,
            object_pairs_hook: get("object_pairs_hook")?,
            parse_float: get("parse_float")?,
            parse_int: get("parse_int")?,
            parse_constant: get("parse_constant")?,
        };
        Ok(allocate_instance(cls, made).into_value())
    }

    #[pyslot("scan_once(string, idx)")]
    fn call(&self, string: &Value, idx: isize) -> PyResult {
        let Some(text) = string.downcast::<Str>() else {
            return Err(exceptions::type_error(format!(
                "first argument must be a string, not {}",
                string.class().name()
            )));
        };
        let Ok(at) = usize::try_from(idx) else {
            return Err(value_error("idx cannot be negative"));
        };
        let reader = Reader {
            scanner: self,
            text,
            document: string,
            keys: Dict::make(),
        };
        let (value, end) = reader.value(at)?;
        Ok(Tuple::new([value, Value::int(end as i64)]).into_value())
    }

    /// strict
    #[pygetset]
    fn strict(&self) -> bool {
        self.strict
    }
    /// object_hook
    #[pygetset]
    fn object_hook(&self) -> Value {
        self.object_hook.clone()
    }
    #[pygetset]
    fn object_pairs_hook(&self) -> Value {
        self.object_pairs_hook.clone()
    }
    /// parse_float
    #[pygetset]
    fn parse_float(&self) -> Value {
        self.parse_float.clone()
    }
    /// parse_int
    #[pygetset]
    fn parse_int(&self) -> Value {
        self.parse_int.clone()
    }
    /// parse_constant
    #[pygetset]
    fn parse_constant(&self) -> Value {
        self.parse_constant.clone()
    }
}
