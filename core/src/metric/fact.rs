//! A fact: what an event adds to a metric, and where.

use super::define::M;
use crate::exception::ExceptionCode;
use crate::value::ids::*;
use crate::value::time::Instant;

/// What kind of thing a fact speaks of: a stage, a disposition, a reason, a code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    #[default]
    None,
    Word(&'static str),
    Reason(ReasonId),
    Code(ExceptionCode),
}

/// Where a fact belongs; what does not apply is none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dims {
    pub node: NodeId,
    pub channel: ChannelId,
    pub sku: SkuId,
    pub supplier: SupplierId,
    pub service: ServiceId,
    pub order: OrderId,
    pub kind: Kind,
}

impl Default for Dims {
    fn default() -> Dims {
        Dims {
            node: NodeId::NONE,
            channel: ChannelId::NONE,
            sku: SkuId::NONE,
            supplier: SupplierId::NONE,
            service: ServiceId::NONE,
            order: OrderId::NONE,
            kind: Kind::None,
        }
    }
}

/// What an event adds to a metric.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fact {
    pub metric: M,
    pub part: i128,
    pub whole: i128,
    /// Since when part and whole add up, each microsecond; `at` where they are added at once.
    pub since: Instant,
    pub at: Instant,
    /// The event behind it.
    pub sequence: u64,
    pub dims: Dims,
}
