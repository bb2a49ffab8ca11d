//! People sign in, wait after wrong passwords, and do over the API what their role may: by a session's cookie, from a
//! page of this very host.

mod browser;
mod house;

use browser::{Browser, OURS, OWN, add, send};
use comptoir_head_office::http::office::pages::Pages;
use comptoir_head_office::people::sessions::{IDLE, LONGEST, begin, of_token};
use comptoir_head_office::people::{self, Refusal, Role};
use house::{House, WALL};
use serde_json::{Value, json};

#[tokio::test]
async fn a_session_begins_with_a_password_and_ends_by_signing_out() {
    let house = House::new().await;
    let address = house.serve().await;
    add(&house, "ACME", "amelie", Role::Owner).await;
    let answer = Browser::sign_in(address, "Amelie@acme", OWN).await;
    assert_eq!(answer.status, 200, "{}", answer.value);
    assert!(answer.head.contains("; HttpOnly; SameSite=Strict"), "{}", answer.head);
    assert!(answer.head.contains("cache-control: no-store"), "{}", answer.head);
    assert_eq!(
        (&answer.value["company"], &answer.value["role"], &answer.value["one_time"]),
        (&json!("ACME"), &json!("owner"), &json!(false))
    );
    let browser = Browser { address, cookie: answer.cookie() };
    let token = browser.cookie.split_once('=').unwrap().1;
    assert!(token.len() >= 43, "256 bits");
    let kept = house.text("SELECT string_agg(encode(token, 'escape') || encode(token, 'base64'), '') FROM person_session").await;
    assert!(!kept.contains(token), "the token itself is not kept");
    assert!(!house.text("SELECT password FROM person").await.contains(OWN));
    assert_eq!(browser.ask("GET /office/v1/me", "").await.value["sign_in"], "amelie");
    assert_eq!(browser.ask("GET /api/v1/stores", "").await.value["items"][0]["store"], "YOW1");
    let out = browser.ask("POST /office/v1/sign-out", "").await;
    assert!(out.status == 204 && out.head.contains("Max-Age=0"), "{}", out.head);
    let me = browser.ask("GET /office/v1/me", "").await;
    assert_eq!((me.status, me.value), (200, Value::Null), "nobody, which is nothing wrong");
    for path in ["/api/v1/stores", "/office/v1/people"] {
        let gone = browser.ask(&format!("GET {path}"), "").await;
        assert_eq!(gone.kind(), (401, "session_missing"), "{path}");
    }
    let nobody = send(address, "GET /api/v1/stores", "host: localhost\r\n", "").await;
    assert_eq!(nobody.kind(), (401, "key_missing"));
}

#[tokio::test]
async fn the_first_password_only_serves_to_choose_another() {
    let house = House::new().await;
    let address = house.serve().await;
    add(&house, "ACME", "owner", Role::Owner).await;
    let owner = Browser::of(address, "owner@ACME").await;
    let body = json!({ "sign_in": "joe", "name": "Joe", "role": "clerk" }).to_string();
    let added = owner.ask("POST /office/v1/people", &body).await;
    let given = added.value["password"].as_str().unwrap();
    let begun = Browser::sign_in(address, "joe@ACME", given).await;
    assert_eq!((begun.status, &begun.value["one_time"]), (200, &json!(true)));
    let joe = Browser { address, cookie: begun.cookie() };
    assert_eq!(joe.ask("GET /api/v1/stores", "").await.kind(), (403, "password_one_time"));
    assert_eq!(joe.ask("GET /office/v1/people", "").await.kind(), (403, "password_one_time"));
    let choose = async |old: &str, new: &str| {
        let body = json!({ "old": old, "new": new }).to_string();
        joe.ask("POST /office/v1/password", &body).await
    };
    assert_eq!(choose(given, given).await.kind(), (422, "password_same"));
    let short = choose(given, "short").await;
    assert_eq!((short.kind(), &short.value["least"]), ((422, "password_bad"), &json!(12)));
    assert_eq!(choose("another", OWN).await.kind(), (422, "sign_in_wrong"));
    let chosen = choose(given, OWN).await;
    assert_eq!((chosen.status, &chosen.value["one_time"]), (200, &json!(false)));
    assert_eq!(joe.ask("GET /api/v1/stores", "").await.status, 401, "the session before has ended");
    let joe = Browser { address, cookie: chosen.cookie() };
    assert_eq!(joe.ask("GET /api/v1/stores", "").await.status, 200);
    assert_eq!(Browser::sign_in(address, "joe@ACME", given).await.kind(), (422, "sign_in_wrong"));
}

