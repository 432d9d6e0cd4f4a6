//! One SKU at one node: nothing but the list of what ever happened there, added up anew at every question.

/// Something that happened to a SKU at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Units came to a place (or left it).
    Goods {
        /// Index of the place.
        place: usize,
        /// The company's own.
        own: bool,
        /// Own and fit for sale.
        sellable: bool,
        /// Units; negative = left.
        qty: i128,
    },
    /// Valued units came in.
    In {
        /// Units.
        qty: i128,
        /// Value in micro-units.
        value: i128,
    },
    /// Valued units left.
    Out {
        /// Units.
        qty: i128,
        /// Value in micro-units.
        value: i128,
    },
    /// Units were reserved (or given back).
    Reserved {
        /// Units; negative = given back or shipped.
        qty: i128,
    },
}

/// All facts of one SKU at one node.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// In the order in which they happened.
    pub facts: Vec<Fact>,
}

/// `n / d`, rounded half away from zero.
pub fn half_up(n: i128, d: i128) -> i128 {
    let (quotient, rest) = match (u64::try_from(n.unsigned_abs()), u64::try_from(d)) {
        // The same by narrower, faster words.
        (Ok(n), Ok(d)) => (i128::from(n / d), i128::from(n % d)),
        _ => (n.abs() / d, n.abs() % d),
    };
    let magnitude = if rest * 2 >= d { quotient + 1 } else { quotient };
    if n < 0 { -magnitude } else { magnitude }
}

impl Cell {
    /// Own units there.
    pub fn on_hand(&self) -> i128 {
        self.sum(|fact| match fact {
            Fact::Goods { own: true, qty, .. } => *qty,
            _ => 0,
        })
    }

    /// Own units fit for sale.
    pub fn sellable(&self) -> i128 {
        self.sum(|fact| match fact {
            Fact::Goods { sellable: true, qty, .. } => *qty,
            _ => 0,
        })
    }

    /// Units in one place.
    pub fn in_place(&self, wanted: usize) -> i128 {
        self.sum(|fact| match fact {
            Fact::Goods { place, qty, .. } if *place == wanted => *qty,
            _ => 0,
        })
    }

    /// Units promised to orders and holds.
    pub fn reserved(&self) -> i128 {
        self.sum(|fact| if let Fact::Reserved { qty } = fact { *qty } else { 0 })
    }

    /// Units that may be promised or taken away.
    pub fn available(&self) -> i128 {
        self.sellable() - self.reserved()
    }

    /// Units that carry value.
    pub fn pool_qty(&self) -> i128 {
        self.sum(|fact| match fact {
            Fact::In { qty, .. } => *qty,
            Fact::Out { qty, .. } => -*qty,
            _ => 0,
        })
    }

    /// Their value in micro-units.
    pub fn pool_value(&self) -> i128 {
        self.sum(|fact| match fact {
            Fact::In { value, .. } => *value,
            Fact::Out { value, .. } => -*value,
            _ => 0,
        })
    }

    fn sum(&self, term: impl Fn(&Fact) -> i128) -> i128 {
        self.facts.iter().map(term).sum()
    }

    /// What `qty` units are worth by the average of the pool, in whole minor units. The last unit takes the
    /// rest.
    pub fn average_value(&self, qty: i128, minor: i128) -> i128 {
        let (pool_qty, pool_value) = (self.pool_qty(), self.pool_value());
        if qty == pool_qty { pool_value } else { half_up(pool_value / minor * qty, pool_qty) * minor }
    }

    /// What the oldest `qty` units are worth: the layers of all receipts, replayed from the first.
    pub fn fifo_value(&self, qty: i128, minor: i128) -> i128 {
        self.fifo_layers(qty, minor).iter().map(|layer| layer.1).sum()
    }

    /// The layers that the oldest `qty` units come from: units and value of each.
    pub fn fifo_layers(&self, qty: i128, minor: i128) -> Vec<(i128, i128)> {
        let mut layers: Vec<(i128, i128)> = Vec::new();
        for fact in &self.facts {
            match fact {
                Fact::In { qty, value } => layers.push((*qty, *value)),
                Fact::Out { qty, .. } => {
                    take_oldest(&mut layers, *qty, minor);
                }
                _ => {}
            }
        }
        take_oldest(&mut layers, qty, minor)
    }
}

/// Takes units from the oldest layers, and says how many of each and what they were worth.
pub fn take_oldest(layers: &mut Vec<(i128, i128)>, mut qty: i128, minor: i128) -> Vec<(i128, i128)> {
    let mut taken = Vec::new();
    while qty > 0 && !layers.is_empty() {
        let (layer_qty, layer_value) = layers[0];
        if layer_qty <= qty {
            taken.push((layer_qty, layer_value));
            qty -= layer_qty;
            layers.remove(0);
        } else {
            let value = half_up(layer_value / minor * qty, layer_qty) * minor;
            taken.push((qty, value));
            layers[0] = (layer_qty - qty, layer_value - value);
            qty = 0;
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirds_leave_nothing_behind() {
        // 100.00 for 3: 33.33, 33.34, 33.33 (POSTING.md, rounding residue).
        let mut cell = Cell::default();
        cell.facts.push(Fact::In { qty: 3, value: 100_000_000 });
        for want in [33_330_000, 33_340_000, 33_330_000] {
            assert_eq!(cell.average_value(1, 10_000), cell.fifo_value(1, 10_000));
            let value = cell.average_value(1, 10_000);
            assert_eq!(value, want);
            cell.facts.push(Fact::Out { qty: 1, value });
        }
        assert_eq!((cell.pool_qty(), cell.pool_value()), (0, 0));
    }

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!([half_up(5, 2), half_up(-5, 2), half_up(1, 3), half_up(-2, 3)], [3, -3, 0, -1]);
    }
}
