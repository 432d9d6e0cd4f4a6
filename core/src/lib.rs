//! # stockbook
//!
//! The stock book of an e-commerce company, as a library: what is where, who it is promised to, where an
//! order comes from, and what all of it is worth. In memory, exact, deterministic.
//!
//! ```text
//!         commands  (JSON · typed · columns)                    questions (views, reports)
//!                 │                                                      ▲
//!    ┌────────────▼──────────────────────────────────────────────────────┴──────┐
//!    │ Book                                                                       │
//!    │   admit    id known? · time · authority                                    │
//!    │   decide   workflow: the event to record, or a rejection; changes nothing  │
//!    │   record   event → the one `apply` → tables, balances, hash                │
//!    └────────────┬───────────────────────────────────────────────────────────────┘
//!                 ▼
//!       Receipt, or one Rejection and nothing changed
//! ```
//!
//! One way in ([`Book::execute`]), one record ([`Event`]), everything else derived: replaying the events
//! gives the same state, byte for byte ([`Book::state_hash`]).
//!
//! ## Rooms
//! No room imports from one below it in this list's order of building:
//! `value` (numbers, time, places, ids, tables that undo) ← `ledger` (balanced entries) ← `catalog` (master
//! data) ← `policy` (rules as data) ← `stock` ← `costing` ← `posting` ← `allocation`, `replenishment`,
//! `exception` ← `record` (events, state, apply, verify) ← `workflow` (a decision for each command),
//! `metric` (metrics from events) ← `book`
//! (the engine) ← `report`, `simulation`.
//!
//! ## What it does not do
//! No clock, no randomness, no files, no threads, no network: time comes with each command, and the host
//! keeps what it wants kept ([`Book::log_since`], [`Book::snapshot`]).
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::panic, clippy::indexing_slicing, reason = "a test may fail"))]

/// The README's example compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

mod allocation;
mod book;
mod catalog;
mod costing;
mod exception;
mod ledger;
mod metric;
mod policy;
mod posting;
mod record;
pub mod replenishment;
pub mod report;
pub mod simulation;
mod stock;
mod value;
mod workflow;

