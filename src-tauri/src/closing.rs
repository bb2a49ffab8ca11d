//! The terminal's own totals: asked for at the close of a shift, and from the devices later.

use std::sync::Arc;

use comptoir_domain::reporting::TerminalCheck;
use comptoir_till::payments::terminal_check;
use tauri::State;

use crate::desk::Desk;
use crate::failure::Answer;

/// The terminal's totals beside ours, of the shift that it would be asked about now; none before the first shift.
#[tauri::command(async)]
pub(crate) fn terminal_check(desk: State<'_, Arc<Desk>>) -> Answer<Option<TerminalCheck>> {
    desk.signed_in(|till, operator| terminal_check::shown(till, operator.id))
}

/// Has the terminal hand its day in, and answers once it has or is known not to; selling and closing go on meanwhile.
#[tauri::command(async)]
pub(crate) fn check_terminal(desk: State<'_, Arc<Desk>>) -> Answer<Option<TerminalCheck>> {
    let operator = desk.lock().cashier()?;
    desk.cards.end_of_day(&desk, operator)?;
    desk.till(|till| terminal_check::shown(till, operator))
}
