//! Binding of call arguments to the parameters of native functions, and the errors of wrong calls.
//!
//! The wrappers that `taipan-macros` generates test the common case themselves (right number of
//! positional arguments, no keywords) and come here for the rest. Invariant: `keywords` returns only
//! if every parameter marked as required is bound.
//!
//! CPython words the same mistake differently by the calling convention of a function; which one a
//! function has follows from its signature, so [`Function`] carries the signature only:
//! no parameters, one required positional-only parameter, several positional-only ones, or keywords.

use crate::exceptions::{PyResult, Raised, type_error};
use crate::native::NativeClass;
use crate::objects::class::{SlotId, Type};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::text::suggest;
use crate::value::Value;

/// A parameter that has a name in the binding: all but `*args` and `**kwargs`.
pub struct Parameter {
    pub name: &'static str,
    pub required: bool,
}

/// The signature of a native function, as far as binding needs it.
pub struct Function {
    pub name: &'static str,
    /// The class or module that messages put before the name; empty for `builtins`.
    pub owner: &'static str,
    /// Positional-only, then positional or keyword, then keyword-only ones.
    pub parameters: &'static [Parameter],
    pub positional_only: usize,
    /// How many of them a positional argument can reach.
    pub positional: usize,
    pub varargs: bool,
    pub var_keywords: bool,
    /// Whether any keyword can be given.
    pub keywords: bool,
    /// A class is called, not a function: `__new__` or `__init__`.
    pub constructor: bool,
}

impl Function {
    fn required_positional(&self) -> usize {
        self.parameters[..self.positional]
            .iter()
            .filter(|parameter| parameter.required)
            .count()
    }

    /// `list.append`, `math.sqrt`, `len`
    fn full_name(&self) -> String {
        match self.owner {
            "" => self.name.to_owned(),
            owner => format!("{owner}.{}", self.name),
        }
    }

    fn find(&self, keyword: &Value) -> Option<usize> {
        self.parameters[self.positional_only..]
            .iter()
            .position(|parameter| is_named(keyword, parameter.name))
            .map(|index| index + self.positional_only)
    }
}

fn is_named(keyword: &Value, name: &str) -> bool {
    keyword
        .downcast::<Str>()
        .is_some_and(|keyword| keyword.is_text(name))
}

fn keyword_text(keyword: &Value) -> String {
    keyword
        .downcast::<Str>()
        .map_or_else(String::new, |keyword| keyword.to_rust().into_owned())
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// The arguments of a raw function.
///
/// # Safety
/// `count` values lie at `args` as long as the result lives.
#[inline(always)]
pub unsafe fn arguments<'a>(args: *const Value, count: usize) -> &'a [Value] {
    if count == 0 {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts(args, count) }
}

/// The first `nargs` of the `POSITIONAL` parameters are given, nothing else is.
///
/// # Safety
/// `nargs` values lie at `args` as long as the result lives.
#[inline(always)]
pub unsafe fn positional<'a, const N: usize, const POSITIONAL: usize>(
    args: *const Value,
    nargs: usize,
) -> [Option<&'a Value>; N] {
    let mut bound = [None; N];
    for (index, slot) in bound.iter_mut().enumerate().take(POSITIONAL) {
        if index < nargs {
            // SAFETY: below `nargs`.
            *slot = Some(unsafe { &*args.add(index) });
        }
    }
    bound
}

/// The arguments for `*args`.
///
/// # Safety
/// `nargs` values lie at `args` as long as the result lives.
#[inline(always)]
pub unsafe fn rest<'a>(args: *const Value, nargs: usize, positional: usize) -> &'a [Value] {
    if nargs <= positional {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts(args.add(positional), nargs - positional) }
}

/// Checks a call of a function that takes no keywords.
#[cold]
#[inline(never)]
pub fn check_positional(
    function: &Function,
    nargs: usize,
    kwnames: Option<&Tuple>,
) -> PyResult<()> {
    if kwnames.is_some_and(|names| !names.is_empty()) {
        return Err(type_error(format!(
            "{}() takes no keyword arguments",
            function.full_name()
        )));
    }
    check_count(function, nargs)
}

