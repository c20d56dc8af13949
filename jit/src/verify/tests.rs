use super::*;
use crate::hir::BlockId;
use crate::testing::{Hand, state};
use crate::types::Type;

/// The complaint has to contain this.
fn refuses(h: Hand, with: &str) {
    match verify(&h.f) {
        Ok(()) => panic!("passes, but should not for {with:?}:\n{}", h.f),
        Err(text) => assert!(text.contains(with), "{text:?} does not say {with:?}"),
    }
}

fn passes(h: Hand) {
    if let Err(text) = verify(&h.f) {
        panic!("{text}\n{}", h.f);
    }
}

/// Variable 0, an object, as the interpreter left it.
fn load_local(h: &mut Hand) -> Value {
    h.op(Op::LoadLocal, &[], Type::OBJECT)
}

#[test]
fn an_owned_word_goes_into_the_frame() {
    let mut h = Hand::new(0);
    let v = h.owned_object();
    h.exit(state(&[(v, Own::Owned)]));
    passes(h);
}

#[test]
fn a_lost_reference_is_found() {
    let mut h = Hand::new(0);
    h.owned_object();
    h.exit(state(&[]));
    refuses(h, "the state wants {}");
}

#[test]
fn a_reference_handed_over_twice_is_found() {
    let mut h = Hand::new(0);
    let v = h.owned_object();
    h.exit(state(&[(v, Own::Owned), (v, Own::Owned)]));
    refuses(h, "the state wants");
    // Counted once more, there are two to hand over.
    let mut h = Hand::new(0);
    let v = h.owned_object();
    h.op(Op::Incref, &[v], Type::NEVER);
    h.exit(state(&[(v, Own::Owned), (v, Own::Owned)]));
    passes(h);
}

#[test]
fn a_double_release_is_found() {
    let mut h = Hand::new(0);
    let v = h.owned_object();
    h.guard(Op::Release, &[v], Type::NEVER, state(&[]));
    h.guard(Op::Release, &[v], Type::NEVER, state(&[]));
    h.exit(state(&[]));
    refuses(h, "may be dead");
}

#[test]
fn a_release_of_what_a_variable_owns_is_found() {
    let mut h = Hand::new(1);
    let v = load_local(&mut h);
    h.guard(Op::Release, &[v], Type::NEVER, state(&[]));
    h.exit(state(&[]));
    refuses(h, "the state wants {}");
}

#[test]
fn a_use_after_the_release_is_found() {
    let mut h = Hand::new(0);
    let v = h.owned_object();
    h.guard(Op::Release, &[v], Type::NEVER, state(&[]));
    h.op_at(Op::LoadField, 16, &[v], Type::OBJECT);
    h.exit(state(&[]));
    refuses(h, "may be dead");
}

#[test]
fn a_borrowed_word_needs_its_owner() {
    for own in [Own::Borrowed(Owner::Local(0)), Own::Lazy(Owner::Local(0))] {
        let mut h = Hand::new(2);
        let v = load_local(&mut h);
        h.exit(state(&[(v, own)]));
        passes(h);
        // Nothing was loaded from the variable that is said to own it.
        let other = match own {
            Own::Borrowed(_) => Own::Borrowed(Owner::Local(1)),
            _ => Own::Lazy(Owner::Local(1)),
        };
        let mut h = Hand::new(2);
        let v = load_local(&mut h);
        h.exit(state(&[(v, other)]));
        refuses(h, "has no owner");
    }
}

#[test]
fn a_word_borrowed_from_an_overwritten_variable_is_found() {
    let mut h = Hand::new(1);
    let old = load_local(&mut h);
    let new = h.owned_object();
    h.op(Op::StoreLocal, &[new], Type::NEVER);
    // The old one is this code's now.
    let borrowed = state(&[(old, Own::Borrowed(Owner::Local(0)))]);
    h.guard(Op::Release, &[old], Type::NEVER, borrowed);
    h.exit(state(&[]));
    refuses(h, "has no owner");
}

