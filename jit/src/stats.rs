//! `-X jit-stats`: what was compiled, entered, and left why.

use crate::sampler;
use crate::tier::Record;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use taipan_bytecode::Opcode;

struct Pointer(*mut Record);
// SAFETY: used under the GIL.
unsafe impl Send for Pointer {}

static RECORDS: Mutex<Vec<Pointer>> = Mutex::new(Vec::new());

pub fn register(record: *mut Record) {
    if let Ok(mut records) = RECORDS.lock()
        && crate::tier::options().stats
    {
        records.push(Pointer(record));
    }
}

pub fn forget(record: *mut Record) {
    if let Ok(mut records) = RECORDS.lock() {
        records.retain(|p| p.0 != record);
    }
}

static COUNTING: AtomicBool = AtomicBool::new(false);
/// How often native code had the interpreter perform each opcode.
static GENERIC: [AtomicU64; 256] = [const { AtomicU64::new(0) }; 256];

/// From here on [`count_generic`] counts, and the calling thread's time is sampled.
pub fn start_counting() {
    COUNTING.store(true, Ordering::Relaxed);
    sampler::start();
}

#[inline(always)]
pub fn count_generic(op: Opcode) {
    if COUNTING.load(Ordering::Relaxed) {
        GENERIC[op as usize].fetch_add(1, Ordering::Relaxed);
    }
}

/// The most frequent first.
fn print_generic() {
    let counts = GENERIC.iter().map(|count| count.load(Ordering::Relaxed));
    let mut rows: Vec<(u64, Opcode)> = counts
        .zip(0..=u8::MAX)
        .filter_map(|(count, byte)| Some((count, Opcode::from_u8(byte)?)))
        .filter(|(count, _)| *count > 0)
        .collect();
    rows.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    for (count, op) in rows {
        eprintln!("jit: {count:12} {} by the interpreter", op.name());
    }
}

/// Something of every record; they are kept only with the option for statistics.
pub fn records<T>(of: impl Fn(&Record) -> T) -> Vec<T> {
    let Ok(records) = RECORDS.lock() else {
        return Vec::new();
    };
    // SAFETY: registered records are alive, and the caller has the GIL.
    records.iter().map(|r| of(unsafe { &*r.0 })).collect()
}

/// Prints the statistics to standard error.
pub fn print() {
    let Ok(records) = RECORDS.lock() else { return };
    let (mut time, mut size) = (std::time::Duration::ZERO, 0);
    let mut building = std::time::Duration::ZERO;
    for record in records.iter() {
        // SAFETY: registered records are alive, and nothing runs any more.
        let record = unsafe { &*record.0 };
        building += record.build_time;
        for unit in record.all_units() {
            time += unit.compile_time;
            size += unit.memory.size;
            eprintln!(
                "jit: {} @{}{}: compiled in {:.2} ms, {} bytes, entered {} times",
                record.name,
                unit.entry.unit,
                if unit.entry.osr { " (loop)" } else { "" },
                unit.compile_time.as_secs_f64() * 1e3,
                unit.memory.size,
                unit.entries.get()
            );
            for (exit, count) in unit.plans.exits.iter().zip(&unit.counts) {
                if count.get() > 0 {
                    let exit = unit.plans.description(exit);
                    eprintln!("jit:     {:8} {exit}", count.get());
                }
            }
        }
        for (entry, bailout) in &record.bailouts {
            eprintln!("jit: {} @{}: {bailout}", record.name, entry.unit);
        }
    }
    print_generic();
    let (inside, samples) = sampler::shares();
    if samples > 0 {
        eprintln!(
            "jit: {:.0}% of the program's time in native code, of {samples} samples",
            inside as f64 * 100.0 / samples as f64
        );
    }
    eprintln!(
        "jit: {:.1} ms in the compiler, {size} bytes of code; {:.1} ms of building before, in the program's time",
        time.as_secs_f64() * 1e3,
        building.as_secs_f64() * 1e3
    );
}
