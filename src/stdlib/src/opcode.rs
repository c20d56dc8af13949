//! `_opcode`: what `opcode` and `dis` ask of the instruction set.

use taipan_macros::pymodule;

pub use opcode::MODULE;

/// Opcode support module.
#[pymodule(name = "_opcode")]
mod opcode {
    use taipan_vm::bytecode::{CfgOp, Opcode, Operand};
    use taipan_vm::exceptions::{PyResult, value_error};
    use taipan_vm::object::Ref;
    use taipan_vm::objects::code::Code;
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::str::Str;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::value::Value;

    #[pyattr]
    const ENABLE_SPECIALIZATION: i64 = 1;
    #[pyattr]
    const ENABLE_SPECIALIZATION_FT: i64 = 1;

    const ENTER_EXECUTOR: i64 = 255;

    /// An instruction by its number: a real one or one of the compiler's.
    enum Instruction {
        Real(Opcode),
        Pseudo(CfgOp),
    }

    fn instruction(number: i64) -> Option<Instruction> {
        if let Ok(byte) = u8::try_from(number) {
            return Opcode::from_u8(byte).map(Instruction::Real);
        }
        CfgOp::from_number(u16::try_from(number).ok()?).map(Instruction::Pseudo)
    }

    /// The kind of operand, as CPython's tables have it: of the instrumented instructions they know few.
    fn operand(number: i64) -> Option<Operand> {
        Some(match instruction(number)? {
            Instruction::Real(op) => {
                let instrumented = op as u8 >= Opcode::MIN_INSTRUMENTED;
                let known = matches!(
                    op,
                    Opcode::INSTRUMENTED_FOR_ITER
                        | Opcode::INSTRUMENTED_END_ASYNC_FOR
                        | Opcode::INSTRUMENTED_LOAD_SUPER_ATTR
                );
                match instrumented && !known && op.has_arg() {
                    true => Operand::Plain,
                    false => op.operand(),
                }
            }
            Instruction::Pseudo(op) => op.operand(),
        })
    }

    /// Compute the stack effect of the opcode.
    #[pyfunction("stack_effect($module, opcode, oparg=None, /, *, jump=None)")]
    fn stack_effect(opcode: i64, oparg: Option<&Value>, jump: Option<&Value>) -> PyResult<i64> {
        let jump = match jump {
            None => true,
            Some(jump) if jump.is_none() || jump.is_true() => true,
            Some(jump) if jump.is_false() => false,
            Some(_) => {
                return Err(value_error(
                    "stack_effect: jump must be False, True or None",
                ));
            }
        };
        let oparg = match oparg.filter(|oparg| !oparg.is_none()) {
            Some(oparg) => taipan_vm::abstract_ops::to_i64(oparg)? as u32,
            None => 0,
        };
        match instruction(opcode) {
            Some(Instruction::Real(op)) if opcode != ENTER_EXECUTOR => Ok(op.stack_effect(oparg)),
            Some(Instruction::Pseudo(op)) => Ok(op.stack_effect(oparg, jump)),
            _ => Err(value_error("invalid opcode or oparg")),
        }
    }

    /// Return True if opcode is valid, False otherwise.
    #[pyfunction("is_valid($module, /, opcode)")]
    fn is_valid(opcode: i64) -> bool {
        instruction(opcode).is_some()
    }

    /// Return True if the opcode uses its oparg, False otherwise.
    #[pyfunction("has_arg($module, /, opcode)")]
    fn has_arg(opcode: i64) -> bool {
        match instruction(opcode) {
            Some(Instruction::Real(op)) => op.has_arg(),
            Some(Instruction::Pseudo(op)) => op.has_arg(),
            None => false,
        }
    }

    /// Return True if the opcode accesses a constant, False otherwise.
    #[pyfunction("has_const($module, /, opcode)")]
    fn has_const(opcode: i64) -> bool {
        matches!(operand(opcode), Some(Operand::Const))
    }

    /// Return True if the opcode accesses an attribute by name, False otherwise.
    #[pyfunction("has_name($module, /, opcode)")]
    fn has_name(opcode: i64) -> bool {
        matches!(operand(opcode), Some(Operand::Name))
    }

    /// Return True if the opcode has a jump target, False otherwise.
    #[pyfunction("has_jump($module, /, opcode)")]
    fn has_jump(opcode: i64) -> bool {
        matches!(operand(opcode), Some(Operand::Jump))
    }

    /// Return True if the opcode accesses a free variable, False otherwise.
    ///
    /// Note that 'free' in this context refers to names in the current scope
    /// that are referenced by inner scopes or names in outer scopes that are
    /// referenced from this scope. It does not include references to global
    /// or builtin scopes.
    #[pyfunction("has_free($module, /, opcode)")]
    fn has_free(opcode: i64) -> bool {
        !is_local(opcode) && matches!(operand(opcode), Some(Operand::Free))
    }

