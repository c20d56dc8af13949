//! `list.sort` and `sorted`: a stable merge sort that uses the runs there are.
//!
//! What is sorted are indices into the keys, so that a comparison that raises, or contradicts itself,
//! leaves every item in place once. The list is empty meanwhile; that is how changes are noticed.

use crate::abstract_ops;
use crate::exceptions::{PyResult, value_error};
use crate::objects::class::CompareOp;
use crate::objects::list::List;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;

/// Runs shorter than this are lengthened by insertion.
const MIN_RUN: usize = 32;
/// Wins in a row that make galloping worth it.
const MIN_GALLOP: usize = 7;

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
        min_gallop: MIN_GALLOP,
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

/// `a < b`, where no Python code has to run for the answer.
fn tuples_less_at_once(a: &Tuple, b: &Tuple) -> Option<bool> {
    for (x, y) in a.as_slice().iter().zip(b.as_slice()) {
        if let (Some(x), Some(y)) = (x.as_small_int(), y.as_small_int()) {
            if x != y {
                return Some(x < y);
            }
        } else if let (Some(x), Some(y)) = (x.as_exact_float(), y.as_exact_float()) {
            // What is no number may still be the same object.
            if x.is_nan() || y.is_nan() {
                return None;
            }
            if x != y {
                return Some(x < y);
            }
        } else if let (Some(x), Some(y)) = (x.downcast_exact::<Str>(), y.downcast_exact::<Str>()) {
            match x.compare(y) {
                std::cmp::Ordering::Equal => {}
                order => return Some(order.is_lt()),
            }
        } else if let (Some(x), Some(y)) = (x.as_truth(), y.as_truth()) {
            if x != y {
                return Some(y);
            }
        } else if !abstract_ops::equals_at_once(x, y)? {
            return None;
        }
    }
    Some(a.len() < b.len())
}

/// The keys by their indices.
#[derive(Clone, Copy)]
struct Keys<'a>(&'a [Value]);

impl Keys<'_> {
    fn less(self, a: u32, b: u32) -> PyResult<bool> {
        let (a, b) = (&self.0[a as usize], &self.0[b as usize]);
        if let (Some(x), Some(y)) = (a.as_small_int(), b.as_small_int()) {
            return Ok(x < y);
        }
        if let (Some(x), Some(y)) = (a.downcast_exact::<Str>(), b.downcast_exact::<Str>()) {
            return Ok(x.compare(y).is_lt());
        }
        if let (Some(x), Some(y)) = (a.downcast_exact::<Tuple>(), b.downcast_exact::<Tuple>())
            && let Some(less) = tuples_less_at_once(x, y)
        {
            return Ok(less);
        }
        abstract_ops::is_true(&abstract_ops::rich_compare(a, b, CompareOp::Lt)?)
    }
    /// How many of a run come before the key: those less than it, and with `after_equal` those equal to it too.
    /// Looks near `hint` first, in steps that double.
    fn gallop(self, key: u32, run: &[u32], hint: usize, after_equal: bool) -> PyResult<usize> {
        let before = |index: usize| -> PyResult<bool> {
            if after_equal {
                Ok(!self.less(key, run[index])?)
            } else {
                self.less(run[index], key)
            }
        };
        // All below `low` come before the key, all from `high` on do not.
        let (mut low, mut high);
        let (mut near, mut far) = (0, 1);
        if before(hint)? {
            let most = run.len() - hint;
            while far < most && before(hint + far)? {
                near = far;
                far = 2 * far + 1;
            }
            low = hint + near + 1;
            high = hint + far.min(most);
        } else {
            let most = hint + 1;
            while far < most && !before(hint - far)? {
                near = far;
                far = 2 * far + 1;
            }
            low = hint + 1 - far.min(most);
            high = hint - near;
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if before(middle)? {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }
}

/// The sort makes the very comparisons that CPython's makes, in the same order: classes in Python can count
/// them, and what order a comparison that raises leaves behind depends on them.
struct Sorter<'a> {
    keys: &'a [Value],
    order: Vec<u32>,
    spare: Vec<u32>,
    /// Wins in a row after which a merge gallops; falls while that pays.
    min_gallop: usize,
}

