//! Questions about work on documents: the table of steps and its diagrams, where a node stands with an order,
//! counts and how exact they found the book.

use super::{DocumentQuery, answers};
use crate::book::Book;
use crate::record::*;
use crate::stock::Place;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use crate::value::wire::wire;
use crate::workflow::fulfil::CaptureOrder;
use crate::workflow::{captured, known_document, limit_of, owed_by};
use serde::Serialize;

wire! {
    /// The life of a kind of document.
    ///
    /// ```
    /// use stockbook::*;
    /// let query = Query::Workflow(WorkflowQuery { document: DocumentKind::Hold });
    /// let Answer::Workflow(hold) = Book::new().ask(&query).unwrap() else { panic!() };
    /// assert!(hold.steps.iter().any(|step| step.from == "held" && step.step == "release_hold"));
    /// ```
    pub struct WorkflowQuery {
        /// The kind.
        pub document: DocumentKind,
    }

    /// Whose counts.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    /// # for (id, json) in [r#"{"plan_count":{"count":"C-1","node":"RENO","skus":["TEE"]}}"#,
    /// #     r#"{"record_count":{"count":"C-1","lines":[{"sku":"TEE","qty":9}]}}"#].iter().enumerate() {
    /// #     book.execute(&Envelope::new(&id.to_string(), at, serde_json::from_str(json)?))?;
    /// # }
    /// // Nine TEE were counted where the book had ten.
    /// let query = Query::Accuracy(AccuracyQuery { node: None });
    /// let Answer::Accuracy(found) = book.ask(&query)? else { panic!() };
    /// assert_eq!((found.lines, found.exact, found.units_off), (1, 0, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct AccuracyQuery {
        /// One node; none = all.
        #[serde(default)]
        pub node: Option<String>,
    }
}

answers! {
    /// The life of a kind of document.
    pub struct WorkflowView {
        /// The kind.
        pub document: DocumentKind,
        /// Its steps; a command that is in no row of a state is refused there.
        pub steps: Vec<StepView>,
        /// The same as a Mermaid state diagram.
        pub mermaid: String,
        /// The same as a graph for Graphviz.
        pub dot: String,
    }

    /// A step.
    pub struct StepView {
        /// Where the document stands.
        pub from: String,
        /// The command, or what falls due.
        pub step: String,
        /// Where it may stand then: quantities decide.
        pub to: Vec<String>,
    }

    /// What holds an order and what its nodes did.
    pub struct FulfilmentView {
        /// The order.
        pub order: OrderId,
        /// What it waits for.
        pub holds: Vec<OrderHoldKind>,
        /// By node.
        pub nodes: Vec<NodeWork>,
        /// Who buys; empty = nobody that was told.
        pub customer: String,
        /// What the customer owes for all orders.
        pub owed: Money,
        /// What he may owe; none = any amount.
        pub credit_limit: Option<Money>,
        /// The order that this one replaces.
        pub replaces: Option<OrderId>,
        /// The return that it is exchanged for.
        pub rma: Option<DocKey>,
    }

    /// What a node did for an order.
    pub struct NodeWork {
        /// The node.
        pub node: NodeId,
        /// Where it stands.
        pub stage: FulfilmentStage,
        /// The wave.
        pub wave: Option<DocKey>,
        /// Units picked and not shipped.
        pub picked: Vec<LineQty>,
        /// What is packed and not shipped.
        pub cartons: Vec<PackedCarton>,
        /// The carrier's number of its last shipment.
        pub tracking: String,
        /// Since when.
        pub changed_at: Instant,
        /// Units that were picked and are not wanted any more: they go back to their shelves.
        pub put_back: Vec<LineQty>,
        /// Until when packed goods wait to be picked up.
        pub collect_by: Option<Instant>,
        /// The carrier's numbers of all its shipments, the oldest first.
        pub trackings: Vec<String>,
    }

    /// A subscription.
    pub struct SubscriptionView {
        /// Its number.
        pub subscription: DocKey,
        /// Where it stands.
        pub status: SubscriptionStatus,
        /// When its next order is due; none unless it is active.
        pub next_at: Option<Instant>,
        /// Orders that fell due: the last of them is `<subscription>/<ordered>`.
        pub ordered: u32,
        /// When the last of them did.
        pub ordered_at: Option<Instant>,
        /// When it recurs.
        pub rhythm: Rhythm,
        /// What is ordered each time. Without lines where that cannot be read: its orders are parked.
        pub capture: CaptureOrder,
    }

    /// A count.
    pub struct CountView {
        /// Its number.
        pub count: String,
        /// The node.
        pub node: NodeId,
        /// Where it stands.
        pub stage: CountStage,
        /// Its lines; the book's figure only once counted, for counts are blind.
        pub lines: Vec<CountLineView>,
        /// Who counted last.
        pub counted_by: String,
        /// Who approved.
        pub approved_by: String,
    }

    /// A line of a count.
    pub struct CountLineView {
        /// The SKU.
        pub sku: SkuId,
        /// Units that the book had; none before it is counted.
        pub expected: Option<i64>,
        /// Units found; none before.
        pub counted: Option<i64>,
        /// Units of the difference in the books.
        pub posted: i64,
        /// Where they lie.
        pub place: Place,
    }

    /// How exact counts found the book.
    pub struct AccuracyView {
        /// Lines counted.
        pub lines: u32,
        /// Lines that were as the book said.
        pub exact: u32,
        /// Units that the book had.
        pub units_expected: i64,
        /// Units that differed, each difference positive.
        pub units_off: i64,
        /// Value of the differences that are posted: less than zero is shrinkage.
        pub by_node: Vec<ShrinkView>,
    }

    /// Differences of a node.
    pub struct ShrinkView {
        /// The node.
        pub node: NodeId,
        /// Who counted.
        pub counted_by: String,
        /// What roles he has.
        pub roles: Vec<String>,
        /// Lines counted.
        pub lines: u32,
        /// Units found more or less.
        pub units: i64,
        /// What they are worth now, at the pool's mean cost.
        pub value: Money,
    }
}

