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
mod flufl;
mod function_type;
mod future;
mod instructions;
mod literals;
mod parse;
mod source;
mod symtable;
pub mod tree;
mod type_comments;
mod unicode_name;
mod unparse;

pub use ast::Loc;
pub use error::{ErrorKind, Progress, SyntaxError, Warning, WarningCategory};
pub use source::{Cookie, cookie, undecoded};
pub use symtable::facts::{ScopeFacts, constants as symbol_constants};

use error::{Failure, Shown};
use source::Source;
use std::sync::Arc;
use taipan_bytecode::{CodeFlags, CodeObject, Text};
use type_comments::TypeComments;

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
    /// How many digits a whole number may have; 0 is no limit.
    pub max_digits: usize,
    /// The minor version whose grammar is asked for.
    pub feature_version: Option<u8>,
    /// `PyCF_TYPE_COMMENTS`: trees have them.
    pub type_comments: bool,
    /// `PyCF_ALLOW_INCOMPLETE_INPUT`: an error at the end of the source says that there may be more.
    pub allow_incomplete: bool,
    /// `PyCF_DONT_IMPLY_DEDENT`: interactive input ends its blocks itself, by a line of their own.
    pub dont_imply_dedent: bool,
}

impl Default for CompileOptions {
    fn default() -> CompileOptions {
        CompileOptions {
            optimize: 0,
            flags: CodeFlags::empty(),
            allow_top_level_await: false,
            from_file: false,
            max_digits: 4300,
            feature_version: None,
            type_comments: false,
            allow_incomplete: false,
            dont_imply_dedent: false,
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
        .map_err(|failure| refused(*failure, source, mode, options, filename))
}

/// The error of a source that was decoded, with all that is known of the way there.
fn refused(
    failure: Failure,
    source: &Source,
    mode: Mode,
    options: &CompileOptions,
    filename: &str,
) -> SyntaxError {
    let (loc, of_parser) = (failure.loc, failure.shown != Shown::File);
    let mut error = report(failure, Some((source, mode)), filename);
    if of_parser {
        error.progress = Some(Box::new(progress(source, mode, loc, options, filename)));
    }
    error
}

fn compile_inner(
    source: &Source,
    filename: &str,
    mode: Mode,
    options: &CompileOptions,
) -> error::Result<Compiled> {
    let parsed = parse::parse(source, mode, options)?;
    let future = future::features(parsed.body(), source).map_err(Failure::behind_parser)?;
    let arena = ast::Arena::new();
    let flags = options.flags | future.flags;
    let future_annotations = flags.contains(CodeFlags::FUTURE_ANNOTATIONS);
    let mut converter = convert::Converter::new(&arena, source, options, true, future_annotations);
    let module = converter.parsed(&parsed, mode)?;
    if options.type_comments {
        // Code has none, but they must be where they may be.
        parse::type_comments(source, mode, parsed.body())?;
    }
    let warnings = told(converter.warnings, source, mode, filename);
    drop(parsed);
    generate(&arena, &module, future, options, filename, warnings).map_err(Failure::behind_parser)
}

/// The warnings of the parser, in the order of the source.
fn told(
    mut found: Vec<(String, Box<Failure>)>,
    source: &Source,
    mode: Mode,
    filename: &str,
) -> Vec<Warning> {
    found.sort_by_key(|(_, failure)| (failure.loc.line, failure.loc.col));
    let warning = |(message, failure): (String, Box<Failure>)| Warning {
        message,
        lineno: failure.loc.line,
        category: WarningCategory::SyntaxWarning,
        error: report(*failure, Some((source, mode)), filename),
    };
    found.into_iter().map(warning).collect()
}

/// The warnings of the strings that the parser read before it failed.
fn warnings_before(
    source: &Source,
    mode: Mode,
    at: Loc,
    options: &CompileOptions,
    filename: &str,
) -> Vec<Warning> {
    let start = source.line_start(at.line);
    let (Some(start), true) = (start, source.text.contains('\\')) else {
        return Vec::new();
    };
    let arena = ast::Arena::new();
    let mut converter = convert::Converter::new(&arena, source, options, false, false);
    for (start, end) in diagnose::strings_before(source, start + at.col.max(0) as usize) {
        converter.check_escapes(start, end);
    }
    told(converter.warnings, source, mode, filename)
}

/// From the finished tree on. `warnings` came before.
fn generate<'a>(
    arena: &'a ast::Arena,
    module: &ast::Mod<'a>,
    future: future::Future,
    options: &CompileOptions,
    filename: &str,
    mut warnings: Vec<Warning>,
) -> error::Result<Compiled> {
    let flags = options.flags | future.flags;
    if let ast::Mod::Module { body } | ast::Mod::Interactive { body } = module {
        let found = finally::warnings(body).into_iter();
        let filename = Text::from(filename);
        warnings.extend(found.map(|(message, loc)| Warning::of_compiler(message, loc, &filename)));
    }
    let symbols = symtable::SymbolTable::build(
        arena,
        module,
        symtable::Settings {
            future_annotations: flags.contains(CodeFlags::FUTURE_ANNOTATIONS),
            allow_top_level_await: options.allow_top_level_await,
            future_loc: future.loc,
        },
    )?;
    let (code, more) = codegen::generate(
        arena,
        module,
        symbols,
        codegen::Options {
            filename: Text::from(filename),
            optimize: options.optimize,
            flags,
            interactive: matches!(module, ast::Mod::Interactive { .. }),
        },
    )?;
    warnings.extend(more);
    Ok(Compiled { code, warnings })
}

/// Why a tree was not compiled.
pub enum TreeError<E> {
    /// It could not be read.
    Read(E),
    Invalid(tree::Invalid),
    Syntax(SyntaxError),
}

/// Compiles a tree that did not come from source: `read` makes it.
pub fn compile_tree<E>(
    filename: &str,
    options: &CompileOptions,
    read: impl for<'a> FnOnce(&tree::Maker<'a>) -> Result<tree::Item<'a>, E>,
) -> Result<Compiled, TreeError<E>> {
    with_tree(filename, options, read, |arena, module, future| {
        generate(arena, &module, future, options, filename, Vec::new())
    })
}

