-- A training of a register: who began it, and who approved it where that was needed.
CREATE TABLE training (
    entry       INTEGER PRIMARY KEY REFERENCES journal (id),
    id          BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    register    INTEGER NOT NULL,
    -- stands in the receipt numbers of the training
    number      INTEGER NOT NULL CHECK (number > 0),
    operator    BLOB    NOT NULL CHECK (length(operator) = 16),
    approved_by BLOB    CHECK (length(approved_by) = 16),
    -- milliseconds since 1970 UTC
    began_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX training_of_register ON training (register);
CREATE INDEX training_by_time ON training (began_at);

-- What was thrown away when it ended. Tills that ran twice may each have found it unended.
CREATE TABLE training_end (
    entry    INTEGER PRIMARY KEY REFERENCES journal (id),
    training BLOB    NOT NULL CHECK (length(training) = 16),
    -- none where the copy could not be read any more
    sales    INTEGER CHECK (sales >= 0),
    returns  INTEGER CHECK (returns >= 0),
    -- what the sales came to, in minor units
    sold     INTEGER
) STRICT;
CREATE INDEX end_of_training ON training_end (training);
