//! Warnings: filters, what was warned of already, and how a warning is shown.
//!
//! This is the core that works before, and without, the module `warnings`; once that is imported, its
//! attributes (`filters`, `defaultaction`, `onceregistry`, `_showwarnmsg`) decide. `_warnings` is the
//! Python face of it.

use crate::abstract_ops;
use crate::exceptions::{
    self, BaseException, PyResult, Raised, runtime_error, type_error, value_error,
};
use crate::gc::Field;
use crate::names;
use crate::native::NativeClass;
use crate::object::{Ref, object_value};
use crate::objects::class::Type;
use crate::objects::dict::Dict;
use crate::objects::generator::GeneratorCore;
use crate::objects::list::List;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use std::cell::Cell;

struct State {
    filters: Field<Option<Ref<List>>>,
    once: Field<Option<Ref<Dict>>>,
    /// Changes with the filters: what was warned of before counts no more.
    version: Cell<i64>,
}
// SAFETY: guarded by the GIL.
unsafe impl Sync for State {}
static STATE: State = State {
    filters: Field::new(None),
    once: Field::new(None),
    version: Cell::new(0),
};

/// The filters that are in place from the start.
pub fn filters() -> Ref<List> {
    if let Some(filters) = STATE.filters.get() {
        return filters;
    }
    let row = |action: &str, category: &Type, module: Value| {
        Tuple::new([
            Str::intern(action).into_value(),
            Value::none(),
            object_value(category),
            module,
            Value::int(0),
        ])
        .into_value()
    };
    let main = Str::intern("__main__").into_value();
    let filters = List::make(vec![
        row("default", exceptions::DEPRECATION_WARNING.get(), main),
        row(
            "ignore",
            exceptions::DEPRECATION_WARNING.get(),
            Value::none(),
        ),
        row(
            "ignore",
            exceptions::PENDING_DEPRECATION_WARNING.get(),
            Value::none(),
        ),
        row("ignore", exceptions::IMPORT_WARNING.get(), Value::none()),
        row("ignore", exceptions::RESOURCE_WARNING.get(), Value::none()),
    ]);
    STATE.filters.set(Some(filters.clone()));
    filters
}

/// What `once` has shown.
pub fn once_registry() -> Ref<Dict> {
    STATE.once.get().unwrap_or_else(|| {
        let once = Dict::make();
        STATE.once.set(Some(once.clone()));
        once
    })
}

pub fn filters_mutated() {
    STATE.version.set(STATE.version.get().wrapping_add(1));
}

/// An attribute of the module `warnings`, if that is imported.
fn module_attribute(name: &str) -> PyResult<Option<Value>> {
    match crate::import::loaded_module(&Str::intern("warnings")) {
        Some(module) if !module.is_none() => abstract_ops::getattr_opt(&module, &Str::intern(name)),
        _ => Ok(None),
    }
}

fn current_filters() -> PyResult<Value> {
    if let Some(in_context) = module_attribute("_use_context")?
        && abstract_ops::is_true(&in_context)?
        && let Some(get) = module_attribute("_get_filters")?
    {
        return abstract_ops::call(&get, &[]);
    }
    Ok(module_attribute("filters")?.unwrap_or_else(|| filters().into_value()))
}

fn current_once() -> PyResult<Ref<Dict>> {
    let Some(registry) = module_attribute("onceregistry")? else {
        return Ok(once_registry());
    };
    Ref::from_value(registry).map_err(|other| {
        type_error(format!(
            "_warnings.onceregistry must be a dict, not '{}'",
            other.class().name()
        ))
    })
}

/// Is this part of a filter (None, a text, or a compiled pattern) one that fits?
fn part_fits(part: &Value, text: &Value) -> PyResult<bool> {
    if part.is_none() {
        return Ok(true);
    }
    if part.is_exact(Str::class()) {
        return abstract_ops::equals(part, text);
    }
    let found = abstract_ops::call_method(part, &Str::intern("match"), std::slice::from_ref(text))?;
    abstract_ops::is_true(&found)
}

