//! Costs, the documents that set them, and the periods that they are posted in.

use super::*;
use crate::catalog::{Costing, SkuRow};
use crate::costing::{Kind, LatePolicy, Step, Valuation};
use crate::posting::Movement;
use crate::record::event::OrderInCurrency;
use crate::value::money::Money;
use crate::value::num;
use crate::value::numbers::Numbers;
use std::cmp::Ordering;

/// Units and value: a pool, a match, or a ratio.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Worth {
    pub qty: i64,
    pub value: Money,
}

/// A line that came from a supplier: one leg of the three-way match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct ReceiptRow {
    /// The receipt, by its document.
    pub receipt: u32,
    /// Its line, from 1.
    pub line: u32,
    pub supplier: SupplierId,
    pub purchase: PurchaseId,
    pub sku: SkuId,
    pub node: NodeId,
    pub lot: LotId,
    pub qty: i64,
    /// What the supplier is owed for it.
    pub value: Money,
    pub at: Instant,
    /// The line of the purchase order that it came on, from 1; 0 = none, or not remembered.
    #[serde(default)]
    pub ordered: Later<u32, 1>,
    /// The company that owes for what came to no node, and one more; 0 = that of the node.
    #[serde(default)]
    pub company: Later<u32, 2>,
}

/// A movement of a SKU whose costs may be found anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct MoveRow {
    pub sku: SkuId,
    pub node: NodeId,
    pub lot: LotId,
    pub movement: Movement,
    /// The receipt line, the order line or the transfer; of what a ledger began with, the number of what it
    /// stands for.
    pub doc: u32,
    /// The transfer's line.
    pub part: u32,
    pub qty: i64,
    pub value: Money,
    pub passed: Money,
    /// When it happened.
    pub at: Instant,
    pub sequence: u64,
    pub declared: bool,
    /// The SKU's next movement, in the order of recording.
    pub next: u32,
    /// The reason that it was booked with, and one more; 0 = none. It may decide the account of a correction.
    #[serde(default)]
    pub reason: Later<u32, 1>,
    /// The ledger that alone knows it, counted from 1; 0 = the book, and so every ledger.
    #[serde(default)]
    pub ledger: Later<u32, 2>,
}

/// The remembered movements of a SKU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Trail {
    pub head: u32,
    pub tail: u32,
    /// The latest of them: what happened before it comes late.
    pub latest: Instant,
}

/// A landed cost as it was shared out.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct LandedRow {
    pub number: DocKey,
    pub amount: Money,
    /// What of it is settled.
    pub invoiced: Money,
    /// Receipt lines and their shares.
    pub shares: Vec<(u32, Money)>,
}

words! {
    /// Documents of the books, each with numbers of its own.
    pub enum BooksDocument {
        /// A supplier's invoice.
        SupplierInvoice,
        /// A landed cost.
        LandedCost,
        /// A return to a vendor.
        VendorReturn,
        /// A revaluation.
        Revaluation,
        /// A write-down.
        WriteDown,
        /// A customer's invoice.
        Invoice,
        /// A credit note.
        CreditNote,
        /// A payment.
        Payment,
        /// A drop shipment.
        DropShipment,
        /// Use of consigned goods.
        ConsignmentUse,
        /// Work on returned goods.
        Refurbishment,
        /// A sharing of variances.
        VarianceSharing,
        /// A supplier's credit note.
        SupplierCredit,
        /// A customer's return of goods that go on to their vendor.
        SentOn,
    }
}

/// A ledger beside the book's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct LedgerRow {
    pub costing: Costing,
    pub write_down: crate::costing::WriteDownBasis,
}

/// Consigned goods that were used: what their owner may invoice. Or goods that went back to their vendor:
/// what he is to credit.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct UseRow {
    pub owner: Box<str>,
    pub sku: SkuId,
    pub node: NodeId,
    pub qty: i64,
    pub value: Money,
    pub invoiced: Worth,
    /// The receipt line that they came with and one more; 0 = none.
    #[serde(default)]
    pub came: Later<u32, 1>,
}

/// What of a receipt line went back to its vendor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct BackRow {
    /// Before he billed it.
    pub unbilled: Worth,
    /// Units that he owes for, or did.
    pub claimed: i64,
}

