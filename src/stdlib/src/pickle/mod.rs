//! `_pickle`: objects as bytes, and back.

mod buffer;
mod global;
mod input;
mod load;
mod memo;
mod opcodes;
mod output;
mod pickler;
mod reduce;
mod save;
mod unpickler;

use crate::exception::ModuleException;
use taipan_macros::pymodule;
use taipan_vm::exceptions::{self, Raised};
use taipan_vm::objects::class::Type;

pub use pickle::MODULE;

static PICKLE_ERROR: ModuleException =
    ModuleException::new("_pickle", "PickleError", || exceptions::EXCEPTION.get());
static PICKLING_ERROR: ModuleException = ModuleException::new("_pickle", "PicklingError", base);
static UNPICKLING_ERROR: ModuleException = ModuleException::new("_pickle", "UnpicklingError", base);

fn base() -> &'static Type {
    PICKLE_ERROR.get().unwrap_or(exceptions::EXCEPTION.get())
}

#[cold]
fn pickling_error(message: impl Into<String>) -> Raised {
    PICKLING_ERROR.raise(message)
}

#[cold]
fn unpickling_error(message: impl Into<String>) -> Raised {
    UNPICKLING_ERROR.raise(message)
}

/// Optimized C implementation for the Python pickle module.
#[pymodule(
    name = "_pickle",
    classes(
        super::buffer::PickleBuffer,
        super::pickler::Pickler,
        super::unpickler::Unpickler
    )
)]
mod pickle {
    use super::input::Input;
    use super::load::Loader;
    use super::pickler::{Settings, write_of};
    use super::unpickler;
    use taipan_vm::exceptions::PyResult;
    use taipan_vm::object::object_value;
    use taipan_vm::objects::buffer::bytes_like;
    use taipan_vm::objects::bytes::Bytes;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::str::Str;
    use taipan_vm::value::Value;

    /// Write a pickled representation of obj to the open file object file.
    ///
    /// This is equivalent to ``Pickler(file, protocol).dump(obj)``, but may
    /// be more efficient.
    #[pyfunction(
        "dump($module, /, obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)"
    )]
    fn dump(
        obj: &Value,
        file: &Value,
        protocol: Option<&Value>,
        fix_imports: bool,
        buffer_callback: Option<&Value>,
    ) -> PyResult<()> {
        let settings = Settings::new(protocol, fix_imports, buffer_callback)?;
        settings.saver(Some(write_of(file)?)).dump(obj)
    }

    /// Return the pickled representation of the object as a bytes object.
    #[pyfunction(
        "dumps($module, /, obj, protocol=None, *, fix_imports=True, buffer_callback=None)"
    )]
    fn dumps(
        obj: &Value,
        protocol: Option<&Value>,
        fix_imports: bool,
        buffer_callback: Option<&Value>,
    ) -> PyResult {
        let saver = Settings::new(protocol, fix_imports, buffer_callback)?.saver(None);
        saver.dump(obj)?;
        Ok(Bytes::from_vec(saver.out.into_bytes()).into_value())
    }

    /// Read and return an object from the pickle data stored in a file.
    ///
    /// This is equivalent to ``Unpickler(file).load()``, but may be more
    /// efficient.
    #[pyfunction(
        "load($module, /, file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())"
    )]
    fn load(
        file: &Value,
        fix_imports: bool,
        encoding: Option<&Str>,
        errors: Option<&Str>,
        buffers: Option<&Value>,
    ) -> PyResult {
        let settings = unpickler::Settings::new(fix_imports, encoding, errors, buffers)?;
        let input = Input::of_file(file)?;
        Loader::new(&input, settings).load()
    }

    /// Read and return an object from the given pickle data.
    #[pyfunction(
        "loads($module, data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())"
    )]
    fn loads(
        data: &Value,
        fix_imports: bool,
        encoding: Option<&Str>,
        errors: Option<&Str>,
        buffers: Option<&Value>,
    ) -> PyResult {
        let settings = unpickler::Settings::new(fix_imports, encoding, errors, buffers)?;
        let input = Input::of_bytes(bytes_like(data)?);
        Loader::new(&input, settings).load()
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        taipan_vm::objects::class_native::ensure::<super::pickler::MemoProxy>();
        for (name, class) in [
            ("PickleError", super::PICKLE_ERROR.get()?),
            ("PicklingError", super::PICKLING_ERROR.get()?),
            ("UnpicklingError", super::UNPICKLING_ERROR.get()?),
        ] {
            module.add(name, object_value(class));
        }
        Ok(())
    }
}
