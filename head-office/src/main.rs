//! `comptoir-head-office`: the server, and what has to be done before anybody can enrol.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use comptoir_head_office::audit::{self, What, Who};
use comptoir_head_office::catalog::earlier;
use comptoir_head_office::config::Config;
use comptoir_head_office::database::{Database, migrate};
use comptoir_head_office::http::api::keys::{self, Scope};
use comptoir_head_office::office::{Office, wall};
use comptoir_head_office::people::{self, Role};
use comptoir_head_office::webhooks::courier::{self, Manner};
use comptoir_head_office::{enrolment, http, listen, revocation, tenants};
use comptoir_sync::entry::DeviceId;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;
use uuid::Uuid;

/// Head office of Comptoir.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The configuration, TOML.
    #[arg(long, global = true, env = "COMPTOIR_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Brings the database up to date and serves until it is told to stop.
    Serve,
    /// Companies.
    #[command(subcommand)]
    Tenant(Tenant),
    /// Stores.
    #[command(subcommand)]
    Store(Store),
    /// Prints a code with which one device may enrol in a store, within the hour.
    Code {
        /// The company.
        tenant: String,
        /// The store.
        store: String,
    },
    /// Keys for the API.
    #[command(subcommand)]
    Key(Key),
    /// People who sign in to the office pages.
    #[command(subcommand)]
    Person(Person),
    /// A device takes part no longer: it was stolen, or is gone.
    Revoke {
        /// The company.
        tenant: String,
        /// The device, 32 hexadecimal digits.
        device: String,
    },
}

#[derive(Subcommand)]
enum Tenant {
    /// Adds a company.
    Add {
        /// As its journals name it.
        tenant: String,
        /// In words.
        name: String,
    },
}

#[derive(Subcommand)]
enum Key {
    /// Makes a key, and shows it once.
    Add {
        /// The company.
        tenant: String,
        /// What it is for, in words.
        name: String,
        /// `stores:read`, `sales:read`, …; every one if none is named.
        #[arg(long)]
        scope: Vec<String>,
        /// Requests a minute, at most.
        #[arg(long, default_value_t = 600)]
        per_minute: u32,
    },
    /// Lists keys, the newest first: name, since when, until when if it was revoked, what it may do, what it is for.
    List {
        /// The company.
        tenant: String,
    },
    /// A key is good for nothing any more.
    Revoke {
        /// The company.
        tenant: String,
        /// Its name, as the list has it.
        key: Uuid,
    },
}

#[derive(Subcommand)]
enum Store {
    /// Adds a store, or names it anew.
    Add {
        /// The company.
        tenant: String,
        /// As receipts begin.
        store: String,
        /// In words.
        name: String,
    },
}

#[derive(Subcommand)]
enum Person {
    /// Adds somebody, and prints the password they begin with.
    Add {
        /// The company.
        tenant: String,
        /// What they sign in as, before the @ and the company.
        sign_in: String,
        /// In words.
        name: String,
        /// `owner`, `manager` or `clerk`, who only looks.
        #[arg(long, value_parser = role)]
        role: Role,
        /// A file with a password of their own instead.
        #[arg(long)]
        password_file: Option<PathBuf>,
    },
    /// Everybody, one a line: sign-in name, role, sessions, name.
    List {
        /// The company.
        tenant: String,
    },
    /// Gives somebody another password to begin with and prints it; their sessions end, and waiting after wrong ones does.
    Reset {
        /// The company.
        tenant: String,
        /// What they sign in as.
        sign_in: String,
    },
    /// Somebody works here no longer.
    Remove {
        /// The company.
        tenant: String,
        /// What they sign in as.
        sign_in: String,
    },
}

