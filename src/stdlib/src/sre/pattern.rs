//! `re.Pattern`.

use super::matching::Match;
use super::program::Program;
use super::replace;
use super::scanner::Scanner;
use super::subject::{Subject, Way};
use std::ops::ControlFlow;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::PyResult;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::class::CompareOp;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::list::List;
use taipan_vm::objects::mapping_proxy::MappingProxy;
use taipan_vm::objects::seq_iter::CallableIterator;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// Compiled regular expression object.
#[pyclass(name = "Pattern", module = "re", gc, final, weakref)]
#[repr(C)]
pub struct Pattern {
    pub header: Header,
    /// What it was compiled from, or None.
    pub pattern: Value,
    pub group_index: Ref<Dict>,
    pub index_group: Ref<Tuple>,
    #[no_gc]
    pub flags: i64,
    #[no_gc]
    pub groups: usize,
    #[no_gc]
    pub is_bytes: Option<bool>,
    #[no_gc]
    pub code: Box<[u32]>,
    #[no_gc]
    pub program: Box<Program>,
}

/// The names of flags, as `repr` shows them.
const FLAGS: &[(&str, i64)] = &[
    ("re.IGNORECASE", 2),
    ("re.LOCALE", 4),
    ("re.MULTILINE", 8),
    ("re.DOTALL", 16),
    ("re.UNICODE", 32),
    ("re.VERBOSE", 64),
    ("re.DEBUG", 128),
    ("re.ASCII", 256),
];
const LOCALE: i64 = 4;
const UNICODE: i64 = 32;
const ASCII: i64 = 256;

impl Pattern {
    fn find_one(&self, way: Way, string: &Value, pos: isize, endpos: isize) -> PyResult {
        let subject = Subject::new(string, self.is_bytes)?;
        let (start, end) = subject.clamp(pos, endpos);
        let found = subject.find(&self.program, way, start, end, None, |hit| {
            Match::make(self, &subject, start, end, hit)
        })?;
        Ok(found.unwrap_or_else(Value::none))
    }
}

