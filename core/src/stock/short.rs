//! A reservation in 16 bytes.

use super::rows::{END as NOTHING, Owner, Reservation};
use crate::value::ids::{NodeId, SkuId};
use crate::value::lean::{Lean, NO_HALF, from_half, half, narrow};

/// Marks a hold's reservation in `owner`.
const HOLD: u32 = 1 << 31;
/// Marks one that has a next one, and no parcel.
const CHAINED: u32 = 1 << 30;
const MARKS: u32 = HOLD | CHAINED;

/// Up to 65,535 units at one of the first 65,534 nodes, of the first 2^30 lines or holds. A reservation in a
/// parcel mostly is its line's only one, and that of a hold has no parcel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShortReservation {
    owner: u32,
    /// The SKU, or the number of a row kept whole where the node is none.
    sku: u32,
    /// The parcel, or the next one where it is chained.
    link: u32,
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
        let (link, chained) = match (self.parcel, self.next) {
            (parcel, NOTHING) => (parcel, 0),
            (NOTHING, next) => (next, CHAINED),
            _ => return None,
        };
        if owner & MARKS != 0 || self.node == NodeId::NONE {
            return None;
        }
        Some(ShortReservation {
            owner: owner | kind | chained,
            sku: self.sku.0,
            link,
            node: half(self.node.0)?,
            qty: narrow(self.qty)?,
        })
    }

    #[inline]
    fn whole(short: ShortReservation) -> Reservation {
        let owner = short.owner & !MARKS;
        let chained = short.owner & CHAINED != 0;
        Reservation {
            owner: if short.owner & HOLD == 0 { Owner::Line(owner) } else { Owner::Hold(owner) },
            sku: SkuId(short.sku),
            node: NodeId(from_half(short.node)),
            qty: i64::from(short.qty),
            parcel: if chained { NOTHING } else { short.link },
            next: if chained { short.link } else { NOTHING },
        }
    }

    fn name(number: u32) -> ShortReservation {
        ShortReservation { owner: 0, sku: number, link: 0, node: NO_HALF, qty: 0 }
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
        assert_eq!(size_of::<ShortReservation>(), 16);
        let plain = Reservation {
            owner: Owner::Hold(7),
            sku: SkuId(3),
            node: NodeId(65_534),
            qty: 65_535,
            parcel: NOTHING,
            next: 9,
        };
        let parcel = Reservation { owner: Owner::Line(7), parcel: 5, next: NOTHING, ..plain };
        for plain in
            [plain, parcel, Reservation { next: NOTHING, ..plain }, Reservation { parcel: 0, ..parcel }]
        {
            assert_eq!(plain.short().map(Reservation::whole), Some(plain));
        }
        for odd in [
            Reservation { qty: 65_536, ..plain },
            Reservation { node: NodeId(65_535), ..plain },
            Reservation { owner: Owner::Line(HOLD | 7), ..plain },
            Reservation { owner: Owner::Hold(CHAINED | 7), ..plain },
            Reservation { node: NodeId::NONE, ..plain },
            Reservation { parcel: 5, ..plain },
            Reservation { qty: -1, ..plain },
        ] {
            assert!(odd.short().is_none());
        }
    }
}
