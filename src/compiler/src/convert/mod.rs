//! From Ruff's tree to ours.
//!
//! Only the shape is taken over. Literals are decoded from the source (see `literals`), and where
//! Ruff's ranges differ from CPython's locations they are corrected here.

pub(crate) mod depth;
mod expr;
mod pattern;
mod stmt;
mod strings;

use crate::ast::{Arena, Ident, Loc, Mod};
use crate::build::Builder;
use crate::error::{Failure, Result};
use crate::parse::Parsed;
use crate::source::Source;
use crate::{CompileOptions, Mode};
use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange};

pub struct Converter<'a, 's> {
    pub(crate) b: Builder<'a>,
    pub(crate) source: &'s Source,
    /// Annotations become strings (PEP 563), so they are kept as written.
    pub(crate) future_annotations: bool,
    /// How many digits a whole number may have; 0 is no limit.
    pub(crate) max_digits: usize,
    /// Messages, each with the error that stands for it where warnings are errors.
    pub(crate) warnings: Vec<(String, Box<Failure>)>,
    pub(crate) depth: depth::Depth,
    /// Format specs that are being converted, within each other.
    pub(crate) spec_depth: usize,
}

impl<'a, 's> Converter<'a, 's> {
    pub fn new(
        arena: &'a Arena,
        source: &'s Source,
        options: &CompileOptions,
        preprocess: bool,
        future_annotations: bool,
    ) -> Converter<'a, 's> {
        Converter {
            b: Builder {
                arena,
                optimize: options.optimize,
                preprocess,
            },
            source,
            future_annotations,
            max_digits: options.max_digits,
            warnings: Vec::new(),
            depth: depth::Depth::default(),
            spec_depth: 0,
        }
    }

    pub fn parsed(&mut self, parsed: &Parsed, mode: Mode) -> Result<Mod<'a>> {
        match (parsed, mode) {
            (Parsed::Module(body), Mode::Single) => self.interactive(body),
            (Parsed::Module(body), Mode::Exec | Mode::Eval) => self.module(body),
            (Parsed::Expression(body), _) => self.expression(body),
        }
    }

    fn module(&mut self, body: &[ruff::Stmt]) -> Result<Mod<'a>> {
        let body = self.stmts(body)?;
        Ok(Mod::Module {
            body: self.b.body_with_docstring(body),
        })
    }

    fn interactive(&mut self, body: &[ruff::Stmt]) -> Result<Mod<'a>> {
        Ok(Mod::Interactive {
            body: self.suite(body)?,
        })
    }

    fn expression(&mut self, body: &ruff::Expr) -> Result<Mod<'a>> {
        Ok(Mod::Expression {
            body: self.boxed(body)?,
        })
    }

    pub(crate) fn loc(&self, range: TextRange) -> Loc {
        self.source
            .loc(range.start().to_usize(), range.end().to_usize())
    }

    pub(crate) fn loc_of(&self, node: &impl Ranged) -> Loc {
        self.loc(node.range())
    }

    pub(crate) fn ident(&self, identifier: &ruff::Identifier) -> Ident<'a> {
        self.b.arena.str(identifier.id.as_str())
    }

    pub(crate) fn text(&self, range: TextRange) -> &'s str {
        &self.source.text[range.start().to_usize()..range.end().to_usize()]
    }
}

/// Runs a step of a recursive walk with enough stack, whatever the depth.
pub(crate) fn with_stack<R>(step: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, step)
}
