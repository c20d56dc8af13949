//! Calls of Python functions with keywords: which argument goes where is known when a unit is built.

use super::{Builder, Entry};
use crate::bailout::Bailout;
use crate::frame_state::{Own, Owner};
use crate::hir::Rep;
use taipan_vm::objects::code::Code;
use taipan_vm::objects::function::Function;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Raw;

/// Where a parameter gets its value from.
enum Argument {
    /// So many operands above the first.
    Given(usize),
    Default(Raw),
}

/// What each parameter gets: `positional` arguments come first, then the named ones. `None`: the call raises, or
/// is none of plain parameters.
fn arrange(
    function: &Function,
    positional: usize,
    names: &[taipan_vm::value::Value],
) -> Option<Vec<Argument>> {
    let code = function.code();
    if !code.simple || code.is_generator_like() {
        return None;
    }
    let parameters = code.argcount as usize;
    let mut given: Vec<Option<usize>> = vec![None; parameters];
    for (i, slot) in given.iter_mut().enumerate().take(positional) {
        *slot = Some(i);
    }
    if positional > parameters {
        return None;
    }
    for (i, name) in names.iter().enumerate() {
        let name = name.downcast::<Str>()?;
        let first = code.posonlyargcount as usize;
        let index = (first..parameters).find(|p| code.locals[*p].same_text(name))?;
        if given[index].replace(positional + i).is_some() {
            return None;
        }
    }
    let defaults = function.defaults();
    let defaults = defaults.as_ref().map_or(&[][..], |tuple| tuple.as_slice());
    let first_default = parameters.checked_sub(defaults.len())?;
    let argument = |(i, operand): (usize, Option<usize>)| match operand {
        Some(operand) => Some(Argument::Given(operand)),
        None => {
            let default = defaults.get(i.checked_sub(first_default)?)?;
            Some(Argument::Default(default.raw()))
        }
    };
    given.into_iter().enumerate().map(argument).collect()
}

impl Builder<'_> {
    /// `CALL_KW` of a function that is known: false if it is none.
    pub(super) fn call_keywords_directly(&mut self, count: usize) -> Result<bool, Bailout> {
        let (callable, receiver) = (self.top(count + 2)?.value, self.top(count + 1)?.value);
        if self.failed() || self.rep(callable) != Rep::Word || self.rep(receiver) != Rep::Word {
            return Ok(false);
        }
        let (Some(has_self), Some(names), Some(word)) = (
            self.has_self(receiver),
            self.known(self.top(0)?.value),
            self.known_or_global(callable),
        ) else {
            return Ok(false);
        };
        if !names.is_pointer() || !word.is_pointer() {
            return Ok(false);
        }
        let (names, value) = (names.peek(), word.peek());
        let (Some(names), Some(function)) = (
            names.downcast_exact::<Tuple>(),
            value.downcast_exact::<Function>(),
        ) else {
            return Ok(false);
        };
        let names = names.as_slice();
        let Some(positional) = (count + has_self).checked_sub(names.len()) else {
            return Ok(false);
        };
        let Some(arguments) = arrange(function, positional, names) else {
            return Ok(false);
        };
        let (code, version): (*const Code, u32) = (function.code(), function.version());
        self.guard_function(callable, version);
        // From here on nothing leaves to before the instruction, whose operands are about to move.
        let base = self.prepare_direct(count + 3)?;
        self.pop()?;
        let given = self.s.stack.split_off(base + 2 - has_self);
        let total = arguments.len();
        for argument in arguments {
            let entry = match argument {
                Argument::Given(index) => given[index],
                Argument::Default(word) => Entry {
                    value: self.constant(word),
                    own: Own::Lazy(Owner::Heap),
                },
            };
            self.s.stack.push(entry);
        }
        // SAFETY: the version is guarded, and a function with this version has this code.
        let code: &'static Code = unsafe { &*code };
        self.call_direct(Some(code), total - has_self, has_self)?;
        Ok(true)
    }
}
