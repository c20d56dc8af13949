//! The matcher: runs a [`Program`] over text of one width.
//!
//! It keeps what is left to try, and what to undo on the way back, on one stack of its own on the heap, so
//! that neither patterns nor texts can exhaust the native stack. Three kinds of entries lie on it: places
//! to go on from, old contents of marks and counters, and barriers, which begin what is matched on its
//! own (assertions, atomic groups, turns of possessive loops). When such a part has matched, the places
//! above its barrier are dropped and the old contents kept.
//!
//! Counters belong to loops, not to activations of loops: once a loop is left, its counter is needed again
//! only after backtracking, which restores it.

use super::charset::{
    Set, is_line_break, is_word_ascii, is_word_locale, is_word_unicode, lower_ascii, lower_locale,
    lower_unicode,
};
use super::code::below;
use super::program::{Anchor, Compare, Greed, Look, Op, Program, Repeat, Single, UNLIMITED};
use std::sync::atomic::Ordering;
use taipan_vm::exceptions::{PyResult, memory_error};
use taipan_vm::signals;
use taipan_vm::text::search::Unit;
use taipan_vm::thread::{EVAL_BREAKER, breaker};

/// No position.
pub const NONE: usize = usize::MAX;
/// A barrier that is no place to go on from.
const NOWHERE: u32 = u32::MAX;
/// Steps between looks at signals.
const STEPS: u32 = 1 << 14;

enum Entry {
    /// A place to go on from.
    Resume { pc: u32, pos: usize },
    /// A greedy single repeat that ends at `pos` and could end as early as `low`.
    Greedy { pc: u32, low: usize, pos: usize },
    /// A lazy single repeat that ends at `pos` and may take `left` more.
    Lazy { pc: u32, pos: usize, left: usize },
    Mark {
        index: u32,
        last_index: u32,
        old: usize,
    },
    Counter {
        slot: u32,
        count: usize,
        last: usize,
    },
    /// Begins a part that is matched on its own; if that fails, matching goes on at `pc`, if anywhere.
    Barrier {
        pc: u32,
        previous: usize,
        pos: usize,
    },
}

/// How often a loop's body was entered, and where the last turn started.
#[derive(Clone, Copy)]
struct Counter {
    count: usize,
    last: usize,
}

pub struct Matcher<'a, T> {
    program: &'a Program,
    /// Up to where matching may look.
    text: &'a [T],
    pub marks: Vec<usize>,
    /// The last group that was closed, or 0.
    pub last_index: u32,
    counters: Vec<Counter>,
    stack: Vec<Entry>,
    barrier: usize,
    steps: u32,
}

/// What counts as a match.
#[derive(Clone, Copy, Default)]
pub struct Demand {
    /// It has to reach the end of the text.
    pub full: bool,
    /// It must not end here.
    pub not_at: Option<usize>,
}

