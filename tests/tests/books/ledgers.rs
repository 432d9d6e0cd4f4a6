//! Ledgers beside the book's own, as a controller looks at them: each judges what goods can be sold for by what they
//! cost there, has a journal that the checkers take, a trial balance, periods, a roll-forward and a close of its own.

use crate::checkers::{folder, satisfied};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use stockbook::{Book, Envelope, Instant, JournalForm};
use stockbook_tests::shop::Shop;
use stockbook_tests::tell::tell;
use stockbook_tests::trade::{Dice, Trade};

/// The book goes by average; IFRS and US by FIFO. All write down, each on its own basis.
fn opened() -> Shop {
    let mut shop = Shop::new();
    shop.ok("set_valuation", json!({"late": "replay"}));
    for sku in ["TEE", "CAP"] {
        shop.ok("define_sku", json!({"sku": sku, "group": "apparel", "price": "20.00", "weight_g": 200}));
    }
    let place = json!({"lat": "40.7", "lon": "-74.0"});
    shop.ok("define_node", json!({"node": "DC", "kind": "warehouse", "place": place}));
    shop.ok("define_channel", json!({"channel": "web", "promise_hours": 400}));
    shop.ok("define_supplier", json!({"supplier": "ACME", "lead_time_days": 7, "expedite_days": 2}));
    shop.ok("define_reason", json!({"reason": "nrv"}));
    for (month, from, to) in
        [("2026-01", "2026-01-01", "2026-02-01"), ("2026-02", "2026-02-01", "2026-03-01")]
    {
        let day = |day: &str| format!("{day}T00:00:00Z");
        shop.ok("set_period", json!({"period": month, "from": day(from), "to": day(to)}));
    }
    shop.ok("define_ledger", json!({"ledger": "IFRS", "costing": "fifo"}));
    shop.ok("define_ledger", json!({"ledger": "US", "costing": "fifo", "write_down": "new_cost_basis"}));
    shop
}

fn receive(shop: &mut Shop, receipt: &str, sku: &str, qty: u32, cost: &str) {
    let lines = json!([{"sku": sku, "qty": qty, "unit_cost": cost}]);
    shop.ok("receive_goods", json!({"receipt": receipt, "node": "DC", "supplier": "ACME", "lines": lines}));
}

fn sell(shop: &mut Shop, order: &str, qty: u32) {
    let to = json!({"lat": "41.0", "lon": "-74.5"});
    let lines = json!([{"sku": "TEE", "qty": qty}]);
    shop.ok("place_order", json!({"order": order, "channel": "web", "to": to, "lines": lines}));
    shop.ok("ship_order", json!({"order": order, "node": "DC"}));
}

fn write_down(shop: &mut Shop, number: &str, value: &str, ledger: &str) -> Value {
    let said =
        json!({"write_down": number, "sku": "TEE", "unit_value": value, "reason": "nrv", "ledger": ledger});
    shop.ok("write_down_stock", said)
}

/// Balances in cents of stock, allowance, write-down and cost of goods.
fn cents(shop: &mut Shop, ledger: &str) -> [i64; 4] {
    let rows = shop.book.ledger_balance(ledger).expect("a ledger");
    assert_eq!(rows.iter().map(|row| row.balance.micros()).sum::<i64>(), 0, "{ledger} balances");
    ["1300", "1390", "5210", "5000"].map(|code| {
        let id = shop.book.account_id(code).expect("in the chart");
        rows.iter().find(|row| row.account == id).map_or(0, |row| row.balance.micros() / 10_000)
    })
}

/// 10 TEE at 10.00 and 10 at 14.00; 12 were sold.
fn told() -> Shop {
    let mut shop = opened();
    receive(&mut shop, "R-1", "TEE", 10, "10.00");
    receive(&mut shop, "R-2", "TEE", 10, "14.00");
    sell(&mut shop, "O-1", 12);
    shop
}