    /// Return True if the opcode accesses a local variable, False otherwise.
    #[pyfunction("has_local($module, /, opcode)")]
    fn has_local(opcode: i64) -> bool {
        is_local(opcode) || matches!(operand(opcode), Some(Operand::Local | Operand::LocalPair))
    }

    /// Return True if the opcode sets an exception handler, False otherwise.
    #[pyfunction("has_exc($module, /, opcode)")]
    fn has_exc(opcode: i64) -> bool {
        matches!(operand(opcode), Some(Operand::Handler))
    }

    /// Two that push a cell or what is in it count as accesses to local variables.
    fn is_local(opcode: i64) -> bool {
        opcode == CfgOp::LOAD_CLOSURE as i64 || opcode == CfgOp::LOAD_DEREF as i64
    }

    fn names(names: &[&str]) -> Ref<List> {
        List::make(
            names
                .iter()
                .map(|name| Str::intern(name).into_value())
                .collect(),
        )
    }

    /// Return a list of names of the unary intrinsics.
    #[pyfunction("get_intrinsic1_descs($module, /)")]
    fn get_intrinsic1_descs() -> Ref<List> {
        names(&[
            "INTRINSIC_1_INVALID",
            "INTRINSIC_PRINT",
            "INTRINSIC_IMPORT_STAR",
            "INTRINSIC_STOPITERATION_ERROR",
            "INTRINSIC_ASYNC_GEN_WRAP",
            "INTRINSIC_UNARY_POSITIVE",
            "INTRINSIC_LIST_TO_TUPLE",
            "INTRINSIC_TYPEVAR",
            "INTRINSIC_PARAMSPEC",
            "INTRINSIC_TYPEVARTUPLE",
            "INTRINSIC_SUBSCRIPT_GENERIC",
            "INTRINSIC_TYPEALIAS",
        ])
    }

    /// Return a list of names of the binary intrinsics.
    #[pyfunction("get_intrinsic2_descs($module, /)")]
    fn get_intrinsic2_descs() -> Ref<List> {
        names(&[
            "INTRINSIC_2_INVALID",
            "INTRINSIC_PREP_RERAISE_STAR",
            "INTRINSIC_TYPEVAR_WITH_BOUND",
            "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS",
            "INTRINSIC_SET_FUNCTION_TYPE_PARAMS",
            "INTRINSIC_SET_TYPEPARAM_DEFAULT",
        ])
    }

    /// Return a list of special method names.
    #[pyfunction("get_special_method_names($module, /)")]
    fn get_special_method_names() -> Ref<List> {
        names(&["__enter__", "__exit__", "__aenter__", "__aexit__"])
    }

    /// Return array of symbols of binary ops.
    ///
    /// Indexed by the BINARY_OP oparg value.
    #[pyfunction("get_nb_ops($module, /)")]
    fn get_nb_ops() -> Ref<List> {
        const OPERATORS: [(&str, &str); 13] = [
            ("ADD", "+"),
            ("AND", "&"),
            ("FLOOR_DIVIDE", "//"),
            ("LSHIFT", "<<"),
            ("MATRIX_MULTIPLY", "@"),
            ("MULTIPLY", "*"),
            ("REMAINDER", "%"),
            ("OR", "|"),
            ("POWER", "**"),
            ("RSHIFT", ">>"),
            ("SUBTRACT", "-"),
            ("TRUE_DIVIDE", "/"),
            ("XOR", "^"),
        ];
        let row = |name: String, symbol: String| {
            let pair = [Str::new(&name).into_value(), Str::new(&symbol).into_value()];
            Tuple::new(pair).into_value()
        };
        let plain = OPERATORS
            .iter()
            .map(|(name, symbol)| row(format!("NB_{name}"), (*symbol).to_owned()));
        let inplace = OPERATORS
            .iter()
            .map(|(name, symbol)| row(format!("NB_INPLACE_{name}"), format!("{symbol}=")));
        let subscript = row("NB_SUBSCR".to_owned(), "[]".to_owned());
        List::make(plain.chain(inplace).chain([subscript]).collect())
    }

    /// Return the specialization stats
    #[pyfunction("get_specialization_stats($module, /)")]
    fn get_specialization_stats() {}

    /// Return the executor object at offset in code if exists, None otherwise.
    #[pyfunction("get_executor($module, /, *, code, offset)")]
    fn get_executor(code: &Code, offset: i64) -> PyResult<()> {
        // Compiled code is not entered by instructions of its own: there are no executors.
        let _ = (code, offset);
        Err(value_error("no executor at given byte offset"))
    }
}
