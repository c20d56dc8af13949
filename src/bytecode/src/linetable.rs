//! `co_linetable`: the table of source positions (PEP 626 and 657), read and written.
//!
//! An entry covers one to eight code units. Its first byte is `0x80 | kind << 3 | units - 1`;
//! further bytes never have the high bit, so a reader can find entry starts.

/// Where an instruction came from. `line < 0` means no position at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    pub line: Option<i32>,
    pub end_line: Option<i32>,
    /// Byte offsets in the line.
    pub column: Option<i32>,
    pub end_column: Option<i32>,
}

impl Position {
    pub const NONE: Position = Position {
        line: None,
        end_line: None,
        column: None,
        end_column: None,
    };

    pub const fn new(line: i32, end_line: i32, column: i32, end_column: i32) -> Position {
        Position {
            line: Some(line),
            end_line: Some(end_line),
            column: Some(column),
            end_column: Some(end_column),
        }
    }

    /// A line without columns.
    pub const fn line(line: i32) -> Position {
        Position {
            line: Some(line),
            end_line: Some(line),
            column: None,
            end_column: None,
        }
    }
}

const KIND_ONE_LINE0: u8 = 10;
const KIND_NO_COLUMNS: u8 = 13;
const KIND_LONG: u8 = 14;
const KIND_NONE: u8 = 15;

/// Writes a table; entries must come in code order.
pub struct LineTableWriter {
    bytes: Vec<u8>,
    line: i32,
}

impl LineTableWriter {
    pub fn new(firstlineno: i32) -> LineTableWriter {
        LineTableWriter {
            bytes: Vec::new(),
            line: firstlineno,
        }
    }

    /// Adds the position of the next `units` code units.
    pub fn add(&mut self, position: Position, mut units: usize) {
        while units > 8 {
            self.entry(position, 8);
            units -= 8;
        }
        if units > 0 {
            self.entry(position, units);
        }
    }

    pub fn finish(self) -> Box<[u8]> {
        self.bytes.into()
    }

    fn first_byte(&mut self, kind: u8, units: usize) {
        self.bytes.push(0x80 | kind << 3 | (units - 1) as u8);
    }

    fn entry(&mut self, position: Position, units: usize) {
        let Some(line) = position.line else {
            self.first_byte(KIND_NONE, units);
            return;
        };
        let delta = line.wrapping_sub(self.line);
        self.line = line;
        let (Some(column), Some(end_column)) = (position.column, position.end_column) else {
            self.first_byte(KIND_NO_COLUMNS, units);
            self.signed(delta);
            return;
        };
        if column < 0 || end_column < 0 {
            self.first_byte(KIND_NO_COLUMNS, units);
            self.signed(delta);
            return;
        }
        let end_line = position.end_line.unwrap_or(line);
        if end_line == line {
            if delta == 0 && column < 80 && end_column >= column && end_column - column < 16 {
                self.first_byte((column / 8) as u8, units);
                self.bytes
                    .push((column % 8) as u8 * 16 + (end_column - column) as u8);
                return;
            }
            if (0..3).contains(&delta) && column < 128 && end_column < 128 {
                self.first_byte(KIND_ONE_LINE0 + delta as u8, units);
                self.bytes.push(column as u8);
                self.bytes.push(end_column as u8);
                return;
            }
        }
        self.first_byte(KIND_LONG, units);
        self.signed(delta);
        self.unsigned(end_line.wrapping_sub(line) as u32);
        self.unsigned(column as u32 + 1);
        self.unsigned(end_column as u32 + 1);
    }

    fn unsigned(&mut self, mut value: u32) {
        while value >= 64 {
            self.bytes.push(0x40 | (value & 0x3F) as u8);
            value >>= 6;
        }
        self.bytes.push(value as u8);
    }

    fn signed(&mut self, value: i32) {
        let magnitude = value.unsigned_abs();
        self.unsigned(magnitude << 1 | u32::from(value < 0));
    }
}

/// The same table with lines alone.
pub fn without_columns(linetable: &[u8], firstlineno: i32) -> Box<[u8]> {
    let mut writer = LineTableWriter::new(firstlineno);
    for entry in Entries::new(linetable, firstlineno) {
        let position = Position {
            column: None,
            end_column: None,
            ..entry.position
        };
        writer.add(position, entry.end - entry.start);
    }
    writer.finish()
}

