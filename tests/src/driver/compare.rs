//! Comparison of the book with the naive model: after every command what was touched, every so often
//! everything.

use super::seam::Seam;
use std::collections::BTreeMap;
use stockbook::*;
use stockbook_model::{Model, check};

/// A difference, in words.
pub type Difference = String;

/// One SKU at one node.
pub fn cell(seam: &mut Seam, model: &Model, sku: usize, node: usize) -> Result<(), Difference> {
    let (sku_code, node_code) = (&model.skus[sku].sku, &model.nodes[node].said.node);
    let view = seam.stock(sku_code, node_code)?;
    let row = &model.cells[sku][node];
    let at = format!("{sku_code} at {node_code}");
    let numbers =
        [view.on_hand, view.sellable, view.reserved, view.available, view.on_order, view.value.micros()];
    let (on_hand, sellable, reserved) = (row.on_hand(), row.sellable(), row.reserved());
    let want =
        [on_hand, sellable, reserved, sellable - reserved, model.on_order(sku, node), row.pool_value()];
    check(
        &format!("{at}: on hand, sellable, reserved, available, on order, value"),
        &numbers.map(i128::from),
        &want,
    )?;
    // Laws that hold whatever happened.
    if !(0 <= reserved && reserved <= sellable && sellable <= on_hand) {
        return Err(format!("{at}: reserved {reserved}, sellable {sellable}, on hand {on_hand}"));
    }
    check(&format!("{at}: units that carry value"), &row.pool_qty(), &on_hand)?;
    if on_hand == 0 && view.value != Money::ZERO {
        return Err(format!("{at}: a value of {} without a unit", view.value));
    }
    let mut book: Vec<(usize, i128)> = Vec::new();
    for place in &view.places {
        let index = model.places.iter().position(|known| *known == place.place);
        book.push((
            index.ok_or_else(|| format!("{at}: unknown place {:?}", place.place))?,
            i128::from(place.qty),
        ));
    }
    book.sort_unstable();
    let told = (1..model.places.len()).map(|place| (place, row.in_place(place))).filter(|(_, qty)| *qty != 0);
    check(&format!("{at}: places"), &book, &told.collect())
}

/// What an order's lines come to.
fn state(order: &stockbook_model::Order) -> OrderState {
    if order.lines.iter().any(|line| line.backordered > 0) {
        OrderState::Backordered
    } else if order.reserved.iter().any(|reserved| reserved.qty > 0) {
        OrderState::Planned
    } else if order.lines.iter().any(|line| line.shipped > 0) {
        OrderState::Shipped
    } else {
        OrderState::Cancelled
    }
}

/// One order.
pub fn order(seam: &mut Seam, model: &Model, number: usize) -> Result<(), Difference> {
    let row = &model.orders[number];
    let view = seam.order(&row.key)?;
    let what = |text: &str| format!("order {}: {text}", row.key);
    check(&what("state"), &view.state, &state(row))?;
    let head = (view.order.0 as usize, view.channel.0 as usize, view.placed_at, view.deliver_by);
    check(&what("head"), &head, &(number, row.channel, row.placed_at, row.deliver_by))?;
    check(&what("lines"), &view.lines.len(), &row.lines.len())?;
    let mut reserved = vec![0; row.lines.len()];
    row.reserved.iter().for_each(|r| reserved[r.line] += r.qty);
    for (index, (line, want)) in view.lines.iter().zip(&row.lines).enumerate() {
        let numbers =
            [line.qty, line.reserved, line.backordered, line.shipped, line.cancelled, line.returned];
        let expected =
            [want.qty, reserved[index], want.backordered, want.shipped, want.cancelled, want.returned];
        let sum = reserved[index] + want.backordered + want.shipped + want.cancelled;
        check(
            &what("qty, reserved, backordered, shipped, cancelled, returned"),
            &numbers.map(i128::from),
            &expected,
        )?;
        check(&what("a line adds up"), &sum, &want.qty)?;
        check(&what("line, SKU"), &(line.line as usize, line.sku.0 as usize), &(index + 1, want.sku))?;
    }
    let mut book: BTreeMap<(usize, usize), i128> = BTreeMap::new();
    for parcel in &view.parcels {
        for line in &parcel.reserved {
            *book.entry((line.line as usize - 1, parcel.node.0 as usize)).or_default() +=
                i128::from(line.qty);
        }
    }
    let mut want: BTreeMap<(usize, usize), i128> = BTreeMap::new();
    for r in &row.reserved {
        *want.entry((r.line, row.parcels[r.parcel].said.node.0 as usize)).or_default() += r.qty;
    }
    check(&what("reserved by line and node"), &book, &want)?;
    check(&what("parcels"), &view.parcels.len(), &row.parcels.len())
}

