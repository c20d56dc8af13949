//! `_ThreadHandle`, and the threads behind it.

use super::semaphore::Semaphore;
use super::{identity, patience};
use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{self, PyResult, overflow_error, runtime_error};
use taipan_vm::gc::Field;
use taipan_vm::gil::{self, Guarded};
use taipan_vm::memory::allocate_instance;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::class::Type;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::thread;
use taipan_vm::unraisable;
use taipan_vm::value::Value;

/// Native stack of a thread; only touched pages take memory.
const STACK: usize = 16 << 20;
/// Below this CPython refuses, too.
pub const SMALLEST_STACK: usize = 32 << 10;

/// What `_thread.stack_size()` was told; zero: the usual one.
pub static STACK_SIZE: Guarded<Cell<usize>> = Guarded(Cell::new(0));
/// Threads that were started here and have not ended.
pub static RUNNING: Guarded<Cell<i64>> = Guarded(Cell::new(0));
/// The identity of the thread that runs the program.
pub static MAIN: Guarded<Cell<i64>> = Guarded(Cell::new(0));
/// Those of them whose end the end of the program waits for.
static AWAITED: Guarded<Field<Vec<Arc<Life>>>> = Guarded(Field::new(Vec::new()));

#[derive(Clone, Copy, PartialEq)]
enum State {
    NotStarted,
    Running,
    Done,
}

/// What a handle and its thread share. All but the semaphore is guarded by the GIL.
pub struct Life {
    state: Cell<State>,
    ident: Cell<i64>,
    /// From one that is done on, one: whoever waits puts it back.
    done: Semaphore,
}

// SAFETY: see the fields.
unsafe impl Sync for Life {}
// SAFETY: as above.
unsafe impl Send for Life {}

impl Life {
    fn new(state: State, ident: i64) -> Arc<Life> {
        Arc::new(Life {
            state: Cell::new(state),
            ident: Cell::new(ident),
            done: Semaphore::new(0),
        })
    }
    fn end(&self) {
        if self.state.replace(State::Done) != State::Done {
            self.done.post();
        }
    }
    /// Waits for the thread's end; that it did not end in time is no error.
    fn join(&self, patience: Option<Duration>) -> PyResult<()> {
        if self.done.wait(patience)? {
            self.done.post();
        }
        Ok(())
    }
}

/// What `threading` knows a thread by.
#[pyclass(
    name = "_ThreadHandle",
    module = "_thread",
    signature = "_ThreadHandle()",
    final,
    weakref
)]
#[repr(C)]
pub struct Handle {
    header: Header,
    #[no_gc]
    life: Arc<Life>,
}

impl Handle {
    /// Of a thread that runs already.
    pub fn running(ident: i64) -> Ref<Handle> {
        Ref::new(Handle {
            header: Header::fresh(),
            life: Life::new(State::Running, ident),
        })
    }
    pub fn fresh() -> Ref<Handle> {
        Ref::new(Handle {
            header: Header::fresh(),
            life: Life::new(State::NotStarted, 0),
        })
    }
}

#[pymethods]
impl Handle {
    #[pyslot("_ThreadHandle()")]
    fn new(cls: &Type) -> PyResult {
        let handle = Handle {
            header: Header::fresh(),
            life: Life::new(State::NotStarted, 0),
        };
        Ok(allocate_instance(cls, handle).into_value())
    }
    #[pygetset]
    fn ident(&self) -> i64 {
        self.life.ident.get()
    }
    #[pymethod("is_done($self, /)")]
    fn is_done(&self) -> bool {
        self.life.state.get() == State::Done
    }
    #[pymethod("_set_done($self, /)")]
    fn _set_done(&self) -> PyResult<()> {
        if self.life.state.get() == State::NotStarted {
            return Err(runtime_error("thread not started"));
        }
        self.life.end();
        Ok(())
    }
    #[pymethod("join($self, timeout=None, /)")]
    fn join(&self, timeout: Option<&Value>) -> PyResult<()> {
        let patience = match timeout.filter(|timeout| !timeout.is_none()) {
            None => None,
            Some(timeout) => match abstract_ops::to_f64(timeout)? {
                // As with locks: for ever.
                seconds if seconds < 0.0 => None,
                seconds => Some(
                    patience(seconds)
                        .ok_or_else(|| overflow_error("timestamp out of range for C PyTime_t"))?,
                ),
            },
        };
        match self.life.state.get() {
            State::NotStarted => Err(runtime_error("thread not started")),
            State::Running if self.life.ident.get() == identity() => {
                Err(runtime_error("Cannot join current thread"))
            }
            _ => self.life.clone().join(patience),
        }
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        // SAFETY: the slot's caller checked the class.
        let handle = unsafe { this.downcast_unchecked::<Handle>() };
        Ok(format!(
            "<_thread._ThreadHandle object: ident={}>",
            handle.life.ident.get()
        ))
    }
}

