//! Calls of Python functions: binding arguments to parameters, and entering the loop from outside.

use super::dispatch::run;
use super::frame::{self, Frame};
use crate::exceptions::{PyResult, Raised, recursion_error, type_error};
use crate::object::{Ref, object_value};
use crate::objects::code::Code;
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::thread::{Thread, thread};
use crate::value::{Raw, Value};
use taipan_bytecode::CodeFlags;

/// Calls a Python function from Rust. `arguments` ends with the values of the keywords in `kwnames`.
pub fn call_function(
    function: &Function,
    arguments: &[Value],
    kwnames: Option<&Tuple>,
) -> PyResult {
    let thread = thread();
    let callable = object_value(function).into_raw();
    // SAFETY: an owned function word.
    let frame = unsafe { enter(thread, callable, Raw::NULL)? };
    if bind(function, frame, arguments, kwnames).is_err() {
        // SAFETY: complete; its unfilled locals are unbound.
        return unsafe { super::unwind::abandon(thread, frame) };
    }
    run(frame)
}

/// Calls a function with an argument in front of others.
pub fn call_function_with(function: &Function, first: &Value, rest: &[Value]) -> PyResult {
    let code = function.code();
    if !code.simple || code.argcount as usize != rest.len() + 1 {
        return crate::abstract_ops::with_first(first, rest, |all| {
            call_function(function, all, None)
        });
    }
    // SAFETY: an owned function word; as many locals as arguments at least.
    unsafe {
        let frame = enter(thread(), object_value(function).into_raw(), Raw::NULL)?;
        let slots = Frame::slots(frame);
        *slots = first.clone().into_raw();
        for (i, argument) in rest.iter().enumerate() {
            *slots.add(i + 1) = argument.clone().into_raw();
        }
        run(frame)
    }
}

/// Makes a frame for a call, counting it against the recursion limit; `function` moves in.
///
/// # Safety
/// `function` is an owned function word.
#[inline(always)]
pub unsafe fn enter(thread: &Thread, function: Raw, locals: Raw) -> PyResult<*mut Frame> {
    let remaining = thread.recursion_remaining.get() - 1;
    if remaining < 0 {
        function.release();
        return Err(too_deep());
    }
    // SAFETY: the caller's promise.
    match unsafe { frame::push(thread, function, locals) } {
        Some(frame) => {
            thread.recursion_remaining.set(remaining);
            Ok(frame)
        }
        None => {
            function.release();
            Err(too_deep())
        }
    }
}

#[cold]
#[inline(never)]
pub fn too_deep() -> Raised {
    // The error itself needs some frames to be made.
    let thread = thread();
    let remaining = thread.recursion_remaining.get();
    thread.recursion_remaining.set(remaining + 50);
    let raised = recursion_error("maximum recursion depth exceeded");
    thread.recursion_remaining.set(remaining);
    raised
}

/// Runs code with these globals and this mapping of names, as `exec` does.
pub fn run_code(
    code: &Ref<Code>,
    globals: &Ref<Dict>,
    locals: &Value,
    closure: Option<Ref<Tuple>>,
) -> PyResult {
    let function = Function::make(code.clone(), globals.clone(), closure);
    let thread = thread();
    // SAFETY: an owned function word.
    let frame = unsafe {
        enter(
            thread,
            function.into_value().into_raw(),
            locals.clone().into_raw(),
        )?
    };
    run(frame)
}

/// Puts arguments into the frame's locals, by position, by name and by default.
#[inline(always)]
pub fn bind(
    function: &Function,
    frame: *mut Frame,
    arguments: &[Value],
    kwnames: Option<&Tuple>,
) -> PyResult<()> {
    let code = function.code();
    if code.simple && kwnames.is_none() && arguments.len() == code.argcount as usize {
        for (i, argument) in arguments.iter().enumerate() {
            // SAFETY: as many locals as arguments at least.
            unsafe { *Frame::slots(frame).add(i) = argument.clone().into_raw() };
        }
        return Ok(());
    }
    bind_any(function, frame, arguments, kwnames)
}

