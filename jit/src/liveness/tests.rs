use super::*;
use crate::decode::decode;
use crate::testing::bytecode;
use Opcode::*;

/// Which of three variables are live at the start.
fn live(units: &[u16]) -> Vec<bool> {
    live_at_entry(&decode(units, 0).expect("decodes"), 0, 3)
}

fn live_in(instructions: &[(Opcode, u8)]) -> Vec<bool> {
    let mut code = instructions.to_vec();
    code.push((RETURN_VALUE, 0));
    live(&bytecode(&code))
}

#[test]
fn a_read_makes_live_a_write_before_it_does_not() {
    assert_eq!(live_in(&[(LOAD_FAST, 1)]), [false, true, false]);
    assert_eq!(live_in(&[(STORE_FAST, 1), (LOAD_FAST, 1)]), [false; 3]);
    assert_eq!(
        live_in(&[(LOAD_FAST, 1), (STORE_FAST, 1)]),
        [false, true, false]
    );
    // Deleting looks whether there is something.
    assert_eq!(live_in(&[(DELETE_FAST, 2)]), [false, false, true]);
    assert_eq!(live_in(&[]), [false; 3]);
}

#[test]
fn double_instructions_do_the_upper_half_first() {
    assert_eq!(
        live_in(&[(LOAD_FAST_BORROW_LOAD_FAST_BORROW, 0x02)]),
        [true, false, true]
    );
    assert_eq!(live_in(&[(STORE_FAST_LOAD_FAST, 0x11)]), [false; 3]);
    assert_eq!(
        live_in(&[(STORE_FAST_LOAD_FAST, 0x12)]),
        [false, false, true]
    );
    assert_eq!(
        live_in(&[(STORE_FAST_STORE_FAST, 0x01), (LOAD_FAST_LOAD_FAST, 0x12)]),
        [false, false, true]
    );
    assert_eq!(
        live_in(&[(LOAD_FAST_AND_CLEAR, 0), (LOAD_FAST, 0)]),
        [true, false, false]
    );
}

#[test]
fn one_path_that_reads_is_enough() {
    // if l0: l1 = … ; then l1 is read.
    let head = [(LOAD_FAST, 0), (POP_JUMP_IF_FALSE, 0)];
    let (head_length, body) = (bytecode(&head).len(), bytecode(&[(STORE_FAST, 1)]));
    let mut units = bytecode(&head);
    units[1] |= (body.len() as u16) << 8;
    assert_eq!(head_length, units.len());
    units.extend(body);
    units.extend(bytecode(&[(LOAD_FAST, 1), (RETURN_VALUE, 0)]));
    assert_eq!(live(&units), [true, true, false]);
}

#[test]
fn a_loop_carries_what_its_next_round_reads() {
    // while l0: l2 = … ; l1 is read first in the body, l2 only written.
    let body = [(LOAD_FAST, 1), (STORE_FAST, 2), (STORE_FAST, 1)];
    let length = bytecode(&[(LOAD_FAST, 0), (POP_JUMP_IF_FALSE, 0)]).len();
    let body = bytecode(&body);
    let back = bytecode(&[(JUMP_BACKWARD, 0)]).len();
    let mut units = bytecode(&[
        (LOAD_FAST, 0),
        (POP_JUMP_IF_FALSE, (body.len() + back) as u8),
    ]);
    units.extend(&body);
    units.extend(bytecode(&[(
        JUMP_BACKWARD,
        (length + body.len() + back) as u8,
    )]));
    units.extend(bytecode(&[(RETURN_VALUE, 0)]));
    assert_eq!(live(&units), [true, true, false]);
}

#[test]
fn a_variable_out_of_sight_is_ignored() {
    // Inlined code and cells behind the variables asked for.
    assert_eq!(live_in(&[(LOAD_FAST, 9)]), [false; 3]);
}
