//! A plain-text disassembler in the manner of `dis`, for tests, dumps and comparison tools.

use crate::exceptiontable::ExceptionEntries;
use crate::linetable::{self, Position};
use crate::{
    BinaryOp, CodeObject, CommonConstant, CompareOp, Const, Intrinsic1, Intrinsic2, Opcode,
    Operand, SpecialMethod,
};
use std::fmt::Write;

/// One instruction, its operand widened by the `EXTENDED_ARG`s before it.
#[derive(Clone, Copy, Debug)]
pub struct Instruction {
    /// Code unit of the instruction itself and of its first `EXTENDED_ARG`.
    pub unit: usize,
    pub start: usize,
    pub opcode: Opcode,
    pub oparg: u32,
}

impl Instruction {
    /// Code unit behind the instruction and its caches.
    pub fn end(&self) -> usize {
        self.unit + 1 + self.opcode.caches()
    }

    /// Code unit that a jump leads to.
    pub fn target(&self) -> Option<usize> {
        if !self.opcode.is_jump() {
            return None;
        }
        if self.opcode.is_backward_jump() {
            self.end().checked_sub(self.oparg as usize)
        } else {
            Some(self.end() + self.oparg as usize)
        }
    }
}

/// The instructions of `co_code`, caches and `EXTENDED_ARG`s folded. Stops at an unknown opcode.
pub fn instructions(code: &[u8]) -> impl Iterator<Item = Instruction> + '_ {
    let mut unit = 0;
    std::iter::from_fn(move || {
        let start = unit;
        let mut oparg = 0u32;
        loop {
            let pair = code.get(unit * 2..unit * 2 + 2)?;
            let opcode = Opcode::from_u8(pair[0])?;
            oparg = oparg << 8 | u32::from(pair[1]);
            if opcode == Opcode::EXTENDED_ARG {
                unit += 1;
                continue;
            }
            let instruction = Instruction {
                unit,
                start,
                opcode,
                oparg,
            };
            unit = instruction.end();
            return Some(instruction);
        }
    })
}

/// The `repr()` of a constant, code objects by name and line.
pub fn const_repr(value: &Const) -> String {
    let list = |items: &[Const]| items.iter().map(const_repr).collect::<Vec<_>>().join(", ");
    match value {
        Const::None => "None".into(),
        Const::True => "True".into(),
        Const::False => "False".into(),
        Const::Ellipsis => "Ellipsis".into(),
        Const::Int(value) => value.to_string(),
        Const::Float(value) => format!("{value:?}"),
        Const::Complex(real, imaginary) => format!("({real:?}+{imaginary:?}j)"),
        Const::Str(text) => format!("{text:?}"),
        Const::Bytes(bytes) => format!("b\"{}\"", bytes.escape_ascii()),
        Const::Tuple(items) if items.len() == 1 => format!("({},)", const_repr(&items[0])),
        Const::Tuple(items) => format!("({})", list(items)),
        Const::FrozenSet(items) => format!("frozenset({{{}}})", list(items)),
        Const::Slice(items) => format!("slice({})", list(&items[..])),
        Const::Code(code) => format!("<code object {}, line {}>", code.name, code.firstlineno),
    }
}

