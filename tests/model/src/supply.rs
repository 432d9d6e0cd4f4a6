//! Supply: purchase orders, transfers between nodes, and what needs a person.

use crate::cell::{Fact, half_up, take_oldest};
use crate::goods::Sheet;
use crate::journal::About;
use crate::master::Faults;
use crate::orders::by_line;
use crate::{Leg, Lots, Model, Purchase, Transfer, Verdict, check};
use stockbook::*;

impl Model {
    /// A purchase order by its number.
    pub fn purchase(&self, key: &str) -> Option<usize> {
        self.purchases.iter().position(|purchase| purchase.key == key)
    }

    /// A transfer by its number.
    pub fn transfer(&self, key: &str) -> Option<usize> {
        self.transfers.iter().position(|transfer| transfer.key == key)
    }

    // Purchase orders.

    pub(crate) fn judge_buy(&self, c: &PlacePurchaseOrder, at: Instant) -> Verdict {
        let mut faults = Faults::default();
        if faults.code(&c.purchase_order) {
            faults.need(self.purchase(&c.purchase_order).is_none(), 403);
        }
        faults.need(self.supplier(&c.supplier).is_some(), 205);
        faults.need(self.node(&c.node).is_some(), 202);
        faults.need(c.expected_at.is_none_or(|t| t.is_valid()), 106);
        faults.lines(c.lines.len());
        for line in &c.lines {
            faults.price(line.unit_cost);
            match self.sku(&line.sku) {
                None => {
                    faults.need(false, 201);
                }
                Some(sku) => {
                    self.smallest(sku, line.qty, line.unit.as_deref(), &mut faults);
                }
            }
        }
        faults.need(c.expected_at.is_none_or(|t| t >= at), 106);
        faults.verdict()
    }

    pub(crate) fn take_buy(
        &mut self,
        c: &PlacePurchaseOrder,
        at: Instant,
        e: &PurchaseOrderPlaced,
    ) -> Result<(), String> {
        let (supplier, node) =
            (self.supplier(&c.supplier).ok_or("supplier")?, self.node(&c.node).ok_or("node")?);
        let row = &self.suppliers[supplier];
        let days = if c.speed == Speed::Expedited { row.expedite_days } else { row.lead_time_days };
        let expected = c.expected_at.unwrap_or(at.plus_seconds(i64::from(days) * 86_400));
        let book =
            (e.purchase_order.to_string(), e.supplier.0 as usize, e.node.0 as usize, e.expected_at, e.speed);
        check("purchase order", &book, &(c.purchase_order.clone(), supplier, node, expected, c.speed))?;
        let mut lines = Vec::new();
        for line in &c.lines {
            let sku = self.sku(&line.sku).ok_or("sku")?;
            let qty = self.smallest(sku, line.qty, line.unit.as_deref(), &mut Faults::default());
            lines.push((sku, qty, i128::from(line.unit_cost.micros()), 0));
        }
        let book: Vec<(usize, i128, i128, i128)> = e
            .lines
            .iter()
            .map(|l| (l.sku.0 as usize, i128::from(l.qty), i128::from(l.unit_cost.micros()), 0))
            .collect();
        check("purchase lines", &book, &lines)?;
        self.touched.extend(lines.iter().map(|line| (line.0, node)));
        self.purchases.push(Purchase {
            key: c.purchase_order.clone(),
            supplier,
            node,
            expected_at: expected,
            lines,
            cancelled: false,
            told: false,
            late: None,
        });
        Ok(())
    }

    pub(crate) fn judge_unbuy(&self, c: &CancelPurchaseOrder) -> Verdict {
        let mut faults = Faults::default();
        faults.need(self.reason(&c.reason).is_some(), 207);
        match self.purchase(&c.purchase_order) {
            None => faults.need(false, 209),
            Some(p) => faults.need(!self.purchases[p].cancelled && self.purchases[p].awaited() > 0, 404),
        };
        faults.verdict()
    }

