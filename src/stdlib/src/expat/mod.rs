//! `pyexpat`: a parser of XML that tells handlers what it reads.

mod decoder;
mod doctype;
mod errors;
mod machine;
mod object;
mod scan;

use taipan_macros::pymodule;

pub use pyexpat::MODULE;

/// Python wrapper for Expat parser.
#[pymodule(name = "pyexpat", classes(super::object::Parser))]
mod pyexpat {
    use super::errors::{self, Code};
    use super::object::Parser;
    use crate::exception::ModuleException;
    use taipan_vm::exceptions::{self, PyResult, type_error, value_error};
    use taipan_vm::native::NativeClass;
    use taipan_vm::object::{Ref, object_value};
    use taipan_vm::objects::dict::Dict;
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::str::Str;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::value::Value;

    pub static ERROR: ModuleException =
        ModuleException::new("xml.parsers.expat", "ExpatError", || {
            exceptions::EXCEPTION.get()
        });

    fn text(value: Option<&Value>, name: &str) -> PyResult<Option<String>> {
        match value.filter(|value| !value.is_none()) {
            None => Ok(None),
            Some(value) => match value.downcast::<Str>() {
                Some(text) => Ok(Some(text.to_string())),
                None => Err(type_error(format!(
                    "ParserCreate() argument '{name}' must be str or None, not {}",
                    value.class().name()
                ))),
            },
        }
    }

    /// Return a new XML parser object.
    #[pyfunction(
        "ParserCreate($module, /, encoding=None, namespace_separator=None, intern=<unrepresentable>)"
    )]
    fn parser_create(
        encoding: Option<&Value>,
        namespace_separator: Option<&Value>,
        intern: Option<&Value>,
    ) -> PyResult<Ref<Parser>> {
        let separator = text(namespace_separator, "namespace_separator")?;
        if separator
            .as_ref()
            .is_some_and(|text| text.chars().count() > 1)
        {
            return Err(value_error(
                "namespace_separator must be at most one character, omitted, or None",
            ));
        }
        let intern = match intern.filter(|intern| !intern.is_none()) {
            None => Dict::make(),
            Some(dict) => match Ref::<Dict>::from_value(dict.clone()) {
                Ok(dict) => dict,
                Err(_) => return Err(type_error("intern must be a dictionary")),
            },
        };
        Ok(Parser::make(text(encoding, "encoding")?, separator, intern))
    }

    /// Returns string error for given number.
    #[pyfunction("ErrorString($module, code, /)")]
    fn error_string(code: i64) -> Option<&'static str> {
        Code(code).text()
    }

    fn errors_module() -> PyResult<Ref<Module>> {
        let module = Module::make("pyexpat.errors");
        let (codes, messages) = (Dict::make(), Dict::make());
        for (number, name, message) in errors::ALL {
            let (number, message) = (Value::int(*number), Str::intern(message).into_value());
            module.add(name, message.clone());
            codes.insert(message.clone(), number.clone())?;
            messages.insert(number, message)?;
        }
        module.add("codes", codes.into_value());
        module.add("messages", messages.into_value());
        Ok(module)
    }

    fn model_module() -> Ref<Module> {
        let module = Module::make("pyexpat.model");
        let numbers = [
            ("XML_CTYPE_EMPTY", 1),
            ("XML_CTYPE_ANY", 2),
            ("XML_CTYPE_MIXED", 3),
            ("XML_CTYPE_NAME", 4),
            ("XML_CTYPE_CHOICE", 5),
            ("XML_CTYPE_SEQ", 6),
            ("XML_CQUANT_NONE", 0),
            ("XML_CQUANT_OPT", 1),
            ("XML_CQUANT_REP", 2),
            ("XML_CQUANT_PLUS", 3),
        ];
        for (name, number) in numbers {
            module.add(name, Value::int(number));
        }
        module
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        module.add("ExpatError", ERROR.value()?);
        module.add("error", ERROR.value()?);
        module.add("XMLParserType", object_value(Parser::class()));
        module.dict().remove_str(&Str::intern("xmlparser"));
        // The release whose behaviour is followed.
        module.add("EXPAT_VERSION", Str::new("expat_2.7.1").into_value());
        module.add(
            "version_info",
            Tuple::new([2, 7, 1].map(Value::int)).into_value(),
        );
        module.add("native_encoding", Str::new("UTF-8").into_value());
        module.add("features", List::make(Vec::new()).into_value());
        for (name, number) in [
            ("XML_PARAM_ENTITY_PARSING_NEVER", 0),
            ("XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE", 1),
            ("XML_PARAM_ENTITY_PARSING_ALWAYS", 2),
        ] {
            module.add(name, Value::int(number));
        }
        module.add("errors", errors_module()?.into_value());
        module.add("model", model_module().into_value());
        Ok(())
    }
}
