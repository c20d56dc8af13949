//! From Ruff's kind of error to CPython's message and range.

use super::tokenizer::{Kind, Token};
use super::{token_at, tokenizer};
use crate::ast::Loc;
use crate::error::{ErrorKind, Failure, Shown};
use crate::source::Source;
use ruff_python_ast as ruff;
use ruff_python_parser::{LexicalErrorType, ParseError, ParseErrorType};

pub(super) type Message = (String, usize, usize);

pub(super) struct Context<'s> {
    pub(super) source: &'s Source,
    pub(super) text: &'s str,
    pub(super) tokens: &'s [Token],
    /// Ruff's range.
    pub(super) start: usize,
    pub(super) end: usize,
    /// The token there.
    pub(super) index: usize,
}

pub fn translate(source: &Source, tokens: &[Token], error: &ParseError) -> Box<Failure> {
    let start = error.location.start().to_usize().min(source.text.len());
    let end = error.location.end().to_usize().min(source.text.len());
    // Within a replacement field, its own tokens are what counts.
    let inner = token_at(tokens, start)
        .and_then(|index| tokens.get(index))
        .filter(|token| token.kind == Kind::String && token.start < start)
        .and_then(|token| field_tokens(source, *token, start));
    let in_field = inner.is_some();
    let tokens = inner.as_deref().unwrap_or(tokens);
    let context = Context {
        source,
        text: &source.text,
        tokens,
        start,
        end,
        index: token_at(tokens, start).unwrap_or(tokens.len().saturating_sub(1)),
    };
    if !in_field && let Some(failure) = context.block_error() {
        return failure;
    }
    let (message, start, end) = context
        .by_rules()
        .or_else(|| context.by_kind(&error.error))
        .or_else(|| context.by_tokens())
        .unwrap_or_else(|| context.invalid_syntax());
    let start = start.min(source.text.len());
    let mut loc = source.loc(start, end.min(source.text.len()).max(start));
    if end == start + 1 && source.text[start..].starts_with('\n') {
        // A newline is a character of its line.
        loc.end_line = loc.line;
        loc.end_col = loc.col + 1;
    }
    if end >= NO_END - 1 {
        loc.end_line = loc.line;
        loc.end_col = if end == NO_END { -1 } else { -2 };
    }
    // The parser has looked at the token behind, which may be on another line.
    let looked_on = message.ends_with("Perhaps you forgot a comma?")
        && token_at(context.tokens, end)
            .is_some_and(|next| source.position(context.tokens[next].start).0 > loc.line);
    let shown = if looked_on { Shown::Text } else { Shown::Line };
    Failure::syntax(message, loc).showing(shown)
}

/// The tokens of the replacement field around an offset in an f-string, its brace included.
fn field_tokens(source: &Source, string: Token, offset: usize) -> Option<Vec<Token>> {
    let text = &source.text;
    let quote = text[string.start..string.end].find(['"', '\''])?;
    if !text[string.start..string.start + quote].contains(['f', 'F', 't', 'T']) {
        return None;
    }
    let mut depth = 0;
    let brace = text[string.start..offset].bytes().rposition(|byte| {
        match byte {
            b'}' => depth += 1,
            b'{' if depth == 0 => return true,
            b'{' => depth -= 1,
            _ => {}
        }
        false
    })? + string.start;
    let mut tokens = vec![Token {
        kind: Kind::Op,
        start: brace,
        end: brace + 1,
    }];
    tokens.extend(tokenizer::tokenize_field(source, brace + 1, string.end));
    Some(tokens)
}

/// For errors of which CPython tells no end.
const NO_END: usize = usize::MAX;

pub(super) const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

