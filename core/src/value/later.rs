//! Fields that came after the first release.

use serde::{Deserialize, Serialize};
use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};

/// A field that a row got after the first release. While it has its default it takes no part in the row's
/// hash, so that the state of an old log keeps the hash that was recorded with it. `TAG` tells it from the
/// row's other later fields. Such fields stand at the end of their row, with `#[serde(default)]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Later<T, const TAG: u16>(pub T);

impl<T: Default + PartialEq + Hash, const TAG: u16> Hash for Later<T, TAG> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if self.0 != T::default() {
            TAG.hash(state);
            self.0.hash(state);
        }
    }
}

impl<T, const TAG: u16> Deref for Later<T, TAG> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T, const TAG: u16> DerefMut for Later<T, TAG> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::digest::Digest;

    #[test]
    fn a_default_leaves_no_trace() {
        let row = |a, b| Digest::of(&(7u32, Later::<i64, 1>(a), Later::<i64, 2>(b)));
        assert_eq!(row(0, 0), Digest::of(&(7u32,)));
        assert_ne!(row(5, 0), row(0, 5), "each field has its own place");
    }
}
