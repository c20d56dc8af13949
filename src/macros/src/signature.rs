//! The Python signature in an attribute: `"replace($self, old, new, /, count=-1)"`.
//!
//! It is read with the rules of `def`, plus the leading `$self`, `$module` or `$type` that
//! `__text_signature__` has and that stands for the receiver. The text after the name is kept as it
//! was written, because Python code sees it.

/// How an argument reaches a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    PositionalOnly,
    PositionalOrKeyword,
    VarPositional,
    KeywordOnly,
    VarKeyword,
}

/// A default as far as Rust needs to know it.
#[derive(Clone, Debug, PartialEq)]
pub enum Default {
    None,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(String),
    /// Any other expression: only "given or not" can be told.
    Other(String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    pub name: String,
    pub kind: Kind,
    pub default: Option<Default>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    pub name: String,
    /// `self`, `module`, `type` if the signature starts with `$` and that name.
    pub receiver: Option<String>,
    pub parameters: Vec<Parameter>,
    /// From the parenthesis on; empty if there is none.
    pub text: String,
}

impl Signature {
    pub fn parse(source: &str) -> Result<Signature, String> {
        let source = source.trim();
        let Some(open) = source.find('(') else {
            check_name(source)?;
            return Ok(Signature {
                name: source.to_owned(),
                receiver: None,
                parameters: Vec::new(),
                text: String::new(),
            });
        };
        let (name, text) = source.split_at(open);
        check_name(name)?;
        let inner = text
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'))
            .ok_or_else(|| "the signature must end with `)`".to_owned())?;
        let plain = without_groups(inner);
        let inner = plain.as_str();
        let mut receiver = None;
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut kind = Kind::PositionalOrKeyword;
        let mut slash_seen = false;
        let mut bare_star = false;
        for (index, piece) in split_commas(inner)?.into_iter().enumerate() {
            if let Some(name) = piece.strip_prefix('$') {
                if index != 0 {
                    return Err(format!("`${name}` must come first"));
                }
                check_name(name)?;
                receiver = Some(name.to_owned());
            } else if piece == "/" {
                if slash_seen || kind != Kind::PositionalOrKeyword {
                    return Err("`/` must stand once, and before `*`".to_owned());
                }
                slash_seen = true;
                parameters
                    .iter_mut()
                    .for_each(|parameter| parameter.kind = Kind::PositionalOnly);
            } else if piece == "*" {
                if kind != Kind::PositionalOrKeyword {
                    return Err("a second `*`".to_owned());
                }
                kind = Kind::KeywordOnly;
                bare_star = true;
            } else if let Some(name) = piece.strip_prefix("**") {
                check_name(name)?;
                parameters.push(Parameter {
                    name: name.to_owned(),
                    kind: Kind::VarKeyword,
                    default: None,
                });
                kind = Kind::VarKeyword;
            } else if let Some(name) = piece.strip_prefix('*') {
                if kind != Kind::PositionalOrKeyword {
                    return Err("a second `*`".to_owned());
                }
                check_name(name)?;
                parameters.push(Parameter {
                    name: name.to_owned(),
                    kind: Kind::VarPositional,
                    default: None,
                });
                kind = Kind::KeywordOnly;
            } else {
                if kind == Kind::VarKeyword {
                    return Err("nothing may follow `**`".to_owned());
                }
                let (name, default) = match piece.split_once('=') {
                    Some((name, default)) => (name.trim(), Some(parse_default(default.trim())?)),
                    None => (piece, None),
                };
                check_name(name)?;
                if parameters.iter().any(|other| other.name == name) {
                    return Err(format!("parameter `{name}` is given twice"));
                }
                let after_default = parameters
                    .last()
                    .is_some_and(|last| last.default.is_some() && last.kind != Kind::KeywordOnly);
                if kind == Kind::PositionalOrKeyword && default.is_none() && after_default {
                    return Err(format!(
                        "parameter `{name}` without a default follows one with a default"
                    ));
                }
                bare_star = false;
                parameters.push(Parameter {
                    name: name.to_owned(),
                    kind,
                    default,
                });
            }
        }
        if bare_star {
            return Err("named parameters must follow a bare `*`".to_owned());
        }
        Ok(Signature {
            name: name.to_owned(),
            receiver,
            parameters,
            text: text.to_owned(),
        })
    }

