//! The objects that a pickler has written.

use foldhash::HashMap;
use foldhash::HashMapExt;
use taipan_vm::gc::{FieldClear, Traverse};
use taipan_vm::value::Value;

/// An object by its identity, with the number the reader knows it by. Keeps the objects.
#[derive(Default)]
pub struct Memo {
    numbers: HashMap<u64, usize>,
    objects: Vec<(Value, u32)>,
}

impl Memo {
    pub fn new() -> Memo {
        Memo {
            numbers: HashMap::new(),
            objects: Vec::new(),
        }
    }
    pub fn len(&self) -> usize {
        self.objects.len()
    }
    pub fn get(&self, object: &Value) -> Option<u32> {
        let at = *self.numbers.get(&object.raw().0)?;
        Some(self.objects[at].1)
    }
    pub fn add(&mut self, object: Value, number: u32) {
        self.numbers.insert(object.raw().0, self.objects.len());
        self.objects.push((object, number));
    }
    pub fn entries(&self) -> &[(Value, u32)] {
        &self.objects
    }
}

impl Traverse for Memo {
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.objects.iter().for_each(|(object, _)| visit(object));
    }
}

impl FieldClear for Memo {
    fn clear_field(field: &taipan_vm::gc::Field<Memo>) {
        field.set(Memo::new());
    }
}
