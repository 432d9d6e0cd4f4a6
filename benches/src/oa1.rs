//! Workload OA-1: one order at a time, a million small orders over ten fulfilment nodes.
//!
//! The data is a pure function of [`Parameters`] and is the same, byte for byte, as that of the
//! reference generator (`perf/oa1`), whose constants, file layout and checksum are kept here.
//! On disk a workload is a directory of raw little-endian arrays:
//!
//! | file | content |
//! |---|---|
//! | `nodes.f64` | nodes × (latitude, longitude), degrees |
//! | `stock.i32` | SKUs × nodes, units on hand, SKU-major |
//! | `off.u32` | orders + 1: where each order's lines begin, and the end |
//! | `cust.f32` | orders × (latitude, longitude), degrees |
//! | `sku.u32` | one SKU a line |
//! | `qty.u8` | one quantity a line |

use std::fs;
use std::io;
use std::path::Path;

use cpu_time::ProcessTime;

/// Number of fulfilment nodes.
pub const NODE_COUNT: usize = 10;

/// The node of a line that no node could fill.
pub const BACKORDERED: u8 = u8::MAX;

/// The seed of the published workload.
pub const DEFAULT_SEED: u64 = 20_260_701;

/// Most lines an order has.
pub const MAX_LINES: usize = 5;

/// The nodes as (latitude, longitude). Facts of the reference workload: Ontario CA, Reno NV,
/// Phoenix AZ, Dallas TX, Memphis TN, Joliet IL, Louisville KY, Atlanta GA, Allentown PA,
/// Jacksonville FL.
pub const NODES: [[f64; 2]; NODE_COUNT] = [
    [34.0633, -117.6509],
    [39.5296, -119.8138],
    [33.4484, -112.0740],
    [32.7767, -96.7970],
    [35.1495, -90.0490],
    [41.5250, -88.0817],
    [38.2527, -85.7585],
    [33.7490, -84.3880],
    [40.6023, -75.4714],
    [30.3322, -81.6557],
];

/// US metros as (latitude, longitude, weight), the weight being about the population in units of
/// 100,000. Facts of the reference workload.
pub(crate) const METROS: [[f64; 3]; 40] = [
    [40.71, -74.01, 195.0],
    [34.05, -118.24, 128.0],
    [41.88, -87.63, 93.0],
    [32.78, -96.80, 81.0],
    [29.76, -95.37, 75.0],
    [38.91, -77.04, 63.0],
    [39.95, -75.17, 62.0],
    [33.75, -84.39, 63.0],
    [25.76, -80.19, 62.0],
    [33.45, -112.07, 51.0],
    [42.36, -71.06, 49.0],
    [33.95, -117.40, 47.0],
    [37.77, -122.42, 46.0],
    [42.33, -83.05, 43.0],
    [47.61, -122.33, 40.0],
    [44.98, -93.27, 37.0],
    [27.95, -82.46, 33.0],
    [32.72, -117.16, 33.0],
    [39.74, -104.99, 30.0],
    [39.29, -76.61, 28.0],
    [38.63, -90.20, 28.0],
    [28.54, -81.38, 28.0],
    [35.23, -80.84, 28.0],
    [29.42, -98.49, 27.0],
    [45.52, -122.68, 25.0],
    [30.27, -97.74, 25.0],
    [40.44, -80.00, 24.0],
    [38.58, -121.49, 24.0],
    [36.17, -115.14, 23.0],
    [39.10, -84.51, 23.0],
    [39.10, -94.58, 22.0],
    [39.96, -83.00, 21.0],
    [41.50, -81.69, 21.0],
    [39.77, -86.16, 21.0],
    [36.16, -86.78, 21.0],
    [36.85, -75.98, 18.0],
    [41.82, -71.41, 17.0],
    [43.04, -87.91, 16.0],
    [30.33, -81.66, 17.0],
    [40.76, -111.89, 13.0],
];

/// Height and width in degrees of the box around a metro in which its customers live.
const SPREAD: [f64; 2] = [1.5, 2.0];

/// The share of orders with at most 1, 2, 3 and 4 lines; the rest have five.
const LINE_SHARES: [f64; MAX_LINES - 1] = [0.42, 0.72, 0.88, 0.96];

/// What a workload is generated from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Number of SKUs, at least [`MAX_LINES`]: an order never names one SKU twice.
    pub skus: usize,
    /// Number of orders.
    pub orders: usize,
    /// Whether 95 % of the expected demand is added to the stock.
    pub stocked: bool,
    /// Seed of the random streams.
    pub seed: u64,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { skus: 100_000, orders: 1_000_000, stocked: false, seed: DEFAULT_SEED }
    }
}

