//! A tier of an objective as people write it: `"1.00 freight + 2.50 lateness_hours"`.

use super::{Measure, Term};
use serde::de::value::StrDeserializer;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor, value::SeqAccessDeserializer};
use std::fmt;

/// One tier: a list of terms, or their sum as text.
struct Tier(Vec<Term>);

fn term<E: Error>(text: &str) -> Result<Term, E> {
    let mut words = text.split_whitespace();
    let (Some(weight), Some(measure), None) = (words.next(), words.next(), words.next()) else {
        return Err(E::custom("a term is a weight and a measure, as in `2.50 lateness_hours`"));
    };
    let measure = Measure::deserialize(StrDeserializer::new(measure))?;
    Ok(Term { measure, weight: weight.parse().map_err(E::custom)? })
}

struct AsWritten;

impl<'de> Visitor<'de> for AsWritten {
    type Value = Tier;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a list of terms, or their sum as in \"1.00 freight + 2.50 lateness_hours\"")
    }

    fn visit_str<E: Error>(self, sum: &str) -> Result<Tier, E> {
        sum.split('+').map(term).collect::<Result<Vec<Term>, E>>().map(Tier)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Tier, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list)).map(Tier)
    }
}

impl<'de> Deserialize<'de> for Tier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tier, D::Error> {
        deserializer.deserialize_any(AsWritten)
    }
}

/// An objective's tiers, each a list of terms or their sum as text.
pub(super) fn tiers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<Term>>, D::Error> {
    let tiers = Vec::<Tier>::deserialize(deserializer)?;
    Ok(tiers.into_iter().map(|tier| tier.0).collect())
}

#[cfg(test)]
mod tests {
    use crate::policy::Sourcing;
    use crate::value::reader::{Written, from_json};

    fn read(tier: &str) -> Result<Sourcing, String> {
        from_json(&format!(r#"{{"tiers":[{tier}]}}"#), Written::ForPeople)
    }

    #[test]
    fn a_sum_is_the_list_that_it_says() {
        let list = r#"[{"measure":"freight","weight":"1.00"},{"measure":"distance_km","weight":"0.005"}]"#;
        assert!(read(list).is_ok());
        assert_eq!(read(r#""1.00 freight + 0.005 distance_km""#), read(list));
    }

    #[test]
    fn a_sum_that_is_none_says_why() {
        let cases = [
            (r#""1.00 miles""#, "unknown variant `miles`"),
            (r#""freight""#, "a weight and a measure"),
            (r#""1.00 freight +""#, "a weight and a measure"),
            (r#""dear freight""#, "tiers[0]"),
            ("7", "a list of terms, or their sum"),
        ];
        for (tier, why) in cases {
            let problem = read(tier).err().unwrap_or_default();
            assert!(problem.contains(why), "{tier}: {problem}");
        }
    }
}
