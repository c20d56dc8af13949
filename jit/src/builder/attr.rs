//! Attributes, by the shapes in the inline caches.

use super::{Builder, Entry};
use crate::bailout::Bailout;
use crate::frame_state::{Own, Owner};
use crate::hir::{Op, ShapeCase, Value};
use crate::types::{Kinds, Type};
use taipan_bytecode::Opcode;
use taipan_vm::interpreter::polymorphic::{Access, ShapeTable};
use taipan_vm::native::NativeClass;
use taipan_vm::objects::class::{Type as Class, TypeFlags};
use taipan_vm::objects::classmethod::ClassMethod;
use taipan_vm::objects::function::Function;
use taipan_vm::objects::property::Property;
use taipan_vm::objects::str::Str;
use taipan_vm::shape::{Shape, ShapeKind, shape_by_id};
use taipan_vm::value::Raw;

/// Shapes that one site tells apart.
pub(super) const MAX_CASES: usize = 6;

/// Where objects of several shapes have an attribute.
enum Offset {
    Same(u64),
    ByShape(Value),
}

/// Where objects of the shape have the attribute in themselves.
fn slot_of(shape: &Shape, name: &Str) -> Option<u64> {
    let index = shape.lookup(name)?;
    let inline = shape.kind() == ShapeKind::Slots && index < shape.capacity();
    inline.then(|| shape.slots_offset() as u64 + 8 * index as u64)
}

