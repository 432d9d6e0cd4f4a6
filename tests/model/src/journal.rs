//! The books of the model: a list of bookings, added up at every question.

use crate::cell::half_up;
use crate::{Booking, Model};
use std::collections::BTreeMap;
use stockbook::*;

/// What a movement is posted for.
#[derive(Clone, Copy, Debug, Default)]
pub struct About {
    /// Channel of the order.
    pub channel: Option<usize>,
    /// Node.
    pub node: Option<usize>,
    /// Reason code.
    pub reason: Option<usize>,
    /// SKU.
    pub sku: Option<usize>,
}

const CHART: [(&str, AccountKind, Control); 44] = [
    ("1100", AccountKind::Asset, Control::None),
    ("1300", AccountKind::Asset, Control::Inventory),
    ("1350", AccountKind::Asset, Control::InTransit),
    ("1400", AccountKind::Asset, Control::None),
    ("2100", AccountKind::Liability, Control::None),
    ("2200", AccountKind::Liability, Control::None),
    ("2210", AccountKind::Liability, Control::None),
    ("3000", AccountKind::Equity, Control::None),
    ("4000", AccountKind::Income, Control::None),
    ("4100", AccountKind::Income, Control::None),
    ("5000", AccountKind::Expense, Control::None),
    ("5100", AccountKind::Expense, Control::None),
    ("5110", AccountKind::Expense, Control::None),
    ("5200", AccountKind::Expense, Control::None),
    ("6100", AccountKind::Expense, Control::None),
    ("6200", AccountKind::Expense, Control::None),
    ("1000", AccountKind::Asset, Control::None),
    ("1200", AccountKind::Asset, Control::None),
    ("1340", AccountKind::Asset, Control::None),
    ("1360", AccountKind::Asset, Control::None),
    ("1370", AccountKind::Asset, Control::None),
    ("1390", AccountKind::Asset, Control::None),
    ("1500", AccountKind::Asset, Control::None),
    ("2000", AccountKind::Liability, Control::None),
    ("2120", AccountKind::Liability, Control::None),
    ("2130", AccountKind::Liability, Control::None),
    ("2300", AccountKind::Liability, Control::None),
    ("2320", AccountKind::Liability, Control::None),
    ("2350", AccountKind::Liability, Control::None),
    ("2500", AccountKind::Liability, Control::None),
    ("4050", AccountKind::Income, Control::None),
    ("4060", AccountKind::Income, Control::None),
    ("4300", AccountKind::Income, Control::None),
    ("4900", AccountKind::Income, Control::None),
    ("5020", AccountKind::Expense, Control::None),
    ("5030", AccountKind::Expense, Control::None),
    ("5040", AccountKind::Expense, Control::None),
    ("5050", AccountKind::Expense, Control::None),
    ("5210", AccountKind::Expense, Control::None),
    ("5250", AccountKind::Expense, Control::None),
    ("5300", AccountKind::Expense, Control::None),
    ("5400", AccountKind::Expense, Control::None),
    ("5410", AccountKind::Expense, Control::None),
    ("5900", AccountKind::Expense, Control::None),
];

/// The chart of accounts that a new book has.
pub fn chart() -> Vec<DefineAccount> {
    let account = |(code, kind, control): (&str, AccountKind, Control)| DefineAccount {
        account: code.into(),
        name: String::new(),
        kind,
        control,
    };
    CHART.into_iter().map(account).collect()
}

/// The posting rules that a new book has.
pub fn rules() -> Vec<PostingRule> {
    use Movement::*;
    let rule = |(movement, debit, credit): (Movement, &str, &str)| PostingRule {
        movement,
        when: Predicate::default(),
        debit: debit.into(),
        credit: credit.into(),
    };
    [
        (Receipt, "1300", "2100"),
        (Opening, "1300", "3000"),
        (Issue, "5000", "1300"),
        (Revenue, "1100", "4000"),
        (Freight, "6100", "2200"),
        (Handling, "6200", "2210"),
        (ReturnRestock, "1300", "5000"),
        (ReturnRefurbish, "1300", "5000"),
        (ReturnScrap, "5200", "5000"),
        (ReturnToVendor, "1400", "5000"),
        (Refund, "4100", "1100"),
        (Loss, "5100", "1300"),
        (Gain, "1300", "5100"),
        (TransferOut, "1350", "1300"),
        (TransferIn, "1300", "1350"),
        (TransferLoss, "5110", "1350"),
    ]
    .into_iter()
    .map(rule)
    .collect()
}

