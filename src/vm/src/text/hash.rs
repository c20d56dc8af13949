//! The hash of strings and bytes: SipHash-1-3 over the bytes of the narrowest width, with a key that
//! `PYTHONHASHSEED` decides.
//!
//! As in CPython the empty text hashes to 0, and −1 is never a hash.

/// The secret key of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(pub u64, pub u64);

/// What `PYTHONHASHSEED` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seed {
    Random,
    Fixed(u32),
}

impl Seed {
    /// Reads the variable's value; the error is for a value that CPython refuses.
    pub fn parse(text: Option<&str>) -> Result<Seed, &'static str> {
        match text {
            None | Some("" | "random") => Ok(Seed::Random),
            Some(number) => number.parse().map(Seed::Fixed).map_err(
                |_| "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]",
            ),
        }
    }
}

impl Key {
    /// The key of a fixed seed: 0 is all zeros, others start a linear congruential generator.
    pub fn from_seed(seed: u32) -> Key {
        if seed == 0 {
            return Key(0, 0);
        }
        let mut state = seed;
        let mut bytes = [0u8; 16];
        for byte in &mut bytes {
            state = state.wrapping_mul(214_013).wrapping_add(2_531_011);
            *byte = (state >> 16) as u8;
        }
        Key::from_bytes(bytes)
    }

    pub fn from_bytes(bytes: [u8; 16]) -> Key {
        let number = u128::from_le_bytes(bytes);
        Key(number as u64, (number >> 64) as u64)
    }

    /// The hash of these bytes.
    pub fn hash(self, bytes: &[u8]) -> i64 {
        if bytes.is_empty() {
            return 0;
        }
        match self.siphash(bytes) as i64 {
            -1 => -2,
            hash => hash,
        }
    }

    fn siphash(self, bytes: &[u8]) -> u64 {
        let mut state = [
            self.0 ^ 0x736f_6d65_7073_6575,
            self.1 ^ 0x646f_7261_6e64_6f6d,
            self.0 ^ 0x6c79_6765_6e65_7261,
            self.1 ^ 0x7465_6462_7974_6573,
        ];
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            absorb(&mut state, u64::from_le_bytes(word));
        }
        let rest = chunks.remainder();
        let mut word = [0; 8];
        word[..rest.len()].copy_from_slice(rest);
        word[7] = bytes.len() as u8;
        absorb(&mut state, u64::from_le_bytes(word));
        state[2] ^= 0xFF;
        (0..3).for_each(|_| round(&mut state));
        state[0] ^ state[1] ^ state[2] ^ state[3]
    }
}

/// One round a word.
fn absorb(state: &mut [u64; 4], word: u64) {
    state[3] ^= word;
    round(state);
    state[0] ^= word;
}

fn round(state: &mut [u64; 4]) {
    let [a, b, c, d] = state;
    *a = a.wrapping_add(*b);
    *b = b.rotate_left(13) ^ *a;
    *a = a.rotate_left(32);
    *c = c.wrapping_add(*d);
    *d = d.rotate_left(16) ^ *c;
    *a = a.wrapping_add(*d);
    *d = d.rotate_left(21) ^ *a;
    *c = c.wrapping_add(*b);
    *b = b.rotate_left(17) ^ *c;
    *c = c.rotate_left(32);
}
