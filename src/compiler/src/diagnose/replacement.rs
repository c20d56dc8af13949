//! Replacement fields of f-strings and templates, in sources that don't parse.
//!
//! CPython's parser asks for one token after the other, so whichever complains first of what it sees wins: the
//! tokenizer of a token, or the grammar of the tokens up to there. A small automaton stands for the grammar: it knows
//! whether an operand or an operator may come next, and does not look into brackets. What it has no message for
//! is left to the rules for expressions.

use super::tokenizer::{Kind, Open, Step, Token, Tokenizer};
use crate::error::Failure;

/// The string that a field is in.
#[derive(Clone, Copy)]
pub(super) struct Literal {
    pub(super) start: usize,
    pub(super) quote: u8,
    pub(super) triple: bool,
    /// `f` or `t`.
    pub(super) letter: char,
}

/// How far an expression has been read.
struct Expression {
    /// Its tokens, from the field's first one on.
    tokens: Vec<Token>,
    /// So many of them are an expression, if any are.
    whole: usize,
    operand_next: bool,
    /// `if` without its `else`, or side by side expressions: there are other rules for these.
    left_to_others: bool,
    /// The lambda whose colon has not come.
    lambda: Option<usize>,
    after_yield: bool,
}

const CLOSES_EXPRESSION: [&str; 4] = ["}", "!", ":", "="];
const OPERATORS: [&str; 28] = [
    "+", "-", "*", "/", "//", "%", "@", "**", "<<", ">>", "&", "|", "^", "<", ">", "<=", ">=",
    "==", "!=", "<>", "and", "or", "in", "is", "if", "else", ".", ",",
];
const WORDS: [&str; 28] = [
    "and", "as", "assert", "async", "break", "class", "continue", "def", "del", "elif", "else",
    "except", "finally", "for", "from", "global", "if", "import", "in", "is", "nonlocal", "or",
    "pass", "raise", "return", "try", "while", "with",
];

impl Expression {
    fn new() -> Expression {
        Expression {
            tokens: Vec::new(),
            whole: 0,
            operand_next: true,
            left_to_others: false,
            lambda: None,
            after_yield: false,
        }
    }

    /// Takes a token outside brackets; false: it can't come here.
    fn take(&mut self, token: Token, text: &str) -> bool {
        let previous = self.tokens.last().map(|token| token.kind);
        self.tokens.push(token);
        if self.left_to_others || self.lambda.is_some() {
            return true;
        }
        let yielded = std::mem::take(&mut self.after_yield);
        // No operand of an operator is a lambda.
        let begins = yielded || self.whole + 1 == self.tokens.len();
        let atom = match token.kind {
            Kind::Name => !WORDS.contains(&text) && !matches!(text, "not" | "await" | "lambda"),
            Kind::Number | Kind::String => true,
            _ => matches!(text, "(" | "[" | "{" | "..."),
        };
        let prefix = matches!(text, "+" | "-" | "~" | "not" | "await" | "*");
        if self.operand_next || yielded && (atom || prefix) {
            match text {
                "lambda" if !begins => return false,
                "lambda" => self.lambda = Some(self.tokens.len() - 1),
                "yield" => {
                    self.after_yield = true;
                    self.operand();
                }
                _ if atom => self.operand(),
                _ => return prefix,
            }
            return true;
        }
        let called = matches!(text, "(" | "[");
        let joined = token.kind == Kind::String && previous == Some(Kind::String);
        if called || joined {
            self.operand();
            return true;
        }
        if text == "not" {
            // Of `not in`.
            return true;
        }
        if OPERATORS.contains(&text) {
            self.left_to_others |= text == "if";
            self.operand_next = true;
            if text == "," {
                self.whole = self.tokens.len();
            }
            return true;
        }
        // Two side by side.
        self.left_to_others = atom && !(token.kind == Kind::String && previous == Some(Kind::Name));
        self.left_to_others
    }

    fn operand(&mut self) {
        self.operand_next = false;
        self.whole = self.tokens.len();
    }
}

