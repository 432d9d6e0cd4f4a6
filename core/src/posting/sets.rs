//! What comes with the library, as data: the chart of accounts and two sets of posting rules.
//!
//! One row a movement: what its accounts must be tied to, the accounts of the perpetual (Anglo-Saxon) set
//! and those of the continental one, where purchases are spent when they are invoiced and goods move against
//! stock variation. IAS 2, ASC 330 and IFRS 15 bind the rows on write-downs and rights of return.

use super::{Movement, PostingRule, RuleSet};
use crate::catalog::{AccountKind, Control, DefineAccount};
use crate::policy::Predicate;

use Movement::*;

/// Movements that the first release had: every rule set names them.
pub(super) const FIRST: usize = 16;

const NONE: Control = Control::None;
const INVENTORY: Control = Control::Inventory;
const TRANSIT: Control = Control::InTransit;

/// A movement, and how it is posted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Move {
    pub movement: Movement,
    /// What the debited and the credited account must be tied to.
    pub controls: (Control, Control),
    perpetual: (&'static str, &'static str),
    continental: (&'static str, &'static str),
}

const fn row(
    movement: Movement,
    controls: (Control, Control),
    perpetual: (&'static str, &'static str),
    continental: (&'static str, &'static str),
) -> Move {
    Move { movement, controls, perpetual, continental }
}

impl Move {
    fn rule(&self, (debit, credit): (&str, &str)) -> PostingRule {
        let when = Predicate::default();
        PostingRule { movement: self.movement, when, debit: debit.into(), credit: credit.into() }
    }

    /// Its rule in the perpetual set.
    pub(super) fn perpetual(&self) -> PostingRule {
        self.rule(self.perpetual)
    }
}

