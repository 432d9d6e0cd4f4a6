//! Decisions as their records tell them: what would have turned one (at the stated change it turns, at one
//! unit less it does not), that they hold when they are checked, and what must not matter to them.

use std::collections::BTreeMap;
use stockbook::*;

/// A small generator: the same orders everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn range(&mut self, from: i64, to: i64) -> i64 {
        from + self.roll((to - from + 1) as u64) as i64
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }

    fn cents(&mut self, from: i64, to: i64) -> Money {
        Money::from_cents(self.range(from, to))
    }
}

fn term(measure: Measure, cents: i64) -> Term {
    Term { measure, weight: Money::from_cents(cents) }
}

/// A limit that limits nothing.
fn no_limit() -> SourcingLimit {
    SourcingLimit::default()
}

/// Rules of every kind: in tiers, as one sum, split or whole, bounded or not.
fn sourcing(dice: &mut Dice, nodes: usize) -> Sourcing {
    use Measure::*;
    let tiers = match dice.roll(4) {
        0 => vec![
            vec![term(UnfilledUnits, 100)],
            vec![term(Freight, 100), term(Handling, 100), term(Shipments, dice.range(0, 300))],
            vec![term(DistanceKm, 1)],
        ],
        1 => vec![vec![
            term(UnfilledLines, 4_000),
            term(Freight, 100),
            term(RejectionRisk, 900),
            term(Margin, 50),
            term(LatenessHours, dice.range(1, 40)),
        ]],
        2 => vec![
            vec![term(UnfilledLines, 100)],
            vec![term(NotSingle, 100)],
            vec![term(Freight, 100), term(Scarcity, 300), term(NodePreference, 50)],
        ],
        _ => vec![vec![
            term(UnfilledUnits, dice.range(300, 2_500)),
            term(Freight, 100),
            term(Margin, 100),
            term(Picks, 40),
        ]],
    };
    Sourcing {
        nodes_max: dice.range(0, 3) as u16,
        line_split: if dice.one_in(2) { LineSplit::Allowed } else { LineSplit::Never },
        lateness: if dice.one_in(2) { Lateness::Allowed } else { Lateness::Forbidden },
        distance_km_max: dice.one_in(4).then(|| dice.range(100, 4_000) as u32),
        margin_min: dice.one_in(4).then(|| dice.cents(-500, 1_500)),
        nodes: if dice.one_in(6) { vec![format!("N{}", dice.roll(nodes as u64))] } else { Vec::new() },
        limits: if dice.one_in(4) {
            let when = Predicate { groups: vec!["G1".into()], ..Predicate::default() };
            let not_nodes = vec![format!("N{}", dice.roll(nodes as u64))];
            let (nodes_of, node_kinds, nodes) = (nodes, Vec::new(), Vec::new());
            let fragile =
                SourcingLimit { name: "fragile".into(), when, node_kinds, nodes, not_nodes, ..no_limit() };
            let spill = dice.one_in(2).then(|| SpillLimit { within_km: 800, keep: dice.range(1, 3) });
            let hazards = vec!["4".into()];
            let not_nodes = vec![format!("N{}", dice.roll(nodes_of as u64))];
            let flammable = SourcingLimit { name: "flammable".into(), hazards, not_nodes, ..no_limit() };
            vec![fragile, SourcingLimit { name: "spill".into(), spill, ..no_limit() }, flammable]
        } else {
            Vec::new()
        },
        relax: if dice.one_in(6) { vec![Relaxed::Limits, Relaxed::DistanceMax] } else { Vec::new() },
        completeness: if dice.one_in(8) { Completeness::Whole } else { Completeness::AsCan },
        tiers,
        ..Sourcing::default()
    }
}

fn place(dice: &mut Dice) -> Point {
    let (lat, lon) = (dice.range(30_000, 48_000), dice.range(-120_000, -72_000));
    Point { lat: Degrees(lat * 1_000_000), lon: Degrees(lon * 1_000_000) }
}

