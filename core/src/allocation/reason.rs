//! Why a need is short: the one reason that would give most, were it lifted.

use super::FallOut;
use super::build::{Allocator, Need, World};
use crate::policy::LineSplit;
use crate::stock::Cell;
use crate::value::ids::NodeId;

impl Allocator {
    /// Why a candidate gives nothing to a need that is short, although it could.
    pub(super) fn withheld(&self, need: usize, column: usize) -> Option<FallOut> {
        let (problem, width) = (&self.problem, self.candidates.len());
        let rooms = |need: usize| problem.room.iter().skip(need.saturating_mul(width)).take(width);
        let parts = || self.solution.parts.iter().filter(|part| part.line == need);
        let given = parts().map(|part| part.qty).fold(0, i64::saturating_add);
        let open = rooms(need).nth(column).is_some_and(|room| *room > 0);
        if !open || parts().any(|part| part.node == column) || problem.need.get(need) <= Some(&given) {
            return None;
        }
        let all =
            |(need, asked): (usize, &Need)| rooms(need).copied().fold(0, i64::saturating_add) >= asked.qty;
        let most = problem.nodes_max.min(width);
        Some(if self.whole && !self.needs.iter().enumerate().all(all) {
            FallOut::Incomplete
        } else if most < width && (self.whole || self.used.len() >= most) {
            FallOut::MaxNodes
        } else {
            FallOut::TooDear
        })
    }

    /// The reason that keeps most units from a need: why those that could give all of it do not; else, of all
    /// reasons for which nodes fell out, the one that would free most of what is asked for if it alone were
    /// lifted; of equals, what stands closest to giving
    /// (protection before lots, margin, capacity, lateness, reach and closed nodes). Where lifting none frees
    /// anything there is no stock.
    pub(crate) fn main_reason(&self, world: World<'_>, need: usize, split: LineSplit) -> FallOut {
        let Some(asked) = self.needs.get(need) else { return FallOut::NoStock };
        let width = self.candidates.len();
        let pairs = self.pairs.iter().skip(need.saturating_mul(width)).take(width);
        let free = pairs.clone().filter(|pair| pair.out.is_none()).map(|pair| pair.free);
        let suffices = free.fold(0, i64::saturating_add) >= asked.qty;
        if let Some(reason) = (0..width).filter(|_| suffices).find_map(|column| self.withheld(need, column)) {
            return reason;
        }
        let inside = self.candidates.iter().zip(pairs).filter_map(|(at, pair)| Some((*at, pair.out?)));
        let outside = self.options.iter().enumerate().filter_map(|(at, option)| Some((at, option.out?)));
        let mut freed: Vec<(FallOut, i64)> = NEAREST.iter().map(|reason| (*reason, 0)).collect();
        for (at, reason) in inside.chain(outside) {
            // What a lane could bring is told by its donor.
            let own = self.options.get(at).filter(|option| option.from == NodeId::NONE);
            let Some(option) = own else { continue };
            let cell: Cell = world.stock.cells.get(asked.sku, option.node);
            let units = cell.free().max(0);
            let gives = if split == LineSplit::Never && units < asked.qty { 0 } else { units };
            if let Some((_, sum)) = freed.iter_mut().find(|(known, _)| *known == reason) {
                *sum = sum.saturating_add(gives);
            }
        }
        let most = |(rank, (_, units)): &(usize, (FallOut, i64))| {
            ((*units).min(asked.qty), std::cmp::Reverse(*rank))
        };
        let best = freed.into_iter().enumerate().max_by_key(most);
        best.filter(|(_, (_, units))| *units > 0).map_or(FallOut::NoStock, |(_, (reason, _))| reason)
    }
}

/// Reasons that stock may be there and not be given for, what stands closest to giving first.
const NEAREST: [FallOut; 12] = [
    FallOut::Protected,
    FallOut::LotsShort,
    FallOut::MarginTooLow,
    FallOut::AtCapacity,
    FallOut::Restricted,
    FallOut::Rejected,
    FallOut::Late,
    FallOut::NoService,
    FallOut::TooFar,
    FallOut::NotPickup,
    FallOut::NotEligible,
    FallOut::Closed,
];
