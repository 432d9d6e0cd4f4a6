//! How sales, drop shipments, consigned goods and periods change the state.

use super::super::event::*;
use super::super::state::*;
use super::costs::Coming;
use crate::catalog::Costing;
use crate::posting::{Movement, Posting};
use crate::stock::{Fault, Place};
use crate::value::ids::*;
use crate::value::later::Later;
use crate::value::money::{MICROS, Money};
use crate::value::num;
use crate::value::table::{edit_or_begin, put};
use crate::value::time::Instant;

impl State {
    fn bill_of(&self, line: u32) -> BillRow {
        row(&self.costs.bills, &self.costs.bill, &line).unwrap_or_default()
    }

    fn put_bill(&mut self, line: u32, bill: BillRow) {
        put(&mut self.costs.bills, &mut self.costs.bill, line, bill);
    }

    fn first_line(&self, order: OrderId) -> u32 {
        self.docs.order.get(order.0).map_or(0, |order| order.first_line)
    }

    /// An order's debt in its own currency, and what of its lines was given back.
    pub(super) fn bill_abroad(
        &mut self,
        order: OrderId,
        foreign: Option<&ForeignAmounts>,
        given: impl Iterator<Item = u32>,
    ) -> Result<(), Fault> {
        let Some(foreign) = foreign else { return Ok(()) };
        let Some(id) = self.costs.foreigners.find(&order) else {
            return Err(Fault("an amount in another currency is of no order in it"));
        };
        let Some(mut now) = self.costs.abroad.get(id).cloned() else { return Ok(()) };
        now.open = now.open.plus(foreign.amount)?;
        now.carried = now.carried.plus(foreign.carried)?;
        for (line, amount) in given.zip(&foreign.lines) {
            let at = num::index(line.saturating_sub(1));
            if at >= now.given.len() {
                now.given.resize(at.saturating_add(1), Money::ZERO);
            }
            if let Some(sum) = now.given.get_mut(at) {
                *sum = sum.plus(*amount)?;
            }
        }
        self.costs.abroad.edit(id, |row| *row = now);
        Ok(())
    }

    pub(super) fn set_selling(&mut self, set: &SellingSet) {
        let row = SellingRow { at_invoice: set.at_invoice, return_rate: set.return_rate };
        put(&mut self.costs.sellers, &mut self.costs.selling, set.channel, row);
    }

    /// What a shipment leaves to be invoiced or expected back, where its channel says so.
    pub(super) fn bill_shipment(&mut self, shipped: &OrderShipped) -> Result<(), Fault> {
        self.bill_abroad(shipped.order, shipped.foreign.as_deref(), std::iter::empty())?;
        if self.costs.sellers.len() == 0 {
            return Ok(());
        }
        let Some(order) = self.docs.order.get(shipped.order.0) else { return Ok(()) };
        let (first, channel) = (order.first_line, order.channel);
        if self.costs.sellers.find(&channel).is_none() {
            return Ok(());
        }
        for line in &shipped.lines {
            let at = self.docs.line_id(first, line.line);
            let mut bill = self.bill_of(at);
            if line.unbilled {
                bill.unbilled_cost = bill.unbilled_cost.plus(line.cost)?;
            }
            bill.liability = bill.liability.plus(line.liability)?;
            bill.asset = bill.asset.plus(line.asset)?;
            self.put_bill(at, bill);
        }
        Ok(())
    }

    pub(super) fn invoice_order(&mut self, invoiced: &OrderInvoiced) -> Result<(), Fault> {
        self.costs.documents.intern((BooksDocument::Invoice, invoiced.invoice.clone()));
        let first = self.first_line(invoiced.order);
        for line in &invoiced.lines {
            let at = self.docs.line_id(first, line.line);
            let mut bill = self.bill_of(at);
            bill.billed = num::add(bill.billed, line.qty)?;
            bill.revenue = bill.revenue.plus(line.revenue)?;
            bill.unbilled_cost = bill.unbilled_cost.minus(line.cost)?;
            bill.recognised_cost = bill.recognised_cost.plus(line.cost)?;
            bill.liability = bill.liability.plus(line.liability)?;
            bill.asset = bill.asset.plus(line.asset)?;
            self.put_bill(at, bill);
        }
        self.bill_abroad(invoiced.order, invoiced.foreign.as_deref(), std::iter::empty())?;
        self.post(&invoiced.postings)
    }

