//! `_sre`: the matcher behind `re`.
//!
//! `re._compiler` makes code of a pattern; `code` checks it and turns it into a program, `engine` runs
//! that, `search` finds where to start. The rest are the classes that Python sees.

mod charset;
mod code;
mod engine;
mod matching;
mod pattern;
mod program;
mod replace;
mod scanner;
mod search;
mod subject;

use taipan_macros::pymodule;

pub use sre::MODULE;

#[pymodule(
    name = "_sre",
    classes(
        super::pattern::Pattern,
        super::matching::Match,
        super::scanner::Scanner,
        super::replace::Template
    )
)]
mod sre {
    use super::charset::{lower_ascii, lower_unicode, upper_unicode};
    use super::code;
    use super::pattern::Pattern;
    use super::replace::Template;
    use taipan_vm::exceptions::{PyResult, overflow_error, type_error};
    use taipan_vm::object::{Header, Ref};
    use taipan_vm::objects::buffer;
    use taipan_vm::objects::dict::Dict;
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::str::Str;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::value::Value;

    #[pyattr]
    const MAGIC: i64 = 20230612;
    /// Bytes in a word of code.
    #[pyattr]
    const CODESIZE: i64 = 4;
    #[pyattr]
    const MAXREPEAT: i64 = u32::MAX as i64;
    #[pyattr]
    const MAXGROUPS: i64 = code::MAX_GROUPS as i64;
    #[pyattr]
    fn copyright() -> &'static str {
        " SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB "
    }

    /// A character's number; none of a character is changed by what the functions below do.
    fn character(value: i64) -> PyResult<Result<u32, i64>> {
        if i32::try_from(value).is_err() {
            return Err(overflow_error(match value > 0 {
                true => "signed integer is greater than maximum",
                false => "signed integer is less than minimum",
            }));
        }
        Ok(u32::try_from(value).map_err(|_| value))
    }

    #[pyfunction("getcodesize($module, /)")]
    fn getcodesize() -> i64 {
        CODESIZE
    }

    #[pyfunction("ascii_iscased($module, character, /)")]
    fn ascii_iscased(value: i64) -> PyResult<bool> {
        let point = character(value)?;
        Ok(point.is_ok_and(|point| point < 128 && (point as u8).is_ascii_alphabetic()))
    }

    #[pyfunction("unicode_iscased($module, character, /)")]
    fn unicode_iscased(value: i64) -> PyResult<bool> {
        let point = character(value)?;
        Ok(point.is_ok_and(|point| lower_unicode(point) != point || upper_unicode(point) != point))
    }

    #[pyfunction("ascii_tolower($module, character, /)")]
    fn ascii_tolower(value: i64) -> PyResult<i64> {
        Ok(character(value)?.map_or_else(|other| other, |point| lower_ascii(point).into()))
    }

    #[pyfunction("unicode_tolower($module, character, /)")]
    fn unicode_tolower(value: i64) -> PyResult<i64> {
        Ok(character(value)?.map_or_else(|other| other, |point| lower_unicode(point).into()))
    }

    #[pyfunction("compile($module, /, pattern, flags, code, groups, groupindex, indexgroup)")]
    fn compile(
        pattern: &Value,
        flags: i64,
        code: &List,
        groups: i64,
        groupindex: &Dict,
        indexgroup: &Tuple,
    ) -> PyResult<Ref<Pattern>> {
        let mut words = Vec::with_capacity(code.len());
        for item in code.to_vec() {
            let Some(word) = item.as_int() else {
                return Err(type_error("an integer is required"));
            };
            words.push(match word.to_i64() {
                Some(..0) => {
                    return Err(overflow_error(
                        "can't convert negative value to unsigned int",
                    ));
                }
                word => word
                    .and_then(|word| u32::try_from(word).ok())
                    .ok_or_else(|| overflow_error("regular expression code size limit exceeded"))?,
            });
        }
        let is_bytes = if pattern.is_none() {
            None
        } else if pattern.downcast::<Str>().is_some() {
            Some(false)
        } else if buffer::try_bytes(pattern)?.is_some() {
            Some(true)
        } else {
            return Err(type_error(format!(
                "expected string or bytes-like object, got '{}'",
                pattern.class().name()
            )));
        };
        let count = u32::try_from(groups).unwrap_or(u32::MAX);
        let program = code::lower(&words, count)?;
        Ok(Ref::new(Pattern {
            header: Header::fresh(),
            pattern: pattern.clone(),
            group_index: groupindex.copy(),
            index_group: Ref::from_ref(indexgroup),
            flags,
            groups: count as usize,
            is_bytes,
            code: words.into(),
            program: Box::new(program),
        }))
    }

    ///   template
    ///     A list containing interleaved literal strings (str or bytes) and group
    ///     indices (int), as returned by re._parser.parse_template():
    ///         [literal1, group1, ..., literalN, groupN]
    #[pyfunction("template($module, pattern, template, /)")]
    fn template(_pattern: &Value, template: &List) -> PyResult {
        Template::make(template)
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        // `re` takes these from instances; they are no attributes of the module.
        for name in ["Pattern", "Match", "SRE_Scanner", "SRE_Template"] {
            module.dict().remove_str(&Str::intern(name));
        }
        Ok(())
    }
}
