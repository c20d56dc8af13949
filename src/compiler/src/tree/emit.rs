//! From the compiler's tree to whatever a [`Sink`] makes of nodes, bottom up.

use crate::ast::*;
use crate::convert::with_stack;
use crate::type_comments::TypeComments;
use taipan_bytecode::Const;

/// Makes nodes: named as in the table, with their fields in its order.
pub trait Sink {
    type Item;
    fn node(
        &mut self,
        class: &'static str,
        fields: Vec<Self::Item>,
        loc: Option<Loc>,
    ) -> Self::Item;
    fn list(&mut self, items: Vec<Self::Item>) -> Self::Item;
    fn none(&mut self) -> Self::Item;
    fn int(&mut self, value: i64) -> Self::Item;
    fn identifier(&mut self, name: &str) -> Self::Item;
    fn string(&mut self, text: &str) -> Self::Item;
    fn constant(&mut self, value: &Const) -> Self::Item;
    /// An annotation begins, or ends.
    fn annotation(&mut self, _begins: bool) {}
}

pub(crate) fn module<S: Sink>(sink: &mut S, module: &Mod<'_>, comments: &TypeComments) -> S::Item {
    let mut e = Emitter { sink, comments };
    match module {
        Mod::Module { body } => {
            let body = e.stmts(body);
            let type_ignores = e.list(&comments.ignored, |e, (line, tag)| {
                let fields = vec![e.sink.int((*line).into()), e.sink.string(tag)];
                e.sink.node("TypeIgnore", fields, None)
            });
            e.sink.node("Module", vec![body, type_ignores], None)
        }
        Mod::Interactive { body } => {
            let body = e.stmts(body);
            e.sink.node("Interactive", vec![body], None)
        }
        Mod::Expression { body } => {
            let body = e.expr(body);
            e.sink.node("Expression", vec![body], None)
        }
    }
}

/// The signature of a type comment.
pub(crate) fn function_type<S: Sink>(
    sink: &mut S,
    arguments: &[Expr<'_>],
    returns: &Expr<'_>,
) -> S::Item {
    let comments = &TypeComments::default();
    let mut e = Emitter { sink, comments };
    let fields = vec![e.exprs(arguments), e.expr(returns)];
    e.sink.node("FunctionType", fields, None)
}

struct Emitter<'s, S: Sink> {
    sink: &'s mut S,
    comments: &'s TypeComments,
}

fn operator(op: Operator) -> &'static str {
    match op {
        Operator::Add => "Add",
        Operator::Sub => "Sub",
        Operator::Mult => "Mult",
        Operator::MatMult => "MatMult",
        Operator::Div => "Div",
        Operator::Mod => "Mod",
        Operator::Pow => "Pow",
        Operator::LShift => "LShift",
        Operator::RShift => "RShift",
        Operator::BitOr => "BitOr",
        Operator::BitXor => "BitXor",
        Operator::BitAnd => "BitAnd",
        Operator::FloorDiv => "FloorDiv",
    }
}

fn cmp_op(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => "Eq",
        CmpOp::NotEq => "NotEq",
        CmpOp::Lt => "Lt",
        CmpOp::LtE => "LtE",
        CmpOp::Gt => "Gt",
        CmpOp::GtE => "GtE",
        CmpOp::Is => "Is",
        CmpOp::IsNot => "IsNot",
        CmpOp::In => "In",
        CmpOp::NotIn => "NotIn",
    }
}

