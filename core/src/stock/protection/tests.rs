//! Pools and what they leave to others.

use super::*;

const A: ChannelId = ChannelId(0);
const B: ChannelId = ChannelId(1);
const C: ChannelId = ChannelId(2);
const D: ChannelId = ChannelId(3);

fn pool(name: &str, within: u32, channels: &[ChannelId], min: i64, max: Option<i64>) -> PlannedPool {
    let units = |qty| Share { qty, percent: Money::ZERO };
    PlannedPool {
        pool: name.into(),
        within,
        channels: channels.to_vec(),
        min: units(min),
        max: max.map(units),
        fence: Fence::Open,
        nesting: Nesting::UsesUp,
        release_at: None,
        borrows_from: Vec::new(),
    }
}

fn plan(pools: &[PlannedPool]) -> PlanRow {
    PlanRow::new(pools, Counting::Restart, None, (Instant::default(), 0))
}

/// What each channel may take of so much.
fn rooms(plan: &PlanRow, free: i64) -> [i64; 4] {
    [A, B, C, D].map(|channel| plan.room(free, channel))
}

#[test]
fn a_minimum_is_kept_and_a_maximum_is_held() {
    let mut plan = plan(&[pool("a", 0, &[A], 4, None), pool("b", 0, &[B], 2, Some(3))]);
    assert_eq!(rooms(&plan, 10), [8, 3, 4, 4], "a less b's 2; b at most 3; others less 6");
    plan.draw(10, A, 3, u32::MAX);
    assert_eq!(rooms(&plan, 7), [5, 3, 4, 4], "what a took was of its own minimum");
    plan.draw(7, B, 3, u32::MAX);
    assert_eq!(rooms(&plan, 4), [4, 0, 3, 3], "b has its maximum, and one unit stays kept for a");
    assert_eq!(
        plan.causes(4, B),
        [(RoomCause::KeptForPool, "a".to_owned(), 1), (RoomCause::MaximumReached, "b".to_owned(), 0),]
    );
    plan.draw(4, B, -1, u32::MAX);
    assert_eq!(rooms(&plan, 5), [5, 1, 4, 4], "what comes back may be taken again");
    assert!(plan.is_sound());
}

#[test]
fn a_shared_pool_counts_its_channels_together() {
    let mut plan = plan(&[pool("both", 0, &[A, B], 5, Some(6))]);
    assert_eq!(rooms(&plan, 10), [6, 6, 5, 5]);
    plan.draw(10, A, 4, u32::MAX);
    assert_eq!(rooms(&plan, 6), [2, 2, 5, 5]);
}

#[test]
fn nested_levels_are_booking_limits() {
    // Levels 2 and 7 of 10 units: the third class may take 3, the second 8, the first all.
    let nest = [pool("y2", 0, &[B], 7, None), pool("y1", 1, &[A], 2, None)];
    let mut standard = plan(&nest);
    assert_eq!(rooms(&standard, 10), [10, 8, 3, 3]);
    standard.draw(10, A, 2, u32::MAX);
    assert_eq!(rooms(&standard, 8), [8, 8, 3, 3], "standard nesting: the sale used the level up");
    let theft = nest.map(|pool| PlannedPool { nesting: Nesting::Stays, ..pool });
    let mut theft = plan(&theft);
    theft.draw(10, A, 2, u32::MAX);
    assert_eq!(rooms(&theft, 8), [8, 6, 1, 1], "theft nesting: the level stays");
}

#[test]
fn groups_keep_the_greater_of_own_and_inner() {
    let inner = [pool("g", 0, &[], 10, Some(12)), pool("c", 1, &[C], 0, None), pool("d", 1, &[D], 4, None)];
    let mut plan = plan(&inner);
    assert_eq!(rooms(&plan, 20), [10, 10, 12, 12], "others less 10; c less d's 4, at most 12 for the group");
    plan.draw(20, C, 8, u32::MAX);
    assert_eq!(rooms(&plan, 12), [8, 8, 4, 4], "d's 4 are still kept; the group has 4 to its maximum");
}

