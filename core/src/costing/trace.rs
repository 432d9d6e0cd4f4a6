//! Movements costed from the first on: what each was worth, given all that is known now.
//!
//! Late truth (a receipt dated back, an invoice at another price, freight that comes after the sale) is met
//! by playing the remembered movements of a SKU again, in the order in which they happened. The rules are
//! those of the live pools, so that without late truth every movement comes out as it was booked.

use super::valuation::NegativeCost;
use super::{Costing, share};
use crate::value::ids::{LotId, NodeId};
use crate::value::money::Money;
use crate::value::num::{self, Overflow};
use std::collections::{BTreeMap, VecDeque};

/// What a movement does to a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Units come in at a value of their own.
    In,
    /// Units leave at the pool's cost.
    Out,
    /// Units leave to their vendor: from the layer of their own receipt first.
    VendorOut,
    /// Units leave for another node.
    TransferOut,
    /// They arrive.
    TransferIn,
    /// They are lost on the way.
    TransferLost,
    /// A customer's units come back into the pool at their original cost.
    ReturnIn,
    /// A customer's units come back and go elsewhere.
    ReturnElsewhere,
    /// Units go from their supplier to a customer, through no pool.
    SentOn,
    /// The value changes, not the quantity.
    Revalue,
    /// The value becomes what the movements until then come to, whatever was booked.
    Recost,
}

/// One movement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub kind: Kind,
    pub node: NodeId,
    pub lot: LotId,
    /// What it belongs to: a receipt line, an order line, or a transfer with `part`.
    pub doc: u32,
    pub part: u32,
    pub qty: i64,
    /// Value as booked: fixed where units come in, found anew where they leave.
    pub value: Money,
    /// What of it passed through, as booked.
    pub passed: Money,
    /// Booked at a value that was declared, which stands.
    pub declared: bool,
}

/// What a movement comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub value: Money,
    pub passed: Money,
}

/// A layer of a pool: the whole pool, where the method averages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Part {
    pub qty: i64,
    pub value: Money,
    /// The receipt line that it came from, and one more; 0 = none.
    pub source: u32,
}

/// A pool of value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pool {
    pub parts: VecDeque<Part>,
    /// Units that left before they came, and what they were booked at.
    pub owed: (i64, Money),
    /// Units and value whose ratio is the last known cost.
    pub last: (i64, Money),
}

impl Pool {
    /// Units of the pool; negative where more has left than came.
    pub(crate) fn qty(&self) -> i64 {
        self.parts.iter().map(|part| part.qty).fold(self.owed.0.saturating_neg(), i64::saturating_add)
    }

    /// Its value; negative where its quantity is.
    pub(crate) fn value(&self) -> Result<Money, Overflow> {
        let owed = Money::ZERO.minus(self.owed.1)?;
        self.parts.iter().try_fold(owed, |sum, part| sum.plus(part.value))
    }
}

/// The units of a pool's layers that were worked on, by layer: the youngest of those that came back from
/// customers, which are of no receipt, then the youngest of all.
pub(crate) fn worked<'a>(parts: impl DoubleEndedIterator<Item = &'a Part> + Clone, qty: i64) -> Vec<i64> {
    let (mut left, mut taken) = (qty, Vec::new());
    let mut all: Vec<(usize, &Part)> = parts.enumerate().collect();
    taken.resize(all.len(), 0i64);
    all.reverse();
    for own in [true, false] {
        for (at, part) in all.iter().filter(|(_, part)| (part.source == 0) == own) {
            let now = part.qty.min(left).max(0);
            if let Some(taken) = taken.get_mut(*at) {
                *taken = now;
            }
            left = left.saturating_sub(now);
        }
    }
    taken
}

/// Units that were worked on part from the others of their layers, and bear the work; gives what they bear.
pub(crate) fn work_on(
    parts: &mut VecDeque<Part>,
    qty: i64,
    by: Money,
    minor: i64,
) -> Result<Money, Overflow> {
    let taken = worked(parts.iter(), qty);
    let Ok(shares) = super::shares::allocate_shares(by, &taken, minor) else { return Ok(Money::ZERO) };
    for (part, (now, by)) in std::mem::take(parts).into_iter().zip(taken.into_iter().zip(shares)) {
        let left = num::sub(part.qty, now)?;
        let rest = if left > 0 { share(part.value, left, part.qty, minor)? } else { Money::ZERO };
        if left > 0 {
            parts.push_back(Part { qty: left, value: rest, source: part.source });
        }
        if now > 0 {
            let value = part.value.minus(rest)?.plus(by)?;
            parts.push_back(Part { qty: now, value, source: part.source });
        }
    }
    Ok(by)
}

