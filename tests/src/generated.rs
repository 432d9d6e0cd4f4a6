//! The generated files of the project: made from the one definition, committed, and checked to be fresh.

use crate::{header, python_types, schema};
use std::path::{Path, PathBuf};

/// A generated file: where it is committed and what it should say.
pub struct Generated {
    /// Its path.
    pub path: PathBuf,
    /// Its text as the sources have it now.
    pub text: String,
}

/// The root of the project.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every generated file, made afresh.
///
/// # Panics
/// When a source cannot be read.
#[must_use]
pub fn files() -> Vec<Generated> {
    let schema = schema::schema();
    let mut document = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    document.push('\n');
    let (types, errors) = python_types::python_types(&schema);
    let file = |path: &str, text| Generated { path: root().join(path), text };
    vec![
        file("include/stockbook.h", header::header()),
        file("include/stockbook.schema.json", document),
        file("python/stockbook/types.py", types),
        file("python/stockbook/errors.py", errors),
    ]
}
