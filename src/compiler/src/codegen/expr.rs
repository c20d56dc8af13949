//! Expressions.

use super::{Compiler, ScopeType};
use crate::ast::*;
use crate::convert::with_stack;
use crate::error::Result;
use crate::flowgraph::STACK_USE_GUIDELINE;
use taipan_bytecode::{BinaryOp, CfgOp, CompareOp, Const, Intrinsic1, ResumeKind, Text};

/// How a display is built step by step.
#[derive(Clone, Copy)]
pub(super) struct Display {
    build: CfgOp,
    add: CfgOp,
    extend: CfgOp,
    tuple: bool,
}

const LIST: Display = Display {
    build: CfgOp::BUILD_LIST,
    add: CfgOp::LIST_APPEND,
    extend: CfgOp::LIST_EXTEND,
    tuple: false,
};
pub(super) const TUPLE: Display = Display {
    tuple: true,
    ..LIST
};
const SET: Display = Display {
    build: CfgOp::BUILD_SET,
    add: CfgOp::SET_ADD,
    extend: CfgOp::SET_UPDATE,
    tuple: false,
};

impl<'a> Compiler<'a> {
    pub(super) fn exprs(&mut self, exprs: &'a [Expr<'a>]) -> Result<()> {
        exprs.iter().try_for_each(|expr| self.expr(expr))
    }

    pub(super) fn expr(&mut self, expr: &'a Expr<'a>) -> Result<()> {
        with_stack(|| self.expr_inner(expr))
    }

    fn expr_inner(&mut self, expr: &'a Expr<'a>) -> Result<()> {
        let loc = expr.loc;
        match expr.kind {
            ExprKind::NamedExpr { target, value } => {
                self.expr(value)?;
                self.op_i(CfgOp::COPY, 1, loc);
                self.expr(target)?;
            }
            ExprKind::BoolOp { op, values } => self.bool_op(op, values, loc)?,
            ExprKind::BinOp { left, op, right } => {
                self.expr(left)?;
                self.expr(right)?;
                self.binary_op(op, false, loc);
            }
            ExprKind::UnaryOp { op, operand } => {
                self.expr(operand)?;
                match op {
                    UnaryOp::UAdd => {
                        let positive = Intrinsic1::UnaryPositive as usize;
                        self.op_i(CfgOp::CALL_INTRINSIC_1, positive, loc);
                    }
                    UnaryOp::Not => {
                        self.op(CfgOp::TO_BOOL, loc);
                        self.op(CfgOp::UNARY_NOT, loc);
                    }
                    UnaryOp::Invert => self.op(CfgOp::UNARY_INVERT, loc),
                    UnaryOp::USub => self.op(CfgOp::UNARY_NEGATIVE, loc),
                }
            }
            ExprKind::Lambda { args, body } => self.lambda(args, body, loc)?,
            ExprKind::IfExp { test, body, orelse } => {
                let end = self.label();
                let next = self.label();
                self.jump_if(loc, test, next, false)?;
                self.expr(body)?;
                self.jump(CfgOp::JUMP_NO_INTERRUPT, end, Loc::NONE);
                self.use_label(next);
                self.expr(orelse)?;
                self.use_label(end);
            }
            ExprKind::Dict { keys, values } => self.dict(keys, values, loc)?,
            ExprKind::Set(elts) => self.display(loc, elts, None, 0, SET)?,
            ExprKind::GeneratorExp { .. }
            | ExprKind::ListComp { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::DictComp { .. } => self.comprehension(expr)?,
            ExprKind::Yield(value) => {
                if !self.block().kind.is_function_like() {
                    return self.error("'yield' outside function", loc);
                }
                match value {
                    Some(value) => self.expr(value)?,
                    None => self.load_none(loc),
                }
                self.add_yield(loc);
            }
            ExprKind::YieldFrom(value) => {
                if !self.block().kind.is_function_like() {
                    return self.error("'yield from' outside function", loc);
                }
                if self.unit_ref().scope_type == ScopeType::AsyncFunction {
                    return self.error("'yield from' inside async function", loc);
                }
                self.expr(value)?;
                self.op(CfgOp::GET_YIELD_FROM_ITER, loc);
                self.load_none(loc);
                self.add_yield_from(loc, false);
            }
            ExprKind::Await(value) => {
                self.expr(value)?;
                self.op_i(CfgOp::GET_AWAITABLE, 0, loc);
                self.load_none(loc);
                self.add_yield_from(loc, true);
            }
            ExprKind::Compare {
                left,
                ops,
                comparators,
            } => {
                self.compare(expr, left, ops, comparators)?;
            }
            ExprKind::Call(call) => self.call(call, loc)?,
            ExprKind::Constant(value, _) => self.load_const(value.clone(), loc),
            ExprKind::JoinedStr(values) => self.joined_str(values, loc)?,
            ExprKind::TemplateStr(values) => self.template_str(values, loc)?,
            ExprKind::FormattedValue {
                value,
                conversion,
                format_spec,
            } => {
                self.expr(value)?;
                if let Some(conversion) = conversion {
                    self.op_i(CfgOp::CONVERT_VALUE, conversion as usize, loc);
                }
                match format_spec {
                    Some(spec) => {
                        self.expr(spec)?;
                        self.op(CfgOp::FORMAT_WITH_SPEC, loc);
                    }
                    None => self.op(CfgOp::FORMAT_SIMPLE, loc),
                }
            }
            ExprKind::Interpolation(node) => {
                self.expr(node.value)?;
                self.load_const(node.text.clone(), loc);
                let mut arg = 2;
                if let Some(spec) = node.format_spec {
                    arg += 1;
                    self.expr(spec)?;
                }
                arg |= node.conversion.map_or(0, |conversion| conversion as usize) << 2;
                self.op_i(CfgOp::BUILD_INTERPOLATION, arg, loc);
            }
            ExprKind::Attribute { value, attr, ctx } => self.attribute(expr, value, attr, ctx)?,
            ExprKind::Subscript { value, slice, ctx } => self.subscript(value, slice, ctx, loc)?,
            ExprKind::Starred { ctx, .. } => {
                let message = match ctx {
                    Ctx::Store => "starred assignment target must be in a list or tuple",
                    Ctx::Load | Ctx::Del => "can't use starred expression here",
                };
                return self.error(message, loc);
            }
            ExprKind::Slice { .. } => self.slice(expr)?,
            ExprKind::Name { id, ctx } => self.name_op(loc, id, ctx)?,
            ExprKind::List { elts, ctx } => match ctx {
                Ctx::Store => self.unpack_targets(elts, loc)?,
                Ctx::Load => self.display(loc, elts, None, 0, LIST)?,
                Ctx::Del => self.exprs(elts)?,
            },
            ExprKind::Tuple { elts, ctx } => match ctx {
                Ctx::Store => self.unpack_targets(elts, loc)?,
                Ctx::Load => self.display(loc, elts, None, 0, TUPLE)?,
                Ctx::Del => self.exprs(elts)?,
            },
        }
        Ok(())
    }

    pub(super) fn binary_op(&mut self, op: Operator, inplace: bool, loc: Loc) {
        let number = match op {
            Operator::Add => BinaryOp::Add,
            Operator::Sub => BinaryOp::Subtract,
            Operator::Mult => BinaryOp::Multiply,
            Operator::MatMult => BinaryOp::MatrixMultiply,
            Operator::Div => BinaryOp::TrueDivide,
            Operator::Mod => BinaryOp::Remainder,
            Operator::Pow => BinaryOp::Power,
            Operator::LShift => BinaryOp::LShift,
            Operator::RShift => BinaryOp::RShift,
            Operator::BitOr => BinaryOp::Or,
            Operator::BitXor => BinaryOp::Xor,
            Operator::BitAnd => BinaryOp::And,
            Operator::FloorDiv => BinaryOp::FloorDivide,
        };
        // The in-place operators follow in the same order.
        let offset = if inplace {
            BinaryOp::InplaceAdd as usize
        } else {
            0
        };
        self.op_i(CfgOp::BINARY_OP, number as usize + offset, loc);
    }

    pub(super) fn add_yield(&mut self, loc: Loc) {
        let block = self.block();
        if block.generator && block.coroutine {
            self.op_i(
                CfgOp::CALL_INTRINSIC_1,
                Intrinsic1::AsyncGenWrap as usize,
                loc,
            );
        }
        self.op_i(CfgOp::YIELD_VALUE, 0, loc);
        self.op_i(CfgOp::RESUME, ResumeKind::AfterYield as usize, loc);
    }

    fn bool_op(&mut self, op: BoolOp, values: &'a [Expr<'a>], loc: Loc) -> Result<()> {
        let jump = match op {
            BoolOp::And => CfgOp::JUMP_IF_FALSE,
            BoolOp::Or => CfgOp::JUMP_IF_TRUE,
        };
        let end = self.label();
        let Some((last, rest)) = values.split_last() else {
            return Ok(());
        };
        for value in rest {
            self.expr(value)?;
            self.jump(jump, end, loc);
            self.op(CfgOp::POP_TOP, loc);
        }
        self.expr(last)?;
        self.use_label(end);
        Ok(())
    }

    pub(super) fn compare_op(&mut self, op: CmpOp, loc: Loc) {
        let compare = match op {
            CmpOp::Eq => CompareOp::Eq,
            CmpOp::NotEq => CompareOp::Ne,
            CmpOp::Lt => CompareOp::Lt,
            CmpOp::LtE => CompareOp::Le,
            CmpOp::Gt => CompareOp::Gt,
            CmpOp::GtE => CompareOp::Ge,
            CmpOp::Is => return self.op_i(CfgOp::IS_OP, 0, loc),
            CmpOp::IsNot => return self.op_i(CfgOp::IS_OP, 1, loc),
            CmpOp::In => return self.op_i(CfgOp::CONTAINS_OP, 0, loc),
            CmpOp::NotIn => return self.op_i(CfgOp::CONTAINS_OP, 1, loc),
        };
        self.op_i(CfgOp::COMPARE_OP, compare.oparg() as usize, loc);
    }

    fn compare(
        &mut self,
        expr: &'a Expr<'a>,
        left: &'a Expr<'a>,
        ops: &'a [CmpOp],
        comparators: &'a [Expr<'a>],
    ) -> Result<()> {
        let loc = expr.loc;
        self.check_compare(expr);
        self.expr(left)?;
        let Some(last) = ops.len().checked_sub(1) else {
            return Ok(());
        };
        if last == 0 {
            self.expr(&comparators[0])?;
            self.compare_op(ops[0], loc);
            return Ok(());
        }
        let cleanup = self.label();
        for index in 0..last {
            self.expr(&comparators[index])?;
            self.op_i(CfgOp::SWAP, 2, loc);
            self.op_i(CfgOp::COPY, 2, loc);
            self.compare_op(ops[index], loc);
            self.op_i(CfgOp::COPY, 1, loc);
            self.op(CfgOp::TO_BOOL, loc);
            self.jump(CfgOp::POP_JUMP_IF_FALSE, cleanup, loc);
            self.op(CfgOp::POP_TOP, loc);
        }
        self.expr(&comparators[last])?;
        self.compare_op(ops[last], loc);
        let end = self.label();
        self.jump(CfgOp::JUMP_NO_INTERRUPT, end, Loc::NONE);
        self.use_label(cleanup);
        self.op_i(CfgOp::SWAP, 2, loc);
        self.op(CfgOp::POP_TOP, loc);
        self.use_label(end);
        Ok(())
    }

    /// A display, of elements and what `pushed` are on the stack already. `injected` is a name that
    /// comes last.
    pub(super) fn display(
        &mut self,
        loc: Loc,
        elts: &'a [Expr<'a>],
        injected: Option<Ident<'a>>,
        pushed: usize,
        kind: Display,
    ) -> Result<()> {
        let count = elts.len() + pushed + usize::from(injected.is_some());
        let big = count > STACK_USE_GUIDELINE;
        let starred = elts.iter().any(Expr::is_starred);
        if !starred && !big {
            self.exprs(elts)?;
            if let Some(name) = injected {
                self.name_op(loc, name, Ctx::Load)?;
            }
            let op = if kind.tuple {
                CfgOp::BUILD_TUPLE
            } else {
                kind.build
            };
            self.op_i(op, count, loc);
            return Ok(());
        }
        let mut built = false;
        if big {
            self.op_i(kind.build, pushed, loc);
            built = true;
        }
        for (index, elt) in elts.iter().enumerate() {
            if let ExprKind::Starred { value, .. } = elt.kind {
                if !built {
                    self.op_i(kind.build, index + pushed, loc);
                    built = true;
                }
                self.expr(value)?;
                self.op_i(kind.extend, 1, loc);
            } else {
                self.expr(elt)?;
                if built {
                    self.op_i(kind.add, 1, loc);
                }
            }
        }
        if let Some(name) = injected {
            self.name_op(loc, name, Ctx::Load)?;
            self.op_i(kind.add, 1, loc);
        }
        if kind.tuple {
            self.op_i(
                CfgOp::CALL_INTRINSIC_1,
                Intrinsic1::ListToTuple as usize,
                loc,
            );
        }
        Ok(())
    }

    fn dict(
        &mut self,
        keys: &'a [Option<Expr<'a>>],
        values: &'a [Expr<'a>],
        loc: Loc,
    ) -> Result<()> {
        let mut have_dict = false;
        let mut elements = 0;
        for (index, key) in keys.iter().enumerate() {
            if key.is_some() {
                if elements * 2 > STACK_USE_GUIDELINE {
                    self.sub_dict(keys, values, index - elements, index + 1, loc)?;
                    if have_dict {
                        self.op_i(CfgOp::DICT_UPDATE, 1, loc);
                    }
                    have_dict = true;
                    elements = 0;
                } else {
                    elements += 1;
                }
                continue;
            }
            if elements > 0 {
                self.sub_dict(keys, values, index - elements, index, loc)?;
                if have_dict {
                    self.op_i(CfgOp::DICT_UPDATE, 1, loc);
                }
                have_dict = true;
                elements = 0;
            }
            if !have_dict {
                self.op_i(CfgOp::BUILD_MAP, 0, loc);
                have_dict = true;
            }
            self.expr(&values[index])?;
            self.op_i(CfgOp::DICT_UPDATE, 1, loc);
        }
        if elements > 0 {
            self.sub_dict(keys, values, keys.len() - elements, keys.len(), loc)?;
            if have_dict {
                self.op_i(CfgOp::DICT_UPDATE, 1, loc);
            }
            have_dict = true;
        }
        if !have_dict {
            self.op_i(CfgOp::BUILD_MAP, 0, loc);
        }
        Ok(())
    }

    fn sub_dict(
        &mut self,
        keys: &'a [Option<Expr<'a>>],
        values: &'a [Expr<'a>],
        begin: usize,
        end: usize,
        loc: Loc,
    ) -> Result<()> {
        let count = end - begin;
        let big = count * 2 > STACK_USE_GUIDELINE;
        if big {
            self.op_i(CfgOp::BUILD_MAP, 0, loc);
        }
        for (key, value) in keys[begin..end].iter().zip(&values[begin..end]) {
            if let Some(key) = key {
                self.expr(key)?;
            }
            self.expr(value)?;
            if big {
                self.op_i(CfgOp::MAP_ADD, 1, loc);
            }
        }
        if !big {
            self.op_i(CfgOp::BUILD_MAP, count, loc);
        }
        Ok(())
    }

    fn joined_str(&mut self, values: &'a [Expr<'a>], loc: Loc) -> Result<()> {
        if values.len() > STACK_USE_GUIDELINE {
            self.load_str("", loc);
            self.load_method("join", loc);
            self.op_i(CfgOp::BUILD_LIST, 0, loc);
            for value in values {
                self.expr(value)?;
                self.op_i(CfgOp::LIST_APPEND, 1, loc);
            }
            self.op_i(CfgOp::CALL, 1, loc);
            return Ok(());
        }
        self.exprs(values)?;
        match values.len() {
            0 => self.load_str("", loc),
            1 => {}
            count => self.op_i(CfgOp::BUILD_STRING, count, loc),
        }
        Ok(())
    }

    fn template_str(&mut self, values: &'a [Expr<'a>], loc: Loc) -> Result<()> {
        let is_interpolation = |value: &Expr<'a>| matches!(value.kind, ExprKind::Interpolation(_));
        // Strings and interpolations alternate; empty strings fill the gaps.
        let mut after_interpolation = true;
        let mut strings = 0;
        for value in values {
            if is_interpolation(value) {
                if after_interpolation {
                    self.load_const(Const::Str(Text::from("")), loc);
                    strings += 1;
                }
                after_interpolation = true;
            } else {
                self.expr(value)?;
                if after_interpolation {
                    strings += 1;
                } else {
                    self.binary_op(Operator::Add, true, loc);
                }
                after_interpolation = false;
            }
        }
        if after_interpolation {
            self.load_const(Const::Str(Text::from("")), loc);
            strings += 1;
        }
        self.op_i(CfgOp::BUILD_TUPLE, strings, loc);
        let mut interpolations = 0;
        for value in values.iter().filter(|value| is_interpolation(value)) {
            self.expr(value)?;
            interpolations += 1;
        }
        self.op_i(CfgOp::BUILD_TUPLE, interpolations, loc);
        self.op(CfgOp::BUILD_TEMPLATE, loc);
        Ok(())
    }

    fn attribute(
        &mut self,
        expr: &'a Expr<'a>,
        value: &'a Expr<'a>,
        attr: Ident<'a>,
        ctx: Ctx,
    ) -> Result<()> {
        if ctx == Ctx::Load
            && let Some(call) = self.optimizable_super(value, attr)
        {
            self.load_args_for_super(call, value.loc)?;
            self.load_super(attr, false, !call.args.is_empty(), expr.loc);
            let loc = attribute_location(expr.loc, expr.loc, attr);
            self.op(CfgOp::NOP, loc);
            return Ok(());
        }
        self.maybe_add_static_attribute(value, attr, ctx);
        self.expr(value)?;
        let loc = attribute_location(expr.loc, expr.loc, attr);
        let op = match ctx {
            Ctx::Load => CfgOp::LOAD_ATTR,
            Ctx::Store => CfgOp::STORE_ATTR,
            Ctx::Del => CfgOp::DELETE_ATTR,
        };
        self.op_name(op, attr, loc);
        Ok(())
    }

    fn subscript(
        &mut self,
        value: &'a Expr<'a>,
        slice: &'a Expr<'a>,
        ctx: Ctx,
        loc: Loc,
    ) -> Result<()> {
        if ctx == Ctx::Load {
            self.check_subscripter(value);
            self.check_index(value, slice);
        }
        self.expr(value)?;
        if is_two_element_slice(slice) && ctx != Ctx::Del {
            self.slice_two_parts(slice)?;
            let op = if ctx == Ctx::Load {
                CfgOp::BINARY_SLICE
            } else {
                CfgOp::STORE_SLICE
            };
            self.op(op, loc);
            return Ok(());
        }
        self.expr(slice)?;
        match ctx {
            Ctx::Load => self.op_i(CfgOp::BINARY_OP, BinaryOp::Subscr as usize, loc),
            Ctx::Store => self.op(CfgOp::STORE_SUBSCR, loc),
            Ctx::Del => self.op(CfgOp::DELETE_SUBSCR, loc),
        }
        Ok(())
    }

    pub(super) fn slice_two_parts(&mut self, expr: &'a Expr<'a>) -> Result<()> {
        let ExprKind::Slice { lower, upper, .. } = expr.kind else {
            return Ok(());
        };
        for bound in [lower, upper] {
            match bound {
                Some(bound) => self.expr(bound)?,
                None => self.load_none(expr.loc),
            }
        }
        Ok(())
    }

    fn slice(&mut self, expr: &'a Expr<'a>) -> Result<()> {
        if let Some(parts) = constant_slice(expr) {
            self.load_const(Const::Slice(Box::new(parts)), expr.loc);
            return Ok(());
        }
        self.slice_two_parts(expr)?;
        let mut count = 2;
        if let ExprKind::Slice {
            step: Some(step), ..
        } = expr.kind
        {
            self.expr(step)?;
            count += 1;
        }
        self.op_i(CfgOp::BUILD_SLICE, count, expr.loc);
        Ok(())
    }
}

