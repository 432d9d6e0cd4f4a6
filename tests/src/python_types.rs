//! Python's typed classes from the schema: `types.py` (commands, events, answers) and `errors.py` (rejections).
//!
//! The text comes out as `ruff format` would leave it, so that the generated files need no second step.

use serde_json::Value;
use std::collections::{BTreeSet, HashSet};
use std::fmt::Write;

/// Fields that had to be given once, and may still be given by their place.
const BY_PLACE: [(&str, &str); 1] = [("SetBidPrices", "prices")];

/// The longest line.
const WIDTH: usize = 100;
/// Types that are one value on the wire and that `_wire.py` knows: what may be given, and what is read.
const SCALARS: [(&str, &str, &str); 3] =
    [("Money", "Money", "Decimal"), ("Degrees", "Angle", "Decimal"), ("Instant", "Moment", "datetime")];
/// Types for which the package has something better than a class.
const NOT_CLASSES: [&str; 6] = ["Ask", "Query", "Answer", "Command", "Body", "Definition"];

/// `types.py` and `errors.py` for the document that `schema()` gives.
#[must_use]
pub fn python_types(schema: &Value) -> (String, String) {
    (Types::new(schema).file(), errors_file(schema))
}

struct Types<'a> {
    types: &'a Value,
    /// Types that a command can hold: their amounts and times may be given as text.
    given: BTreeSet<String>,
    written: HashSet<String>,
    names: Vec<String>,
    out: String,
}

