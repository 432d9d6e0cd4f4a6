//! What is agreed before goods move: returns authorised and checked in, transfers and purchases requested and
//! approved, suppliers' confirmations and announcements.

use super::common::*;
use super::fulfil::no_step;
use super::order::{DocumentLine, ReceiveReturn, line_of};
use super::plan::less;
use super::return_node::{ReturnNode, can, return_node};
use crate::allocation::{Allocator, Explanation};
use crate::catalog::*;
use crate::exception::*;
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::MICROS;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;
use crate::value::wire::wire;

wire! {
    /// Lets a return come: within the window of each line, for what was shipped and has not come back.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// # let json = r#"{"ship_order":{"order":"1001","node":"RENO"}}"#;
    /// # book.execute(&Envelope::new("ship", at, serde_json::from_str(json)?))?;
    /// // 3 TEE were shipped for order 1001.
    /// let may = |rma: &str, qty| Command::AuthorizeReturn(AuthorizeReturn {
    ///     rma: rma.into(), order: "1001".into(), reason: "damage".into(),
    ///     lines: vec![DocumentLine { line: 1, qty }], node: None, expects: None, detail: Detail::None,
    /// });
    /// book.execute(&Envelope::new("two", at, may("RMA-1", 2)))?;
    /// let no = book.execute(&Envelope::new("more", at, may("RMA-2", 2))).unwrap_err();
    /// assert_eq!(no.name(), "MoreThanOpen", "one is left that may come back");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct AuthorizeReturn {
        /// Number of the return (RMA).
        pub rma: String,
        /// The order.
        pub order: String,
        /// The reason code.
        pub reason: String,
        /// What may come.
        pub lines: Vec<DocumentLine>,
        /// Where; none = where the policy's first rule with the flow `back` that holds says it is best, or
        /// without such a rule the nearest: an open node that takes such returns and has a day for this one.
        /// A node of another company than the channel's is left out. One that is named is not asked for its
        /// day.
        #[serde(default)]
        pub node: Option<String>,
        /// What shall become of the goods, as far as is known; the node must be able to.
        #[serde(default)]
        pub expects: Option<Disposition>,
        /// How much the receipt tells of the choice of the node.
        #[serde(default)]
        pub detail: Detail,
    }

    /// Records goods of a return that arrived. They are no stock before `receive_return` grades them under
    /// the same number, all at once or in parts. Goods of a return that is closed open it again.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// # let json = r#"{"ship_order":{"order":"1001","node":"RENO"}}"#;
    /// # book.execute(&Envelope::new("ship", at, serde_json::from_str(json)?))?;
    /// // 3 of 10 TEE have left for order 1001. One comes back, and nobody has authorised it.
    /// let check_in = CheckInReturn {
    ///     rma: "RMA-1".into(), node: "RENO".into(), order: Some("1001".into()),
    ///     lines: vec![DocumentLine { line: 1, qty: 1 }], strange: vec![],
    /// };
    /// book.execute(&Envelope::new("in", at, Command::CheckInReturn(check_in)))?;
    /// assert_eq!(book.stock_columns().on_hand, [7], "it is in the house, and not graded");
    /// let grade = r#"{"receive_return":{"rma":"RMA-1","order":"1001","node":"RENO","lines":[
    ///     {"line":1,"qty":1,"disposition":"restock"}]}}"#;
    /// book.execute(&Envelope::new("grade", at, serde_json::from_str(grade)?))?;
    /// assert_eq!(book.stock_columns().on_hand, [8]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct CheckInReturn {
        /// Number of the return (RMA); one that nobody authorised is a blind return.
        pub rma: String,
        /// Where they arrived.
        pub node: String,
        /// The order of a blind return.
        #[serde(default)]
        pub order: Option<String>,
        /// What arrived, by the order's lines.
        #[serde(default)]
        pub lines: Vec<DocumentLine>,
        /// Codes of goods in the parcel that the order does not have.
        #[serde(default)]
        pub strange: Vec<String>,
    }

    /// A return does not come, or what came of it and is not graded is no return: it was told twice, or goes
    /// back to the customer.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// # let json = r#"{"ship_order":{"order":"1001","node":"RENO"}}"#;
    /// # book.execute(&Envelope::new("ship", at, serde_json::from_str(json)?))?;
    /// # let json = r#"{"authorize_return":{"rma":"RMA-1","order":"1001","reason":"damage","lines":[
    /// #     {"line":1,"qty":1}]}}"#;
    /// # book.execute(&Envelope::new("authorize", at, serde_json::from_str(json)?))?;
    /// // A unit of order 1001 may come back as RMA-1, but its customer keeps it.
    /// let cancel = CancelReturn { rma: "RMA-1".into(), reason: "damage".into() };
    /// book.execute(&Envelope::new("cancel", at, Command::CancelReturn(cancel)))?;
    /// let check_in = r#"{"check_in_return":{"rma":"RMA-1","node":"RENO","lines":[{"line":1,"qty":1}]}}"#;
    /// let no = book.execute(&Envelope::new("in", at, serde_json::from_str(check_in)?)).unwrap_err();
    /// assert_eq!(no.name(), "IllegalStep");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct CancelReturn {
        /// Number of the return.
        pub rma: String,
        /// The reason code.
        pub reason: String,
    }

    /// Asks for goods of another node.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let request = RequestTransfer {
    ///     transfer: "T-1".into(), from: "RENO".into(), to: "DALLAS".into(),
    ///     lines: vec![TransferLine { sku: "TEE".into(), qty: 4, unit_price: None }],
    /// };
    /// book.execute(&Envelope::new("t-1", at, Command::RequestTransfer(request)))?;
    /// let ship = r#"{"ship_transfer":{"transfer":"T-1","from":"RENO","to":"DALLAS","lines":[
    ///     {"sku":"TEE","qty":4}]}}"#;
    /// let no = book.execute(&Envelope::new("ship", at, serde_json::from_str(ship)?)).unwrap_err();
    /// assert_eq!(no.name(), "IllegalStep", "another person has to agree first");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct RequestTransfer {
        /// Number of the transfer to be.
        pub transfer: String,
        /// The node that sends.
        pub from: String,
        /// The node that wants them.
        pub to: String,
        /// What is wanted.
        pub lines: Vec<super::transfer::TransferLine>,
    }

    /// Asks for goods of a supplier.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let request = RequestPurchase {
    ///     purchase_order: "P-1".into(), supplier: "ACME".into(), node: "RENO".into(),
    ///     lines: vec![TransferLine { sku: "TEE".into(), qty: 20, unit_price: None }],
    /// };
    /// let mut said = Envelope::new("request", at, Command::RequestPurchase(request));
    /// said.actor = "bob".into();
    /// book.execute(&said)?;
    /// let place = r#"{"place_purchase_order":{"purchase_order":"P-1","supplier":"ACME","node":"RENO",
    ///     "lines":[{"sku":"TEE","qty":20,"unit_cost":"8"}]}}"#;
    /// let place = Envelope::new("place", at, serde_json::from_str(place)?);
    /// assert_eq!(book.execute(&place).unwrap_err().name(), "IllegalStep", "nobody has agreed");
    /// let approve = r#"{"approve_request":{"kind":"purchase","document":"P-1"}}"#;
    /// let mut said = Envelope::new("approve", at, serde_json::from_str(approve)?);
    /// said.actor = "ann".into();
    /// book.execute(&said)?;
    /// assert!(book.execute(&place).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct RequestPurchase {
        /// Number of the purchase order to be.
        pub purchase_order: String,
        /// The supplier.
        pub supplier: String,
        /// The node that wants them.
        pub node: String,
        /// What is wanted.
        pub lines: Vec<super::transfer::TransferLine>,
    }

    /// Agrees to a request: another person than the one who asked.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # for (id, json) in [r#"{"request_transfer":{"transfer":"T-1","from":"RENO","to":"DALLAS","lines":[
    /// #         {"sku":"TEE","qty":4}]}}"#].iter().enumerate() {
    /// #     let mut said = Envelope::new(&id.to_string(), at, serde_json::from_str(json)?);
    /// #     said.actor = "bob".into();
    /// #     book.execute(&said)?;
    /// # }
    /// // Bob has asked for transfer T-1.
    /// let approve = ApproveRequest { kind: RequestKind::Transfer, document: "T-1".into() };
    /// let mut said = Envelope::new("approve", at, Command::ApproveRequest(approve));
    /// said.actor = "bob".into();
    /// assert_eq!(book.execute(&said), Err(Rejection::SameActor { actor: "bob".into() }));
    /// said.actor = "ann".into();
    /// assert!(book.execute(&said).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ApproveRequest {
        /// Transfer or purchase.
        pub kind: RequestKind,
        /// Its number.
        pub document: String,
    }

    /// Takes a request back.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"request_transfer":{"transfer":"T-1","from":"RENO","to":"DALLAS","lines":[
    /// #     {"sku":"TEE","qty":4}]}}"#;
    /// # book.execute(&Envelope::new("request", at, serde_json::from_str(json)?))?;
    /// // Somebody has asked for transfer T-1.
    /// let cancel = CancelRequest { kind: RequestKind::Transfer, document: "T-1".into() };
    /// book.execute(&Envelope::new("cancel", at, Command::CancelRequest(cancel)))?;
    /// let approve = r#"{"approve_request":{"kind":"transfer","document":"T-1"}}"#;
    /// let mut said = Envelope::new("approve", at, serde_json::from_str(approve)?);
    /// said.actor = "ann".into();
    /// assert_eq!(book.execute(&said).unwrap_err().name(), "IllegalStep");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct CancelRequest {
        /// Transfer or purchase.
        pub kind: RequestKind,
        /// Its number.
        pub document: String,
    }

    /// Records what a supplier says to an order.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"place_purchase_order":{"purchase_order":"P-1","supplier":"ACME","node":"RENO",
    /// #     "lines":[{"sku":"TEE","qty":20,"unit_cost":"8"}]}}"#;
    /// # book.execute(&Envelope::new("buy", at, serde_json::from_str(json)?))?;
    /// // Purchase order P-1 was expected in a week; the supplier says nine days.
    /// let nine = at.plus_seconds(9 * 86_400);
    /// let confirm = ConfirmPurchaseOrder { purchase_order: "P-1".into(), expected_at: nine };
    /// book.execute(&Envelope::new("confirm", at, Command::ConfirmPurchaseOrder(confirm)))?;
    /// assert_eq!(book.open_exceptions()[0].opened.code, ExceptionCode::SupplierLate);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ConfirmPurchaseOrder {
        /// The purchase order.
        pub purchase_order: String,
        /// When the goods come.
        pub expected_at: Instant,
    }

    /// Records a shipment that a supplier announces (ASN): no more than its purchase order has open beside
    /// what is announced for later already, and `receipt_over_share` of what was ordered. What did not come
    /// by its time may be announced again.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"place_purchase_order":{"purchase_order":"P-1","supplier":"ACME","node":"RENO",
    /// #     "lines":[{"sku":"TEE","qty":20,"unit_cost":"8"}]}}"#;
    /// # book.execute(&Envelope::new("buy", at, serde_json::from_str(json)?))?;
    /// // ACME announces what comes tomorrow on purchase order P-1, for 20 TEE.
    /// let mut announce = AnnounceShipment {
    ///     asn: "ASN-1".into(), purchase_order: "P-1".into(), arrives_at: at.plus_seconds(86_400),
    ///     lines: vec![DocumentLine { line: 1, qty: 25 }],
    /// };
    /// let said = Envelope::new("asn-1", at, Command::AnnounceShipment(announce.clone()));
    /// assert_eq!(book.execute(&said).unwrap_err().name(), "MoreThanOpen");
    /// announce.lines[0].qty = 15;
    /// book.execute(&Envelope::new("asn-2", at, Command::AnnounceShipment(announce)))?;
    /// assert_eq!(book.stock_columns().on_hand, [10], "it is announced, not received");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct AnnounceShipment {
        /// Its number.
        pub asn: String,
        /// The purchase order.
        pub purchase_order: String,
        /// When it arrives.
        pub arrives_at: Instant,
        /// What comes, by the purchase order's lines.
        pub lines: Vec<DocumentLine>,
    }
}

