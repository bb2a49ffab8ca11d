//! Signing in and out.

use std::sync::Arc;

use comptoir_domain::ids::OperatorId;
use comptoir_domain::text::Language;
use comptoir_till::operators::{self, Operator};
use tauri::State;

use crate::desk::{AppState, Desk};
use crate::failure::Answer;
use crate::simulators::Simulators;

type Sims<'a> = State<'a, Option<Simulators>>;

#[tauri::command(async)]
pub(crate) fn operators(desk: State<'_, Arc<Desk>>) -> Answer<Vec<Operator>> {
    desk.till(|till| operators::list(till.db()))
}

#[tauri::command(async)]
pub(crate) fn sign_in(
    desk: State<'_, Arc<Desk>>,
    sims: Sims<'_>,
    operator: OperatorId,
    pin: String,
) -> Answer<AppState> {
    let operator = desk.till(|till| operators::sign_in(till, operator, &pin))?;
    desk.arrive(Some(operator));
    desk.app_state(sims.is_some())
}

#[tauri::command(async)]
pub(crate) fn sign_out(desk: State<'_, Arc<Desk>>, sims: Sims<'_>) -> Answer<AppState> {
    desk.signed_in(|till, operator| operators::sign_out(till, operator.id))?;
    desk.arrive(None);
    desk.app_state(sims.is_some())
}

/// For as long as this operator is signed in.
#[tauri::command(async)]
pub(crate) fn set_language(
    desk: State<'_, Arc<Desk>>,
    sims: Sims<'_>,
    language: Language,
) -> Answer<AppState> {
    let operator = desk.signed_in(|_, operator| Ok(Operator { language, ..operator.clone() }))?;
    desk.arrive(Some(operator));
    desk.app_state(sims.is_some())
}
