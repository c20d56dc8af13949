use super::*;

/// Types of every kind of content: sets of kinds with each shape and range that can go with them.
fn samples() -> Vec<Type> {
    let ranges = [
        Range::FULL,
        Range::only(0),
        Range { low: -3, high: 7 },
        Range { low: 5, high: 900 },
        Range {
            low: Range::FULL.low,
            high: -1,
        },
    ];
    let shapes = [None, Some(1), Some(2)];
    let mut all = Vec::new();
    for kinds in 0..=Kinds::ALL.0 {
        let kinds = Kinds(kinds);
        // What is no int has no range, what is no object no shape.
        let ranges = &ranges[..if kinds.meets(Kinds::INT) { 5 } else { 1 }];
        let shapes = &shapes[..if kinds.meets(Kinds::OBJECT) { 3 } else { 1 }];
        for range in ranges {
            for shape in shapes {
                all.push(Type {
                    kinds,
                    shape: *shape,
                    range: *range,
                });
            }
        }
    }
    all
}

/// Does `a` allow every word that `b` allows? Said without `join`.
fn allows(a: Type, b: Type) -> bool {
    let shape = !b.kinds.meets(Kinds::OBJECT) || a.shape.is_none() || a.shape == b.shape;
    let range =
        !b.kinds.meets(Kinds::INT) || a.range.low <= b.range.low && b.range.high <= a.range.high;
    b.kinds.within(a.kinds) && shape && range
}

#[test]
fn join_is_idempotent_with_bottom_and_top() {
    for a in samples() {
        assert_eq!(a.join(a), a);
        assert_eq!(a.join(Type::NEVER), a);
        assert_eq!(Type::NEVER.join(a), a);
        assert_eq!(a.join(Type::ANY), Type::ANY, "{a}");
        assert!(a.includes(Type::NEVER) && Type::ANY.includes(a));
    }
}

#[test]
fn join_is_the_least_upper_bound() {
    let all = samples();
    for &a in &all {
        for &b in &all {
            let both = a.join(b);
            assert_eq!(both, b.join(a), "{a} and {b}");
            assert!(allows(both, a) && allows(both, b), "{a} and {b}: {both}");
            assert_eq!(a.includes(b), allows(a, b), "does {a} include {b}?");
        }
    }
    // Least: whatever includes both includes the join.
    for &a in all.iter().step_by(7) {
        for &b in all.iter().step_by(11) {
            for &c in &all {
                if allows(c, a) && allows(c, b) {
                    assert!(allows(c, a.join(b)), "{a} and {b} below {c}");
                }
            }
        }
    }
}

#[test]
fn join_is_associative() {
    let all = samples();
    for &a in all.iter().step_by(3) {
        for &b in all.iter().step_by(5) {
            for &c in &all {
                assert_eq!(a.join(b).join(c), a.join(b.join(c)), "{a}, {b}, {c}");
            }
        }
    }
}

#[test]
fn kinds_decide_what_is_counted_and_what_is_a_pointer() {
    for ty in samples() {
        let has = |kinds: Kinds| ty.kinds.meets(kinds);
        assert_eq!(ty.counted(), has(Kinds::OBJECT));
        let other = Kinds(Kinds::INT.0 | Kinds::FLOAT.0 | Kinds::NULL.0 | Kinds::UNBOUND.0);
        assert_eq!(ty.is_pointer(), ty.kinds.0 != 0 && !has(other), "{ty}");
    }
    assert!(!Type::NEVER.is(Kinds::ALL), "nothing is no int");
    assert!(Type::exact(9).is_object_of(9) && !Type::OBJECT.is_object_of(9));
    assert!(!Type::exact(9).join(Type::NONE).is_object_of(9));
}