/// A period's variances of standard cost, and what was shared of them and of earlier ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct VarianceRow {
    pub total: Money,
    pub to_stock: Money,
    pub to_cost: Money,
    /// Where what is not shared yet lies: variances of price, of transfer and of landed cost apart.
    #[serde(default)]
    pub accounts: Later<Vec<(AccountId, Money)>, 1>,
}

impl VarianceRow {
    /// Adds a variance that lies in an account.
    pub(crate) fn add(&mut self, account: AccountId, amount: Money) -> Result<(), num::Overflow> {
        self.total = self.total.plus(amount)?;
        match self.accounts.iter_mut().find(|(known, _)| *known == account) {
            Some((_, waits)) => *waits = waits.plus(amount)?,
            None => self.accounts.push((account, amount)),
        }
        Ok(())
    }
}

/// How a channel's sales are recognised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct SellingRow {
    pub at_invoice: bool,
    /// Expected share of returns, in millionths.
    pub return_rate: i64,
}

/// What of an order's line is billed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct BillRow {
    pub billed: i64,
    pub revenue: Money,
    /// Cost of what is shipped and not billed.
    pub unbilled_cost: Money,
    pub recognised_cost: Money,
    pub credited: i64,
    /// Expected refunds and returns that are still open.
    pub liability: Money,
    pub asset: Money,
    /// Units whose sale a credit note took back, and that have not come back: their cost waits again.
    #[serde(default)]
    pub taken_back: Later<i64, 1>,
}

/// A period of the books.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct PeriodRow {
    pub from: Instant,
    pub to: Instant,
    pub status: PeriodStatus,
    pub actors: Vec<String>,
    #[serde(default)]
    pub roles: Later<Vec<String>, 1>,
}

words! {
    /// Whether a period takes entries.
    #[derive(Default)]
    pub enum PeriodStatus {
        /// Anyone's.
        #[default]
        Open,
        /// Only those of the actors and roles named.
        SoftClosed,
        /// None.
        Closed,
    }
}

