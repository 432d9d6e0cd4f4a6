//! The yardstick of workload OA-1: the decision by hand and one reservation record a line, with
//! nothing around it. The engine's speed is told as a share of this loop's.
//!
//! An order goes to the nearest single node that has all its lines; failing that each line, in
//! turn, goes to the nearest node that has it; failing that the line is backordered. Nearest is
//! the greatest dot product of unit vectors, which falls as the great-circle distance grows; of
//! equals the lowest node wins.

use std::hint::black_box;

use crate::oa1::{BACKORDERED, CpuClock, NODE_COUNT, Workload};

/// Seconds, on a clock of one order a second, for which a reservation holds.
const HOLD: u64 = 900;

/// The record of one reserved line: 24 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Reservation {
    /// The order's number.
    pub order: u64,
    /// When the reservation lapses.
    pub expiry: u64,
    /// The SKU reserved.
    pub sku: u32,
    /// The node it is reserved at.
    pub node: u8,
    /// Units reserved.
    pub quantity: u8,
    /// 1: open.
    pub status: u8,
}

/// Assigns every line of the workload to a node, or to [`BACKORDERED`], and tells the seconds of
/// processor time the loop took. Stock, result and records are allocated before the clock starts
/// (the latter two untouched, so that their page faults count) and freed after it stops.
pub fn run(workload: &Workload) -> (Vec<u8>, f64) {
    let nodes = workload.nodes.map(|[latitude, longitude]| unit_vector(latitude, longitude));
    let mut stock = workload.stock.clone();
    let mut assignment = vec![0; workload.lines()];
    let mut reservations = Vec::with_capacity(workload.lines());

    let clock = CpuClock::start();
    allocate(workload, &nodes, &mut stock, &mut assignment, &mut reservations);
    let seconds = clock.seconds();

    black_box((&stock, &reservations));
    (assignment, seconds)
}

fn allocate(
    workload: &Workload,
    nodes: &[[f64; 3]; NODE_COUNT],
    stock: &mut [[i32; NODE_COUNT]],
    assignment: &mut [u8],
    reservations: &mut Vec<Reservation>,
) {
    let spans = workload.offsets.array_windows();
    for (order, (&[first, end], customer)) in (0..).zip(spans.zip(&workload.customers)) {
        let span = first as usize..end as usize;
        let skus = &workload.skus[span.clone()];
        let quantities = &workload.quantities[span.clone()];
        let chosen = &mut assignment[span];
        let lines = || skus.iter().copied().zip(quantities.iter().copied());

        let nearness = nearness(customer, nodes);
        let mut reserve = |row: &mut [i32; NODE_COUNT], node: usize, sku: u32, quantity: u8| {
            // The node is known to have the quantity: this cannot wrap.
            row[node] = row[node].wrapping_sub(i32::from(quantity));
            reservations.push(Reservation {
                order,
                expiry: order.wrapping_add(HOLD),
                sku,
                node: node as u8,
                quantity,
                status: 1,
            });
            node as u8
        };

        let complete = lines()
            .fold(ALL_NODES, |nodes, (sku, quantity)| nodes & nodes_having(&stock[sku as usize], quantity));
        if complete != 0 {
            let node = nearest(complete, &nearness);
            for ((sku, quantity), chosen) in lines().zip(chosen) {
                *chosen = reserve(&mut stock[sku as usize], node, sku, quantity);
            }
        } else {
            for ((sku, quantity), chosen) in lines().zip(chosen) {
                let row = &mut stock[sku as usize];
                let having = nodes_having(row, quantity);
                *chosen = if having == 0 {
                    BACKORDERED
                } else {
                    reserve(row, nearest(having, &nearness), sku, quantity)
                };
            }
        }
    }
}

/// A set of nodes, one bit each.
type NodeSet = u32;

const ALL_NODES: NodeSet = (1 << NODE_COUNT) - 1;

#[inline(always)]
fn nodes_having(row: &[i32; NODE_COUNT], quantity: u8) -> NodeSet {
    let mut set = 0;
    for (node, &units) in row.iter().enumerate() {
        set |= NodeSet::from(units >= i32::from(quantity)) << node;
    }
    set
}

/// The nearest node of a set that is not empty.
#[inline(always)]
fn nearest(mut set: NodeSet, nearness: &[f64; NODE_COUNT]) -> usize {
    let mut best = (f64::NEG_INFINITY, 0);
    while set != 0 {
        let node = set.trailing_zeros() as usize;
        if nearness[node] > best.0 {
            best = (nearness[node], node);
        }
        set &= set.wrapping_sub(1);
    }
    best.1
}

#[inline(always)]
fn nearness(&[latitude, longitude]: &[f32; 2], nodes: &[[f64; 3]; NODE_COUNT]) -> [f64; NODE_COUNT] {
    let [x, y, z] = unit_vector(f64::from(latitude), f64::from(longitude));
    nodes.map(|node| x * node[0] + y * node[1] + z * node[2])
}

