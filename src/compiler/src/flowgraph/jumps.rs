//! From pseudo-instructions to real ones.

use super::{Cfg, CfgInstr};
use taipan_bytecode::CfgOp;

/// `JUMP_IF_*` keep the value that they test: copy, truth, jump.
pub fn convert_conditional_pseudo_jumps(cfg: &mut Cfg) {
    for id in cfg.order() {
        let Some(last) = cfg[id].last_mut() else {
            continue;
        };
        last.op = match last.op {
            CfgOp::JUMP_IF_FALSE => CfgOp::POP_JUMP_IF_FALSE,
            CfgOp::JUMP_IF_TRUE => CfgOp::POP_JUMP_IF_TRUE,
            _ => continue,
        };
        let (loc, except) = (last.loc, last.except);
        let at = cfg[id].len() - 1;
        let instr = |op, arg| CfgInstr {
            op,
            arg,
            loc,
            target: None,
            except,
        };
        cfg[id].insert(at, instr(CfgOp::COPY, 1));
        cfg[id].insert(at + 1, instr(CfgOp::TO_BOOL, 0));
    }
}

pub fn convert_pseudo_ops(cfg: &mut Cfg) {
    for id in cfg.order() {
        for instr in cfg[id].instrs_mut() {
            match instr.op {
                op if op.is_block_push() => instr.set_op0(CfgOp::NOP),
                CfgOp::LOAD_CLOSURE => instr.op = CfgOp::LOAD_FAST,
                CfgOp::STORE_FAST_MAYBE_NULL => instr.op = CfgOp::STORE_FAST,
                _ => {}
            }
        }
    }
    super::nops::remove_redundant_nops_and_jumps(cfg);
}

/// Conditional jumps lead forwards: a backward one is reversed over an unconditional jump back.
pub fn normalize(cfg: &mut Cfg) {
    cfg.clear_visited();
    let mut next = Some(cfg.entry);
    while let Some(id) = next {
        cfg[id].visited = true;
        normalize_block(cfg, id);
        next = cfg[id].next;
    }
}

fn normalize_block(cfg: &mut Cfg, id: super::BlockId) {
    let Some(last) = cfg[id].last().copied() else {
        return;
    };
    let reversed = match last.op {
        CfgOp::POP_JUMP_IF_NOT_NONE => CfgOp::POP_JUMP_IF_NONE,
        CfgOp::POP_JUMP_IF_NONE => CfgOp::POP_JUMP_IF_NOT_NONE,
        CfgOp::POP_JUMP_IF_FALSE => CfgOp::POP_JUMP_IF_TRUE,
        CfgOp::POP_JUMP_IF_TRUE => CfgOp::POP_JUMP_IF_FALSE,
        _ => return,
    };
    let Some(target) = last.target else { return };
    if !cfg[target].visited {
        cfg[id].push(CfgOp::NOT_TAKEN, 0, last.loc);
        return;
    }
    let back = cfg.new_block();
    let after = cfg[id].next;
    let (cold, depth) = (cfg[id].cold, cfg[target].startdepth);
    let block = &mut cfg[back];
    block.push(CfgOp::NOT_TAKEN, 0, last.loc);
    block.push_jump(CfgOp::JUMP, target, last.loc);
    block.startdepth = depth;
    block.cold = cold;
    block.next = after;
    if let Some(last) = cfg[id].last_mut() {
        last.op = reversed;
        last.target = after;
    }
    cfg[id].next = Some(back);
}
