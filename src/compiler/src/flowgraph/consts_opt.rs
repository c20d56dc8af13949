//! Constant folding on instructions, and what follows from constants.

use super::{Block, Cfg, eval};
use crate::ast::Loc;
use crate::consts::Consts;
use num_traits::ToPrimitive;
use taipan_bytecode::{BinaryOp, CfgOp, Const, Intrinsic1};

/// Sequences beyond this many items are built step by step.
pub const STACK_USE_GUIDELINE: usize = 30;

/// Shortest list or set display of constants that is built from a constant.
const MIN_CONST_SEQUENCE_SIZE: usize = 3;

fn loads_const(op: CfgOp) -> bool {
    matches!(op, CfgOp::LOAD_CONST | CfgOp::LOAD_SMALL_INT)
}

fn const_value(op: CfgOp, arg: u32, consts: &Consts) -> Option<Const> {
    match op {
        CfgOp::LOAD_SMALL_INT => Some(Const::Int(arg.into())),
        CfgOp::LOAD_CONST => consts.get(arg).cloned(),
        _ => None,
    }
}

fn small_int(value: &Const) -> Option<u32> {
    match value {
        Const::Int(value) => value.to_u32().filter(|value| *value < 256),
        _ => None,
    }
}

fn make_load_const(block: &mut Block, index: usize, value: Const, consts: &mut Consts) {
    let instr = &mut block.instrs_mut()[index];
    match small_int(&value) {
        Some(small) => instr.set_op1(CfgOp::LOAD_SMALL_INT, small),
        None => instr.set_op1(CfgOp::LOAD_CONST, consts.add(value)),
    }
}

/// The indices of `size` constant loads right before `end`, `NOP`s aside.
fn const_loads(block: &Block, end: usize, size: usize) -> Option<Vec<usize>> {
    let mut found = Vec::with_capacity(size);
    let mut at = end;
    while found.len() < size {
        at = at.checked_sub(1)?;
        match block.instrs()[at].op {
            CfgOp::NOP => {}
            op if loads_const(op) => found.push(at),
            _ => return None,
        }
    }
    found.reverse();
    Some(found)
}

fn values(block: &Block, loads: &[usize], consts: &Consts) -> Option<Vec<Const>> {
    loads
        .iter()
        .map(|index| {
            let instr = block.instrs()[*index];
            const_value(instr.op, instr.arg, consts)
        })
        .collect()
}

fn nop_out(block: &mut Block, indices: &[usize]) {
    for index in indices {
        let instr = &mut block.instrs_mut()[*index];
        instr.set_op0(CfgOp::NOP);
        instr.loc = Loc::NONE;
    }
}

pub fn fold_tuple(block: &mut Block, index: usize, consts: &mut Consts) {
    let size = block.instrs()[index].arg as usize;
    if size > STACK_USE_GUIDELINE {
        return;
    }
    let Some(loads) = const_loads(block, index, size) else {
        return;
    };
    let Some(items) = values(block, &loads, consts) else {
        return;
    };
    nop_out(block, &loads);
    make_load_const(block, index, Const::Tuple(items.into()), consts);
}

/// `BUILD_LIST 0`, then constants appended one by one, then made a tuple: one constant.
pub fn fold_list_to_tuple(block: &mut Block, index: usize, consts: &mut Consts) {
    if let Some((start, items)) = appended_constants(block, index, CfgOp::BUILD_LIST, consts) {
        nop_out_range(block, start, index);
        make_load_const(block, index, Const::Tuple(items.into()), consts);
    }
}

/// The same without the last step, where the list or set is only looked into. `index` is the last
/// `LIST_APPEND` or `SET_ADD`.
pub fn fold_appended(block: &mut Block, index: usize, consts: &mut Consts) {
    let build = match block.instrs()[index].op {
        CfgOp::LIST_APPEND => CfgOp::BUILD_LIST,
        _ => CfgOp::BUILD_SET,
    };
    if let Some((start, items)) = appended_constants(block, index + 1, build, consts) {
        nop_out_range(block, start, index + 1);
        let value = if build == CfgOp::BUILD_LIST {
            Const::Tuple(items.into())
        } else {
            eval::frozenset(items)
        };
        make_load_const(block, index, value, consts);
    }
}

