//! The books: chart of accounts, posting rules, journal.

mod export;
mod rules;
mod sets;

pub use export::*;
pub(crate) use rules::{Context, Rules};
pub use sets::{continental_rules, default_chart, default_rules};
pub(crate) use sets::{first_chart, first_rules};

use crate::policy::Predicate;
use crate::value::ids::{AccountId, ChannelId, LotId, NodeId, SkuId};
use crate::value::money::Money;
use crate::value::wire::{wire, words};

words! {
    /// A movement of value. Each is posted by one debit and one credit of the same amount.
    pub enum Movement {
        /// Goods come from a supplier: inventory to goods received, not invoiced.
        Receipt,
        /// Goods are taken on without a supplier: inventory to opening balance.
        Opening,
        /// Goods leave to a customer: cost of goods sold to inventory.
        Issue,
        /// What the customer owes for them: receivable to revenue.
        Revenue,
        /// What the carrier will charge: freight out to accrued freight.
        Freight,
        /// What handling costs: handling to accrued handling.
        Handling,
        /// A return goes back to sellable stock: inventory to cost of goods sold.
        ReturnRestock,
        /// A return is kept for refurbishing: inventory to cost of goods sold.
        ReturnRefurbish,
        /// A return is scrapped: scrap to cost of goods sold.
        ReturnScrap,
        /// A return goes on to its vendor: vendor claims to cost of goods sold.
        ReturnToVendor,
        /// The customer is refunded: sales returns to receivable.
        Refund,
        /// Stock is less than the book says: shrinkage to inventory.
        Loss,
        /// Stock is more than the book says: inventory to shrinkage.
        Gain,
        /// Goods leave for another node: in transit to inventory.
        TransferOut,
        /// Goods arrive from another node: inventory to in transit.
        TransferIn,
        /// Goods are lost on the way: shrinkage to in transit.
        TransferLoss,
        /// The purchase price differs from the standard cost: price variance to inventory.
        PriceVariance,
        /// A supplier's invoice, at its own amount: goods received, not invoiced, to payable.
        PurchaseInvoice,
        /// What an invoice differs from its receipt goes to stock: inventory to goods received, not invoiced.
        InvoiceToStock,
        /// What an invoice differs from its receipt is spent: price variance to goods received, not invoiced.
        InvoiceVariance,
        /// Tax on purchases, as the host says: input tax to payable.
        InputTax,
        /// An invoice at a worse rate than its receipt: exchange loss to goods received, not invoiced.
        ExchangeLoss,
        /// An invoice at a better rate than its receipt: goods received, not invoiced, to exchange gain.
        ExchangeGain,
        /// Freight, duty and the like become part of the goods' cost: inventory to landed cost clearing.
        LandedCost,
        /// Landed cost that no stock can bear: late cost variance to landed cost clearing.
        LandedVariance,
        /// The carrier's or customs' invoice: landed cost clearing to payable.
        LandedInvoice,
        /// What a late receipt costs beyond today's cost: late cost variance to inventory.
        LateVariance,
        /// Units issued before they came are valued at what they cost: cost of goods sold to inventory.
        CatchUp,
        /// Goods go back to their vendor before his invoice: goods received, not invoiced, to inventory.
        VendorReturn,
        /// Goods go back to their vendor after his invoice: vendor claims to inventory.
        VendorReturnClaim,
        /// Carrying cost of returned goods beyond what is not invoiced: price variance to goods received.
        VendorReturnVariance,
        /// Carrying cost of returned goods beyond the claim: price variance to vendor claims.
        VendorClaimVariance,
        /// Stock is valued anew: inventory to revaluation.
        Revaluation,
        /// Standards of two nodes differ: transfer variance to inventory of the node that receives.
        TransferVariance,
        /// Stock is written down by an allowance: write-down to inventory allowance.
        WriteDown,
        /// Stock is written down to a new cost basis: write-down to inventory.
        WriteDownToCost,
        /// A write-down is no longer needed, or its goods left unsold: inventory allowance to write-down.
        WriteDownReversal,
        /// Goods written down are sold: inventory allowance to cost of goods sold.
        AllowanceRelease,
        /// Components go into a kit: work in assembly to inventory.
        AssemblyOut,
        /// An assembled kit comes out: inventory to work in assembly.
        AssemblyIn,
        /// Labour and other cost of assembling: work in assembly to absorbed cost.
        AssemblyExtra,
        /// Labour that makes returned goods fit for sale: inventory to absorbed cost.
        Refurbishing,
        /// Goods leave to a customer who is invoiced later: shipped, not invoiced, to inventory.
        IssueUnbilled,
        /// Their cost, when they are invoiced: cost of goods sold to shipped, not invoiced.
        CostRecognised,
        /// Tax on sales, as the host says: receivable to output tax.
        OutputTax,
        /// A discount on an invoice: discounts to receivable.
        Discount,
        /// Shipping that the customer pays: receivable to shipping revenue.
        ShippingRevenue,
        /// A credit note on the price: revenue to receivable.
        CreditNote,
        /// The customer pays: cash to receivable.
        Payment,
        /// The customer pays by gift balance: gift balances to receivable.
        GiftTender,
        /// Gift balance is sold: cash to gift balances.
        GiftSale,
        /// Revenue that will probably be given back: revenue to refund liability.
        ExpectReturn,
        /// Goods that will probably come back: right-of-return asset to cost of goods sold.
        ExpectReturnCost,
        /// An expected refund is made: refund liability to sales returns.
        RefundExpected,
        /// A supplier ships to our customer, goods in: inventory to goods received, not invoiced.
        DropShipIn,
        /// The same goods out: cost of goods sold to inventory.
        DropShipOut,
        /// The same goods out to a customer who is invoiced later: shipped, not invoiced, to inventory.
        DropShipUnbilled,
        /// A vendor's goods become ours by use: inventory to consignment liability.
        ConsignmentUse,
        /// The vendor's invoice for them: consignment liability to payable.
        ConsignmentInvoice,
        /// Goods sold to a company of the group: intercompany receivable to intercompany revenue.
        IntercompanySale,
        /// Their cost: intercompany cost to goods in transit.
        IntercompanyCost,
        /// The same goods in the other company: inventory to intercompany payable.
        IntercompanyPurchase,
        /// What a vendor's invoice for goods used differs: price variance to consignment liability.
        ConsignmentVariance,
        /// Price variance that goods on hand bear (IAS 2.21): variance in stock to price variance.
        VarianceToStock,
        /// Price variance of goods that were sold: cost of goods sold to price variance.
        VarianceToCost,
        /// A node's part of its company's pool: inventory to in transit, whose sum over the nodes is zero.
        PoolShare,
        /// A customer settles a debt in another currency at a worse rate: exchange loss to receivable.
        SettlementLoss,
        /// A customer settles a debt in another currency at a better rate: receivable to exchange gain.
        SettlementGain,
        /// A vendor's credit note for goods that went back: payable to vendor claims.
        VendorCredit,
        /// What a customer's goods cost beyond the claim on their vendor: price variance to vendor claims.
        ReturnClaimVariance,
    }
}

