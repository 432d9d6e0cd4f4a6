//! Texts and bytes in, library-owned buffers out, single values out.

use crate::handle::Table;
use crate::status::{Outcome, Problem, Status};
use std::ptr::NonNull;

/// Buffers that callers hold. The tag tells their handles from those of books.
static BUFFERS: Table<Vec<u8>> = Table::new(0xB1);

/// Bytes that belong to the library until `stockbook_bytes_free`. A zero byte follows them, so
/// that an answer in JSON is a C string too.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Bytes {
    /// The bytes; never NULL while they are held.
    pub data: *const std::ffi::c_char,
    /// How many there are, without the zero byte.
    pub len: usize,
    /// What the library knows them by; 0 = nothing is held.
    pub owner: u64,
}

impl Bytes {
    /// Hands bytes over to the caller.
    pub(crate) fn give(bytes: impl Into<Vec<u8>>) -> Result<Bytes, Problem> {
        let mut bytes: Vec<u8> = bytes.into();
        let len = bytes.len();
        bytes.push(0);
        let data = bytes.as_ptr().cast();
        Ok(Bytes { data, len, owner: BUFFERS.insert(bytes)? })
    }
}

/// Takes bytes back, and leaves an empty struct behind.
///
/// # Safety
/// `bytes` is NULL or may be read and written.
pub(crate) unsafe fn take_back(bytes: *mut Bytes) -> Outcome {
    // SAFETY: the caller's promise.
    let place = unsafe { Out::new("bytes", bytes)? };
    let owner = place.read().owner;
    if owner != 0 {
        drop(BUFFERS.take(owner)?);
    }
    place.set(Bytes { data: std::ptr::null(), len: 0, owner: 0 });
    Ok(Status::Ok)
}

/// `len` values that the caller gives, in place. Where there are none, the pointer is not looked
/// at.
///
/// # Safety
/// Unless it is NULL or not aligned, `data` must hold `len` values that stay unchanged for `'a`.
pub(crate) unsafe fn slice<'a, T>(name: &str, data: *const T, len: usize) -> Result<&'a [T], Problem> {
    if len == 0 {
        return Ok(&[]);
    }
    check(name, data, len)?;
    // SAFETY: not NULL, aligned, of a possible size; the rest is the caller's promise.
    Ok(unsafe { std::slice::from_raw_parts(data, len) })
}

/// A text that the caller gives, in place.
///
/// # Safety
/// As for `slice`.
pub(crate) unsafe fn text<'a>(
    name: &str,
    data: *const std::ffi::c_char,
    len: usize,
) -> Result<&'a str, Problem> {
    // SAFETY: the caller's promise; `char` and `u8` have one size and alignment.
    let bytes = unsafe { slice(name, data.cast::<u8>(), len)? };
    std::str::from_utf8(bytes)
        .map_err(|_| Problem::new(Status::InvalidArgument, format!("`{name}` is not UTF-8")))
}

/// Whether `len` values can be at `data` at all.
pub(crate) fn check<T>(name: &str, data: *const T, len: usize) -> Result<(), Problem> {
    if data.is_null() {
        return Err(Problem::new(Status::NullArgument, format!("`{name}` is NULL")));
    }
    if !data.is_aligned() {
        return Err(Problem::new(Status::InvalidArgument, format!("`{name}` is not aligned")));
    }
    match len.checked_mul(size_of::<T>()) {
        Some(size) if isize::try_from(size).is_ok() => Ok(()),
        _ => Err(Problem::new(Status::InvalidArgument, format!("`{name}` is too long"))),
    }
}

/// A place where a call leaves one result.
pub(crate) struct Out<T>(NonNull<T>);

impl<T> Out<T> {
    /// The place, once it is known to be one. What it holds now is not looked at.
    ///
    /// # Safety
    /// Unless it is NULL or not aligned, `place` may be written for as long as the result lives.
    pub(crate) unsafe fn new(name: &str, place: *mut T) -> Result<Out<T>, Problem> {
        check(name, place, 1)?;
        NonNull::new(place).map(Out).ok_or_else(|| Status::NullArgument.into())
    }

    /// Writes the result.
    pub(crate) fn set(self, value: T) {
        // SAFETY: not NULL and aligned; writable by the promise made to `new`.
        unsafe { self.0.write(value) };
    }
}

impl Out<Bytes> {
    /// What the caller holds there.
    fn read(&self) -> Bytes {
        // SAFETY: not NULL and aligned; `take_back`, the only one to ask, was promised that it
        // may be read.
        unsafe { self.0.read() }
    }
}
