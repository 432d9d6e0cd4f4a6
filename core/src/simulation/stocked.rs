//! Which nodes stock a SKU: a bit each, so that what is asked for every order line lies close together.

use crate::value::num::{id, index};

const WORD: usize = 64;

/// Nodes by SKU, both as the book's ids.
#[derive(Clone, Debug, Default)]
pub(super) struct Stocked {
    /// Words of a SKU.
    words: usize,
    bits: Vec<u64>,
    /// Pairs of a SKU and a node that stocks it.
    pairs: i64,
}

impl Stocked {
    /// Room for so many of each; nothing is stocked.
    pub(super) fn new(skus: usize, nodes: usize) -> Stocked {
        let words = nodes.div_ceil(WORD);
        Stocked { words, bits: vec![0; skus.saturating_mul(words)], pairs: 0 }
    }

    /// A node stocks a SKU.
    pub(super) fn add(&mut self, sku: u32, node: u32) {
        let (word, bit) = (index(node) / WORD, node & 63);
        let at = index(sku).saturating_mul(self.words).saturating_add(word);
        if let Some(bits) = self.bits.get_mut(at).filter(|_| word < self.words) {
            let before = bits.count_ones();
            *bits |= 1u64.wrapping_shl(bit);
            self.pairs = self.pairs.saturating_add(i64::from(bits.count_ones().saturating_sub(before)));
        }
    }

    /// Reads ahead which nodes stock so many SKUs.
    pub(super) fn glance(&self, skus: &[u32]) {
        let first = |sku: &u32| self.bits.get(index(*sku).saturating_mul(self.words)).copied();
        std::hint::black_box(skus.iter().filter_map(first).fold(0, |seen, bits| seen ^ bits));
    }

    /// The words of a SKU.
    #[inline]
    fn words_of(&self, sku: u32) -> &[u64] {
        let from = index(sku).saturating_mul(self.words);
        self.bits.get(from..from.saturating_add(self.words)).unwrap_or_default()
    }

    /// The nodes that stock a SKU, ascending.
    #[inline]
    pub(super) fn nodes(&self, sku: u32) -> impl Iterator<Item = u32> {
        self.words_of(sku).iter().enumerate().flat_map(|(word, bits)| nodes_of(word, *bits))
    }

    /// The nodes that stock a SKU and have less of it than so many units, ascending; `units` are by node.
    #[inline]
    pub(super) fn below(&self, sku: u32, units: &[i64], qty: i64) -> impl Iterator<Item = u32> {
        let words = self.words_of(sku).iter().zip(units.chunks(WORD)).enumerate();
        words.flat_map(move |(word, (bits, units))| nodes_of(word, bits & which(units, |here| here < qty)))
    }

    /// Pairs of a SKU and a node that stocks it.
    pub(super) fn pairs(&self) -> i64 {
        self.pairs
    }

    /// How many of the nodes that stock a SKU have any of it; `units` are by node.
    pub(super) fn with_any(&self, sku: u32, units: &[i64]) -> u32 {
        let words = self.words_of(sku).iter().zip(units.chunks(WORD));
        let some = words.map(|(bits, units)| bits & which(units, |here| here > 0));
        some.fold(0, |sum, bits| sum.saturating_add(bits.count_ones()))
    }
}

/// A bit for each node of a word whose units are such.
#[inline]
fn which(units: &[i64], such: impl Fn(i64) -> bool) -> u64 {
    units.iter().rev().fold(0, |bits, here| bits << 1 | u64::from(such(*here)))
}

/// The nodes of a word's bits, ascending.
#[inline]
fn nodes_of(word: usize, mut left: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let bit = Some(left.trailing_zeros()).filter(|_| left != 0)?;
        left &= left.wrapping_sub(1);
        Some(id(word.saturating_mul(WORD)).saturating_add(bit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_come_back_ascending_and_once() {
        let mut stocked = Stocked::new(3, 130);
        for node in [129, 5, 64, 63, 5] {
            stocked.add(1, node);
        }
        stocked.add(2, 0);
        stocked.add(9, 0);
        stocked.add(0, 192);
        assert_eq!(stocked.nodes(1).collect::<Vec<u32>>(), [5, 63, 64, 129]);
        let mut units = [2; 130];
        (units[5], units[129]) = (0, 1);
        assert_eq!((stocked.with_any(1, &units), stocked.with_any(0, &units), stocked.pairs()), (3, 0, 5));
        assert_eq!(stocked.below(1, &units, 2).collect::<Vec<u32>>(), [5, 129]);
        assert_eq!((stocked.nodes(0).count(), stocked.nodes(2).count(), stocked.nodes(9).count()), (0, 1, 0));
    }
}
