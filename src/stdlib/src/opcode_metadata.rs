//! `_opcode_metadata`: the numbers and families of the instructions, from the table of opcodes.

use taipan_macros::pymodule;

pub use metadata::MODULE;

#[pymodule(name = "_opcode_metadata")]
mod metadata {
    use taipan_vm::bytecode::{CfgOp, Opcode};
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
