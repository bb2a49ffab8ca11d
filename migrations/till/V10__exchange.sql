-- Returns without a receipt have no sale, and what comes back may pay for another one. A table that others refer to
-- is made anew together with them.
DROP TRIGGER receipt_of_sale_is_new;

CREATE TABLE back (
    entry        INTEGER PRIMARY KEY REFERENCES journal (id),
    id           BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    sale         BLOB    CHECK (length(sale) = 16),
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
    -- the sale that some of it, or all, pays for
    exchange     BLOB    UNIQUE CHECK (length(exchange) = 16),
    UNIQUE (register, epoch, number),
    -- What goes back is what came back, to the cent.
    CHECK (refunded = total + rounding)
) STRICT;
INSERT INTO back SELECT *, NULL FROM return_sale;

CREATE TABLE back_line (
    return_sale INTEGER NOT NULL REFERENCES back (entry),
    n           INTEGER NOT NULL,
    line        INTEGER NOT NULL,
    sku         TEXT    NOT NULL,
    quantity    INTEGER NOT NULL CHECK (quantity > 0),
    amount      INTEGER NOT NULL CHECK (amount >= 0),
    wasted      INTEGER NOT NULL CHECK (wasted IN (0, 1)),
    -- of one unit, where no sale says it
    price       INTEGER CHECK (price >= 0),
    PRIMARY KEY (return_sale, n)
) STRICT, WITHOUT ROWID;
INSERT INTO back_line SELECT *, NULL FROM return_line;

CREATE TABLE back_tax (
    return_sale INTEGER NOT NULL REFERENCES back (entry),
    code        TEXT    NOT NULL,
    taxable     INTEGER NOT NULL,
    amount      INTEGER NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (return_sale, code)
) STRICT, WITHOUT ROWID;
INSERT INTO back_tax SELECT * FROM return_tax;

CREATE TABLE back_tender (
    return_sale   INTEGER NOT NULL REFERENCES back (entry),
    n             INTEGER NOT NULL,
    type          TEXT    NOT NULL,
    amount        INTEGER NOT NULL CHECK (amount >= 0),
    tender        INTEGER,
    card          TEXT,
    number        TEXT,
    authorisation TEXT,
    PRIMARY KEY (return_sale, n)
) STRICT, WITHOUT ROWID;
INSERT INTO back_tender SELECT * FROM return_tender;

-- Of a return without a receipt there is no sale either.
CREATE TABLE again (
    entry    INTEGER PRIMARY KEY REFERENCES journal (id),
    sale     INTEGER REFERENCES sale (entry),
    returned INTEGER REFERENCES back (entry),
    gift     TEXT,
    CHECK (sale IS NOT NULL OR returned IS NOT NULL)
) STRICT;
INSERT INTO again SELECT entry, sale, returned, gift FROM reprint;

DROP TABLE reprint;
DROP TABLE return_tender;
DROP TABLE return_tax;
DROP TABLE return_line;
DROP TABLE return_sale;
ALTER TABLE back RENAME TO return_sale;
ALTER TABLE back_line RENAME TO return_line;
ALTER TABLE back_tax RENAME TO return_tax;
ALTER TABLE back_tender RENAME TO return_tender;
ALTER TABLE again RENAME TO reprint;

-- By id and not by entry: another till may have sold it.
CREATE INDEX return_of_sale ON return_sale (sale);
CREATE INDEX find_return_by_day ON return_sale (day);
CREATE INDEX find_return_by_total ON return_sale (total);
CREATE INDEX find_return_by_sku ON return_line (sku);
CREATE INDEX find_return_by_card ON return_tender (number) WHERE number IS NOT NULL;
CREATE INDEX reprint_of_sale ON reprint (sale);
CREATE INDEX reprint_of_return ON reprint (returned) WHERE returned IS NOT NULL;
CREATE TRIGGER return_is_final BEFORE UPDATE ON return_sale BEGIN SELECT RAISE(ABORT, 'a return is final'); END;
-- A receipt number is used once, by a sale or by a return.
CREATE TRIGGER receipt_of_sale_is_new BEFORE INSERT ON sale
WHEN EXISTS (SELECT 1 FROM return_sale WHERE register = NEW.register AND epoch = NEW.epoch AND number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'this receipt number is of a return'); END;
CREATE TRIGGER receipt_of_return_is_new BEFORE INSERT ON return_sale
WHEN EXISTS (SELECT 1 FROM sale WHERE register = NEW.register AND epoch = NEW.epoch AND number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'this receipt number is of a sale'); END;

-- Days after that of the sale on which goods come back without approval; none is any number.
ALTER TABLE store ADD COLUMN return_days INTEGER DEFAULT 30 CHECK (return_days >= 0);

-- From here on: this till's own, not projected.

-- Who approved a return before a card was refunded for it.
ALTER TABLE begun_return ADD COLUMN approved_by BLOB;

-- What comes back for a cart that is not sold yet. It goes with the cart: parked, resumed, forgotten.
CREATE TABLE exchange (
    cart        BLOB    PRIMARY KEY REFERENCES cart (id) ON DELETE CASCADE,
    id          BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    sale        BLOB    NOT NULL CHECK (length(sale) = 16),
    lines       TEXT    NOT NULL,
    reason      TEXT,
    approved_by BLOB,
    begun_at    INTEGER NOT NULL,
    begun_by    BLOB    NOT NULL CHECK (length(begun_by) = 16)
) STRICT, WITHOUT ROWID;
CREATE INDEX exchange_of_sale ON exchange (sale);
