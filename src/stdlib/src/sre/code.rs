//! From the code that `re._compiler` makes to a [`Program`].
//!
//! The code comes from outside, so everything is checked on the way: skips stay inside their part,
//! jumps of alternatives meet, groups exist. Whatever does not fit is "invalid SRE code".

use super::charset::{Category, Fold, Item, Set};
use super::program::{
    Anchor, Compare, FirstSet, Greed, Look, Op, Program, Repeat, Single, Start, UNLIMITED,
};
use taipan_vm::abstract_ops::enter_native;
use taipan_vm::exceptions::{PyResult, Raised, runtime_error};

/// The operations, in the order of `re._constants.OPCODES`.
mod op {
    pub const FAILURE: u32 = 0;
    pub const SUCCESS: u32 = 1;
    pub const ANY: u32 = 2;
    pub const ANY_ALL: u32 = 3;
    pub const ASSERT: u32 = 4;
    pub const ASSERT_NOT: u32 = 5;
    pub const AT: u32 = 6;
    pub const BRANCH: u32 = 7;
    pub const CATEGORY: u32 = 8;
    pub const CHARSET: u32 = 9;
    pub const BIGCHARSET: u32 = 10;
    pub const GROUPREF: u32 = 11;
    pub const GROUPREF_EXISTS: u32 = 12;
    pub const IN: u32 = 13;
    pub const INFO: u32 = 14;
    pub const JUMP: u32 = 15;
    pub const LITERAL: u32 = 16;
    pub const MARK: u32 = 17;
    pub const MAX_UNTIL: u32 = 18;
    pub const MIN_UNTIL: u32 = 19;
    pub const NOT_LITERAL: u32 = 20;
    pub const NEGATE: u32 = 21;
    pub const RANGE: u32 = 22;
    pub const REPEAT: u32 = 23;
    pub const REPEAT_ONE: u32 = 24;
    pub const MIN_REPEAT_ONE: u32 = 26;
    pub const ATOMIC_GROUP: u32 = 27;
    pub const POSSESSIVE_REPEAT: u32 = 28;
    pub const POSSESSIVE_REPEAT_ONE: u32 = 29;
    pub const GROUPREF_IGNORE: u32 = 30;
    pub const IN_IGNORE: u32 = 31;
    pub const LITERAL_IGNORE: u32 = 32;
    pub const NOT_LITERAL_IGNORE: u32 = 33;
    pub const GROUPREF_LOC_IGNORE: u32 = 34;
    pub const IN_LOC_IGNORE: u32 = 35;
    pub const LITERAL_LOC_IGNORE: u32 = 36;
    pub const NOT_LITERAL_LOC_IGNORE: u32 = 37;
    pub const GROUPREF_UNI_IGNORE: u32 = 38;
    pub const IN_UNI_IGNORE: u32 = 39;
    pub const LITERAL_UNI_IGNORE: u32 = 40;
    pub const NOT_LITERAL_UNI_IGNORE: u32 = 41;
    pub const RANGE_UNI_IGNORE: u32 = 42;
}

/// Flags of `INFO`.
const INFO_PREFIX: u32 = 1;
const INFO_LITERAL: u32 = 2;
const INFO_CHARSET: u32 = 4;

/// Groups a pattern may have.
pub const MAX_GROUPS: u32 = i32::MAX as u32 / 2;

#[cold]
fn invalid() -> Raised {
    runtime_error("invalid SRE code")
}

fn ensure(fits: bool) -> PyResult<()> {
    if fits { Ok(()) } else { Err(invalid()) }
}

/// Reads code from `at` up to `end`.
#[derive(Clone, Copy)]
struct Reader<'a> {
    code: &'a [u32],
    at: usize,
    end: usize,
}

impl<'a> Reader<'a> {
    fn is_done(&self) -> bool {
        self.at >= self.end
    }
    fn next(&mut self) -> PyResult<u32> {
        if self.at >= self.end {
            return Err(invalid());
        }
        self.at += 1;
        Ok(self.code[self.at - 1])
    }
    fn take(&mut self, count: usize) -> PyResult<&'a [u32]> {
        if count > self.end.saturating_sub(self.at) {
            return Err(invalid());
        }
        self.at += count;
        Ok(&self.code[self.at - count..self.at])
    }
    /// A skip counted from its own place: the absolute target. Nothing is read beyond it.
    fn target(&mut self) -> PyResult<usize> {
        let from = self.at;
        let skip = self.next()? as usize;
        if skip > self.end - from {
            return Err(invalid());
        }
        Ok(from + skip)
    }
    /// The part up to `end`, which this reader then stands at.
    fn part(&mut self, end: usize) -> PyResult<Reader<'a>> {
        ensure(end >= self.at && end <= self.end)?;
        let part = Reader {
            code: self.code,
            at: self.at,
            end,
        };
        self.at = end;
        Ok(part)
    }
}

