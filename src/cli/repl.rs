//! The interactive prompt: statements are read from standard input one by one, and an error does not end it.
//!
//! The prompts go to stderr, as CPython's do where it has no line editor.

use super::run;
use taipan_compiler::{CompileOptions, Mode};
use taipan_vm::abstract_ops;
use taipan_vm::builtins;
use taipan_vm::exceptions::{self, PyResult};
use taipan_vm::object::Ref;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::str::Str;
use taipan_vm::sys;
use taipan_vm::value::Value;

/// What a new prompt begins with.
pub fn banner() {
    sys::write_stderr(&format!(
        "Python {} on {}\nType \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n",
        sys::long_version(),
        std::env::consts::OS
    ));
}

/// Reads and runs until the input ends; the error is the `SystemExit` that ended it.
pub fn run_prompt(main: &Ref<Dict>) -> PyResult<()> {
    for (name, text) in [("ps1", ">>> "), ("ps2", "... ")] {
        if sys::attribute(name).is_none() {
            sys::set_attribute(name, Str::new(text).into_value());
        }
    }
    // CPython reads from the process's input, whatever `sys.stdin` is set to later.
    let Some(stdin) = sys::attribute("__stdin__").filter(|stdin| !stdin.is_none()) else {
        return Ok(());
    };
    loop {
        let statement = read_statement(&stdin);
        let done = match statement {
            Ok(Some(source)) => run_statement(&source, main),
            Ok(None) => {
                if std::io::IsTerminal::is_terminal(&std::io::stdin()) {
                    sys::write_stderr("\n");
                }
                return Ok(());
            }
            Err(raised) => Err(raised),
        };
        if done.is_err() {
            let exception = exceptions::take_raised();
            if exception
                .as_value()
                .is_instance(exceptions::SYSTEM_EXIT.get())
            {
                return Err(exceptions::raise(exception));
            }
            if exception
                .as_value()
                .is_instance(exceptions::KEYBOARD_INTERRUPT.get())
                && exception.traceback.get().is_none()
            {
                // It came while nothing ran.
                sys::write_stderr("\nKeyboardInterrupt\n");
            } else {
                sys::set_attribute("last_exc", exception.to_value());
                sys::set_attribute("last_value", exception.to_value());
                run::show(&exception);
            }
        }
        run::flush_quietly();
    }
}

fn run_statement(source: &str, main: &Ref<Dict>) -> PyResult<()> {
    let options = CompileOptions {
        optimize: sys::optimize_level(),
        from_file: true,
        ..Default::default()
    };
    let code = builtins::compile::compile_text(source, "<stdin>", Mode::Single, &options)?;
    taipan_vm::interpreter::run_code(&code, main, main.as_value(), None).map(drop)
}

fn prompt(name: &str) -> PyResult<()> {
    if let Some(prompt) = sys::attribute(name) {
        let text = abstract_ops::str(&prompt)?;
        run::flush_quietly();
        sys::write_stderr(&text.to_rust());
    }
    Ok(())
}

fn read_line(stdin: &Value) -> PyResult<String> {
    let line = abstract_ops::call_method(stdin, &Str::intern("readline"), &[])?;
    Ok(abstract_ops::str(&line)?.to_rust().into_owned())
}

/// One statement, or what is wrong already; none at the end of the input.
fn read_statement(stdin: &Value) -> PyResult<Option<String>> {
    let mut source = String::new();
    loop {
        prompt(if source.is_empty() { "ps1" } else { "ps2" })?;
        let line = read_line(stdin)?;
        if line.is_empty() {
            return Ok((!source.is_empty()).then_some(source));
        }
        let blank = line.trim().is_empty();
        if source.is_empty() && (blank || line.trim_start().starts_with('#')) {
            continue;
        }
        source.push_str(&line);
        match state(&source) {
            State::Open => {}
            State::Block if !blank => {}
            State::Block | State::Complete => return Ok(Some(source)),
        }
    }
}

enum State {
    /// More lines belong to it in any case.
    Open,
    /// A blank line ends it.
    Block,
    /// It can be compiled, or is wrong.
    Complete,
}

fn state(source: &str) -> State {
    let options = CompileOptions::default();
    let error = taipan_compiler::compile_str(source, "<stdin>", Mode::Single, &options).err();
    if let Some(error) = error {
        let message = error.message.as_str();
        if message.ends_with("was never closed")
            || message.starts_with("unterminated triple-quoted")
            || message.starts_with("unexpected EOF")
        {
            return State::Open;
        }
        let lines = source.lines().count() as i32;
        let unfinished = message.starts_with("expected an indented block")
            || message.starts_with("expected 'except' or 'finally'")
            || message.contains("decorator")
            || is_decorated(source);
        return if unfinished && error.lineno >= lines.saturating_sub(1) {
            State::Block
        } else {
            State::Complete
        };
    }
    let first = source
        .trim_start()
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .next();
    let compound = matches!(
        first,
        Some("if" | "while" | "for" | "try" | "with" | "def" | "class" | "async")
    ) || source.starts_with('@')
        || first == Some("match") && source.lines().count() > 1;
    if compound {
        State::Block
    } else {
        State::Complete
    }
}

/// Are there decorators, and nothing yet that they decorate?
fn is_decorated(source: &str) -> bool {
    source.lines().all(|line| line.starts_with('@'))
}
