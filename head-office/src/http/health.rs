//! How the program is: for whoever watches it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::State as House;
use super::problem::Problem;

/// It runs.
pub(super) async fn health() -> &'static str {
    "ok\n"
}

/// It can work: the database answers, and nobody asked it to stop.
pub(super) async fn ready(State(house): State<Arc<House>>) -> Result<&'static str, Problem> {
    let not = |why| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", why);
    if house.office.stop.is_cancelled() {
        return Err(not("it is about to stop"));
    }
    if !house.office.database.is_there().await {
        return Err(not("the database does not answer"));
    }
    Ok("ready\n")
}

/// What it has done.
pub(super) async fn metrics(State(house): State<Arc<House>>) -> Response {
    let text = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    (text, house.office.metrics.text()).into_response()
}
