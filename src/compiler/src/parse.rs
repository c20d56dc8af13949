//! Ruff's parser, and its errors in CPython's words.

use crate::ast::Loc;
use crate::convert;
use crate::diagnose;
use crate::error::{ErrorKind, Failure, Result};
use crate::flufl;
use crate::source::Source;
use crate::type_comments::TypeComments;
use crate::{CompileOptions, Mode};
use ruff_python_ast as ruff;
use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_parser as parser;
use ruff_text_size::Ranged;

pub enum Parsed {
    Module(ruff::Suite),
    Expression(Box<ruff::Expr>),
}

impl Parsed {
    /// Statements; none for an expression.
    pub fn body(&self) -> &[ruff::Stmt] {
        match self {
            Parsed::Module(body) => body,
            Parsed::Expression(_) => &[],
        }
    }
}

/// Parses the source as `mode` asks for.
pub fn parse(source: &Source, mode: Mode, options: &CompileOptions) -> Result<Parsed> {
    let replaced = flufl::replaced(source, options.flags)?;
    let text = replaced.as_deref().unwrap_or(&source.text);
    let failed = |error: parser::ParseError| {
        let start = error.location.start().to_usize();
        let more = match mode {
            Mode::Single => after_first(source, text, start),
            Mode::Exec | Mode::Eval => None,
        };
        let failure = more.unwrap_or_else(|| diagnose::diagnose(source, &error));
        if options.allow_incomplete && goes_on(source, mode, &failure, Some(&error)) {
            return incomplete(source, mode);
        }
        match mode {
            Mode::Exec => failure,
            Mode::Eval | Mode::Single => at_end(source, failure),
        }
    };
    // A mark is part of bytes, not of text; Ruff would pass over it.
    if text.starts_with('\u{feff}') {
        let message = "invalid non-printable character U+FEFF";
        return Err(Failure::syntax(message, source.loc(0, 0)));
    }
    if deeply_nested(text)
        && let Some(failure) = diagnose::check_accepted(source)
    {
        return Err(failure);
    }
    if let Some(minor) = options.feature_version {
        check_version(source, mode, minor)?;
    }
    match mode {
        Mode::Exec => {
            let parsed = parser::parse_module(text).map_err(failed)?;
            Ok(Parsed::Module(parsed.into_suite()))
        }
        Mode::Single => {
            let parsed = parser::parse_module(text).map_err(failed)?;
            let more = after_first(source, text, text.len());
            let body = parsed.into_suite();
            if options.dont_imply_dedent && ends_in_block(source, &body) {
                return Err(match options.allow_incomplete {
                    true => incomplete(source, mode),
                    false => {
                        let (line, _) = source.position(source.text.len().saturating_sub(1));
                        Failure::syntax("invalid syntax", Loc::new(line, line, -1, -1))
                    }
                });
            }
            if options.allow_incomplete && body.is_empty() {
                return Err(incomplete(source, mode));
            }
            check_single(source, &body, more).map_err(|failure| {
                match options.allow_incomplete {
                    true if goes_on(source, mode, &failure, None) => incomplete(source, mode),
                    _ => failure,
                }
            })?;
            Ok(Parsed::Module(body))
        }
        Mode::Eval => {
            let parsed = parser::parse_expression(text).map_err(failed)?;
            Ok(Parsed::Expression(Box::new(parsed.into_expr())))
        }
    }
}

/// Whether an error is that the source ends where more is expected.
fn goes_on(
    source: &Source,
    mode: Mode,
    failure: &Failure,
    error: Option<&parser::ParseError>,
) -> bool {
    let message = failure.message.as_str();
    // A module's last line always ends in a newline.
    let whole_line = source.ends_with_newline || mode == Mode::Exec;
    if message.starts_with("unterminated string") {
        // Behind a backslash, the next line belongs to it.
        let joined = source.text.ends_with("\\\n");
        return mode != Mode::Exec && (joined || !whole_line);
    }
    if message.starts_with("unterminated ") {
        return true;
    }
    if message.ends_with(" was never closed") {
        return error.is_none_or(|error| reached_end(source, whole_line, error));
    }
    if message == "unexpected EOF while parsing" {
        return whole_line;
    }
    let text = source.text.trim_end_matches('\n');
    let last = source.position(text.len()).0;
    if failure.loc.line < last || message.starts_with("unexpected ") {
        return false;
    }
    // The last token is read up to the end, if that is where it ends.
    let at_end = failure.loc.end_line >= last
        && source.line_start(last).is_some_and(|start| {
            start + failure.loc.end_col.max(failure.loc.col).max(0) as usize >= text.len()
        });
    if message.starts_with("expected an indented block") {
        let reached = source
            .line_start(failure.loc.line)
            .map_or(0, |start| start + failure.loc.col.max(0) as usize);
        let rest = source.text.get(reached..).unwrap_or("").trim();
        return rest.is_empty() || at_end && !whole_line;
    }
    if failure.loc.line > last {
        // An empty line is read to its newline, not to the end.
        let start = source.line_start(failure.loc.line);
        return start
            .is_none_or(|start| start + failure.loc.col.max(0) as usize >= source.text.len());
    }
    at_end && !whole_line && failure.kind == ErrorKind::SyntaxError
        || message.ends_with(" block") && at_end
}

