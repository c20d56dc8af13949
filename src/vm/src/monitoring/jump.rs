//! Jumping to a line: what setting `f_lineno` in a trace function does.
//!
//! The stack at the target must be one that the stack here can be cut down to. What lies on it is found by going
//! through the code once, as far as the kinds of values matter.

use super::{Event, state};
use crate::exceptions::{self, PyResult, value_error};
use crate::interpreter::frame::Frame;
use crate::objects::code::Code;
use crate::thread::thread;
use crate::value::Raw;
use taipan_bytecode::exceptiontable::ExceptionEntries;
use taipan_bytecode::{Opcode, linetable};

/// What a stack slot holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Kind {
    Iterator,
    Exception,
    Object,
    Null,
    /// The offset of an instruction that raised.
    Place,
}

/// Deeper stacks are not looked at.
const DEEPEST: usize = 21;

/// The stack before an instruction. They are ordered by depth.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Stack {
    Unreached,
    TooDeep,
    Known(Vec<Kind>),
}

impl Stack {
    fn push(&mut self, kind: Kind) {
        match self {
            Stack::Known(slots) if slots.len() < DEEPEST => slots.push(kind),
            Stack::Known(_) => *self = Stack::TooDeep,
            _ => {}
        }
    }

    fn pop(&mut self) -> Option<Kind> {
        match self {
            Stack::Known(slots) => slots.pop(),
            _ => None,
        }
    }

    fn cut(&mut self, depth: usize) {
        if let Stack::Known(slots) = self {
            slots.truncate(depth);
        }
    }

    fn peek(&self, depth: usize) -> Kind {
        match self {
            Stack::Known(slots) if depth <= slots.len() => slots[slots.len() - depth],
            _ => Kind::Object,
        }
    }

    fn swap(&mut self, depth: usize) {
        if let Stack::Known(slots) = self
            && depth <= slots.len()
        {
            let count = slots.len();
            slots.swap(count - 1, count - depth);
        }
    }

    /// Can this one, at the start of a jump, be cut down to the target's?
    fn fits(&self, target: &Stack) -> bool {
        let (Stack::Known(from), Stack::Known(to)) = (self, target) else {
            return false;
        };
        let mut from = from.as_slice();
        while (from.len(), from) > (to.len(), to.as_slice()) {
            from = &from[..from.len() - 1];
        }
        let fits = |(from, to): (&Kind, &Kind)| match to {
            Kind::Object => *from != Kind::Null,
            Kind::Null => true,
            _ => from == to,
        };
        from.len() == to.len() && from.iter().zip(to).all(fits)
    }

    /// Why nothing can jump here.
    fn refusal(&self) -> &'static str {
        match self {
            Stack::TooDeep => "stack is too deep to analyze",
            Stack::Unreached => "can't jump into an exception handler, or code may be unreachable",
            Stack::Known(slots) => match slots.last() {
                Some(Kind::Exception) => {
                    "can't jump into an 'except' block as there's no exception"
                }
                Some(Kind::Place) => "can't jump into a re-raising block as there's no location",
                Some(Kind::Iterator) => "can't jump into the body of a for loop",
                _ => "incompatible stacks",
            },
        }
    }
}

/// The stacks before all code units.
struct Stacks {
    before: Vec<Stack>,
    /// A backward jump or a handler was found whose target has been gone past.
    again: bool,
}

impl Stacks {
    fn of(code: &Code) -> Stacks {
        let mut stacks = Stacks {
            before: vec![Stack::Unreached; code.len() + 1],
            again: true,
        };
        stacks.before[0] = Stack::Known(Vec::new());
        while std::mem::take(&mut stacks.again) {
            stacks.scan(code);
            stacks.handlers(code);
        }
        stacks
    }

    fn scan(&mut self, code: &Code) {
        let mut unit = 0;
        while unit < code.len() {
            let stack = self.before[unit].clone();
            let mut oparg = 0u32;
            let op = loop {
                let (op, arg) = code.plain_instruction(unit);
                let arg = u32::from(arg);
                oparg = oparg << 8 | arg;
                if op != Opcode::EXTENDED_ARG {
                    break op;
                }
                unit += 1;
                self.before[unit] = stack.clone();
            };
            let next = unit + 1 + op.caches();
            if stack != Stack::Unreached {
                self.step(unit, next, op, oparg, stack);
            }
            unit = next;
        }
    }

