//! `sub`: replacing matches, and templates of what to put there.

use super::matching::Match;
use super::pattern::Pattern;
use super::subject::Subject;
use std::ops::ControlFlow;
use taipan_macros::pyclass;
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, Raised, type_error};
use taipan_vm::import::import_module;
use taipan_vm::object::{Header, Ref, object_value};
use taipan_vm::objects::buffer;
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::list::List;
use taipan_vm::objects::str::Str;
use taipan_vm::text::TextBuf;
use taipan_vm::value::Value;

/// Literal text with groups in between.
#[pyclass(name = "SRE_Template", module = "_sre", gc, final, no_methods)]
#[repr(C)]
pub struct Template {
    header: Header,
    literal: Value,
    /// Each group's number and the text after it.
    #[no_gc]
    groups: Box<[usize]>,
    literals: Box<[Value]>,
}

#[cold]
fn invalid_template() -> Raised {
    type_error("invalid template")
}

impl Template {
    /// From a list `[literal, group, literal, ..., group, literal]`.
    pub fn make(parts: &List) -> PyResult {
        let parts = parts.to_vec();
        if parts.len().is_multiple_of(2) {
            return Err(invalid_template());
        }
        let (mut groups, mut literals) = (Vec::new(), Vec::new());
        for pair in parts[1..].chunks_exact(2) {
            let Some(group) = pair[0].as_small_int() else {
                return Err(type_error("an integer is required"));
            };
            let group = usize::try_from(group).map_err(|_| invalid_template())?;
            groups.push(group);
            literals.push(pair[1].clone());
        }
        Ok(Ref::new(Template {
            header: Header::fresh(),
            literal: parts[0].clone(),
            groups: groups.into(),
            literals: literals.into(),
        })
        .into_value())
    }

    /// Passes the parts of the replacement of this match on.
    fn each_part(
        &self,
        group: &dyn Fn(usize) -> Option<Value>,
        part: &mut dyn FnMut(Value) -> PyResult<()>,
    ) -> PyResult<()> {
        part(self.literal.clone())?;
        for (&number, literal) in self.groups.iter().zip(&self.literals) {
            if let Some(text) = group(number) {
                part(text)?;
            }
            part(literal.clone())?;
        }
        Ok(())
    }

    /// `Match.expand`
    pub fn expand(&self, found: &Match) -> PyResult {
        if self.groups.is_empty() {
            return Ok(self.literal.clone());
        }
        let subject = found.subject()?;
        let mut out = Output::new(subject.is_bytes());
        self.each_part(&|group| found.text(&subject, group), &mut |part| {
            out.push(&part)
        })?;
        Ok(out.finish())
    }
}

/// The text being made.
enum Output {
    Text(TextBuf, usize),
    Bytes(Vec<u8>, usize),
}

impl Output {
    fn new(is_bytes: bool) -> Output {
        match is_bytes {
            true => Output::Bytes(Vec::new(), 0),
            false => Output::Text(TextBuf::new(), 0),
        }
    }

    /// Appends a copy of a part of the subject.
    fn push_range(&mut self, subject: &Subject, start: usize, end: usize) {
        let units = subject.units().slice(start..end);
        match (self, units) {
            (Output::Text(text, items), units) => {
                text.push_units(units);
                *items += 1;
            }
            (Output::Bytes(bytes, items), taipan_vm::text::Units::One(units)) => {
                bytes.extend_from_slice(units);
                *items += 1;
            }
            _ => {}
        }
    }

    /// Appends an item as `join` would.
    fn push(&mut self, item: &Value) -> PyResult<()> {
        match self {
            Output::Text(text, items) => {
                let Some(item) = item.downcast::<Str>() else {
                    return Err(type_error(format!(
                        "sequence item {items}: expected str instance, {} found",
                        item.class().name()
                    )));
                };
                text.push_units(item.units());
                *items += 1;
            }
            Output::Bytes(bytes, items) => {
                let Some(buffer) = buffer::try_bytes(item)? else {
                    return Err(type_error(format!(
                        "sequence item {items}: expected a bytes-like object, {} found",
                        item.class().name()
                    )));
                };
                bytes.extend_from_slice(&buffer);
                *items += 1;
            }
        }
        Ok(())
    }

    fn finish(self) -> Value {
        match self {
            Output::Text(text, _) => Str::from_units(text.units()).into_value(),
            Output::Bytes(bytes, _) => Bytes::from_vec(bytes).into_value(),
        }
    }
}

/// The template that `re` makes of a replacement with backslashes; what has no groups is literal text.
pub fn compile_template(pattern: &Pattern, template: &Value) -> PyResult {
    let re = import_module("re")?;
    let compile = abstract_ops::getattr(&re, &Str::intern("_compile_template"))?;
    let compiled = abstract_ops::call(&compile, &[object_value(pattern), template.clone()])?;
    Ok(match compiled.downcast::<Template>() {
        Some(template) if template.groups.is_empty() => template.literal.clone(),
        _ => compiled,
    })
}

/// Has the replacement no backslash in it?
fn is_literal(replacement: &Value) -> bool {
    if let Some(text) = replacement.downcast::<Str>() {
        return text.code_points().all(|point| point != u32::from(b'\\'));
    }
    match buffer::try_bytes(replacement) {
        Ok(Some(bytes)) => !bytes.contains(&b'\\'),
        Ok(None) => false,
        Err(_) => {
            taipan_vm::exceptions::take_raised();
            false
        }
    }
}

/// `sub` and `subn`: the new string and how many matches were replaced.
pub fn replace(
    pattern: &Pattern,
    replacement: &Value,
    string: &Value,
    limit: isize,
) -> PyResult<(Value, i64)> {
    let callable = abstract_ops::is_callable(replacement);
    let filter = match callable || is_literal(replacement) {
        true => replacement.clone(),
        false => compile_template(pattern, replacement)?,
    };
    let subject = Subject::new(string, pattern.is_bytes)?;
    let length = subject.len();
    let mut out = Output::new(subject.is_bytes());
    let (mut last, mut count) = (0, 0i64);
    if limit >= 0 {
        subject.each(&pattern.program, 0, length, |hit| {
            if last < hit.start {
                out.push_range(&subject, last, hit.start);
            }
            if callable {
                let found = Match::make(pattern, &subject, 0, length, hit);
                let item = abstract_ops::call(&filter, &[found])?;
                if !item.is_none() {
                    out.push(&item)?;
                }
            } else if let Some(template) = filter.downcast::<Template>() {
                let group = |group| hit.group(group).map(|range| subject.slice(range));
                template.each_part(&group, &mut |part| out.push(&part))?;
            } else {
                out.push(&filter)?;
            }
            last = hit.end;
            count += 1;
            Ok(match limit != 0 && count as isize >= limit {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            })
        })?;
    }
    if count == 0 {
        return Ok((subject.slice(0..length), 0));
    }
    out.push_range(&subject, last, length);
    Ok((out.finish(), count))
}
