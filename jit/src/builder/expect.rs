//! What a variable is going to be used as, by the forms of the instructions that use it.
//!
//! A word of unknown type that is stored into a variable has to be counted, and written to the frame at once, unless it
//! is known to be a number: so it is worth a look at what comes.

use super::Builder;
use super::arith::{Numbers, numbers_of_form};
use taipan_bytecode::Opcode;

/// Instructions that are looked at.
const HORIZON: usize = 40;

impl Builder<'_> {
    /// What the variable, by its number in its own frame, is used as behind this offset, before it changes; as far
    /// as control just goes on there.
    pub(super) fn expected(&self, variable: u32, behind: u32) -> Option<Numbers> {
        use Opcode::*;
        let mut at = behind;
        // How deep on the stack it lies, once it is there: 1 is the top.
        let mut depth: Option<i64> = None;
        for _ in 0..HORIZON {
            let instruction = self.decoded.instructions.get(&at)?;
            let (op, oparg) = (instruction.op, instruction.oparg);
            let (high, low) = (oparg >> 4, oparg & 15);
            match (op.deopt(), depth) {
                (_, Some(place)) => {
                    let (pops, pushes) = op.pops_pushes(oparg);
                    if pops >= place {
                        return used_as(op, oparg, place);
                    }
                    depth = Some(place + pushes - pops);
                }
                (LOAD_FAST | LOAD_FAST_BORROW, None) if oparg == variable => depth = Some(1),
                (LOAD_FAST_LOAD_FAST | LOAD_FAST_BORROW_LOAD_FAST_BORROW, None) => {
                    if low == variable {
                        depth = Some(1);
                    } else if high == variable {
                        depth = Some(2);
                    }
                }
                (STORE_FAST | DELETE_FAST, None) if oparg == variable => return None,
                (STORE_FAST_STORE_FAST | STORE_FAST_LOAD_FAST, None)
                    if high == variable || low == variable =>
                {
                    return None;
                }
                _ => {}
            }
            at = instruction.successors().0?;
        }
        None
    }
}

/// What an instruction takes its operand at this depth for.
fn used_as(op: Opcode, oparg: u32, place: i64) -> Option<Numbers> {
    use Opcode::*;
    match op {
        BINARY_OP_SUBSCR_LIST_INT
        | BINARY_OP_SUBSCR_TUPLE_INT
        | BINARY_OP_SUBSCR_STR_INT
        | STORE_SUBSCR_LIST_INT
            if place == 1 =>
        {
            Some(Numbers::Ints)
        }
        // One of the two is a float.
        BINARY_OP_EXTEND => numbers_of_form(op, oparg).or(Some(Numbers::Floats)),
        _ => numbers_of_form(op, oparg),
    }
}
