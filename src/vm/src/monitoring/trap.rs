//! What a trap does: tells the tools what is about to happen, and performs the instruction that it hides.

use super::code::{Monitor, TRAP};
use super::events::{Told, tell, tell_stop_iteration};
use super::{Event, unwinding};
use crate::abstract_ops;
use crate::exceptions::{self, BaseException, PyResult};
use crate::interpreter::dispatch::{self, Flow, State};
use crate::interpreter::frame::Frame;
use crate::object::Ref;
use crate::objects::code::Code;
use crate::objects::function::Function;
use crate::objects::generator;
use crate::objects::list::List;
use crate::objects::method::Method;
use crate::objects::slot_wrapper;
use crate::objects::tuple::Tuple;
use crate::thread::thread;
use crate::value::Value;
use taipan_bytecode::Opcode;

/// A cache's counter that does not run down before it is written again.
const NEVER: u16 = u16::MAX;

type Next = fn(&Value) -> PyResult<Option<Value>>;

/// The body of a trap.
pub fn trap(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let frame = s.frame;
    // SAFETY: the frame under execution owns its code through its function.
    let code = unsafe { &*(*frame).code };
    let unit = code.offset_of(s.ip) as u32;
    let (op, _) = code.plain_instruction(unit as usize);
    let monitor = code.monitor();
    if !monitor.is_current() && monitor.refresh(code) {
        return Flow::Jump;
    }
    // SAFETY: the frame is live.
    let before = unsafe { std::mem::replace(&mut (*frame).traced_at, unit) };
    if !thread().tracing.get() {
        if before_instruction(frame, code, unit, op, before).is_err() {
            return Flow::Raise;
        }
        if led_elsewhere(s, s.ip) {
            return Flow::Jump;
        }
    }
    if op == Opcode::EXTENDED_ARG {
        return prefixed(s, code, oparg);
    }
    if thread().tracing.get() {
        return perform(s, op, oparg);
    }
    match with_events(s, code, unit, op, oparg, before) {
        Ok(flow) => flow,
        Err(_) => Flow::Raise,
    }
}

/// Whether a tool that was told of the frame's instruction at `ip` had it jump to another line.
fn led_elsewhere(s: &mut State, ip: *const u16) -> bool {
    // SAFETY: the frame is live.
    let frame = unsafe { &*s.frame };
    if frame.ip == ip {
        return false;
    }
    s.ip = frame.ip;
    s.sp = frame.sp;
    true
}

/// The instruction behind a prefix, which goes into its operand.
fn prefixed(s: &mut State, code: &Code, prefix: u32) -> Flow {
    // SAFETY: an instruction follows.
    let word = unsafe {
        s.ip = s.ip.add(1);
        *s.ip
    };
    let oparg = prefix << 8 | (word >> 8) as u32;
    if word as u8 == TRAP as u8 {
        return trap(s, oparg);
    }
    s.save();
    perform(s, code.plain_instruction(code.offset_of(s.ip)).0, oparg)
}

/// Line and instruction.
fn before_instruction(
    frame: *mut Frame,
    code: &Code,
    unit: u32,
    op: Opcode,
    before: u32,
) -> PyResult<()> {
    let monitor = code.monitor();
    if monitor.tools(unit, Event::Line) != 0 {
        let lines = monitor.lines(code);
        if lines.starts(unit)
            && let Some(line) = lines.line(unit)
            && (lines.line(before) != Some(line)
                || code.plain_instruction(before as usize).0 == Opcode::RESUME)
        {
            tell(frame, unit, Event::Line, Told::Line(line))?;
        }
    }
    if monitor.tools(unit, Event::Instruction) != 0
        && !matches!(op, Opcode::RESUME | Opcode::END_FOR)
    {
        tell(frame, unit, Event::Instruction, Told::Nothing)?;
    }
    Ok(())
}

/// The generic form of an instruction, which stays generic; goes on behind it.
fn perform(s: &mut State, op: Opcode, oparg: u32) -> Flow {
    if op.caches() > 0 {
        // SAFETY: the cache belongs to the instruction.
        unsafe { *(s.ip.add(1) as *mut u16) = NEVER };
    }
    let next = s.ip.wrapping_add(1 + op.caches());
    let mut flow = dispatch::perform(s, op, oparg);
    if let Flow::Generic = flow {
        flow = dispatch::generic_body(s, op, oparg);
    }
    match flow {
        Flow::Next => s.ip = next,
        Flow::Release(raw) => {
            s.save();
            raw.release();
            s.ip = next;
        }
        Flow::ReleaseBoth(first, second) => {
            s.save();
            first.release();
            second.release();
            s.ip = next;
        }
        flow => return flow,
    }
    Flow::Jump
}

