//! The folder of a store on this machine: the database, and beside it what must never be inside it:
//! the device's signing key and the store's secret. One process writes at a time.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ed25519_dalek::SigningKey;
use serde::Serialize;
use ts_rs::TS;

use crate::error::{Error, Result};

const DATABASE: &str = "till.db";
const KEY: &str = "device.key";
const SECRET: &str = "store.secret";
const EPOCH: &str = "epoch";
const LOCK: &str = "writer.lock";
const PATIENCE: Duration = Duration::from_secs(3);

/// Why a store's folder cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "HomeRefusal")]
pub enum Refusal {
    /// Another program writes to this store.
    #[error("{holder} holds this store: close it, or wait until it is done")]
    StoreInUse {
        /// Name and process number of the other program.
        holder: String,
    },
    /// The folder holds no store.
    #[error("there is no store in {path}: make one with `tillctl init`")]
    NoStore {
        /// The folder.
        path: String,
    },
    /// The folder holds the copy of a store that somebody practised in.
    #[error("{path} is a copy for training, and is thrown away: open the store itself")]
    TrainingCopy {
        /// The folder.
        path: String,
    },
    /// The folder holds a store already.
    #[error("there is a store in {path} already")]
    StoreExists {
        /// The folder.
        path: String,
    },
    /// Nobody told this register what its store is.
    #[error(
        "nothing is known of store {store} yet: let a till of the store, or head office, be reached"
    )]
    StoreUnknown {
        /// Code of the store.
        store: String,
    },
    /// Another device is this register.
    #[error("register {register} is another device of this store: choose another number")]
    RegisterTaken {
        /// The number.
        register: u32,
    },
}

/// A store's folder.
#[derive(Debug, Clone)]
pub struct Home {
    folder: PathBuf,
}

/// Held by the one process that writes; released when dropped or when the process dies.
#[derive(Debug)]
pub struct WriterLock {
    _file: File,
}

impl Home {
    /// The folder of an existing store.
    pub fn existing(folder: &Path) -> Result<Home> {
        let home = Home { folder: folder.to_owned() };
        if !home.database().is_file() {
            return Err(Refusal::NoStore { path: folder.display().to_string() }.into());
        }
        Ok(home)
    }

    /// A folder for a new store; made if it is not there.
    pub fn new(folder: &Path) -> Result<Home> {
        let home = Home { folder: folder.to_owned() };
        if home.database().exists() {
            return Err(Refusal::StoreExists { path: folder.display().to_string() }.into());
        }
        fs::create_dir_all(folder).map_err(Error::file(folder))?;
        Ok(home)
    }

    /// The SQLite database.
    pub fn database(&self) -> PathBuf {
        self.folder.join(DATABASE)
    }

    /// The database while it is made: a store that is only half made is none.
    pub fn unfinished(&self) -> PathBuf {
        self.database().with_extension("new")
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes the right to write, waiting a few seconds for another process to finish.
    pub fn lock(&self) -> Result<WriterLock> {
        let path = self.folder.join(LOCK);
        let options =
            || OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = options().map_err(Error::file(&path))?;
        let mut waited = Duration::ZERO;
        while let Err(error) = file.try_lock() {
            if let fs::TryLockError::Error(source) = error {
                return Err(Error::file(&path)(source));
            }
            if waited >= PATIENCE {
                return Err(Refusal::StoreInUse { holder: holder(&path) }.into());
            }
            let pause = Duration::from_millis(50);
            std::thread::sleep(pause);
            waited += pause;
        }
        let program = std::env::current_exe().ok();
        let name = program
            .as_deref()
            .and_then(Path::file_name)
            .map_or("a program".into(), std::ffi::OsStr::to_string_lossy);
        let write = |file: &mut File| {
            file.set_len(0)?;
            file.rewind()?;
            write!(file, "{name} (process {})", std::process::id())
        };
        write(&mut file).map_err(Error::file(&path))?;
        Ok(WriterLock { _file: file })
    }

    /// The device's key; made on first use, readable by its owner only.
    pub fn signing_key(&self) -> Result<SigningKey> {
        Ok(SigningKey::from_bytes(&self.secret_bytes(KEY)?))
    }

    /// The secret that PINs are keyed with; the same on every till of the store.
    pub fn store_secret(&self) -> Result<[u8; 32]> {
        self.secret_bytes(SECRET)
    }

    /// Takes over the secret of the store that this till joins, also when it tries again.
    pub fn take_store_secret(&self, secret: &[u8; 32]) -> Result<()> {
        let path = self.folder.join(SECRET);
        if fs::read(&path).is_ok_and(|known| known == secret) {
            return Ok(());
        }
        write_private(&path, secret).map_err(Error::file(&path))
    }

    /// The highest epoch that this device ever began here, also in databases that are gone.
    pub fn highest_epoch(&self) -> Result<u32> {
        match fs::read_to_string(self.folder.join(EPOCH)) {
            Ok(text) => Ok(text.trim().parse().unwrap_or(0)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(Error::file(&self.folder.join(EPOCH))(error)),
        }
    }

    /// Remembers that an epoch begins, before anything is written in it.
    pub fn remember_epoch(&self, epoch: u32) -> Result<()> {
        let path = self.folder.join(EPOCH);
        let write = || {
            let mut file = File::create(&path)?;
            writeln!(file, "{epoch}")?;
            file.sync_all()
        };
        write().map_err(Error::file(&path))
    }

    fn secret_bytes(&self, name: &str) -> Result<[u8; 32]> {
        let path = self.folder.join(name);
        let mut bytes = [0; 32];
        match File::open(&path) {
            Ok(mut file) => file.read_exact(&mut bytes).map_err(Error::file(&path))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                getrandom::fill(&mut bytes)
                    .map_err(|error| Error::Broken(format!("no randomness: {error}")))?;
                write_private(&path, &bytes).map_err(Error::file(&path))?;
            }
            Err(error) => return Err(Error::file(&path)(error)),
        }
        Ok(bytes)
    }
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn holder(lock: &Path) -> String {
    match fs::read_to_string(lock) {
        Ok(text) if !text.trim().is_empty() => text.trim().to_owned(),
        _ => "another program".to_owned(),
    }
}
