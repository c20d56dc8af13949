//! `super().method(…)`: methods found behind a class in the method resolution order.
//!
//! The class is what the cell `__class__`, or the global that is named, holds when the unit is built. For the object's shape there is no inline
//! cache: it is known from elsewhere, or it is what the variable held when the unit was asked for, and what the interpreter
//! and exits have met.

use super::Builder;
use crate::bailout::Bailout;
use crate::frame_state::{Own, Owner};
use crate::hir::{Op, ShapeCase, Value};
use crate::types::Type;
use taipan_vm::native::NativeClass;
use taipan_vm::object::Ref;
use taipan_vm::objects::cell::CellObject;
use taipan_vm::objects::class::{Type as Class, TypeFlags};
use taipan_vm::objects::function::Function;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::super_::{Super, find};
use taipan_vm::value::Raw;

impl Builder<'_> {
    pub(super) fn super_attribute(&mut self) -> Result<(), Bailout> {
        let is_call = self.at.oparg & 1 != 0;
        let (object, class, global) = (self.top(0)?, self.top(1)?, self.top(2)?);
        let builtin = self.seen(global.value);
        let is_super = builtin.is_some_and(|raw| {
            raw.is_pointer() && std::ptr::eq(raw.address() as *const Class, Super::class())
        });
        if !is_call || !is_super || self.failures() > 1 || !self.words_on_top(3) {
            return self.generic();
        }
        let Some(cases) = self.super_cases(class.value, object.value) else {
            return self.generic();
        };
        let Some(found) = self.super_class(class.value) else {
            return self.generic();
        };
        let word = Super::class() as *const Class as u64;
        self.guard(Op::GuardWord, &[global.value], Type::NEVER, word);
        self.guard(Op::GuardWord, &[class.value], Type::NEVER, found.0);
        let method = self.load_by_cases(object.value, cases);
        self.s.stack.truncate(self.s.stack.len() - 3);
        self.drop_entry(class);
        self.drop_entry(global);
        self.push(method, Own::Lazy(Owner::Heap));
        let own = match object.own {
            Own::Borrowed(of) => Own::Lazy(of),
            own => own,
        };
        self.push(object.value, own);
        Ok(())
    }

    /// The class that is given now: the contents of a cell, or for `super(Class, self)` of a global.
    fn super_class(&self, value: Value) -> Option<Raw> {
        let found = self.cell_contents(value).or_else(|| self.seen(value))?;
        found.is_pointer().then_some(found)
    }

    /// What the cell holds now from which the value was loaded, if it can be told which cell that was.
    fn cell_contents(&self, value: Value) -> Option<Raw> {
        let load = self.f.inst(value);
        if load.op != Op::LoadField || load.immediate != CellObject::CONTENTS_OFFSET as u64 {
            return None;
        }
        let cell = self.f.inst(*load.args.first()?);
        let word = match cell.op {
            Op::Const => Raw(cell.immediate),
            Op::LoadLocal => {
                let source = &self.unit_source;
                let first = source.code.local_count as usize - source.closure.len();
                let at = (cell.immediate as usize).checked_sub(first)?;
                *source.closure.get(at)?
            }
            Op::TupleField => {
                let closure = self.f.inst(*cell.args.first()?);
                let function = self.known_or_global(*closure.args.first()?)?.peek();
                let function = function.downcast_exact::<Function>()?;
                function.closure_cells().get(cell.immediate as usize)?.raw()
            }
            _ => return None,
        };
        // SAFETY: such words are the cells that closures hold.
        let cell = unsafe { &*(word.address() as *const CellObject) };
        cell.get().map(|contents| contents.raw())
    }

    /// The method for each shape that the object may have.
    fn super_cases(&self, class: Value, object: Value) -> Option<Vec<ShapeCase>> {
        let word = self.super_class(class)?;
        let value = word.peek();
        let class = value.downcast::<Class>()?;
        let name = self.source.code.names.get((self.at.oparg >> 2) as usize)?;
        let mut shapes = self.known_shapes(object).unwrap_or_default();
        if shapes.is_empty() {
            let inst = self.f.inst(object);
            if inst.op == Op::LoadLocal {
                let held = *self.unit_source.held.get(inst.immediate as usize)?;
                shapes.extend(crate::tier::instance_shape(held));
            }
            for shape in self.met() {
                if !shapes.contains(&shape) {
                    shapes.push(shape);
                }
            }
            shapes.retain(|shape| self.living_shape(*shape).is_some());
        }
        let cases: Option<Vec<ShapeCase>> = shapes
            .iter()
            .map(|shape| self.super_case(class, *shape, name))
            .collect();
        cases.filter(|cases| !cases.is_empty() && cases.len() <= super::attr::MAX_CASES)
    }

    fn super_case(&self, class: &Class, id: u32, name: &Ref<Str>) -> Option<ShapeCase> {
        let own = self.living_shape(id)?.class();
        let version = own.version();
        if version == 0 || !own.is_subclass(class) || own.is_subclass(Class::class()) {
            return None;
        }
        let found = find(class, own, name)?;
        if !found.class().has(TypeFlags::METHOD_DESCRIPTOR) {
            return None;
        }
        Some(ShapeCase::Found {
            shape: id,
            version_address: own as *const Class as u64 + Class::VERSION_OFFSET as u64,
            version,
            word: found.raw().0,
        })
    }
}
