-- Counts of a drawer that were handed in at its close: whoever does it is told then what is over or short, and may count
-- again before the shift is closed, so each of them stays.
CREATE TABLE drawer_count (
    entry    INTEGER PRIMARY KEY REFERENCES journal (id),
    shift    INTEGER NOT NULL REFERENCES shift (entry),
    at       INTEGER NOT NULL,
    counted  INTEGER NOT NULL CHECK (counted >= 0),
    expected INTEGER NOT NULL
) STRICT;
CREATE INDEX drawer_count_of_shift ON drawer_count (shift);
