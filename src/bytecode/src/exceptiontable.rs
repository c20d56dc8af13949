//! `co_exceptiontable`: which handler protects which instructions.
//!
//! Entries are sorted and don't overlap. Each is four numbers of six bits a byte, most significant
//! first: start, length, target, and `depth << 1 | lasti`; bit 7 marks the first byte of an entry,
//! bit 6 that another byte of the number follows. All offsets are in code units.

/// One protected range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExceptionEntry {
    /// First protected code unit, and the one behind the last.
    pub start: u32,
    pub end: u32,
    /// Code unit of the handler.
    pub target: u32,
    /// Depth that the stack is cut to before the handler runs.
    pub depth: u32,
    /// Whether the offset of the raising instruction is pushed below the exception.
    pub lasti: bool,
}

/// Appends an entry to a table.
pub fn encode(table: &mut Vec<u8>, entry: ExceptionEntry) {
    let numbers = [
        entry.start,
        entry.end - entry.start,
        entry.target,
        entry.depth << 1 | u32::from(entry.lasti),
    ];
    for (index, number) in numbers.into_iter().enumerate() {
        let start_bit = if index == 0 { 0x80 } else { 0 };
        let digits = (32 - number.leading_zeros()).div_ceil(6).max(1);
        for digit in (0..digits).rev() {
            let mut byte = (number >> (6 * digit) & 0x3F) as u8;
            if digit > 0 {
                byte |= 0x40;
            }
            if digit == digits - 1 {
                byte |= start_bit;
            }
            table.push(byte);
        }
    }
}

/// Reads a table; a damaged one ends early.
#[derive(Clone)]
pub struct ExceptionEntries<'a> {
    bytes: &'a [u8],
}

impl<'a> ExceptionEntries<'a> {
    pub fn new(table: &'a [u8]) -> ExceptionEntries<'a> {
        ExceptionEntries { bytes: table }
    }

    fn number(&mut self) -> Option<u32> {
        let mut value = 0u32;
        loop {
            let (first, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            value = value << 6 | u32::from(first & 0x3F);
            if first & 0x40 == 0 {
                return Some(value);
            }
        }
    }
}

impl Iterator for ExceptionEntries<'_> {
    type Item = ExceptionEntry;

    fn next(&mut self) -> Option<ExceptionEntry> {
        let start = self.number()?;
        let length = self.number()?;
        let target = self.number()?;
        let depth_lasti = self.number()?;
        Some(ExceptionEntry {
            start,
            end: start.saturating_add(length),
            target,
            depth: depth_lasti >> 1,
            lasti: depth_lasti & 1 == 1,
        })
    }
}

/// The entry that protects a code unit.
pub fn lookup(table: &[u8], unit: u32) -> Option<ExceptionEntry> {
    ExceptionEntries::new(table)
        .take_while(|entry| entry.start <= unit)
        .find(|entry| unit < entry.end)
}
