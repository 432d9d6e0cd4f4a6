//! Resolutions of exceptions as commands, as far as the state knows what they need. What they then still want
//! is a person's to say: a disposition, a cost, a quantity that nobody has counted.

use super::exception::rule_for;
use crate::exception::*;
use crate::record::*;
use crate::stock::{Condition, Place};
use crate::value::ids::NodeId;
use crate::value::money::Money;

/// A field and its value, if there is one.
type Field = Option<String>;

fn text(field: &str, value: Option<String>) -> Field {
    value.map(|value| format!("{field:?}:{value:?}"))
}

/// An exception with what its resolutions read of the state.
struct Case<'a> {
    state: &'a State,
    opened: Opened,
    subject: Option<String>,
    order: Option<String>,
    sku: Option<String>,
    node: Option<String>,
    reason: Field,
    /// The number of a document that a resolution writes.
    number: String,
}

/// A command that may resolve an exception, as far as the book fills it in: JSON.
pub(crate) fn prefilled(state: &State, id: u32, row: &ExceptionRow, word: &str) -> String {
    let opened = row.opened;
    let said = rule_for(state, opened.code).reason;
    // A reason that is called as the exception is gives itself.
    let own = state.catalog.reasons.find(opened.code.word()).map(|_| opened.code.word().to_owned());
    let reason = if said.is_empty() { own.unwrap_or_default() } else { said };
    let times = if *row.reopened > 0 { format!("/{}", *row.reopened) } else { String::new() };
    let case = Case {
        state,
        opened,
        subject: row.subject.0.as_ref().map(ToString::to_string),
        order: state.docs.orders.text(opened.order.0),
        sku: state.catalog.skus.get(opened.sku.0).map(|code| code.to_string()),
        node: state.catalog.nodes.get(opened.node.0).map(|code| code.to_string()),
        reason: text("reason", Some(reason)),
        number: format!("exception-{}{times}", id.saturating_add(1)),
    };
    let fields: Vec<String> = case.fields(word).into_iter().flatten().collect();
    format!("{{{word:?}:{{{}}}}}", fields.join(","))
}

