//! Compressor and decompressor objects.

use super::stream::{Options, Outcome, Stream};
use super::{bytes, failed, int_argument};
use libz_rs_sys as z;
use std::cell::{Cell, RefCell};
use std::ffi::c_int;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::exceptions::{PyResult, eof_error, memory_error, type_error, value_error};
use taipan_vm::memory::allocate_instance;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::buffer;
use taipan_vm::objects::class::Type;
use taipan_vm::objects::text_support::size_argument;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

fn invalid_option(code: c_int, what: &str) -> taipan_vm::exceptions::Raised {
    match code {
        z::Z_STREAM_ERROR => value_error("Invalid initialization option"),
        z::Z_MEM_ERROR => memory_error(format!("Can't allocate memory for {what} object")),
        _ => failed(None, code, &format!("while creating {what} object")),
    }
}

pub fn compressor(options: &Options, dictionary: Option<&[u8]>) -> PyResult {
    let mut stream =
        Stream::deflate(options).map_err(|code| invalid_option(code, "compression"))?;
    if let Some(dictionary) = dictionary
        && stream.set_dictionary(dictionary) != z::Z_OK
    {
        return Err(value_error("Invalid dictionary"));
    }
    Ok(Ref::new(Compress {
        header: Header::fresh(),
        stream: RefCell::new(Some(stream)),
    })
    .into_value())
}

/// A stream, or the code of one that is over.
fn run(
    stream: &mut Option<Stream>,
    input: &[u8],
    flush: c_int,
    out: &mut Vec<u8>,
    limit: usize,
) -> Outcome {
    match stream {
        Some(stream) => stream.run(input, flush, out, limit),
        None => Outcome {
            consumed: 0,
            code: z::Z_STREAM_ERROR,
        },
    }
}

#[pyclass(name = "Compress", module = "zlib", final)]
#[repr(C)]
pub struct Compress {
    header: Header,
    /// `None` after the end.
    stream: RefCell<Option<Stream>>,
}

#[pymethods]
impl Compress {
    #[pyslot]
    fn new(_class: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        Err(type_error("cannot create 'zlib.Compress' instances"))
    }
    /// Returns a bytes object containing compressed data.
    ///
    ///   data
    ///     Binary data to be compressed.
    ///
    /// After calling this function, some of the input data may still
    /// be stored in internal buffers for later processing.
    /// Call the flush() method to clear these buffers.
    #[pymethod("compress($self, data, /)")]
    fn compress(&self, data: &Value) -> PyResult {
        let data = buffer::bytes_like(data)?;
        let mut stream = self.stream.borrow_mut();
        let mut out = Vec::new();
        let outcome = run(&mut stream, &data, z::Z_NO_FLUSH, &mut out, usize::MAX);
        if outcome.code != z::Z_OK && outcome.code != z::Z_BUF_ERROR {
            return Err(failed(
                stream.as_ref(),
                outcome.code,
                "while compressing data",
            ));
        }
        Ok(bytes(out))
    }
    /// Return a bytes object containing any remaining compressed data.
    ///
    ///   mode
    ///     One of the constants Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH.
    ///     If mode == Z_FINISH, the compressor object can no longer be
    ///     used after calling the flush() method.  Otherwise, more data
    ///     can still be compressed.
    #[pymethod("flush($self, mode=zlib.Z_FINISH, /)")]
    fn flush(&self, mode: Option<&Value>) -> PyResult {
        let mode = int_argument(mode, z::Z_FINISH)?;
        let mut out = Vec::new();
        if mode == z::Z_NO_FLUSH {
            return Ok(bytes(out));
        }
        let mut stream = self.stream.borrow_mut();
        let outcome = run(&mut stream, &[], mode, &mut out, usize::MAX);
        match outcome.code {
            z::Z_STREAM_END if mode == z::Z_FINISH => *stream = None,
            z::Z_OK | z::Z_BUF_ERROR => {}
            code => return Err(failed(stream.as_ref(), code, "while flushing")),
        }
        Ok(bytes(out))
    }
    /// Return a copy of the compression object.
    #[pymethod("copy($self, /)")]
    fn copy(&self) -> PyResult {
        let copied = match &*self.stream.borrow() {
            Some(stream) => stream.copy(),
            None => Err(z::Z_STREAM_ERROR),
        };
        Ok(Ref::new(Compress {
            header: Header::fresh(),
            stream: RefCell::new(Some(copied.map_err(cannot_copy)?)),
        })
        .into_value())
    }
    #[pymethod("__copy__($self, /)")]
    fn __copy__(&self) -> PyResult {
        self.copy()
    }
    #[pymethod("__deepcopy__($self, memo, /)")]
    fn __deepcopy__(&self, _memo: &Value) -> PyResult {
        self.copy()
    }
}

fn cannot_copy(code: c_int) -> taipan_vm::exceptions::Raised {
    match code {
        z::Z_STREAM_ERROR => value_error("Inconsistent stream state"),
        z::Z_MEM_ERROR => memory_error("Can't allocate memory for compression object"),
        code => failed(None, code, "while copying compression object"),
    }
}

