//! How rows are written: `_csv.Dialect`.

use super::csv::unknown_dialect;
use super::registry;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, Raised, type_error, value_error};
use taipan_vm::memory::allocate_instance;
use taipan_vm::native::NativeClass;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::class::Type;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// When fields are quoted; the numbers are Python's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Quoting {
    Minimal,
    All,
    NonNumeric,
    Never,
    Strings,
    NotNull,
}

pub const QUOTINGS: [(&str, Quoting); 6] = [
    ("QUOTE_MINIMAL", Quoting::Minimal),
    ("QUOTE_ALL", Quoting::All),
    ("QUOTE_NONNUMERIC", Quoting::NonNumeric),
    ("QUOTE_NONE", Quoting::Never),
    ("QUOTE_STRINGS", Quoting::Strings),
    ("QUOTE_NOTNULL", Quoting::NotNull),
];

#[derive(Clone)]
pub struct Format {
    pub delimiter: u32,
    pub quote: Option<u32>,
    pub escape: Option<u32>,
    pub terminator: Vec<u32>,
    pub quoting: Quoting,
    pub double_quote: bool,
    pub skip_space: bool,
    pub strict: bool,
}

/// CSV dialect
///
/// The Dialect type records CSV parsing and generation options.
#[pyclass(name = "Dialect", module = "_csv")]
#[repr(C)]
pub struct Dialect {
    header: Header,
    pub format: Format,
}

const PARAMETERS: [&str; 9] = [
    "dialect",
    "delimiter",
    "doublequote",
    "escapechar",
    "lineterminator",
    "quotechar",
    "quoting",
    "skipinitialspace",
    "strict",
];

/// What was given for each parameter: as an argument, else as an attribute of the base dialect.
struct Given([Option<Value>; 9]);

impl Given {
    fn collect(args: &[Value], kwnames: Option<&Tuple>) -> PyResult<Given> {
        let mut given = Given([const { None }; 9]);
        let plain = args.len() - kwnames.map_or(0, Tuple::len);
        for (slot, value) in given.0.iter_mut().zip(&args[..plain]) {
            *slot = Some(value.clone());
        }
        let names = kwnames.map_or(&[][..], Tuple::as_slice);
        for (name, value) in names.iter().zip(&args[plain..]) {
            let name = abstract_ops::str(name)?.to_rust().into_owned();
            let Some(index) = PARAMETERS.iter().position(|known| *known == name) else {
                return Err(type_error(format!(
                    "this function got an unexpected keyword argument '{name}'"
                )));
            };
            given.0[index] = Some(value.clone());
        }
        Ok(given)
    }
    fn get(&self, name: &str) -> Option<&Value> {
        let index = PARAMETERS.iter().position(|known| *known == name)?;
        self.0[index].as_ref()
    }
}

fn wrong_character(name: &str, or_none: bool, found: String) -> Raised {
    let what = match or_none {
        true => "a unicode character or None",
        false => "a unicode character",
    };
    type_error(format!("\"{name}\" must be {what}, not {found}"))
}

fn character(name: &str, value: &Value, or_none: bool) -> PyResult<Option<u32>> {
    if or_none && value.is_none() {
        return Ok(None);
    }
    match value.downcast::<Str>() {
        Some(text) if text.len() == 1 => Ok(Some(text.char_at(0))),
        Some(text) => {
            let found = format!("a string of length {}", text.len());
            Err(wrong_character(name, or_none, found))
        }
        None => Err(wrong_character(name, or_none, value.class().name())),
    }
}

fn quoting(value: &Value) -> PyResult<Quoting> {
    if value.as_int().is_none() {
        return Err(type_error(format!(
            "\"quoting\" must be an integer, not {}",
            value.class().name()
        )));
    }
    let number = abstract_ops::to_i64(value)?;
    match usize::try_from(number).ok().and_then(|n| QUOTINGS.get(n)) {
        Some((_, quoting)) => Ok(*quoting),
        None => Err(type_error("bad \"quoting\" value")),
    }
}

impl Format {
    fn from_given(given: &Given) -> PyResult<Format> {
        let truth = |name: &str, default: bool| match given.get(name) {
            Some(value) => abstract_ops::is_true(value),
            None => Ok(default),
        };
        let mut format = Format {
            delimiter: ','.into(),
            quote: Some('"'.into()),
            escape: None,
            terminator: vec!['\r'.into(), '\n'.into()],
            quoting: Quoting::Minimal,
            double_quote: truth("doublequote", true)?,
            skip_space: truth("skipinitialspace", false)?,
            strict: truth("strict", false)?,
        };
        if let Some(value) = given.get("delimiter")
            && let Some(point) = character("delimiter", value, false)?
        {
            format.delimiter = point;
        }
        if let Some(value) = given.get("escapechar") {
            format.escape = character("escapechar", value, true)?;
        }
        if let Some(value) = given.get("lineterminator") {
            let Some(text) = value.downcast::<Str>() else {
                return Err(type_error(format!(
                    "\"lineterminator\" must be a string, not {}",
                    value.class().name()
                )));
            };
            format.terminator = text.code_points().collect();
        }
        let quote = given.get("quotechar");
        if let Some(value) = quote {
            format.quote = character("quotechar", value, true)?;
        }
        match given.get("quoting") {
            Some(value) => format.quoting = quoting(value)?,
            // No character for quoting, and nothing said of quoting, means that there is none.
            None if quote.is_some_and(Value::is_none) => format.quoting = Quoting::Never,
            None => {}
        }
        format.check()?;
        Ok(format)
    }

