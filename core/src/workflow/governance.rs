//! Parameters, roles, approvals, systems of record: what is checked when they are set, and what they say of
//! an event before it is recorded.

use crate::catalog::*;
use crate::costing::extend;
use crate::exception::*;
use crate::policy::*;
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::{MICROS, Money};
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;

/// A command on governance.
pub(crate) enum Govern<'a> {
    Parameter(&'a DefineParameter, &'a str),
    Value(&'a SetParameter, &'a str),
    Role(&'a DefineRole),
    Grant(&'a GrantRoles),
    Approval(&'a SetApprovalRule),
    Source(&'a SetSourceOfRecord),
    Timing(&'a SetTimingRule),
    Reject(&'a RejectCommand, &'a str),
}

fn invalid<T>(field: &str, need: &str) -> Result<T, Rejection> {
    Err(Rejection::InvalidField { field: field.into(), need: need.into() })
}

/// Commands that a limit or a role must not lock: else nobody could open again.
const FREE: [&str; 7] = [
    "take_message",
    "approve_command",
    "reject_command",
    "set_approval_rule",
    "define_role",
    "grant_roles",
    "advance_time",
];

pub(crate) fn decide_governance(
    state: &State,
    command: &Govern<'_>,
    words: &[&str],
    at: Instant,
) -> Result<Body, Rejection> {
    match command {
        Govern::Parameter(define, actor) => {
            check_definition(state, define, actor)?;
            Ok(Body::ParameterDefined((*define).clone()))
        }
        Govern::Value(set, actor) => {
            check_value(state, set, actor, at)?;
            Ok(Body::ParameterSet((*set).clone()))
        }
        Govern::Role(define) => {
            code("role", &define.role)?;
            at_most("commands", define.commands.len(), words.len())?;
            if define.commands.iter().any(|word| !words.contains(&word.as_str())) {
                return invalid("commands", "words of commands, as in adjust_stock");
            }
            if define.commands.iter().any(|word| FREE.contains(&word.as_str())) {
                return invalid("commands", "none of those that govern roles and approvals: set_authority");
            }
            Ok(Body::RoleDefined((*define).clone()))
        }
        Govern::Grant(grant) => {
            code("actor", &grant.actor)?;
            at_most("roles", grant.roles.len(), 64)?;
            grant.roles.iter().try_for_each(|role| known_role(state, role))?;
            Ok(Body::RolesGranted((*grant).clone()))
        }
        Govern::Approval(set) => {
            let word = set.command.as_str();
            if !words.contains(&word) || FREE.contains(&word) {
                return invalid("command", "the word of a command that may wait, as in adjust_stock");
            }
            known_role(state, &set.role)?;
            if set.above.is_some_and(|above| above.micros() < 0) {
                return invalid("above", "0 or more");
            }
            check_hours(set.expires_hours)?;
            Ok(Body::ApprovalRuleSet((*set).clone()))
        }
        Govern::Source(set) => {
            check_event(&set.event)?;
            check_scope(state, &set.scope)?;
            let unseen = [&set.scope.service_level, &set.scope.region, &set.scope.customer];
            if unseen.iter().any(|part| part.is_some()) {
                return invalid("scope", "node, channel and category: what an event tells");
            }
            at_most("sources", set.sources.len(), 64)?;
            set.sources.iter().try_for_each(|source| code("sources", source))?;
            check_misfit(state, set.otherwise, &set.role)?;
            Ok(Body::SourceOfRecordSet((*set).clone()))
        }
        Govern::Timing(set) => {
            check_event(&set.event)?;
            check_misfit(state, set.otherwise, &set.role)?;
            Ok(Body::TimingRuleSet((*set).clone()))
        }
        Govern::Reject(reject, actor) => {
            may_decide(state, reject.approval, actor, "reject_command")?;
            at_most("characters of the reason", reject.reason.len(), 1_000)?;
            let (approval, reason) = (reject.approval, reject.reason.clone());
            Ok(Body::ApprovalRejected(ApprovalRejected { approval, reason }))
        }
    }
}

fn check_hours(hours: u32) -> Result<(), Rejection> {
    if (1..=8_760).contains(&hours) { Ok(()) } else { invalid("expires_hours", "1 to 8,760 hours") }
}

fn check_event(event: &str) -> Result<(), Rejection> {
    if Body::names().contains(&event) {
        Ok(())
    } else {
        invalid("event", "the name of an event, as in GoodsReceived")
    }
}

fn check_misfit(state: &State, otherwise: Misfit, role: &str) -> Result<(), Rejection> {
    if otherwise == Misfit::Park { known_role(state, role) } else { Ok(()) }
}

pub(super) fn known_role(state: &State, role: &str) -> Result<(), Rejection> {
    if state.govern.roles.rows().iter().any(|known| known.role == role) {
        return Ok(());
    }
    Err(Rejection::UnknownRole { role: shown(role) })
}

fn check_scope(state: &State, scope: &Scope) -> Result<(), Rejection> {
    if let Some(node) = &scope.node {
        state.catalog.node_of(node)?;
    }
    if let Some(channel) = &scope.channel {
        state.catalog.channel_of(channel)?;
    }
    at_most("characters of the customer", scope.customer.as_ref().map_or(0, String::len), 256)?;
    let named =
        [("service_level", &scope.service_level), ("region", &scope.region), ("category", &scope.category)];
    for (field, text) in named {
        if let Some(text) = text {
            code(field, text)?;
        }
    }
    Ok(())
}

/// A parameter's definition: the book's own, else the built-in one.
pub(crate) fn parameter(state: &State, name: &str) -> Result<DefineParameter, Rejection> {
    state.parameter(name).ok_or_else(|| Rejection::UnknownParameter { parameter: shown(name) })
}

/// All parameters: the book's own and those built in, by name.
pub(crate) fn parameters(state: &State) -> Vec<DefineParameter> {
    let own = state.govern.parameters.rows();
    let rest = BUILT_IN.iter().filter(|known| !own.iter().any(|row| row.parameter == known.name));
    let mut all: Vec<DefineParameter> = rest.filter_map(|known| built_in(known.name)).collect();
    all.extend(own.iter().cloned());
    all.put_in_order_by(|a, b| a.parameter.cmp(&b.parameter));
    all
}

fn check_definition(state: &State, define: &DefineParameter, actor: &str) -> Result<(), Rejection> {
    code("parameter", &define.parameter)?;
    if let Some(known) = state.parameter(&define.parameter).filter(|known| !known.role.is_empty()) {
        has_role(state, actor, &known.role, "define_parameter")?;
    }
    at_most("characters of the meaning", define.meaning.len(), 1_000)?;
    if define.min > define.max {
        return invalid("min", "at most `max`");
    }
    in_bounds(define, define.standard)?;
    let values = state.govern.values.rows().iter().filter(|row| row.set.parameter == define.parameter);
    for value in values.filter_map(|row| row.set.value) {
        in_bounds(define, value)?;
    }
    if !define.role.is_empty() {
        known_role(state, &define.role)?;
    }
    Ok(())
}

fn in_bounds(define: &DefineParameter, value: Money) -> Result<(), Rejection> {
    if (define.min..=define.max).contains(&value) {
        return Ok(());
    }
    Err(Rejection::OutsideBounds {
        parameter: define.parameter.clone(),
        value: value.to_string(),
        min: define.min.to_string(),
        max: define.max.to_string(),
    })
}

fn check_value(state: &State, set: &SetParameter, actor: &str, at: Instant) -> Result<(), Rejection> {
    let define = parameter(state, &set.parameter)?;
    check_scope(state, &set.scope)?;
    if define.locality == Locality::Standard && set.scope != Scope::default() {
        return invalid("scope", "nothing: this parameter has one value for all");
    }
    if let Some(value) = set.value {
        in_bounds(&define, value)?;
    }
    if set.effective_from.is_some_and(|from| !from.is_valid() || from < at) {
        return Err(Rejection::InvalidInstant { field: "effective_from".into() });
    }
    at_most("characters of the reason", set.reason.len(), 1_000)?;
    if !define.role.is_empty() {
        has_role(state, actor, &define.role, "set_parameter")?;
    }
    Ok(())
}

fn has_role(state: &State, actor: &str, role: &str, command: &str) -> Result<(), Rejection> {
    if state.govern.roles_of(actor).iter().any(|known| known == role) {
        return Ok(());
    }
    Err(Rejection::RoleRequired { actor: shown(actor), command: command.into(), roles: role.into() })
}

/// Whether an actor may decide on an approval.
pub(crate) fn may_decide<'a>(
    state: &'a State,
    approval: u32,
    actor: &str,
    step: &str,
) -> Result<&'a ApprovalRow, Rejection> {
    let row = approval.checked_sub(1).and_then(|id| state.govern.approvals.get(id));
    let row = row.ok_or(Rejection::UnknownApproval { approval })?;
    let word = match row.status {
        ApprovalStatus::Pending => "",
        ApprovalStatus::Approved => "approved",
        ApprovalStatus::Rejected => "rejected",
        ApprovalStatus::Expired => "expired",
    };
    if !word.is_empty() {
        let (kind, document) = ("approval".into(), approval.to_string());
        return Err(Rejection::IllegalStep { kind, document, state: word.into(), step: step.into() });
    }
    if row.requested_by == actor {
        return Err(Rejection::SameActor { actor: shown(actor) });
    }
    has_role(state, actor, &row.role, step)?;
    Ok(row)
}

/// What governance makes of an event.
pub(crate) enum Verdict {
    /// It is recorded, after these exceptions.
    Go(Vec<Raised>),
    /// It waits.
    Park(Box<ApprovalRequested>),
}

/// Who says what, when.
#[derive(Clone, Copy)]
pub(crate) struct Saying<'a> {
    pub word: &'a str,
    pub source: &'a str,
    pub actor: &'a str,
    pub at: Instant,
    pub occurred_at: Instant,
    /// Seconds that it is said to have happened after `at`.
    pub ahead_s: i64,
    /// The command as JSON; none where a column record says it, which cannot wait.
    pub text: Option<&'a str>,
    /// When it was said: before `at`, where it waited.
    pub told_at: Instant,
    /// The approval that it waited for.
    pub granted: Option<&'a ApprovalRow>,
}

/// What governance sees of an event.
#[derive(Default)]
struct Facts {
    nodes: Vec<NodeId>,
    channels: Vec<ChannelId>,
    skus: Vec<SkuId>,
    value: i64,
    units: i64,
    backorder: i64,
    refund: i64,
    substitution: i64,
}

/// What a change carries: the word of its definition, and its event, if it would fit now.
pub(crate) type Carried<'a> = (&'a str, Option<&'a Body>);

/// Judges an event before it is recorded, and of a change what it carries as if that were said by itself.
pub(crate) fn govern(
    state: &State,
    saying: &Saying<'_>,
    body: &Body,
    carried: Option<Carried<'_>>,
) -> Result<Verdict, Rejection> {
    let mut raised = Vec::new();
    if let Some((word, then)) = carried {
        let saying = Saying { word, ..*saying };
        let none = Facts::default();
        let facts = then.map_or(Ok(none), |then| facts(state, then))?;
        if let Some(parked) = check_speaker(state, &saying, (then, &facts), &mut raised)? {
            return Ok(parked);
        }
    }
    let facts = facts(state, body)?;
    if let Some(parked) = check_speaker(state, saying, (Some(body), &facts), &mut raised)? {
        return Ok(parked);
    }
    if let Some(parked) = check_timing(state, saying, body, &facts, &mut raised)? {
        return Ok(parked);
    }
    limits(state, saying, &facts).map(|parked| parked.unwrap_or(Verdict::Go(raised)))
}

/// Whether this one may say it, from this system, where it happens: what is parked for it, where a rule says
/// so.
fn check_speaker(
    state: &State,
    saying: &Saying<'_>,
    (body, facts): (Option<&Body>, &Facts),
    raised: &mut Vec<Raised>,
) -> Result<Option<Verdict>, Rejection> {
    // An approved command was asked for by one who might.
    if saying.granted.is_none() {
        check_role(state, saying)?;
    }
    super::rollout::check_rollout(state, saying.word, &facts.nodes, &facts.channels)?;
    let Some(body) = body else { return Ok(None) };
    if let Some(rule) = source_rule(state, body.name(), facts)
        && let Some(owners) = foreign_to(state, rule, saying.source, body)
    {
        match (rule.otherwise, saying.text) {
            (Misfit::Accept, _) => {
                let opened = about(facts, ExceptionCode::UnauthorizedSource);
                raised.push(opened.about(saying.source));
            }
            // What was approved came past this, or waited for it.
            (Misfit::Park, _) if saying.granted.is_some() => {}
            (Misfit::Park, Some(_)) => {
                return Ok(Some(park(state, saying, Parking::Source, (0, 0), (&rule.role, PARKED_HOURS))));
            }
            _ => {
                let (event, source_system) = (body.name().into(), shown(saying.source));
                return Err(Rejection::NotSourceOfRecord { event, source_system, owners });
            }
        }
    }
    Ok(None)
}

/// The systems that a rule wants to hear, where it wants none other: its own, or the one that opened the
/// document.
fn foreign_to(state: &State, rule: &SetSourceOfRecord, source: &str, body: &Body) -> Option<String> {
    if !rule.sources.is_empty() && !rule.sources.iter().any(|known| known == source) {
        return Some(rule.sources.join(", "));
    }
    if rule.documents == DocumentOwner::Shared {
        return None;
    }
    let document = state.document_of(body)?;
    let opener = state.govern.opened.find(&document).and_then(|id| state.govern.openers.get(id))?;
    (opener != source).then(|| opener.clone())
}

/// Whether a fact is told in its time: what is parked for it, where the rule says so.
fn check_timing(
    state: &State,
    saying: &Saying<'_>,
    body: &Body,
    facts: &Facts,
    raised: &mut Vec<Raised>,
) -> Result<Option<Verdict>, Rejection> {
    let event = || String::from(body.name());
    let rule = state.govern.timings.rows().iter().find(|rule| rule.event == body.name());
    let ahead = num::div_ceil(saying.ahead_s, 60)?;
    let Some(rule) = rule else {
        let field = "occurred_at".into();
        return if ahead > 0 { Err(Rejection::InvalidInstant { field }) } else { Ok(None) };
    };
    let late = saying.told_at.seconds_since(saying.occurred_at).checked_div(60).unwrap_or(0);
    // What was told of the document while it waited does not count against it.
    let last = if rule.in_order && saying.granted.is_none() { state.last_fact(body) } else { None };
    let behind = last.map_or(0, |last| last.seconds_since(saying.occurred_at));
    let (minutes, max, code) = if behind > 0 {
        (num::div_ceil(behind, 60)?, 0, ExceptionCode::LateEvent)
    } else if ahead > 0 {
        (ahead, i64::from(rule.ahead_minutes_max), ExceptionCode::EarlyEvent)
    } else {
        (late, i64::from(rule.late_minutes_max), ExceptionCode::LateEvent)
    };
    if minutes <= max {
        return Ok(None);
    }
    match (rule.otherwise, saying.text) {
        (Misfit::Accept, _) => {
            raised.push(about(facts, code).about(saying.source));
            Ok(None)
        }
        _ if saying.granted.is_some_and(|row| row.parking != Parking::Source) => Ok(None),
        (Misfit::Park, Some(_)) => {
            let measured = (num::mul(minutes, MICROS)?, num::mul(max, MICROS)?);
            Ok(Some(park(state, saying, Parking::Timing, measured, (&rule.role, PARKED_HOURS))))
        }
        _ if ahead > 0 => Err(Rejection::TooEarly { event: event(), minutes, max }),
        _ => Err(Rejection::TooLate { event: event(), minutes, max }),
    }
}

/// Hours for which a message of another system, or a late one, waits.
const PARKED_HOURS: u32 = 72;

fn about(facts: &Facts, code: ExceptionCode) -> Opened {
    Opened { node: facts.nodes.first().copied().unwrap_or(NodeId::NONE), ..Opened::of(code) }
}

/// Whether what is said of one command holds for another: a captured order is placed.
fn binds(word: &str, said: &str) -> bool {
    word == said || (word, said) == ("place_order", "capture_order")
}

fn check_role(state: &State, saying: &Saying<'_>) -> Result<(), Rejection> {
    let rows = state.govern.roles.rows().iter();
    let naming = rows.filter(|role| role.commands.iter().any(|word| binds(word, saying.word)));
    let naming: Vec<&str> = naming.map(|role| role.role.as_str()).collect();
    let own = state.govern.roles_of(saying.actor);
    if naming.is_empty() || own.iter().any(|role| naming.contains(&role.as_str())) {
        return Ok(());
    }
    let (actor, command) = (shown(saying.actor), saying.word.into());
    Err(Rejection::RoleRequired { actor, command, roles: naming.join(", ") })
}

/// The most specific rule on an event whose scope fits it.
fn source_rule<'a>(state: &'a State, event: &str, facts: &Facts) -> Option<&'a SetSourceOfRecord> {
    let catalog = &state.catalog;
    let fits = |rule: &&SetSourceOfRecord| {
        let node =
            |code: &str| facts.nodes.iter().any(|id| catalog.nodes.get(id.0).is_some_and(|c| **c == *code));
        let channel = |code: &str| {
            facts.channels.iter().any(|id| catalog.channels.get(id.0).is_some_and(|c| **c == *code))
        };
        let group = |sku: &SkuId| catalog.sku.get(sku.0).and_then(|row| catalog.groups.get(row.group));
        let category = |code: &str| facts.skus.iter().any(|sku| group(sku).is_some_and(|c| **c == *code));
        rule.event == event
            && rule.scope.node.as_deref().is_none_or(node)
            && rule.scope.channel.as_deref().is_none_or(channel)
            && rule.scope.category.as_deref().is_none_or(category)
    };
    state.govern.sources.rows().iter().filter(fits).max_by_key(|rule| rule.scope.weight())
}