    pub(super) fn credit_order(&mut self, credited: &OrderCredited) -> Result<(), Fault> {
        self.costs.documents.intern((BooksDocument::CreditNote, credited.credit_note.clone()));
        let first = self.first_line(credited.order);
        for line in &credited.lines {
            let at = self.docs.line_id(first, line.line);
            let mut bill = self.bill_of(at);
            bill.credited = num::add(bill.credited, line.qty)?;
            if self.head.origin() > 2 {
                *bill.taken_back = num::add(*bill.taken_back, line.qty)?;
            }
            bill.recognised_cost = bill.recognised_cost.minus(line.cost)?;
            bill.unbilled_cost = bill.unbilled_cost.plus(line.cost)?;
            self.put_bill(at, bill);
            let refunded =
                self.docs.lines.get(at).map_or(Money::ZERO, |row| row.refunded).plus(line.amount)?;
            self.docs.lines.edit(at, |row| row.refunded = refunded);
        }
        let lines = credited.lines.iter().map(|line| line.line);
        self.bill_abroad(credited.order, credited.foreign.as_deref(), lines)?;
        self.post(&credited.postings)
    }

    pub(super) fn record_payment(&mut self, paid: &PaymentRecorded) -> Result<(), Fault> {
        self.costs.documents.intern((BooksDocument::Payment, paid.payment.clone()));
        if self.terms_of(paid.order).is_some_and(|terms| !terms.customer.is_empty()) {
            let was = row(&self.desk.payers, &self.desk.paid, &paid.order).unwrap_or_default();
            // An order in another currency is owed at its own rate, and paid at it.
            let amount = match (&paid.foreign, self.costs.sold_in(paid.order)) {
                (Some(foreign), Some(row)) => {
                    let (less, rate) = (Money::ZERO.minus(foreign.amount)?, row.sold.currency.rate);
                    Money::from_micros(num::mul_div(less.micros(), rate.micros(), MICROS)?)
                }
                _ => paid.amount,
            };
            put(&mut self.desk.payers, &mut self.desk.paid, paid.order, was.plus(amount)?);
        }
        self.bill_abroad(paid.order, paid.foreign.as_deref(), std::iter::empty())?;
        self.post(&paid.postings)
    }

    pub(super) fn release_returns(&mut self, released: &ReturnsReleased) -> Result<(), Fault> {
        let order = self.docs.order.get(released.order.0);
        let lines: Vec<u32> =
            order.map(|order| self.line_rows(order).map(|(at, _)| at).collect()).unwrap_or_default();
        for at in lines {
            let bill = self.bill_of(at);
            if bill.liability != Money::ZERO || bill.asset != Money::ZERO {
                self.put_bill(at, BillRow { liability: Money::ZERO, asset: Money::ZERO, ..bill });
            }
        }
        self.post(&released.postings)
    }

