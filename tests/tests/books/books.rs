//! The books under random trade: every costing method, every late policy, facts that come late. After every event the
//! books balance and equal the goods; journals satisfy hledger, ledger and Beancount; policies agree as they must.

use crate::checkers::{Checker, folder, satisfied};
use std::collections::{BTreeMap, BTreeSet};
use stockbook::{
    Answer, Book, Event, Journal, JournalForm, Money, PeriodQuery, Query, Rejection, SetValuation,
};
use stockbook_tests::tell::tell;
use stockbook_tests::trade::{Dice, Trade};

/// Accounts that may differ between late policies: stock, what became of it, and the variances.
const COST: [&str; 12] =
    ["1300", "1350", "1400", "5000", "5100", "5110", "5200", "1390", "5250", "1340", "1360", "1370"];
const VARIANCE: [&str; 4] = ["5020", "5040", "5050", "5210"];

/// A book, and the trader who speaks to it.
struct Told {
    book: Book,
    trade: Trade,
    said: u64,
    taken: u64,
    late: u64,
    /// Names of the events that were recorded.
    names: BTreeSet<String>,
}

impl Told {
    fn new(costing: &str, late: &str) -> Told {
        let (trade, names) = (Trade::default(), BTreeSet::new());
        let mut told = Told { book: Book::new(), trade, said: 0, taken: 0, late: 0, names };
        for command in Trade::setup(costing, late) {
            told.say(&command, 0).unwrap_or_else(|no| panic!("{no}: {command}"));
        }
        told
    }

    fn say(&mut self, command: &str, hours_ago: i64) -> Result<Event, Rejection> {
        self.said += 1;
        let event = tell(&mut self.book, (self.said, self.trade.at), command, hours_ago)?;
        self.taken += 1;
        let name = format!("{:?}", event.body);
        self.names.insert(name.split('(').next().unwrap_or_default().to_owned());
        self.late += u64::from(event.corrections.is_some());
        Ok(event)
    }

    fn step(&mut self, dice: &mut Dice, lots: bool) {
        let (command, ago) = self.trade.next(dice, lots);
        let _ = self.say(&command, ago);
    }

    fn balances(&self) -> BTreeMap<String, i64> {
        let code = |id| self.book.account_code(id).expect("an account").to_owned();
        self.book.trial_balance().iter().map(|v| (code(v.account), v.balance.micros())).collect()
    }

    /// The roll-forward starts from nothing and ends at what is there: every unit and cent has its movement.
    fn explains_its_stock(&self) {
        let query =
            Query::RollForward(PeriodQuery { period: "all".into(), company: None, ledger: String::new() });
        let Answer::RollForward(rolls) = self.book.ask(&query).unwrap() else { panic!("another answer") };
        assert!(!rolls.is_empty());
        for roll in rolls {
            assert_eq!((roll.opening.qty, roll.opening.value), (0, Money::ZERO), "{roll:?}");
        }
    }

    /// Writes the journals, each tied to the stock at its end.
    fn write(&self, name: &str) {
        for form in JournalForm::ALL {
            let (mut journal, mut text): (Journal, String) = (self.book.journal(form), String::new());
            journal.begin(&mut text).unwrap();
            for event in self.book.events_since(1).unwrap() {
                journal.event(&self.book, event, &mut text).unwrap();
            }
            journal.tie_to_stock(&self.book, &mut text).unwrap();
            journal.finish(&mut text).unwrap();
            std::fs::write(folder(name).join(format!("journal.{}", form.extension())), text).unwrap();
        }
    }
}

fn play(costing: &str, late: &str, seed: u64, steps: u64) -> Told {
    let (mut told, mut dice) = (Told::new(costing, late), Dice(seed));
    for _ in 0..steps {
        told.step(&mut dice, costing.ends_with("lot") || costing.ends_with("fifo"));
    }
    told.explains_its_stock();
    let log = told.book.log_since(1).unwrap();
    let replayed = Book::replay(&log).unwrap();
    assert_eq!(replayed.state_hash(), told.book.state_hash(), "replay equals live");
    let restored = Book::restore(&told.book.snapshot()).unwrap();
    assert_eq!(restored.state_hash(), told.book.state_hash());
    told
}

