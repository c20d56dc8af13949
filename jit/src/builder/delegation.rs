//! `await` and `yield from`.

use super::Builder;
use crate::bailout::Bailout;
use crate::frame_state::Own;
use crate::hir::Op;
use crate::types::Type;
use taipan_bytecode::Opcode;
use taipan_vm::native::NativeClass;
use taipan_vm::objects::generator::{Coroutine, GeneratorState, STATE_OFFSET};

impl Builder<'_> {
    pub(super) fn delegation(&mut self) -> Result<(), Bailout> {
        match self.at.op.deopt() {
            Opcode::SEND => self.send(),
            Opcode::END_SEND => {
                let (value, receiver) = (self.pop()?, self.pop()?);
                let word = self.owned_word(value);
                self.push(word, Own::Owned);
                self.drop_entry(receiver);
                Ok(())
            }
            _ => self.get_awaitable(),
        }
    }

    /// A coroutine that was not awaited yet is its own iterator.
    fn get_awaitable(&mut self) -> Result<(), Bailout> {
        if self.failed() || !self.words_on_top(1) {
            return self.generic();
        }
        let coroutine = self.top(0)?.value;
        self.guard_shape(coroutine, Coroutine::cell().shape().id());
        let created = GeneratorState::Created as u64;
        let offset = STATE_OFFSET as u64;
        self.guard2(Op::GuardField8, &[coroutine], Type::NEVER, offset, created);
        Ok(())
    }

    fn send(&mut self) -> Result<(), Bailout> {
        let (_, ended) = self.at.successors();
        let ended = ended.ok_or(Bailout::Malformed)?;
        let args = [self.top(1)?.value, self.top(0)?.value];
        let args = args.map(|value| self.word(value));
        let item = self.call_with_frame(Op::Send, &args, 0);
        let sent = self.pop()?;
        let (waits, done) = self.branch_on(item);
        let state = self.s.clone();
        for (block, unit) in [(waits, self.at.next), (done, ended)] {
            self.block = block;
            self.s = state.clone();
            let word = match unit == ended {
                true => self.emit(Op::Second, &[item], Type::VALUE, 0),
                false => item,
            };
            self.push(word, Own::Owned);
            self.drop_entry(sent);
            self.guard_locals(unit);
            self.flush_releases(unit);
            self.edge(unit);
            if self.restart {
                return Ok(());
            }
        }
        Ok(())
    }
}
