//! Words that documents and their record share.

use crate::value::wire::words;

words! {
    /// Who accepted the order.
    #[derive(Default)]
    pub enum Commitment {
        /// The book does, by recording it: it may refuse.
        #[default]
        Own,
        /// A channel already has (on its own listing): it is never refused for want of stock, only short.
        External,
    }

    /// How much a receipt tells about a decision.
    #[derive(Default)]
    pub enum Detail {
        /// Nothing beside the plan.
        None,
        /// Objective, bound, and how many candidates fell out for which reason.
        #[default]
        Brief,
        /// Every candidate with every cost term, and the runner-up.
        Full,
    }

    /// What becomes of returned goods.
    pub enum Disposition {
        /// Back to sellable stock.
        Restock,
        /// Kept to be made fit for sale.
        Refurbish,
        /// Thrown away.
        Scrap,
        /// Sent on to its vendor.
        ReturnToVendor,
        /// The customer keeps the goods: only money moves.
        Keep,
    }

    /// How fast a purchase comes.
    #[derive(Default)]
    pub enum Speed {
        /// In the supplier's lead time.
        #[default]
        Standard,
        /// Faster, at the supplier's premium.
        Expedited,
    }
}
