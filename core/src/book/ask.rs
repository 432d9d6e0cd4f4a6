//! Answers: what the state says, in the words of the wire.

mod books;
mod catalog;
mod free;
mod history;
mod hold;
mod ledgers;
mod measure;
mod promise;
mod publish;

use super::Book;
use super::as_of::ask_as_of;
use super::query::*;
use crate::allocation::{counterfactual, recheck};
use crate::catalog::Lookup;
use crate::metric::metrics;
use crate::policy::default_policy;
use crate::record::*;
use crate::stock::protection_levels;
use crate::value::ids::*;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::workflow::{
    ask_atp, ask_bid_prices, ask_promise, ask_redeal, ask_replan, decide_order, known_document,
    resolve_order, sold_in,
};

/// Events given at once, if nothing else is said, and at most.
const EVENTS: (usize, usize) = (1_000, 10_000);

impl Book {
    /// Asks the book. Nothing changes.
    ///
    /// # Errors
    /// If the question names what is not there.
    ///
    /// ```
    /// use stockbook::*;
    /// let book = Book::new();
    /// let answer = book.ask(&Query::TrialBalance(Nothing {})).unwrap();
    /// let Answer::TrialBalance(accounts) = answer else { panic!() };
    /// assert!(accounts.iter().all(|account| account.balance == Money::ZERO));
    /// ```
    pub fn ask(&self, query: &Query) -> Result<Answer, Rejection> {
        self.check_fault()?;
        let state = &self.state;
        Ok(match query {
            Query::Stock(query) => Answer::Stock(self.ask_stock(query)?),
            Query::Available(query) => Answer::Available(self.ask_available(query)?),
            Query::Order(query) => Answer::Order(Box::new(self.ask_order(&query.document)?)),
            Query::PurchaseOrder(query) => Answer::PurchaseOrder(self.ask_purchase(&query.document)?),
            Query::Transfer(query) => Answer::Transfer(self.ask_transfer(&query.document)?),
            Query::Holders(query) => Answer::Holders(self.ask_holders(query)?),
            Query::Quote(query) => Answer::Quote(Box::new(self.ask_quote(query)?)),
            Query::TrialBalance(_) => Answer::TrialBalance(self.trial_balance()),
            Query::Exceptions(_) => Answer::Exceptions(self.open_exceptions()),
            Query::Proposals(_) => Answer::Proposals(self.proposals()),
            Query::Events(query) => Answer::Events(self.ask_events(query)?),
            Query::Policy(_) => Answer::Policy(self.policy()),
            Query::PostingRules(_) => Answer::PostingRules(state.books.rules.rows().to_vec()),
            Query::Sku(query) => Answer::Sku(Box::new(self.ask_sku(query)?)),
            Query::Node(query) => Answer::Node(self.ask_node(query)?),
            Query::Channel(query) => Answer::Channel(self.ask_channel(query)?),
            Query::Listing(query) => Answer::Listing(self.ask_listing(query)?),
            Query::History(query) => Answer::History(self.ask_history(query)?),
            Query::Changes(_) => Answer::Changes(self.scheduled_changes()),
            Query::Verify(_) => Answer::Verify(self.verified()?),
            Query::Exception(query) => Answer::Exception(Box::new(self.ask_exception(query.exception)?)),
            Query::ExceptionQueues(_) => Answer::ExceptionQueues(self.exception_queues()),
            Query::ExceptionRules(_) => Answer::ExceptionRules(self.exception_rules()),
            Query::ExplainParameter(query) => Answer::ExplainParameter(self.explain_parameter(query)?),
            Query::Parameters(_) => Answer::Parameters(crate::workflow::parameters(&self.state)),
            Query::Approvals(_) => Answer::Approvals(self.approvals()),
            Query::Roles(_) => Answer::Roles(Box::new(self.roles())),
            Query::Workflow(query) => Answer::Workflow(Box::new(self.workflow(query.document))),
            Query::Fulfilment(query) => Answer::Fulfilment(self.ask_fulfilment(query)?),
            Query::Count(query) => Answer::Count(self.ask_count(query)?),
            Query::Accuracy(query) => Answer::Accuracy(self.ask_accuracy(query)?),
            Query::Readiness(query) => Answer::Readiness(Box::new(self.ask_readiness(query)?)),
            Query::Feeds(_) => Answer::Feeds(self.feeds()),
            Query::AuditChain(query) => Answer::AuditChain(self.ask_audit(query)?),
            Query::Status(_) => Answer::Status(self.status()),
            Query::Recheck(_) | Query::Counterfactual(_) => ask_record(query)?,
            Query::Protection(query) => Answer::Protection(self.ask_protection(query)?),
            Query::ProtectionLevels(query) => Answer::ProtectionLevels(protection_levels(query)?),
            Query::Atp(query) => Answer::Atp(ask_atp(state, query)?),
            Query::Promise(query) => Answer::Promise(ask_promise(state, query)?),
            Query::BidPrices(query) => Answer::BidPrices(ask_bid_prices(state, query)?),
            Query::Hold(query) => Answer::Hold(self.ask_hold(&query.document)?),
            Query::Publish(query) => Answer::Publish(self.ask_publish(query)?),
            Query::Redeal(query) => {
                query.skus.iter().try_for_each(|sku| state.catalog.goods_of(sku).map(drop))?;
                Answer::Redeal(ask_redeal(state, query)?)
            }
            Query::AsOf(query) => Answer::AsOf(ask_as_of(query)?),
            Query::Reconcile(query) => Answer::Reconcile(self.reconcile(query)?),
            Query::RollForward(query) => Answer::RollForward(self.ask_roll_forward(query)?),
            Query::PeriodBalances(query) => Answer::PeriodBalances(self.ask_period_balances(query)?),
            Query::Margin(query) => Answer::Margin(self.ask_margin(query)?),
            Query::GrniAgeing(_) => Answer::GrniAgeing(self.ask_grni()),
            Query::TieOut(query) => Answer::TieOut(self.ask_tie_out(query)?),
            Query::CloseChecklist(query) => Answer::CloseChecklist(self.ask_close(query)?),
            Query::Costs(query) => Answer::Costs(self.ask_costs(query)?),
            Query::Ledger(query) => Answer::Ledger(self.ask_ledger(query)?),
            Query::Consolidation(_) => Answer::Consolidation(self.ask_consolidation()?),
            Query::Journal(query) => Answer::Journal(self.ask_journal(query)?),
            Query::Metrics(_) => Answer::Metrics(metrics()),
            Query::Measure(query) => Answer::Measure(self.measure(query)?),
            Query::Compare(query) => Answer::Compare(self.compare(query)?),
            Query::Subscriptions(_) => Answer::Subscriptions(self.subscriptions()),
            Query::Replan(command) => Answer::Replan(Box::new(ask_replan(state, command)?)),
        })
    }

