//! What a SKU is beyond its units and price: how it may be ordered, kept, tracked, replaced and built.

use crate::value::ids::SkuId;
use crate::value::money::Money;
use crate::value::wire::{wire, words};

words! {
    /// Where a SKU stands in its life.
    #[derive(Default)]
    pub enum Lifecycle {
        /// Being prepared: neither bought nor sold yet.
        Draft,
        /// Bought, kept and sold.
        #[default]
        Active,
        /// Not sold for now; what is promised is still shipped.
        Blocked,
        /// Neither bought nor sold any more; what is promised is still shipped, and returns still come back.
        Retired,
    }

    /// The cold chain that goods need, by the field's usual ranges.
    #[derive(Default)]
    pub enum TemperatureClass {
        /// Room temperature.
        #[default]
        Ambient,
        /// 8 to 15 °C.
        Cool,
        /// 2 to 8 °C.
        Chilled,
        /// -18 °C or colder.
        Frozen,
    }

    /// Whether units are told apart.
    #[derive(Default)]
    pub enum Tracking {
        /// They are not.
        #[default]
        None,
        /// By lot: every unit lies in a named lot.
        Lot,
        /// By serial number: every lot is one unit.
        Serial,
    }

    /// Which lots go first.
    #[derive(Default)]
    pub enum PickOrder {
        /// The one that came first.
        #[default]
        Fifo,
        /// The one that came last.
        Lifo,
        /// The one that expires first.
        Fefo,
    }

    /// What becomes of a quantity in another unit that is no whole number of the smallest unit.
    #[derive(Default)]
    pub enum Rounding {
        /// It is refused.
        #[default]
        Exact,
        /// The next whole number above.
        Up,
        /// The next whole number below.
        Down,
        /// The nearest whole number, halves away from zero.
        Nearest,
    }

    /// What a customer pays for a substitute.
    #[derive(Default)]
    pub enum SubstitutePrice {
        /// The price of what was ordered.
        #[default]
        Ordered,
        /// Its own price.
        Own,
        /// The lower of the two.
        Lower,
    }

    /// How a kit exists.
    pub enum KitKind {
        /// Only as its components, which are reserved and shipped for it.
        Virtual,
        /// As stock of its own, put together before.
        Assembled,
    }

    /// Which way a kit goes.
    pub enum KitStep {
        /// Components become the kit.
        Assemble,
        /// The kit becomes its components.
        Disassemble,
    }

    /// What happens when stock would go below zero.
    #[derive(Default)]
    pub enum NegativeStock {
        /// It is refused.
        #[default]
        Forbid,
        /// It may go down to a floor.
        Floor,
        /// It may, and an exception is opened.
        Allow,
    }
}

