//! The main job from outside: policies as files, networks as CSV files, their faults, the program itself.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use stockbook::Money;
use stockbook::simulation::*;
use stockbook_examples::policy_diff::{Bounds, diff};
use stockbook_examples::{policies, sheets, sheets_out, terminal};

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

fn small() -> Scenario {
    generate(ScenarioSize { orders: 1_500, days: 60, skus: 200 }, 5)
}

#[test]
fn bundled_policies_are_the_same_in_toml_and_in_core() {
    for (policy, (name, text)) in seed_policies().iter().zip(policies::BUNDLED) {
        assert_eq!(policies::parse(text, false).as_ref(), Ok(policy), "{name}");
        assert!(text.lines().count() < 40, "{name} is for people to read");
        let json = serde_json::to_string(policy).expect("a policy is JSON");
        assert_eq!(policies::parse(&json, true).as_ref(), Ok(policy), "{name} as JSON");
    }
}

#[test]
fn a_fault_in_a_policy_has_line_and_column() {
    let text = "name = \"x\"\n\n[otherwise]\ntiers = [[{ measure = \"miles\", weight = \"1.00\" }]]\n";
    let fault = policies::parse(text, false).expect_err("there is no such measure");
    assert!(fault.starts_with("4:") && fault.contains("miles"), "{fault}");
    let text = "name = \"x\"\n\n[otherwise]\ntiers = [\"1.00 miles\"]\n";
    let fault = policies::parse(text, false).expect_err("there is no such measure");
    assert!(fault.starts_with("4:") && fault.contains("miles"), "{fault}");
    for text in ["{\"name\": \"x\", \"otherwise\": [[], [\"RENO\"]]}", "[\"x\"]"] {
        policies::parse(text, true).expect_err("rows have names");
    }
    policies::parse("name = \"x\"\notherwise = [[], [\"RENO\"]]", false).expect_err("rows have names");
    let fault = policies::parse("{\"name\": \"x\",\n \"otherwise\": 7}", true).expect_err("no sourcing");
    assert!(fault.starts_with("2:"), "{fault}");
}

#[test]
fn files_give_the_same_run_as_the_bundled_scenario() {
    let scenario = small();
    let folder = folder("same");
    sheets_out::write_folder(&folder, &scenario.network, &scenario.orders).expect("written");
    let (network, orders) = sheets::read_folder(&folder, &folder.join("orders.csv")).expect("read");
    assert_eq!((&network, &orders), (&scenario.network, &scenario.orders));
    let [policy, ..] = seed_policies();
    let go = |network: &Network, orders: &Orders| {
        run(network, orders, &policy, &Options::default(), &mut |_| Continue::Yes).expect("a run").state_hash
    };
    assert_eq!(go(&network, &orders), go(&scenario.network, &scenario.orders));
}

#[test]
fn two_policies_differ_by_order_and_a_bound_can_be_passed() {
    let scenario = small();
    let [story, _, cheapest] = seed_policies();
    let go = |other| diff(&scenario.network, &scenario.orders, [&story, other], 1).expect("a comparison");
    let same = go(&story);
    assert_eq!((same.orders, same.moved.len(), same.charges, same.late), (1_500, 0, Money::ZERO, 0));
    let none = Bounds {
        moved_per_mille: Some(0),
        charges: Some(Money::ZERO),
        late: Some(0),
        margin: Some(Money::ZERO),
        order_margin: Some(Money::ZERO),
        terms: [Some(Money::ZERO); 6],
    };
    assert!(same.passes(&none).is_empty());
    let other = go(&cheapest);
    assert!(!other.moved.is_empty() && other.moved.len() < 1_500);
    assert!(other.moved.iter().all(|moved| moved.before != moved.after));
    assert_eq!(other.by_rule().values().map(|sum| sum.0).sum::<usize>(), other.moved.len());
    assert!(other.passes(&Bounds::default()).is_empty(), "nothing is bounded");
    let passed = other.passes(&none);
    assert!(passed[0].ends_with("of 1500 orders move"), "{passed:?}");
    let (order, fall) = other.worst_order().expect("some order is worse off");
    assert!(passed.contains(&format!("the margin of order {order} falls by {fall}")), "{passed:?}");
    let [before, after] = other.costs[order];
    assert_eq!(Money::from_micros(before[5] - after[5]), fall);
    assert_eq!(
        before[5],
        before[0] - before[1] - before[2] - before[3] - before[4],
        "a margin is of its terms"
    );
    let cut = |most| Bounds { order_margin: Some(most), ..Bounds::default() };
    assert!(other.passes(&cut(fall)).is_empty(), "a bound that is reached is not passed");
    assert_eq!(other.passes(&cut(Money::from_micros(fall.micros() - 1))).len(), 1);
    let sums = |side: usize, at: usize| other.costs.values().map(|terms| terms[side][at]).sum::<i64>();
    for at in 0..6 {
        assert_eq!(
            other.total[1][at] - other.total[0][at],
            sums(1, at) - sums(0, at),
            "no other order differs"
        );
    }
    let mut rows = Vec::new();
    other.write_costs_csv(&mut rows).expect("written");
    let text = String::from_utf8(rows).expect("text");
    assert!(text.starts_with("order,revenue_before,revenue_after,revenue_difference,cost_before,"), "{text}");
    assert_eq!(text.lines().count(), other.costs.len() + 2);
    assert!(
        text.lines()
            .last()
            .is_some_and(|line| line.starts_with("total,") && line.ends_with(&other.margin.to_string()))
    );
    assert!(same.costs.is_empty() && same.total[0] == same.total[1] && same.worst_order().is_none());
    let mut rows = Vec::new();
    other.write_csv(&mut rows).expect("written");
    let text = String::from_utf8(rows).expect("text");
    assert_eq!(text.lines().count(), other.moved.len() + 1);
    assert!(text.starts_with("order,rule_before,nodes_before,"), "{text}");
}