fn constant_slice(expr: &Expr<'_>) -> Option<[Const; 3]> {
    let ExprKind::Slice { lower, upper, step } = expr.kind else {
        return None;
    };
    let part = |bound: Option<&Expr<'_>>| match bound {
        None => Some(Const::None),
        Some(bound) => bound.as_constant().cloned(),
    };
    Some([part(lower)?, part(upper)?, part(step)?])
}

/// Slices without step and not constant have instructions of their own.
pub(super) fn is_two_element_slice(expr: &Expr<'_>) -> bool {
    matches!(expr.kind, ExprKind::Slice { step: None, .. }) && constant_slice(expr).is_none()
}

/// `loc`, moved to the name of an attribute if the access spans several lines. `attr_loc` is the
/// location of the attribute expression.
pub(super) fn attribute_location(mut loc: Loc, attr_loc: Loc, attr: &str) -> Loc {
    if loc.line != attr_loc.end_line {
        loc.line = attr_loc.end_line;
        let len = attr.chars().count() as i32;
        if len <= attr_loc.end_col {
            loc.col = attr_loc.end_col - len;
        } else {
            loc.col = -1;
            loc.end_col = -1;
        }
        loc.end_line = loc.line.max(loc.end_line);
        if loc.line == loc.end_line {
            loc.end_col = loc.col.max(loc.end_col);
        }
    }
    loc
}
