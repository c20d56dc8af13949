//! Loading, storing and deleting names.

use super::{Compiler, ScopeType};
use crate::ast::*;
use crate::error::Result;
use crate::symtable::{self, BlockType, Scope};
use taipan_bytecode::CfgOp;

enum Access {
    Fast,
    Global,
    Deref,
    Name,
}

impl<'a> Compiler<'a> {
    pub(super) fn mangle(&self, name: Ident<'a>) -> Ident<'a> {
        symtable::mangle(self.arena, self.unit_ref().private, name)
    }

    pub(super) fn maybe_mangle(&self, name: Ident<'a>) -> Ident<'a> {
        symtable::maybe_mangle(self.arena, self.unit_ref().private, self.block(), name)
    }

    /// Index into `co_names`; not mangled.
    pub(super) fn name_index(&mut self, name: Ident<'a>) -> usize {
        self.unit().names.insert_full(name).0
    }

    /// Index of a free variable, behind the cells.
    pub(super) fn free_index(&mut self, name: Ident<'a>) -> usize {
        let unit = self.unit();
        unit.cellvars.len() + unit.freevars.insert_full(name).0
    }

    /// An instruction whose operand is a name of an attribute, module and so on.
    pub(super) fn op_name(&mut self, op: CfgOp, name: Ident<'a>, loc: Loc) {
        let name = self.maybe_mangle(name);
        let index = self.name_index(name);
        let arg = if op == CfgOp::LOAD_ATTR {
            index << 1
        } else {
            index
        };
        self.op_i(op, arg, loc);
    }

    pub(super) fn load_method(&mut self, name: Ident<'a>, loc: Loc) {
        let name = self.maybe_mangle(name);
        let index = self.name_index(name);
        self.op_i(CfgOp::LOAD_ATTR, index << 1 | 1, loc);
    }

    pub(super) fn load_super(&mut self, name: Ident<'a>, method: bool, with_args: bool, loc: Loc) {
        let name = self.maybe_mangle(name);
        let index = self.name_index(name);
        let arg = index << 2 | usize::from(with_args) << 1 | usize::from(method);
        self.op_i(CfgOp::LOAD_SUPER_ATTR, arg, loc);
    }

    pub(super) fn op_local(&mut self, op: CfgOp, name: Ident<'a>, loc: Loc) {
        let name = self.maybe_mangle(name);
        let index = self.unit().varnames.insert_full(name).0;
        self.op_i(op, index, loc);
    }

    pub(super) fn name_op(&mut self, loc: Loc, name: Ident<'a>, ctx: Ctx) -> Result<()> {
        let mangled = self.maybe_mangle(name);
        let block = self.block();
        let scope = block.scope_of(mangled);
        let function_like = block.kind.is_function_like();
        let in_class = block.kind == BlockType::Class;
        let sees_class = block.can_see_class_scope;
        let inlined = self.unit_ref().in_inlined_comp > 0;
        let access = match scope {
            Scope::Free | Scope::Cell => Access::Deref,
            Scope::Local if function_like => Access::Fast,
            Scope::Local
                if self
                    .unit_ref()
                    .fast_hidden
                    .get(mangled)
                    .copied()
                    .unwrap_or(false) =>
            {
                Access::Fast
            }
            Scope::GlobalImplicit if function_like => Access::Global,
            Scope::GlobalExplicit => Access::Global,
            Scope::Local | Scope::GlobalImplicit | Scope::Unknown => Access::Name,
        };
        match access {
            Access::Deref => {
                let index = if scope == Scope::Free {
                    self.free_index(mangled)
                } else {
                    self.unit().cellvars.insert_full(mangled).0
                };
                let op = match ctx {
                    Ctx::Load if in_class && !inlined => {
                        self.op(CfgOp::LOAD_LOCALS, loc);
                        CfgOp::LOAD_FROM_DICT_OR_DEREF
                    }
                    Ctx::Load if sees_class => {
                        self.load_classdict(loc);
                        CfgOp::LOAD_FROM_DICT_OR_DEREF
                    }
                    Ctx::Load => CfgOp::LOAD_DEREF,
                    Ctx::Store => CfgOp::STORE_DEREF,
                    Ctx::Del => CfgOp::DELETE_DEREF,
                };
                self.op_i(op, index, loc);
            }
            Access::Fast => {
                let op = match ctx {
                    Ctx::Load => CfgOp::LOAD_FAST,
                    Ctx::Store => CfgOp::STORE_FAST,
                    Ctx::Del => CfgOp::DELETE_FAST,
                };
                let index = self.unit().varnames.insert_full(mangled).0;
                self.op_i(op, index, loc);
            }
            Access::Global => {
                let index = self.name_index(mangled);
                match ctx {
                    Ctx::Load if sees_class && scope == Scope::GlobalImplicit => {
                        self.load_classdict(loc);
                        self.op_i(CfgOp::LOAD_FROM_DICT_OR_GLOBALS, index, loc);
                    }
                    Ctx::Load => self.op_i(CfgOp::LOAD_GLOBAL, index << 1, loc),
                    Ctx::Store => self.op_i(CfgOp::STORE_GLOBAL, index, loc),
                    Ctx::Del => self.op_i(CfgOp::DELETE_GLOBAL, index, loc),
                }
            }
            Access::Name => {
                let index = self.name_index(mangled);
                match ctx {
                    Ctx::Load if in_class && inlined => {
                        self.op_i(CfgOp::LOAD_GLOBAL, index << 1, loc);
                    }
                    Ctx::Load => self.op_i(CfgOp::LOAD_NAME, index, loc),
                    Ctx::Store => self.op_i(CfgOp::STORE_NAME, index, loc),
                    Ctx::Del => self.op_i(CfgOp::DELETE_NAME, index, loc),
                }
            }
        }
        Ok(())
    }

    fn load_classdict(&mut self, loc: Loc) {
        let index = self.free_index("__classdict__");
        self.op_i(CfgOp::LOAD_DEREF, index, loc);
    }

    /// Whether a name that a nested unit closes over is a cell here; else it is free here too.
    pub(super) fn ref_type(&self, name: &str) -> Scope {
        if self.unit_ref().scope_type == ScopeType::Class
            && matches!(
                name,
                "__class__" | "__classdict__" | "__conditional_annotations__"
            )
        {
            return Scope::Cell;
        }
        self.block().scope_of(name)
    }

    /// Notes `self.attr = …` in the innermost class around the current unit.
    pub(super) fn maybe_add_static_attribute(
        &mut self,
        value: &Expr<'a>,
        attr: Ident<'a>,
        ctx: Ctx,
    ) {
        if ctx != Ctx::Store || !matches!(value.kind, ExprKind::Name { id: "self", .. }) {
            return;
        }
        let outer = self.units.len() - 1;
        let class = self.units[..outer]
            .iter_mut()
            .rev()
            .find(|unit| unit.scope_type == ScopeType::Class);
        if let Some(class) = class {
            class.static_attributes.insert(attr);
        }
    }
}
