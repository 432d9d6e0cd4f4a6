//! Posting rules, checked when they are set and compiled to ids.

use super::{Movement, Posting, PostingRule};
use crate::catalog::{AccountKind, AccountRow, Catalog, Control, DefineAccount, Lookup};
use crate::policy::Predicate;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num::Overflow;
use crate::value::rejection::Rejection;

use Movement::*;

const MOVEMENTS: [Movement; 16] = [
    Receipt,
    Opening,
    Issue,
    Revenue,
    Freight,
    Handling,
    ReturnRestock,
    ReturnRefurbish,
    ReturnScrap,
    ReturnToVendor,
    Refund,
    Loss,
    Gain,
    TransferOut,
    TransferIn,
    TransferLoss,
];

/// What the rules see of a movement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    pub channel: ChannelId,
    pub node: NodeId,
    pub reason: ReasonId,
    pub group: u32,
    pub sku: SkuId,
    pub qty: i64,
}

impl Default for Context {
    fn default() -> Self {
        Context {
            channel: ChannelId::NONE,
            node: NodeId::NONE,
            reason: ReasonId::NONE,
            group: u32::MAX,
            sku: SkuId::NONE,
            qty: 0,
        }
    }
}

#[derive(Clone, Debug, Default)]
struct CompiledRule {
    channels: Vec<ChannelId>,
    nodes: Vec<NodeId>,
    groups: Vec<u32>,
    reasons: Vec<ReasonId>,
    debit: AccountId,
    credit: AccountId,
}

impl CompiledRule {
    fn holds(&self, context: &Context) -> bool {
        fn fits<T: PartialEq>(list: &[T], value: &T) -> bool {
            list.is_empty() || list.contains(value)
        }
        fits(&self.channels, &context.channel)
            && fits(&self.nodes, &context.node)
            && fits(&self.groups, &context.group)
            && fits(&self.reasons, &context.reason)
    }
}

/// The rules in force, by movement.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    by_movement: Vec<Vec<CompiledRule>>,
}

/// The accounts that a movement's debit and credit side must be tied to.
const fn sides(movement: Movement) -> (Control, Control) {
    match movement {
        Receipt | Opening | ReturnRestock | ReturnRefurbish | Gain => (Control::Inventory, Control::None),
        Issue | Loss => (Control::None, Control::Inventory),
        TransferOut => (Control::InTransit, Control::Inventory),
        TransferIn => (Control::Inventory, Control::InTransit),
        TransferLoss => (Control::None, Control::InTransit),
        Revenue | Freight | Handling | ReturnScrap | ReturnToVendor | Refund => {
            (Control::None, Control::None)
        }
    }
}

fn place(movement: Movement) -> usize {
    MOVEMENTS.iter().position(|m| *m == movement).unwrap_or(0)
}

impl Rules {
    /// Checks and compiles. Every movement needs a rule without condition, and accounts tied as goods demand.
    pub(crate) fn compile(rules: &[PostingRule], catalog: &Catalog) -> Result<Rules, Rejection> {
        let mut by_movement = vec![Vec::new(); MOVEMENTS.len()];
        let mut total = [false; MOVEMENTS.len()];
        for rule in rules {
            let compiled = Self::compile_rule(rule, catalog)?;
            let at = place(rule.movement);
            if let (Some(list), Some(total)) = (by_movement.get_mut(at), total.get_mut(at)) {
                list.push(compiled);
                *total |= rule.when == Predicate::default();
            }
        }
        for (movement, total) in MOVEMENTS.iter().zip(total) {
            if !total {
                return Err(gap(*movement, "no rule without condition catches what the others leave"));
            }
        }
        Ok(Rules { by_movement })
    }

    fn compile_rule(rule: &PostingRule, catalog: &Catalog) -> Result<CompiledRule, Rejection> {
        let when = &rule.when;
        if when.value_min.is_some() || when.value_max.is_some() || !when.is_early() {
            return Err(gap(rule.movement, "a posting rule cannot depend on the order's value or customer"));
        }
        let (need_debit, need_credit) = sides(rule.movement);
        let account = |code: &str, need: Control, side: &str| -> Result<AccountId, Rejection> {
            let (id, row): (AccountId, &AccountRow) = catalog.account_of(code)?;
            if row.control == need {
                return Ok(id);
            }
            let word = match need {
                Control::None => "tied to nothing",
                Control::Inventory => "tied to inventory",
                Control::InTransit => "tied to goods in transit",
            };
            Err(gap(rule.movement, &format!("the {side} account `{code}` must be {word}")))
        };
        Ok(CompiledRule {
            channels: each(&when.channels, |c| catalog.channel_of(c).map(|(id, _)| id))?,
            nodes: each(&when.nodes, |c| catalog.node_of(c).map(|(id, _)| id))?,
            groups: each(&when.groups, |c| group(catalog, c))?,
            reasons: each(&when.reasons, |c| catalog.reason_of(c))?,
            debit: account(&rule.debit, need_debit, "debit")?,
            credit: account(&rule.credit, need_credit, "credit")?,
        })
    }