struct Lowering {
    program: Program,
    prefix: Option<(Box<[u32]>, bool)>,
}

/// Checks the code and turns it into a program.
pub fn lower(code: &[u32], groups: u32) -> PyResult<Program> {
    ensure(groups <= MAX_GROUPS && code.last() == Some(&op::SUCCESS))?;
    let mut lowering = Lowering {
        program: Program {
            ops: Vec::new(),
            sets: Vec::new(),
            looks: Vec::new(),
            slots: 0,
            groups: groups as usize,
            min_width: 0,
            start: Start::Anywhere,
            finder: Default::default(),
        },
        prefix: None,
    };
    let reader = Reader {
        code,
        at: 0,
        end: code.len() - 1,
    };
    lowering.sequence(reader)?;
    lowering.emit(Op::Success)?;
    Ok(lowering.finish())
}

impl Lowering {
    fn finish(mut self) -> Program {
        self.look_ahead();
        let anchored = matches!(self.program.ops.first(), Some(Op::At(Anchor::Beginning)));
        self.program.start = match (self.prefix, self.program.first_set(0, &mut 256)) {
            _ if anchored => Start::Anchored,
            (Some((text, whole)), _) => Start::Prefix { text, whole },
            (None, Some(first)) if first != FirstSet::ALL => {
                let members = first.members();
                if !first.wide && (1..=3).contains(&members.len()) {
                    Start::OneOf(members)
                } else {
                    Start::First(first)
                }
            }
            _ => Start::Anywhere,
        };
        self.program
    }

    /// Fills in what repeated characters and alternatives are followed by.
    fn look_ahead(&mut self) {
        let ops = &mut self.program.ops;
        for at in 0..ops.len() {
            let next = match ops.get(at + 1) {
                Some(Op::Single(single)) => Some(*single),
                Some(&Op::RepeatSingle { single, min, .. }) if min > 0 => Some(single),
                // A group that starts with a character.
                Some(Op::Mark(_)) => match ops.get(at + 2) {
                    Some(Op::Single(single)) => Some(*single),
                    _ => None,
                },
                _ => None,
            };
            match &mut ops[at] {
                Op::RepeatSingle { look, .. } => {
                    *look = self.program.looks.len() as u32;
                    self.program.looks.push(match next {
                        Some(single) => Look::At(single),
                        None => Look::Anything,
                    });
                }
                Op::Alternative { look, looks, .. } => {
                    if let Some(single) = next {
                        (*look, *looks) = (single, true);
                    }
                }
                _ => {}
            }
        }
    }

    fn here(&self) -> u32 {
        self.program.ops.len() as u32
    }

    fn emit(&mut self, op: Op) -> PyResult<usize> {
        if self.program.ops.len() >= u32::MAX as usize {
            return Err(invalid());
        }
        self.program.ops.push(op);
        Ok(self.program.ops.len() - 1)
    }

    fn slot(&mut self) -> u32 {
        self.program.slots += 1;
        self.program.slots as u32 - 1
    }

    fn set(&mut self, items: Vec<Item>, fold: Fold) -> Single {
        self.program.sets.push(Set::new(items, fold));
        Single::Set(self.program.sets.len() as u32 - 1)
    }

    fn single(&mut self, single: Single) -> PyResult<()> {
        self.emit(Op::Single(single)).map(drop)
    }

    /// Operations up to the end of the part.
    fn sequence(&mut self, mut reader: Reader) -> PyResult<()> {
        let _guard = enter_native(" during compilation of a pattern")?;
        while !reader.is_done() {
            self.operation(&mut reader)?;
        }
        Ok(())
    }

