//! Running what the command line names, and ending the process as CPython does.

use super::options::{Command, Options};
use super::repl;
use std::io::Read;
use taipan_compiler::Mode;
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{self, BaseException, PyResult, Raised};
use taipan_vm::names;
use taipan_vm::object::Ref;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::module::Module;
use taipan_vm::objects::str::Str;
use taipan_vm::value::Value;

/// Runs; returns the exit code.
pub fn run(options: Options) -> i32 {
    if let Err(text) = seed_hashes(&options) {
        eprintln!("{text}");
        return 1;
    }
    if options.heap_check {
        taipan_vm::memory::heap::check_from_now_on();
    }
    taipan_vm::import::set_library(taipan_stdlib::library());
    if taipan_vm::startup::initialize(options.config.clone()).is_err() {
        eprintln!("taipan: start-up failed: {}", describe_raised());
        return 1;
    }
    taipan_vm::signals::set_up();
    #[cfg(feature = "jit")]
    super::jit::install(&options.jit);
    let mut baseline = None;
    let warns = !options.config.warn_options.is_empty();
    let result = taipan_vm::startup::set_up_streams().and_then(|()| {
        if warns {
            // The module reads the options.
            taipan_vm::import::import_module("warnings")?;
        }
        let main = make_main()?;
        if options.heap_check {
            baseline = Some(taipan_vm::gc::check::baseline());
        }
        run_all(&options, &main)
    });
    let mut code = finish(result);
    if let Some(baseline) = baseline {
        let lines = taipan_vm::gc::check::report(&baseline);
        lines.iter().for_each(|line| eprintln!("{line}"));
        if !lines.is_empty() && code == 0 {
            code = 70;
        }
    }
    #[cfg(feature = "jit")]
    super::jit::finish(&options.jit);
    code
}

fn describe_raised() -> String {
    taipan_vm::builtins::format_exception(&exceptions::take_raised())
}

/// `PYTHONHASHSEED`: unset or `random` for a random key.
fn seed_hashes(options: &Options) -> Result<(), String> {
    let given = if options.config.ignore_environment {
        None
    } else {
        std::env::var("PYTHONHASHSEED").ok()
    };
    let seed = match given.as_deref() {
        None | Some("" | "random") => {
            use std::hash::{BuildHasher, Hasher};
            std::collections::hash_map::RandomState::new()
                .build_hasher()
                .finish()
        }
        Some(number) => match number.parse::<u32>() {
            Ok(number) => number as u64,
            Err(_) => {
                return Err(
                    "Fatal Python error: PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]"
                        .to_owned(),
                );
            }
        },
    };
    taipan_vm::startup::set_hash_seed(seed);
    Ok(())
}

fn make_main() -> PyResult<Ref<Dict>> {
    let main = Module::make("__main__");
    let dict = main.dict();
    dict.set_str(&names::NAME, Str::intern("__main__").into_value());
    dict.set_str(&names::DOC, Value::none());
    dict.set_str(&names::PACKAGE, Value::none());
    dict.set_str(&names::LOADER, Value::none());
    dict.set_str(&names::SPEC, Value::none());
    dict.set_str(
        &names::BUILTINS,
        taipan_vm::object::object_value(taipan_vm::builtins::module()),
    );
    if let Some(modules) = taipan_vm::import::modules() {
        modules.set_str(&Str::intern("__main__"), main.to_value());
    }
    Ok(Ref::from_ref(dict))
}