#[pymethods]
impl Pattern {
    /// Matches zero or more characters at the beginning of the string.
    #[pymethod("match($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn match_(&self, string: &Value, pos: Option<isize>, endpos: Option<isize>) -> PyResult {
        let (pos, endpos) = (pos.unwrap_or(0), endpos.unwrap_or(isize::MAX));
        self.find_one(Way::Match, string, pos, endpos)
    }
    /// Matches against all of the string.
    #[pymethod("fullmatch($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn fullmatch(&self, string: &Value, pos: Option<isize>, endpos: Option<isize>) -> PyResult {
        let (pos, endpos) = (pos.unwrap_or(0), endpos.unwrap_or(isize::MAX));
        self.find_one(Way::FullMatch, string, pos, endpos)
    }
    /// Scan through string looking for a match, and return a corresponding match object instance.
    ///
    /// Return None if no position in the string matches.
    #[pymethod("search($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn search(&self, string: &Value, pos: Option<isize>, endpos: Option<isize>) -> PyResult {
        let (pos, endpos) = (pos.unwrap_or(0), endpos.unwrap_or(isize::MAX));
        self.find_one(Way::Search, string, pos, endpos)
    }
    /// Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string by the replacement repl.
    #[pymethod("sub($self, /, repl, string, count=0)")]
    fn sub(&self, repl: &Value, string: &Value, count: Option<isize>) -> PyResult {
        Ok(replace::replace(self, repl, string, count.unwrap_or(0))?.0)
    }
    /// Return the tuple (new_string, number_of_subs_made) found by replacing the leftmost non-overlapping occurrences of pattern with the replacement repl.
    #[pymethod("subn($self, /, repl, string, count=0)")]
    fn subn(&self, repl: &Value, string: &Value, count: Option<isize>) -> PyResult<Ref<Tuple>> {
        let (text, count) = replace::replace(self, repl, string, count.unwrap_or(0))?;
        Ok(Tuple::new([text, Value::int(count)]))
    }
    /// Return a list of all non-overlapping matches of pattern in string.
    #[pymethod("findall($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn findall(
        &self,
        string: &Value,
        pos: Option<isize>,
        endpos: Option<isize>,
    ) -> PyResult<Ref<List>> {
        let subject = Subject::new(string, self.is_bytes)?;
        let (start, end) = subject.clamp(pos.unwrap_or(0), endpos.unwrap_or(isize::MAX));
        let mut all = Vec::new();
        subject.each(&self.program, start, end, |hit| {
            let group = |group| subject.slice(hit.group(group).unwrap_or(0..0));
            all.push(match self.groups {
                0 => group(0),
                1 => group(1),
                count => Tuple::new((1..=count).map(group).collect::<Vec<_>>()).into_value(),
            });
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(List::make(all))
    }
    /// Split string by the occurrences of pattern.
    #[pymethod("split($self, /, string, maxsplit=0)")]
    fn split(&self, string: &Value, maxsplit: Option<isize>) -> PyResult<Ref<List>> {
        let subject = Subject::new(string, self.is_bytes)?;
        let limit = maxsplit.unwrap_or(0);
        let mut parts = Vec::new();
        let (mut last, mut count) = (0, 0);
        if limit >= 0 {
            subject.each(&self.program, 0, subject.len(), |hit| {
                parts.push(subject.slice(last..hit.start));
                for group in 1..=self.groups {
                    parts.push(match hit.group(group) {
                        Some(range) => subject.slice(range),
                        None => Value::none(),
                    });
                }
                last = hit.end;
                count += 1;
                Ok(match limit != 0 && count >= limit {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                })
            })?;
        }
        parts.push(subject.slice(last..subject.len()));
        Ok(List::make(parts))
    }
    /// Return an iterator over all non-overlapping matches for the RE pattern in string.
    ///
    /// For each match, the iterator returns a match object.
    #[pymethod("finditer($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn finditer(&self, string: &Value, pos: Option<isize>, endpos: Option<isize>) -> PyResult {
        let scanner = self.scanner(string, pos, endpos)?;
        let search = abstract_ops::getattr(scanner.as_value(), &Str::intern("search"))?;
        Ok(CallableIterator::new(search, Value::none()))
    }
    #[pymethod("scanner($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn scanner(
        &self,
        string: &Value,
        pos: Option<isize>,
        endpos: Option<isize>,
    ) -> PyResult<Ref<Scanner>> {
        Scanner::make(self, string, pos.unwrap_or(0), endpos.unwrap_or(isize::MAX))
    }
    #[pymethod("__copy__($self, /)")]
    fn __copy__(this: &Value) -> Value {
        this.clone()
    }
    #[pymethod("__deepcopy__($self, memo, /)")]
    fn __deepcopy__(this: &Value, _memo: &Value) -> Value {
        this.clone()
    }
    /// Patterns are generic over the type of string they handle (str or bytes)
    #[pyclassmethod("__class_getitem__($type, object, /)")]
    fn __class_getitem__(cls: &Value, object: &Value) -> PyResult {
        taipan_vm::objects::generic_alias::new_alias(cls, object)
    }
    /// The pattern string from which the RE object was compiled.
    #[pygetset("pattern")]
    fn get_pattern(&self) -> Value {
        self.pattern.clone()
    }
    /// The regex matching flags.
    #[pygetset("flags")]
    fn get_flags(&self) -> Value {
        Value::int(self.flags)
    }
    /// The number of capturing groups in the pattern.
    #[pygetset("groups")]
    fn get_groups(&self) -> Value {
        Value::int(self.groups as i64)
    }
    /// A dictionary mapping group names to group numbers.
    #[pygetset]
    fn groupindex(&self) -> Value {
        MappingProxy::wrap(self.group_index.to_value())
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        let mut flags = self.flags;
        if self.is_bytes == Some(false) && flags & (LOCALE | UNICODE | ASCII) == UNICODE {
            flags &= !UNICODE;
        }
        let mut names = Vec::new();
        for (name, flag) in FLAGS {
            if flags & flag != 0 {
                names.push((*name).to_owned());
                flags &= !flag;
            }
        }
        if flags != 0 {
            names.push(format!("0x{flags:x}"));
        }
        let mut text: String = abstract_ops::repr(&self.pattern)?
            .to_rust()
            .chars()
            .take(200)
            .collect();
        if !names.is_empty() {
            text = format!("{text}, {}", names.join("|"));
        }
        Ok(format!("re.compile({text})"))
    }
    #[pyslot]
    fn hash(&self) -> PyResult<i64> {
        let mut hash = abstract_ops::hash(&self.pattern)?;
        for &word in &self.code {
            hash = (hash ^ i64::from(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15u64 as i64);
        }
        hash ^= self.flags ^ self.groups as i64;
        Ok(if hash == -1 { -2 } else { hash })
    }
    #[pyslot]
    fn richcompare(&self, other: &Value, op: CompareOp) -> PyResult {
        let (Some(other), CompareOp::Eq | CompareOp::Ne) = (other.downcast::<Pattern>(), op) else {
            return Ok(Value::not_implemented());
        };
        let same = self.flags == other.flags
            && self.is_bytes == other.is_bytes
            && self.code == other.code
            // Equal code of different patterns may differ in what it captures by name.
            && abstract_ops::equals(&self.pattern, &other.pattern)?;
        Ok(Value::bool(same == (op == CompareOp::Eq)))
    }
}
