//! Comprehensions: inlined (PEP 709), or as functions of their own.

use super::fblocks::FBlockKind;
use super::{Compiler, Counts, ScopeType};
use crate::ast::*;
use crate::error::Result;
use crate::instructions::Label;
use crate::symtable::{BlockType, Def, Key, Scope, ScopeId, Symbol};
use taipan_bytecode::CfgOp;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Generator,
    List,
    Set,
    Dict,
}

/// What is collected, and how.
#[derive(Clone, Copy)]
struct Body<'a> {
    kind: Kind,
    generators: &'a [Comprehension<'a>],
    elt: &'a Expr<'a>,
    value: Option<&'a Expr<'a>>,
}

/// What inlining changed for the time of the comprehension.
#[derive(Default)]
struct Inlined<'a> {
    pushed_locals: Vec<Ident<'a>>,
    outer_symbols: Vec<(Ident<'a>, Option<Symbol>)>,
    fast_hidden: Vec<Ident<'a>>,
    cleanup: Option<Label>,
}

impl<'a> Compiler<'a> {
    pub(super) fn comprehension(&mut self, expr: &'a Expr<'a>) -> Result<()> {
        let (name, body) = match expr.kind {
            ExprKind::GeneratorExp { elt, generators } => (
                "<genexpr>",
                Body {
                    kind: Kind::Generator,
                    generators,
                    elt,
                    value: None,
                },
            ),
            ExprKind::ListComp { elt, generators } => (
                "<listcomp>",
                Body {
                    kind: Kind::List,
                    generators,
                    elt,
                    value: None,
                },
            ),
            ExprKind::SetComp { elt, generators } => (
                "<setcomp>",
                Body {
                    kind: Kind::Set,
                    generators,
                    elt,
                    value: None,
                },
            ),
            ExprKind::DictComp {
                key,
                value,
                generators,
            } => (
                "<dictcomp>",
                Body {
                    kind: Kind::Dict,
                    generators,
                    elt: key,
                    value: Some(value),
                },
            ),
            _ => return Ok(()),
        };
        let loc = expr.loc;
        let key = Key::comprehension(body.generators);
        let Some(scope) = self.symbols.lookup(key) else {
            return self.error("internal error: unknown symbol table entry", loc);
        };
        let entry = self.symbols.block(scope);
        let inlined = entry.comp_inlined;
        let is_async = entry.coroutine;
        let Some(outermost) = body.generators.first() else {
            return Ok(());
        };
        let mut state = Inlined::default();
        if inlined {
            self.comprehension_iter(outermost)?;
            self.enter_inlined(loc, scope, &mut state)?;
        } else {
            let counts = Counts {
                args: 1,
                ..Counts::default()
            };
            self.enter_scope(name, ScopeType::Comprehension, key, loc.line, None, counts)?;
        }
        let build = match body.kind {
            Kind::Generator => None,
            Kind::List => Some(CfgOp::BUILD_LIST),
            Kind::Set => Some(CfgOp::BUILD_SET),
            Kind::Dict => Some(CfgOp::BUILD_MAP),
        };
        if let Some(build) = build {
            self.op_i(build, 0, loc);
            if inlined {
                self.op_i(CfgOp::SWAP, 2, loc);
            }
        }
        self.comprehension_generator(loc, body, 0, 0, inlined)?;
        if inlined {
            self.leave_inlined(loc, state);
            return Ok(());
        }
        if body.kind == Kind::Generator {
            self.wrap_in_stopiteration_handler();
        } else {
            self.op(CfgOp::RETURN_VALUE, loc);
        }
        let code = self.leave_scope(true)?;
        self.make_closure(loc, code, 0)?;
        self.comprehension_iter(outermost)?;
        self.op_i(CfgOp::CALL, 0, loc);
        if is_async && body.kind != Kind::Generator {
            self.op_i(CfgOp::GET_AWAITABLE, 0, loc);
            self.load_none(loc);
            self.add_yield_from(loc, true);
        }
        Ok(())
    }

    /// The iterator of one `for`.
    fn comprehension_iter(&mut self, generator: &'a Comprehension<'a>) -> Result<()> {
        self.expr(generator.iter)?;
        let op = if generator.is_async {
            CfgOp::GET_AITER
        } else {
            CfgOp::GET_ITER
        };
        self.op(op, generator.iter.loc);
        Ok(())
    }

