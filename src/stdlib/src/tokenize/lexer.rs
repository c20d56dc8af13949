//! Splits lines into tokens.
//!
//! A line is taken apart as a whole when it comes; what goes on over lines (strings, brackets, joined
//! lines) is kept as state. Problems come out after the tokens before them.

use std::collections::VecDeque;
use taipan_vm::text::unicode;

/// The numbers of `token`.
pub mod kind {
    pub const ENDMARKER: i64 = 0;
    pub const NAME: i64 = 1;
    pub const NUMBER: i64 = 2;
    pub const STRING: i64 = 3;
    pub const NEWLINE: i64 = 4;
    pub const INDENT: i64 = 5;
    pub const DEDENT: i64 = 6;
    pub const OP: i64 = 55;
    pub const FSTRING_START: i64 = 59;
    pub const TSTRING_START: i64 = 62;
    pub const COMMENT: i64 = 65;
    pub const NL: i64 = 66;
}

pub struct Token {
    pub kind: i64,
    pub text: Vec<u32>,
    pub start: (usize, usize),
    pub end: (usize, usize),
    pub line: Vec<u32>,
}

pub enum Problem {
    EndOfFile {
        row: usize,
        offset: usize,
    },
    Syntax {
        message: String,
        row: usize,
        offset: usize,
        line: Vec<u32>,
    },
    Indentation {
        message: &'static str,
        tabs: bool,
        row: usize,
        line: Vec<u32>,
    },
}

/// A string literal begun on an earlier line.
struct OpenString {
    text: Vec<u32>,
    lines: Vec<u32>,
    start: (usize, usize),
    quote: u32,
}

/// A literal with replacement fields.
struct Formatted {
    /// `FSTRING_START` or `TSTRING_START`; the kinds of its middle and end follow.
    start_kind: i64,
    letter: char,
    quote: u32,
    triple: bool,
    raw: bool,
    start: (usize, usize),
    first_line: Vec<u32>,
    /// How many brackets were open where each replacement field began.
    fields: Vec<Field>,
    /// The text so far of the part that went on over the line's end.
    pending: Option<(Vec<u32>, (usize, usize), Vec<u32>)>,
}

struct Field {
    depth: usize,
    in_spec: bool,
}

impl Formatted {
    /// Is text, not code, read next?
    fn in_text(&self) -> bool {
        self.fields.last().is_none_or(|field| field.in_spec)
    }
}

#[derive(Default)]
pub struct Lexer {
    queue: VecDeque<Token>,
    problem: Option<Problem>,
    done: bool,
    row: usize,
    /// Columns of the open blocks, counted with tabs to multiples of eight, and of one.
    indents: Vec<(usize, usize)>,
    depth: usize,
    /// The last line ended with a backslash: how long it was.
    joined: Option<usize>,
    /// It had nothing else but white space: the columns that count for what follows, if any do.
    indent_joined: Option<(usize, usize)>,
    /// This line ended with `\r\n`.
    carriage_return: bool,
    string: Option<OpenString>,
    formatted: Vec<Formatted>,
}

const BACKSLASH: u32 = b'\\' as u32;
const FEED: u32 = b'\n' as u32;
const RETURN: u32 = b'\r' as u32;
/// More blocks, or brackets, are not nested in each other.
const MAX_INDENTS: usize = 100;
const MAX_LEVEL: usize = 200;

fn is(point: Option<u32>, char: u8) -> bool {
    point == Some(char.into())
}

fn is_digit(point: Option<u32>) -> bool {
    point.is_some_and(|point| (0x30..=0x39).contains(&point))
}

fn is_start(point: u32) -> bool {
    point == u32::from(b'_') || unicode::is_id_start(point) || point > 127
}

fn is_continue(point: u32) -> bool {
    unicode::is_id_continue(point) || point > 127
}

/// Without its end.
fn stripped(line: &[u32]) -> Vec<u32> {
    let end = line
        .iter()
        .rposition(|&point| point != FEED && point != u32::from(b'\r'))
        .map_or(0, |at| at + 1);
    line[..end].to_vec()
}

const OPERATORS: &[&str] = &[
    "**=", "//=", ">>=", "<<=", "...", "!=", "->", "**", "//", "<<", ">>", "<=", ">=", "==", "+=",
    "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", ":=",
];

