//! The store itself: where it stands, what it trades in, what it prints at the head of a receipt.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::gs1::price_barcode::PriceBarcodes;
use crate::money::Currency;
use crate::payments::limits::CashLimits;
use crate::pricing::Limits;
use crate::text::{Language, Text};

/// A Canadian province or territory (ISO 3166-2:CA without the prefix).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[ts(type = "string")]
#[expect(missing_docs, reason = "the codes are their own names")]
pub enum Region {
    AB,
    BC,
    MB,
    NB,
    NL,
    NS,
    NT,
    NU,
    ON,
    PE,
    QC,
    SK,
    YT,
}

impl Region {
    /// All of them, by code.
    pub const ALL: [Region; 13] = {
        use Region::{AB, BC, MB, NB, NL, NS, NT, NU, ON, PE, QC, SK, YT};
        [AB, BC, MB, NB, NL, NS, NT, NU, ON, PE, QC, SK, YT]
    };

    /// The two-letter code.
    pub const fn code(self) -> &'static str {
        match self {
            Region::AB => "AB",
            Region::BC => "BC",
            Region::MB => "MB",
            Region::NB => "NB",
            Region::NL => "NL",
            Region::NS => "NS",
            Region::NT => "NT",
            Region::NU => "NU",
            Region::ON => "ON",
            Region::PE => "PE",
            Region::QC => "QC",
            Region::SK => "SK",
            Region::YT => "YT",
        }
    }

    /// The region of a two-letter code.
    pub fn parse(code: &str) -> Option<Region> {
        Region::ALL.into_iter().find(|region| region.code().eq_ignore_ascii_case(code))
    }

    /// IANA time zones of its counters, the one where most people live first.
    pub const fn time_zones(self) -> &'static [&'static str] {
        match self {
            Region::AB => &["America/Edmonton"],
            Region::NT => &["America/Edmonton", "America/Inuvik"],
            Region::BC => &[
                "America/Vancouver",
                "America/Creston",
                "America/Dawson_Creek",
                "America/Edmonton",
            ],
            Region::MB => &["America/Winnipeg"],
            Region::NB => &["America/Moncton"],
            Region::NS | Region::PE => &["America/Halifax"],
            Region::NL => &["America/St_Johns", "America/Goose_Bay"],
            Region::NU => &[
                "America/Iqaluit",
                "America/Rankin_Inlet",
                "America/Cambridge_Bay",
                "America/Resolute",
            ],
            Region::ON => &["America/Toronto", "America/Winnipeg", "America/Atikokan"],
            Region::QC => &["America/Toronto", "America/Halifax", "America/Blanc-Sablon"],
            Region::SK => &["America/Regina", "America/Swift_Current"],
            Region::YT => &["America/Whitehorse"],
        }
    }

    /// The first of its time zones.
    pub const fn time_zone(self) -> &'static str {
        self.time_zones()[0]
    }

    /// As it is called.
    pub fn name(self) -> Text {
        let (en, fr) = match self {
            Region::AB => ("Alberta", "Alberta"),
            Region::BC => ("British Columbia", "Colombie-Britannique"),
            Region::MB => ("Manitoba", "Manitoba"),
            Region::NB => ("New Brunswick", "Nouveau-Brunswick"),
            Region::NL => ("Newfoundland and Labrador", "Terre-Neuve-et-Labrador"),
            Region::NS => ("Nova Scotia", "Nouvelle-Écosse"),
            Region::NT => ("Northwest Territories", "Territoires du Nord-Ouest"),
            Region::NU => ("Nunavut", "Nunavut"),
            Region::ON => ("Ontario", "Ontario"),
            Region::PE => ("Prince Edward Island", "Île-du-Prince-Édouard"),
            Region::QC => ("Québec", "Québec"),
            Region::SK => ("Saskatchewan", "Saskatchewan"),
            Region::YT => ("Yukon", "Yukon"),
        };
        Text::new(en, fr)
    }

    /// The language of most customers first.
    pub const fn languages(self) -> [Language; 2] {
        match self {
            Region::QC => [Language::Fr, Language::En],
            _ => [Language::En, Language::Fr],
        }
    }
}

/// What a store is and says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Store {
    /// Short code, part of every receipt number: capitals and digits.
    pub code: String,
    /// The name over the door.
    pub name: String,
    /// Lines of the address, as printed.
    pub address: Vec<String>,
    /// Decides the taxes.
    pub region: Region,
    /// The numbered selling position of this till.
    pub register: u32,
    /// What it trades in.
    pub currency: Currency,
    /// Languages of receipts and window, the first one preferred.
    pub languages: Vec<Language>,
    /// Tax registration numbers, as printed.
    pub tax_numbers: Vec<String>,
    /// IANA time zone of the counter.
    pub time_zone: String,
}

/// How a store sells: what it decides for itself, beside what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What its scales print inside EAN-13s.
    pub price_barcodes: PriceBarcodes,
    /// Whether a department's open item may be sold under a name that is keyed with its price.
    pub miscellaneous: bool,
    /// Days after that of the sale on which goods come back without approval; none is any number.
    pub return_days: Option<u16>,
    /// What roles may take off a price without approval.
    pub limits: Limits,
    /// What cash roles may move without approval.
    pub cash: CashLimits,
    /// What receipts are printed in; none is the store's first language.
    pub receipt: Option<ReceiptLanguage>,
    /// What stands at the foot of receipts; none of it is thanks.
    pub receipt_foot: Text,
}

/// What receipts are printed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptLanguage {
    /// English alone.
    En,
    /// French alone.
    Fr,
    /// Both, the store's first language first.
    Both,
}

impl ReceiptLanguage {
    /// The name in files and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            ReceiptLanguage::En => "en",
            ReceiptLanguage::Fr => "fr",
            ReceiptLanguage::Both => "both",
        }
    }

    /// The language of a name.
    pub fn parse(name: &str) -> Option<ReceiptLanguage> {
        [ReceiptLanguage::En, ReceiptLanguage::Fr, ReceiptLanguage::Both]
            .into_iter()
            .find(|language| language.as_str() == name)
    }
}

impl Settings {
    /// What a store that says nothing else gives its customers.
    pub const RETURN_DAYS: u16 = 30;
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            price_barcodes: PriceBarcodes::default(),
            miscellaneous: false,
            return_days: Some(Settings::RETURN_DAYS),
            limits: Limits::default(),
            cash: CashLimits::default(),
            receipt: None,
            receipt_foot: Text::default(),
        }
    }
}

/// Whether `code` can be a store's code in receipt numbers: 2 to 8 capitals or digits.
pub fn is_well_formed_code(code: &str) -> bool {
    (2..=8).contains(&code.len())
        && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}
