//! Text that may hold lone surrogates, which Python strings may and Rust strings may not.

use std::fmt;

/// An immutable string in generalized UTF-8: like UTF-8, but surrogates U+D800–U+DFFF are encoded
/// as three bytes too. The only string type of code objects and their constants.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Text(Box<[u8]>);

impl Text {
    /// The text made of these code points; each must be below 0x110000.
    pub fn from_code_points(points: impl IntoIterator<Item = u32>) -> Text {
        let mut bytes = Vec::new();
        for point in points {
            match char::from_u32(point) {
                Some(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                None => bytes.extend_from_slice(&[
                    0xE0 | (point >> 12) as u8,
                    0x80 | (point >> 6 & 0x3F) as u8,
                    0x80 | (point & 0x3F) as u8,
                ]),
            }
        }
        Text(bytes.into())
    }

    /// The text of these bytes, if they are generalized UTF-8: each sequence shortest and below
    /// U+110000.
    pub fn from_bytes(bytes: &[u8]) -> Option<Text> {
        if std::str::from_utf8(bytes).is_err() {
            let mut rest = bytes;
            while let Some(first) = rest.first() {
                let length = match first {
                    0..=0x7F => 1,
                    0xC2..=0xDF => 2,
                    0xE0..=0xEF => 3,
                    0xF0..=0xF4 => 4,
                    _ => return None,
                };
                let sequence = rest.get(..length)?;
                let surrogate = matches!(sequence, [0xED, 0xA0..=0xBF, 0x80..=0xBF]);
                if !surrogate && std::str::from_utf8(sequence).is_err() {
                    return None;
                }
                rest = &rest[length..];
            }
        }
        Some(Text(bytes.into()))
    }

    /// The bytes, in generalized UTF-8 (what marshal writes with `surrogatepass`).
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text as a Rust string, or `None` if it holds a surrogate.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The code points, surrogates included.
    pub fn code_points(&self) -> impl Iterator<Item = u32> + '_ {
        let mut rest = &self.0[..];
        std::iter::from_fn(move || {
            let first = *rest.first()?;
            let (length, start) = match first {
                0..=0x7F => (1, first as u32),
                0x80..=0xDF => (2, first as u32 & 0x1F),
                0xE0..=0xEF => (3, first as u32 & 0x0F),
                _ => (4, first as u32 & 0x07),
            };
            let point = rest[1..length]
                .iter()
                .fold(start, |point, byte| point << 6 | (*byte as u32 & 0x3F));
            rest = &rest[length..];
            Some(point)
        })
    }

    pub fn is_ascii(&self) -> bool {
        self.0.is_ascii()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text(text.as_bytes().into())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text(text.into_bytes().into())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}
