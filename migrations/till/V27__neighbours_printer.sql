-- This till's own, not projected.

-- A job may be given to a neighbour's printer, and one of a neighbour be taken: kinds and states of a table cannot be
-- changed, so it is made anew.
CREATE TABLE jobs (
    id         INTEGER PRIMARY KEY,
    kind       TEXT    NOT NULL CHECK (kind = 'print_receipt' OR kind = 'print_duplicate' OR kind = 'print_report'
        OR kind = 'print_day_sales' OR kind = 'print_shift_sales' OR kind = 'print_test' OR kind = 'print_taken'
        OR kind = 'kick_drawer'),
    -- an entry of the journal; of a day its number from 1970, below nothing; of a test nothing; of a taken job the
    -- number of taken_job, below nothing
    subject    INTEGER NOT NULL,
    state      TEXT    NOT NULL DEFAULT 'waiting'
               CHECK (state = 'waiting' OR state = 'printing' OR state = 'printed' OR state = 'sent' OR state = 'unknown'
                   OR state = 'discarded' OR state = 'given'),
    cause      TEXT,
    created_at INTEGER NOT NULL,
    -- a neighbour's job is not passed on, nor does its drawer open
    CHECK (state <> 'given' OR (kind <> 'print_taken' AND kind <> 'print_test' AND kind <> 'kick_drawer'))
) STRICT;
INSERT INTO jobs SELECT id, kind, subject, state, cause, created_at FROM outbox;
DROP TABLE outbox;
ALTER TABLE jobs RENAME TO outbox;
CREATE INDEX outbox_open ON outbox (id) WHERE state = 'waiting' OR state = 'printing' OR state = 'unknown' OR state = 'given';

-- What was given, on disk before it crosses the line.
CREATE TABLE given_job (
    token    BLOB    PRIMARY KEY CHECK (length(token) = 16),
    -- the job of the outbox; none once it is settled
    job      INTEGER UNIQUE,
    device   BLOB    NOT NULL CHECK (length(device) = 16),
    register INTEGER NOT NULL,
    -- what was given together has one number
    giving   INTEGER NOT NULL,
    what     TEXT    NOT NULL CHECK (what = 'receipt' OR what = 'duplicate' OR what = 'report' OR what = 'sales'),
    name     TEXT    NOT NULL,
    -- as it was laid out when it was given; none once the neighbour has it
    document TEXT,
    -- what the neighbour said of it
    there    TEXT    NOT NULL DEFAULT 'asked' CHECK (there = 'asked' OR there = 'waiting' OR there = 'printing'
        OR there = 'unknown' OR there = 'printed' OR there = 'back'),
    -- why it came back
    why      TEXT,
    -- what is to be done with it there
    wish     TEXT    NOT NULL DEFAULT 'print' CHECK (wish = 'print' OR wish = 'back' OR wish = 'forget')
) STRICT, WITHOUT ROWID;
CREATE INDEX given_job_to ON given_job (device);

-- What was taken, and what was not: a job that was answered once is answered the same again.
CREATE TABLE taken_job (
    id       INTEGER PRIMARY KEY,
    token    BLOB    NOT NULL UNIQUE CHECK (length(token) = 16),
    device   BLOB    NOT NULL CHECK (length(device) = 16),
    what     TEXT    NOT NULL CHECK (what = 'receipt' OR what = 'duplicate' OR what = 'report' OR what = 'sales'),
    name     TEXT    NOT NULL,
    -- none once it is printed, or never will be
    document TEXT,
    -- of its job in the outbox, which is forgotten earlier
    state    TEXT    NOT NULL,
    -- why it is not printed here
    why      INTEGER,
    -- somebody had it printed again
    again    INTEGER NOT NULL DEFAULT 0 CHECK (again = 0 OR again = 1)
) STRICT;
CREATE INDEX taken_job_from ON taken_job (device, state);
CREATE TRIGGER taken_job_follows AFTER UPDATE OF state ON outbox WHEN NEW.kind = 'print_taken'
BEGIN
    UPDATE taken_job SET state = NEW.state,
        document = iif(NEW.state = 'printed' OR NEW.state = 'sent' OR NEW.state = 'discarded', NULL, document)
        WHERE id = -NEW.subject;
END;