    fn step(&mut self, unit: usize, next: usize, op: Opcode, oparg: u32, mut stack: Stack) {
        let jump = oparg as usize;
        match op {
            Opcode::POP_JUMP_IF_FALSE
            | Opcode::POP_JUMP_IF_TRUE
            | Opcode::POP_JUMP_IF_NONE
            | Opcode::POP_JUMP_IF_NOT_NONE => {
                stack.pop();
                self.before[next + jump] = stack.clone();
            }
            Opcode::SEND => self.before[next + jump] = stack.clone(),
            Opcode::JUMP_FORWARD => {
                self.before[next + jump] = stack;
                return;
            }
            Opcode::JUMP_BACKWARD | Opcode::JUMP_BACKWARD_NO_INTERRUPT => {
                let target = next - jump;
                self.again |= self.before[target] == Stack::Unreached && target < unit;
                self.before[target] = stack;
                return;
            }
            Opcode::GET_ITER | Opcode::GET_AITER => {
                stack.pop();
                stack.push(Kind::Iterator);
            }
            Opcode::FOR_ITER => {
                stack.push(Kind::Object);
                self.before[next + jump] = stack.clone();
            }
            Opcode::END_ASYNC_FOR => {
                stack.pop();
                stack.pop();
            }
            Opcode::PUSH_EXC_INFO => stack.push(Kind::Exception),
            Opcode::POP_EXCEPT => {
                stack.pop();
            }
            Opcode::RETURN_VALUE | Opcode::RAISE_VARARGS | Opcode::RERAISE => return,
            Opcode::PUSH_NULL => stack.push(Kind::Null),
            Opcode::LOAD_GLOBAL => {
                stack.push(Kind::Object);
                if oparg & 1 != 0 {
                    stack.push(Kind::Null);
                }
            }
            Opcode::LOAD_ATTR if oparg & 1 != 0 => {
                stack.pop();
                stack.push(Kind::Object);
                stack.push(Kind::Null);
            }
            Opcode::LOAD_ATTR => {}
            Opcode::SWAP => stack.swap(jump),
            Opcode::COPY => stack.push(stack.peek(jump)),
            _ => {
                let change = op.stack_effect(oparg);
                for _ in change..0 {
                    stack.pop();
                }
                for _ in 0..change {
                    stack.push(Kind::Object);
                }
            }
        }
        self.before[next] = stack;
    }

    fn handlers(&mut self, code: &Code) {
        for entry in ExceptionEntries::new(&code.exceptiontable) {
            let target = entry.target as usize;
            let start = self.before[entry.start as usize].clone();
            if start == Stack::Unreached || self.before[target] != Stack::Unreached {
                continue;
            }
            self.again = true;
            let mut stack = start;
            stack.cut(entry.depth as usize);
            if entry.lasti {
                stack.push(Kind::Place);
            }
            stack.push(Kind::Exception);
            self.before[target] = stack;
        }
    }
}

/// Where each line begins: code unit and line.
fn line_starts(code: &Code) -> Vec<(usize, i32)> {
    let mut starts: Vec<(usize, i32)> = Vec::new();
    for (start, _, line) in linetable::lines(&code.linetable, code.firstlineno) {
        if let Some(line) = line
            && starts.last().is_none_or(|last| last.1 != line)
        {
            starts.push((start / 2, line));
        }
    }
    starts
}

/// Whether the event under way lets its frame jump.
fn check_event(frame: *mut Frame) -> PyResult<()> {
    let Some((event, told)) = state().telling.get() else {
        return Err(value_error("f_lineno can only be set in a trace function"));
    };
    let message = match event {
        Event::PyResume | Event::Jump | Event::Line | Event::PyYield if told == frame => {
            return Ok(());
        }
        Event::PyStart => "can't jump from the 'call' trace event of a new frame",
        Event::Call | Event::CReturn => "can't jump during a call",
        _ => "can only jump from a 'line' trace event",
    };
    Err(value_error(message))
}

