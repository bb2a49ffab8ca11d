//! What is shipped speaks TLS by rustls and by nothing else: no OpenSSL to be kept up to date with the system, and no
//! other behaviour on another one.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};

/// Programs that people get.
const SHIPPED: [&str; 3] = ["comptoir", "comptoir-head-office", "tillctl"];
/// Other ways to speak TLS, and what binds to them.
const OTHERS: [&str; 12] = [
    "native-tls",
    "tokio-native-tls",
    "async-native-tls",
    "hyper-tls",
    "openssl",
    "openssl-sys",
    "tokio-openssl",
    "boring",
    "boring-sys",
    "s2n-tls",
    "mbedtls",
    "gnutls",
];
/// What the systems of Windows and macOS know of authorities is asked for by these, and by nobody else.
const OF_SYSTEMS: [&str; 3] = ["schannel", "security-framework", "openssl-probe"];
const ASKED_BY: [&str; 2] = ["rustls-native-certs", "rustls-platform-verifier"];

/// Every package that is built for these, on whichever system, by whom it is wanted.
fn graph() -> BTreeMap<String, BTreeSet<String>> {
    let lock = include_str!("../../Cargo.lock").parse::<toml::Table>().unwrap();
    let mut wants: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in lock["package"].as_array().unwrap() {
        let wanted = package.get("dependencies").and_then(|all| all.as_array());
        // Where there are several versions of one, its name is followed by the version.
        let name = |one: &toml::Value| one.as_str().unwrap().split(' ').next().unwrap().to_owned();
        let wanted = wanted.into_iter().flatten().map(name);
        wants.entry(name(&package["name"])).or_default().extend(wanted);
    }
    let mut wanted_by: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut left: Vec<String> = SHIPPED.map(str::to_owned).to_vec();
    while let Some(name) = left.pop() {
        for other in &wants[&name] {
            if !wanted_by.contains_key(other) {
                left.push(other.clone());
            }
            wanted_by.entry(other.clone()).or_default().insert(name.clone());
        }
    }
    wanted_by
}

#[test]
fn tls_is_by_rustls_alone() {
    let wanted_by = graph();
    for other in OTHERS {
        assert!(!wanted_by.contains_key(other), "{other} is wanted by {:?}", wanted_by[other]);
    }
    for of_system in OF_SYSTEMS {
        for by in wanted_by.get(of_system).into_iter().flatten() {
            assert!(ASKED_BY.contains(&by.as_str()), "{of_system} is wanted by {by}");
        }
    }
    for ours in ["comptoir-link", "comptoir-head-office"] {
        assert!(wanted_by["rustls"].contains(ours) || wanted_by["tokio-rustls"].contains(ours));
    }
}
