//! Worlds: master data and policies that runs start from. Small, so that the naive model stays quick.

use super::rng::Rng;
use stockbook::*;

/// Money from text that is known to be an amount.
pub fn money(text: &str) -> Money {
    text.parse().unwrap_or_default()
}

/// What a world is made of.
#[derive(Clone, Debug)]
pub struct World {
    /// Commands that set it up, in order.
    pub setup: Vec<Command>,
    /// Policies that may be set, as data.
    pub policies: Vec<Policy>,
    /// Where customers are.
    pub places: Vec<Point>,
}

/// On one continent, so that distances are far from the antipodes.
fn place(rng: &mut Rng) -> Point {
    Point {
        lat: Degrees(rng.range(28_000_000_000, 47_000_000_000)),
        lon: Degrees(rng.range(-120_000_000_000, -72_000_000_000)),
    }
}

/// A world by its seed.
pub fn world(rng: &mut Rng) -> World {
    let nodes = 2 + rng.below(5);
    let skus = 6 + rng.below(20);
    let channels = 2 + rng.below(2);
    let services = rng.below(4);
    let mut setup = Vec::new();
    if rng.chance(30) {
        setup.push(Command::ConfigureBook(ConfigureBook {
            currency: "EUR".into(),
            currency_digits: *rng.pick(&[0, 2, 3, 4]),
            idempotency_window: 1 << 16,
            event_window: 1 << 16,
        }));
    }
    for reason in ["theft", "count", "outage", "customer"] {
        setup.push(Command::DefineReason(DefineReason { reason: reason.into(), name: String::new() }));
    }
    for n in 0..services {
        setup.push(Command::DefineService(service(rng, n)));
    }
    for n in 0..nodes {
        setup.push(Command::DefineNode(node(rng, n)));
    }
    for n in 0..skus {
        setup.push(Command::DefineSku(sku(rng, n)));
    }
    for n in 0..channels {
        setup.push(Command::DefineChannel(channel(rng, n, services)));
    }
    apart(rng, &mut setup, (nodes, skus, channels));
    for n in 0..2 {
        setup.push(Command::DefineSupplier(DefineSupplier {
            supplier: format!("S{n}"),
            name: String::new(),
            lead_time_days: 10 + n,
            expedite_days: 2,
            expedite_premium: money("0.15"),
        }));
    }
    if rng.chance(50) {
        rules(&mut setup, nodes);
    }
    let places = (0..12).map(|_| place(rng)).collect();
    World { setup, policies: policies(nodes), places }
}

/// In some worlds goods expire and channels ask for a remaining life, in some nodes can ship so much a day.
fn apart(rng: &mut Rng, setup: &mut Vec<Command>, (nodes, skus, channels): (usize, usize, usize)) {
    if rng.chance(60) {
        for n in 0..skus {
            if rng.chance(40) {
                setup.push(Command::DescribeSku(description(rng, n)));
            }
        }
        for n in 0..channels {
            setup.push(Command::DescribeChannel(lives(rng, n)));
        }
    }
    if rng.chance(50) {
        for n in 0..nodes {
            if rng.chance(60) {
                let utc_offset_minutes = *rng.pick(&[0, -360, 90]);
                setup.push(Command::DescribeNode(site(rng, n, utc_offset_minutes)));
            }
        }
    }
}

/// A SKU whose goods are told apart or expire.
pub fn description(rng: &mut Rng, n: usize) -> DescribeSku {
    let (days, order) = (*rng.pick(&[0, 0, 20]), *rng.pick(&["fefo", "fefo", "fifo", "lifo"]));
    serde_json::from_value(serde_json::json!({
        "sku": format!("K{n}"),
        "tracking": *rng.pick(&["none", "none", "none", "lot"]),
        "pick_order": order,
        "why": order,
        "shelf_life_days": days,
    }))
    .unwrap_or_else(|error| panic!("{error}"))
}

/// What a channel asks of lots.
pub fn lives(rng: &mut Rng, n: usize) -> DescribeChannel {
    DescribeChannel {
        channel: format!("C{n}"),
        company: String::new(),
        brand: String::new(),
        remaining_life_days: *rng.pick(&[0, 0, 3, 10, 25]),
        why: String::new(),
    }
}

