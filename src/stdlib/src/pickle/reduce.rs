//! Writing objects by what they reduce to, and what has a name by it.

use super::opcodes::*;
use super::save::{Saver, noted, shown_class};
use super::{global, pickling_error};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, type_error};
use taipan_vm::native::NativeClass;
use taipan_vm::object::{Ref, object_value};
use taipan_vm::objects::class::Type;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::str::{Name, Str};
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// What `__reduce__` returned, taken apart.
pub struct Reduced {
    function: Value,
    arguments: Value,
    state: Option<Value>,
    items: Option<Value>,
    pairs: Option<Value>,
    state_setter: Option<Value>,
}

impl Reduced {
    /// Just a call.
    pub fn call(function: Value, arguments: Ref<Tuple>) -> Reduced {
        Reduced {
            function,
            arguments: arguments.into_value(),
            state: None,
            items: None,
            pairs: None,
            state_setter: None,
        }
    }

    fn from_tuple(tuple: &Tuple) -> PyResult<Reduced> {
        let items = tuple.as_slice();
        if !(2..=6).contains(&items.len()) {
            return Err(pickling_error(
                "tuple returned by __reduce__ must contain 2 through 6 elements",
            ));
        }
        let optional = |index: usize| items.get(index).filter(|v| !v.is_none()).cloned();
        let reduced = Reduced {
            function: items[0].clone(),
            arguments: items[1].clone(),
            state: optional(2),
            items: optional(3),
            pairs: optional(4),
            state_setter: optional(5),
        };
        let wrong = |which: &str, what: &str, value: &Value| {
            pickling_error(format!(
                "{which} item of the tuple returned by __reduce__ must be {what}, not {}",
                shown_class(value)
            ))
        };
        if !abstract_ops::is_callable(&reduced.function) {
            return Err(wrong("first", "callable", &reduced.function));
        }
        if reduced.arguments.downcast::<Tuple>().is_none() {
            return Err(wrong("second", "a tuple", &reduced.arguments));
        }
        for (which, iterator) in [("fourth", &reduced.items), ("fifth", &reduced.pairs)] {
            if let Some(iterator) = iterator
                && iterator.class().slots().iternext.is_none()
            {
                return Err(wrong(which, "an iterator", iterator));
            }
        }
        if let Some(setter) = &reduced.state_setter
            && !abstract_ops::is_callable(setter)
        {
            return Err(wrong("sixth", "a function", setter));
        }
        Ok(reduced)
    }
}

/// An object of a kind that the pickler does not know.
pub fn save(saver: &Saver, object: &Value) -> PyResult<()> {
    static REDUCE_EX: Name = Name::new("__reduce_ex__");
    static REDUCE: Name = Name::new("__reduce__");
    let class = object_value(object.class());
    let registered = match &saver.dispatch_table {
        None => match global::dispatch_table()?.downcast::<Dict>() {
            Some(table) => table.get(&class)?,
            None => None,
        },
        Some(table) => taipan_vm::exceptions::suppress(
            abstract_ops::getitem(table, &class),
            taipan_vm::exceptions::KEY_ERROR.get(),
        )?,
    };
    let reduced = if let Some(reducer) = registered {
        abstract_ops::call(&reducer, std::slice::from_ref(object))?
    } else if object.downcast::<Type>().is_some() {
        return saver.save_global(object, None);
    } else if let Some(reduce) = abstract_ops::getattr_opt(object, REDUCE_EX.get())? {
        abstract_ops::call(&reduce, &[Value::int(saver.protocol.into())])?
    } else if let Some(reduce) = abstract_ops::getattr_opt(object, REDUCE.get())? {
        abstract_ops::call(&reduce, &[])?
    } else {
        return Err(pickling_error(format!(
            "can't pickle '{}' object: {}",
            object.class().name(),
            abstract_ops::repr(object)?
        )));
    };
    saver.save_reduced(object, &reduced)
}

impl Saver {
    /// What `__reduce__`, or who stood in for it, returned.
    pub fn save_reduced(&self, object: &Value, reduced: &Value) -> PyResult<()> {
        if reduced.downcast::<Str>().is_some() {
            return self.save_global(object, Some(reduced));
        }
        let save = || match reduced.downcast::<Tuple>() {
            Some(tuple) => save_reduced(self, Some(object), Reduced::from_tuple(tuple)?),
            None => Err(pickling_error(format!(
                "__reduce__ must return a string or tuple, not {}",
                shown_class(reduced)
            ))),
        };
        noted(save(), || {
            format!("when serializing {} object", shown_class(object))
        })
    }

    /// A class: those of singletons have no name that could be imported.
    pub fn save_type(&self, object: &Value) -> PyResult<()> {
        for singleton in [Value::none(), Value::not_implemented(), Value::ellipsis()] {
            if object.is(&object_value(singleton.class())) {
                let arguments = Tuple::new([singleton]);
                let call = Reduced::call(object_value(Type::class()), arguments);
                return save_reduced(self, Some(object), call);
            }
        }
        self.save_global(object, None)
    }
}

