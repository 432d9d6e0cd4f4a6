//! Counting stock: planned by SKU, by class or by trigger; blind; counted again where it differs much; posted
//! through the same decision as every correction. Counts work while stock is reserved: what is promised stays
//! on the book until it is planned anew.

use super::common::*;
use super::dated::{check_lot, is_of};
use super::fulfil::no_step;
use super::stock::{decide_adjustment, free_in};
use crate::catalog::*;
use crate::exception::*;
use crate::record::*;
use crate::stock::{AdjustLine, AdjustStock, Condition, Place};
use crate::value::ids::*;
use crate::value::money::{MICROS, Money};
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;
use crate::value::wire::{wire, words};

words! {
    /// What a count takes in.
    #[derive(Default)]
    pub enum CountScope {
        /// The SKUs that are named.
        #[default]
        Named,
        /// Class A: the SKUs that make the first 80 % of the node's value.
        ClassA,
        /// Class B: those of the next 15 %.
        ClassB,
        /// Class C: the rest that has value.
        ClassC,
        /// SKUs that the book has none of there, though they were there once: an empty bin may not be empty.
        Empty,
        /// SKUs that an earlier count found different.
        Differed,
    }
}

wire! {
    /// Plans a count. Counters are not told what the book expects.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let plan = PlanCount {
    ///     count: "C-1".into(), node: "RENO".into(), scope: CountScope::Named, skus: vec!["TEE".into()],
    /// };
    /// book.execute(&Envelope::new("c-1", at, Command::PlanCount(plan)))?;
    /// let count = Query::Count(DocumentQuery { document: "C-1".into() });
    /// let Answer::Count(count) = book.ask(&count)? else { panic!() };
    /// assert_eq!((count.stage, count.lines[0].expected), (CountStage::Planned, None), "counts are blind");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct PlanCount {
        /// Number of the count.
        pub count: String,
        /// The node.
        pub node: String,
        /// What it takes in.
        #[serde(default)]
        pub scope: CountScope,
        /// The SKUs, where they are named.
        #[serde(default)]
        pub skus: Vec<String>,
    }

    /// Records what was counted, place by place: own sellable units where no place says otherwise. Every SKU
    /// of the count is counted in every place where the book has sellable units of it. What is posted by
    /// another count afterwards is taken as found by this one too.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"plan_count":{"count":"C-1","node":"RENO","skus":["TEE"]}}"#;
    /// # book.execute(&Envelope::new("plan", at, serde_json::from_str(json)?))?;
    /// // Nine are found where the book has ten.
    /// let lines = vec![CountLine { sku: "TEE".into(), qty: 9, place: Place::default() }];
    /// let record = RecordCount { count: "C-1".into(), lines };
    /// book.execute(&Envelope::new("count", at, Command::RecordCount(record)))?;
    /// let count = Query::Count(DocumentQuery { document: "C-1".into() });
    /// let Answer::Count(count) = book.ask(&count)? else { panic!() };
    /// assert_eq!((count.lines[0].expected, count.lines[0].counted), (Some(10), Some(9)));
    /// assert_eq!(book.stock_columns().on_hand, [10], "until it is posted");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct RecordCount {
        /// The count.
        pub count: String,
        /// What was found.
        pub lines: Vec<CountLine>,
    }

    /// A line that was counted.
    pub struct CountLine {
        /// The SKU.
        pub sku: String,
        /// Units found, 0 or more, in the SKU's smallest unit.
        pub qty: i64,
        /// Where they lie; without it, in no place of their own.
        #[serde(default)]
        pub place: Place,
    }

    /// Agrees to a count's differences: another person than those who counted.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # for (id, json) in [r#"{"plan_count":{"count":"C-1","node":"RENO","skus":["TEE"]}}"#,
    /// #     r#"{"record_count":{"count":"C-1","lines":[{"sku":"TEE","qty":3}]}}"#,
    /// #     r#"{"record_count":{"count":"C-1","lines":[{"sku":"TEE","qty":3}]}}"#].iter().enumerate() {
    /// #     let mut said = Envelope::new(&id.to_string(), at, serde_json::from_str(json)?);
    /// #     said.actor = "bob".into();
    /// #     let _ = book.execute(&said);
    /// # }
    /// // Bob has counted three TEE where the book has ten, at 8.00 each.
    /// let approve = ApproveCount { count: "C-1".into(), evidence: "the others were stolen".into() };
    /// let mut said = Envelope::new("approve", at, Command::ApproveCount(approve));
    /// said.actor = "bob".into();
    /// assert_eq!(book.execute(&said), Err(Rejection::SameActor { actor: "bob".into() }));
    /// said.actor = "ann".into();
    /// book.execute(&said)?;
    /// let count = Query::Count(DocumentQuery { document: "C-1".into() });
    /// let Answer::Count(count) = book.ask(&count)? else { panic!() };
    /// assert_eq!((&*count.counted_by, &*count.approved_by), ("bob", "ann"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ApproveCount {
        /// The count.
        pub count: String,
        /// What the approver saw.
        #[serde(default)]
        pub evidence: String,
    }

    /// Posts a count's differences. What is reserved does not leave: it waits, as do differences of a SKU in
    /// more than one place, of which one is posted at a time; post again for the rest.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # for (id, actor, json) in [
    /// #     ("1", "bob", r#"{"plan_count":{"count":"C-1","node":"RENO","skus":["TEE"]}}"#),
    /// #     ("2", "bob", r#"{"record_count":{"count":"C-1","lines":[{"sku":"TEE","qty":9}]}}"#),
    /// #     ("3", "bob", r#"{"record_count":{"count":"C-1","lines":[{"sku":"TEE","qty":9}]}}"#),
    /// #     ("4", "ann", r#"{"approve_count":{"count":"C-1"}}"#)] {
    /// #     let mut said = Envelope::new(id, at, serde_json::from_str(json)?);
    /// #     said.actor = actor.into();
    /// #     let _ = book.execute(&said);
    /// # }
    /// // Of 10 TEE at 8.00, nine were counted, and that was agreed to.
    /// let post = PostCount { count: "C-1".into(), reason: "damage".into() };
    /// book.execute(&Envelope::new("post", at, Command::PostCount(post)))?;
    /// let stock = book.stock_columns();
    /// assert_eq!((stock.on_hand[0], stock.value[0]), (9, 72_000_000));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct PostCount {
        /// The count.
        pub count: String,
        /// The reason code.
        pub reason: String,
    }

    /// Drops a count.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"plan_count":{"count":"C-1","node":"RENO","skus":["TEE"]}}"#;
    /// # book.execute(&Envelope::new("plan", at, serde_json::from_str(json)?))?;
    /// // Count C-1 is planned; the shift ends before anybody counts.
    /// let cancel = CancelCount { count: "C-1".into() };
    /// book.execute(&Envelope::new("cancel", at, Command::CancelCount(cancel)))?;
    /// let record = r#"{"record_count":{"count":"C-1","lines":[{"sku":"TEE","qty":9}]}}"#;
    /// let no = book.execute(&Envelope::new("record", at, serde_json::from_str(record)?)).unwrap_err();
    /// assert_eq!(no.name(), "IllegalStep");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct CancelCount {
        /// The count.
        pub count: String,
    }
}

