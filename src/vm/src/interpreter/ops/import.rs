//! `import`.

use crate::abstract_ops;
use crate::exceptions::{self, PyResult};
use crate::interpreter::dispatch::{Flow, State};
use crate::names;
use crate::object::Ref;
use crate::objects::str::Str;
use crate::value::Value;

/// Stack: level, names.
pub fn import_name(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let name = s.frame().code_ref().names[oparg as usize].clone();
    let (level, from) = (s.top(1).to_value(), s.top(0).to_value());
    // SAFETY: the frame's function owns both.
    let (globals, builtins) = unsafe { (&*s.frame().globals, &*s.frame().builtins) };
    let result = match builtins.get_str(&names::IMPORT) {
        None => Err(exceptions::raise_new(
            exceptions::IMPORT_ERROR.get(),
            "__import__ not found",
        )),
        Some(import) => {
            let locals = s.frame().locals;
            let locals = if locals.is_null() {
                Value::none()
            } else {
                locals.to_value()
            };
            abstract_ops::call(
                &import,
                &[
                    name.into_value(),
                    Ref::from_ref(globals).into_value(),
                    locals,
                    from,
                    level,
                ],
            )
        }
    };
    s.replace(2, result)
}

pub fn import_from(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let name = s.frame().code_ref().names[oparg as usize].clone();
    match from_module(&s.top(0).to_value(), &name) {
        Ok(value) => {
            s.push_value(value);
            Flow::Next
        }
        Err(_) => Flow::Raise,
    }
}

fn from_module(module: &Value, name: &Str) -> PyResult {
    if let Some(value) = abstract_ops::getattr_opt(module, name)? {
        return Ok(value);
    }
    // A submodule that is being imported is in `sys.modules` before its parent has it.
    let module_name = abstract_ops::getattr_opt(module, &names::NAME)?;
    if let Some(parent) = module_name.as_ref().and_then(|n| n.downcast::<Str>()) {
        let full = Str::new(&format!("{parent}.{name}"));
        if let Some(found) = crate::import::loaded_module(&full) {
            return Ok(found);
        }
    }
    Err(crate::import::cannot_import_name(module, module_name, name))
}
