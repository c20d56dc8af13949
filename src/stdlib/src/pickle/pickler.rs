//! `Pickler` objects.

use super::memo::Memo;
use super::opcodes::{DEFAULT_PROTOCOL, HIGHEST_PROTOCOL};
use super::output::Output;
use super::pickling_error;
use super::save::Saver;
use std::cell::{Cell, RefCell};
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, attribute_error, type_error, value_error};
use taipan_vm::gc::Field;
use taipan_vm::memory::allocate_instance;
use taipan_vm::native::NativeClass;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::class::Type;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::str::{Name, Str};
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// What the arguments of `dump()` and its like say.
#[derive(Clone)]
pub struct Settings {
    pub protocol: u8,
    pub fix_imports: bool,
    pub buffer_callback: Option<Value>,
}

impl Settings {
    pub fn new(
        protocol: Option<&Value>,
        fix_imports: bool,
        buffer_callback: Option<&Value>,
    ) -> PyResult<Settings> {
        let protocol = match protocol.filter(|protocol| !protocol.is_none()) {
            None => DEFAULT_PROTOCOL,
            Some(protocol) => match abstract_ops::to_i64(protocol)? {
                negative if negative < 0 => HIGHEST_PROTOCOL,
                protocol if protocol > HIGHEST_PROTOCOL => {
                    return Err(value_error(format!(
                        "pickle protocol must be <= {HIGHEST_PROTOCOL}"
                    )));
                }
                protocol => protocol,
            },
        };
        let buffer_callback = buffer_callback.filter(|callback| !callback.is_none());
        if buffer_callback.is_some() && protocol < 5 {
            return Err(value_error("buffer_callback needs protocol >= 5"));
        }
        Ok(Settings {
            protocol: protocol as u8,
            fix_imports: fix_imports && protocol < 3,
            buffer_callback: buffer_callback.cloned(),
        })
    }

    /// To the file's `write`, or, without one, to memory.
    pub fn saver(self, write: Option<Value>) -> Saver {
        Saver {
            out: Output::new(write),
            memo: RefCell::new(Memo::new()),
            protocol: self.protocol,
            fast: Cell::new(false),
            fix_imports: self.fix_imports,
            buffer_callback: self.buffer_callback,
            persistent_id: None,
            reducer_override: None,
            dispatch_table: None,
        }
    }
}

/// The file's `write`.
pub fn write_of(file: &Value) -> PyResult {
    static WRITE: Name = Name::new("write");
    abstract_ops::getattr_opt(file, WRITE.get())?
        .ok_or_else(|| type_error("file must have a 'write' attribute"))
}

/// This takes a binary file for writing a pickle data stream.
///
/// The optional *protocol* argument tells the pickler to use the given
/// protocol; supported protocols are 0, 1, 2, 3, 4 and 5.  The default
/// protocol is 5.
#[pyclass(
    name = "Pickler",
    module = "_pickle",
    signature = "Pickler(file, protocol=None, fix_imports=True, buffer_callback=None)",
    gc
)]
#[repr(C)]
pub struct Pickler {
    header: Header,
    /// The file's `write`; none before `__init__`.
    write: Field<Option<Value>>,
    buffer_callback: Field<Option<Value>>,
    protocol: Cell<u8>,
    fix_imports: Cell<bool>,
    fast: Cell<bool>,
    busy: Cell<bool>,
    memo: Field<Memo>,
    dispatch_table: Field<Option<Value>>,
    persistent_id: Field<Option<Value>>,
}

fn of(value: &Value) -> &Pickler {
    // SAFETY: the slots' callers checked the class.
    unsafe { value.downcast_unchecked::<Pickler>() }
}

static PERSISTENT_ID: Name = Name::new("persistent_id");

