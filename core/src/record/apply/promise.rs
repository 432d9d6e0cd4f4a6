//! What is applied of supply that is to come.

use crate::record::{Body, State, StockRedealt, TakenBack};
use crate::stock::Fault;
use crate::value::table::put;
use crate::value::time::Instant;

impl State {
    /// Applies what bears on promises; hands on what does not.
    pub(super) fn apply_promise(&mut self, body: &Body, at: Instant) -> Result<(), Fault> {
        match body {
            Body::ProtectionPlanSet(set) => {
                self.stock.put_plan(set.sku, set.node, &set.pools, set.counting, at);
            }
            Body::ProtectionReleased(released) => self.stock.release_pool(released.plan, released.pool),
            Body::SupplyExpected(_)
            | Body::TransferExpected(_)
            | Body::SupplyLatenessSet(_)
            | Body::PreorderSet(_) => self.expect(body),
            Body::HoldExtended(_)
            | Body::HoldConfirmed(_)
            | Body::HoldMoved(_)
            | Body::HoldSplit(_)
            | Body::HoldsMerged(_)
            | Body::HoldReduced(_) => self.apply_hold(body)?,
            Body::PublishBufferSet(set) => {
                let key = (set.channel, set.sku, set.node);
                put(&mut self.stock.buffers, &mut self.stock.buffer, key, set.qty);
            }
            Body::StockRedealt(dealt) => self.redeal(dealt, at)?,
            Body::BackordersFilled(filled) => {
                self.fill(&filled.fills, &filled.parcels, None)?;
                self.open_exceptions(&filled.exceptions, at);
            }
            _ => self.apply_catalog(body, at)?,
        }
        Ok(())
    }

    pub(super) fn expect(&mut self, body: &Body) {
        let docs = &mut self.docs;
        match body {
            Body::SupplyExpected(said) => {
                put(&mut docs.expected, &mut docs.expect, said.supply.clone(), said.expected);
            }
            Body::TransferExpected(said) => {
                put(&mut docs.arriving, &mut docs.arrival, said.transfer, said.at);
            }
            Body::SupplyLatenessSet(set) => {
                put(&mut docs.late_suppliers, &mut docs.lateness, set.supplier, set.steps.clone());
            }
            Body::PreorderSet(set) => {
                let row = (set.qty_max, set.supply_percent);
                put(&mut docs.preorders, &mut docs.preorder, set.sku, row);
            }
            _ => {}
        }
    }

    /// Gives back units of a line's reservation; says which line's.
    pub(super) fn take_back(&mut self, back: &TakenBack) -> Result<u32, Fault> {
        let row = self.stock.reservations.get(back.reservation);
        let row = row.ok_or(Fault("there is no such reservation"))?;
        let order = self.docs.order.get(back.order.0).ok_or(Fault("there is no such order"))?;
        let (channel, first) = (order.channel, order.first_line);
        self.give_back(back.reservation, &row, channel, back.qty)?;
        let line = self.docs.line_id(first, back.line);
        self.docs.lines.edit(line, |row| row.reserved = row.reserved.saturating_sub(back.qty));
        Ok(line)
    }

    fn redeal(&mut self, dealt: &StockRedealt, at: Instant) -> Result<(), Fault> {
        self.docs.redeals.intern(dealt.redeal.clone());
        for back in &dealt.taken {
            let line = self.take_back(back)?;
            self.wait(line, back.qty)?;
        }
        self.fill(&dealt.fills, &dealt.parcels, None)?;
        dealt.taken.iter().for_each(|back| self.put_back(back.order));
        self.open_exceptions(&dealt.exceptions, at);
        Ok(())
    }
}
