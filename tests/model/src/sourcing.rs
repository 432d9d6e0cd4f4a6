//! Sourcing seen from outside: who could give what, what that would cost, and whether the book's plan is one
//! of the best.

use crate::cell::half_up;
use crate::solve::{Best, Cost, Problem};
use crate::{Model, check};
use std::collections::BTreeMap;
use stockbook::*;

/// A node that could serve an order, and how its parcel would travel.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The node.
    pub node: usize,
    /// The carrier service, if there are any.
    pub service: Option<usize>,
    /// When the parcel leaves.
    pub ship_at: Instant,
    /// When it arrives.
    pub arrive_at: Instant,
    /// How far it goes.
    pub distance_mm: i128,
    /// Hours after the promise, begun hours counted whole.
    pub late_hours: i128,
    /// Price of a parcel.
    pub base: i128,
    /// Price of a kilogram.
    pub per_kg: i128,
}

/// An order as sourcing sees it.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Channel.
    pub channel: usize,
    /// Where to.
    pub to: Point,
    /// When it is planned.
    pub at: Instant,
    /// Promised delivery.
    pub deliver_by: Instant,
    /// SKU and units, equal SKUs summed.
    pub needs: &'a [(usize, i128)],
    /// Nodes that will not give, wholly or a SKU.
    pub barred: &'a [(usize, Option<usize>)],
    /// The most units of a SKU that a node may give: where the hold that is replaced was pinned.
    pub capped: &'a [(usize, usize, i128)],
    /// Lines and begun base units that a day must have room for.
    pub asked: (i128, i128),
}

/// A decision to be checked: the problem, who takes part, and the best that can be had.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Nodes that could serve.
    pub candidates: Vec<Candidate>,
    /// The problem over them.
    pub problem: Problem,
    /// The best plan's cost.
    pub best: Best,
}

/// Great-circle distance in millimetres: the book's own, held against the haversine formula.
pub fn distance_mm(a: Point, b: Point) -> i128 {
    let book = i128::from(a.distance_mm(b));
    let rad = |degrees: i64| (degrees as f64 / 1e9).to_radians();
    let (dlat, dlon) = (rad(b.lat.0 - a.lat.0), rad(b.lon.0 - a.lon.0));
    let h = (dlat / 2.0).sin().powi(2) + rad(a.lat.0).cos() * rad(b.lat.0).cos() * (dlon / 2.0).sin().powi(2);
    let own = 2.0 * 6_371_008_800.0 * h.sqrt().min(1.0).asin();
    // Near the antipodes both formulas lose digits; the driver's worlds stay on one continent.
    assert!((own - book as f64).abs() < 3.0 || own > 1.9e10, "distance: book {book}, haversine {own}");
    book
}

impl Model {
    /// Lines and begun base units of what is asked for: SKU and units by line.
    pub fn asked_lines(&self, lines: &[(usize, i128)]) -> (i128, i128) {
        let open = lines.iter().filter(|(_, qty)| *qty > 0);
        open.fold((0, 0), |sum, (sku, qty)| (sum.0 + 1, sum.1 + self.begun(*sku, *qty)))
    }

    /// The policy in force.
    pub fn policy(&self) -> &Policy {
        self.policies.last().unwrap_or(&self.policies[0])
    }

    /// The rule of the policy in force that decides for an order: its number (0 = otherwise) and what it
    /// says.
    pub fn rule_for(&self, channel: usize, skus: &[usize], value: i128) -> (usize, &Sourcing) {
        let holds = |when: &Predicate| {
            (when.channels.is_empty() || when.channels.contains(&self.channels[channel].channel))
                && (when.groups.is_empty() || skus.iter().any(|s| when.groups.contains(&self.skus[*s].group)))
                && when.value_min.is_none_or(|min| value >= i128::from(min.micros()))
                && when.value_max.is_none_or(|max| value <= i128::from(max.micros()))
        };
        let policy = self.policy();
        let found = policy.rules.iter().position(|rule| holds(&rule.when));
        found.map_or((0, &policy.otherwise), |at| (at + 1, &policy.rules[at].then))
    }

