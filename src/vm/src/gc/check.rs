//! `-X heap-check`: do the counts fit the references?
//!
//! Every reference that a tracked object has to another is found by walking the heap. What a count says
//! beyond that comes from outside: the virtual machine's own roots, which are there before the program
//! starts (the [`Baseline`]), frames, and leaks. At exit no frame runs, so what is held from outside and
//! was not before is named. Fewer counts than references found is always an error.

use super::collect::{Generation, collect, traverse_object};
use crate::memory::heap;
use crate::object::{Header, flags};
use crate::objects::code::Code;
use crate::value::{Raw, Value};
use std::collections::{BTreeMap, HashMap};

/// References from outside by object, where there are any.
pub struct Baseline(HashMap<usize, i64>);

fn is_candidate(header: &Header) -> bool {
    header.has(flags::TRACKED) && !header.is_immortal()
}

/// Counts less references found: of tracked objects.
fn outside() -> HashMap<usize, i64> {
    let mut outside = HashMap::new();
    let mut tracked = Vec::new();
    let mut codes: Vec<&Code> = Vec::new();
    heap::walk_all(|object| {
        // SAFETY: walked objects are live.
        let header = unsafe { &*object };
        if header.has(flags::TRACKED) {
            tracked.push(object);
        } else if let Some(code) = Raw(object as u64).peek().downcast_exact::<Code>() {
            // SAFETY: nothing is freed while the references are counted.
            codes.push(unsafe { &*(code as *const Code) });
        }
        if is_candidate(header) {
            outside.insert(object as usize, header.count() as i64);
        }
    });
    let mut found = |value: &Value| {
        if value.is_object()
            && let Some(count) = outside.get_mut(&(value.raw().address() as usize))
        {
            *count -= 1;
        }
    };
    for object in tracked {
        traverse_object(object, &mut found);
    }
    // Code takes part in no cycles, so that the collector does not know what it owns.
    for code in codes {
        code.consts.iter().for_each(&mut found);
    }
    outside.retain(|_, count| *count != 0);
    outside
}

/// What is held from outside before the program starts.
pub fn baseline() -> Baseline {
    collect(Generation::Full);
    Baseline(outside())
}

/// The beginning of an object's `repr()`.
fn describe(address: usize) -> String {
    let object = Raw(address as u64).to_value();
    match crate::abstract_ops::repr(&object) {
        Ok(text) => text.to_string().chars().take(80).collect(),
        Err(_) => {
            crate::exceptions::take_raised();
            format!("{address:#x}")
        }
    }
}

/// What is wrong at the end of the program, a line each; empty if nothing is.
pub fn report(before: &Baseline) -> Vec<String> {
    let mut lines: Vec<String> = heap::check_freed()
        .map(|address| format!("heap-check: freed memory at {address:#x} was written to"))
        .into_iter()
        .collect();
    collect(Generation::Full);
    let mut leaked: BTreeMap<String, (usize, i64, String)> = BTreeMap::new();
    for (address, count) in outside() {
        let known = before.0.get(&address).copied().unwrap_or(0);
        if count == known {
            continue;
        }
        // SAFETY: found in the walk just now.
        let name = unsafe { (*(address as *const Header)).class().name().to_string() };
        if count < 0 {
            lines.push(format!(
                "heap-check: {name} at {address:#x}: {} references more than counted",
                -count
            ));
        } else if count > known {
            let entry = leaked
                .entry(name)
                .or_insert_with(|| (0, 0, describe(address)));
            entry.0 += 1;
            entry.1 += count - known;
        }
    }
    for (name, (objects, references, example)) in leaked {
        lines.push(format!(
            "heap-check: {name}: {objects} objects with {references} references that nobody holds, as {example}"
        ));
    }
    lines
}
