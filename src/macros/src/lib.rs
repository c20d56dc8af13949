//! Declares native classes, functions and modules.
//!
//! A declaration has one source: the Python signature in the attribute gives the name, the
//! parameters with their kinds and defaults, and `__text_signature__`; the doc comment gives the
//! docstring; the Rust types say how values convert. What is generated is plain data
//! (`MethodDef`, `ClassItems`, `ModuleDef`) in constants, so that declaring costs nothing at start-up.
//!
//! Invariant: a wrapper for a function without keywords neither allocates nor loops; everything
//! that reports a wrong call is in the runtime's cold `bind` functions.
//!
//! Generated paths start with `::taipan_vm`; that crate names itself with `extern crate self`.

mod attributes;
mod class;
mod docs;
mod function;
mod methods;
mod module;
mod signature;
mod unboxed;

use proc_macro::TokenStream;
use syn::parse_macro_input;

/// Declares a module function: `#[pyfunction("sqrt($module, x, /)")] fn sqrt(x: f64) -> PyResult<f64>`.
///
/// Options after the signature: `raw` (the function gets `args: &[Value], kwnames: Option<&Tuple>`,
/// where `args` holds the positional values and then the keyword values), `unboxed` (a second entry
/// with plain types for compiled code), `pure`, `runs_python` (its declared effects).
#[proc_macro_attribute]
pub fn pyfunction(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let options = parse_macro_input!(attribute as attributes::FunctionOptions);
    let item = parse_macro_input!(item as syn::ItemFn);
    function::expand_function(options, item, "")
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Declares a native module: `#[pymodule(name = "math")] mod math { ... }`.
///
/// Collects the `#[pyfunction]`s, `#[pyattr]`s, `#[pyclass]`es and the `#[pyexec]` function inside,
/// and the classes listed as `classes(Deque, DefaultDict)`; generates `pub static MODULE: ModuleDef`.
#[proc_macro_attribute]
pub fn pymodule(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let options = parse_macro_input!(attribute as attributes::ModuleOptions);
    let item = parse_macro_input!(item as syn::ItemMod);
    module::expand_module(options, item)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Declares a native class on a `#[repr(C)]` struct whose first field is `header: Header`
/// (or `base: OtherClass`).
///
/// `#[pyclass(name = "list", module = "builtins", base = Object, final, gc)]`; `final` classes cannot
/// be derived from; any other bare word is a `ClassFlags` constant of that name in capitals.
/// Fields marked `#[no_gc]` are not traversed; with `traverse = custom` the struct implements
/// `gc::TraverseCustom` by hand.
/// `signature = "list(iterable=(), /)"` is the text signature of the class,
/// `no_methods` says that there is no `#[pymethods]` block.
#[proc_macro_attribute]
pub fn pyclass(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let options = parse_macro_input!(attribute as attributes::ClassOptions);
    let item = parse_macro_input!(item as syn::ItemStruct);
    class::expand_class(options, item)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Declares the methods, properties and slots of a native class.
///
/// Inside: `#[pymethod("append($self, object, /)")]`, `#[pyclassmethod("..")]`,
/// `#[pystaticmethod("..")]`, `#[pygetset]` or `#[pygetset("name")]`, `#[pysetter(name)]`,
/// `#[pyslot]` (named as the field of `TypeSlots`) or `#[pyslot("float(x=0, /)")]` for slots that
/// take call arguments (`new`, `init`, `call`).
/// A class over several files: `#[pymethods(items = FORMAT_ITEMS)]` in the others and
/// `#[pymethods(more(FORMAT_ITEMS))]` in the main one.
#[proc_macro_attribute]
pub fn pymethods(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let options = parse_macro_input!(attribute as attributes::MethodsOptions);
    let item = parse_macro_input!(item as syn::ItemImpl);
    methods::expand_methods(options, item)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
