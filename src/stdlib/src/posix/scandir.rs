//! `os.scandir()`: the entries of a directory, with what the system says of them for free.

use super::posix::{answer, folder_entries, path_and_stat};
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{self, PyResult};
use taipan_vm::gc::Field;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

#[pyclass(name = "DirEntry", module = "posix", final, gc)]
#[repr(C)]
pub struct DirEntry {
    header: Header,
    name: Value,
    path: Value,
    #[no_gc]
    inode: u64,
    #[no_gc]
    kind: u8,
    /// Results of `stat()`, through links and not.
    followed: Field<Option<Value>>,
    own: Field<Option<Value>>,
}

impl DirEntry {
    fn stat_value(&self, follow: bool) -> PyResult {
        let follow = follow && self.may_be(libc::DT_LNK);
        let kept = if follow { &self.followed } else { &self.own };
        if let Some(known) = kept.get() {
            return Ok(known);
        }
        let found = path_and_stat(&self.path, follow)?;
        kept.set(Some(found.clone()));
        Ok(found)
    }
    fn may_be(&self, kind: u8) -> bool {
        self.kind == kind || self.kind == libc::DT_UNKNOWN
    }
    /// Whether it is a `DT_*`, `S_IF*`; a file that is gone is nothing.
    fn is(&self, kind: u8, mode: libc::mode_t, follow: bool) -> PyResult<bool> {
        let linked = follow && self.kind == libc::DT_LNK;
        if self.kind != libc::DT_UNKNOWN && !linked {
            return Ok(self.kind == kind);
        }
        let stat = exceptions::suppress(
            self.stat_value(follow),
            exceptions::FILE_NOT_FOUND_ERROR.get(),
        )?;
        let Some(stat) = stat else {
            return Ok(false);
        };
        let found = abstract_ops::to_i64(&abstract_ops::getattr(&stat, &Str::intern("st_mode"))?)?;
        Ok(found as libc::mode_t & libc::S_IFMT == mode)
    }
}

#[pymethods]
impl DirEntry {
    /// the entry's base filename, relative to scandir() "path" argument
    #[pygetset]
    fn name(&self) -> Value {
        self.name.clone()
    }
    /// the entry's full path name; equivalent to os.path.join(scandir_path, entry.name)
    #[pygetset]
    fn path(&self) -> Value {
        self.path.clone()
    }
    /// Return True if the entry is a directory; cached per entry.
    #[pymethod("is_dir($self, /, *, follow_symlinks=True)")]
    fn is_dir(&self, follow_symlinks: bool) -> PyResult<bool> {
        self.is(libc::DT_DIR, libc::S_IFDIR, follow_symlinks)
    }
    /// Return True if the entry is a file; cached per entry.
    #[pymethod("is_file($self, /, *, follow_symlinks=True)")]
    fn is_file(&self, follow_symlinks: bool) -> PyResult<bool> {
        self.is(libc::DT_REG, libc::S_IFREG, follow_symlinks)
    }
    /// Return True if the entry is a symbolic link; cached per entry.
    #[pymethod("is_symlink($self, /)")]
    fn is_symlink(&self) -> PyResult<bool> {
        self.is(libc::DT_LNK, libc::S_IFLNK, false)
    }
    /// Return True if the entry is a junction; cached per entry.
    #[pymethod("is_junction($self, /)")]
    fn is_junction(&self) -> bool {
        false
    }
    /// Return stat_result object for the entry; cached per entry.
    #[pymethod("stat($self, /, *, follow_symlinks=True)")]
    fn stat(&self, follow_symlinks: bool) -> PyResult {
        self.stat_value(follow_symlinks)
    }
    /// Return inode of the entry; cached per entry.
    #[pymethod("inode($self, /)")]
    fn inode(&self) -> Value {
        Value::from_big(self.inode.into())
    }
    /// Returns the path for the entry.
    #[pymethod("__fspath__($self, /)")]
    fn __fspath__(&self) -> Value {
        self.path.clone()
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        Ok(format!("<DirEntry {}>", abstract_ops::repr(&self.name)?))
    }
}

/// The entries are all read at once: nothing is open while Python code goes through them.
#[pyclass(name = "ScandirIterator", module = "posix", final, gc)]
#[repr(C)]
pub struct ScandirIterator {
    header: Header,
    /// In reverse.
    left: Field<Vec<Value>>,
}

#[pymethods]
impl ScandirIterator {
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        Ok(self.left.with(Vec::pop))
    }
    #[pymethod("close($self, /)")]
    fn close(&self) {
        drop(self.left.take());
    }
    #[pymethod("__enter__($self, /)")]
    fn __enter__(this: &Value) -> Value {
        this.clone()
    }
    #[pymethod("__exit__", raw)]
    fn __exit__(&self, _args: &[Value], _kwnames: Option<&Tuple>) {
        drop(self.left.take());
    }
}

/// `folder/name`, as bytes or text.
fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    let mut path = folder.to_vec();
    if !folder.ends_with(b"/") {
        path.push(b'/');
    }
    path.extend(name);
    path
}

pub fn scandir(given: &Value) -> PyResult<Ref<ScandirIterator>> {
    let as_bytes = given.downcast::<Bytes>().is_some();
    let (folder, entries) = folder_entries(given)?;
    let mut left = Vec::new();
    for entry in entries {
        let made = Ref::new(DirEntry {
            header: Header::fresh(),
            name: answer(&entry.name, as_bytes),
            path: answer(&join(&folder, &entry.name), as_bytes),
            inode: entry.inode,
            kind: entry.kind,
            followed: Field::new(None),
            own: Field::new(None),
        });
        left.push(made.into_value());
    }
    left.reverse();
    Ok(Ref::new(ScandirIterator {
        header: Header::fresh(),
        left: Field::new(left),
    }))
}
