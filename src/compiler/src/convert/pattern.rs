//! Patterns of `match` statements.

use super::{Converter, with_stack};
use crate::ast::*;
use crate::error::Result;
use ruff_python_ast as ruff;
use taipan_bytecode::Const;

impl<'a> Converter<'a, '_> {
    pub(crate) fn boxed_pattern(&mut self, pattern: &ruff::Pattern) -> Result<&'a Pattern<'a>> {
        let pattern = self.pattern(pattern)?;
        Ok(self.b.arena.alloc(pattern))
    }

    fn patterns(&mut self, patterns: &[ruff::Pattern]) -> Result<&'a [Pattern<'a>]> {
        let patterns = patterns
            .iter()
            .map(|pattern| self.pattern(pattern))
            .collect::<Result<Vec<_>>>()?;
        Ok(self.b.arena.slice(&patterns))
    }

    fn pattern_value(&mut self, expr: &ruff::Expr) -> Result<Expr<'a>> {
        let expr = self.expr(expr)?;
        Ok(self.b.pattern_value(expr))
    }

    fn pattern(&mut self, pattern: &ruff::Pattern) -> Result<Pattern<'a>> {
        with_stack(|| self.pattern_inner(pattern))
    }

    fn pattern_inner(&mut self, pattern: &ruff::Pattern) -> Result<Pattern<'a>> {
        use ruff::Pattern as R;
        let loc = self.loc_of(pattern);
        let kind = match pattern {
            R::MatchValue(p) => {
                let value = self.pattern_value(&p.value)?;
                PatternKind::MatchValue(self.b.boxed(value))
            }
            R::MatchSingleton(p) => {
                PatternKind::MatchSingleton(self.b.arena.constant(match p.value {
                    ruff::Singleton::None => Const::None,
                    ruff::Singleton::True => Const::True,
                    ruff::Singleton::False => Const::False,
                }))
            }
            R::MatchSequence(p) => PatternKind::MatchSequence(self.patterns(&p.patterns)?),
            R::MatchMapping(p) => {
                let keys = p
                    .keys
                    .iter()
                    .map(|key| self.pattern_value(key))
                    .collect::<Result<Vec<_>>>()?;
                PatternKind::MatchMapping {
                    keys: self.b.arena.slice(&keys),
                    patterns: self.patterns(&p.patterns)?,
                    rest: p.rest.as_ref().map(|name| self.ident(name)),
                }
            }
            R::MatchClass(p) => {
                let cls = self.boxed(&p.cls)?;
                let patterns = self.patterns(&p.arguments.patterns)?;
                let mut kwd_attrs = Vec::new();
                let mut kwd_patterns = Vec::new();
                for keyword in &p.arguments.keywords {
                    kwd_attrs.push(self.ident(&keyword.attr));
                    kwd_patterns.push(self.pattern(&keyword.pattern)?);
                }
                PatternKind::MatchClass(self.b.arena.alloc(MatchClass {
                    cls,
                    patterns,
                    kwd_attrs: self.b.arena.slice(&kwd_attrs),
                    kwd_patterns: self.b.arena.slice(&kwd_patterns),
                }))
            }
            R::MatchStar(p) => PatternKind::MatchStar(p.name.as_ref().map(|name| self.ident(name))),
            R::MatchAs(p) => PatternKind::MatchAs {
                pattern: p
                    .pattern
                    .as_deref()
                    .map(|pattern| self.boxed_pattern(pattern))
                    .transpose()?,
                name: p.name.as_ref().map(|name| self.ident(name)),
            },
            R::MatchOr(p) => PatternKind::MatchOr(self.patterns(&p.patterns)?),
        };
        Ok(Pattern { kind, loc })
    }
}
