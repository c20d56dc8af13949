//! HIR, passes, Cranelift lowering, deoptimization
