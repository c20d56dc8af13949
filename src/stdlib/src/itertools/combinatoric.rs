//! `product`, `permutations`, `combinations`, `combinations_with_replacement`.

use smallvec::SmallVec;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, overflow_error, type_error, value_error};
use taipan_vm::gc::Field;
use taipan_vm::memory::allocate_instance;
use taipan_vm::object::Header;
use taipan_vm::objects::class::Type;
use taipan_vm::objects::reused_tuple::ReusedTuple;
use taipan_vm::value::Value;

/// Where an iteration stands: not begun, at these indices, or over.
enum State {
    Fresh,
    At(Vec<usize>),
    Over,
}

/// Size of a selection, checked.
fn selection(r: &Value) -> PyResult<usize> {
    let r = abstract_ops::to_i64(r)?;
    usize::try_from(r).map_err(|_| value_error("r must be non-negative"))
}

/// The indices of one selection, copied: what is made of them may end objects, which may come back here.
type Indices = SmallVec<[usize; 8]>;

fn pick(result: &ReusedTuple, pool: &[Value], indices: &[usize]) -> Value {
    result.fill(indices.iter().map(|&i| pool[i].clone()))
}

macro_rules! combinatoric {
    ($class:ident) => {
        impl $class {
            fn step(
                &self,
                first: impl FnOnce() -> Option<Vec<usize>>,
                next: impl FnOnce(&mut Vec<usize>) -> bool,
            ) -> Option<Indices> {
                self.state.with(|state| {
                    match state {
                        State::Over => return None,
                        State::Fresh => *state = first().map_or(State::Over, State::At),
                        State::At(indices) => {
                            if !next(indices) {
                                *state = State::Over;
                            }
                        }
                    }
                    match state {
                        State::At(indices) => Some(Indices::from_slice(indices)),
                        _ => None,
                    }
                })
            }
        }
    };
}

/// Return successive r-length combinations of elements in the iterable.
///
/// combinations(range(4), 3) --> (0,1,2), (0,1,3), (0,2,3), (1,2,3)
#[pyclass(
    name = "combinations",
    module = "itertools",
    signature = "combinations(iterable, r)",
    gc
)]
#[repr(C)]
pub struct Combinations {
    header: Header,
    pool: Vec<Value>,
    #[no_gc]
    r: usize,
    #[no_gc]
    state: Field<State>,
    result: ReusedTuple,
}
combinatoric!(Combinations);

#[pymethods]
impl Combinations {
    #[pyslot("combinations(iterable, r)")]
    fn new(cls: &Type, iterable: &Value, r: &Value) -> PyResult {
        let pool = abstract_ops::to_vec(iterable)?;
        let r = selection(r)?;
        let native = Combinations {
            header: Header::fresh(),
            pool,
            r,
            state: Field::new(State::Fresh),
            result: ReusedTuple::new(),
        };
        Ok(allocate_instance(cls, native).into_value())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        let (n, r) = (self.pool.len(), self.r);
        let first = || (r <= n).then(|| (0..r).collect());
        let next = |indices: &mut Vec<usize>| {
            let Some(at) = (0..r).rev().find(|&i| indices[i] != i + n - r) else {
                return false;
            };
            indices[at] += 1;
            for i in at + 1..r {
                indices[i] = indices[i - 1] + 1;
            }
            true
        };
        Ok(self
            .step(first, next)
            .map(|indices| pick(&self.result, &self.pool, &indices)))
    }
}

/// Return successive r-length combinations of elements in the iterable allowing individual elements to have successive repeats.
///
/// combinations_with_replacement('ABC', 2) --> ('A','A'), ('A','B'), ('A','C'), ('B','B'), ('B','C'), ('C','C')
#[pyclass(
    name = "combinations_with_replacement",
    module = "itertools",
    signature = "combinations_with_replacement(iterable, r)",
    gc
)]
#[repr(C)]
pub struct CombinationsWithReplacement {
    header: Header,
    pool: Vec<Value>,
    #[no_gc]
    r: usize,
    #[no_gc]
    state: Field<State>,
    result: ReusedTuple,
}
combinatoric!(CombinationsWithReplacement);

