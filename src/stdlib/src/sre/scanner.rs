//! The scanner: matches one after the other.

use super::matching::Match;
use super::pattern::Pattern;
use super::subject::{Subject, Way};
use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::exceptions::PyResult;
use taipan_vm::object::{Header, Ref, object_value};
use taipan_vm::value::Value;

#[pyclass(name = "SRE_Scanner", module = "_sre", gc, final)]
#[repr(C)]
pub struct Scanner {
    header: Header,
    pattern: Ref<Pattern>,
    string: Value,
    #[no_gc]
    subject: Subject,
    #[no_gc]
    pos: usize,
    #[no_gc]
    endpos: usize,
    /// Where to go on; `None` when nothing was found.
    #[no_gc]
    next: Cell<Option<usize>>,
    /// The match before was empty: the next one must not be, at the same place.
    #[no_gc]
    after_empty: Cell<bool>,
}

impl Scanner {
    pub fn make(
        pattern: &Pattern,
        string: &Value,
        pos: isize,
        endpos: isize,
    ) -> PyResult<Ref<Scanner>> {
        let subject = Subject::new(string, pattern.is_bytes)?;
        let (pos, endpos) = subject.clamp(pos, endpos);
        Ok(Ref::new(Scanner {
            header: Header::fresh(),
            pattern: Ref::from_ref(pattern),
            string: string.clone(),
            subject,
            pos,
            endpos,
            next: Cell::new(Some(pos)),
            after_empty: Cell::new(false),
        }))
    }

    fn advance(&self, way: Way) -> PyResult {
        let Some(start) = self.next.get() else {
            return Ok(Value::none());
        };
        let not_at = self.after_empty.get().then_some(start);
        let program = &self.pattern.program;
        let found = self
            .subject
            .find(program, way, start, self.endpos, not_at, |hit| {
                self.next.set(Some(hit.end));
                self.after_empty.set(hit.start == hit.end);
                Match::make(&self.pattern, &self.subject, self.pos, self.endpos, hit)
            })?;
        Ok(found.unwrap_or_else(|| {
            self.next.set(None);
            Value::none()
        }))
    }
}

#[pymethods]
impl Scanner {
    #[pymethod("match($self, /)")]
    fn match_(&self) -> PyResult {
        self.advance(Way::Match)
    }
    #[pymethod("search($self, /)")]
    fn search(&self) -> PyResult {
        self.advance(Way::Search)
    }
    #[pygetset("pattern")]
    fn get_pattern(&self) -> Value {
        object_value(&*self.pattern)
    }
}