    /// One `for` and all within it. `depth` counts the iterators on the stack above the result.
    fn comprehension_generator(
        &mut self,
        loc: Loc,
        body: Body<'a>,
        index: usize,
        depth: usize,
        iter_on_stack: bool,
    ) -> Result<()> {
        if body.generators[index].is_async {
            self.async_generator(loc, body, index, depth, iter_on_stack)
        } else {
            self.sync_generator(loc, body, index, depth, iter_on_stack)
        }
    }

    fn sync_generator(
        &mut self,
        loc: Loc,
        body: Body<'a>,
        index: usize,
        mut depth: usize,
        iter_on_stack: bool,
    ) -> Result<()> {
        let generator = &body.generators[index];
        let start = self.label();
        let if_cleanup = self.label();
        let anchor = self.label();
        let mut is_loop = true;
        if !iter_on_stack {
            if index == 0 {
                self.op_i(CfgOp::LOAD_FAST, 0, loc);
            } else {
                // `for y in [f(x)]` only assigns.
                match generator.iter.kind {
                    ExprKind::List { elts: [elt], .. } | ExprKind::Tuple { elts: [elt], .. }
                        if !elt.is_starred() =>
                    {
                        self.expr(elt)?;
                        is_loop = false;
                    }
                    _ => self.comprehension_iter(generator)?,
                }
            }
        }
        if is_loop {
            depth += 1;
            self.use_label(start);
            self.jump(CfgOp::FOR_ITER, anchor, generator.iter.loc);
        }
        self.expr(generator.target)?;
        for test in generator.ifs {
            self.jump_if(loc, test, if_cleanup, false)?;
        }
        let elt_loc = self.comprehension_inner(loc, body, index, depth)?;
        self.use_label(if_cleanup);
        if is_loop {
            self.jump(CfgOp::JUMP, start, elt_loc);
            self.use_label(anchor);
            self.op(CfgOp::END_FOR, Loc::NONE);
            self.op(CfgOp::POP_ITER, Loc::NONE);
        }
        Ok(())
    }

    fn async_generator(
        &mut self,
        loc: Loc,
        body: Body<'a>,
        index: usize,
        depth: usize,
        iter_on_stack: bool,
    ) -> Result<()> {
        let generator = &body.generators[index];
        let start = self.label();
        let send = self.label();
        let except = self.label();
        let if_cleanup = self.label();
        if !iter_on_stack {
            if index == 0 {
                self.op_i(CfgOp::LOAD_FAST, 0, loc);
            } else {
                self.comprehension_iter(generator)?;
            }
        }
        self.use_label(start);
        let kind = FBlockKind::AsyncComprehensionGenerator;
        self.push_fblock(loc, kind, start, Label::NONE)?;
        self.jump(CfgOp::SETUP_FINALLY, except, loc);
        self.op(CfgOp::GET_ANEXT, loc);
        self.load_none(loc);
        self.use_label(send);
        self.add_yield_from(loc, true);
        self.op(CfgOp::POP_BLOCK, loc);
        self.expr(generator.target)?;
        for test in generator.ifs {
            self.jump_if(loc, test, if_cleanup, false)?;
        }
        let elt_loc = self.comprehension_inner(loc, body, index, depth + 1)?;
        self.use_label(if_cleanup);
        self.jump(CfgOp::JUMP, start, elt_loc);
        self.pop_fblock();
        self.use_label(except);
        self.jump(CfgOp::END_ASYNC_FOR, send, loc);
        Ok(())
    }

    /// The next `for`, or the element. Gives the location for the jump back.
    fn comprehension_inner(
        &mut self,
        loc: Loc,
        body: Body<'a>,
        index: usize,
        depth: usize,
    ) -> Result<Loc> {
        let mut elt_loc = body.elt.loc;
        if index + 1 < body.generators.len() {
            self.comprehension_generator(loc, body, index + 1, depth, false)?;
            return Ok(elt_loc);
        }
        self.expr(body.elt)?;
        match body.kind {
            Kind::Generator => {
                self.add_yield(elt_loc);
                self.op(CfgOp::POP_TOP, elt_loc);
            }
            Kind::List => self.op_i(CfgOp::LIST_APPEND, depth + 1, elt_loc),
            Kind::Set => self.op_i(CfgOp::SET_ADD, depth + 1, elt_loc),
            Kind::Dict => {
                if let Some(value) = body.value {
                    self.expr(value)?;
                    elt_loc.end_line = value.loc.end_line;
                    elt_loc.end_col = value.loc.end_col;
                }
                self.op_i(CfgOp::MAP_ADD, depth + 1, elt_loc);
            }
        }
        Ok(elt_loc)
    }

