//! Embeds the page.

use tauri_build::{Attributes, WindowsAttributes};

fn main() {
    let icon = WindowsAttributes::new().window_icon_path("../../src-tauri/icons/icon.ico");
    let attributes = Attributes::new().windows_attributes(icon);
    tauri_build::try_build(attributes).expect("the window's configuration is sound");
}