    pub(crate) fn take_unbuy(
        &mut self,
        c: &CancelPurchaseOrder,
        e: &PurchaseOrderCancelled,
    ) -> Result<(), String> {
        let purchase = self.purchase(&c.purchase_order).ok_or("purchase")?;
        let book = (e.purchase_order.0 as usize, Some(e.reason.0 as usize));
        check("purchase order struck", &book, &(purchase, self.reason(&c.reason)))?;
        let row = &self.purchases[purchase];
        let lost: Vec<(usize, i128)> =
            row.lines.iter().map(|line| (line.0, (line.1 - line.3).max(0))).collect();
        let lost = self.left_without(&lost);
        self.take_exceptions(&lost, &e.exceptions, "purchase order struck")?;
        self.purchases[purchase].cancelled = true;
        let row = &self.purchases[purchase];
        self.touched.extend(row.lines.iter().map(|line| (line.0, row.node)));
        Ok(())
    }

    pub(crate) fn judge_rebuy(&self, c: &ChangePurchaseOrder, at: Instant) -> Verdict {
        let mut faults = Faults::default();
        faults.need(self.reason(&c.reason).is_some(), 207);
        faults.need(c.expected_at.is_none_or(|t| t.is_valid() && t >= at), 106);
        let Some(p) = self.purchase(&c.purchase_order) else {
            faults.need(false, 209);
            return faults.verdict();
        };
        let row = &self.purchases[p];
        faults.need(!row.cancelled && row.awaited() > 0, 404);
        for line in &c.lines {
            let Some(known) = row.lines.get(line.line as usize - 1) else {
                faults.need(false, 210);
                continue;
            };
            let least = known.3.min(known.1);
            faults.need(line.qty.is_none_or(|qty| i128::from(qty) >= least), 910);
            // What has come keeps its price.
            let (qty, came) = (line.qty.map_or(known.1, i128::from), known.3);
            let dear = line.unit_cost.is_some_and(|cost| i128::from(cost.micros()) != known.2);
            faults.need(!dear || came == 0 || came < qty, 103);
        }
        faults.verdict()
    }

    pub(crate) fn take_rebuy(
        &mut self,
        c: &ChangePurchaseOrder,
        e: &PurchaseOrderChanged,
    ) -> Result<(), String> {
        let purchase = self.purchase(&c.purchase_order).ok_or("purchase")?;
        let row = &self.purchases[purchase];
        let mut lines = row.lines.clone();
        for line in &c.lines {
            let at = line.line as usize - 1;
            let cost = line.unit_cost.map_or(lines[at].2, |cost| i128::from(cost.micros()));
            lines[at].1 = line.qty.map_or(lines[at].1, i128::from);
            if cost != lines[at].2 && lines[at].3 > 0 {
                // Less has come than is ordered.
                lines.push((lines[at].0, lines[at].1 - lines[at].3, cost, 0));
                lines[at].1 = lines[at].3;
            } else {
                lines[at].2 = cost;
            }
        }
        let open = |line: &(usize, i128, i128, i128)| (line.0, (line.1 - line.3).max(0));
        let less = lines.iter().map(|line| (line.0, -open(line).1));
        let lost: Vec<(usize, i128)> = row.lines.iter().map(open).chain(less).collect();
        let told = self.left_without(&lost);
        let expected = c.expected_at.unwrap_or(row.expected_at);
        let later = expected > row.expected_at;
        let late = |raised: &&Raised| raised.opened.code == ExceptionCode::SupplierLate;
        check("changed purchase is late", &e.exceptions.iter().filter(late).count(), &usize::from(later))?;
        let book: Vec<_> = e.exceptions.iter().filter(|r| !late(r)).map(|raised| raised.opened).collect();
        let stand: Vec<(usize, i128, i128)> = e
            .lines
            .iter()
            .map(|l| (l.sku.0 as usize, i128::from(l.qty), i128::from(l.unit_cost.micros())))
            .collect();
        let want: Vec<(usize, i128, i128)> = lines.iter().map(|l| (l.0, l.1, l.2)).collect();
        check("changed purchase", &(stand, e.expected_at), &(want, expected))?;
        self.take_exceptions(&told, &book, "purchase order changed")?;
        if later {
            self.tell_late(purchase);
        }
        let row = &mut self.purchases[purchase];
        row.told &= expected == row.expected_at;
        (row.lines, row.expected_at) = (lines, expected);
        self.touched.extend(row.lines.iter().map(|line| (line.0, row.node)));
        Ok(())
    }