#[test]
fn each_ledger_writes_down_by_its_own_cost_and_basis() {
    let mut shop = told();
    let all = |shop: &mut Shop| ["", "IFRS", "US"].map(|ledger| cents(shop, ledger));
    // Of 8 left: 8 at 12.00 by average, 8 at 14.00 by FIFO.
    assert_eq!(all(&mut shop), [[9_600, 0, 0, 14_400], [11_200, 0, 0, 12_800], [11_200, 0, 0, 12_800]]);
    // They sell for 11.00: 88.00.
    write_down(&mut shop, "W-1", "11.00", "");
    let want = [[9_600, -800, 800, 14_400], [11_200, -2_400, 2_400, 12_800], [8_800, 0, 2_400, 12_800]];
    assert_eq!(all(&mut shop), want);
    // For 13.00: 104.00. The book's are worth their cost again; IFRS takes 16.00 back, US nothing.
    write_down(&mut shop, "W-2", "13.00", "");
    let want = [[9_600, 0, 0, 14_400], [11_200, -800, 800, 12_800], [8_800, 0, 2_400, 12_800]];
    assert_eq!(all(&mut shop), want);
    // Half of them are sold, and half of the allowance with them.
    sell(&mut shop, "O-2", 4);
    let want = [[4_800, 0, 0, 19_200], [5_600, -400, 800, 18_000], [4_400, 0, 2_400, 17_200]];
    assert_eq!(all(&mut shop), want);
    // IFRS alone: 4 at 10.00 are 40.00, where 56.00 less 4.00 stood.
    let written = write_down(&mut shop, "W-3", "10.00", "IFRS");
    let want = [[4_800, 0, 0, 19_200], [5_600, -1_600, 2_000, 18_000], [4_400, 0, 2_400, 17_200]];
    assert_eq!((all(&mut shop), &written["StockWrittenDown"]["postings"]), (want, &json!([])));
    // One comes back as it went: at 12.00; at 14.00 with 1.00 of allowance; at 11.00.
    let lines = json!([{"line": 1, "qty": 1, "disposition": "restock"}]);
    shop.ok("receive_return", json!({"rma": "A-1", "order": "O-2", "node": "DC", "lines": lines}));
    let want = [[6_000, 0, 0, 18_000], [7_000, -1_700, 2_000, 16_700], [5_500, 0, 2_400, 16_100]];
    assert_eq!(all(&mut shop), want);
    // The last are found missing: nothing is left, nowhere.
    let lines = json!([{"sku": "TEE", "qty": -5}]);
    shop.ok("adjust_stock", json!({"adjustment": "C-1", "node": "DC", "reason": "nrv", "lines": lines}));
    let want = [[0, 0, 0, 18_000], [0, 0, 300, 16_700], [0, 0, 2_400, 16_100]];
    assert_eq!(all(&mut shop), want);
    let no =
        json!({"write_down": "W-4", "sku": "TEE", "unit_value": "1.00", "reason": "nrv", "ledger": "US"});
    shop.no("write_down_stock", no, "NothingToWriteDown");
    let no =
        json!({"write_down": "W-4", "sku": "TEE", "unit_value": "1.00", "reason": "nrv", "ledger": "HGB"});
    shop.no("write_down_stock", no, "UnknownDocument");
    shop.no("define_ledger", json!({"ledger": "US", "costing": "moving_average"}), "CannotChange");
}

#[test]
fn a_ledger_begins_with_the_write_downs_that_stand() {
    let mut shop = told();
    write_down(&mut shop, "W-1", "11.00", "");
    // The allowance of 8.00 is taken over, or taken off the cost for good.
    shop.ok("define_ledger", json!({"ledger": "TAX", "costing": "moving_average"}));
    shop.ok("define_ledger", json!({"ledger": "GAAP", "costing": "fifo", "write_down": "new_cost_basis"}));
    assert_eq!(cents(&mut shop, "TAX"), [9_600, -800, 800, 14_400]);
    assert_eq!(cents(&mut shop, "GAAP"), [10_400, 0, 800, 12_800]);
    write_down(&mut shop, "W-2", "20.00", "");
    assert_eq!(cents(&mut shop, "TAX"), [9_600, 0, 0, 14_400]);
    assert_eq!(cents(&mut shop, "GAAP"), [10_400, 0, 800, 12_800]);
}

fn tied(shop: &mut Shop, ledger: &str) -> bool {
    let close = shop.ask("close_checklist", json!({"period": "2026-01", "ledger": ledger}));
    let checks = close["checks"].as_array().expect("checks");
    checks.iter().any(|check| check["check"] == "books_tied" && check["passes"] == true)
}

