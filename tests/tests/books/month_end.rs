//! Cases of the books that a controller can check by hand, each to the cent.

use std::collections::BTreeMap;
use stockbook::{Answer, Body, Book, Event, Instant, Query, StockQuery};
use stockbook_tests::tell::tell;

struct Told {
    book: Book,
    said: u64,
    at: Instant,
}

impl Told {
    /// A book with one SKU of a costing, two nodes, a channel and a supplier.
    fn new(valuation: &str, costing: &str) -> Told {
        let mut told = Told { book: Book::new(), said: 0, at: "2026-01-05T09:00:00Z".parse().unwrap() };
        if !valuation.is_empty() {
            told.say(&format!(r#"{{"set_valuation":{{{valuation}}}}}"#));
        }
        for command in [
            r#"{"define_reason":{"reason":"work"}}"#.into(),
            format!(r#"{{"define_sku":{{"sku":"TEE","price":"20.00","costing":"{costing}"}}}}"#),
            r#"{"define_node":{"node":"DC","kind":"warehouse","place":{"lat":"40.7","lon":"-74.0"}}}"#.into(),
            r#"{"define_node":{"node":"SHOP","kind":"store","place":{"lat":"40.8","lon":"-74.1"}}}"#.into(),
            r#"{"define_channel":{"channel":"web","promise_hours":400}}"#.into(),
            r#"{"define_supplier":{"supplier":"ACME","lead_time_days":7,"expedite_days":2}}"#.into(),
        ] {
            told.say(&command);
        }
        told
    }

    fn try_say(&mut self, command: &str) -> Result<Event, stockbook::Rejection> {
        self.said += 1;
        self.at = self.at.plus_seconds(60);
        tell(&mut self.book, (self.said, self.at), command, 0)
    }

    fn say(&mut self, command: &str) -> Event {
        self.try_say(command).unwrap_or_else(|no| panic!("{no}: {command}"))
    }

    fn receive(&mut self, number: &str, node: &str, qty: i64, cost: &str) {
        self.say(&format!(
            r#"{{"receive_goods":{{"receipt":"{number}","node":"{node}","supplier":"ACME","lines":[{{"sku":"TEE","qty":{qty},"unit_cost":"{cost}"}}]}}}}"#
        ));
    }

    fn sell(&mut self, number: &str, sku: &str, qty: i64) -> Event {
        self.say(&format!(
            r#"{{"place_order":{{"order":"{number}","channel":"web","to":{{"lat":"40.7","lon":"-74.0"}},"lines":[{{"sku":"{sku}","qty":{qty}}}]}}}}"#
        ));
        self.say(&format!(r#"{{"ship_order":{{"order":"{number}","node":"DC"}}}}"#))
    }

    /// Balances by account, in cents.
    fn cents(&self) -> BTreeMap<String, i64> {
        let code = |id| self.book.account_code(id).expect("an account").to_owned();
        self.book.trial_balance().iter().map(|v| (code(v.account), v.balance.micros() / 10_000)).collect()
    }

    /// What stock of a SKU is worth, by node.
    fn worth(&self, sku: &str) -> Vec<(String, i64, String)> {
        let query = StockQuery { sku: sku.into(), node: None, states: false };
        let Answer::Stock(views) = self.book.ask(&Query::Stock(query)).unwrap() else { panic!() };
        let code = |id| self.book.node_code(id).unwrap_or_default().to_owned();
        views.iter().map(|view| (code(view.node), view.on_hand, view.value.to_string())).collect()
    }
}

/// All of a company's stock has one average: what leaves one node costs what it would cost at another.
#[test]
fn nodes_of_a_company_share_one_average() {
    let mut told =
        Told::new(r#""scope":"company","costing":"moving_average","late":"replay""#, "moving_average");
    told.receive("R-1", "DC", 10, "5.00");
    told.receive("R-2", "SHOP", 10, "7.00");
    let at = |node: &str, qty, value: &str| (node.to_owned(), qty, value.to_owned());
    assert_eq!(told.worth("TEE"), [at("DC", 10, "60.00"), at("SHOP", 10, "60.00")]);
    told.sell("O-1", "TEE", 5);
    assert_eq!(told.cents()["5000"], 3_000, "five at the company's average, not at the node's 5.00");
    assert_eq!(told.worth("TEE"), [at("DC", 5, "30.00"), at("SHOP", 10, "60.00")]);
    // Freight on the first receipt: of twenty units fifteen are there.
    told.say(
        r#"{"allocate_landed_cost":{"landed_cost":"L-1","amount":"20.00","receipts":[{"receipt":"R-1"}]}}"#,
    );
    assert_eq!(told.cents()["5000"], 3_500);
    assert_eq!(told.worth("TEE"), [at("DC", 5, "35.00"), at("SHOP", 10, "70.00")]);
    assert_eq!(told.cents()["1300"], 10_500);
    assert_eq!(told.cents()["1350"], 0, "nothing is in transit");
    // Companies apart have pools apart.
    told.say(r#"{"define_company":{"company":"SELLER"}}"#);
    told.say(r#"{"define_node":{"node":"FAR","kind":"warehouse","place":{"lat":"34.0","lon":"-118.2"}}}"#);
    told.say(r#"{"describe_node":{"node":"FAR","company":"SELLER"}}"#);
    told.receive("R-3", "FAR", 5, "9.00");
    assert_eq!(told.worth("TEE")[2], at("FAR", 5, "45.00"));
    let no = told.try_say(r#"{"describe_node":{"node":"DC","company":"SELLER"}}"#).unwrap_err();
    assert_eq!(no.name(), "CannotChange");
}

/// What a component costs late is borne by the kits that it went into, and by what was sold of them.
#[test]
fn a_late_cost_follows_its_goods_into_a_kit() {
    for late in ["replay", "prospective"] {
        let mut told = Told::new(&format!(r#""late":"{late}""#), "fifo");
        told.say(r#"{"define_sku":{"sku":"SET","price":"50.00","costing":"moving_average"}}"#);
        told.say(r#"{"define_kit":{"sku":"SET","kind":"assembled","components":[{"sku":"TEE","qty":2}]}}"#);
        told.receive("R-1", "DC", 10, "5.00");
        told.say(r#"{"assemble_kit":{"assembly":"K-1","node":"DC","sku":"SET","qty":2,"step":"assemble"}}"#);
        told.sell("O-1", "SET", 1);
        assert_eq!(told.cents()["5000"], 1_000);
        let landed = r#"{"allocate_landed_cost":{"landed_cost":"L-1","amount":"10.00","receipts":[{"receipt":"R-1"}]}}"#;
        told.say(landed);
        // Of ten units six lie there, two are in the kit that lies there, two in the one that was sold.
        assert_eq!(told.worth("TEE")[0].2, "36.00");
        assert_eq!(told.worth("SET")[0].2, "12.00");
        assert_eq!(told.cents()["5000"], 1_200);
        assert_eq!((told.cents()["1350"], told.cents()["5050"], told.cents()["5100"]), (0, 0, 0));
    }
}

/// Layers move unchanged: what came first to the first node leaves the second first, and a receipt keeps its own.
#[test]
fn layers_go_along_with_a_transfer() {
    for valuation in ["", r#""late":"replay""#] {
        let mut told = Told::new(valuation, "fifo");
        told.receive("R-1", "DC", 10, "5.00");
        told.receive("R-2", "DC", 10, "7.00");
        told.say(r#"{"ship_transfer":{"transfer":"T-1","from":"DC","to":"SHOP","lines":[{"sku":"TEE","qty":15}]}}"#);
        told.say(r#"{"receive_transfer":{"transfer":"T-1","lines":[{"line":1,"qty":6}]}}"#);
        assert_eq!(told.worth("TEE")[1].2, "30.00", "the oldest arrive first");
        told.say(r#"{"receive_transfer":{"transfer":"T-1","lines":[{"line":1,"qty":8}],"closing":"short"}}"#);
        assert_eq!(told.cents()["5110"], 700, "one of the younger is lost");
        assert_eq!(told.worth("TEE")[1].2, "78.00");
        told.say(
            r#"{"return_to_vendor":{"vendor_return":"V-1","node":"SHOP","supplier":"ACME","lines":[{"sku":"TEE","qty":2,"receipt":"R-2"}]}}"#,
        );
        assert_eq!(told.worth("TEE")[1].2, "64.00", "they leave their own layer, where they are now");
        told.say(r#"{"adjust_stock":{"adjustment":"A-1","node":"SHOP","reason":"work","lines":[{"sku":"TEE","qty":-11}]}}"#);
        assert_eq!(told.cents()["5100"], 5_700, "ten at 5.00 and one at 7.00");
        if !valuation.is_empty() {
            // Freight on the second receipt: five at one node, one at the other; one was lost, one was shrinkage.
            told.say(r#"{"allocate_landed_cost":{"landed_cost":"L-1","amount":"10.00","receipts":[{"receipt":"R-2"}]}}"#);
            assert_eq!(told.worth("TEE")[0].2, "40.00");
            assert_eq!(told.worth("TEE")[1].2, "8.00");
            assert_eq!((told.cents()["5110"], told.cents()["5100"]), (800, 5_800));
        }
    }
}

/// Lots keep their names and their costs, to another node, to a customer and back.
#[test]
fn lots_go_along_with_their_goods() {
    for valuation in ["", r#""late":"replay""#] {
        let mut told = Told::new(valuation, "lot");
        for (number, lot, cost) in [("R-1", "A", "5.00"), ("R-2", "B", "9.00")] {
            told.say(&format!(
                r#"{{"receive_goods":{{"receipt":"{number}","node":"DC","supplier":"ACME","lines":[{{"sku":"TEE","qty":3,"unit_cost":"{cost}","place":{{"lot":"{lot}"}}}}]}}}}"#
            ));
        }
        let costs = |told: &Told| {
            let query = StockQuery { sku: "TEE".into(), node: None, states: false };
            let Answer::Costs(view) = told.book.ask(&Query::Costs(query)).unwrap() else { panic!() };
            let pool =
                |pool: &stockbook::CostPoolView| (pool.node.0, pool.lot.0, pool.qty, pool.value.to_string());
            view.pools.iter().map(pool).collect::<Vec<_>>()
        };
        let sold = told.sell("O-1", "TEE", 4);
        let Body::OrderShipped(sold) = sold.body else { panic!() };
        let lots: Vec<(u32, i64)> = sold.lines[0].lots.iter().map(|lot| (lot.lot.0, lot.qty)).collect();
        assert_eq!(lots, [(1, 3), (2, 1)]);
        let back = |number: &str, lot: &str| {
            format!(
                r#"{{"receive_return":{{"rma":"{number}","order":"O-1","node":"DC","lines":[{{"line":1,"qty":1,"disposition":"restock"{lot}}}]}}}}"#
            )
        };
        told.say(&back("X-1", r#","lot":"B""#));
        assert_eq!(costs(&told), [(0, 2, 3, "27.00".into())], "lot B is whole again");
        told.say(&back("X-2", ""));
        assert_eq!(told.cents()["5000"], 1_000, "two of lot A are with the customer");
        assert_eq!(told.try_say(&back("X-3", r#","lot":"B""#)).unwrap_err().name(), "InvalidField");
        told.say(
            r#"{"ship_transfer":{"transfer":"T-1","from":"DC","to":"SHOP","lines":[{"sku":"TEE","qty":3}]}}"#,
        );
        told.say(r#"{"receive_transfer":{"transfer":"T-1","lines":[{"line":1,"qty":3}]}}"#);
        assert_eq!(
            costs(&told),
            [(0, 2, 1, "9.00".into()), (1, 1, 1, "5.00".into()), (1, 2, 2, "18.00".into())],
            "lots arrive as they left"
        );
        if !valuation.is_empty() {
            told.say(r#"{"allocate_landed_cost":{"landed_cost":"L-1","amount":"3.00","receipts":[{"receipt":"R-1"}]}}"#);
            assert_eq!(costs(&told)[1].3, "6.00", "one of lot A lies there, two were sold");
            assert_eq!(told.cents()["5000"], 1_200);
        }
    }
}

/// Names that one receipt says first, of a bin and of two lots, get their numbers in turn: a late cost finds each
/// lot's own pool.
#[test]
fn two_new_lots_of_one_receipt_are_told_apart() {
    let mut told = Told::new(r#""late":"replay""#, "lot");
    told.say(
        r#"{"receive_goods":{"receipt":"R-1","node":"DC","supplier":"ACME","lines":[{"sku":"TEE","qty":10,"unit_cost":"1.00","place":{"bin":"B-9","lot":"A"}},{"sku":"TEE","qty":10,"unit_cost":"2.00","place":{"bin":"B-9","lot":"B"}}]}}"#,
    );
    told.sell("O-1", "TEE", 15);
    assert_eq!(told.cents()["5000"], 2_000);
    told.say(
        r#"{"allocate_landed_cost":{"landed_cost":"L-1","amount":"30.00","receipts":[{"receipt":"R-1"}]}}"#,
    );
    assert_eq!((told.cents()["5000"], told.cents()["1300"]), (4_000, 2_000));
}

/// Variances of standard cost follow the goods (IAS 2.21): by what is there and what was issued.
#[test]
fn variances_are_shared_between_stock_and_cost() {
    let mut told = Told::new("", "standard");
    for (period, to) in [("2026-01", "2026-02"), ("2026-02", "2026-03")] {
        told.say(&format!(
            r#"{{"set_period":{{"period":"{period}","from":"{period}-01T00:00:00Z","to":"{to}-01T00:00:00Z"}}}}"#
        ));
    }
    told.say(r#"{"revalue_stock":{"revaluation":"S-1","sku":"TEE","unit_cost":"5.00","reason":"work"}}"#);
    told.receive("R-1", "DC", 10, "6.00");
    told.sell("O-1", "TEE", 3);
    assert_eq!(told.cents()["5020"], 1_000);
    told.say(r#"{"share_variance":{"sharing":"V-1","period":"2026-01"}}"#);
    assert_eq!((told.cents()["1380"], told.cents()["5020"], told.cents()["5000"]), (700, 0, 1_800));
    let no = told.try_say(r#"{"share_variance":{"sharing":"V-2","period":"2026-01"}}"#).unwrap_err();
    assert_eq!(no.name(), "NothingToShare", "once is enough");
    // The invoice comes later, and says 6.50: only what is new is shared.
    told.say(
        r#"{"receive_supplier_invoice":{"invoice":"I-1","supplier":"ACME","lines":[{"sku":"TEE","qty":10,"unit_cost":"6.50"}]}}"#,
    );
    told.say(r#"{"share_variance":{"sharing":"V-2","period":"2026-01"}}"#);
    assert_eq!((told.cents()["1380"], told.cents()["5020"], told.cents()["5000"]), (1_050, 0, 1_950));
    // When the rest is sold, all of it has become cost.
    told.at = "2026-02-03T09:00:00Z".parse().unwrap();
    told.sell("O-2", "TEE", 7);
    told.say(r#"{"share_variance":{"sharing":"V-3","period":"2026-02"}}"#);
    assert_eq!((told.cents()["1380"], told.cents()["5020"], told.cents()["5000"]), (0, 0, 6_500));
}

/// Goods bear the work on them up to what they can be sold for, and no further.
#[test]
fn work_on_returned_goods_is_borne_up_to_their_value() {
    let mut told = Told::new("", "moving_average");
    told.receive("R-1", "DC", 10, "8.00");
    let work = |number: &str, value: &str| {
        format!(
            r#"{{"refurbish_stock":{{"refurbishment":"{number}","sku":"TEE","node":"DC","qty":2,"cost":"5.00","unit_value":"{value}","reason":"work"}}}}"#
        )
    };
    told.say(&work("F-1", "9.00"));
    assert_eq!((told.cents()["1300"], told.cents()["5250"]), (8_200, -200), "two of the five");
    assert_eq!(told.try_say(&work("F-2", "8.00")).unwrap_err().name(), "NothingToCapitalize");
}

/// A vendor's goods are owed for when they are used; his invoice clears that, and what it differs is a variance.
#[test]
fn consigned_goods_are_invoiced_by_their_use() {
    let mut told = Told::new("", "fifo");
    told.say(r#"{"receive_goods":{"receipt":"R-1","node":"DC","lines":[{"sku":"TEE","qty":12,"place":{"owner":"ACME"}}]}}"#);
    assert_eq!(told.cents()["1300"], 0, "what is not ours has no value here");
    told.say(
        r#"{"use_consigned_goods":{"consignment_use":"U-1","node":"DC","sku":"TEE","qty":6,"place":{"owner":"ACME"},"unit_cost":"3.00"}}"#,
    );
    assert_eq!((told.cents()["1300"], told.cents()["2130"]), (1_800, -1_800));
    let event = told.say(
        r#"{"receive_supplier_invoice":{"invoice":"I-1","supplier":"ACME","lines":[{"consignment_use":"U-1","unit_cost":"3.20"}]}}"#,
    );
    assert!(matches!(event.body, Body::SupplierInvoiceReceived(invoice) if invoice.uses.len() == 1));
    let cents = told.cents();
    assert_eq!((cents["2130"], cents["2000"], cents["5020"]), (0, -1_920, 120));
}

/// Freight by volume: the sofa bears nearly all of it.
#[test]
fn freight_is_shared_out_by_volume() {
    let mut told = Told::new("", "fifo");
    told.say(r#"{"define_sku":{"sku":"SOFA","price":"400.00","costing":"fifo"}}"#);
    told.say(
        r#"{"receive_goods":{"receipt":"R-1","node":"DC","supplier":"ACME","lines":[{"sku":"TEE","qty":100,"unit_cost":"5.00"},{"sku":"SOFA","qty":1,"unit_cost":"250.00"}]}}"#,
    );
    let landed = r#"{"allocate_landed_cost":{"landed_cost":"L-1","amount":"100.00","basis":"volume","receipts":[{"receipt":"R-1"}]}}"#;
    assert_eq!(told.try_say(landed).unwrap_err().name(), "SkuUnmeasured");
    told.say(r#"{"describe_sku":{"sku":"TEE","length_mm":300,"width_mm":200,"height_mm":20}}"#);
    told.say(r#"{"describe_sku":{"sku":"SOFA","length_mm":2000,"width_mm":900,"height_mm":800}}"#);
    told.say(landed);
    // 120 litres of shirts, 1,440 of sofa.
    assert_eq!(told.worth("TEE")[0].2, "507.69");
    assert_eq!(told.worth("SOFA")[0].2, "342.31");
}