/// What the command line names, and after it the prompt where that is asked for.
fn run_all(options: &Options, main: &Ref<Dict>) -> PyResult<()> {
    if !options.config.warn_options.is_empty() {
        // It says which of them it can't read.
        taipan_vm::import::import_module("warnings")?;
    }
    if !options.config.no_site {
        add_site_builtins()?;
    }
    let terminal = std::io::IsTerminal::is_terminal(&std::io::stdin());
    if options.command == Command::Stdin && (terminal || options.config.interactive) {
        if !options.config.quiet {
            repl::banner();
        }
        return repl::run_prompt(main);
    }
    taipan_vm::memory::resident::release_program();
    let done = execute(options, main);
    let inspect = options.config.inspect
        || !options.config.ignore_environment
            && std::env::var("PYTHONINSPECT").is_ok_and(|value| !value.is_empty());
    if !inspect {
        return done;
    }
    if done.is_err() {
        show(&exceptions::take_raised());
    }
    flush_quietly();
    repl::run_prompt(main)
}

/// Takes the margin off that all lines of a `-c` program have.
fn dedent(code: &str) -> std::borrow::Cow<'_, str> {
    let blank = |line: &str| line.trim_matches([' ', '\t', '\n']).is_empty();
    let mut margin: Option<&str> = None;
    for line in code.split_inclusive('\n').filter(|line| !blank(line)) {
        let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        let common = margin.map_or(indent.len(), |margin| {
            let same = margin
                .bytes()
                .zip(indent.bytes())
                .take_while(|(a, b)| a == b);
            same.count()
        });
        margin = Some(&indent[..common]);
    }
    let Some(margin) = margin.filter(|margin| !margin.is_empty()) else {
        return code.into();
    };
    code.split_inclusive('\n')
        .map(|line| match line.strip_prefix(margin) {
            Some(rest) if !blank(line) => rest,
            _ if line.ends_with('\n') => "\n",
            _ => "",
        })
        .collect::<String>()
        .into()
}

/// `exit`, `quit` and `help`, which CPython's `site` puts into `builtins`.
fn add_site_builtins() -> PyResult<()> {
    let module = taipan_vm::import::import_module("_sitebuiltins")?;
    let builtins = taipan_vm::builtins::module_dict();
    let quitter = abstract_ops::getattr(&module, &Str::intern("Quitter"))?;
    for name in ["exit", "quit"] {
        let arguments = [
            Str::new(name).into_value(),
            Str::new("Ctrl-D (i.e. EOF)").into_value(),
        ];
        builtins.set_str(
            &Str::intern(name),
            abstract_ops::call(&quitter, &arguments)?,
        );
    }
    let helper = abstract_ops::getattr(&module, &Str::intern("_Helper"))?;
    builtins.set_str(&Str::intern("help"), abstract_ops::call(&helper, &[])?);
    Ok(())
}

/// Flushes one of the streams of `sys`, if it is there and open.
fn flush(name: &str) -> PyResult<()> {
    let Some(stream) = taipan_vm::sys::attribute(name).filter(|stream| !stream.is_none()) else {
        return Ok(());
    };
    let closed = abstract_ops::getattr_opt(&stream, &Str::intern("closed"));
    match closed
        .and_then(|closed| closed.map_or(Ok(false), |closed| abstract_ops::is_true(&closed)))
    {
        Ok(true) => return Ok(()),
        Ok(false) => {}
        Err(Raised) => drop(exceptions::take_raised()),
    }
    abstract_ops::call_method(&stream, &Str::intern("flush"), &[]).map(drop)
}

/// Flushes both output streams; what fails will fail again at exit.
pub fn flush_quietly() {
    for name in ["stderr", "stdout"] {
        if flush(name).is_err() {
            drop(exceptions::take_raised());
        }
    }
}

fn execute(options: &Options, main: &Ref<Dict>) -> PyResult<()> {
    match &options.command {
        Command::File(file) => run_file(file, options.skip_first_line, main),
        Command::Code(code) => run_command(&dedent(code), main),
        Command::Module(name) => taipan_vm::import::run_main_module(name, true),
        Command::Stdin => {
            let mut source = Vec::new();
            if let Err(error) = std::io::stdin().read_to_end(&mut source) {
                return Err(exceptions::io_error(&error, None));
            }
            taipan_vm::import::run_source(&source, "<stdin>", Mode::Exec, main).map(drop)
        }
    }
}

