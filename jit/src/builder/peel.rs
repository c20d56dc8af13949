//! Loop peeling: the first round of an innermost loop gets code of its own.
//!
//! What the first round has checked and loaded of what the loop does not change is known at the header then, so that
//! the loop itself neither checks nor loads it again; and what only the first round meets (variables that are unbound,
//! a sum that starts as the int 0 and goes on as a float) does not widen the header's parameters.

use super::Builder;
use crate::bailout::Bailout;

/// Most instructions of HIR that a round built apart may have.
const MAX_ROUND: usize = 250;

impl Builder<'_> {
    /// Builds the blocks of the loop whose header is at `start` for its first round. The ways back from there are the
    /// ways into the loop then.
    pub(super) fn peel(&mut self, start: u32, body: &[u32]) -> Result<(), Bailout> {
        if self.headers.get(&start).is_some_and(|h| h.not_peeled) {
            return Ok(());
        }
        let Some(entries) = self.edges.remove(&start) else {
            return Ok(());
        };
        let before = self.f.insts.len();
        // What is inlined into the first round is inlined into the others as well.
        let inlined = self.inlining.total;
        self.join(start, entries, false);
        self.peeling = Some(start);
        self.block_at(start)?;
        for &block in &body[1..] {
            if self.restart {
                break;
            }
            if self.start_block(block) {
                self.block_at(block)?;
            }
        }
        self.peeling = None;
        if self.f.insts.len() - before > MAX_ROUND {
            self.headers.entry(start).or_default().not_peeled = true;
            self.restart = true;
            return Ok(());
        }
        self.inlining.total = inlined;
        let back = std::mem::take(&mut self.peeled);
        if !back.is_empty() {
            self.edges.insert(start, back);
        }
        Ok(())
    }
}