    fn status(&self) -> StatusView {
        StatusView {
            sequence: self.sequence(),
            now: self.now(),
            state_hash: format!("{:016x}", self.state_hash()),
            first_event: self.first_event(),
        }
    }

    fn verified(&self) -> Result<crate::record::Proof, Rejection> {
        self.verify().map_err(|broken| Rejection::BookFaulted { fault: broken.to_string() })
    }

    /// The policy in force.
    fn policy(&self) -> crate::policy::Policy {
        self.state.books.policies.rows().last().cloned().unwrap_or_else(default_policy)
    }

    fn ask_stock(&self, query: &StockQuery) -> Result<Vec<StockView>, Rejection> {
        let (sku, _) = self.state.catalog.sku_of(&query.sku)?;
        let only = query.node.as_deref().map(|node| self.state.catalog.node_of(node)).transpose()?;
        let only = only.map(|(node, _)| node);
        let all = (0..self.state.catalog.nodes.len()).map(|node| NodeId(num::id(node)));
        let view = |node: NodeId| {
            let cell = self.state.stock.cells.get(sku, node);
            let stock = &self.state.stock;
            let places = stock.places(sku, node).into_iter();
            StockView {
                sku,
                node,
                on_hand: cell.on_hand(),
                sellable: cell.sellable,
                reserved: cell.reserved,
                available: cell.free(),
                on_order: self.state.on_order(sku, node),
                value: cell.value,
                places: places
                    .map(|(place, qty)| PlaceView {
                        qty,
                        expires_at: stock.expiry_of(sku, &place.lot),
                        place,
                    })
                    .collect(),
                states: query.states.then(|| self.states_of(sku, node)),
            }
        };
        let views = all.filter(|node| only.is_none_or(|only| only == *node)).map(view);
        let moves = |v: &StockView| v.states.is_some_and(|states| states != StockStates::default());
        let any = |v: &StockView| {
            v.on_hand != 0 || v.on_order != 0 || !v.places.is_empty() || only.is_some() || moves(v)
        };
        Ok(views.filter(any).collect())
    }

