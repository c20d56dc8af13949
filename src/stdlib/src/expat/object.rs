//! `xmlparser`: the parser as Python sees it.

use super::decoder::Decoder;
use super::errors::Code;
use super::machine::{Failure, Machine, Outcome, Position, Separator};
use super::pyexpat::ERROR;
use std::cell::{Cell, RefCell};
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{
    self, BaseException, PyResult, Raised, attribute_error, type_error, value_error,
};
use taipan_vm::gc::Field;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::buffer;
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::list::List;
use taipan_vm::objects::str::{Name, Str};
use taipan_vm::value::Value;

macro_rules! handlers {
    ($($name:ident)*) => {
        /// What a program may want to hear of.
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub enum Handler { $($name,)* DefaultExpand }
        const HANDLERS: &[&str] = &[$(concat!(stringify!($name), "Handler"),)* "DefaultHandlerExpand"];
    };
}

handlers! {
    StartElement EndElement ProcessingInstruction CharacterData UnparsedEntityDecl NotationDecl
    StartNamespaceDecl EndNamespaceDecl Comment StartCdataSection EndCdataSection Default
    NotStandalone ExternalEntityRef StartDoctypeDecl EndDoctypeDecl EntityDecl XmlDecl ElementDecl AttlistDecl
    SkippedEntity
}

/// What an attribute is set to; none can be deleted.
fn given(value: Option<&Value>) -> PyResult<&Value> {
    value.ok_or_else(|| type_error("Cannot delete attribute"))
}

fn handler_of(name: &str) -> Option<usize> {
    HANDLERS.iter().position(|known| *known == name)
}

/// XML parser
#[pyclass(name = "xmlparser", module = "pyexpat", gc, final)]
#[repr(C)]
pub struct Parser {
    header: Header,
    handlers: Ref<List>,
    intern: Ref<Dict>,
    base: Field<Option<Value>>,
    /// Taken out while it runs.
    #[no_gc]
    machine: RefCell<Option<(Machine, Decoder, String)>>,
    #[no_gc]
    position: Cell<Position>,
    #[no_gc]
    error: Cell<(Code, Position)>,
    #[no_gc]
    is_finished: Cell<bool>,
    /// Characters that wait for more, if `buffer_text` is set.
    #[no_gc]
    characters: RefCell<String>,
    #[no_gc]
    buffers: Cell<bool>,
    #[no_gc]
    buffer_size: Cell<usize>,
    #[no_gc]
    ordered: Cell<bool>,
    #[no_gc]
    specified: Cell<bool>,
    #[no_gc]
    prefixes: Cell<bool>,
    /// 0: external subsets are not asked for; 1: unless the document stands alone; 2: always.
    #[no_gc]
    parameter_entities: Cell<i64>,
}

static READ: Name = Name::new("read");

impl Parser {
    pub fn make(encoding: Option<String>, separator: Separator, intern: Ref<Dict>) -> Ref<Parser> {
        Ref::new(Parser {
            header: Header::fresh(),
            handlers: List::make(vec![Value::none(); HANDLERS.len()]),
            intern,
            base: Field::new(None),
            machine: RefCell::new(Some((
                Machine::new(separator),
                Decoder::new(encoding),
                String::new(),
            ))),
            position: Cell::default(),
            error: Cell::new((Code(0), Position::default())),
            is_finished: Cell::new(false),
            characters: RefCell::default(),
            buffers: Cell::new(false),
            buffer_size: Cell::new(8192),
            ordered: Cell::new(false),
            specified: Cell::new(false),
            prefixes: Cell::new(false),
            parameter_entities: Cell::new(0),
        })
    }

    fn handler(&self, which: Handler) -> Option<Value> {
        self.handlers
            .get(which as usize)
            .filter(|handler| !handler.is_none())
    }
    pub fn has(&self, which: Handler) -> bool {
        self.handler(which).is_some()
    }
    pub fn wants_ordered(&self) -> bool {
        self.ordered.get()
    }
    pub fn only_specified(&self) -> bool {
        self.specified.get()
    }
    pub fn shows_prefixes(&self) -> bool {
        self.prefixes.get()
    }
    /// Entities are expanded unless a plain default handler takes them.
    pub fn expands(&self) -> bool {
        !self.has(Handler::Default)
    }
    pub fn asks_for_subset(&self, standalone: bool) -> bool {
        match self.parameter_entities.get() {
            0 => false,
            1 => !standalone,
            _ => true,
        }
    }
    pub fn base(&self) -> Value {
        self.base.get().unwrap_or_else(Value::none)
    }
    pub fn set_position(&self, position: Position) {
        self.position.set(position);
    }

