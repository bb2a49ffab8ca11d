-- A register that went back in time, or runs twice, may open two shifts under one number, and close one shift twice:
-- all of them stand. A table that others refer to is made anew while nothing looks at what refers to it.
DROP TRIGGER closed_shift_is_final;
-- A till that had not heard of the closing may have handed the drawer over after it.
DROP TRIGGER hand_over_is_in_an_open_shift;

CREATE TABLE turn (
    entry     INTEGER PRIMARY KEY REFERENCES journal (id),
    id        BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    register  INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    opened_by BLOB    NOT NULL,
    float     INTEGER NOT NULL CHECK (float >= 0),
    -- of the closing that stands
    closed_at INTEGER,
    closed_by BLOB,
    z_number  INTEGER,
    counted   INTEGER,
    expected  INTEGER,
    note      TEXT,
    CHECK ((closed_at IS NULL) = (z_number IS NULL) AND (closed_at IS NULL) = (counted IS NULL))
) STRICT;
INSERT INTO turn SELECT entry, id, register, number, opened_at, opened_by, float, closed_at, closed_by, z_number, counted, expected, note
    FROM shift;
DROP TABLE shift;
ALTER TABLE turn RENAME TO shift;
CREATE INDEX shift_by_number ON shift (register, number);
CREATE INDEX shift_by_z ON shift (register, z_number) WHERE closed_at IS NOT NULL;
CREATE INDEX open_shift ON shift (register) WHERE closed_at IS NULL;
-- Of two closings the earlier one stands, in whatever order they come; nothing else of a closed shift changes.
CREATE TRIGGER closed_shift_is_final BEFORE UPDATE ON shift WHEN OLD.closed_at IS NOT NULL
    AND (NEW.closed_at IS NULL OR NEW.closed_at > OLD.closed_at OR NEW.id <> OLD.id OR NEW.entry <> OLD.entry
        OR NEW.register <> OLD.register OR NEW.number <> OLD.number OR NEW.opened_at <> OLD.opened_at
        OR NEW.opened_by <> OLD.opened_by OR NEW.float <> OLD.float)
BEGIN SELECT RAISE(ABORT, 'a closed shift is final'); END;

-- The epochs of a register that know a shift: the one that opened it, under a number of its own, and those that
-- went on with it.
CREATE TABLE shift_epoch (
    shift    INTEGER NOT NULL REFERENCES shift (entry),
    epoch    INTEGER NOT NULL,
    register INTEGER NOT NULL,
    number   INTEGER,
    PRIMARY KEY (shift, epoch),
    -- An epoch gives a number once.
    UNIQUE (register, epoch, number)
) STRICT, WITHOUT ROWID;
INSERT INTO shift_epoch SELECT shift.entry, epoch, register, number
    FROM shift JOIN journal ON journal.id = shift.entry JOIN chain ON chain.id = journal.chain;

-- Every closing, also the one that came second.
CREATE TABLE shift_closing (
    entry     INTEGER PRIMARY KEY REFERENCES journal (id),
    shift     INTEGER NOT NULL REFERENCES shift (entry),
    register  INTEGER NOT NULL,
    -- which took the number; none where an epoch says again what an earlier one said
    epoch     INTEGER,
    z_number  INTEGER NOT NULL,
    closed_at INTEGER NOT NULL,
    closed_by BLOB    NOT NULL,
    counted   INTEGER NOT NULL,
    expected  INTEGER NOT NULL,
    note      TEXT,
    -- A Z is taken once.
    UNIQUE (register, epoch, z_number)
) STRICT;
CREATE INDEX closing_of_shift ON shift_closing (shift);
CREATE TRIGGER closing_is_final BEFORE UPDATE ON shift_closing BEGIN SELECT RAISE(ABORT, 'a closing is final'); END;

-- What is there already stands in facts, which SQL cannot read: the till does, once.
INSERT INTO setting (key, value) SELECT 'read_closings', 'yes' WHERE EXISTS (SELECT 1 FROM journal);