#[tokio::test]
async fn guessing_waits_and_so_does_the_right_password() {
    let house = House::new().await;
    let person = add(&house, "ACME", "amelie", Role::Owner).await;
    let strangers = Default::default();
    let attempt = async |name: &str, password: &str, at: i64| {
        let begun = begin(&house.office, &strangers, (name, password), WALL + at).await.unwrap();
        begun.map(|(token, _)| token)
    };
    // Five at once are five: each is counted before its password is looked at.
    for name in ["amelie@ACME", "nobody@ACME", "amelie@NOWHERE"] {
        for _ in 0..5 {
            assert_eq!(attempt(name, "wrong", 0).await, Err(Refusal::SignInWrong), "{name}");
        }
        assert_eq!(
            attempt(name, OWN, 59_999).await,
            Err(Refusal::TooManyTries { seconds: 1 }),
            "{name} waits a minute, and whether there is somebody is not told"
        );
    }
    assert_eq!(attempt("amelie@ACME", "wrong", 60_000).await, Err(Refusal::SignInWrong));
    assert_eq!(
        attempt("amelie@ACME", OWN, 179_999).await,
        Err(Refusal::TooManyTries { seconds: 1 })
    );
    attempt("amelie@ACME", OWN, 180_000).await.unwrap();
    assert_eq!(house.number("SELECT wrong::bigint FROM person").await, 0);
    for _ in 0..5 {
        attempt("amelie@ACME", "wrong", 180_000).await.unwrap_err();
    }
    let mut tx = house.office.database.of_tenant("ACME").await.unwrap();
    let given = people::reset(&mut tx, &house.office, "ACME", person, WALL).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    attempt("amelie@ACME", &given, 180_001).await.unwrap();
    let week = people::ONE_TIME_LIVES;
    assert_eq!(attempt("amelie@ACME", &given, week).await, Err(Refusal::OneTimeOver));
}

#[tokio::test]
async fn an_address_that_guesses_names_is_stopped() {
    let house = House::new().await;
    let address = house.serve().await;
    add(&house, "ACME", "amelie", Role::Owner).await;
    for n in 0..10 {
        let refused = Browser::sign_in(address, &format!("n{n}@ACME"), OWN).await;
        assert_eq!(refused.kind(), (422, "sign_in_wrong"));
    }
    let refused = Browser::sign_in(address, "amelie@ACME", OWN).await;
    assert_eq!((refused.kind(), &refused.value["seconds"]), ((429, "too_many_tries"), &json!(600)));
}

#[tokio::test]
async fn a_session_ends_when_nobody_uses_it_and_at_the_end_of_the_day() {
    let house = House::new().await;
    let person = add(&house, "ACME", "amelie", Role::Manager).await;
    let office = &house.office;
    let start = async || {
        let name = ("amelie@ACME", OWN);
        begin(office, &Default::default(), name, WALL).await.unwrap().unwrap().0
    };
    let stands =
        async |token: &str, at: i64| of_token(office, token, WALL + at).await.unwrap().is_some();
    let idle = start().await;
    assert!(stands(&idle, IDLE - 1).await, "used once more");
    assert!(stands(&idle, 2 * IDLE - 2).await);
    assert!(!stands(&idle, 3 * IDLE).await);
    let used = start().await;
    let mut at = 0;
    while at + IDLE / 2 < LONGEST {
        at += IDLE / 2;
        assert!(at >= LONGEST || stands(&used, at).await, "{at}");
    }
    assert!(!stands(&used, LONGEST).await);
    assert!(!stands("another", 0).await && !stands("", 0).await);
    let (one, other) = (start().await, start().await);
    let mut tx = office.database.of_tenant("ACME").await.unwrap();
    people::sessions::end_all(&mut tx, "ACME", person).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!stands(&one, 1).await && !stands(&other, 1).await);
}

