//! Runs of `SWAP`: fewer of them, or none where the instructions behind can be exchanged instead.

use super::Block;
use taipan_bytecode::CfgOp;

/// Replaces the run of `SWAP`s that starts at `at` by a shortest one. Gives the run's last index.
pub fn swaptimize(block: &mut Block, at: usize) -> usize {
    let instrs = &mut block.instrs_mut()[at..];
    let mut depth = instrs[0].arg as usize;
    let mut len = 1;
    let mut more = false;
    while let Some(instr) = instrs.get(len) {
        match instr.op {
            CfgOp::SWAP => {
                depth = depth.max(instr.arg as usize);
                more = true;
            }
            CfgOp::NOP => {}
            _ => break,
        }
        len += 1;
    }
    if !more {
        return at;
    }
    let mut stack: Vec<Option<usize>> = (0..depth).map(Some).collect();
    for instr in &instrs[..len] {
        if instr.op == CfgOp::SWAP && instr.arg > 0 {
            stack.swap(0, instr.arg as usize - 1);
        }
    }
    // The permutation is a product of cycles; each is undone from the end of the run backwards,
    // by swaps with the top.
    let mut current = len;
    for start in 0..depth {
        if stack[start].is_none() || stack[start] == Some(start) {
            continue;
        }
        let mut at = start;
        loop {
            if at != 0 && current > 0 {
                current -= 1;
                instrs[current].set_op1(CfgOp::SWAP, at as u32 + 1);
            }
            match stack[at].take() {
                Some(next) => at = next,
                None => break,
            }
        }
    }
    for instr in &mut instrs[..current] {
        instr.set_op0(CfgOp::NOP);
    }
    at + len - 1
}

fn is_swappable(op: CfgOp) -> bool {
    matches!(
        op,
        CfgOp::STORE_FAST | CfgOp::STORE_FAST_MAYBE_NULL | CfgOp::POP_TOP
    )
}

fn next_swappable(block: &Block, after: usize, line: i32) -> Option<usize> {
    for (index, instr) in block.instrs().iter().enumerate().skip(after + 1) {
        // Names must not be bound in another order between two line events.
        if line >= 0 && instr.loc.line != line {
            return None;
        }
        if instr.op == CfgOp::NOP {
            continue;
        }
        return is_swappable(instr.op).then_some(index);
    }
    None
}

/// Exchanges the consumers of two values instead of the values, from `at` backwards.
pub fn apply_static_swaps(block: &mut Block, at: usize) {
    for index in (0..=at).rev() {
        let swap = block.instrs()[index];
        if swap.op != CfgOp::SWAP {
            if swap.op == CfgOp::NOP || is_swappable(swap.op) {
                continue;
            }
            return;
        }
        let Some(first) = next_swappable(block, index, -1) else {
            return;
        };
        let line = block.instrs()[first].loc.line;
        let mut second = first;
        for _ in 1..swap.arg {
            match next_swappable(block, second, line) {
                Some(next) => second = next,
                None => return,
            }
        }
        let stores_to = |index: usize| {
            let instr = block.instrs()[index];
            matches!(instr.op, CfgOp::STORE_FAST | CfgOp::STORE_FAST_MAYBE_NULL)
                .then_some(instr.arg)
        };
        let (store_first, store_second) = (stores_to(first), stores_to(second));
        if store_first.is_some() || store_second.is_some() {
            if store_first == store_second {
                return;
            }
            let between = (first + 1..second).filter_map(stores_to);
            for store in between {
                if Some(store) == store_first || Some(store) == store_second {
                    return;
                }
            }
        }
        let instrs = block.instrs_mut();
        instrs[index].set_op0(CfgOp::NOP);
        instrs.swap(first, second);
    }
}