impl Sorter<'_> {
    fn less(&self, a: usize, b: usize) -> PyResult<bool> {
        Keys(self.keys).less(self.order[a], self.order[b])
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
                    let last = runs.len() - 2;
                    self.merge_at(&mut runs, last)?;
                }
                if let Some(last) = runs.last_mut() {
                    last.2 = power;
                }
            }
            runs.push((start, run, 0));
            start += run;
        }
        while runs.len() > 1 {
            let mut at = runs.len() - 2;
            if at > 0 && runs[at - 1].1 < runs[at + 1].1 {
                at -= 1;
            }
            self.merge_at(&mut runs, at)?;
        }
        Ok(())
    }
    /// Merges a run with the one behind it.
    fn merge_at(&mut self, runs: &mut Vec<(usize, usize, u32)>, at: usize) -> PyResult<()> {
        let (middle, second, _) = runs.remove(at + 1);
        let start = runs[at].0;
        runs[at].1 += second;
        self.merge(start, middle, middle + second)
    }
    /// Length of the run at `start`, which ascends afterwards.
    fn count_run(&mut self, start: usize) -> PyResult<usize> {
        let length = self.order.len();
        let mut end = start + 1;
        while end < length && !self.less(end, end - 1)? {
            end += 1;
        }
        if end == length {
            return Ok(end - start);
        }
        // A step down. Only items that are all equal can begin a descending run.
        if end - start > 1 {
            if self.less(start, end - 1)? {
                return Ok(end - start);
            }
            self.order[start..end].reverse();
        }
        end += 1;
        // Equal items are put in reverse order: the reversal of the whole run restores theirs.
        let mut equal = 0;
        while end < length {
            if self.less(end, end - 1)? {
                self.reverse_equal(end, &mut equal);
            } else if self.less(end - 1, end)? {
                break;
            } else {
                equal += 1;
            }
            end += 1;
        }
        self.reverse_equal(end, &mut equal);
        self.order[start..end].reverse();
        // It may go on rising from its largest item.
        while end < length && !self.less(end, end - 1)? {
            end += 1;
        }
        Ok(end - start)
    }
    fn reverse_equal(&mut self, end: usize, equal: &mut usize) {
        if *equal > 0 {
            self.order[end - *equal - 1..end].reverse();
            *equal = 0;
        }
    }
    /// Sorts `start..end`, of which `start..sorted` is in order.
    fn insertion(&mut self, start: usize, sorted: usize, end: usize) -> PyResult<()> {
        for next in sorted..end {
            let (mut low, mut high) = (start, next);
            while low < high {
                let middle = low + (high - low) / 2;
                if self.less(next, middle)? {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            self.order[low..=next].rotate_right(1);
        }
        Ok(())
    }
    /// Merges two neighbouring runs.
    fn merge(&mut self, start: usize, middle: usize, end: usize) -> PyResult<()> {
        let keys = Keys(self.keys);
        // What is in place at both ends stays.
        let (first, second) = (&self.order[start..middle], &self.order[middle..end]);
        let start = start + keys.gallop(second[0], first, 0, true)?;
        if start == middle {
            return Ok(());
        }
        let last = self.order[middle - 1];
        let end = middle + keys.gallop(last, second, second.len() - 1, false)?;
        if end == middle {
            return Ok(());
        }
        let mut spare = std::mem::take(&mut self.spare);
        spare.clear();
        let result = if middle - start <= end - middle {
            spare.extend_from_slice(&self.order[start..middle]);
            let (mut left, mut right) = (0, middle);
            let result = self.merge_up(&spare, &mut left, &mut right, end);
            let mut out = right - (spare.len() - left);
            if result.is_ok() {
                self.order.copy_within(right..end, out);
                out += end - right;
            }
            self.order[out..out + spare.len() - left].copy_from_slice(&spare[left..]);
            result
        } else {
            spare.extend_from_slice(&self.order[middle..end]);
            let (mut left, mut right) = (middle - start, spare.len());
            let result = self.merge_down(&spare, start, &mut left, &mut right);
            let mut out = start + left;
            if result.is_ok() {
                self.order.copy_within(start..start + left, start + right);
                out = start;
            }
            self.order[out..out + right].copy_from_slice(&spare[..right]);
            result
        };
        self.spare = spare;
        result
    }
    /// Merges `spare`, the first run, with `right..end`, from the front on: until all but one of the first are
    /// placed, which is the last of all, or the second is used up. `left` and `right` say what is left.
    fn merge_up(
        &mut self,
        spare: &[u32],
        left: &mut usize,
        right: &mut usize,
        end: usize,
    ) -> PyResult<()> {
        let keys = Keys(self.keys);
        let order = &mut self.order;
        let count = spare.len();
        let out = |left: usize, right: usize| right - (count - left);
        macro_rules! take_right {
            () => {
                order[out(*left, *right)] = order[*right];
                *right += 1;
                if *right == end {
                    return Ok(());
                }
            };
        }
        macro_rules! take_left {
            () => {
                order[out(*left, *right)] = spare[*left];
                *left += 1;
                if count - *left == 1 {
                    return Ok(());
                }
            };
        }
        take_right!();
        if count == 1 {
            return Ok(());
        }
        loop {
            let (mut left_wins, mut right_wins) = (0, 0);
            while left_wins < self.min_gallop && right_wins < self.min_gallop {
                if keys.less(order[*right], spare[*left])? {
                    (left_wins, right_wins) = (0, right_wins + 1);
                    take_right!();
                } else {
                    (left_wins, right_wins) = (left_wins + 1, 0);
                    take_left!();
                }
            }
            self.min_gallop += 1;
            loop {
                self.min_gallop -= usize::from(self.min_gallop > 1);
                left_wins = keys.gallop(order[*right], &spare[*left..], 0, true)?;
                if left_wins > 0 {
                    let to = out(*left, *right);
                    order[to..to + left_wins].copy_from_slice(&spare[*left..*left + left_wins]);
                    *left += left_wins;
                    // Comparisons that contradict each other can use it up.
                    if count - *left <= 1 {
                        return Ok(());
                    }
                }
                take_right!();
                right_wins = keys.gallop(spare[*left], &order[*right..end], 0, false)?;
                if right_wins > 0 {
                    order.copy_within(*right..*right + right_wins, out(*left, *right));
                    *right += right_wins;
                    if *right == end {
                        return Ok(());
                    }
                }
                take_left!();
                if left_wins < MIN_GALLOP && right_wins < MIN_GALLOP {
                    break;
                }
            }
            self.min_gallop += 1;
        }
    }
    /// Likewise from the back on, with `spare` the second run, and `start..` the first: until all but one of the
    /// second are placed, which is the first of all. `left` and `right` items are left.
    fn merge_down(
        &mut self,
        spare: &[u32],
        start: usize,
        left: &mut usize,
        right: &mut usize,
    ) -> PyResult<()> {
        let keys = Keys(self.keys);
        let order = &mut self.order;
        macro_rules! take_left {
            () => {
                order[start + *left + *right - 1] = order[start + *left - 1];
                *left -= 1;
                if *left == 0 {
                    return Ok(());
                }
            };
        }
        macro_rules! take_right {
            () => {
                order[start + *left + *right - 1] = spare[*right - 1];
                *right -= 1;
                if *right == 1 {
                    return Ok(());
                }
            };
        }
        take_left!();
        if *right == 1 {
            return Ok(());
        }
        loop {
            let (mut left_wins, mut right_wins) = (0, 0);
            while left_wins < self.min_gallop && right_wins < self.min_gallop {
                if keys.less(spare[*right - 1], order[start + *left - 1])? {
                    (left_wins, right_wins) = (left_wins + 1, 0);
                    take_left!();
                } else {
                    (left_wins, right_wins) = (0, right_wins + 1);
                    take_right!();
                }
            }
            self.min_gallop += 1;
            loop {
                self.min_gallop -= usize::from(self.min_gallop > 1);
                let rest = &order[start..start + *left];
                left_wins = *left - keys.gallop(spare[*right - 1], rest, *left - 1, true)?;
                if left_wins > 0 {
                    let from = start + *left - left_wins;
                    order.copy_within(from..from + left_wins, from + *right);
                    *left -= left_wins;
                    if *left == 0 {
                        return Ok(());
                    }
                }
                take_right!();
                let rest = &spare[..*right];
                let key = order[start + *left - 1];
                right_wins = *right - keys.gallop(key, rest, *right - 1, false)?;
                if right_wins > 0 {
                    let from = *right - right_wins;
                    let to = start + *left + from;
                    order[to..to + right_wins].copy_from_slice(&spare[from..*right]);
                    *right = from;
                    if *right <= 1 {
                        return Ok(());
                    }
                }
                take_left!();
                if left_wins < MIN_GALLOP && right_wins < MIN_GALLOP {
                    break;
                }
            }
            self.min_gallop += 1;
        }
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
