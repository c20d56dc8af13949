//! `_heapq`: priority queues in lists.
//!
//! A comparison can run Python code that changes the list; positions are looked at anew after each,
//! and a change of the length is an error as in CPython.

use taipan_macros::pymodule;

pub use heapq::MODULE;

/// Heap queue algorithm (a.k.a. priority queue).
///
/// Heaps are arrays for which a[k] <= a[2*k+1] and a[k] <= a[2*k+2] for
/// all k, counting elements from 0.  For the sake of comparison,
/// non-existing elements are considered to be infinite.  The interesting
/// property of a heap is that a[0] is always its smallest element.
///
/// Usage:
///
/// heap = []            # creates an empty heap
/// heappush(heap, item) # pushes a new item on the heap
/// item = heappop(heap) # pops the smallest item from the heap
/// item = heap[0]       # smallest item on the heap without popping it
/// heapify(x)           # transforms list into a heap, in-place, in linear time
/// item = heapreplace(heap, item) # pops and returns smallest item, and adds
///                                # new item; the heap size is unchanged
///
/// Our API differs from textbook heap algorithms as follows:
///
/// - We use 0-based indexing.  This makes the relationship between the
///   index for a node and the indexes for its children slightly less
///   obvious, but is more suitable since Python uses 0-based indexing.
///
/// - Our heappop() method returns the smallest item, not the largest.
///
/// These two make it possible to view the heap as a regular Python list
/// without surprises: heap[0] is the smallest item, and heap.sort()
/// maintains the heap invariant!
#[pymodule(name = "_heapq")]
mod heapq {
    use taipan_vm::abstract_ops as ops;
    use taipan_vm::exceptions::{PyResult, Raised, index_error, runtime_error};
    use taipan_vm::objects::class::CompareOp;
    use taipan_vm::objects::list::List;
    use taipan_vm::value::Value;

    #[cold]
    fn changed() -> Raised {
        runtime_error("list changed size during iteration")
    }

    fn at(heap: &List, index: usize) -> PyResult {
        heap.get(index).ok_or_else(changed)
    }

    /// Whether `a` belongs above `b`.
    fn before<const MAX: bool>(a: &Value, b: &Value) -> PyResult<bool> {
        let (a, b) = if MAX { (b, a) } else { (a, b) };
        if let (Some(a), Some(b)) = (a.as_small_int(), b.as_small_int()) {
            return Ok(a < b);
        }
        ops::compare_bool(a, b, CompareOp::Lt)
    }

    fn swap(heap: &List, a: usize, b: usize) {
        heap.change(|items| {
            if a < items.len() && b < items.len() {
                items.swap(a, b);
            }
        });
    }

    /// Lets the item at `from` rise, not above `top`.
    fn rise<const MAX: bool>(heap: &List, top: usize, from: usize) -> PyResult<()> {
        let length = heap.len();
        let mut place = from;
        if place >= length {
            return Err(index_error("index out of range"));
        }
        while place > top {
            let parent = (place - 1) / 2;
            let above = before::<MAX>(&at(heap, place)?, &at(heap, parent)?)?;
            if heap.len() != length {
                return Err(changed());
            }
            if !above {
                break;
            }
            swap(heap, parent, place);
            place = parent;
        }
        Ok(())
    }

    /// Lets the item at `from` sink to a leaf, then rise to its place: it mostly belongs near the leaves.
    fn sink<const MAX: bool>(heap: &List, from: usize) -> PyResult<()> {
        let length = heap.len();
        if from >= length {
            return Err(index_error("index out of range"));
        }
        let mut place = from;
        while place < length / 2 {
            let mut child = 2 * place + 1;
            if child + 1 < length {
                let left = before::<MAX>(&at(heap, child)?, &at(heap, child + 1)?)?;
                if heap.len() != length {
                    return Err(changed());
                }
                if !left {
                    child += 1;
                }
            }
            swap(heap, child, place);
            place = child;
        }
        rise::<MAX>(heap, from, place)
    }

    fn push<const MAX: bool>(heap: &List, item: &Value) -> PyResult<()> {
        heap.push(item.clone());
        rise::<MAX>(heap, 0, heap.len() - 1)
    }

