//! `_symtable`: the compiler's scopes as objects.

use crate::builtins::scope::scopes_of;
use crate::exceptions::PyResult;
use crate::gc::Field;
use crate::memory::allocate_exact;
use crate::object::{Header, Ref};
use crate::objects::dict::Dict;
use crate::objects::list::List;
use crate::objects::str::Str;
use crate::value::Value;
use taipan_compiler::ScopeFacts;
use taipan_macros::{pyclass, pymethods, pymodule};

pub use symtable::MODULE;

#[pyclass(name = "symtable entry", module = "builtins", final, gc, weakref)]
#[repr(C)]
pub struct Entry {
    header: Header,
    name: Value,
    symbols: Value,
    varnames: Value,
    children: Field<Option<Ref<List>>>,
    #[no_gc]
    kind: u32,
    #[no_gc]
    lineno: i32,
    #[no_gc]
    nested: bool,
}

#[pymethods]
impl Entry {
    #[pygetset]
    fn id(this: &Value) -> Value {
        Value::from_big(this.raw().0.into())
    }
    #[pygetset]
    fn name(&self) -> Value {
        self.name.clone()
    }
    #[pygetset]
    fn symbols(&self) -> Value {
        self.symbols.clone()
    }
    #[pygetset]
    fn varnames(&self) -> Value {
        self.varnames.clone()
    }
    #[pygetset]
    fn children(&self) -> Option<Value> {
        self.children.get().map(Ref::into_value)
    }
    #[pygetset]
    fn nested(&self) -> i64 {
        self.nested as i64
    }
    #[pygetset]
    fn r#type(&self) -> i64 {
        self.kind as i64
    }
    #[pygetset]
    fn lineno(&self) -> i64 {
        self.lineno as i64
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<Ref<Str>> {
        // SAFETY: slots are called with instances of the class.
        let entry = unsafe { this.downcast_unchecked::<Entry>() };
        let name = crate::abstract_ops::str(&entry.name)?;
        Ok(Str::new(&format!(
            "<symtable entry {}({}), line {}>",
            name.to_rust(),
            this.raw().0,
            entry.lineno
        )))
    }
}

fn names(names: &[String]) -> Value {
    let names = names.iter().map(|name| Str::intern(name).into_value());
    List::make(names.collect()).into_value()
}

fn entry(facts: &ScopeFacts) -> PyResult<Ref<Entry>> {
    let symbols = Dict::make();
    for (name, flags) in &facts.symbols {
        symbols.insert(Str::intern(name).into_value(), Value::int(*flags as i64))?;
    }
    Ok(allocate_exact(Entry {
        header: Header::fresh(),
        name: Str::intern(&facts.name).into_value(),
        symbols: symbols.into_value(),
        varnames: names(&facts.parameters),
        children: Field::new(None),
        kind: facts.kind.number(),
        lineno: facts.lineno,
        nested: facts.nested,
    }))
}

#[pymodule(name = "_symtable")]
mod symtable {
    use super::*;
    use crate::objects::module::Module;

    /// Return symbol and scope dictionaries used internally by compiler.
    #[pyfunction("symtable($module, source, filename, startstr, /)")]
    fn symtable(source: &Value, filename: &Value, startstr: &Str) -> PyResult {
        let facts = scopes_of(source, filename, startstr)?;
        let entries = facts.iter().map(entry).collect::<PyResult<Vec<_>>>()?;
        for (facts, entry) in facts.iter().zip(&entries) {
            let children = facts.children.iter();
            let children = children.map(|child| entries[*child].as_value().clone());
            entry.children.set(Some(List::make(children.collect())));
        }
        Ok(entries[0].as_value().clone())
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        crate::objects::class_native::ensure::<Entry>();
        for (name, number) in taipan_compiler::symbol_constants() {
            module.add(name, Value::int(number as i64));
        }
        Ok(())
    }
}
