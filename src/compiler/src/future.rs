//! `from __future__` imports.

use crate::ast::{self, Loc, Mod, StmtKind};
use crate::error::{Failure, Result};
use crate::source::Source;
use ruff_python_ast as ruff;
use ruff_text_size::Ranged;
use taipan_bytecode::CodeFlags;

pub struct Future {
    pub flags: CodeFlags,
    /// Of the last import that stands where it may.
    pub loc: Loc,
}

/// Reads the future imports at the start of a module; only a docstring may come before them.
pub fn features(body: &[ruff::Stmt], source: &Source) -> Result<Future> {
    let mut future = Future {
        flags: CodeFlags::empty(),
        loc: Loc::NONE,
    };
    let is_docstring = |stmt: &ruff::Stmt| match stmt {
        ruff::Stmt::Expr(stmt) => stmt.value.is_string_literal_expr(),
        _ => false,
    };
    let skip = usize::from(body.first().is_some_and(is_docstring));
    for stmt in &body[skip..] {
        let ruff::Stmt::ImportFrom(import) = stmt else {
            break;
        };
        let is_future = import
            .module
            .as_ref()
            .is_some_and(|name| name.as_str() == "__future__");
        if import.level != 0 || !is_future {
            break;
        }
        let range = import.range();
        future.loc = source.loc(range.start().to_usize(), range.end().to_usize());
        for alias in &import.names {
            let range = alias.range();
            let loc = source.loc(range.start().to_usize(), range.end().to_usize());
            future.add(alias.name.as_str(), loc)?;
        }
    }
    Ok(future)
}

/// The same for a tree that did not come from source.
pub fn features_of_tree(module: &Mod<'_>) -> Result<Future> {
    let mut future = Future {
        flags: CodeFlags::empty(),
        loc: Loc::NONE,
    };
    let (Mod::Module { body } | Mod::Interactive { body }) = module else {
        return Ok(future);
    };
    let skip = usize::from(ast::docstring(body).is_some());
    for stmt in body.iter().skip(skip) {
        let StmtKind::ImportFrom {
            module: Some("__future__"),
            names,
            level: 0,
        } = stmt.kind
        else {
            break;
        };
        future.loc = stmt.loc;
        for alias in names {
            future.add(alias.name, alias.loc)?;
        }
    }
    Ok(future)
}

impl Future {
    fn add(&mut self, feature: &str, loc: Loc) -> Result<()> {
        match feature {
            "nested_scopes" | "generators" | "division" | "absolute_import" | "with_statement"
            | "print_function" | "unicode_literals" | "generator_stop" => {}
            "barry_as_FLUFL" => self.flags |= CodeFlags::FUTURE_BARRY_AS_BDFL,
            "annotations" => self.flags |= CodeFlags::FUTURE_ANNOTATIONS,
            "braces" => return Err(Failure::syntax("not a chance", loc)),
            name => {
                return Err(Failure::syntax(
                    format!("future feature {name} is not defined"),
                    loc,
                ));
            }
        }
        Ok(())
    }
}
