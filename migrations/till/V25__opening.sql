-- This till's own, not projected.

-- What head office said of the store when this till joined, signed: its operators, of whom the journal tells only once
-- the store's history is here.
CREATE TABLE opening (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    bytes     BLOB    NOT NULL,
    signature BLOB    NOT NULL CHECK (length(signature) = 64),
    -- by head office's key
    signed_by BLOB    NOT NULL CHECK (length(signed_by) = 32),
    -- whether the journal of the store was here once as far as head office had it
    history   INTEGER NOT NULL DEFAULT 0 CHECK (history = 0 OR history = 1)
) STRICT;