#[test]
fn a_stored_variable_takes_the_reference_and_gives_the_old_one() {
    let mut h = Hand::new(1);
    let old = load_local(&mut h);
    let new = h.owned_object();
    h.op(Op::StoreLocal, &[new], Type::NEVER);
    h.guard(Op::Release, &[old], Type::NEVER, state(&[]));
    h.exit(state(&[(new, Own::Borrowed(Owner::Local(0)))]));
    passes(h);
    let mut h = Hand::new(1);
    load_local(&mut h);
    let new = h.owned_object();
    h.op(Op::StoreLocal, &[new], Type::NEVER);
    h.exit(state(&[]));
    refuses(h, "the state wants {}");
}

#[test]
fn a_word_of_the_heap_lives_until_something_runs() {
    let item = |h: &mut Hand| {
        let list = load_local(h);
        let index = h.constant(1, Type::INT);
        h.guard(Op::ListItem, &[list, index], Type::OBJECT, state(&[]))
    };
    let mut h = Hand::new(1);
    let v = item(&mut h);
    h.exit(state(&[(v, Own::Lazy(Owner::Heap))]));
    passes(h);
    let mut h = Hand::new(1);
    let other = h.owned_object();
    let list = load_local(&mut h);
    let index = h.constant(1, Type::INT);
    let v = h.guard(
        Op::ListItem,
        &[list, index],
        Type::OBJECT,
        state(&[(other, Own::Owned)]),
    );
    h.guard(Op::Release, &[other], Type::NEVER, state(&[]));
    h.op(Op::Incref, &[v], Type::NEVER);
    h.exit(state(&[(v, Own::Owned)]));
    refuses(h, "may be dead");
}

#[test]
fn only_a_constant_is_owned_by_the_code() {
    let mut h = Hand::new(1);
    let v = h.constant(0x1000, Type::OBJECT);
    h.exit(state(&[(v, Own::Borrowed(Owner::Code))]));
    passes(h);
    let mut h = Hand::new(1);
    let v = load_local(&mut h);
    h.exit(state(&[(v, Own::Borrowed(Owner::Code))]));
    refuses(h, "has no owner");
}

#[test]
fn a_variable_written_late_must_not_be_counted() {
    let late = |value: Value| {
        let mut late = state(&[]);
        late.dirty.push((0, value, Own::Owned));
        late
    };
    let mut h = Hand::new(1);
    let v = h.constant(3, Type::INT);
    h.exit(late(v));
    passes(h);
    // The new word is counted.
    let mut h = Hand::new(1);
    let v = h.constant(0x1000, Type::OBJECT);
    h.exit(late(v));
    refuses(h, "is counted");
    // The word in memory is.
    let mut h = Hand::new(1);
    load_local(&mut h);
    let v = h.constant(3, Type::INT);
    h.exit(late(v));
    refuses(h, "was counted");
}

#[test]
fn a_guard_shows_that_a_word_is_no_reference() {
    let mut h = Hand::new(1);
    let v = h.op(Op::LoadStack, &[], Type::VALUE);
    h.guard(Op::GuardInt, &[v], Type::NEVER, state(&[(v, Own::Owned)]));
    h.exit(state(&[]));
    passes(h);
}

#[test]
fn what_a_field_held_must_not_be_lost() {
    let build = |load_first: bool| {
        let mut h = Hand::new(1);
        let new = h.owned_object();
        let object = load_local(&mut h);
        if load_first {
            let old = h.op_at(Op::LoadField, 16, &[object], Type::OBJECT);
            h.op_at(Op::StoreField, 16, &[object, new], Type::NEVER);
            h.guard(Op::Release, &[old], Type::NEVER, state(&[]));
        } else {
            h.op_at(Op::StoreField, 16, &[object, new], Type::NEVER);
        }
        h.exit(state(&[]));
        h
    };
    passes(build(true));
    refuses(build(false), "what the field held is lost");
}