pub use allocation::batch;
pub use allocation::{Alternative, Candidate, Decision, Explanation, FallOut, PlacedLine, TermCost};
pub use allocation::{
    Aspect, Change, CostRow, CostTable, CounterfactualQuery, Counterfactuals, DecisionInputs,
    DecisionOutcome, DecisionRecord, Flip, Recheck, RecheckQuery, RecordedCandidate, RecordedCutOffs,
    RecordedGoods, RecordedLane, RecordedNeed, RecordedNode, RecordedPart, RecordedPlan, RecordedService,
    SetCostTable, counterfactual, recheck,
};
pub use book::*;
pub use catalog::{
    AccountKind, AssembleKit, Capacity, ConfigureBook, Control, Costing, DefineAccount, DefineChannel,
    DefineCompany, DefineKit, DefineNode, DefineReason, DefineService, DefineSku, DefineSkus, DefineSupplier,
    DescribeChannel, DescribeNode, DescribeSku, KitComponent, KitKind, KitPart, KitStep, Lifecycle,
    NegativeStock, NodeKind, NodeStatus, Permission, PickOrder, Rounding, ServiceCutOff, SetAuthority,
    SetListing, SetNegativeStock, SetNodeStatus, SetProtection, SetReorderRule, Substitute, SubstitutePrice,
    TemperatureClass, Tracking, TransferLane, UnitOfMeasure, WeightBand, Zone,
};
pub use costing::{
    DefineLedger, InvoiceDifference, LatePolicy, NegativeCost, PoolScope, SetValuation, ShareError,
    WriteDownBasis, allocate_shares,
};
pub use exception::{
    AssignException, ClearExceptions, Clearing, ExceptionCode, ExceptionStatus, Opened, RaiseException,
    Raised, ReopenException, ResolveException, SetExceptionRule, Severity, exception_rule,
};
pub use ledger::{Bucket, Commodity, Entry, Leg};
pub use metric::{
    CompareQuery, CompareRow, CompareView, Dimension, FactView, MeasureQuery, MeasureView, MetricTie,
    MetricWorth, OnlyWhere,
};
pub use policy::{
    ApprovalStatus, ApproveCommand, DefineFeed, DefineParameter, DefineRole, Disagreement, DocumentOwner,
    FeedOrder, GrantRoles, Lateness, LegacyPart, LegacyWait, LimitMeasure, LineSplit, Locality, Measure,
    Misfit, Parking, Policy, PolicyRule, Predicate, ProcessFamily, RejectCommand, ReportLegacyPlan,
    RolloutMode, Scope, SetApprovalRule, SetParameter, SetRollout, SetSourceOfRecord, SetTimingRule,
    Shortage, Sourcing, TakeMessage, Term, default_policy,
};
pub use policy::{Area, Completeness, Flow, Relaxed, SourcingLimit, SpillLimit, Substitution};
pub use posting::*;
pub use record::*;
pub use replenishment::{Proposal, ProposalKind};
pub use stock::SetLotExpiry;
pub use stock::{
    AdjustLine, AdjustStock, Condition, HoldLine, HoldStock, MoveStock, Place, ReceiptLine, ReceiveGoods,
    ReleaseHold, Taken,
};
pub use stock::{
    AtpQuery, ExpectSupply, ExpectTransfer, LatenessStep, SetPreorder, SetSupplyLateness, SupplyKind,
    TimedQty, by_priority,
};
pub use stock::{BufferSizing, PublishQuery, SetPublishBuffer, publish_buffer};
pub use stock::{
    ConfirmHold, ExtendHold, HoldFill, HoldPhase, HoldPick, MergeHolds, MoveHold, Rebind, SplitHold,
};
pub use stock::{
    Counting, DemandClass, Fence, LevelMethod, LevelsQuery, LevelsView, Nesting, PlannedPool, ProtectionPool,
    RoomCause, SetProtectionPlan, Share, protection_levels,
};
pub use value::geo::{Degrees, Point};
pub use value::ids::*;
pub use value::money::{Money, MoneyError};
pub use value::num::Overflow;
pub use value::rejection::{Class, Rejection, RejectionNote, Retry};
pub use value::time::{Calendar, Instant};
pub use workflow::batch::AllocateBatch;
pub use workflow::bids::{
    BidForecast, BidPrice, BidPricesQuery, BidPricesView, ExpectedLine, ExpectedOrder, SetBidPrices,
};
pub use workflow::change::{ChangeDefinition, WithdrawChange};
pub use workflow::count::{
    ApproveCount, CancelCount, CountLine, CountScope, PlanCount, PostCount, RecordCount,
};
pub use workflow::desk::{
    AnnounceShipment, ApproveRequest, AuthorizeReturn, CancelRequest, CancelReturn, CheckInReturn,
    ConfirmPurchaseOrder, RequestPurchase, RequestTransfer,
};
pub use workflow::dropship::{DropShipLine, DropShipOrder, UseConsignedGoods};
pub use workflow::fulfil::{
    CaptureOrder, Carton, DeliverOrder, HoldOrder, NotifyCustomer, PackOrder, RecordPick, ReleaseOrder,
    ReleaseWave, TrackShipment,
};
pub use workflow::instead::PickedInstead;
pub use workflow::invoice::{ReceiveSupplierInvoice, SupplierBill, SupplierInvoiceLine};
pub use workflow::landed::{AllocateLandedCost, LandedBasis, LandedReceipt};
pub use workflow::order::{
    CancelOrder, DocumentLine, OrderLine, OrderTerms, PlaceOrder, ReallocateOrder, ReceiveReturn, ReturnLine,
    ShipOrder,
};
pub use workflow::period::SetPeriod;
pub use workflow::promise::{AtpDay, AtpView, PromisePart, PromiseQuery, PromiseView, ShortView, SupplyView};
pub use workflow::purchase::{
    CancelPurchaseOrder, ChangePurchaseOrder, PlacePurchaseOrder, PurchaseChange, PurchaseLine,
};
pub use workflow::redeal::{RedealBy, RedealSegment, RedealStock, RedealView};
pub use workflow::refurbish::RefurbishStock;
pub use workflow::reject::RejectAllocation;
pub use workflow::replan::{BrokenPromise, Disruption, ReplanView};
pub use workflow::revalue::{RevalueStock, WriteDownStock};
pub use workflow::selling::{
    CreditLine, CreditOrder, InvoiceLine, InvoiceOrder, RecordPayment, ReleaseReturns, Tender,
};
pub use workflow::subscribe::SetSubscription;
pub use workflow::transfer::{Closing, ReceiveTransfer, ShipTransfer, Surplus, TransferLine};
pub use workflow::variance::ShareVariance;
pub use workflow::vendor::{ReturnToVendor, VendorReturnLine};