/// 10 TEE at 10.00, written down to 6.00 for good; 5 were sold.
#[test]
fn a_ledger_begins_with_new_cost_bases_that_stand() {
    let mut shop = opened();
    shop.ok("set_valuation", json!({"late": "replay", "write_down": "new_cost_basis"}));
    receive(&mut shop, "R-1", "TEE", 10, "10.00");
    write_down(&mut shop, "W-1", "6.00", "");
    let late = |shop: &mut Shop, ledger: &str, basis: &str| {
        shop.ok("define_ledger", json!({"ledger": ledger, "costing": "fifo", "write_down": basis}));
        cents(shop, ledger)
    };
    assert_eq!(late(&mut shop, "TAX", "allowance"), [10_000, -4_000, 4_000, 0]);
    assert_eq!(late(&mut shop, "GAAP", "new_cost_basis"), [6_000, 0, 4_000, 0]);
    sell(&mut shop, "O-1", 5);
    // Half of the allowance went with the sale, before the ledger began or after it.
    let (allowed, based) = ([5_000, -2_000, 4_000, 3_000], [3_000, 0, 4_000, 3_000]);
    assert_eq!([cents(&mut shop, "TAX"), cents(&mut shop, "IFRS")], [allowed, allowed]);
    assert_eq!([cents(&mut shop, "GAAP"), cents(&mut shop, ""), cents(&mut shop, "US")], [based; 3]);
    assert_eq!(late(&mut shop, "TAX-2", "allowance"), allowed);
    assert_eq!(late(&mut shop, "GAAP-2", "new_cost_basis"), based);
    sell(&mut shop, "O-2", 5);
    for ledger in ["", "IFRS", "US", "TAX", "GAAP", "TAX-2", "GAAP-2"] {
        assert_eq!(
            (cents(&mut shop, ledger), tied(&mut shop, ledger)),
            ([0, 0, 4_000, 6_000], true),
            "{ledger}"
        );
    }
}

/// 10 TEE at 10.00 go to a shop with an allowance of 20.00: a ledger begins when they are there.
#[test]
fn a_ledger_begins_when_nothing_written_down_is_between_nodes() {
    let mut shop = opened();
    let place = json!({"lat": "40.8", "lon": "-74.1"});
    shop.ok("define_node", json!({"node": "SHOP", "kind": "store", "place": place}));
    receive(&mut shop, "R-1", "TEE", 10, "10.00");
    write_down(&mut shop, "W-1", "8.00", "");
    let lines = json!([{"sku": "TEE", "qty": 10}]);
    shop.ok("ship_transfer", json!({"transfer": "T-1", "from": "DC", "to": "SHOP", "lines": lines}));
    let tax = json!({"ledger": "TAX", "costing": "fifo"});
    let why = shop.no("define_ledger", tax.clone(), "CannotChange");
    assert_eq!(why["why"], "goods that are written down are between nodes: receive them first");
    shop.ok("receive_transfer", json!({"transfer": "T-1", "lines": [{"line": 1, "qty": 10}]}));
    shop.ok("define_ledger", tax);
    assert_eq!([cents(&mut shop, "TAX"), cents(&mut shop, "IFRS")], [[10_000, -2_000, 2_000, 0]; 2]);
    assert!(tied(&mut shop, "TAX") && tied(&mut shop, "IFRS"));
    let to = json!({"lat": "41.0", "lon": "-74.5"});
    shop.ok("place_order", json!({"order": "O-1", "channel": "web", "to": to, "lines": lines}));
    shop.ok("ship_order", json!({"order": "O-1", "node": "SHOP"}));
    for ledger in ["", "IFRS", "US", "TAX"] {
        assert_eq!(
            (cents(&mut shop, ledger), tied(&mut shop, ledger)),
            ([0, 0, 2_000, 8_000], true),
            "{ledger}"
        );
    }
}

/// 10 TEE at 10.00 came in January; 5 were sold on 5 February. On the 10th it is said that since 31 January they
/// sell for 6.00: the 5 that are left are written down by 20.00, in every ledger.
#[test]
fn what_is_written_down_late_is_written_down_whole() {
    let mut shop = opened();
    receive(&mut shop, "R-1", "TEE", 10, "10.00");
    shop.wait(31);
    sell(&mut shop, "O-1", 5);
    let said = json!({"write_down": "W-1", "sku": "TEE", "unit_value": "6.00", "reason": "nrv"});
    let told = json!({"id": "late", "at": "2026-02-10T08:00:00Z", "occurred_at": "2026-01-31T08:00:00Z",
        "command": {"write_down_stock": said}});
    let answer: Value =
        serde_json::from_str(&shop.book.execute_json(told.to_string().as_bytes())).expect("JSON");
    assert!(answer["receipt"].is_object(), "{answer}");
    let allowed = [5_000, -2_000, 2_000, 5_000];
    assert_eq!(
        ["", "IFRS", "US"].map(|ledger| cents(&mut shop, ledger)),
        [allowed, allowed, [3_000, 0, 2_000, 5_000]]
    );
    shop.wait(10);
    sell(&mut shop, "O-2", 5);
    for ledger in ["", "IFRS", "US"] {
        assert_eq!(
            (cents(&mut shop, ledger), tied(&mut shop, ledger)),
            ([0, 0, 2_000, 8_000], true),
            "{ledger}"
        );
    }
}

