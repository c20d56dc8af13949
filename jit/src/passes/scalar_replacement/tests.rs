use super::*;
use crate::activation::{Activation, ActivationId};
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

const CLASS: u64 = 0x1000;
const SHAPES: [u64; 3] = [0x2000, 0x2100, 0x2200];

fn new_instance(h: &mut Hand) -> Value {
    let v = h.op_at(Op::NewInstance, CLASS, &[], Type::OBJECT);
    h.f.insts[v.0 as usize].second = SHAPES[0];
    v
}

fn add(h: &mut Hand, v: Value, number: u64, word: Value) {
    let added = h.op_at(Op::AddField, 24 + 8 * number, &[v, word], Type::NEVER);
    h.f.insts[added.0 as usize].second = SHAPES[number as usize + 1];
}

#[test]
fn an_instance_is_to_states_what_it_is_just_then() {
    let mut h = hand();
    let (three, five) = (h.constant(3, Type::INT), h.constant(5, Type::INT));
    let x = h.op(Op::LoadStack, &[], Type::VALUE);
    let v = new_instance(&mut h);
    add(&mut h, v, 0, three);
    let half = h.guard(Op::GuardInt, &[x], Type::NEVER, state(&[(v, Own::Owned)]));
    add(&mut h, v, 1, five);
    h.op_at(Op::StoreLocal, 0, &[v], Type::NEVER);
    h.op_at(Op::StoreField, 24, &[v, five], Type::NEVER);
    h.guard(Op::GuardShape, &[v], Type::NEVER, state(&[]));
    h.f.insts.last_mut().expect("there is one").immediate = SHAPES[2];
    let read = h.op_at(Op::LoadField, 24, &[v], Type::INT);
    let whole = h.guard(
        Op::GuardPlain,
        &[x],
        Type::NEVER,
        state(&[(read, Own::Owned)]),
    );
    h.return_value(five, state(&[]));
    run(&mut h.f);
    for op in [
        Op::NewInstance,
        Op::AddField,
        Op::StoreField,
        Op::LoadField,
        Op::StoreLocal,
        Op::GuardShape,
    ] {
        assert_eq!(h.f.count(op), 0, "{}", op.name());
    }
    let state = |value: Value| {
        let state = h.f.inst(value).state.expect("it has one");
        h.f.states[state.0 as usize].clone()
    };
    let first = h.f.inst(state(half).stack[0].0);
    assert_eq!(
        (first.op, first.immediate, first.second),
        (Op::Instance, CLASS, SHAPES[1])
    );
    assert_eq!(first.args, [three]);
    let whole = state(whole);
    assert_eq!(
        whole.stack[0].0, five,
        "what is read is what was stored last"
    );
    let second = h.f.inst(whole.dirty[0].1);
    assert_eq!((second.op, second.second), (Op::Instance, SHAPES[2]));
    assert_eq!(second.args, [five, five]);
}

#[test]
fn instances_that_hold_objects_or_differ_stay() {
    let mut h = hand();
    let x = h.op(Op::LoadStack, &[], Type::VALUE);
    let v = new_instance(&mut h);
    add(&mut h, v, 0, x);
    h.exit(state(&[(v, Own::Owned)]));
    run(&mut h.f);
    assert_eq!(h.f.count(Op::NewInstance), 1);

    let mut h = hand();
    let (three, five) = (h.constant(3, Type::INT), h.constant(5, Type::INT));
    let v = new_instance(&mut h);
    add(&mut h, v, 0, three);
    let condition = h.op(Op::LoadStack, &[], Type::BOOL);
    let (then, both) = (h.new_block(), h.new_block());
    h.branch(condition, then, both);
    h.go_to(then);
    h.op_at(Op::StoreField, 24, &[v, five], Type::NEVER);
    h.jump(both, &[]);
    h.go_to(both);
    h.exit(state(&[(v, Own::Owned)]));
    run(&mut h.f);
    assert_eq!(h.f.count(Op::NewInstance), 1);
}