    /// A return uses up what was expected of it.
    pub(super) fn bill_return(&mut self, returned: &ReturnReceived) -> Result<(), Fault> {
        let lines = returned.lines.iter().map(|line| line.line);
        self.bill_abroad(returned.order, returned.foreign.as_deref(), lines)?;
        if self.costs.bills.len() == 0 {
            return Ok(());
        }
        let first = self.first_line(returned.order);
        for line in &returned.lines {
            let at = self.docs.line_id(first, line.line);
            if self.costs.bills.find(&at).is_none() {
                continue;
            }
            let mut bill = self.bill_of(at);
            bill.liability = bill.liability.minus(line.liability)?;
            bill.asset = bill.asset.minus(line.asset)?;
            // Never invoiced and never to be: no credit note can be about them.
            bill.billed = num::add(bill.billed, line.unbilled)?;
            bill.credited = num::add(bill.credited, line.unbilled)?;
            *bill.taken_back = num::sub(*bill.taken_back, line.credited)?;
            bill.unbilled_cost = bill.unbilled_cost.minus(line.recognised)?;
            self.put_bill(at, bill);
        }
        Ok(())
    }

    pub(super) fn drop_ship(&mut self, dropped: &OrderDropShipped, at: Instant) -> Result<(), Fault> {
        let receipt = self.docs.receipts.intern(dropped.drop_shipment.clone());
        let first = self.first_line(dropped.order);
        let company = Later(self.seller_of(dropped.order).wrapping_add(1));
        for (number, line) in (1u32..).zip(&dropped.lines) {
            let id = self.docs.line_id(first, line.line);
            self.unwait(id, line.qty)?;
            let issued = self.docs.lines.get(id).map_or(Money::ZERO, |row| row.issued).plus(line.cost)?;
            self.docs.lines.edit(id, |row| {
                row.shipped = row.shipped.saturating_add(line.qty);
                row.issued = issued;
            });
            let border = self.stock.borders.get(line.sku.0).copied().unwrap_or_default();
            let (received, shipped) =
                (num::add(border.received, line.qty)?, num::add(border.shipped, line.qty)?);
            self.stock
                .cross_border(line.sku, |border| (border.received, border.shipped) = (received, shipped));
            self.costs.receipts.push(ReceiptRow {
                receipt,
                line: number,
                supplier: dropped.supplier,
                purchase: PurchaseId::NONE,
                sku: line.sku,
                node: NodeId::NONE,
                lot: LotId::NONE,
                qty: line.qty,
                value: line.cost,
                at,
                ordered: Later::default(),
                company,
            });
            if self.head.origin() > 2 {
                let source = num::id(self.costs.receipts.len());
                let mut dropped = self.costs.drop_shipped(id);
                dropped.push(Carried { lot: LotId::NONE, qty: line.qty, value: line.cost, source });
                put(&mut self.costs.drops, &mut self.costs.dropped, id, dropped);
            }
            let mut bill = self.bill_of(id);
            if line.revenue == Money::ZERO && line.cost != Money::ZERO && self.is_billed_later(dropped.order)
            {
                bill.unbilled_cost = bill.unbilled_cost.plus(line.cost)?;
            }
            bill.liability = bill.liability.plus(line.liability)?;
            bill.asset = bill.asset.plus(line.asset)?;
            if bill != BillRow::default() {
                self.put_bill(id, bill);
            }
        }
        self.bill_abroad(dropped.order, dropped.foreign.as_deref(), std::iter::empty())?;
        self.post(&dropped.postings)
    }

    fn is_billed_later(&self, order: OrderId) -> bool {
        let channel = self.docs.order.get(order.0).map_or(ChannelId::NONE, |order| order.channel);
        row(&self.costs.sellers, &self.costs.selling, &channel).is_some_and(|selling| selling.at_invoice)
    }

    pub(super) fn use_consigned(&mut self, used: &ConsignedGoodsUsed) -> Result<(), Fault> {
        self.costs.documents.intern((BooksDocument::ConsignmentUse, used.consignment_use.clone()));
        self.stock.change(used.sku, used.node, &used.place, used.qty.saturating_neg(), Money::ZERO)?;
        let row = UseRow {
            owner: used.place.owner.as_str().into(),
            sku: used.sku,
            node: used.node,
            qty: used.qty,
            value: used.value,
            invoiced: Worth::default(),
            came: Later(0),
        };
        put(&mut self.costs.uses, &mut self.costs.used, used.consignment_use.clone(), row);
        let place = Place { owner: String::new(), ..used.place.clone() };
        self.enter(used.sku, used.node, &place, Coming::of(used.qty, used.value, used.passed))?;
        let sum = num::add(self.stock.borders.get(used.sku.0).map_or(0, |b| b.received), used.qty)?;
        self.stock.cross_border(used.sku, |border| border.received = sum);
        self.post(&used.postings)
    }

