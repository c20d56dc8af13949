//! Builtins that look at or make scopes: `locals`, `dir`, `eval`, `exec`, `compile`, and `input`.

use super::compile::{
    compile_nodes, compile_source, compile_text, parse_function_type, parse_source, rewrite_nodes,
};
use crate::abstract_ops;
use crate::ast::{
    ALLOW_TOP_LEVEL_AWAIT, Classes, Node, ONLY_AST, OPTIMIZED_AST, TYPE_COMMENTS, check_mode,
};
use crate::exceptions::{self, PyResult, type_error, value_error};
use crate::interpreter::frame::namespace;
use crate::interpreter::run_code;
use crate::names;
use crate::native::NativeClass;
use crate::object::Ref;
use crate::objects::bytes::Bytes;
use crate::objects::cell::CellObject;
use crate::objects::code::Code;
use crate::objects::codec::decode_filesystem;
use crate::objects::dict::Dict;
use crate::objects::frame::{FrameObject, current_frame};
use crate::objects::int_text::max_str_digits;
use crate::objects::list::List;
use crate::objects::str::Str;
use crate::objects::text_support::utf8_or_error;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use taipan_bytecode::CodeFlags;
use taipan_compiler::{CompileOptions, Input, Mode};

/// `locals()`: a snapshot in functions, the namespace itself in modules and class bodies.
pub fn locals() -> PyResult {
    let Some(frame) = current_frame() else {
        return Err(exceptions::system_error("frame does not exist"));
    };
    if let Some(namespace) = namespace(frame) {
        return Ok(namespace);
    }
    FrameObject::of(frame).locals_dict().map(Ref::into_value)
}

/// `dir()` and `dir(object)`.
pub fn dir(args: &[Value]) -> PyResult {
    let names = match args {
        [] => {
            let locals = locals()?;
            abstract_ops::call_method(&locals, &names::KEYS, &[])?
        }
        [object] => match abstract_ops::call_special(object, &names::DIR, &[])? {
            Some(names) => names,
            None => return Err(type_error("object does not provide __dir__")),
        },
        _ => {
            return Err(type_error(format!(
                "dir expected at most 1 argument, got {}",
                args.len()
            )));
        }
    };
    let list = List::make(abstract_ops::to_vec(&names)?).into_value();
    abstract_ops::call_method(&list, &Str::intern("sort"), &[])?;
    Ok(list)
}

/// Globals and locals of `eval` and `exec`.
fn scopes(
    globals: Option<&Value>,
    locals_given: Option<&Value>,
    what: &str,
) -> PyResult<(Ref<Dict>, Value)> {
    let given = |v: Option<&Value>| v.filter(|v| !v.is_none()).cloned();
    let globals = match given(globals) {
        Some(globals) => match globals.downcast::<Dict>() {
            Some(dict) => Some(Ref::from_ref(dict)),
            None => {
                return Err(type_error(if what == "eval" {
                    match globals.class().slots().getitem {
                        Some(_) => "globals must be a real dict; try eval(expr, {}, mapping)",
                        None => "globals must be a dict",
                    }
                    .to_owned()
                } else {
                    format!(
                        "{what}() globals must be a dict, not {}",
                        globals.class().name()
                    )
                }));
            }
        },
        None => None,
    };
    let locals_given = given(locals_given);
    if let Some(locals) = &locals_given
        && locals.class().slots().getitem.is_none()
    {
        return Err(type_error(if what == "eval" {
            "locals must be a mapping".to_owned()
        } else {
            format!(
                "locals must be a mapping or None, not {}",
                locals.class().name()
            )
        }));
    }
    let (globals, locals) = match (globals, locals_given) {
        (Some(globals), Some(locals)) => (globals, locals),
        (Some(globals), None) => (globals.clone(), globals.into_value()),
        (None, locals_given) => {
            let globals = crate::interpreter::current_globals().unwrap_or_else(Dict::make);
            let locals = match locals_given {
                Some(locals) => locals,
                None => locals()?,
            };
            (globals, locals)
        }
    };
    if globals.get_str(&names::BUILTINS).is_none() {
        globals.set_str(&names::BUILTINS, super::module_dict().into_value());
    }
    Ok((globals, locals))
}

fn bytes_of(value: &Value) -> PyResult<Option<Vec<u8>>> {
    Ok(crate::objects::buffer::try_bytes(value)?.map(|buffer| buffer.to_vec()))
}

/// Text of `eval`, `exec` and `compile`.
enum Source {
    Text(String),
    Bytes(Vec<u8>),
}

/// The source that was given, or a TypeError that says what it must be.
fn source_of(value: &Value, what: &str) -> PyResult<Source> {
    if let Some(text) = value.downcast::<Str>() {
        return utf8_or_error(text).map(Source::Text);
    }
    if let Some(bytes) = bytes_of(value)? {
        return Ok(Source::Bytes(bytes));
    }
    Err(type_error(format!(
        "{what} must be a string{}",
        match what.split('(').next() {
            Some("compile") => ", bytes or AST object",
            Some("symtable") => " or bytes object",
            _ => ", bytes or code object",
        }
    )))
}

