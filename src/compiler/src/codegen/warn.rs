//! SyntaxWarnings about expressions that can't be meant.

use super::Compiler;
use crate::ast::*;
use crate::error::Warning;
use taipan_bytecode::Const;

/// The type that an expression certainly has.
fn infer_type(expr: &Expr<'_>) -> Option<&'static str> {
    Some(match expr.kind {
        ExprKind::Tuple { .. } => "tuple",
        ExprKind::List { .. } | ExprKind::ListComp { .. } => "list",
        ExprKind::Dict { .. } | ExprKind::DictComp { .. } => "dict",
        ExprKind::Set(_) | ExprKind::SetComp { .. } => "set",
        ExprKind::GeneratorExp { .. } => "generator",
        ExprKind::Lambda { .. } => "function",
        ExprKind::TemplateStr(_) | ExprKind::Interpolation(_) => "string.templatelib.Template",
        ExprKind::JoinedStr(_) | ExprKind::FormattedValue { .. } => "str",
        ExprKind::Constant(value, _) => match value {
            Const::None => "NoneType",
            Const::True | Const::False => "bool",
            Const::Ellipsis => "ellipsis",
            Const::Int(_) => "int",
            Const::Float(_) => "float",
            Const::Complex(..) => "complex",
            Const::Str(_) => "str",
            Const::Bytes(_) => "bytes",
            Const::Tuple(_) => "tuple",
            Const::FrozenSet(_) => "frozenset",
            Const::Slice(_) => "slice",
            Const::Code(_) => "code",
        },
        _ => return None,
    })
}

/// Whether `is` makes sense with it: anything but literals, and singletons.
fn may_be_identical(expr: &Expr<'_>) -> bool {
    match expr.kind {
        ExprKind::Tuple { elts, .. } => !elts.iter().all(Expr::is_constant),
        ExprKind::Constant(value, _) => {
            matches!(
                value,
                Const::None | Const::True | Const::False | Const::Ellipsis
            )
        }
        _ => true,
    }
}

impl<'a> Compiler<'a> {
    pub(super) fn warn(&mut self, message: String, loc: Loc) {
        if self.disable_warnings > 0 {
            return;
        }
        let warning = Warning::of_compiler(message, loc, &self.options.filename);
        self.warnings.push(warning);
    }

    pub(super) fn check_compare(&mut self, expr: &'a Expr<'a>) {
        let ExprKind::Compare {
            left,
            ops,
            comparators,
        } = expr.kind
        else {
            return;
        };
        let mut left = left;
        for (op, right) in ops.iter().zip(comparators) {
            let (left_ok, right_ok) = (may_be_identical(left), may_be_identical(right));
            if matches!(op, CmpOp::Is | CmpOp::IsNot) && !(left_ok && right_ok) {
                let literal = if left_ok { right } else { left };
                let typ = infer_type(literal).unwrap_or("object");
                let message = if *op == CmpOp::Is {
                    format!("\"is\" with '{typ}' literal. Did you mean \"==\"?")
                } else {
                    format!("\"is not\" with '{typ}' literal. Did you mean \"!=\"?")
                };
                self.warn(message, expr.loc);
                return;
            }
            left = right;
        }
    }

    pub(super) fn check_caller(&mut self, func: &'a Expr<'a>) {
        let callable = matches!(func.kind, ExprKind::Lambda { .. });
        if let Some(typ) = infer_type(func).filter(|_| !callable) {
            self.warn(
                format!("'{typ}' object is not callable; perhaps you missed a comma?"),
                func.loc,
            );
        }
    }

    pub(super) fn check_subscripter(&mut self, value: &'a Expr<'a>) {
        let suspicious = match value.kind {
            ExprKind::Constant(value, _) => {
                !matches!(value, Const::Str(_) | Const::Bytes(_) | Const::Tuple(_))
            }
            ExprKind::Set(_)
            | ExprKind::SetComp { .. }
            | ExprKind::GeneratorExp { .. }
            | ExprKind::TemplateStr(_)
            | ExprKind::Interpolation(_)
            | ExprKind::Lambda { .. } => true,
            _ => false,
        };
        if suspicious && let Some(typ) = infer_type(value) {
            self.warn(
                format!("'{typ}' object is not subscriptable; perhaps you missed a comma?"),
                value.loc,
            );
        }
    }

    pub(super) fn check_index(&mut self, value: &'a Expr<'a>, index: &'a Expr<'a>) {
        let Some(index_type) = infer_type(index) else {
            return;
        };
        if matches!(index_type, "int" | "bool" | "slice") {
            return;
        }
        let suspicious = match value.kind {
            ExprKind::Constant(value, _) => {
                matches!(value, Const::Str(_) | Const::Bytes(_) | Const::Tuple(_))
            }
            ExprKind::Tuple { .. }
            | ExprKind::List { .. }
            | ExprKind::ListComp { .. }
            | ExprKind::JoinedStr(_)
            | ExprKind::FormattedValue { .. } => true,
            _ => false,
        };
        if suspicious && let Some(typ) = infer_type(value) {
            self.warn(
                format!(
                    "{typ} indices must be integers or slices, not {index_type}; \
                     perhaps you missed a comma?"
                ),
                value.loc,
            );
        }
    }
}
