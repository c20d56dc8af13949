//! `co_stacksize`.

use super::{BlockId, Cfg};
use taipan_bytecode::CfgOp;

/// Sets the depth at each block's start and gives the greatest one. Cycles are taken to be neutral,
/// which code generation ensures.
pub fn calculate(cfg: &mut Cfg) -> u32 {
    for block in &mut cfg.blocks {
        block.startdepth = i64::MIN;
    }
    let entry = cfg.entry;
    let mut stack = Vec::new();
    push(cfg, &mut stack, entry, 0);
    let mut max = 0;
    while let Some(id) = stack.pop() {
        let mut depth = cfg[id].startdepth;
        let mut next = cfg[id].next;
        for index in 0..cfg[id].len() {
            let instr = cfg[id].instrs()[index];
            let after = depth + instr.op.stack_effect(instr.arg, false);
            debug_assert!(after >= 0, "stack underflow at {}", instr.op.name());
            max = max.max(depth);
            if instr.op.has_target()
                && instr.op != CfgOp::END_ASYNC_FOR
                && let Some(target) = instr.target
            {
                let target_depth = depth + instr.op.stack_effect(instr.arg, true);
                push(cfg, &mut stack, target, target_depth);
            }
            depth = after;
            if instr.op.is_unconditional_jump() || instr.op.is_scope_exit() {
                next = None;
                break;
            }
        }
        if let Some(next) = next {
            push(cfg, &mut stack, next, depth);
        }
    }
    max.max(0) as u32
}

fn push(cfg: &mut Cfg, stack: &mut Vec<BlockId>, id: BlockId, depth: i64) {
    let block = &mut cfg[id];
    debug_assert!(
        block.startdepth < 0 || block.startdepth == depth,
        "inconsistent stack depth"
    );
    if block.startdepth < 0 {
        block.startdepth = depth;
        stack.push(id);
    }
}