/// The constants that were appended right before `end`, and where the list or set was made.
fn appended_constants(
    block: &Block,
    end: usize,
    build: CfgOp,
    consts: &Consts,
) -> Option<(usize, Vec<Const>)> {
    let append = if build == CfgOp::BUILD_LIST {
        CfgOp::LIST_APPEND
    } else {
        CfgOp::SET_ADD
    };
    let mut items = Vec::new();
    let mut expect_append = true;
    for at in (0..end).rev() {
        let instr = block.instrs()[at];
        if instr.op == CfgOp::NOP {
            continue;
        }
        if instr.op == build && instr.arg == 0 {
            items.reverse();
            return expect_append.then_some((at, items));
        }
        if expect_append {
            if instr.op != append || instr.arg != 1 {
                return None;
            }
        } else {
            items.push(const_value(instr.op, instr.arg, consts)?);
        }
        expect_append = !expect_append;
    }
    None
}

fn nop_out_range(block: &mut Block, start: usize, end: usize) {
    let all: Vec<usize> = (start..end)
        .filter(|at| block.instrs()[*at].op != CfgOp::NOP)
        .collect();
    nop_out(block, &all);
}

/// Displays of constants: a constant where it is only looked into, else built from one.
pub fn optimize_lists_and_sets(
    block: &mut Block,
    index: usize,
    next_op: Option<CfgOp>,
    consts: &mut Consts,
) {
    let instr = block.instrs()[index];
    let size = instr.arg as usize;
    let is_list = instr.op == CfgOp::BUILD_LIST;
    let only_read = matches!(next_op, Some(CfgOp::GET_ITER | CfgOp::CONTAINS_OP));
    if size > STACK_USE_GUIDELINE || size < MIN_CONST_SEQUENCE_SIZE && !only_read {
        return;
    }
    let loads = const_loads(block, index, size);
    let items = loads
        .as_ref()
        .and_then(|loads| values(block, loads, consts));
    let (Some(loads), Some(items)) = (loads, items) else {
        if only_read && is_list {
            block.instrs_mut()[index].op = CfgOp::BUILD_TUPLE;
        }
        return;
    };
    let value = if is_list {
        Const::Tuple(items.into())
    } else {
        eval::frozenset(items)
    };
    let constant = consts.add(value);
    nop_out(block, &loads);
    let instrs = block.instrs_mut();
    if only_read {
        instrs[index].set_op1(CfgOp::LOAD_CONST, constant);
        return;
    }
    // At least three instructions are free before it.
    instrs[index - 2].loc = instr.loc;
    instrs[index - 2].set_op1(instr.op, 0);
    instrs[index - 1].set_op1(CfgOp::LOAD_CONST, constant);
    let extend = if is_list {
        CfgOp::LIST_EXTEND
    } else {
        CfgOp::SET_UPDATE
    };
    instrs[index].set_op1(extend, 1);
}

pub fn fold_binary(block: &mut Block, index: usize, consts: &mut Consts) {
    let Some(loads) = const_loads(block, index, 2) else {
        return;
    };
    let Some(items) = values(block, &loads, consts) else {
        return;
    };
    let Some(op) = BinaryOp::from_u32(block.instrs()[index].arg) else {
        return;
    };
    if let Some(result) = eval::binary(op, &items[0], &items[1]) {
        nop_out(block, &loads);
        make_load_const(block, index, result, consts);
    }
}

pub fn fold_unary(block: &mut Block, index: usize, consts: &mut Consts) {
    let Some(loads) = const_loads(block, index, 1) else {
        return;
    };
    let Some(items) = values(block, &loads, consts) else {
        return;
    };
    let instr = block.instrs()[index];
    let result = match instr.op {
        CfgOp::UNARY_NEGATIVE => eval::negative(&items[0]),
        CfgOp::UNARY_INVERT => eval::invert(&items[0]),
        CfgOp::UNARY_NOT => Some(eval::boolean(!eval::truth(&items[0]))),
        CfgOp::CALL_INTRINSIC_1 if instr.arg == Intrinsic1::UnaryPositive as u32 => {
            eval::positive(&items[0])
        }
        _ => None,
    };
    if let Some(result) = result {
        nop_out(block, &loads);
        make_load_const(block, index, result, consts);
    }
}