impl Case<'_> {
    fn fields(&self, word: &str) -> Vec<Field> {
        let (order, node, sku) =
            (text("order", self.order.clone()), text("node", self.node.clone()), self.sku.clone());
        let subject = self.subject.clone();
        let number = |field: &str| text(field, Some(self.number.clone()));
        match word {
            "reallocate_order" | "cancel_order" => vec![order, self.reason.clone()],
            "set_node_status" => vec![node, text("status", Some("open".into())), self.reason.clone()],
            "adjust_stock" => {
                let line = self.line(self.opened.qty.saturating_neg(), "");
                vec![number("adjustment"), node, self.reason.clone(), line]
            }
            "move_stock" => {
                let (from, to) = self.way();
                let qty = Some(format!("\"qty\":{}", self.opened.qty));
                vec![number("movement"), node, text("sku", sku), qty, place("from", &from), place("to", &to)]
            }
            "return_to_vendor" => {
                let (receipt, supplier) = self.came_with().unwrap_or_default();
                let more = text("receipt", Some(receipt)).map(|receipt| format!(",{receipt}"));
                let line = self.line(self.opened.qty, &more.unwrap_or_default());
                vec![number("vendor_return"), node, text("supplier", Some(supplier)), line]
            }
            "set_protection" => vec![text("sku", sku), node],
            "approve_command" | "reject_command" => {
                vec![subject.map(|number| format!("\"approval\":{number}"))]
            }
            "receive_return" => vec![text("rma", subject), order, node],
            "place_purchase_order" => self.bought_again().unwrap_or_else(|| vec![node]),
            "cancel_purchase_order" => {
                let known =
                    |number: &String| self.state.docs.purchases.find(&number.as_str().into()).is_some();
                vec![text("purchase_order", subject.filter(known)), self.reason.clone()]
            }
            "receive_transfer" => vec![text("transfer", subject), self.sent()],
            "place_order" => self.sent_again().unwrap_or_else(|| vec![text("order", subject)]),
            "release_order" => vec![order, text("hold", Some("credit".into()))],
            "notify_customer" => vec![order, text("message", Some(self.opened.code.word().into()))],
            "record_payment" => vec![number("payment"), order, self.paid()],
            "confirm_purchase_order" => {
                let came = self.came().map(|row| row.purchase.0);
                let bought = came.and_then(|id| self.state.docs.purchases.text(id));
                let row = came.and_then(|id| self.state.docs.purchase.get(id));
                let open = row.filter(|row| row.state() == PurchaseState::Open);
                let day = open.map(|row| row.expected_at.to_string());
                vec![text("purchase_order", bought), text("expected_at", day)]
            }
            "define_feed" => vec![self.feed().or(text("feed", subject))],
            "take_message" => {
                let (feed, number) =
                    subject.as_deref().and_then(|text| text.rsplit_once(' ')).unwrap_or_default();
                vec![text("feed", Some(feed.into())), Some(format!("\"number\":{number}"))]
            }
            _ => Vec::new(),
        }
    }

    /// A line of the goods that the exception is about.
    fn line(&self, qty: i64, more: &str) -> Field {
        let sku = self.sku.clone().unwrap_or_default();
        let lies = self.lies();
        let at = if lies.is_plain() { None } else { place("place", &lies) };
        let at = at.map(|at| format!(",{at}")).unwrap_or_default();
        Some(format!("\"lines\":[{{\"sku\":{sku:?},\"qty\":{qty}{at}{more}}}]"))
    }

    /// Where the goods lie that it is about: what waits for a look does so in its own place.
    fn lies(&self) -> Place {
        let condition = match self.opened.code {
            ExceptionCode::ShortPick | ExceptionCode::WrongGoods => Condition::Inspection,
            ExceptionCode::DamagedGoods => Condition::Damaged,
            _ => return Place::default(),
        };
        let places = self.state.stock.places(self.opened.sku, self.opened.node).into_iter();
        let mut there = places.filter(|(at, qty)| at.condition == condition && *qty >= self.opened.qty);
        there.next().map_or(Place { condition, ..Place::default() }, |(at, _)| at)
    }

    /// From where to where: what was set apart goes back to its shelf, what is in doubt is set apart.
    fn way(&self) -> (Place, Place) {
        let from = self.lies();
        let sellable = from.condition == Condition::Sellable;
        let condition = if sellable { Condition::Inspection } else { Condition::Sellable };
        (from.clone(), Place { condition, ..from })
    }

    /// The line of a receipt that the goods came with last.
    fn came(&self) -> Option<&ReceiptRow> {
        let docs = &self.state.docs;
        let receipt = self.subject.as_ref().and_then(|number| docs.receipts.find(&number.as_str().into()));
        let mut known = self.state.costs.receipts.rows().iter().rev();
        known.find(|row| {
            let here = (row.sku, row.node) == (self.opened.sku, self.opened.node);
            here && receipt.is_none_or(|receipt| row.receipt == receipt)
        })
    }

    /// A feed as it is defined, to be defined otherwise.
    fn feed(&self) -> Field {
        let integration = &self.state.integration;
        let id = integration.feeds.find(self.subject.as_deref()?)?;
        let text = serde_json::to_string(&integration.feed.get(id)?.define).ok()?;
        Some(text.strip_prefix('{')?.strip_suffix('}')?.to_owned())
    }

    /// What a customer paid of an order of which nothing is left, to be given back.
    fn paid(&self) -> Field {
        let (state, order) = (self.state, self.opened.order);
        let row = state.docs.order.get(order.0)?;
        let gone = |line: LineRow| line.cancelled == line.qty;
        let paid = super::common::row_of(&state.desk.payers, &state.desk.paid, &order)?;
        let back = state.lines_of(row).all(gone) && state.costs.sold_in(order).is_none();
        back.then(|| format!("\"amount\":\"{}\"", Money::ZERO.minus(paid).unwrap_or_default()))
    }

    /// Goods of an order once more: what was lost on its way, without charge; what nobody picked up.
    fn sent_again(&self) -> Option<Vec<Field>> {
        let (state, order) = (self.state, self.opened.order);
        let (row, lost) = (state.docs.order.get(order.0)?, self.opened.code == ExceptionCode::DeliveryFailed);
        let line = |line: LineRow| {
            let qty = if lost { line.shipped.saturating_sub(line.returned) } else { line.cancelled };
            let price = if lost { Money::ZERO } else { line.price };
            let sku = state.catalog.skus.get(line.sku.0)?;
            (qty > 0).then(|| format!("{{\"sku\":{:?},\"qty\":{qty},\"price\":\"{price}\"}}", sku.as_ref()))
        };
        let lines: Vec<String> = state.lines_of(row).filter_map(line).collect();
        // Which goods it is about is known where no other node sent any, or nothing else was struck.
        let known = if lost {
            let mut sent = state.parcels(row).filter(|(_, parcel)| parcel.posted);
            self.opened.node == NodeId::NONE || sent.all(|(_, parcel)| parcel.node == self.opened.node)
        } else {
            let struck = state.lines_of(row).map(|line| line.cancelled).fold(0, i64::saturating_add);
            struck == self.opened.qty
        };
        let to = serde_json::to_string(&row.to).ok()?;
        let replaced = self.order.as_ref().filter(|_| lost);
        let terms = replaced.map(|order| format!("\"terms\":{{\"replaces\":{order:?}}}"));
        Some(vec![
            text("order", Some(self.number.clone())),
            text("channel", state.catalog.channels.get(row.channel.0).map(|code| code.to_string())),
            Some(format!("\"to\":{to}")),
            known.then(|| format!("\"lines\":[{}]", lines.join(","))),
            terms,
        ])
    }

    /// The receipt that the goods came with last, and its supplier.
    fn came_with(&self) -> Option<(String, String)> {
        let (docs, row) = (&self.state.docs, self.came()?);
        let supplier = self.state.catalog.suppliers.get(row.supplier.0)?.to_string();
        Some((docs.receipts.text(row.receipt)?, supplier))
    }

    /// What a late supplier has open, bought again at once.
    fn bought_again(&self) -> Option<Vec<Field>> {
        let state = self.state;
        let row = state.docs.purchase.get(state.docs.purchases.find(&self.subject.as_deref()?.into())?)?;
        let line = |line: &PurchaseLineRow| {
            let (sku, qty) = (state.catalog.skus.get(line.sku.0)?, line.qty.saturating_sub(line.received));
            let cost = line.unit_cost;
            (qty > 0)
                .then(|| format!("{{\"sku\":{:?},\"qty\":{qty},\"unit_cost\":\"{cost}\"}}", sku.as_ref()))
        };
        let lines: Vec<String> = row.lines.iter().filter_map(line).collect();
        Some(vec![
            text("purchase_order", Some(self.number.clone())),
            text("supplier", state.catalog.suppliers.get(row.supplier.0).map(|code| code.to_string())),
            text("node", state.catalog.nodes.get(row.node.0).map(|code| code.to_string())),
            Some(format!("\"lines\":[{}]", lines.join(","))),
            text("speed", Some("expedited".into())),
        ])
    }

    /// All that is still under way of a transfer.
    fn sent(&self) -> Field {
        let docs = &self.state.docs;
        let row = docs.transfer.get(docs.transfers.find(&self.subject.as_deref()?.into())?)?;
        let lines = (1u32..).zip(&row.lines).filter(|(_, line)| line.left() > 0);
        let lines: Vec<String> =
            lines.map(|(number, line)| format!("{{\"line\":{number},\"qty\":{}}}", line.left())).collect();
        Some(format!("\"lines\":[{}]", lines.join(",")))
    }
}

/// A place with only what it says.
fn place(field: &str, place: &Place) -> Field {
    let mut parts = Vec::new();
    for (name, value) in [("bin", &place.bin), ("lot", &place.lot), ("owner", &place.owner)] {
        parts.extend(text(name, (!value.is_empty()).then(|| value.to_string())));
    }
    if place.condition != Condition::Sellable {
        let word = serde_json::to_string(&place.condition).ok()?;
        parts.push(format!("\"condition\":{word}"));
    }
    Some(format!("{field:?}:{{{}}}", parts.join(",")))
}
