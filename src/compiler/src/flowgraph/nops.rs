//! Removal of what does nothing: unreachable code, `NOP`s, pairs that cancel out, jumps to the next
//! instruction.

use super::{BlockId, Cfg};
use crate::ast::Loc;
use taipan_bytecode::CfgOp;

/// Empties blocks that can't be reached and counts the predecessors of the others.
pub fn remove_unreachable(cfg: &mut Cfg) {
    cfg.clear_visited();
    for block in &mut cfg.blocks {
        block.predecessors = 0;
    }
    let entry = cfg.entry;
    cfg[entry].predecessors = 1;
    cfg[entry].visited = true;
    let mut stack = vec![entry];
    while let Some(id) = stack.pop() {
        let mut successors = Vec::new();
        if cfg[id].has_fallthrough() {
            successors.extend(cfg[id].next);
        }
        successors.extend(
            cfg[id]
                .instrs()
                .iter()
                .filter(|instr| instr.op.has_target())
                .filter_map(|i| i.target),
        );
        for successor in successors {
            let block = &mut cfg[successor];
            block.predecessors += 1;
            if !block.visited {
                block.visited = true;
                stack.push(successor);
            }
        }
    }
    for id in cfg.order() {
        let block = &mut cfg[id];
        if block.predecessors == 0 {
            block.truncate(0);
            block.except_handler = false;
        }
    }
}

/// Removes the `NOP`s of a block that no line event needs. Gives their number.
fn remove_nops_in(cfg: &mut Cfg, id: BlockId) -> usize {
    let mut dest = 0;
    let mut prev_line = -1;
    let len = cfg[id].len();
    for src in 0..len {
        let instr = cfg[id].instrs()[src];
        let line = instr.loc.line;
        if instr.op == CfgOp::NOP {
            if line < 0 || prev_line == line {
                continue;
            }
            if src + 1 < len {
                let next = &mut cfg[id].instrs_mut()[src + 1];
                if next.loc.line == line {
                    continue;
                }
                if next.loc.line < 0 {
                    next.loc = instr.loc;
                    continue;
                }
            } else if let Some(next) = cfg.next_nonempty(cfg[id].next) {
                let next_loc = cfg[next]
                    .instrs()
                    .iter()
                    .find(|instr| instr.op != CfgOp::NOP || instr.loc.line >= 0)
                    .map_or(Loc::NONE, |instr| instr.loc);
                if line == next_loc.line {
                    continue;
                }
            }
        }
        if dest != src {
            let instr = cfg[id].instrs()[src];
            cfg[id].instrs_mut()[dest] = instr;
        }
        dest += 1;
        prev_line = line;
    }
    cfg[id].truncate(dest);
    len - dest
}

pub fn remove_redundant_nops(cfg: &mut Cfg) -> usize {
    cfg.order()
        .into_iter()
        .map(|id| remove_nops_in(cfg, id))
        .sum()
}

/// Removes `LOAD_CONST; POP_TOP` and `COPY 1; POP_TOP`, also across blocks that fall through.
pub fn remove_redundant_pairs(cfg: &mut Cfg) {
    let order = cfg.order();
    loop {
        let mut done = true;
        let mut last: Option<(BlockId, usize)> = None;
        for &id in &order {
            remove_nops_in(cfg, id);
            if cfg[id].has_label {
                last = None;
            }
            for index in 0..cfg[id].len() {
                let prev = last;
                last = Some((id, index));
                if cfg[id].instrs()[index].op != CfgOp::POP_TOP {
                    continue;
                }
                let Some((prev_id, prev_index)) = prev else {
                    continue;
                };
                let prev = cfg[prev_id].instrs()[prev_index];
                let redundant = matches!(prev.op, CfgOp::LOAD_CONST | CfgOp::LOAD_SMALL_INT)
                    || prev.op == CfgOp::COPY && prev.arg == 1;
                if redundant {
                    cfg[prev_id].instrs_mut()[prev_index].set_op0(CfgOp::NOP);
                    cfg[id].instrs_mut()[index].set_op0(CfgOp::NOP);
                    done = false;
                }
            }
            let after_jump = last.is_some_and(|(id, index)| cfg[id].instrs()[index].op.is_jump());
            if after_jump || !cfg[id].has_fallthrough() {
                last = None;
            }
        }
        if done {
            return;
        }
    }
}

fn remove_redundant_jumps(cfg: &mut Cfg) -> usize {
    let mut changes = 0;
    for id in cfg.order() {
        let Some(last) = cfg[id].last().copied() else {
            continue;
        };
        if last.op.is_unconditional_jump() {
            let target = cfg.next_nonempty(last.target);
            let next = cfg.next_nonempty(cfg[id].next);
            if target.is_some() && target == next {
                changes += 1;
                if let Some(last) = cfg[id].last_mut() {
                    last.set_op0(CfgOp::NOP);
                }
            }
        }
    }
    changes
}

pub fn remove_redundant_nops_and_jumps(cfg: &mut Cfg) {
    loop {
        let nops = remove_redundant_nops(cfg);
        let jumps = remove_redundant_jumps(cfg);
        if nops + jumps == 0 {
            return;
        }
    }
}