wire! {
    /// Describes a SKU beyond what `define_sku` says. Said again, it replaces.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let describe: DescribeSku = serde_json::from_str(r#"{"sku":"TEE","order_increment":5}"#)?;
    /// book.execute(&Envelope::new("fives", at, Command::DescribeSku(describe)))?;
    /// let order = r#"{"place_order":{"order":"1","channel":"web","to":{"lat":"39","lon":"-119"},
    ///     "lines":[{"sku":"TEE","qty":3}]}}"#;
    /// let no = book.execute(&Envelope::new("three", at, serde_json::from_str(order)?)).unwrap_err();
    /// assert_eq!(no.name(), "QtyNotOrderable", "it is sold in fives");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct DescribeSku {
        /// The SKU.
        pub sku: String,
        /// The brand; empty = none.
        #[serde(default)]
        pub brand: String,
        /// Where it stands in its life.
        #[serde(default)]
        pub lifecycle: Lifecycle,
        /// An order takes a multiple of this, in smallest units; 0 = any quantity.
        #[serde(default)]
        pub order_increment: i64,
        /// An order takes at least this, in smallest units; 0 = no minimum.
        #[serde(default)]
        pub order_min: i64,
        /// An order takes at most this, in smallest units; 0 = no maximum.
        #[serde(default)]
        pub order_max: i64,
        /// Length of one base unit in millimetres; 0 = unknown.
        #[serde(default)]
        pub length_mm: i64,
        /// Width of one base unit in millimetres.
        #[serde(default)]
        pub width_mm: i64,
        /// Height of one base unit in millimetres.
        #[serde(default)]
        pub height_mm: i64,
        /// Class or division of the UN model regulations, as in `3` or `4.1`; empty = not dangerous.
        #[serde(default)]
        pub hazard: String,
        /// The cold chain that it needs.
        #[serde(default)]
        pub temperature: TemperatureClass,
        /// Whether units are told apart; fixed once stocked.
        #[serde(default)]
        pub tracking: Tracking,
        /// Which lots go first.
        #[serde(default)]
        pub pick_order: PickOrder,
        /// Days from receipt to expiry of a lot that names no date; 0 = lots do not expire by themselves.
        #[serde(default)]
        pub shelf_life_days: u32,
        /// What becomes of a quantity that does not convert exactly.
        #[serde(default)]
        pub rounding: Rounding,
        /// What may be sent instead, best rank first.
        #[serde(default)]
        pub substitutes: Vec<Substitute>,
        /// Why it is said.
        #[serde(default)]
        pub why: String,
    }

    /// What may be sent instead.
    pub struct Substitute {
        /// The SKU.
        pub sku: String,
        /// 1 is the best.
        pub rank: u16,
        /// What the customer pays for it.
        #[serde(default)]
        pub price: SubstitutePrice,
    }

    /// Says what a kit is made of. Kits may hold kits; a kit that would hold itself is refused.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"define_sku":{"sku":"PAIR","price":"38"}}"#;
    /// # book.execute(&Envelope::new("pair", at, serde_json::from_str(json)?))?;
    /// let pair = DefineKit {
    ///     sku: "PAIR".into(), kind: KitKind::Virtual, why: String::new(),
    ///     components: vec![KitComponent { sku: "TEE".into(), qty: 2, unit: None }],
    /// };
    /// book.execute(&Envelope::new("kit", at, Command::DefineKit(pair)))?;
    /// let pair = book.sku_id("PAIR").ok_or("a SKU")?;
    /// assert_eq!(book.available(pair, ChannelId(0)), 5, "10 TEE make five pairs");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct DefineKit {
        /// The kit's own SKU.
        pub sku: String,
        /// How it exists.
        pub kind: KitKind,
        /// What one base unit of it is made of; empty = it is no kit any more.
        pub components: Vec<KitComponent>,
        /// Why it is said.
        #[serde(default)]
        pub why: String,
    }

    /// A component of a kit.
    pub struct KitComponent {
        /// The SKU.
        pub sku: String,
        /// How many.
        pub qty: i64,
        /// Unit of `qty`; none = the component's smallest unit.
        #[serde(default)]
        pub unit: Option<String>,
    }

    /// Puts kits together from stock at a node, or takes them apart: goods move, and their value with them.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # for (id, json) in [r#"{"define_sku":{"sku":"PAIR","price":"38"}}"#,
    /// #     r#"{"define_kit":{"sku":"PAIR","kind":"assembled","components":[{"sku":"TEE","qty":2}]}}"#
    /// # ].iter().enumerate() {
    /// #     book.execute(&Envelope::new(&id.to_string(), at, serde_json::from_str(json)?))?;
    /// # }
    /// // Three pairs are put together from two TEE each, which cost 8.00, and bear 3.00 of work.
    /// let assemble = AssembleKit {
    ///     assembly: "K-1".into(), node: "RENO".into(), sku: "PAIR".into(), qty: 3, step: KitStep::Assemble,
    ///     cost: Money::from_cents(3_00),
    /// };
    /// book.execute(&Envelope::new("k-1", at, Command::AssembleKit(assemble)))?;
    /// let stock = book.stock_columns();
    /// assert_eq!((stock.on_hand, stock.value), (vec![4, 3], vec![32_000_000, 51_000_000]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct AssembleKit {
        /// Number of the assembly.
        pub assembly: String,
        /// The node.
        pub node: String,
        /// The kit, an assembled one.
        pub sku: String,
        /// How many base units of the kit.
        pub qty: i64,
        /// Which way.
        pub step: KitStep,
        /// Labour and other cost of putting them together, which the kits bear.
        #[serde(default)]
        pub cost: Money,
    }

    /// Says what happens when stock would go below zero. The most specific holds: SKU and node, SKU, node,
    /// all.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let floor = SetNegativeStock {
    ///     sku: Some("TEE".into()), node: None, policy: NegativeStock::Floor, floor: 2, why: String::new(),
    /// };
    /// book.execute(&Envelope::new("floor", at, Command::SetNegativeStock(floor)))?;
    /// # let mut lose = |id: &str, qty: i64| {
    /// #     let json = format!(r#"{{"adjust_stock":{{"adjustment":"{id}","node":"RENO","reason":"damage",
    /// #         "lines":[{{"sku":"TEE","qty":{qty}}}]}}}}"#);
    /// #     book.execute(&Envelope::new(id, at, serde_json::from_str(&json).unwrap()))
    /// # };
    /// // 10 are there: 12 may leave, and no more.
    /// assert!(lose("A-1", -12).is_ok());
    /// assert_eq!(lose("A-2", -1).unwrap_err().class(), Class::Short);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct SetNegativeStock {
        /// The SKU; none = all.
        #[serde(default)]
        pub sku: Option<String>,
        /// The node; none = all.
        #[serde(default)]
        pub node: Option<String>,
        /// What happens.
        pub policy: NegativeStock,
        /// How far below zero a `floor` lets stock go, in smallest units.
        #[serde(default)]
        pub floor: i64,
        /// Why it is said.
        #[serde(default)]
        pub why: String,
    }
}

/// A component of a kit with its code resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KitPart {
    /// The SKU.
    pub sku: SkuId,
    /// Units of it in one base unit of the kit.
    pub qty: i64,
}

/// Classes and divisions of dangerous goods: UN Recommendations on the Transport of Dangerous Goods, Model
/// Regulations, chapter 2.0.
pub(crate) const HAZARDS: [&str; 20] = [
    "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "2.1", "2.2", "2.3", "3", "4.1", "4.2", "4.3", "5.1", "5.2",
    "6.1", "6.2", "7", "8", "9",
];

impl SubstitutePrice {
    /// The price of a base unit of the substitute.
    ///
    /// ```
    /// use stockbook::{Money, SubstitutePrice};
    /// let money = |units: i64| Money::from_micros(units * 1_000_000);
    /// assert_eq!(SubstitutePrice::Lower.price(money(20), money(18)), money(18));
    /// assert_eq!(SubstitutePrice::Ordered.price(money(20), money(18)), money(20));
    /// ```
    #[must_use]
    pub fn price(self, ordered: Money, own: Money) -> Money {
        match self {
            SubstitutePrice::Ordered => ordered,
            SubstitutePrice::Own => own,
            SubstitutePrice::Lower => ordered.min(own),
        }
    }
}
