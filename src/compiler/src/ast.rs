//! The syntax tree that the compiler works on, in the shape of CPython's ASDL.
//!
//! Nodes live in an [`Arena`] and hold nothing that needs dropping, so that a tree of any depth is
//! freed without recursion. Trees come from Ruff's parser (see `convert`) or from `_ast` objects (see
//! `tree`); both go through [`crate::build::Builder`], which applies the few rewrites that CPython
//! makes before code generation.

use bumpalo::Bump;
use taipan_bytecode::Const;

/// A source range: lines from 1, columns in UTF-8 bytes. A negative line means no location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loc {
    pub line: i32,
    pub end_line: i32,
    pub col: i32,
    pub end_col: i32,
}

impl Loc {
    /// For artificial instructions.
    pub const NONE: Loc = Loc {
        line: -1,
        end_line: -1,
        col: -1,
        end_col: -1,
    };
    /// Takes the location of the instruction that follows.
    pub const NEXT: Loc = Loc {
        line: -2,
        end_line: -2,
        col: -2,
        end_col: -2,
    };

    pub const fn new(line: i32, end_line: i32, col: i32, end_col: i32) -> Loc {
        Loc {
            line,
            end_line,
            col,
            end_col,
        }
    }
}

/// Owns the nodes of one tree.
#[derive(Default)]
pub struct Arena {
    bump: Bump,
    /// Constants own heap memory and are dropped here, flatly.
    consts: typed_arena::Arena<Const>,
}

impl Arena {
    pub fn new() -> Arena {
        Arena::default()
    }

    pub fn alloc<T: Copy>(&self, value: T) -> &T {
        self.bump.alloc(value)
    }

    pub fn slice<T: Copy>(&self, values: &[T]) -> &[T] {
        self.bump.alloc_slice_copy(values)
    }

    pub fn str(&self, text: &str) -> &str {
        self.bump.alloc_str(text)
    }

    pub fn constant(&self, value: Const) -> &Const {
        self.consts.alloc(value)
    }
}

/// An identifier: NFKC-normalized, not mangled.
pub type Ident<'a> = &'a str;

#[derive(Clone, Copy)]
pub enum Mod<'a> {
    Module { body: &'a [Stmt<'a>] },
    Interactive { body: &'a [Stmt<'a>] },
    Expression { body: &'a Expr<'a> },
}

#[derive(Clone, Copy, Debug)]
pub struct Stmt<'a> {
    pub kind: StmtKind<'a>,
    pub loc: Loc,
}

#[derive(Clone, Copy, Debug)]
pub enum StmtKind<'a> {
    FunctionDef(&'a FunctionDef<'a>),
    ClassDef(&'a ClassDef<'a>),
    Return(Option<&'a Expr<'a>>),
    Delete(&'a [Expr<'a>]),
    Assign {
        targets: &'a [Expr<'a>],
        value: &'a Expr<'a>,
    },
    TypeAlias(&'a TypeAlias<'a>),
    AugAssign {
        target: &'a Expr<'a>,
        op: Operator,
        value: &'a Expr<'a>,
    },
    AnnAssign(&'a AnnAssign<'a>),
    For(&'a For<'a>),
    While {
        test: &'a Expr<'a>,
        body: &'a [Stmt<'a>],
        orelse: &'a [Stmt<'a>],
    },
    If {
        test: &'a Expr<'a>,
        body: &'a [Stmt<'a>],
        orelse: &'a [Stmt<'a>],
    },
    With(&'a With<'a>),
    Match {
        subject: &'a Expr<'a>,
        cases: &'a [MatchCase<'a>],
    },
    Raise {
        exc: Option<&'a Expr<'a>>,
        cause: Option<&'a Expr<'a>>,
    },
    Try(&'a Try<'a>),
    Assert {
        test: &'a Expr<'a>,
        msg: Option<&'a Expr<'a>>,
    },
    Import(&'a [Alias<'a>]),
    ImportFrom {
        module: Option<Ident<'a>>,
        names: &'a [Alias<'a>],
        level: u32,
    },
    Global(&'a [Ident<'a>]),
    Nonlocal(&'a [Ident<'a>]),
    Expr(&'a Expr<'a>),
    Pass,
    Break,
    Continue,
}

#[derive(Clone, Copy, Debug)]
pub struct FunctionDef<'a> {
    pub is_async: bool,
    pub name: Ident<'a>,
    pub args: &'a Arguments<'a>,
    pub body: &'a [Stmt<'a>],
    pub decorators: &'a [Expr<'a>],
    pub returns: Option<&'a Expr<'a>>,
    pub type_params: &'a [TypeParam<'a>],
}

#[derive(Clone, Copy, Debug)]
pub struct ClassDef<'a> {
    pub name: Ident<'a>,
    pub bases: &'a [Expr<'a>],
    pub keywords: &'a [Keyword<'a>],
    pub body: &'a [Stmt<'a>],
    pub decorators: &'a [Expr<'a>],
    pub type_params: &'a [TypeParam<'a>],
}

#[derive(Clone, Copy, Debug)]
pub struct TypeAlias<'a> {
    pub name: &'a Expr<'a>,
    pub type_params: &'a [TypeParam<'a>],
    pub value: &'a Expr<'a>,
}

