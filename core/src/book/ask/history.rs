//! Who changed master data, when and why, and what was said before: read from events, nothing is kept for it.
//!
//! Master data is said whole: the statement before is the old value. Where a scheduled change took effect,
//! who scheduled it said it, not whose command moved time.

use super::super::as_of::{handed_back, unreadable};
use crate::book::named::to_json;
use crate::book::{Book, query::*};
use crate::catalog::*;
use crate::record::*;
use crate::value::ids::*;
use crate::value::rejection::Rejection;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a statement is about: its subjects, and what else tells it from others of its kind.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct About {
    kind: &'static str,
    of: Vec<(Subject, String)>,
    rest: String,
}

/// Who said something, and why.
struct By {
    source: String,
    actor: String,
    why: String,
}

/// A history, while events are read.
struct Telling<'a> {
    book: &'a Book,
    query: &'a HistoryQuery,
    /// What was said last of each thing.
    known: BTreeMap<About, Body>,
    /// Who scheduled changes.
    scheduled: BTreeMap<String, By>,
    /// The change that took effect just now, and who approved the command that is told.
    effective: Option<DocKey>,
    approver: Option<(DocKey, String)>,
    entries: Vec<HistoryEntry>,
}

impl Telling<'_> {
    fn tell(&mut self, event: &Event) {
        let change = self.effective.take();
        if self.approver.as_ref().is_some_and(|(command, _)| *command != event.command) {
            self.approver = None;
        }
        match &event.body {
            Body::ChangeScheduled(said) => {
                let (source, actor) = (event.source.to_string(), event.actor.to_string());
                self.scheduled.insert(said.change.to_string(), By { source, actor, why: said.why.clone() });
            }
            Body::ChangeTookEffect(said) => self.effective = Some(said.change.clone()),
            Body::ApprovalGranted(_) => {
                self.approver = Some((event.command.clone(), event.actor.to_string()));
            }
            _ => {}
        }
        match &event.body {
            Body::SkusDefined(said) => {
                for at in 0..said.sku.len() {
                    self.note_row(event, said, at, change.as_ref());
                }
            }
            Body::BatchAllocated(said) => {
                let down = said.disrupted.as_ref().filter(|by| by.kind == DisruptionKind::NodeDown);
                if let Some(node) = down.map(|by| by.node) {
                    let (status, reason, exceptions) = (NodeStatus::Closed, said.reason, Vec::new());
                    let closed = NodeStatusSet { node, status, reason, exceptions };
                    self.note(event, &Body::NodeStatusSet(closed), change.as_ref());
                }
            }
            body => self.note(event, body, change.as_ref()),
        }
    }

    /// A row of many is what the SKU alone would have been defined as: it keeps its units.
    fn note_row(&mut self, event: &Event, said: &DefineSkus, at: usize, change: Option<&DocKey>) {
        let wanted = |sku: &str| self.query.code.is_empty() || self.query.code == sku;
        let Some(row) = said.row(at).filter(|row| self.query.of == Subject::Sku && wanted(row.sku)) else {
            return;
        };
        let mut define = DefineSku {
            sku: row.sku.into(),
            name: said.name.get(at).cloned().unwrap_or_default(),
            group: row.group.into(),
            decimals: row.decimals,
            units: Vec::new(),
            weight_g: row.weight_g,
            price: row.price,
            costing: row.costing,
        };
        let about = self.book.about(&Body::SkuDefined(define.clone()));
        if let Some(Body::SkuDefined(before)) = about.and_then(|about| self.known.get(&about)) {
            define.units.clone_from(&before.units);
        }
        self.note(event, &Body::SkuDefined(define), change);
    }

    fn note(&mut self, event: &Event, body: &Body, change: Option<&DocKey>) {
        let (of, code) = (self.query.of, self.query.code.as_str());
        let fits = |(about, of_it): &(Subject, String)| *about == of && (code.is_empty() || of_it == code);
        let Some(about) = self.book.about(body).filter(|about| about.of.iter().any(fits)) else { return };
        let by = change.and_then(|change| self.scheduled.get(&change.to_string()));
        let said = self.book.reason_in(body);
        let of_change = || {
            let docs = &self.book.state.docs;
            let row = docs.changes.find(change?).and_then(|id| docs.change.get(id));
            row.map(|row| row.why.clone())
        };
        let because = by.map(|by| by.why.clone()).or_else(of_change).unwrap_or_default();
        self.entries.push(HistoryEntry {
            sequence: event.sequence,
            event: event.body.name().into(),
            at: event.at,
            source: by.map_or_else(|| event.source.to_string(), |by| by.source.clone()),
            actor: by.map_or_else(|| event.actor.to_string(), |by| by.actor.clone()),
            why: if said.is_empty() { because } else { said },
            change: change.cloned(),
            approved_by: self.approver.as_ref().map(|(_, actor)| actor.clone()),
            before: self.known.insert(about, body.clone()),
            after: body.clone(),
        });
    }
}