/// A command on counts.
pub(crate) enum OnCount<'a> {
    Plan(&'a PlanCount),
    Record(&'a RecordCount, &'a str),
    Approve(&'a ApproveCount, &'a str),
    Cancel(&'a CancelCount),
}

pub(crate) fn decide_count(state: &State, command: &OnCount<'_>, at: Instant) -> Result<Body, Rejection> {
    match command {
        OnCount::Plan(plan) => decide_plan(state, plan),
        OnCount::Record(record, actor) => decide_record(state, record, actor, at),
        OnCount::Approve(approve, actor) => {
            let (count, row) = step_of(state, &approve.count, "approve_count")?;
            if row.counted_by == *actor || (row.counted_first_by.0 == *actor && !actor.is_empty()) {
                return Err(Rejection::SameActor { actor: shown(actor) });
            }
            at_most("characters of the evidence", approve.evidence.len(), 1_000)?;
            Ok(Body::CountApproved(CountApproved { count, evidence: approve.evidence.clone() }))
        }
        OnCount::Cancel(cancel) => {
            let (count, _) = step_of(state, &cancel.count, "cancel_count")?;
            Ok(Body::CountCancelled(CountCancelled { count }))
        }
    }
}

fn step_of<'a>(state: &'a State, number: &str, step: &str) -> Result<(DocKey, &'a CountRow), Rejection> {
    let id = known_document(&state.desk.counts, "count", number)?;
    let unknown = || Rejection::UnknownDocument { kind: "count".into(), document: shown(number) };
    let row = state.desk.count.get(id).ok_or_else(unknown)?;
    if DocumentKind::Count.arrow(row.stage.word(), step).is_none() {
        return Err(no_step("count", number, row.stage.word(), step));
    }
    Ok((DocKey::from(number), row))
}