/// Checks a call of a class whose `__new__` takes no keywords. One that was derived in Python and has
/// an `__init__` of its own leaves the keywords to that.
#[cold]
#[inline(never)]
pub fn check_new<T: NativeClass>(
    function: &Function,
    class: &Type,
    nargs: usize,
    kwnames: Option<&Tuple>,
) -> PyResult<()> {
    check_constructor::<T>(function, class, SlotId::init, nargs, kwnames)
}

/// As [`check_new`], with the parts of `__new__` and `__init__` exchanged.
#[cold]
#[inline(never)]
pub fn check_init<T: NativeClass>(
    function: &Function,
    object: &Value,
    nargs: usize,
    kwnames: Option<&Tuple>,
) -> PyResult<()> {
    check_constructor::<T>(function, object.class(), SlotId::new, nargs, kwnames)
}

fn check_constructor<T: NativeClass>(
    function: &Function,
    class: &Type,
    other: SlotId,
    nargs: usize,
    kwnames: Option<&Tuple>,
) -> PyResult<()> {
    if kwnames.is_some_and(|names| !names.is_empty())
        && class.slots().same(other, T::class().slots())
    {
        return Err(type_error(format!(
            "{}() takes no keyword arguments",
            function.name
        )));
    }
    check_count(function, nargs)
}

fn check_count(function: &Function, nargs: usize) -> PyResult<()> {
    let max = function.positional;
    let min = function.required_positional();
    if nargs >= min && (nargs <= max || function.varargs) {
        return Ok(());
    }
    if !function.constructor && !function.varargs && max == min {
        if max == 0 {
            return Err(type_error(format!(
                "{}() takes no arguments ({nargs} given)",
                function.full_name()
            )));
        }
        if max == 1 {
            return Err(type_error(format!(
                "{}() takes exactly one argument ({nargs} given)",
                function.full_name()
            )));
        }
    }
    let (quantity, limit) = match () {
        _ if min == max && !function.varargs => ("", min),
        _ if nargs < min => ("at least ", min),
        _ => ("at most ", max),
    };
    Err(type_error(format!(
        "{} expected {quantity}{limit} argument{}, got {nargs}",
        function.name,
        plural(limit)
    )))
}

/// Binds a call of a function that can take keywords.
///
/// # Safety
/// `nargs` values and then one for each of `kwnames` lie at `args` as long as the result lives, and
/// `N` is the number of the function's parameters.
#[inline(never)]
pub unsafe fn keywords<'a, const N: usize>(
    function: &Function,
    args: *const Value,
    nargs: usize,
    kwnames: Option<&Tuple>,
) -> PyResult<[Option<&'a Value>; N]> {
    let mut bound = [None; N];
    // SAFETY: the caller's promise.
    unsafe { bind_into(function, args, nargs, kwnames, &mut bound)? };
    Ok(bound)
}

/// # Safety
/// As [`keywords`].
unsafe fn bind_into<'a>(
    function: &Function,
    args: *const Value,
    nargs: usize,
    kwnames: Option<&Tuple>,
    bound: &mut [Option<&'a Value>],
) -> PyResult<()> {
    let names = kwnames.map_or(&[][..], Tuple::as_slice);
    // SAFETY: the caller's promise.
    let values: &'a [Value] = unsafe { arguments(args, nargs + names.len()) };
    if names.is_empty()
        && function.constructor
        && nargs > function.positional
        && counts_plainly(function.name)
    {
        return check_count(function, nargs);
    }
    check_keyword_counts(function, nargs, names.len())?;
    for (slot, value) in bound
        .iter_mut()
        .zip(&values[..nargs.min(function.positional)])
    {
        *slot = Some(value);
    }
    let mut misfit = None;
    for (keyword, value) in names.iter().zip(&values[nargs..]) {
        match function.find(keyword) {
            Some(index) if bound[index].is_none() => bound[index] = Some(value),
            _ if function.var_keywords && function.find(keyword).is_none() => {}
            _ => misfit = misfit.or(Some(keyword)),
        }
    }
    // A missing argument is reported before an unknown keyword.
    for (index, parameter) in function.parameters.iter().enumerate() {
        if parameter.required && bound[index].is_none() {
            // `enumerate` looks at its arguments itself, and says less.
            let place = match function.name {
                "enumerate" => String::new(),
                _ => format!(" (pos {})", index + 1),
            };
            return Err(type_error(format!(
                "{}() missing required argument '{}'{place}",
                function.name, parameter.name
            )));
        }
    }
    match misfit {
        Some(_) => Err(misfit_error(function, nargs, names)),
        None => Ok(()),
    }
}

