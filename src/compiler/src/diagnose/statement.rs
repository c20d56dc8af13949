//! The statement that the parser finished last: where tools begin to look for a mistyped keyword.

use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};
use ruff_python_ast::{ExceptHandler, Stmt};
use ruff_text_size::Ranged;

/// Where the last compound statement, as far as CPython notes them, begins that was read when the parser came to
/// `reached`.
pub fn last_compound(body: &[Stmt], reached: usize) -> Option<usize> {
    let mut search = Search {
        reached,
        start: None,
    };
    search.visit_body(body);
    search.start
}

struct Search {
    reached: usize,
    start: Option<usize>,
}

impl StatementVisitor<'_> for Search {
    fn visit_stmt(&mut self, stmt: &Stmt) {
        walk_stmt(self, stmt);
        let start = stmt.start().to_usize();
        if shortest_end(stmt).is_some_and(|end| end <= self.reached)
            && self.start.is_none_or(|last| last < start)
        {
            self.start = Some(start);
        }
    }
}

/// Where a compound statement could have ended; functions are not noted.
fn shortest_end(stmt: &Stmt) -> Option<usize> {
    let end_of = |body: &[Stmt]| body.last().map(|last| last.end().to_usize());
    match stmt {
        Stmt::If(stmt) => end_of(&stmt.body),
        Stmt::For(stmt) => end_of(&stmt.body),
        Stmt::While(stmt) => end_of(&stmt.body),
        Stmt::Try(stmt) => match stmt.handlers.first() {
            Some(ExceptHandler::ExceptHandler(handler)) => end_of(&handler.body),
            None => end_of(&stmt.finalbody),
        },
        Stmt::With(stmt) => end_of(&stmt.body),
        Stmt::ClassDef(stmt) => end_of(&stmt.body),
        Stmt::Match(stmt) => end_of(&stmt.cases.last()?.body),
        _ => None,
    }
}