/// What a node can ship a day. The clock by which it tells days stays.
pub fn site(rng: &mut Rng, n: usize, utc_offset_minutes: i32) -> DescribeNode {
    let some = |rng: &mut Rng, from, to| rng.chance(60).then(|| rng.range(from, to));
    let mut capacity = Capacity {
        orders: some(rng, 1, 12),
        lines: some(rng, 2, 25),
        units: some(rng, 5, 120),
        utc_offset_minutes,
    };
    if rng.one_in(12) {
        capacity.orders = Some(0);
    }
    DescribeNode {
        node: format!("N{n}"),
        company: String::new(),
        groups: Vec::new(),
        bins: Vec::new(),
        pickup: Permission::Forbidden,
        returns: Permission::Allowed,
        capacity: Some(capacity),
        cut_offs: Vec::new(),
        reject_percent: Money::ZERO,
        lanes: Vec::new(),
        returns_capacity: None,
        dispositions: Vec::new(),
        why: String::new(),
    }
}

/// A SKU; weights and rates are chosen so that costs of single units are exact.
pub fn sku(rng: &mut Rng, n: usize) -> DefineSku {
    let decimals = *rng.pick(&[0, 0, 0, 0, 1, 2, 3]);
    let scale = 10i64.pow(u32::from(decimals));
    DefineSku {
        sku: format!("K{n}"),
        name: format!("Thing {n}"),
        group: (*rng.pick(&["", "hot", "cold"])).into(),
        decimals,
        units: vec![
            UnitOfMeasure { unit: "case".into(), base: 6, count: 1 },
            UnitOfMeasure { unit: "half".into(), base: 1, count: 2 },
        ],
        weight_g: scale * rng.range(0, 40) * 10,
        price: Money::from_micros(rng.range(1, 90_000) * 10_000 + rng.range(0, 1) * 3_333),
        costing: *rng.pick(&[Costing::MovingAverage, Costing::Fifo]),
    }
}

/// A node.
pub fn node(rng: &mut Rng, n: usize) -> DefineNode {
    let kinds = [NodeKind::Warehouse, NodeKind::Store, NodeKind::ThirdParty, NodeKind::DropShipper];
    let calendar = Calendar {
        time_zone: "America/Chicago".into(),
        workdays: vec![1, 2, 3, 4, 5],
        holidays: vec!["2026-01-19".into()],
        cut_off: "14:00".into(),
        from: "2026-01-01".into(),
        days: 700,
    };
    DefineNode {
        node: format!("N{n}"),
        name: String::new(),
        kind: if n == 0 { NodeKind::Warehouse } else { *rng.pick(&kinds) },
        place: place(rng),
        handling_per_order: Money::from_micros(rng.range(0, 300) * 10_000),
        handling_per_unit: Money::from_micros(rng.range(0, 80) * 1_000),
        preference: rng.range(0, 20),
        processing_minutes: rng.range(0, 600) as u32,
        calendar: rng.one_in(5).then_some(calendar),
    }
}

fn service(rng: &mut Rng, n: usize) -> DefineService {
    let reach = [400, 1_200, if n == 0 { 9_000 } else { 3_000 }];
    let zone = |rng: &mut Rng, (i, km): (usize, &u32)| Zone {
        up_to_km: *km,
        transit_hours: (24 * (i as u32 + 1)) >> n.min(2),
        base: Money::from_micros(rng.range(300, 1_500) * 10_000 * (n as i64 + 1)),
        per_kg: Money::from_micros(rng.range(0, 900) * 1_000),
        bands: Vec::new(),
    };
    let zones = reach.iter().enumerate().map(|z| zone(rng, z)).collect();
    DefineService { service: format!("V{n}"), name: String::new(), zones, dim_divisor: 0 }
}

fn channel(rng: &mut Rng, n: usize, services: usize) -> DefineChannel {
    let own = services > 0 && rng.chance(50);
    DefineChannel {
        channel: format!("C{n}"),
        name: String::new(),
        promise_hours: *rng.pick(&[48, 96, 400, 2_000]),
        priority: rng.range(0, 3) as u8,
        services: if own { vec![format!("V{}", rng.below(services))] } else { Vec::new() },
    }
}

