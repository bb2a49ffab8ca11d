//! The window's commands over HTTP, for driving the window's pages in a browser. Loopback only; a
//! tool for development and tests.

fn main() -> std::process::ExitCode {
    comptoir_app::bridge::run()
}