impl Builder<'_> {
    /// The shape of this id, unless its class is dead: then the shape will never be met again, and nothing
    /// else that is cached with it may be looked at.
    pub(super) fn living_shape(&self, id: u32) -> Option<&'static Shape> {
        // SAFETY: ids in caches and of living objects are shapes'; shapes are never freed.
        let shape = unsafe { shape_by_id(id) };
        let living = self.source.living.get_or_init(Class::living);
        living.contains(&shape.class_address()).then_some(shape)
    }
    fn cached_shape(&self) -> Option<&'static Shape> {
        self.living_shape(self.cache32(1))
    }

    /// Leaves unless the class is as it was with this version. Something has to keep it alive: an object of it.
    pub(super) fn guard_class(&mut self, class: &Class, version: u32) {
        let address = class as *const Class as u64 + Class::VERSION_OFFSET as u64;
        self.guard_version(address, version as u64);
    }

    /// Leaves unless the class's new instances have the shape that they have now: gives it, if their attributes lie in
    /// them. The class is guarded.
    pub(super) fn guard_instance_shape(&mut self, class: &Class) -> Option<u32> {
        let shape = class.instance_shape();
        if shape.kind() != ShapeKind::Slots {
            return None;
        }
        // Ids are the lower halves of the addresses.
        let address = class as *const Class as u64 + Class::INSTANCE_SHAPE_OFFSET as u64;
        self.guard2(
            Op::GuardVersion,
            &[],
            Type::NEVER,
            address,
            shape.id() as u64,
        );
        Some(shape.id())
    }

    /// A new object of the class, and of that shape if it has a guarded one. One without a dict has but one shape.
    pub(super) fn new_instance(&mut self, class: &Class, shape: Option<u32>) -> Value {
        let fixed = class.instance_shape().kind() == ShapeKind::Fixed;
        let quiet = (shape.is_some() || fixed) && class.instance_shape().is_quiet();
        let quiet = match quiet {
            true => class.instance_shape() as *const _ as u64,
            false => 0,
        };
        let address = class as *const Class as u64;
        let object = self.emit2(Op::NewInstance, &[], Type::OBJECT, address, quiet);
        if let Some(shape) = shape {
            self.s.shapes.insert(object, shape);
        }
        object
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

    /// The class of a cache that goes by its version alone, and the attribute's value.
    fn cached_class_attribute(&self) -> Option<(&'static Class, Raw)> {
        let version = self.cache32(1);
        let living = self.source.living.get_or_init(Class::living);
        // SAFETY: living classes; nothing has run since they were collected.
        let class = living
            .iter()
            .map(|c| unsafe { &**c })
            .find(|c| version != 0 && c.current_version() == version)?;
        Some((class, self.still_there(class)?))
    }

    /// Leaves unless the owner, a class, has the cached version.
    fn guard_owner_version(&mut self, owner: Value) {
        let version = self.cache32(1) as u64;
        let offset = Class::VERSION_OFFSET as u64;
        self.guard2(Op::GuardField32, &[owner], Type::NEVER, offset, version);
    }

    /// The rows of a polymorphic site's table that still hold, and whether all are methods. `None`: mixed.
    fn shape_cases(&self, is_call: bool) -> Option<(Vec<ShapeCase>, bool)> {
        // SAFETY: the code owns its tables, and nothing else looks at them now.
        let table = unsafe { &*(self.cache64(4) as *const ShapeTable) };
        let name = self.source.code.names.get((self.at.oparg >> 1) as usize)?;
        let mut cases = Vec::new();
        let mut methods = 0;
        for entry in table.entries() {
            let Some(shape) = self.living_shape(entry.shape) else {
                continue;
            };
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

    /// What an owner of the shape has under the name, and whether that is a method to be called.
    fn case_of(&self, id: u32, name: &Str, is_call: bool) -> Option<(ShapeCase, bool)> {
        let shape = self.living_shape(id)?;
        if shape.kind() != ShapeKind::Slots {
            return None;
        }
        let class = shape.class();
        if !class.has(TypeFlags::GENERIC_GETATTR) {
            return None;
        }
        let found = class.lookup_raw(name);
        if found.is_some_and(|f| f.peek().class().slots().descr_set.is_some()) {
            return None;
        }
        if let Some(offset) = slot_of(shape, name) {
            return Some((ShapeCase::Slot { shape: id, offset }, false));
        }
        let found = found.filter(|_| shape.lookup(name).is_none())?;
        let of = found.peek();
        let method = of.class().has(TypeFlags::METHOD_DESCRIPTOR) && is_call;
        let version = class.version();
        if version == 0 || !method && of.class().slots().descr_get.is_some() {
            return None;
        }
        let case = ShapeCase::Found {
            shape: id,
            version_address: class as *const Class as u64 + Class::VERSION_OFFSET as u64,
            version,
            word: found.0,
        };
        Some((case, method))
    }

    /// The shapes of which the object has one, if a guard has shown that.
    pub(super) fn known_shapes(&self, object: Value) -> Option<Vec<u32>> {
        match self.s.shapes.get(&object) {
            Some(shape) => Some(vec![*shape]),
            None => self.s.several.get(&object).cloned(),
        }
    }

    /// What owners of all these shapes have.
    fn cases_of(&self, shapes: &[u32], is_call: bool) -> Option<(Vec<ShapeCase>, bool)> {
        let name = self.source.code.names.get((self.at.oparg >> 1) as usize)?;
        let cases: Option<Vec<(ShapeCase, bool)>> = shapes
            .iter()
            .map(|shape| self.case_of(*shape, name, is_call))
            .collect();
        let cases = cases?;
        let methods = cases.iter().filter(|(_, method)| *method).count();
        let all = methods == cases.len();
        let cases = cases.into_iter().map(|(case, _)| case).collect();
        (all || methods == 0).then_some((cases, all && is_call))
    }

    /// Every shape that the site is known to meet: from its cache, and from exits.
    fn met_cases(&self, is_call: bool) -> Option<(Vec<ShapeCase>, bool)> {
        let name = self.source.code.names.get((self.at.oparg >> 1) as usize)?;
        let met = self.met_by_exits();
        let mut cases = Vec::new();
        let mut methods = 0;
        if self.at.op == Opcode::LOAD_ATTR_POLYMORPHIC {
            let (known, all) = self.shape_cases(is_call)?;
            methods = known.len() * all as usize;
            cases = known;
        }
        let cached = matches!(
            self.at.op,
            Opcode::LOAD_ATTR_INSTANCE_VALUE
                | Opcode::LOAD_ATTR_METHOD_WITH_VALUES
                | Opcode::LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES
        );
        let cached = cached.then(|| self.cache32(1));
        for id in cached.into_iter().chain(met.iter().copied()) {
            if cases.iter().any(|c| c.shape() == id) {
                continue;
            }
            if let Some((case, method)) = self.case_of(id, name, is_call) {
                methods += method as usize;
                cases.push(case);
            }
        }
        let all = methods == cases.len();
        let fits = !cases.is_empty() && cases.len() <= MAX_CASES && (all || methods == 0);
        fits.then_some((cases, all && is_call))
    }

    pub(super) fn met_by_exits(&self) -> &[u32] {
        let failure = self.source.failed.get(&self.at.start);
        failure.map_or(&[], |f| &f.shapes)
    }

    /// Shapes that the interpreter remembered at the site, and those that exits have met.
    pub(super) fn met(&self) -> Vec<u32> {
        let mut met = self.source.code.shapes_at(self.at.at).to_vec();
        for shape in self.met_by_exits() {
            if !met.contains(shape) {
                met.push(*shape);
            }
        }
        met
    }

    /// Leaves unless the object has one of these shapes, unless that is known.
    fn guard_shapes(&mut self, object: Value, fields: &[(u32, u64)]) -> Offset {
        let table = self.f.field_tables.len() as u64;
        let (first, rest) = (fields[0].1, &fields[1..]);
        let same = rest.iter().all(|(_, offset)| *offset == first);
        let covered = self.covered(object, |shape| fields.iter().any(|(s, _)| *s == shape));
        if same && covered {
            return Offset::Same(first);
        }
        self.f.field_tables.push(fields.to_vec());
        let offset = self.guard(Op::FieldOffset, &[object], Type::INT, table);
        self.remember_shapes(object, fields.iter().map(|(shape, _)| *shape).collect());
        match same {
            true => Offset::Same(first),
            false => Offset::ByShape(offset),
        }
    }

    /// Is the object known to have one of these shapes?
    fn covered(&self, object: Value, is_one: impl Fn(u32) -> bool) -> bool {
        let known = self.known_shapes(object);
        known.is_some_and(|known| known.into_iter().all(is_one))
    }

    fn remember_shapes(&mut self, object: Value, mut shapes: Vec<u32>) {
        shapes.sort_unstable();
        self.narrow(object, Type::OBJECT);
        self.s.several.insert(object, shapes);
    }

    /// A property whose getter is a small Python function.
    pub(super) fn property(&mut self) -> Result<(), Bailout> {
        let owner = self.top(0)?;
        if self.failed() || !self.words_on_top(1) {
            return self.generic();
        }
        let shapes = match self.known_shapes(owner.value) {
            Some(shapes) => shapes,
            None => vec![self.cache32(1)],
        };
        let [id] = shapes.as_slice() else {
            return self.generic();
        };
        let Some(function) = self.getter_of(*id) else {
            return self.generic();
        };
        // SAFETY: the class's version is guarded, so it has this property, whose getter lives.
        let (class, function): (&Class, &Function) = unsafe {
            let shape = shape_by_id(*id);
            (&*shape.class_address(), &*function)
        };
        let version = class.version();
        let Some(body) = self.inlinable(function.code(), 1) else {
            return self.generic();
        };
        self.guard_shape(owner.value, *id);
        self.guard_class(class, version);
        let function = self.constant_function(function);
        self.inline_method(&body, function, 1)
    }

    /// The Python function that the name, a property, has for getting at objects of the shape.
    fn getter_of(&self, id: u32) -> Option<*const Function> {
        let name = self.source.code.names.get((self.at.oparg >> 1) as usize)?;
        let class = self.living_shape(id)?.class();
        if !class.has(TypeFlags::GENERIC_GETATTR) || class.version() == 0 {
            return None;
        }
        let found = class.lookup_raw(name)?.peek();
        let getter = found.downcast_exact::<Property>()?.getter_of()?;
        Some(getter.downcast_exact::<Function>()? as *const Function)
    }

    pub(super) fn load_attr(&mut self) -> Result<(), Bailout> {
        use Opcode::*;
        let several = self.failures() <= 1 && !self.met_by_exits().is_empty();
        if self.failed() && !several || !self.words_on_top(1) {
            return self.generic();
        }
        let owner = self.top(0)?;
        let is_call = self.at.oparg & 1 != 0;
        if self.at.op == LOAD_ATTR && is_call && self.class_method(owner)? {
            return Ok(());
        }
        let shape = self.cache32(1);
        let mut method = false;
        let known = self.known_shapes(owner.value);
        let known = known.and_then(|shapes| self.cases_of(&shapes, is_call));
        let value = match self.at.op {
            _ if known.is_some() => {
                let Some((cases, methods)) = known else {
                    return self.generic();
                };
                method = methods;
                self.load_by_cases(owner.value, cases)
            }
            _ if several || self.at.op == LOAD_ATTR_POLYMORPHIC => {
                let Some((cases, methods)) = self.met_cases(is_call) else {
                    return self.generic();
                };
                method = methods;
                self.load_by_cases(owner.value, cases)
            }
            LOAD_ATTR_INSTANCE_VALUE | LOAD_ATTR_SLOT => {
                if self.cached_shape().is_none() {
                    return self.generic();
                }
                self.guard_shape(owner.value, shape);
                let offset = self.cache16(3) as u64;
                let value = self.load_field(owner.value, offset, Type::VALUE);
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
                self.guard_class(class, version);
                method = self.at.op == LOAD_ATTR_METHOD_WITH_VALUES;
                self.constant(found)
            }
            LOAD_ATTR_CLASS => {
                let Some((_, found)) = self.cached_class_attribute() else {
                    return self.generic();
                };
                self.guard_shape(owner.value, Class::cell().shape().id());
                self.guard_owner_version(owner.value);
                self.constant(found)
            }
            LOAD_ATTR_CLASS_WITH_METACLASS_CHECK => {
                let Some((class, found)) = self.cached_class_attribute() else {
                    return self.generic();
                };
                let header = Raw(class as *const Class as u64).header();
                let meta = header.class();
                let version = meta.current_version();
                let cached = self.cache16(3) as u32 | (self.cache16(8) as u32) << 16;
                if version == 0 || version != cached {
                    return self.generic();
                }
                self.guard_shape(owner.value, header.shape_id());
                self.guard_class(meta, version);
                self.guard_owner_version(owner.value);
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
            _ => return self.generic(),
        };
        self.s.stack.pop();
        // What is built in was guarded.
        let of = match self.f.inst(value).op {
            Op::Const => Owner::Code,
            _ => Owner::Heap,
        };
        self.push(value, Own::Lazy(of));
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

    /// A method of a class that is known now, to be called with the class in front: no cache keeps it. False where it
    /// is no such.
    fn class_method(&mut self, owner: Entry) -> Result<bool, Bailout> {
        let Some(word) = self.seen(owner.value).filter(|word| word.is_pointer()) else {
            return Ok(false);
        };
        let name = self.source.code.names.get((self.at.oparg >> 1) as usize);
        let name = name.ok_or(Bailout::Malformed)?;
        let value = word.peek();
        let Some(class) = value.downcast_exact::<Class>() else {
            return Ok(false);
        };
        let version = class.version();
        let found = class.lookup_raw(name).filter(|_| version != 0);
        let Some(found) = found.filter(|_| Class::class().lookup_raw(name).is_none()) else {
            return Ok(false);
        };
        let found = found.peek();
        let callable = found
            .downcast_exact::<ClassMethod>()
            .and_then(|m| m.callable());
        let Some(function) = callable
            .as_ref()
            .and_then(|c| c.downcast_exact::<Function>())
        else {
            return Ok(false);
        };
        self.guard(Op::GuardWord, &[owner.value], Type::NEVER, word.0);
        self.guard_class(class, version);
        let function = self.constant_function(function);
        self.pop()?;
        self.push(function, Own::Lazy(Owner::Code));
        let own = match owner.own {
            Own::Borrowed(of) => Own::Lazy(of),
            own => own,
        };
        self.push(owner.value, own);
        Ok(true)
    }

    pub(super) fn load_by_cases(&mut self, object: Value, cases: Vec<ShapeCase>) -> Value {
        let slots: Option<Vec<(u32, u64)>> = cases
            .iter()
            .map(|case| match *case {
                ShapeCase::Slot { shape, offset } => Some((shape, offset)),
                ShapeCase::Found { .. } => None,
            })
            .collect();
        if let Some(fields) = slots {
            return match self.guard_shapes(object, &fields) {
                Offset::Same(offset) => self.load_field(object, offset, Type::VALUE),
                Offset::ByShape(offset) => {
                    self.emit(Op::LoadField, &[object, offset], Type::VALUE, 0)
                }
            };
        }
        // Classes that share what they inherit: whichever shape it is, the value is known.
        let shared = match cases.as_slice() {
            [ShapeCase::Found { word, .. }, rest @ ..]
                if rest
                    .iter()
                    .all(|c| matches!(c, ShapeCase::Found { word: w, .. } if w == word)) =>
            {
                Some(Raw(*word))
            }
            _ => None,
        };
        if let Some(word) = shared
            && self.covered(object, |shape| cases.iter().any(|c| c.shape() == shape))
        {
            let mut seen = Vec::new();
            for case in cases {
                if let ShapeCase::Found {
                    version_address,
                    version,
                    ..
                } = case
                    && !seen.contains(&version_address)
                {
                    seen.push(version_address);
                    self.guard_version(version_address, version as u64);
                }
            }
            return self.constant(word);
        }
        let shapes = cases.iter().map(ShapeCase::shape).collect();
        let table = self.f.shape_tables.len() as u64;
        self.f.shape_tables.push(cases);
        let loaded = self.guard(Op::LoadByShape, &[object], Type::VALUE, table);
        self.remember_shapes(object, shapes);
        match shared {
            Some(word) => self.constant(word),
            None => loaded,
        }
    }

    /// Adds the attribute to objects of several shapes that do not have it, all in the same place: false where that is not
    /// known. A base class's `__init__` does so for each class derived from it.
    fn add_by_cases(&mut self) -> Result<bool, Bailout> {
        let owner = self.top(0)?.value;
        let shapes = self.known_shapes(owner).unwrap_or_else(|| self.met());
        let cases = shapes.iter().filter(|id| self.living_shape(**id).is_some());
        let cases: Option<Vec<_>> = cases
            .map(|id| self.addition(*id).map(|(offset, next)| (*id, offset, next)))
            .collect();
        let Some(cases) = cases.filter(|cases| (2..=MAX_CASES).contains(&cases.len())) else {
            return Ok(false);
        };
        let offset = cases[0].1;
        if cases.iter().any(|case| case.1 != offset) {
            return Ok(false);
        }
        self.heap_changes();
        let (owner, value) = (self.top(0)?, self.top(1)?);
        let word = self.word(value.value);
        let table = self.f.field_tables.len() as u64;
        let next = |case: &(u32, u64, &'static Shape)| (case.0, case.2 as *const Shape as u64);
        self.f.field_tables.push(cases.iter().map(next).collect());
        let next = self.guard(Op::FieldOffset, &[owner.value], Type::INT, table);
        let operands = [owner.value, word, next];
        self.emit(Op::AddField, &operands, Type::NEVER, offset);
        self.field_written(owner.value, offset, word);
        let had = |shape: &u32| cases.iter().any(|case| case.0 == *shape);
        self.s.shapes.retain(|_, shape| !had(shape));
        self.s.several.retain(|_, shapes| !shapes.iter().any(had));
        let now = cases.iter().map(|(_, _, next)| next.id()).collect();
        self.remember_shapes(owner.value, now);
        self.finish_store(owner, value, word)?;
        Ok(true)
    }

    /// Stores to objects of several shapes that have the attribute already: false where that is not known.
    fn store_by_cases(&mut self) -> Result<bool, Bailout> {
        let name = self
            .source
            .code
            .names
            .get(self.at.oparg as usize)
            .ok_or(Bailout::Malformed)?;
        let owner = self.top(0)?.value;
        let known = self.known_shapes(owner);
        let mut shapes = match &known {
            Some(known) => known.clone(),
            None => self.met(),
        };
        let adds = self.cache16(3) & 1 != 0;
        if known.is_none() && self.at.op == Opcode::STORE_ATTR_INSTANCE_VALUE && !adds {
            shapes.insert(0, self.cache32(1));
        }
        let mut fields: Vec<(u32, u64)> = Vec::new();
        for id in &shapes {
            let Some(shape) = self.living_shape(*id) else {
                continue;
            };
            if fields.iter().any(|(s, _)| s == id) {
                continue;
            }
            let class = shape.class();
            let found = class.lookup_raw(name);
            if !class.has(TypeFlags::GENERIC_SETATTR)
                || found.is_some_and(|f| f.peek().class().slots().descr_set.is_some())
            {
                continue;
            }
            if let Some(offset) = slot_of(shape, name) {
                fields.push((*id, offset));
            }
        }
        if known.is_some() && fields.len() < shapes.len()
            || fields.is_empty()
            || fields.len() > MAX_CASES
        {
            return Ok(false);
        }
        self.heap_changes();
        let (owner, value) = (self.top(0)?, self.top(1)?);
        let word = self.word(value.value);
        let old = match self.guard_shapes(owner.value, &fields) {
            Offset::Same(offset) => {
                let old = self.load_field(owner.value, offset, Type::ANY);
                self.store_field(owner.value, offset, word);
                old
            }
            Offset::ByShape(offset) => {
                let old = self.emit(Op::LoadField, &[owner.value, offset], Type::ANY, 0);
                self.emit(Op::StoreField, &[owner.value, word, offset], Type::NEVER, 0);
                self.fields_written();
                old
            }
        };
        self.pending.push(old);
        self.finish_store(owner, value, word)?;
        Ok(true)
    }

    /// Where an object of the shape gets the attribute at hand, which it does not have yet, and its shape then.
    fn addition(&self, id: u32) -> Option<(u64, &'static Shape)> {
        let name = self.source.code.names.get(self.at.oparg as usize)?;
        let shape = self.living_shape(id)?;
        let class = shape.class();
        let found = class.lookup_raw(name);
        if shape.kind() != ShapeKind::Slots
            || shape.lookup(name).is_some()
            || !class.has(TypeFlags::GENERIC_SETATTR)
            || found.is_some_and(|f| f.peek().class().slots().descr_set.is_some())
        {
            return None;
        }
        let next = shape.existing_transition(name)?;
        Some((slot_of(next, name)?, next))
    }

    pub(super) fn store_attr(&mut self) -> Result<(), Bailout> {
        use Opcode::*;
        let owner = self.top(0)?.value;
        if let Some(shape) = self.s.shapes.get(&owner).copied()
            && self.words_on_top(1)
            && let Some((offset, next)) = self.addition(shape)
        {
            self.heap_changes();
            let (owner, value) = (self.top(0)?, self.top(1)?);
            let word = self.word(value.value);
            self.add_field(
                owner.value,
                word,
                shape,
                offset,
                next as *const Shape as u64,
            );
            return self.finish_store(owner, value, word);
        }
        let known = self.known_shapes(owner).is_some();
        let several = self.failures() <= 1 && self.met().iter().any(|id| *id != self.cache32(1));
        if (several || known)
            && self.words_on_top(1)
            && (self.store_by_cases()? || self.add_by_cases()?)
        {
            return Ok(());
        }
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
        if adds {
            self.add_field(owner.value, word, shape, offset, next);
        } else {
            let old = self.load_field(owner.value, offset, Type::ANY);
            self.store_field(owner.value, offset, word);
            self.pending.push(old);
        }
        self.finish_store(owner, value, word)
    }

    /// Gives an object of the shape one more attribute.
    fn add_field(&mut self, owner: Value, word: Value, shape: u32, offset: u64, next: u64) {
        self.emit2(Op::AddField, &[owner, word], Type::NEVER, offset, next);
        self.field_written(owner, offset, word);
        // Others of the old shape may be this same object.
        self.s.shapes.retain(|_, s| *s != shape);
        self.s.several.retain(|_, s| !s.contains(&shape));
        self.s.shapes.insert(owner, next as u32);
    }

    /// The stored word counts; the operands are gone.
    fn finish_store(&mut self, owner: Entry, value: Entry, word: Value) -> Result<(), Bailout> {
        if value.own != Own::Owned {
            self.incref(word);
        }
        let base = self.below(2)?;
        self.s.stack.truncate(base);
        self.drop_entry(owner);
        Ok(())
    }
}