/// What the filters say: the action, and the filter that said it.
fn action_for(
    category: &Value,
    text: &Value,
    line: i64,
    module: &Value,
) -> PyResult<(Value, Value)> {
    let Ok(filters) = Ref::<List>::from_value(current_filters()?) else {
        return Err(value_error("_warnings.filters must be a list"));
    };
    let mut index = 0;
    while let Some(filter) = filters.get(index) {
        let Some([action, message, wanted, of, at]) =
            filter.downcast::<Tuple>().map(Tuple::as_slice)
        else {
            return Err(value_error(format!(
                "_warnings.filters item {index} isn't a 5-tuple"
            )));
        };
        if action.downcast::<Str>().is_none() {
            return Err(type_error(format!(
                "action must be a string, not '{}'",
                action.class().name()
            )));
        }
        let at = abstract_ops::to_i64(at)?;
        if part_fits(message, text)?
            && abstract_ops::issubclass(category, wanted)?
            && part_fits(of, module)?
            && (at == 0 || at == line)
        {
            return Ok((action.clone(), filter.clone()));
        }
        index += 1;
    }
    let action = match module_attribute("defaultaction")? {
        Some(action) => action,
        None => Str::intern("default").into_value(),
    };
    if action.downcast::<Str>().is_none() {
        return Err(type_error(format!(
            "_warnings.defaultaction must be a string, not '{}'",
            action.class().name()
        )));
    }
    Ok((action, Value::none()))
}

/// Was this warned of since the filters changed? If not, and `set`, it is now.
fn already_warned(registry: &Dict, key: Value, set: bool) -> PyResult<bool> {
    let version = Str::intern("version");
    let current = Value::int(STATE.version.get());
    let same = match registry.get(version.as_value())? {
        Some(seen) => seen.is(&current),
        None => false,
    };
    if !same {
        registry.clear();
        registry.insert(version.into_value(), current)?;
    } else if let Some(seen) = registry.get(&key)?
        && abstract_ops::is_true(&seen)?
    {
        return Ok(true);
    }
    if set {
        registry.insert(key, Value::true_())?;
    }
    Ok(false)
}

/// A warning about to be given.
pub struct Warning<'a> {
    /// A text, or an instance of a warning.
    pub message: Value,
    pub category: Value,
    pub filename: Value,
    pub line: i64,
    /// `None`: made from the file's name.
    pub module: Option<Value>,
    pub registry: Option<&'a Dict>,
    pub source: Option<Value>,
}

fn is_warning(value: &Value) -> bool {
    value.is_instance(exceptions::WARNING.get())
}

/// `warnings.warn_explicit`; an error if the filters make it one.
pub fn warn_explicit(warning: Warning) -> PyResult<()> {
    let Warning {
        message,
        category,
        filename,
        line,
        module,
        registry,
        source,
    } = warning;
    let module = match module {
        Some(module) => module,
        None => match filename.downcast::<Str>() {
            Some(name) if name.is_empty() => Str::new("<unknown>").into_value(),
            Some(name) if name.to_rust().ends_with(".py") => {
                name.substring(0..name.len() - 3).into_value()
            }
            _ => filename.clone(),
        },
    };
    let (text, category, message) = if is_warning(&message) {
        (
            abstract_ops::str(&message)?.into_value(),
            object_value(message.class()),
            message,
        )
    } else {
        let made = abstract_ops::call(&category, std::slice::from_ref(&message))?;
        (message, category, made)
    };
    let key = Tuple::new([text.clone(), category.clone(), Value::int(line)]).into_value();
    if let Some(registry) = registry
        && already_warned(registry, key.clone(), false)?
    {
        return Ok(());
    }
    let (action, filter) = action_for(&category, &text, line, &module)?;
    let name = action
        .downcast::<Str>()
        .map(|action| action.to_rust().into_owned());
    let short_key = |zero: bool| {
        let mut parts = vec![text.clone(), category.clone()];
        parts.extend(zero.then(|| Value::int(0)));
        Tuple::new(parts).into_value()
    };
    let remember = || match registry {
        Some(registry) => registry.insert(key.clone(), Value::true_()),
        None => Ok(()),
    };
    let already = match name.as_deref().unwrap_or_default() {
        "error" => {
            return Err(match Ref::<BaseException>::from_value(message) {
                Ok(exception) => exceptions::raise(exception),
                Err(_) => type_error("exceptions must derive from BaseException"),
            });
        }
        "ignore" => return Ok(()),
        "always" | "all" => false,
        "once" => {
            remember()?;
            match registry {
                Some(registry) => already_warned(registry, short_key(false), true)?,
                None => already_warned(&*current_once()?, short_key(false), true)?,
            }
        }
        "module" => {
            remember()?;
            match registry {
                Some(registry) => already_warned(registry, short_key(false), true)?,
                None => false,
            }
        }
        "default" => {
            remember()?;
            false
        }
        _ => {
            return Err(runtime_error(format!(
                "Unrecognized action ({}) in warnings.filters:\n {}",
                abstract_ops::repr(&action)?,
                abstract_ops::repr(&filter)?
            )));
        }
    };
    if already {
        return Ok(());
    }
    show(&category, &text, message, &filename, line, source)
}

