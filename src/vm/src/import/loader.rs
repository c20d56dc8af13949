//! `__loader__` of the modules of the embedded library: it knows their sources.

use super::find::EMBEDDED_ROOT;
use super::{EmbeddedModule, library};
use crate::exceptions::{self, PyResult, raise_new};
use crate::gc::Field;
use crate::gil::Guarded;
use crate::object::{Header, Ref};
use crate::objects::bytes::Bytes;
use crate::objects::class::Type;
use crate::objects::class_native::ensure;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use taipan_macros::{pyclass, pymethods};

/// Knows the sources of the library inside the executable.
#[pyclass(name = "EmbeddedLoader", module = "_frozen_importlib", final)]
#[repr(C)]
pub struct EmbeddedLoader {
    header: Header,
}

/// The one instance.
pub fn embedded_loader() -> Value {
    static LOADER: Guarded<Field<Option<Value>>> = Guarded(Field::new(None));
    ensure::<EmbeddedLoader>();
    LOADER.0.get().unwrap_or_else(|| {
        let loader = Ref::new(EmbeddedLoader {
            header: Header::fresh(),
        });
        LOADER.0.set(Some(loader.to_value()));
        loader.into_value()
    })
}

fn module(name: &Str) -> PyResult<EmbeddedModule> {
    let name = name.to_rust();
    library()
        .and_then(|library| (library.embedded)(&name))
        .ok_or_else(|| {
            raise_new(
                exceptions::IMPORT_ERROR.get(),
                format!("no module {name} in the embedded library"),
            )
        })
}

#[pymethods]
impl EmbeddedLoader {
    #[pyslot]
    fn new(_cls: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        Ok(embedded_loader())
    }
    /// Return the module's source.
    #[pymethod("get_source($self, fullname, /)")]
    fn get_source(&self, fullname: &Str) -> PyResult<String> {
        Ok(String::from_utf8_lossy(module(fullname)?.source).into_owned())
    }
    /// Return the place that the module seems to have.
    #[pymethod("get_filename($self, fullname, /)")]
    fn get_filename(&self, fullname: &Str) -> PyResult<String> {
        Ok(format!("{EMBEDDED_ROOT}/{}", module(fullname)?.path))
    }
    /// Is the module a package?
    #[pymethod("is_package($self, fullname, /)")]
    fn is_package(&self, fullname: &Str) -> PyResult<bool> {
        Ok(module(fullname)?.is_package)
    }
    /// Return the source that lies at the place.
    #[pymethod("get_data($self, path, /)")]
    fn get_data(&self, path: &Str) -> PyResult<Ref<Bytes>> {
        let path = path.to_rust();
        let name = path
            .strip_prefix(EMBEDDED_ROOT)
            .and_then(|rest| rest.strip_prefix('/'))
            .and_then(|rest| rest.strip_suffix(".py"))
            .map(|rest| rest.trim_end_matches("/__init__").replace('/', "."));
        match name.map(|name| module(&Str::new(&name))) {
            Some(found) => Ok(Bytes::from_slice(found?.source)),
            None => Err(raise_new(
                exceptions::OS_ERROR.get(),
                format!("no such file in the embedded library: '{path}'"),
            )),
        }
    }
}
