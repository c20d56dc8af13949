//! `LOAD_FAST_BORROW`: a load may borrow if its value is consumed within the block, before the local
//! changes and without being stored in another local.

use super::{BlockId, Cfg};
use taipan_bytecode::CfgOp;

/// A value on the simulated stack: which instruction of the block made it, from which local.
#[derive(Clone, Copy)]
struct Ref {
    instr: Option<usize>,
    local: Option<u32>,
}

const OUTSIDE: Ref = Ref {
    instr: None,
    local: None,
};

struct Simulation {
    refs: Vec<Ref>,
    /// Instructions whose values must be owned.
    owned: Vec<bool>,
}

impl Simulation {
    fn push(&mut self, instr: usize, local: Option<u32>) {
        self.refs.push(Ref {
            instr: Some(instr),
            local,
        });
    }

    fn pop(&mut self) -> Ref {
        self.refs.pop().unwrap_or(OUTSIDE)
    }

    fn own(&mut self, reference: Ref) {
        if let Some(flag) = reference.instr.and_then(|instr| self.owned.get_mut(instr)) {
            *flag = true;
        }
    }

    fn kill(&mut self, local: u32) {
        for index in 0..self.refs.len() {
            if self.refs[index].local == Some(local) {
                self.own(self.refs[index]);
            }
        }
    }

    fn store(&mut self, local: u32) {
        let value = self.pop();
        self.kill(local);
        self.own(value);
    }
}

pub fn optimize_load_fast(cfg: &mut Cfg) {
    cfg.clear_visited();
    let entry = cfg.entry;
    cfg[entry].visited = true;
    cfg[entry].startdepth = 0;
    let mut stack = vec![entry];
    while let Some(id) = stack.pop() {
        run_block(cfg, id, &mut stack);
    }
}

fn reach(cfg: &mut Cfg, stack: &mut Vec<BlockId>, target: Option<BlockId>) {
    if let Some(target) = target
        && !cfg[target].visited
    {
        cfg[target].visited = true;
        stack.push(target);
    }
}

fn run_block(cfg: &mut Cfg, id: BlockId, stack: &mut Vec<BlockId>) {
    let mut sim = Simulation {
        refs: vec![OUTSIDE; cfg[id].startdepth.max(0) as usize],
        owned: vec![false; cfg[id].len()],
    };
    for index in 0..cfg[id].len() {
        let instr = cfg[id].instrs()[index];
        let arg = instr.arg;
        match instr.op {
            CfgOp::LOAD_FAST => sim.push(index, Some(arg)),
            CfgOp::DELETE_FAST => sim.kill(arg),
            CfgOp::LOAD_FAST_AND_CLEAR => {
                sim.kill(arg);
                sim.push(index, Some(arg));
            }
            CfgOp::LOAD_FAST_LOAD_FAST => {
                sim.push(index, Some(arg >> 4));
                sim.push(index, Some(arg & 15));
            }
            CfgOp::STORE_FAST => sim.store(arg),
            CfgOp::STORE_FAST_LOAD_FAST => {
                sim.store(arg >> 4);
                sim.push(index, Some(arg & 15));
            }
            CfgOp::STORE_FAST_STORE_FAST => {
                sim.store(arg >> 4);
                sim.store(arg & 15);
            }
            CfgOp::COPY => {
                let at = sim.refs.len().checked_sub(arg as usize);
                let copy = at
                    .and_then(|at| sim.refs.get(at).copied())
                    .unwrap_or(OUTSIDE);
                sim.refs.push(copy);
            }
            CfgOp::SWAP => {
                let len = sim.refs.len();
                if let Some(other) = len.checked_sub(arg as usize)
                    && other < len
                {
                    sim.refs.swap(other, len - 1);
                }
            }
            // These leave their inputs where they are, or may give them back.
            CfgOp::FORMAT_SIMPLE
            | CfgOp::GET_ANEXT
            | CfgOp::GET_LEN
            | CfgOp::GET_YIELD_FROM_ITER
            | CfgOp::IMPORT_FROM
            | CfgOp::MATCH_KEYS
            | CfgOp::MATCH_MAPPING
            | CfgOp::MATCH_SEQUENCE
            | CfgOp::WITH_EXCEPT_START => {
                for pushed in 0..instr.op.stack_effect(arg, false) {
                    // CPython numbers these by the count, not by the instruction.
                    sim.push(pushed as usize, None);
                }
            }
            CfgOp::DICT_MERGE
            | CfgOp::DICT_UPDATE
            | CfgOp::LIST_APPEND
            | CfgOp::LIST_EXTEND
            | CfgOp::MAP_ADD
            | CfgOp::RERAISE
            | CfgOp::SET_ADD
            | CfgOp::SET_UPDATE => {
                for _ in 0..-instr.op.stack_effect(arg, false) {
                    sim.pop();
                }
            }
            CfgOp::END_SEND | CfgOp::SET_FUNCTION_ATTRIBUTE => {
                let top = sim.pop();
                sim.pop();
                sim.refs.push(top);
            }
            CfgOp::CHECK_EXC_MATCH => {
                sim.pop();
                sim.push(index, None);
            }
            CfgOp::FOR_ITER => {
                reach(cfg, stack, instr.target);
                sim.push(index, None);
            }
            CfgOp::LOAD_ATTR | CfgOp::LOAD_SUPER_ATTR => {
                let owner = sim.pop();
                if instr.op == CfgOp::LOAD_SUPER_ATTR {
                    sim.pop();
                    sim.pop();
                }
                sim.push(index, None);
                if arg & 1 == 1 {
                    // A method: its object may come back as `self`.
                    sim.refs.push(owner);
                }
            }
            CfgOp::LOAD_SPECIAL | CfgOp::PUSH_EXC_INFO => {
                let top = sim.pop();
                sim.push(index, None);
                sim.refs.push(top);
            }
            CfgOp::SEND => {
                reach(cfg, stack, instr.target);
                sim.pop();
                sim.push(index, None);
            }
            op => {
                let (popped, pushed) = op.pops_pushes(arg, true);
                if op.has_target() {
                    reach(cfg, stack, instr.target);
                }
                if !op.is_block_push() {
                    for _ in 0..popped {
                        sim.pop();
                    }
                    for _ in 0..pushed {
                        sim.push(index, None);
                    }
                }
            }
        }
    }
    if !cfg[id].is_empty() && cfg[id].has_fallthrough() {
        reach(cfg, stack, cfg[id].next);
    }
    for reference in std::mem::take(&mut sim.refs) {
        sim.own(reference);
    }
    for (instr, owned) in cfg[id].instrs_mut().iter_mut().zip(sim.owned) {
        if !owned {
            instr.op = match instr.op {
                CfgOp::LOAD_FAST => CfgOp::LOAD_FAST_BORROW,
                CfgOp::LOAD_FAST_LOAD_FAST => CfgOp::LOAD_FAST_BORROW_LOAD_FAST_BORROW,
                op => op,
            };
        }
    }
}
