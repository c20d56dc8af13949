//! `string.templatelib`: what t-strings make (PEP 750).

use crate::abstract_ops;
use crate::exceptions::{PyResult, type_error};
use crate::gc::Field;
use crate::names;
use crate::native::NativeClass;
use crate::object::{Header, Ref};
use crate::objects::class::Type;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use taipan_macros::{pyclass, pymethods};

#[pyclass(name = "Template", module = "string.templatelib", gc, final)]
#[repr(C)]
pub struct Template {
    header: Header,
    strings: Ref<Tuple>,
    interpolations: Ref<Tuple>,
}

#[pyclass(name = "Interpolation", module = "string.templatelib", gc, final)]
#[repr(C)]
pub struct Interpolation {
    header: Header,
    value: Value,
    expression: Value,
    conversion: Value,
    format_spec: Value,
}

/// `strings` is one longer than `interpolations`.
pub fn new_template(strings: Value, interpolations: Value) -> PyResult {
    match (Ref::from_value(strings), Ref::from_value(interpolations)) {
        (Ok(strings), Ok(interpolations)) => Ok(Ref::new(Template {
            header: Header::fresh(),
            strings,
            interpolations,
        })
        .into_value()),
        _ => Err(type_error("a template is made of two tuples")),
    }
}

pub fn new_interpolation(
    value: Value,
    expression: Value,
    conversion: Value,
    format_spec: Value,
) -> PyResult {
    Ok(Ref::new(Interpolation {
        header: Header::fresh(),
        value,
        expression,
        conversion,
        format_spec,
    })
    .into_value())
}

impl Template {
    /// Strings and interpolations as given to the constructor, in the canonical form.
    fn from_parts(parts: &[Value]) -> PyResult {
        let mut strings: Vec<Value> = Vec::new();
        let mut interpolations = Vec::new();
        let mut pending: Option<Ref<Str>> = None;
        for part in parts {
            if let Some(text) = part.downcast::<Str>() {
                pending = Some(match pending {
                    Some(before) => before.concat(text),
                    None => Ref::from_ref(text),
                });
            } else if part.downcast::<Interpolation>().is_some() {
                strings.push(pending.take().unwrap_or_else(Str::empty).into_value());
                interpolations.push(part.clone());
            } else {
                return Err(type_error(format!(
                    "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {}",
                    part.class().name()
                )));
            }
        }
        strings.push(pending.unwrap_or_else(Str::empty).into_value());
        new_template(
            Tuple::new(strings).into_value(),
            Tuple::new(interpolations).into_value(),
        )
    }
    fn parts(&self) -> Vec<Value> {
        let mut parts = Vec::new();
        for (i, string) in self.strings.as_slice().iter().enumerate() {
            if !string.downcast::<Str>().is_some_and(|s| s.is_empty()) {
                parts.push(string.clone());
            }
            if let Some(interpolation) = self.interpolations.as_slice().get(i) {
                parts.push(interpolation.clone());
            }
        }
        parts
    }
}

#[pymethods]
impl Template {
    #[pyslot]
    fn new_slot(_cls: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        if kwnames.is_some_and(|k| !k.is_empty()) {
            return Err(type_error("Template.__new__ only accepts *args arguments"));
        }
        Template::from_parts(args)
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        Ok(format!(
            "Template(strings={}, interpolations={})",
            abstract_ops::repr(self.strings.as_value())?,
            abstract_ops::repr(self.interpolations.as_value())?
        ))
    }
    #[pyslot]
    fn iter(&self) -> PyResult {
        Ok(Ref::new(TemplateIterator {
            header: Header::fresh(),
            rest: Field::new(self.parts()),
        })
        .into_value())
    }
    #[pyslot]
    fn concat(this: &Value, other: &Value) -> PyResult {
        let (Some(a), Some(b)) = (this.downcast::<Template>(), other.downcast::<Template>()) else {
            return Err(type_error(format!(
                "can only concatenate string.templatelib.Template (not \"{}\") to string.templatelib.Template",
                other.class().name()
            )));
        };
        let mut parts = a.parts();
        parts.extend(b.parts());
        Template::from_parts(&parts)
    }
    #[pygetset]
    fn strings(&self) -> Value {
        self.strings.to_value()
    }
    #[pygetset]
    fn interpolations(&self) -> Value {
        self.interpolations.to_value()
    }
    #[pygetset]
    fn values(&self) -> Value {
        Tuple::new(
            self.interpolations
                .as_slice()
                .iter()
                .map(|i| {
                    i.downcast::<Interpolation>()
                        .map_or_else(Value::none, |i| i.value.clone())
                })
                .collect::<Vec<_>>(),
        )
        .into_value()
    }
}

#[pymethods]
impl Interpolation {
    #[pyslot("Interpolation(value, expression='', conversion=None, format_spec='')")]
    fn new(
        cls: &Type,
        value: &Value,
        expression: Option<&Str>,
        conversion: Option<&Value>,
        format_spec: Option<&Str>,
    ) -> PyResult {
        let _ = cls;
        let text = |s: Option<&Str>| {
            s.map_or_else(
                || Str::empty().into_value(),
                |s| Ref::from_ref(s).into_value(),
            )
        };
        let conversion = conversion.cloned().unwrap_or_else(Value::none);
        if !conversion.is_none() {
            match conversion.downcast::<Str>() {
                None => {
                    return Err(type_error(format!(
                        "Interpolation() argument 'conversion' must be str, not {}",
                        conversion.class().name()
                    )));
                }
                Some(s) if s.is_text("s") || s.is_text("r") || s.is_text("a") => {}
                Some(_) => {
                    return Err(crate::exceptions::value_error(
                        "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'",
                    ));
                }
            }
        }
        new_interpolation(
            value.clone(),
            text(expression),
            conversion,
            text(format_spec),
        )
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        Ok(format!(
            "Interpolation({}, {}, {}, {})",
            abstract_ops::repr(&self.value)?,
            abstract_ops::repr(&self.expression)?,
            abstract_ops::repr(&self.conversion)?,
            abstract_ops::repr(&self.format_spec)?
        ))
    }
    #[pygetset]
    fn value(&self) -> Value {
        self.value.clone()
    }
    #[pygetset]
    fn expression(&self) -> Value {
        self.expression.clone()
    }
    #[pygetset]
    fn conversion(&self) -> Value {
        self.conversion.clone()
    }
    #[pygetset]
    fn format_spec(&self) -> Value {
        self.format_spec.clone()
    }
}

/// Sets what a declaration can't: an attribute that is plain data.
pub fn complete() {
    let fields = ["value", "expression", "conversion", "format_spec"];
    let fields = Tuple::new(fields.map(|name| Str::intern(name).into_value()));
    Interpolation::class()
        .dict()
        .set_str(&names::MATCH_ARGS, fields.into_value());
}

#[pyclass(name = "TemplateIter", module = "string.templatelib", gc, final)]
#[repr(C)]
pub struct TemplateIterator {
    header: Header,
    rest: Field<Vec<Value>>,
}

#[pymethods]
impl TemplateIterator {
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(this: &Value) -> PyResult<Option<Value>> {
        // SAFETY: the slot's caller checked the class.
        let this = unsafe { this.downcast_unchecked::<TemplateIterator>() };
        Ok(this.rest.with(|rest| {
            if rest.is_empty() {
                None
            } else {
                Some(rest.remove(0))
            }
        }))
    }
}
