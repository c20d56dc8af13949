//! "Did you mean": the name nearest to a misspelt one.
//!
//! The measure is CPython's: an edit distance in which a change of case costs half of a change of
//! letter, and a limit that grows with the lengths. Names further away than that are not suggested.

const MOVE_COST: usize = 2;
const CASE_COST: usize = 1;
/// Longer names are never compared.
const MAX_LENGTH: usize = 40;
/// With more candidates than this none is suggested.
const MAX_CANDIDATES: usize = 750;

fn substitution(a: u8, b: u8) -> usize {
    match () {
        _ if a == b => 0,
        _ if a.eq_ignore_ascii_case(&b) => CASE_COST,
        _ => MOVE_COST,
    }
}

/// The edit distance of two names (of their UTF-8 bytes), or `None` if it is above `limit`.
pub fn distance(a: &[u8], b: &[u8], limit: usize) -> Option<usize> {
    if a == b {
        return Some(0);
    }
    let prefix = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[prefix..], &b[prefix..]);
    let suffix = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let (a, b) = (&a[..a.len() - suffix], &b[..b.len() - suffix]);
    if a.is_empty() || b.is_empty() {
        let cost = (a.len() + b.len()) * MOVE_COST;
        return (cost <= limit).then_some(cost);
    }
    if a.len() > MAX_LENGTH || b.len() > MAX_LENGTH {
        return None;
    }
    let (a, b) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if (b.len() - a.len()) * MOVE_COST > limit {
        return None;
    }
    let mut row: Vec<usize> = (1..=a.len()).map(|index| index * MOVE_COST).collect();
    for (index, &letter) in b.iter().enumerate() {
        let mut diagonal = index * MOVE_COST;
        let mut left = diagonal + MOVE_COST;
        let mut least = usize::MAX;
        for (cell, &other) in row.iter_mut().zip(a) {
            let substituted = diagonal + substitution(letter, other);
            diagonal = *cell;
            left = substituted.min(left.min(diagonal) + MOVE_COST);
            *cell = left;
            least = least.min(left);
        }
        if least > limit {
            return None;
        }
    }
    row.last().copied().filter(|&cost| cost <= limit)
}

/// The candidate nearest to `name`, the first one of several; never `name` itself.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut best: Option<(&str, usize)> = None;
    for (index, candidate) in candidates.into_iter().enumerate() {
        if index >= MAX_CANDIDATES {
            return None;
        }
        if candidate == name {
            continue;
        }
        // A third of the letters may differ.
        let mut limit = (name.len() + candidate.len() + 3) * MOVE_COST / 6;
        if let Some((_, cost)) = best {
            limit = limit.min(cost - 1);
        }
        if let Some(cost) = distance(name.as_bytes(), candidate.as_bytes(), limit)
            && best.is_none_or(|(_, other)| cost < other)
        {
            best = Some((candidate, cost));
        }
    }
    best.map(|(candidate, _)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found() {
        assert_eq!(closest("cont", ["count"]), Some("count"));
        assert_eq!(closest("strt", ["start"]), Some("start"));
        assert_eq!(
            closest("rel_tl", ["a", "b", "rel_tol", "abs_tol"]),
            Some("rel_tol")
        );
        assert_eq!(closest("foo", ["sep", "maxsplit"]), None);
        assert_eq!(closest("Value", ["value", "Valve"]), Some("value"));
    }

    #[test]
    fn distances() {
        assert_eq!(distance(b"kitten", b"sitting", 100), Some(6));
        assert_eq!(distance(b"a", b"A", 100), Some(1));
        assert_eq!(distance(b"", b"abc", 100), Some(6));
        assert_eq!(distance(b"abc", b"xyz", 3), None);
    }
}