#[test]
fn returning_lets_go_of_what_the_variables_hold() {
    let build = |releases: &dyn Fn(Value) -> Vec<Value>| {
        let mut h = Hand::new(1);
        let local = load_local(&mut h);
        let result = h.owned_object();
        let mut at_return = state(&[]);
        at_return.pending = releases(local);
        h.return_value(result, at_return);
        h
    };
    passes(build(&|local| vec![local]));
    refuses(build(&|_| vec![]), "releases []");
    refuses(build(&|local| vec![local, local]), "releases");
}

#[test]
fn a_borrowed_word_is_not_returned() {
    let mut h = Hand::new(1);
    let local = load_local(&mut h);
    let mut at_return = state(&[]);
    at_return.pending.push(local);
    h.return_value(local, at_return);
    refuses(h, "the state wants");
}

/// Both arms of a branch on a truth value, and the block where they meet.
fn diamond(h: &mut Hand) -> [BlockId; 3] {
    let bool = h.constant(2, Type::BOOL);
    let condition = h.op(Op::WordTruth, &[bool], Type::BOOL);
    let blocks = [h.new_block(), h.new_block(), h.new_block()];
    h.branch(condition, blocks[0], blocks[1]);
    blocks
}

#[test]
fn paths_that_meet_own_the_same() {
    for released_in in [[true, true], [true, false], [false, true], [false, false]] {
        let mut h = Hand::new(0);
        let v = h.owned_object();
        let [then, other, join] = diamond(&mut h);
        for (block, releases) in [then, other].into_iter().zip(released_in) {
            h.go_to(block);
            if releases {
                h.guard(Op::Release, &[v], Type::NEVER, state(&[]));
            }
            h.jump(join, &[]);
        }
        h.go_to(join);
        match released_in {
            [true, true] => {
                h.exit(state(&[]));
                passes(h);
            }
            [false, false] => {
                h.exit(state(&[(v, Own::Owned)]));
                passes(h);
            }
            _ => {
                h.exit(state(&[]));
                refuses(h, "is owned");
            }
        }
    }
}

#[test]
fn a_parameter_takes_its_arguments_reference() {
    let build = |used: bool| {
        let mut h = Hand::new(0);
        let v = h.owned_object();
        let next = h.new_block();
        let p = h.f.param(next, Place::Stack(0), Rep::Word, Type::OBJECT);
        h.jump(next, &[v]);
        h.go_to(next);
        h.exit(state(&[(if used { p } else { v }, Own::Owned)]));
        h
    };
    passes(build(true));
    refuses(build(false), "the state wants");
}

#[test]
fn a_round_of_a_loop_owns_what_the_first_did() {
    let build = |leaks: bool| {
        let mut h = Hand::new(0);
        let header = h.new_block();
        h.jump(header, &[]);
        h.go_to(header);
        let v = h.owned_object();
        if !leaks {
            h.guard(Op::Release, &[v], Type::NEVER, state(&[]));
        }
        h.jump(header, &[]);
        h
    };
    passes(build(false));
    assert!(verify(&build(true).f).is_err(), "each round leaks");
}

#[test]
fn every_block_has_an_end() {
    refuses(Hand::new(0), "no end");
}

#[test]
fn a_call_of_known_code_takes_its_arguments() {
    let build = |owned: bool| {
        let mut h = Hand::new(1);
        let argument = if owned {
            h.owned_object()
        } else {
            load_local(&mut h)
        };
        let result = h.guard(Op::CallDirect, &[argument], Type::OBJECT, state(&[]));
        h.exit(state(&[(result, Own::Owned)]));
        h
    };
    passes(build(true));
    refuses(build(false), "the state wants");
}

#[test]
fn a_helper_borrows_lazily_only_what_is_counted_for_it() {
    let mut h = Hand::new(1);
    let v = load_local(&mut h);
    let lazy = state(&[(v, Own::Lazy(Owner::Local(0)))]);
    let result = h.guard(Op::Helped, &[v], Type::OBJECT, lazy);
    h.exit(state(&[(result, Own::Owned)]));
    refuses(h, "is not counted");
}
