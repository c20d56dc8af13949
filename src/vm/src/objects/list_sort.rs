//! `list.sort` and `sorted`: a stable merge sort that uses the runs there are.
//!
//! What is sorted are indices into the keys, so that a comparison that raises, or contradicts itself,
//! leaves every item in place once. The list is empty meanwhile; that is how changes are noticed.

use crate::abstract_ops;
use crate::exceptions::{PyResult, value_error};
use crate::objects::class::CompareOp;
use crate::objects::list::List;
use crate::objects::str::Str;
use crate::value::Value;

/// Runs shorter than this are lengthened by insertion.
const MIN_RUN: usize = 32;

/// Sorts the list in place.
pub fn sort(list: &List, key: Option<&Value>, reverse: bool) -> PyResult<()> {
    let mut items = list.take_items();
    let result = sort_items(&mut items, key, reverse);
    let intruders = list.replace_items(items);
    let changed = !intruders.is_empty();
    drop(intruders);
    result?;
    if changed {
        return Err(value_error("list modified during sort"));
    }
    Ok(())
}

/// Sorts values; on an error they are all still there, in some order.
pub fn sort_items(items: &mut Vec<Value>, key: Option<&Value>, reverse: bool) -> PyResult<()> {
    if items.len() < 2 && key.is_none() {
        return Ok(());
    }
    let mut keys = Vec::new();
    if let Some(key) = key.filter(|key| !key.is_none()) {
        keys.reserve(items.len());
        for item in items.iter() {
            keys.push(abstract_ops::call(key, std::slice::from_ref(item))?);
        }
    }
    // Equal items keep their order in a descending sort too.
    if reverse {
        items.reverse();
        keys.reverse();
    }
    let (order, result) = order_of(if keys.is_empty() { items } else { &keys });
    if let Some(order) = order {
        let mut old: Vec<Option<Value>> = std::mem::take(items).into_iter().map(Some).collect();
        items.extend(
            order
                .into_iter()
                .filter_map(|index| old[index as usize].take()),
        );
    }
    if reverse {
        items.reverse();
    }
    result
}

/// The indices of the keys in order; `None`: they are in order as they are.
fn order_of(keys: &[Value]) -> (Option<Vec<u32>>, PyResult<()>) {
    if let Some(first) = keys.first() {
        if first.as_small_int().is_some()
            && let Some(numbers) = all(keys, Value::as_small_int)
        {
            return (by_key(&numbers, |a, b| a.cmp(b)), Ok(()));
        }
        if first.as_exact_float().is_some()
            && let Some(numbers) = all(keys, |key| {
                key.as_exact_float().filter(|number| !number.is_nan())
            })
        {
            // Both zeros are equal, which a total order would deny.
            return (
                by_key(&numbers, |a, b| {
                    a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal)
                }),
                Ok(()),
            );
        }
        if first.downcast_exact::<Str>().is_some()
            && let Some(texts) = all(keys, Value::downcast_exact::<Str>)
        {
            return (by_key(&texts, |a, b| a.compare(b)), Ok(()));
        }
    }
    let mut sorter = Sorter {
        keys,
        order: (0..keys.len() as u32).collect(),
        spare: Vec::new(),
    };
    let result = sorter.sort();
    (Some(sorter.order), result)
}

fn all<'a, T>(keys: &'a [Value], get: impl Fn(&'a Value) -> Option<T>) -> Option<Vec<T>> {
    keys.iter().map(get).collect()
}

fn by_key<T>(keys: &[T], compare: impl Fn(&T, &T) -> std::cmp::Ordering) -> Option<Vec<u32>> {
    if keys.is_sorted_by(|a, b| compare(a, b).is_le()) {
        return None;
    }
    let mut order: Vec<u32> = (0..keys.len() as u32).collect();
    order.sort_by(|a, b| compare(&keys[*a as usize], &keys[*b as usize]));
    Some(order)
}

struct Sorter<'a> {
    keys: &'a [Value],
    order: Vec<u32>,
    spare: Vec<u32>,
}

