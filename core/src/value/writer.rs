//! One writer for all that goes out, so that each type's writing code exists once.
//!
//! Logs and snapshots are MessagePack: rows as arrays, money and instants as numbers. Receipts and answers
//! are canonical JSON for people: rows with their fields' names, money and instants as texts, dense ids as
//! the codes that they stand for. Which of the two it is, is a matter of the last step, not of the type.

use serde::Serialize;
use serde::de;
use serde::ser::{self, Serializer};
use std::fmt::{self, Display};

/// What could not be written or read, in words. It is one pointer wide, because every step of reading and
/// writing every type hands it on, and never inlined, because it is rare.
#[derive(Debug)]
pub(crate) struct Fault(Box<Box<str>>);

impl Fault {
    #[cold]
    #[inline(never)]
    pub(crate) fn new(problem: fmt::Arguments<'_>) -> Fault {
        Fault(Box::new(problem.to_string().into_boxed_str()))
    }

    pub(crate) fn problem(self) -> String {
        String::from(*self.0)
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Fault {}

impl ser::Error for Fault {
    #[cold]
    #[inline(never)]
    fn custom<T: Display>(problem: T) -> Fault {
        Fault::new(format_args!("{problem}"))
    }
}

impl de::Error for Fault {
    #[cold]
    #[inline(never)]
    fn custom<T: Display>(problem: T) -> Fault {
        Fault::new(format_args!("{problem}"))
    }

    #[cold]
    #[inline(never)]
    fn invalid_value(found: de::Unexpected<'_>, wanted: &dyn de::Expected) -> Fault {
        Fault::new(format_args!("invalid value: {found}, expected {wanted}"))
    }

    #[cold]
    #[inline(never)]
    fn invalid_type(found: de::Unexpected<'_>, wanted: &dyn de::Expected) -> Fault {
        Fault::new(format_args!("invalid type: {found}, expected {wanted}"))
    }

    #[cold]
    #[inline(never)]
    fn invalid_length(found: usize, wanted: &dyn de::Expected) -> Fault {
        Fault::new(format_args!("invalid length {found}, expected {wanted}"))
    }

    #[cold]
    #[inline(never)]
    fn missing_field(field: &'static str) -> Fault {
        Fault::new(format_args!("missing field `{field}`"))
    }

    #[cold]
    #[inline(never)]
    fn duplicate_field(field: &'static str) -> Fault {
        Fault::new(format_args!("duplicate field `{field}`"))
    }
}

/// Knows the code behind a dense id.
pub(crate) trait Names {
    /// The code that an id of this kind stands for; `None` if the number stands for nothing.
    fn name(&self, kind: &str, id: u32) -> Option<String>;
    /// Whether newtypes of this name are ids.
    fn is_id(&self, kind: &str) -> bool;
}

/// A value as the book stores it: MessagePack, rows as arrays.
pub(crate) fn to_stored<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    let mut writer = Writer { out: Vec::new(), names: None, kind: None, is_key: false };
    // Writing to memory fails for no value of ours: nothing is longer than 2^32.
    match value.serialize(&mut writer) {
        Ok(()) => writer.out,
        Err(_) => Vec::new(),
    }
}

/// JSON put into MessagePack as it is, names and texts kept.
///
/// # Errors
/// What is wrong with the text, with line and column.
pub(crate) fn transcode(json: &str) -> Result<Vec<u8>, Fault> {
    let mut writer = Writer { out: Vec::with_capacity(json.len()), names: None, kind: None, is_key: false };
    let mut from = serde_json::Deserializer::from_str(json);
    let end = serde_transcode::transcode(&mut from, &mut writer)
        .and_then(|()| from.end().map_err(ser::Error::custom));
    end.map(|()| writer.out)
}

/// Canonical JSON of a value, ids as names.
pub(crate) fn to_named<T: Serialize + ?Sized>(names: &dyn Names, value: &T) -> String {
    let mut writer = Writer { out: Vec::new(), names: Some(names), kind: None, is_key: false };
    match value.serialize(&mut writer) {
        Ok(()) => String::from_utf8(writer.out).unwrap_or_default(),
        Err(fault) => format!("{{\"error\":{:?}}}", fault.problem()),
    }
}

struct Writer<'a> {
    out: Vec<u8>,
    /// For people, with this to name ids; without it, for the book.
    names: Option<&'a dyn Names>,
    /// The kind of id whose number comes next.
    kind: Option<&'static str>,
    /// What comes next is a map's key: a text in JSON.
    is_key: bool,
}

