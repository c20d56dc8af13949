//! Text to float, as `float()` reads it: surrounding blanks, a sign, underscores between digits,
//! `inf`, `infinity` and `nan` in any case. The text is ASCII by then (other digits and blanks have
//! been translated).

/// `None`: not a float.
pub fn parse(text: &str) -> Option<f64> {
    let text = text.trim_matches(is_blank);
    if text.contains('_') {
        return parse_plain(&without_underscores(text)?);
    }
    parse_plain(text)
}

pub(crate) fn is_blank(char: char) -> bool {
    matches!(
        char,
        ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1f'
    )
}

/// Underscores must stand between two digits.
pub fn without_underscores(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_digit = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
    for (index, _) in text.match_indices('_') {
        if index == 0 || !is_digit(index - 1) || !is_digit(index + 1) {
            return None;
        }
    }
    Some(text.replace('_', ""))
}

/// A float without blanks and underscores.
pub fn parse_plain(text: &str) -> Option<f64> {
    let length = float_prefix(text);
    if length == 0 || length != text.len() {
        return None;
    }
    let unsigned = text.trim_start_matches(['+', '-']);
    let value = if unsigned.starts_with(['i', 'I']) {
        f64::INFINITY
    } else if unsigned.starts_with(['n', 'N']) {
        f64::NAN
    } else {
        // Rust reads any number of digits and rounds correctly; it takes all that `float_prefix`
        // lets through.
        unsigned.parse().ok()?
    };
    Some(if text.starts_with('-') { -value } else { value })
}

/// The length of the longest prefix that is a float; 0 if there is none.
pub fn float_prefix(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    for word in ["infinity", "inf", "nan"] {
        if bytes
            .get(at..at + word.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
        {
            return at + word.len();
        }
    }
    let digits = |from: usize| {
        bytes[from..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    };
    let whole = digits(at);
    at += whole;
    let mut fraction = 0;
    if bytes.get(at) == Some(&b'.') {
        fraction = digits(at + 1);
        if whole + fraction == 0 {
            return 0;
        }
        at += 1 + fraction;
    }
    if whole + fraction == 0 {
        return 0;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent = if at + 1 + sign <= bytes.len() {
            digits(at + 1 + sign)
        } else {
            0
        };
        if exponent > 0 {
            at += 1 + sign + exponent;
        }
    }
    at
}