/// How pools of a SKU work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Method {
    pub costing: Costing,
    pub negative: NegativeCost,
    /// Micro-units in a minor unit.
    pub minor: i64,
    /// Whether nodes share their pools: then layers on the way between them are as old as they were.
    pub pooled: bool,
}

/// What a row of units costs at the ratio of others.
pub(crate) fn at_ratio((of, value): (i64, Money), qty: i64, minor: i64) -> Result<Money, Overflow> {
    if of <= 0 {
        return Ok(Money::ZERO);
    }
    let cents = value.micros().checked_div(minor).ok_or(Overflow)?;
    Ok(Money::from_micros(num::mul(num::mul_div(cents, qty, of)?, minor)?))
}

impl Method {
    fn layered(&self) -> bool {
        self.costing == Costing::Fifo
    }

    /// What of a receipt does not stay: units that left before they came, at what they were booked.
    ///
    /// `owed` is what the pool owes: units and the value that they were booked at. The result is what passes
    /// through and what stays.
    pub(crate) fn catch_up(
        &self,
        owed: (i64, Money),
        qty: i64,
        value: Money,
    ) -> Result<(Money, Money), Overflow> {
        if owed.0 <= 0 {
            return Ok((Money::ZERO, value));
        }
        let stays = match self.negative {
            NegativeCost::AdoptLastReceiptPrice => {
                // The pool, whatever is left of it, is worth the newest price.
                let left = num::sub(qty, owed.0)?;
                at_ratio((qty, value), left, self.minor)?.plus(owed.1)?
            }
            NegativeCost::LastCostThenCatchUp if qty >= owed.0 => {
                value.minus(at_ratio((qty, value), owed.0, self.minor)?)?.plus(owed.1)?
            }
            NegativeCost::LastCostThenCatchUp => share(owed.1, qty, owed.0, self.minor)?,
        };
        Ok((value.minus(stays)?, stays))
    }

    /// Units come in; gives what passes through.
    fn put(&self, pool: &mut Pool, qty: i64, value: Money, source: u32) -> Result<Money, Overflow> {
        if qty > 0 {
            pool.last = (qty, value);
        }
        let owed = pool.owed;
        let (passed, stays) = self.catch_up(owed, qty, value)?;
        let repaid = owed.0.min(qty);
        if owed.0 > 0 {
            let left = num::sub(owed.0, repaid)?;
            // What stays has paid the debt back first.
            let debt = owed.1.minus(stays)?;
            if left > 0 {
                pool.owed = (left, debt);
                return Ok(passed);
            }
            pool.owed = (0, Money::ZERO);
            let (qty, value) = (num::sub(qty, repaid)?, Money::ZERO.minus(debt)?);
            if qty > 0 {
                self.lay(pool, Part { qty, value, source })?;
            }
            return Ok(passed);
        }
        self.lay(pool, Part { qty, value: stays, source })?;
        Ok(passed)
    }

    fn lay(&self, pool: &mut Pool, part: Part) -> Result<(), Overflow> {
        match pool.parts.back_mut().filter(|_| !self.layered()) {
            Some(whole) => {
                whole.qty = num::add(whole.qty, part.qty)?;
                whole.value = whole.value.plus(part.value)?;
            }
            None => pool.parts.push_back(part),
        }
        Ok(())
    }

    /// Units leave; gives their cost.
    fn take(&self, pool: &mut Pool, qty: i64) -> Result<Money, Overflow> {
        self.take_parts(pool, qty, &mut Vec::new())
    }

