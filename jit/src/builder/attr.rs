//! Attributes, by the shapes in the inline caches.

use super::Builder;
use crate::bailout::Bailout;
use crate::frame_state::{Own, Owner};
use crate::hir::{Op, ShapeCase};
use crate::types::{Kinds, Type};
use taipan_bytecode::Opcode;
use taipan_vm::interpreter::polymorphic::{Access, ShapeTable};
use taipan_vm::native::NativeClass;
use taipan_vm::objects::class::Type as Class;
use taipan_vm::shape::{Shape, shape_by_id};
use taipan_vm::value::Raw;

impl Builder<'_> {
    /// The shape of an inline cache, unless its class is dead: then the shape will never be met again,
    /// and nothing else in the cache may be looked at.
    fn cached_shape(&self) -> Option<&'static Shape> {
        // SAFETY: the cache holds a shape's id; shapes are never freed.
        let shape = unsafe { shape_by_id(self.cache32(1)) };
        let living = self.source.living.get_or_init(Class::living);
        living.contains(&shape.class_address()).then_some(shape)
    }

    /// The class of a cached method, its version and the method, if the class still has it: caches own
    /// nothing, so a stale one may name memory that was freed.
    fn cached_method(&self) -> Option<(&'static Class, u32, Raw)> {
        let class = self.cached_shape()?.class();
        let version = class.current_version();
        if version == 0 || version as u16 != self.cache16(3) {
            return None;
        }
        Some((class, version, self.still_there(class)?))
    }

    /// The cached value, if lookup through the class still finds it.
    fn still_there(&self, class: &Class) -> Option<Raw> {
        let name = self.source.code.names.get((self.at.oparg >> 1) as usize)?;
        let word = Raw(self.cache64(4));
        (class.lookup_raw(name) == Some(word)).then_some(word)
    }

    /// The value of a cache that goes by a class's version alone.
    fn cached_class_attribute(&self) -> Option<Raw> {
        let version = self.cache32(1);
        let living = self.source.living.get_or_init(Class::living);
        // SAFETY: living classes; nothing has run since they were collected.
        let class = living
            .iter()
            .map(|c| unsafe { &**c })
            .find(|c| version != 0 && c.current_version() == version)?;
        self.still_there(class)
    }

    /// The rows of a polymorphic site's table that still hold, and whether all are methods. `None`: mixed.
    fn shape_cases(&self, is_call: bool) -> Option<(Vec<ShapeCase>, bool)> {
        // SAFETY: the code owns its tables, and nothing else looks at them now.
        let table = unsafe { &*(self.cache64(4) as *const ShapeTable) };
        let name = self.source.code.names.get((self.at.oparg >> 1) as usize)?;
        let living = self.source.living.get_or_init(Class::living);
        let mut cases = Vec::new();
        let mut methods = 0;
        for entry in table.entries() {
            // SAFETY: ids in tables are shapes'; shapes are never freed.
            let shape = unsafe { shape_by_id(entry.shape) };
            if !living.contains(&shape.class_address()) {
                continue;
            }
            if entry.access == Access::Slot {
                cases.push(ShapeCase::Slot {
                    shape: entry.shape,
                    offset: entry.operand,
                });
                continue;
            }
            let class = shape.class();
            if class.current_version() != entry.version
                || class.lookup_raw(name) != Some(Raw(entry.operand))
            {
                continue;
            }
            methods += (entry.access == Access::Method) as usize;
            cases.push(ShapeCase::Found {
                shape: entry.shape,
                version_address: class as *const Class as u64 + Class::VERSION_OFFSET as u64,
                version: entry.version,
                word: entry.operand,
            });
        }
        let all = methods == cases.len();
        (!cases.is_empty() && (all || methods == 0)).then_some((cases, all && is_call))
    }

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
                if self.cached_shape().is_none() {
                    return self.generic();
                }
                self.guard_shape(owner.value, shape);
                let offset = self.cache16(3) as u64;
                let value = self.emit(Op::LoadField, &[owner.value], Type::VALUE, offset);
                if self.at.op == LOAD_ATTR_SLOT {
                    self.guard(Op::GuardNotWord, &[value], Type::NEVER, Raw::UNBOUND.0);
                }
                value
            }
            LOAD_ATTR_METHOD_WITH_VALUES | LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES => {
                let Some((class, version, found)) = self.cached_method() else {
                    return self.generic();
                };
                // An object of the shape keeps the class alive whose version is looked at.
                self.guard_shape(owner.value, shape);
                let address = class as *const Class as u64 + Class::VERSION_OFFSET as u64;
                self.guard2(Op::GuardVersion, &[], Type::NEVER, address, version as u64);
                method = self.at.op == LOAD_ATTR_METHOD_WITH_VALUES;
                self.constant(found)
            }
            LOAD_ATTR_CLASS => {
                let Some(found) = self.cached_class_attribute() else {
                    return self.generic();
                };
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
                self.constant(found)
            }
            LOAD_ATTR_METHOD_NO_DICT => {
                // Methods of int and float never change.
                match self.cache32(1) {
                    0 => self.guard_int(owner.value),
                    _ if self.ty(owner.value).is(Kinds::FLOAT) => {}
                    _ => return self.generic(),
                }
                method = true;
                self.constant(Raw(self.cache64(4)))
            }
            LOAD_ATTR_MODULE => match self.module_attribute(owner)? {
                Some(value) => value,
                None => return self.generic(),
            },
            LOAD_ATTR_POLYMORPHIC => {
                let Some((cases, methods)) = self.shape_cases(is_call) else {
                    return self.generic();
                };
                method = methods;
                let table = self.f.shape_tables.len() as u64;
                // Classes that share what they inherit: whichever shape it is, the value is known.
                let shared = match cases.as_slice() {
                    [ShapeCase::Found { word, .. }, rest @ ..]
                        if rest.iter().all(
                            |c| matches!(c, ShapeCase::Found { word: w, .. } if w == word),
                        ) =>
                    {
                        Some(Raw(*word))
                    }
                    _ => None,
                };
                self.f.shape_tables.push(cases);
                let loaded = self.guard(Op::LoadByShape, &[owner.value], Type::VALUE, table);
                match shared {
                    Some(word) => self.constant(word),
                    None => loaded,
                }
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
        if self.cached_shape().is_none() {
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
