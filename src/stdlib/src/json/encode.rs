//! `make_encoder`: objects as JSON.

use super::quote;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops::{self, enter_native};
use taipan_vm::exceptions::{self, PyResult, Raised, type_error, value_error};
use taipan_vm::memory::allocate_instance;
use taipan_vm::numeric::float_digits;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::builtin_function::BuiltinFunction;
use taipan_vm::objects::class::Type;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::int::IntView;
use taipan_vm::objects::list::List;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::text::buffer::TextBuf;
use taipan_vm::value::Value;

/// How strings are quoted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoting {
    Ascii,
    Any,
    /// By a function in Python.
    Called,
}

/// Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)
#[pyclass(name = "Encoder", module = "_json", gc)]
#[repr(C)]
pub struct Encoder {
    header: Header,
    /// Containers that are being written, by address; None: they are not looked after.
    markers: Value,
    default: Value,
    encoder: Value,
    indent: Option<Ref<Str>>,
    key_separator: Ref<Str>,
    item_separator: Ref<Str>,
    #[no_gc]
    sort_keys: bool,
    #[no_gc]
    skip_keys: bool,
    #[no_gc]
    allow_nan: bool,
    #[no_gc]
    quoting: Quoting,
}

fn quoting(encoder: &Value) -> Quoting {
    let function = encoder.downcast_exact::<BuiltinFunction>();
    match function.and_then(|function| function.declaration()) {
        Some(known) if known.name == "encode_basestring_ascii" => Quoting::Ascii,
        Some(known) if known.name == "encode_basestring" => Quoting::Any,
        _ => Quoting::Called,
    }
}

/// Says in a note of the exception where it happened.
#[cold]
fn noted(raised: Raised, note: impl FnOnce() -> PyResult<String>) -> Raised {
    let exception = exceptions::take_raised();
    let note = note();
    let restored = exceptions::restore(exception);
    match note {
        Ok(note) => exceptions::add_note(&note),
        // What the note was to show cannot be shown.
        Err(_) => return raised,
    }
    restored
}

/// Which kind of literal a value has.
enum Scalar<'a> {
    Constant(&'static str),
    Int,
    Float(f64),
    Text(&'a Str),
    Other,
}

fn scalar(value: &Value) -> Scalar<'_> {
    if value.is_none() {
        return Scalar::Constant("null");
    }
    if value.is(&Value::bool(true)) {
        return Scalar::Constant("true");
    }
    if value.is(&Value::bool(false)) {
        return Scalar::Constant("false");
    }
    if let Some(text) = value.downcast::<Str>() {
        return Scalar::Text(text);
    }
    if value.as_int().is_some() {
        return Scalar::Int;
    }
    match value.as_float() {
        Some(float) => Scalar::Float(float),
        None => Scalar::Other,
    }
}

/// The text that is being written, with how far it is indented.
struct Writer<'a> {
    encoder: &'a Encoder,
    out: TextBuf,
    level: usize,
}