impl<S: Sink> Emitter<'_, S> {
    fn list<T>(&mut self, items: &[T], mut each: impl FnMut(&mut Self, &T) -> S::Item) -> S::Item {
        let items = items.iter().map(|item| each(self, item)).collect();
        self.sink.list(items)
    }

    fn optional<T>(
        &mut self,
        item: Option<T>,
        each: impl FnOnce(&mut Self, T) -> S::Item,
    ) -> S::Item {
        match item {
            Some(item) => each(self, item),
            None => self.sink.none(),
        }
    }

    /// A node without fields or place: an operator or a context.
    fn simple(&mut self, class: &'static str) -> S::Item {
        self.sink.node(class, Vec::new(), None)
    }

    fn ctx(&mut self, ctx: Ctx) -> S::Item {
        self.simple(match ctx {
            Ctx::Load => "Load",
            Ctx::Store => "Store",
            Ctx::Del => "Del",
        })
    }

    /// The type comment of the node that starts there.
    fn type_comment(&mut self, loc: Loc) -> S::Item {
        match self.comments.of_node(loc.line, loc.col) {
            Some(text) => self.sink.string(text),
            None => self.sink.none(),
        }
    }

    fn name(&mut self, name: Option<Ident<'_>>) -> S::Item {
        self.optional(name, |e, name| e.sink.identifier(name))
    }

    fn names(&mut self, names: &[Ident<'_>]) -> S::Item {
        self.list(names, |e, name| e.sink.identifier(name))
    }

    fn exprs(&mut self, exprs: &[Expr<'_>]) -> S::Item {
        self.list(exprs, |e, expr| e.expr(expr))
    }

    fn optional_exprs(&mut self, exprs: &[Option<Expr<'_>>]) -> S::Item {
        self.list(exprs, |e, expr| e.optional_expr(expr.as_ref()))
    }

    fn optional_expr(&mut self, expr: Option<&Expr<'_>>) -> S::Item {
        self.optional(expr, |e, expr| e.expr(expr))
    }

    fn annotation(&mut self, expr: Option<&Expr<'_>>) -> S::Item {
        self.sink.annotation(true);
        let item = self.optional_expr(expr);
        self.sink.annotation(false);
        item
    }

    fn stmts(&mut self, stmts: &[Stmt<'_>]) -> S::Item {
        self.list(stmts, |e, stmt| e.stmt(stmt))
    }

    fn stmt(&mut self, stmt: &Stmt<'_>) -> S::Item {
        with_stack(|| self.stmt_inner(stmt))
    }

    fn stmt_inner(&mut self, stmt: &Stmt<'_>) -> S::Item {
        let (class, fields) = match stmt.kind {
            StmtKind::FunctionDef(s) => {
                let class = if s.is_async {
                    "AsyncFunctionDef"
                } else {
                    "FunctionDef"
                };
                let fields = vec![
                    self.sink.identifier(s.name),
                    self.arguments(s.args),
                    self.stmts(s.body),
                    self.exprs(s.decorators),
                    self.annotation(s.returns),
                    self.type_comment(stmt.loc),
                    self.type_params(s.type_params),
                ];
                (class, fields)
            }
            StmtKind::ClassDef(s) => {
                let fields = vec![
                    self.sink.identifier(s.name),
                    self.exprs(s.bases),
                    self.keywords(s.keywords),
                    self.stmts(s.body),
                    self.exprs(s.decorators),
                    self.type_params(s.type_params),
                ];
                ("ClassDef", fields)
            }
            StmtKind::Return(value) => ("Return", vec![self.optional_expr(value)]),
            StmtKind::Delete(targets) => ("Delete", vec![self.exprs(targets)]),
            StmtKind::Assign { targets, value } => {
                let fields = vec![
                    self.exprs(targets),
                    self.expr(value),
                    self.type_comment(stmt.loc),
                ];
                ("Assign", fields)
            }
            StmtKind::TypeAlias(s) => {
                let fields = vec![
                    self.expr(s.name),
                    self.type_params(s.type_params),
                    self.expr(s.value),
                ];
                ("TypeAlias", fields)
            }
            StmtKind::AugAssign { target, op, value } => {
                let fields = vec![
                    self.expr(target),
                    self.simple(operator(op)),
                    self.expr(value),
                ];
                ("AugAssign", fields)
            }
            StmtKind::AnnAssign(s) => {
                let fields = vec![
                    self.expr(s.target),
                    self.annotation(Some(s.annotation)),
                    self.optional_expr(s.value),
                    self.sink.int(s.simple.into()),
                ];
                ("AnnAssign", fields)
            }
            StmtKind::For(s) => {
                let class = if s.is_async { "AsyncFor" } else { "For" };
                let fields = vec![
                    self.expr(s.target),
                    self.expr(s.iter),
                    self.stmts(s.body),
                    self.stmts(s.orelse),
                    self.type_comment(stmt.loc),
                ];
                (class, fields)
            }
            StmtKind::While { test, body, orelse } => {
                let fields = vec![self.expr(test), self.stmts(body), self.stmts(orelse)];
                ("While", fields)
            }
            StmtKind::If { test, body, orelse } => {
                let fields = vec![self.expr(test), self.stmts(body), self.stmts(orelse)];
                ("If", fields)
            }
            StmtKind::With(s) => {
                let class = if s.is_async { "AsyncWith" } else { "With" };
                let items = self.list(s.items, |e, item| {
                    let fields = vec![
                        e.expr(item.context_expr),
                        e.optional_expr(item.optional_vars),
                    ];
                    e.sink.node("withitem", fields, None)
                });
                (
                    class,
                    vec![items, self.stmts(s.body), self.type_comment(stmt.loc)],
                )
            }
            StmtKind::Match { subject, cases } => {
                let subject = self.expr(subject);
                let cases = self.list(cases, |e, case| {
                    let fields = vec![
                        e.pattern(case.pattern),
                        e.optional_expr(case.guard),
                        e.stmts(case.body),
                    ];
                    e.sink.node("match_case", fields, None)
                });
                ("Match", vec![subject, cases])
            }
            StmtKind::Raise { exc, cause } => {
                let fields = vec![self.optional_expr(exc), self.optional_expr(cause)];
                ("Raise", fields)
            }
            StmtKind::Try(s) => {
                let class = if s.is_star { "TryStar" } else { "Try" };
                let fields = vec![
                    self.stmts(s.body),
                    self.list(s.handlers, |e, handler| {
                        let fields = vec![
                            e.optional_expr(handler.typ),
                            e.name(handler.name),
                            e.stmts(handler.body),
                        ];
                        e.sink.node("ExceptHandler", fields, Some(handler.loc))
                    }),
                    self.stmts(s.orelse),
                    self.stmts(s.finalbody),
                ];
                (class, fields)
            }
            StmtKind::Assert { test, msg } => {
                ("Assert", vec![self.expr(test), self.optional_expr(msg)])
            }
            StmtKind::Import(names) => ("Import", vec![self.aliases(names)]),
            StmtKind::ImportFrom {
                module,
                names,
                level,
            } => {
                let fields = vec![
                    self.name(module),
                    self.aliases(names),
                    self.sink.int(level.into()),
                ];
                ("ImportFrom", fields)
            }
            StmtKind::Global(names) => ("Global", vec![self.names(names)]),
            StmtKind::Nonlocal(names) => ("Nonlocal", vec![self.names(names)]),
            StmtKind::Expr(value) => ("Expr", vec![self.expr(value)]),
            StmtKind::Pass => ("Pass", Vec::new()),
            StmtKind::Break => ("Break", Vec::new()),
            StmtKind::Continue => ("Continue", Vec::new()),
        };
        self.sink.node(class, fields, Some(stmt.loc))
    }

    fn aliases(&mut self, names: &[Alias<'_>]) -> S::Item {
        self.list(names, |e, alias| {
            let fields = vec![e.sink.identifier(alias.name), e.name(alias.asname)];
            e.sink.node("alias", fields, Some(alias.loc))
        })
    }

    fn keywords(&mut self, keywords: &[Keyword<'_>]) -> S::Item {
        self.list(keywords, |e, keyword| {
            let fields = vec![e.name(keyword.arg), e.expr(&keyword.value)];
            e.sink.node("keyword", fields, Some(keyword.loc))
        })
    }

    fn type_params(&mut self, params: &[TypeParam<'_>]) -> S::Item {
        self.list(params, |e, param| {
            let mut fields = vec![e.sink.identifier(param.name)];
            let class = match param.kind {
                TypeParamKind::TypeVar => {
                    fields.push(e.optional_expr(param.bound));
                    "TypeVar"
                }
                TypeParamKind::ParamSpec => "ParamSpec",
                TypeParamKind::TypeVarTuple => "TypeVarTuple",
            };
            fields.push(e.optional_expr(param.default));
            e.sink.node(class, fields, Some(param.loc))
        })
    }

    fn arg(&mut self, arg: &Arg<'_>) -> S::Item {
        let fields = vec![
            self.sink.identifier(arg.arg),
            self.annotation(arg.annotation),
            self.type_comment(arg.loc),
        ];
        self.sink.node("arg", fields, Some(arg.loc))
    }

    fn arguments(&mut self, args: &Arguments<'_>) -> S::Item {
        let fields = vec![
            self.list(args.posonlyargs, |e, arg| e.arg(arg)),
            self.list(args.args, |e, arg| e.arg(arg)),
            self.optional(args.vararg, |e, arg| e.arg(arg)),
            self.list(args.kwonlyargs, |e, arg| e.arg(arg)),
            self.optional_exprs(args.kw_defaults),
            self.optional(args.kwarg, |e, arg| e.arg(arg)),
            self.exprs(args.defaults),
        ];
        self.sink.node("arguments", fields, None)
    }

    fn comprehensions(&mut self, generators: &[Comprehension<'_>]) -> S::Item {
        self.list(generators, |e, generator| {
            let fields = vec![
                e.expr(generator.target),
                e.expr(generator.iter),
                e.exprs(generator.ifs),
                e.sink.int(generator.is_async.into()),
            ];
            e.sink.node("comprehension", fields, None)
        })
    }

    fn expr(&mut self, expr: &Expr<'_>) -> S::Item {
        with_stack(|| self.expr_inner(expr))
    }

    fn conversion(&mut self, conversion: Option<Conversion>) -> S::Item {
        self.sink.int(match conversion {
            None => -1,
            Some(Conversion::Str) => 's' as i64,
            Some(Conversion::Repr) => 'r' as i64,
            Some(Conversion::Ascii) => 'a' as i64,
        })
    }

    fn expr_inner(&mut self, expr: &Expr<'_>) -> S::Item {
        let (class, fields) = match expr.kind {
            ExprKind::BoolOp { op, values } => {
                let op = match op {
                    BoolOp::And => "And",
                    BoolOp::Or => "Or",
                };
                ("BoolOp", vec![self.simple(op), self.exprs(values)])
            }
            ExprKind::NamedExpr { target, value } => {
                ("NamedExpr", vec![self.expr(target), self.expr(value)])
            }
            ExprKind::BinOp { left, op, right } => {
                let fields = vec![self.expr(left), self.simple(operator(op)), self.expr(right)];
                ("BinOp", fields)
            }
            ExprKind::UnaryOp { op, operand } => {
                let op = match op {
                    UnaryOp::Invert => "Invert",
                    UnaryOp::Not => "Not",
                    UnaryOp::UAdd => "UAdd",
                    UnaryOp::USub => "USub",
                };
                ("UnaryOp", vec![self.simple(op), self.expr(operand)])
            }
            ExprKind::Lambda { args, body } => {
                ("Lambda", vec![self.arguments(args), self.expr(body)])
            }
            ExprKind::IfExp { test, body, orelse } => {
                let fields = vec![self.expr(test), self.expr(body), self.expr(orelse)];
                ("IfExp", fields)
            }
            ExprKind::Dict { keys, values } => {
                ("Dict", vec![self.optional_exprs(keys), self.exprs(values)])
            }
            ExprKind::Set(elts) => ("Set", vec![self.exprs(elts)]),
            ExprKind::ListComp { elt, generators } => {
                let fields = vec![self.expr(elt), self.comprehensions(generators)];
                ("ListComp", fields)
            }
            ExprKind::SetComp { elt, generators } => {
                let fields = vec![self.expr(elt), self.comprehensions(generators)];
                ("SetComp", fields)
            }
            ExprKind::DictComp {
                key,
                value,
                generators,
            } => {
                let fields = vec![
                    self.expr(key),
                    self.expr(value),
                    self.comprehensions(generators),
                ];
                ("DictComp", fields)
            }
            ExprKind::GeneratorExp { elt, generators } => {
                let fields = vec![self.expr(elt), self.comprehensions(generators)];
                ("GeneratorExp", fields)
            }
            ExprKind::Await(value) => ("Await", vec![self.expr(value)]),
            ExprKind::Yield(value) => ("Yield", vec![self.optional_expr(value)]),
            ExprKind::YieldFrom(value) => ("YieldFrom", vec![self.expr(value)]),
            ExprKind::Compare {
                left,
                ops,
                comparators,
            } => {
                let fields = vec![
                    self.expr(left),
                    self.list(ops, |e, op| e.simple(cmp_op(*op))),
                    self.exprs(comparators),
                ];
                ("Compare", fields)
            }
            ExprKind::Call(call) => {
                let fields = vec![
                    self.expr(call.func),
                    self.exprs(call.args),
                    self.keywords(call.keywords),
                ];
                ("Call", fields)
            }
            ExprKind::FormattedValue {
                value,
                conversion,
                format_spec,
            } => {
                let fields = vec![
                    self.expr(value),
                    self.conversion(conversion),
                    self.optional_expr(format_spec),
                ];
                ("FormattedValue", fields)
            }
            ExprKind::Interpolation(i) => {
                let fields = vec![
                    self.expr(i.value),
                    self.sink.constant(i.text),
                    self.conversion(i.conversion),
                    self.optional_expr(i.format_spec),
                ];
                ("Interpolation", fields)
            }
            ExprKind::JoinedStr(values) => ("JoinedStr", vec![self.exprs(values)]),
            ExprKind::TemplateStr(values) => ("TemplateStr", vec![self.exprs(values)]),
            ExprKind::Constant(value, unicode) => {
                let kind = if unicode {
                    self.sink.string("u")
                } else {
                    self.sink.none()
                };
                ("Constant", vec![self.sink.constant(value), kind])
            }
            ExprKind::Attribute { value, attr, ctx } => {
                let fields = vec![self.expr(value), self.sink.identifier(attr), self.ctx(ctx)];
                ("Attribute", fields)
            }
            ExprKind::Subscript { value, slice, ctx } => {
                let fields = vec![self.expr(value), self.expr(slice), self.ctx(ctx)];
                ("Subscript", fields)
            }
            ExprKind::Starred { value, ctx } => ("Starred", vec![self.expr(value), self.ctx(ctx)]),
            ExprKind::Name { id, ctx } => ("Name", vec![self.sink.identifier(id), self.ctx(ctx)]),
            ExprKind::List { elts, ctx } => ("List", vec![self.exprs(elts), self.ctx(ctx)]),
            ExprKind::Tuple { elts, ctx } => ("Tuple", vec![self.exprs(elts), self.ctx(ctx)]),
            ExprKind::Slice { lower, upper, step } => {
                let fields = vec![
                    self.optional_expr(lower),
                    self.optional_expr(upper),
                    self.optional_expr(step),
                ];
                ("Slice", fields)
            }
        };
        self.sink.node(class, fields, Some(expr.loc))
    }

    fn patterns(&mut self, patterns: &[Pattern<'_>]) -> S::Item {
        self.list(patterns, |e, pattern| e.pattern(pattern))
    }

    fn pattern(&mut self, pattern: &Pattern<'_>) -> S::Item {
        with_stack(|| self.pattern_inner(pattern))
    }

    fn pattern_inner(&mut self, pattern: &Pattern<'_>) -> S::Item {
        let (class, fields) = match pattern.kind {
            PatternKind::MatchValue(value) => ("MatchValue", vec![self.expr(value)]),
            PatternKind::MatchSingleton(value) => {
                ("MatchSingleton", vec![self.sink.constant(value)])
            }
            PatternKind::MatchSequence(patterns) => {
                ("MatchSequence", vec![self.patterns(patterns)])
            }
            PatternKind::MatchMapping {
                keys,
                patterns,
                rest,
            } => {
                let fields = vec![self.exprs(keys), self.patterns(patterns), self.name(rest)];
                ("MatchMapping", fields)
            }
            PatternKind::MatchClass(class) => {
                let fields = vec![
                    self.expr(class.cls),
                    self.patterns(class.patterns),
                    self.names(class.kwd_attrs),
                    self.patterns(class.kwd_patterns),
                ];
                ("MatchClass", fields)
            }
            PatternKind::MatchStar(name) => ("MatchStar", vec![self.name(name)]),
            PatternKind::MatchAs { pattern, name } => {
                let pattern = self.optional(pattern, |e, pattern| e.pattern(pattern));
                ("MatchAs", vec![pattern, self.name(name)])
            }
            PatternKind::MatchOr(patterns) => ("MatchOr", vec![self.patterns(patterns)]),
        };
        self.sink.node(class, fields, Some(pattern.loc))
    }
}