/// The first limit that an event is above, of the rules on its command. Each asks its own role, in the order
/// in which they were set: what was granted under one has those before it behind it.
fn limits(state: &State, saying: &Saying<'_>, facts: &Facts) -> Result<Option<Verdict>, Rejection> {
    let rules = state.govern.approval_rules.rows().iter().filter(|rule| binds(&rule.command, saying.word));
    let granted = |rule: &SetApprovalRule| {
        saying.granted.is_some_and(|row| {
            let asked = (row.parking, row.measure.0, Some(row.limit), row.role.as_str());
            asked == (Parking::Limit, rule.measure, rule.above, &*rule.role)
        })
    };
    let passed = rules.clone().position(granted).map_or(0, |at| at.saturating_add(1));
    for rule in rules.skip(passed) {
        let Some(above) = rule.above else { continue };
        let units = |count: i64| num::mul(count, MICROS);
        let measured = match rule.measure {
            LimitMeasure::Value => facts.value,
            LimitMeasure::Units => units(facts.units)?,
            LimitMeasure::BackorderUnits => units(facts.backorder)?,
            LimitMeasure::Refund => facts.refund,
            LimitMeasure::Substitution => facts.substitution,
        };
        if measured <= above.micros() {
            continue;
        }
        if saying.text.is_none() {
            let value = Money::from_micros(measured).to_string();
            return Err(Rejection::ValueAboveLimit { value, limit: above.to_string() });
        }
        let measured = (measured, above.micros());
        let mut parked = park(state, saying, Parking::Limit, measured, (&rule.role, rule.expires_hours));
        if let Verdict::Park(requested) = &mut parked {
            requested.measure = rule.measure;
        }
        return Ok(Some(parked));
    }
    Ok(None)
}

