//! Amounts shared out by a basis, to the last minor unit: the method of the largest remainder.

use crate::value::money::Money;
use crate::value::num::Overflow;
use crate::value::sort::PutInOrder;

/// Why an amount cannot be shared out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    /// The basis adds up to nothing, so that no share follows from it.
    #[error("the basis adds up to zero")]
    BasisZero,
    /// A number leaves its range, or the amount is no whole number of minor units.
    #[error("a number is out of range")]
    OutOfRange,
}

impl From<Overflow> for ShareError {
    fn from(_: Overflow) -> ShareError {
        ShareError::OutOfRange
    }
}

/// Shares an amount of whole minor units (`minor` micro-units each) by a basis. Every share is its exact part
/// rounded down, and the units left go to the largest remainders, the earlier first (Hamilton's method); so
/// the shares sum to the amount, and with a basis of one sign none has the other sign.
///
/// # Errors
/// `BasisZero` where the basis sums to zero.
///
/// ```
/// use stockbook::{Money, ShareError, allocate_shares};
/// let cents = |list: &[i64]| list.iter().map(|c| Money::from_cents(*c)).collect::<Vec<_>>();
/// let seven = allocate_shares(Money::from_cents(4), &[1; 7], 10_000).unwrap();
/// assert_eq!(seven, cents(&[1, 1, 1, 1, 0, 0, 0]), "four cents on seven lines");
/// let back = allocate_shares(Money::from_cents(8_000), &[2, -1], 10_000).unwrap();
/// assert_eq!(back, cents(&[16_000, -8_000]), "what went back bears its part");
/// assert_eq!(allocate_shares(Money::from_cents(1), &[1, -1], 10_000), Err(ShareError::BasisZero));
/// ```
pub fn allocate_shares(amount: Money, basis: &[i64], minor: i64) -> Result<Vec<Money>, ShareError> {
    let sum: i128 = basis.iter().map(|part| i128::from(*part)).sum();
    if sum == 0 {
        return Err(ShareError::BasisZero);
    }
    let micros = amount.micros();
    let (Some(units), Some(0)) = (micros.checked_div(minor), micros.checked_rem(minor)) else {
        return Err(ShareError::OutOfRange);
    };
    let mut shares: Vec<(i64, i128)> = Vec::with_capacity(basis.len());
    let mut given = 0i64;
    for part in basis {
        // Signs are moved to the dividend, so that the divisor is positive and rounding goes down.
        let product = i128::from(units).checked_mul(i128::from(*part)).ok_or(Overflow)?;
        let (product, divisor) =
            if sum < 0 { (product.saturating_neg(), sum.saturating_neg()) } else { (product, sum) };
        let share =
            product.checked_div_euclid(divisor).and_then(|s| i64::try_from(s).ok()).ok_or(Overflow)?;
        let left = product.checked_rem_euclid(divisor).ok_or(Overflow)?;
        given = given.checked_add(share).ok_or(Overflow)?;
        shares.push((share, left));
    }
    let mut left = units.checked_sub(given).ok_or(Overflow)?;
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.put_in_order_by_key(|at| shares.get(*at).map(|(_, left)| std::cmp::Reverse(*left)));
    for at in order {
        let Some((share, _)) = shares.get_mut(at).filter(|_| left > 0) else { break };
        *share = share.checked_add(1).ok_or(Overflow)?;
        left = left.saturating_sub(1);
    }
    let money = |(share, _): (i64, i128)| share.checked_mul(minor).map(Money::from_micros);
    shares.into_iter().map(money).collect::<Option<Vec<_>>>().ok_or(ShareError::OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_sum_and_keep_their_sign() {
        let mut dice = 5u64;
        for _ in 0..2_000 {
            let mut roll = |below: u64| {
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                i64::try_from((dice >> 33) % below).unwrap_or(0)
            };
            let amount = Money::from_cents(roll(100_000) - 50_000);
            let lines = 1 + roll(9);
            let basis: Vec<i64> = (0..lines).map(|_| roll(1_000)).collect();
            let Ok(shares) = allocate_shares(amount, &basis, 10_000) else {
                assert!(basis.iter().all(|b| *b == 0));
                continue;
            };
            assert_eq!(shares.iter().map(|s| s.micros()).sum::<i64>(), amount.micros());
            assert!(shares.iter().all(|s| s.micros().signum() * amount.micros().signum() >= 0), "{shares:?}");
        }
    }
}
