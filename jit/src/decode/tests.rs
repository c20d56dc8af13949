use super::*;
use crate::testing::bytecode;
use Opcode::*;

/// Where the nth of these instructions starts.
fn start(instructions: &[(Opcode, u8)], n: usize) -> u32 {
    bytecode(&instructions[..n]).len() as u32
}

fn decoded(instructions: &[(Opcode, u8)]) -> Decoded {
    decode(&bytecode(instructions), 0).expect("decodes")
}

#[test]
fn caches_are_skipped() {
    let code = [(LOAD_FAST, 0), (BINARY_OP, 0), (RETURN_VALUE, 0)];
    let d = decoded(&code);
    assert!(BINARY_OP.caches() > 0);
    assert_eq!(d.instructions.len(), 3);
    let add = d.instructions[&1];
    assert_eq!((add.start, add.at, add.oparg), (1, 1, 0));
    assert_eq!(add.next, start(&code, 2));
}

#[test]
fn extended_operands_belong_to_their_instruction() {
    let code = [
        (EXTENDED_ARG, 0x12),
        (EXTENDED_ARG, 0x34),
        (LOAD_CONST, 0x56),
        (RETURN_VALUE, 0),
    ];
    let d = decoded(&code);
    let load = d.instructions[&0];
    assert_eq!(
        (load.start, load.at),
        (0, 2),
        "the interpreter goes on at the start"
    );
    assert_eq!((load.op, load.oparg), (LOAD_CONST, 0x12_3456));
    assert_eq!(d.instructions.len(), 2);
}

#[test]
fn an_if_has_four_blocks_the_join_last() {
    let code = [
        (LOAD_FAST, 0),         // 0
        (POP_JUMP_IF_FALSE, 2), // 1: to 5
        (LOAD_FAST, 1),         // 2
        (JUMP_FORWARD, 1),      // 3: to 6
        (NOP, 0),               // 4: unreachable
        (LOAD_FAST, 2),         // 5
        (RETURN_VALUE, 0),      // 6
    ];
    let at = |n| start(&code, n);
    // Distances are in code units, caches included.
    let mut units = bytecode(&code);
    let patch = |units: &mut Vec<u16>, jump: usize, target: usize| {
        let from = at(jump + 1);
        units[at(jump) as usize] |= ((at(target) - from) as u16) << 8;
    };
    units[at(1) as usize] &= 0xff;
    units[at(3) as usize] &= 0xff;
    patch(&mut units, 1, 5);
    patch(&mut units, 3, 6);
    let d = decode(&units, 0).expect("decodes");
    assert_eq!(d.order.len(), 4);
    assert_eq!((d.order[0], d.order[3]), (0, at(6)));
    assert_eq!(d.leaders, BTreeSet::from([0, at(2), at(5), at(6)]));
    assert!(!d.instructions.contains_key(&at(4)), "nothing leads there");
    assert!(d.headers.is_empty());
    for (i, block) in d.order.iter().enumerate() {
        assert_eq!(d.place[block], i);
    }
}

/// `for` over a local, whose body does nothing but store; the loop's end is the function's.
fn for_loop() -> (Vec<u16>, [u32; 4]) {
    let code = [
        (LOAD_FAST, 0),
        (GET_ITER, 0),
        (FOR_ITER, 0),
        (STORE_FAST, 1),
        (JUMP_BACKWARD, 0),
        (END_FOR, 0),
        (POP_ITER, 0),
        (LOAD_CONST, 0),
        (RETURN_VALUE, 0),
    ];
    let at = |n| start(&code, n);
    let mut units = bytecode(&code);
    units[at(2) as usize] |= ((at(5) - at(3)) as u16) << 8;
    units[at(4) as usize] |= ((at(5) - at(2)) as u16) << 8;
    (units, [at(2), at(3), at(5), at(6)])
}

#[test]
fn a_loop_has_one_header_before_its_body() {
    let (units, [head, body, end_for, behind]) = for_loop();
    let d = decode(&units, 0).expect("decodes");
    assert_eq!(d.headers, BTreeSet::from([head]));
    // An exhausted iterator skips END_FOR.
    assert_eq!(
        d.instructions[&head].successors(),
        (Some(body), Some(behind))
    );
    assert!(!d.instructions.contains_key(&end_for));
    assert!(d.place[&0] < d.place[&head] && d.place[&head] < d.place[&body]);
}

#[test]
fn an_entry_at_the_header_sees_only_the_loop() {
    let (units, [head, ..]) = for_loop();
    let d = decode(&units, head).expect("decodes");
    assert_eq!(d.order[0], head);
    assert!(
        !d.instructions.contains_key(&0),
        "what lies before is not entered"
    );
    assert_eq!(d.headers, BTreeSet::from([head]));
}

#[test]
fn specialized_forms_go_where_the_general_ones_go() {
    for n in 0..=u8::MAX {
        let Some(op) = Opcode::from_u8(n) else {
            continue;
        };
        let make = |op: Opcode| Instruction {
            start: 40,
            at: 40,
            op,
            oparg: 3,
            next: 42,
        };
        let (special, general) = (make(op), make(op.deopt()));
        assert_eq!(special.successors(), general.successors(), "{}", op.name());
        let (fall, jump) = special.successors();
        if leaves(op) {
            assert_eq!((fall, jump), (None, None), "{}", op.name());
            assert!(special.ends_block());
        }
    }
}

#[test]
fn what_is_cut_off_is_malformed() {
    let cases: [&[(Opcode, u8)]; 4] = [
        &[],
        &[(LOAD_FAST, 0)],
        &[(EXTENDED_ARG, 1)],
        &[(JUMP_FORWARD, 9), (RETURN_VALUE, 0)],
    ];
    for code in cases {
        let units = bytecode(code);
        assert_eq!(
            decode(&units, 0).err(),
            Some(Bailout::Malformed),
            "{code:?}"
        );
    }
    let unknown = (0..=u8::MAX).find(|n| Opcode::from_u8(*n).is_none());
    if let Some(unknown) = unknown {
        assert_eq!(decode(&[unknown as u16], 0).err(), Some(Bailout::Malformed));
    }
}

#[test]
fn a_long_function_is_refused() {
    let code = |nops: usize| {
        let mut code = vec![(NOP, 0); nops];
        code.push((RETURN_VALUE, 0));
        bytecode(&code)
    };
    assert!(decode(&code(LIMIT - 1), 0).is_ok());
    assert_eq!(decode(&code(LIMIT), 0).err(), Some(Bailout::TooBig));
}
