//! One reader for all that comes in, so that each type's reading code exists once and is short.
//!
//! Logs and snapshots are MessagePack written by the book: money and instants are numbers, rows are arrays.
//! Requests are JSON written for people: money and instants are texts, rows have names. A request is put into
//! MessagePack first; then both go through this reader, which says which of the two it reads. Rows come in
//! arrays or with names; either way their type is given the fields' numbers, so that no type carries code for
//! arrays, nor for comparing names.

use super::writer::{Fault, transcode};
use rmp::Marker;
use rmp::decode::{RmpRead, read_marker};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};

/// Deepest nesting that is read: far above what any row or request needs.
const DEPTH_MAX: u32 = 64;

/// How what is read writes money, instants and angles.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// As texts, for people.
    ForPeople,
    /// As numbers, by the book itself.
    ByTheBook,
}

/// A value from JSON, all of it.
///
/// # Errors
/// What is wrong with it, and where: line and column of what is not JSON, else the path of the field.
pub(crate) fn from_json<T: DeserializeOwned>(text: &str, written: Written) -> Result<T, String> {
    let bytes = transcode(text).map_err(Fault::problem)?;
    read(&bytes, written)
}

/// A value from MessagePack that the book wrote.
///
/// # Errors
/// What is wrong with it, and where.
pub(crate) fn from_stored<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    read(bytes, Written::ByTheBook)
}

fn read<T: DeserializeOwned>(bytes: &[u8], written: Written) -> Result<T, String> {
    let mut reader = Reader { rest: bytes, written, named: 0, depth: 0 };
    let value = T::deserialize(&mut reader);
    let (left, depth) = (reader.rest.len(), reader.depth);
    match value {
        Ok(value) if left == 0 => Ok(value),
        Ok(_) => Err("there is something behind the value".to_owned()),
        Err(fault) => Err(located(&fault.problem(), bytes, bytes.len().saturating_sub(left), depth)),
    }
}

struct Reader<'de> {
    rest: &'de [u8],
    written: Written,
    /// The number of the row's field, or of the enum's variant, that was named last.
    named: u64,
    /// Lists, maps and rows that are open.
    depth: u32,
}

