//! Cost in tiers: the lexicographic price of a plan.

use std::cmp::Ordering;

/// How many tiers a policy may have.
pub const TIERS_MAX: usize = 4;

/// A cost of up to four tiers, compared from the first to the last.
///
/// Sums of tiers keep their order (if `a < b` then `a + c < b + c`), so a search may add and compare
/// partial costs as if they were single numbers. Sums saturate; problems are built from bounded terms, so
/// that a real plan never comes near the ends of `i64`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tiers(pub [i64; TIERS_MAX]);

impl Ord for Tiers {
    // Written out: the order of arrays is a loop, and costs are compared all the time.
    #[inline]
    fn cmp(&self, other: &Tiers) -> Ordering {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
        a.cmp(&e).then_with(|| b.cmp(&f)).then_with(|| c.cmp(&g)).then_with(|| d.cmp(&h))
    }
}

impl PartialOrd for Tiers {
    #[inline]
    fn partial_cmp(&self, other: &Tiers) -> Option<Ordering> {
        Some(self.cmp(other))
    }

    #[inline]
    fn lt(&self, other: &Tiers) -> bool {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
        if a != e {
            a < e
        } else if b != f {
            b < f
        } else if c != g {
            c < g
        } else {
            d < h
        }
    }

    #[inline]
    fn le(&self, other: &Tiers) -> bool {
        !other.lt(self)
    }

    #[inline]
    fn gt(&self, other: &Tiers) -> bool {
        other.lt(self)
    }

    #[inline]
    fn ge(&self, other: &Tiers) -> bool {
        !self.lt(other)
    }
}

impl Tiers {
    /// No cost at all.
    pub const ZERO: Tiers = Tiers([0; TIERS_MAX]);
    /// More than any plan costs.
    pub const MAX: Tiers = Tiers([i64::MAX; TIERS_MAX]);

    /// The sum, tier by tier.
    #[inline]
    #[must_use]
    pub const fn plus(self, other: Tiers) -> Tiers {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
        Tiers([a.saturating_add(e), b.saturating_add(f), c.saturating_add(g), d.saturating_add(h)])
    }

    /// The difference, tier by tier.
    #[inline]
    #[must_use]
    pub const fn minus(self, other: Tiers) -> Tiers {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
        Tiers([a.saturating_sub(e), b.saturating_sub(f), c.saturating_sub(g), d.saturating_sub(h)])
    }

    /// This cost for each of `count` units.
    #[inline]
    #[must_use]
    pub const fn times(self, count: i64) -> Tiers {
        let [a, b, c, d] = self.0;
        Tiers([
            a.saturating_mul(count),
            b.saturating_mul(count),
            c.saturating_mul(count),
            d.saturating_mul(count),
        ])
    }
}
