//! What stands before the body: generator creation, cells, closure; and the places of cells.

use super::{Cfg, CfgInstr};
use crate::ast::Loc;
use taipan_bytecode::CfgOp;

/// What a code unit needs before its body.
pub struct Prefix {
    pub is_generator: bool,
    pub firstlineno: i32,
    pub nlocals: usize,
    /// For each cell, the local of the same name, if there is one.
    pub cell_locals: Vec<Option<usize>>,
    pub nfreevars: usize,
}

/// Where cells and free variables are in `co_localsplusnames`.
pub struct LocalsPlus {
    pub offsets: Vec<u32>,
    pub len: usize,
}

pub fn prepare_localsplus(cfg: &mut Cfg, prefix: &Prefix) -> LocalsPlus {
    let ncells = prefix.cell_locals.len();
    let noffsets = ncells + prefix.nfreevars;
    let mut fixed: Vec<usize> = (0..noffsets).map(|index| prefix.nlocals + index).collect();
    for (cell, local) in prefix.cell_locals.iter().enumerate() {
        if let Some(local) = local {
            fixed[cell] = *local;
        }
    }
    insert_prefix(cfg, prefix, &fixed);
    // Cells that are locals as well have no place of their own.
    let mut dropped = 0;
    for (index, offset) in fixed.iter_mut().enumerate() {
        if *offset == index + prefix.nlocals {
            *offset -= dropped;
        } else {
            dropped += 1;
        }
    }
    for id in cfg.order() {
        for instr in cfg[id].instrs_mut() {
            if matches!(
                instr.op,
                CfgOp::MAKE_CELL
                    | CfgOp::LOAD_CLOSURE
                    | CfgOp::LOAD_DEREF
                    | CfgOp::STORE_DEREF
                    | CfgOp::DELETE_DEREF
                    | CfgOp::LOAD_FROM_DICT_OR_DEREF
            ) && let Some(offset) = fixed.get(instr.arg as usize)
            {
                instr.arg = *offset as u32;
            }
        }
    }
    LocalsPlus {
        offsets: fixed.into_iter().map(|offset| offset as u32).collect(),
        len: prefix.nlocals + noffsets - dropped,
    }
}

fn insert_prefix(cfg: &mut Cfg, prefix: &Prefix, fixed: &[usize]) {
    let entry = cfg.entry;
    let instr = |op, arg, loc| CfgInstr {
        op,
        arg,
        loc,
        target: None,
        except: None,
    };
    if prefix.is_generator {
        let line = prefix.firstlineno;
        let loc = Loc::new(line, line, -1, -1);
        cfg[entry].insert(0, instr(CfgOp::RETURN_GENERATOR, 0, loc));
        cfg[entry].insert(1, instr(CfgOp::POP_TOP, 0, loc));
    }
    // In the order of their places.
    let mut cells: Vec<usize> = (0..prefix.cell_locals.len()).collect();
    cells.sort_by_key(|cell| fixed[*cell]);
    for (at, cell) in cells.into_iter().enumerate() {
        cfg[entry].insert(at, instr(CfgOp::MAKE_CELL, cell as u32, Loc::NONE));
    }
    if prefix.nfreevars > 0 {
        let arg = prefix.nfreevars as u32;
        cfg[entry].insert(0, instr(CfgOp::COPY_FREE_VARS, arg, Loc::NONE));
    }
}