/// Did the parser come to the end of the source?
fn reached_end(source: &Source, whole_line: bool, error: &parser::ParseError) -> bool {
    if let parser::ParseErrorType::Lexical(kind) = &error.error {
        return !matches!(kind, parser::LexicalErrorType::UnrecognizedToken { .. });
    }
    let start = error.location.start().to_usize().min(source.text.len());
    let rest = source.text[start..].trim_end();
    // The last token is read up to the end, if that is where it ends.
    rest.is_empty() || !whole_line && error.location.end().to_usize() >= start + rest.len()
}

fn incomplete(source: &Source, mode: Mode) -> Box<Failure> {
    let text = source.text.as_str();
    let (line, col) = source.position(text.len().saturating_sub(1));
    let (line, col) = if text.is_empty() {
        (0, -1)
    } else {
        (line, col)
    };
    let col = if source.ends_with_newline || mode == Mode::Exec {
        col
    } else {
        col - 1
    };
    Failure::new(
        ErrorKind::IncompleteInput,
        "incomplete input",
        Loc::new(line, line, col, -2),
    )
}

/// Where nothing comes after the last line, CPython knows no column of an error there.
fn at_end(source: &Source, mut failure: Box<Failure>) -> Box<Failure> {
    let end = source.text.trim_end_matches('\n').len();
    let (last, col) = source.position(end);
    // Without a newline, it is the end that comes behind a backslash.
    if failure.message == "unexpected EOF while parsing" && !source.ends_with_newline {
        failure.message = "unexpected character after line continuation character".into();
        failure.loc = Loc::new(last, last, col - 1, -1);
        return failure;
    }
    let place = (failure.loc.line, failure.loc.col);
    let added = !source.ends_with_newline && place == (last, col);
    if failure.message == "invalid syntax" && (added || failure.loc.line > last) {
        let line = if source.text.is_empty() { 0 } else { last };
        failure.loc = Loc::new(line, line, -1, -1);
    }
    failure
}

/// Line and column of the last compound statement that was read before an error.
pub fn last_statement(source: &Source, mode: Mode, at: Loc) -> Option<(i32, i32)> {
    if mode == Mode::Eval || deeply_nested(&source.text) || nesting(&source.text) > 100 {
        return None;
    }
    let reached = source.line_start(at.line)? + at.col.max(0) as usize;
    let options = parser::ParseOptions::from(parser::Mode::Module);
    let parsed = parser::parse_unchecked(&source.text, options);
    let ruff::Mod::Module(module) = parsed.into_syntax() else {
        return None;
    };
    diagnose::last_compound(&module.body, reached).map(|start| source.position(start))
}

/// The type comments of a source that was parsed before.
pub fn type_comments(source: &Source, mode: Mode, body: &[ruff::Stmt]) -> Result<TypeComments> {
    let mode = match mode {
        Mode::Eval => parser::Mode::Expression,
        Mode::Exec | Mode::Single => parser::Mode::Module,
    };
    let parsed = parser::parse_unchecked(&source.text, parser::ParseOptions::from(mode));
    TypeComments::find(source, parsed.tokens(), body)
}

