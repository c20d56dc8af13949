//! `_local`: an object with a dictionary for each thread.

use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, type_error};
use taipan_vm::gc::Field;
use taipan_vm::gil::Guarded;
use taipan_vm::memory::allocate_instance;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::class::{SlotId, Type};
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::object::is_objects;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::shape;
use taipan_vm::thread::thread;
use taipan_vm::value::Value;

/// Thread-local data
///
/// The thread that last looked at it has its dictionary as the object's; the others' wait.
#[pyclass(name = "_local", module = "_thread", dict, weakref, gc)]
#[repr(C)]
pub struct Local {
    header: Header,
    /// What `__init__` gets for each thread.
    args: Field<Ref<Tuple>>,
    kwnames: Field<Option<Ref<Tuple>>>,
    /// Whose dictionary the object has.
    owner: Cell<usize>,
    waiting: Field<Vec<Waiting>>,
}

pub struct Waiting {
    thread: usize,
    dict: Ref<Dict>,
}

impl taipan_vm::gc::Traverse for Waiting {
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(self.dict.as_value());
    }
}

/// All there are, for the end of a thread.
static ALL: Guarded<Field<Vec<usize>>> = Guarded(Field::new(Vec::new()));

/// Names a thread while it lives.
fn this_thread() -> usize {
    thread() as *const taipan_vm::thread::Thread as usize
}

impl Drop for Local {
    fn drop(&mut self) {
        let address = self as *const Local as usize;
        ALL.0.with(|all| all.retain(|local| *local != address));
    }
}

/// Drops what the calling thread kept in such objects.
pub fn forget_thread() {
    let me = this_thread();
    let mut dying = Vec::new();
    for local in ALL.0.get() {
        // SAFETY: locals leave the list when they die, and none does before `dying` is dropped.
        let local = unsafe { &*(local as *const Local) };
        local.waiting.with(|waiting| {
            if let Some(at) = waiting.iter().position(|w| w.thread == me) {
                dying.push(waiting.swap_remove(at).dict);
            }
        });
        if local.owner.get() == me {
            local.owner.set(0);
            dying.push(Ref::from_ref(shape::dict_of(&local.header)));
            shape::set_dict(&local.header, Dict::make());
        }
    }
    drop(dying);
}

/// Gives the object the calling thread's dictionary, a new one at first.
fn turn(this: &Value) -> PyResult<()> {
    // SAFETY: the slots' callers checked the class.
    let local = unsafe { this.downcast_unchecked::<Local>() };
    let me = this_thread();
    if local.owner.get() == me {
        return Ok(());
    }
    let before = Waiting {
        thread: local.owner.replace(me),
        dict: Ref::from_ref(shape::dict_of(&local.header)),
    };
    let known = local.waiting.with(|waiting| {
        let at = waiting.iter().position(|w| w.thread == me);
        let known = at.map(|at| waiting.swap_remove(at).dict);
        if before.thread != 0 {
            waiting.push(before);
        }
        known
    });
    let is_new = known.is_none();
    shape::set_dict(&local.header, known.unwrap_or_else(Dict::make));
    let class = this.class();
    if is_new && !is_objects(class, SlotId::init) {
        let init = class.slots().init.expect("not object's own, hence there");
        init(
            this,
            local.args.get().as_slice(),
            local.kwnames.get().as_deref(),
        )?;
    }
    Ok(())
}

#[pymethods]
impl Local {
    #[pyslot]
    fn new(cls: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        if !args.is_empty() && is_objects(cls, SlotId::init) {
            return Err(type_error("Initialization arguments are not supported"));
        }
        let local = allocate_instance(
            cls,
            Local {
                header: Header::fresh(),
                args: Field::new(Tuple::from_slice(args)),
                kwnames: Field::new(kwnames.map(Ref::from_ref)),
                owner: Cell::new(this_thread()),
                waiting: Field::new(Vec::new()),
            },
        );
        ALL.0.with(|all| all.push(local.as_ptr() as usize));
        Ok(local.into_value())
    }
    #[pyslot]
    fn getattro(this: &Value, name: &Str) -> PyResult {
        turn(this)?;
        abstract_ops::generic_getattr(this, name)
    }
    #[pyslot]
    fn setattro(this: &Value, name: &Str, value: Option<&Value>) -> PyResult<()> {
        turn(this)?;
        if name.is_text("__dict__") {
            return Err(taipan_vm::exceptions::attribute_error(
                this,
                name,
                format!(
                    "'{}' object attribute '__dict__' is read-only",
                    this.class().name()
                ),
            ));
        }
        abstract_ops::generic_setattr(this, name, value)
    }
}