    /// Grams of so many smallest units, begun grams counted whole.
    pub fn grams(&self, sku: usize, qty: i128) -> i128 {
        let scale = self.scale(sku);
        (i128::from(self.skus[sku].weight_g) * qty + scale - 1) / scale
    }

    /// Smallest units in a base unit.
    pub fn scale(&self, sku: usize) -> i128 {
        10i128.pow(u32::from(self.skus[sku].decimals))
    }

    /// Whether a node may serve an order at all, and how its parcel would travel.
    pub fn candidate(&self, node: usize, request: &Request<'_>, rule: &Sourcing) -> Option<Candidate> {
        let row = &self.nodes[node];
        let distance = distance_mm(row.said.place, request.to);
        let eligible = row.status == NodeStatus::Open
            && !request.barred.contains(&(node, None))
            && (rule.node_kinds.is_empty() || rule.node_kinds.contains(&row.said.kind))
            // A supplier's own place only where it is named.
            && (row.said.kind != NodeKind::Supplier
                || rule.node_kinds.contains(&row.said.kind)
                || rule.nodes.contains(&row.said.node))
            && (rule.nodes.is_empty() || rule.nodes.contains(&row.said.node))
            && rule.distance_km_max.is_none_or(|km| distance <= i128::from(km) * 1_000_000);
        if !eligible {
            return None;
        }
        let leaves = |at: Instant| {
            let ready = at.plus_seconds(i64::from(row.said.processing_minutes) * 60);
            match &row.said.calendar {
                None => Some(ready),
                Some(_) => row.cut_offs.iter().find(|cut_off| **cut_off >= ready).copied(),
            }
        };
        // The first day with room for all that is asked for; where nothing is, any day will do.
        let ship_at = match request.asked {
            (0, _) => leaves(request.at)?,
            asked => leaves(self.first_day(node, request.at, asked, leaves)?)?,
        };
        let mut candidate = Candidate {
            node,
            service: None,
            ship_at,
            arrive_at: ship_at,
            distance_mm: distance,
            late_hours: 0,
            base: 0,
            per_kg: 0,
        };
        if !self.services.is_empty() {
            self.choose_service(&mut candidate, request)?;
        }
        let late = candidate.arrive_at.micros() - request.deliver_by.micros();
        if late > 0 {
            if rule.lateness == Lateness::Forbidden {
                return None;
            }
            // Begun seconds do not count, begun hours do; a parcel that is late at all is late by an hour.
            candidate.late_hours = ((i128::from(late) / 1_000_000).max(1) + 3_599) / 3_600;
        }
        Some(candidate)
    }

    /// The cheapest service that keeps the promise, else the fastest; priced for the whole order.
    fn choose_service(&self, candidate: &mut Candidate, request: &Request<'_>) -> Option<()> {
        let allowed = &self.channels[request.channel].services;
        let grams: i128 = request.needs.iter().map(|(sku, qty)| self.grams(*sku, *qty)).sum();
        let offers = self.services.iter().enumerate().filter_map(|(number, service)| {
            let reach = |zone: &&Zone| i128::from(zone.up_to_km) * 1_000_000 >= candidate.distance_mm;
            let zone = service.zones.iter().find(reach)?;
            let mine = allowed.is_empty() || allowed.contains(&service.service);
            let arrive = candidate.ship_at.plus_seconds(i64::from(zone.transit_hours) * 3_600);
            let price =
                i128::from(zone.base.micros()) + half_up(i128::from(zone.per_kg.micros()) * grams, 1_000);
            mine.then_some((number, zone, arrive, price))
        });
        let offers: Vec<_> = offers.collect();
        let in_time = offers.iter().filter(|o| o.2 <= request.deliver_by).min_by_key(|o| (o.3, o.2, o.0));
        let fastest = offers.iter().min_by_key(|o| (o.2, o.3, o.0));
        let (number, zone, arrive, _) = in_time.or(fastest)?;
        candidate.service = Some(*number);
        candidate.arrive_at = *arrive;
        (candidate.base, candidate.per_kg) =
            (i128::from(zone.base.micros()), i128::from(zone.per_kg.micros()));
        Some(())
    }

