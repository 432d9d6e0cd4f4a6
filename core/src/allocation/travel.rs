//! Whether a node can serve a demand at all, and when and how its parcel would travel.

use super::FallOut;
use super::build::{Candidacy, Demand, World};
use crate::catalog::{Catalog, Heft, NodeRow, NodeStatus, carriage};
use crate::policy::{CompiledSourcing, Flow, Lateness, Measure};
use crate::value::ids::*;
use crate::value::num;
use crate::value::time::Instant;

/// Why a node cannot serve the demand at all; else when and how it would.
#[inline(always)]
pub(super) fn judge_node(
    catalog: &Catalog,
    demand: &Demand<'_>,
    rule: &CompiledSourcing,
    row: &NodeRow,
    weight: Heft,
    option: &mut Candidacy,
) -> Option<FallOut> {
    if row.status == NodeStatus::Closed {
        Some(FallOut::Closed)
    } else if demand.pickup != NodeId::NONE && demand.pickup != option.node {
        Some(FallOut::NotPickup)
    } else if !demand.excluded.is_empty() && demand.excludes(option.node, SkuId::NONE) {
        Some(FallOut::Rejected)
    } else if !rule.allows(option.node, row.kind) {
        Some(FallOut::NotEligible)
    } else if rule.distance_mm_max.is_some_and(|max| option.distance_mm > max) {
        Some(FallOut::TooFar)
    } else if rule.flow == Flow::Back {
        come_back(catalog, demand, rule, weight, option)
    } else {
        dispatch(catalog, demand, rule.lateness, row, weight, option).err()
    }
}

/// How goods would come back to a node: nothing there delays them, they are promised to nobody, and they need
/// a carrier of ours only where the rule weighs what that costs.
fn come_back(
    catalog: &Catalog,
    demand: &Demand<'_>,
    rule: &CompiledSourcing,
    weight: Heft,
    option: &mut Candidacy,
) -> Option<FallOut> {
    if catalog.service.len() == 0 {
        return None;
    }
    let demand = Demand { deliver_by: Instant::from_micros(i64::MAX), ..*demand };
    let carried = choose_service(catalog, &demand, weight, (demand.at, false), option);
    carried.err().filter(|_| rule.weighs(Measure::Freight))
}

/// How one node would serve a demand, late or not: for what is planned outside the solver.
pub(crate) fn travel(
    world: World<'_>,
    demand: &Demand<'_>,
    node: NodeId,
    weight: Heft,
) -> Result<Candidacy, FallOut> {
    let row = world.catalog.node.get(node.0).ok_or(FallOut::NotEligible)?;
    let mut option = Candidacy::BLANK;
    option.clear(node.0, demand.at);
    option.distance_mm = row.place.distance_mm(demand.to);
    dispatch(world.catalog, demand, Lateness::Allowed, row, weight, &mut option)?;
    Ok(option)
}

/// When and how a node's parcel would travel.
#[inline(always)]
pub(super) fn dispatch(
    catalog: &Catalog,
    demand: &Demand<'_>,
    lateness: Lateness,
    row: &NodeRow,
    weight: Heft,
    option: &mut Candidacy,
) -> Result<(), FallOut> {
    let ready = demand.at.plus_seconds(row.processing_s);
    option.ship_at = ready;
    if row.has_calendar {
        let cut_offs = catalog.cut_offs.get(option.node.0).map(Vec::as_slice).unwrap_or_default();
        let next = cut_offs.get(cut_offs.partition_point(|cut_off| *cut_off < ready));
        option.ship_at = *next.ok_or(FallOut::NoService)?;
    }
    option.arrive_at = option.ship_at;
    // Who picks up needs no carrier.
    if catalog.service.len() > 0 && demand.pickup == NodeId::NONE {
        let own_cut_offs = catalog.has_service_cut_offs(option.node);
        choose_service(catalog, demand, weight, (ready, own_cut_offs), option)?;
    }
    if option.arrive_at > demand.deliver_by {
        if lateness == Lateness::Forbidden {
            return Err(FallOut::Late);
        }
        let late_s = option.arrive_at.seconds_since(demand.deliver_by);
        option.late_hours = num::div_ceil(late_s.max(1), 3_600).unwrap_or(i64::MAX);
    }
    Ok(())
}

/// The cheapest service that keeps the promise, else the fastest; priced for the whole order.
fn choose_service(
    catalog: &Catalog,
    demand: &Demand<'_>,
    weight: Heft,
    (ready, own_cut_offs): (Instant, bool),
    option: &mut Candidacy,
) -> Result<(), FallOut> {
    let leaves = option.ship_at;
    let channel = catalog.channel.get(demand.channel.0);
    let allowed = channel.map(|row| row.services.as_slice()).unwrap_or_default();
    let mut best: Option<(bool, i64, i64, ServiceId)> = None;
    for (id, carrier) in (0u32..).map(ServiceId).zip(&catalog.carriers) {
        // What keeps the promise for less is not to be beaten.
        let beaten = best.is_some_and(|(late, price, ..)| !late && price < carrier.least);
        if beaten || id == demand.without || !(allowed.is_empty() || allowed.contains(&id)) {
            continue;
        }
        let Some(reach) = carrier.reach(option.distance_mm) else { continue };
        let mut ship_at = leaves;
        if own_cut_offs {
            let cut_offs = catalog.cut_offs_of(option.node, id).unwrap_or_default();
            let next = cut_offs.get(cut_offs.partition_point(|cut_off| *cut_off < ready));
            match next {
                Some(next) => ship_at = *next,
                None if catalog.cut_offs_of(option.node, id).is_some() => continue,
                None => {}
            }
        }
        let arrive = ship_at.plus_seconds(reach.transit_s);
        let price = if catalog.is_carded {
            catalog.freight(id, option.distance_mm, weight)
        } else {
            carriage(reach.base, reach.per_kg, weight.grams)
        };
        let late = arrive > demand.deliver_by;
        let key = if late { (late, arrive.micros(), price, id) } else { (late, price, arrive.micros(), id) };
        if best.is_none_or(|known| key < known) {
            best = Some(key);
            option.service = id;
            option.arrive_at = arrive;
            option.ship_at = ship_at;
            (option.base, option.per_kg) = (reach.base, reach.per_kg);
        }
    }
    if catalog.is_carded {
        sum_up(catalog, weight, option);
    }
    best.map(|_| ()).ok_or(FallOut::NoService)
}

/// Where a service goes by a rate card: what adds up of it for these goods.
fn sum_up(catalog: &Catalog, weight: Heft, option: &mut Candidacy) {
    let service = catalog.service.get(option.service.0);
    let Some((service, zone)) = service.and_then(|row| Some((row, row.zone(option.distance_mm)?))) else {
        return;
    };
    option.carded = service.is_carded(zone);
    let sums = service.affine(zone, weight);
    (option.base, option.per_kg, option.by_volume) = (sums.base, sums.per_kg, sums.by_volume);
}