impl<'a> Types<'a> {
    fn new(schema: &'a Value) -> Types<'a> {
        let types = &schema["$defs"];
        let mut given = BTreeSet::new();
        reach(types, "Chain", &mut given);
        reach(types, "Query", &mut given);
        reach(types, "Network", &mut given);
        Types { types, given, written: HashSet::new(), names: Vec::new(), out: String::new() }
    }

    fn file(mut self) -> String {
        let commands = variants(&self.types["Command"]);
        let bodies = variants(&self.types["Body"]);
        let queries = variants(&self.types["Query"]);
        let answers = variants(&self.types["Answer"]);

        self.section("Words");
        for word in keys(self.types).into_iter().filter(|name| is_word(&self.types[name])) {
            self.word(&word);
        }
        self.section("Commands");
        let commands: Vec<String> =
            commands.iter().map(|variant| self.tagged(variant, &camel(&variant.tag))).collect();
        self.union("Command", &self.types["Command"], &commands);
        let definitions: Vec<String> =
            variants(&self.types["Definition"]).iter().map(|variant| camel(&variant.tag)).collect();
        self.union("Definition", &self.types["Definition"], &definitions);
        self.record("Envelope", "");
        self.record("Chain", "");
        self.section("Simulation");
        self.record("Network", "");
        self.section("Events");
        let bodies: Vec<String> = bodies.iter().map(|variant| self.tagged(variant, &variant.tag)).collect();
        self.union("Body", &self.types["Body"], &bodies);
        self.record("Event", "");
        self.section("Answers");
        self.record("ReceiptNote", "");
        for answer in &answers {
            self.records_of(&answer.schema);
        }
        self.section("Questions");
        for query in &queries {
            self.records_of(&query.schema);
        }
        self.registry(&answers);
        self.questions(&queries, &answers);
        format!("{}{}", self.head(), self.out)
    }

    fn head(&self) -> String {
        let mut names = self.names.clone();
        names.extend(["ANSWERS".to_owned(), "Questions".to_owned()]);
        names.sort();
        let names: String = names.iter().map(|name| format!("    \"{name}\",\n")).collect();
        format!(
            "\"\"\"Commands, events and answers as typed classes.\n\n\
             Generated from the JSON Schema by `cargo run --example generate`: change the Rust type instead.\n\"\"\"\n\n\
             from __future__ import annotations\n\n\
             from collections.abc import Callable, Sequence\n\
             from dataclasses import KW_ONLY, dataclass, field\n\
             from datetime import datetime\n\
             from decimal import Decimal\n\
             from typing import ClassVar, Literal, TypeAlias, cast\n\n\
             from stockbook._wire import EPOCH, Angle, Json, Moment, Money, Record\n\n\
             __all__ = [\n{names}]\n"
        )
    }

    fn section(&mut self, title: &str) {
        let rule = "-".repeat(WIDTH - title.len() - 6);
        let _ = write!(self.out, "\n\n# -- {title} {rule}\n");
    }

    /// A closed vocabulary, as a type of literal texts.
    fn word(&mut self, name: &str) {
        let schema = &self.types[name];
        let words: Vec<(String, String)> = match schema["oneOf"].as_array() {
            Some(words) => {
                words.iter().map(|word| (text(&word["const"]), text(&word["description"]))).collect()
            }
            None => schema["enum"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|word| (text(word), String::new()))
                .collect(),
        };
        let quoted: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        let line = format!("{name}: TypeAlias = Literal[{}]", quoted.join(", "));
        if line.len() <= WIDTH {
            let _ = write!(self.out, "\n{line}\n");
        } else {
            let items: String = quoted.iter().map(|word| format!("    {word},\n")).collect();
            let _ = write!(self.out, "\n{name}: TypeAlias = Literal[\n{items}]\n");
        }
        let list: Vec<String> = words.iter().map(|(word, doc)| format!("- `{word}`: {doc}")).collect();
        let doc = format!("{}\n\n{}", text(&schema["description"]), list.join("\n"));
        self.out.push_str(&docstring(&doc, 0));
        self.names.push(name.to_owned());
    }

    /// The class of a variant: that of its type where the names agree, else one derived from it.
    fn tagged(&mut self, variant: &Variant, name: &str) -> String {
        let base = reference(&variant.schema).unwrap_or_default();
        if base == name {
            self.record(&base, &variant.tag);
        } else {
            self.record(&base, "");
            let doc = docstring(&variant.doc, 4);
            let _ = write!(
                self.out,
                "\n\n@dataclass(frozen=True, slots=True)\nclass {name}({base}):\n{doc}\n    \
                 TAG: ClassVar[str] = \"{}\"\n",
                variant.tag
            );
            self.names.push(name.to_owned());
        }
        name.to_owned()
    }

    /// The records that a schema speaks of.
    fn records_of(&mut self, schema: &Value) {
        let mut found = BTreeSet::new();
        references(schema, &mut found);
        for name in found {
            self.record(&name, "");
        }
    }

    /// A class, after those that it needs.
    fn record(&mut self, name: &str, tag: &str) {
        let schema = &self.types[name];
        let is_record = schema["type"] == "object" && !NOT_CLASSES.contains(&name);
        if !is_record || !self.written.insert(name.to_owned()) {
            return;
        }
        self.records_of(&schema["properties"]);
        let doc = docstring(&text(&schema["description"]), 4);
        let _ = write!(self.out, "\n\n@dataclass(frozen=True, slots=True)\nclass {name}(Record):\n{doc}");
        if !tag.is_empty() {
            let _ = write!(self.out, "\n    TAG: ClassVar[str] = \"{tag}\"\n");
        }
        let (required, optional) = fields(schema);
        if !required.is_empty() || !optional.is_empty() {
            self.out.push('\n');
        }
        for field in &required {
            self.field(name, schema, field, None);
        }
        let by_place = |field: &&String| BY_PLACE.contains(&(name, field.as_str()));
        let by_name = optional.iter().filter(|field| !by_place(field));
        let given = |field: &str| schema["properties"][field].get("default").cloned().unwrap_or_default();
        for field in optional.iter().filter(by_place) {
            self.field(name, schema, field, Some(given(field)));
        }
        if by_name.clone().next().is_some() {
            self.out.push_str("    _: KW_ONLY\n");
        }
        for field in by_name {
            self.field(name, schema, field, Some(given(field)));
        }
        self.names.push(name.to_owned());
    }

    fn field(&mut self, record: &str, schema: &Value, field: &str, default: Option<Value>) {
        let schema = &schema["properties"][field];
        let kind = self.annotation(schema, self.given.contains(record));
        let default = default.map(|value| format!(" = {}", self.default(schema, &value))).unwrap_or_default();
        let _ = writeln!(self.out, "    {}: {kind}{default}", python_name(field));
        self.out.push_str(&docstring(&text(&schema["description"]), 4));
    }

    /// The annotation of a schema. What is `given` may be looser than what is read.
    fn annotation(&self, schema: &Value, given: bool) -> String {
        if let Some(name) = reference(schema) {
            return match SCALARS.iter().find(|scalar| scalar.0 == name) {
                Some(scalar) => if given { scalar.1 } else { scalar.2 }.to_owned(),
                None => self.annotation_of_type(&name),
            };
        }
        if let Some(options) = schema["anyOf"].as_array() {
            return either(options.iter().map(|option| self.annotation(option, given)));
        }
        if let Some(parts) = schema["prefixItems"].as_array() {
            let kinds: Vec<String> = parts.iter().map(|part| self.annotation(part, given)).collect();
            return format!("tuple[{}]", kinds.join(", "));
        }
        if let Some(types) = schema["type"].as_array() {
            let kind = |kind| self.annotation(&serde_json::json!({ "type": kind }), given);
            return either(types.iter().map(kind));
        }
        match schema["type"].as_str() {
            Some("string") => "str".into(),
            Some("integer") => "int".into(),
            Some("boolean") => "bool".into(),
            Some("null") => "None".into(),
            Some("array") if given => format!("Sequence[{}]", self.annotation(&schema["items"], given)),
            Some("array") => format!("tuple[{}, ...]", self.annotation(&schema["items"], given)),
            other => panic!("no annotation for {other:?} in {schema}"),
        }
    }

    /// The annotation of a named type: a class, a vocabulary or a union; what is else is written out.
    fn annotation_of_type(&self, name: &str) -> String {
        let schema = &self.types[name];
        let named =
            schema["type"] == "object" || schema.get("oneOf").is_some() || schema.get("enum").is_some();
        if named { name.to_owned() } else { self.annotation(schema, false) }
    }

    fn default(&self, schema: &Value, value: &Value) -> String {
        match value {
            Value::Object(_) => format!("field(default_factory={})", reference(schema).unwrap_or_default()),
            Value::Array(_) => "()".into(),
            Value::String(text) if reference(schema).as_deref() == Some("Money") => {
                format!("Decimal(\"{text}\")")
            }
            Value::String(_) if reference(schema).as_deref() == Some("Instant") => "EPOCH".into(),
            Value::String(text) => format!("\"{text}\""),
            Value::Bool(is) => if *is { "True" } else { "False" }.into(),
            // The id that stands for none: people see codes, or none.
            Value::Number(number) if number.as_u64() == Some(u32::MAX.into()) => "None".into(),
            Value::Number(number) => number.to_string(),
            Value::Null => "None".into(),
        }
    }

    fn union(&mut self, name: &str, schema: &Value, kinds: &[String]) {
        let _ = write!(self.out, "\n\n{name}: TypeAlias = (\n    {}\n)\n", kinds.join("\n    | "));
        self.out.push_str(&docstring(&text(&schema["description"]), 0));
        self.names.push(name.to_owned());
    }

    /// What the answer to each question is.
    fn registry(&mut self, answers: &[Variant]) {
        self.out.push_str("\n\nANSWERS: dict[str, object] = {\n");
        for answer in answers {
            let _ = writeln!(self.out, "    \"{}\": {},", answer.tag, self.annotation(&answer.schema, false));
        }
        self.out.push_str("}\n\"\"\"What the answer to each question is.\"\"\"\n");
    }

    /// A method for each question.
    fn questions(&mut self, queries: &[Variant], answers: &[Variant]) {
        self.out.push_str(
            "\n\nclass Questions:\n    \"\"\"Everything that can be asked of a book: `book.ask`.\"\"\"\n\n    \
             __slots__ = (\"_ask\",)\n\n    \
             def __init__(self, ask: Callable[[str, dict[str, Json]], object]) -> None:\n        \
             self._ask = ask\n",
        );
        for query in queries {
            let kind = reference(&query.schema).unwrap_or_default();
            let schema = &self.types[&kind];
            let answer = answers.iter().find(|answer| answer.tag == query.tag);
            let answer = answer.map_or("object".into(), |answer| self.annotation(&answer.schema, false));
            let (required, optional) = fields(schema);
            let (mut parameters, mut arguments) = (vec!["self".to_owned()], Vec::new());
            for field in &required {
                let annotation = self.annotation(&schema["properties"][field], true);
                parameters.push(format!("{}: {annotation}", python_name(field)));
                arguments.push(python_name(field));
            }
            if !optional.is_empty() {
                parameters.push("*".into());
            }
            for field in &optional {
                let property = &schema["properties"][field];
                let given = property.get("default").unwrap_or(&Value::Null);
                let (name, kind) = (python_name(field), self.annotation(property, true));
                if given.is_object() {
                    parameters.push(format!("{name}: {kind} | None = None"));
                    arguments.push(format!("{name}={name} or {kind}()"));
                    continue;
                }
                parameters.push(format!("{name}: {kind} = {}", self.default(property, given)));
                arguments.push(format!("{name}={name}"));
            }
            let (head, tail) = (format!("    def {}(", query.tag), format!(") -> {answer}:"));
            let _ = write!(self.out, "\n{}\n", bracketed(&head, &parameters, &tail, 4));
            let mut doc = query.doc.clone();
            for field in required.iter().chain(&optional) {
                let said = text(&schema["properties"][field]["description"]);
                let before = if doc.contains("\n- ") { "\n" } else { "\n\n" };
                let _ = write!(doc, "{before}- `{}`: {said}", python_name(field));
            }
            self.out.push_str(&docstring(&doc, 8));
            let _ =
                writeln!(self.out, "{}", bracketed(&format!("        query = {kind}("), &arguments, ")", 8));
            let answer = if answer.contains('[') { format!("\"{answer}\"") } else { answer };
            let _ = writeln!(
                self.out,
                "        return cast({answer}, self._ask(\"{}\", query.to_json()))",
                query.tag
            );
        }
    }
}

/// A list in brackets as formatters lay it out: in one line, else indented in one line, else a line each.
fn bracketed(head: &str, items: &[String], tail: &str, indent: usize) -> String {
    let joined = items.join(", ");
    let line = format!("{head}{joined}{tail}");
    if line.chars().count() <= WIDTH {
        return line;
    }
    let (outer, inner) = (" ".repeat(indent), " ".repeat(indent + 4));
    if inner.len() + joined.chars().count() <= WIDTH {
        return format!("{head}\n{inner}{joined}\n{outer}{tail}");
    }
    // The star that parts what is named only takes its comma as all do.
    let each: String = items.iter().map(|item| format!("{inner}{item},\n")).collect();
    format!("{head}\n{each}{outer}{tail}")
}

/// A variant of an enum whose variants are objects of one key.
struct Variant {
    tag: String,
    schema: Value,
    doc: String,
}

fn variants(schema: &Value) -> Vec<Variant> {
    let one = |variant: &Value| {
        let tag = keys(&variant["properties"]).into_iter().next().unwrap_or_default();
        let schema = variant["properties"][&tag].clone();
        Variant { tag, schema, doc: text(&variant["description"]) }
    };
    schema["oneOf"].as_array().into_iter().flatten().map(one).collect()
}

/// The fields of a record that must be given, in their order, and those that need not, by name.
fn fields(schema: &Value) -> (Vec<String>, Vec<String>) {
    let required: Vec<String> = schema["required"].as_array().into_iter().flatten().map(text).collect();
    let optional =
        keys(&schema["properties"]).into_iter().filter(|field| !required.contains(field)).collect();
    (required, optional)
}

fn keys(object: &Value) -> Vec<String> {
    let mut keys: Vec<String> =
        object.as_object().into_iter().flat_map(|members| members.keys().cloned()).collect();
    keys.sort();
    keys
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// One of several kinds. What may be missing in more ways than one is so once, and last.
fn either(kinds: impl Iterator<Item = String>) -> String {
    let (mut all, mut none) = (Vec::new(), false);
    for kind in kinds {
        let there = if kind == "None" { Some("") } else { kind.strip_suffix(" | None") };
        none |= there.is_some();
        all.push(there.unwrap_or(&kind).to_owned());
    }
    all.retain(|kind| !kind.is_empty());
    all.extend(none.then(|| "None".to_owned()));
    all.join(" | ")
}

/// The name of the type that a schema is nothing but a reference to.
fn reference(schema: &Value) -> Option<String> {
    schema["$ref"].as_str()?.strip_prefix("#/$defs/").map(str::to_owned)
}

/// All type names in a schema.
fn references(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(members) => {
            found.extend(reference(schema));
            members.values().for_each(|member| references(member, found));
        }
        _ => {}
    }
}

/// All types that a type speaks of, itself included.
fn reach(types: &Value, name: &str, found: &mut BTreeSet<String>) {
    if found.insert(name.to_owned()) {
        let mut next = BTreeSet::new();
        references(&types[name], &mut next);
        next.iter().for_each(|name| reach(types, name, found));
    }
}

/// Whether a type is a closed vocabulary of texts.
fn is_word(schema: &Value) -> bool {
    let constants = |words: &Vec<Value>| words.iter().all(|word| word["const"].is_string());
    schema["enum"].is_array() || schema["oneOf"].as_array().is_some_and(constants)
}

fn camel(tag: &str) -> String {
    let capital = |word: &str| {
        word.chars().take(1).map(|c| c.to_ascii_uppercase()).chain(word.chars().skip(1)).collect()
    };
    tag.split('_').map(capital).collect::<Vec<String>>().concat()
}

/// A field's name, or with an underscore where it is a word of Python.
fn python_name(field: &str) -> String {
    let keywords =
        ["from", "class", "def", "global", "import", "in", "is", "lambda", "not", "pass", "return", "with"];
    if keywords.contains(&field) { format!("{field}_") } else { field.to_owned() }
}

/// A docstring at an indentation, wrapped.
fn docstring(doc: &str, indent: usize) -> String {
    // Examples are Rust: every second part between fences.
    let doc = doc.split("```").step_by(2).collect::<String>();
    let (pad, doc) = (" ".repeat(indent), doc.trim().replace('\\', "\\\\").replace("\"\"\"", "'''"));
    let line = doc.replace('\n', " ");
    if !doc.contains("\n\n") && indent + line.len() + 6 <= WIDTH && !line.ends_with('"') {
        return format!("{pad}\"\"\"{line}\"\"\"\n");
    }
    let mut lines: Vec<String> = Vec::new();
    for paragraph in doc.split("\n\n") {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        // Items of a list stand by themselves; other line breaks are only where Rust's doc comment wrapped.
        for item in paragraph.replace("\n- ", "\u{0}- ").split('\u{0}') {
            let hang = if item.starts_with("- ") { "  " } else { "" };
            let mut line = if lines.is_empty() { format!("{pad}\"\"\"") } else { pad.clone() };
            let mut is_empty = true;
            for word in item.split_whitespace() {
                if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH - 3 {
                    lines.push(std::mem::replace(&mut line, format!("{pad}{hang}")));
                    is_empty = true;
                }
                if !is_empty {
                    line.push(' ');
                }
                line.push_str(word);
                is_empty = false;
            }
            lines.push(line);
        }
    }
    format!("{}\n{pad}\"\"\"\n", lines.join("\n"))
}

/// What stands before the classes of `errors.py`.
const ERRORS_HEAD: &str = r#""""What goes wrong, as exceptions: one root, and one class for each way in which a book says no.

Generated from the JSON Schema by `cargo run --example generate`: change the Rust table instead.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import ClassVar, Literal

@ALL@


class StockbookError(Exception):
    """The root of all exceptions of this package."""


class LoadError(StockbookError):
    """A snapshot or log that is cut, changed, or of another kind."""

