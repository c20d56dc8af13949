//! Changes of inputs, decided by a seed.

/// A small generator: the same seed, the same inputs, on every machine.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// Below the bound, or 0.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 33) as usize % bound.max(1)
    }

    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// Pieces of Python that make a difference.
const WORDS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    "=",
    ",",
    ".",
    "'",
    "\"",
    "'''",
    "\"\"\"",
    "\\",
    "\n",
    " ",
    "\t",
    "#",
    "@",
    "*",
    "**",
    "->",
    ":=",
    "!",
    "%",
    ";",
    "f'",
    "t'",
    "rb'",
    "{{",
    "}}",
    "\\N{",
    "\\x",
    "\u{e9}",
    "\u{0}",
    "if ",
    "else ",
    "elif ",
    "for ",
    "in ",
    "while ",
    "try:",
    "except ",
    "except* ",
    "finally:",
    "with ",
    "as ",
    "def ",
    "class ",
    "lambda ",
    "async ",
    "await ",
    "yield ",
    "yield from ",
    "return ",
    "match ",
    "case ",
    "type ",
    "global ",
    "nonlocal ",
    "del ",
    "import ",
    "from ",
    "not ",
    "is ",
    "and ",
    "or ",
    "None",
    "True",
    "__debug__",
    "_",
    "0",
    "1j",
    "0x",
    "1e",
    "1_0",
    "...",
    "super()",
    "__class__",
    "print ",
    "    ",
];

/// A text, changed in a few places.
pub fn text(source: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut text = source.to_vec();
    // A part is enough, and quicker.
    if text.len() > 3000 && random.below(8) != 0 {
        let start = random.below(text.len());
        let line = |at: usize| {
            text[..at]
                .iter()
                .rposition(|b| *b == b'\n')
                .map_or(0, |at| at + 1)
        };
        let (start, end) = (line(start), line((start + 3000).min(text.len())));
        text = text[start..end.max(start)].to_vec();
    }
    for _ in 0..=random.below(4) {
        let at = random.below(text.len() + 1);
        match random.below(7) {
            0 | 1 => {
                let word = random.pick(WORDS).bytes();
                text.splice(at..at, word);
            }
            2 => {
                let end = (at + 1 + random.below(12)).min(text.len());
                text.drain(at..end);
            }
            3 => {
                let from = random.below(other.len() + 1);
                let end = (from + random.below(80)).min(other.len());
                text.splice(at..at, other[from..end].iter().copied());
            }
            4 if at < text.len() => text[at] = random.below(256) as u8,
            5 => {
                let end = (at + random.below(30)).min(text.len());
                let again: Vec<u8> = text[at..end].repeat(1 + random.below(60));
                text.splice(at..at, again);
            }
            _ => {
                let end = (at + 1).min(text.len());
                let word = random.pick(WORDS).bytes();
                text.splice(at..end, word);
            }
        }
    }
    if random.below(5) == 0 {
        text.truncate(random.below(text.len() + 1));
    }
    text
}

/// Bytes, changed in a few places.
pub fn bytes(data: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    const SHARP: &[u8] = &[
        0, 1, 2, 4, 0x7f, 0x80, 0xff, b'r', b'(', b')', b'c', b'<', b'>', b'{', b'0', b'N', b'l',
        b'\xe9',
    ];
    let mut data = data.to_vec();
    for _ in 0..=random.below(3) {
        if data.is_empty() {
            break;
        }
        let at = random.below(data.len());
        match random.below(8) {
            0 | 1 => data[at] = random.below(256) as u8,
            2 | 3 => data[at] = *random.pick(SHARP),
            4 => data[at] ^= 1 << random.below(8),
            5 => {
                let end = (at + 1 + random.below(4)).min(data.len());
                data.drain(at..end);
            }
            6 => data.insert(at, *random.pick(SHARP)),
            _ => {
                let from = random.below(other.len() + 1);
                let end = (from + random.below(16)).min(other.len());
                let until = (at + (end - from)).min(data.len());
                data.splice(at..until, other[from..end].iter().copied());
            }
        }
    }
    if random.below(8) == 0 {
        data.truncate(random.below(data.len() + 1));
    }
    data
}