/// The error of interactive input that goes on behind its first line of statements, or its first compound statement:
/// nothing of it is read but the token that comes next. What comes from `limit` on is not in order.
fn after_first(source: &Source, text: &str, limit: usize) -> Option<Box<Failure>> {
    let options = parser::ParseOptions::from(parser::Mode::Module);
    let parsed = parser::parse_unchecked(text, options);
    let is_blank = |kind| {
        matches!(
            kind,
            TokenKind::Newline
                | TokenKind::NonLogicalNewline
                | TokenKind::Comment
                | TokenKind::Dedent
                | TokenKind::EndOfFile
        )
    };
    let ruff::Mod::Module(module) = parsed.syntax() else {
        return None;
    };
    let first = module.body.first()?;
    let tokens: &[Token] = parsed.tokens();
    let newline = tokens.iter().position(|token| {
        token.kind() == TokenKind::Newline
            && (!is_compound(first) || token.start() >= first.range().end())
    })?;
    if tokens[newline].end().to_usize() > limit {
        return None;
    }
    if !is_compound(first) {
        let end = tokens[newline].start().to_usize();
        let more = text[end..].lines().any(|line| {
            let line = line.trim_start_matches([' ', '\t', '\x0c']);
            !line.is_empty() && !line.starts_with('#')
        });
        // A comment is part of the line's end.
        let start = match tokens[newline - 1] {
            token if token.kind() == TokenKind::Comment => token.start().to_usize(),
            _ => end,
        };
        let mut loc = source.loc(start, end);
        loc.end_col += 1;
        let message = "multiple statements found while compiling a single statement";
        return more.then(|| Failure::syntax(message, loc));
    }
    let rest = &tokens[newline..];
    let next = rest.iter().find(|token| !is_blank(token.kind()))?;
    (next.end().to_usize() <= limit).then(|| {
        diagnose::in_tokens(source).unwrap_or_else(|| {
            let loc = source.loc(next.start().to_usize(), next.end().to_usize());
            Failure::syntax("invalid syntax", loc)
        })
    })
}

/// Interactive input is one compound statement, or simple ones on one line; `more` is the error of what follows.
fn check_single(source: &Source, body: &[ruff::Stmt], more: Option<Box<Failure>>) -> Result<()> {
    let invalid = |line| {
        Err(Failure::syntax(
            "invalid syntax",
            Loc::new(line, line, -1, -1),
        ))
    };
    if let Some(failure) = more {
        return Err(failure);
    }
    let Some(last) = body.last() else {
        return invalid(!source.text.is_empty() as i32);
    };
    // A block on its header's line wants another newline behind its own, which the end of the text stands for
    // once only.
    if !source.ends_with_newline && is_compound(last) && !ends_in_block(source, body) {
        return invalid(last_line(source, last));
    }
    Ok(())
}

fn last_line(source: &Source, stmt: &ruff::Stmt) -> i32 {
    source
        .position(stmt.range().end().to_usize().saturating_sub(1))
        .0
}

/// Does the text end, without a newline, in the indented lines of a block?
fn ends_in_block(source: &Source, body: &[ruff::Stmt]) -> bool {
    let indented = |text: &str| text.starts_with([' ', '\t']);
    body.last().is_some_and(|last| {
        !source.ends_with_newline
            && is_compound(last)
            && source.line(last_line(source, last)).is_some_and(indented)
    })
}

fn is_compound(stmt: &ruff::Stmt) -> bool {
    use ruff::Stmt;
    matches!(
        stmt,
        Stmt::FunctionDef(_)
            | Stmt::ClassDef(_)
            | Stmt::If(_)
            | Stmt::For(_)
            | Stmt::While(_)
            | Stmt::With(_)
            | Stmt::Try(_)
            | Stmt::Match(_)
    )
}

/// Refuses what older grammars did not have.
fn check_version(source: &Source, mode: Mode, minor: u8) -> Result<()> {
    use parser::UnsupportedSyntaxErrorKind as Kind;
    let mode = match mode {
        Mode::Eval => parser::Mode::Expression,
        Mode::Exec | Mode::Single => parser::Mode::Module,
    };
    let version = ruff::PythonVersion { major: 3, minor };
    let options = parser::ParseOptions::from(mode).with_target_version(version);
    let parsed = parser::parse_unchecked(&source.text, options);
    for error in parsed.unsupported_syntax_errors() {
        let (what, since) = match error.kind {
            Kind::Walrus => ("Assignment expressions are", 8),
            Kind::PositionalOnlyParameter => ("Positional-only parameters are", 8),
            Kind::Match => ("Pattern matching is", 10),
            Kind::ExceptStar => ("Exception groups are", 11),
            Kind::TypeParameterList => ("Type parameter lists are", 12),
            Kind::TypeAliasStatement => ("Type statement is", 12),
            Kind::TypeParamDefault => ("Type parameter defaults are", 13),
            Kind::TemplateStrings => ("t-strings are", 14),
            Kind::UnparenthesizedExceptionTypes => {
                ("except expressions without parentheses are", 14)
            }
            // CPython's parser has no check of the others.
            _ => continue,
        };
        if minor >= since {
            continue;
        }
        let end = error.range.end().to_usize();
        let message = format!("{what} only supported in Python 3.{since} and greater");
        return Err(Failure::syntax(message, source.loc(end, end)));
    }
    Ok(())
}

