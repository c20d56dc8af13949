//! Taipan: Python 3.14, compiled while it runs. This crate wires the parts together.

pub mod cli;
