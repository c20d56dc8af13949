//! Constants of `sys`.

use super::Config;
use crate::exceptions::PyResult;
use crate::object::Ref;
use crate::objects::dict::Dict;
use crate::objects::list::List;
use crate::objects::module::Module;
use crate::objects::set::Set;
use crate::objects::simple_namespace::SimpleNamespace;
use crate::objects::str::Str;
use crate::objects::struct_sequence;
use crate::objects::tuple::Tuple;
use crate::value::Value;

/// The CPython version that Taipan is.
/// `sys.version`.
pub fn long_version() -> String {
    let (major, minor, micro) = VERSION;
    let own = env!("CARGO_PKG_VERSION");
    format!("{major}.{minor}.{micro} (Taipan {own}) [Rust]")
}

pub const VERSION: (i64, i64, i64) = (3, 14, 0);

fn string(text: &str) -> Value {
    Str::new(text).into_value()
}

fn strings<'a>(items: impl IntoIterator<Item = &'a str>) -> Vec<Value> {
    items.into_iter().map(string).collect()
}

/// A struct sequence with all its fields visible.
fn record(name: &str, fields: &[(&str, Value)]) -> PyResult {
    let names: Vec<&str> = fields.iter().map(|(n, _)| *n).collect();
    let class = struct_sequence::make_class("sys", name, &names, names.len(), name)?;
    Ok(struct_sequence::make(
        &class,
        fields.iter().map(|(_, v)| v.clone()).collect(),
        names.len(),
        &names,
    ))
}

