//! Checks that a code object can be executed safely: every operand in range, every jump at an
//! instruction, the stack never below zero, above `co_stacksize` or of two depths at one place.
//!
//! What the compiler makes always passes; code from elsewhere (`marshal`, `.pyc`, `code.replace()`)
//! may not.

use crate::dis::{Instruction, instructions};
use crate::exceptiontable::ExceptionEntries;
use crate::{
    BinaryOp, CodeObject, CommonConstant, CompareOp, Conversion, FunctionAttribute, Intrinsic1,
    Intrinsic2, LocalKind, Opcode, Operand, SpecialMethod,
};
use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyError {
    /// Code of odd length, or none, or cut off within an instruction.
    BadLength,
    /// No opcode at this code unit, or one that can't stand in `co_code`.
    BadOpcode {
        unit: usize,
    },
    /// An operand that names nothing.
    BadOperand {
        unit: usize,
    },
    /// A jump or handler to the middle of an instruction, or out of the code.
    BadTarget {
        unit: usize,
    },
    /// The code ends without leaving.
    FallsOff,
    StackUnderflow {
        unit: usize,
    },
    StackOverflow {
        unit: usize,
    },
    /// Two ways lead here with different depths.
    InconsistentStack {
        unit: usize,
    },
    /// Exception-table ranges out of order or out of the code.
    BadExceptionTable,
    /// Argument counts that the locals don't bear out.
    BadLocals,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // What CPython says of it; it does not look for the others.
            VerifyError::BadLocals => f.write_str("code: co_varnames is too small"),
            _ => write!(f, "malformed code object: {self:?}"),
        }
    }
}

impl std::error::Error for VerifyError {}

type Result<T> = std::result::Result<T, VerifyError>;

/// Checks one code object, without those among its constants.
pub fn verify(code: &CodeObject) -> Result<()> {
    if code.code.is_empty() || !code.code.len().is_multiple_of(2) {
        return Err(VerifyError::BadLength);
    }
    check_locals(code)?;
    let all: Vec<Instruction> = instructions(&code.code).collect();
    let units = code.code.len() / 2;
    match all.last() {
        Some(last) if last.end() == units => {}
        Some(last) if last.end() > units => return Err(VerifyError::BadLength),
        other => {
            return Err(VerifyError::BadOpcode {
                unit: other.map_or(0, Instruction::end),
            });
        }
    }
    // Index of the instruction that starts at a code unit.
    let mut index_at = vec![None; units + 1];
    for (index, instruction) in all.iter().enumerate() {
        check_operand(code, instruction)?;
        index_at[instruction.start] = Some(index);
    }
    check_stack(code, &all, &index_at)
}

fn check_locals(code: &CodeObject) -> Result<()> {
    let flags = code.flags;
    let args = code.argcount as usize
        + code.kwonlyargcount as usize
        + usize::from(flags.contains(crate::CodeFlags::VARARGS))
        + usize::from(flags.contains(crate::CodeFlags::VARKEYWORDS));
    let locals = code
        .localspluskinds
        .iter()
        .filter(|kind| kind.contains(LocalKind::LOCAL))
        .count();
    let fits = code.localsplusnames.len() == code.localspluskinds.len()
        && args <= locals
        && code.posonlyargcount <= code.argcount;
    if fits {
        Ok(())
    } else {
        Err(VerifyError::BadLocals)
    }
}