/// Who may write down 100.00 may do so in every ledger: 8 TEE cost 96.00 in the book and 112.00 in IFRS.
#[test]
fn a_limit_holds_in_every_ledger() {
    let mut shop = told();
    shop.ok("set_authority", json!({"command": "write_down_stock", "value_max": "100"}));
    for ledger in ["IFRS", ""] {
        let said = json!({"write_down": "W-1", "sku": "TEE", "unit_value": "1.00", "reason": "nrv", "ledger": ledger});
        let facts = shop.no("write_down_stock", said, "ValueAboveLimit");
        assert_eq!(facts, json!({"value": "104.00", "limit": "100.00"}), "{ledger}");
    }
    write_down(&mut shop, "W-1", "1.50", "IFRS");
    assert_eq!(cents(&mut shop, "IFRS"), [11_200, -10_000, 10_000, 12_800]);
    // And who must ask above 50.00 must ask.
    shop.ok("define_role", json!({"role": "controller", "commands": []}));
    let rule =
        json!({"command": "write_down_stock", "above": "50", "role": "controller", "expires_hours": 8});
    shop.ok("set_approval_rule", rule);
    let written = write_down(&mut shop, "W-2", "8.00", "IFRS");
    assert_eq!(written["ApprovalRequested"]["measured"], "52.00", "{written}");
}

/// Damage is another account's, in every ledger: 8 TEE at 12.00 in the book, at 14.00 elsewhere, sell for 11.00.
#[test]
fn a_ledger_knows_the_reason_of_a_write_down() {
    let mut shop = told();
    shop.ok("define_account", json!({"account": "5215", "name": "Damage", "kind": "expense"}));
    let damage = |movement: &str, credit: &str| json!({"movement": movement, "when": {"reasons": ["nrv"]}, "debit": "5215", "credit": credit});
    let rules = json!([damage("write_down", "1390"), damage("write_down_to_cost", "1300")]);
    shop.ok("set_posting_rules", json!({"base": "perpetual", "rules": rules}));
    let written = write_down(&mut shop, "W-1", "11.00", "");
    assert_eq!(written["StockWrittenDown"]["reason"], "nrv");
    for (ledger, want) in [("", 800), ("IFRS", 2_400), ("US", 2_400)] {
        let damage = shop.book.account_id("5215").expect("in the chart");
        let rows = shop.book.ledger_balance(ledger).expect("a ledger");
        let row = rows.iter().find(|row| row.account == damage).expect("a row");
        assert_eq!((row.balance.micros() / 10_000, cents(&mut shop, ledger)[2]), (want, 0), "{ledger}");
    }
}

/// Money without cents.
fn whole(money: &Value) -> String {
    money.as_str().expect("money").trim_end_matches(".00").to_owned()
}

fn rolled(shop: &mut Shop, ledger: &str, period: &str, sku: &str) -> Vec<(String, i64, String)> {
    let rows = shop.ask("roll_forward", json!({"period": period, "ledger": ledger}));
    let rows = rows.as_array().expect("rows");
    let Some(row) = rows.iter().find(|row| row["sku"] == sku) else { return Vec::new() };
    let parts = row.as_object().expect("a row").iter().filter(|(_, part)| part["qty"].is_i64());
    let part = |(name, part): (&String, &Value)| {
        (name.clone(), part["qty"].as_i64().expect("units"), whole(&part["value"]))
    };
    parts.map(part).filter(|(_, qty, value): &(_, i64, String)| *qty != 0 || value != "0").collect()
}

