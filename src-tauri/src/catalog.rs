//! Departments, tiles, search; and the catalogue as its manager edits and imports it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use comptoir_domain::catalog::{CannabisClass, Department, Tile};
use comptoir_domain::operators::Permission;
use comptoir_till::catalog::import::preview::{self, Preview};
use comptoir_till::catalog::import::read::{Rulebook, glance, plan};
use comptoir_till::catalog::import::write::Import;
use comptoir_till::catalog::import::{
    FIELDS, FileProblem, Glance, Mapping, Outcome, Reject, rejects_csv,
};
use comptoir_till::catalog::products::{self, ProductDraft, ProductView};
use comptoir_till::catalog::search::{self, Hit};
use comptoir_till::catalog::shelf::{self, ProductPage, Shelf};
use comptoir_till::conflicts::{self, Field, Undecided};
use comptoir_till::error::Error;
use comptoir_till::{catalog, database, operators, store};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tauri::{AppHandle, Emitter, Runtime, State};
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::Answer;
use crate::reporting::{Written, exports};

/// Rows of one page of products.
const PAGE: usize = 60;

/// What products can be, for whoever edits one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct ProductTerms {
    tax_categories: Vec<String>,
    cannabis_classes: Vec<String>,
    /// Fields that a column of a file can be.
    fields: Vec<String>,
}

/// Which column of a file is what.
#[derive(Debug, Clone, Default, Deserialize, TS)]
pub(crate) struct ImportMapping {
    /// Field → name of its column.
    columns: BTreeMap<String, String>,
    /// Field → value where the column is missing or empty.
    defaults: BTreeMap<String, String>,
}

/// A file that is being imported, and what was not taken of it.
#[derive(Debug, Default)]
pub(crate) struct Upload(Mutex<Option<File>>);

#[derive(Debug)]
struct File {
    name: String,
    bytes: Arc<Vec<u8>>,
    rejects: Vec<Reject>,
}

impl Upload {
    fn file<T>(&self, ask: impl FnOnce(&mut File) -> T) -> Answer<T> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let none = || Error::from(FileProblem::NoFile);
        Ok(ask(file.as_mut().ok_or_else(none)?))
    }
}

impl From<ImportMapping> for Mapping {
    fn from(ImportMapping { columns, defaults }: ImportMapping) -> Mapping {
        // Whoever chose the columns sees which field has none, and means it.
        let none = FIELDS.map(|field| (field.to_owned(), String::new()));
        Mapping { columns: none.into_iter().chain(columns).collect(), defaults }
    }
}

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

#[tauri::command(async)]
pub(crate) fn miscellaneous(desk: State<'_, Arc<Desk>>) -> Answer<Vec<Hit>> {
    desk.till(|till| search::miscellaneous(till))
}

#[tauri::command(async)]
pub(crate) fn product_terms(desk: State<'_, Arc<Desk>>) -> Answer<ProductTerms> {
    let categories = |category: &comptoir_domain::tax::TaxCategory| category.0.clone();
    desk.till(|till| {
        Ok(ProductTerms {
            tax_categories: till.taxes().categories.iter().map(categories).collect(),
            cannabis_classes: CannabisClass::ALL.map(|class| class.as_str().to_owned()).into(),
            fields: FIELDS.map(str::to_owned).into(),
        })
    })
}

/// A page of the catalogue.
#[tauri::command(async)]
pub(crate) fn products(
    desk: State<'_, Arc<Desk>>,
    text: String,
    shelf: Shelf,
    after: Option<i64>,
) -> Answer<ProductPage> {
    desk.signed_in(|till, reader| {
        operators::check(till.db(), reader.id, Permission::EditCatalog)?;
        shelf::list(till.db(), till.store().currency, &text, shelf, after, PAGE)
    })
}

#[tauri::command(async)]
pub(crate) fn product(desk: State<'_, Arc<Desk>>, sku: String) -> Answer<ProductView> {
    desk.signed_in(|till, reader| {
        operators::check(till.db(), reader.id, Permission::EditCatalog)?;
        products::view(till, &sku)
    })
}

/// Adds a product, or changes the one that has the SKU.
#[tauri::command(async)]
pub(crate) fn save_product(
    desk: State<'_, Arc<Desk>>,
    sku: Option<String>,
    draft: ProductDraft,
) -> Answer<ProductView> {
    desk.signed_in(|till, manager| {
        products::save(till, manager.id, sku.as_deref(), &draft)?;
        let first = draft.skus.first().map(|sku| sku.code.trim()).unwrap_or_default();
        products::view(till, first)
    })
}