    /// What is still to come of a SKU.
    fn to_come(&self, sku: usize) -> i128 {
        let bought = self.purchases.iter().filter(|row| !row.cancelled);
        let bought = bought.flat_map(|row| &row.lines).filter(|line| line.0 == sku);
        let moved = self.transfers.iter().flat_map(|row| &row.lines).filter(|leg| leg.sku == sku);
        bought.map(|line| (line.1 - line.3).max(0)).sum::<i128>() + moved.map(Leg::open).sum::<i128>()
    }

    /// Who waits for what does not come any more, by SKU, and for which nothing else will.
    fn left_without(&self, gone: &[(usize, i128)]) -> Vec<Opened> {
        let skus: std::collections::BTreeSet<usize> = gone.iter().map(|line| line.0).collect();
        let mut lost: Vec<Opened> = Vec::new();
        for sku in skus {
            let less: i128 = gone.iter().filter(|line| line.0 == sku).map(|line| line.1).sum();
            let with = self.to_come(sku);
            let without = with - less.max(0);
            let mut place = 0;
            for (_, order, line) in self.waiting(sku) {
                let units = self.orders[order].lines[line].backordered;
                let theirs = ((place + units).min(with) - place.max(without)).max(0);
                place += units;
                let id = OrderId(order as u32);
                match lost.iter_mut().find(|known| known.order == id && known.sku.0 as usize == sku) {
                    Some(known) => known.qty += theirs as i64,
                    None if theirs > 0 => lost.push(Opened {
                        order: id,
                        sku: SkuId(sku as u32),
                        qty: theirs as i64,
                        ..Opened::of(ExceptionCode::PromiseAtRisk)
                    }),
                    None => {}
                }
            }
        }
        lost
    }

    /// The purchase order that a receipt names; or why it cannot.
    pub(crate) fn judge_purchase_of(&self, c: &ReceiveGoods, faults: &mut Faults) -> Option<usize> {
        let key = c.purchase_order.as_ref()?;
        let purchase = self.purchase(key);
        if !faults.need(purchase.is_some(), 209) {
            return None;
        }
        let row = &self.purchases[purchase?];
        faults.need(!row.cancelled, 404);
        if self.node(&c.node).is_some_and(|node| node != row.node) {
            faults.0.push(103);
        }
        let other = |s: &String| self.supplier(s).is_some_and(|s| s != row.supplier);
        if c.supplier.as_ref().is_some_and(other) {
            faults.0.push(103);
        }
        for line in &c.lines {
            if self.sku(&line.sku).is_some_and(|sku| row.lines.iter().all(|l| l.0 != sku)) {
                faults.0.push(103);
            }
        }
        let mut came: Vec<(usize, i128)> = Vec::new();
        for line in &c.lines {
            let Some(sku) = self.sku(&line.sku) else { continue };
            let qty = self.smallest(sku, line.qty, line.unit.as_deref(), &mut Faults::default());
            came.push((sku, qty));
            let all = came.iter().filter(|known| known.0 == sku).map(|known| known.1).sum();
            faults.need(!self.is_refused(row, row.node, sku, all), 860);
        }
        purchase
    }

    /// What is said of the one parameter that the driver sets.
    pub(crate) fn judge_share(&self, c: &SetParameter) -> Verdict {
        let mut faults = Faults::default();
        faults.need(c.parameter == "receipt_refuse_share", 846);
        let share = c.value.unwrap_or_default().micros();
        faults.need((-1_000_000..=1_000_000_000).contains(&share), 847);
        faults.need(c.scope.node.as_ref().is_none_or(|node| self.node(node).is_some()), 202);
        faults.verdict()
    }

    pub(crate) fn take_share(&mut self, c: &SetParameter) -> Result<(), String> {
        let node = c.scope.node.as_ref().map(|node| self.node(node).ok_or("node")).transpose()?;
        let share = c.value.ok_or("a share")?.micros();
        self.refused_above.push((node, i128::from(share)));
        Ok(())
    }