/// The data of one workload.
#[derive(Clone, Debug, PartialEq)]
pub struct Workload {
    /// Latitude and longitude of the nodes.
    pub nodes: [[f64; 2]; NODE_COUNT],
    /// Units on hand at the start: a row a SKU, a column a node.
    pub stock: Vec<[i32; NODE_COUNT]>,
    /// Order `o` has the lines `offsets[o]..offsets[o + 1]`.
    pub offsets: Vec<u32>,
    /// Latitude and longitude of each order's customer.
    pub customers: Vec<[f32; 2]>,
    /// The SKU of each line: a row of `stock`.
    pub skus: Vec<u32>,
    /// The quantity of each line.
    pub quantities: Vec<u8>,
}

impl Workload {
    /// Generates the workload.
    ///
    /// # Panics
    /// With fewer SKUs than an order can have lines, or more than a `u32` counts.
    pub fn generate(parameters: Parameters) -> Self {
        let Parameters { skus, orders, stocked, seed } = parameters;
        assert!(skus >= MAX_LINES, "an order needs {MAX_LINES} distinct SKUs");
        let popularity = Popularity::new(skus, seed.wrapping_add(1));
        let mut stock = uniform_stock(skus, seed.wrapping_add(2));
        if stocked {
            add_expected_demand(&mut stock, &popularity, orders);
        }
        let mut workload = Self {
            nodes: NODES,
            stock,
            offsets: vec![0],
            customers: Vec::with_capacity(orders),
            skus: Vec::new(),
            quantities: Vec::new(),
        };
        let mut random = SplitMix64(seed.wrapping_add(3));
        for _ in 0..orders {
            workload.push_order(&mut random, &popularity);
        }
        workload
    }

    fn push_order(&mut self, random: &mut SplitMix64, popularity: &Popularity) {
        let [latitude, longitude, _] = draw_metro(random);
        let mut around = |centre: f64, width: f64| (centre + (random.unit() - 0.5) * width) as f32;
        let customer = [around(latitude, SPREAD[0]), around(longitude, SPREAD[1])];
        self.customers.push(customer);

        let share = random.unit();
        let lines = 1 + LINE_SHARES.iter().filter(|&&limit| share >= limit).count();
        let first = self.skus.len();
        while self.skus.len() < first + lines {
            let sku = popularity.draw(random);
            if self.skus[first..].contains(&sku) {
                continue;
            }
            self.skus.push(sku);
            self.quantities.push(1 + random.below(3) as u8);
        }
        self.offsets.push(self.skus.len() as u32);
    }

    /// Number of orders.
    pub fn orders(&self) -> usize {
        self.customers.len()
    }

    /// Number of order lines.
    pub fn lines(&self) -> usize {
        self.skus.len()
    }

    /// Keeps the first `orders` orders.
    pub fn truncate(&mut self, orders: usize) {
        if orders >= self.orders() {
            return;
        }
        self.customers.truncate(orders);
        self.offsets.truncate(orders + 1);
        let lines = self.offsets[orders] as usize;
        self.skus.truncate(lines);
        self.quantities.truncate(lines);
    }

    /// Writes the workload's files into `directory`, which is made if missing.
    pub fn save(&self, directory: impl AsRef<Path>) -> io::Result<()> {
        let directory = directory.as_ref();
        fs::create_dir_all(directory)?;
        let write = |name: &str, bytes: Vec<u8>| fs::write(directory.join(name), bytes);
        write("nodes.f64", encode(self.nodes.as_flattened(), f64::to_le_bytes))?;
        write("stock.i32", encode(self.stock.as_flattened(), i32::to_le_bytes))?;
        write("off.u32", encode(&self.offsets, u32::to_le_bytes))?;
        write("cust.f32", encode(self.customers.as_flattened(), f32::to_le_bytes))?;
        write("sku.u32", encode(&self.skus, u32::to_le_bytes))?;
        write("qty.u8", self.quantities.clone())
    }

    /// Reads the workload's files from `directory` and checks that they fit together.
    pub fn load(directory: impl AsRef<Path>) -> io::Result<Self> {
        let directory = directory.as_ref();
        let read = |name: &str| {
            fs::read(directory.join(name))
                .map_err(|error| io::Error::new(error.kind(), format!("{name}: {error}")))
        };
        let nodes = rows(decode(&read("nodes.f64")?, f64::from_le_bytes)?)?;
        let workload = Self {
            nodes: nodes.try_into().map_err(|_| invalid("nodes.f64 does not hold ten nodes"))?,
            stock: rows(decode(&read("stock.i32")?, i32::from_le_bytes)?)?,
            offsets: decode(&read("off.u32")?, u32::from_le_bytes)?,
            customers: rows(decode(&read("cust.f32")?, f32::from_le_bytes)?)?,
            skus: decode(&read("sku.u32")?, u32::from_le_bytes)?,
            quantities: read("qty.u8")?,
        };
        workload.check()?;
        Ok(workload)
    }