/// How the object is made again.
fn save_construction(saver: &Saver, object: Option<&Value>, reduced: &Reduced) -> PyResult<()> {
    static NAME: Name = Name::new("__name__");
    static CLASS: Name = Name::new("__class__");
    let arguments = reduced.arguments.downcast::<Tuple>();
    let arguments = arguments.expect("checked when it was taken apart");
    let note = |what: &str| match object {
        Some(object) => format!("when serializing {} {what}", shown_class(object)),
        None => format!("when serializing {what}"),
    };
    let kind = match saver.protocol >= 2 {
        true => abstract_ops::getattr_opt(&reduced.function, NAME.get())?,
        false => None,
    };
    let kind = kind.as_ref().and_then(|name| name.downcast::<Str>());
    let is_kind = |name: &str| kind.is_some_and(|kind| kind.is_text(name));
    let (plain, keywords) = (is_kind("__newobj__"), is_kind("__newobj_ex__"));
    if !plain && !keywords {
        noted(saver.save(&reduced.function), || note("reconstructor"))?;
        noted(saver.save(&reduced.arguments), || {
            note("reconstructor arguments")
        })?;
        saver.out.byte(REDUCE);
        return Ok(());
    }
    let name = if plain { "__newobj__" } else { "__newobj_ex__" };
    let (class, rest) = match arguments.as_slice() {
        [class, rest @ ..] if plain || rest.len() == 2 => (class, rest),
        other if plain => {
            return Err(pickling_error(format!(
                "__newobj__ expected at least 1 argument, got {}",
                other.len()
            )));
        }
        other => {
            return Err(pickling_error(format!(
                "__newobj_ex__ expected 3 arguments, got {}",
                other.len()
            )));
        }
    };
    if class.downcast::<Type>().is_none() {
        return Err(pickling_error(format!(
            "first argument to {name}() must be a class, not {}",
            shown_class(class)
        )));
    }
    if let Some(object) = object {
        let own = abstract_ops::getattr(object, CLASS.get())?;
        if !own.is(class) {
            return Err(pickling_error(format!(
                "first argument to {name}() must be {}, not {}",
                abstract_ops::repr(&own)?,
                abstract_ops::repr(class)?
            )));
        }
    }
    if plain {
        noted(saver.save(class), || note("class"))?;
        let rest = Tuple::from_slice(rest).into_value();
        noted(saver.save(&rest), || note("__new__ arguments"))?;
        saver.out.byte(NEWOBJ);
        return Ok(());
    }
    if rest[0].downcast::<Tuple>().is_none() {
        return Err(pickling_error(format!(
            "second argument to __newobj_ex__() must be a tuple, not {}",
            shown_class(&rest[0])
        )));
    }
    let Some(named) = rest[1].downcast::<Dict>() else {
        return Err(pickling_error(format!(
            "third argument to __newobj_ex__() must be a dict, not {}",
            shown_class(&rest[1])
        )));
    };
    if saver.protocol >= 4 {
        noted(saver.save(class), || note("class"))?;
        noted(saver.save(&rest[0]), || note("__new__ arguments"))?;
        noted(saver.save(&rest[1]), || note("__new__ arguments"))?;
        saver.out.byte(NEWOBJ_EX);
        return Ok(());
    }
    // Older readers get a partial of `__new__`.
    static NEW: Name = Name::new("__new__");
    static PARTIAL: Name = Name::new("partial");
    let functools = taipan_vm::import::import_module("functools")?;
    let partial = abstract_ops::getattr(&functools, PARTIAL.get())?;
    let mut all = vec![abstract_ops::getattr(class, NEW.get())?, class.clone()];
    all.extend(abstract_ops::to_vec(&rest[0])?);
    let (names, values): (Vec<Value>, Vec<Value>) = named.items().into_iter().unzip();
    all.extend(values);
    let function = abstract_ops::call_kw(&partial, &all, Some(&Tuple::new(names)))?;
    noted(saver.save(&function), || note("reconstructor"))?;
    saver.save(Tuple::empty().as_value())?;
    saver.out.byte(REDUCE);
    Ok(())
}

/// An object by what it was reduced to. Without an object nothing is remembered.
pub fn save_reduced(saver: &Saver, object: Option<&Value>, reduced: Reduced) -> PyResult<()> {
    save_construction(saver, object, &reduced)?;
    let none = Value::none();
    let shown = object.unwrap_or(&none);
    if let Some(object) = object {
        match saver.known(object) {
            // It contains itself, and was written meanwhile.
            Some(number) => {
                saver.out.byte(POP);
                saver.get(number);
            }
            None => saver.put(object),
        }
    }
    if let Some(items) = &reduced.items {
        saver.save_items(items, shown)?;
    }
    if let Some(pairs) = &reduced.pairs {
        saver.save_pairs(pairs, shown)?;
    }
    let Some(state) = &reduced.state else {
        return Ok(());
    };
    let note = |what: &str| format!("when serializing {} {what}", shown_class(shown));
    let Some(setter) = &reduced.state_setter else {
        noted(saver.save(state), || note("state"))?;
        saver.out.byte(BUILD);
        return Ok(());
    };
    if object.is_none() {
        return Err(type_error("a state setter needs an object"));
    }
    noted(saver.save(setter), || note("state setter"))?;
    saver.save(shown)?;
    noted(saver.save(state), || note("state"))?;
    saver.out.push(&[TUPLE2, REDUCE, POP]);
    Ok(())
}