impl Writer<'_> {
    fn text(&mut self, text: &Str) -> PyResult<()> {
        match self.encoder.quoting {
            Quoting::Ascii => quote::push_ascii(text, &mut self.out),
            Quoting::Any => quote::push_any(text, &mut self.out),
            Quoting::Called => {
                let argument = Ref::from_ref(text).into_value();
                let quoted = abstract_ops::call(&self.encoder.encoder, &[argument])?;
                match quoted.downcast::<Str>() {
                    Some(quoted) => self.out.push_units(quoted.units()),
                    None => {
                        return Err(type_error(format!(
                            "encoder() must return a string, not {}",
                            quoted.class().name()
                        )));
                    }
                }
            }
        }
        Ok(())
    }

    fn int(&mut self, value: &Value) {
        match value.as_int() {
            Some(IntView::Small(int)) => self.out.push_str(&int.to_string()),
            Some(IntView::Big(big)) => self.out.push_str(&big.to_string()),
            None => {}
        }
    }

    fn float(&mut self, float: f64) -> PyResult<()> {
        if float.is_finite() {
            self.out.push_str(&float_digits::repr(float));
            return Ok(());
        }
        if !self.encoder.allow_nan {
            return Err(value_error(format!(
                "Out of range float values are not JSON compliant: {}",
                float_digits::repr(float)
            )));
        }
        self.out.push_str(match float {
            float if float.is_nan() => "NaN",
            float if float > 0.0 => "Infinity",
            _ => "-Infinity",
        });
        Ok(())
    }

    fn line(&mut self) {
        if let Some(indent) = &self.encoder.indent {
            self.out.push('\n'.into());
            for _ in 0..self.level {
                self.out.push_units(indent.units());
            }
        }
    }

    fn value(&mut self, value: &Value) -> PyResult<()> {
        match scalar(value) {
            Scalar::Constant(word) => self.out.push_str(word),
            Scalar::Text(text) => self.text(text)?,
            Scalar::Int => self.int(value),
            Scalar::Float(float) => self.float(float)?,
            Scalar::Other => {
                let _guard = enter_native(" while encoding a JSON object")?;
                if value.downcast::<List>().is_some() || value.downcast::<Tuple>().is_some() {
                    self.sequence(value)?;
                } else if let Some(dict) = value.downcast::<Dict>() {
                    self.dict(value, dict)?;
                } else {
                    self.other(value)?;
                }
            }
        }
        Ok(())
    }

    /// Writes while the value is marked as being written.
    fn marked(
        &mut self,
        value: &Value,
        write: impl FnOnce(&mut Self) -> PyResult<()>,
    ) -> PyResult<()> {
        let markers = self.encoder.markers.downcast::<Dict>();
        let Some(markers) = markers.map(Ref::from_ref) else {
            return write(self);
        };
        let identity = Value::from_big(value.raw().0.into());
        if markers.contains(&identity)? {
            return Err(value_error("Circular reference detected"));
        }
        markers.insert(identity.clone(), value.clone())?;
        write(self)?;
        markers.remove(&identity)?;
        Ok(())
    }

    /// What only the program's `default()` knows.
    fn other(&mut self, value: &Value) -> PyResult<()> {
        self.marked(value, |writer| {
            let answer = abstract_ops::call(&writer.encoder.default, std::slice::from_ref(value))?;
            writer.value(&answer).map_err(|raised| {
                noted(raised, || {
                    Ok(format!("when serializing {} object", value.class().name()))
                })
            })
        })
    }

    fn sequence(&mut self, value: &Value) -> PyResult<()> {
        let items = abstract_ops::to_vec(value)?;
        if items.is_empty() {
            self.out.push_str("[]");
            return Ok(());
        }
        self.marked(value, |writer| {
            writer.out.push('['.into());
            writer.level += 1;
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    let encoder = writer.encoder;
                    writer.out.push_units(encoder.item_separator.units());
                }
                writer.line();
                writer.value(item).map_err(|raised| {
                    noted(raised, || {
                        let class = value.class().name();
                        Ok(format!("when serializing {class} item {index}"))
                    })
                })?;
            }
            writer.level -= 1;
            writer.line();
            writer.out.push(']'.into());
            Ok(())
        })
    }

    fn items(&self, value: &Value, dict: &Dict) -> PyResult<Vec<(Value, Value)>> {
        if dict.is_exact() && !self.encoder.sort_keys {
            return Ok(dict.items());
        }
        let items = abstract_ops::call_method(value, &Str::intern("items"), &[])?;
        let items = List::make(abstract_ops::to_vec(&items)?);
        if self.encoder.sort_keys {
            abstract_ops::call_method(items.as_value(), &Str::intern("sort"), &[])?;
        }
        let pairs = items.to_vec().into_iter().map(|item| {
            match item.downcast::<Tuple>().map(Tuple::as_slice) {
                Some([key, value]) => Ok((key.clone(), value.clone())),
                _ => Err(value_error("items must return 2-tuples")),
            }
        });
        pairs.collect()
    }

    /// False if the key is to be left out.
    fn key(&mut self, key: &Value, is_first: bool) -> PyResult<bool> {
        let kind = scalar(key);
        if matches!(kind, Scalar::Other) {
            if self.encoder.skip_keys {
                return Ok(false);
            }
            return Err(type_error(format!(
                "keys must be str, int, float, bool or None, not {}",
                key.class().name()
            )));
        }
        if !is_first {
            let encoder = self.encoder;
            self.out.push_units(encoder.item_separator.units());
        }
        self.line();
        if let Scalar::Text(text) = kind {
            self.text(text)?;
            return Ok(true);
        }
        // The literal becomes a string.
        let out = std::mem::take(&mut self.out);
        let literal = match kind {
            Scalar::Constant(word) => {
                self.out.push_str(word);
                Ok(())
            }
            Scalar::Float(float) => self.float(float),
            _ => {
                self.int(key);
                Ok(())
            }
        };
        let literal_text = std::mem::replace(&mut self.out, out);
        literal?;
        self.text(&Str::from_units(literal_text.units()))?;
        Ok(true)
    }

    fn dict(&mut self, value: &Value, dict: &Dict) -> PyResult<()> {
        if dict.is_empty() {
            self.out.push_str("{}");
            return Ok(());
        }
        self.marked(value, |writer| {
            let items = writer.items(value, dict)?;
            writer.out.push('{'.into());
            writer.level += 1;
            let mut is_first = true;
            for (key, item) in &items {
                if !writer.key(key, is_first)? {
                    continue;
                }
                is_first = false;
                let encoder = writer.encoder;
                writer.out.push_units(encoder.key_separator.units());
                writer.value(item).map_err(|raised| {
                    noted(raised, || {
                        let class = value.class().name();
                        let key = abstract_ops::repr(key)?;
                        Ok(format!("when serializing {class} item {key}"))
                    })
                })?;
            }
            writer.level -= 1;
            if !is_first {
                writer.line();
            }
            writer.out.push('}'.into());
            Ok(())
        })
    }
}

