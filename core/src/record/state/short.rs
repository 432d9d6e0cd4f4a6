//! Order lines, parcels and holds as they mostly are: a line in 24 bytes, a parcel in 32, a hold in 12.

use super::{HoldRow, HoldState, LineRow, ParcelRow};
use crate::stock::HoldPhase;
use crate::value::ids::*;
use crate::value::later::Later;
use crate::value::lean::{Lean, NO_HALF, from_half, half, narrow};
use crate::value::money::Money;
use crate::value::time::Instant;

/// What became of all units of a short line.
const RESERVED: u32 = 0;
const BACKORDERED: u32 = 1;
const CANCELLED: u32 = 2;
const SHIPPED: u32 = 3;
/// None of these: the row is kept whole.
const WHOLE: u32 = 7;
/// Bits above which the quantity of a short line stands.
const FATE_BITS: u32 = 3;
/// Micros in the unit of a short line's price, which goes to 429,496.
const PRICE_UNIT: i64 = 100;

/// A line of up to 2^29 - 1 units that are all reserved, all waiting, all struck or all shipped; what was
/// issued is worth up to 4,294 of money.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShortLine {
    order: u32,
    sku: u32,
    first_reservation: u32,
    price: u32,
    issued: u32,
    /// Units, or the number of a row kept whole, and their fate.
    qty: u32,
}

impl Lean for LineRow {
    type Short = ShortLine;

    #[inline]
    fn short(&self) -> Option<ShortLine> {
        let (reserved, waits, struck, left) = (self.reserved, self.backordered, self.cancelled, self.shipped);
        // What became of all of it, and what of nothing then.
        let (fate, nothing) = if self.qty == reserved {
            (RESERVED, waits | struck | left)
        } else if self.qty == waits {
            (BACKORDERED, reserved | struck | left)
        } else if self.qty == struck {
            (CANCELLED, reserved | waits | left)
        } else {
            (SHIPPED, reserved | waits | struck | (self.qty ^ left))
        };
        let price = self.price.micros();
        if nothing | self.returned | self.refunded.micros() | (price % PRICE_UNIT) != 0 {
            return None;
        }
        let qty = narrow::<u32>(self.qty).filter(|qty| *qty <= u32::MAX >> FATE_BITS)?;
        Some(ShortLine {
            order: self.order.0,
            sku: self.sku.0,
            first_reservation: self.first_reservation,
            price: narrow(price / PRICE_UNIT)?,
            issued: narrow(self.issued.micros())?,
            qty: qty.wrapping_shl(FATE_BITS) | fate,
        })
    }

    #[inline]
    fn whole(short: ShortLine) -> LineRow {
        let qty = i64::from(short.qty >> FATE_BITS);
        let of = |fate: u32| if short.qty & WHOLE == fate { qty } else { 0 };
        LineRow {
            order: OrderId(short.order),
            sku: SkuId(short.sku),
            qty,
            price: Money::from_micros(i64::from(short.price).saturating_mul(PRICE_UNIT)),
            reserved: of(RESERVED),
            backordered: of(BACKORDERED),
            shipped: of(SHIPPED),
            cancelled: of(CANCELLED),
            returned: 0,
            issued: Money::from_micros(i64::from(short.issued)),
            refunded: Money::ZERO,
            first_reservation: short.first_reservation,
        }
    }

    fn name(number: u32) -> ShortLine {
        let qty = number.wrapping_shl(FATE_BITS) | WHOLE;
        ShortLine { order: 0, sku: 0, first_reservation: 0, price: 0, issued: 0, qty }
    }

    #[inline]
    fn named(short: &ShortLine) -> Option<u32> {
        (short.qty & WHOLE == WHOLE).then_some(short.qty >> FATE_BITS)
    }
}

/// Marks a parcel whose freight and handling are posted.
const POSTED: u32 = 1 << 31;

/// A parcel that takes whole seconds, up to 68 years, and costs up to 4,294 of money.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShortParcel {
    ship_at: Instant,
    /// The order, or the number of a row kept whole where the node is none.
    order: u32,
    node: u16,
    service: u16,
    /// Seconds on the way, and whether it is posted.
    way: u32,
    freight: u32,
    handling: u32,
    next: u32,
}

