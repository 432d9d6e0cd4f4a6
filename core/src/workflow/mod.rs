//! Documents and their life: one file each, with its commands and its decisions.
//!
//! A decision reads the state and answers with the event to record, or with a rejection. It changes nothing.

mod abroad;
mod amend;
mod anew;
mod aside;
pub mod batch;
pub mod bids;
mod carried;
pub mod change;
mod common;
pub mod count;
mod credit;
mod dated;
mod days;
mod deal;
pub mod desk;
pub mod dropship;
mod exception;
mod facts;
mod fills;
mod freed;
pub mod fulfil;
mod governance;
mod hold;
pub mod instead;
pub mod invoice;
mod kit;
pub mod landed;
mod late;
pub(crate) mod ledgers;
mod lots;
mod master;
mod matching;
mod named;
pub mod order;
mod orderable;
pub mod period;
mod plan;
mod player;
mod prefill;
pub mod promise;
mod propose;
mod protection;
pub mod purchase;
pub mod redeal;
pub mod refurbish;
pub mod reject;
mod replace;
pub mod replan;
mod return_node;
mod returns;
pub mod revalue;
mod rollout;
pub(crate) mod room;
mod schedule;
pub mod selling;
mod ship;
mod spread;
mod stays;
mod stock;
pub mod subscribe;
mod substitute;
mod supplier_credit;
pub mod transfer;
mod valuation;
pub mod variance;
pub mod vendor;
mod whole;

pub(crate) use abroad::sold_in;
pub(crate) use anew::decide_reallocation;
pub(crate) use batch::decide_batch;
pub(crate) use bids::{ask_bid_prices, decide_bid_prices, decide_due_prices};
pub(crate) use change::{decide_change, decide_withdrawal, due_change};
pub(crate) use common::known_document;
pub(crate) use count::{OnCount, decide_count, decide_post, needed_by_count};
pub(crate) use credit::{limit_of, owed_by};
pub(crate) use dated::decide_lot_expiry;
pub(crate) use desk::{OnDesk, decide_authorization, decide_desk};
pub(crate) use dropship::{decide_consignment, decide_drop_shipment};
pub(crate) use exception::{
    OnException, decide_ageing, decide_escalation, decide_exception, decide_overdue, decide_resolution,
    due_at, rule_for,
};
pub(crate) use freed::{decide_fills, freed, planned};
pub(crate) use fulfil::{Faults, Fulfil, decide_fulfilment, decide_uncollected, faults_of, park_order};
#[cfg(test)]
pub(crate) use governance::event_of;
pub(crate) use governance::{
    Govern, Saying, Verdict, decide_governance, govern, may_decide, parameter, parameters,
};
pub(crate) use hold::{
    decide_confirm, decide_extend, decide_hold, decide_merge, decide_move_hold, decide_release, decide_split,
};
pub(crate) use invoice::decide_supplier_invoice;
pub(crate) use kit::decide_assembly;
pub(crate) use landed::decide_landed_cost;
pub(crate) use late::settle;
pub(crate) use ledgers::{Waiting, allowed_apart, decide_ledger, ledger_apart, posted_beside};
pub(crate) use lots::name_lots;
pub(crate) use master::{Master, decide_master};
pub(crate) use order::{DenseOrder, decide_cancel, decide_order, open_order, resolve_order};
pub(crate) use period::{decide_period, posted_at};
pub(crate) use player::Players;
pub(crate) use prefill::prefilled;
pub(crate) use promise::{
    ask_atp, ask_promise, check_preorder, decide_expected, decide_expected_transfer, decide_lateness,
    decide_preorder, group,
};
pub(crate) use propose::propose;
pub(crate) use protection::{decide_protection_plan, decide_publish_buffer};
pub(crate) use purchase::{decide_cancel_purchase, decide_purchase, decide_purchase_change};
pub(crate) use redeal::{ask_redeal, decide_redeal};
pub(crate) use refurbish::decide_refurbishment;
pub(crate) use reject::{decide_cost_table, decide_rejected};
pub(crate) use replan::ask_replan;
pub(crate) use returns::decide_return;
pub(crate) use revalue::{decide_revaluation, decide_write_down};
pub(crate) use rollout::{decide_feed, decide_legacy, decide_rollout};
pub(crate) use schedule::decide_scheduled;
pub(crate) use selling::{
    decide_credit, decide_invoice, decide_payment, decide_release_returns, decide_selling,
};
pub(crate) use ship::{DenseShipment, decide_ship_order, decide_shipment};
pub(crate) use stock::{
    DenseReceipt, DenseReceiptLine, decide_adjustment, decide_move, decide_receipt, receive_rows,
};
pub(crate) use subscribe::{captured, decide_subscription, due_order};
pub(crate) use transfer::{Parted, awaiting, decide_transfer_in, decide_transfer_out, part_surplus};
pub(crate) use valuation::decide_valuation;
pub(crate) use variance::decide_sharing;
pub(crate) use vendor::decide_vendor_return;
