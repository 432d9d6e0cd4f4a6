//! Master data, policy, rules and rights: what may be said, and what it changes.

use crate::{Model, Node, Protection, Verdict, check, is_code};
use stockbook::*;

const AMOUNT_MAX: i64 = 1_000_000_000_000;

/// Collects every reason to refuse; the book may name any of them.
#[derive(Debug, Default)]
pub struct Faults(pub Vec<u16>);

impl Faults {
    /// A reason, unless the condition holds.
    pub fn need(&mut self, holds: bool, number: u16) -> bool {
        if !holds {
            self.0.push(number);
        }
        holds
    }

    /// A code that must be well formed.
    pub fn code(&mut self, text: &str) -> bool {
        self.need(is_code(text), 102)
    }

    /// A price or rate.
    pub fn price(&mut self, amount: Money) {
        self.need(amount.micros() >= 0 && amount.micros() / 1_000_000 <= AMOUNT_MAX, 103);
    }

    /// 1 to 10,000 lines.
    pub fn lines(&mut self, count: usize) -> bool {
        self.need(count > 0, 107) & self.need(count <= 10_000, 602)
    }

    /// A quantity of one line.
    pub fn qty(&mut self, qty: i64) -> bool {
        self.need((1..=1_000_000_000_000).contains(&qty), 104)
    }

    /// The verdict.
    pub fn verdict(self) -> Verdict {
        let mut faults = self.0;
        match faults.len() {
            0 => return Verdict::Accept,
            1 => {}
            // A definition with several faults may list them all.
            _ => faults.push(780),
        }
        Verdict::Refuse(faults)
    }
}

impl Model {
    /// SKU by code.
    pub fn sku(&self, code: &str) -> Option<usize> {
        self.skus.iter().position(|x| x.sku == code)
    }
    /// Node by code.
    pub fn node(&self, code: &str) -> Option<usize> {
        self.nodes.iter().position(|x| x.said.node == code)
    }
    /// Channel by code.
    pub fn channel(&self, code: &str) -> Option<usize> {
        self.channels.iter().position(|x| x.channel == code)
    }
    /// Service by code.
    pub fn service(&self, code: &str) -> Option<usize> {
        self.services.iter().position(|x| x.service == code)
    }
    /// Supplier by code.
    pub fn supplier(&self, code: &str) -> Option<usize> {
        self.suppliers.iter().position(|x| x.supplier == code)
    }
    /// Account by code.
    pub fn account(&self, code: &str) -> Option<usize> {
        self.accounts.iter().position(|x| x.account == code)
    }
    /// Reason by code.
    pub fn reason(&self, code: &str) -> Option<usize> {
        self.reasons.iter().position(|x| x.reason == code)
    }

    pub(crate) fn judge_sku(&self, c: &DefineSku) -> Verdict {
        let mut faults = Faults::default();
        faults.code(&c.sku);
        faults.need(c.decimals <= 6, 103);
        faults.need((0..=AMOUNT_MAX).contains(&c.weight_g), 103);
        faults.price(c.price);
        faults.need(c.units.len() <= 100, 602);
        for unit in &c.units {
            faults.code(&unit.unit);
            let sound = |n: i64| (1..=1_000_000_000).contains(&n);
            faults.need(sound(unit.base) && sound(unit.count), 103);
        }
        let changed = self.sku(&c.sku).filter(|old| {
            let old = &self.skus[*old];
            (old.decimals, old.costing) != (c.decimals, c.costing)
        });
        let Some(sku) = changed else { return faults.verdict() };
        let stocked = self.cells[sku].iter().any(|cell| cell.on_hand() != 0);
        let open = self.orders.iter().flat_map(|o| &o.lines).any(|l| l.sku == sku);
        faults.need(!stocked && !open, 407);
        match faults.verdict() {
            // Stocked before and empty now: the documentation leaves it open.
            Verdict::Accept => Verdict::Either(vec![407]),
            other => other,
        }
    }

    pub(crate) fn judge_node(&self, c: &DefineNode) -> Verdict {
        let mut faults = Faults::default();
        faults.code(&c.node);
        faults.need(c.place.is_valid(), 103);
        faults.price(c.handling_per_order);
        faults.price(c.handling_per_unit);
        faults.need(c.preference.unsigned_abs() <= 1_000_000_000, 103);
        faults.need(c.processing_minutes <= 525_600, 103);
        match faults.verdict() {
            Verdict::Accept if c.calendar.is_some() => Verdict::Either(vec![103]),
            other => other,
        }
    }

    pub(crate) fn judge_channel(&self, c: &DefineChannel) -> Verdict {
        let mut faults = Faults::default();
        faults.code(&c.channel);
        faults.need(c.promise_hours <= 87_600, 103);
        faults.need(c.services.len() <= 100, 602);
        for service in &c.services {
            faults.need(self.service(service).is_some(), 204);
        }
        faults.verdict()
    }

