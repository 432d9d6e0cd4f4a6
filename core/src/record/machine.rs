//! The life of every document as one flat table: where it stands, which command moves it, where it stands
//! then. Decisions look steps up here; the book prints the same table, and diagrams of it.

use crate::value::wire::words;

words! {
    /// A kind of document that has a life of its own.
    pub enum DocumentKind {
        /// An order as a whole.
        Order,
        /// What one node does for one order.
        Fulfilment,
        /// A return that was authorised.
        Return,
        /// A transfer between nodes.
        Transfer,
        /// A purchase order.
        Purchase,
        /// A count.
        Count,
        /// A hold of stock.
        Hold,
        /// A command that waits for approval.
        Approval,
        /// An exception.
        Exception,
        /// A subscription.
        Subscription,
    }
}

/// One step in a document's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// Where the document stands; `none` before its first step.
    pub from: &'static str,
    /// The command, or what falls due.
    pub step: &'static str,
    /// Where it may stand then.
    pub to: &'static [&'static str],
}

macro_rules! arrows {
    ($($from:ident $step:ident => $($to:ident)|+;)*) => {
        &[$(Arrow { from: stringify!($from), step: stringify!($step), to: &[$(stringify!($to)),+] }),*]
    };
}

const ORDER: &[Arrow] = arrows! {
    none capture_order => parked | planned | backordered | cancelled;
    none place_order => planned | backordered | cancelled;
    parked capture_order => parked | planned | backordered | cancelled;
    parked place_order => planned | backordered | cancelled;
    planned reallocate_order => planned | backordered | shipped;
    planned cancel_order => planned | cancelled | shipped;
    planned time => planned | cancelled | shipped;
    planned ship_order => planned | shipped;
    planned record_pick => planned | backordered;
    planned ship_transfer => backordered;
    planned cancel_request => backordered;
    planned hold_order => planned;
    planned release_order => planned;
    planned receive_return => planned;
    planned deliver_order => planned;
    backordered reallocate_order => planned | backordered | shipped;
    backordered cancel_order => planned | backordered | cancelled | shipped;
    backordered time => planned | backordered;
    backordered ship_order => backordered;
    backordered record_pick => backordered;
    backordered receive_goods => planned | backordered;
    backordered receive_transfer => planned | backordered;
    backordered hold_order => backordered;
    backordered release_order => backordered;
    backordered receive_return => planned | backordered;
    backordered deliver_order => backordered;
    shipped receive_return => shipped;
    shipped deliver_order => shipped;
    shipped release_order => shipped;
    cancelled release_order => cancelled;
};

const FULFILMENT: &[Arrow] = arrows! {
    none release_wave => released;
    none ship_order => shipped;
    released record_pick => picked | released;
    released track_shipment => released;
    released deliver_order => released;
    released ship_order => released | shipped | delivered;
    released cancel_order => released | cancelled | shipped;
    released reallocate_order => released | cancelled | shipped;
    picked record_pick => picked;
    picked pack_order => packed;
    picked track_shipment => picked;
    picked deliver_order => picked;
    picked ship_order => picked | released | shipped | delivered;
    picked cancel_order => picked | released | cancelled | shipped;
    picked reallocate_order => picked | released | cancelled | shipped;
    packed record_pick => picked | packed;
    packed pack_order => packed;
    packed track_shipment => packed;
    packed deliver_order => packed;
    packed ship_order => packed | picked | released | shipped | delivered;
    packed time => cancelled | shipped;
    packed cancel_order => packed | picked | released | cancelled | shipped;
    packed reallocate_order => packed | picked | released | cancelled | shipped;
    cancelled release_wave => released;
    cancelled ship_order => shipped | delivered;
    shipped release_wave => released;
    shipped ship_order => shipped | delivered;
    shipped track_shipment => shipped;
    shipped deliver_order => delivered | failed;
    delivered release_wave => released;
    delivered ship_order => delivered | shipped;
    failed release_wave => released;
    failed ship_order => shipped | delivered;
    failed deliver_order => delivered | failed;
};

const RETURN: &[Arrow] = arrows! {
    none authorize_return => authorized;
    none check_in_return => checked_in;
    none receive_return => closed;
    authorized check_in_return => checked_in;
    authorized receive_return => closed;
    authorized cancel_return => cancelled;
    checked_in check_in_return => checked_in;
    checked_in receive_return => checked_in | closed;
    checked_in cancel_return => cancelled;
    closed check_in_return => checked_in;
};

const TRANSFER: &[Arrow] = arrows! {
    none request_transfer => requested;
    none place_order => approved;
    none reallocate_order => approved;
    none ship_transfer => in_transit;
    requested approve_request => approved;
    requested cancel_request => cancelled;
    approved cancel_request => cancelled;
    approved cancel_order => approved | cancelled;
    approved reallocate_order => cancelled;
    approved ship_transfer => in_transit;
    in_transit receive_transfer => in_transit | received;
    received receive_transfer => received;
};

const PURCHASE: &[Arrow] = arrows! {
    none request_purchase => requested;
    none place_purchase_order => open;
    requested approve_request => approved;
    requested cancel_request => cancelled;
    approved cancel_request => cancelled;
    approved place_purchase_order => open;
    open confirm_purchase_order => open;
    open announce_shipment => open;
    open change_purchase_order => open | received;
    open receive_goods => open | received;
    open cancel_purchase_order => cancelled;
    received receive_goods => received;
};

const COUNT: &[Arrow] = arrows! {
    none plan_count => planned;
    planned record_count => recount | review | approved;
    planned cancel_count => cancelled;
    recount record_count => review | approved;
    recount cancel_count => cancelled;
    review approve_count => approved;
    review cancel_count => cancelled;
    approved post_count => posted | approved;
    approved cancel_count => cancelled;
};

