//! The settings of one store: what it is, how it sells, and its departments.

use std::collections::BTreeMap;

use comptoir_domain::catalog::Department;
use comptoir_domain::money::Currency;
use comptoir_domain::payments::limits::CashLimits;
use comptoir_domain::pricing::{Limits, Percent};
use comptoir_domain::store::{ReceiptLanguage, Region, Settings, Store};
use comptoir_domain::text::{Language, Text};
use uuid::Uuid;

use super::{Fields, Kind, Value, document_id};

/// `store` by field · `department` id → place in the row · names, short names and pigments by id.
pub(super) const MAPS: [&str; 8] = [
    "store",
    "department",
    "department_parent",
    "department_en",
    "department_fr",
    "department_short_en",
    "department_short_fr",
    "department_pigment",
];

/// The settings document of a store.
pub fn id(tenant: &str, store: &str) -> Uuid {
    document_id(tenant, Kind::Settings, store)
}

/// The store that a document says, at `register`; none while it lacks what a store must have.
pub fn read_store(fields: &Fields, code: &str, register: u32) -> Option<Store> {
    let text = |key| fields.text("store", key);
    let lines = |key| text(key).lines().map(str::to_owned).collect();
    let region = Region::parse(text("region"))?;
    let time_zone =
        if text("time_zone").is_empty() { region.time_zone() } else { text("time_zone") };
    Some(Store {
        code: code.to_owned(),
        name: text("name").to_owned(),
        address: lines("address"),
        region,
        register,
        currency: Currency::from_code(text("currency"))?,
        languages: text("languages").split_whitespace().filter_map(Language::from_code).collect(),
        tax_numbers: lines("tax_numbers"),
        time_zone: time_zone.to_owned(),
    })
}

/// How the store sells. What a newer till says of it and is not understood here is left out.
pub fn read_settings(fields: &Fields) -> Settings {
    let mut settings =
        Settings { miscellaneous: fields.flag("store", "miscellaneous"), ..Settings::default() };
    match fields.text("store", "return_days") {
        NO_LIMIT => settings.return_days = None,
        days => settings.return_days = days.parse().ok().or(settings.return_days),
    }
    let percent = |key| fields.int("store", key).and_then(Percent::limit);
    settings.limits = Limits {
        cashier: percent("discount_cashier").unwrap_or(settings.limits.cashier),
        supervisor: percent("discount_supervisor").unwrap_or(settings.limits.supervisor),
    };
    let cash = &mut settings.cash;
    cash.paid_out = most(fields, "paid_out_alone", Some(cash.paid_out)).unwrap_or(cash.paid_out);
    cash.paid_in = most(fields, "paid_in_alone", cash.paid_in);
    cash.paid_out_supervisor = most(fields, "paid_out_supervisor", cash.paid_out_supervisor);
    cash.safe_drop = most(fields, "safe_drop_alone", cash.safe_drop);
    let no_sales = most(fields, "no_sales_alone", cash.no_sales.map(i64::from));
    cash.no_sales = no_sales.map(|times| u32::try_from(times).unwrap_or(u32::MAX));
    cash.cash_back = most(fields, "cash_back_alone", cash.cash_back);
    settings.receipt = ReceiptLanguage::parse(fields.text("store", "receipt_language"));
    settings.receipt_foot =
        Text::new(fields.text("store", "receipt_foot_en"), fields.text("store", "receipt_foot_fr"));
    for (key, _) in fields.of("store") {
        if let Some(prefix) = key.strip_prefix(PRICE_BARCODE) {
            let setting = format!("{prefix}={}", fields.text("store", key));
            let _ = settings.price_barcodes.set(&setting);
        }
    }
    settings
}

/// A limit that may be none; `usual` where nothing is said that could be one.
fn most(fields: &Fields, key: &str, usual: Option<i64>) -> Option<i64> {
    match fields.text("store", key) {
        NO_LIMIT => None,
        _ => fields.int("store", key).filter(|most| *most >= 0).or(usual),
    }
}

/// The fields of how a store sells.
pub fn settings_fields(settings: &Settings) -> Fields {
    let mut fields = Fields::default();
    fields.set("store", "miscellaneous", settings.miscellaneous.then_some(Value::Flag(true)));
    if settings.return_days != Settings::default().return_days {
        let days = settings.return_days.map_or(NO_LIMIT.to_owned(), |days| days.to_string());
        fields.set_text("store", "return_days", &days);
    }
    let other = |value: i64, usual: i64| (value != usual).then_some(Value::Int(value));
    let (limits, usual) = (settings.limits, Settings::default());
    for (key, value, usual) in [
        ("discount_cashier", limits.cashier.hundredths(), usual.limits.cashier.hundredths()),
        (
            "discount_supervisor",
            limits.supervisor.hundredths(),
            usual.limits.supervisor.hundredths(),
        ),
        ("paid_out_alone", settings.cash.paid_out, usual.cash.paid_out),
    ] {
        fields.set("store", key, other(value, usual));
    }
    let times = |limits: CashLimits| limits.no_sales.map(i64::from);
    let (cash, usual) = (settings.cash, usual.cash);
    for (key, most, usual) in [
        ("paid_in_alone", cash.paid_in, usual.paid_in),
        ("paid_out_supervisor", cash.paid_out_supervisor, usual.paid_out_supervisor),
        ("safe_drop_alone", cash.safe_drop, usual.safe_drop),
        ("no_sales_alone", times(cash), times(usual)),
        ("cash_back_alone", cash.cash_back, usual.cash_back),
    ] {
        let said = most.map_or_else(|| Value::Text(NO_LIMIT.into()), Value::Int);
        fields.set("store", key, (most != usual).then_some(said));
    }
    let language = settings.receipt.map_or("", ReceiptLanguage::as_str);
    fields.set_text("store", "receipt_language", language);
    fields.set_text("store", "receipt_foot_en", &settings.receipt_foot.en);
    fields.set_text("store", "receipt_foot_fr", &settings.receipt_foot.fr);
    for (prefix, layout) in settings.price_barcodes.settings() {
        fields.set_text("store", &format!("{PRICE_BARCODE}{prefix}"), &layout);
    }
    fields
}

