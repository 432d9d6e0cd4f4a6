//! A small seeded generator (SplitMix64): the same numbers on every machine, for ever.

/// A stream of numbers from a seed.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

/// A number well mixed: the finaliser of SplitMix64 (Steele, Lea, Flood 2014).
pub(super) const fn mix(seed: u64) -> u64 {
    let z = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Random {
    /// A stream for a purpose: streams of one seed with other purposes are independent.
    pub(super) const fn new(seed: u64, purpose: u64) -> Random {
        Random(mix(seed ^ mix(purpose.wrapping_add(0x9e37_79b9_7f4a_7c15))))
    }

    /// The next number.
    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number from 0 to below `n`; 0 if `n` is 0. The bias is below `n` / 2^64.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        let product = u128::from(self.next()).saturating_mul(u128::from(n));
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// Whether an event of so many in a thousand happens.
    pub(super) fn per_thousand(&mut self, share: u32) -> bool {
        self.below(1_000) < u64::from(share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_numbers() {
        // The published first outputs of SplitMix64 for seed 0.
        let mut stream = Random(0);
        assert_eq!(stream.next(), 0xe220_a839_7b1d_cdaf);
        assert_eq!(stream.next(), 0x6e78_9e6a_a1b9_65f4);
        let mut dice = Random::new(1, 2);
        assert!((0..1_000).all(|_| dice.below(6) < 6));
        assert_eq!(dice.below(0), 0);
    }
}
