//! `re.Match`.

use super::pattern::Pattern;
use super::replace::Template;
use super::subject::{Hit, Subject};
use std::ops::Range;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, Raised, index_error};
use taipan_vm::object::{Header, Ref, object_value};
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// The result of re.match() and re.search().
/// Match objects always have a boolean value of True.
#[pyclass(name = "Match", module = "re", gc, final)]
#[repr(C)]
pub struct Match {
    header: Header,
    string: Value,
    pattern: Ref<Pattern>,
    /// Start and end of each group, the whole match first; -1 for a group that has not matched.
    #[no_gc]
    spans: Box<[(isize, isize)]>,
    #[no_gc]
    pos: usize,
    #[no_gc]
    endpos: usize,
    #[no_gc]
    last_index: u32,
}

#[cold]
fn no_group() -> Raised {
    index_error("no such group")
}

impl Match {
    pub fn make(
        pattern: &Pattern,
        subject: &Subject,
        pos: usize,
        endpos: usize,
        hit: &Hit,
    ) -> Value {
        let spans = (0..=pattern.groups)
            .map(|group| match hit.group(group) {
                Some(range) => (range.start as isize, range.end as isize),
                None => (-1, -1),
            })
            .collect();
        Ref::new(Match {
            header: Header::fresh(),
            string: subject.value().clone(),
            pattern: Ref::from_ref(pattern),
            spans,
            pos,
            endpos,
            last_index: hit.last_index,
        })
        .into_value()
    }

    pub fn subject(&self) -> PyResult<Subject> {
        Subject::new(&self.string, None)
    }