    /// Whether more of a SKU has come with a receipt than its node takes beyond the purchase order: all lines
    /// of both together, as far as the receipt's lines go.
    fn is_refused(&self, purchase: &Purchase, node: usize, sku: usize, came: i128) -> bool {
        let last = |of: Option<usize>| self.refused_above.iter().rev().find(|said| said.0 == of);
        let share = last(Some(node)).or(last(None)).map_or(-1, |said| said.1);
        let lines = purchase.lines.iter().filter(|line| line.0 == sku);
        let (ordered, before) = lines.fold((0, 0), |sum, line| (sum.0 + line.1, sum.1 + line.3));
        share >= 0 && (before + came - ordered) * 1_000_000 > ordered * share
    }

    /// Takes received units off the purchase order's line; gives units taken off and the cost agreed.
    pub(crate) fn take_off_order(
        &mut self,
        purchase: Option<usize>,
        sku: usize,
        qty: i128,
        line: &ReceivedLine,
        over: &mut Vec<Opened>,
    ) -> Result<(i128, Option<i128>), String> {
        let Some(purchase) = purchase else {
            check("line of no purchase order", &line.purchase_line, &0)?;
            return Ok((0, None));
        };
        let row = &mut self.purchases[purchase];
        let awaits = row.lines.iter().position(|l| l.0 == sku && l.3 < l.1);
        let at = awaits.or_else(|| row.lines.iter().position(|l| l.0 == sku)).ok_or("purchase line")?;
        check("purchase line", &line.purchase_line, &(at as u32 + 1))?;
        let (_, ordered, cost, received) = row.lines[at];
        let open = (ordered - received).max(0);
        row.lines[at].3 += qty;
        if qty > open {
            over.push(Opened {
                code: ExceptionCode::OverReceipt,
                order: OrderId::NONE,
                sku: SkuId(sku as u32),
                node: NodeId(row.node as u32),
                qty: (qty - open) as i64,
            });
        }
        Ok((qty.min(open), Some(cost)))
    }

    /// Units of a SKU on open purchase orders to a node.
    pub fn on_order(&self, sku: usize, node: usize) -> i128 {
        let open = self.purchases.iter().filter(|p| p.node == node && !p.cancelled);
        open.flat_map(|p| &p.lines).filter(|l| l.0 == sku).map(|l| (l.1 - l.3).max(0)).sum()
    }

    // Transfers.

    pub(crate) fn judge_send(&self, c: &ShipTransfer) -> Verdict {
        let mut faults = Faults::default();
        if faults.code(&c.transfer) {
            faults.need(self.transfer(&c.transfer).is_none(), 403);
        }
        let (from, to) = (self.node(&c.from), self.node(&c.to));
        faults.need(from.is_some() && to.is_some(), 202);
        faults.need(c.from != c.to, 103);
        let lines = faults.lines(c.lines.len());
        let Some(from) = from else { return faults.verdict() };
        faults.need(self.nodes[from].status == NodeStatus::Open, 406);
        if !lines {
            return faults.verdict();
        }
        let (mut sheet, mut shelves) = (Sheet::default(), std::collections::BTreeMap::new());
        for line in &c.lines {
            let sku = self.sku(&line.sku);
            faults.need(sku.is_some(), 201);
            let sound = faults.qty(line.qty);
            let (Some(sku), true) = (sku, sound) else { continue };
            let cell = sheet.cell(self, sku, from);
            let qty = i128::from(line.qty);
            if faults.need(cell.available() >= qty, 502) {
                cell.facts.push(Fact::Goods { place: 0, own: true, sellable: true, qty: -qty });
            }
            if self.by_lot(sku) && faults.0.is_empty() {
                let shelf = shelves.entry(sku).or_insert_with(|| self.shelf(sku, from));
                faults.need(self.may_send(shelf, qty), 815);
            }
        }
        faults.verdict()
    }