    fn operation(&mut self, reader: &mut Reader) -> PyResult<()> {
        match reader.next()? {
            op::FAILURE => self.single(Single::Never),
            op::SUCCESS => self.emit(Op::Success).map(drop),
            op::ANY => self.single(Single::Any),
            op::ANY_ALL => self.single(Single::All),
            op::LITERAL => {
                let point = reader.next()?;
                self.single(Single::Literal(point))
            }
            op::NOT_LITERAL => {
                let point = reader.next()?;
                self.single(Single::NotLiteral(point))
            }
            op::LITERAL_IGNORE => self.folded(reader, Fold::Ascii, false),
            op::NOT_LITERAL_IGNORE => self.folded(reader, Fold::Ascii, true),
            op::LITERAL_UNI_IGNORE => self.folded(reader, Fold::Unicode, false),
            op::NOT_LITERAL_UNI_IGNORE => self.folded(reader, Fold::Unicode, true),
            op::LITERAL_LOC_IGNORE => self.folded(reader, Fold::Locale, false),
            op::NOT_LITERAL_LOC_IGNORE => self.folded(reader, Fold::Locale, true),
            op::CATEGORY => {
                let category = Category::from_code(reader.next()?).ok_or_else(invalid)?;
                let single = self.set(vec![Item::Category(category)], Fold::None);
                self.single(single)
            }
            op::IN => self.charset(reader, Fold::None),
            op::IN_IGNORE => self.charset(reader, Fold::Ascii),
            op::IN_UNI_IGNORE => self.charset(reader, Fold::Unicode),
            op::IN_LOC_IGNORE => self.charset(reader, Fold::Locale),
            op::AT => {
                let anchor = match reader.next()? {
                    0 | 2 => Anchor::Beginning,
                    1 => Anchor::BeginningOfLine,
                    3 => Anchor::Boundary,
                    4 => Anchor::NonBoundary,
                    5 => Anchor::End,
                    6 => Anchor::EndOfLine,
                    7 => Anchor::EndOfString,
                    8 => Anchor::LocaleBoundary,
                    9 => Anchor::LocaleNonBoundary,
                    10 => Anchor::UnicodeBoundary,
                    11 => Anchor::UnicodeNonBoundary,
                    _ => return Err(invalid()),
                };
                self.emit(Op::At(anchor)).map(drop)
            }
            op::MARK => {
                let mark = reader.next()?;
                ensure((mark as usize) < 2 * self.program.groups)?;
                self.emit(Op::Mark(mark)).map(drop)
            }
            op::INFO => self.info(reader),
            op::BRANCH => self.branch(reader),
            op::REPEAT_ONE => self.repeat_one(reader, Greed::Greedy),
            op::MIN_REPEAT_ONE => self.repeat_one(reader, Greed::Lazy),
            op::POSSESSIVE_REPEAT_ONE => self.repeat_one(reader, Greed::Possessive),
            op::REPEAT => self.repeat(reader),
            op::POSSESSIVE_REPEAT => self.possessive_repeat(reader),
            op::ATOMIC_GROUP => {
                let target = reader.target()?;
                self.emit(Op::AtomicStart)?;
                let body = reader.part(target.checked_sub(1).ok_or_else(invalid)?)?;
                self.sequence(body)?;
                ensure(reader.next()? == op::SUCCESS)?;
                self.emit(Op::AtomicEnd).map(drop)
            }
            op::GROUPREF => self.group_ref(reader, Compare::Exact),
            op::GROUPREF_IGNORE => self.group_ref(reader, Compare::Ascii),
            op::GROUPREF_LOC_IGNORE => self.group_ref(reader, Compare::Locale),
            op::GROUPREF_UNI_IGNORE => self.group_ref(reader, Compare::Unicode),
            op::GROUPREF_EXISTS => self.if_group(reader),
            op::ASSERT => self.assertion(reader, false),
            op::ASSERT_NOT => self.assertion(reader, true),
            _ => Err(invalid()),
        }
    }

    fn folded(&mut self, reader: &mut Reader, fold: Fold, negated: bool) -> PyResult<()> {
        let literal = Item::Literal(reader.next()?);
        let items = match negated {
            true => vec![Item::Negate, literal],
            false => vec![literal],
        };
        let single = self.set(items, fold);
        self.single(single)
    }

    /// The items of a set up to the reader's end.
    fn items(reader: &mut Reader) -> PyResult<Vec<Item>> {
        let mut items = Vec::new();
        while !reader.is_done() {
            items.push(match reader.next()? {
                op::NEGATE => Item::Negate,
                op::LITERAL => Item::Literal(reader.next()?),
                op::RANGE => Item::Range(reader.next()?, reader.next()?),
                op::RANGE_UNI_IGNORE => Item::RangeIgnoreCase(reader.next()?, reader.next()?),
                op::CATEGORY => {
                    Item::Category(Category::from_code(reader.next()?).ok_or_else(invalid)?)
                }
                op::CHARSET => Item::Bitmap(reader.take(8)?.into()),
                op::BIGCHARSET => {
                    let count = reader.next()? as usize;
                    let blocks: Box<[u8]> = reader
                        .take(64)?
                        .iter()
                        .flat_map(|word| word.to_ne_bytes())
                        .collect();
                    ensure(blocks.iter().all(|&block| usize::from(block) < count))?;
                    let words = count.checked_mul(8).ok_or_else(invalid)?;
                    Item::Blocks(blocks, reader.take(words)?.into())
                }
                _ => return Err(invalid()),
            });
        }
        Ok(items)
    }

