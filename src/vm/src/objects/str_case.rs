//! Case and classification methods of `str`.

use crate::object::Ref;
use crate::objects::str::Str;
use crate::objects::text_support::from_buffer;
use crate::text::unicode::{self, case};
use taipan_macros::pymethods;

/// Whether the string has characters and the test holds for all of them.
fn all(text: &Str, test: impl Fn(u32) -> bool) -> bool {
    !text.is_empty() && text.units().points().all(test)
}

#[pymethods(items = CASE_ITEMS)]
impl Str {
    /// A copy that starts with a capital and is in lower case else.
    #[pymethod("capitalize($self, /)")]
    fn capitalize(&self) -> Ref<Str> {
        from_buffer(&case::capitalize(self.units()))
    }
    /// A copy for comparing without regard to case.
    #[pymethod("casefold($self, /)")]
    fn casefold(&self) -> Ref<Str> {
        from_buffer(&case::casefold(self.units()))
    }
    /// A copy in which each word starts with a capital.
    #[pymethod("title($self, /)")]
    fn title(&self) -> Ref<Str> {
        from_buffer(&case::title(self.units()))
    }
    /// A copy in lower case.
    #[pymethod("lower($self, /)")]
    fn lower(&self) -> Ref<Str> {
        from_buffer(&case::lower(self.units()))
    }
    /// A copy in upper case.
    #[pymethod("upper($self, /)")]
    fn upper(&self) -> Ref<Str> {
        from_buffer(&case::upper(self.units()))
    }
    /// A copy with upper and lower case exchanged.
    #[pymethod("swapcase($self, /)")]
    fn swapcase(&self) -> Ref<Str> {
        from_buffer(&case::swapcase(self.units()))
    }
    /// Whether all characters are ASCII.
    #[pymethod("isascii($self, /)")]
    fn isascii(&self) -> bool {
        self.is_ascii()
    }
    /// Whether there are letters with case, all of them lower.
    #[pymethod("islower($self, /)")]
    fn islower(&self) -> bool {
        case::all_lower(self.units())
    }
    /// Whether there are letters with case, all of them upper.
    #[pymethod("isupper($self, /)")]
    fn isupper(&self) -> bool {
        case::all_upper(self.units())
    }
    /// Whether all words start with a capital and go on in lower case.
    #[pymethod("istitle($self, /)")]
    fn istitle(&self) -> bool {
        case::all_title(self.units())
    }
    /// Whether all characters are blanks, and there are any.
    #[pymethod("isspace($self, /)")]
    fn isspace(&self) -> bool {
        all(self, unicode::is_space)
    }
    /// Whether all characters are decimal digits, and there are any.
    #[pymethod("isdecimal($self, /)")]
    fn isdecimal(&self) -> bool {
        all(self, unicode::is_decimal)
    }
    /// Whether all characters are digits, and there are any.
    #[pymethod("isdigit($self, /)")]
    fn isdigit(&self) -> bool {
        all(self, unicode::is_digit)
    }
    /// Whether all characters stand for numbers, and there are any.
    #[pymethod("isnumeric($self, /)")]
    fn isnumeric(&self) -> bool {
        all(self, unicode::is_numeric)
    }
    /// Whether all characters are letters, and there are any.
    #[pymethod("isalpha($self, /)")]
    fn isalpha(&self) -> bool {
        all(self, unicode::is_alpha)
    }
    /// Whether all characters are letters or numbers, and there are any.
    #[pymethod("isalnum($self, /)")]
    fn isalnum(&self) -> bool {
        all(self, unicode::is_alnum)
    }
    /// Whether the string could be a name (keywords included).
    #[pymethod("isidentifier($self, /)")]
    fn isidentifier(&self) -> bool {
        unicode::is_identifier(self.units())
    }
    /// Whether `repr()` shows all characters as they are.
    #[pymethod("isprintable($self, /)")]
    fn isprintable(&self) -> bool {
        self.units().points().all(unicode::is_printable)
    }
}