/// All movements, in the order of their enum.
#[rustfmt::skip]
pub(crate) const MOVES: [Move; 70] = [
    row(Receipt, (INVENTORY, NONE), ("1300", "2100"), ("1300", "5410")),
    row(Opening, (INVENTORY, NONE), ("1300", "3000"), ("1300", "3000")),
    row(Issue, (NONE, INVENTORY), ("5000", "1300"), ("5410", "1300")),
    row(Revenue, (NONE, NONE), ("1100", "4000"), ("1100", "4000")),
    row(Freight, (NONE, NONE), ("6100", "2200"), ("6100", "2200")),
    row(Handling, (NONE, NONE), ("6200", "2210"), ("6200", "2210")),
    row(ReturnRestock, (INVENTORY, NONE), ("1300", "5000"), ("1300", "5410")),
    row(ReturnRefurbish, (INVENTORY, NONE), ("1300", "5000"), ("1300", "5410")),
    row(ReturnScrap, (NONE, NONE), ("5200", "5000"), ("5200", "5410")),
    row(ReturnToVendor, (NONE, NONE), ("1400", "5000"), ("5410", "5410")),
    row(Refund, (NONE, NONE), ("4100", "1100"), ("4100", "1100")),
    row(Loss, (NONE, INVENTORY), ("5100", "1300"), ("5410", "1300")),
    row(Gain, (INVENTORY, NONE), ("1300", "5100"), ("1300", "5410")),
    row(TransferOut, (TRANSIT, INVENTORY), ("1350", "1300"), ("1350", "1300")),
    row(TransferIn, (INVENTORY, TRANSIT), ("1300", "1350"), ("1300", "1350")),
    row(TransferLoss, (NONE, TRANSIT), ("5110", "1350"), ("5410", "1350")),
    row(PriceVariance, (NONE, INVENTORY), ("5020", "1300"), ("5410", "1300")),
    row(PurchaseInvoice, (NONE, NONE), ("2100", "2000"), ("5400", "2000")),
    row(InvoiceToStock, (INVENTORY, NONE), ("1300", "2100"), ("1300", "5410")),
    row(InvoiceVariance, (NONE, NONE), ("5020", "2100"), ("5020", "5400")),
    row(InputTax, (NONE, NONE), ("1200", "2000"), ("1200", "2000")),
    row(ExchangeLoss, (NONE, NONE), ("5900", "2100"), ("5900", "5400")),
    row(ExchangeGain, (NONE, NONE), ("2100", "4900"), ("5400", "4900")),
    row(LandedCost, (INVENTORY, NONE), ("1300", "2120"), ("1300", "5410")),
    row(LandedVariance, (NONE, NONE), ("5050", "2120"), ("5050", "5410")),
    row(LandedInvoice, (NONE, NONE), ("2120", "2000"), ("5400", "2000")),
    row(LateVariance, (NONE, INVENTORY), ("5050", "1300"), ("5050", "1300")),
    row(CatchUp, (NONE, INVENTORY), ("5000", "1300"), ("5410", "1300")),
    row(VendorReturn, (NONE, INVENTORY), ("2100", "1300"), ("5410", "1300")),
    row(VendorReturnClaim, (NONE, INVENTORY), ("1400", "1300"), ("5410", "1300")),
    row(VendorReturnVariance, (NONE, NONE), ("5020", "2100"), ("5020", "5410")),
    row(VendorClaimVariance, (NONE, NONE), ("5020", "1400"), ("5020", "5410")),
    row(Revaluation, (INVENTORY, NONE), ("1300", "5040"), ("1300", "5410")),
    row(TransferVariance, (NONE, INVENTORY), ("5030", "1300"), ("5030", "1300")),
    row(WriteDown, (NONE, NONE), ("5210", "1390"), ("5210", "1390")),
    row(WriteDownToCost, (NONE, INVENTORY), ("5210", "1300"), ("5210", "1300")),
    row(WriteDownReversal, (NONE, NONE), ("1390", "5210"), ("1390", "5210")),
    row(AllowanceRelease, (NONE, NONE), ("1390", "5000"), ("1390", "5410")),
    row(AssemblyOut, (NONE, INVENTORY), ("1370", "1300"), ("1370", "1300")),
    row(AssemblyIn, (INVENTORY, NONE), ("1300", "1370"), ("1300", "1370")),
    row(AssemblyExtra, (NONE, NONE), ("1370", "5250"), ("1370", "5250")),
    row(Refurbishing, (INVENTORY, NONE), ("1300", "5250"), ("1300", "5250")),
    row(IssueUnbilled, (NONE, INVENTORY), ("1360", "1300"), ("5410", "1300")),
    row(CostRecognised, (NONE, NONE), ("5000", "1360"), ("5410", "5410")),
    row(OutputTax, (NONE, NONE), ("1100", "2320"), ("1100", "2320")),
    row(Discount, (NONE, NONE), ("4050", "1100"), ("4050", "1100")),
    row(ShippingRevenue, (NONE, NONE), ("1100", "4060"), ("1100", "4060")),
    row(CreditNote, (NONE, NONE), ("4000", "1100"), ("4000", "1100")),
    row(Payment, (NONE, NONE), ("1000", "1100"), ("1000", "1100")),
    row(GiftTender, (NONE, NONE), ("2350", "1100"), ("2350", "1100")),
    row(GiftSale, (NONE, NONE), ("1000", "2350"), ("1000", "2350")),
    row(ExpectReturn, (NONE, NONE), ("4000", "2300"), ("4000", "2300")),
    row(ExpectReturnCost, (NONE, NONE), ("1340", "5000"), ("1340", "5410")),
    row(RefundExpected, (NONE, NONE), ("2300", "4100"), ("2300", "4100")),
    row(DropShipIn, (INVENTORY, NONE), ("1300", "2100"), ("1300", "5410")),
    row(DropShipOut, (NONE, INVENTORY), ("5000", "1300"), ("5410", "1300")),
    row(DropShipUnbilled, (NONE, INVENTORY), ("1360", "1300"), ("5410", "1300")),
    row(ConsignmentUse, (INVENTORY, NONE), ("1300", "2130"), ("1300", "5410")),
    row(ConsignmentInvoice, (NONE, NONE), ("2130", "2000"), ("5400", "2000")),
    row(IntercompanySale, (NONE, NONE), ("1500", "4300"), ("1500", "4300")),
    row(IntercompanyCost, (NONE, TRANSIT), ("5300", "1350"), ("5410", "1350")),
    row(IntercompanyPurchase, (INVENTORY, NONE), ("1300", "2500"), ("1300", "5410")),
    row(ConsignmentVariance, (NONE, NONE), ("5020", "2130"), ("5020", "5400")),
    row(VarianceToStock, (NONE, NONE), ("1380", "5020"), ("1380", "5020")),
    row(VarianceToCost, (NONE, NONE), ("5000", "5020"), ("5410", "5020")),
    row(PoolShare, (INVENTORY, TRANSIT), ("1300", "1350"), ("1300", "1350")),
    row(SettlementLoss, (NONE, NONE), ("5900", "1100"), ("5900", "1100")),
    row(SettlementGain, (NONE, NONE), ("1100", "4900"), ("1100", "4900")),
    row(VendorCredit, (NONE, NONE), ("2000", "1400"), ("2000", "5400")),
    row(ReturnClaimVariance, (NONE, NONE), ("5020", "1400"), ("5020", "5410")),
];

