//! Sorting where speed is not what matters. Each type and order that the standard library sorts by is
//! compiled for itself, four kilobytes a time; here places are sorted, once for all, and what stands there
//! follows. Sets and maps are gathered one by one: to collect them is to sort first, of each type again.

use std::cmp::Ordering;

/// Things that can be put in order; equal ones stay as they stood.
pub(crate) trait PutInOrder<T> {
    /// By how two of them compare.
    fn put_in_order_by(&mut self, order: impl FnMut(&T, &T) -> Ordering);

    /// By a key.
    fn put_in_order_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        self.put_in_order_by(|a, b| key(a).cmp(&key(b)));
    }

    /// By themselves.
    fn put_in_order(&mut self)
    where
        T: Ord,
    {
        self.put_in_order_by(T::cmp);
    }
}

impl<T> PutInOrder<T> for [T] {
    fn put_in_order_by(&mut self, mut order: impl FnMut(&T, &T) -> Ordering) {
        if self.is_sorted_by(|a, b| order(a, b) != Ordering::Greater) {
            return;
        }
        let mut places = places(self.len(), &mut |a, b| match (self.get(a), self.get(b)) {
            (Some(a), Some(b)) => order(a, b),
            _ => Ordering::Equal,
        });
        // Around each circle of places everything moves on by one.
        for start in 0..places.len() {
            let mut at = start;
            while let Some(from) = places.get_mut(at).map(|place| std::mem::replace(place, at))
                && from != start
            {
                self.swap(at, from);
                at = from;
            }
        }
    }
}

/// What is gathered one by one.
pub(crate) trait Gather: Iterator + Sized {
    /// A set or a map of all.
    fn gather<C: Default + Extend<Self::Item>>(self) -> C {
        let mut all = C::default();
        all.extend(self);
        all
    }
}

impl<I: Iterator> Gather for I {}

/// The places in the order of what stands there.
fn places(count: usize, order: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|a, b| order(*a, *b));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_sorts_as_the_standard_library_does() {
        let mut state = 7u64;
        for length in 0..200usize {
            let mut roll = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 60, (state >> 40) & 0xff)
            };
            let wild: Vec<(u64, u64)> = (0..length).map(|_| roll()).collect();
            let (mut want, mut got) = (wild.clone(), wild.clone());
            want.sort_by_key(|pair| pair.0);
            got.put_in_order_by_key(|pair| pair.0);
            assert_eq!(got, want, "equal ones stay as they stood");
            want.sort_unstable();
            got.put_in_order();
            assert_eq!(got, want);
        }
    }
}
