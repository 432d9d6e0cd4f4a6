//! The Arrow C Data Interface, by hand: the only unsafe code of this crate.
//!
//! Out: a table becomes one struct array, whose buffers point into the table and keep it alive. In: what
//! another library hands over is copied into our columns, then given back by its own release callback. The
//! structs and their rules are those of <https://arrow.apache.org/docs/format/CDataInterface.html>.

mod export;
mod import;

pub(crate) use export::{array_capsules, schema_capsule, stream_capsule};
pub(crate) use import::{import, speaks_arrow};
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::{null, null_mut};

const SCHEMA: &CStr = c"arrow_schema";
const ARRAY: &CStr = c"arrow_array";
const STREAM: &CStr = c"arrow_array_stream";
/// `ARROW_FLAG_NULLABLE`.
const NULLABLE: i64 = 2;
/// The deepest and widest that we follow what others hand in.
const CHILDREN_MAX: i64 = 10_000;

/// `struct ArrowSchema`.
#[repr(C)]
struct ArrowSchema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    n_children: i64,
    children: *mut *mut ArrowSchema,
    dictionary: *mut ArrowSchema,
    release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    private_data: *mut c_void,
}

/// `struct ArrowArray`.
#[repr(C)]
struct ArrowArray {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *mut *const c_void,
    children: *mut *mut ArrowArray,
    dictionary: *mut ArrowArray,
    release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    private_data: *mut c_void,
}

/// `struct ArrowArrayStream`.
#[repr(C)]
struct ArrowArrayStream {
    get_schema: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowSchema) -> c_int>,
    get_next: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowArray) -> c_int>,
    get_last_error: Option<unsafe extern "C" fn(*mut ArrowArrayStream) -> *const c_char>,
    release: Option<unsafe extern "C" fn(*mut ArrowArrayStream)>,
    private_data: *mut c_void,
}

/// A struct of the interface releases itself when it is dropped, unless it was moved away or released.
macro_rules! released_on_drop {
    ($($name:ident)*) => {$(
        impl Drop for $name {
            fn drop(&mut self) {
                if let Some(release) = self.release {
                    // SAFETY: the interface wants exactly one call of `release`, with the struct's own
                    // address, by whoever holds the struct last; whoever moves it away sets `release` to
                    // null.
                    unsafe { release(self) }
                }
            }
        }

        // SAFETY: the interface forbids tying a struct to the thread that made it; ours hold only what is
        // Send.
        unsafe impl Send for $name {}
    )*};
}

released_on_drop! { ArrowSchema ArrowArray ArrowArrayStream }

impl ArrowSchema {
    const fn empty() -> ArrowSchema {
        ArrowSchema {
            format: null(),
            name: null(),
            metadata: null(),
            flags: 0,
            n_children: 0,
            children: null_mut(),
            dictionary: null_mut(),
            release: None,
            private_data: null_mut(),
        }
    }
}

impl ArrowArray {
    const fn empty() -> ArrowArray {
        ArrowArray {
            length: 0,
            null_count: 0,
            offset: 0,
            n_buffers: 0,
            n_children: 0,
            buffers: null_mut(),
            children: null_mut(),
            dictionary: null_mut(),
            release: None,
            private_data: null_mut(),
        }
    }
}