fn dictionary_of(zdict: Option<&Value>) -> PyResult<Option<Vec<u8>>> {
    let Some(zdict) = zdict else {
        return Ok(None);
    };
    match buffer::try_bytes(zdict)? {
        Some(bytes) => Ok(Some(bytes.to_vec())),
        None => Err(type_error(
            "zdict argument must support the buffer protocol",
        )),
    }
}

fn new_inflate(window: c_int, dictionary: Option<&Vec<u8>>) -> PyResult<Stream> {
    let mut stream =
        Stream::inflate(window).map_err(|code| invalid_option(code, "decompression"))?;
    // A raw stream cannot ask for its dictionary.
    if window < 0
        && let Some(dictionary) = dictionary
    {
        let code = stream.set_dictionary(dictionary);
        if code != z::Z_OK {
            return Err(failed(Some(&stream), code, "while setting zdict"));
        }
    }
    Ok(stream)
}

pub fn decompressor(window: c_int, zdict: Option<&Value>) -> PyResult {
    let dictionary = dictionary_of(zdict)?;
    let stream = new_inflate(window, dictionary.as_ref())?;
    Ok(Ref::new(Decompress {
        header: Header::fresh(),
        state: RefCell::new(State {
            stream: Some(stream),
            dictionary,
            unused: Vec::new(),
            tail: Vec::new(),
            eof: false,
        }),
    })
    .into_value())
}

struct State {
    /// `None` after a flush at the end.
    stream: Option<Stream>,
    dictionary: Option<Vec<u8>>,
    /// What came after the end of the stream.
    unused: Vec<u8>,
    /// Input that is not read yet because of a limit.
    tail: Vec<u8>,
    eof: bool,
}

impl State {
    /// Inflates, setting the dictionary when it is asked for.
    fn run(&mut self, input: &[u8], flush: c_int, limit: usize) -> PyResult<(Vec<u8>, Outcome)> {
        let mut out = Vec::new();
        let mut outcome = run(&mut self.stream, input, flush, &mut out, limit);
        if outcome.code == z::Z_NEED_DICT
            && let (Some(stream), Some(dictionary)) = (&mut self.stream, &self.dictionary)
        {
            let code = stream.set_dictionary(dictionary);
            if code != z::Z_OK {
                return Err(failed(Some(stream), code, "while setting zdict"));
            }
            let before = outcome.consumed;
            outcome = stream.run(&input[before..], flush, &mut out, limit);
            outcome.consumed += before;
        }
        Ok((out, outcome))
    }
    fn keep_rest(&mut self, input: &[u8], outcome: &Outcome) {
        let rest = &input[outcome.consumed..];
        if outcome.code == z::Z_STREAM_END {
            self.unused.extend_from_slice(rest);
            self.tail = Vec::new();
            self.eof = true;
        } else {
            self.tail = rest.to_vec();
        }
    }
    fn check(&self, outcome: &Outcome, place: &str) -> PyResult<()> {
        match outcome.code {
            z::Z_OK | z::Z_BUF_ERROR | z::Z_STREAM_END => Ok(()),
            code => Err(failed(self.stream.as_ref(), code, place)),
        }
    }
}

#[pyclass(name = "Decompress", module = "zlib", final)]
#[repr(C)]
pub struct Decompress {
    header: Header,
    state: RefCell<State>,
}

