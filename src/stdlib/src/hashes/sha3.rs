//! SHA-3, and SHAKE with results of any length.

use super::{data_of, first_data, hex};
use digest::{Digest, ExtendableOutput, Update, XofReader};
use std::cell::RefCell;
use taipan_macros::{pyclass, pymethods, pymodule};
use taipan_vm::exceptions::{PyResult, memory_error, value_error};
use taipan_vm::memory::allocate_instance;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::class::Type;
use taipan_vm::value::Value;

pub use module::MODULE;

macro_rules! sha3_class {
    ($class:ident $algorithm:ty, $name:literal $signature:literal $rate:literal) => {
        /// Return a new SHA3 hash object.
        #[pyclass(name = $name, module = "_sha3", final)]
        #[repr(C)]
        pub struct $class {
            header: Header,
            state: RefCell<$algorithm>,
        }

        impl $class {
            fn result(&self) -> Vec<u8> {
                self.state.borrow().clone().finalize().to_vec()
            }
        }

        #[pymethods]
        impl $class {
            #[pyslot($signature)]
            fn new(
                cls: &Type,
                data: Option<&Value>,
                _security: bool,
                string: Option<&Value>,
            ) -> PyResult {
                let data = first_data(data, string)?;
                let mut state = <$algorithm>::default();
                Update::update(&mut state, &data);
                let native = $class {
                    header: Header::fresh(),
                    state: RefCell::new(state),
                };
                Ok(allocate_instance(cls, native).into_value())
            }
            /// Return a copy of the hash object.
            #[pymethod("copy($self, /)")]
            fn copy(&self) -> Value {
                Ref::new($class {
                    header: Header::fresh(),
                    state: RefCell::new(self.state.borrow().clone()),
                })
                .into_value()
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
            /// Update this hash object's state with the provided bytes-like object.
            #[pymethod("update($self, data, /)")]
            fn update(&self, data: &Value) -> PyResult<()> {
                let data = data_of(data)?;
                Update::update(&mut *self.state.borrow_mut(), &data);
                Ok(())
            }
            #[pygetset]
            fn block_size(&self) -> i64 {
                $rate / 8
            }
            #[pygetset]
            fn name(&self) -> &'static str {
                $name
            }
            #[pygetset]
            fn digest_size(&self) -> usize {
                <$algorithm as digest::OutputSizeUser>::output_size()
            }
            #[pygetset("_capacity_bits")]
            fn capacity_bits(&self) -> i64 {
                1600 - $rate
            }
            #[pygetset("_rate_bits")]
            fn rate_bits(&self) -> i64 {
                $rate
            }
            #[pygetset("_suffix")]
            fn suffix(&self) -> Value {
                Bytes::from_slice(&[0x06]).into_value()
            }
        }
    };
}

sha3_class!(Sha3x224 ::sha3::Sha3_224, "sha3_224" "sha3_224(data=b'', /, *, usedforsecurity=True, string=None)" 1152);
sha3_class!(Sha3x256 ::sha3::Sha3_256, "sha3_256" "sha3_256(data=b'', /, *, usedforsecurity=True, string=None)" 1088);
sha3_class!(Sha3x384 ::sha3::Sha3_384, "sha3_384" "sha3_384(data=b'', /, *, usedforsecurity=True, string=None)" 832);
sha3_class!(Sha3x512 ::sha3::Sha3_512, "sha3_512" "sha3_512(data=b'', /, *, usedforsecurity=True, string=None)" 576);

/// Longest result of a SHAKE.
const MAX_LENGTH: isize = 1 << 29;

macro_rules! shake_class {
    ($class:ident $algorithm:ty, $name:literal $signature:literal $rate:literal) => {
        /// Return a new SHAKE hash object.
        #[pyclass(name = $name, module = "_sha3", final)]
        #[repr(C)]
        pub struct $class {
            header: Header,
            state: RefCell<$algorithm>,
        }

        impl $class {
            fn result(&self, length: isize) -> PyResult<Vec<u8>> {
                if length < 0 {
                    return Err(value_error("Cannot convert negative int"));
                }
                if length >= MAX_LENGTH {
                    return Err(value_error("length is too large"));
                }
                let mut bytes = Vec::new();
                if bytes.try_reserve_exact(length as usize).is_err() {
                    return Err(memory_error(""));
                }
                bytes.resize(length as usize, 0);
                self.state.borrow().clone().finalize_xof().read(&mut bytes);
                Ok(bytes)
            }
        }

        #[pymethods]
        impl $class {
            #[pyslot($signature)]
            fn new(
                cls: &Type,
                data: Option<&Value>,
                _security: bool,
                string: Option<&Value>,
            ) -> PyResult {
                let data = first_data(data, string)?;
                let mut state = <$algorithm>::default();
                state.update(&data);
                let native = $class {
                    header: Header::fresh(),
                    state: RefCell::new(state),
                };
                Ok(allocate_instance(cls, native).into_value())
            }
            /// Return a copy of the hash object.
            #[pymethod("copy($self, /)")]
            fn copy(&self) -> Value {
                Ref::new($class {
                    header: Header::fresh(),
                    state: RefCell::new(self.state.borrow().clone()),
                })
                .into_value()
            }
            /// Return the digest value as a bytes object.
            #[pymethod("digest($self, /, length)")]
            fn digest(&self, length: isize) -> PyResult {
                Ok(Bytes::from_vec(self.result(length)?).into_value())
            }
            /// Return the digest value as a string of hexadecimal digits.
            #[pymethod("hexdigest($self, /, length)")]
            fn hexdigest(&self, length: isize) -> PyResult<String> {
                Ok(hex(&self.result(length)?))
            }
            /// Update this hash object's state with the provided bytes-like object.
            #[pymethod("update($self, data, /)")]
            fn update(&self, data: &Value) -> PyResult<()> {
                let data = data_of(data)?;
                self.state.borrow_mut().update(&data);
                Ok(())
            }
            #[pygetset]
            fn block_size(&self) -> i64 {
                $rate / 8
            }
            #[pygetset]
            fn name(&self) -> &'static str {
                $name
            }
            #[pygetset]
            fn digest_size(&self) -> i64 {
                0
            }
            #[pygetset("_capacity_bits")]
            fn capacity_bits(&self) -> i64 {
                1600 - $rate
            }
            #[pygetset("_rate_bits")]
            fn rate_bits(&self) -> i64 {
                $rate
            }
            #[pygetset("_suffix")]
            fn suffix(&self) -> Value {
                Bytes::from_slice(&[0x1F]).into_value()
            }
        }
    };
}

shake_class!(Shake128 ::sha3::Shake128, "shake_128" "shake_128(data=b'', /, *, usedforsecurity=True, string=None)" 1344);
shake_class!(Shake256 ::sha3::Shake256, "shake_256" "shake_256(data=b'', /, *, usedforsecurity=True, string=None)" 1088);

#[pymodule(
    name = "_sha3",
    classes(
        super::Sha3x224,
        super::Sha3x256,
        super::Sha3x384,
        super::Sha3x512,
        super::Shake128,
        super::Shake256
    )
)]
mod module {
    #[pyattr]
    const _GIL_MINSIZE: i64 = 2048;
    #[pyattr("implementation")]
    const IMPLEMENTATION: &str = "RustCrypto";
}