fn park(
    state: &State,
    saying: &Saying<'_>,
    parking: Parking,
    (measured, limit): (i64, i64),
    (role, hours): (&str, u32),
) -> Verdict {
    let approval = num::id(state.govern.approvals.len()).saturating_add(1);
    let opened = Opened::of(ExceptionCode::ApprovalNeeded);
    Verdict::Park(Box::new(ApprovalRequested {
        approval,
        parking,
        word: saying.word.into(),
        command: saying.text.unwrap_or_default().into(),
        measured: Money::from_micros(measured),
        limit: Money::from_micros(limit),
        role: role.into(),
        expires_at: saying.at.plus_seconds(i64::from(hours).saturating_mul(3_600)),
        exceptions: vec![opened.about(&approval.to_string())],
        measure: LimitMeasure::default(),
        told_at: (saying.told_at < saying.at).then_some(saying.told_at),
    }))
}

fn sum(values: impl Iterator<Item = i64>) -> i64 {
    values.fold(0, i64::saturating_add)
}

/// Reads off an event what rules may ask about.
fn facts(state: &State, body: &Body) -> Result<Facts, Rejection> {
    let postings = body.postings().iter();
    let moved = sum(postings.map(|posting| posting.amount.micros().max(0))).max(body.written_beside());
    let (order, node) = state.place_of(body);
    let orders = if let Body::WaveReleased(e) = body { e.orders.as_slice() } else { &[order] };
    let rows = orders.iter().filter_map(|order| state.docs.order.get(order.0));
    let channels = rows.map(|row| row.channel).collect();
    let nodes = if node == NodeId::NONE { Vec::new() } else { vec![node] };
    let mut facts = Facts { value: moved, channels, nodes, ..Facts::default() };
    let worth = |sku: SkuId, price: Money, qty: i64| {
        let scale = state.catalog.sku.get(sku.0).map_or(1, |row| row.scale);
        extend(price, qty, scale, state.head.minor).map(Money::micros)
    };
    match body {
        Body::GoodsReceived(e) => {
            facts.skus.extend(e.lines.iter().map(|line| line.sku));
            facts.units = sum(e.lines.iter().map(|line| line.qty));
        }
        Body::StockAdjusted(e) => {
            facts.skus.extend(e.lines.iter().map(|line| line.sku));
            facts.units = sum(e.lines.iter().map(|line| line.qty.saturating_abs()));
        }
        Body::StockMoved(e) => {
            facts.skus.push(e.sku);
            facts.units = e.qty;
        }
        Body::OrderPlaced(e) => order_facts(state, e, &mut facts, &worth)?,
        Body::OrderShipped(e) => {
            facts.skus.extend(e.lines.iter().map(|line| line.sku));
            facts.units = sum(e.lines.iter().map(|line| line.qty));
        }
        Body::OrderReleased(e) => {
            let row = state.docs.order.get(e.order.0);
            for line in row.map(|row| state.order_lines(row)).unwrap_or_default().iter() {
                let qty = line.qty.saturating_sub(line.cancelled);
                facts.value = num::add(facts.value, worth(line.sku, line.price, qty)?)?;
            }
        }
        Body::OrderReallocated(e) => {
            let row = state.docs.order.get(e.order.0);
            facts.nodes.extend(e.plan.parcels.iter().map(|parcel| parcel.node));
            facts.units = sum(e.amended.iter().map(|line| line.qty.saturating_abs()));
            facts.backorder = sum(e.plan.backordered.iter().map(|line| line.qty));
            let rows = row.map(|row| state.order_lines(row)).unwrap_or_default();
            for change in e.amended.iter().filter(|change| change.qty > 0) {
                let Some(line) = rows.get(num::index(change.line.saturating_sub(1))) else { continue };
                facts.value = num::add(facts.value, worth(line.sku, line.price, change.qty)?)?;
            }
        }
        Body::PickRecorded(e) => pick_facts(state, e, &mut facts, &worth)?,
        Body::OrderCancelled(e) => {
            facts.units = sum(e.lines.iter().map(|line| line.qty));
        }
        Body::OrderCredited(e) => {
            facts.refund = sum(e.lines.iter().map(|line| line.amount.micros()).chain([e.tax.micros()]));
        }
        other => supply_facts(other, &mut facts, &worth)?,
    }
    Ok(facts)
}