    /// Whether an account is in the rules.
    pub(crate) fn uses(&self, account: AccountId) -> bool {
        self.by_movement.iter().flatten().any(|rule| rule.debit == account || rule.credit == account)
    }

    /// Posts a movement: a debit and a credit of the same amount. Nothing is posted for nothing.
    pub(crate) fn post(
        &self,
        out: &mut Vec<Posting>,
        movement: Movement,
        amount: Money,
        context: &Context,
    ) -> Result<(), Overflow> {
        if amount == Money::ZERO {
            return Ok(());
        }
        let rules = self.by_movement.get(place(movement)).map(Vec::as_slice).unwrap_or_default();
        // Compilation has seen to it that a rule holds.
        let Some(rule) = rules.iter().find(|rule| rule.holds(context)) else { return Err(Overflow) };
        let (sku, node, qty) = (context.sku, context.node, context.qty);
        let leg = |account, amount| Posting { movement, account, amount, sku, node, qty };
        out.push(leg(rule.debit, amount));
        out.push(leg(rule.credit, Money::ZERO.minus(amount)?));
        Ok(())
    }
}

pub(crate) fn each<T>(
    codes: &[String],
    find: impl Fn(&str) -> Result<T, Rejection>,
) -> Result<Vec<T>, Rejection> {
    codes.iter().map(|code| find(code)).collect()
}

pub(crate) fn group(catalog: &Catalog, code: &str) -> Result<u32, Rejection> {
    catalog.groups.find(code).ok_or_else(|| Rejection::InvalidField {
        field: "groups".into(),
        need: format!("a group that some SKU has; none has `{}`", code.chars().take(64).collect::<String>()),
    })
}

fn gap(movement: Movement, problem: &str) -> Rejection {
    let movement = serde_json::to_value(movement).ok().and_then(|m| m.as_str().map(str::to_owned));
    Rejection::PostingGap { movement: movement.unwrap_or_default(), problem: problem.into() }
}

const CHART: [(&str, &str, AccountKind, Control); 16] = [
    ("1100", "Receivable", AccountKind::Asset, Control::None),
    ("1300", "Inventory", AccountKind::Asset, Control::Inventory),
    ("1350", "Goods in transit", AccountKind::Asset, Control::InTransit),
    ("1400", "Vendor claims", AccountKind::Asset, Control::None),
    ("2100", "Goods received, not invoiced", AccountKind::Liability, Control::None),
    ("2200", "Accrued freight", AccountKind::Liability, Control::None),
    ("2210", "Accrued handling", AccountKind::Liability, Control::None),
    ("3000", "Opening balance", AccountKind::Equity, Control::None),
    ("4000", "Revenue", AccountKind::Income, Control::None),
    ("4100", "Sales returns", AccountKind::Income, Control::None),
    ("5000", "Cost of goods sold", AccountKind::Expense, Control::None),
    ("5100", "Shrinkage", AccountKind::Expense, Control::None),
    ("5110", "Lost in transit", AccountKind::Expense, Control::None),
    ("5200", "Scrap", AccountKind::Expense, Control::None),
    ("6100", "Freight out", AccountKind::Expense, Control::None),
    ("6200", "Handling", AccountKind::Expense, Control::None),
];

const RULES: [(Movement, &str, &str); 16] = [
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

/// The posting rules that a new book starts with: perpetual inventory, Anglo-Saxon.
///
/// ```
/// let rules = stockbook::default_rules();
/// assert_eq!(rules.len(), 16, "one for each movement of value");
/// ```
#[must_use]
pub fn default_rules() -> Vec<PostingRule> {
    let rule = |(movement, debit, credit): &(Movement, &str, &str)| PostingRule {
        movement: *movement,
        when: Predicate::default(),
        debit: (*debit).into(),
        credit: (*credit).into(),
    };
    RULES.iter().map(rule).collect()
}
