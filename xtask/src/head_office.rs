//! Head office to try things with: a PostgreSQL of its own in `target/head-office`, the demo's company and store, and a
//! code for the next till.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::command::Command;
use crate::machine::{self, Need};
use crate::postgres::{Cluster, Then};
use crate::{root, target};

/// Company and store of `till/data/demo/store.json`.
const TENANT: (&str, &str) = ("DEMO", "The demo's company");
const STORE: (&str, &str) = ("RDC", "The demo's store");
/// Who signs in to the pages of it.
const OWNER_NAME: &str = "amelie";
const OWNER: &str = "comptoir_owner";
const DATABASE: &str = "comptoir";

/// `cargo xtask head-office [ADDRESS]`.
pub(crate) fn head_office(args: &[String]) -> Result<(), String> {
    let address = match args {
        [] => "127.0.0.1:8400",
        [address] if !address.starts_with('-') => address,
        _ => return Err("cargo xtask head-office [ADDRESS]".into()),
    };
    machine::prepare(&[Need::Database])?;
    build()?;
    let folder = target().join("head-office");
    let cluster = Cluster::start(&folder.join("postgres"), Then::Keep)?;
    cluster.database(OWNER, DATABASE)?;
    let key = folder.join("master.key");
    let database = cluster.url_of(OWNER, DATABASE);
    let program = |line: &str| {
        Command::new("")
            .args([target().join("debug/comptoir-head-office")])
            .args(line.split_whitespace())
            .env("COMPTOIR_DATABASE", &database)
            .env("COMPTOIR_MASTER_KEY_FILE", &key)
            .env("COMPTOIR_LISTEN", address)
            .env("COMPTOIR_PAGES", root().join("ui/dist-office"))
    };
    let is_new = !key.exists();
    if is_new {
        secret(&key, 32)?;
        program("tenant add").args([TENANT.0, TENANT.1]).run()?;
        program("store add").args([TENANT.0, STORE.0, STORE.1]).run()?;
    }
    let password = folder.join("owner.password");
    if !password.exists() {
        secret(&password, 18)?;
        program("person add")
            .args([TENANT.0, OWNER_NAME, "Amélie Roy", "--role", "owner", "--password-file"])
            .args([&password])
            .run()?;
    }
    let password =
        fs::read_to_string(&password).map_err(|why| format!("{}: {why}", password.display()))?;
    let code = program("code")
        .args([TENANT.0, STORE.0])
        .output()
        .ok_or("no code could be made; its reason: cargo xtask head-office, with target/head-office removed")?;
    println!(
        "Head office of {} is at http://{address}. Sign in as {OWNER_NAME}@{} with\n\n  {password}\n\n\
         Within the hour, one till of {} enrols with\n\n  \
         target/debug/tillctl enrol --head-office http://{address} --code {code} --data FOLDER\n\n\
         First the store that sells already, the demo of `cargo xtask run` for one; then new registers in empty folders.\n",
        TENANT.0, TENANT.0, STORE.0
    );
    program("serve").run()
}

/// The program, its pages, and the till that enrols with it.
pub(crate) fn build() -> Result<(), String> {
    machine::prepare(&[Need::Build, Need::Node])?;
    machine::ui_packages()?;
    for step in [
        Command::new("npm run build:office").within("ui"),
        Command::new("cargo build --package comptoir-head-office --package tillctl"),
    ] {
        println!("{step}");
        step.run()?;
    }
    Ok(())
}

/// So many random bytes in base64, for nobody else's eyes.
fn secret(path: &Path, length: usize) -> Result<(), String> {
    let failed = |why: std::io::Error| format!("{}: {why}", path.display());
    let mut bytes = vec![0_u8; length];
    File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes)).map_err(failed)?;
    fs::write(path, "").map_err(failed)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(failed)?;
    fs::write(path, base64(&bytes)).map_err(failed)
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let three = [chunk[0], *chunk.get(1).unwrap_or(&0), *chunk.get(2).unwrap_or(&0)];
        let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
        for place in 0..4 {
            let six = bits >> (18 - 6 * place) & 63;
            text.push(if place > chunk.len() { '=' } else { char::from(ALPHABET[six as usize]) });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }
}
