//! Journals as hledger, ledger and Beancount judge them: sound ones pass, an error of one minor unit does not.

use crate::checkers::{ALL, Checker, folder, satisfied};
use std::collections::BTreeMap;
use std::path::Path;
use stockbook::*;

/// A book and its three journals, written as its commands came.
struct Told {
    book: Book,
    journals: Vec<(Journal, String)>,
    month: String,
    said: u64,
}

impl Told {
    fn new(configure: Option<ConfigureBook>) -> Told {
        let mut book = Book::new();
        let at = Instant::from_micros(1_767_225_600_000_000);
        if let Some(configure) = configure {
            book.execute(&Envelope::new("configure", at, Command::ConfigureBook(configure))).unwrap();
        }
        let mut journals = Vec::new();
        for form in JournalForm::ALL {
            let (journal, mut text) = (book.journal(form), String::new());
            journal.begin(&mut text).unwrap();
            journals.push((journal, text));
        }
        Told { book, journals, month: String::new(), said: 0 }
    }

    /// Says a command; when a month is over, the books are tied to the stock first.
    fn say(&mut self, at: Instant, command: Command) -> Result<Receipt, Rejection> {
        let month = at.to_string()[..7].to_owned();
        if !self.month.is_empty() && self.month != month {
            self.tie();
        }
        self.month = month;
        self.said += 1;
        let receipt = self.book.execute(&Envelope::new(&format!("c{}", self.said), at, command))?;
        for (journal, text) in &mut self.journals {
            for event in self.book.events_since(receipt.first_sequence).unwrap() {
                journal.event(&self.book, event, text).unwrap();
            }
        }
        Ok(receipt)
    }

    fn json(&mut self, at: &str, command: &str) {
        let command: Command = serde_json::from_str(command).unwrap_or_else(|e| panic!("{command}: {e}"));
        let word = command.word();
        self.say(at.parse().unwrap(), command).unwrap_or_else(|no| panic!("{word} at {at}: {no}"));
    }

    fn tie(&mut self) {
        for (journal, text) in &mut self.journals {
            let tie = journal.tie_to_stock(&self.book, text).unwrap();
            assert!(tie.shared.is_empty());
        }
    }

    fn finish(mut self, name: &str) -> (Book, Vec<String>) {
        self.tie();
        let folder = folder(name);
        let mut texts = Vec::new();
        for ((mut journal, mut text), form) in self.journals.into_iter().zip(JournalForm::ALL) {
            journal.finish(&mut text).unwrap();
            std::fs::write(folder.join(format!("journal.{}", form.extension())), &text).unwrap();
            texts.push(text);
        }
        self.book.verify().unwrap();
        (self.book, texts)
    }
}

fn define(told: &mut Told) {
    let at = "2026-01-02T08:00:00Z";
    for command in [
        r#"{"define_sku":{"sku":"TEE","price":"19.99","weight_g":200}}"#,
        r#"{"define_sku":{"sku":"MUG","price":"9.50","weight_g":400,"costing":"fifo"}}"#,
        r#"{"define_sku":{"sku":"SILK","price":"31.00","decimals":2,"weight_g":100}}"#,
        r#"{"define_node":{"node":"EAST","kind":"warehouse","place":{"lat":"40.7","lon":"-74.0"},"handling_per_order":"1.10"}}"#,
        r#"{"define_node":{"node":"WEST","kind":"warehouse","place":{"lat":"34.0","lon":"-118.2"},"handling_per_unit":"0.35"}}"#,
        r#"{"define_channel":{"channel":"web","promise_hours":120}}"#,
        r#"{"define_service":{"service":"ground","zones":[{"up_to_km":20100,"transit_hours":72,"base":"5.00","per_kg":"0.75"}]}}"#,
        r#"{"define_supplier":{"supplier":"ACME","lead_time_days":7,"expedite_days":2}}"#,
        r#"{"define_reason":{"reason":"count","name":"Cycle count"}}"#,
    ] {
        told.json(at, command);
    }
}

