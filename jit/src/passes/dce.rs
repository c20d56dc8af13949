//! Drops instructions whose results nobody uses and that do nothing else.

use crate::hir::{Effect, Function, Terminator, Value};

pub fn run(f: &mut Function) {
    let mut live = vec![false; f.insts.len()];
    let mut work: Vec<Value> = Vec::new();
    let mark = |v: Value, live: &mut Vec<bool>, work: &mut Vec<Value>| {
        if !std::mem::replace(&mut live[v.0 as usize], true) {
            work.push(v);
        }
    };
    for block in &f.blocks {
        for value in &block.insts {
            if !matches!(f.inst(*value).op.effect(), Effect::Pure | Effect::Read) {
                mark(*value, &mut live, &mut work);
            }
        }
        let mut states = Vec::new();
        match &block.end {
            Terminator::None => {}
            // Arguments of parameters count as used: parameters are few.
            Terminator::Jump(_, args) => args.iter().for_each(|v| mark(*v, &mut live, &mut work)),
            Terminator::Branch(v, ..) => mark(*v, &mut live, &mut work),
            Terminator::Return(v, state) => {
                mark(*v, &mut live, &mut work);
                states.push(*state);
            }
            Terminator::Exit(state, _) | Terminator::Suspend(state) => states.push(*state),
        }
        for state in states {
            for v in f.states[state.0 as usize].values() {
                mark(v, &mut live, &mut work);
            }
        }
    }
    while let Some(value) = work.pop() {
        let inst = &f.insts[value.0 as usize];
        for arg in &inst.args {
            mark(*arg, &mut live, &mut work);
        }
        if let Some(state) = inst.state {
            for v in f.states[state.0 as usize].values() {
                mark(v, &mut live, &mut work);
            }
        }
    }
    for block in &mut f.blocks {
        block.insts.retain(|v| live[v.0 as usize]);
    }
}

#[cfg(test)]
mod tests;
