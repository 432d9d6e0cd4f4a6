//! Questions about the books: periods, roll-forward, margin, what is not invoiced, tie-out, other ledgers.

use super::*;
use crate::costing::{Costing, WriteDownBasis};
use crate::posting::JournalForm;

wire! {
    /// One period.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    /// # let json = r#"{"set_period":{"period":"2026-01","from":"2026-01-01T00:00:00Z",
    /// #     "to":"2026-02-01T00:00:00Z"}}"#;
    /// # book.execute(&Envelope::new("period", at, serde_json::from_str(json)?))?;
    /// # let json = r#"{"receive_goods":{"receipt":"R-2","node":"RENO","lines":[
    /// #     {"sku":"TEE","qty":5,"unit_cost":"8"}]}}"#;
    /// # book.execute(&Envelope::new("r-2", at, serde_json::from_str(json)?))?;
    /// // 10 TEE came before January was defined, at 8.00; since then 5 came at 8.00.
    /// let january = PeriodQuery { period: "2026-01".into(), company: None, ledger: String::new() };
    /// let query = Query::PeriodBalances(january);
    /// let Answer::PeriodBalances(rows) = book.ask(&query)? else { panic!() };
    /// let inventory = book.account_id("1300").ok_or("in the chart")?;
    /// let row = rows.iter().find(|row| row.account == inventory).ok_or("posted to")?;
    /// assert_eq!([row.opening, row.movement, row.closing], [0, 120_00, 120_00].map(Money::from_cents));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct PeriodQuery {
        /// The period.
        pub period: String,
        /// Only a company's own books; they balance by themselves.
        #[serde(default)]
        pub company: Option<String>,
        /// A ledger beside the book's own; empty = the book's own.
        #[serde(default)]
        pub ledger: String,
    }

    /// Sales by channel and SKU.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    /// # let json = r#"{"set_period":{"period":"2026-01","from":"2026-01-01T00:00:00Z",
    /// #     "to":"2026-02-01T00:00:00Z"}}"#;
    /// # book.execute(&Envelope::new("period", at, serde_json::from_str(json)?))?;
    #[doc = include_str!("../../example_order.txt")]
    /// # let json = r#"{"ship_order":{"order":"1001","node":"RENO"}}"#;
    /// # book.execute(&Envelope::new("ship", at, serde_json::from_str(json)?))?;
    /// // 3 TEE at 20.00 left in January; they cost 8.00 each.
    /// let query = Query::Margin(MarginQuery { period: Some("2026-01".into()), ledger: String::new() });
    /// let Answer::Margin(rows) = book.ask(&query)? else { panic!() };
    /// let tee = rows.iter().find(|row| row.qty == 3).ok_or("three were sold")?;
    /// assert_eq!((tee.revenue, tee.cost), (Money::from_cents(60_00), Money::from_cents(24_00)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct MarginQuery {
        /// One period; none = all.
        #[serde(default)]
        pub period: Option<String>,
        /// A ledger beside the book's own; empty = the book's own.
        #[serde(default)]
        pub ledger: String,
    }

    /// The general ledger as the host has it.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    /// let host = vec![HostBalance { account: "1300".into(), balance: Money::from_cents(75_00) }];
    /// let query = Query::TieOut(TieOutQuery { balances: host, ledger: String::new() });
    /// let Answer::TieOut(rows) = book.ask(&query)? else { panic!() };
    /// let inventory = rows.iter().find(|row| row.account == "1300").ok_or("it was named")?;
    /// // 10 TEE at 8.00 in the book, 75.00 in the general ledger.
    /// assert_eq!((inventory.difference, inventory.ties), (Money::from_cents(5_00), false));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct TieOutQuery {
        /// Its balances by account.
        pub balances: Vec<HostBalance>,
        /// A ledger beside the book's own; empty = the book's own.
        #[serde(default)]
        pub ledger: String,
    }

    /// What a close is checked against.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    /// # let json = r#"{"set_period":{"period":"2026-01","from":"2026-01-01T00:00:00Z",
    /// #     "to":"2026-02-01T00:00:00Z"}}"#;
    /// # book.execute(&Envelope::new("period", at, serde_json::from_str(json)?))?;
    /// let january = CloseQuery { period: "2026-01".into(), balances: vec![], ledger: String::new() };
    /// let query = Query::CloseChecklist(january);
    /// let Answer::CloseChecklist(close) = book.ask(&query)? else { panic!() };
    /// let tied = close.checks.iter().find(|check| check.check == CloseCheck::BooksTied);
    /// assert!(tied.is_some_and(|check| check.passes), "accounts of goods equal the goods");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct CloseQuery {
        /// The period.
        pub period: String,
        /// The general ledger as the host has it; empty = not imported.
        #[serde(default)]
        pub balances: Vec<HostBalance>,
        /// A ledger beside the book's own; empty = the book's own.
        #[serde(default)]
        pub ledger: String,
    }

    /// A balance of the host's general ledger.
    pub struct HostBalance {
        /// The account.
        pub account: String,
        /// Debit if positive, credit if negative.
        pub balance: Money,
    }

    /// Another ledger.
    pub struct LedgerQuery {
        /// The ledger.
        pub ledger: String,
    }

    /// The journal from the first event on, as text for another program: whole minor units of the book's
    /// currency, dated by the UTC day of the event. At its end stands what the accounts of goods hold by the
    /// stock, for hledger, ledger and Beancount to check.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    /// let query = JournalQuery { form: JournalForm::Ledger, log: String::new(), ledger: String::new() };
    /// let Answer::Journal(journal) = book.ask(&Query::Journal(query))? else { panic!() };
    /// assert_eq!((journal.entries, journal.stated[0].account.as_str()), (1, "1300"));
    /// assert_eq!(journal.stated[0].balance, Money::from_cents(80_00), "10 TEE at 8.00, by the stock");
    /// assert!(journal.text.contains("    Assets:1300-Inventory  8000 USDCENT\n"));
    /// assert!(journal.text.ends_with("    Assets:1300-Inventory  0 USDCENT = 8000 USDCENT\n\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct JournalQuery {
        /// Whom the text is for.
        pub form: JournalForm,
        /// The log from the first event up to the last, base64 (RFC 4648); empty = the events that the book
        /// still has, if those are all.
        #[serde(default)]
        pub log: String,
        /// A ledger beside the book's own; empty = the book's own.
        #[serde(default)]
        pub ledger: String,
    }
}

