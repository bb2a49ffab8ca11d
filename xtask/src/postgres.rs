//! A PostgreSQL of our own: a cluster in a folder, on a free port of the loopback and a socket of its own, that ends
//! with the program which started it. Standard library only; the tests of head office use it too.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The superuser of the cluster.
pub(crate) const SUPERUSER: &str = "comptoir";
/// PostgreSQL refuses to run as root: then it runs as one of these, whichever there is.
const USERS: [&str; 2] = ["postgres", "nobody"];
/// Waits until its parent or the server is gone, then stops the server and, if told so, removes its folder.
const SUPERVISOR: &str = r#"
parent=$1; keep=$2; folder=$3; shift 3
"$@" & server=$!
while kill -0 "$parent" 2>/dev/null && kill -0 "$server" 2>/dev/null; do sleep 0.3; done
kill -INT "$server" 2>/dev/null; wait "$server"
[ "$keep" = keep ] || rm -rf "$folder"
"#;

/// A running cluster.
pub(crate) struct Cluster {
    port: u16,
    password: String,
}

/// What becomes of the folder when the program ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// It stays: the next start finds what was written.
    Keep,
    /// It is removed; nothing has to be on disk before it counts.
    Remove,
}

impl Cluster {
    /// Starts the cluster in `folder`, made if it is not there.
    pub(crate) fn start(folder: &Path, then: Then) -> Result<Cluster, String> {
        let programs = programs()?;
        let user = user()?;
        fs::create_dir_all(folder).map_err(|why| format!("{}: {why}", folder.display()))?;
        let folder =
            &fs::canonicalize(folder).map_err(|why| format!("{}: {why}", folder.display()))?;
        let secret = folder.join("password");
        if !folder.join("data/PG_VERSION").exists() {
            make(folder, &secret, &programs, user)?;
        }
        let password =
            fs::read_to_string(&secret).map_err(|why| format!("{}: {why}", secret.display()))?;
        let port = free_port()?;
        wait_for_the_last(folder)?;
        serve(folder, &programs, user, port, then)?;
        let cluster = Cluster { port, password: password.trim().to_owned() };
        cluster.wait(folder, &programs)?;
        Ok(cluster)
    }

    /// Makes sure of a database and of its owner, who is no superuser.
    pub(crate) fn database(&self, owner: &str, name: &str) -> Result<(), String> {
        let password = &self.password;
        let make = format!(
            r"SELECT $$CREATE ROLE {owner} LOGIN CREATEROLE PASSWORD '{password}'$$
              WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{owner}') \gexec
              SELECT 'CREATE DATABASE {name} OWNER {owner}'
              WHERE NOT EXISTS (SELECT 1 FROM pg_database WHERE datname = '{name}') \gexec
            "
        );
        let failed = |why: std::io::Error| format!("psql: {why}");
        let mut psql = Command::new(programs()?.join("psql"));
        psql.args(["--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1"]);
        psql.args(["--dbname", &self.url("postgres")]);
        let mut psql = psql.stdin(Stdio::piped()).spawn().map_err(failed)?;
        if let Some(mut input) = psql.stdin.take() {
            input.write_all(make.as_bytes()).map_err(failed)?;
        }
        let made = psql.wait().map_err(failed)?.success();
        if made { Ok(()) } else { Err("the database could not be made".into()) }
    }

    /// Where a database of it is.
    pub(crate) fn url(&self, database: &str) -> String {
        self.url_of(SUPERUSER, database)
    }

    /// Where a database of it is, for a user with the superuser's password.
    pub(crate) fn url_of(&self, user: &str, database: &str) -> String {
        format!("postgres://{user}:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    fn wait(&self, folder: &Path, programs: &Path) -> Result<(), String> {
        let until = Instant::now() + Duration::from_secs(60);
        let port = self.port.to_string();
        let mut ask = Command::new(programs.join("pg_isready"));
        ask.args(["-q", "-h", "127.0.0.1", "-p", &port]);
        while Instant::now() < until {
            if ask.status().is_ok_and(|status| status.success()) {
                return Ok(());
            }
            sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        Err(format!("PostgreSQL does not start:\n{log}"))
    }
}

/// The folder of `initdb` and the others: Debian keeps each version in one of its own, away from the path.
fn programs() -> Result<PathBuf, String> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let version = |folder: &PathBuf| {
        let name = folder.parent()?.file_name()?.to_str()?;
        name.parse::<u32>().ok()
    };
    let newest = debian
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .max_by_key(version);
    let on_path = || {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).find(|folder| folder.join("initdb").exists())
    };
    newest
        .or_else(on_path)
        .ok_or_else(|| "PostgreSQL is needed: install the package postgresql".into())
}

