//! What is asked for over HTTP: sessions, enrolment, and how the program is.

pub mod api;
mod enrol;
mod health;
pub mod office;
pub mod problem;
mod session;
pub mod tries;

use std::sync::Arc;

use crate::listen::{Plain, Secured};
use axum::Router;
use axum::extract::connect_info::Connected;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{get, post};
use axum::serve::IncomingStream;
use std::net::{IpAddr, SocketAddr};
use tracing::Instrument;
use uuid::Uuid;

use crate::office::Office;
use office::pages::Pages;
use tries::Tries;

/// Names what belongs together in the logs of tills and head office.
const CORRELATION: HeaderName = HeaderName::from_static("x-correlation-id");
/// An enrolment is about 300 bytes, with every former key of a register a few more.
const MOST_BODY: usize = 64 * 1024;

/// What every answer is made from.
#[derive(Debug)]
pub struct State {
    /// The program at work.
    pub office: Arc<Office>,
    /// Wrong codes so far.
    pub tries: Tries,
    /// Whether a proxy says where requests come from.
    pub behind_proxy: bool,
    /// What callers of the API asked for lately.
    pub rates: api::rates::Rates,
    /// Wrong passwords so far.
    pub sign_ins: office::SignIns,
}

impl State {
    /// Where a request comes from: what the nearest proxy added, if there is one.
    fn address(&self, client: Client, headers: &HeaderMap) -> IpAddr {
        let forwarded = || {
            let last = headers.get_all("x-forwarded-for").iter().next_back()?;
            last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
        };
        self.behind_proxy.then(forwarded).flatten().unwrap_or_else(|| client.0.ip())
    }
}

/// Who is at the other end of a connection: a device, or the proxy before us.
#[derive(Debug, Clone, Copy)]
pub struct Client(pub SocketAddr);

impl Connected<IncomingStream<'_, Plain>> for Client {
    fn connect_info(stream: IncomingStream<'_, Plain>) -> Client {
        Client(*stream.remote_addr())
    }
}

impl Connected<IncomingStream<'_, Secured>> for Client {
    fn connect_info(stream: IncomingStream<'_, Secured>) -> Client {
        Client(*stream.remote_addr())
    }
}

/// All addresses. Behind a proxy, it is believed about where a request comes from.
pub fn router(office: Arc<Office>, behind_proxy: bool, pages: Option<Pages>) -> Router {
    let state = Arc::new(State {
        office,
        tries: Tries::default(),
        behind_proxy,
        rates: Default::default(),
        sign_ins: Default::default(),
    });
    Router::new()
        .route("/sync/v1/session", get(session::begin))
        .route("/enrol/v1", post(enrol::enrol))
        .route("/enrol/v1/challenge", post(enrol::challenge))
        .route("/enrol/v1/renew", post(enrol::renew))
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .merge(api::router())
        .merge(office::router(pages))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::not_allowed)
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .layer(from_fn(correlated))
        .with_state(state)
}

/// Everything that is logged about a request says to what it belongs; the answer says so too.
async fn correlated(request: Request, next: Next) -> Response {
    let given = request.headers().get(CORRELATION).and_then(|value| value.to_str().ok());
    let is_plain = |id: &&str| id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_graphic());
    let id = given.filter(is_plain).map_or_else(|| Uuid::now_v7().to_string(), str::to_owned);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let span = tracing::info_span!("request", correlation = %id, %method, path);
    let mut response = next.run(request).instrument(span).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(CORRELATION, value);
    }
    // What is said to one caller is not kept for the next, unless it says itself that it may be.
    let headers = response.headers_mut();
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
