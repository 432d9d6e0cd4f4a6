//! A rule's terms by what they ask of: sorted when the policy is set, and not anew for every order.

use super::Measure;

/// A term: tier, measure, weight in micro-units.
pub(crate) type CompiledTerm = (usize, Measure, i64);

/// A rule's terms by what they ask of. What some measures cost is told in two parts.
#[derive(Clone, Debug, Default)]
pub(crate) struct TermsOf {
    /// Of a node that gives anything at all, beside `shipments`, which any costs alike.
    pub opening: Vec<CompiledTerm>,
    /// Of the way from a node to a line that it gives to.
    pub way: Vec<CompiledTerm>,
    /// Of what a line asks for, and of the goods there.
    pub goods: Vec<CompiledTerm>,
    /// Whether any asks what goods there are.
    pub asks_goods: bool,
    /// Whether all that is asked of goods is how many are free.
    pub asks_free_alone: bool,
    /// Whether it may cost something that two nodes give and not one.
    pub may_join: bool,
    /// Whether any may be worth something, so that to give more may cost less.
    pub may_earn: bool,
}

impl TermsOf {
    pub(super) fn of(terms: &[CompiledTerm]) -> TermsOf {
        let those = |of: fn(Measure) -> bool| {
            terms.iter().copied().filter(|(_, measure, _)| of(*measure)).collect::<Vec<CompiledTerm>>()
        };
        let asking = those(Measure::asks_goods);
        TermsOf {
            opening: those(Measure::is_of_opening),
            way: those(Measure::is_of_way),
            goods: those(Measure::is_of_goods),
            asks_goods: !asking.is_empty(),
            asks_free_alone: asking.iter().all(|(_, measure, _)| *measure == Measure::Scarcity),
            may_join: terms.iter().any(|(_, measure, _)| {
                measure.is_of_opening() || matches!(measure, Measure::Shipments | Measure::NotSingle)
            }),
            may_earn: terms.iter().any(|(_, measure, weight)| *weight < 0 || measure.may_earn()),
        }
    }
}

impl Measure {
    /// Whether it hangs on the node what it costs that it gives anything at all.
    fn is_of_opening(self) -> bool {
        matches!(
            self,
            Measure::Freight
                | Measure::Handling
                | Measure::NodePreference
                | Measure::RejectionRisk
                | Measure::Load
                | Measure::ExtraCost
        )
    }

    /// Whether it counts that a node gives to a line at all.
    fn is_of_way(self) -> bool {
        matches!(self, Measure::DistanceKm | Measure::LatenessHours | Measure::Picks)
    }

    /// Whether it depends on how much is asked for and on what the node has.
    pub(crate) fn is_of_goods(self) -> bool {
        matches!(self, Measure::Freight | Measure::Handling) || self.asks_goods()
    }

    /// Whether it depends on what the node has.
    pub(crate) fn asks_goods(self) -> bool {
        matches!(
            self,
            Measure::Margin
                | Measure::Scarcity
                | Measure::ExtraCost
                | Measure::Markdown
                | Measure::StockOutRisk
                | Measure::BidPrice
        )
    }

    fn may_earn(self) -> bool {
        matches!(self, Measure::Margin | Measure::ExtraCost | Measure::Markdown | Measure::BidPrice)
    }
}