#[pymethods]
impl CombinationsWithReplacement {
    #[pyslot("combinations_with_replacement(iterable, r)")]
    fn new(cls: &Type, iterable: &Value, r: &Value) -> PyResult {
        let pool = abstract_ops::to_vec(iterable)?;
        let r = selection(r)?;
        let native = CombinationsWithReplacement {
            header: Header::fresh(),
            pool,
            r,
            state: Field::new(State::Fresh),
            result: ReusedTuple::new(),
        };
        Ok(allocate_instance(cls, native).into_value())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        let (n, r) = (self.pool.len(), self.r);
        let first = || (n > 0 || r == 0).then(|| vec![0; r]);
        let next = |indices: &mut Vec<usize>| {
            let Some(at) = (0..r).rev().find(|&i| indices[i] != n - 1) else {
                return false;
            };
            let value = indices[at] + 1;
            indices[at..].fill(value);
            true
        };
        Ok(self
            .step(first, next)
            .map(|indices| pick(&self.result, &self.pool, &indices)))
    }
}

/// Return successive r-length permutations of elements in the iterable.
///
/// permutations(range(3), 2) --> (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)
#[pyclass(
    name = "permutations",
    module = "itertools",
    signature = "permutations(iterable, r=None)",
    gc
)]
#[repr(C)]
pub struct Permutations {
    header: Header,
    pool: Vec<Value>,
    #[no_gc]
    r: usize,
    /// All indices, then how often each place can still be rotated.
    #[no_gc]
    state: Field<State>,
    result: ReusedTuple,
}
combinatoric!(Permutations);

#[pymethods]
impl Permutations {
    #[pyslot("permutations(iterable, r=None)")]
    fn new(cls: &Type, iterable: &Value, r: Option<&Value>) -> PyResult {
        let pool = abstract_ops::to_vec(iterable)?;
        let r = match r {
            None => pool.len(),
            Some(r) if r.as_int().is_some() => selection(r)?,
            Some(_) => return Err(type_error("Expected int as r")),
        };
        let native = Permutations {
            header: Header::fresh(),
            pool,
            r,
            state: Field::new(State::Fresh),
            result: ReusedTuple::new(),
        };
        Ok(allocate_instance(cls, native).into_value())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        let (n, r) = (self.pool.len(), self.r);
        let first = || (r <= n).then(|| (0..n).chain((0..r).map(|i| n - i)).collect());
        let next = |all: &mut Vec<usize>| {
            let (indices, cycles) = all.split_at_mut(n);
            for i in (0..r).rev() {
                cycles[i] -= 1;
                if cycles[i] == 0 {
                    indices[i..].rotate_left(1);
                    cycles[i] = n - i;
                } else {
                    indices.swap(i, n - cycles[i]);
                    return true;
                }
            }
            false
        };
        Ok(self
            .step(first, next)
            .map(|all| pick(&self.result, &self.pool, &all[..r])))
    }
}

/// Cartesian product of input iterables.  Equivalent to nested for-loops.
///
/// To compute the product of an iterable with itself, specify the number
/// of repetitions with the optional repeat keyword argument.
#[pyclass(name = "product", module = "itertools", gc)]
#[repr(C)]
pub struct Product {
    header: Header,
    pools: Vec<Vec<Value>>,
    #[no_gc]
    state: Field<State>,
    result: ReusedTuple,
}
combinatoric!(Product);

#[pymethods]
impl Product {
    #[pyslot("product(*iterables, repeat=1)")]
    fn new(cls: &Type, iterables: &[Value], repeat: i64) -> PyResult {
        let Ok(repeat) = usize::try_from(repeat) else {
            return Err(value_error("repeat argument cannot be negative"));
        };
        let mut pools = Vec::with_capacity(iterables.len());
        if repeat > 0 {
            for iterable in iterables {
                pools.push(abstract_ops::to_vec(iterable)?);
            }
        }
        match pools.len().checked_mul(repeat) {
            Some(all) if all < isize::MAX as usize / 64 => {}
            _ => return Err(overflow_error("repeat argument too large")),
        }
        let pools = (0..repeat).flat_map(|_| pools.iter().cloned()).collect();
        let native = Product {
            header: Header::fresh(),
            pools,
            state: Field::new(State::Fresh),
            result: ReusedTuple::new(),
        };
        Ok(allocate_instance(cls, native).into_value())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        let pools = &self.pools;
        let first = || {
            pools
                .iter()
                .all(|pool| !pool.is_empty())
                .then(|| vec![0; pools.len()])
        };
        let next = |indices: &mut Vec<usize>| {
            for (index, pool) in indices.iter_mut().zip(pools).rev() {
                *index += 1;
                if *index < pool.len() {
                    return true;
                }
                *index = 0;
            }
            false
        };
        Ok(self.step(first, next).map(|indices| {
            let items = indices.iter().zip(pools);
            self.result.fill(items.map(|(&i, pool)| pool[i].clone()))
        }))
    }
    /// Size of object in memory, in bytes.
    #[pymethod("__sizeof__($self, /)")]
    fn __sizeof__(&self) -> usize {
        size_of::<Product>() + 8 * self.pools.len()
    }
}
