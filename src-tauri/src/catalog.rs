//! Departments, tiles, search.

use std::sync::Arc;

use comptoir_domain::catalog::{Department, Tile};
use comptoir_till::catalog::search::{self, Hit};
use comptoir_till::{catalog, store};
use tauri::State;

use crate::desk::Desk;
use crate::failure::Answer;

#[tauri::command(async)]
pub(crate) fn departments(desk: State<'_, Arc<Desk>>) -> Answer<Vec<Department>> {
    desk.till(|till| store::departments(till.db()))
}

#[tauri::command(async)]
pub(crate) fn tiles(desk: State<'_, Arc<Desk>>, department: Option<String>) -> Answer<Vec<Tile>> {
    desk.till(|till| catalog::tiles(till.db(), department.as_deref(), till.store().currency))
}

#[tauri::command(async)]
pub(crate) fn search(desk: State<'_, Arc<Desk>>, text: String, limit: usize) -> Answer<Vec<Hit>> {
    desk.till(|till| search::search(till.db(), &text, limit.min(100), till.store().currency))
}