    /// Units that a channel may take at a node: free, less what is protected there for others, and of lots
    /// that live long enough for it when it leaves.
    pub fn free_for(&self, sku: usize, node: usize, channel: usize, leaves: Instant) -> i128 {
        let free = self.undated_for(sku, node, channel);
        if free > 0 { free.min(self.dated_room(sku, node, channel, leaves)) } else { 0 }
    }

    /// The same whatever their lots.
    pub fn undated_for(&self, sku: usize, node: usize, channel: usize) -> i128 {
        let others =
            self.protections.iter().filter(|p| (p.sku, p.node) == (sku, node) && p.channel != channel);
        let kept: i128 = others.map(|p| (p.qty - p.used).max(0)).sum();
        (self.cells[sku][node].available() - kept).max(0)
    }

    /// Poses and solves the problem of an order.
    pub fn source(&self, request: &Request<'_>, rule: &Sourcing) -> Judged {
        let candidates: Vec<Candidate> =
            (0..self.nodes.len()).filter_map(|node| self.candidate(node, request, rule)).collect();
        let mut problem = Problem {
            nodes: candidates.len(),
            nodes_max: if rule.nodes_max == 0 { usize::MAX } else { usize::from(rule.nodes_max) },
            split: rule.line_split == LineSplit::Allowed,
            open: vec![[0; 4]; candidates.len()],
            ..Problem::default()
        };
        for (sku, qty) in request.needs {
            problem.need.push(*qty);
            let gives = |c: &Candidate| !request.barred.contains(&(c.node, Some(*sku)));
            let room = |c: &Candidate| match gives(c) {
                true => {
                    let caps = request.capped.iter().filter(|cap| (cap.0, cap.1) == (*sku, c.node));
                    let most = caps.map(|cap| cap.2).min().unwrap_or(*qty).min(*qty);
                    self.free_for(*sku, c.node, request.channel, c.ship_at).min(most)
                }
                false => 0,
            };
            problem.room.push(candidates.iter().map(room).collect());
            problem.part.push(vec![[0; 4]; candidates.len()]);
            problem.unit.push(vec![[0; 4]; candidates.len()]);
            problem.short_unit.push([0; 4]);
        }
        for (tier, terms) in rule.tiers.iter().enumerate() {
            for term in terms {
                self.charge(&mut problem, &candidates, request, tier, term);
            }
        }
        let best = problem.best();
        Judged { candidates, problem, best }
    }

    /// Adds the costs of one term.
    fn charge(
        &self,
        p: &mut Problem,
        candidates: &[Candidate],
        request: &Request<'_>,
        tier: usize,
        term: &Term,
    ) {
        let weight = i128::from(term.weight.micros());
        let money = |amount: i128| half_up(weight * amount, 1_000_000);
        let add = |to: &mut Cost, amount: i128| to[tier] += amount;
        match term.measure {
            Measure::UnfilledLines => add(&mut p.short_line, weight),
            Measure::NotSingle => add(&mut p.not_single, weight),
            Measure::UnfilledUnits => {
                for (line, (sku, _)) in request.needs.iter().enumerate() {
                    add(&mut p.short_unit[line], half_up(weight, self.scale(*sku)));
                }
            }
            _ => {}
        }
        for (n, candidate) in candidates.iter().enumerate() {
            let node = &self.nodes[candidate.node].said;
            match term.measure {
                Measure::Shipments => add(&mut p.open[n], weight),
                Measure::Freight => add(&mut p.open[n], money(candidate.base)),
                Measure::Handling => add(&mut p.open[n], money(i128::from(node.handling_per_order.micros()))),
                Measure::NodePreference => add(&mut p.open[n], weight * i128::from(node.preference)),
                _ => {}
            }
            for (line, (sku, _)) in request.needs.iter().enumerate() {
                let scale = self.scale(*sku);
                match term.measure {
                    Measure::DistanceKm => add(&mut p.part[line][n], money(candidate.distance_mm)),
                    Measure::LatenessHours => add(&mut p.part[line][n], weight * candidate.late_hours),
                    Measure::Freight => {
                        let unit = candidate.per_kg * i128::from(self.skus[*sku].weight_g) / (1_000 * scale);
                        add(&mut p.unit[line][n], money(unit));
                    }
                    Measure::Handling => {
                        let unit = i128::from(node.handling_per_unit.micros()) / scale;
                        add(&mut p.unit[line][n], money(unit));
                    }
                    // Margin and scarcity depend on the pool's value in the middle of a decision: not
                    // modelled.
                    _ => {}
                }
            }
        }
    }