#[tokio::test]
async fn what_a_role_may_not_is_refused() {
    let house = House::new().await;
    let address = house.serve().await;
    for (name, role) in [("owner", Role::Owner), ("manager", Role::Manager), ("clerk", Role::Clerk)]
    {
        add(&house, "ACME", name, role).await;
    }
    let once = format!("{OURS}idempotency-key: one\r\n");
    let choosing = format!("{OURS}idempotency-key: two\r\n");
    // There is nothing to decide: whoever may is told so.
    let choice = r#"{"document":"00000000-0000-0000-0000-000000000000","map":"price","key":"LOAF","value":1}"#;
    for (name, people, code, journal, settles) in [
        ("owner", 200, 201, 200, 409),
        ("manager", 403, 201, 200, 409),
        ("clerk", 403, 403, 403, 403),
    ] {
        let browser = Browser::of(address, &format!("{name}@ACME")).await;
        assert_eq!(browser.ask("GET /api/v1/sales", "").await.status, 200, "{name}");
        assert_eq!(browser.ask("GET /office/v1/people", "").await.status, people, "{name}");
        let made = browser.ask_with("POST /api/v1/stores/YOW1/codes", &once, "").await;
        assert_eq!(made.status, code, "{name}: {}", made.value);
        assert_eq!(browser.ask("GET /api/v1/journal", "").await.status, journal, "{name}");
        assert_eq!(browser.ask("GET /api/v1/conflicts", "").await.status, 200, "{name}");
        let settled = browser.ask_with("POST /api/v1/conflicts/settle", &choosing, choice).await;
        assert_eq!(settled.status, settles, "{name}: {}", settled.value);
    }
    assert_eq!(house.number("SELECT count(*) FROM enrolment_code").await, 2);
}

#[tokio::test]
async fn a_page_of_somebody_else_changes_nothing() {
    let house = House::new().await;
    let address = house.serve().await;
    add(&house, "ACME", "owner", Role::Owner).await;
    let owner = Browser::of(address, "owner@ACME").await;
    let json = "content-type: application/json\r\nidempotency-key: one\r\n";
    for (head, kind) in [
        (format!("host: localhost\r\n{json}"), (403, "origin_other")),
        (format!("host: localhost\r\nsec-fetch-site: cross-site\r\n{json}"), (403, "origin_other")),
        (format!("host: localhost\r\nsec-fetch-site: same-site\r\n{json}"), (403, "origin_other")),
        (format!("host: localhost\r\norigin: https://evil.example\r\n{json}"), (403, "origin_other")),
        (
            "host: localhost\r\nsec-fetch-site: same-origin\r\ncontent-type: text/plain\r\nidempotency-key: one\r\n".to_owned(),
            (415, "not_json"),
        ),
    ] {
        for request in ["POST /api/v1/stores/YOW1/codes", "POST /office/v1/people", "POST /office/v1/sign-out"] {
            assert_eq!(owner.ask_with(request, &head, "{}").await.kind(), kind, "{request} {head}");
        }
        let body = json!({ "sign_in": "owner@ACME", "password": OWN }).to_string();
        assert_eq!(send(address, "POST /office/v1/sign-in", &head, &body).await.kind(), kind, "{head}");
    }
    let line = "host: localhost\r\norigin: https://evil.example\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
    assert_eq!(owner.ask_with("GET /api/v1/live", line, "").await.kind(), (403, "origin_other"));
    assert_eq!(house.number("SELECT count(*) FROM enrolment_code").await, 0);
    assert_eq!(owner.ask("GET /api/v1/stores", "").await.status, 200, "still signed in");
}

