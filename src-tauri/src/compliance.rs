//! What has to be made sure of before goods are handed over.

use std::sync::Arc;

use comptoir_domain::cart::CartView;
use comptoir_domain::compliance::AgeProof;
use comptoir_till::compliance;
use tauri::State;

use crate::desk::Desk;
use crate::failure::Answer;

#[tauri::command(async)]
pub(crate) fn check_age(desk: State<'_, Arc<Desk>>, proof: AgeProof) -> Answer<CartView> {
    desk.sell(|till, cashier| compliance::check_age(till, cashier.id, proof))
}

#[tauri::command(async)]
pub(crate) fn refuse_age(desk: State<'_, Arc<Desk>>) -> Answer<CartView> {
    desk.sell(|till, cashier| compliance::refuse_age(till, cashier.id))
}