type Done = Result<(), Fault>;

fn length(len: usize) -> Result<u32, Fault> {
    u32::try_from(len).map_err(|_| Fault::new(format_args!("longer than 2^32")))
}

fn full(_: impl Sized) -> Fault {
    Fault::new(format_args!("out of memory"))
}

impl Writer<'_> {
    fn unsigned(&mut self, value: u64) -> Done {
        let kind = self.kind.take();
        let Some(names) = self.names else {
            return rmp::encode::write_uint(&mut self.out, value).map(|_| ()).map_err(full);
        };
        if let (Some(kind), Ok(id)) = (kind, u32::try_from(value)) {
            return match names.name(kind, id) {
                Some(name) => self.text(&name),
                None => self.nothing(),
            };
        }
        self.digits(&value)
    }

    fn signed(&mut self, value: i64) -> Done {
        if self.names.is_none() {
            return rmp::encode::write_sint(&mut self.out, value).map(|_| ()).map_err(full);
        }
        self.digits(&value)
    }

    fn digits(&mut self, value: &dyn Display) -> Done {
        use std::io::Write;
        if self.is_key { write!(self.out, "\"{value}\"") } else { write!(self.out, "{value}") }.map_err(full)
    }

    fn float(&mut self, value: f64) -> Done {
        if self.names.is_none() {
            return rmp::encode::write_f64(&mut self.out, value).map_err(full);
        }
        serde_json::to_writer(&mut self.out, &value).map_err(full)
    }

    fn flag(&mut self, value: bool) -> Done {
        if self.names.is_none() {
            return rmp::encode::write_bool(&mut self.out, value).map_err(full);
        }
        self.digits(&value)
    }

    fn text(&mut self, text: &str) -> Done {
        if self.names.is_none() {
            return rmp::encode::write_str(&mut self.out, text).map_err(full);
        }
        serde_json::to_writer(&mut self.out, text).map_err(full)
    }

    fn bytes(&mut self, bytes: &[u8]) -> Done {
        if self.names.is_none() {
            return rmp::encode::write_bin(&mut self.out, bytes).map_err(full);
        }
        serde_json::to_writer(&mut self.out, bytes).map_err(full)
    }

    fn nothing(&mut self) -> Done {
        if self.names.is_none() {
            return rmp::encode::write_nil(&mut self.out).map_err(full);
        }
        self.out.extend(b"null");
        Ok(())
    }

    /// The head of a list or a map of so many parts, in MessagePack.
    fn head(&mut self, is_map: bool, len: usize) -> Done {
        let len = length(len)?;
        match is_map {
            true => rmp::encode::write_map_len(&mut self.out, len),
            false => rmp::encode::write_array_len(&mut self.out, len),
        }
        .map(|_| ())
        .map_err(full)
    }

    /// The name of a variant, with its content to follow.
    fn variant(&mut self, variant: &str) -> Done {
        if self.names.is_none() {
            self.head(true, 1)?;
            return self.text(variant);
        }
        self.out.push(b'{');
        self.text(variant)?;
        self.out.push(b':');
        Ok(())
    }

    /// Begins a list or a map whose parts are said next.
    fn open(&mut self, shape: Shape, len: Option<usize>) -> Result<Open, Fault> {
        let at = self.out.len();
        match self.names {
            Some(_) => self.out.push(if shape == Shape::List { b'[' } else { b'{' }),
            None => {
                if let Some(len) = len {
                    self.head(shape == Shape::Map, len)?;
                }
            }
        }
        Ok(Open { shape, at, unknown: len.is_none(), parts: 0, is_variant: false })
    }

    /// Before a part; a row's or a map's has a key.
    fn part(&mut self, open: &mut Open, key: Option<&'static str>) -> Done {
        if self.names.is_some() {
            if open.parts > 0 {
                self.out.push(b',');
            }
            if let Some(key) = key {
                self.text(key)?;
                self.out.push(b':');
            }
        }
        open.parts = open.parts.saturating_add(1);
        Ok(())
    }

    fn close(&mut self, open: &Open) -> Done {
        if self.names.is_some() {
            self.out.push(if open.shape == Shape::List { b']' } else { b'}' });
            if open.is_variant {
                self.out.push(b'}');
            }
        } else if open.unknown {
            let parts = self.out.split_off(open.at);
            self.head(open.shape == Shape::Map, open.parts)?;
            self.out.extend(parts);
        }
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    List,
    Map,
    /// Fields in order: an array when stored.
    Row,
}

