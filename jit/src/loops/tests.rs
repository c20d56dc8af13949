use super::*;
use crate::decode::decode;
use crate::testing::bytecode;
use taipan_bytecode::Opcode::*;

/// Decodes these instructions, whose jumps are patched to lead to the numbered ones.
fn decoded(code: &[(Opcode, u8)], jumps: &[(usize, usize)]) -> Decoded {
    let at = |n: usize| bytecode(&code[..n]).len() as u32;
    let mut units = bytecode(code);
    for &(jump, target) in jumps {
        let from = at(jump + 1);
        units[at(jump) as usize] |= (at(target).abs_diff(from) as u16) << 8;
    }
    decode(&units, 0).expect("decodes")
}

#[test]
fn of_nested_loops_the_inner_one_is_peeled() {
    let code = [
        (LOAD_FAST, 0),         // 0: outer header
        (POP_JUMP_IF_FALSE, 0), // 1: to 7
        (LOAD_FAST, 1),         // 2: inner header
        (POP_JUMP_IF_FALSE, 0), // 3: to 6
        (NOP, 0),               // 4
        (JUMP_BACKWARD, 0),     // 5: to 2
        (JUMP_BACKWARD, 0),     // 6: to 0
        (LOAD_FAST, 2),         // 7
        (RETURN_VALUE, 0),      // 8
    ];
    let at = |n: usize| bytecode(&code[..n]).len() as u32;
    let d = decoded(&code, &[(1, 7), (3, 6), (5, 2), (6, 0)]);
    assert_eq!(d.headers.len(), 2);
    let peeled: Vec<(u32, Vec<u32>)> = d.peelable.into_iter().collect();
    assert_eq!(peeled, [(at(2), vec![at(2), at(4)])]);
}

#[test]
fn loops_that_wait_are_not_peeled() {
    let code = [
        (LOAD_FAST, 0),         // 0
        (POP_JUMP_IF_FALSE, 0), // 1: to 6
        (LOAD_FAST, 1),         // 2
        (YIELD_VALUE, 0),       // 3
        (POP_TOP, 0),           // 4
        (JUMP_BACKWARD, 0),     // 5: to 0
        (LOAD_FAST, 2),         // 6
        (RETURN_VALUE, 0),      // 7
    ];
    let d = decoded(&code, &[(1, 6), (5, 0)]);
    assert_eq!(d.headers.len(), 1);
    assert!(d.peelable.is_empty());
}
