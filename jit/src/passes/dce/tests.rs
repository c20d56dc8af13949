use super::*;
use crate::frame_state::Own;
use crate::hir::Op;
use crate::testing::{Hand, state};
use crate::types::Type;

/// The instructions left in the first block.
fn left(mut hand: Hand) -> Vec<Value> {
    run(&mut hand.f);
    hand.f.blocks[0].insts.clone()
}

#[test]
fn unused_chains_go() {
    let mut h = Hand::new(1);
    let a = h.op(Op::LoadLocal, &[], Type::INT);
    let b = h.op(Op::IntAnd, &[a, a], Type::INT);
    h.op(Op::IntOr, &[a, b], Type::INT);
    h.exit(state(&[]));
    assert_eq!(left(h), []);
}

#[test]
fn guards_and_writes_stay_with_their_operands() {
    let mut h = Hand::new(2);
    let a = h.op(Op::LoadLocal, &[], Type::VALUE);
    let guard = h.guard(Op::GuardInt, &[a], Type::NEVER, state(&[]));
    let b = h.constant(3, Type::INT);
    let sum = h.op(Op::IntXor, &[a, b], Type::INT);
    let store = h.op_at(Op::StoreLocal, 1, &[sum], Type::NEVER);
    h.op(Op::IntAnd, &[a, b], Type::INT);
    h.exit(state(&[]));
    assert_eq!(left(h), [a, guard, b, sum, store]);
}

#[test]
fn what_an_exit_writes_is_used() {
    let mut h = Hand::new(1);
    let values: Vec<Value> = (0..4).map(|n| h.constant(n, Type::INT)).collect();
    let mut at_exit = state(&[(values[0], Own::Owned)]);
    at_exit.dirty.push((0, values[1], Own::Owned));
    at_exit.pending.push(values[2]);
    h.exit(at_exit);
    assert_eq!(left(h), values[..3]);
}

#[test]
fn what_a_guard_would_write_is_used() {
    let mut h = Hand::new(1);
    let (on_stack, unused) = (h.constant(1, Type::INT), h.constant(2, Type::INT));
    let a = h.op(Op::LoadLocal, &[], Type::VALUE);
    let guard = h.guard(
        Op::GuardInt,
        &[a],
        Type::NEVER,
        state(&[(on_stack, Own::Owned)]),
    );
    h.exit(state(&[]));
    let left = left(h);
    assert_eq!(left, [on_stack, a, guard]);
    assert!(!left.contains(&unused));
}

#[test]
fn the_state_of_what_is_dropped_keeps_nothing() {
    let mut h = Hand::new(0);
    let on_stack = h.constant(1, Type::INT);
    let float = h.op(Op::ConstFloat, &[], Type::FLOAT);
    h.guard(
        Op::BoxFloat,
        &[float],
        Type::FLOAT,
        state(&[(on_stack, Own::Owned)]),
    );
    h.exit(state(&[]));
    assert_eq!(left(h), []);
}

#[test]
fn ends_use_their_operands() {
    let mut h = Hand::new(1);
    let a = h.op(Op::LoadLocal, &[], Type::INT);
    let condition = h.op(Op::IntTruth, &[a], Type::BOOL);
    let (then, other) = (h.new_block(), h.new_block());
    h.branch(condition, then, other);
    h.go_to(then);
    let argument = h.constant(5, Type::INT);
    h.jump(other, &[argument]);
    h.go_to(other);
    let (result, dropped) = (h.constant(6, Type::INT), h.constant(7, Type::INT));
    let mut at_return = state(&[]);
    at_return.pending.push(a);
    h.return_value(result, at_return);
    run(&mut h.f);
    assert_eq!(h.f.blocks[0].insts, [a, condition]);
    assert_eq!(h.f.blocks[1].insts, [argument]);
    assert_eq!(h.f.blocks[2].insts, [result]);
    assert!(!h.f.blocks[2].insts.contains(&dropped));
}

#[test]
fn a_second_run_finds_nothing() {
    let mut h = Hand::new(1);
    let a = h.op(Op::LoadLocal, &[], Type::INT);
    h.guard(Op::GuardInt, &[a], Type::NEVER, state(&[]));
    h.op(Op::IntAnd, &[a, a], Type::INT);
    h.exit(state(&[]));
    run(&mut h.f);
    let once = h.f.to_string();
    run(&mut h.f);
    assert_eq!(h.f.to_string(), once);
}
