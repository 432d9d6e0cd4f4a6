//! One law for goods and money: what leaves one account enters another, by commodity.
//!
//! The store keeps dense balances; this room expands an event into its balanced entry, for proofs and
//! exports.

use crate::value::ids::{AccountId, NodeId, SkuId};
use crate::value::num::{self, Overflow};
use std::collections::BTreeMap;

/// What is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Commodity {
    /// Money of the book's currency, in micro-units.
    Money,
    /// A SKU, in its smallest unit.
    Sku(SkuId),
}

/// Where it is moved from and to. Beyond the border lies what is not the company's own stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// A ledger account.
    Account(AccountId),
    /// Own stock at a node.
    Node(NodeId),
    /// Own stock between nodes.
    InTransit,
    /// Suppliers, and opening balances.
    Supplier,
    /// Customers.
    Customer,
    /// What counts and losses explain.
    Variance,
}

/// One leg of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// What.
    pub commodity: Commodity,
    /// Where.
    pub bucket: Bucket,
    /// More (positive) or less (negative).
    pub amount: i64,
}

/// A balanced entry: the legs of each commodity sum to zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its legs.
    pub legs: Vec<Leg>,
}

impl Entry {
    /// Moves an amount from one bucket to another.
    ///
    /// ```
    /// use stockbook::{Bucket, Commodity, Entry, NodeId, SkuId};
    /// let mut entry = Entry::default();
    /// entry.transfer(Commodity::Sku(SkuId(0)), Bucket::Supplier, Bucket::Node(NodeId(0)), 5);
    /// assert_eq!(entry.legs.iter().map(|leg| leg.amount).collect::<Vec<_>>(), [-5, 5]);
    /// ```
    pub fn transfer(&mut self, commodity: Commodity, from: Bucket, to: Bucket, amount: i64) {
        self.legs.push(Leg { commodity, bucket: from, amount: amount.saturating_neg() });
        self.legs.push(Leg { commodity, bucket: to, amount });
    }

    /// The commodity that does not balance, if any.
    ///
    /// ```
    /// use stockbook::{AccountId, Bucket, Commodity, Entry, Leg};
    /// let leg = |account, amount| Leg {
    ///     commodity: Commodity::Money, bucket: Bucket::Account(AccountId(account)), amount,
    /// };
    /// assert_eq!(Entry { legs: vec![leg(0, 500), leg(1, -500)] }.imbalance(), Ok(None));
    /// assert_eq!(Entry { legs: vec![leg(0, 500)] }.imbalance(), Ok(Some(Commodity::Money)));
    /// ```
    pub fn imbalance(&self) -> Result<Option<Commodity>, Overflow> {
        let mut sums: BTreeMap<Commodity, i64> = BTreeMap::new();
        for leg in &self.legs {
            let sum = sums.entry(leg.commodity).or_default();
            *sum = num::add(*sum, leg.amount)?;
        }
        Ok(sums.into_iter().find(|(_, sum)| *sum != 0).map(|(commodity, _)| commodity))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_law_for_goods_and_money() {
        let mut entry = Entry::default();
        entry.transfer(Commodity::Sku(SkuId(1)), Bucket::Supplier, Bucket::Node(NodeId(0)), 5);
        entry.transfer(Commodity::Money, Bucket::Account(AccountId(1)), Bucket::Account(AccountId(0)), 10);
        assert_eq!(entry.imbalance(), Ok(None));
        entry.legs.pop();
        assert_eq!(entry.imbalance(), Ok(Some(Commodity::Money)));
    }
}