impl<'a, T: Unit> Matcher<'a, T> {
    pub fn new(program: &'a Program, text: &'a [T]) -> Matcher<'a, T> {
        Matcher {
            program,
            text,
            marks: vec![NONE; program.groups * 2],
            last_index: 0,
            counters: vec![
                Counter {
                    count: 0,
                    last: NONE
                };
                program.slots
            ],
            stack: Vec::new(),
            barrier: NONE,
            steps: STEPS,
        }
    }

    pub fn text(&self) -> &'a [T] {
        self.text
    }

    pub fn program(&self) -> &'a Program {
        self.program
    }

    /// Forgets the match before.
    pub fn reset(&mut self) {
        self.marks.fill(NONE);
        self.last_index = 0;
        self.stack.clear();
        self.barrier = NONE;
    }

    #[inline(always)]
    fn push(&mut self, entry: Entry) -> PyResult<()> {
        if self.stack.len() == self.stack.capacity() {
            self.grow()?;
        }
        self.stack.push(entry);
        Ok(())
    }

    #[cold]
    fn grow(&mut self) -> PyResult<()> {
        self.stack
            .try_reserve(self.stack.len().max(32))
            .map_err(|_| memory_error(""))
    }

    /// Lets signals through now and then.
    #[inline(always)]
    fn tick(&mut self) -> PyResult<()> {
        self.steps -= 1;
        if self.steps == 0 {
            return self.poll();
        }
        Ok(())
    }

    #[cold]
    fn poll(&mut self) -> PyResult<()> {
        self.steps = STEPS;
        if EVAL_BREAKER.load(Ordering::Relaxed) & breaker::SIGNAL != 0 {
            EVAL_BREAKER.fetch_and(!breaker::SIGNAL, Ordering::Relaxed);
            signals::run_handlers()?;
        }
        Ok(())
    }

    #[inline(always)]
    fn set(&self, index: u32) -> &'a Set {
        &self.program.sets[index as usize]
    }

    #[inline(always)]
    fn fits(&self, single: Single, point: u32) -> bool {
        match single {
            Single::Never => false,
            Single::All => true,
            Single::Any => !is_line_break(point),
            Single::Literal(literal) => point == literal,
            Single::NotLiteral(literal) => point != literal,
            Single::Set(index) => self.set(index).contains(point),
        }
    }

    #[inline(always)]
    fn fits_at(&self, single: Single, pos: usize) -> bool {
        match self.text.get(pos) {
            Some(&unit) => self.fits(single, unit.into()),
            None => false,
        }
    }

    /// How many characters from `pos` fit in a row, `max` at most.
    #[inline]
    fn count(&self, single: Single, pos: usize, max: u32) -> usize {
        let rest = &self.text[pos..];
        let rest = match max {
            UNLIMITED => rest,
            _ => &rest[..rest.len().min(max as usize)],
        };
        let end = match single {
            Single::Never => Some(0),
            Single::All => None,
            Single::Any => T::from_point(10).and_then(|feed| T::find(rest, feed)),
            Single::Literal(literal) => match T::from_point(literal) {
                Some(literal) => rest.iter().position(|&unit| unit != literal),
                None => Some(0),
            },
            Single::NotLiteral(literal) => {
                T::from_point(literal).and_then(|literal| T::find(rest, literal))
            }
            Single::Set(index) => {
                let set = self.set(index);
                rest.iter().position(|&unit| !set.contains(unit.into()))
            }
        };
        end.unwrap_or(rest.len())
    }

    /// The last position in `low..=high` where the text goes on as `look` says.
    #[inline]
    fn last_fit(&self, look: Look, low: usize, high: usize) -> Option<usize> {
        let Look::At(single) = look else {
            return Some(high);
        };
        let end = (high + 1).min(self.text.len());
        if low >= end {
            return None;
        }
        let part = &self.text[low..end];
        let at = match single {
            Single::Literal(literal) => T::rfind(part, T::from_point(literal)?)?,
            _ => part
                .iter()
                .rposition(|&unit| self.fits(single, unit.into()))?,
        };
        Some(low + at)
    }

    /// The first position from `pos` on where the text goes on as `look` says, taking up to `left` more
    /// characters; and how many are left then.
    #[inline]
    fn next_fit(
        &self,
        look: Look,
        single: Single,
        mut pos: usize,
        mut left: usize,
    ) -> Option<(usize, usize)> {
        let Look::At(wanted) = look else {
            return Some((pos, left));
        };
        loop {
            let point = (*self.text.get(pos)?).into();
            if self.fits(wanted, point) {
                return Some((pos, left));
            }
            if left == 0 || !self.fits(single, point) {
                return None;
            }
            pos += 1;
            left -= 1;
        }
    }

    fn look(&self, index: u32) -> Look {
        self.program
            .looks
            .get(index as usize)
            .copied()
            .unwrap_or(Look::Anything)
    }

    #[inline(always)]
    fn undo_mark(&mut self, index: u32, last_index: u32, old: usize) {
        self.marks[index as usize] = old;
        self.last_index = last_index;
    }

    /// Goes back to the last place to go on from: its operation and position.
    #[inline(always)]
    fn backtrack(&mut self) -> Option<(usize, usize)> {
        loop {
            match self.stack.pop()? {
                Entry::Resume { pc, pos } => return Some((pc as usize, pos)),
                Entry::Mark {
                    index,
                    last_index,
                    old,
                } => self.undo_mark(index, last_index, old),
                Entry::Counter { slot, count, last } => {
                    self.counters[slot as usize] = Counter { count, last }
                }
                Entry::Greedy { pc, low, pos } => {
                    let Op::RepeatSingle { look, .. } = self.program.ops[pc as usize] else {
                        continue;
                    };
                    if let Some(pos) = self.last_fit(self.look(look), low, pos - 1) {
                        if pos > low {
                            // There was an entry here, so there is room.
                            self.stack.push(Entry::Greedy { pc, low, pos });
                        }
                        return Some((pc as usize + 1, pos));
                    }
                }
                Entry::Lazy { pc, pos, left } => {
                    let Op::RepeatSingle { single, look, .. } = self.program.ops[pc as usize]
                    else {
                        continue;
                    };
                    if left == 0 || !self.fits_at(single, pos) {
                        continue;
                    }
                    let found = self.next_fit(self.look(look), single, pos + 1, left - 1);
                    if let Some((pos, left)) = found {
                        self.stack.push(Entry::Lazy { pc, pos, left });
                        return Some((pc as usize + 1, pos));
                    }
                }
                Entry::Barrier { pc, previous, pos } => {
                    self.barrier = previous;
                    if pc != NOWHERE {
                        return Some((pc as usize, pos));
                    }
                }
            }
        }
    }

    fn open(&mut self, pc: u32, pos: usize) -> PyResult<()> {
        let previous = self.barrier;
        self.push(Entry::Barrier { pc, previous, pos })?;
        self.barrier = self.stack.len() - 1;
        Ok(())
    }

    /// The part begun by the last barrier has matched: nothing in it is tried again. Returns where it
    /// began.
    fn close(&mut self) -> usize {
        let at = self.barrier;
        let Some(&Entry::Barrier { previous, pos, .. }) = self.stack.get(at) else {
            return 0;
        };
        self.barrier = previous;
        let mut keep = at;
        for index in at + 1..self.stack.len() {
            if matches!(
                self.stack[index],
                Entry::Mark { .. } | Entry::Counter { .. }
            ) {
                self.stack.swap(keep, index);
                keep += 1;
            }
        }
        self.stack.truncate(keep);
        pos
    }

    /// The part begun by the last barrier has matched and should not have: undoes all of it.
    fn abandon(&mut self) {
        while let Some(entry) = self.stack.pop() {
            match entry {
                Entry::Mark {
                    index,
                    last_index,
                    old,
                } => self.undo_mark(index, last_index, old),
                Entry::Counter { slot, count, last } => {
                    self.counters[slot as usize] = Counter { count, last }
                }
                Entry::Barrier { previous, .. } => {
                    self.barrier = previous;
                    return;
                }
                _ => {}
            }
        }
    }

    /// Sets a counter, remembering what it was.
    #[inline(always)]
    fn set_counter(&mut self, slot: u32, count: usize, last: usize) -> PyResult<()> {
        let old = self.counters[slot as usize];
        self.push(Entry::Counter {
            slot,
            count: old.count,
            last: old.last,
        })?;
        self.counters[slot as usize] = Counter { count, last };
        Ok(())
    }

    /// Has the loop to turn again, whatever follows? Turns that take nothing need not be repeated.
    fn below_min(counter: Counter, count: usize, repeat: Repeat, pos: usize) -> bool {
        count < repeat.min as usize && (count == 0 || counter.last != pos)
    }

    fn is_word_at(&self, pos: Option<usize>, word: fn(u32) -> bool) -> bool {
        pos.and_then(|pos| self.text.get(pos))
            .is_some_and(|&unit| word(unit.into()))
    }

    fn at_boundary(&self, pos: usize, word: fn(u32) -> bool) -> bool {
        self.is_word_at(pos.checked_sub(1), word) != self.is_word_at(Some(pos), word)
    }

    fn anchored(&self, anchor: Anchor, pos: usize) -> bool {
        let is_break = |pos: usize| {
            self.text
                .get(pos)
                .is_some_and(|&unit| is_line_break(unit.into()))
        };
        let end = self.text.len();
        match anchor {
            Anchor::Beginning => pos == 0,
            Anchor::BeginningOfLine => pos == 0 || is_break(pos - 1),
            Anchor::End => pos == end || (pos + 1 == end && is_break(pos)),
            Anchor::EndOfLine => pos == end || is_break(pos),
            Anchor::EndOfString => pos == end,
            Anchor::Boundary => self.at_boundary(pos, is_word_ascii),
            Anchor::NonBoundary => !self.at_boundary(pos, is_word_ascii),
            Anchor::LocaleBoundary => self.at_boundary(pos, is_word_locale),
            Anchor::LocaleNonBoundary => !self.at_boundary(pos, is_word_locale),
            Anchor::UnicodeBoundary => self.at_boundary(pos, is_word_unicode),
            Anchor::UnicodeNonBoundary => !self.at_boundary(pos, is_word_unicode),
        }
    }

    fn group(&self, group: u32) -> Option<(usize, usize)> {
        let start = self.marks[group as usize * 2];
        let end = self.marks[group as usize * 2 + 1];
        (start != NONE && end != NONE && start <= end).then_some((start, end))
    }

    /// The end of the same text as the group's, from `pos` on.
    fn after_group(&self, group: u32, compare: Compare, pos: usize) -> Option<usize> {
        let (start, end) = self.group(group)?;
        let length = end - start;
        if length > self.text.len() - pos {
            return None;
        }
        let (old, new) = (&self.text[start..end], &self.text[pos..pos + length]);
        let folded = |fold: fn(u32) -> u32| {
            old.iter()
                .zip(new)
                .all(|(&a, &b)| a == b || fold(a.into()) == fold(b.into()))
        };
        let same = match compare {
            Compare::Exact => old == new,
            Compare::Ascii => folded(lower_ascii),
            Compare::Locale => folded(lower_locale),
            Compare::Unicode => folded(lower_unicode),
        };
        same.then_some(pos + length)
    }

    /// Matches from `start` on: where the match ends. Marks are as they were if there is none.
    pub fn run(&mut self, start: usize, demand: Demand) -> PyResult<Option<usize>> {
        let program = self.program;
        let ops = &program.ops[..];
        let (mut pc, mut pos) = (0, start);
        loop {
            let ok = match &ops[pc] {
                &Op::Single(single) => {
                    let fits = self.fits_at(single, pos);
                    pos += usize::from(fits);
                    pc += 1;
                    fits
                }
                &Op::Mark(index) => {
                    let (old, last_index) = (self.marks[index as usize], self.last_index);
                    self.push(Entry::Mark {
                        index,
                        last_index,
                        old,
                    })?;
                    self.marks[index as usize] = pos;
                    if index % 2 == 1 {
                        self.last_index = index / 2 + 1;
                    }
                    pc += 1;
                    true
                }
                &Op::Jump(to) => {
                    pc = to as usize;
                    true
                }
                &Op::Alternative { look, looks, other } => {
                    if looks && !self.fits_at(look, pos) {
                        pc = other as usize;
                    } else {
                        self.push(Entry::Resume { pc: other, pos })?;
                        pc += 1;
                    }
                    true
                }
                &Op::RepeatSingle {
                    single,
                    min,
                    max,
                    greed,
                    look,
                } => {
                    let min = min as usize;
                    match greed {
                        Greed::Greedy => {
                            let count = self.count(single, pos, max);
                            let fit = match count >= min {
                                true => self.last_fit(self.look(look), pos + min, pos + count),
                                false => None,
                            };
                            match fit {
                                Some(end) => {
                                    let low = pos + min;
                                    if end > low {
                                        self.push(Entry::Greedy {
                                            pc: pc as u32,
                                            low,
                                            pos: end,
                                        })?;
                                    }
                                    pos = end;
                                    pc += 1;
                                    true
                                }
                                None => false,
                            }
                        }
                        Greed::Possessive => {
                            let count = self.count(single, pos, max);
                            pos += count;
                            pc += 1;
                            count >= min
                        }
                        Greed::Lazy => {
                            let left = match max {
                                UNLIMITED => usize::MAX,
                                _ => max as usize - min,
                            };
                            let enough = min == 0
                                || self.count(single, pos, min.min(u32::MAX as usize - 1) as u32)
                                    >= min;
                            let fit = match enough {
                                true => self.next_fit(self.look(look), single, pos + min, left),
                                false => None,
                            };
                            match fit {
                                Some((end, left)) => {
                                    self.push(Entry::Lazy {
                                        pc: pc as u32,
                                        pos: end,
                                        left,
                                    })?;
                                    pos = end;
                                    pc += 1;
                                    true
                                }
                                None => false,
                            }
                        }
                    }
                }
                &Op::At(anchor) => {
                    pc += 1;
                    self.anchored(anchor, pos)
                }
                Op::Fail => false,
                Op::Success => {
                    if (demand.full && pos != self.text.len()) || demand.not_at == Some(pos) {
                        false
                    } else {
                        return Ok(Some(pos));
                    }
                }
                &Op::RepeatStart { slot, until } => {
                    // The first arrival at the loop's end counts as the turn before the first.
                    self.set_counter(slot, usize::MAX, NONE)?;
                    pc = until as usize;
                    true
                }
                &Op::MaxUntil(repeat) => {
                    self.tick()?;
                    let counter = self.counters[repeat.slot as usize];
                    let count = counter.count.wrapping_add(1);
                    if Self::below_min(counter, count, repeat, pos) {
                        self.set_counter(repeat.slot, count, pos)?;
                        pc = repeat.body as usize;
                    } else if below(count, repeat.max) && pos != counter.last {
                        self.push(Entry::Resume {
                            pc: pc as u32 + 1,
                            pos,
                        })?;
                        self.set_counter(repeat.slot, count, pos)?;
                        pc = repeat.body as usize;
                    } else {
                        pc += 1;
                    }
                    true
                }
                &Op::MinUntil(repeat) => {
                    self.tick()?;
                    let counter = self.counters[repeat.slot as usize];
                    let count = counter.count.wrapping_add(1);
                    if Self::below_min(counter, count, repeat, pos) {
                        self.set_counter(repeat.slot, count, pos)?;
                        pc = repeat.body as usize;
                    } else {
                        if below(count, repeat.max) && pos != counter.last {
                            self.push(Entry::Resume {
                                pc: pc as u32 + 1,
                                pos,
                            })?;
                        }
                        pc += 2;
                    }
                    true
                }
                &Op::MinBody(repeat) => {
                    let count = self.counters[repeat.slot as usize].count.wrapping_add(1);
                    self.set_counter(repeat.slot, count, pos)?;
                    pc = repeat.body as usize;
                    true
                }
                &Op::PossessiveStart { slot } => {
                    self.set_counter(slot, 0, NONE)?;
                    pc += 1;
                    true
                }
                &Op::PossessiveLoop { repeat, end } => {
                    self.tick()?;
                    let counter = self.counters[repeat.slot as usize];
                    let must = Self::below_min(counter, counter.count, repeat, pos);
                    if must || (below(counter.count, repeat.max) && pos != counter.last) {
                        self.set_counter(repeat.slot, counter.count, pos)?;
                        self.open(if must { NOWHERE } else { end }, pos)?;
                        pc = repeat.body as usize;
                    } else {
                        pc = end as usize;
                    }
                    true
                }
                &Op::PossessiveEnd { slot, head } => {
                    self.close();
                    let counter = self.counters[slot as usize];
                    self.set_counter(slot, counter.count.saturating_add(1), counter.last)?;
                    pc = head as usize;
                    true
                }
                Op::AtomicStart => {
                    self.open(NOWHERE, pos)?;
                    pc += 1;
                    true
                }
                Op::AtomicEnd => {
                    self.close();
                    pc += 1;
                    true
                }
                &Op::AssertStart { back } => match pos.checked_sub(back as usize) {
                    Some(from) => {
                        self.open(NOWHERE, pos)?;
                        pos = from;
                        pc += 1;
                        true
                    }
                    None => false,
                },
                Op::AssertEnd => {
                    pos = self.close();
                    pc += 1;
                    true
                }
                &Op::AssertNotStart { back, end } => {
                    match pos.checked_sub(back as usize) {
                        Some(from) => {
                            self.open(end, pos)?;
                            pos = from;
                            pc += 1;
                        }
                        None => pc = end as usize,
                    }
                    true
                }
                Op::AssertNotEnd => {
                    self.abandon();
                    false
                }
                &Op::GroupRef { group, compare } => match self.after_group(group, compare, pos) {
                    Some(end) => {
                        pos = end;
                        pc += 1;
                        true
                    }
                    None => false,
                },
                &Op::IfGroup { group, otherwise } => {
                    pc = match self.group(group) {
                        Some(_) => pc + 1,
                        None => otherwise as usize,
                    };
                    true
                }
            };
            if !ok {
                self.tick()?;
                match self.backtrack() {
                    Some(place) => (pc, pos) = place,
                    None => return Ok(None),
                }
            }
        }
    }
}