/// A little of everything that posts, over two months.
fn scripted(name: &str) -> (Book, Vec<String>) {
    let mut told = Told::new(None);
    define(&mut told);
    for (at, command) in [
        (
            "2026-01-03T08:00:00Z",
            r#"{"receive_goods":{"receipt":"R;1 \"odd\" | name","node":"EAST","lines":[{"sku":"TEE","qty":3,"unit_cost":"3.3333"},{"sku":"MUG","qty":10,"unit_cost":"2.00"}]}}"#,
        ),
        (
            "2026-01-05T08:00:00Z",
            r#"{"receive_goods":{"receipt":"R-2","node":"EAST","supplier":"ACME","lines":[{"sku":"MUG","qty":10,"unit_cost":"2.75"},{"sku":"SILK","qty":250,"unit_cost":"7.77"}]}}"#,
        ),
        (
            "2026-01-06T08:00:00Z",
            r#"{"place_order":{"order":"1000","channel":"web","to":{"lat":"41.0","lon":"-75.0"},"lines":[{"sku":"TEE","qty":1},{"sku":"MUG","qty":12}]}}"#,
        ),
        ("2026-01-07T08:00:00Z", r#"{"ship_order":{"order":"1000","node":"EAST"}}"#),
        (
            "2026-01-20T08:00:00Z",
            r#"{"receive_return":{"rma":"RMA-1","order":"1000","node":"EAST","lines":[{"line":2,"qty":4,"disposition":"restock","refund":"38.00"},{"line":1,"qty":1,"disposition":"scrap","refund":"19.99"}]}}"#,
        ),
        (
            "2026-01-30T08:00:00Z",
            r#"{"ship_transfer":{"transfer":"T-1","from":"EAST","to":"WEST","lines":[{"sku":"MUG","qty":5},{"sku":"SILK","qty":100}]}}"#,
        ),
        (
            "2026-02-02T08:00:00Z",
            r#"{"receive_transfer":{"transfer":"T-1","lines":[{"line":1,"qty":3},{"line":2,"qty":100}],"closing":"short"}}"#,
        ),
        (
            "2026-02-03T08:00:00Z",
            r#"{"adjust_stock":{"adjustment":"A-1","node":"WEST","reason":"count","lines":[{"sku":"MUG","qty":-1},{"sku":"SILK","qty":7}]}}"#,
        ),
        (
            "2026-02-03T09:00:00Z",
            r#"{"ship_transfer":{"transfer":"T-2","from":"WEST","to":"EAST","lines":[{"sku":"SILK","qty":33}]}}"#,
        ),
    ] {
        told.json(at, command);
    }
    told.finish(name)
}

/// Numbers that look random and are not.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn qty(&mut self, most: u64) -> i64 {
        i64::try_from(self.roll(most) + 1).unwrap()
    }
}

