//! What monitoring keeps with a code object: which tools want what, where its traps are, where lines begin.

use super::{Event, Tools, UNGROUPED, state};
use crate::interpreter::untouched;
use crate::objects::code::Code;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use taipan_bytecode::Opcode;

/// Stands in for the instruction that plain code has in its place; the operand stays.
pub const TRAP: Opcode = Opcode::INSTRUMENTED_INSTRUCTION;

pub struct Monitor {
    /// `co_code`, from before there were traps.
    pub code: Box<[u8]>,
    version: Cell<u64>,
    /// What tools want of this code in particular; see [`Monitor::set_local`].
    pub local: Cell<Tools>,
    /// What they want of it in all, as of `version`.
    active: Cell<Tools>,
    /// Tools that switched an event off at a place.
    disabled: RefCell<HashMap<(u32, Event), u8>>,
    lines: OnceCell<Lines>,
    trapped: Cell<bool>,
}

impl Monitor {
    fn of(code: &Code) -> Monitor {
        Monitor {
            code: code.bytes(),
            version: Cell::new(0),
            local: Cell::new([0; UNGROUPED]),
            active: Cell::new([0; UNGROUPED]),
            disabled: RefCell::new(HashMap::new()),
            lines: OnceCell::new(),
            trapped: Cell::new(false),
        }
    }
}

/// By code unit.
pub struct Lines {
    line: Box<[Option<i32>]>,
    /// Execution that comes here from another line tells a line.
    starts: Box<[bool]>,
}

impl Lines {
    pub fn line(&self, unit: u32) -> Option<i32> {
        self.line.get(unit as usize).copied().flatten()
    }
    pub fn starts(&self, unit: u32) -> bool {
        self.starts[unit as usize]
    }
}

/// The instructions of plain code: first unit, opcode, operand with its prefixes, end.
fn instructions(code: &Code) -> impl Iterator<Item = (usize, Opcode, u32, usize)> + '_ {
    let mut at = 0;
    let mut prefix = 0;
    std::iter::from_fn(move || {
        if at >= code.len() {
            return None;
        }
        let (op, byte) = code.plain_instruction(at);
        let oparg = prefix << 8 | byte as u32;
        prefix = if op == Opcode::EXTENDED_ARG { oparg } else { 0 };
        let start = at;
        at += 1 + op.caches();
        Some((start, op, oparg, at))
    })
}

/// The first instruction that tools hear of: those before it set the frame up.
fn first_traceable(code: &Code) -> usize {
    instructions(code)
        .find(|(_, op, ..)| *op == Opcode::RESUME)
        .map_or(0, |(at, ..)| at)
}

fn find_lines(code: &Code) -> Lines {
    let line: Box<[Option<i32>]> =
        taipan_bytecode::linetable::positions(&code.linetable, code.firstlineno)
            .map(|position| position.line)
            .collect();
    let first = first_traceable(code);
    let mut starts = vec![false; code.len()].into_boxed_slice();
    let mut mark = |unit: usize| {
        if line.get(unit).copied().flatten().is_some() {
            starts[unit] = true;
        }
    };
    let mut current = None;
    for (at, op, oparg, end) in instructions(code) {
        if at < first {
            continue;
        }
        use Opcode::*;
        // These belong to what comes before them: they are passed over as a rule.
        if !matches!(op, END_ASYNC_FOR | END_FOR | END_SEND | RESUME | POP_ITER) {
            if line[at] != current {
                mark(at);
            }
            current = line[at];
        }
        let oparg = oparg as usize;
        match op {
            POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE | POP_JUMP_IF_NONE | POP_JUMP_IF_NOT_NONE
            | JUMP_FORWARD => mark(end + oparg),
            // `END_FOR` or `END_SEND` is passed over; `POP_ITER` belongs to the loop.
            FOR_ITER | SEND if code.plain_instruction(end + oparg + 1).0 != POP_ITER => {
                mark(end + oparg + 1)
            }
            JUMP_BACKWARD | JUMP_BACKWARD_NO_INTERRUPT => mark(end - oparg),
            _ => {}
        }
    }
    for entry in taipan_bytecode::exceptiontable::ExceptionEntries::new(&code.exceptiontable) {
        let handler = entry.target as usize;
        if code.plain_instruction(handler).0 != Opcode::END_ASYNC_FOR {
            mark(handler);
        }
    }
    Lines { line, starts }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.set_local([0; UNGROUPED]);
    }
}

