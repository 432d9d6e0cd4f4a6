//! The C header, made from the sources of the C face.

use cbindgen::{Builder, Config};
use std::path::{Path, PathBuf};

/// The sources that hold what C sees, in the order in which the header shows it.
const SOURCES: [&str; 6] = ["status.rs", "bytes.rs", "columns.rs", "arrow.rs", "api.rs", "reader.rs"];

/// Where the committed header is.
#[must_use]
pub fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../include/stockbook.h")
}

/// The text of `include/stockbook.h` as the sources have it now.
///
/// # Panics
/// When the sources cannot be read or parsed.
#[must_use]
pub fn header() -> String {
    let face = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ffi");
    let config = Config::from_file(face.join("cbindgen.toml")).expect("cbindgen.toml");
    let mut builder = Builder::new().with_config(config);
    for source in SOURCES {
        builder = builder.with_src(face.join("src").join(source));
    }
    let bindings = builder.generate().expect("the sources of the C face");
    let mut text = Vec::new();
    bindings.write(&mut text);
    let text = String::from_utf8(text).expect("UTF-8");
    // C89 has neither a comma behind the last word of an enum nor comments to the end of a line.
    let text = text.replace(",\n}", "\n}").replace("// extern \"C\"", "/* extern \"C\" */");
    text.replace("// __cplusplus", "/* __cplusplus */")
}