#[derive(Clone, Copy, Debug)]
pub struct AnnAssign<'a> {
    pub target: &'a Expr<'a>,
    pub annotation: &'a Expr<'a>,
    pub value: Option<&'a Expr<'a>>,
    /// The target is a name without parentheses.
    pub simple: bool,
    /// Of the statement, for the `__annotate__` function that is generated later.
    pub loc: Loc,
}

#[derive(Clone, Copy, Debug)]
pub struct For<'a> {
    pub is_async: bool,
    pub target: &'a Expr<'a>,
    pub iter: &'a Expr<'a>,
    pub body: &'a [Stmt<'a>],
    pub orelse: &'a [Stmt<'a>],
}

#[derive(Clone, Copy, Debug)]
pub struct With<'a> {
    pub is_async: bool,
    pub items: &'a [WithItem<'a>],
    pub body: &'a [Stmt<'a>],
}

#[derive(Clone, Copy, Debug)]
pub struct WithItem<'a> {
    pub context_expr: &'a Expr<'a>,
    pub optional_vars: Option<&'a Expr<'a>>,
}

#[derive(Clone, Copy, Debug)]
pub struct Try<'a> {
    pub is_star: bool,
    pub body: &'a [Stmt<'a>],
    pub handlers: &'a [ExceptHandler<'a>],
    pub orelse: &'a [Stmt<'a>],
    pub finalbody: &'a [Stmt<'a>],
}

#[derive(Clone, Copy, Debug)]
pub struct ExceptHandler<'a> {
    pub typ: Option<&'a Expr<'a>>,
    pub name: Option<Ident<'a>>,
    pub body: &'a [Stmt<'a>],
    pub loc: Loc,
}

#[derive(Clone, Copy, Debug)]
pub struct MatchCase<'a> {
    pub pattern: &'a Pattern<'a>,
    pub guard: Option<&'a Expr<'a>>,
    pub body: &'a [Stmt<'a>],
}

#[derive(Clone, Copy, Debug)]
pub struct Alias<'a> {
    /// Possibly dotted.
    pub name: Ident<'a>,
    pub asname: Option<Ident<'a>>,
    pub loc: Loc,
}

#[derive(Clone, Copy, Debug)]
pub struct Expr<'a> {
    pub kind: ExprKind<'a>,
    pub loc: Loc,
}

#[derive(Clone, Copy, Debug)]
pub enum ExprKind<'a> {
    BoolOp {
        op: BoolOp,
        values: &'a [Expr<'a>],
    },
    NamedExpr {
        target: &'a Expr<'a>,
        value: &'a Expr<'a>,
    },
    BinOp {
        left: &'a Expr<'a>,
        op: Operator,
        right: &'a Expr<'a>,
    },
    UnaryOp {
        op: UnaryOp,
        operand: &'a Expr<'a>,
    },
    Lambda {
        args: &'a Arguments<'a>,
        body: &'a Expr<'a>,
    },
    IfExp {
        test: &'a Expr<'a>,
        body: &'a Expr<'a>,
        orelse: &'a Expr<'a>,
    },
    /// A missing key stands for `**value`.
    Dict {
        keys: &'a [Option<Expr<'a>>],
        values: &'a [Expr<'a>],
    },
    Set(&'a [Expr<'a>]),
    ListComp {
        elt: &'a Expr<'a>,
        generators: &'a [Comprehension<'a>],
    },
    SetComp {
        elt: &'a Expr<'a>,
        generators: &'a [Comprehension<'a>],
    },
    DictComp {
        key: &'a Expr<'a>,
        value: &'a Expr<'a>,
        generators: &'a [Comprehension<'a>],
    },
    GeneratorExp {
        elt: &'a Expr<'a>,
        generators: &'a [Comprehension<'a>],
    },
    Await(&'a Expr<'a>),
    Yield(Option<&'a Expr<'a>>),
    YieldFrom(&'a Expr<'a>),
    Compare {
        left: &'a Expr<'a>,
        ops: &'a [CmpOp],
        comparators: &'a [Expr<'a>],
    },
    Call(&'a Call<'a>),
    FormattedValue {
        value: &'a Expr<'a>,
        conversion: Option<Conversion>,
        format_spec: Option<&'a Expr<'a>>,
    },
    Interpolation(&'a Interpolation<'a>),
    JoinedStr(&'a [Expr<'a>]),
    TemplateStr(&'a [Expr<'a>]),
    /// The flag is the `u` prefix (`kind`), which only annotations as strings show.
    Constant(&'a Const, bool),
    Attribute {
        value: &'a Expr<'a>,
        attr: Ident<'a>,
        ctx: Ctx,
    },
    Subscript {
        value: &'a Expr<'a>,
        slice: &'a Expr<'a>,
        ctx: Ctx,
    },
    Starred {
        value: &'a Expr<'a>,
        ctx: Ctx,
    },
    Name {
        id: Ident<'a>,
        ctx: Ctx,
    },
    List {
        elts: &'a [Expr<'a>],
        ctx: Ctx,
    },
    Tuple {
        elts: &'a [Expr<'a>],
        ctx: Ctx,
    },
    Slice {
        lower: Option<&'a Expr<'a>>,
        upper: Option<&'a Expr<'a>>,
        step: Option<&'a Expr<'a>>,
    },
}