/// Has the frame go on at a line, which it does once the trace function returns.
pub fn jump(frame: *mut Frame, line: i64) -> PyResult<()> {
    check_event(frame)?;
    let Ok(wanted) = i32::try_from(line) else {
        return Err(value_error("lineno out of range"));
    };
    // SAFETY: the frame is the innermost one, and its registers are saved.
    let (code, here) = unsafe { ((*frame).code_ref(), (*frame).offset()) };
    if wanted < code.firstlineno {
        return Err(value_error(format!(
            "line {wanted} comes before the current code block"
        )));
    }
    let starts = line_starts(code);
    let later = starts
        .iter()
        .map(|(_, line)| *line)
        .filter(|line| *line >= wanted);
    let Some(line) = later.min() else {
        return Err(value_error(format!(
            "line {wanted} comes after the current code block"
        )));
    };
    let stacks = Stacks::of(code).before;
    let from = &stacks[here];
    let mut best: Option<usize> = None;
    let mut refusal = None;
    for (unit, _) in starts.iter().filter(|start| start.1 == line) {
        if !from.fits(&stacks[*unit]) {
            refusal.get_or_insert_with(|| match from {
                Stack::TooDeep => "stack to deep to analyze",
                Stack::Unreached => "can't jump from unreachable code",
                Stack::Known(_) => stacks[*unit].refusal(),
            });
        } else if best.is_none_or(|best| depth(&stacks[*unit]) > depth(&stacks[best])) {
            best = Some(*unit);
        }
    }
    let Some(target) = best else {
        return Err(value_error(
            refusal.unwrap_or("cannot find bytecode for specified line"),
        ));
    };
    bind_all(frame, code)?;
    let Stack::Known(slots) = from else {
        return Ok(());
    };
    let left = depth(&stacks[target]).map_or(0, |(depth, _)| depth);
    // SAFETY: the frame stands still while tools are told; the stack has as many values as the code says here.
    unsafe {
        for kind in slots[left..].iter().rev() {
            pop(frame, *kind);
        }
        (*frame).ip = code.start.add(target);
        (*frame).traced_at = target as u32;
    }
    Ok(())
}

fn depth(stack: &Stack) -> Option<(usize, &[Kind])> {
    match stack {
        Stack::Known(slots) => Some((slots.len(), slots)),
        _ => None,
    }
}

/// Drops the topmost value; an exception was the one being handled, or becomes it again.
///
/// # Safety
/// The stack of the frame, which is the innermost one, has such a value.
unsafe fn pop(frame: *mut Frame, kind: Kind) {
    // SAFETY: the caller's promise.
    unsafe {
        (*frame).sp = (*frame).sp.sub(1);
        let raw = *(*frame).sp;
        if kind != Kind::Exception {
            raw.release();
            return;
        }
        let before = raw.owned().into_value();
        let item = &*thread().exc_info.get();
        drop(
            item.value
                .replace(Some(before).filter(|value| !value.is_none())),
        );
    }
}

/// The compiler relies on variables being bound where they must be: after a jump, all are.
fn bind_all(frame: *mut Frame, code: &Code) -> PyResult<()> {
    // SAFETY: the frame has that many locals.
    let local = |index: usize| unsafe { Frame::slots(frame).add(index) };
    // SAFETY: as above.
    let unbound =
        |index: &usize| unsafe { (*local(*index)).is_unbound() || (*local(*index)).is_null() };
    let count = (0..code.local_count as usize).filter(unbound).count();
    if count == 0 {
        return Ok(());
    }
    let plural = if count == 1 { "" } else { "s" };
    let message = format!("assigning None to {count} unbound local{plural}");
    crate::warnings::warn(exceptions::RUNTIME_WARNING.get(), &message, 0)?;
    for index in (0..code.local_count as usize).filter(unbound) {
        // SAFETY: as above; the slot holds nothing.
        unsafe { *local(index) = Raw::none() };
    }
    Ok(())
}
