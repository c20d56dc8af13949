use super::*;

fn step(role: Role, source: Source, keep: Keep) -> Step {
    Step { role, source, keep }
}

#[test]
fn steps_are_read_as_they_were_written() {
    let first = [
        step(Role::Local(3), Source::Buffer(0, Rep::F64), Keep::Moved),
        step(
            Role::Local(1000),
            Source::Buffer(300, Rep::Truth),
            Keep::Moved,
        ),
        step(
            Role::Stack(0),
            Source::Buffer(65535, Rep::Word),
            Keep::Counted,
        ),
        step(Role::Stack(1), Source::Word(u64::MAX), Keep::Borrowed),
        step(Role::Stack(2), Source::Float(-0.0), Keep::Moved),
        step(Role::Dropped, Source::Buffer(127, Rep::Word), Keep::Moved),
        step(Role::Dropped, Source::Buffer(128, Rep::Word), Keep::Moved),
    ];
    let second = [
        step(
            Role::Item { last: false },
            Source::Buffer(0, Rep::Word),
            Keep::Moved,
        ),
        step(Role::Item { last: true }, Source::Word(7), Keep::Moved),
        step(Role::Local(2), Source::Made(0), Keep::Moved),
        step(Role::Local(u32::MAX), Source::Word(0), Keep::Moved),
        step(Role::Stack(0), Source::Word(u64::MAX), Keep::Counted),
    ];
    let mut steps = Steps::default();
    let starts = [
        steps.add(first.into_iter()),
        steps.add([].into_iter()),
        steps.add(second.into_iter()),
    ];
    steps.shrink_to_fit();
    let read = |start| steps.from(start).collect::<Vec<_>>();
    assert_eq!(read(starts[0]), first);
    assert_eq!(read(starts[1]), []);
    assert_eq!(read(starts[2]), second);
    // The constant that both have is there once.
    assert_eq!(steps.constants, [u64::MAX, (-0.0f64).to_bits(), 7, 0]);
}
