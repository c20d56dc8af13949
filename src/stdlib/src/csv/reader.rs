//! Rows out of lines.

use super::csv::error;
use super::dialect::{Dialect, Format, Quoting};
use super::field_limit;
use std::cell::{Cell, RefCell};
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::PyResult;
use taipan_vm::native::NativeClass;
use taipan_vm::object::{Header, Ref, object_value};
use taipan_vm::objects::float::Float;
use taipan_vm::objects::list::List;
use taipan_vm::objects::str::Str;
use taipan_vm::value::Value;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    StartRecord,
    StartField,
    EscapedChar,
    InField,
    InQuotedField,
    EscapeInQuotedField,
    QuoteInQuotedField,
    EatNewline,
    AfterEscapedNewline,
}

/// What a row has been parsed to so far.
struct Row<'a> {
    format: &'a Format,
    state: State,
    field: Vec<u32>,
    /// The field in work has no quotes.
    unquoted: bool,
    fields: Vec<Value>,
}

fn is_break(point: u32) -> bool {
    point == '\n' as u32 || point == '\r' as u32
}

impl Row<'_> {
    fn push(&mut self, point: u32) -> PyResult<()> {
        let limit = field_limit();
        if self.field.len() as i64 >= limit {
            return Err(error(format!("field larger than field limit ({limit})")));
        }
        self.field.push(point);
        Ok(())
    }

    fn save(&mut self) -> PyResult<()> {
        let text = Str::from_code_points(&self.field).into_value();
        let quoting = self.format.quoting;
        let empty = self.field.is_empty();
        self.field.clear();
        let value = match quoting {
            Quoting::NotNull | Quoting::Strings if self.unquoted && empty => Value::none(),
            Quoting::NonNumeric | Quoting::Strings if self.unquoted && !empty => {
                abstract_ops::call(&object_value(Float::class()), &[text])?
            }
            _ => text,
        };
        self.fields.push(value);
        Ok(())
    }

    /// One code point; none at the end of a line.
    fn feed(&mut self, point: Option<u32>) -> PyResult<()> {
        let format = self.format;
        let ends = point.is_none_or(is_break);
        let is_quote = point.is_some() && point == format.quote;
        let is_escape = point.is_some() && point == format.escape;
        let is_delimiter = point == Some(format.delimiter);
        let quotes = format.quoting != Quoting::Never;
        let after_end = match point {
            None => State::StartRecord,
            Some(_) => State::EatNewline,
        };
        match self.state {
            State::StartRecord if point.is_none() => {}
            State::StartRecord if ends => self.state = State::EatNewline,
            State::StartRecord | State::StartField => {
                self.unquoted = true;
                self.state = State::StartField;
                if ends {
                    self.save()?;
                    self.state = after_end;
                } else if is_quote && quotes {
                    self.unquoted = false;
                    self.state = State::InQuotedField;
                } else if is_escape {
                    self.state = State::EscapedChar;
                } else if point == Some(' '.into()) && format.skip_space {
                    // Skipped.
                } else if is_delimiter {
                    self.save()?;
                } else if let Some(point) = point {
                    self.push(point)?;
                    self.state = State::InField;
                }
            }
            State::EscapedChar => {
                let point = match point {
                    Some(point) if is_break(point) => {
                        self.push(point)?;
                        self.state = State::AfterEscapedNewline;
                        return Ok(());
                    }
                    other => other.unwrap_or('\n'.into()),
                };
                self.push(point)?;
                self.state = State::InField;
            }
            State::AfterEscapedNewline if point.is_none() => {}
            State::AfterEscapedNewline | State::InField => {
                self.state = State::InField;
                if ends {
                    self.save()?;
                    self.state = after_end;
                } else if is_escape {
                    self.state = State::EscapedChar;
                } else if is_delimiter {
                    self.save()?;
                    self.state = State::StartField;
                } else if let Some(point) = point {
                    self.push(point)?;
                }
            }
            State::InQuotedField => match point {
                None => {}
                Some(_) if is_escape => self.state = State::EscapeInQuotedField,
                Some(_) if is_quote && quotes => {
                    self.state = match format.double_quote {
                        true => State::QuoteInQuotedField,
                        false => State::InField,
                    }
                }
                Some(point) => self.push(point)?,
            },
            State::EscapeInQuotedField => {
                self.push(point.unwrap_or('\n'.into()))?;
                self.state = State::InQuotedField;
            }
            State::QuoteInQuotedField => match point {
                Some(point) if quotes && is_quote => {
                    self.push(point)?;
                    self.state = State::InQuotedField;
                }
                _ if is_delimiter => {
                    self.save()?;
                    self.state = State::StartField;
                }
                _ if ends => {
                    self.save()?;
                    self.state = after_end;
                }
                Some(point) if !format.strict => {
                    self.push(point)?;
                    self.state = State::InField;
                }
                _ => {
                    let text = |point| Str::from_char(point).to_rust().into_owned();
                    return Err(error(format!(
                        "'{}' expected after '{}'",
                        text(format.delimiter),
                        format.quote.map(text).unwrap_or_default()
                    )));
                }
            },
            State::EatNewline => match point {
                None => self.state = State::StartRecord,
                Some(point) if is_break(point) => {}
                Some(_) => {
                    return Err(error(
                        "new-line character seen in unquoted field - do you need to open the file with newline=''?",
                    ));
                }
            },
        }
        Ok(())
    }
}

