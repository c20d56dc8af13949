//! A stream of zlib (the Rust one) as an owned value without raw pointers outside.

use libz_rs_sys as z;
use std::ffi::{CStr, c_int};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Deflate,
    Inflate,
}

pub struct Stream {
    // Boxed: the library's state points back to it.
    raw: Box<z::z_stream>,
    direction: Direction,
}

pub struct Options {
    pub level: c_int,
    pub method: c_int,
    pub window: c_int,
    pub memory: c_int,
    pub strategy: c_int,
}

/// How much was read, and what the library said last.
pub struct Outcome {
    pub consumed: usize,
    pub code: c_int,
}

/// Output grows by at most this much at once.
const STEP: usize = 1 << 20;

impl Stream {
    pub fn deflate(options: &Options) -> Result<Stream, c_int> {
        let mut raw = Box::new(z::z_stream::default());
        // SAFETY: the stream is new, with its default allocator; version and size are the library's own.
        let code = unsafe {
            z::deflateInit2_(
                &mut *raw,
                options.level,
                options.method,
                options.window,
                options.memory,
                options.strategy,
                z::zlibVersion(),
                size_of::<z::z_stream>() as c_int,
            )
        };
        Stream::made(raw, Direction::Deflate, code)
    }

    pub fn inflate(window: c_int) -> Result<Stream, c_int> {
        let mut raw = Box::new(z::z_stream::default());
        // SAFETY: as above.
        let code = unsafe {
            z::inflateInit2_(
                &mut *raw,
                window,
                z::zlibVersion(),
                size_of::<z::z_stream>() as c_int,
            )
        };
        Stream::made(raw, Direction::Inflate, code)
    }

    fn made(raw: Box<z::z_stream>, direction: Direction, code: c_int) -> Result<Stream, c_int> {
        if code == z::Z_OK {
            Ok(Stream { raw, direction })
        } else {
            Err(code)
        }
    }

    pub fn copy(&self) -> Result<Stream, c_int> {
        let mut raw = Box::new(z::z_stream::default());
        // SAFETY: the source is an initialized stream that is not changed; the copy is new.
        let code = unsafe {
            let source = &*self.raw as *const z::z_stream as *mut z::z_stream;
            match self.direction {
                Direction::Deflate => z::deflateCopy(&mut *raw, source),
                Direction::Inflate => z::inflateCopy(&mut *raw, source),
            }
        };
        Stream::made(raw, self.direction, code)
    }

    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> c_int {
        let Ok(length) = u32::try_from(dictionary.len()) else {
            return z::Z_STREAM_ERROR;
        };
        // SAFETY: the stream is initialized and the slice is valid for its length.
        unsafe {
            match self.direction {
                Direction::Deflate => {
                    z::deflateSetDictionary(&mut *self.raw, dictionary.as_ptr(), length)
                }
                Direction::Inflate => {
                    z::inflateSetDictionary(&mut *self.raw, dictionary.as_ptr(), length)
                }
            }
        }
    }

    /// What the library has to say about its last error.
    pub fn message(&self) -> Option<String> {
        if self.raw.msg.is_null() {
            return None;
        }
        // SAFETY: the library's messages are static C strings.
        let text = unsafe { CStr::from_ptr(self.raw.msg) };
        Some(text.to_string_lossy().into_owned())
    }

    /// Reads from `input` and appends to `out` until the input is used up and all output written, the
    /// stream ends, an error comes up, or `out` has `limit` bytes.
    pub fn run(&mut self, input: &[u8], flush: c_int, out: &mut Vec<u8>, limit: usize) -> Outcome {
        let mut consumed = 0;
        loop {
            let part = &input[consumed..];
            let part = &part[..part.len().min(u32::MAX as usize)];
            let last = consumed + part.len() == input.len();
            let room = (limit - out.len().min(limit))
                .min(out.len().clamp(4096, STEP))
                .max(1);
            if out.try_reserve(room).is_err() {
                return Outcome {
                    consumed,
                    code: z::Z_MEM_ERROR,
                };
            }
            let full = out.len() >= limit;
            let space = if full { 0 } else { room };
            self.raw.next_in = part.as_ptr();
            self.raw.avail_in = part.len() as u32;
            // SAFETY: the capacity was reserved just now.
            self.raw.next_out = unsafe { out.as_mut_ptr().add(out.len()) };
            self.raw.avail_out = space as u32;
            let flush = if last { flush } else { z::Z_NO_FLUSH };
            // SAFETY: the stream is initialized; input and output are valid for the lengths given.
            let code = unsafe {
                match self.direction {
                    Direction::Deflate => z::deflate(&mut *self.raw, flush),
                    Direction::Inflate => z::inflate(&mut *self.raw, flush),
                }
            };
            consumed += part.len() - self.raw.avail_in as usize;
            let written = space - self.raw.avail_out as usize;
            // SAFETY: the library wrote that many bytes.
            unsafe { out.set_len(out.len() + written) };
            let outcome = Outcome { consumed, code };
            if code != z::Z_OK && code != z::Z_BUF_ERROR {
                return outcome;
            }
            // Room left means that all there was has been written.
            let done = self.raw.avail_out != 0 && consumed == input.len();
            let stuck = code == z::Z_BUF_ERROR && self.raw.avail_out != 0;
            if done || stuck || out.len() >= limit {
                return outcome;
            }
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: the stream was initialized and is not used again.
        unsafe {
            match self.direction {
                Direction::Deflate => z::deflateEnd(&mut *self.raw),
                Direction::Inflate => z::inflateEnd(&mut *self.raw),
            }
        };
    }
}
