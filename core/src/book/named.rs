//! JSON with names: ids are written as the codes that they stand for.
//!
//! Events and answers hold dense ids. Their derived `Serialize` calls a newtype by its name, so a serializer
//! that stands in between can look the id up: one definition serves logs (numbers) and JSON (names).

use crate::record::State;
use serde::Serialize;
use serde::ser::{self, Serializer};

/// Canonical JSON of a value, ids as names.
pub(crate) fn to_json<T: Serialize + ?Sized>(state: &State, value: &T) -> String {
    let mut out = Vec::new();
    let mut json = serde_json::Serializer::new(&mut out);
    // Writing to memory fails for no value of ours: maps have string keys, and there are no floats.
    match value.serialize(Named { state, inner: &mut json }) {
        Ok(()) => String::from_utf8(out).unwrap_or_default(),
        Err(error) => format!("{{\"error\":{:?}}}", error.to_string()),
    }
}

struct Named<'a, S> {
    state: &'a State,
    inner: S,
}

struct With<'a, T: ?Sized> {
    state: &'a State,
    value: &'a T,
}

impl<T: Serialize + ?Sized> Serialize for With<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(Named { state: self.state, inner: serializer })
    }
}

/// The name that an id of this kind stands for; `None` for what is not an id.
fn name(state: &State, kind: &str, id: u32) -> Option<Option<String>> {
    let code = |keys: &crate::value::table::Keys<Box<str>>| keys.get(id).map(|code| code.to_string());
    let key =
        |keys: &crate::value::table::Keys<crate::value::ids::DocKey>| keys.get(id).map(ToString::to_string);
    let (catalog, docs) = (&state.catalog, &state.docs);
    Some(match kind {
        "SkuId" => code(&catalog.skus),
        "NodeId" => code(&catalog.nodes),
        "ChannelId" => code(&catalog.channels),
        "ServiceId" => code(&catalog.services),
        "SupplierId" => code(&catalog.suppliers),
        "AccountId" => code(&catalog.accounts),
        "ReasonId" => code(&catalog.reasons),
        "OrderId" => key(&docs.orders),
        "HoldId" => key(&docs.holds),
        "PurchaseId" => key(&docs.purchases),
        "TransferId" => key(&docs.transfers),
        "ReturnId" => key(&docs.returns),
        "LotId" => code(&state.stock.labels),
        _ => return None,
    })
}

/// Reads the number inside an id.
struct Number;

macro_rules! refuse {
    ($($method:ident($type:ty)),*) => {$(
        fn $method(self, _: $type) -> Result<u32, Self::Error> {
            Err(ser::Error::custom("an id is a number"))
        }
    )*};
}

impl Serializer for Number {
    type Ok = u32;
    type Error = std::fmt::Error;
    type SerializeSeq = ser::Impossible<u32, Self::Error>;
    type SerializeTuple = ser::Impossible<u32, Self::Error>;
    type SerializeTupleStruct = ser::Impossible<u32, Self::Error>;
    type SerializeTupleVariant = ser::Impossible<u32, Self::Error>;
    type SerializeMap = ser::Impossible<u32, Self::Error>;
    type SerializeStruct = ser::Impossible<u32, Self::Error>;
    type SerializeStructVariant = ser::Impossible<u32, Self::Error>;

    fn serialize_u32(self, id: u32) -> Result<u32, Self::Error> {
        Ok(id)
    }

