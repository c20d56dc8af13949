//! Taipan as a library.
