//! Type parameters and `type` statements (PEP 695, 696).

use super::{Compiler, Counts, ScopeType};
use crate::ast::*;
use crate::error::Result;
use crate::symtable::Key;
use num_bigint::BigInt;
use taipan_bytecode::{CfgOp, Const, FunctionAttribute, Intrinsic1, Intrinsic2};

impl<'a> Compiler<'a> {
    /// Makes the type parameters, stores each, and leaves their tuple.
    pub(super) fn type_params(&mut self, params: &'a [TypeParam<'a>]) -> Result<()> {
        let mut seen_default = false;
        for param in params {
            let loc = param.loc;
            self.load_str(param.name, loc);
            if let Some(bound) = param.bound {
                self.bound_or_default(bound, param.name, Key::bound(param), false)?;
                let intrinsic = if bound.is_tuple() {
                    Intrinsic2::TypeVarWithConstraints
                } else {
                    Intrinsic2::TypeVarWithBound
                };
                self.op_i(CfgOp::CALL_INTRINSIC_2, intrinsic as usize, loc);
            } else {
                let intrinsic = match param.kind {
                    TypeParamKind::TypeVar => Intrinsic1::TypeVar,
                    TypeParamKind::ParamSpec => Intrinsic1::ParamSpec,
                    TypeParamKind::TypeVarTuple => Intrinsic1::TypeVarTuple,
                };
                self.op_i(CfgOp::CALL_INTRINSIC_1, intrinsic as usize, loc);
            }
            if let Some(default) = param.default {
                seen_default = true;
                let starred = param.kind == TypeParamKind::TypeVarTuple;
                self.bound_or_default(default, param.name, Key::default(param), starred)?;
                let set = Intrinsic2::SetTypeParamDefault as usize;
                self.op_i(CfgOp::CALL_INTRINSIC_2, set, loc);
            } else if seen_default {
                return self.error(
                    format!(
                        "non-default type parameter '{}' follows default type parameter",
                        param.name
                    ),
                    loc,
                );
            }
            self.op_i(CfgOp::COPY, 1, loc);
            self.name_op(loc, param.name, Ctx::Store)?;
        }
        if let Some(first) = params.first() {
            self.op_i(CfgOp::BUILD_TUPLE, params.len(), first.loc);
        }
        Ok(())
    }

    /// The format argument's default: values.
    fn load_format_default(&mut self, loc: Loc) {
        self.load_const(Const::Tuple([Const::Int(BigInt::from(1))].into()), loc);
    }

    fn bound_or_default(
        &mut self,
        expr: &'a Expr<'a>,
        name: Ident<'a>,
        key: Key,
        allow_starred: bool,
    ) -> Result<()> {
        let loc = expr.loc;
        self.load_format_default(loc);
        self.enter_annotations_scope(loc, key, name)?;
        match expr.kind {
            ExprKind::Starred { value, .. } if allow_starred => {
                self.expr(value)?;
                self.op_i(CfgOp::UNPACK_SEQUENCE, 1, loc);
            }
            _ => self.expr(expr)?,
        }
        self.op(CfgOp::RETURN_VALUE, loc);
        let code = self.leave_scope(true)?;
        self.make_closure(loc, code, FunctionAttribute::Defaults as u32)
    }

    pub(super) fn type_alias(&mut self, alias: &'a TypeAlias<'a>, loc: Loc) -> Result<()> {
        let ExprKind::Name { id: name, .. } = alias.name.kind else {
            return self.error("type alias name must be a name", loc);
        };
        let generic = !alias.type_params.is_empty();
        if generic {
            let scope_name = self.arena.str(&format!("<generic parameters of {name}>"));
            let key = Key::type_params(alias.type_params);
            let counts = Counts::default();
            self.enter_scope(
                scope_name,
                ScopeType::Annotations,
                key,
                loc.line,
                None,
                counts,
            )?;
            self.load_str(name, loc);
            self.type_params(alias.type_params)?;
        } else {
            self.load_str(name, loc);
            self.load_none(loc);
        }
        self.load_format_default(loc);
        self.enter_annotations_scope(loc, Key::type_alias(alias), name)?;
        self.expr(alias.value)?;
        self.op(CfgOp::RETURN_VALUE, loc);
        let code = self.leave_scope(false)?;
        self.make_closure(loc, code, FunctionAttribute::Defaults as u32)?;
        self.op_i(CfgOp::BUILD_TUPLE, 3, loc);
        self.op_i(CfgOp::CALL_INTRINSIC_1, Intrinsic1::TypeAlias as usize, loc);
        if generic {
            let code = self.leave_scope(false)?;
            self.make_closure(loc, code, 0)?;
            self.op(CfgOp::PUSH_NULL, loc);
            self.op_i(CfgOp::CALL, 0, loc);
        }
        self.name_op(loc, name, Ctx::Store)
    }
}