impl Book {
    pub(super) fn ask_history(&self, query: &HistoryQuery) -> Result<HistoryView, Rejection> {
        let mut telling = Telling {
            book: self,
            query,
            known: BTreeMap::new(),
            scheduled: BTreeMap::new(),
            effective: None,
            approver: None,
            entries: Vec::new(),
        };
        let known = |event: &&Event| query.until.is_none_or(|until| event.at <= until);
        let first_event = if let Some(log) = &query.log {
            let (_, events) = read_log(&handed_back("log", log)?).map_err(unreadable)?;
            events.iter().take_while(known).for_each(|event| telling.tell(event));
            events.first().map_or(self.sequence().saturating_add(1), |event| event.sequence)
        } else {
            self.window.iter().take_while(known).for_each(|event| telling.tell(event));
            self.first_event()
        };
        Ok(HistoryView { entries: telling.entries, first_event })
    }

    /// What a word is on the wire.
    fn word<T: Serialize>(&self, word: &T) -> String {
        to_json(&self.state, word).trim_matches('"').to_owned()
    }

    /// What a statement on master data is about; `None` if it is none.
    fn about(&self, body: &Body) -> Option<About> {
        let (of, rest) = match self.about_goods(body) {
            of if of.is_empty() => self.about_rules(body)?,
            of => (of, if let Body::LotExpirySet(said) = body { said.lot.clone() } else { String::new() }),
        };
        let kind = if of.iter().any(|(of, _)| *of == Subject::Change) { "Change" } else { body.name() };
        Some(About { kind, of, rest })
    }

    /// The subjects of a statement on goods, places and partners.
    fn about_goods(&self, body: &Body) -> Vec<(Subject, String)> {
        let catalog = &self.state.catalog;
        let sku = |id: SkuId| catalog.skus.get(id.0).map(|code| (Subject::Sku, code.to_string()));
        let node = |id: NodeId| catalog.nodes.get(id.0).map(|code| (Subject::Node, code.to_string()));
        let channel =
            |id: ChannelId| catalog.channels.get(id.0).map(|code| (Subject::Channel, code.to_string()));
        let supplier =
            |id: SupplierId| catalog.suppliers.get(id.0).map(|code| (Subject::Supplier, code.to_string()));
        let of = |subject: Subject, code: &str| Some((subject, code.to_owned()));
        let of: [Option<(Subject, String)>; 3] = match body {
            Body::SkuDefined(said) => [of(Subject::Sku, &said.sku), None, None],
            Body::SkuDescribed(said) => [of(Subject::Sku, &said.sku), None, None],
            Body::KitDefined(said) => [sku(said.kit), None, None],
            Body::LotExpirySet(said) => [of(Subject::Sku, &said.sku), None, None],
            Body::ListingSet(said) => {
                [of(Subject::Sku, &said.sku), of(Subject::Channel, &said.channel), None]
            }
            Body::NegativeStockSet(said) => {
                let sku = said.sku.as_deref().and_then(|code| of(Subject::Sku, code));
                let node = said.node.as_deref().and_then(|code| of(Subject::Node, code));
                let all = if sku.is_none() && node.is_none() { of(Subject::Book, "") } else { None };
                [sku, node, all]
            }
            Body::ReorderRuleSet(said) => [sku(said.sku), node(said.node), None],
            Body::ProtectionSet(said) => [sku(said.sku), node(said.node), channel(said.channel)],
            Body::ProtectionPlanSet(said) => [sku(said.sku), node(said.node), None],
            Body::PreorderSet(said) => [sku(said.sku), None, None],
            Body::PublishBufferSet(said) => [channel(said.channel), sku(said.sku), node(said.node)],
            Body::NodeDefined(said) => [of(Subject::Node, &said.node.node), None, None],
            Body::NodeDescribed(said) => [of(Subject::Node, &said.node.node), None, None],
            Body::NodeStatusSet(said) => [node(said.node), None, None],
            Body::ChannelDefined(said) => [of(Subject::Channel, &said.channel), None, None],
            Body::ChannelDescribed(said) => [of(Subject::Channel, &said.channel), None, None],
            Body::WorkflowSet(said) => [channel(said.channel), None, None],
            Body::SellingSet(said) => [channel(said.channel), None, None],
            Body::ServiceDefined(said) => [of(Subject::Service, &said.service), None, None],
            Body::SupplierDefined(said) => [of(Subject::Supplier, &said.supplier), None, None],
            Body::SupplyLatenessSet(said) => [supplier(said.supplier), None, None],
            Body::CompanyDefined(said) => [of(Subject::Company, &said.company), None, None],
            _ => [None, None, None],
        };
        of.into_iter().flatten().collect()
    }

