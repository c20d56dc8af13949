//! String-like literals, with implicit concatenation: neighbouring constants become one.

use super::Converter;
use crate::ast::*;
use crate::error::{Failure, Result, Shown};
use crate::literals::{self, Escape};
use ruff_python_ast as ruff;
use ruff_python_ast::{FStringPart, InterpolatedStringElement};
use ruff_text_size::{Ranged, TextRange};
use taipan_bytecode::{Const, Text};

/// A part of an f-string or template: text that may still grow, or an expression.
enum Part<'a> {
    Text {
        points: Vec<u32>,
        loc: Loc,
        unicode: bool,
    },
    Expr(Expr<'a>),
}

/// Prefix and body of one literal token.
struct Token<'s> {
    body: &'s str,
    body_start: usize,
    raw: bool,
    unicode: bool,
}

impl<'a, 's> Converter<'a, 's> {
    fn token(&self, range: TextRange) -> Token<'s> {
        let text = self.text(range);
        let prefix = text.find(['"', '\'']).unwrap_or(0);
        let quotes = &text[prefix..];
        let width = if quotes.starts_with("\"\"\"") || quotes.starts_with("'''") {
            3
        } else {
            1
        };
        let end = text.len().saturating_sub(width).max(prefix + width);
        Token {
            body: text.get(prefix + width..end).unwrap_or(""),
            body_start: range.start().to_usize() + prefix + width,
            raw: text[..prefix].contains(['r', 'R']),
            unicode: text[..prefix].contains(['u', 'U']),
        }
    }

    fn decode(
        &mut self,
        text: &str,
        start: usize,
        raw: bool,
        f: bool,
        loc: Loc,
    ) -> Result<Vec<u32>> {
        let decoded = literals::decode_string(text, raw, f)
            .map_err(|message| Failure::syntax(message, loc))?;
        if let Some(escape) = decoded.invalid_escape {
            self.warn_invalid_escape(&escape, start);
        }
        Ok(decoded.value)
    }

    /// Notes what is doubtful in a string literal that has no fields.
    pub(crate) fn check_escapes(&mut self, start: usize, end: usize) {
        let text = &self.source.text[start..end];
        let plain = text
            .bytes()
            .take_while(|byte| !matches!(byte, b'"' | b'\''))
            .all(|byte| matches!(byte, b'u' | b'U'));
        let (Ok(from), Ok(to)) = (u32::try_from(start), u32::try_from(end)) else {
            return;
        };
        if plain {
            let token = self.token(TextRange::new(from.into(), to.into()));
            // What is wrong in it is not what the source is refused for.
            let _ = self.decode(token.body, token.body_start, false, false, Loc::NONE);
        }
    }

    fn warn_invalid_escape(&mut self, escape: &Escape, body_start: usize) {
        let start = body_start + escape.offset;
        let text = &escape.text;
        let octal = text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit());
        let kind = if octal { "octal escape" } else { "escape" };
        let what = format!("\"\\{text}\" is an invalid {kind} sequence.");
        let advice = format!("Did you mean \"\\\\{text}\"? A raw string is also an option.");
        let loc = self.source.loc(start, start + 1 + text.len());
        let future = "Such sequences will not work in the future.";
        let failure = Failure::syntax(format!("{what} {advice}"), loc);
        self.warnings
            .push((format!("{what} {future} {advice}"), failure));
    }

    pub(crate) fn string(&mut self, e: &ruff::ExprStringLiteral, loc: Loc) -> Result<Expr<'a>> {
        let mut points = Vec::new();
        let mut unicode = false;
        for (index, part) in e.value.iter().enumerate() {
            let token = self.token(part.range());
            unicode |= index == 0 && token.unicode;
            let part_loc = self.loc(part.range());
            points.extend(self.decode(token.body, token.body_start, token.raw, false, part_loc)?);
        }
        let value = self
            .b
            .arena
            .constant(Const::Str(Text::from_code_points(points)));
        Ok(Expr {
            kind: ExprKind::Constant(value, unicode),
            loc,
        })
    }

    pub(crate) fn bytes(&mut self, e: &ruff::ExprBytesLiteral, loc: Loc) -> Result<Expr<'a>> {
        let mut bytes = Vec::new();
        for part in &e.value {
            let token = self.token(part.range());
            let part_loc = self.loc(part.range());
            let decoded = literals::decode_bytes(token.body, token.raw)
                .map_err(|message| Failure::syntax(message, part_loc))?;
            if let Some(escape) = decoded.invalid_escape {
                self.warn_invalid_escape(&escape, token.body_start);
            }
            bytes.extend(decoded.value);
        }
        Ok(self.b.constant(Const::Bytes(bytes.into()), loc))
    }

    pub(crate) fn fstring(&mut self, e: &ruff::ExprFString, loc: Loc) -> Result<Expr<'a>> {
        let mut parts = Vec::new();
        for part in &e.value {
            match part {
                FStringPart::Literal(literal) => {
                    let token = self.token(literal.range());
                    let loc = self.loc(literal.range());
                    let points =
                        self.decode(token.body, token.body_start, token.raw, false, loc)?;
                    push_text(&mut parts, points, loc, token.unicode);
                }
                FStringPart::FString(fstring) => {
                    let raw = self.token(fstring.range()).raw;
                    self.elements(&fstring.elements, raw, &mut parts)?;
                }
            }
        }
        let values = self.finish_parts(parts);
        Ok(Expr {
            kind: ExprKind::JoinedStr(values),
            loc,
        })
    }

    pub(crate) fn tstring(&mut self, e: &ruff::ExprTString, loc: Loc) -> Result<Expr<'a>> {
        let mut parts = Vec::new();
        for tstring in &e.value {
            let raw = self.token(tstring.range()).raw;
            self.template_elements(&tstring.elements, raw, &mut parts)?;
        }
        let values = self.finish_parts(parts);
        Ok(Expr {
            kind: ExprKind::TemplateStr(values),
            loc,
        })
    }

    fn finish_parts(&mut self, parts: Vec<Part<'a>>) -> &'a [Expr<'a>] {
        let mut values = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Part::Text { points, .. } if points.is_empty() => {}
                Part::Text {
                    points,
                    loc,
                    unicode,
                } => {
                    let value = self
                        .b
                        .arena
                        .constant(Const::Str(Text::from_code_points(points)));
                    values.push(Expr {
                        kind: ExprKind::Constant(value, unicode),
                        loc,
                    });
                }
                Part::Expr(expr) => values.push(expr),
            }
        }
        self.b.arena.slice(&values)
    }

    fn literal_element(
        &mut self,
        range: TextRange,
        raw: bool,
        parts: &mut Vec<Part<'a>>,
    ) -> Result<()> {
        let loc = self.loc(range);
        let text = self.text(range);
        let points = self.decode(text, range.start().to_usize(), raw, true, loc)?;
        push_text(parts, points, loc, false);
        Ok(())
    }

    fn elements(
        &mut self,
        elements: &ruff::InterpolatedStringElements,
        raw: bool,
        parts: &mut Vec<Part<'a>>,
    ) -> Result<()> {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => {
                    self.literal_element(literal.range(), raw, parts)?;
                }
                InterpolatedStringElement::Interpolation(element) => {
                    let (conversion, format_spec) =
                        self.conversion_and_spec(element, raw, parts)?;
                    let value = self.boxed(&element.expression)?;
                    parts.push(Part::Expr(Expr {
                        kind: ExprKind::FormattedValue {
                            value,
                            conversion,
                            format_spec,
                        },
                        loc: self.loc(element.range()),
                    }));
                }
            }
        }
        Ok(())
    }

    fn template_elements(
        &mut self,
        elements: &ruff::InterpolatedStringElements,
        raw: bool,
        parts: &mut Vec<Part<'a>>,
    ) -> Result<()> {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => {
                    self.literal_element(literal.range(), raw, parts)?;
                }
                InterpolatedStringElement::Interpolation(element) => {
                    let (conversion, format_spec) =
                        self.conversion_and_spec(element, raw, parts)?;
                    let value = self.boxed(&element.expression)?;
                    let text = self.interpolation_text(element);
                    let interpolation = Interpolation {
                        value,
                        text: self.b.arena.constant(Const::Str(Text::from(text.as_str()))),
                        conversion,
                        format_spec,
                    };
                    parts.push(Part::Expr(Expr {
                        kind: ExprKind::Interpolation(self.b.arena.alloc(interpolation)),
                        loc: self.loc(element.range()),
                    }));
                }
            }
        }
        Ok(())
    }

    /// The source between the brace and `=`, `!`, `:` or the closing brace, without comments.
    fn interpolation_text(&self, element: &ruff::InterpolatedElement) -> String {
        let start = element.range().start().to_usize() + 1;
        if let Some(debug) = &element.debug_text {
            let text = debug.as_str();
            return strip_comments(&text[..text.rfind('=').unwrap_or(text.len())]);
        }
        let expression_end = element.expression.range().end().to_usize();
        let element_end = element.range().end().to_usize();
        let spec_start = element
            .format_spec
            .as_ref()
            .map(|spec| spec.range().start().to_usize());
        let tail = &self.source.text[expression_end..spec_start.unwrap_or(element_end)];
        let stop = if element.conversion.to_char().is_some() {
            tail.rfind('!')
        } else if spec_start.is_some() {
            // The spec's range may or may not begin with the colon.
            Some(tail.rfind(':').unwrap_or(tail.len()))
        } else {
            tail.rfind('}')
        };
        let end = expression_end + stop.unwrap_or(tail.len());
        strip_comments(&self.source.text[start..end])
    }

    fn conversion_and_spec(
        &mut self,
        element: &ruff::InterpolatedElement,
        raw: bool,
        parts: &mut Vec<Part<'a>>,
    ) -> Result<(Option<Conversion>, Option<&'a Expr<'a>>)> {
        let mut conversion = match element.conversion {
            ruff::ConversionFlag::None => None,
            ruff::ConversionFlag::Str => Some(Conversion::Str),
            ruff::ConversionFlag::Ascii => Some(Conversion::Ascii),
            ruff::ConversionFlag::Repr => Some(Conversion::Repr),
        };
        if let Some(debug) = &element.debug_text {
            let start = element.range().start().to_usize() + 1;
            let text = debug.as_str();
            let loc = self
                .source
                .loc(start, (start + text.len()).min(self.source.text.len()));
            let shown = strip_comments(text);
            push_text(parts, shown.chars().map(u32::from).collect(), loc, false);
            if conversion.is_none() && element.format_spec.is_none() {
                conversion = Some(Conversion::Repr);
            }
        }
        let mut format_spec = None;
        if let Some(spec) = &element.format_spec {
            let mut spec_parts = Vec::new();
            self.spec_depth += 1;
            if self.spec_depth > MAX_SPECS
                && let Some(field) = spec.elements.interpolations().next()
            {
                // CPython counts from the character before its brace.
                let start = field.range().start().to_usize() - 1;
                let message = "f-string: expressions nested too deeply";
                let loc = self.source.loc(start, start);
                return Err(Failure::syntax(message, loc).showing(Shown::Text));
            }
            self.elements(&spec.elements, raw, &mut spec_parts)?;
            self.spec_depth -= 1;
            let values = self.finish_parts(spec_parts);
            // The location of a format spec starts at its colon.
            let range = spec.range();
            let start = range.start().to_usize();
            let colon = if self.source.text[..start].ends_with(':') {
                start - 1
            } else {
                start
            };
            let loc = self.source.loc(colon, range.end().to_usize());
            format_spec = Some(self.b.boxed(Expr {
                kind: ExprKind::JoinedStr(values),
                loc,
            }));
        }
        Ok((conversion, format_spec))
    }
}

