//! What single exception classes add to `BaseException`, by a table; and filling in of all of them.

use super::attributes::{
    field, keep, keyword_fields, no_keywords, own, plain_str, reduce_with, state_with,
};
use super::{ALL, BaseException, ExceptionClass, PyResult, groups, os, syntax, unicode};
use crate::abstract_ops;
use crate::native::{ClassItems, MethodDef};
use crate::objects::class::Type;
use crate::objects::class_native;
use crate::objects::member::{Member, Place};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::thread::thread;
use crate::value::Value;
use taipan_macros::pymethods;

type Init = fn(&Value, &[Value], Option<&Tuple>) -> PyResult<()>;

/// The plain part of `__init__`: positional arguments become `args`.
pub(super) fn set_args(this: &Value, args: &[Value]) {
    own(this).args.set(Tuple::from_slice(args));
}

/// Splits off the values of keywords.
pub(super) fn positional<'a>(args: &'a [Value], kwnames: Option<&Tuple>) -> &'a [Value] {
    &args[..args.len() - kwnames.map_or(0, Tuple::len)]
}

const STOP_ITERATION: Init = |this, args, kwnames| {
    no_keywords(this, kwnames)?;
    set_args(this, args);
    keep(this, "value", args.first());
    Ok(())
};

const SYSTEM_EXIT: Init = |this, args, kwnames| {
    no_keywords(this, kwnames)?;
    set_args(this, args);
    match args {
        [] => {}
        [code] => keep(this, "code", Some(code)),
        _ => keep(this, "code", Some(own(this).args.get().as_value())),
    }
    Ok(())
};

const NAME_ERROR: Init = |this, args, kwnames| {
    set_args(this, positional(args, kwnames));
    keyword_fields(this, "NameError", &["name"], args, kwnames)
};

const ATTRIBUTE_ERROR: Init = |this, args, kwnames| {
    set_args(this, positional(args, kwnames));
    keyword_fields(this, "AttributeError", &["name", "obj"], args, kwnames)
};

const IMPORT_ERROR: Init = |this, args, kwnames| {
    let plain = positional(args, kwnames);
    set_args(this, plain);
    for name in ["name", "path", "name_from"] {
        keep(this, name, None);
    }
    keyword_fields(
        this,
        "ImportError",
        &["name", "path", "name_from"],
        args,
        kwnames,
    )?;
    match plain {
        [message] => keep(this, "msg", Some(message)),
        _ => keep(this, "msg", None),
    }
    Ok(())
};

const IMPORT_STR: fn(&Value) -> PyResult = |this| match field(this, "msg") {
    Some(message) if message.downcast_exact::<Str>().is_some() => Ok(message),
    _ => Ok(plain_str(this)?.into_value()),
};

/// One argument is shown by `repr`, so that an empty key can be seen.
const KEY_STR: fn(&Value) -> PyResult = |this| {
    let args = own(this).args.get();
    match args.as_slice() {
        [only] => Ok(abstract_ops::repr(only)?.into_value()),
        _ => Ok(plain_str(this)?.into_value()),
    }
};

#[pymethods(items = IMPORT_METHODS)]
impl BaseException {
    #[pymethod("__reduce__($self, /)")]
    fn reduce_import(this: &Value) -> PyResult {
        let fields = ["name", "path", "name_from"].map(|name| (name, field(this, name)));
        let state = state_with(this, &fields)?;
        reduce_with(this, own(this).args.get().into_value(), state)
    }
}

#[pymethods(items = ATTRIBUTE_METHODS)]
impl BaseException {
    #[pymethod("__getstate__($self, /)")]
    fn state_of_attribute_error(this: &Value) -> PyResult {
        let args = own(this).args.get().into_value();
        let state = state_with(this, &[("name", field(this, "name")), ("args", Some(args))])?;
        Ok(state.unwrap_or_else(Value::none))
    }
    #[pymethod("__reduce__($self, /)")]
    fn reduce_attribute_error(this: &Value) -> PyResult {
        let args = own(this).args.get().into_value();
        let state = BaseException::state_of_attribute_error(this)?;
        reduce_with(this, args, Some(state))
    }
}

