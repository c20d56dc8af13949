//! Statements.

use super::depth::Depth;
use super::expr::operator;
use super::{Converter, with_stack};
use crate::ast::*;
use crate::error::{Failure, Result};
use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange, TextSize};

impl<'a> Converter<'a, '_> {
    pub(crate) fn stmts(&mut self, stmts: &[ruff::Stmt]) -> Result<Vec<Stmt<'a>>> {
        stmts.iter().map(|stmt| self.stmt(stmt)).collect()
    }

    pub(crate) fn suite(&mut self, stmts: &[ruff::Stmt]) -> Result<&'a [Stmt<'a>]> {
        let stmts = self.stmts(stmts)?;
        Ok(self.b.arena.slice(&stmts))
    }

    fn body(&mut self, stmts: &[ruff::Stmt]) -> Result<&'a [Stmt<'a>]> {
        let stmts = self.stmts(stmts)?;
        Ok(self.b.body_with_docstring(stmts))
    }

    fn stmt(&mut self, stmt: &ruff::Stmt) -> Result<Stmt<'a>> {
        with_stack(|| self.stmt_inner(stmt))
    }

    fn stmt_inner(&mut self, stmt: &ruff::Stmt) -> Result<Stmt<'a>> {
        use ruff::Stmt as R;
        let range = self.with_semicolon(stmt);
        let mut loc = self.loc(range);
        let arena = self.b.arena;
        let kind = match stmt {
            R::FunctionDef(s) => {
                loc = self.undecorated(range, &s.decorator_list);
                let decorators = self.decorators(&s.decorator_list)?;
                let type_params = self.type_params(s.type_params.as_deref())?;
                let args = self.arguments(Some(&s.parameters))?;
                let returns = self.optional_annotation(s.returns.as_deref())?;
                StmtKind::FunctionDef(arena.alloc(FunctionDef {
                    is_async: s.is_async,
                    name: self.ident(&s.name),
                    args,
                    body: self.body(&s.body)?,
                    decorators,
                    returns,
                    type_params,
                }))
            }
            R::ClassDef(s) => {
                loc = self.undecorated(range, &s.decorator_list);
                let decorators = self.decorators(&s.decorator_list)?;
                let type_params = self.type_params(s.type_params.as_deref())?;
                let (bases, keywords) = match &s.arguments {
                    Some(arguments) => self.call_arguments(arguments)?,
                    None => (&[][..], &[][..]),
                };
                StmtKind::ClassDef(arena.alloc(ClassDef {
                    name: self.ident(&s.name),
                    bases,
                    keywords,
                    body: self.body(&s.body)?,
                    decorators,
                    type_params,
                }))
            }
            R::Return(s) => StmtKind::Return(self.optional(s.value.as_deref())?),
            R::Delete(s) => StmtKind::Delete(self.exprs(&s.targets)?),
            R::TypeAlias(s) => StmtKind::TypeAlias(arena.alloc(TypeAlias {
                name: self.boxed(&s.name)?,
                type_params: self.type_params(s.type_params.as_deref())?,
                value: self.boxed(&s.value)?,
            })),
            R::Assign(s) => StmtKind::Assign {
                targets: self.exprs(&s.targets)?,
                value: self.boxed(&s.value)?,
            },
            R::AugAssign(s) => StmtKind::AugAssign {
                target: self.boxed(&s.target)?,
                op: operator(s.op),
                value: self.boxed(&s.value)?,
            },
            R::AnnAssign(s) => StmtKind::AnnAssign(arena.alloc(AnnAssign {
                target: self.boxed(&s.target)?,
                annotation: self.annotation(&s.annotation)?,
                value: self.optional(s.value.as_deref())?,
                simple: s.simple,
                loc,
            })),
            R::For(s) => StmtKind::For(arena.alloc(For {
                is_async: s.is_async,
                target: self.boxed(&s.target)?,
                iter: self.boxed(&s.iter)?,
                body: self.suite(&s.body)?,
                orelse: self.suite(&s.orelse)?,
            })),
            R::While(s) => StmtKind::While {
                test: self.boxed(&s.test)?,
                body: self.suite(&s.body)?,
                orelse: self.suite(&s.orelse)?,
            },
            R::If(s) => {
                let test = self.boxed(&s.test)?;
                let body = self.suite(&s.body)?;
                Depth::check_elifs(s.elif_else_clauses.len())?;
                let orelse = self.elif_clauses(&s.elif_else_clauses)?;
                StmtKind::If { test, body, orelse }
            }
            R::With(s) => {
                let mut items = Vec::with_capacity(s.items.len());
                for item in &s.items {
                    items.push(WithItem {
                        context_expr: self.boxed(&item.context_expr)?,
                        optional_vars: self.optional(item.optional_vars.as_deref())?,
                    });
                }
                StmtKind::With(arena.alloc(With {
                    is_async: s.is_async,
                    items: arena.slice(&items),
                    body: self.suite(&s.body)?,
                }))
            }
            R::Match(s) => {
                let subject = self.boxed(&s.subject)?;
                let mut cases = Vec::with_capacity(s.cases.len());
                for case in &s.cases {
                    cases.push(MatchCase {
                        pattern: self.boxed_pattern(&case.pattern)?,
                        guard: self.optional(case.guard.as_deref())?,
                        body: self.suite(&case.body)?,
                    });
                }
                StmtKind::Match {
                    subject,
                    cases: arena.slice(&cases),
                }
            }
            R::Raise(s) => StmtKind::Raise {
                exc: self.optional(s.exc.as_deref())?,
                cause: self.optional(s.cause.as_deref())?,
            },
            R::Try(s) => {
                let body = self.suite(&s.body)?;
                let mut handlers = Vec::with_capacity(s.handlers.len());
                for handler in &s.handlers {
                    let ruff::ExceptHandler::ExceptHandler(handler) = handler;
                    handlers.push(ExceptHandler {
                        typ: self.optional(handler.type_.as_deref())?,
                        name: handler.name.as_ref().map(|name| self.ident(name)),
                        body: self.suite(&handler.body)?,
                        loc: self.loc(TextRange::new(
                            handler.range().start(),
                            self.block_end(handler.range().end()),
                        )),
                    });
                }
                StmtKind::Try(arena.alloc(Try {
                    is_star: s.is_star,
                    body,
                    handlers: arena.slice(&handlers),
                    orelse: self.suite(&s.orelse)?,
                    finalbody: self.suite(&s.finalbody)?,
                }))
            }
            R::Assert(s) => StmtKind::Assert {
                test: self.boxed(&s.test)?,
                msg: self.optional(s.msg.as_deref())?,
            },
            R::Import(s) => StmtKind::Import(self.aliases(&s.names)),
            R::ImportFrom(s) => StmtKind::ImportFrom {
                module: s.module.as_ref().map(|name| self.ident(name)),
                names: self.aliases(&s.names),
                level: s.level,
            },
            R::Global(s) => StmtKind::Global(self.idents(&s.names)),
            R::Nonlocal(s) => StmtKind::Nonlocal(self.idents(&s.names)),
            R::Expr(s) => StmtKind::Expr(self.boxed(&s.value)?),
            R::Pass(_) => StmtKind::Pass,
            R::Break(_) => StmtKind::Break,
            R::Continue(_) => StmtKind::Continue,
            R::IpyEscapeCommand(_) => return Err(Failure::syntax("invalid syntax", loc)),
        };
        Ok(Stmt { kind, loc })
    }

    fn idents(&self, names: &[ruff::Identifier]) -> &'a [Ident<'a>] {
        let names: Vec<_> = names.iter().map(|name| self.ident(name)).collect();
        self.b.arena.slice(&names)
    }

    fn aliases(&self, names: &[ruff::Alias]) -> &'a [Alias<'a>] {
        let names: Vec<_> = names
            .iter()
            .map(|alias| Alias {
                name: self.ident(&alias.name),
                asname: alias.asname.as_ref().map(|name| self.ident(name)),
                loc: self.loc(alias.range()),
            })
            .collect();
        self.b.arena.slice(&names)
    }

    fn decorators(&mut self, decorators: &[ruff::Decorator]) -> Result<&'a [Expr<'a>]> {
        let decorators = decorators
            .iter()
            .map(|decorator| self.expr(&decorator.expression))
            .collect::<Result<Vec<_>>>()?;
        Ok(self.b.arena.slice(&decorators))
    }

    /// The location without the decorators, which Ruff counts in.
    fn undecorated(&self, range: TextRange, decorators: &[ruff::Decorator]) -> Loc {
        let Some(last) = decorators.last() else {
            return self.loc(range);
        };
        let text = &self.source.text;
        let mut at = last.range().end().to_usize();
        loop {
            let rest = &text[at..];
            let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\x0c', '\\', ')']);
            at += rest.len() - trimmed.len();
            if !trimmed.starts_with('#') {
                break;
            }
            at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
        self.loc(TextRange::new(TextSize::new(at as u32), range.end()))
    }

    /// The range of a statement. Compound ones end behind a semicolon that ends their last line.
    fn with_semicolon(&self, stmt: &ruff::Stmt) -> TextRange {
        use ruff::Stmt as R;
        let range = stmt.range();
        match stmt {
            R::FunctionDef(_)
            | R::ClassDef(_)
            | R::For(_)
            | R::While(_)
            | R::If(_)
            | R::With(_)
            | R::Match(_)
            | R::Try(_) => TextRange::new(range.start(), self.block_end(range.end())),
            _ => range,
        }
    }

    fn block_end(&self, end: TextSize) -> TextSize {
        let rest = &self.source.text[end.to_usize()..];
        let trimmed = rest.trim_start_matches([' ', '\t', '\x0c']);
        if trimmed.starts_with(';') {
            end + TextSize::new((rest.len() - trimmed.len()) as u32 + 1)
        } else {
            end
        }
    }

    /// `elif` chains nest: each is an `if` in the `else` of the one before. Built from the end, as
    /// a chain may be long.
    fn elif_clauses(&mut self, clauses: &[ruff::ElifElseClause]) -> Result<&'a [Stmt<'a>]> {
        let mut converted = Vec::with_capacity(clauses.len());
        for clause in clauses {
            let test = self.optional(clause.test.as_ref())?;
            converted.push((clause.range(), test, self.suite(&clause.body)?));
        }
        let Some(end) = clauses.last().map(|clause| clause.range().end()) else {
            return Ok(&[]);
        };
        let end = self.block_end(end);
        let mut orelse: &'a [Stmt<'a>] = &[];
        for (range, test, body) in converted.into_iter().rev() {
            orelse = match test {
                None => body,
                Some(test) => {
                    let loc = self.loc(TextRange::new(range.start(), end));
                    self.b.arena.slice(&[Stmt {
                        kind: StmtKind::If { test, body, orelse },
                        loc,
                    }])
                }
            };
        }
        Ok(orelse)
    }

    fn type_params(&mut self, params: Option<&ruff::TypeParams>) -> Result<&'a [TypeParam<'a>]> {
        let Some(params) = params else { return Ok(&[]) };
        let mut result = Vec::with_capacity(params.type_params.len());
        for param in &params.type_params {
            let loc = self.loc_of(param);
            result.push(match param {
                ruff::TypeParam::TypeVar(param) => TypeParam {
                    kind: TypeParamKind::TypeVar,
                    name: self.ident(&param.name),
                    bound: self.optional(param.bound.as_deref())?,
                    default: self.optional(param.default.as_deref())?,
                    loc,
                },
                ruff::TypeParam::ParamSpec(param) => TypeParam {
                    kind: TypeParamKind::ParamSpec,
                    name: self.ident(&param.name),
                    bound: None,
                    default: self.optional(param.default.as_deref())?,
                    loc,
                },
                ruff::TypeParam::TypeVarTuple(param) => TypeParam {
                    kind: TypeParamKind::TypeVarTuple,
                    name: self.ident(&param.name),
                    bound: None,
                    default: self.optional(param.default.as_deref())?,
                    loc,
                },
            });
        }
        Ok(self.b.arena.slice(&result))
    }
}