/// Each row: a file, its line, what to replace there, by what, and the fault that must be told.
const FAULTS: &[(&str, usize, &str, &str, &str)] = &[
    ("orders.csv", 1, "qty", "quantity", "orders.csv:1:7 (quantity): is not a column of this file"),
    ("orders.csv", 1, "qty", "quantity", "orders.csv:1:10 (qty): this column is missing"),
    ("orders.csv", 3, ",1,", ",one,", "orders.csv:3:7 (qty): `one` is not a whole number from 1 to"),
    ("orders.csv", 2, "2026-03-02T", "02.03.2026 ", "orders.csv:2:2 (at): `02.03.2026 "),
    ("orders.csv", 4, "", "extra,", "orders.csv:4:10: 10 fields, the header has 9"),
    ("skus.csv", 3, "", "\u{2028},", "skus.csv:3:8: 8 fields, the header has 7"),
    ("skus.csv", 2, "moving_average", "lifo", "skus.csv:2:6 (costing): unknown variant `lifo`"),
    ("nodes.csv", 2, "39.53", "95.0", "nodes.csv:2:4 (lat): `95.0` is not an angle from -90 to 90 degrees"),
    (
        "nodes.csv",
        3,
        "America/New_York",
        "America/Allentown",
        "nodes.csv:3:10 (time_zone): an IANA time zone",
    ),
    ("nodes.csv", 3, "ALLENTOWN", "RENO", "nodes.csv:3:1 (node): `RENO` stands twice"),
    ("channels.csv", 4, ",144,", ",,", "channels.csv:4:3 (promise_hours): must not be empty"),
    ("services.csv", 3, ",500,", ",200,", "services.csv:3:3 (up_to_km): must rise from zone to zone"),
    ("stock.csv", 2, "RENO", "RENNO", "stock.csv:2:2 (node): `RENNO` is not in nodes.csv"),
    (
        "reorder.csv",
        2,
        "NORTHWIND",
        "SOUTHWIND",
        "reorder.csv:2:3 (supplier): `SOUTHWIND` is not in suppliers.csv",
    ),
    (
        "suppliers.csv",
        2,
        ",9,3,",
        ",9,30,",
        "suppliers.csv:2:4 (expedite_days): must not be more than lead_time_days",
    ),
    ("outages.csv", 2, "storm,,", "storm,GROUND,", "outages.csv:2:1 (node): must be empty where a service"),
    ("outages.csv", 2, "ALLENTOWN", "", "outages.csv:2:1 (node):"),
    ("suppliers.csv", 2, ",9,3,", ",9,3,x", "suppliers.csv:2:5 (expedite_premium):"),
    ("outages.csv", 2, "2026-04-29", "2026-04-27", "outages.csv:2:3 (to): must be later than from"),
];