/// Costs and books, in tables that came after the first release.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Costs {
    /// Groups with a valuation of their own; `u32::MAX` = all others.
    pub groups: Keys<u32>,
    pub valuation: Table<Valuation>,
    pub standards: Keys<(SkuId, NodeId)>,
    pub standard: Table<Money>,
    pub lasts: Keys<(SkuId, NodeId)>,
    pub last: Table<Worth>,
    pub lots: Keys<(SkuId, NodeId, LotId)>,
    pub lot: Table<Worth>,
    pub receipts: Table<ReceiptRow>,
    /// What of a receipt line is invoiced or has gone back before its invoice.
    pub matches: Keys<u32>,
    pub matched: Table<Worth>,
    /// Units invoiced before they came.
    pub ahead: Keys<(SupplierId, SkuId)>,
    pub prebilled: Table<Worth>,
    pub trails: Keys<SkuId>,
    pub trail: Table<Trail>,
    pub moves: Table<MoveRow>,
    pub documents: Keys<(BooksDocument, DocKey)>,
    pub landed: Table<LandedRow>,
    pub allowances: Keys<(SkuId, NodeId)>,
    pub allowance: Table<Money>,
    /// What was paid for a receipt line's unit in another currency, and the rate.
    pub foreign: Keys<u32>,
    pub rate: Table<Money>,
    pub sellers: Keys<ChannelId>,
    pub selling: Table<SellingRow>,
    pub bills: Keys<u32>,
    pub bill: Table<BillRow>,
    pub periods: Keys<Box<str>>,
    pub period: Table<PeriodRow>,
    pub closings: Keys<(u32, AccountId)>,
    pub closing: Table<Money>,
    pub rolls: Keys<(u32, SkuId, NodeId, Movement)>,
    pub roll: Table<Worth>,
    pub markets: Keys<(u32, ChannelId, SkuId, Movement)>,
    pub market: Table<Worth>,
    pub ledgers: Keys<Box<str>>,
    pub ledger: Table<LedgerRow>,
    /// Prices of transfer lines between companies, of what has not arrived.
    pub priced: Keys<(u32, u32)>,
    pub price: Table<Money>,
    /// Mark-up between companies that is still in stock; under no node, what transfer variances have of it.
    pub markups: Keys<(SkuId, NodeId)>,
    pub markup: Table<Money>,
    pub uses: Numbers,
    pub used: Table<UseRow>,
    /// Purchase price variances under standard cost, by period.
    pub variances: Keys<(u32, SkuId)>,
    pub variance: Table<VarianceRow>,
    /// Layers and lots of transfer lines that are under way.
    pub ways: Keys<(u32, u32)>,
    pub way: Table<UnderWay>,
    /// Lots that customers have, by order line.
    pub sales: Keys<u32>,
    pub sold: Table<Vec<Carried>>,
    /// Standard costs of all nodes of a company that have none of their own.
    pub firms: Keys<(u32, SkuId)>,
    pub firm: Table<Money>,
    /// Units of a receipt line that were invoiced at another price, and what they cost beyond.
    pub dearer: Keys<u32>,
    pub beyond: Table<Worth>,
    /// What went along with goods that customers have, by order line.
    pub gone: Keys<u32>,
    pub along: Table<Along>,
    /// Orders in another currency.
    pub foreigners: Keys<OrderId>,
    pub abroad: Table<OrderInCurrency>,
    /// What vendors owe for goods that went back to them, by document and SKU.
    pub claims: Keys<(u32, SkuId)>,
    pub claim: Table<UseRow>,
    /// Debits less credits by span, company and account.
    pub firm_spans: Keys<(u32, u32, AccountId)>,
    pub firm_span: Table<Money>,
    /// What went back to vendors, by receipt line.
    pub backs: Keys<u32>,
    pub back: Table<BackRow>,
    /// The node whose company has an order's documents: that of the first of them. In groups only.
    pub homes: Keys<OrderId>,
    pub home: Table<NodeId>,
    /// What a supplier shipped straight to the customer and has not gone back to him, by order line.
    pub drops: Keys<u32>,
    pub dropped: Table<Vec<Carried>>,
    /// Ledgers beside the book's own, counted from 1, by span: what they come to beyond the book.
    pub beside: Keys<(u32, u32)>,
    pub beside_closings: Keys<(u32, AccountId)>,
    pub beside_closing: Table<Money>,
    pub beside_rolls: Keys<(u32, SkuId, NodeId, Movement)>,
    pub beside_roll: Table<Worth>,
    pub beside_markets: Keys<(u32, ChannelId, SkuId, Movement)>,
    pub beside_market: Table<Worth>,
    pub beside_firms: Keys<(u32, u32, AccountId)>,
    pub beside_firm: Table<Money>,
    /// Periods whose status is another in a ledger beside.
    pub beside_periods: Keys<(u32, u32)>,
    pub beside_period: Table<PeriodRow>,
}

tables!(Costs: ; later:
    groups, valuation, standards, standard, lasts, last, lots, lot, receipts, matches, matched, ahead,
    prebilled, trails, trail, moves, documents, landed, allowances, allowance, foreign, rate, sellers,
    selling, bills, bill, periods, period, closings, closing, rolls, roll, markets, market, ledgers, ledger,
    priced, price, markups, markup, uses, used, variances, variance, ways, way, sales, sold,
    firms, firm, dearer, beyond, gone, along, foreigners, abroad,
    claims, claim, firm_spans, firm_span, backs, back, homes, home,
    drops, dropped, beside, beside_closings, beside_closing, beside_rolls, beside_roll, beside_markets,
    beside_market, beside_firms, beside_firm, beside_periods, beside_period
);

/// What a line that is shipped or comes back is counted under.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sale {
    pub movement: Movement,
    pub span: u32,
    pub sku: SkuId,
    pub node: NodeId,
    pub channel: ChannelId,
}

impl Sale {
    /// The count of its cost; that of its price is found by it.
    fn market(&self) -> (u32, ChannelId, SkuId, Movement) {
        (self.span, self.channel, self.sku, self.movement)
    }

    fn roll(&self) -> (u32, SkuId, NodeId, Movement) {
        (self.span, self.sku, self.node, self.movement)
    }
}

/// Spans of time in no period have numbers from here on, by the minutes since 1900.
const FREE: u32 = 1 << 31;
const EPOCH: Instant = Instant::from_micros(-2_208_988_800_000_000);