/// CSV reader
///
/// Reader objects are responsible for reading and parsing tabular data
/// in CSV format.
#[pyclass(name = "reader", module = "_csv", final, gc)]
#[repr(C)]
pub struct Reader {
    header: Header,
    lines: Value,
    dialect: Ref<Dialect>,
    #[no_gc]
    line_number: Cell<u64>,
    /// A buffer that fields are gathered in.
    #[no_gc]
    buffer: RefCell<Vec<u32>>,
}

impl Reader {
    pub fn make(lines: &Value, dialect: Ref<Dialect>) -> PyResult<Ref<Reader>> {
        Ok(Ref::new(Reader {
            header: Header::fresh(),
            lines: abstract_ops::iter(lines)?,
            dialect,
            line_number: Cell::new(0),
            buffer: RefCell::default(),
        }))
    }
    fn next_row(&self, row: &mut Row) -> PyResult<bool> {
        loop {
            let Some(line) = abstract_ops::next(&self.lines)? else {
                let unfinished = !row.field.is_empty() || row.state == State::InQuotedField;
                if !unfinished {
                    return Ok(false);
                }
                if row.format.strict {
                    return Err(error("unexpected end of data"));
                }
                row.save()?;
                return Ok(true);
            };
            let Some(text) = line.downcast::<Str>() else {
                return Err(error(format!(
                    "iterator should return strings, not {} (the file should be opened in text mode)",
                    line.class().name()
                )));
            };
            self.line_number.set(self.line_number.get() + 1);
            for point in text.code_points() {
                row.feed(Some(point))?;
            }
            row.feed(None)?;
            if row.state == State::StartRecord {
                return Ok(true);
            }
        }
    }
}

#[pymethods]
impl Reader {
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        let mut row = Row {
            format: &self.dialect.format,
            state: State::StartRecord,
            field: self.buffer.take(),
            unquoted: true,
            fields: Vec::new(),
        };
        let found = self.next_row(&mut row);
        row.field.clear();
        self.buffer.replace(row.field);
        Ok(found?.then(|| List::make(row.fields).into_value()))
    }
    #[pygetset]
    fn dialect(&self) -> Value {
        self.dialect.clone().into_value()
    }
    #[pygetset]
    fn line_num(&self) -> i64 {
        self.line_number.get() as i64
    }
}