    fn range(&self, group: usize) -> Option<Range<usize>> {
        let (start, end) = *self.spans.get(group)?;
        Some(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
    }

    /// The text of a group that has matched.
    pub fn text(&self, subject: &Subject, group: usize) -> Option<Value> {
        self.range(group).map(|range| subject.slice(range))
    }

    /// The number of a group given by number or name.
    fn index(&self, group: &Value) -> PyResult<usize> {
        let number = match group.as_small_int() {
            Some(number) => number,
            None if group.class().slots().index.is_some() => {
                abstract_ops::index_clamped(group)? as i64
            }
            None => {
                let found = self.pattern.group_index.get(group)?;
                abstract_ops::to_i64(&found.ok_or_else(no_group)?)?
            }
        };
        usize::try_from(number)
            .ok()
            .filter(|&number| number < self.spans.len())
            .ok_or_else(no_group)
    }

    fn get(&self, group: &Value) -> PyResult {
        let group = self.index(group)?;
        Ok(self
            .text(&self.subject()?, group)
            .unwrap_or_else(Value::none))
    }

    fn span_of(&self, group: Option<&Value>) -> PyResult<(isize, isize)> {
        let group = group.map_or(Ok(0), |group| self.index(group))?;
        Ok(self.spans[group])
    }
}

fn pair((start, end): (isize, isize)) -> Value {
    Tuple::new([Value::int(start as i64), Value::int(end as i64)]).into_value()
}

#[pymethods]
impl Match {
    /// group([group1, ...]) -> str or tuple.
    /// Return subgroup(s) of the match by indices or names.
    /// For 0 returns the entire match.
    #[pymethod("group($self, /, *args)")]
    fn group(&self, args: &[Value]) -> PyResult {
        match args {
            [] => self.get(&Value::int(0)),
            [only] => self.get(only),
            several => {
                let all: PyResult<Vec<Value>> =
                    several.iter().map(|group| self.get(group)).collect();
                Ok(Tuple::new(all?).into_value())
            }
        }
    }
    /// Return index of the start of the substring matched by group.
    #[pymethod("start($self, group=0, /)")]
    fn start(&self, group: Option<&Value>) -> PyResult {
        Ok(Value::int(self.span_of(group)?.0 as i64))
    }
    /// Return index of the end of the substring matched by group.
    #[pymethod("end($self, group=0, /)")]
    fn end(&self, group: Option<&Value>) -> PyResult {
        Ok(Value::int(self.span_of(group)?.1 as i64))
    }
    /// For match object m, return the 2-tuple (m.start(group), m.end(group)).
    #[pymethod("span($self, group=0, /)")]
    fn span(&self, group: Option<&Value>) -> PyResult {
        Ok(pair(self.span_of(group)?))
    }
    /// Return a tuple containing all the subgroups of the match, from 1.
    ///
    ///   default
    ///     Is used for groups that did not participate in the match.
    #[pymethod("groups($self, /, default=None)")]
    fn groups(&self, default: Option<&Value>) -> PyResult<Ref<Tuple>> {
        let subject = self.subject()?;
        let all: Vec<Value> = (1..self.spans.len())
            .map(|group| {
                self.text(&subject, group)
                    .or_else(|| default.cloned())
                    .unwrap_or_else(Value::none)
            })
            .collect();
        Ok(Tuple::new(all))
    }
    /// Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name.
    ///
    ///   default
    ///     Is used for groups that did not participate in the match.
    #[pymethod("groupdict($self, /, default=None)")]
    fn groupdict(&self, default: Option<&Value>) -> PyResult<Ref<Dict>> {
        let subject = self.subject()?;
        let result = Dict::make();
        for (name, group) in self.pattern.group_index.items() {
            let group = self.index(&group)?;
            let text = self
                .text(&subject, group)
                .or_else(|| default.cloned())
                .unwrap_or_else(Value::none);
            result.insert(name, text)?;
        }
        Ok(result)
    }
    /// Return the string obtained by doing backslash substitution on the string template, as done by the sub() method.
    #[pymethod("expand($self, /, template)")]
    fn expand(&self, template: &Value) -> PyResult {
        let compiled = super::replace::compile_template(&self.pattern, template)?;
        match compiled.downcast::<Template>() {
            Some(template) => template.expand(self),
            None => Ok(compiled),
        }
    }
    #[pymethod("__copy__($self, /)")]
    fn __copy__(this: &Value) -> Value {
        this.clone()
    }
    #[pymethod("__deepcopy__($self, memo, /)")]
    fn __deepcopy__(this: &Value, _memo: &Value) -> Value {
        this.clone()
    }
    /// Matches are generic over the type of string which was matched (str or bytes)
    #[pyclassmethod("__class_getitem__($type, object, /)")]
    fn __class_getitem__(cls: &Value, object: &Value) -> PyResult {
        taipan_vm::objects::generic_alias::new_alias(cls, object)
    }
    #[pyslot]
    fn getitem(&self, key: &Value) -> PyResult {
        self.get(key)
    }
    /// The string passed to match() or search().
    #[pygetset("string")]
    fn get_string(&self) -> Value {
        self.string.clone()
    }
    /// The regular expression object.
    #[pygetset]
    fn re(&self) -> Value {
        object_value(&*self.pattern)
    }
    /// The index into the string at which the RE engine started looking for a match.
    #[pygetset("pos")]
    fn get_pos(&self) -> Value {
        Value::int(self.pos as i64)
    }
    /// The index into the string beyond which the RE engine will not go.
    #[pygetset("endpos")]
    fn get_endpos(&self) -> Value {
        Value::int(self.endpos as i64)
    }
    /// The integer index of the last matched capturing group.
    #[pygetset]
    fn lastindex(&self) -> Value {
        match self.last_index {
            0 => Value::none(),
            index => Value::int(index.into()),
        }
    }
    /// The name of the last matched capturing group.
    #[pygetset]
    fn lastgroup(&self) -> Value {
        let names = self.pattern.index_group.as_slice();
        match (self.last_index, names.get(self.last_index as usize)) {
            (1.., Some(name)) => name.clone(),
            _ => Value::none(),
        }
    }
    #[pygetset]
    fn regs(&self) -> Value {
        Tuple::new(
            self.spans
                .iter()
                .map(|&span| pair(span))
                .collect::<Vec<_>>(),
        )
        .into_value()
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        let text = self
            .text(&self.subject()?, 0)
            .unwrap_or_else(|| Str::empty().into_value());
        let shown: String = abstract_ops::repr(&text)?
            .to_rust()
            .chars()
            .take(50)
            .collect();
        let (start, end) = self.spans[0];
        Ok(format!(
            "<re.Match object; span=({start}, {end}), match={shown}>"
        ))
    }
}
