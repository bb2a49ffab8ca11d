//! What a request says, checked before anything is done; and lists in pages.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use crate::http::problem::Problem;

/// Rows of a page, unless asked otherwise.
const USUAL: u32 = 100;
/// Rows of a page, at most.
const MOST: u32 = 500;

/// What stands behind the question mark.
pub(in crate::http) struct Asked<T>(pub(in crate::http) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Asked<T>, Problem> {
        let asked = Query::<T>::from_request_parts(parts, state).await;
        asked
            .map(|Query(asked)| Asked(asked))
            .map_err(|why: QueryRejection| Problem::invalid(why.body_text()))
    }
}

/// What is named in the address.
pub(in crate::http) struct Named<T>(pub(in crate::http) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Named<T>, Problem> {
        let named = Path::<T>::from_request_parts(parts, state).await;
        named
            .map(|Path(named)| Named(named))
            .map_err(|why: PathRejection| Problem::invalid(why.body_text()))
    }
}

/// A body in JSON.
pub(in crate::http) fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|why| Problem::invalid(why.to_string()))
}

/// Hexadecimal digits of so many bytes.
pub(super) fn hex<const N: usize>(text: &str) -> Result<[u8; N], Problem> {
    let wrong = || Problem::invalid(format!("{} hexadecimal digits are wanted", 2 * N));
    let mut bytes = [0; N];
    if text.len() != 2 * N || !text.is_ascii() {
        return Err(wrong());
    }
    for (byte, place) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(&text[place..place + 2], 16).map_err(|_| wrong())?;
    }
    Ok(bytes)
}

/// The same the other way.
pub(super) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A day, `YYYY-MM-DD`.
pub(super) fn day(text: Option<&str>, otherwise: &str) -> Result<String, Problem> {
    let text = text.unwrap_or(otherwise);
    let read: jiff::civil::Date =
        text.parse().map_err(|_| Problem::invalid("a day is written 2025-11-21"))?;
    Ok(read.to_string())
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Page<T> {
    /// In order.
    pub(in crate::http) items: Vec<T>,
    /// The `cursor` of the next page; null at the end.
    pub(in crate::http) next: Option<String>,
}

/// How many rows are read: one more than are shown tells whether there is another page.
pub(in crate::http) fn limit(limit: Option<u32>) -> Result<i64, Problem> {
    match limit.unwrap_or(USUAL) {
        limit @ 1..=MOST => Ok(i64::from(limit)),
        _ => Err(Problem::invalid(format!("limit is from 1 to {MOST}"))),
    }
}

/// The key of the last row of the page before, as [`page`] wrote it.
pub(in crate::http) fn cursor<T: DeserializeOwned>(
    cursor: Option<&str>,
) -> Result<Option<T>, Problem> {
    let wrong = || Problem::invalid("the cursor is none that was given out for this list");
    let Some(cursor) = cursor else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
    serde_json::from_slice(&bytes).map(Some).map_err(|_| wrong())
}

/// A page of what was read with one row more than [`limit`] asks for, and where the next begins.
pub(in crate::http) fn page<T, K: Serialize>(
    mut items: Vec<T>,
    limit: i64,
    key: impl Fn(&T) -> K,
) -> Json<Page<T>> {
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = items.len() > most;
    items.truncate(most);
    let last = items.last().filter(|_| more).map(key);
    let next = last.and_then(|key| serde_json::to_vec(&key).ok());
    Json(Page { items, next: next.map(|key| URL_SAFE_NO_PAD.encode(key)) })
}