/// Small ints, and branches that a constant decides.
pub fn optimize_load_const(cfg: &mut Cfg, consts: &mut Consts) {
    for id in cfg.order() {
        optimize_load_const_in(&mut cfg[id], consts);
    }
}

fn optimize_load_const_in(block: &mut Block, consts: &mut Consts) {
    // The constant load that `index` is, or is a copy of.
    let mut op = CfgOp::NOP;
    let mut arg = 0;
    for index in 0..block.len() {
        let instr = block.instrs()[index];
        if instr.op == CfgOp::LOAD_CONST
            && let Some(small) = consts.get(instr.arg).and_then(small_int)
        {
            block.instrs_mut()[index].set_op1(CfgOp::LOAD_SMALL_INT, small);
        }
        let instr = block.instrs()[index];
        let is_copy = op == CfgOp::LOAD_CONST && instr.op == CfgOp::COPY && instr.arg == 1;
        if !is_copy {
            op = instr.op;
            arg = instr.arg;
        }
        if !loads_const(op) {
            continue;
        }
        let Some(next) = block.instrs().get(index + 1).copied() else {
            continue;
        };
        let Some(value) = const_value(op, arg, consts) else {
            continue;
        };
        let instrs = block.instrs_mut();
        match next.op {
            CfgOp::POP_JUMP_IF_FALSE
            | CfgOp::POP_JUMP_IF_TRUE
            | CfgOp::JUMP_IF_FALSE
            | CfgOp::JUMP_IF_TRUE => {
                if matches!(next.op, CfgOp::POP_JUMP_IF_FALSE | CfgOp::POP_JUMP_IF_TRUE) {
                    instrs[index].set_op0(CfgOp::NOP);
                }
                let if_true = matches!(next.op, CfgOp::POP_JUMP_IF_TRUE | CfgOp::JUMP_IF_TRUE);
                if eval::truth(&value) == if_true {
                    instrs[index + 1].op = CfgOp::JUMP;
                } else {
                    instrs[index + 1].set_op0(CfgOp::NOP);
                }
            }
            CfgOp::IS_OP => {
                if value != Const::None || index + 2 >= instrs.len() {
                    continue;
                }
                let mut jump = index + 2;
                if instrs[jump].op == CfgOp::TO_BOOL {
                    instrs[jump].set_op0(CfgOp::NOP);
                    jump += 1;
                    if jump >= instrs.len() {
                        continue;
                    }
                }
                let inverted = next.arg != 0;
                let inverted = match instrs[jump].op {
                    CfgOp::POP_JUMP_IF_FALSE => !inverted,
                    CfgOp::POP_JUMP_IF_TRUE => inverted,
                    _ => continue,
                };
                instrs[index].set_op0(CfgOp::NOP);
                instrs[index + 1].set_op0(CfgOp::NOP);
                instrs[jump].op = if inverted {
                    CfgOp::POP_JUMP_IF_NOT_NONE
                } else {
                    CfgOp::POP_JUMP_IF_NONE
                };
            }
            CfgOp::TO_BOOL => {
                let constant = consts.add(eval::boolean(eval::truth(&value)));
                instrs[index].set_op0(CfgOp::NOP);
                instrs[index + 1].set_op1(CfgOp::LOAD_CONST, constant);
            }
            _ => {}
        }
    }
}

/// Drops constants that no instruction loads. The first stays: it may be the docstring.
pub fn remove_unused(cfg: &mut Cfg, consts: &mut Consts) {
    if consts.is_empty() {
        return;
    }
    let mut used = vec![false; consts.len()];
    used[0] = true;
    let order = cfg.order();
    for id in &order {
        for instr in cfg[*id].instrs() {
            if instr.op == CfgOp::LOAD_CONST {
                used[instr.arg as usize] = true;
            }
        }
    }
    if used.iter().all(|used| *used) {
        return;
    }
    let mut new_index = vec![0; used.len()];
    let mut kept = Consts::default();
    for (index, value) in std::mem::take(consts).into_vec().into_iter().enumerate() {
        if used[index] {
            new_index[index] = kept.add(value);
        }
    }
    *consts = kept;
    for id in &order {
        for instr in cfg[*id].instrs_mut() {
            if instr.op == CfgOp::LOAD_CONST {
                instr.arg = new_index[instr.arg as usize];
            }
        }
    }
}