/// What the last command touched, and the trial balance.
pub fn touched(seam: &mut Seam, model: &Model) -> Result<(), Difference> {
    let mut cells = model.touched.clone();
    cells.sort_unstable();
    cells.dedup();
    for (sku, node) in cells {
        cell(seam, model, sku, node)?;
    }
    let mut orders = model.touched_orders.clone();
    orders.sort_unstable();
    orders.dedup();
    let parcels = |number: &usize| model.orders[*number].parcels.iter().map(|p| p.said.node.0 as usize);
    let mut nodes: Vec<usize> = orders.iter().flat_map(parcels).collect();
    nodes.sort_unstable();
    nodes.dedup();
    for number in orders {
        order(seam, model, number)?;
    }
    for node in nodes {
        days(seam, model, node)?;
    }
    balances(seam, model)
}

/// Accounts, one by one, and their sum.
pub fn balances(seam: &mut Seam, model: &Model) -> Result<(), Difference> {
    let book = seam.trial_balance();
    check("sum of the trial balance", &book.iter().sum::<i128>(), &0)?;
    check("trial balance", &book, &model.balances())
}

/// Everything there is.
pub fn everything(seam: &mut Seam, model: &Model) -> Result<(), Difference> {
    for sku in 0..model.skus.len() {
        for node in 0..model.nodes.len() {
            cell(seam, model, sku, node)?;
            owners(seam, model, sku, node)?;
        }
        for channel in 0..model.channels.len() {
            available(seam, model, sku, channel)?;
        }
    }
    for number in 0..model.orders.len() {
        order(seam, model, number)?;
    }
    for node in 0..model.nodes.len() {
        days(seam, model, node)?;
    }
    columns(seam, model)?;
    supply(seam, model)?;
    subscriptions(seam, model)?;
    balances(seam, model)?;
    check("inventory accounts = stock", &model.control_balance(Control::Inventory), &model.stock_value())?;
    check(
        "in-transit accounts = transfers",
        &model.control_balance(Control::InTransit),
        &model.transit_value(),
    )?;
    exceptions(seam, model)?;
    check("time", &seam.book.now(), &model.now)?;
    check("sequence", &seam.book.sequence(), &model.sequence)?;
    let proof = seam.book.verify().map_err(|violation| format!("verify: {violation}"))?;
    check("proved inventory value", &i128::from(proof.inventory_value.micros()), &model.stock_value())?;
    check("proved value in transit", &i128::from(proof.in_transit_value.micros()), &model.transit_value())
}

/// Every reserved unit has one owner: an order's line or a living hold.
fn owners(seam: &mut Seam, model: &Model, sku: usize, node: usize) -> Result<(), Difference> {
    let query = HoldersQuery { sku: model.skus[sku].sku.clone(), node: model.nodes[node].said.node.clone() };
    let Ok(Answer::Holders(holders)) = seam.book.ask(&Query::Holders(query)) else {
        return Err("no answer on holders".into());
    };
    let mut book: BTreeMap<(u32, u32, u32), i128> = BTreeMap::new();
    for holder in &holders {
        *book.entry((holder.order.0, holder.line, holder.hold.0)).or_default() += i128::from(holder.qty);
    }
    let mut want: BTreeMap<(u32, u32, u32), i128> = BTreeMap::new();
    for (number, order) in model.orders.iter().enumerate() {
        for r in &order.reserved {
            let here = order.parcels[r.parcel].said.node.0 as usize == node && order.lines[r.line].sku == sku;
            if here && r.qty > 0 {
                *want.entry((number as u32, r.line as u32 + 1, HoldId::NONE.0)).or_default() += r.qty;
            }
        }
    }
    for (number, hold) in model.holds.iter().enumerate() {
        let holds = hold.state == stockbook_model::HoldState::Active;
        for (_, _, qty, _) in hold.lines.iter().filter(|line| holds && (line.0, line.1) == (sku, node)) {
            *want.entry((OrderId::NONE.0, 0, number as u32)).or_default() += qty;
        }
    }
    check("owners of what is reserved", &book, &want)?;
    check("reserved = owned", &model.cells[sku][node].reserved(), &want.values().sum())
}

/// What is booked of a node's days from today on.
fn days(seam: &mut Seam, model: &Model, node: usize) -> Result<(), Difference> {
    let Some(capacity) = model.capacity(node) else { return Ok(()) };
    let view = seam.node(&model.nodes[node].said.node)?;
    let book: Vec<(i64, (i128, i128, i128))> = view
        .booked
        .iter()
        .map(|load| (load.day, (load.orders.into(), load.lines.into(), load.units.into())))
        .filter(|(_, load)| *load != (0, 0, 0))
        .collect();
    let today = Model::day(&capacity, model.now);
    let want = model.days(node).into_iter().filter(|(day, _)| *day >= today).collect();
    check(&format!("{} booked by day (parcels, lines, units)", model.nodes[node].said.node), &book, &want)
}