#[pymethods]
impl Encoder {
    #[pyslot(
        "make_encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)"
    )]
    #[allow(clippy::too_many_arguments)]
    fn new(
        cls: &Type,
        markers: &Value,
        default: &Value,
        encoder: &Value,
        indent: &Value,
        key_separator: &Str,
        item_separator: &Str,
        sort_keys: bool,
        skipkeys: bool,
        allow_nan: bool,
    ) -> PyResult {
        if !markers.is_none() && markers.downcast::<Dict>().is_none() {
            return Err(type_error(format!(
                "make_encoder() argument 1 must be dict or None, not {}",
                markers.class().name()
            )));
        }
        let made = Encoder {
            header: Header::fresh(),
            markers: markers.clone(),
            default: default.clone(),
            quoting: quoting(encoder),
            encoder: encoder.clone(),
            indent: indent.downcast::<Str>().map(Ref::from_ref),
            key_separator: Ref::from_ref(key_separator),
            item_separator: Ref::from_ref(item_separator),
            sort_keys,
            skip_keys: skipkeys,
            allow_nan,
        };
        Ok(allocate_instance(cls, made).into_value())
    }

    #[pyslot("_iterencode(obj, _current_indent_level)")]
    fn call(&self, obj: &Value, _current_indent_level: i64) -> PyResult {
        let mut writer = Writer {
            encoder: self,
            out: TextBuf::new(),
            level: usize::try_from(_current_indent_level).unwrap_or(0),
        };
        writer.value(obj)?;
        let text = Str::from_units(writer.out.units());
        Ok(Tuple::new([text.into_value()]).into_value())
    }

    /// markers
    #[pygetset]
    fn markers(&self) -> Value {
        self.markers.clone()
    }
    /// default
    #[pygetset]
    fn default(&self) -> Value {
        self.default.clone()
    }
    /// encoder
    #[pygetset]
    fn encoder(&self) -> Value {
        self.encoder.clone()
    }
    /// indent
    #[pygetset]
    fn indent(&self) -> Option<Ref<Str>> {
        self.indent.clone()
    }
    /// key_separator
    #[pygetset]
    fn key_separator(&self) -> Ref<Str> {
        self.key_separator.clone()
    }
    /// item_separator
    #[pygetset]
    fn item_separator(&self) -> Ref<Str> {
        self.item_separator.clone()
    }
    /// sort_keys
    #[pygetset]
    fn sort_keys(&self) -> bool {
        self.sort_keys
    }
    /// skipkeys
    #[pygetset]
    fn skipkeys(&self) -> bool {
        self.skip_keys
    }
}