answers! {
    /// The journal as text.
    pub struct JournalView {
        /// The whole file.
        pub text: String,
        /// Entries in it.
        pub entries: u64,
        /// Balances of the accounts of goods by the stock, which the text states for its reader to check.
        pub stated: Vec<HostBalance>,
        /// Accounts that share goods with another: their single balances do not follow from the stock.
        pub shared: Vec<String>,
    }

    /// Units and value.
    #[derive(Default)]
    pub struct WorthView {
        /// Units.
        pub qty: i64,
        /// Value.
        pub value: Money,
    }

    /// How a SKU's stock at a node came from its opening to its closing.
    pub struct RollView {
        /// The SKU.
        pub sku: SkuId,
        /// The node.
        pub node: NodeId,
        /// At the period's first instant.
        pub opening: WorthView,
        /// From suppliers, opening balances, consigned goods used; returns to vendors taken off.
        pub receipts: WorthView,
        /// To customers, and back from them.
        pub issues: WorthView,
        /// Found more or less.
        pub adjustments: WorthView,
        /// To and from other nodes.
        pub transfers: WorthView,
        /// Valued anew: late costs, revaluation, write-down to a new basis.
        pub revaluations: WorthView,
        /// After the period's last instant.
        pub closing: WorthView,
    }

    /// An account in a period.
    pub struct PeriodBalanceView {
        /// The account.
        pub account: AccountId,
        /// Balance at the period's first instant.
        pub opening: Money,
        /// Debits less credits of the period.
        pub movement: Money,
        /// Balance after its last instant.
        pub closing: Money,
    }

    /// What a channel earned with a SKU.
    pub struct MarginView {
        /// The channel.
        pub channel: ChannelId,
        /// The SKU; none = what belongs to no SKU, as shipping.
        pub sku: SkuId,
        /// Units sold.
        pub qty: i64,
        /// Revenue, shipping included.
        pub revenue: Money,
        /// Discounts, refunds and credit notes.
        pub given_back: Money,
        /// Cost of goods sold, less that of goods that came back.
        pub cost: Money,
        /// Freight out and handling.
        pub fulfilment: Money,
        /// Revenue less all of them.
        pub margin: Money,
    }

    /// What is received and not invoiced, by age.
    pub struct GrniView {
        /// The lines, oldest first.
        pub lines: Vec<GrniLineView>,
        /// Sums by age: up to 30, 60, 90 days, and older.
        pub ages: Vec<Money>,
        /// What is invoiced and not received.
        pub ahead: Money,
        /// Lines less that: what the accounts of goods received, not invoiced, should owe.
        pub owed: Money,
        /// What they owe.
        pub balance: Money,
    }

    /// A receipt line that is not invoiced.
    pub struct GrniLineView {
        /// The supplier.
        pub supplier: SupplierId,
        /// The receipt.
        pub receipt: String,
        /// Its line, from 1.
        pub line: u32,
        /// The SKU.
        pub sku: SkuId,
        /// Units.
        pub qty: i64,
        /// Their value.
        pub value: Money,
        /// Whole days since.
        pub days: i64,
    }

    /// A line of the tie-out.
    pub struct TieView {
        /// The account, by its code.
        pub account: String,
        /// Balance in the book.
        pub book: Money,
        /// Balance in the host's general ledger.
        pub host: Money,
        /// The book's less the host's.
        pub difference: Money,
        /// Whether they agree.
        pub ties: bool,
    }

    /// What stands between a period and its close: a controller signs it.
    pub struct CloseView {
        /// The period.
        pub period: String,
        /// Its status.
        pub status: PeriodStatus,
        /// The checks, in their order.
        pub checks: Vec<CheckView>,
        /// Whether all pass.
        pub ready: bool,
    }

    /// A check of a close.
    pub struct CheckView {
        /// Its name.
        pub check: CloseCheck,
        /// Whether it passes.
        pub passes: bool,
        /// How many are open.
        pub open: u64,
        /// Their value.
        pub value: Money,
    }

    /// What is known of a SKU's cost.
    pub struct CostView {
        /// The method.
        pub costing: Costing,
        /// Pools of value.
        pub pools: Vec<CostPoolView>,
    }

    /// A pool of value.
    pub struct CostPoolView {
        /// The node.
        pub node: NodeId,
        /// The lot, where costs are kept by lot.
        pub lot: LotId,
        /// Units.
        pub qty: i64,
        /// Value.
        pub value: Money,
        /// Allowance against it.
        pub allowance: Money,
        /// Standard cost of a base unit; 0 = none.
        pub standard: Money,
        /// Layers from the oldest, under FIFO.
        pub layers: Vec<LayerCost>,
    }

    /// The group's books: those of its companies, with what is between them eliminated.
    pub struct ConsolidationView {
        /// What is eliminated, by account: it sums to zero.
        pub eliminations: Vec<BalanceView>,
        /// Mark-up still in stock.
        pub mark_up_in_stock: Money,
        /// Balances of the group.
        pub balances: Vec<BalanceView>,
        /// Balances of each company, which sum to zero: the worksheet's other columns.
        pub companies: Vec<CompanyBalancesView>,
    }

    /// A company's own trial balance.
    pub struct CompanyBalancesView {
        /// The company; empty = what belongs to none.
        pub company: String,
        /// Its balances.
        pub balances: Vec<BalanceView>,
    }

    /// Another ledger, from the same events.
    pub struct LedgerView {
        /// How it values stock.
        pub costing: Costing,
        /// How it writes stock down.
        pub write_down: WriteDownBasis,
        /// Balances of all accounts: they sum to zero.
        pub balances: Vec<BalanceView>,
        /// Value of stock at nodes, in this ledger.
        pub inventory_value: Money,
    }
}

crate::value::wire::words! {
    /// What a close is checked for.
    pub enum CloseCheck {
        /// The books balance, and the accounts of goods equal the goods.
        BooksTied,
        /// The accounts of goods received, not invoiced, owe what is not invoiced of receipts.
        GoodsReceivedNotInvoiced,
        /// Nothing was between nodes when the period ended.
        InTransit,
        /// What was shipped when the period ended was invoiced.
        ShippedNotInvoiced,
        /// Every movement has accounts to be posted to.
        Unposted,
        /// No stock was below zero when the period ended.
        NegativeStock,
        /// No exception of the period, or of before, is open.
        OpenExceptions,
        /// The host's general ledger agrees with the balances at the period's end, account by account.
        GeneralLedger,
        /// The period before is closed.
        PeriodBefore,
        /// The accounts of consigned goods owe what is not invoiced of those that were used.
        ConsignmentNotInvoiced,
    }
}
