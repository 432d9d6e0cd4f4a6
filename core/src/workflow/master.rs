//! Master data, policy and authority: what is checked at the door is recorded as it was said.

use super::change::decide_detail;
use super::common::reserved_at;
use crate::catalog::*;
use crate::exception::{ExceptionCode, Opened};
use crate::policy::CompiledPolicy;
use crate::posting::Rules;
use crate::record::*;
use crate::value::ids::*;
use crate::value::rejection::Rejection;

/// A command on master data.
pub(crate) enum Master<'a> {
    Configure(&'a ConfigureBook),
    Account(&'a DefineAccount),
    Reason(&'a DefineReason),
    Sku(&'a DefineSku),
    Node(&'a DefineNode),
    Channel(&'a DefineChannel),
    Service(&'a DefineService),
    Supplier(&'a DefineSupplier),
    Policy(&'a crate::policy::Policy),
    PostingRules(&'a crate::posting::SetPostingRules),
    Authority(&'a SetAuthority, &'a [&'a str]),
    NodeStatus(&'a SetNodeStatus),
    Protection(&'a SetProtection),
    Reorder(&'a SetReorderRule),
    Trait(&'a DescribeSku),
    Skus(&'a DefineSkus),
    Kit(&'a DefineKit),
    Company(&'a DefineCompany),
    Site(&'a DescribeNode),
    Outlet(&'a DescribeChannel),
    Listing(&'a SetListing),
    Negative(&'a SetNegativeStock),
}

/// `Ok` if a new node's code names no group of nodes: a question about it would mean either.
fn not_a_group(catalog: &Catalog, node: &str) -> Result<(), Rejection> {
    if catalog.node_groups.find(node).is_none() || catalog.node_of(node).is_ok() {
        return Ok(());
    }
    let need = "a code that no group of nodes has".into();
    Err(Rejection::InvalidField { field: "node".into(), need })
}

/// Checks a command on master data and gives the event to record.
pub(crate) fn decide_master(state: &State, command: &Master<'_>) -> Result<Body, Rejection> {
    let catalog = &state.catalog;
    match command {
        Master::Configure(configure) => {
            Catalog::check_configuration(configure)?;
            if state.head.sequence > 0 {
                return Err(Rejection::BookInUse {});
            }
            Ok(Body::BookConfigured((*configure).clone()))
        }
        Master::Account(define) => {
            catalog.check_account(define, account_in_use(state, &define.account))?;
            Ok(Body::AccountDefined((*define).clone()))
        }
        Master::Reason(define) => {
            code("reason", &define.reason)?;
            Ok(Body::ReasonDefined((*define).clone()))
        }
        Master::Sku(define) => {
            super::valuation::check_group(state, &define.sku, &define.group, define.costing)?;
            catalog.check_sku(define, |sku| state.sku_in_use(sku))?;
            Ok(Body::SkuDefined((*define).clone()))
        }
        Master::Node(define) => {
            let cut_offs = Catalog::check_node(define)?;
            not_a_group(catalog, &define.node)?;
            Ok(Body::NodeDefined(NodeDefined { node: (*define).clone(), cut_offs }))
        }
        Master::Channel(define) => {
            catalog.check_channel(define)?;
            Ok(Body::ChannelDefined((*define).clone()))
        }
        Master::Service(define) => {
            Catalog::check_service(define)?;
            Ok(Body::ServiceDefined((*define).clone()))
        }
        Master::Supplier(define) => {
            Catalog::check_supplier(define)?;
            Ok(Body::SupplierDefined((*define).clone()))
        }
        Master::Policy(policy) => {
            code("name", &policy.name)?;
            CompiledPolicy::compile(policy, catalog)?;
            Ok(Body::PolicySet((*policy).clone()))
        }
        Master::PostingRules(set) => {
            at_most("rules", set.rules.len(), LINES_MAX)?;
            // What is recorded is whole: a later release's idea of a base changes no book.
            let mut rules = set.rules.clone();
            rules.extend(set.base.map(crate::posting::RuleSet::rules).unwrap_or_default());
            let compiled = Rules::compile(&rules, catalog)?;
            // What a ledger beside posts is found when the event is recorded, too late to refuse it.
            if state.head.origin() > 1 || state.costs.ledger.len() > 0 {
                compiled.check_whole()?;
            }
            Ok(Body::PostingRulesSet(crate::posting::SetPostingRules { rules, base: None }))
        }
        Master::Authority(set, words) => {
            Catalog::check_authority(set, words)?;
            Ok(Body::AuthoritySet((*set).clone()))
        }
        Master::NodeStatus(set) => decide_status(state, set),
        Master::Protection(set) => decide_protection(state, set),
        Master::Reorder(set) => decide_reorder(state, set),
        detail => decide_detail(state, detail),
    }
}

fn account_in_use(state: &State, code: &str) -> bool {
    let Ok((id, _)) = state.catalog.account_of(code) else { return false };
    let balance = state.books.balances.get(id.0).copied().unwrap_or_default();
    balance.micros() != 0 || state.derived.rules.uses(id)
}

fn decide_status(state: &State, set: &SetNodeStatus) -> Result<Body, Rejection> {
    let (node, _) = state.catalog.node_of(&set.node)?;
    let reason = state.catalog.reason_of(&set.reason)?;
    let qty = reserved_at(state, node);
    let mut exceptions = Vec::new();
    if set.status == NodeStatus::Closed && qty > 0 {
        let (order, sku) = (OrderId::NONE, SkuId::NONE);
        exceptions.push(Opened { code: ExceptionCode::PlannedAtClosedNode, order, sku, node, qty });
    }
    Ok(Body::NodeStatusSet(NodeStatusSet { node, status: set.status, reason, exceptions }))
}

fn decide_protection(state: &State, set: &SetProtection) -> Result<Body, Rejection> {
    let (sku, _) = state.catalog.goods_of(&set.sku)?;
    let (node, _) = state.catalog.node_of(&set.node)?;
    let (channel, _) = state.catalog.channel_of(&set.channel)?;
    let qty = if set.qty == 0 { 0 } else { quantity(set.qty)? };
    Ok(Body::ProtectionSet(ProtectionSet { sku, node, channel, qty }))
}

fn decide_reorder(state: &State, set: &SetReorderRule) -> Result<Body, Rejection> {
    let (sku, _) = state.catalog.goods_of(&set.sku)?;
    let (node, _) = state.catalog.node_of(&set.node)?;
    let (supplier, _) = state.catalog.supplier_of(&set.supplier)?;
    Catalog::check_reorder(set)?;
    Ok(Body::ReorderRuleSet(ReorderRuleSet {
        sku,
        node,
        supplier,
        unit_cost: set.unit_cost,
        reorder_point: set.reorder_point,
        order_up_to: set.order_up_to,
        expedite_below: set.expedite_below,
    }))
}