/// Posting rules that tell nodes, channels, groups and reasons apart.
fn rules(setup: &mut Vec<Command>, nodes: usize) {
    for (account, kind, control) in [
        ("1310", AccountKind::Asset, Control::Inventory),
        ("4010", AccountKind::Income, Control::None),
        ("5010", AccountKind::Expense, Control::None),
        ("5120", AccountKind::Expense, Control::None),
    ] {
        let (account, name) = (account.into(), String::new());
        setup.push(Command::DefineAccount(DefineAccount { account, name, kind, control }));
    }
    let special = Predicate { nodes: vec![format!("N{}", nodes - 1)], ..Predicate::default() };
    let mut rules = Vec::new();
    for rule in default_rules() {
        let inventory = |code: &str| if code == "1300" { "1310".to_owned() } else { code.to_owned() };
        let touches = rule.debit == "1300" || rule.credit == "1300";
        if touches {
            rules.push(PostingRule {
                movement: rule.movement,
                when: special.clone(),
                debit: inventory(&rule.debit),
                credit: inventory(&rule.credit),
            });
        }
        if rule.movement == Movement::Revenue {
            let when = Predicate { channels: vec!["C0".into()], ..Predicate::default() };
            rules.push(PostingRule { when, credit: "4010".into(), ..rule.clone() });
        }
        if rule.movement == Movement::Loss {
            let when = Predicate { reasons: vec!["theft".into()], ..Predicate::default() };
            rules.push(PostingRule { when, debit: "5120".into(), ..rule.clone() });
        }
        rules.push(rule);
    }
    setup.push(Command::SetPostingRules(SetPostingRules { rules, base: None }));
}

fn term(measure: Measure, weight: &str) -> Term {
    Term { measure, weight: money(weight) }
}

fn sourcing(tiers: Vec<Vec<Term>>) -> Sourcing {
    Sourcing {
        node_kinds: Vec::new(),
        nodes: Vec::new(),
        nodes_max: 0,
        line_split: LineSplit::Allowed,
        distance_km_max: None,
        lateness: Lateness::Allowed,
        margin_min: None,
        shortage: Shortage::Backorder,
        backorder_units_max: None,
        tiers,
        ..Sourcing::default()
    }
}

/// A handful of policies, written as data.
pub fn policies(nodes: usize) -> Vec<Policy> {
    use Measure::*;
    let split = sourcing(vec![
        vec![term(UnfilledUnits, "1")],
        vec![term(Shipments, "1")],
        vec![term(DistanceKm, "1")],
    ]);
    let whole = Sourcing {
        line_split: LineSplit::Never,
        ..sourcing(vec![
            vec![term(UnfilledLines, "1")],
            vec![term(NotSingle, "1"), term(Shipments, "1")],
            vec![term(Freight, "1"), term(Handling, "1")],
            vec![term(DistanceKm, "0.001")],
        ])
    };
    let weighted = Sourcing {
        nodes_max: 2,
        shortage: Shortage::Cancel,
        ..sourcing(vec![
            vec![
                term(UnfilledUnits, "1000"),
                term(Freight, "1"),
                term(Handling, "1"),
                term(NodePreference, "0.5"),
            ],
            vec![term(DistanceKm, "1")],
        ])
    };
    let strict = Sourcing {
        node_kinds: vec![NodeKind::Warehouse, NodeKind::Store],
        line_split: LineSplit::Never,
        distance_km_max: Some(2_500),
        lateness: Lateness::Forbidden,
        shortage: Shortage::Refuse,
        ..sourcing(vec![vec![term(UnfilledLines, "1")], vec![term(DistanceKm, "1")]])
    };
    let late = sourcing(vec![
        vec![term(UnfilledUnits, "1"), term(UnfilledLines, "3")],
        vec![term(LatenessHours, "1"), term(DistanceKm, "0.01")],
        vec![term(Freight, "2"), term(Handling, "1")],
    ]);
    let limited = Sourcing {
        backorder_units_max: Some(4),
        nodes: vec!["N0".into(), format!("N{}", nodes - 1)],
        ..split.clone()
    };
    let when = |channels: &[&str], groups: &[&str]| Predicate {
        channels: channels.iter().map(|c| (*c).into()).collect(),
        groups: groups.iter().map(|g| (*g).into()).collect(),
        ..Predicate::default()
    };
    let rule = |name: &str, when: Predicate, then: &Sourcing| PolicyRule {
        name: name.into(),
        when,
        then: then.clone(),
    };
    let dear = Predicate { value_min: Some(money("900")), ..Predicate::default() };
    let policy = |name: &str, rules: Vec<PolicyRule>, otherwise: &Sourcing| Policy {
        name: name.into(),
        rules,
        otherwise: otherwise.clone(),
    };
    vec![
        policy("split", vec![], &split),
        policy("whole", vec![], &whole),
        policy("weighted", vec![rule("dear", dear.clone(), &late)], &weighted),
        policy("strict", vec![rule("cheap channel", when(&["C1"], &[]), &whole)], &strict),
        policy("late", vec![rule("hot", when(&[], &["hot"]), &limited), rule("dear", dear, &whole)], &late),
        policy("limited", vec![rule("first", when(&["C0"], &["cold"]), &strict)], &limited),
    ]
}