fn show(
    category: &Value,
    text: &Value,
    message: Value,
    filename: &Value,
    line: i64,
    source: Option<Value>,
) -> PyResult<()> {
    if source.is_some() {
        crate::import::import_module("warnings")?;
    }
    let Some(show) = module_attribute("_showwarnmsg")? else {
        return show_plain(category, text, filename, line);
    };
    if !abstract_ops::is_callable(&show) {
        return Err(type_error(
            "warnings._showwarnmsg() must be set to a callable",
        ));
    }
    let Some(class) = module_attribute("WarningMessage")? else {
        return Err(runtime_error("unable to get warnings.WarningMessage"));
    };
    let arguments = [
        message,
        category.clone(),
        filename.clone(),
        Value::int(line),
        Value::none(),
        Value::none(),
        source.unwrap_or_else(Value::none),
    ];
    let message = abstract_ops::call(&class, &arguments)?;
    abstract_ops::call(&show, &[message]).map(drop)
}

/// Without the module `warnings`: to `sys.stderr`, with the line of the file.
fn show_plain(category: &Value, text: &Value, filename: &Value, line: i64) -> PyResult<()> {
    let name = abstract_ops::getattr(category, &names::NAME)?;
    let file = abstract_ops::str(filename)?;
    let mut shown = format!(
        "{file}:{line}: {}: {}\n",
        abstract_ops::str(&name)?,
        abstract_ops::str(text)?
    );
    if let Ok(source) = std::fs::read(&*file.to_rust())
        && let Some(line) = usize::try_from(line)
            .ok()
            .and_then(|line| line.checked_sub(1))
            .and_then(|line| source.split(|&byte| byte == b'\n').nth(line))
    {
        let line = String::from_utf8_lossy(line);
        let line = line.trim();
        if !line.is_empty() {
            shown.push_str(&format!("  {line}\n"));
        }
    }
    crate::sys::write_stderr(&shown);
    Ok(())
}

/// Does the frame belong to the import machinery, or to files the caller wants skipped?
fn is_hidden(frame: &Value, prefixes: &[Value]) -> PyResult<bool> {
    let code = abstract_ops::getattr(frame, &Str::intern("f_code"))?;
    let file = abstract_ops::getattr(&code, &Str::intern("co_filename"))?;
    let Some(file) = file.downcast::<Str>() else {
        return Ok(false);
    };
    let file = file.to_rust();
    Ok((file.contains("importlib") && file.contains("_bootstrap"))
        || prefixes.iter().any(|prefix| {
            prefix
                .downcast::<Str>()
                .is_some_and(|prefix| file.starts_with(&*prefix.to_rust()))
        }))
}

