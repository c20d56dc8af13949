//! From source text to code objects; compiler errors become `SyntaxError`.

use crate::ast;
use crate::exceptions::{self, PyResult, Raised};
use crate::object::Ref;
use crate::objects::code::Code;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use taipan_compiler::{CompileOptions, ErrorKind, Input, Mode, SyntaxError, TreeError};

/// Compiles the bytes of a file or string.
pub fn compile_source(
    source: &[u8],
    filename: &str,
    mode: Mode,
    options: &CompileOptions,
) -> PyResult<Ref<Code>> {
    if let Some(cookie) = taipan_compiler::cookie(source)
        && let Some(text) = decode(source, &cookie, filename, options.from_file)?
    {
        return compile_text(&text, filename, mode, options);
    }
    finish(
        taipan_compiler::compile(source, filename, mode, options),
        filename,
    )
}

/// Decodes a source by the codec it names; what that complains of becomes a `SyntaxError`. `None` if there is no such
/// codec: the compiler itself knows some more.
fn decode(
    source: &[u8],
    cookie: &taipan_compiler::Cookie,
    filename: &str,
    from_file: bool,
) -> PyResult<Option<String>> {
    // A file is read up to the declaration before its codec is known, so that positions count from there.
    let head = if from_file { cookie.end } else { 0 };
    let (head, rest) = source.split_at(head.min(source.len()));
    let refused = |message| raise_syntax_error(&taipan_compiler::undecoded(message, filename));
    let name = cookie.name.to_ascii_lowercase().replace(['-', '_'], "");
    if let Some(last) = match name.as_str() {
        "utf16" | "u16" => Some(1),
        "utf32" | "u32" => Some(3),
        _ => None,
    } {
        // What was read of the file was no such text, and so can't have its mark.
        return Err(refused(format!(
            "'{}' codec can't decode bytes in position 0-{last}: Stream does not start with BOM",
            cookie.name
        )));
    }
    let encoding = Str::new(&cookie.name);
    let object = crate::objects::bytes::Bytes::from_vec(rest.to_vec()).into_value();
    match crate::objects::codec::decode(rest, &object, Some(&encoding), None) {
        Ok(text) => {
            let text = text
                .downcast::<Str>()
                .map(|text| text.to_rust().into_owned());
            let mut whole = String::from_utf8_lossy(head).into_owned();
            whole.push_str(&text.unwrap_or_default());
            Ok(Some(whole))
        }
        Err(raised) => {
            let of = |class: &crate::objects::class::Type| {
                crate::thread::thread()
                    .raised
                    .with(|e| e.as_ref().is_some_and(|e| e.as_value().is_instance(class)))
            };
            let lookup = of(exceptions::LOOKUP_ERROR.get());
            if !lookup && !of(exceptions::VALUE_ERROR.get()) {
                return Err(raised);
            }
            let said = exceptions::take_raised();
            let mut message = crate::abstract_ops::str(said.as_value())?.to_string();
            match message.find("; use codecs.") {
                Some(at) if from_file => message.truncate(at),
                None if lookup => return Ok(None),
                _ => {}
            }
            Err(refused(message))
        }
    }
}

/// Compiles text that was a `str`.
pub fn compile_text(
    source: &str,
    filename: &str,
    mode: Mode,
    options: &CompileOptions,
) -> PyResult<Ref<Code>> {
    finish(
        taipan_compiler::compile_str(source, filename, mode, options),
        filename,
    )
}

fn finish(
    result: Result<taipan_compiler::Compiled, SyntaxError>,
    filename: &str,
) -> PyResult<Ref<Code>> {
    match result {
        Ok(compiled) => {
            for warning in &compiled.warnings {
                warn(warning, filename)?;
            }
            Ok(Code::make(compiled.code))
        }
        Err(error) => Err(refuse(&error, filename)),
    }
}

/// Parses source into `ast` nodes; with `optimize`, into the tree that gets compiled.
pub fn parse_source(
    source: Input<'_>,
    filename: &str,
    mode: Mode,
    optimize: Option<u8>,
    options: &CompileOptions,
) -> PyResult {
    let mut objects = ast::Objects::new(ast::Classes::get()?);
    let parsed =
        taipan_compiler::parse_tree(source, filename, mode, optimize, options, &mut objects);
    match parsed {
        Ok((tree, warnings)) => {
            for warning in &warnings {
                warn(warning, filename)?;
            }
            Ok(tree)
        }
        Err(error) => Err(refuse(&error, filename)),
    }
}

/// Parses the signature of a type comment into a node.
pub fn parse_function_type(
    source: Input<'_>,
    filename: &str,
    options: &CompileOptions,
) -> PyResult {
    let mut objects = ast::Objects::new(ast::Classes::get()?);
    taipan_compiler::parse_function_type(source, filename, options, &mut objects)
        .map_err(|error| raise_syntax_error(&error))
}

