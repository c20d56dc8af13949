//! Where a local may be unbound, it is loaded by `LOAD_FAST_CHECK`.

use super::{BlockId, Cfg};
use taipan_bytecode::CfgOp;

pub fn add_checks(cfg: &mut Cfg, nlocals: usize, nparams: usize) {
    if nlocals == 0 {
        return;
    }
    // Beyond the first 64, locals are followed within one block only.
    if nlocals > 64 {
        scan_many(cfg, nlocals);
    }
    let nlocals = nlocals.min(64);
    let below = |n: usize| if n >= 64 { u64::MAX } else { (1u64 << n) - 1 };
    cfg.clear_visited();
    for block in &mut cfg.blocks {
        block.unsafe_locals = 0;
    }
    let mut stack = Vec::new();
    let entry = cfg.entry;
    push(
        cfg,
        &mut stack,
        entry,
        below(nlocals) & !below(nparams.min(64)),
    );
    for id in cfg.order() {
        scan(cfg, id, &mut stack);
    }
    while let Some(id) = stack.pop() {
        cfg[id].visited = false;
        scan(cfg, id, &mut stack);
    }
}

fn push(cfg: &mut Cfg, stack: &mut Vec<BlockId>, id: BlockId, unsafe_locals: u64) {
    let block = &mut cfg[id];
    let both = block.unsafe_locals | unsafe_locals;
    if block.unsafe_locals != both {
        block.unsafe_locals = both;
        if !block.visited {
            block.visited = true;
            stack.push(id);
        }
    }
}

fn scan(cfg: &mut Cfg, id: BlockId, stack: &mut Vec<BlockId>) {
    let mut mask = cfg[id].unsafe_locals;
    for index in 0..cfg[id].len() {
        let instr = cfg[id].instrs()[index];
        if let Some(handler) = instr.except {
            push(cfg, stack, handler, mask);
        }
        if instr.arg >= 64 {
            continue;
        }
        let bit = 1u64 << instr.arg;
        match instr.op {
            CfgOp::DELETE_FAST | CfgOp::LOAD_FAST_AND_CLEAR | CfgOp::STORE_FAST_MAYBE_NULL => {
                mask |= bit;
            }
            CfgOp::STORE_FAST | CfgOp::LOAD_FAST_CHECK => mask &= !bit,
            CfgOp::LOAD_FAST => {
                if mask & bit != 0 {
                    cfg[id].instrs_mut()[index].op = CfgOp::LOAD_FAST_CHECK;
                }
                mask &= !bit;
            }
            _ => {}
        }
    }
    if cfg[id].has_fallthrough()
        && let Some(next) = cfg[id].next
    {
        push(cfg, stack, next, mask);
    }
    if let Some(last) = cfg[id].last().copied()
        && last.op.is_jump()
        && let Some(target) = last.target
    {
        push(cfg, stack, target, mask);
    }
}

fn scan_many(cfg: &mut Cfg, nlocals: usize) {
    // The number of the block in which each local is known to be bound.
    let mut bound_in = vec![0usize; nlocals];
    for (number, id) in (1..).zip(cfg.order()) {
        for instr in cfg[id].instrs_mut() {
            let local = instr.arg as usize;
            if local < 64 {
                continue;
            }
            match instr.op {
                CfgOp::DELETE_FAST | CfgOp::LOAD_FAST_AND_CLEAR | CfgOp::STORE_FAST_MAYBE_NULL => {
                    bound_in[local] = number - 1;
                }
                CfgOp::STORE_FAST => bound_in[local] = number,
                CfgOp::LOAD_FAST => {
                    if bound_in[local] != number {
                        instr.op = CfgOp::LOAD_FAST_CHECK;
                    }
                    bound_in[local] = number;
                }
                _ => {}
            }
        }
    }
}