fn decide_plan(state: &State, plan: &PlanCount) -> Result<Body, Rejection> {
    let count = new_document(&state.desk.counts, "count", &plan.count)?;
    let (node, _) = state.catalog.node_of(&plan.node)?;
    at_most("skus", plan.skus.len(), LINES_MAX)?;
    let mut skus: Vec<SkuId> = Vec::new();
    if plan.scope == CountScope::Named {
        for code in &plan.skus {
            let (sku, _) = state.catalog.sku_of(code)?;
            if !skus.contains(&sku) {
                skus.push(sku);
            }
        }
    } else {
        skus = chosen(state, node, plan.scope);
        skus.truncate(LINES_MAX);
    }
    some_lines(skus.len())?;
    Ok(Body::CountPlanned(CountPlanned { count, node, skus }))
}

/// The SKUs of a class or a trigger at a node, by id.
fn chosen(state: &State, node: NodeId, scope: CountScope) -> Vec<SkuId> {
    let here = state.stock.cells.iter().filter(|(_, at, _)| *at == node);
    match scope {
        CountScope::Named => Vec::new(),
        CountScope::Empty => {
            let gone = |sku: &SkuId| state.stock.borders.get(sku.0).is_some_and(|border| border.received > 0);
            let all = state.catalog.sku.iter().map(|(id, _)| SkuId(id));
            all.filter(|sku| state.stock.cells.get(*sku, node).on_hand() == 0 && gone(sku)).collect()
        }
        CountScope::Differed => {
            let counts = state.desk.count.rows().iter().filter(|row| row.node == node);
            let lines = counts.flat_map(|row| &row.lines);
            let mut skus: Vec<SkuId> =
                lines.filter(|line| line.times > 0 && line.counted != line.expected).map(|l| l.sku).collect();
            skus.put_in_order();
            skus.dedup();
            skus
        }
        CountScope::ClassA | CountScope::ClassB | CountScope::ClassC => {
            let mut worth: Vec<(i64, SkuId)> = here
                .filter(|(_, _, cell)| cell.value.micros() > 0)
                .map(|(sku, _, cell)| (cell.value.micros().saturating_neg(), sku))
                .collect();
            worth.put_in_order();
            classed(&worth, scope)
        }
    }
}

/// ABC classes by cumulative value: 80, 15 and 5 % (the usual cut of the Pareto curve). A SKU belongs to
/// the class in which its own value begins.
fn classed(worth: &[(i64, SkuId)], scope: CountScope) -> Vec<SkuId> {
    let total = worth.iter().map(|(value, _)| i128::from(value.saturating_neg())).sum::<i128>();
    let mut before = 0i128;
    let mut skus = Vec::new();
    for (value, sku) in worth {
        let class = match before.saturating_mul(100) {
            share if share < total.saturating_mul(80) => CountScope::ClassA,
            share if share < total.saturating_mul(95) => CountScope::ClassB,
            _ => CountScope::ClassC,
        };
        if class == scope {
            skus.push(*sku);
        }
        before = before.saturating_add(i128::from(value.saturating_neg()));
    }
    skus
}

