//! Lines for instructions that have none: every exit must have one (PEP 626).

use super::{BlockId, Cfg};
use crate::ast::Loc;
use taipan_bytecode::CfgOp;

pub fn resolve(cfg: &mut Cfg) {
    duplicate_exits_without_line(cfg);
    propagate(cfg);
}

fn has_eval_break(cfg: &Cfg, id: BlockId) -> bool {
    cfg[id].instrs().iter().any(|instr| {
        matches!(
            instr.op,
            CfgOp::JUMP
                | CfgOp::JUMP_BACKWARD
                | CfgOp::RESUME
                | CfgOp::CALL
                | CfgOp::CALL_KW
                | CfgOp::CALL_FUNCTION_EX
        )
    })
}

fn is_exit_or_eval_check_without_line(cfg: &Cfg, id: BlockId) -> bool {
    (cfg[id].exits_scope() || has_eval_break(cfg, id)) && cfg[id].has_no_line()
}

/// Exits without a line that several jumps lead to are copied, so that each copy can take the line
/// of its sole predecessor.
fn duplicate_exits_without_line(cfg: &mut Cfg) {
    let mut next = Some(cfg.entry);
    while let Some(id) = next {
        next = cfg[id].next;
        let Some(last) = cfg[id].last().copied() else {
            continue;
        };
        if !last.op.is_jump() {
            continue;
        }
        let Some(target) = cfg.next_nonempty(last.target) else {
            continue;
        };
        if is_exit_or_eval_check_without_line(cfg, target) && cfg[target].predecessors > 1 {
            let copy = cfg.new_block();
            for instr in cfg[target].instrs().to_vec() {
                cfg[copy].push_instr(instr);
            }
            if let Some(first) = cfg[copy].instrs_mut().first_mut() {
                first.loc = last.loc;
            }
            if let Some(last) = cfg[id].last_mut() {
                last.target = Some(copy);
            }
            cfg[target].predecessors -= 1;
            let after = cfg[target].next;
            let block = &mut cfg[copy];
            block.predecessors = 1;
            block.next = after;
            block.has_label = true;
            cfg[target].next = Some(copy);
            // The successor may have changed if the target is this very block.
            next = cfg[id].next;
        }
    }
    // What is left is reached by falling through only, from one block.
    for id in cfg.order() {
        if cfg[id].has_fallthrough()
            && !cfg[id].is_empty()
            && let Some(next) = cfg[id].next
            && is_exit_or_eval_check_without_line(cfg, next)
        {
            let loc = cfg[id].last().map_or(Loc::NONE, |last| last.loc);
            if let Some(first) = cfg[next].instrs_mut().first_mut() {
                first.loc = loc;
            }
        }
    }
}

/// Within a block and to a successor that has no other predecessor.
fn propagate(cfg: &mut Cfg) {
    for id in cfg.order() {
        let Some(last) = cfg[id].last().copied() else {
            continue;
        };
        let mut prev = Loc::NONE;
        for instr in cfg[id].instrs_mut() {
            if instr.loc.line == Loc::NONE.line {
                instr.loc = prev;
            } else {
                prev = instr.loc;
            }
        }
        let fallthrough = cfg[id].next.filter(|_| cfg[id].has_fallthrough());
        let target = last.target.filter(|_| last.op.is_jump());
        for successor in fallthrough.into_iter().chain(target) {
            let block = &mut cfg[successor];
            if block.predecessors == 1
                && let Some(first) = block.instrs_mut().first_mut()
                && first.loc.line == Loc::NONE.line
            {
                first.loc = prev;
            }
        }
    }
}
