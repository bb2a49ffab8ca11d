//! Writes a sample receipt as a PNG: `cargo run -p comptoir-hardware --example receipt -- out.png`.

use comptoir_hardware::printer::document::{Align, Document, Style};
use comptoir_hardware::printer::encode::encode;
use comptoir_hardware::printer::layout::{Profile, preview, to_text};
use comptoir_hardware::printer::simulator::render;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = std::env::args().nth(1).unwrap_or_else(|| "receipt.png".into());
    let profile = Profile::default();
    let receipt = receipt();
    print!("{}", to_text(&preview(&receipt, &profile)));
    std::fs::write(&out, render(&encode(&receipt, &profile)?).to_png()?)?;
    Ok(())
}

fn receipt() -> Document {
    let mut r = Document::new();
    r.styled("RIDEAU CORNER", Style::BOLD_DOUBLE, Align::Centre)
        .centred("1 Canal Walk, Ottawa ON")
        .centred("HST 000000000 RT0001")
        .blank()
        .columns("Receipt RDC2-1-4127", "2025-11-20 14:07")
        .columns("Register 2", "Cashier 3")
        .rule();
    for (name, amount) in [
        ("Sourdough loaf 680 g", "6.49  "),
        ("Bananas  1.245 kg @ 1.74/kg", "2.17  "),
        ("Canal Roast coffee  2 @ 13.99", "27.98  "),
        ("  Coffee pair 2 for 24.00", "-3.98  "),
        ("Pâté à l’érable « Île d’Orléans », pot de 180 g", "7.25  "),
        ("Bytown Lager 6 × 355 mL", "15.50 H"),
        ("  Consigne", "0.60  "),
        ("Œufs biologiques, crème brûlée", "44.95 H"),
        ("  Lot 5K0917-B", ""),
    ] {
        r.columns(name, amount);
    }
    r.rule()
        .columns("Subtotal", "113.80  ")
        .columns("Deposits", "0.60  ")
        .columns("HST 13% on 76.35", "9.93  ")
        .rule()
        .columns_styled("TOTAL", "$124.33 ", Style::BOLD_DOUBLE)
        .rule()
        .columns("Visa ************4821", "20.00  ")
        .text("  Approved 07A21C")
        .columns("Cash rounding", "0.02  ")
        .columns("Cash", "120.00  ")
        .columns("Change (≈ 10,45 €)", "15.65  ")
        .blank()
        .barcode("RDC2-1-4127")
        .blank()
        .qr("https://example.org/r/RDC2-1-4127")
        .centred("Thank you · Merci")
        .partial_cut();
    r
}