/// A list, map or row begun.
struct Open {
    shape: Shape,
    /// Where it began.
    at: usize,
    /// Its length is known only at its end.
    unknown: bool,
    parts: usize,
    is_variant: bool,
}

/// What is said into a list, map or row.
struct Parts<'w, 'a> {
    writer: &'w mut Writer<'a>,
    open: Open,
}

impl<'w, 'a> Writer<'a> {
    fn parts(&'w mut self, shape: Shape, len: Option<usize>) -> Result<Parts<'w, 'a>, Fault> {
        let open = self.open(shape, len)?;
        Ok(Parts { writer: self, open })
    }

    fn variant_parts(&'w mut self, variant: &str, shape: Shape, len: usize) -> Result<Parts<'w, 'a>, Fault> {
        self.variant(variant)?;
        let open = self.open(shape, Some(len))?;
        Ok(Parts { writer: self, open: Open { is_variant: true, ..open } })
    }
}

macro_rules! write_as {
    ($($method:ident($type:ty) $with:ident),*) => {$(
        fn $method(self, value: $type) -> Done {
            self.$with(value.into())
        }
    )*};
}

impl<'w, 'a> Serializer for &'w mut Writer<'a> {
    type Ok = ();
    type Error = Fault;
    type SerializeSeq = Parts<'w, 'a>;
    type SerializeTuple = Parts<'w, 'a>;
    type SerializeTupleStruct = Parts<'w, 'a>;
    type SerializeTupleVariant = Parts<'w, 'a>;
    type SerializeMap = Parts<'w, 'a>;
    type SerializeStruct = Parts<'w, 'a>;
    type SerializeStructVariant = Parts<'w, 'a>;

    write_as!(
        serialize_u8(u8) unsigned, serialize_u16(u16) unsigned, serialize_u32(u32) unsigned,
        serialize_u64(u64) unsigned, serialize_i8(i8) signed, serialize_i16(i16) signed,
        serialize_i32(i32) signed, serialize_i64(i64) signed, serialize_f32(f32) float,
        serialize_f64(f64) float, serialize_bool(bool) flag, serialize_str(&str) text,
        serialize_bytes(&[u8]) bytes
    );

    fn is_human_readable(&self) -> bool {
        self.names.is_some()
    }