impl Lexer {
    pub fn new() -> Lexer {
        Lexer {
            indents: vec![(0, 0)],
            ..Lexer::default()
        }
    }
    pub fn pop(&mut self) -> Option<Token> {
        self.queue.pop_front()
    }
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
    pub fn is_done(&self) -> bool {
        self.done && self.problem.is_none()
    }
    /// What comes after the tokens found.
    pub fn fail(&mut self, problem: Problem) {
        self.problem = Some(problem);
        self.done = true;
    }
    pub fn take_problem(&mut self) -> Option<Problem> {
        self.problem.take()
    }

    fn push(&mut self, kind: i64, line: &[u32], from: usize, to: usize) {
        let mut token = Token {
            kind,
            text: line.get(from..to).unwrap_or_default().to_vec(),
            start: (self.row, from),
            end: (self.row, to),
            line: line.to_vec(),
        };
        if self.carriage_return && token.line.pop_if(|point| *point == FEED).is_some() {
            token.line.extend([RETURN, FEED]);
            if token.text == [FEED] {
                token.text = vec![RETURN, FEED];
                token.end.1 += 1;
            }
        }
        self.queue.push_back(token);
    }

    fn push_at(
        &mut self,
        kind: i64,
        text: Vec<u32>,
        start: (usize, usize),
        end: (usize, usize),
        line: Vec<u32>,
    ) {
        self.queue.push_back(Token {
            kind,
            text,
            start,
            end,
            line,
        });
    }

    fn syntax(&self, message: impl Into<String>, line: &[u32], offset: usize) -> Problem {
        Problem::Syntax {
            message: message.into(),
            row: self.row,
            offset,
            line: stripped(line),
        }
    }

    /// Takes the next line apart; an empty one is the end.
    pub fn feed(&mut self, mut line: Vec<u32>) -> Result<(), Problem> {
        if self.problem.is_some() || self.done {
            return Ok(());
        }
        self.row += 1;
        if line.is_empty() {
            return self.finish();
        }
        // Files may end their lines with `\r\n`.
        self.carriage_return = line.ends_with(&[RETURN, FEED]) && self.string.is_none();
        if self.carriage_return {
            line.truncate(line.len() - 2);
            line.push(FEED);
        }
        let mut at = 0;
        if self.string.is_some() {
            match self.go_on_string(&line) {
                Some(end) => at = end,
                None => return Ok(()),
            }
        } else if self.formatted.is_empty() && self.depth == 0 && self.joined.is_none() {
            match self.indentation(&line)? {
                Some(start) => at = start,
                None => return Ok(()),
            }
        }
        self.joined = None;
        self.rest(&line, at)
    }

    fn finish(&mut self) -> Result<(), Problem> {
        if let Some(open) = &self.string {
            let row = open.start.0;
            return Err(Problem::Syntax {
                message: format!(
                    "unterminated triple-quoted string literal (detected at line {})",
                    self.row - 1
                ),
                row,
                offset: open.start.1 + 1,
                line: stripped(&open.lines),
            });
        }
        if let Some(open) = self.formatted.last() {
            return Err(Problem::Syntax {
                message: format!(
                    "unterminated triple-quoted {}-string literal (detected at line {})",
                    open.letter,
                    self.row - 1
                ),
                row: open.start.0,
                offset: open.start.1 + 1,
                line: stripped(&open.first_line),
            });
        }
        if self.depth > 0 || self.joined.is_some() || self.indent_joined.is_some() {
            return Err(Problem::EndOfFile {
                row: self.row - 1,
                offset: self.joined.unwrap_or(0),
            });
        }
        while self.indents.len() > 1 {
            self.indents.pop();
            self.push(kind::DEDENT, &[], 0, 0);
        }
        self.push(kind::ENDMARKER, &[], 0, 0);
        self.done = true;
        Ok(())
    }

