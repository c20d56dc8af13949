//! `_opcode` and `_opcode_metadata`: what the table of opcodes says, for `opcode` and `dis`.

use taipan_macros::pymodule;
use taipan_vm::bytecode::{CfgOp, Opcode, Operand};

pub use metadata::MODULE as METADATA;
pub use opcode::MODULE;

/// An instruction of code, or a pseudo-instruction of the compiler.
#[derive(Clone, Copy)]
enum Any {
    Real(Opcode),
    Pseudo(CfgOp),
}

fn known(number: i64) -> Option<Any> {
    if let Ok(byte) = u8::try_from(number) {
        return Opcode::from_u8(byte).map(Any::Real);
    }
    CfgOp::from_number(u16::try_from(number).ok()?).map(Any::Pseudo)
}

/// Instructions that stand for another one that only the frame knows.
fn hides_another(op: Opcode) -> bool {
    matches!(
        op,
        Opcode::INSTRUMENTED_LINE | Opcode::INSTRUMENTED_INSTRUCTION
    )
}

impl Any {
    fn operand(self) -> Operand {
        match self {
            Any::Real(op) if hides_another(op) => Operand::None,
            Any::Real(op) => op.operand(),
            // Counted among the locals, because that is where the cell lies.
            Any::Pseudo(CfgOp::LOAD_CLOSURE) => Operand::Local,
            Any::Pseudo(op) => op.operand(),
        }
    }
}

fn operand_is(number: i64, test: fn(Operand) -> bool) -> bool {
    known(number).is_some_and(|op| test(op.operand()))
}

/// CPython's names of the operands of `BINARY_OP`, in their order.
const BINARY_NAMES: [&str; 13] = [
    "ADD",
    "AND",
    "FLOOR_DIVIDE",
    "LSHIFT",
    "MATRIX_MULTIPLY",
    "MULTIPLY",
    "REMAINDER",
    "OR",
    "POWER",
    "RSHIFT",
    "SUBTRACT",
    "TRUE_DIVIDE",
    "XOR",
];

/// Opcode support module.
#[pymodule(name = "_opcode")]
mod opcode {
    use super::*;
    use taipan_vm::abstract_ops as ops;
    use taipan_vm::bytecode::{BinaryOp, Intrinsic1, Intrinsic2, SpecialMethod};
    use taipan_vm::exceptions::{PyResult, type_error, value_error};
    use taipan_vm::objects::code::Code;
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::str::Str;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::value::Value;

    #[pyattr]
    const ENABLE_SPECIALIZATION: i64 = 1;
    #[pyattr]
    const ENABLE_SPECIALIZATION_FT: i64 = 1;

    /// Compute the stack effect of the opcode.
    #[pyfunction("stack_effect($module, opcode, oparg=None, /, *, jump=None)")]
    fn stack_effect(opcode: i64, oparg: Option<&Value>, jump: Option<&Value>) -> PyResult<i64> {
        let oparg = match oparg.filter(|oparg| !oparg.is_none()) {
            Some(oparg) => ops::to_i64(oparg)? as u32,
            None => 0,
        };
        let jump = match jump {
            None => None,
            Some(jump) if jump.is_none() => None,
            Some(jump) if jump.is_true() => Some(true),
            Some(jump) if jump.is_false() => Some(false),
            Some(_) => {
                return Err(value_error(
                    "stack_effect: jump must be False, True or None",
                ));
            }
        };
        match known(opcode) {
            Some(Any::Real(op)) if op.deopt() == op && (op as u8) < Opcode::MIN_INSTRUMENTED => {
                Ok(op.stack_effect(oparg))
            }
            Some(Any::Pseudo(op)) => Ok(match jump {
                Some(jump) => op.stack_effect(oparg, jump),
                None => op
                    .stack_effect(oparg, true)
                    .max(op.stack_effect(oparg, false)),
            }),
            _ => Err(value_error("invalid opcode or oparg")),
        }
    }

    /// Return True if opcode is valid, False otherwise.
    #[pyfunction("is_valid($module, /, opcode)")]
    fn is_valid(opcode: i64) -> bool {
        known(opcode).is_some()
    }

    /// Return True if the opcode uses its oparg, False otherwise.
    #[pyfunction("has_arg($module, /, opcode)")]
    fn has_arg(opcode: i64) -> bool {
        operand_is(opcode, |operand| operand != Operand::None)
    }

    /// Return True if the opcode accesses a constant, False otherwise.
    #[pyfunction("has_const($module, /, opcode)")]
    fn has_const(opcode: i64) -> bool {
        operand_is(opcode, |operand| operand == Operand::Const)
    }

    /// Return True if the opcode accesses an attribute by name, False otherwise.
    #[pyfunction("has_name($module, /, opcode)")]
    fn has_name(opcode: i64) -> bool {
        operand_is(opcode, |operand| operand == Operand::Name)
    }

    /// Return True if the opcode has a jump target, False otherwise.
    #[pyfunction("has_jump($module, /, opcode)")]
    fn has_jump(opcode: i64) -> bool {
        operand_is(opcode, |operand| operand == Operand::Jump)
    }

