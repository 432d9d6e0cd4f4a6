//! Parameters: one standard for the whole company, local values within declared bounds, the most specific
//! wins.

use crate::value::money::Money;
use crate::value::time::Instant;
use crate::value::wire::{wire, words};

words! {
    /// Whether a parameter may differ from place to place.
    #[derive(Default)]
    pub enum Locality {
        /// A scope may have a value of its own, within the bounds.
        #[default]
        Local,
        /// There is one value for all.
        Standard,
    }
}

wire! {
    /// Where something holds. Every part that is given must fit; nothing given = everywhere.
    #[derive(Default)]
    pub struct Scope {
        /// The node.
        #[serde(default)]
        pub node: Option<String>,
        /// The channel.
        #[serde(default)]
        pub channel: Option<String>,
        /// The service level, as the company names it: the segment of an order's customer.
        #[serde(default)]
        pub service_level: Option<String>,
        /// The country or region, as the company names it: the first group of a node.
        #[serde(default)]
        pub region: Option<String>,
        /// The category: a SKU group.
        #[serde(default)]
        pub category: Option<String>,
        /// The customer, as orders name one.
        #[serde(default)]
        pub customer: Option<String>,
    }

    /// Defines or changes a parameter: its standard and its bounds.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let window = DefineParameter {
    ///     parameter: "return_window_days".into(), meaning: "days from delivery".into(),
    ///     standard: Money::from_cents(30_00), min: Money::from_cents(14_00), max: Money::from_cents(60_00),
    ///     locality: Locality::Local, role: String::new(),
    /// };
    /// book.execute(&Envelope::new("window", at, Command::DefineParameter(window)))?;
    /// let set = r#"{"set_parameter":{"parameter":"return_window_days","scope":{"channel":"web"},
    ///     "value":"90","reason":"holidays"}}"#;
    /// let no = book.execute(&Envelope::new("set", at, serde_json::from_str(set)?)).unwrap_err();
    /// assert_eq!(no.to_string(), "`return_window_days` of 90.00 is not between 14.00 and 60.00");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct DefineParameter {
        /// Its name, as in `return_window_days`.
        pub parameter: String,
        /// What it means, with its unit.
        #[serde(default)]
        pub meaning: String,
        /// The standard.
        pub standard: Money,
        /// No value may be lower.
        pub min: Money,
        /// No value may be higher.
        pub max: Money,
        /// Whether it may differ from place to place.
        #[serde(default)]
        pub locality: Locality,
        /// The role that may set local values; empty = everybody who may say `set_parameter`.
        #[serde(default)]
        pub role: String,
    }

    /// Sets a parameter's value for a scope; without a value the scope has none of its own any more.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"define_parameter":{"parameter":"return_window_days",
    /// #     "standard":"30","min":"14","max":"60"}}"#;
    /// # book.execute(&Envelope::new("define", at, serde_json::from_str(json)?))?;
    /// // The standard of `return_window_days` is 30; the web gives 45.
    /// let set = SetParameter {
    ///     parameter: "return_window_days".into(), value: Some(Money::from_cents(45_00)),
    ///     scope: Scope { channel: Some("web".into()), ..Scope::default() },
    ///     effective_from: None, reason: "competition".into(),
    /// };
    /// book.execute(&Envelope::new("set", at, Command::SetParameter(set)))?;
    /// let asked = r#"{"parameter":"return_window_days","place":{"channel":"web"}}"#;
    /// let asked = Query::ExplainParameter(serde_json::from_str(asked)?);
    /// let Answer::ExplainParameter(found) = book.ask(&asked)? else { panic!() };
    /// assert_eq!(found.value, Money::from_cents(45_00));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct SetParameter {
        /// The parameter.
        pub parameter: String,
        /// Where it holds; nothing given = the standard itself.
        #[serde(default)]
        pub scope: Scope,
        /// The value; none = whatever holds without this.
        pub value: Option<Money>,
        /// From when on; none = from now on.
        #[serde(default)]
        pub effective_from: Option<Instant>,
        /// Why.
        pub reason: String,
    }
}

impl Scope {
    /// The parts as (name, value), the weightiest first: a node says more than a channel, and so on.
    pub(crate) fn parts(&self) -> [(&'static str, Option<&str>); 6] {
        [
            ("customer", self.customer.as_deref()),
            ("node", self.node.as_deref()),
            ("channel", self.channel.as_deref()),
            ("service_level", self.service_level.as_deref()),
            ("region", self.region.as_deref()),
            ("category", self.category.as_deref()),
        ]
    }

    /// How specific it is: how many parts it gives, then which.
    ///
    /// ```
    /// use stockbook::Scope;
    /// let node = Scope { node: Some("RENO".into()), ..Scope::default() };
    /// let channel = Scope { channel: Some("web".into()), ..Scope::default() };
    /// assert!(node.weight() > channel.weight());
    /// assert!(channel.weight() > Scope::default().weight());
    /// ```
    #[must_use]
    pub fn weight(&self) -> (u32, u32) {
        let mut weight = (0u32, 0u32);
        for (_, part) in self.parts() {
            let given = u32::from(part.is_some());
            weight = (weight.0.saturating_add(given), weight.1.saturating_mul(2).saturating_add(given));
        }
        weight
    }

    /// The first part that does not fit the place asked for: (name, wanted, found).
    pub(crate) fn misfit<'a>(&'a self, place: &'a Scope) -> Option<(&'static str, &'a str, &'a str)> {
        let pairs = self.parts().into_iter().zip(place.parts());
        pairs.into_iter().find_map(|((name, wanted), (_, found))| {
            let wanted = wanted?;
            let found = found.unwrap_or("");
            (wanted != found).then_some((name, wanted, found))
        })
    }

