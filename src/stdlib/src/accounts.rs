//! `pwd` and `grp`: users and groups.

use std::ffi::CString;
use taipan_macros::pymodule;
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, raise_new, type_error, value_error};
use taipan_vm::objects::codec::{decode_filesystem, encode_filesystem};
use taipan_vm::objects::str::Str;
use taipan_vm::value::Value;

pub use grp::MODULE as GRP;
pub use pwd::MODULE as PWD;

/// # Safety
/// A C string or null.
unsafe fn text(pointer: *const libc::c_char) -> Value {
    if pointer.is_null() {
        return Value::none();
    }
    // SAFETY: the caller's promise.
    decode_filesystem(unsafe { std::ffi::CStr::from_ptr(pointer) }.to_bytes()).into_value()
}

fn account_name(name: &Value, function: &str) -> PyResult<CString> {
    let Some(name) = name.downcast::<Str>() else {
        return Err(type_error(format!(
            "{function}() argument must be str, not {}",
            name.class().name()
        )));
    };
    CString::new(encode_filesystem(name)?).map_err(|_| value_error("embedded null byte"))
}

/// The number of an account; `None` if it is too large to be one.
fn account_number(id: &Value, what: &str) -> PyResult<Option<u32>> {
    if id.class().slots().index.is_none() {
        return Err(type_error(format!(
            "{what} should be integer, not {}",
            id.class().name()
        )));
    }
    let number = abstract_ops::index(id)?;
    let number = number.as_int().and_then(|number| number.to_i64());
    Ok(match number {
        Some(-1) => Some(u32::MAX),
        number => number.and_then(|number| u32::try_from(number).ok()),
    })
}

#[cold]
fn not_found(function: &str, what: &str, key: &Value) -> PyResult {
    let key = match key.downcast::<Str>() {
        Some(_) => abstract_ops::repr(key)?,
        None => abstract_ops::str(key)?,
    };
    Err(raise_new(
        taipan_vm::exceptions::KEY_ERROR.get(),
        format!("{function}(): {what} not found: {key}"),
    ))
}

/// This module provides access to the Unix password database.
/// It is available on all Unix versions.
///
/// Password database entries are reported as 7-tuples containing the following
/// items from the password database (see `<pwd.h>'), in order:
/// pw_name, pw_passwd, pw_uid, pw_gid, pw_gecos, pw_dir, pw_shell.
/// The uid and gid items are integers, all others are strings. An
/// exception is raised if the entry asked for cannot be found.
#[pymodule(name = "pwd")]
mod pwd {
    use super::{account_name, account_number, not_found, text};
    use crate::struct_class::StructClass;
    use taipan_vm::exceptions::{KEY_ERROR, PyResult, raise_new};
    use taipan_vm::object::Ref;
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::module::Module;
    use taipan_vm::value::Value;

    static ENTRY: StructClass = StructClass::new(
        "pwd",
        "struct_passwd",
        &[
            "pw_name",
            "pw_passwd",
            "pw_uid",
            "pw_gid",
            "pw_gecos",
            "pw_dir",
            "pw_shell",
        ],
        "pwd.struct_passwd: Results from getpw*() routines.\n\nThis object may be accessed either as a tuple of\n  (pw_name,pw_passwd,pw_uid,pw_gid,pw_gecos,pw_dir,pw_shell)\nor via the object attributes as named in the above tuple.",
    );

    /// # Safety
    /// The entry is the library's last answer.
    unsafe fn entry(entry: &libc::passwd) -> PyResult {
        // SAFETY: its texts are C strings.
        unsafe {
            ENTRY.make(vec![
                text(entry.pw_name),
                text(entry.pw_passwd),
                Value::int(entry.pw_uid as i64),
                Value::int(entry.pw_gid as i64),
                text(entry.pw_gecos),
                text(entry.pw_dir),
                text(entry.pw_shell),
            ])
        }
    }

    /// Return the password database entry for the given numeric user ID.
    ///
    /// See `help(pwd)` for more on password database entries.
    #[pyfunction("getpwuid($module, uid, /)")]
    fn getpwuid(uid: &Value) -> PyResult {
        // SAFETY: the answer is copied at once.
        let Some(id) = account_number(uid, "uid")? else {
            return Err(raise_new(KEY_ERROR.get(), "getpwuid(): uid not found"));
        };
        match unsafe { libc::getpwuid(id).as_ref() } {
            // SAFETY: just answered.
            Some(found) => unsafe { entry(found) },
            None => not_found("getpwuid", "uid", uid),
        }
    }

