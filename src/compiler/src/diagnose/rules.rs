//! Mistakes that the tokens around the error's place give away.

use super::messages::{Context, KEYWORDS, Message, expression_name};
use super::tokenizer::Kind;

impl Context<'_> {
    /// The first rule that knows the mistake.
    pub(super) fn by_rules(&self) -> Option<Message> {
        self.parameters()
            .or_else(|| self.augmented_tuple())
            .or_else(|| self.complex_pattern())
            .or_else(|| self.quote_within_string())
            .or_else(|| self.star_or_equals())
            .or_else(|| self.statement_words())
            .or_else(|| self.target_after_as())
            .or_else(|| self.string_prefixes())
            .or_else(|| self.comprehension_words())
    }

    fn at(&self, message: &str, index: usize) -> Option<Message> {
        let token = self.tokens.get(index)?;
        Some((message.into(), token.start, token.end))
    }

    /// The words of a line before the error.
    fn word(&self, index: usize) -> &str {
        self.token_text(index)
    }

    /// Within the parameters of a function or lambda: the indices from their start to the error.
    fn parameter_range(&self) -> Option<(usize, bool)> {
        let line: Vec<usize> = self.line_tokens().collect();
        let mut depth = 0;
        for &at in line.iter().rev() {
            match self.word(at) {
                ")" | "]" | "}" => depth += 1,
                "(" if depth == 0 => {
                    let def = at.checked_sub(2).is_some_and(|at| self.word(at) == "def");
                    return def.then_some((at + 1, false));
                }
                "(" | "[" | "{" => depth -= 1,
                "lambda" if depth == 0 => return Some((at + 1, true)),
                ":" if depth == 0 && line.iter().any(|at| self.word(*at) == "lambda") => {
                    return None;
                }
                _ => {}
            }
        }
        None
    }

    fn parameters(&self) -> Option<Message> {
        let text = self.word(self.index);
        let line: Vec<usize> = self.line_tokens().collect();
        let previous = self.index.checked_sub(1)?;
        let header = usize::from(line.first().is_some_and(|at| self.word(*at) == "async"));
        let name_of_def = line
            .get(header)
            .filter(|at| self.word(**at) == "def")
            .map(|def| def + 1);
        let typed = name_of_def.is_some_and(|name| {
            self.word(name + 1) == "[" && self.close_of(name + 1) == Some(previous)
        });
        if name_of_def.is_some()
            && !matches!(text, "(" | "[")
            && self.tokens[name_of_def.unwrap_or(previous)].kind == Kind::Name
            && (name_of_def == Some(previous) || typed && previous > name_of_def? + 2)
        {
            let token = self.tokens[self.index];
            return Some((
                "expected '('".into(),
                token.start,
                token.end.max(token.start + 1),
            ));
        }
        let (start, lambda) = self.parameter_range()?;
        let before = start..self.index;
        let has = |what: &str| before.clone().any(|at| self.word(at) == what);
        match text {
            "/" | "*" | "**" if has("**") && self.word(previous) != ":" => {
                self.at("arguments cannot follow var-keyword argument", self.index)
            }
            "/" if has("/") => self.at("/ may appear only once", self.index),
            "/" if before.is_empty() && self.word(self.index + 1) == "," => {
                self.at("at least one argument must precede /", self.index)
            }
            "/" if has("*") => self.at("/ must be ahead of *", self.index),
            "*" if self.word(previous) == "/" => {
                self.at("expected comma between / and *", self.index)
            }
            "*" if has("*") => self.at("* argument may appear only once", self.index),
            "(" => {
                let end = self.close_of(self.index)?;
                let parameters = (self.index + 1..end).all(|at| match self.word(at) {
                    "," => true,
                    ":" => !lambda,
                    _ => self.is_plain_name(at),
                });
                if !parameters {
                    return None;
                }
                let message = if lambda {
                    "Lambda expression parameters cannot be parenthesized"
                } else {
                    "Function parameters cannot be parenthesized"
                };
                Some((
                    message.into(),
                    self.tokens[self.index].start,
                    self.tokens[end].end,
                ))
            }
            ")" | "," | ":" if self.word(previous) == "=" => {
                self.at("expected default value expression", previous)
            }
            _ => None,
        }
    }

    /// A lone star, and `=` where a comparison may be meant.
    fn star_or_equals(&self) -> Option<Message> {
        let text = self.word(self.index);
        let line: Vec<usize> = self.line_tokens().collect();
        let first = *line.first()?;
        let previous = self.index.checked_sub(1)?;
        let before_star = previous.checked_sub(1).map_or("", |at| self.word(at));
        if self.word(previous) == "*"
            && matches!(before_star, "(" | "[" | ",")
            && matches!(text, ")" | "]" | ":" | ",")
            && self.in_brackets(first)
        {
            return self.at("Invalid star expression", self.index);
        }
        // `[*(1:2)]`
        let open = self.open_bracket(first);
        let starred = |at: usize| {
            self.word(at) == "("
                && at.checked_sub(2).is_some_and(|at| {
                    self.word(at + 1) == "*" && matches!(self.word(at), "[" | ",")
                })
        };
        if text == ":" && open.is_some_and(starred) {
            return self.at("Invalid star expression", self.index);
        }
        if text == ":" && self.word(previous) == "*" && before_star == "except" {
            return self.at("expected one or more exception types", self.index);
        }
        if text != "=" || !self.ends_atom(previous) {
            return None;
        }
        let open = self.open_bracket(first);
        let in_display = open.is_some_and(|at| {
            self.word(at) != "(" || !at.checked_sub(1).is_some_and(|at| self.ends_atom(at))
        });
        let header = open.is_none() && matches!(self.word(first), "if" | "elif" | "while");
        if !in_display && !header {
            return None;
        }
        let start = self.atom_start(previous);
        let name = expression_name(self.text.get(start..self.tokens[previous].end)?)?;
        let value_end = self.atom_end(self.index + 1);
        match name {
            "name" => Some((
                "invalid syntax. Maybe you meant '==' or ':=' instead of '='?".into(),
                start,
                value_end,
            )),
            "attribute" | "subscript" | "function call" | "literal" => Some((
                format!("cannot assign to {name} here. Maybe you meant '==' instead of '='?"),
                start,
                self.tokens[previous].end,
            )),
            _ => None,
        }
    }

    /// The innermost bracket that is open at the error.
    fn open_bracket(&self, first: usize) -> Option<usize> {
        let mut depth = 0;
        (first..self.index).rev().find(|at| {
            match self.word(*at) {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" | "{" if depth == 0 => return true,
                "(" | "[" | "{" => depth -= 1,
                _ => {}
            }
            false
        })
    }

    /// The bracket that closes the one at `index`.
    fn close_of(&self, index: usize) -> Option<usize> {
        let mut depth = 0;
        (index..self.tokens.len()).find(|at| {
            match self.word(*at) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth -= 1,
                _ => {}
            }
            depth == 0
        })
    }

    fn line_end(&self) -> usize {
        (self.index..self.tokens.len())
            .find(|at| matches!(self.tokens[*at].kind, Kind::Newline | Kind::End))
            .unwrap_or(self.index)
    }

    fn statement_words(&self) -> Option<Message> {
        let text = self.word(self.index);
        let first = self.line_tokens().next().unwrap_or(self.index);
        let previous = self.index.checked_sub(1);
        let before = previous.map_or("", |at| self.word(at));
        if self.word(first) == "import" && text == "from" {
            let end = self.line_end();
            return Some((
                "Did you mean to use 'from ... import ...' instead?".into(),
                self.tokens[first].start,
                self.tokens[end.checked_sub(1)?].end,
            ));
        }
        if text == "not"
            && matches!(
                before,
                "+" | "-"
                    | "*"
                    | "/"
                    | "//"
                    | "%"
                    | "@"
                    | "**"
                    | "<<"
                    | ">>"
                    | "&"
                    | "|"
                    | "^"
                    | "~"
            )
        {
            let next = self.tokens.get(self.index + 1)?;
            return Some((
                "'not' after an operator must be parenthesized".into(),
                self.tokens[self.index].start,
                next.end,
            ));
        }
        if text == "except" && self.index == first {
            let star = self.word(self.index + 1) == "*";
            let end = self.index + usize::from(star);
            return Some((
                "cannot have both 'except' and 'except*' on the same 'try'".into(),
                self.tokens[self.index].start,
                self.tokens.get(end)?.end,
            ))
            .filter(|_| self.follows_block("except"));
        }
        if text == "elif" && self.index == first && self.follows_block("else") {
            return self.at("'elif' block follows an 'else' block", self.index);
        }
        let header = first + usize::from(self.word(first) == "async");
        if text == "]" && before == "[" && matches!(self.word(header), "type" | "class" | "def") {
            let start = self.tokens[self.index].start;
            return Some(("Type parameter list cannot be empty".into(), start, start));
        }
        if matches!(text, "pass" | "break" | "continue")
            && self.word(self.index + 1) == "if"
            && self.index > first
        {
            return self.at(
                "expected expression before 'if', but statement is given",
                self.index,
            );
        }
        None
    }

    /// Whether the statement before, at the same column, is such a clause.
    fn follows_block(&self, keyword: &str) -> bool {
        let column = self.source.position(self.tokens[self.index].start).1;
        let mut line_start = true;
        let mut found = "";
        for token in &self.tokens[..self.index] {
            match token.kind {
                Kind::Newline => line_start = true,
                Kind::Indent | Kind::Dedent => {}
                _ => {
                    if line_start && self.source.position(token.start).1 == column {
                        found = &self.text[token.start..token.end];
                    }
                    line_start = false;
                }
            }
        }
        found == keyword
    }

    /// `a, b += 1`
    fn augmented_tuple(&self) -> Option<Message> {
        let text = self.word(self.index);
        let first = self.line_tokens().next()?;
        if text.len() < 2
            || !text.ends_with('=')
            || matches!(text, "==" | "!=" | "<=" | ">=" | ":=")
        {
            return None;
        }
        let (start, end) = (
            self.tokens[first].start,
            self.tokens[self.index.checked_sub(1)?].end,
        );
        let target = self.text.get(start..end)?;
        (expression_name(target)? == "tuple").then(|| {
            let message = "'tuple' is an illegal expression for augmented assignment";
            (message.into(), start, end)
        })
    }

    /// `case 0+0:` and `case 0j+0j:`
    fn complex_pattern(&self) -> Option<Message> {
        let first = self.line_tokens().next()?;
        let number = |at: usize| self.tokens.get(at).is_some_and(|t| t.kind == Kind::Number);
        let imaginary = |at: usize| self.word(at).ends_with(['j', 'J']);
        let sign = |at: usize| matches!(self.word(at), "+" | "-");
        if self.word(first) != "case" || !number(self.index) {
            return None;
        }
        if let Some(real) = self.index.checked_sub(2)
            && sign(real + 1)
            && number(real)
            && !imaginary(self.index)
        {
            return self.at("imaginary number required in complex literal", self.index);
        }
        let more = sign(self.index + 1) && number(self.index + 2);
        (more && imaginary(self.index))
            .then(|| self.at("real number required in complex literal", self.index))?
    }

    /// `"He said "go" and went"`: names between two strings.
    fn quote_within_string(&self) -> Option<Message> {
        let string = |at: usize| self.tokens.get(at).is_some_and(|t| t.kind == Kind::String);
        if !string(self.index.checked_sub(1)?) {
            return None;
        }
        let mut end = self.index;
        while self.is_plain_name(end) {
            end += 1;
        }
        (end > self.index && string(end)).then(|| {
            (
                "invalid syntax. Is this intended to be part of the string?".into(),
                self.tokens[self.index].start,
                self.tokens[end - 1].end,
            )
        })
    }

    /// A star that begins or ends where no expression with a star can be.
    pub(super) fn misplaced_star(&self) -> Option<Message> {
        let first = self.line_tokens().next()?;
        let previous = self.index.checked_sub(1)?;
        let open = self.open_bracket(first);
        let bracket = open.map_or("", |at| self.word(at));
        let behind =
            (self.index..self.tokens.len()).find(|at| self.tokens[*at].start >= self.end)?;
        if self.word(behind) == ":" && matches!(bracket, "[" | "(") {
            return self.invalid_token(behind);
        }
        match self.word(previous) {
            ":" if bracket == "{" => Some((
                "cannot use a starred expression in a dictionary value".into(),
                self.start,
                self.end,
            )),
            ":" => self.invalid_token(self.index),
            "=" if bracket == "[" && matches!(self.word(first), "type" | "class" | "def") => {
                self.invalid_token(self.index)
            }
            _ => None,
        }
    }

    /// The `=` behind the argument at the error.
    pub(super) fn equals_of_argument(&self) -> Option<usize> {
        let end =
            self.find_target_end(self.index, |at, outside| outside && self.word(at) == "=")?;
        (self.word(end) == "=").then_some(end)
    }

    /// The first token from here on that is such a one (it is said whether it is outside of all brackets that open on
    /// the way), or the bracket that closes what is around.
    fn find_target_end(&self, from: usize, is_one: impl Fn(usize, bool) -> bool) -> Option<usize> {
        let mut depth = 0;
        (from..self.tokens.len()).find(|at| match self.word(*at) {
            "(" | "[" | "{" => {
                depth += 1;
                false
            }
            ")" | "]" | "}" if depth == 0 => true,
            ")" | "]" | "}" => {
                depth -= 1;
                false
            }
            _ => is_one(*at, depth == 0),
        })
    }

    /// Within the parentheses of a class's header?
    pub(super) fn in_bases(&self) -> bool {
        let first = self.line_tokens().next().unwrap_or(self.index);
        self.word(first) == "class" && self.open_bracket(first) == Some(first + 2)
    }

    /// The colon that ends the header of a compound statement.
    pub(super) fn header_end(&self, first: usize) -> Option<usize> {
        let header = first + usize::from(self.word(first) == "async");
        let compound = [
            "if", "elif", "else", "for", "while", "with", "try", "except", "finally", "class",
            "def",
        ];
        if !compound.contains(&self.word(header)) {
            return None;
        }
        let mut depth = 0;
        (header..self.index).find(|at| {
            match self.word(*at) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth -= 1,
                _ => {}
            }
            depth == 0 && self.word(*at) == ":"
        })
    }

    /// Nothing better is known of this token than that it can't come here.
    pub(super) fn invalid_token(&self, index: usize) -> Option<Message> {
        self.at("invalid syntax", index)
    }

    pub(super) fn next_word(&self, word: &str) -> Option<Message> {
        let found = (self.index..self.tokens.len()).find(|at| self.word(*at) == word)?;
        self.invalid_token(found)
    }

    fn is_plain_name(&self, index: usize) -> bool {
        self.tokens
            .get(index)
            .is_some_and(|token| token.kind == Kind::Name)
            && !KEYWORDS.contains(&self.word(index))
    }

    /// A star in front of no parameters.
    pub(super) fn bare_star(&self) -> Option<Message> {
        let star = (0..=self.index).rfind(|at| self.word(*at) == "*")?;
        let comma = usize::from(self.word(star + 1) == ",");
        let end = star + 1 + comma;
        let known = matches!(self.word(end), ")" | ":") || comma == 1 && self.word(end) == "**";
        if !known {
            return self.invalid_token(star + 1);
        }
        let lambda = self.parameter_range().is_some_and(|(_, lambda)| lambda);
        self.at(
            "named arguments must follow bare *",
            if lambda { end } else { star },
        )
    }

    fn target_after_as(&self) -> Option<Message> {
        let line: Vec<usize> = self.line_tokens().collect();
        let first = *line.first()?;
        let as_at = *line.iter().rfind(|at| self.word(**at) == "as")?;
        let what = match self.word(first) {
            "import" | "from" => "as import target",
            "case" => "as pattern target",
            "except" => "",
            _ => return None,
        };
        let start = self.tokens.get(as_at + 1)?.start;
        // The target ends where its clause does.
        let end = self.find_target_end(as_at + 1, |at, outside| match self.word(at) {
            ":" | "," | "if" => outside,
            _ => matches!(self.tokens[at].kind, Kind::Newline | Kind::End),
        })?;
        let end = self.tokens[end.checked_sub(1)?].end;
        let target = self.text.get(start..end)?;
        if target == "_" && self.word(first) == "case" {
            return Some(("cannot use '_' as a target".into(), start, end));
        }
        let name = expression_name(target)?;
        let message = match what {
            "" => {
                let star = if self.word(first + 1) == "*" { "*" } else { "" };
                format!("cannot use except{star} statement with {name}")
            }
            what => format!("cannot use {name} {what}"),
        };
        (name != "name").then_some((message, start, end))
    }

    fn string_prefixes(&self) -> Option<Message> {
        let string = self
            .tokens
            .get(self.index)
            .filter(|token| token.kind == Kind::String)?;
        let prefix = self.tokens.get(self.index.checked_sub(1)?)?;
        if prefix.end != string.start || prefix.kind != Kind::Name {
            return None;
        }
        let letters = self.text[prefix.start..prefix.end].to_ascii_lowercase();
        if !letters
            .chars()
            .all(|c| matches!(c, 'u' | 'b' | 'r' | 'f' | 't'))
        {
            return None;
        }
        let clash = [
            ('u', 'b'),
            ('u', 'r'),
            ('u', 'f'),
            ('u', 't'),
            ('b', 'f'),
            ('b', 't'),
            ('f', 't'),
        ]
        .into_iter()
        .find(|(a, b)| letters.contains(*a) && letters.contains(*b))?;
        let (a, b) = clash;
        Some((
            format!("'{a}' and '{b}' prefixes are incompatible"),
            prefix.start,
            prefix.end,
        ))
    }

    fn comprehension_words(&self) -> Option<Message> {
        let text = self.word(self.index);
        let line: Vec<usize> = self.line_tokens().collect();
        // `[x for x if …]`: no `in` between.
        let for_at = line.iter().rfind(|at| self.word(**at) == "for").copied();
        if let Some(for_at) = for_at
            && Some(&for_at) != line.first()
        {
            let missing = (for_at + 1..self.index)
                .find(|at| matches!(self.word(*at), "if"))
                .filter(|at| !(for_at + 1..*at).any(|at| self.word(at) == "in"));
            if let Some(at) = missing {
                return self.at("'in' expected after for-loop variables", at);
            }
        }
        // `[x, y for x, y in …]`.
        if text == "for" {
            let mut depth = 0;
            let open = line.iter().rfind(|at| {
                match self.word(**at) {
                    ")" | "]" | "}" => depth += 1,
                    "(" | "[" | "{" if depth == 0 => return true,
                    "(" | "[" | "{" => depth -= 1,
                    _ => {}
                }
                false
            })?;
            let call = open
                .checked_sub(1)
                .is_some_and(|at| self.word(*open) == "(" && self.tokens[at].kind == Kind::Name);
            let comma = (open + 1..self.index).any(|at| self.word(at) == ",");
            if comma && !call && matches!(self.word(*open), "[" | "{") {
                return Some((
                    "did you forget parentheses around the comprehension target?".into(),
                    self.tokens[open + 1].start,
                    self.tokens[self.index - 1].end,
                ));
            }
        }
        None
    }
}

impl Context<'_> {
    /// `[*Ts: int]` and `[**P: (int, str)]`: only a plain type parameter has a bound or constraints.
    pub(super) fn bound_of_starred(&self) -> Option<Message> {
        let stars = self.index.checked_sub(2)?;
        let kind = match self.token_text(stars) {
            "*" => "TypeVarTuple",
            "**" => "ParamSpec",
            _ => return None,
        };
        if !matches!(self.token_text(stars.checked_sub(1)?), "[" | ",") {
            return None;
        }
        let (mut depth, mut tuple, mut end) = (0, false, self.index);
        for at in self.index + 1..self.tokens.len() {
            match self.token_text(at) {
                "(" | "[" | "{" => depth += 1,
                "," | "]" | "=" if depth == 0 => break,
                ")" | "]" | "}" => depth -= 1,
                "," if depth == 1 && self.token_text(self.index + 1) == "(" => tuple = true,
                _ => {}
            }
            end = at;
        }
        let what = if tuple { "constraints" } else { "bound" };
        Some((
            format!("cannot use {what} with {kind}"),
            self.tokens[self.index].start,
            self.tokens[end].end,
        ))
    }
}
