//! What the office pages ask beside the API: the hours of today, sales with how they were paid, stock by its names;
//! and what people do, written down.

mod browser;
mod house;

use browser::{Browser, add};
use comptoir_head_office::people::Role;
use comptoir_sync::facts::Fact;
use house::House;
use serde_json::{Value, json};

#[tokio::test]
async fn sales_and_returns_are_shown_as_they_came() {
    let house = House::new().await;
    let address = house.serve().await;
    add(&house, "ACME", "clerk", Role::Clerk).await;
    let clerk = Browser::of(address, "clerk@ACME").await;
    let get = async |path: &str| {
        let answer = clerk.ask(&format!("GET /office/v1/{path}"), "").await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.value);
        answer.value
    };
    assert_eq!(get("sales").await, json!({ "items": [], "next": null }));
    let mut till = house.till("YOW1", 1).await;
    let first = till.sell();
    till.sell();
    let back = till.back(&first);
    till.write(&Fact::ReturnCompleted(Box::new(back)));
    house.take(&till, till.written.clone()).await;

    let shown = |page: &Value| -> Vec<(i64, bool)> {
        let one = |row: &Value| (row["total"].as_i64().unwrap(), row["is_return"] == true);
        page["items"].as_array().unwrap().iter().map(one).collect()
    };
    let latest = get("sales").await;
    assert_eq!(shown(&latest), [(-452, true), (1_017, false), (1_017, false)], "the latest first");
    assert_eq!(latest["items"][1]["tenders"], json!(["cash"]));
    assert_eq!(latest["items"][0]["tenders"], json!([]));
    let oldest = latest["items"][2]["position"].as_i64().unwrap();
    let behind = get(&format!("sales?after={oldest}&limit=1")).await;
    assert_eq!(shown(&behind), [(1_017, false)], "the next in its order, however many follow");
    let place = behind["items"][0]["position"].as_i64().unwrap();
    assert_eq!(shown(&get(&format!("sales?after={place}")).await), [(-452, true)]);
    let end = latest["items"][0]["position"].as_i64().unwrap();
    assert_eq!(shown(&get(&format!("sales?after={end}")).await), []);

    let stock = get("stock?store=YOW1&limit=1").await;
    assert_eq!(stock["items"][0]["store"], "YOW1");
    assert!(stock["next"].is_string(), "{stock}");
    assert_eq!(get("stock?store=YYC1").await["items"], json!([]));
    let terms = get("terms").await;
    assert_eq!(
        (&terms["currency"], &terms["tax_categories"][0]),
        (&json!("CAD"), &json!("standard"))
    );
    assert_eq!(get("hours").await, json!([]), "what was sold is of another day");
    for path in ["sales?limit=0", "sales?after=x", "stock?cursor=x"] {
        let refused = clerk.ask(&format!("GET /office/v1/{path}"), "").await;
        assert_eq!(refused.kind(), (400, "invalid"), "{path}");
    }
}

#[tokio::test]
async fn what_people_do_is_written_down_and_shown_to_whom_it_concerns() {
    let house = House::new().await;
    let address = house.serve().await;
    add(&house, "ACME", "owner", Role::Owner).await;
    let owner = Browser::of(address, "owner@ACME").await;
    let joe = json!({ "sign_in": "joe", "name": "Joe", "role": "manager" }).to_string();
    let added = owner.ask("POST /office/v1/people", &joe).await;
    let path = format!("/office/v1/people/{}", added.value["person"].as_str().unwrap());
    for (request, body) in [
        (format!("PATCH {path}"), r#"{"role":"clerk"}"#),
        (format!("POST {path}/reset"), "{}"),
        (format!("POST {path}/end-sessions"), "{}"),
        (format!("DELETE {path}"), ""),
    ] {
        assert!(owner.ask(&request, body).await.status < 300, "{request}");
    }
    let trail = owner.ask("GET /api/v1/audit?limit=4", "").await.value;
    let next = trail["next"].as_str().unwrap();
    let rest = owner.ask(&format!("GET /api/v1/audit?cursor={next}"), "").await.value;
    let deeds: Vec<&Value> = [&trail, &rest]
        .into_iter()
        .flat_map(|page| page["items"].as_array().unwrap())
        .filter(|deed| deed["who_kind"] == "person")
        .collect();
    let what: Vec<&str> = deeds.iter().map(|deed| deed["what"].as_str().unwrap()).collect();
    let all = "person.removed person.sessions_ended person.reset person.changed person.added";
    assert_eq!(what.join(" "), all, "the latest first");
    assert!(deeds.iter().all(|deed| deed["subject"] == "joe" && deed["who"] == "Amélie Roy"));
    assert!(!trail.to_string().contains(added.value["password"].as_str().unwrap()));

    add(&house, "ACME", "clerk", Role::Clerk).await;
    let clerk = Browser::of(address, "clerk@ACME").await;
    let refused = clerk.ask("GET /api/v1/audit", "").await;
    assert_eq!(refused.kind(), (403, "scope_missing"));
    house.add_tenant("OTHER").await;
    add(&house, "OTHER", "owner", Role::Owner).await;
    let other = Browser::of(address, "owner@OTHER").await;
    let none = other.ask("GET /api/v1/audit", "").await.value;
    assert!(!none.to_string().contains("joe"), "{none}");
}
