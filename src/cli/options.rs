//! Command line options, as CPython's.

use std::ffi::OsString;
use taipan_vm::pyc::HashCheck;
use taipan_vm::sys::Config;

/// What to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    File(String),
    Code(String),
    Module(String),
    Stdin,
}

#[derive(Clone, Debug, Default)]
pub struct JitOptions {
    /// `on`, `off`, `sync` or `stress`.
    pub mode: String,
    /// The mode was asked for; without, what is not there is not missed.
    pub asked: bool,
    pub chaos: Option<u64>,
    pub stats: bool,
    pub dump: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Options {
    pub command: Command,
    pub config: Config,
    pub jit: JitOptions,
    /// `-x`: the script's first line is not Python.
    pub skip_first_line: bool,
    /// Poison freed objects, and compare counts with references at exit.
    pub heap_check: bool,
}

/// The command line ends here: help, version or a mistake.
pub struct Stop {
    pub code: i32,
    pub text: String,
}

const USAGE: &str = "usage: python [option] ... [-c cmd | -m mod | file | -] [arg] ...";

const HELP: &str = "
Options (and corresponding environment variables):
-B     : don't write .pyc files on import; also PYTHONDONTWRITEBYTECODE=x
-c cmd : program passed in as string (terminates option list)
-E     : ignore PYTHON* environment variables (such as PYTHONPATH)
-h     : print this help message and exit (also -? or --help)
-i     : inspect interactively after running script; forces a prompt even
         if stdin does not appear to be a terminal; also PYTHONINSPECT=x
-I     : isolate Taipan from the user's environment (implies -E and -s)
-m mod : run library module as a script (terminates option list)
-O     : remove assert and __debug__-dependent statements
-OO    : do -O changes and also discard docstrings
-P     : don't prepend a potentially unsafe path to sys.path
-q     : don't print version and copyright messages on interactive startup
-s     : don't add user site directory to sys.path
-S     : don't imply 'import site' on initialization
-u     : force the stdout and stderr streams to be unbuffered
-V     : print the version number and exit (also --version)
         when given twice, print more information about the build
-W arg : warning control
-x     : skip first line of source, allowing use of non-Unix forms of #!cmd
-X opt : jit=on|off|sync|stress, jit-chaos=SEED, jit-stats, jit-dump=hir,clif,asm[:FUNCTION],
         heap-check (poisons freed objects, compares counts at exit); others are kept in sys._xoptions
file   : program read from script file
-      : program read from stdin (default; interactive mode if a tty)
--check-hash-based-pycs always|default|never:
         control how hash-based .pyc files are validated
arg ...: arguments passed to program in sys.argv[1:]";

fn mistake(text: String) -> Stop {
    Stop {
        code: 2,
        text: format!("{text}\n{USAGE}\nTry `python -h' for more information."),
    }
}

/// A mistake for which CPython gives up while it starts.
fn fatal(function: &str, text: &str, state: &str) -> Stop {
    Stop {
        code: 1,
        text: format!("Fatal Python error: {function}: {text}\nPython runtime state: {state}\n"),
    }
}

fn version() -> String {
    let (major, minor, micro) = taipan_vm::sys::VERSION;
    format!("Python {major}.{minor}.{micro}")
}

pub fn parse(args: impl Iterator<Item = OsString>) -> Result<Options, Stop> {
    let args: Vec<String> = args.map(|a| a.to_string_lossy().into_owned()).collect();
    let mut config = Config {
        orig_argv: args.clone(),
        ..Config::default()
    };
    config.executable = std::env::current_exe()
        .map(|p| p.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut command = None;
    let mut jit = JitOptions {
        mode: "on".into(),
        ..JitOptions::default()
    };
    let mut skip_first_line = false;
    let mut versions = 0;
    let mut i = 1;
    'words: while i < args.len() {
        let word = args[i].clone();
        match word.as_str() {
            "-" => {
                command = Some(Command::Stdin);
                break;
            }
            "--" => {
                i += 1;
                break;
            }
            "--help" => {
                return Err(Stop {
                    code: 0,
                    text: format!("{USAGE}{HELP}"),
                });
            }
            "--check-hash-based-pycs" => {
                i += 1;
                match args.get(i).map(|name| HashCheck::by_name(name)) {
                    Some(Some(check)) => config.check_hash_based_pycs = check,
                    Some(None) => {
                        return Err(mistake(
                            "--check-hash-based-pycs must be one of 'default', 'always', or 'never'".into(),
                        ));
                    }
                    None => {
                        return Err(mistake(
                            "Argument expected for the --check-hash-based-pycs options".into(),
                        ));
                    }
                }
                i += 1;
                continue;
            }
            "--version" => {
                return Err(Stop {
                    code: 0,
                    text: version(),
                });
            }
            _ if word.starts_with("--") => {
                return Err(mistake(format!("unknown option {word}")));
            }
            _ if !word.starts_with('-') => break,
            _ => {}
        }
        let letters: Vec<char> = word.chars().skip(1).collect();
        let mut at = 0;
        while at < letters.len() {
            let letter = letters[at];
            at += 1;
            let rest = |at: usize| letters[at..].iter().collect::<String>();
            let argument = |at: usize, i: &mut usize| -> Result<String, Stop> {
                if at < letters.len() {
                    return Ok(rest(at));
                }
                *i += 1;
                args.get(*i)
                    .cloned()
                    .ok_or_else(|| mistake(format!("Argument expected for the -{letter} option")))
            };
            match letter {
                'c' => {
                    command = Some(Command::Code(argument(at, &mut i)?));
                    break 'words;
                }
                'm' => {
                    command = Some(Command::Module(argument(at, &mut i)?));
                    break 'words;
                }
                'W' => {
                    config.warn_options.push(argument(at, &mut i)?);
                    break;
                }
                'X' => {
                    let option = argument(at, &mut i)?;
                    x_option(&option, &mut config, &mut jit)?;
                    break;
                }
                'B' => config.dont_write_bytecode = true,
                'E' => config.ignore_environment = true,
                'I' => {
                    config.isolated = true;
                    config.ignore_environment = true;
                    config.no_user_site = true;
                    config.safe_path = true;
                }
                'P' => config.safe_path = true,
                's' => config.no_user_site = true,
                'S' => config.no_site = true,
                'u' => config.unbuffered = true,
                'O' => config.optimize = (config.optimize + 1).min(2),
                'i' => {
                    config.inspect = true;
                    config.interactive = true;
                }
                'q' => config.quiet = true,
                'v' => config.verbose += 1,
                'b' => config.bytes_warning += 1,
                'x' => skip_first_line = true,
                'd' | 'R' => {}
                'V' => versions += 1,
                'h' | '?' => {
                    return Err(Stop {
                        code: 0,
                        text: format!("{USAGE}{HELP}"),
                    });
                }
                _ => return Err(mistake(format!("Unknown option: -{letter}"))),
            }
        }
        i += 1;
    }
    match versions {
        0 => {}
        1 => {
            return Err(Stop {
                code: 0,
                text: version(),
            });
        }
        _ => {
            return Err(Stop {
                code: 0,
                text: format!("Python {}", taipan_vm::sys::long_version()),
            });
        }
    }
    let mut argv: Vec<String>;
    match &command {
        Some(Command::Code(_)) => {
            argv = vec!["-c".into()];
            argv.extend(args.iter().skip(i + 1).cloned());
        }
        Some(Command::Module(_)) => {
            argv = vec!["-m".into()];
            argv.extend(args.iter().skip(i + 1).cloned());
        }
        Some(Command::Stdin) => argv = args[i..].to_vec(),
        Some(Command::File(_)) | None => {
            argv = args.get(i..).unwrap_or(&[]).to_vec();
            if let Some(file) = argv.first() {
                command = Some(Command::File(file.clone()));
            } else {
                argv = vec![String::new()];
            }
        }
    }
    config.argv = argv;
    let command = command.unwrap_or(Command::Stdin);
    environment(&mut config, &mut jit)?;
    config.path = search_path(&command, &config);
    let heap_check = config.xoptions.iter().any(|(name, _)| name == "heap-check");
    Ok(Options {
        command,
        config,
        jit,
        skip_first_line,
        heap_check,
    })
}

fn x_option(option: &str, config: &mut Config, jit: &mut JitOptions) -> Result<(), Stop> {
    let (name, value) = match option.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (option, None),
    };
    match (name, value.as_deref()) {
        ("jit", Some(mode @ ("on" | "off" | "sync" | "stress"))) => {
            jit.mode = mode.into();
            jit.asked = true;
        }
        ("jit", other) => {
            return Err(mistake(format!(
                "-X jit={}: on, off, sync or stress is expected",
                other.unwrap_or("")
            )));
        }
        ("jit-chaos", Some(seed)) => match seed.parse() {
            Ok(seed) => jit.chaos = Some(seed),
            Err(_) => {
                return Err(mistake(format!(
                    "-X jit-chaos={seed}: a number is expected"
                )));
            }
        },
        ("dev", None) => config.dev_mode = true,
        ("no_debug_ranges", _) => config.no_debug_ranges = true,
        ("utf8", value) if !matches!(value, None | Some("0" | "1")) => {
            return Err(fatal(
                "preconfig_init_utf8_mode",
                "invalid -X utf8 option value",
                "preinitializing",
            ));
        }
        ("int_max_str_digits", value) => match value.and_then(|v| v.parse::<i64>().ok()) {
            Some(digits) if digits == 0 || digits >= 640 => {
                config.int_max_str_digits = Some(digits)
            }
            _ => {
                return Err(fatal(
                    "config_init_int_max_str_digits",
                    "-X int_max_str_digits: invalid limit; must be >= 640 or 0 for unlimited.",
                    "preinitialized",
                ));
            }
        },
        ("jit-stats", _) => jit.stats = true,
        ("jit-dump", Some(what)) => jit.dump = Some(what.into()),
        _ => {}
    }
    config.xoptions.push((name.to_owned(), value));
    Ok(())
}