    /// The subject of a statement on the books, on rules and on who may do what, and the scope it is for.
    fn about_rules(&self, body: &Body) -> Option<(Vec<(Subject, String)>, String)> {
        let mut rest = String::new();
        let (subject, code) = match body {
            Body::AccountDefined(said) => (Subject::Account, said.account.clone()),
            Body::ReasonDefined(said) => (Subject::Reason, said.reason.clone()),
            Body::ChangeScheduled(said) => (Subject::Change, said.change.to_string()),
            Body::ChangeWithdrawn(said) => (Subject::Change, said.change.to_string()),
            Body::ChangeTookEffect(said) => (Subject::Change, said.change.to_string()),
            Body::ChangeLapsed(said) => (Subject::Change, said.change.to_string()),
            Body::PolicySet(_) => (Subject::Policy, String::new()),
            Body::PostingRulesSet(_) => (Subject::PostingRules, String::new()),
            Body::AuthoritySet(said) => (Subject::Authority, said.command.clone()),
            Body::ParameterDefined(said) => (Subject::Parameter, said.parameter.clone()),
            Body::ParameterSet(said) => {
                rest = to_json(&self.state, &said.scope);
                (Subject::Parameter, said.parameter.clone())
            }
            Body::RoleDefined(said) => (Subject::Role, said.role.clone()),
            Body::RolesGranted(said) => (Subject::Actor, said.actor.clone()),
            Body::ApprovalRuleSet(said) => {
                rest = self.word(&said.measure);
                (Subject::ApprovalRule, said.command.clone())
            }
            Body::SourceOfRecordSet(said) => {
                rest = to_json(&self.state, &said.scope);
                (Subject::SourceOfRecord, said.event.clone())
            }
            Body::TimingRuleSet(said) => (Subject::TimingRule, said.event.clone()),
            Body::ExceptionRuleSet(said) => (Subject::ExceptionRule, self.word(&said.code)),
            Body::RolloutSet(said) => {
                rest = to_json(&self.state, &(&said.node, &said.channel));
                (Subject::Rollout, self.word(&said.family))
            }
            Body::FeedDefined(said) => (Subject::Feed, said.feed.clone()),
            Body::LedgerDefined(said) => (Subject::Ledger, said.ledger.clone()),
            Body::ValuationSet(said) => (Subject::Valuation, said.set.group.clone().unwrap_or_default()),
            Body::CostTableSet(said) => (Subject::CostTable, self.word(&said.table)),
            Body::BidPricesSet(_) => (Subject::BidPrices, String::new()),
            Body::PeriodSet(said) => (Subject::Period, said.period.clone()),
            Body::BookConfigured(_) => (Subject::Book, String::new()),
            _ => return None,
        };
        Some((vec![(subject, code)], rest))
    }

    /// Why a statement was made, as it says itself; empty = it does not.
    fn reason_in(&self, body: &Body) -> String {
        match body {
            Body::SkuDescribed(said) => said.why.clone(),
            Body::KitDefined(said) => said.why.clone(),
            Body::CompanyDefined(said) => said.why.clone(),
            Body::NodeDescribed(said) => said.node.why.clone(),
            Body::ChannelDescribed(said) => said.why.clone(),
            Body::ListingSet(said) => said.why.clone(),
            Body::NegativeStockSet(said) => said.why.clone(),
            Body::NodeStatusSet(said) => self.word(&said.reason),
            Body::ParameterSet(said) => said.reason.clone(),
            Body::RolloutSet(said) => said.reason.clone(),
            Body::ChangeScheduled(said) => said.why.clone(),
            Body::ChangeWithdrawn(said) => said.why.clone(),
            Body::ChangeLapsed(said) => said.problem.clone(),
            _ => String::new(),
        }
    }
}