impl Context<'_> {
    /// `{}`, `{!r}` and the like.
    pub(super) fn token_text(&self, index: usize) -> &str {
        self.tokens
            .get(index)
            .map_or("", |token| &self.text[token.start..token.end])
    }

    pub(super) fn invalid_syntax(&self) -> Message {
        match self.tokens.get(self.index) {
            Some(token) => {
                let end = match token.kind {
                    Kind::Newline | Kind::End => token.start + 1,
                    _ => token.end,
                };
                (
                    "invalid syntax".into(),
                    token.start,
                    end.min(self.text.len()),
                )
            }
            None => ("invalid syntax".into(), self.start, self.end),
        }
    }

    /// Errors of indentation, and blocks that miss.
    fn block_error(&self) -> Option<Box<Failure>> {
        let token = self.tokens.get(self.index)?;
        let indentation = |message: String, loc: Loc| {
            Some(Failure::new(ErrorKind::IndentationError, message, loc))
        };
        // After a header's colon and newline there must be an indent.
        let before = &self.tokens[..self.index];
        let mut newline = before.iter().rposition(|token| token.kind == Kind::Newline);
        let mut token = token;
        if token.kind == Kind::Newline {
            // The parser may stop at the newline already.
            let rest = self.tokens.get(self.index + 1..).unwrap_or_default();
            let mut behind = rest.iter().filter(|token| token.kind != Kind::Dedent);
            if rest.first().is_some_and(|token| token.kind != Kind::Indent)
                && let Some(next) = behind.next()
            {
                newline = Some(self.index);
                token = next;
            }
        }
        let header = newline.and_then(|at| at.checked_sub(1));
        let at_line_start = newline.is_some_and(|at| {
            before
                .get(at + 1..)
                .unwrap_or_default()
                .iter()
                .all(|token| token.kind == Kind::Dedent)
        });
        if at_line_start
            && token.kind != Kind::Indent
            && let Some(colon) = header
            && self.token_text(colon) == ":"
            && let Some((what, at)) = self.header_before(colon)
        {
            let (line, _) = self.source.position(at);
            let mut loc = self.source.loc(token.start, token.end.max(token.start));
            // Where blocks end first, CPython tells of the place before the token.
            let behind = newline.map_or(&[][..], |at| &self.tokens[at + 1..]);
            if behind.first().is_some_and(|t| t.kind == Kind::Dedent)
                && let Some(next) = behind.iter().find(|t| t.kind != Kind::Dedent)
            {
                let (line, col) = self.source.position(next.start);
                loc = Loc::new(line, line, col - 1, -2);
            }
            if token.kind == Kind::End
                || self
                    .tokens
                    .get(self.index..)
                    .unwrap_or_default()
                    .iter()
                    .all(|t| matches!(t.kind, Kind::Dedent | Kind::End))
            {
                // At the end of the file: behind the last line.
                let (last, _) = self.source.position(self.text.len().saturating_sub(1));
                let len = self
                    .source
                    .line(last)
                    .map_or(0, |line| line.trim_end_matches('\n').len());
                loc = Loc::new(last, last, len as i32, -2);
            }
            return indentation(
                format!("expected an indented block after {what} on line {line}"),
                loc,
            );
        }
        if token.kind == Kind::Indent {
            let (line, col) = self.source.position(token.end);
            return indentation(
                "unexpected indent".into(),
                Loc::new(line, line, col - 1, -2),
            );
        }
        None
    }

    /// The compound statement whose header ends with the colon at `colon`.
    fn header_before(&self, colon: usize) -> Option<(String, usize)> {
        let first = self.tokens[..colon]
            .iter()
            .rposition(|token| matches!(token.kind, Kind::Newline | Kind::Indent | Kind::Dedent))
            .map_or(0, |at| at + 1);
        let mut at = first;
        let start = self.tokens.get(first)?.start;
        if self.token_text(at) == "async" {
            at += 1;
        }
        let what = match self.token_text(at) {
            "if" => "'if' statement",
            "elif" => "'elif' statement",
            "else" => "'else' statement",
            "for" => "'for' statement",
            "while" => "'while' statement",
            "with" => "'with' statement",
            "try" => "'try' statement",
            "except" if self.token_text(at + 1) == "*" => "'except*' statement",
            "except" => "'except' statement",
            "finally" => "'finally' statement",
            "match" => "'match' statement",
            "case" => "'case' statement",
            "def" => "function definition",
            "class" => "class definition",
            _ => return None,
        };
        Some((what.to_string(), start))
    }

    fn by_kind(&self, kind: &ParseErrorType) -> Option<Message> {
        use ParseErrorType as P;
        let here = |message: &str| Some((message.to_string(), self.start, self.end));
        match kind {
            P::InvalidAssignmentTarget => self.invalid_target(Target::Assign),
            P::InvalidNamedAssignmentTarget => {
                let name = self.describe()?.0;
                here(&format!("cannot use assignment expressions with {name}"))
            }
            P::InvalidAnnotatedAssignmentTarget => match self.describe()?.0 {
                what @ ("list" | "tuple") => {
                    let message = format!("only single target (not {what}) can be annotated");
                    // Without parentheses, its first item is what counts.
                    let bare = what == "tuple" && self.token_text(self.index) != "(";
                    let end = if bare {
                        self.atom_end(self.index)
                    } else {
                        self.end
                    };
                    Some((message, self.start, end))
                }
                _ => here("illegal target for annotation"),
            },
            P::InvalidAugmentedAssignmentTarget => {
                let what = self.describe()?.0;
                here(&format!(
                    "'{what}' is an illegal expression for augmented assignment"
                ))
            }
            P::InvalidDeleteTarget => self.invalid_target(Target::Delete),
            P::PositionalAfterKeywordArgument => {
                self.at_call_end("positional argument follows keyword argument")
            }
            P::PositionalAfterKeywordUnpacking => {
                self.at_call_end("positional argument follows keyword argument unpacking")
            }
            P::InvalidArgumentUnpackingOrder => {
                let (message, end, _) = self.at_call_end(
                    "iterable argument unpacking follows keyword argument unpacking",
                )?;
                let comma = self.tokens.get(self.index.checked_sub(1)?)?;
                Some((message, comma.start, end))
            }
            P::UnparenthesizedGeneratorExpression => match self.in_bases() {
                true => self.next_word("for"),
                false => here("Generator expression must be parenthesized"),
            },
            P::NonDefaultParamAfterDefaultParam => {
                here("parameter without a default follows parameter with a default")
            }
            P::ParamAfterVarKeywordParam => here("arguments cannot follow var-keyword argument"),
            P::VarParameterWithDefault => {
                let stars = self.tokens[..self.index]
                    .iter()
                    .rev()
                    .map(|token| &self.text[token.start..token.end])
                    .find(|text| matches!(*text, "*" | "**" | ","));
                let kind = if stars == Some("**") {
                    "keyword"
                } else {
                    "positional"
                };
                here(&format!("var-{kind} argument cannot have default value"))
            }
            P::ExpectedKeywordParam => self.bare_star(),
            P::IterableUnpackingInComprehension => {
                here("iterable unpacking cannot be used in comprehension")
            }
            P::EmptyImportNames => {
                let token = self.tokens.get(self.index)?;
                if !matches!(token.kind, Kind::Newline | Kind::End) {
                    return None;
                }
                Some((
                    "Expected one or more names after 'import'".into(),
                    token.start,
                    token.start,
                ))
            }
            P::ExpectedToken { expected, .. } if format!("{expected}") == "`:`" => {
                self.by_tokens().or_else(|| self.expected_colon())
            }
            P::InvalidStarredExpressionUsage => {
                let rest = self.tokens.get(self.index..).unwrap_or_default();
                let comprehension = rest
                    .iter()
                    .take_while(|token| !matches!(token.kind, Kind::Newline))
                    .take_while(|token| {
                        !matches!(&self.text[token.start..token.end], ")" | "]" | "}")
                    })
                    .any(|token| &self.text[token.start..token.end] == "for");
                if comprehension {
                    return here("iterable unpacking cannot be used in comprehension");
                }
                if let Some(found) = self.misplaced_star() {
                    return Some(found);
                }
                let before =
                    |back: usize| self.index.checked_sub(back).map(|at| self.token_text(at));
                let operand = |text: &str| {
                    text.ends_with([')', ']', '}', '_']) || text.ends_with(char::is_alphanumeric)
                };
                let binary = [
                    "+", "-", "/", "%", "@", "&", "|", "^", "~", "<", ">", "<<", ">>", "not",
                ];
                if before(1).is_some_and(|text| binary.contains(&text)) {
                    None
                } else if before(1) == Some("(")
                    && (!before(2).is_some_and(operand)
                        || before(2).is_some_and(|word| KEYWORDS.contains(&word)))
                {
                    here("cannot use starred expression here")
                } else {
                    here("can't use starred expression here")
                }
            }
            P::FStringError(error) | P::TStringError(error) => {
                self.interpolation(&error.to_string(), matches!(kind, P::TStringError(_)))
            }
            P::Lexical(LexicalErrorType::FStringError(error)) => {
                self.interpolation(&error.to_string(), false)
            }
            P::Lexical(LexicalErrorType::TStringError(error)) => {
                self.interpolation(&error.to_string(), true)
            }
            P::Lexical(
                LexicalErrorType::InvalidByteLiteral
                | LexicalErrorType::UnicodeError
                | LexicalErrorType::MissingUnicodeLbrace
                | LexicalErrorType::MissingUnicodeRbrace
                | LexicalErrorType::StringError,
            ) => self.string_escape(),
            P::OtherError(text) => self.other(text),
            _ => None,
        }
    }

    fn other(&self, text: &str) -> Option<Message> {
        let here = |message: &str| Some((message.to_string(), self.start, self.end));
        if text.starts_with("Cannot mix t-string literals") {
            return here("cannot mix t-string literals with string or bytes literals");
        }
        if text.starts_with("Bytes literal cannot be mixed") {
            let strings = self.tokens.get(self.index..).unwrap_or_default();
            let last = strings
                .iter()
                .take_while(|token| token.kind == Kind::String)
                .last()?;
            let message = "cannot mix bytes and nonbytes literals";
            return Some((message.into(), last.start, NO_END - 1));
        }
        if text.contains("Trailing comma not allowed") {
            let comma = usize::from(self.token_text(self.index) == ",");
            let token = self.tokens.get(self.index + comma)?;
            return Some((
                "trailing comma not allowed without surrounding parentheses".into(),
                token.start,
                token.end.max(token.start + 1),
            ));
        }
        if text.contains("`except` or `finally`") {
            let index =
                (self.index..self.tokens.len()).find(|at| self.tokens[*at].kind != Kind::Dedent)?;
            let token = self.tokens[index];
            let message = "expected 'except' or 'finally' block".into();
            if token.kind == Kind::End {
                return Some((message, self.text.trim_end_matches('\n').len(), NO_END - 1));
            }
            return Some((message, token.start, token.end));
        }
        if text.starts_with("Multiple exception types must be parenthesized") {
            let rest = self.tokens.get(self.index..).unwrap_or_default();
            let colon = rest.iter().find(|t| &self.text[t.start..t.end] == ":");
            let end = colon.map_or(self.end, |colon| self.text[..colon.start].trim_end().len());
            return Some((
                "multiple exception types must be parenthesized when using 'as'".into(),
                self.start,
                end,
            ));
        }
        if let Some(rest) = text.strip_prefix("Only single target (not ") {
            let what = rest.split(')').next().unwrap_or("tuple");
            return here(&format!("only single target (not {what}) can be annotated"));
        }
        if text.to_lowercase().contains("positional pattern") {
            return here("positional patterns follow keyword patterns");
        }
        if text.contains("parameter name") {
            let equals = self.equals_of_argument()?;
            let end = self.tokens[equals].end;
            if self.token_text(self.index) == "*" {
                let message = "cannot assign to iterable argument unpacking";
                return Some((message.into(), self.start, self.atom_end(equals + 1)));
            }
            return Some(match self.token_text(self.index) {
                name @ ("True" | "False" | "None") if equals == self.index + 1 => {
                    (format!("cannot assign to {name}"), self.start, end)
                }
                _ => (
                    "expression cannot contain assignment, perhaps you meant \"==\"?".into(),
                    self.start,
                    end,
                ),
            });
        }
        if text.starts_with("Expected `import`") || text.contains("Expected an indented block") {
            return None;
        }
        None
    }

    fn interpolation(&self, text: &str, template: bool) -> Option<Message> {
        let letter = if template { 't' } else { 'f' };
        let text = text.to_lowercase();
        let text = text.as_str();
        if text.contains("single `}`") {
            let message = format!("{letter}-string: single '}}' is not allowed");
            return Some((message, self.start, self.start));
        }
        if text.contains("expecting")
            && let Some(found) = self.by_tokens()
        {
            return Some(found);
        }
        let message = match text {
            text if text.contains("empty expression") => {
                let found = self.text[self.start..self.end]
                    .trim_start_matches('{')
                    .chars()
                    .next();
                format!(
                    "{letter}-string: valid expression required before '{}'",
                    found.unwrap_or('}')
                )
            }
            text if text.contains("invalid conversion") => {
                let name = self.text[self.start..self.end].trim_start_matches('!');
                format!(
                    "{letter}-string: invalid conversion character '{name}': expected 's', 'r', \
                     or 'a'"
                )
            }
            text if text.contains("expecting `}`") || text.contains("expecting '}'") => {
                format!("{letter}-string: expecting '}}'")
            }
            text if text.contains("nested") => {
                format!("{letter}-string: expressions nested too deeply")
            }
            _ => return None,
        };
        Some((message, self.start, self.end.max(self.start + 1)))
    }

    /// A string with a broken escape: what is wrong with it, decoded by ourselves.
    fn string_escape(&self) -> Option<Message> {
        let token = self
            .tokens
            .get(self.index)
            .filter(|token| token.kind == Kind::String)?;
        let text = &self.text[token.start..token.end];
        let prefix = text.find(['"', '\''])?;
        let quotes = &text[prefix..];
        let width = if quotes.starts_with("\"\"\"") || quotes.starts_with("'''") {
            3
        } else {
            1
        };
        let body = quotes.get(width..quotes.len().saturating_sub(width))?;
        let letters = text[..prefix].to_ascii_lowercase();
        let message = if letters.contains('b') {
            crate::literals::decode_bytes(body, letters.contains('r')).err()?
        } else {
            crate::literals::decode_string(body, letters.contains('r'), letters.contains('f'))
                .err()?
        };
        // In an f-string it is about the text up to the next field.
        let fields = body.replace("\\N{", "").contains('{');
        if letters.contains(['f', 't']) && !fields {
            let start = token.start + prefix + width;
            return Some((message, start, start + body.len()));
        }
        Some((message, token.start, token.end))
    }

    pub(super) fn line_tokens(&self) -> impl Iterator<Item = usize> + '_ {
        let start = self.tokens[..self.index.min(self.tokens.len())]
            .iter()
            .rposition(|token| matches!(token.kind, Kind::Newline | Kind::Indent | Kind::Dedent))
            .map_or(0, |at| at + 1);
        start..self.index
    }

    fn expected_colon(&self) -> Option<Message> {
        let first = self.line_tokens().next()?;
        let mut keyword = self.token_text(first);
        if keyword == "async" {
            keyword = self.token_text(first + 1);
        }
        let compound = matches!(
            keyword,
            "if" | "elif"
                | "else"
                | "for"
                | "while"
                | "with"
                | "try"
                | "except"
                | "finally"
                | "class"
                | "def"
                | "match"
                | "case"
        );
        let token = self.tokens.get(self.index)?;
        let end_of_line = matches!(token.kind, Kind::Newline | Kind::End);
        if !compound || !end_of_line && !matches!(keyword, "def" | "else" | "try" | "finally") {
            return None;
        }
        let end = if end_of_line {
            token.start + 1
        } else {
            token.end
        };
        Some(("expected ':'".into(), token.start, end))
    }

    /// From the offending argument to the closing parenthesis of its call.
    fn at_call_end(&self, message: &str) -> Option<Message> {
        let mut depth = 0;
        for token in self.tokens.get(self.index..).unwrap_or_default() {
            match &self.text[token.start..token.end] {
                "(" | "[" | "{" => depth += 1,
                ")" if depth == 0 => return Some((message.into(), token.start, token.end)),
                ")" | "]" | "}" => depth -= 1,
                _ => {}
            }
        }
        Some((message.into(), self.start, self.end))
    }

    /// What guesses from tokens alone can tell.
    fn by_tokens(&self) -> Option<Message> {
        let token = self.tokens.get(self.index)?;
        let first = self.line_tokens().next().unwrap_or(self.index);
        let previous = self.index.checked_sub(1).filter(|at| *at >= first);
        let text = self.token_text(self.index);
        if text == ":"
            && let Some(message) = self.bound_of_starred()
        {
            return Some(message);
        }
        if text == "<>" {
            let message = "invalid syntax.  Maybe you meant '!=' instead of '<>'?";
            return Some((message.into(), token.start, token.end));
        }
        // `print x` and `exec x`.
        if let Some(previous) = previous
            && matches!(self.token_text(previous), "print" | "exec")
            && (previous == first || matches!(self.token_text(previous - 1), ":" | ";"))
            && (matches!(token.kind, Kind::Name | Kind::String | Kind::Number) || text == "{")
            && !matches!(
                text,
                "if" | "and" | "or" | "in" | "is" | "not" | "for" | "else"
            )
        {
            let name = self.token_text(previous);
            expression_name(self.text.get(token.start..self.atom_end(self.index))?)?;
            let end = self
                .tokens
                .get(self.index..)
                .unwrap_or_default()
                .iter()
                .find(|token| matches!(token.kind, Kind::Newline | Kind::End))
                .map_or(token.end, |token| token.start);
            return Some((
                format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?"),
                self.tokens[previous].start,
                end,
            ));
        }
        if text == "=" {
            if let Some(stars) = self.index.checked_sub(2)
                && self.token_text(stars) == "**"
                && self.in_brackets(first)
            {
                return Some((
                    "cannot assign to keyword argument unpacking".into(),
                    self.tokens[stars].start,
                    self.atom_end((self.index + 1).min(self.tokens.len() - 1)),
                ));
            }
            return self.equals_sign(first);
        }
        if let Some(previous) = previous {
            match self.token_text(previous) {
                "=" if matches!(text, ")" | ",") && self.in_brackets(first) => {
                    let name = self.tokens[previous - 1].start;
                    let end = self.tokens[previous].end;
                    return Some(("expected argument value expression".into(), name, end));
                }
                "else"
                    if self
                        .line_tokens()
                        .any(|at| at > first && self.token_text(at) == "if") =>
                {
                    return Some((
                        "expected expression after 'else', but statement is given".into(),
                        token.start,
                        token.end.max(token.start + 1),
                    ));
                }
                ":" if matches!(text, "}" | ",") && self.ends_atom(previous - 1) => {
                    let colon = self.tokens[previous];
                    return Some((
                        "expression expected after dictionary key and ':'".into(),
                        colon.start,
                        colon.end,
                    ));
                }
                _ => {}
            }
            if matches!(text, "}" | ",") && self.ends_atom(previous) && self.in_dict(first) {
                return Some((
                    "':' expected after dictionary key".into(),
                    self.tokens[previous].end - 1,
                    NO_END,
                ));
            }
        }
        // Two expressions side by side within brackets.
        if let Some(previous) = previous
            && self.in_brackets(first)
            && !self
                .line_tokens()
                .any(|at| matches!(self.token_text(at), "def" | "lambda"))
            && self.ends_atom(previous)
            && self.starts_atom(self.index)
        {
            return Some((
                "invalid syntax. Perhaps you forgot a comma?".into(),
                self.atom_start(previous),
                self.atom_end(self.index),
            ));
        }
        // `a if b` without `else`.
        let words: Vec<usize> = self.line_tokens().collect();
        if let Some(at) = words.iter().rposition(|at| self.token_text(*at) == "if")
            && at > 0
            && words[at] != first
            && !words[at..].iter().any(|at| self.token_text(*at) == "else")
            && !matches!(text, "else" | ":")
            && self.token_text(first) != "case"
            && self.ends_atom(words[at] - 1)
            && !words.iter().any(|at| self.token_text(*at) == "for")
            && self.index > words[at] + 1
        {
            let start = self.atom_start(words[at] - 1);
            let end = self.tokens[self.index - 1].end;
            return Some(("expected 'else' after 'if' expression".into(), start, end));
        }
        None
    }

    fn equals_sign(&self, first: usize) -> Option<Message> {
        let previous = self.index.checked_sub(1)?;
        let mut keyword = self.token_text(first);
        if keyword == "async" {
            keyword = self.token_text(first + 1);
        }
        if !matches!(keyword, "if" | "elif" | "while") {
            return None;
        }
        if self.tokens[previous].kind == Kind::Name
            && !KEYWORDS.contains(&self.token_text(previous))
        {
            let name = previous == first + 1;
            if name {
                return Some((
                    "invalid syntax. Maybe you meant '==' or ':=' instead of '='?".into(),
                    self.tokens[previous].start,
                    self.tokens.get(self.index + 1)?.end,
                ));
            }
        }
        None
    }

    pub(super) fn in_brackets(&self, first: usize) -> bool {
        let mut depth = 0;
        for at in first..self.index {
            match self.token_text(at) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth -= 1,
                _ => {}
            }
        }
        depth > 0
    }

    /// Whether the innermost bracket is a brace with a colon after its first expression.
    fn in_dict(&self, first: usize) -> bool {
        let mut depth = 0;
        let mut colon = false;
        for at in (first..self.index).rev() {
            match self.token_text(at) {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" if depth == 0 => return false,
                "{" if depth == 0 => return colon,
                "(" | "[" | "{" => depth -= 1,
                ":" if depth == 0 => colon = true,
                _ => {}
            }
        }
        false
    }

    fn is_keyword(&self, index: usize) -> bool {
        let text = self.token_text(index);
        KEYWORDS.contains(&text) && !matches!(text, "None" | "True" | "False")
    }

    pub(super) fn ends_atom(&self, index: usize) -> bool {
        match self.tokens[index].kind {
            Kind::Name => !self.is_keyword(index),
            Kind::Number | Kind::String => true,
            _ => matches!(self.token_text(index), ")" | "]" | "}"),
        }
    }

    fn starts_atom(&self, index: usize) -> bool {
        match self.tokens[index].kind {
            Kind::Name => !self.is_keyword(index),
            Kind::Number | Kind::String => true,
            _ => matches!(self.token_text(index), "("),
        }
    }

    pub(super) fn atom_start(&self, mut index: usize) -> usize {
        loop {
            if matches!(self.token_text(index), ")" | "]" | "}") {
                let mut depth = 0;
                while index > 0 {
                    match self.token_text(index) {
                        ")" | "]" | "}" => depth += 1,
                        "(" | "[" | "{" => depth -= 1,
                        _ => {}
                    }
                    if depth == 0 {
                        break;
                    }
                    index -= 1;
                }
            }
            // Calls, subscripts and attributes go on to the left.
            let Some(before) = index.checked_sub(1) else {
                break;
            };
            if self.token_text(before) == "." {
                index = before.saturating_sub(1);
            } else if matches!(self.token_text(index), "(" | "[") && self.ends_atom(before) {
                index = before;
            } else {
                break;
            }
        }
        self.tokens[index].start
    }

    pub(super) fn atom_end(&self, mut index: usize) -> usize {
        loop {
            if matches!(self.token_text(index), "(" | "[" | "{") {
                let mut depth = 0;
                while index + 1 < self.tokens.len() {
                    match self.token_text(index) {
                        "(" | "[" | "{" => depth += 1,
                        ")" | "]" | "}" => depth -= 1,
                        _ => {}
                    }
                    if depth == 0 {
                        break;
                    }
                    index += 1;
                }
            }
            match self.token_text(index + 1) {
                "." => index += 2,
                "(" | "[" => index += 1,
                _ => break,
            }
        }
        self.tokens[index.min(self.tokens.len() - 1)].end
    }

    /// Ruff's range as an expression: what CPython calls it, and its range.
    fn describe(&self) -> Option<(&'static str, usize, usize)> {
        let text = &self.text[self.start..self.end];
        let starred = text.starts_with('*');
        let name = expression_name(text).unwrap_or(if starred { "starred" } else { "expression" });
        Some((name, self.start, self.end))
    }

    fn invalid_target(&self, target: Target) -> Option<Message> {
        let (name, start, end) = self.describe()?;
        let verb = match target {
            Target::Assign => "assign to",
            Target::Delete => "delete",
        };
        let first = self.line_tokens().next().unwrap_or(self.index);
        if name == "comparison"
            && (first..self.index)
                .next_back()
                .is_some_and(|at| self.token_text(at) == "for")
        {
            let operators = ["<", ">", "==", "!=", "<=", ">=", "is", "not"];
            let found = (self.index..self.tokens.len())
                .find(|at| operators.contains(&self.token_text(*at)))?;
            return self.invalid_token(found);
        }
        if name == "yield expression" && !self.text[..start].ends_with('(') {
            return Some((
                "assignment to yield expression not possible".into(),
                start,
                end,
            ));
        }
        // The whole left side of a single `=` may be meant as a comparison.
        let header = self.header_end(first);
        let first = (first..self.index)
            .rfind(|at| self.token_text(*at) == ";" || Some(*at) == header)
            .map_or(first, |end| end + 1);
        let mut after = token_at(self.tokens, end)?;
        while self.token_text(after) == ")" {
            after += 1;
        }
        let more = self
            .tokens
            .get(after + 1..)
            .unwrap_or_default()
            .iter()
            .take_while(|token| !matches!(token.kind, Kind::Newline | Kind::End))
            .any(|token| matches!(&self.text[token.start..token.end], "=" | ":="));
        let alone = target == Target::Assign
            && self.token_text(after) == "="
            && !more
            && (first..self.index).all(|at| self.token_text(at) == "(")
            && !matches!(
                name,
                "True"
                    | "False"
                    | "None"
                    | "list"
                    | "tuple"
                    | "generator expression"
                    | "lambda"
                    | "conditional expression"
                    | "comparison"
            );
        let hint = if alone {
            " here. Maybe you meant '==' instead of '='?"
        } else {
            ""
        };
        Some((format!("cannot {verb} {name}{hint}"), start, end))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Assign,
    Delete,
}