#[tokio::test]
async fn people_of_one_company_are_nothing_in_another() {
    let house = House::new().await;
    let address = house.serve().await;
    house.add_tenant("OTHER").await;
    let ours = add(&house, "ACME", "owner", Role::Owner).await;
    add(&house, "OTHER", "owner", Role::Owner).await;
    let other = Browser::of(address, "owner@OTHER").await;
    let listed = other.ask("GET /office/v1/people", "").await;
    assert_eq!(listed.value.as_array().unwrap().len(), 1);
    for request in [
        format!("PATCH /office/v1/people/{ours}"),
        format!("POST /office/v1/people/{ours}/reset"),
        format!("DELETE /office/v1/people/{ours}"),
    ] {
        assert_eq!(
            other.ask(&request, r#"{"role":"clerk"}"#).await.kind(),
            (404, "not_found"),
            "{request}"
        );
    }
    let owner = Browser::of(address, "owner@ACME").await;
    other.ask(&format!("POST /office/v1/people/{ours}/end-sessions"), "").await;
    assert_eq!(owner.ask("GET /api/v1/stores", "").await.status, 200, "another's sessions stand");
    assert_eq!(house.text("SELECT role FROM person").await, "owner");
}

#[tokio::test]
async fn an_owner_is_always_left() {
    let house = House::new().await;
    let address = house.serve().await;
    let owner = add(&house, "ACME", "owner", Role::Owner).await;
    let browser = Browser::of(address, "owner@ACME").await;
    let path = format!("/office/v1/people/{owner}");
    assert_eq!(browser.ask(&format!("DELETE {path}"), "").await.kind(), (409, "last_owner"));
    let lower = browser.ask(&format!("PATCH {path}"), r#"{"role":"manager"}"#).await;
    assert_eq!(lower.kind(), (409, "last_owner"));
    let second = add(&house, "ACME", "second", Role::Owner).await;
    let same = json!({ "sign_in": "Second", "name": "x", "role": "clerk" }).to_string();
    assert_eq!(browser.ask("POST /office/v1/people", &same).await.kind(), (409, "sign_in_taken"));
    let lowered = browser.ask(&format!("PATCH {path}"), r#"{"role":"manager"}"#).await;
    assert_eq!((lowered.status, &lowered.value["role"]), (200, &json!("manager")));
    assert_eq!(browser.ask("GET /office/v1/people", "").await.kind().0, 403, "at once");
    let browser = Browser::of(address, "second@ACME").await;
    assert_eq!(browser.ask(&format!("DELETE {path}"), "").await.status, 204);
    let removed = Browser::sign_in(address, "owner@ACME", OWN).await;
    assert_eq!(removed.kind(), (422, "sign_in_wrong"));
    assert_eq!(
        browser.ask(&format!("DELETE /office/v1/people/{second}"), "").await.kind(),
        (409, "last_owner")
    );
    let again = json!({ "sign_in": "owner", "name": "Another", "role": "clerk" }).to_string();
    assert_eq!(browser.ask("POST /office/v1/people", &again).await.status, 201, "the name is free");
}

#[tokio::test]
async fn the_page_is_answered_at_its_places_and_kept_as_long_as_it_may_be() {
    let house = House::new().await;
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in [
        ("office.html", "<!doctype html><title>x</title>"),
        ("assets/office-1a2b.js", "1"),
        ("licences/font.txt", "OFL"),
    ] {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    std::fs::write(folder.path().join("secret"), "x").unwrap();
    let pages = Pages::load(folder.path()).unwrap();
    let address = house::serve_pages(house.office.clone(), Some(pages)).await;
    for place in ["/", "/stores/YOW1", "/live", "/catalogue", "/prices", "/quarantine", "/people"] {
        let page = send(address, &format!("GET {place}"), OURS, "").await;
        assert_eq!(page.status, 200, "{place}");
        assert!(page.head.contains("cache-control: no-cache\r\n"), "{}", page.head);
        assert!(
            page.head.contains("frame-ancestors 'none'")
                && page.head.contains("default-src 'none'")
        );
        assert!(!page.head.contains("unsafe"), "{}", page.head);
        assert!(page.head.contains("x-content-type-options: nosniff"), "{}", page.head);
    }
    let asset = send(address, "GET /assets/office-1a2b.js", OURS, "").await;
    assert!(asset.head.contains("max-age=31536000, immutable"), "{}", asset.head);
    assert!(asset.head.contains("text/javascript"), "{}", asset.head);
    let page = send(address, "GET /", OURS, "").await;
    let tag = page.head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    let again = format!("{OURS}if-none-match: {tag}\r\n");
    assert_eq!(send(address, "GET /", &again, "").await.status, 304);
    for path in
        ["/secret", "/assets/..%2fsecret", "/assets/nothing.js", "/office.html", "/elsewhere"]
    {
        assert_eq!(send(address, &format!("GET {path}"), OURS, "").await.kind().0, 404, "{path}");
    }
    assert!(Pages::load(&folder.path().join("assets")).is_err(), "a folder without the page");
}
