//! `_random`: the Mersenne Twister, with the sequences of CPython.

use std::cell::RefCell;
use taipan_macros::{pyclass, pymethods, pymodule};
use taipan_vm::abstract_ops as ops;
use taipan_vm::exceptions::{PyResult, Raised, os_error, overflow_error, type_error, value_error};
use taipan_vm::memory::allocate_instance;
use taipan_vm::object::Header;
use taipan_vm::objects::class::Type;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

pub use random::MODULE;

/// Module implements the Mersenne Twister random number generator.
#[pymodule(name = "_random", classes(super::Random))]
mod random {}

const N: usize = 624;
const M: usize = 397;

/// MT19937 of Matsumoto and Nishimura.
struct Twister {
    state: [u32; N],
    index: usize,
}

impl Twister {
    fn seeded(seed: u32) -> Twister {
        let mut state = [0u32; N];
        state[0] = seed;
        for at in 1..N {
            let before = state[at - 1];
            state[at] = (before ^ before >> 30)
                .wrapping_mul(1_812_433_253)
                .wrapping_add(at as u32);
        }
        Twister { state, index: N }
    }

    fn seeded_by(key: &[u32]) -> Twister {
        let mut twister = Twister::seeded(19_650_218);
        let state = &mut twister.state;
        let (mut i, mut j) = (1, 0);
        let wrap = |state: &mut [u32; N], i: &mut usize| {
            *i += 1;
            if *i >= N {
                state[0] = state[N - 1];
                *i = 1;
            }
        };
        for _ in 0..N.max(key.len()) {
            let before = state[i - 1];
            state[i] = (state[i] ^ (before ^ before >> 30).wrapping_mul(1_664_525))
                .wrapping_add(key[j])
                .wrapping_add(j as u32);
            wrap(state, &mut i);
            j += 1;
            if j >= key.len() {
                j = 0;
            }
        }
        for _ in 0..N - 1 {
            let before = state[i - 1];
            state[i] = (state[i] ^ (before ^ before >> 30).wrapping_mul(1_566_083_941))
                .wrapping_sub(i as u32);
            wrap(state, &mut i);
        }
        state[0] = 0x8000_0000;
        twister
    }

    fn refill(&mut self) {
        let state = &mut self.state;
        for at in 0..N {
            let bits = state[at] & 0x8000_0000 | state[(at + 1) % N] & 0x7FFF_FFFF;
            let odd = if bits & 1 == 1 { 0x9908_B0DF } else { 0 };
            state[at] = state[(at + M) % N] ^ bits >> 1 ^ odd;
        }
        self.index = 0;
    }

    fn next(&mut self) -> u32 {
        if self.index >= N {
            self.refill();
        }
        let mut y = self.state[self.index];
        self.index += 1;
        y ^= y >> 11;
        y ^= y << 7 & 0x9D2C_5680;
        y ^= y << 15 & 0xEFC6_0000;
        y ^ y >> 18
    }

    /// 53 random bits as a fraction.
    fn fraction(&mut self) -> f64 {
        let (high, low) = (self.next() >> 5, self.next() >> 6);
        (f64::from(high) * 67_108_864.0 + f64::from(low)) * (1.0 / 9_007_199_254_740_992.0)
    }
}

/// The 32-bit digits of a number, least first; at least one.
fn digits(value: &num_bigint::BigUint) -> Vec<u32> {
    let digits = value.to_u32_digits();
    if digits.is_empty() { vec![0] } else { digits }
}

/// A seed from the system.
fn system_seed() -> PyResult<Twister> {
    let mut bytes = [0u8; 4 * N];
    let mut done = 0;
    while done < bytes.len() {
        // SAFETY: the rest of the array is writable.
        let got =
            unsafe { libc::getrandom(bytes[done..].as_mut_ptr().cast(), bytes.len() - done, 0) };
        if got < 0 {
            let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
            if errno == libc::EINTR {
                continue;
            }
            return Err(os_error(errno, None));
        }
        done += got as usize;
    }
    let key: Vec<u32> = bytes
        .chunks_exact(4)
        .map(|word| u32::from_ne_bytes([word[0], word[1], word[2], word[3]]))
        .collect();
    Ok(Twister::seeded_by(&key))
}

fn from_seed(seed: Option<&Value>) -> PyResult<Twister> {
    let Some(seed) = seed.filter(|seed| !seed.is_none()) else {
        return system_seed();
    };
    let number = if seed.as_int().is_some() {
        // A subclass may say otherwise what its absolute value is.
        ops::absolute(seed)?
    } else {
        Value::from_big((ops::hash(seed)? as u64).into())
    };
    let number = number
        .as_int()
        .ok_or_else(|| type_error("an integer is required"))?;
    Ok(Twister::seeded_by(&digits(number.big().magnitude())))
}