    /// Units leave; gives their cost, and the layers that they came from.
    fn take_parts(&self, pool: &mut Pool, qty: i64, parts: &mut Vec<Part>) -> Result<Money, Overflow> {
        let (mut left, mut out) = (qty, Money::ZERO);
        while left > 0 {
            let Some(first) = pool.parts.front_mut() else { break };
            let now = first.qty.min(left);
            let cost = share(first.value, now, first.qty, self.minor)?;
            pool.last = (first.qty, first.value);
            first.value = first.value.minus(cost)?;
            first.qty = num::sub(first.qty, now)?;
            parts.push(Part { qty: now, value: cost, source: first.source });
            (left, out) = (num::sub(left, now)?, out.plus(cost)?);
            if first.qty == 0 {
                pool.parts.pop_front();
            }
        }
        if left > 0 {
            let cost = at_ratio(pool.last, left, self.minor)?;
            parts.push(Part { qty: left, value: cost, source: 0 });
            pool.owed = (num::add(pool.owed.0, left)?, pool.owed.1.plus(cost)?);
            out = out.plus(cost)?;
        }
        Ok(out)
    }

    /// Parts come back out of where they lay, the oldest first; without layers as one.
    fn unload(&self, queue: &mut VecDeque<Part>, qty: i64) -> Result<Vec<Part>, Overflow> {
        let (mut left, mut out) = (qty, Vec::new());
        while left > 0 {
            let Some(first) = queue.front_mut() else { break };
            let now = first.qty.min(left);
            let value = share(first.value, now, first.qty, self.minor)?;
            (first.qty, first.value) = (num::sub(first.qty, now)?, first.value.minus(value)?);
            out.push(Part { qty: now, value, source: first.source });
            left = num::sub(left, now)?;
            if first.qty == 0 {
                queue.pop_front();
            }
        }
        if left > 0 {
            out.push(Part { qty: left, value: Money::ZERO, source: 0 });
        }
        Ok(out)
    }

    /// Parts are laid where they wait; without layers they are one.
    fn load(&self, queue: &mut VecDeque<Part>, parts: Vec<Part>) -> Result<(), Overflow> {
        for part in parts {
            match queue.back_mut().filter(|_| !self.layered()) {
                Some(whole) => {
                    whole.qty = num::add(whole.qty, part.qty)?;
                    whole.value = whole.value.plus(part.value)?;
                }
                None => queue.push_back(part),
            }
        }
        Ok(())
    }

    /// Units leave from the layer of their own receipt, as far as it reaches.
    fn take_own(&self, pool: &mut Pool, qty: i64, source: u32) -> Result<Money, Overflow> {
        let mut own = (0i64, Money::ZERO);
        for part in
            pool.parts.iter_mut().filter(|part| self.layered() && source != 0 && part.source == source)
        {
            let now = part.qty.min(num::sub(qty, own.0)?);
            let cost = if now > 0 { share(part.value, now, part.qty, self.minor)? } else { Money::ZERO };
            part.qty = num::sub(part.qty, now)?;
            part.value = part.value.minus(cost)?;
            own = (num::add(own.0, now)?, own.1.plus(cost)?);
        }
        pool.parts.retain(|part| part.qty > 0);
        self.take(pool, num::sub(qty, own.0)?)?.plus(own.1)
    }

    /// Units leave at a value that was declared; layers are emptied in their turn, the last bears the rest.
    fn take_declared(&self, pool: &mut Pool, qty: i64, value: Money) -> Result<(), Overflow> {
        let rest = value.minus(self.take(pool, qty)?)?;
        match pool.parts.front_mut() {
            Some(first) => first.value = first.value.minus(rest)?,
            None => pool.owed.1 = pool.owed.1.plus(rest)?,
        }
        Ok(())
    }

    /// The value changes; gives by how much, which is nothing where nothing is there to bear it.
    fn revalue(&self, pool: &mut Pool, qty: i64, by: Money) -> Result<Money, Overflow> {
        if qty > 0 && self.layered() {
            return work_on(&mut pool.parts, qty, by, self.minor);
        }
        let basis: Vec<i64> = pool.parts.iter().map(|part| part.qty).collect();
        let Ok(shares) = super::shares::allocate_shares(by, &basis, self.minor) else {
            return Ok(Money::ZERO);
        };
        for (part, share) in pool.parts.iter_mut().zip(shares) {
            part.value = part.value.plus(share)?;
        }
        Ok(by)
    }
}