    /// Checks a recorded plan: possible, complete, and as good as the best. `lines` are (SKU, units to plan).
    pub fn check_plan(
        &self,
        request: &Request<'_>,
        rule: &Sourcing,
        judged: &Judged,
        lines: &[(usize, i128)],
        plan: &Plan,
    ) -> Result<(), String> {
        let mut given = vec![vec![0; judged.candidates.len()]; request.needs.len()];
        let mut filled: BTreeMap<usize, i128> = BTreeMap::new();
        for part in &plan.parts {
            let line =
                (part.line as usize).checked_sub(1).filter(|l| *l < lines.len()).ok_or("part of no line")?;
            let parcel = plan.parcels.get(part.parcel as usize).ok_or("part of no parcel")?;
            let node = judged.candidates.iter().position(|c| c.node == parcel.node.0 as usize);
            let node = node.ok_or_else(|| format!("node {} is no candidate", parcel.node.0))?;
            let need =
                request.needs.iter().position(|(sku, _)| *sku == lines[line].0).ok_or("part of no need")?;
            if part.qty < 1 {
                return Err(format!("a part of {} units", part.qty));
            }
            given[need][node] += i128::from(part.qty);
            *filled.entry(line).or_default() += i128::from(part.qty);
        }
        self.check_parcels(judged, request, plan, lines)?;
        for (need, row) in given.iter().enumerate() {
            for (node, qty) in row.iter().enumerate() {
                if *qty > judged.problem.room[need][node] {
                    return Err(format!(
                        "need {need}: {qty} from a node with {}",
                        judged.problem.room[need][node]
                    ));
                }
            }
            let (asked, sum) = (judged.problem.need[need], row.iter().sum::<i128>());
            let parts = row.iter().filter(|qty| **qty > 0).count();
            if rule.line_split == LineSplit::Never && sum > 0 && (parts > 1 || sum != asked) {
                return Err(format!("need {need} is split: {row:?} of {asked}"));
            }
        }
        if plan.parcels.len() > judged.problem.nodes_max {
            return Err(format!("{} parcels, at most {}", plan.parcels.len(), judged.problem.nodes_max));
        }
        self.check_short(rule, lines, &filled, plan)?;
        let cost = judged.problem.cost(&given);
        let book: Vec<i128> = plan.decision.cost.iter().map(|c| i128::from(*c)).collect();
        // Tiers that the rule does not have cost nothing.
        let tiers = book.len();
        if cost.iter().any(|c| *c > i128::from(i64::MAX)) {
            // Sums of costs stop at the end of 64 bits: such plans are only checked for being possible.
            return Ok(());
        }
        check("cost of the plan", &book, &cost[..tiers].to_vec())?;
        check("tiers", &(tiers >= rule.tiers.len()), &true)?;
        if plan.decision.proved {
            check("optimal cost", &cost, &judged.best.cost)?;
            check("bound", &plan.decision.bound, &plan.decision.cost)?;
        } else {
            let bound: Vec<i128> = plan.decision.bound.iter().map(|c| i128::from(*c)).collect();
            if bound > judged.best.cost[..tiers].to_vec() || cost < judged.best.cost {
                return Err(format!("bound {bound:?} above the optimum {:?}", judged.best.cost));
            }
        }
        Ok(())
    }