    pub(crate) fn judge_service(&self, c: &DefineService) -> Verdict {
        let mut faults = Faults::default();
        faults.code(&c.service);
        faults.need(c.zones.len() <= 100, 602);
        faults.need(!c.zones.is_empty(), 103);
        faults.need(c.zones.windows(2).all(|pair| pair[0].up_to_km < pair[1].up_to_km), 103);
        for zone in &c.zones {
            faults.price(zone.base);
            faults.price(zone.per_kg);
            faults.need(zone.transit_hours <= 8_760, 103);
        }
        faults.verdict()
    }

    pub(crate) fn judge_supplier(&self, c: &DefineSupplier) -> Verdict {
        let mut faults = Faults::default();
        faults.code(&c.supplier);
        faults.need(c.lead_time_days <= 3_650 && c.expedite_days <= c.lead_time_days, 103);
        faults.price(c.expedite_premium);
        faults.verdict()
    }

    pub(crate) fn judge_account(&self, c: &DefineAccount) -> Verdict {
        let mut faults = Faults::default();
        faults.code(&c.account);
        faults.need(c.control == Control::None || c.kind == AccountKind::Asset, 103);
        if let Some(old) = self.account(&c.account) {
            let used = self.rules.iter().any(|r| r.debit == c.account || r.credit == c.account);
            let posted = self.journal.iter().any(|b| b.account == old);
            let changed = self.accounts[old].control != c.control;
            faults.need(!(used || self.balance(old) != 0) || !changed, 407);
            if changed && posted && faults.0.is_empty() {
                // Posted to and even again.
                return Verdict::Either(vec![407]);
            }
        }
        faults.verdict()
    }

    pub(crate) fn judge_policy(&self, c: &Policy) -> Verdict {
        let mut faults = Faults::default();
        faults.code(&c.name);
        faults.need(c.rules.len() <= 1_000, 103);
        for rule in &c.rules {
            faults.need(rule.when.nodes.is_empty() && rule.when.reasons.is_empty(), 103);
            for channel in &rule.when.channels {
                faults.need(self.channel(channel).is_some(), 203);
            }
            for group in &rule.when.groups {
                faults.need(self.skus.iter().any(|s| s.group == *group), 103);
            }
        }
        for sourcing in c.rules.iter().map(|r| &r.then).chain([&c.otherwise]) {
            faults.need((1..=4).contains(&sourcing.tiers.len()), 103);
            for tier in &sourcing.tiers {
                faults.need((1..=16).contains(&tier.len()), 103);
                let sound = |t: &Term| (0..=1_000_000_000_000).contains(&t.weight.micros());
                faults.need(tier.iter().all(sound), 103);
            }
            for node in &sourcing.nodes {
                faults.need(self.node(node).is_some(), 202);
            }
            faults.need(sourcing.backorder_units_max.is_none_or(|max| max >= 0), 103);
        }
        faults.verdict()
    }

    pub(crate) fn judge_posting_rules(&self, c: &SetPostingRules) -> Verdict {
        let mut faults = Faults::default();
        for rule in &c.rules {
            let (debit, credit) = sides(rule.movement);
            for (code, side) in [(&rule.debit, debit), (&rule.credit, credit)] {
                match self.account(code) {
                    None => faults.need(false, 206),
                    Some(account) => faults.need(self.accounts[account].control == side, 408),
                };
            }
            let when = &rule.when;
            faults.need(when.value_min.is_none() && when.value_max.is_none(), 408);
            when.channels.iter().for_each(|c| {
                faults.need(self.channel(c).is_some(), 203);
            });
            when.nodes.iter().for_each(|c| {
                faults.need(self.node(c).is_some(), 202);
            });
            when.reasons.iter().for_each(|c| {
                faults.need(self.reason(c).is_some(), 207);
            });
            when.groups.iter().for_each(|g| {
                faults.need(self.skus.iter().any(|s| s.group == *g), 103);
            });
        }
        for movement in crate::journal::rules().iter().map(|r| r.movement) {
            let total = |r: &PostingRule| r.movement == movement && r.when == Predicate::default();
            faults.need(c.rules.iter().any(total), 408);
        }
        faults.verdict()
    }

    pub(crate) fn judge_authority(&self, c: &SetAuthority) -> Verdict {
        let mut faults = Faults::default();
        faults.need(Command::words().contains(&c.command.as_str()), 103);
        faults.need(c.sources.len() <= 100 && c.actors.len() <= 100, 602);
        faults.price(c.value_max.unwrap_or_default());
        faults.verdict()
    }

