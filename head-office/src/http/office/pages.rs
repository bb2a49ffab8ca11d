//! The files of the office pages, as they were built. They are read when the program starts, and the page itself is
//! answered at each of its places, so that a place can be kept, sent and opened anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::Path as Named;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::http::State as House;
use crate::http::problem::not_found;

/// The page.
const PAGE: &str = "office.html";
/// Where the page is shown; `ui/src/office/places.ts` knows the same.
const PLACES: [&str; 12] = [
    "/",
    "/stores/{store}",
    "/live",
    "/catalogue",
    "/catalogue/{product}",
    "/prices",
    "/stock",
    "/quarantine",
    "/quarantine/{entry}",
    "/reports",
    "/audit",
    "/people",
];
/// What the page may load, and whom it may ask: us alone. Nobody else shows it in a frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The files, by their path below the folder.
#[derive(Debug, Default)]
pub struct Pages(BTreeMap<String, File>);

#[derive(Debug)]
struct File {
    bytes: Vec<u8>,
    kind: &'static str,
    tag: HeaderValue,
}

impl Pages {
    /// What a folder has: the page, `assets` and `licences`.
    pub fn load(folder: &Path) -> Result<Pages> {
        if !folder.is_dir() {
            return Err(Error::SetUp(format!(
                "there is no folder {} with the office pages: `npm run build:office` in ui/ makes them. `pages` in the \
                 configuration or COMPTOIR_PAGES says where they are; without either they are not served",
                folder.display()
            )));
        }
        let failed = |path: &Path, why: std::io::Error| {
            let path = path.display();
            Error::SetUp(format!(
                "the office pages are not whole: {path}: {why}. `npm run build:office` in ui/ makes them anew"
            ))
        };
        let mut files = BTreeMap::new();
        let page = folder.join(PAGE);
        files.insert(
            PAGE.to_owned(),
            File::new(PAGE, fs::read(&page).map_err(|why| failed(&page, why))?)?,
        );
        for below in ["assets", "licences"] {
            let folder = folder.join(below);
            for entry in fs::read_dir(&folder).map_err(|why| failed(&folder, why))? {
                let path = entry.map_err(|why| failed(&folder, why))?.path();
                let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
                let bytes = fs::read(&path).map_err(|why| failed(&path, why))?;
                files.insert(format!("{below}/{name}"), File::new(name, bytes)?);
            }
        }
        Ok(Pages(files))
    }

    fn answer(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        let file = self.0.get(path)?;
        // What is in `assets` has its contents in its name; all else is asked for again each time.
        let kept = match path.starts_with("assets/") {
            true => "public, max-age=31536000, immutable",
            false => "no-cache",
        };
        let known = headers.get(header::IF_NONE_MATCH).is_some_and(|tag| *tag == file.tag);
        let about = [
            (header::ETAG, file.tag.clone()),
            (header::CACHE_CONTROL, HeaderValue::from_static(kept)),
            (header::CONTENT_TYPE, HeaderValue::from_static(file.kind)),
            (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
            (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
            (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        ];
        Some(match known {
            true => (StatusCode::NOT_MODIFIED, about).into_response(),
            false => (about, file.bytes.clone()).into_response(),
        })
    }
}

impl File {
    fn new(name: &str, bytes: Vec<u8>) -> Result<File> {
        let kind = match name.rsplit_once('.').map(|(_, ending)| ending) {
            Some("html") => "text/html; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("woff2") => "font/woff2",
            Some("txt") => "text/plain; charset=utf-8",
            Some("svg") => "image/svg+xml",
            _ => "application/octet-stream",
        };
        let digest: String =
            Sha256::digest(&bytes)[..12].iter().map(|byte| format!("{byte:02x}")).collect();
        let tag = HeaderValue::try_from(format!("\"{digest}\""))
            .map_err(|why| Error::Broken(why.to_string()))?;
        Ok(File { bytes, kind, tag })
    }
}

/// The page at each of its places, and what it loads.
pub(super) fn router(pages: Pages) -> Router<Arc<House>> {
    let pages = Arc::new(pages);
    let mut router = Router::new();
    for place in PLACES {
        let pages = pages.clone();
        let page = move |headers: HeaderMap| async move { found(&pages, PAGE, &headers).await };
        router = router.route(place, get(page));
    }
    for below in ["assets", "licences"] {
        let pages = pages.clone();
        let file = move |Named(name): Named<String>, headers: HeaderMap| async move {
            found(&pages, &format!("{below}/{name}"), &headers).await
        };
        router = router.route(&format!("/{below}/{{name}}"), get(file));
    }
    router
}

async fn found(pages: &Pages, path: &str, headers: &HeaderMap) -> Response {
    match pages.answer(path, headers) {
        Some(response) => response,
        None => not_found().await.into_response(),
    }
}