impl Tokenizer<'_> {
    fn parser_error<T>(&mut self, message: String, start: usize, end: usize) -> Step<T> {
        self.in_field = self.literals.last().map(|literal| literal.start);
        Err(Failure::syntax(message, self.source.loc(start, end)))
    }

    fn at_quote(&self, literal: Literal) -> bool {
        let quote = literal.quote;
        self.peek(0) == quote && (!literal.triple || self.peek(1) == quote && self.peek(2) == quote)
    }

    /// Reads to the brace that closes the field whose own one is at `open`.
    pub(super) fn replacement_field(
        &mut self,
        literal: Literal,
        open: usize,
        depth: usize,
    ) -> Step {
        let letter = literal.letter;
        if depth > 2 {
            return self.error(
                format!("{letter}-string: expressions nested too deeply"),
                open,
            );
        }
        self.open_bracket(open)?;
        let outer = std::mem::take(&mut self.tokens);
        let conversion = self.expression(letter)?;
        let end = match conversion {
            true => self.conversion(letter)?,
            false => self.bytes[self.at],
        };
        self.at += 1;
        if end == b':' {
            self.format_spec(literal, depth)?;
        }
        self.open.pop();
        self.tokens = outer;
        Ok(())
    }

    /// The next token of a field. A brace, colon or exclamation mark that ends the expression is a token of its own, and
    /// not gone past.
    fn field_token(&mut self, level: usize) -> Step<Token> {
        loop {
            let start = self.at;
            let mut outside = self.open.len() == level;
            if self.at >= self.bytes.len() {
                let open = self.open[level - 1].at;
                let mut loc = self.source.loc(open, open);
                loc.end_col = -1;
                return Err(
                    Failure::syntax("'{' was never closed", loc).showing(crate::error::Shown::Line)
                );
            }
            let byte = self.peek(0);
            outside &= matches!(byte, b'}' | b':') || byte == b'!' && self.peek(1) != b'=';
            if outside {
                let kind = Kind::Op;
                return Ok(Token {
                    kind,
                    start,
                    end: start + 1,
                });
            }
            if matches!(byte, b')' | b']' | b'}') && self.open.len() == level {
                let letter = self.literals.last().map_or('f', |literal| literal.letter);
                return self.error(
                    format!("{letter}-string: unmatched '{}'", byte as char),
                    start,
                );
            }
            let count = self.tokens.len();
            match byte {
                b'\n' => self.at += 1,
                _ => self.token()?,
            }
            if self.tokens.len() > count
                && let Some(token) = self.tokens.last()
            {
                return Ok(*token);
            }
        }
    }

    /// The expression, and `=` behind it; true: a conversion follows.
    fn expression(&mut self, letter: char) -> Step<bool> {
        let level = self.open.len();
        let mut expression = Expression::new();
        let mut debug = false;
        loop {
            let token = self.field_token(level)?;
            let text = &self.text[token.start..token.end];
            if self.open.len() > level + 1
                || self.open.len() > level && !matches!(text, "(" | "[" | "{")
            {
                // Within brackets.
                let first = self.tokens.len() >= 2 && self.is_open_bracket(self.tokens.len() - 2);
                let operator = OPERATORS.contains(&text) && !matches!(text, "+" | "-" | "*" | "**");
                if first && operator && !expression.left_to_others {
                    return self.not_an_expression(&expression, letter);
                }
                continue;
            }
            if self.open.len() == level && matches!(text, ")" | "]" | "}") && self.at == token.end {
                // A bracket was closed.
                continue;
            }
            if debug {
                if matches!(text, "!" | ":" | "}") {
                    return Ok(text == "!");
                }
                let message = format!("{letter}-string: expecting '!', or ':', or '}}'");
                return self.parser_error(message, token.start, token.end);
            }
            if let Some(lambda) = expression.lambda
                && text == ":"
            {
                let start = expression.tokens[lambda].start;
                let message = format!(
                    "{letter}-string: lambda expressions are not allowed without parentheses"
                );
                return self.parser_error(message, start, token.end);
            }
            if CLOSES_EXPRESSION.contains(&text) {
                let (ends, conversion) = (text != "=", text == "!");
                if expression.left_to_others {
                    // Its own rules tell.
                    if ends {
                        return Ok(conversion);
                    }
                    continue;
                }
                if expression.tokens.is_empty() {
                    let message =
                        format!("{letter}-string: valid expression required before '{text}'");
                    return self.parser_error(message, token.start, token.end);
                }
                if expression.whole < expression.tokens.len() {
                    return self.not_an_expression(&expression, letter);
                }
                if ends {
                    return Ok(conversion);
                }
                debug = true;
                continue;
            }
            if !expression.take(token, text) {
                return self.not_an_expression(&expression, letter);
            }
        }
    }

    fn is_open_bracket(&self, index: usize) -> bool {
        let token = self.tokens[index];
        matches!(&self.text[token.start..token.end], "(" | "[" | "{")
    }

    fn not_an_expression<T>(&mut self, expression: &Expression, letter: char) -> Step<T> {
        let at = expression.whole.min(expression.tokens.len() - 1);
        let (message, token) = match expression.whole {
            0 => ("a valid expression after '{'", expression.tokens[0]),
            // Brackets that hold no expression belong to none.
            whole if whole == expression.tokens.len() && whole == 1 => {
                ("a valid expression after '{'", expression.tokens[0])
            }
            _ => ("'=', or '!', or ':', or '}'", expression.tokens[at]),
        };
        self.parser_error(
            format!("{letter}-string: expecting {message}"),
            token.start,
            token.end,
        )
    }

    /// What stands behind the exclamation mark; the byte that follows.
    fn conversion(&mut self, letter: char) -> Step<u8> {
        let level = self.open.len();
        let mark = self.at;
        self.at += 1;
        let token = self.field_token(level)?;
        let text = &self.text[token.start..token.end];
        let (message, start) = match token.kind {
            _ if matches!(text, "}" | ":") => ("missing conversion character".into(), token.start),
            Kind::Name if token.start > mark + 1 => {
                let message = "conversion type must come right after the exclamation mark";
                (message.into(), mark)
            }
            Kind::Name if !matches!(text, "s" | "r" | "a") => {
                let message =
                    format!("invalid conversion character '{text}': expected 's', 'r', or 'a'");
                (message, token.start)
            }
            Kind::Name => {
                let next = self.field_token(level)?;
                let byte = self.bytes[next.start];
                if matches!(byte, b'}' | b':') {
                    return Ok(byte);
                }
                let message = format!("{letter}-string: expecting ':' or '}}'");
                return self.parser_error(message, next.start, next.end);
            }
            _ => ("invalid conversion character".into(), token.start),
        };
        self.parser_error(format!("{letter}-string: {message}"), start, token.end)
    }

    fn format_spec(&mut self, literal: Literal, depth: usize) -> Step {
        let letter = literal.letter;
        loop {
            let start = self.at;
            if self.at >= self.bytes.len() {
                return self.unterminated(literal.start, literal.triple, Some(letter));
            }
            if self.at_quote(literal) {
                let message = format!("{letter}-string: expecting '}}', or format specs");
                let width = if literal.triple { 3 } else { 1 };
                return self.parser_error(message, start, start + width);
            }
            match self.peek(0) {
                b'\n' if !literal.triple => {
                    let message = format!(
                        "{letter}-string: newlines are not allowed in format specifiers for single quoted {letter}-strings"
                    );
                    return self.error(message, start);
                }
                b'{' => {
                    self.at += 1;
                    self.replacement_field(literal, start, depth + 1)?;
                }
                b'}' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
            self.at = self.at.min(self.bytes.len());
        }
    }

    pub(super) fn open_bracket(&mut self, at: usize) -> Step {
        if self.open.len() >= super::tokenizer::MAX_LEVEL {
            return self.error("too many nested parentheses", at);
        }
        let bracket = self.bytes[at];
        self.open.push(Open { bracket, at });
        Ok(())
    }
}
