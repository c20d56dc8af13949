//! Rows into lines.

use super::csv::error;
use super::dialect::{Dialect, Format, Quoting};
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, TYPE_ERROR, catch};
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::str::{Name, Str};
use taipan_vm::text::buffer::TextBuf;
use taipan_vm::value::Value;

static WRITE: Name = Name::new("write");

/// CSV writer
///
/// Writer objects are responsible for generating tabular data
/// in CSV format from sequence input.
#[pyclass(name = "writer", module = "_csv", final, gc)]
#[repr(C)]
pub struct Writer {
    header: Header,
    write: Value,
    dialect: Ref<Dialect>,
}

impl Writer {
    pub fn make(file: &Value, dialect: Ref<Dialect>) -> PyResult<Ref<Writer>> {
        let write = abstract_ops::getattr_opt(file, &WRITE)?;
        let Some(write) = write.filter(abstract_ops::is_callable) else {
            return Err(taipan_vm::exceptions::type_error(
                "argument 1 must have a \"write\" method",
            ));
        };
        Ok(Ref::new(Writer {
            header: Header::fresh(),
            write,
            dialect,
        }))
    }
    fn write_row(&self, row: &Value) -> PyResult {
        let Ok(iterator) = abstract_ops::iter(row) else {
            return Err(match catch(TYPE_ERROR.get()) {
                Some(_) => error(format!("iterable expected, not {}", row.class().name())),
                None => taipan_vm::exceptions::Raised,
            });
        };
        let format = &self.dialect.format;
        let mut line = Line {
            format,
            out: TextBuf::with_capacity(64),
            fields: 0,
            null_field: false,
        };
        while let Some(field) = abstract_ops::next(&iterator)? {
            line.add(&field)?;
        }
        line.finish()?;
        abstract_ops::call(
            &self.write,
            &[Str::from_units(line.out.units()).into_value()],
        )
    }
}

struct Line<'a> {
    format: &'a Format,
    out: TextBuf,
    fields: usize,
    /// The first field is None.
    null_field: bool,
}

impl Line<'_> {
    fn add(&mut self, field: &Value) -> PyResult<()> {
        let is_text = field.downcast::<Str>().is_some();
        let quoted = match self.format.quoting {
            Quoting::NonNumeric => !is_number(field),
            Quoting::All => true,
            Quoting::Strings => is_text,
            Quoting::NotNull => !field.is_none(),
            Quoting::Minimal | Quoting::Never => false,
        };
        if field.is_none() {
            self.null_field = self.fields == 0;
            return self.append(Str::empty().as_value(), quoted);
        }
        match is_text {
            true => self.append(field, quoted),
            false => self.append(abstract_ops::str(field)?.as_value(), quoted),
        }
    }

    fn append(&mut self, text: &Value, mut quoted: bool) -> PyResult<()> {
        let format = self.format;
        let Some(text) = text.downcast::<Str>() else {
            return Ok(());
        };
        if self.fields > 0 {
            self.out.push(format.delimiter);
        }
        self.fields += 1;
        let mut body = TextBuf::with_capacity(text.len());
        for point in text.code_points() {
            let quote = format.quote == Some(point);
            let escape = format.escape == Some(point);
            let special = point == format.delimiter
                || quote
                || escape
                || point == '\n'.into()
                || point == '\r'.into()
                || format.terminator.contains(&point);
            if special {
                let mut escaped = format.quoting == Quoting::Never;
                if !escaped && quote {
                    match format.double_quote {
                        true => body.push(point),
                        false => escaped = true,
                    }
                } else if !escaped && escape {
                    escaped = true;
                }
                if escaped {
                    let Some(escape) = format.escape else {
                        return Err(error("need to escape, but no escapechar set"));
                    };
                    body.push(escape);
                } else {
                    quoted = true;
                }
            }
            body.push(point);
        }
        // A space that separates would be skipped in front of an empty field.
        if text.is_empty() && format.delimiter == ' '.into() && format.skip_space {
            if matches!(format.quoting, Quoting::Never) || self.null_and_unquotable(quoted) {
                return Err(error(
                    "empty field must be quoted if delimiter is a space and skipinitialspace is true",
                ));
            }
            quoted = true;
        }
        if quoted && let Some(quote) = format.quote {
            self.out.push(quote);
            self.out.push_units(body.units());
            self.out.push(quote);
            return Ok(());
        }
        self.out.push_units(body.units());
        Ok(())
    }

    /// None stays unquoted where quotes tell it from an empty string.
    fn null_and_unquotable(&self, quoted: bool) -> bool {
        !quoted && matches!(self.format.quoting, Quoting::Strings | Quoting::NotNull)
    }

    fn finish(&mut self) -> PyResult<()> {
        // A single empty field would be an empty line, which stands for no field.
        if self.fields == 1 && self.out.is_empty() {
            let unquotable = self.null_field
                && matches!(self.format.quoting, Quoting::Strings | Quoting::NotNull);
            let Some(quote) = self.format.quote else {
                return Err(error("single empty field record must be quoted"));
            };
            if self.format.quoting == Quoting::Never || unquotable {
                return Err(error("single empty field record must be quoted"));
            }
            self.out.push(quote);
            self.out.push(quote);
        }
        for &point in &self.format.terminator {
            self.out.push(point);
        }
        Ok(())
    }
}

fn is_number(value: &Value) -> bool {
    let slots = value.class().slots();
    value.as_int().is_some()
        || value.as_float().is_some()
        || slots.int.is_some()
        || slots.index.is_some()
}

#[pymethods]
impl Writer {
    /// Construct and write a CSV record from an iterable of fields.
    ///
    /// Non-string elements will be converted to string.
    #[pymethod("writerow($self, row, /)")]
    fn writerow(&self, row: &Value) -> PyResult {
        self.write_row(row)
    }
    /// Construct and write a series of iterables to a csv file.
    ///
    /// Non-string elements will be converted to string.
    #[pymethod("writerows($self, rows, /)")]
    fn writerows(&self, rows: &Value) -> PyResult<()> {
        abstract_ops::for_each(rows, |row| self.write_row(&row).map(drop))
    }
    #[pygetset]
    fn dialect(&self) -> Value {
        self.dialect.clone().into_value()
    }
}