fn node(dice: &mut Dice, at: Instant, number: usize, needs: usize) -> RecordedNode {
    let goods = |_| {
        let free = if dice.one_in(3) { 0 } else { dice.range(0, 6) };
        let on_hand = free + dice.range(1, 3);
        RecordedGoods {
            free,
            protected: 0,
            value: Money::from_cents(on_hand * dice.range(300, 1_600)),
            on_hand,
            extra: Money::ZERO,
            markdown: Money::ZERO,
            reorder_point: 0,
            rejected: false,
            bid: Money::ZERO,
            dated: 0,
            held: if dice.one_in(4) { dice.range(0, free) } else { 0 },
            beyond: 0,
        }
    };
    let goods = (0..needs).map(goods).collect();
    let first = dice.range(0, 1_200);
    let days = |day: i64| at.plus_seconds(60 * (first + 1_440 * day));
    RecordedNode {
        node: format!("N{number}"),
        kind: NodeKind::Warehouse,
        place: place(dice),
        status: if dice.one_in(12) { NodeStatus::Closed } else { NodeStatus::Open },
        handling_per_order: dice.cents(0, 300),
        handling_per_unit: dice.cents(0, 80),
        preference: dice.range(0, 4),
        processing_s: dice.range(0, 400) * 60,
        has_calendar: dice.one_in(2),
        cut_offs: (-5..18).map(days).collect(),
        service_cut_offs: Vec::new(),
        freight_change: Money::ZERO,
        extra: Money::ZERO,
        rejected: false,
        goods,
        capacity_from: None,
        at_capacity: false,
        reject_percent: if dice.one_in(2) { dice.cents(0, 4_000) } else { Money::ZERO },
        lanes: Vec::new(),
        load: Money::ZERO,
    }
}

/// Half of the zones have a rate card: one to three weight bands, each dearer than the one before.
fn zone(dice: &mut Dice, up_to_km: u32, hours: u32) -> Zone {
    let (mut bands, mut edge, mut base) = (Vec::new(), 0, dice.range(300, 1_500));
    for _ in 0..if dice.one_in(2) { dice.range(1, 3) } else { 0 } {
        let per_kg = dice.range(0, 100);
        let before = edge;
        edge += dice.range(200, 4_000);
        bands.push(WeightBand {
            up_to_g: edge,
            base: Money::from_cents(base),
            per_kg: Money::from_cents(per_kg),
        });
        // What the heaviest parcel of the band costs, and a step up.
        base += per_kg * (edge + before) / 1_000 + dice.range(0, 900) + 1;
    }
    Zone { up_to_km, transit_hours: hours, base: Money::from_cents(base), per_kg: dice.cents(20, 300), bands }
}

fn record(seed: u64) -> DecisionRecord {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let at: Instant = "2026-03-02T10:00:00Z".parse().expect("an instant");
    let (nodes, needs) = (dice.range(2, 4) as usize, dice.range(1, 3) as usize);
    let need = |number: usize| RecordedNeed {
        sku: format!("S{number}"),
        group: format!("G{}", dice.roll(2)),
        qty: dice.range(1, 4),
        price: dice.cents(500, 3_000),
        decimals: 0,
        weight_g: dice.range(50, 3_000),
        most: None,
        volume_mm3: if dice.one_in(2) { dice.range(100_000, 20_000_000) } else { 0 },
        hazard: if number == 0 { "4.1".into() } else { String::new() },
        temperature: TemperatureClass::default(),
    };
    let needs_list: Vec<RecordedNeed> = (0..needs).map(need).collect();
    let service = |name: &str, dice: &mut Dice, fast: u32| RecordedService {
        service: name.into(),
        zones: vec![zone(dice, 800, 24 / fast), zone(dice, 6_000, 96 / fast)],
        dim_divisor: if dice.one_in(3) { 5_000 } else { 0 },
    };
    let services = vec![service("ground", &mut dice, 1), service("air", &mut dice, 3)];
    let inputs = DecisionInputs {
        policy: "random".into(),
        policy_number: 1,
        rule: "otherwise".into(),
        sourcing: sourcing(&mut dice, nodes),
        order: seed.to_string(),
        channel: "web".into(),
        channel_services: Vec::new(),
        segment: String::new(),
        pickup: None,
        to: place(&mut dice),
        at,
        deliver_by: at.plus_seconds(dice.range(20, 140) * 3_600),
        needs: needs_list,
        nodes: (0..nodes).map(|number| node(&mut dice, at, number, needs)).collect(),
        services,
        suppliers_serve: false,
    };
    let (candidates, plans) = (Vec::new(), Vec::new());
    let (bound, gap, relaxed) = (Vec::new(), Vec::new(), Vec::new());
    let outcome = DecisionOutcome { candidates, plans, bound, gap, proved: false, relaxed };
    DecisionRecord { form: 1, inputs_hash: String::new(), inputs, outcome }
}

/// What comes from where, derived from the inputs from the start.
fn parts(record: &DecisionRecord) -> Vec<RecordedPart> {
    let found = recheck(record).unwrap_or_else(|no| panic!("{no}"));
    found.outcome.plans[0].parts.clone()
}