/// Pools by node and lot.
pub(crate) type Pools = BTreeMap<(NodeId, LotId), Pool>;

/// Movements as they come out, and the pools at the end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Played {
    pub found: Vec<Found>,
    pub pools: Pools,
    /// Units and cost that customers have of an order's line, by lot.
    issued: BTreeMap<(u32, LotId), (i64, Money)>,
    /// Units and value between nodes, by transfer, line and lot.
    pub transit: BTreeMap<(u32, u32, LotId), VecDeque<Part>>,
}

/// Plays movements in the order given. Where units were booked at a declared value, that stands until a
/// `Recost`, which finds the value that the pool should have.
pub(crate) fn play(steps: &[Step], method: &Method) -> Result<Played, Overflow> {
    let mut played = Played { found: Vec::with_capacity(steps.len()), ..Played::default() };
    for (at, step) in steps.iter().enumerate() {
        if step.kind == Kind::Recost {
            let before: Vec<Step> = steps
                .iter()
                .take(at)
                .filter(|s| s.kind != Kind::Recost)
                .map(|s| Step { declared: false, ..*s })
                .collect();
            let right = play(&before, method)?;
            let key = (step.node, step.lot);
            let pool = right.pools.get(&key).cloned().unwrap_or_default();
            let was = played.pools.get(&key).cloned().unwrap_or_default();
            played.found.push(Found { value: pool.value()?.minus(was.value()?)?, passed: Money::ZERO });
            played.pools.insert(key, pool);
            continue;
        }
        let found = played.step(step, method)?;
        played.found.push(found);
    }
    Ok(played)
}

impl Played {
    /// What all that is in pools and between nodes is worth.
    pub(crate) fn worth(&self) -> Result<Money, Overflow> {
        let pools = self.pools.values().try_fold(Money::ZERO, |sum, pool| sum.plus(pool.value()?))?;
        let mut between = self.transit.values().flatten();
        between.try_fold(pools, |sum, part| sum.plus(part.value))
    }

    /// Plays one more movement. A `Recost` hangs on all before it: it does nothing here.
    pub(crate) fn step(&mut self, step: &Step, method: &Method) -> Result<Found, Overflow> {
        let minor = method.minor;
        let pool = self.pools.entry((step.node, step.lot)).or_default();
        let mut found = Found { value: step.value, passed: Money::ZERO };
        match step.kind {
            Kind::In => {
                let source = step.doc.wrapping_add(1);
                found.passed = self.enter(step, method, step.value, source)?;
            }
            Kind::Out | Kind::TransferOut | Kind::VendorOut => {
                let source = if step.kind == Kind::VendorOut { step.doc.wrapping_add(1) } else { 0 };
                if step.declared {
                    method.take_declared(pool, step.qty, step.value)?;
                } else if step.kind == Kind::TransferOut {
                    let mut parts = Vec::new();
                    found.value = method.take_parts(pool, step.qty, &mut parts)?;
                    let there = self.transit.entry((step.doc, step.part, step.lot)).or_default();
                    method.load(there, parts)?;
                } else {
                    found.value = method.take_own(pool, step.qty, source)?;
                }
                if step.kind == Kind::Out && step.doc != u32::MAX {
                    let there = self.issued.entry((step.doc, step.lot)).or_default();
                    *there = (num::add(there.0, step.qty)?, there.1.plus(found.value)?);
                }
            }
            Kind::TransferIn | Kind::TransferLost => {
                let there = self.transit.entry((step.doc, step.part, step.lot)).or_default();
                let parts = method.unload(there, step.qty)?;
                found.value = parts.iter().try_fold(Money::ZERO, |sum, part| sum.plus(part.value))?;
                let pool = self.pools.entry((step.node, step.lot)).or_default();
                let layers = method.layered() && pool.owed.0 <= 0;
                if step.kind == Kind::TransferIn && layers && method.pooled {
                    for part in parts.into_iter().rev().filter(|part| part.qty > 0) {
                        pool.last = (part.qty, part.value);
                        pool.parts.push_front(part);
                    }
                } else if step.kind == Kind::TransferIn && layers {
                    for part in parts {
                        method.put(pool, part.qty, part.value, part.source)?;
                    }
                } else if step.kind == Kind::TransferIn {
                    found.passed = self.enter(step, method, found.value, 0)?;
                }
            }
            Kind::ReturnIn | Kind::ReturnElsewhere => {
                let own = self.issued.get(&(step.doc, step.lot)).is_some_and(|there| there.0 >= step.qty);
                let lot = if own { step.lot } else { LotId::NONE };
                let there = self.issued.entry((step.doc, lot)).or_default();
                found.value = share(there.1, step.qty, there.0, minor)?;
                *there = (num::sub(there.0, step.qty)?, there.1.minus(found.value)?);
                if step.kind == Kind::ReturnIn {
                    found.passed = self.enter(step, method, found.value, 0)?;
                }
            }
            Kind::SentOn => {
                let there = self.issued.entry((step.doc, LotId::NONE)).or_default();
                *there = (num::add(there.0, step.qty)?, there.1.plus(step.value)?);
            }
            Kind::Revalue => found.value = method.revalue(pool, step.qty, step.value)?,
            Kind::Recost => {}
        }
        Ok(found)
    }

