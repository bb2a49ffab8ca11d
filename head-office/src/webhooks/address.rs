//! Where others may be told something: not inside of the network that head office stands in, unless it was set up so.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// What is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses over TLS.
    Public,
    /// Addresses of this network and machine as well; over plain HTTP to this machine only.
    Private,
}

/// Why an address is none that anybody is told at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreachable {
    /// Not a URL.
    #[error("it is no address that begins with https://")]
    NoUrl,
    /// Not over TLS.
    #[error("it has to begin with https://, for what is told is nobody else's")]
    NotSecure,
    /// It has a name and a password in it.
    #[error("it has credentials in it, which would be kept as they are")]
    Credentials,
    /// Inside of this network.
    #[error("it is an address of this machine or network, which is not allowed here")]
    NotPublic,
}

/// Reads an address, and refuses one that nobody is told at. What its name resolves to is looked at when it is told.
pub fn check(text: &str, reach: Reach) -> Result<Url, Unreachable> {
    let url = Url::parse(text).map_err(|_| Unreachable::NoUrl)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Unreachable::Credentials);
    }
    let host = url.host_str().ok_or(Unreachable::NoUrl)?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let literal: Option<IpAddr> = host.parse().ok();
    let is_here = host == "localhost" || literal.is_some_and(|ip| ip.is_loopback());
    match url.scheme() {
        "https" => {}
        "http" if is_here => {}
        "http" => return Err(Unreachable::NotSecure),
        _ => return Err(Unreachable::NoUrl),
    }
    let inside = is_here || literal.is_some_and(|ip| !is_public(ip));
    if inside && reach == Reach::Public {
        return Err(Unreachable::NotPublic);
    }
    Ok(url)
}

/// Resolves names, and leaves out what is not allowed: asked for each connection, so that a name which is pointed
/// elsewhere after it was checked leads nowhere.
#[derive(Debug)]
pub struct Resolver(pub Reach);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed = |address: &SocketAddr| reach == Reach::Private || is_public(address.ip());
            let allowed: Vec<SocketAddr> = found.filter(allowed).collect();
            if allowed.is_empty() {
                let error = io::Error::new(io::ErrorKind::PermissionDenied, Unreachable::NotPublic);
                return Err(error.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Whether anybody in the world reaches it: not those of IANA's special-purpose registries.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b));
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    // An IPv4 address in the clothes of the other family leads where it leads.
    if let Some(v4) = ip.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    let [a, b, ..] = ip.segments();
    let v4_inside = |high: u16, low: u16| {
        let ([h0, h1], [l0, l1]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(h0, h1, l0, l1))
    };
    match a {
        // 6to4 and NAT64 carry an IPv4 address.
        0x2002 => v4_inside(b, ip.segments()[2]),
        0x64 if b == 0xff9b => v4_inside(ip.segments()[6], ip.segments()[7]),
        // Teredo, documentation, benchmarks, ORCHID.
        0x2001 if b < 0x200 || b == 0xdb8 => false,
        0x3fff if b < 0x1000 => false,
        // Everything that is given out as global unicast.
        0x2000..=0x3fff => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_resolved() {
        let name = || "localhost".parse::<Name>().unwrap();
        assert!(Resolver(Reach::Public).resolve(name()).await.is_err());
        assert!(Resolver(Reach::Private).resolve(name()).await.unwrap().next().is_some());
    }

    #[test]
    fn nothing_leads_inside_unless_it_may() {
        for (text, public, private) in [
            ("https://hooks.example/in", Ok(()), Ok(())),
            ("https://8.8.8.8/", Ok(()), Ok(())),
            ("https://[2606:4700::1]/", Ok(()), Ok(())),
            ("http://hooks.example/in", Err(Unreachable::NotSecure), Err(Unreachable::NotSecure)),
            ("http://10.0.0.1/", Err(Unreachable::NotSecure), Err(Unreachable::NotSecure)),
            ("http://127.0.0.1:9/", Err(Unreachable::NotPublic), Ok(())),
            ("http://localhost/", Err(Unreachable::NotPublic), Ok(())),
            ("http://[::1]/", Err(Unreachable::NotPublic), Ok(())),
            ("https://10.1.2.3/", Err(Unreachable::NotPublic), Ok(())),
            ("https://169.254.169.254/", Err(Unreachable::NotPublic), Ok(())),
            ("https://100.64.0.1/", Err(Unreachable::NotPublic), Ok(())),
            ("https://0.0.0.0/", Err(Unreachable::NotPublic), Ok(())),
            ("https://2130706433/", Err(Unreachable::NotPublic), Ok(())),
            ("https://[::ffff:192.168.1.1]/", Err(Unreachable::NotPublic), Ok(())),
            ("https://[fd00::1]/", Err(Unreachable::NotPublic), Ok(())),
            ("https://[fe80::1]/", Err(Unreachable::NotPublic), Ok(())),
            ("https://[2002:7f00:1::]/", Err(Unreachable::NotPublic), Ok(())),
            ("https://[64:ff9b::a00:1]/", Err(Unreachable::NotPublic), Ok(())),
            (
                "https://a:b@hooks.example/",
                Err(Unreachable::Credentials),
                Err(Unreachable::Credentials),
            ),
            ("ftp://hooks.example/", Err(Unreachable::NoUrl), Err(Unreachable::NoUrl)),
            ("hooks", Err(Unreachable::NoUrl), Err(Unreachable::NoUrl)),
        ] {
            assert_eq!(check(text, Reach::Public).map(drop), public, "{text}");
            assert_eq!(check(text, Reach::Private).map(drop), private, "{text}");
        }
    }
}
