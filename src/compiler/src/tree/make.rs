//! From nodes to the compiler's tree: each node is made of its fields, which are made already.

use super::emit::{self, Sink};
use super::grammar::{Grammar, NodeClass};
use crate::ast::*;
use crate::build::Builder;
use crate::type_comments::TypeComments;
use taipan_bytecode::Const;

/// A tree that cannot be: the exception to raise.
#[derive(Debug)]
pub struct Invalid {
    pub kind: InvalidKind,
    pub message: String,
}

#[derive(Clone, Copy, Debug)]
pub enum InvalidKind {
    Type,
    Value,
    System,
}

impl Invalid {
    pub(crate) fn value(message: impl Into<String>) -> Invalid {
        Invalid {
            kind: InvalidKind::Value,
            message: message.into(),
        }
    }
    pub(crate) fn ty(message: impl Into<String>) -> Invalid {
        Invalid {
            kind: InvalidKind::Type,
            message: message.into(),
        }
    }
}

pub(crate) type Checked<T> = Result<T, Invalid>;

/// What a field can hold.
#[derive(Clone, Copy)]
pub struct Item<'a>(Inner<'a>);

#[derive(Clone, Copy)]
enum Inner<'a> {
    None,
    Int(i64),
    Name(Ident<'a>),
    Constant(&'a Const),
    List(&'a [Item<'a>]),
    Mod(Mod<'a>),
    Stmt(Stmt<'a>),
    Expr(Expr<'a>),
    Pattern(Pattern<'a>),
    Arguments(&'a Arguments<'a>),
    Arg(Arg<'a>),
    Keyword(Keyword<'a>),
    Alias(Alias<'a>),
    WithItem(WithItem<'a>),
    MatchCase(MatchCase<'a>),
    Comprehension(Comprehension<'a>),
    Handler(ExceptHandler<'a>),
    TypeParam(TypeParam<'a>),
    Ctx(Ctx),
    BoolOp(BoolOp),
    Operator(Operator),
    UnaryOp(UnaryOp),
    CmpOp(CmpOp),
    /// Of no consequence for code.
    TypeIgnore,
}

/// Makes the items of one tree.
pub struct Maker<'a> {
    b: Builder<'a>,
    future_annotations: bool,
    /// How many annotations we are in.
    annotations: usize,
    preprocess: bool,
}

/// The fields of a node under construction.
struct Fields<'i, 'a> {
    class: &'static NodeClass,
    items: &'i [Item<'a>],
    b: &'i Builder<'a>,
}

macro_rules! getters {
    ($($get:ident, $optional:ident, $list:ident: $variant:ident($ty:ty);)*) => {
        $(
            #[allow(dead_code)]
            fn $optional(&self, index: usize) -> Checked<Option<$ty>> {
                match self.item(index) {
                    Inner::$variant(item) => Ok(Some(item)),
                    Inner::None => Ok(None),
                    _ => Err(self.unfit(index)),
                }
            }
            #[allow(dead_code)]
            fn $get(&self, index: usize) -> Checked<$ty> {
                self.$optional(index)?.ok_or_else(|| self.missing(index))
            }
            #[allow(dead_code)]
            fn $list(&self, index: usize) -> Checked<&'a [$ty]> {
                let mut all = Vec::new();
                for item in self.list(index)? {
                    match item.0 {
                        Inner::$variant(item) => all.push(item),
                        Inner::None => return Err(self.none_in_list(index)),
                        _ => return Err(self.unfit(index)),
                    }
                }
                Ok(self.b.arena.slice(&all))
            }
        )*
    };
}

impl<'a> Fields<'_, 'a> {
    fn item(&self, index: usize) -> Inner<'a> {
        self.items.get(index).map_or(Inner::None, |item| item.0)
    }
    fn name_of(&self, index: usize) -> &'static str {
        self.class.fields.get(index).map_or("", |field| field.name)
    }
    fn missing(&self, index: usize) -> Invalid {
        let (name, class) = (self.name_of(index), self.class.name);
        Invalid::value(format!("field '{name}' is required for {class}"))
    }
    fn unfit(&self, index: usize) -> Invalid {
        let (name, class) = (self.name_of(index), self.class.name);
        Invalid::ty(format!("field '{name}' of {class} holds something else"))
    }
    fn none_in_list(&self, index: usize) -> Invalid {
        Invalid::value(match self.items.get(index).map(|item| item.0) {
            Some(Inner::List(items))
                if items.iter().any(|item| matches!(item.0, Inner::Stmt(_)))
                    || matches!(self.name_of(index), "body" | "orelse" | "finalbody") =>
            {
                "None disallowed in statement list"
            }
            _ => "None disallowed in expression list",
        })
    }
    fn list(&self, index: usize) -> Checked<&'a [Item<'a>]> {
        match self.item(index) {
            Inner::List(items) => Ok(items),
            _ => Err(self.unfit(index)),
        }
    }
    getters! {
        expr_item, optional_expr_item, exprs: Expr(Expr<'a>);
        stmt_item, optional_stmt_item, stmts: Stmt(Stmt<'a>);
        pattern_item, optional_pattern_item, patterns: Pattern(Pattern<'a>);
        name, optional_name, names: Name(Ident<'a>);
        int, optional_int, ints: Int(i64);
        constant, optional_constant, constants: Constant(&'a Const);
        arguments, optional_arguments, arguments_list: Arguments(&'a Arguments<'a>);
        arg_item, optional_arg_item, args: Arg(Arg<'a>);
        keyword, optional_keyword, keywords: Keyword(Keyword<'a>);
        alias, optional_alias, aliases: Alias(Alias<'a>);
        with_item, optional_with_item, with_items: WithItem(WithItem<'a>);
        match_case, optional_match_case, match_cases: MatchCase(MatchCase<'a>);
        generator, optional_generator, generators: Comprehension(Comprehension<'a>);
        handler, optional_handler, handlers: Handler(ExceptHandler<'a>);
        type_param, optional_type_param, type_params: TypeParam(TypeParam<'a>);
        ctx, optional_ctx, ctxs: Ctx(Ctx);
        bool_op, optional_bool_op, bool_ops: BoolOp(BoolOp);
        operator, optional_operator, operators: Operator(Operator);
        unary_op, optional_unary_op, unary_ops: UnaryOp(UnaryOp);
        cmp_op, optional_cmp_op, cmp_ops: CmpOp(CmpOp);
    }
    fn expr(&self, index: usize) -> Checked<&'a Expr<'a>> {
        Ok(self.b.boxed(self.expr_item(index)?))
    }
    fn optional_expr(&self, index: usize) -> Checked<Option<&'a Expr<'a>>> {
        let expr = self.optional_expr_item(index)?;
        Ok(expr.map(|expr| self.b.boxed(expr)))
    }
    fn pattern(&self, index: usize) -> Checked<&'a Pattern<'a>> {
        Ok(self.b.arena.alloc(self.pattern_item(index)?))
    }
    fn optional_arg(&self, index: usize) -> Checked<Option<&'a Arg<'a>>> {
        let arg = self.optional_arg_item(index)?;
        Ok(arg.map(|arg| self.b.arena.alloc(arg)))
    }
    /// Expressions among which None has a meaning.
    fn optional_exprs(&self, index: usize) -> Checked<&'a [Option<Expr<'a>>]> {
        let mut all = Vec::new();
        for item in self.list(index)? {
            match item.0 {
                Inner::Expr(expr) => all.push(Some(expr)),
                Inner::None => all.push(None),
                _ => return Err(self.unfit(index)),
            }
        }
        Ok(self.b.arena.slice(&all))
    }
    /// A body that may begin with a docstring.
    fn documented(&self, index: usize) -> Checked<&'a [Stmt<'a>]> {
        Ok(self.b.body_with_docstring(self.stmts(index)?.to_vec()))
    }
    fn conversion(&self, index: usize) -> Checked<Option<Conversion>> {
        match self.int(index)? {
            -1 => Ok(None),
            code if code == 's' as i64 => Ok(Some(Conversion::Str)),
            code if code == 'r' as i64 => Ok(Some(Conversion::Repr)),
            code if code == 'a' as i64 => Ok(Some(Conversion::Ascii)),
            code => Err(Invalid {
                kind: InvalidKind::System,
                message: format!("Unrecognized conversion character {code}"),
            }),
        }
    }
}

impl<'a> Maker<'a> {
    /// With `preprocess` the tree gets the rewrites that come before code.
    pub(crate) fn new(
        arena: &'a Arena,
        optimize: u8,
        preprocess: bool,
        future_annotations: bool,
    ) -> Maker<'a> {
        Maker {
            b: Builder {
                arena,
                optimize,
                preprocess,
            },
            future_annotations,
            annotations: 0,
            preprocess,
        }
    }
    pub fn none(&self) -> Item<'a> {
        Item(Inner::None)
    }
    pub fn int(&self, value: i64) -> Item<'a> {
        Item(Inner::Int(value))
    }
    pub fn identifier(&self, name: &str) -> Item<'a> {
        Item(Inner::Name(self.b.arena.str(name)))
    }
    pub fn constant(&self, value: Const) -> Item<'a> {
        Item(Inner::Constant(self.b.arena.constant(value)))
    }
    pub fn list(&self, items: &[Item<'a>]) -> Item<'a> {
        Item(Inner::List(self.b.arena.slice(items)))
    }

    /// A node of the class with this index; `loc` matters only where the class has a place.
    pub fn node(&self, class: usize, items: &[Item<'a>], loc: Loc) -> Checked<Item<'a>> {
        let class = &Grammar::get().classes[class];
        let f = Fields {
            class,
            items,
            b: &self.b,
        };
        let sum = class.sum.map(|sum| Grammar::get().classes[sum].name);
        Ok(Item(match sum {
            Some("stmt") => Inner::Stmt(Stmt {
                kind: self.stmt(&f, loc)?,
                loc,
            }),
            Some("expr") => Inner::Expr(self.expr(&f, loc)?),
            Some("pattern") => Inner::Pattern(Pattern {
                kind: self.pattern(&f)?,
                loc,
            }),
            _ => self.other(&f, loc)?,
        }))
    }

    fn stmt(&self, f: &Fields<'_, 'a>, loc: Loc) -> Checked<StmtKind<'a>> {
        let arena = self.b.arena;
        Ok(match f.class.name {
            name @ ("FunctionDef" | "AsyncFunctionDef") => {
                StmtKind::FunctionDef(arena.alloc(FunctionDef {
                    is_async: name == "AsyncFunctionDef",
                    name: f.name(0)?,
                    args: f.arguments(1)?,
                    body: f.documented(2)?,
                    decorators: f.exprs(3)?,
                    returns: f.optional_expr(4)?,
                    type_params: f.type_params(6)?,
                }))
            }
            "ClassDef" => StmtKind::ClassDef(arena.alloc(ClassDef {
                name: f.name(0)?,
                bases: f.exprs(1)?,
                keywords: f.keywords(2)?,
                body: f.documented(3)?,
                decorators: f.exprs(4)?,
                type_params: f.type_params(5)?,
            })),
            "Return" => StmtKind::Return(f.optional_expr(0)?),
            "Delete" => StmtKind::Delete(f.exprs(0)?),
            "Assign" => StmtKind::Assign {
                targets: f.exprs(0)?,
                value: f.expr(1)?,
            },
            "TypeAlias" => StmtKind::TypeAlias(arena.alloc(TypeAlias {
                name: f.expr(0)?,
                type_params: f.type_params(1)?,
                value: f.expr(2)?,
            })),
            "AugAssign" => StmtKind::AugAssign {
                target: f.expr(0)?,
                op: f.operator(1)?,
                value: f.expr(2)?,
            },
            "AnnAssign" => StmtKind::AnnAssign(arena.alloc(AnnAssign {
                target: f.expr(0)?,
                annotation: f.expr(1)?,
                value: f.optional_expr(2)?,
                simple: f.int(3)? != 0,
                loc,
            })),
            name @ ("For" | "AsyncFor") => StmtKind::For(arena.alloc(For {
                is_async: name == "AsyncFor",
                target: f.expr(0)?,
                iter: f.expr(1)?,
                body: f.stmts(2)?,
                orelse: f.stmts(3)?,
            })),
            "While" => StmtKind::While {
                test: f.expr(0)?,
                body: f.stmts(1)?,
                orelse: f.stmts(2)?,
            },
            "If" => StmtKind::If {
                test: f.expr(0)?,
                body: f.stmts(1)?,
                orelse: f.stmts(2)?,
            },
            name @ ("With" | "AsyncWith") => StmtKind::With(arena.alloc(With {
                is_async: name == "AsyncWith",
                items: f.with_items(0)?,
                body: f.stmts(1)?,
            })),
            "Match" => StmtKind::Match {
                subject: f.expr(0)?,
                cases: f.match_cases(1)?,
            },
            "Raise" => StmtKind::Raise {
                exc: f.optional_expr(0)?,
                cause: f.optional_expr(1)?,
            },
            name @ ("Try" | "TryStar") => StmtKind::Try(arena.alloc(Try {
                is_star: name == "TryStar",
                body: f.stmts(0)?,
                handlers: f.handlers(1)?,
                orelse: f.stmts(2)?,
                finalbody: f.stmts(3)?,
            })),
            "Assert" => StmtKind::Assert {
                test: f.expr(0)?,
                msg: f.optional_expr(1)?,
            },
            "Import" => StmtKind::Import(f.aliases(0)?),
            "ImportFrom" => StmtKind::ImportFrom {
                module: f.optional_name(0)?,
                names: f.aliases(1)?,
                level: u32::try_from(f.optional_int(2)?.unwrap_or(0))
                    .map_err(|_| Invalid::value("Negative ImportFrom level"))?,
            },
            "Global" => StmtKind::Global(f.names(0)?),
            "Nonlocal" => StmtKind::Nonlocal(f.names(0)?),
            "Expr" => StmtKind::Expr(f.expr(0)?),
            "Pass" => StmtKind::Pass,
            "Break" => StmtKind::Break,
            "Continue" => StmtKind::Continue,
            other => return Err(unknown(other)),
        })
    }

    fn expr(&self, f: &Fields<'_, 'a>, loc: Loc) -> Checked<Expr<'a>> {
        let kind = match f.class.name {
            "BoolOp" => ExprKind::BoolOp {
                op: f.bool_op(0)?,
                values: f.exprs(1)?,
            },
            "NamedExpr" => ExprKind::NamedExpr {
                target: f.expr(0)?,
                value: f.expr(1)?,
            },
            "BinOp" => {
                let (left, op, right) = (f.expr_item(0)?, f.operator(1)?, f.expr_item(2)?);
                return Ok(self.b.binop(left, op, right, loc));
            }
            "UnaryOp" => ExprKind::UnaryOp {
                op: f.unary_op(0)?,
                operand: f.expr(1)?,
            },
            "Lambda" => ExprKind::Lambda {
                args: f.arguments(0)?,
                body: f.expr(1)?,
            },
            "IfExp" => ExprKind::IfExp {
                test: f.expr(0)?,
                body: f.expr(1)?,
                orelse: f.expr(2)?,
            },
            "Dict" => ExprKind::Dict {
                keys: f.optional_exprs(0)?,
                values: f.exprs(1)?,
            },
            "Set" => ExprKind::Set(f.exprs(0)?),
            "ListComp" => ExprKind::ListComp {
                elt: f.expr(0)?,
                generators: f.generators(1)?,
            },
            "SetComp" => ExprKind::SetComp {
                elt: f.expr(0)?,
                generators: f.generators(1)?,
            },
            "DictComp" => ExprKind::DictComp {
                key: f.expr(0)?,
                value: f.expr(1)?,
                generators: f.generators(2)?,
            },
            "GeneratorExp" => ExprKind::GeneratorExp {
                elt: f.expr(0)?,
                generators: f.generators(1)?,
            },
            "Await" => ExprKind::Await(f.expr(0)?),
            "Yield" => ExprKind::Yield(f.optional_expr(0)?),
            "YieldFrom" => ExprKind::YieldFrom(f.expr(0)?),
            "Compare" => ExprKind::Compare {
                left: f.expr(0)?,
                ops: f.cmp_ops(1)?,
                comparators: f.exprs(2)?,
            },
            "Call" => ExprKind::Call(self.b.arena.alloc(Call {
                func: f.expr(0)?,
                args: f.exprs(1)?,
                keywords: f.keywords(2)?,
            })),
            "FormattedValue" => ExprKind::FormattedValue {
                value: f.expr(0)?,
                conversion: f.conversion(1)?,
                format_spec: f.optional_expr(2)?,
            },
            "Interpolation" => ExprKind::Interpolation(self.b.arena.alloc(Interpolation {
                value: f.expr(0)?,
                text: f.constant(1)?,
                conversion: f.conversion(2)?,
                format_spec: f.optional_expr(3)?,
            })),
            "JoinedStr" => ExprKind::JoinedStr(f.exprs(0)?),
            "TemplateStr" => ExprKind::TemplateStr(f.exprs(0)?),
            "Constant" => ExprKind::Constant(
                f.constant(0)?,
                f.optional_name(1)?.is_some_and(|kind| kind == "u"),
            ),
            "Attribute" => ExprKind::Attribute {
                value: f.expr(0)?,
                attr: f.name(1)?,
                ctx: f.ctx(2)?,
            },
            "Subscript" => ExprKind::Subscript {
                value: f.expr(0)?,
                slice: f.expr(1)?,
                ctx: f.ctx(2)?,
            },
            "Starred" => ExprKind::Starred {
                value: f.expr(0)?,
                ctx: f.ctx(1)?,
            },
            "Name" => return Ok(self.b.name(f.name(0)?, f.ctx(1)?, loc)),
            "List" => ExprKind::List {
                elts: f.exprs(0)?,
                ctx: f.ctx(1)?,
            },
            "Tuple" => ExprKind::Tuple {
                elts: f.exprs(0)?,
                ctx: f.ctx(1)?,
            },
            "Slice" => ExprKind::Slice {
                lower: f.optional_expr(0)?,
                upper: f.optional_expr(1)?,
                step: f.optional_expr(2)?,
            },
            other => return Err(unknown(other)),
        };
        Ok(Expr { kind, loc })
    }

    fn pattern(&self, f: &Fields<'_, 'a>) -> Checked<PatternKind<'a>> {
        Ok(match f.class.name {
            "MatchValue" => {
                let value = self.b.pattern_value(f.expr_item(0)?);
                PatternKind::MatchValue(self.b.boxed(value))
            }
            "MatchSingleton" => PatternKind::MatchSingleton(f.constant(0)?),
            "MatchSequence" => PatternKind::MatchSequence(f.patterns(0)?),
            "MatchMapping" => {
                let keys = f.exprs(0)?.iter().map(|key| self.b.pattern_value(*key));
                PatternKind::MatchMapping {
                    keys: self.b.arena.slice(&keys.collect::<Vec<_>>()),
                    patterns: f.patterns(1)?,
                    rest: f.optional_name(2)?,
                }
            }
            "MatchClass" => PatternKind::MatchClass(self.b.arena.alloc(MatchClass {
                cls: f.expr(0)?,
                patterns: f.patterns(1)?,
                kwd_attrs: f.names(2)?,
                kwd_patterns: f.patterns(3)?,
            })),
            "MatchStar" => PatternKind::MatchStar(f.optional_name(0)?),
            "MatchAs" => PatternKind::MatchAs {
                pattern: match f.optional_pattern_item(0)? {
                    Some(pattern) => Some(self.b.arena.alloc(pattern)),
                    None => None,
                },
                name: f.optional_name(1)?,
            },
            "MatchOr" => PatternKind::MatchOr(f.patterns(0)?),
            other => return Err(unknown(other)),
        })
    }

    fn other(&self, f: &Fields<'_, 'a>, loc: Loc) -> Checked<Inner<'a>> {
        let type_param = |kind, bound, default| {
            Ok(Inner::TypeParam(TypeParam {
                kind,
                name: f.name(0)?,
                bound,
                default,
                loc,
            }))
        };
        Ok(match f.class.name {
            "Module" => Inner::Mod(Mod::Module {
                body: f.documented(0)?,
            }),
            "Interactive" => Inner::Mod(Mod::Interactive { body: f.stmts(0)? }),
            "Expression" => Inner::Mod(Mod::Expression { body: f.expr(0)? }),
            "comprehension" => Inner::Comprehension(Comprehension {
                target: f.expr(0)?,
                iter: f.expr(1)?,
                ifs: f.exprs(2)?,
                is_async: f.int(3)? != 0,
            }),
            "ExceptHandler" => Inner::Handler(ExceptHandler {
                typ: f.optional_expr(0)?,
                name: f.optional_name(1)?,
                body: f.stmts(2)?,
                loc,
            }),
            "arguments" => Inner::Arguments(self.b.arena.alloc(Arguments {
                posonlyargs: f.args(0)?,
                args: f.args(1)?,
                vararg: f.optional_arg(2)?,
                kwonlyargs: f.args(3)?,
                kw_defaults: f.optional_exprs(4)?,
                kwarg: f.optional_arg(5)?,
                defaults: f.exprs(6)?,
            })),
            "arg" => Inner::Arg(Arg {
                arg: f.name(0)?,
                annotation: f.optional_expr(1)?,
                loc,
            }),
            "keyword" => Inner::Keyword(Keyword {
                arg: f.optional_name(0)?,
                value: f.expr_item(1)?,
                loc,
            }),
            "alias" => Inner::Alias(Alias {
                name: f.name(0)?,
                asname: f.optional_name(1)?,
                loc,
            }),
            "withitem" => Inner::WithItem(WithItem {
                context_expr: f.expr(0)?,
                optional_vars: f.optional_expr(1)?,
            }),
            "match_case" => Inner::MatchCase(MatchCase {
                pattern: f.pattern(0)?,
                guard: f.optional_expr(1)?,
                body: f.stmts(2)?,
            }),
            "TypeVar" => type_param(
                TypeParamKind::TypeVar,
                f.optional_expr(1)?,
                f.optional_expr(2)?,
            )?,
            "ParamSpec" => type_param(TypeParamKind::ParamSpec, None, f.optional_expr(1)?)?,
            "TypeVarTuple" => type_param(TypeParamKind::TypeVarTuple, None, f.optional_expr(1)?)?,
            "TypeIgnore" => Inner::TypeIgnore,
            "Load" => Inner::Ctx(Ctx::Load),
            "Store" => Inner::Ctx(Ctx::Store),
            "Del" => Inner::Ctx(Ctx::Del),
            "And" => Inner::BoolOp(BoolOp::And),
            "Or" => Inner::BoolOp(BoolOp::Or),
            "Add" => Inner::Operator(Operator::Add),
            "Sub" => Inner::Operator(Operator::Sub),
            "Mult" => Inner::Operator(Operator::Mult),
            "MatMult" => Inner::Operator(Operator::MatMult),
            "Div" => Inner::Operator(Operator::Div),
            "Mod" => Inner::Operator(Operator::Mod),
            "Pow" => Inner::Operator(Operator::Pow),
            "LShift" => Inner::Operator(Operator::LShift),
            "RShift" => Inner::Operator(Operator::RShift),
            "BitOr" => Inner::Operator(Operator::BitOr),
            "BitXor" => Inner::Operator(Operator::BitXor),
            "BitAnd" => Inner::Operator(Operator::BitAnd),
            "FloorDiv" => Inner::Operator(Operator::FloorDiv),
            "Invert" => Inner::UnaryOp(UnaryOp::Invert),
            "Not" => Inner::UnaryOp(UnaryOp::Not),
            "UAdd" => Inner::UnaryOp(UnaryOp::UAdd),
            "USub" => Inner::UnaryOp(UnaryOp::USub),
            "Eq" => Inner::CmpOp(CmpOp::Eq),
            "NotEq" => Inner::CmpOp(CmpOp::NotEq),
            "Lt" => Inner::CmpOp(CmpOp::Lt),
            "LtE" => Inner::CmpOp(CmpOp::LtE),
            "Gt" => Inner::CmpOp(CmpOp::Gt),
            "GtE" => Inner::CmpOp(CmpOp::GtE),
            "Is" => Inner::CmpOp(CmpOp::Is),
            "IsNot" => Inner::CmpOp(CmpOp::IsNot),
            "In" => Inner::CmpOp(CmpOp::In),
            "NotIn" => Inner::CmpOp(CmpOp::NotIn),
            other => return Err(unknown(other)),
        })
    }

    /// The finished tree.
    pub(crate) fn module(&self, item: Item<'a>) -> Checked<Mod<'a>> {
        match item.0 {
            Inner::Mod(module) => Ok(module),
            _ => Err(Invalid::ty("this node cannot be compiled")),
        }
    }
}

fn unknown(class: &str) -> Invalid {
    Invalid::ty(format!("this use of {class} cannot be compiled"))
}

/// A copy of a tree with the rewrites that come before code.
pub(crate) fn preprocessed<'a>(
    arena: &'a Arena,
    module: &Mod<'_>,
    optimize: u8,
    future_annotations: bool,
) -> Checked<Mod<'a>> {
    let mut copy = Copying {
        maker: Maker::new(arena, optimize, true, future_annotations),
        failed: None,
    };
    let item = emit::module(&mut copy, module, &TypeComments::default());
    match copy.failed {
        Some(invalid) => Err(invalid),
        None => copy.maker.module(item),
    }
}

struct Copying<'a> {
    maker: Maker<'a>,
    failed: Option<Invalid>,
}

impl<'a> Sink for Copying<'a> {
    type Item = Item<'a>;
    fn node(&mut self, class: &'static str, fields: Vec<Item<'a>>, loc: Option<Loc>) -> Item<'a> {
        let made = match Grammar::get().find(class) {
            Some(class) => self.maker.node(class, &fields, loc.unwrap_or(Loc::NONE)),
            None => Err(unknown(class)),
        };
        made.unwrap_or_else(|invalid| {
            self.failed.get_or_insert(invalid);
            self.maker.none()
        })
    }
    fn list(&mut self, items: Vec<Item<'a>>) -> Item<'a> {
        self.maker.list(&items)
    }
    fn none(&mut self) -> Item<'a> {
        self.maker.none()
    }
    fn int(&mut self, value: i64) -> Item<'a> {
        self.maker.int(value)
    }
    fn identifier(&mut self, name: &str) -> Item<'a> {
        self.maker.identifier(name)
    }
    fn string(&mut self, text: &str) -> Item<'a> {
        self.maker.identifier(text)
    }
    fn constant(&mut self, value: &Const) -> Item<'a> {
        self.maker.constant(value.clone())
    }
    fn annotation(&mut self, begins: bool) {
        let maker = &mut self.maker;
        if begins {
            maker.annotations += 1;
        } else {
            maker.annotations = maker.annotations.saturating_sub(1);
        }
        // What becomes a string is kept as written.
        let kept = maker.future_annotations && maker.annotations > 0;
        maker.b.preprocess = maker.preprocess && !kept;
    }
}