/// Performs an instruction, with the events it has.
fn with_events(
    s: &mut State,
    code: &Code,
    unit: u32,
    op: Opcode,
    oparg: u32,
    before: u32,
) -> PyResult<Flow> {
    let frame = s.frame;
    let monitor = code.monitor();
    // SAFETY: stack words of the frame under execution.
    let top = |s: &State, depth: usize| s.top(depth).to_value();
    let end = unit + 1 + op.caches() as u32;
    match op {
        Opcode::RESUME => {
            if dispatch::poll_needed() {
                dispatch::handle_poll()?;
            }
            let event = if oparg > 0 {
                Event::PyResume
            } else {
                Event::PyStart
            };
            tell(frame, unit, event, Told::Nothing)?;
            if !led_elsewhere(s, s.ip) {
                // SAFETY: an instruction follows.
                s.ip = unsafe { s.ip.add(1) };
            }
            Ok(Flow::Jump)
        }
        Opcode::RETURN_VALUE | Opcode::YIELD_VALUE => {
            let event = if op == Opcode::RETURN_VALUE {
                Event::PyReturn
            } else {
                Event::PyYield
            };
            if monitor.tools(unit, event) != 0 {
                let value = top(s, 0);
                tell(frame, unit, event, Told::Value(&value))?;
                if led_elsewhere(s, s.ip) {
                    return Ok(Flow::Jump);
                }
            }
            Ok(perform(s, op, oparg))
        }
        Opcode::JUMP_FORWARD | Opcode::JUMP_BACKWARD => {
            let flow = perform(s, op, oparg);
            if let Flow::Jump = flow {
                jumped(s, code, unit, Event::Jump)?;
            }
            Ok(flow)
        }
        Opcode::POP_JUMP_IF_FALSE
        | Opcode::POP_JUMP_IF_TRUE
        | Opcode::POP_JUMP_IF_NONE
        | Opcode::POP_JUMP_IF_NOT_NONE => {
            let flow = perform(s, op, oparg);
            if let Flow::Jump = flow
                && code.offset_of(s.ip) as u32 != end
            {
                jumped(s, code, unit, Event::BranchRight)?;
            }
            Ok(flow)
        }
        Opcode::NOT_TAKEN | Opcode::POP_ITER => {
            // CPython takes the instruction told of last for the branch.
            let told = monitor.tools(unit, Event::Instruction) != 0
                || monitor.tools(unit, Event::Line) != 0 && monitor.lines(code).starts(unit);
            let branch = if told { unit } else { before };
            let event = if op == Opcode::NOT_TAKEN {
                Event::BranchLeft
            } else {
                Event::BranchRight
            };
            let flow = perform(s, op, oparg);
            jumped(s, code, branch, event)?;
            Ok(flow)
        }
        Opcode::END_ASYNC_FOR => {
            let flow = perform(s, op, oparg);
            if let Flow::Jump = flow {
                jumped(s, code, end - oparg, Event::BranchRight)?;
            }
            Ok(flow)
        }
        Opcode::FOR_ITER => for_iter(s, code, unit, oparg),
        Opcode::SEND => send(s, oparg),
        Opcode::END_SEND | Opcode::END_FOR => {
            if monitor.tools(unit, Event::StopIteration) != 0
                && generator::is_generator_or_coroutine(s.top(1))
            {
                tell_stop_iteration(frame, unit, &top(s, 0))?;
            }
            Ok(perform(s, op, oparg))
        }
        Opcode::CALL | Opcode::CALL_KW | Opcode::CALL_FUNCTION_EX | Opcode::LOAD_SUPER_ATTR => {
            if monitor.tools(unit, Event::Call) == 0 {
                return Ok(perform(s, op, oparg));
            }
            call(s, monitor, unit, op, oparg)
        }
        _ => Ok(perform(s, op, oparg)),
    }
}

/// Execution stands where a jump or branch has led; the frame still shows the instruction that did it.
fn jumped(s: &mut State, code: &Code, unit: u32, event: Event) -> PyResult<()> {
    if code.monitor().tools(unit, event) == 0 {
        return Ok(());
    }
    // SAFETY: the frame is live.
    let shown = unsafe {
        (*s.frame).sp = s.sp;
        (*s.frame).ip
    };
    tell(
        s.frame,
        unit,
        event,
        Told::Target(code.offset_of(s.ip) as u32),
    )?;
    led_elsewhere(s, shown);
    Ok(())
}

/// The `StopIteration` by which an iterator has ended, if it is that, after tools have heard of it.
fn stopped(frame: *mut Frame) -> Option<Ref<BaseException>> {
    let stop = exceptions::STOP_ITERATION.get();
    let raised = &thread().raised;
    if !raised.with(|raised| {
        raised
            .as_ref()
            .is_some_and(|e| e.as_value().is_instance(stop))
    }) {
        return None;
    }
    // SAFETY: the frame is live.
    let unit = unsafe { (*frame).offset() as u32 };
    unwinding::raised(frame, unit, false);
    exceptions::catch(stop)
}