#[test]
fn a_ring_fence_lets_nothing_in_or_out() {
    let ringed = PlannedPool { fence: Fence::Ringed, ..pool("a", 0, &[A], 4, None) };
    let mut plan = plan(&[ringed]);
    assert_eq!(rooms(&plan, 10), [4, 6, 6, 6]);
    plan.draw(10, B, 6, u32::MAX);
    assert_eq!(rooms(&plan, 4), [4, 0, 0, 0]);
}

#[test]
fn borrowing_goes_in_order_and_is_repaid_backwards() {
    let borrower = PlannedPool { borrows_from: vec![2, 3], ..pool("a", 0, &[A], 1, None) };
    let mut plan = plan(&[borrower, pool("b", 0, &[B], 4, None), pool("c", 0, &[C], 5, None)]);
    assert_eq!(rooms(&plan, 10), [10, 4, 5, 0], "a reaches b's and c's minimum");
    plan.draw(10, A, 7, u32::MAX);
    assert_eq!(plan.pools.iter().map(|row| row.lent).collect::<Vec<_>>(), [0, 4, 2]);
    assert_eq!(rooms(&plan, 3), [3, 0, 3, 0], "c keeps 3 of 5; b lent all");
    plan.draw(3, A, -3, u32::MAX);
    assert_eq!(plan.pools.iter().map(|row| row.lent).collect::<Vec<_>>(), [0, 3, 0]);
    assert!(plan.is_sound());
}

#[test]
fn percentages_follow_receipts_not_sales() {
    let half = Share { qty: 0, percent: Money::from_micros(50_000_000) };
    let mut plan = plan(&[PlannedPool { min: half, ..pool("a", 0, &[A], 0, None) }]);
    assert_eq!(rooms(&plan, 10)[1], 5);
    plan.draw(10, B, 5, u32::MAX);
    assert_eq!(rooms(&plan, 5)[1], 0, "a sale leaves the base as it was");
    assert_eq!(rooms(&plan, 9)[1], 2, "a receipt of 4 is shared: half of 14 is kept");
}

#[test]
fn a_released_minimum_is_free_for_all() {
    let at = Instant::from_micros(5);
    let pools = [PlannedPool { release_at: Some(at), ..pool("a", 0, &[A], 4, None) }];
    let kept = PlanRow::new(&pools, Counting::Restart, None, (Instant::from_micros(4), 0));
    let released = PlanRow::new(&pools, Counting::Restart, None, (at, 0));
    assert_eq!((kept.room(10, B), released.room(10, B)), (6, 10));
}

/// Random draws: nobody ever takes what is kept for another without borrowing.
#[test]
fn what_is_kept_stays() {
    let mut dice = 7u64;
    let mut roll = |sides: i64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(dice >> 33).unwrap_or(0).checked_rem(sides).unwrap_or(0)
    };
    for _ in 0..2_000 {
        let pools = [
            pool("g", 0, &[], roll(9), None),
            pool("a", 1, &[A], roll(5), Some(roll(9))),
            pool("b", 1, &[B], roll(5), None),
            pool("c", 0, &[C], roll(5), None),
        ];
        let (mut plan, mut free) = (plan(&pools), 20);
        for _ in 0..12 {
            let channel = ChannelId(u32::try_from(roll(4)).unwrap_or(0));
            let room = plan.room(free, channel);
            let qty = roll(4).min(room);
            let before: Vec<i64> = plan.standing(free).iter().map(|(kept, _)| *kept).collect();
            plan.draw(free, channel, qty, u32::MAX);
            free = free.saturating_sub(qty);
            let own = plan.pool_of(channel);
            for (at, (kept, _)) in plan.standing(free).iter().enumerate() {
                assert!(*kept <= free || *kept == before[at], "{plan:?}");
                assert!(own == Some(at) || *kept >= before[at] || plan.way(own).contains(&at), "{plan:?}");
            }
            assert!(plan.is_sound() && free >= 0);
        }
    }
}