pub(super) const NO_METHODS: &[MethodDef] = &[];

macro_rules! items {
    ($($class:ident: |$slots:ident| $set:expr $(, $more:expr)*;)*) => {
        /// What a class has beyond what its base gives it.
        fn items_of(class: &ExceptionClass) -> Option<&'static ClassItems> {
            $(if std::ptr::eq(class, &super::$class) {
                const ITEMS: ClassItems =
                    ClassItems { methods: NO_METHODS, getsets: &[], slots: |$slots| $set, more: &[$($more),*] };
                return Some(&ITEMS);
            })*
            None
        }
    };
}

items! {
    STOP_ITERATION: |slots| slots.init = Some(STOP_ITERATION);
    SYSTEM_EXIT: |slots| slots.init = Some(SYSTEM_EXIT);
    NAME_ERROR: |slots| slots.init = Some(NAME_ERROR);
    ATTRIBUTE_ERROR: |slots| slots.init = Some(ATTRIBUTE_ERROR), &BaseException::ATTRIBUTE_METHODS;
    IMPORT_ERROR: |slots| {
        slots.init = Some(IMPORT_ERROR);
        slots.str = Some(IMPORT_STR);
    }, &BaseException::IMPORT_METHODS;
    KEY_ERROR: |slots| slots.str = Some(KEY_STR);
    OS_ERROR: |slots| {
        slots.new = Some(os::new);
        slots.init = Some(os::init);
        slots.str = Some(os::str);
    }, &BaseException::OS_METHODS;
    SYNTAX_ERROR: |slots| {
        slots.init = Some(syntax::init);
        slots.str = Some(syntax::str);
    };
    UNICODE_ENCODE_ERROR: |slots| {
        slots.init = Some(unicode::init_encode);
        slots.str = Some(unicode::str_encode);
    };
    UNICODE_DECODE_ERROR: |slots| {
        slots.init = Some(unicode::init_decode);
        slots.str = Some(unicode::str_decode);
    };
    UNICODE_TRANSLATE_ERROR: |slots| {
        slots.init = Some(unicode::init_translate);
        slots.str = Some(unicode::str_translate);
    };
    BASE_EXCEPTION_GROUP: |slots| {
        slots.new = Some(groups::new);
        slots.init = Some(groups::init);
        slots.str = Some(groups::str);
        slots.repr = Some(groups::repr);
    }, &BaseException::GROUP_METHODS;
}

/// Fills in the exception classes: fields, slots, methods. They were made by
/// [`class_native::create_exceptions`].
pub fn populate_exceptions() {
    for exception in ALL {
        let class = exception.get();
        if let Some(items) = items_of(exception) {
            class.items.set(Some(items));
        }
        if let Some(base) = exception.base {
            // The base may have got its slots only now.
            inherit_slots(class, base.get());
        }
        let first = exception.base.map_or(0, |base| base.field_count());
        for (offset, name) in exception.fields.iter().enumerate() {
            // This one is a property with a behaviour of its own.
            if *name == "characters_written" {
                continue;
            }
            let interned = Str::intern(name);
            let member = Member::at(class, &interned, Place::Exception(first + offset), None);
            class.dict().set_str(&interned, member);
        }
        class_native::populate(class);
        let constructor = crate::objects::builtin_function::BuiltinFunction::constructor(class);
        class.dict().set_str(&crate::names::NEW, constructor);
    }
    groups::complete();
}

fn inherit_slots(class: &Type, base: &Type) {
    let own = *class.slots();
    *class.slots_mut() = *base.slots();
    class.slots_mut().drop = own.drop.or(base.slots().drop);
    class.slots_mut().traverse = own.traverse.or(base.slots().traverse);
    class.slots_mut().clear = own.clear.or(base.slots().clear);
}

/// Adds a note to the exception being raised.
pub fn add_note(text: &str) {
    let Some(raised) = thread().raised.take() else {
        return;
    };
    let value = raised.to_value();
    // A note that can't be added is not worth losing the exception for.
    let _ = super::attributes::append_note(&value, Str::new(text).into_value());
    thread().raised.set(Some(raised));
}
