//! Posting rules, checked when they are set and compiled to ids.

use super::sets::{FIRST, MOVES, Move};
use super::{Movement, Posting, PostingRule};
use crate::catalog::{AccountRow, Catalog, Control, Lookup};
use crate::policy::Predicate;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;

/// What the rules see of a movement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    pub channel: ChannelId,
    pub node: NodeId,
    pub reason: ReasonId,
    pub group: u32,
    pub sku: SkuId,
    pub qty: i64,
    pub lot: LotId,
    pub corrects: u64,
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
            lot: LotId::NONE,
            corrects: 0,
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

fn place(movement: Movement) -> usize {
    MOVES.iter().position(|row| row.movement == movement).unwrap_or(0)
}

impl Rules {
    /// Checks and compiles. Every movement of the first release needs a rule without condition, and accounts
    /// tied as goods demand; a later movement that no rule names is posted as the perpetual set says, where
    /// its accounts are there.
    pub(crate) fn compile(rules: &[PostingRule], catalog: &Catalog) -> Result<Rules, Rejection> {
        let mut by_movement = vec![Vec::new(); MOVES.len()];
        let mut total = [false; MOVES.len()];
        for rule in rules {
            let compiled = Self::compile_rule(rule, catalog)?;
            let at = place(rule.movement);
            if let (Some(list), Some(total)) = (by_movement.get_mut(at), total.get_mut(at)) {
                list.push(compiled);
                *total |= rule.when == Predicate::default();
            }
        }
        let open = MOVES.iter().zip(total).enumerate().filter(|(_, (_, total))| !total);
        for (at, (row, _)) in open {
            if at < FIRST {
                return Err(gap(row.movement, "no rule without condition catches what the others leave"));
            }
            if let (Ok(rule), Some(list)) =
                (Self::compile_rule(&row.perpetual(), catalog), by_movement.get_mut(at))
            {
                list.push(rule);
            }
        }
        Ok(Rules { by_movement })
    }

    /// `Ok` if every movement has accounts, so that no event is left unposted.
    pub(crate) fn check_whole(&self) -> Result<(), Rejection> {
        let rows = MOVES.iter().zip(&self.by_movement);
        let empty = rows.filter(|(_, rules)| rules.is_empty()).map(|(row, _)| row.movement).next();
        empty.map_or(Ok(()), |movement| {
            Err(gap(movement, "no rule names it, and the usual accounts are not in the chart"))
        })
    }

    fn compile_rule(rule: &PostingRule, catalog: &Catalog) -> Result<CompiledRule, Rejection> {
        let when = &rule.when;
        if when.value_min.is_some() || when.value_max.is_some() || !when.is_early() {
            return Err(gap(rule.movement, "a posting rule cannot depend on the order's value or customer"));
        }
        let Some(Move { controls: (need_debit, need_credit), .. }) = MOVES.get(place(rule.movement)) else {
            return Err(gap(rule.movement, "it is no movement"));
        };
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
            debit: account(&rule.debit, *need_debit, "debit")?,
            credit: account(&rule.credit, *need_credit, "credit")?,
        })
    }

    /// Whether an account is in the rules.
    pub(crate) fn uses(&self, account: AccountId) -> bool {
        self.by_movement.iter().flatten().any(|rule| rule.debit == account || rule.credit == account)
    }

    /// The accounts that a movement is credited to.
    pub(crate) fn credited(&self, movement: Movement) -> Vec<AccountId> {
        let rules = self.by_movement.get(place(movement)).map(Vec::as_slice).unwrap_or_default();
        let mut accounts: Vec<AccountId> = rules.iter().map(|rule| rule.credit).collect();
        accounts.put_in_order();
        accounts.dedup();
        accounts
    }

    /// The accounts that a movement is debited to.
    pub(crate) fn debited(&self, movement: Movement) -> Vec<AccountId> {
        let rules = self.by_movement.get(place(movement)).map(Vec::as_slice).unwrap_or_default();
        let mut accounts: Vec<AccountId> = rules.iter().map(|rule| rule.debit).collect();
        accounts.put_in_order();
        accounts.dedup();
        accounts
    }

    fn rule_of(&self, movement: Movement, context: &Context) -> Option<&CompiledRule> {
        let rules = self.by_movement.get(place(movement)).map(Vec::as_slice).unwrap_or_default();
        rules.iter().find(|rule| rule.holds(context))
    }

    /// The account that a movement is debited to in a context.
    pub(crate) fn debit_of(&self, movement: Movement, context: &Context) -> Option<AccountId> {
        self.rule_of(movement, context).map(|rule| rule.debit)
    }

    /// The account that a movement is credited to in a context.
    pub(crate) fn credit_of(&self, movement: Movement, context: &Context) -> Option<AccountId> {
        self.rule_of(movement, context).map(|rule| rule.credit)
    }

    /// How many movements have no accounts.
    pub(crate) fn gaps(&self) -> usize {
        self.by_movement.iter().filter(|rules| rules.is_empty()).count()
    }

    /// Posts a movement: a debit and a credit of the same amount. Nothing is posted for nothing.
    ///
    /// # Errors
    /// `PostingGap` where a book of the first release has no accounts for a later movement.
    pub(crate) fn post(
        &self,
        out: &mut Vec<Posting>,
        movement: Movement,
        amount: Money,
        context: &Context,
    ) -> Result<(), Rejection> {
        let rule = self.rule_of(movement, context).map(|rule| (rule.debit, rule.credit));
        Self::post_between(out, movement, rule, amount, context)
    }

    /// Posts a movement to the accounts given, debit and credit.
    ///
    /// # Errors
    /// `PostingGap` where there are none.
    pub(crate) fn post_between(
        out: &mut Vec<Posting>,
        movement: Movement,
        accounts: Option<(AccountId, AccountId)>,
        amount: Money,
        context: &Context,
    ) -> Result<(), Rejection> {
        if amount == Money::ZERO {
            return Ok(());
        }
        let Some((debit, credit)) = accounts else {
            return Err(gap(movement, "no rule names it, and the usual accounts are not in the chart"));
        };
        let Context { sku, node, qty, channel, lot, corrects, .. } = *context;
        let leg =
            |account, amount| Posting { movement, account, amount, sku, node, qty, channel, lot, corrects };
        out.push(leg(debit, amount));
        out.push(leg(credit, Money::ZERO.minus(amount)?));
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