#[inline(never)]
fn bind_any(
    function: &Function,
    frame: *mut Frame,
    arguments: &[Value],
    kwnames: Option<&Tuple>,
) -> PyResult<()> {
    let code = function.code();
    let keywords = kwnames.map_or(&[][..], Tuple::as_slice);
    let given = arguments.len() - keywords.len();
    let argcount = code.argcount as usize;
    let kwonly = code.kwonlyargcount as usize;
    let named = argcount + kwonly;
    let local = |i: usize| {
        // SAFETY: parameters are the first locals.
        unsafe { Frame::slots(frame).add(i) }
    };
    let put = |i: usize, value: Value| {
        // SAFETY: the slot was unbound.
        unsafe { *local(i) = value.into_raw() }
    };
    // SAFETY: parameters are locals.
    let is_set = |i: usize| unsafe { !(*local(i)).is_unbound() };

    let mut extra = None;
    let mut next = named;
    let varargs = code.flags.contains(CodeFlags::VARARGS);
    if varargs {
        next += 1;
    }
    if code.flags.contains(CodeFlags::VARKEYWORDS) {
        let dict = Dict::make();
        put(next, dict.to_value());
        extra = Some(dict);
    }
    for (i, argument) in arguments[..given.min(argcount)].iter().enumerate() {
        put(i, argument.clone());
    }
    if varargs {
        put(
            named,
            Tuple::from_slice(&arguments[given.min(argcount)..given]).into_value(),
        );
    }
    for (i, keyword) in keywords.iter().enumerate() {
        let value = &arguments[given + i];
        let Some(name) = keyword.downcast::<Str>() else {
            return Err(type_error(format!(
                "{}() keywords must be strings",
                function.qualname.get()
            )));
        };
        let posonly = code.posonlyargcount as usize;
        // Names are interned as a rule, but for those that calls make up.
        let place = (posonly..named)
            .find(|&j| std::ptr::eq(&*code.locals[j], name))
            .or_else(|| (posonly..named).find(|&j| code.locals[j].same_text(name)));
        match place {
            Some(j) if is_set(j) => {
                return Err(type_error(format!(
                    "{}() got multiple values for argument '{name}'",
                    function.qualname.get()
                )));
            }
            Some(j) => put(j, value.clone()),
            None => match &extra {
                Some(dict) => dict.insert(keyword.clone(), value.clone())?,
                None => return Err(unexpected_keyword(function, keywords, name)),
            },
        }
    }
    if given > argcount && !varargs {
        return Err(too_many(function, frame, given));
    }
    if given < argcount {
        let defaults = function.defaults.get();
        let defaults = defaults.as_ref().map_or(&[][..], |d| d.as_slice());
        let first_default = argcount - defaults.len().min(argcount);
        let missing: Vec<usize> = (given..first_default).filter(|&i| !is_set(i)).collect();
        if !missing.is_empty() {
            return Err(missing_arguments(function, "positional", &missing));
        }
        for i in given.max(first_default)..argcount {
            if !is_set(i) {
                put(i, defaults[i - first_default].clone());
            }
        }
    }
    if kwonly > 0 {
        let defaults = function.kwdefaults.get();
        let mut missing = Vec::new();
        for i in argcount..named {
            if is_set(i) {
                continue;
            }
            match defaults.as_ref().and_then(|d| d.get_str(&code.locals[i])) {
                Some(value) => put(i, value),
                None => missing.push(i),
            }
        }
        if !missing.is_empty() {
            return Err(missing_arguments(function, "keyword-only", &missing));
        }
    }
    Ok(())
}

#[cold]
fn missing_arguments(function: &Function, kind: &str, missing: &[usize]) -> Raised {
    let code = function.code();
    let names: Vec<String> = missing
        .iter()
        .map(|&i| format!("'{}'", code.locals[i]))
        .collect();
    let list = match names.as_slice() {
        [one] => one.clone(),
        [a, b] => format!("{a} and {b}"),
        [start @ .., last] => format!("{}, and {last}", start.join(", ")),
        [] => String::new(),
    };
    type_error(format!(
        "{}() missing {} required {kind} argument{}: {list}",
        function.qualname.get(),
        missing.len(),
        if missing.len() == 1 { "" } else { "s" }
    ))
}

#[cold]
fn too_many(function: &Function, frame: *mut Frame, given: usize) -> Raised {
    let code = function.code();
    let argcount = code.argcount as usize;
    let kwonly = code.kwonlyargcount as usize;
    // SAFETY: parameters are locals.
    let kwonly_given = (argcount..argcount + kwonly)
        .filter(|&i| unsafe { !(*Frame::slots(frame).add(i)).is_unbound() })
        .count();
    let defaults = function.default_count();
    let (plural, signature) = if defaults > 0 {
        (true, format!("from {} to {argcount}", argcount - defaults))
    } else {
        (argcount != 1, argcount.to_string())
    };
    let keyword_note = if kwonly_given > 0 {
        format!(
            " positional argument{} (and {kwonly_given} keyword-only argument{})",
            if given == 1 { "" } else { "s" },
            if kwonly_given == 1 { "" } else { "s" }
        )
    } else {
        String::new()
    };
    type_error(format!(
        "{}() takes {signature} positional argument{} but {given}{keyword_note} {} given",
        function.qualname.get(),
        if plural { "s" } else { "" },
        if given == 1 && kwonly_given == 0 {
            "was"
        } else {
            "were"
        }
    ))
}

#[cold]
fn unexpected_keyword(function: &Function, keywords: &[Value], name: &Str) -> Raised {
    let code = function.code();
    let posonly = code.posonlyargcount as usize;
    let wrong: Vec<String> = code.locals[..posonly]
        .iter()
        .filter(|p| {
            keywords
                .iter()
                .any(|k| k.downcast::<Str>().is_some_and(|k| k.same_text(p)))
        })
        .map(|p| p.to_string())
        .collect();
    if !wrong.is_empty() {
        return type_error(format!(
            "{}() got some positional-only arguments passed as keyword arguments: '{}'",
            function.qualname.get(),
            wrong.join(", ")
        ));
    }
    let named = code.argcount as usize + code.kwonlyargcount as usize;
    let known: Vec<String> = code.locals[posonly..named]
        .iter()
        .map(|n| n.to_string())
        .collect();
    match crate::text::suggest::closest(&name.to_rust(), known.iter().map(String::as_str)) {
        Some(close) => type_error(format!(
            "{}() got an unexpected keyword argument '{name}'. Did you mean '{close}'?",
            function.qualname.get()
        )),
        None => type_error(format!(
            "{}() got an unexpected keyword argument '{name}'",
            function.qualname.get()
        )),
    }
}