fn decide_record(state: &State, record: &RecordCount, actor: &str, at: Instant) -> Result<Body, Rejection> {
    let (count, row) = step_of(state, &record.count, "record_count")?;
    some_lines(record.lines.len())?;
    let again = row.stage == CountStage::Recount;
    if again && row.counted_by == actor && !actor.is_empty() {
        return Err(Rejection::SameActor { actor: shown(actor) });
    }
    let mut lines: Vec<CountedLine> = Vec::with_capacity(record.lines.len());
    for line in &record.lines {
        let (sku, _) = state.catalog.sku_of(&line.sku)?;
        if !(0..=num::QTY_MAX).contains(&line.qty) {
            return Err(Rejection::InvalidQuantity { qty: line.qty, max: num::QTY_MAX });
        }
        check_place(state, row.node, &line.place)?;
        let planned = row.lines.iter().any(|known| known.sku == sku);
        if !planned || lines.iter().any(|known| (known.sku, &known.place) == (sku, &line.place)) {
            let need = format!("SKUs of the count, each once a place; `{}` is not", shown(&line.sku));
            return Err(Rejection::InvalidField { field: "lines.sku".into(), need });
        }
        let expected = state.stock.in_place(sku, row.node, &line.place);
        if line.qty > expected {
            let same = |known: &CountedLine| known.sku == sku && is_of(&known.place, &line.place.lot);
            let again = lines.iter().any(|known| same(known) && known.counted > 0);
            check_lot(state, sku, &line.place, line.qty.saturating_sub(expected), again)?;
        }
        lines.push(CountedLine { sku, expected, counted: line.qty, place: line.place.clone() });
    }
    // All lines as they stand after this: those of now, and those counted before.
    let mut all = lines.clone();
    for known in row.lines.iter().filter(|known| known.times > 0) {
        let (sku, place) = (known.sku, known.place.0.clone());
        if !lines.iter().any(|line| (line.sku, &line.place) == (sku, &place)) {
            all.push(CountedLine { sku, expected: known.expected, counted: known.counted, place });
        }
    }
    row.lines.iter().try_for_each(|known| check_whole(state, known.sku, row.node, &all))?;
    let mut variance = 0i64;
    let mut far = false;
    // Of several tolerances the least holds for the count.
    let mut tolerance = Money::from_micros(i64::MAX);
    for line in &all {
        let off = line.counted.saturating_sub(line.expected).saturating_abs();
        let place = scope_of(state, line.sku, row.node);
        let recount = state.read_parameter("count_recount_units", &place, at).micros();
        tolerance = tolerance.min(state.read_parameter("count_tolerance_value", &place, at));
        far = far || (recount > 0 && num::mul(off, MICROS)? > recount);
        variance = num::add(variance, worth_of(state, line.sku, row.node, off)?)?;
    }
    let variance = Money::from_micros(variance);
    let stage = match (far && !again, variance > tolerance) {
        (true, _) => CountStage::Recount,
        (false, true) => CountStage::Review,
        (false, false) => CountStage::Approved,
    };
    let opened = Opened { node: row.node, ..Opened::of(ExceptionCode::CountVariance) };
    let exceptions = if stage == CountStage::Review { vec![opened.about(&record.count)] } else { Vec::new() };
    Ok(Body::CountRecorded(CountRecorded { count, lines, stage, variance, exceptions }))
}

/// `Ok` if a SKU was counted, and in every place where the book has own sellable units of it.
fn check_whole(state: &State, sku: SkuId, node: NodeId, lines: &[CountedLine]) -> Result<(), Rejection> {
    let counted = |place: &Place| lines.iter().any(|line| line.sku == sku && line.place == *place);
    let apart = state.stock.places(sku, node).into_iter().map(|(place, _)| place);
    let mut missed = apart
        .filter(|place| place.is_own() && place.condition == Condition::Sellable && !counted(place))
        .collect::<Vec<_>>();
    let plain = Place::default();
    let none = !lines.iter().any(|line| line.sku == sku);
    if !counted(&plain) && ((none && missed.is_empty()) || state.stock.in_place(sku, node, &plain) != 0) {
        missed.push(plain);
    }
    let Some(place) = missed.first() else { return Ok(()) };
    let mut lies = sku_code(state, sku);
    for (word, text) in [("bin", &place.bin), ("lot", &place.lot)].iter().filter(|(_, text)| !text.is_empty())
    {
        lies = format!("{lies}, {word} {text},");
    }
    let need = format!("every SKU of the count in every place; {lies} was not counted");
    Err(Rejection::InvalidField { field: "lines".into(), need })
}