impl Movement {
    /// Its word on the wire, as in `transfer_out`.
    ///
    /// ```
    /// assert_eq!(stockbook::Movement::TransferOut.word(), "transfer_out");
    /// ```
    #[must_use]
    pub fn word(self) -> String {
        let word = serde_json::to_value(self).ok();
        word.as_ref().and_then(|word| word.as_str()).unwrap_or_default().to_owned()
    }
}

words! {
    /// A set of posting rules that comes with the library.
    pub enum RuleSet {
        /// Perpetual inventory, Anglo-Saxon: what is received and not invoiced has an account.
        Perpetual,
        /// Continental: purchases are spent when invoiced, stock moves against stock variation.
        Continental,
    }
}

wire! {
    /// Sets all posting rules. A set that leaves a movement without accounts is refused.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"define_account":{"account":"5900","name":"Damages","kind":"expense"}}"#;
    /// # book.execute(&Envelope::new("account", at, serde_json::from_str(json)?))?;
    /// // Losses of this book go to an account of their own, 5900; all else as the perpetual set has it.
    /// let rules = r#"{"base":"perpetual","rules":[{"movement":"loss","debit":"5900","credit":"1300"}]}"#;
    /// let rules: SetPostingRules = serde_json::from_str(rules)?;
    /// book.execute(&Envelope::new("rules", at, Command::SetPostingRules(rules)))?;
    /// let lose = r#"{"adjust_stock":{"adjustment":"A-1","node":"RENO","reason":"damage","lines":[
    ///     {"sku":"TEE","qty":-1}]}}"#;
    /// book.execute(&Envelope::new("lose", at, serde_json::from_str(lose)?))?;
    /// let account = book.account_id("5900").ok_or("it was defined")?;
    /// let row = book.trial_balance().into_iter().find(|row| row.account == account).ok_or("posted to")?;
    /// assert_eq!(row.balance, Money::from_cents(8_00));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct SetPostingRules {
        /// The rules; for each movement the first whose condition holds decides.
        pub rules: Vec<PostingRule>,
        /// A set that comes with the library and follows the rules, so that they need only say what differs.
        /// Without one, movements that came after the first release fall back on the perpetual set.
        #[serde(default)]
        pub base: Option<RuleSet>,
    }

    /// Which accounts a movement is posted to.
    pub struct PostingRule {
        /// The movement.
        pub movement: Movement,
        /// When the rule holds; an empty condition always does.
        #[serde(default)]
        pub when: Predicate,
        /// The account debited.
        pub debit: String,
        /// The account credited.
        pub credit: String,
    }
}

/// One leg of a journal entry. Amounts of an event sum to zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Posting {
    /// The movement that it belongs to.
    pub movement: Movement,
    /// The account.
    pub account: AccountId,
    /// Debit if positive, credit if negative; whole minor units.
    pub amount: Money,
    /// The SKU moved, or none.
    pub sku: SkuId,
    /// The node, or none.
    pub node: NodeId,
    /// Units moved, in the SKU's smallest unit; 0 where money alone moves.
    pub qty: i64,
    /// The channel, or none.
    #[serde(default = "no_channel")]
    pub channel: ChannelId,
    /// The lot, where costs are kept by lot, or none.
    #[serde(default = "no_lot")]
    pub lot: LotId,
    /// The event whose amounts this entry corrects; 0 = it corrects none.
    #[serde(default)]
    pub corrects: u64,
}

fn no_channel() -> ChannelId {
    ChannelId::NONE
}

fn no_lot() -> LotId {
    LotId::NONE
}