    pub(super) fn set_period(&mut self, set: &PeriodSet) -> Result<(), Fault> {
        let period = PeriodRow {
            from: set.from,
            to: set.to,
            status: set.status,
            actors: set.actors.clone(),
            roles: Later(set.roles.clone()),
        };
        if let Some(ledger) = self.costs.ledgers.find(set.ledger.as_str()) {
            let id = self.costs.periods.find(set.period.as_str()).unwrap_or(NOTHING);
            let key = (ledger.saturating_add(1), id);
            put(&mut self.costs.beside_periods, &mut self.costs.beside_period, key, period);
            return Ok(());
        }
        put(&mut self.costs.periods, &mut self.costs.period, set.period.as_str().into(), period);
        let id = self.costs.periods.find(set.period.as_str()).unwrap_or(NOTHING);
        // Variances that waited under no period are this one's to share.
        let costs = &mut self.costs;
        for (at, (span, sku)) in costs.variances.iter().map(|(at, key)| (at, *key)).collect::<Vec<_>>() {
            let here = span != id && costs.side_of(span, (set.from, set.to)).is_eq();
            let waits = costs.variance.get(at).filter(|_| here).cloned().unwrap_or_default();
            if waits.accounts.is_empty() {
                continue;
            }
            let mut now = row(&costs.variances, &costs.variance, &(id, sku)).unwrap_or_default();
            waits.accounts.iter().try_for_each(|(account, amount)| now.add(*account, *amount))?;
            costs.variance.edit(at, |row| *row = VarianceRow::default());
            put(&mut costs.variances, &mut costs.variance, (id, sku), now);
        }
        Ok(())
    }

    /// Enters an event into the period that it is posted in: balances, movements of stock, sales.
    pub(super) fn enter_period(&mut self, event: &Event, moves: &[MoveRow]) -> Result<(), Fault> {
        let postings = event.body.postings();
        if postings.is_empty() && moves.is_empty() {
            return Ok(());
        }
        let period = self.costs.span_of(event.date());
        for posting in postings {
            let id = self.closing_of(period, posting.account);
            edit_or_begin(&mut self.costs.closing, id, |sum| {
                *sum = sum.plus(posting.amount)?;
                Ok::<(), Fault>(())
            })?;
        }
        self.enter_companies(period, event)?;
        // Each entry is a debit and a credit of the same amount: the first says it all.
        let mut market = NOTHING;
        for pair in postings.chunks(2) {
            if let Some(first) = pair.first().filter(|first| is_variance(first.movement)) {
                self.vary(period, first)?;
            }
            if let Some(first) = pair.first().filter(|first| first.channel != ChannelId::NONE) {
                market = self.enter_market(period, market, first)?;
            }
        }
        for moved in moves {
            if !self.counts_roll(moved) {
                continue;
            }
            self.add_roll((period, moved.sku, moved.node, moved.movement), moved.units(), moved.effect())?;
        }
        for (key, by) in self.late_rolls(event) {
            self.add_roll((period, key.0, key.1, key.2), 0, by)?;
        }
        Ok(())
    }

    /// The number under which an account's postings are counted: mostly the same as the last time.
    fn closing_of(&mut self, period: u32, account: AccountId) -> u32 {
        let (key, guesses) = ((period, account), &mut self.derived.closings);
        guesses.resize(self.books.balances.len(), NOTHING);
        let Some(guess) = guesses.get_mut(num::index(account.0)) else {
            return self.costs.closings.intern(key);
        };
        *guess = self.costs.closings.intern_guessed(*guess, key);
        *guess
    }