/// Who runs it, if we may not.
fn user() -> Result<Option<&'static str>, String> {
    let id = |args: &[&str]| {
        let output = Command::new("id").args(args).stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    if id(&["-u"]).as_deref() != Some("0") {
        return Ok(None);
    }
    let there = USERS.into_iter().find(|user| id(&["-u", user]).is_some());
    there
        .map(Some)
        .ok_or_else(|| format!("PostgreSQL does not run as root, and there is none of {USERS:?}"))
}

/// A command run as somebody else.
fn as_user(user: Option<&str>, program: &Path) -> Vec<String> {
    let program = program.display().to_string();
    match user {
        None => vec![program],
        Some(user) => {
            ["setpriv", "--reuid", user, "--regid", user, "--init-groups", "--", &program]
                .map(str::to_owned)
                .into()
        }
    }
}

fn make(folder: &Path, secret: &Path, programs: &Path, user: Option<&str>) -> Result<(), String> {
    let failed = |why: std::io::Error| format!("{}: {why}", folder.display());
    let mut random = [0_u8; 24];
    File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut random)).map_err(failed)?;
    let password: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    fs::write(secret, password).map_err(failed)?;
    fs::create_dir_all(folder.join("data")).map_err(failed)?;
    fs::set_permissions(secret, fs::Permissions::from_mode(0o600)).map_err(failed)?;
    if let Some(user) = user {
        run(Command::new("chown").arg("-R").arg(user).arg(folder))?;
    }
    let words = as_user(user, &programs.join("initdb"));
    let mut initdb = Command::new(&words[0]);
    initdb.args(&words[1..]).arg("-D").arg(folder.join("data")).arg("--pwfile").arg(secret);
    initdb.args([
        "-U",
        SUPERUSER,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
    ]);
    run(initdb.current_dir(folder))
}

fn serve(
    folder: &Path,
    programs: &Path,
    user: Option<&str>,
    port: u16,
    then: Then,
) -> Result<(), String> {
    let log =
        File::create(folder.join("log")).map_err(|why| format!("{}: {why}", folder.display()))?;
    let log_too = log.try_clone().map_err(|why| why.to_string())?;
    let mut server = Command::new("sh");
    server.args(["-c", SUPERVISOR, "sh", &std::process::id().to_string()]);
    server.arg(if then == Then::Keep { "keep" } else { "remove" }).arg(folder);
    server.args(as_user(user, &programs.join("postgres"))).arg("-D").arg(folder.join("data"));
    server.args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
    // Not in the folder: a path to a socket is at most 107 bytes long. The loopback is enough.
    server.args(["-c", "unix_socket_directories=", "-c", "max_connections=200"]);
    if then == Then::Remove {
        server.args(["-c", "fsync=off", "-c", "full_page_writes=off"]);
    }
    server.current_dir(folder).stdin(Stdio::null()).stdout(log).stderr(log_too);
    server.spawn().map(|_| ()).map_err(|why| format!("PostgreSQL did not start: {why}"))
}

/// The server of a program that has just ended may still be stopping.
fn wait_for_the_last(folder: &Path) -> Result<(), String> {
    let until = Instant::now() + Duration::from_secs(30);
    let runs = || {
        let pid = fs::read_to_string(folder.join("data/postmaster.pid")).ok()?;
        let pid = pid.lines().next()?.trim().to_owned();
        let mut ask = Command::new("kill");
        ask.args(["-0", &pid]).stderr(Stdio::null()).status().ok().filter(|status| status.success())
    };
    while runs().is_some() {
        if Instant::now() > until {
            return Err(format!("the PostgreSQL in {} runs already", folder.display()));
        }
        sleep(Duration::from_millis(100));
    }
    Ok(())
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|why| why.to_string())?;
    listener.local_addr().map(|address| address.port()).map_err(|why| why.to_string())
}

fn run(command: &mut Command) -> Result<(), String> {
    let output =
        command.stdin(Stdio::null()).output().map_err(|why| format!("{command:?}: {why}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)))
}