/// Whether a movement is a variance of standard cost: of the purchase price, between nodes, or of what goods
/// cost to land.
pub(crate) const fn is_variance(movement: Movement) -> bool {
    use Movement::*;
    matches!(
        movement,
        PriceVariance
            | InvoiceVariance
            | ConsignmentVariance
            | VendorReturnVariance
            | VendorClaimVariance
            | ReturnClaimVariance
            | TransferVariance
            | LandedVariance
    )
}

/// The key of the claim that follows another of the same return and SKU, of goods that came with another
/// receipt line: documents are counted from below, these from above.
pub(crate) const fn claim_after(id: u32, sku: SkuId) -> (u32, SkuId) {
    (NOTHING.wrapping_sub(1).wrapping_sub(id), sku)
}

/// The row of a key.
pub(crate) fn row<K: Clone + std::hash::Hash + Eq, T: Clone + std::hash::Hash>(
    keys: &Keys<K>,
    table: &Table<T>,
    key: &K,
) -> Option<T> {
    if keys.len() == 0 {
        return None;
    }
    keys.find(key).and_then(|id| table.get(id)).cloned()
}

impl Costs {
    /// The valuation of a SKU group, if one was declared.
    #[inline]
    pub(crate) fn valuation(&self, group: u32) -> Option<Valuation> {
        if self.groups.len() == 0 {
            return None;
        }
        let own = self.groups.find(&group).or_else(|| self.groups.find(&u32::MAX));
        own.and_then(|id| self.valuation.get(id)).copied()
    }

    /// The late policy of a group, where movements are remembered for it.
    #[inline]
    pub(crate) fn traced(&self, group: u32) -> Option<LatePolicy> {
        self.valuation(group).filter(Valuation::is_traced).map(|valuation| valuation.late)
    }

    /// The standard cost of a base unit: a node's own, else that of its company, else that of all.
    pub(crate) fn standard(&self, sku: SkuId, node: NodeId, company: u32) -> Option<Money> {
        let own = row(&self.standards, &self.standard, &(sku, node));
        let own = own.or_else(|| row(&self.firms, &self.firm, &(company, sku)));
        own.or_else(|| row(&self.standards, &self.standard, &(sku, NodeId::NONE)))
    }

    /// Whether a node has a standard that is nearer to it than one of a company, or of all.
    pub(crate) fn nearer_standard(&self, sku: SkuId, node: NodeId, own: u32, company: Option<u32>) -> bool {
        row(&self.standards, &self.standard, &(sku, node)).is_some()
            || (company.is_none() && row(&self.firms, &self.firm, &(own, sku)).is_some())
    }

    /// An order in another currency.
    pub(crate) fn sold_in(&self, order: OrderId) -> Option<&OrderInCurrency> {
        if self.foreigners.len() == 0 {
            return None;
        }
        self.foreigners.find(&order).and_then(|id| self.abroad.get(id))
    }

    /// Units and value of a lot's pool.
    pub(crate) fn lot_pool(&self, sku: SkuId, node: NodeId, lot: LotId) -> Worth {
        row(&self.lots, &self.lot, &(sku, node, lot)).unwrap_or_default()
    }

    /// The remembered movements of a SKU, in the order of recording.
    pub(crate) fn trail(&self, sku: SkuId) -> impl Iterator<Item = (u32, &MoveRow)> {
        let head = row(&self.trails, &self.trail, &sku).map_or(NOTHING, |trail| trail.head);
        let at = |id: u32| self.moves.get(id).map(|row| (id, row));
        std::iter::successors(at(head), move |(_, known)| at(known.next))
    }

    /// Units and value of a receipt line that are not invoiced and have not gone back.
    pub(crate) fn open_receipt(&self, id: u32, line: &ReceiptRow) -> Worth {
        let matched = row(&self.matches, &self.matched, &id).unwrap_or_default();
        let value = line.value.micros().saturating_sub(matched.value.micros());
        Worth { qty: line.qty.saturating_sub(matched.qty), value: Money::from_micros(value) }
    }

