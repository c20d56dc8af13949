//! Source to bytecode: exactly what CPython 3.14 makes of it.
//!
//! `source` → Ruff's parser → `convert` (our tree, `ast`) → `symtable` → `codegen` (a sequence of
//! instructions) → `flowgraph` (optimized blocks) → `assemble` (code object). Each station is a
//! module and depends only on those before it.

mod assemble;
mod ast;
mod build;
mod codegen;
mod consts;
mod convert;
mod diagnose;
mod error;
mod finally;
mod flowgraph;
mod future;
mod instructions;
mod literals;
mod parse;
mod source;
mod symtable;
mod unicode_name;
mod unparse;

pub use ast::Loc;
pub use error::{ErrorKind, SyntaxError, Warning, WarningCategory};
pub use source::{Cookie, cookie};

use error::Failure;
use source::Source;
use std::sync::Arc;
use taipan_bytecode::{CodeFlags, CodeObject, Text};

/// The `mode` argument of `compile()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Exec,
    Eval,
    Single,
}

#[derive(Clone, Copy, Debug)]
pub struct CompileOptions {
    /// 0, 1 (`-O`: no asserts, `__debug__` is False) or 2 (`-OO`: no docstrings either).
    pub optimize: u8,
    /// Future features that hold without an import.
    pub flags: CodeFlags,
    /// `PyCF_ALLOW_TOP_LEVEL_AWAIT`.
    pub allow_top_level_await: bool,
    /// The source is read from a file or a stream, not from an object in memory: some errors say so.
    pub from_file: bool,
}

impl Default for CompileOptions {
    fn default() -> CompileOptions {
        CompileOptions {
            optimize: 0,
            flags: CodeFlags::empty(),
            allow_top_level_await: false,
            from_file: false,
        }
    }
}

/// A code object, and the warnings to emit before it is used.
#[derive(Debug)]
pub struct Compiled {
    pub code: Arc<CodeObject>,
    pub warnings: Vec<Warning>,
}

/// Compiles the bytes of a file, decoding them by BOM and coding cookie.
pub fn compile(
    source: &[u8],
    filename: &str,
    mode: Mode,
    options: &CompileOptions,
) -> Result<Compiled, SyntaxError> {
    match Source::from_bytes(source, options.from_file.then_some(filename)) {
        Ok(source) => compile_source(&source, filename, mode, options),
        Err(failure) => Err(report(*failure, None, filename)),
    }
}

/// Compiles text that was a string already.
pub fn compile_str(
    source: &str,
    filename: &str,
    mode: Mode,
    options: &CompileOptions,
) -> Result<Compiled, SyntaxError> {
    match Source::from_str(source) {
        Ok(source) => compile_source(&source, filename, mode, options),
        Err(failure) => Err(report(*failure, None, filename)),
    }
}

fn compile_source(
    source: &Source,
    filename: &str,
    mode: Mode,
    options: &CompileOptions,
) -> Result<Compiled, SyntaxError> {
    parse::with_parser_stack(source, || compile_inner(source, filename, mode, options))
        .map_err(|failure| report(*failure, Some(source), filename))
}

fn compile_inner(
    source: &Source,
    filename: &str,
    mode: Mode,
    options: &CompileOptions,
) -> error::Result<Compiled> {
    let parsed = parse::parse(source, mode)?;
    let future = future::features(parsed.body(), source)?;
    let flags = options.flags | future.flags;
    let arena = ast::Arena::new();
    let future_annotations = flags.contains(CodeFlags::FUTURE_ANNOTATIONS);
    let mut converter =
        convert::Converter::new(&arena, source, options.optimize, true, future_annotations);
    let module = match (&parsed, mode) {
        (parse::Parsed::Module(body), Mode::Single) => converter.interactive(body)?,
        (parse::Parsed::Module(body), Mode::Exec | Mode::Eval) => converter.module(body)?,
        (parse::Parsed::Expression(body), _) => converter.expression(body)?,
    };
    let mut warnings = converter.warnings;
    drop(parsed);
    if let ast::Mod::Module { body } | ast::Mod::Interactive { body } = module {
        warnings.extend(finally::warnings(body));
    }
    let symbols = symtable::SymbolTable::build(
        &arena,
        &module,
        symtable::Settings {
            future_annotations,
            allow_top_level_await: options.allow_top_level_await,
            future_loc: future.loc,
        },
    )?;
    let (code, more) = codegen::generate(
        &arena,
        &module,
        symbols,
        codegen::Options {
            filename: Text::from(filename),
            optimize: options.optimize,
            flags,
            interactive: mode == Mode::Single,
        },
    )?;
    warnings.extend(more);
    Ok(Compiled { code, warnings })
}

/// The error as the exception shows it: columns in characters, the line's text.
fn report(failure: Failure, source: Option<&Source>, filename: &str) -> SyntaxError {
    let Failure { kind, message, loc } = failure;
    let column = |line: i32, col: i32| -> i32 {
        if col < 0 {
            return col + 1;
        }
        let text = source.and_then(|source| source.line(line)).unwrap_or("");
        let col = col as usize;
        match text.get(..col) {
            Some(before) => before.chars().count() as i32 + 1,
            None => (text.chars().count() + col.saturating_sub(text.len())) as i32 + 1,
        }
    };
    SyntaxError {
        kind,
        message,
        filename: Text::from(filename),
        lineno: loc.line.max(0),
        offset: column(loc.line, loc.col),
        end_lineno: loc.end_line.max(0),
        end_offset: column(loc.end_line, loc.end_col),
        text: source
            .and_then(|source| source.line(loc.line))
            .map(str::to_string),
    }
}
