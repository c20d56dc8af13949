//! Named tuples that belong to a module: `pwd.struct_passwd`, `os.statvfs_result` …

use taipan_vm::exceptions::PyResult;
use taipan_vm::gc::Field;
use taipan_vm::object::Ref;
use taipan_vm::objects::class::Type;
use taipan_vm::objects::module::Module;
use taipan_vm::objects::struct_sequence;
use taipan_vm::value::Value;

/// A class made when it is first asked for, and kept.
pub struct StructClass {
    pub module: &'static str,
    pub name: &'static str,
    pub fields: &'static [&'static str],
    pub doc: &'static str,
    /// How many fields are items, too.
    visible: usize,
    class: Field<Option<Ref<Type>>>,
}

// SAFETY: touched only by the thread that holds the GIL.
unsafe impl Sync for StructClass {}

impl StructClass {
    pub const fn new(
        module: &'static str,
        name: &'static str,
        fields: &'static [&'static str],
        doc: &'static str,
    ) -> StructClass {
        StructClass {
            module,
            name,
            fields,
            doc,
            visible: fields.len(),
            class: Field::new(None),
        }
    }

    /// Only so many of the fields are items.
    pub const fn showing(mut self, visible: usize) -> StructClass {
        self.visible = visible;
        self
    }

    pub fn get(&self) -> PyResult<Ref<Type>> {
        if let Some(class) = self.class.get() {
            return Ok(class);
        }
        let class = struct_sequence::make_class(
            self.module,
            self.name,
            self.fields,
            self.visible,
            self.doc,
        )?;
        self.class.set(Some(class.clone()));
        Ok(class)
    }

    pub fn make(&self, values: Vec<Value>) -> PyResult {
        debug_assert_eq!(values.len(), self.fields.len());
        Ok(struct_sequence::make(
            &*self.get()?,
            values,
            self.visible,
            self.fields,
        ))
    }

    pub fn add_to(&self, module: &Module) -> PyResult<()> {
        module.add(self.name, self.get()?.into_value());
        Ok(())
    }
}
