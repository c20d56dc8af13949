//! Peephole passes over single blocks, with jump threading and superinstructions.

use super::{BlockId, Cfg, consts_opt, swaps};
use crate::consts::Consts;
use taipan_bytecode::{CfgOp, CompareOp, Intrinsic1};

/// Largest exit block that is copied in the place of a jump to it.
const MAX_COPY_SIZE: usize = 4;

/// A jump to a small exit, or to code without lines that doesn't fall through, is replaced by a copy
/// of it.
pub fn inline_small_exits(cfg: &mut Cfg) {
    loop {
        let mut changes = false;
        for id in cfg.order() {
            changes |= inline_target(cfg, id);
        }
        if !changes {
            return;
        }
    }
}

fn inline_target(cfg: &mut Cfg, id: BlockId) -> bool {
    let Some(last) = cfg[id].last().copied() else {
        return false;
    };
    if !last.op.is_unconditional_jump() {
        return false;
    }
    let Some(target) = last.target else {
        return false;
    };
    let small_exit = cfg[target].exits_scope() && cfg[target].len() <= MAX_COPY_SIZE;
    let no_line = cfg[target].has_no_line() && !cfg[target].has_fallthrough();
    if !small_exit && !no_line {
        return false;
    }
    if let Some(last) = cfg[id].last_mut() {
        last.set_op0(CfgOp::NOP);
    }
    for instr in cfg[target].instrs().to_vec() {
        cfg[id].push_instr(instr);
    }
    // The copied jump must poll if the replaced one did.
    if no_line
        && last.op == CfgOp::JUMP
        && let Some(new_last) = cfg[id].last_mut()
        && new_last.op.is_unconditional_jump()
    {
        new_last.op = CfgOp::JUMP;
    }
    cfg[target].predecessors -= 1;
    true
}

/// Makes a jump that leads to a jump lead to its target. Whether it did.
fn thread_jump(cfg: &mut Cfg, id: BlockId, index: usize, target: BlockId, op: CfgOp) -> bool {
    let through = cfg[target].instrs()[0];
    let (Some(new_target), Some(old_target)) = (through.target, cfg[id].instrs()[index].target)
    else {
        return false;
    };
    if new_target == old_target {
        return false;
    }
    cfg[id].instrs_mut()[index].set_op0(CfgOp::NOP);
    cfg[id].push_jump(op, new_target, through.loc);
    true
}

pub fn optimize(cfg: &mut Cfg, id: BlockId, consts: &mut Consts) {
    let mut index = 0;
    while index < cfg[id].len() {
        let again = optimize_at(cfg, id, index, consts);
        if !again {
            index += 1;
        }
    }
    let mut index = 0;
    while index < cfg[id].len() {
        if cfg[id].instrs()[index].op == CfgOp::SWAP {
            index = swaps::swaptimize(&mut cfg[id], index);
            swaps::apply_static_swaps(&mut cfg[id], index);
        }
        index += 1;
    }
}

