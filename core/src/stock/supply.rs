//! Supply that is to come, as it is announced and asked for.

use crate::value::money::Money;
use crate::value::time::Instant;
use crate::value::wire::{wire, words};

words! {
    /// Where supply comes from.
    #[derive(Default)]
    pub enum SupplyKind {
        /// A purchase order.
        PurchaseOrder,
        /// A transfer between nodes.
        Transfer,
        /// Goods that customers have announced to send back.
        Return,
        /// Own production, or anything else.
        #[default]
        Other,
        /// What lies there.
        OnHand,
        /// Named in the question.
        Asked,
    }
}

wire! {
    /// Announces supply that no purchase order stands for. Said again, it replaces; 0 units strike it.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let expect = ExpectSupply {
    ///     supply: "S-1".into(), kind: SupplyKind::default(), sku: "TEE".into(), node: "RENO".into(),
    ///     qty: 15, at: at.plus_seconds(86_400), percent: None,
    /// };
    /// book.execute(&Envelope::new("s-1", at, Command::ExpectSupply(expect)))?;
    /// let atp = Query::Atp(serde_json::from_str(r#"{"sku":"TEE","days":3}"#)?);
    /// let Answer::Atp(found) = book.ask(&atp)? else { panic!() };
    /// assert_eq!(found.days.iter().map(|day| day.atp).collect::<Vec<_>>(), [10, 25, 25]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ExpectSupply {
        /// Its number.
        pub supply: String,
        /// Where it comes from.
        #[serde(default)]
        pub kind: SupplyKind,
        /// The SKU.
        pub sku: String,
        /// Where it comes in.
        pub node: String,
        /// Units that are still to come; 0 = no more.
        pub qty: i64,
        /// When.
        pub at: Instant,
        /// How sure it is, in percent: a question that asks for more confidence does not count it.
        #[serde(default)]
        pub percent: Option<Money>,
    }

    /// Says when a transfer that is under way will arrive.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"ship_transfer":{"transfer":"T-1","from":"RENO","to":"DALLAS","lines":[
    /// #     {"sku":"TEE","qty":4}]}}"#;
    /// # book.execute(&Envelope::new("ship", at, serde_json::from_str(json)?))?;
    /// // Four of ten TEE are on their way to DALLAS, and there the day after tomorrow.
    /// let expect = ExpectTransfer { transfer: "T-1".into(), at: at.plus_seconds(2 * 86_400) };
    /// book.execute(&Envelope::new("expect", at, Command::ExpectTransfer(expect)))?;
    /// let atp = Query::Atp(serde_json::from_str(r#"{"sku":"TEE","days":4}"#)?);
    /// let Answer::Atp(found) = book.ask(&atp)? else { panic!() };
    /// assert_eq!(found.days.iter().map(|day| day.atp).collect::<Vec<_>>(), [6, 6, 10, 10]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ExpectTransfer {
        /// The transfer.
        pub transfer: String,
        /// When.
        pub at: Instant,
    }

    /// Says how late a supplier's deliveries are: by how many days a share of them has arrived.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"place_purchase_order":{"purchase_order":"P-1","supplier":"ACME","node":"RENO",
    /// #     "lines":[{"sku":"TEE","qty":20,"unit_cost":"8"}],"expected_at":"2026-01-06T09:00:00Z"}}"#;
    /// # book.execute(&Envelope::new("buy", at, serde_json::from_str(json)?))?;
    /// // Twenty TEE are expected tomorrow. Half of ACME's deliveries are on time, nine of ten two days
    /// // late at most.
    /// let step = |percent: i64, days| LatenessStep { percent: Money::from_cents(percent * 100), days };
    /// let steps = vec![step(50, 0), step(90, 2)];
    /// let lateness = SetSupplyLateness { supplier: "ACME".into(), steps };
    /// book.execute(&Envelope::new("late", at, Command::SetSupplyLateness(lateness)))?;
    /// let sure = Query::Atp(serde_json::from_str(r#"{"sku":"TEE","days":5,"confidence_percent":"90"}"#)?);
    /// let Answer::Atp(found) = book.ask(&sure)? else { panic!() };
    /// assert_eq!(found.days.iter().map(|day| day.atp).collect::<Vec<_>>(), [10, 10, 10, 30, 30]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct SetSupplyLateness {
        /// The supplier.
        pub supplier: String,
        /// Steps, by rising percent and days; empty = always on time.
        pub steps: Vec<LatenessStep>,
    }

    /// So many percent of deliveries arrive at most so many days late.
    #[derive(Copy)]
    pub struct LatenessStep {
        /// Percent, as in "90".
        pub percent: Money,
        /// Days.
        pub days: u32,
    }

    /// Caps what may be sold of a SKU before it is there: its backorders.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let cap = SetPreorder { sku: "TEE".into(), qty_max: Some(2), supply_percent: None };
    /// book.execute(&Envelope::new("cap", at, Command::SetPreorder(cap)))?;
    /// // 10 are there, and a line waits whole: 13 would, and two may.
    /// let order = r#"{"place_order":{"order":"1","channel":"web","to":{"lat":"39","lon":"-119"},
    ///     "lines":[{"sku":"TEE","qty":13}]}}"#;
    /// let no = book.execute(&Envelope::new("order", at, serde_json::from_str(order)?)).unwrap_err();
    /// assert_eq!(no, Rejection::PreorderFull { sku: "TEE".into(), asked: 13, left: 2 });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct SetPreorder {
        /// The SKU.
        pub sku: String,
        /// Units that may wait at most; none = no such cap.
        #[serde(default)]
        pub qty_max: Option<i64>,
        /// Percent of the supply that is to come; none = no such cap.
        #[serde(default)]
        pub supply_percent: Option<Money>,
    }

    /// Units at an instant.
    #[derive(Copy)]
    pub struct TimedQty {
        /// When.
        pub at: Instant,
        /// Units.
        pub qty: i64,
    }

    /// Asks what may be promised, day by day.
    ///
    /// Supply that comes between now and the first instant is there by then. What waits for supply is demand,
    /// once, wherever it is served; where nodes are named, only what one of them could serve, by its order's
    /// terms and sourcing rule: an order that waits for another node alone takes nothing from these.
    ///
    /// A virtual kit is answered in kits: the least over its components, and only what lies or comes together
    /// at one node, as for `available`. What its days gain and lose is net.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"place_purchase_order":{"purchase_order":"P-1","supplier":"ACME","node":"RENO",
    /// #     "lines":[{"sku":"TEE","qty":20,"unit_cost":"8"}]}}"#;
    /// # book.execute(&Envelope::new("buy", at, serde_json::from_str(json)?))?;
    /// // 10 are there; 20 are bought and come in a week.
    /// let query = AtpQuery {
    ///     sku: "TEE".into(), channel: Some("web".into()), nodes: vec![], from: None, days: 9,
    ///     confidence_percent: Money::ZERO, overdue_days: None, demands: vec![], supplies: vec![],
    /// };
    /// let Answer::Atp(found) = book.ask(&Query::Atp(query))? else { panic!() };
    /// let atp: Vec<i64> = found.days.iter().map(|day| day.atp).collect();
    /// assert_eq!(atp, [10, 10, 10, 10, 10, 10, 10, 30, 30]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct AtpQuery {
        /// The SKU.
        pub sku: String,
        /// The channel; none = what is free, whoever it is protected for.
        #[serde(default)]
        pub channel: Option<String>,
        /// Nodes, or groups of nodes; empty = all open nodes.
        #[serde(default)]
        pub nodes: Vec<String>,
        /// The first instant; none = now.
        #[serde(default)]
        pub from: Option<Instant>,
        /// Days of 24 hours, 1 to 400.
        pub days: u32,
        /// How sure supply must be, in percent: it is counted when so many percent of it have arrived.
        #[serde(default)]
        pub confidence_percent: Money,
        /// When supply that is overdue is counted, in days from the first instant; none = not at all.
        #[serde(default)]
        pub overdue_days: Option<u32>,
        /// Demand that the book does not know.
        #[serde(default)]
        pub demands: Vec<TimedQty>,
        /// Supply that the book does not know.
        #[serde(default)]
        pub supplies: Vec<TimedQty>,
    }
}