/// One entry of a table: its position and the code units it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub position: Position,
    pub start: usize,
    pub end: usize,
}

/// Reads a table. Damaged tables end early or give nonsense, but never panic.
#[derive(Clone)]
pub struct Entries<'a> {
    bytes: &'a [u8],
    line: i32,
    unit: usize,
}

impl<'a> Entries<'a> {
    pub fn new(linetable: &'a [u8], firstlineno: i32) -> Entries<'a> {
        Entries {
            bytes: linetable,
            line: firstlineno,
            unit: 0,
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn unsigned(&mut self) -> Option<u32> {
        let mut value = 0u32;
        let mut shift = 0;
        loop {
            let byte = self.byte()?;
            if shift < 32 {
                value |= u32::from(byte & 0x3F) << shift;
            }
            shift += 6;
            if byte & 0x40 == 0 {
                return Some(value);
            }
        }
    }

    fn signed(&mut self) -> Option<i32> {
        let value = self.unsigned()?;
        let magnitude = (value >> 1) as i32;
        Some(if value & 1 == 1 {
            magnitude.wrapping_neg()
        } else {
            magnitude
        })
    }
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let first = self.byte()?;
        let units = usize::from(first & 7) + 1;
        let kind = first >> 3 & 15;
        let position = match kind {
            KIND_NONE => Position::NONE,
            KIND_NO_COLUMNS => {
                self.line = self.line.wrapping_add(self.signed()?);
                Position::line(self.line)
            }
            KIND_LONG => {
                self.line = self.line.wrapping_add(self.signed()?);
                let lines = self.unsigned()? as i32;
                let column = self.unsigned()? as i32;
                let end_column = self.unsigned()? as i32;
                Position {
                    line: Some(self.line),
                    end_line: Some(self.line.wrapping_add(lines)),
                    column: (column > 0).then(|| column - 1),
                    end_column: (end_column > 0).then(|| end_column - 1),
                }
            }
            KIND_ONE_LINE0..KIND_NO_COLUMNS => {
                self.line = self.line.wrapping_add(i32::from(kind - KIND_ONE_LINE0));
                let column = self.byte()?;
                let end_column = self.byte()?;
                Position::new(self.line, self.line, column.into(), end_column.into())
            }
            _ => {
                let byte = self.byte()?;
                let column = i32::from(kind) * 8 + i32::from(byte >> 4);
                Position::new(self.line, self.line, column, column + i32::from(byte & 15))
            }
        };
        let start = self.unit;
        self.unit += units;
        Some(Entry {
            position,
            start,
            end: self.unit,
        })
    }
}

/// The position of each code unit, as `co_positions()`.
pub fn positions(linetable: &[u8], firstlineno: i32) -> impl Iterator<Item = Position> + '_ {
    Entries::new(linetable, firstlineno)
        .flat_map(|entry| std::iter::repeat_n(entry.position, entry.end - entry.start))
}

/// The position of one code unit.
pub fn position_at(linetable: &[u8], firstlineno: i32, unit: usize) -> Position {
    Entries::new(linetable, firstlineno)
        .find(|entry| entry.end > unit)
        .map_or(Position::NONE, |entry| entry.position)
}

/// The line of a byte offset in `co_code`, or `None` if it has none. A negative offset is the
/// function's first line, as for `f_lasti` before the first instruction.
pub fn addr2line(linetable: &[u8], firstlineno: i32, offset: isize) -> Option<i32> {
    if offset < 0 {
        return Some(firstlineno);
    }
    position_at(linetable, firstlineno, offset as usize / 2).line
}

/// `(start, end, line)` in bytes as `co_lines()`: neighbours of one line are merged.
pub fn lines(linetable: &[u8], firstlineno: i32) -> Vec<(usize, usize, Option<i32>)> {
    let mut ranges: Vec<(usize, usize, Option<i32>)> = Vec::new();
    for entry in Entries::new(linetable, firstlineno) {
        match ranges.last_mut() {
            Some(last) if last.2 == entry.position.line => last.1 = entry.end * 2,
            _ => ranges.push((entry.start * 2, entry.end * 2, entry.position.line)),
        }
    }
    ranges
}
