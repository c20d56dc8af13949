//! Variables, constants, globals, cells, and moves on the stack.

use super::{Builder, Entry, Observed, Slot};
use crate::activation::ActivationId;
use crate::bailout::Bailout;
use crate::frame_state::{Own, Owner};
use crate::hir::{Op, Rep, Value};
use crate::types::{Kinds, Type};
use taipan_bytecode::Opcode;
use taipan_vm::objects::cell::CellObject;
use taipan_vm::value::Raw;

impl Builder<'_> {
    /// The number of the first variable of the frame at hand.
    pub(super) fn local_base(&self) -> u32 {
        self.f.activation(self.activation).local_base as u32
    }

    pub(super) fn locals_family(&mut self) -> Result<(), Bailout> {
        use Opcode::*;
        let oparg = self.at.oparg;
        // Variables of all frames are numbered through.
        let base = self.local_base();
        let local = base + oparg;
        let (high, low) = (base + (oparg >> 4), base + (oparg & 15));
        match self.at.op.deopt() {
            LOAD_FAST => self.load_local(local, false),
            LOAD_FAST_BORROW => self.load_local(local, true),
            LOAD_FAST_LOAD_FAST => {
                self.load_local(high, false);
                self.load_local(low, false);
            }
            LOAD_FAST_BORROW_LOAD_FAST_BORROW => {
                self.load_local(high, true);
                self.load_local(low, true);
            }
            LOAD_FAST_CHECK => {
                let value = self.s.locals[local as usize].value;
                if self.ty(value).kinds.meets(Kinds::UNBOUND) && self.rep(value) == Rep::Word {
                    self.guard(Op::GuardNotWord, &[value], Type::NEVER, Raw::UNBOUND.0);
                    let mut ty = self.ty(value);
                    ty.kinds = Kinds(ty.kinds.0 & !Kinds::UNBOUND.0);
                    if ty.kinds.0 == 0 {
                        // It always raises.
                        self.exit(crate::deopt::Reason::Unsupported);
                        return Ok(());
                    }
                    self.narrow(value, ty);
                }
                self.load_local(local, false);
            }
            LOAD_FAST_AND_CLEAR => {
                let slot = self.s.locals[local as usize];
                self.settle(|owner| owner == Owner::Local(local));
                let unbound = self.constant(Raw::UNBOUND);
                self.s.locals[local as usize] = Slot::dirty(unbound);
                if let Some(owner) = slot.lazy {
                    self.push(slot.value, Own::Lazy(owner));
                    return Ok(());
                }
                if self.counted(slot.value) {
                    self.emit(Op::StoreLocal, &[unbound], Type::NEVER, local as u64);
                    self.s.locals[local as usize] = Slot::clean(unbound);
                }
                self.push(slot.value, Own::Owned);
            }
            STORE_FAST => {
                let entry = self.pop()?;
                self.store_local(local, entry);
            }
            STORE_FAST_LOAD_FAST => {
                let entry = self.pop()?;
                self.store_local(high, entry);
                self.load_local(low, false);
            }
            STORE_FAST_STORE_FAST => {
                let (first, second) = (self.pop()?, self.pop()?);
                // What may leave comes before what writes.
                let first = self.speculate(high, first);
                let second = self.speculate(low, second);
                for (index, entry) in [(high, first), (low, second)] {
                    if self.counted(self.s.locals[index as usize].value) {
                        self.word(entry.value);
                    }
                }
                self.put_local(high, first);
                self.put_local(low, second);
            }
            DELETE_FAST => {
                let value = self.s.locals[local as usize].value;
                if self.ty(value).kinds.meets(Kinds::UNBOUND) {
                    return self.generic();
                }
                let unbound = self.constant(Raw::UNBOUND);
                self.put_local(
                    local,
                    Entry {
                        value: unbound,
                        own: Own::Owned,
                    },
                );
            }
            LOAD_CONST => {
                let raw = self
                    .source
                    .code
                    .consts
                    .get(oparg as usize)
                    .ok_or(Bailout::Malformed)?
                    .raw();
                let value = self.constant(raw);
                self.push(value, Own::Borrowed(Owner::Code));
            }
            LOAD_SMALL_INT => {
                let value = self.constant(Raw::small_int(oparg as i64));
                self.push(value, Own::Owned);
            }
            PUSH_NULL => {
                let value = self.constant(Raw::NULL);
                self.push(value, Own::Owned);
            }
            POP_TOP | POP_ITER | END_FOR => {
                let entry = self.pop()?;
                self.drop_entry(entry);
            }
            COPY => {
                let entry = self.top(oparg as usize - 1)?;
                let own = match entry.own {
                    Own::Owned => {
                        self.incref(entry.value);
                        Own::Owned
                    }
                    Own::Lazy(owner) | Own::Borrowed(owner) => Own::Lazy(owner),
                };
                self.push(entry.value, own);
            }
            SWAP => {
                let len = self.s.stack.len();
                if (oparg as usize) > len || oparg == 0 {
                    return Err(Bailout::Malformed);
                }
                self.s.stack.swap(len - 1, len - oparg as usize);
            }
            LOAD_DEREF => {
                let cell = self.s.locals[local as usize].value;
                let ty = Type::VALUE;
                let value = self.load_field(cell, CellObject::CONTENTS_OFFSET as u64, ty);
                self.guard(Op::GuardNotWord, &[value], Type::NEVER, 0);
                self.push(value, Own::Lazy(Owner::Heap));
            }
            LOAD_GLOBAL => return self.load_global(),
            _ => return self.generic(),
        }
        Ok(())
    }

    fn load_local(&mut self, index: u32, borrow: bool) {
        let Slot { value, lazy, .. } = self.s.locals[index as usize];
        let owner = lazy.unwrap_or(Owner::Local(index));
        let ty = self.ty(value);
        if ty.kinds.meets(Kinds::UNBOUND) && !ty.is(Kinds::UNBOUND) {
            // The compiler knows that it is bound here.
            self.narrow(
                value,
                Type {
                    kinds: Kinds(ty.kinds.0 & !Kinds::UNBOUND.0),
                    ..ty
                },
            );
        }
        self.push(
            value,
            if borrow {
                Own::Borrowed(owner)
            } else {
                Own::Lazy(owner)
            },
        );
    }

    fn store_local(&mut self, index: u32, entry: Entry) {
        let entry = self.speculate(index, entry);
        self.put_local(index, entry);
    }

    /// A value of unknown type that goes to a variable which held a number, or is going to be used as one: takes it for
    /// one too.
    fn speculate(&mut self, index: u32, entry: Entry) -> Entry {
        if self.failed()
            || !self.counted(entry.value)
            || self.ty(entry.value).kinds == Kinds::OBJECT
        {
            return entry;
        }
        // Nothing is known of what inlined functions' variables hold.
        let observed = match self.activation {
            ActivationId::UNIT => self.source.locals.get(index as usize),
            _ => None,
        };
        match observed {
            Some(Observed::Int) => {
                self.guard_int(entry.value);
                entry
            }
            Some(Observed::Float) if !self.is_int(entry.value) => {
                let value = match self.s.floats.get(&entry.value) {
                    // It may stem from a heap float: only the word itself is the object.
                    Some(_) => return entry,
                    None => self.guard(Op::GuardFloat, &[entry.value], Type::FLOAT, 0),
                };
                Entry {
                    value,
                    own: Own::Owned,
                }
            }
            _ => {
                let variable = index - self.local_base();
                if let Some(expected) = self.expected(variable, self.at.next) {
                    self.take_for(expected, entry.value);
                }
                entry
            }
        }
    }

    fn put_local(&mut self, index: u32, entry: Entry) {
        let old = self.s.locals[index as usize];
        if old.value == entry.value {
            // The variable has it already.
            return self.drop_entry(entry);
        }
        let old_counted = self.counted(old.value) && old.lazy.is_none();
        if old_counted {
            self.settle(|owner| owner == Owner::Local(index));
        }
        if self.counted(entry.value) {
            if entry.own != Own::Owned {
                self.incref(entry.value);
            }
            self.emit(Op::StoreLocal, &[entry.value], Type::NEVER, index as u64);
            self.s.locals[index as usize] = Slot::clean(entry.value);
        } else if old_counted {
            let word = self.word(entry.value);
            self.emit(Op::StoreLocal, &[word], Type::NEVER, index as u64);
            self.s.locals[index as usize] = Slot::clean(entry.value);
        } else {
            self.s.locals[index as usize] = Slot::dirty(entry.value);
        }
        if old_counted {
            self.pending.push(old.value);
        }
    }

    fn load_global(&mut self) -> Result<(), Bailout> {
        let oparg = self.at.oparg;
        let name = self
            .source
            .code
            .names
            .get((oparg >> 1) as usize)
            .ok_or(Bailout::Malformed)?;
        let name = name.as_ptr() as u64;
        let value: Value = match self.at.op {
            _ if self.failed() => return self.generic(),
            Opcode::LOAD_GLOBAL_MODULE => {
                let place = self.cache16(1) as u64;
                self.load_entry(Op::LoadGlobal, place, name)
            }
            Opcode::LOAD_GLOBAL_BUILTIN => {
                let place = self.cache16(1) as u64 | (self.cache32(2) as u64) << 32;
                self.load_entry(Op::LoadBuiltin, place, name)
            }
            _ => return self.generic(),
        };
        self.push(value, Own::Lazy(Owner::Heap));
        if oparg & 1 != 0 {
            let null = self.constant(Raw::NULL);
            self.push(null, Own::Owned);
        }
        Ok(())
    }
}
