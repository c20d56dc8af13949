//! Type comments (PEP 484): which `# type: …` belongs to which node of the tree.
//!
//! Ruff's parser drops comments. They are found among its tokens afterwards and given to the nodes that stand
//! before them; a node is known by where it starts, which no other that may have a comment shares.

use crate::error::{Failure, Result};
use crate::source::Source;
use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_ast::{self as ruff, AnyParameterRef, Parameters, Stmt};
use ruff_text_size::{Ranged, TextSize};
use std::collections::HashMap;

#[derive(Default)]
pub struct TypeComments {
    /// By line and column of the node.
    of_nodes: HashMap<(i32, i32), String>,
    /// Line and tag of each `# type: ignore`.
    pub ignored: Vec<(i32, String)>,
}

impl TypeComments {
    pub fn of_node(&self, line: i32, col: i32) -> Option<&str> {
        self.of_nodes.get(&(line, col)).map(String::as_str)
    }

    /// Those of a module or an expression; one that belongs to nothing is an error.
    pub fn find(source: &Source, tokens: &Tokens, body: &[Stmt]) -> Result<TypeComments> {
        let mut found = TypeComments::default();
        let mut finder = Finder::new(source, tokens, &mut found);
        finder.visit_body(body);
        match finder.error() {
            Some(failure) => Err(failure),
            None => Ok(found),
        }
    }
}

enum Comment<'s> {
    Plain,
    Ignore(&'s str),
    Type(&'s str),
}

fn classify(comment: &str) -> Comment<'_> {
    let blank = [' ', '\t'];
    let text = comment.trim_start_matches('#').trim_start_matches(blank);
    let hashes = comment.len() - comment.trim_start_matches('#').len();
    let Some(text) = text.strip_prefix("type:").filter(|_| hashes == 1) else {
        return Comment::Plain;
    };
    let text = text.trim_start_matches(blank);
    match text.strip_prefix("ignore") {
        Some(tag) if !tag.starts_with(|c: char| !c.is_ascii() || c.is_ascii_alphanumeric()) => {
            Comment::Ignore(tag)
        }
        _ => Comment::Type(text),
    }
}

/// A token that the grammar with type comments knows.
struct Seen<'s> {
    kind: TokenKind,
    start: TextSize,
    /// The text of a type comment, until a node takes it.
    comment: Option<&'s str>,
}

struct Finder<'s, 'f> {
    source: &'s Source,
    seen: Vec<Seen<'s>>,
    found: &'f mut TypeComments,
    /// A second comment on the header of a function.
    doubled: Option<Box<Failure>>,
}

impl<'s, 'f> Finder<'s, 'f> {
    fn new(source: &'s Source, tokens: &Tokens, found: &'f mut TypeComments) -> Finder<'s, 'f> {
        let mut seen: Vec<Seen<'s>> = Vec::new();
        for token in tokens.iter() {
            let start = token.start();
            let mut comment = None;
            match token.kind() {
                TokenKind::NonLogicalNewline => continue,
                TokenKind::Comment => {
                    let text = &source.text[start.to_usize()..token.end().to_usize()];
                    match classify(text) {
                        Comment::Plain => continue,
                        Comment::Ignore(tag) => {
                            let (line, col) = source.position(start.to_usize());
                            let before =
                                source.line(line).and_then(|text| text.get(..col as usize));
                            let alone = before.is_some_and(|text| text.trim().is_empty());
                            let newline = if alone { "\n" } else { "" };
                            found.ignored.push((line, format!("{tag}{newline}")));
                            continue;
                        }
                        Comment::Type(text) => comment = Some(text),
                    }
                }
                _ => {}
            }
            let kind = token.kind();
            seen.push(Seen {
                kind,
                start,
                comment,
            });
        }
        Finder {
            source,
            seen,
            found,
            doubled: None,
        }
    }

    /// The first token from `offset` on.
    fn after(&self, offset: TextSize) -> usize {
        self.seen.partition_point(|token| token.start < offset)
    }

    fn kind(&self, at: usize) -> Option<TokenKind> {
        self.seen.get(at).map(|token| token.kind)
    }

    fn is_comment(&self, at: usize) -> bool {
        self.seen
            .get(at)
            .is_some_and(|token| token.comment.is_some())
    }

    /// Gives the comment at `at`, if there is one, to the node that starts at `node`.
    fn give(&mut self, at: usize, node: TextSize) {
        if let Some(text) = self.seen.get_mut(at).and_then(|token| token.comment.take()) {
            let place = self.source.position(node.to_usize());
            self.found.of_nodes.insert(place, text.to_owned());
        }
    }

    /// Behind the colon of a header whose last expression ends at `end`.
    fn behind_colon(&self, end: TextSize) -> usize {
        let from = self.after(end);
        let colon = self.seen[from..]
            .iter()
            .position(|token| token.kind == TokenKind::Colon);
        colon.map_or(self.seen.len(), |colon| from + colon + 1)
    }

