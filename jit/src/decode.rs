//! Bytecode from one entry: instructions with their whole operands, blocks, and their order.

use crate::bailout::Bailout;
use rustc_hash::FxHashMap as HashMap;
use std::collections::{BTreeMap, BTreeSet};
use taipan_bytecode::Opcode;

#[derive(Clone, Copy, Debug)]
pub struct Instruction {
    /// Where it starts, `EXTENDED_ARG`s included: what the interpreter goes on at.
    pub start: u32,
    /// The instruction proper.
    pub at: u32,
    pub op: Opcode,
    pub oparg: u32,
    pub next: u32,
}

impl Instruction {
    /// Where it may go on: by falling through, by jumping.
    pub fn successors(&self) -> (Option<u32>, Option<u32>) {
        use Opcode::*;
        match self.op.deopt() {
            JUMP_FORWARD => (None, Some(self.next + self.oparg)),
            JUMP_BACKWARD | JUMP_BACKWARD_NO_INTERRUPT => (None, self.next.checked_sub(self.oparg)),
            POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE | POP_JUMP_IF_NONE | POP_JUMP_IF_NOT_NONE => {
                (Some(self.next), Some(self.next + self.oparg))
            }
            // An exhausted iterator skips END_FOR.
            FOR_ITER => (Some(self.next), Some(self.next + self.oparg + 1)),
            SEND => (Some(self.next), Some(self.next + self.oparg)),
            op if leaves(op) => (None, None),
            _ => (Some(self.next), None),
        }
    }
    pub fn ends_block(&self) -> bool {
        let (fall, jump) = self.successors();
        jump.is_some() || fall.is_none()
    }
}

/// Instructions that only the interpreter performs, and that end the native path.
pub fn leaves(op: Opcode) -> bool {
    use Opcode::*;
    matches!(
        op,
        RETURN_VALUE
            | RETURN_GENERATOR
            | RAISE_VARARGS
            | RERAISE
            | END_ASYNC_FOR
            | CLEANUP_THROW
            | EXIT_INIT_CHECK
            | INTERPRETER_EXIT
            | PUSH_EXC_INFO
            | POP_EXCEPT
            | CHECK_EXC_MATCH
            | CHECK_EG_MATCH
            | WITH_EXCEPT_START
            | GET_AITER
            | GET_ANEXT
            | CACHE
            | RESERVED
            | ENTER_EXECUTOR
            | INSTRUMENTED_LINE
            | INSTRUMENTED_INSTRUCTION
    )
}

pub struct Decoded {
    pub instructions: HashMap<u32, Instruction>,
    /// Block starts in reverse postorder; the first is the entry.
    pub order: Vec<u32>,
    /// Place in `order`.
    pub place: HashMap<u32, usize>,
    /// Blocks that a later one jumps to.
    pub headers: BTreeSet<u32>,
    pub leaders: BTreeSet<u32>,
    /// What instructions jump to.
    pub targets: BTreeSet<u32>,
    /// Of a large piece of code that is entered at a loop's header: the blocks of the outermost loop around it, or of the
    /// loop itself where that one is large too. What is behind it would cost more to compile than it gains: its own
    /// loops get units of their own, as the loops around this one do.
    nest: Option<BTreeSet<u32>>,
    /// Innermost loops whose first round is built apart: headers, and blocks in `order`.
    pub peelable: BTreeMap<u32, Vec<u32>>,
}

impl Decoded {
    /// The instructions of a block.
    pub fn block(&self, start: u32) -> impl Iterator<Item = &Instruction> {
        let mut next = Some(start);
        std::iter::from_fn(move || {
            let instruction = &self.instructions[&next?];
            next = match instruction.successors() {
                (Some(fall), None) if !self.leaders.contains(&fall) => Some(fall),
                _ => None,
            };
            Some(instruction)
        })
    }
    /// The blocks to which one leads.
    pub fn successors(&self, start: u32) -> Vec<u32> {
        match self.block(start).last().map(Instruction::successors) {
            Some((fall, jump)) => [jump, fall].into_iter().flatten().collect(),
            None => Vec::new(),
        }
    }
    /// Is this block left to the interpreter because it follows the loops that the unit is for?
    pub fn is_behind_nest(&self, block: u32) -> bool {
        self.nest
            .as_ref()
            .is_some_and(|nest| !nest.contains(&block))
    }
}

