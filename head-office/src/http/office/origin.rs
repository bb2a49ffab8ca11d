//! What a browser says about a request: the session's cookie, and from which page it came. A page of somebody else can
//! make a browser ask, but not in the name of this one.

use std::net::IpAddr;

use axum::http::{HeaderMap, Method, StatusCode, header};

use crate::http::problem::Problem;
use crate::people::sessions::LONGEST;

/// Over TLS: no other host of the same domain can set it (RFC 6265bis, 4.1.3.2).
const SECURE: &str = "__Host-comptoir";
/// On this machine itself, where there may be no TLS.
const PLAIN: &str = "comptoir";

/// The token that a browser shows.
pub(super) fn token(headers: &HeaderMap, behind_proxy: bool) -> Option<&str> {
    let name = if is_secure(headers, behind_proxy) { SECURE } else { PLAIN };
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        cookies.flat_map(|line| line.split(';')).filter_map(|one| one.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, token)| token)
}

/// The line that has the browser keep a token, and show it to nobody else.
pub(super) fn keep(token: &str, headers: &HeaderMap, behind_proxy: bool) -> String {
    line(token, LONGEST / 1_000, headers, behind_proxy)
}

/// The line that has it forget.
pub(super) fn forget(headers: &HeaderMap, behind_proxy: bool) -> String {
    line("", 0, headers, behind_proxy)
}

fn line(token: &str, seconds: i64, headers: &HeaderMap, behind_proxy: bool) -> String {
    let (name, secure) =
        if is_secure(headers, behind_proxy) { (SECURE, "; Secure") } else { (PLAIN, "") };
    format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

/// What changes something, or opens a line, has to come from a page of this very host, and as JSON: a form of another
/// page can send neither. Browsers say it in `Sec-Fetch-Site`; older ones only in `Origin`.
pub(super) fn check(
    method: &Method,
    headers: &HeaderMap,
    behind_proxy: bool,
) -> Result<(), Problem> {
    let opens = headers.contains_key(header::UPGRADE);
    let changes = !matches!(*method, Method::GET | Method::HEAD);
    if !opens && !changes {
        return Ok(());
    }
    let said = headers.get("sec-fetch-site").map(|value| value.to_str().unwrap_or_default());
    let is_ours = match said {
        Some(site) => site == "same-origin",
        None => is_own_origin(headers, behind_proxy),
    };
    if !is_ours {
        let title = "this was asked by a page of somebody else";
        return Err(Problem::new(StatusCode::FORBIDDEN, "origin_other", title));
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_json = |kind: &str| {
        kind.split(';')
            .next()
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    };
    if changes && !kind.is_some_and(is_json) {
        let title = "what changes something is sent as application/json";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", title));
    }
    Ok(())
}

fn is_own_origin(headers: &HeaderMap, behind_proxy: bool) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let Some((_, origin)) = text("origin").and_then(|origin| origin.split_once("://")) else {
        return false;
    };
    let forwarded = behind_proxy.then(|| text("x-forwarded-host")).flatten();
    forwarded.or_else(|| text("host")).is_some_and(|host| host.eq_ignore_ascii_case(origin))
}

/// Whether the browser reaches us over TLS. Without it, it may only be on this machine: elsewhere the cookie is one that
/// no browser keeps, rather than one that everybody on the way can read.
fn is_secure(headers: &HeaderMap, behind_proxy: bool) -> bool {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => host.split(':').next(),
    };
    let name = name.unwrap_or_default();
    let is_here = name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    behind_proxy || !is_here
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_a_page_of_this_host_changes_something() {
        let json = ("content-type", "application/json");
        for (method, lines, good) in [
            (Method::GET, vec![], true),
            (Method::GET, vec![("upgrade", "websocket")], false),
            (
                Method::GET,
                vec![("upgrade", "websocket"), ("host", "a"), ("origin", "https://b")],
                false,
            ),
            (
                Method::GET,
                vec![("upgrade", "websocket"), ("host", "a"), ("origin", "https://a")],
                true,
            ),
            (Method::POST, vec![json], false),
            (Method::POST, vec![json, ("sec-fetch-site", "same-origin")], true),
            (Method::POST, vec![json, ("sec-fetch-site", "same-site")], false),
            (Method::POST, vec![json, ("sec-fetch-site", "none")], false),
            (
                Method::POST,
                vec![
                    json,
                    ("sec-fetch-site", "cross-site"),
                    ("host", "a"),
                    ("origin", "https://a"),
                ],
                false,
            ),
            (Method::POST, vec![json, ("host", "a:1"), ("origin", "https://a:1")], true),
            (Method::POST, vec![json, ("host", "a:1"), ("origin", "https://a")], false),
            (Method::POST, vec![json, ("host", "a"), ("origin", "null")], false),
            (
                Method::POST,
                vec![json, ("host", "a"), ("x-forwarded-host", "b"), ("origin", "https://b")],
                false,
            ),
            (Method::POST, vec![("sec-fetch-site", "same-origin")], false),
            (
                Method::DELETE,
                vec![("sec-fetch-site", "same-origin"), ("content-type", "text/plain")],
                false,
            ),
            (
                Method::PUT,
                vec![
                    ("sec-fetch-site", "same-origin"),
                    ("content-type", "Application/JSON; charset=utf-8"),
                ],
                true,
            ),
        ] {
            assert_eq!(check(&method, &headers(&lines), false).is_ok(), good, "{method} {lines:?}");
        }
        let forwarded = [json, ("host", "a"), ("x-forwarded-host", "b"), ("origin", "https://b")];
        assert!(check(&Method::POST, &headers(&forwarded), true).is_ok());
    }

    #[test]
    fn the_cookie_is_for_tls_but_on_this_machine() {
        for (host, behind_proxy, secure) in [
            ("127.0.0.1:8400", false, false),
            ("localhost", false, false),
            ("[::1]:8400", false, false),
            ("127.0.0.1:8400", true, true),
            ("office.example", false, true),
            ("localhost.example", false, true),
            ("192.0.2.1:8400", false, true),
            ("", false, true),
        ] {
            let of =
                headers(&[("host", host), ("cookie", "a=b; comptoir=plain; __Host-comptoir=tls")]);
            assert_eq!(
                token(&of, behind_proxy),
                Some(if secure { "tls" } else { "plain" }),
                "{host}"
            );
            let line = keep("t", &of, behind_proxy);
            assert!(line.contains("; HttpOnly; SameSite=Strict"), "{line}");
            assert_eq!(
                line.starts_with("__Host-comptoir=t; Path=/;") && line.ends_with("; Secure"),
                secure
            );
            assert!(forget(&of, behind_proxy).contains("Max-Age=0"));
        }
        assert_eq!(token(&headers(&[("host", "localhost")]), false), None);
    }
}
