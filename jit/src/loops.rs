//! Innermost loops of a piece of bytecode.

use crate::decode::Decoded;
use std::collections::{BTreeMap, BTreeSet};
use taipan_bytecode::Opcode;

/// Instructions that a loop to be peeled may have.
const MAX_PEELED: usize = 120;

/// Of each innermost loop whose first round is worth code of its own: its header, and its blocks in reverse postorder.
pub fn peelable(decoded: &Decoded) -> BTreeMap<u32, Vec<u32>> {
    let mut bodies = BTreeMap::new();
    for &header in &decoded.headers {
        let body = natural_loop(decoded, header);
        let inner = body
            .iter()
            .any(|b| *b != header && decoded.headers.contains(b));
        let blocks: Vec<u32> = decoded
            .order
            .iter()
            .copied()
            .filter(|b| body.contains(b))
            .collect();
        if !inner && is_worth_it(decoded, &blocks, &body) {
            bodies.insert(header, blocks);
        }
    }
    bodies
}

/// The blocks from which control comes back to the header.
fn natural_loop(decoded: &Decoded, header: u32) -> BTreeSet<u32> {
    let mut body = BTreeSet::from([header]);
    let first = decoded.place[&header];
    loop {
        let before = body.len();
        for block in decoded.order[first..].iter().rev() {
            if decoded.successors(*block).iter().any(|b| body.contains(b)) {
                body.insert(*block);
            }
        }
        if body.len() == before {
            return body;
        }
    }
}

/// A generator's loop forgets what it knows whenever it waits. A loop that leads into the body of another (the code is
/// entered in the middle of a nest) is no innermost one.
fn is_worth_it(decoded: &Decoded, blocks: &[u32], body: &BTreeSet<u32>) -> bool {
    let mut count = 0;
    for block in blocks {
        for instruction in decoded.block(*block) {
            count += 1;
            if instruction.op.deopt() == Opcode::FOR_ITER && !body.contains(&instruction.next) {
                return false;
            }
            if matches!(
                instruction.op.deopt(),
                Opcode::YIELD_VALUE | Opcode::SEND | Opcode::RETURN_GENERATOR
            ) {
                return false;
            }
        }
    }
    count <= MAX_PEELED
}

#[cfg(test)]
mod tests;