    def __init__(self, problem: str, offset: int) -> None:
        super().__init__(problem, offset)
        self.problem = problem
        """What is wrong."""
        self.offset = offset
        """Where, in bytes from the start."""

    def __str__(self) -> str:
        return f"{self.problem}, at byte {self.offset}"


class SimulationError(StockbookError):
    """A simulation that came to no end. Where the book refused something, that is its cause."""


class EventsDrained(StockbookError):
    """Events that have left the book's window: the host has to keep what it drained."""

    def __init__(self, first: int) -> None:
        super().__init__(first)
        self.first = first
        """The first event still in the window."""

    def __str__(self) -> str:
        return f"the first event still in the window is {self.first}"


class Rejection(StockbookError):
    """The business saying no: a typed fact. Nothing has changed."""

    number: ClassVar[int] = 0
    """The stable number."""
    retry: ClassVar[Literal["no", "later"]] = "no"
    """Whether the same command may pass later, unchanged."""
    help: ClassVar[str] = ""
    """What would make it pass."""

    def __init__(self, message: str, *, index: int | None = None, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        """What is wrong, in words."""
        self.index = index
        """Which command of a chain was refused, counted from 0; none without a chain."""
        self.facts: Mapping[str, object] = facts
        """The facts, by name; each is an attribute too."""
        for name, fact in facts.items():
            setattr(self, name, fact)
        if self.help:
            self.add_note(self.help)

    def to_json(self) -> dict[str, object]:
        """The rejection as it stands on the wire."""
        kind = next((word for word, kind in _CLASSES.items() if isinstance(self, kind)), "")
        return {
            "number": self.number,
            "name": type(self).__name__,
            "class": kind,
            "retry": self.retry,
            "message": self.message,
            "help": self.help,
            "facts": dict(self.facts),
        }

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message, self.index, dict(self.facts))


class Invalid(Rejection):
    """The command is malformed or speaks of what does not exist: mend it."""


class Denied(Rejection):
    """The speaker may not say this."""


class Conflict(Rejection):
    """It contradicts what is recorded."""


class Short(Rejection):
    """There is not enough stock or supply: a retry may pass later."""


class Limit(Rejection):
    """A declared bound of the book is reached."""
"#;

/// What stands behind them.
const ERRORS_TAIL: &str = r#"

_CLASSES: dict[str, type[Rejection]] = {
    "invalid": Invalid,
    "denied": Denied,
    "conflict": Conflict,
    "short": Short,
    "limit": Limit,
}


def _rebuild(
    kind: type[Rejection], message: str, index: int | None, facts: dict[str, object]
) -> Rejection:
    return kind(message, index=index, **facts)


def rejection_from_note(note: object, index: object = None) -> Rejection:
    """The exception that a rejection on the wire becomes; `index` is its place in a chain."""
    if not isinstance(note, dict):
        raise TypeError(f"not a rejection: {note!r}")
    kind = REJECTIONS.get(note["name"]) or _CLASSES.get(note["class"], Rejection)
    place = index if isinstance(index, int) else None
    return kind(note["message"], index=place, **note["facts"])


def rejection_from_json(note: str) -> Rejection:
    """The exception that a rejection on the wire becomes."""
    return rejection_from_note(json.loads(note))
"#;

fn errors_file(schema: &Value) -> String {
    let rejections = schema["rejections"].as_array().cloned().unwrap_or_default();
    let roots =
        ["StockbookError", "LoadError", "SimulationError", "EventsDrained", "Rejection", "REJECTIONS"];
    let classes = ["Invalid", "Denied", "Conflict", "Short", "Limit"];
    let mut names: Vec<String> = roots.iter().chain(&classes).map(|name| (*name).to_owned()).collect();
    names.extend(rejections.iter().map(|rejection| text(&rejection["name"])));
    names.sort();
    let all: String = names.iter().map(|name| format!("    \"{name}\",\n")).collect();
    let mut out = ERRORS_HEAD.replace("@ALL@", &format!("__all__ = [\n{all}]"));
    for rejection in &rejections {
        let (name, class) = (text(&rejection["name"]), camel(&text(&rejection["class"])));
        let doc = docstring(&text(&rejection["description"]), 4);
        let retry = text(&rejection["retry"]);
        let _ = write!(
            out,
            "\n\nclass {name}({class}):\n{doc}\n    number = {}\n    retry = \"{retry}\"\n",
            rejection["number"]
        );
        let help = format!("    help = \"{}\"\n", text(&rejection["help"]).replace('"', "\\\""));
        let wrapped = help.replace("help = ", "help = (\n        ").trim_end().to_owned() + "\n    )\n";
        out.push_str(if help.len() > WIDTH + 1 { &wrapped } else { &help });
        for fact in rejection["facts"].as_array().into_iter().flatten() {
            let kind = match fact["schema"]["type"].as_str() {
                Some("integer") => "int",
                Some("array") => "list[str]",
                _ => "str",
            };
            let fact_name = text(&fact["name"]);
            let taken = ["number", "retry", "help", "message", "index", "facts", "args"];
            assert!(
                !taken.contains(&fact_name.as_str()),
                "`{name}` has a fact `{fact_name}`, which Python uses"
            );
            let _ = writeln!(out, "    {fact_name}: {kind}");
            out.push_str(&docstring(&text(&fact["schema"]["description"]), 4));
        }
    }
    out.push_str("\n\nREJECTIONS: dict[str, type[Rejection]] = {\n");
    for rejection in &rejections {
        let name = text(&rejection["name"]);
        let _ = writeln!(out, "    \"{name}\": {name},");
    }
    out.push_str("}\n\"\"\"Every rejection by its name.\"\"\"\n");
    out + ERRORS_TAIL
}
