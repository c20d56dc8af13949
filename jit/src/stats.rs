//! `-X jit-stats`: what was compiled, entered, and left why.

use crate::tier::Record;
use std::sync::Mutex;

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

/// Prints the statistics to standard error.
pub fn print() {
    let Ok(records) = RECORDS.lock() else { return };
    let (mut time, mut size) = (std::time::Duration::ZERO, 0);
    for record in records.iter() {
        // SAFETY: registered records are alive, and nothing runs any more.
        let record = unsafe { &*record.0 };
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
            for (exit, count) in unit.exits.iter().zip(&unit.counts) {
                if count.get() > 0 {
                    eprintln!("jit:     {:8} {exit}", count.get());
                }
            }
        }
        for (entry, bailout) in &record.bailouts {
            eprintln!("jit: {} @{}: {bailout}", record.name, entry.unit);
        }
    }
    eprintln!(
        "jit: {:.1} ms in the compiler, {size} bytes of code",
        time.as_secs_f64() * 1e3
    );
}
