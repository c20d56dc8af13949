//! Objects that are written as a module's name and their own, and finding them again.

use super::opcodes::*;
use super::pickling_error;
use super::save::Saver;
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{self, PyResult, attribute_error, raise_args};
use taipan_vm::import;
use taipan_vm::object::Ref;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::str::{Name, Str};
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

fn member(module: &str, name: &'static Name) -> PyResult {
    abstract_ops::getattr(&import::import_module(module)?, name.get())
}

/// `copyreg.dispatch_table`
pub fn dispatch_table() -> PyResult {
    static DISPATCH_TABLE: Name = Name::new("dispatch_table");
    member("copyreg", &DISPATCH_TABLE)
}

/// Looks something up in one of the tables of `copyreg` or `_compat_pickle`.
fn entry(module: &str, table: &'static Name, key: &Value) -> PyResult<Option<Value>> {
    match member(module, table)?.downcast::<Dict>() {
        Some(table) => table.get(key),
        None => Ok(None),
    }
}

fn text(text: &str) -> Value {
    Str::intern(text).into_value()
}

fn pair(module: &str, name: &str) -> Value {
    Tuple::new([text(module), text(name)]).into_value()
}

/// `a.b.c` of an object.
fn follow(start: &Value, path: &str) -> PyResult {
    let mut object = start.clone();
    for name in path.split('.') {
        object = abstract_ops::getattr(&object, &Str::intern(name))?;
    }
    Ok(object)
}

fn follow_opt(start: &Value, path: &str) -> PyResult<Option<Value>> {
    exceptions::suppress(follow(start, path), exceptions::ATTRIBUTE_ERROR.get())
}

/// The name of the module that has the object under this name.
fn module_of(object: &Value, path: &str) -> PyResult<Ref<Str>> {
    static MODULE: Name = Name::new("__module__");
    let named = abstract_ops::getattr_opt(object, MODULE.get())?.filter(|name| !name.is_none());
    if path.split('.').any(|part| part == "<locals>") {
        return Err(pickling_error(format!(
            "Can't pickle local object {}",
            abstract_ops::repr(object)?
        )));
    }
    if let Some(name) = named {
        return Ref::from_value(name)
            .map_err(|_| exceptions::type_error("__module__ must be a string"));
    }
    for (name, module) in import::modules().map_or_else(Vec::new, |modules| modules.items()) {
        let Some(name) = name.downcast::<Str>() else {
            continue;
        };
        if name.is_text("__main__") || name.is_text("__mp_main__") || module.is_none() {
            continue;
        }
        if follow_opt(&module, path)?.is_some_and(|found| found.is(object)) {
            return Ok(Ref::from_ref(name));
        }
    }
    Ok(Str::intern("__main__"))
}

/// Is the object what its name leads to?
fn check(object: &Value, module: &Ref<Str>, path: &str) -> PyResult<()> {
    let cannot = |why: &str| -> PyResult<()> {
        let shown = abstract_ops::repr(object)?;
        Err(pickling_error(format!("Can't pickle {shown}: {why}")))
    };
    let imported = import::import_name(module, None, &Value::none(), 0).and_then(|_| {
        import::loaded_module(module).ok_or_else(|| exceptions::key_error(module.as_value()))
    });
    let loaded = match imported {
        Ok(loaded) => loaded,
        Err(raised) => {
            for class in [
                exceptions::IMPORT_ERROR.get(),
                exceptions::VALUE_ERROR.get(),
                exceptions::KEY_ERROR.get(),
            ] {
                if let Some(error) = exceptions::catch(class) {
                    let why = abstract_ops::str(error.as_value())?;
                    return cannot(&why.to_rust());
                }
            }
            return Err(raised);
        }
    };
    match follow_opt(&loaded, path)? {
        None => cannot(&format!("it's not found as {module}.{path}")),
        Some(found) if !found.is(object) => {
            cannot(&format!("it's not the same object as {module}.{path}"))
        }
        Some(_) => Ok(()),
    }
}

impl Saver {
    /// Under its own name if none is given.
    pub fn save_global(&self, object: &Value, name: Option<&Value>) -> PyResult<()> {
        static QUALNAME: Name = Name::new("__qualname__");
        static NAME: Name = Name::new("__name__");
        static EXTENSIONS: Name = Name::new("_extension_registry");
        let name = match name {
            Some(name) => name.clone(),
            None => match abstract_ops::getattr_opt(object, QUALNAME.get())? {
                Some(name) => name,
                None => abstract_ops::getattr(object, NAME.get())?,
            },
        };
        let Some(path) = name
            .downcast::<Str>()
            .map(|name| name.to_rust().into_owned())
        else {
            return Err(exceptions::type_error("__qualname__ must be a string"));
        };
        let module = module_of(object, &path)?;
        check(object, &module, &path)?;
        if self.protocol >= 2
            && let Some(code) = entry(
                "copyreg",
                &EXTENSIONS,
                Tuple::new([module.to_value(), name.clone()]).as_value(),
            )?
        {
            return self.save_extension(abstract_ops::to_i64(&code)?);
        }
        if self.protocol >= 4 {
            self.save(module.as_value())?;
            self.save(&name)?;
            self.out.byte(STACK_GLOBAL);
            self.put(object);
            return Ok(());
        }
        let (first, rest) = path.split_once('.').unwrap_or((&path, ""));
        let steps: Vec<&str> = rest.split('.').filter(|step| !step.is_empty()).collect();
        for _ in &steps {
            let getattr = taipan_vm::builtins::lookup("getattr")?;
            self.save(&getattr)?;
            if self.protocol < 2 {
                self.out.byte(MARK);
            }
        }
        self.save_by_name(&module.to_rust(), first)?;
        for step in steps {
            self.save(&text(step))?;
            self.out
                .byte(if self.protocol < 2 { TUPLE } else { TUPLE2 });
            self.out.byte(REDUCE);
        }
        self.put(object);
        Ok(())
    }

