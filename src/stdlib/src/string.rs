//! `_string`: format strings taken apart, for `string.Formatter`.

use taipan_macros::pymodule;

pub use string::MODULE;

/// string helper module
#[pymodule(name = "_string")]
mod string {
    use std::ops::Range;
    use taipan_vm::abstract_ops;
    use taipan_vm::exceptions::{PyResult, type_error, value_error};
    use taipan_vm::object::Ref;
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::str::Str;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::text::fields::{Access, FieldName, Fields, First};
    use taipan_vm::value::Value;

    fn text(value: &Value) -> PyResult<&Str> {
        value
            .downcast::<Str>()
            .ok_or_else(|| type_error(format!("expected str, got {}", value.class().name())))
    }

    fn part(text: &Str, range: Range<usize>) -> Value {
        text.substring(range).into_value()
    }

    /// parse the argument as a format string
    #[pyfunction("formatter_parser($module, object, /)")]
    fn formatter_parser(object: &Value) -> PyResult {
        let text = text(object)?;
        let mut fields = Fields::new(text.units(), 0..text.len());
        let mut found = Vec::new();
        while let Some(chunk) = fields.next_chunk().map_err(value_error)? {
            let literal = part(text, chunk.literal);
            let row = match chunk.field {
                None => [literal, Value::none(), Value::none(), Value::none()],
                Some(field) => {
                    let conversion = match field.conversion {
                        Some(point) => Str::from_char(point).into_value(),
                        None => Value::none(),
                    };
                    [
                        literal,
                        part(text, field.name),
                        part(text, field.spec),
                        conversion,
                    ]
                }
            };
            found.push(Tuple::new(row).into_value());
        }
        abstract_ops::iter(List::make(found).as_value())
    }

    /// split the argument as a field name
    #[pyfunction("formatter_field_name_split($module, object, /)")]
    fn formatter_field_name_split(object: &Value) -> PyResult<Ref<Tuple>> {
        let text = text(object)?;
        let (first, mut name) = FieldName::new(text.units(), 0..text.len()).map_err(value_error)?;
        let first = match first {
            First::Index(index) => Value::int(index as i64),
            First::Auto => Str::empty().into_value(),
            First::Name(range) => part(text, range),
        };
        let mut found = Vec::new();
        while let Some(access) = name.next_access().map_err(value_error)? {
            let (attribute, key) = match access {
                Access::Attribute(range) => (true, part(text, range)),
                Access::Index(index) => (false, Value::int(index as i64)),
                Access::Key(range) => (false, part(text, range)),
            };
            found.push(Tuple::new([Value::bool(attribute), key]).into_value());
        }
        let rest = abstract_ops::iter(List::make(found).as_value())?;
        Ok(Tuple::new([first, rest]))
    }
}
