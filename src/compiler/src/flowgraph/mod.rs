//! The control-flow graph: basic blocks, and the passes that turn what code generation wrote into
//! the code that CPython would have.
//!
//! The order of passes is part of the result; it is spelled out in [`optimize`] and [`finish`].

mod block_opt;
mod borrow;
mod cold;
mod consts_opt;
mod depth;
mod eval;
mod exceptions;
mod jumps;
mod lines;
mod nops;
mod prefix;
mod swaps;
mod uninitialized;

use crate::ast::Loc;
use crate::consts::Consts;
use crate::instructions::InstructionSequence;
pub use consts_opt::STACK_USE_GUIDELINE;
pub use prefix::{LocalsPlus, Prefix};
use taipan_bytecode::CfgOp;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlockId(pub u32);

#[derive(Clone, Copy, Debug)]
pub struct CfgInstr {
    pub op: CfgOp,
    pub arg: u32,
    pub loc: Loc,
    pub target: Option<BlockId>,
    /// The handler that protects it.
    pub except: Option<BlockId>,
}

impl CfgInstr {
    /// Makes it an instruction without operand; target and handler stay.
    pub fn set_op0(&mut self, op: CfgOp) {
        self.op = op;
        self.arg = 0;
    }

    pub fn set_op1(&mut self, op: CfgOp, arg: u32) {
        self.op = op;
        self.arg = arg;
    }
}

/// A basic block. Instructions that passes remove stay behind the used part, and an instruction
/// appended there takes over the handler of the one that was in its slot: CPython's arrays do that,
/// and it shows in exception tables.
#[derive(Default)]
pub struct Block {
    buf: Vec<CfgInstr>,
    used: usize,
    pub next: Option<BlockId>,
    pub has_label: bool,
    pub except_handler: bool,
    pub preserve_lasti: bool,
    pub cold: bool,
    pub warm: bool,
    pub visited: bool,
    pub predecessors: i32,
    /// Stack depth at its start; negative if not known.
    pub startdepth: i64,
    /// Locals below 64 that may be unbound at its start.
    pub unsafe_locals: u64,
}

impl Block {
    pub fn instrs(&self) -> &[CfgInstr] {
        &self.buf[..self.used]
    }

    pub fn instrs_mut(&mut self) -> &mut [CfgInstr] {
        &mut self.buf[..self.used]
    }

    pub fn len(&self) -> usize {
        self.used
    }

    pub fn is_empty(&self) -> bool {
        self.used == 0
    }

    pub fn truncate(&mut self, len: usize) {
        self.used = self.used.min(len);
    }

    pub fn push(&mut self, op: CfgOp, arg: u32, loc: Loc) {
        let except = self.buf.get(self.used).and_then(|stale| stale.except);
        self.push_instr(CfgInstr {
            op,
            arg,
            loc,
            target: None,
            except,
        });
    }

    pub fn push_jump(&mut self, op: CfgOp, target: BlockId, loc: Loc) {
        self.push(op, 0, loc);
        self.buf[self.used - 1].target = Some(target);
    }

    pub fn push_instr(&mut self, instr: CfgInstr) {
        if self.used < self.buf.len() {
            self.buf[self.used] = instr;
        } else {
            self.buf.push(instr);
        }
        self.used += 1;
    }

    pub fn insert(&mut self, at: usize, instr: CfgInstr) {
        self.push_instr(instr);
        self.buf[at..self.used].rotate_right(1);
    }

    pub fn last(&self) -> Option<&CfgInstr> {
        self.instrs().last()
    }

    pub fn last_mut(&mut self) -> Option<&mut CfgInstr> {
        self.instrs_mut().last_mut()
    }

    pub fn has_fallthrough(&self) -> bool {
        !self
            .last()
            .is_some_and(|last| last.op.is_scope_exit() || last.op.is_unconditional_jump())
    }

    pub fn exits_scope(&self) -> bool {
        self.last().is_some_and(|last| last.op.is_scope_exit())
    }

    pub fn has_no_line(&self) -> bool {
        self.instrs().iter().all(|instr| instr.loc.line < 0)
    }
}

pub struct Cfg {
    pub blocks: Vec<Block>,
    pub entry: BlockId,
}

impl std::ops::Index<BlockId> for Cfg {
    type Output = Block;
    fn index(&self, id: BlockId) -> &Block {
        &self.blocks[id.0 as usize]
    }
}

impl std::ops::IndexMut<BlockId> for Cfg {
    fn index_mut(&mut self, id: BlockId) -> &mut Block {
        &mut self.blocks[id.0 as usize]
    }
}

