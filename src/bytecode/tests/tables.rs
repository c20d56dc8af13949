//! The tables of code objects, written and read back; and damaged ones.

use std::sync::Arc;
use taipan_bytecode::exceptiontable::{self, ExceptionEntries, ExceptionEntry};
use taipan_bytecode::linetable::{self, LineTableWriter, Position};
use taipan_bytecode::{
    CfgOp, CodeFlags, CodeObject, Const, LocalKind, Opcode, Text, marshal, pyc, verify,
};

#[test]
fn opcodes() {
    for opcode in Opcode::ALL {
        assert_eq!(Opcode::from_u8(*opcode as u8), Some(*opcode));
        assert_eq!(opcode.deopt().deopt(), opcode.deopt());
        assert_eq!(opcode.caches(), opcode.deopt().caches());
    }
    assert_eq!(Opcode::from_u8(17), Some(Opcode::RESERVED));
    assert_eq!(Opcode::from_u8(121), None);
    assert_eq!(Opcode::LOAD_ATTR.stack_effect(1), 1);
    assert_eq!(Opcode::UNPACK_EX.stack_effect(2 | 3 << 8), 5);
    assert_eq!(CfgOp::SETUP_CLEANUP.stack_effect(0, true), 2);
    assert_eq!(CfgOp::SETUP_CLEANUP.stack_effect(0, false), 0);
    assert_eq!(Opcode::FOR_ITER_LIST.deopt(), Opcode::FOR_ITER);
    assert!(Opcode::INSTRUMENTED_FOR_ITER.is_jump());
}

#[test]
fn lines() {
    let positions = [
        (Position::new(1, 1, 0, 5), 1),
        (Position::new(1, 1, 70, 79), 2),
        (Position::new(2, 2, 100, 120), 9),
        (Position::new(5, 7, 300, 2), 20),
        (Position::NONE, 3),
        (Position::line(4), 1),
        (Position::new(0, 1, 0, 0), 1),
    ];
    let mut writer = LineTableWriter::new(1);
    for (position, units) in positions {
        writer.add(position, units);
    }
    let table = writer.finish();
    let expected: Vec<Position> = positions
        .iter()
        .flat_map(|(p, units)| std::iter::repeat_n(*p, *units))
        .collect();
    assert_eq!(
        linetable::positions(&table, 1).collect::<Vec<_>>(),
        expected
    );
    assert_eq!(linetable::addr2line(&table, 1, 6), Some(2));
    assert_eq!(linetable::addr2line(&table, 1, -1), Some(1));
    assert_eq!(linetable::addr2line(&table, 1, 64), None);
}

#[test]
fn exceptions() {
    let entries = [
        ExceptionEntry {
            start: 0,
            end: 3,
            target: 70,
            depth: 0,
            lasti: false,
        },
        ExceptionEntry {
            start: 3,
            end: 5000,
            target: 70_000,
            depth: 40,
            lasti: true,
        },
    ];
    let mut table = Vec::new();
    for entry in entries {
        exceptiontable::encode(&mut table, entry);
    }
    assert_eq!(ExceptionEntries::new(&table).collect::<Vec<_>>(), entries);
    assert_eq!(exceptiontable::lookup(&table, 4), Some(entries[1]));
    assert_eq!(exceptiontable::lookup(&table, 5000), None);
}

fn code() -> Arc<CodeObject> {
    Arc::new(CodeObject {
        argcount: 1,
        posonlyargcount: 0,
        kwonlyargcount: 0,
        stacksize: 1,
        flags: CodeFlags::OPTIMIZED | CodeFlags::NEWLOCALS,
        code: [
            Opcode::RESUME as u8,
            0,
            Opcode::LOAD_FAST as u8,
            0,
            Opcode::RETURN_VALUE as u8,
            0,
        ]
        .into(),
        consts: [
            Const::None,
            Const::Int((-1i64 << 40).into()),
            Const::Int(7.into()),
            Const::Float(-0.0),
            Const::Complex(1.0, -2.0),
            Const::Str(Text::from_code_points([0xD800, 0x41])),
            Const::Bytes([1, 2].into()),
            Const::Tuple([Const::Ellipsis, Const::True, Const::Tuple([].into())].into()),
            Const::FrozenSet([Const::False].into()),
            Const::Slice(Box::new([Const::None, Const::Int(2.into()), Const::None])),
        ]
        .into(),
        names: [Text::from("a"), Text::from("a")].into(),
        localsplusnames: [Text::from("x")].into(),
        localspluskinds: [LocalKind::LOCAL | LocalKind::ARG_POS].into(),
        filename: Text::from("f.py"),
        name: Text::from("f"),
        qualname: Text::from("C.f"),
        firstlineno: 3,
        linetable: [].into(),
        exceptiontable: [].into(),
    })
}

#[test]
fn marshal_round_trip() {
    let code = code();
    let data = marshal::dumps_code(&code);
    assert_eq!(marshal::loads_code(&data), Ok(code.clone()));
    let validation = pyc::Validation::Hash {
        hash: pyc::source_hash(b"x = 1\n"),
        check_source: true,
    };
    let file = pyc::write(validation, &code);
    assert_eq!(pyc::read(&file), Ok((validation, code)));
}

/// Every prefix, and every byte changed: an error or a value, never a panic.
#[test]
fn marshal_damage() {
    let data = marshal::dumps_code(&code());
    for len in 0..data.len() {
        assert!(marshal::loads(&data[..len]).is_err());
    }
    for at in 0..data.len() {
        for bit in 0..8 {
            let mut damaged = data.clone();
            damaged[at] ^= 1 << bit;
            if let Ok(Const::Code(code)) = marshal::loads(&damaged) {
                let _ = verify::verify(&code);
            }
        }
    }
    let deep = [b')', 1].repeat(100_000);
    assert_eq!(marshal::loads(&deep), Err(marshal::MarshalError::TooDeep));
}

#[test]
fn verifier() {
    assert_eq!(verify::verify(&code()), Ok(()));
    let with = |bytes: &[u8]| {
        let mut code = CodeObject::clone(&code());
        code.code = bytes.into();
        verify::verify(&code)
    };
    use verify::VerifyError::*;
    let op = |opcode: Opcode| opcode as u8;
    assert_eq!(
        with(&[op(Opcode::RETURN_VALUE), 0]),
        Err(StackUnderflow { unit: 0 })
    );
    assert_eq!(with(&[op(Opcode::LOAD_FAST), 0]), Err(FallsOff));
    assert_eq!(
        with(&[op(Opcode::LOAD_FAST), 9]),
        Err(BadOperand { unit: 0 })
    );
    assert_eq!(
        with(&[op(Opcode::JUMP_FORWARD), 9]),
        Err(BadTarget { unit: 0 })
    );
    assert_eq!(with(&[121, 0]), Err(BadOpcode { unit: 0 }));
    // These stand only in code that runs.
    for opcode in [
        Opcode::INTERPRETER_EXIT,
        Opcode::ENTER_EXECUTOR,
        Opcode::INSTRUMENTED_LINE,
        Opcode::INSTRUMENTED_INSTRUCTION,
    ] {
        assert_eq!(with(&[op(opcode), 0]), Err(BadOpcode { unit: 0 }));
    }
    let two = [
        op(Opcode::LOAD_FAST),
        0,
        op(Opcode::LOAD_FAST),
        0,
        op(Opcode::RETURN_VALUE),
        0,
    ];
    assert_eq!(with(&two), Err(StackOverflow { unit: 1 }));
}