/// Makes the module.
pub fn set_up(config: Config) -> PyResult<()> {
    let module = Module::from_def(&super::FUNCTIONS)?;
    super::set_module(module.clone(), config.clone());
    let set = |name: &str, value: Value| module.dict().set_str(&Str::intern(name), value);
    let (major, minor, micro) = VERSION;
    set(
        "monitoring",
        Module::from_def(&crate::monitoring::functions::MODULE)?.into_value(),
    );
    set("_jit", Module::from_def(&super::jit::MODULE)?.into_value());
    set("version", string(&long_version()));
    set(
        "hexversion",
        Value::int(major << 24 | minor << 16 | micro << 8 | 0xF0),
    );
    let version_info = record(
        "version_info",
        &[
            ("major", Value::int(major)),
            ("minor", Value::int(minor)),
            ("micro", Value::int(micro)),
            ("releaselevel", string("final")),
            ("serial", Value::int(0)),
        ],
    )?;
    set("version_info", version_info.clone());
    set("api_version", Value::int(1013));
    set(
        "implementation",
        SimpleNamespace::make(&[
            ("name", string("taipan")),
            ("cache_tag", string("taipan-314")),
            ("version", version_info),
            (
                "hexversion",
                Value::int(major << 24 | minor << 16 | micro << 8 | 0xF0),
            ),
            ("supports_isolated_interpreters", Value::false_()),
        ]),
    );
    set("platform", string("linux"));
    set("platlibdir", string("lib"));
    set(
        "byteorder",
        string(if cfg!(target_endian = "little") {
            "little"
        } else {
            "big"
        }),
    );
    set("maxsize", Value::int(i64::MAX));
    set("maxunicode", Value::int(0x10FFFF));
    set(
        "copyright",
        string(
            "Taipan is free software under the MIT licence.\nThe standard library: Copyright (c) Python Software Foundation.",
        ),
    );
    set("float_repr_style", string("short"));
    set("executable", string(&config.executable));
    set("_base_executable", string(&config.executable));
    for prefix in ["prefix", "base_prefix", "exec_prefix", "base_exec_prefix"] {
        set(prefix, string("<taipan>"));
    }
    set("abiflags", string(""));
    let prefix = config.pycache_prefix.as_deref();
    set(
        "pycache_prefix",
        prefix
            .filter(|name| !name.is_empty())
            .map_or_else(Value::none, string),
    );
    set(
        "dont_write_bytecode",
        Value::bool(config.dont_write_bytecode),
    );
    set(
        "argv",
        List::make(strings(config.argv.iter().map(String::as_str))).into_value(),
    );
    set(
        "orig_argv",
        List::make(strings(config.orig_argv.iter().map(String::as_str))).into_value(),
    );
    let mut path: Vec<Value> = strings(config.path.iter().map(String::as_str));
    path.push(string("<taipan>/lib/python3.14"));
    set("path", List::make(path).into_value());
    set("meta_path", List::make(Vec::new()).into_value());
    set("path_hooks", List::make(Vec::new()).into_value());
    set("path_importer_cache", Dict::make().into_value());
    set(
        "warnoptions",
        List::make(strings(config.warn_options.iter().map(String::as_str))).into_value(),
    );
    let options = Dict::make();
    for (name, value) in &config.xoptions {
        options.set_str(
            &Str::new(name),
            value.as_deref().map_or_else(Value::true_, string),
        );
    }
    set("_xoptions", options.into_value());
    set("_git", Tuple::new(strings(["Taipan", "", ""])).into_value());
    set(
        "builtin_module_names",
        Tuple::new(strings(crate::import::native_names())).into_value(),
    );
    set(
        "stdlib_module_names",
        Set::frozen_from(strings(crate::import::native_names()))?,
    );
    let modules = Dict::make();
    modules.set_str(&Str::intern("sys"), module.to_value());
    modules.set_str(
        &Str::intern("builtins"),
        Ref::from_ref(crate::builtins::module()).into_value(),
    );
    set("modules", modules.into_value());

    if let Some(digits) = config.int_max_str_digits {
        crate::objects::int_text::set_max_str_digits(digits as usize);
    }
    let flag = |on: bool| Value::int(on as i64);
    let flags = record(
        "flags",
        &[
            ("debug", flag(false)),
            ("inspect", flag(config.inspect)),
            ("interactive", flag(config.interactive)),
            ("optimize", Value::int(config.optimize as i64)),
            ("dont_write_bytecode", flag(config.dont_write_bytecode)),
            ("no_user_site", flag(config.no_user_site)),
            ("no_site", flag(config.no_site)),
            ("ignore_environment", flag(config.ignore_environment)),
            ("verbose", Value::int(config.verbose as i64)),
            ("bytes_warning", Value::int(config.bytes_warning as i64)),
            ("quiet", flag(config.quiet)),
            ("hash_randomization", flag(true)),
            ("isolated", flag(config.isolated)),
            ("dev_mode", Value::bool(config.dev_mode)),
            ("utf8_mode", Value::int(1)),
            ("warn_default_encoding", flag(false)),
            ("safe_path", Value::bool(config.safe_path)),
            (
                "int_max_str_digits",
                Value::int(config.int_max_str_digits.unwrap_or(4300)),
            ),
            ("gil", Value::int(1)),
            ("thread_inherit_context", flag(false)),
            ("context_aware_warnings", flag(false)),
        ],
    )?;
    set("flags", flags);
    let float_info = record(
        "float_info",
        &[
            ("max", Value::float(f64::MAX)),
            ("max_exp", Value::int(1024)),
            ("max_10_exp", Value::int(308)),
            ("min", Value::float(f64::MIN_POSITIVE)),
            ("min_exp", Value::int(-1021)),
            ("min_10_exp", Value::int(-307)),
            ("dig", Value::int(15)),
            ("mant_dig", Value::int(53)),
            ("epsilon", Value::float(f64::EPSILON)),
            ("radix", Value::int(2)),
            ("rounds", Value::int(1)),
        ],
    )?;
    set("float_info", float_info);
    let int_info = record(
        "int_info",
        &[
            ("bits_per_digit", Value::int(30)),
            ("sizeof_digit", Value::int(4)),
            ("default_max_str_digits", Value::int(4300)),
            ("str_digits_check_threshold", Value::int(640)),
        ],
    )?;
    set("int_info", int_info);
    let hash_info = record(
        "hash_info",
        &[
            ("width", Value::int(64)),
            ("modulus", Value::int((1 << 61) - 1)),
            ("inf", Value::int(314159)),
            ("nan", Value::int(0)),
            ("imag", Value::int(1000003)),
            ("algorithm", string("siphash13")),
            ("hash_bits", Value::int(64)),
            ("seed_bits", Value::int(128)),
            ("cutoff", Value::int(0)),
        ],
    )?;
    set("hash_info", hash_info);
    let thread_info = record(
        "thread_info",
        &[
            ("name", string("pthread")),
            ("lock", string("semaphore")),
            ("version", Value::none()),
        ],
    )?;
    set("thread_info", thread_info);
    for (hook, copy) in [
        ("displayhook", "__displayhook__"),
        ("excepthook", "__excepthook__"),
        ("unraisablehook", "__unraisablehook__"),
    ] {
        if let Some(value) = module.dict().get_str(&Str::intern(hook)) {
            set(copy, value);
        }
    }
    Ok(())
}
