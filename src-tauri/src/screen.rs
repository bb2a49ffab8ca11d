//! What the window needs of this machine's screen.

/// False on a Linux machine where no window can be opened.
pub(crate) fn is_there() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

const PLAINLY: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// On a machine without a graphics processor `WebKit` would imitate one, which costs 120 MB and half
/// the speed. Painting plainly has to be asked for before any window, and before any thread.
pub(crate) fn paint_plainly() {
    let has_processor = std::fs::read_dir("/dev/dri").is_ok_and(|nodes| {
        nodes.flatten().any(|node| node.file_name().to_string_lossy().starts_with("renderD"))
    });
    if cfg!(target_os = "linux") && !has_processor && std::env::var_os(PLAINLY).is_none() {
        #[expect(unsafe_code, reason = "WebKit reads this from the environment and nowhere else")]
        // SAFETY: this is the first thing that the program does; no other thread runs yet.
        unsafe {
            std::env::set_var(PLAINLY, "1");
        }
    }
}

/// Whether each frame of a motion is painted by the processor: a line that slides in for 120 ms costs it as much as
/// the scan itself, so nothing moves then.
pub(crate) fn is_plain() -> bool {
    cfg!(target_os = "linux") && std::env::var_os(PLAINLY).is_some_and(|plainly| plainly != "0")
}
