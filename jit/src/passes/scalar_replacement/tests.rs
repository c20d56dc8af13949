use super::*;
use crate::activation::Activation;
use crate::frame_state::Own;
use crate::testing::{Hand, state};
use crate::types::Type;

/// Code with an inlined frame, whose only variable is number 1.
fn hand() -> Hand {
    let mut h = Hand::new(1);
    let inlined = Activation {
        parent: Some(ActivationId::UNIT),
        local_base: 1,
        ..h.f.activations[0].clone()
    };
    h.f.activations.push(inlined);
    h
}

fn tuple(h: &mut Hand) -> Value {
    let items = [h.constant(3, Type::INT), h.constant(5, Type::INT)];
    let immediate = Helper::BuildTuple as u64;
    let v = h.op_at(Op::Build, immediate, &items, Type::OBJECT);
    h.f.insts[v.0 as usize].second = 1;
    v
}

fn store(h: &mut Hand, v: Value) {
    let stored = h.op_at(Op::StoreLocal, 1, &[v], Type::NEVER);
    h.f.insts[stored.0 as usize].second = 1;
}

#[test]
fn a_tuple_that_only_an_inlined_frame_has_is_made_by_exits() {
    let mut h = hand();
    let v = tuple(&mut h);
    store(&mut h, v);
    let x = h.op(Op::LoadStack, &[], Type::VALUE);
    let guard = h.guard(Op::GuardInt, &[x], Type::NEVER, state(&[]));
    h.op_at(Op::LeaveInlined, 1, &[], Type::NEVER);
    let mut pending = state(&[]);
    pending.pending.push(v);
    let after = h.guard(Op::GuardPlain, &[x], Type::NEVER, pending);
    h.guard(Op::Release, &[v], Type::NEVER, state(&[]));
    h.exit(state(&[]));
    run(&mut h.f);
    assert_eq!(h.f.inst(v).op, Op::Tuple);
    assert_eq!(h.f.count(Op::StoreLocal) + h.f.count(Op::Release), 0);
    let dirty = |value: Value| {
        let state = h.f.inst(value).state.expect("it has one");
        h.f.states[state.0 as usize].clone()
    };
    assert_eq!(dirty(guard).dirty, [(1, v, Own::Owned)]);
    assert_eq!(dirty(after).dirty, []);
    assert_eq!(dirty(after).pending, []);
}

#[test]
fn what_a_callee_may_see_stays() {
    let mut h = hand();
    let v = tuple(&mut h);
    store(&mut h, v);
    let call = h.guard(Op::Helped, &[], Type::VALUE, state(&[]));
    h.exit(state(&[(call, Own::Owned)]));
    run(&mut h.f);
    assert_eq!(h.f.inst(v).op, Op::Build);
    assert_eq!(h.f.count(Op::StoreLocal), 1);
}

#[test]
fn what_meets_something_else_stays() {
    let mut h = hand();
    let v = tuple(&mut h);
    let condition = h.op(Op::NonZero, &[v], Type::BOOL);
    let plain = h.op(Op::LoadStack, &[], Type::BOOL);
    let (then, other, both) = (h.new_block(), h.new_block(), h.new_block());
    h.branch(plain, then, other);
    h.go_to(then);
    store(&mut h, v);
    h.jump(both, &[]);
    h.go_to(other);
    h.jump(both, &[]);
    h.go_to(both);
    h.exit(state(&[]));
    run(&mut h.f);
    assert_eq!(h.f.inst(v).op, Op::Build, "it is an operand of {condition}");
    h.f.insts[condition.0 as usize].args.clear();
    run(&mut h.f);
    assert_eq!(h.f.inst(v).op, Op::Build, "one way alone stores it");
}

#[test]
fn what_is_given_back_stays() {
    let mut h = hand();
    let v = tuple(&mut h);
    h.return_value(v, state(&[]));
    run(&mut h.f);
    assert_eq!(h.f.inst(v).op, Op::Build);
}