impl Book {
    /// The life of a kind of document, as a table and as diagrams.
    ///
    /// ```
    /// use stockbook::{Book, DocumentKind};
    /// let view = Book::new().workflow(DocumentKind::Return);
    /// assert!(view.steps.iter().any(|step| step.from == "authorized" && step.step == "check_in_return"));
    /// ```
    #[must_use]
    pub fn workflow(&self, document: DocumentKind) -> WorkflowView {
        let step = |arrow: &Arrow| StepView {
            from: arrow.from.into(),
            step: arrow.step.into(),
            to: arrow.to.iter().map(|to| (*to).into()).collect(),
        };
        WorkflowView {
            document,
            steps: document.arrows().iter().map(step).collect(),
            mermaid: document.mermaid(),
            dot: document.dot(),
        }
    }

    pub(crate) fn ask_fulfilment(&self, query: &DocumentQuery) -> Result<FulfilmentView, Rejection> {
        let order = OrderId(known_document(&self.state.docs.orders, "order", &query.document)?);
        let desk = &self.state.desk;
        let nodes = (0..self.state.catalog.nodes.len()).map(|node| NodeId(num::id(node)));
        let work = |node: NodeId| {
            let (_, row) = desk.fulfilment_of(order, node)?;
            let qty = |(line, qty): &(u32, i64)| LineQty { line: *line, qty: *qty };
            Some(NodeWork {
                node,
                stage: row.stage,
                wave: row.wave.clone(),
                picked: row.picked.iter().map(qty).collect(),
                cartons: row.cartons.clone(),
                tracking: row.tracking.clone(),
                changed_at: row.changed_at,
                put_back: row.put_back.iter().map(qty).collect(),
                collect_by: *row.collect_by,
                trackings: row.trackings.0.clone(),
            })
        };
        let terms = self.state.terms_of(order);
        let customer = terms.map(|terms| terms.customer.0.clone()).unwrap_or_default();
        let channel = self.state.docs.order.get(order.0).map_or(ChannelId::NONE, |row| row.channel);
        let level = terms.map_or("", |terms| &*terms.segment);
        let limit = limit_of(&self.state, (&customer, level, channel), self.now());
        Ok(FulfilmentView {
            order,
            holds: desk.holds_of(order).collect(),
            nodes: nodes.filter_map(work).collect(),
            owed: owed_by(&self.state, &customer),
            credit_limit: limit.filter(|_| !customer.is_empty()),
            customer,
            replaces: terms.and_then(|terms| *terms.replaces),
            rma: terms.and_then(|terms| terms.rma.0.clone()),
        })
    }