/// Instructions up to which code is built to its end.
const SMALL: usize = 150;

/// Instructions up to which all loops around the one that is entered are built with it.
const SMALL_NEST: usize = 400;

/// Most instructions that are looked at for a unit.
const LIMIT: usize = 20_000;

fn decode_one(units: &[u16], start: u32) -> Option<Instruction> {
    let mut at = start;
    let mut oparg = 0u32;
    loop {
        let word = *units.get(at as usize)?;
        let op = Opcode::from_u8(word as u8)?;
        oparg = oparg << 8 | (word >> 8) as u32;
        if op == Opcode::EXTENDED_ARG {
            at += 1;
            continue;
        }
        let next = at + 1 + op.caches() as u32;
        return Some(Instruction {
            start,
            at,
            op,
            oparg,
            next,
        });
    }
}

pub fn decode(units: &[u16], entry: u32) -> Result<Decoded, Bailout> {
    let mut instructions = HashMap::default();
    let mut leaders = BTreeSet::from([entry]);
    let mut targets = BTreeSet::new();
    let mut work = vec![entry];
    while let Some(start) = work.pop() {
        if instructions.contains_key(&start) {
            continue;
        }
        let instruction = decode_one(units, start).ok_or(Bailout::Malformed)?;
        instructions.insert(start, instruction);
        if instructions.len() > LIMIT {
            return Err(Bailout::TooBig);
        }
        let (fall, jump) = instruction.successors();
        if instruction.ends_block() {
            leaders.extend(fall);
        }
        leaders.extend(jump);
        targets.extend(jump);
        work.extend(fall);
        work.extend(jump);
    }
    let mut decoded = Decoded {
        instructions,
        order: Vec::new(),
        place: HashMap::default(),
        headers: BTreeSet::new(),
        leaders,
        targets,
        nest: None,
        peelable: BTreeMap::new(),
    };
    // Depth-first, without recursion: a block is finished after its successors.
    let block_successors = |block: u32| decoded.successors(block);
    let mut seen = BTreeSet::from([entry]);
    let mut finished = Vec::new();
    let mut stack = vec![(entry, block_successors(entry))];
    while let Some((block, successors)) = stack.last_mut() {
        match successors.pop() {
            Some(next) => {
                if seen.insert(next) {
                    let more = block_successors(next);
                    stack.push((next, more));
                }
            }
            None => {
                finished.push(*block);
                stack.pop();
            }
        }
    }
    finished.reverse();
    let place: HashMap<u32, usize> = finished.iter().enumerate().map(|(i, b)| (*b, i)).collect();
    let mut headers = BTreeSet::new();
    for block in &finished {
        for next in block_successors(*block) {
            if place[&next] <= place[block] {
                headers.insert(next);
            }
        }
    }
    let large = decoded.instructions.len() > SMALL && headers.contains(&entry);
    let nest = large.then(|| {
        let mut nest = BTreeSet::from([entry]);
        loop {
            let before = nest.len();
            for block in finished.iter().rev() {
                if block_successors(*block).iter().any(|b| nest.contains(b)) {
                    nest.insert(*block);
                }
            }
            if nest.len() == before {
                break;
            }
        }
        let length = |blocks: &BTreeSet<u32>| -> usize {
            blocks.iter().map(|b| decoded.block(*b).count()).sum()
        };
        if length(&nest) <= SMALL_NEST {
            return nest;
        }
        // The loop itself: what leads to its jumps back, and not through its header.
        let mut own = BTreeSet::from([entry]);
        let jumps_back = |block: &u32| {
            let last = decoded.block(*block).last();
            last.is_some_and(|last| last.start > entry && last.successors().1 == Some(entry))
        };
        own.extend(finished.iter().copied().filter(jumps_back));
        loop {
            let before = own.len();
            for block in finished.iter().rev() {
                let within = |b: &u32| *b != entry && own.contains(b);
                if block_successors(*block).iter().any(within) {
                    own.insert(*block);
                }
            }
            if own.len() == before {
                return own;
            }
        }
    });
    decoded.order = finished;
    decoded.place = place;
    decoded.headers = headers;
    decoded.nest = nest;
    decoded.peelable = crate::loops::peelable(&decoded);
    Ok(decoded)
}

#[cfg(test)]
mod tests;