#[test]
fn faults_have_file_line_and_column() {
    let scenario = generate(ScenarioSize { orders: 60, days: 60, skus: 40 }, 5);
    let folder = folder("faults");
    sheets_out::write_folder(&folder, &scenario.network, &scenario.orders).expect("written");
    for (file, line, from, to, fault) in FAULTS {
        let path = folder.join(file);
        let sound = std::fs::read_to_string(&path).expect("a file");
        let edit = |(i, text): (usize, &str)| {
            if i + 1 == *line { text.replacen(from, to, 1) } else { text.to_owned() }
        };
        let broken: Vec<String> = sound.lines().enumerate().map(edit).collect();
        assert_ne!(broken.join("\n") + "\n", sound, "{file}:{line} has `{from}`");
        std::fs::write(&path, broken.join("\n")).expect("written");
        let faults = sheets::read_folder(&folder, &folder.join("orders.csv")).expect_err(fault);
        assert!(faults.iter().any(|told| told.starts_with(fault)), "{fault}: {faults:#?}");
        std::fs::write(&path, sound).expect("written");
    }
    let missing = sheets::read_folder(&folder, &folder.join("none.csv")).expect_err("no such file");
    assert!(missing.iter().any(|told| told.contains("none.csv")), "{missing:?}");
}

/// A small network of one's own that names nothing of the bundled scenario's.
const OWN: [(&str, &str); 6] = [
    ("skus.csv", "sku,price\nTEE,24.00\nMUG,15.00\n"),
    ("nodes.csv", "node,kind,lat,lon\nEAST,warehouse,40.0,-75.0\n"),
    ("channels.csv", "channel,promise_hours\nSHOP,120\n"),
    ("services.csv", "service,up_to_km,transit_hours,base,per_kg\nGROUND,6000,96,8.00,1.50\n"),
    ("stock.csv", "sku,node,qty,unit_cost\nTEE,EAST,10,8.00\n"),
    (
        "orders.csv",
        "order,at,channel,lat,lon,sku,qty,price,deliver_by\n\
         1,2026-03-02T09:30:00Z,SHOP,40.7,-74.0,TEE,2,,2026-03-09T00:00:00Z\n\
         2,2026-03-02T10:30:00Z,SHOP,34.0,-118.2,TEE,30,5.00,\n",
    ),
];

/// The folder of that network, with a file as it should be.
fn own(name: &str, file: &str, bytes: &[u8]) -> PathBuf {
    let folder = folder(name);
    for (file, text) in OWN {
        std::fs::write(folder.join(file), text).expect("written");
    }
    std::fs::write(folder.join(file), bytes).expect("written");
    folder
}

/// What is told of that network with a file as it should be.
fn told(file: &str, bytes: &[u8]) -> Vec<String> {
    static FOLDERS: AtomicU32 = AtomicU32::new(0);
    let folder = own(&format!("own_{}", FOLDERS.fetch_add(1, Ordering::Relaxed)), file, bytes);
    let told = sheets::read_folder(&folder, &folder.join("orders.csv")).err().unwrap_or_default();
    std::fs::remove_dir_all(folder).expect("removed");
    told
}

fn text_of(file: &str) -> &'static str {
    OWN.iter().find(|(name, _)| *name == file).expect("a file").1
}

#[test]
fn lines_are_counted_as_editors_do() {
    let broken = text_of("orders.csv").replace("2026-03-02T10:30", "noon");
    for (text, line) in [
        (broken.clone(), 3),
        (broken.replace('\n', "\r\n"), 3),
        (broken.replace('\n', "\r"), 3),
        (broken.replace("\n2,", "\n\n\n2,"), 5),
        (broken.replace("\n2,", "\n\n\n2,").replace('\n', "\r\n"), 5),
        (format!("\u{feff}\n\n{broken}"), 5),
    ] {
        let faults = told("orders.csv", text.as_bytes());
        let start = format!("orders.csv:{line}:2 (at): `noon");
        assert!(faults.len() == 1 && faults[0].starts_with(&start), "{start} {text:?}: {faults:?}");
    }
    let header = format!("\n\r\n{}", text_of("orders.csv").replace("qty", "quantity"));
    assert!(told("orders.csv", header.as_bytes())[0].starts_with("orders.csv:3:7 (quantity)"));
    let named = "sku,name\nTEE,\"a\nb\"\nMUG,c,d\n";
    assert_eq!(told("skus.csv", named.as_bytes())[0], "skus.csv:4:3: 3 fields, the header has 2");
    let header = b"sku,n\xffme\nTEE,a\n";
    assert_eq!(told("skus.csv", header)[0], "skus.csv:1:2: this is not UTF-8");
}