    /// Blocks that begin or end with this line: where its first token is. `None`: the line is blank.
    fn indentation(&mut self, line: &[u32]) -> Result<Option<usize>, Problem> {
        let (mut column, mut plain, mut at) = (0, 0, 0);
        while let Some(&point) = line.get(at) {
            match point {
                0x20 => (column, plain) = (column + 1, plain + 1),
                0x09 => (column, plain) = ((column / 8 + 1) * 8, plain + 1),
                0x0C => (column, plain) = (0, 0),
                _ => break,
            }
            at += 1;
        }
        match line.get(at) {
            None => {
                self.indent_joined = None;
                self.push(kind::NL, line, at, at + 1);
                return Ok(None);
            }
            Some(&FEED) => {
                self.indent_joined = None;
                self.push(kind::NL, line, at, at + 1);
                return Ok(None);
            }
            Some(&point) if point == u32::from(b'#') => {
                self.indent_joined = None;
                let end = self.comment(line, at);
                self.push(kind::NL, line, end, end + 1);
                return Ok(None);
            }
            Some(&BACKSLASH) if line.get(at + 1) == Some(&FEED) => {
                let known = self.indent_joined.filter(|&(column, _)| column > 0);
                self.indent_joined = known.or(Some((column, plain)));
                return Ok(None);
            }
            _ => {}
        }
        if let Some(first) = self.indent_joined.take().filter(|&(column, _)| column > 0) {
            (column, plain) = first;
        }
        let tabs = |row| Problem::Indentation {
            message: "inconsistent use of tabs and spaces in indentation",
            tabs: true,
            row,
            line: stripped(line),
        };
        let &(last, last_plain) = self.indents.last().unwrap_or(&(0, 0));
        if column == last {
            if plain != last_plain {
                return Err(tabs(self.row));
            }
        } else if column > last {
            if plain <= last_plain {
                return Err(tabs(self.row));
            }
            if self.indents.len() >= MAX_INDENTS {
                return Err(Problem::Indentation {
                    message: "too many levels of indentation",
                    tabs: false,
                    row: self.row,
                    line: stripped(line),
                });
            }
            self.indents.push((column, plain));
            self.push(kind::INDENT, line, 0, at);
        } else {
            // Nothing ends unless the line fits one of the open blocks.
            let fits = self.indents.iter().any(|&(open, _)| open == column);
            while fits
                && self.indents.len() > 1
                && self.indents.last().is_some_and(|&(open, _)| open > column)
            {
                self.indents.pop();
                self.push(kind::DEDENT, line, at, at);
            }
            let &(open, open_plain) = self.indents.last().unwrap_or(&(0, 0));
            if open != column {
                return Err(Problem::Indentation {
                    message: "unindent does not match any outer indentation level",
                    tabs: false,
                    row: self.row,
                    line: stripped(line),
                });
            }
            if open_plain != plain {
                return Err(tabs(self.row));
            }
        }
        Ok(Some(at))
    }

    /// Pushes the comment at `at`: where it ends.
    fn comment(&mut self, line: &[u32], at: usize) -> usize {
        let end = line
            .iter()
            .position(|&point| point == FEED)
            .unwrap_or(line.len());
        self.push(kind::COMMENT, line, at, end);
        end
    }

    /// Goes on with a triple-quoted string: where it ends on this line, if it does.
    fn go_on_string(&mut self, line: &[u32]) -> Option<usize> {
        let open = self.string.as_mut()?;
        open.lines.extend_from_slice(line);
        let quote = open.quote;
        match end_of_triple(line, 0, quote) {
            Some(end) => {
                let open = self.string.take()?;
                let mut text = open.text;
                text.extend_from_slice(&line[..end]);
                self.push_at(kind::STRING, text, open.start, (self.row, end), open.lines);
                Some(end)
            }
            None => {
                open.text.extend_from_slice(line);
                None
            }
        }
    }

