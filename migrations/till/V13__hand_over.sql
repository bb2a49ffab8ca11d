-- A drawer that was counted and passed on while its shift stays open. Amounts are those of that moment: what is
-- expected of the shift is not changed by a count.
CREATE TABLE hand_over (
    entry         INTEGER PRIMARY KEY REFERENCES journal (id),
    id            BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    shift         INTEGER NOT NULL REFERENCES shift (entry),
    from_operator BLOB    NOT NULL CHECK (length(from_operator) = 16),
    to_operator   BLOB    NOT NULL CHECK (length(to_operator) = 16),
    at            INTEGER NOT NULL,
    counted       INTEGER NOT NULL CHECK (counted >= 0),
    expected      INTEGER NOT NULL,
    note          TEXT,
    -- Nobody hands a drawer to themselves.
    CHECK (from_operator <> to_operator)
) STRICT;
-- A count that was handed in is final.
CREATE TRIGGER hand_over_is_final BEFORE UPDATE ON hand_over BEGIN SELECT RAISE(ABORT, 'a hand-over is final'); END;
-- A drawer whose shift is closed is opened anew, not handed over.
CREATE TRIGGER hand_over_is_in_an_open_shift BEFORE INSERT ON hand_over
WHEN EXISTS (SELECT 1 FROM shift WHERE entry = NEW.shift AND closed_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the shift is closed'); END;
