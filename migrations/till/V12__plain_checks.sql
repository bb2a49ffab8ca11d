-- A list of more than two values after IN is a table of its own, which SQLite builds anew for every row it checks.
-- Every line of a sale paid for that; comparisons cost nothing.
CREATE TABLE movement (
    entry    INTEGER NOT NULL REFERENCES journal (id),
    line     INTEGER NOT NULL,
    sku      TEXT    NOT NULL,
    kind     TEXT    NOT NULL CHECK (kind = 'sold' OR kind = 'returned' OR kind = 'wasted'),
    quantity INTEGER NOT NULL,
    PRIMARY KEY (entry, line, kind)
) STRICT, WITHOUT ROWID;
INSERT INTO movement SELECT entry, line, sku, kind, quantity FROM stock_movement;
DROP TABLE stock_movement;
ALTER TABLE movement RENAME TO stock_movement;

-- From here on: this till's own, not projected.

CREATE TABLE jobs (
    id         INTEGER PRIMARY KEY,
    kind       TEXT    NOT NULL CHECK (kind = 'print_receipt' OR kind = 'kick_drawer' OR kind = 'print_duplicate'
               OR kind = 'print_report' OR kind = 'print_day_sales' OR kind = 'print_shift_sales' OR kind = 'print_test'),
    -- an entry of the journal; of a day its number from 1970, below nothing; of a test nothing
    subject    INTEGER NOT NULL,
    state      TEXT    NOT NULL DEFAULT 'waiting' CHECK (state = 'waiting' OR state = 'printing' OR state = 'printed'
               OR state = 'sent' OR state = 'unknown' OR state = 'discarded'),
    cause      TEXT,
    created_at INTEGER NOT NULL
) STRICT;
INSERT INTO jobs SELECT id, kind, subject, state, cause, created_at FROM outbox;
DROP TABLE outbox;
ALTER TABLE jobs RENAME TO outbox;
CREATE INDEX outbox_open ON outbox (id) WHERE state = 'waiting' OR state = 'printing' OR state = 'unknown';
