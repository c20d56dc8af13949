//! Splitting: where the pieces of `split`, `rsplit`, `splitlines` and `strip` lie.

use super::{Units, search};
use smallvec::SmallVec;
use std::ops::Range;

/// Where the pieces of a text lie.
pub type Pieces = SmallVec<[Range<usize>; 8]>;

/// Pieces between runs of blanks, at most `limit` splits, from the left: `each` gets them.
#[inline]
pub fn split_blank(
    text: Units,
    limit: usize,
    is_blank: impl Fn(u32) -> bool,
    each: impl FnMut(Range<usize>),
) {
    fn split<T: Copy + Into<u32>>(
        text: &[T],
        limit: usize,
        is_blank: impl Fn(u32) -> bool,
        mut each: impl FnMut(Range<usize>),
    ) {
        let length = text.len();
        let (mut at, mut count) = (0, 0);
        loop {
            while at < length && is_blank(text[at].into()) {
                at += 1;
            }
            if at == length {
                return;
            }
            if count == limit {
                // What is left keeps its blanks at the far end.
                return each(at..length);
            }
            let start = at;
            while at < length && !is_blank(text[at].into()) {
                at += 1;
            }
            each(start..at);
            count += 1;
        }
    }
    crate::for_each_width!(text, units => split(units, limit, is_blank, each))
}

/// As [`split_blank`], from the right; the pieces are still in the order of the text.
pub fn rsplit_blank(text: Units, limit: usize, is_blank: impl Fn(u32) -> bool) -> Pieces {
    let mut pieces = Pieces::new();
    let mut end = text.len();
    loop {
        while end > 0 && is_blank(text.get(end - 1)) {
            end -= 1;
        }
        if end == 0 {
            break;
        }
        if pieces.len() == limit {
            pieces.push(0..end);
            break;
        }
        let stop = end;
        while end > 0 && !is_blank(text.get(end - 1)) {
            end -= 1;
        }
        pieces.push(end..stop);
    }
    pieces.reverse();
    pieces
}

/// Pieces between separators (not empty), at most `limit` splits: `each` gets them.
#[inline]
pub fn split_on(text: Units, separator: Units, limit: usize, mut each: impl FnMut(Range<usize>)) {
    let mut at = 0;
    search::each_match(text, separator, limit, |hit| {
        each(at..hit);
        at = hit + separator.len();
    });
    each(at..text.len());
}

/// As [`split_on`], from the right.
pub fn rsplit_on(text: Units, separator: Units, limit: usize) -> Pieces {
    let mut pieces = Pieces::new();
    let mut end = text.len();
    while pieces.len() < limit
        && let Some(hit) = search::rfind(text, separator, 0..end)
    {
        pieces.push(hit + separator.len()..end);
        end = hit;
    }
    pieces.push(0..end);
    pieces.reverse();
    pieces
}

/// The lines; `is_break` says which characters end one (`\r\n` counts as one end).
pub fn split_lines(text: Units, keep_ends: bool, is_break: impl Fn(u32) -> bool) -> Pieces {
    let length = text.len();
    let mut lines = Pieces::new();
    let mut at = 0;
    while at < length {
        let start = at;
        while at < length && !is_break(text.get(at)) {
            at += 1;
        }
        let end = at;
        if at < length {
            let carriage_return = text.get(at) == 0x0D;
            at += 1;
            if carriage_return && text.try_get(at) == Some(0x0A) {
                at += 1;
            }
        }
        lines.push(start..if keep_ends { at } else { end });
    }
    lines
}

/// The part that is left when characters are taken off the ends.
pub fn strip(
    text: Units,
    left: bool,
    right: bool,
    is_stripped: impl Fn(u32) -> bool,
) -> Range<usize> {
    let (mut start, mut end) = (0, text.len());
    while left && start < end && is_stripped(text.get(start)) {
        start += 1;
    }
    while right && start < end && is_stripped(text.get(end - 1)) {
        end -= 1;
    }
    start..end
}

/// `expandtabs`: tabs become blanks up to the next multiple of `size`; lines start anew.
/// `None` if the result is too long.
pub fn expand_tabs(text: Units, size: usize) -> Option<super::TextBuf> {
    let mut out = super::TextBuf::new();
    let mut column = 0usize;
    for point in text.points() {
        match point {
            0x09 => {
                if size > 0 {
                    let blanks = size - column % size;
                    if out.len().checked_add(blanks)? > super::format_spec::MAX_WIDTH / 4 {
                        return None;
                    }
                    column += blanks;
                    out.push_repeat(0x20, blanks);
                }
            }
            _ => {
                column = if matches!(point, 0x0A | 0x0D) {
                    0
                } else {
                    column + 1
                };
                out.push(point);
            }
        }
    }
    Some(out)
}
