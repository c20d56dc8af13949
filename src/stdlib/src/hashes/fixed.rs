//! Hash functions with results of one length: MD5, SHA-1, SHA-2.

use super::{data_of, first_data, hex};
use std::cell::RefCell;
use taipan_macros::{pyclass, pymethods, pymodule};
use taipan_vm::exceptions::{PyResult, type_error};
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::class::Type;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

pub use self::md5::MODULE as MD5;
pub use self::sha1::MODULE as SHA1;
pub use self::sha2::MODULE as SHA2;

macro_rules! hash_class {
    ($class:ident $algorithm:ty, $name:literal $module:literal $shown:literal $block:literal) => {
        #[pyclass(name = $name, module = $module, final)]
        #[repr(C)]
        pub struct $class {
            header: Header,
            state: RefCell<$algorithm>,
        }

        impl $class {
            fn start(data: Option<&Value>, string: Option<&Value>) -> PyResult {
                use digest::Digest;
                let data = first_data(data, string)?;
                let mut state = <$algorithm>::new();
                state.update(&data);
                Ok($class::make(state))
            }
            fn make(state: $algorithm) -> Value {
                Ref::new($class {
                    header: Header::fresh(),
                    state: RefCell::new(state),
                })
                .into_value()
            }
            fn result(&self) -> Vec<u8> {
                use digest::Digest;
                self.state.borrow().clone().finalize().to_vec()
            }
        }

        #[pymethods]
        impl $class {
            #[pyslot]
            fn new(_class: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
                Err(type_error(concat!(
                    "cannot create '",
                    $module,
                    ".",
                    $name,
                    "' instances"
                )))
            }
            #[pyslot]
            fn repr(this: &Value) -> PyResult<String> {
                Ok(format!(
                    "<{}.{} object at {:#x}>",
                    $module,
                    $name,
                    this.raw().address() as usize
                ))
            }
            /// Return a copy of the hash object.
            #[pymethod("copy($self, /)")]
            fn copy(&self) -> Value {
                $class::make(self.state.borrow().clone())
            }
            /// Return the digest value as a bytes object.
            #[pymethod("digest($self, /)")]
            fn digest(&self) -> Value {
                Bytes::from_vec(self.result()).into_value()
            }
            /// Return the digest value as a string of hexadecimal digits.
            #[pymethod("hexdigest($self, /)")]
            fn hexdigest(&self) -> String {
                hex(&self.result())
            }
            /// Update this hash object's state with the provided string.
            #[pymethod("update($self, obj, /)")]
            fn update(&self, obj: &Value) -> PyResult<()> {
                use digest::Digest;
                let data = data_of(obj)?;
                self.state.borrow_mut().update(&data);
                Ok(())
            }
            #[pygetset]
            fn block_size(&self) -> i64 {
                $block
            }
            #[pygetset]
            fn name(&self) -> &'static str {
                $shown
            }
            #[pygetset]
            fn digest_size(&self) -> usize {
                <$algorithm as digest::OutputSizeUser>::output_size()
            }
        }
    };
}

hash_class!(Md5 ::md5::Md5, "md5" "_md5" "md5" 64);
hash_class!(Sha1 ::sha1::Sha1, "sha1" "_sha1" "sha1" 64);
hash_class!(Sha224 ::sha2::Sha224, "SHA224Type" "_sha2" "sha224" 64);
hash_class!(Sha256 ::sha2::Sha256, "SHA256Type" "_sha2" "sha256" 64);
hash_class!(Sha384 ::sha2::Sha384, "SHA384Type" "_sha2" "sha384" 128);
hash_class!(Sha512 ::sha2::Sha512, "SHA512Type" "_sha2" "sha512" 128);

#[pymodule(name = "_md5")]
mod md5 {
    use super::*;
    use taipan_vm::native::NativeClass;
    use taipan_vm::object::object_value;
    use taipan_vm::objects::class_native::ensure;
    use taipan_vm::objects::module::Module;

    #[pyattr]
    const _GIL_MINSIZE: i64 = 2048;

    /// Return a new MD5 hash object; optionally initialized with a string.
    #[pyfunction("md5($module, /, data=b'', *, usedforsecurity=True, string=None)")]
    fn md5(data: Option<&Value>, _security: bool, string: Option<&Value>) -> PyResult {
        Md5::start(data, string)
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        ensure::<Md5>();
        module.add("MD5Type", object_value(Md5::class()));
        Ok(())
    }
}

#[pymodule(name = "_sha1")]
mod sha1 {
    use super::*;
    use taipan_vm::native::NativeClass;
    use taipan_vm::object::object_value;
    use taipan_vm::objects::class_native::ensure;
    use taipan_vm::objects::module::Module;

    #[pyattr]
    const _GIL_MINSIZE: i64 = 2048;

    /// Return a new SHA1 hash object; optionally initialized with a string.
    #[pyfunction("sha1($module, /, data=b'', *, usedforsecurity=True, string=None)")]
    fn sha1(data: Option<&Value>, _security: bool, string: Option<&Value>) -> PyResult {
        Sha1::start(data, string)
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        ensure::<Sha1>();
        module.add("SHA1Type", object_value(Sha1::class()));
        Ok(())
    }
}

#[pymodule(
    name = "_sha2",
    classes(super::Sha224, super::Sha256, super::Sha384, super::Sha512)
)]
mod sha2 {
    use super::*;

    #[pyattr]
    const _GIL_MINSIZE: i64 = 2048;

    /// Return a new SHA-224 hash object; optionally initialized with a string.
    #[pyfunction("sha224($module, /, data=b'', *, usedforsecurity=True, string=None)")]
    fn sha224(data: Option<&Value>, _security: bool, string: Option<&Value>) -> PyResult {
        Sha224::start(data, string)
    }

    /// Return a new SHA-256 hash object; optionally initialized with a string.
    #[pyfunction("sha256($module, /, data=b'', *, usedforsecurity=True, string=None)")]
    fn sha256(data: Option<&Value>, _security: bool, string: Option<&Value>) -> PyResult {
        Sha256::start(data, string)
    }

    /// Return a new SHA-384 hash object; optionally initialized with a string.
    #[pyfunction("sha384($module, /, data=b'', *, usedforsecurity=True, string=None)")]
    fn sha384(data: Option<&Value>, _security: bool, string: Option<&Value>) -> PyResult {
        Sha384::start(data, string)
    }

    /// Return a new SHA-512 hash object; optionally initialized with a string.
    #[pyfunction("sha512($module, /, data=b'', *, usedforsecurity=True, string=None)")]
    fn sha512(data: Option<&Value>, _security: bool, string: Option<&Value>) -> PyResult {
        Sha512::start(data, string)
    }
}
