//! What a rule forbids beyond its own lists, and in which order it gives way.

use super::Predicate;
use crate::catalog::{NodeKind, TemperatureClass};
use crate::value::geo::{Degrees, Point};
use crate::value::wire::{wire, words};
use std::hash::{Hash, Hasher};

words! {
    /// A part of a rule that may give way.
    pub enum Relaxed {
        /// `nodes_max`: an order may come from any number of nodes.
        NodesMax,
        /// `distance_km_max`: from however far.
        DistanceMax,
        /// `margin_min`: at whatever margin.
        MarginMin,
        /// `lateness`: after the promise.
        Lateness,
        /// `node_kinds` and `nodes`: from any node.
        Nodes,
        /// `limits`: those that are not `hard`.
        Limits,
        /// `line_split`: a line may come in parts.
        LineSplit,
    }

    /// Whether an order may be filled in part.
    #[derive(Default)]
    pub enum Completeness {
        /// What is there is planned, and the rest is short.
        #[default]
        AsCan,
        /// All of it at once or nothing (ship complete).
        Whole,
    }
}

/// Which nodes may give lines of a kind: by the goods' group, hazard and cold chain, for some channels,
/// segments or areas. Every limit that holds must be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SourcingLimit {
    /// Its name, which explanations use.
    pub name: String,
    /// For which lines: `groups` are those of the line itself; without value, margin, nodes and reasons.
    pub when: Predicate,
    /// Only these kinds of node; empty = all.
    #[serde(default)]
    pub node_kinds: Vec<NodeKind>,
    /// Only these nodes; empty = all.
    #[serde(default)]
    pub nodes: Vec<String>,
    /// Not these nodes.
    #[serde(default)]
    pub not_nodes: Vec<String>,
    /// Whether it stays when `limits` are relaxed.
    #[serde(default)]
    pub hard: bool,
    /// A spill limit instead: these nodes (all, if none are listed) keep so many smallest units of a SKU for
    /// their own region, and give lines beyond it only what they have free above that. What an order holds
    /// already stays with it when its plan is made anew.
    #[serde(default)]
    pub spill: Option<SpillLimit>,
    /// Only for goods of these UN classes or divisions, as `describe_sku` says; `4` is all of 4.1 to 4.3.
    #[serde(default)]
    pub hazards: Vec<String>,
    /// Only for goods that need one of these cold chains, as `describe_sku` says.
    #[serde(default)]
    pub temperatures: Vec<TemperatureClass>,
}

/// What came after the first release is left out while it says nothing: such a limit keeps its hash.
impl Hash for SourcingLimit {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.name, &self.when, &self.node_kinds, &self.nodes, &self.not_nodes, self.hard).hash(state);
        if self.spill.is_some() {
            self.spill.hash(state);
        }
        if !(self.hazards.is_empty() && self.temperatures.is_empty()) {
            ("goods", &self.hazards, &self.temperatures).hash(state);
        }
    }
}

wire! {
    /// What a node keeps for its own region.
    #[derive(Copy)]
    pub struct SpillLimit {
        /// Its region reaches so many kilometres.
        pub within_km: u32,
        /// Units of a SKU that it keeps, in its smallest unit.
        pub keep: i64,
    }

    /// A box on the map, its edges in it. One that crosses the date line has its west east of its east.
    ///
    /// ```
    /// use stockbook::Area;
    /// let text = r#"{"south": "24.5", "north": "49.4", "west": "-125", "east": "-66.9"}"#;
    /// let mainland: Area = serde_json::from_str(text).unwrap();
    /// let at = |lat, lon| stockbook::Point::from_degrees(lat, lon).unwrap();
    /// assert!(mainland.holds(at(39.5, -119.8)) && !mainland.holds(at(21.3, -157.8)));
    /// ```
    pub struct Area {
        /// Least latitude in degrees.
        pub south: Degrees,
        /// Greatest latitude.
        pub north: Degrees,
        /// Western edge: longitude in degrees.
        pub west: Degrees,
        /// Eastern edge.
        pub east: Degrees,
    }
}

impl Area {
    /// Whether a place lies in it.
    ///
    /// ```
    /// use stockbook::{Area, Degrees, Point};
    /// let degrees = |d: i64| Degrees(d * 1_000_000_000);
    /// // Fiji lies on both sides of the date line: 177 east to 178 west.
    /// let fiji = Area { south: degrees(-20), north: degrees(-16), west: degrees(177), east: degrees(-178) };
    /// let at = |lat, lon| Point::from_degrees(lat, lon).unwrap();
    /// assert!(fiji.holds(at(-18.0, 178.4)) && fiji.holds(at(-17.0, -179.0)) && !fiji.holds(at(-17.0, 0.0)));
    /// ```
    #[must_use]
    pub fn holds(&self, place: Point) -> bool {
        let within = if self.west <= self.east {
            place.lon >= self.west && place.lon <= self.east
        } else {
            place.lon >= self.west || place.lon <= self.east
        };
        within && place.lat >= self.south && place.lat <= self.north
    }

    pub(crate) fn is_valid(&self) -> bool {
        let corner = |lat, lon| Point { lat, lon }.is_valid();
        corner(self.south, self.west) && corner(self.north, self.east) && self.south <= self.north
    }
}