fn one(dice: &mut Dice, number: u64) -> String {
    let sku = ["TEE", "MUG", "SILK"][dice.roll(3) as usize];
    let (node, other) = if dice.roll(2) == 0 { ("EAST", "WEST") } else { ("WEST", "EAST") };
    let qty = dice.qty(30);
    match dice.roll(10) {
        0..3 => {
            let (supplier, cents) = (["null", "\"ACME\""][dice.roll(2) as usize], dice.roll(5_000_000));
            format!(
                r#"{{"receive_goods":{{"receipt":"R{number}","node":"{node}","supplier":{supplier},"lines":[{{"sku":"{sku}","qty":{qty},"unit_cost":"{}.{:04}"}}]}}}}"#,
                cents / 10_000,
                cents % 10_000
            )
        }
        3..5 => {
            let (lat, lon) = (30 + dice.roll(15), 75 + dice.roll(40));
            format!(
                r#"{{"place_order":{{"order":"O{number}","channel":"web","to":{{"lat":"{lat}.0","lon":"-{lon}.0"}},"lines":[{{"sku":"{sku}","qty":{qty}}},{{"sku":"TEE","qty":2,"price":"17.1234"}}]}}}}"#
            )
        }
        5..7 => {
            let order = dice.roll(number.max(1));
            format!(r#"{{"ship_order":{{"order":"O{order}","node":"{node}"}}}}"#)
        }
        7 => {
            let (order, cents) = (dice.roll(number.max(1)), dice.roll(900));
            let disposition =
                ["restock", "refurbish", "scrap", "return_to_vendor", "keep"][dice.roll(5) as usize];
            let back = if disposition == "keep" { 0 } else { dice.qty(3) };
            format!(
                r#"{{"receive_return":{{"rma":"X{number}","order":"O{order}","node":"{node}","lines":[{{"line":1,"qty":{back},"disposition":"{disposition}","refund":"{}.{:02}"}}]}}}}"#,
                cents / 100,
                cents % 100
            )
        }
        8 => {
            let qty = if dice.roll(2) == 0 { qty } else { -qty };
            format!(
                r#"{{"adjust_stock":{{"adjustment":"A{number}","node":"{node}","reason":"count","lines":[{{"sku":"{sku}","qty":{qty},"unit_cost":"1.50"}}]}}}}"#
            )
        }
        _ if dice.roll(2) == 0 => format!(
            r#"{{"ship_transfer":{{"transfer":"T{number}","from":"{node}","to":"{other}","lines":[{{"sku":"{sku}","qty":{qty}}}]}}}}"#
        ),
        _ => {
            let transfer = dice.roll(number.max(1));
            let closing = ["open", "short"][dice.roll(2) as usize];
            format!(
                r#"{{"receive_transfer":{{"transfer":"T{transfer}","lines":[{{"line":1,"qty":{qty}}}],"closing":"{closing}"}}}}"#
            )
        }
    }
}

/// Commands at random, many of which are refused: what is refused is not in the journal.
fn random(name: &str, configure: Option<ConfigureBook>, seed: u64, commands: u64) -> (Book, Vec<String>) {
    let mut told = Told::new(configure);
    define(&mut told);
    let mut dice = Dice(seed);
    let (mut at, mut taken) = ("2026-01-03T00:00:00Z".parse::<Instant>().unwrap(), 0);
    for number in 0..commands {
        at = at.plus_seconds(i64::try_from(dice.roll(9_000)).unwrap());
        let command = one(&mut dice, number);
        let command: Command = serde_json::from_str(&command).unwrap_or_else(|e| panic!("{command}: {e}"));
        taken += u64::from(told.say(at, command).is_ok());
    }
    assert!(taken > commands / 3, "only {taken} of {commands} commands were taken");
    told.finish(name)
}

/// The CSV's sums by account are the trial balance, to the minor unit.
fn csv_agrees(book: &Book, csv: &str, minor: i64) {
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for row in csv.lines().skip(1) {
        // Only the account's name may hold commas: the columns before it count from the left, those after from the right.
        let (account, amount) = (row.split(',').nth(5).unwrap(), row.rsplit(',').nth(9).unwrap());
        *sums.entry(account.to_owned()).or_default() += amount.parse::<i64>().unwrap();
    }
    assert_eq!(sums.values().sum::<i64>(), 0, "debits are credits");
    for view in book.trial_balance() {
        let code = book.account_code(view.account).unwrap();
        let sum = sums.get(code).copied().unwrap_or(0);
        assert_eq!(sum * minor, view.balance.micros(), "account {code}");
    }
}

/// What hledger adds up is the trial balance.
fn hledger_agrees(book: &Book, folder: &Path) {
    let journal = folder.join("journal.hledger");
    let mut hledger = std::process::Command::new("hledger");
    let Ok(output) = hledger.arg("-f").arg(journal).args(["bal", "-N", "-E", "--flat", "-O", "csv"]).output()
    else {
        return crate::checkers::not_run("hledger bal", "the program is not here");
    };
    let text = String::from_utf8(output.stdout).unwrap();
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for row in text.lines().skip(1) {
        let (account, amount) = row.trim_matches('"').split_once("\",\"").unwrap();
        let code = account.rsplit(':').next().unwrap().split('-').next().unwrap().to_owned();
        let amount = amount.split(' ').next().unwrap().replace(',', "");
        sums.insert(code, amount.parse().unwrap());
    }
    for view in book.trial_balance() {
        let sum = sums.get(book.account_code(view.account).unwrap()).copied().unwrap_or(0);
        assert_eq!(sum * 10_000, view.balance.micros(), "{:?}: {text}", book.account_code(view.account));
    }
}

#[test]
fn a_scripted_book_satisfies_all_three() {
    let (book, texts) = scripted("journal-scripted");
    let folder = folder("journal-scripted");
    satisfied(&folder);
    csv_agrees(&book, &texts[2], 10_000);
    hledger_agrees(&book, &folder);
    for movement in [
        "opening",
        "receipt",
        "issue",
        "revenue",
        "freight",
        "handling",
        "return_restock",
        "return_scrap",
        "refund",
        "transfer_out",
        "transfer_in",
        "transfer_loss",
        "loss",
        "gain",
    ] {
        assert!(texts[2].contains(&format!(",{movement},")), "the script posts no {movement}");
    }
    assert!(texts[0].contains("Assets:1350-Goods-in-transit  0 USDCENT = "), "goods in transit are tied too");
}

#[test]
fn a_question_answers_with_the_whole_journal() {
    let (book, _) = scripted("journal-asked-script");
    let folder = folder("journal-asked");
    for form in JournalForm::ALL {
        let query = Query::Journal(JournalQuery { form, log: String::new(), ledger: String::new() });
        let Answer::Journal(journal) = book.ask(&query).unwrap() else { panic!("another answer") };
        std::fs::write(folder.join(format!("journal.{}", form.extension())), &journal.text).unwrap();
        let stated: Vec<_> = journal.stated.iter().map(|at| (at.account.as_str(), at.balance)).collect();
        let balance = |code: &str| {
            let account = book.account_id(code).unwrap();
            book.trial_balance().iter().find(|row| row.account == account).unwrap().balance
        };
        assert_eq!(stated, ["1300", "1350"].map(|code| (code, balance(code))));
        assert_eq!(
            (journal.entries, journal.shared.len()),
            (8, 0),
            "of nine documents only the order posts nothing"
        );
    }
    satisfied(&folder);
    csv_agrees(&book, &std::fs::read_to_string(folder.join("journal.csv")).unwrap(), 10_000);
    hledger_agrees(&book, &folder);
}

#[test]
fn random_books_satisfy_all_three() {
    for seed in 1..=3 {
        let name = format!("journal-random-{seed}");
        let (book, texts) = random(&name, None, seed, 2_000);
        satisfied(&folder(&name));
        csv_agrees(&book, &texts[2], 10_000);
        hledger_agrees(&book, &folder(&name));
    }
}

#[test]
fn currencies_without_and_with_more_decimals() {
    for (currency, currency_digits, minor, commodity) in
        [("JPY", 0, 1_000_000, "JPY"), ("KWD", 3, 1_000, "KWDMILL")]
    {
        let configure = ConfigureBook {
            currency: currency.into(),
            currency_digits,
            idempotency_window: 1 << 16,
            event_window: 1 << 16,
        };
        let name = format!("journal-{currency}");
        let (book, texts) = random(&name, Some(configure), 9, 600);
        satisfied(&folder(&name));
        csv_agrees(&book, &texts[2], minor);
        assert!(texts[0].contains(&format!("commodity {commodity}\n")));
    }
}

/// Adds one to the `which`-th whole number that stands before the commodity in a line that fits.
fn one_more(text: &str, fits: impl Fn(&str) -> bool, which: usize) -> String {
    let mut seen = 0;
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let (mut words, mut line) = (line.split(' ').collect::<Vec<_>>(), line.to_owned());
        let at = words.iter().rposition(|word| word.starts_with("USDCENT")).and_then(|at| at.checked_sub(1));
        if let Some(amount) = at.and_then(|at| words.get_mut(at)).filter(|_| fits(&line)) {
            if let (Ok(number), true) = (amount.parse::<i64>(), seen == which) {
                let more = (number + 1).to_string();
                *amount = &more;
                line = words.join(" ");
            }
            seen += 1;
        }
        lines.push(line);
    }
    assert!(seen > which, "no such line");
    lines.join("\n") + "\n"
}

