-- Cash that moves without a sale, and a drawer that is opened without one.
CREATE TABLE cash_movement (
    entry       INTEGER PRIMARY KEY REFERENCES journal (id),
    id          BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    shift       INTEGER NOT NULL REFERENCES shift (entry),
    kind        TEXT    NOT NULL,
    amount      INTEGER NOT NULL CHECK (amount > 0),
    reason      TEXT    NOT NULL,
    approved_by BLOB
) STRICT;
CREATE TABLE no_sale (
    entry  INTEGER PRIMARY KEY REFERENCES journal (id),
    shift  INTEGER NOT NULL REFERENCES shift (entry),
    reason TEXT    NOT NULL
) STRICT;
ALTER TABLE shift ADD COLUMN note TEXT;