#[test]
fn a_ledger_has_periods_a_roll_forward_and_a_close_of_its_own() {
    let mut shop = told();
    write_down(&mut shop, "W-1", "11.00", "");
    let row = |name: &str, qty: i64, value: &str| (name.to_owned(), qty, value.to_owned());
    let mut us = vec![row("receipts", 20, "240"), row("issues", -12, "-128"), row("revaluations", 0, "-24")];
    us.push(row("closing", 8, "88"));
    us.sort();
    let mut found = rolled(&mut shop, "US", "2026-01", "TEE");
    found.sort();
    assert_eq!(found, us);
    // January is over for IFRS, not for the others.
    shop.say_at("2026-02-02T08:00:00Z", "advance_time", json!({}));
    let close = json!({"period": "2026-01", "status": "closed", "ledger": "IFRS"});
    shop.say_at("2026-02-02T09:00:00Z", "set_period", close);
    let told = json!({"id": "late", "at": "2026-02-03T08:00:00Z", "occurred_at": "2026-01-31T08:00:00Z", "command":
        {"receive_goods": {"receipt": "R-3", "node": "DC", "supplier": "ACME", "lines":
            [{"sku": "CAP", "qty": 2, "unit_cost": "10.00"}]}}});
    let answer: Value =
        serde_json::from_str(&shop.book.execute_json(told.to_string().as_bytes())).expect("JSON");
    assert!(answer["receipt"].is_object(), "{answer}");
    let came =
        |shop: &mut Shop, ledger| ["2026-01", "2026-02"].map(|month| rolled(shop, ledger, month, "CAP"));
    let (receipts, closing) = (row("receipts", 2, "20"), row("closing", 2, "20"));
    let opening = row("opening", 2, "20");
    let sorted = |mut rows: [Vec<(String, i64, String)>; 2]| {
        rows.iter_mut().for_each(|rows| rows.sort());
        rows
    };
    let january = sorted([vec![receipts.clone(), closing.clone()], vec![opening, closing.clone()]]);
    let february = sorted([vec![], vec![receipts, closing]]);
    assert_eq!([sorted(came(&mut shop, "")), sorted(came(&mut shop, "US"))], [january.clone(), january]);
    assert_eq!(sorted(came(&mut shop, "IFRS")), february);
    let stock = |shop: &mut Shop, ledger: &str, month: &str| {
        let rows = shop.ask("period_balances", json!({"period": month, "ledger": ledger}));
        let row = rows
            .as_array()
            .expect("rows")
            .iter()
            .find(|row| row["account"] == "1300")
            .expect("a row")
            .clone();
        ["opening", "movement", "closing"].map(|part| whole(&row[part]))
    };
    assert_eq!(stock(&mut shop, "", "2026-01"), ["0", "116", "116"]);
    assert_eq!(stock(&mut shop, "IFRS", "2026-01"), ["0", "112", "112"]);
    assert_eq!(stock(&mut shop, "IFRS", "2026-02"), ["112", "20", "132"]);
    closes(&mut shop);
}

/// The close of January in each ledger, the host's general ledger beside it, and what a closed one refuses.
fn closes(shop: &mut Shop) {
    let host = |stock: &str, allowance: &str, sold: &str, down: &str, owed: &str| {
        json!([{"account": "1300", "balance": stock}, {"account": "1390", "balance": allowance},
            {"account": "5000", "balance": sold}, {"account": "5210", "balance": down},
            {"account": "2100", "balance": owed}, {"account": "1100", "balance": "240"},
            {"account": "4000", "balance": "-240"}])
    };
    let books = [
        ("", "open", host("116", "-8", "144", "8", "-260")),
        ("IFRS", "closed", host("112", "-24", "128", "24", "-240")),
        ("US", "open", host("108", "0", "128", "24", "-260")),
    ];
    for (ledger, status, balances) in books {
        let said = json!({"period": "2026-01", "ledger": ledger, "balances": balances});
        let close = shop.ask("close_checklist", said);
        assert_eq!(close["status"], status, "{ledger}");
        let passes: BTreeMap<&str, bool> = close["checks"]
            .as_array()
            .expect("checks")
            .iter()
            .map(|check| (check["check"].as_str().expect("a name"), check["passes"] == true))
            .collect();
        let [tied, general] = ["books_tied", "general_ledger"].map(|check| passes[check]);
        assert!(tied && general, "{ledger}: {close}");
        let february = shop.ask("close_checklist", json!({"period": "2026-02", "ledger": ledger}));
        let checks = february["checks"].as_array().expect("checks");
        let before = checks.iter().find(|check| check["check"] == "period_before").expect("checked");
        assert_eq!(before["passes"] == true, status == "closed", "{ledger}");
    }
    let tied =
        shop.ask("tie_out", json!({"ledger": "US", "balances": [{"account": "1300", "balance": "107"}]}));
    let row = tied.as_array().expect("rows").iter().find(|row| row["account"] == "1300").cloned();
    assert_eq!(row.map(|row| row["difference"].clone()), Some(json!("1.00")));
    let margin = |shop: &mut Shop, ledger: &str| {
        let rows = shop.ask("margin", json!({"period": "2026-01", "ledger": ledger}));
        whole(&rows[0]["margin"])
    };
    assert_eq!(["", "IFRS"].map(|ledger| margin(shop, ledger)), ["96", "112"]);
    let shut = json!({"period": "2026-02", "status": "closed", "ledger": "IFRS"});
    shop.say_at("2026-02-04T09:00:00Z", "set_period", shut);
    let pay = json!({"payment": "P-1", "tender": "gift_sale", "amount": "5"});
    let no = shop.say_at("2026-02-04T10:00:00Z", "record_payment", pay);
    assert_eq!(no["rejection"]["facts"]["period"], "2026-02 of ledger IFRS", "{no}");
    let shut = json!({"period": "2026-09", "status": "closed", "ledger": "IFRS"});
    let no = shop.say_at("2026-02-04T11:00:00Z", "set_period", shut);
    assert_eq!(no["rejection"]["name"], "UnknownDocument", "{no}");
}

