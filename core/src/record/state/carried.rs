//! Goods under way or with customers, as far as they are told apart: by the layer that they came from, or by
//! lot.

use super::*;
use crate::costing::share;
use crate::value::num::{self, Overflow};

/// Units that are told apart from others of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Carried {
    pub lot: LotId,
    pub qty: i64,
    /// Their cost; zero where lots are names only.
    pub value: Money,
    /// The receipt line and one more; 0 = none.
    pub source: u32,
}

/// What of a transfer's line is under way, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct UnderWay {
    /// Layers, under FIFO.
    pub layers: Vec<Carried>,
    /// Lots.
    pub lots: Vec<Carried>,
    /// What goes with them.
    #[serde(default)]
    pub along: Later<Along, 1>,
}

/// What goes along with goods besides their cost: the allowance against them, and the mark-up in what they
/// cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Along {
    pub allowance: Money,
    pub markup: Money,
}

impl Along {
    /// Takes the part of `qty` units of `of` off.
    pub(crate) fn take(&mut self, qty: i64, of: i64, minor: i64) -> Result<Along, Overflow> {
        let take = |from: &mut Money| {
            let part = share(*from, qty, of, minor)?;
            *from = from.minus(part)?;
            Ok(part)
        };
        Ok(Along { allowance: take(&mut self.allowance)?, markup: take(&mut self.markup)? })
    }

    /// The same, its allowance only where it is not released.
    pub(crate) fn with_allowance(self, kept: bool) -> Along {
        let zero = Along { markup: self.markup, ..Along::default() };
        if kept { self } else { zero }
    }

    pub(crate) fn plus(&self, other: &Along) -> Result<Along, Overflow> {
        Ok(Along {
            allowance: self.allowance.plus(other.allowance)?,
            markup: self.markup.plus(other.markup)?,
        })
    }
}

/// Takes units off, the oldest first, of those that fit; a part takes its part of the cost.
pub(crate) fn take_carried(
    list: &mut Vec<Carried>,
    qty: i64,
    minor: i64,
    fits: impl Fn(&Carried) -> bool,
) -> Result<Vec<Carried>, Overflow> {
    let (mut left, mut out) = (qty, Vec::new());
    for part in list.iter_mut().filter(|part| fits(part)) {
        let now = part.qty.min(left);
        if now <= 0 {
            continue;
        }
        let value = share(part.value, now, part.qty, minor)?;
        (part.qty, part.value) = (num::sub(part.qty, now)?, part.value.minus(value)?);
        out.push(Carried { qty: now, value, ..*part });
        left = num::sub(left, now)?;
    }
    list.retain(|part| part.qty > 0);
    Ok(out)
}

/// Units and cost of parts.
pub(crate) fn sum_carried(parts: &[Carried]) -> Result<Worth, Overflow> {
    parts.iter().try_fold(Worth::default(), |sum, part| {
        Ok(Worth { qty: num::add(sum.qty, part.qty)?, value: sum.value.plus(part.value)? })
    })
}

impl From<&super::super::event::LayerCost> for Carried {
    fn from(layer: &super::super::event::LayerCost) -> Carried {
        Carried { lot: LotId::NONE, qty: layer.qty, value: layer.value, source: layer.source }
    }
}

impl From<&super::super::event::LotCost> for Carried {
    fn from(lot: &super::super::event::LotCost) -> Carried {
        Carried { lot: lot.lot, qty: lot.qty, value: lot.value, source: 0 }
    }
}

impl Costs {
    /// What of a transfer's line is under way, as far as it is told apart.
    pub(crate) fn under_way(&self, transfer: u32, line: u32) -> UnderWay {
        row(&self.ways, &self.way, &(transfer, line)).unwrap_or_default()
    }

    /// What went along with the goods that a customer has of an order's line.
    pub(crate) fn gone_along(&self, line: u32) -> Along {
        row(&self.gone, &self.along, &line).unwrap_or_default()
    }

    /// What of an order's line its supplier shipped straight to the customer, by receipt line.
    pub(crate) fn drop_shipped(&self, line: u32) -> Vec<Carried> {
        row(&self.drops, &self.dropped, &line).unwrap_or_default()
    }

    /// The lots that a customer has of an order's line.
    pub(crate) fn sold_lots(&self, line: u32) -> Vec<Carried> {
        row(&self.sales, &self.sold, &line).unwrap_or_default()
    }
}
