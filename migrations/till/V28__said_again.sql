-- Two halves of a till that ran twice went on from one receipt number, one shift and one Z: what the one wrote, its next
-- epoch says again, and both stand. A branch tells them apart: 0 for the history that stands in the chain here,
-- otherwise the epoch that says it again. Tables that others refer to are made anew while nothing looks at those.
DROP TRIGGER receipt_of_sale_is_new;
DROP TRIGGER receipt_of_return_is_new;

CREATE TABLE sold (
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
    branch       INTEGER NOT NULL DEFAULT 0,
    -- A receipt number is used once in a history.
    UNIQUE (register, epoch, number, branch),
    -- What was paid is what was sold, to the cent.
    CHECK (tendered - change = total + rounding)
) STRICT;
INSERT INTO sold SELECT entry, id, cart, register, epoch, number, shift, completed_at, day, subtotal, total, rounding, tendered,
    change, 0 FROM sale;
DROP TABLE sale;
ALTER TABLE sold RENAME TO sale;
CREATE INDEX find_sale_by_day ON sale (day);
CREATE INDEX find_sale_by_total ON sale (total);
CREATE TRIGGER sale_is_final BEFORE UPDATE ON sale BEGIN SELECT RAISE(ABORT, 'a sale is final'); END;

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
    branch       INTEGER NOT NULL DEFAULT 0,
    UNIQUE (register, epoch, number, branch),
    -- What goes back is what came back, to the cent.
    CHECK (refunded = total + rounding)
) STRICT;
INSERT INTO back SELECT entry, id, sale, register, epoch, number, shift, completed_at, day, subtotal, total, rounding, refunded,
    approved_by, reason, exchange, 0 FROM return_sale;
DROP TABLE return_sale;
ALTER TABLE back RENAME TO return_sale;
-- By id and not by entry: another till may have sold it.
CREATE INDEX return_of_sale ON return_sale (sale);
CREATE INDEX find_return_by_day ON return_sale (day);
CREATE INDEX find_return_by_total ON return_sale (total);
CREATE TRIGGER return_is_final BEFORE UPDATE ON return_sale BEGIN SELECT RAISE(ABORT, 'a return is final'); END;

-- A receipt number is used once in a history, by a sale or by a return.
CREATE TRIGGER receipt_of_sale_is_new BEFORE INSERT ON sale
WHEN EXISTS (SELECT 1 FROM return_sale
    WHERE register = NEW.register AND epoch = NEW.epoch AND number = NEW.number AND branch = NEW.branch)
BEGIN SELECT RAISE(ABORT, 'this receipt number is of a return'); END;
CREATE TRIGGER receipt_of_return_is_new BEFORE INSERT ON return_sale
WHEN EXISTS (SELECT 1 FROM sale
    WHERE register = NEW.register AND epoch = NEW.epoch AND number = NEW.number AND branch = NEW.branch)
BEGIN SELECT RAISE(ABORT, 'this receipt number is of a sale'); END;

CREATE TABLE known_in (
    shift    INTEGER NOT NULL REFERENCES shift (entry),
    epoch    INTEGER NOT NULL,
    branch   INTEGER NOT NULL,
    register INTEGER NOT NULL,
    number   INTEGER,
    PRIMARY KEY (shift, epoch, branch),
    -- An epoch gives a number once in a history.
    UNIQUE (register, epoch, branch, number)
) STRICT, WITHOUT ROWID;
INSERT INTO known_in SELECT shift, epoch, 0, register, number FROM shift_epoch;
DROP TABLE shift_epoch;
ALTER TABLE known_in RENAME TO shift_epoch;

CREATE TABLE closed_by (
    entry     INTEGER PRIMARY KEY REFERENCES journal (id),
    shift     INTEGER NOT NULL REFERENCES shift (entry),
    register  INTEGER NOT NULL,
    -- which took the number; none where an epoch says again what an earlier one said
    epoch     INTEGER,
    branch    INTEGER NOT NULL,
    z_number  INTEGER NOT NULL,
    closed_at INTEGER NOT NULL,
    closed_by BLOB    NOT NULL,
    counted   INTEGER NOT NULL,
    expected  INTEGER NOT NULL,
    note      TEXT,
    -- A Z is taken once in a history.
    UNIQUE (register, epoch, branch, z_number)
) STRICT;
INSERT INTO closed_by SELECT entry, shift, register, epoch, 0, z_number, closed_at, closed_by, counted, expected, note
    FROM shift_closing;
DROP TABLE shift_closing;
ALTER TABLE closed_by RENAME TO shift_closing;
CREATE INDEX closing_of_shift ON shift_closing (shift);
CREATE TRIGGER closing_is_final BEFORE UPDATE ON shift_closing BEGIN SELECT RAISE(ABORT, 'a closing is final'); END;

-- Which entry an entry says again: the place of that in its chain.
CREATE TABLE said_again (
    entry     INTEGER PRIMARY KEY REFERENCES journal (id),
    device    BLOB    NOT NULL CHECK (length(device) = 16),
    epoch     INTEGER NOT NULL,
    scope     INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    signature BLOB    NOT NULL CHECK (length(signature) = 64)
) STRICT;
CREATE INDEX said_again_of ON said_again (device, epoch, scope, seq);

-- Entries that the tables show by another one: what is said again and stands here, and what was said again before it came.
CREATE TABLE hidden (
    entry INTEGER PRIMARY KEY REFERENCES journal (id)
) STRICT;

-- From here on: this till's own, not projected.

-- Who proved that there are two histories, and the last entry that is in both, if that is known.
ALTER TABLE fork ADD COLUMN proven_by BLOB CHECK (length(proven_by) = 16);
ALTER TABLE fork ADD COLUMN common INTEGER CHECK (common >= 0);