fn argument(code: &CodeObject, instruction: &Instruction) -> String {
    let oparg = instruction.oparg;
    let local = |index: u32| match code.localsplusnames.get(index as usize) {
        Some(name) => name.to_string(),
        None => "?".to_string(),
    };
    match instruction.opcode.operand() {
        Operand::None => String::new(),
        Operand::Const => match code.consts.get(oparg as usize) {
            Some(value) => const_repr(value),
            None => "?".into(),
        },
        Operand::Name => {
            match code
                .names
                .get(instruction.opcode.name_index(oparg) as usize)
            {
                Some(name) => name.to_string(),
                None => "?".into(),
            }
        }
        Operand::Local | Operand::Free => local(oparg),
        Operand::LocalPair => format!("{}, {}", local(oparg >> 4), local(oparg & 15)),
        Operand::Jump => match instruction.target() {
            Some(target) => format!("to {}", target * 2),
            None => "to ?".into(),
        },
        Operand::Plain | Operand::Handler => match instruction.opcode.deopt() {
            Opcode::BINARY_OP => BinaryOp::from_u32(oparg).map_or("?", BinaryOp::name).into(),
            Opcode::COMPARE_OP => {
                let name = CompareOp::from_oparg(oparg).map_or("?", CompareOp::name);
                if oparg & CompareOp::TO_BOOL == 0 {
                    name.into()
                } else {
                    format!("bool({name})")
                }
            }
            Opcode::CALL_INTRINSIC_1 => Intrinsic1::from_u32(oparg)
                .map_or("?", Intrinsic1::name)
                .into(),
            Opcode::CALL_INTRINSIC_2 => Intrinsic2::from_u32(oparg)
                .map_or("?", Intrinsic2::name)
                .into(),
            Opcode::LOAD_SPECIAL => SpecialMethod::from_u32(oparg)
                .map_or("?", SpecialMethod::name)
                .into(),
            Opcode::LOAD_COMMON_CONSTANT => CommonConstant::from_u32(oparg)
                .map_or("?", CommonConstant::name)
                .into(),
            _ => String::new(),
        },
    }
}

fn position_text(position: Position) -> String {
    let number = |value: Option<i32>| value.map_or("-".to_string(), |value| value.to_string());
    format!(
        "{}:{}-{}:{}",
        number(position.line),
        number(position.column),
        number(position.end_line),
        number(position.end_column)
    )
}

/// Disassembles one code object, without those among its constants. With `positions`, each
/// instruction is preceded by its source range.
pub fn disassemble(code: &CodeObject, positions: bool) -> String {
    let mut out = String::new();
    let table: Vec<Position> = linetable::positions(&code.linetable, code.firstlineno).collect();
    let all: Vec<Instruction> = instructions(&code.code).collect();
    let mut targets: Vec<usize> = all.iter().filter_map(Instruction::target).collect();
    let handlers: Vec<_> = ExceptionEntries::new(&code.exceptiontable).collect();
    targets.extend(handlers.iter().map(|entry| entry.target as usize));
    let mut last_line = None;
    for instruction in &all {
        let position = table
            .get(instruction.unit)
            .copied()
            .unwrap_or(Position::NONE);
        if positions {
            let _ = write!(out, "{:<16}", position_text(position));
        } else if position.line == last_line && last_line.is_some() {
            out.push_str("     ");
        } else {
            let line = position
                .line
                .map_or("--".to_string(), |line| line.to_string());
            let _ = write!(out, "{line:>4} ");
            last_line = position.line;
        }
        let mark = if targets.contains(&instruction.start) {
            ">>"
        } else {
            "  "
        };
        let name = instruction.opcode.name();
        let argument = argument(code, instruction);
        let _ = write!(out, "{mark} {:>5} {name}", instruction.unit * 2);
        if instruction.opcode.has_arg() {
            let _ = write!(
                out,
                "{:width$}{:>5}",
                "",
                instruction.oparg,
                width = 33usize.saturating_sub(name.len())
            );
            if !argument.is_empty() {
                let _ = write!(out, " ({argument})");
            }
        }
        out.push('\n');
    }
    for entry in handlers {
        let lasti = if entry.lasti { " lasti" } else { "" };
        let _ = writeln!(
            out,
            "  {} to {} -> {} [{}]{lasti}",
            entry.start * 2,
            entry.end * 2,
            entry.target * 2,
            entry.depth
        );
    }
    out
}

/// Disassembles a code object and, after it, those among its constants.
pub fn disassemble_all(code: &CodeObject, positions: bool) -> String {
    let mut out = disassemble(code, positions);
    let mut pending: Vec<&CodeObject> = Vec::new();
    push_children(&mut pending, code);
    while let Some(code) = pending.pop() {
        let _ = write!(
            out,
            "\nDisassembly of {}, line {}:\n",
            code.qualname, code.firstlineno
        );
        out.push_str(&disassemble(code, positions));
        push_children(&mut pending, code);
    }
    out
}

fn push_children<'a>(pending: &mut Vec<&'a CodeObject>, code: &'a CodeObject) {
    for value in code.consts.iter().rev() {
        if let Const::Code(inner) = value {
            pending.push(inner);
        }
    }
}
