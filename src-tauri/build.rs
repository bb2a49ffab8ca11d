//! Embeds the window and states which commands exist, so that each needs a permission of its own.

use tauri_build::{AppManifest, Attributes, WindowsAttributes};

const COMMANDS: &[&str] = &[
    "setup",
    "region_rules",
    "open_store",
    "add_first_manager",
    "open_demo",
    "state",
    "operators",
    "sign_in",
    "sign_out",
    "set_language",
    "people",
    "save_person",
    "open_shift",
    "x_report",
    "close_shift",
    "count",
    "denominations",
    "move_cash",
    "no_sale",
    "print_report",
    "report_periods",
    "sales_report",
    "export_report",
    "shift_report",
    "print_shift",
    "departments",
    "tiles",
    "search",
    "product_terms",
    "products",
    "product",
    "save_product",
    "import_file",
    "import_preview",
    "import_run",
    "save_rejects",
    "scan",
    "add",
    "add_open",
    "set_quantity",
    "void_line",
    "void_cart",
    "set_price",
    "set_discount",
    "set_note",
    "undo",
    "park",
    "parked",
    "resume",
    "check_age",
    "refuse_age",
    "cash_quote",
    "pay_card",
    "take_back_card",
    "stop_card",
    "ask_terminal",
    "leave_card",
    "settle_card",
    "complete_sale",
    "print_again",
    "settle_job",
    "find_sales",
    "sale_view",
    "reprint",
    "gift_receipt",
    "quote_return",
    "refund",
    "void_sale",
    "quote_blind",
    "refund_blind",
    "begin_exchange",
    "leave_exchange",
    "complete_exchange",
    "sim_state",
    "sim_scan",
    "sim_fault",
    "sim_card",
];

fn main() {
    // The window may not have been built yet; an empty folder keeps the engine's tests from needing it.
    std::fs::create_dir_all("ui/dist").expect("ui/dist can be made");
    println!("cargo:rerun-if-changed=ui/dist");
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=migrations");
    let attributes = Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/**/*")
        .app_manifest(AppManifest::new().commands(COMMANDS))
        .windows_attributes(WindowsAttributes::new().window_icon_path("src-tauri/icons/icon.ico"));
    tauri_build::try_build(attributes).expect("the window's configuration is sound");
}