    refuse!(
        serialize_bool(bool),
        serialize_i8(i8),
        serialize_i16(i16),
        serialize_i32(i32),
        serialize_i64(i64),
        serialize_u8(u8),
        serialize_u16(u16),
        serialize_u64(u64),
        serialize_f32(f32),
        serialize_f64(f64),
        serialize_char(char),
        serialize_str(&str),
        serialize_bytes(&[u8]),
        serialize_unit_struct(&'static str)
    );

    fn serialize_none(self) -> Result<u32, Self::Error> {
        Err(std::fmt::Error)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<u32, Self::Error> {
        Err(std::fmt::Error)
    }
    fn serialize_unit(self) -> Result<u32, Self::Error> {
        Err(std::fmt::Error)
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<u32, Self::Error> {
        Err(std::fmt::Error)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<u32, Self::Error> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<u32, Self::Error> {
        Err(std::fmt::Error)
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Self::Error> {
        Err(std::fmt::Error)
    }
    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Self::Error> {
        Err(std::fmt::Error)
    }
    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, Self::Error> {
        Err(std::fmt::Error)
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Self::Error> {
        Err(std::fmt::Error)
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Self::Error> {
        Err(std::fmt::Error)
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, Self::Error> {
        Err(std::fmt::Error)
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Self::Error> {
        Err(std::fmt::Error)
    }
}

macro_rules! forward {
    ($($method:ident($type:ty)),*) => {$(
        fn $method(self, value: $type) -> Result<S::Ok, S::Error> { self.inner.$method(value) }
    )*};
}

impl<'a, S: Serializer> Serializer for Named<'a, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Named<'a, S::SerializeSeq>;
    type SerializeTuple = Named<'a, S::SerializeTuple>;
    type SerializeTupleStruct = Named<'a, S::SerializeTupleStruct>;
    type SerializeTupleVariant = Named<'a, S::SerializeTupleVariant>;
    type SerializeMap = Named<'a, S::SerializeMap>;
    type SerializeStruct = Named<'a, S::SerializeStruct>;
    type SerializeStructVariant = Named<'a, S::SerializeStructVariant>;

    forward!(
        serialize_bool(bool),
        serialize_i8(i8),
        serialize_i16(i16),
        serialize_i32(i32),
        serialize_i64(i64),
        serialize_u8(u8),
        serialize_u16(u16),
        serialize_u32(u32),
        serialize_u64(u64),
        serialize_f32(f32),
        serialize_f64(f64),
        serialize_char(char),
        serialize_str(&str),
        serialize_bytes(&[u8]),
        serialize_unit_struct(&'static str)
    );

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.inner.serialize_none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.inner.serialize_some(&With { state: self.state, value })
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit_variant(name, index, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        kind: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        let known = value.serialize(Number).ok().and_then(|id| name(self.state, kind, id));
        match known {
            Some(Some(name)) => self.inner.serialize_str(&name),
            Some(None) => self.inner.serialize_none(),
            None => self.inner.serialize_newtype_struct(kind, &With { state: self.state, value }),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.inner.serialize_newtype_variant(name, index, variant, &With { state: self.state, value })
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        Ok(Named { state: self.state, inner: self.inner.serialize_seq(len)? })
    }

    fn serialize_tuple(self, len: usize) -> Result<Self::SerializeTuple, S::Error> {
        Ok(Named { state: self.state, inner: self.inner.serialize_tuple(len)? })
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        Ok(Named { state: self.state, inner: self.inner.serialize_tuple_struct(name, len)? })
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        let inner = self.inner.serialize_tuple_variant(name, index, variant, len)?;
        Ok(Named { state: self.state, inner })
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        Ok(Named { state: self.state, inner: self.inner.serialize_map(len)? })
    }

    fn serialize_struct(self, name: &'static str, len: usize) -> Result<Self::SerializeStruct, S::Error> {
        Ok(Named { state: self.state, inner: self.inner.serialize_struct(name, len)? })
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        let inner = self.inner.serialize_struct_variant(name, index, variant, len)?;
        Ok(Named { state: self.state, inner })
    }
}

macro_rules! compound {
    ($($trait:ident $method:ident),*) => {$(
        impl<S: ser::$trait> ser::$trait for Named<'_, S> {
            type Ok = S::Ok;
            type Error = S::Error;
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
                self.inner.$method(&With { state: self.state, value })
            }
            fn end(self) -> Result<S::Ok, S::Error> {
                self.inner.end()
            }
        }
    )*};
}

compound!(
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field
);

macro_rules! fields {
    ($($trait:ident),*) => {$(
        impl<S: ser::$trait> ser::$trait for Named<'_, S> {
            type Ok = S::Ok;
            type Error = S::Error;
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), S::Error> {
                self.inner.serialize_field(key, &With { state: self.state, value })
            }
            fn end(self) -> Result<S::Ok, S::Error> {
                self.inner.end()
            }
        }
    )*};
}

fields!(SerializeStruct, SerializeStructVariant);

impl<S: ser::SerializeMap> ser::SerializeMap for Named<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        self.inner.serialize_key(key)
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.inner.serialize_value(&With { state: self.state, value })
    }
    fn end(self) -> Result<S::Ok, S::Error> {
        self.inner.end()
    }
}
