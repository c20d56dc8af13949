//! The algorithms on text and numbers, at the places where they are easily wrong; the expected values
//! are CPython's.

use num_bigint::BigInt;
use taipan_vm::numeric::{float_digits, float_hex, float_parse, hash, int_text, ratio};
use taipan_vm::text::fields::{Access, FieldName, Fields, First};
use taipan_vm::text::format_spec::{FormatError, format_str};
use taipan_vm::text::percent::{Amount, Parser, Piece};
use taipan_vm::text::unicode::case;
use taipan_vm::text::{TextBuf, Units, escape, format_number, hash::Key, search, split};

fn text(source: &str) -> TextBuf {
    source.chars().map(u32::from).collect()
}

fn float_format(value: f64, spec: &str) -> Result<String, FormatError> {
    let spec = format_number::parse_number_spec(text(spec).units(), None, "float")?;
    Ok(format_number::format_float(value, &spec, "float")?
        .to_text()?
        .units()
        .to_rust())
}

fn int_format(value: i64, spec: &str) -> Result<String, FormatError> {
    let spec = format_number::parse_number_spec(text(spec).units(), Some('d'), "int")?;
    Ok(
        format_number::format_int(&BigInt::from(value), &spec, "int")?
            .to_text()?
            .units()
            .to_rust(),
    )
}

#[test]
fn float_repr_takes_the_even_of_two_shortest() {
    assert_eq!(float_digits::repr(199245348486973.62), "199245348486973.62");
    for (value, expected) in [
        (1e16, "1e+16"),
        (1e15, "1000000000000000.0"),
        (-0.0, "-0.0"),
        (1e-5, "1e-05"),
        (5e-324, "5e-324"),
    ] {
        assert_eq!(float_digits::repr(value), expected);
    }
}

#[test]
fn float_formats() {
    let cases = [
        (1234567.891, "020,.2f", "0,000,001,234,567.89"),
        (1234.123456789, ",._f", "1,234.123_457"),
        (-0.001, "z.1f", "0.0"),
        (2.5, ".0f", "2"),
        (0.0, ".1", "0e+00"),
        (1e21, "#.0g", "1.e+21"),
        (f64::NEG_INFINITY, "010,", "-000000inf"),
        (0.5, "%", "50.000000%"),
    ];
    for (value, spec, expected) in cases {
        assert_eq!(
            float_format(value, spec).as_deref(),
            Ok(expected),
            "{value} {spec}"
        );
    }
    let error = FormatError::Value("Cannot specify ',' with 'n'.".to_owned());
    assert_eq!(float_format(1.0, ",n"), Err(error));
}

#[test]
fn int_formats() {
    for (value, spec, expected) in [
        (-65536, "#015_x", "-0x00_0001_0000"),
        (5, "^05", "00500"),
        (1234567, ",", "1,234,567"),
    ] {
        assert_eq!(int_format(value, spec).as_deref(), Ok(expected));
    }
    assert!(
        int_format(5, ".2").is_err()
            && int_format(5, ",_").is_err()
            && int_format(5, "+-5").is_err()
    );
    let long = format_str(text("abc").units(), text("€^9.2").units(), "str")
        .unwrap()
        .to_text()
        .unwrap();
    assert_eq!(long.units().to_rust(), "€€€ab€€€€");
}

#[test]
fn reading_numbers() {
    assert_eq!(float_parse::parse(" 1_0.5e-1_0\n"), Some(10.5e-10));
    assert!(
        ["1__0", "_1", "1_e5", ".", "0x1", "", "infin"]
            .iter()
            .all(|text| float_parse::parse(text).is_none())
    );
    assert_eq!(float_hex::from_hex("0x1.8p-1074"), Ok(1e-323));
    assert_eq!(
        float_hex::from_hex("0x1p1024"),
        Err(float_hex::HexError::TooLarge)
    );
    assert_eq!(float_hex::to_hex(-1.5), "-0x1.8000000000000p+0");
    assert_eq!(int_text::parse("0x_fF", 0, 0), Ok(255.into()));
    assert_eq!(
        int_text::parse("017", 0, 0),
        Err(int_text::ParseIntError::Invalid)
    );
    assert_eq!(
        int_text::parse("12345", 10, 4),
        Err(int_text::ParseIntError::TooLong(5))
    );
    let power = BigInt::from(10).pow(3000);
    assert_eq!(int_text::decimal(&power), format!("1{}", "0".repeat(3000)));
    assert_eq!(
        int_text::parse(&int_text::decimal(&power), 10, 0),
        Ok(power)
    );
}

#[test]
fn rounding() {
    let near = (BigInt::from(1) << 100u32) + (BigInt::from(1) << 47u32);
    assert_eq!(ratio::to_float(&near), Some(2.0f64.powi(100)));
    assert_eq!(
        ratio::to_float(&(near + 1)),
        Some(2.0f64.powi(100) + 2.0f64.powi(48))
    );
    assert_eq!(ratio::to_float(&(BigInt::from(1) << 1024u32)), None);
    assert_eq!(
        ratio::true_divide(&(BigInt::from(1) << 2000u32), &(BigInt::from(3) << 2000u32)),
        Some(1.0 / 3.0)
    );
    assert_eq!(ratio::truncate(-1.5), BigInt::from(-1));
    assert_eq!(ratio::as_integer_ratio(0.75), (3.into(), 4.into()));
}