impl Sorter<'_> {
    fn less(&self, a: u32, b: u32) -> PyResult<bool> {
        let (a, b) = (&self.keys[a as usize], &self.keys[b as usize]);
        if let (Some(x), Some(y)) = (a.as_small_int(), b.as_small_int()) {
            return Ok(x < y);
        }
        if let (Some(x), Some(y)) = (a.downcast_exact::<Str>(), b.downcast_exact::<Str>()) {
            return Ok(x.compare(y).is_lt());
        }
        abstract_ops::is_true(&abstract_ops::rich_compare(a, b, CompareOp::Lt)?)
    }
    fn sort(&mut self) -> PyResult<()> {
        let length = self.order.len();
        // Ends of runs not merged yet, with their power in the merge tree.
        let mut runs: Vec<(usize, usize, u32)> = Vec::new();
        let mut start = 0;
        let min_run = min_run(length);
        while start < length {
            let mut run = self.count_run(start)?;
            if run < min_run {
                let forced = min_run.min(length - start);
                self.insertion(start, start + run, start + forced)?;
                run = forced;
            }
            if let Some(&(last_start, last_length, _)) = runs.last() {
                let power = power(last_start, last_length, run, length);
                while runs.len() > 1 && runs[runs.len() - 2].2 > power {
                    self.merge_last(&mut runs)?;
                }
                if let Some(last) = runs.last_mut() {
                    last.2 = power;
                }
            }
            runs.push((start, run, 0));
            start += run;
        }
        while runs.len() > 1 {
            self.merge_last(&mut runs)?;
        }
        Ok(())
    }
    fn merge_last(&mut self, runs: &mut Vec<(usize, usize, u32)>) -> PyResult<()> {
        let Some((middle, second, _)) = runs.pop() else {
            return Ok(());
        };
        if let Some((start, first, _)) = runs.last_mut() {
            let from = *start;
            *first += second;
            self.merge(from, middle, middle + second)?;
        }
        Ok(())
    }
    /// Length of the run at `start`; a strictly descending one is reversed.
    fn count_run(&mut self, start: usize) -> PyResult<usize> {
        let length = self.order.len();
        let mut end = start + 1;
        if end == length {
            return Ok(1);
        }
        let descending = self.less(self.order[end], self.order[start])?;
        end += 1;
        while end < length && self.less(self.order[end], self.order[end - 1])? == descending {
            end += 1;
        }
        if descending {
            self.order[start..end].reverse();
        }
        Ok(end - start)
    }
    /// Sorts `start..end`, of which `start..sorted` is in order.
    fn insertion(&mut self, start: usize, sorted: usize, end: usize) -> PyResult<()> {
        for next in sorted..end {
            let pivot = self.order[next];
            let (mut low, mut high) = (start, next);
            while low < high {
                let middle = low + (high - low) / 2;
                if self.less(pivot, self.order[middle])? {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            self.order[low..=next].rotate_right(1);
        }
        Ok(())
    }
    fn merge(&mut self, start: usize, middle: usize, end: usize) -> PyResult<()> {
        // What is in place at both ends stays.
        let start = start + self.upper_bound(start, middle, self.order[middle])?;
        if start == middle {
            return Ok(());
        }
        let end = middle + self.lower_bound(middle, end, self.order[middle - 1])?;
        let mut spare = std::mem::take(&mut self.spare);
        spare.clear();
        spare.extend_from_slice(&self.order[start..middle]);
        let (mut left, mut right, mut out) = (0, middle, start);
        let mut result = Ok(());
        while left < spare.len() && right < end {
            match self.less(self.order[right], spare[left]) {
                Ok(true) => {
                    self.order[out] = self.order[right];
                    right += 1;
                }
                Ok(false) => {
                    self.order[out] = spare[left];
                    left += 1;
                }
                Err(raised) => {
                    result = Err(raised);
                    break;
                }
            }
            out += 1;
        }
        // Left-over items of the first run fill the gap in front of the second's rest.
        let rest = spare.len() - left;
        self.order[out..out + rest].copy_from_slice(&spare[left..]);
        self.spare = spare;
        result
    }
    /// How many of `start..end` are not greater than the key.
    fn upper_bound(&self, start: usize, end: usize, key: u32) -> PyResult<usize> {
        let (mut low, mut high) = (start, end);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.less(key, self.order[middle])? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Ok(low - start)
    }
    /// How many of `start..end` are less than the key.
    fn lower_bound(&self, start: usize, end: usize, key: u32) -> PyResult<usize> {
        let (mut low, mut high) = (start, end);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.less(self.order[middle], key)? {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low - start)
    }
}

/// Between half of [`MIN_RUN`]·2 and that, so that merges are balanced.
fn min_run(mut length: usize) -> usize {
    let mut odd = 0;
    while length >= 2 * MIN_RUN {
        odd |= length & 1;
        length >>= 1;
    }
    length + odd
}

/// Depth in a nearly optimal merge tree of the border between two neighbouring runs (powersort).
fn power(start: usize, first: usize, second: usize, length: usize) -> u32 {
    let (mut a, mut b) = (2 * start + first, 2 * start + 2 * first + second);
    let mut result = 0;
    loop {
        result += 1;
        if a >= length {
            a -= length;
            b -= length;
        } else if b >= length {
            return result;
        }
        a <<= 1;
        b <<= 1;
    }
}