/// Hands the tree that would be compiled to a sink.
pub fn rewrite_tree<E, S: tree::Sink>(
    filename: &str,
    options: &CompileOptions,
    read: impl for<'a> FnOnce(&tree::Maker<'a>) -> Result<tree::Item<'a>, E>,
    sink: &mut S,
) -> Result<S::Item, TreeError<E>> {
    with_tree(filename, options, read, |_, module, _| {
        Ok(tree::emit::module(sink, &module, &TypeComments::default()))
    })
}

fn with_tree<E, R>(
    filename: &str,
    options: &CompileOptions,
    read: impl for<'a> FnOnce(&tree::Maker<'a>) -> Result<tree::Item<'a>, E>,
    finish: impl for<'a> FnOnce(&'a ast::Arena, ast::Mod<'a>, future::Future) -> error::Result<R>,
) -> Result<R, TreeError<E>> {
    let arena = ast::Arena::new();
    let maker = tree::Maker::new(&arena, options.optimize, false, false);
    let item = read(&maker).map_err(TreeError::Read)?;
    let module = maker.module(item).map_err(TreeError::Invalid)?;
    tree::validate::module(&module).map_err(TreeError::Invalid)?;
    let syntax =
        |failure: Box<Failure>| TreeError::Syntax(report(*failure.behind_parser(), None, filename));
    let future = future::features_of_tree(&module).map_err(syntax)?;
    let flags = options.flags | future.flags;
    let future_annotations = flags.contains(CodeFlags::FUTURE_ANNOTATIONS);
    let module = tree::make::preprocessed(&arena, &module, options.optimize, future_annotations)
        .map_err(TreeError::Invalid)?;
    finish(&arena, module, future).map_err(syntax)
}

/// Source text, decoded or not.
pub enum Input<'i> {
    Text(&'i str),
    /// By BOM and coding cookie.
    Bytes(&'i [u8]),
}

impl Input<'_> {
    fn decoded(self, filename: &str) -> Result<Source, SyntaxError> {
        let source = match self {
            Input::Text(text) => Source::from_str(text),
            Input::Bytes(bytes) => Source::from_bytes(bytes, None),
        };
        source.map_err(|failure| report(*failure, None, filename))
    }
}

/// Parses the source and hands its tree to a sink; the warnings are to be emitted. With `optimize`
/// the tree is the one that gets compiled.
pub fn parse_tree<S: tree::Sink>(
    input: Input<'_>,
    filename: &str,
    mode: Mode,
    optimize: Option<u8>,
    options: &CompileOptions,
    sink: &mut S,
) -> Result<(S::Item, Vec<Warning>), SyntaxError> {
    let source = input.decoded(filename)?;
    let parse = || -> error::Result<(S::Item, Vec<Warning>)> {
        let parsed = parse::parse(&source, mode, options)?;
        let future = future::features(parsed.body(), &source).map_err(Failure::behind_parser)?;
        let flags = options.flags | future.flags;
        let arena = ast::Arena::new();
        let mut converter = convert::Converter::new(
            &arena,
            &source,
            options,
            optimize.is_some(),
            flags.contains(CodeFlags::FUTURE_ANNOTATIONS),
        );
        let module = converter.parsed(&parsed, mode)?;
        let comments = match options.type_comments {
            true => parse::type_comments(&source, mode, parsed.body())?,
            false => TypeComments::default(),
        };
        let warnings = told(converter.warnings, &source, mode, filename);
        Ok((tree::emit::module(sink, &module, &comments), warnings))
    };
    parse::with_parser_stack(&source, parse)
        .map_err(|failure| refused(*failure, &source, mode, options, filename))
}