    fn ask_order(&self, number: &str) -> Result<OrderView, Rejection> {
        let id = known_document(&self.state.docs.orders, "order", number)?;
        let unknown = || Rejection::UnknownDocument { kind: "order".into(), document: number.into() };
        let row = self.state.docs.order.get(id).ok_or_else(unknown)?;
        let rows: &[LineRow] = &self.state.order_lines(row);
        let line = |(number, line): (u32, &LineRow)| LineView {
            line: number,
            sku: line.sku,
            qty: line.qty,
            price: line.price,
            reserved: line.reserved,
            backordered: line.backordered,
            shipped: line.shipped,
            cancelled: line.cancelled,
            returned: line.returned,
        };
        let parcels = self.state.parcels(row).map(|(parcel, planned)| ParcelView {
            node: planned.node,
            service: planned.service,
            ship_at: planned.ship_at,
            arrive_at: planned.arrive_at,
            freight: planned.freight,
            handling: planned.handling,
            reserved: self.reserved_in(rows, parcel),
            transfer: self.state.desk.bringing(parcel).and_then(|request| {
                self.state.desk.requests.get(request).map(|(_, number)| number.to_string())
            }),
        });
        let terms = self.state.terms_of(OrderId(id));
        Ok(OrderView {
            order: OrderId(id),
            state: row.state(rows),
            channel: row.channel,
            placed_at: row.placed_at,
            deliver_by: row.deliver_by,
            lines: (1u32..).zip(rows).map(line).collect(),
            parcels: parcels.collect(),
            kits: self.state.kits_of(OrderId(id)).to_vec(),
            substituted: terms.map(|row| row.substituted.0.clone()).unwrap_or_default(),
            sold_in: sold_in(&self.state, OrderId(id), rows),
        })
    }

    fn reserved_in(&self, rows: &[LineRow], parcel: u32) -> Vec<LineQty> {
        let line = |(line, row): (u32, &LineRow)| {
            let mine = self.state.reservations(row.first_reservation).filter(|(_, r)| r.parcel == parcel);
            let qty = mine.map(|(_, r)| r.qty).fold(0, i64::saturating_add);
            (qty > 0).then_some(LineQty { line, qty })
        };
        (1u32..).zip(rows).filter_map(line).collect()
    }

    fn ask_purchase(&self, number: &str) -> Result<PurchaseView, Rejection> {
        let kind = "purchase order";
        let id = known_document(&self.state.docs.purchases, kind, number)?;
        let unknown = || Rejection::UnknownDocument { kind: kind.into(), document: number.into() };
        let row = self.state.docs.purchase.get(id).ok_or_else(unknown)?;
        let line = |(number, line): (u32, &PurchaseLineRow)| PurchaseLineView {
            line: number,
            sku: line.sku,
            qty: line.qty,
            received: line.received,
            unit_cost: line.unit_cost,
        };
        Ok(PurchaseView {
            purchase_order: PurchaseId(id),
            state: row.state(),
            supplier: row.supplier,
            node: row.node,
            expected_at: row.expected_at,
            lines: (1u32..).zip(&row.lines).map(line).collect(),
        })
    }

    fn ask_transfer(&self, number: &str) -> Result<TransferView, Rejection> {
        let id = known_document(&self.state.docs.transfers, "transfer", number)?;
        let unknown = || Rejection::UnknownDocument { kind: "transfer".into(), document: number.into() };
        let row = self.state.docs.transfer.get(id).ok_or_else(unknown)?;
        let line = |(number, line): (u32, &TransferLineRow)| TransferLineView {
            line: number,
            sku: line.sku,
            qty: line.qty,
            received: line.received,
            lost: line.lost,
            value: line.value,
        };
        let lines = (1u32..).zip(&row.lines).map(line).collect();
        let state = row.state();
        let brings = crate::workflow::awaiting(&self.state, number);
        let order = Some(brings).filter(|order| *order != OrderId::NONE);
        Ok(TransferView { transfer: TransferId(id), state, from: row.from, to: row.to, lines, order })
    }