#[test]
fn what_only_the_book_refuses_has_file_and_line() {
    let rules = "movement,debit,credit\nreceipt,1300,2100\nissue,9999,1300\n";
    let long = format!("sku\nTEE\n{}\n", "X".repeat(5_000));
    for (file, text, start) in [
        ("skus.csv", long.as_str(), "skus.csv:3: SKU `XXX"),
        ("skus.csv", "sku,price\nTEE,1000000000000.01\n", "skus.csv:2:2 (price): `1000000000000.01`"),
        ("channels.csv", "channel,promise_hours\nSHOP,1\nA\0B,1\n", "channels.csv:3: channel `A\0B`"),
        ("book.csv", "currency,currency_digits\neuro dollars,2\n", "book.csv:2: configuration"),
        ("accounts.csv", "account,kind,control\n7,expense,inventory\n", "accounts.csv:2: account `7`"),
        ("stock.csv", "sku,node,qty,unit_cost\nTEE,EAST,5,-1\n", "stock.csv:2:4 (unit_cost): `-1`"),
        ("posting_rules.csv", rules, "posting_rules.csv:3: posting rules: unknown account `9999`"),
    ] {
        let faults = told(file, text.as_bytes());
        assert!(faults.first().is_some_and(|fault| fault.starts_with(start)), "{start}: {faults:?}");
    }
}

#[test]
fn no_row_silently_wins() {
    let accounts = "account,kind\nMINE,asset\nMINE,expense\n";
    let orders = "order,at,channel,lat,lon,sku,qty\n";
    for (file, text, end) in [
        (
            "book.csv",
            "currency,currency_digits\nEUR,2\nUSD,2\n",
            ":3:1 (currency): a book has one row, in line 2",
        ),
        ("accounts.csv", accounts, ":3:1 (account): stands in line 2 already: account"),
        (
            "protections.csv",
            "sku,node,channel,qty\nTEE,EAST,SHOP,1\nTEE,EAST,SHOP,2\n",
            ":3:1 (sku): stands in line 2 already: sku, node, channel",
        ),
        ("orders.csv", orders, "orders.csv: there are no orders in it"),
    ] {
        let faults = told(file, text.as_bytes());
        assert!(faults.len() == 1 && faults[0].ends_with(end), "{end}: {faults:?}");
    }
    let folder = own("reorder", "suppliers.csv", b"supplier,lead_time_days,expedite_days\nACME,5,2\n");
    let rule = "TEE,EAST,ACME,8.00,1,5\n";
    let text = format!("sku,node,supplier,unit_cost,reorder_point,order_up_to\n{rule}{rule}");
    std::fs::write(folder.join("reorder.csv"), text).expect("written");
    let faults = sheets::read_folder(&folder, &folder.join("orders.csv")).expect_err("a second rule");
    assert_eq!(faults, ["reorder.csv:3:1 (sku): stands in line 2 already: sku, node"]);
}

/// A line may leave out its price and an order its due date; so does what is written again.
#[test]
fn prices_and_due_dates_may_be_left_out_row_by_row() {
    let first = own("some", "book.csv", b"currency,currency_digits\nUSD,2\n");
    let (network, orders) = sheets::read_folder(&first, &first.join("orders.csv")).expect("read");
    let table = orders.table();
    assert_eq!(table.price, [stockbook::NOT_GIVEN, 5_000_000]);
    assert_eq!(table.deliver_by[1], stockbook::NOT_GIVEN);
    let second = folder("some_again");
    sheets_out::write_folder(&second, &network, &orders).expect("written");
    let again = sheets::read_folder(&second, &second.join("orders.csv")).expect("read");
    assert_eq!((&again.0, &again.1), (&network, &orders));
}

#[test]
fn orders_whose_lines_lie_apart_are_told() {
    let scenario = generate(ScenarioSize { orders: 60, days: 60, skus: 40 }, 5);
    let folder = folder("apart");
    sheets_out::write_folder(&folder, &scenario.network, &scenario.orders).expect("written");
    let path = folder.join("orders.csv");
    let mut text = std::fs::read_to_string(&path).expect("a file");
    let first = text.lines().nth(1).expect("a first order").to_owned();
    text.push_str(&first);
    std::fs::write(&path, &text).expect("written");
    let faults = sheets::read_folder(&folder, &path).expect_err("a repeated order");
    let line = text.lines().count();
    assert_eq!(
        faults,
        [format!("orders.csv:{line}:1 (order): order 100001 began in line 2: its lines must stand together")]
    );
}

