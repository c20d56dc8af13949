//! Declares native classes, functions and modules