    /// What is missing waits or is struck, line by line, and nothing else is.
    fn check_short(
        &self,
        rule: &Sourcing,
        lines: &[(usize, i128)],
        filled: &BTreeMap<usize, i128>,
        plan: &Plan,
    ) -> Result<(), String> {
        let mut missing: BTreeMap<usize, i128> = BTreeMap::new();
        for (line, (_, qty)) in lines.iter().enumerate() {
            let open = qty - filled.get(&line).copied().unwrap_or(0);
            if open < 0 {
                return Err(format!("line {}: {} planned of {qty}", line + 1, qty - open));
            }
            if open > 0 {
                missing.insert(line, open);
            }
        }
        let told = |list: &[LineQty]| -> BTreeMap<usize, i128> {
            list.iter().map(|l| ((l.line as usize).wrapping_sub(1), i128::from(l.qty))).collect()
        };
        let (waits, struck) = (told(&plan.backordered), told(&plan.cancelled));
        let nothing = BTreeMap::new();
        let (want_waits, want_struck) =
            if rule.shortage == Shortage::Cancel { (&nothing, &missing) } else { (&missing, &nothing) };
        check("backordered by line", &waits, want_waits)?;
        check("cancelled by line", &struck, want_struck)
    }

    /// One parcel a node, and each as its node and service would send it.
    fn check_parcels(
        &self,
        judged: &Judged,
        request: &Request<'_>,
        plan: &Plan,
        lines: &[(usize, i128)],
    ) -> Result<(), String> {
        for (number, parcel) in plan.parcels.iter().enumerate() {
            let again = plan.parcels.iter().filter(|p| p.node == parcel.node).count();
            check("parcels of one node", &again, &1)?;
            let candidate = judged.candidates.iter().find(|c| c.node == parcel.node.0 as usize);
            let candidate = candidate.ok_or("a parcel from no candidate")?;
            let goods: Vec<(usize, i128)> = plan
                .parts
                .iter()
                .filter(|p| p.parcel as usize == number)
                .map(|p| (lines[p.line as usize - 1].0, i128::from(p.qty)))
                .collect();
            if goods.is_empty() {
                return Err(format!("parcel {number} takes nothing"));
            }
            self.check_parcel(candidate, parcel, &goods)?;
        }
        let _ = request;
        Ok(())
    }

    /// A parcel against the candidate that it comes from.
    pub fn check_parcel(
        &self,
        c: &Candidate,
        parcel: &Parcel,
        goods: &[(usize, i128)],
    ) -> Result<(), String> {
        let service = c.service.map_or(ServiceId::NONE, |s| ServiceId(s as u32));
        check("carrier service", &parcel.service, &service)?;
        check("leaves at", &parcel.ship_at, &c.ship_at)?;
        check("arrives at", &parcel.arrive_at, &c.arrive_at)?;
        check("distance", &i128::from(parcel.distance_mm), &c.distance_mm)?;
        let grams: i128 = goods.iter().map(|(sku, qty)| self.grams(*sku, *qty)).sum();
        let freight = self.whole(c.base + half_up(c.per_kg * grams, 1_000));
        check("freight", &i128::from(parcel.freight.micros()), &freight)?;
        let node = &self.nodes[c.node].said;
        let unit = |(sku, qty): &(usize, i128)| {
            half_up(i128::from(node.handling_per_unit.micros()) * qty, self.scale(*sku))
        };
        let handling = i128::from(node.handling_per_order.micros()) + goods.iter().map(unit).sum::<i128>();
        check("handling", &i128::from(parcel.handling.micros()), &self.whole(handling))
    }
}
