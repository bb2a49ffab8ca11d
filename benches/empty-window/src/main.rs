//! A Tauri window with one word in it, of the till's size: what any window costs on this machine.

fn main() {
    tauri::Builder::default()
        .run(tauri::generate_context!())
        .expect("an empty window opens where there is a screen");
}
