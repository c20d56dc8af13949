//! New instances in place: a cell off the list of free ones, as the heap's own code takes it.

use super::Lower;
use crate::helpers::Helper;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, types};
use taipan_vm::memory::heap::{self, Block};
use taipan_vm::object::{self, Header};
use taipan_vm::shape::Shape;
use taipan_vm::value::Raw;

impl Lower<'_, '_> {
    /// An object of the class, owned, without attributes; `shape` is the address of its shape if it may be made here.
    pub(super) fn new_instance(&mut self, class: u64, shape: u64) -> ir::Value {
        let class = self.constant(class);
        // SAFETY: the class's guarded version keeps it, and the shapes of its instances, alive.
        let known = unsafe { (shape as *const Shape).as_ref() };
        let known = known.and_then(|known| Some((known, heap::source(known.instance_size())?)));
        let Some((known, source)) = known else {
            return self.call(Helper::NewInstance, &[class]).unwrap_or(class);
        };
        let (done, slow) = (self.new_block(), self.cold());
        self.fb.append_block_param(done, types::I64);

        let young_at = self.constant(source.young_count);
        let threshold = self.constant(source.threshold);
        let (young, threshold) = (self.load(young_at, 0), self.load(threshold, 0));
        let fits = self.fb.ins().icmp(IntCC::SignedLessThan, young, threshold);
        self.unless(fits, slow);
        let current = self.constant(source.current);
        let block = self.load(current, 0);
        self.unless(block, slow);
        let cell = self.load(block, Block::FREE_OFFSET);
        self.unless(cell, slow);

        let young = self.add(young, 1);
        self.store(young, young_at, 0);
        let next = self.load(cell, Block::NEXT_OFFSET);
        self.store(next, block, Block::FREE_OFFSET);
        let used = self.load32(block, Block::USED_OFFSET);
        let one = self.fb.ins().iconst(types::I32, 1);
        let used = self.fb.ins().iadd(used, one);
        self.store(used, block, Block::USED_OFFSET);
        self.store(one, cell, Header::COUNT_OFFSET);
        let tracked = self
            .fb
            .ins()
            .iconst(types::I32, object::flags::TRACKED as i64);
        self.store(tracked, cell, Header::FLAGS_OFFSET);
        let shape = self.constant(shape);
        self.store(shape, cell, Header::SHAPE_OFFSET);
        if known.class().has_member_slots() {
            let unbound = self.constant(Raw::UNBOUND.0);
            for offset in (size_of::<Header>()..known.instance_size()).step_by(8) {
                self.store(unbound, cell, offset);
            }
        }
        if known.ext_offset() != 0 {
            let nothing = self.constant(0);
            self.store(nothing, cell, known.ext_offset());
        }
        self.recount(class, true);
        self.fb.ins().jump(done, &[BlockArg::Value(cell)]);

        self.fb.switch_to_block(slow);
        let made = self.call(Helper::NewInstance, &[class]).unwrap_or(class);
        self.fb.ins().jump(done, &[BlockArg::Value(made)]);
        self.fb.switch_to_block(done);
        self.fb.block_params(done)[0]
    }
}
