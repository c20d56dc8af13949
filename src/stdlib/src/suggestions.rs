//! `_suggestions`: "Did you mean", for `traceback`.

use taipan_macros::pymodule;

pub use suggestions::MODULE;

#[pymodule(name = "_suggestions")]
mod suggestions {
    use taipan_vm::exceptions::{PyResult, type_error};
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::str::Str;
    use taipan_vm::text::suggest::closest;
    use taipan_vm::value::Value;

    /// Returns the candidate in candidates that's closest to item
    #[pyfunction("_generate_suggestions($module, candidates, item, /)")]
    fn generate_suggestions(candidates: &Value, item: &Str) -> PyResult {
        let Some(list) = candidates.downcast_exact::<List>() else {
            return Err(type_error("candidates must be a list"));
        };
        let mut names = Vec::new();
        for candidate in list.to_vec() {
            match candidate.downcast::<Str>() {
                Some(name) => names.push(name.to_rust().into_owned()),
                None => {
                    return Err(type_error("all elements in 'candidates' must be strings"));
                }
            }
        }
        let nearest = closest(&item.to_rust(), names.iter().map(String::as_str));
        Ok(nearest.map_or_else(Value::none, |name| Str::new(name).into_value()))
    }
}