#[test]
fn at_the_stated_change_it_turns_and_at_one_less_it_does_not() {
    let mut seen: BTreeMap<Aspect, u32> = BTreeMap::new();
    for seed in 0..10_000 {
        let record = record(seed);
        let found = counterfactual(&record, 0).unwrap_or_else(|no| panic!("{seed}: {no}"));
        assert!(found.complete, "{seed}: {} decisions", found.solves);
        let was = parts(&record);
        for flip in &found.flips {
            let change = &flip.change;
            let now = parts(&record.changed(change).expect("it has what it changes"));
            assert!(now != was && now == flip.parts, "{seed}: {}", flip.sentence);
            if change.by.abs() > 1 {
                let less = Change { by: change.by - change.by.signum(), ..change.clone() };
                let less = parts(&record.changed(&less).expect("it has what it changes"));
                assert!(less == was, "{seed}: one less than: {}", flip.sentence);
            }
            *seen.entry(change.dimension).or_default() += 1;
        }
        assert!(found.flips.windows(2).all(|pair| pair[0].share <= pair[1].share), "{seed}");
    }
    println!("{seen:?}");
    use Aspect::*;
    let all =
        [Units, Freight, Price, Minutes, NodesMax, DistanceMax, MarginMin, Limit, Nodes, Lateness, LineSplit];
    for dimension in all {
        assert!(seen.get(&dimension).copied().unwrap_or(0) >= 50, "{dimension:?}: {seen:?}");
    }
}

/// A record derived here holds when it is checked, and its costs add up term by term.
#[test]
fn a_record_holds_and_its_terms_add_up() {
    for seed in 0..2_000 {
        let mut record = record(seed);
        let first = recheck(&record).unwrap_or_else(|no| panic!("{seed}: {no}"));
        assert!(!first.holds, "nothing was said yet");
        (record.outcome, record.inputs_hash) = (first.outcome, first.inputs_hash);
        let text = serde_json::to_string(&record).expect("JSON");
        let read: DecisionRecord = serde_json::from_str(&text).expect("the same JSON");
        let again = recheck(&read).unwrap_or_else(|no| panic!("{seed}: {no}"));
        assert!(again.holds, "{seed}: {:?}", again.differs);
        for plan in &record.outcome.plans {
            let mut sums = vec![0; plan.cost.len()];
            plan.terms.iter().for_each(|term| sums[term.tier as usize - 1] += term.cost);
            assert_eq!(sums, plan.cost, "{seed}: {plan:?}");
        }
        // Whole or nothing may have nothing for less; what is not proved may be bettered.
        let whole = record.inputs.sourcing.completeness == Completeness::Whole || !record.outcome.proved;
        let (best, others) = record.outcome.plans.split_first().expect("the chosen plan");
        assert!(whole || others.iter().all(|plan| plan.cost >= best.cost), "{seed}");
    }
}

/// Cost of the chosen plan, tier by tier, if it is proved to be the best.
fn proved(record: &DecisionRecord) -> Option<Vec<i64>> {
    let found = recheck(record).unwrap_or_else(|no| panic!("{no}"));
    found.outcome.proved.then(|| found.outcome.plans[0].cost.clone())
}

/// Which node is which is a matter of names: in another order, a proved plan costs the same.
#[test]
fn relabelling_nodes_never_changes_the_cost() {
    let mut compared = 0;
    for seed in 0..5_000 {
        let record = record(seed);
        let mut other = record.clone();
        other.inputs.nodes.reverse();
        let (Some(was), Some(now)) = (proved(&record), proved(&other)) else { continue };
        assert_eq!(was, now, "{seed}");
        compared += 1;
    }
    assert!(compared >= 4_000, "{compared}");
}

/// More stock never makes a proved plan worse, under an objective that does not look at stock.
#[test]
fn adding_stock_never_makes_it_worse() {
    let (mut compared, mut better) = (0, 0);
    for seed in 0..5_000 {
        let record = record(seed);
        let rule = &record.inputs.sourcing;
        let looks = rule.tiers.iter().flatten().any(|term| term.measure == Measure::Scarcity);
        // A rule that gives way, or wants all or nothing, costs by another measure once there is enough.
        if looks || !rule.relax.is_empty() || rule.completeness == Completeness::Whole {
            continue;
        }
        let mut dice = Dice(seed + 77);
        let mut richer = record.clone();
        let nodes = richer.inputs.nodes.len() as u64;
        let node = &mut richer.inputs.nodes[dice.roll(nodes) as usize];
        let needs = node.goods.len() as u64;
        let goods = &mut node.goods[dice.roll(needs) as usize];
        let more = dice.range(1, 5);
        // At the same cost a unit, so that margins stay.
        goods.value = Money::from_micros(goods.value.micros() / goods.on_hand * (goods.on_hand + more));
        goods.on_hand += more;
        goods.free += more;
        let (Some(was), Some(now)) = (proved(&record), proved(&richer)) else { continue };
        assert!(now <= was, "{seed}: {was:?} became {now:?}");
        compared += 1;
        better += u32::from(now < was);
    }
    assert!(compared >= 2_000 && better >= 100, "{compared}, {better} better");
}
