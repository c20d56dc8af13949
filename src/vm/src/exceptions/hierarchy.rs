//! The built-in exception classes: one table says name, base, own fields and docstring.

use crate::objects::class::{Type, TypeCell};

/// A built-in exception class, filled at start-up.
pub struct ExceptionClass {
    cell: TypeCell,
    pub name: &'static str,
    pub base: Option<&'static ExceptionClass>,
    /// Attributes kept in the object itself, after those of the base.
    pub fields: &'static [&'static str],
    /// Such that only the class's own methods see.
    private: &'static [&'static str],
    pub doc: &'static str,
}

impl ExceptionClass {
    #[inline]
    pub fn get(&self) -> &'static Type {
        self.cell.get()
    }
    pub(crate) fn cell(&self) -> &TypeCell {
        &self.cell
    }
    /// Fields, those of bases included, which come first.
    pub fn field_count(&self) -> usize {
        self.base.map_or(0, |base| base.field_count()) + self.fields.len() + self.private.len()
    }
    pub fn field_index(&self, name: &str) -> Option<usize> {
        let mut own = self.fields.iter().chain(self.private);
        match own.position(|field| *field == name) {
            Some(own) => Some(self.base.map_or(0, |base| base.field_count()) + own),
            None => self.base?.field_index(name),
        }
    }
}

macro_rules! hierarchy {
    ($($id:ident = $name:ident $(: $base:ident)? $([$($field:ident),*])? $({$($private:ident),*})? $doc:literal)*) => {
        $(pub static $id: ExceptionClass = ExceptionClass {
            cell: TypeCell::new(),
            name: stringify!($name),
            base: hierarchy!(@base $($base)?),
            fields: &[$($(stringify!($field)),*)?],
            private: &[$($(stringify!($private)),*)?],
            doc: $doc,
        };)*
        /// All of them, bases before what derives from them.
        pub static ALL: &[&ExceptionClass] = &[$(&$id),*];
    };
    (@base) => { None };
    (@base $base:ident) => { Some(&$base) };
}