/// What stands next.
enum Item<'de> {
    Nothing,
    Flag(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(&'de str),
    Bytes(&'de [u8]),
    List(u32),
    Map(u32),
}

fn cut(_: impl Sized) -> Fault {
    Fault::new(format_args!("the bytes end within a value"))
}

impl<'de> Reader<'de> {
    #[inline(never)]
    fn item(&mut self) -> Result<Item<'de>, Fault> {
        let marker = read_marker(&mut self.rest).map_err(cut)?;
        Ok(match marker {
            Marker::Null => Item::Nothing,
            Marker::True => Item::Flag(true),
            Marker::False => Item::Flag(false),
            Marker::FixPos(value) => Item::Unsigned(value.into()),
            Marker::FixNeg(value) => Item::Signed(value.into()),
            Marker::U8 | Marker::U16 | Marker::U32 | Marker::U64 => Item::Unsigned(self.unsigned(marker)?),
            Marker::I8 => Item::Signed(self.rest.read_data_i8().map_err(cut)?.into()),
            Marker::I16 => Item::Signed(self.rest.read_data_i16().map_err(cut)?.into()),
            Marker::I32 => Item::Signed(self.rest.read_data_i32().map_err(cut)?.into()),
            Marker::I64 => Item::Signed(self.rest.read_data_i64().map_err(cut)?),
            Marker::F32 => Item::Float(self.rest.read_data_f32().map_err(cut)?.into()),
            Marker::F64 => Item::Float(self.rest.read_data_f64().map_err(cut)?),
            Marker::FixStr(len) => self.text(len.into())?,
            Marker::Str8 | Marker::Str16 | Marker::Str32 => {
                let len = self.unsigned(marker)?;
                self.text(len)?
            }
            Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => {
                let len = self.unsigned(marker)?;
                Item::Bytes(self.take(len)?)
            }
            Marker::FixArray(len) => Item::List(self.parts(len.into(), 1)?),
            Marker::Array16 | Marker::Array32 => {
                let len = self.unsigned(marker)?;
                Item::List(self.parts(len, 1)?)
            }
            Marker::FixMap(len) => Item::Map(self.parts(len.into(), 2)?),
            Marker::Map16 | Marker::Map32 => {
                let len = self.unsigned(marker)?;
                Item::Map(self.parts(len, 2)?)
            }
            _ => return Err(Fault::new(format_args!("the bytes are not a value of the book"))),
        })
    }

    /// The number, or the length, behind such a marker.
    fn unsigned(&mut self, marker: Marker) -> Result<u64, Fault> {
        match marker {
            Marker::U8 | Marker::Str8 | Marker::Bin8 => self.rest.read_data_u8().map(u64::from),
            Marker::U16 | Marker::Str16 | Marker::Bin16 | Marker::Array16 | Marker::Map16 => {
                self.rest.read_data_u16().map(u64::from)
            }
            Marker::U64 => self.rest.read_data_u64(),
            _ => self.rest.read_data_u32().map(u64::from),
        }
        .map_err(cut)
    }

    fn take(&mut self, len: u64) -> Result<&'de [u8], Fault> {
        let len = usize::try_from(len).map_err(cut)?;
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(()).map_err(cut)?;
        self.rest = rest;
        Ok(taken)
    }

    fn text(&mut self, len: u64) -> Result<Item<'de>, Fault> {
        std::str::from_utf8(self.take(len)?).map(Item::Text).map_err(Error::custom)
    }

    /// A number of parts, each of so many bytes at least: no more than the bytes can hold.
    fn parts(&self, len: u64, each: u64) -> Result<u32, Fault> {
        match usize::try_from(len.saturating_mul(each)) {
            Ok(bytes) if bytes <= self.rest.len() => u32::try_from(len).map_err(cut),
            _ => Err(cut(())),
        }
    }

    fn enter(&mut self) -> Result<(), Fault> {
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEPTH_MAX { Err(Fault::new(format_args!("nested too deeply"))) } else { Ok(()) }
    }

    fn leave(&mut self, left: u32) -> Result<(), Fault> {
        if left > 0 {
            return Err(Fault::new(format_args!("{left} more than expected")));
        }
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    /// Enters a row of these fields.
    #[inline(never)]
    fn enter_row(&mut self, fields: &'static [&'static str]) -> Result<(u32, Keys), Fault> {
        let (left, keys) = match self.item()? {
            // People name what they say: a place in a list would change its meaning with the next field.
            Item::List(len) if self.written == Written::ByTheBook => (len, Keys::InOrder(0)),
            Item::Map(len) => (len, Keys::Named(fields)),
            other => return Err(other.unexpected(&"an object with named fields")),
        };
        self.enter()?;
        match keys {
            Keys::InOrder(_) if usize::try_from(left).is_ok_and(|left| left > fields.len()) => {
                let most = fields.len();
                Err(Fault::new(format_args!("{left} values are more fields than the {most} of this row")))
            }
            _ => Ok((left, keys)),
        }
    }

    /// Reads an enum's variant: the text that names it, or a map of that and the content.
    #[inline(never)]
    fn enter_enum(&mut self, variants: &'static [&'static str]) -> Result<bool, Fault> {
        let (name, has_content) = match self.item()? {
            Item::Text(name) => (name, false),
            Item::Map(1) => {
                self.enter()?;
                match self.item()? {
                    Item::Text(name) => (name, true),
                    other => return Err(other.unexpected(&"a word")),
                }
            }
            Item::Map(_) => {
                return Err(Fault::new(format_args!(
                    "an object with exactly one key is expected: the key says what is meant"
                )));
            }
            other => return Err(other.unexpected(&"a word, or an object with one key")),
        };
        match place(name, variants) {
            Some(at) => self.named = at,
            None => return Err(Error::unknown_variant(name, variants)),
        }
        Ok(has_content)
    }

    #[inline(never)]
    fn skip(&mut self) -> Result<(), Fault> {
        let mut left = 1u64;
        while left > 0 {
            let parts = match self.item()? {
                Item::List(len) => len.into(),
                Item::Map(len) => u64::from(len).saturating_mul(2),
                _ => 0,
            };
            left = left.saturating_sub(1).saturating_add(parts);
        }
        Ok(())
    }

    /// Whether nothing stands next; if so, it is taken.
    #[inline(never)]
    fn nothing(&mut self) -> bool {
        match self.rest.split_first() {
            Some((0xc0, rest)) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn list<V: Visitor<'de>>(&mut self, mut left: u32, visitor: V) -> Result<V::Value, Fault> {
        self.enter()?;
        let value = visitor.visit_seq(Access { left: &mut left, reader: self, keys: Keys::AsTheyAre })?;
        self.leave(left)?;
        Ok(value)
    }

    fn map<V: Visitor<'de>>(&mut self, mut left: u32, keys: Keys, visitor: V) -> Result<V::Value, Fault> {
        let value = visitor.visit_map(Access { left: &mut left, reader: self, keys })?;
        self.leave(left)?;
        Ok(value)
    }
}

