//! Importing products.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use comptoir_till::catalog::import::{self, Encoding, Mapping};
use comptoir_till::error::Error;
use comptoir_till::operators;
use comptoir_till::till::Till;

use crate::{Data, Done, Outcome, print, progress};

#[derive(Args)]
pub(crate) struct Products {
    /// The CSV file.
    file: PathBuf,
    #[command(flatten)]
    store: Data,
    /// Which column a field is in: name=PRODUCT_NAME. May be given several times.
    #[arg(long, value_name = "FIELD=COLUMN", value_parser = pair)]
    map: Vec<(String, String)>,
    /// A field's value where its column is missing or empty: unit=each.
    #[arg(long, value_name = "FIELD=VALUE", value_parser = pair)]
    default: Vec<(String, String)>,
    /// Where rows that were not taken are told; FILE.rejects.csv otherwise.
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((field, value)) if !field.is_empty() => Ok((field.to_owned(), value.to_owned())),
        _ => Err("write it as field=value".to_owned()),
    }
}

impl Products {
    pub(crate) fn run(self) -> Outcome {
        let mut till = Till::open(&self.store.data)?;
        let by = operators::console(till.db())?;
        let mapping = Mapping {
            columns: BTreeMap::from_iter(self.map),
            defaults: BTreeMap::from_iter(self.default),
        };
        let (outcome, rejects, encoding) =
            import::import(&mut till, by, &self.file, &mapping, &mut progress("import"))?;
        match encoding {
            Encoding::Utf8 => {}
            Encoding::Utf8Bom => {
                eprintln!("tillctl: the file begins with a byte order mark; it is left out")
            }
            Encoding::Utf16 => eprintln!("tillctl: the file is UTF-16"),
            Encoding::Windows1252 => eprintln!(
                "tillctl: the file is not UTF-8; it was read as Windows-1252: look at the accents"
            ),
        }
        if self.rejects.is_some() || !rejects.is_empty() {
            let path = self.rejects.unwrap_or_else(|| with_ending(&self.file));
            let file = import::rejects_csv(&rejects)?;
            std::fs::write(&path, file).map_err(Error::file(&path))?;
            if !rejects.is_empty() {
                eprintln!(
                    "tillctl: {} rows were not taken; see {}",
                    outcome.rejected,
                    path.display()
                );
            }
        }
        print(&outcome)?;
        Ok(if outcome.rejected == 0 { Done::Wholly } else { Done::Partly })
    }
}

fn with_ending(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".rejects.csv");
    PathBuf::from(name)
}