    fn rest(&mut self, line: &[u32], mut at: usize) -> Result<(), Problem> {
        loop {
            if self.formatted.last().is_some_and(Formatted::in_text) {
                match self.formatted_text(line, at)? {
                    Some(end) => at = end,
                    None => return Ok(()),
                }
                continue;
            }
            while line
                .get(at)
                .is_some_and(|point| matches!(point, 0x20 | 0x09 | 0x0C))
            {
                at += 1;
            }
            let Some(&point) = line.get(at) else {
                // A line without an end is the last one.
                let kind = match self.depth > 0 || !self.formatted.is_empty() {
                    true => kind::NL,
                    false => kind::NEWLINE,
                };
                self.push(kind, line, at, at + 1);
                return Ok(());
            };
            let next = line.get(at + 1).copied();
            if point == FEED {
                let kind = match self.depth > 0 || !self.formatted.is_empty() {
                    true => kind::NL,
                    false => kind::NEWLINE,
                };
                self.push(kind, line, at, at + 1);
                return Ok(());
            }
            if point == BACKSLASH {
                if is(next, b'\n') {
                    self.joined = Some(line.len());
                    return Ok(());
                }
                if next.is_none() {
                    return Err(Problem::EndOfFile {
                        row: self.row,
                        offset: 0,
                    });
                }
                return Err(self.syntax(
                    "unexpected character after line continuation character",
                    line,
                    at + 2,
                ));
            }
            if point == u32::from(b'#') {
                at = self.comment(line, at);
                continue;
            }
            if let Some((prefix, quote)) = string_start(&line[at..]) {
                match self.literal(line, at, prefix, quote)? {
                    Some(end) => at = end,
                    None => return Ok(()),
                }
            } else if is_start(point) {
                let end = line[at..]
                    .iter()
                    .position(|&point| !is_continue(point))
                    .map_or(line.len(), |length| at + length);
                self.push(kind::NAME, line, at, end);
                at = end;
            } else if is_digit(Some(point)) || (is(Some(point), b'.') && is_digit(next)) {
                let end = self.number(line, at)?;
                self.push(kind::NUMBER, line, at, end);
                at = end;
            } else {
                at = self.operator(line, at)?;
            }
        }
    }