impl Model {
    /// `price * qty`, in whole minor units.
    pub fn extend(&self, price: i128, qty: i128, sku: usize) -> i128 {
        half_up(price * qty, 10i128.pow(u32::from(self.skus[sku].decimals)) * self.minor) * self.minor
    }

    /// An amount in whole minor units.
    pub fn whole(&self, amount: i128) -> i128 {
        half_up(amount, self.minor) * self.minor
    }

    fn rule_holds(&self, when: &Predicate, about: &About) -> bool {
        let fits = |list: &[String], code: Option<&String>| {
            list.is_empty() || code.is_some_and(|code| list.contains(code))
        };
        fits(&when.channels, about.channel.map(|i| &self.channels[i].channel))
            && fits(&when.nodes, about.node.map(|i| &self.nodes[i].said.node))
            && fits(&when.reasons, about.reason.map(|i| &self.reasons[i].reason))
            && fits(&when.groups, about.sku.map(|i| &self.skus[i].group))
    }

    /// Posts a movement by the first rule that holds.
    pub fn post(&mut self, movement: Movement, amount: i128, about: About) {
        let holds = |rule: &&PostingRule| rule.movement == movement && self.rule_holds(&rule.when, &about);
        let Some(rule) = self.rules.iter().find(holds) else { return };
        let account = |code: &str| self.accounts.iter().position(|a| a.account == code).unwrap_or(usize::MAX);
        let (debit, credit) = (account(&rule.debit), account(&rule.credit));
        self.posting.push(Booking { movement, account: debit, amount });
        self.posting.push(Booking { movement, account: credit, amount: -amount });
    }

    /// Compares the postings of an event with those expected, and keeps them.
    pub fn check_postings(&mut self, body: &Body) -> Result<(), String> {
        let book: Vec<Booking> = postings(body)
            .iter()
            .map(|p| Booking {
                movement: p.movement,
                account: p.account.0 as usize,
                amount: i128::from(p.amount.micros()),
            })
            .collect();
        let sum: i128 = book.iter().map(|b| b.amount).sum();
        crate::check("sum of an event's postings", &sum, &0)?;
        if let Some(odd) = book.iter().find(|b| b.amount % self.minor != 0) {
            return Err(format!("a posting is not whole minor units: {odd:?}"));
        }
        let (book, model) = (summed(&book), summed(&self.posting));
        crate::check("postings (movement, account) -> amount", &book, &model)?;
        self.journal.append(&mut self.posting);
        Ok(())
    }

    /// Balance of an account, from the whole journal.
    pub fn balance(&self, account: usize) -> i128 {
        self.journal.iter().filter(|b| b.account == account).map(|b| b.amount).sum()
    }

    /// Balances of all accounts, from the whole journal.
    pub fn balances(&self) -> Vec<i128> {
        let mut balances = vec![0; self.accounts.len()];
        for booking in &self.journal {
            balances[booking.account] += booking.amount;
        }
        balances
    }

    /// The largest balance of all, whichever side.
    pub fn largest_balance(&self) -> i128 {
        self.balances().into_iter().map(i128::abs).max().unwrap_or(0)
    }

    /// Balances of the accounts tied to something.
    pub fn control_balance(&self, control: Control) -> i128 {
        (0..self.accounts.len())
            .filter(|a| self.accounts[*a].control == control)
            .map(|a| self.balance(a))
            .sum()
    }

    /// Value of all stock.
    pub fn stock_value(&self) -> i128 {
        self.cells.iter().flatten().map(|cell| cell.pool_value()).sum()
    }

    /// Value between nodes.
    pub fn transit_value(&self) -> i128 {
        self.transfers.iter().flat_map(|t| &t.lines).map(|line| line.value).sum()
    }
}

fn summed(bookings: &[Booking]) -> BTreeMap<(Movement, usize), i128> {
    let mut sums = BTreeMap::new();
    for booking in bookings {
        *sums.entry((booking.movement, booking.account)).or_insert(0) += booking.amount;
    }
    sums.retain(|_, amount| *amount != 0);
    sums
}

/// The postings of an event.
pub fn postings(body: &Body) -> &[Posting] {
    match body {
        Body::GoodsReceived(e) => &e.postings,
        Body::StockAdjusted(e) => &e.postings,
        Body::OrderShipped(e) => &e.postings,
        Body::ReturnReceived(e) => &e.postings,
        Body::TransferShipped(e) => &e.postings,
        Body::TransferReceived(e) => &e.postings,
        _ => &[],
    }
}