/// The facts of an order that is placed.
fn order_facts(
    state: &State,
    e: &OrderPlaced,
    facts: &mut Facts,
    worth: &impl Fn(SkuId, Money, i64) -> Result<i64, num::Overflow>,
) -> Result<(), Rejection> {
    facts.channels.push(e.channel);
    facts.nodes.extend(e.plan.parcels.iter().map(|parcel| parcel.node));
    facts.skus.extend(e.lines.iter().map(|line| line.sku));
    facts.units = sum(e.lines.iter().map(|line| line.qty));
    // What waits for a later date is on time.
    if e.terms.as_ref().and_then(|terms| terms.ship_from).is_none_or(|from| from <= state.stock.clock) {
        facts.backorder = sum(e.plan.backordered.iter().map(|line| line.qty));
    }
    for line in &e.lines {
        facts.value = num::add(facts.value, worth(line.sku, line.price, line.qty)?)?;
    }
    for was in &e.substituted {
        let Some(line) = e.lines.get(num::index(was.line.saturating_sub(1))) else { continue };
        substitution(state, facts, worth, (was.sku, was.price), (line.sku, line.qty))?;
    }
    Ok(())
}

/// What a substitute's own price differs by from that of what was ordered.
fn substitution(
    state: &State,
    facts: &mut Facts,
    worth: &impl Fn(SkuId, Money, i64) -> Result<i64, num::Overflow>,
    (was, price): (SkuId, Money),
    (sku, qty): (SkuId, i64),
) -> Result<(), Rejection> {
    let own = state.catalog.sku.get(sku.0).map_or(price, |row| row.price);
    let more = worth(sku, own, qty)?.saturating_sub(worth(was, price, qty)?);
    facts.substitution = num::add(facts.substitution, more.saturating_abs())?;
    Ok(())
}