    /// Return True if the opcode accesses a free variable, False otherwise.
    ///
    /// Note that 'free' in this context refers to names in the current scope
    /// that are referenced by inner scopes or names in outer scopes that are
    /// referenced from this scope. It does not include references to global
    /// or builtin scopes.
    #[pyfunction("has_free($module, /, opcode)")]
    fn has_free(opcode: i64) -> bool {
        operand_is(opcode, |operand| operand == Operand::Free)
    }

    /// Return True if the opcode accesses a local variable, False otherwise.
    #[pyfunction("has_local($module, /, opcode)")]
    fn has_local(opcode: i64) -> bool {
        operand_is(opcode, |operand| {
            matches!(operand, Operand::Local | Operand::LocalPair)
        })
    }

    /// Return True if the opcode sets an exception handler, False otherwise.
    #[pyfunction("has_exc($module, /, opcode)")]
    fn has_exc(opcode: i64) -> bool {
        operand_is(opcode, |operand| operand == Operand::Handler)
    }

    /// Return the specialization stats
    #[pyfunction("get_specialization_stats($module, /)")]
    fn get_specialization_stats() {}

    fn texts(names: impl Iterator<Item = &'static str>) -> Value {
        List::make(names.map(|name| Str::new(name).into_value()).collect()).into_value()
    }

    /// Return array of symbols of binary ops.
    ///
    /// Indexed by the BINARY_OP oparg value.
    #[pyfunction("get_nb_ops($module, /)")]
    fn get_nb_ops() -> Value {
        let pairs = BinaryOp::ALL.iter().enumerate().map(|(at, op)| {
            let name = match (BINARY_NAMES.get(at), BINARY_NAMES.get(at.wrapping_sub(13))) {
                (Some(name), _) => format!("NB_{name}"),
                (None, Some(name)) => format!("NB_INPLACE_{name}"),
                (None, None) => "NB_SUBSCR".to_owned(),
            };
            let texts = [
                Str::new(&name).into_value(),
                Str::new(op.name()).into_value(),
            ];
            Tuple::new(texts).into_value()
        });
        List::make(pairs.collect()).into_value()
    }

    /// Return a list of names of the unary intrinsics.
    #[pyfunction("get_intrinsic1_descs($module, /)")]
    fn get_intrinsic1_descs() -> Value {
        texts(Intrinsic1::ALL.iter().map(|it| it.name()))
    }

    /// Return a list of names of the binary intrinsics.
    #[pyfunction("get_intrinsic2_descs($module, /)")]
    fn get_intrinsic2_descs() -> Value {
        texts(Intrinsic2::ALL.iter().map(|it| it.name()))
    }

    /// Return a list of special method names.
    #[pyfunction("get_special_method_names($module, /)")]
    fn get_special_method_names() -> Value {
        texts(SpecialMethod::ALL.iter().map(|it| it.name()))
    }

    /// Return the executor object at offset in code if exists, None otherwise.
    #[pyfunction("get_executor($module, /, code, offset)")]
    fn get_executor(code: &Value, _offset: i64) -> PyResult {
        if code.downcast::<Code>().is_none() {
            return Err(type_error(format!(
                "expected a code object, not '{}'",
                code.class().name()
            )));
        }
        // Compiled code is not kept in the bytecode here.
        Err(value_error("no executor at given byte offset"))
    }
}

#[pymodule(name = "_opcode_metadata")]
mod metadata {
    use super::*;
    use taipan_vm::exceptions::PyResult;
    use taipan_vm::objects::dict::Dict;
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::str::Str;
    use taipan_vm::value::Value;

    /// Opcodes above this have an operand.
    #[pyattr]
    const HAVE_ARGUMENT: i64 = 43;
    #[pyattr]
    const MIN_INSTRUMENTED_OPCODE: i64 = Opcode::MIN_INSTRUMENTED as i64;

    fn is_instrumented(op: Opcode) -> bool {
        op as u8 >= Opcode::MIN_INSTRUMENTED
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        let (plain, specialized, families) = (Dict::make(), Dict::make(), Dict::make());
        for &op in Opcode::ALL {
            let family = op.deopt();
            let (name, number) = (Str::intern(op.name()), Value::int(op as u8 as i64));
            if family == op || is_instrumented(op) {
                plain.set_str(&name, number);
                continue;
            }
            specialized.set_str(&name, number);
            let family = Str::intern(family.name());
            let members =
                families.set_default(family.into_value(), List::make(Vec::new()).into_value())?;
            if let Some(members) = members.downcast::<List>() {
                members.push(name.into_value());
            }
        }
        for number in 256..=u16::MAX {
            let Some(op) = CfgOp::from_number(number) else {
                break;
            };
            plain.set_str(&Str::intern(op.name()), Value::int(number.into()));
        }
        module.add("opmap", plain.into_value());
        module.add("_specialized_opmap", specialized.into_value());
        module.add("_specializations", families.into_value());
        Ok(())
    }
}