    pub(crate) fn take_send(&mut self, c: &ShipTransfer, e: &TransferShipped) -> Result<(), String> {
        let (from, to) = (self.node(&c.from).ok_or("from")?, self.node(&c.to).ok_or("to")?);
        let book = (e.transfer.to_string(), e.from.0 as usize, e.to.0 as usize, e.lines.len());
        check("transfer", &book, &(c.transfer.clone(), from, to, c.lines.len()))?;
        let mut legs = Vec::new();
        for (number, (said, line)) in c.lines.iter().zip(&e.lines).enumerate() {
            let (sku, qty) = (self.sku(&said.sku).ok_or("sku")?, i128::from(said.qty));
            let value = self.issue_value(&self.cells[sku][from], sku, qty);
            let book = (
                line.line as usize,
                line.sku.0 as usize,
                i128::from(line.qty),
                i128::from(line.value.micros()),
            );
            check("sent (line, sku, qty, value)", &book, &(number + 1, sku, qty, value))?;
            let layers = match self.skus[sku].costing {
                Costing::Fifo => self.cells[sku][from].fifo_layers(qty, self.minor),
                _ => Vec::new(),
            };
            self.check_lots((sku, from), None, &[(None, qty)], &line.taken)?;
            self.cells[sku][from].facts.push(Fact::Out { qty, value });
            self.pick(sku, from, qty, &line.taken)?;
            let lots = named_lots(&line.taken);
            legs.push(Leg { sku, qty, received: 0, lost: 0, value, layers, lots });
            self.post(
                Movement::TransferOut,
                value,
                About { node: Some(from), sku: Some(sku), ..About::default() },
            );
        }
        let (key, sent_at) = (c.transfer.clone(), self.now);
        self.transfers.push(Transfer { key, from, to, lines: legs, sent_at, told: false });
        Ok(())
    }

    pub(crate) fn judge_arrive(&self, c: &ReceiveTransfer) -> Verdict {
        let mut faults = Faults::default();
        let Some(transfer) = self.transfer(&c.transfer) else {
            faults.need(false, 209);
            return faults.verdict();
        };
        let row = &self.transfers[transfer];
        faults.need(row.lines.iter().any(|leg| leg.open() > 0), 404);
        faults.need(!c.lines.is_empty() || c.closing == Closing::Short, 107);
        self.wanted(&c.lines, row.lines.len(), |line| row.lines[line].open(), &mut faults);
        faults.verdict()
    }

    pub(crate) fn take_arrive(
        &mut self,
        c: &ReceiveTransfer,
        at: Instant,
        e: &TransferReceived,
    ) -> Result<(), String> {
        let number = self.transfer(&c.transfer).ok_or("transfer")?;
        check("transfer", &(e.transfer.0 as usize), &number)?;
        let to = self.transfers[number].to;
        let said = by_line(c.lines.iter().map(|l| (l.line, l.qty)));
        check("arrived by line", &by_line(e.lines.iter().map(|l| (l.line, l.qty))), &said)?;
        let lines: Vec<(usize, i128)> =
            e.lines.iter().map(|line| (line.sku.0 as usize, i128::from(line.qty))).collect();
        let arrivals = self.arrivals(&lines, at);
        for line in &e.lines {
            let (sku, qty, value, layers, lots) = self.unload(number, line)?;
            self.transfers[number].lines[line.line as usize - 1].received += qty;
            check("lots that arrived", &named_lots(&line.taken), &lots)?;
            self.come_apart(sku, to, Condition::Sellable, (qty, value), &layers, &lots);
            self.post(
                Movement::TransferIn,
                value,
                About { node: Some(to), sku: Some(sku), ..About::default() },
            );
        }
        let lost: Vec<(u32, i64)> = match c.closing {
            Closing::Open => Vec::new(),
            Closing::Short => (1u32..)
                .zip(&self.transfers[number].lines)
                .filter(|(_, leg)| leg.open() > 0)
                .map(|(line, leg)| (line, leg.open() as i64))
                .collect(),
        };
        check("lost by line", &e.lost.iter().map(|l| (l.line, l.qty)).collect(), &lost)?;
        let mut short = Vec::new();
        for line in &e.lost {
            let (sku, qty, value, ..) = self.unload(number, line)?;
            self.transfers[number].lines[line.line as usize - 1].lost += qty;
            self.post(
                Movement::TransferLoss,
                value,
                About { node: Some(to), sku: Some(sku), ..About::default() },
            );
            short.push(Opened {
                code: ExceptionCode::TransferShort,
                order: OrderId::NONE,
                sku: line.sku,
                node: NodeId(to as u32),
                qty: line.qty,
            });
        }
        short.extend(self.take_fills(&arrivals, to, at, &e.fills, &e.parcels)?);
        self.take_exceptions(&short, &e.exceptions, "transfer")
    }

