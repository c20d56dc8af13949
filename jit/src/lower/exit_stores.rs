//! What exits store to the buffer, the common parts of it by common code.
//!
//! Exits near each other hand over nearly the same values. Each value has its word of the buffer, the same one in all
//! exits where it can. An exit first stores what few others do, and goes on to code that stores the rest for several
//! of them: together these stores are a tree, entered at any node and left at its root.

use super::Lower;
use crate::hir::Value;
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, types};
use rustc_hash::FxHashMap as HashMap;
use std::cmp::Reverse;

/// A value and the word of the buffer that it goes to.
pub(super) type Store = (Value, u16);

/// The words of the buffer, by the value that each was last given to.
#[derive(Default)]
pub(super) struct Words {
    of: HashMap<Value, u16>,
    pub(super) count: usize,
}

impl Words {
    /// Gives every value a word, in the order of the values: the one that it had before, unless another has it now.
    pub(super) fn assign(&mut self, mut values: Vec<Value>) -> Vec<Store> {
        values.sort_unstable();
        values.dedup();
        let mut taken = vec![false; self.count];
        let before: Vec<Option<u16>> = values
            .iter()
            .map(|value| {
                let word = *self.of.get(value)?;
                (!std::mem::replace(&mut taken[word as usize], true)).then_some(word)
            })
            .collect();
        let mut free = (0..).filter(|word| taken.get(*word as usize) != Some(&true));
        let mut stores = Vec::with_capacity(values.len());
        for (value, word) in values.into_iter().zip(before) {
            let Some(word) = word.or_else(|| free.next()) else {
                break;
            };
            self.of.insert(value, word);
            self.count = self.count.max(word as usize + 1);
            stores.push((value, word));
        }
        stores
    }
}

/// An exit to be written.
struct Leaving {
    block: ir::Block,
    index: u32,
    stores: Vec<Store>,
}

struct Node {
    store: Store,
    parent: usize,
    /// Exits that begin here, and children.
    entries: usize,
}

/// The nodes; number `i + 1` is the `i`th, 0 the root, which stores nothing.
#[derive(Default)]
struct Tree {
    nodes: Vec<Node>,
    numbers: HashMap<(usize, Store), usize>,
    /// Code for what several come to.
    blocks: HashMap<usize, ir::Block>,
    unwritten: Vec<usize>,
}

const ROOT: usize = 0;

impl Tree {
    /// Where an exit with these stores begins; the first ones are next to the root.
    fn enter(&mut self, stores: &[Store]) -> usize {
        let mut at = ROOT;
        for store in stores {
            let next = *self.numbers.entry((at, *store)).or_insert_with(|| {
                self.nodes.push(Node {
                    store: *store,
                    parent: at,
                    entries: 0,
                });
                if at != ROOT {
                    self.nodes[at - 1].entries += 1;
                }
                self.nodes.len()
            });
            at = next;
        }
        if at != ROOT {
            self.nodes[at - 1].entries += 1;
        }
        at
    }
}

impl Lower<'_, '_> {
    pub(super) fn write_exits(&mut self) {
        let mut exits = Vec::with_capacity(self.todo.len());
        for (block, state, index) in std::mem::take(&mut self.todo) {
            let stores = self.plan(state, index);
            exits.push(Leaving {
                block,
                index,
                stores,
            });
        }
        let mut wanted: HashMap<Store, usize> = HashMap::default();
        for store in exits.iter().flat_map(|exit| &exit.stores) {
            *wanted.entry(*store).or_insert(0) += 1;
        }
        let mut tree = Tree::default();
        for Leaving { stores, .. } in &mut exits {
            stores.sort_unstable_by_key(|store| (Reverse(wanted[store]), *store));
        }
        let nodes: Vec<usize> = exits.iter().map(|exit| tree.enter(&exit.stores)).collect();
        for (exit, node) in exits.iter().zip(nodes) {
            self.fb.switch_to_block(exit.block);
            let index = self.constant(exit.index as u64);
            self.store_up(&mut tree, node, index);
        }
        while let Some(number) = tree.unwritten.pop() {
            let block = tree.blocks[&number];
            self.fb.switch_to_block(block);
            let index = self.fb.block_params(block)[0];
            let Node { store, parent, .. } = tree.nodes[number - 1];
            self.store_to_buffer(store);
            self.store_up(&mut tree, parent, index);
        }
    }

    /// Stores from a node on: in place as far as nobody else comes there.
    fn store_up(&mut self, tree: &mut Tree, mut number: usize, index: ir::Value) {
        let target = loop {
            if number == ROOT {
                break self.leave_by_plan;
            }
            let Node {
                store,
                parent,
                entries,
            } = tree.nodes[number - 1];
            if entries > 1 {
                break *tree.blocks.entry(number).or_insert_with(|| {
                    tree.unwritten.push(number);
                    let block = self.cold();
                    self.fb.append_block_param(block, types::I64);
                    block
                });
            }
            self.store_to_buffer(store);
            number = parent;
        };
        self.fb.ins().jump(target, &[BlockArg::Value(index)]);
    }

    pub(super) fn store_to_buffer(&mut self, (value, word): Store) {
        let value = self.value(value);
        self.fb
            .ins()
            .stack_store(types::I64, value, self.buffer, 8 * word as i32);
    }
}

#[cfg(test)]
mod tests;
