//! Functions that came out the same are kept once, where the toolchain brings the linker that can do that.

use std::path::PathBuf;
use std::process::Command;

/// The linker LLD as Rust's own toolchains carry and use it on this target.
fn has_lld(target: &str) -> bool {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let Ok(found) = Command::new(rustc).args(["--print", "sysroot"]).output() else { return false };
    let sysroot = PathBuf::from(String::from_utf8_lossy(&found.stdout).trim());
    sysroot.join("lib/rustlib").join(target).join("bin/gcc-ld/ld.lld").exists()
}

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = std::env::var("TARGET").unwrap_or_default();
    if target == "x86_64-unknown-linux-gnu" && has_lld(&target) {
        println!("cargo:rustc-link-arg-cdylib=-Wl,--icf=all");
    }
}