    /// Descriptions that the driver says are sound but for their names.
    pub(crate) fn judge_description(&self, known: bool, number: u16) -> Verdict {
        let mut faults = Faults::default();
        faults.need(known, number);
        faults.verdict()
    }

    pub(crate) fn judge_protection(&self, c: &SetProtection) -> Verdict {
        let mut faults = Faults::default();
        faults.need(self.sku(&c.sku).is_some(), 201);
        faults.need(self.node(&c.node).is_some(), 202);
        faults.need(self.channel(&c.channel).is_some(), 203);
        if c.qty != 0 {
            faults.need((1..=1_000_000_000_000).contains(&c.qty), 104);
        }
        faults.verdict()
    }

    pub(crate) fn judge_reorder(&self, c: &SetReorderRule) -> Verdict {
        let mut faults = Faults::default();
        faults.need(self.sku(&c.sku).is_some(), 201);
        faults.need(self.node(&c.node).is_some(), 202);
        faults.need(self.supplier(&c.supplier).is_some(), 205);
        faults.price(c.unit_cost);
        let sound = |n: i64| (0..=1_000_000_000_000).contains(&n);
        faults.need(sound(c.reorder_point) && sound(c.expedite_below) && sound(c.order_up_to), 103);
        faults.need(c.order_up_to > c.reorder_point, 103);
        faults.verdict()
    }

    pub(crate) fn judge_configure(&self, c: &ConfigureBook) -> Verdict {
        let mut faults = Faults::default();
        let upper = c.currency.len() == 3 && c.currency.bytes().all(|b| b.is_ascii_uppercase());
        let window = |n: u32| (1..=16_777_216).contains(&n);
        faults.need(upper && c.currency_digits <= 4, 103);
        faults.need(window(c.idempotency_window) && window(c.event_window), 103);
        faults.need(self.sequence == 0, 405);
        faults.verdict()
    }

    pub(crate) fn take_node_status(&mut self, c: &SetNodeStatus, e: &NodeStatusSet) -> Result<(), String> {
        let node = self.node(&c.node).ok_or("node")?;
        let book = (e.node.0 as usize, e.status, Some(e.reason.0 as usize));
        check("node status", &book, &(node, c.status, self.reason(&c.reason)))?;
        self.nodes[node].status = c.status;
        let promised: i128 = self.cells.iter().map(|row| row[node].reserved()).sum();
        let mut want = Vec::new();
        if c.status == NodeStatus::Closed && promised > 0 {
            want.push(Opened {
                code: ExceptionCode::PlannedAtClosedNode,
                order: OrderId::NONE,
                sku: SkuId::NONE,
                node: e.node,
                qty: promised as i64,
            });
        }
        self.take_exceptions(&want, &e.exceptions, "node's status")
    }

    pub(crate) fn judge_node_status(&self, c: &SetNodeStatus) -> Verdict {
        let mut faults = Faults::default();
        faults.need(self.node(&c.node).is_some(), 202);
        faults.need(self.reason(&c.reason).is_some(), 207);
        faults.verdict()
    }

