//! Functions that came out the same are kept once, and relocations are packed, where the toolchain brings the
//! linker that can do that.

use std::path::PathBuf;
use std::process::Command;

/// The linker LLD as Rust's own toolchains carry and use it on this target.
fn has_lld(target: &str) -> bool {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let Ok(found) = Command::new(rustc).args(["--print", "sysroot"]).output() else { return false };
    let sysroot = PathBuf::from(String::from_utf8_lossy(&found.stdout).trim());
    sysroot.join("lib/rustlib").join(target).join("bin/gcc-ld/ld.lld").exists()
}

/// Whether the builder's own C library loads packed relocations, as glibc does from 2.36 on; an older one
/// refuses them by name. Who builds for others' older systems sets `STOCKBOOK_OLDER_GLIBC`: a sixth of a
/// megabyte more, and it loads from 2.34 on.
fn loads_packed() -> bool {
    if std::env::var_os("STOCKBOOK_OLDER_GLIBC").is_some() {
        return false;
    }
    let Ok(found) = Command::new("getconf").arg("GNU_LIBC_VERSION").output() else { return false };
    let text = String::from_utf8_lossy(&found.stdout).into_owned();
    let mut parts = text.trim().trim_start_matches("glibc ").split('.').map(str::parse::<u32>);
    matches!((parts.next(), parts.next()), (Some(Ok(2)), Some(Ok(36..))))
}

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=STOCKBOOK_OLDER_GLIBC");
    let target = std::env::var("TARGET").unwrap_or_default();
    if target == "x86_64-unknown-linux-gnu" && has_lld(&target) {
        println!("cargo:rustc-link-arg-cdylib=-Wl,--icf=all");
        if std::env::var("HOST").is_ok_and(|host| host == target) && loads_packed() {
            println!("cargo:rustc-link-arg-cdylib=-Wl,-z,pack-relative-relocs");
        }
    }
}