/// The journal of a ledger in every form, as the checkers take it, and what the rows of it sum to.
fn journals(name: &str, book: &mut Book, ledger: &str) {
    let folder = folder(name);
    for form in JournalForm::ALL {
        let query = stockbook::JournalQuery { form, log: String::new(), ledger: ledger.into() };
        let answer = book.ask(&stockbook::Query::Journal(query)).expect("a journal");
        let stockbook::Answer::Journal(journal) = answer else { panic!("another answer") };
        std::fs::write(folder.join(format!("journal.{}", form.extension())), &journal.text).expect("written");
        assert!(journal.stated.iter().any(|row| row.account == "1300"), "{name}: {:?}", journal.shared);
        if form == JournalForm::Csv {
            let mut sums: BTreeMap<String, i64> = BTreeMap::new();
            for row in journal.text.lines().skip(1) {
                // No number has quotes; of what is quoted, names alone, nothing is asked.
                let bare: String = row.split('"').step_by(2).collect();
                let cells: Vec<&str> = bare.split(',').collect();
                *sums.entry(cells[5].into()).or_default() += cells[8].parse::<i64>().expect("an amount");
            }
            for row in book.ledger_balance(ledger).expect("a ledger") {
                let code = book.account_code(row.account).expect("an account");
                assert_eq!(
                    sums.get(code).copied().unwrap_or(0) * 10_000,
                    row.balance.micros(),
                    "{name} {code}"
                );
            }
        }
    }
    satisfied(&folder);
    let lines = book.ledger_lines(1, ledger).expect("in the window");
    let mut sums: BTreeMap<u32, i64> = BTreeMap::new();
    lines.for_each(|line| *sums.entry(line.posting.account.0).or_default() += line.posting.amount.micros());
    for row in book.ledger_balance(ledger).expect("a ledger") {
        assert_eq!(sums.get(&row.account.0).copied().unwrap_or(0), row.balance.micros());
    }
}

#[test]
fn journals_of_ledgers_satisfy_all_three() {
    let mut shop = told();
    write_down(&mut shop, "W-1", "11.00", "");
    sell(&mut shop, "O-2", 4);
    for ledger in ["IFRS", "US"] {
        journals(&format!("ledger-{ledger}"), &mut shop.book, ledger);
    }
}

