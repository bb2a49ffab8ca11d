//! A copy of the books while the shop sells, and going on from one.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use crate::database;
use crate::error::{Error, Result};
use crate::home::{Home, Refusal};
use crate::till::{Identity, Till, read_identity};

/// Pages copied between two looks at the progress: 4 MiB.
const PAGES: i32 = 1_024;

/// Copies the store's database to `file` while others may be selling. The copy is one moment: what
/// is sold meanwhile is not in it. `progress` is told pages done and pages in all.
pub fn backup(folder: &Path, file: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<()> {
    let home = Home::existing(folder)?;
    let source = database::open_reader(&home.database())?;
    // One reading transaction: a sale during the copy neither waits for it nor makes it start over.
    source.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema;")?;
    let unfinished = with_ending(file, "unfinished");
    let _ = std::fs::remove_file(&unfinished);
    let mut copy = Connection::open(&unfinished)?;
    {
        let backup = Backup::new(&source, &mut copy)?;
        while backup.step(PAGES)? != StepResult::Done {
            let now = backup.progress();
            let all = u64::try_from(now.pagecount).unwrap_or(0);
            progress(all - u64::try_from(now.remaining).unwrap_or(0), all);
        }
    }
    copy.execute_batch("PRAGMA journal_mode = DELETE;")?;
    let sound: String = copy.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    copy.close().map_err(|(_, error)| error)?;
    if sound != "ok" {
        return Err(Error::Broken(format!("the copy is not sound: {sound}")));
    }
    std::fs::File::open(&unfinished)
        .and_then(|file| file.sync_all())
        .map_err(Error::file(&unfinished))?;
    std::fs::rename(&unfinished, file).map_err(Error::file(file))
}

/// Puts a backup in the place of the store's database and begins a new epoch, so that no receipt
/// number and no place in a chain is used twice. What stood there is kept beside it; its path is
/// the second answer.
pub fn restore(file: &Path, folder: &Path) -> Result<(Identity, Option<PathBuf>)> {
    let source = Connection::open_with_flags(file, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let identity = read_identity(&source)?;
    if identity.training().is_some() {
        return Err(Refusal::TrainingCopy { path: file.display().to_string() }.into());
    }
    let sound: String = source.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if sound != "ok" {
        return Err(Error::Broken(format!("{} is damaged: {sound}", file.display())));
    }
    drop(source);

    let (home, kept) = match Home::existing(folder) {
        Ok(home) => {
            let _lock = home.lock()?;
            let kept = set_aside(&home)?;
            (home, Some(kept))
        }
        Err(_) => (Home::new(folder)?, None),
    };
    let unfinished = home.database().with_extension("unfinished");
    std::fs::copy(file, &unfinished).map_err(Error::file(&unfinished))?;
    std::fs::rename(&unfinished, home.database()).map_err(Error::file(&unfinished))?;
    let identity = Till::begin_epoch(folder, &identity)?;
    Ok((identity, kept))
}

/// Moves the database out of the way, whole.
fn set_aside(home: &Home) -> Result<PathBuf> {
    let database = home.database();
    if let Ok(db) = Connection::open(&database) {
        let _ = db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE);");
    }
    let kept = (1..)
        .map(|n| with_ending(&database, &format!("replaced-{n}")))
        .find(|path| !path.exists())
        .unwrap_or_else(|| with_ending(&database, "replaced"));
    for ending in ["", "-wal", "-shm"] {
        let (from, to) = (append(&database, ending), append(&kept, ending));
        if from.exists() {
            std::fs::rename(&from, &to).map_err(Error::file(&from))?;
        }
    }
    Ok(kept)
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    append(path, &format!(".{ending}"))
}

fn append(path: &Path, tail: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(tail);
    PathBuf::from(name)
}