impl Source {
    fn input(&self) -> Input<'_> {
        match self {
            Source::Text(text) => Input::Text(text),
            Source::Bytes(bytes) => Input::Bytes(bytes),
        }
    }
}

fn compile_any(
    source: &Source,
    filename: &str,
    mode: Mode,
    options: &CompileOptions,
) -> PyResult<Ref<Code>> {
    match source {
        Source::Text(text) => compile_text(text, filename, mode, options),
        Source::Bytes(bytes) => compile_source(bytes, filename, mode, options),
    }
}

/// A file's name for a code object.
fn name_of_file(filename: &Value) -> PyResult<String> {
    let name = match filename.downcast::<Str>() {
        Some(name) => name.to_string(),
        None => match filename.downcast::<Bytes>() {
            Some(bytes) => decode_filesystem(bytes.as_slice()).to_string(),
            None => match abstract_ops::call_special(filename, &Str::intern("__fspath__"), &[])? {
                Some(path)
                    if path.downcast::<Str>().is_some() || path.downcast::<Bytes>().is_some() =>
                {
                    return name_of_file(&path);
                }
                _ => {
                    return Err(type_error(format!(
                        "expected str, bytes or os.PathLike object, not {}",
                        filename.class().name()
                    )));
                }
            },
        },
    };
    if name.contains('\0') {
        return Err(value_error("embedded null character"));
    }
    Ok(name)
}

/// The scopes of a program, for `symtable`.
pub fn scopes_of(
    source: &Value,
    filename: &Value,
    mode: &Str,
) -> PyResult<Vec<taipan_compiler::ScopeFacts>> {
    let source = source_of(source, "symtable() arg 1")?;
    let filename = name_of_file(filename)?;
    let mode = match mode.to_rust().as_ref() {
        "exec" => Mode::Exec,
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        _ => {
            return Err(value_error(
                "symtable() arg 3 must be 'exec' or 'eval' or 'single'",
            ));
        }
    };
    super::compile::scopes(source.input(), &filename, mode, &default_options())
}

/// What code passes on to code that it compiles; of most, nothing but the flag is left.
const FUTURES: CodeFlags = CodeFlags::FUTURE_DIVISION
    .union(CodeFlags::FUTURE_ABSOLUTE_IMPORT)
    .union(CodeFlags::FUTURE_WITH_STATEMENT)
    .union(CodeFlags::FUTURE_PRINT_FUNCTION)
    .union(CodeFlags::FUTURE_UNICODE_LITERALS)
    .union(CodeFlags::FUTURE_BARRY_AS_BDFL)
    .union(CodeFlags::FUTURE_GENERATOR_STOP)
    .union(CodeFlags::FUTURE_ANNOTATIONS);

/// Future features of the calling code hold in what it compiles.
fn inherited_flags() -> CodeFlags {
    match current_frame() {
        // SAFETY: the frame is live.
        Some(frame) => (unsafe { (*frame).code_ref().flags }) & FUTURES,
        None => CodeFlags::empty(),
    }
}

fn default_options() -> CompileOptions {
    CompileOptions {
        optimize: crate::sys::optimize_level(),
        flags: inherited_flags(),
        max_digits: max_str_digits(),
        ..Default::default()
    }
}

pub fn eval(source: &Value, globals: Option<&Value>, locals: Option<&Value>) -> PyResult {
    let (globals, locals) = scopes(globals, locals, "eval")?;
    if let Some(code) = source.downcast::<Code>() {
        if code.free_count() > 0 {
            return Err(type_error(
                "code object passed to eval() may not contain free variables",
            ));
        }
        return run_code(&Ref::from_ref(code), &globals, &locals, None);
    }
    let source = match source_of(source, "eval() arg 1")? {
        Source::Text(text) => Source::Text(text.trim_start_matches([' ', '\t']).to_owned()),
        bytes => bytes,
    };
    let code = compile_any(&source, "<string>", Mode::Eval, &default_options())?;
    run_code(&code, &globals, &locals, None)
}

pub fn exec(
    source: &Value,
    globals: Option<&Value>,
    locals: Option<&Value>,
    closure: Option<&Value>,
) -> PyResult<()> {
    let (globals, locals) = scopes(globals, locals, "exec")?;
    let closure = closure.filter(|c| !c.is_none());
    if let Some(code) = source.downcast::<Code>() {
        let free = code.free_count();
        let closure = match closure {
            None if free == 0 => None,
            None => {
                return Err(type_error(format!(
                    "code object requires a closure of exactly length {free}"
                )));
            }
            Some(_) if free == 0 => {
                return Err(type_error("cannot use a closure with this code object"));
            }
            Some(closure) => match closure.downcast::<Tuple>() {
                Some(cells)
                    if cells.len() == free
                        && cells
                            .as_slice()
                            .iter()
                            .all(|c| c.downcast::<CellObject>().is_some()) =>
                {
                    Some(Ref::from_ref(cells))
                }
                _ => {
                    return Err(type_error(format!(
                        "code object requires a closure of exactly length {free}"
                    )));
                }
            },
        };
        run_code(&Ref::from_ref(code), &globals, &locals, closure)?;
        return Ok(());
    }
    if closure.is_some() {
        return Err(type_error(
            "closure can only be used when source is a code object",
        ));
    }
    let source = source_of(source, "exec() arg 1")?;
    let code = compile_any(&source, "<string>", Mode::Exec, &default_options())?;
    run_code(&code, &globals, &locals, None)?;
    Ok(())
}