    fn function(&mut self, function: &ruff::StmtFunctionDef, start: TextSize) {
        self.parameters(&function.parameters);
        let header = match &function.returns {
            Some(returns) => returns.end(),
            None => function.parameters.end(),
        };
        let behind = self.behind_colon(header);
        let here = self.is_comment(behind);
        // Alone on the line behind the header.
        let newline = behind + usize::from(here);
        let alone = self.kind(newline) == Some(TokenKind::Newline)
            && self.is_comment(newline + 1)
            && self.kind(newline + 2) == Some(TokenKind::Indent);
        match (here, alone) {
            (true, true) => {
                let body = self
                    .seen
                    .get(newline + 3)
                    .map_or(start, |first| first.start);
                let body = body.to_usize();
                let mut loc = self.source.loc(body, body);
                loc.col -= 1;
                loc.end_col = -2;
                self.doubled.get_or_insert_with(|| {
                    Failure::syntax("Cannot have two type comments on def", loc)
                });
            }
            (true, false) => self.give(behind, start),
            (false, true) => self.give(newline + 1, start),
            (false, false) => {}
        }
    }

    fn parameters(&mut self, parameters: &Parameters) {
        let close = parameters.end();
        for parameter in parameters {
            let name = parameter.as_parameter().name.start();
            let end = match parameter {
                AnyParameterRef::NonVariadic(parameter) => parameter.end(),
                AnyParameterRef::Variadic(parameter) => parameter.end(),
            };
            let mut at = self.after(end);
            // Of a default in parentheses.
            while self.kind(at) == Some(TokenKind::Rpar)
                && self.seen[at].start + TextSize::new(1) < close
            {
                at += 1;
            }
            if self.kind(at) == Some(TokenKind::Comma) {
                self.give(at + 1, name);
            } else if self.kind(at + 1) == Some(TokenKind::Rpar) {
                self.give(at, name);
            }
        }
    }

    /// What is wrong, if something is: a comment that no node took, above all.
    fn error(self) -> Option<Box<Failure>> {
        let left = self.seen.iter().enumerate().find_map(|(at, token)| {
            let text = token.comment?;
            let rest = &self.source.text[token.start.to_usize()..];
            let start = token.start.to_usize() + rest.find(text)?;
            Some((at, start, start + text.len()))
        });
        let Some((at, start, end)) = left else {
            return self.doubled;
        };
        if let Some(doubled) = self.doubled {
            return Some(doubled);
        }
        let before = |back: usize| at.checked_sub(back).and_then(|at| self.kind(at));
        let bare = before(1) == Some(TokenKind::Comma)
            && before(2) == Some(TokenKind::Star)
            && matches!(before(3), Some(TokenKind::Lpar | TokenKind::Comma));
        let message = if bare {
            "bare * has associated type comment"
        } else {
            "invalid syntax"
        };
        Some(Failure::syntax(message, self.source.loc(start, end)))
    }
}

impl<'a> StatementVisitor<'a> for Finder<'_, '_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Assign(assign) => {
                // An expression in parentheses ends behind them.
                let mut at = self.after(assign.end());
                while self.kind(at) == Some(TokenKind::Rpar) {
                    at += 1;
                }
                self.give(at, assign.start());
            }
            Stmt::For(statement) => {
                self.give(self.behind_colon(statement.iter.end()), statement.start());
            }
            Stmt::With(statement) => {
                if let Some(last) = statement.items.last() {
                    self.give(self.behind_colon(last.end()), statement.start());
                }
            }
            Stmt::FunctionDef(function) => {
                let decorated = function.decorator_list.last();
                let from = decorated.map_or(function.start(), |decorator| decorator.end());
                let keyword = self.seen[self.after(from)..]
                    .iter()
                    .find(|token| matches!(token.kind, TokenKind::Def | TokenKind::Async));
                if let Some(start) = keyword.map(|token| token.start) {
                    self.function(function, start);
                }
            }
            _ => {}
        }
        walk_stmt(self, stmt);
    }
}

#[cfg(test)]
mod tests {
    use super::{Comment, classify};

    #[test]
    fn kinds_of_comments() {
        assert!(matches!(classify("# type: int "), Comment::Type("int ")));
        assert!(matches!(classify("#type:int"), Comment::Type("int")));
        assert!(matches!(
            classify("#  type:\tignore[x]"),
            Comment::Ignore("[x]")
        ));
        assert!(matches!(
            classify("# type: ignored"),
            Comment::Type("ignored")
        ));
        assert!(matches!(classify("## type: int"), Comment::Plain));
        assert!(matches!(classify("# types: int"), Comment::Plain));
    }
}
