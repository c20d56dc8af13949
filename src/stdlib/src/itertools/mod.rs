//! `itertools`: iterators over iterators. Classes by family; the module lists them.

mod combinatoric;
mod grouping;
mod infinite;
mod selecting;
mod tee;
mod zipping;

use taipan_macros::pymodule;

pub use itertools::MODULE;

/// Functional tools for creating and using iterators.
#[pymodule(
    name = "itertools",
    classes(
        super::combinatoric::Combinations,
        super::combinatoric::CombinationsWithReplacement,
        super::combinatoric::Permutations,
        super::combinatoric::Product,
        super::grouping::Accumulate,
        super::grouping::Batched,
        super::grouping::GroupBy,
        super::grouping::Grouper,
        super::grouping::Pairwise,
        super::infinite::Count,
        super::infinite::Cycle,
        super::infinite::Repeat,
        super::selecting::Compress,
        super::selecting::DropWhile,
        super::selecting::FilterFalse,
        super::selecting::ISlice,
        super::selecting::StarMap,
        super::selecting::TakeWhile,
        super::tee::Tee,
        super::tee::TeeLink,
        super::zipping::Chain,
        super::zipping::ZipLongest
    )
)]
mod itertools {
    use taipan_vm::exceptions::PyResult;
    use taipan_vm::value::Value;

    /// Returns a tuple of n independent iterators.
    #[pyfunction("tee($module, iterable, n=2, /)")]
    fn tee(iterable: &Value, n: i64) -> PyResult {
        super::tee::tee(iterable, n)
    }
}