#[pymethods]
impl Pickler {
    #[pyslot]
    fn new(cls: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        let pickler = Pickler {
            header: Header::fresh(),
            write: Field::new(None),
            buffer_callback: Field::new(None),
            protocol: Cell::new(DEFAULT_PROTOCOL as u8),
            fix_imports: Cell::new(true),
            fast: Cell::new(false),
            busy: Cell::new(false),
            memo: Field::new(Memo::new()),
            dispatch_table: Field::new(None),
            persistent_id: Field::new(None),
        };
        Ok(allocate_instance(cls, pickler).into_value())
    }
    #[pyslot("Pickler(file, protocol=None, fix_imports=True, buffer_callback=None)")]
    fn init(
        this: &Value,
        file: &Value,
        protocol: Option<&Value>,
        fix_imports: bool,
        buffer_callback: Option<&Value>,
    ) -> PyResult<()> {
        static DISPATCH_TABLE: Name = Name::new("dispatch_table");
        let settings = Settings::new(protocol, fix_imports, buffer_callback)?;
        let pickler = of(this);
        pickler.write.set(Some(write_of(file)?));
        pickler.protocol.set(settings.protocol);
        pickler.fix_imports.set(settings.fix_imports);
        pickler.buffer_callback.set(settings.buffer_callback);
        pickler.memo.set(Memo::new());
        pickler.fast.set(false);
        let table = abstract_ops::getattr_opt(this, DISPATCH_TABLE.get())?;
        pickler.dispatch_table.set(table);
        Ok(())
    }
    #[pymethod("persistent_id($self, obj, /)")]
    fn persistent_id_method(&self, obj: &Value) {
        let _ = obj;
    }
    /// Write a pickled representation of the given object to the open file.
    #[pymethod("dump($self, obj, /)")]
    fn dump(this: &Value, obj: &Value) -> PyResult<()> {
        static REDUCER_OVERRIDE: Name = Name::new("reducer_override");
        let pickler = of(this);
        let Some(write) = pickler.write.get() else {
            let class = taipan_vm::objects::object::full_name(this.class());
            return Err(pickling_error(format!(
                "Pickler.__init__() was not called by {class}.__init__()"
            )));
        };
        if pickler.busy.replace(true) {
            return Err(taipan_vm::exceptions::runtime_error(
                "Pickler object is already used",
            ));
        }
        let own = !this.is_exact(Pickler::class());
        let prepare = || -> PyResult<Saver> {
            let mut saver = Settings {
                protocol: pickler.protocol.get(),
                fix_imports: pickler.fix_imports.get(),
                buffer_callback: pickler.buffer_callback.get(),
            }
            .saver(Some(write));
            saver.fast.set(pickler.fast.get());
            saver.dispatch_table = pickler.dispatch_table.get();
            if own {
                saver.reducer_override = abstract_ops::getattr_opt(this, REDUCER_OVERRIDE.get())?;
            }
            let overridden = own
                && !this
                    .class()
                    .lookup(PERSISTENT_ID.get())
                    .zip(Pickler::class().lookup(PERSISTENT_ID.get()))
                    .is_some_and(|(a, b)| a.is(&b));
            saver.persistent_id = match pickler.persistent_id.get() {
                None if overridden => Some(abstract_ops::getattr(this, PERSISTENT_ID.get())?),
                set => set,
            };
            saver.memo = RefCell::new(pickler.memo.replace(Memo::new()));
            Ok(saver)
        };
        let result = prepare().and_then(|saver| {
            let result = saver.dump(obj);
            pickler.memo.set(saver.memo.take());
            result
        });
        pickler.busy.set(false);
        result
    }
    /// Clears the pickler's "memo".
    ///
    /// The memo is the data structure that remembers which objects the
    /// pickler has already seen, so that shared or recursive objects are
    /// pickled by reference and not by value.  This method is useful when
    /// re-using picklers.
    #[pymethod("clear_memo($self, /)")]
    fn clear_memo(&self) {
        self.memo.set(Memo::new());
    }
    #[pygetset]
    fn bin(&self) -> i64 {
        i64::from(self.protocol.get() >= 1)
    }
    #[pygetset]
    fn fast(&self) -> i64 {
        i64::from(self.fast.get())
    }
    #[pysetter(fast)]
    fn set_fast(&self, value: Option<&Value>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(type_error("can't delete numeric/char attribute"));
        };
        self.fast.set(abstract_ops::is_true(value)?);
        Ok(())
    }
    #[pygetset]
    fn dispatch_table(this: &Value) -> PyResult {
        of(this).dispatch_table.get().ok_or_else(|| {
            attribute_error(
                this,
                &Str::intern("dispatch_table"),
                "dispatch_table".to_owned(),
            )
        })
    }
    #[pysetter(dispatch_table)]
    fn set_dispatch_table(&self, value: Option<&Value>) -> PyResult<()> {
        self.dispatch_table.set(value.cloned());
        Ok(())
    }
    #[pygetset]
    fn memo(this: &Value) -> Ref<MemoProxy> {
        Ref::new(MemoProxy {
            header: Header::fresh(),
            pickler: Field::new(this.clone()),
        })
    }
    #[pysetter(memo)]
    fn set_memo(&self, value: Option<&Value>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(type_error("attribute deletion is not supported"));
        };
        let mut memo = Memo::new();
        if let Some(proxy) = value.downcast::<MemoProxy>() {
            let other = proxy.pickler.get();
            for (object, number) in entries(of(&other)) {
                memo.add(object, number);
            }
        } else if let Some(dict) = value.downcast::<Dict>() {
            for (_, entry) in dict.items() {
                let Some([number, object]) = entry.downcast::<Tuple>().map(Tuple::as_slice) else {
                    return Err(type_error("'memo' values must be 2-item tuples"));
                };
                memo.add(object.clone(), abstract_ops::to_i64(number)? as u32);
            }
        } else {
            return Err(type_error(format!(
                "'memo' attribute must be a PicklerMemoProxy object or dict, not {}",
                value.class().name()
            )));
        }
        self.memo.set(memo);
        Ok(())
    }
    #[pyslot]
    fn getattro(this: &Value, name: &Str) -> PyResult {
        if name.is_text("persistent_id")
            && let Some(set) = of(this).persistent_id.get()
        {
            return Ok(set);
        }
        abstract_ops::generic_getattr(this, name)
    }
    #[pyslot]
    fn setattro(this: &Value, name: &Str, value: Option<&Value>) -> PyResult<()> {
        if name.is_text("persistent_id") {
            of(this).persistent_id.set(value.cloned());
            return Ok(());
        }
        abstract_ops::generic_setattr(this, name, value)
    }
}

