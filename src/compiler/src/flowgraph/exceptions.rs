//! Which handler protects which instruction.

use super::{BlockId, Cfg};
use taipan_bytecode::{CfgOp, ResumeKind};

pub fn mark_handlers(cfg: &mut Cfg) {
    for id in cfg.order() {
        for index in 0..cfg[id].len() {
            let instr = cfg[id].instrs()[index];
            if instr.op.is_block_push()
                && let Some(target) = instr.target
            {
                cfg[target].except_handler = true;
            }
        }
    }
}

/// Walks the graph with the stack of open `SETUP_*`; `POP_BLOCK` becomes `NOP`.
pub fn label_targets(cfg: &mut Cfg) {
    cfg.clear_visited();
    let entry = cfg.entry;
    cfg[entry].visited = true;
    let mut todo: Vec<(BlockId, Vec<BlockId>)> = vec![(entry, Vec::new())];
    while let Some((id, mut handlers)) = todo.pop() {
        // Depth of the stack at the last yield, for the RESUME after it.
        let mut yield_depth = None;
        for index in 0..cfg[id].len() {
            let instr = cfg[id].instrs()[index];
            let handler = handlers.last().copied();
            if instr.op.is_block_push() {
                let Some(target) = instr.target else { continue };
                if !cfg[target].visited {
                    cfg[target].visited = true;
                    todo.push((target, handlers.clone()));
                }
                if matches!(instr.op, CfgOp::SETUP_WITH | CfgOp::SETUP_CLEANUP) {
                    cfg[target].preserve_lasti = true;
                }
                handlers.push(target);
                continue;
            }
            if instr.op == CfgOp::POP_BLOCK {
                handlers.pop();
                cfg[id].instrs_mut()[index].set_op0(CfgOp::NOP);
                continue;
            }
            let instr = &mut cfg[id].instrs_mut()[index];
            instr.except = handler;
            if instr.op.is_jump() {
                let target = instr.target;
                if let Some(target) = target
                    && !cfg[target].visited
                {
                    cfg[target].visited = true;
                    todo.push((target, handlers.clone()));
                }
            } else if instr.op == CfgOp::YIELD_VALUE {
                yield_depth = Some(handlers.len());
            } else if instr.op == CfgOp::RESUME && instr.arg != ResumeKind::FuncStart as u32 {
                if yield_depth == Some(1) {
                    instr.arg |= ResumeKind::DEPTH1_MASK;
                }
                yield_depth = None;
            }
        }
        if cfg[id].has_fallthrough()
            && let Some(next) = cfg[id].next
            && !cfg[next].visited
        {
            cfg[next].visited = true;
            todo.push((next, handlers));
        }
    }
}