    fn charset(&mut self, reader: &mut Reader, fold: Fold) -> PyResult<()> {
        let target = reader.target()?;
        let mut part = reader.part(target.checked_sub(1).ok_or_else(invalid)?)?;
        let items = Self::items(&mut part)?;
        ensure(reader.next()? == op::FAILURE)?;
        let single = self.set(items, fold);
        self.single(single)
    }

    fn info(&mut self, reader: &mut Reader) -> PyResult<()> {
        let target = reader.target()?;
        let mut part = reader.part(target)?;
        let first = self.program.ops.is_empty();
        let (flags, min, _max) = (part.next()?, part.next()?, part.next()?);
        ensure(flags & !(INFO_PREFIX | INFO_LITERAL | INFO_CHARSET) == 0)?;
        ensure(flags & INFO_PREFIX == 0 || flags & INFO_CHARSET == 0)?;
        ensure(flags & INFO_LITERAL == 0 || flags & INFO_PREFIX != 0)?;
        if first {
            self.program.min_width = min as usize;
        }
        if flags & INFO_PREFIX != 0 {
            let length = part.next()? as usize;
            let _skip = part.next()?;
            let text: Box<[u32]> = part.take(length)?.into();
            let overlap = part.take(length)?;
            ensure(overlap.iter().all(|&entry| (entry as usize) < length))?;
            if first && !text.is_empty() {
                self.prefix = Some((text, flags & INFO_LITERAL != 0));
            }
        }
        if flags & INFO_CHARSET != 0 {
            ensure(part.end > part.at)?;
            let end = part.end - 1;
            let mut items = part.part(end)?;
            Self::items(&mut items)?;
            ensure(part.next()? == op::FAILURE)?;
        }
        ensure(part.is_done())
    }

    fn branch(&mut self, reader: &mut Reader) -> PyResult<()> {
        let mut meeting = None;
        let mut jumps = Vec::new();
        let mut previous: Option<usize> = None;
        loop {
            let target = reader.target()?;
            if target + 1 == reader.at {
                break;
            }
            // Each alternative ends with a jump of two words.
            let body = reader.part(target.checked_sub(2).ok_or_else(invalid)?)?;
            if let Some(previous) = previous {
                self.patch_alternative(previous);
            }
            previous = Some(self.emit(Op::Alternative {
                look: Single::Never,
                looks: false,
                other: 0,
            })?);
            self.sequence(body)?;
            ensure(reader.next()? == op::JUMP)?;
            let end = reader.target()?;
            ensure(*meeting.get_or_insert(end) == end)?;
            jumps.push(self.emit(Op::Jump(0))?);
        }
        ensure(meeting.is_none_or(|meeting| meeting == reader.at))?;
        let Some(previous) = previous else {
            return self.single(Single::Never);
        };
        // Nothing is left to try after the last one.
        self.patch_alternative(previous);
        self.emit(Op::Fail)?;
        let here = self.here();
        for jump in jumps {
            self.program.ops[jump] = Op::Jump(here);
        }
        Ok(())
    }

    fn patch_alternative(&mut self, at: usize) {
        let here = self.here();
        if let Op::Alternative { other, .. } = &mut self.program.ops[at] {
            *other = here;
        }
    }

    fn bounds(reader: &mut Reader) -> PyResult<(u32, u32)> {
        let (min, max) = (reader.next()?, reader.next()?);
        ensure(min <= max)?;
        Ok((min, max))
    }

    fn repeat_one(&mut self, reader: &mut Reader, greed: Greed) -> PyResult<()> {
        let target = reader.target()?;
        let (min, max) = Self::bounds(reader)?;
        let body = reader.part(target.checked_sub(1).ok_or_else(invalid)?)?;
        let start = self.program.ops.len();
        self.sequence(body)?;
        ensure(reader.next()? == op::SUCCESS)?;
        if let Some(&Op::Single(single)) = self.program.ops.get(start)
            && self.program.ops.len() == start + 1
        {
            self.program.ops[start] = Op::RepeatSingle {
                single,
                min,
                max,
                greed,
                look: 0,
            };
            return Ok(());
        }
        // The compiler makes this of single characters only; other code is a loop as any.
        self.program.ops.truncate(start);
        match greed {
            Greed::Possessive => self.possessive_loop(body, min, max),
            _ => self.counted_loop(body, min, max, greed),
        }
    }