/// Parses the signature of a type comment, `(int) -> str`, and hands its tree to a sink.
pub fn parse_function_type<S: tree::Sink>(
    input: Input<'_>,
    filename: &str,
    options: &CompileOptions,
    sink: &mut S,
) -> Result<S::Item, SyntaxError> {
    let source = input.decoded(filename)?;
    let parse = || -> error::Result<S::Item> {
        let parsed = function_type::parse(&source)?;
        let arena = ast::Arena::new();
        let mut converter = convert::Converter::new(&arena, &source, options, false, false);
        let arguments = converter.exprs(&parsed.arguments)?;
        let returns = converter.expr(&parsed.returns)?;
        Ok(tree::emit::function_type(sink, arguments, &returns))
    };
    parse::with_parser_stack(&source, parse)
        .map_err(|failure| report(*failure, Some((&source, Mode::Eval)), filename))
}

/// The scopes of a program, for `symtable`.
pub fn scopes(
    input: Input<'_>,
    filename: &str,
    mode: Mode,
    options: &CompileOptions,
) -> Result<(Vec<ScopeFacts>, Vec<Warning>), SyntaxError> {
    let source = input.decoded(filename)?;
    let table = || -> error::Result<(Vec<ScopeFacts>, Vec<Warning>)> {
        let parsed = parse::parse(&source, mode, options)?;
        let future = future::features(parsed.body(), &source).map_err(Failure::behind_parser)?;
        let flags = options.flags | future.flags;
        let future_annotations = flags.contains(CodeFlags::FUTURE_ANNOTATIONS);
        let arena = ast::Arena::new();
        let mut converter =
            convert::Converter::new(&arena, &source, options, false, future_annotations);
        let module = converter.parsed(&parsed, mode)?;
        let settings = symtable::Settings {
            future_annotations,
            allow_top_level_await: options.allow_top_level_await,
            future_loc: future.loc,
        };
        let symbols = symtable::SymbolTable::build(&arena, &module, settings)
            .map_err(Failure::behind_parser)?;
        let warnings = told(converter.warnings, &source, mode, filename);
        Ok((symtable::facts::facts(&symbols), warnings))
    };
    parse::with_parser_stack(&source, table)
        .map_err(|failure| refused(*failure, &source, mode, options, filename))
}

/// The error as the exception shows it: columns in characters, the line's text.
fn report(failure: Failure, source: Option<(&Source, Mode)>, filename: &str) -> SyntaxError {
    let Failure {
        kind,
        message,
        loc,
        shown,
    } = failure;
    let filename = Text::from(filename);
    let error = |text: Option<String>, offset: i32, end_offset: i32| SyntaxError {
        kind,
        message,
        filename: Some(filename.clone()),
        lineno: loc.line.max(0),
        offset,
        end_lineno: loc.end_line.max(0),
        end_offset,
        text,
        progress: None,
    };
    if let Shown::Undecoded { text, in_file } = shown {
        let mut error = error(Some(text), loc.col + 1, loc.end_col + 1);
        error.filename = error.filename.filter(|_| in_file);
        return error;
    }
    if shown == Shown::Nothing {
        let mut error = error(None, 0, 0);
        error.filename = None;
        return error;
    }
    if shown == Shown::File {
        let bytes = std::fs::read(filename.to_string()).unwrap_or_default();
        let file = Source::from_bytes(&bytes, None).ok();
        let text = file.as_ref().and_then(|file| file.line(loc.line));
        return error(text.map(str::to_owned), loc.col + 1, loc.end_col + 1);
    }
    let line = |line: i32| source.and_then(|(source, _)| source.line(line));
    let column = |at: i32, col: i32| -> i32 {
        if col < 0 {
            return col + 1;
        }
        let text = line(at).unwrap_or("");
        let col = col as usize;
        match text.get(..col) {
            Some(before) => before.chars().count() as i32 + 1,
            None => (text.chars().count() + col.saturating_sub(text.len())) as i32 + 1,
        }
    };
    let text = line(loc.line).map(|text| {
        // Modules alone get a newline at their end if they have none.
        let added = source.is_some_and(|(source, mode)| {
            let last = source.position(source.text.len().saturating_sub(1)).0;
            mode != Mode::Exec && !source.ends_with_newline && loc.line == last
        });
        match shown == Shown::Text || added {
            true => text.trim_end_matches('\n'),
            false => text,
        }
    });
    let empty = source.is_some_and(|(source, _)| source.text.is_empty());
    let text = text.or(empty.then_some(""));
    error(
        text.map(str::to_owned),
        column(loc.line, loc.col),
        column(loc.end_line, loc.end_col),
    )
}

fn progress(
    source: &Source,
    mode: Mode,
    at: Loc,
    options: &CompileOptions,
    filename: &str,
) -> Progress {
    let (line, col) = parse::last_statement(source, mode, at).unwrap_or((0, 0));
    let text = || match mode != Mode::Exec && !source.ends_with_newline {
        true => source.text.trim_end_matches('\n').to_owned(),
        false => source.text.clone(),
    };
    Progress {
        line,
        col,
        source: (!options.from_file).then(text),
        warnings: warnings_before(source, mode, at, options, filename),
    }
}