fn entries(pickler: &Pickler) -> Vec<(Value, u32)> {
    pickler.memo.with(|memo| memo.entries().to_vec())
}

/// The memo of a pickler as an object.
#[pyclass(name = "PicklerMemoProxy", module = "_pickle", final, gc)]
#[repr(C)]
pub struct MemoProxy {
    header: Header,
    pickler: Field<Value>,
}

#[pymethods]
impl MemoProxy {
    /// Remove all items from memo.
    #[pymethod("clear($self, /)")]
    fn clear(&self) {
        of(&self.pickler.get()).clear_memo();
    }
    /// Copy the memo to a new object.
    #[pymethod("copy($self, /)")]
    fn copy(&self) -> PyResult<Ref<Dict>> {
        static ID: Name = Name::new("id");
        let copy = Dict::make();
        let id = taipan_vm::builtins::lookup(&ID.get().to_rust())?;
        for (object, number) in entries(of(&self.pickler.get())) {
            let key = abstract_ops::call(&id, std::slice::from_ref(&object))?;
            let entry = Tuple::new([Value::int(number.into()), object]);
            copy.insert(key, entry.into_value())?;
        }
        Ok(copy)
    }
    /// Implement pickle support.
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(&self) -> PyResult<Ref<Tuple>> {
        let class = taipan_vm::object::object_value(Dict::class());
        let arguments = Tuple::new([self.copy()?.into_value()]);
        Ok(Tuple::new([class, arguments.into_value()]))
    }
}