/// The scopes of a program.
pub fn scopes(
    source: Input<'_>,
    filename: &str,
    mode: Mode,
    options: &CompileOptions,
) -> PyResult<Vec<taipan_compiler::ScopeFacts>> {
    match taipan_compiler::scopes(source, filename, mode, options) {
        Ok((scopes, warnings)) => {
            for warning in &warnings {
                warn(warning, filename)?;
            }
            Ok(scopes)
        }
        Err(error) => Err(refuse(&error, filename)),
    }
}

/// Compiles a tree of `ast` nodes.
pub fn compile_nodes(
    tree: &Value,
    filename: &str,
    mode: Mode,
    options: &CompileOptions,
) -> PyResult<Ref<Code>> {
    let classes = ast::Classes::get()?;
    let compiled = taipan_compiler::compile_tree(filename, options, |maker| {
        ast::Reader::new(classes, maker).module(tree, mode)
    });
    match compiled {
        Ok(compiled) => finish(Ok(compiled), filename),
        Err(error) => Err(raise_tree_error(error)),
    }
}

/// The tree that would be compiled of a tree of `ast` nodes.
pub fn rewrite_nodes(
    tree: &Value,
    filename: &str,
    mode: Mode,
    options: &CompileOptions,
) -> PyResult {
    let classes = ast::Classes::get()?;
    let mut objects = ast::Objects::new(classes);
    taipan_compiler::rewrite_tree(
        filename,
        options,
        |maker| ast::Reader::new(classes, maker).module(tree, mode),
        &mut objects,
    )
    .map_err(raise_tree_error)
}

fn raise_tree_error(error: TreeError<Raised>) -> Raised {
    match error {
        TreeError::Read(raised) => raised,
        TreeError::Invalid(invalid) => ast::raise_invalid(invalid),
        TreeError::Syntax(error) => raise_syntax_error(&error),
    }
}

fn warn(warning: &taipan_compiler::Warning, filename: &str) -> PyResult<()> {
    let category = match warning.category {
        taipan_compiler::WarningCategory::SyntaxWarning => exceptions::SYNTAX_WARNING.get(),
        #[allow(unreachable_patterns)]
        _ => exceptions::DEPRECATION_WARNING.get(),
    };
    let line = warning.lineno as i64;
    match crate::warnings::warn_of_source(category, &warning.message, filename, line) {
        Ok(()) => Ok(()),
        Err(Some(raised)) => Err(raised),
        // A warning that is an error is an error of the source.
        Err(None) => Err(raise_syntax_error(&warning.error)),
    }
}

/// Emits the warnings that came before an error, and raises it.
fn refuse(error: &SyntaxError, filename: &str) -> Raised {
    for warning in error.progress.iter().flat_map(|read| &read.warnings) {
        if let Err(raised) = warn(warning, filename) {
            return raised;
        }
    }
    raise_syntax_error(error)
}

fn raise_syntax_error(error: &SyntaxError) -> Raised {
    let class = match error.kind {
        ErrorKind::SyntaxError => exceptions::SYNTAX_ERROR.get(),
        ErrorKind::IndentationError => exceptions::INDENTATION_ERROR.get(),
        ErrorKind::TabError => exceptions::TAB_ERROR.get(),
        ErrorKind::IncompleteInput => exceptions::INCOMPLETE_INPUT_ERROR.get(),
        ErrorKind::MemoryError => {
            return exceptions::raise_new(exceptions::MEMORY_ERROR.get(), error.message.clone());
        }
        ErrorKind::RecursionError => {
            return exceptions::recursion_error(error.message.clone());
        }
    };
    if !error.has_place() {
        return exceptions::raise_new(class, error.message.clone());
    }
    let text = error
        .text
        .as_deref()
        .map_or_else(Value::none, |t| Str::new(t).into_value());
    let filename = error
        .filename
        .as_ref()
        .map_or_else(Value::none, |name| Str::from_text(name).into_value());
    let mut details = vec![
        filename,
        Value::int(error.lineno as i64),
        Value::int(error.offset as i64),
        text,
    ];
    if error.has_range() {
        details.push(Value::int(error.end_lineno as i64));
        details.push(Value::int(error.end_offset as i64));
    }
    let details = Tuple::new(details);
    let raised = exceptions::raise_args(
        class,
        vec![Str::new(&error.message).into_value(), details.into_value()],
    );
    if let Some(progress) = &error.progress {
        let source = progress
            .source
            .as_deref()
            .map_or_else(Value::none, |source| Str::new(source).into_value());
        let parts = [
            Value::int(progress.line as i64),
            Value::int(progress.col as i64),
            source,
        ];
        exceptions::set_field_of_raised("_metadata", Tuple::new(parts).into_value());
    }
    raised
}
