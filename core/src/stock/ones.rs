//! The one place and the one cost layer of a cell, kept beside the cell in eight bytes.
//!
//! Most cells have their sellable goods in one lot and at one cost. Where they lie and which receipt they
//! came with is then all that there is to tell: how many they are and what they are worth the cell says.
//! Only what has a second place or a second layer gets rows of its own. Books that began before this was so
//! have rows for all.

use super::Condition;
use super::rows::Cells;
use crate::value::digest::Digest;
use crate::value::ids::*;
use crate::value::num;
use crate::value::table::Undoable;
use serde::{Deserialize, Serialize};

/// Where something lies within a node: labels of bin, lot and owner, and a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Spot {
    pub bin: u32,
    pub lot: u32,
    pub condition: Condition,
    pub owner: u32,
}

/// There may be rows: look there.
pub(crate) const ROWS: u32 = u32::MAX;

/// What is alone in a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct One {
    /// The spot where all sellable goods lie and one more; 0 = none is told apart.
    pub spot: u32,
    /// The source of the only layer and one more; 0 = no layer.
    pub layer: u32,
}

impl One {
    /// All is in rows.
    pub(crate) const ROWS: One = One { spot: ROWS, layer: ROWS };

    /// The spot, if there is one.
    pub(crate) fn spot(self) -> Option<u32> {
        if self.spot == ROWS { None } else { self.spot.checked_sub(1) }
    }

    /// The source of the layer, if there is one.
    pub(crate) fn source(self) -> Option<u32> {
        if self.layer == ROWS { None } else { self.layer.checked_sub(1) }
    }
}

/// What is alone, in rows by SKU as the cells are; nothing until something is told apart.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Vec<(SkuId, NodeId, One)>")]
pub(crate) struct Ones {
    kept: bool,
    stride: usize,
    rows: Vec<One>,
    hash: u64,
    log: Vec<(SkuId, NodeId, One)>,
    recording: bool,
}

impl From<Vec<(SkuId, NodeId, One)>> for Ones {
    fn from(list: Vec<(SkuId, NodeId, One)>) -> Ones {
        let nodes = list.iter().map(|(_, node, _)| num::index(node.0).saturating_add(1)).max().unwrap_or(0);
        let skus = list.last().map_or(0, |(sku, ..)| num::index(sku.0).saturating_add(1));
        let mut ones = Ones { kept: true, ..Ones::default() };
        ones.fit(nodes.next_multiple_of(4), skus);
        list.into_iter().for_each(|(sku, node, one)| ones.write(sku, node, one));
        ones
    }
}

impl serde::Serialize for Ones {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

fn digest(sku: SkuId, node: NodeId, one: One) -> u64 {
    if one == One::default() { 0 } else { Digest::row(u64::from(sku.0), &(node.0, one)) }
}

impl Ones {
    /// Says whether the book keeps what is alone in this way.
    pub(crate) fn keep(&mut self, kept: bool) {
        self.kept = kept;
    }

    pub(crate) fn is_kept(&self) -> bool {
        self.kept
    }

    #[inline]
    fn at(&self, sku: SkuId, node: NodeId) -> Option<usize> {
        let within = num::index(sku.0).saturating_mul(self.stride);
        let place = num::index(node.0);
        (place < self.stride).then(|| within.saturating_add(place))
    }

    #[inline]
    pub(crate) fn get(&self, sku: SkuId, node: NodeId) -> One {
        if !self.kept {
            return One::ROWS;
        }
        self.at(sku, node).and_then(|at| self.rows.get(at)).copied().unwrap_or_default()
    }

    fn fit(&mut self, stride: usize, skus: usize) {
        if stride > self.stride {
            let known = self.rows.len().checked_div(self.stride).unwrap_or(0);
            self.rows = super::rows::widen(&self.rows, self.stride, stride, known);
            self.stride = stride;
        }
        super::rows::lengthen(&mut self.rows, skus.saturating_mul(self.stride), One::default());
    }

    /// Changes what is alone in a cell; there is room for as much as the cells have.
    pub(crate) fn edit(&mut self, cells: &Cells, sku: SkuId, node: NodeId, change: impl FnOnce(&mut One)) {
        if !self.kept {
            return;
        }
        let (old, mut one) = (self.get(sku, node), self.get(sku, node));
        change(&mut one);
        if one == old {
            return;
        }
        let (stride, skus) = cells.dimensions();
        if stride > self.stride || skus.saturating_mul(self.stride) > self.rows.len() {
            self.fit(stride, skus);
        }
        if self.recording {
            self.log.push((sku, node, old));
        }
        self.write(sku, node, one);
    }

    fn write(&mut self, sku: SkuId, node: NodeId, one: One) {
        let Some(row) = self.at(sku, node).and_then(|at| self.rows.get_mut(at)) else { return };
        self.hash = self.hash.wrapping_sub(digest(sku, node, *row)).wrapping_add(digest(sku, node, one));
        *row = one;
    }

    fn iter(&self) -> impl Iterator<Item = (SkuId, NodeId, One)> {
        let rows = self.rows.chunks(self.stride.max(1)).enumerate();
        let cells = rows.flat_map(|(sku, row)| {
            let place = move |(node, one): (usize, &One)| (SkuId(num::id(sku)), NodeId(num::id(node)), *one);
            row.iter().enumerate().map(place)
        });
        cells.filter(|(_, _, one)| *one != One::default())
    }
}

impl Undoable for Ones {
    fn begin(&mut self) -> usize {
        self.recording = true;
        self.log.len()
    }

    fn undo(&mut self, to: usize) {
        self.recording = false;
        for (sku, node, old) in self.log.split_off(to).into_iter().rev() {
            self.write(sku, node, old);
        }
    }

    fn commit(&mut self) {
        self.recording = false;
        self.log.clear();
    }

    fn hash(&self) -> u64 {
        self.hash
    }

    fn rehash(&self) -> u64 {
        self.iter().fold(0, |sum, (sku, node, one)| sum.wrapping_add(digest(sku, node, one)))
    }
}