/// Classes that take keywords but, called without any, report a wrong count as those without do.
fn counts_plainly(class: &str) -> bool {
    matches!(class, "int" | "str")
}

/// The counts, without looking at the keywords' names.
fn check_keyword_counts(function: &Function, nargs: usize, keyword_count: usize) -> PyResult<()> {
    let max = function.positional;
    let all = function.parameters.len();
    if !function.varargs && !function.var_keywords && nargs + keyword_count > all {
        let kind = if nargs == 0 { "keyword " } else { "" };
        return Err(type_error(format!(
            "{}() takes at most {all} {kind}argument{} ({} given)",
            function.name,
            plural(all),
            nargs + keyword_count
        )));
    }
    let min = function.required_positional().min(function.positional_only);
    let (quantity, limit) = match () {
        _ if nargs > max && !function.varargs => {
            if max == 0 {
                return Err(type_error(format!(
                    "{}() takes no positional arguments",
                    function.name
                )));
            }
            (
                if function.required_positional() < max {
                    "at most"
                } else {
                    "exactly"
                },
                max,
            )
        }
        _ if nargs < min => (
            if min < max || function.varargs {
                "at least"
            } else {
                "exactly"
            },
            min,
        ),
        _ => return Ok(()),
    };
    Err(type_error(format!(
        "{}() takes {quantity} {limit} positional argument{} ({nargs} given)",
        function.name,
        plural(limit)
    )))
}

/// A keyword that names an argument given by position, or nothing at all.
fn misfit_error(function: &Function, nargs: usize, names: &[Value]) -> Raised {
    let name = function.name;
    for (index, parameter) in function
        .parameters
        .iter()
        .enumerate()
        .take(nargs)
        .skip(function.positional_only)
    {
        if names
            .iter()
            .any(|keyword| is_named(keyword, parameter.name))
        {
            return type_error(format!(
                "argument for {name}() given by name ('{}') and position ({})",
                parameter.name,
                index + 1
            ));
        }
    }
    let unknown = names
        .iter()
        .find(|keyword| function.find(keyword).is_none());
    let unknown = unknown.map_or_else(String::new, keyword_text);
    let known = function.parameters[function.positional_only..]
        .iter()
        .map(|parameter| parameter.name);
    match suggest::closest(&unknown, known) {
        Some(close) => type_error(format!(
            "{name}() got an unexpected keyword argument '{unknown}'. Did you mean '{close}'?"
        )),
        None => type_error(format!(
            "{name}() got an unexpected keyword argument '{unknown}'"
        )),
    }
}

/// The keyword arguments that no named parameter took, for `**kwargs`.
#[derive(Clone, Copy)]
pub struct KwArgs<'a> {
    function: Option<&'static Function>,
    names: &'a [Value],
    values: &'a [Value],
}

impl<'a> KwArgs<'a> {
    /// The names (all `str`) and their values, in the order of the call.
    pub fn iter(&self) -> impl Iterator<Item = (&'a Value, &'a Value)> + use<'a> {
        let function = self.function;
        self.names
            .iter()
            .zip(self.values)
            .filter(move |(name, _)| function.is_none_or(|function| function.find(name).is_none()))
    }

    pub fn len(&self) -> usize {
        self.iter().count()
    }

    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.iter()
            .find(|(given, _)| is_named(given, name))
            .map(|(_, value)| value)
    }
}

/// The arguments for `**kwargs`.
///
/// # Safety
/// As [`keywords`].
#[inline(always)]
pub unsafe fn var_keywords<'a>(
    function: &'static Function,
    args: *const Value,
    nargs: usize,
    kwnames: Option<&'a Tuple>,
) -> KwArgs<'a> {
    let names = kwnames.map_or(&[][..], Tuple::as_slice);
    // SAFETY: the caller's promise.
    let values = unsafe { arguments(args, nargs + names.len()) };
    let filters = function.parameters.len() > function.positional_only;
    KwArgs {
        function: filters.then_some(function),
        names,
        values: &values[nargs..],
    }
}
