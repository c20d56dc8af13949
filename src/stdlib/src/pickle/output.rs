//! What a pickler writes, cut into frames.

use super::opcodes::FRAME;
use std::cell::RefCell;
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::PyResult;
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::value::Value;

/// A frame that has got this long is ended at the next object, and payloads of this length go past frames.
pub const TARGET: usize = 64 * 1024;
/// A frame of less is none.
const SMALLEST: usize = 4;
/// The opcode and the length.
const HEADER: usize = 9;

pub struct Output {
    data: RefCell<Buffered>,
    /// The file's `write`; without one everything stays here.
    write: Option<Value>,
}

#[derive(Default)]
struct Buffered {
    bytes: Vec<u8>,
    framing: bool,
    /// Where the header of the open frame is to be.
    frame: Option<usize>,
}

impl Buffered {
    fn push(&mut self, bytes: &[u8]) {
        if self.framing && self.frame.is_none() {
            self.frame = Some(self.bytes.len());
            self.bytes.extend([0; HEADER]);
        }
        self.bytes.extend_from_slice(bytes);
    }
    fn end_frame(&mut self) {
        let Some(start) = self.frame.take() else {
            return;
        };
        let length = self.bytes.len() - start - HEADER;
        if length < SMALLEST {
            self.bytes.drain(start..start + HEADER);
            return;
        }
        self.bytes[start] = FRAME;
        self.bytes[start + 1..start + HEADER].copy_from_slice(&(length as u64).to_le_bytes());
    }
}

impl Output {
    pub fn new(write: Option<Value>) -> Output {
        Output {
            data: RefCell::default(),
            write,
        }
    }
    pub fn set_framing(&self, framing: bool) {
        self.data.borrow_mut().framing = framing;
    }
    pub fn byte(&self, byte: u8) {
        self.data.borrow_mut().push(&[byte]);
    }
    pub fn push(&self, bytes: &[u8]) {
        self.data.borrow_mut().push(bytes);
    }
    /// An opcode and what goes with it, in one piece.
    pub fn op(&self, opcode: u8, argument: &[u8]) {
        let data = &mut *self.data.borrow_mut();
        data.push(&[opcode]);
        data.bytes.extend_from_slice(argument);
    }
    /// Before each object: ends a frame that is long enough.
    pub fn boundary(&self) -> PyResult<()> {
        {
            let data = &mut *self.data.borrow_mut();
            match data.frame {
                Some(start) if data.bytes.len() - start - HEADER >= TARGET => data.end_frame(),
                _ => return Ok(()),
            }
        }
        self.flush()
    }
    /// A header and what belongs to it; long ones are in no frame, and are handed on as they are.
    pub fn payload(&self, header: &[u8], bytes: &[u8], object: Option<&Value>) -> PyResult<()> {
        if bytes.len() < TARGET {
            self.push(header);
            self.push(bytes);
            return Ok(());
        }
        let framing = {
            let data = &mut *self.data.borrow_mut();
            data.end_frame();
            std::mem::replace(&mut data.framing, false)
        };
        self.push(header);
        match &self.write {
            None => self.push(bytes),
            Some(write) => {
                self.flush()?;
                let object = object.cloned();
                let object = object.unwrap_or_else(|| Bytes::from_slice(bytes).into_value());
                abstract_ops::call(write, &[object])?;
            }
        }
        self.set_framing(framing);
        Ok(())
    }
    /// Writes what there is to the file, if there is one.
    fn flush(&self) -> PyResult<()> {
        let Some(write) = &self.write else {
            return Ok(());
        };
        let bytes = std::mem::take(&mut self.data.borrow_mut().bytes);
        abstract_ops::call(write, &[Bytes::from_vec(bytes).into_value()]).map(drop)
    }
    /// The end of a pickle.
    pub fn finish(&self) -> PyResult<()> {
        {
            let data = &mut *self.data.borrow_mut();
            data.end_frame();
            data.framing = false;
        }
        self.flush()
    }
    pub fn into_bytes(self) -> Vec<u8> {
        self.data.into_inner().bytes
    }
}
