//! `resource`: limits and usage of processes.

use taipan_macros::pymodule;

pub use resource::MODULE;

#[pymodule(name = "resource")]
mod resource {
    use crate::struct_class::StructClass;
    use std::io::Error;
    use taipan_vm::abstract_ops;
    use taipan_vm::exceptions::{self, PyResult, value_error};
    use taipan_vm::object::{Ref, object_value};
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::value::Value;

    static USAGE: StructClass = StructClass::new(
        "resource",
        "struct_rusage",
        &[
            "ru_utime",
            "ru_stime",
            "ru_maxrss",
            "ru_ixrss",
            "ru_idrss",
            "ru_isrss",
            "ru_minflt",
            "ru_majflt",
            "ru_nswap",
            "ru_inblock",
            "ru_oublock",
            "ru_msgsnd",
            "ru_msgrcv",
            "ru_nsignals",
            "ru_nvcsw",
            "ru_nivcsw",
        ],
        "struct_rusage: Result from getrusage.",
    );

    const LIMITS: &[(&str, u32)] = &[
        ("RLIMIT_CPU", libc::RLIMIT_CPU),
        ("RLIMIT_FSIZE", libc::RLIMIT_FSIZE),
        ("RLIMIT_DATA", libc::RLIMIT_DATA),
        ("RLIMIT_STACK", libc::RLIMIT_STACK),
        ("RLIMIT_CORE", libc::RLIMIT_CORE),
        ("RLIMIT_NOFILE", libc::RLIMIT_NOFILE),
        ("RLIMIT_OFILE", libc::RLIMIT_NOFILE),
        ("RLIMIT_AS", libc::RLIMIT_AS),
        ("RLIMIT_RSS", libc::RLIMIT_RSS),
        ("RLIMIT_NPROC", libc::RLIMIT_NPROC),
        ("RLIMIT_MEMLOCK", libc::RLIMIT_MEMLOCK),
        ("RLIMIT_MSGQUEUE", libc::RLIMIT_MSGQUEUE),
        ("RLIMIT_NICE", libc::RLIMIT_NICE),
        ("RLIMIT_RTPRIO", libc::RLIMIT_RTPRIO),
        ("RLIMIT_RTTIME", libc::RLIMIT_RTTIME),
        ("RLIMIT_SIGPENDING", libc::RLIMIT_SIGPENDING),
    ];

    fn known(resource: i64) -> PyResult<u32> {
        match LIMITS.iter().find(|(_, limit)| *limit as i64 == resource) {
            Some((_, limit)) => Ok(*limit),
            None => Err(value_error("invalid resource specified")),
        }
    }

    /// Infinity is -1.
    fn shown(limit: libc::rlim_t) -> Value {
        if limit == libc::RLIM_INFINITY {
            return Value::int(-1);
        }
        Value::from_big(limit.into())
    }

    fn pair(limit: &libc::rlimit) -> Ref<Tuple> {
        Tuple::new([shown(limit.rlim_cur), shown(limit.rlim_max)])
    }

    fn failed() -> exceptions::Raised {
        let error = Error::last_os_error();
        match error.raw_os_error() {
            Some(libc::EINVAL) => value_error("current limit exceeds maximum limit"),
            Some(libc::EPERM) => value_error("not allowed to raise maximum limit"),
            _ => exceptions::io_error(&error, None),
        }
    }

    #[pyfunction("getrlimit($module, resource, /)")]
    fn getrlimit(resource: i64) -> PyResult<Ref<Tuple>> {
        let resource = known(resource)?;
        let mut limit = libc::rlimit {
            rlim_cur: 0,
            rlim_max: 0,
        };
        // SAFETY: the call fills the struct.
        if unsafe { libc::getrlimit(resource, &mut limit) } < 0 {
            return Err(failed());
        }
        Ok(pair(&limit))
    }

    #[pyfunction("setrlimit($module, resource, limits, /)")]
    fn setrlimit(resource: i64, limits: &Value) -> PyResult<()> {
        let resource = known(resource)?;
        let limits = abstract_ops::to_vec(limits)?;
        let [current, most] = &limits[..] else {
            return Err(value_error("expected a tuple of 2 integers"));
        };
        let limit = libc::rlimit {
            rlim_cur: abstract_ops::to_i64(current)? as libc::rlim_t,
            rlim_max: abstract_ops::to_i64(most)? as libc::rlim_t,
        };
        // SAFETY: the call reads the struct.
        if unsafe { libc::setrlimit(resource, &limit) } < 0 {
            return Err(failed());
        }
        Ok(())
    }

    #[pyfunction("getrusage($module, who, /)")]
    fn getrusage(who: i64) -> PyResult {
        // SAFETY: the call fills the struct.
        let (result, usage) = unsafe {
            let mut usage: libc::rusage = std::mem::zeroed();
            (libc::getrusage(who as i32, &mut usage), usage)
        };
        if result < 0 {
            let error = Error::last_os_error();
            if error.raw_os_error() == Some(libc::EINVAL) {
                return Err(value_error("invalid who parameter"));
            }
            return Err(exceptions::io_error(&error, None));
        }
        let seconds =
            |time: libc::timeval| Value::float(time.tv_sec as f64 + time.tv_usec as f64 * 1e-6);
        let mut values = vec![seconds(usage.ru_utime), seconds(usage.ru_stime)];
        let counts = [
            usage.ru_maxrss,
            usage.ru_ixrss,
            usage.ru_idrss,
            usage.ru_isrss,
            usage.ru_minflt,
            usage.ru_majflt,
            usage.ru_nswap,
            usage.ru_inblock,
            usage.ru_oublock,
            usage.ru_msgsnd,
            usage.ru_msgrcv,
            usage.ru_nsignals,
            usage.ru_nvcsw,
            usage.ru_nivcsw,
        ];
        values.extend(counts.map(Value::int));
        USAGE.make(values)
    }

    #[pyfunction("getpagesize($module, /)")]
    fn getpagesize() -> i64 {
        // SAFETY: only asks.
        unsafe { libc::sysconf(libc::_SC_PAGESIZE) }
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        for (name, limit) in LIMITS {
            module.add(name, Value::int(*limit as i64));
        }
        module.add("RLIM_INFINITY", Value::int(-1));
        module.add("RUSAGE_SELF", Value::int(libc::RUSAGE_SELF as i64));
        module.add("RUSAGE_CHILDREN", Value::int(libc::RUSAGE_CHILDREN as i64));
        module.add("RUSAGE_THREAD", Value::int(libc::RUSAGE_THREAD as i64));
        module.add("error", object_value(exceptions::OS_ERROR.get()));
        USAGE.add_to(module)
    }
}