const CHART: [(&str, &str, AccountKind, Control); 45] = [
    ("1100", "Receivable", AccountKind::Asset, NONE),
    ("1300", "Inventory", AccountKind::Asset, INVENTORY),
    ("1350", "Goods in transit", AccountKind::Asset, TRANSIT),
    ("1400", "Vendor claims", AccountKind::Asset, NONE),
    ("2100", "Goods received, not invoiced", AccountKind::Liability, NONE),
    ("2200", "Accrued freight", AccountKind::Liability, NONE),
    ("2210", "Accrued handling", AccountKind::Liability, NONE),
    ("3000", "Opening balance", AccountKind::Equity, NONE),
    ("4000", "Revenue", AccountKind::Income, NONE),
    ("4100", "Sales returns", AccountKind::Income, NONE),
    ("5000", "Cost of goods sold", AccountKind::Expense, NONE),
    ("5100", "Shrinkage", AccountKind::Expense, NONE),
    ("5110", "Lost in transit", AccountKind::Expense, NONE),
    ("5200", "Scrap", AccountKind::Expense, NONE),
    ("6100", "Freight out", AccountKind::Expense, NONE),
    ("6200", "Handling", AccountKind::Expense, NONE),
    // From here on: what books of a later release begin with besides.
    ("1000", "Cash", AccountKind::Asset, NONE),
    ("1200", "Input tax", AccountKind::Asset, NONE),
    ("1340", "Right-of-return asset", AccountKind::Asset, NONE),
    ("1360", "Shipped, not invoiced", AccountKind::Asset, NONE),
    ("1370", "Work in assembly", AccountKind::Asset, NONE),
    ("1390", "Inventory allowance", AccountKind::Asset, NONE),
    ("1500", "Intercompany receivable", AccountKind::Asset, NONE),
    ("2000", "Payable", AccountKind::Liability, NONE),
    ("2120", "Landed cost clearing", AccountKind::Liability, NONE),
    ("2130", "Consignment liability", AccountKind::Liability, NONE),
    ("2300", "Refund liability", AccountKind::Liability, NONE),
    ("2320", "Output tax", AccountKind::Liability, NONE),
    ("2350", "Gift balances", AccountKind::Liability, NONE),
    ("2500", "Intercompany payable", AccountKind::Liability, NONE),
    ("4050", "Discounts", AccountKind::Income, NONE),
    ("4060", "Shipping revenue", AccountKind::Income, NONE),
    ("4300", "Intercompany revenue", AccountKind::Income, NONE),
    ("4900", "Exchange gain", AccountKind::Income, NONE),
    ("5020", "Purchase price variance", AccountKind::Expense, NONE),
    ("5030", "Transfer variance", AccountKind::Expense, NONE),
    ("5040", "Revaluation", AccountKind::Expense, NONE),
    ("5050", "Late cost variance", AccountKind::Expense, NONE),
    ("5210", "Write-down", AccountKind::Expense, NONE),
    ("5250", "Absorbed cost", AccountKind::Expense, NONE),
    ("5300", "Intercompany cost", AccountKind::Expense, NONE),
    ("5400", "Purchases", AccountKind::Expense, NONE),
    ("5410", "Stock variation", AccountKind::Expense, NONE),
    ("5900", "Exchange loss", AccountKind::Expense, NONE),
    ("1380", "Variance in stock", AccountKind::Asset, NONE),
];

/// The chart of accounts that a new book starts with.
///
/// ```
/// let chart = stockbook::default_chart();
/// assert!(chart.iter().any(|account| account.account == "1300" && account.name == "Inventory"));
/// ```
#[must_use]
pub fn default_chart() -> Vec<DefineAccount> {
    let account = |(code, name, kind, control): &(&str, &str, AccountKind, Control)| DefineAccount {
        account: (*code).into(),
        name: (*name).into(),
        kind: *kind,
        control: *control,
    };
    CHART.iter().map(account).collect()
}

/// The part of the chart that books of the first release begin with.
pub(crate) fn first_chart() -> Vec<DefineAccount> {
    default_chart().into_iter().take(16).collect()
}

/// The posting rules that a new book starts with: perpetual inventory, Anglo-Saxon.
///
/// ```
/// use stockbook::{Movement, default_rules};
/// let rules = default_rules();
/// let issue = rules.iter().find(|rule| rule.movement == Movement::Issue).unwrap();
/// assert_eq!((issue.debit.as_str(), issue.credit.as_str()), ("5000", "1300"), "cost of goods to inventory");
/// ```
#[must_use]
pub fn default_rules() -> Vec<PostingRule> {
    MOVES.iter().map(Move::perpetual).collect()
}

/// The rules that books of the first release begin with.
pub(crate) fn first_rules() -> Vec<PostingRule> {
    MOVES.iter().take(FIRST).map(Move::perpetual).collect()
}

/// The continental posting rules: purchases are spent when invoiced, stock moves against stock variation.
///
/// ```
/// use stockbook::{Movement, continental_rules};
/// let rules = continental_rules();
/// let receipt = rules.iter().find(|rule| rule.movement == Movement::Receipt).unwrap();
/// assert_eq!((receipt.debit.as_str(), receipt.credit.as_str()), ("1300", "5410"));
/// ```
#[must_use]
pub fn continental_rules() -> Vec<PostingRule> {
    MOVES.iter().map(|row| row.rule(row.continental)).collect()
}

impl RuleSet {
    /// Its rules.
    pub(crate) fn rules(self) -> Vec<PostingRule> {
        match self {
            RuleSet::Perpetual => default_rules(),
            RuleSet::Continental => continental_rules(),
        }
    }
}