    fn check(&self) -> PyResult<()> {
        if self.quoting != Quoting::Never && self.quote.is_none() {
            return Err(type_error("quotechar must be set if quoting enabled"));
        }
        let bad = |name: &str| Err(value_error(format!("bad {name} value")));
        let breaks = |point: u32| point == '\n'.into() || point == '\r'.into();
        let space = |point: u32| self.skip_space && point == ' '.into();
        let delimiter = Some(self.delimiter);
        let named = [
            ("delimiter", delimiter),
            ("escapechar", self.escape),
            ("quotechar", self.quote),
        ];
        for (name, point) in named {
            // A space may separate, even where spaces after separators are skipped.
            if point.is_some_and(|point| breaks(point) || (space(point) && name != "delimiter")) {
                return bad(name);
            }
        }
        if delimiter == self.escape {
            return bad("delimiter or escapechar");
        }
        if delimiter == self.quote {
            return bad("delimiter or quotechar");
        }
        if self.escape.is_some() && self.escape == self.quote {
            return bad("escapechar or quotechar");
        }
        for (name, point) in named {
            if point.is_some_and(|point| self.terminator.contains(&point)) {
                return bad(&format!("{name} or lineterminator"));
            }
        }
        Ok(())
    }
}

/// The dialect of `dialect` and other parameters; what is a dialect already stays the same object.
pub fn dialect(class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
    let mut given = Given::collect(args, kwnames)?;
    let mut base = given.get("dialect").filter(|base| !base.is_none()).cloned();
    if let Some(name) = base
        .as_ref()
        .filter(|base| base.downcast::<Str>().is_some())
    {
        base = Some(registry()?.get(name)?.ok_or_else(unknown_dialect)?);
    }
    if let Some(base) = base {
        let alone = given.0[1..].iter().all(Option::is_none);
        if alone && class.is_native::<Dialect>() && base.is_exact(Dialect::class()) {
            return Ok(base);
        }
        for (slot, name) in given.0.iter_mut().zip(PARAMETERS).skip(1) {
            if slot.is_none() {
                *slot = abstract_ops::getattr_opt(&base, &Str::intern(name))?;
            }
        }
    }
    let format = Format::from_given(&given)?;
    let header = Header::fresh();
    Ok(allocate_instance(class, Dialect { header, format }).into_value())
}

/// The dialect for a reader or a writer: its constructor's arguments behind the first.
pub fn dialect_of(args: &[Value], kwnames: Option<&Tuple>) -> PyResult<Ref<Dialect>> {
    let made = dialect(Dialect::class(), args, kwnames)?;
    Ref::from_value(made).map_err(|_| type_error("not a dialect"))
}

fn optional(point: Option<u32>) -> Value {
    match point {
        Some(point) => Str::from_char(point).into_value(),
        None => Value::none(),
    }
}

#[pymethods]
impl Dialect {
    #[pyslot]
    fn new(cls: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        dialect(cls, args, kwnames)
    }
    #[pygetset]
    fn delimiter(&self) -> Value {
        optional(Some(self.format.delimiter))
    }
    #[pygetset]
    fn doublequote(&self) -> bool {
        self.format.double_quote
    }
    #[pygetset]
    fn escapechar(&self) -> Value {
        optional(self.format.escape)
    }
    #[pygetset]
    fn lineterminator(&self) -> Value {
        Str::from_code_points(&self.format.terminator).into_value()
    }
    #[pygetset]
    fn quotechar(&self) -> Value {
        optional(self.format.quote)
    }
    #[pygetset]
    fn quoting(&self) -> i64 {
        self.format.quoting as i64
    }
    #[pygetset]
    fn skipinitialspace(&self) -> bool {
        self.format.skip_space
    }
    #[pygetset]
    fn strict(&self) -> bool {
        self.format.strict
    }
    #[pymethod("__reduce__", raw)]
    fn __reduce__(_args: &[Value], _kwnames: Option<&Tuple>) -> PyResult<()> {
        Err(type_error("cannot pickle 'Dialect' instances"))
    }
    #[pymethod("__reduce_ex__", raw)]
    fn __reduce_ex__(_args: &[Value], _kwnames: Option<&Tuple>) -> PyResult<()> {
        Err(type_error("cannot pickle 'Dialect' instances"))
    }
}
