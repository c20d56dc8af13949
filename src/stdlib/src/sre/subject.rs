//! What is searched: a string or the memory of a bytes-like object, looked at in place.

use super::engine::{Demand, Matcher, NONE};
use super::program::Program;
use super::search::Searched;
use std::ops::{ControlFlow, Range};
use taipan_vm::exceptions::{PyResult, type_error};
use taipan_vm::objects::buffer::{self, Buffer};
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::str::Str;
use taipan_vm::text::Units;
use taipan_vm::value::Value;

/// The object searched, kept alive and in place.
pub enum Subject {
    Text(Value),
    Bytes(Value, Buffer),
}

/// A match found: where, and the marks of the groups.
pub struct Hit<'a> {
    pub start: usize,
    pub end: usize,
    pub marks: &'a [usize],
    pub last_index: u32,
}

impl Hit<'_> {
    /// Where a group lies; group 0 is the whole match.
    pub fn group(&self, group: usize) -> Option<Range<usize>> {
        if group == 0 {
            return Some(self.start..self.end);
        }
        let start = *self.marks.get(group * 2 - 2)?;
        let end = *self.marks.get(group * 2 - 1)?;
        (start != NONE && end != NONE && start <= end).then_some(start..end)
    }
}

/// Whether a match has to start where the search does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Match,
    FullMatch,
    Search,
}

impl Subject {
    /// `is_bytes`: what the pattern is for, if for one only.
    pub fn new(value: &Value, is_bytes: Option<bool>) -> PyResult<Subject> {
        if value.downcast::<Str>().is_some() {
            if is_bytes == Some(true) {
                return Err(type_error(
                    "cannot use a bytes pattern on a string-like object",
                ));
            }
            return Ok(Subject::Text(value.clone()));
        }
        let Some(buffer) = buffer::try_bytes(value)? else {
            return Err(type_error(format!(
                "expected string or bytes-like object, got '{}'",
                value.class().name()
            )));
        };
        if is_bytes == Some(false) {
            return Err(type_error(
                "cannot use a string pattern on a bytes-like object",
            ));
        }
        Ok(Subject::Bytes(value.clone(), buffer))
    }

    pub fn value(&self) -> &Value {
        match self {
            Subject::Text(value) | Subject::Bytes(value, _) => value,
        }
    }

    pub fn is_bytes(&self) -> bool {
        matches!(self, Subject::Bytes(..))
    }

    pub fn units(&self) -> Units<'_> {
        match self {
            Subject::Text(value) => match value.downcast::<Str>() {
                Some(text) => text.units(),
                None => Units::One(&[]),
            },
            Subject::Bytes(_, buffer) => Units::One(buffer),
        }
    }

    pub fn len(&self) -> usize {
        self.units().len()
    }

    /// A part as a new object; what lies beyond the end is cut off.
    pub fn slice(&self, range: Range<usize>) -> Value {
        let end = range.end.min(self.len());
        let range = range.start.min(end)..end;
        match self {
            Subject::Text(value) => match value.downcast::<Str>() {
                Some(text) => text.substring(range).into_value(),
                None => Str::empty().into_value(),
            },
            Subject::Bytes(value, buffer) => {
                if range == (0..buffer.len()) && value.downcast_exact::<Bytes>().is_some() {
                    return value.clone();
                }
                Bytes::from_slice(&buffer[range]).into_value()
            }
        }
    }

    /// `start` and `end` as positions in this subject.
    pub fn clamp(&self, start: isize, end: isize) -> (usize, usize) {
        let length = self.len();
        let end = usize::try_from(end).unwrap_or(0).min(length);
        (usize::try_from(start).unwrap_or(0).min(length), end)
    }

    /// One try: passes what is found on.
    pub fn find<R>(
        &self,
        program: &Program,
        way: Way,
        start: usize,
        end: usize,
        not_at: Option<usize>,
        found: impl FnOnce(&Hit) -> R,
    ) -> PyResult<Option<R>> {
        fn find_in<T: Searched, R>(
            mut matcher: Matcher<T>,
            way: Way,
            start: usize,
            not_at: Option<usize>,
            found: impl FnOnce(&Hit) -> R,
        ) -> PyResult<Option<R>> {
            let demand = Demand {
                full: way == Way::FullMatch,
                not_at,
            };
            let hit = match way {
                Way::Search => matcher.search(start, demand)?,
                _ => matcher.run(start, demand)?.map(|end| (start, end)),
            };
            Ok(hit.map(|(start, end)| {
                found(&Hit {
                    start,
                    end,
                    marks: &matcher.marks,
                    last_index: matcher.last_index,
                })
            }))
        }
        if start > end {
            return Ok(None);
        }
        match self.units() {
            Units::One(text) => find_in(
                Matcher::new(program, &text[..end]),
                way,
                start,
                not_at,
                found,
            ),
            Units::Two(text) => find_in(
                Matcher::new(program, &text[..end]),
                way,
                start,
                not_at,
                found,
            ),
            Units::Four(text) => find_in(
                Matcher::new(program, &text[..end]),
                way,
                start,
                not_at,
                found,
            ),
        }
    }

    /// Every match in turn, none of them overlapping; an empty one never follows at the end of the one
    /// before.
    pub fn each(
        &self,
        program: &Program,
        start: usize,
        end: usize,
        mut found: impl FnMut(&Hit) -> PyResult<ControlFlow<()>>,
    ) -> PyResult<()> {
        fn each_in<T: Searched>(
            mut matcher: Matcher<T>,
            mut start: usize,
            found: &mut impl FnMut(&Hit) -> PyResult<ControlFlow<()>>,
        ) -> PyResult<()> {
            let mut demand = Demand::default();
            while let Some((from, to)) = matcher.search(start, demand)? {
                let hit = Hit {
                    start: from,
                    end: to,
                    marks: &matcher.marks,
                    last_index: matcher.last_index,
                };
                if found(&hit)?.is_break() {
                    break;
                }
                demand.not_at = (from == to).then_some(to);
                start = to;
                matcher.reset();
            }
            Ok(())
        }
        if start > end {
            return Ok(());
        }
        match self.units() {
            Units::One(text) => each_in(Matcher::new(program, &text[..end]), start, &mut found),
            Units::Two(text) => each_in(Matcher::new(program, &text[..end]), start, &mut found),
            Units::Four(text) => each_in(Matcher::new(program, &text[..end]), start, &mut found),
        }
    }
}