/// Whether CPython's limits on nesting, or its rules on tabs, may have been broken.
fn deeply_nested(text: &str) -> bool {
    let mut depth = 0i64;
    let mut deep = false;
    let mut tabs = false;
    let mut line_start = true;
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                deep |= depth > 70;
            }
            b')' | b']' | b'}' => depth = (depth - 1).max(0),
            b'\t' if line_start => tabs = true,
            _ => {}
        }
        line_start = byte == b'\n' || line_start && matches!(byte, b' ' | b'\t');
    }
    // A hundred levels of blocks need at least that many columns.
    deep || tabs || text.lines().any(|line| line.starts_with(&" ".repeat(99)))
}

/// Operators, brackets and keywords that may be nested in each other, at most: what the parser, which recurses
/// for them, and the dropping of its tree need a stack for. Strings and comments don't count, but f-strings do.
fn nesting(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut most = 0usize;
    let mut count = 0usize;
    // For each open bracket what was counted up to it, and whether parameters of a lambda are being read.
    let mut open: Vec<(usize, bool)> = Vec::new();
    let mut in_parameters = false;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'#' => {
                at += bytes[at..]
                    .iter()
                    .position(|b| *b == b'\n')
                    .unwrap_or(bytes.len() - at)
            }
            b'"' | b'\'' => at = string_end(bytes, start),
            b'\n' | b';' if open.is_empty() && (start == 0 || bytes[start - 1] != b'\\') => {
                (count, in_parameters) = (0, false);
            }
            b',' if !in_parameters => count = open.last().map_or(0, |(outer, _)| *outer),
            b':' => in_parameters = false,
            b'(' | b'[' | b'{' => {
                count += 1;
                open.push((count, in_parameters));
                in_parameters = false;
            }
            b')' | b']' | b'}' => {
                if let Some(outer) = open.pop() {
                    (count, in_parameters) = outer;
                }
            }
            b'+' | b'-' | b'*' | b'/' | b'%' | b'@' | b'~' | b'|' | b'&' | b'^' | b'.' | b'<'
            | b'>' => {
                // A chain of comparisons is flat.
                let shift = matches!(byte, b'<' | b'>') && bytes.get(at) != Some(&byte);
                count += usize::from(!shift);
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => {
                while bytes
                    .get(at)
                    .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80)
                {
                    at += 1;
                }
                let word = &bytes[start..at];
                match word {
                    b"lambda" => (count, in_parameters) = (count + 1, true),
                    b"not" | b"await" | b"else" | b"if" | b"yield" | b"and" | b"or" => count += 1,
                    // The expressions of an f-string are part of the nesting: go on after its quote.
                    _ if word.len() <= 2
                        && word.iter().any(|b| matches!(b, b'f' | b'F' | b't' | b'T'))
                        && matches!(bytes.get(at), Some(b'"' | b'\'')) =>
                    {
                        let end = string_end(bytes, at);
                        let mut fields = 0usize;
                        for b in &bytes[at..end] {
                            match b {
                                b'{' => fields += 1,
                                b'}' => fields = fields.saturating_sub(1),
                                b'-' | b'+' | b'~' | b'.' | b'*' | b'(' | b'[' | b' ' => {
                                    count += usize::from(fields > 0);
                                }
                                _ => {}
                            }
                        }
                        at = end;
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        most = most.max(count);
    }
    most
}

/// The end of the string whose first quote is at `start`: of the text, if it has none.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let triple = bytes.get(start + 1) == Some(&quote) && bytes.get(start + 2) == Some(&quote);
    let mut at = start + if triple { 3 } else { 1 };
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' if !triple => return at,
            _ if byte == quote && !triple => return at + 1,
            _ if byte == quote
                && bytes.get(at + 1) == Some(&quote)
                && bytes.get(at + 2) == Some(&quote) =>
            {
                return at + 3;
            }
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// More nesting than this can't be compiled, see `convert::depth`; it isn't even parsed.
const MAX_NESTING: usize = 250_000;
/// Bytes of stack for one level: what Ruff's parser takes for a prefix operator, amply.
const LEVEL: usize = if cfg!(debug_assertions) {
    12 << 10
} else {
    4 << 10
};

/// Runs the parser, and what drops its tree, with a stack that suffices for the source's nesting.
pub fn with_parser_stack<R>(source: &Source, run: impl FnOnce() -> Result<R>) -> Result<R> {
    let nesting = nesting(&source.text);
    if nesting > MAX_NESTING {
        return Err(diagnose::check_accepted(source).unwrap_or_else(convert::depth::too_complex));
    }
    if nesting < 100 {
        return stacker::maybe_grow(2 << 20, 8 << 20, run);
    }
    stacker::grow((nesting * LEVEL).max(16 << 20), run)
}