    fn check(&self) -> io::Result<()> {
        if self.offsets.len() != self.orders() + 1 {
            return Err(invalid("off.u32 and cust.f32 disagree on the number of orders"));
        }
        if self.quantities.len() != self.lines() {
            return Err(invalid("sku.u32 and qty.u8 disagree on the number of lines"));
        }
        let ends_fit = self.offsets.first() == Some(&0)
            && self.offsets.last().map(|&end| end as usize) == Some(self.lines());
        if !ends_fit || !self.offsets.is_sorted() {
            return Err(invalid("off.u32 does not divide the lines into orders"));
        }
        if self.skus.iter().any(|&sku| sku as usize >= self.stock.len()) {
            return Err(invalid("sku.u32 names a SKU that stock.i32 lacks"));
        }
        Ok(())
    }

    /// Whether `assignment`, a node or [`BACKORDERED`] for every line, can be met from the stock.
    /// False too if it is not an assignment of this workload's lines.
    pub fn no_oversell(&self, assignment: &[u8]) -> bool {
        if assignment.len() != self.lines() {
            return false;
        }
        let mut left = self.stock.clone();
        for ((&node, &sku), &quantity) in assignment.iter().zip(&self.skus).zip(&self.quantities) {
            if node == BACKORDERED {
                continue;
            }
            let Some(cell) = left[sku as usize].get_mut(usize::from(node)) else {
                return false;
            };
            // Checked line by line: a cell that never falls below nothing never oversells.
            if *cell < i32::from(quantity) {
                return false;
            }
            *cell -= i32::from(quantity);
        }
        true
    }
}

