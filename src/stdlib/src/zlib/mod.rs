//! `zlib`, over the zlib written in Rust.

mod objects;
mod stream;

use crate::exception::ModuleException;
use libz_rs_sys as z;
use std::ffi::c_int;
use stream::{Options, Stream};
use taipan_macros::pymodule;
use taipan_vm::abstract_ops as ops;
use taipan_vm::exceptions::{self, PyResult, Raised, memory_error, overflow_error, value_error};
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::value::Value;

pub use zlib::MODULE;

static ERROR: ModuleException =
    ModuleException::new("zlib", "error", || exceptions::EXCEPTION.get());

/// `Error -3 while decompressing data: incorrect header check`
#[cold]
fn failed(stream: Option<&Stream>, code: c_int, place: &str) -> Raised {
    if code == z::Z_MEM_ERROR {
        return memory_error("");
    }
    let message = stream.and_then(Stream::message).or(match code {
        z::Z_BUF_ERROR => Some("incomplete or truncated stream".to_owned()),
        z::Z_STREAM_ERROR => Some("inconsistent stream state".to_owned()),
        z::Z_DATA_ERROR => Some("invalid input data".to_owned()),
        _ => None,
    });
    ERROR.raise(match message {
        Some(message) => format!("Error {code} {place}: {message}"),
        None => format!("Error {code} {place}"),
    })
}

/// An argument of the C type `int`.
fn int_argument(value: Option<&Value>, default: c_int) -> PyResult<c_int> {
    let Some(value) = value else {
        return Ok(default);
    };
    let number = ops::to_i64(value)?;
    c_int::try_from(number).map_err(|_| {
        overflow_error(if number > 0 {
            "signed integer is greater than maximum"
        } else {
            "signed integer is less than minimum"
        })
    })
}

fn bytes(data: Vec<u8>) -> Value {
    Bytes::from_vec(data).into_value()
}

/// The functions in this module allow compression and decompression using the
/// zlib library, which is based on GNU zip.
///
/// adler32(string[, start]) -- Compute an Adler-32 checksum.
/// compress(data[, level]) -- Compress data, with compression level 0-9 or -1.
/// compressobj([level[, ...]]) -- Return a compressor object.
/// crc32(string[, start]) -- Compute a CRC-32 checksum.
/// decompress(string,[wbits],[bufsize]) -- Decompresses a compressed string.
/// decompressobj([wbits[, zdict]]) -- Return a decompressor object.
///
/// 'wbits' is window buffer size and container format.
/// Compressor objects support compress() and flush() methods; decompressor
/// objects support decompress() and flush().
#[pymodule(
    name = "zlib",
    classes(
        super::objects::Compress,
        super::objects::Decompress,
        super::objects::ZlibDecompressor
    )
)]
mod zlib {
    use super::*;
    use crate::binascii::word_argument;
    use taipan_vm::objects::buffer;
    use taipan_vm::objects::module::Module;

    /// What zlib calls itself.
    #[pyattr]
    const ZLIB_VERSION: &str = "1.3.1";
    #[pyattr]
    const ZLIB_RUNTIME_VERSION: &str = "1.3.1";

    /// Compute an Adler-32 checksum of data.
    ///
    ///   value
    ///     Starting value of the checksum.
    ///
    /// The returned checksum is an integer.
    #[pyfunction("adler32($module, data, value=1, /)")]
    fn adler32(data: &Value, value: Option<&Value>) -> PyResult<i64> {
        let data = buffer::bytes_like(data)?;
        let start = value.map_or(Ok(1), word_argument)?;
        Ok(zlib_rs::adler32::adler32(start, &data).into())
    }

    /// Compute a CRC-32 checksum of data.
    ///
    ///   value
    ///     Starting value of the checksum.
    ///
    /// The returned checksum is an integer.
    #[pyfunction("crc32($module, data, value=0, /)")]
    fn crc32(data: &Value, value: Option<&Value>) -> PyResult<i64> {
        let data = buffer::bytes_like(data)?;
        let start = value.map_or(Ok(0), word_argument)?;
        Ok(zlib_rs::crc32::crc32(start, &data).into())
    }

    /// Returns a bytes object containing compressed data.
    ///
    ///   data
    ///     Binary data to be compressed.
    ///   level
    ///     Compression level, in 0-9 or -1.
    ///   wbits
    ///     The window buffer size and container format.
    #[pyfunction("compress($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)")]
    fn compress(data: &Value, level: Option<&Value>, wbits: Option<&Value>) -> PyResult {
        let data = buffer::bytes_like(data)?;
        let options = Options {
            level: int_argument(level, -1)?,
            method: z::Z_DEFLATED,
            window: int_argument(wbits, 15)?,
            memory: 8,
            strategy: 0,
        };
        let mut stream = Stream::deflate(&options).map_err(|code| match code {
            z::Z_MEM_ERROR => memory_error("Out of memory while compressing data"),
            z::Z_STREAM_ERROR => ERROR.raise("Bad compression level"),
            code => failed(None, code, "while compressing data"),
        })?;
        let mut out = Vec::new();
        let outcome = stream.run(&data, z::Z_FINISH, &mut out, usize::MAX);
        if outcome.code != z::Z_STREAM_END {
            return Err(failed(
                Some(&stream),
                outcome.code,
                "while compressing data",
            ));
        }
        Ok(super::bytes(out))
    }

