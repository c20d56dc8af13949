//! Docstrings from doc comments.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The text of the doc comment among `attributes`, as Python shows it: no blank before the lines,
/// no blank lines around the text.
pub fn docstring(attributes: &[Attribute]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for attribute in attributes {
        if let Meta::NameValue(pair) = &attribute.meta
            && pair.path.is_ident("doc")
            && let Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) = &pair.value
        {
            for line in text.value().split('\n') {
                lines.push(line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned());
            }
        }
    }
    lines.join("\n").trim_matches('\n').to_owned()
}
