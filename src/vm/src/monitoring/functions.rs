//! `sys.monitoring`.

use super::{EVENTS, Event, PUBLIC_TOOLS, UNGROUPED, events_of, state};
use crate::exceptions::{PyResult, type_error, value_error};
use crate::native::NativeClass;
use crate::object::Ref;
use crate::objects::code::Code;
use crate::objects::dict::Dict;
use crate::objects::module::Module;
use crate::objects::object::Object;
use crate::objects::simple_namespace::SimpleNamespace;
use crate::objects::str::Str;
use crate::value::Value;
use std::cell::OnceCell;
use taipan_macros::pymodule;

pub use monitoring::MODULE;

struct Marks(OnceCell<(Value, Value)>);
// SAFETY: guarded by the GIL.
unsafe impl Sync for Marks {}
static MARKS: Marks = Marks(OnceCell::new());

fn marks() -> &'static (Value, Value) {
    MARKS.0.get_or_init(|| {
        let mark = || Object::allocate(Object::class()).into_value();
        (mark(), mark())
    })
}

/// What a callback returns that wants no more of an event at its place.
pub fn disable() -> Value {
    marks().0.clone()
}

/// Stands for the first argument of a call that has none.
pub fn missing() -> Value {
    marks().1.clone()
}

fn tool(id: i64) -> PyResult<usize> {
    match usize::try_from(id) {
        Ok(id) if id < PUBLIC_TOOLS => Ok(id),
        _ => Err(value_error(format!(
            "invalid tool {id} (must be between 0 and 5)"
        ))),
    }
}

fn tool_in_use(id: i64) -> PyResult<usize> {
    let tool = tool(id)?;
    if state().names[tool].get().is_none() {
        return Err(value_error(format!("tool {tool} is not in use")));
    }
    Ok(tool)
}

fn code(value: &Value) -> PyResult<&Code> {
    value
        .downcast::<Code>()
        .ok_or_else(|| type_error("code must be a code object"))
}

const C_ENDS: i64 = (Event::CReturn.bit() | Event::CRaise.bit()) as i64;
const BRANCHES: i64 = (Event::BranchLeft.bit() | Event::BranchRight.bit()) as i64;

/// A set as Python gives it, as the events asked for by themselves.
fn event_set(events: i64) -> PyResult<i64> {
    if !(0..1 << EVENTS).contains(&events) {
        return Err(value_error(format!(
            "invalid event set 0x{:x}",
            events as u32
        )));
    }
    let call = C_ENDS | Event::Call.bit() as i64;
    if events & C_ENDS != 0 && events & call != call {
        return Err(value_error(
            "cannot set C_RETURN or C_RAISE events independently",
        ));
    }
    let mut events = events & !C_ENDS;
    let branch = Event::Branch.bit() as i64;
    if events & branch != 0 {
        events = events & !branch | BRANCHES;
    }
    Ok(events)
}

#[pymodule(name = "sys.monitoring")]
mod monitoring {
    use super::*;

    #[pyfunction("use_tool_id($module, tool_id, name, /)")]
    fn use_tool_id(tool_id: i64, name: &Value) -> PyResult<()> {
        let tool = super::tool(tool_id)?;
        if name.downcast::<Str>().is_none() {
            return Err(value_error("tool name must be a str"));
        }
        let slot = &state().names[tool];
        if slot.get().is_some() {
            return Err(value_error(format!("tool {tool} is already in use")));
        }
        slot.set(Some(name.clone()));
        Ok(())
    }

    #[pyfunction("clear_tool_id($module, tool_id, /)")]
    fn clear_tool_id(tool_id: i64) -> PyResult<()> {
        let tool = super::tool(tool_id)?;
        if state().names[tool].get().is_some() {
            super::super::clear_tool(tool);
        }
        Ok(())
    }

    #[pyfunction("free_tool_id($module, tool_id, /)")]
    fn free_tool_id(tool_id: i64) -> PyResult<()> {
        let tool = super::tool(tool_id)?;
        if state().names[tool].get().is_some() {
            super::super::clear_tool(tool);
        }
        state().names[tool].set(None);
        Ok(())
    }