/// `-c`: tracebacks show its lines, which `linecache` has to be told.
fn run_command(source: &str, main: &Ref<Dict>) -> PyResult<()> {
    let (bytes, name) = (source.as_bytes(), "<string>");
    let options = Default::default();
    let code = taipan_vm::builtins::compile::compile_source(bytes, name, Mode::Exec, &options)?;
    let register = || -> PyResult<()> {
        let linecache = taipan_vm::import::import_module("linecache")?;
        let arguments = [
            code.to_value(),
            Str::new(source).into_value(),
            Str::new(name).into_value(),
        ];
        let function = Str::intern("_register_code");
        abstract_ops::call_method(&linecache, &function, &arguments).map(drop)
    };
    if register().is_err() {
        // Then they are shown without.
        drop(exceptions::take_raised());
    }
    taipan_vm::interpreter::run_code(&code, main, main.as_value(), None).map(drop)
}

fn run_file(file: &str, skip_first_line: bool, main: &Ref<Dict>) -> PyResult<()> {
    let whole = std::path::absolute(file).map(|path| path.to_string_lossy().into_owned());
    let whole = whole.unwrap_or_else(|_| file.into());
    let refuse = |errno: i32| -> PyResult<()> {
        eprintln!(
            "{}: can't open file '{whole}': [Errno {errno}] {}",
            std::env::current_exe()
                .map(|p| p.to_string_lossy().into_owned())
                .unwrap_or_else(|_| "taipan".into()),
            exceptions::errno_text(errno)
        );
        Err(exceptions::raise_args(
            exceptions::SYSTEM_EXIT.get(),
            vec![Value::int(2)],
        ))
    };
    let path = std::path::Path::new(file);
    if path.is_dir() {
        let names = ["__main__.py", "__main__.pyc"];
        if !names.iter().any(|name| path.join(name).is_file()) {
            eprintln!(
                "{}: can't find '__main__' module in '{whole}'",
                std::env::current_exe()
                    .map(|p| p.to_string_lossy().into_owned())
                    .unwrap_or_default()
            );
            return Err(exceptions::raise_args(
                exceptions::SYSTEM_EXIT.get(),
                vec![Value::int(1)],
            ));
        }
        return taipan_vm::import::run_main_module("__main__", false);
    }
    let mut source = match std::fs::read(path) {
        Ok(source) => source,
        Err(error) => return refuse(error.raw_os_error().unwrap_or(libc::EIO)),
    };
    if skip_first_line {
        // The newline stays, so that the other lines keep their numbers.
        let end = source.iter().position(|byte| *byte == b'\n');
        source.drain(..end.unwrap_or(source.len()));
    }
    main.set_str(&names::FILE, Str::new(&whole).into_value());
    main.set_str(&Str::intern("__cached__"), Value::none());
    if source.get(..2) == Some(&taipan_bytecode::pyc::MAGIC[..2]) || file.ends_with(".pyc") {
        let code = taipan_vm::pyc::read_program(&source)?;
        return taipan_vm::interpreter::run_code(&code, main, main.as_value(), None).map(drop);
    }
    taipan_vm::import::run_source(&source, &whole, Mode::Exec, main).map(drop)
}

/// Ends the process: reports what was raised, runs `atexit` functions, flushes the streams.
fn finish(result: PyResult<()>) -> i32 {
    let mut code = match result {
        Ok(()) => 0,
        Err(Raised) => report(exceptions::take_raised()),
    };
    if let Err(Raised) = run_exit_functions() {
        code = code.max(report(exceptions::take_raised()));
    }
    taipan_vm::gil::finish();
    forget_modules();
    for name in ["stdout", "stderr"] {
        if flush(name).is_err() {
            let exception = exceptions::take_raised();
            if name == "stdout" {
                taipan_vm::sys::write_stderr("Exception ignored while flushing sys.stdout:\n");
                taipan_vm::builtins::print_exception(&exception);
                code = 120;
            }
        }
    }
    code
}

