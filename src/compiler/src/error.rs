//! What compiling can report: one error, and any number of warnings.

use crate::ast::Loc;
use taipan_bytecode::Text;

/// The class of the exception to raise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    SyntaxError,
    IndentationError,
    TabError,
    /// There may be more to come.
    IncompleteInput,
    /// Nested too deeply for the parser.
    MemoryError,
    /// Nested too deeply for the compiler.
    RecursionError,
}

/// A `SyntaxError`, its attributes as CPython sets them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub kind: ErrorKind,
    pub message: String,
    /// None where bytes in memory could not be decoded, or were not even looked at.
    pub filename: Option<Text>,
    /// From 1; 0 if unknown.
    pub lineno: i32,
    /// From 1, in characters; 0 or -1 as CPython does where it has no column.
    pub offset: i32,
    pub end_lineno: i32,
    pub end_offset: i32,
    /// The line, with its newline if it has one.
    pub text: Option<String>,
    /// Of errors of the parser.
    pub progress: Option<Box<Progress>>,
}

impl SyntaxError {
    /// Is there more to it than the message?
    pub fn has_place(&self) -> bool {
        self.filename.is_some() || self.text.is_some()
    }

    /// Where no place is known, none is said to end.
    pub fn has_range(&self) -> bool {
        (self.lineno, self.offset) != (0, -1)
    }
}

/// How far the parser came: with the source, the `_metadata` that `traceback` looks for mistyped keywords in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Where the last compound statement begins that was read whole; 0 if there is none.
    pub line: i32,
    pub col: i32,
    /// The source, if it is not that of a file.
    pub source: Option<String>,
    /// Of what was read before; to be emitted first.
    pub warnings: Vec<Warning>,
}

/// A `SyntaxWarning` or `DeprecationWarning` to emit after compiling, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub message: String,
    pub lineno: i32,
    pub category: WarningCategory,
    /// What is raised in its place where it is to be an error.
    pub error: SyntaxError,
}

impl Warning {
    /// Of the passes behind the parser: they know the range, its columns in bytes, and not the line's text.
    pub fn of_compiler(message: String, loc: Loc, filename: &Text) -> Warning {
        let error = SyntaxError {
            kind: ErrorKind::SyntaxError,
            message: message.clone(),
            filename: Some(filename.clone()),
            lineno: loc.line,
            offset: loc.col + 1,
            end_lineno: loc.end_line,
            end_offset: loc.end_col + 1,
            text: None,
            progress: None,
        };
        Warning {
            message,
            lineno: loc.line,
            category: WarningCategory::SyntaxWarning,
            error,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarningCategory {
    SyntaxWarning,
    DeprecationWarning,
}

/// An error inside the compiler, its columns still in bytes. A negative column n shows as n + 1:
/// CPython has several ways to say that it knows none.
#[derive(Clone, Debug)]
pub struct Failure {
    pub kind: ErrorKind,
    pub message: String,
    pub loc: Loc,
    pub shown: Shown,
}

/// What an error shows of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Its line.
    Line,
    /// The line without its newline.
    Text,
    /// What the file of that name has there, if there is one: the passes behind the parser have no source. Their
    /// columns are in bytes.
    File,
    /// What could be decoded of the line; columns are in characters.
    Undecoded { text: String, in_file: bool },
    /// Nothing, nor where that is.
    Nothing,
}

pub type Result<T> = std::result::Result<T, Box<Failure>>;

impl Failure {
    pub fn syntax(message: impl Into<String>, loc: Loc) -> Box<Failure> {
        Failure::new(ErrorKind::SyntaxError, message, loc)
    }

    pub fn new(kind: ErrorKind, message: impl Into<String>, loc: Loc) -> Box<Failure> {
        Box::new(Failure {
            kind,
            message: message.into(),
            loc,
            shown: Shown::Line,
        })
    }

    pub fn showing(mut self: Box<Self>, shown: Shown) -> Box<Failure> {
        self.shown = shown;
        self
    }

    /// Of a pass behind the parser.
    pub fn behind_parser(self: Box<Self>) -> Box<Failure> {
        self.showing(Shown::File)
    }
}
