//! Iteration over pairs: what a loop that unpacks its items needs. The iterators of the library reuse their tuples.

use super::next;
use crate::exceptions::PyResult;
use crate::objects::tuple::Tuple;
use crate::value::Value;

pub enum Item {
    /// The two items of an exact tuple.
    Pair(Value, Value),
    Other(Value),
}

/// The next item, `None` when exhausted.
pub fn next_pair(iterator: &Value) -> PyResult<Option<Item>> {
    Ok(next(iterator)?.map(split))
}

fn split(item: Value) -> Item {
    match item.downcast_exact::<Tuple>().map(Tuple::as_slice) {
        Some([first, second]) => Item::Pair(first.clone(), second.clone()),
        _ => Item::Other(item),
    }
}
