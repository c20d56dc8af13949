//! The functions of `builtins`.

use crate::abstract_ops;
use crate::exceptions::{self, PyResult, type_error};
use crate::native::KwArgs;
use crate::objects::class::CompareOp;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::thread::thread;
use crate::value::Value;
use taipan_macros::pymodule;

pub use builtins::MODULE;

/// Built-in functions, types, exceptions, and other objects.
#[pymodule(name = "builtins")]
mod builtins {
    use super::*;

    /// Used by the class statement.
    #[pyfunction("__build_class__", raw)]
    fn __build_class__(args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        crate::builtins::build_class::build_class(args, kwnames)
    }

    /// Import a module.
    #[pyfunction("__import__($module, /, name, globals=None, locals=None, fromlist=(), level=0)")]
    fn __import__(
        name: &Value,
        globals: Option<&Value>,
        locals: Option<&Value>,
        fromlist: Option<&Value>,
        level: Option<&Value>,
    ) -> PyResult {
        let none = Value::none();
        let or_none = |v: Option<&Value>| v.unwrap_or(&none).clone();
        let level = level.cloned().unwrap_or_else(|| Value::int(0));
        crate::import::import_call(&[
            name.clone(),
            or_none(globals),
            or_none(locals),
            or_none(fromlist),
            level,
        ])
    }

    /// Return the absolute value of the argument.
    #[pyfunction("abs($module, number, /)")]
    fn abs(number: &Value) -> PyResult {
        abstract_ops::absolute(number)
    }

    /// Return True if bool(x) is True for all values x in the iterable.
    #[pyfunction("all($module, iterable, /)")]
    fn all(iterable: &Value) -> PyResult<bool> {
        let mut answer = true;
        abstract_ops::for_each_while(iterable, |item| {
            answer = abstract_ops::is_true(&item)?;
            Ok(answer)
        })?;
        Ok(answer)
    }

    /// Return True if bool(x) is True for any x in the iterable.
    #[pyfunction("any($module, iterable, /)")]
    fn any(iterable: &Value) -> PyResult<bool> {
        let mut answer = false;
        abstract_ops::for_each_while(iterable, |item| {
            answer = abstract_ops::is_true(&item)?;
            Ok(!answer)
        })?;
        Ok(answer)
    }

    /// Return an ASCII-only representation of an object.
    #[pyfunction("ascii($module, obj, /)")]
    fn ascii(obj: &Value) -> PyResult {
        abstract_ops::ascii(obj).map(|s| s.into_value())
    }

    /// Return whether the object is callable.
    #[pyfunction("callable($module, obj, /)")]
    fn callable(obj: &Value) -> bool {
        abstract_ops::is_callable(obj)
    }

    /// Return a Unicode string of one character with the given ordinal.
    #[pyfunction("chr($module, i, /)")]
    fn chr(i: &Value) -> PyResult {
        let int = abstract_ops::index(i)?;
        match int.as_int().and_then(|i| i.to_i64()) {
            Some(point @ 0..0x110000) => Ok(Str::from_char(point as u32).into_value()),
            _ => Err(exceptions::value_error("chr() arg not in range(0x110000)")),
        }
    }

    /// Return the Unicode code point for a one-character string.
    #[pyfunction("ord($module, character, /)")]
    fn ord(character: &Value) -> PyResult<i64> {
        if let Some(string) = character.downcast::<Str>() {
            if string.len() == 1 {
                return Ok(string.char_at(0) as i64);
            }
            return Err(type_error(format!(
                "ord() expected a character, but string of length {} found",
                string.len()
            )));
        }
        if let Some(bytes) = crate::objects::buffer::try_bytes(character)? {
            let bytes: &[u8] = &bytes;
            if let [byte] = bytes {
                return Ok(*byte as i64);
            }
            return Err(type_error(format!(
                "ord() expected a character, but string of length {} found",
                bytes.len()
            )));
        }
        Err(type_error(format!(
            "ord() expected string of length 1, but {} found",
            character.class().name()
        )))
    }