    /// Tells a handler, if there is one.
    pub fn call(&self, which: Handler, arguments: &[Value]) -> PyResult<bool> {
        let Some(handler) = self.handler(which) else {
            return Ok(false);
        };
        self.flush()?;
        abstract_ops::call(&handler, arguments)?;
        Ok(true)
    }

    /// Asks a handler, if there is one: zero is an error.
    pub fn ask(
        &self,
        which: Handler,
        arguments: &[Value],
        refused: Code,
        at: usize,
    ) -> Outcome<bool> {
        let Some(handler) = self.handler(which) else {
            return Ok(false);
        };
        self.flush()?;
        let answer = abstract_ops::call(&handler, arguments)?;
        match abstract_ops::to_i64(&answer)? {
            0 => Err(Failure::Error(refused, at)),
            _ => Ok(true),
        }
    }

    /// What no other handler was there for.
    pub fn default(&self, text: &str) -> PyResult<()> {
        let which = match self.has(Handler::DefaultExpand) {
            true => Handler::DefaultExpand,
            false => Handler::Default,
        };
        if text.is_empty() || !self.has(which) {
            return Ok(());
        }
        self.call(which, &[Str::new(text).into_value()]).map(drop)
    }

    pub fn default_tag(&self, name: &str) -> PyResult<()> {
        self.default(&format!("<{name}>"))
    }

    /// A declaration in pieces, as programs that put them together again expect it.
    pub fn default_words(&self, text: &str) -> PyResult<()> {
        let mut start = 0;
        for (at, char) in text.char_indices() {
            if matches!(char, ' ' | '\t' | '\n' | '\r' | '>' | '[') && at > start {
                self.default(&text[start..at])?;
                start = at;
            }
            if char == '[' {
                break;
            }
        }
        self.default(&text[start..])
    }

    pub fn characters(&self, text: &str) -> PyResult<()> {
        if text.is_empty() {
            return Ok(());
        }
        if !self.has(Handler::CharacterData) {
            return self.default(text);
        }
        if !self.buffers.get() {
            return self.lines(text);
        }
        let limit = self.buffer_size.get();
        if self.characters.borrow().len() + text.len() > limit {
            self.flush()?;
            if text.len() > limit {
                return self.tell_characters(text);
            }
        }
        self.characters.borrow_mut().push_str(text);
        Ok(())
    }

    /// Each line, and each end of one, is told by itself.
    fn lines(&self, text: &str) -> PyResult<()> {
        for line in text.split_inclusive('\n') {
            let body = line.strip_suffix('\n').unwrap_or(line);
            if !body.is_empty() {
                self.tell_characters(body)?;
            }
            if body.len() < line.len() {
                self.tell_characters("\n")?;
            }
        }
        Ok(())
    }

    fn tell_characters(&self, text: &str) -> PyResult<()> {
        match self.handler(Handler::CharacterData) {
            Some(handler) => abstract_ops::call(&handler, &[Str::new(text).into_value()]).map(drop),
            None => Ok(()),
        }
    }

    fn flush(&self) -> PyResult<()> {
        let waiting = std::mem::take(&mut *self.characters.borrow_mut());
        match waiting.is_empty() {
            true => Ok(()),
            false => self.tell_characters(&waiting),
        }
    }

    #[cold]
    fn fail(&self, code: Code, position: Position) -> Raised {
        self.error.set((code, position));
        let (line, column) = (position.line + 1, position.column);
        let text = code.text().unwrap_or("unknown error");
        let message = Str::new(&format!("{text}: line {line}, column {column}")).into_value();
        let made = ERROR
            .get()
            .and_then(|class| exceptions::new_exception(class, vec![message]));
        let exception: Ref<BaseException> = match made {
            Ok(exception) => exception,
            Err(raised) => return raised,
        };
        for (name, number) in [
            ("code", code.0),
            ("offset", column as i64),
            ("lineno", line as i64),
        ] {
            let name = Str::intern(name);
            if let Err(raised) =
                abstract_ops::setattr(exception.as_value(), &name, Some(&Value::int(number)))
            {
                return raised;
            }
        }
        exceptions::raise(exception)
    }

