use super::*;
use crate::frame_state::Own;
use crate::testing::{Hand, state};
use std::collections::HashSet;

#[test]
fn the_instructions_table_is_consistent() {
    let names: HashSet<&str> = Op::ALL.iter().map(|op| op.name()).collect();
    assert_eq!(names.len(), Op::ALL.len());
    for op in Op::ALL {
        assert!(
            op.doc().ends_with(['.', '?']),
            "{}: {}",
            op.name(),
            op.doc()
        );
        // What gives nothing and does nothing would always be dropped, if frame states did not name it.
        let in_states = matches!(op, Op::Tuple | Op::Instance);
        let idle = matches!(op.effect(), Effect::Pure | Effect::Read) && !in_states;
        assert!(!(idle && op.rep() == Rep::Nothing), "{}", op.name());
    }
}

#[test]
fn blocks_come_after_those_that_dominate_them() {
    // 0 branches to 1 and 2, both go to 3, which goes back to 0 or leaves; nothing leads to 5.
    let mut h = Hand::new(0);
    let blocks: Vec<BlockId> = (0..5).map(|_| h.new_block()).collect();
    let [one, two, three, four, five] = blocks[..] else {
        unreachable!()
    };
    let condition = h.op(Op::IntTruth, &[], Type::BOOL);
    h.branch(condition, one, two);
    for block in [one, two] {
        h.go_to(block);
        h.jump(three, &[]);
    }
    h.go_to(three);
    let again = h.op(Op::IntTruth, &[], Type::BOOL);
    h.branch(again, BlockId(0), four);
    for block in [four, five] {
        h.go_to(block);
        h.exit(state(&[]));
    }
    let order = h.f.order();
    let place = |b: BlockId| order.iter().position(|o| *o == b.0 as usize);
    assert_eq!(place(BlockId(0)), Some(0));
    assert!(place(three) > place(one) && place(three) > place(two));
    assert!(place(four) > place(three));
    assert_eq!(place(five), None);
    assert_eq!(order.len(), 5);
}

#[test]
fn functions_print_as_text() {
    let mut h = Hand::new(1);
    let header = h.new_block();
    let start = h.constant(7, Type::INT);
    h.jump(header, &[start]);
    h.go_to(header);
    let n = h.f.param(header, Place::Local(0), Rep::Word, Type::INT);
    let mut leaving = state(&[(n, Own::Owned)]);
    leaving.dirty.push((0, n, Own::Owned));
    let sum = h.guard(Op::IntAdd, &[n, start], Type::INT, leaving.clone());
    let truth = h.op(Op::IntTruth, &[sum], Type::BOOL);
    let (again, done) = (h.new_block(), h.new_block());
    h.branch(truth, again, done);
    h.go_to(again);
    h.jump(header, &[sum]);
    h.go_to(done);
    h.exit(leaving);
    let text = "\
b0():
    v0: int = Const #0x7
    jump b1(v0)
b1(v1: Word int):
    v2: int = IntAdd v1 v0  @1 { l0=v1 | v1 }
    v3: bool = IntTruth v2
    branch v3 b2 b3
b2():
    jump b1(v2)
b3():
    exit guard  @1 { l0=v1 | v1 }
";
    assert_eq!(h.f.to_string(), text);
    assert_eq!(h.f.count(Op::IntAdd), 1);
    assert_eq!(h.f.count(Op::IntSub), 0);
}
