//! Policies from files: TOML, or JSON where the name ends in `.json`.

use std::path::Path;
use stockbook::Policy;

/// The policies of the bundled scenario, as files.
pub const BUNDLED: [(&str, &str); 3] = [
    ("seed_story.toml", include_str!("../policies/seed_story.toml")),
    ("nearest.toml", include_str!("../policies/nearest.toml")),
    ("cheapest.toml", include_str!("../policies/cheapest.toml")),
];

/// Reads a policy; the error says where it is wrong.
pub fn read(path: &Path) -> Result<Policy, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let json = path.extension().is_some_and(|e| e == "json");
    parse(&text, json).map_err(|problem| format!("{}:{problem}", path.display()))
}

/// Reads a policy from text; the error begins with line and column, or names the field.
pub fn parse(text: &str, json: bool) -> Result<Policy, String> {
    if json {
        let _: Policy =
            serde_json::from_str(text).map_err(|e| format!("{}:{}: {e}", e.line(), e.column()))?;
        return named(text);
    }
    let value = toml::from_str::<Policy>(text).and_then(|_| toml::from_str::<toml::Value>(text));
    let value = value.map_err(|error: toml::de::Error| {
        let before = text.get(..error.span().map_or(0, |span| span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        format!("{line}:{column}: {}", error.message())
    })?;
    named(&serde_json::to_string(&value).map_err(|error| format!(" {error}"))?)
}

/// Reads a policy whose rows must have names.
fn named(json: &str) -> Result<Policy, String> {
    stockbook::read_json(json).map_err(|fault| format!(" {fault}"))
}