#[pymethods]
impl Decompress {
    #[pyslot]
    fn new(_class: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        Err(type_error("cannot create 'zlib.Decompress' instances"))
    }
    /// Return a bytes object containing the decompressed version of the data.
    ///
    ///   data
    ///     The binary data to decompress.
    ///   max_length
    ///     The maximum allowable length of the decompressed data.
    ///     Unconsumed input data will be stored in
    ///     the unconsumed_tail attribute.
    ///
    /// After calling this function, some of the input data may still be stored in
    /// internal buffers for later processing.
    /// Call the flush() method to clear these buffers.
    #[pymethod("decompress($self, data, /, max_length=0)")]
    fn decompress(&self, data: &Value, max_length: isize) -> PyResult {
        let data = buffer::bytes_like(data)?;
        let limit = match usize::try_from(max_length) {
            Ok(0) => usize::MAX,
            Ok(limit) => limit,
            Err(_) => return Err(value_error("max_length must be non-negative")),
        };
        let mut state = self.state.borrow_mut();
        let (out, outcome) = state.run(&data, z::Z_SYNC_FLUSH, limit)?;
        state.keep_rest(&data, &outcome);
        state.check(&outcome, "while decompressing data")?;
        Ok(bytes(out))
    }
    /// Return a bytes object containing any remaining decompressed data.
    ///
    ///   length
    ///     the initial size of the output buffer.
    #[pymethod("flush($self, length=zlib.DEF_BUF_SIZE, /)")]
    fn flush(&self, length: Option<&Value>) -> PyResult {
        if length.map_or(Ok(1), size_argument)? <= 0 {
            return Err(value_error("length must be greater than zero"));
        }
        let mut state = self.state.borrow_mut();
        let input = std::mem::take(&mut state.tail);
        if state.stream.is_none() {
            return Ok(bytes(Vec::new()));
        }
        let (out, outcome) = state.run(&input, z::Z_FINISH, usize::MAX)?;
        state.keep_rest(&input, &outcome);
        if outcome.code == z::Z_STREAM_END {
            state.stream = None;
        }
        state.check(&outcome, "while flushing")?;
        Ok(bytes(out))
    }
    /// Return a copy of the decompression object.
    #[pymethod("copy($self, /)")]
    fn copy(&self) -> PyResult {
        let state = self.state.borrow();
        let copied = match &state.stream {
            Some(stream) => stream.copy(),
            None => Err(z::Z_STREAM_ERROR),
        };
        let copied = State {
            stream: Some(copied.map_err(cannot_copy)?),
            dictionary: state.dictionary.clone(),
            unused: state.unused.clone(),
            tail: state.tail.clone(),
            eof: state.eof,
        };
        Ok(Ref::new(Decompress {
            header: Header::fresh(),
            state: RefCell::new(copied),
        })
        .into_value())
    }
    #[pymethod("__copy__($self, /)")]
    fn __copy__(&self) -> PyResult {
        self.copy()
    }
    #[pymethod("__deepcopy__($self, memo, /)")]
    fn __deepcopy__(&self, _memo: &Value) -> PyResult {
        self.copy()
    }
    #[pygetset]
    fn unused_data(&self) -> Value {
        bytes(self.state.borrow().unused.clone())
    }
    #[pygetset]
    fn unconsumed_tail(&self) -> Value {
        bytes(self.state.borrow().tail.clone())
    }
    #[pygetset]
    fn eof(&self) -> bool {
        self.state.borrow().eof
    }
}

/// Create a decompressor object for decompressing data incrementally.
#[pyclass(
    name = "_ZlibDecompressor",
    module = "zlib",
    signature = "_ZlibDecompressor(wbits=15, zdict=b'')",
    final
)]
#[repr(C)]
pub struct ZlibDecompressor {
    header: Header,
    state: RefCell<State>,
    needs_input: Cell<bool>,
}

#[pymethods]
impl ZlibDecompressor {
    #[pyslot("_ZlibDecompressor(wbits=<unrepresentable>, zdict=<unrepresentable>)")]
    fn new(cls: &Type, wbits: Option<&Value>, zdict: Option<&Value>) -> PyResult {
        let window = int_argument(wbits, 15)?;
        let dictionary = dictionary_of(zdict)?;
        let stream = new_inflate(window, dictionary.as_ref())?;
        let native = ZlibDecompressor {
            header: Header::fresh(),
            state: RefCell::new(State {
                stream: Some(stream),
                dictionary,
                unused: Vec::new(),
                tail: Vec::new(),
                eof: false,
            }),
            needs_input: Cell::new(true),
        };
        Ok(allocate_instance(cls, native).into_value())
    }
    /// Decompress *data*, returning uncompressed data as bytes.
    ///
    /// If *max_length* is nonnegative, returns at most *max_length* bytes of
    /// decompressed data.  If this limit is reached and further output can be
    /// produced, *self.needs_input* will be set to ``False``.  In this case, the next
    /// call to *decompress()* may provide *data* as b'' to obtain more of the output.
    ///
    /// If all of the input data was decompressed and returned (either because this
    /// was less than *max_length* bytes, or because *max_length* was negative),
    /// *self.needs_input* will be set to True.
    ///
    /// Attempting to decompress data after the end of stream is reached raises an
    /// EOFError.  Any data found after the end of the stream is ignored and saved in
    /// the unused_data attribute.
    #[pymethod("decompress($self, /, data, max_length=-1)")]
    fn decompress(&self, data: &Value, max_length: isize) -> PyResult {
        let data = buffer::bytes_like(data)?;
        let mut state = self.state.borrow_mut();
        if state.eof {
            return Err(eof_error("End of stream already reached"));
        }
        let mut input = std::mem::take(&mut state.tail);
        input.extend_from_slice(&data);
        let limit = usize::try_from(max_length).unwrap_or(usize::MAX);
        let (out, outcome) = state.run(&input, z::Z_SYNC_FLUSH, limit)?;
        state.keep_rest(&input, &outcome);
        state.check(&outcome, "while decompressing data")?;
        self.needs_input.set(!state.eof && state.tail.is_empty());
        Ok(bytes(out))
    }
    /// True if the end-of-stream marker has been reached.
    #[pygetset]
    fn eof(&self) -> bool {
        self.state.borrow().eof
    }
    /// Data found after the end of the compressed stream.
    #[pygetset]
    fn unused_data(&self) -> Value {
        bytes(self.state.borrow().unused.clone())
    }
    /// True if more input is needed before more decompressed data can be produced.
    #[pygetset]
    fn needs_input(&self) -> bool {
        self.needs_input.get()
    }
}
