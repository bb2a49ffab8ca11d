//! The desktop app.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

/// As in `tillctl`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    comptoir_app::run()
}