/// What so many units of a pool are worth: at the pool's mean, or at list price where it is empty.
fn worth_of(state: &State, sku: SkuId, node: NodeId, qty: i64) -> Result<i64, Rejection> {
    let (_, cell) = state.pool_of(sku, node);
    if cell.on_hand() > 0 {
        return Ok(num::mul_div(cell.value.micros(), qty, cell.on_hand())?);
    }
    let row = state.catalog.sku.get(sku.0);
    Ok(row.map_or(Ok(0), |row| num::mul_div(row.price.micros(), qty, row.scale))?)
}

/// What a count that is to be posted takes out of sellable stock at its node.
pub(crate) fn needed_by_count(state: &State, post: &PostCount) -> Vec<super::room::Needed> {
    let Ok((_, row)) = step_of(state, &post.count, "post_count") else { return Vec::new() };
    let sellable = |line: &&CountLineRow| line.place.is_own() && line.place.condition == Condition::Sellable;
    let lost = |line: &CountLineRow| {
        let off = line.counted.saturating_sub(line.expected).saturating_sub(line.posted);
        (line.sku, row.node, off.saturating_neg())
    };
    row.lines.iter().filter(sellable).map(lost).collect()
}

/// What of a count's differences is posted, and the correction of stock that does it.
pub(crate) fn decide_post(state: &State, post: &PostCount) -> Result<(CountPosted, Option<Body>), Rejection> {
    let (count, row) = step_of(state, &post.count, "post_count")?;
    state.catalog.reason_of(&post.reason)?;
    let mut posted: Vec<PostedLine> = Vec::new();
    let (mut lines, mut exceptions, mut complete) = (Vec::new(), Vec::new(), true);
    for line in &row.lines {
        let off = line.counted.saturating_sub(line.expected).saturating_sub(line.posted);
        if posted.iter().any(|other: &PostedLine| other.sku == line.sku) {
            complete = complete && off == 0;
            continue;
        }
        let cell = state.stock.cells.get(line.sku, row.node);
        // What is promised stays until it is planned anew: a loss never eats a promise in silence.
        let free = free_in(state, line.sku, row.node, &line.place);
        let qty = off.max(free.max(0).saturating_neg());
        if qty != off {
            complete = false;
            let (code, missing) = (ExceptionCode::NegativeStock, qty.saturating_sub(off));
            let opened = Opened { code, order: OrderId::NONE, sku: line.sku, node: row.node, qty: missing };
            exceptions.push(opened.about(&post.count));
        }
        if qty != 0 {
            let scale = state.catalog.sku.get(line.sku.0).map_or(1, |row| row.scale);
            let empty = qty > 0 && cell.on_hand() <= 0;
            let unit = if empty {
                Some(Money::from_micros(worth_of(state, line.sku, row.node, scale)?))
            } else {
                None
            };
            let place = line.place.0.clone();
            posted.push(PostedLine { sku: line.sku, qty, place: place.clone() });
            let sku = sku_code(state, line.sku);
            lines.push(AdjustLine { sku, qty, place, unit_cost: unit, value: None });
        }
    }
    let number = match row.postings {
        0 => post.count.clone(),
        times => format!("{}/{}", post.count, times.saturating_add(1)),
    };
    let posted = CountPosted { count, lines: posted, complete, exceptions };
    if lines.is_empty() {
        return Ok((posted, None));
    }
    let node = node_code(state, row.node);
    let adjust = AdjustStock { adjustment: number, node, reason: post.reason.clone(), lines };
    Ok((posted, Some(decide_adjustment(state, &adjust)?)))
}