    /// Units enter a pool. Under standard cost what passed through was fixed when it was booked; elsewhere it
    /// is found anew: units that came before others left have nothing to catch up with.
    fn enter(&mut self, step: &Step, method: &Method, value: Money, source: u32) -> Result<Money, Overflow> {
        let pool = self.pools.entry((step.node, step.lot)).or_default();
        if method.costing == Costing::Standard {
            method.put(pool, step.qty, value.minus(step.passed)?, source)?;
            return Ok(step.passed);
        }
        method.put(pool, step.qty, value, source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIFO: Method = Method {
        costing: Costing::Fifo,
        negative: NegativeCost::LastCostThenCatchUp,
        minor: 10_000,
        pooled: false,
    };

    fn step(kind: Kind, qty: i64, cents: i64) -> Step {
        let (node, lot, doc) = (NodeId(0), LotId(0), u32::MAX);
        let value = Money::from_cents(cents);
        Step { kind, node, lot, doc, part: 0, qty, value, passed: Money::ZERO, declared: false }
    }

    fn costs(steps: &[Step], method: &Method) -> Vec<i64> {
        let played = play(steps, method).unwrap_or_default();
        played.found.iter().map(|f| f.value.micros() / 10_000).collect()
    }

    #[test]
    fn units_that_left_first_are_caught_up() {
        use Kind::*;
        let steps = [step(In, 10, 10_000), step(In, 10, 20_000), step(Out, 30, 0), step(In, 10, 30_000)];
        for (costing, sold, caught) in
            [(Costing::Fifo, 50_000, 10_000), (Costing::MovingAverage, 45_000, 15_000)]
        {
            let method = Method { costing, ..FIFO };
            assert_eq!(costs(&steps, &method)[2], sold);
            let played = play(&steps, &method).unwrap_or_default();
            assert_eq!(played.found[3].passed, Money::from_cents(caught));
            assert_eq!(played.pools[&(NodeId(0), LotId(0))].value(), Ok(Money::ZERO));
        }
    }

    #[test]
    fn the_newest_price_is_adopted_while_nothing_is_there() {
        use Kind::*;
        let method =
            Method { costing: Costing::MovingAverage, negative: NegativeCost::AdoptLastReceiptPrice, ..FIFO };
        let steps = [step(In, 1, 500), step(Out, 1, 0), step(Out, 2, 0), step(In, 1, 300), step(In, 2, 400)];
        let value = |n: usize| {
            let played = play(&steps[..n], &method).unwrap_or_default();
            let pool = &played.pools[&(NodeId(0), LotId(0))];
            (pool.qty(), pool.value().unwrap_or_default().micros() / 10_000)
        };
        assert_eq!([value(3), value(4), value(5)], [(-2, -1_000), (-1, -300), (1, 200)]);
    }

    #[test]
    fn a_wrong_value_stands_until_it_is_recosted() {
        use Kind::*;
        let wrong = Step { declared: true, ..step(Out, 4, 45_000) };
        let steps =
            [step(In, 10, 100_000), step(In, 10, 150_000), wrong, step(Recost, 0, 0), step(Out, 2, 0)];
        assert_eq!(costs(&steps, &FIFO)[3..], [5_000, 20_000]);
    }
}