    /// Of so many units of a receipt line, those invoiced at another price, and what they cost beyond.
    pub(crate) fn dearer(&self, id: u32, qty: i64, minor: i64) -> Result<Worth, num::Overflow> {
        let all = row(&self.dearer, &self.beyond, &id).unwrap_or_default();
        Ok(Worth { qty: qty.min(all.qty), value: crate::costing::share(all.value, qty, all.qty, minor)? })
    }

    /// Of a receipt line, what is billed and has not gone back, at what it was received for.
    pub(crate) fn billed(&self, id: u32, minor: i64) -> Result<Worth, num::Overflow> {
        let all = row(&self.matches, &self.matched, &id).unwrap_or_default();
        let back = row(&self.backs, &self.back, &id).unwrap_or_default();
        let (qty, value) = (num::sub(all.qty, back.unbilled.qty)?, all.value.minus(back.unbilled.value)?);
        let left = qty.saturating_sub(back.claimed).max(0);
        Ok(Worth { qty: left, value: crate::costing::share(value, left, qty, minor)? })
    }

    /// The price between companies of what of a transfer's line has not arrived.
    pub(crate) fn transfer_price(&self, transfer: u32, line: u32) -> Option<Money> {
        row(&self.priced, &self.price, &(transfer, line))
    }

    /// The period that an instant lies in.
    pub(crate) fn period_of(&self, instant: Instant) -> Option<(u32, &PeriodRow)> {
        self.period.iter().find(|(_, row)| row.from <= instant && instant < row.to)
    }

    /// A period as a ledger has it, counted from 1; 0 = the book's own. A ledger beside follows the book
    /// until it is told otherwise.
    pub(crate) fn period_in(&self, ledger: u32, instant: Instant) -> Option<(u32, &PeriodRow)> {
        let (id, own) = self.period_of(instant)?;
        let apart = self.beside_periods.find(&(ledger, id)).filter(|_| ledger > 0);
        Some((id, apart.and_then(|at| self.beside_period.get(at)).unwrap_or(own)))
    }

    /// What entries of an instant are counted under: its period, or in none, the time since its month began
    /// or the last period ended.
    pub(crate) fn span_of(&self, instant: Instant) -> u32 {
        if let Some((id, _)) = self.period_of(instant) {
            return id;
        }
        let ended = self.period.iter().map(|(_, row)| row.to).filter(|to| *to <= instant);
        let minutes = ended.fold(instant.month(), Instant::max).plus_seconds(59).seconds_since(EPOCH);
        FREE | u32::try_from(minutes.div_euclid(60)).unwrap_or(0)
    }

    /// To have the memory near that a search begins with for what a sale is counted under; gives what
    /// [`Costs::touch_sale`] goes on with.
    pub(crate) fn glance_sale(&self, sale: &Sale) -> [u64; 2] {
        [self.markets.glance(&sale.market()), self.rolls.glance(&sale.roll())]
    }

    /// To have the memory near that the search ends with.
    pub(crate) fn touch_sale(&self, sale: &Sale, [market, roll]: [u64; 2]) {
        self.markets.touch(&self.market, &sale.market(), market);
        self.rolls.touch(&self.roll, &sale.roll(), roll);
    }

    /// The first instant of what entries are counted under.
    pub(crate) fn start_of(&self, span: u32) -> Instant {
        match self.period.get(span) {
            Some(row) => row.from,
            // Entries of the first releases were counted under no time.
            None if span < FREE || span == u32::MAX => Instant::START,
            None => EPOCH.plus_seconds(i64::from(span & !FREE).saturating_mul(60)),
        }
    }

    /// Whether what is counted under a span lies before a period, in it or after it.
    pub(crate) fn side_of(&self, span: u32, (from, to): (Instant, Instant)) -> Ordering {
        let start = self.start_of(span);
        let after = if start < to { Ordering::Equal } else { Ordering::Greater };
        if start < from { Ordering::Less } else { after }
    }

    /// Whether a new period would cut a span under which entries are counted.
    pub(crate) fn cuts(&self, (from, to): (Instant, Instant)) -> bool {
        self.closings.iter().filter(|(_, key)| key.0 >= FREE && key.0 != u32::MAX).any(|(_, key)| {
            let start = self.start_of(key.0);
            let ends = self.period.iter().map(|(_, row)| row.from).filter(|from| *from > start);
            let end = ends.fold(start.month().plus_seconds(32 * 86_400).month(), Instant::min);
            (start < from && from < end) || (start < to && to < end)
        })
    }