/// Of a number that may be any.
const NO_LIMIT: &str = "none";
/// One field a prefix, so that what two people say of two prefixes is both kept.
const PRICE_BARCODE: &str = "price_barcode_";

/// The departments in the order of the row.
pub fn read_departments(fields: &Fields) -> Vec<Department> {
    let mut places = BTreeMap::new();
    for (id, place) in fields.of("department") {
        let text = |en, fr| Text::new(fields.text(en, id), fields.text(fr, id));
        let department = Department {
            id: id.to_owned(),
            parent: Some(fields.text("department_parent", id))
                .filter(|parent| !parent.is_empty())
                .map(str::to_owned),
            name: text("department_en", "department_fr"),
            short: text("department_short_en", "department_short_fr"),
            pigment: fields.text("department_pigment", id).to_owned(),
        };
        let place = if let Value::Int(place) = place { *place } else { i64::MAX };
        places.insert((place, id.to_owned()), department);
    }
    places.into_values().collect()
}

/// The fields of a store and its departments.
pub fn fields(store: &Store, departments: &[Department]) -> Fields {
    let mut fields = Fields::default();
    let languages: Vec<&str> = store.languages.iter().map(|language| language.code()).collect();
    fields.set_text("store", "name", &store.name);
    fields.set_text("store", "address", &store.address.join("\n"));
    fields.set_text("store", "region", store.region.code());
    fields.set_text("store", "currency", store.currency.code());
    fields.set_text("store", "languages", &languages.join(" "));
    fields.set_text("store", "tax_numbers", &store.tax_numbers.join("\n"));
    fields.set_text("store", "time_zone", &store.time_zone);
    for (place, department) in (0..).zip(departments) {
        let id = &department.id;
        fields.set("department", id, Some(Value::Int(place)));
        fields.set_text("department_parent", id, department.parent.as_deref().unwrap_or_default());
        fields.set_text("department_en", id, &department.name.en);
        fields.set_text("department_fr", id, &department.name.fr);
        fields.set_text("department_short_en", id, &department.short.en);
        fields.set_text("department_short_fr", id, &department.short.fr);
        fields.set_text("department_pigment", id, &department.pigment);
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_read_back() {
        let store = Store {
            code: "YOW1".into(),
            name: "ACME Ottawa".into(),
            address: vec!["1 Canal Walk".into(), "Ottawa ON".into()],
            region: Region::ON,
            register: 1,
            currency: Currency::CAD,
            languages: vec![Language::En, Language::Fr],
            tax_numbers: vec!["HST 000000000 RT0001".into()],
            time_zone: "America/Toronto".into(),
        };
        let department = |id: &str| Department {
            id: id.into(),
            parent: (id == "bakery").then(|| "produce".to_owned()),
            name: Text::new(id, id),
            short: Text::new(id, ""),
            pigment: "produce".into(),
        };
        let departments = [department("produce"), department("bakery")];
        let fields = fields(&store, &departments);
        assert_eq!(read_settings(&fields), Settings::default());
        assert_eq!(read_store(&fields, "YOW1", 1), Some(store));
        assert_eq!(read_departments(&fields), departments);
    }

    #[test]
    fn how_a_store_sells_reads_back_without_what_is_newer() {
        let mut settings = Settings { miscellaneous: true, ..Settings::default() };
        for days in [None, Some(0), Some(14), Some(Settings::RETURN_DAYS)] {
            settings.return_days = days;
            assert_eq!(read_settings(&settings_fields(&settings)), settings);
        }
        settings.limits = Limits { cashier: Percent::ALL, ..settings.limits };
        settings.cash = CashLimits {
            paid_in: None,
            paid_out: 0,
            paid_out_supervisor: Some(20_000),
            safe_drop: Some(0),
            no_sales: None,
            cash_back: Some(5_000),
        };
        settings.receipt = Some(ReceiptLanguage::Both);
        settings.receipt_foot = Text::new("Come again", "À bientôt");
        for setting in ["02=none", "21=21|IIIII|WWWWW|C"] {
            settings.price_barcodes.set(setting).unwrap();
        }
        let mut fields = settings_fields(&settings);
        assert_eq!(fields.text("store", "price_barcode_21"), "21|IIIII|WWWWW|C");
        fields.set_text("store", "price_barcode_22", "22|from the future");
        assert_eq!(read_settings(&fields), settings);
        assert_eq!(settings_fields(&Settings::default()), Fields::default());
        fields.set("store", "paid_in_alone", Some(Value::Int(-1)));
        fields.set_text("store", "no_sales_alone", "often");
        let read = read_settings(&fields).cash;
        let usual = CashLimits::default();
        assert_eq!((read.paid_in, read.no_sales), (usual.paid_in, usual.no_sales));
    }
}
