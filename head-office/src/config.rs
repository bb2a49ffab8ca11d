//! How the program is set up: a TOML file, and the environment before it.

use std::env;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sqlx::postgres::PgConnectOptions;

use crate::error::{Error, Result};
use crate::http::office::pages::Pages;
use crate::vault::Vault;
use crate::webhooks::address::Reach;

/// The file, as it is written. Every key can be set by `COMPTOIR_` and its name in capitals.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where it listens: `0.0.0.0:8400`.
    pub listen: Option<SocketAddr>,
    /// `postgres://user:password@host/database`, of a member of the role `comptoir_application`.
    pub database: Option<String>,
    /// The same for the owner of the schema, who migrates; the application itself if not set.
    pub owner_database: Option<String>,
    /// Connections to the database, at most.
    pub connections: Option<u32>,
    /// A file with 32 bytes in base64 that nobody else can read. `COMPTOIR_MASTER_KEY` is the key itself.
    pub master_key_file: Option<PathBuf>,
    /// The server's certificate, PEM; without one, a proxy has to end the TLS.
    pub tls_certificate: Option<PathBuf>,
    /// Its key, PEM.
    pub tls_key: Option<PathBuf>,
    /// Whether a proxy before the program says in `X-Forwarded-For` where requests come from.
    pub behind_proxy: Option<bool>,
    /// Whether webhooks may lead to addresses of this machine and its network.
    pub webhooks_inside: Option<bool>,
    /// The folder of the office pages; `pages` beside the program, if there is one, when not set.
    pub pages: Option<PathBuf>,
}

impl Config {
    /// Reads the file, if one is named, and the environment.
    pub fn load(file: Option<&Path>) -> Result<Config> {
        let text = match file {
            Some(file) => std::fs::read_to_string(file)
                .map_err(|why| Error::SetUp(format!("{}: {why}", file.display())))?,
            None => String::new(),
        };
        Config::read(&text, |name| env::var(name).ok())
    }

    fn read(text: &str, set: impl Fn(&str) -> Option<String>) -> Result<Config> {
        let mut config: Config = toml::from_str(text)
            .map_err(|why| Error::SetUp(format!("the configuration: {why}")))?;
        if let Some(listen) = set("COMPTOIR_LISTEN") {
            config.listen = Some(number("COMPTOIR_LISTEN", &listen)?);
        }
        if let Some(connections) = set("COMPTOIR_CONNECTIONS") {
            config.connections = Some(number("COMPTOIR_CONNECTIONS", &connections)?);
        }
        if let Some(behind_proxy) = set("COMPTOIR_BEHIND_PROXY") {
            config.behind_proxy = Some(number("COMPTOIR_BEHIND_PROXY", &behind_proxy)?);
        }
        if let Some(inside) = set("COMPTOIR_WEBHOOKS_INSIDE") {
            config.webhooks_inside = Some(number("COMPTOIR_WEBHOOKS_INSIDE", &inside)?);
        }
        config.database = set("COMPTOIR_DATABASE").or(config.database);
        config.owner_database = set("COMPTOIR_OWNER_DATABASE").or(config.owner_database);
        let path = |name| set(name).map(PathBuf::from);
        config.master_key_file = path("COMPTOIR_MASTER_KEY_FILE").or(config.master_key_file);
        config.tls_certificate = path("COMPTOIR_TLS_CERTIFICATE").or(config.tls_certificate);
        config.tls_key = path("COMPTOIR_TLS_KEY").or(config.tls_key);
        config.pages = path("COMPTOIR_PAGES").or(config.pages);
        Ok(config)
    }

    /// Where it listens.
    pub fn listen(&self) -> SocketAddr {
        self.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8400)))
    }

    /// Where webhooks may lead.
    pub fn reach(&self) -> Reach {
        if self.webhooks_inside == Some(true) { Reach::Private } else { Reach::Public }
    }

    /// How the application reaches the database.
    pub fn database(&self) -> Result<PgConnectOptions> {
        let url = self.database.as_deref().ok_or_else(|| missing("database"))?;
        options(url)
    }

    /// How the owner of the schema does.
    pub fn owner_database(&self) -> Result<PgConnectOptions> {
        self.owner_database.as_deref().map_or_else(|| self.database(), options)
    }

    /// The office pages, read.
    pub fn pages(&self) -> Result<Option<Pages>> {
        if let Some(folder) = &self.pages {
            return Pages::load(folder).map(Some);
        }
        let beside =
            env::current_exe().ok().and_then(|program| Some(program.parent()?.join("pages")));
        beside.filter(|folder| folder.is_dir()).map(|folder| Pages::load(&folder)).transpose()
    }

    /// The vault with the master key.
    pub fn vault(&self) -> Result<Vault> {
        if let Ok(key) = env::var("COMPTOIR_MASTER_KEY") {
            return Vault::from_base64(&key);
        }
        let file = self.master_key_file.as_deref().ok_or_else(|| missing("master_key_file"))?;
        Vault::from_file(file)
    }
}

fn options(url: &str) -> Result<PgConnectOptions> {
    // The URL has a password in it, so it is not said.
    url.parse().map_err(|_| Error::SetUp("the database's URL cannot be read".into()))
}

fn missing(key: &str) -> Error {
    let name = key.to_uppercase();
    Error::SetUp(format!("neither {key} in the configuration nor COMPTOIR_{name} is set"))
}

fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T> {
    text.parse().map_err(|_| Error::SetUp(format!("{name} cannot be {text}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_comes_before_the_file() {
        let file = "listen = \"127.0.0.1:1\"\ndatabase = \"postgres://file/x\"\nconnections = 3\n";
        let nothing = |_: &str| None;
        let config = Config::read(file, nothing).unwrap();
        assert_eq!((config.listen().port(), config.connections), (1, Some(3)));
        assert_eq!(config.owner_database().unwrap().get_host(), "file");
        let set = |name: &str| match name {
            "COMPTOIR_LISTEN" => Some("127.0.0.1:2".to_owned()),
            "COMPTOIR_OWNER_DATABASE" => Some("postgres://owner/x".to_owned()),
            _ => None,
        };
        let config = Config::read(file, set).unwrap();
        assert_eq!(config.listen().port(), 2);
        assert_eq!(config.owner_database().unwrap().get_host(), "owner");
        for (file, said) in [("listne = 1", "listne"), ("listen = \"here\"", "listen")] {
            let refused = Config::read(file, nothing).unwrap_err().to_string();
            assert!(refused.contains(said), "{refused}");
        }
        let unset = Config::read("", nothing).unwrap();
        assert!(unset.database().unwrap_err().to_string().contains("COMPTOIR_DATABASE"));
    }
}
