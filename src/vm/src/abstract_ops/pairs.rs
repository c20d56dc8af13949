//! Iteration over pairs: what a loop that unpacks its items needs. The iterators that make pairs give the halves.

use super::next;
use crate::exceptions::PyResult;
use crate::objects::dict_views::DictItemIterator;
use crate::objects::enumerate::Enumerate;
use crate::objects::tuple::Tuple;
use crate::objects::zip::Zip;
use crate::value::Value;

pub enum Item {
    /// The two items of an exact tuple.
    Pair(Value, Value),
    Other(Value),
}

/// The next item, `None` when exhausted.
pub fn next_pair(iterator: &Value) -> PyResult<Option<Item>> {
    let pair = if let Some(enumerate) = iterator.downcast_exact::<Enumerate>() {
        enumerate.next_pair()
    } else if let Some(items) = iterator.downcast_exact::<DictItemIterator>() {
        items.next_pair()
    } else if let Some(zip) = iterator.downcast_exact::<Zip>() {
        zip.next_pair()
    } else {
        None
    };
    match pair {
        Some(pair) => Ok(pair?.map(|(first, second)| Item::Pair(first, second))),
        None => Ok(next(iterator)?.map(split)),
    }
}

fn split(item: Value) -> Item {
    match item.downcast_exact::<Tuple>().map(Tuple::as_slice) {
        Some([first, second]) => Item::Pair(first.clone(), second.clone()),
        _ => Item::Other(item),
    }
}