    fn pop<const MAX: bool>(heap: &List) -> PyResult {
        let Some(last) = heap.change(|items| items.pop()) else {
            return Err(index_error("index out of range"));
        };
        if heap.is_empty() {
            return Ok(last);
        }
        let first = exchange(heap, last)?;
        sink::<MAX>(heap, 0)?;
        Ok(first)
    }

    /// Puts an item to the top and returns what was there.
    fn exchange(heap: &List, item: Value) -> PyResult {
        heap.change(|items| {
            items
                .first_mut()
                .map(|first| std::mem::replace(first, item))
        })
        .ok_or_else(|| index_error("index out of range"))
    }

    fn replace<const MAX: bool>(heap: &List, item: &Value) -> PyResult {
        let first = exchange(heap, item.clone())?;
        sink::<MAX>(heap, 0)?;
        Ok(first)
    }

    fn push_pop<const MAX: bool>(heap: &List, item: &Value) -> PyResult {
        let Some(top) = heap.get(0) else {
            return Ok(item.clone());
        };
        if !before::<MAX>(&top, item)? {
            return Ok(item.clone());
        }
        let first = exchange(heap, item.clone())?;
        sink::<MAX>(heap, 0)?;
        Ok(first)
    }

    fn make<const MAX: bool>(heap: &List) -> PyResult<()> {
        for place in (0..heap.len() / 2).rev() {
            sink::<MAX>(heap, place)?;
        }
        Ok(())
    }

    /// Push item onto heap, maintaining the heap invariant.
    #[pyfunction("heappush($module, heap, item, /)")]
    fn heappush(heap: &List, item: &Value) -> PyResult<()> {
        push::<false>(heap, item)
    }

    /// Pop the smallest item off the heap, maintaining the heap invariant.
    #[pyfunction("heappop($module, heap, /)")]
    fn heappop(heap: &List) -> PyResult {
        pop::<false>(heap)
    }

    /// Pop and return the current smallest value, and add the new item.
    ///
    /// This is more efficient than heappop() followed by heappush(), and can be
    /// more appropriate when using a fixed-size heap.  Note that the value
    /// returned may be larger than item!  That constrains reasonable uses of
    /// this routine unless written as part of a conditional replacement:
    ///
    ///     if item > heap[0]:
    ///         item = heapreplace(heap, item)
    #[pyfunction("heapreplace($module, heap, item, /)")]
    fn heapreplace(heap: &List, item: &Value) -> PyResult {
        replace::<false>(heap, item)
    }

    /// Push item on the heap, then pop and return the smallest item from the heap.
    ///
    /// The combined action runs more efficiently than heappush() followed by
    /// a separate call to heappop().
    #[pyfunction("heappushpop($module, heap, item, /)")]
    fn heappushpop(heap: &List, item: &Value) -> PyResult {
        push_pop::<false>(heap, item)
    }

    /// Transform list into a heap, in-place, in O(len(heap)) time.
    #[pyfunction("heapify($module, heap, /)")]
    fn heapify(heap: &List) -> PyResult<()> {
        make::<false>(heap)
    }

    /// Push item onto max heap, maintaining the heap invariant.
    #[pyfunction("heappush_max($module, heap, item, /)")]
    fn heappush_max(heap: &List, item: &Value) -> PyResult<()> {
        push::<true>(heap, item)
    }

    /// Maxheap variant of heappop.
    #[pyfunction("heappop_max($module, heap, /)")]
    fn heappop_max(heap: &List) -> PyResult {
        pop::<true>(heap)
    }

    /// Maxheap variant of heapreplace.
    #[pyfunction("heapreplace_max($module, heap, item, /)")]
    fn heapreplace_max(heap: &List, item: &Value) -> PyResult {
        replace::<true>(heap, item)
    }

    /// Maxheap variant of heappushpop.
    ///
    /// The combined action runs more efficiently than heappush_max() followed by
    /// a separate call to heappop_max().
    #[pyfunction("heappushpop_max($module, heap, item, /)")]
    fn heappushpop_max(heap: &List, item: &Value) -> PyResult {
        push_pop::<true>(heap, item)
    }

    /// Maxheap variant of heapify.
    #[pyfunction("heapify_max($module, heap, /)")]
    fn heapify_max(heap: &List) -> PyResult<()> {
        make::<true>(heap)
    }
}