hierarchy! {
    BASE_EXCEPTION = BaseException "Common base class for all exceptions."
    EXCEPTION = Exception: BASE_EXCEPTION "Common base class for all non-exit exceptions."
    TYPE_ERROR = TypeError: EXCEPTION "Inappropriate argument type."
    STOP_ASYNC_ITERATION = StopAsyncIteration: EXCEPTION "Signal the end from iterator.__anext__()."
    STOP_ITERATION = StopIteration: EXCEPTION [value] "Signal the end from iterator.__next__()."
    GENERATOR_EXIT = GeneratorExit: BASE_EXCEPTION "Request that a generator exit."
    SYSTEM_EXIT = SystemExit: BASE_EXCEPTION [code] "Request to exit from the interpreter."
    KEYBOARD_INTERRUPT = KeyboardInterrupt: BASE_EXCEPTION "Program interrupted by user."
    BASE_EXCEPTION_GROUP = BaseExceptionGroup: BASE_EXCEPTION [message, exceptions] {shown} "A combination of multiple unrelated exceptions."
    EXCEPTION_GROUP = ExceptionGroup: BASE_EXCEPTION_GROUP ""
    IMPORT_ERROR = ImportError: EXCEPTION [msg, name, path, name_from] "Import can't find module, or can't find name in module."
    MODULE_NOT_FOUND_ERROR = ModuleNotFoundError: IMPORT_ERROR "Module not found."
    OS_ERROR = OSError: EXCEPTION [errno, strerror, filename, filename2, characters_written] "Base class for I/O related errors."
    EOF_ERROR = EOFError: EXCEPTION "Read beyond end of file."
    RUNTIME_ERROR = RuntimeError: EXCEPTION "Unspecified run-time error."
    RECURSION_ERROR = RecursionError: RUNTIME_ERROR "Recursion limit exceeded."
    PYTHON_FINALIZATION_ERROR = PythonFinalizationError: RUNTIME_ERROR "Operation blocked during Python finalization."
    NOT_IMPLEMENTED_ERROR = NotImplementedError: RUNTIME_ERROR "Method or function hasn't been implemented yet."
    NAME_ERROR = NameError: EXCEPTION [name] "Name not found globally."
    UNBOUND_LOCAL_ERROR = UnboundLocalError: NAME_ERROR "Local name referenced but not bound to a value."
    ATTRIBUTE_ERROR = AttributeError: EXCEPTION [name, obj] "Attribute not found."
    SYNTAX_ERROR = SyntaxError: EXCEPTION [msg, filename, lineno, offset, text, end_lineno, end_offset, print_file_and_line, _metadata] "Invalid syntax."
    INDENTATION_ERROR = IndentationError: SYNTAX_ERROR "Improper indentation."
    TAB_ERROR = TabError: INDENTATION_ERROR "Improper mixture of spaces and tabs."
    INCOMPLETE_INPUT_ERROR = _IncompleteInputError: SYNTAX_ERROR "incomplete input."
    LOOKUP_ERROR = LookupError: EXCEPTION "Base class for lookup errors."
    INDEX_ERROR = IndexError: LOOKUP_ERROR "Sequence index out of range."
    KEY_ERROR = KeyError: LOOKUP_ERROR "Mapping key not found."
    VALUE_ERROR = ValueError: EXCEPTION "Inappropriate argument value (of correct type)."
    UNICODE_ERROR = UnicodeError: VALUE_ERROR "Unicode related error."
    UNICODE_ENCODE_ERROR = UnicodeEncodeError: UNICODE_ERROR [encoding, object, start, end, reason] "Unicode encoding error."
    UNICODE_DECODE_ERROR = UnicodeDecodeError: UNICODE_ERROR [encoding, object, start, end, reason] "Unicode decoding error."
    UNICODE_TRANSLATE_ERROR = UnicodeTranslateError: UNICODE_ERROR [encoding, object, start, end, reason] "Unicode translation error."
    ASSERTION_ERROR = AssertionError: EXCEPTION "Assertion failed."
    ARITHMETIC_ERROR = ArithmeticError: EXCEPTION "Base class for arithmetic errors."
    FLOATING_POINT_ERROR = FloatingPointError: ARITHMETIC_ERROR "Floating-point operation failed."
    OVERFLOW_ERROR = OverflowError: ARITHMETIC_ERROR "Result too large to be represented."
    ZERO_DIVISION_ERROR = ZeroDivisionError: ARITHMETIC_ERROR "Second argument to a division or modulo operation was zero."
    SYSTEM_ERROR = SystemError: EXCEPTION "Internal error in the Python interpreter."
    REFERENCE_ERROR = ReferenceError: EXCEPTION "Weak ref proxy used after referent went away."
    MEMORY_ERROR = MemoryError: EXCEPTION "Out of memory."
    BUFFER_ERROR = BufferError: EXCEPTION "Buffer error."
    WARNING = Warning: EXCEPTION "Base class for warning categories."
    USER_WARNING = UserWarning: WARNING "Base class for warnings generated by user code."
    ENCODING_WARNING = EncodingWarning: WARNING "Base class for warnings about encodings."
    DEPRECATION_WARNING = DeprecationWarning: WARNING "Base class for warnings about deprecated features."
    PENDING_DEPRECATION_WARNING = PendingDeprecationWarning: WARNING "Base class for warnings about features which will be deprecated\nin the future."
    SYNTAX_WARNING = SyntaxWarning: WARNING "Base class for warnings about dubious syntax."
    RUNTIME_WARNING = RuntimeWarning: WARNING "Base class for warnings about dubious runtime behavior."
    FUTURE_WARNING = FutureWarning: WARNING "Base class for warnings about constructs that will change semantically\nin the future."
    IMPORT_WARNING = ImportWarning: WARNING "Base class for warnings about probable mistakes in module imports"
    UNICODE_WARNING = UnicodeWarning: WARNING "Base class for warnings about Unicode related problems, mostly\nrelated to conversion problems."
    BYTES_WARNING = BytesWarning: WARNING "Base class for warnings about bytes and buffer related problems, mostly\nrelated to conversion from str or comparing to str."
    RESOURCE_WARNING = ResourceWarning: WARNING "Base class for warnings about resource usage."
    CONNECTION_ERROR = ConnectionError: OS_ERROR "Connection error."
    BLOCKING_IO_ERROR = BlockingIOError: OS_ERROR "I/O operation would block."
    BROKEN_PIPE_ERROR = BrokenPipeError: CONNECTION_ERROR "Broken pipe."
    CHILD_PROCESS_ERROR = ChildProcessError: OS_ERROR "Child process error."
    CONNECTION_ABORTED_ERROR = ConnectionAbortedError: CONNECTION_ERROR "Connection aborted."
    CONNECTION_REFUSED_ERROR = ConnectionRefusedError: CONNECTION_ERROR "Connection refused."
    CONNECTION_RESET_ERROR = ConnectionResetError: CONNECTION_ERROR "Connection reset."
    FILE_EXISTS_ERROR = FileExistsError: OS_ERROR "File already exists."
    FILE_NOT_FOUND_ERROR = FileNotFoundError: OS_ERROR "File not found."
    IS_A_DIRECTORY_ERROR = IsADirectoryError: OS_ERROR "Operation doesn't work on directories."
    NOT_A_DIRECTORY_ERROR = NotADirectoryError: OS_ERROR "Operation only works on directories."
    INTERRUPTED_ERROR = InterruptedError: OS_ERROR "Interrupted by signal."
    PERMISSION_ERROR = PermissionError: OS_ERROR "Not enough permissions."
    PROCESS_LOOKUP_ERROR = ProcessLookupError: OS_ERROR "Process not found."
    TIMEOUT_ERROR = TimeoutError: OS_ERROR "Timeout expired."
}

/// The class `OSError(errno, …)` makes an instance of.
pub fn os_error_class(errno: i32) -> &'static ExceptionClass {
    match errno {
        libc::EAGAIN | libc::EALREADY | libc::EINPROGRESS => &BLOCKING_IO_ERROR,
        libc::EPIPE | libc::ESHUTDOWN => &BROKEN_PIPE_ERROR,
        libc::ECHILD => &CHILD_PROCESS_ERROR,
        libc::ECONNABORTED => &CONNECTION_ABORTED_ERROR,
        libc::ECONNREFUSED => &CONNECTION_REFUSED_ERROR,
        libc::ECONNRESET => &CONNECTION_RESET_ERROR,
        libc::EEXIST => &FILE_EXISTS_ERROR,
        libc::ENOENT => &FILE_NOT_FOUND_ERROR,
        libc::EISDIR => &IS_A_DIRECTORY_ERROR,
        libc::ENOTDIR => &NOT_A_DIRECTORY_ERROR,
        libc::EINTR => &INTERRUPTED_ERROR,
        libc::EACCES | libc::EPERM => &PERMISSION_ERROR,
        libc::ESRCH => &PROCESS_LOOKUP_ERROR,
        libc::ETIMEDOUT => &TIMEOUT_ERROR,
        _ => &OS_ERROR,
    }
}