impl Lean for ParcelRow {
    type Short = ShortParcel;

    #[inline]
    fn short(&self) -> Option<ShortParcel> {
        let seconds = self.arrive_at.seconds_since(self.ship_at);
        let way = narrow::<u32>(seconds).filter(|way| way & POSTED == 0)?;
        if self.node == NodeId::NONE || self.ship_at.plus_seconds(seconds) != self.arrive_at {
            return None;
        }
        Some(ShortParcel {
            ship_at: self.ship_at,
            order: self.order.0,
            node: half(self.node.0)?,
            service: half(self.service.0)?,
            way: if self.posted { way | POSTED } else { way },
            freight: narrow(self.freight.micros())?,
            handling: narrow(self.handling.micros())?,
            next: self.next,
        })
    }

    #[inline]
    fn whole(short: ShortParcel) -> ParcelRow {
        ParcelRow {
            order: OrderId(short.order),
            node: NodeId(from_half(short.node)),
            service: ServiceId(from_half(short.service)),
            ship_at: short.ship_at,
            arrive_at: short.ship_at.plus_seconds(i64::from(short.way & !POSTED)),
            freight: Money::from_micros(i64::from(short.freight)),
            handling: Money::from_micros(i64::from(short.handling)),
            posted: short.way & POSTED != 0,
            next: short.next,
        }
    }

    fn name(number: u32) -> ShortParcel {
        ShortParcel {
            ship_at: Instant::START,
            order: number,
            node: NO_HALF,
            service: 0,
            way: 0,
            freight: 0,
            handling: 0,
            next: 0,
        }
    }

    #[inline]
    fn named(short: &ShortParcel) -> Option<u32> {
        (short.node == NO_HALF).then_some(short.order)
    }
}

/// Bits of a short hold's `rest` above which the upper part of its instant stands: microseconds since 1970
/// in 53 bits, which is to 2255.
const REST_BITS: u32 = 11;
/// Bits of its channel.
const CHANNEL_BITS: u32 = 9;
/// The channel of a row kept whole.
const NO_CHANNEL: u32 = (1 << CHANNEL_BITS) - 1;
const ENDED: u32 = 1 << CHANNEL_BITS;
const CONFIRMED: u32 = ENDED << 1;

/// A hold of one of the first 511 channels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShortHold {
    /// The first reservation, or the number of a row kept whole where the channel is none.
    first: u32,
    /// The lower half of the microseconds at which it runs out.
    micros: u32,
    /// The upper half, its phase, its state and its channel.
    rest: u32,
}

impl Lean for HoldRow {
    type Short = ShortHold;

    #[inline]
    fn short(&self) -> Option<ShortHold> {
        let micros = u64::try_from(self.expires_at.micros()).ok()?;
        let upper = u32::try_from(micros >> 32).ok().filter(|upper| *upper < 1 << (32 - REST_BITS))?;
        let channel = Some(self.channel.0).filter(|channel| *channel < NO_CHANNEL)?;
        let ended = if self.state == HoldState::Ended { ENDED } else { 0 };
        let confirmed = if *self.phase == HoldPhase::Confirmed { CONFIRMED } else { 0 };
        Some(ShortHold {
            first: self.first_reservation,
            micros: u32::try_from(micros & u64::from(u32::MAX)).ok()?,
            rest: upper << REST_BITS | confirmed | ended | channel,
        })
    }

    #[inline]
    fn whole(short: ShortHold) -> HoldRow {
        let micros = i64::from(short.rest >> REST_BITS) << 32 | i64::from(short.micros);
        let is = |mark: u32| short.rest & mark != 0;
        HoldRow {
            channel: ChannelId(short.rest & NO_CHANNEL),
            expires_at: Instant::from_micros(micros),
            state: if is(ENDED) { HoldState::Ended } else { HoldState::Held },
            first_reservation: short.first,
            phase: Later(if is(CONFIRMED) { HoldPhase::Confirmed } else { HoldPhase::Pending }),
        }
    }

    fn name(number: u32) -> ShortHold {
        ShortHold { first: number, micros: 0, rest: NO_CHANNEL }
    }