/// The facts of a pick, which may take another SKU than the line's.
fn pick_facts(
    state: &State,
    e: &PickRecorded,
    facts: &mut Facts,
    worth: &impl Fn(SkuId, Money, i64) -> Result<i64, num::Overflow>,
) -> Result<(), Rejection> {
    let row = state.docs.order.get(e.order.0);
    facts.units = sum(e.picked.iter().map(|line| line.qty).chain(e.instead.iter().map(|other| other.qty)));
    let rows = row.map(|row| state.order_lines(row)).unwrap_or_default();
    let before = state.terms_of(e.order).map(|terms| terms.substituted.as_slice()).unwrap_or_default();
    for other in &e.instead {
        let Some(line) = rows.get(num::index(other.line.saturating_sub(1))) else { continue };
        facts.skus.push(other.sku);
        let was = before.iter().find(|was| was.line == other.line);
        let ordered = was.map_or((line.sku, line.price), |was| (was.sku, was.price));
        if other.sku != line.sku && other.sku != ordered.0 {
            substitution(state, facts, worth, ordered, (other.sku, other.qty))?;
        }
    }
    Ok(())
}

/// The facts of what comes in and goes between nodes.
fn supply_facts(
    body: &Body,
    facts: &mut Facts,
    worth: &impl Fn(SkuId, Money, i64) -> Result<i64, num::Overflow>,
) -> Result<(), Rejection> {
    match body {
        Body::ReturnReceived(e) => {
            facts.skus.extend(e.lines.iter().map(|line| line.sku));
            facts.units = sum(e.lines.iter().map(|line| line.qty));
            facts.refund = sum(e.lines.iter().map(|line| line.refund.micros()));
        }
        Body::PurchaseOrderPlaced(e) => {
            facts.skus.extend(e.lines.iter().map(|line| line.sku));
            facts.units = sum(e.lines.iter().map(|line| line.qty));
            for line in &e.lines {
                facts.value = num::add(facts.value, worth(line.sku, line.unit_cost, line.qty)?)?;
            }
        }
        Body::TransferShipped(e) => {
            facts.skus.extend(e.lines.iter().map(|line| line.sku));
            facts.units = sum(e.lines.iter().map(|line| line.qty));
        }
        Body::TransferReceived(e) => {
            facts.skus.extend(e.lines.iter().map(|line| line.sku));
            facts.units = sum(e.lines.iter().map(|line| line.qty));
        }
        _ => {}
    }
    Ok(())
}
