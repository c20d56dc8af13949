//! `_bz2`, over the bzip2 written in Rust.

use bzip2::{Action, Compress, Compression, Decompress, Status};
use std::cell::{Cell, RefCell};
use taipan_macros::{pyclass, pymethods, pymodule};
use taipan_vm::exceptions::{
    self, PyResult, Raised, eof_error, memory_error, raise_new, type_error, value_error,
};
use taipan_vm::memory::allocate_instance;
use taipan_vm::object::Header;
use taipan_vm::objects::buffer;
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::class::Type;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

pub use bz2::MODULE;

#[pymodule(name = "_bz2", classes(super::Compressor, super::Decompressor))]
mod bz2 {}

/// Output grows by at most this much at once.
const STEP: usize = 1 << 20;

fn reserve(out: &mut Vec<u8>, limit: usize) -> PyResult<()> {
    let wanted = out.len().clamp(8192, STEP).min(limit - out.len()).max(1);
    // The library writes into all the room there is, so there must not be more than the limit.
    if out.capacity() > limit || out.try_reserve_exact(wanted).is_err() {
        return Err(memory_error(""));
    }
    Ok(())
}

#[cold]
fn failed(error: bzip2::Error) -> Raised {
    match error {
        bzip2::Error::Data | bzip2::Error::DataMagic => {
            raise_new(exceptions::OS_ERROR.get(), "Invalid data stream")
        }
        bzip2::Error::Param => {
            value_error("Internal error - invalid parameters passed to libbzip2")
        }
        bzip2::Error::Sequence => raise_new(
            exceptions::RUNTIME_ERROR.get(),
            "Internal error - Invalid sequence of commands sent to libbzip2",
        ),
    }
}

/// Create a compressor object for compressing data incrementally.
///
///   compresslevel
///     Compression level, as a number between 1 and 9.
///
/// For one-shot compression, use the compress() function instead.
#[pyclass(
    name = "BZ2Compressor",
    module = "_bz2",
    signature = "BZ2Compressor(compresslevel=9, /)"
)]
#[repr(C)]
pub struct Compressor {
    header: Header,
    /// `None` after a flush.
    stream: RefCell<Option<Compress>>,
}

impl Compressor {
    fn run(stream: &mut Compress, mut input: &[u8], action: Action) -> PyResult<Vec<u8>> {
        let mut out = Vec::new();
        loop {
            reserve(&mut out, usize::MAX)?;
            let before = stream.total_in();
            let status = stream
                .compress_vec(input, &mut out, action)
                .map_err(failed)?;
            input = &input[(stream.total_in() - before) as usize..];
            let done = match action {
                Action::Finish => status == Status::StreamEnd,
                _ => input.is_empty(),
            };
            if done {
                return Ok(out);
            }
        }
    }
}

#[pymethods]
impl Compressor {
    #[pyslot("BZ2Compressor(compresslevel=9, /)")]
    fn new(cls: &Type, compresslevel: i64) -> PyResult {
        if !(1..=9).contains(&compresslevel) {
            return Err(value_error("compresslevel must be between 1 and 9"));
        }
        let stream = Compress::new(Compression::new(compresslevel as u32), 0);
        let native = Compressor {
            header: Header::fresh(),
            stream: RefCell::new(Some(stream)),
        };
        Ok(allocate_instance(cls, native).into_value())
    }
    /// Provide data to the compressor object.
    ///
    /// Returns a chunk of compressed data if possible, or b'' otherwise.
    ///
    /// When you have finished providing data to the compressor, call the
    /// flush() method to finish the compression process.
    #[pymethod("compress($self, data, /)")]
    fn compress(&self, data: &Value) -> PyResult {
        let data = buffer::bytes_like(data)?;
        let mut stream = self.stream.borrow_mut();
        let Some(stream) = stream.as_mut() else {
            return Err(value_error("Compressor has been flushed"));
        };
        Ok(Bytes::from_vec(Compressor::run(stream, &data, Action::Run)?).into_value())
    }
    /// Finish the compression process.
    ///
    /// Returns the compressed data left in internal buffers.
    ///
    /// The compressor object may not be used after this method is called.
    #[pymethod("flush($self, /)")]
    fn flush(&self) -> PyResult {
        let Some(mut stream) = self.stream.take() else {
            return Err(value_error("Repeated call to flush()"));
        };
        Ok(Bytes::from_vec(Compressor::run(&mut stream, &[], Action::Finish)?).into_value())
    }
}

struct State {
    stream: Decompress,
    /// Input that is not read yet.
    rest: Vec<u8>,
    eof: bool,
}

/// Create a decompressor object for decompressing data incrementally.
///
/// For one-shot decompression, use the decompress() function instead.
#[pyclass(
    name = "BZ2Decompressor",
    module = "_bz2",
    signature = "BZ2Decompressor()"
)]
#[repr(C)]
pub struct Decompressor {
    header: Header,
    state: RefCell<State>,
    needs_input: Cell<bool>,
}

impl State {
    fn run(&mut self, limit: usize) -> PyResult<Vec<u8>> {
        let mut out = Vec::new();
        let mut at = 0;
        while out.len() < limit {
            reserve(&mut out, limit)?;
            let (read, written) = (self.stream.total_in(), out.len());
            let status = self
                .stream
                .decompress_vec(&self.rest[at..], &mut out)
                .map_err(failed)?;
            let consumed = (self.stream.total_in() - read) as usize;
            at += consumed;
            match status {
                Status::StreamEnd => {
                    self.eof = true;
                    break;
                }
                Status::MemNeeded => return Err(memory_error("")),
                // Nothing to read, and room left: all that there was has been written.
                _ if at == self.rest.len() && out.len() < out.capacity() => break,
                _ if consumed == 0 && out.len() == written => break,
                _ => {}
            }
        }
        self.rest.drain(..at);
        Ok(out)
    }
}

#[pymethods]
impl Decompressor {
    #[pyslot]
    fn new(cls: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        if !args.is_empty() {
            let keywords = kwnames.map_or(0, Tuple::len);
            let kind = if keywords == args.len() {
                "keyword"
            } else {
                "positional"
            };
            return Err(type_error(format!(
                "BZ2Decompressor() takes no {kind} arguments"
            )));
        }
        let native = Decompressor {
            header: Header::fresh(),
            state: RefCell::new(State {
                stream: Decompress::new(false),
                rest: Vec::new(),
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
        state.rest.extend_from_slice(&data);
        let limit = usize::try_from(max_length).unwrap_or(usize::MAX);
        let out = state.run(limit)?;
        let all_read = state.rest.is_empty() && out.len() < limit;
        self.needs_input.set(!state.eof && all_read);
        Ok(Bytes::from_vec(out).into_value())
    }
    /// True if the end-of-stream marker has been reached.
    #[pygetset]
    fn eof(&self) -> bool {
        self.state.borrow().eof
    }
    /// Data found after the end of the compressed stream.
    #[pygetset]
    fn unused_data(&self) -> Value {
        let state = self.state.borrow();
        Bytes::from_slice(if state.eof { &state.rest } else { &[] }).into_value()
    }
    /// True if more input is needed before more decompressed data can be produced.
    #[pygetset]
    fn needs_input(&self) -> bool {
        self.needs_input.get()
    }
}
