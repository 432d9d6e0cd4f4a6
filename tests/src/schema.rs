//! The wire as one document: JSON Schema of what is said, what is recorded and what is answered.
//!
//! The document is itself a schema of a request (`oneOf`: a command, a chain, a question). Beside it stand
//! `commands` (an envelope), `chains`, `queries`, `receipts`, `answers`, `events` and `network` (of a simulation), each a
//! `$ref`, and `rejections`, a list of `{number, name, class, retry, help, description, facts}`. The types
//! themselves are under `$defs`.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use stockbook::simulation::Network;
use stockbook::{Answer, Ask, Chain, Envelope, Event, ReceiptNote, Rejection};

/// The schema of everything that crosses the wire, keys in order.
///
/// ```
/// let schema = stockbook_tests::schema::schema();
/// assert_eq!(schema["commands"]["$ref"], "#/$defs/Envelope");
/// assert_eq!(schema["rejections"][0]["name"], "MalformedRequest");
/// ```
#[must_use]
pub fn schema() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let commands = generator.subschema_for::<Envelope>();
    let chains = generator.subschema_for::<Chain>();
    let queries = generator.subschema_for::<Ask>();
    let answers = generator.subschema_for::<Answer>();
    let events = generator.subschema_for::<Event>();
    let receipts = generator.subschema_for::<ReceiptNote>();
    let network = generator.subschema_for::<Network>();
    generator.subschema_for::<Rejection>();
    let mut types = generator.take_definitions(true);
    let facts = types.remove("Rejection").unwrap_or_default();
    let rejections: Vec<Value> = Rejection::table().iter().map(|row| rejection(row, &facts)).collect();
    sorted(json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "stockbook",
        "description": "A request to a book: a command in its envelope, a chain of them, or a question.",
        "oneOf": [commands, chains, queries],
        "commands": commands,
        "chains": chains,
        "queries": queries,
        "answers": answers,
        "events": events,
        "receipts": receipts,
        "network": network,
        "rejections": rejections,
        "$defs": types,
    }))
}

type Row = (u16, &'static str, stockbook::Class, stockbook::Retry, &'static str);

/// A rejection with its facts, which stand in the variant of its name.
fn rejection((number, name, class, retry, help): &Row, variants: &Value) -> Value {
    let variants = variants["oneOf"].as_array().cloned().unwrap_or_default();
    let variant =
        variants.into_iter().find(|variant| variant["properties"].get(*name).is_some()).unwrap_or_default();
    let body = &variant["properties"][*name];
    // In the order in which they are declared, which only `required` keeps.
    let order = body["required"].as_array().cloned().unwrap_or_default();
    let facts: Vec<Value> = order
        .iter()
        .filter_map(Value::as_str)
        .map(|fact| json!({ "name": fact, "schema": body["properties"][fact] }))
        .collect();
    json!({
        "number": number,
        "name": name,
        "class": class,
        "retry": retry,
        "help": help,
        "description": variant["description"],
        "facts": facts,
    })
}

/// What a doc comment says without its examples, which are Rust: every second part between fences.
fn told(description: &str) -> String {
    let parts: Vec<&str> = description.split("```").step_by(2).map(str::trim).collect();
    parts.join("\n\n").trim().to_owned()
}

/// The same value with the keys of all objects in order, whatever features the JSON crate was built with,
/// and with descriptions in words alone.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        Value::Object(members) => {
            let mut members: Vec<(String, Value)> = members.into_iter().collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            let tidy = |(key, value): (String, Value)| match value {
                Value::String(text) if key == "description" => (key, Value::String(told(&text))),
                value => (key, sorted(value)),
            };
            Value::Object(members.into_iter().map(tidy).collect::<Map<_, _>>())
        }
        other => other,
    }
}