#[test]
fn every_method_balances_under_every_late_policy() {
    let mut names = BTreeSet::new();
    for costing in
        ["moving_average", "company_average", "fifo", "company_fifo", "standard", "lot", "company_lot"]
    {
        for late in ["replay", "prospective", "at_current_cost"] {
            let told = play(costing, late, 11, 500);
            assert!(told.taken > 200, "{costing} {late}: only {} were taken", told.taken);
            println!("{costing} {late}: {} events, {} of them late", told.taken, told.late);
            assert!(told.late > 0 || late == "at_current_cost" || costing == "standard");
            names.extend(told.names.iter().cloned());
            let name = format!("books-{costing}-{late}");
            told.write(&name);
            satisfied(&folder(&name));
        }
    }
    for name in [
        "ConsignedGoodsUsed",
        "KitAssembled",
        "LandedCostAllocated",
        "OrderCredited",
        "OrderDropShipped",
        "OrderInvoiced",
        "PaymentRecorded",
        "ReturnReceived",
        "StockRevalued",
        "StockWrittenDown",
        "SupplierInvoiceReceived",
        "TransferReceived",
        "VendorReturnShipped",
    ] {
        assert!(names.contains(name), "no {name} in {names:?}");
    }
}

/// Replay and prospective reach the same balances on every account; at current cost only what stock cost and the
/// variances differ, and both by the same amount.
#[test]
fn late_policies_agree_as_they_must() {
    for costing in ["moving_average", "company_average", "fifo", "company_fifo", "lot", "company_lot"] {
        for seed in 1..=6 {
            let [replay, prospective, current] = ["replay", "prospective", "at_current_cost"]
                .map(|late| play(costing, late, seed, 250).balances());
            assert_eq!(replay, prospective, "{costing} {seed}");
            let sum = |of: &BTreeMap<String, i64>, codes: &[&str]| codes.iter().map(|c| of[*c]).sum::<i64>();
            let stated = sum(&current, &VARIANCE) - sum(&replay, &VARIANCE);
            let cost = sum(&replay, &COST) - sum(&current, &COST);
            assert_eq!(cost, stated, "{costing} {seed}: what stock and cost lack is in the variances");
            for (account, balance) in &replay {
                let apart = COST.contains(&account.as_str()) || VARIANCE.contains(&account.as_str());
                assert!(apart || current[account] == *balance, "{costing} {seed}: account {account}");
            }
        }
    }
}

/// The layers of the book and Beancount's own FIFO booking are two opinions; they must agree to the cent.
#[test]
fn beancount_books_the_same_fifo_cost() {
    let mut told = Told::new("fifo", "at_current_cost");
    let mut dice = Dice(5);
    let mut text = String::from(
        "2026-01-01 commodity CENT\n2026-01-01 open Assets:Stock \"FIFO\"\n2026-01-01 open Liabilities:Owed\n\
         2026-01-01 open Expenses:Cost\n",
    );
    let (mut there, mut sold) = (0i64, 0i64);
    for number in 0..400 {
        let date = told.trade.at.to_string()[..10].to_owned();
        let qty = dice.roll(30) as i64 + 1;
        if there < qty || dice.roll(2) == 0 {
            let cents = dice.roll(3_000) + 1;
            let receive = format!(
                r#"{{"receive_goods":{{"receipt":"R{number}","node":"EAST","supplier":"ACME","lines":[{{"sku":"TEE","qty":{qty},"unit_cost":"{}.{:02}"}}]}}}}"#,
                cents / 100,
                cents % 100
            );
            told.say(&receive, 0).unwrap();
            there += qty;
            text += &format!(
                "{date} * \"R{number}\"\n  Assets:Stock  {qty} TEE {{{cents} CENT}}\n  Liabilities:Owed\n"
            );
        } else {
            let adjust = format!(
                r#"{{"adjust_stock":{{"adjustment":"A{number}","node":"EAST","reason":"count","lines":[{{"sku":"TEE","qty":-{qty}}}]}}}}"#
            );
            let event = told.say(&adjust, 0).unwrap();
            sold += event.body.postings().iter().map(|p| p.amount.micros().max(0)).sum::<i64>();
            there -= qty;
            text += &format!("{date} * \"A{number}\"\n  Assets:Stock  -{qty} TEE {{}}\n  Expenses:Cost\n");
        }
        told.trade.at = told.trade.at.plus_seconds(3_000);
    }
    let file = folder("books-beancount-fifo").join("journal.beancount");
    for (more, sound) in [(0, true), (1, false)] {
        let balance = format!("2027-01-01 balance Expenses:Cost  {} CENT\n", sold / 10_000 + more);
        std::fs::write(&file, text.clone() + &balance).unwrap();
        if let Some(output) = Checker::BeanCheck.judge(&file) {
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.success(), sound, "{sold}: {said}");
        }
    }
}

/// A valuation is data: what is left out is the default, and an amount is exact.
#[test]
fn a_valuation_reads_as_it_is_said() {
    let set: SetValuation = serde_json::from_str(r#"{"group":"apparel"}"#).unwrap();
    assert_eq!((set.costing, set.group.as_deref()), (None, Some("apparel")));
    assert!("0.0000001".parse::<Money>().is_err());
}