    fn serialize_char(self, value: char) -> Done {
        self.text(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_none(self) -> Done {
        self.nothing()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        self.nothing()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Done {
        if self.names.is_some() { self.nothing() } else { self.head(false, 0) }
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Done {
        self.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, kind: &'static str, value: &T) -> Done {
        self.kind = self.names.filter(|names| names.is_id(kind)).map(|_| kind);
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        self.variant(variant)?;
        value.serialize(&mut *self)?;
        if self.names.is_some() {
            self.out.push(b'}');
        }
        Ok(())
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Parts<'w, 'a>, Fault> {
        self.parts(Shape::List, len)
    }

    fn serialize_tuple(self, len: usize) -> Result<Parts<'w, 'a>, Fault> {
        self.parts(Shape::List, Some(len))
    }

    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Result<Parts<'w, 'a>, Fault> {
        self.parts(Shape::List, Some(len))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Parts<'w, 'a>, Fault> {
        self.variant_parts(variant, Shape::List, len)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Parts<'w, 'a>, Fault> {
        self.parts(Shape::Map, len)
    }

    fn serialize_struct(self, _: &'static str, len: usize) -> Result<Parts<'w, 'a>, Fault> {
        self.parts(Shape::Row, Some(len))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Parts<'w, 'a>, Fault> {
        self.variant_parts(variant, Shape::Row, len)
    }
}

macro_rules! list {
    ($($trait:ident $method:ident),*) => {$(
        impl ser::$trait for Parts<'_, '_> {
            type Ok = ();
            type Error = Fault;
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
                self.writer.part(&mut self.open, None)?;
                value.serialize(&mut *self.writer)
            }
            fn end(self) -> Done {
                self.writer.close(&self.open)
            }
        }
    )*};
}

list!(
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field
);

macro_rules! row {
    ($($trait:ident),*) => {$(
        impl ser::$trait for Parts<'_, '_> {
            type Ok = ();
            type Error = Fault;
            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Done {
                self.writer.part(&mut self.open, Some(key))?;
                value.serialize(&mut *self.writer)
            }
            fn end(self) -> Done {
                self.writer.close(&self.open)
            }
        }
    )*};
}

row!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Parts<'_, '_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        self.writer.part(&mut self.open, None)?;
        self.writer.is_key = true;
        key.serialize(&mut *self.writer)?;
        self.writer.is_key = false;
        if self.writer.names.is_some() {
            self.writer.out.push(b':');
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Done {
        self.writer.close(&self.open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::reader::{Written, from_json, from_stored};
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "snake_case")]
    struct Row {
        id: u32,
        word: Option<Kind>,
        pair: (i64, bool),
        list: Vec<Kind>,
        text: String,
        #[serde(default)]
        later: u64,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case", deny_unknown_fields)]
    enum Kind {
        Plain,
        Of(u8),
        Pair(u8, i8),
        Row { name: String, less: i32 },
    }

    fn row() -> Row {
        let list = vec![
            Kind::Plain,
            Kind::Of(200),
            Kind::Pair(1, -1),
            Kind::Row { name: "a\"b\u{e9}".to_owned(), less: -70_000 },
        ];
        Row {
            id: 70_000,
            word: Some(Kind::Plain),
            pair: (i64::MIN, true),
            list,
            text: "x".repeat(300),
            later: 9,
        }
    }

    struct Nobody;

    impl Names for Nobody {
        fn name(&self, _: &str, _: u32) -> Option<String> {
            None
        }
        fn is_id(&self, _: &str) -> bool {
            false
        }
    }

    /// The JSON is byte for byte what the field's standard library writes.
    #[test]
    fn json_is_canonical() {
        assert_eq!(Some(to_named(&Nobody, &row())), serde_json::to_string(&row()).ok());
    }

    #[test]
    fn what_is_written_is_read_again() {
        assert_eq!(from_stored::<Row>(&to_stored(&row())).ok(), Some(row()));
        let text = to_named(&Nobody, &row());
        assert_eq!(from_json::<Row>(&text, Written::ForPeople).ok(), Some(row()));
    }

    /// Rows may grow at their end: what lacks the last field is read with its default.
    #[test]
    fn shorter_rows_are_read() {
        let short = (1u32, None::<Kind>, (1i64, false), Vec::<Kind>::new(), "t");
        let read = from_stored::<Row>(&to_stored(&short));
        assert_eq!(read.map(|row| (row.id, row.later)).ok(), Some((1, 0)));
        let long = (1u32, None::<Kind>, (1i64, false), Vec::<Kind>::new(), "t", 1u64, 1u64);
        let refused = from_stored::<Row>(&to_stored(&long)).err().unwrap_or_default();
        assert!(refused.contains("more fields"), "{refused}");
    }

    /// A fault says where in the request it is.
    #[test]
    fn faults_say_where() {
        let said = |text: &str| from_json::<Row>(text, Written::ForPeople).err().unwrap_or_default();
        let whole =
            r#"{"id":1,"word":null,"pair":[1,true],"list":[{"row":{"name":"a","less":2}}],"text":"t"}"#;
        assert_eq!(said(whole), "");
        let cases = [
            (r#""less":2"#, r#""less":"2""#, "list[0].row.less"),
            (r#","less":2"#, "", "missing field `less`, at `list[0].row`"),
            (r#""less":2"#, r#""fewer":2"#, "list[0].row.fewer"),
            (r#"[1,true]"#, "[1,true,2]", "pair"),
            (r#"{"row":"#, r#"{"none":"#, "list[0].none"),
            (r#""text":"t""#, r#""text":1.5"#, "floating point `1.5`, expected a string, at `text`"),
            (r#","text":"t""#, "", "missing field `text`"),
            (r#""text":"t""#, r#""text":"t","#, "line 1 column"),
        ];
        for (from, to, where_) in cases {
            let problem = said(&whole.replace(from, to));
            assert!(problem.contains(where_), "{where_}: {problem}");
        }
    }

    /// Whatever bytes come: a fault, never a panic, never memory that they do not pay for.
    #[test]
    fn any_bytes_are_survived() {
        let good = to_stored(&row());
        for cut in 0..good.len() {
            assert!(from_stored::<Row>(good.get(..cut).unwrap_or_default()).is_err());
        }
        for at in 0..good.len() {
            for byte in [0x00, 0x7f, 0x90, 0xc1, 0xc6, 0xd9, 0xdd, 0xdf, 0xff] {
                let mut bytes = good.clone();
                if let Some(place) = bytes.get_mut(at) {
                    *place = byte;
                }
                drop(from_stored::<Row>(&bytes));
            }
        }
    }
}
