//! `match` (PEP 634).
//!
//! A pattern consumes the subject on top of the stack and jumps to a failure label if it doesn't
//! match. Captured values wait below what is on top until the whole pattern has matched.

use super::Compiler;
use crate::ast::*;
use crate::convert::with_stack;
use crate::error::Result;
use crate::instructions::Label;
use num_bigint::BigInt;
use num_traits::FromPrimitive;
use taipan_bytecode::{BinaryOp, CfgOp, Const};

#[derive(Default)]
struct Context<'a> {
    /// Captured names, in the order of their values on the stack.
    stores: Vec<Ident<'a>>,
    /// Whether a pattern that always matches is fine here.
    allow_irrefutable: bool,
    /// Where to jump with n values to pop.
    fail_pop: Vec<Label>,
    /// Values on top that have to stay there.
    on_top: usize,
}

fn is_wildcard(pattern: &Pattern<'_>) -> bool {
    matches!(pattern.kind, PatternKind::MatchAs { name: None, .. })
}

impl<'a> Compiler<'a> {
    pub(super) fn match_stmt(
        &mut self,
        subject: &'a Expr<'a>,
        cases: &'a [MatchCase<'a>],
    ) -> Result<()> {
        self.expr(subject)?;
        let end = self.label();
        let Some(last) = cases.last() else {
            return Ok(());
        };
        let has_default = is_wildcard(last.pattern) && cases.len() > 1;
        let tested = cases.len() - usize::from(has_default);
        for (index, case) in cases[..tested].iter().enumerate() {
            let at = case.pattern.loc;
            let is_last = index + 1 == tested;
            if !is_last {
                self.op_i(CfgOp::COPY, 1, at);
            }
            let mut context = Context {
                allow_irrefutable: case.guard.is_some() || index + 1 == cases.len(),
                ..Context::default()
            };
            self.pattern(case.pattern, &mut context)?;
            for name in std::mem::take(&mut context.stores) {
                self.name_op(at, name, Ctx::Store)?;
            }
            if let Some(guard) = case.guard {
                self.ensure_fail_pop(&mut context, 0);
                self.jump_if(at, guard, context.fail_pop[0], false)?;
            }
            if !is_last {
                self.op(CfgOp::POP_TOP, Loc::NEXT);
            }
            self.stmts(case.body)?;
            self.jump(CfgOp::JUMP, end, Loc::NONE);
            self.emit_fail_pop(at, &mut context);
        }
        if has_default {
            let at = last.pattern.loc;
            // So that the case shows in coverage.
            self.op(CfgOp::NOP, at);
            if let Some(guard) = last.guard {
                self.jump_if(at, guard, end, false)?;
            }
            self.stmts(last.body)?;
        }
        self.use_label(end);
        Ok(())
    }

    fn ensure_fail_pop(&mut self, context: &mut Context<'a>, pops: usize) {
        while context.fail_pop.len() <= pops {
            let label = self.label();
            context.fail_pop.push(label);
        }
    }

    fn jump_to_fail_pop(&mut self, loc: Loc, context: &mut Context<'a>, op: CfgOp) {
        let pops = context.on_top + context.stores.len();
        self.ensure_fail_pop(context, pops);
        self.jump(op, context.fail_pop[pops], loc);
    }

    fn emit_fail_pop(&mut self, loc: Loc, context: &mut Context<'a>) {
        let labels = std::mem::take(&mut context.fail_pop);
        for (pops, label) in labels.into_iter().enumerate().rev() {
            self.use_label(label);
            if pops > 0 {
                self.op(CfgOp::POP_TOP, loc);
            }
        }
    }

    fn rotate(&mut self, loc: Loc, count: usize) {
        for count in (2..=count).rev() {
            self.op_i(CfgOp::SWAP, count, loc);
        }
    }

    /// Puts the top below what has to stay on top, for a name to take it later.
    fn store_capture(
        &mut self,
        loc: Loc,
        name: Option<Ident<'a>>,
        context: &mut Context<'a>,
    ) -> Result<()> {
        let Some(name) = name else {
            self.op(CfgOp::POP_TOP, loc);
            return Ok(());
        };
        if context.stores.contains(&name) {
            return self.duplicate_store(loc, name);
        }
        self.rotate(loc, context.on_top + context.stores.len() + 1);
        context.stores.push(name);
        Ok(())
    }

    fn duplicate_store(&self, loc: Loc, name: &str) -> Result<()> {
        self.error(
            format!("multiple assignments to name '{name}' in pattern"),
            loc,
        )
    }

    fn subpattern(&mut self, pattern: &'a Pattern<'a>, context: &mut Context<'a>) -> Result<()> {
        let before = std::mem::replace(&mut context.allow_irrefutable, true);
        self.pattern(pattern, context)?;
        context.allow_irrefutable = before;
        Ok(())
    }

    fn pattern(&mut self, pattern: &'a Pattern<'a>, context: &mut Context<'a>) -> Result<()> {
        with_stack(|| self.pattern_inner(pattern, context))
    }

    fn pattern_inner(&mut self, pattern: &'a Pattern<'a>, context: &mut Context<'a>) -> Result<()> {
        let loc = pattern.loc;
        match pattern.kind {
            PatternKind::MatchValue(value) => {
                if !value.is_constant() && !matches!(value.kind, ExprKind::Attribute { .. }) {
                    return self.error(
                        "patterns may only match literals and attribute lookups",
                        loc,
                    );
                }
                self.expr(value)?;
                self.compare_op(CmpOp::Eq, loc);
                self.op(CfgOp::TO_BOOL, loc);
                self.jump_to_fail_pop(loc, context, CfgOp::POP_JUMP_IF_FALSE);
            }
            PatternKind::MatchSingleton(value) => {
                self.load_const(value.clone(), loc);
                self.compare_op(CmpOp::Is, loc);
                self.jump_to_fail_pop(loc, context, CfgOp::POP_JUMP_IF_FALSE);
            }
            PatternKind::MatchSequence(patterns) => {
                self.sequence_pattern(loc, patterns, context)?;
            }
            PatternKind::MatchMapping {
                keys,
                patterns,
                rest,
            } => {
                self.mapping_pattern(loc, keys, patterns, rest, context)?;
            }
            PatternKind::MatchClass(class) => self.class_pattern(loc, class, context)?,
            PatternKind::MatchStar(name) => self.store_capture(loc, name, context)?,
            PatternKind::MatchAs {
                pattern: None,
                name,
            } => {
                if !context.allow_irrefutable {
                    let message = match name {
                        Some(name) => {
                            format!("name capture '{name}' makes remaining patterns unreachable")
                        }
                        None => "wildcard makes remaining patterns unreachable".into(),
                    };
                    return self.error(message, loc);
                }
                self.store_capture(loc, name, context)?;
            }
            PatternKind::MatchAs {
                pattern: Some(inner),
                name,
            } => {
                context.on_top += 1;
                self.op_i(CfgOp::COPY, 1, loc);
                self.pattern(inner, context)?;
                context.on_top -= 1;
                self.store_capture(loc, name, context)?;
            }
            PatternKind::MatchOr(patterns) => self.or_pattern(loc, patterns, context)?,
        }
        Ok(())
    }

    fn sequence_pattern(
        &mut self,
        loc: Loc,
        patterns: &'a [Pattern<'a>],
        context: &mut Context<'a>,
    ) -> Result<()> {
        let size = patterns.len();
        let mut star = None;
        let mut only_wildcard = true;
        let mut star_wildcard = false;
        for (index, pattern) in patterns.iter().enumerate() {
            if let PatternKind::MatchStar(name) = pattern.kind {
                if star.is_some() {
                    return self.error("multiple starred names in sequence pattern", loc);
                }
                star_wildcard = name.is_none();
                only_wildcard &= star_wildcard;
                star = Some(index);
                continue;
            }
            only_wildcard &= is_wildcard(pattern);
        }
        context.on_top += 1;
        self.op(CfgOp::MATCH_SEQUENCE, loc);
        self.jump_to_fail_pop(loc, context, CfgOp::POP_JUMP_IF_FALSE);
        if star.is_none() {
            self.op(CfgOp::GET_LEN, loc);
            self.load_int(size, loc);
            self.compare_op(CmpOp::Eq, loc);
            self.jump_to_fail_pop(loc, context, CfgOp::POP_JUMP_IF_FALSE);
        } else if size > 1 {
            self.op(CfgOp::GET_LEN, loc);
            self.load_int(size - 1, loc);
            self.compare_op(CmpOp::GtE, loc);
            self.jump_to_fail_pop(loc, context, CfgOp::POP_JUMP_IF_FALSE);
        }
        context.on_top -= 1;
        match star {
            _ if only_wildcard => self.op(CfgOp::POP_TOP, loc),
            Some(star) if star_wildcard => self.sequence_subscr(loc, patterns, star, context)?,
            _ => self.sequence_unpack(loc, patterns, star, context)?,
        }
        Ok(())
    }

    fn sequence_unpack(
        &mut self,
        loc: Loc,
        patterns: &'a [Pattern<'a>],
        star: Option<usize>,
        context: &mut Context<'a>,
    ) -> Result<()> {
        let size = patterns.len();
        match star {
            Some(star) => {
                let after = size - star - 1;
                if star >= 1 << 8 || after >= (i32::MAX >> 8) as usize {
                    return self.error(
                        "too many expressions in star-unpacking sequence pattern",
                        loc,
                    );
                }
                self.op_i(CfgOp::UNPACK_EX, star + (after << 8), loc);
            }
            None => self.op_i(CfgOp::UNPACK_SEQUENCE, size, loc),
        }
        context.on_top += size;
        for pattern in patterns {
            context.on_top -= 1;
            self.subpattern(pattern, context)?;
        }
        Ok(())
    }

    /// With a starred wildcard, elements are taken by index instead of by unpacking.
    fn sequence_subscr(
        &mut self,
        loc: Loc,
        patterns: &'a [Pattern<'a>],
        star: usize,
        context: &mut Context<'a>,
    ) -> Result<()> {
        context.on_top += 1;
        let size = patterns.len();
        for (index, pattern) in patterns.iter().enumerate() {
            if is_wildcard(pattern) || index == star {
                continue;
            }
            self.op_i(CfgOp::COPY, 1, loc);
            if index < star {
                self.load_int(index, loc);
            } else {
                // The subject may not support negative indices.
                self.op(CfgOp::GET_LEN, loc);
                self.load_int(size - index, loc);
                self.binary_op(Operator::Sub, false, loc);
            }
            self.op_i(CfgOp::BINARY_OP, BinaryOp::Subscr as usize, loc);
            self.subpattern(pattern, context)?;
        }
        context.on_top -= 1;
        self.op(CfgOp::POP_TOP, loc);
        Ok(())
    }

    fn class_pattern(
        &mut self,
        loc: Loc,
        class: &'a MatchClass<'a>,
        context: &mut Context<'a>,
    ) -> Result<()> {
        for (index, attr) in class.kwd_attrs.iter().enumerate() {
            let other = class.kwd_attrs[index + 1..]
                .iter()
                .position(|other| other == attr);
            if let Some(other) = other {
                let at = class.kwd_patterns[index + 1 + other].loc;
                return self.error(
                    format!("attribute name repeated in class pattern: {attr}"),
                    at,
                );
            }
        }
        self.expr(class.cls)?;
        self.load_names(class.kwd_attrs.iter().copied(), loc);
        self.op_i(CfgOp::MATCH_CLASS, class.patterns.len(), loc);
        self.op_i(CfgOp::COPY, 1, loc);
        self.load_none(loc);
        self.op_i(CfgOp::IS_OP, 1, loc);
        context.on_top += 1;
        self.jump_to_fail_pop(loc, context, CfgOp::POP_JUMP_IF_FALSE);
        let count = class.patterns.len() + class.kwd_patterns.len();
        self.op_i(CfgOp::UNPACK_SEQUENCE, count, loc);
        context.on_top += count;
        context.on_top -= 1;
        for pattern in class.patterns.iter().chain(class.kwd_patterns) {
            context.on_top -= 1;
            if is_wildcard(pattern) {
                self.op(CfgOp::POP_TOP, loc);
                continue;
            }
            self.subpattern(pattern, context)?;
        }
        Ok(())
    }

    fn mapping_pattern(
        &mut self,
        loc: Loc,
        keys: &'a [Expr<'a>],
        patterns: &'a [Pattern<'a>],
        rest: Option<Ident<'a>>,
        context: &mut Context<'a>,
    ) -> Result<()> {
        let size = keys.len();
        context.on_top += 1;
        self.op(CfgOp::MATCH_MAPPING, loc);
        self.jump_to_fail_pop(loc, context, CfgOp::POP_JUMP_IF_FALSE);
        if size == 0 && rest.is_none() {
            context.on_top -= 1;
            self.op(CfgOp::POP_TOP, loc);
            return Ok(());
        }
        if size > 0 {
            self.op(CfgOp::GET_LEN, loc);
            self.load_int(size, loc);
            self.compare_op(CmpOp::GtE, loc);
            self.jump_to_fail_pop(loc, context, CfgOp::POP_JUMP_IF_FALSE);
        }
        let mut seen: Vec<&Const> = Vec::new();
        for key in keys {
            if let Some(value) = key.as_constant() {
                if seen.iter().any(|known| same_key(known, value)) {
                    let repr = crate::unparse::expression(key);
                    return self.error(
                        format!("mapping pattern checks duplicate key ({repr})"),
                        loc,
                    );
                }
                seen.push(value);
            } else if !matches!(key.kind, ExprKind::Attribute { .. }) {
                return self.error(
                    "mapping pattern keys may only match literals and attribute lookups",
                    loc,
                );
            }
            self.expr(key)?;
        }
        self.op_i(CfgOp::BUILD_TUPLE, size, loc);
        self.op(CfgOp::MATCH_KEYS, loc);
        context.on_top += 2;
        self.op_i(CfgOp::COPY, 1, loc);
        self.load_none(loc);
        self.op_i(CfgOp::IS_OP, 1, loc);
        self.jump_to_fail_pop(loc, context, CfgOp::POP_JUMP_IF_FALSE);
        self.op_i(CfgOp::UNPACK_SEQUENCE, size, loc);
        context.on_top += size;
        context.on_top -= 1;
        for pattern in patterns {
            context.on_top -= 1;
            self.subpattern(pattern, context)?;
        }
        // The tuple of keys and the subject.
        context.on_top -= 2;
        if let Some(rest) = rest {
            self.op_i(CfgOp::BUILD_MAP, 0, loc);
            self.op_i(CfgOp::SWAP, 3, loc);
            self.op_i(CfgOp::DICT_UPDATE, 2, loc);
            self.op_i(CfgOp::UNPACK_SEQUENCE, size, loc);
            for remaining in (1..=size).rev() {
                self.op_i(CfgOp::COPY, 1 + remaining, loc);
                self.op_i(CfgOp::SWAP, 2, loc);
                self.op(CfgOp::DELETE_SUBSCR, loc);
            }
            self.store_capture(loc, Some(rest), context)?;
        } else {
            self.op(CfgOp::POP_TOP, loc);
            self.op(CfgOp::POP_TOP, loc);
        }
        Ok(())
    }

    fn or_pattern(
        &mut self,
        loc: Loc,
        patterns: &'a [Pattern<'a>],
        context: &mut Context<'a>,
    ) -> Result<()> {
        let end = self.label();
        // The names that the first alternative binds; the others must bind the same.
        let mut control: Vec<Ident<'a>> = Vec::new();
        for (index, alternative) in patterns.iter().enumerate() {
            let at = alternative.loc;
            let is_last = index + 1 == patterns.len();
            let mut inner = Context {
                allow_irrefutable: is_last && context.allow_irrefutable,
                ..Context::default()
            };
            self.op_i(CfgOp::COPY, 1, at);
            self.pattern(alternative, &mut inner)?;
            if index == 0 {
                control = inner.stores.clone();
            } else if inner.stores.len() != control.len() {
                return self.error("alternative patterns bind different names", loc);
            } else {
                for target in (0..control.len()).rev() {
                    let name = control[target];
                    let Some(found) = inner.stores.iter().position(|store| *store == name) else {
                        return self.error("alternative patterns bind different names", loc);
                    };
                    if found == target {
                        continue;
                    }
                    // Rotate the names before it behind, here and on the stack.
                    let rotations = found + 1;
                    let rotated: Vec<_> = inner.stores.drain(..rotations).collect();
                    let at_index = target - found;
                    inner.stores.splice(at_index..at_index, rotated);
                    for _ in 0..rotations {
                        self.rotate(at, target + 1);
                    }
                }
            }
            self.jump(CfgOp::JUMP, end, at);
            self.emit_fail_pop(at, &mut inner);
        }
        self.op(CfgOp::POP_TOP, loc);
        self.jump_to_fail_pop(loc, context, CfgOp::JUMP);
        self.use_label(end);
        let rotations = control.len() + 1 + context.on_top + context.stores.len();
        for name in control {
            self.rotate(loc, rotations);
            if context.stores.contains(&name) {
                return self.duplicate_store(loc, name);
            }
            context.stores.push(name);
        }
        self.op(CfgOp::POP_TOP, loc);
        Ok(())
    }
}

/// Whether two keys are equal in Python's sense, where `0`, `False` and `0.0` are.
fn same_key(a: &Const, b: &Const) -> bool {
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

/// Real and imaginary part of a number, whole ones as such.
fn number(value: &Const) -> Option<(Real, Real)> {
    let zero = Real::Int(BigInt::ZERO);
    Some(match value {
        Const::False => (zero.clone(), zero),
        Const::True => (Real::Int(BigInt::from(1)), zero),
        Const::Int(n) => (Real::Int(n.clone()), zero),
        Const::Float(x) => (Real::of(*x), zero),
        Const::Complex(x, y) => (Real::of(*x), Real::of(*y)),
        _ => return None,
    })
}

#[derive(Clone, PartialEq)]
enum Real {
    Int(BigInt),
    Float(f64),
}

impl Real {
    fn of(x: f64) -> Real {
        match BigInt::from_f64(x) {
            Some(whole) if x.fract() == 0.0 => Real::Int(whole),
            _ => Real::Float(x),
        }
    }
}
