//! Code generation: from the tree to a sequence of instructions, one code unit at a time.
//!
//! Everything that shows in the result is decided here as CPython decides it: which location an
//! instruction gets, in which order names and constants are numbered, where artificial instructions
//! (those without a location) stand.

mod annotations;
mod assignment;
mod calls;
mod comprehension;
mod control;
mod expr;
mod fblocks;
mod function;
mod names;
mod pattern;
mod stmt;
mod try_with;
mod typeparams;
mod warn;

use crate::assemble;
use crate::ast::*;
use crate::consts::Consts;
use crate::error::{Failure, Result, Warning};
use crate::flowgraph::{self, Cfg, Prefix};
use crate::instructions::{InstructionSequence, Label};
use crate::symtable::{self, Key, Scope, ScopeId, SymbolTable};
use fblocks::FBlock;
use indexmap::{IndexMap, IndexSet};
use std::collections::BTreeSet;
use std::sync::Arc;
use taipan_bytecode::{CfgOp, CodeFlags, CodeObject, Const, LocalKind, ResumeKind, Text};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScopeType {
    Module,
    Class,
    Function,
    AsyncFunction,
    Lambda,
    Comprehension,
    /// Annotations, type parameters and their bounds, values of type aliases.
    Annotations,
}

/// Parameter counts of a code unit.
#[derive(Clone, Copy, Default)]
struct Counts {
    args: usize,
    posonly: usize,
    kwonly: usize,
}

/// A code object in the making.
struct Unit<'a> {
    scope_type: ScopeType,
    scope: ScopeId,
    name: Ident<'a>,
    qualname: String,
    /// The class whose name mangles.
    private: Option<Ident<'a>>,
    counts: Counts,
    firstlineno: i32,
    seq: InstructionSequence,
    /// The module's own instructions while its annotations are generated.
    stashed: Option<InstructionSequence>,
    consts: Consts,
    names: IndexSet<Ident<'a>>,
    varnames: IndexSet<Ident<'a>>,
    cellvars: IndexSet<Ident<'a>>,
    freevars: IndexSet<Ident<'a>>,
    /// Names that are fast locals of an inlined comprehension in a module or class: true while it
    /// is generated.
    fast_hidden: IndexMap<Ident<'a>, bool>,
    fblocks: Vec<FBlock<'a>>,
    in_inlined_comp: u32,
    in_conditional_block: u32,
    /// Attributes of `self` that methods of this class store.
    static_attributes: BTreeSet<Ident<'a>>,
    /// Annotated variables, each with its index if it is conditional.
    deferred_annotations: Vec<(&'a AnnAssign<'a>, Option<u32>)>,
    next_conditional_annotation: u32,
}

/// What compiling depends on besides the tree.
pub struct Options {
    pub filename: Text,
    pub optimize: u8,
    /// Future features of the source and inherited ones.
    pub flags: CodeFlags,
    pub interactive: bool,
}

pub(crate) struct Compiler<'a> {
    arena: &'a Arena,
    symbols: SymbolTable<'a>,
    options: Options,
    /// Innermost last.
    units: Vec<Unit<'a>>,
    pub warnings: Vec<Warning>,
    /// Within code that is generated a second time.
    disable_warnings: u32,
}

/// Generates the code of a whole module or expression.
pub fn generate<'a>(
    arena: &'a Arena,
    module: &Mod<'a>,
    symbols: SymbolTable<'a>,
    options: Options,
) -> Result<(Arc<CodeObject>, Vec<Warning>)> {
    let mut compiler = Compiler {
        arena,
        symbols,
        options,
        units: Vec::new(),
        warnings: Vec::new(),
        disable_warnings: 0,
    };
    compiler.enter_scope(
        "<module>",
        ScopeType::Module,
        Key::Module,
        1,
        None,
        Counts::default(),
    )?;
    let mut add_none = true;
    match module {
        Mod::Module { body } => compiler.module_body(body, false)?,
        Mod::Interactive { body } => compiler.module_body(body, true)?,
        Mod::Expression { body } => {
            compiler.expr(body)?;
            add_none = false;
        }
    }
    let code = compiler.leave_scope(add_none)?;
    Ok((code, compiler.warnings))
}

