//! Attributes, by the shapes in the inline caches.

use super::Builder;
use crate::bailout::Bailout;
use crate::frame_state::{Own, Owner};
use crate::hir::Op;
use crate::types::Type;
use taipan_bytecode::Opcode;
use taipan_vm::native::NativeClass;
use taipan_vm::objects::class::Type as Class;
use taipan_vm::shape::shape_by_id;
use taipan_vm::value::Raw;

impl Builder<'_> {
    pub(super) fn load_attr(&mut self) -> Result<(), Bailout> {
        use Opcode::*;
        if self.failed() || !self.words_on_top(1) {
            return self.generic();
        }
        let owner = self.top(0)?;
        let is_call = self.at.oparg & 1 != 0;
        let shape = self.cache32(1);
        let mut method = false;
        let value = match self.at.op {
            LOAD_ATTR_INSTANCE_VALUE | LOAD_ATTR_SLOT => {
                self.guard_shape(owner.value, shape);
                let offset = self.cache16(3) as u64;
                let value = self.emit(Op::LoadField, &[owner.value], Type::VALUE, offset);
                if self.at.op == LOAD_ATTR_SLOT {
                    self.guard(Op::GuardNotWord, &[value], Type::NEVER, Raw::UNBOUND.0);
                }
                value
            }
            LOAD_ATTR_METHOD_WITH_VALUES | LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES => {
                self.guard_shape(owner.value, shape);
                // SAFETY: the cache holds a shape's id; its class lives while the cache's shape is met.
                let class: *const Class = unsafe { shape_by_id(shape).class() };
                let version = class as u64 + Class::VERSION_OFFSET as u64;
                let low = self.cache16(3) as u64;
                self.guard2(Op::GuardVersion, &[], Type::NEVER, version, low);
                method = self.at.op == LOAD_ATTR_METHOD_WITH_VALUES;
                self.constant(Raw(self.cache64(4)))
            }
            LOAD_ATTR_CLASS => {
                self.guard_shape(owner.value, Class::cell().shape().id());
                let version = self.cache32(1) as u64;
                let offset = Class::VERSION_OFFSET as u64;
                self.guard2(
                    Op::GuardField32,
                    &[owner.value],
                    Type::NEVER,
                    offset,
                    version,
                );
                self.constant(Raw(self.cache64(4)))
            }
            _ => return self.generic(),
        };
        self.s.stack.pop();
        self.push(value, Own::Lazy(Owner::Heap));
        if method {
            // The method's self is a reference of its own.
            let own = match owner.own {
                Own::Borrowed(of) => Own::Lazy(of),
                own => own,
            };
            self.push(owner.value, own);
            return Ok(());
        }
        if is_call {
            let null = self.constant(Raw::NULL);
            self.push(null, Own::Owned);
        }
        self.drop_entry(owner);
        Ok(())
    }

    pub(super) fn store_attr(&mut self) -> Result<(), Bailout> {
        use Opcode::*;
        if self.failed()
            || !self.words_on_top(1)
            || !matches!(self.at.op, STORE_ATTR_INSTANCE_VALUE | STORE_ATTR_SLOT)
        {
            return self.generic();
        }
        let shape = self.cache32(1);
        let place = self.cache16(3) as u64;
        let adds = self.at.op == STORE_ATTR_INSTANCE_VALUE && place & 1 != 0;
        let mut next = 0;
        if adds {
            // SAFETY: the cache holds a shape's id, transitions are shapes.
            let transition = unsafe { shape_by_id(shape).last_transition().as_ref() };
            let name = self
                .source
                .code
                .names
                .get(self.at.oparg as usize)
                .ok_or(Bailout::Malformed)?;
            match transition {
                Some(t) if std::ptr::eq(t.added_name(), name.as_ptr()) => {
                    next = t as *const _ as u64
                }
                _ => return self.generic(),
            }
        }
        self.heap_changes();
        let (owner, value) = (self.top(0)?, self.top(1)?);
        self.guard_shape(owner.value, shape);
        let word = self.word(value.value);
        let offset = place & !1;
        let args = [owner.value, word];
        if adds {
            self.emit2(Op::AddField, &args, Type::NEVER, offset, next);
            // Others of the old shape may be this same object.
            self.s.shapes.retain(|_, s| *s != shape);
            self.s.shapes.insert(owner.value, next as u32);
        } else {
            let old = self.emit(Op::LoadField, &[owner.value], Type::ANY, offset);
            self.emit(Op::StoreField, &args, Type::NEVER, offset);
            self.pending.push(old);
        }
        if value.own != Own::Owned {
            self.incref(word);
        }
        let len = self.s.stack.len();
        self.s.stack.truncate(len - 2);
        self.drop_entry(owner);
        Ok(())
    }
}