/// A chain that is refused in the end: what ledgers have played of it is as if it had not been.
fn undone(book: &mut Book, (number, at): (u64, Instant), command: &str, hours_ago: i64) {
    let command = serde_json::from_str(command).expect("a command");
    let mut first = Envelope::new(&format!("first-{number}"), at, command);
    first.occurred_at = (hours_ago > 0).then(|| at.plus_seconds(-3600 * hours_ago));
    let no = serde_json::from_str(r#"{"release_hold":{"hold":"none","lines":[]}}"#).expect("a command");
    let before = book.state_hash();
    let refused = book.execute_chain(&[first, Envelope::new(&format!("no-{number}"), at, no)]);
    assert!(refused.is_err());
    assert_eq!(book.state_hash(), before);
}

/// Anything that trade has, told late too, with ledgers that write down: what each recorded is what its goods are
/// worth by their movements, and a log played again says the same.
#[test]
fn random_trade_ties_in_every_ledger() {
    for (costing, late, seed) in [
        ("moving_average", "replay", 41),
        ("fifo", "prospective", 42),
        ("company_fifo", "replay", 43),
        ("lot", "replay", 44),
    ] {
        let (mut book, mut number) = (Book::new(), 0);
        let mut commands = Trade::setup(costing, late);
        commands.push(r#"{"define_ledger":{"ledger":"A","costing":"fifo"}}"#.into());
        commands.push(
            r#"{"define_ledger":{"ledger":"B","costing":"moving_average","write_down":"new_cost_basis"}}"#
                .into(),
        );
        let (mut trade, mut dice) = (Trade::default(), Dice(seed));
        let mut say = |book: &mut Book, at, command: &str, ago| {
            number += 1;
            tell(book, (number, at), command, ago)
        };
        for command in commands {
            say(&mut book, trade.at, &command, 0).expect("it is taken");
        }
        let mut written = 0;
        for step in 0..260u64 {
            let (command, ago) = if step % 9 == 4 {
                let (sku, value) = (["TEE", "ROPE", "SET"][step as usize % 3], 1 + (step * 7) % 13);
                let said = format!(
                    r#"{{"write_down_stock":{{"write_down":"N{step}","sku":"{sku}","unit_value":"{value}","reason":"count","ledger":"{}"}}}}"#,
                    ["", "A", "B"][step as usize / 9 % 3]
                );
                (said, 0)
            } else {
                trade.next(&mut dice, costing == "lot")
            };
            let as_told = (1_000 + step, trade.at);
            if step % 3 == 0 {
                undone(&mut book, as_told, &command, ago);
            }
            // Who comes from a snapshot has played nothing yet, and finds the same.
            let cold = (step % 4 == 1).then(|| Book::restore(&book.snapshot()).expect("it is read"));
            let told = tell(&mut book, as_told, &command, ago);
            if let Some(mut cold) = cold {
                assert_eq!(tell(&mut cold, as_told, &command, ago), told, "{costing} {step}");
                assert_eq!(cold.state_hash(), book.state_hash(), "{costing} {step}");
            }
            written += u64::from(told.is_ok() && command.contains("write_down_stock"));
            for ledger in ["A", "B"] {
                if step % 10 > 0 {
                    continue;
                }
                let close =
                    stockbook::CloseQuery { period: "all".into(), balances: vec![], ledger: ledger.into() };
                let answer = book.ask(&stockbook::Query::CloseChecklist(close)).expect("a checklist");
                let stockbook::Answer::CloseChecklist(close) = answer else { panic!("another answer") };
                assert!(
                    close.checks[0].passes,
                    "{costing} {ledger} {step}: {:?} after {command}",
                    close.checks[0]
                );
            }
        }
        assert!(written > 8, "{costing}: {written}");
        for ledger in ["A", "B"] {
            journals(&format!("ledger-random-{costing}-{ledger}"), &mut book, ledger);
        }
        let again = Book::replay(&book.log_since(1).expect("in the window")).expect("it plays");
        assert_eq!(again.state_hash(), book.state_hash());
        assert_eq!(again.ledger_balance("A"), book.ledger_balance("A"));
    }
}

/// What an order was given later lies apart from its other lines; another order came in between. Two at 12.00 by
/// average are 20.00 by FIFO: what is invoiced is cost of goods in each ledger, and what is credited is not.
#[test]
fn a_line_that_was_added_is_invoiced_in_every_ledger() {
    let mut shop = opened();
    shop.ok("set_selling", json!({"channel": "web", "recognition": "at_invoice"}));
    receive(&mut shop, "R-1", "TEE", 10, "10.00");
    receive(&mut shop, "R-2", "TEE", 10, "14.00");
    let to = json!({"lat": "41.0", "lon": "-74.5"});
    for order in ["O-1", "O-2"] {
        let lines = json!([{"sku": "TEE", "qty": 1}]);
        shop.ok("place_order", json!({"order": order, "channel": "web", "to": to, "lines": lines}));
    }
    let added = json!([{"sku": "TEE", "qty": 1}]);
    shop.ok("reallocate_order", json!({"order": "O-1", "reason": "nrv", "add": added}));
    shop.ok("ship_order", json!({"order": "O-1", "node": "DC"}));
    let cost = |shop: &mut Shop, ledger: &str| cents(shop, ledger)[3];
    assert_eq!(["", "IFRS", "US"].map(|ledger| cost(&mut shop, ledger)), [0, 0, 0]);
    shop.ok("invoice_order", json!({"invoice": "I-1", "order": "O-1"}));
    assert_eq!(["", "IFRS", "US"].map(|ledger| cost(&mut shop, ledger)), [24_00, 20_00, 20_00]);
    let back = json!([{"line": 2, "qty": 1, "amount": "20.00"}]);
    shop.ok("credit_order", json!({"credit_note": "C-1", "order": "O-1", "lines": back}));
    assert_eq!(["", "IFRS", "US"].map(|ledger| cost(&mut shop, ledger)), [12_00, 10_00, 10_00]);
    let waits = |shop: &mut Shop, ledger: &str| {
        let rows = shop.book.ledger_balance(ledger).expect("a ledger");
        let id = shop.book.account_id("1360").expect("in the chart");
        rows.iter().find(|row| row.account == id).map_or(0, |row| row.balance.micros() / 10_000)
    };
    assert_eq!(["", "IFRS", "US"].map(|ledger| waits(&mut shop, ledger)), [12_00, 10_00, 10_00]);

    // What was credited comes back: it waits no more, and the one that was kept is what was sold.
    let lines = json!([{"line": 2, "qty": 1, "disposition": "restock", "refund": "0"}]);
    shop.ok("receive_return", json!({"rma": "A", "order": "O-1", "node": "DC", "lines": lines}));
    assert_eq!(["", "IFRS", "US"].map(|ledger| waits(&mut shop, ledger)), [0, 0, 0]);
    assert_eq!(["", "IFRS", "US"].map(|ledger| cost(&mut shop, ledger)), [12_00, 10_00, 10_00]);
    assert_eq!(["", "IFRS", "US"].map(|ledger| cents(&mut shop, ledger)[0]), [22_800, 23_000, 23_000]);
}

/// A SKU that has moved goes only to a group that is valued as its own is, one by one or in bulk.
#[test]
fn what_has_moved_keeps_how_it_is_valued() {
    let mut shop = Shop::new();
    let fifo = |group: &str, negative: &str| json!({"group": group, "costing": "fifo", "late": "replay", "negative": negative});
    shop.ok("set_valuation", fifo("apparel", "last_cost_then_catch_up"));
    shop.ok("set_valuation", fifo("caps", "last_cost_then_catch_up"));
    shop.ok("set_valuation", fifo("hats", "adopt_last_receipt_price"));
    shop.ok("define_sku", json!({"sku": "TEE", "group": "apparel", "price": "20.00"}));
    let place = json!({"lat": "40.7", "lon": "-74.0"});
    shop.ok("define_node", json!({"node": "DC", "kind": "warehouse", "place": place}));
    shop.ok("define_supplier", json!({"supplier": "ACME", "lead_time_days": 7, "expedite_days": 2}));
    receive(&mut shop, "R-1", "TEE", 10, "10.00");
    shop.no("define_skus", json!({"sku": ["NEW", "TEE"], "price": ["9.00", "9.00"]}), "CannotChange");
    let groups = |tee: &str| json!({"sku": ["NEW", "TEE"], "group": ["hats", tee]});
    shop.no("define_skus", groups("hats"), "CannotChange");
    shop.ok("define_skus", groups("apparel"));
    shop.no("define_sku", json!({"sku": "TEE", "group": "hats"}), "CannotChange");
    shop.ok("define_skus", groups("caps"));
    shop.ok("define_sku", json!({"sku": "TEE", "group": "apparel"}));
    shop.no("set_valuation", fifo("apparel", "adopt_last_receipt_price"), "CannotChange");
    // What is never costed anew may go on otherwise.
    for (group, negative) in [
        ("socks", "last_cost_then_catch_up"),
        ("shoes", "adopt_last_receipt_price"),
        ("socks", "adopt_last_receipt_price"),
    ] {
        shop.ok("set_valuation", json!({"group": group, "costing": "fifo", "negative": negative}));
        shop.ok("define_sku", json!({"sku": "SOX", "group": group}));
        receive(&mut shop, &format!("{group}-{negative}"), "SOX", 1, "4.00");
    }
}

/// 10 TEE at 10.00 come, are written down to 6.00 for good, and 5 are sold, all at one instant; a ledger that begins
/// then has the sale behind the write-down, too.
#[test]
fn a_ledger_begins_with_new_cost_bases_in_their_turn() {
    let mut shop = opened();
    let mut say = |word: &str, said: Value| {
        let answer = shop.say_at("2026-01-31T00:00:00Z", word, said);
        assert!(answer["receipt"].is_object(), "{word}: {answer}");
    };
    say("set_valuation", json!({"late": "replay", "write_down": "new_cost_basis"}));
    let lines = json!([{"sku": "TEE", "qty": 10, "unit_cost": "10.00"}]);
    say("receive_goods", json!({"receipt": "R-1", "node": "DC", "supplier": "ACME", "lines": lines}));
    say(
        "write_down_stock",
        json!({"write_down": "W-1", "sku": "TEE", "unit_value": "6.00", "reason": "nrv"}),
    );
    let lines = json!([{"sku": "TEE", "qty": 5}]);
    let to = json!({"lat": "41.0", "lon": "-74.5"});
    say("place_order", json!({"order": "O-1", "channel": "web", "to": to, "lines": lines}));
    say("ship_order", json!({"order": "O-1", "node": "DC"}));
    say("define_ledger", json!({"ledger": "GAAP", "costing": "fifo", "write_down": "new_cost_basis"}));
    let stands = [3_000, 0, 4_000, 3_000];
    assert_eq!(["", "US", "GAAP"].map(|ledger| cents(&mut shop, ledger)), [stands; 3]);
    shop.wait(30);
    sell(&mut shop, "O-2", 5);
    assert_eq!(["", "US", "GAAP"].map(|ledger| cents(&mut shop, ledger)), [[0, 0, 4_000, 6_000]; 3]);
}
