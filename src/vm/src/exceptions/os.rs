//! `OSError`: its arguments, the subclass that an errno selects, its text.

use super::attributes::{dict_of, field, keep, no_keywords, own, plain_str, reduce_with};
use super::init::{positional, set_args};
use super::{
    BLOCKING_IO_ERROR, BaseException, OS_ERROR, PyResult, attribute_error, os_error_class,
};
use crate::abstract_ops;
use crate::memory::allocate_instance;
use crate::object::Ref;
use crate::objects::class::{SlotId, Type};
use crate::objects::str::{Name, Str};
use crate::objects::tuple::Tuple;
use crate::value::Value;
use taipan_macros::pymethods;

static CHARACTERS_WRITTEN: Name = Name::new("characters_written");

/// A class with its own `__init__`, but not its own `__new__`, gets its fields from `__init__`.
fn filled_by_init(class: &Type) -> bool {
    let slots = OS_ERROR.get().slots();
    !class.slots().same(SlotId::init, slots) && class.slots().same(SlotId::new, slots)
}

/// Sets `args` and the fields of an instance.
fn fill(this: &Value, args: &[Value]) -> PyResult<()> {
    set_args(this, args);
    if !(2..=5).contains(&args.len()) {
        return Ok(());
    }
    keep(this, "errno", Some(&args[0]));
    keep(this, "strerror", Some(&args[1]));
    if let Some(filename) = args.get(2).filter(|filename| !filename.is_none()) {
        let blocking = this.is_instance(BLOCKING_IO_ERROR.get());
        if blocking && filename.class().slots().index.is_some() {
            keep(
                this,
                "characters_written",
                Some(&Value::int(abstract_ops::to_i64(filename)?)),
            );
        } else {
            keep(this, "filename", Some(filename));
            if let Some(second) = args.get(4) {
                keep(this, "filename2", Some(second));
            }
            set_args(this, &args[..2]);
        }
    }
    Ok(())
}

pub(super) fn new(class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
    let plain = positional(args, kwnames);
    if filled_by_init(class) {
        let native = BaseException::native(Tuple::empty());
        return Ok(allocate_instance(class, native).into_value());
    }
    if kwnames.is_some_and(|names| !names.is_empty()) {
        return Err(super::type_error(format!(
            "{}() takes no keyword arguments",
            class.name()
        )));
    }
    let mut class = class;
    if std::ptr::eq(class, OS_ERROR.get())
        && (2..=5).contains(&plain.len())
        && let Some(errno) = plain[0].as_int().and_then(|errno| errno.to_i64())
    {
        class = os_error_class(i32::try_from(errno).unwrap_or(0)).get();
    }
    let value = allocate_instance(class, BaseException::native(Tuple::empty())).into_value();
    fill(&value, plain)?;
    Ok(value)
}

pub(super) fn init(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
    if !filled_by_init(this.class()) {
        return Ok(());
    }
    no_keywords(this, kwnames)?;
    fill(this, args)
}

pub(super) fn str(this: &Value) -> PyResult {
    let text = |value: &Option<Value>| -> PyResult<String> {
        match value {
            Some(value) => Ok(abstract_ops::str(value)?.to_string()),
            None => Ok("None".to_owned()),
        }
    };
    let (errno, strerror) = (field(this, "errno"), field(this, "strerror"));
    let message = match (field(this, "filename"), field(this, "filename2")) {
        (Some(first), Some(second)) => format!(
            "[Errno {}] {}: {} -> {}",
            text(&errno)?,
            text(&strerror)?,
            abstract_ops::repr(&first)?,
            abstract_ops::repr(&second)?
        ),
        (Some(first), None) => {
            format!(
                "[Errno {}] {}: {}",
                text(&errno)?,
                text(&strerror)?,
                abstract_ops::repr(&first)?
            )
        }
        _ if errno.is_some() && strerror.is_some() => {
            format!("[Errno {}] {}", text(&errno)?, text(&strerror)?)
        }
        _ => return Ok(plain_str(this)?.into_value()),
    };
    Ok(Str::new(&message).into_value())
}

#[pymethods(items = OS_METHODS)]
impl BaseException {
    #[pymethod("__reduce__($self, /)")]
    fn reduce_os_error(this: &Value) -> PyResult {
        let args = own(this).args.get();
        let mut all = args.as_slice().to_vec();
        if all.len() == 2
            && let Some(filename) = field(this, "filename")
        {
            all.push(filename);
            if let Some(second) = field(this, "filename2") {
                all.extend([Value::none(), second]);
            }
        }
        reduce_with(
            this,
            Tuple::new(all).into_value(),
            dict_of(this).map(Ref::into_value),
        )
    }
    #[pygetset("characters_written")]
    fn characters_written(this: &Value) -> PyResult {
        match own(this).field("characters_written") {
            Some(count) => Ok(count),
            None => Err(attribute_error(
                this,
                &CHARACTERS_WRITTEN,
                "characters_written".to_owned(),
            )),
        }
    }
    #[pysetter(characters_written)]
    fn set_characters_written(this: &Value, value: Option<&Value>) -> PyResult<()> {
        match value {
            Some(value) => {
                let count = Value::int(abstract_ops::to_i64(value)?);
                keep(this, "characters_written", Some(&count));
            }
            None => {
                BaseException::characters_written(this)?;
                let index = BaseException::field_index(this.class(), "characters_written");
                if let Some(index) = index {
                    own(this).set_field_at(index, None);
                }
            }
        }
        Ok(())
    }
}
