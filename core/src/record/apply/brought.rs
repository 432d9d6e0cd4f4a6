//! Goods that another node brings to the one that ships them: reserved where they lie, for a parcel of where
//! they go, and on a transfer's request.

use crate::record::event::*;
use crate::record::state::*;
use crate::record::words::{RequestKind, RequestStage};
use crate::stock::{Fault, Reservation};
use crate::value::ids::*;
use crate::value::later::Later;

impl Plan {
    /// Where what a part takes is reserved: at its parcel's node, or where it is brought from.
    pub(crate) fn lies_at(&self, part: &PlanPart, node: NodeId) -> NodeId {
        let of = |brought: &&Brought| brought.parcel == part.parcel && brought.lines.contains(&part.line);
        self.brought.iter().find(of).map_or(node, |brought| brought.from)
    }
}

impl State {
    /// Notes the transfers that a plan asks for: its policy has agreed to them.
    pub(super) fn request_brought(&mut self, first_parcel: u32, plan: &Plan) {
        for brought in &plan.brought {
            let parcel = first_parcel.saturating_add(brought.parcel);
            let Some(row) = self.docs.parcels.get(parcel) else { continue };
            let mut lines: Vec<(SkuId, i64)> = Vec::new();
            let first = self.docs.order.get(row.order.0).map_or(NOTHING, |order| order.first_line);
            for part in plan.parts.iter().filter(|part| part.parcel == brought.parcel) {
                let line = self.docs.line_id(first, part.line);
                let known = self.docs.lines.get(line).filter(|_| brought.lines.contains(&part.line));
                let Some(sku) = known.map(|line| line.sku) else { continue };
                match lines.iter_mut().find(|(of, _)| *of == sku) {
                    Some((_, sum)) => *sum = sum.saturating_add(part.qty),
                    None => lines.push((sku, part.qty)),
                }
            }
            self.desk.requests.intern((RequestKind::Transfer, brought.transfer.clone()));
            let request = self.desk.request.push(RequestRow {
                from: brought.from,
                supplier: SupplierId::NONE,
                to: row.node,
                lines,
                stage: RequestStage::Approved,
                requested_by: String::new(),
                parcel: Later(Some(parcel)),
            });
            self.desk.brought.insert((parcel, request));
        }
    }

    /// What a reservation does not need any more is not brought for it either.
    pub(super) fn bring_less(&mut self, row: &Reservation, qty: i64) {
        let Some(request) = self.bringing(row) else { return };
        self.desk.request.edit(request, |known| {
            if !matches!(known.stage, RequestStage::Requested | RequestStage::Approved) {
                return;
            }
            if let Some((_, left)) = known.lines.iter_mut().find(|(sku, _)| *sku == row.sku) {
                *left = left.saturating_sub(qty);
            }
            known.lines.retain(|(_, left)| *left > 0);
            if known.lines.is_empty() {
                known.stage = RequestStage::Cancelled;
            }
        });
    }

    /// A transfer leaves, or does not come: what was reserved to be brought by it waits.
    pub(super) fn await_brought(&mut self, taken: &[TakenBack]) -> Result<(), Fault> {
        for back in taken {
            let line = self.take_back(back)?;
            self.wait(line, back.qty)?;
        }
        Ok(())
    }

    /// A parcel that waited for goods goes on with them, later if they are late.
    pub(super) fn go_on(&mut self, id: u32, plan: &Parcel) -> u32 {
        self.docs.parcels.edit(id, |row| {
            row.ship_at = row.ship_at.max(plan.ship_at);
            row.arrive_at = row.arrive_at.max(plan.arrive_at);
        });
        id
    }

    /// The parcel that goods of a transfer are for, as long as nothing of it has left.
    pub(crate) fn parcel_awaiting(&self, transfer: TransferId) -> Option<u32> {
        let (_, parcel) = self.brings_for(&self.docs.transfers.get(transfer.0)?)?;
        self.docs.parcels.get(parcel).filter(|row| !row.posted).map(|_| parcel)
    }

    /// The request of a transfer that brings goods for a parcel, and the parcel.
    fn brings_for(&self, transfer: &DocKey) -> Option<(u32, u32)> {
        if self.desk.brought.len() == 0 {
            return None;
        }
        let id = self.desk.requests.find(&(RequestKind::Transfer, transfer.clone()))?;
        self.desk.request.get(id).and_then(|row| *row.parcel).map(|parcel| (id, parcel))
    }
}