    /// Takes units off a leg with their share of the value on the way; the last unit takes the rest.
    fn unload(&mut self, transfer: usize, line: &TransferredLine) -> Result<Unloaded, String> {
        let leg = &mut self.transfers[transfer].lines[line.line as usize - 1];
        let (qty, open) = (i128::from(line.qty), leg.open());
        let layers = take_oldest(&mut leg.layers, qty, self.minor);
        let lots = take_lots(&mut leg.lots, qty);
        let value = match () {
            () if !layers.is_empty() => layers.iter().map(|layer| layer.1).sum(),
            () if qty == open => leg.value,
            () => half_up(leg.value / self.minor * qty, open) * self.minor,
        };
        let book = (line.sku.0 as usize, i128::from(line.value.micros()));
        check("leg (sku, value)", &book, &(leg.sku, value))?;
        leg.value -= value;
        Ok((leg.sku, qty, value, layers, lots))
    }

    /// Takes goods in as they are told apart: by layer, and then by lot.
    pub(crate) fn come_apart(
        &mut self,
        sku: usize,
        node: usize,
        condition: Condition,
        (qty, value): (i128, i128),
        layers: &[(i128, i128)],
        lots: &Lots,
    ) {
        let place = Place { condition, ..Place::default() };
        if layers.is_empty() {
            self.come(sku, node, &place, qty, value);
        }
        for (qty, value) in layers {
            self.come(sku, node, &place, *qty, *value);
        }
        for (lot, qty) in lots {
            let named = Place { lot: lot.clone(), ..place.clone() };
            for (place, qty) in [(&place, -*qty), (&named, *qty)] {
                let index = self.place(place);
                let goods = self.goods(index, qty);
                self.cells[sku][node].facts.push(goods);
            }
        }
    }

    // What needs a person.

    pub(crate) fn judge_resolve(&self, c: &ResolveException) -> Verdict {
        let mut faults = Faults::default();
        match (c.exception as usize).checked_sub(1).and_then(|i| self.exceptions.get(i)) {
            None => faults.need(false, 211),
            Some((_, status)) => faults.need(*status == ExceptionStatus::Open, 404),
        };
        faults.need(c.resolution.len() <= 1_000, 602);
        faults.verdict()
    }

    pub(crate) fn take_resolve(&mut self, c: &ResolveException, e: &ExceptionResolved) -> Result<(), String> {
        check("exception", &(e.exception, &e.resolution), &(c.exception, &c.resolution))?;
        self.exceptions[c.exception as usize - 1].1 = ExceptionStatus::Resolved;
        Ok(())
    }
}

/// SKU, units, value, layers and lots that a transfer gave up.
type Unloaded = (usize, i128, i128, Vec<(i128, i128)>, Lots);

/// The lots with a name among places.
pub(crate) fn named_lots(taken: &[Taken]) -> Lots {
    let named = taken.iter().filter(|from| !from.place.lot.is_empty());
    named.map(|from| (from.place.lot.clone(), i128::from(from.qty))).collect()
}

/// Takes units off lots, the first to leave first; what has no name stays behind.
pub(crate) fn take_lots(lots: &mut Lots, mut qty: i128) -> Lots {
    let mut taken = Lots::new();
    for (lot, there) in lots.iter_mut() {
        let now = (*there).min(qty);
        if now > 0 {
            *there -= now;
            qty -= now;
            taken.push((lot.clone(), now));
        }
    }
    lots.retain(|(_, there)| *there > 0);
    taken
}

impl Leg {
    /// Units on the way.
    pub fn open(&self) -> i128 {
        self.qty - self.received - self.lost
    }
}

impl Purchase {
    /// Units that have not arrived.
    pub fn awaited(&self) -> i128 {
        self.lines.iter().map(|l| (l.1 - l.3).max(0)).sum()
    }
}