impl<'a> Compiler<'a> {
    fn unit(&mut self) -> &mut Unit<'a> {
        let last = self.units.len() - 1;
        &mut self.units[last]
    }

    fn unit_ref(&self) -> &Unit<'a> {
        &self.units[self.units.len() - 1]
    }

    /// The symbol-table entry of the current unit.
    fn block(&self) -> &symtable::Block<'a> {
        self.symbols.block(self.unit_ref().scope)
    }

    fn error<T>(&self, message: impl Into<String>, loc: Loc) -> Result<T> {
        Err(Failure::syntax(message, loc))
    }

    fn future_annotations(&self) -> bool {
        self.options.flags.contains(CodeFlags::FUTURE_ANNOTATIONS)
    }

    // Emitting instructions.

    fn op(&mut self, op: CfgOp, loc: Loc) {
        self.unit().seq.add(op, 0, loc);
    }

    fn op_i(&mut self, op: CfgOp, arg: usize, loc: Loc) {
        self.unit().seq.add(op, arg as u32, loc);
    }

    fn jump(&mut self, op: CfgOp, label: Label, loc: Loc) {
        self.unit().seq.add(op, label.0, loc);
    }

    fn label(&mut self) -> Label {
        self.unit().seq.new_label()
    }

    fn use_label(&mut self, label: Label) {
        self.unit().seq.use_label(label);
    }

    fn load_const(&mut self, value: Const, loc: Loc) {
        let index = self.unit().consts.add(value);
        self.op_i(CfgOp::LOAD_CONST, index as usize, loc);
    }

    fn load_none(&mut self, loc: Loc) {
        self.load_const(Const::None, loc);
    }

    fn load_int(&mut self, value: usize, loc: Loc) {
        self.load_const(Const::Int(value.into()), loc);
    }

    fn load_str(&mut self, text: &str, loc: Loc) {
        self.load_const(Const::Str(Text::from(text)), loc);
    }

    /// A tuple of strings.
    fn load_names(&mut self, names: impl Iterator<Item = Ident<'a>>, loc: Loc) {
        let items = names.map(|name| Const::Str(Text::from(name))).collect();
        self.load_const(Const::Tuple(items), loc);
    }

    // Scopes.

    fn enter_scope(
        &mut self,
        name: Ident<'a>,
        scope_type: ScopeType,
        key: Key,
        firstlineno: i32,
        private: Option<Ident<'a>>,
        counts: Counts,
    ) -> Result<()> {
        let Some(scope) = self.symbols.lookup(key) else {
            return self.error("internal error: unknown symbol table entry", Loc::NONE);
        };
        let block = self.symbols.block(scope);
        let by_type = |scope: Scope, flag: symtable::Def| {
            let mut names: Vec<Ident<'a>> = block
                .symbols
                .iter()
                .filter(|(_, symbol)| symbol.scope == scope || symbol.def.intersects(flag))
                .map(|(name, _)| *name)
                .collect();
            names.sort_unstable();
            names
        };
        let mut cellvars: IndexSet<Ident<'a>> = by_type(Scope::Cell, symtable::Def::COMP_CELL)
            .into_iter()
            .collect();
        if block.needs_class_closure {
            cellvars.insert("__class__");
        }
        if block.needs_classdict {
            cellvars.insert("__classdict__");
        }
        if block.has_conditional_annotations {
            cellvars.insert("__conditional_annotations__");
        }
        let freevars = by_type(Scope::Free, symtable::Def::FREE_CLASS)
            .into_iter()
            .collect();
        let varnames = block.varnames.iter().copied().collect();
        let private = private.or_else(|| self.units.last().and_then(|unit| unit.private));
        self.units.push(Unit {
            scope_type,
            scope,
            name,
            qualname: name.to_string(),
            private,
            counts,
            firstlineno,
            seq: InstructionSequence::default(),
            stashed: None,
            consts: Consts::default(),
            names: IndexSet::new(),
            varnames,
            cellvars,
            freevars,
            fast_hidden: IndexMap::new(),
            fblocks: Vec::new(),
            in_inlined_comp: 0,
            in_conditional_block: 0,
            static_attributes: BTreeSet::new(),
            deferred_annotations: Vec::new(),
            next_conditional_annotation: 0,
        });
        if scope_type != ScopeType::Module {
            let qualname = self.qualname();
            self.unit().qualname = qualname;
        }
        let line = if scope_type == ScopeType::Module {
            0
        } else {
            firstlineno
        };
        let loc = Loc::new(line, firstlineno, 0, 0);
        self.op_i(CfgOp::RESUME, ResumeKind::FuncStart as usize, loc);
        if scope_type == ScopeType::Module {
            self.op(CfgOp::ANNOTATIONS_PLACEHOLDER, loc);
        }
        Ok(())
    }

    /// The qualified name of the current unit, by where it stands.
    fn qualname(&self) -> String {
        let unit = self.unit_ref();
        let parents = &self.units[..self.units.len() - 1];
        let mut base = None;
        if parents.len() > 1 {
            let mut parent = &parents[parents.len() - 1];
            if parent.scope_type == ScopeType::Annotations {
                // Type parameters: what counts is the scope around them.
                if parents.len() == 2 {
                    return unit.name.to_string();
                }
                parent = &parents[parents.len() - 2];
            }
            let mut global = false;
            if matches!(
                unit.scope_type,
                ScopeType::Function | ScopeType::AsyncFunction | ScopeType::Class
            ) {
                let mangled = symtable::mangle(self.arena, parent.private, unit.name);
                global =
                    self.symbols.block(parent.scope).scope_of(mangled) == Scope::GlobalExplicit;
            }
            if !global {
                let locals = matches!(
                    parent.scope_type,
                    ScopeType::Function | ScopeType::AsyncFunction | ScopeType::Lambda
                );
                let suffix = if locals { ".<locals>" } else { "" };
                base = Some(format!("{}{suffix}", parent.qualname));
            }
        }
        match base {
            Some(base) => format!("{base}.{}", unit.name),
            None => unit.name.to_string(),
        }
    }

    /// Ends the current unit: adds a return, optimizes, assembles.
    fn leave_scope(&mut self, add_none: bool) -> Result<Arc<CodeObject>> {
        if add_none {
            self.load_none(Loc::NONE);
        }
        self.op(CfgOp::RETURN_VALUE, Loc::NONE);
        let flags = self.code_flags();
        let nparams = self.block().varnames.len();
        let Some(unit) = self.units.pop() else {
            return self.error("internal error: no code unit", Loc::NONE);
        };
        let mut cfg = Cfg::from_sequence(&unit.seq);
        let mut consts = unit.consts;
        flowgraph::optimize(&mut cfg, &mut consts, unit.varnames.len(), nparams);
        let prefix = Prefix {
            is_generator: flags.intersects(
                CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR,
            ),
            firstlineno: unit.firstlineno,
            nlocals: unit.varnames.len(),
            cell_locals: unit
                .cellvars
                .iter()
                .map(|name| unit.varnames.get_index_of(name))
                .collect(),
            nfreevars: unit.freevars.len(),
        };
        let (stacksize, places) = flowgraph::finish(&mut cfg, &prefix);
        let assembled = assemble::assemble(&cfg, unit.firstlineno);

        let mut localsplusnames = vec![Text::default(); places.len];
        let mut localspluskinds = vec![LocalKind::empty(); places.len];
        let args = unit.counts.posonly + unit.counts.args;
        let varargs = usize::from(flags.contains(CodeFlags::VARARGS));
        for (index, name) in unit.varnames.iter().enumerate() {
            localsplusnames[index] = Text::from(*name);
            let mut kind = LocalKind::LOCAL;
            if unit.fast_hidden.contains_key(name) {
                kind |= LocalKind::HIDDEN;
            }
            if index < unit.counts.posonly {
                kind |= LocalKind::ARG_POS;
            } else if index < args {
                kind |= LocalKind::ARG_POS | LocalKind::ARG_KW;
            } else if index < args + unit.counts.kwonly {
                kind |= LocalKind::ARG_KW;
            } else if index < args + unit.counts.kwonly + varargs {
                kind |= LocalKind::ARG_VAR | LocalKind::ARG_POS;
            } else if flags.contains(CodeFlags::VARKEYWORDS)
                && index == args + unit.counts.kwonly + varargs
            {
                kind |= LocalKind::ARG_VAR | LocalKind::ARG_KW;
            }
            localspluskinds[index] = kind;
        }
        let cells = unit.cellvars.iter().map(|name| (name, LocalKind::CELL));
        let frees = unit.freevars.iter().map(|name| (name, LocalKind::FREE));
        for ((name, kind), offset) in cells.chain(frees).zip(&places.offsets) {
            let index = *offset as usize;
            localsplusnames[index] = Text::from(*name);
            localspluskinds[index] |= kind;
        }
        Ok(Arc::new(CodeObject {
            argcount: args as u32,
            posonlyargcount: unit.counts.posonly as u32,
            kwonlyargcount: unit.counts.kwonly as u32,
            stacksize: stacksize.max(1),
            flags,
            code: assembled.code,
            consts: consts.into_vec().into(),
            names: unit.names.iter().map(|name| Text::from(*name)).collect(),
            localsplusnames: localsplusnames.into(),
            localspluskinds: localspluskinds.into(),
            filename: self.options.filename.clone(),
            name: Text::from(unit.name),
            qualname: Text::from(unit.qualname),
            firstlineno: unit.firstlineno,
            linetable: assembled.linetable,
            exceptiontable: assembled.exceptiontable,
        }))
    }

    fn code_flags(&self) -> CodeFlags {
        let block = self.block();
        let mut flags = CodeFlags::empty();
        if block.kind.is_function_like() {
            flags |= CodeFlags::NEWLOCALS | CodeFlags::OPTIMIZED;
            flags.set(CodeFlags::NESTED, block.nested);
            flags.set(CodeFlags::GENERATOR, block.generator && !block.coroutine);
            flags.set(
                CodeFlags::ASYNC_GENERATOR,
                block.generator && block.coroutine,
            );
            flags.set(CodeFlags::VARARGS, block.varargs);
            flags.set(CodeFlags::VARKEYWORDS, block.varkeywords);
            flags.set(CodeFlags::HAS_DOCSTRING, block.has_docstring);
            flags.set(CodeFlags::METHOD, block.is_method);
        }
        flags.set(CodeFlags::COROUTINE, block.coroutine && !block.generator);
        flags | self.options.flags
    }
}