/// The next item. What is told with an end by `StopIteration` is left raised, even where the iterator has put off to
/// make it.
fn step(iterator: &Value, next: Next) -> PyResult<Option<Value>> {
    let stop_value = &thread().stop_value;
    stop_value.set(None);
    if slot_wrapper::is_python_iterator(iterator) {
        return slot_wrapper::next_or_raise(iterator).map(Some);
    }
    let item = next(iterator)?;
    match stop_value.take() {
        Some(value) if item.is_none() => Err(exceptions::raise_args(
            exceptions::STOP_ITERATION.get(),
            vec![value],
        )),
        _ => Ok(item),
    }
}

/// Sending to what is no generator: it too may end by an exception.
fn send(s: &mut State, oparg: u32) -> PyResult<Flow> {
    let (value, receiver) = (s.top(0).to_value(), s.top(1).to_value());
    let slot = receiver.class().slots().iternext;
    let result = match slot {
        _ if generator::is_generator_or_coroutine(receiver.raw()) => {
            return Ok(perform(s, Opcode::SEND, oparg));
        }
        Some(next) if value.is_none() => step(&receiver, next),
        _ => abstract_ops::call_method(&receiver, &crate::names::SEND, &[value]).map(Some),
    };
    let mut next = s.ip.wrapping_add(1 + Opcode::SEND.caches());
    let result = match result {
        Ok(Some(item)) => item,
        ended => {
            next = next.wrapping_add(oparg as usize);
            match ended {
                Err(raised) => {
                    let stop = stopped(s.frame).ok_or(raised)?;
                    stop.field_at(0).unwrap_or_else(Value::none)
                }
                Ok(_) => Value::none(),
            }
        }
    };
    s.replace(1, Ok(result));
    s.ip = next;
    Ok(Flow::Jump)
}

/// An iterator may end by an exception, which tools hear of.
fn for_iter(s: &mut State, code: &Code, unit: u32, oparg: u32) -> PyResult<Flow> {
    let iterator = s.top(0).to_value();
    let Some(next) = iterator.class().slots().iternext else {
        return Ok(perform(s, Opcode::FOR_ITER, oparg));
    };
    let body = s.ip.wrapping_add(1 + Opcode::FOR_ITER.caches());
    let item = match step(&iterator, next) {
        Err(raised) => {
            stopped(s.frame).ok_or(raised)?;
            None
        }
        Ok(item) => item,
    };
    match item {
        Some(item) => {
            s.push_value(item);
            s.ip = body;
            jumped(s, code, unit, Event::BranchLeft)?;
        }
        // Behind the loop: past `END_FOR`.
        None => s.ip = body.wrapping_add(oparg as usize + 1),
    }
    Ok(Flow::Jump)
}

/// What an instruction is about to call, and the first argument.
fn callee(s: &State, op: Opcode, oparg: u32) -> (Value, Option<Value>) {
    if op == Opcode::LOAD_SUPER_ATTR {
        let class = (oparg & 2 != 0).then(|| s.top(1).to_value());
        return (s.top(2).to_value(), class);
    }
    if op == Opcode::CALL_FUNCTION_EX {
        let arguments = s.top(1).to_value();
        let first = match (
            arguments.downcast::<Tuple>(),
            arguments.downcast_exact::<List>(),
        ) {
            (Some(tuple), _) => tuple.as_slice().first().cloned(),
            (_, Some(list)) => list.as_slice().first().cloned(),
            _ => None,
        };
        return (s.top(3).to_value(), first);
    }
    let count = oparg as usize;
    // The names of keywords lie above.
    let above = usize::from(op == Opcode::CALL_KW);
    let (callable, receiver) = (s.top(above + count + 1).to_value(), s.top(above + count));
    if !receiver.is_null() {
        return (callable, Some(receiver.to_value()));
    }
    if op == Opcode::CALL
        && let Some(method) = callable.downcast_exact::<Method>()
    {
        return (method.function.clone(), Some(method.object.clone()));
    }
    let first = (count > 0).then(|| s.top(above + count - 1).to_value());
    (callable, first)
}

/// A call: of native code, its end is told too.
fn call(s: &mut State, monitor: &Monitor, unit: u32, op: Opcode, oparg: u32) -> PyResult<Flow> {
    let frame = s.frame;
    let (callable, first) = callee(s, op, oparg);
    tell(
        frame,
        unit,
        Event::Call,
        Told::Call(&callable, first.as_ref()),
    )?;
    let is_python = callable.downcast_exact::<Function>().is_some()
        || op == Opcode::CALL_FUNCTION_EX && callable.downcast_exact::<Method>().is_some();
    let flow = perform(s, op, oparg);
    if is_python || s.frame != frame || monitor.tools(unit, Event::CReturn) == 0 {
        return Ok(flow);
    }
    let told = Told::Call(&callable, first.as_ref());
    match flow {
        Flow::Jump => {
            // The frame stands at the call until that is over.
            let next = s.ip;
            s.ip = next.wrapping_sub(1 + op.caches());
            s.save();
            tell(frame, unit, Event::CReturn, told)?;
            s.ip = next;
        }
        Flow::Raise => {
            let exception = exceptions::take_raised();
            tell(frame, unit, Event::CRaise, told)?;
            exceptions::restore(exception);
        }
        _ => {}
    }
    Ok(flow)
}