    pub(crate) fn subscriptions(&self) -> Vec<SubscriptionView> {
        let desk = &self.state.desk;
        let view = |(id, row): (u32, &SubscriptionRow)| {
            Some(SubscriptionView {
                subscription: desk.subscriptions.get(id)?.clone(),
                status: row.status,
                next_at: row.next_at,
                ordered: row.ordered,
                ordered_at: row.ordered_at,
                rhythm: row.rhythm.clone(),
                capture: captured(row).unwrap_or_default(),
            })
        };
        desk.subscription.iter().filter_map(view).collect()
    }

    pub(crate) fn ask_count(&self, query: &DocumentQuery) -> Result<CountView, Rejection> {
        let id = known_document(&self.state.desk.counts, "count", &query.document)?;
        let unknown =
            || Rejection::UnknownDocument { kind: "count".into(), document: query.document.clone() };
        let row = self.state.desk.count.get(id).ok_or_else(unknown)?;
        let line = |line: &CountLineRow| CountLineView {
            sku: line.sku,
            expected: (line.times > 0).then_some(line.expected),
            counted: (line.times > 0).then_some(line.counted),
            posted: line.posted,
            place: line.place.0.clone(),
        };
        Ok(CountView {
            count: query.document.clone(),
            node: row.node,
            stage: row.stage,
            lines: row.lines.iter().map(line).collect(),
            counted_by: row.counted_by.clone(),
            approved_by: row.approved_by.clone(),
        })
    }

    pub(crate) fn ask_accuracy(&self, query: &AccuracyQuery) -> Result<AccuracyView, Rejection> {
        use crate::catalog::Lookup;
        let only = query.node.as_deref().map(|node| self.state.catalog.node_of(node)).transpose()?;
        let only = only.map(|(node, _)| node);
        let mut view =
            AccuracyView { lines: 0, exact: 0, units_expected: 0, units_off: 0, by_node: Vec::new() };
        for row in self.state.desk.count.rows().iter().filter(|row| only.is_none_or(|only| only == row.node))
        {
            for line in row.lines.iter().filter(|line| line.times > 0) {
                let off = line.counted.saturating_sub(line.expected);
                view.lines = view.lines.saturating_add(1);
                view.exact = view.exact.saturating_add(u32::from(off == 0));
                view.units_expected = view.units_expected.saturating_add(line.expected);
                view.units_off = view.units_off.saturating_add(off.saturating_abs());
                self.add_shrink(&mut view.by_node, row, line);
            }
        }
        Ok(view)
    }

    fn add_shrink(&self, by_node: &mut Vec<ShrinkView>, row: &CountRow, line: &CountLineRow) {
        let cell = self.state.stock.cells.get(line.sku, row.node);
        let worth = num::mul_div(cell.value.micros(), line.posted, cell.on_hand().max(1)).unwrap_or(0);
        let known = by_node.iter().position(|s| s.node == row.node && s.counted_by == row.counted_by);
        let at = known.unwrap_or_else(|| {
            let (node, counted_by) = (row.node, row.counted_by.clone());
            let roles = self.state.govern.roles_of(&counted_by).to_vec();
            by_node.push(ShrinkView { node, counted_by, roles, lines: 0, units: 0, value: Money::ZERO });
            by_node.len().saturating_sub(1)
        });
        if let Some(sums) = by_node.get_mut(at) {
            sums.lines = sums.lines.saturating_add(1);
            sums.units = sums.units.saturating_add(line.posted);
            sums.value = Money::from_micros(sums.value.micros().saturating_add(worth));
        }
    }
}