    /// Makes the comprehension's names known here, and saves the locals that they hide.
    fn enter_inlined(&mut self, loc: Loc, comp: ScopeId, state: &mut Inlined<'a>) -> Result<()> {
        let scope = self.unit_ref().scope;
        let function_like = self.block().kind.is_function_like();
        let in_class =
            self.block().kind == BlockType::Class && self.unit_ref().in_inlined_comp == 0;
        self.unit().in_inlined_comp += 1;
        let symbols: Vec<(Ident<'a>, Symbol)> = self
            .symbols
            .block(comp)
            .symbols
            .iter()
            .map(|(n, s)| (*n, *s))
            .collect();
        let is_bound =
            |symbol: Symbol| symbol.def.contains(Def::LOCAL) && !symbol.def.contains(Def::NONLOCAL);
        for (name, symbol) in &symbols {
            let outer = self.symbols.block(scope).symbols.get(name).copied();
            let outer_scope = outer.map_or(Scope::Unknown, |symbol| symbol.scope);
            let differs = symbol.scope != outer_scope
                && symbol.scope != Scope::Free
                && !(symbol.scope == Scope::Cell && outer_scope == Scope::Free);
            if differs || in_class {
                self.symbols.block_mut(scope).symbols.insert(name, *symbol);
                state.outer_symbols.push((name, outer));
            }
            if is_bound(*symbol)
                && !function_like
                && !self
                    .unit_ref()
                    .fast_hidden
                    .get(name)
                    .copied()
                    .unwrap_or(false)
            {
                self.unit().fast_hidden.insert(name, true);
                state.fast_hidden.push(name);
            }
        }
        for (name, symbol) in &symbols {
            if !is_bound(*symbol) {
                continue;
            }
            // A cell is saved as such, and the comprehension gets a new one.
            self.op_local(CfgOp::LOAD_FAST_AND_CLEAR, name, loc);
            if symbol.scope == Scope::Cell {
                let mangled = self.maybe_mangle(name);
                // What was free outside stays so: it is a cell either way.
                let index = if self.block().scope_of(mangled) == Scope::Free {
                    self.free_index(mangled)
                } else {
                    self.unit().cellvars.insert_full(mangled).0
                };
                self.op_i(CfgOp::MAKE_CELL, index, loc);
            }
            state.pushed_locals.push(name);
        }
        if !state.pushed_locals.is_empty() {
            self.op_i(CfgOp::SWAP, state.pushed_locals.len() + 1, loc);
            let cleanup = self.label();
            state.cleanup = Some(cleanup);
            self.jump(CfgOp::SETUP_FINALLY, cleanup, loc);
            self.push_fblock(loc, FBlockKind::InlinedComprehension, cleanup, Label::NONE)?;
        }
        Ok(())
    }

    fn leave_inlined(&mut self, loc: Loc, state: Inlined<'a>) {
        if let Some(cleanup) = state.cleanup {
            self.pop_fblock();
            self.op(CfgOp::POP_BLOCK, Loc::NONE);
            let end = self.label();
            self.jump(CfgOp::JUMP_NO_INTERRUPT, end, Loc::NONE);
            self.use_label(cleanup);
            // The unfinished result below the exception.
            self.op_i(CfgOp::SWAP, 2, Loc::NONE);
            self.op(CfgOp::POP_TOP, Loc::NONE);
            self.restore_locals(loc, &state.pushed_locals);
            self.op_i(CfgOp::RERAISE, 0, Loc::NONE);
            self.use_label(end);
            self.restore_locals(loc, &state.pushed_locals);
        }
        let scope = self.unit_ref().scope;
        self.unit().in_inlined_comp -= 1;
        for (name, outer) in state.outer_symbols {
            // A name that wasn't there stays, with nothing known of it.
            let symbol = outer.unwrap_or_default();
            self.symbols.block_mut(scope).symbols.insert(name, symbol);
        }
        for name in state.fast_hidden {
            self.unit().fast_hidden.insert(name, false);
        }
    }

    fn restore_locals(&mut self, loc: Loc, names: &[Ident<'a>]) {
        self.op_i(CfgOp::SWAP, names.len() + 1, loc);
        for name in names.iter().rev() {
            self.op_local(CfgOp::STORE_FAST_MAYBE_NULL, name, loc);
        }
    }
}
