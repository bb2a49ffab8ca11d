//! Proving, copying and restoring the books.

use std::path::Path;

use comptoir_till::trust::{backup as copies, verify as proof};
use serde_json::json;

use crate::{Data, Done, Outcome, print, progress};

pub(crate) fn verify(store: &Data) -> Outcome {
    let verdict = proof::verify(&store.data, &mut progress("verify"))?;
    print(&verdict)?;
    for finding in &verdict.findings {
        eprintln!("tillctl: {} {}: {}", finding.place, finding.key, finding.problem);
    }
    Ok(if verdict.ok { Done::Wholly } else { Done::Partly })
}

pub(crate) fn backup(store: &Data, to: &Path) -> Outcome {
    copies::backup(&store.data, to, &mut progress("backup"))?;
    print(&json!({ "backup": to }))?;
    Ok(Done::Wholly)
}

pub(crate) fn restore(file: &Path, store: &Data) -> Outcome {
    let (identity, kept) = copies::restore(file, &store.data)?;
    if let Some(kept) = &kept {
        eprintln!("tillctl: what was there is kept as {}", kept.display());
    }
    print(&json!({
        "store": identity.store, "register": identity.register, "device": identity.device.to_string(),
        "epoch": identity.epoch, "kept": kept,
    }))?;
    Ok(Done::Wholly)
}
