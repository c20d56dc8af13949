//! `raise`, `try`, `with`.

use crate::abstract_ops;
use crate::exceptions::{self, BaseException, PyResult, Raised, runtime_error, type_error};
use crate::interpreter::dispatch::{Flow, State};
use crate::object::Ref;
use crate::objects::class::{Type, TypeFlags};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;

pub fn push_exc_info(s: &mut State, _oparg: u32) -> Flow {
    let exception = s.pop();
    // SAFETY: the unwinder pushed an owned exception.
    let exception = unsafe { exception.owned().into_value() };
    // SAFETY: items live as long as they are linked.
    let item = unsafe { &*s.thread().exc_info.get() };
    let before = item.value.replace(Some(exception.clone()));
    s.push_value(before.unwrap_or_else(Value::none));
    s.push_value(exception);
    Flow::Next
}

pub fn pop_except(s: &mut State, _oparg: u32) -> Flow {
    // SAFETY: `PUSH_EXC_INFO` left an owned value here.
    let before = unsafe { s.pop().owned().into_value() };
    // SAFETY: as above.
    let item = unsafe { &*s.thread().exc_info.get() };
    let old = item.value.replace(Some(before).filter(|v| !v.is_none()));
    match old {
        Some(old) => Flow::Release(old.into_raw()),
        None => Flow::Next,
    }
}

fn is_exception_class(value: &Value) -> bool {
    value
        .downcast::<Type>()
        .is_some_and(|t| t.has(TypeFlags::IS_EXCEPTION))
}

const CATCHING: &str = "catching classes that do not inherit from BaseException is not allowed";

fn check_catchable(class: &Value) -> PyResult<()> {
    let fine = match class.downcast::<Tuple>() {
        Some(classes) => classes.as_slice().iter().all(is_exception_class),
        None => is_exception_class(class),
    };
    if fine {
        Ok(())
    } else {
        Err(type_error(CATCHING))
    }
}

/// Does the exception match what `except` names?
fn matches(exception: &Value, class: &Value) -> bool {
    match class.downcast::<Tuple>() {
        Some(classes) => classes.as_slice().iter().any(|c| matches(exception, c)),
        None => class
            .downcast::<Type>()
            .is_some_and(|c| exception.is_instance(c)),
    }
}

pub fn check_exc_match(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    let class = s.top(0).to_value();
    if check_catchable(&class).is_err() {
        return Flow::Raise;
    }
    let found = matches(&s.top(1).peek(), &class);
    s.replace(1, Ok(Value::bool(found)))
}

pub fn check_eg_match(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    let (exception, class) = (s.top(1).to_value(), s.top(0).to_value());
    let result = check_catchable(&class).and_then(|()| {
        let group = crate::object::object_value(exceptions::BASE_EXCEPTION_GROUP.get());
        let named: Vec<Value> = match class.downcast::<Tuple>() {
            Some(classes) => classes.as_slice().to_vec(),
            None => vec![class.clone()],
        };
        for c in &named {
            if abstract_ops::plain_issubclass(c, &group)? {
                return Err(type_error(
                    "catching ExceptionGroup with except* is not allowed. Use except instead.",
                ));
            }
        }
        let (matched, rest) = crate::exceptions::split_by_classes(&exception, &class)?;
        match matched {
            Some(matched) if !matched.is_instance(exceptions::BASE_EXCEPTION_GROUP.get()) => {
                Ok((Some(grouped(matched)?), rest))
            }
            matched => Ok((matched, rest)),
        }
    });
    match result {
        Ok((matched, rest)) => {
            if let Some(matched) = &matched {
                // The match is what the handler handles.
                // SAFETY: items live as long as they are linked.
                let item = unsafe { &*s.thread().exc_info.get() };
                item.value.set(Some(matched.clone()));
            }
            s.consume(2, Ok(()));
            s.push_value(rest.unwrap_or_else(Value::none));
            s.push_value(matched.unwrap_or_else(Value::none));
            Flow::Next
        }
        Err(Raised) => Flow::Raise,
    }
}

/// An exception that is no group, as the handler of `except*` gets it.
fn grouped(exception: Value) -> crate::exceptions::PyResult {
    let group = crate::object::object_value(exceptions::BASE_EXCEPTION_GROUP.get());
    let members = Tuple::new([exception]).into_value();
    abstract_ops::call(&group, &[Str::empty().into_value(), members])
}

pub fn raise_varargs(s: &mut State, oparg: u32) -> Flow {
    s.save();
    if oparg == 0 {
        return match s
            .thread()
            .current_handled()
            .map(Ref::<BaseException>::from_value)
        {
            Some(Ok(exception)) => {
                exceptions::restore(exception);
                Flow::Reraise
            }
            _ => {
                let _ = runtime_error("No active exception to reraise");
                Flow::Raise
            }
        };
    }
    let (exception, cause) = if oparg == 2 {
        (s.top(1).to_value(), Some(s.top(0).to_value()))
    } else {
        (s.top(0).to_value(), None)
    };
    let _ = do_raise(exception, cause);
    Flow::Raise
}

/// An exception of an instance or a class.
fn instantiate(value: Value, message: &str) -> PyResult<Ref<BaseException>> {
    if is_exception_class(&value) {
        // The metaclass may have its own way.
        if let Some(class) = value.downcast_exact::<Type>()
            && let Some(made) = exceptions::plain_instance(class, &[])
        {
            return Ok(made);
        }
        let made = abstract_ops::call(&value, &[])?;
        return exceptions::made_exception(&value, made, |class| {
            Ok(abstract_ops::repr(&crate::object::object_value(class))?.to_string())
        });
    }
    Ref::from_value(value).map_err(|_| type_error(message))
}

fn do_raise(exception: Value, cause: Option<Value>) -> PyResult<()> {
    let exception = instantiate(exception, "exceptions must derive from BaseException")?;
    if let Some(cause) = cause {
        let cause = if cause.is_none() {
            None
        } else {
            Some(
                instantiate(cause, "exception causes must derive from BaseException")?.into_value(),
            )
        };
        exception.cause.set(cause);
        exception.suppress_context.set(true);
    }
    Err(exceptions::raise(exception))
}

pub fn reraise(s: &mut State, oparg: u32) -> Flow {
    // SAFETY: the handler left an owned exception here.
    let exception = unsafe { s.pop().owned().into_value() };
    // The offset below the exception, of the instruction that first raised, is for tracebacks only, and
    // those stand already.
    let _ = oparg;
    s.save();
    match Ref::<BaseException>::from_value(exception) {
        Ok(exception) => {
            exceptions::restore(exception);
            Flow::Reraise
        }
        Err(_) => {
            let _ = exceptions::system_error("re-raising something that is no exception");
            Flow::Raise
        }
    }
}

/// Stack: exit function, self or null, lasti, previous exception, exception.
pub fn with_except_start(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    let (exception, this, exit) = (s.top(0).to_value(), s.top(3), s.top(4));
    let class = crate::object::object_value(exception.class());
    let traceback = exception
        .downcast::<BaseException>()
        .and_then(|e| e.traceback.get())
        .unwrap_or_else(Value::none);
    let mut args = Vec::with_capacity(4);
    if !this.is_null() {
        args.push(this.to_value());
    }
    args.extend([class, exception, traceback]);
    match abstract_ops::call(&exit.peek(), &args) {
        Ok(value) => {
            s.push_value(value);
            Flow::Next
        }
        Err(_) => Flow::Raise,
    }
}
