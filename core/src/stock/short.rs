//! A reservation in 20 bytes.

use super::rows::{Owner, Reservation};
use crate::value::ids::{NodeId, SkuId};
use crate::value::lean::{Lean, NO_HALF, from_half, half, narrow};

/// Marks a hold's reservation in `owner`.
const HOLD: u32 = 1 << 31;

/// Up to 65,535 units at one of the first 65,534 nodes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShortReservation {
    owner: u32,
    /// The SKU, or the number of a row kept whole where the node is none.
    sku: u32,
    parcel: u32,
    next: u32,
    node: u16,
    qty: u16,
}

impl Lean for Reservation {
    type Short = ShortReservation;

    #[inline]
    fn short(&self) -> Option<ShortReservation> {
        let (owner, kind) = match self.owner {
            Owner::Line(line) => (line, 0),
            Owner::Hold(hold) => (hold, HOLD),
        };
        if owner & HOLD != 0 || self.node == NodeId::NONE {
            return None;
        }
        Some(ShortReservation {
            owner: owner | kind,
            sku: self.sku.0,
            parcel: self.parcel,
            next: self.next,
            node: half(self.node.0)?,
            qty: narrow(self.qty)?,
        })
    }

    #[inline]
    fn whole(short: ShortReservation) -> Reservation {
        let owner = short.owner & !HOLD;
        Reservation {
            owner: if short.owner == owner { Owner::Line(owner) } else { Owner::Hold(owner) },
            sku: SkuId(short.sku),
            node: NodeId(from_half(short.node)),
            qty: i64::from(short.qty),
            parcel: short.parcel,
            next: short.next,
        }
    }

    fn name(number: u32) -> ShortReservation {
        ShortReservation { owner: 0, sku: number, parcel: 0, next: 0, node: NO_HALF, qty: 0 }
    }

    #[inline]
    fn named(short: &ShortReservation) -> Option<u32> {
        (short.node == NO_HALF).then_some(short.sku)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_is_all_of_it() {
        assert_eq!(size_of::<ShortReservation>(), 20);
        let plain = Reservation {
            owner: Owner::Hold(7),
            sku: SkuId(3),
            node: NodeId(65_534),
            qty: 65_535,
            parcel: u32::MAX,
            next: 9,
        };
        assert_eq!(plain.short().map(Reservation::whole), Some(plain));
        for odd in [
            Reservation { qty: 65_536, ..plain },
            Reservation { node: NodeId(65_535), ..plain },
            Reservation { owner: Owner::Line(HOLD | 7), ..plain },
            Reservation { owner: Owner::Hold(HOLD | 7), ..plain },
            Reservation { node: NodeId::NONE, ..plain },
            Reservation { qty: -1, ..plain },
        ] {
            assert!(odd.short().is_none());
        }
    }
}
