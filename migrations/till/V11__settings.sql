-- What roles may do alone, and what receipts say.
ALTER TABLE store ADD COLUMN discount_cashier INTEGER NOT NULL DEFAULT 1000 CHECK (discount_cashier BETWEEN 1 AND 10000);
ALTER TABLE store ADD COLUMN discount_supervisor INTEGER NOT NULL DEFAULT 5000 CHECK (discount_supervisor BETWEEN 1 AND 10000);
ALTER TABLE store ADD COLUMN paid_out_alone INTEGER NOT NULL DEFAULT 5000 CHECK (paid_out_alone >= 0);
ALTER TABLE store ADD COLUMN receipt_language TEXT NOT NULL DEFAULT '' CHECK (receipt_language IN ('', 'en', 'fr', 'both'));
ALTER TABLE store ADD COLUMN receipt_foot_en TEXT NOT NULL DEFAULT '';
ALTER TABLE store ADD COLUMN receipt_foot_fr TEXT NOT NULL DEFAULT '';

-- From here on: this till's own, not projected.

-- What a day or a shift sold is printed too, and a test page: the kinds of a table cannot be changed, so it is made anew.
CREATE TABLE jobs (
    id         INTEGER PRIMARY KEY,
    kind       TEXT    NOT NULL CHECK (kind IN ('print_receipt', 'print_duplicate', 'print_report', 'print_day_sales',
        'print_shift_sales', 'print_test', 'kick_drawer')),
    -- an entry of the journal; of a day its number from 1970, below nothing; of a test nothing
    subject    INTEGER NOT NULL,
    state      TEXT    NOT NULL DEFAULT 'waiting'
               CHECK (state IN ('waiting', 'printing', 'printed', 'sent', 'unknown', 'discarded')),
    cause      TEXT,
    created_at INTEGER NOT NULL
) STRICT;
INSERT INTO jobs SELECT id, kind, subject, state, cause, created_at FROM outbox;
DROP TABLE outbox;
ALTER TABLE jobs RENAME TO outbox;
CREATE INDEX outbox_open ON outbox (id) WHERE state IN ('waiting', 'printing', 'unknown');
