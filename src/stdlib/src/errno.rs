//! `errno`: the numbers of operating system errors by name, and back.

use taipan_macros::pymodule;

pub use errno::MODULE;

/// This module makes available standard errno system symbols.
///
/// The value of each symbol is the corresponding integer value,
/// e.g., on most systems, errno.ENOENT equals the integer 2.
///
/// The dictionary errno.errorcode maps numeric codes to symbol names,
/// e.g., errno.errorcode[2] could be the string 'ENOENT'.
///
/// Symbols that are not relevant to the underlying system are not defined.
///
/// To map error codes to error messages, use the function os.strerror(),
/// e.g. os.strerror(2) could return 'No such file or directory'.
#[pymodule(name = "errno")]
mod errno {
    use taipan_vm::exceptions::PyResult;
    use taipan_vm::objects::dict::Dict;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::str::Str;
    use taipan_vm::value::Value;

    macro_rules! names {
        ($($name:ident)*) => { &[$((stringify!($name), libc::$name)),*] };
    }

    /// Of several names for one number the last one is its code.
    static NAMES: &[(&str, i32)] = names!(
        EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN EWOULDBLOCK ENOMEM EACCES
        EFAULT EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY
        EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EDEADLOCK EDEADLK ENAMETOOLONG ENOLCK ENOSYS
        ENOTEMPTY ELOOP ENOMSG EIDRM ENOSTR ENODATA ETIME ENOSR EREMOTE ENOLINK EPROTO EBADMSG EOVERFLOW
        EILSEQ EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT
        ESOCKTNOSUPPORT EOPNOTSUPP ENOTSUP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN
        ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS
        ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EDQUOT ECANCELED
        EOWNERDEAD ENOTRECOVERABLE ENOTBLK ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH ENOCSI EL2HLT EBADE EBADR
        EXFULL ENOANO EBADRQC EBADSLT EBFONT ENONET ENOPKG EADV ESRMNT ECOMM EMULTIHOP EDOTDOT ENOTUNIQ EBADFD
        EREMCHG ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC ERESTART ESTRPIPE EUCLEAN ENOTNAM ENAVAIL EISNAM
        EREMOTEIO ENOMEDIUM EMEDIUMTYPE ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED ERFKILL EHWPOISON
    );

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        let codes = Dict::make();
        for (name, number) in NAMES {
            let number = Value::int(*number as i64);
            module.add(name, number.clone());
            codes.insert(number, Str::intern(name).into_value())?;
        }
        if let Some(number) = NAMES.iter().find(|(name, _)| *name == "EAGAIN") {
            codes.insert(
                Value::int(number.1 as i64),
                Str::intern("EAGAIN").into_value(),
            )?;
        }
        if let Some(number) = NAMES.iter().find(|(name, _)| *name == "ENOTSUP") {
            codes.insert(
                Value::int(number.1 as i64),
                Str::intern("ENOTSUP").into_value(),
            )?;
        }
        module.add("errorcode", codes.into_value());
        Ok(())
    }
}
