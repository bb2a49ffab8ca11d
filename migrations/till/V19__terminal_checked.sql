-- What the card terminal said of its own totals when it was asked to hand its day in. Amounts are in minor units.
CREATE TABLE terminal_check (
    entry    INTEGER PRIMARY KEY REFERENCES journal (id),
    id       BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    shift    INTEGER NOT NULL REFERENCES shift (entry),
    asked_at INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    outcome  TEXT    NOT NULL
        CHECK (outcome = 'told' OR outcome = 'untold' OR outcome = 'not_reached' OR outcome = 'refused' OR outcome = 'unknown'),
    total    INTEGER CHECK (total >= 0),
    terminal INTEGER,
    -- of the terminal, when it refused
    code     INTEGER,
    -- A total is what makes it told.
    CHECK ((total IS NOT NULL) = (outcome = 'told'))
) STRICT;
CREATE INDEX terminal_check_of_shift ON terminal_check (shift);
CREATE TRIGGER terminal_check_is_final BEFORE UPDATE ON terminal_check
BEGIN SELECT RAISE(ABORT, 'what a terminal said is final'); END;

CREATE TABLE terminal_check_card (
    terminal_check INTEGER NOT NULL REFERENCES terminal_check (entry),
    kind           TEXT    NOT NULL,
    total          INTEGER NOT NULL CHECK (total > 0),
    PRIMARY KEY (terminal_check, kind)
) STRICT, WITHOUT ROWID;

-- From here on: this till's own, not projected.

-- An end of day, from before the terminal is asked.
CREATE TABLE day_attempt (
    id       INTEGER PRIMARY KEY,
    shift    BLOB    NOT NULL CHECK (length(shift) = 16),
    asked_at INTEGER NOT NULL,
    asked_by BLOB    NOT NULL CHECK (length(asked_by) = 16),
    -- what became of it; nothing while the terminal is at it
    entry    INTEGER REFERENCES journal (id),
    -- as the terminal wants it printed
    slip     TEXT
) STRICT;
-- A terminal does one thing at a time.
CREATE UNIQUE INDEX one_day_attempt ON day_attempt ((1)) WHERE entry IS NULL;

-- What the terminal wants printed about a payment or a refund, and whether the customer has to sign.
ALTER TABLE card_attempt ADD COLUMN customer_slip TEXT;
ALTER TABLE card_attempt ADD COLUMN merchant_slip TEXT;
ALTER TABLE card_attempt ADD COLUMN to_sign INTEGER;
CREATE INDEX card_attempt_of_sale ON card_attempt (sale) WHERE sale IS NOT NULL;