    /// Deletes the named attribute from the given object.
    #[pyfunction("delattr($module, obj, name, /)")]
    fn delattr(obj: &Value, name: &Value) -> PyResult<()> {
        abstract_ops::setattr(obj, attribute_name(name)?, None)
    }

    /// Sets the named attribute on the given object to the specified value.
    #[pyfunction("setattr($module, obj, name, value, /)")]
    fn setattr(obj: &Value, name: &Value, value: &Value) -> PyResult<()> {
        abstract_ops::setattr(obj, attribute_name(name)?, Some(value))
    }

    fn attribute_name(name: &Value) -> PyResult<&Str> {
        name.downcast::<Str>().ok_or_else(|| {
            type_error(format!(
                "attribute name must be string, not '{}'",
                name.class().name()
            ))
        })
    }

    /// Get a named attribute from an object.
    #[pyfunction("getattr", raw)]
    fn getattr(args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        if kwnames.is_some_and(|k| !k.is_empty()) {
            return Err(type_error("getattr() takes no keyword arguments"));
        }
        match args {
            [object, name] => abstract_ops::getattr(object, attribute_name(name)?),
            [object, name, default] => {
                Ok(abstract_ops::getattr_opt(object, attribute_name(name)?)?
                    .unwrap_or_else(|| default.clone()))
            }
            _ => Err(type_error(format!(
                "getattr expected at {} argument{}, got {}",
                if args.len() < 2 { "least 2" } else { "most 3" },
                "s",
                args.len()
            ))),
        }
    }

    /// Return whether the object has an attribute with the given name.
    #[pyfunction("hasattr($module, obj, name, /)")]
    fn hasattr(obj: &Value, name: &Value) -> PyResult<bool> {
        Ok(abstract_ops::getattr_opt(obj, attribute_name(name)?)?.is_some())
    }

    /// Return the tuple (x//y, x%y).
    #[pyfunction("divmod($module, x, y, /)")]
    fn divmod(x: &Value, y: &Value) -> PyResult {
        abstract_ops::divmod(x, y)
    }

    /// Return type(value).__format__(value, format_spec).
    #[pyfunction("format($module, value, format_spec='', /)")]
    fn format(value: &Value, format_spec: Option<&Value>) -> PyResult {
        match format_spec {
            None => abstract_ops::format(value, &Str::empty()),
            Some(spec) => match spec.downcast::<Str>() {
                Some(spec) => abstract_ops::format(value, spec),
                None => Err(type_error(format!(
                    "format() argument 2 must be str, not {}",
                    spec.class().name()
                ))),
            },
        }
    }

    /// Return the hash value for the given object.
    #[pyfunction("hash($module, obj, /)")]
    fn hash(obj: &Value) -> PyResult<i64> {
        abstract_ops::hash(obj)
    }

    /// Return the identity of an object.
    #[pyfunction("id($module, obj, /)")]
    fn id(obj: &Value) -> Value {
        Value::from_big(obj.raw().0.into())
    }

    /// Return whether an object is an instance of a class or of a subclass thereof.
    #[pyfunction("isinstance($module, obj, class_or_tuple, /)")]
    fn isinstance(obj: &Value, class_or_tuple: &Value) -> PyResult<bool> {
        abstract_ops::isinstance(obj, class_or_tuple)
    }

    /// Return whether 'cls' is derived from another class or is the same class.
    #[pyfunction("issubclass($module, cls, class_or_tuple, /)")]
    fn issubclass(cls: &Value, class_or_tuple: &Value) -> PyResult<bool> {
        abstract_ops::issubclass(cls, class_or_tuple)
    }

    /// Open file and return a stream.  Raise OSError upon failure.
    #[pyfunction("open", raw)]
    fn open(args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let module = crate::import::import_module("_io")?;
        let open = abstract_ops::getattr(&module, &Str::intern("open"))?;
        abstract_ops::call_kw(&open, args, kwnames)
    }