fn role(name: &str) -> Result<Role, String> {
    Role::parse(name).ok_or_else(|| "owner, manager or clerk".to_owned())
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_env("COMPTOIR_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .json()
        .with_current_span(true)
        .with_span_list(true)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(run(arguments)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let config = Config::load(arguments.config.as_deref())?;
    let vault = config.vault()?;
    migrate(&config.owner_database()?).await?;
    let database = Database::open(config.database()?, config.connections.unwrap_or(16)).await?;
    let office = Arc::new(Office::new(database, vault).reaching(config.reach()));
    match arguments.command {
        Command::Serve => serve(&config, office).await?,
        Command::Tenant(Tenant::Add { tenant, name }) => {
            enrolment::found(&office, &tenant, &name, wall()).await?;
        }
        Command::Store(Store::Add { tenant, store, name }) => {
            let mut tx = office.database.of_tenant(&tenant).await?;
            tenants::add_store(&mut tx, &tenant, &store, &name, wall()).await?;
            let (who, details) = (Who::CommandLine, serde_json::json!({ "name": name }));
            audit::note(&mut tx, &tenant, &who, What::StoreSaved, &store, &details).await?;
            tx.commit().await?;
        }
        Command::Code { tenant, store } => {
            println!("{}", enrolment::make_code(&office, &tenant, &store, wall()).await?);
        }
        Command::Key(Key::Add { tenant, name, scope, per_minute }) => {
            let parse =
                |name: &String| Scope::parse(name).ok_or(format!("there is no scope {name}"));
            let named = scope.iter().map(parse).collect::<Result<Vec<Scope>, String>>()?;
            let scopes = if named.is_empty() { Scope::ALL.to_vec() } else { named };
            println!("{}", keys::make(&office, &tenant, &name, &scopes, per_minute).await?);
        }
        Command::Person(command) => of_people(&office, command).await?,
        Command::Key(Key::List { tenant }) => {
            let mut tx = office.database.of_tenant(&tenant).await?;
            for kept in keys::all(&mut tx, &tenant).await? {
                let scopes: Vec<&str> = kept.scopes.iter().map(|scope| scope.name()).collect();
                let until = kept.revoked_at.map_or("-".to_owned(), time);
                let (id, since, name) = (kept.id, time(kept.made_at), kept.name);
                println!("{id} {since} {until} {} {name}", scopes.join(","));
            }
        }
        Command::Key(Key::Revoke { tenant, key }) => {
            let mut tx = office.database.of_tenant(&tenant).await?;
            if !keys::revoke(&mut tx, &tenant, key, &Who::CommandLine).await? {
                return Err("there is no such key".into());
            }
            tx.commit().await?;
        }
        Command::Revoke { tenant, device } => {
            let device = u128::from_str_radix(&device, 16).map_err(|_| "32 hexadecimal digits")?;
            revocation::revoke(&office, &tenant, DeviceId(device.to_be_bytes()), wall()).await??;
        }
    }
    Ok(())
}

async fn of_people(office: &Office, command: Person) -> Result<(), Box<dyn Error>> {
    let by = &Who::CommandLine;
    match command {
        Person::Add { tenant, sign_in, name, role, password_file } => {
            let read = |file: PathBuf| std::fs::read_to_string(file);
            let own = password_file.map(read).transpose()?;
            let password = own.as_deref().map(|text| text.trim_end_matches(['\r', '\n']));
            let mut tx = office.database.of_tenant(&tenant).await?;
            let new = people::New { sign_in: &sign_in, name: &name, role, password };
            let (person, given) = people::add(&mut tx, office, &tenant, new, wall()).await??;
            let details = json!({ "name": person.name, "role": person.role });
            let sign_in = &person.sign_in;
            audit::note(&mut tx, &tenant, by, What::PersonAdded, sign_in, &details).await?;
            tx.commit().await?;
            println!("{}@{tenant}", person.sign_in);
            if own.is_none() {
                println!("{given}");
            }
        }
        Person::List { tenant } => {
            let mut tx = office.database.of_tenant(&tenant).await?;
            for people::Listed { person, sessions, .. } in
                people::list(&mut tx, &tenant, wall()).await?
            {
                let role = person.role.name();
                println!("{}@{tenant}\t{role}\t{sessions}\t{}", person.sign_in, person.name);
            }
        }
        Person::Reset { tenant, sign_in } => {
            let mut tx = office.database.of_tenant(&tenant).await?;
            let person = named(&mut tx, &tenant, &sign_in).await?;
            let given = people::reset(&mut tx, office, &tenant, person, wall()).await??;
            audit::note(&mut tx, &tenant, by, What::PersonReset, &sign_in, &json!({})).await?;
            tx.commit().await?;
            println!("{given}");
        }
        Person::Remove { tenant, sign_in } => {
            let mut tx = office.database.of_tenant(&tenant).await?;
            let person = named(&mut tx, &tenant, &sign_in).await?;
            people::remove(&mut tx, &tenant, person, wall()).await??;
            audit::note(&mut tx, &tenant, by, What::PersonRemoved, &sign_in, &json!({})).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

async fn named(
    db: &mut sqlx::PgConnection,
    tenant: &str,
    sign_in: &str,
) -> Result<uuid::Uuid, Box<dyn Error>> {
    let found = people::by_sign_in(db, tenant, sign_in).await?;
    Ok(found.ok_or(people::Refusal::Nobody)?.person)
}

/// RFC 3339, UTC.
fn time(millis: i64) -> String {
    jiff::Timestamp::from_millisecond(millis).map_or("-".to_owned(), |time| time.to_string())
}

async fn serve(config: &Config, office: Arc<Office>) -> Result<(), Box<dyn Error>> {
    let pages = config.pages()?;
    let listener = TcpListener::bind(config.listen()).await?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    let listening = tokio::spawn(office.clone().listen());
    let months = tokio::spawn(office.clone().make_months());
    let showing = tokio::spawn(earlier::run(office.clone()));
    let manner = Manner::usual(office.reach);
    let delivering = tokio::spawn(courier::run(office.clone(), manner));
    let app = http::router(office.clone(), config.behind_proxy.unwrap_or(false), pages);
    let app = app.into_make_service_with_connect_info::<http::Client>();
    let stop = stopping(office.clone())?;
    match (&config.tls_certificate, &config.tls_key) {
        (Some(certificate), Some(key)) => {
            let listener = listen::Secured::new(listener, listen::config(certificate, key)?)?;
            axum::serve(listener, app).with_graceful_shutdown(stop).await?;
        }
        (None, None) => {
            axum::serve(listen::Plain(listener), app).with_graceful_shutdown(stop).await?;
        }
        _ => return Err("tls_certificate and tls_key belong together".into()),
    }
    office.sessions.close();
    office.sessions.wait().await;
    listening.await?;
    months.await?;
    showing.await?;
    delivering.await??;
    office.database.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Waits until it is told to stop; sessions are closed then, and what is being written is finished.
fn stopping(office: Arc<Office>) -> Result<impl Future<Output = ()>, std::io::Error> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        office.stop.cancel();
    })
}