/// What a channel may sell.
fn available(seam: &mut Seam, model: &Model, sku: usize, channel: usize) -> Result<(), Difference> {
    let query = AvailableQuery {
        sku: model.skus[sku].sku.clone(),
        channel: model.channels[channel].channel.clone(),
        nodes: Vec::new(),
    };
    let Ok(Answer::Available(view)) = seam.book.ask(&Query::Available(query)) else {
        return Err("no answer on what is available".into());
    };
    let open = (0..model.nodes.len()).filter(|node| model.nodes[*node].status == NodeStatus::Open);
    let free = open
        .map(|node| (node, model.free_for(sku, node, channel, model.first_leave(node))))
        .filter(|(_, qty)| *qty > 0);
    let want: Vec<(usize, i128)> = free.collect();
    let nodes = view.nodes.iter().filter(|row| row.available > 0);
    let book: Vec<(usize, i128)> =
        nodes.map(|row| (row.node.0 as usize, i128::from(row.available))).collect();
    check("available to a channel", &book, &want)?;
    check("available in all", &i128::from(view.available), &want.iter().map(|row| row.1).sum())
}

/// The report of stock by columns: every row, and no other.
fn columns(seam: &mut Seam, model: &Model) -> Result<(), Difference> {
    let columns = seam.book.stock_columns();
    let mut book = BTreeMap::new();
    for row in 0..columns.sku.len() {
        let numbers =
            [columns.on_hand[row], columns.sellable[row], columns.reserved[row], columns.available[row]];
        if numbers.iter().any(|n| *n != 0) || columns.value[row] != 0 {
            book.insert(
                (columns.sku[row] as usize, columns.node[row] as usize),
                (numbers, columns.value[row]),
            );
        }
    }
    let mut want = BTreeMap::new();
    for (sku, row) in model.cells.iter().enumerate() {
        for (node, cell) in row.iter().enumerate() {
            let numbers =
                [cell.on_hand(), cell.sellable(), cell.reserved(), cell.available()].map(|n| n as i64);
            let value = cell.pool_value() as i64;
            if numbers.iter().any(|n| *n != 0) || value != 0 {
                want.insert((sku, node), (numbers, value));
            }
        }
    }
    check("stock by columns", &book, &want)
}

/// Purchase orders and transfers.
fn supply(seam: &mut Seam, model: &Model) -> Result<(), Difference> {
    for row in &model.purchases {
        let query = Query::PurchaseOrder(DocumentQuery { document: row.key.clone() });
        let Ok(Answer::PurchaseOrder(view)) = seam.book.ask(&query) else {
            return Err("no purchase order".into());
        };
        let book: Vec<(usize, i128, i128)> = view
            .lines
            .iter()
            .map(|l| (l.sku.0 as usize, i128::from(l.qty), i128::from(l.received)))
            .collect();
        check("purchase order", &book, &row.lines.iter().map(|l| (l.0, l.1, l.3)).collect())?;
        let state = match (row.awaited() == 0, row.cancelled) {
            (true, _) => PurchaseState::Received,
            (false, true) => PurchaseState::Cancelled,
            (false, false) => PurchaseState::Open,
        };
        check("purchase order's state", &view.state, &state)?;
    }
    for row in &model.transfers {
        let query = Query::Transfer(DocumentQuery { document: row.key.clone() });
        let Ok(Answer::Transfer(view)) = seam.book.ask(&query) else { return Err("no transfer".into()) };
        let line = |l: &TransferLineView| [l.qty, l.received, l.lost, l.value.micros()].map(i128::from);
        let want = row.lines.iter().map(|l| [l.qty, l.received, l.lost, l.value]).collect();
        check("transfer", &view.lines.iter().map(line).collect::<Vec<_>>(), &want)?;
    }
    Ok(())
}

/// Subscriptions, and what each orders.
fn subscriptions(seam: &mut Seam, model: &Model) -> Result<(), Difference> {
    let Ok(Answer::Subscriptions(views)) = seam.book.ask(&Query::Subscriptions(Nothing {})) else {
        return Err("no answer on subscriptions".into());
    };
    check("subscriptions", &views.len(), &model.subscriptions.len())?;
    for (view, row) in views.iter().zip(&model.subscriptions) {
        let book = (view.subscription.to_string(), view.status, view.next_at);
        check("subscription (number, status, next)", &book, &(row.key.clone(), row.status, row.next_at))?;
        check("orders of it", &(view.ordered, view.ordered_at), &(row.ordered, row.ordered_at))?;
        check("what it orders", &(&view.rhythm, &view.capture), &(&row.rhythm, &row.capture))?;
    }
    Ok(())
}

/// The queue of what needs a person.
fn exceptions(seam: &mut Seam, model: &Model) -> Result<(), Difference> {
    let Ok(Answer::Exceptions(open)) = seam.book.ask(&Query::Exceptions(Nothing {})) else {
        return Err("no answer on exceptions".into());
    };
    let book: Vec<(usize, Opened)> = open.iter().map(|e| (e.exception as usize - 1, e.opened)).collect();
    let want =
        model.exceptions.iter().enumerate().filter(|(_, (_, status))| *status == ExceptionStatus::Open);
    check("open exceptions", &book, &want.map(|(number, (opened, _))| (number, *opened)).collect())
}