#[test]
fn the_bundled_scenario_is_short_enough_and_its_policies_differ() {
    let scenario = generate(ScenarioSize::default(), 1);
    let runs =
        compare(&scenario.network, &scenario.orders, &seed_policies(), &Options::default(), &mut |_| {
            Continue::Yes
        })
        .expect("three runs");
    for run in &runs {
        // 3 to 10 % of lines, in millionths: see `Kpis::lines_short_somewhere` for how it is measured.
        let short = run.kpis.lines_short_somewhere;
        assert!((30_000..=100_000).contains(&short), "{}: {short}", run.policy);
        assert_eq!((run.kpis.oversells_book, run.kpis.journal_balance, run.kpis.orders), (0, 0, 100_000));
        assert!(run.kpis.oversells_channel > 0, "a listing half an hour old oversells now and then");
    }
    let [story, nearest, cheapest] = runs.as_slice() else { panic!("three runs") };
    assert!(story.kpis.on_time_share > nearest.kpis.on_time_share + 5_000);
    assert!(story.kpis.fill_rate_units > nearest.kpis.fill_rate_units + 10_000);
    assert!(
        nearest.kpis.distance_per_shipment + 50_000_000
            < cheapest.kpis.distance_per_shipment.max(story.kpis.distance_per_shipment)
    );
    assert!(cheapest.kpis.split_rate < nearest.kpis.split_rate / 2);
    assert!(story.kpis.orders_refused > 0, "a backorder beyond the threshold is refused");
    let table = terminal::kpi_table(&runs);
    let widths: Vec<usize> = table.lines().map(|line| line.chars().count()).collect();
    assert!(widths.windows(2).all(|pair| pair[0].abs_diff(pair[1]) <= 2), "columns stand in line:\n{table}");
}

/// The program, if this test was built together with it (as plain `cargo test` does).
fn program() -> Option<Command> {
    let deps = std::env::current_exe().ok()?;
    let path =
        deps.parent()?.parent()?.join("examples").join(format!("stockbook{}", std::env::consts::EXE_SUFFIX));
    if path.exists() {
        return Some(Command::new(path));
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing: build the examples", path.display());
    println!("NOT RUN: {} is not built", path.display());
    None
}

#[test]
fn the_program_writes_its_results_and_refuses_bad_input() {
    let Some(mut run) = program() else { return };
    let out = folder("program");
    let done = run.args(["--orders", "800", "--seed", "3", "--out"]).arg(&out).output().expect("it runs");
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    let table = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(table.contains("seed_story") && table.contains("Fill rate, lines"), "{table}");
    for file in [
        "report.html",
        "kpis.csv",
        "plan.csv",
        "stock.csv",
        "exceptions.csv",
        "journal.hledger",
        "journal.beancount",
    ] {
        assert!(out.join(file).metadata().is_ok_and(|m| m.len() > 40), "{file}");
    }
    let network = folder("template");
    let mut write = program().expect("it is there");
    let done = write.args(["--orders", "300", "--write-network"]).arg(&network).output().expect("it runs");
    assert_eq!(done.status.code(), Some(0));
    let path = network.join("orders.csv");
    let broken = std::fs::read_to_string(&path).expect("orders").replacen(",premium,", ",premum,", 1);
    std::fs::write(&path, broken).expect("written");
    let mut read = program().expect("it is there");
    let done = read.arg("--network").arg(&network).args(["--out", "unused"]).output().expect("it runs");
    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(2));
    assert!(told.contains(":3 (channel): `premum` is not in channels.csv"), "{told}");
    // One's own network need not have what the bundled policies speak of.
    let own = own("own_program", "book.csv", b"currency,currency_digits\nUSD,2\n");
    let mut read = program().expect("it is there");
    let done = read.arg("--network").arg(&own).arg("--out").arg(&out).output().expect("it runs");
    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(0), "{told}");
    assert!(String::from_utf8_lossy(&done.stdout).contains("cheapest: state"), "{told}");
    let story = concat!(env!("CARGO_MANIFEST_DIR"), "/policies/seed_story.toml");
    let nearest = concat!(env!("CARGO_MANIFEST_DIR"), "/policies/nearest.toml");
    let unused = folder("unused");
    std::fs::remove_dir_all(&unused).expect("removed");
    let mut read = program().expect("it is there");
    read.arg("--network").arg(&own).arg("--out").arg(&unused).args(["--policy", nearest, story]);
    let done = read.output().expect("it runs");
    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(2), "{told}");
    assert!(told.contains("seed_story.toml: policy `seed_story`: unknown channel `premium`"), "{told}");
    assert!(!told.contains('%') && !unused.exists(), "nothing was run: {told}");
    let mut odd = program().expect("it is there");
    assert_eq!(odd.arg("--frobnicate").output().expect("it runs").status.code(), Some(2));
}