impl Cfg {
    pub fn new_block(&mut self) -> BlockId {
        self.blocks.push(Block {
            startdepth: i64::MIN,
            ..Block::default()
        });
        BlockId(self.blocks.len() as u32 - 1)
    }

    /// The blocks in the order of the code.
    pub fn order(&self) -> Vec<BlockId> {
        let mut order = Vec::with_capacity(self.blocks.len());
        let mut next = Some(self.entry);
        while let Some(id) = next {
            order.push(id);
            next = self[id].next;
        }
        order
    }

    pub fn clear_visited(&mut self) {
        for block in &mut self.blocks {
            block.visited = false;
        }
    }

    pub fn next_nonempty(&self, mut id: Option<BlockId>) -> Option<BlockId> {
        while let Some(block) = id {
            if !self[block].is_empty() {
                break;
            }
            id = self[block].next;
        }
        id
    }

    /// Cuts a sequence into blocks at labels and behind jumps and exits.
    pub fn from_sequence(sequence: &InstructionSequence) -> Cfg {
        let mut cfg = Cfg {
            blocks: Vec::new(),
            entry: BlockId(0),
        };
        let mut current = cfg.new_block();
        let mut is_target = vec![false; sequence.instrs.len() + 1];
        for instr in &sequence.instrs {
            if instr.op.has_target()
                && let Some(flag) = is_target.get_mut(sequence.position(instr.arg))
            {
                *flag = true;
            }
        }
        let mut block_at = vec![None; sequence.instrs.len() + 1];
        let mut pending_label = false;
        for (index, instr) in sequence.instrs.iter().enumerate() {
            let labelled = is_target[index];
            if labelled {
                pending_label = true;
                start_block(&mut cfg, &mut current, &mut pending_label);
                block_at[index] = Some(current);
            }
            if instr.op == CfgOp::ANNOTATIONS_PLACEHOLDER {
                for instr in sequence.annotations.iter().flat_map(|code| &code.instrs) {
                    start_block(&mut cfg, &mut current, &mut pending_label);
                    cfg[current].push(instr.op, instr.arg, instr.loc);
                }
                continue;
            }
            start_block(&mut cfg, &mut current, &mut pending_label);
            cfg[current].push(instr.op, instr.arg, instr.loc);
        }
        for block in &mut cfg.blocks {
            for instr in block.instrs_mut() {
                if instr.op.has_target() {
                    let position = sequence.position(instr.arg);
                    instr.target = block_at.get(position).copied().flatten();
                }
            }
        }
        cfg
    }
}

/// Starts a new block if the current one has ended, or if a label is due and it isn't fresh.
fn start_block(cfg: &mut Cfg, current: &mut BlockId, pending_label: &mut bool) {
    let block = &mut cfg[*current];
    let ended = block.last().is_some_and(|last| last.op.is_terminator());
    if !ended && *pending_label && block.is_empty() && !block.has_label {
        block.has_label = true;
        *pending_label = false;
        return;
    }
    if ended || *pending_label {
        let new = cfg.new_block();
        cfg[new].has_label = std::mem::take(pending_label);
        cfg[*current].next = Some(new);
        *current = new;
    }
}

/// The passes before locals and cells get their places.
pub fn optimize(cfg: &mut Cfg, consts: &mut Consts, nlocals: usize, nparams: usize) {
    exceptions::mark_handlers(cfg);
    exceptions::label_targets(cfg);
    block_opt::inline_small_exits(cfg);
    nops::remove_unreachable(cfg);
    lines::resolve(cfg);
    consts_opt::optimize_load_const(cfg, consts);
    for block in cfg.order() {
        block_opt::optimize(cfg, block, consts);
    }
    nops::remove_redundant_pairs(cfg);
    nops::remove_unreachable(cfg);
    nops::remove_redundant_nops_and_jumps(cfg);
    consts_opt::remove_unused(cfg, consts);
    uninitialized::add_checks(cfg, nlocals, nparams);
    block_opt::insert_superinstructions(cfg);
    cold::push_cold_blocks_to_end(cfg);
    lines::resolve(cfg);
}

/// The passes that make final code of it. Gives the stack size and the layout of locals.
pub fn finish(cfg: &mut Cfg, prefix: &Prefix) -> (u32, LocalsPlus) {
    jumps::convert_conditional_pseudo_jumps(cfg);
    let stacksize = depth::calculate(cfg);
    let locals = prefix::prepare_localsplus(cfg, prefix);
    jumps::convert_pseudo_ops(cfg);
    jumps::normalize(cfg);
    borrow::optimize_load_fast(cfg);
    (stacksize, locals)
}
