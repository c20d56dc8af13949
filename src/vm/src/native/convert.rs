//! stub (local)
use super::Argument; use crate::exceptions::{PyResult, type_error}; use crate::object::Ref; use crate::objects::{str::Str,tuple::Tuple,list::List,dict::Dict,class::Type}; use crate::value::Value;
pub use super::bind::KwArgs;
pub trait FromArg<'a>: Sized { fn from_arg(v:&'a Value, a:&Argument)->PyResult<Self>; }
impl<'a> FromArg<'a> for &'a Value { fn from_arg(v:&'a Value,_:&Argument)->PyResult<Self>{Ok(v)} }
impl<'a> FromArg<'a> for Value { fn from_arg(v:&'a Value,_:&Argument)->PyResult<Self>{Ok(v.clone())} }
fn wrong(a:&Argument, what:&str, v:&Value)->crate::exceptions::Raised{ let pos = if !a.name.is_empty() {format!(" '{}'",a.name)} else if a.position==0 {String::new()} else {format!(" {}",a.position)}; type_error(format!("{}() argument{} must be {}, not {}",a.function,pos,what,v.class().name())) }
macro_rules! r {($($t:ty=$n:literal),*)=>{$(impl<'a> FromArg<'a> for &'a $t { fn from_arg(v:&'a Value,a:&Argument)->PyResult<Self>{ v.downcast::<$t>().ok_or_else(||wrong(a,$n,v)) } })*}}
r!(Str="str",Tuple="tuple",List="list",Dict="dict",Type="type");
impl<'a> FromArg<'a> for bool { fn from_arg(v:&'a Value,_:&Argument)->PyResult<Self>{crate::abstract_ops::is_true(v)} }
impl<'a> FromArg<'a> for isize { fn from_arg(v:&'a Value,_:&Argument)->PyResult<Self>{crate::abstract_ops::index_isize(v,crate::exceptions::OVERFLOW_ERROR.get())} }
impl<'a> FromArg<'a> for i64 { fn from_arg(v:&'a Value,_:&Argument)->PyResult<Self>{crate::abstract_ops::to_i64(v)} }
impl<'a> FromArg<'a> for f64 { fn from_arg(v:&'a Value,_:&Argument)->PyResult<Self>{crate::abstract_ops::to_f64(v)} }
pub trait IntoResult { fn into_result(self)->PyResult; }
impl IntoResult for Value { fn into_result(self)->PyResult{Ok(self)} }
impl IntoResult for () { fn into_result(self)->PyResult{Ok(Value::none())} }
impl IntoResult for bool { fn into_result(self)->PyResult{Ok(Value::bool(self))} }
impl IntoResult for i64 { fn into_result(self)->PyResult{Ok(Value::int(self))} }
impl IntoResult for f64 { fn into_result(self)->PyResult{Ok(Value::float(self))} }
impl IntoResult for usize { fn into_result(self)->PyResult{Ok(Value::int(self as i64))} }
impl IntoResult for String { fn into_result(self)->PyResult{Ok(Str::new(&self).into_value())} }
impl IntoResult for &str { fn into_result(self)->PyResult{Ok(Str::new(self).into_value())} }
impl<T> IntoResult for Ref<T> { fn into_result(self)->PyResult{Ok(self.into_value())} }
impl<T:IntoResult> IntoResult for Option<T> { fn into_result(self)->PyResult{ match self {Some(v)=>v.into_result(),None=>Ok(Value::none())} } }
impl<T:IntoResult> IntoResult for PyResult<T> { fn into_result(self)->PyResult{self?.into_result()} }
