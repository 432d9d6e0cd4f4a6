//! Documents and their life: one file each, with its commands and its decisions.
//!
//! A decision reads the state and answers with the event to record, or with a rejection. It changes nothing.

pub mod change;
mod common;
mod exception;
mod governance;
mod master;
pub mod order;
mod orderable;
mod plan;
pub mod promise;
mod propose;
mod protection;
pub mod purchase;
pub mod reject;
mod returns;
mod ship;
mod stock;
pub mod transfer;

pub(crate) use change::{decide_change, decide_due_change, decide_withdrawal};
pub(crate) use common::known_document;
pub(crate) use exception::{
    OnException, decide_escalation, decide_exception, decide_resolution, due_at, prefilled, rule_for,
};
pub(crate) use governance::{
    Govern, Saying, Verdict, decide_governance, govern, may_decide, parameter, parameters, value_at,
};
pub(crate) use master::{Master, decide_master};
pub(crate) use order::{
    DenseOrder, decide_cancel, decide_order, decide_reallocation, open_order, resolve_order,
};
pub(crate) use promise::{
    ask_atp, ask_promise, check_preorder, decide_expected, decide_expected_transfer, decide_lateness,
    decide_preorder,
};
pub(crate) use propose::propose;
pub(crate) use protection::decide_protection_plan;
pub(crate) use purchase::{decide_cancel_purchase, decide_purchase};
pub(crate) use reject::{decide_cost_table, decide_rejected};
pub(crate) use returns::decide_return;
pub(crate) use ship::{DenseShipment, decide_shipment, resolve_shipment};
pub(crate) use stock::{
    DenseReceipt, DenseReceiptLine, decide_adjustment, decide_hold, decide_move, decide_receipt,
    decide_release, receive_rows,
};
pub(crate) use transfer::{decide_transfer_in, decide_transfer_out};