fn environment(config: &mut Config, jit: &mut JitOptions) -> Result<(), Stop> {
    if let Ok(mode) = std::env::var("TAIPAN_JIT")
        && !config.xoptions.iter().any(|(name, _)| name == "jit")
    {
        match mode.as_str() {
            "on" | "off" | "sync" | "stress" => {
                jit.mode = mode;
                jit.asked = true;
            }
            _ => {
                return Err(mistake(format!(
                    "TAIPAN_JIT={mode}: on, off, sync or stress is expected"
                )));
            }
        }
    }
    // An empty one switches off what the environment asks for.
    let is_prefix = |(name, _): &&(String, _)| name == "pycache_prefix";
    let prefix = config.xoptions.iter().find(is_prefix).cloned();
    config.pycache_prefix = prefix.as_ref().and_then(|(_, value)| value.clone());
    if config.ignore_environment {
        return Ok(());
    }
    let set = |name: &str| std::env::var(name).is_ok_and(|v| !v.is_empty());
    if prefix.is_none() {
        config.pycache_prefix = std::env::var("PYTHONPYCACHEPREFIX").ok();
    }
    config.dont_write_bytecode |= set("PYTHONDONTWRITEBYTECODE");
    config.unbuffered |= set("PYTHONUNBUFFERED");
    config.no_user_site |= set("PYTHONNOUSERSITE");
    config.safe_path |= set("PYTHONSAFEPATH");
    config.inspect |= set("PYTHONINSPECT");
    config.no_debug_ranges |= set("PYTHONNODEBUGRANGES");
    config.dev_mode |= set("PYTHONDEVMODE");
    if config.int_max_str_digits.is_none()
        && let Ok(text) = std::env::var("PYTHONINTMAXSTRDIGITS")
        && !text.is_empty()
    {
        match text.parse::<i64>() {
            Ok(digits) if digits == 0 || digits >= 640 => config.int_max_str_digits = Some(digits),
            _ => {
                return Err(fatal(
                    "config_init_int_max_str_digits",
                    "PYTHONINTMAXSTRDIGITS: invalid limit; must be >= 640 or 0 for unlimited.",
                    "preinitialized",
                ));
            }
        }
    }
    if let Ok(options) = std::env::var("PYTHONWARNINGS") {
        let mut all: Vec<String> = options
            .split(',')
            .filter(|o| !o.is_empty())
            .map(str::to_owned)
            .collect();
        all.append(&mut config.warn_options);
        config.warn_options = all;
    }
    if config.dev_mode {
        config.warn_options.insert(0, "default".into());
    }
    if let Ok(level) = std::env::var("PYTHONOPTIMIZE")
        && !level.is_empty()
    {
        config.optimize = config.optimize.max(level.parse().unwrap_or(1)).min(2);
    }
    Ok(())
}

/// `sys.path` but for the embedded library: the script's folder, then `PYTHONPATH`.
fn search_path(command: &Command, config: &Config) -> Vec<String> {
    let mut path = Vec::new();
    if !config.safe_path {
        match command {
            Command::File(file) => {
                let real = std::fs::canonicalize(file).unwrap_or_else(|_| file.into());
                if real.is_dir() {
                    path.push(real.to_string_lossy().into_owned());
                } else {
                    path.push(
                        real.parent()
                            .map(|p| p.to_string_lossy().into_owned())
                            .unwrap_or_default(),
                    );
                }
            }
            Command::Module(_) => {
                path.push(
                    std::env::current_dir()
                        .map(|p| p.to_string_lossy().into_owned())
                        .unwrap_or_default(),
                );
            }
            Command::Code(_) | Command::Stdin => path.push(String::new()),
        }
    }
    if !config.ignore_environment
        && let Ok(extra) = std::env::var("PYTHONPATH")
        && !extra.is_empty()
    {
        path.extend(extra.split(':').map(str::to_owned));
    }
    path
}
