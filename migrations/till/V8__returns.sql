-- Goods of a sale that came back. Amounts are positive.
CREATE TABLE return_sale (
    entry        INTEGER PRIMARY KEY REFERENCES journal (id),
    id           BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    sale         BLOB    NOT NULL CHECK (length(sale) = 16),
    register     INTEGER NOT NULL,
    epoch        INTEGER NOT NULL,
    number       INTEGER NOT NULL CHECK (number >= 1),
    shift        INTEGER NOT NULL REFERENCES shift (entry),
    completed_at INTEGER NOT NULL,
    day          INTEGER NOT NULL,
    subtotal     INTEGER NOT NULL,
    total        INTEGER NOT NULL,
    rounding     INTEGER NOT NULL,
    refunded     INTEGER NOT NULL CHECK (refunded >= 0),
    approved_by  BLOB,
    reason       TEXT,
    UNIQUE (register, epoch, number),
    -- What goes back is what came back, to the cent.
    CHECK (refunded = total + rounding)
) STRICT;
-- By id and not by entry: another till may have sold it.
CREATE INDEX return_of_sale ON return_sale (sale);
CREATE TRIGGER return_is_final BEFORE UPDATE ON return_sale BEGIN SELECT RAISE(ABORT, 'a return is final'); END;
-- A receipt number is used once, by a sale or by a return.
CREATE TRIGGER receipt_of_sale_is_new BEFORE INSERT ON sale
WHEN EXISTS (SELECT 1 FROM return_sale WHERE register = NEW.register AND epoch = NEW.epoch AND number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'this receipt number is of a return'); END;
CREATE TRIGGER receipt_of_return_is_new BEFORE INSERT ON return_sale
WHEN EXISTS (SELECT 1 FROM sale WHERE register = NEW.register AND epoch = NEW.epoch AND number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'this receipt number is of a sale'); END;

CREATE TABLE return_line (
    return_sale INTEGER NOT NULL REFERENCES return_sale (entry),
    n           INTEGER NOT NULL,
    line        INTEGER NOT NULL,
    sku         TEXT    NOT NULL,
    quantity    INTEGER NOT NULL CHECK (quantity > 0),
    amount      INTEGER NOT NULL CHECK (amount >= 0),
    wasted      INTEGER NOT NULL CHECK (wasted IN (0, 1)),
    PRIMARY KEY (return_sale, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE return_tax (
    return_sale INTEGER NOT NULL REFERENCES return_sale (entry),
    code        TEXT    NOT NULL,
    taxable     INTEGER NOT NULL,
    amount      INTEGER NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (return_sale, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE return_tender (
    return_sale   INTEGER NOT NULL REFERENCES return_sale (entry),
    n             INTEGER NOT NULL,
    type          TEXT    NOT NULL,
    amount        INTEGER NOT NULL CHECK (amount >= 0),
    tender        INTEGER,
    card          TEXT,
    number        TEXT,
    authorisation TEXT,
    PRIMARY KEY (return_sale, n)
) STRICT, WITHOUT ROWID;

-- Goods that come back and cannot be sold again are returned and wasted: two movements of one line.
CREATE TABLE movement (
    entry    INTEGER NOT NULL REFERENCES journal (id),
    line     INTEGER NOT NULL,
    sku      TEXT    NOT NULL,
    kind     TEXT    NOT NULL CHECK (kind IN ('sold', 'returned', 'wasted')),
    quantity INTEGER NOT NULL,
    PRIMARY KEY (entry, line, kind)
) STRICT, WITHOUT ROWID;
INSERT INTO movement SELECT entry, line, sku, kind, quantity FROM stock_movement;
DROP TABLE stock_movement;
ALTER TABLE movement RENAME TO stock_movement;

ALTER TABLE reprint ADD COLUMN returned INTEGER REFERENCES return_sale (entry);

-- From here on: this till's own, not projected.

-- A return of which a card is refunded, from before the terminal is asked until the goods are taken back.
CREATE TABLE begun_return (
    id       BLOB    PRIMARY KEY CHECK (length(id) = 16),
    sale     BLOB    NOT NULL CHECK (length(sale) = 16),
    lines    TEXT    NOT NULL,
    reason   TEXT,
    begun_at INTEGER NOT NULL,
    begun_by BLOB    NOT NULL CHECK (length(begun_by) = 16)
) STRICT, WITHOUT ROWID;
-- The next one begins when this one is done.
CREATE UNIQUE INDEX one_begun_return ON begun_return ((1));
-- Which tender of the sale a refund takes back.
ALTER TABLE card_attempt ADD COLUMN tender INTEGER;
