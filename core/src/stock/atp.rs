//! Available to promise, over time: what may be promised from stock and from supply that is still to come.
//!
//! Over days (buckets), as the field computes it (Microsoft Dynamics 365, order promising; APICS dictionary):
//! projected on hand runs on from day to day; cumulative ATP of a day is the least that is projected from
//! that day on, so that a promise for it breaks none made for later; discrete ATP is what each supply covers
//! until the next one, its want taken from the supplies before it.

use crate::value::num::{self, Overflow};

/// Supply and demand of one day, in units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bucket {
    pub supply: i64,
    pub demand: i64,
}

/// A day as it may be promised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Promisable {
    /// Units on hand at the end of the day.
    pub projected: i64,
    /// Units that may be promised for the day: cumulative, with regard to later days.
    pub cumulative: i64,
    /// Units that this day's supply leaves for promises until the next supply.
    pub discrete: i64,
}

/// What may be promised, day by day.
pub(crate) fn promisable(on_hand: i64, buckets: &[Bucket]) -> Result<Vec<Promisable>, Overflow> {
    let mut days = Vec::with_capacity(buckets.len());
    let mut projected = on_hand;
    for bucket in buckets {
        projected = num::sub(num::add(projected, bucket.supply)?, bucket.demand)?;
        days.push(Promisable { projected, cumulative: 0, discrete: 0 });
    }
    let mut least = i64::MAX;
    for day in days.iter_mut().rev() {
        least = least.min(day.projected);
        day.cumulative = least;
    }
    // Backwards: a period begins with its supply; what it lacks is owed by the period before.
    let (mut demand, mut owed) = (0i64, 0i64);
    let supplied = buckets.iter().enumerate().zip(days.iter_mut()).rev();
    for ((at, bucket), day) in supplied {
        demand = num::add(demand, bucket.demand)?;
        let supply = if at == 0 { num::add(bucket.supply, on_hand)? } else { bucket.supply };
        if bucket.supply > 0 || at == 0 {
            let left = num::sub(num::sub(supply, demand)?, owed)?;
            day.discrete = if at == 0 { left } else { left.max(0) };
            (demand, owed) = (0, if at == 0 { 0 } else { left.min(0).saturating_neg() });
        }
    }
    Ok(days)
}

/// What a list of demands, most important first, may be given of so much: each all it can get, or with
/// `whole` only all it asks. Gives for each what was asked before it, and what it gets.
///
/// ```
/// // 20 on hand; demands by date (the case of OCA's stock_available_to_promise_release).
/// let found = stockbook::by_priority(20, &[5, 3, 20, 20, 15], false);
/// assert_eq!(found, [(0, 5), (5, 3), (8, 12), (28, 0), (48, 0)]);
/// ```
#[must_use]
pub fn by_priority(on_hand: i64, demands: &[i64], whole: bool) -> Vec<(i64, i64)> {
    let (mut left, mut before) = (on_hand.max(0), 0i64);
    let one = |asked: &i64| {
        let can = left.min(*asked).max(0);
        let given = if whole && can < *asked { 0 } else { can };
        let promised = before;
        before = before.saturating_add(*asked);
        left = left.saturating_sub(given);
        (promised, given)
    };
    demands.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(list: [(i64, i64); 7]) -> Vec<Bucket> {
        list.map(|(supply, demand)| Bucket { supply, demand }).to_vec()
    }

    fn column(days: &[Promisable], of: impl Fn(&Promisable) -> i64) -> Vec<i64> {
        days.iter().map(of).collect()
    }

    #[test]
    fn peers_atp_by_day_microsoft() -> Result<(), Overflow> {
        let all = days([(0, 3), (0, 0), (10, 0), (0, 15), (1, 0), (3, 0), (0, 0)]);
        let found = promisable(20, &all)?;
        assert_eq!(column(&found, |day| day.projected), [17, 17, 27, 12, 13, 16, 16]);
        assert_eq!(column(&found, |day| day.cumulative), [12, 12, 12, 12, 13, 16, 16]);
        // Day 4 has come and the ten have not.
        let late = days([(0, 15), (1, 0), (3, 0), (0, 0), (0, 0), (0, 0), (0, 0)]);
        assert_eq!(column(&promisable(17, &late)?, |day| day.cumulative), [2, 3, 6, 6, 6, 6, 6]);
        Ok(())
    }

    #[test]
    fn a_supply_covers_what_comes_before_the_next_one() -> Result<(), Overflow> {
        let all = days([(0, 3), (0, 0), (10, 0), (0, 15), (1, 0), (3, 0), (0, 0)]);
        // 20 - 3 = 17 less the 5 that the ten lack for the fifteen; then 1 and 3.
        assert_eq!(column(&promisable(20, &all)?, |day| day.discrete), [12, 0, 0, 0, 1, 3, 0]);
        Ok(())
    }

    #[test]
    fn peers_priority_atp_oca() {
        let found = by_priority(20, &[5, 3, 20, 20, 15], false);
        assert_eq!(found, [(0, 5), (5, 3), (8, 12), (28, 0), (48, 0)]);
        // The fourth raised to the first place: it gets 20, the others nothing.
        let raised = by_priority(20, &[20, 5, 3, 20, 15], false);
        assert_eq!(raised.iter().map(|row| row.1).collect::<Vec<_>>(), [20, 0, 0, 0, 0]);
    }
}