/// What was written apart and has to be decided.
#[tauri::command(async)]
pub(crate) fn conflicts(desk: State<'_, Arc<Desk>>) -> Answer<Vec<Undecided>> {
    desk.signed_in(|till, reader| {
        operators::check(till.db(), reader.id, Permission::EditCatalog)?;
        conflicts::list(till)
    })
}

/// Decides between values that were written apart; answers what is left to decide.
#[tauri::command(async)]
pub(crate) fn settle_conflict(
    desk: State<'_, Arc<Desk>>,
    field: Field,
    value: String,
) -> Answer<Vec<Undecided>> {
    desk.signed_in(|till, manager| {
        conflicts::settle(till, manager.id, &field, &value)?;
        conflicts::list(till)
    })
}

/// Takes a file up, to be mapped, previewed and imported.
#[tauri::command(async)]
pub(crate) fn import_file(
    desk: State<'_, Arc<Desk>>,
    name: String,
    base64: String,
) -> Answer<Glance> {
    desk.signed_in(|till, manager| {
        operators::check(till.db(), manager.id, Permission::EditCatalog)
    })?;
    let bytes = STANDARD.decode(base64).map_err(|_| Error::from(FileProblem::EmptyFile))?;
    let glance = glance(&bytes).map_err(Error::from)?;
    let file = File { name, bytes: Arc::new(bytes), rejects: Vec::new() };
    *desk.upload.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
    Ok(glance)
}

/// What the file would do. Nobody waits for it.
#[tauri::command(async)]
pub(crate) fn import_preview(
    desk: State<'_, Arc<Desk>>,
    mapping: ImportMapping,
) -> Answer<Preview> {
    let (rules, path, tenant) = desk.signed_in(|till, manager| {
        operators::check(till.db(), manager.id, Permission::EditCatalog)?;
        let tenant = till.identity().tenant.clone();
        Ok((Rulebook::of(till), till.home().database(), tenant))
    })?;
    let bytes = desk.upload.file(|file| Arc::clone(&file.bytes))?;
    let plan = plan(&rules, &bytes, &mapping.into()).map_err(Error::from)?;
    let reader = database::open_reader(&path)?;
    let preview = preview::preview(&reader, &tenant, rules.currency(), plan)?;
    desk.upload.file(|file| file.rejects.clone_from(&preview.rejects))?;
    Ok(preview)
}

/// Imports the file batch by batch, so that somebody can sell in between.
#[tauri::command(async)]
pub(crate) fn import_run<R: Runtime>(
    app: AppHandle<R>,
    desk: State<'_, Arc<Desk>>,
    mapping: ImportMapping,
) -> Answer<Outcome> {
    let (rules, manager) = desk.signed_in(|till, manager| {
        operators::check(till.db(), manager.id, Permission::EditCatalog)?;
        Ok((Rulebook::of(till), manager.id))
    })?;
    let bytes = desk.upload.file(|file| Arc::clone(&file.bytes))?;
    let plan = plan(&rules, &bytes, &mapping.into()).map_err(Error::from)?;
    // It goes on in the store although somebody begins to train meanwhile.
    let mut import = desk.real(|till| Import::begin(till, manager, plan))?;
    while desk.real(|till| import.step(till))? {
        let (done, all) = import.progress();
        let _ = app.emit("import", json!({ "done": done, "all": all }));
    }
    let (outcome, rejects) = desk.real(|till| import.finish(till))?;
    desk.upload.file(|file| file.rejects = rejects)?;
    Ok(outcome)
}

/// Writes the rows that are not taken to the user's documents.
#[tauri::command(async)]
pub(crate) fn save_rejects<R: Runtime>(
    app: AppHandle<R>,
    desk: State<'_, Arc<Desk>>,
) -> Answer<Written> {
    desk.signed_in(|till, manager| {
        operators::check(till.db(), manager.id, Permission::EditCatalog)
    })?;
    let (name, text) = desk.upload.file(|file| (file.name.clone(), rejects_csv(&file.rejects)))?;
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let path = exports(&app, &desk)?.join(format!("{name}.rejects.csv"));
    std::fs::write(&path, text?).map_err(Error::file(&path))?;
    Ok(Written::at(&path))
}