    fn parse_piece(&self, data: &Value, is_final: bool) -> PyResult<i64> {
        let bytes;
        let text;
        let piece = match data.downcast::<Str>() {
            Some(string) => {
                text = taipan_vm::objects::text_support::utf8_or_error(string)?;
                (text.as_bytes(), true)
            }
            None => {
                bytes = buffer::bytes_like(data)?.to_vec();
                (&bytes[..], false)
            }
        };
        if self.is_finished.get() {
            return Err(self.fail(Code::FINISHED, self.position.get()));
        }
        let Some((mut machine, mut decoder, mut pending)) = self.machine.take() else {
            return Err(self.fail(Code::UNEXPECTED_STATE, self.position.get()));
        };
        let outcome = match decoder.decode(piece.0, piece.1, is_final, &mut pending) {
            Ok(None) => machine.run(self, &pending, is_final),
            Ok(Some(code)) => machine
                .run(self, &pending, false)
                .and(Err(Failure::Error(code, pending.len()))),
            Err(failure) => Err(failure),
        };
        let answer = match outcome {
            Ok(read) => {
                pending.drain(..read);
                self.position.set(machine.position);
                self.is_finished.set(is_final);
                self.flush().map(|()| 1)
            }
            Err(failure) => {
                self.is_finished.set(true);
                match failure {
                    Failure::Raised(raised) => Err(raised),
                    Failure::Error(code, at) => self.flush().and_then(|()| {
                        let mut position = machine.position;
                        let passed = machine.passed.min(pending.len());
                        position.advance(pending.get(passed..at).unwrap_or_default());
                        self.position.set(position);
                        Err(self.fail(code, position))
                    }),
                }
            }
        };
        self.machine.replace(Some((machine, decoder, pending)));
        answer
    }
}

#[pymethods]
impl Parser {
    #[pyslot]
    fn getattro(this: &Value, name: &Str) -> PyResult {
        // SAFETY: the slot's caller checked the class.
        let parser = unsafe { this.downcast_unchecked::<Parser>() };
        match handler_of(&name.to_rust()) {
            Some(index) => Ok(parser.handlers.get(index).unwrap_or_else(Value::none)),
            None => abstract_ops::generic_getattr(this, name),
        }
    }
    #[pyslot]
    fn setattro(this: &Value, name: &Str, value: Option<&Value>) -> PyResult<()> {
        // SAFETY: as above.
        let parser = unsafe { this.downcast_unchecked::<Parser>() };
        let Some(index) = handler_of(&name.to_rust()) else {
            return abstract_ops::generic_setattr(this, name, value);
        };
        let Some(value) = value else {
            return Err(attribute_error(
                this,
                name,
                "Cannot delete attribute".to_owned(),
            ));
        };
        if index == Handler::CharacterData as usize {
            parser.flush()?;
        }
        parser.handlers.set(index, value.clone());
        Ok(())
    }

    /// Parse XML data.
    ///
    /// 'isfinal' should be true at end of input.
    #[pymethod("Parse($self, data, isfinal=False, /)")]
    fn parse(&self, data: &Value, isfinal: bool) -> PyResult<i64> {
        self.parse_piece(data, isfinal)
    }

    /// Parse XML data from file-like object.
    #[pymethod("ParseFile($self, file, /)")]
    fn parse_file(&self, file: &Value) -> PyResult<i64> {
        let Some(read) = abstract_ops::getattr_opt(file, &READ)? else {
            return Err(type_error("argument must have 'read' attribute"));
        };
        loop {
            let piece = abstract_ops::call(&read, &[Value::int(2048)])?;
            if piece.downcast::<Str>().is_none() && buffer::bytes_or_bytearray(&piece).is_none() {
                return Err(type_error(format!(
                    "read() did not return a bytes object (type={})",
                    piece.class().name()
                )));
            }
            let is_last = abstract_ops::len(&piece)? == 0;
            let answer = self.parse_piece(&piece, is_last)?;
            if is_last {
                return Ok(answer);
            }
        }
    }

