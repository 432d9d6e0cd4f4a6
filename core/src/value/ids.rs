//! Dense ids: names from the wire are interned once, and everything behind the door sees a `u32`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

macro_rules! dense_ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        ///
        /// Written as its name in JSON (by a book, which knows the names) and as a number in logs and
        /// columns.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// No such thing: absent in columns.
            pub const NONE: $name = $name(u32::MAX);
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": ["string", "null"] })
            }
        }
    )*};
}

dense_ids! {
    /// A stock keeping unit.
    SkuId,
    /// A place that holds stock.
    NodeId,
    /// A channel that sells.
    ChannelId,
    /// A carrier service.
    ServiceId,
    /// A supplier.
    SupplierId,
    /// A ledger account.
    AccountId,
    /// A reason code.
    ReasonId,
    /// An order.
    OrderId,
    /// A checkout hold.
    HoldId,
    /// A purchase order.
    PurchaseId,
    /// A transfer between nodes.
    TransferId,
    /// A return (RMA).
    ReturnId,
    /// A lot or serial number.
    LotId,
}

/// The longest code or document number, in bytes.
pub const CODE_BYTES_MAX: usize = 64;

/// Whether nothing is seen of a character, or it turns what is around it: two codes that differ by one
/// look the same. The joiners of Persian and Indic scripts are letters' neighbours and stay.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}

/// Whether a text may be a code or document number: 1 to 64 bytes, no control or invisible characters, no
/// space at the ends.
pub(crate) fn is_code(text: &str) -> bool {
    !text.is_empty() && text.len() <= CODE_BYTES_MAX && text.trim() == text && !text.chars().any(is_invisible)
}

/// The number of a document or command: text on the wire; canonical decimal numbers are kept as integers.
///
/// ```
/// use stockbook::DocKey;
/// assert_eq!(DocKey::from("1000"), DocKey::Number(1000));
/// assert_eq!(DocKey::from("0100").to_string(), "0100", "a leading zero is part of the name");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocKey {
    /// A canonical decimal number.
    Number(u64),
    /// Any other text.
    Name(Box<str>),
}

impl From<&str> for DocKey {
    fn from(text: &str) -> DocKey {
        let canonical = text == "0" || text.starts_with(|c: char| ('1'..='9').contains(&c));
        match text.parse::<u64>() {
            Ok(number) if canonical => DocKey::Number(number),
            _ => DocKey::Name(text.into()),
        }
    }
}

impl fmt::Display for DocKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DocKey::Number(number) => write!(f, "{number}"),
            DocKey::Name(name) => f.write_str(name),
        }
    }
}

impl Serialize for DocKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DocKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<DocKey, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Ok(DocKey::from(&*text))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for DocKey {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "DocKey".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "minLength": 1, "maxLength": 64 })
    }
}