    fn save_extension(&self, code: i64) -> PyResult<()> {
        match code {
            1..=0xFF => self.out.op(EXT1, &[code as u8]),
            0x100..=0xFFFF => self.out.op(EXT2, &(code as u16).to_le_bytes()),
            0x1_0000..=0x7FFF_FFFF => self.out.op(EXT4, &(code as i32).to_le_bytes()),
            _ => {
                return Err(exceptions::runtime_error(format!(
                    "extension code {code} is out of range"
                )));
            }
        }
        Ok(())
    }

    fn save_by_name(&self, module: &str, name: &str) -> PyResult<()> {
        let (mut module, mut name) = (module.to_owned(), name.to_owned());
        if self.fix_imports {
            static NAMES: Name = Name::new("REVERSE_NAME_MAPPING");
            static IMPORTS: Name = Name::new("REVERSE_IMPORT_MAPPING");
            (module, name) = mapped(&NAMES, &IMPORTS, module, name)?;
        }
        for (what, given) in [("module", &module), ("global", &name)] {
            if self.protocol < 3 && !given.is_ascii() {
                return Err(pickling_error(format!(
                    "can't pickle {what} identifier '{given}' using pickle protocol {}",
                    self.protocol
                )));
            }
        }
        self.out
            .op(GLOBAL, format!("{module}\n{name}\n").as_bytes());
        Ok(())
    }
}

/// What a module and a name in it are called in the other major version of the language.
fn mapped(
    names: &'static Name,
    imports: &'static Name,
    module: String,
    name: String,
) -> PyResult<(String, String)> {
    let owned = |value: &Value| value.downcast::<Str>().map(|text| text.to_string());
    if let Some(found) = entry("_compat_pickle", names, &pair(&module, &name))?
        && let Some([module, name]) = found.downcast::<Tuple>().map(Tuple::as_slice)
        && let (Some(module), Some(name)) = (owned(module), owned(name))
    {
        return Ok((module, name));
    }
    let found = entry("_compat_pickle", imports, &text(&module))?;
    let module = found.as_ref().and_then(owned).unwrap_or(module);
    Ok((module, name))
}

/// What `Unpickler.find_class()` finds.
pub fn find(module: &str, path: &str, protocol: u8, fix_imports: bool) -> PyResult {
    let (mut module, mut path) = (module.to_owned(), path.to_owned());
    if protocol < 3 && fix_imports {
        static NAMES: Name = Name::new("NAME_MAPPING");
        static IMPORTS: Name = Name::new("IMPORT_MAPPING");
        (module, path) = mapped(&NAMES, &IMPORTS, module, path)?;
    }
    let name = Str::intern(&module);
    import::import_name(&name, None, &Value::none(), 0)?;
    let loaded = import::loaded_module(&name)
        .ok_or_else(|| raise_args(exceptions::KEY_ERROR.get(), vec![name.to_value()]))?;
    if protocol < 4 || !path.contains('.') {
        return abstract_ops::getattr(&loaded, &Str::intern(&path));
    }
    match follow_opt(&loaded, &path)? {
        Some(found) => Ok(found),
        None => Err(attribute_error(
            &loaded,
            &Str::intern(&path),
            format!(
                "Can't resolve path '{path}' on module {}",
                abstract_ops::repr(&loaded)?
            ),
        )),
    }
}

/// The object of an extension code.
pub fn extension(code: i64) -> PyResult<Result<Value, (String, String)>> {
    static CACHE: Name = Name::new("_extension_cache");
    static INVERTED: Name = Name::new("_inverted_registry");
    let key = Value::int(code);
    if let Some(object) = entry("copyreg", &CACHE, &key)? {
        return Ok(Ok(object));
    }
    let found = entry("copyreg", &INVERTED, &key)?;
    let Some(found) = found else {
        if code <= 0 {
            return Err(super::unpickling_error("EXT specifies code <= 0"));
        }
        return Err(exceptions::value_error(format!(
            "unregistered extension code {code}"
        )));
    };
    match found.downcast::<Tuple>().map(Tuple::as_slice) {
        Some([module, name]) => Ok(Err((
            abstract_ops::str(module)?.to_string(),
            abstract_ops::str(name)?.to_string(),
        ))),
        _ => Err(exceptions::value_error(format!(
            "_inverted_registry[{code}] isn't a 2-tuple of strings"
        ))),
    }
}

/// Keeps the object of an extension code.
pub fn keep_extension(code: i64, object: &Value) -> PyResult<()> {
    static CACHE: Name = Name::new("_extension_cache");
    abstract_ops::setitem(&member("copyreg", &CACHE)?, &Value::int(code), object)
}