/// Looks at one instruction and the next. Whether to look at the same place once more.
// One arm an opcode, conditions within.
#[allow(clippy::collapsible_match)]
fn optimize_at(cfg: &mut Cfg, id: BlockId, index: usize, consts: &mut Consts) -> bool {
    use CfgOp::*;
    let instr = cfg[id].instrs()[index];
    let next = cfg[id].instrs().get(index + 1).copied();
    let next_op = next.map(|next| next.op);
    let arg = instr.arg;
    let target = instr.target.filter(|_| instr.op.has_target());
    let target_op = target
        .and_then(|target| cfg[target].instrs().first())
        .map(|first| first.op);
    let instrs = cfg[id].instrs_mut();
    match instr.op {
        BUILD_TUPLE => {
            if next_op == Some(UNPACK_SEQUENCE) && next.is_some_and(|next| next.arg == arg) {
                match arg {
                    1 => {
                        instrs[index].set_op0(NOP);
                        instrs[index + 1].set_op0(NOP);
                        return false;
                    }
                    2 | 3 => {
                        instrs[index].set_op0(NOP);
                        instrs[index + 1].op = SWAP;
                        return false;
                    }
                    _ => {}
                }
            }
            consts_opt::fold_tuple(&mut cfg[id], index, consts);
        }
        LIST_APPEND | SET_ADD => {
            if arg == 1 && matches!(next_op, Some(GET_ITER | CONTAINS_OP)) {
                consts_opt::fold_appended(&mut cfg[id], index, consts);
            }
        }
        BUILD_LIST | BUILD_SET => {
            consts_opt::optimize_lists_and_sets(&mut cfg[id], index, next_op, consts);
        }
        POP_JUMP_IF_NOT_NONE | POP_JUMP_IF_NONE | POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE => {
            if target_op == Some(JUMP)
                && let Some(target) = target
            {
                return thread_jump(cfg, id, index, target, instr.op);
            }
        }
        JUMP_IF_FALSE | JUMP_IF_TRUE => {
            let opposite = if instr.op == JUMP_IF_FALSE {
                JUMP_IF_TRUE
            } else {
                JUMP_IF_FALSE
            };
            let Some(target) = target else { return false };
            if target_op == Some(JUMP) || target_op == Some(instr.op) {
                return thread_jump(cfg, id, index, target, instr.op);
            }
            if target_op == Some(opposite) {
                let behind = cfg[target].next;
                cfg[id].instrs_mut()[index].target = behind;
                return true;
            }
        }
        JUMP | JUMP_NO_INTERRUPT => {
            let Some(target) = target else { return false };
            match target_op {
                Some(JUMP) => return thread_jump(cfg, id, index, target, JUMP),
                Some(JUMP_NO_INTERRUPT) => return thread_jump(cfg, id, index, target, instr.op),
                _ => {}
            }
        }
        STORE_FAST => {
            if let Some(next) = next
                && next.op == STORE_FAST
                && next.arg == arg
                && next.loc.line == instr.loc.line
            {
                instrs[index].set_op0(POP_TOP);
            }
        }
        SWAP => {
            if arg == 1 {
                instrs[index].set_op0(NOP);
            }
        }
        LOAD_GLOBAL => {
            if next_op == Some(PUSH_NULL) && arg & 1 == 0 {
                instrs[index].arg = arg | 1;
                instrs[index + 1].set_op0(NOP);
            }
        }
        COMPARE_OP => {
            if next_op == Some(TO_BOOL) {
                instrs[index].set_op0(NOP);
                instrs[index + 1].set_op1(COMPARE_OP, arg | CompareOp::TO_BOOL);
            }
        }
        CONTAINS_OP | IS_OP => {
            if next_op == Some(TO_BOOL) {
                instrs[index].set_op0(NOP);
                instrs[index + 1].set_op1(instr.op, arg);
            } else if next_op == Some(UNARY_NOT) {
                instrs[index].set_op0(NOP);
                instrs[index + 1].set_op1(instr.op, arg ^ 1);
            }
        }
        TO_BOOL => {
            if next_op == Some(TO_BOOL) {
                instrs[index].set_op0(NOP);
            }
        }
        UNARY_NOT => {
            if next_op == Some(TO_BOOL) {
                instrs[index].set_op0(NOP);
                instrs[index + 1].set_op0(UNARY_NOT);
                return false;
            }
            if next_op == Some(UNARY_NOT) {
                instrs[index].set_op0(NOP);
                instrs[index + 1].set_op0(NOP);
                return false;
            }
            consts_opt::fold_unary(&mut cfg[id], index, consts);
        }
        UNARY_INVERT | UNARY_NEGATIVE => consts_opt::fold_unary(&mut cfg[id], index, consts),
        CALL_INTRINSIC_1 => match Intrinsic1::from_u32(arg) {
            Some(Intrinsic1::ListToTuple) => {
                consts_opt::fold_list_to_tuple(&mut cfg[id], index, consts);
                let instr = &mut cfg[id].instrs_mut()[index];
                if next_op == Some(GET_ITER) && instr.op == CALL_INTRINSIC_1 {
                    instr.set_op0(NOP);
                }
            }
            Some(Intrinsic1::UnaryPositive) => {
                consts_opt::fold_unary(&mut cfg[id], index, consts);
            }
            _ => {}
        },
        BINARY_OP => consts_opt::fold_binary(&mut cfg[id], index, consts),
        _ => {}
    }
    false
}

/// Pairs of loads and stores of locals below 16 on one line become one instruction.
pub fn insert_superinstructions(cfg: &mut Cfg) {
    for id in cfg.order() {
        for index in 1..cfg[id].len() {
            let instrs = cfg[id].instrs_mut();
            let (first, second) = (instrs[index - 1], instrs[index]);
            let op = match (first.op, second.op) {
                (CfgOp::LOAD_FAST, CfgOp::LOAD_FAST) => CfgOp::LOAD_FAST_LOAD_FAST,
                (CfgOp::STORE_FAST, CfgOp::LOAD_FAST) => CfgOp::STORE_FAST_LOAD_FAST,
                (CfgOp::STORE_FAST, CfgOp::STORE_FAST) => CfgOp::STORE_FAST_STORE_FAST,
                _ => continue,
            };
            let (line1, line2) = (first.loc.line, second.loc.line);
            if line1 >= 0 && line2 >= 0 && line1 != line2 || first.arg >= 16 || second.arg >= 16 {
                continue;
            }
            instrs[index - 1].set_op1(op, first.arg << 4 | second.arg);
            instrs[index].set_op0(CfgOp::NOP);
        }
    }
    super::nops::remove_redundant_nops(cfg);
}