    /// The lines of a receipt.
    pub(crate) fn receipt_lines(&self, receipt: u32) -> impl Iterator<Item = (u32, &ReceiptRow)> {
        let rows = self.receipts.rows();
        // Receipts are numbered as they come, so that their lines lie in order.
        let from = rows.partition_point(|row| row.receipt < receipt);
        let mine = rows.iter().enumerate().skip(from).take_while(move |(_, row)| row.receipt == receipt);
        mine.map(|(at, row)| (num::id(at), row))
    }
}

impl State {
    /// The method that a SKU is valued by.
    #[inline]
    pub(crate) fn method(&self, sku: &SkuRow) -> Costing {
        self.costs.valuation(sku.group).and_then(|valuation| valuation.costing).unwrap_or(sku.costing)
    }

    /// The standard cost of a base unit at a node.
    pub(crate) fn standard_cost(&self, sku: SkuId, node: NodeId) -> Option<Money> {
        self.costs.standard(sku, node, self.company_at(node))
    }
}

impl MoveRow {
    /// What it does to a pool; nothing where the movement moves none.
    pub(crate) const fn kind(&self) -> Option<Kind> {
        Some(match self.movement {
            Movement::Receipt
            | Movement::Opening
            | Movement::Gain
            | Movement::AssemblyIn
            | Movement::ConsignmentUse
            | Movement::IntercompanyPurchase => Kind::In,
            Movement::Issue | Movement::IssueUnbilled | Movement::Loss | Movement::AssemblyOut => Kind::Out,
            Movement::VendorReturn | Movement::VendorReturnClaim => Kind::VendorOut,
            Movement::DropShipOut | Movement::DropShipUnbilled => Kind::SentOn,
            Movement::TransferOut => Kind::TransferOut,
            Movement::TransferIn => Kind::TransferIn,
            Movement::TransferLoss | Movement::IntercompanyCost => Kind::TransferLost,
            Movement::ReturnRestock | Movement::ReturnRefurbish => Kind::ReturnIn,
            Movement::ReturnScrap | Movement::ReturnToVendor => Kind::ReturnElsewhere,
            Movement::Revaluation | Movement::WriteDownToCost | Movement::Refurbishing => {
                if self.declared {
                    Kind::Recost
                } else {
                    Kind::Revalue
                }
            }
            _ => return None,
        })
    }

    /// The reason that it was booked with.
    pub(crate) fn booked_reason(&self) -> ReasonId {
        self.reason.checked_sub(1).map_or(ReasonId::NONE, ReasonId)
    }

    /// As the engine of costs sees it.
    pub(crate) fn step(&self) -> Option<Step> {
        let kind = self.kind()?;
        let MoveRow { node, lot, doc, part, qty, value, passed, declared, .. } = *self;
        // Goods bought from another company of the group are a layer of their own, of no receipt line.
        let bought = self.movement == Movement::IntercompanyPurchase;
        let doc = if bought { NOTHING } else { doc };
        Some(Step { kind, node, lot, doc, part, qty, value, passed, declared })
    }

    /// What the movement adds to its node's units.
    pub(crate) const fn units(&self) -> i64 {
        match self.kind() {
            Some(Kind::In | Kind::TransferIn | Kind::ReturnIn) => self.qty,
            Some(Kind::Out | Kind::VendorOut | Kind::TransferOut) => self.qty.saturating_neg(),
            _ => 0,
        }
    }

    /// What the movement adds to its pool's value.
    pub(crate) fn effect(&self) -> i64 {
        let value = self.value.micros();
        match self.kind() {
            Some(Kind::In | Kind::TransferIn | Kind::ReturnIn | Kind::Revalue | Kind::Recost) => {
                value.saturating_sub(self.passed.micros())
            }
            Some(Kind::Out | Kind::VendorOut | Kind::TransferOut) => value.saturating_neg(),
            Some(Kind::TransferLost | Kind::ReturnElsewhere | Kind::SentOn) | None => 0,
        }
    }
}
