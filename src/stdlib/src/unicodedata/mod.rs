//! `unicodedata`: the Unicode character database.

mod database;
mod names;
mod normal;
#[rustfmt::skip]
mod tables;

use taipan_macros::pymodule;

pub use unicodedata::MODULE;

/// This module provides access to the Unicode Character Database which
/// defines character properties for all Unicode characters. The data in
/// this database is based on the UnicodeData.txt file version
/// 16.0.0 which is publicly available from ftp://ftp.unicode.org/.
///
/// The module uses the same names and symbols as defined by the
/// UnicodeData File Format 16.0.0.
#[pymodule(name = "unicodedata")]
mod unicodedata {
    use super::database::{decomposition as mapping, numeric as number, record};
    use super::normal::{Form, hangul, normalize as normal_form};
    use super::{names, tables};
    use taipan_vm::exceptions::{PyResult, key_error, type_error, value_error};
    use taipan_vm::objects::buffer;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::str::{Str, expect_str};
    use taipan_vm::text::unicode;
    use taipan_vm::value::Value;

    /// The code point of an argument; `which` is its number among several.
    fn character(value: &Value, function: &str, which: &str) -> PyResult<u32> {
        let argument = format!("argument{which} must be a unicode character");
        match value.downcast::<Str>() {
            Some(text) if text.len() == 1 => Ok(text.char_at(0)),
            Some(text) => Err(type_error(format!(
                "{function}(): {argument}, not a string of length {}",
                text.len()
            ))),
            None => Err(type_error(format!(
                "{function}() {argument}, not {}",
                value.class().name()
            ))),
        }
    }

    /// What was found, the default, or an error.
    fn found(value: Option<Value>, default: Option<&Value>, missing: &str) -> PyResult {
        value
            .or_else(|| default.cloned())
            .ok_or_else(|| value_error(missing))
    }

    /// Converts a Unicode character into its equivalent decimal value.
    ///
    /// Returns the decimal value assigned to the character chr as integer.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[pyfunction("decimal($self, chr, default=<unrepresentable>, /)")]
    fn decimal(chr: &Value, default: Option<&Value>) -> PyResult {
        let value = unicode::decimal(character(chr, "decimal", " 1")?);
        found(
            value.map(|n| Value::int(n.into())),
            default,
            "not a decimal",
        )
    }

    /// Converts a Unicode character into its equivalent digit value.
    ///
    /// Returns the digit value assigned to the character chr as integer.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[pyfunction("digit($self, chr, default=<unrepresentable>, /)")]
    fn digit(chr: &Value, default: Option<&Value>) -> PyResult {
        let value = unicode::digit(character(chr, "digit", " 1")?);
        found(value.map(|n| Value::int(n.into())), default, "not a digit")
    }

    /// Converts a Unicode character into its equivalent numeric value.
    ///
    /// Returns the numeric value assigned to the character chr as float.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[pyfunction("numeric($self, chr, default=<unrepresentable>, /)")]
    fn numeric(chr: &Value, default: Option<&Value>) -> PyResult {
        let value = number(character(chr, "numeric", " 1")?);
        found(value.map(Value::float), default, "not a numeric character")
    }