#[inline(always)]
fn unit_vector(latitude: f64, longitude: f64) -> [f64; 3] {
    let (north, flat) = latitude.to_radians().sin_cos();
    let (sine, cosine) = longitude.to_radians().sin_cos();
    [flat * cosine, flat * sine, north]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oa1::{DEFAULT_SEED, Parameters, checksum};

    fn small(stocked: bool) -> Workload {
        Workload::generate(Parameters { skus: 500, orders: 20_000, stocked, seed: DEFAULT_SEED })
    }

    /// The rule as it is told, with no eye to speed: nodes in order of distance.
    fn by_the_book(workload: &Workload) -> Vec<u8> {
        let mut stock = workload.stock.clone();
        let mut assignment = Vec::new();
        for order in 0..workload.orders() {
            let customer = workload.customers[order].map(f64::from);
            let mut nodes: Vec<usize> = (0..NODE_COUNT).collect();
            // A stable sort: of equals the lowest comes first.
            nodes.sort_by(|&one, &other| {
                haversine(customer, workload.nodes[one])
                    .total_cmp(&haversine(customer, workload.nodes[other]))
            });
            let span = workload.offsets[order] as usize..workload.offsets[order + 1] as usize;
            let lines: Vec<(usize, i32)> = span
                .map(|line| (workload.skus[line] as usize, i32::from(workload.quantities[line])))
                .collect();
            let whole =
                nodes.iter().find(|&&node| lines.iter().all(|&(sku, quantity)| stock[sku][node] >= quantity));
            for &(sku, quantity) in &lines {
                let node = whole.or_else(|| nodes.iter().find(|&&node| stock[sku][node] >= quantity));
                assignment.push(node.map_or(BACKORDERED, |&node| {
                    stock[sku][node] -= quantity;
                    node as u8
                }));
            }
        }
        assignment
    }

    fn haversine(from: [f64; 2], to: [f64; 2]) -> f64 {
        let [from_latitude, from_longitude] = from.map(f64::to_radians);
        let [to_latitude, to_longitude] = to.map(f64::to_radians);
        let half_chord = |angle: f64| (angle / 2.0).sin().powi(2);
        let square = half_chord(to_latitude - from_latitude)
            + from_latitude.cos() * to_latitude.cos() * half_chord(to_longitude - from_longitude);
        2.0 * 6371.0088 * square.sqrt().asin()
    }

    #[test]
    fn decides_as_the_rule_is_told() {
        for stocked in [false, true] {
            let workload = small(stocked);
            let (assignment, seconds) = run(&workload);
            assert_eq!(assignment, by_the_book(&workload));
            assert!(workload.no_oversell(&assignment));
            assert!(seconds > 0.0);
        }
    }

    /// The sums that the reference program `limit` printed for the files of
    /// `generate DIR 20000 500` and `generate DIR 20000 500 stocked`.
    #[test]
    fn assignment_is_that_of_the_reference() {
        assert_eq!(checksum(&run(&small(false)).0), 0x6c43_225b_e734_6655);
        assert_eq!(checksum(&run(&small(true)).0), 0x7362_3eb5_51bd_be88);
    }

    #[test]
    fn whole_then_split_then_backordered_and_the_lowest_of_equals() {
        let mut workload = small(false);
        workload.nodes = [[40.0, -100.0]; NODE_COUNT];
        workload.nodes[0] = [40.0, -70.0];
        workload.customers = vec![[40.0, -100.0]; 3];
        workload.offsets = vec![0, 2, 4, 6];
        workload.skus = vec![0, 1, 0, 1, 0, 1];
        workload.quantities = vec![1, 1, 2, 2, 3, 1];
        workload.stock = vec![[0; NODE_COUNT]; 2];
        workload.stock[0][2..=4].copy_from_slice(&[1, 3, 3]);
        workload.stock[1][0] = 2;
        workload.stock[1][3] = 1;
        workload.stock[1][4] = 2;

        // Whole at 3 (4 is as near) though 2 has the first line too; whole at 4; then nobody has the
        // first line, and the far node alone the second.
        let (assignment, _) = run(&workload);
        assert_eq!(assignment, [3, 3, 4, 4, BACKORDERED, 0]);

        let mut reservations = Vec::new();
        let nodes = workload.nodes.map(|[latitude, longitude]| unit_vector(latitude, longitude));
        let mut stock = workload.stock.clone();
        allocate(&workload, &nodes, &mut stock, &mut [0; 6], &mut reservations);
        assert_eq!(reservations.len(), 5);
        assert_eq!(
            reservations[4],
            Reservation { order: 2, expiry: 902, sku: 1, node: 0, quantity: 1, status: 1 }
        );
        assert_eq!(size_of::<Reservation>(), 24);
        assert_eq!(stock[0], [0, 0, 1, 2, 1, 0, 0, 0, 0, 0]);
        assert_eq!(stock[1], [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
}
