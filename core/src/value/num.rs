//! Checked arithmetic, in one place: every sum of quantities or money in the crate goes through here.

/// A number left the range that the book works in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow;

/// Largest magnitude of a quantity in one line of a command, in the SKU's smallest unit.
pub const QTY_MAX: i64 = 1_000_000_000_000;
/// Largest magnitude of a balance, in smallest units or micro-units of money.
pub const BALANCE_MAX: i64 = 4_000_000_000_000_000_000;

/// `a + b`.
#[inline]
pub const fn add(a: i64, b: i64) -> Result<i64, Overflow> {
    match a.checked_add(b) {
        Some(sum) => Ok(sum),
        None => Err(Overflow),
    }
}

/// `a - b`.
#[inline]
pub const fn sub(a: i64, b: i64) -> Result<i64, Overflow> {
    match a.checked_sub(b) {
        Some(difference) => Ok(difference),
        None => Err(Overflow),
    }
}

/// `a * b`.
#[inline]
pub const fn mul(a: i64, b: i64) -> Result<i64, Overflow> {
    match a.checked_mul(b) {
        Some(product) => Ok(product),
        None => Err(Overflow),
    }
}

/// `a * b / d`, rounded half away from zero, exact in between. `d` is positive.
#[inline]
pub fn mul_div(a: i64, b: i64, d: i64) -> Result<i64, Overflow> {
    // Most products fit a word, and a word is divided much faster.
    if let Some(product) = a.checked_mul(b).filter(|_| d > 0) {
        if product == 0 {
            return Ok(0);
        }
        let half = d / 2;
        let shifted = if product >= 0 { product.checked_add(half) } else { product.checked_sub(half) };
        if let Some(quotient) = shifted.and_then(|shifted| shifted.checked_div(d)) {
            return Ok(quotient);
        }
    }
    mul_div_wide(a, b, d)
}

#[cold]
fn mul_div_wide(a: i64, b: i64, d: i64) -> Result<i64, Overflow> {
    let product = i128::from(a).checked_mul(i128::from(b)).ok_or(Overflow)?;
    div_half_up(product, i128::from(d))
}

/// `n / d`, rounded half away from zero. `d` is positive.
pub fn div_half_up(n: i128, d: i128) -> Result<i64, Overflow> {
    if d <= 0 {
        return Err(Overflow);
    }
    let half = d / 2;
    let shifted = if n >= 0 { n.checked_add(half) } else { n.checked_sub(half) };
    let rounded = match (shifted, d % 2) {
        (Some(s), 0) => s.checked_div(d),
        // An odd divisor has no exact half: the truncated half never reaches the next integer too early.
        (Some(s), _) => s.checked_div(d),
        (None, _) => None,
    };
    rounded.and_then(|q| i64::try_from(q).ok()).ok_or(Overflow)
}

/// `n / d` rounded up, for `n >= 0` and `d > 0`.
pub fn div_ceil(n: i64, d: i64) -> Result<i64, Overflow> {
    let up = n.checked_add(d.checked_sub(1).ok_or(Overflow)?).ok_or(Overflow)?;
    up.checked_div(d).ok_or(Overflow)
}

/// An index into a table, as tables use it. Ids are 32 bits wide on every platform we build for.
#[inline]
pub fn index(id: u32) -> usize {
    usize::try_from(id).unwrap_or(usize::MAX)
}

/// The id of a table's row. Tables stop growing long before this saturates.
#[inline]
pub fn id(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// A count as a quantity.
#[inline]
pub fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        for (n, d, want) in [(5, 2, 3), (-5, 2, -3), (1, 3, 0), (2, 3, 1), (-2, 3, -1), (7, 7, 1), (3, 6, 1)]
        {
            assert_eq!(div_half_up(n, d), Ok(want), "{n}/{d}");
        }
        assert_eq!(div_half_up(1, 0), Err(Overflow));
        assert_eq!(mul_div(i64::MAX, i64::MAX, 1), Err(Overflow));
        assert_eq!(mul_div(i64::MAX, 2, 2), Ok(i64::MAX));
    }
}