    /// The scope in words.
    ///
    /// ```
    /// use stockbook::Scope;
    /// assert_eq!(Scope::default().words(), "everywhere");
    /// ```
    #[must_use]
    pub fn words(&self) -> String {
        let given = self.parts().into_iter().filter_map(|(name, part)| Some(format!("{name} {}", part?)));
        let words: Vec<String> = given.collect();
        if words.is_empty() { "everywhere".into() } else { words.join(", ") }
    }
}

/// A parameter that the book itself reads, with the standard that holds until a book defines its own.
pub(crate) struct BuiltIn {
    pub name: &'static str,
    pub meaning: &'static str,
    /// Standard, least and most, in millionths.
    pub micros: (i64, i64, i64),
}

const ONE: i64 = 1_000_000;

/// The parameters that the book itself reads.
pub(crate) const BUILT_IN: &[BuiltIn] = &[
    BuiltIn {
        name: "return_window_days",
        meaning: "days from an order to the last day on which its return is authorised",
        micros: (30 * ONE, 0, 3_650 * ONE),
    },
    BuiltIn {
        name: "count_tolerance_value",
        meaning: "money: a count's variance up to this posts without approval",
        micros: (50 * ONE, 0, 1_000_000_000 * ONE),
    },
    BuiltIn {
        name: "count_recount_units",
        meaning: "smallest units: a line that differs by more is counted a second time; 0 = never",
        micros: (10 * ONE, 0, 1_000_000_000 * ONE),
    },
    BuiltIn {
        name: "match_price_share",
        meaning: "share: an invoice price may be so much above the order's without an exception",
        micros: (20_000, 0, ONE),
    },
    BuiltIn {
        name: "match_units_share",
        meaning: "share: an invoice may bill so much more than was received without an exception",
        micros: (0, 0, ONE),
    },
    BuiltIn {
        name: "receipt_over_share",
        meaning: "share: a receipt may exceed its purchase order by so much without an exception",
        micros: (0, 0, ONE),
    },
    BuiltIn {
        name: "receipt_refuse_share",
        meaning: "share: a receipt that exceeds its purchase order by more is refused; -1 = none is",
        micros: (-ONE, -ONE, 1_000 * ONE),
    },
    BuiltIn {
        name: "weight_tolerance_share",
        meaning: "share: a carton may weigh so much more or less than its goods",
        micros: (100_000, 0, ONE),
    },
    BuiltIn {
        name: "backorder_days_max",
        meaning: "days after which a backorder opens an exception; 0 = never",
        micros: (30 * ONE, 0, 3_650 * ONE),
    },
    BuiltIn {
        name: "credit_limit",
        meaning: "money: what a customer may owe for orders before they are held; 0 = any amount",
        micros: (0, 0, 1_000_000_000 * ONE),
    },
    BuiltIn {
        name: "pickup_days_max",
        meaning: "days until packed goods that nobody picks up go back to stock; 0 = never",
        micros: (7 * ONE, 0, 3_650 * ONE),
    },
    BuiltIn {
        name: "order_value_min",
        meaning: "money: an order worth less is parked; 0 = none is",
        micros: (0, 0, 1_000_000_000 * ONE),
    },
    BuiltIn {
        name: "price_below_list_share",
        meaning: "share: a line priced so much below its list price is parked; 1 = none is",
        micros: (ONE, 0, ONE),
    },
    BuiltIn {
        name: "repeat_days_max",
        meaning: "days in which the same captured again is a repeated order and parked",
        micros: (7 * ONE, 0, 3_650 * ONE),
    },
    BuiltIn {
        name: "purchase_late_days_max",
        meaning: "days that a purchase order may be overdue until that opens an exception; 0 = any",
        micros: (7 * ONE, 0, 3_650 * ONE),
    },
    BuiltIn {
        name: "receipt_early_days_max",
        meaning: "days that goods may come before their purchase order is expected; 0 = any",
        micros: (0, 0, 3_650 * ONE),
    },
    BuiltIn {
        name: "transfer_days_max",
        meaning: "days that a transfer may be under way until that opens an exception; 0 = any",
        micros: (30 * ONE, 0, 3_650 * ONE),
    },
    BuiltIn {
        name: "price_tolerance_share",
        meaning: "share: a line's price may differ so much from its list price, else it is parked; -1 = any",
        micros: (-ONE, -ONE, 1_000 * ONE),
    },
];

/// What a parameter that the book itself reads is where nobody says otherwise.
pub(crate) fn standard_of(name: &str) -> Option<Money> {
    let known = BUILT_IN.iter().find(|known| known.name == name)?;
    Some(Money::from_micros(known.micros.0))
}

/// The definition of a parameter that the book itself reads.
pub(crate) fn built_in(name: &str) -> Option<DefineParameter> {
    let known = BUILT_IN.iter().find(|known| known.name == name)?;
    let (standard, min, max) = known.micros;
    Some(DefineParameter {
        parameter: known.name.into(),
        meaning: known.meaning.into(),
        standard: Money::from_micros(standard),
        min: Money::from_micros(min),
        max: Money::from_micros(max),
        locality: Locality::Local,
        role: String::new(),
    })
}
