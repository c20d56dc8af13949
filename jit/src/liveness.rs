//! Which variables the code behind an entry reads before it writes them.
//!
//! Only for choosing what is worth a guard at the entry: a variable that is not read holds whatever another
//! loop left there. Handlers of exceptions are not looked at, since native code leaves for them.

use crate::decode::{Decoded, Instruction};
use rustc_hash::FxHashMap as HashMap;
use taipan_bytecode::Opcode;

/// The accesses of an instruction in their order: (variable, is it a write?).
fn accesses(instruction: &Instruction) -> Vec<(usize, bool)> {
    use Opcode::*;
    let oparg = instruction.oparg as usize;
    let (high, low) = (oparg >> 4, oparg & 15);
    match instruction.op.deopt() {
        LOAD_FAST
        | LOAD_FAST_BORROW
        | LOAD_FAST_CHECK
        | DELETE_FAST
        | LOAD_DEREF
        | STORE_DEREF
        | DELETE_DEREF
        | MAKE_CELL
        | LOAD_FROM_DICT_OR_DEREF => vec![(oparg, false)],
        LOAD_FAST_AND_CLEAR => vec![(oparg, false), (oparg, true)],
        STORE_FAST => vec![(oparg, true)],
        LOAD_FAST_LOAD_FAST | LOAD_FAST_BORROW_LOAD_FAST_BORROW => {
            vec![(high, false), (low, false)]
        }
        STORE_FAST_LOAD_FAST => vec![(high, true), (low, false)],
        STORE_FAST_STORE_FAST => vec![(high, true), (low, true)],
        _ => Vec::new(),
    }
}

/// For each of `locals` variables: is it live at the entry?
pub fn live_at_entry(decoded: &Decoded, entry: u32, locals: usize) -> Vec<bool> {
    let mut live: HashMap<u32, Vec<bool>> = HashMap::default();
    let mut changed = true;
    while changed {
        changed = false;
        for &block in decoded.order.iter().rev() {
            let mut instructions = Vec::new();
            let mut at = block;
            let mut successors = Vec::new();
            loop {
                let instruction = &decoded.instructions[&at];
                instructions.push(instruction);
                let (fall, jump) = instruction.successors();
                if instruction.ends_block() {
                    successors.extend(fall.into_iter().chain(jump));
                    break;
                }
                match fall {
                    Some(next) if !decoded.leaders.contains(&next) => at = next,
                    next => {
                        successors.extend(next);
                        break;
                    }
                }
            }
            let mut now = vec![false; locals];
            for after in successors.iter().filter_map(|s| live.get(s)) {
                for (slot, is_live) in now.iter_mut().zip(after) {
                    *slot |= is_live;
                }
            }
            for instruction in instructions.iter().rev() {
                for (variable, is_write) in accesses(instruction).into_iter().rev() {
                    if let Some(slot) = now.get_mut(variable) {
                        *slot = !is_write;
                    }
                }
            }
            if live.get(&block) != Some(&now) {
                live.insert(block, now);
                changed = true;
            }
        }
    }
    live.remove(&entry).unwrap_or_else(|| vec![true; locals])
}

#[cfg(test)]
mod tests;