/// Random() -> create a random number generator with its own internal state.
#[pyclass(name = "Random", module = "_random")]
#[repr(C)]
pub struct Random {
    header: Header,
    twister: RefCell<Box<Twister>>,
}

impl Random {
    fn reseed(&self, seed: Option<&Value>) -> PyResult<()> {
        let twister = from_seed(seed)?;
        **self.twister.borrow_mut() = twister;
        Ok(())
    }
}

fn bad_state() -> Raised {
    value_error("invalid state")
}

#[pymethods]
impl Random {
    #[pyslot]
    fn new(class: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        let native = Random {
            header: Header::fresh(),
            twister: RefCell::new(Box::new(Twister::seeded(0))),
        };
        Ok(allocate_instance(class, native).into_value())
    }
    #[pyslot]
    fn init(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
        if kwnames.is_some_and(|names| !names.is_empty()) {
            return Err(type_error("Random() takes no keyword arguments"));
        }
        if args.len() > 1 {
            return Err(type_error(format!(
                "Random expected at most 1 argument, got {}",
                args.len()
            )));
        }
        // SAFETY: the slot's caller checked the class.
        unsafe { this.downcast_unchecked::<Random>() }.reseed(args.first())
    }
    /// random() -> x in the interval [0, 1).
    #[pymethod("random($self, /)")]
    fn random(&self) -> f64 {
        self.twister.borrow_mut().fraction()
    }
    /// seed([n]) -> None.
    ///
    /// Defaults to use urandom and falls back to a combination
    /// of the current time and the process identifier.
    #[pymethod("seed($self, n=None, /)")]
    fn seed(&self, n: Option<&Value>) -> PyResult<()> {
        self.reseed(n)
    }
    /// getstate() -> tuple containing the current state.
    #[pymethod("getstate($self, /)")]
    fn getstate(&self) -> Value {
        let twister = self.twister.borrow();
        let mut words: Vec<Value> = twister
            .state
            .iter()
            .map(|&word| Value::int(word.into()))
            .collect();
        words.push(Value::int(twister.index as i64));
        Tuple::new(words).into_value()
    }
    /// setstate(state) -> None.  Restores generator state.
    #[pymethod("setstate($self, state, /)")]
    fn setstate(&self, state: &Value) -> PyResult<()> {
        let Some(words) = state.downcast::<Tuple>() else {
            return Err(type_error("state vector must be a tuple"));
        };
        if words.len() != N + 1 {
            return Err(value_error("state vector is the wrong size"));
        }
        let mut new = Twister {
            state: [0; N],
            index: 0,
        };
        let word = |value: &Value| -> PyResult<u64> {
            let number = value
                .as_int()
                .ok_or_else(|| type_error("an integer is required"))?;
            if number.is_negative() {
                return Err(overflow_error(
                    "can't convert negative value to unsigned int",
                ));
            }
            u64::try_from(&*number.big())
                .map_err(|_| overflow_error("Python int too large to convert to C unsigned long"))
        };
        for (slot, value) in new.state.iter_mut().zip(words.as_slice()) {
            *slot = word(value)? as u32;
        }
        let index = ops::to_i64(&words.as_slice()[N])?;
        new.index = usize::try_from(index)
            .ok()
            .filter(|&index| index <= N)
            .ok_or_else(bad_state)?;
        **self.twister.borrow_mut() = new;
        Ok(())
    }
    /// getrandbits(k) -> x.  Generates an int with k random bits.
    #[pymethod("getrandbits($self, k, /)")]
    fn getrandbits(&self, k: &Value) -> PyResult {
        let number = ops::index(k)?;
        let bits = match number.as_int() {
            Some(number) if number.is_negative() => {
                return Err(value_error("Cannot convert negative int"));
            }
            Some(number) => number
                .to_i64()
                .ok_or_else(|| overflow_error("Python int too large for C uint64_t"))?
                as u64,
            None => return Err(type_error("an integer is required")),
        };
        let mut twister = self.twister.borrow_mut();
        if bits == 0 {
            return Ok(Value::int(0));
        }
        if bits <= 32 {
            return Ok(Value::int((twister.next() >> (32 - bits)).into()));
        }
        if bits <= 64 {
            let low = u64::from(twister.next());
            let high = u64::from(twister.next() >> (64 - bits));
            return Ok(Value::from_big((high << 32 | low).into()));
        }
        let count = bits.div_ceil(32);
        // As much as an int can have digits at all here.
        if count > u64::from(u32::MAX) {
            return Err(taipan_vm::exceptions::memory_error(""));
        }
        let mut words = Vec::new();
        if words.try_reserve_exact(count as usize).is_err() {
            return Err(taipan_vm::exceptions::memory_error(""));
        }
        let mut left = bits;
        for _ in 0..count {
            let word = twister.next();
            words.push(if left < 32 { word >> (32 - left) } else { word });
            left = left.saturating_sub(32);
        }
        Ok(Value::from_big(num_bigint::BigUint::new(words).into()))
    }
}
