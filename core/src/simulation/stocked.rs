//! Which nodes stock a SKU: a bit each, so that what is asked for every order line lies close together.

use crate::value::num::{id, index};

const WORD: usize = 64;

/// Nodes by SKU, both as the book's ids.
#[derive(Clone, Debug, Default)]
pub(super) struct Stocked {
    /// Words of a SKU.
    words: usize,
    bits: Vec<u64>,
}

impl Stocked {
    /// Room for so many of each; nothing is stocked.
    pub(super) fn new(skus: usize, nodes: usize) -> Stocked {
        let words = nodes.div_ceil(WORD);
        Stocked { words, bits: vec![0; skus.saturating_mul(words)] }
    }

    /// A node stocks a SKU.
    pub(super) fn add(&mut self, sku: u32, node: u32) {
        let (word, bit) = (index(node) / WORD, node & 63);
        let at = index(sku).saturating_mul(self.words).saturating_add(word);
        if let Some(bits) = self.bits.get_mut(at).filter(|_| word < self.words) {
            *bits |= 1u64.wrapping_shl(bit);
        }
    }

    /// Reads ahead which nodes stock so many SKUs.
    pub(super) fn glance(&self, skus: &[u32]) {
        let first = |sku: &u32| self.bits.get(index(*sku).saturating_mul(self.words)).copied();
        std::hint::black_box(skus.iter().filter_map(first).fold(0, |seen, bits| seen ^ bits));
    }

    /// The nodes that stock a SKU, ascending.
    #[inline]
    pub(super) fn nodes(&self, sku: u32) -> impl Iterator<Item = u32> {
        let from = index(sku).saturating_mul(self.words);
        let words = self.bits.get(from..from.saturating_add(self.words)).unwrap_or_default();
        words.iter().enumerate().flat_map(|(word, bits)| {
            let mut left = *bits;
            std::iter::from_fn(move || {
                let bit = Some(left.trailing_zeros()).filter(|_| left != 0)?;
                left &= left.wrapping_sub(1);
                Some(id(word.saturating_mul(WORD)).saturating_add(bit))
            })
        })
    }
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
        assert_eq!((stocked.nodes(0).count(), stocked.nodes(2).count(), stocked.nodes(9).count()), (0, 1, 0));
    }
}
