//! Ledgers beside the book's own: what an event comes to in them beyond what it does in the book, by period.

use super::super::event::*;
use super::super::state::*;
use super::moves::Which;
use crate::catalog::{Control, NO_ONE};
use crate::posting::{Movement, Posting};
use crate::stock::Fault;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::table::put;

impl State {
    /// Enters what an event comes to in ledgers beside.
    pub(crate) fn enter_ledgers(&mut self, event: &Event) -> Result<(), Fault> {
        for entry in event.corrections.iter().flat_map(|corrections| &corrections.ledgers) {
            let own = self.costs.span_of(event.date());
            let span = self.costs.span_of(entry.posted_at);
            for posting in &entry.postings {
                self.enter_beside((entry.ledger, span), &event.body, posting, 1)?;
                let account = self.catalog.account.get(posting.account.0);
                if account.is_some_and(|row| row.control == Control::Inventory) {
                    let key = (posting.sku, posting.node, posting.movement);
                    self.roll_beside((entry.ledger, span), key, (0, posting.amount.micros()))?;
                }
            }
            self.market_beside((entry.ledger, span), &entry.postings, 1)?;
            if span == own {
                continue;
            }
            // The book has the event in one period, the ledger in another.
            for (to, sign) in [(own, -1), (span, 1)] {
                for posting in event.body.postings() {
                    self.enter_beside((entry.ledger, to), &event.body, posting, sign)?;
                }
                self.market_beside((entry.ledger, to), event.body.postings(), sign)?;
                let moves = self.moves_of(&event.body, event.occurred_at, event.sequence, Which::All);
                for row in &moves {
                    if !self.counts_roll(row) {
                        continue;
                    }
                    let by = (num::mul(row.units(), sign)?, num::mul(row.effect(), sign)?);
                    self.roll_beside((entry.ledger, to), (row.sku, row.node, row.movement), by)?;
                }
                for (key, by) in self.late_rolls(event) {
                    self.roll_beside((entry.ledger, to), key, (0, num::mul(by, sign)?))?;
                }
            }
        }
        Ok(())
    }

    fn enter_beside(
        &mut self,
        of: (u32, u32),
        body: &Body,
        posting: &Posting,
        sign: i64,
    ) -> Result<(), Fault> {
        let (id, micros) = (self.costs.beside.intern(of), num::mul(posting.amount.micros(), sign)?);
        let amount = Money::from_micros(micros);
        let company =
            if self.catalog.companies.len() > 0 { self.company_of_posting(body, posting) } else { NO_ONE };
        let costs = &mut self.costs;
        let key = (id, posting.account);
        let was = row(&costs.beside_closings, &costs.beside_closing, &key).unwrap_or_default();
        put(&mut costs.beside_closings, &mut costs.beside_closing, key, was.plus(amount)?);
        if company != NO_ONE {
            let key = (id, company, posting.account);
            let was = row(&costs.beside_firms, &costs.beside_firm, &key).unwrap_or_default();
            put(&mut costs.beside_firms, &mut costs.beside_firm, key, was.plus(amount)?);
        }
        Ok(())
    }

    /// Each entry is a debit and a credit of the same amount: the first says it all.
    fn market_beside(&mut self, of: (u32, u32), postings: &[Posting], sign: i64) -> Result<(), Fault> {
        let costs = &mut self.costs;
        let first = postings.chunks(2).filter_map(|pair| pair.first());
        for leg in first.filter(|leg| leg.channel != ChannelId::NONE) {
            let key = (costs.beside.intern(of), leg.channel, leg.sku, leg.movement);
            let was = row(&costs.beside_markets, &costs.beside_market, &key).unwrap_or_default();
            let value = was.value.plus(Money::from_micros(num::mul(leg.amount.micros(), sign)?))?;
            let now = Worth { qty: num::add(was.qty, num::mul(leg.qty, sign)?)?, value };
            put(&mut costs.beside_markets, &mut costs.beside_market, key, now);
        }
        Ok(())
    }

    fn roll_beside(
        &mut self,
        of: (u32, u32),
        (sku, node, movement): (SkuId, NodeId, Movement),
        (units, by): (i64, i64),
    ) -> Result<(), Fault> {
        let costs = &mut self.costs;
        let key = (costs.beside.intern(of), sku, node, movement);
        let was = row(&costs.beside_rolls, &costs.beside_roll, &key).unwrap_or_default();
        let value = was.value.plus(Money::from_micros(by))?;
        let now = Worth { qty: num::add(was.qty, units)?, value };
        put(&mut costs.beside_rolls, &mut costs.beside_roll, key, now);
        Ok(())
    }
}
