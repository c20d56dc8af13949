//! `_tokenize`: the tokens of source text, with comments and blank lines or without, line by line as they
//! are asked for.

mod lexer;
mod plain;

use lexer::{Lexer, Problem};
use plain::{Plain, PlainToken};
use taipan_macros::{pyclass, pymethods, pymodule};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{
    INDENTATION_ERROR, PyResult, Raised, STOP_ITERATION, SYNTAX_ERROR, TAB_ERROR, raise_args,
    suppress, type_error,
};
use taipan_vm::gc::Field;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::class::Type;
use taipan_vm::objects::codec;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::thread::thread;
use taipan_vm::value::Value;

pub use tokens::MODULE;

#[pyclass(name = "TokenizerIter", module = "_tokenize", gc)]
#[repr(C)]
pub struct TokenizerIter {
    header: Header,
    readline: Value,
    encoding: Field<Option<Ref<Str>>>,
    #[no_gc]
    lexer: Field<Lexer>,
    /// None where comments and blank lines are wanted.
    #[no_gc]
    plain: Field<Option<Plain>>,
}

fn text(points: &[u32]) -> Value {
    Str::from_code_points(points).into_value()
}

fn syntax_error(problem: Problem) -> Raised {
    let number = |number: usize| Value::int(number as i64);
    let (class, message, place) = match problem {
        Problem::EndOfFile { row, offset } => {
            let message = Str::new("unexpected EOF in multi-line statement").into_value();
            let raised = raise_args(SYNTAX_ERROR.get(), vec![message]);
            thread().raised.with(|exception| {
                if let Some(exception) = exception {
                    exception.set_field("lineno", number(row));
                    exception.set_field("offset", number(offset));
                }
            });
            return raised;
        }
        Problem::Syntax {
            message,
            row,
            offset,
            line,
        } => {
            let place = [
                Str::new("<string>").into_value(),
                number(row),
                number(offset),
                text(&line),
                number(row),
                number(offset),
            ];
            (SYNTAX_ERROR.get(), message, place)
        }
        Problem::Indentation {
            message,
            tabs,
            row,
            line,
        } => {
            let class = match tabs {
                true => TAB_ERROR.get(),
                false => INDENTATION_ERROR.get(),
            };
            let place = [
                Str::new("<string>").into_value(),
                number(row),
                number(line.len() + 1),
                text(&line),
                Value::none(),
                Value::none(),
            ];
            (class, message.to_owned(), place)
        }
    };
    let arguments = vec![
        Str::new(&message).into_value(),
        Tuple::new(place).into_value(),
    ];
    raise_args(class, arguments)
}

impl TokenizerIter {
    /// The next line, empty at the end.
    fn line(&self) -> PyResult<Vec<u32>> {
        let line = abstract_ops::call(&self.readline, &[]);
        let Some(line) = suppress(line, STOP_ITERATION.get())? else {
            return Ok(Vec::new());
        };
        let line = match self.encoding.get() {
            None => line,
            Some(encoding) => match line.downcast::<Bytes>() {
                Some(bytes) => codec::decode(
                    bytes.as_slice(),
                    &line,
                    Some(&encoding),
                    Some(&Str::new("replace")),
                )?,
                None => {
                    return Err(type_error("readline() returned a non-bytes object"));
                }
            },
        };
        match line.downcast::<Str>() {
            Some(line) => Ok(line.code_points().collect()),
            None => Err(type_error("readline() returned a non-string object")),
        }
    }
}

fn token_value(token: PlainToken) -> Value {
    let place =
        |(row, column): (i64, i64)| Tuple::new([Value::int(row), Value::int(column)]).into_value();
    Tuple::new([
        Value::int(token.kind),
        text(&token.text),
        place(token.start),
        place(token.end),
        text(&token.line),
    ])
    .into_value()
}

#[pymethods]
impl TokenizerIter {
    #[pyslot("TokenizerIter(readline, /, *, encoding=None, extra_tokens=False)")]
    fn new(
        cls: &Type,
        readline: &Value,
        encoding: Option<&Value>,
        extra_tokens: Option<bool>,
    ) -> PyResult {
        let encoding = match encoding.filter(|encoding| !encoding.is_none()) {
            None => None,
            Some(encoding) => match encoding.downcast::<Str>() {
                Some(encoding) => Some(Ref::from_ref(encoding)),
                None => {
                    return Err(type_error(format!(
                        "argument 'encoding' must be str, not {}",
                        encoding.class().name()
                    )));
                }
            },
        };
        let native = TokenizerIter {
            header: Header::fresh(),
            readline: readline.clone(),
            encoding: Field::new(encoding),
            lexer: Field::new(Lexer::new()),
            plain: Field::new((!extra_tokens.unwrap_or(false)).then(Plain::default)),
        };
        Ok(taipan_vm::memory::allocate_instance(cls, native).into_value())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        loop {
            if let Some(token) = self.lexer.with(Lexer::pop) {
                let token = self.plain.with(|plain| match plain {
                    Some(plain) => plain.token(token),
                    None => Some(token.unchanged()),
                });
                match token {
                    Some(token) => return Ok(Some(token_value(token))),
                    None => continue,
                }
            }
            if self.lexer.with(|lexer| lexer.is_done()) {
                return Ok(None);
            }
            // Reading runs Python code: the lexer is not held meanwhile.
            let line = self.line()?;
            if let Err(problem) = self.lexer.with(|lexer| lexer.feed(line)) {
                self.lexer.with(|lexer| lexer.fail(problem));
            }
            if self.lexer.with(|lexer| lexer.is_empty())
                && let Some(problem) = self.lexer.with(Lexer::take_problem)
            {
                return Err(syntax_error(problem));
            }
        }
    }
}

#[pymodule(name = "_tokenize", classes(super::TokenizerIter))]
mod tokens {}
