//! Warnings about `return`, `break` and `continue` that leave a `finally` block (PEP 765).

use crate::ast::*;
use crate::convert::with_stack;

/// The message and its place.
type Found = (String, Loc);

/// The innermost statement that decides what leaving means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Finally,
    Loop,
    Function,
    Module,
}

pub fn warnings(body: &[Stmt<'_>]) -> Vec<Found> {
    let mut found = Vec::new();
    stmts(body, Within::Module, &mut found);
    found
}

fn stmts(body: &[Stmt<'_>], within: Within, found: &mut Vec<Found>) {
    for node in body {
        with_stack(|| stmt(node, within, found));
    }
}

fn stmt(node: &Stmt<'_>, within: Within, found: &mut Vec<Found>) {
    let mut leaves = |what: &str| {
        if within == Within::Finally {
            found.push((format!("'{what}' in a 'finally' block"), node.loc));
        }
    };
    match node.kind {
        StmtKind::Return(_) => leaves("return"),
        StmtKind::Break => leaves("break"),
        StmtKind::Continue => leaves("continue"),
        StmtKind::FunctionDef(def) => stmts(def.body, Within::Function, found),
        StmtKind::ClassDef(def) => stmts(def.body, within, found),
        StmtKind::For(node) => {
            stmts(node.body, Within::Loop, found);
            stmts(node.orelse, within, found);
        }
        StmtKind::While { body, orelse, .. } => {
            stmts(body, Within::Loop, found);
            stmts(orelse, within, found);
        }
        StmtKind::If { body, orelse, .. } => {
            stmts(body, within, found);
            stmts(orelse, within, found);
        }
        StmtKind::With(node) => stmts(node.body, within, found),
        StmtKind::Match { cases, .. } => {
            for case in cases {
                stmts(case.body, within, found);
            }
        }
        StmtKind::Try(node) => {
            stmts(node.body, within, found);
            for handler in node.handlers {
                stmts(handler.body, within, found);
            }
            stmts(node.orelse, within, found);
            stmts(node.finalbody, Within::Finally, found);
        }
        StmtKind::Delete(_)
        | StmtKind::Assign { .. }
        | StmtKind::TypeAlias(_)
        | StmtKind::AugAssign { .. }
        | StmtKind::AnnAssign(_)
        | StmtKind::Raise { .. }
        | StmtKind::Assert { .. }
        | StmtKind::Import(_)
        | StmtKind::ImportFrom { .. }
        | StmtKind::Global(_)
        | StmtKind::Nonlocal(_)
        | StmtKind::Expr(_)
        | StmtKind::Pass => {}
    }
}