    /// Returns the general category assigned to the character chr as string.
    #[pyfunction("category($self, chr, /)")]
    fn category(chr: &Value) -> PyResult<&'static str> {
        let record = record(character(chr, "category", "")?);
        Ok(tables::CATEGORIES[record.category as usize])
    }

    /// Returns the bidirectional class assigned to the character chr as string.
    ///
    /// If no such value is defined, an empty string is returned.
    #[pyfunction("bidirectional($self, chr, /)")]
    fn bidirectional(chr: &Value) -> PyResult<&'static str> {
        let record = record(character(chr, "bidirectional", "")?);
        Ok(tables::BIDIRECTIONAL[record.bidirectional as usize])
    }

    /// Returns the canonical combining class assigned to the character chr as integer.
    ///
    /// Returns 0 if no combining class is defined.
    #[pyfunction("combining($self, chr, /)")]
    fn combining(chr: &Value) -> PyResult<i64> {
        Ok(record(character(chr, "combining", "")?).combining.into())
    }

    /// Returns the mirrored property assigned to the character chr as integer.
    ///
    /// Returns 1 if the character has been identified as a "mirrored"
    /// character in bidirectional text, 0 otherwise.
    #[pyfunction("mirrored($self, chr, /)")]
    fn mirrored(chr: &Value) -> PyResult<i64> {
        Ok(record(character(chr, "mirrored", "")?).mirrored.into())
    }

    /// Returns the east asian width assigned to the character chr as string.
    #[pyfunction("east_asian_width($self, chr, /)")]
    fn east_asian_width(chr: &Value) -> PyResult<&'static str> {
        let record = record(character(chr, "east_asian_width", "")?);
        Ok(tables::WIDTHS[record.width as usize])
    }

    /// Returns the character decomposition mapping assigned to the character chr as string.
    ///
    /// An empty string is returned in case no such mapping is defined.
    #[pyfunction("decomposition($self, chr, /)")]
    fn decomposition(chr: &Value) -> PyResult<String> {
        let point = character(chr, "decomposition", "")?;
        let mut jamo = Vec::new();
        let (tag, parts) = match mapping(point) {
            Some(found) => found,
            None if hangul::decompose(point, &mut jamo) => ("", jamo.as_slice()),
            None => return Ok(String::new()),
        };
        let mut words = Vec::from_iter((!tag.is_empty()).then(|| tag.to_owned()));
        words.extend(parts.iter().map(|part| format!("{part:04X}")));
        Ok(words.join(" "))
    }

    fn is_normal(text: &Str, points: &[u32]) -> bool {
        text.code_points().eq(points.iter().copied())
    }

    fn form_and_text<'a>(
        function: &str,
        form: &Value,
        unistr: &'a Value,
    ) -> PyResult<(&'a Str, Option<Vec<u32>>)> {
        let form = expect_str(form, &format!("{function}() argument 1"))?;
        let text = expect_str(unistr, &format!("{function}() argument 2"))?;
        // The form of an empty string is looked at by nobody.
        if text.is_empty() {
            return Ok((text, None));
        }
        let form = Form::named(&form.to_rust())
            .ok_or_else(|| value_error("invalid normalization form"))?;
        if text.is_ascii() {
            return Ok((text, None));
        }
        let points = normal_form(text.code_points(), form);
        let changed = !is_normal(text, &points);
        Ok((text, changed.then_some(points)))
    }

    /// Return whether the Unicode string unistr is in the normal form 'form'.
    ///
    /// Valid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.
    #[pyfunction("is_normalized($self, form, unistr, /)")]
    fn is_normalized(form: &Value, unistr: &Value) -> PyResult<bool> {
        let (_, normalized) = form_and_text("is_normalized", form, unistr)?;
        Ok(normalized.is_none())
    }

    /// Return the normal form 'form' for the Unicode string unistr.
    ///
    /// Valid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.
    #[pyfunction("normalize($self, form, unistr, /)")]
    fn normalize(form: &Value, unistr: &Value) -> PyResult {
        let (_, normalized) = form_and_text("normalize", form, unistr)?;
        Ok(match normalized {
            Some(points) => Str::from_code_points(&points).into_value(),
            None => unistr.clone(),
        })
    }

    /// Returns the name assigned to the character chr as a string.
    ///
    /// If no name is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[pyfunction("name($self, chr, default=<unrepresentable>, /)")]
    fn name(chr: &Value, default: Option<&Value>) -> PyResult {
        let name = names::name(character(chr, "name", " 1")?);
        let name = name.map(|name| Str::new(&name).into_value());
        found(name, default, "no such name")
    }

    /// Look up character by name.
    ///
    /// If a character with the given name is found, return the
    /// corresponding character.  If not found, KeyError is raised.
    #[pyfunction("lookup($self, name, /)")]
    fn lookup(name: &Value) -> PyResult {
        const LONGEST: usize = 256;
        let text = match name.downcast::<Str>() {
            Some(text) => text.to_rust().into_owned(),
            None => String::from_utf8_lossy(&buffer::bytes_like(name)?).into_owned(),
        };
        if text.len() > LONGEST {
            return Err(key_error(Str::new("name too long").as_value()));
        }
        match names::lookup(&text) {
            Some(point) => Ok(Str::from_char(point).into_value()),
            None => Err(key_error(
                Str::new(&format!("undefined character name '{text}'")).as_value(),
            )),
        }
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        module.add("unidata_version", Str::new(tables::VERSION).into_value());
        Ok(())
    }
}
