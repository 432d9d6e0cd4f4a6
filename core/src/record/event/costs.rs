//! What is recorded of costs, invoices and periods.

use super::*;
use crate::costing::SetValuation;
use crate::record::PeriodStatus;

facts! {
    /// Units and cost of a lot.
    pub struct LotCost {
        /// The lot.
        pub lot: LotId,
        /// Units.
        pub qty: i64,
        /// Their cost.
        pub value: Money,
    }

    /// What became known late changes what was booked: new amounts for old movements, none rewritten in its
    /// event. The entries are in the event's journal, each with the number of the event that it corrects.
    #[derive(Default)]
    pub struct Corrections {
        /// Movements whose cost is another.
        pub moves: Vec<Corrected>,
        /// Pools of value as they are from here on.
        pub pools: Vec<PoolCorrected>,
        /// Parts of pools that nodes share, by which their value follows their units.
        #[serde(default)]
        pub spread: Vec<PoolCorrected>,
        /// Layers between nodes, under FIFO.
        #[serde(default)]
        pub transits: Vec<TransitCorrected>,
        /// What the event comes to otherwise in ledgers beside the book's own.
        #[serde(default)]
        pub ledgers: Vec<LedgerEntry>,
    }

    /// What an event posts in a ledger beside the book's own, on top of the event's journal.
    pub struct LedgerEntry {
        /// The ledger, counted from 1.
        pub ledger: u32,
        /// The instant whose period the event belongs to in this ledger.
        pub posted_at: Instant,
        /// Journal.
        pub postings: Vec<Posting>,
    }

    /// Layers of a transfer's line that are others.
    pub struct TransitCorrected {
        /// The transfer, counted from 0.
        pub transfer: u32,
        /// Its line, from 1.
        pub line: u32,
        /// What is under way, the oldest first.
        pub layers: Vec<LayerCost>,
    }

    /// A movement whose cost is another.
    pub struct Corrected {
        /// Its number in the trail of costs.
        pub movement: u32,
        /// How much more it was worth.
        pub value: Money,
        /// How much more of it passed through stock.
        pub passed: Money,
        /// How much more waits as shipped, not invoiced, where the movement left it so.
        #[serde(default)]
        pub waits: Option<Money>,
    }

    /// A pool of value that is another.
    pub struct PoolCorrected {
        /// The SKU.
        pub sku: SkuId,
        /// The node.
        pub node: NodeId,
        /// The lot, where costs are kept by lot.
        pub lot: LotId,
        /// How much more it is worth.
        pub value: Money,
        /// Its layers from the oldest, under FIFO.
        pub layers: Vec<LayerCost>,
    }

    /// A layer of a FIFO pool.
    pub struct LayerCost {
        /// Units.
        pub qty: i64,
        /// Their value.
        pub value: Money,
        /// The receipt line that it came from, counted from 1 over all receipts; 0 = none.
        pub source: u32,
    }

    /// An amount added to the cost of a receipt line.
    pub struct LateCost {
        /// The receipt line, counted from 0 over all receipts.
        pub receipt_line: u32,
        /// The amount.
        pub amount: Money,
        /// What of it stock on hand bears at once, where movements are not costed anew.
        pub to_stock: Money,
    }

    /// A valuation holds from here on.
    pub struct ValuationSet {
        /// As it was said.
        pub set: SetValuation,
    }

    /// A supplier's invoice, matched to what came.
    pub struct SupplierInvoiceReceived {
        /// Number of the invoice.
        pub invoice: DocKey,
        /// The supplier.
        pub supplier: SupplierId,
        /// Lines matched.
        pub matches: Vec<InvoiceMatch>,
        /// Units invoiced before they came.
        pub ahead: Vec<InvoiceAhead>,
        /// Differences that change the cost of what came.
        pub late: Vec<LateCost>,
        /// Landed cost invoiced: the landed cost, counted from 0, and what of its plan is settled.
        pub landed: Vec<LandedInvoiced>,
        /// Tax, as the host says.
        pub tax: Money,
        /// Journal.
        pub postings: Vec<Posting>,
        /// Uses of consigned goods, in place of receipt lines: counted from 0 over all uses.
        #[serde(default)]
        pub uses: Vec<InvoiceMatch>,
        /// Exceptions opened: order, receipt and invoice do not agree.
        #[serde(default)]
        pub exceptions: Vec<crate::exception::Raised>,
        /// Whether it is a credit note.
        #[serde(default)]
        pub credit: bool,
        /// Vendor returns that it settles, in place of receipt lines: counted from 0 over all that were owed
        /// for.
        #[serde(default)]
        pub claims: Vec<InvoiceMatch>,
        /// The purchase order that it names.
        #[serde(default)]
        pub purchase_order: Option<PurchaseId>,
    }

    /// A landed cost's invoice.
    pub struct LandedInvoiced {
        /// The landed cost, counted from 0.
        pub landed: u32,
        /// What of the plan it settles.
        pub amount: Money,
    }

    /// Units of an invoice that were received.
    pub struct InvoiceMatch {
        /// The receipt line, counted from 0 over all receipts.
        pub receipt_line: u32,
        /// Units.
        pub qty: i64,
        /// What of goods received, not invoiced, is cleared.
        pub cleared: Money,
        /// What the supplier's price is beyond that.
        #[serde(default)]
        pub beyond: Money,
    }

    /// Units of an invoice that have not come.
    pub struct InvoiceAhead {
        /// The SKU.
        pub sku: SkuId,
        /// Units.
        pub qty: i64,
        /// Their price.
        pub value: Money,
    }

    /// Freight, duty and the like, shared out over receipt lines.
    pub struct LandedCostAllocated {
        /// Number of the landed cost.
        pub landed_cost: DocKey,
        /// The amount.
        pub amount: Money,
        /// Its shares.
        pub shares: Vec<LateCost>,
        /// Journal.
        pub postings: Vec<Posting>,
    }

    /// Goods that went back to their vendor.
    pub struct VendorReturnShipped {
        /// Number of the return.
        pub vendor_return: DocKey,
        /// The node.
        pub node: NodeId,
        /// The supplier.
        pub supplier: SupplierId,
        /// What went back.
        pub lines: Vec<VendorReturnedLine>,
        /// Journal.
        pub postings: Vec<Posting>,
    }

    /// A line that went back to its vendor.
    pub struct VendorReturnedLine {
        /// The SKU.
        pub sku: SkuId,
        /// The receipt line that it came with, counted from 0 over all receipts; none = 4294967295.
        pub receipt_line: u32,
        /// Units.
        pub qty: i64,
        /// Carrying cost taken from stock.
        pub cost: Money,
        /// What the vendor owes for them.
        pub credit: Money,
        /// Units and value taken off what is received and not invoiced.
        pub uninvoiced: i64,
        /// Value of those.
        pub uninvoiced_value: Money,
        /// Places taken from.
        pub taken: Vec<Taken>,
        /// Cost by lot, where it is kept so.
        pub lots: Vec<LotCost>,
        /// Layers of a FIFO pool as they are from here on, where its own layer was taken from.
        pub layers: Vec<LayerCost>,
    }

    /// Stock that was valued anew.
    pub struct StockRevalued {
        /// Number of the revaluation.
        pub revaluation: DocKey,
        /// The SKU.
        pub sku: SkuId,
        /// The node, or none for all.
        pub node: NodeId,
        /// The unit cost from here on, where one was set.
        pub unit_cost: Option<Money>,
        /// Whether costs were found anew from the trail.
        pub recosted: bool,
        /// Pools valued anew.
        pub pools: Vec<PoolCorrected>,
        /// Journal.
        pub postings: Vec<Posting>,
        /// Whether it is work on returned goods that they bear.
        #[serde(default)]
        pub refurbished: bool,
        /// The company whose nodes it is for; empty = none.
        #[serde(default)]
        pub company: String,
        /// Of work on goods: units worked on, which bear it; 0 = all of the pool.
        #[serde(default)]
        pub qty: i64,
    }

    /// Stock that was written down or up again.
    pub struct StockWrittenDown {
        /// Number of the write-down.
        pub write_down: DocKey,
        /// The SKU.
        pub sku: SkuId,
        /// By node: allowance from here on, or a new cost basis.
        pub pools: Vec<PoolWrittenDown>,
        /// Journal.
        pub postings: Vec<Posting>,
        /// The reason; none in the first releases.
        #[serde(default)]
        pub reason: Option<ReasonId>,
    }

    /// A pool that was written down.
    pub struct PoolWrittenDown {
        /// The node.
        pub node: NodeId,
        /// Its allowance from here on.
        pub allowance: Money,
        /// The pool with its new cost basis, where there is one. In a ledger beside, how much more or less
        /// it is worth.
        pub basis: Option<PoolCorrected>,
        /// The ledger, counted from 1; 0 = the book's own.
        #[serde(default)]
        pub ledger: u32,
    }

    /// A period's bounds and status.
    pub struct PeriodSet {
        /// The period.
        pub period: String,
        /// Its first instant.
        pub from: Instant,
        /// The instant after its last.
        pub to: Instant,
        /// Its status.
        pub status: PeriodStatus,
        /// Who may post into it while it is soft-closed.
        pub actors: Vec<String>,
        /// The roles whose actors may.
        #[serde(default)]
        pub roles: Vec<String>,
        /// The ledger beside whose period it is; empty = the book's own.
        #[serde(default)]
        pub ledger: String,
    }

    /// Purchase price variances that were shared between stock and cost of goods sold.
    pub struct VarianceShared {
        /// Number of the sharing.
        pub sharing: DocKey,
        /// The period, counted from 0 in the order in which periods were defined.
        pub period: u32,
        /// By SKU.
        pub lines: Vec<SharedVariance>,
        /// Journal.
        pub postings: Vec<Posting>,
    }

    /// A SKU's variance that was shared.
    pub struct SharedVariance {
        /// The SKU.
        pub sku: SkuId,
        /// How much more of it stock bears than before.
        pub to_stock: Money,
        /// What cost of goods sold bears of it.
        pub to_cost: Money,
    }
}

impl Body {
    /// What a write-down comes to in that ledger beside the book's own in which it comes to the most.
    pub(crate) fn written_beside(&self) -> i64 {
        let Body::StockWrittenDown(written) = self else { return 0 };
        let mut sums: Vec<(u32, i64)> = Vec::new();
        for pool in written.pools.iter().filter(|pool| pool.ledger > 0) {
            let by = pool.basis.as_ref().map_or(0, |basis| basis.value.micros().saturating_abs());
            match sums.iter_mut().find(|(ledger, _)| *ledger == pool.ledger) {
                Some((_, sum)) => *sum = sum.saturating_add(by),
                None => sums.push((pool.ledger, by)),
            }
        }
        sums.into_iter().map(|(_, sum)| sum).fold(0, i64::max)
    }
}