/// What a new thread is to call.
struct Call {
    function: Value,
    args: Ref<Tuple>,
    kwnames: Option<Ref<Tuple>>,
}

/// What goes over to the new thread, which looks at it when it has taken the GIL.
struct Start {
    call: Call,
    life: Arc<Life>,
    recursion_limit: i32,
    stack: usize,
    /// Told when the thread's identity is known.
    known: Arc<Semaphore>,
}

// SAFETY: see above.
unsafe impl Send for Start {}

impl Start {
    /// The life of the thread.
    fn run(self) {
        let me = thread::make(self.stack);
        me.recursion_limit.set(self.recursion_limit);
        me.recursion_remaining.set(self.recursion_limit);
        gil::take(me);
        self.life.ident.set(identity());
        self.known.post();
        let Start { call, life, .. } = self;
        call.run();
        drop(call);
        super::local::forget_thread();
        AWAITED
            .0
            .with(|awaited| awaited.retain(|other| !Arc::ptr_eq(other, &life)));
        RUNNING.0.set(RUNNING.0.get() - 1);
        life.end();
        drop(life);
        // SAFETY: the thread's last act.
        unsafe { thread::end(me) };
        gil::retire_thread();
        gil::release();
    }
}

impl Call {
    fn run(&self) {
        let result = abstract_ops::call_kw(
            &self.function,
            self.args.as_slice(),
            self.kwnames.as_deref(),
        );
        if result.is_err() && exceptions::catch(exceptions::SYSTEM_EXIT.get()).is_none() {
            unraisable::report(
                Some("Exception ignored in thread started by"),
                Some(&self.function),
            );
        }
    }
}

/// Starts a thread that calls the function; returns its identity.
pub fn start(
    function: &Value,
    args: Ref<Tuple>,
    kwnames: Option<Ref<Tuple>>,
    handle: &Handle,
    daemon: bool,
) -> PyResult<i64> {
    let life = handle.life.clone();
    if life.state.get() != State::NotStarted {
        return Err(runtime_error("thread already started"));
    }
    let stack = match STACK_SIZE.0.get() {
        0 => STACK,
        size => size.max(2 * thread::NATIVE_RESERVE),
    };
    let known = Arc::new(Semaphore::new(0));
    let start = Start {
        call: Call {
            function: function.clone(),
            args,
            kwnames,
        },
        life: life.clone(),
        recursion_limit: thread::thread().recursion_limit.get(),
        stack,
        known: known.clone(),
    };
    gil::announce_thread();
    life.state.set(State::Running);
    RUNNING.0.set(RUNNING.0.get() + 1);
    if !daemon {
        AWAITED.0.with(|awaited| awaited.push(life.clone()));
    }
    // A failure drops the call, under the GIL.
    if std::thread::Builder::new()
        .stack_size(stack)
        .spawn(move || start.run())
        .is_err()
    {
        gil::retire_thread();
        life.state.set(State::NotStarted);
        RUNNING.0.set(RUNNING.0.get() - 1);
        AWAITED
            .0
            .with(|awaited| awaited.retain(|other| !Arc::ptr_eq(other, &life)));
        return Err(runtime_error("can't start new thread"));
    }
    known.wait_uninterrupted();
    Ok(life.ident.get())
}

/// Waits for the threads that are not daemons.
pub fn join_all() -> PyResult<()> {
    while let Some(life) = AWAITED.0.with(|awaited| awaited.last().cloned()) {
        life.join(None)?;
        AWAITED
            .0
            .with(|awaited| awaited.retain(|other| !Arc::ptr_eq(other, &life)));
    }
    Ok(())
}

/// Of all threads a fork leaves its own.
pub fn forked() {
    RUNNING.0.set(0);
    MAIN.0.set(identity());
    let me = identity();
    for life in AWAITED.0.take() {
        if life.ident.get() != me {
            life.end();
        }
    }
}
