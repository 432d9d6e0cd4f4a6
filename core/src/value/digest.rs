//! The portable hash behind `state_hash` and content hashes: 64 bits, the same on every platform.
//!
//! It guards against accidents (a lost event, two builds that disagree), not against an attacker.

use std::hash::{Hash, Hasher};

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
const MULTIPLIER: u64 = 0xd6e8_feb8_6659_fd93;

/// A hasher whose result depends only on the values written, never on the width of a machine word.
#[derive(Clone, Copy, Debug)]
pub struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Digest(SEED)
    }
}

/// Folds the 128-bit product of two words.
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a).wrapping_mul(u128::from(b));
    let low = u64::try_from(product & u128::from(u64::MAX)).unwrap_or(0);
    let high = u64::try_from(product >> 64).unwrap_or(0);
    low ^ high
}

impl Digest {
    #[inline]
    fn word(&mut self, word: u64) {
        // One to one in the word and in what came before; `finish` mixes what rotation and product leave.
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(MULTIPLIER);
    }

    /// The digest of one value.
    #[inline]
    pub fn of<T: Hash + ?Sized>(value: &T) -> u64 {
        let mut digest = Digest::default();
        value.hash(&mut digest);
        digest.finish()
    }

    /// The digest of a row at its place in a table.
    #[inline]
    pub fn row<T: Hash>(place: u64, row: &T) -> u64 {
        let mut digest = Digest::default();
        digest.word(place);
        row.hash(&mut digest);
        digest.finish()
    }
}

impl Hasher for Digest {
    #[inline]
    fn finish(&self) -> u64 {
        fold(self.0 ^ (self.0 >> 29), MULTIPLIER)
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.word(u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            self.word(rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)));
        }
        self.word(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    }

    #[inline]
    fn write_u8(&mut self, n: u8) {
        self.word(u64::from(n));
    }
    #[inline]
    fn write_u16(&mut self, n: u16) {
        self.word(u64::from(n));
    }
    #[inline]
    fn write_u32(&mut self, n: u32) {
        self.word(u64::from(n));
    }
    #[inline]
    fn write_u64(&mut self, n: u64) {
        self.word(n);
    }
    #[inline]
    fn write_usize(&mut self, n: usize) {
        self.word(u64::try_from(n).unwrap_or(u64::MAX));
    }
    #[inline]
    fn write_i8(&mut self, n: i8) {
        self.write_i64(i64::from(n));
    }
    #[inline]
    fn write_i16(&mut self, n: i16) {
        self.write_i64(i64::from(n));
    }
    #[inline]
    fn write_i32(&mut self, n: i32) {
        self.write_i64(i64::from(n));
    }
    #[inline]
    fn write_i64(&mut self, n: i64) {
        self.word(u64::from_le_bytes(n.to_le_bytes()));
    }
    #[inline]
    fn write_isize(&mut self, n: isize) {
        self.write_i64(i64::try_from(n).unwrap_or(i64::MAX));
    }
}

/// A hasher for indexes: keys that differ only in the lowest bits of their last word come to lie side by
/// side.
///
/// Numbers of documents and commands mostly follow each other, and so share the memory that a search waits
/// for. The result is never recorded.
#[derive(Default)]
pub struct Near {
    before: Digest,
    last: u64,
}

impl Near {
    /// Bits of a key that tell neighbours apart: as many slots of an index fill a line of memory.
    pub const BITS: u32 = 3;

    /// The hash of one value: `BITS` of it, from bit 33 on, are those that tell it from its neighbours.
    #[inline]
    pub fn of<T: Hash + ?Sized>(value: &T) -> u64 {
        let mut near = Near::default();
        value.hash(&mut near);
        near.finish()
    }
}

impl Hasher for Near {
    #[inline]
    fn finish(&self) -> u64 {
        let mut digest = self.before;
        digest.word(self.last >> Near::BITS);
        let place = self.last & 0b111;
        (digest.finish() & !(0b111 << 33)) | place << 33
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        self.before.write(bytes);
    }

    // What tells a key's kinds apart.
    #[inline]
    fn write_isize(&mut self, n: isize) {
        self.before.write_isize(n);
    }

    #[inline]
    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }

    #[inline]
    fn write_u64(&mut self, n: u64) {
        self.before.word(self.last);
        self.last = n;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers_hold_on_every_platform() {
        // Computed apart. A change here would orphan every stored log and snapshot.
        assert_eq!(Digest::of(&0u64), KNOWN.0);
        assert_eq!(Digest::of("stockbook"), KNOWN.1);
        assert_eq!(Digest::of(&(1i32, -2i64, true)), KNOWN.2);
    }
    const KNOWN: (u64, u64, u64) = (0xa1e6_e0a3_4566_3e34, 0x6234_860a_abc0_ad44, 0xb64b_d431_90b4_c638);
}