    #[inline]
    fn named(short: &ShortHold) -> Option<u32> {
        (short.rest & NO_CHANNEL == NO_CHANNEL).then_some(short.first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_line_is_all_of_it() {
        assert_eq!(size_of::<ShortLine>(), 24);
        let none = LineRow {
            order: OrderId(1),
            sku: SkuId(2),
            qty: (1 << 29) - 1,
            price: Money::from_cents(999),
            reserved: 0,
            backordered: 0,
            shipped: 0,
            cancelled: 0,
            returned: 0,
            issued: Money::ZERO,
            refunded: Money::ZERO,
            first_reservation: u32::MAX,
        };
        let all = none.qty;
        for plain in [
            LineRow { reserved: all, ..none.clone() },
            LineRow { backordered: all, ..none.clone() },
            LineRow { cancelled: all, ..none.clone() },
            LineRow { shipped: all, issued: Money::from_cents(429_496), ..none.clone() },
        ] {
            let short = plain.short();
            assert_eq!(short.and_then(|short| LineRow::named(&short)), None);
            assert_eq!(short.map(LineRow::whole), Some(plain));
        }
        for odd in [
            LineRow { shipped: all, returned: 1, ..none.clone() },
            LineRow { reserved: all, price: Money::from_micros(1_001), ..none.clone() },
            LineRow { shipped: all, issued: Money::from_cents(429_497), ..none.clone() },
            LineRow { reserved: 5, backordered: all.saturating_sub(5), ..none.clone() },
            LineRow { qty: 1 << 29, reserved: 1 << 29, ..none.clone() },
            LineRow { shipped: 1, ..none.clone() },
            LineRow { reserved: all, shipped: 1, ..none.clone() },
            LineRow { reserved: all, issued: Money::from_cents(-1), ..none.clone() },
        ] {
            assert!(odd.short().is_none());
        }
    }

    #[test]
    fn a_short_parcel_is_all_of_it() {
        assert_eq!(size_of::<ShortParcel>(), 32);
        let plain = ParcelRow {
            order: OrderId(1),
            node: NodeId(2),
            service: ServiceId::NONE,
            ship_at: Instant::from_micros(1_767_614_400_000_001),
            arrive_at: Instant::from_micros(1_767_614_400_000_001).plus_seconds(7_200),
            freight: Money::from_cents(795),
            handling: Money::from_cents(120),
            posted: true,
            next: u32::MAX,
        };
        assert_eq!(plain.short().map(ParcelRow::whole), Some(plain));
        for odd in [
            ParcelRow { arrive_at: Instant::from_micros(1_767_614_400_000_002), ..plain },
            ParcelRow { arrive_at: Instant::START, ..plain },
            ParcelRow { freight: Money::from_cents(500_000), ..plain },
            ParcelRow { handling: Money::from_cents(-1), ..plain },
            ParcelRow { service: ServiceId(65_535), ..plain },
            ParcelRow { node: NodeId::NONE, ..plain },
        ] {
            assert!(odd.short().is_none());
        }
    }

    #[test]
    fn a_short_hold_is_all_of_it() {
        assert_eq!(size_of::<ShortHold>(), 12);
        let plain = HoldRow {
            channel: ChannelId(510),
            expires_at: Instant::from_micros(7_258_118_399_000_001),
            state: HoldState::Ended,
            first_reservation: u32::MAX,
            phase: Later(HoldPhase::Confirmed),
        };
        for hold in [
            plain,
            HoldRow { state: HoldState::Held, channel: ChannelId(0), ..plain },
            HoldRow { phase: Later(HoldPhase::Pending), expires_at: Instant::from_micros(0), ..plain },
        ] {
            assert_eq!(hold.short().map(HoldRow::whole), Some(hold));
        }
        for odd in [
            HoldRow { channel: ChannelId(511), ..plain },
            HoldRow { channel: ChannelId::NONE, ..plain },
            HoldRow { expires_at: Instant::from_micros(-1), ..plain },
            HoldRow { expires_at: Instant::from_micros(1 << 53), ..plain },
        ] {
            assert!(odd.short().is_none());
        }
    }
}