    fn operator(&mut self, line: &[u32], at: usize) -> Result<usize, Problem> {
        let point = line[at];
        // At the outer level of a replacement field, `!`, `:` and `}` are its own.
        let depth = self.depth;
        if let Some(open) = self.formatted.last_mut()
            && let Some(field) = open.fields.last_mut()
            && field.depth == depth
        {
            if point == u32::from(b':') {
                field.in_spec = true;
                self.push(kind::OP, line, at, at + 1);
                return Ok(at + 1);
            }
            if point == u32::from(b'}') {
                open.fields.pop();
                self.depth -= 1;
                self.push(kind::OP, line, at, at + 1);
                return Ok(at + 1);
            }
        }
        let length = OPERATORS
            .iter()
            .find(|operator| {
                line[at..].len() >= operator.len()
                    && operator
                        .bytes()
                        .zip(&line[at..])
                        .all(|(a, &b)| u32::from(a) == b)
            })
            .map_or(1, |operator| operator.len());
        if length == 1 {
            match u8::try_from(point).unwrap_or(0) {
                b'(' | b'[' | b'{' if self.depth >= MAX_LEVEL => {
                    return Err(self.syntax("too many nested parentheses", line, at + 1));
                }
                b'(' | b'[' | b'{' => self.depth += 1,
                b')' | b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        self.push(kind::OP, line, at, at + length);
        Ok(at + length)
    }

    /// A literal with quotes: where it ends, or where its text begins; `None`: it goes on.
    fn literal(
        &mut self,
        line: &[u32],
        at: usize,
        prefix: usize,
        quote: u32,
    ) -> Result<Option<usize>, Problem> {
        let letters: String = line[at..at + prefix]
            .iter()
            .filter_map(|&point| char::from_u32(point))
            .map(|char| char.to_ascii_lowercase())
            .collect();
        let open = at + prefix;
        let triple = line[open..].starts_with(&[quote, quote, quote]);
        let text = open + if triple { 3 } else { 1 };
        if let Some(letter) = letters.chars().find(|letter| matches!(letter, 'f' | 't')) {
            let start_kind = match letter {
                'f' => kind::FSTRING_START,
                _ => kind::TSTRING_START,
            };
            self.push(start_kind, line, at, text);
            self.formatted.push(Formatted {
                start_kind,
                letter,
                quote,
                triple,
                raw: letters.contains('r'),
                start: (self.row, at),
                first_line: line.to_vec(),
                fields: Vec::new(),
                pending: None,
            });
            return Ok(Some(text));
        }
        if triple {
            if let Some(end) = end_of_triple(line, text, quote) {
                self.push(kind::STRING, line, at, end);
                return Ok(Some(end));
            }
            self.string = Some(OpenString {
                text: line[at..].to_vec(),
                lines: line.to_vec(),
                start: (self.row, at),
                quote,
            });
            return Ok(None);
        }
        let mut end = text;
        while let Some(&point) = line.get(end) {
            if point == quote {
                self.push(kind::STRING, line, at, end + 1);
                return Ok(Some(end + 1));
            }
            if point == FEED {
                break;
            }
            if point == BACKSLASH {
                if line.get(end + 1) == Some(&FEED) {
                    // Goes on in the next line; what ends it is one quote.
                    self.string = Some(OpenString {
                        text: line[at..].to_vec(),
                        lines: line.to_vec(),
                        start: (self.row, at),
                        quote: quote | SINGLE,
                    });
                    return Ok(None);
                }
                end += 1;
            }
            end += 1;
        }
        let message = format!(
            "unterminated string literal (detected at line {})",
            self.row
        );
        Err(self.syntax(message, line, at + 1))
    }

    /// The text of a formatted literal from `at` on: where code or the rest of the line begins.
    fn formatted_text(&mut self, line: &[u32], at: usize) -> Result<Option<usize>, Problem> {
        let row = self.row;
        let Some(open) = self.formatted.last_mut() else {
            return Ok(Some(at));
        };
        let (mut text, start, mut lines) = open
            .pending
            .take()
            .unwrap_or_else(|| (Vec::new(), (row, at), Vec::new()));
        lines.extend_from_slice(line);
        let middle = open.start_kind + 1;
        let in_spec = !open.fields.is_empty();
        let (quote, triple, raw) = (open.quote, open.triple, open.raw);
        let mut here = at;
        loop {
            let point = line.get(here).copied();
            let next = line.get(here + 1).copied();
            match point {
                None => {
                    open.pending = Some((text, start, lines));
                    return Ok(None);
                }
                Some(FEED) if !triple => {
                    if in_spec {
                        let message = format!(
                            "{}-string: newlines are not allowed in format specifiers for single quoted {}-strings",
                            open.letter, open.letter
                        );
                        return Err(self.syntax(message, line, here + 1));
                    }
                    let message = format!(
                        "unterminated {}-string literal (detected at line {row})",
                        open.letter
                    );
                    let offset = open.start.1 + 1;
                    return Err(self.syntax(message, line, offset));
                }
                Some(point)
                    if point == quote && (!triple || line[here..].starts_with(&[quote; 3])) =>
                {
                    let length = if triple { 3 } else { 1 };
                    let end_kind = open.start_kind + 2;
                    if !text.is_empty() {
                        self.push_at(middle, text, start, (row, here), lines);
                    }
                    self.depth -= self
                        .formatted
                        .last()
                        .map_or(0, |open| open.fields.len())
                        .min(self.depth);
                    self.formatted.pop();
                    self.push(end_kind, line, here, here + length);
                    return Ok(Some(here + length));
                }
                Some(BACKSLASH) => {
                    text.push(BACKSLASH);
                    here += 1;
                    // A brace is no part of an escape, `\N{...}` is.
                    if let Some(next) = next
                        && next != u32::from(b'{')
                        && next != u32::from(b'}')
                    {
                        text.push(next);
                        here += 1;
                        if !raw && next == u32::from(b'N') && is(line.get(here).copied(), b'{') {
                            while let Some(&point) = line.get(here)
                                && point != FEED
                                && point != quote
                            {
                                text.push(point);
                                here += 1;
                                if point == u32::from(b'}') {
                                    // The tokenizer stops behind a name.
                                    self.push_at(middle, text, start, (row, here), lines);
                                    return Ok(Some(here));
                                }
                            }
                        }
                    }
                }
                Some(point) if point == u32::from(b'{') => {
                    if is(next, b'{') && !in_spec {
                        text.push(point);
                        self.push_at(middle, text, start, (row, here + 1), lines);
                        return Ok(Some(here + 2));
                    }
                    self.depth += 1;
                    let depth = self.depth;
                    open.fields.push(Field {
                        depth,
                        in_spec: false,
                    });
                    if !text.is_empty() {
                        self.push_at(middle, text, start, (row, here), lines);
                    }
                    self.push(kind::OP, line, here, here + 1);
                    return Ok(Some(here + 1));
                }
                Some(point) if point == u32::from(b'}') => {
                    if in_spec {
                        open.fields.pop();
                        self.depth = self.depth.saturating_sub(1);
                        self.push_at(middle, text, start, (row, here), lines);
                        self.push(kind::OP, line, here, here + 1);
                        return Ok(Some(here + 1));
                    }
                    if is(next, b'}') {
                        text.push(point);
                        self.push_at(middle, text, start, (row, here + 1), lines);
                        return Ok(Some(here + 2));
                    }
                    let message = format!("{}-string: single '}}' is not allowed", open.letter);
                    self.push_at(middle, text, start, (row, here), lines);
                    return Err(self.syntax(message, line, here + 1));
                }
                Some(point) => {
                    text.push(point);
                    here += 1;
                }
            }
        }
    }

    /// Where the number at `at` ends.
    fn number(&self, line: &[u32], at: usize) -> Result<usize, Problem> {
        let get = |at: usize| line.get(at).copied();
        let lower = |at: usize| {
            get(at)
                .and_then(char::from_u32)
                .map(|char| char.to_ascii_lowercase())
        };
        if is(get(at), b'0')
            && let Some((radix, name)) = match lower(at + 1) {
                Some('x') => Some((16, "hexadecimal")),
                Some('o') => Some((8, "octal")),
                Some('b') => Some((2, "binary")),
                _ => None,
            }
        {
            let mut end = at + 2;
            loop {
                if is(get(end), b'_') {
                    end += 1;
                }
                let digit = |at: usize| {
                    get(at)
                        .and_then(char::from_u32)
                        .is_some_and(|char| char.is_digit(radix))
                };
                if !digit(end) {
                    if is_digit(get(end)) {
                        let digit = get(end).and_then(char::from_u32).unwrap_or('0');
                        let message = format!("invalid digit '{digit}' in {name} literal");
                        return Err(self.syntax(message, line, end + 1));
                    }
                    return Err(self.syntax(format!("invalid {name} literal"), line, end));
                }
                while digit(end) {
                    end += 1;
                }
                if !is(get(end), b'_') {
                    break;
                }
            }
            if is_digit(get(end)) {
                let digit = get(end).and_then(char::from_u32).unwrap_or('0');
                let message = format!("invalid digit '{digit}' in {name} literal");
                return Err(self.syntax(message, line, end + 1));
            }
            return Ok(end);
        }
        let digits = |mut at: usize| -> Result<usize, Problem> {
            loop {
                while is_digit(get(at)) {
                    at += 1;
                }
                if !is(get(at), b'_') {
                    return Ok(at);
                }
                at += 1;
                if !is_digit(get(at)) {
                    return Err(self.syntax("invalid decimal literal", line, at));
                }
            }
        };
        let mut end = digits(at)?;
        if is(get(end), b'.') {
            end += 1;
            if is_digit(get(end)) {
                end = digits(end)?;
            }
        }
        if lower(end) == Some('e') {
            let sign = usize::from(is(get(end + 1), b'+') || is(get(end + 1), b'-'));
            if is_digit(get(end + 1 + sign)) {
                end = digits(end + 1 + sign)?;
            } else if sign == 1 {
                return Err(self.syntax("invalid decimal literal", line, end + 2));
            }
        }
        // What runs into a number is the parser's business.
        Ok(end + usize::from(lower(end) == Some('j')))
    }
}

/// Marks the quote of a string that goes on after a backslash: one quote ends it.
const SINGLE: u32 = 1 << 31;

/// Where the string literal ends that was begun with three quotes, from `at` on.
fn end_of_triple(line: &[u32], mut at: usize, quote: u32) -> Option<usize> {
    let (quote, length) = match quote & SINGLE {
        0 => (quote, 3),
        _ => (quote & !SINGLE, 1),
    };
    while let Some(&point) = line.get(at) {
        if point == BACKSLASH {
            at += 2;
        } else if point == quote
            && line[at..]
                .iter()
                .take(length)
                .filter(|&&p| p == quote)
                .count()
                == length
        {
            return Some(at + length);
        } else {
            at += 1;
        }
    }
    None
}

/// The length of a string literal's prefix, and its quote.
fn string_start(rest: &[u32]) -> Option<(usize, u32)> {
    let prefix = rest
        .iter()
        .take(2)
        .take_while(|&&point| char::from_u32(point).is_some_and(|char| "rRbBuUfFtT".contains(char)))
        .count();
    let quote = *rest.get(prefix)?;
    if quote != u32::from(b'\'') && quote != u32::from(b'"') {
        return None;
    }
    let letters: Vec<char> = rest[..prefix]
        .iter()
        .filter_map(|&point| char::from_u32(point))
        .map(|char| char.to_ascii_lowercase())
        .collect();
    let valid = match letters[..] {
        [] | [_] => true,
        [a, b] => (a == 'r') != (b == 'r') && a != 'u' && b != 'u',
        _ => false,
    };
    valid.then_some((prefix, quote))
}