const HOLD: &[Arrow] = arrows! {
    none hold_stock => held;
    held extend_hold => held;
    held confirm_hold => held;
    held move_hold => held;
    held split_hold => held;
    held merge_holds => ended;
    held release_hold => held | ended;
    held place_order => ended;
    held time => ended;
};

const APPROVAL: &[Arrow] = arrows! {
    none command => pending;
    pending approve_command => approved;
    pending reject_command => rejected;
    pending time => expired;
};

const EXCEPTION: &[Arrow] = arrows! {
    none event => open;
    open event => open | resolved;
    open assign_exception => open;
    open resolve_exception => resolved;
    open clear_exceptions => resolved;
    open time => open;
    resolved reopen_exception => open;
};

const SUBSCRIPTION: &[Arrow] = arrows! {
    none set_subscription => active | paused;
    active set_subscription => active | paused | ended;
    active time => active | ended;
    paused set_subscription => active | paused | ended;
};

impl DocumentKind {
    /// Every kind.
    pub const ALL: [DocumentKind; 10] = [
        DocumentKind::Order,
        DocumentKind::Fulfilment,
        DocumentKind::Return,
        DocumentKind::Transfer,
        DocumentKind::Purchase,
        DocumentKind::Count,
        DocumentKind::Hold,
        DocumentKind::Approval,
        DocumentKind::Exception,
        DocumentKind::Subscription,
    ];

    /// Its name in words.
    ///
    /// ```
    /// assert_eq!(stockbook::DocumentKind::Purchase.words(), "purchase order");
    /// ```
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            DocumentKind::Order => "order",
            DocumentKind::Fulfilment => "fulfilment",
            DocumentKind::Return => "return",
            DocumentKind::Transfer => "transfer",
            DocumentKind::Purchase => "purchase order",
            DocumentKind::Count => "count",
            DocumentKind::Hold => "hold",
            DocumentKind::Approval => "approval",
            DocumentKind::Exception => "exception",
            DocumentKind::Subscription => "subscription",
        }
    }

    /// Its life, one line a step.
    ///
    /// ```
    /// use stockbook::DocumentKind;
    /// let posts = DocumentKind::Count.arrows().iter().find(|arrow| arrow.step == "post_count").unwrap();
    /// assert_eq!(posts.from, "approved");
    /// ```
    #[must_use]
    pub const fn arrows(self) -> &'static [Arrow] {
        match self {
            DocumentKind::Order => ORDER,
            DocumentKind::Fulfilment => FULFILMENT,
            DocumentKind::Return => RETURN,
            DocumentKind::Transfer => TRANSFER,
            DocumentKind::Purchase => PURCHASE,
            DocumentKind::Count => COUNT,
            DocumentKind::Hold => HOLD,
            DocumentKind::Approval => APPROVAL,
            DocumentKind::Exception => EXCEPTION,
            DocumentKind::Subscription => SUBSCRIPTION,
        }
    }

    /// The step that a command is from a state, if it is one.
    ///
    /// ```
    /// use stockbook::DocumentKind;
    /// let posted = DocumentKind::Count.arrow("approved", "post_count").unwrap();
    /// assert_eq!(posted.to, ["posted", "approved"], "all of it, or what no promise needs");
    /// assert_eq!(DocumentKind::Count.arrow("planned", "post_count"), None, "nothing is counted yet");
    /// ```
    #[must_use]
    pub fn arrow(self, from: &str, step: &str) -> Option<&'static Arrow> {
        self.arrows().iter().find(|arrow| arrow.from == from && arrow.step == step)
    }

    /// Its life as a Mermaid state diagram.
    ///
    /// ```
    /// use stockbook::DocumentKind;
    /// assert!(DocumentKind::Hold.mermaid().contains("held --> ended : release_hold"));
    /// ```
    #[must_use]
    pub fn mermaid(self) -> String {
        let mut out = String::from("stateDiagram-v2\n");
        self.each(|from, step, to| {
            let from = if from == "none" { "[*]" } else { from };
            out.push_str(&format!("    {from} --> {to} : {step}\n"));
        });
        out
    }

    /// Its life as a graph for Graphviz.
    ///
    /// ```
    /// use stockbook::DocumentKind;
    /// assert!(DocumentKind::Hold.dot().contains("held -> ended [label=\"release_hold\"];"));
    /// ```
    #[must_use]
    pub fn dot(self) -> String {
        let mut out = format!("digraph \"{}\" {{\n    rankdir=LR;\n", self.words());
        self.each(|from, step, to| out.push_str(&format!("    {from} -> {to} [label=\"{step}\"];\n")));
        out.push_str("}\n");
        out
    }

    fn each(self, mut say: impl FnMut(&str, &str, &str)) {
        for arrow in self.arrows() {
            arrow.to.iter().for_each(|to| say(arrow.from, arrow.step, to));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_reached_and_no_step_is_told_twice() {
        for kind in DocumentKind::ALL {
            let arrows = kind.arrows();
            for (at, arrow) in arrows.iter().enumerate() {
                let twice = arrows
                    .iter()
                    .skip(at + 1)
                    .any(|other| (other.from, other.step) == (arrow.from, arrow.step));
                assert!(!twice, "{kind:?}: {} {}", arrow.from, arrow.step);
                let reached =
                    arrow.from == "none" || arrows.iter().any(|other| other.to.contains(&arrow.from));
                assert!(reached, "{kind:?}: nothing leads to {}", arrow.from);
            }
        }
    }
}
