-- A card payment is stored here before the terminal is asked, so that a crash cannot lose it.
CREATE TABLE card_attempt (
    id       INTEGER PRIMARY KEY,
    cart     BLOB    NOT NULL CHECK (length(cart) = 16),
    kind     TEXT    NOT NULL CHECK (kind IN ('payment', 'reversal', 'refund')),
    of       INTEGER REFERENCES card_attempt (id),
    amount   INTEGER NOT NULL CHECK (amount > 0),
    asked_at INTEGER NOT NULL,
    asked_by BLOB    NOT NULL CHECK (length(asked_by) = 16),
    -- as the terminal's driver has it: what it needs to find out later
    attempt  TEXT    NOT NULL,
    state    TEXT    NOT NULL
        CHECK (state IN ('asking', 'approved', 'declined', 'cancelled', 'not_sent', 'unknown', 'doubtful')),
    ended_at INTEGER,
    -- really moved
    approved INTEGER,
    card     TEXT,
    number   TEXT,
    authorisation TEXT,
    trace    INTEGER,
    receipt  INTEGER,
    terminal INTEGER,
    -- of the terminal, when it refused or declined
    code     INTEGER,
    cause    TEXT,
    put_away INTEGER NOT NULL DEFAULT 0,
    sale     INTEGER REFERENCES journal (id)
) STRICT;
CREATE INDEX card_attempt_of_cart ON card_attempt (cart) WHERE sale IS NULL;
-- A terminal remembers one transaction: what comes after an unsettled one would hide it.
CREATE UNIQUE INDEX one_unsettled_card_attempt ON card_attempt ((1)) WHERE state IN ('asking', 'unknown', 'doubtful');

ALTER TABLE sale_tender ADD COLUMN card TEXT;
ALTER TABLE sale_tender ADD COLUMN number TEXT;
ALTER TABLE sale_tender ADD COLUMN authorisation TEXT;
