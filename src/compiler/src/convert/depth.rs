//! How deep a tree may be.
//!
//! CPython ends its recursion where 8 MiB of stack are used up. Which sources that forbids is part of what
//! programs see, so the costs are what was measured of CPython 3.14, not what this compiler needs: its walks
//! take as much stack as they want.

use crate::ast::Loc;
use crate::error::{ErrorKind, Failure, Result};
use ruff_python_ast as ruff;

/// What CPython's parser recurses for costs 1 or 2 of these.
const PARSER: u32 = 5990;
/// What its compiler recurses for costs 2 or 4 of these.
const COMPILER: u32 = 104_000;
/// Branches of one `if`, each of which is nested in the one before.
const ELIFS: usize = PARSER as usize;
/// `for` clauses of one comprehension.
const CLAUSES: usize = 47_000;

/// What is used up above the node at hand.
#[derive(Clone, Copy, Default)]
pub struct Depth {
    parser: u32,
    compiler: u32,
}

impl Depth {
    /// Enters an expression; gives what to return to.
    pub fn enter(&mut self, expr: &ruff::Expr) -> Result<Depth> {
        use ruff::Expr as E;
        let outer = *self;
        let (parser, compiler) = match expr {
            E::UnaryOp(_) | E::If(_) | E::Await(_) | E::Yield(_) | E::YieldFrom(_) => (1, 4),
            E::Lambda(_) => (2, 4),
            E::BinOp(e) if e.op == ruff::Operator::Pow => (2, 4),
            E::Subscript(_) => (0, 2),
            E::ListComp(e) => return self.clauses(&e.generators, outer),
            E::SetComp(e) => return self.clauses(&e.generators, outer),
            E::DictComp(e) => return self.clauses(&e.generators, outer),
            E::Generator(e) => return self.clauses(&e.generators, outer),
            _ => (0, 4),
        };
        self.parser += parser;
        self.compiler += compiler;
        if self.parser > PARSER {
            return Err(too_complex());
        }
        if self.compiler > COMPILER {
            return Err(too_deep());
        }
        Ok(outer)
    }

    fn clauses(&mut self, clauses: &[ruff::Comprehension], outer: Depth) -> Result<Depth> {
        self.compiler += 4;
        if self.compiler > COMPILER || clauses.len() > CLAUSES {
            return Err(too_deep());
        }
        Ok(outer)
    }

    pub fn check_elifs(count: usize) -> Result<()> {
        if count > ELIFS {
            return Err(too_complex());
        }
        Ok(())
    }
}

/// The parser's error.
pub fn too_complex() -> Box<Failure> {
    let message = "Parser stack overflowed - Python source too complex to parse";
    Failure::new(ErrorKind::MemoryError, message, Loc::NONE)
}

/// The compiler's error.
fn too_deep() -> Box<Failure> {
    let message = "Stack overflow (used 8156 kB) during compilation";
    Failure::new(ErrorKind::RecursionError, message, Loc::NONE)
}