    fn repeat(&mut self, reader: &mut Reader) -> PyResult<()> {
        let target = reader.target()?;
        let (min, max) = Self::bounds(reader)?;
        let body = reader.part(target)?;
        let greed = match reader.next()? {
            op::MAX_UNTIL => Greed::Greedy,
            op::MIN_UNTIL => Greed::Lazy,
            _ => return Err(invalid()),
        };
        self.counted_loop(body, min, max, greed)
    }

    fn counted_loop(&mut self, body: Reader, min: u32, max: u32, greed: Greed) -> PyResult<()> {
        let slot = self.slot();
        let start = self.emit(Op::Fail)?;
        let repeat = Repeat {
            slot,
            min,
            max,
            body: self.here(),
        };
        self.sequence(body)?;
        let until = self.emit(match greed {
            Greed::Lazy => Op::MinUntil(repeat),
            _ => Op::MaxUntil(repeat),
        })? as u32;
        if greed == Greed::Lazy {
            self.emit(Op::MinBody(repeat))?;
        }
        self.program.ops[start] = Op::RepeatStart { slot, until };
        Ok(())
    }

    fn possessive_repeat(&mut self, reader: &mut Reader) -> PyResult<()> {
        let target = reader.target()?;
        let (min, max) = Self::bounds(reader)?;
        let body = reader.part(target)?;
        ensure(reader.next()? == op::SUCCESS)?;
        self.possessive_loop(body, min, max)
    }

    fn possessive_loop(&mut self, body: Reader, min: u32, max: u32) -> PyResult<()> {
        let slot = self.slot();
        self.emit(Op::PossessiveStart { slot })?;
        let head = self.emit(Op::Fail)?;
        let repeat = Repeat {
            slot,
            min,
            max,
            body: self.here(),
        };
        self.sequence(body)?;
        self.emit(Op::PossessiveEnd {
            slot,
            head: head as u32,
        })?;
        let end = self.here();
        self.program.ops[head] = Op::PossessiveLoop { repeat, end };
        Ok(())
    }

    fn group(&self, reader: &mut Reader) -> PyResult<u32> {
        let group = reader.next()?;
        ensure((group as usize) < self.program.groups)?;
        Ok(group)
    }

    fn group_ref(&mut self, reader: &mut Reader, compare: Compare) -> PyResult<()> {
        let group = self.group(reader)?;
        self.emit(Op::GroupRef { group, compare }).map(drop)
    }

    fn if_group(&mut self, reader: &mut Reader) -> PyResult<()> {
        let group = self.group(reader)?;
        // The skip counts from the group's number.
        let from = reader.at - 1;
        let target = from + reader.next()? as usize;
        ensure(target >= reader.at && target <= reader.end)?;
        let test = self.emit(Op::Fail)?;
        // With a "no" part, "yes" ends with a jump over it, by two words at least. No other operation ends
        // like that: where its last operand but one reads as a jump, the last is `FAILURE` or `SUCCESS`.
        let jump = target.checked_sub(2).filter(|&at| {
            at >= reader.at && reader.code[at] == op::JUMP && reader.code[at + 1] >= 2
        });
        let yes = reader.part(jump.unwrap_or(target))?;
        self.sequence(yes)?;
        let mut otherwise = self.here();
        if jump.is_some() {
            reader.next()?;
            let end = reader.target()?;
            let jump = self.emit(Op::Fail)?;
            otherwise = self.here();
            let no = reader.part(end)?;
            self.sequence(no)?;
            self.program.ops[jump] = Op::Jump(self.here());
        }
        self.program.ops[test] = Op::IfGroup { group, otherwise };
        Ok(())
    }

    fn assertion(&mut self, reader: &mut Reader, negative: bool) -> PyResult<()> {
        let target = reader.target()?;
        let back = reader.next()?;
        let body = reader.part(target.checked_sub(1).ok_or_else(invalid)?)?;
        let start = self.emit(match negative {
            true => Op::AssertNotStart { back, end: 0 },
            false => Op::AssertStart { back },
        })?;
        self.sequence(body)?;
        ensure(reader.next()? == op::SUCCESS)?;
        self.emit(match negative {
            true => Op::AssertNotEnd,
            false => Op::AssertEnd,
        })?;
        if negative {
            let end = self.here();
            self.program.ops[start] = Op::AssertNotStart { back, end };
        }
        Ok(())
    }
}

/// Does the loop go on without end?
pub fn below(count: usize, max: u32) -> bool {
    max == UNLIMITED || count < max as usize
}
