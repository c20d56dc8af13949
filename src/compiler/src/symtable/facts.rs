//! The symbol table as `symtable` shows it: plain data.

use super::{BlockType, Def, Scope, ScopeId, SymbolTable};

/// One scope and what is known of its names.
#[derive(Clone, Debug)]
pub struct ScopeFacts {
    pub name: String,
    pub kind: BlockType,
    pub lineno: i32,
    pub nested: bool,
    /// Names with their flags, where from bit [`SCOPE_OFFSET`] on the scope stands.
    pub symbols: Vec<(String, u32)>,
    pub parameters: Vec<String>,
    /// Places in the list of all scopes.
    pub children: Vec<usize>,
}

pub const SCOPE_OFFSET: u32 = 12;
pub const SCOPE_MASK: u32 = 15;

impl Scope {
    fn number(self) -> u32 {
        match self {
            Scope::Unknown => 0,
            Scope::Local => 1,
            Scope::GlobalExplicit => 2,
            Scope::GlobalImplicit => 3,
            Scope::Free => 4,
            Scope::Cell => 5,
        }
    }
}

/// The constants of `_symtable`.
pub fn constants() -> Vec<(&'static str, u32)> {
    vec![
        ("USE", Def::USE.bits()),
        ("DEF_GLOBAL", Def::GLOBAL.bits()),
        ("DEF_NONLOCAL", Def::NONLOCAL.bits()),
        ("DEF_LOCAL", Def::LOCAL.bits()),
        ("DEF_PARAM", Def::PARAM.bits()),
        ("DEF_TYPE_PARAM", Def::TYPE_PARAM.bits()),
        ("DEF_FREE_CLASS", Def::FREE_CLASS.bits()),
        ("DEF_IMPORT", Def::IMPORT.bits()),
        // Type parameters are bound as locals.
        ("DEF_BOUND", (Def::BOUND - Def::TYPE_PARAM).bits()),
        ("DEF_ANNOT", Def::ANNOT.bits()),
        ("DEF_COMP_ITER", Def::COMP_ITER.bits()),
        ("DEF_COMP_CELL", Def::COMP_CELL.bits()),
        ("TYPE_FUNCTION", BlockType::Function.number()),
        ("TYPE_CLASS", BlockType::Class.number()),
        ("TYPE_MODULE", BlockType::Module.number()),
        ("TYPE_ANNOTATION", BlockType::Annotation.number()),
        ("TYPE_TYPE_ALIAS", BlockType::TypeAlias.number()),
        ("TYPE_TYPE_PARAMETERS", BlockType::TypeParameters.number()),
        ("TYPE_TYPE_VARIABLE", BlockType::TypeVariable.number()),
        ("LOCAL", Scope::Local.number()),
        ("GLOBAL_EXPLICIT", Scope::GlobalExplicit.number()),
        ("GLOBAL_IMPLICIT", Scope::GlobalImplicit.number()),
        ("FREE", Scope::Free.number()),
        ("CELL", Scope::Cell.number()),
        ("SCOPE_OFF", SCOPE_OFFSET),
        ("SCOPE_MASK", SCOPE_MASK),
    ]
}

impl BlockType {
    pub fn number(self) -> u32 {
        match self {
            BlockType::Function => 0,
            BlockType::Class => 1,
            BlockType::Module => 2,
            BlockType::Annotation => 3,
            BlockType::TypeAlias => 4,
            BlockType::TypeParameters => 5,
            BlockType::TypeVariable => 6,
        }
    }
}

/// All scopes, the whole program's first.
pub fn facts(table: &SymbolTable<'_>) -> Vec<ScopeFacts> {
    let place = |id: &ScopeId| id.0 as usize;
    let scope = |block: &super::Block<'_>| ScopeFacts {
        name: block.name.to_string(),
        kind: block.kind,
        lineno: block.lineno,
        nested: block.nested,
        symbols: block
            .symbols
            .iter()
            .map(|(name, symbol)| {
                let flags = symbol.def.bits() | symbol.scope.number() << SCOPE_OFFSET;
                (name.to_string(), flags)
            })
            .collect(),
        parameters: block.varnames.iter().map(|name| name.to_string()).collect(),
        children: block.children.iter().map(place).collect(),
    };
    table.blocks.iter().map(scope).collect()
}