/// Moves one minor unit from cost of goods to inventory in the first shipment: balanced, but not the stock's value.
fn balanced_lie(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        inside = line.contains("OrderShipped") || (inside && !line.is_empty());
        let by = match line.trim_start() {
            start if inside && start.starts_with("Expenses:5000") => -1,
            start if inside && start.starts_with("Assets:1300") => 1,
            _ => 0,
        };
        let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let at = words.len().wrapping_sub(2);
        if let (true, Some(amount)) = (by != 0, words.get_mut(at)) {
            *amount = (amount.parse::<i64>().unwrap() + by).to_string();
        }
        lines.push(words.join(" "));
    }
    assert_ne!(lines.join("\n"), text.trim_end());
    lines.join("\n") + "\n"
}

/// Every checker must refuse the text that it reads.
fn refused(name: &str, what: &str, change: impl Fn(Checker, &str) -> String, texts: &[String]) {
    for checker in ALL {
        let sound = &texts[usize::from(checker == Checker::BeanCheck)];
        let file = folder(name).join(format!("{what}.{}", checker.extension()));
        std::fs::write(&file, change(checker, sound)).unwrap();
        if let Some(output) = checker.judge(&file) {
            assert!(!output.status.success(), "{checker:?} takes {}", file.display());
        }
    }
}

#[test]
fn an_error_of_one_minor_unit_is_refused_by_all_three() {
    let (_, texts) = scripted("journal-planted");
    let name = "journal-planted";
    let posting = |line: &str| line.starts_with("  ") && !line.contains('=');
    for which in [0, 5, 11] {
        let what = format!("posting-{which}");
        refused(name, &what, |_, text| one_more(text, posting, which), &texts);
    }
    let tie = |line: &str| line.contains('=') || line.contains(" balance ");
    for which in [0, 1, 2, 3] {
        let what = format!("tie-{which}");
        refused(name, &what, |_, text| one_more(text, tie, which), &texts);
    }
    refused(name, "balanced-lie", |_, text| balanced_lie(text), &texts);
}
