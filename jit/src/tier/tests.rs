use super::*;

#[test]
fn nothing_is_plugged_in_on_an_unsupported_machine() {
    for mode in [Mode::On, Mode::Sync, Mode::Stress] {
        let options = Options {
            mode,
            ..Options::default()
        };
        assert_eq!(plug_in(options, None), Err(UnsupportedMachine));
        assert!(OPTIONS.get().is_none(), "{mode:?}");
    }
    // Who wants no native code misses nothing.
    let options = Options {
        mode: Mode::Off,
        ..Options::default()
    };
    assert_eq!(plug_in(options, None), Ok(()));
}

#[test]
fn observations_join_to_what_covers_both() {
    let all = [
        Observed::Unknown,
        Observed::Int,
        Observed::Float,
        Observed::None,
        Observed::Unbound,
        Observed::Plain,
        Observed::Exact(1),
        Observed::Exact(2),
    ];
    let plain = [
        Observed::Int,
        Observed::Float,
        Observed::Unbound,
        Observed::Plain,
    ];
    for a in all {
        assert_eq!(a.join(a), a);
        assert_eq!(a.join(Observed::Unknown), Observed::Unknown);
        for b in all {
            assert_eq!(a.join(b), b.join(a));
            let both = match plain.contains(&a) && plain.contains(&b) {
                true => Observed::Plain,
                false => Observed::Unknown,
            };
            assert!(a == b || a.join(b) == both);
        }
    }
}

#[test]
fn words_are_observed_by_their_bits() {
    assert_eq!(observe(Value::int(5).raw()), Observed::Int);
    assert_eq!(observe(Value::float(1.5).raw()), Observed::Float);
    assert_eq!(observe(Value::none().raw()), Observed::None);
    assert_eq!(observe(Value::bool(true).raw()), Observed::Bool);
    assert_eq!(observe(Raw::NULL), Observed::Unknown);
    assert_eq!(observe(Raw::UNBOUND), Observed::Unbound);
}