fn check_operand(code: &CodeObject, instruction: &Instruction) -> Result<()> {
    let opcode = instruction.opcode;
    let oparg = instruction.oparg;
    let index = oparg as usize;
    let unit = instruction.unit;
    let only_executing = matches!(
        opcode,
        Opcode::CACHE
            | Opcode::RESERVED
            | Opcode::INTERPRETER_EXIT
            | Opcode::ENTER_EXECUTOR
            | Opcode::INSTRUMENTED_LINE
            | Opcode::INSTRUMENTED_INSTRUCTION
    );
    if opcode.deopt() != opcode || only_executing {
        return Err(VerifyError::BadOpcode { unit });
    }
    let locals = code.localsplusnames.len();
    let ok = match opcode.operand() {
        Operand::None | Operand::Jump | Operand::Handler => true,
        Operand::Const => index < code.consts.len(),
        Operand::Name => (opcode.name_index(oparg) as usize) < code.names.len(),
        Operand::Local => index < locals,
        Operand::LocalPair => (index >> 4) < locals && (index & 15) < locals,
        Operand::Free => code
            .localspluskinds
            .get(index)
            .is_some_and(|kind| kind.intersects(LocalKind::CELL | LocalKind::FREE)),
        Operand::Plain => match opcode {
            Opcode::BINARY_OP => BinaryOp::from_u32(oparg).is_some(),
            Opcode::COMPARE_OP => CompareOp::from_oparg(oparg).is_some(),
            Opcode::CALL_INTRINSIC_1 => Intrinsic1::from_u32(oparg).is_some(),
            Opcode::CALL_INTRINSIC_2 => Intrinsic2::from_u32(oparg).is_some(),
            Opcode::LOAD_SPECIAL => SpecialMethod::from_u32(oparg).is_some(),
            Opcode::LOAD_COMMON_CONSTANT => CommonConstant::from_u32(oparg).is_some(),
            Opcode::CONVERT_VALUE => Conversion::from_u32(oparg).is_some(),
            Opcode::SET_FUNCTION_ATTRIBUTE => FunctionAttribute::ALL
                .iter()
                .any(|attribute| *attribute as u32 == oparg),
            Opcode::IS_OP | Opcode::CONTAINS_OP => oparg <= 1,
            Opcode::COPY => oparg >= 1,
            Opcode::SWAP => oparg >= 2,
            Opcode::BUILD_SLICE => matches!(oparg, 2 | 3),
            Opcode::RAISE_VARARGS => oparg <= 2,
            Opcode::COPY_FREE_VARS => {
                let free = code
                    .localspluskinds
                    .iter()
                    .filter(|k| k.contains(LocalKind::FREE));
                free.count() == index
            }
            Opcode::LIST_APPEND
            | Opcode::LIST_EXTEND
            | Opcode::SET_ADD
            | Opcode::SET_UPDATE
            | Opcode::MAP_ADD
            | Opcode::DICT_UPDATE
            | Opcode::DICT_MERGE => oparg >= 1,
            _ => true,
        },
    };
    if ok {
        Ok(())
    } else {
        Err(VerifyError::BadOperand { unit })
    }
}

/// Follows every way through the code with the depth of the stack.
fn check_stack(code: &CodeObject, all: &[Instruction], index_at: &[Option<usize>]) -> Result<()> {
    let limit = i64::from(code.stacksize);
    let entries: Vec<_> = ExceptionEntries::new(&code.exceptiontable).collect();
    let mut previous_end = 0;
    for entry in &entries {
        let in_order = entry.start >= previous_end
            && entry.end > entry.start
            && (entry.end as usize) < index_at.len();
        if !in_order {
            return Err(VerifyError::BadExceptionTable);
        }
        previous_end = entry.end;
    }
    let mut walk = Walk {
        index_at,
        depths: vec![None; all.len()],
        todo: Vec::new(),
    };
    walk.reach(0, 0, 0)?;
    while let Some((index, depth)) = walk.todo.pop() {
        let instruction = &all[index];
        let unit = instruction.unit;
        let (popped, pushed) = instruction.opcode.pops_pushes(instruction.oparg);
        if depth < popped {
            return Err(VerifyError::StackUnderflow { unit });
        }
        let after = depth - popped + pushed;
        if after > limit {
            return Err(VerifyError::StackOverflow { unit });
        }
        if let Some(entry) = entries
            .iter()
            .find(|entry| (entry.start as usize..entry.end as usize).contains(&unit))
        {
            let handler_depth = i64::from(entry.depth);
            if handler_depth > depth {
                return Err(VerifyError::StackUnderflow { unit });
            }
            let at_handler = handler_depth + 1 + i64::from(entry.lasti);
            if at_handler > limit {
                return Err(VerifyError::StackOverflow { unit });
            }
            walk.reach(unit, entry.target as usize, at_handler)?;
        }
        // An END_ASYNC_FOR only names its END_SEND.
        if instruction.opcode.is_jump() && instruction.opcode != Opcode::END_ASYNC_FOR {
            let target = instruction
                .target()
                .ok_or(VerifyError::BadTarget { unit })?;
            walk.reach(unit, target, after)?;
        }
        if !instruction.opcode.is_terminator() {
            if instruction.end() >= index_at.len() - 1 {
                return Err(VerifyError::FallsOff);
            }
            walk.reach(unit, instruction.end(), after)?;
        }
    }
    Ok(())
}

struct Walk<'a> {
    index_at: &'a [Option<usize>],
    /// Depth at each instruction, where known.
    depths: Vec<Option<i64>>,
    todo: Vec<(usize, i64)>,
}

impl Walk<'_> {
    fn reach(&mut self, from: usize, target: usize, depth: i64) -> Result<()> {
        let index = self
            .index_at
            .get(target)
            .copied()
            .flatten()
            .ok_or(VerifyError::BadTarget { unit: from })?;
        match self.depths[index] {
            None => {
                self.depths[index] = Some(depth);
                self.todo.push((index, depth));
                Ok(())
            }
            Some(known) if known == depth => Ok(()),
            Some(_) => Err(VerifyError::InconsistentStack { unit: target }),
        }
    }
}
