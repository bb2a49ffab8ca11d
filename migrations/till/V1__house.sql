-- The journal is the truth; every other table of the first part is projected from it and can be
-- rebuilt. Amounts are minor units, quantities thousandths, times milliseconds since 1970 UTC.

CREATE TABLE chain (
    id      INTEGER PRIMARY KEY,
    device  BLOB    NOT NULL CHECK (length(device) = 16),
    epoch   INTEGER NOT NULL CHECK (epoch >= 1),
    scope   INTEGER NOT NULL CHECK (scope IN (0, 1)),
    seq     INTEGER NOT NULL CHECK (seq >= 0),
    head    BLOB    NOT NULL CHECK (length(head) = 32),
    hlc     INTEGER NOT NULL,
    UNIQUE (device, epoch, scope)
) STRICT;

CREATE TABLE journal (
    id        INTEGER PRIMARY KEY,
    chain     INTEGER NOT NULL REFERENCES chain (id),
    seq       INTEGER NOT NULL CHECK (seq >= 1),
    entry     BLOB    NOT NULL,
    signature BLOB    NOT NULL CHECK (length(signature) = 64),
    UNIQUE (chain, seq)
) STRICT;
-- Facts are appended, never edited: a correction is a new fact.
CREATE TRIGGER journal_is_final BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is never edited'); END;
CREATE TRIGGER journal_is_kept BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is never shortened'); END;