fn run_exit_functions() -> PyResult<()> {
    for (module, function) in [("threading", "_shutdown"), ("atexit", "_run_exitfuncs")] {
        if let Some(module) = taipan_vm::import::loaded_module(&Str::intern(module)) {
            let function = abstract_ops::getattr(&module, &Str::intern(function))?;
            abstract_ops::call(&function, &[])?;
        }
    }
    Ok(())
}

/// Lets go of the program's own modules, so that the finalizers of what lies in them run. The library stays:
/// finalizers use it.
fn forget_modules() {
    let Some(modules) = taipan_vm::import::modules() else {
        return;
    };
    let mut own = Vec::new();
    for (name, module) in modules.items() {
        let Some(name) = name.downcast::<Str>() else {
            continue;
        };
        let file = module
            .downcast::<Module>()
            .and_then(|module| module.dict().get_str(&names::FILE));
        let from_library = match file.as_ref().and_then(|file| file.downcast::<Str>()) {
            Some(file) => file.to_rust().starts_with('<'),
            None => true,
        };
        if name.is_text("__main__") || !from_library {
            own.push(Ref::from_ref(name));
        }
    }
    for name in own {
        drop(modules.remove_str(&name));
    }
    drop(modules);
    taipan_vm::gc::collect(taipan_vm::gc::Generation::Full);
}

/// What an uncaught exception leads to: the exit code, after printing what is to be printed.
fn report(exception: Ref<BaseException>) -> i32 {
    if exception
        .as_value()
        .is_instance(exceptions::SYSTEM_EXIT.get())
    {
        let code = exception.field("code").unwrap_or_else(Value::none);
        return exit_code(&code);
    }
    if exception
        .as_value()
        .is_instance(exceptions::KEYBOARD_INTERRUPT.get())
    {
        show(&exception);
        // The shell is to see a process that died of the signal.
        // SAFETY: restoring a default action and raising the signal.
        unsafe {
            libc::signal(libc::SIGINT, libc::SIG_DFL);
            libc::kill(libc::getpid(), libc::SIGINT);
        }
        return 130;
    }
    show(&exception).unwrap_or(1)
}

fn exit_code(code: &Value) -> i32 {
    if code.is_none() {
        return 0;
    }
    if let Some(int) = code.as_int() {
        return int.to_i64().map_or(-1, |i| i as i32) & 0xFF;
    }
    if let Ok(text) = abstract_ops::str(code) {
        taipan_vm::sys::write_stderr(&format!("{text}\n"));
    }
    1
}

/// Prints by `sys.excepthook`; gives the exit code if that raises `SystemExit`.
pub fn show(exception: &Ref<BaseException>) -> Option<i32> {
    if flush("stdout").is_err() {
        drop(exceptions::take_raised());
    }
    let hook = taipan_vm::sys::attribute("excepthook");
    let traceback = exception.traceback.get().unwrap_or_else(Value::none);
    let class = taipan_vm::object::object_value(exception.header().class());
    match hook {
        Some(hook) => {
            if abstract_ops::call(&hook, &[class, exception.to_value(), traceback]).is_err() {
                let second = exceptions::take_raised();
                if second.as_value().is_instance(exceptions::SYSTEM_EXIT.get()) {
                    let code = second.field("code").unwrap_or_else(Value::none);
                    return Some(exit_code(&code));
                }
                taipan_vm::sys::write_stderr("Error in sys.excepthook:\n");
                taipan_vm::builtins::print_exception(&second);
                taipan_vm::sys::write_stderr("\nOriginal exception was:\n");
                taipan_vm::builtins::print_exception(exception);
            }
        }
        None => {
            taipan_vm::sys::write_stderr("sys.excepthook is missing\n");
            taipan_vm::builtins::print_exception(exception);
        }
    }
    None
}
