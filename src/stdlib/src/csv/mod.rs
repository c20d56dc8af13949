//! `_csv`: tables as text.

mod dialect;
mod reader;
mod writer;

use crate::exception::ModuleException;
use std::cell::Cell;
use taipan_macros::pymodule;
use taipan_vm::exceptions::{self, PyResult};
use taipan_vm::import;
use taipan_vm::object::Ref;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::module::Module;
use taipan_vm::objects::str::{Name, Str};
use taipan_vm::value::Value;

pub use csv::MODULE;

static ERROR: ModuleException =
    ModuleException::new("_csv", "Error", || exceptions::EXCEPTION.get());

struct Limit(Cell<i64>);
// SAFETY: guarded by the GIL.
unsafe impl Sync for Limit {}
static LIMIT: Limit = Limit(Cell::new(128 * 1024));

/// The longest field that a reader takes.
fn field_limit() -> i64 {
    LIMIT.0.get()
}

/// The dialects that have names.
fn registry() -> PyResult<Ref<Dict>> {
    static DIALECTS: Name = Name::new("_dialects");
    let module = import::loaded_module(&Str::intern("_csv"));
    let module = module
        .as_ref()
        .and_then(|module| module.downcast::<Module>());
    let dialects = module.and_then(|module| module.dict().get_str(&DIALECTS));
    let dialects: Option<Ref<Dict>> = dialects.and_then(|found: Value| Ref::from_value(found).ok());
    dialects.ok_or_else(|| exceptions::system_error("_csv has no dialects"))
}

/// CSV parsing and writing.
#[pymodule(name = "_csv", classes(super::dialect::Dialect))]
mod csv {
    use super::dialect::{self, QUOTINGS};
    use super::reader::Reader;
    use super::writer::Writer;
    use super::*;
    use taipan_vm::abstract_ops;
    use taipan_vm::exceptions::{Raised, type_error};
    use taipan_vm::object::object_value;
    use taipan_vm::objects::class_native::ensure;
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::tuple::Tuple;

    #[cold]
    pub fn error(message: impl Into<String>) -> Raised {
        ERROR.raise(message)
    }

    #[cold]
    pub fn unknown_dialect() -> Raised {
        error("unknown dialect")
    }

    /// The first argument, and the rest: the dialect's.
    fn split_first<'a>(
        function: &str,
        args: &'a [Value],
        kwnames: Option<&Tuple>,
    ) -> PyResult<(&'a Value, &'a [Value])> {
        match args.len() - kwnames.map_or(0, Tuple::len) {
            0 => Err(type_error(format!(
                "{function} expected at least 1 argument, got 0"
            ))),
            1 | 2 => Ok((&args[0], &args[1..])),
            given => Err(type_error(format!(
                "{function} expected at most 2 arguments, got {given}"
            ))),
        }
    }

    /// Return a reader object that will process lines from the given iterable.
    ///
    /// The "iterable" argument can be any object that returns a line
    /// of input for each iteration, such as a file object or a list.  The
    /// optional "dialect" argument defines a CSV dialect.  The function
    /// also accepts optional keyword arguments which override settings
    /// provided by the dialect.
    ///
    /// The returned object is an iterator.  Each iteration returns a row
    /// of the CSV file (which can span multiple input lines).
    #[pyfunction("reader", raw)]
    fn reader(args: &[Value], kwnames: Option<&Tuple>) -> PyResult<Ref<Reader>> {
        let (lines, rest) = split_first("reader", args, kwnames)?;
        let lines = abstract_ops::iter(lines)?;
        Reader::make(&lines, dialect::dialect_of(rest, kwnames)?)
    }

    /// Return a writer object that will write user data on the given file object.
    ///
    /// The "fileobj" argument can be any object that supports the file API.
    /// The optional "dialect" argument defines a CSV dialect.  The function
    /// also accepts optional keyword arguments which override settings
    /// provided by the dialect.
    #[pyfunction("writer", raw)]
    fn writer(args: &[Value], kwnames: Option<&Tuple>) -> PyResult<Ref<Writer>> {
        let (file, rest) = split_first("writer", args, kwnames)?;
        Writer::make(file, dialect::dialect_of(rest, kwnames)?)
    }

    /// Return a list of all known dialect names.
    #[pyfunction("list_dialects($module, /)")]
    fn list_dialects() -> PyResult {
        let names = registry()?.items().into_iter().map(|(name, _)| name);
        Ok(List::make(names.collect()).into_value())
    }

    /// Create a mapping from a string name to a CVS dialect.
    ///
    /// The optional "dialect" argument specifies the base dialect instance
    /// or the name of the registered dialect.  The function also accepts
    /// optional keyword arguments which override settings provided by the
    /// dialect.
    #[pyfunction("register_dialect", raw)]
    fn register_dialect(args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
        let (name, rest) = split_first("register_dialect", args, kwnames)?;
        if name.downcast::<Str>().is_none() {
            return Err(type_error("dialect name must be a string"));
        }
        let dialect = dialect::dialect_of(rest, kwnames)?;
        registry()?.insert(name.clone(), dialect.into_value())
    }

    /// Delete the name/dialect mapping associated with a string name.
    #[pyfunction("unregister_dialect($module, /, name)")]
    fn unregister_dialect(name: &Value) -> PyResult<()> {
        match registry()?.remove(name)? {
            Some(_) => Ok(()),
            None => Err(unknown_dialect()),
        }
    }

    /// Return the dialect instance associated with name.
    #[pyfunction("get_dialect($module, /, name)")]
    fn get_dialect(name: &Value) -> PyResult {
        registry()?.get(name)?.ok_or_else(unknown_dialect)
    }

    /// Sets an upper limit on parsed fields.
    ///
    /// Returns old limit. If limit is not given, no new limit is set and
    /// the old limit is returned
    #[pyfunction("field_size_limit($module, /, new_limit=<unrepresentable>)")]
    fn field_size_limit(new_limit: Option<&Value>) -> PyResult<i64> {
        let old = field_limit();
        if let Some(limit) = new_limit {
            if limit.as_int().is_none() {
                return Err(type_error("limit must be an integer"));
            }
            LIMIT.0.set(abstract_ops::to_i64(limit)?);
        }
        Ok(old)
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        for (name, quoting) in QUOTINGS {
            module.add(name, Value::int(quoting as i64));
        }
        module.add("Error", ERROR.value()?);
        module.add("Reader", object_value(ensure::<Reader>()));
        module.add("Writer", object_value(ensure::<Writer>()));
        module.add("_dialects", Dict::make().into_value());
        Ok(())
    }
}