    /// Positional parameters without a default.
    pub fn required_positional(&self) -> usize {
        self.positional()
            .filter(|parameter| parameter.default.is_none())
            .count()
    }

    /// All parameters that a positional argument can reach, `*args` not counted.
    pub fn positional(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|parameter| {
            matches!(
                parameter.kind,
                Kind::PositionalOnly | Kind::PositionalOrKeyword
            )
        })
    }

    pub fn count(&self, kind: Kind) -> usize {
        self.parameters
            .iter()
            .filter(|parameter| parameter.kind == kind)
            .count()
    }

    pub fn has(&self, kind: Kind) -> bool {
        self.count(kind) != 0
    }

    /// Whether any keyword argument can be given.
    pub fn takes_keywords(&self) -> bool {
        self.has(Kind::PositionalOrKeyword)
            || self.has(Kind::KeywordOnly)
            || self.has(Kind::VarKeyword)
    }
}

fn check_name(name: &str) -> Result<(), String> {
    let mut chars = name.chars();
    let good = chars
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_')
        && chars.all(|other| other.is_alphanumeric() || other == '_');
    if good {
        Ok(())
    } else {
        Err(format!("`{name}` is not a name"))
    }
}

/// `a[, b[, c]], /` as `a, b=None, c=None, /`: parameters in brackets may be left out, and `None` says
/// the same.
fn without_groups(text: &str) -> String {
    let Some((head, rest)) = text.split_once("[,") else {
        return text.to_owned();
    };
    let (group, after) = rest.split_at(rest.find(']').unwrap_or(rest.len()));
    let group = group.replace("[,", ",");
    let optional: Vec<String> = group
        .split(',')
        .map(|name| format!("{}=None", name.trim()))
        .collect();
    format!(
        "{head}, {}{}",
        optional.join(", "),
        after.trim_start_matches(']')
    )
}

/// Splits at the commas that are not inside brackets or quotes.
fn split_commas(text: &str) -> Result<Vec<&str>, String> {
    let mut pieces = Vec::new();
    let (mut depth, mut start) = (0i32, 0);
    let mut quote = None;
    let mut escaped = false;
    for (at, char) in text.char_indices() {
        if let Some(open) = quote {
            if escaped {
                escaped = false;
            } else if char == '\\' {
                escaped = true;
            } else if char == open {
                quote = None;
            }
            continue;
        }
        match char {
            '\'' | '"' => quote = Some(char),
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                pieces.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
        if depth < 0 {
            return Err("a bracket is closed that was not opened".to_owned());
        }
    }
    if quote.is_some() || depth != 0 {
        return Err("a quote or bracket is not closed".to_owned());
    }
    let last = text[start..].trim();
    if !last.is_empty() {
        pieces.push(last);
    }
    if pieces.iter().any(|piece| piece.is_empty()) {
        return Err("an empty parameter".to_owned());
    }
    Ok(pieces)
}

fn parse_default(text: &str) -> Result<Default, String> {
    Ok(match text {
        "" => return Err("a default is missing after `=`".to_owned()),
        "None" => Default::None,
        "True" => Default::Bool(true),
        "False" => Default::Bool(false),
        "sys.maxsize" => Default::Int(i64::MAX.into()),
        _ => {
            let quote = text
                .chars()
                .next()
                .filter(|quote| matches!(quote, '\'' | '"'));
            if let Some(quote) = quote {
                Default::Text(unquote(text, quote)?)
            } else if let Ok(value) = text.parse::<i128>() {
                Default::Int(value)
            } else if text
                .starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '.'))
            {
                match text.parse::<f64>() {
                    Ok(value) => Default::Float(value),
                    Err(_) => Default::Other(text.to_owned()),
                }
            } else {
                Default::Other(text.to_owned())
            }
        }
    })
}

fn unquote(text: &str, quote: char) -> Result<String, String> {
    let mut value = String::new();
    let mut chars = text[1..].chars();
    loop {
        match chars.next() {
            None => return Err("a quote is not closed".to_owned()),
            Some('\\') => value.push(match chars.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some(other @ ('\\' | '\'' | '"')) => other,
                other => return Err(format!("unknown escape {other:?} in a default")),
            }),
            Some(char) if char == quote => break,
            Some(char) => value.push(char),
        }
    }
    if chars.next().is_some() {
        return Err("text after the closing quote of a default".to_owned());
    }
    Ok(value)
}

#[cfg(test)]
#[path = "signature_tests.rs"]
mod tests;
