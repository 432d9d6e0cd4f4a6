//! The bottom room: quantities, money, time, places, ids, and tables that can take a step back.

pub mod digest;
pub(crate) mod dues;
pub mod geo;
pub mod ids;
pub(crate) mod index;
pub(crate) mod later;
pub(crate) mod lean;
pub mod money;
pub(crate) mod normal;
pub mod num;
pub(crate) mod numbers;
pub(crate) mod reader;
pub mod rejection;
pub(crate) mod sha256;
pub(crate) mod sort;
pub mod table;
pub mod time;
pub(crate) mod wire;
pub(crate) mod writer;
