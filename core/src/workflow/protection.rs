//! Protection plans: codes to ids, and every fault of a plan named at once.

use crate::catalog::*;
use crate::record::*;
use crate::stock::*;
use crate::value::ids::*;
use crate::value::num;
use crate::value::rejection::Rejection;

/// Most pools of a plan.
const POOLS_MAX: usize = 64;

/// Checks a plan and gives the event to record.
pub(crate) fn decide_protection_plan(state: &State, set: &SetProtectionPlan) -> Result<Body, Rejection> {
    let mut wrong = Faults::default();
    let sku = wrong.note(state.catalog.goods_of(&set.sku)).map_or(SkuId::NONE, |(sku, _)| sku);
    let node = set.node.as_deref().and_then(|node| wrong.note(state.catalog.node_of(node)));
    let node = node.map_or(NodeId::NONE, |(node, _)| node);
    wrong.note(at_most("pools", set.pools.len(), POOLS_MAX));
    let mut faults = Vec::new();
    let mut pools: Vec<PlannedPool> = Vec::new();
    let all = set.pools.get(..POOLS_MAX).unwrap_or(&set.pools);
    for pool in all {
        wrong.note(code("pool", &pool.pool));
        let planned = resolve(state, all, &pools, pool, &mut faults, &mut wrong);
        pools.push(planned);
    }
    if !faults.is_empty() {
        wrong.note::<()>(Err(Rejection::PlanUnsound { faults }));
    }
    wrong.end()?;
    Ok(Body::ProtectionPlanSet(ProtectionPlanSet { sku, node, pools, counting: set.counting }))
}

fn resolve(
    state: &State,
    all: &[ProtectionPool],
    before: &[PlannedPool],
    pool: &ProtectionPool,
    faults: &mut Vec<String>,
    wrong: &mut Faults,
) -> PlannedPool {
    let name = &pool.pool;
    let mut fault = |holds: bool, text: &str| {
        if !holds {
            faults.push(format!("`{name}` {text}"));
        }
    };
    let place = |name: &str| all.iter().position(|other| other.pool == name).map(num::id);
    fault(!before.iter().any(|known| known.pool == *name), "is named twice");
    let group = before.iter().position(|known| known.pool == pool.within).map(num::id);
    fault(pool.within.is_empty() || group.is_some(), "lies within a group that is not named before it");
    let mut channels = Vec::with_capacity(pool.channels.len());
    for channel in &pool.channels {
        let Some((id, _)) = wrong.note(state.catalog.channel_of(channel)) else { continue };
        let twice = channels.contains(&id) || before.iter().any(|known| known.channels.contains(&id));
        fault(!twice, "names a channel that draws from another pool");
        channels.push(id);
    }
    let sound = |share: &Share| {
        (0..=num::QTY_MAX).contains(&share.qty) && (0..=100_000_000).contains(&share.percent.micros())
    };
    fault(sound(&pool.min) && pool.max.as_ref().is_none_or(sound), "needs units from 0 and percent 0 to 100");
    let (min, max) = (pool.min, pool.max.unwrap_or(pool.min));
    let below = max != min && max.qty <= min.qty && max.percent <= min.percent;
    fault(!below, "may take less than is kept for it: raise `max` or lower `min`");
    fault(
        pool.release_at.is_none_or(|at| at.is_valid()),
        "is released at no instant that the book can place",
    );
    let mut borrows_from = Vec::with_capacity(pool.borrows_from.len());
    for lender in &pool.borrows_from {
        let at = place(lender);
        let other = at.and_then(|at| all.get(num::index(at)));
        let beside = other.is_some_and(|other| other.within == pool.within && other.pool != *name);
        fault(beside, "borrows from a pool that is not beside it");
        fault(other.is_none_or(|other| other.fence == Fence::Open), "borrows from a ring-fenced pool");
        let number = at.map_or(0, |at| at.saturating_add(1));
        fault(!borrows_from.contains(&number), "borrows from a pool twice");
        borrows_from.push(number);
    }
    PlannedPool {
        pool: name.clone(),
        within: group.map_or(0, |at| at.saturating_add(1)),
        channels,
        min: pool.min,
        max: pool.max,
        fence: pool.fence,
        nesting: pool.nesting,
        release_at: pool.release_at,
        borrows_from,
    }
}

/// Checks what a channel does not show, sizes it, and gives the event to record.
pub(crate) fn decide_publish_buffer(state: &State, set: &SetPublishBuffer) -> Result<Body, Rejection> {
    let (channel, _) = state.catalog.channel_of(&set.channel)?;
    let sku = set.sku.as_deref().map(|sku| state.catalog.sku_of(sku).map(|(id, _)| id)).transpose()?;
    let node = set.node.as_deref().map(|node| state.catalog.node_of(node).map(|(id, _)| id)).transpose()?;
    let invalid =
        |field: &str, need: &str| Rejection::InvalidField { field: field.into(), need: need.into() };
    if !(0..=num::QTY_MAX).contains(&set.qty) {
        return Err(invalid("qty", "units from 0 on"));
    }
    let mut qty = set.qty;
    if let Some(sizing) = &set.sized {
        let rate = (0..=1_000_000_000_000).contains(&sizing.units_per_day.micros());
        let risk = (1..=100_000_000).contains(&sizing.risk_percent.micros());
        if !rate || !risk || sizing.latency_s > 86_400 {
            let need =
                "a latency of at most a day, 0 to 1,000,000 units a day, and a risk above 0 to 100 percent";
            return Err(invalid("sized", need));
        }
        qty = num::add(qty, publish_buffer(sizing))?;
    }
    let (sku, node) = (sku.unwrap_or(SkuId::NONE), node.unwrap_or(NodeId::NONE));
    Ok(Body::PublishBufferSet(PublishBufferSet { channel, sku, node, qty }))
}
