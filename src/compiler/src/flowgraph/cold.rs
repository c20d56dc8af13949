//! Exception handlers go to the end.

use super::{BlockId, Cfg};
use crate::ast::Loc;
use taipan_bytecode::CfgOp;

pub fn push_cold_blocks_to_end(cfg: &mut Cfg) {
    let entry = cfg.entry;
    if cfg[entry].next.is_none() {
        return;
    }
    mark_cold(cfg);
    // A cold block that falls through to a warm one needs a jump.
    for id in cfg.order() {
        if cfg[id].cold
            && cfg[id].has_fallthrough()
            && let Some(next) = cfg[id].next
            && cfg[next].warm
        {
            let jump = cfg.new_block();
            cfg[next].has_label = true;
            let block = &mut cfg[jump];
            block.push_jump(CfgOp::JUMP_NO_INTERRUPT, next, Loc::NONE);
            block.cold = true;
            block.next = Some(next);
            block.predecessors = 1;
            cfg[id].next = Some(jump);
        }
    }
    let order = cfg.order();
    let (cold, warm): (Vec<BlockId>, Vec<BlockId>) =
        order.into_iter().partition(|id| cfg[*id].cold);
    if cold.is_empty() {
        return;
    }
    let all: Vec<BlockId> = warm.into_iter().chain(cold).collect();
    for pair in all.windows(2) {
        cfg[pair[0]].next = Some(pair[1]);
    }
    if let Some(last) = all.last() {
        cfg[*last].next = None;
    }
    super::nops::remove_redundant_nops_and_jumps(cfg);
}

fn mark_cold(cfg: &mut Cfg) {
    cfg.clear_visited();
    let entry = cfg.entry;
    cfg[entry].visited = true;
    let mut stack = vec![entry];
    while let Some(id) = stack.pop() {
        cfg[id].warm = true;
        for successor in successors(cfg, id) {
            if !cfg[successor].visited {
                cfg[successor].visited = true;
                stack.push(successor);
            }
        }
    }
    cfg.clear_visited();
    for id in cfg.order() {
        if cfg[id].except_handler {
            cfg[id].visited = true;
            stack.push(id);
        }
    }
    while let Some(id) = stack.pop() {
        cfg[id].cold = true;
        for successor in successors(cfg, id) {
            let block = &mut cfg[successor];
            if !block.warm && !block.visited {
                block.visited = true;
                stack.push(successor);
            }
        }
    }
}

fn successors(cfg: &Cfg, id: BlockId) -> Vec<BlockId> {
    let block = &cfg[id];
    let fallthrough = block.next.filter(|_| block.has_fallthrough());
    let jumps = block
        .instrs()
        .iter()
        .filter(|i| i.op.is_jump())
        .filter_map(|i| i.target);
    fallthrough.into_iter().chain(jumps).collect()
}
