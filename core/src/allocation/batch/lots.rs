//! Lots: the sizes of lines that are asked of a row of stock, and what fits into it together.
//!
//! Three units serve one line of two, not one and a half; a price by the unit knows only the latter. Where
//! there is little of a row, each size of line has a price of its own, and the row is worth what the best mix
//! of lines that fits it is worth at these prices: the bound that follows knows of whole lines.

#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "lots and mixes are numbered here; a mix has no more lines than its row has units, of which \
              there are few; prices are bounded"
)]

use super::BatchLot;
use super::model::{Item, Row};
use crate::value::sort::PutInOrder;

/// The most units of a row whose mixes are known.
const UNITS_MAX: i64 = 8;

/// Lines of so many units that a row is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lot {
    pub row: u32,
    pub qty: u32,
    count: u32,
}

/// A row of few units that lines do not use up evenly.
#[derive(Clone, Copy, Debug)]
pub(super) struct Uneven {
    pub row: u32,
    lots: (u32, u32),
    mixes: (u32, u32),
}

impl Uneven {
    pub fn lots(&self) -> std::ops::Range<usize> {
        self.lots.0 as usize..self.lots.1 as usize
    }
}

/// All lots, ascending by row, then quantity.
#[derive(Clone, Debug, Default)]
pub(super) struct Lots {
    pub all: Vec<Lot>,
    pub uneven: Vec<Uneven>,
    /// Lines of each lot of its row, mix after mix.
    mixes: Vec<u8>,
}

impl Lots {
    /// Finds the lots of the items, and numbers these by them; mixes only where lines come `whole`.
    pub fn of(items: &mut [Item], rows: &[Row], whole: bool) -> Lots {
        let mut keys: Vec<(u32, u32)> = items.iter().map(|item| (item.row, item.qty)).collect();
        keys.put_in_order();
        let mut lots = Lots::default();
        for same in keys.chunk_by(|a, b| a == b) {
            lots.all.push(Lot { row: same[0].0, qty: same[0].1, count: same.len() as u32 });
        }
        keys.dedup();
        for item in items {
            item.lot = keys.partition_point(|key| *key < (item.row, item.qty)) as u32;
        }
        let mut first = 0;
        while whole && first < keys.len() {
            let row = &rows[keys[first].0 as usize];
            let next = first + keys[first..].iter().take_while(|key| key.0 == keys[first].0).count();
            // One by one all units are used.
            let even = next == first + 1 && row.stock % i64::from(keys[first].1) == 0;
            if row.binds && row.stock <= UNITS_MAX && !even {
                let start = lots.mixes.len() as u32;
                lots.mix(first..next, row.stock as u32);
                let mixes = (start, lots.mixes.len() as u32);
                lots.uneven.push(Uneven { row: keys[first].0, lots: (first as u32, next as u32), mixes });
            }
            first = next;
        }
        lots
    }

    /// Notes all mixes of the lots that fit so many units, and to which nothing can be added but of the last.
    fn mix(&mut self, lots: std::ops::Range<usize>, units: u32) {
        let count = lots.len();
        let mut mix = vec![0u8; count];
        loop {
            let used = |mix: &[u8]| -> u32 {
                mix.iter().zip(&self.all[lots.clone()]).map(|(lines, lot)| u32::from(*lines) * lot.qty).sum()
            };
            // As many of the smallest as fit.
            mix[0] = 0;
            let smallest = self.all[lots.start];
            mix[0] = ((units - used(&mix)) / smallest.qty).min(smallest.count) as u8;
            self.mixes.extend_from_slice(&mix);
            mix[0] = 0;
            // Counts up from the second.
            let mut at = 1;
            while at < count {
                mix[at] += 1;
                if u32::from(mix[at]) <= self.all[lots.start + at].count && used(&mix) <= units {
                    break;
                }
                mix[at] = 0;
                at += 1;
            }
            if at >= count {
                return;
            }
        }
    }

    /// The lot of an uneven row that is meant.
    pub fn find(&self, rows: &[Row], known: &BatchLot) -> Option<usize> {
        let row = rows.binary_search_by_key(&(known.sku, known.node), |row| (row.sku, row.node)).ok()? as u32;
        let uneven = self.uneven.binary_search_by_key(&row, |uneven| uneven.row).ok()?;
        self.uneven[uneven].lots().find(|at| i64::from(self.all[*at].qty) == known.qty)
    }

    /// The mix that is worth most at the prices of all lots, and its worth.
    pub fn worth(&self, uneven: &Uneven, prices: &[i64]) -> (i64, &[u8]) {
        let (from, to) = (uneven.mixes.0 as usize, uneven.mixes.1 as usize);
        let prices = &prices[uneven.lots()];
        let mut best: (i64, &[u8]) = (0, &[]);
        for mix in self.mixes[from..to].chunks_exact(prices.len()) {
            let worth = mix.iter().zip(prices).map(|(lines, price)| i64::from(*lines) * price).sum();
            if best.1.is_empty() || worth > best.0 {
                best = (worth, mix);
            }
        }
        best
    }
}
