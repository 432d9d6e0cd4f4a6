//! Where the contiguous United States are, as a grid of dots to draw demand upon.
//!
//! Derived from the centroids of ZIP code areas (US Census Bureau, public domain). Row `i` covers the
//! latitudes from 49.5 - 0.75 i degrees down, bit `j` the longitudes from j - 125 degrees on.

/// One word a row, from north to south; bit 0 is the westernmost degree.
#[rustfmt::skip]
pub(super) const LAND: [u64; 34] = [
    0x000000007fff6ffe,
    0x00000001ffffffff,
    0x0100003fffffffff,
    0x038000ffffffffff,
    0x030003ffffffffff,
    0x03e003fffffffffe,
    0x03ff03ffffffffff,
    0x01ff07ffffffffff,
    0x007fe7ffffffffff,
    0x007ff7ffffffffff,
    0x00ffffffffffffff,
    0x003fffffffffffff,
    0x000fffffffffffff,
    0x0007fffffffffffe,
    0x0007fffffffffffe,
    0x0003fffffffffffc,
    0x0003fffffffffffc,
    0x0003fffffffffff8,
    0x0003fffffffffff8,
    0x0003fffffffffff0,
    0x0000fffffffffff0,
    0x00007fffffffffe0,
    0x00003fffffffff80,
    0x00001ffffffff000,
    0x00000ffffffce000,
    0x00000ffffff00000,
    0x00000f8fffb00000,
    0x00001c0c7f200000,
    0x00001c001f000000,
    0x00001c000e000000,
    0x00001c000e000000,
    0x000018000c000000,
    0x0000100000000000,
    0x0000180000000000,
];