/// A command of this room.
pub(crate) enum OnDesk<'a> {
    CheckIn(&'a CheckInReturn),
    CancelReturn(&'a CancelReturn),
    RequestTransfer(&'a RequestTransfer),
    RequestPurchase(&'a RequestPurchase),
    Approve(&'a ApproveRequest, &'a str),
    CancelRequest(&'a CancelRequest),
    Confirm(&'a ConfirmPurchaseOrder),
    Announce(&'a AnnounceShipment),
}

pub(crate) fn decide_desk(state: &State, command: &OnDesk<'_>, at: Instant) -> Result<Body, Rejection> {
    match command {
        OnDesk::CheckIn(check_in) => decide_check_in(state, check_in),
        OnDesk::CancelReturn(cancel) => {
            let reason = state.catalog.reason_of(&cancel.reason)?;
            let rma = return_step(state, &cancel.rma, "cancel_return")?;
            // Its exchange is on the way, or there: goods without goods.
            let sent = super::replace::exchange_of(state, &rma);
            let opened = |order| Opened { order, ..Opened::of(ExceptionCode::RefundWithoutGoods) };
            let exceptions = sent.map(|order| opened(order).about(&cancel.rma)).into_iter().collect();
            Ok(Body::ReturnCancelled(ReturnCancelled { rma, reason, exceptions }))
        }
        OnDesk::RequestTransfer(request) => {
            let (from, _) = state.catalog.node_of(&request.from)?;
            let (to, _) = state.catalog.node_of(&request.to)?;
            if from == to {
                return Err(Rejection::InvalidField { field: "to".into(), need: "another node".into() });
            }
            new_document(&state.docs.transfers, "transfer", &request.transfer)?;
            let lines = wanted(state, &request.lines)?;
            requested(state, RequestKind::Transfer, &request.transfer, (from, SupplierId::NONE, to), lines)
        }
        OnDesk::RequestPurchase(request) => {
            let (supplier, _) = state.catalog.supplier_of(&request.supplier)?;
            let (to, _) = state.catalog.node_of(&request.node)?;
            new_document(&state.docs.purchases, "purchase order", &request.purchase_order)?;
            let lines = wanted(state, &request.lines)?;
            let who = (NodeId::NONE, supplier, to);
            requested(state, RequestKind::Purchase, &request.purchase_order, who, lines)
        }
        OnDesk::Approve(approve, actor) => {
            let (kind, row) =
                (approve.kind, request_step(state, approve.kind, &approve.document, "approve_request")?);
            if row.requested_by == *actor {
                return Err(Rejection::SameActor { actor: shown(actor) });
            }
            let document = DocKey::from(approve.document.as_str());
            Ok(Body::RequestApproved(RequestDecided {
                document,
                kind,
                exceptions: Vec::new(),
                taken: Vec::new(),
            }))
        }
        OnDesk::CancelRequest(cancel) => {
            let row = request_step(state, cancel.kind, &cancel.document, "cancel_request")?;
            Ok(Body::RequestCancelled(called_off(state, cancel, row)))
        }
        OnDesk::Confirm(confirm) => {
            let (purchase_order, row) =
                open_purchase(state, &confirm.purchase_order, "confirm_purchase_order")?;
            let expected_at = checked(confirm.expected_at, at, "expected_at")?;
            let late = Opened { node: row.node, ..Opened::of(ExceptionCode::SupplierLate) };
            let exceptions = if expected_at > row.expected_at {
                vec![late.about(&confirm.purchase_order)]
            } else {
                Vec::new()
            };
            Ok(Body::PurchaseOrderConfirmed(PurchaseOrderConfirmed {
                purchase_order,
                expected_at,
                exceptions,
            }))
        }
        OnDesk::Announce(announce) => decide_announcement(state, announce, at),
    }
}

fn checked(instant: Instant, at: Instant, field: &str) -> Result<Instant, Rejection> {
    if instant.is_valid() && instant >= at {
        return Ok(instant);
    }
    Err(Rejection::InvalidInstant { field: field.into() })
}

fn return_step(state: &State, rma: &str, step: &str) -> Result<DocKey, Rejection> {
    let key = DocKey::from(rma);
    let stage = state.desk.return_of(&key).map(|(_, row)| row.stage);
    let word = stage.map_or("none", ReturnStage::word);
    if stage.is_none() {
        return Err(Rejection::UnknownDocument { kind: "return".into(), document: shown(rma) });
    }
    if DocumentKind::Return.arrow(word, step).is_none() {
        return Err(no_step("return", rma, word, step));
    }
    Ok(key)
}

/// Units of each line that may still come back, beside other returns that are under way.
fn may_come(state: &State, order: OrderId, line: u32, row: &LineRow) -> i64 {
    let promised = |case: &ReturnRow| {
        let lines = if case.stage == ReturnStage::Authorized { &case.authorized } else { &case.arrived };
        lines.iter().filter(|(known, _)| *known == line).map(|(_, qty)| *qty).fold(0, i64::saturating_add)
    };
    let promised = state.returning(order).map(promised).fold(0, i64::saturating_add);
    row.shipped.saturating_sub(row.returned).saturating_sub(promised)
}

/// Lets a return come, into `body`; tells why there, if the book chose the node.
pub(crate) fn decide_authorization(
    state: &State,
    allocator: &mut Allocator,
    authorize: &AuthorizeReturn,
    at: Instant,
    body: &mut Body,
) -> Result<Option<Box<Explanation>>, Rejection> {
    new_document(&state.docs.returns, "return", &authorize.rma)?;
    let rma = new_document(&state.desk.returns, "return", &authorize.rma)?;
    let order = OrderId(known_document(&state.docs.orders, "order", &authorize.order)?);
    let reason = state.catalog.reason_of(&authorize.reason)?;
    let Some(row) = state.docs.order.get(order.0) else {
        let document = shown(&authorize.order);
        return Err(Rejection::UnknownDocument { kind: "order".into(), document });
    };
    some_lines(authorize.lines.len())?;
    let rows = state.order_lines(row);
    let mut lines: Vec<LineQty> = Vec::with_capacity(authorize.lines.len());
    for line in &authorize.lines {
        let known = line_of(&rows, &authorize.order, line.line)?;
        let qty = quantity(line.qty)?;
        let before = lines.iter().filter(|l| l.line == line.line).map(|l| l.qty);
        let open = before.fold(may_come(state, order, line.line, known), i64::saturating_sub);
        if qty > open {
            let document = authorize.order.clone();
            return Err(Rejection::MoreThanOpen { document, line: line.line, asked: qty, open });
        }
        lines.push(LineQty { line: line.line, qty });
    }
    let chosen = match &authorize.node {
        Some(node) => {
            let node = state.catalog.node_of(node)?.0;
            takes_returns(state, node)?;
            if !can(state, node, authorize.expects) {
                return Err(Rejection::ReturnsNotAccepted { node: node_code(state, node) });
            }
            ReturnNode { node, ..ReturnNode::default() }
        }
        None => return_node(state, allocator, (order, row), &lines, authorize, at)?,
    };
    let node = chosen.node;
    for line in &lines {
        let known = line_of(&rows, &authorize.order, line.line)?;
        let place = scope_of_line(state, order, known.sku, node);
        let days = state.read_parameter("return_window_days", &place, at).micros();
        let until = row.placed_at.plus_seconds(num::mul_div(days, 86_400, MICROS)?);
        if at > until {
            let (order, closed_at) = (shown(&authorize.order), until.to_string());
            return Err(Rejection::ReturnWindowClosed { order, closed_at });
        }
    }
    let decision = chosen.decision;
    *body = Body::ReturnAuthorized(ReturnAuthorized { rma, order, node, reason, lines, decision });
    Ok(chosen.explanation)
}

pub(super) fn takes_returns(state: &State, node: NodeId) -> Result<(), Rejection> {
    if state.catalog.site_of(node).is_some_and(|site| site.returns == Permission::Forbidden) {
        return Err(Rejection::ReturnsNotAccepted { node: node_code(state, node) });
    }
    Ok(())
}

fn decide_check_in(state: &State, check_in: &CheckInReturn) -> Result<Body, Rejection> {
    let rma = DocKey::from(check_in.rma.as_str());
    let (node, _) = state.catalog.node_of(&check_in.node)?;
    takes_returns(state, node)?;
    at_most("strange", check_in.strange.len(), 1_000)?;
    let case = state.desk.return_of(&rma).map(|(_, row)| row);
    let order = match (case, &check_in.order) {
        (Some(case), _) => {
            return_step(state, &check_in.rma, "check_in_return")?;
            case.order
        }
        (None, Some(number)) => {
            new_document(&state.docs.returns, "return", &check_in.rma)?;
            OrderId(known_document(&state.docs.orders, "order", number)?)
        }
        (None, None) => {
            let document = shown(&check_in.rma);
            return Err(Rejection::UnknownDocument { kind: "return".into(), document });
        }
    };
    if check_in.lines.is_empty() && check_in.strange.is_empty() {
        return Err(Rejection::NoLines { field: "lines".into() });
    }
    let number = order_code(state, order);
    let rows = state.docs.order.get(order.0).map(|row| state.order_lines(row)).unwrap_or_default();
    let mut lines: Vec<LineQty> = Vec::with_capacity(check_in.lines.len());
    // Wrong node, too much, or never authorised: taken in as it came, and somebody looks.
    let mut odd =
        case.is_none() || !check_in.strange.is_empty() || case.is_some_and(|case| case.node != node);
    for line in &check_in.lines {
        let known = line_of(&rows, &number, line.line)?;
        let qty = quantity(line.qty)?;
        let of = |list: &[(u32, i64)]| {
            list.iter().filter(|(l, _)| *l == line.line).map(|(_, q)| *q).fold(0, i64::saturating_add)
        };
        let here = case.map_or(0, |case| of(&case.arrived));
        let same = lines.iter().filter(|l| l.line == line.line).map(|l| l.qty);
        let coming = same.fold(here.saturating_add(qty), i64::saturating_add);
        let open = known.shipped.saturating_sub(known.returned);
        if coming > open {
            return Err(Rejection::MoreThanOpen { document: number, line: line.line, asked: coming, open });
        }
        odd = odd || case.is_some_and(|case| coming > of(&case.authorized));
        lines.push(LineQty { line: line.line, qty });
    }
    let opened = Opened { order, node, ..Opened::of(ExceptionCode::ReturnMismatch) };
    let exceptions = if odd { vec![opened.about(&check_in.rma)] } else { Vec::new() };
    Ok(Body::ReturnCheckedIn(ReturnCheckedIn { rma, order, node, lines, exceptions }))
}

/// The number of a return that is graded: a new one, or of one under way, in as many parts as it takes.
pub(crate) fn number_to_grade(state: &State, rma: &str) -> Result<DocKey, Rejection> {
    let key = DocKey::from(rma);
    let open = state.desk.return_of(&key).is_some_and(|(_, case)| case.stage.is_under_way());
    if open { Ok(key) } else { new_document(&state.docs.returns, "return", rma) }
}

/// `Ok` if a return may be graded: one that was authorised or checked in is graded where it arrived, and no
/// more than arrived; before anything has, money alone may go back. A return of which this room knows nothing
/// is received and graded in one step.
pub(crate) fn may_grade(state: &State, receive: &ReceiveReturn, node: NodeId) -> Result<(), Rejection> {
    let Some((_, case)) = state.desk.return_of(&DocKey::from(receive.rma.as_str())) else { return Ok(()) };
    let goods = receive.lines.iter().any(|line| line.qty != 0);
    let early = goods && case.stage == ReturnStage::Authorized;
    if early || DocumentKind::Return.arrow(case.stage.word(), "receive_return").is_none() {
        return Err(no_step("return", &receive.rma, case.stage.word(), "receive_return"));
    }
    if goods && case.node != node {
        let need = format!("`{}`, where the goods arrived", node_code(state, case.node));
        return Err(Rejection::InvalidField { field: "node".into(), need });
    }
    for (line, open) in &case.arrived {
        let asked =
            receive.lines.iter().filter(|l| l.line == *line).map(|l| l.qty).fold(0, i64::saturating_add);
        if asked > *open {
            let document = receive.rma.clone();
            return Err(Rejection::MoreThanOpen { document, line: *line, asked, open: *open });
        }
    }
    let strange =
        receive.lines.iter().find(|l| l.qty > 0 && !case.arrived.iter().any(|(line, _)| *line == l.line));
    if let Some(line) = strange {
        let document = receive.rma.clone();
        return Err(Rejection::MoreThanOpen { document, line: line.line, asked: line.qty, open: 0 });
    }
    Ok(())
}

fn wanted(state: &State, lines: &[super::transfer::TransferLine]) -> Result<Vec<WantedLine>, Rejection> {
    some_lines(lines.len())?;
    let line = |line: &super::transfer::TransferLine| {
        let (sku, _) = state.catalog.sku_of(&line.sku)?;
        Ok(WantedLine { sku, qty: quantity(line.qty)? })
    };
    lines.iter().map(line).collect()
}

fn requested(
    state: &State,
    kind: RequestKind,
    number: &str,
    (from, supplier, to): (NodeId, SupplierId, NodeId),
    lines: Vec<WantedLine>,
) -> Result<Body, Rejection> {
    if state.desk.request_of(kind, number).is_some() {
        return Err(Rejection::DocumentExists { kind: "request".into(), document: number.into() });
    }
    let document = DocKey::from(number);
    Ok(Body::GoodsRequested(GoodsRequested { document, kind, from, supplier, to, lines }))
}

fn request_step<'a>(
    state: &'a State,
    kind: RequestKind,
    number: &str,
    step: &str,
) -> Result<&'a RequestRow, Rejection> {
    let Some((_, row)) = state.desk.request_of(kind, number) else {
        return Err(Rejection::UnknownDocument { kind: "request".into(), document: shown(number) });
    };
    let table = if kind == RequestKind::Transfer { DocumentKind::Transfer } else { DocumentKind::Purchase };
    if table.arrow(row.stage.word(), step).is_none() {
        return Err(no_step("request", number, row.stage.word(), step));
    }
    Ok(row)
}

/// A request that is off: what was to be brought for an order waits.
fn called_off(state: &State, cancel: &CancelRequest, row: &RequestRow) -> RequestDecided {
    let taken = to_bring(state, cancel.kind, &cancel.document);
    let opened = |back: &TakenBack| {
        let sku = state.stock.reservations.get(back.reservation).map_or(SkuId::NONE, |row| row.sku);
        let (code, order, node, qty) = (ExceptionCode::TransferShort, back.order, row.to, back.qty);
        Opened { code, order, sku, node, qty }.about(&cancel.document)
    };
    let exceptions = taken.iter().map(opened).collect();
    let document = DocKey::from(cancel.document.as_str());
    RequestDecided { document, kind: cancel.kind, exceptions, taken }
}

/// What is reserved for an order, to be brought by a request's transfer.
pub(super) fn to_bring(state: &State, kind: RequestKind, number: &str) -> Vec<TakenBack> {
    let Some((id, _)) = state.desk.request_of(kind, number) else { return Vec::new() };
    let back = |(line, reservation, row): (u32, u32, crate::stock::Reservation)| {
        let order = state.docs.lines.get(line)?.order;
        let first = state.docs.order.get(order.0)?.first_line;
        let line = state.docs.line_number(first, line);
        Some(TakenBack { order, line, reservation, node: row.node, qty: row.qty })
    };
    state.brought_by(id).into_iter().filter_map(back).collect()
}

/// `Ok` if goods may be placed or sent under this number: nobody asked, or what was asked was agreed to and
/// is for the same places and no more.
pub(crate) fn may_place(
    state: &State,
    kind: RequestKind,
    number: &str,
    (from, supplier, to): (NodeId, SupplierId, NodeId),
    lines: &[(SkuId, i64)],
) -> Result<(), Rejection> {
    let Some((_, row)) = state.desk.request_of(kind, number) else { return Ok(()) };
    let step = if kind == RequestKind::Transfer { "ship_transfer" } else { "place_purchase_order" };
    request_step(state, kind, number, step)?;
    if (row.from, row.supplier, row.to) != (from, supplier, to) {
        let need = "the places that were agreed to".into();
        return Err(Rejection::InvalidField { field: "document".into(), need });
    }
    within_request(state, kind, number, lines)
}

/// `Ok` if nobody asked for goods under this number, or for no less.
pub(super) fn within_request(
    state: &State,
    kind: RequestKind,
    number: &str,
    lines: &[(SkuId, i64)],
) -> Result<(), Rejection> {
    let Some((_, row)) = state.desk.request_of(kind, number) else { return Ok(()) };
    let sum = |list: &[(SkuId, i64)], sku: SkuId| {
        list.iter().filter(|(known, _)| *known == sku).map(|(_, qty)| *qty).fold(0, i64::saturating_add)
    };
    for (line, (sku, _)) in (1u32..).zip(lines) {
        let (asked, open) = (sum(lines, *sku), sum(&row.lines, *sku));
        if asked > open {
            return Err(Rejection::MoreThanOpen { document: number.into(), line, asked, open });
        }
    }
    Ok(())
}

pub(super) fn open_purchase<'a>(
    state: &'a State,
    number: &str,
    step: &str,
) -> Result<(PurchaseId, &'a PurchaseRow), Rejection> {
    let id = known_document(&state.docs.purchases, "purchase order", number)?;
    let unknown = || Rejection::UnknownDocument { kind: "purchase order".into(), document: shown(number) };
    let row = state.docs.purchase.get(id).ok_or_else(unknown)?;
    let word = match row.state() {
        PurchaseState::Open => return Ok((PurchaseId(id), row)),
        PurchaseState::Received => "received",
        PurchaseState::Cancelled => "cancelled",
    };
    Err(no_step("purchase order", number, word, step))
}

/// Units on lines of a purchase order that are announced for later and have not come, of which so many came:
/// what came since it was announced is what was to arrive first.
pub(super) fn under_way(
    state: &State,
    id: PurchaseId,
    (of, received): (&dyn Fn(u32) -> bool, i64),
    at: Instant,
) -> i64 {
    let (mut open, mut before): (Vec<(Instant, i64)>, i64) = (Vec::new(), 0);
    for announced in state.desk.announcement.rows().iter().filter(|known| known.purchase == id) {
        let came = (1u32..).zip(announced.came.iter()).filter(|(line, _)| of(*line)).map(|(_, qty)| *qty);
        let came = came.fold(0, i64::saturating_add).max(before);
        less(came.saturating_sub(before), open.iter_mut().map(|(_, qty)| qty));
        before = came;
        let lines = announced.lines.iter().filter(|(line, _)| of(*line));
        open.extend(lines.map(|(_, qty)| (announced.arrives_at, *qty)));
        open.put_in_order();
    }
    less(received.saturating_sub(before).max(0), open.iter_mut().map(|(_, qty)| qty));
    let later = open.into_iter().filter(|(arrives_at, _)| *arrives_at >= at);
    later.map(|(_, qty)| qty).fold(0, i64::saturating_add)
}

fn decide_announcement(state: &State, announce: &AnnounceShipment, at: Instant) -> Result<Body, Rejection> {
    let asn = new_document(&state.desk.announced, "announcement", &announce.asn)?;
    let (purchase_order, row) = open_purchase(state, &announce.purchase_order, "announce_shipment")?;
    let arrives_at = checked(announce.arrives_at, at, "arrives_at")?;
    some_lines(announce.lines.len())?;
    let mut lines: Vec<LineQty> = Vec::with_capacity(announce.lines.len());
    for line in &announce.lines {
        let index = line.line.checked_sub(1).map_or(usize::MAX, num::index);
        let document = announce.purchase_order.clone();
        let Some(open) = row.lines.get(index) else {
            return Err(Rejection::UnknownLine { document, line: line.line });
        };
        let qty = quantity(line.qty)?;
        let share = state.read_parameter("receipt_over_share", &scope_of(state, open.sku, row.node), at);
        let room = |of: &dyn Fn(u32) -> bool| -> Result<i64, Rejection> {
            let (mut left, mut received) = (0i64, 0i64);
            for (_, line) in (1u32..).zip(&row.lines).filter(|(number, _)| of(*number)) {
                let most = num::add(line.qty, num::mul_div(line.qty, share.micros(), MICROS)?)?;
                left = left.saturating_add(most.saturating_sub(line.received).max(0));
                received = received.saturating_add(line.received);
            }
            let now = lines.iter().filter(|known| of(known.line)).map(|known| known.qty);
            let coming = under_way(state, purchase_order, (of, received), at);
            Ok(now.fold(left.saturating_sub(coming), i64::saturating_sub).max(0))
        };
        // A line that was parted was announced as the other part of it.
        let open = room(&|number| number == line.line)?.min(room(&row.of_sku(open.sku))?);
        if qty > open {
            return Err(Rejection::MoreThanOpen { document, line: line.line, asked: qty, open });
        }
        lines.push(LineQty { line: line.line, qty });
    }
    Ok(Body::ShipmentAnnounced(ShipmentAnnounced { asn, purchase_order, arrives_at, lines }))
}