    /// Returns a bytes object containing the uncompressed data.
    ///
    ///   data
    ///     Compressed data.
    ///   wbits
    ///     The window buffer size and container format.
    ///   bufsize
    ///     The initial output buffer size.
    #[pyfunction("decompress($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)")]
    fn decompress(data: &Value, wbits: Option<&Value>, bufsize: Option<&Value>) -> PyResult {
        let data = buffer::bytes_like(data)?;
        let window = int_argument(wbits, 15)?;
        if let Some(size) = bufsize
            && taipan_vm::objects::text_support::size_argument(size)? < 0
        {
            return Err(value_error("bufsize must be non-negative"));
        }
        let mut stream = Stream::inflate(window).map_err(|code| match code {
            z::Z_MEM_ERROR => memory_error("Out of memory while decompressing data"),
            code => failed(None, code, "while preparing to decompress data"),
        })?;
        let mut out = Vec::new();
        let outcome = stream.run(&data, z::Z_FINISH, &mut out, usize::MAX);
        match outcome.code {
            z::Z_STREAM_END => Ok(super::bytes(out)),
            z::Z_OK => Err(failed(None, z::Z_BUF_ERROR, "while decompressing data")),
            code => Err(failed(Some(&stream), code, "while decompressing data")),
        }
    }

    /// Return a compressor object.
    ///
    ///   level
    ///     The compression level (an integer in the range 0-9 or -1; default is
    ///     currently equivalent to 6).  Higher compression levels are slower,
    ///     but produce smaller results.
    ///   method
    ///     The compression algorithm.  If given, this must be DEFLATED.
    ///   wbits
    ///     +9 to +15: The base-two logarithm of the window size.  Include a zlib
    ///         container.
    ///     -9 to -15: Generate a raw stream.
    ///     +25 to +31: Include a gzip container.
    ///   memLevel
    ///     Controls the amount of memory used for internal compression state.
    ///     Valid values range from 1 to 9.  Higher values result in higher memory
    ///     usage, faster compression, and smaller output.
    ///   strategy
    ///     Used to tune the compression algorithm.  Possible values are
    ///     Z_DEFAULT_STRATEGY, Z_FILTERED, and Z_HUFFMAN_ONLY.
    ///   zdict
    ///     The predefined compression dictionary - a sequence of bytes
    ///     containing subsequences that are likely to occur in the input data.
    #[pyfunction(
        "compressobj($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED, wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL, strategy=Z_DEFAULT_STRATEGY, zdict=<unrepresentable>)"
    )]
    fn compressobj(
        level: Option<&Value>,
        method: Option<&Value>,
        wbits: Option<&Value>,
        memory: Option<&Value>,
        strategy: Option<&Value>,
        zdict: Option<&Value>,
    ) -> PyResult {
        let options = Options {
            level: int_argument(level, -1)?,
            method: int_argument(method, z::Z_DEFLATED)?,
            window: int_argument(wbits, 15)?,
            memory: int_argument(memory, 8)?,
            strategy: int_argument(strategy, 0)?,
        };
        let dictionary = zdict.map(buffer::bytes_like).transpose()?;
        super::objects::compressor(&options, dictionary.as_deref())
    }

    /// Return a decompressor object.
    ///
    ///   wbits
    ///     The window buffer size and container format.
    ///   zdict
    ///     The predefined compression dictionary.  This must be the same
    ///     dictionary as used by the compressor that produced the input data.
    #[pyfunction("decompressobj($module, /, wbits=MAX_WBITS, zdict=b'')")]
    fn decompressobj(wbits: Option<&Value>, zdict: Option<&Value>) -> PyResult {
        super::objects::decompressor(int_argument(wbits, 15)?, zdict)
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        module.add("error", ERROR.value()?);
        for (name, value) in [
            ("DEFLATED", 8),
            ("DEF_BUF_SIZE", 16384),
            ("DEF_MEM_LEVEL", 8),
            ("MAX_WBITS", 15),
            ("Z_BEST_COMPRESSION", 9),
            ("Z_BEST_SPEED", 1),
            ("Z_BLOCK", 5),
            ("Z_DEFAULT_COMPRESSION", -1),
            ("Z_DEFAULT_STRATEGY", 0),
            ("Z_FILTERED", 1),
            ("Z_FINISH", 4),
            ("Z_FIXED", 4),
            ("Z_FULL_FLUSH", 3),
            ("Z_HUFFMAN_ONLY", 2),
            ("Z_NO_COMPRESSION", 0),
            ("Z_NO_FLUSH", 0),
            ("Z_PARTIAL_FLUSH", 1),
            ("Z_RLE", 3),
            ("Z_SYNC_FLUSH", 2),
            ("Z_TREES", 6),
        ] {
            module.add(name, Value::int(value));
        }
        Ok(())
    }
}
