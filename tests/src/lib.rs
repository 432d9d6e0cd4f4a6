//! What the tests share: the random driver, the generated files and where they belong, the golden vectors.

mod base64;
pub mod driver;
pub mod generated;
pub mod header;
pub mod kills;
pub mod python_types;
pub mod schema;
pub mod shop;
pub mod tell;
pub mod trade;
pub mod vectors;
pub use base64::as_base64;
