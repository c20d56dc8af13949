//! Finding where a match starts.

use super::engine::{Demand, Matcher};
use super::program::{Program, Start};
use taipan_vm::exceptions::PyResult;
use taipan_vm::text::search::Unit;

/// By the first character, then the others.
fn find_wide<T: Unit>(prefix: &[u32], text: &[T]) -> Option<usize> {
    let (&first, rest) = prefix.split_first()?;
    let first = T::from_point(first)?;
    let mut from = 0;
    loop {
        let at = from + T::find(text.get(from..)?, first)?;
        let follows = text.get(at + 1..at + 1 + rest.len())?;
        if follows.iter().zip(rest).all(|(&a, &b)| a.into() == b) {
            return Some(at);
        }
        from = at + 1;
    }
}

/// The widths of text that can be searched.
pub trait Searched: Unit {
    /// Where the pattern's prefix stands.
    fn find_prefix(program: &Program, prefix: &[u32], text: &[Self]) -> Option<usize>;
    /// Where one of these characters stands.
    fn find_one_of(members: &[u8], text: &[Self]) -> Option<usize>;
}

impl Searched for u8 {
    fn find_prefix(program: &Program, prefix: &[u32], text: &[u8]) -> Option<usize> {
        if let [only] = prefix {
            return memchr::memchr(u8::try_from(*only).ok()?, text);
        }
        let finder = program.finder.get_or_init(|| {
            let bytes: Option<Vec<u8>> =
                prefix.iter().map(|&point| point.try_into().ok()).collect();
            bytes.map(|bytes| memchr::memmem::Finder::new(&bytes).into_owned())
        });
        finder.as_ref()?.find(text)
    }
    fn find_one_of(members: &[u8], text: &[u8]) -> Option<usize> {
        match *members {
            [a] => memchr::memchr(a, text),
            [a, b] => memchr::memchr2(a, b, text),
            [a, b, c] => memchr::memchr3(a, b, c, text),
            _ => None,
        }
    }
}

fn position<T: Unit>(members: &[u8], text: &[T]) -> Option<usize> {
    text.iter().position(|&unit| {
        members
            .iter()
            .any(|&member| u32::from(member) == unit.into())
    })
}

impl Searched for u16 {
    fn find_prefix(_: &Program, prefix: &[u32], text: &[u16]) -> Option<usize> {
        find_wide(prefix, text)
    }
    fn find_one_of(members: &[u8], text: &[u16]) -> Option<usize> {
        position(members, text)
    }
}

impl Searched for u32 {
    fn find_prefix(_: &Program, prefix: &[u32], text: &[u32]) -> Option<usize> {
        find_wide(prefix, text)
    }
    fn find_one_of(members: &[u8], text: &[u32]) -> Option<usize> {
        position(members, text)
    }
}

impl<T: Searched> Matcher<'_, T> {
    /// The first match that starts at `from` or later: where it starts and ends.
    pub fn search(&mut self, from: usize, demand: Demand) -> PyResult<Option<(usize, usize)>> {
        let (program, text) = (self.program(), self.text());
        // The last place where there is room for a match.
        let Some(last) = text
            .len()
            .checked_sub(program.min_width)
            .filter(|&last| last >= from)
        else {
            return Ok(None);
        };
        let mut at = from;
        loop {
            let found = match &program.start {
                Start::Anywhere | Start::Anchored => Some(0),
                Start::Prefix { text: prefix, .. } => T::find_prefix(program, prefix, &text[at..]),
                Start::OneOf(members) => T::find_one_of(members, &text[at..]),
                Start::First(set) => text[at..].iter().position(|&unit| set.has(unit.into())),
            };
            match found {
                Some(offset) if at + offset <= last => at += offset,
                _ => return Ok(None),
            }
            if let Start::Prefix { text, whole: true } = &program.start {
                return Ok(Some((at, at + text.len())));
            }
            if let Some(end) = self.run(at, demand)? {
                return Ok(Some((at, end)));
            }
            if at == last || matches!(program.start, Start::Anchored) {
                return Ok(None);
            }
            at += 1;
        }
    }
}