/// Where a name stands in a list of names.
fn place(name: &str, names: &[&str]) -> Option<u64> {
    names.iter().position(|known| *known == name).and_then(|at| u64::try_from(at).ok())
}

/// What stands before the parts of a list, map or row.
#[derive(Clone, Copy)]
enum Keys {
    /// Nothing, or a map's keys, which are read as what they are.
    AsTheyAre,
    /// Nothing: the fields come in order, and this is the next one.
    InOrder(u64),
    /// Names out of these.
    Named(&'static [&'static str]),
}

impl Item<'_> {
    #[inline(never)]
    fn unexpected(&self, wanted: &dyn serde::de::Expected) -> Fault {
        use serde::de::Unexpected;
        let found = match *self {
            Item::Nothing => Unexpected::Unit,
            Item::Flag(value) => Unexpected::Bool(value),
            Item::Unsigned(value) => Unexpected::Unsigned(value),
            Item::Signed(value) => Unexpected::Signed(value),
            Item::Float(value) => Unexpected::Float(value),
            Item::Text(value) => Unexpected::Str(value),
            Item::Bytes(value) => Unexpected::Bytes(value),
            Item::List(_) => Unexpected::Seq,
            Item::Map(_) => Unexpected::Map,
        };
        Error::invalid_type(found, wanted)
    }
}

/// The parts of a list, map or row, in turn.
struct Access<'r, 'de> {
    left: &'r mut u32,
    reader: &'r mut Reader<'de>,
    keys: Keys,
}

impl Access<'_, '_> {
    /// Whether there is another part; the name of a row's field is read.
    #[inline(never)]
    fn next(&mut self) -> Result<bool, Fault> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(false) };
        *self.left = left;
        match &mut self.keys {
            Keys::AsTheyAre => {}
            Keys::InOrder(field) => {
                self.reader.named = *field;
                *field = field.saturating_add(1);
            }
            Keys::Named(fields) => match self.reader.item()? {
                Item::Text(name) => match place(name, fields) {
                    Some(at) => self.reader.named = at,
                    None => return Err(Error::unknown_field(name, fields)),
                },
                other => return Err(other.unexpected(&"a field's name")),
            },
        }
        Ok(true)
    }
}

impl<'de> SeqAccess<'de> for Access<'_, 'de> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        if self.next()? { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }

    fn size_hint(&self) -> Option<usize> {
        usize::try_from(*self.left).ok()
    }
}

impl<'de> MapAccess<'de> for Access<'_, 'de> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        if self.next()? { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        seed.deserialize(&mut *self.reader)
    }

    fn size_hint(&self) -> Option<usize> {
        usize::try_from(*self.left).ok()
    }
}

/// A variant and, behind its name, its content.
struct Variant<'r, 'de> {
    reader: &'r mut Reader<'de>,
    has_content: bool,
}

impl Variant<'_, '_> {
    #[inline(never)]
    fn content(&self) -> Result<(), Fault> {
        if self.has_content {
            Ok(())
        } else {
            Err(Fault::new(format_args!("this word needs a content: write an object with it as the one key")))
        }
    }
}

