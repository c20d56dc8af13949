//! `CALL_INTRINSIC_1` and `CALL_INTRINSIC_2`.

use crate::abstract_ops;
use crate::exceptions::{self, BaseException, PyResult, system_error};
use crate::object::Ref;
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use crate::objects::list::List;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::thread::thread;
use crate::value::Value;
use taipan_bytecode::{CodeFlags, Intrinsic1, Intrinsic2};

pub fn call_1(number: u32, value: &Value) -> PyResult {
    match Intrinsic1::from_u32(number) {
        Some(Intrinsic1::Print) => {
            let hook = crate::sys::attribute("displayhook")
                .ok_or_else(|| exceptions::runtime_error("lost sys.displayhook"))?;
            abstract_ops::call(&hook, std::slice::from_ref(value))
        }
        Some(Intrinsic1::ImportStar) => import_star(value),
        Some(Intrinsic1::StopIterationError) => stop_iteration_error(value),
        Some(Intrinsic1::AsyncGenWrap) => Ok(crate::objects::generator::AsyncGenerator::wrap(
            value.clone(),
        )),
        Some(Intrinsic1::UnaryPositive) => abstract_ops::positive(value),
        Some(Intrinsic1::ListToTuple) => {
            // SAFETY: the compiler applies it to lists.
            let list = unsafe { value.downcast_unchecked::<List>() };
            Ok(Tuple::new(list.to_vec()).into_value())
        }
        Some(Intrinsic1::TypeVar) => typing("TypeVar", std::slice::from_ref(value)),
        Some(Intrinsic1::ParamSpec) => typing("ParamSpec", std::slice::from_ref(value)),
        Some(Intrinsic1::TypeVarTuple) => typing("TypeVarTuple", std::slice::from_ref(value)),
        Some(Intrinsic1::SubscriptGeneric) => {
            let module = crate::import::import_module("_typing")?;
            let make = abstract_ops::getattr(&module, &Str::intern("_generic_subscript"))?;
            abstract_ops::call(&make, std::slice::from_ref(value))
        }
        Some(Intrinsic1::TypeAlias) => {
            let module = crate::import::import_module("_typing")?;
            let make = abstract_ops::getattr(&module, &Str::intern("_make_type_alias"))?;
            abstract_ops::call(&make, std::slice::from_ref(value))
        }
        Some(Intrinsic1::Invalid) | None => Err(system_error("invalid intrinsic")),
    }
}

fn typing(class: &str, arguments: &[Value]) -> PyResult {
    let module = crate::import::import_module("_typing")?;
    let make = abstract_ops::getattr(
        &module,
        &Str::intern(&format!("_make_{}", class.to_lowercase())),
    )?;
    abstract_ops::call(&make, arguments)
}

pub fn call_2(number: u32, first: &Value, second: &Value) -> PyResult {
    match Intrinsic2::from_u32(number) {
        Some(Intrinsic2::PrepReraiseStar) => exceptions::prepare_reraise_star(first, second),
        Some(Intrinsic2::TypeVarWithBound) => {
            typing("typevar_with_bound", &[first.clone(), second.clone()])
        }
        Some(Intrinsic2::TypeVarWithConstraints) => {
            typing("typevar_with_constraints", &[first.clone(), second.clone()])
        }
        Some(Intrinsic2::SetFunctionTypeParams) => {
            let function = first
                .downcast::<Function>()
                .ok_or_else(|| system_error("type parameters are set on functions"))?;
            function.type_params.set(Some(second.clone()));
            Ok(first.clone())
        }
        Some(Intrinsic2::SetTypeParamDefault) => {
            let module = crate::import::import_module("_typing")?;
            let set = abstract_ops::getattr(&module, &Str::intern("_set_default"))?;
            abstract_ops::call(&set, &[first.clone(), second.clone()])
        }
        Some(Intrinsic2::Invalid) | None => Err(system_error("invalid intrinsic")),
    }
}

/// A `StopIteration` that leaves a generator is an error (PEP 479).
fn stop_iteration_error(value: &Value) -> PyResult {
    let frame = thread().frame.get();
    // SAFETY: the frame under execution.
    let flags = unsafe { (*frame).code_ref().flags };
    let stop = value.is_instance(exceptions::STOP_ITERATION.get());
    let what = if stop {
        if flags.contains(CodeFlags::ASYNC_GENERATOR) {
            "async generator raised StopIteration"
        } else if flags.contains(CodeFlags::COROUTINE) {
            "coroutine raised StopIteration"
        } else {
            "generator raised StopIteration"
        }
    } else if flags.contains(CodeFlags::ASYNC_GENERATOR)
        && value.is_instance(exceptions::STOP_ASYNC_ITERATION.get())
    {
        "async generator raised StopAsyncIteration"
    } else {
        return Ok(value.clone());
    };
    let error: Ref<BaseException> = exceptions::new_exception(
        exceptions::RUNTIME_ERROR.get(),
        vec![Str::new(what).into_value()],
    )?;
    error.cause.set(Some(value.clone()));
    error.context.set(Some(value.clone()));
    error.suppress_context.set(true);
    Ok(error.into_value())
}

/// `from module import *` into the current frame's names.
fn import_star(module: &Value) -> PyResult {
    let frame = thread().frame.get();
    // SAFETY: the frame under execution.
    let locals = unsafe { (*frame).locals };
    if locals.is_null() {
        return Err(system_error("no locals found during 'import *'"));
    }
    let locals = locals.to_value();
    let all = abstract_ops::getattr_opt(module, &Str::intern("__all__"))?;
    let explicit = all.is_some();
    let names = match all {
        Some(all) => abstract_ops::to_vec(&all)?,
        None => {
            let Some(dict) = abstract_ops::getattr_opt(module, &crate::names::DICT)? else {
                return Err(exceptions::raise_new(
                    exceptions::IMPORT_ERROR.get(),
                    "from-import-* object has no __dict__ and no __all__",
                ));
            };
            abstract_ops::to_vec(&dict)?
        }
    };
    for name in names {
        let Some(text) = name.downcast::<Str>() else {
            return Err(exceptions::type_error(format!(
                "{} in {} must be str, not {}",
                if explicit { "Item" } else { "Key" },
                if explicit { "__all__" } else { "__dict__" },
                name.class().name()
            )));
        };
        if !explicit && !text.is_empty() && text.char_at(0) == '_' as u32 {
            continue;
        }
        let value = abstract_ops::getattr(module, text)?;
        match locals.downcast_exact::<Dict>() {
            Some(dict) => dict.set_str(text, value),
            None => abstract_ops::setitem(&locals, &name, &value)?,
        }
    }
    Ok(Value::none())
}