    fn ask_quote(&self, query: &QuoteQuery) -> Result<QuoteView, Rejection> {
        let mut place = query.order.clone();
        place.detail = Detail::Full;
        let dense = resolve_order(&self.state, &place)?;
        let mut allocator = crate::allocation::Allocator::default();
        let at = query.at.max(self.now());
        let mut body = Body::TimeAdvanced(TimeAdvanced {});
        let explanation = decide_order(&self.state, &mut allocator, &dense, at, &mut body)?;
        let (Body::OrderPlaced(placed), Some(explanation)) = (body, explanation) else {
            return Err(Rejection::NoLines { field: "order".into() });
        };
        Ok(QuoteView { plan: placed.plan, explanation: *explanation })
    }

    /// Balances of all accounts: they sum to zero.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// // 10 TEE came in at 8.00: debit inventory, credit goods received and not invoiced.
    /// let balances = book.trial_balance();
    /// let inventory = book.account_id("1300").ok_or("it is in the chart")?;
    /// let row = balances.iter().find(|row| row.account == inventory).ok_or("it was posted to")?;
    /// assert_eq!(row.balance, Money::from_cents(80_00));
    /// assert_eq!(balances.iter().map(|row| row.balance.micros()).sum::<i64>(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn trial_balance(&self) -> Vec<BalanceView> {
        let rows = self.state.books.balances.iter();
        rows.map(|(id, balance)| BalanceView { account: AccountId(id), balance: *balance }).collect()
    }

    /// Open exceptions, oldest first.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// assert!(book.open_exceptions().is_empty());
    /// let raise = r#"{"raise_exception":{"code":"short_pick","node":"RENO","qty":2}}"#;
    /// book.execute(&Envelope::new("raise", at, serde_json::from_str(raise)?))?;
    /// let open = book.open_exceptions();
    /// assert_eq!((open.len(), open[0].exception, open[0].opened.qty), (1, 1, 2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn open_exceptions(&self) -> Vec<ExceptionView> {
        let rows = self.state.books.open_exceptions.iter();
        let view = |id: u32| self.state.books.exceptions.get(id).map(|row| self.exception_view(id, row));
        rows.filter_map(view).collect()
    }

    /// What should be bought or hurried now, by the reorder rules.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let rule = SetReorderRule {
    ///     sku: "TEE".into(), node: "RENO".into(), supplier: "ACME".into(),
    ///     unit_cost: Money::from_cents(8_00), reorder_point: 12, order_up_to: 30, expedite_below: 0,
    /// };
    /// book.execute(&Envelope::new("rule", at, Command::SetReorderRule(rule)))?;
    /// // 10 on hand is at or below 12: buy up to 30.
    /// let proposals = book.proposals();
    /// assert_eq!((proposals[0].qty, proposals[0].position), (20, 10));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn proposals(&self) -> Vec<crate::replenishment::Proposal> {
        crate::workflow::propose(&self.state)
    }

    fn ask_events(&self, query: &EventsQuery) -> Result<Vec<Event>, Rejection> {
        let most = num::index(query.most);
        let most = if most == 0 { EVENTS.0 } else { most.min(EVENTS.1) };
        let events = self.events_since(query.from).map_err(|drained| Rejection::InvalidField {
            field: "from".into(),
            need: format!("an event that the window still has: {} or later", drained.first),
        })?;
        Ok(events.take(most).cloned().collect())
    }
}

/// What is asked of a decision record: the book itself is not consulted.
fn ask_record(query: &Query) -> Result<Answer, Rejection> {
    Ok(match query {
        Query::Recheck(query) => Answer::Recheck(Box::new(recheck(&query.record)?)),
        Query::Counterfactual(query) => {
            Answer::Counterfactual(Box::new(counterfactual(&query.record, query.solves_max)?))
        }
        _ => return Err(Rejection::InvalidField { field: "ask".into(), need: "a record".into() }),
    })
}