#[test]
fn a_shape_outlives_a_join_only_with_its_like() {
    let list = Type::exact(4);
    assert_eq!(list.join(Type::INT).shape, Some(4));
    assert_eq!(Type::INT.join(list).shape, Some(4));
    assert_eq!(list.join(Type::exact(5)).shape, None);
    assert_eq!(list.join(Type::OBJECT).shape, None);
    // What has lost its shape does not get it back.
    assert_eq!(list.join(Type::exact(5)).join(list).shape, None);
}

#[test]
fn types_print_their_contents() {
    let small = Type::int(Range { low: -1, high: 8 });
    for (ty, text) in [
        (Type::NEVER, "never"),
        (Type::ANY, "any"),
        (Type::VALUE, "value"),
        (small, "int[-1..=8]"),
        (small.join(Type::NONE), "int|none[-1..=8]"),
        (Type::exact(0x1f), "object<0x1f>"),
        (Type::FLOAT.join(Type::exact(2)), "float|object<0x2>"),
    ] {
        assert_eq!(ty.to_string(), text);
    }
}

/// Where arithmetic is easily wrong: at zero, and at both ends of what a word holds.
fn grid() -> Vec<i64> {
    let Range { low, high } = Range::FULL;
    let half = 1 << 31;
    vec![
        low,
        low + 1,
        low / 2,
        -half,
        -2,
        -1,
        0,
        1,
        2,
        63,
        half,
        high / 2,
        high / 2 + 1,
        high - 1,
        high,
    ]
}

fn ranges() -> Vec<Range> {
    let grid = grid();
    let ends = |low: i64| grid.iter().map(move |high| Range { low, high: *high });
    let all = grid.iter().flat_map(|low| ends(*low));
    all.filter(|r| r.low <= r.high).collect()
}

/// The exact results for the members of both ranges that are in the grid, the ends among them.
fn results(a: Range, b: Range, exact: fn(i128, i128) -> i128) -> Vec<i128> {
    let members = |r: Range| grid().into_iter().filter(move |v| r.contains(*v));
    let with = |x: i64| members(b).map(move |y| exact(x as i128, y as i128));
    members(a).flat_map(with).collect()
}

fn check_exact(name: &str, of: fn(Range, Range) -> Option<Range>, exact: fn(i128, i128) -> i128) {
    let fits = |v: &i128| Range::FULL.low as i128 <= *v && *v <= Range::FULL.high as i128;
    for a in ranges() {
        for b in ranges() {
            let all = results(a, b, exact);
            let (low, high) = (all.iter().min().unwrap(), all.iter().max().unwrap());
            match of(a, b) {
                // These operators have their extremes at the ends of the ranges, so it is known exactly.
                Some(r) => assert_eq!(
                    (r.low as i128, r.high as i128),
                    (*low, *high),
                    "{a:?} {name} {b:?}"
                ),
                None => assert!(!all.iter().all(fits), "{a:?} {name} {b:?} fits"),
            }
        }
    }
}

#[test]
fn sums_of_ranges_are_exact() {
    check_exact("+", Range::add, |x, y| x + y);
}

#[test]
fn differences_of_ranges_are_exact() {
    check_exact("-", Range::sub, |x, y| x - y);
}

#[test]
fn products_of_ranges_are_exact() {
    check_exact("*", Range::mul, |x, y| x * y);
}

#[test]
fn bitwise_and_stays_in_its_range() {
    for a in ranges() {
        for b in ranges() {
            let range = a.and(b);
            for result in results(a, b, |x, y| x & y) {
                assert!(range.contains(result as i64), "{a:?} & {b:?}: {result}");
            }
        }
    }
}

#[test]
fn joined_ranges_hold_both() {
    for a in ranges() {
        for b in ranges() {
            let joined = a.join(b);
            assert_eq!(joined, b.join(a));
            for end in [a.low, a.high, b.low, b.high] {
                assert!(joined.contains(end));
            }
        }
        assert!(a.contains(a.low) && a.contains(a.high));
        assert!(a.low == i64::MIN || !a.contains(a.low - 1));
        assert!(!a.contains(a.high + 1));
        assert_eq!(Range::FULL.join(a), Range::FULL);
    }
}
