//! The window's pages and commands over HTTP. The very handlers of the window answer, under the same
//! permissions, in a runtime without windows; so a browser can drive the pages against the engine.

use std::convert::Infallible;
use std::path::Path;
use std::process::ExitCode;

use axum::Json;
use axum::Router;
use axum::extract::{Path as Named, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::{get, post};
use futures_util::Stream;
use serde_json::Value;
use tauri::ipc::{CallbackFn, InvokeBody, InvokeResponseBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{AppHandle, Listener, Manager, RunEvent};
use tokio::sync::broadcast;
use tower_http::services::ServeDir;

use crate::options::Options;

/// What the engine pushes.
const EVENTS: [&str; 10] =
    ["scanned", "devices", "jobs", "card", "import", "link", "goods", "carts", "joining", "sim"];

#[derive(Clone)]
struct Bridge {
    app: AppHandle<MockRuntime>,
    pushed: broadcast::Sender<(&'static str, String)>,
}

/// Serves the store that the command line names on a loopback port.
pub fn run() -> ExitCode {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let options = match Options::from_args(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    let port = options.port;
    let app = crate::find(&options).map_err(|error| error.to_string()).and_then(|found| {
        let builder = crate::prepare(mock_builder(), found, options.data.clone());
        builder.build(tauri::generate_context!()).map_err(|error| error.to_string())
    });
    match app {
        Ok(app) => {
            app.run(move |app, event| {
                if let RunEvent::Ready = event {
                    let app = app.clone();
                    std::thread::spawn(move || serve(app, port));
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("comptoir-bridge: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(app: AppHandle<MockRuntime>, port: u16) {
    let (pushed, _) = broadcast::channel(256);
    for name in EVENTS {
        let pushed = pushed.clone();
        app.listen_any(name, move |event| {
            let _ = pushed.send((name, event.payload().to_owned()));
        });
    }
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/dist");
    let router = Router::new()
        .route("/api/events", get(events))
        .route("/api/{command}", post(command))
        .fallback_service(ServeDir::new(pages))
        .with_state(Bridge { app, pushed });
    let serve = async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
        println!("listening on http://{}", listener.local_addr()?);
        axum::serve(listener, router).await
    };
    let served = tokio::runtime::Runtime::new().and_then(|runtime| runtime.block_on(serve));
    if let Err(error) = served {
        eprintln!("comptoir-bridge: {error}");
        std::process::exit(1);
    }
}

async fn command(
    State(bridge): State<Bridge>,
    Named(command): Named<String>,
    Json(args): Json<Value>,
) -> (StatusCode, Json<Value>) {
    let asked = tokio::task::spawn_blocking(move || bridge.ask(command, args)).await;
    match asked {
        Ok(Ok(InvokeResponseBody::Json(text))) => match serde_json::from_str(&text) {
            Ok(answer) => (StatusCode::OK, Json(answer)),
            Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, Json(error.to_string().into())),
        },
        Ok(Err(refusal)) if refusal.is_object() => {
            (StatusCode::UNPROCESSABLE_ENTITY, Json(refusal))
        }
        Ok(Err(other)) => (StatusCode::BAD_REQUEST, Json(other)),
        Ok(Ok(InvokeResponseBody::Raw(_))) | Err(_) => {
            (StatusCode::INTERNAL_SERVER_ERROR, Json(Value::Null))
        }
    }
}

async fn events(
    State(bridge): State<Bridge>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let stream = futures_util::stream::unfold(bridge.pushed.subscribe(), |mut pushed| async {
        loop {
            match pushed.recv().await {
                Ok((name, payload)) => {
                    return Some((Ok(Event::default().event(name).data(payload)), pushed));
                }
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

impl Bridge {
    /// Asks as the window that may ask this.
    fn ask(&self, command: String, args: Value) -> Result<InvokeResponseBody, Value> {
        let window = if command.starts_with("sim_") { "devices" } else { "till" };
        let window = self
            .app
            .get_webview_window(window)
            .ok_or_else(|| Value::from("there is no such window"))?;
        let url = "tauri://localhost".parse().map_err(|_| Value::from("no address"))?;
        let request = InvokeRequest {
            cmd: command,
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url,
            body: InvokeBody::Json(args),
            headers: Default::default(),
            invoke_key: INVOKE_KEY.to_owned(),
        };
        get_ipc_response(&window, request)
    }
}
