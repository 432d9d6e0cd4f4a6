//! Parameters, roles, approvals, systems of record: what is checked when they are set, and what they say of
//! an event before it is recorded.

use super::facts::{Facts, facts, more_facts};
use crate::catalog::*;
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

/// What a change carries: the word of its definition, its event, if it would fit now, and how many it
/// defines.
pub(crate) type Carried<'a> = (&'a str, Option<&'a Body>, i64);

/// Judges an event before it is recorded, and of a change what it carries as if that were said by itself.
pub(crate) fn govern(
    state: &State,
    saying: &Saying<'_>,
    body: &Body,
    carried: Option<Carried<'_>>,
) -> Result<Verdict, Rejection> {
    let (mut raised, mut judged) = (Vec::new(), Vec::new());
    if let Some((word, then, units)) = carried {
        let saying = Saying { word, ..*saying };
        // What does not fit yet counts as many all the same.
        let unknown = || Ok(Facts { units, ..Facts::default() });
        let facts = then.map_or_else(unknown, |then| facts(state, then))?;
        let event = then.map_or_else(|| event_of(word), |then| then.name().into());
        if let Some(parked) = check_speaker(state, &saying, (&event, then, &facts), &mut raised)? {
            return Ok(parked);
        }
        judged.push((word, facts));
    }
    if let Body::OrderReallocated(e) = body
        && let Some(more) = more_facts(state, e)?
    {
        // What is added to an order is ordered like a new one.
        let word = "place_order";
        if saying.granted.is_none() {
            check_role(state, &Saying { word, ..*saying })?;
        }
        judged.push((word, more));
    }
    let facts = facts(state, body)?;
    if let Some(parked) = check_speaker(state, saying, (body.name(), Some(body), &facts), &mut raised)? {
        return Ok(parked);
    }
    if let Some(parked) = check_timing(state, saying, body, &facts, &mut raised)? {
        return Ok(parked);
    }
    judged.push((saying.word, facts));
    limits(state, saying, &judged).map(|parked| parked.unwrap_or(Verdict::Go(raised)))
}

/// The name of the event of a definition: `define_sku` comes to `SkuDefined`.
pub(crate) fn event_of(word: &str) -> String {
    let (verb, what) = word.split_once('_').unwrap_or(("", word));
    let done = match verb {
        "define" => "Defined",
        "describe" => "Described",
        "grant" => "Granted",
        _ => "Set",
    };
    let capital = |part: &str| {
        let mut letters = part.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>())
    };
    what.split('_').filter_map(capital).chain([done.into()]).collect()
}

/// Whether this one may say it, from this system, where it happens: what is parked for it, where a rule says
/// so.
fn check_speaker(
    state: &State,
    saying: &Saying<'_>,
    (event, body, facts): (&str, Option<&Body>, &Facts),
    raised: &mut Vec<Raised>,
) -> Result<Option<Verdict>, Rejection> {
    // An approved command was asked for by one who might.
    if saying.granted.is_none() {
        check_role(state, saying)?;
    }
    super::rollout::check_rollout(state, saying.word, &facts.nodes, &facts.channels)?;
    let rule = match body {
        Some(_) => source_rule(state, event, facts),
        None => strictest_rule(state, event, saying.source),
    };
    if let Some(rule) = rule
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
                let (event, source_system) = (event.into(), shown(saying.source));
                return Err(Rejection::NotSourceOfRecord { event, source_system, owners });
            }
        }
    }
    Ok(None)
}

/// The systems that a rule wants to hear, where it wants none other: its own, or the one that opened the
/// document.
fn foreign_to(state: &State, rule: &SetSourceOfRecord, source: &str, body: Option<&Body>) -> Option<String> {
    if !rule.sources.is_empty() && !rule.sources.iter().any(|known| known == source) {
        return Some(rule.sources.join(", "));
    }
    if rule.documents == DocumentOwner::Shared {
        return None;
    }
    let document = state.document_of(body?)?;
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

/// Whether what is said of one command holds for another: a captured order is placed, a purchase order that
/// is changed is placed anew.
fn binds(word: &str, said: &str) -> bool {
    let also = [("place_order", "capture_order"), ("place_purchase_order", "change_purchase_order")];
    word == said || also.contains(&(word, said))
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

/// Of the rules on an event that is not known yet any may fit it: the strictest that wants another system.
fn strictest_rule<'a>(state: &'a State, event: &str, source: &str) -> Option<&'a SetSourceOfRecord> {
    let foreign =
        |rule: &&SetSourceOfRecord| rule.event == event && foreign_to(state, rule, source, None).is_some();
    state.govern.sources.rows().iter().filter(foreign).min_by_key(|rule| match rule.otherwise {
        Misfit::Reject => 0,
        Misfit::Park => 1,
        Misfit::Accept => 2,
    })
}

/// The first limit that an event is above, of the rules on its command, behind those on what it carries. Each
/// asks its own role, in the order in which they were set: what was granted under one has those before it
/// behind it.
fn limits(
    state: &State,
    saying: &Saying<'_>,
    judged: &[(&str, Facts)],
) -> Result<Option<Verdict>, Rejection> {
    let on = |(word, facts)| {
        let rules = state.govern.approval_rules.rows().iter();
        rules.filter(move |rule| binds(&rule.command, word)).map(move |rule| (word, rule, facts))
    };
    let rules = judged.iter().flat_map(|(word, facts)| on((*word, facts)));
    let granted = |(word, rule, _): (&str, &SetApprovalRule, &Facts)| {
        saying.granted.is_some_and(|row| {
            let asked = (row.parking, row.measure.0, Some(row.limit), row.role.as_str(), &*row.word);
            asked == (Parking::Limit, rule.measure, rule.above, &*rule.role, word)
        })
    };
    let passed = rules.clone().position(granted).map_or(0, |at| at.saturating_add(1));
    for (word, rule, facts) in rules.skip(passed) {
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
        let (measured, saying) = ((measured, above.micros()), Saying { word, ..*saying });
        let mut parked = park(state, &saying, Parking::Limit, measured, (&rule.role, rule.expires_hours));
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