    /// Set the base URL for the parser.
    #[pymethod("SetBase($self, base, /)")]
    fn set_base(&self, base: &Str) {
        self.base.set(Some(Ref::from_ref(base).into_value()));
    }
    /// Return base URL string for the parser.
    #[pymethod("GetBase($self, /)")]
    fn get_base(&self) -> Value {
        self.base()
    }
    /// Return the untranslated text of the input that caused the current event.
    ///
    /// If the event was generated by a large amount of text (such as a start tag
    /// for an element with many attributes), not all of the text may be available.
    #[pymethod("GetInputContext($self, /)")]
    fn get_input_context(&self) -> PyResult<Option<Ref<Bytes>>> {
        Err(exceptions::not_implemented_error(
            "GetInputContext() is not implemented in Taipan",
        ))
    }
    /// Create a parser for parsing an external entity based on the information passed to the ExternalEntityRefHandler.
    #[pymethod("ExternalEntityParserCreate($self, context, encoding=None, /)")]
    fn external_entity_parser_create(
        &self,
        context: &Value,
        encoding: Option<&Value>,
    ) -> PyResult<()> {
        let _ = (context, encoding);
        Err(exceptions::not_implemented_error(
            "ExternalEntityParserCreate() is not implemented in Taipan",
        ))
    }
    /// Controls parsing of parameter entities (including the external DTD subset).
    ///
    /// Possible flag values are XML_PARAM_ENTITY_PARSING_NEVER,
    /// XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE and
    /// XML_PARAM_ENTITY_PARSING_ALWAYS. Returns true if setting the flag
    /// was successful.
    #[pymethod("SetParamEntityParsing($self, flag, /)")]
    fn set_param_entity_parsing(&self, flag: i64) -> PyResult<i64> {
        if !(0..=2).contains(&flag) {
            return Ok(0);
        }
        self.parameter_entities.set(flag);
        Ok(1)
    }

    #[pygetset]
    fn intern(&self) -> Value {
        self.intern.to_value()
    }
    #[pygetset]
    fn buffer_used(&self) -> i64 {
        self.characters.borrow().len() as i64
    }
    #[pygetset]
    fn buffer_size(&self) -> i64 {
        self.buffer_size.get() as i64
    }
    #[pysetter(buffer_size)]
    fn set_buffer_size(&self, value: Option<&Value>) -> PyResult<()> {
        let value = given(value)?;
        if value.as_int().is_none() {
            return Err(type_error("buffer_size must be an integer"));
        }
        match abstract_ops::to_i64(value)? {
            size @ 1..=0x7FFF_FFFF => {
                self.flush()?;
                self.buffer_size.set(size as usize);
                Ok(())
            }
            ..1 => Err(value_error("buffer_size must be greater than zero")),
            _ => Err(value_error(format!(
                "buffer_size must not be greater than {}",
                i32::MAX
            ))),
        }
    }
    #[pygetset]
    fn buffer_text(&self) -> bool {
        self.buffers.get()
    }
    #[pysetter(buffer_text)]
    fn set_buffer_text(&self, value: Option<&Value>) -> PyResult<()> {
        let value = given(value)?;
        let wanted = abstract_ops::is_true(value)?;
        if !wanted {
            self.flush()?;
        }
        self.buffers.set(wanted);
        Ok(())
    }
    #[pygetset]
    fn ordered_attributes(&self) -> bool {
        self.ordered.get()
    }
    #[pysetter(ordered_attributes)]
    fn set_ordered_attributes(&self, value: Option<&Value>) -> PyResult<()> {
        let value = given(value)?;
        self.ordered.set(abstract_ops::is_true(value)?);
        Ok(())
    }
    #[pygetset]
    fn specified_attributes(&self) -> bool {
        self.specified.get()
    }
    #[pysetter(specified_attributes)]
    fn set_specified_attributes(&self, value: Option<&Value>) -> PyResult<()> {
        let value = given(value)?;
        self.specified.set(abstract_ops::is_true(value)?);
        Ok(())
    }
    #[pygetset]
    fn namespace_prefixes(&self) -> bool {
        self.prefixes.get()
    }
    #[pysetter(namespace_prefixes)]
    fn set_namespace_prefixes(&self, value: Option<&Value>) -> PyResult<()> {
        let value = given(value)?;
        self.prefixes.set(abstract_ops::is_true(value)?);
        Ok(())
    }
    #[pygetset("ErrorCode")]
    fn error_code(&self) -> i64 {
        self.error.get().0.0
    }
    #[pygetset("ErrorLineNumber")]
    fn error_line(&self) -> i64 {
        self.current_line()
    }
    #[pygetset("ErrorColumnNumber")]
    fn error_column(&self) -> i64 {
        self.current_column()
    }
    #[pygetset("ErrorByteIndex")]
    fn error_index(&self) -> i64 {
        self.current_index()
    }
    #[pygetset("CurrentLineNumber")]
    fn current_line(&self) -> i64 {
        self.position.get().line as i64 + 1
    }
    #[pygetset("CurrentColumnNumber")]
    fn current_column(&self) -> i64 {
        self.position.get().column as i64
    }
    #[pygetset("CurrentByteIndex")]
    fn current_index(&self) -> i64 {
        self.position.get().index as i64
    }
}