impl Monitor {
    pub fn set_local(&self, tools: Tools) {
        self.local.set(tools);
        let mut all = state().local.take();
        all.retain(|monitor| !std::ptr::eq(*monitor, self));
        if tools.iter().any(|bits| *bits != 0) {
            all.push(self);
        }
        state().local.set(all);
    }
    pub fn is_current(&self) -> bool {
        self.version.get() == state().version.get()
    }
    pub fn is_trapped(&self) -> bool {
        self.trapped.get()
    }
    pub fn lines(&self, code: &Code) -> &Lines {
        self.lines.get_or_init(|| find_lines(code))
    }
    fn wants(&self, event: Event) -> bool {
        self.active.get()[event as usize] != 0
    }
    /// Is every instruction trapped? Lines and branches depend on the instruction executed before.
    pub fn traps_all(&self) -> bool {
        [
            Event::Line,
            Event::Instruction,
            Event::BranchLeft,
            Event::BranchRight,
        ]
        .into_iter()
        .any(|event| self.wants(event))
    }
    /// The tools that get this event of this place.
    pub fn tools(&self, unit: u32, event: Event) -> u8 {
        let tools = self.active.get()[event.group() as usize];
        if tools == 0 {
            return 0;
        }
        let disabled = self.disabled.borrow();
        tools & !disabled.get(&(unit, event)).copied().unwrap_or(0)
    }
    pub fn disable(&self, unit: u32, event: Event, tool: usize) {
        *self.disabled.borrow_mut().entry((unit, event)).or_insert(0) |= 1 << tool;
    }
    /// Sets and takes away traps as the tools' wishes are now; true if anything changed.
    pub fn refresh(&self, code: &Code) -> bool {
        let state = state();
        if self.is_current() {
            return false;
        }
        let restarted = state.restarted.get() > self.version.get();
        self.version.set(state.version.get());
        let (global, local, before) = (state.tools.get(), self.local.get(), self.active.get());
        let now: Tools = std::array::from_fn(|event| global[event] | local[event]);
        self.active.set(now);
        // Who asks for an event anew gets it everywhere.
        self.disabled.borrow_mut().retain(|(_, event), tools| {
            let event = event.group() as usize;
            *tools &= before[event] & now[event];
            *tools != 0 && !restarted
        });
        if now == before {
            return false;
        }
        let first = first_traceable(code);
        let all = self.traps_all();
        let mut any = false;
        for (at, op, ..) in instructions(code) {
            let trap = at >= first && (all || self.has_event(op));
            any |= trap;
            code.set_trap(at, op, trap);
        }
        self.trapped.set(any);
        true
    }
    /// Does some tool want an event that this instruction may have?
    fn has_event(&self, op: Opcode) -> bool {
        use Opcode::*;
        match op {
            RESUME => self.wants(Event::PyStart) || self.wants(Event::PyResume),
            RETURN_VALUE => self.wants(Event::PyReturn),
            YIELD_VALUE => self.wants(Event::PyYield),
            CALL | CALL_KW | CALL_FUNCTION_EX | LOAD_SUPER_ATTR => self.wants(Event::Call),
            JUMP_FORWARD | JUMP_BACKWARD => self.wants(Event::Jump),
            END_FOR | END_SEND => self.wants(Event::StopIteration),
            FOR_ITER | SEND => self.wants(Event::Raise),
            _ => false,
        }
    }
}

impl Code {
    /// What monitoring keeps here, made when first asked for.
    pub fn monitor(&self) -> &Monitor {
        self.monitoring.get_or_init(|| Box::new(Monitor::of(self)))
    }
    /// Opcode and operand byte of the instruction at this unit, whatever the executable copy has there now.
    pub fn plain_instruction(&self, unit: usize) -> (Opcode, u8) {
        let [op, oparg] = match self.monitoring.get() {
            Some(monitor) => [monitor.code[2 * unit], monitor.code[2 * unit + 1]],
            // SAFETY: within the code, under the GIL.
            None => unsafe { *self.start.add(unit) }.to_le_bytes(),
        };
        (Opcode::from_u8(op).expect("verified code").deopt(), oparg)
    }
    /// As a word of the executable copy.
    pub fn plain_word(&self, ip: *const u16) -> u16 {
        let (op, byte) = self.plain_instruction(self.offset_of(ip));
        op as u16 | (byte as u16) << 8
    }
    /// Sets or takes away a trap. The generic form is what comes back: what specialized forms had in their
    /// caches is no use to it.
    fn set_trap(&self, unit: usize, op: Opcode, trap: bool) {
        let wanted = if trap { TRAP } else { op };
        // SAFETY: the units of one instruction, of a copy that is ours to write.
        unsafe {
            let word = self.start.add(unit);
            let there = *word as u8;
            if there == wanted as u8 || !trap && there != TRAP as u8 {
                return;
            }
            *word = *word & 0xFF00 | wanted as u16;
            if there != op as u8 && there != TRAP as u8 || !trap {
                for cache in 0..op.caches() {
                    *word.add(1 + cache) = if cache == 0 { untouched(op) } else { 0 };
                }
            }
        }
    }
    /// Replaces the traps in a copy of the instructions.
    pub fn without_traps(&self, units: &mut [u16]) {
        if !self
            .monitoring
            .get()
            .is_some_and(|monitor| monitor.is_trapped())
        {
            return;
        }
        for (at, op, ..) in instructions(self) {
            if units[at] as u8 == TRAP as u8 {
                units[at] = units[at] & 0xFF00 | op as u16;
                for cache in 0..op.caches() {
                    units[at + 1 + cache] = if cache == 0 { untouched(op) } else { 0 };
                }
            }
        }
    }
}