    /// Return the number of items in a container.
    #[pyfunction("len($module, obj, /)")]
    fn len(obj: &Value) -> PyResult<usize> {
        abstract_ops::len(obj)
    }

    /// Get an iterator from an object.
    #[pyfunction("iter", raw)]
    fn iter(args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        match args {
            [object] => abstract_ops::iter(object),
            [callable, sentinel] => {
                if !abstract_ops::is_callable(callable) {
                    return Err(type_error("iter(v, w): v must be callable"));
                }
                Ok(crate::objects::seq_iter::CallableIterator::new(
                    callable.clone(),
                    sentinel.clone(),
                ))
            }
            _ => Err(type_error(format!(
                "iter expected at least 1 argument, got {}",
                args.len()
            ))),
        }
    }

    /// Return the next item from the iterator.
    #[pyfunction("next", raw)]
    fn next(args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        let (iterator, default) = match args {
            [iterator] => (iterator, None),
            [iterator, default] => (iterator, Some(default)),
            _ => {
                return Err(type_error(format!(
                    "next expected at least 1 argument, got {}",
                    args.len()
                )));
            }
        };
        thread().stop_value.set(None);
        match abstract_ops::next(iterator) {
            Ok(Some(item)) => Ok(item),
            Ok(None) => {
                let value = thread().stop_value.take();
                match default {
                    Some(default) => Ok(default.clone()),
                    None => Err(exceptions::stop_iteration(value)),
                }
            }
            Err(raised) => match default {
                Some(default) if exceptions::catch(exceptions::STOP_ITERATION.get()).is_some() => {
                    Ok(default.clone())
                }
                _ => Err(raised),
            },
        }
    }

    fn extremum(args: &[Value], kwargs: KwArgs, op: CompareOp, name: &str) -> PyResult {
        let mut key = None;
        let mut default = None;
        for (given, value) in kwargs.iter() {
            let text = given
                .downcast::<Str>()
                .map(|s| s.to_string())
                .unwrap_or_default();
            match text.as_str() {
                "key" => key = Some(value.clone()).filter(|k| !k.is_none()),
                "default" => default = Some(value.clone()),
                _ => {
                    return Err(type_error(format!(
                        "{name}() got an unexpected keyword argument '{text}'"
                    )));
                }
            }
        }
        let mut best: Option<(Value, Value)> = None;
        let mut consider = |item: Value| -> PyResult<()> {
            let by = match &key {
                Some(key) => abstract_ops::call(key, std::slice::from_ref(&item))?,
                None => item.clone(),
            };
            let better = match &best {
                None => true,
                Some((_, other)) => abstract_ops::compare_bool(&by, other, op)?,
            };
            if better {
                best = Some((item, by));
            }
            Ok(())
        };
        match args {
            [] => {
                return Err(type_error(format!(
                    "{name} expected at least 1 argument, got 0"
                )));
            }
            [iterable] => abstract_ops::for_each(iterable, &mut consider)?,
            items => {
                if default.is_some() {
                    return Err(type_error(format!(
                        "Cannot specify a default for {name}() with multiple positional arguments"
                    )));
                }
                for item in items {
                    consider(item.clone())?;
                }
            }
        }
        match best {
            Some((item, _)) => Ok(item),
            None => default.ok_or_else(|| {
                exceptions::value_error(format!("{name}() iterable argument is empty"))
            }),
        }
    }

    /// Return the largest of the arguments.
    #[pyfunction("max($module, /, *args, **kwargs)")]
    fn max(args: &[Value], kwargs: KwArgs) -> PyResult {
        extremum(args, kwargs, CompareOp::Gt, "max")
    }

    /// Return the smallest of the arguments.
    #[pyfunction("min($module, /, *args, **kwargs)")]
    fn min(args: &[Value], kwargs: KwArgs) -> PyResult {
        extremum(args, kwargs, CompareOp::Lt, "min")
    }

