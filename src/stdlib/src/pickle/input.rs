//! What an unpickler reads.

use super::unpickling_error;
use std::cell::{Cell, RefCell};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, raise_new, type_error};
use taipan_vm::objects::buffer::{Buffer, bytes_like};
use taipan_vm::objects::str::Name;
use taipan_vm::value::Value;

pub struct Input {
    memory: Memory,
    place: Cell<usize>,
    file: Option<File>,
}

enum Memory {
    Given(Buffer),
    /// The frame that was read last.
    Frame(RefCell<Vec<u8>>),
}

struct File {
    read: Value,
    readline: Value,
}

fn truncated() -> taipan_vm::exceptions::Raised {
    unpickling_error("pickle data was truncated")
}

impl File {
    fn call(&self, function: &Value, arguments: &[Value], name: &str) -> PyResult<Vec<u8>> {
        let data = abstract_ops::call(function, arguments)?;
        let Ok(bytes) = bytes_like(&data) else {
            taipan_vm::exceptions::take_raised();
            return Err(raise_new(
                taipan_vm::exceptions::VALUE_ERROR.get(),
                format!(
                    "{name}() returned non-bytes object ({})",
                    data.class().name()
                ),
            ));
        };
        Ok(bytes.to_vec())
    }
    fn read(&self, count: usize) -> PyResult<Vec<u8>> {
        let data = self.call(&self.read, &[Value::int(count as i64)], "read")?;
        if data.len() < count {
            return Err(truncated());
        }
        Ok(data)
    }
}

impl Input {
    pub fn of_bytes(bytes: Buffer) -> Input {
        Input {
            memory: Memory::Given(bytes),
            place: Cell::new(0),
            file: None,
        }
    }

    pub fn of_file(file: &Value) -> PyResult<Input> {
        static READ: Name = Name::new("read");
        static READLINE: Name = Name::new("readline");
        let read = abstract_ops::getattr_opt(file, READ.get())?;
        let readline = abstract_ops::getattr_opt(file, READLINE.get())?;
        let (Some(read), Some(readline)) = (read, readline) else {
            return Err(type_error(
                "file must have 'read' and 'readline' attributes",
            ));
        };
        Ok(Input {
            memory: Memory::Frame(RefCell::default()),
            place: Cell::new(0),
            file: Some(File { read, readline }),
        })
    }

    /// What is left in memory. The closure runs no Python code.
    fn rest<R>(&self, with: impl FnOnce(&[u8]) -> R) -> R {
        let place = self.place.get();
        match &self.memory {
            Memory::Given(buffer) => with(&buffer[place..]),
            Memory::Frame(frame) => with(&frame.borrow()[place..]),
        }
    }

    /// The next bytes. The closure runs no Python code.
    pub fn take<R>(&self, count: usize, with: impl FnOnce(&[u8]) -> R) -> PyResult<R> {
        let left = self.rest(<[u8]>::len);
        if left >= count {
            let result = self.rest(|rest| with(&rest[..count]));
            self.place.set(self.place.get() + count);
            return Ok(result);
        }
        let Some(file) = &self.file else {
            return Err(truncated());
        };
        let mut data = self.rest(<[u8]>::to_vec);
        self.place.set(self.place.get() + left);
        data.extend(file.read(count - left)?);
        Ok(with(&data))
    }

    /// A number, least byte first.
    pub fn number<const N: usize>(&self) -> PyResult<[u8; N]> {
        self.take(N, |bytes| bytes.try_into().expect("as many as asked for"))
    }

    pub fn byte(&self) -> PyResult<u8> {
        self.take(1, |bytes| bytes[0])
    }

    /// The next line with its end, or what is there.
    pub fn line(&self) -> PyResult<Vec<u8>> {
        let found = self.rest(|rest| {
            let end = rest.iter().position(|&byte| byte == b'\n');
            match end {
                Some(end) => Some(rest[..=end].to_vec()),
                None if rest.is_empty() && self.file.is_some() => None,
                None => Some(rest.to_vec()),
            }
        });
        match (found, &self.file) {
            (Some(line), _) => {
                self.place.set(self.place.get() + line.len());
                Ok(line)
            }
            (None, Some(file)) => file.call(&file.readline, &[], "readline"),
            (None, None) => Ok(Vec::new()),
        }
    }

    /// A line of at least one character, without its end.
    pub fn full_line(&self) -> PyResult<Vec<u8>> {
        let mut line = self.line()?;
        if line.len() < 2 {
            return Err(truncated());
        }
        line.pop();
        Ok(line)
    }

    /// A frame of so many bytes comes: a file is asked for it as a whole.
    pub fn frame(&self, length: usize) -> PyResult<()> {
        if self.rest(<[u8]>::len) >= length {
            return Ok(());
        }
        let (Memory::Frame(frame), Some(file)) = (&self.memory, &self.file) else {
            return Err(truncated());
        };
        let mut data = self.rest(<[u8]>::to_vec);
        data.extend(file.read(length - data.len())?);
        *frame.borrow_mut() = data;
        self.place.set(0);
        Ok(())
    }
}
