//! Draws ESC/POS bytes of any origin: `cargo run -p comptoir-hardware --example render -- in.bin out.png`.

use comptoir_hardware::printer::simulator::render;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(input), Some(output)) = (args.next(), args.next()) else {
        return Err("two file names are needed: the bytes and the picture".into());
    };
    let paper = render(&std::fs::read(input)?);
    print!("{}", paper.text());
    std::fs::write(output, paper.to_png()?)?;
    Ok(())
}
