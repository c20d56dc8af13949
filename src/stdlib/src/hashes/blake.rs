//! BLAKE2, with all its parameters.

use super::{data_of, first_data, hex};
use std::cell::RefCell;
use taipan_macros::{pyclass, pymethods, pymodule};
use taipan_vm::abstract_ops as ops;
use taipan_vm::exceptions::{PyResult, Raised, overflow_error, value_error};
use taipan_vm::memory::allocate_instance;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::buffer;
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::class::Type;
use taipan_vm::value::Value;

pub use module::MODULE;

/// An optional int between limits; what is wrong about others is said by `message`.
fn limited(
    value: Option<&Value>,
    default: u64,
    range: std::ops::RangeInclusive<u64>,
    message: impl FnOnce(&Value) -> Raised,
) -> PyResult<u64> {
    let Some(value) = value else {
        return Ok(default);
    };
    let index = ops::index(value)?;
    let number = index.as_int().map(|int| int.to_big()).unwrap_or_default();
    match u64::try_from(&number) {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(message(&index)),
    }
}

/// A size that may be large, but not too large for its field.
fn field(value: Option<&Value>, limit: u64, name: &str) -> PyResult<u64> {
    limited(value, 0, 0..=limit, |index| {
        if index.as_int().is_some_and(|int| int.is_negative()) {
            value_error("Cannot convert negative int")
        } else {
            overflow_error(format!("{name} is too large"))
        }
    })
}

/// A small number between limits, which the message states.
fn small(
    value: Option<&Value>,
    default: u64,
    range: std::ops::RangeInclusive<u64>,
    name: &str,
) -> PyResult<u64> {
    let (low, high) = (*range.start(), *range.end());
    limited(value, default, range, |_| {
        value_error(format!("{name} must be between {low} and {high}"))
    })
}

fn short_bytes(value: Option<&Value>, limit: usize, what: &str) -> PyResult<Vec<u8>> {
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    let bytes = buffer::bytes_like(value)?.to_vec();
    if bytes.len() > limit {
        return Err(value_error(format!(
            "maximum {what} length is {limit} bytes"
        )));
    }
    Ok(bytes)
}

macro_rules! blake_class {
    (
        $class:ident $crate_name:ident, $name:literal $shown:literal $signature:literal
        $size:literal $salt:literal $offset:expr
    ) => {
        /// Return a new BLAKE2 hash object.
        #[pyclass(name = $name, module = "_blake2", final)]
        #[repr(C)]
        pub struct $class {
            header: Header,
            digest_size: usize,
            state: RefCell<$crate_name::State>,
        }

        impl $class {
            fn result(&self) -> Vec<u8> {
                self.state.borrow().finalize().as_bytes().to_vec()
            }
        }

        #[pymethods]
        impl $class {
            #[pyslot($signature)]
            #[allow(clippy::too_many_arguments)]
            fn new(
                cls: &Type,
                data: Option<&Value>,
                digest_size: Option<&Value>,
                key: Option<&Value>,
                salt: Option<&Value>,
                person: Option<&Value>,
                fanout: Option<&Value>,
                depth: Option<&Value>,
                leaf_size: Option<&Value>,
                node_offset: Option<&Value>,
                node_depth: Option<&Value>,
                inner_size: Option<&Value>,
                last_node: bool,
                _security: bool,
                string: Option<&Value>,
            ) -> PyResult {
                let data = first_data(data, string)?;
                let size = limited(digest_size, $size, 1..=$size, |index| {
                    let shown = match ops::repr(index) {
                        Ok(shown) => shown,
                        Err(raised) => return raised,
                    };
                    value_error(format!(
                        concat!(
                            "digest_size for ",
                            $shown,
                            " must be between 1 and {} bytes, here it is {}"
                        ),
                        $size,
                        shown.to_rust()
                    ))
                })? as usize;
                let mut params = $crate_name::Params::new();
                params.hash_length(size);
                params.key(&short_bytes(key, $size, "key")?);
                params.salt(&short_bytes(salt, $salt, "salt")?);
                params.personal(&short_bytes(person, $salt, "person")?);
                params.fanout(small(fanout, 1, 0..=255, "fanout")? as u8);
                params.max_depth(small(depth, 1, 1..=255, "depth")? as u8);
                params.max_leaf_length(field(leaf_size, u32::MAX.into(), "leaf_size")? as u32);
                params.node_offset(field(node_offset, $offset, "node_offset")?);
                params.node_depth(small(node_depth, 0, 0..=255, "node_depth")? as u8);
                let inner = limited(inner_size, 0, 0..=$size, |_| {
                    value_error(format!("inner_size must be between 0 and is {}", $size))
                })?;
                params.inner_hash_length(inner as usize);
                params.last_node(last_node);
                let mut state = params.to_state();
                state.update(&data);
                let native = $class {
                    header: Header::fresh(),
                    digest_size: size,
                    state: RefCell::new(state),
                };
                Ok(allocate_instance(cls, native).into_value())
            }
            /// Return a copy of the hash object.
            #[pymethod("copy($self, /)")]
            fn copy(&self) -> Value {
                Ref::new($class {
                    header: Header::fresh(),
                    digest_size: self.digest_size,
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
                self.state.borrow_mut().update(&data);
                Ok(())
            }
            #[pygetset]
            fn name(&self) -> &'static str {
                $name
            }
            #[pygetset]
            fn block_size(&self) -> usize {
                $crate_name::BLOCKBYTES
            }
            #[pygetset]
            fn digest_size(&self) -> usize {
                self.digest_size
            }
        }
    };
}

blake_class!(
    Blake2b blake2b_simd, "blake2b" "Blake2b"
    "blake2b(data=b'', /, *, digest_size=<unrepresentable>, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True, string=None)"
    64 16 u64::MAX
);
blake_class!(
    Blake2s blake2s_simd, "blake2s" "Blake2s"
    "blake2s(data=b'', /, *, digest_size=<unrepresentable>, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True, string=None)"
    32 8 (1u64 << 48) - 1
);

/// _blake2b provides BLAKE2b for hashlib
#[pymodule(name = "_blake2", classes(super::Blake2b, super::Blake2s))]
mod module {
    use super::{Blake2b, Blake2s};
    use taipan_vm::exceptions::PyResult;
    use taipan_vm::native::NativeClass;
    use taipan_vm::objects::class::Type;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::str::Str;
    use taipan_vm::value::Value;

    #[pyattr]
    const _GIL_MINSIZE: i64 = 2048;

    fn describe(module: &Module, class: &Type, prefix: &str, sizes: [i64; 4]) {
        let names = [
            "SALT_SIZE",
            "PERSON_SIZE",
            "MAX_KEY_SIZE",
            "MAX_DIGEST_SIZE",
        ];
        for (name, size) in names.into_iter().zip(sizes) {
            class.dict().set_str(&Str::intern(name), Value::int(size));
            module.add(&format!("{prefix}_{name}"), Value::int(size));
        }
        class.modified();
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        describe(module, Blake2b::class(), "BLAKE2B", [16, 16, 64, 64]);
        describe(module, Blake2s::class(), "BLAKE2S", [8, 8, 32, 32]);
        Ok(())
    }
}
