//! The thread that compiles in the background, without the GIL.
//!
//! A [`Job`] is plain data, so nothing here looks at a Python object. Results wait until the main thread asks
//! for them: programs never wait for the compiler. One thread: compiles of one program rarely come faster
//! than it finishes them, and the second core is the program's too.

use crate::bailout::Bailout;
use crate::compile::{Compiled, Job};
use crate::footprint;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

/// A finished job, by the ticket it was handed in with.
pub struct Finished {
    pub ticket: u64,
    pub result: Result<Compiled, Bailout>,
    pub time: Duration,
}

/// A job with its ticket.
type Submitted = (u64, Box<Job>);

struct Worker {
    jobs: Mutex<Sender<Submitted>>,
    results: Mutex<Receiver<Finished>>,
}

static WORKER: OnceLock<Option<Worker>> = OnceLock::new();
/// Results that nobody has fetched yet.
static READY: AtomicUsize = AtomicUsize::new(0);

fn start() -> Option<Worker> {
    let (jobs, incoming) = channel::<Submitted>();
    let (outgoing, results) = channel();
    let run = move || {
        footprint::trim_between_passes();
        let mut waiting = Vec::new();
        while let Some((ticket, job)) = next(&incoming, &mut waiting) {
            footprint::trim();
            let start = std::time::Instant::now();
            let result = job.run();
            let time = start.elapsed();
            if outgoing
                .send(Finished {
                    ticket,
                    result,
                    time,
                })
                .is_err()
            {
                return;
            }
            READY.fetch_add(1, Ordering::Release);
        }
    };
    // Signals are for the thread that runs Python: this one starts with all of them blocked.
    let spawned = with_signals_blocked(|| {
        std::thread::Builder::new()
            .name("taipan-jit".to_owned())
            .stack_size(16 << 20)
            .spawn(run)
    });
    spawned.ok()?;
    Some(Worker {
        jobs: Mutex::new(jobs),
        results: Mutex::new(results),
    })
}

/// The smallest job that there is: the program has most of its code soonest so, and what is called most is small.
fn next(incoming: &Receiver<Submitted>, waiting: &mut Vec<Submitted>) -> Option<Submitted> {
    waiting.extend(incoming.try_iter());
    if waiting.is_empty() {
        waiting.push(wait(incoming)?);
    }
    let smallest = (0..waiting.len()).min_by_key(|i| waiting[*i].1.instructions())?;
    Some(waiting.remove(smallest))
}

/// Waits for a job, after a while with less memory.
fn wait<T>(incoming: &Receiver<T>) -> Option<T> {
    match incoming.recv_timeout(footprint::INTERVAL) {
        Err(RecvTimeoutError::Timeout) => {
            footprint::trim();
            incoming.recv().ok()
        }
        job => job.ok(),
    }
}

fn with_signals_blocked<R>(run: impl FnOnce() -> R) -> R {
    // SAFETY: both sets are initialized before they are read.
    unsafe {
        let mut all = std::mem::zeroed();
        let mut before = std::mem::zeroed();
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut before);
        let result = run();
        libc::pthread_sigmask(libc::SIG_SETMASK, &before, std::ptr::null_mut());
        result
    }
}

/// Hands a job in; gives it back where no thread can be had.
pub fn submit(ticket: u64, job: Box<Job>) -> Result<(), Box<Job>> {
    let Some(worker) = WORKER.get_or_init(start) else {
        return Err(job);
    };
    match worker.jobs.lock() {
        Ok(jobs) => jobs.send((ticket, job)).map_err(|error| error.0.1),
        Err(_) => Err(job),
    }
}

/// A job that has been finished since, if there is one.
#[inline]
pub fn poll() -> Option<Finished> {
    if READY.load(Ordering::Acquire) == 0 {
        return None;
    }
    let worker = WORKER.get()?.as_ref()?;
    let finished = worker.results.lock().ok()?.try_recv().ok()?;
    READY.fetch_sub(1, Ordering::Relaxed);
    Some(finished)
}
