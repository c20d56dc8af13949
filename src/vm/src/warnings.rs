//! Warnings that the virtual machine itself gives.

use crate::abstract_ops;
use crate::exceptions::PyResult;
use crate::objects::class::Type;
use crate::objects::generator::GeneratorCore;
use crate::objects::str::Str;
use crate::value::Value;

/// `warnings.warn(message, category, stacklevel)`; an error if the filters make it one.
pub fn warn(category: &Type, message: &str, stack_level: i64) -> PyResult<()> {
    let module = crate::import::import_module("warnings")?;
    let warn = abstract_ops::getattr(&module, &Str::intern("warn"))?;
    abstract_ops::call(
        &warn,
        &[
            Str::new(message).into_value(),
            crate::object::object_value(category),
            Value::int(stack_level),
        ],
    )?;
    Ok(())
}

/// A coroutine is dropped that nobody awaited.
pub fn never_awaited(core: &GeneratorCore) {
    let message = format!("coroutine '{}' was never awaited", core.qualname.get());
    if warn(crate::exceptions::RUNTIME_WARNING.get(), &message, 1).is_err() {
        crate::unraisable::report(
            Some("Exception ignored while finalizing coroutine"),
            Some(&core.value()),
        );
    }
}