CREATE TABLE device (
    id         BLOB    PRIMARY KEY CHECK (length(id) = 16),
    public_key BLOB    NOT NULL CHECK (length(public_key) = 32),
    register   INTEGER NOT NULL,
    epoch      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE operator (
    id           BLOB    PRIMARY KEY CHECK (length(id) = 16),
    name         TEXT    NOT NULL,
    role         TEXT    NOT NULL,
    language     TEXT    NOT NULL,
    pin_hash     TEXT,
    active       INTEGER NOT NULL CHECK (active IN (0, 1)),
    wrong_pins   INTEGER NOT NULL DEFAULT 0 CHECK (wrong_pins >= 0),
    locked_until INTEGER
) STRICT, WITHOUT ROWID;

-- Where each change of a document lies in the journal: loaded only to be written.
CREATE TABLE document_change (
    document BLOB    NOT NULL CHECK (length(document) = 16),
    entry    INTEGER NOT NULL REFERENCES journal (id),
    place    INTEGER NOT NULL,
    length   INTEGER NOT NULL,
    PRIMARY KEY (document, entry, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE store (
    document    BLOB PRIMARY KEY CHECK (length(document) = 16),
    name        TEXT NOT NULL,
    address     TEXT NOT NULL,
    region      TEXT NOT NULL,
    currency    TEXT NOT NULL,
    languages   TEXT NOT NULL,
    tax_numbers TEXT NOT NULL,
    time_zone   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE department (
    id       TEXT    PRIMARY KEY,
    parent   TEXT,
    place    INTEGER NOT NULL,
    name_en  TEXT    NOT NULL,
    name_fr  TEXT    NOT NULL,
    short_en TEXT    NOT NULL,
    short_fr TEXT    NOT NULL,
    pigment  TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE product (
    id           INTEGER PRIMARY KEY,
    document     BLOB    NOT NULL UNIQUE CHECK (length(document) = 16),
    name_en      TEXT    NOT NULL,
    name_fr      TEXT    NOT NULL,
    department   TEXT    NOT NULL,
    tax_category TEXT    NOT NULL,
    minimum_age  INTEGER,
    archived     INTEGER NOT NULL CHECK (archived IN (0, 1)),
    drawing      TEXT    NOT NULL,
    cannabis     TEXT
) STRICT;
CREATE INDEX product_by_department ON product (department);

CREATE TABLE sku (
    id             INTEGER PRIMARY KEY,
    product        INTEGER NOT NULL REFERENCES product (id),
    code           TEXT    NOT NULL UNIQUE,
    unit           TEXT    NOT NULL CHECK (unit IN ('each', 'kg')),
    net_milligrams INTEGER
) STRICT;
CREATE INDEX sku_by_product ON sku (product);

-- Two products may claim one code after a merge; both are kept, the active one is sold.
CREATE TABLE gtin (
    gtin INTEGER NOT NULL,
    sku  INTEGER NOT NULL REFERENCES sku (id) ON DELETE CASCADE,
    PRIMARY KEY (gtin, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX gtin_by_sku ON gtin (sku);

CREATE TABLE plu (
    plu TEXT    NOT NULL,
    sku INTEGER NOT NULL REFERENCES sku (id) ON DELETE CASCADE,
    PRIMARY KEY (plu, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX plu_by_sku ON plu (sku);

-- By code and not by id: prices and products travel in documents of their own, in any order.
CREATE TABLE price (
    sku   TEXT PRIMARY KEY,
    price INTEGER,
    cost  INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE shift (
    entry     INTEGER PRIMARY KEY REFERENCES journal (id),
    id        BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    register  INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    opened_by BLOB    NOT NULL,
    float     INTEGER NOT NULL CHECK (float >= 0),
    closed_at INTEGER,
    closed_by BLOB,
    z_number  INTEGER,
    counted   INTEGER,
    expected  INTEGER,
    UNIQUE (register, number),
    UNIQUE (register, z_number),
    CHECK ((closed_at IS NULL) = (z_number IS NULL) AND (closed_at IS NULL) = (counted IS NULL))
) STRICT;
CREATE UNIQUE INDEX one_open_shift_per_register ON shift (register) WHERE closed_at IS NULL;
-- A Z is taken once.
CREATE TRIGGER closed_shift_is_final BEFORE UPDATE ON shift WHEN OLD.closed_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a closed shift is final'); END;

CREATE TABLE sale (
    entry        INTEGER PRIMARY KEY REFERENCES journal (id),
    id           BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    cart         BLOB    NOT NULL UNIQUE CHECK (length(cart) = 16),
    register     INTEGER NOT NULL,
    epoch        INTEGER NOT NULL,
    number       INTEGER NOT NULL CHECK (number >= 1),
    shift        INTEGER NOT NULL REFERENCES shift (entry),
    completed_at INTEGER NOT NULL,
    day          INTEGER NOT NULL,
    subtotal     INTEGER NOT NULL,
    total        INTEGER NOT NULL,
    rounding     INTEGER NOT NULL,
    tendered     INTEGER NOT NULL,
    change       INTEGER NOT NULL CHECK (change >= 0),
    -- A receipt number is used once.
    UNIQUE (register, epoch, number),
    -- What was paid is what was sold, to the cent.
    CHECK (tendered - change = total + rounding)
) STRICT;
CREATE TRIGGER sale_is_final BEFORE UPDATE ON sale BEGIN SELECT RAISE(ABORT, 'a sale is final'); END;

CREATE TABLE sale_line (
    sale         INTEGER NOT NULL REFERENCES sale (entry),
    line         INTEGER NOT NULL,
    sku          TEXT    NOT NULL,
    quantity     INTEGER NOT NULL,
    price        INTEGER NOT NULL,
    amount       INTEGER NOT NULL,
    voided       INTEGER,
    PRIMARY KEY (sale, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE sale_tax (
    sale    INTEGER NOT NULL REFERENCES sale (entry),
    code    TEXT    NOT NULL,
    taxable INTEGER NOT NULL,
    amount  INTEGER NOT NULL,
    PRIMARY KEY (sale, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE sale_tender (
    sale   INTEGER NOT NULL REFERENCES sale (entry),
    n      INTEGER NOT NULL,
    type   TEXT    NOT NULL,
    amount INTEGER NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (sale, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE cart_void (
    entry  INTEGER PRIMARY KEY REFERENCES journal (id),
    shift  INTEGER REFERENCES shift (entry),
    reason INTEGER NOT NULL,
    lines  INTEGER NOT NULL,
    amount INTEGER NOT NULL
) STRICT;

-- Stock is the sum of its movements; on_hand and sold are that sum, kept.
CREATE TABLE stock_movement (
    entry    INTEGER NOT NULL REFERENCES journal (id),
    line     INTEGER NOT NULL,
    sku      TEXT    NOT NULL,
    kind     TEXT    NOT NULL CHECK (kind IN ('sold')),
    quantity INTEGER NOT NULL,
    PRIMARY KEY (entry, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE stock (
    sku     TEXT    PRIMARY KEY,
    on_hand INTEGER NOT NULL,
    sold    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE reprint (
    entry INTEGER PRIMARY KEY REFERENCES journal (id),
    sale  INTEGER NOT NULL REFERENCES sale (entry)
) STRICT;

-- Search: all SKUs in one index; the few thousand that sell in a second one whose rowid is their
-- rank, so that the most sold that match are simply the first that match.
CREATE VIRTUAL TABLE sku_search USING fts5 (words, content = '', contentless_delete = 1, detail = none,
    prefix = '1 2 3', tokenize = "unicode61 remove_diacritics 2");

-- From here on: this till's own, not projected.

CREATE TABLE identity (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    tenant   TEXT    NOT NULL,
    store    TEXT    NOT NULL,
    register INTEGER NOT NULL CHECK (register BETWEEN 1 AND 999),
    device   BLOB    NOT NULL CHECK (length(device) = 16),
    epoch    INTEGER NOT NULL CHECK (epoch >= 1)
) STRICT;

CREATE TABLE cart (
    id        BLOB    PRIMARY KEY CHECK (length(id) = 16),
    selected  INTEGER,
    opened_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cart_line (
    cart         BLOB    NOT NULL REFERENCES cart (id) ON DELETE CASCADE,
    line         INTEGER NOT NULL,
    sku          TEXT    NOT NULL,
    name_en      TEXT    NOT NULL,
    name_fr      TEXT    NOT NULL,
    quantity     INTEGER NOT NULL CHECK (quantity > 0),
    unit         TEXT    NOT NULL,
    price        INTEGER NOT NULL,
    tax_category TEXT    NOT NULL,
    minimum_age  INTEGER,
    voided       INTEGER,
    PRIMARY KEY (cart, line)
) STRICT, WITHOUT ROWID;

-- Effects on the world, written with what causes them and carried out afterwards.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY,
    kind       TEXT    NOT NULL CHECK (kind IN ('print_receipt', 'print_duplicate', 'print_report', 'kick_drawer')),
    subject    INTEGER NOT NULL,
    state      TEXT    NOT NULL DEFAULT 'waiting'
               CHECK (state IN ('waiting', 'printing', 'printed', 'sent', 'unknown', 'discarded')),
    cause      TEXT,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_open ON outbox (id) WHERE state IN ('waiting', 'printing', 'unknown');

CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE popular_search USING fts5 (words, sku UNINDEXED, detail = none,
    prefix = '1 2 3', tokenize = "unicode61 remove_diacritics 2");
