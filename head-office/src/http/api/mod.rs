//! The REST API, `/api/v1`. Its OpenAPI document is made from these functions, at `/api/v1/openapi.json`.

mod access;
pub(super) mod ask;
mod audit;
mod books;
mod conflicts;
mod devices;
mod documents;
mod inventory;
pub mod keys;
mod live;
mod once;
mod prices;
mod products;
mod quarantine;
pub mod rates;
mod returns;
mod stores;
mod taken_back;
mod webhooks;

use std::sync::Arc;

use axum::routing::get;
use axum::{Json, Router};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::State as House;

/// What is said about all of it.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Comptoir head office",
        description = "Amounts are minor units of their currency, quantities thousandths, times milliseconds since 1970 UTC. Lists come in pages: `next` is the `cursor` of the one behind, and null at the end. Refusals are application/problem+json (RFC 9457) with a `kind`. A POST is carried out once for each Idempotency-Key and answered again alike; PATCH, PUT and DELETE may have one."
    ),
    security(("key" = [])),
    modifiers(&Keys)
)]
struct Document;

/// Every request shows a key.
struct Keys;

impl Modify for Keys {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = document.components.get_or_insert_with(Default::default);
        components.add_security_scheme("key", SecurityScheme::Http(bearer));
    }
}

/// All addresses, and what is said about them.
pub(super) fn router() -> Router<Arc<House>> {
    let (router, document) = OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(stores::list, stores::add))
        .routes(routes!(stores::make_code))
        .routes(routes!(devices::of_store))
        .routes(routes!(devices::list))
        .routes(routes!(devices::revoke))
        .routes(routes!(products::list, products::add))
        .routes(routes!(products::one, products::change))
        .routes(routes!(prices::lists))
        .routes(routes!(prices::list))
        .routes(routes!(prices::set))
        .routes(routes!(conflicts::list))
        .routes(routes!(conflicts::settle))
        .routes(routes!(documents::list))
        .routes(routes!(inventory::inventory))
        .routes(routes!(books::sales))
        .routes(routes!(books::sale))
        .routes(routes!(returns::returns))
        .routes(routes!(returns::one))
        .routes(routes!(books::days))
        .routes(routes!(taken_back::taken_back_twice))
        .routes(routes!(books::journal))
        .routes(routes!(live::live))
        .routes(routes!(quarantine::list))
        .routes(routes!(quarantine::one))
        .routes(routes!(quarantine::retry))
        .routes(routes!(quarantine::rewrite))
        .routes(routes!(quarantine::discard))
        .routes(routes!(webhooks::list, webhooks::add))
        .routes(routes!(webhooks::remove))
        .routes(routes!(webhooks::deliveries))
        .routes(routes!(access::list, access::make))
        .routes(routes!(access::revoke))
        .routes(routes!(audit::list))
        .routes(routes!(audit::tenant))
        .split_for_parts();
    router.route("/api/v1/openapi.json", get(|| async move { Json(document) }))
}