    /// Return the password database entry for the given user name.
    ///
    /// See `help(pwd)` for more on password database entries.
    #[pyfunction("getpwnam($module, name, /)")]
    fn getpwnam(name: &Value) -> PyResult {
        let wanted = account_name(name, "getpwnam")?;
        // SAFETY: a C string; the answer is copied at once.
        match unsafe { libc::getpwnam(wanted.as_ptr()).as_ref() } {
            // SAFETY: just answered.
            Some(found) => unsafe { entry(found) },
            None => not_found("getpwnam", "name", name),
        }
    }

    /// Return a list of all available password database entries, in arbitrary order.
    ///
    /// See help(pwd) for more on password database entries.
    #[pyfunction("getpwall($module, /)")]
    fn getpwall() -> PyResult<Ref<List>> {
        let mut all = Vec::new();
        // SAFETY: each answer is copied before the next is asked for.
        unsafe {
            libc::setpwent();
            while let Some(found) = libc::getpwent().as_ref() {
                all.push(entry(found)?);
            }
            libc::endpwent();
        }
        Ok(List::make(all))
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        ENTRY.add_to(module)
    }
}

/// Access to the Unix group database.
///
/// Group entries are reported as 4-tuples containing the following fields
/// from the group database, in order:
///
///   gr_name   - name of the group
///   gr_passwd - group password (encrypted); often empty
///   gr_gid    - numeric ID of the group
///   gr_mem    - list of members
///
/// The gid is an integer, name and password are strings.  (Note that most
/// users are not explicitly listed as members of the groups they are in
/// according to the password database.  Check both databases to get
/// complete membership information.)
#[pymodule(name = "grp")]
mod grp {
    use super::{account_name, account_number, not_found, text};
    use crate::struct_class::StructClass;
    use taipan_vm::exceptions::{KEY_ERROR, PyResult, raise_new};
    use taipan_vm::object::Ref;
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::module::Module;
    use taipan_vm::value::Value;

    static ENTRY: StructClass = StructClass::new(
        "grp",
        "struct_group",
        &["gr_name", "gr_passwd", "gr_gid", "gr_mem"],
        "grp.struct_group: Results from getgr*() routines.\n\nThis object may be accessed either as a tuple of\n  (gr_name,gr_passwd,gr_gid,gr_mem)\nor via the object attributes as named in the above tuple.\n",
    );

    /// # Safety
    /// The entry is the library's last answer.
    unsafe fn entry(entry: &libc::group) -> PyResult {
        let mut members = Vec::new();
        // SAFETY: its texts are C strings; the list of members ends with a null.
        unsafe {
            let mut at = entry.gr_mem;
            while !(*at).is_null() {
                members.push(text(*at));
                at = at.add(1);
            }
            ENTRY.make(vec![
                text(entry.gr_name),
                text(entry.gr_passwd),
                Value::int(entry.gr_gid as i64),
                List::make(members).into_value(),
            ])
        }
    }

    /// Return the group database entry for the given numeric group ID.
    ///
    /// If id is not valid, raise KeyError.
    #[pyfunction("getgrgid($module, /, id)")]
    fn getgrgid(id: &Value) -> PyResult {
        // SAFETY: the answer is copied at once.
        let Some(number) = account_number(id, "gid")? else {
            return Err(raise_new(KEY_ERROR.get(), "getgrgid(): gid not found"));
        };
        match unsafe { libc::getgrgid(number).as_ref() } {
            // SAFETY: just answered.
            Some(found) => unsafe { entry(found) },
            None => not_found("getgrgid", "gid", id),
        }
    }

    /// Return the group database entry for the given group name.
    ///
    /// If name is not valid, raise KeyError.
    #[pyfunction("getgrnam($module, /, name)")]
    fn getgrnam(name: &Value) -> PyResult {
        let wanted = account_name(name, "getgrnam")?;
        // SAFETY: a C string; the answer is copied at once.
        match unsafe { libc::getgrnam(wanted.as_ptr()).as_ref() } {
            // SAFETY: just answered.
            Some(found) => unsafe { entry(found) },
            None => not_found("getgrnam", "name", name),
        }
    }

    /// Return a list of all available group entries, in arbitrary order.
    ///
    /// An entry whose name starts with '+' or '-' represents an instruction
    /// to use YP/NIS and may not be accessible via getgrnam or getgrgid.
    #[pyfunction("getgrall($module, /)")]
    fn getgrall() -> PyResult<Ref<List>> {
        let mut all = Vec::new();
        // SAFETY: each answer is copied before the next is asked for.
        unsafe {
            libc::setgrent();
            while let Some(found) = libc::getgrent().as_ref() {
                all.push(entry(found)?);
            }
            libc::endgrent();
        }
        Ok(List::make(all))
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        ENTRY.add_to(module)
    }
}
