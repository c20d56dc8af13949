//! The symbol table: which scopes a program has, and what each name is in each of them.
//!
//! `visit` collects the plain facts from the tree, `analyze` decides from them. Scopes are found
//! again by the address of the node that made them, which is stable because nodes are never moved.

mod analyze;
pub mod facts;
mod visit;
mod visit_expr;

use crate::ast::*;
use crate::error::{Failure, Result};
use indexmap::{IndexMap, IndexSet};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ScopeId(pub u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockType {
    Function,
    Class,
    Module,
    /// Annotations of a function, class or module (PEP 649).
    Annotation,
    /// Bound, constraints or default of a type parameter.
    TypeVariable,
    /// Value of a `type` statement.
    TypeAlias,
    /// Type parameters of a function, class or `type` statement.
    TypeParameters,
}

impl BlockType {
    pub fn is_function_like(self) -> bool {
        !matches!(self, BlockType::Class | BlockType::Module)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comprehension {
    No,
    List,
    Dict,
    Set,
    Generator,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Scope {
    #[default]
    Unknown,
    Local,
    GlobalExplicit,
    GlobalImplicit,
    Free,
    Cell,
}

bitflags::bitflags! {
    /// What was seen of a name in a scope.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
    pub struct Def: u32 {
        const GLOBAL = 1;
        const LOCAL = 2;
        const PARAM = 4;
        const NONLOCAL = 8;
        const USE = 16;
        /// Free in a method while the class has the name too.
        const FREE_CLASS = 64;
        const IMPORT = 128;
        const ANNOT = 256;
        const COMP_ITER = 512;
        const TYPE_PARAM = 1024;
        /// A cell of a comprehension that is inlined here.
        const COMP_CELL = 2048;
        const BOUND = Self::LOCAL.bits() | Self::PARAM.bits() | Self::IMPORT.bits()
            | Self::TYPE_PARAM.bits();
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Symbol {
    pub def: Def,
    pub scope: Scope,
}

/// The node that made a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Module,
    Function(usize),
    Class(usize),
    Lambda(usize),
    Comprehension(usize),
    TypeAlias(usize),
    TypeParams(usize),
    Bound(usize),
    Default(usize),
    FunctionAnnotations(usize),
    /// Annotations of variables in the scope named.
    Annotations(ScopeId),
}

impl Key {
    pub fn function(node: &FunctionDef) -> Key {
        Key::Function(std::ptr::from_ref(node) as usize)
    }
    pub fn class(node: &ClassDef) -> Key {
        Key::Class(std::ptr::from_ref(node) as usize)
    }
    pub fn lambda(args: &Arguments) -> Key {
        Key::Lambda(std::ptr::from_ref(args) as usize)
    }
    pub fn comprehension(generators: &[crate::ast::Comprehension]) -> Key {
        Key::Comprehension(generators.as_ptr() as usize)
    }
    pub fn type_alias(node: &TypeAlias) -> Key {
        Key::TypeAlias(std::ptr::from_ref(node) as usize)
    }
    pub fn type_params(params: &[TypeParam]) -> Key {
        Key::TypeParams(params.as_ptr() as usize)
    }
    pub fn bound(param: &TypeParam) -> Key {
        Key::Bound(std::ptr::from_ref(param) as usize)
    }
    pub fn default(param: &TypeParam) -> Key {
        Key::Default(std::ptr::from_ref(param) as usize)
    }
    pub fn function_annotations(args: &Arguments) -> Key {
        Key::FunctionAnnotations(std::ptr::from_ref(args) as usize)
    }
}

/// One scope ("block" in CPython's source).
pub struct Block<'a> {
    pub kind: BlockType,
    pub name: Ident<'a>,
    pub lineno: i32,
    pub symbols: IndexMap<Ident<'a>, Symbol>,
    /// Parameters, in order.
    pub varnames: Vec<Ident<'a>>,
    pub children: Vec<ScopeId>,
    /// Where names were declared global or nonlocal.
    directives: Vec<(Ident<'a>, Loc)>,
    /// Only these names are mangled; None for all. Shared with the blocks within.
    pub mangled_names: Option<Rc<RefCell<IndexSet<Ident<'a>>>>>,
    pub nested: bool,
    pub generator: bool,
    pub coroutine: bool,
    pub varargs: bool,
    pub varkeywords: bool,
    pub has_docstring: bool,
    pub is_method: bool,
    pub comprehension: Comprehension,
    pub comp_inlined: bool,
    comp_iter_target: bool,
    comp_iter_expr: u32,
    pub needs_class_closure: bool,
    pub needs_classdict: bool,
    pub can_see_class_scope: bool,
    pub annotations_used: bool,
    pub has_conditional_annotations: bool,
    in_conditional_block: bool,
    in_unevaluated_annotation: bool,
    pub annotation_block: Option<ScopeId>,
    /// What a type variable scope is for, in error messages.
    scope_info: &'static str,
}

impl<'a> Block<'a> {
    pub fn symbol(&self, name: &str) -> Symbol {
        self.symbols.get(name).copied().unwrap_or_default()
    }

    pub fn scope_of(&self, name: &str) -> Scope {
        self.symbol(name).scope
    }
}

pub struct SymbolTable<'a> {
    pub blocks: Vec<Block<'a>>,
    keys: HashMap<Key, ScopeId>,
}

pub const TOP: ScopeId = ScopeId(0);

/// What decides how names are collected.
#[derive(Clone, Copy)]
pub struct Settings {
    pub future_annotations: bool,
    pub allow_top_level_await: bool,
    /// End of the last `from __future__` import that stands where it may.
    pub future_loc: Loc,
}

impl<'a> SymbolTable<'a> {
    pub fn build(
        arena: &'a Arena,
        module: &Mod<'a>,
        settings: Settings,
    ) -> Result<SymbolTable<'a>> {
        let mut table = visit::collect(arena, module, settings)?;
        table.analyze()?;
        Ok(table)
    }

    pub fn lookup(&self, key: Key) -> Option<ScopeId> {
        self.keys.get(&key).copied()
    }

    pub fn block(&self, id: ScopeId) -> &Block<'a> {
        &self.blocks[id.0 as usize]
    }

    pub fn block_mut(&mut self, id: ScopeId) -> &mut Block<'a> {
        &mut self.blocks[id.0 as usize]
    }
}

/// `__name` in a class becomes `_Class__name`.
pub fn mangle<'a>(arena: &'a Arena, class: Option<Ident<'a>>, name: Ident<'a>) -> Ident<'a> {
    let Some(class) = class else { return name };
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
        return name;
    }
    let class = class.trim_start_matches('_');
    if class.is_empty() {
        return name;
    }
    arena.str(&format!("_{class}{name}"))
}

/// Mangles unless the scope restricts that to other names.
pub fn maybe_mangle<'a>(
    arena: &'a Arena,
    class: Option<Ident<'a>>,
    block: &Block<'a>,
    name: Ident<'a>,
) -> Ident<'a> {
    if let Some(names) = &block.mangled_names
        && !names.borrow().contains(name)
    {
        return name;
    }
    mangle(arena, class, name)
}

fn error<T>(message: impl Into<String>, loc: Loc) -> Result<T> {
    Err(Failure::syntax(message, loc))
}