/// What CPython calls this expression, if it is one.
pub(super) fn expression_name(text: &str) -> Option<&'static str> {
    let parsed = ruff_python_parser::parse_expression(&format!("({text})")).ok()?;
    Some(expr_name(parsed.expr()))
}

/// CPython's name of a kind of expression.
fn expr_name(expr: &ruff::Expr) -> &'static str {
    use ruff::Expr as R;
    match expr {
        R::Attribute(_) => "attribute",
        R::Subscript(_) => "subscript",
        R::Starred(_) => "starred",
        R::Name(_) => "name",
        R::List(_) => "list",
        R::Tuple(_) => "tuple",
        R::Lambda(_) => "lambda",
        R::Call(_) => "function call",
        R::BoolOp(_) | R::BinOp(_) | R::UnaryOp(_) => "expression",
        R::Generator(_) => "generator expression",
        R::Yield(_) | R::YieldFrom(_) => "yield expression",
        R::Await(_) => "await expression",
        R::ListComp(_) => "list comprehension",
        R::SetComp(_) => "set comprehension",
        R::DictComp(_) => "dict comprehension",
        R::Dict(_) => "dict literal",
        R::Set(_) => "set display",
        R::FString(_) => "f-string expression",
        R::TString(_) => "t-string expression",
        R::StringLiteral(_) | R::BytesLiteral(_) | R::NumberLiteral(_) => "literal",
        R::NoneLiteral(_) => "None",
        R::BooleanLiteral(literal) => {
            if literal.value {
                "True"
            } else {
                "False"
            }
        }
        R::EllipsisLiteral(_) => "ellipsis",
        R::Compare(_) => "comparison",
        R::If(_) => "conditional expression",
        R::Named(_) => "named expression",
        R::Slice(_) | R::IpyEscapeCommand(_) => "expression",
    }
}