/// `warnings.warn`: the place is that of a frame further out.
pub fn warn_at_level(
    message: Value,
    category: Option<Value>,
    stack_level: i64,
    source: Option<Value>,
    skip_prefixes: &[Value],
) -> PyResult<()> {
    let category = if is_warning(&message) {
        object_value(message.class())
    } else {
        let default = || object_value(exceptions::USER_WARNING.get());
        let category = category.unwrap_or_else(default);
        let fits = category
            .downcast::<Type>()
            .is_some_and(|class| class.is_subclass(exceptions::WARNING.get()));
        if !fits {
            return Err(type_error(format!(
                "category must be a Warning subclass, not '{}'",
                category.class().name()
            )));
        }
        category
    };
    let mut frame = crate::objects::frame::current_frame_object();
    let back = Str::intern("f_back");
    let outer = |frame: &Value| -> PyResult<Option<Value>> {
        Ok(Some(abstract_ops::getattr(frame, &back)?).filter(|back| !back.is_none()))
    };
    let mut level = match skip_prefixes {
        [] => stack_level,
        _ => stack_level.max(2),
    };
    let all_count = match &frame {
        Some(frame) => level <= 0 || is_hidden(frame, &[])?,
        None => true,
    };
    while level > 1
        && let Some(at) = &frame
    {
        level -= 1;
        let mut next = outer(at)?;
        while !all_count
            && let Some(hidden) = &next
            && is_hidden(hidden, skip_prefixes)?
        {
            next = outer(hidden)?;
        }
        frame = next;
    }
    let (globals, filename, line) = match &frame {
        Some(frame) => {
            let code = abstract_ops::getattr(frame, &Str::intern("f_code"))?;
            let line = abstract_ops::getattr(frame, &Str::intern("f_lineno"))?;
            (
                abstract_ops::getattr(frame, &Str::intern("f_globals"))?,
                abstract_ops::getattr(&code, &Str::intern("co_filename"))?,
                line.as_small_int().unwrap_or(0),
            )
        }
        None => {
            let globals = match crate::sys::module() {
                Some(module) => object_value(module.dict()),
                None => Dict::make().into_value(),
            };
            (globals, Str::new("<sys>").into_value(), 0)
        }
    };
    let Some(globals) = globals.downcast::<Dict>() else {
        return Err(type_error("globals must be a dict"));
    };
    let name = Str::intern("__warningregistry__");
    let registry = match globals.get_str(&name) {
        Some(registry) => registry,
        None => {
            let registry = Dict::make();
            globals.set_str(&name, registry.to_value());
            registry.into_value()
        }
    };
    let registry = registry_of(Some(&registry))?;
    let module = match globals.get_str(&names::NAME) {
        Some(module) if module.is_none() || module.downcast::<Str>().is_some() => module,
        _ => Str::new("<string>").into_value(),
    };
    warn_explicit(Warning {
        message,
        category,
        filename,
        line,
        module: Some(module),
        registry: registry.as_deref(),
        source,
    })
}

/// A registry as Python gives it: a dict or None.
pub fn registry_of(registry: Option<&Value>) -> PyResult<Option<Ref<Dict>>> {
    match registry.filter(|registry| !registry.is_none()) {
        None => Ok(None),
        Some(registry) => Ref::from_value(registry.clone())
            .map(Some)
            .map_err(|_| type_error("'registry' must be a dict or None")),
    }
}

/// `warnings.warn(message, category, stacklevel)` from Rust.
pub fn warn(category: &Type, message: &str, stack_level: i64) -> PyResult<()> {
    warn_at_level(
        Str::new(message).into_value(),
        Some(object_value(category)),
        stack_level,
        None,
        &[],
    )
}

/// What the compiler warns of; the error if the filters make it one.
pub fn warn_of_source(
    category: &Type,
    message: &str,
    filename: &str,
    line: i64,
) -> Result<(), Option<Raised>> {
    let warned = warn_explicit(Warning {
        message: Str::new(message).into_value(),
        category: object_value(category),
        filename: Str::new(filename).into_value(),
        line,
        module: None,
        registry: None,
        source: None,
    });
    warned.map_err(|raised| match exceptions::catch(category) {
        Some(_) => None,
        None => Some(raised),
    })
}

/// A coroutine is dropped that nobody awaited.
pub fn never_awaited(core: &GeneratorCore) {
    let message = format!("coroutine '{}' was never awaited", core.qualname.get());
    if warn(exceptions::RUNTIME_WARNING.get(), &message, 1).is_err() {
        crate::unraisable::report(
            Some("Exception ignored while finalizing coroutine"),
            Some(&core.value()),
        );
    }
}