    /// Takes over a definition: said again, it replaces what was said before.
    pub(crate) fn take_master(&mut self, command: &Command, body: &Body) -> Result<(), String> {
        match (command, body) {
            (Command::DefineSku(c), Body::SkuDefined(e)) => {
                check("SKU", e, c)?;
                let nodes = self.nodes.len();
                if put(&mut self.skus, c.clone(), |a, b| a.sku == b.sku) {
                    self.cells.push(vec![Default::default(); nodes]);
                }
            }
            (Command::DefineNode(c), Body::NodeDefined(e)) => {
                check("node", &e.node, c)?;
                let old = self.node(&c.node).map_or(NodeStatus::Open, |i| self.nodes[i].status);
                let node = Node { said: c.clone(), status: old, cut_offs: e.cut_offs.clone() };
                if put(&mut self.nodes, node, |a, b| a.said.node == b.said.node) {
                    self.cells.iter_mut().for_each(|row| row.push(Default::default()));
                }
            }
            (Command::DefineChannel(c), Body::ChannelDefined(e)) => {
                check("channel", e, c)?;
                put(&mut self.channels, c.clone(), |a, b| a.channel == b.channel);
            }
            (Command::DefineService(c), Body::ServiceDefined(e)) => {
                check("service", e, c)?;
                put(&mut self.services, c.clone(), |a, b| a.service == b.service);
            }
            (Command::DefineSupplier(c), Body::SupplierDefined(e)) => {
                check("supplier", e, c)?;
                put(&mut self.suppliers, c.clone(), |a, b| a.supplier == b.supplier);
            }
            (Command::DefineAccount(c), Body::AccountDefined(e)) => {
                check("account", e, c)?;
                put(&mut self.accounts, c.clone(), |a, b| a.account == b.account);
            }
            (Command::DefineReason(c), Body::ReasonDefined(e)) => {
                check("reason", e, c)?;
                put(&mut self.reasons, c.clone(), |a, b| a.reason == b.reason);
            }
            (Command::SetPolicy(c), Body::PolicySet(e)) => {
                check("policy", e, c)?;
                self.policies.push(c.clone());
            }
            (Command::SetPostingRules(c), Body::PostingRulesSet(e)) => {
                check("posting rules", e, c)?;
                self.rules = c.rules.clone();
            }
            (Command::SetAuthority(c), Body::AuthoritySet(e)) => {
                check("authority", e, c)?;
                put(&mut self.authority, c.clone(), |a, b| a.command == b.command);
            }
            (Command::SetProtection(c), Body::ProtectionSet(e)) => self.take_protection(c, e)?,
            (Command::SetReorderRule(c), Body::ReorderRuleSet(e)) => {
                check("reorder sku", &Some(e.sku.0 as usize), &self.sku(&c.sku))?;
                check("reorder node", &Some(e.node.0 as usize), &self.node(&c.node))?;
                let levels = (e.unit_cost, e.reorder_point, e.order_up_to, e.expedite_below);
                check("levels", &levels, &(c.unit_cost, c.reorder_point, c.order_up_to, c.expedite_below))?;
            }
            (Command::ConfigureBook(c), Body::BookConfigured(e)) => {
                check("configuration", e, c)?;
                self.minor = 10i128.pow(6 - u32::from(c.currency_digits));
            }
            (Command::DescribeSku(c), Body::SkuDescribed(e)) => {
                check("described SKU", e, c)?;
                self.described.push(c.clone());
            }
            (Command::DescribeNode(c), Body::NodeDescribed(e)) => {
                check("described node", &(&e.node.node, e.node.capacity), &(&c.node, c.capacity))?;
                let node = self.node(&c.node).ok_or("node")?;
                let before = self.capacity(node);
                self.sites.push(c.clone());
                if before.is_none() {
                    self.book_planned(node);
                }
            }
            (Command::DescribeChannel(c), Body::ChannelDescribed(e)) => {
                check("described channel", e, c)?;
                let channel = self.channel(&c.channel).ok_or("channel")?;
                self.lives.push((channel, c.remaining_life_days));
            }
            (Command::AdvanceTime(_), Body::TimeAdvanced(_)) => {}
            (command, body) => return Err(format!("`{}` recorded as {}", command.word(), body.name())),
        }
        Ok(())
    }

    fn take_protection(&mut self, c: &SetProtection, e: &ProtectionSet) -> Result<(), String> {
        let (sku, node, channel) = (e.sku.0 as usize, e.node.0 as usize, e.channel.0 as usize);
        let book = (Some(sku), Some(node), Some(channel), e.qty);
        check("protection", &book, &(self.sku(&c.sku), self.node(&c.node), self.channel(&c.channel), c.qty))?;
        self.protections.retain(|p| (p.sku, p.node, p.channel) != (sku, node, channel));
        self.protected += 1;
        let (qty, since) = (i128::from(c.qty), self.protected);
        self.protections.push(Protection { sku, node, channel, qty, used: 0, since });
        self.touched.push((sku, node));
        Ok(())
    }
}

/// Replaces the row that is the same thing, or adds one; says whether it is new.
fn put<T>(rows: &mut Vec<T>, new: T, same: impl Fn(&T, &T) -> bool) -> bool {
    match rows.iter().position(|old| same(old, &new)) {
        Some(at) => {
            rows[at] = new;
            false
        }
        None => {
            rows.push(new);
            true
        }
    }
}

/// What the debit and the credit account of a movement are tied to.
fn sides(movement: Movement) -> (Control, Control) {
    use Movement::*;
    match movement {
        Receipt | Opening | ReturnRestock | ReturnRefurbish | Gain | InvoiceToStock | LandedCost
        | Revaluation | AssemblyIn | Refurbishing | DropShipIn | ConsignmentUse | IntercompanyPurchase => {
            (Control::Inventory, Control::None)
        }
        Issue | Loss | PriceVariance | LateVariance | CatchUp | VendorReturn | VendorReturnClaim
        | TransferVariance | WriteDownToCost | AssemblyOut | IssueUnbilled | DropShipOut
        | DropShipUnbilled => (Control::None, Control::Inventory),
        TransferOut => (Control::InTransit, Control::Inventory),
        TransferIn | PoolShare => (Control::Inventory, Control::InTransit),
        TransferLoss | IntercompanyCost => (Control::None, Control::InTransit),
        _ => (Control::None, Control::None),
    }
}