/// `PyCF_DONT_IMPLY_DEDENT`
const DONT_IMPLY_DEDENT: i64 = 0x200;
/// `PyCF_ALLOW_INCOMPLETE_INPUT`
const ALLOW_INCOMPLETE_INPUT: i64 = 0x4000;
/// What may be set of `compile()`'s flags: future features, old and new, and the `PyCF_` options.
const KNOWN_FLAGS: i64 = 0x1fe0000 | 0x10 | 0xf600;

pub fn compile(
    source: &Value,
    filename: &Value,
    mode: &Str,
    flags: i64,
    dont_inherit: bool,
    optimize: i64,
    feature_version: Option<u8>,
) -> PyResult {
    let filename = name_of_file(filename)?;
    if flags & !KNOWN_FLAGS != 0 {
        return Err(value_error("compile(): unrecognised flags"));
    }
    if !(-1..=2).contains(&optimize) {
        return Err(value_error("compile(): invalid optimize value"));
    }
    let mode = match mode.to_rust().as_ref() {
        "exec" => Some(Mode::Exec),
        "eval" => Some(Mode::Eval),
        "single" => Some(Mode::Single),
        mode if mode.contains('\0') => return Err(value_error("embedded null character")),
        // A signature makes a tree, never code.
        "func_type" if flags & ONLY_AST != 0 => None,
        "func_type" => {
            return Err(value_error(
                "compile() mode 'func_type' requires flag PyCF_ONLY_AST",
            ));
        }
        _ => {
            return Err(value_error(if flags & ONLY_AST != 0 {
                "compile() mode must be 'exec', 'eval', 'single' or 'func_type'"
            } else {
                "compile() mode must be 'exec', 'eval' or 'single'"
            }));
        }
    };
    let mut options = CompileOptions {
        optimize: if optimize < 0 {
            crate::sys::optimize_level()
        } else {
            optimize as u8
        },
        flags: CodeFlags::from_bits_truncate(flags as u32) & FUTURES,
        allow_top_level_await: flags & ALLOW_TOP_LEVEL_AWAIT != 0,
        from_file: false,
        max_digits: max_str_digits(),
        feature_version,
        type_comments: flags & TYPE_COMMENTS != 0,
        allow_incomplete: flags & ALLOW_INCOMPLETE_INPUT != 0,
        dont_imply_dedent: flags & DONT_IMPLY_DEDENT != 0,
    };
    if !dont_inherit {
        options.flags |= inherited_flags();
    }
    if source.downcast::<Code>().is_some() {
        return Ok(source.clone());
    }
    // The class is made when `ast` is first asked for; before that there are no nodes.
    if Node::cell().is_set() && source.downcast::<Node>().is_some() {
        let Some(mode) = mode.filter(|_| flags & OPTIMIZED_AST != ONLY_AST) else {
            check_mode(Classes::get()?, source, mode)?;
            return Ok(source.clone());
        };
        if flags & OPTIMIZED_AST == OPTIMIZED_AST {
            return rewrite_nodes(source, &filename, mode, &options);
        }
        return compile_nodes(source, &filename, mode, &options).map(Ref::into_value);
    }
    let source = source_of(source, "compile() arg 1")?;
    let Some(mode) = mode else {
        return parse_function_type(source.input(), &filename, &options);
    };
    if flags & ONLY_AST != 0 {
        let optimize = (flags & OPTIMIZED_AST == OPTIMIZED_AST).then_some(options.optimize);
        return parse_source(source.input(), &filename, mode, optimize, &options);
    }
    compile_any(&source, &filename, mode, &options).map(Ref::into_value)
}

pub fn input(prompt: Option<&Value>) -> PyResult {
    let stream = |name: &str| {
        crate::sys::attribute(name)
            .filter(|s| !s.is_none())
            .ok_or_else(|| exceptions::runtime_error(format!("lost sys.{name}")))
    };
    let (stdin, stdout) = (stream("stdin")?, stream("stdout")?);
    if let Some(prompt) = prompt {
        let text = abstract_ops::str(prompt)?.into_value();
        abstract_ops::call_method(&stdout, &Str::intern("write"), &[text])?;
    }
    abstract_ops::call_method(&stdout, &Str::intern("flush"), &[])?;
    let line = abstract_ops::call_method(&stdin, &Str::intern("readline"), &[])?;
    let Some(text) = line.downcast::<Str>() else {
        return Err(type_error("object.readline() returned non-string"));
    };
    if text.is_empty() {
        return Err(exceptions::eof_error("EOF when reading a line"));
    }
    if text.char_at(text.len() - 1) == '\n' as u32 {
        return Ok(text.substring(0..text.len() - 1).into_value());
    }
    Ok(line.clone())
}