    #[pyfunction("get_tool($module, tool_id, /)")]
    fn get_tool(tool_id: i64) -> PyResult {
        let tool = super::tool(tool_id)?;
        Ok(state().names[tool].get().unwrap_or_else(Value::none))
    }

    #[pyfunction("register_callback($module, tool_id, event, func, /)")]
    fn register_callback(tool_id: i64, event: i64, func: &Value) -> PyResult {
        let tool = super::tool(tool_id)?;
        if (event as u32).count_ones() != 1 {
            return Err(value_error(
                "The callback can only be set for one event at a time",
            ));
        }
        let id = event.ilog2() as usize;
        if id >= EVENTS {
            return Err(value_error(format!("invalid event {event}")));
        }
        let callback = Some(func.clone()).filter(|func| !func.is_none());
        let callbacks = &state().callbacks[tool];
        if id == Event::Branch as usize {
            callbacks[Event::BranchLeft as usize].set(callback.clone());
            callbacks[Event::BranchRight as usize].set(callback.clone());
        }
        let before = callbacks[id].replace(callback);
        Ok(before.unwrap_or_else(Value::none))
    }

    #[pyfunction("get_events($module, tool_id, /)")]
    fn get_events(tool_id: i64) -> PyResult<i64> {
        let tool = super::tool(tool_id)?;
        Ok(events_of(&state().tools.get(), tool) as i64)
    }

    #[pyfunction("set_events($module, tool_id, event_set, /)")]
    fn set_events(tool_id: i64, event_set: i64) -> PyResult<()> {
        super::tool(tool_id)?;
        let events = super::event_set(event_set)?;
        super::super::set_global_events(super::tool_in_use(tool_id)?, events as u32);
        Ok(())
    }

    #[pyfunction("get_local_events($module, tool_id, code, /)")]
    fn get_local_events(tool_id: i64, code: &Value) -> PyResult<i64> {
        let code = super::code(code)?;
        let tool = super::tool(tool_id)?;
        Ok(events_of(&code.monitor().local.get(), tool) as i64)
    }

    #[pyfunction("set_local_events($module, tool_id, code, event_set, /)")]
    fn set_local_events(tool_id: i64, code: &Value, event_set: i64) -> PyResult<()> {
        let code = super::code(code)?;
        super::tool(tool_id)?;
        let events = super::event_set(event_set)?;
        let local = (1i64 << Event::Raise as u32) - 1;
        if events & !local != 0 {
            return Err(value_error(format!("invalid local event set 0x{events:x}")));
        }
        super::super::set_local_events(code, super::tool_in_use(tool_id)?, events as u32);
        Ok(())
    }

    #[pyfunction("restart_events($module, /)")]
    fn restart_events() {
        super::super::restart_events();
    }

    #[pyfunction("_all_events($module, /)")]
    fn _all_events() -> Value {
        let all = Dict::make();
        let tools = state().tools.get();
        for (event, name) in &Event::ALL[..UNGROUPED] {
            let bits = tools[*event as usize];
            if bits != 0 {
                all.set_str(&Str::intern(name), Value::int(bits as i64));
            }
        }
        Ref::into_value(all)
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        let names: Vec<(&str, Value)> = std::iter::once(("NO_EVENTS", Value::int(0)))
            .chain(
                Event::ALL
                    .iter()
                    .map(|(event, name)| (*name, Value::int(event.bit() as i64))),
            )
            .collect();
        module.add("events", SimpleNamespace::make(&names));
        module.add("DISABLE", disable());
        module.add("MISSING", missing());
        for (name, id) in [
            ("DEBUGGER_ID", 0),
            ("COVERAGE_ID", 1),
            ("PROFILER_ID", 2),
            ("OPTIMIZER_ID", 5),
        ] {
            module.add(name, Value::int(id));
        }
        Ok(())
    }
}