#[test]
fn hashes() {
    assert_eq!(hash::hash_f64(0.5), Some(1152921504606846976));
    assert_eq!(hash::hash_i64(-1), -2);
    assert_eq!(hash::hash_i64(hash::MODULUS as i64), 0);
    assert_eq!(hash::hash_big(&(BigInt::from(1) << 61u32)), 1);
    // PYTHONHASHSEED=0 python -c 'print(hash("abc"))'
    assert_eq!(Key::from_seed(0).hash(b"abc"), -4594863902769663758);
}

#[test]
fn case_depends_on_context_only_for_sigma() {
    let lower = |source: &str| case::lower(text(source).units()).units().to_rust();
    assert_eq!(lower("ΑΣ ΣΑΣ."), "ας σας.");
    assert_eq!(
        case::title(text("don't ﬁx").units()).units().to_rust(),
        "Don'T Fix"
    );
    assert_eq!(
        case::upper(text("straße").units()).units().to_rust(),
        "STRASSE"
    );
    assert_eq!(
        case::casefold(text("Straße").units()).units().to_rust(),
        "strasse"
    );
}

#[test]
fn searching_is_linear_in_every_width() {
    for filler in ['a', 'β', '𝒳'] {
        let hay = text(&filler.to_string().repeat(200_000));
        let needle = text(&format!("x{}", filler.to_string().repeat(5_000)));
        let other = text(&format!(
            "{}x{}",
            filler.to_string().repeat(2_500),
            filler.to_string().repeat(2_500)
        ));
        for needle in [&needle, &other] {
            assert_eq!(
                search::find(hay.units(), needle.units(), 0..hay.len()),
                None
            );
            assert_eq!(
                search::rfind(hay.units(), needle.units(), 0..hay.len()),
                None
            );
        }
    }
}

#[test]
fn pieces_and_escapes() {
    let source = text(" a b  c ");
    let mut pieces = Vec::new();
    let blank = |point| point == 32;
    split::split_blank(source.units(), 1, blank, |piece| pieces.push(piece));
    assert_eq!(pieces, [1..2, 3..8]);
    assert_eq!(
        split::rsplit_blank(source.units(), 1, blank).as_slice(),
        [0..4, 6..7]
    );
    assert_eq!(
        escape::repr(text("it's\n\u{e9}\u{378}").units())
            .units()
            .to_rust(),
        "\"it's\\né\\u0378\""
    );
    assert_eq!(escape::bytes_repr(b"'\"\xff"), "b'\\'\"\\xff'");
}

#[test]
fn percent_conversions() {
    let format = text("a%%%(k(x))-05.*ld%");
    let mut parser = Parser::new(format.units());
    let mut pieces = Vec::new();
    while let Some(piece) = parser.next_piece().unwrap() {
        pieces.push(piece);
    }
    assert_eq!(pieces[0], Piece::Literal(0..1));
    let Piece::Conversion(conversion) = &pieces[2] else {
        panic!("{:?}", pieces[2])
    };
    assert_eq!(conversion.key, Some(5..9));
    assert_eq!(
        (conversion.width, conversion.precision),
        (Amount::Number(5), Amount::Star)
    );
    assert!(conversion.flags.left && conversion.flags.zero);
    let Piece::Conversion(last) = &pieces[3] else {
        panic!("{:?}", pieces[3])
    };
    assert_eq!(last.kind, None);
}

#[test]
fn replacement_fields() {
    let source = text("{{x{0.a[b]!r:>{w}}");
    let units = source.units();
    let mut fields = Fields::new(units, 0..units.len());
    assert_eq!(fields.next_chunk().unwrap().unwrap().literal, 0..1);
    let chunk = fields.next_chunk().unwrap().unwrap();
    let field = chunk.field.unwrap();
    assert_eq!(
        (chunk.literal, field.conversion, field.spec_has_fields),
        (2..3, Some('r'.into()), true)
    );
    let (first, mut accesses) = FieldName::new(units, field.name).unwrap();
    assert_eq!(first, First::Index(0));
    assert_eq!(accesses.next_access(), Ok(Some(Access::Attribute(6..7))));
    assert_eq!(accesses.next_access(), Ok(Some(Access::Key(8..9))));
    assert_eq!(accesses.next_access(), Ok(None));
    for (bad, message) in [
        ("}", "Single '}' encountered in format string"),
        ("{", "Single '{' encountered in format string"),
        ("{a", "expected '}' before end of string"),
        ("{!", "end of string while looking for conversion specifier"),
        ("{!rx}", "expected ':' after conversion specifier"),
        ("{:{}", "unmatched '{' in format spec"),
    ] {
        let bad = text(bad);
        assert_eq!(
            Fields::new(bad.units(), 0..bad.len()).next_chunk(),
            Err(message)
        );
    }
    assert!(matches!(units, Units::One(_)));
}
