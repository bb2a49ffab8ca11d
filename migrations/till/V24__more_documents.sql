-- What documents of promotions, customers, shelves and count sheets say, and what people have to decide of documents
-- that were written apart.
CREATE TABLE promotion (
    id         BLOB    PRIMARY KEY CHECK (length(id) = 16),
    name_en    TEXT    NOT NULL,
    name_fr    TEXT    NOT NULL,
    -- `off` with its discount, `bundle` with pieces and price in minor units
    offer      TEXT    NOT NULL CHECK (offer IN ('off', 'bundle')),
    discount   TEXT,
    pieces     INTEGER,
    price      INTEGER,
    -- days at the counter, both included
    from_day   TEXT,
    until_day  TEXT,
    archived   INTEGER NOT NULL CHECK (archived IN (0, 1)),
    CHECK ((offer = 'off') = (discount IS NOT NULL)),
    CHECK ((offer = 'bundle') = (pieces IS NOT NULL AND price IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE promotion_goods (
    promotion BLOB NOT NULL CHECK (length(promotion) = 16),
    kind      TEXT NOT NULL CHECK (kind IN ('sku', 'department')),
    key       TEXT NOT NULL,
    PRIMARY KEY (promotion, kind, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE customer (
    id       BLOB    PRIMARY KEY CHECK (length(id) = 16),
    name     TEXT    NOT NULL,
    phone    TEXT    NOT NULL,
    email    TEXT    NOT NULL,
    language TEXT,
    note     TEXT    NOT NULL,
    archived INTEGER NOT NULL CHECK (archived IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE shelf_place (
    sku     TEXT PRIMARY KEY,
    bucket  BLOB NOT NULL CHECK (length(bucket) = 16),
    place   TEXT NOT NULL,
    facings INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX shelf_place_of_bucket ON shelf_place (bucket);

CREATE TABLE count_sheet (
    id        BLOB    PRIMARY KEY CHECK (length(id) = 16),
    name      TEXT    NOT NULL,
    opened_at INTEGER NOT NULL,
    opened_by BLOB    NOT NULL CHECK (length(opened_by) = 16),
    closed    INTEGER NOT NULL CHECK (closed IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE count_line (
    count_sheet BLOB    NOT NULL CHECK (length(count_sheet) = 16),
    sku         TEXT    NOT NULL,
    -- thousandths
    quantity    INTEGER NOT NULL,
    PRIMARY KEY (count_sheet, sku)
) STRICT, WITHOUT ROWID;

-- A field that devices wrote apart: each value and who wrote it, the one that is shown first.
CREATE TABLE conflict (
    document BLOB    NOT NULL CHECK (length(document) = 16),
    map      TEXT    NOT NULL,
    key      TEXT    NOT NULL,
    n        INTEGER NOT NULL,
    kind     INTEGER NOT NULL,
    -- words, a whole number, or 0 or 1 for a flag
    value    ANY     NOT NULL,
    flag     INTEGER NOT NULL CHECK (flag IN (0, 1)),
    device   BLOB    NOT NULL CHECK (length(device) = 16),
    PRIMARY KEY (document, map, key, n)
) STRICT, WITHOUT ROWID;