#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    pub func: &'a Expr<'a>,
    pub args: &'a [Expr<'a>],
    pub keywords: &'a [Keyword<'a>],
}

#[derive(Clone, Copy, Debug)]
pub struct Interpolation<'a> {
    pub value: &'a Expr<'a>,
    /// Source of the expression.
    pub text: &'a Const,
    pub conversion: Option<Conversion>,
    pub format_spec: Option<&'a Expr<'a>>,
}

/// `!s`, `!r`, `!a`.
pub use taipan_bytecode::Conversion;

#[derive(Clone, Copy, Debug)]
pub struct Keyword<'a> {
    /// None for `**value`.
    pub arg: Option<Ident<'a>>,
    pub value: Expr<'a>,
    pub loc: Loc,
}

#[derive(Clone, Copy, Debug)]
pub struct Comprehension<'a> {
    pub target: &'a Expr<'a>,
    pub iter: &'a Expr<'a>,
    pub ifs: &'a [Expr<'a>],
    pub is_async: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct Arguments<'a> {
    pub posonlyargs: &'a [Arg<'a>],
    pub args: &'a [Arg<'a>],
    pub vararg: Option<&'a Arg<'a>>,
    pub kwonlyargs: &'a [Arg<'a>],
    /// As long as `kwonlyargs`.
    pub kw_defaults: &'a [Option<Expr<'a>>],
    pub kwarg: Option<&'a Arg<'a>>,
    /// Of the last positional parameters.
    pub defaults: &'a [Expr<'a>],
}

#[derive(Clone, Copy, Debug)]
pub struct Arg<'a> {
    pub arg: Ident<'a>,
    pub annotation: Option<&'a Expr<'a>>,
    pub loc: Loc,
}

#[derive(Clone, Copy, Debug)]
pub struct TypeParam<'a> {
    pub kind: TypeParamKind,
    pub name: Ident<'a>,
    /// Of type variables only.
    pub bound: Option<&'a Expr<'a>>,
    pub default: Option<&'a Expr<'a>>,
    pub loc: Loc,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeParamKind {
    TypeVar,
    ParamSpec,
    TypeVarTuple,
}

#[derive(Clone, Copy, Debug)]
pub struct Pattern<'a> {
    pub kind: PatternKind<'a>,
    pub loc: Loc,
}

/// By the names of `_ast`.
#[allow(clippy::enum_variant_names)]
#[derive(Clone, Copy, Debug)]
pub enum PatternKind<'a> {
    MatchValue(&'a Expr<'a>),
    MatchSingleton(&'a Const),
    MatchSequence(&'a [Pattern<'a>]),
    MatchMapping {
        keys: &'a [Expr<'a>],
        patterns: &'a [Pattern<'a>],
        rest: Option<Ident<'a>>,
    },
    MatchClass(&'a MatchClass<'a>),
    MatchStar(Option<Ident<'a>>),
    MatchAs {
        pattern: Option<&'a Pattern<'a>>,
        name: Option<Ident<'a>>,
    },
    MatchOr(&'a [Pattern<'a>]),
}

#[derive(Clone, Copy, Debug)]
pub struct MatchClass<'a> {
    pub cls: &'a Expr<'a>,
    pub patterns: &'a [Pattern<'a>],
    pub kwd_attrs: &'a [Ident<'a>],
    pub kwd_patterns: &'a [Pattern<'a>],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ctx {
    Load,
    Store,
    Del,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoolOp {
    And,
    Or,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Add,
    Sub,
    Mult,
    MatMult,
    Div,
    Mod,
    Pow,
    LShift,
    RShift,
    BitOr,
    BitXor,
    BitAnd,
    FloorDiv,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    Invert,
    Not,
    UAdd,
    USub,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CmpOp {
    Eq,
    NotEq,
    Lt,
    LtE,
    Gt,
    GtE,
    Is,
    IsNot,
    In,
    NotIn,
}

impl<'a> Expr<'a> {
    pub fn as_constant(&self) -> Option<&'a Const> {
        match self.kind {
            ExprKind::Constant(value, _) => Some(value),
            _ => None,
        }
    }

    pub fn is_constant(&self) -> bool {
        self.as_constant().is_some()
    }

    pub fn is_starred(&self) -> bool {
        matches!(self.kind, ExprKind::Starred { .. })
    }

    pub fn is_tuple(&self) -> bool {
        matches!(self.kind, ExprKind::Tuple { .. })
    }
}

/// The docstring of a body: its first statement, if a plain string.
pub fn docstring<'a>(body: &'a [Stmt<'a>]) -> Option<(&'a taipan_bytecode::Text, Loc)> {
    match body.first()?.kind {
        StmtKind::Expr(Expr {
            kind: ExprKind::Constant(Const::Str(text), _),
            loc,
        }) => Some((text, *loc)),
        _ => None,
    }
}