    /// Whether a movement counts in the roll-forward. Before there is any period an opening balance is what
    /// the first one opens with: ten million cells are not counted twice.
    pub(super) fn counts_roll(&self, moved: &MoveRow) -> bool {
        let opens = moved.movement == Movement::Opening && self.costs.period.len() == 0;
        !opens && *moved.ledger == 0 && (moved.units(), moved.effect()) != (0, 0)
    }

    /// What an event adds to the value of stock besides its movements.
    pub(super) fn late_rolls(&self, event: &Event) -> Vec<((SkuId, NodeId, Movement), i64)> {
        let mut rolls = Vec::new();
        for late in event.body.late_costs().iter().filter(|late| late.to_stock != Money::ZERO) {
            if let Some(line) = self.costs.receipts.get(late.receipt_line) {
                rolls.push(((line.sku, line.node, Movement::LandedCost), late.to_stock.micros()));
            }
        }
        let Some(corrections) = event.corrections.as_ref() else { return rolls };
        for part in &corrections.spread {
            rolls.push(((part.sku, part.node, Movement::PoolShare), part.value.micros()));
        }
        for change in &corrections.moves {
            let Some(old) = self.costs.moves.get(change.movement) else { continue };
            // What a movement adds to its pool grows as its own value does.
            let by = MoveRow { value: change.value, passed: change.passed, ..*old }.effect();
            if by != 0 {
                rolls.push(((old.sku, old.node, old.movement), by));
            }
        }
        rolls
    }

    /// A variance waits to be shared.
    fn vary(&mut self, period: u32, leg: &Posting) -> Result<(), Fault> {
        if self.catalog.sku.get(leg.sku.0).is_none_or(|row| self.method(row) != Costing::Standard) {
            return Ok(());
        }
        let key = (period, leg.sku);
        let mut now = row(&self.costs.variances, &self.costs.variance, &key).unwrap_or_default();
        now.add(leg.account, leg.amount)?;
        put(&mut self.costs.variances, &mut self.costs.variance, key, now);
        Ok(())
    }

    pub(super) fn share_variance(&mut self, shared: &VarianceShared) -> Result<(), Fault> {
        self.costs.documents.intern((BooksDocument::VarianceSharing, shared.sharing.clone()));
        for line in &shared.lines {
            let key = (shared.period, line.sku);
            let was = row(&self.costs.variances, &self.costs.variance, &key).unwrap_or_default();
            let (to_stock, to_cost) = (was.to_stock.plus(line.to_stock)?, was.to_cost.plus(line.to_cost)?);
            let now = VarianceRow { to_stock, to_cost, accounts: Later(Vec::new()), ..was };
            put(&mut self.costs.variances, &mut self.costs.variance, key, now);
        }
        self.post(&shared.postings)
    }

    /// What is sold is counted by channel. Cost and revenue of a SKU are first counted one after the other,
    /// and then found so; gives the number that the count has.
    fn enter_market(&mut self, period: u32, last: u32, posting: &Posting) -> Result<u32, Fault> {
        let key = (period, posting.channel, posting.sku, posting.movement);
        let id = self.costs.markets.intern_guessed(last.wrapping_add(1), key);
        edit_or_begin(&mut self.costs.market, id, |row| {
            (row.qty, row.value) = (num::add(row.qty, posting.qty)?, row.value.plus(posting.amount)?);
            Ok::<u32, Fault>(id)
        })
    }

    fn add_roll(&mut self, key: (u32, SkuId, NodeId, Movement), units: i64, by: i64) -> Result<(), Fault> {
        let id = self.costs.rolls.intern(key);
        edit_or_begin(&mut self.costs.roll, id, |row| {
            (row.qty, row.value) = (num::add(row.qty, units)?, row.value.plus(Money::from_micros(by))?);
            Ok(())
        })
    }
}
