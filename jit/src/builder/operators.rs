//! Operators that a class defines in Python, called without a way through the type's slots.

use super::Builder;
use crate::bailout::Bailout;
use crate::frame_state::Own;
use crate::hir::{CallShape, Rep, Value};
use taipan_vm::abstract_ops::BinaryOp;
use taipan_vm::abstract_ops::operator_method::{self, INPLACE, method_name};
use taipan_vm::objects::class::Type as Class;
use taipan_vm::objects::code::Code;
use taipan_vm::objects::function::Function;
use taipan_vm::objects::str::Str;
use taipan_vm::shape::{Shape, ShapeKind};

impl Builder<'_> {
    /// The shape of an operand: known, or met by the interpreter at this site.
    fn operand_shape(&self, value: Value, met: u32) -> Option<u32> {
        if self.rep(value) != Rep::Word {
            return None;
        }
        let ty = self.ty(value);
        if let Some(shape) = ty.shape
            && ty.is_object_of(shape)
        {
            return Some(shape);
        }
        match self.known_shapes(value).as_deref() {
            Some([shape]) => Some(*shape),
            Some(_) => None,
            None => (met != 0).then_some(met),
        }
    }

    /// An operator whose left operand's class has a Python method for it: false where it can't be told.
    pub(super) fn operator_direct(&mut self) -> Result<bool, Bailout> {
        let operator = self.at.oparg;
        // A third operand makes it different.
        let power = operator_method::numbered(operator) == BinaryOp::Power;
        if self.at.op != taipan_bytecode::Opcode::BINARY_OP || self.failed() || power {
            return Ok(false);
        }
        let (right, left) = (self.top(0)?, self.top(1)?);
        let Some(shape) = self.operand_shape(left.value, self.cache32(1)) else {
            return Ok(false);
        };
        let Some(layout) = self.living_shape(shape) else {
            return Ok(false);
        };
        let class = layout.class();
        let number = self.is_int(right.value) || self.is_float(right.value);
        let other = match number {
            true => None,
            false => match self.operand_shape(right.value, self.cache32(3)) {
                Some(shape) => Some(shape),
                None => return Ok(false),
            },
        };
        let sequence = |class: &Class| {
            let slots = class.slots();
            slots.concat.is_some() || slots.repeat.is_some()
        };
        if let Some(other) = other {
            // A subclass on the right comes first.
            match self.living_shape(other).map(Shape::class) {
                Some(right) if std::ptr::eq(right, class) => {}
                Some(right) if right.is_subclass(class) || sequence(right) => return Ok(false),
                Some(_) => {}
                None => return Ok(false),
            }
        }
        let inplace = operator >= INPLACE
            && class
                .lookup_raw(&Str::intern(&method_name(operator, "i")))
                .is_some();
        if !class.is_heap() || layout.kind() != ShapeKind::Slots || inplace || sequence(class) {
            return Ok(false);
        }
        let version = class.version();
        let Some(found) = class.lookup_raw(&Str::intern(&method_name(operator, ""))) else {
            return Ok(false);
        };
        let method = found.peek();
        let Some(function) = method.downcast_exact::<Function>() else {
            return Ok(false);
        };
        let code = function.code();
        if version == 0 || !code.simple || code.argcount != 2 || code.is_generator_like() {
            return Ok(false);
        }
        self.guard_shape(left.value, shape);
        self.guard_class(class, version);
        if let Some(other) = other {
            self.guard_shape(right.value, other);
        }
        let callable = self.constant_function(function);
        // SAFETY: the function's version is guarded: it has this code, which lives whenever the call is reached.
        let code: &'static Code = unsafe { &*(code as *const Code) };
        if let Some(body) = self.inlinable(code, 2) {
            self.inline_operator(&body, callable)?;
            return Ok(true);
        }
        self.prepare_direct(2)?;
        // The operands stay on the stack: what comes after NotImplemented needs them.
        let mut args = vec![callable];
        for depth in [1, 0] {
            let operand = self.top(depth)?;
            args.push(self.word(operand.value));
        }
        for arg in &args {
            self.incref(*arg);
        }
        let value = self.emit_direct(Some(code), CallShape::Operator { operator }, &args);
        let (right, left) = (self.pop()?, self.pop()?);
        self.drop_entry(left);
        self.drop_entry(right);
        self.push(value, Own::Owned);
        Ok(true)
    }
}
