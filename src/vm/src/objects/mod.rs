//! stub
pub mod builtin_function; pub mod cell; pub mod class; pub mod class_native; pub mod class_new; pub mod code; pub mod dict; pub mod float; pub mod function; pub mod getset; pub mod int; pub mod list; pub mod member; pub mod method; pub mod singletons; pub mod slot_wrapper; pub mod str; pub mod tuple;
#[path="/tmp/wt/types-stub/bytes.rs"] pub mod bytes;
