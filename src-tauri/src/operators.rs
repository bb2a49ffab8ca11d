//! Signing in and out.

use std::sync::Arc;

use comptoir_domain::ids::OperatorId;
use comptoir_domain::operators::Role;
use comptoir_domain::text::Language;
use comptoir_till::operators::{self, Change, Operator, Person};
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

/// Everybody who signs in here or did, for whoever manages them.
#[tauri::command(async)]
pub(crate) fn people(desk: State<'_, Arc<Desk>>) -> Answer<Vec<Person>> {
    desk.signed_in(|till, manager| operators::people(till, manager.id))
}

/// Adds an operator, or changes one.
#[tauri::command(async)]
pub(crate) fn save_person(
    desk: State<'_, Arc<Desk>>,
    operator: Option<OperatorId>,
    name: String,
    role: Role,
    language: Language,
    pin: Option<String>,
    active: bool,
) -> Answer<Vec<Person>> {
    desk.signed_in(|till, manager| {
        match operator {
            None => {
                let pin = pin.unwrap_or_default();
                operators::add(till, manager.id, &name, role, language, &pin)?;
            }
            Some(id) => {
                let change = Change {
                    name: Some(name),
                    role: Some(role),
                    language: Some(language),
                    pin,
                    active: Some(active),
                };
                operators::change(till, manager.id, id, change)?;
            }
        }
        operators::people(till, manager.id)
    })
}