impl<'r, 'de> EnumAccess<'de> for Variant<'r, 'de> {
    type Error = Fault;
    type Variant = Variant<'r, 'de>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Fault> {
        let value = seed.deserialize(&mut *self.reader)?;
        Ok((value, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        if !self.has_content || self.reader.nothing() {
            return Ok(());
        }
        let found = self.reader.item()?;
        Err(found.unexpected(&"no content: the word alone"))
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Fault> {
        self.content()?;
        seed.deserialize(self.reader)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Fault> {
        self.content()?;
        self.reader.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.content()?;
        self.reader.deserialize_struct("", fields, visitor)
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Fault;

    fn is_human_readable(&self) -> bool {
        self.written == Written::ForPeople
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.item()? {
            Item::Nothing => visitor.visit_unit(),
            Item::Flag(value) => visitor.visit_bool(value),
            Item::Unsigned(value) => visitor.visit_u64(value),
            Item::Signed(value) => visitor.visit_i64(value),
            Item::Float(value) => visitor.visit_f64(value),
            Item::Text(value) => visitor.visit_borrowed_str(value),
            Item::Bytes(value) => visitor.visit_borrowed_bytes(value),
            Item::List(len) => self.list(len, visitor),
            Item::Map(len) => {
                self.enter()?;
                self.map(len, Keys::AsTheyAre, visitor)
            }
        }
    }

    serde::forward_to_deserialize_any!(
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf
    );

    /// Fields and variants are known by their numbers: their names were looked up before.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_u64(self.named)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.nothing() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.item()? {
            Item::Nothing | Item::List(0) => visitor.visit_unit(),
            other => Err(other.unexpected(&visitor)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.item()? {
            Item::List(len) => self.list(len, visitor),
            other => Err(other.unexpected(&visitor)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.item()? {
            Item::Map(len) => {
                self.enter()?;
                self.map(len, Keys::AsTheyAre, visitor)
            }
            other => Err(other.unexpected(&visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let (left, keys) = self.enter_row(fields)?;
        self.map(left, keys, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let has_content = self.enter_enum(variants)?;
        let value = visitor.visit_enum(Variant { reader: self, has_content })?;
        if has_content {
            self.leave(0)?;
        }
        Ok(value)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.skip()?;
        visitor.visit_unit()
    }
}

/// A list or map on the way to a fault.
struct Step<'de> {
    /// Parts still to come, keys among them.
    left: u64,
    is_map: bool,
    /// The part at hand.
    index: u64,
    key: Option<&'de str>,
}

/// A problem with the path of the field where reading stopped: `lines[2].quantity`. The reader knows how far
/// it came and how many lists and maps were open; the way there is walked once more, because it failed.
fn located(problem: &str, bytes: &[u8], stop: usize, depth: u32) -> String {
    let mut walk = Reader { rest: bytes, written: Written::ByTheBook, named: 0, depth: 0 };
    let mut steps: Vec<Step<'_>> = Vec::new();
    while bytes.len().saturating_sub(walk.rest.len()) < stop {
        let Ok(item) = walk.item() else { break };
        while steps.last().is_some_and(|step| step.left == 0) {
            steps.pop();
        }
        if let Some(step) = steps.last_mut() {
            step.left = step.left.saturating_sub(1);
            match item {
                Item::Text(key) if step.is_map && !step.left.is_multiple_of(2) => step.key = Some(key),
                _ if step.is_map => {}
                _ => step.index = step.index.saturating_add(1),
            }
        }
        match item {
            Item::List(len) => steps.push(Step { left: len.into(), is_map: false, index: 0, key: None }),
            Item::Map(len) => {
                let left = u64::from(len).saturating_mul(2);
                steps.push(Step { left, is_map: true, index: 0, key: None });
            }
            _ => {}
        }
    }
    // A field that is missing is missing in the row that is still open; other faults are in its part at hand.
    let depth = usize::try_from(depth).unwrap_or(usize::MAX);
    steps.truncate(if problem.starts_with("missing field") { depth.saturating_sub(1) } else { depth });
    let mut path = String::new();
    for step in &steps {
        match (step.key, step.index.checked_sub(1)) {
            (Some(key), _) if path.is_empty() => path.push_str(key),
            (Some(key), _) => path.extend([".", key]),
            (None, Some(index)) => path.push_str(&format!("[{index}]")),
            (None, None) => {}
        }
    }
    if path.is_empty() { problem.to_owned() } else { format!("{problem}, at `{path}`") }
}