/// The checksum two assignments are compared by: 64-bit FNV-1a over one byte a line.
pub fn checksum(assignment: &[u8]) -> u64 {
    assignment
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A stopwatch of the processor time that the whole process uses, all threads together.
#[derive(Clone, Copy, Debug)]
pub struct CpuClock(ProcessTime);

impl CpuClock {
    /// Starts the stopwatch.
    pub fn start() -> Self {
        Self(ProcessTime::now())
    }

    /// Seconds of processor time since the start.
    pub fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

/// Sebastiano Vigna's SplitMix64.
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Uniform in `[0, 1)`, a multiple of 2⁻⁵³.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform in `0..limit`, by the high half of the product.
    fn below(&mut self, limit: u64) -> u64 {
        let product = u128::from(self.next()) * u128::from(limit);
        (product >> 64) as u64
    }
}

/// Zipf's law with exponent one over a random order of the SKUs.
struct Popularity {
    /// SKUs, the most popular first.
    ranked: Vec<u32>,
    /// The share of demand that falls on a rank or a better one.
    cumulative: Vec<f64>,
    /// The sum of all 1 / rank.
    harmonic: f64,
}

impl Popularity {
    fn new(skus: usize, seed: u64) -> Self {
        let count = u32::try_from(skus).expect("SKUs are numbered by u32");
        let mut random = SplitMix64(seed);
        let mut ranked: Vec<u32> = (0..count).collect();
        for last in (1..skus).rev() {
            ranked.swap(last, random.below(last as u64 + 1) as usize);
        }
        let mut harmonic = 0.0;
        let mut cumulative: Vec<f64> = (1..=skus)
            .map(|rank| {
                harmonic += 1.0 / rank as f64;
                harmonic
            })
            .collect();
        for share in &mut cumulative {
            *share /= harmonic;
        }
        Self { ranked, cumulative, harmonic }
    }

    fn draw(&self, random: &mut SplitMix64) -> u32 {
        let share = random.unit();
        let rank = self.cumulative.partition_point(|&upto| upto < share);
        self.ranked[rank.min(self.ranked.len() - 1)]
    }
}

fn uniform_stock(skus: usize, seed: u64) -> Vec<[i32; NODE_COUNT]> {
    let mut random = SplitMix64(seed);
    (0..skus).map(|_| std::array::from_fn(|_| random.below(201) as i32)).collect()
}

fn add_expected_demand(stock: &mut [[i32; NODE_COUNT]], popularity: &Popularity, orders: usize) {
    // Mean lines an order times mean units a line; the order of operations decides the last bit.
    let units = orders as f64 * 2.02 * 2.0;
    for (index, &sku) in popularity.ranked.iter().enumerate() {
        let demand = units / (index as f64 + 1.0) / popularity.harmonic;
        let extra = (demand * 0.95 / NODE_COUNT as f64).floor() as i32;
        for cell in &mut stock[sku as usize] {
            *cell += extra;
        }
    }
}

fn draw_metro(random: &mut SplitMix64) -> [f64; 3] {
    let total: f64 = METROS.iter().map(|metro| metro[2]).sum();
    let mut point = random.unit() * total;
    for metro in METROS {
        if point < metro[2] {
            return metro;
        }
        point -= metro[2];
    }
    METROS[METROS.len() - 1]
}

fn encode<T: Copy, const N: usize>(values: &[T], to_bytes: fn(T) -> [u8; N]) -> Vec<u8> {
    values.iter().copied().flat_map(to_bytes).collect()
}

fn decode<T, const N: usize>(bytes: &[u8], from_bytes: fn([u8; N]) -> T) -> io::Result<Vec<T>> {
    match bytes.as_chunks() {
        (values, []) => Ok(values.iter().copied().map(from_bytes).collect()),
        _ => Err(invalid("a file ends within a number")),
    }
}

fn rows<T: Copy, const N: usize>(values: Vec<T>) -> io::Result<Vec<[T; N]>> {
    match values.as_chunks() {
        (rows, []) => Ok(rows.to_vec()),
        _ => Err(invalid("a file ends within a row")),
    }
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Parameters = Parameters { skus: 500, orders: 20_000, stocked: false, seed: DEFAULT_SEED };

    #[test]
    fn checksum_is_fnv_1a() {
        // Published test vectors of FNV-1a, 64 bits.
        assert_eq!(checksum(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(checksum(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(checksum(b"foobar"), 0x8594_4171_f739_67e8);
    }

    /// The sums were taken, by a few lines of Python, of the files that the reference program wrote
    /// for `generate DIR 20000 500` and `generate DIR 20000 500 stocked`.
    #[test]
    fn data_is_that_of_the_reference_generator() {
        for (stocked, stock) in [(false, 0xa6b4_020a_2fde_e9f1), (true, 0x3c59_27ca_6917_8095)] {
            let workload = Workload::generate(Parameters { stocked, ..SMALL });
            let directory = Scratch::new(if stocked { "stocked" } else { "plain" });
            workload.save(&directory.0).unwrap();
            for (file, expected) in [
                ("nodes.f64", 0xb1eb_1cff_885f_080c),
                ("stock.i32", stock),
                ("off.u32", 0x4566_b1b2_c123_0883),
                ("cust.f32", 0xa8f8_ee20_c4f2_8da0),
                ("sku.u32", 0x222d_c4d6_e727_eb37),
                ("qty.u8", 0x62b2_bd3f_49a2_de42),
            ] {
                let bytes = fs::read(directory.0.join(file)).unwrap();
                assert_eq!(checksum(&bytes), expected, "{file}, stocked: {stocked}");
            }
        }
    }

    #[test]
    fn load_returns_what_save_wrote() {
        let directory = Scratch::new("round-trip");
        let workload = Workload::generate(SMALL);
        workload.save(&directory.0).unwrap();
        assert_eq!(Workload::load(&directory.0).unwrap(), workload);
    }

    #[test]
    fn load_refuses_files_that_do_not_fit_together() {
        let directory = Scratch::new("misfit");
        let workload = Workload::generate(Parameters { orders: 10, ..SMALL });
        for (file, bytes) in [
            ("nodes.f64", vec![0; 9 * 16]),
            ("stock.i32", vec![0; 41]),
            ("stock.i32", vec![0; 40]),
            ("off.u32", vec![0; 11 * 4]),
            ("cust.f32", vec![0; 9 * 8]),
            ("sku.u32", vec![]),
            ("qty.u8", vec![]),
        ] {
            workload.save(&directory.0).unwrap();
            fs::write(directory.0.join(file), bytes).unwrap();
            let error = Workload::load(&directory.0).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{file}");
        }
    }

    #[test]
    fn truncated_is_the_shorter_workload() {
        let mut workload = Workload::generate(SMALL);
        workload.truncate(100);
        assert_eq!(workload, Workload::generate(Parameters { orders: 100, ..SMALL }));
    }

    #[test]
    fn overselling_is_found() {
        let mut workload = Workload::generate(Parameters { orders: 1, ..SMALL });
        workload.stock.fill([2; NODE_COUNT]);
        workload.offsets = vec![0, 2];
        workload.skus = vec![7, 7];
        workload.quantities = vec![2, 1];
        assert!(workload.no_oversell(&[3, 4]));
        assert!(workload.no_oversell(&[3, BACKORDERED]));
        assert!(!workload.no_oversell(&[3, 3]));
        assert!(!workload.no_oversell(&[3, 10]));
        assert!(!workload.no_oversell(&[3]));
    }

    /// A directory of this process that goes when the test ends.
    struct Scratch(std::path::PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let name = format!("stockbook-oa1-{}-{name}", std::process::id());
            Self(std::env::temp_dir().join(name))
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}
