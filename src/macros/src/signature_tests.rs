//! Tests of the signature parser (a proc macro crate exports nothing that `tests/` could call).

use super::{Default, Kind, Signature};

fn kinds(source: &str) -> Vec<(String, Kind)> {
    let signature = Signature::parse(source).unwrap();
    signature
        .parameters
        .into_iter()
        .map(|parameter| (parameter.name, parameter.kind))
        .collect()
}

#[test]
fn kinds_follow_slash_and_star() {
    use Kind::*;
    let expected = [
        ("a", PositionalOnly),
        ("b", PositionalOrKeyword),
        ("c", KeywordOnly),
        ("rest", VarKeyword),
    ];
    let expected: Vec<_> = expected.map(|(name, kind)| (name.to_owned(), kind)).into();
    assert_eq!(kinds("f($module, a, /, b, *, c, **rest)"), expected);
    let expected: Vec<_> = [("args", VarPositional), ("key", KeywordOnly)]
        .map(|(n, k)| (n.to_owned(), k))
        .into();
    assert_eq!(kinds("f(*args, key=None)"), expected);
}

#[test]
fn name_receiver_and_text_are_kept() {
    let signature = Signature::parse("append($self, object, /)").unwrap();
    assert_eq!(
        (signature.name.as_str(), signature.receiver.as_deref()),
        ("append", Some("self"))
    );
    assert_eq!(signature.text, "($self, object, /)");
    let bare = Signature::parse("max").unwrap();
    assert!(bare.text.is_empty() && bare.receiver.is_none());
}

#[test]
fn defaults_become_literals() {
    let signature = Signature::parse(
        "f(a=None, b=True, c=-1, d=1e-09, e='x, \\'y', f=(1, 2), g=sys.maxsize, h=\"\")",
    )
    .unwrap();
    let defaults: Vec<_> = signature
        .parameters
        .into_iter()
        .map(|parameter| parameter.default.unwrap())
        .collect();
    let expected = vec![
        Default::None,
        Default::Bool(true),
        Default::Int(-1),
        Default::Float(1e-9),
        Default::Text("x, 'y".to_owned()),
        Default::Other("(1, 2)".to_owned()),
        Default::Int(i64::MAX.into()),
        Default::Text(String::new()),
    ];
    assert_eq!(defaults, expected);
}

#[test]
fn counts() {
    let signature = Signature::parse("f(a, b, /, c, d=1, *, e, g=2)").unwrap();
    assert_eq!(signature.required_positional(), 3);
    assert_eq!(signature.positional().count(), 4);
    assert!(signature.takes_keywords());
    assert!(!Signature::parse("f(a, b=1, /)").unwrap().takes_keywords());
}

#[test]
fn mistakes_are_named() {
    for source in [
        "f(a",
        "f(a=1, b)",
        "f(a, a)",
        "f(*)",
        "f(*, *a)",
        "f(a, $self)",
        "f(**k, a)",
        "f(a,,b)",
        "2f()",
        "f(/, a, /)",
        "f(a=)",
        "f(a='x)",
        "f(a b)",
    ] {
        assert!(Signature::parse(source).is_err(), "{source}");
    }
    assert!(Signature::parse("f(a=1, *, b)").is_ok());
    assert!(Signature::parse("f()").unwrap().parameters.is_empty());
}

#[test]
fn brackets_make_parameters_optional() {
    let signature = Signature::parse("find($self, sub[, start[, end]], /)").unwrap();
    let names: Vec<_> = signature
        .parameters
        .iter()
        .map(|parameter| parameter.name.as_str())
        .collect();
    assert_eq!(names, ["sub", "start", "end"]);
    assert_eq!(
        (signature.required_positional(), signature.takes_keywords()),
        (1, false)
    );
    assert_eq!(signature.text, "($self, sub[, start[, end]], /)");
}
