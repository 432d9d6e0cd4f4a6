//! The C face of `stockbook`: it converts and delegates, and holds no rule of the trade.
//!
//! ```text
//! api       the exported functions, each a few lines
//! status    what every call answers
//! guard     no panic crosses the border; the text of the last problem of a thread
//! handle    books behind numbers: slot and generation in a table, never a pointer
//! lock      the mutex that the tables stand on
//! bytes     texts and bytes in, library-owned buffers out
//! columns   hot verbs by columns
//! arrow     reports through the Arrow C Data Interface
//! reader    availability for readers that never wait
//! ```
//!
//! The header `include/stockbook.h` is generated from these files; its opening text, the
//! contract with the caller, stands in `cbindgen.toml`. Raw pointers are read and written in
//! `bytes`, `columns`, `arrow` and `reader` alone.
#![allow(unreachable_pub, reason = "`pub` is what C sees and the header shows; Rust sees nothing")]
#![deny(unsafe_op_in_unsafe_fn)]
#![deny(clippy::undocumented_unsafe_blocks)]

mod api;
mod arrow;
mod bytes;
mod columns;
mod guard;
mod handle;
mod lock;
mod reader;
mod status;
