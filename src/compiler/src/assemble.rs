//! From final blocks to a code object: code units, line table, exception table.

use crate::ast::Loc;
use crate::flowgraph::{BlockId, Cfg, CfgInstr};
use taipan_bytecode::exceptiontable::{self, ExceptionEntry};
use taipan_bytecode::linetable::{LineTableWriter, Position};
use taipan_bytecode::{CfgOp, Opcode};

pub struct Assembled {
    pub code: Box<[u8]>,
    pub linetable: Box<[u8]>,
    pub exceptiontable: Box<[u8]>,
}

/// An instruction in the flat sequence; jumps name the index of another.
struct Flat {
    instr: CfgInstr,
    opcode: Opcode,
    target: Option<usize>,
    handler: Option<usize>,
}

pub fn assemble(cfg: &Cfg, firstlineno: i32) -> Assembled {
    let order = cfg.order();
    let mut starts = vec![0; cfg.blocks.len()];
    let mut count = 0;
    for id in &order {
        starts[id.0 as usize] = count;
        count += cfg[*id].len();
    }
    let start = |id: BlockId| starts[id.0 as usize];
    let mut flat = Vec::with_capacity(count);
    let mut handlers: Vec<Option<BlockId>> = Vec::with_capacity(count);
    for id in &order {
        for instr in cfg[*id].instrs() {
            handlers.push(instr.except);
            let target = instr.target.filter(|_| instr.op.is_jump()).map(start);
            flat.push(Flat {
                instr: *instr,
                // Filled in below, when directions of jumps are known.
                opcode: instr.op.real().unwrap_or(Opcode::NOP),
                target,
                handler: instr.except.map(start),
            });
        }
    }
    resolve_jump_directions(&mut flat);
    propagate_next_locations(&mut flat);
    let offsets = resolve_offsets(&mut flat);
    Assembled {
        code: emit_code(&flat),
        linetable: emit_lines(&flat, &offsets, firstlineno),
        exceptiontable: emit_exceptions(cfg, &flat, &handlers, &offsets),
    }
}

fn resolve_jump_directions(flat: &mut [Flat]) {
    for (index, item) in flat.iter_mut().enumerate() {
        let forward = item.target.is_some_and(|target| target > index);
        match item.instr.op {
            CfgOp::JUMP => {
                item.opcode = if forward {
                    Opcode::JUMP_FORWARD
                } else {
                    Opcode::JUMP_BACKWARD
                };
            }
            CfgOp::JUMP_NO_INTERRUPT => {
                item.opcode = if forward {
                    Opcode::JUMP_FORWARD
                } else {
                    Opcode::JUMP_BACKWARD_NO_INTERRUPT
                };
            }
            _ => {}
        }
    }
}

fn propagate_next_locations(flat: &mut [Flat]) {
    let mut next = Loc::NONE;
    for item in flat.iter_mut().rev() {
        if item.instr.loc == Loc::NEXT {
            item.instr.loc = if item.instr.op.is_terminator() {
                Loc::NONE
            } else {
                next
            };
        }
        next = item.instr.loc;
    }
}

/// Code units from a `SEND` to its `END_SEND`.
const END_SEND_OFFSET: usize = 5;

/// Code units of an instruction with its `EXTENDED_ARG`s and caches.
fn size(opcode: Opcode, arg: u32) -> usize {
    extended_args(arg) + 1 + opcode.caches()
}

fn extended_args(arg: u32) -> usize {
    usize::from(arg > 0xFF) + usize::from(arg > 0xFFFF) + usize::from(arg > 0xFF_FFFF)
}

/// Sets the distances of jumps, until no operand grows any more. Gives the offset of each
/// instruction, and the total.
fn resolve_offsets(flat: &mut [Flat]) -> Vec<usize> {
    let mut offsets = vec![0; flat.len() + 1];
    for item in flat.iter_mut() {
        // The first sizes are those of the targets' numbers.
        if let Some(target) = item.target {
            item.instr.arg = target as u32;
        }
    }
    loop {
        let mut total = 0;
        for (index, item) in flat.iter().enumerate() {
            offsets[index] = total;
            total += size(item.opcode, item.instr.arg);
        }
        offsets[flat.len()] = total;
        let mut grown = false;
        for index in 0..flat.len() {
            let Some(target) = flat[index].target else {
                continue;
            };
            let (opcode, arg) = (flat[index].opcode, flat[index].instr.arg);
            let before = size(opcode, arg);
            let end = offsets[index] + before;
            let mut to = offsets[target];
            if opcode == Opcode::END_ASYNC_FOR {
                // Its target is the SEND; what it names is the END_SEND, for monitoring.
                to += END_SEND_OFFSET;
            }
            let distance = to.abs_diff(end) as u32;
            flat[index].instr.arg = distance;
            grown |= size(opcode, distance) != before;
        }
        if !grown {
            return offsets;
        }
    }
}

fn emit_code(flat: &[Flat]) -> Box<[u8]> {
    let mut code = Vec::new();
    for item in flat {
        let arg = item.instr.arg;
        for shift in (1..=extended_args(arg)).rev() {
            code.extend([Opcode::EXTENDED_ARG as u8, (arg >> (8 * shift)) as u8]);
        }
        code.extend([item.opcode as u8, arg as u8]);
        code.extend(std::iter::repeat_n(0, item.opcode.caches() * 2));
    }
    code.into()
}

fn position(loc: Loc) -> Position {
    if loc.line < 0 {
        return Position::NONE;
    }
    Position::new(loc.line, loc.end_line, loc.col, loc.end_col)
}

fn emit_lines(flat: &[Flat], offsets: &[usize], firstlineno: i32) -> Box<[u8]> {
    let mut writer = LineTableWriter::new(firstlineno);
    let mut index = 0;
    while index < flat.len() {
        let loc = flat[index].instr.loc;
        let mut end = index + 1;
        while end < flat.len() && flat[end].instr.loc == loc {
            end += 1;
        }
        writer.add(position(loc), offsets[end] - offsets[index]);
        index = end;
    }
    writer.finish()
}

fn emit_exceptions(
    cfg: &Cfg,
    flat: &[Flat],
    handlers: &[Option<BlockId>],
    offsets: &[usize],
) -> Box<[u8]> {
    let mut table = Vec::new();
    let mut index = 0;
    while index < flat.len() {
        let handler = handlers[index];
        let mut end = index + 1;
        while end < flat.len() && handlers[end] == handler {
            end += 1;
        }
        if let (Some(handler), Some(target)) = (handler, flat[index].handler) {
            let block = &cfg[handler];
            let lasti = block.preserve_lasti;
            // What the exception, and `lasti` below it, are pushed on.
            let depth = block.startdepth - 1 - i64::from(lasti);
            exceptiontable::encode(
                &mut table,
                ExceptionEntry {
                    start: offsets[index] as u32,
                    end: offsets[end] as u32,
                    target: offsets[target] as u32,
                    depth: depth.max(0) as u32,
                    lasti,
                },
            );
        }
        index = end;
    }
    table.into()
}