/// An expression's source without its comments; the ends of their lines stay.
/// Fields within format specs within each other.
const MAX_SPECS: usize = 2;

fn strip_comments(text: &str) -> String {
    if !text.contains('#') {
        return text.to_string();
    }
    let mut out = String::with_capacity(text.len());
    // The quotes of the string that we are in, if any.
    let mut quotes: Option<&str> = None;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let mut width = c.len_utf8();
        match (c, quotes) {
            ('\\', Some(_)) => {
                width += rest[width..].chars().next().map_or(0, char::len_utf8);
            }
            ('\'' | '"', None) => {
                let tripled = [c, c, c].iter().collect::<String>();
                width = if rest.starts_with(&tripled) { 3 } else { 1 };
                quotes = Some(&rest[..width]);
            }
            (_, Some(open)) if rest.starts_with(open) => {
                width = open.len();
                quotes = None;
            }
            ('#', None) => {
                rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
                continue;
            }
            _ => {}
        }
        out.push_str(&rest[..width]);
        rest = &rest[width..];
    }
    out
}

fn push_text(parts: &mut Vec<Part<'_>>, new: Vec<u32>, new_loc: Loc, unicode: bool) {
    if let Some(Part::Text { points, loc, .. }) = parts.last_mut() {
        points.extend(new);
        loc.end_line = new_loc.end_line;
        loc.end_col = new_loc.end_col;
        return;
    }
    parts.push(Part::Text {
        points: new,
        loc: new_loc,
        unicode,
    });
}