    /// Equivalent to base**exp with 2 arguments or base**exp % mod with 3 arguments.
    #[pyfunction("pow($module, /, base, exp, mod=None)")]
    fn pow(base: &Value, exp: &Value, r#mod: Option<&Value>) -> PyResult {
        abstract_ops::power(base, exp, r#mod.unwrap_or(&Value::none()))
    }

    /// Prints the values to a stream, or to sys.stdout by default.
    #[pyfunction("print($module, /, *args, sep=' ', end='\\n', file=None, flush=False)")]
    fn print(
        args: &[Value],
        sep: Option<&Value>,
        end: Option<&Value>,
        file: Option<&Value>,
        flush: bool,
    ) -> PyResult<()> {
        crate::builtins::print::print(args, sep, end, file, flush)
    }

    /// Return the canonical string representation of the object.
    #[pyfunction("repr($module, obj, /)")]
    fn repr(obj: &Value) -> PyResult {
        abstract_ops::repr(obj).map(|s| s.into_value())
    }

    /// Round a number to a given precision in decimal digits.
    #[pyfunction("round($module, /, number, ndigits=None)")]
    fn round(number: &Value, ndigits: Option<&Value>) -> PyResult {
        let digits: Vec<Value> = ndigits
            .filter(|d| !d.is_none())
            .cloned()
            .into_iter()
            .collect();
        match abstract_ops::call_special(number, &crate::names::ROUND, &digits)? {
            Some(rounded) => Ok(rounded),
            None => Err(type_error(format!(
                "type {} doesn't define __round__ method",
                number.class().name()
            ))),
        }
    }

    /// Return a new list containing all items from the iterable in ascending order.
    #[pyfunction("sorted($module, iterable, /, *, key=None, reverse=False)", raw)]
    fn sorted(args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let given = args.len() - kwnames.map_or(0, Tuple::len);
        if given != 1 {
            return Err(type_error(format!(
                "sorted expected 1 argument, got {given}"
            )));
        }
        let list = crate::objects::list::List::make(abstract_ops::to_vec(&args[0])?).into_value();
        // The keywords are those of `sort`, and it is `sort` that says what is wrong with them.
        let sort = abstract_ops::getattr(&list, &Str::intern("sort"))?;
        abstract_ops::call_kw(&sort, &args[1..], kwnames)?;
        Ok(list)
    }

    /// Return the sum of a 'start' value (default: 0) plus an iterable of numbers.
    #[pyfunction("sum($module, iterable, /, start=0)")]
    fn sum(iterable: &Value, start: Option<&Value>) -> PyResult {
        crate::builtins::sum::sum(iterable, start)
    }

    /// Return the dictionary containing the current scope's global variables.
    #[pyfunction("globals($module, /)")]
    fn globals() -> Value {
        crate::interpreter::current_globals().map_or_else(Value::none, |g| g.into_value())
    }

    /// Return a dictionary containing the current scope's local variables.
    #[pyfunction("locals($module, /)")]
    fn locals() -> PyResult {
        crate::builtins::scope::locals()
    }

    /// Return the attributes of an object as a dictionary.
    #[pyfunction("vars", raw)]
    fn vars(args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        match args {
            [] => crate::builtins::scope::locals(),
            [object] => match abstract_ops::getattr_opt(object, &crate::names::DICT)? {
                Some(dict) => Ok(dict),
                None => Err(type_error("vars() argument must have __dict__ attribute")),
            },
            _ => Err(type_error(format!(
                "vars expected at most 1 argument, got {}",
                args.len()
            ))),
        }
    }

    /// Show attributes of an object.
    #[pyfunction("dir", raw)]
    fn dir(args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        crate::builtins::scope::dir(args)
    }

    /// Evaluate the given source in the context of globals and locals.
    #[pyfunction("eval($module, source, /, globals=None, locals=None)")]
    fn eval(source: &Value, globals: Option<&Value>, locals: Option<&Value>) -> PyResult {
        crate::builtins::scope::eval(source, globals, locals)
    }

    /// Execute the given source in the context of globals and locals.
    #[pyfunction("exec($module, source, /, globals=None, locals=None, *, closure=None)")]
    fn exec(
        source: &Value,
        globals: Option<&Value>,
        locals: Option<&Value>,
        closure: Option<&Value>,
    ) -> PyResult<()> {
        crate::builtins::scope::exec(source, globals, locals, closure)
    }

    /// Compile source into a code object that can be executed by exec() or eval().
    #[pyfunction(
        "compile($module, /, source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)"
    )]
    fn compile(
        source: &Value,
        filename: &Value,
        mode: &Str,
        flags: i64,
        dont_inherit: bool,
        optimize: i64,
        _feature_version: i64,
    ) -> PyResult {
        for number in [flags, optimize, _feature_version] {
            if i32::try_from(number).is_err() {
                let message = "Python int too large to convert to C int";
                return Err(exceptions::overflow_error(message));
            }
        }
        let older = (0..14).contains(&_feature_version) && flags & crate::ast::ONLY_AST != 0;
        let version = older.then_some(_feature_version as u8);
        crate::builtins::scope::compile(
            source,
            filename,
            mode,
            flags,
            dont_inherit,
            optimize,
            version,
        )
    }

    fn based(number: &Value, base: u32, prefix: &str) -> PyResult {
        let int = abstract_ops::index(number)?;
        if let Some(small) = int.as_small_int() {
            let digits = crate::objects::int_text::SmallDigits::new(small, base.into(), prefix);
            return Ok(digits.to_str().into_value());
        }
        let big = int.as_int().expect("index returns an int").to_big();
        let sign = if big.sign() == num_bigint::Sign::Minus {
            "-"
        } else {
            ""
        };
        let digits = big.magnitude().to_str_radix(base);
        Ok(Str::new(&format!("{sign}{prefix}{digits}")).into_value())
    }

    /// Return the binary representation of an integer.
    #[pyfunction("bin($module, number, /)")]
    fn bin(number: &Value) -> PyResult {
        based(number, 2, "0b")
    }

    /// Return the hexadecimal representation of an integer.
    #[pyfunction("hex($module, number, /)")]
    fn hex(number: &Value) -> PyResult {
        based(number, 16, "0x")
    }

    /// Return the octal representation of an integer.
    #[pyfunction("oct($module, number, /)")]
    fn oct(number: &Value) -> PyResult {
        based(number, 8, "0o")
    }

    /// Read a string from standard input.
    #[pyfunction("input($module, prompt='', /)")]
    fn input(prompt: Option<&Value>) -> PyResult {
        crate::builtins::scope::input(prompt)
    }

    /// Return an AsyncIterator for an AsyncIterable object.
    #[pyfunction("aiter($module, async_iterable, /)")]
    fn aiter(async_iterable: &Value) -> PyResult {
        match async_iterable.class().slots().aiter {
            Some(aiter) => aiter(async_iterable),
            None => Err(type_error(format!(
                "'{}' object is not an async iterable",
                async_iterable.class().name()
            ))),
        }
    }

    /// Return the next item from the async iterator.
    #[pyfunction("anext($module, aiterator, default=<unrepresentable>, /)")]
    fn anext(aiterator: &Value, default: Option<&Value>) -> PyResult {
        match aiterator.class().slots().anext {
            Some(anext) => {
                let awaitable = anext(aiterator)?;
                Ok(match default {
                    Some(default) => {
                        crate::objects::anext::AnextAwaitable::make(awaitable, default.clone())
                    }
                    None => awaitable,
                })
            }
            None => Err(type_error(format!(
                "'{}' object is not an async iterator",
                aiterator.class().name()
            ))),
        }
    }
}
